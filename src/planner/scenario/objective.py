"""A goal as numbers over the columns of a problem: what is added up, what is lacking to targets, what is smallest."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from scipy import sparse


@dataclass(frozen=True)
class Lack:
    """Whole-number rows over columns of which each unit below ``least`` costs ``price`` parts of a point.

    ``scale``: by how much a solver divides each row.
    """

    rows: sparse.csr_array
    least: np.ndarray
    price: list[Fraction]
    scale: np.ndarray

    def below(self, x: np.ndarray) -> list[int]:
        """What each row lacks; 0 where it has enough."""
        return [max(0, int(by)) for by in self.least - self.rows @ x]

    def paid(self, x: np.ndarray) -> Fraction:
        return sum((p * by for p, by in zip(self.price, self.below(x), strict=True) if by), Fraction(0))


@dataclass(frozen=True)
class Aim:
    """``cost x``, less the price of what each row of each ``lacks`` is short of, plus the smallest row of ``smallest``.

    In parts of a point (int64), x in whole numbers. It is concave: a solver gets it with helper columns, and a plane
    that touches it anywhere lies nowhere below it. ``per``: the parts of a point; ``slack``: those that a sum may lack
    to a whole point (two halves of a line, each rounded, are still the line).
    """

    cost: np.ndarray
    lacks: tuple[Lack, ...] = ()
    smallest: sparse.csr_array | None = None
    per: int = 1
    slack: int = 0

    @property
    def plain(self) -> bool:
        """Whether a sum over columns says it all."""
        return not self.lacks and self.smallest is None

    @property
    def whole(self) -> bool:
        """Whether whole numbers x always give a whole number of parts."""
        return all(price.denominator == 1 for lack in self.lacks for price in lack.price)

    def points(self, x: np.ndarray) -> int:
        """What x is worth in whole points."""
        return self.whole_points(self.parts(x))

    def whole_points(self, parts: int | Fraction) -> int:
        """Parts of a point and the ``slack``, rounded down once."""
        return int((parts + self.slack) // self.per)

    def least_parts(self, points: int) -> int:
        """The fewest parts that are so many whole points."""
        return points * self.per - self.slack

    def parts(self, x: np.ndarray) -> Fraction:
        """What x is worth, exactly."""
        own = int(self.cost @ x) + (0 if self.smallest is None else int((self.smallest @ x).min()))
        return own - sum((lack.paid(x) for lack in self.lacks), Fraction(0))

    def plane(self, x: np.ndarray) -> tuple[list[Fraction], Fraction]:
        """(coefficients, constant) of a plane that is nowhere below the worth in parts and touches it at x.

        The coefficients are a supergradient of the worth, which is concave (Rockafellar, *Convex Analysis*, 1970).
        """
        coef, constant = [Fraction(int(c)) for c in self.cost], Fraction(0)
        rows = [] if self.smallest is None else [(self.smallest, int((self.smallest @ x).argmin()), Fraction(1))]
        for lack in self.lacks:
            for row, by in enumerate(lack.below(x)):
                if by:
                    rows.append((lack.rows, row, lack.price[row]))
                    constant -= lack.price[row] * int(lack.least[row])
        for matrix, row, factor in rows:
            for k in range(matrix.indptr[row], matrix.indptr[row + 1]):
                coef[matrix.indices[k]] += factor * int(matrix.data[k])
        return coef, constant

    @cached_property
    def rows(self) -> sparse.csr_array:
        """Everything beside ``cost`` that is added up: the rows of ``smallest``, then of every lack."""
        own = [] if self.smallest is None else [self.smallest]
        return sparse.vstack([*own, *(lack.rows for lack in self.lacks)], format="csr")

    def near(self, own: np.ndarray, sums: np.ndarray) -> np.ndarray:
        """Parts as floats from sums of ``cost`` and, on the last axis, ``rows``: to find equals, not to prove them."""
        start = 0 if self.smallest is None else self.smallest.shape[0]
        worth = own + (sums[..., :start].min(axis=-1) if start else 0)
        for lack in self.lacks:
            end = start + len(lack.least)
            price = np.array([float(p) for p in lack.price])
            worth, start = worth - np.maximum(lack.least - sums[..., start:end], 0.0) @ price, end
        return worth

    def reach(self, upper: np.ndarray) -> Fraction:
        """No choice is worth more than this many parts, nor less than as many below 0."""
        reach = Fraction(int(np.abs(self.cost) @ upper))
        reach += 0 if self.smallest is None else int((abs(self.smallest) @ upper).min())
        for lack in self.lacks:
            most = abs(lack.rows) @ upper
            reach += sum(p * (abs(int(b)) + int(m)) for p, b, m in zip(lack.price, lack.least, most, strict=True))
        return reach


def aim_of(cost: np.ndarray | Aim) -> Aim:
    """Parts per column as what they add up to."""
    return cost if isinstance(cost, Aim) else Aim(cost)
