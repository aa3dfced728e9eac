"""A plan put together from plans of blocks, with the blocks' bound: what did not change is not solved again."""

from dataclasses import dataclass, field, replace

import highspy
import numpy as np
from scipy import sparse

from planner.model.problem import Problem
from planner.scenario.objective import Aim
from planner.solve.blocks import Apart, find_blocks, mixture
from planner.solve.engines import FEASIBILITY, Model, pass_arrays, quiet, whole_bound
from planner.solve.exact import Solution
from planner.solve.relaxation import Relaxation

ROUNDS = 3  # of new prices, before the whole problem is the quicker way
LOOSE = 1e-3  # of a block's best, that its own search may leave
MOST = 4000  # answers of blocks that are remembered
NODES = 20


@dataclass(frozen=True)
class BlockAnswer:
    """The best of one block at some prices: no choice brings more than ``bound``, ``x`` (None: none found) is near."""

    bound: float
    x: np.ndarray | None


@dataclass
class Book:
    """What blocks answered, by all that the answer depends on; their plans, by their columns; the last good prices."""

    answers: dict[tuple[bytes, bytes], BlockAnswer] = field(default_factory=dict)
    plans: dict[bytes, list[np.ndarray]] = field(default_factory=dict)
    engines: dict[bytes, highspy.Highs] = field(default_factory=dict)  # each with the LP of a block
    price: np.ndarray | None = None  # of the coupling rows
    blocks: tuple[object, np.ndarray] | None = None  # of which matrix, and the block of each option

    def apart(self, problem: Problem, model: Model) -> Apart:
        """The model in blocks; found again only where the matrix is another."""
        if self.blocks is None or self.blocks[0] is not problem.matrix:
            self.blocks = problem.matrix, find_blocks(problem)
        helpers = np.full(len(model.cost) - problem.width, -1)
        return Apart(model, np.append(self.blocks[1][problem.columns.option], helpers), len(problem.row_lower))

    def best(
        self, problem: Problem, cost: Aim, relaxation: Relaxation, start: np.ndarray | None, gap: float
    ) -> Solution:  # fmt: skip
        """A plan and a bound of all plans, perhaps no further apart than ``gap``; ``start``: a legal plan or None.

        First at the prices that were good last time, which ask only of the blocks that changed, and from the plans that
        blocks have had; then at those of the relaxation, and at those of the mixture of all plans so far.
        """
        apart = self.apart(problem, relaxation.model)
        found = Solution(start, 0 if start is None else cost.points(start), None, "done")
        own = apart.usable(np.where(apart.row_block < 0, relaxation.price, 0.0))
        known = self.price is not None and len(self.price) == len(apart.coupling)
        prices = [spread(apart, self.price), own] if known else [own]
        for k in range(ROUNDS + 1):
            bound = whole_bound(self.bound(apart, prices[k]) + apart.model.tolerance)
            if bound is not None and (found.bound is None or bound < found.bound):
                found, self.price = replace(found, bound=max(bound, found.value)), prices[k][apart.coupling]
            if reached(found, gap):
                break
            x, price = self.mix(apart, problem, (found.bound or 0) * (1 - gap))
            found = better(found, cost, x)
            if reached(found, gap):
                break
            prices += [apart.usable(price)] * (k + 1 == len(prices))
        return found

    def bound(self, apart: Apart, price: np.ndarray) -> float:
        """What prices leave; each block's plan is kept."""
        model, helpers = apart.model, apart.block < 0
        worth = model.cost - model.matrix.T @ price
        total = apart.limit(price) + float(np.maximum(worth[helpers], 0.0) @ model.column_upper[helpers])
        for columns, rows in apart.parts:
            total += self.answer(model, columns, rows, worth[columns]).bound
        return total

    def answer(self, model: Model, columns: np.ndarray, rows: np.ndarray, worth: np.ndarray) -> BlockAnswer:
        own = sparse.csr_array(model.matrix[rows][:, columns])
        part = Model(worth, own, model.lower[rows], model.upper[rows], model.column_upper[columns], len(columns))
        key = signature(part, columns), worth.tobytes()
        if key not in self.answers:
            if len(self.answers) >= MOST:
                self.answers.clear()
                self.engines.clear()
            if key[0] not in self.engines:
                self.engines[key[0]] = quiet(solve_relaxation=True, presolve="off")
                pass_arrays(self.engines[key[0]], part)
            self.answers[key] = relax_block(self.engines[key[0]], part) or solve_block(part)
            plans = self.plans.setdefault(columns.tobytes(), [np.zeros(len(columns))])
            x = self.answers[key].x
            if x is not None and not any(np.array_equal(x, known) for known in plans):
                plans.append(x)
        return self.answers[key]

    def mix(self, apart: Apart, problem: Problem, least: float) -> tuple[np.ndarray | None, np.ndarray]:
        """The best plan that takes one of its plans from each block (None: none found), and prices of the mixture.

        ``least``: points that are enough.
        """
        plans = [self.legal(apart.model, *part) for part in apart.parts]
        if not all(plans):
            return None, np.zeros(len(apart.model.lower))
        mixed = mixture(apart, plans)
        left = max(1e-4, 1 - least / max(mixed.reached, 1.0))
        highs = quiet(mip_rel_gap=left, mip_feasibility_tolerance=FEASIBILITY, mip_max_nodes=NODES)
        pass_arrays(highs, mixed.model)
        highs.run()
        if highs.getInfo().primal_solution_status != 2:
            return None, mixed.price
        taken, x = np.rint(highs.getSolution().col_value[: mixed.model.whole]), np.zeros(problem.width, dtype=np.int64)
        first = 0
        for (columns, _), own in zip(apart.parts, plans, strict=True):
            x[columns] = own[int(taken[first : first + len(own)].argmax())]
            first += len(own)
        return (x if problem.legal(x) else None), mixed.price

    def legal(self, model: Model, columns: np.ndarray, rows: np.ndarray) -> list[np.ndarray]:
        """The plans of a block that keep its rows and bounds as they are now."""
        own = sparse.csr_array(model.matrix[rows][:, columns])
        kept = []
        for x in self.plans.get(columns.tobytes(), []):
            sums = own @ x
            inside = (sums <= model.upper[rows] + FEASIBILITY).all() and (sums >= model.lower[rows] - FEASIBILITY).all()
            kept += [x] * bool(inside and (x <= model.column_upper[columns]).all())
        return kept


def spread(apart: Apart, price: np.ndarray | None) -> np.ndarray:
    """Prices of the coupling rows as prices of all rows."""
    every = np.zeros(len(apart.model.lower))
    every[apart.coupling] = price
    return apart.usable(every)


def better(found: Solution, cost: Aim, x: np.ndarray | None) -> Solution:
    """What is known with one more legal plan."""
    value = 0 if x is None else cost.points(x)
    if x is None or (found.x is not None and value <= found.value):
        return found
    return replace(found, x=x, value=value, bound=None if found.bound is None else max(found.bound, value))


def reached(found: Solution, gap: float) -> bool:
    return found.x is not None and found.bound is not None and found.bound - found.value <= gap * abs(found.bound)


def signature(part: Model, columns: np.ndarray) -> bytes:
    """All of a block but its worth."""
    matrix = part.matrix
    arrays = columns, matrix.indptr, matrix.indices, matrix.data, part.lower, part.upper, part.column_upper
    return b"|".join(one.tobytes() for one in arrays)


def relax_block(highs: highspy.Highs, part: Model) -> BlockAnswer | None:
    """The answer of a block whose LP is whole already, with its safe dual bound; None where it is not."""
    width = len(part.cost)
    highs.changeColsCost(width, np.arange(width, dtype=np.int32), part.cost)
    highs.run()
    found = highs.getSolution()
    x, price = np.array(found.col_value), np.array(found.row_dual)
    limit = np.where(price > 0, part.upper, part.lower)
    price = np.where(np.isfinite(limit), price, 0.0)
    left = part.cost - part.matrix.T @ price
    bound = float(price[price != 0] @ limit[price != 0]) + float(left.clip(0) @ part.column_upper)
    whole = np.rint(x)
    near = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal and float(part.cost @ whole) >= bound - 0.5
    return BlockAnswer(bound, whole) if near and np.abs(x - whole).max(initial=0) <= 1e-6 else None


def solve_block(part: Model) -> BlockAnswer:
    highs = quiet(mip_rel_gap=LOOSE, mip_abs_gap=0.9, mip_max_nodes=NODES, mip_feasibility_tolerance=FEASIBILITY)
    pass_arrays(highs, part)
    highs.run()
    info, done = highs.getInfo(), highs.getModelStatus() != highspy.HighsModelStatus.kInfeasible
    found = done and info.primal_solution_status == 2
    x = np.rint(highs.getSolution().col_value) if found else None
    bound = info.mip_dual_bound
    return BlockAnswer(bound if done and np.isfinite(bound) else float(part.cost.clip(0) @ part.column_upper), x)
