"""Problem -> whole-number solution with value and bound, whatever an engine says of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from planner.model.problem import Problem
from planner.scenario.objective import Aim, aim_of
from planner.solve.engines import Model, Settings, carry
from planner.solve.engines import missing as missing
from planner.solve.formulation import ObjectiveFloor, SideRow, cuts, delicate, floor_cuts, model_of
from planner.solve.formulation import goal_rows as goal_rows

DEFAULT = Settings()
ROUNDS = 50  # of cutting off answers that break a row once they are rounded


@dataclass(frozen=True)
class Solution:
    """``x`` passed the exact check (None: none found); ``bound``: no legal plan has more points (None: not known).

    ``stopped``: ``done`` | ``time`` | ``asked`` (Ctrl-C) | ``enough`` (the caller's question is answered) |
    ``infeasible`` | ``gave_up`` (its answers break rows, rounded, and no row can be narrowed any more).
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
    the row is narrowed by the excess, and the bound stays that of the problem before. Where that leads nowhere, to an
    'infeasible', or to a bound below a plan, delicate rows are handed over digit by digit. ``start``: a legal x
    to begin with. Raises PlannerError for a solver that is not there.
    """
    asked_for, aim = list(extras), aim_of(cost)
    found = sought(problem, aim, asked_for, start, settings)
    refuted = found.stopped == "done" and found.bound is None  # by the plan in hand
    doubtful = refuted or found.stopped in ("infeasible", "gave_up")
    if settings.fine or not doubtful or not delicate(problem.matrix).any():
        return found
    settings = replace(settings, engine="highs", fine=True)
    if start is None and found.stopped == "gave_up":  # any plan first: that is found where the best is not
        some = sought(problem, Aim(np.zeros_like(aim.cost)), asked_for, None, replace(settings, enough=None, seen=None))
        if some.x is None:
            return some
        start = some.x
    return sought(problem, aim, asked_for, start, settings)


def sought(
    problem: Problem, aim: Aim, asked_for: list[SideRow | ObjectiveFloor], start, settings: Settings
) -> Solution:
    """``maximise`` with the rows handed over in one way."""
    rows, floors = rows_and_floors(asked_for)
    tightened: dict[int, int] = {}
    bound, stopped, narrowed = None, "done", False
    for _ in range(ROUNDS):
        model = model_of(problem, aim, rows, tightened, floors, settings.fine)
        x, found_bound, stopped = ask_engine(model, settings, start, aim)
        bound = bound if narrowed else found_bound
        if x is None:
            break
        broken = broken_rows(problem, rows, x)
        missed = [] if broken else [*cuts(problem, x), *floor_cuts(problem, floors, x)]
        if not broken and not missed:
            return best_known(problem, x, start, aim, bound, stopped)
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
    return best_known(problem, None, start, aim, bound, "gave_up" if stopped in ("infeasible", "done") else stopped)


def rows_and_floors(kept: Iterable[SideRow | ObjectiveFloor]) -> tuple[list[SideRow], list[ObjectiveFloor]]:
    """Rows and floors, each by themselves."""
    every = list(kept)
    return [one for one in every if isinstance(one, SideRow)], [one for one in every if isinstance(one, ObjectiveFloor)]


def ask_engine(model: Model, settings: Settings, start, aim: Aim) -> tuple[np.ndarray | None, int | None, str]:
    """The engine's answer with a bound that can be believed: only HiGHS's is.

    Through PuLP, CBC has called worse plans optimal and solvable problems infeasible, both when rows differ by a few
    rupiah; so HiGHS goes on from another engine's answer. An 'infeasible' is believed only without presolve, and an
    optimum for which HiGHS has no bound (inf, where presolve leaves nothing to search) gets its bound without it.
    """
    careful = replace(settings, engine="highs", presolve=False)
    x, bound, stopped = own_part(carry(model, settings, start), aim)
    if settings.engine.lower() != "highs":
        begin = start if x is None else x
        other, bound, stopped = own_part(carry(model, replace(settings, engine="highs"), begin), aim)
        x = best_of(aim, x, other)
    if stopped == "infeasible":
        x, bound, stopped = own_part(carry(model, careful, None), aim)
    elif stopped == "done" and bound is None:
        other, bound, _ = own_part(carry(model, careful, None), aim)
        x = best_of(aim, x, other)
    return x, bound, stopped


def own_part(answer: tuple[np.ndarray | None, int | None, str], aim: Aim) -> tuple[np.ndarray | None, int | None, str]:
    """An engine's answer without the carries to the right of the problem's columns."""
    x, bound, stopped = answer
    return None if x is None else x[: len(aim.cost)], bound, stopped


def best_of(aim: Aim, x: np.ndarray | None, other: np.ndarray | None) -> np.ndarray | None:
    """The better of two answers, the first where they are equal."""
    if x is None or other is None:
        return other if x is None else x
    return other if aim.parts(other) > aim.parts(x) else x


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


def best_known(problem, x, start, aim, bound, stopped) -> Solution:
    """The better of what was found and the legal plan already known; a bound below it is false, so none."""
    best = best_of(aim, x, start)
    if best is None:
        return Solution(None, 0, bound, stopped)
    value = aim.points(best)
    return Solution(best, value, None if bound is None or bound < value else bound, stopped)


def keeps(problem: Problem, kept: Iterable[SideRow | ObjectiveFloor], x: np.ndarray) -> bool:
    """Whether x is legal and keeps these rows and floors beside."""
    rows, floors = rows_and_floors(kept)
    held_ = all(row.lower <= int(row.coef @ x) <= row.upper for row in rows)
    return held_ and problem.legal(x) and all(floor.aim.points(x) >= floor.least for floor in floors)


def broken_rows(problem: Problem, extras: list[SideRow], x: np.ndarray) -> list[tuple[int, int]]:
    """Rows that x breaks, the extra ones numbered after the problem's own."""
    broken, height = problem.broken(x), problem.matrix.shape[0]
    for i, extra in enumerate(extras):
        activity = int(extra.coef @ x)
        if activity > extra.upper or activity < extra.lower:
            broken.append((height + i, activity - (extra.upper if activity > extra.upper else extra.lower)))
    return broken
