"""A sheet becomes a grid, and what a sheet can hide is told: formulas, errors, merged and hidden cells."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from planner.base.messages import say
from planner.tables.cells import trim
from planner.tables.excel_files import DAY, ERROR, NUMBER, UNSAVED, Cell, Sheet, Workbook, rows_of
from planner.tables.findings import LIMIT, Findings, one_line, spans
from planner.tables.grids import TITLES, Grid, frame_grid, is_header, tell
from planner.tables.schemas import PERCENT, columns_of
from planner.tables.sheet_facts import Facts


@dataclass
class Scan:
    """What a sheet of table ``name`` holds, as it is walked through; columns count from 0.

    ``width``: cells of the header. ``beyond``: columns to the right of it that hold something, with their rows.
    """

    name: str
    width: int = 0
    headed: bool = False  # a row that looks like a header has been seen
    beyond: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    records: list[tuple[int, list[str]]] = field(default_factory=list)
    numbers: dict[int, bytearray] = field(default_factory=dict)  # by row: 1 where the file holds a number
    marked: list[tuple[int, Cell]] = field(default_factory=list)  # row and cell: days, formulas, error values

    def take(self, number: int, cells: list[Cell]) -> None:
        """Keep a row unless it is blank or a comment, whose first filled cell begins with '#'."""
        first = next((trim(c.text) or c.what for c in cells if trim(c.text) or c.what in (ERROR, UNSAVED)), "#")
        if str(first).startswith("#"):
            return
        self.measure(cells)
        record, numbers = [""] * self.width, bytearray(self.width)
        for cell in cells:
            if cell.column >= self.width:
                if trim(cell.text):
                    self.beyond[cell.column].append(number)
                continue
            record[cell.column] = cell.text
            numbers[cell.column] = cell.what == NUMBER
            if cell.formula or cell.what in (DAY, ERROR):
                self.marked.append((number, cell))
        self.records.append((number, record))
        self.numbers[number] = numbers

    def measure(self, cells: list[Cell]) -> None:
        """The first row gives the width, and a header below titles gives it anew."""
        if self.headed or len(self.records) > TITLES:
            return
        self.headed = is_header((text for _, text, *_ in cells), self.name)
        if self.headed or not self.records:
            self.width = max(column for column, *_ in cells) + 1
            self.beyond.clear()


def sheet_grid(workbook: Workbook, sheet: Sheet, name: str, findings: Findings) -> Grid:
    """The grid of a sheet; raises ``Broken``. It suggests no decimal sign: numbers typed as text may have any."""
    scan = Scan(name)
    for number, cells in rows_of(sheet):
        scan.take(number, cells)
    grid = frame_grid(name, findings, scan.records, workbook.sha256)
    numbers = b"".join(scan.numbers[row] for row in grid.text.index)
    grid.exact = np.frombuffer(numbers, dtype=bool).reshape(len(grid.text), scan.width)[:, grid.at]
    names = dict(zip(grid.at, grid.text.columns, strict=True))
    for column, rows in scan.beyond.items():
        if first := next((row for row in rows if row in grid.text.index), None):
            findings.add(say("tables.no_header", number=column + 1), first)
    tell_marked(grid, scan, names)
    tell_merged(grid, names, sheet.facts)
    tell_hidden(grid, names, sheet)
    if not sheet.facts.told:
        tell_untold(grid)
    return grid


def tell_marked(grid: Grid, scan: Scan, names: dict[int, str]) -> None:
    """A formula gives what was saved with it, told once per column; without that, an error value or a day as an id is
    refused by cell."""
    formulas: dict[str, dict[int, Cell]] = defaultdict(dict)
    refused: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    rows = set(grid.text.index)
    for row, cell in scan.marked:
        column, shown = names.get(cell.column, ""), cell.formula or cell.text
        if row == grid.header and (cell.formula or cell.what == ERROR):
            grid.findings.add(say("tables.formula_header", number=cell.column + 1), row)
        elif row not in rows or not column:
            continue
        elif cell.what in (ERROR, UNSAVED):
            refused[column, "error" if cell.what == ERROR else "formula"][row] = shown
        elif cell.what == DAY and column.endswith("_id"):
            refused[column, "id_date"][row] = shown
        elif cell.formula:
            formulas[column][row] = cell
    for (column, remedy), cells in refused.items():
        tell(grid, column, pd.Series(cells, dtype="str"), say(f"tables.remedy.{remedy}"))
    for column, found in formulas.items():
        first = min(found)
        remedy = say("tables.formulas", value=one_line(found[first].text), count=len(found), rows=spans(sorted(found)))
        grid.findings.add(remedy, first, column, found[first].formula, "warning")


def tell_untold(grid: Grid) -> None:
    """An old .xls tells values alone: whether 0,85 was shown as 85 % is not known, so such a percent is refused."""
    grid.findings.add(say("tables.old_format"), level="warning")
    kinds = columns_of(grid.name)
    for column in [c for c in grid.text if kinds.get(c) is PERCENT]:
        cells = pd.to_numeric(grid.text[column], errors="coerce")
        tell(grid, column, grid.text.loc[(cells > 0) & (cells <= 1), column], say("tables.remedy.percent_unseen"))


def tell_merged(grid: Grid, names: dict[int, str], facts: Facts) -> None:
    """A merged range has one value for many cells: it is named at its first cell inside the table."""
    header = grid.header
    for (top, left), (bottom, right) in sorted(facts.merged)[:LIMIT]:
        columns = [name for at, name in names.items() if left <= at <= right]
        rows = grid.text.index[(grid.text.index > top) & (grid.text.index <= bottom + 1)]
        in_header = top < header <= bottom + 1
        if columns and (len(rows) or in_header):
            row = header if in_header else int(rows[0])
            value = columns[0] if in_header else grid.text.at[row, columns[0]]
            cells = cells_of(top, left, bottom, right)
            grid.findings.add(say("tables.remedy.merged", range=cells), row, columns[0], value)
            grid.told |= {(r, column) for r in rows[:LIMIT] for column in columns}


def cells_of(top: int, left: int, bottom: int, right: int) -> str:
    """The name of a range, its rows and columns from 0: 'B3:C4'."""
    return f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"


def letters(column: int) -> str:
    """The letters that a program shows for a column from 0: 27 -> 'AB'."""
    more, last = divmod(column, 26)
    return (letters(more - 1) if more else "") + chr(ord("A") + last)


def tell_hidden(grid: Grid, names: dict[int, str], sheet: Sheet) -> None:
    """What is hidden counts all the same, and is named."""
    columns = [name for at, name in names.items() if at in sheet.facts.hidden_columns]
    if rows := [row for row in grid.text.index if row in sheet.facts.hidden_rows]:
        grid.findings.add(say("tables.hidden_rows", rows=spans(rows)), level="warning")
    if columns:
        grid.findings.add(say("tables.hidden_columns", columns=", ".join(columns)), level="warning")
    if sheet.hidden:
        grid.findings.add(say("tables.hidden_sheet"), level="warning")
