"""The minutes of a sinkronisasi as a workbook: lines agreed, what they did, what is funded, and places to sign."""

from collections.abc import Mapping, Sequence

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.workbook import Workbook

from planner.base.messages import say
from planner.paper.workbooks.style import fit_rows, paper, put, table, written
from planner.views.berita_acara import AGREED, EFFECTS, FUNDED, PEOPLE, SUMS, Minutes, heads, total_of

WIDTHS = {
    "number": 5, "kabupaten": 24, "usulan_id": 14, "rincian_id": 9, "uraian": 32, "satuan": 9, "price_rp": 16,
    "asked": 10, "verdict": 13, "agreed": 10, "agreed_rp": 18, "reason": 34, "who": 18, "when": 24, "freed_rp": 18,
    "enters": 40, "leaves": 40, "goal": 36, "volume": 10, "amount_rp": 18, "people": 90,
}  # fmt: skip
BOX = 30  # characters across of a place to sign


def minutes_book(minutes: Minutes) -> bytes:
    """The workbook in the language in force; the same minutes give the same bytes."""

    def fill(book: Workbook, styles: Mapping[str, Format]) -> None:
        sheet_of(book, styles, "agreed", AGREED, minutes.agreed)
        sheet_of(book, styles, "effects", EFFECTS, minutes.did)
        sheet_of(book, styles, "funded", FUNDED, minutes.funded)
        sheet_of(book, styles, "people", PEOPLE, minutes.people)
        signatures(book, styles, minutes)

    return written(fill, minutes.title)


def sheet_of(
    book: Workbook, styles: Mapping[str, Format], name: str, columns: Sequence[str], rows: Sequence[dict]
) -> None:
    """A table with a last row that sums its rupiah, by formulas of ours whose results are written too."""
    widths = dict(zip(heads(columns), (WIDTHS[column] for column in columns), strict=True))
    values = [[row[column] for column in columns] for row in rows]
    sheet = table(book, styles, say(f"sinkronisasi.sheets.{name}"), widths, values)
    fit_rows(sheet, 0, [list(widths), *values], list(widths.values()))
    last = len(values) + 1
    if not SUMS & set(columns):
        return
    for place, (column, value) in enumerate(zip(columns, total_of(columns, rows), strict=True)):
        if column in SUMS and values:
            formula = f"=SUM({xl_range(1, place, last - 1, place)})"
            sheet.write_formula(last, place, formula, styles["sum"], value)
        else:
            put(sheet, last, place, value, styles, "sum")


def signatures(book: Workbook, styles: Mapping[str, Format], minutes: Minutes) -> None:
    """What was agreed in words, what is proven, and two places to sign abreast."""
    sheet = book.add_worksheet(say("sinkronisasi.sheets.signatures"))
    for column in (0, 1, 2):
        sheet.set_column(column, column, 4 if column == 1 else 2 * BOX)
    put(sheet, 0, 0, minutes.title, styles, "title")
    row = 1
    for text in [*minutes.opening(), *minutes.closing()]:
        sheet.merge_range(row, 0, row, 2, "")
        put(sheet, row, 0, text, styles, "text")
        sheet.set_row(row, 15 * (1 + len(text) // (4 * BOX)))
        row += 1
    put(sheet, row + 1, 0, say("sinkronisasi.page.place_date"), styles, "text")
    for place, who in enumerate(minutes.signers()):
        top, column = row + 3 + 7 * (place // 2), 2 * (place % 2)
        put(sheet, top, column, who, styles, "heading")
        for below, name in ((4, "name"), (5, "nip")):
            put(sheet, top + below, column, say(f"sinkronisasi.page.{name}_line"), styles, "text")
    paper(sheet)
    sheet.repeat_rows(0, 0)
