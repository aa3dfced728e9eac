"""Candidates + scenario -> the table of options and their lines: scored, gated, one row per year."""

import numpy as np
import pandas as pd

from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.model.candidates import Candidates
from planner.model.line_limits import Limited, asked_of, limited
from planner.model.options import FROM_CATALOGUE, Options
from planner.model.scores import (
    by_rules,
    discount,
    nothing_left,
    of_no_benefit,
    taken_out,
    too_late,
    with_scores,
    with_weights,
    without,
)
from planner.scenario.scenario import Scenario

FIRST = "ta pertama"  # the usulan's own year, while options for each year are made


def build_options(candidates: Candidates, scenario: Scenario, last: Options | None = None) -> Options:
    """The options of a scenario with score, chance and benefit; raises PlannerError where a name or weight is wrong.

    ``last``: the options of the same scenario under other weights of the same criteria; what does not look at these
    stays.
    """
    if last is None:
        scored, unknown = with_scores(with_region(candidates), scenario, candidates)
    else:
        scored, unknown = with_weights(last.every, scenario, candidates), last.unknown
    late = too_late(scored, max(scenario.budget_rp))
    in_time = without(scored, late)
    out = (
        taken_out(in_time, scenario, candidates, limited(candidates, scenario))
        if last is None
        else by_rules(last.gated)
    )
    idle = of_no_benefit(without(in_time, out)) if scenario.asks_benefit else []
    gated = sorted(late + out + idle, key=lambda record: record["usulan_id"])
    open_ones = without(in_time, gated)
    if len(gated) and not len(open_ones):
        raise PlannerError(nothing_left(gated, scenario))
    crossed = open_ones.rename(columns={"ta": FIRST}).merge(
        pd.DataFrame({"ta": sorted(scenario.budget_rp)}), how="cross"
    )
    table = crossed[crossed["ta"] >= crossed[FIRST]].astype({"ta": "int64"}).drop(columns=FIRST)
    table = table.sort_values(["usulan_id", "ta"], kind="stable").reset_index(drop=True)
    if not len(table):
        raise PlannerError(say("candidates.none_in_years", years=", ".join(map(str, scenario.budget_rp))))
    table["benefit"] = discount(table["benefit"], table["ta"] - scenario.first_year, candidates.assumptions["diskonto"])
    if last is not None and last.table["usulan_id"].equals(table["usulan_id"]):
        table["amount_rp"] = last.table["amount_rp"]
        budget = dict(scenario.budget_rp)
        return last.reweighed(table, gated=gated, budget_rp=budget, unknown=unknown, every=scored)
    lines = lines_of(table, candidates.rincian, candidates.komponen, limited(candidates, scenario))
    table["amount_rp"] = cost_rp(lines, len(table))
    components = frozenset({"penunjang", *candidates.komponen["komponen"], *candidates.rincian["komponen"]})
    return Options(table, lines, gated, dict(scenario.budget_rp), unknown, components, candidates, scored)


def with_region(candidates: Candidates) -> pd.DataFrame:
    """The usulan with the columns of their kabupaten."""
    region = candidates.kabupaten.drop(columns="nama")
    own = candidates.usulan.drop(columns=[c for c in region if c in candidates.usulan and c != "kode"])
    return own.merge(region, on="kode", how="left", validate="many_to_one")


def lines_of(
    table: pd.DataFrame, rincian: pd.DataFrame, komponen: pd.DataFrame, limits: Limited | None = None
) -> pd.DataFrame:  # fmt: skip
    """The lines of every option in key order; column ``option`` is the option's position.

    ``volume`` is the most that a line may have (0: it is out), ``asked`` what was asked for. ``volume_min`` equals
    ``volume`` where a line may not be trimmed; ``wajib`` is true where it may not be left out; ``bobot`` is the
    component's weight in the benefit, missing where the catalogue gives none.
    """
    positions = pd.DataFrame({"usulan_id": table["usulan_id"], "option": np.arange(len(table))})
    lines = (
        rincian.drop(columns="option", errors="ignore")
        .merge(positions, on="usulan_id")
        .sort_values(["option", "rincian_id"], kind="stable")
    )
    catalogue = komponen.set_index("komponen")
    return lines.reset_index(drop=True).assign(
        asked=lambda t: t["volume"].astype("int64"),
        volume=[volume if limits is None else limits.volume(line, volume) for line, volume in asked_of(lines)],
        volume_min=lambda t: t["volume_min"].fillna(t["volume"]).clip(upper=t["volume"]).astype("int64"),
        wajib=lambda t: t["wajib"].fillna("ya") == "ya",
        **{name: lines["komponen"].map(catalogue[name]).to_numpy() for name in FROM_CATALOGUE if name in catalogue},
    )


def cost_rp(lines: pd.DataFrame, count: int) -> np.ndarray:
    """Full cost per option: the sum of price x the most that each line may have, whole rupiah."""
    cost = [0] * count
    for option, price, volume in zip(lines["option"], lines["harga_satuan_rp"], lines["volume"], strict=True):
        cost[option] += int(price) * int(volume)
    if max(cost, default=0) > 10**15:
        raise PlannerError(say("candidates.too_dear"))
    return np.array(cost, dtype=np.int64)
