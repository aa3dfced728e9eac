"""Who is chosen whatever is assumed: the plan again under low and high assumptions."""

from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pandas as pd

from planner.allocate import allocate, run
from planner.candidates import assumption_cases, read_candidates
from planner.errors import PlannerError
from planner.messages import say
from planner.plan import Plan
from planner.root import ACUAN
from planner.rows import Clock
from planner.scenario import Scenario, vary
from planner.tables import read_table

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


def allocate_all(scenario: Scenario, progress: Callable[[str], None], clock: Clock) -> dict[str, Plan]:
    """The plan of a scenario as ``tengah`` and, where its candidates are modelled, those of ``cases`` beside it.

    The cases are solved in a second process while this one solves the scenario itself; a case that has no plan is left
    out, and said.
    """
    if scenario.candidates != "model":
        return {"tengah": allocate(read_candidates(scenario), scenario, progress, clock)}
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        waiting = {name: pool.submit(run, case) for name, case in cases(scenario).items()}
        plans = {"tengah": allocate(read_candidates(scenario), scenario, progress, clock)}
        progress(say("progress.cases"))
        for name, future in waiting.items():
            try:
                plans[name] = future.result()
            except PlannerError as error:
                progress(say("progress.case_failed", case=name, why=error.problems[0]))
        return plans


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
