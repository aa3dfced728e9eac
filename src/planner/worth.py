"""What the columns of a problem are worth: goals in whole points, and what rules that may be missed take off them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from scipy import sparse

from planner.aims import Aim, Lack, aim_of
from planner.errors import PlannerError
from planner.goals import points
from planner.lines import contribution_shares, full
from planner.messages import say
from planner.options import Options
from planner.rows import NO_LIMIT
from planner.scenario import Scenario
from planner.units import MICRO, half_up

FINE = 10_000  # parts of a point that a line is counted in where it may be trimmed: 3,000 m2 may bring 2,000 points
MATERIAL_POINTS = 200  # of the 2e5 to 2e6 that a goal is counted in: at most a thousandth


@dataclass(frozen=True)
class Worth:
    """The half of a ``Problem`` that speaks of goals; its fields are told there.

    ``micros[k]``: goal k's column per option (1e-6).
    """

    options: Options
    scenario: Scenario
    matrix: sparse.csr_array
    row_lower: np.ndarray
    row_upper: np.ndarray
    row_scale: np.ndarray
    upper: np.ndarray
    parts: tuple

    @cached_property
    def full(self) -> sparse.csr_array:
        """Row i: the columns of option i at full volumes."""
        return full(self.options)

    @cached_property
    def micros(self) -> list[np.ndarray]:
        return [goal.micros(self.options) for goal in self.scenario.goals]

    @property
    def fine(self) -> int:
        """How many parts of a point a column's worth is counted in: 1, or ``FINE`` where lines may be trimmed."""
        return FINE if len(self.options.trimmable_lines) else 1

    @property
    def ease(self) -> int:
        """The parts that a sum may lack to a whole point: two halves of a line, each rounded, are still the line."""
        return self.fine // 100

    def worth(self, cost: np.ndarray | Aim, x: np.ndarray) -> int:
        """Whole points of a choice: what it is worth in parts and the ``ease``, rounded down once."""
        return int((aim_of(cost).parts(x) + self.ease) // self.fine)

    def goal(self, goal: int, point: int) -> Aim:
        """Goal ``goal`` in 1/``fine`` points of ``point`` x 1e-6, without the price of soft rules."""
        try:
            brings, column_option = self.goal_points(goal, point), self.options.column_option
            return self.scenario.goals[goal].aim(self.options, brings, column_option, point, self.fine)
        except OverflowError:
            raise PlannerError(say("errors.too_large")) from None

    def aim(self, goal: int, point: int) -> Aim:
        """What a solver maximises for a goal: of the first the price of soft rules is taken off."""
        own = self.goal(goal, point)
        return own if goal or not self.soft.any() else replace(own, lacks=(*own.lacks, *self.priced(point)))

    def priced(self, point: int) -> Iterator[Lack]:
        """What soft rows are below their lower and above their upper limits, at their price."""
        for limit, sign in ((self.row_lower, 1), (self.row_upper, -1)):
            rows = np.flatnonzero(self.soft & (np.abs(limit) < NO_LIMIT))
            if len(rows):
                labels = [str(row) for row in rows]
                price = [Fraction(self.row_price[row] or 0) * MICRO * self.fine / point for row in rows]
                yield Lack(labels, sign * self.matrix[rows], sign * limit[rows], price, self.row_scale[rows])

    def paid(self, goal: int, point: int, x: np.ndarray) -> tuple[int, int]:
        """A goal's whole points and how many of them the price of soft rules takes off."""
        own = self.worth(self.goal(goal, point), x)
        return own, own - self.worth(self.aim(goal, point), x)

    @cached_property
    def row_price(self) -> list[Fraction | None]:
        """What each whole unit beyond a row's limit costs in the first goal's unit; None: it must hold."""
        return [part.rows.price for part in self.parts for _ in part.rows.labels]

    @cached_property
    def soft(self) -> np.ndarray:
        return np.array([price is not None for price in self.row_price], dtype=bool)

    def goal_points(self, goal: int, point: int) -> np.ndarray:
        """What each column brings to its group of goal ``goal``, in 1/``fine`` points of ``point`` x 1e-6.

        ``round(g x share x fine / point)``, half up. A line's share of its option's value is its ``bobot`` where given,
        else its cost share. Where parts of a point are counted, an option at full volumes still brings whole points:
        ``fund`` takes the rounding.
        """
        micros, per = self.in_points(goal, point)
        coefficients = np.zeros(len(self.upper), dtype=np.int64)
        if len(self.upper) == len(micros):
            coefficients[:] = (2 * micros + per) // (2 * per)
        else:
            column, option, share = self.shares
            coefficients[column] = points(micros[option], share * self.fine, per[option])
        if self.fine > 1:
            whole = points(micros, np.full(len(micros), Fraction(1)), per)
            coefficients[: len(micros)] += whole * self.fine - self.full @ coefficients
        return coefficients

    def in_points(self, goal: int, point: int) -> tuple[np.ndarray, np.ndarray]:
        """The points of each option as numerators and denominators."""
        micros, per = self.scenario.goals[goal].in_points(self.options, self.micros[goal], point)
        return micros, np.broadcast_to(np.asarray(per), len(micros))

    def rounding(self, goal: int, point: int) -> int:
        """How many points the rounding per unit may hide on lines of very many units; 0 below ``MATERIAL_POINTS``.

        What is proven of the points is not proven of the column, so the bound grows by this much.
        """
        if len(self.upper) == len(self.options):
            return 0
        column, option, share = self.shares
        (micros, per), hidden = self.in_points(goal, point), Fraction(0)
        for c, o, s in zip(column, option, share, strict=True):
            worth = int(micros[o]) * s * self.fine / int(per[o])
            error = abs(half_up(worth.numerator, worth.denominator) - worth) * int(self.upper[c])
            hidden += error / self.fine if error > self.fine else 0
        return -(-hidden.numerator // hidden.denominator) if hidden > MATERIAL_POINTS else 0

    def goal_micros(self, goal: int) -> np.ndarray:
        """Goal ``goal`` per column in 1e-6, as floats: for its size, never for a decision."""
        micros, values = self.micros[goal].astype(float), np.zeros(len(self.upper))
        if len(self.upper) == len(micros):
            return micros
        column, option, share = self.shares
        values[column] = micros[option] * share.astype(float)
        return values

    @cached_property
    def shares(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Per contribution: column, option, and the Fraction of the option's value that one unit of it brings."""
        return contribution_shares(self.options)
