"""Who is chosen whatever is assumed: the plan again under low and high assumptions."""

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pandas as pd

from planner.allocate import run
from planner.candidates import assumption_cases
from planner.plan import Plan
from planner.root import ACUAN
from planner.scenario import Scenario, vary
from planner.tables import read_table

CASES = ("rendah", "tengah", "tinggi")
CASE_GAP = 0.0001


def cases(scenario: Scenario) -> dict[str, Scenario]:
    """The scenario under the low and high IKM assumptions, each an ordinary scenario proven to ``CASE_GAP``."""
    asumsi = read_table(ACUAN / "asumsi.csv", "asumsi").data
    solver = scenario.solver.model_dump() | {"gap": max(CASE_GAP, scenario.solver.gap)}
    return {
        name: vary(case, name=f"{scenario.name} ({name})", solver=solver)
        for name, case in assumption_cases(asumsi, scenario).items()
    }


def allocate_cases(scenario: Scenario, jobs: int = 2) -> dict[str, Plan]:
    """The plans of ``cases`` in parallel processes."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting = {name: pool.submit(run, case) for name, case in cases(scenario).items()}
        return {name: future.result() for name, future in waiting.items()}


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
