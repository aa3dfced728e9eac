"""``planner run --locks``: the column ``kunci`` of a plan.xlsx, read back as decisions by hand."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from planner.base.errors import PlannerError, hint, shown
from planner.base.files import write_whole
from planner.base.messages import LANGUAGES, say
from planner.model.candidates import Candidates, read_candidates
from planner.plan.folder import from_here
from planner.scenario.hand_edits import Edit, apply_edit
from planner.scenario.rules.base import LONGEST_LAW
from planner.scenario.rules.by_hand import Lock
from planner.scenario.scenario import Scenario, read_scenario, vary
from planner.scenario.toml_file import as_written
from planner.tables.cells import trim
from planner.tables.excel_files import ERROR, UNSAVED, Cell, Sheet, open_workbook, rows_of
from planner.tables.excel_sheets import cells_of
from planner.tables.grids import Broken
from planner.tables.schemas import BESIDE
from planner.tables.sheet_facts import Facts
from planner.tables.sources import files_named

NEEDED = ("usulan_id", "kunci")
READ = (*NEEDED, "kode", "alasan")
SUFFIX = ".kunci"  # of the scenario that holds the locks
LONGEST = LONGEST_LAW - 40  # characters of a new reason, with what stands before it


@dataclass(frozen=True)
class Row:
    """A row of a workbook in which something is locked; texts as they stand there."""

    place: str  # sheet, row and column, for people
    usulan_id: str
    kode: str
    state: str
    reason: str


@dataclass(frozen=True)
class Table:
    """What a sheet locks; ``columns``: where they stand, none before a header was found; ``problems``: by place."""

    title: str
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def place(self, row: int | None = None, column: str = "") -> str:
        """The sheet, or a row or cell of it, for people."""
        key = "locks.sheet" if row is None else "locks.place" if column else "locks.row"
        named = say(f"lists.columns.{column}") if column else ""
        return say(key, sheet=shown(self.title), row=row, column=named)


def locked_scenario(file: Path, book: Path, folder: Path) -> Path:
    """The scenario file with the locks of a workbook, written into ``folder`` as ``NAME.kunci.toml``.

    The file itself where nothing is locked. What the scenario holds stays, unless a row decides otherwise. Raises one
    PlannerError with everything that is wrong in the workbook.
    """
    base = read_scenario(file)
    edits = read_locks(book, read_candidates(base), base)
    if not edits:
        return file
    scenario = base
    for edit in edits:
        scenario = apply_edit(scenario, edit)
    name = f"{file.stem.removesuffix(SUFFIX)}{SUFFIX}.toml"
    return write_whole(folder / name, as_written(file, seen_from(base, scenario, folder)).encode())


def seen_from(base: Scenario, scenario: Scenario, folder: Path) -> Scenario:
    """The scenario with its tables as seen from another folder; a table that stands beside it is copied there."""
    if base.data is not None:
        return vary(scenario, data=from_here((base.folder / base.data).resolve(), folder.resolve()))
    for file in files_named(base.folder, BESIDE) if base.folder.resolve() != folder.resolve() else []:
        write_whole(folder / file.name, file.read_bytes())
    return scenario


def read_locks(book: Path, candidates: Candidates, base: Scenario) -> list[Edit]:
    """The decisions of a workbook by usulan; one PlannerError with all that cannot be one, by sheet and row.

    Sorted, so that the same locks are the same scenario wherever their usulan stand.
    """
    try:
        tables = [read_sheet(sheet) for sheet in open_workbook(book).sheets]
    except Broken as error:
        raise PlannerError(f"{book}: {error}") from None
    rows, known = [row for table in tables for row in table.rows], dict(candidates.usulan[["usulan_id", "kode"]].values)
    problems = [problem for table in tables for problem in table.problems]
    problems += [f"{row.place}: {problem}" for row in rows for problem in wrong(row, known, laws_of(base))]
    problems += contradictions(rows)
    if problems:
        raise PlannerError([f"{book.name}, {problem}" for problem in problems])
    if not any(table.columns for table in tables):
        raise PlannerError(say("locks.no_column", file=book, names=" / ".join(headers("kunci"))))
    states = {row.usulan_id: (kind_of(row.state), row.reason) for row in rows}
    return [
        Edit(kind, name, reason=reason or say("locks.from", "id")) for name, (kind, reason) in sorted(states.items())
    ]


def read_sheet(sheet: Sheet) -> Table:
    """The table of a sheet; nothing that looks like a lock is passed over in silence."""
    table = Table(sheet.title)
    try:
        rows = list(rows_of(sheet))
    except Broken as broken:
        return Table(sheet.title, problems=[f"{table.place()}: {broken}"])
    for number, cells in rows:
        texts = {cell.column: trim(cell.text) for cell in cells}
        if not table.columns and (columns := columns_of(texts)):
            table = replace(table, columns=columns)
            table.problems.extend(doubled(table, number, texts) + merged(table, sheet.facts, number))
        elif table.columns:
            take_row(table, number, {cell.column: cell for cell in cells}, texts)
        else:
            table.problems.extend(strays(table, number, texts))
    return table


def columns_of(texts: dict[int, str]) -> dict[str, int]:
    """Where the columns stand, of a row that is the header; else nothing."""
    places = {name: place for place, text in texts.items() for name in READ if text.lower() in headers(name)}
    return places if set(NEEDED) <= places.keys() else {}


def headers(column: str) -> list[str]:
    """How a column may be headed, in either language."""
    return list(dict.fromkeys(say(f"lists.columns.{column}", lang).lower() for lang in LANGUAGES))


def doubled(table: Table, number: int, texts: dict[int, str]) -> list[str]:
    """Columns that a header names twice, of which only one could be read."""
    named = Counter(name for text in texts.values() for name in READ if text.lower() in headers(name))
    return [f"{table.place(number, name)}: {say('locks.twice')}" for name, times in named.items() if times > 1]


def merged(table: Table, facts: Facts, header: int) -> list[str]:
    """Cells below the header that are merged over rows: one value for several usulan."""
    columns = table.columns.values()
    return [
        f"{table.place()}: {say('tables.remedy.merged', range=cells_of(top, left, bottom, right))}"
        for (top, left), (bottom, right) in sorted(facts.merged)
        if bottom > top and bottom >= header and any(left <= column <= right for column in columns)
    ]  # fmt: skip


def strays(table: Table, number: int, texts: dict[int, str]) -> list[str]:
    """Cells that say a lock where no header names their column: it is gone, renamed, or sorted below them."""
    return [
        f"{table.place(number)}: {say('locks.stray', value=shown(text))}" for text in texts.values() if kind_of(text)
    ]


def take_row(table: Table, number: int, cells: dict[int, Cell], texts: dict[int, str]) -> None:
    """Add what a row below the header locks, or why that is not known."""
    place = table.place(number, "kunci")
    for column in ("kunci", "alasan"):
        what = cells[at].what if (at := table.columns.get(column)) in cells else None
        if what in (ERROR, UNSAVED):
            remedy = say(f"tables.remedy.{'error' if what == ERROR else 'formula'}")
            table.problems.append(f"{table.place(number, column)}: {remedy}")
            return
    values = {name: texts.get(at, "") for name, at in table.columns.items()}
    if values["kunci"]:
        row = Row(place, values["usulan_id"], values.get("kode", ""), values["kunci"], values.get("alasan", ""))
        table.rows.append(row)


def kind_of(text: str) -> str:
    """``lock_in`` or ``lock_out``, as a cell says in either language; '' for anything else."""
    said = {say(f"locks.{state}", lang): f"lock_{state}" for state in ("in", "out") for lang in LANGUAGES}
    return said.get(text.lower(), "")


def laws_of(base: Scenario) -> set[str]:
    """The reasons of the locks that the scenario has already, as plan.xlsx writes them."""
    return {rule.law.removeprefix(f"{say('edit.law', 'id')}: ") for rule in base.rules_of(Lock)}


def wrong(row: Row, known: dict[str, str], laws: set[str]) -> Iterator[str]:
    """What is wrong with a row: its value, its usulan, whose it is, its reason."""
    if not kind_of(row.state):
        yield say("locks.value", value=shown(row.state))
    if not row.usulan_id:
        yield say("locks.no_usulan")
    elif row.usulan_id not in known:
        yield say("locks.unknown", usulan=shown(row.usulan_id), hint=hint(row.usulan_id, list(known)))
    elif row.kode and row.kode != known[row.usulan_id]:
        yield say("locks.other", usulan=shown(row.usulan_id), here=known[row.usulan_id], there=shown(row.kode))
    if len(row.reason) > LONGEST and row.reason not in laws:
        yield say("locks.long", most=LONGEST)


def contradictions(rows: list[Row]) -> Iterator[str]:
    """Usulan that are locked in in one row and out in another."""
    first: dict[str, Row] = {}
    for row in rows:
        before = first.setdefault(row.usulan_id, row)
        if {kind_of(before.state), kind_of(row.state)} == {"lock_in", "lock_out"}:
            yield say("locks.both", usulan=shown(row.usulan_id), one=before.place, other=row.place)
