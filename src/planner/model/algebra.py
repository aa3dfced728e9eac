"""The rows of a problem to look at: algebra with the names that people know, money in juta rupiah."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from scipy import sparse

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import say
from planner.model.options import Options
from planner.scenario.rows import NO_LIMIT, RowName

TERMS = 4  # of a row that are written out
JUTA_DIGITS = 6  # of rupiah that stand after the point


class Text(str):
    """Text that a prompt shows as it is."""

    __repr__ = str.__str__


@dataclass(frozen=True, eq=False)
class Algebra:
    """``rows["SpendBand[Aceh, 2028]"]`` -> ``SpendBand[Aceh, 2028]: +9 200 fund[11.03-pembangunan] + ... <= 31 600``.

    ``titles``, ``families``, ``columns``: what each row, its family and each column are called; ``money``: which rows
    are in rupiah.
    """

    titles: list[str]
    families: list[str]
    columns: list[str]
    matrix: sparse.csr_array
    lower: np.ndarray
    upper: np.ndarray
    money: np.ndarray

    def __len__(self) -> int:
        return len(self.titles)

    def __iter__(self) -> Iterator[Text]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, key: str | int) -> Text:
        """A row by its number or title; a group may be named with its column (``provinsi=Aceh``).

        Raises PlannerError with the nearest right title.
        """
        row = self.row_of(key) if isinstance(key, str) else range(len(self))[key]
        low, high = int(self.lower[row]), int(self.upper[row])
        below, above = low > -NO_LIMIT, high < NO_LIMIT
        left = f"{self.figure(row, low)} <= " if below and above and low < high else ""
        sense, limit = ("=", high) if low == high else ("<=", high) if above else (">=", low)
        return Text(f"{self.titles[row]}: {left}{self.terms(row)} {sense} {self.figure(row, limit)}")

    def first_of_each(self) -> Iterator[str]:
        """The first row of each family, and how many more there are."""
        for family, count in Counter(self.families).items():
            yield self[self.families.index(family)] + f"   ({count - 1} more)" * (count > 1)

    def row_of(self, title: str) -> int:
        plain = re.sub(r"(?<=\[)\w+=", "", title)
        known = {name: row for row, name in enumerate(self.titles)}
        if title not in known and plain not in known:
            raise PlannerError(
                say("errors.unknown", kind=say("words.row"), name=shown(title), hint=hint(plain, self.titles))
            )
        return known.get(title, known.get(plain, -1))

    def terms(self, row: int) -> str:
        """The first of what a row adds up, and how many more there are."""
        part = slice(self.matrix.indptr[row], self.matrix.indptr[row + 1])
        entries = zip(self.matrix.indices[part].tolist(), self.matrix.data[part].tolist(), strict=True)
        pairs = sorted((column, coef) for column, coef in entries if coef)
        texts = [f"{self.figure(row, coef, '+')} {self.columns[column]}" for column, coef in pairs[:TERMS]]
        return " ".join(texts + [f"+ ... ({len(pairs) - TERMS} more)"] * (len(pairs) > TERMS)) or "0"

    def figure(self, row: int, value: int, sign: str = "") -> str:
        """``9_200_500_000`` of a row in rupiah -> ``'9 200.5'``."""
        exact = Decimal(value).scaleb(-JUTA_DIGITS * int(self.money[row]))
        text = f"{exact:{sign},f}".replace(",", " ")
        return text.rstrip("0").rstrip(".") if "." in text else text


def row_titles(options: Options, rows: Sequence[tuple[str, RowName]], lines: str) -> list[str]:
    """``SpendBand[Aceh, 2028]``: what people call each (family, row); this alone names a row for them.

    A row has its bound only where another row is called alike, and its rule's number only where that does not do. Rows
    of the family ``lines`` speak of options by their positions.
    """
    called: list[tuple[str, ...]] = []
    for family, name in rows:
        kind = family.partition(":")[0]
        group = option_title(options, int(name.group)) if family == lines and name.group else name.group
        parts = group, name.ta, name.part
        called.append((title(kind, parts), title(kind, (*parts, name.bound)), title(family, (*parts, name.bound))))
    counts = Counter(short for names in called for short in set(names))
    return [next((name for name in names if counts[name] == 1), names[-1]) for names in called]


def title(family: str, parts: Sequence[object]) -> str:
    """``SpendBand[Aceh, 2028]``; what is None is not said."""
    said = ", ".join(str(part) for part in parts if part is not None)
    return f"{family}[{said}]" if said else family


def column_titles(options: Options) -> list[str]:
    """``fund[11.03-pembangunan]``, ``qty[11.03-pembangunan, 2]``: with the year where there are several."""
    columns, name = options.columns, options.lines["rincian_id"]
    option = [option_title(options, i) for i in range(len(options))]
    lines = {"on": columns.on_lines, "qty": columns.qty_lines}
    return [title("fund", [one]) for one in option] + [
        title(kind, [option[columns.line_option[i]], name.iat[i]]) for kind, own in lines.items() for i in own
    ]


def option_title(options: Options, option: int) -> str:
    usulan, ta = options.table["usulan_id"].iat[option], options.ta[option]
    return f"{usulan}, {ta}" if len(options.years) > 1 else str(usulan)
