"""Hand-made tables: six kabupaten and as many usulan as a test names, small enough to check by hand.

The assumptions are round: score = kemiskinan in percent when that is the only weight, chance = 1, so
benefit = score / 100 x IKM. Most tests maximise the extra column ``nilai`` and need none of it.
"""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from planner.base.errors import PlannerError
from planner.model.build_options import build_options
from planner.model.candidates import Candidates, join_facts
from planner.model.industry import no_evidence
from planner.model.problem import compile_problem
from planner.scenario.rows import RowName
from planner.scenario.scenario import Scenario, scenario_of
from planner.tables.reading import blank

MILIAR = 10**9
JUTA = 10**6

#   kode      nama         kode_provinsi provinsi  pulau     kemiskinan tpt  tertinggal lat lon: along the equator
KABUPATEN = [
    ("11.01", "Aceh Selatan", "11", "Aceh", "Sumatera", 10, 2.0, "tidak", 0.0, 100.0),
    ("11.02", "Aceh Tenggara", "11", "Aceh", "Sumatera", 20, 4.0, "tidak", 0.0, 101.0),
    ("32.01", "Bogor", "32", "Jawa Barat", "Jawa", 5, 8.0, "tidak", 0.0, 102.0),
    ("53.01", "Kupang", "53", "NTT", "Nusa Tenggara", 30, 3.0, "ya", 0.0, 103.0),
    ("53.02", "TTS", "53", "NTT", "Nusa Tenggara", 40, 6.0, "ya", 0.0, 104.0),
    ("91.03", "Jayapura", "91", "Papua", "Papua", 25, None, None, 0.0, 105.0),
]
KODE = [row[0] for row in KABUPATEN]
ASSUMPTIONS = {
    "ikm_asumsi_pembangunan": 40, "ikm_asumsi_revitalisasi": 26,
    "acuan_kemiskinan_min": 0, "acuan_kemiskinan_maks": 100, "acuan_pengangguran_min": 0,
    "acuan_pengangguran_maks": 10, "acuan_ikm_min": 0, "acuan_ikm_maks": 100,
    "acuan_tenaga_kerja_min": 0, "acuan_tenaga_kerja_maks": 100,
    "faktor_menu_pembangunan": 1.0, "faktor_menu_revitalisasi": 1.0, "diskonto": 0.95,
    "nilai_dokumen_proses": 0.5, "faktor_kesiapan_min": 1.0, "faktor_kinerja_min": 1.0, "dampak": 0,
    "faktor_arah_positif": 1.0, "faktor_arah_negatif": 1.0, "nilai_kinerja_netral": 0.5,
    "acuan_manufaktur_min": 0, "acuan_manufaktur_maks": 100, "acuan_sentra_min": 0, "acuan_sentra_maks": 10,
}  # fmt: skip


def line(price_rp, volume=1, low=None, wajib="ya", komponen="gedung", name="1") -> dict:
    """A line of an usulan; ``low``: its smallest volume where it may be trimmed; ``wajib="tidak"``: may be left out."""
    return {
        "rincian_id": name, "komponen": komponen, "harga_satuan_rp": price_rp, "volume": volume, "volume_min": low,
        "wajib": wajib,
    }  # fmt: skip


def usulan(name, cost_rp=0, nilai=1, kode="11.01", menu="pembangunan", ta=2028, ikm=10, lines=(), **more) -> dict:
    """An usulan with one line of ``cost_rp``, or with ``lines``; ``more`` are extra columns."""
    return {
        "usulan_id": name, "nama": f"Sentra {name}", "sentra_id": f"s-{name}", "kode": kode, "ta": ta, "menu": menu,
        "ikm": ikm, "nilai": nilai, "tenaga_kerja_target": None, "lines": list(lines) or [line(cost_rp)],
    } | more  # fmt: skip


def candidates(
    *rows: dict, assumptions=None, kabupaten=None, bobot=None, prices=None, sentra_in=None, **tables
) -> Candidates:
    """Candidates of these usulan; ``kabupaten``: {kode: {column: value}} replaces cells; ``bobot``: {komponen: x}.

    ``prices``: {komponen: harga_acuan_rp at IKK 100}. ``sentra_in``: {kode: sentra counted there}, of the others
    nothing is known. ``tables``: rows (dicts) of ``sentra``, ``daerah``, ``realisasi``, ``juknis``, ``dampak`` by name.
    """
    table = pd.DataFrame([{k: v for k, v in row.items() if k != "lines"} for row in rows])
    table["ikm"] = table["ikm"].astype("Int64")
    table["tenaga_kerja_target"] = table["tenaga_kerja_target"].astype("Int64")
    rincian = pd.DataFrame([{"usulan_id": row["usulan_id"], **one} for row in rows for one in row["lines"]])
    for column in ("harga_satuan_rp", "volume", "volume_min"):
        rincian[column] = rincian[column].astype("Int64")
    parts = sorted(set(rincian["komponen"]))
    komponen = pd.DataFrame({"komponen": parts, "bobot": [float((bobot or {}).get(p, "nan")) for p in parts]})
    if prices:
        reference = [(prices or {}).get(p) for p in parts]
        komponen = komponen.assign(harga_acuan_rp=pd.array(reference, dtype="Int64"))
    places, own = regions(kabupaten or {}), {name: held(name, tables.get(name, ())) for name in OWN}
    table = join_facts(table, **own, kabupaten=places, dampak=held("dampak", tables.get("dampak", ())), first_year=2028)
    return Candidates(
        table, rincian, places, komponen, ASSUMPTIONS | (assumptions or {}), False, INPUTS, **own,
        juknis=held("juknis", tables.get("juknis", ())), evidence=counted(sentra_in or {}),
    )  # fmt: skip


def counted(sentra_in: dict) -> pd.DataFrame:
    """``model.industry.evidence`` of these kabupaten: each counted, together the control total of their province."""
    total = {kode[:2]: sum(n for other, n in sentra_in.items() if other[:2] == kode[:2]) for kode in sentra_in}
    rows = [
        {"kode": kode, "kode_provinsi": kode[:2], "total": kode[:2], "total_sentra": total[kode[:2]], "known": n,
         "sentra": n * 10**6, "measured": "measured"}
        for kode, n in sentra_in.items()
    ]  # fmt: skip
    empty = no_evidence()
    return pd.DataFrame(rows, columns=list(empty)).fillna(0).astype(empty.dtypes.to_dict()) if rows else empty


OWN = ("sentra", "daerah", "realisasi")


def held(name: str, rows) -> pd.DataFrame:
    """A table of these rows with all its columns, typed as reading would."""
    empty = blank(name)
    return pd.DataFrame(list(rows), columns=list(empty)).astype(empty.dtypes.to_dict()) if rows else empty


INPUTS = ({"name": "usulan", "sha256": "0" * 64, "rows": 1, "synthetic": True},)


def regions(changes: dict) -> pd.DataFrame:
    names = ["kode", "nama", "kode_provinsi", "provinsi", "pulau", "kemiskinan_pct", "tpt_pct", "tertinggal"]
    rows = [dict(zip([*names, "lat", "lon"], row, strict=True)) | changes.get(row[0], {}) for row in KABUPATEN]
    table = pd.DataFrame(rows)
    return table.assign(
        kemiskinan_pct=table["kemiskinan_pct"].astype("float64"), tpt_pct=table["tpt_pct"].astype("float64")
    )


def scenario(budget_rp=10 * MILIAR, rules=(), goals=("nilai",), **kw) -> Scenario:
    """A scenario over the hand-made tables: ``goals`` are columns, (column, tolerance), or whole; gap 0."""
    goals = [(g, 0.0) if isinstance(g, str) else g for g in goals]
    whole = [g if isinstance(g, dict) else {"maximise": g[0], "tolerance": g[1]} for g in goals]
    raw = {
        "name": "kecil",
        "data": "usulan",
        "budget_rp": budget_rp if isinstance(budget_rp, dict) else {2028: budget_rp},
        "weights": {"kemiskinan": 1},
        "goals": whole,
        "rules": list(rules),
        "solver": {"gap": 0.0, "time_limit_s": 60},
    } | kw
    return scenario_of(raw)


def write(folder: Path, *rows: dict) -> Path:
    """The same usulan as the CSV files that a dinas holds."""
    folder.mkdir(parents=True, exist_ok=True)
    own = [{k: v for k, v in row.items() if k not in ("lines", "ikm")} | {"ikm_komitmen": row["ikm"]} for row in rows]
    lines = [{"usulan_id": row["usulan_id"], **one} for row in rows for one in row["lines"]]
    for records, name in ((own, "usulan"), (lines, "rincian")):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, records[0])
            writer.writeheader()
            writer.writerows(records)
    return folder


def winners(plan) -> list[str]:
    return [record["usulan_id"] for record in plan["funded"]]


def volumes(plan) -> dict[str, dict[str, int]]:
    return {r["usulan_id"]: {one["rincian_id"]: one["volume"] for one in r["lines"]} for r in plan["funded"]}


def out(plan) -> dict[str, tuple[str, str | None]]:
    """usulan -> (kind, rule's row) of everything that is not funded."""
    return {r["usulan_id"]: (r["kind"], r["rule"]) for r in plan["not_funded"]}


def rows_say_what_holds_says(table: Candidates, asked: Scenario, data) -> None:
    """On decisions that hypothesis draws, each rule's rows and its own check break at the same labels by as much."""
    try:
        problem = compile_problem(build_options(table, asked), asked)
    except PlannerError:
        return
    x = np.array([data.draw(st.integers(0, int(u))) for u in problem.upper], dtype=np.int64)
    by_rows: dict[int, dict[RowName, int]] = {}
    for row, by in problem.broken(x):
        rule = int(problem.row_rule[row])
        if rule >= 0:
            by_rows.setdefault(rule, {})[problem.row_labels[row]] = abs(by)
    decisions = problem.decisions(x)
    for number, rule in enumerate(asked.rules):
        said = {excess.label: excess.by for excess in rule.holds(problem.options, decisions)}
        assert said == by_rows.get(number, {}), rule
