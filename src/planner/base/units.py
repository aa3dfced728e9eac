"""Rupiah, percentages and exact arithmetic: floats are shown, never decided upon."""

import math
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any, get_args

from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal

from planner.base.messages import language

MILIAR = 10**9
EXACT = 12  # decimals of a rupiah text that rounds nothing
MICRO = 10**6  # scores, chances, benefits and goal values are integers of 1e-6


class Unit(StrEnum):
    """What a number is, declared where its field is: ``Annotated[int, Unit.RUPIAH]``."""

    RUPIAH = "rupiah"
    SHARE = "share"  # 0-1, shown in percent
    NUMBER = "number"

    def text(self, value: float, lang: str | None = None) -> str:
        """A value of it for people, rounded."""
        if self == Unit.RUPIAH:
            return rupiah(int(value), lang)
        digits = 0 if value == int(value) else 2
        return percent(value, 1, lang) if self == Unit.SHARE else number(value, digits, lang)

    def stated(self, value: float, lang: str | None = None) -> str:
        """A value of it as a rule states it: short, and nothing rounded."""
        if self == Unit.RUPIAH:
            return rupiah(int(value), lang, EXACT)
        return percent(value, max(1, decimals(100 * value)), lang) if self == Unit.SHARE else as_written(value, lang)

    def exactly(self, value: float, lang: str | None = None) -> str:
        """A value of it with all its digits, for people."""
        if self == Unit.RUPIAH:
            return rupiah_full(int(value), lang)
        share = self == Unit.SHARE
        return percent(value, decimals(value * 100), lang) if share else number(value, decimals(value), lang)


def unit_of(model: Any, field: str) -> Unit:
    """The unit that a field of a pydantic model declares; a plain number where it declares none."""
    own = model.model_fields[field]
    return next((one for one in (*own.metadata, *annotated(own.annotation)) if isinstance(one, Unit)), Unit.NUMBER)


def annotated(kind: object) -> Iterator[object]:
    """What stands within a type, at any depth: of ``dict[str, Annotated[int, unit]]`` also the unit."""
    for part in get_args(kind):
        yield part
        yield from annotated(part)


def exact(number: float | int | str) -> Fraction:
    """The number as written: ``0.08`` -> 2/25, not the nearest binary fraction."""
    return Fraction(str(number))


def share_of(number: float) -> Fraction:
    """A share as it is meant: the fraction of a denominator up to 10,000 that the float stands for, else as written.

    ``1/3`` read as a float is 1/3 again, and ``0.1 + 0.2`` is 3/10.
    """
    near = Fraction(number).limit_denominator(10_000)
    return near if abs(float(near) - number) <= 2 * math.ulp(number) else exact(number)


def half_up(numerator: int, denominator: int = 1) -> int:
    """Round a quotient of integers half up; the denominator is above 0."""
    return (2 * numerator + denominator) // (2 * denominator)


@lru_cache(maxsize=50_000)  # other weights ask for the same criteria again
def micro(number: float | int | str) -> int:
    """A number as an integer of 1e-6, rounded half up: ``0.5`` -> ``500_000``."""
    value = exact(number) * MICRO
    return half_up(value.numerator, value.denominator)


def rupiah(amount_rp: int, lang: str | None = None, digits: int = 2) -> str:
    """Whole rupiah for screens: ``4_490_000_000`` -> ``'Rp 4,49 miliar'``; ``digits`` 12 rounds nothing."""
    lang = lang or language()
    return "Rp " + format_compact_decimal(int(amount_rp), format_type="long", locale=lang, fraction_digits=digits)


def rupiah_full(amount_rp: int, lang: str | None = None) -> str:
    """Whole rupiah for tables: ``4_490_000_000`` -> ``'Rp 4.490.000.000'``."""
    return "Rp " + number(int(amount_rp), lang=lang)


def number(value: float | int, digits: int = 0, lang: str | None = None) -> str:
    """A number with the language's separators: ``12.345`` -> ``'12,3'`` for ``digits=1``."""
    return separated(value or 0, digits, lang or language())


@lru_cache(maxsize=50_000)  # a desk writes the same thousands of numbers after every move
def separated(value: float | int, digits: int, lang: str) -> str:
    shape = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, format=shape, locale=lang)


def signed(value: float, write: Callable[..., str] = number) -> str:
    """A difference with its sign, a real minus; 0 has none: ``-39_450_000`` by ``rupiah`` -> ``'−Rp 39,45 juta'``."""
    return ("+" if value > 0 else "−" if value < 0 else "") + write(abs(value))


def as_written(value: float | int | Fraction, lang: str | None = None) -> str:
    """A number with as many decimals as it needs, at most nine: ``24.845`` -> ``'24,845'``."""
    whole = value if isinstance(value, Fraction) else exact(value)
    return number(float(value), next((d for d in range(9) if round(whole, d) == whole), 9), lang)


def date_text(iso: str, lang: str | None = None) -> str:
    """A date for people: ``'2028-03-31'`` -> ``'31 Maret 2028'``; what is no date stays as it is."""
    try:
        return format_date(date.fromisoformat(iso), "d MMMM y", locale=lang or language())
    except ValueError:
        return iso


def years_later(date: object, years: int) -> str:
    """A date (yyyy-mm-dd) so many years later; nothing stays nothing. No rule falls on 29 February."""
    return f"{int(date[:4]) + years}{date[4:]}" if isinstance(date, str) and date else ""


def percent(share: float | Fraction, digits: int = 1, lang: str | None = None) -> str:
    """A share 0..1 for people: ``0.305`` -> ``'30,5 %'``."""
    return number(float(share) * 100, digits, lang) + " %"


def fine_percent(share: float, lang: str | None = None) -> str:
    """A share with two decimals, a small one with four: ``0.00042`` -> ``'0,0420 %'``."""
    return percent(share, 2 if abs(share) >= 1e-3 or not share else 4, lang)


def gap_percent(share: float, lang: str | None = None) -> str:
    """A gap for people, never less than it is: ``0.00501`` -> ``'0,51 %'``; one below 0,01 % with six decimals."""
    digits = 2 if not share or share >= 1e-4 else 6
    return number(math.ceil(exact(share) * 100 * 10**digits) / 10**digits, digits, lang) + " %"


def decimals(value: int | float) -> int:
    """How many decimals a number is written with; at most nine."""
    exponent = Decimal(f"{value:.9f}").normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def share_text(value: int, whole: int, point: int, lang: str | None = None) -> str:
    """Points of a goal as a share of the whole: ``'0,50 %'``; where there is none, in the goal's unit.

    ``point``: 1e-6 units per point.
    """
    if not whole:
        return number(value * point / MICRO, 2, lang)
    return fine_percent(value / abs(whole), lang)
