"""The folder of a sinkronisasi: decisions, the tables as they then read, the plan, and a province's minutes."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from shlex import join

from planner.answers.compare import whole
from planner.answers.preview import Previewer
from planner.answers.sinkronisasi import (
    Effect,
    check_decisions,
    check_scenario,
    decided,
    effects,
    lines_of,
    rincian_bytes,
)
from planner.base.errors import PlannerError, shown
from planner.base.files import check_writable, write_whole
from planner.base.messages import language, say
from planner.base.paths import PACKAGE
from planner.base.processes import Clock
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
from planner.views.berita_acara import Minutes
from planner.views.html import safe

FOLDER, TABLES = "sinkronisasi", "data"
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
    rows = merged(files or [folder / FILE])
    plans = [plan, *([made] if (made := unchanged_plan(folder / PLAN)) and made.scenario == scenario else [])]

    def known(tables: Candidates) -> Plan | None:
        return next((one for one in plans if one["inputs"] == list(tables.inputs)), None)

    minutes = minutes_of(candidates, scenario, rows, name, known=known, exact=exact, told=told, clock=clock)
    asked = [word for option, place in (("--data", data), ("--out", out)) if place for word in (option, str(place))]
    words = [str(plan_file), "--provinsi", minutes.place.kode, *asked, *["--exact"] * exact]  # the table is in ``out``
    minutes = replace(minutes, command=join(["planner", "sinkronisasi", *words]))
    source = data or scenario.data_dir
    assert source is not None  # candidates that are not modelled come from somewhere
    if files:
        check_writable(folder)
        write_whole(folder / FILE, table_of(rows))
    return minutes, write_minutes(minutes, scenario, folder, source)


def fingerprint(candidates: Candidates) -> str:
    return "".join(one["sha256"] for one in candidates.inputs)


def write_minutes(minutes: Minutes, scenario: Scenario, folder: Path, source: Path) -> list[Path]:
    """Write the tables as decided, the plan over them, and the minutes as page and workbook; the files.

    ``source``: where the tables came from.
    """
    check_writable(folder)
    tables = write_tables(minutes.candidates, source, folder / TABLES)
    back = read_candidates(scenario, folder / TABLES)
    if not back.rincian.equals(minutes.candidates.rincian) or not back.usulan.equals(minutes.candidates.usulan):
        raise PlannerError(say("sinkronisasi.other_data"))
    plan = minutes.after
    if list(back.inputs) != plan["inputs"]:  # tables that came as a workbook have other fingerprints as CSV
        content = {key: value for key, value in plan.content.items() if key != "fingerprint"}
        plan = seal_plan(content | {"inputs": list(back.inputs)})
        last = minutes.effects[-1]
        did = [*minutes.effects[:-1], Effect(last.decision, last.before, plan)]
        minutes = replace(minutes, effects=did, candidates=back)
    stem = f"berita-acara-{minutes.place.kode}"
    return [
        write_whole(folder / f"{stem}.html", page(minutes).encode("utf-8", "replace")),
        write_whole(folder / f"{stem}.xlsx", minutes_book(minutes)),
        plan.save(folder / PLAN), *tables,
    ]  # fmt: skip


def write_tables(candidates: Candidates, source: Path, folder: Path) -> list[Path]:
    """The tables of ``source`` as CSV files, the lines as decided; what is a CSV file already is copied as it is."""
    found = []
    for name, table in check_data(source).tables.items():
        content = rincian_bytes(candidates.rincian) if name == "rincian" else table_bytes(table, source / f"{name}.csv")
        found.append(write_whole(folder / f"{name}.csv", content))
    return found


def table_bytes(table: Table, file: Path) -> bytes:
    if file.is_file() and hashlib.sha256(content := file.read_bytes()).hexdigest() == table.sha256:
        return content
    headers = {column: column.removeprefix(f"{table.name}.") for column in table.data}
    return table.data.rename(columns=headers).to_csv(index=False, lineterminator="\n").encode("utf-8", "replace")


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
