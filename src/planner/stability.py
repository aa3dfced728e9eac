"""Who is chosen whatever is assumed: the plan again under low and high assumptions."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from importlib.metadata import version as package_version
from pathlib import Path

import pandas as pd

from planner import interrupt
from planner.allocate import allocate, run
from planner.candidates import assumption_cases, read_candidates
from planner.errors import NoneFoundError, PlannerError
from planner.messages import say
from planner.plan import Plan, fingerprint_of, read_plan
from planner.root import ACUAN
from planner.rows import Clock
from planner.scenario import Scenario, plain, vary
from planner.solver import version as solver_version
from planner.tables import read_table
from planner.verify import KEYS, home

PLAN_FILES = {"rendah": "plan-rendah.json", "tengah": "plan.json", "tinggi": "plan-tinggi.json"}  # case: its file
CASE_GAP = 0.0001


def cases(scenario: Scenario) -> dict[str, Scenario]:
    """The scenario under the low and high IKM assumptions, each an ordinary scenario proven to ``CASE_GAP``."""
    asumsi = read_table(ACUAN / "asumsi.csv", "asumsi").data
    solver = scenario.solver.model_dump() | {"gap": max(CASE_GAP, scenario.solver.gap)}
    return {
        name: vary(case, name=f"{scenario.name} ({name})", solver=solver)
        for name, case in assumption_cases(asumsi, scenario).items()
    }


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


def allocate_all(
    scenario: Scenario, progress: Callable[[str], None], clock: Clock, beside: bool = True
) -> dict[str, Plan]:
    """The plan of a scenario as ``tengah`` and, where its candidates are modelled, those of ``cases`` beside it.

    The cases are solved in a second process while this one solves the scenario itself, or after it where not
    ``beside``; a case that has no plan, or none when the clock is stopped, is left out, and said.
    """
    asked = cases(scenario) if scenario.candidates == "model" else {}
    with interrupt.beside(1, clock) if asked and beside else nullcontext() as pool:
        waiting = {name: pool.submit(run, case) for name, case in asked.items()} if pool else {}
        plans = {"tengah": allocate(read_candidates(scenario), scenario, progress, clock)}
        if asked:
            progress(say("progress.cases"))
        done = set(interrupt.finished(waiting.values(), clock))
        for name, case in asked.items():
            try:
                plans[name] = answer(waiting[name], done) if pool else after(case, clock)
            except PlannerError as error:
                progress(say("progress.case_failed", case=name, why=error.problems[0]))
        return plans


def answer(future: Future, done: set[Future]) -> Plan:
    """What a case's process has found; raises PlannerError where that is nothing."""
    if future not in done:
        raise NoneFoundError(say("status.stopped_before"))
    try:
        return future.result()
    except BrokenProcessPool:
        raise PlannerError(say("progress.died")) from None


def after(scenario: Scenario, clock: Clock) -> Plan:
    return allocate(read_candidates(scenario), scenario, clock=clock)


def certainty(plans: Mapping[str, Plan]) -> pd.DataFrame:
    """How often each kabupaten, and each kabupaten with its menu, is chosen under the cases.

    Columns: ``kode, menu`` (of the case ``tengah``, missing where it is not chosen there), ``kabupaten_count``,
    ``menu_count`` (0 to the number of plans), ``certain`` (chosen in all), ``certain_menu`` (same menu in all).
    """
    chosen = pd.concat([plan.funded[["kode", "menu"]].drop_duplicates() for plan in plans.values()])
    by_kode = pd.concat([plan.funded[["kode"]].drop_duplicates() for plan in plans.values()])["kode"].value_counts()
    by_menu = chosen.value_counts()
    middle = plans["tengah"].funded.set_index("kode")["menu"]
    table = pd.DataFrame({"kode": sorted(by_kode.index)})
    table["menu"] = table["kode"].map(middle[~middle.index.duplicated()])
    table["kabupaten_count"] = table["kode"].map(by_kode).astype("int64")
    table["menu_count"] = [int(by_menu.get((k, m), 0)) for k, m in zip(table["kode"], table["menu"], strict=True)]
    return table.assign(certain=table["kabupaten_count"] == len(plans), certain_menu=table["menu_count"] == len(plans))
