"""What is wrong or doubtful in a table, as a record that sentences, marks in a workbook and tests share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from planner.base.errors import shown
from planner.base.messages import say

Level = Literal["error", "warning"]
LIMIT = 1_000  # findings of a level that a table keeps; the others are counted


@dataclass(frozen=True)
class Finding:
    """One problem with its place: ``error`` blocks, ``warning`` never does."""

    table: str
    file: str  # the file's name
    sheet: str  # "" for CSV
    row: int | None  # as the planner's program numbers it; None: the whole table or column
    column: str  # the header's name; "": the whole row or table
    value: str  # as it stands
    remedy: str  # what is wrong and what to do, in the language in force when it was found
    level: Level = "error"

    def sentence(self) -> str:
        """Place, value and remedy in one line: 'usulan.csv baris 2, kolom kode = '5104': ...'."""
        place = one_line(self.file)
        place = say("tables.sheet", file=place, sheet=shown(self.sheet)) if self.sheet else place
        if self.row is not None:
            place = say("tables.row", place=place, row=self.row)
        if self.column:
            place = say("tables.column", place=place, column=one_line(self.column))
        if self.row is not None and self.column:
            place = f"{place} = {shown(self.value)}"
        return f"{place}: {self.remedy}"


def one_line(name: str) -> str:
    """A header as it may stand in a sentence."""
    return name if name.isprintable() and len(name) <= 60 else shown(name)


def spans(rows: Iterable[int], most: int = 20) -> str:
    """Row numbers for people: [3, 5, 6, 7] -> '3, 5-7'."""
    found: list[list[int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    texts = [str(a) if a == b else f"{a}-{b}" for a, b in found]
    return ", ".join(texts[:most]) + (" ..." if len(texts) > most else "")


@dataclass
class Findings:
    """The findings of one table while it is checked; beyond ``LIMIT`` of a level they are only counted."""

    table: str
    file: str
    sheet: str = ""
    kept: list[Finding] = field(default_factory=list)
    counts: dict[Level, int] = field(default_factory=lambda: {"error": 0, "warning": 0})

    def add(
        self, remedy: str, row: int | None = None, column: str = "", value: object = "", level: Level = "error"
    ) -> None:
        self.add_all([(row, value)], column, lambda *_: remedy, level)

    def add_all(
        self, places: Iterable[tuple[int | None, object]], column: str, remedy: Callable[..., str],
        level: Level = "error",
    ) -> None:  # fmt: skip
        """A finding for each (row, value); ``remedy(row, value)`` is asked only for those that are kept."""
        for row, value in places:
            self.counts[level] += 1
            if self.counts[level] <= LIMIT:
                self.kept.append(
                    Finding(self.table, self.file, self.sheet, row, column, str(value), remedy(row, value), level)
                )

    def in_order(self, columns: Iterable[str] = ()) -> list[Finding]:
        """By row, then by place of the column; last, per level, how many more there are."""
        place = {name: i for i, name in enumerate(columns)}
        first = sorted(self.kept, key=lambda f: (f.row or 0, place.get(f.column, -1)))
        more = {level: count - LIMIT for level, count in self.counts.items() if count > LIMIT}
        return first + [
            Finding(self.table, self.file, self.sheet, None, "", "", say("tables.more", count=count), level)
            for level, count in more.items()
        ]
