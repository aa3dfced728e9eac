"""``planner template``: the workbook that a dinas or ministry fills in, with drop-downs, units and one example."""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from planner.base.errors import PlannerError
from planner.base.files import write_whole
from planner.base.messages import say
from planner.paper.workbooks.columns import FIRST_ROW, LAST_ROW, LISTS, Choices, Column, choices, columns
from planner.paper.workbooks.style import STYLES, fit_rows, lines, paper, put, safe, table, wide, written
from planner.tables.sheet_facts import OWN_AUTHOR

SHEETS = ("sentra", "usulan", "rincian", "daerah", "realisasi", "bukti")  # in the order in which one fills them
NEEDED = ("usulan", "rincian")
GUIDE, COLUMNS = "petunjuk", "kolom"
EXAMPLE = "#contoh"  # a row that begins so is never read
TEXT_WIDTH = 112  # characters of a paragraph
COLOURS = {True: "#1F3A4D", False: "#5F7F93"}  # tabs of tables that must and that may be there
Styles = Mapping[str, Format]


def write_template(file: Path, force: bool = False) -> Path:
    """Write the template; a file that is there may hold somebody's work, so it stays unless ``force``."""
    if file.suffix.lower() != ".xlsx":
        raise PlannerError(say("template.not_xlsx", file=file, better=f"{file.stem or 'isian'}.xlsx"))
    if os.path.exists(file) and not force:  # noqa: PTH110 - a folder that is closed to us is told on writing
        raise PlannerError(say("template.exists", file=file))
    return write_whole(file, template_book())


def template_book() -> bytes:
    """The workbook in the current language; always the same bytes."""

    def fill(book: Workbook, styles: Styles) -> None:
        lists = choices()
        guide_sheet(book, styles)
        for name in SHEETS:
            table_sheet(book, styles, name, lists)
        help_sheets(book, styles, lists)

    return written(fill, say("template.title"))


def help_sheets(book: Workbook, styles: Styles, lists: Mapping[str, Choices]) -> None:
    """The sheets that explain columns and hold the choices."""
    columns_sheet(book, styles)
    lists_sheet(book, styles, lists)


# -- the sheets to fill ------------------------------------------------------------------------------------------------


def table_sheet(book: Workbook, styles: Styles, name: str, lists: Mapping[str, Choices]) -> Worksheet:
    """One table: header with notes, a row of remarks, an example, and drop-downs and limits below."""
    sheet, own = book.add_worksheet(name), columns(name)
    sheet.set_tab_color(COLOURS[name in NEEDED])
    for place, column in enumerate(own):
        sheet.set_column(place, place, column.width, book.add_format({"num_format": column.num_format}))
        put(sheet, 0, place, column.name, styles, "header" if column.required else "optional")
        note(sheet, 0, place, column.note)
        put(sheet, 1, place, column.remark if place else f"# {column.remark}", styles, "remark")
        example(book, sheet, place, column)
        guard(sheet, place, column, lists)
    sheet.set_row(0, 18)
    sheet.set_row(1, max(column.remark_height for column in own))
    sheet.freeze_panes(1, 1)
    wide(sheet, sum(column.width for column in own))
    return sheet


def example(book: Workbook, sheet: Worksheet, place: int, column: Column) -> None:
    """The example's cell; the first one says what it is and keeps the row from being read."""
    value, look = column.example, book.add_format(STYLES["example"] | {"num_format": column.num_format})
    if place == 0:
        sheet.write_string(2, place, f"{EXAMPLE} {value}", look)
    elif isinstance(value, date):
        sheet.write_datetime(2, place, value, look)
    elif isinstance(value, str):
        sheet.write_string(2, place, value, look)
    else:
        sheet.write_number(2, place, value, look)


def guard(sheet: Worksheet, place: int, column: Column, lists: Mapping[str, Choices], first: int = FIRST_ROW) -> None:
    """The drop-down or limits of a column from row ``first`` (as a spreadsheet numbers it) on."""
    rule = column.validation(lists)
    if rule:
        sheet.data_validation(first - 1, place, LAST_ROW - 1, place, rule)


def note(sheet: Worksheet, row: int, place: int, text: str, author: str = OWN_AUTHOR) -> None:
    """A comment in a box that its text fits into."""
    height = 16 * (1 + lines(text, 46))
    sheet.write_comment(row, place, safe(text), {"width": 320, "height": height, "font_size": 9, "author": author})


# -- the sheets to read ------------------------------------------------------------------------------------------------


def guide_sheet(book: Workbook, styles: Styles) -> None:
    """The first sheet: what this is, how to fill it in, what its sheets and colours mean, where it goes then."""
    sheet = book.add_worksheet(GUIDE)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 2)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 2, TEXT_WIDTH)
    put(sheet, 0, 1, say("template.title"), styles, "title")
    sheet.set_row(0, 24)
    about = " ".join(say(f"template.about.{part}") for part in ("what", "official"))
    sheet.merge_range(1, 1, 1, 2, about, styles["text"])
    sheet.set_row(1, 15 * lines(about, TEXT_WIDTH + 14))
    row = section(sheet, styles, 2, "fill", steps("fill", FILL))
    row = section(sheet, styles, row, "sheets", [])
    for name in (*SHEETS, COLUMNS, LISTS):
        sheet.write_url(row, 1, f"internal:'{name}'!A1", styles["link"], name)
        row = paragraphs(sheet, styles, row, [("", say(f"template.sheets.{name}"))])
    row = section(sheet, styles, row, "colours", [])
    for style in ("header", "optional", "remark", "example"):
        put(sheet, row, 1, "", styles, style)
        row = paragraphs(sheet, styles, row, [("", say(f"template.colours.{style}"))])
    section(sheet, styles, row, "send", steps("send", SEND))
    paper(sheet)
    sheet.fit_to_pages(1, 1)


FILL = ("start", "order", "keys", "empty", "money", "volume", "codes", "values", "columns")
SEND = ("check", "send")


def steps(group: str, names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(str(i), say(f"template.{group}.{name}", row=FIRST_ROW)) for i, name in enumerate(names, 1)]


def section(sheet: Worksheet, styles: Styles, row: int, name: str, parts: list[tuple[str, str]]) -> int:
    """A heading after a free row and its paragraphs; the next row."""
    put(sheet, row + 1, 1, say(f"template.heading_{name}"), styles, "heading")
    return paragraphs(sheet, styles, row + 2, parts)


def paragraphs(sheet: Worksheet, styles: Styles, row: int, parts: list[tuple[str, str]]) -> int:
    """Each part in a row of its own: its number, its text; the next row."""
    for place, (number, text) in enumerate(parts, row):
        if number:
            put(sheet, place, 1, number, styles, "step")
        put(sheet, place, 2, text, styles, "text")
        sheet.set_row(place, 15 * lines(text, TEXT_WIDTH))
    return row + len(parts)


def columns_sheet(book: Workbook, styles: Styles) -> None:
    """Every column of every table, explained."""
    widths = {"sheet": 11, "column": 25, "meaning": 60, "unit": 18, "required": 9, "allowed": 66, "example": 36}
    own = [column for name in SHEETS for column in columns(name)]
    must = {True: say("template.yes"), False: say("template.no")}
    rows = [(c.table, c.name, c.meaning, c.unit, must[c.required], c.allowed, str(c.example)) for c in own]
    sheet = table(book, styles, COLUMNS, {say(f"template.headings.{h}"): width for h, width in widths.items()}, rows)
    fit_rows(sheet, 1, rows, list(widths.values()))


def lists_sheet(book: Workbook, styles: Styles, lists: Mapping[str, Choices]) -> None:
    """The choices, block by block from left to right."""
    sheet = book.add_worksheet(LISTS)
    for block in lists.values():
        for place, (heading, width) in enumerate(block.headings.items(), block.column):
            sheet.set_column(place, place, width)
            put(sheet, 0, place, heading, styles, "header" if place == block.column else "optional")
            for row, values in enumerate(block.rows, 1):
                put(sheet, row, place, values[place - block.column], styles)
        sheet.set_column(block.column + len(block.headings), block.column + len(block.headings), 3)
    sheet.freeze_panes(1, 0)
    wide(sheet, sum(sum(block.headings.values()) + 3 for block in lists.values()))
