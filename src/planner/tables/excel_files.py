"""A workbook becomes sheets of cells: .xlsx, .xls and .ods, read by calamine in a process of its own."""

import hashlib
import io
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from planner.base.messages import say
from planner.tables.csv_files import read_bytes
from planner.tables.grids import Broken
from planner.tables.packages import TORN, WORKBOOK_LIMIT_MB, Package
from planner.tables.sheet_facts import Facts, Place, facts_of

READ = (".xlsx", ".xls", ".ods")
OTHER = {".xlsm": "macros", ".xlsb": "old", ".xltx": "old", ".xltm": "macros"}
OLE = b"\xd0\xcf\x11\xe0"  # old .xls, and what a password makes of an .xlsx
READER = Path(__file__).with_name("calamine_process.py")
PATIENCE_S = 120  # for a workbook of the largest size on a busy machine it is ten times enough
Value = bool | float | str | date | time | timedelta


@dataclass(frozen=True)
class Sheet:
    """``rows``: row numbers and filled cells by column from 0; ``broken``: why there are none."""

    title: str
    hidden: bool
    facts: Facts
    rows: list[tuple[int, list[tuple[int, Value]]]]
    broken: Broken | None = None


@dataclass(frozen=True)
class Workbook:
    """A workbook that was opened; its sheets in the order of the file."""

    file: str
    sha256: str
    sheets: list[Sheet]


def open_workbook(path: Path) -> Workbook:
    """The workbook of a file; raises ``Broken`` for what none of it can be read of."""
    if path.suffix.lower() in OTHER:
        raise Broken(say(f"tables.{OTHER[path.suffix.lower()]}"))
    content = read_bytes(path, WORKBOOK_LIMIT_MB)
    facts = {} if content.startswith(OLE) else looked_into(content)
    broken = {title for title, found in facts.items() if isinstance(found, Broken)}
    sheets = [sheet_of(*held, facts) for held in values_of(content, broken)]
    return Workbook(path.name, hashlib.sha256(content).hexdigest(), sheets)


def looked_into(content: bytes) -> dict[str, Facts | Broken]:
    """The facts of each sheet; whatever a torn or hostile file makes the parsers raise becomes ``Broken``."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            package = Package(archive)
            package.check()
            return facts_of(package)
    except Broken:
        raise
    except TORN:
        raise Broken(say("tables.bad_workbook")) from None


Held = tuple[str, bool, list, list | None]  # what ``calamine_process`` writes of a sheet


def values_of(content: bytes, skip: set[str]) -> list[Held]:
    """What ``calamine_process`` tells of each sheet; raises ``Broken`` where it could not."""
    command = [sys.executable, "-I", str(READER)]
    try:
        done = subprocess.run(
            command, input=pickle.dumps((content, skip)), capture_output=True, timeout=PATIENCE_S, check=True
        )
        sheets = pickle.loads(done.stdout)
    except (subprocess.SubprocessError, OSError):
        raise Broken(say("tables.locked" if content.startswith(OLE) else "tables.bad_workbook")) from None
    if sheets is None:
        raise Broken(say("tables.locked"))
    return sheets


def sheet_of(title: str, hidden: bool, merged: list, rows: list | None, found: dict[str, Facts | Broken]) -> Sheet:
    facts = found.get(title) or (Broken(say("tables.bad_sheet")) if found else Facts(told=False))
    if isinstance(facts, Broken):
        return Sheet(title, hidden, Facts(), [], facts)
    if rows is None:
        return Sheet(title, hidden, facts, [], Broken(say("tables.bad_sheet")))
    facts.merged += merged
    return Sheet(title, hidden, facts, rows)


# -- cells -------------------------------------------------------------------------------------------------------------

TEXT, NUMBER, DAY, ERROR, UNSAVED = range(5)  # what stands in a cell; UNSAVED: a formula without what it gives


class Cell(NamedTuple):
    """``column`` from 0; ``text`` as the program shows it, of a formula what it gave; ``formula``: "" where none is."""

    column: int
    text: str
    what: int
    formula: str


def rows_of(sheet: Sheet) -> Iterator[tuple[int, list[Cell]]]:
    """Each row that holds anything, by its number; raises ``Broken`` for a sheet that is too large or torn."""
    if sheet.broken:
        raise sheet.broken
    rows, facts = {number: dict(cells) for number, cells in sheet.rows}, sheet.facts
    for number, column in (*facts.errors, *facts.unsaved):  # which the reader takes for empty
        rows.setdefault(number, {}).setdefault(column, "")
    for number, cells in sorted(rows.items()):
        yield number, [cell_of((number, column), cells[column], facts) for column in sorted(cells)]


def cell_of(place: Place, value: Value, facts: Facts) -> Cell:
    formula = facts.formulas.get(place, "")
    if place in facts.errors:
        return Cell(place[1], facts.errors[place], ERROR, formula)
    if place in facts.unsaved:
        return Cell(place[1], "", UNSAVED, formula)
    return Cell(place[1], *text_of(value, place in facts.percents), formula)


def text_of(value: Value, percent: bool = False) -> tuple[str, int]:
    """A value as text, and what it is; a day as ISO, with its time where it has one; a percent with its sign."""
    if isinstance(value, bool):
        return str(value).upper(), TEXT
    if isinstance(value, int | float):
        return (f"{number_text(float(Decimal(str(value)) * 100))}%" if percent else number_text(value)), NUMBER
    text = str(value).replace("\r", "")  # which some programs write as _x000D_ and none shows
    return text, DAY if isinstance(value, date | datetime | time | timedelta) else TEXT


def number_text(number: float) -> str:
    """The number as Excel shows it: whole as written, else 15 digits, no exponent; '11.1', '2028', '0.00001'."""
    if abs(number) < 2**53 and number == int(number):
        return str(int(number))
    text = f"{number:.15g}"
    return f"{Decimal(text):f}" if "e" in text and abs(number) < 1e30 else text
