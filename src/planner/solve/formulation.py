"""A problem as the floats that a solver gets: scaled rows, extra rows, and helper columns of lifted rules and goals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import lcm

import numpy as np
from scipy import sparse

from planner.model.assembly import LARGEST_COEFFICIENT, gather
from planner.model.problem import ExtendedRule, Problem
from planner.scenario.objective import Aim, aim_of
from planner.scenario.rows import NO_LIMIT, Cut, Term
from planner.solve.engines import Model

GOAL_ROW_SCALE = 1000.0
LARGEST_SUM = 2**60  # of a cut's coefficients at its columns' upper bounds
NONE: Mapping[int, int] = {}


@dataclass(frozen=True)
class SideRow:
    """A row beside the problem's own: ``lower <= coef x <= upper``, whole numbers."""

    coef: np.ndarray
    lower: int = -NO_LIMIT
    upper: int = NO_LIMIT
    scale: float = 1.0
    tolerance: float = 0.0  # how much the solver's (not the check's) lower limit is lowered


@dataclass(frozen=True)
class ObjectiveFloor:
    """A goal that needs helper columns, kept at ``least`` points or more."""

    aim: Aim
    least: int


def goal_rows(problem: Problem, cost: np.ndarray | Aim, least: int) -> list[SideRow | ObjectiveFloor]:
    """A goal kept at ``least`` points or more, half a part of a point easier for the solver than for the check.

    One row where it is a sum, one for each group where only the smallest of them counts.
    """
    aim, per = aim_of(cost), problem.parts_per_point
    if not aim.plain and (aim.smallest is None or aim.lacks or aim.cost.any()):
        return [ObjectiveFloor(aim, least)]
    coefs = [aim.cost] if aim.smallest is None else list(aim.smallest.toarray())
    lower = least * per - problem.tolerance
    return [SideRow(coef, lower, scale=GOAL_ROW_SCALE * per, tolerance=0.5) for coef in coefs]


def forced_row(problem: Problem, options: np.ndarray | list[int], funded: bool) -> SideRow:
    """One of these options (positions) is funded, or none."""
    coef = np.zeros(problem.width, dtype=np.int64)
    coef[options] = 1
    return SideRow(coef, lower=1) if funded else SideRow(coef, upper=0)


def hold(problem: Problem, fixed: np.ndarray, x: np.ndarray) -> tuple[Problem, SideRow]:
    """The problem in which the columns ``fixed`` (bool) stay as in x: by their upper bounds and by one row."""
    stay = SideRow(fixed.astype(np.int64), lower=int(x[fixed].sum()))
    return replace(problem, upper=np.where(fixed, x, problem.upper)), stay


def other_winners(problem: Problem, x: np.ndarray) -> SideRow:
    """The no-good row of a choice: any other list of funded options."""
    no_good, fund = np.zeros(problem.width, dtype=np.int64), problem.columns.fund
    no_good[fund] = 1 - 2 * x[fund]
    return SideRow(no_good, lower=1 - int(x[fund].sum()))


def model_of(
    problem: Problem, cost: np.ndarray | Aim, extras: Sequence[SideRow] = (), tightened: Mapping[int, int] = NONE,
    floors: Sequence[ObjectiveFloor] = (),
) -> Model:  # fmt: skip
    """The problem and its extra rows as scaled floats; ``tightened``: how much a row is narrowed (> 0: from above).

    To the right of the problem's columns stand the helpers of lifted rules, of the goal, and of the ``floors``.
    """
    aim, per = aim_of(cost), problem.parts_per_point
    lower = np.where(problem.soft, -NO_LIMIT, problem.row_lower)
    upper = np.where(problem.soft, NO_LIMIT, problem.row_upper)
    matrix, scale, tolerance = problem.matrix, problem.row_scale, np.zeros(len(lower))
    if extras:
        beside = sparse.csr_array(np.stack([extra.coef for extra in extras]))
        matrix = sparse.vstack([matrix, beside], format="csr")
        lower, upper, scale, tolerance = (
            np.concatenate([own, [getattr(extra, name) for extra in extras]])
            for name, own in {"lower": lower, "upper": upper, "scale": scale, "tolerance": tolerance}.items()
        )
    for row, by in tightened.items():
        (upper if by > 0 else lower)[row] -= by
    data = matrix.data / np.repeat(scale, np.diff(matrix.indptr))
    scaled = sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)
    made = Model(
        aim.cost / per, scaled, infinite(lower - tolerance, lower, scale), infinite(upper, upper, scale),
        problem.upper.astype(float), problem.width, problem.tolerance / per,
        per > 1 or not aim.whole,
    )  # fmt: skip
    for lift in problem.lifts:
        made = add_lift(problem, made, lift)
    if not aim.plain:
        made = add_goal_helpers(problem, made, aim)
    for floor in floors:
        made = add_floor(problem, made, floor)
    return made


def add_goal_helpers(problem: Problem, model: Model, aim: Aim) -> Model:
    """The model with the helper columns of a goal, which count in what is maximised, and the rows that hold them.

    A helper of a lack is what its row has too little, in the solver's scale of that row; of the smallest row its
    points, in two helpers where they may be below 0.
    """
    per = problem.parts_per_point
    for lack in aim.lacks:
        rows, least = lack.rows.multiply(1 / lack.scale[:, None]), lack.least / lack.scale
        most = np.maximum(least - rows.minimum(0) @ problem.upper, 0.0)
        price = np.array([float(p * int(s)) for p, s in zip(lack.price, lack.scale, strict=True)]) / per
        model = with_helpers(model, rows, sparse.eye_array(len(least), format="csr"), least, -price, most)
    if aim.smallest is None:
        return model
    rows = aim.smallest / per
    low = np.minimum((rows.minimum(0) @ problem.upper).min(), 0.0)
    most = np.array([max((rows.maximum(0) @ problem.upper).min(), 0.0), *([-low] if low else [])])
    side = np.array([1.0, -1.0])[: len(most)]
    return with_helpers(model, rows, np.tile(-side, (rows.shape[0], 1)), np.zeros(rows.shape[0]), side, most)


def with_helpers(model: Model, rows, part, lower: np.ndarray, cost: np.ndarray, most: np.ndarray) -> Model:
    """The model with rows ``rows x + part h >= lower`` below it and their helpers h (0 to ``most``) to its right."""
    below = sparse.hstack([to_width(sparse.csr_array(rows), model.matrix.shape[1]), sparse.csr_array(part)])
    return widen(model, below, lower, np.full(len(lower), np.inf), cost, most)


def to_width(matrix: sparse.csr_array, width: int) -> sparse.csr_array:
    """The matrix with columns of nothing to its right."""
    return sparse.csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], width))


def widen(
    model: Model, below: sparse.csr_array, lower: np.ndarray, upper: np.ndarray, cost: np.ndarray, most: np.ndarray
) -> Model:
    """The model with columns (0 to ``most``) to its right, and rows over all of them below it."""
    matrix = sparse.vstack([to_width(model.matrix, below.shape[1]), below], format="csr")
    return replace(
        model, cost=np.append(model.cost, cost), matrix=matrix,
        lower=np.append(model.lower, lower), upper=np.append(model.upper, upper),
        column_upper=np.append(model.column_upper, most),
    )  # fmt: skip


def add_floor(problem: Problem, model: Model, floor: ObjectiveFloor) -> Model:
    """The model in which a goal with helper columns is kept at its least."""
    before, per = model.cost, problem.parts_per_point
    own = np.zeros(len(before))
    own[: problem.width] = floor.aim.cost / per
    made = add_goal_helpers(problem, replace(model, cost=own), floor.aim)
    eased = 0.5 / per if floor.aim.whole else 1e-6
    least = (floor.least - problem.tolerance / per - eased) / GOAL_ROW_SCALE
    row, none = sparse.csr_array(made.cost[None, :] / GOAL_ROW_SCALE), np.zeros(0)
    cost = np.append(before, np.zeros(len(made.cost) - len(before)))
    return replace(widen(made, row, np.array([least]), np.array([np.inf]), none, none), cost=cost)


def add_lift(problem: Problem, model: Model, lift: ExtendedRule) -> Model:
    """The model with a lifted rule's helper columns to the right of it and its rows below."""
    width, own = model.matrix.shape[1], lift.lifted
    entries = [lifted_term(problem, term, width) for term in own.terms]
    row, column, data = (np.concatenate(arrays) for arrays in zip(*entries, strict=True))
    shape = len(own.labels), width + len(own.helpers)
    below = sparse.csr_array((data.astype(float), (row, column)), shape=shape)
    return widen(model, below, own.lower, own.upper, np.zeros(len(own.helpers)), own.helper_upper)


def lifted_term(problem: Problem, term: Term, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A term as (row, column, coefficient); its helpers stand from column ``width`` on."""
    if term.what == "helper":
        return term.row, width + term.over, term.coef
    return gather(problem.basis[term.what], term)


def cuts(problem: Problem, x: np.ndarray) -> list[tuple[SideRow, bool]]:
    """For every lifted rule that x breaks a row that x breaks too, and whether every legal plan keeps it."""
    found = []
    missed = {lift.rule: lift for lift, measure in problem.measured(x) if measure.excess}
    for _, lift in sorted(missed.items()):
        made = problem.lifted(lift).cuts(problem.options, problem.decisions(x))
        rows = [(row, True) for cut in made if int((row := cut_row(problem, cut)).coef @ x) > row.upper]
        found += rows or [(other_winners(problem, x), problem.fund_only)]
    return found


def cut_row(problem: Problem, cut: Cut) -> SideRow:
    """A cut over columns in int64: coefficients too large are divided and rounded down, which cuts off less."""
    coef, basis = [0] * problem.width, problem.basis[cut.what]
    for decision, factor in zip(cut.over, cut.coef, strict=True):
        for k in range(basis.indptr[decision], basis.indptr[decision + 1]):
            coef[basis.indices[k]] += factor * int(basis.data[k])
    return in_int64(problem, coef, cut.upper)


def in_int64(problem: Problem, coef: list[int], upper: int) -> SideRow:
    reach = sum(abs(c) * int(u) for c, u in zip(coef, problem.upper, strict=True)) + abs(upper)
    step = max(1, -(-reach // LARGEST_SUM))
    whole = np.array([c // step for c in coef], dtype=np.int64)
    scale = max(1.0, float(np.abs(whole).max()) / LARGEST_COEFFICIENT)
    return SideRow(whole, upper=upper // step, scale=scale)


def floor_cuts(problem: Problem, floors: Sequence[ObjectiveFloor], x: np.ndarray) -> Iterator[tuple[SideRow, bool]]:
    """For every floor that x is below a row that x breaks and every plan above the floor keeps: the plane through x."""
    for floor in floors:
        if problem.worth(floor.aim, x) >= floor.least:
            continue
        coef, constant = floor.aim.plane(x)
        scale = lcm(constant.denominator, *(c.denominator for c in coef))
        parts = floor.least * problem.parts_per_point - problem.tolerance
        row = in_int64(problem, [int(-c * scale) for c in coef], int((constant - parts) * scale))
        exact = int(row.coef @ x) > row.upper
        yield (row, True) if exact else (other_winners(problem, x), problem.fund_only)


def infinite(values: np.ndarray, limits: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.where(limits <= -NO_LIMIT, -np.inf, np.where(limits >= NO_LIMIT, np.inf, values / scale))
