"""Families of rows over decisions as one sparse matrix over columns, each row with the scale of the solvers."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.scenario.rows import NO_LIMIT, Rows, Term

MONEY_SCALE = 1e6  # rupiah rows reach every solver in juta: CBC on raw rupiah called wrong plans optimal
LARGEST_COEFFICIENT = 1e6  # of any other row that reaches a solver


@dataclass(frozen=True)
class Part:
    """The rows of one rule (or of pagu, or of the lines) inside the problem."""

    name: str  # "SpendBand:2", "Pagu"
    rule: int  # position in the scenario, -1 for what no rule says
    rows: Rows
    start: int

    def __len__(self) -> int:
        return len(self.rows.labels)

    @property
    def end(self) -> int:
        return self.start + len(self)


def limits_of(parts: tuple[Part, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The lower and the upper limits of all rows."""
    return np.concatenate([part.rows.lower for part in parts]), np.concatenate([part.rows.upper for part in parts])


def assemble(
    parts: tuple[Part, ...], basis: dict[str, sparse.csr_array], upper: np.ndarray
) -> tuple[sparse.csr_array, np.ndarray]:
    """The parts as one matrix (rows x columns) and each row's scale; ``basis``: what decisions are made of.

    Raises PlannerError where a row can add up to more than is exact.
    """
    entries = [entries_of(part, basis, len(upper)) for part in parts]
    row, column, data = (np.concatenate(arrays) for arrays in zip(*entries, strict=True))
    matrix = sparse.csr_array((data, (row, column)), shape=(parts[-1].end, len(upper)))
    largest, reach = row_sizes(matrix, upper)
    if reach.max() > NO_LIMIT / 2:
        raise too_large(next(part for part in parts if reach.argmax() < part.end))
    money = np.repeat([any(term.what == "amount" for term in part.rows.terms) for part in parts], list(map(len, parts)))
    return matrix, np.where(money, MONEY_SCALE, 10.0 ** np.ceil(np.log10(np.maximum(largest / LARGEST_COEFFICIENT, 1))))


def row_sizes(matrix: sparse.csr_array, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each row's largest coefficient, and the largest that it can add up to."""
    size, filled = np.abs(matrix.data).astype(np.float64), np.diff(matrix.indptr) > 0
    (largest, reach), starts = np.zeros((2, matrix.shape[0])), matrix.indptr[:-1][filled]
    if len(starts):
        largest[filled] = np.maximum.reduceat(size, starts)
        reach[filled] = np.add.reduceat(size * upper[matrix.indices], starts)
    return largest, reach


def too_large(part: Part) -> PlannerError:
    """That numbers of a part cannot be exact, with the rule that they are of."""
    place = f"rules[{part.rule}]: " if part.rule >= 0 else ""
    return PlannerError(place + say("errors.too_large"))


def entries_of(part: Part, basis: dict[str, sparse.csr_array], width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``triplets``; raises PlannerError with the rule's place where one is too large."""
    try:
        return triplets(part, basis, width)
    except OverflowError:
        raise too_large(part) from None


def triplets(part: Part, basis: dict[str, sparse.csr_array], width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A part as (row, column, coefficient): its decisions replaced by the columns that make them, each pair once."""
    gathered = [gather(basis[term.what], term) for term in part.rows.terms]
    row, column, data = (np.concatenate(arrays) for arrays in zip(*gathered, strict=True))
    if len(gathered) > 1:
        merged = sparse.csr_array((data, (row, column)), shape=(len(part), width)).tocoo()
        row, column, data = merged.coords[0], merged.coords[1], merged.data
    return row + part.start, column, data


def gather(basis: sparse.csr_array, term: Term) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A term as (row, column, coefficient) triplets; OverflowError where one is too large to be exact."""
    if float(np.abs(term.coef).max(initial=0)) * float(np.abs(basis.data).max(initial=0)) > NO_LIMIT / 2:
        raise OverflowError
    if basis.nnz == basis.shape[0] and (np.diff(basis.indptr) == 1).all():  # one column each: nothing to expand
        return term.row, basis.indices[term.over], term.coef * basis.data[term.over]
    counts = basis.indptr[term.over + 1] - basis.indptr[term.over]
    which = np.repeat(np.arange(len(term.over)), counts)
    first = np.cumsum(counts) - counts
    entry = basis.indptr[term.over][which] + np.arange(len(which)) - first[which]
    return term.row[which], basis.indices[entry], term.coef[which] * basis.data[entry]
