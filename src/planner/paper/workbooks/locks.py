"""``planner run --locks``: the column ``kunci`` of a plan.xlsx, read back as decisions by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planner.answers.edit_log import as_written
from planner.base.errors import PlannerError, hint, shown
from planner.base.files import write_whole
from planner.base.messages import LANGUAGES, say
from planner.model.candidates import Candidates, read_candidates
from planner.plan.folder import from_here
from planner.scenario.hand_edits import Edit, apply_edit
from planner.scenario.rules.base import LONGEST_LAW
from planner.scenario.scenario import Scenario, read_scenario, vary
from planner.tables.excel_files import Sheet, open_workbook, rows_of
from planner.tables.grids import Broken
from planner.tables.schemas import BESIDE
from planner.tables.sources import files_named

NEEDED = ("usulan_id", "kunci")
READ = (*NEEDED, "kode", "alasan")
SUFFIX = ".kunci"  # of the scenario that holds the locks
LONGEST = LONGEST_LAW - 40  # characters of a reason, with what stands before it


@dataclass(frozen=True)
class Row:
    """A row of a workbook in which something is locked; texts as they stand there."""

    place: str  # sheet, row and column, for people
    usulan_id: str
    kode: str
    state: str
    reason: str


def locked_scenario(file: Path, book: Path, folder: Path) -> Path:
    """The scenario file with the locks of a workbook, written into ``folder`` as ``NAME.kunci.toml``.

    The file itself where nothing is locked. What the scenario holds stays, unless a row decides otherwise. Raises one
    PlannerError with everything that is wrong in the workbook.
    """
    base = read_scenario(file)
    edits = read_locks(book, read_candidates(base))
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


def read_locks(book: Path, candidates: Candidates) -> list[Edit]:
    """The decisions of a workbook by usulan; one PlannerError with all that cannot be one, by sheet and row.

    Sorted, so that the same locks are the same scenario wherever their usulan stand.
    """
    try:
        rows = list(locked_rows(book))
    except Broken as error:
        raise PlannerError(f"{book}: {error}") from None
    known = dict(candidates.usulan[["usulan_id", "kode"]].values)
    problems = [f"{book.name}, {row.place}: {problem}" for row in rows for problem in wrong(row, known)]
    problems += [f"{book.name}: {problem}" for problem in contradictions(rows)]
    if problems:
        raise PlannerError(problems)
    states = {row.usulan_id: (kind_of(row.state), row.reason) for row in rows}
    return [
        Edit(kind, name, reason=reason or say("locks.from", "id")) for name, (kind, reason) in sorted(states.items())
    ]


def locked_rows(book: Path) -> Iterator[Row]:
    """Every row with something in the column ``kunci``; raises PlannerError where no sheet has that column."""
    found = False
    for sheet in open_workbook(book).sheets:
        columns: dict[str, int] = {}
        for number, cells in () if sheet.broken else rows_of(sheet):
            texts = {cell.column: cell.text.strip() for cell in cells}
            if not columns:
                columns = columns_of(texts)
                found = found or bool(columns)
            elif row := row_of(sheet, number, {name: texts.get(place, "") for name, place in columns.items()}):
                yield row
    if not found:
        raise PlannerError(say("locks.no_column", file=book, names=" / ".join(headers("kunci"))))


def columns_of(texts: dict[int, str]) -> dict[str, int]:
    """Where the columns stand, of a row that is the header; else nothing."""
    places = {name: place for place, text in texts.items() for name in READ if text.lower() in headers(name)}
    return places if set(NEEDED) <= places.keys() else {}


def headers(column: str) -> list[str]:
    """How a column may be headed, in either language."""
    return list(dict.fromkeys(say(f"lists.columns.{column}", lang).lower() for lang in LANGUAGES))


def row_of(sheet: Sheet, number: int, texts: dict[str, str]) -> Row | None:
    if not texts["kunci"]:
        return None
    place = say("locks.place", sheet=shown(sheet.title), row=number, column=say("lists.columns.kunci"))
    return Row(place, texts["usulan_id"], texts.get("kode", ""), texts["kunci"], texts.get("alasan", ""))


def kind_of(text: str) -> str:
    """``lock_in`` or ``lock_out``, as a cell says in either language; '' for anything else."""
    said = {say(f"locks.{state}", lang): f"lock_{state}" for state in ("in", "out") for lang in LANGUAGES}
    return said.get(text.strip().lower(), "")


def wrong(row: Row, known: dict[str, str]) -> Iterator[str]:
    """What is wrong with a row: its value, its usulan, whose it is, its reason."""
    if not kind_of(row.state):
        yield say("locks.value", value=shown(row.state))
    if not row.usulan_id:
        yield say("locks.no_usulan")
    elif row.usulan_id not in known:
        yield say("locks.unknown", usulan=shown(row.usulan_id), hint=hint(row.usulan_id, list(known)))
    elif row.kode and row.kode != known[row.usulan_id]:
        yield say("locks.other", usulan=shown(row.usulan_id), here=known[row.usulan_id], there=shown(row.kode))
    if len(row.reason) > LONGEST:
        yield say("locks.long", most=LONGEST)


def contradictions(rows: list[Row]) -> Iterator[str]:
    """Usulan that are locked in in one row and out in another."""
    first: dict[str, Row] = {}
    for row in rows:
        before = first.setdefault(row.usulan_id, row)
        if {kind_of(before.state), kind_of(row.state)} == {"lock_in", "lock_out"}:
            yield say("locks.both", usulan=shown(row.usulan_id), one=before.place, other=row.place)
