"""Notes for the official system: what of each usulan and each of its lines the plan agrees to, and why."""

from pathlib import Path

import pandas as pd

from planner.base.errors import PlannerError
from planner.base.messages import label, language, say
from planner.base.units import number
from planner.model.candidates import Candidates, read_candidates
from planner.plan.folder import RunFolder
from planner.plan.plan import Plan
from planner.plan.verify import inputs

ACCEPTED, DISCUSSED, REJECTED = "diterima", "didiskusikan", "ditolak"
VERDICT_OF_USULAN, VERDICTS_OF_LINE = ["verifikasi_provinsi"], ["penilaian_bappenas", "penilaian_kl"]
LINE = ["usulan_id", "rincian_id", "kode", "ta", "komponen", "uraian", "satuan", "harga_satuan_rp", "volume"]
NOTED = [*LINE, "volume_disetujui", "amount_rp", "penilaian", "catatan"]


def tables_of(plan_file: Path, plan: Plan, data: str | Path | None = None) -> Candidates:
    """The tables that a plan was made from; PlannerError where they have changed since, or the plan is modelled."""
    if plan.modelled:
        raise PlannerError(say("notes.modelled"))
    candidates = read_candidates(RunFolder(plan_file).scenario(plan), data)
    if problems := list(inputs(plan.content["inputs"], candidates)):
        raise PlannerError(problems)
    return candidates


def agreed_lines(plan: Plan, candidates: Candidates) -> pd.DataFrame:
    """Every line of every usulan: ``LINE``, ``volume_disetujui`` and ``amount_rp``; 0 where left out or not funded.

    ``ta`` is the year of the plan where the usulan is funded, else the year asked for.
    """
    chosen = {record["usulan_id"]: record for record in plan["funded"]}
    volumes = {(u, one["rincian_id"]): one["volume"] for u, record in chosen.items() for one in record["lines"]}
    asked = candidates.usulan[["usulan_id", "kode", "ta"]]
    rows = candidates.rincian.merge(asked, on="usulan_id", validate="many_to_one").reset_index(drop=True)
    keys = list(zip(rows["usulan_id"], rows["rincian_id"], strict=True))
    rows["volume_disetujui"] = [volumes.get(key, 0) for key in keys]
    rows["amount_rp"] = rows["volume_disetujui"] * rows["harga_satuan_rp"].astype("int64")
    years = {name: record["ta"] for name, record in chosen.items()}
    rows["ta"] = rows["usulan_id"].map(years).fillna(rows["ta"]).astype("int64")
    for column in ("uraian", "satuan"):
        rows[column] = rows[column].fillna("") if column in rows else ""
    return rows.sort_values(["usulan_id", "rincian_id"], ignore_index=True)[[*LINE, "volume_disetujui", "amount_rp"]]


def line_notes(plan: Plan, candidates: Candidates) -> pd.DataFrame:
    """``agreed_lines`` with a verdict (``penilaian``) and the sentence that goes with it (``catatan``) per line."""
    if plan.modelled:
        raise PlannerError(say("notes.modelled"))
    rows = agreed_lines(plan, candidates)
    why = reasons(plan)
    later = set(plan.not_funded.loc[plan.not_funded["kind"] == "later", "usulan_id"])
    stated = rejections(candidates)
    columns = (rows[name] for name in ("usulan_id", "rincian_id", "volume_disetujui", "volume"))
    told = []
    for name, line, got, asked in zip(*columns, strict=True):
        judged, note = verdict(got, asked, stated.get((name, line), []))
        told.append(("" if name in later else judged, why.get(name) or note))
    rows[["penilaian", "catatan"]] = pd.DataFrame(told, columns=["penilaian", "catatan"], dtype="str")
    return rows[NOTED]


def rejections(candidates: Candidates) -> dict[tuple[str, str], list[str]]:
    """(usulan, line) -> the columns in which somebody who judges has rejected the line, or its whole usulan."""
    own = candidates.usulan.reindex(columns=["usulan_id", *VERDICT_OF_USULAN])
    lines = candidates.rincian.reindex(columns=["usulan_id", "rincian_id", *VERDICTS_OF_LINE])
    rows = lines.merge(own, on="usulan_id", how="left")
    found: dict[tuple[str, str], list[str]] = {}
    for column in (*VERDICT_OF_USULAN, *VERDICTS_OF_LINE):
        no = rows[rows[column] == REJECTED]
        for key in zip(no["usulan_id"], no["rincian_id"], strict=True):
            found.setdefault(key, []).append(column)
    return found


def verdict(got: int, asked: int, rejected: list[str]) -> tuple[str, str]:
    """A line's verdict by the volume agreed to, and why it stands so; ``rejected``: the columns that say no to it."""
    if got and rejected:
        verdicts = ", ".join(f"{label('columns', column)} {REJECTED}" for column in rejected)
        return DISCUSSED, say("notes.opposed", verdicts=verdicts)
    judged, key = (ACCEPTED, "full") if got == asked else (DISCUSSED, "trimmed") if got else (REJECTED, "left_out")
    return judged, say(f"notes.{key}", got=number(got), asked=number(asked))


def reasons(plan: Plan) -> dict[str, str]:
    """Why each usulan that is not funded is not, in the current language."""
    return {record["usulan_id"]: record["reason"][language()] for record in plan["not_funded"]}


def usulan_notes(plan: Plan, candidates: Candidates, lines: pd.DataFrame) -> pd.DataFrame:
    """One row per usulan: money asked and agreed, lines by verdict, the verdict that follows from them, and why."""
    names = candidates.kabupaten[["kode", "nama"]].rename(columns={"nama": "kabupaten"})
    usulan = candidates.usulan[["usulan_id", "kode", "nama", "menu"]].rename(columns={"nama": "usulan"})
    asked_rp = lines["volume"].astype("int64") * lines["harga_satuan_rp"].astype("int64")
    counted = lines.assign(
        diusulkan_rp=asked_rp, **{v: lines["penilaian"] == v for v in (ACCEPTED, DISCUSSED, REJECTED)}
    )
    parts = {
        "ta": "first",
        "diusulkan_rp": "sum",
        "amount_rp": "sum",
        ACCEPTED: "sum",
        DISCUSSED: "sum",
        REJECTED: "sum",
    }
    rows = usulan.merge(names, on="kode", how="left").merge(counted.groupby("usulan_id").agg(parts), on="usulan_id")
    why = reasons(plan)
    rows["penilaian"] = [usulan_verdict(*row) for row in rows[[ACCEPTED, DISCUSSED, REJECTED]].itertuples(index=False)]
    rows["catatan"] = [
        why.get(name) or say(f"notes.usulan_{result or REJECTED}")
        for name, result in zip(rows["usulan_id"], rows["penilaian"], strict=True)
    ]
    order = ["kode", "kabupaten", "usulan_id", "usulan", "menu", *parts, "penilaian", "catatan"]
    return rows.sort_values("usulan_id", ignore_index=True)[order]


def usulan_verdict(accepted: int, discussed: int, rejected: int) -> str:
    """An usulan's verdict from the verdicts of its lines: all, some or none agreed to; '' where none was judged."""
    if not accepted and not discussed:
        return REJECTED if rejected else ""
    return ACCEPTED if not discussed and not rejected else DISCUSSED
