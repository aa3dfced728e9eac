"""A bound by blocks: priced rows hold them together, each block's most is found alone (Dantzig & Wolfe, 1960)."""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import highspy
import numpy as np
from scipy import sparse

from planner.base.processes import Clock
from planner.model.problem import Problem
from planner.solve.engines import FEASIBILITY, Model, pass_arrays, quiet
from planner.solve.knapsack import LARGE, Knapsack, cap_row, knapsack_of
from planner.solve.relaxation import relaxed_highs

SMALL, SHARE = 12, 1 / 6  # a block may have so many options, or this share of all
ROUNDS, NODES, NEAR = 12, 100, 3e-4  # of new prices; of one block's tree in a round; of the bound, when to stop
FEW_NODES, LOOSE = 20, 1e-3  # the same where a plan is wanted at once
WITHIN = 1500.0  # points that a plan of a knapsack may bring less than its best
MOST = 1000  # answers of blocks that are remembered
STEADY = 0.5  # how far prices stay at the best known ones (Wentges, Int. Trans. Operational Research 4, 1997)


def find_blocks(problem: Problem, capped: bool = False) -> np.ndarray:
    """The block of each option, from the rows alone: small rows join their options, until a block would be large.

    Rows are taken by the options that they touch, the smallest first: those of one kabupaten, then of one province;
    one that would join more than a sixth of all options (and more than a dozen) couples. ``capped``: so does one that
    would join blocks each of which one row holds wholly, as those of provinces.
    """
    count, touches = problem.columns.options, option_rows(problem)
    block, size, most, held = list(range(count)), [1] * count, max(SMALL, SHARE * count), [False] * count

    def root(option: int) -> int:
        while block[option] != option:
            block[option] = option = block[block[option]]
        return option

    ends, options = touches.indptr.tolist(), touches.indices.tolist()
    for row in np.argsort(np.diff(touches.indptr), kind="stable").tolist():
        touched = ends[row + 1] - ends[row]
        joined = sorted({root(option) for option in options[ends[row] : ends[row + 1]]})
        if sum(size[one] for one in joined) <= most and not (len(joined) > 1 and all(held[one] for one in joined)):
            for one in joined[1:]:
                block[one], size[joined[0]] = joined[0], size[joined[0]] + size[one]
            for one in joined[:1]:
                held[one] = capped and touched == size[one] > LARGE
    found: np.ndarray = np.unique([root(option) for option in range(count)], return_inverse=True)[1]
    return found


def option_rows(problem: Problem) -> sparse.csr_array:
    """Which options each row touches."""
    width, options = problem.width, problem.columns.options
    own = sparse.csr_array((np.ones(width, np.int64), (np.arange(width), problem.columns.option)), (width, options))
    filled = sparse.csr_array((abs(problem.matrix) > 0).astype(np.int64) @ own)
    filled.eliminate_zeros()
    return filled


def in_groups(number: np.ndarray, count: int | None = None) -> list[np.ndarray]:
    """The positions of each number from 0 on, in rising order."""
    order = np.argsort(number, kind="stable")
    ends = np.searchsorted(number[order], np.arange((count or number.max() + 1) + 1))
    return [order[first:last] for first, last in pairwise(ends.tolist())]


@dataclass(frozen=True)
class Part:
    """A block: ``lower <= matrix x <= upper`` over its own ``rows`` and ``columns``, ``0 <= x <= most``."""

    columns: np.ndarray
    rows: np.ndarray
    matrix: sparse.csr_array
    structure: bytes  # all that stays the same under other limits
    lower: np.ndarray
    upper: np.ndarray
    most: np.ndarray

    def moved(self, model: Model) -> "Part":
        """The same block with other limits."""
        limits = model.lower[self.rows], model.upper[self.rows], model.column_upper[self.columns]
        return Part(self.columns, self.rows, self.matrix, self.structure, *limits)

    @cached_property
    def without_cap(self) -> bytes:
        """All of a block but what it may spend in the row that caps it."""
        upper = self.upper.copy()
        if (cap := cap_row(self.matrix, self.lower, self.upper)) >= 0:
            upper[cap] = 0.0
        return b"|".join([self.structure, self.lower.tobytes(), upper.tobytes(), self.most.tobytes()])

    @cached_property
    def signature(self) -> bytes:
        """All of a block but its worth."""
        return self.without_cap + self.upper.tobytes()

    def legal(self, plans: np.ndarray) -> np.ndarray:
        """Which plans keep its rows and bounds."""
        sums = (self.matrix @ plans.T).T
        inside = (sums <= self.upper + FEASIBILITY) & (sums >= self.lower - FEASIBILITY)
        return np.asarray(inside.all(axis=1) & (plans <= self.most).all(axis=1))

    def model(self, worth: np.ndarray) -> Model:
        return Model(worth, self.matrix, self.lower, self.upper, self.most, len(worth))


@dataclass(frozen=True)
class Apart:
    """A model whose columns fall into blocks: ``block`` of each column, -1 for the helpers that belong to none.

    ``height``: of its rows the first that may be within a block; all others couple.
    """

    model: Model
    block: np.ndarray
    height: int

    def moved(self, model: Model) -> "Apart":
        """The same blocks with other limits and costs."""
        other = Apart(model, self.block, self.height)
        vars(other).update(
            {name: made for name, made in vars(self).items() if name in ("row_block", "coupling", "parts")}
        )
        vars(other)["inner"] = [part.moved(model) for part in self.inner]
        return other

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
        return list(zip(in_groups(self.block), in_groups(self.row_block, self.block.max() + 1), strict=True))

    @cached_property
    def inner(self) -> list[Part]:
        """Each block as a problem of its own."""
        columns, rows = (np.concatenate(of) for of in zip(*self.parts, strict=True))
        whole, model, found, c, r = self.model.matrix[rows][:, columns], self.model, [], 0, 0
        for own, these in self.parts:
            first, last = whole.indptr[r], whole.indptr[r + len(these)]
            arrays = whole.data[first:last], whole.indices[first:last] - c, whole.indptr[r : r + len(these) + 1] - first
            matrix = sparse.csr_array(arrays, shape=(len(these), len(own)))
            same = b"|".join(one.tobytes() for one in (own, these, *arrays))
            found.append(
                Part(own, these, matrix, same, model.lower[these], model.upper[these], model.column_upper[own])
            )
            c, r = c + len(own), r + len(these)
        return found

    def limit(self, price: np.ndarray) -> float:
        """What prices of all rows give for their limits; a price on a limit that does not exist was set to 0."""
        at = np.where(price > 0, self.model.upper, self.model.lower)
        return float(price[price != 0] @ at[price != 0])

    def usable(self, price: np.ndarray) -> np.ndarray:
        """Prices without those on limits that do not exist."""
        at = np.where(price > 0, self.model.upper, self.model.lower)
        return np.where(np.isfinite(at), price, 0.0)


@dataclass(frozen=True)
class BlockAnswer:
    """Of one block at some prices: no choice brings more than ``bound``; ``plans`` are near it, the best first."""

    bound: float
    plans: np.ndarray


@dataclass
class Answers:
    """What blocks answered, by all that the answer depends on: by lists where a block is a knapsack, else by HiGHS.

    ``gap``, ``nodes``: what a search of HiGHS may leave of a block's best, and how far it may go.
    """

    gap: float = LOOSE
    nodes: int = FEW_NODES
    known: dict[tuple[bytes, bytes], BlockAnswer] = field(default_factory=dict)
    knapsacks: dict[bytes, Knapsack | None] = field(default_factory=dict)
    engines: dict[tuple, highspy.Highs] = field(default_factory=dict)

    def priced(self, apart: Apart, price: np.ndarray) -> tuple[float, list[BlockAnswer]]:
        """What prices leave, and each block's answer at them."""
        model, helpers = apart.model, apart.block < 0
        worth = model.cost - model.matrix.T @ price
        found = [self.answer(part, worth[part.columns]) for part in apart.inner]
        helped = float(np.maximum(worth[helpers], 0.0) @ model.column_upper[helpers])
        return apart.limit(price) + helped + sum(one.bound for one in found), found

    def answer(self, part: Part, worth: np.ndarray) -> BlockAnswer:
        key = part.signature, worth.tobytes()
        if key not in self.known:
            if len(self.known) >= MOST:
                for memory in (self.known, self.knapsacks, self.engines):
                    memory.clear()
            self.known[key] = self.listed(part, worth) or self.relaxed(part, worth) or self.searched(part, worth)
        return self.known[key]

    def listed(self, part: Part, worth: np.ndarray) -> BlockAnswer | None:
        """The answer of a block that is a knapsack; None where it is none or its best breaks a row left out."""
        key = part.without_cap
        if key not in self.knapsacks:
            self.knapsacks[key] = knapsack_of(part.matrix, part.lower, part.upper, part.most)
        own = self.knapsacks[key]
        if own is None:
            return None
        bound, plans = own.best(worth, part.upper, WITHIN)
        legal = part.legal(plans)
        return BlockAnswer(bound, plans[legal]) if legal[:1].any() else None

    def relaxed(self, part: Part, worth: np.ndarray) -> BlockAnswer | None:
        """The answer of a block whose LP is whole already, with its safe dual bound; None where it is not."""
        highs = self.engine(part, worth, solve_relaxation=True, presolve="off")
        highs.run()
        found = highs.getSolution()
        x, price = np.array(found.col_value), np.array(found.row_dual)
        limit = np.where(price > 0, part.upper, part.lower)
        price = np.where(np.isfinite(limit), price, 0.0)
        bound = float(price[price != 0] @ limit[price != 0])
        bound += float((worth - part.matrix.T @ price).clip(0) @ part.most)
        whole = np.rint(x)
        near = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal and float(worth @ whole) >= bound - 0.5
        return BlockAnswer(bound, whole[None]) if near and np.abs(x - whole).max(initial=0) <= 1e-6 else None

    def searched(self, part: Part, worth: np.ndarray) -> BlockAnswer:
        """The answer of a search that may end before the best."""
        highs = self.engine(
            part, worth, mip_rel_gap=self.gap, mip_abs_gap=0.9, mip_max_nodes=self.nodes,
            mip_feasibility_tolerance=FEASIBILITY,
        )  # fmt: skip
        highs.run()
        info, done = highs.getInfo(), highs.getModelStatus() != highspy.HighsModelStatus.kInfeasible
        found = done and info.primal_solution_status == 2
        plans = np.rint(highs.getSolution().col_value)[None] if found else np.zeros((0, len(worth)))
        most = float(worth.clip(0) @ part.most)
        return BlockAnswer(min(info.mip_dual_bound, most) if done else most, plans)

    def engine(self, part: Part, worth: np.ndarray, **options: bool | float | str) -> highspy.Highs:
        """HiGHS with a block as it is now; one for each way to ask."""
        key = part.structure, *options
        if key not in self.engines:
            self.engines[key] = quiet(**options)
            pass_arrays(self.engines[key], part.model(worth))
            return self.engines[key]
        highs = self.engines[key]
        columns, rows = (np.arange(len(of), dtype=np.int32) for of in (worth, part.rows))
        highs.changeColsCost(len(columns), columns, worth)
        highs.changeColsBounds(len(columns), columns, np.zeros(len(columns)), part.most)
        highs.changeRowsBounds(len(rows), rows, part.lower, part.upper)  # type: ignore[attr-defined]  # not in its stub
        return highs


@dataclass(frozen=True)
class Priced:
    """``price`` of each row (0 within blocks); ``bound``: what they leave, as far as floats tell; ``plans``: of each
    block those seen, over its columns."""

    price: np.ndarray
    bound: float
    plans: list[list[np.ndarray]]


def find_prices(apart: Apart, start: np.ndarray | None, rounds: int = ROUNDS, clock: Clock | None = None) -> Priced:
    """Prices of the coupling rows that leave little: from the LP, then by column generation over the blocks' plans.

    ``start``: a legal choice, which the columns begin with. The ``clock`` is asked before each round.
    """
    price, answers = apart.usable(lp_prices(apart)), Answers(NEAR, NODES)
    plans: list[list[np.ndarray]] = [[np.zeros(len(part.columns))] for part in apart.inner]
    if start is not None:
        for part, own in zip(apart.inner, plans, strict=True):
            own.append(start[part.columns].astype(float))
    best = Priced(price, np.inf, plans)
    for _ in range(rounds):
        if clock is not None and clock.over:
            break
        bound, found = answers.priced(apart, price)
        for own, answer in zip(plans, found, strict=True):
            add_plan(own, answer)
        if bound < best.bound:
            best = Priced(price, bound, plans)
        mixed = mixture(apart, plans)
        if best.bound - mixed.reached <= NEAR * abs(best.bound):
            break
        price = apart.usable(STEADY * best.price + (1 - STEADY) * mixed.price)
    return best


def add_plan(own: list[np.ndarray], answer: BlockAnswer) -> None:
    """The plans of a block with the best one of an answer."""
    own += [x for x in answer.plans[:1] if not any(np.array_equal(x, old) for old in own)]


def lp_prices(apart: Apart) -> np.ndarray:
    highs = relaxed_highs(apart.model)
    highs.run()
    dual = np.array(highs.getSolution().row_dual)
    return np.where(apart.row_block < 0, dual, 0.0)


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
    highs = relaxed_highs(mixed)
    highs.run()
    price = np.zeros(model.matrix.shape[0])
    price[rows] = np.array(highs.getSolution().row_dual)[: len(rows)]
    return Mixture(mixed, highs.getInfo().objective_function_value, price)
