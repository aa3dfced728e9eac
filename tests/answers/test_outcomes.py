"""One outcome for every usulan, in the words of the assessment: never a rejection for money's sake."""

import pytest
from hypothesis import Phase, given, settings
from instances import whole_usulan
from small import MILIAR, candidates, line, scenario, usulan

from planner.answers.notes import line_notes, usulan_notes
from planner.answers.outcomes import OUTCOMES, UNPLACED, outcomes
from planner.base.errors import InfeasibleError, PlannerError
from planner.plan.allocate import allocate
from planner.scenario.rules.verdicts import REJECTIONS

VERDICTS = {"rule": "Verdicts"}


@pytest.fixture
def nine():
    """One usulan for each outcome and cause; the pagu of 10 miliar holds the first four."""
    return candidates(
        usulan("full", 2 * MILIAR, 90),
        usulan("trimmed", nilai=80, kode="11.02", lines=[line(MILIAR, 3) | {"volume_disetujui": 2}]),
        usulan("discussed", nilai=90, kode="32.01", lines=[line(MILIAR) | {"penilaian_kl": "didiskusikan"}]),
        usulan("without", nilai=90, kode="53.01", lines=[
            line(MILIAR), line(MILIAR, wajib="tidak", name="2") | {"penilaian_bappenas": "ditolak"},
        ]),
        usulan("refused", MILIAR, 99, verifikasi_provinsi="ditolak"),
        usulan("unready", MILIAR, 99, ded="belum"),
        usulan("unknown", MILIAR, 99, ded=None),
        usulan("outbid", 9 * MILIAR, 50, ded="ada"),
        usulan("sister", 2 * MILIAR, 10, sentra_id="s-full"),
        usulan("later", MILIAR, 99, ta=2030),
    )  # fmt: skip


def asked(budget_rp=6 * MILIAR):
    ready = {"rule": "Ready", "documents": ["ded"], "accept": ["ada"], "unknown": "gate"}
    return scenario(budget_rp, [VERDICTS, ready, {"rule": "OnePerSentra"}])


def with_papers(table):
    """Everything but what says otherwise has its papers."""
    own = table.usulan["usulan_id"].isin(["unready", "unknown"])
    table.usulan["ded"] = table.usulan["ded"].where(own, "ada")
    return table


def test_each_cause_has_its_outcome(nine):
    table = with_papers(nine)
    plan = allocate(table, asked())
    found = outcomes(plan, table)
    assert found == {
        "full": "diterima", "trimmed": "didiskusikan", "discussed": "didiskusikan", "without": "didiskusikan",
        "refused": "ditolak", "unready": "ditolak", "unknown": "didiskusikan", "outbid": UNPLACED, "sister": UNPLACED,
        "later": "belum waktunya",
    }  # fmt: skip
    kinds = plan.not_funded.set_index("usulan_id")["kind"].to_dict()
    assert kinds == {
        "refused": "refused", "unready": "gate", "unknown": "open", "outbid": "price", "sister": "rule",
        "later": "later",
    }  # fmt: skip


def test_a_line_says_who_rejected_or_discusses_it(nine):
    table = with_papers(nine)
    lines = line_notes(allocate(table, asked()), table).set_index(["usulan_id", "rincian_id"])
    assert lines.loc["without", "penilaian"].to_dict() == {"1": "diterima", "2": "ditolak"}
    assert "penilaian Bappenas (ditolak)" in lines.at[("without", "2"), "catatan"]
    assert "penilaian K/L (didiskusikan)" in lines.at[("discussed", "1"), "catatan"]
    assert "2 dari 3" in lines.at[("trimmed", "1"), "catatan"] and "penilai" in lines.at[("trimmed", "1"), "catatan"]
    assert "verifikasi provinsi (ditolak)" in lines.at[("refused", "1"), "catatan"]


@settings(max_examples=60, deadline=None, phases=[Phase.generate])
@given(whole_usulan())
def test_the_outcomes_partition_every_usulan(instance):
    table, wanted = instance
    try:
        plan = allocate(table, wanted)
    except (InfeasibleError, PlannerError):
        return
    found, funded = outcomes(plan, table), set(plan.funded["usulan_id"])
    assert sorted(found) == sorted(table.usulan["usulan_id"]) and set(found.values()) <= set(OUTCOMES)
    lines = line_notes(plan, table)
    rejected = table.rincian.merge(table.usulan[["usulan_id", "verifikasi_provinsi"]], on="usulan_id")
    rejected = {
        (row["usulan_id"], row["rincian_id"])
        for row in rejected.to_dict("records")
        if any(row[name] == "ditolak" for name in REJECTIONS) or row["volume_disetujui"] == 0
    }
    for usulan_id, outcome in found.items():
        assert (outcome == "diterima") <= (usulan_id in funded)
        assert not (outcome == "diterima" and any(u == usulan_id for u, _ in rejected))
        assert not (usulan_id in funded and outcome not in ("diterima", "didiskusikan"))
    for record in plan["not_funded"]:  # never rejected for money's sake
        assert (found[record["usulan_id"]] == "ditolak") <= (record["kind"] == "gate")
    for usulan_id, line_id, outcome in lines[["usulan_id", "rincian_id", "penilaian"]].itertuples(index=False):
        assert not (outcome == "diterima" and (usulan_id, line_id) in rejected)
    assert usulan_notes(plan, table, lines).set_index("usulan_id")["penilaian"].to_dict() == found
