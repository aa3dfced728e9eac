"""A CSV file becomes a grid: separators, encodings, and bytes that are no text."""

import csv
import hashlib
import io
import re
import stat
from pathlib import Path

from planner.base.errors import reason
from planner.base.messages import say
from planner.tables.cells import trim
from planner.tables.findings import Findings
from planner.tables.grids import TITLES, Blank, Broken, Grid, frame_grid, is_header, tell

MEGABYTE = 2**20
CSV_LIMIT_MB = 100
BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"%PDF", b"\x1f\x8b", b"GIF8", b"\xff\xd8\xff")
SURROGATE = re.compile("[\ud800-\udfff]")  # what a byte that is no UTF-8 is decoded to
SEPARATORS = ",;\t"
UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_bytes(path: Path, limit_mb: int = CSV_LIMIT_MB) -> bytes:
    """The file's bytes; a file above the limit, or what is no plain file and may never end, is not read at all."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise Broken(say("tables.unreadable", why=say("tables.no_plain_file")))
        if about.st_size > limit_mb * MEGABYTE:
            raise Broken(say("tables.too_large", limit=limit_mb))
        return path.read_bytes()
    except OSError as error:
        raise Broken(say("tables.unreadable", why=reason(error))) from None


def csv_grid(path: Path, name: str, findings: Findings) -> Grid:
    """The grid of a CSV file; raises ``Broken``."""
    content = read_bytes(path)
    if not content.removeprefix(b"\xef\xbb\xbf").strip():
        raise Blank(say("tables.empty"))
    text = decode(content)
    separator = separator_of(text, name)
    records = [(i, record) for i, record in enumerate(records_of(text, separator), 1) if any(map(trim, record))]
    grid = frame_grid(name, findings, records, hashlib.sha256(content).hexdigest())
    grid.decimal = "," if separator == ";" else "."
    if "\0" in text or SURROGATE.search(text):
        hostile_cells(grid)
    return grid


def separator_of(text: str, name: str) -> str:
    """Of ``,``, ``;`` and tab the one that gives a header among the first lines, else that the first line has most."""
    lines = text.lstrip()[:MEGABYTE].splitlines()[: TITLES + 1] or [""]
    for line in lines:
        for separator in SEPARATORS:
            if is_header([cell.strip('"') for cell in line.split(separator)], name):
                return separator
    return max(SEPARATORS, key=lines[0].count)


def decode(content: bytes) -> str:
    """UTF-8 text; bytes that are none become surrogates, so that their cell can be named."""
    if content.startswith(UTF16):
        raise Broken(say("tables.utf16"))
    if content.startswith(BINARY):
        raise Broken(say("tables.encoding"))
    return content.decode("utf-8-sig", "surrogateescape")


def records_of(text: str, separator: str) -> list[list[str]]:
    csv.field_size_limit(10**8)
    records: list[list[str]] = []
    try:
        records.extend(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        raise Broken(say("tables.not_csv"), len(records) + 1) from None
    return records


def hostile_cells(grid: Grid) -> None:
    """Report NUL bytes by cell; the first cell that is not UTF-8 ends the reading, for the others are like it."""
    for column in grid.text:
        cells = grid.text[column]
        for row in cells.index[cells.map(SURROGATE.search).notna()]:
            raise Broken(say("tables.encoding"), row, column, cells[row])
        nul = cells[cells.str.contains("\0", regex=False)]
        tell(grid, column, nul, say("tables.remedy.nul"))
