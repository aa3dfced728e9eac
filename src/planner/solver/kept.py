"""The LP relaxation of a problem, kept between questions: what a row more or less would cost, with a bound to trust."""

from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np

from planner.problem import LINES, Problem
from planner.rows import NO_LIMIT
from planner.solver import Extra, model_of
from planner.solver.engines import pass_arrays, whole_bound


@dataclass(frozen=True)
class Relaxed:
    """``bound``: no legal plan has more whole points; ``fund``: 0-1 per option in the LP.

    ``profit``: what each option at full volumes brings beyond the rows' shadow prices, in points: near 0 is a close
    call. ``infeasible``: the LP found no plan at all, which is to be confirmed.
    """

    bound: int
    fund: np.ndarray
    profit: np.ndarray
    infeasible: bool


class Kept:
    """The relaxation for ``cost`` (1/``problem.fine`` points per column), hot after the first answer."""

    def __init__(self, problem: Problem, cost: np.ndarray):
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

    def asked(self, extra: Extra) -> Relaxed:
        """The relaxation with one row more, which is taken away again."""
        highs, height = self.highs, len(self.model.lower)
        columns = np.flatnonzero(extra.coef).astype(np.int32)
        low, high = open_limits(extra)
        highs.addRow(low, high, len(columns), columns, extra.coef[columns].astype(float))
        highs.run()
        found, status = highs.getSolution(), highs.getModelStatus()
        fund, price = np.array(found.col_value), np.array(found.row_dual)
        highs.deleteRows(1, np.array([height], dtype=np.int32))
        return self.priced(
            extra,
            fund[: len(self.problem.options)] if len(fund) else np.zeros(len(self.problem.options)),
            price if len(price) == height + 1 else np.zeros(height + 1),
            status == highspy.HighsModelStatus.kInfeasible,
        )

    def priced(self, extra: Extra, fund: np.ndarray, price: np.ndarray, infeasible: bool) -> Relaxed:
        problem = self.problem
        lines = np.repeat([p.name == LINES for p in problem.parts], [len(p.rows.labels) for p in problem.parts])
        worth = self.model.cost - self.model.matrix.T @ np.where(lines, 0.0, price[:-1])
        return Relaxed(self.dual_bound(extra, price), fund, problem.full @ worth, infeasible)

    def dual_bound(self, extra: Extra, price: np.ndarray) -> int:
        """Weak duality: true for any prices, so neither the solver's status nor its tolerance has to be believed.

        A row's price times its limit, and what each column still brings beyond the prices at its upper bound; a price
        on a limit that does not exist counts 0.
        """
        low, high = open_limits(extra)
        limit = np.where(price > 0, np.append(self.model.upper, high), np.append(self.model.lower, low))
        there = np.isfinite(limit) & np.isfinite(price)
        price, limit = np.where(there, price, 0.0), np.where(there, limit, 0.0)
        beyond = self.model.cost - self.model.matrix.T @ price[:-1] - extra.coef * price[-1]
        beyond_rows = float(np.maximum(beyond, 0.0) @ self.model.column_upper)
        bound = whole_bound(float(price @ limit) + beyond_rows + self.model.ease)
        assert bound is not None  # every number in it is finite
        return bound


def open_limits(extra: Extra) -> tuple[float, float]:
    return (-np.inf if extra.lower <= -NO_LIMIT else extra.lower, np.inf if extra.upper >= NO_LIMIT else extra.upper)


def forced_row(problem: Problem, options: np.ndarray | list[int], funded: bool) -> Extra:
    """One of these options (positions) is funded, or none."""
    coef = np.zeros(problem.width, dtype=np.int64)
    coef[options] = 1
    return Extra(coef, lower=1) if funded else Extra(coef, upper=0)
