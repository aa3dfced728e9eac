"""TO DESCRIBE."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from time import monotonic

import numpy as np

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import label, say
from planner.base.paths import ACUAN
from planner.base.processes import Clock, interruptible
from planner.base.units import points_text
from planner.model.build_options import build_options
from planner.model.candidates import Candidates, read_candidates
from planner.model.problem import Problem, compile_problem
from planner.model.status import PROVABLE_POINTS
from planner.plan.derive import choice_of
from planner.plan.folder import home
from planner.plan.plan import Plan, read_plan
from planner.plan.verify import inputs, seal, substance
from planner.scenario.goals import title
from planner.scenario.objective import Aim
from planner.scenario.scenario import scenario_of
from planner.solve.engines import Settings
from planner.solve.exact import maximise
from planner.solve.formulation import Extra
from planner.solve.lexicographic import confirmed
from planner.solve.relaxation import Kept, Relaxed, held

CORE = 80  # options that may change while a plan is repaired; the others stay as in the plan
REPAIR_S = 0.4  # for the repaired plan, of the 2 s that an answer may take


@dataclass(frozen=True)
class Case:
    """A plan with the problem it solves, ready for questions; only its first goal counts in them."""

    plan: Plan
    problem: Problem
    x: np.ndarray

    @cached_property
    def goal(self) -> dict:
        return self.plan["goals"][0]

    @cached_property
    def cost(self) -> Aim:
        return self.problem.aim(0, self.goal["point"])

    @cached_property
    def hidden(self) -> int:
        """Points that rounding may hide, by which every interval is widened."""
        return self.problem.rounding(0, self.goal["point"])

    @cached_property
    def kept(self) -> Kept:
        return Kept(self.problem, self.cost)

    @cached_property
    def reasons(self) -> dict[str, dict]:
        """usulan -> its record in ``not_funded``."""
        return {record["usulan_id"]: record for record in self.plan["not_funded"]}

    def winners(self, x: np.ndarray) -> set[str]:
        return set(self.problem.options.table["usulan_id"][x[: len(self.problem.options)] > 0])


@dataclass(frozen=True)
class Forced:
    """The best known of the first goal with an usulan forced in or out.

    ``bound``: no legal plan has more points; ``x``: a legal plan, None where none is known; ``impossible``: proven that
    there is none.
    """

    bound: int
    x: np.ndarray | None
    impossible: bool = False


def opened(plan: str | Path, data: str | Path | None = None, acuan: Path = ACUAN) -> Case:
    """A plan file with its problem, made again from its tables; raises PlannerError where ``verify`` finds it wrong."""
    path, made = Path(plan), read_plan(plan)
    try:
        wrong = list(seal(made.content, path.read_bytes()))
        candidates = read_candidates(scenario_of(made["scenario"], home(path)), data, acuan)
        wrong += inputs(made.content, candidates)
        case = case_of(made, candidates)
        wrong += substance(made.content, candidates, case.problem, case.x)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError) as error:
        raise PlannerError(say("verify.not_json", file=path, why=f"{type(error).__name__}: {error}")) from None
    if wrong:
        raise PlannerError([say("explain.invalid", file=path), *(f"  - {problem}" for problem in wrong)])
    return case


def case_of(plan: Plan, candidates: Candidates) -> Case:
    """A plan and the candidates it was made from, as they are in memory."""
    scenario = plan.scenario
    problem = compile_problem(build_options(candidates, scenario), scenario)
    return Case(plan, problem, choice_of(plan.content, problem))


def check_known(case: Case, usulan_id: str) -> None:
    """Raise PlannerError with the nearest right name for an usulan that the plan does not know."""
    names = [*case.winners(case.x), *case.reasons]
    if usulan_id not in names:
        kind = label("columns", "usulan_id")
        raise PlannerError(say("errors.unknown", kind=kind, name=shown(usulan_id), hint=hint(usulan_id, names)))


def forced(case: Case, row: Extra) -> Forced:
    """The certified bound with one row more, and a legal plan that keeps it, as far as they are known at once."""
    return repaired(case, row, case.kept.asked(row))


def repaired(case: Case, row: Extra, relaxed: Relaxed) -> Forced:
    """A legal plan near the old one that keeps ``row``: a few options may change, then all, until time is up."""
    settings = Settings(clock=Clock(monotonic() + REPAIR_S))
    if len(case.problem.options) > CORE and not relaxed.infeasible:
        problem, stay = core(case, row, relaxed)
        near = maximise(problem, case.cost, [row, stay], None, settings)
        if near.x is not None:
            return Forced(relaxed.bound, near.x)
    return narrowed(case, row, Forced(relaxed.bound, None), settings)


def core(case: Case, row: Extra, relaxed: Relaxed) -> tuple[Problem, Extra]:
    """The problem in which only ``CORE`` options may differ from the plan: where LP and plan differ, then close calls.

    The other columns are held by their upper bounds and by one row.
    """
    problem, x, n = case.problem, case.x, len(case.problem.options)
    first = np.abs(relaxed.fund - x[:n]) > 0.5
    first[problem.options.column_option[row.coef != 0]] = True
    order = np.lexsort((np.abs(relaxed.profit), ~first))
    free = np.zeros(n, dtype=bool)
    free[order[: max(CORE, int(first.sum()))]] = True
    return held(problem, ~free[problem.options.column_option], x)


def solved(case: Case, row: Extra, found: Forced, clock: Clock) -> Forced:
    """The first goal with ``row`` solved to the last point, or as far as the scenario's time allows."""
    asked = case.problem.scenario.solver
    clock.deadline_s = min(clock.deadline_s, monotonic() + asked.time_limit_s)
    with interruptible(clock):
        return narrowed(case, row, found, Settings(asked.name, 0.0, clock))


def narrowed(case: Case, row: Extra, found: Forced, settings: Settings) -> Forced:
    """What solving the whole problem with ``row`` adds to what is known; proofs over lines are confirmed."""
    best = maximise(case.problem, case.cost, [row], found.x, settings)
    if best.x is None:
        return replace(found, impossible=best.stopped == "infeasible")
    if best.bound == best.value and case.problem.width > len(case.problem.options):
        best = confirmed(case.problem, case.cost, [row], best, settings)
    return Forced(found.bound if best.bound is None else min(found.bound, best.bound), best.x)


def settled(case: Case, found: Forced) -> bool:
    """Whether the bound leaves nothing open."""
    low, high = loss(case, found)
    return high is not None and low == high


def loss(case: Case, found: Forced) -> tuple[int, int | None]:
    """[low, high] in points: at least what the bounds say, at most what the legal plan found has less."""
    value, stated, bound = case.goal["stage_value"], case.goal["bound"], found.bound + case.hidden
    if stated is not None and abs(stated) <= PROVABLE_POINTS:  # no plan is better than the plan's own bound
        bound = min(bound, stated)
    if found.x is None:
        return value - bound, None
    reached = case.problem.worth(case.cost, found.x)
    return value - max(bound, reached), value - reached + case.hidden


def change(case: Case, found: Forced) -> dict:
    """Loss and who leaves and comes, as the answer holds them."""
    if found.impossible:
        return {"loss": None, "displaced": [], "entering": [], "exact": True}
    low, high = loss(case, found)
    before = case.winners(case.x)
    after = before if found.x is None else case.winners(found.x)
    return {
        "loss": (low, high), "displaced": sorted(before - after), "entering": sorted(after - before),
        "exact": low == high,
    }  # fmt: skip


def goal_title(case: Case, lang: str | None = None) -> str:
    """The first goal, and that the price of soft rules is taken off it."""
    name = title(case.goal["name"], lang)
    return say("goals.less_price", lang, goal=name) if case.problem.soft.any() else name


def points(case: Case, value: int, lang: str | None = None) -> str:
    return points_text(value, case.goal["stage_value"], lang)
