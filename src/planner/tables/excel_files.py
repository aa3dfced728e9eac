"""An Excel workbook becomes grids: sizes and parts checked before parsing, values read and formulas refused by name."""

from __future__ import annotations

import hashlib
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from planner.base.messages import say
from planner.tables.csv_files import MEGABYTE, read_bytes
from planner.tables.grids import COLUMN_LIMIT, Broken

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

WORKBOOK_LIMIT_MB, RATIO, PARTS = 50, 250, 2_000
ROW_LIMIT = 50_000  # of a sheet: openpyxl holds every cell in memory
OLE = b"\xd0\xcf\x11\xe0"  # old .xls, and what a password makes of an .xlsx
OTHER = {".xls": "old", ".xlsm": "macros", ".xlsb": "old", ".ods": "old", ".xltx": "old", ".xltm": "macros"}
ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8|us-ascii)", re.IGNORECASE)


@dataclass(frozen=True)
class Workbook:
    """An opened workbook; ``sheets`` by title in the order of the file."""

    file: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def sheets(self) -> list[Worksheet]:
        return self.load()

    @cached_property
    def results(self) -> list[Worksheet]:
        """The same sheets with what each formula gave when the file was saved."""
        return self.load(data_only=True)

    def load(self, data_only: bool = False) -> list[Worksheet]:
        import openpyxl

        with warnings.catch_warnings(action="ignore"):
            return openpyxl.load_workbook(io.BytesIO(self.content), data_only=data_only, keep_links=False).worksheets


def open_workbook(path: Path) -> Workbook:
    """The workbook of a file; raises ``Broken`` for what is no plain .xlsx or would not fit into memory."""
    if path.suffix.lower() in OTHER:
        raise Broken(say(f"tables.{OTHER[path.suffix.lower()]}"))
    content = read_bytes(path, WORKBOOK_LIMIT_MB)
    if content.startswith(OLE):
        raise Broken(say("tables.locked"))
    with guard():
        check_parts(content)
        workbook = Workbook(path.name, content)
        workbook.sheets  # noqa: B018  opens it
    return workbook


@contextmanager
def guard() -> Iterator[None]:
    """Whatever a hostile or torn workbook makes the parsers raise becomes ``Broken``."""
    try:
        yield
    except Broken:
        raise
    except Exception as error:
        raise Broken(say("tables.bad_workbook", why=type(error).__name__)) from None


def check_parts(content: bytes) -> None:
    """Refuse macros, bombs and document types before any parser sees them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        size = sum(part.file_size for part in parts)
        if size > WORKBOOK_LIMIT_MB * MEGABYTE or len(parts) > PARTS:
            raise Broken(say("tables.too_large", limit=WORKBOOK_LIMIT_MB))
        if size > RATIO * len(content) and size > 10 * MEGABYTE:
            raise Broken(say("tables.bomb"))
        if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
            raise Broken(say("tables.macros"))
        if any(part.flag_bits & 1 for part in parts):
            raise Broken(say("tables.locked"))
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                check_xml(archive, part)


def check_xml(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No part has a document type, where entities are declared; none hides one behind another encoding."""
    with archive.open(part) as stream:
        end = b""
        while chunk := stream.read(MEGABYTE):
            if not end and (chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in chunk[:8] or ENCODING.match(chunk)):
                raise Broken(say("tables.entities"))
            if b"<!DOCTYPE" in end + chunk or b"<!ENTITY" in end + chunk:
                raise Broken(say("tables.entities"))
            end = chunk[-9:]


# -- sheets ------------------------------------------------------------------------------------------------------------

TEXT, NUMBER, DAY, FORMULA, ERROR = range(5)  # what stands in a cell


class Cell(NamedTuple):
    """``column`` from 0; ``text`` as Excel shows it, of a formula what it gave; ``formula``: "" where there is none."""

    column: int
    text: str
    what: int
    formula: str


def rows_of(workbook: Workbook, sheet: Worksheet) -> Iterator[tuple[int, list[Cell]]]:
    """Each row that holds anything, by its number; raises ``Broken`` for a sheet that is too large or torn."""
    if sheet.max_row > ROW_LIMIT:
        raise Broken(say("tables.too_many_rows", limit=ROW_LIMIT))
    if sheet.max_column > COLUMN_LIMIT:
        raise Broken(say("tables.too_many_columns", limit=COLUMN_LIMIT))
    for number, row in enumerate(sheet.iter_rows(), 1):
        if cells := [cell_of(workbook, cell) for cell in row if cell.value is not None]:
            yield number, cells


def cell_of(workbook: Workbook, cell) -> Cell:
    column, value = cell.column - 1, cell.value
    if cell.data_type != "f":
        return Cell(column, *text_of(value, cell.data_type), "")
    with guard():
        last = workbook.results[workbook.sheets.index(cell.parent)][cell.coordinate]
    text = "" if last.value is None else text_of(last.value, last.data_type)[0]
    return Cell(column, text, FORMULA, str(getattr(value, "text", value)))


def text_of(value: object, kind: str) -> tuple[str, int]:
    """A value as text, and what it is; a day as ISO, with its time where it has one."""
    if isinstance(value, bool):
        return str(value).upper(), TEXT
    if isinstance(value, int | float):
        return number_text(value), NUMBER
    return str(value).removesuffix(" 00:00:00"), DAY if kind == "d" else ERROR if kind == "e" else TEXT


def number_text(number: float) -> str:
    """The number as Excel shows it: whole as written, else 15 digits, no exponent; '11.1', '2028', '0.00001'."""
    text = str(number) if isinstance(number, int) else f"{number:.15g}"
    return f"{Decimal(text):f}" if "e" in text and abs(number) < 1e30 else text
