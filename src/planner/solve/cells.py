"""A bound by cells, the options of one province in one year: at prices of the rows that join them, each cell's best is
found state by state (Dantzig & Wolfe, 1960; Martello & Toth, *Knapsack Problems*, 1990)."""

from collections.abc import Iterator
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from planner.base.processes import Clock
from planner.model.problem import Problem
from planner.scenario.rows import NO_LIMIT
from planner.solve.blocks import Apart
from planner.solve.engines import Model, quiet

STATES = 100_000  # of a cell at most: beyond, costs and room are counted in coarser units, which leaves more
ROUNDS, NEAR = 80, 3e-4  # of new prices; of the bound, when to stop
STEADY = 0.5  # how far prices stay at the best known ones (Wentges, 1997)
ABSENT = 10.0  # of the largest worth: what a unit that a row lacks costs while no plans are known that keep it


@dataclass(frozen=True)
class Cell:
    """Options of which each ``group`` gives at most one, and what they take of ``room``, in whole units."""

    options: np.ndarray
    group: np.ndarray
    take: np.ndarray
    room: int

    def offers(self, worth: np.ndarray) -> list[np.ndarray]:
        """Of each group its options (positions) of which none brings as much for less, the cheapest first."""
        brings = worth[self.options]
        known = np.flatnonzero((brings > 0) & (self.take <= self.room))
        known = known[np.lexsort((-brings[known], self.take[known], self.group[known]))]
        if not len(known):
            return []
        parted = np.split(known, np.flatnonzero(np.diff(self.group[known])) + 1)
        return [g[np.append(True, brings[g[1:]] > np.maximum.accumulate(brings[g])[:-1])] for g in parted]

    def best(self, worth: np.ndarray) -> tuple[float, np.ndarray]:
        """The most that the cell brings where its options bring ``worth`` each, and the options that bring it."""
        offers, brings = self.offers(worth), worth[self.options]
        taken = [int(group[-1]) for group in offers]
        if int(self.take[taken].sum()) > self.room:
            taken = self.traced(brings, offers)
        return float(brings[taken].sum()), self.options[taken]

    def traced(self, brings: np.ndarray, offers: list[np.ndarray]) -> list[int]:
        """The best choice from the states after each group, from the last group back."""
        most, at, taken = list(self.states(brings, offers)), self.room, []
        for before, after, group in zip(most[-2::-1], most[:0:-1], offers[::-1], strict=True):
            if before[at] == after[at]:
                continue
            fits = group[self.take[group] <= at]
            own = int(fits[np.argmax(before[at - self.take[fits]] + brings[fits])])
            taken.append(own)
            at -= int(self.take[own])
        return taken

    def states(self, brings: np.ndarray, offers: list[np.ndarray]) -> Iterator[np.ndarray]:
        """The most within each room, before the first group and after each."""
        most = np.zeros(self.room + 1)
        yield most
        for group in offers:
            before, most = most, most.copy()
            for one in group.tolist():
                part = int(self.take[one])
                np.maximum(most[part:], before[: len(before) - part] + brings[one], out=most[part:])
            yield most

    def losses(self, worth: np.ndarray) -> np.ndarray:
        """By how much the cell's best falls with each option in (inf: it does not fit)."""
        brings, lost = worth[self.options], np.full(len(self.options), np.inf)
        offers = {int(self.group[own[0]]): own for own in self.offers(worth)}
        groups = np.unique(self.group)
        given = [offers.get(int(one), np.zeros(0, dtype=int)) for one in groups]
        ahead, behind = list(self.states(brings, given)), list(self.states(brings, given[::-1]))
        for k, one in enumerate(groups):
            others, back = ahead[k], behind[len(groups) - 1 - k][::-1]
            for option in np.flatnonzero((self.group == one) & (self.take <= self.room)).tolist():
                part = int(self.take[option])
                rest = float((others[: self.room + 1 - part] + back[part:]).max())
                lost[option] = ahead[-1][-1] - rest - brings[option]
        return lost


@dataclass(frozen=True)
class Cells:
    """A model in cells: ``apart`` has the cell of each column; ``joining``: the rows that need prices."""

    apart: Apart
    cells: list[Cell]
    joining: np.ndarray


def cells_of(problem: Problem, model: Model, home: np.ndarray, count: int) -> Cells:
    """The ``count`` cells of a problem that funds options and nothing beside (``home``: of each option its cell).

    A cell keeps what the states can hold: rows that let one of some options in, and one row that has room for so much.
    All others join cells, but those that no choice breaks.
    """
    helpers = np.full(len(model.cost) - problem.width, -1)
    apart, matrix = Apart(model, np.append(home, helpers), len(problem.row_lower)), problem.matrix
    lower = np.where(problem.soft, -NO_LIMIT, problem.row_lower)
    upper = np.where(problem.soft, NO_LIMIT, problem.row_upper)
    least, most = matrix.minimum(0) @ problem.upper, matrix.maximum(0) @ problem.upper
    idle, plain = (least >= lower) & (most <= upper), (least >= 0) & (lower <= 0) & (upper >= 0)
    joining = np.append(~idle, np.ones(len(model.lower) - len(idle), dtype=bool))
    inside = (apart.row_block[: len(idle)] >= 0) & plain & ~idle
    entries, ones = np.diff(matrix.indptr), abs(matrix).max(axis=1).toarray().ravel() == 1
    group, held = np.full(problem.width, -1), {}
    for row in sorted(np.flatnonzero(inside).tolist(), key=lambda row: -entries[row]):
        own, cell = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]], int(apart.row_block[row])
        if ones[row] and upper[row] == 1 and (group[own] < 0).all():
            group[own], joining[row] = row, False
        elif cell not in held:
            held[cell], joining[row] = row, False
    alone = np.flatnonzero(group < 0)
    group[alone] = len(idle) + alone
    made = []
    for k in range(count):
        options = np.flatnonzero((home == k) & (problem.upper > 0))
        take, room = in_units(problem, options, held.get(k), upper)
        made.append(Cell(options, group[options], take, room))
    return Cells(apart, made, np.flatnonzero(joining))


def in_units(problem: Problem, options: np.ndarray, row: int | None, upper: np.ndarray) -> tuple[np.ndarray, int]:
    """What options take of a row's room and how much there is, in the largest units that lose nothing, or in coarser
    ones, rounded down: whatever keeps the row is kept."""
    if row is None:
        return np.zeros(len(options), dtype=np.int64), 0
    take = problem.matrix[[row]].toarray()[0][options].astype(np.int64)
    room = min(int(upper[row]), int(take.sum()))
    unit = max(int(np.gcd.reduce(take)), -(-room // STATES), 1)
    return take // unit, room // unit


@dataclass(frozen=True)
class CellPrices:
    """``price`` of each row; ``bound``: what they leave, in points; ``plans``: (cell, options, share of it in the best
    mixture of all plans that cells had)."""

    price: np.ndarray
    bound: float
    plans: list[tuple[int, np.ndarray, float]]


def price_cells(cells: Cells, price: np.ndarray, start: np.ndarray | None, clock: Clock) -> CellPrices:
    """Prices of the joining rows that leave little, by column generation from those of the LP (``price``).

    ``start``: a legal choice, which the columns begin with.
    """
    mixture, apart = PlanMixture(cells), cells.apart
    if start is not None:
        for k, cell in enumerate(cells.cells):
            mixture.add(k, cell.options[start[cell.options] > 0])
    price = best = apart.usable(np.where(np.isin(np.arange(len(price)), cells.joining), price, 0.0))
    least = np.inf
    for _ in range(ROUNDS):
        worth = apart.model.cost - apart.model.matrix.T @ price
        answers = [cell.best(worth) for cell in cells.cells]
        helped = np.maximum(worth, 0.0)[apart.block < 0] @ apart.model.column_upper[apart.block < 0]
        bound = apart.limit(price) + float(helped) + sum(most for most, _ in answers)
        if bound < least:
            least, best = bound, price
        fresh = [mixture.add(k, options) for k, (_, options) in enumerate(answers)]
        if not any(fresh):
            break
        reached, mixed = mixture.solve()
        if least - reached <= NEAR * abs(least) or clock.over:
            break
        price = apart.usable(STEADY * best + (1 - STEADY) * mixed)
    return CellPrices(best, least, mixture.plans())


class PlanMixture:
    """Plans of cells, mixed: an LP of one column each, which grows."""

    def __init__(self, cells: Cells):
        self.cells, model = cells, cells.apart.model
        self.matrix = sparse.csc_array(model.matrix[cells.joining])
        self.known: dict[tuple[int, bytes], np.ndarray] = {}
        self.highs = quiet()
        self.highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        count = len(cells.cells)
        lower = np.append(model.lower[cells.joining], np.full(count, -np.inf))
        upper = np.append(model.upper[cells.joining], np.ones(count))
        none = np.zeros(len(lower), np.int32), np.zeros(0, np.int32), np.zeros(0)
        self.highs.addRows(len(lower), lower, upper, 0, *none)
        absent = -ABSENT * max(1.0, float(np.abs(model.cost).max(initial=0)))
        for sign, limit in ((1.0, lower), (-1.0, -upper)):
            for row in np.flatnonzero(np.isfinite(limit) & (limit > 0)):
                self.column(absent, np.inf, np.array([row]), np.array([sign]))
        for helper in np.flatnonzero(cells.apart.block < 0):
            own = self.matrix[:, [helper]].tocoo()
            self.column(model.cost[helper], model.column_upper[helper], own.coords[0], own.data)
        self.first = self.highs.getNumCol()

    def column(self, worth: float, most: float, rows: np.ndarray, values: np.ndarray) -> None:
        self.highs.addCol(float(worth), 0.0, float(most), len(rows), rows.astype(np.int32), values.astype(float))

    def add(self, cell: int, options: np.ndarray) -> bool:
        """One more plan of a cell; whether it is new."""
        options = np.sort(options)
        key = cell, options.tobytes()
        if not len(options) or key in self.known:
            return False
        self.known[key] = options
        sums = np.asarray(self.matrix[:, options].sum(axis=1)).ravel()
        rows = np.flatnonzero(sums)
        own = len(self.cells.joining) + cell
        self.column(
            self.cells.apart.model.cost[options].sum(), np.inf, np.append(rows, own), np.append(sums[rows], 1.0)
        )
        return True

    def solve(self) -> tuple[float, np.ndarray]:
        """What plans reach together when they may be mixed, and the prices of all rows then."""
        self.highs.run()
        price, joining = np.zeros(len(self.cells.apart.model.lower)), self.cells.joining
        price[joining] = np.array(self.highs.getSolution().row_dual)[: len(joining)]
        return self.highs.getInfo().objective_function_value, price

    def plans(self) -> list[tuple[int, np.ndarray, float]]:
        share = list(self.highs.getSolution().col_value)[self.first :]
        share += [0.0] * (len(self.known) - len(share))
        return [(cell, options, s) for ((cell, _), options), s in zip(self.known.items(), share, strict=True)]
