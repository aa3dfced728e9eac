"""The folder of a run: a plan file, what lies beside it by name, and the tables that it was made from."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version as package_version
from pathlib import Path

from planner.base.errors import PlannerError, shown
from planner.base.messages import say
from planner.base.paths import ACUAN
from planner.model.candidates import read_candidates
from planner.plan.certificate import FILE as CERTIFICATE
from planner.plan.plan import Plan, read_plan, solver_version
from planner.plan.plan_file import fingerprint_of
from planner.scenario.scenario import Scenario, plain, scenario_of
from planner.tables.schemas import BESIDE
from planner.tables.sources import files_named

PLAN = "plan.json"
LOG, WHATIF = "suntingan.jsonl", "andai.json"
ROBUST, DRAWS = "ketahanan.json", "undian.jsonl"  # what draws say of the plan, and the draws one by one
LABELS = "label.json"  # who is in every, some or no plan nearly as good
LADDER = "tangga.json"  # one order of usulan for a range of pagu
RUN, DIAGNOSIS = "run.json", "diagnosis.json"
WORKBOOK = "plan.xlsx"
NOTES = ("catatan_rincian.csv", "catatan_usulan.csv", "catatan.xlsx")
BESIDE_PLAN = (LOG, WHATIF, ROBUST, LABELS, LADDER, CERTIFICATE)  # of which a report shows something
ABOVE = 3  # places where a plan file is looked for


def find_plan(name: str | Path) -> Path:
    """A plan file by its name from the working folder or, where it is not there, from a folder above it.

    A notebook that is run by hand stands in its own folder, and ``out/`` beside that. Raises PlannerError with every
    place where it was looked for.
    """
    looked = [Path(name), *(above / name for above in Path.cwd().parents)][: 1 if Path(name).is_absolute() else ABOVE]
    if found := next((file for file in looked if file.is_file()), None):
        return found
    raise PlannerError(say("verify.no_plan_file", files="; ".join(shown(file.absolute(), 200) for file in looked)))


@dataclass(frozen=True)
class RunFolder:
    """What lies beside a plan file, which may itself have any name."""

    plan_file: Path

    @classmethod
    def of(cls, folder: Path) -> "RunFolder":
        """The folder that a run writes."""
        return cls(folder / PLAN)

    def file(self, name: str) -> Path:
        return self.plan_file.with_name(name)

    @property
    def folder(self) -> Path:
        return self.plan_file.parent

    @property
    def log(self) -> Path:
        """The hand edits."""
        return self.file(LOG)

    @property
    def whatif(self) -> Path:
        """The points computed beforehand."""
        return self.file(WHATIF)

    @property
    def robust(self) -> Path:
        """How often draws of what is uncertain fund each kabupaten."""
        return self.file(ROBUST)

    @property
    def ladder(self) -> Path:
        """One order of usulan for a range of pagu."""
        return self.file(LADDER)

    @property
    def draws(self) -> Path:
        """The draws one by one, so that a second run goes on."""
        return self.file(DRAWS)

    @property
    def labels(self) -> Path:
        """Who is in every, some or no plan nearly as good."""
        return self.file(LABELS)

    @property
    def certificate(self) -> Path:
        """What proves, without any of this software, how far the plan may lie below the best."""
        return self.file(CERTIFICATE)

    @property
    def lists(self) -> tuple[Path, ...]:
        """What a run writes beside its plan for people: the workbook, then the notes of a plan over usulan."""
        return tuple(self.file(name) for name in (WORKBOOK, *NOTES))

    @cached_property
    def scenario_file(self) -> Path | None:
        """The scenario file of the run that made the plan, as ``run.json`` says."""
        try:
            return Path(json.loads(self.file(RUN).read_text(encoding="utf-8"))["scenario_file"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @property
    def home(self) -> Path:
        """From where the plan's relative paths are seen: the folder of the scenario file, else the current one."""
        return self.scenario_file.parent if self.scenario_file else Path()

    def scenario(self, plan: Plan) -> Scenario:
        """The plan's scenario with its paths seen from ``home``."""
        return scenario_of(plan.content["scenario"], self.home)

    def sealed_files(self) -> dict[str, Path]:
        """All that a report shows of this folder, by the name that it has in the report's seal; some may not exist."""
        return {PLAN: self.plan_file} | {name: self.file(name) for name in BESIDE_PLAN}

    def tables_files(self, plan: Plan) -> list[Path]:
        """The files that the tables of a plan are read from: the reference tables, and its own where it has any."""
        return [*sorted(ACUAN.glob("*.csv")), *own_tables(self.home, plan.content["scenario"].get("data"))]

    def current_plan(self, scenario: Scenario, inputs: Sequence[dict] | None = None) -> Plan | None:
        """The plan of ``scenario``, where solving anew would ask the same question of the same tables.

        Current: the same scenario, tables in the same place and of the same content (``inputs``: theirs, read here
        where not given), planner and solver of the same version, a file as it was written. How well it is proven is for
        the caller to judge.
        """
        plan = unchanged_plan(self.plan_file)
        if plan is None or not answers(plan, scenario):
            return None
        here = scenario.data_dir
        if here and (self.home / plain(scenario)["data"]).resolve() != here.resolve():
            return None
        known = list(read_candidates(scenario).inputs if inputs is None else inputs)
        return plan if plan["inputs"] == known else None


def own_tables(home: Path, named: str | None) -> list[Path]:
    """The files of a scenario's own tables as they are seen from ``home``: of its data, else what lies beside it."""
    if not named:
        return files_named(home, BESIDE)
    held = home / named
    return sorted(held.iterdir()) if held.is_dir() else [held]


def unchanged_plan(file: Path) -> Plan | None:
    """The plan of a file as it was written; None where there is none or it was changed."""
    try:
        plan = read_plan(file)
    except PlannerError:
        return None
    return plan if fingerprint_of(plan.content) == plan.fingerprint else None


def answers(plan: Plan, scenario: Scenario) -> bool:
    """Whether a plan is one of this scenario by this planner and this solver."""
    name = scenario.solver.name
    solver = {"name": name, "version": solver_version(name)}
    asked = plain(scenario), package_version("planner"), solver
    return asked == (plan["scenario"], plan["planner"], plan["solver"])


def remove(files: Iterable[Path]) -> None:
    """Remove files of an earlier run, where they are there."""
    for file in files:
        file.unlink(missing_ok=True)


def from_here(place: Path, folder: Path) -> str:
    """A path as seen from a folder; whole where they lie on different drives."""
    try:
        return Path(os.path.relpath(place, folder)).as_posix()
    except ValueError:
        return place.as_posix()
