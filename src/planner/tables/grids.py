"""A table as it stands in a file: cells as text with the places that the planner's own program shows."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from planner.base.errors import shown
from planner.base.messages import say
from planner.tables.cells import Kind, trim
from planner.tables.findings import Findings, Level
from planner.tables.remarks import remarks
from planner.tables.schemas import column_meant, columns_of, optional

ROW_LIMIT, COLUMN_LIMIT = 1_000_000, 500
TITLES = 20  # rows that may stand above the header


class Broken(ValueError):
    """A file that gives no table; the argument is the remedy, with a place where one is known."""

    def __init__(self, remedy: str, row: int | None = None, column: str = "", value: str = ""):
        super().__init__(remedy)
        self.row, self.column, self.value = row, column, value


class Unfilled(Broken):
    """A table with its header and no row yet."""


class Blank(Broken):
    """A file or sheet that holds nothing at all."""


@dataclass
class Grid:
    """A table as it stands in a file.

    ``text``: cells as text, '' where empty; index: row numbers of the file; columns: header names, known ones folded.
    ``at``: where each column stands in the file, from 0. ``exact``: True where Excel held a number, which needs no
    convention. ``decimal``: the sign that the file's kind suggests. ``kinds``: of every column, once they are read.
    ``told``: cells and ``lost``: rows that have their finding already. ``header``: the row number of the header.
    """

    name: str
    findings: Findings
    text: pd.DataFrame
    sha256: str
    header: int = 0
    at: list[int] = field(default_factory=list)
    decimal: str | None = None
    exact: np.ndarray | None = None
    kinds: dict[str, Kind] = field(default_factory=dict)
    told: set[tuple[int, str]] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Read:
    """A grid and the plain text of its cells; rows of both are the same."""

    grid: Grid
    plain: pd.DataFrame

    def tell(self, wrong: pd.Series, column: str, remedy: Callable[[int], str], level: Level = "error") -> None:
        """A finding for each row where ``wrong``; ``remedy`` is asked with the row's number."""
        grid = self.grid
        rows = [row for row in wrong.index[wrong] if row not in grid.lost and (row, column) not in grid.told]
        values = grid.text[column] if column in grid.text else dict.fromkeys(rows, "")
        grid.findings.add_all(((row, values[row]) for row in rows), column, lambda row, _: remedy(row), level)

    def texts(self, column: str) -> pd.Series:
        """The column's plain texts, all '' where it is absent."""
        return self.plain[column] if column in self.plain else pd.Series("", index=self.plain.index, dtype="str")

    def numbers(self, column: str) -> pd.Series:
        """The column as float64, missing where empty or refused."""
        return pd.to_numeric(self.texts(column), errors="coerce").astype("float64")


def tell(grid: Grid, column: str, cells: pd.Series, remedy: str) -> None:
    """A finding for each of these cells; what they hold counts as empty from here on."""
    grid.findings.add_all(cells.items(), column, lambda *_: remedy)
    grid.told |= {(row, column) for row in cells.index}
    grid.text.loc[cells.index, column] = ""


def frame_grid(name: str, findings: Findings, records: list[tuple[int, list[str]]], sha256: str) -> Grid:
    """Header and rows as a grid; rows of another length are told, surplus cells only where something stands in them.

    Titles above the header, and rows around the data that are none, are passed over with a warning.
    """
    at = header_at([record for _, record in records[: TITLES + 1]], name)
    if at:
        findings.add(say("tables.above_header", row=records[at][0], count=at), level="warning")
        records = records[at:]
    if len(records) < 2:
        raise (Unfilled if records else Blank)(say("tables.empty"))
    if len(records) > ROW_LIMIT + 1:
        raise Broken(say("tables.too_many_rows", limit=ROW_LIMIT))
    names = header_names(records[0][1], name)
    width = len(names)
    if width > COLUMN_LIMIT:
        raise Broken(say("tables.too_many_columns", limit=COLUMN_LIMIT))
    records = [records[0], *without_remarks(findings, records[1:], names, name)]
    if len(records) < 2:
        raise Unfilled(say("tables.empty"))
    lost = ragged_rows(findings, records[1:], width)
    rows = [(record + [""] * (width - len(record)))[:width] for _, record in records[1:]]
    kept = named_columns(findings, names, rows)
    text = pd.DataFrame(rows, index=[row for row, _ in records[1:]], dtype="str").iloc[:, kept]
    text.columns = [names[i] for i in kept]
    return Grid(name, findings, text, sha256, header=records[0][0], at=kept, lost=lost)


def without_remarks(
    findings: Findings, records: list[tuple[int, list[str]]], names: list[str], name: str
) -> list[tuple[int, list[str]]]:
    keys = [column for column in key_columns(name) if column in names]
    found = remarks(records, names, keys) if len(keys) > 1 else {}
    for row, kind in found.items():
        about = say(f"tables.remarks.{kind}")
        findings.add(say("tables.passed_over", kind=about, columns=", ".join(keys)), row, level="warning")
    return [record for record in records if record[0] not in found]


def key_columns(name: str) -> list[str]:
    """The columns of text that every row of data fills."""
    return [column for column, kind in columns_of(name).items() if kind.dtype == "str" and column not in optional(name)]


def header_at(rows: Sequence[Sequence[str]], name: str) -> int:
    """Which of the first rows is the header: the first that looks like one, else the first."""
    return next((i for i, row in enumerate(rows[: TITLES + 1]) if is_header(row, name)), 0)


def is_header(cells: Iterable[str], name: str) -> bool:
    """Whether a row names at least half of the columns that the table must have."""
    needed = columns_of(name).keys() - optional(name)
    return 2 * len(needed & set(header_names(cells, name))) >= len(needed)


def ragged_rows(findings: Findings, records: list[tuple[int, list[str]]], width: int) -> set[int]:
    """The rows of another length; blank cells beyond the header don't count."""
    lost = set()
    for row, record in records:
        if len(record) != width and (len(record) < width or any(map(trim, record[width:]))):
            findings.add(say("tables.ragged", cells=len(record), expected=width), row)
            lost.add(row)
    return lost


def named_columns(findings: Findings, names: list[str], rows: list[list[str]]) -> list[int]:
    """The columns to read: a blank name over blank cells is passed over, over others told; a name stands once."""
    blank = [i for i, name in enumerate(names) if not name]
    for i in blank:
        if any(trim(row[i]) for row in rows):
            findings.add(say("tables.no_header", number=i + 1))
    twice = sorted(name for name, count in Counter(filter(None, names)).items() if count > 1)
    for name in twice:
        findings.add(say("tables.column_twice", column=shown(name)))
    if twice:
        raise Broken("")
    return [i for i, name in enumerate(names) if name]


def header_names(header: Iterable[str], name: str) -> list[str]:
    """Column names: trailing blank ones dropped, known ones told in spite of case, blanks and punctuation.

    Beside a column that stands by its very name, one that differs from it by punctuation is the planner's own.
    """
    known = columns_of(name)
    names = [trim(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    first = [re.sub(r"\s+", "_", cell.casefold()) for cell in names]
    free = known.keys() - set(first)
    return [
        one if one in known else other if (other := column_meant(cell, name)) in free else cell
        for one, cell in zip(first, names, strict=True)
    ]
