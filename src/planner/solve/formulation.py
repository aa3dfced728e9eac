"""A problem as the floats that a solver gets: scaled rows, extra rows, and helper columns of lifted rules and goals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import lcm

import numpy as np
from scipy import sparse

from planner.model.problem import LARGEST_COEFFICIENT, Lift, Problem, gather
from planner.scenario.objective import Aim, aim_of
from planner.scenario.rows import NO_LIMIT, Cut, Term
from planner.solve.engines import Model

GOAL_ROW_SCALE = 1000.0
LARGEST_SUM = 2**60  # of a cut's coefficients at its columns' upper bounds


@dataclass(frozen=True)
class Extra:
    """A row beside the problem's own: ``lower <= coef x <= upper``, whole numbers."""

    coef: np.ndarray
    lower: int = -NO_LIMIT
    upper: int = NO_LIMIT
    scale: float = 1.0
    ease: float = 0.0  # how much the solver's (not the check's) lower limit is lowered


@dataclass(frozen=True)
class Floor:
    """A goal that needs helper columns, kept at ``least`` points or more."""

    aim: Aim
    least: int


def goal_rows(problem: Problem, cost: np.ndarray | Aim, least: int) -> list[Extra | Floor]:
    """A goal kept at ``least`` points or more, half a part of a point easier for the solver than for the check.

    One row where it is a sum, one for each group where only the smallest of them counts.
    """
    aim, parts, scale = aim_of(cost), least * problem.fine - problem.ease, GOAL_ROW_SCALE * problem.fine
    if aim.plain:
        return [Extra(aim.cost, lower=parts, scale=scale, ease=0.5)]
    if aim.smallest is None or aim.lacks or aim.cost.any():
        return [Floor(aim, least)]
    return [Extra(row, lower=parts, scale=scale, ease=0.5) for row in aim.smallest.toarray()]


def model_of(
    problem: Problem, cost: np.ndarray | Aim, extras: Sequence[Extra], tight: dict[int, int],
    floors: Sequence[Floor] = (),
) -> Model:  # fmt: skip
    """The problem and its extra rows as scaled floats; ``tight``: how much a row is narrowed (> 0: from above).

    To the right of the problem's columns stand the helpers of lifted rules, of the goal, and of the ``floors``.
    """
    aim = aim_of(cost)
    lower = np.where(problem.soft, -NO_LIMIT, problem.row_lower)
    upper = np.where(problem.soft, NO_LIMIT, problem.row_upper)
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
    made = Model(
        aim.cost / problem.fine, scaled, infinite(lower - ease, lower, scale), infinite(upper, upper, scale),
        problem.upper.astype(float), lambda: (problem.column_names, names_with(problem, extras)), problem.width,
        problem.ease / problem.fine, problem.fine > 1 or not aim.whole,
    )  # fmt: skip
    for lift in problem.lifts:
        made = lifted(problem, made, lift)
    if not aim.plain:
        made = helped(problem, made, aim)
    for number, floor in enumerate(floors):
        made = floored(problem, made, floor, f"Floor:{number}")
    return made


def helped(problem: Problem, model: Model, aim: Aim, name: str = "Goal") -> Model:
    """The model with the helper columns of a goal, which count in what is maximised, and the rows that hold them.

    A helper of a lack is what its row has too little, in the solver's scale of that row; of the smallest row its
    points, in two helpers where they may be below 0.
    """
    for k, lack in enumerate(aim.lacks):
        rows = sparse.csr_array(lack.rows.multiply(1 / lack.scale[:, None]))
        least = lack.least / lack.scale
        most = np.maximum(least - rows.minimum(0) @ problem.upper, 0.0)
        price = np.array([float(p * int(s)) for p, s in zip(lack.price, lack.scale, strict=True)]) / problem.fine
        part = sparse.eye_array(len(least), format="csr")
        model = widened(model, rows, part, least, -price, most, f"{name}:{k}", lack.labels)
    if aim.smallest is None:
        return model
    rows = sparse.csr_array(aim.smallest / problem.fine)
    low = np.minimum((rows.minimum(0) @ problem.upper).min(), 0.0)
    most = np.array([max((rows.maximum(0) @ problem.upper).min(), 0.0), *([-low] if low else [])])
    side = np.array([1.0, -1.0])[: len(most)]
    part = sparse.csr_array(np.tile(-side, (rows.shape[0], 1)))
    return widened(model, rows, part, np.zeros(rows.shape[0]), side, most, f"{name}:terkecil", None)


def floored(problem: Problem, model: Model, floor: Floor, name: str) -> Model:
    """The model in which a goal with helper columns is kept at its least."""
    before = model.cost
    own = np.zeros(len(before))
    own[: problem.width] = floor.aim.cost / problem.fine
    made = helped(problem, replace(model, cost=own), floor.aim, name)
    row = sparse.csr_array(made.cost[None, :] / GOAL_ROW_SCALE)
    eased = 0.5 / problem.fine if floor.aim.whole else 1e-6
    least = (floor.least - problem.ease / problem.fine - eased) / GOAL_ROW_SCALE

    def names() -> tuple[list[str], list[str]]:
        columns, rows = made.names()
        return columns, [*rows, name]

    cost = np.append(before, np.zeros(len(made.cost) - len(before)))
    return replace(
        made, cost=cost, matrix=sparse.vstack([made.matrix, row], format="csr"), names=names,
        lower=np.append(made.lower, least), upper=np.append(made.upper, np.inf),
    )  # fmt: skip


def widened(
    model: Model, rows: sparse.csr_array, part: sparse.csr_array, lower: np.ndarray, cost: np.ndarray, most: np.ndarray,
    name: str, labels: list[str] | None,
) -> Model:  # fmt: skip
    """The model with rows ``rows x + part h >= lower`` below it and their helpers h (0 to ``most``) to its right."""
    (height, width), more = model.matrix.shape, part.shape[1]
    wide = sparse.csr_array((rows.data, rows.indices, rows.indptr), shape=(rows.shape[0], width))
    beside = sparse.csr_array((model.matrix.data, model.matrix.indices, model.matrix.indptr), (height, width + more))

    def names() -> tuple[list[str], list[str]]:
        columns, known = model.names()
        told = [f"{name}:{text}" for text in (labels or range(rows.shape[0]))]
        return columns + [f"{name}:h{k}" for k in range(more)], known + told

    return replace(
        model, cost=np.append(model.cost, cost), names=names, lower=np.append(model.lower, lower),
        matrix=sparse.vstack([beside, sparse.hstack([wide, part])], format="csr"),
        upper=np.append(model.upper, np.full(len(lower), np.inf)), column_upper=np.append(model.column_upper, most),
    )  # fmt: skip


def lifted(problem: Problem, model: Model, lift: Lift) -> Model:
    """The model with a lifted rule's helper columns to the right of it and its rows below."""
    (height, width), own = model.matrix.shape, lift.lifted
    entries = [lifted_term(problem, term, width) for term in own.terms]
    row, column, data = (np.concatenate(arrays) for arrays in zip(*entries, strict=True))
    wide = width + len(own.helpers)
    below = sparse.csr_array((data.astype(float), (row, column)), shape=(len(own.labels), wide))
    beside = sparse.csr_array((model.matrix.data, model.matrix.indices, model.matrix.indptr), shape=(height, wide))

    def names() -> tuple[list[str], list[str]]:
        columns, rows = model.names()
        return columns + [f"{lift.name}:{h}" for h in own.helpers], rows + [f"{lift.name}:{n}" for n in own.labels]

    return replace(
        model, cost=np.append(model.cost, np.zeros(len(own.helpers))), names=names,
        matrix=sparse.vstack([beside, below], format="csr"), lower=np.append(model.lower, own.lower),
        upper=np.append(model.upper, own.upper), column_upper=np.append(model.column_upper, own.helper_upper),
    )  # fmt: skip


def lifted_term(problem: Problem, term: Term, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A term as (row, column, coefficient); its helpers stand from column ``width`` on."""
    if term.what == "helper":
        return term.row, width + term.over, term.coef
    return gather(problem.basis[term.what], term)


def cuts(problem: Problem, x: np.ndarray) -> list[tuple[Extra, bool]]:
    """For every lifted rule that x breaks a row that x breaks too, and whether every legal plan keeps it."""
    found = []
    missed = {lift.rule: lift for lift, measure in problem.measured(x) if measure.excess}
    for _, lift in sorted(missed.items()):
        made = problem.lifted(lift).cuts(problem.options, problem.decisions(x))
        rows = [(row, True) for cut in made if int((row := cut_row(problem, cut)).coef @ x) > row.upper]
        found += rows or [(other_choice(problem, x), problem.width == len(problem.options))]
    return found


def cut_row(problem: Problem, cut: Cut) -> Extra:
    """A cut over columns in int64: coefficients too large are divided and rounded down, which cuts off less."""
    coef, basis = [0] * problem.width, problem.basis[cut.what]
    for decision, factor in zip(cut.over, cut.coef, strict=True):
        for k in range(basis.indptr[decision], basis.indptr[decision + 1]):
            coef[basis.indices[k]] += factor * int(basis.data[k])
    return in_int64(problem, coef, cut.upper)


def in_int64(problem: Problem, coef: list[int], upper: int) -> Extra:
    reach = sum(abs(c) * int(u) for c, u in zip(coef, problem.upper, strict=True)) + abs(upper)
    step = max(1, -(-reach // LARGEST_SUM))
    whole = np.array([c // step for c in coef], dtype=np.int64)
    scale = max(1.0, float(np.abs(whole).max()) / LARGEST_COEFFICIENT)
    return Extra(whole, upper=upper // step, scale=scale)


def floor_cuts(problem: Problem, floors: Sequence[Floor], x: np.ndarray) -> Iterator[tuple[Extra, bool]]:
    """For every floor that x is below a row that x breaks and every plan above the floor keeps: the plane through x."""
    for floor in floors:
        if problem.worth(floor.aim, x) >= floor.least:
            continue
        coef, constant = floor.aim.plane(x)
        scale = lcm(constant.denominator, *(c.denominator for c in coef))
        parts = floor.least * problem.fine - problem.ease
        row = in_int64(problem, [int(-c * scale) for c in coef], int((constant - parts) * scale))
        exact = int(row.coef @ x) > row.upper
        yield (row, True) if exact else (other_choice(problem, x), problem.width == len(problem.options))


def other_choice(problem: Problem, x: np.ndarray) -> Extra:
    """Any other list of funded options, where no exact row is to be had in int64."""
    n = len(problem.options)
    no_good = np.zeros(problem.width, dtype=np.int64)
    no_good[:n] = 1 - 2 * x[:n]
    return Extra(no_good, lower=1 - int(x[:n].sum()))


def infinite(values: np.ndarray, limits: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.where(limits <= -NO_LIMIT, -np.inf, np.where(limits >= NO_LIMIT, np.inf, values / scale))


def names_with(problem: Problem, extras: Sequence[Extra]) -> list[str]:
    return problem.row_names + [f"Extra:{i}" for i in range(len(extras))]
