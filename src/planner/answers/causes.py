"""Which change between two rounds caused how much: all combinations of the changed groups solved, shared by Shapley."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil
from time import monotonic
from typing import Any

import numpy as np

from planner.answers.preview import Previewer
from planner.answers.season_groups import Side, Sides, same_fields, side_of
from planner.answers.shapley import Orders, members, orders, turning, whole_parts
from planner.base.cluster import shared
from planner.base.errors import InfeasibleError, NoneFoundError, PlannerError
from planner.base.messages import both, in_each, say
from planner.base.processes import Clock, finished
from planner.model.build_options import build_options
from planner.model.candidates import Candidates
from planner.model.problem import Problem, compile_problem
from planner.model.status import Goal, status_of
from planner.plan.allocate import choose
from planner.plan.derive import choice_of, funded_records, goal_record
from planner.plan.plan import Plan
from planner.plan.season import Round
from planner.scenario.goals import least_allowed
from planner.scenario.scenario import Scenario
from planner.solve.engines import missing
from planner.solve.progress import Figures

QUICK = 0.001  # gap of a preview
Choice = tuple[Problem, np.ndarray, list[Goal], bool]  # what was chosen, what is proven of each goal, no list as good
Key = tuple[str, str]  # of a figure: goal, money or usulan of all; money by pulau and provinsi
GOAL, MONEY, COUNT = ("goal", ""), ("money", ""), ("usulan", "")


@dataclass(frozen=True)
class Outcome:
    """The plan of one combination: who is funded (usulan -> kabupaten, menu, rupiah), and its goal in 1e-6.

    ``goal`` is measured as the later round measures. ``up``, ``down``: by how much more and less of the combination's
    own goal the plan that is sought may have, where this is another one; None: not known. ``how``: sealed, proven,
    within (the scenario's gap, or a tie), found or preview.
    """

    funded: Mapping[str, tuple[str, str, int]]
    goal: int
    up: int | None
    down: int | None
    how: str


@dataclass(frozen=True)
class Impossible:
    """A combination without a plan, and why in each language; ``proven``: there is none at all, else none was found."""

    why: Mapping[str, str]
    proven: bool


@dataclass(frozen=True)
class Move:
    """Who enters or leaves, with the smallest sets of groups whose change alone makes it so."""

    usulan_id: str
    kode: str
    menu: str
    change: str  # enters | leaves
    amount_rp: int
    by: tuple[tuple[str, ...], ...]

    def plain(self) -> dict:
        return {**vars(self), "by": [list(groups) for groups in self.by]}


@dataclass(frozen=True)
class Causes:
    """The difference between two rounds, shared out over the groups in which they differ.

    ``outcomes``: by combination, the groups as bits in the order of ``groups``. ``regions``: kabupaten -> island group
    and province.
    """

    rounds: tuple[Round, Round]
    sides: Sides
    groups: tuple[str, ...]
    outcomes: Mapping[int, Outcome]
    impossible: Mapping[int, Impossible]
    regions: Mapping[str, tuple[str, str]]

    @property
    def plans(self) -> tuple[Plan, Plan]:
        return self.rounds[0].plan, self.rounds[1].plan

    @property
    def combinations(self) -> int:
        return 1 << len(self.groups)

    @property
    def ends(self) -> tuple[Outcome, Outcome]:
        return self.outcomes[0], self.outcomes[self.combinations - 1 if self.groups else 1]

    @cached_property
    def orders(self) -> Orders:
        """The orders of the changes under which a plan is known at every step."""
        return orders(len(self.groups), self.outcomes.keys())

    @property
    def same(self) -> bool:
        """Whether nothing differs at all."""
        return not self.groups and self.ends[0] == self.ends[1]

    @property
    def unsolved(self) -> int:
        """Combinations that were not solved before Ctrl-C."""
        return self.combinations - len(self.outcomes) - len(self.impossible) if self.groups else 0

    @property
    def remeasured(self) -> bool:
        """Whether the rounds measure their goal differently."""
        return "weights" in self.groups

    @property
    def goal(self) -> str:
        return self.plans[1]["goals"][0]["name"]

    @cached_property
    def figures(self) -> dict[Key, dict[int, int]]:
        """Every figure under every combination."""
        found = {key: dict.fromkeys(self.outcomes, 0) for key in (GOAL, MONEY, COUNT)}
        for mask, outcome in self.outcomes.items():
            found[GOAL][mask], found[COUNT][mask] = outcome.goal, len(outcome.funded)
            for kode, _, amount_rp in outcome.funded.values():
                pulau, provinsi = self.regions[kode]
                for key in (MONEY, ("pulau", pulau), ("provinsi", provinsi)):
                    found.setdefault(key, dict.fromkeys(self.outcomes, 0))[mask] += amount_rp
        return found

    def ends_of(self, key: Key) -> tuple[int, int]:
        """A figure in both rounds."""
        worth = self.figures[key]
        return worth[0], worth[max(worth)]

    def shares(self, key: Key) -> list[Fraction]:
        """The share of each group in the difference of a figure; none where no order of the changes is known."""
        return self.orders.shares(self.figures[key]) if self.orders.total else []

    def parts(self, key: Key, unit: int = 1) -> list[int]:
        """The shares as they are shown, in whole units: they add up."""
        return whole_parts(self.shares(key), unit)

    def keys(self, by: str) -> list[Key]:
        """The regions of a kind whose money any change moved, in the order of their names."""
        moved = [key for key in self.figures if key[0] == by and any(self.shares(key) or [0])]
        apart = [key for key in self.figures if key[0] == by and self.ends_of(key)[0] != self.ends_of(key)[1]]
        return sorted({*moved, *apart})

    def interval(self, group: int) -> tuple[int, int] | None:
        """Between what the group's share of the goal lies, were every combination solved to its best.

        None where that is not known, as where the combinations sought another goal than the one that is measured.
        """
        if self.remeasured:
            return None
        low = high = Fraction(0)
        for (mask, one), count in self.orders.steps.items():
            first, then = self.outcomes[mask], self.outcomes[mask | 1 << one]
            if one == group:
                if first.up is None or first.down is None or then.up is None or then.down is None:
                    return None
                low -= count * (then.down + first.up)
                high += count * (then.up + first.down)
        share, total = self.shares(GOAL)[group], self.orders.total
        ends = share + low / total, share + high / total
        return ends[0].__floor__(), ends[1].__ceil__()

    @property
    def exact(self) -> bool:
        """Whether both rounds and every combination are proven best, or not to be possible."""
        best = all(plan.status == "proven_optimal" for plan in self.plans)
        best = best and all(one.proven for one in self.impossible.values())
        return best and not self.unsolved and all(one.how in ("sealed", "proven") for one in self.outcomes.values())

    def counts(self) -> dict[str, int]:
        """How many combinations were solved, in which way."""
        found = dict.fromkeys(("sealed", "proven", "within", "found", "preview"), 0)
        for one in self.outcomes.values():
            found[one.how] += 1
        none = sum(one.proven for one in self.impossible.values())
        return found | {"impossible": none, "unfound": len(self.impossible) - none, "unsolved": self.unsolved}

    @cached_property
    def moves(self) -> list[Move]:
        """Who enters and who leaves, by name."""
        before, after = (end.funded for end in self.ends)
        return [self.move(name, name in after) for name in sorted(before.keys() ^ after.keys())]

    def move(self, name: str, enters: bool) -> Move:
        kode, menu, amount_rp = self.ends[enters].funded[name]
        inside = {mask: name in outcome.funded for mask, outcome in self.outcomes.items()}
        sets = tuple(self.names(mask) for mask in turning(inside, len(self.groups))) if self.groups else ()
        return Move(name, kode, menu, "enters" if enters else "leaves", amount_rp if enters else -amount_rp, sets)

    def names(self, mask: int) -> tuple[str, ...]:
        return tuple(self.groups[one] for one in members(mask, len(self.groups)))

    def plain(self) -> dict:
        """Everything as JSON-ready data; shares as numerators over ``orders``."""
        told = {
            f"{by}:{key}" if key else by: {
                "before": self.ends_of((by, key))[0], "after": self.ends_of((by, key))[1],
                "numerators": self.orders.numerators(worth) if self.orders.total else None,
                "parts": self.parts((by, key)) if self.orders.total else None,
            }
            for (by, key), worth in sorted(self.figures.items())
        }  # fmt: skip
        return {
            "rounds": [one.name for one in self.rounds], "plans": [plan.fingerprint for plan in self.plans],
            "groups": list(self.groups), "orders": self.orders.total, "goal": self.goal,
            "measured_as_later": self.remeasured, "exact": self.exact, "solved": self.counts(), "figures": told,
            "goal_intervals": [self.interval(k) for k in range(len(self.groups))] if self.orders.total else None,
            "combinations": [
                {"groups": list(self.names(mask)), "goal": one.goal, "up": one.up, "down": one.down, "how": one.how}
                for mask, one in sorted(self.outcomes.items())
            ] if self.groups else [],
            "impossible": [
                {"groups": list(self.names(mask)), "why": dict(one.why), "proven": one.proven}
                for mask, one in sorted(self.impossible.items())
            ],
            "moves": [one.plain() for one in self.moves],
        }  # fmt: skip


def find_causes(
    before: Round, after: Round, pool: Executor, quick: bool = False,
    progress: Callable[[str], None] = lambda text: None, clock: Clock | None = None,
) -> Causes:  # fmt: skip
    """Solve every combination of the groups in which two rounds differ, those that weigh most first.

    The two rounds stand as they were sealed. ``quick``: previews to a gap of ``QUICK`` in the first goal. Ctrl-C leaves
    out what is not solved yet. Raises PlannerError where the solver asked for is not installed.
    """
    sides = Sides(side_of(before), side_of(after))
    groups = sides.changed()
    if problems := [] if quick else missing(sides.after.scenario.solver.name):
        raise PlannerError(problems)
    last = (1 << len(groups)) - 1 or 1
    ends = {0: (before, ()), last: (after, groups)}
    found: dict[int, Outcome | Impossible] = {
        mask: sealed(sides if groups else Sides(side, side), names, one.plan)
        for (mask, (one, names)), side in zip(ends.items(), (sides.before, sides.after), strict=True)
    }
    given = shared(pool, sides)
    waiting = {pool.submit(solve, given, names_of(mask, groups), quick): mask for mask in between(len(groups))}
    progress(say("season.solving", done=0, count=len(waiting)))
    for done, future in enumerate(finished(waiting, clock or Clock()), 1):
        found[waiting[future]] = future.result()
        progress(Figures(say("season.solving", done=done, count=len(waiting))))
    cancel(waiting)
    known = {mask: one for mask, one in found.items() if isinstance(one, Outcome)}
    gone = {mask: one for mask, one in found.items() if isinstance(one, Impossible)}
    return Causes((before, after), sides, groups, known, gone, regions_of(sides.before, sides.after))


def between(groups: int) -> list[int]:
    """The combinations but none and all, those of few or of nearly all changes first: they stand in most orders."""
    inner = range(1, max((1 << groups) - 1, 1))
    return sorted(inner, key=lambda mask: (min(mask.bit_count(), groups - mask.bit_count()), mask))


def cancel(waiting: Iterable[Future]) -> None:
    for future in waiting:
        future.cancel()


def names_of(mask: int, groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(groups[one] for one in members(mask, len(groups)))


def regions_of(*sides: Side) -> dict[str, tuple[str, str]]:
    found = dict[str, tuple[str, str]]()
    for side in sides:
        places = side.reference["kabupaten"].data
        pairs = zip(places["pulau"], places["provinsi"], strict=True)
        found |= dict(zip(places["kode"], pairs, strict=True))
    return found


def sealed(sides: Sides, names: tuple[str, ...], plan: Plan) -> Outcome:
    """A round as it was sealed, measured as the later one measures."""
    return Outcome(
        summary(plan["funded"]), measured(sides, names, sides.scenario(names), plan["funded"]), 0, 0, "sealed"
    )


def solve(sides: Sides, names: tuple[str, ...], quick: bool) -> Outcome | Impossible:
    """The plan of one combination."""
    try:
        scenario = sides.scenario(names)
        candidates = sides.candidates(names, scenario)
        problem, x, goals, unique = previewed(candidates, scenario) if quick else solved(candidates, scenario)
    except NoneFoundError:
        return Impossible(both("season.none_in_time"), False)
    except InfeasibleError:
        return Impossible(both("season.no_plan"), True)
    except PlannerError as error:
        said = error.problems[0]
        return Impossible(in_each(lambda: refusal(sides, names, said)), False)
    funded = list(funded_records(problem, x))
    same = same_fields(scenario, sides.after.scenario, "weights")
    goal = problem.goal(0, 1).points(x) if same else measured(sides, names, scenario, funded)
    known = "preview" if quick else how(scenario, goals, unique)
    up, down = (0, 0) if known == "proven" else limits(problem, x, goals[0])
    return Outcome(summary(funded), goal, up, down, known)


def refusal(sides: Sides, names: tuple[str, ...], otherwise: str) -> str:
    """Why a combination cannot be asked at all, in the language in force."""
    try:
        scenario = sides.scenario(names)
        compile_problem(build_options(sides.candidates(names, scenario), scenario), scenario)
    except PlannerError as error:
        return error.problems[0]
    return otherwise


def how(scenario: Scenario, goals: Sequence[Goal], unique: bool) -> str:
    """How well a choice is known to be the one that was sought."""
    status = status_of(goals, scenario.solver.gap)
    return "found" if status == "best_found" else "proven" if unique and status == "proven_optimal" else "within"


def solved(candidates: Candidates, scenario: Scenario) -> Choice:
    """The best choice, as ``allocate`` finds it."""
    problem = compile_problem(build_options(candidates, scenario), scenario)
    stages, x, unique = choose(problem)
    goals = [goal_record(problem, k, one.point, x, one.value, one.bound) for k, one in enumerate(stages)]
    return problem, x, goals, unique


def previewed(candidates: Candidates, scenario: Scenario) -> Choice:
    """A choice near the best of the first goal alone."""
    found = Previewer(candidates).preview(scenario, QUICK, Clock(monotonic() + scenario.solver.time_limit_s))
    if found.x is None:
        raise InfeasibleError([], None) if found.infeasible else NoneFoundError([])
    goal = goal_record(found.problem, 0, found.point, found.x, found.value, found.bound)
    return found.problem, found.x, [goal], False


def limits(problem: Problem, x: np.ndarray, first: Goal) -> tuple[int | None, int | None]:
    """By how much the plan that is sought may have more, and less, of the first goal than x, in 1e-6.

    It has at most the bound, and at least what later goals leave of what was reached. None where that is not known: of
    a goal less the price of soft rules, which is not what is measured.
    """
    apart = rounded_apart(problem, first["point"])
    if first["bound"] is None or apart is None or problem.soft.any():
        return None, None
    value, goal = first["stage_value"], problem.goal(0, 1).points(x)
    least = min((least_allowed(value, goal.tolerance) for goal in problem.scenario.goals[1:]), default=value)
    most, fewest = first["bound"] * first["point"] + apart[0], least * first["point"] - apart[1]
    return max(0, ceil(most - goal)), max(0, ceil(goal - fewest))


def rounded_apart(problem: Problem, point: int) -> tuple[Fraction, Fraction] | None:
    """By how much the first goal in 1e-6 may be more, and less, than in points of ``point``, whatever is chosen."""
    fine, points = problem.goal(0, 1), problem.goal(0, point)
    if point == 1 or not fine.plain:
        return (Fraction(0), Fraction(0)) if point == 1 else None
    each = [
        (Fraction(int(a), fine.per) - Fraction(point * int(b), points.per)) * int(most)
        for a, b, most in zip(fine.cost, points.cost, problem.upper, strict=True)
    ]
    lacked = Fraction(fine.slack, fine.per), Fraction(point * points.slack, points.per)  # see ``Aim.slack``
    cut = Fraction(fine.per - 1, fine.per), Fraction(point * (points.per - 1), points.per)  # by rounding down once
    more = sum((one for one in each if one > 0), lacked[0] - lacked[1] + cut[1])
    less = sum((-one for one in each if one < 0), lacked[1] - lacked[0] + cut[0])
    return more, less


def measured(sides: Sides, names: tuple[str, ...], scenario: Scenario, funded: Sequence[Mapping[str, Any]]) -> int:
    """What a choice under a combination has of the first goal of the later round, in 1e-6."""
    yard = sides.by_weights_of_after(scenario)
    problem = compile_problem(build_options(sides.candidates(names, yard), yard), yard)
    return problem.goal(0, 1).points(choice_of(funded, problem))


def summary(funded: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, str, int]]:
    return {one["usulan_id"]: (one["kode"], one["menu"], one["amount_rp"]) for one in funded}
