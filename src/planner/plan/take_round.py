"""Taking a round of a season: tables, scenario, plan, proof and log copied, sealed, and moved into place at once."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as package_version
from pathlib import Path

from planner.base.errors import PlannerError, first_of, reason, shown
from planner.base.files import clear, mkstemp, unfinished, writing
from planner.base.messages import say
from planner.base.paths import ACUAN
from planner.base.whole_folder import remove_abandoned, sync, whole_folder
from planner.plan.folder import BESIDE_PLAN, PLAN, RunFolder, from_here, own_tables
from planner.plan.plan import Plan, read_plan
from planner.plan.plan_file import canonical, fingerprint_of
from planner.plan.season import (
    CHAIN,
    MORE,
    REFERENCE,
    SCENARIO,
    SEAL,
    TABLES,
    Origin,
    Piece,
    Round,
    Season,
    chain_lines,
    files_in,
    followers,
    is_stray,
    piece_of,
    rank,
    read_round,
    read_season,
    remains_in,
)
from planner.plan.verify import verify
from planner.scenario.hand_edits import one_line, user
from planner.scenario.scenario import vary
from planner.scenario.toml_file import as_written
from planner.tables.sources import readable_files

WRITER = "penulis"  # the mark of who writes a round


@dataclass(frozen=True)
class Asked:
    """What a round is to hold: a plan with what lies beside it, its tables, and more files (``lampiran``)."""

    name: str
    plan_file: Path
    data: Path | None = None  # where the tables are, where the run's own place is not meant
    more: tuple[Path, ...] = ()
    who: str = ""
    reason: str = ""

    def source(self, plan: Plan) -> Path | None:
        """Where the usulan of the plan are; None where they are modelled."""
        named = plan.content["scenario"].get("data")
        return None if named is None else self.data or RunFolder(self.plan_file).home / named


def take_round(folder: Path, asked: Asked) -> tuple[Round, list[str]]:
    """A new round of the season, whole or not at all, and what else was done, in sentences.

    Raises PlannerError where the chain is broken, the name is taken or out of order, tables are missing, or the plan is
    not what these tables and this scenario give.
    """
    if (folder / SEAL).exists():
        raise PlannerError(say("errors.sealed", folder=folder))
    with alone(folder):
        said = [say("season.cleaned", folder=place) for place in remove_abandoned(remains_in(folder))]
        season = read_season(folder)
        check_turn(season, asked.name)
        if season.torn:
            write_chain(season)
            said.append(say("season.completed", round=season.rounds[-1].name))
        plan = read_plan(asked.plan_file)
        with whole_folder(folder / asked.name) as made:
            tables = copy_all(made, asked, plan)
            said += copy_more(made / MORE, asked.more)
            if wrong := verify(made / PLAN, tables and made / tables, made / REFERENCE, made / TABLES):
                raise PlannerError([say("season.plan_apart", file=asked.plan_file), *(f"  - {one}" for one in wrong)])
            write_seal(made, season, asked, plan, tables)
            read_round(made, asked.name)
        write_chain(read_season(folder))
        return read_round(folder / asked.name), said


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One writer of a season at a time; PlannerError for who finds that another one is at it.

    Each marks the folder first and looks then, so that of two at once never both go on.
    """
    clear(folder)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle, mine = mkstemp(folder / WRITER)
        os.close(handle)
    try:
        for mark in unfinished(folder):
            if mark.name.startswith(f".{WRITER}.") and mark.name != Path(mine).name:
                raise PlannerError(say("season.overtaken", folder=folder, file=mark.name))
        yield
    finally:
        Path(mine).unlink(missing_ok=True)


def check_turn(season: Season, name: str) -> None:
    """Raise PlannerError unless the round may come next on a chain that is whole."""
    rank(name)
    if season.problems:
        raise PlannerError([say("season.broken", folder=season.folder), *(f"  - {one}" for one in season.problems)])
    last = season.rounds[-1].name if season.rounds else None
    if name in (one.name for one in season.rounds):
        raise PlannerError(say("season.exists", round=name, next=next_words(last)))
    if name not in followers(last):
        after = last or say("season.nothing_yet")
        raise PlannerError(say("season.order", round=name, last=after, next=next_words(last)))


def next_words(last: str | None) -> str:
    return ", ".join(followers(last)) or say("season.over")


def copy_all(made: Path, asked: Asked, plan: Plan) -> str | None:
    """Copy everything of a round but its seal; where the tables are in it (None: the usulan are modelled)."""
    run = RunFolder(asked.plan_file)
    source = asked.source(plan)
    check_letters(source)
    (made / TABLES).mkdir()
    for file in tables_to_copy(run, source):
        copy(file, made / TABLES / file.name)
    for file in sorted(ACUAN.glob("*.csv")):
        copy(file, made / REFERENCE / file.name)
    copy(asked.plan_file, made / PLAN)
    for name in BESIDE_PLAN:
        if run.file(name).is_file():
            copy(run.file(name), made / name)
    tables = None if source is None else TABLES if source.is_dir() else f"{TABLES}/{source.name}"
    scenario = plan.scenario if tables is None else vary(plan.scenario, data=tables)
    (made / SCENARIO).write_bytes(as_written(run.scenario_file, scenario).encode())
    return tables


def tables_to_copy(run: RunFolder, source: Path | None) -> list[Path]:
    """The files of a scenario's own tables; PlannerError where they are not there."""
    if source is None:
        return own_tables(run.home, None)
    try:
        if source.is_dir():
            return readable_files(source)
    except OSError as error:
        raise PlannerError(say("errors.unreadable", file=source, why=reason(error))) from None
    if not source.is_file():
        raise PlannerError(say("season.no_tables", place=source))
    return [source]


def copy_more(target: Path, more: tuple[Path, ...]) -> list[str]:
    """Copy files and folders given beside the plan, and say what of them was left out.

    Raises one PlannerError for all that are not there, of one name, or links in a folder, which lead somewhere else.
    """
    names = [place.resolve().name for place in more]
    found = {place: list(below(place)) if place.is_dir() else [place] for place in more}
    problems = [say("season.no_file", file=place) for place in more if not place.exists()]
    problems += [say("season.same_name", name=shown(name)) for name in sorted({n for n in names if names.count(n) > 1})]
    problems += [say("season.link_below", file=file) for files in found.values() for file in files if file.is_symlink()]
    if problems:
        raise PlannerError(problems)
    hidden = list[str]()
    for (place, files), name in zip(found.items(), names, strict=True):
        for file in files:
            own = Path(name) if file == place else name / file.relative_to(place)
            if file != place and unsealed(file):
                hidden.append(own.as_posix())
            else:
                copy(file, target / own)
    return [say("season.hidden", files=first_of(hidden, 8))] if hidden else []


def below(folder: Path) -> Iterator[Path]:
    """The files of a folder and of its folders, with links and what is hidden, into which nobody looks."""
    for place in sorted(folder.iterdir()):
        look = place.is_dir() and not place.is_symlink() and not unsealed(place)
        yield from below(place) if look else [place]


def unsealed(place: Path) -> bool:
    """Whether a round leaves it out."""
    return place.name.startswith(".") or is_stray(place.name)


def copy(file: Path, target: Path) -> None:
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(file, target)
    except OSError as error:
        raise PlannerError(say("errors.unreadable", file=file, why=reason(error))) from None


def write_seal(made: Path, season: Season, asked: Asked, plan: Plan, tables: str | None) -> None:
    run, place = RunFolder(asked.plan_file), asked.source(plan)
    here = season.folder.resolve()
    origin: Origin = {
        "plan": from_here(asked.plan_file.resolve(), here),
        "scenario": from_here(run.scenario_file.resolve(), here) if run.scenario_file else None,
        "tables": from_here(place.resolve(), here) if place else None,
    }
    files = pieces(made)
    check_letters(*files, *origin.values())
    content = {
        "format": 1, "round": asked.name, "number": len(season.rounds) + 1, "before": season.head,
        "made": datetime.now(UTC).isoformat(timespec="seconds"), "who": one_line(asked.who) or user(),
        "reason": one_line(asked.reason), "planner": package_version("planner"), "plan": plan.fingerprint,
        "tables": tables, "origin": origin, "files": files,
    }  # fmt: skip
    (made / SEAL).write_bytes(canonical(content | {"fingerprint": fingerprint_of(content)}))


def check_letters(*names: object) -> None:
    """Raise PlannerError for names that cannot be written down: those of files may hold bytes that are no letters."""
    unsaid = [name for name in map(str, names) if name.encode("utf-8", "ignore").decode() != name]
    if unsaid:
        raise PlannerError([say("season.not_utf8", name=shown(name)) for name in unsaid])


def pieces(made: Path) -> dict[str, Piece]:
    return {name: piece_of(file.read_bytes()) for name, file in files_in(made).items()}


def write_chain(season: Season) -> None:
    """Write the list of the chain as far as it is missing, on the disk before this returns; only ever added to."""
    file, whole = season.folder / CHAIN, b"".join(chain_lines(season.rounds))
    with writing(file):
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
        with os.fdopen(handle, "rb+", buffering=0) as chain:
            chain.write(whole[chain.seek(0, os.SEEK_END) :])
            os.fsync(chain.fileno())
        sync(season.folder)
