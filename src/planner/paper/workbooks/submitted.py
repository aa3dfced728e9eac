"""The sheets of what a planner handed in, as they came: every cell with its place, nothing read into it."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from planner.tables.cells import trim
from planner.tables.csv_files import decode, read_bytes, records_of, separator_of
from planner.tables.excel_files import FORMULA, NUMBER, Workbook, open_workbook, rows_of
from planner.tables.grids import Broken, header_at, header_names
from planner.tables.schemas import OWN, columns_of
from planner.tables.sources import ASIDE, Place, fold_name, sources

Cells = list[tuple[int, str | int | float]]  # column from 0, what stands there


@dataclass(frozen=True)
class Sheet:
    """``title``: in the workbook given back; ``file`` and ``sheet``: as findings name them; ``table``: "" for others.

    ``rows``: row number, as the planner's program shows it, and cells; a formula is its text.
    """

    title: str
    file: str
    sheet: str
    table: str
    rows: list[tuple[int, Cells]]

    @property
    def header(self) -> tuple[int, dict[str, int]]:
        """The header's row number (0: there is none) and the place of each column by the name that findings use."""
        held = [(number, cells) for number, cells in self.rows if not self.skipped(cells)]
        if not held:
            return 0, {}
        at = header_at([[str(value) for _, value in cells] for _, cells in held], self.table) if self.table else 0
        number, texts = held[at][0], dict(held[at][1])
        names = [str(texts.get(place, "")) for place in range(max(texts) + 1)]
        folded_names = header_names(names, self.table) if self.table else names
        return number, {name: i for i, name in reversed(list(enumerate(folded_names))) if name}

    @property
    def data_rows(self) -> int:
        """How many rows below the header hold data."""
        header, _ = self.header
        return sum(number > header and not self.skipped(cells) for number, cells in self.rows)

    def skipped(self, cells: Iterable[tuple[int, object]]) -> bool:
        """Whether a row is none of the data: blank or, in a workbook, its first filled cell begins with '#'."""
        first = next((text for _, value in cells if value is not None and (text := trim(str(value)))), "")
        return not first or (bool(self.sheet) and first.startswith("#"))


def sheets_of(source: Path) -> list[Sheet]:
    """The sheets of a folder or workbook in their order; what cannot be opened or read gives none."""
    places = sources(source).tables
    book = one_book(places) if source.is_dir() else source.name
    if not book:
        return [sheet for name, place in places.items() for sheet in readable(alone, source, name, place)]
    tables = {place.findings.sheet: name for name, place in places.items()}
    return list(workbook_sheets(source / book if source.is_dir() else source, tables))


def one_book(places: dict[str, Place]) -> str:
    """The name of the one workbook that holds all tables; "" where there is none."""
    files = {place.findings.file for place in places.values() if place.findings.sheet}
    return files.pop() if len(files) == 1 and not {Path(f).stem.casefold() for f in files} & set(OWN) else ""


def readable(read: Callable[..., Sheet], *about) -> Iterator[Sheet]:
    """The sheet that ``read(*about)`` gives, if it can be read."""
    with suppress(Broken):
        yield read(*about)


def workbook_sheets(file: Path, tables: dict[str, str]) -> Iterator[Sheet]:
    """Every sheet but those of our own template; ``tables``: title -> table."""
    try:
        workbook = open_workbook(file)
    except Broken:
        return
    for sheet in workbook.sheets:
        if fold_name(sheet.title) not in ASIDE:
            yield from readable(one_of, workbook, sheet, sheet.title, tables.get(sheet.title, ""))


def one_of(workbook: Workbook, sheet, title: str, table: str) -> Sheet:
    return Sheet(title, workbook.file, sheet.title, table, copy_rows(workbook, sheet))


def alone(folder: Path, name: str, place: Place) -> Sheet:
    """The table of a folder that has a file of its own, under the table's name; raises ``Broken``."""
    findings = place.findings
    if not findings.sheet:
        return Sheet(name, findings.file, "", name, csv_rows(folder / findings.file, name))
    workbook = open_workbook(folder / findings.file)
    sheet = next(sheet for sheet in workbook.sheets if sheet.title == findings.sheet)
    return one_of(workbook, sheet, name, name)


def copy_rows(workbook: Workbook, sheet) -> list[tuple[int, Cells]]:
    """The rows that hold anything; raises ``Broken``."""
    found = []
    for number, cells in rows_of(workbook, sheet):
        held = [(column, cell_of(text, what, formula)) for column, text, what, formula in cells if text or formula]
        if held:
            found.append((number, held))
    return found


def cell_of(text: str, what: int, formula: str) -> str | int | float:
    if what == FORMULA:
        return formula
    return number_of(text) if what == NUMBER else text


def number_of(text: str, decimal: str = ".") -> str | int | float:
    """The number that a text is beyond doubt; else the text."""
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})", text, re.ASCII):
        return int(text)
    if re.fullmatch(rf"-?\d{{1,15}}[{decimal}]\d{{1,12}}", text, re.ASCII):
        return float(text.replace(decimal, "."))
    return text


def csv_rows(file: Path, name: str) -> list[tuple[int, Cells]]:
    """The records of a CSV file; in columns of numbers plain numbers are numbers, so that a spreadsheet can reckon."""
    text = decode(read_bytes(file))
    separator = separator_of(text, name)
    records = records_of(text, separator)
    held = [record for record in records if any(map(trim, record))]
    header = held[header_at(held, name)] if held else []
    kinds = columns_of(name)
    numeric = {i for i, c in enumerate(header_names(header, name)) if c in kinds and kinds[c].dtype != "str"}
    decimal = "," if separator == ";" else "."
    return [
        (row, [(i, number_of(cell, decimal) if i in numeric else cell) for i, cell in enumerate(record) if cell])
        for row, record in enumerate(records, 1)
        if any(record)
    ]
