"""What became of every usulan and of every line of it, in the words of the assessment: one outcome each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from planner.base.messages import label, language, say
from planner.base.units import number
from planner.model.candidates import Candidates
from planner.plan.plan import Plan, kind_of
from planner.scenario.rules.base import Line
from planner.scenario.rules.verdicts import DISCUSSED, OF_LINES, REFUSING, REJECTIONS, agreed, says

ACCEPTED, REJECTED = "diterima", "ditolak"
UNPLACED, LATER = "layak tetapi tidak tertampung", "belum waktunya"
OUTCOMES = (ACCEPTED, DISCUSSED, REJECTED, UNPLACED, LATER)
OF_KIND = {
    "gate": REJECTED, "refused": REJECTED, "open": DISCUSSED, "rule": UNPLACED, "tie": UNPLACED, "price": UNPLACED,
    "later": LATER,
}  # fmt: skip
LINE = ["usulan_id", "rincian_id", "kode", "ta", "komponen", "uraian", "satuan", "harga_satuan_rp", "volume"]


@dataclass(frozen=True)
class Said:
    """What bodies say of one line, as texts: who rejects it, who still discusses it, and the volume agreed to."""

    rejected: list[str] = field(default_factory=list)
    discussed: list[str] = field(default_factory=list)
    agreed: int | None = None


def outcomes(plan: Plan, candidates: Candidates) -> dict[str, str]:
    """Usulan -> its outcome, one of ``OUTCOMES``: every usulan of the tables has exactly one.

    Funded: ``diterima`` only where every line is. Not funded: rejected by a body or by a rule's gate; still to be
    discussed where only an empty cell holds it back; worthy but not placed within pagu and rules; or of a later year.
    """
    found = {record["usulan_id"]: outcome_of(record, plan) for record in plan["not_funded"]}
    lines = line_outcomes(plan, candidates)
    whole = lines["penilaian"].eq(ACCEPTED).groupby(lines["usulan_id"]).all()
    return found | {u: ACCEPTED if whole[u] else DISCUSSED for u in plan.funded["usulan_id"]}


def outcome_of(record, plan: Plan) -> str:
    """The outcome of an usulan that is not funded, by its record in the plan."""
    return OF_KIND[kind_of(record, plan.scenario)]


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


def line_outcomes(plan: Plan, candidates: Candidates) -> pd.DataFrame:
    """``agreed_lines`` with the outcome of each line (``penilaian``) and the sentence that says why (``catatan``)."""
    rows, out = agreed_lines(plan, candidates), {record["usulan_id"]: record for record in plan["not_funded"]}
    stated, nothing = said_of_lines(candidates), Said()
    columns = (rows[name] for name in ("usulan_id", "rincian_id", "volume_disetujui", "volume"))
    told = []
    for usulan, line, got, asked in zip(*columns, strict=True):
        said = stated.get((usulan, line), nothing)
        if usulan in out and not (said.rejected and outcome_of(out[usulan], plan) != LATER):
            told.append((outcome_of(out[usulan], plan), out[usulan]["reason"][language()]))
        else:
            told.append(of_line(got, asked, said))
    return rows.assign(**dict(zip(("penilaian", "catatan"), zip(*told, strict=True), strict=True)))


def of_line(got: int, asked: int, said: Said) -> tuple[str, str]:
    """A line's outcome by its volume in the plan and by what bodies say of it, and why."""
    values: Mapping[str, str] = {"got": number(got), "asked": number(asked)}
    if said.rejected:
        key = "opposed" if got else "rejected"
        return DISCUSSED if got else REJECTED, say(f"notes.{key}", who=", ".join(said.rejected))
    if not got:
        return UNPLACED, say("notes.left_out")
    if got < asked:
        return DISCUSSED, say("notes.agreed" if got == said.agreed else "notes.trimmed", **values)
    if said.discussed:
        return DISCUSSED, say("notes.discussed", who=", ".join(said.discussed))
    return ACCEPTED, say("notes.full")


def said_of_lines(candidates: Candidates) -> dict[Line, Said]:
    """What bodies say of each line, or of its usulan as a whole, whether the scenario follows them or not."""
    own = candidates.usulan.reindex(columns=["usulan_id", *(set(REJECTIONS) - set(OF_LINES))])
    lines = candidates.rincian.reindex(columns=["usulan_id", "rincian_id", *OF_LINES])
    rows, found = lines.merge(own, on="usulan_id", how="left"), dict[Line, Said]()
    for column in REJECTIONS:
        for name, word in (("rejected", REFUSING[column]), ("discussed", DISCUSSED)):
            mine, text = rows[says(rows[column], word)], f"{label('columns', column)} ({label('verdicts', word)})"
            for key in zip(mine["usulan_id"], mine["rincian_id"], strict=True):
                getattr(found.setdefault(key, Said()), name).append(text)
    for key, volume, _ in agreed(candidates.rincian):
        before = found.get(key, Said())
        no = [] if volume else [f"{label('columns', 'volume_disetujui')}: 0"]
        found[key] = Said([*before.rejected, *no], before.discussed, volume)
    return found
