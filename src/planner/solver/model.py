"""A problem as the floats that a solver gets: scaled rows, extra rows, and the helper columns of lifted rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from planner.problem import LARGEST_COEFFICIENT, Lift, Problem, gather
from planner.rows import NO_LIMIT, Cut, Term
from planner.solver.engines import Model

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


def goal_row(problem: Problem, coef: np.ndarray, least: int) -> Extra:
    """A goal kept at ``least`` points or more, half a part of a point easier for the solver than for the check."""
    return Extra(coef, lower=least * problem.fine - problem.ease, scale=GOAL_ROW_SCALE * problem.fine, ease=0.5)


def model_of(problem: Problem, cost: np.ndarray, extras: Sequence[Extra], tight: dict[int, int]) -> Model:
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
    made = Model(
        cost / problem.fine, scaled, infinite(lower - ease, lower, scale), infinite(upper, upper, scale),
        problem.upper.astype(float), lambda: (problem.column_names, names_with(problem, extras)), problem.width,
        problem.ease / problem.fine,
    )  # fmt: skip
    for lift in problem.lifts:
        made = lifted(problem, made, lift)
    return made


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
    for number in sorted({lift.rule for lift, measure in problem.measured(x) if measure.excess}):
        made = problem.scenario.rules[number].cuts(problem.options, problem.decisions(x))
        rows = [(row, True) for cut in made if int((row := cut_row(problem, cut)).coef @ x) > row.upper]
        found += rows or [(other_choice(problem, x), problem.width == len(problem.options))]
    return found


def cut_row(problem: Problem, cut: Cut) -> Extra:
    """A cut over columns in int64: coefficients too large are divided and rounded down, which cuts off less."""
    coef, basis = [0] * problem.width, problem.basis[cut.what]
    for decision, factor in zip(cut.over, cut.coef, strict=True):
        for k in range(basis.indptr[decision], basis.indptr[decision + 1]):
            coef[basis.indices[k]] += factor * int(basis.data[k])
    reach = sum(abs(c) * int(u) for c, u in zip(coef, problem.upper, strict=True)) + abs(cut.upper)
    step = max(1, -(-reach // LARGEST_SUM))
    whole = np.array([c // step for c in coef], dtype=np.int64)
    scale = max(1.0, float(np.abs(whole).max()) / LARGEST_COEFFICIENT)
    return Extra(whole, upper=cut.upper // step, scale=scale)


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
