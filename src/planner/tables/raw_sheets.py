"""Any sheet as it came: its header found below titles, merged cells filled, every cell with its place."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from planner.base.errors import PlannerError, shown
from planner.base.messages import say
from planner.tables.cells import trim
from planner.tables.csv_files import SEPARATORS, SURROGATE, WINDOWS, WORD, decode, read_bytes, records_of
from planner.tables.excel_files import ERROR, NUMBER, OTHER, READ, UNSAVED, Cell, Sheet, open_workbook, rows_of
from planner.tables.excel_sheets import letters
from planner.tables.findings import Finding, one_line, spans
from planner.tables.grids import COLUMN_LIMIT, ROW_LIMIT, TITLES, Broken
from planner.tables.headers import meanings
from planner.tables.sources import ASIDE, fold_name, readable_files

Record = tuple[int, list[str]]
Change = tuple[int, int, str, str, str]  # row, column (-1: the row), from, to, how
Range = tuple[tuple[int, int], tuple[int, int]]
LOOKED_AT = 50  # records that tell which separator a CSV has


@dataclass
class RawSheet:
    """A sheet with its header found.

    ``cells``: texts below the header by row number and column from 0; ``exact``: True where the file holds a number.
    ``headers``: by column; "" where none stands. ``titles``: what stands above. ``changed``: merged cells
    that were filled, formulas and remarks. ``header``: row numbers of its first and last line. ``decimal``: the sign
    that the file's kind suggests. ``broken``: error values and formulas without a result, which are empty in ``cells``.
    """

    file: str
    title: str
    headers: list[str]
    header: tuple[int, int]
    cells: pd.DataFrame
    exact: np.ndarray
    decimal: str | None = None
    titles: list[str] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    broken: dict[tuple[int, int], Cell] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    likely: np.ndarray | None = None  # which rows are data as far as can be seen without a map

    def note(self, text: str) -> None:
        self.notes.append(f"{place_of(self.file, self.title)}: {text}")

    def refused(self, row: int, column: int) -> str:
        """Why an error value, or a formula without what it gives, cannot be read."""
        cell = self.broken[row, column]
        remedy = say("tables.remedy.error" if cell.what == ERROR else "tables.remedy.formula")
        shows = cell.formula or cell.text
        return Finding("", self.file, self.title, row, letters(column), shows, remedy).sentence()


def place_of(file: str, title: str) -> str:
    """A sheet as sentences name it."""
    return say("tables.sheet", file=one_line(file), sheet=shown(title)) if title else one_line(file)


def raw_sheets(source: Path) -> list[RawSheet]:
    """The sheets of a file, or of all CSV files and workbooks of a folder; raises PlannerError for what is broken."""
    found: list[RawSheet] = []
    problems: list[str] = []
    for file in files_of(source):
        try:
            book = file.suffix.lower() in (*READ, *OTHER)
            found += workbook_sheets(file, problems) if book else csv_sheets(file)
        except Broken as broken:
            problems.append(Finding("", file.name, "", broken.row, broken.column, broken.value, str(broken)).sentence())
    if not found and not problems:
        problems.append(say("import.nothing", source=source))
    if problems:
        raise PlannerError(problems)
    return found


BESIDE = ("konversi", "kurang_apa")  # what import and check write


def files_of(source: Path) -> list[Path]:
    """The file, or the CSV files and workbooks of a folder but those that commands write beside tables."""
    try:
        return [f for f in readable_files(source) if f.stem not in BESIDE] if source.is_dir() else [source]
    except OSError:
        return [source]


# -- CSV ---------------------------------------------------------------------------------------------------------------


def csv_sheets(file: Path) -> Iterator[RawSheet]:
    text, encoding = decode(read_bytes(file))
    if "\0" in text or SURROGATE.search(text):
        raise Broken(say("tables.remedy.nul" if "\0" in text else "tables.encoding"))
    separator = separator_of(text)
    records = [(i, row) for i, row in enumerate(records_of(text, separator), 1) if any(map(trim, row))]
    if len(records) > ROW_LIMIT:
        raise Broken(say("tables.too_many_rows", limit=ROW_LIMIT))
    if max((len(row) for _, row in records), default=0) > COLUMN_LIMIT:
        raise Broken(say("tables.too_many_columns", limit=COLUMN_LIMIT))
    if sheet := raw_sheet(file.name, "", records, set(), []):
        sheet.decimal = "," if separator == ";" else "."
        if encoding == WINDOWS and (example := WORD.search(text)):
            sheet.note(say("tables.windows_1252", example=shown(example[0])))
        yield sheet


def separator_of(text: str) -> str:
    """The separator by which most of the first records have the same number of cells, and many."""

    def score(separator: str) -> int:
        with suppress(Broken):
            widths = Counter(len(record) for record in records_of(text[: 2**16], separator)[:LOOKED_AT])
            return max((count * width for width, count in widths.items() if width > 1), default=0)
        return sum(line.count(separator) for line in text.splitlines()[:LOOKED_AT])

    return max(SEPARATORS, key=score)


# -- workbooks ---------------------------------------------------------------------------------------------------------


def workbook_sheets(file: Path, problems: list[str]) -> Iterator[RawSheet]:
    """The sheets of a workbook but those of our template that hold no table; a broken one is a problem."""
    book = open_workbook(file)
    for sheet in book.sheets:
        if fold_name(sheet.title) in ASIDE:
            continue
        try:
            if raw := sheet_of(book.file, sheet):
                yield raw
        except Broken as broken:
            problems.append(Finding("", book.file, sheet.title, None, "", "", str(broken)).sentence())


def sheet_of(file: str, sheet: Sheet) -> RawSheet | None:
    broken: dict[tuple[int, int], Cell] = {}
    records: list[Record] = []
    numbers: set[tuple[int, int]] = set()
    told: list[Change] = []
    for row, cells in rows_of(sheet):
        if not any(trim(cell.text) or cell.what in (ERROR, UNSAVED) for cell in cells):
            continue
        if is_remark([cell.text for cell in cells], records):
            told.append((row, -1, " | ".join(cell.text for cell in cells), "", "left_remark"))
            continue
        record = [""] * (cells[-1].column + 1)
        for cell in cells:
            if cell.what in (ERROR, UNSAVED):
                broken[row, cell.column] = cell
                continue
            record[cell.column] = cell.text
            if cell.what == NUMBER:
                numbers.add((row, cell.column))
            if cell.formula:
                told.append((row, cell.column, cell.formula, cell.text, "formula"))
        records.append((row, record))
    raw = raw_sheet(file, sheet.title, records, numbers, sheet.facts.merged)
    if raw:
        raw.changed += [one for one in told if one[0] > raw.header[1] or one[1] < 0]
        raw.broken |= {place: cell for place, cell in broken.items() if place[0] > raw.header[1]}
        tell_hidden(raw, sheet)
    return raw


def is_remark(cells: Sequence[str], above: Sequence[Record]) -> bool:
    """Whether a row is a remark of our own template: its first filled cell begins with '# ' or '#contoh'.

    '# Usulan', 'Menu' is none: it is the header, where none stands above it.
    """
    first = next((text for cell in cells if (text := trim(cell))), "")
    if not first.startswith(("# ", "#contoh")):
        return False
    return familiar(cells) < 2 or any(familiar(record) > 1 for _, record in above[: TITLES + 1])


def familiar(cells: Iterable[str]) -> int:
    """How many different headers of ours a row holds."""
    return sum(bool(meanings(text)) for text in {trim(cell) for cell in cells} - {""})


def tell_hidden(raw: RawSheet, sheet: Sheet) -> None:
    """What is hidden counts all the same, and is named."""
    if rows := [row for row in raw.cells.index if row in sheet.facts.hidden_rows]:
        raw.note(say("tables.hidden_rows", rows=spans(rows)))
    if columns := [at for at in range(len(raw.headers)) if at in sheet.facts.hidden_columns]:
        raw.note(say("tables.hidden_columns", columns=", ".join(map(letters, columns))))
    if sheet.hidden:
        raw.note(say("tables.hidden_sheet"))


# -- the header --------------------------------------------------------------------------------------------------------


def raw_sheet(
    file: str, title: str, records: list[Record], numbers: set[tuple[int, int]], merged: list[Range]
) -> RawSheet | None:
    """The sheet below its header; None where fewer than two rows hold anything."""
    if len(records) < 2:
        return None
    width = max(len(record) for _, record in records)
    merged = [(start, (bottom, min(right, width - 1))) for start, (bottom, right) in merged if start[1] < width]
    full = [(row, record + [""] * (width - len(record))) for row, record in records]
    first, last = header_rows(full, merged)
    headers = headers_of(full[first : last + 1], merged)
    body = full[last + 1 :]
    rows = [row for row, _ in body]
    cells = pd.DataFrame([record for _, record in body], index=rows, columns=range(width), dtype="object")
    exact = np.zeros(cells.shape, dtype=bool)
    place = {row: i for i, row in enumerate(rows)}
    for row, column in numbers:
        if row in place:
            exact[place[row], column] = True
    titles = [trim(cell) for _, record in full[:first] for cell in record if trim(cell)]
    sheet = RawSheet(file, title, headers, (full[first][0], full[last][0]), cells, exact, titles=titles)
    fill_merged(sheet, merged)
    return sheet


def header_rows(records: Sequence[Record], merged: Sequence[Range]) -> tuple[int, int]:
    """Where the header begins and ends among the records: one row, or a row of groups above one of their parts.

    It is the row of which most cells are known headers; where none is known, the first of most filled cells.
    """
    looked = records[: TITLES + 1]
    known = [familiar(record) for _, record in looked]
    filled = [sum(map(bool, map(trim, record))) for _, record in looked]
    best = known.index(max(known)) if max(known) > 1 else filled.index(max(filled))
    if grouped(records, best, merged):
        return best, best + 1
    if best and grouped(records, best - 1, merged):
        return best - 1, best
    return best, best


def grouped(records: Sequence[Record], at: int, merged: Sequence[Range]) -> bool:
    """Whether the next row holds the parts of merged groups of this one, and nothing else."""
    if at + 2 >= len(records) or records[at + 1][0] != records[at][0] + 1:
        return False
    row, record = records[at]
    level = [(left, right) for (top, left), (bottom, right) in merged if top == bottom == row - 1]
    groups = {column for left, right in level if right > left for column in range(left, right + 1)}
    below = {i for i, cell in enumerate(records[at + 1][1]) if trim(cell)}
    return bool(groups) and sum(map(bool, map(trim, record))) > 1 and bool(below) and below <= groups


def headers_of(records: Sequence[Record], merged: Sequence[Range]) -> list[str]:
    """The header of each column on one line; that of a group stands before its parts."""
    row, top = records[0]
    groups = list(top)
    for (first, left), (_, right) in merged:
        if first == row - 1:
            groups[left + 1 : right + 1] = [top[left]] * (right - left)
    if len(records) == 1:
        return [one_space(cell) for cell in top]
    return [one_space(f"{a} {b}" if b != a else a) for a, b in zip(groups, records[1][1], strict=True)]


def one_space(text: str) -> str:
    return " ".join(trim(text).split())


def fill_merged(sheet: RawSheet, merged: Sequence[Range]) -> None:
    """A cell that is merged downwards stands for every row that it spans."""
    rows = sheet.cells.index
    for (top, left), (bottom, _) in merged:
        inside = rows[(rows > max(top, sheet.header[1] - 1)) & (rows <= bottom + 1)]
        if bottom == top or top + 1 not in inside or not (value := sheet.cells.at[top + 1, left]):
            continue
        for row in inside[1:]:
            if not sheet.cells.at[row, left]:
                sheet.changed.append((row, left, "", value, "merged"))
                sheet.exact[rows.get_loc(row), left] = sheet.exact[rows.get_loc(top + 1), left]
        sheet.cells.loc[inside, left] = value
