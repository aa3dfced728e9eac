"""A sheet becomes a grid, and what a sheet can hide is told: formulas, errors, merged and hidden cells."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from planner.base.messages import say
from planner.tables.cells import trimmed
from planner.tables.excel_files import DAY, ERROR, FORMULA, NUMBER, Workbook, rows_of
from planner.tables.findings import LIMIT, Findings
from planner.tables.grids import COLUMN_LIMIT, ROW_LIMIT, TITLES, Broken, Grid, framed, is_header, tell


@dataclass
class Scan:
    """What a sheet of table ``name`` holds, as it is walked through; columns count from 0.

    ``width``: cells of the header. ``beyond``: columns to the right of it that hold something, with their first row.
    """

    name: str
    width: int = 0
    headed: bool = False  # a row that looks like a header has been seen
    beyond: dict[int, int] = field(default_factory=dict)
    records: list[tuple[int, list[str]]] = field(default_factory=list)
    numbers: list[bytearray] = field(default_factory=list)  # per record: 1 where Excel holds a number
    marked: list[tuple[int, int, int, str]] = field(default_factory=list)  # row, column, DAY or FORMULA or ERROR, text
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[range] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # columns and rows, first and last

    def take(self, number: int, hidden: bool, cells: list[tuple[int, str, int, str]]) -> None:
        """Keep a row unless it is blank or a comment, whose first filled cell begins with '#'."""
        first = next((trimmed(text) or what for _, text, what, _ in cells if trimmed(text) or what == ERROR), "#")
        if str(first).startswith("#"):
            return
        self.measure(cells)
        record, numbers = [""] * self.width, bytearray(self.width)
        for column, text, what, formula in cells:
            if column >= self.width:
                if trimmed(text):
                    self.beyond.setdefault(column, number)
                continue
            record[column] = text
            numbers[column] = what == NUMBER
            if what in (DAY, FORMULA, ERROR):
                self.marked.append((number, column, what, formula or text))
        self.records.append((number, record))
        self.numbers.append(numbers)
        if hidden:
            self.hidden_rows.append(number)
        if len(self.records) > ROW_LIMIT + 1:
            raise Broken(say("tables.too_many_rows", limit=ROW_LIMIT))

    def measure(self, cells: list[tuple[int, str, int, str]]) -> None:
        """The first row gives the width, and a header below titles gives it anew."""
        if self.headed or len(self.records) > TITLES:
            return
        self.headed = is_header((text for _, text, *_ in cells), self.name)
        if self.headed or not self.records:
            self.width, self.beyond = max(column for column, *_ in cells) + 1, {}
            if self.width > COLUMN_LIMIT:
                raise Broken(say("tables.too_many_columns", limit=COLUMN_LIMIT))

    def note(self, tag: str, attributes: dict) -> None:
        """Hear of a ``col`` or ``mergeCell`` element."""
        if tag == "mergeCell":
            from openpyxl.utils import range_boundaries

            left, top, right, bottom = range_boundaries(attributes["ref"])
            self.merged.append((left - 1, top, right - 1, bottom))
        elif attributes.get("hidden") in ("1", "true"):
            self.hidden_columns.append(range(int(attributes["min"]) - 1, int(attributes["max"])))


def sheet_grid(workbook: Workbook, sheet, name: str, findings: Findings) -> Grid:
    """The grid of a sheet; raises ``Broken``. It suggests no decimal sign: numbers typed as text may have any."""
    scan = Scan(name)
    for number, hidden, cells in rows_of(workbook, sheet, scan.note):
        if cells:
            scan.take(number, hidden, cells)
    grid = framed(name, findings, scan.records, workbook.sha256)
    numbers = np.frombuffer(b"".join(scan.numbers[-len(grid.text) :]), dtype=bool).reshape(len(grid.text), scan.width)
    grid.exact = numbers[:, grid.at]
    names = dict(zip(grid.at, grid.text.columns, strict=True))
    for column, row in list(scan.beyond.items())[:COLUMN_LIMIT]:
        findings.add(say("tables.no_header", number=column + 1), row)
    tell_marked(grid, scan, names)
    tell_merged(grid, scan, names)
    tell_hidden(grid, scan, names, sheet)
    return grid


def tell_marked(grid: Grid, scan: Scan, names: dict[int, str]) -> None:
    """A formula is refused by name, its last value serves the other checks; an error value and a day are no id."""
    errors = {name: {} for name in names.values()}
    for row, column, what, text in scan.marked:
        if row < grid.header:
            continue
        if row == grid.header:
            grid.findings.add(say("tables.formula_header", number=column + 1), row)
        elif column in names and what == ERROR:
            errors[names[column]][row] = text
        elif column in names and (what == FORMULA or names[column].endswith("_id")):
            remedy = say("tables.remedy.formula" if what == FORMULA else "tables.remedy.id_date")
            grid.findings.add(remedy, row, names[column], text)
            grid.told.add((row, names[column]))
    for name, cells in errors.items():
        tell(grid, name, pd.Series(cells, dtype="str"), say("tables.remedy.error"))


def tell_merged(grid: Grid, scan: Scan, names: dict[int, str]) -> None:
    """A merged range has one value for many cells: it is named at its first cell inside the table."""
    header = grid.header
    for left, top, right, bottom in scan.merged[:LIMIT]:
        columns = [name for at, name in names.items() if left <= at <= right]
        rows = grid.text.index[(grid.text.index >= top) & (grid.text.index <= bottom)]
        if not columns or not (len(rows) or top <= header <= bottom):
            continue
        row = header if top <= header <= bottom else int(rows[0])
        value = columns[0] if row == header else grid.text.at[row, columns[0]]
        remedy = say("tables.remedy.merged", range=range_name(left, top, right, bottom))
        grid.findings.add(remedy, row, columns[0], value)
        grid.told |= {(r, column) for r in rows[:LIMIT] for column in columns}


def range_name(left: int, top: int, right: int, bottom: int) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(left + 1)}{top}:{get_column_letter(right + 1)}{bottom}"


def tell_hidden(grid: Grid, scan: Scan, names: dict[int, str], sheet) -> None:
    """What is hidden counts all the same, and is named."""
    columns = [name for at, name in names.items() if any(at in hidden for hidden in scan.hidden_columns)]
    rows = [row for row in scan.hidden_rows if row > grid.header]
    if rows:
        grid.findings.add(say("tables.hidden_rows", rows=spans(rows)), level="warning")
    if columns:
        grid.findings.add(say("tables.hidden_columns", columns=", ".join(columns)), level="warning")
    if sheet.sheet_state != "visible":
        grid.findings.add(say("tables.hidden_sheet"), level="warning")


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
