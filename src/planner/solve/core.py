"""A plan proven to a gap over the few options that can matter: the others are held where the LP wants them."""

from dataclasses import replace

import numpy as np

from planner.model.problem import Problem
from planner.scenario.objective import Aim
from planner.solve.engines import Settings
from planner.solve.exact import Solution, maximise
from planner.solve.formulation import hold
from planner.solve.relaxation import RelaxationResult

LARGE = 0.5  # a core of more options than this share takes as long as the whole problem, and proves less


def within_gap(
    problem: Problem, cost: Aim, relaxed: RelaxationResult, likely: float, start: np.ndarray | None, settings: Settings
) -> Solution:
    """A legal plan and a bound, no further apart than ``settings.gap`` unless the clock ends it before.

    Reduced-cost fixing over one kernel (kernel search: Angelelli, Mansini & Speranza, Computers & OR 37, 2010), with a
    proof: a core holds every option whose profit is beyond its reach r; a plan that has one of them otherwise lies r or
    more below the LP bound, so the larger of the core's own bound and bound - r is a bound of all plans. ``likely``:
    the value that is expected (any guess is safe); ``start``: a legal plan or None.
    """
    if relaxed.infeasible and start is None:
        return Solution(None, 0, None, "infeasible")
    best = Solution(start, 0 if start is None else cost.points(start), relaxed.bound, "done")
    tried = 0
    for step in range(3):
        value = -np.inf if step == 2 or (step and best.x is None) else best.value if step else likely
        free = np.abs(relaxed.profit) <= relaxed.bound - worst_bound(value, settings.gap)
        free |= free.sum() > LARGE * len(free)
        if free.sum() <= tried and step:
            continue
        best, tried = better(best, solve_core(problem, cost, relaxed, free, best.x, settings)), int(free.sum())
        if (
            settings.clock.over
            or best.stopped in ("infeasible", "enough")
            or best.bound is None
            or reaches_gap(best, settings.gap)
        ):
            break
    return best


def repair(problem: Problem, x: np.ndarray, profit: np.ndarray) -> np.ndarray | None:
    """A plan made legal by dropping funded options, those of least profit first; None where that does not do."""
    excess, owner = over(problem, x), problem.columns.option
    for option in sorted(np.flatnonzero(x[: len(profit)]), key=lambda o: profit[o]):
        if not excess:
            break
        less = np.where(owner == option, 0, x)
        if (by := over(problem, less)) < excess:
            x, excess = less, by
    return x if not excess and problem.legal(x) else None


def over(problem: Problem, x: np.ndarray) -> float:
    """How far x is from legal, each row in the solver's scale."""
    return sum(abs(by) / float(problem.row_scale[row]) for row, by in problem.broken(x))


def worst_bound(value: float, gap: float) -> float:
    """The largest bound that proves ``value`` to a gap (of the bound)."""
    return value / (1 - gap) if value > 0 else value * (1 - gap)


def reaches_gap(best: Solution, gap: float) -> bool:
    return best.x is not None and best.bound is not None and best.bound <= max(worst_bound(best.value, gap), best.value)


def solve_core(
    problem: Problem, cost: Aim, relaxed: RelaxationResult, free: np.ndarray, start: np.ndarray | None,
    settings: Settings,
) -> Solution:  # fmt: skip
    """The best plan of one core, with a bound of all plans; ``infeasible`` only where every option is free."""
    settings = replace(settings, engine="highs")
    if free.all():
        return maximise(problem, cost, (), start, settings)
    wanted = relaxed.profit > 0
    out = ~(free | wanted)[problem.columns.option]
    ins = np.append(~free & wanted, np.zeros(problem.width - len(free), dtype=bool))
    core, stay = hold(problem, out | ins, ins.astype(np.int64))
    inside = start is not None and not start[out].any() and start[ins].all()
    found = maximise(core, cost, [stay], start if inside else None, settings)
    outside = relaxed.bound - int(np.abs(relaxed.profit[~free]).min())
    if found.stopped == "infeasible":
        return Solution(None, 0, outside, "done")
    return replace(found, bound=None if found.bound is None else max(found.bound, outside))


def better(best: Solution, found: Solution) -> Solution:
    """What is known after one more answer; a bound below a legal plan is false, so none."""
    if found.stopped == "infeasible":
        return found
    bounds = [one.bound for one in (best, found) if one.bound is not None]
    bound = min(bounds, default=None)
    kept = found if best.x is None or (found.x is not None and found.value > best.value) else best
    false = bound is not None and kept.x is not None and bound < kept.value
    return Solution(kept.x, kept.value, None if false else bound, found.stopped)
