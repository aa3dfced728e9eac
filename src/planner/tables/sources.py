"""Where each table stands: a file of a folder, or a sheet of a workbook."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from planner.base.errors import reason, shown
from planner.base.messages import say
from planner.tables.cells import trim
from planner.tables.csv_files import csv_grid
from planner.tables.excel_files import OTHER, READ, Sheet, Workbook, open_workbook
from planner.tables.excel_sheets import sheet_grid
from planner.tables.findings import Finding, Findings, Level
from planner.tables.grids import Broken, Grid
from planner.tables.schemas import NEEDED, OWN

ASIDE = {"petunjuk", "kolom", "daftar", "contoh", "masalah", "siap"}  # sheets of our own template


@dataclass(frozen=True)
class Place:
    """A table's findings and how to read its grid; ``read`` raises ``Broken``."""

    findings: Findings
    read: Callable[[], Grid]


@dataclass
class Sources:
    """The place of each table that is there, and what is wrong with the folder or workbook as a whole."""

    tables: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, remedy: str, table: str, file: str, sheet: str = "", level: Level = "error") -> None:
        self.findings.append(Finding(table, file, sheet, None, "", "", remedy, level))


def sources(source: Path, needed: Iterable[str] = NEEDED) -> Sources:
    """The tables of a folder or workbook by name, in the order of ``OWN``; what is missing of ``needed`` is told."""
    found = Sources()
    there = ""
    if os.path.isdir(source):  # noqa: PTH112 - a name too long is no folder, not an error
        in_folder(source, found)
        there = held_there(source)
    elif absent(source):
        found.add(say("tables.unreadable", why=say("tables.no_source", source=source)), "", source.name)
    elif source.suffix.lower() == ".csv":
        found.add(say("tables.csv_alone"), "", source.name)
    else:
        in_workbook(source, found)
    told = {finding.table for finding in found.findings if finding.level == "error"}
    for name in needed:
        if name not in found.tables and not told & {name, ""}:
            found.add(f"{say('tables.absent', source=source, name=name)}{there}", name, f"{name}.csv")
    found.tables = {name: found.tables[name] for name in OWN if name in found.tables}
    return found


def source_of(file: Path, name: str) -> Sources:
    """The place of one table that is a file of its own, CSV or workbook, whatever the file is called."""
    found = Sources()
    file_of(name, [file], found)
    return found


def one_source(folder: Path, name: str) -> Sources:
    """The place of one table in a folder that may hold anything else; nothing where it is not there."""
    found = Sources()
    file_of(name, files_named(folder, name), found)
    return found


def files_named(folder: Path, name: str) -> list[Path]:
    """The files of a folder that a table of this name may be read from; none where there is no folder."""
    with suppress(OSError):
        return [f for f in readable_files(folder) if fold_name(f.stem) == name]
    return []


def readable_files(folder: Path) -> list[Path]:
    """The CSV files and workbooks of a folder; raises OSError."""
    files = [f for f in sorted(folder.iterdir()) if f.is_file() and not f.name.startswith(("~$", "."))]
    return [f for f in files if f.suffix.lower() in (".csv", *READ, *OTHER)]


def absent(source: Path) -> bool:
    """Whether nothing at all stands there; False where the system would not even look."""
    try:
        source.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def held_there(folder: Path, most: int = 8) -> str:
    """The names of what a folder holds, as the end of a sentence: the file looked for may be there by another name."""
    with suppress(OSError):
        names = sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))
        listed = ", ".join(map(shown, names[:most])) + (" ..." if len(names) > most else "")
        return " " + (say("tables.there", files=listed) if names else say("tables.folder_empty"))
    return ""


def in_folder(folder: Path, found: Sources) -> None:
    """Files named as tables; where there is none, the one workbook of the folder."""
    try:
        readable = readable_files(folder)
    except OSError as error:
        return found.add(say("tables.unreadable", why=reason(error)), "", folder.name)
    named = {name: [f for f in readable if fold_name(f.stem) == name] for name in OWN}
    books = [f for f in readable if f.suffix.lower() != ".csv"]
    if not any(named.values()) and len(books) == 1:
        in_workbook(books[0], found)
    for name, own in named.items():
        file_of(name, own, found)


def file_of(name: str, files: list[Path], found: Sources) -> None:
    """The one file of a table; several are an error."""
    if len(files) > 1:
        found.add(say("tables.two_files", files=", ".join(f.name for f in files)), name, files[0].name)
    elif files and files[0].suffix.lower() == ".csv":
        findings = Findings(name, files[0].name)
        found.tables[name] = Place(findings, partial(csv_grid, files[0], name, findings))
    elif files:
        workbook_of_one(files[0], name, found)


def fold_name(name: str) -> str:
    return trim(name).casefold()


def in_workbook(path: Path, found: Sources) -> None:
    """Sheets named as tables; another sheet is passed over with a warning, unless it is our template's."""
    if not (workbook := opened_workbook(path, "", found)):
        return
    for sheet in workbook.sheets:
        name = fold_name(sheet.title)
        if name in found.tables:
            found.add(say("tables.two_sheets", name=name), name, path.name, sheet.title)
        elif name in OWN:
            found.tables[name] = place(workbook, sheet, name)
        elif name not in ASIDE:
            found.add(say("tables.sheet_ignored", names=", ".join(OWN)), "", path.name, sheet.title, "warning")


def workbook_of_one(path: Path, name: str, found: Sources) -> None:
    """The sheet of the table's name, or the only sheet that is not our template's."""
    if not (workbook := opened_workbook(path, name, found)):
        return
    sheets = [s for s in workbook.sheets if fold_name(s.title) not in ASIDE]
    own = [s for s in sheets if fold_name(s.title) == name] or sheets
    if len(own) == 1:
        found.tables[name] = place(workbook, own[0], name)
    else:
        titles = ", ".join(shown(s.title) for s in own[:5])
        found.add(say("tables.which_sheet", name=name, sheets=titles), name, path.name)


def place(workbook: Workbook, sheet: Sheet, name: str) -> Place:
    findings = Findings(name, workbook.file, sheet.title)
    return Place(findings, partial(sheet_grid, workbook, sheet, name, findings))


def opened_workbook(path: Path, table: str, found: Sources) -> Workbook | None:
    """The workbook, or None and why in the findings."""
    try:
        return open_workbook(path)
    except Broken as broken:
        found.add(str(broken), table, path.name)
        return None
