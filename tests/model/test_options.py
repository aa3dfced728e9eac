"""Usulan in the years they may be funded, with costs, lines and the gate."""

import pytest
from small import candidates, line, out, scenario, usulan, winners

from planner.base.errors import PlannerError
from planner.model.build_options import build_options
from planner.plan.allocate import allocate


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
