"""Commands on other people's tables: import, merge."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.base.errors import PlannerError, shown
from planner.base.messages import say
from planner.cli import common

if TYPE_CHECKING:
    import pandas as pd

    from planner.tables.mapping import Column, SheetMap
    from planner.tables.raw_sheets import RawSheet

To = Annotated[Path, typer.Option("--to", metavar="DIR")]
Force = Annotated[bool, typer.Option("--force")]


@common.command
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", readable=False)],
    to: To,
    map_file: Annotated[Path | None, typer.Option("--map", metavar="MAP.toml", readable=False)] = None,
    split: Annotated[str | None, typer.Option("--split", metavar="provinsi")] = None,
    force: Force = False,
) -> None:
    """Make somebody else's tables ours: propose a map of columns, convert, log every cell."""
    from planner.base.files import write_whole
    from planner.tables.import_tables import import_tables
    from planner.tables.map_file import map_text, read_map
    from planner.tables.mapping import doubled, propose
    from planner.tables.raw_sheets import raw_sheets
    from planner.tables.table_folder import LOG, MAP, check_free, csv_bytes

    check_target(file, to, split)
    check_free(to, force)
    sheets = raw_sheets(file)
    there = bool(map_file and map_file.is_file())
    maps = read_map(map_file, sheets) if map_file and there else [propose(sheet) for sheet in sheets]
    if not there:
        show(sheets, maps)
    if map_file and not there:
        common.tell(say("import.map_written", file=write_whole(map_file, map_text(maps).encode())))
        return
    if problems := doubled(maps):
        raise PlannerError(problems)
    done = import_tables(list(zip(sheets, maps, strict=True)))
    common.tell_all(done.notes)
    unsure = sum(column.mark == "periksa" for one in maps for column in one.columns)
    if unsure:
        common.tell(say("import.not_sure", count=unsure, file=to / MAP), err=True)
    write(to, done.tables, {LOG: csv_bytes(done.log), MAP: map_text(maps).encode()}, split, force)
    told = {"folder": to, "tables": counted(done.tables), "changes": len(done.log), "log": to / LOG}
    common.tell(say("import.written", **told))
    tell_checked(to)


@common.command
def merge(
    folder: Annotated[Path, typer.Argument(metavar="DIR", readable=False)], to: To, force: Force = False
) -> None:  # fmt: skip
    """Put the tables of several senders together; the same usulan with different content is a conflict."""
    from planner.tables.merge import merge_tables
    from planner.tables.table_folder import SENDERS, check_free

    check_target(folder, to, None)
    check_free(to, force)
    merged = merge_tables(folder)
    common.tell_all(merged.notes)
    names = "".join(f"{shown(name)}\n" for name in merged.senders)
    write(to, merged.tables, {SENDERS: names.encode("utf-8", "replace")}, None, force)
    common.tell(say("merge.written", folder=to, tables=counted(merged.tables)))
    tell_checked(to)


def check_target(source: Path, to: Path, split: str | None) -> None:
    """Never into the folder that is read, nor over it."""
    if split not in (None, "provinsi"):
        raise PlannerError(say("import.split_by", by=shown(split)))
    read, written = source.resolve(), to.resolve()
    if written in (read, *read.parents) or (read.is_dir() and read in written.parents):
        raise PlannerError(say("import.inside", folder=to, source=source.name))


def write(
    to: Path, tables: Mapping[str, "pd.DataFrame"], more: Mapping[str, bytes], split: str | None, force: bool
) -> None:  # fmt: skip
    """Write tables and what goes with them, and the workbooks of provinces where they are asked for."""
    from planner.base.whole_folder import replaced
    from planner.tables.table_folder import PROVINCES, table_bytes, write_folder

    files = {f"{name}.csv": table_bytes(table) for name, table in tables.items()} | dict(more)
    books: dict[str, bytes] = {}
    if split:
        from planner.paper.workbooks.by_province import province_books

        books = {f"{PROVINCES}/{name}": content for name, content in province_books(tables).items()}
    write_folder(to, files | books, force)
    common.tell_all([say("import.left_behind", folder=old) for old in replaced(to)])
    if split:
        common.tell(say("split.written", count=len(books), folder=to / PROVINCES))


def counted(tables: Mapping[str, "pd.DataFrame"]) -> str:
    return ", ".join(f"{name} {len(table)}" for name, table in tables.items())


def tell_checked(folder: Path) -> None:
    """Whether the tables pass ``planner check``; what they lack is told as it tells it."""
    from planner.tables.check import check_data

    checked = check_data(folder)
    if checked.problems:
        raise PlannerError([say("import.lacking", folder=folder), *(f"  - {one}" for one in checked.problems)])
    common.tell(say("import.passes", warnings=checked.count("warning")))


# -- the proposal ------------------------------------------------------------------------------------------------------


def show(sheets: Iterable["RawSheet"], maps: Iterable["SheetMap"]) -> None:
    """Print what is proposed: every column, where it goes, how sure that is, and what it holds."""
    from planner.tables.raw_sheets import place_of

    for sheet, one in zip(sheets, maps, strict=True):
        about = {"row": sheet.header[0], "rows": len(sheet.cells), "table": one.table}
        common.tell(say("import.sheet_line", place=place_of(sheet.file, sheet.title), **about))
        for to, text in one.fill.items():
            common.tell(say("import.fill_line", to=to, text=text))
        for column in one.columns:
            common.tell(column_line(column))


def column_line(column: "Column") -> str:
    from planner.tables.excel_sheets import letters

    mark = "; ".join(filter(None, [say(f"import.marks.{column.mark}"), column.why]))
    times = f" x {column.factor}" if column.factor != 1 else ""
    header = shown(column.header) if column.header else say("import.no_header")
    sample = " | ".join(shown(text, 24) for text in column.sample)
    to = f"{column.to}{times}" if column.to else say("import.own")
    return say("import.column_line", at=letters(column.at), header=header, to=to, mark=mark, sample=sample)
