"""The most of one block, case by case: branch and bound whose every leaf is closed by prices or by a row alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush

import highspy
import numpy as np
from scipy import sparse

from planner.model.problem import LINES, Problem
from planner.scenario.rows import NO_LIMIT
from planner.solve.engines import Model, pass_arrays, quiet

FRACTION = 1e-6  # of a column that is not whole
PROBES = 8  # columns that are tried before a case is parted
TINY = 1e-9  # a price (in the LP's scale) that is none


@dataclass(frozen=True)
class IntegerRows:
    """Rows ``matrix x <= limit`` in whole numbers: each limit of a row stands alone.

    ``row``, ``side``: of which row it is, and 1 for its upper limit, -1 for its lower one.
    """

    matrix: sparse.csr_array
    limit: np.ndarray
    row: np.ndarray
    side: np.ndarray

    def narrow(self, low: np.ndarray, high: np.ndarray, seen: np.ndarray) -> bool:
        """Narrow whole bounds of columns, in place, to what single rows leave; False where a row cannot be kept.

        ``seen``: which limits have narrowed anything or cannot be kept; set in place.
        """
        matrix, entry = self.matrix, np.repeat(np.arange(len(self.limit)), np.diff(self.matrix.indptr))
        plus, data, columns = matrix.data > 0, matrix.data, matrix.indices
        while True:
            least = np.zeros(len(self.limit), dtype=np.int64)
            np.add.at(least, entry, data * np.where(plus, low[columns], high[columns]))
            room = self.limit - least
            if (room < 0).any():
                seen |= room < 0
                return False
            tight = np.flatnonzero(np.abs(data) * (high - low)[columns] > room[entry])
            if not len(tight):
                return True
            seen[entry[tight]] = True
            step, at, up = room[entry[tight]] // np.abs(data[tight]), columns[tight], plus[tight]
            before = low.copy(), high.copy()
            np.minimum.at(high, at[up], before[0][at[up]] + step[up])
            np.maximum.at(low, at[~up], before[1][at[~up]] - step[~up])

    def only(self, kept: np.ndarray) -> "IntegerRows":
        """Some of the rows."""
        return IntegerRows(sparse.csr_array(self.matrix[kept]), self.limit[kept], self.row[kept], self.side[kept])

    def in_states(self, most: np.ndarray) -> np.ndarray | None:
        """The limits (positions) that columns of at most ``most`` can break; None where not each has a >= 0 and every
        column is 0 or 1, so that the best choice cannot be found state by state."""
        binding = np.flatnonzero(self.matrix.maximum(0) @ most > self.limit)
        plain = not len(binding) or self.matrix[binding].min() >= 0
        return binding if plain and (most <= 1).all() else None


def integer_rows(matrix: sparse.csr_array, lower: np.ndarray, upper: np.ndarray) -> IntegerRows:
    above, below = np.flatnonzero(upper < NO_LIMIT), np.flatnonzero(lower > -NO_LIMIT)
    both = sparse.csr_array(sparse.vstack([matrix[above], -matrix[below]]))
    both.eliminate_zeros()
    return IntegerRows(
        both,
        np.append(upper[above], -lower[below]),
        np.append(above, below),
        np.repeat([1, -1], [len(above), len(below)]),
    )


@dataclass(frozen=True)
class Inner:
    """What stands between the columns of an option, so that its best is known exactly and its lines need no prices.

    ``fund``: which columns fund an option. Of each line that has columns of its own: that of its option, ``inside``
    and ``volume`` (-1: none), and the least volume. ``lines``: which rows of the block say the same.
    """

    fund: np.ndarray
    option: np.ndarray
    inside: np.ndarray
    volume: np.ndarray
    least: np.ndarray
    lines: np.ndarray

    def most(self, worth: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
        """The most that all options bring in a box that is narrowed."""
        unit = worth[self.volume]
        gain = np.maximum(unit * np.maximum(low[self.volume], self.least), unit * high[self.volume])
        gain = np.where(self.volume < 0, 0.0, gain)
        own = gain + worth[self.inside]
        gain = np.where(self.inside < 0, gain, np.maximum(own * low[self.inside], own * high[self.inside]))
        total = (worth + np.bincount(self.option, gain, len(worth)))[self.fund]
        return float(np.maximum(total * low[self.fund], total * high[self.fund]).sum())


def inner_of(problem: Problem, columns: np.ndarray, rows: np.ndarray) -> Inner:
    """The lines of the options whose columns these are."""
    place = np.full(problem.width, -1)
    place[columns] = np.arange(len(columns))
    own = problem.columns
    lines = np.flatnonzero((own.line_qty >= own.options) & (place[own.line_option] >= 0))
    inside, volume = own.line_on[lines], own.line_qty[lines]
    trimmed = volume >= own.qty.start
    least = np.where(trimmed, problem.options.lines["volume_min"].to_numpy(float)[lines], 0.0)
    return Inner(
        columns < own.options, place[own.line_option[lines]], np.where(inside >= own.options, place[inside], -1),
        np.where(trimmed, place[volume], -1), least,
        problem.of_rows([part.name == LINES for part in problem.parts])[rows],
    )  # fmt: skip


@dataclass(eq=False)
class Case:
    """Columns between ``low`` and ``high``: no choice within is worth more than ``bound`` at ``price``.

    ``column``, ``at``, ``inner``: where it was parted: at most ``at``, and more.
    """

    low: np.ndarray
    high: np.ndarray
    price: np.ndarray
    bound: float
    x: np.ndarray
    column: int = -1
    at: int = 0
    inner: list["Case"] = field(default_factory=list)

    def leaves(self) -> Iterator["Case"]:
        if not self.inner:
            yield self
        for case in self.inner:
            yield from case.leaves()


class Search:
    """Branch and bound on one block; ``worth`` of its columns beyond the coupling rows' prices, in points."""

    def __init__(self, model: Model, rows: IntegerRows, inner: Inner):
        self.model, self.rows, self.inner = model, rows, inner
        self.seen = np.zeros(len(rows.limit), dtype=bool)
        self.highs = quiet(solve_relaxation=True, presolve="off")
        pass_arrays(self.highs, model)

    def run(self, reached: float, slack: float, most: int) -> Case | None:
        """Cases parted until no one has more than ``reached`` and ``slack``, or there are ``most``; None: no choice.

        ``reached``: what some choice brings; one found on the way counts too.
        """
        self.enough = reached + slack
        first = self.case(
            np.zeros(len(self.model.cost), np.int64), np.rint(self.model.column_upper).astype(np.int64), None
        )
        if first is None:
            return None
        waiting, count = [(-first.bound, 0, first)], 1
        while waiting and count < most and -waiting[0][0] > self.enough:
            case = heappop(waiting)[2]
            if not away(case.x).any():
                self.enough = max(self.enough, float(self.model.cost @ np.rint(case.x)) + slack)
                if case.bound > self.enough:  # no prices tell more of it
                    break
                continue
            case.column, case.inner = self.part(case)
            case.at = int(np.floor(case.x[case.column]))
            for inner in case.inner:
                if inner.bound > -np.inf:
                    heappush(waiting, (-inner.bound, count, inner))
                    count += 1
        return first

    def part(self, case: Case) -> tuple[int, list[Case]]:
        """The column to part a case by, and the two cases: of the likeliest the one that lowers both bounds most.

        Strong branching with the product rule (Achterberg, *Constraint Integer Programming*, 2007).
        """
        likely = away(case.x) * (1 + np.abs(self.model.cost)) * np.where(self.inner.fund, 1e6, 1.0)
        tried = [int(column) for column in np.argsort(-likely, kind="stable")[:PROBES] if likely[column]]
        found = [(column, self.halves(case, column)) for column in tried]
        return max(found, key=lambda one: np.prod([self.fall(case, inner) for inner in one[1]]))

    def fall(self, case: Case, inner: Case) -> float:
        """By how much a case lies lower, as far as that counts."""
        return max(case.bound - max(inner.bound, self.enough), 1e-3)

    def halves(self, case: Case, column: int) -> list[Case]:
        at, found = int(np.floor(case.x[column])), []
        for side in (0, 1):
            low, high = case.low.copy(), case.high.copy()
            (low if side else high)[column] = at + side
            found.append(self.case(low, high, case) or Case(low, high, case.price, -np.inf, case.x))
        return found

    def case(self, low: np.ndarray, high: np.ndarray, outer: Case | None) -> Case | None:
        """The case of a box; None where it holds no choice."""
        if not self.rows.narrow(low, high, self.seen):
            return None
        x, price = self.relaxed(low, high)
        bound = self.bound(price, low, high)
        if outer is not None and (kept := self.bound(outer.price, low, high)) <= bound:
            return Case(low, high, outer.price, kept, x)
        return Case(low, high, price, bound, x)

    def bound(self, price: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
        """What prices leave within a box (weak duality)."""
        left = self.model.cost - self.model.matrix.T @ price
        limit = np.where(price > 0, self.model.upper, self.model.lower)
        return float(price[price != 0] @ limit[price != 0]) + self.inner.most(left, low, high)

    def relaxed(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(columns, prices) of the LP within a box; the middle of the box where it has no answer."""
        width = len(low)
        self.highs.changeColsBounds(width, np.arange(width, dtype=np.int32), low.astype(float), high.astype(float))
        self.highs.run()
        found, solved = self.highs.getSolution(), self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        price = np.array(found.row_dual) if found.dual_valid else np.zeros(len(self.model.lower))
        limit = np.where(price > 0, self.model.upper, self.model.lower)
        keep = np.isfinite(limit) & np.isfinite(price) & (np.abs(price) > TINY) & ~self.inner.lines
        return np.array(found.col_value) if solved else (low + high) / 2, np.where(keep, price, 0.0)


def away(x: np.ndarray) -> np.ndarray:
    """How far columns are from whole numbers; 0 within a solver's tolerance."""
    off = np.abs(x - np.rint(x))
    return np.where(off > FRACTION, off, 0.0)
