"""What lies beside a plan file: its run, the plans of other assumptions, the tables that it was made from."""

import json
import os
from collections.abc import Sequence
from importlib.metadata import version as package_version
from pathlib import Path

from planner.base.errors import PlannerError
from planner.base.paths import ACUAN
from planner.model.candidates import read_candidates
from planner.plan.plan import KEYS, Plan, fingerprint_of, read_plan, solver_version
from planner.scenario.assumptions import cases
from planner.scenario.scenario import Scenario, plain

PLAN_FILES = {"rendah": "plan-rendah.json", "tengah": "plan.json", "tinggi": "plan-tinggi.json"}  # case: its file


def current_plan(folder: Path, scenario: Scenario, inputs: Sequence[dict] | None = None) -> Plan | None:
    """The plan of ``scenario`` in a folder, where solving anew would ask the same question of the same tables.

    Current: the same scenario, tables in the same place and of the same content (``inputs``: theirs, read here where
    not given), planner and solver of the same version, a file as it was written; of a modelled scenario the plans of
    ``cases`` too. How well it is proven is for the caller to judge.
    """
    asked = {"tengah": scenario} | (cases(scenario) if scenario.candidates == "model" else {})
    plans = {case: whole_plan(folder / PLAN_FILES[case]) for case in asked}
    if not all(plan and answers(plan, asked[case]) for case, plan in plans.items()):
        return None
    here = scenario.data_dir
    if here and (home(folder / PLAN_FILES["tengah"]) / plain(scenario)["data"]).resolve() != here.resolve():
        return None
    known = list(read_candidates(scenario).inputs if inputs is None else inputs)
    return plans["tengah"] if all(plan["inputs"] == known for plan in plans.values() if plan) else None


def whole_plan(file: Path) -> Plan | None:
    """The plan of a file as it was written; None where there is none or it was changed."""
    try:
        plan = read_plan(file)
    except PlannerError:
        return None
    return plan if plan.content.keys() >= KEYS and fingerprint_of(plan.content) == plan.fingerprint else None


def answers(plan: Plan, scenario: Scenario) -> bool:
    """Whether a plan is one of this scenario by this planner and this solver."""
    name = scenario.solver.name
    solver = {"name": name, "version": solver_version(name)}
    asked = plain(scenario), package_version("planner"), solver
    return asked == (plan["scenario"], plan["planner"], plan["solver"])


def home(plan: Path) -> Path:
    """The folder of the scenario file, as the run beside the plan noted it; else the current one."""
    try:
        return Path(json.loads(plan.with_name("run.json").read_text(encoding="utf-8"))["scenario_file"]).parent
    except (OSError, ValueError, KeyError, TypeError):
        return Path()


def tables_files(plan_file: Path, plan: Plan) -> list[Path]:
    """The files that the tables of a plan are read from: the reference tables, and those of usulan where it has any."""
    named = plan["scenario"].get("data")
    held = home(plan_file) / named if named else None
    own = sorted(held.iterdir()) if held and held.is_dir() else [held] if held else []
    return [*sorted(ACUAN.glob("*.csv")), *own]


def source_of(plan_file: Path) -> Path | None:
    """The scenario file of the run that made a plan, as ``run.json`` says."""
    try:
        return Path(json.loads(plan_file.with_name("run.json").read_text(encoding="utf-8"))["scenario_file"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def from_here(place: Path, folder: Path) -> str:
    """A path as seen from a folder; whole where they lie on different drives."""
    try:
        return Path(os.path.relpath(place, folder)).as_posix()
    except ValueError:
        return place.as_posix()
