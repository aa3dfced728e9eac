"""The first goal against the budget or one rule's bound: the LP curve at once, then a plan with its gap per point."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from planner.answers.preview import GAP, Preview, Previewer, recompiled, same_worth
from planner.base.errors import PlannerError, shown
from planner.base.messages import say
from planner.base.processes import Clock
from planner.model.candidates import Candidates
from planner.model.problem import Problem
from planner.plan.plan import Plan
from planner.scenario.place import BUDGET, Place, bound
from planner.scenario.rules.base import Rule
from planner.scenario.scenario import Scenario, vary
from planner.solve.point_size import chosen_point
from planner.solve.relaxation import changed_matrix

LARGEST = 1e15  # as much as a scenario takes for money and counts
MILIAR = 10**9
NEXT_GAP, NEXT_S = 0.0001, 20.0  # how exactly the next miliar is known, and for how long each of its plans is sought


@dataclass(frozen=True)
class Point:
    """One place of a frontier: ``at`` is rupiah of all years, or the rule's bound.

    ``lp``: the LP bound in points (None: no plan exists); ``preview``: what was found, its ``bound`` perhaps lowered by
    the neighbours' (None before it was sought). ``entering``, ``leaving``: usulan against the last point with a plan.
    """

    at: int | float
    scenario: Scenario
    lp: int | None
    preview: Preview | None = None
    entering: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()

    def plain(self) -> dict:
        found, sought = self.found, self.preview
        return {
            "at": self.at, "lp_bound": self.lp, "infeasible": self.infeasible, "value": found.value if found else None,
            "bound": sought.bound if sought else None, "gap": found.gap if found else None,
            "spent_rp": found.spent_rp if found else None, "usulan": len(found.winners) if found else None,
            "entering": self.entering, "leaving": self.leaving,
        }  # fmt: skip

    @property
    def infeasible(self) -> bool:
        return self.preview.infeasible if self.preview else self.lp is None

    @property
    def found(self) -> Preview | None:
        """The preview where it holds a plan."""
        return self.preview if self.preview is not None and self.preview.x is not None else None

    def plan(self, candidates: Candidates) -> Plan:
        """The whole plan behind the point; raises PlannerError where none was found."""
        if self.found is None:
            raise PlannerError(say("frontier.no_plan", at=self.at))
        return self.found.plan(candidates)


@dataclass(frozen=True)
class NextMiliar:
    """What Rp 1 miliar more in the first year would bring: at least ``low``, at most ``high`` points of the first goal.

    ``entering`` and ``leaving`` are those of the two plans that were found.
    """

    low: int
    high: int
    entering: tuple[str, ...]
    leaving: tuple[str, ...]

    def plain(self) -> dict:
        return {"gain": [self.low, self.high], "entering": self.entering, "leaving": self.leaving}


@dataclass(frozen=True)
class Frontier:
    """``points`` in rising order of ``at``; every value and bound in points of ``point`` x 1e-6 of ``goal``."""

    by: Place
    goal: str
    point: int
    scenario: Scenario
    points: tuple[Point, ...]
    next_miliar: NextMiliar | None = None

    def __repr__(self) -> str:
        found = sum(point.found is not None for point in self.points)
        return f"Frontier({self.goal} by {self.by.name}: {len(self.points)} points, {found} with a plan)"

    def plain(self) -> dict:
        """As ``--json`` has it: values and bounds in points, ``at`` and ``spent_rp`` as they are."""
        return {
            "format": 1, "by": self.by.name, "goal": self.goal, "point": self.point, "scenario": self.scenario.name,
            "points": [point.plain() for point in self.points],
            "next_miliar": self.next_miliar and self.next_miliar.plain(),
        }  # fmt: skip


def frontier(
    candidates: Candidates, scenario: Scenario, by: str = BUDGET.name, low: int | float | None = None,
    high: int | float | None = None, points: int = 30, gap: float = GAP,
    progress: Callable[[Frontier], None] = lambda so_far: None, clock: Clock | None = None,
) -> Frontier:  # fmt: skip
    """The frontier between ``low`` and ``high`` (half to one and a half times what the scenario says, by default).

    ``progress`` gets the frontier as it grows: first with every LP bound and no plan, then after each point. Ctrl-C's
    ``clock.stopped`` ends it with what there is. Raises PlannerError for an unknown rule or bound and for a range or
    value that cannot be.
    """
    clock, axis = clock or Clock(), bound(scenario, by)
    asked = scenarios(scenario, axis, low, high, points)
    first, *_, last = asked.values()
    ends = [recompiled(candidates, first, None)]
    ends.append(recompiled(candidates, last, ends[0]))
    previewer = Previewer(candidates, max(chosen_point(problem, 0) for problem in ends), ends[0])
    made = Frontier(axis, scenario.goals[0].name, previewer.point, scenario, tuple(curve(previewer, asked)))
    progress(made)
    for k in range(len(asked)):
        if clock.over:
            break
        made = replace(made, points=solve_point(previewer, made.points, k, gap, clock))
        progress(made)
    made = replace(made, points=tighten(made.points))
    if axis != BUDGET or clock.over:
        return made
    return replace(made, next_miliar=next_miliar(previewer, scenario, clock))


def curve(previewer: Previewer, asked: dict[int | float, Scenario]) -> list[Point]:
    """The LP bound of every point."""
    found = []
    for at, scenario in asked.items():
        relaxed = previewer.relaxed(scenario)
        found.append(Point(at, scenario, None if relaxed.infeasible else relaxed.bound + previewer.hidden))
    return found


def solve_point(previewer: Previewer, points: tuple[Point, ...], k: int, gap: float, clock: Clock) -> tuple[Point, ...]:
    """The points with the k-th one's plan, begun from the plan before it."""
    point = replace(points[k], preview=previewer.preview(points[k].scenario, gap, clock))
    return (*points[:k], with_moves(point, points[:k]), *points[k + 1 :])


def with_moves(point: Point, earlier: tuple[Point, ...]) -> Point:
    """The point with who enters and who leaves against the last one before it that has a plan."""
    last = next((p.preview for p in reversed(earlier) if p.preview and p.preview.x is not None), None)
    if last is None or point.preview is None or point.preview.x is None:
        return point
    before, now = set(last.winners), set(point.preview.winners)
    return replace(point, entering=tuple(sorted(now - before)), leaving=tuple(sorted(before - now)))


def tighten(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Every point with what its neighbours prove of it, in both directions: so the values rise or fall as they must."""
    for _ in range(2):
        done: list[Point] = []
        for point in reversed(points):
            done.append(inform(point, done[-1]) if done else point)
        points = tuple(done)  # turned round: the second pass goes back
    return tuple(with_moves(point, points[:k]) for k, point in enumerate(points))


def inform(point: Point, other: Point) -> Point:
    """The point with the bound of a wider one, and with the plan of a narrower one where that is better."""
    mine, theirs = point.preview, other.preview
    if mine is None or theirs is None:
        return point
    better = theirs.x is not None and (mine.x is None or theirs.value > mine.value)
    if better and is_nested(theirs.problem, mine.problem):
        bound = None if mine.bound is None or mine.bound < theirs.value else mine.bound
        mine = replace(mine, x=theirs.x, value=theirs.value, bound=bound, infeasible=False)
    if theirs.bound is not None and mine.bound is not None and mine.value <= theirs.bound < mine.bound:
        mine = replace(mine, bound=theirs.bound) if is_nested(mine.problem, theirs.problem) else mine
    return replace(point, preview=mine)


def is_nested(inner: Problem, outer: Problem) -> bool:
    """Whether every plan of ``inner`` is one of ``outer``, worth the same: the same rows with no limit narrower."""
    lifted = [[problem.scenario.rules[lift.rule] for lift in problem.lifts] for problem in (inner, outer)]
    return (
        same_worth(inner, outer)
        and len(lifted[0]) == len(lifted[1])
        and all(map(no_narrower, *lifted))
        and changed_matrix(inner.matrix, outer.matrix) is None
        and bool((outer.row_lower <= inner.row_lower).all())
        and bool((outer.row_upper >= inner.row_upper).all())
        and np.array_equal(inner.upper, outer.upper)
    )


def no_narrower(inner: Rule, outer: Rule) -> bool:
    """Whether a lifted rule asks for no more than another: the same but for a lower floor or a higher ceiling."""
    if type(inner) is not type(outer):
        return False
    moved = [(name, value, getattr(outer, name)) for name, value in inner if value != getattr(outer, name)]
    return all(
        (name.startswith("min") and after <= before) or (name.startswith("max") and after >= before)
        for name, before, after in moved
    )


def next_miliar(previewer: Previewer, scenario: Scenario, clock: Clock) -> NextMiliar | None:
    """The scenario as it is against Rp 1 miliar more in its first year; None where one of the two has no plan."""
    budget, deadline_s = scenario.budget_rp, clock.deadline_s
    more = vary(scenario, budget_rp=budget | {scenario.first_year: budget[scenario.first_year] + MILIAR})
    pair = []
    try:
        for asked in (scenario, more):
            clock.deadline_s = min(deadline_s, monotonic() + NEXT_S)
            pair.append(previewer.preview(asked, NEXT_GAP, clock))
    finally:
        clock.deadline_s = deadline_s
    now, then = pair
    if now.x is None or then.x is None or now.bound is None or then.bound is None:
        return None
    least = 0 if is_nested(now.problem, then.problem) else -np.inf
    before, after = set(now.winners), set(then.winners)
    return NextMiliar(
        int(max(least, then.value - now.bound)), then.bound - now.value, tuple(sorted(after - before)),
        tuple(sorted(before - after)),
    )  # fmt: skip


def scenarios(
    scenario: Scenario, by: Place, low: int | float | None, high: int | float | None, count: int
) -> dict[int | float, Scenario]:
    """``at`` -> scenario, rising; places that round to the same value are one."""
    now, whole, most = present(scenario, by)
    low = low if low is not None else now / 2
    if high is None:
        high = most if not now and most == 1 else min(now * 1.5, most)  # a share of nothing could be any
    places = set[int | float]()
    if 0 <= low < high <= most and count >= 2:
        places = {round(low + (high - low) * k / (count - 1), None if whole else 4) for k in range(count)}
    if len(places) < 2:
        raise PlannerError(say("frontier.range", low=f"{low:.15g}", high=f"{high:.15g}", most=f"{most:.15g}"))
    return {at: by.set(scenario, at) for at in sorted(places)}


def present(scenario: Scenario, by: Place) -> tuple[int | float, bool, float]:
    """What the scenario says now, whether only whole numbers may stand there, and the most that may."""
    value, share = by.get(scenario), by.unit == "share"
    if value is None and not share:
        raise PlannerError(say("frontier.unset", by=shown(by.name)))
    if not isinstance(value, int | float):  # a share that is not set binds nothing
        value = 0.0 if by.field.startswith("min") else 1.0
    return value, isinstance(value, int), 1.0 if share else LARGEST
