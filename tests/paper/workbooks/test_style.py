"""Workbooks: text stays text, numbers stay numbers, the same content is the same bytes."""

import io

import openpyxl
import pandas as pd
import pytest

from planner.paper.workbooks.style import put, table, written

HOSTILE = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "<b>", "51.40", "0", "a\0b\x1b", "x" * 40_000, "http://x"]


def book_of(*values: object) -> bytes:
    def fill(book, styles):
        table(book, styles, "data", {"nama": 20}, [[value] for value in values])

    return written(fill, "uji")


def cells(content: bytes) -> list:
    return list(openpyxl.load_workbook(io.BytesIO(content))["data"]["A"])[1:]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text):
    (cell,) = cells(book_of(text))

    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert cell.value[:3] == text[:3].replace("\0", " ")


def test_numbers_are_numbers_and_what_is_not_known_is_empty():
    assert [cell.value for cell in cells(book_of(1_234_567, 0.5, None, pd.NA, pd.NaT, float("inf")))] == [
        1_234_567, 0.5, None, None, None, None,
    ]  # fmt: skip


def test_the_same_content_is_the_same_bytes():
    assert book_of("a", 1) == book_of("a", 1)


def test_a_table_is_ready_for_reading_and_paper():
    sheet = openpyxl.load_workbook(io.BytesIO(book_of("a", "b")))["data"]

    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:A3")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$1:$1"


def test_a_cell_may_be_given_a_look():
    def fill(book, styles):
        put(book.add_worksheet("data"), 1, 0, "salah", styles, "error")

    (cell,) = cells(written(fill, "uji"))
    assert cell.fill.fgColor.rgb == "FFFAD9C9"
