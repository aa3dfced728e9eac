"""Problem -> whole-number solution with value and bound; the only place that knows PuLP and HiGHS."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy import sparse

from planner.problem import Problem
from planner.rows import NO_LIMIT
from planner.solver.engines import Model, Settings, carried, pass_arrays
from planner.solver.engines import version as version

PROVABLE_POINTS = 2_000_000  # beyond it a solver's bound has been wrong by whole points
GOAL_ROW_SCALE = 1000.0
DEFAULT = Settings()
ROUNDS = 20  # of tightening a row that the rounded answer exceeds


@dataclass(frozen=True)
class Extra:
    """A row beside the problem's own: ``lower <= coef x <= upper``, whole numbers."""

    coef: np.ndarray
    lower: int = -NO_LIMIT
    upper: int = NO_LIMIT
    scale: float = 1.0
    ease: float = 0.0  # how much the solver's (not the check's) lower limit is lowered


def goal_row(coef: np.ndarray, least: int) -> Extra:
    """A goal kept at ``least`` points or more, half a point easier for the solver than for the check."""
    return Extra(coef, lower=least, scale=GOAL_ROW_SCALE, ease=0.5)


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
    problem: Problem, cost: np.ndarray, extras: Iterable[Extra] = (), start=None, settings: Settings = DEFAULT
) -> Solution:
    """The best whole-number x for ``cost`` (int64 points per column) over all rows, each checked in integers.

    A rounded answer that exceeds a row by e tightens that row by e for the next round; the bound stays that of the
    untightened problem. ``start``: a legal x to begin with. Raises PlannerError for a solver that is not there.
    """
    extras = tuple(extras)
    tight: dict[int, int] = {}
    bound, stopped = None, "done"
    for _ in range(ROUNDS):
        model = model_of(problem, cost, extras, tight)
        x, found_bound, stopped = carried(model, settings, start)
        bound = found_bound if not tight else bound
        if x is None:
            break
        broken = broken_rows(problem, extras, x)
        if not broken:
            return better(x, start, cost, bound, stopped)
        for row, by in broken:
            tight[row] = tight.get(row, 0) + by
    if stopped == "infeasible" and start is None and not tight:
        return believed(problem, cost, extras, settings)
    return better(None, start, cost, bound, "done" if stopped == "infeasible" else stopped)


def believed(problem, cost, extras, settings) -> Solution:
    """'infeasible' is believed only when a second solve, without presolve, says so too."""
    if not settings.presolve:
        return Solution(None, 0, None, "infeasible")
    return maximise(problem, cost, extras, None, replace(settings, presolve=False))


def better(x, start, cost, bound, stopped) -> Solution:
    """The better of what was found and the legal plan already known."""
    known = [(int(cost @ c), c) for c in (x, start) if c is not None]
    if not known:
        return Solution(None, 0, bound, stopped)
    value, best = max(known, key=lambda pair: pair[0])
    return Solution(best, value, None if bound is None else max(bound, value), stopped)


def broken_rows(problem: Problem, extras: tuple[Extra, ...], x: np.ndarray) -> list[tuple[int, int]]:
    """Rows that x breaks, the extra ones numbered after the problem's own."""
    broken, height = problem.broken(x), problem.matrix.shape[0]
    for i, extra in enumerate(extras):
        activity = int(extra.coef @ x)
        if activity > extra.upper or activity < extra.lower:
            broken.append((height + i, activity - (extra.upper if activity > extra.upper else extra.lower)))
    return broken


def model_of(problem: Problem, cost: np.ndarray, extras: tuple[Extra, ...], tight: dict[int, int]) -> Model:
    """The problem and its extra rows as scaled floats; ``tight``: how much a row is narrowed (> 0: from above)."""
    lower, upper = problem.row_lower, problem.row_upper
    matrix, scale, ease = problem.matrix, problem.row_scale, np.zeros(len(lower))
    if extras:
        stacked = sparse.csr_array(np.stack([extra.coef for extra in extras]))
        matrix = sparse.vstack([matrix, stacked], format="csr")
        lower = np.concatenate([lower, [extra.lower for extra in extras]])
        upper = np.concatenate([upper, [extra.upper for extra in extras]])
        scale = np.concatenate([scale, [extra.scale for extra in extras]])
        ease = np.concatenate([ease, [extra.ease for extra in extras]])
    if tight:
        lower, upper = lower.copy(), upper.copy()
        for row, by in tight.items():
            (upper if by > 0 else lower)[row] -= by
    data = matrix.data / np.repeat(scale, np.diff(matrix.indptr))
    scaled = sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)
    return Model(
        cost.astype(float), scaled, infinite(lower - ease, lower, scale), infinite(upper, upper, scale),
        problem.upper.astype(float), lambda: (problem.column_names, names_with(problem, extras)),
    )  # fmt: skip


def infinite(values: np.ndarray, limits: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.where(limits <= -NO_LIMIT, -np.inf, np.where(limits >= NO_LIMIT, np.inf, values / scale))


def names_with(problem: Problem, extras: tuple[Extra, ...]) -> list[str]:
    return problem.row_names + [f"Extra:{i}" for i in range(len(extras))]


def relaxation(problem: Problem, cost: np.ndarray) -> tuple[float, np.ndarray]:
    """The LP bound of ``cost`` and every column's reduced cost; (nan, zeros) where the LP has no optimum."""
    model = model_of(problem, cost, (), {})
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    pass_arrays(highs, model)
    highs.setOptionValue("solve_relaxation", True)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return math.nan, np.zeros(problem.width)
    return highs.getInfo().objective_function_value, np.array(highs.getSolution().col_dual)
