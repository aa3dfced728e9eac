"""A plan at once while a scenario is changed: the relaxation is kept, and what is said is never more than is proven."""

from dataclasses import dataclass, replace
from importlib.metadata import version as package_version

import numpy as np

from planner.base.processes import Clock
from planner.model.build_options import build_options
from planner.model.candidates import Candidates
from planner.model.problem import Problem, compile_problem, with_budget
from planner.model.status import gap_of, status_of
from planner.plan.derive import derive, goal_record
from planner.plan.plan import Plan, seal_plan, solver_version
from planner.scenario.rules.base import Rule
from planner.scenario.scenario import Scenario
from planner.solve.core import better, reaches_gap, repair, within_gap
from planner.solve.engines import Settings
from planner.solve.exact import Solution
from planner.solve.point_size import LEAST_POINTS, chosen_point
from planner.solve.recombine import Book
from planner.solve.relaxation import Relaxation, RelaxationResult

GAP, USUAL = 0.005, 0.99
CAUTION = 0.996  # a core too small costs a second solve, one too large only some time


@dataclass(frozen=True)
class Preview:
    """The best legal plan found for the scenario's first goal; later goals are left aside.

    ``x``: its columns, checked in integers; None where none was found (``value`` 0 then). ``value``, ``bound``: points
    of ``point`` x 1e-6, the price of soft rules taken off; no legal plan has more than ``bound`` (None: not known).
    ``gap``: (bound - value) / |bound|. ``infeasible``: no plan exists, says the solver;
    ``allocate`` confirms it and names the rules that conflict.
    """

    scenario: Scenario
    problem: Problem
    x: np.ndarray | None
    value: int
    bound: int | None
    point: int
    infeasible: bool

    def __repr__(self) -> str:
        return f"Preview({self.scenario.name!r}: {len(self.winners)} usulan, {self.value} of {self.bound} points)"

    @property
    def gap(self) -> float | None:
        return None if self.x is None else gap_of(self.value, self.bound)

    @property
    def winners(self) -> list[str]:
        """The funded usulan in key order."""
        return [] if self.x is None else self.problem.winners(self.x)

    @property
    def spent_rp(self) -> int:
        return 0 if self.x is None else int(self.problem.decisions(self.x).amount.sum())

    def plan(self, candidates: Candidates) -> Plan:
        """An ordinary plan (``x`` must not be None) that claims a gap of the first goal only, never an optimum.

        Later goals have their value and no bound; where the bound is reached it leaves one point open.
        """
        assert self.x is not None
        problem, goals, x = self.problem, self.scenario.goals, self.x
        point = [self.point, *(chosen_point(problem, k) for k in range(1, len(goals)))]
        bounds = [None if self.bound is None else max(self.bound, self.value + 1), *[None] * (len(goals) - 1)]
        told = [goal_record(problem, k, p, x, bound=b) for k, (p, b) in enumerate(zip(point, bounds, strict=True))]
        proof = {"status": status_of(told, self.scenario.solver.gap), "tie_break": "canonical_order", "goals": told}
        made_by = {
            "planner": package_version("planner"),
            "solver": {"name": "highs", "version": solver_version("highs")},
        }
        return seal_plan(derive(candidates, problem, x, point) | made_by | proof)


class Previewer:
    """Previews of one scenario after another over the same candidates; what did not change is not made again.

    Assumptions and the horizon's first year belong to the candidates: other ones need other candidates, as in
    ``allocate``. ``point``: every answer in points of this size (1e-6); None chooses it as ``allocate`` does. ``like``:
    a problem that is made already.
    """

    def __init__(self, candidates: Candidates, point: int | None = None, like: Problem | None = None):
        self.candidates, self.wanted, self.like = candidates, point, like
        self.anew = False  # the options have to be made from other tables
        self.point = point or 0
        self.problem: Problem | None = None
        self.relaxation: Relaxation | None = None
        self.last: Preview | None = None
        self.book = Book()  # what blocks answered before
        self.usual = USUAL  # how much of the LP bound the last plan reached

    def over(self, candidates: Candidates) -> None:
        """Ask the tables of ``candidates`` from now on; what the relaxation knows is kept."""
        if candidates is not self.candidates:
            self.candidates, self.anew = candidates, True

    def preview(self, scenario: Scenario, gap: float = GAP, clock: Clock | None = None) -> Preview:
        """A legal plan with its proven gap: at most ``gap`` (share) unless the clock ends the search before.

        ``clock.stopped``, set from another thread, ends it within a moment; what was found until then is told. Raises
        PlannerError for what a planner can mend.
        """
        last = None if self.anew else self.last
        if last is not None and last.scenario == scenario and last.gap is not None and last.gap <= gap:
            return last
        relaxed = self.relaxed(scenario)
        assert self.problem is not None
        settings = Settings(gap=gap, clock=clock or Clock())
        quick = self.recombined(relaxed, gap)
        if not reaches_gap(quick, gap):
            least = None if quick.bound is None else quick.bound * (1 - gap)
            settings = replace(settings, enough=lambda incumbent, _: least is not None and incumbent >= least)
            likely = relaxed.bound * self.usual * CAUTION
            found = within_gap(self.problem, self.cost, relaxed, likely, quick.x, settings)
            quick = found if found.stopped == "infeasible" else better(found, quick)
        found = quick
        if found.x is not None and relaxed.bound > 0:
            self.usual = found.value / relaxed.bound
        self.last = self.told(found)
        return self.last

    def relaxed(self, scenario: Scenario) -> RelaxationResult:
        """The scenario's relaxation, its bound in points of ``self.point``."""
        problem = self.compiled(scenario)
        if self.problem is None or not same_worth(self.problem, problem):
            self.priced(problem, self.size(problem))
        relaxed = self.moved(problem)
        if not self.wanted and not relaxed.infeasible and not fits(relaxed.bound, self.point):
            self.priced(problem, chosen_point(problem, 0))
            relaxed = self.moved(problem)
        return relaxed

    def size(self, problem: Problem) -> int:
        """The size of a point to begin with: the last one only for the same goal, whose worth has its size still."""
        if self.wanted:
            return self.wanted
        same = self.problem is not None and self.problem.scenario.goals[0] == problem.scenario.goals[0]
        return self.point if same else chosen_point(problem, 0)

    def compiled(self, scenario: Scenario) -> Problem:
        last, self.anew = None if self.anew else self.problem or self.like, False
        return recompiled(self.candidates, scenario, last)

    def priced(self, problem: Problem, point: int) -> None:
        self.cost, self.hidden, self.point = problem.aim(0, point), problem.rounding(0, point), point

    def moved(self, problem: Problem) -> RelaxationResult:
        if self.relaxation is None:
            self.relaxation = Relaxation(problem, self.cost)
        else:
            self.relaxation.update(problem, self.cost)
        self.problem = problem
        return self.relaxation.relaxed()

    def recombined(self, relaxed: RelaxationResult, gap: float) -> Solution:
        """What the plans of blocks give together, from the last plan on."""
        assert self.problem is not None and self.relaxation is not None
        start = self.start(relaxed)
        if relaxed.infeasible:
            return Solution(start, 0 if start is None else self.cost.points(start), None, "done")
        return self.book.best(self.problem, self.cost, self.relaxation, start, gap)

    def start(self, relaxed: RelaxationResult) -> np.ndarray | None:
        """The last plan, or what of it is legal still."""
        assert self.problem is not None
        x = None if self.last is None else self.last.x
        if x is None or len(x) != self.problem.width or (x > self.problem.upper).any():
            return None
        return repair(self.problem, x, relaxed.profit)

    def told(self, found: Solution) -> Preview:
        assert self.problem is not None
        bound = None if found.bound is None else found.bound + self.hidden
        gone = found.x is None and found.stopped == "infeasible"
        return Preview(self.problem.scenario, self.problem, found.x, found.value, bound, self.point, gone)


def recompiled(candidates: Candidates, scenario: Scenario, last: Problem | None) -> Problem:
    """The problem of a scenario, with as much of the last one as still holds."""
    if last is None or makes_options(scenario) != makes_options(last.scenario):
        return compile_problem(build_options(candidates, scenario), scenario)
    if scenario.weights != last.scenario.weights:
        return compile_problem(build_options(candidates, scenario, last.options), scenario)
    if (scenario.rules, scenario.goals) == (last.scenario.rules, last.scenario.goals):
        return with_budget(last, scenario)
    return compile_problem(replace(last.options, budget_rp=dict(scenario.budget_rp)), scenario)


def makes_options(scenario: Scenario) -> tuple:
    """What of a scenario decides its options beside what criteria weigh: all else leaves the same rows and gates."""
    own = [(k, r) for k, r in enumerate(scenario.rules) if (type(r).gate, type(r).factors) != (Rule.gate, Rule.factors)]
    weighed = {name for name, weight in scenario.weights.items() if weight}
    return weighed, list(scenario.budget_rp), scenario.asks_benefit, scenario.count_twice, own


def same_worth(old: Problem, new: Problem) -> bool:
    """Whether every choice is worth the same in the first goal; what soft rules cost may change with their limits."""
    if old.soft.any() or new.soft.any():
        return False
    return old.options.table is new.options.table and old.scenario.goals[0] == new.scenario.goals[0]


def fits(bound: int, point: int) -> bool:
    """Whether ``allocate`` would choose this size of a point."""
    return LEAST_POINTS <= abs(bound) < 10 * LEAST_POINTS or (point == 1 and abs(bound) < LEAST_POINTS)
