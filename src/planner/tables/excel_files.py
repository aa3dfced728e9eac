"""An Excel workbook becomes grids: sizes and parts checked before parsing, values read and formulas refused by name."""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from planner.base.messages import say
from planner.tables.csv_files import MEGABYTE, read_bytes
from planner.tables.grids import Broken

WORKBOOK_LIMIT_MB, RATIO, PARTS = 200, 250, 2_000
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
    def book(self):
        """The workbook as openpyxl knows it: names, styles and shared strings; sheets are read by ``sheets``."""
        import openpyxl

        return openpyxl.load_workbook(io.BytesIO(self.content), read_only=True, keep_links=False)

    @cached_property
    def sheets(self) -> list:
        return [sheet for sheet in self.book.worksheets if hasattr(sheet, "_get_source")]


def open_workbook(path: Path) -> Workbook:
    """The workbook of a file; raises ``Broken`` for what is no plain .xlsx or would not fit into memory."""
    if path.suffix.lower() in OTHER:
        raise Broken(say(f"tables.{OTHER[path.suffix.lower()]}"))
    content = read_bytes(path, WORKBOOK_LIMIT_MB)
    if content.startswith(OLE):
        raise Broken(say("tables.locked"))
    with guarded():
        check_parts(content)
        workbook = Workbook(path.name, content)
        workbook.sheets  # noqa: B018  opens it
    return workbook


class guarded:
    """Whatever a hostile or torn workbook makes the parsers raise becomes ``Broken``."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace) -> bool:
        if isinstance(error, Exception) and not isinstance(error, Broken):
            raise Broken(say("tables.bad_workbook", why=kind.__name__)) from None
        return False


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


def rows_of(workbook: Workbook, sheet, note: Callable[[str, dict], None]) -> Iterator[tuple[int, bool, list]]:
    """(row number, hidden, [(column from 0, text, what, formula)]) of each row.

    ``note`` hears of ``col`` and ``mergeCell`` elements.
    Row numbers rise; cells that hold nothing are left out. Raises ``Broken`` for a sheet that cannot be read.
    """
    from xml.etree.ElementTree import iterparse

    convert, last = converter(workbook.book, sheet._shared_strings), 0
    with guarded(), sheet._get_source() as source:
        for _, element in iterparse(source, ("end",)):
            tag = local(element.tag)
            if tag == "row":
                number = int(element.get("r") or last + 1)
                if number <= last:
                    raise ValueError
                last = number
                yield number, element.get("hidden") in ("1", "true"), cells_of(element, convert)
                element.clear()
            elif tag in ("col", "mergeCell"):
                note(tag, element.attrib)


def cells_of(row, convert) -> list[tuple[int, str, int, str]]:
    """The cells of a row element that hold anything."""
    found, column = [], -1
    for cell in row:
        reference = cell.get("r")
        column = column_of(reference) if reference else column + 1
        if len(cell):
            found.append((column, *convert(cell)))
    return found


@cache
def local(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


def column_of(reference: str) -> int:
    """'B7' -> 1; raises ValueError beyond XFD."""
    return column_named(reference.rstrip("0123456789"))


@cache
def column_named(letters: str) -> int:
    from openpyxl.utils import column_index_from_string

    return column_index_from_string(letters) - 1


def converter(book, strings: list[str]) -> Callable:
    """A function from a cell element to (text, what, formula)."""
    from openpyxl.utils.datetime import from_excel

    days, epoch = {str(style) for style in book._date_formats}, book.epoch

    def convert(cell) -> tuple[str, int, str]:
        kind, value, formula = cell.get("t", "n"), "", None
        for part in cell:
            tag = local(part.tag)
            if tag == "v":
                value = part.text or ""
            elif tag == "f":
                formula = "=" + (part.text or "")
            elif tag == "is":
                value = "".join(t.text or "" for t in part.iter() if t.tag.endswith("}t"))
        what = TEXT
        if kind == "s":
            value = strings[int(value)]
        elif kind == "b":
            value = "TRUE" if value == "1" else "FALSE"
        elif kind == "e":
            what = ERROR
        elif kind == "n" and value:
            value, what = number_text(value), NUMBER
            if cell.get("s") in days:
                value, what = date_text(value, lambda day: from_excel(day, epoch)), DAY
        return value, what if formula is None else FORMULA, formula or ""

    return convert


def number_text(value: str) -> str:
    """The number as Excel shows it: whole as written, else 15 digits, no exponent; '11.1', '2028', '0.00001'."""
    if len(value) <= 30 and value.isascii() and value.isdigit():
        return str(int(value))
    try:
        number = float(value)
    except ValueError:
        return value
    if number != number or abs(number) >= 1e30:
        return value
    text = f"{number:.15g}"
    if "e" in text:
        from decimal import Decimal

        text = f"{Decimal(text):f}"
    return text


def date_text(value: str, day_of: Callable) -> str:
    """The day as ISO text, with its time where it has one; a number that is no day stays a number."""
    try:
        moment = day_of(float(value))
        return moment.isoformat(" ").removesuffix(" 00:00:00")
    except (ValueError, OverflowError, TypeError, AttributeError):
        return value
