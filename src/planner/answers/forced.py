"""What it costs a plan to have one usulan in it or out: bounds from a kept relaxation, then a search beside it."""

from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from planner.answers.open_plan import Case
from planner.base.processes import Clock, interruptible
from planner.model.problem import Problem
from planner.model.status import PROVABLE_POINTS
from planner.solve.engines import Settings
from planner.solve.exact import maximise
from planner.solve.formulation import SideRow, hold
from planner.solve.lexicographic import confirm
from planner.solve.relaxation import RelaxationResult

CORE = 80  # options that may change while a plan is repaired; the others stay as in the plan
REPAIR_S = 0.4  # for the repaired plan, of the 2 s that an answer may take


@dataclass(frozen=True)
class Forced:
    """The best known of the first goal with an usulan forced in or out.

    ``bound``: no legal plan has more points; ``x``: a legal plan, None where none is known; ``impossible``: proven that
    there is none.
    """

    bound: int
    x: np.ndarray | None
    impossible: bool = False


def force_row(case: Case, row: SideRow) -> Forced:
    """The certified bound with one row more, and a legal plan that keeps it, as far as they are known at once."""
    return repair(case, row, case.relaxation.with_row(row))


def repair(case: Case, row: SideRow, relaxed: RelaxationResult) -> Forced:
    """A legal plan near the old one that keeps ``row``: a few options may change, then all, until time is up."""
    settings = Settings(clock=Clock(monotonic() + REPAIR_S))
    if len(case.problem.options) > CORE and not relaxed.infeasible:
        problem, stay = core(case, row, relaxed)
        near = maximise(problem, case.cost, [row, stay], None, settings)
        if near.x is not None:
            return Forced(relaxed.bound, near.x)
    return narrow(case, row, Forced(relaxed.bound, None), settings)


def core(case: Case, row: SideRow, relaxed: RelaxationResult) -> tuple[Problem, SideRow]:
    """A local branching neighbourhood of the plan (Fischetti & Lodi, Math. Programming 98, 2003), by columns.

    Only ``CORE`` options may differ from the plan: where LP and plan differ, then close calls. The other columns are
    held by their upper bounds and by one row.
    """
    problem, x, n = case.problem, case.x, case.problem.columns.options
    first = np.abs(relaxed.fund - x[problem.columns.fund]) > 0.5
    first[problem.columns.option[row.coef != 0]] = True
    order = np.lexsort((np.abs(relaxed.profit), ~first))
    free = np.zeros(n, dtype=bool)
    free[order[: max(CORE, int(first.sum()))]] = True
    return hold(problem, ~free[problem.columns.option], x)


def solve_exactly(case: Case, row: SideRow, found: Forced, clock: Clock) -> Forced:
    """The first goal with ``row`` solved to the last point, or as far as the scenario's time allows."""
    asked = case.problem.scenario.solver
    clock.deadline_s = min(clock.deadline_s, monotonic() + asked.time_limit_s)
    with interruptible(clock):
        return narrow(case, row, found, Settings(asked.name, 0.0, clock))


def narrow(case: Case, row: SideRow, found: Forced, settings: Settings) -> Forced:
    """What solving the whole problem with ``row`` adds to what is known; proofs over lines are confirmed."""
    best = maximise(case.problem, case.cost, [row], found.x, settings)
    if best.x is None:
        return replace(found, impossible=best.stopped == "infeasible")
    if best.bound == best.value and not case.problem.fund_only:
        best = confirm(case.problem, case.cost, [row], best, settings)
    return Forced(found.bound if best.bound is None else min(found.bound, best.bound), best.x)


def is_settled(case: Case, found: Forced) -> bool:
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
