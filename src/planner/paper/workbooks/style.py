"""What every workbook of ours shares: text stays text, one look, set up for paper, and the same bytes each time."""

import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from textwrap import wrap
from typing import SupportsFloat

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

CREATED = datetime(2000, 1, 1)  # a fixed date: the same content is the same file
PAGE = 190  # characters across a page of paper
LONGEST = 32_000  # characters; Excel holds 32,767 in a cell
STYLES: dict[str, dict] = {
    "header": {"bold": True, "bg_color": "#1F3A4D", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top",
               "border": 1, "border_color": "#FFFFFF", "num_format": "@"},
    "optional": {"bold": True, "bg_color": "#5F7F93", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top",
                 "border": 1, "border_color": "#FFFFFF", "num_format": "@"},
    "remark": {"italic": True, "font_size": 9, "font_color": "#444444", "bg_color": "#EEF2F5", "text_wrap": True,
               "valign": "top", "num_format": "@", "border": 1, "border_color": "#FFFFFF"},
    "example": {"italic": True, "font_color": "#7A5C00", "bg_color": "#FFF8E1", "valign": "top", "num_format": "@",
                "border": 1, "border_color": "#FFFFFF"},
    "heading": {"bold": True, "font_size": 12, "font_color": "#1F3A4D", "num_format": "@", "valign": "top"},
    "step": {"align": "left", "valign": "top", "font_color": "#5F7F93", "bold": True, "num_format": "@"},
    "link": {"font_color": "#0B5CAD", "underline": 1, "num_format": "@", "valign": "top"},
    "text": {"num_format": "@", "text_wrap": True, "valign": "top"},
    "number": {"num_format": "#,##0", "valign": "top"},
    "count": {"num_format": "#,##0", "valign": "top", "align": "left"},
    "decimal": {"num_format": "#,##0.00", "valign": "top"},
    "plain": {"num_format": "General", "valign": "top", "align": "left"},
    "year": {"num_format": "0", "valign": "top", "align": "left"},
    "sum": {"bold": True, "num_format": "#,##0", "valign": "top", "top": 1},
    "choice": {"num_format": "@", "valign": "top", "bg_color": "#FFF8E1", "border": 1, "border_color": "#E0C46C"},
    "title": {"bold": True, "font_size": 14, "num_format": "@"},
    "note": {"font_color": "#555555", "num_format": "@", "text_wrap": True, "valign": "top"},
    "error": {"num_format": "@", "text_wrap": True, "valign": "top", "bg_color": "#FAD9C9"},
    "warning": {"num_format": "@", "text_wrap": True, "valign": "top", "bg_color": "#FFF3C4"},
    "ready": {"num_format": "@", "text_wrap": True, "valign": "top", "bg_color": "#D5EDE4"},
}  # fmt: skip


def written(fill: Callable[[Workbook, Mapping[str, Format]], None], title: str) -> bytes:
    """The bytes of a workbook that ``fill(book, styles)`` has filled; nothing in it is ever taken for a formula."""
    buffer = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, plain)
    book.set_properties({"title": safe(title), "author": "planner", "created": CREATED})
    fill(book, {name: book.add_format(look) for name, look in STYLES.items()})
    book.close()
    return buffer.getvalue()


def safe(text: object) -> str:
    """Text that a cell can hold: control characters become spaces, what is too long is cut with a sign."""
    clean = "".join(c if c.isprintable() or c == "\n" else " " for c in str(text))
    return clean if len(clean) <= LONGEST else clean[:LONGEST] + " …"


def put(sheet: Worksheet, row: int, column: int, value: object, styles: Mapping[str, Format], style: str = "") -> None:
    """Write one cell: numbers as numbers, everything else as text, what is not known as an empty cell."""
    if pd.isna(value) or (isinstance(value, float) and math.isinf(value)):
        sheet.write_blank(row, column, None, styles[style or "text"])
    elif isinstance(value, bool) or not isinstance(value, SupportsFloat):
        sheet.write_string(row, column, safe(value), styles[style or "text"])
    else:
        whole = float(value).is_integer()
        sheet.write_number(row, column, value, styles[style or ("number" if whole else "decimal")])


def table(
    book: Workbook,
    styles: Mapping[str, Format],
    name: str,
    columns: Mapping[str, float],
    rows: Iterable[Sequence[object]],
    row_style: Callable[[Sequence[object]], str] = lambda row: "",
    looks: Sequence[str] = (),
) -> Worksheet:
    """A sheet with one header row, filters, a frozen header and a print set-up; ``columns`` is header -> width.

    ``looks``: the style of each column, where it is not that of its values.
    """
    sheet = book.add_worksheet(name)
    header(sheet, styles, columns)
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            put(sheet, last, column, value, styles, row_style(row) or (looks[column] if looks else ""))
    sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
    return sheet


def header(sheet: Worksheet, styles: Mapping[str, Format], columns: Mapping[str, float], frozen: int = 1) -> None:
    """The header row in our look, the widths, the frozen panes (``frozen`` columns stay) and the paper."""
    for column, (title, width) in enumerate(columns.items()):
        sheet.set_column(column, column, width)
        put(sheet, 0, column, title, styles, "header")
    sheet.freeze_panes(1, frozen)
    paper(sheet)


def paper(sheet: Worksheet) -> None:
    """A4 landscape, as wide as the page, the header row on every page, the sheet's name and page number below."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&A&R&P / &N")


def wide(sheet: Worksheet, width: float) -> None:
    """Paper for a table of many columns: as many pages across as can be read, keys and header on each."""
    paper(sheet)
    sheet.fit_to_pages(max(1, math.ceil(width / PAGE)), 0)
    sheet.repeat_columns(0)


def lines(text: str, width: float) -> int:
    """How many lines a text takes in a column of this width in characters."""
    return sum(max(1, len(wrap(line, int(width)))) for line in text.split("\n"))


def fit_rows(sheet: Worksheet, first: int, rows: Iterable[Sequence[object]], widths: Sequence[float]) -> None:
    """Rows as high as their texts need: LibreOffice shows one line where a workbook gives no height."""
    for row, values in enumerate(rows, first):
        needed = max(lines("" if pd.isna(v) else str(v), width) for v, width in zip(values, widths, strict=True))
        if needed > 1:
            sheet.set_row(row, 15 * needed)
