"""Instances for the bench: the modelled candidates, several packages of each, until there are enough binaries."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from planner.base.paths import PARAMETERIZED, ROOT
from planner.model.build_options import build_options
from planner.model.candidates import Candidates, read_candidates
from planner.model.options import Options
from planner.scenario.scenario import Scenario, read_scenario
from planner.tables.reading import blank

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


def with_sentra(count: int) -> Options:
    """The 508 kabupaten and that many options, each of a sentra of its own some 50 km around its kabupaten's point."""
    options, _ = options_of(count)
    places = options.table[["usulan_id", "kode", "lat", "lon"]].rename(columns={"usulan_id": "sentra_id"})
    moved = np.random.default_rng(1).uniform(-0.4, 0.4, (count, 2))
    sentra = blank("sentra").merge(places, how="right").assign(lat=places["lat"] + moved[:, 0], komoditas="pangan")
    sentra["lon"] += moved[:, 1]
    table = options.table.assign(sentra_id=options.table["usulan_id"], komoditas="pangan")
    return replace(options, table=table, candidates=replace(options.candidates, sentra=sentra))


def write_many(folder: Path, usulan: int, lines: int) -> None:
    """The example's tables over and over with new ids as CSV in ``folder``, with exactly so many usulan and lines."""
    read = {f.stem: pd.read_csv(f, dtype="str", keep_default_na=False) for f in (ROOT / "data/contoh").glob("*.csv")}
    count = -(-usulan // len(read["usulan"]))
    for name in ("usulan", "sentra", "realisasi", "rincian"):
        copies = [read[name].assign(**renamed(read[name], k)) for k in range(count)]
        read[name] = pd.concat(copies, ignore_index=True)
    read["usulan"] = read["usulan"].iloc[:usulan]
    own = read["rincian"][read["rincian"]["usulan_id"].isin(set(read["usulan"]["usulan_id"]))]
    first = ~own.duplicated("usulan_id")  # every usulan keeps a line
    read["rincian"] = pd.concat([own[first], own[~first].iloc[: lines - first.sum()]])
    for name, table in read.items():
        table.to_csv(folder / f"{name}.csv", index=False)


def renamed(table: pd.DataFrame, k: int) -> dict[str, pd.Series]:
    """The id columns of copy ``k``; an empty id stays empty."""
    return {c: table[c].where(table[c] == "", table[c] + f"-{k}") for c in ("usulan_id", "sentra_id") if c in table}
