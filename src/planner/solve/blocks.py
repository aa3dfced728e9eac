"""A bound by blocks: priced rows hold them together, each block's most is found alone (Dantzig & Wolfe, 1960)."""

from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np
from scipy import sparse

from planner.model.problem import Problem
from planner.solve.engines import FEASIBILITY, Model, pass_arrays, quiet

SMALL, SHARE = 12, 1 / 6  # a block may have so many options, or this share of all
ROUNDS, NODES, NEAR = 12, 100, 3e-4  # of new prices; of one block's tree in a round; of the bound, when to stop
STEADY = 0.5  # how far prices stay at the best known ones (Wentges, Int. Trans. Operational Research 4, 1997)


def find_blocks(problem: Problem) -> np.ndarray:
    """The block of each option, from the rows alone: small rows join their options, until a block would be large.

    Rows are taken by the options that they touch, the smallest first: those of one kabupaten, then of one province;
    one that would join more than a sixth of all options (and more than a dozen) couples.
    """
    count, touches = problem.columns.options, option_rows(problem)
    block, size, most = list(range(count)), [1] * count, max(SMALL, SHARE * count)

    def root(option: int) -> int:
        while block[option] != option:
            block[option] = option = block[block[option]]
        return option

    for row in np.argsort(np.diff(touches.indptr), kind="stable").tolist():
        joined = sorted({root(option) for option in touches.indices[touches.indptr[row] : touches.indptr[row + 1]]})
        if sum(size[one] for one in joined) <= most:
            for one in joined[1:]:
                block[one], size[joined[0]] = joined[0], size[joined[0]] + size[one]
    found: np.ndarray = np.unique([root(option) for option in range(count)], return_inverse=True)[1]
    return found


def option_rows(problem: Problem) -> sparse.csr_array:
    """Which options each row touches."""
    width, options = problem.width, problem.columns.options
    own = sparse.csr_array((np.ones(width, np.int64), (np.arange(width), problem.columns.option)), (width, options))
    filled = sparse.csr_array((abs(problem.matrix) > 0).astype(np.int64) @ own)
    filled.eliminate_zeros()
    return filled


@dataclass(frozen=True)
class Apart:
    """A model whose columns fall into blocks: ``block`` of each column, -1 for the helpers that belong to none.

    ``height``: of its rows the first that may be within a block; all others couple.
    """

    model: Model
    block: np.ndarray
    height: int

    @cached_property
    def row_block(self) -> np.ndarray:
        """The one block that a row touches; -1: it couples."""
        matrix, home = self.model.matrix, np.full(self.model.matrix.shape[0], -1)
        filled = np.flatnonzero(np.diff(matrix.indptr))
        own = self.block[matrix.indices]
        low, high = (f.reduceat(own, matrix.indptr[filled]) for f in (np.minimum, np.maximum))
        home[filled] = np.where((low == high) & (filled < self.height), low, -1)
        return home

    @cached_property
    def coupling(self) -> np.ndarray:
        return np.flatnonzero(self.row_block < 0)

    @cached_property
    def parts(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Of each block its columns and its rows."""
        return [
            (np.flatnonzero(self.block == b), np.flatnonzero(self.row_block == b)) for b in range(self.block.max() + 1)
        ]

    def limit(self, price: np.ndarray) -> float:
        """What prices of all rows give for their limits; a price on a limit that does not exist was set to 0."""
        at = np.where(price > 0, self.model.upper, self.model.lower)
        return float(price[price != 0] @ at[price != 0])

    def usable(self, price: np.ndarray) -> np.ndarray:
        """Prices without those on limits that do not exist."""
        at = np.where(price > 0, self.model.upper, self.model.lower)
        return np.where(np.isfinite(at), price, 0.0)


@dataclass(frozen=True)
class Priced:
    """``price`` of each row (0 within blocks); ``bound``: what HiGHS says they leave; ``plans``: of each block those
    seen, over its columns."""

    price: np.ndarray
    bound: float
    plans: list[list[np.ndarray]]


def find_prices(apart: Apart, start: np.ndarray | None, rounds: int = ROUNDS) -> Priced:
    """Prices of the coupling rows that leave little: from the LP, then by column generation over the blocks' plans.

    ``start``: a legal choice, which the columns begin with.
    """
    price, engines = apart.usable(lp_prices(apart)), [block_engine(apart, part) for part in apart.parts]
    plans: list[list[np.ndarray]] = [[np.zeros(len(columns))] for columns, _ in apart.parts]
    if start is not None:
        for (columns, _), own in zip(apart.parts, plans, strict=True):
            own.append(start[columns].astype(float))
    best = Priced(price, np.inf, plans)
    for _ in range(rounds):
        bound = price_blocks(apart, engines, price, plans)
        if bound < best.bound:
            best = Priced(price, bound, plans)
        mixed = mixture(apart, plans)
        if best.bound - mixed.reached <= NEAR * abs(best.bound):
            break
        price = apart.usable(STEADY * best.price + (1 - STEADY) * mixed.price)
    return best


def lp_prices(apart: Apart) -> np.ndarray:
    highs = quiet(solve_relaxation=True)
    pass_arrays(highs, apart.model)
    highs.run()
    dual = np.array(highs.getSolution().row_dual)
    return np.where(apart.row_block < 0, dual, 0.0)


def block_engine(apart: Apart, part: tuple[np.ndarray, np.ndarray]) -> highspy.Highs:
    """A block as a problem of its own."""
    model, (columns, rows) = apart.model, part
    highs = quiet(mip_rel_gap=NEAR, mip_abs_gap=0.9, mip_max_nodes=NODES, mip_feasibility_tolerance=FEASIBILITY)
    own = sparse.csr_array(model.matrix[rows][:, columns])
    pass_arrays(
        highs,
        Model(
            model.cost[columns], own, model.lower[rows], model.upper[rows], model.column_upper[columns], len(columns)
        ),
    )
    return highs


def price_blocks(apart: Apart, engines: list[highspy.Highs], price: np.ndarray, plans: list[list[np.ndarray]]) -> float:
    """The bound that prices leave, as HiGHS has it; each block's best plan is added to its ``plans``."""
    worth = apart.model.cost - apart.model.matrix.T @ price
    helpers = apart.block < 0
    bound = apart.limit(price) + float(np.maximum(worth[helpers], 0.0) @ apart.model.column_upper[helpers])
    for (columns, _), highs, own in zip(apart.parts, engines, plans, strict=True):
        highs.changeColsCost(len(columns), np.arange(len(columns), dtype=np.int32), worth[columns])
        highs.run()
        bound += highs.getInfo().mip_dual_bound
        found = np.rint(highs.getSolution().col_value)
        if len(found) == len(columns) and not any(np.array_equal(found, old) for old in own):
            own.append(found)
    return bound


@dataclass(frozen=True)
class Mixture:
    """Plans of blocks as a problem of its own: one column each, one row for each block's choice.

    ``reached``, ``price``: what they have together when they may be mixed, and the prices of the coupling rows then.
    """

    model: Model
    reached: float
    price: np.ndarray


def mixture(apart: Apart, plans: list[list[np.ndarray]]) -> Mixture:
    """The mixture of plans, of each block at least one."""
    model, rows, helpers = apart.model, apart.coupling, np.flatnonzero(apart.block < 0)
    matrix = sparse.csr_array(model.matrix[rows])
    stacks = [np.stack(own) for own in plans]
    built = [
        sparse.csr_array(matrix[:, columns] @ own.T) for (columns, _), own in zip(apart.parts, stacks, strict=True)
    ]
    worth = [own @ model.cost[columns] for (columns, _), own in zip(apart.parts, stacks, strict=True)]
    one = sparse.block_diag([sparse.csr_array(np.ones((1, len(own)))) for own in plans])
    above = sparse.hstack([*built, matrix[:, helpers]])
    below = sparse.hstack([one, sparse.csr_array((len(plans), len(helpers)))])
    cost, ones = np.concatenate([*worth, model.cost[helpers]]), np.ones(len(plans))
    whole = len(cost) - len(helpers)
    mixed = Model(
        cost, sparse.csr_array(sparse.vstack([above, below])), np.append(model.lower[rows], ones),
        np.append(model.upper[rows], ones), np.append(np.ones(whole), model.column_upper[helpers]), whole,
    )  # fmt: skip
    highs = quiet(solve_relaxation=True)
    pass_arrays(highs, mixed)
    highs.run()
    price = np.zeros(model.matrix.shape[0])
    price[rows] = np.array(highs.getSolution().row_dual)[: len(rows)]
    return Mixture(mixed, highs.getInfo().objective_function_value, price)
