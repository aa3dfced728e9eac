"""Instances for the bench: the modelled candidates, several packages of each, until there are enough binaries."""

import pandas as pd

from planner.candidates import Candidates, read_candidates
from planner.options import Options, build_options
from planner.root import PARAMETERIZED
from planner.scenario import Scenario, read_scenario

BASE = PARAMETERIZED / "skenario" / "dasar.toml"


def copies(count: int) -> tuple[Candidates, Scenario]:
    """Every modelled candidate ``count`` times, each a little larger, so that no two are alike."""
    scenario = read_scenario(BASE)
    one = read_candidates(scenario)
    usulan = [
        one.usulan.assign(usulan_id=one.usulan["usulan_id"] + f"-{k}", ikm=one.usulan["ikm"] + k) for k in range(count)
    ]
    rincian = [
        one.rincian.assign(
            usulan_id=one.rincian["usulan_id"] + f"-{k}", harga_satuan_rp=one.rincian["harga_satuan_rp"] + k * 3_000_000
        )
        for k in range(count)
    ]
    tables = {"usulan": pd.concat(usulan, ignore_index=True), "rincian": pd.concat(rincian, ignore_index=True)}
    return Candidates(**{**vars(one), **tables}), scenario


def options_of(binaries: int) -> tuple[Options, Scenario]:
    """Options with exactly that many binaries (the last few candidates are left out)."""
    candidates, scenario = copies(-(-binaries // 1016))
    kept = candidates.usulan.iloc[:binaries]
    rincian = candidates.rincian[candidates.rincian["usulan_id"].isin(set(kept["usulan_id"]))]
    return build_options(Candidates(**{**vars(candidates), "usulan": kept, "rincian": rincian}), scenario), scenario
