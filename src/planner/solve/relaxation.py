"""The LP relaxation of a problem, kept between questions: what a change would bring, with a bound to trust."""

from dataclasses import dataclass, replace
from functools import cached_property

import highspy
import numpy as np
from scipy import sparse

from planner.model.problem import LINES, Problem
from planner.scenario.objective import Aim
from planner.scenario.rows import NO_LIMIT
from planner.solve.engines import Model, pass_arrays, whole_bound
from planner.solve.formulation import Extra, model_of


@dataclass(frozen=True)
class Relaxed:
    """``bound``: no legal plan has more whole points; ``fund``: 0-1 per option in the LP.

    ``profit``: what each option at its best volumes brings beyond the rows' shadow prices, in points: a plan that funds
    an option of -p, or does without one of p, is at least p below the bound. ``infeasible``: the LP found no plan at
    all, which is to be confirmed.
    """

    bound: int
    fund: np.ndarray
    profit: np.ndarray
    infeasible: bool


class Kept:
    """The relaxation for ``cost`` (1/``problem.fine`` points per column), hot after the first answer."""

    def __init__(self, problem: Problem, cost: np.ndarray | Aim):
        self.problem = problem
        self.model = model_of(problem, cost, (), {})

    @cached_property
    def highs(self) -> highspy.Highs:
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("solve_relaxation", True)
        pass_arrays(highs, self.model)
        highs.run()
        return highs

    def move(self, problem: Problem, cost: np.ndarray | Aim) -> None:
        """The relaxation of another problem from now on.

        On the same matrix only limits and costs change; another one starts from the old basis where the sizes agree.
        """
        highs, old, new = self.highs, self.model, model_of(problem, cost, (), {})
        self.problem, self.model = problem, new
        if same_matrix(old.matrix, new.matrix):
            change(highs, old, new)
            return
        basis = highs.getBasis() if old.matrix.shape == new.matrix.shape else None
        pass_arrays(highs, new)
        if basis is not None and basis.valid:
            highs.setBasis(basis)

    def relaxed(self) -> Relaxed:
        """The relaxation as it is; an 'infeasible' is asked a second time from nothing, without presolve."""
        nothing = Extra(np.zeros(self.problem.width, dtype=np.int64))
        found = self.answer(nothing)
        if found.infeasible:
            self.highs.clearSolver()
            self.highs.setOptionValue("presolve", "off")
            found = self.answer(nothing)
            self.highs.setOptionValue("presolve", "choose")
        return found

    def asked(self, extra: Extra) -> Relaxed:
        """The relaxation with one row more, which is taken away again."""
        highs, height = self.highs, len(self.model.lower)
        columns = np.flatnonzero(extra.coef).astype(np.int32)
        low, high = open_limits(extra)
        highs.addRow(low, high, len(columns), columns, extra.coef[columns].astype(float))
        found = self.answer(extra)
        highs.deleteRows(1, np.array([height], dtype=np.int32))
        return found

    def answer(self, extra: Extra) -> Relaxed:
        """What HiGHS finds, with ``extra`` as its last row where it has one more than the problem."""
        self.highs.run()
        found, n = self.highs.getSolution(), len(self.problem.options)
        fund, price = np.array(found.col_value[:n]), np.array(found.row_dual)
        known = np.zeros(len(self.model.lower) + 1)
        known[: len(price)] = price
        infeasible = self.highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible
        bound, profit = self.dual_bound(extra, known)
        return Relaxed(bound, fund if len(fund) == n else np.zeros(n), profit, infeasible)

    def dual_bound(self, extra: Extra, price: np.ndarray) -> tuple[int, np.ndarray]:
        """The bound by weak duality, and every option's profit: true for any prices, whatever the solver's status.

        A row's price times its limit (0 on a limit that does not exist), and what every option still brings beyond the
        prices. The rows between an option and its lines have no price: within an option the best is known exactly.
        """
        low, high = open_limits(extra)
        limit = np.where(price > 0, np.append(self.model.upper, high), np.append(self.model.lower, low))
        there = np.isfinite(limit) & np.isfinite(price) & ~np.append(self.line_rows, False)
        price, limit = np.where(there, price, 0.0), np.where(there, limit, 0.0)
        worth, width = self.model.cost - self.model.matrix.T @ price[:-1], self.problem.width
        profit = self.profit(worth[:width] - extra.coef * price[-1])
        helped = float(np.maximum(worth[width:], 0.0) @ self.model.column_upper[width:])
        bound = whole_bound(float(price @ limit) + float(np.maximum(profit, 0.0).sum()) + helped + self.model.ease)
        assert bound is not None  # every number in it is finite
        return bound, profit

    @property
    def line_rows(self) -> np.ndarray:
        parts = self.problem.parts
        own = np.repeat([part.name == LINES for part in parts], [len(part.rows.labels) for part in parts])
        return np.append(own, np.zeros(len(self.model.lower) - len(own), dtype=bool))

    def profit(self, worth: np.ndarray) -> np.ndarray:
        """The most that each option can bring, funded, where its columns bring ``worth`` each.

        Every line takes its best volume and is left out where it may be and brings less than nothing.
        """
        options = self.problem.options
        n, on, qty = len(options), options.optional_lines, options.trimmable_lines
        unit, high = worth[n + len(on) :], self.model.column_upper[n + len(on) : self.problem.width]
        low = options.lines["volume_min"].to_numpy(float)[qty]
        line = np.zeros(len(options.lines))
        line[qty] = np.maximum(unit * low, unit * high)
        line[on] = np.maximum(line[on] + worth[n : n + len(on)], 0.0)
        return worth[:n] + np.bincount(options.line_option, line, n)


def same_matrix(a: sparse.csr_array, b: sparse.csr_array) -> bool:
    return a.shape == b.shape and all(
        np.array_equal(getattr(a, part), getattr(b, part)) for part in ("indptr", "indices", "data")
    )


def change(highs: highspy.Highs, old: Model, new: Model) -> None:
    """Hand HiGHS the limits and costs that differ."""
    rows = np.flatnonzero((old.lower != new.lower) | (old.upper != new.upper)).astype(np.int32)
    if len(rows):
        highs.changeRowsBounds(len(rows), rows, new.lower[rows], new.upper[rows])  # type: ignore[attr-defined]  # not in its stub
    columns = np.flatnonzero(old.cost != new.cost).astype(np.int32)
    if len(columns):
        highs.changeColsCost(len(columns), columns, new.cost[columns])
    columns = np.flatnonzero(old.column_upper != new.column_upper).astype(np.int32)
    if len(columns):
        highs.changeColsBounds(len(columns), columns, np.zeros(len(columns)), new.column_upper[columns])


def open_limits(extra: Extra) -> tuple[float, float]:
    return (-np.inf if extra.lower <= -NO_LIMIT else extra.lower, np.inf if extra.upper >= NO_LIMIT else extra.upper)


def forced_row(problem: Problem, options: np.ndarray | list[int], funded: bool) -> Extra:
    """One of these options (positions) is funded, or none."""
    coef = np.zeros(problem.width, dtype=np.int64)
    coef[options] = 1
    return Extra(coef, lower=1) if funded else Extra(coef, upper=0)


def held(problem: Problem, fixed: np.ndarray, x: np.ndarray) -> tuple[Problem, Extra]:
    """The problem in which the columns ``fixed`` (bool) stay as in x: by their upper bounds and by one row."""
    stay = Extra(fixed.astype(np.int64), lower=int(x[fixed].sum()))
    return replace(problem, upper=np.where(fixed, x, problem.upper)), stay
