"""The verdicts for the official system say what the plan says, to the rupiah and to the line."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import MILIAR, candidates, line, scenario, usulan

from planner.answers.notes import line_notes, usulan_notes
from planner.answers.outcomes import UNPLACED
from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.paper.run_files import csv_bytes
from planner.plan.allocate import allocate


@pytest.fixture
def four():
    # Pagu 10 miliar; a line is worth its share of the money of its usulan. "full" (4): 40. "some": 7.5 for each
    # of 4 units (2), at least 2. "part" (2, without its option of 9): 80 x 2/11 = 14.5. "out" (30) never fits.
    return candidates(
        usulan("full", 4 * MILIAR, 40),
        usulan("some", nilai=30, kode="11.02", lines=[line(2 * MILIAR, 4, low=2)]),
        usulan("part", nilai=80, kode="32.01", lines=[line(2 * MILIAR), line(9 * MILIAR, wajib="tidak", name="2")]),
        usulan("out", 30 * MILIAR, 99, kode="53.01"),
    )


def test_each_line_gets_the_verdict_that_its_volume_means(four):
    rows = line_notes(allocate(four, scenario()), four).set_index(["usulan_id", "rincian_id"])

    assert rows["penilaian"].to_dict() == {
        ("full", "1"): "diterima", ("out", "1"): UNPLACED, ("part", "1"): "diterima", ("part", "2"): UNPLACED,
        ("some", "1"): "didiskusikan",
    }  # fmt: skip
    assert rows["volume_disetujui"].tolist() == [1, 0, 1, 0, 2]
    assert rows["amount_rp"].tolist() == [4 * MILIAR, 0, 2 * MILIAR, 0, 4 * MILIAR]
    assert "2 dari 4" in rows.at[("some", "1"), "catatan"]


def test_an_usulan_has_the_verdict_that_follows_from_its_lines(four):
    plan = allocate(four, scenario())
    rows = usulan_notes(plan, four, line_notes(plan, four)).set_index("usulan_id")

    assert rows["penilaian"].to_dict() == {
        "full": "diterima", "out": UNPLACED, "part": "didiskusikan", "some": "didiskusikan"
    }  # fmt: skip
    assert rows.at["part", "diusulkan_rp"] == 11 * MILIAR
    assert rows.at["out", "catatan"] == plan.not_funded.set_index("usulan_id").at["out", "reason"]["id"]
    with speaking("en"):
        assert "asked for" in line_notes(plan, four).set_index("usulan_id").at["full", "catatan"]


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4), st.booleans()), min_size=1, max_size=5), st.integers(1, 20)
)
@settings(max_examples=25, deadline=None)
def test_notes_agree_with_the_plan(rows, budget):
    own = [
        [line(price, volume, low=1), line(1, wajib="ya" if fixed else "tidak", name="2")]
        for price, volume, fixed in rows
    ]
    made = candidates(*(usulan(f"u{i}", nilai=i + 1, lines=lines) for i, lines in enumerate(own)))
    plan = allocate(made, scenario(budget))
    lines = line_notes(plan, made)
    noted = usulan_notes(plan, made, lines)

    assert lines["amount_rp"].sum() == noted["amount_rp"].sum() == plan.spent_rp
    assert set(noted.loc[noted["penilaian"].isin(["diterima", "didiskusikan"]), "usulan_id"]) == set(
        plan.funded["usulan_id"]
    )
    assert len(lines) == len(made.rincian) and len(noted) == len(made.usulan)


def test_a_modelled_plan_has_no_notes(four):
    plan = allocate(four, scenario())
    modelled = replace(
        plan, content=plan.content | {"scenario": plan["scenario"] | {"candidates": "model", "data": None}}
    )

    with pytest.raises(PlannerError, match="kandidat model"):
        line_notes(modelled, four)


def test_a_csv_for_excel_holds_no_formula_and_keeps_its_numbers():
    frame = pd.DataFrame({"nama": ["=1+1", "@x", 'a;"b"'], "amount_rp": [-1, 2, 3]})

    assert csv_bytes(frame).decode("utf-8-sig") == (
        "nama;amount_rp\r\n'=1+1;-1\r\n'@x;2\r\n\"a;\"\"b\"\"\";3\r\n"
    )  # fmt: skip


def test_a_line_that_somebody_rejected_is_never_called_accepted():
    table = candidates(
        usulan("A", lines=[line(MILIAR) | {"penilaian_kl": "ditolak"}, line(MILIAR, name="2")]),
        usulan("B", 1 * MILIAR, kode="11.02", verifikasi_provinsi="ditolak"),
        usulan("C", 1 * MILIAR, kode="11.03"),
    )
    plan = allocate(table, scenario(10 * MILIAR))
    rows = line_notes(plan, table)
    lines = rows.set_index(["usulan_id", "rincian_id"])
    assert lines["penilaian"].to_dict() == {
        ("A", "1"): "didiskusikan", ("A", "2"): "diterima", ("B", "1"): "didiskusikan", ("C", "1"): "diterima",
    }  # fmt: skip
    assert "ditolak" in lines.at[("A", "1"), "catatan"] and "ditolak" in lines.at[("B", "1"), "catatan"]
    assert usulan_notes(plan, table, rows).set_index("usulan_id")["penilaian"].to_dict() == {
        "A": "didiskusikan", "B": "didiskusikan", "C": "diterima"
    }  # fmt: skip


def test_an_usulan_of_a_later_year_is_not_due_yet():
    table = candidates(usulan("A", 1 * MILIAR), usulan("B", 1 * MILIAR, kode="11.02", ta=2030))
    plan = allocate(table, scenario(10 * MILIAR))
    rows = line_notes(plan, table)
    assert rows.set_index("usulan_id")["penilaian"].to_dict() == {"A": "diterima", "B": "belum waktunya"}
    noted = usulan_notes(plan, table, rows).set_index("usulan_id")
    assert noted["penilaian"].to_dict() == {"A": "diterima", "B": "belum waktunya"}
    assert noted[["tidak_tertampung", "belum_waktunya"]].to_dict("index")["B"] == {
        "tidak_tertampung": 0, "belum_waktunya": 1
    }  # fmt: skip
    assert plan.not_funded["kind"].tolist() == ["later"]
