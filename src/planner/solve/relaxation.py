"""The LP relaxation of a problem, kept between questions: what a change would bring, with a bound to trust."""

import math
from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np
from scipy import sparse

from planner.model.problem import LINES, Problem
from planner.scenario.objective import Aim
from planner.scenario.rows import NO_LIMIT
from planner.solve.engines import Model, pass_arrays, quiet, whole_bound
from planner.solve.formulation import SideRow, model_of


@dataclass(frozen=True)
class RelaxationResult:
    """``bound``: no legal plan has more whole points; ``fund``: 0-1 per option in the LP.

    ``profit``: what each option at its best volumes brings beyond the rows' shadow prices, in points: a plan that funds
    an option of -p, or does without one of p, is at least p below the bound. ``infeasible``: the LP found no plan at
    all, which is to be confirmed.
    """

    bound: int
    fund: np.ndarray
    profit: np.ndarray
    infeasible: bool


class Relaxation:
    """The relaxation for ``cost`` (parts of a point per column), hot after the first answer.

    ``cold``: why the last ``update`` could not go on from the last answer; None where it could.
    """

    cold: str | None = None

    def __init__(self, problem: Problem, cost: np.ndarray | Aim):
        self.problem, self.model = problem, model_of(problem, cost)

    @cached_property
    def highs(self) -> highspy.Highs:
        highs = relaxed_highs(self.model)
        highs.run()
        return highs

    def update(self, problem: Problem, cost: np.ndarray | Aim) -> None:
        """The relaxation of another problem from now on.

        On the same matrix only limits and costs change; another one starts from the old basis where the sizes agree.
        """
        highs, old, new = self.highs, self.model, model_of(problem, cost)
        self.problem, self.model, self.cold = problem, new, changed_matrix(old.matrix, new.matrix)
        if self.cold is None:
            change(highs, old, new)
            return
        basis = highs.getBasis() if old.matrix.shape == new.matrix.shape else None
        pass_arrays(highs, new)
        if basis is not None and basis.valid:
            highs.setBasis(basis)

    def relaxed(self) -> RelaxationResult:
        """The relaxation as it is; an 'infeasible' is asked a second time from nothing, without presolve."""
        found = self.answer()
        if found.infeasible:
            self.highs.clearSolver()
            self.highs.setOptionValue("presolve", "off")
            found = self.answer()
            self.highs.setOptionValue("presolve", "choose")
        return found

    @property
    def price(self) -> np.ndarray:
        """The rows' shadow prices in the last answer."""
        return np.array(self.highs.getSolution().row_dual)

    def with_row(self, row: SideRow) -> RelaxationResult:
        """The relaxation with one row more, which is taken away again."""
        highs, height = self.highs, len(self.model.lower)
        columns = np.flatnonzero(row.coef).astype(np.int32)
        highs.addRow(*open_limits(row), len(columns), columns, row.coef[columns].astype(float))
        found = self.answer(row)
        highs.deleteRows(1, np.array([height], dtype=np.int32))
        return found

    def answer(self, row: SideRow | None = None) -> RelaxationResult:
        """What HiGHS finds, with ``row`` as its last one where it has one more than the problem."""
        self.highs.run()
        found, columns = self.highs.getSolution(), self.problem.columns
        fund, price = np.array(found.col_value[columns.fund]), np.array(found.row_dual)
        known = np.zeros(len(self.model.lower) + 1)
        known[: len(price)] = price
        bound, profit = self.dual_bound(row or SideRow(np.zeros(self.problem.width, dtype=np.int64)), known)
        infeasible = self.highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible
        return RelaxationResult(bound, fund if len(fund) else np.zeros(columns.options), profit, infeasible)

    def dual_bound(self, row: SideRow, price: np.ndarray) -> tuple[int, np.ndarray]:
        """The safe dual bound (whole points), and every option's profit: true for any prices, whatever the status.

        By weak duality, as Neumaier & Shcherbina, 'Safe bounds in linear and mixed-integer linear programming' (Math.
        Programming 99, 2004): a row's price times its limit (0 on a limit that does not exist), and what every option
        still brings beyond the prices, which is bounded as all columns are. The rows between an option and its lines
        have no price: within an option the best is known exactly.
        """
        low, high = open_limits(row)
        limit = np.where(price > 0, np.append(self.model.upper, high), np.append(self.model.lower, low))
        there = np.isfinite(limit) & np.isfinite(price) & ~self.line_rows
        price, limit = np.where(there, price, 0.0), np.where(there, limit, 0.0)
        worth, width = self.model.cost - self.model.matrix.T @ price[:-1], self.problem.width
        profit = self.profit(worth[:width] - row.coef * price[-1])
        helped = float(np.maximum(worth[width:], 0.0) @ self.model.column_upper[width:])
        bound = whole_bound(float(price @ limit) + float(np.maximum(profit, 0.0).sum()) + helped + self.model.tolerance)
        assert bound is not None  # every number in it is finite
        return bound, profit

    @property
    def line_rows(self) -> np.ndarray:
        """Which rows stand between an option and its lines; the last one is the side row."""
        own = self.problem.of_rows([part.name == LINES for part in self.problem.parts])
        return np.append(own, np.zeros(len(self.model.lower) + 1 - len(own), dtype=bool))

    def profit(self, worth: np.ndarray) -> np.ndarray:
        """The most that each option can bring, funded, where its columns bring ``worth`` each.

        Every line takes its best volume and is left out where it may be and brings less than nothing.
        """
        columns, lines = self.problem.columns, self.problem.options.lines
        unit, high = worth[columns.qty], self.model.column_upper[columns.qty]
        low, line = lines["volume_min"].to_numpy(float)[columns.qty_lines], np.zeros(len(lines))
        line[columns.qty_lines] = np.maximum(unit * low, unit * high)
        line[columns.on_lines] = np.maximum(line[columns.on_lines] + worth[columns.on], 0.0)
        return worth[columns.fund] + np.bincount(columns.line_option, line, columns.options)


def relaxed_highs(model: Model) -> highspy.Highs:
    """A silent HiGHS that holds the model and takes no column for whole."""
    highs = quiet(solve_relaxation=True)
    pass_arrays(highs, model)
    return highs


def lp_bound(problem: Problem, cost: np.ndarray | Aim) -> float:
    """What the LP reaches, in the cost's own unit (any size) or in points of an ``Aim``; nan without an optimum."""
    size = 1.0 if isinstance(cost, Aim) else max(float(np.abs(cost).max(initial=0)) / 1e6, 1e-300)
    scaled = cost if isinstance(cost, Aim) else cost / size
    highs = relaxed_highs(model_of(problem, scaled))
    highs.run()
    optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return highs.getInfo().objective_function_value * size if optimal else math.nan


def changed_matrix(old: sparse.csr_array, new: sparse.csr_array) -> str | None:
    """Why a model on the new matrix cannot go on where the old one stands; None where the matrix is the same."""
    if old.shape != new.shape:
        return f"{new.shape[0]} rows x {new.shape[1]} columns, were {old.shape[0]} x {old.shape[1]}: from nothing"
    if all(np.array_equal(getattr(old, part), getattr(new, part)) for part in ("indptr", "indices", "data")):
        return None
    rows = len(np.unique((old != new).nonzero()[0]))
    return f"other coefficients in {rows} of {new.shape[0]} rows: from the old basis"


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


def open_limits(row: SideRow) -> tuple[float, float]:
    return (-np.inf if row.lower <= -NO_LIMIT else row.lower, np.inf if row.upper >= NO_LIMIT else row.upper)
