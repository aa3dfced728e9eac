"""Usulan in the years they may be funded, with costs, lines and the gate."""

import pytest
from pandas.testing import assert_frame_equal
from small import candidates, line, out, scenario, usulan, winners

from planner.base.errors import InfeasibleError, PlannerError
from planner.model.build_options import build_options
from planner.plan.allocate import allocate
from planner.scenario.scenario import vary


def test_an_option_exists_from_the_usulan_year_on():
    table = candidates(usulan("A", 6), usulan("B", 4, ta=2029))
    options = build_options(table, scenario({2028: 1, 2030: 1})).table
    assert list(zip(options["usulan_id"], options["ta"], strict=True)) == [("A", 2028), ("A", 2030), ("B", 2030)]


def test_an_usulan_after_the_last_year_is_gated_with_its_reason():
    table = candidates(usulan("A", 6), usulan("B", 4, ta=2029))
    plan = allocate(table, scenario(20))
    assert winners(plan) == ["A"]
    assert out(plan) == {"B": ("gate", "ta")}
    assert "2029" in plan["not_funded"][0]["reason"]["id"] and "2028" in plan["not_funded"][0]["reason"]["en"]


def test_no_usulan_in_any_year_is_an_error_that_names_the_years():
    with pytest.raises(PlannerError, match="2028"):
        build_options(candidates(usulan("A", 6, ta=2030)), scenario(20))


def test_the_cost_is_the_sum_of_price_times_volume():
    options = build_options(candidates(usulan("A", lines=[line(7, 3), line(2, 5, 1, name="2")])), scenario(50))
    assert options.table["amount_rp"].tolist() == [7 * 3 + 2 * 5]


def test_benefit_is_score_times_chance_times_ikm():
    # 30 % x 0.8 x 12 IKM = 2.88
    table = candidates(usulan("A", 6, kode="53.01", ikm=12), assumptions={"faktor_menu_pembangunan": 0.8})
    row = build_options(table, scenario(50)).table.iloc[0]
    assert (row["score"], row["chance"], row["benefit"]) == (30_000_000, 800_000, 2_880_000)


def test_an_ikm_that_is_not_known_serves_nobody():
    table = candidates(usulan("A", 6, ikm=None), usulan("B", 6, ikm=4))
    assert build_options(table, scenario(50)).table["benefit"].tolist() == [0, 400_000]


@pytest.mark.parametrize("column", ["year", "option", "score", "benefit", "amount_rp"])
def test_an_extra_column_may_have_any_name(column):
    # Ministries' tables hold what they hold; a column of ours is computed, never taken from them.
    plan = allocate(candidates(usulan("A", 6, 5, **{column: 77}), usulan("B", 6, 4)), scenario(6))
    assert winners(plan) == ["A"]
    assert plan["funded"][0]["score"] == 10_000_000


def test_an_extra_column_of_the_lines_may_have_any_name():
    extra = line(6) | {"option": 9, "bobot": 3, "amount_rp": 5}
    assert winners(allocate(candidates(usulan("A", lines=[extra])), scenario(6))) == ["A"]


@pytest.mark.parametrize(("column", "value"), [("provinsi", "ACEH"), ("pulau", "Sumatra"), ("kemiskinan_pct", 99.0)])
def test_a_region_column_in_the_usulan_table_never_replaces_the_reference(column, value):
    # Else a hand-typed province name slips under a province's cap and a typed poverty rate buys score.
    table = candidates(usulan("A", 6, **{column: value}), usulan("B", 6))
    options = build_options(table, scenario(12)).table
    reference = candidates(usulan("A", 6)).kabupaten.set_index("kode").at["11.01", column]
    assert options[column].tolist() == [reference, reference]


# -- an usulan of no benefit -------------------------------------------------------------------------------------------

# Rp 20: A (10 IKM of 10 % poor = 1) and B (no IKM = 0, but ``nilai`` 100) fit together; C does not tell its IKM.
IDLE = candidates(usulan("A", 6, 1), usulan("B", 6, 100, ikm=0), usulan("C", 6, 50, ikm=None))


def test_a_later_goal_and_the_tie_break_fund_no_usulan_of_benefit_0():
    for goals in (["benefit", "nilai"], ["benefit"]):
        plan = allocate(IDLE, scenario(20, goals=goals))
        assert winners(plan) == ["A"] and out(plan) == {"B": ("gate", "benefit"), "C": ("gate", "benefit")}
        assert winners(allocate(IDLE, scenario(20, goals=goals, fund_without_benefit=True))) == ["A", "B", "C"]


def test_an_unknown_number_of_ikm_is_told_apart_from_none():
    reasons = {
        one["usulan_id"]: one["reason"]["id"] for one in allocate(IDLE, scenario(20, goals=["benefit"]))["not_funded"]
    }
    assert "nol" in reasons["B"] and "tidak diisi" not in reasons["B"]
    assert "jumlah IKM tidak diisi" in reasons["C"]


def test_a_first_goal_that_is_not_benefit_asks_for_none():
    assert winners(allocate(IDLE, scenario(20, goals=["nilai", "benefit"]))) == ["A", "B", "C"]


def test_a_floor_that_only_usulan_of_no_benefit_could_fill_is_infeasible_until_they_are_allowed():
    floor = [{"rule": "CountBand", "by": "menu", "min": 1, "where": {"menu": "revitalisasi"}}]
    table = candidates(usulan("A", 6), usulan("B", 6, menu="revitalisasi", ikm=0))
    asked = scenario(20, floor, goals=["benefit"])
    with pytest.raises(InfeasibleError, match="'B'"):
        allocate(table, asked)
    assert winners(allocate(table, vary(asked, fund_without_benefit=True))) == ["A", "B"]


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ({"fs": "gak ada"}, "Mungkin maksud Anda 'belum'"), ({"fs": "ora ada"}, "Mungkin maksud Anda 'belum'"),
        ({"fs": "kurang lengkap"}, "Yang dikenal: ada, belum."), ({"fs": "ada/belum"}, "Yang dikenal: ada, belum."),
        ({"fs": "tak perlu"}, "Yang dikenal: ada, belum."),  # tidak_perlu, which no usulan has
        ({"menu": "revitalisasi lama"}, "Yang dikenal: pembangunan."), ({"ovop": "ga"}, "bernama 'ga'."),
    ],
)  # fmt: skip
def test_a_filter_is_never_told_the_opposite_of_what_it_says(where, says):
    table = candidates(usulan("A", 6, fs="ada"), usulan("B", 4, fs="belum"))
    with pytest.raises(PlannerError) as caught:
        allocate(table, scenario(20, rules=[{"rule": "CountBand", "where": where, "min": 1}]))
    (told,) = caught.value.problems
    assert says in told and "known: ." not in told.lower() and "dikenal: ." not in told and told == told.strip()


def test_other_weights_of_the_same_criteria_make_the_same_options_as_from_nothing():
    lines = [line(7, 3), line(2, 5, 1, name="2")]
    table = candidates(usulan("A", 6, kode="53.01", lines=lines, ikm=5), usulan("B", 4, kode="11.01", ta=2029, ikm=9))
    goals = [{"maximise": "benefit"}]
    asked = scenario({2028: 30, 2029: 40}, goals=goals, weights={"kemiskinan": 1, "pengangguran": 2})
    other = vary(asked, weights={"kemiskinan": 1.5, "pengangguran": 0.1}, budget_rp={2028: 50, 2029: 60})
    before, fresh = build_options(table, asked), build_options(table, other)
    assert before.columns.width > len(before)  # is kept
    again = build_options(table, other, before)
    assert_frame_equal(again.table, fresh.table)
    assert_frame_equal(again.every, fresh.every)
    assert_frame_equal(again.lines, fresh.lines)
    assert (again.gated, again.unknown, again.budget_rp) == (fresh.gated, fresh.unknown, fresh.budget_rp)
    assert again.columns is before.columns and again.basis is not None
    assert again.table["benefit"].tolist() != before.table["benefit"].tolist()
