"""The folder of a sinkronisasi: decisions, the tables as they then read, the plan, and a province's minutes."""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from shlex import join
from subprocess import list2cmdline
from tempfile import TemporaryDirectory

from planner.answers.compare import whole
from planner.answers.preview import Previewer
from planner.answers.sinkronisasi import (
    Effect,
    check_decisions,
    check_scenario,
    decided,
    effects,
    lines_of,
    table_bytes,
)
from planner.base.errors import PlannerError, first_of, shown
from planner.base.files import check_can_write, write_whole
from planner.base.messages import language, say
from planner.base.paths import PACKAGE
from planner.base.processes import Clock
from planner.base.whole_folder import whole_folder
from planner.geo.regions import Wilayah, wilayah
from planner.model.candidates import Candidates, read_candidates
from planner.paper.workbooks.berita_acara import minutes_book
from planner.plan.allocate import allocate
from planner.plan.folder import PLAN, RunFolder, unchanged_plan
from planner.plan.plan import Plan, seal_plan
from planner.scenario.scenario import Scenario
from planner.tables.check import check_data
from planner.tables.decisions import FILE, Decision, merged, standing, table_of
from planner.tables.reading import Table
from planner.tables.schemas import OWN
from planner.views.berita_acara import Minutes
from planner.views.html import safe

FOLDER, TABLES = "sinkronisasi", "data"
FRAMES = ("usulan", "rincian", "kabupaten", "sentra", "daerah", "realisasi", "quarters", "evidence")
GAP = 0.001  # of a preview whose exact figure nobody asked for


def province(name: str, candidates: Candidates) -> Wilayah:
    """The province of a code or name; raises PlannerError where it is none, or has no usulan."""
    place = wilayah(name, candidates.kabupaten)
    if place.kind != "provinsi":
        raise PlannerError(say("sinkronisasi.not_province", name=shown(name)))
    if not candidates.usulan["kode"].isin(place.members).any():
        raise PlannerError(say("sinkronisasi.no_lines", name=shown(place.nama)))
    return place


def minutes_of(
    candidates: Candidates, scenario: Scenario, rows: Sequence[Decision], name: str, *,
    known: Callable[[Candidates], Plan | None] = lambda tables: None, exact: bool = False,
    told: Callable[[str], None] = lambda text: None, clock: Clock | None = None,
) -> Minutes:  # fmt: skip
    """What the decisions of a province did, on top of those of all others.

    The plans before and after all of them are exact, those between only with ``exact`` or where ``known`` has them;
    else previews, whose proven interval is told. Raises PlannerError with all that is wrong.
    """
    check_scenario(candidates, scenario)
    place, lines, clock = province(name, candidates), lines_of(candidates), clock or Clock()
    check_decisions(rows, lines)
    held = standing(rows)
    own = [one for one in held if lines[one.line]["kode"] in place.members]
    if not own:
        raise PlannerError(say("sinkronisasi.none_decided", name=shown(place.nama)))
    rest = [one for one in held if one not in own]
    ends, quick = {fingerprint(decided(candidates, made)) for made in (rest, held)}, Previewer(candidates)
    count = 0

    def plan_of(tables: Candidates) -> Plan:
        nonlocal count
        told(say("sinkronisasi.solving", done=count, count=len(own), what=place.nama))
        count += 1
        if plan := known(tables):
            return plan
        if not exact and fingerprint(tables) not in ends:
            quick.over(tables)
            found = quick.preview(scenario, GAP, clock)
            if found.x is not None:
                return found.plan(tables)
        return allocate(tables, scenario, told, clock)

    did = list(effects(candidates, rest, own, plan_of))
    return Minutes(place, did, decided(candidates, held), lines)


def write_from_files(
    plan_file: Path, name: str, files: Sequence[Path], out: Path | None, data: Path | None, exact: bool,
    told: Callable[[str], None], clock: Clock,
) -> tuple[Minutes, list[Path]]:  # fmt: skip
    """The minutes of a province from tables of decisions, written beside the plan or into ``out``; its files.

    Where several people wrote decisions, all that they decided stands in the table there. Raises PlannerError with all
    that is wrong with them, before anything is written.
    """
    run, plan = RunFolder(plan_file), whole(plan_file)
    scenario, folder = run.scenario(plan), out or plan_file.parent / FOLDER
    candidates = read_candidates(scenario, data)
    check_scenario(candidates, scenario)
    if list(candidates.inputs) != plan["inputs"]:
        raise PlannerError(say("sinkronisasi.changed_tables"))
    recorded = folder / FILE
    rows = merged([*[recorded] * (recorded.exists() or not files), *files])
    plans = [plan, *([made] if (made := unchanged_plan(folder / PLAN)) and made.scenario == scenario else [])]

    def known(tables: Candidates) -> Plan | None:
        return next((one for one in plans if one["inputs"] == list(tables.inputs)), None)

    minutes = minutes_of(candidates, scenario, rows, name, known=known, exact=exact, told=told, clock=clock)
    asked = [("--data", data), ("--out", out), ("--lang", language() if language() != "id" else None)]
    words = [str(plan_file), "--provinsi", minutes.place.kode]  # the table is in ``out``
    words += [word for option, value in asked if value for word in (option, str(value))] + ["--exact"] * exact
    quoted = join if os.name == "posix" else list2cmdline
    minutes = replace(minutes, command=quoted(["planner", "sinkronisasi", *words]))
    source = data or scenario.data_dir
    assert source is not None  # candidates that are not modelled come from somewhere
    return minutes, write_minutes(minutes, scenario, folder, source, rows if files else ())


def fingerprint(candidates: Candidates) -> str:
    return "".join(one["sha256"] for one in candidates.inputs)


def write_minutes(
    minutes: Minutes, scenario: Scenario, folder: Path, source: Path, rows: Sequence[Decision] = ()
) -> list[Path]:
    """Write the tables as decided, the plan over them, and the minutes as page and workbook; the files.

    ``source``: where the tables came from; ``rows``: decisions that are not recorded there yet. Raises PlannerError,
    and writes nothing, where the tables are others by now.
    """
    check_can_write(folder)
    check_ours(folder / TABLES)
    tables = decided_tables(minutes.candidates, source)
    minutes = over_tables(minutes, scenario, tables)
    stem = f"berita-acara-{minutes.place.kode}"
    book, html = minutes_book(minutes), page(minutes).encode("utf-8", "replace")
    sheets = {f"{stem}.xlsx": book} | ({FILE: table_of(rows)} if rows else {})
    for name, content in (sheets | {f"{stem}.html": html}).items():  # first what a spreadsheet may hold open
        write_whole(folder / name, content)
    with whole_folder(folder / TABLES, replace=True) as made:
        for name, content in tables.items():
            write_whole(made / name, content)
    plan = minutes.after.save(folder / PLAN)
    return [folder / f"{stem}.html", folder / f"{stem}.xlsx", plan, *(folder / TABLES / name for name in tables)]


def check_ours(folder: Path) -> None:
    """Raise PlannerError where a folder that is written anew holds anything but tables."""
    held = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    if others := [name for name in held if name not in {f"{own}.csv" for own in OWN}]:
        raise PlannerError(say("sinkronisasi.others", folder=folder, files=first_of(others, 5)))


def decided_tables(candidates: Candidates, source: Path) -> dict[str, bytes]:
    """The tables of ``source`` as CSV files, the lines as decided; what is a CSV file already is copied as it is.

    Raises PlannerError with every table that is not the one that the candidates were read from.
    """
    checked = check_data(source)
    checked.raise_errors()
    tables = checked.tables
    now = {name: table.sha256 for name, table in tables.items()}
    then = {one["name"]: one["sha256"] for one in candidates.inputs if one["name"] in OWN}
    others = [name for name in OWN if name != "rincian" and now.get(name) != then.get(name)]
    if others:
        raise PlannerError(say("sinkronisasi.changed_since", names=", ".join(others)))
    held = {name: csv_of(table, source / f"{name}.csv") for name, table in tables.items()}
    held["rincian"] = table_bytes("rincian", candidates.rincian)
    return {f"{name}.csv": content for name, content in held.items()}


def csv_of(table: Table, file: Path) -> bytes:
    if file.is_file() and hashlib.sha256(content := file.read_bytes()).hexdigest() == table.sha256:
        return content
    return table_bytes(table.name, table.data)


def over_tables(minutes: Minutes, scenario: Scenario, tables: dict[str, bytes]) -> Minutes:
    """The minutes with a plan over these tables; raises PlannerError where they do not read as those it was solved on.

    Tables that came as a workbook have other fingerprints as CSV; all else that a plan says of its inputs is the same.
    """
    with TemporaryDirectory() as aside:
        for name, content in tables.items():
            write_whole(Path(aside) / name, content)
        back = read_candidates(scenario, aside)
    mine = minutes.candidates
    same = all(getattr(back, name).equals(getattr(mine, name)) for name in FRAMES)
    if not same or ours(back) != ours(mine):
        raise PlannerError(say("sinkronisasi.other_data"))
    plan, last = minutes.after, minutes.effects[-1]
    if list(back.inputs) == plan["inputs"]:
        return minutes
    rest = {key: value for key, value in plan.content.items() if key != "fingerprint"}
    sealed = seal_plan(rest | {"inputs": list(back.inputs)})
    return replace(
        minutes, effects=[*minutes.effects[:-1], Effect(last.decision, last.before, sealed)], candidates=back
    )


def ours(candidates: Candidates) -> list[dict]:
    """What a plan says of its inputs, but for the fingerprints of the tables that are not the package's own."""
    return [one | {"sha256": ""} if one["name"] in OWN else one for one in candidates.inputs]


def page(minutes: Minutes) -> str:
    """The minutes as a page without script that asks no network for anything."""
    return (
        f'<!DOCTYPE html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="planner-fingerprint" content="{minutes.after.fingerprint}">\n'
        f"<title>{safe(minutes.title, 160)}</title>\n<style>\n{style()}</style>\n</head>\n"
        f"<body><article>{minutes.body()}</article></body>\n</html>\n"
    )


@cache
def style() -> str:
    return (PACKAGE / "paper" / "berita_acara.css").read_text(encoding="utf-8")
