"""Notes for the official system: what of each usulan and each of its lines the plan agrees to, and why."""

from pathlib import Path

import pandas as pd

from planner.answers.outcomes import (
    ACCEPTED,
    DISCUSSED,
    LATER,
    LINE,
    REJECTED,
    UNPLACED,
    line_outcomes,
    outcomes,
)
from planner.base.errors import PlannerError
from planner.base.messages import language, say
from planner.model.candidates import Candidates, read_candidates
from planner.plan.folder import RunFolder
from planner.plan.plan import Plan
from planner.plan.verify import inputs

NOTED = [*LINE, "volume_disetujui", "amount_rp", "penilaian", "catatan"]
COUNTED = {
    "diterima": ACCEPTED, "didiskusikan": DISCUSSED, "ditolak": REJECTED, "tidak_tertampung": UNPLACED,
    "belum_waktunya": LATER,
}  # fmt: skip


def tables_of(plan_file: Path, plan: Plan, data: str | Path | None = None) -> Candidates:
    """The tables that a plan was made from; PlannerError where they have changed since, or the plan is modelled."""
    if plan.modelled:
        raise PlannerError(say("notes.modelled"))
    candidates = read_candidates(RunFolder(plan_file).scenario(plan), data)
    if problems := list(inputs(plan.content["inputs"], candidates)):
        raise PlannerError(problems)
    return candidates


def line_notes(plan: Plan, candidates: Candidates) -> pd.DataFrame:
    """``line_outcomes``; a modelled plan has none: PlannerError."""
    if plan.modelled:
        raise PlannerError(say("notes.modelled"))
    return line_outcomes(plan, candidates)[NOTED]


def usulan_notes(plan: Plan, candidates: Candidates, lines: pd.DataFrame) -> pd.DataFrame:
    """One row per usulan: money asked and agreed, lines by outcome, its own outcome, and why."""
    names = candidates.kabupaten[["kode", "nama"]].rename(columns={"nama": "kabupaten"})
    usulan = candidates.usulan[["usulan_id", "kode", "nama", "menu"]].rename(columns={"nama": "usulan"})
    asked_rp = lines["volume"].astype("int64") * lines["harga_satuan_rp"].astype("int64")
    counted = lines.assign(
        diusulkan_rp=asked_rp, **{name: lines["penilaian"] == outcome for name, outcome in COUNTED.items()}
    )
    parts = {"ta": "first", "diusulkan_rp": "sum", "amount_rp": "sum", **dict.fromkeys(COUNTED, "sum")}
    rows = usulan.merge(names, on="kode", how="left").merge(counted.groupby("usulan_id").agg(parts), on="usulan_id")
    why = {record["usulan_id"]: record["reason"][language()] for record in plan["not_funded"]}
    rows["penilaian"] = rows["usulan_id"].map(outcomes(plan, candidates))
    rows["catatan"] = [
        why.get(name) or say(f"notes.usulan_{outcome}")
        for name, outcome in zip(rows["usulan_id"], rows["penilaian"], strict=True)
    ]
    order = ["kode", "kabupaten", "usulan_id", "usulan", "menu", *parts, "penilaian", "catatan"]
    return rows.sort_values("usulan_id", ignore_index=True)[order]
