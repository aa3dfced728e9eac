"""Which kabupaten a feature is: by a code of Kemendagri or BPS or by its name, whatever the column, or by its place."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.tables.places import letters

CODE = re.compile(r"(\d{2})[. -]?(\d{2})([. -]?\d{2,3})?([. -]?\d{3,4})?")  # and what is finer, which we do not need
DIGITS = (4, 6, 7, 10)  # of a kabupaten, of a kecamatan (Kemendagri, BPS), of a desa
NEAR = 0.9  # a reading that places nine tenths of what the best one places is as good
Seen = set[tuple[int, str]]  # (feature, kode of a kabupaten whose point lies inside it)


@dataclass(frozen=True)
class Reading:
    """A way to read a layer: ``kode`` per feature ('' where it names none), ``by`` kemendagri | bps | name | place."""

    by: str
    column: str
    kode: np.ndarray
    filled: int  # features that hold anything there
    placed: int  # features that hold the own point of the kabupaten they name

    @property
    def count(self) -> int:
        return int((self.kode != "").sum())

    @property
    def plausible(self) -> bool:
        """Whether most of what the column holds names a kabupaten: a running number or a postcode does not."""
        return self.count > 0 and 2 * self.count >= self.filled


def best_reading(columns: pd.DataFrame, kabupaten: pd.DataFrame, seen: Seen) -> Reading | None:
    """The reading that puts most kabupaten where they are; where several do, a code before a name before the place.

    Most codes exist both with Kemendagri and with BPS, for different kabupaten: only the place tells which is meant.
    """
    found = [reading for reading in readings(columns, kabupaten, seen) if reading.plausible]
    most = max((reading.placed for reading in found), default=0)
    good = [reading for reading in found if reading.placed >= NEAR * most]
    return max(good, key=lambda r: (r.by not in ("name", "place"), r.by == "name", r.placed, r.count), default=None)


def readings(columns: pd.DataFrame, kabupaten: pd.DataFrame, seen: Seen) -> Iterator[Reading]:
    """Every column read as each kind of code and as names, and every feature by the one point that lies in it."""
    kode, names, provinces = kabupaten["kode"], kabupaten["nama"].map(letters), set(kabupaten["provinsi"].map(letters))
    bare = names.str.replace("^(?:kabupaten|kota)", "", regex=True)
    ways = {
        "kemendagri": (code_of, by_key(zip(kode.map(code_of), kode, strict=True))),
        "bps": (code_of, by_key(zip(kabupaten["kode_bps"], kode, strict=True))),
        "name": (letters, by_key([*zip(names, kode, strict=True), *zip(bare, kode, strict=True)])),
    }
    for name, column in columns.items():
        for by, (read, known) in ways.items():
            keys = each(column, read)
            if by != "name" or 2 * sum(key in provinces for key in keys) < len(keys):  # Jambi is a kota, too
                fits = [known.get(key, set()) for key in keys]
                yield reading(by, str(name), fits, int(column.notna().sum()), seen)
    inside = by_key(seen)
    yield reading("place", "", [inside.get(row, set()) for row in range(len(columns))], len(columns), seen)


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
