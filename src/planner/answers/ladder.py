"""One order of usulan for every pagu of a range: who is in at a lower pagu stays in at a higher one, and its price."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.metadata import version as package_version
from itertools import pairwise
from math import ceil, floor, isfinite

import numpy as np

from planner.answers.ladder_order import Between, Rung
from planner.base.errors import NoneFoundError, PlannerError
from planner.base.messages import say
from planner.base.processes import Clock
from planner.base.units import exact, percent, rupiah
from planner.model.build_options import build_options
from planner.model.candidates import Candidates
from planner.model.problem import Problem, compile_problem, with_budget
from planner.plan.ladder_file import FORMAT, PPM, LadderFile, ShortOf, shorts
from planner.plan.plan_file import fingerprint_of
from planner.plan.whatif_file import full_volumes
from planner.scenario.place import BUDGET
from planner.scenario.scenario import MOST_RP, Scenario
from planner.solve.engines import Settings
from planner.solve.exact import Solution, maximise
from planner.solve.infeasible.conflicts import at_most
from planner.solve.infeasible.diagnose import diagnosis_of
from planner.solve.nested import Steps, find_chain, least_price
from planner.solve.point_size import chosen_point
from planner.solve.relaxation import Relaxation

GAP = 5e-4  # of each step's own best plan
SEARCH, PROOF = 0.5, 0.25  # of the scenario's time limit, for the order and for the bound of its price
LEAST_STEPS, MOST_STEPS = 2, 101


@dataclass(frozen=True)
class Step:
    """A pagu of the grid: of its best plan alone ``value`` and ``bound``; ``x``: the ladder's plan, worth ``reached``.

    Points of the first goal. ``why``: the rules that allow no plan at all there; the ladder has no plan of its own
    then, and passes it by.
    """

    at_rp: int
    problem: Problem
    value: int = 0
    bound: int = 0
    x: np.ndarray | None = None
    reached: int = 0
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ladder:
    """``steps`` in rising order, ``rungs`` in the order in which usulan come in, with what does not hold from each on.

    ``most``: no step is further below the best plan of its pagu; ``least``: every order is so far below one somewhere.
    """

    scenario: Scenario
    point: int
    steps: tuple[Step, ...]
    rungs: tuple[Rung, ...]
    short: tuple[list[ShortOf], ...]
    most: Fraction
    least: Fraction

    def content(self, plan: str) -> LadderFile:
        """What ``tangga.json`` holds beside the plan of a fingerprint."""
        options = self.steps[0].problem.options
        full = full_volumes(options)
        made = {
            "format": FORMAT, "plan": plan, "planner": package_version("planner"), "scenario": self.scenario.name,
            "goal": self.scenario.goals[0].name, "point": self.point, "now_rp": sum(self.scenario.budget_rp.values()),
            "most_ppm": ceil(self.most * PPM), "least_ppm": floor(self.least * PPM),
            "steps": [plain_step(step) for step in self.steps],
            "rungs": [
                plain_rung(options, full, rung, short) for rung, short in zip(self.rungs, self.short, strict=True)
            ],
        }  # fmt: skip
        return made | {"fingerprint": fingerprint_of(made)}  # type: ignore[return-value]  # of the form by its making


def plain_step(step: Step) -> dict:
    spent = None if step.x is None else int(step.problem.decisions(step.x).amount.sum())
    return {
        "at_rp": step.at_rp, "value": step.value, "bound": step.bound, "reached": step.reached, "spent_rp": spent,
        "why": list(step.why),
    }  # fmt: skip


def plain_rung(options, full: dict, rung: Rung, short: list[ShortOf]) -> dict:
    """A rung as the file has it: the usulan's money and its volumes that are not full from here on."""
    row, k = options.table.iloc[rung.option], rung.option
    name, ta, own = row["usulan_id"], int(row["ta"]), options.columns.width
    qty = options.basis["qty"] @ rung.x[:own]
    lines = np.flatnonzero(options.line_option == k)
    got = {options.lines["rincian_id"].iloc[line]: int(qty[line]) for line in lines}
    part = [[one, got.get(one, 0)] for one, volume in full[name, ta].items() if got.get(one, 0) != volume]
    amount = int((options.basis["amount"] @ rung.x[:own])[k])
    return {
        "usulan_id": name, "ta": ta, "kode": row["kode"], "menu": row["menu"], "step": rung.step, "at_rp": rung.at_rp,
        "amount_rp": amount, "volumes": part, "short": short,
    }  # fmt: skip


def ladder(
    candidates: Candidates, scenario: Scenario, low: float = 0.5, high: float = 1.5, count: int = 11,
    progress: Callable[[str], None] = lambda text: None, clock: Clock | None = None,
) -> Ladder:  # fmt: skip
    """The ladder from ``low`` to ``high`` times the pagu, with ``count`` steps; only the first goal counts.

    Raises PlannerError for a range that cannot be, and where no usulan or no order fits; Ctrl-C's ``clock.stopped``
    takes the best order so far. The steps alone take the scenario's time limit at most, the order and its bound parts
    of it.
    """
    clock, asked = clock or Clock(), grid(scenario, low, high, count)
    base = compile_problem(build_options(candidates, scenario), scenario)
    problems = [with_budget(base, BUDGET.set(scenario, at)) for at in asked]
    point = max(chosen_point(problem, 0) for problem in (problems[0], problems[-1]))
    steps: list[Step] = []
    plans: list[np.ndarray] = []
    for k, problem in enumerate(problems):
        progress(say("ladder.alone", done=k, count=count))
        with at_most(clock, scenario.solver.time_limit_s / count):
            step, x = alone(problem, asked[k], point, plans[-1] if plans else None, clock)
        steps.append(step)
        plans += [] if x is None else [x]
    if not any(x[: len(base.options)].any() for x in plans):
        raise PlannerError(say("ladder.nobody", high=rupiah(asked[-1])))
    solved = [k for k, step in enumerate(steps) if not step.why]
    nested = Steps(
        tuple(problems[k] for k in solved), tuple(problems[k].aim(0, point) for k in solved),
        tuple(steps[k].value for k in solved), tuple(steps[k].bound for k in solved),
    )  # fmt: skip
    with at_most(clock, scenario.solver.time_limit_s * SEARCH):
        chain = find_chain(nested, np.max(plans, axis=0), clock, lambda best: progress(searching(nested, best)))
    if chain is None:
        raise NoneFoundError(say("ladder.none_found"))
    better = tuple(max(v, a.points(x)) for v, a, x in zip(nested.value, nested.aims, chain, strict=True))
    nested = replace(nested, value=better)
    progress(say("ladder.proving"))
    with at_most(clock, scenario.solver.time_limit_s * PROOF):
        least = Fraction(0) if clock.stopped else least_price(nested, clock)
    for k, value, aim, x in zip(solved, better, nested.aims, chain, strict=True):
        steps[k] = replace(steps[k], value=value, x=x, reached=aim.points(x))
    most = max(nested.losses(chain))
    rungs = list(order(steps, point))
    short = tuple(told(steps, rungs))
    return Ladder(scenario, point, tuple(steps), tuple(rungs), short, most, min(least, most))


def searching(steps: Steps, chain: np.ndarray) -> str:
    return say("ladder.searching", price=percent(float(max(steps.losses(chain))), 2))


def grid(scenario: Scenario, low: float, high: float, count: int) -> list[int]:
    """The pagus of all years together, in whole rupiah; everything wrong with the range at once."""
    problems = []
    if not (isfinite(low) and isfinite(high)) or low <= 0:
        problems.append(say("ladder.zero", low=f"{low:g}", high=f"{high:g}"))
    elif low >= high:
        problems.append(say("ladder.range", low=f"{low:g}", high=f"{high:g}"))
    if not LEAST_STEPS <= count <= MOST_STEPS:
        problems.append(say("ladder.steps", count=count, low=LEAST_STEPS, high=MOST_STEPS))
    if problems:
        raise PlannerError(problems)
    first, last, total = exact(low), exact(high), sum(scenario.budget_rp.values())
    places = [floor(total * (first + (last - first) * k / (count - 1))) for k in range(count)]
    if places[-1] > MOST_RP:
        raise PlannerError(say("ladder.beyond", high=f"{high:g}", most=rupiah(MOST_RP)))
    if len(set(places)) < count or not places[0]:
        raise PlannerError(say("ladder.apart", low=rupiah(places[0]), high=rupiah(places[-1])))
    return places


def alone(problem: Problem, at_rp: int, point: int, start, clock: Clock) -> tuple[Step, np.ndarray | None]:
    """A step's best plan without any promise; the rules in conflict where there is none."""
    aim = problem.aim(0, point)
    begin = start if start is not None and problem.legal(start) else None
    found: Solution = maximise(problem, aim, (), begin, Settings(gap=GAP, clock=clock))
    if found.stopped == "infeasible":
        rules = diagnosis_of(problem, Settings(clock=clock), mend=False).conflicts
        why = tuple(text for k, one in enumerate(rules) for text in one.sentences(first=not k))
        return Step(at_rp, problem, why=why or (say("diagnose.title", name=problem.scenario.name),)), None
    if found.x is None:
        raise NoneFoundError(say("status.stopped_before" if clock.stopped else "status.none_found"))
    bound = Relaxation(problem, aim).relaxed().bound if found.bound is None else found.bound
    bound = max(bound + problem.rounding(0, point), found.value)
    return Step(at_rp, problem, found.value, bound), found.x


def order(steps: list[Step], point: int) -> Iterator[Rung]:
    """The rungs: those of the lowest step by key, then of each step who is new."""
    known = [(k, step) for k, step in enumerate(steps) if step.x is not None]
    number, first = known[0]
    assert first.x is not None
    for option in np.flatnonzero(first.x[first.problem.columns.fund]):
        yield Rung(int(option), number, first.at_rp, first.x)
    for (_, low), (k, high) in pairwise(known):
        assert low.x is not None and high.x is not None
        at = low.at_rp + 1
        between = Between(low.problem, high.problem, high.problem.aim(0, point))
        for rung in between.order(low.x, high.x, k):
            one = between.fitted(replace(rung, at_rp=max(rung.at_rp, at)), at)
            at = one.at_rp
            yield one


def told(steps: list[Step], rungs: list[Rung]) -> Iterator[list[ShortOf]]:
    """Of each rung what does not hold from its pagu until the next one comes in, or the range ends."""
    ends = [*(rung.at_rp - 1 for rung in rungs[1:]), steps[-1].at_rp]
    for rung, end in zip(rungs, ends, strict=True):
        yield shorts(steps[-1].problem, rung.x, rung.at_rp, end)
