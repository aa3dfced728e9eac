"""What rules are made of for the solver and the check: named linear rows over whole-number decisions."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

NO_LIMIT = 2**62  # stands for "no bound" in int64 limits


@dataclass(frozen=True)
class RowName:
    """What one row of a family speaks of; as text, its parts joined by colons: ``Aceh:2028:max_share``.

    ``group``: the value of a column, a kabupaten, a sentra or an usulan; ``ta``: the fiscal year; ``part``: which line
    or sentra of the group; ``bound``: which limit. None: the row speaks of no one such thing.
    """

    group: str | None = None
    ta: int | None = None
    part: str | None = None
    bound: str | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.group, self.ta, self.part, self.bound) if part is not None)

    def plain(self) -> dict[str, str | int | None]:
        """What a plan file holds of it, beside the whole text."""
        return {"group": self.group, "ta": self.ta, "bound": self.bound}


@dataclass(frozen=True)
class Term:
    """``coef[i]`` times decision ``over[i]``, added into row ``row[i]`` of its family.

    ``what`` is ``fund`` (0/1), ``amount`` (rupiah), both over options, or ``on`` (0/1), ``qty`` (units), both over
    lines; arrays are int64 of one length.
    """

    what: str
    over: np.ndarray
    row: np.ndarray
    coef: np.ndarray


@dataclass(frozen=True)
class Rows:
    """A family of rows with one meaning: ``lower[i] <= terms in row i <= upper[i]``, named ``labels[i]``.

    ``price``: None where they must hold; else what each whole unit beyond a limit costs in the first goal's own unit.
    """

    labels: list[RowName]
    terms: tuple[Term, ...]
    lower: np.ndarray
    upper: np.ndarray
    price: Fraction | None = None


def limits(count: int, lower: int | None = None, upper: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The same two limits for ``count`` rows; ``None`` is no limit."""
    return (
        np.full(count, -NO_LIMIT if lower is None else lower, dtype=np.int64),
        np.full(count, NO_LIMIT if upper is None else upper, dtype=np.int64),
    )


@dataclass(frozen=True)
class Lifted:
    """What no rows over decisions alone can say, as rows over decisions and helper columns: for solvers, never a check.

    Some helpers (real numbers from 0 to ``helper_upper``) meet the rows exactly when the decisions are legal. ``terms``
    as in ``Rows``, with coefficients of any kind and ``what`` also ``helper``; limits are floats, in a solver's scale.
    """

    labels: list[str]
    terms: tuple[Term, ...]
    lower: np.ndarray
    upper: np.ndarray
    helpers: list[str]
    helper_upper: np.ndarray


@dataclass(frozen=True)
class Cut:
    """``coef x decisions <= upper`` in whole numbers of any size; ``what`` and ``over`` as in ``Term``."""

    what: str
    over: np.ndarray
    coef: list[int]
    upper: int


@dataclass(frozen=True)
class Measure:
    """What a rule measures of decisions, in whole numbers of any size: legal when ``lower <= activity <= upper``."""

    label: RowName
    activity: int
    lower: int | None = None
    upper: int | None = None

    @property
    def limit(self) -> int | None:
        """The limit that people read: the upper one, else the lower one."""
        return self.lower if self.upper is None else self.upper

    def of_whole(self, whole: int, share: Fraction) -> tuple[float, float] | None:
        """A row ``q x part - p x whole`` as shares (0-1), reached and p/q; None where the whole is nothing."""
        return (float(share) + self.activity / (share.denominator * whole), float(share)) if whole else None

    @property
    def excess(self) -> int:
        """By how much a limit is passed; 0 when both hold."""
        over = 0 if self.upper is None else self.activity - self.upper
        under = 0 if self.lower is None else self.lower - self.activity
        return max(over, under, 0)


@dataclass(frozen=True)
class Decisions:
    """A plan as whole numbers: ``fund`` (0/1) and ``amount`` (rupiah) per option, ``qty`` per line (0 = left out)."""

    fund: np.ndarray
    amount: np.ndarray
    qty: np.ndarray


@dataclass(frozen=True)
class Excess:
    """A row that does not hold: by how much, in the row's own whole units."""

    label: RowName
    by: int


def line_names(options, lines: np.ndarray, bound: str | None = None) -> list[RowName]:
    """Of each line: its usulan, year and rincian."""
    table, own = options.table, options.line_option[lines]
    parts = (table["usulan_id"].iloc[own], options.ta[own].tolist(), options.lines["rincian_id"].iloc[lines])
    return [RowName(usulan, ta, rincian, bound) for usulan, ta, rincian in zip(*parts, strict=True)]


def option_names(options, positions: np.ndarray, bound: str | None = None) -> list[RowName]:
    """Of each option: its usulan and year."""
    parts = options.table["usulan_id"].iloc[positions], options.ta[positions].tolist()
    return [RowName(usulan, ta, bound=bound) for usulan, ta in zip(*parts, strict=True)]


def yearly(options, key: pd.Series) -> tuple[np.ndarray, list[RowName]]:
    """Each option's group number and the groups' names, in order of the text, where a value in a year is a group."""
    codes, _ = pd.factorize(key.astype("str") + ":" + pd.Series(options.ta).astype("str"), sort=True)
    first = np.unique(codes, return_index=True)[1]
    parts = zip(key.iloc[first], options.ta[first].tolist(), strict=True)
    return codes.astype(np.int64), [RowName(str(group), ta) for group, ta in parts]
