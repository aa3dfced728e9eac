"""What hand edits leave beside a plan: the scenario that holds them, and the log that is only ever added to."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from planner.base.errors import PlannerError, reason
from planner.base.files import write_whole
from planner.base.messages import say
from planner.base.units import share_text
from planner.model.status import proven
from planner.plan.folder import RunFolder, from_here
from planner.plan.plan import Plan
from planner.scenario.hand_edits import Edit, apply_edit, holds_already, release
from planner.scenario.rules.by_hand import Lock
from planner.scenario.scenario import Scenario, vary
from planner.scenario.toml_file import as_written
from planner.tables.schemas import BESIDE
from planner.tables.sources import files_named

if TYPE_CHECKING:
    from planner.answers.edit import Effect  # asks a solver, which who reads a log does without


@dataclass(frozen=True, kw_only=True)
class Entry(Edit):
    """A line of the log: an edit, what it cost (as in ``edit.Effect``), and the plans (fingerprints) before and after.

    ``loss`` and ``stage_value`` are of the first goal, in points of ``point`` x 1e-6.
    """

    rincian_id: str | None = field()  # an edit's own defaults are none of a line's, which says all of it
    volume: int | None = field()
    reason: str = field()
    who: str = field()
    when: str = field()
    kode: str
    plan: str
    plan_before: str = ""
    legal: bool = True
    loss: tuple[int, int | None] | None = None
    displaced: list[str] = field(default_factory=list)
    entering: list[str] = field(default_factory=list)
    exact: bool = True
    goal: str = ""
    point: int = 1
    stage_value: int | None = None

    def cost(self) -> str:
        """What it cost the first goal: its share, or the limits that it lies within."""
        if self.loss is None or self.stage_value is None:
            return "–"
        low, high = (share_text(end, self.stage_value, self.point) if end is not None else None for end in self.loss)
        if high is None:
            return say("edit.at_least", low=low)
        return str(low) if low == high else say("words.span", low=low, high=high)


ENTRY = TypeAdapter(Entry)


@dataclass(frozen=True)
class Log:
    """The entries of a log in the order of their writing, and a sentence for every line that cannot be read."""

    records: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()


def save_scenario(scenario: Scenario, plan_file: Path, folder: Path, data: Path | None = None) -> Path:
    """Write the scenario of an edited plan as ``NAME.suntingan.toml`` into ``folder``; its tables stay where they are.

    NAME is that of the scenario file of the run, whose comments are kept; else the plan's folder.
    """
    run = RunFolder(plan_file)
    source = run.scenario_file
    name = source.stem if source else plan_file.resolve().parent.name or "skenario"
    if scenario.data is not None:
        place = (data or run.home / scenario.data).resolve()
        scenario = vary(scenario, data=from_here(place, folder.resolve()))
    return write_whole(
        folder / f"{name.removesuffix('.suntingan')}.suntingan.toml", as_written(source, scenario).encode()
    )


@contextmanager
def kept_on_failure(folder: Path):
    """Put the plans of a folder, their lists and edited scenarios back where solving anew does not end in a plan.

    What was not there goes away again, the folder too where nothing else is in it.
    """
    before, new = {file: file.read_bytes() for file in kept_files(folder)}, not folder.exists()
    try:
        yield
    except BaseException:
        for file, content in before.items():
            write_whole(file, content)
        for file in kept_files(folder) - before.keys():
            file.unlink()
        if new:
            with suppress(OSError):  # something else is in it, or it was never made
                folder.rmdir()
        raise


def kept_files(folder: Path) -> set[Path]:
    """The plans of a folder, their lists and edited scenarios, and the tables that stand beside those."""
    kinds = ("plan*.json", "*.suntingan.toml", "*.kunci.toml")
    lists = filter(Path.exists, RunFolder.of(folder).lists)
    return {*(file for kind in kinds for file in folder.glob(kind)), *lists, *files_named(folder, BESIDE)}


def carry(before: Path, after: Path) -> None:
    """Begin the log of another folder with that of the plan that was edited."""
    if before.resolve() != after.resolve() and before.exists() and not after.exists():
        write_whole(after, before.read_bytes())


def record(edit: Edit, effect: Effect, before: Plan, after: Plan) -> Entry:
    """The edit, what it cost in points of the first goal, and the plans before and after.

    The cost is that between the two plans where it is proven, else what was said of the edit beforehand.
    """
    goal = before["goals"][0]
    places = {one["usulan_id"]: one["kode"] for one in [*before["funded"], *before["not_funded"]]}
    told = {name: getattr(effect, name) for name in ("loss", "displaced", "entering", "exact")}
    return Entry(
        **asdict(edit), kode=places[edit.usulan_id], plan_before=before.fingerprint, plan=after.fingerprint,
        legal=effect.legal, goal=goal["name"], point=goal["point"], stage_value=goal["stage_value"],
        **told | proven_cost(edit, before, after),
    )  # fmt: skip


def proven_cost(edit: Edit, before: Plan, after: Plan) -> dict:
    """Loss and who leaves and comes between two plans of which the second differs by the edit alone.

    Nothing where it does not, or where the best of the first goal is not proven of both in points of one size.
    """
    ends = [plan["goals"][0] for plan in (before, after)]
    known = all(proven(goal["stage_value"], goal["bound"]) for goal in ends)
    if not known or ends[0]["point"] != ends[1]["point"] or question(after.scenario) != asked_after(before, edit):
        return {}
    loss = ends[0]["stage_value"] - ends[1]["stage_value"]
    winners = [{one["usulan_id"] for one in plan["funded"]} for plan in (before, after)]
    displaced, entering = sorted(winners[0] - winners[1]), sorted(winners[1] - winners[0])
    return {"loss": (loss, loss), "displaced": displaced, "entering": entering, "exact": True}


def asked_after(before: Plan, edit: Edit) -> tuple | None:
    """What the scenario of a plan asks once the edit is made; None where it cannot be made."""
    try:
        return question(apply_edit(before.scenario, edit))
    except PlannerError:
        return None


def question(scenario: Scenario) -> tuple:
    """What a scenario asks, whatever its rules' order and laws; locks name by name."""
    rules = [rule for rule in scenario.rules if not isinstance(rule, Lock)]
    locks = {(lock.state, name) for lock in scenario.rules_of(Lock) for name in lock.usulan + lock.kabupaten}
    asked = scenario.model_dump(exclude={"name", "rules", "data", "solver"})
    return asked, sorted(repr(rule.model_copy(update={"law": ""})) for rule in rules), locks


def append(log: Path, entry: Entry) -> None:
    """Add one line, whole and on the disk before this returns; a line that an earlier crash tore is left as it is."""
    line = json.dumps(asdict(entry), sort_keys=True).encode() + b"\n"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(log, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
        with os.fdopen(handle, "rb+", buffering=0) as file:
            if file.seek(0, os.SEEK_END) and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
                line = b"\n" + line
            if file.write(line) != len(line):
                raise OSError(None, "short write")
            os.fsync(file.fileno())
    except OSError as error:
        raise PlannerError(say("errors.write", file=log, why=reason(error))) from None


def read_log(path: Path) -> Log:
    """The log of a file; none where there is no file. A line that is torn or no record is reported, never an error."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return Log()
    except OSError as error:
        raise PlannerError(say("errors.unreadable", file=path, why=reason(error))) from None
    records, problems = [], []
    for row, line in enumerate(lines, start=1):
        if line.strip():
            entry = parse(line)
            records += [entry] if entry else []
            problems += [] if entry else [say("edit.torn", file=path.name, row=row)]
    return Log(tuple(records), tuple(problems))


def parse(line: bytes) -> Entry | None:
    """A line as an entry; None where it is none."""
    try:
        return ENTRY.validate_json(line, strict=True)
    except (ValidationError, PlannerError):
        return None


def in_force(scenario: Scenario, edit: Edit) -> bool:
    """Whether a scenario still holds what an edit decided."""
    return release(scenario, edit) == scenario if edit.kind == "free" else holds_already(scenario, edit)
