"""Problem -> whole-number solution with value and bound, whatever an engine says of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from planner.model.problem import Problem
from planner.scenario.objective import Aim, aim_of
from planner.solve.engines import Model, Settings, carry
from planner.solve.engines import missing as missing
from planner.solve.formulation import ObjectiveFloor, SideRow, cuts, floor_cuts, model_of
from planner.solve.formulation import goal_rows as goal_rows

DEFAULT = Settings()
ROUNDS = 50  # of cutting off answers that break a row once they are rounded


@dataclass(frozen=True)
class Solution:
    """``x`` passed the exact check (None: none found); ``bound``: no legal plan has more points (None: not known).

    ``stopped``: ``done`` | ``time`` | ``asked`` (Ctrl-C) | ``enough`` (the caller's question is answered) |
    ``infeasible``.
    """

    x: np.ndarray | None
    value: int
    bound: int | None
    stopped: str


def maximise(
    problem: Problem, cost: np.ndarray | Aim, extras: Iterable[SideRow | ObjectiveFloor] = (), start=None,
    settings: Settings = DEFAULT,
) -> Solution:  # fmt: skip
    """The best whole-number x for ``cost`` (parts of a point, int64) over all rows, each checked in integers.

    A rounded answer that breaks a row is cut off, with all that break it for the same reason; where no such cut exists
    the row is narrowed by the excess, and the bound stays that of the problem before. ``start``: a legal x to
    begin with. Raises PlannerError for a solver that is not there.
    """
    asked_for, aim = list(extras), aim_of(cost)
    rows = [extra for extra in asked_for if isinstance(extra, SideRow)]
    floors = [extra for extra in asked_for if isinstance(extra, ObjectiveFloor)]
    tightened: dict[int, int] = {}
    bound, stopped, narrowed = None, "done", False
    for _ in range(ROUNDS):
        model = model_of(problem, aim, rows, tightened, floors)
        x, found_bound, stopped = ask_engine(model, settings, start, aim)
        bound = bound if narrowed else found_bound
        if x is None:
            break
        broken = broken_rows(problem, rows, x)
        missed = [] if broken else [*cuts(problem, x), *floor_cuts(problem, floors, x)]
        if not broken and not missed:
            return better(problem, x, start, aim, bound, stopped)
        rows += [row for row, _ in missed]
        narrowed |= not all(exact for _, exact in missed)
        for row, by in broken:
            cut = cover_cut(problem, rows, row, by, x)
            if cut is None:
                tightened[row], narrowed = tightened.get(row, 0) + by, True
            else:
                rows.append(cut)
    if stopped == "infeasible" and start is None and not narrowed:
        return Solution(None, 0, None, "infeasible")
    return better(problem, None, start, aim, bound, "done" if stopped == "infeasible" else stopped)


def ask_engine(model: Model, settings: Settings, start, aim: Aim) -> tuple[np.ndarray | None, int | None, str]:
    """The engine's answer with a bound that can be believed: only HiGHS's is.

    Through PuLP, CBC has called worse plans optimal and solvable problems infeasible, both when rows differ by a few
    rupiah; so HiGHS goes on from another engine's answer. An 'infeasible' is believed only without presolve.
    """
    x, bound, stopped = carry(model, settings, start)
    if settings.engine.lower() != "highs":
        other, bound, stopped = carry(model, replace(settings, engine="highs"), start if x is None else x)
        if other is not None and (x is None or aim.parts(other) > aim.parts(x)):
            x = other
    if stopped == "infeasible":
        x, bound, stopped = carry(model, replace(settings, engine="highs", presolve=False), None)
    return x, bound, stopped


def cover_cut(problem: Problem, rows: list[SideRow], row: int, by: int, x: np.ndarray) -> SideRow | None:
    """The cover inequality of ``row`` at x (Wolsey, *Integer Programming*, 1998): something in the cover must give way.

    Whatever has every column that pushes the row at least as far as in x breaks it too, as x does. None where such a
    column could go further or less far in steps (a volume strictly between 0 and its largest).
    """
    height = problem.matrix.shape[0]
    coef = problem.matrix[[row]].toarray()[0] if row < height else rows[row - height].coef
    push = coef if by > 0 else -coef
    if ((push != 0) & (x > 0) & (x < problem.upper)).any():
        return None
    at_most, at_least = (push > 0) & (x > 0), (push < 0) & (x == 0)
    return SideRow(at_least.astype(np.int64) - at_most, lower=1 - int(x[at_most].sum()))


def better(problem, x, start, aim, bound, stopped) -> Solution:
    """The better of what was found and the legal plan already known; a bound below it is false, so none."""
    known = [(aim.parts(c), c) for c in (x, start) if c is not None]
    if not known:
        return Solution(None, 0, bound, stopped)
    best = max(known, key=lambda pair: pair[0])[1]
    value = problem.worth(aim, best)
    return Solution(best, value, None if bound is None or bound < value else bound, stopped)


def broken_rows(problem: Problem, extras: list[SideRow], x: np.ndarray) -> list[tuple[int, int]]:
    """Rows that x breaks, the extra ones numbered after the problem's own."""
    broken, height = problem.broken(x), problem.matrix.shape[0]
    for i, extra in enumerate(extras):
        activity = int(extra.coef @ x)
        if activity > extra.upper or activity < extra.lower:
            broken.append((height + i, activity - (extra.upper if activity > extra.upper else extra.lower)))
    return broken
