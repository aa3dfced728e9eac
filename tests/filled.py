"""The template as a dinas would hand it in: filled for three kabupaten, clean or with ten mistakes."""

import io
from functools import cache
from pathlib import Path

import openpyxl

from planner.paper.workbooks.columns import EXAMPLES, FIRST_ROW, columns
from planner.paper.workbooks.template import template_book

KODE = {  # Gianyar, Kupang, Bandar Lampung, and where each lies
    "51.04": (-8.5401, 115.3276), "53.01": (-10.1, 123.8), "18.71": (-5.42, 105.26),
}  # fmt: skip
LINES = (("gedung_produksi", 880_000_000, 3, 2), ("utilitas", 200_000_000, 1, None), ("ipab", 90_000_000, 2, 1))

# sheet, row, column, what stands there by mistake: ten of different kinds
MISTAKES = (
    ("usulan", 4, "fs", "sudah"),  # no word of the list
    ("usulan", 5, "kode", 53.1),  # a code that became a number: 53.10 was meant
    ("usulan", 6, "ta", None),  # left out
    ("rincian", 4, "harga_satuan_rp", 880_000),  # in thousands
    ("rincian", 5, "volume", "=2-1"),  # a formula
    ("rincian", 6, "volume", 1.5),  # a fraction
    ("rincian", 8, "usulan_id", "28-5301-99"),  # no such usulan
    ("rincian", 9, "komponen", "air bersih"),  # no such component
    ("rincian", 10, "volume_min", 4),  # more than the volume
    ("sentra", 4, "laporan_terakhir", "akhir 2026"),  # no date
)


@cache
def template() -> bytes:
    return template_book()


def place(sheet: str, column: str) -> int:
    """The number of a column, from 1."""
    return [c.name for c in columns(sheet)].index(column) + 1


def filled(mistakes=(), book=None):
    """The filled template as an openpyxl workbook: three sentra, three usulan, nine lines."""
    book = book or openpyxl.load_workbook(io.BytesIO(template()))
    for number, kode in enumerate(KODE):
        for sheet in ("sentra", "usulan"):
            fill(book[sheet], FIRST_ROW + number, example(sheet, kode))
        for line, (komponen, price_rp, volume, least) in enumerate(LINES):
            own = {
                "rincian_id": f"R{line + 1:02}", "komponen": komponen, "harga_satuan_rp": price_rp, "volume": volume,
                "volume_min": least, "volume_disetujui": None,
            }  # fmt: skip
            fill(book["rincian"], FIRST_ROW + number * len(LINES) + line, example("rincian", kode) | own)
    for sheet, row, column, value in mistakes:
        book[sheet].cell(row, place(sheet, column)).value = value
    return book


def example(sheet: str, kode: str) -> dict:
    """The example of a sheet, moved to another kabupaten."""

    def moved(value):
        return value.replace("5104", kode.replace(".", "")).replace("51.04", kode) if isinstance(value, str) else value

    places = dict(zip(("lat", "lon"), KODE[kode], strict=True)) if sheet == "sentra" else {}
    return {name: moved(value) for name, value in EXAMPLES[sheet].items()} | places


def fill(sheet, row: int, values: dict) -> None:
    for number, column in enumerate(columns(sheet.title), 1):
        cell = sheet.cell(row, number, values[column.name])
        cell.number_format = column.num_format  # as typing into the column gives


def saved(file: Path, mistakes=()) -> Path:
    filled(mistakes).save(file)
    return file


def places(findings) -> list[tuple[str, int, str]]:
    return sorted((finding.sheet, finding.row, finding.column) for finding in findings)


EXPECTED = sorted((sheet, row, column) for sheet, row, column, _ in MISTAKES)
