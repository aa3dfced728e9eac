"""A sheet becomes a grid, and what a sheet can hide is told: formulas, errors, merged and hidden cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.base.messages import say
from planner.tables.cells import trim
from planner.tables.excel_files import DAY, ERROR, FORMULA, NUMBER, Cell, Workbook, rows_of
from planner.tables.findings import LIMIT, Findings
from planner.tables.grids import TITLES, Grid, frame_grid, is_header, tell

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet


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

    def take(self, number: int, cells: list[Cell]) -> None:
        """Keep a row unless it is blank or a comment, whose first filled cell begins with '#'."""
        first = next((trim(text) or what for _, text, what, _ in cells if trim(text) or what == ERROR), "#")
        if str(first).startswith("#"):
            return
        self.measure(cells)
        record, numbers = [""] * self.width, bytearray(self.width)
        for column, text, what, formula in cells:
            if column >= self.width:
                if trim(text):
                    self.beyond.setdefault(column, number)
                continue
            record[column] = text
            numbers[column] = what == NUMBER
            if what in (DAY, FORMULA, ERROR):
                self.marked.append((number, column, what, formula or text))
        self.records.append((number, record))
        self.numbers.append(numbers)

    def measure(self, cells: list[Cell]) -> None:
        """The first row gives the width, and a header below titles gives it anew."""
        if self.headed or len(self.records) > TITLES:
            return
        self.headed = is_header((text for _, text, *_ in cells), self.name)
        if self.headed or not self.records:
            self.width, self.beyond = max(column for column, *_ in cells) + 1, {}


def sheet_grid(workbook: Workbook, sheet: Worksheet, name: str, findings: Findings) -> Grid:
    """The grid of a sheet; raises ``Broken``. It suggests no decimal sign: numbers typed as text may have any."""
    scan = Scan(name)
    for number, cells in rows_of(workbook, sheet):
        scan.take(number, cells)
    grid = frame_grid(name, findings, scan.records, workbook.sha256)
    numbers = np.frombuffer(b"".join(scan.numbers[-len(grid.text) :]), dtype=bool).reshape(len(grid.text), scan.width)
    grid.exact = numbers[:, grid.at]
    names = dict(zip(grid.at, grid.text.columns, strict=True))
    for column, row in scan.beyond.items():
        findings.add(say("tables.no_header", number=column + 1), row)
    tell_marked(grid, scan, names)
    tell_merged(grid, names, sheet)
    tell_hidden(grid, names, sheet)
    return grid


def tell_marked(grid: Grid, scan: Scan, names: dict[int, str]) -> None:
    """A formula is refused by name, its last value serves the other checks; an error value and a day are no id."""
    errors: dict[str, dict[int, str]] = {name: {} for name in names.values()}
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


def tell_merged(grid: Grid, names: dict[int, str], sheet: Worksheet) -> None:
    """A merged range has one value for many cells: it is named at its first cell inside the table."""
    header = grid.header
    for merged in sorted(sheet.merged_cells.ranges, key=lambda merged: (merged.min_row, merged.min_col))[:LIMIT]:
        columns = [name for at, name in names.items() if merged.min_col <= at + 1 <= merged.max_col]
        rows = grid.text.index[(grid.text.index >= merged.min_row) & (grid.text.index <= merged.max_row)]
        in_header = merged.min_row <= header <= merged.max_row
        if columns and (len(rows) or in_header):
            row = header if in_header else int(rows[0])
            value = columns[0] if in_header else grid.text.at[row, columns[0]]
            grid.findings.add(say("tables.remedy.merged", range=merged.coord), row, columns[0], value)
            grid.told |= {(r, column) for r in rows[:LIMIT] for column in columns}


def tell_hidden(grid: Grid, names: dict[int, str], sheet: Worksheet) -> None:
    """What is hidden counts all the same, and is named."""
    hidden = [column for column in sheet.column_dimensions.values() if column.hidden]
    columns = [name for at, name in names.items() if any(column.min <= at + 1 <= column.max for column in hidden)]
    folded = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    if rows := [row for row in grid.text.index if row in folded]:
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
