"""``planner check --annotate``: what was handed in, given back with bad cells marked and what is ready in front."""

import os
import re
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell

from planner.base.errors import PlannerError
from planner.base.files import write_whole
from planner.base.messages import say
from planner.paper.workbooks.columns import Choices, Column, choices, columns
from planner.paper.workbooks.readiness import ready_sheet
from planner.paper.workbooks.style import CREATED, STYLES, fit_rows, lines, safe, table, wide, written
from planner.paper.workbooks.submitted import Sheet, sheets_of
from planner.paper.workbooks.template import EXAMPLE, guard, help_sheets, note
from planner.tables.check import Checked
from planner.tables.findings import Finding

PROBLEMS, READY = "masalah", "siap"
WIDTHS = {"level": 11, "file": 18, "sheet": 12, "row": 7, "column": 21, "value": 24, "remedy": 84, "go": 7}
Values = dict[int, str | int | float | None]  # by column
Marks = dict[tuple[int, int], list[Finding]]  # row number and column from 0 -> what is wrong there


def annotate(source: Path, checked: Checked, out: Path) -> Path:
    """Write the marked workbook; never a source, nor a file that somebody has worked on since we wrote it."""
    check_target(source, out)
    return write_whole(out, marked_workbook(source, checked))


def check_target(source: Path, out: Path) -> None:
    if out.suffix.lower() != ".xlsx":
        raise PlannerError(say("template.not_xlsx", file=out, better=f"{out.stem or 'isian'}.xlsx"))
    if source.resolve() in (out.resolve(), out.resolve().parent):
        raise PlannerError(say("annotate.same_file", file=out))
    if os.path.exists(out) and not is_untouched(out):  # noqa: PTH110 - a folder that is closed to us is told on writing
        raise PlannerError(say("annotate.worked_on", file=out))


def is_untouched(file: Path) -> bool:
    """Whether a workbook is as we wrote it: every program that saves it again writes another date."""
    try:
        with zipfile.ZipFile(file) as archive:
            return f"{CREATED:%Y-%m-%dT%H:%M:%S}Z</dcterms:modified>".encode() in archive.read("docProps/core.xml")
    except (OSError, KeyError, zipfile.BadZipFile):
        return False


def marked_workbook(source: Path, checked: Checked) -> bytes:
    """The marked workbook; the same source gives the same bytes."""
    sheets = title_sheets(sheets_of(source))

    def fill(book, styles):
        ready_sheet(book, styles, READY, source, checked, sheets)
        marks = problems_sheet(book, styles, checked.findings, sheets)
        lists = choices()
        for sheet in sheets:
            copy = Copy(book, styles, sheet, marks[sheet.title])
            copy.write(lists)
        if any(sheet.table for sheet in sheets):
            help_sheets(book, styles, lists)

    return written(fill, say("annotate.title"))


def title_sheets(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets under titles that Excel takes, each once."""
    used, found = {PROBLEMS, READY, "kolom", "daftar"}, []
    for sheet in sheets:
        plain = re.sub(r"[\[\]:*?/\\]", "_", safe(sheet.title)).strip("'")[:31] or "_"
        title, count = plain, 1
        while title.casefold() in used:
            count += 1
            title = f"{plain[:27]} {count}"
        used.add(title.casefold())
        found.append(replace(sheet, title=title))
    return found


def problems_sheet(book, styles, findings: Sequence[Finding], sheets: Sequence[Sheet]) -> dict[str, Marks]:
    """All findings, each with a link to its cell; gives the marks of each sheet by title."""
    homes = {(sheet.file, sheet.sheet): (sheet.title, *sheet.header) for sheet in sheets}
    marks: dict[str, Marks] = defaultdict(lambda: defaultdict(list))
    rows, links = [], []
    for finding in findings:
        title, header, places = homes.get((finding.file, finding.sheet), ("", 0, {}))
        cell = place_of(finding, header, places) if title else None
        if cell:
            marks[title][cell].append(finding)
        links.append((title, xl_rowcol_to_cell(cell[0] - 1, cell[1])) if cell else None)
        rows.append(as_row(finding))
    names = {say("annotate.error"): "error", say("annotate.warning"): "warning"}
    heads = {say(f"annotate.columns.{name}"): width for name, width in WIDTHS.items()}
    made = table(book, styles, PROBLEMS, heads, rows, lambda row: names[str(row[0])])
    fit_rows(made, 1, rows, list(WIDTHS.values()))
    for number, link in enumerate(links, 1):
        if link:
            target = "'{}'!{}".format(link[0].replace("'", "''"), link[1])
            made.write_url(number, len(WIDTHS) - 1, f"internal:{target}", styles["link"], link[1])
    return marks


def as_row(finding: Finding) -> list[object]:
    """A finding as the cells of sheet ``masalah``, without its link."""
    value = finding.value if finding.row is not None and finding.column else None
    place = [finding.file, finding.sheet or None, finding.row, finding.column or None, value]
    return [say(f"annotate.{finding.level}"), *place, finding.remedy, None]


def place_of(finding: Finding, header: int, places: Mapping[str, int]) -> tuple[int, int] | None:
    """The cell of a finding: its own; the first of its row; its column's header; None where it has no place."""
    if finding.row is not None:
        return finding.row, places.get(finding.column, 0)
    return (header, places[finding.column]) if header and finding.column in places else None


class Copy:
    """One sheet given back: same rows, columns and values, bad cells coloured, drop-downs as in the template."""

    def __init__(self, book, styles, sheet: Sheet, marks: Marks):
        self.book, self.styles, self.sheet, self.marks = book, styles, sheet, marks
        self.header, self.places = sheet.header
        known = {column.name: column for column in columns(sheet.table)} if sheet.table else {}
        self.known: dict[int, Column] = {self.places[name]: known[name] for name in self.places if name in known}
        self.looks: dict[tuple[str, str], Format] = {}

    def write(self, lists: Mapping[str, Choices]) -> None:
        made = self.book.add_worksheet(self.sheet.title)
        for place in self.places.values():
            made.set_column(place, place, self.width(place), self.look("", place))
        for place, column in self.known.items():
            guard(made, place, column, lists, self.header + 1)
        rows: dict[int, Values] = {number: dict(cells) for number, cells in self.sheet.rows}
        for number, place in self.marks:
            rows.setdefault(number, {}).setdefault(place, None)
        for number, values in rows.items():
            self.write_row(made, number, values)
        for (number, place), findings in self.marks.items():
            note(made, number - 1, place, "\n".join(finding.remedy for finding in findings))
        wide(made, sum(self.width(place) for place in self.places.values()))
        if self.header:
            made.freeze_panes(self.header, 1)

    def write_row(self, made, number: int, values: Values) -> None:
        style = self.style(number, values)
        if style == "remark":
            made.set_row(number - 1, 12.5 * max(lines(str(v), self.width(place) * 1.1) for place, v in values.items()))
        for place, value in values.items():
            own = "optional" if style == "header" and place in self.known and not self.known[place].required else style
            look = self.look(self.mark(number, place) or own, place, value)
            if value is None:
                made.write_blank(number - 1, place, None, look)
            elif isinstance(value, str):
                made.write_string(number - 1, place, safe(value), look)
            else:
                made.write_number(number - 1, place, value, look)

    def style(self, number: int, values: Mapping[int, object]) -> str:
        """The look of a row: header, remarks and example as in the template, else that of its columns."""
        if number == self.header:
            return "header"
        example = any(str(value).startswith(EXAMPLE) for value in values.values())
        return ("example" if example else "remark") if self.sheet.skipped(values.items()) else ""

    def width(self, place: int) -> float:
        return self.known[place].width if place in self.known else 16

    def mark(self, number: int, place: int) -> str:
        levels = {finding.level for finding in self.marks.get((number, place), ())}
        return "error" if "error" in levels else "warning" if levels else ""

    def look(self, style: str, place: int, value: object = None) -> Format:
        """The format of a cell: its colour, and the number format of its column, which must not hide a fraction."""
        column = self.known.get(place)
        fraction = isinstance(value, float) and not value.is_integer()
        key = (style, column.num_format if column and not fraction else "General")
        if key not in self.looks:
            self.looks[key] = self.book.add_format(STYLES.get(style, {"valign": "top"}) | {"num_format": key[1]})
        return self.looks[key]
