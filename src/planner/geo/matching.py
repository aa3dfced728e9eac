"""Which kabupaten a feature is: by a code of Kemendagri or BPS or by its name, whatever the column, or by its place."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from planner.tables.places import KINDS, Gazetteer, letters

CODE = re.compile(r"(\d{2})[. -]?(\d{2})([. -]?\d{2,3})?([. -]?\d{3,4})?")  # and what is finer, which we do not need
DIGITS = (4, 6, 7, 10)  # of a kabupaten, of a kecamatan (Kemendagri, BPS), of a desa
NEAR = 0.9  # a reading that places nine tenths of what the best one places is as good
SYSTEMS = {"kemendagri": ("kemendagri", "kemendagri_2021"), "bps": ("bps", "bps_2020")}  # with the codes of before
Seen = set[tuple[int, str]]  # (feature, kode of a kabupaten whose point lies inside it)


@dataclass(frozen=True)
class Reading:
    """A way to read a layer: ``kode`` per feature ('' where it names none), ``by`` kemendagri | bps | name | place."""

    by: str
    column: str
    kode: np.ndarray
    filled: int  # features that hold anything there
    placed: int  # features that hold the own point of the kabupaten they name
    names: str = ""  # the column of names, where one is known
    otherwise: tuple[int, ...] = ()  # features that another column knows better

    @property
    def count(self) -> int:
        return int((self.kode != "").sum())

    @property
    def plausible(self) -> bool:
        """Whether most of what the column holds names a kabupaten: a running number or a postcode does not."""
        return self.count > 0 and 2 * self.count >= self.filled

    @property
    def trusted(self) -> bool:
        """Whether it may speak for single features: a code of numbers only where most of them lie where they should."""
        return self.by == "name" or (self.by != "place" and 2 * self.placed >= self.count)


def best_reading(columns: pd.DataFrame, known: Gazetteer, seen: Seen) -> Reading | None:
    """The reading that puts most kabupaten where they are; where several do, a code before a name before the place.

    Most codes exist both with Kemendagri and with BPS, for different kabupaten: only the place tells which is meant.
    Single features that it does not know, or not where they lie, are read by the other columns.
    """
    found = [reading for reading in readings(columns, known, seen) if reading.plausible]
    most = max((reading.placed for reading in found), default=0)

    def order(one: Reading) -> tuple:
        return one.placed >= NEAR * most, one.by not in ("name", "place"), one.by == "name", one.placed, one.count

    first = sorted(found, key=order, reverse=True)
    return mended(first[0], [other for other in first[1:] if other.trusted], seen) if first else None


def mended(best: Reading, others: list[Reading], seen: Seen) -> Reading:
    """The best reading with what the others know of features that it does not know, or that lie elsewhere."""
    kode, otherwise = best.kode.copy(), set[int]()
    for other in others:
        for row, (mine, theirs) in enumerate(zip(kode, other.kode, strict=True)):
            better = (row, theirs) in seen and (row, mine) not in seen
            if theirs and mine != theirs and (not mine or better):
                kode[row] = theirs
                otherwise.add(row)
    names = next((one.column for one in (best, *others) if one.by == "name"), "")
    return replace(best, kode=kode, names=names, otherwise=tuple(sorted(otherwise)))


def readings(columns: pd.DataFrame, known: Gazetteer, seen: Seen) -> Iterator[Reading]:
    """Every column read as each kind of code and as names, and every feature by the one point that lies in it."""
    codes = {
        by: by_key((code.replace(".", ""), kode) for system in systems for code, kode in known.codes[system].items())
        for by, systems in SYSTEMS.items()
    }
    kinds = kinds_of(columns)
    for name, column in columns.items():
        filled, keys = int(column.notna().sum()), each(column, code_of)
        for by, of in codes.items():
            yield reading(by, str(name), [of.get(key, set()) for key in keys], filled, seen)
        keys = each(column, letters)
        if 2 * sum(key in known.provinces_called for key in keys) < len(keys):  # Jambi is a kota, too
            named = zip(map(known.called.get, keys), kinds, strict=True)
            fits = [{k for k in fit or () if letters(known.names[k]).startswith(kind)} for fit, kind in named]
            yield reading("name", str(name), fits, filled, seen)
    inside = by_key(seen)
    yield reading("place", "", [inside.get(row, set()) for row in range(len(columns))], len(columns), seen)


def kinds_of(columns: pd.DataFrame) -> list[str]:
    """kabupaten or kota of each feature, from a column that says nothing else; '' where there is none."""
    for _, column in columns.items():
        found = each(column, letters)
        if any(found) and {*found} <= {*KINDS, ""}:
            return found
    return [""] * len(columns)


def by_key(pairs: Iterable[tuple]) -> dict[object, set[str]]:
    found: dict[object, set[str]] = defaultdict(set)
    for key, kode in pairs:
        found[key].add(kode)
    return dict(found)


def each(column: pd.Series, read: Callable[[object], str]) -> list[str]:
    """``read`` of every value, asked once per different value; '' where there is none."""
    answers = {value: read(value) for value in column.dropna().unique()}
    return [answers.get(value, "") if value == value else "" for value in column]


def reading(by: str, column: str, fits: list[set[str]], filled: int, seen: Seen) -> Reading:
    """Of several kabupaten that fit a feature the one that has its point there, else the one no other feature names."""
    near = [{kode for kode in fit if (row, kode) in seen} or fit for row, fit in enumerate(fits)]
    taken = {kode for fit in near if len(fit) == 1 for kode in fit}
    left = [fit if len(fit) == 1 else fit - taken for fit in near]
    kode = np.array([next(iter(fit)) if len(fit) == 1 else "" for fit in left], dtype=object)
    return Reading(by, column, kode, filled, sum(pair in seen for pair in enumerate(kode)))


def code_of(value: object) -> str:
    """Four digits of a code of a kabupaten or of anything inside it: ``"51.04.05"`` -> ``"5104"``; '' if it is none."""
    text = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value).strip()
    found = CODE.fullmatch(text)
    return found[1] + found[2] if found and sum(map(str.isdigit, text)) in DIGITS else ""
