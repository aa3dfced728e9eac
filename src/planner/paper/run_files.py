"""The files of a run and of a check: plans, plan.xlsx, the notes for the official system, and 'kurang apa'."""

import getpass
import json
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from planner.answers.frontier import Frontier
from planner.answers.ladder import Ladder
from planner.answers.notes import line_notes, tables_of, usulan_notes
from planner.base.files import write_whole
from planner.base.messages import language, say
from planner.model.candidates import Candidates, read_usulan
from planner.paper.workbooks.plan import Page, book, plan_book
from planner.plan.folder import DIAGNOSIS, NOTES, RUN, RunFolder, remove
from planner.plan.plan import Plan, read_plan
from planner.plan.plan_file import canonical
from planner.scenario.scenario import Scenario
from planner.solve.infeasible.diagnose import Diagnosis
from planner.tables.documents import missing_documents
from planner.tables.reference import reference_tables
from planner.tables.table_folder import csv_bytes
from planner.views.frontier import frontier_chart, frontier_table
from planner.views.html import style
from planner.views.ladder import order_table
from planner.views.scene import open_scene


@dataclass(frozen=True)
class Journal:
    """When a run began, and from which scenario file."""

    scenario_file: Path
    begun_s: float = field(default_factory=time.monotonic)
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def record(self) -> bytes:
        """``run.json``: when, who, how long, on what machine, from which scenario file."""
        try:
            who = getpass.getuser()
        except (OSError, KeyError):
            who = ""
        record = {
            "started": self.started, "seconds": round(time.monotonic() - self.begun_s, 1), "who": who,
            "machine": platform.platform(), "python": platform.python_version(),
            "scenario_file": str(self.scenario_file.resolve()),
        }  # fmt: skip
        return (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode()


def write_run(folder: Path, plan: Plan, record: bytes) -> Path:
    """Write everything of a run into ``folder`` but its draws and reports, and return the plan's file.

    ``record``: of its journal.

    What an earlier run left and this one does not make is removed: an old list beside a new plan would mislead.
    """
    run = RunFolder.of(folder)
    write_whole(run.file(RUN), record)
    plan.save(run.plan_file)
    remove([run.file(DIAGNOSIS), run.certificate])
    written = write_lists(run)
    remove(file for file in run.lists if file not in written)
    return run.plan_file


def kept_plan(folder: Path, scenario: Scenario, inputs: Sequence[dict] | None = None) -> Plan | None:
    """The ``current_plan`` of a folder; what a run that was cut short did not write of its lists is written now."""
    run = RunFolder.of(folder)
    plan = run.current_plan(scenario, inputs)
    if plan is None:
        return None
    remove([run.file(DIAGNOSIS)])
    lists = run.lists[:1] if plan.modelled else run.lists
    if not all(file.exists() and not older(file, run.plan_file) for file in lists):
        write_lists(run)
    return plan


def older(file: Path, other: Path) -> bool:
    return file.stat().st_mtime_ns < other.stat().st_mtime_ns


def write_diagnosis(folder: Path, diagnosis: Diagnosis) -> None:
    """Write ``diagnosis.json`` and remove an earlier plan."""
    content = json.dumps(diagnosis.plain(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    run = RunFolder.of(folder)
    write_whole(run.file(DIAGNOSIS), content.encode())
    remove([run.plan_file, run.certificate, *run.lists])


def write_lists(run: RunFolder) -> list[Path]:
    """Write ``plan.xlsx`` beside a plan and, where it is over usulan, the notes."""
    scene = open_scene(run.plan_file)
    written = [write_whole(run.lists[0], plan_book(scene))]
    if not scene.plan.modelled and scene.source is not None:
        written += write_note_files(scene.plan, scene.source, run.folder)
    return written


def write_notes(plan_file: Path, out: Path | None = None, data: Path | None = None) -> list[Path]:
    """Write the notes of a plan over usulan into ``out`` (beside the plan); a modelled plan has none: PlannerError."""
    plan = read_plan(plan_file)
    return write_note_files(plan, tables_of(plan_file, plan, data), out or plan_file.parent)


def write_note_files(plan: Plan, source: Candidates, out: Path) -> list[Path]:
    lines = line_notes(plan, source)
    usulan = usulan_notes(plan, source, lines)
    frames = {"notes_lines": stamp_synthetic(lines, source), "notes_usulan": stamp_synthetic(usulan, source)}
    rows = [write_whole(out / name, csv_bytes(f)) for name, f in zip(NOTES[:2], frames.values(), strict=True)]
    title = f"{plan.scenario.name} {plan.fingerprint[:12]}"
    return [*rows, write_whole(out / NOTES[2], book(sheets(frames), title))]


def write_missing(data: Path, out: Path) -> list[Path]:
    """Write ``kurang_apa.csv`` and ``kurang_apa.xlsx`` of a folder of usulan tables."""
    source = held(data)
    frame = stamp_synthetic(missing_documents(*source.papers), source)
    text = write_whole(out / "kurang_apa.csv", csv_bytes(frame))
    return [text, write_whole(out / "kurang_apa.xlsx", book(sheets({"missing": frame}), say("lists.sheets.missing")))]


def held(data: Path) -> Candidates:
    """The usulan of a folder with the reference tables, without any scenario."""
    own, facts = read_usulan(data), reference_tables(("kabupaten", "komponen", "juknis"))
    origin = tuple(
        {"name": t.name, "sha256": t.sha256, "rows": len(t.data), "synthetic": t.synthetic} for t in own.values()
    )
    return Candidates(
        own["usulan"].data, own["rincian"].data, facts["kabupaten"].data, facts["komponen"].data, {}, False, origin,
        juknis=facts["juknis"].data,
    )  # fmt: skip


def stamp_synthetic(frame: pd.DataFrame, source: Candidates) -> pd.DataFrame:
    """The frame with a column that says 'data sintetis' in every row where the tables are synthetic."""
    return frame.assign(data=say("views.synthetic")) if source.synthetic else frame


def sheets(frames: dict[str, pd.DataFrame]) -> dict[str, Page]:
    return {say(f"lists.sheets.{name}"): Page(frame) for name, frame in frames.items()}


def write_ladder(made: Ladder, run: RunFolder) -> list[Path]:
    """Write ``tangga.json``, the plan's where it has this scenario and tables, ``tangga.csv``, and ``plan.xlsx``."""
    inputs = made.steps[0].problem.options.candidates.inputs
    plan = run.current_plan(made.scenario, inputs) if run.plan_file.exists() else None
    content = made.content(plan.fingerprint if plan else "")
    written = [
        write_whole(run.ladder, canonical(content)),
        write_whole(run.ladder.with_suffix(".csv"), csv_bytes(order_table(content))),
    ]
    return written + (write_lists(run) if plan else [])


def write_frontier(made: Frontier, out: Path) -> list[Path]:
    """Write ``frontier.csv``, ``frontier.json`` and the picture ``frontier.html`` into ``out``."""
    content = json.dumps(made.plain(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    page = f'<!doctype html><html lang="{language()}"><meta charset="utf-8">{style()}{frontier_chart(made)}</html>\n'
    return [
        write_whole(out / "frontier.csv", csv_bytes(frontier_table(made))),
        write_whole(out / "frontier.json", content.encode("utf-8", "surrogatepass")),
        write_whole(out / "frontier.html", page.encode("utf-8", "replace")),
    ]
