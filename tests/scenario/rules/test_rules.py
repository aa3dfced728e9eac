"""Each rule on a table small enough for a pencil: where it changes the answer, where it leaves no plan."""

from dataclasses import replace
from fractions import Fraction

import pytest
from rulework import chosen, sentences
from small import JUTA, KODE, MILIAR, candidates, line, out, scenario, usulan, volumes, winners

from planner.base.errors import InfeasibleError, PlannerError
from planner.base.units import share_of
from planner.model.build_options import build_options
from planner.plan.allocate import allocate
from planner.plan.plan import Plan
from planner.scenario.rows import Measure, RowName
from planner.scenario.rules import RULES
from planner.scenario.rules.base import LiftedRule


def test_without_rules_the_pagu_alone_decides(abc):
    assert chosen(abc) == ["A", "B"]


# SpendBand


def test_SpendBand_changes_the_answer(abc):
    # At most 60 % of 10 miliar per province: A + B would give Aceh 10, so C takes B's place.
    assert chosen(abc, {"rule": "SpendBand", "by": "provinsi", "max_share": 0.6, "of": "budget"}) == ["A", "C"]


def test_SpendBand_infeasible_names_its_sentence(abc):
    text = sentences(abc, {"rule": "SpendBand", "min_rp": 11 * MILIAR})
    assert "paling sedikit Rp 11 miliar" in text
    assert "Pagu 2028" in text  # 11 miliar are there (6 + 4 + 4): only the ceiling forbids it


def test_SpendBand_of_spent_looks_at_what_is_given_out_not_at_the_pagu(abc):
    # Of a pagu of 100 all three fit and NTT gets 4 of 14 = 28.6 %. A floor of 30 % of what is spent removes B or A:
    # A + C = 4 of 10 (value 8) beats B + C (7). The same floor of the *pagu* (30 of 100) nothing can reach.
    floor = {"rule": "SpendBand", "where": {"provinsi": "NTT"}, "min_share": 0.3}
    assert chosen(abc, floor | {"of": "spent"}, budget_rp=100 * MILIAR) == ["A", "C"]
    with pytest.raises(InfeasibleError):
        chosen(abc, floor | {"of": "budget"}, budget_rp=100 * MILIAR)


def test_SpendBand_of_spent_never_fails_because_money_stays_over(abc):
    # Half of what is given out to each menu: nothing pairs up (6 against 4, 8), so nothing is funded: legal.
    plan = allocate(abc, scenario(rules=[{"rule": "SpendBand", "by": "menu", "min_share": 0.5, "of": "spent"}]))
    assert winners(plan) == []
    assert plan["spent_rp"] == {"2028": 0}


@pytest.mark.parametrize(("share", "expected"), [(0.4, ["A", "B"]), (0.39999, ["A"]), (0.6, ["A", "B"])])
def test_SpendBand_a_share_that_is_met_exactly_is_kept(abc, share, expected):
    # Revitalisasi takes 4 of 10 miliar: at most 40 % holds to the rupiah, 39.999 % does not (then A alone: 5 > 4).
    rule = {"rule": "SpendBand", "where": {"menu": "revitalisasi"}, "max_share": share, "of": "budget"}
    assert chosen(abc, rule) == expected


@pytest.mark.parametrize(("cost", "funded"), [(3, True), (4, False)])
def test_SpendBand_a_ceiling_share_of_the_budget_is_rounded_down(cost, funded):
    # 33 % of Rp 10 is Rp 3,3: Rp 3 are allowed, Rp 4 are not.
    rule = {"rule": "SpendBand", "max_share": 0.33, "of": "budget"}
    assert chosen(candidates(usulan("A", cost)), rule, budget_rp=10) == (["A"] if funded else [])


@pytest.mark.parametrize(("cost", "funded"), [(3, False), (4, True)])
def test_SpendBand_a_floor_share_of_the_budget_is_rounded_up(cost, funded):
    # At least 33 % of Rp 10 is Rp 3,3: Rp 3 are not enough, Rp 4 are.
    rule = {"rule": "SpendBand", "min_share": 0.33, "of": "budget"}
    table = candidates(usulan("A", cost))
    if funded:
        assert chosen(table, rule, budget_rp=10) == ["A"]
    else:
        sentences(table, rule, budget_rp=10)


def test_SpendBand_counts_each_year_by_itself():
    # Rp 6 at most in each year: A (6) in 2028 and B (6) in 2029 hold, both in one year would not.
    table = candidates(usulan("A", 6, 5), usulan("B", 6, 4))
    plan = allocate(table, scenario({2028: 20, 2029: 20}, [{"rule": "SpendBand", "max_rp": 6}]))
    assert plan["spent_rp"] == {"2028": 6, "2029": 6}


def test_SpendBand_counts_the_trimmed_amount_not_the_full_cost():
    # Ten units of Rp 2 may be trimmed to one; at most Rp 7 leave three units.
    table = candidates(usulan("A", lines=[line(2, 10, 1)]))
    plan = allocate(table, scenario(100, [{"rule": "SpendBand", "max_rp": 7}]))
    assert volumes(plan) == {"A": {"1": 3}}


def test_SpendBand_where_may_name_several_values(abc):
    # Nothing for Aceh and NTT together: every usulan is in one of the two.
    rule = {"rule": "SpendBand", "where": {"provinsi": ["Aceh", "NTT"]}, "max_rp": 0}
    assert chosen(abc, rule) == []


# CountBand


def test_CountBand_changes_the_answer(abc):
    # Two revitalisasi at least: B + C (8 miliar, 7) although A + B would bring 9.
    assert chosen(abc, {"rule": "CountBand", "where": {"menu": "revitalisasi"}, "min": 2}) == ["B", "C"]


def test_CountBand_infeasible_names_its_sentence(abc):
    assert "paling sedikit 4" in sentences(abc, {"rule": "CountBand", "min": 4})


def test_CountBand_a_share_is_of_the_winners(abc):
    # At most half of the winners in Aceh: A + B (2 of 2) falls, A + C (1 of 2) holds.
    assert chosen(abc, {"rule": "CountBand", "where": {"provinsi": "Aceh"}, "max_share": 0.5}) == ["A", "C"]


def test_CountBand_by_holds_in_every_group(abc):
    # One of each province at least: A + C (8), not A + B.
    assert chosen(abc, {"rule": "CountBand", "by": "provinsi", "min": 1}) == ["A", "C"]


# What holds in each group and year


@pytest.fixture
def gated():
    """P in Papua lacks its DED; J and K in Jawa have it."""
    rows = [("P", "91.03", "belum"), ("J", "32.01", "ada"), ("K", "32.01", "ada")]
    return candidates(*(usulan(name, MILIAR, kode=kode, ded=ded, kelas=name) for name, kode, ded in rows))


READY = {"rule": "Ready", "documents": ["ded"]}


@pytest.mark.parametrize(
    "band",
    [
        {"rule": "CountBand", "by": "pulau", "min": 1},
        {"rule": "CountBand", "by": "kode", "min": 1, "per": "horizon"},
        {"rule": "CountBand", "where": {"pulau": "Papua"}, "min": 1},
        {"rule": "SpendBand", "by": "provinsi", "min_rp": MILIAR},
        {"rule": "TotalBand", "column": "ikm", "by": "kelas", "where": {"kelas": ["P", "J"]}, "min": 5},
    ],
)
def test_a_floor_in_a_group_whose_usulan_a_gate_took_out_cannot_hold_and_names_the_gate(gated, band):
    text = sentences(gated, band, READY)
    assert "Yang tersaring sebelum dihitung: 'P' (Dokumen wajib belum siap: DED (belum ada))." in text
    assert chosen(gated, band | {"soft": True, "price": 1}, READY) == ["J", "K"]


def test_a_floor_of_nothing_and_a_ceiling_ask_nothing_of_a_group_without_options(gated):
    plan = allocate(gated, scenario(rules=[{"rule": "CountBand", "by": "pulau", "max": 1}, READY]))
    assert len(winners(plan)) == 1 and [row["group"] for row in plan["rule_status"]] == [None, "Jawa"]
    assert chosen(gated, {"rule": "CountBand", "by": "pulau", "min": 0}, READY) == ["J", "K"]


def test_a_share_of_what_is_spent_for_a_group_without_options_leaves_nothing_to_spend(gated):
    band = {"rule": "SpendBand", "by": "pulau", "min_share": 0.1}
    assert chosen(gated, band, READY) == []
    assert "bagian paling sedikit hanya dipenuhi bila tidak ada dana" in sentences(
        gated, band, READY, {"rule": "CountBand", "min": 1}
    )


def test_a_filter_on_a_value_that_only_gated_usulan_have_is_known(gated):
    assert chosen(gated, {"rule": "CountBand", "where": {"kelas": "P"}, "max": 1}, READY) == ["J", "K"]
    with pytest.raises(PlannerError, match="'Q'"):
        chosen(gated, {"rule": "CountBand", "where": {"kelas": "Q"}, "max": 1}, READY)


YEARS = {2028: MILIAR, 2029: MILIAR}


@pytest.fixture
def two_years():
    """A and B: Rp 1 miliar each, one a year."""
    return candidates(usulan("A", MILIAR, 2), usulan("B", MILIAR, 1, kode="53.01"))


@pytest.mark.parametrize(
    ("band", "said"),
    [
        ({"rule": "CountBand", "min": 2}, "paling sedikit 2"),
        ({"rule": "SpendBand", "min_rp": 2 * MILIAR}, "paling sedikit Rp 2 miliar"),
        ({"rule": "TotalBand", "column": "ikm", "min": 20}, "paling sedikit 20"),
    ],
)
def test_a_limit_holds_in_each_year_and_says_so_or_over_the_horizon(two_years, band, said):
    text = sentences(two_years, band, budget_rp=YEARS).replace("\xa0", " ")
    assert f"{said} pada setiap tahun anggaran." in text
    plan = allocate(two_years, scenario(YEARS, [band | {"per": "horizon"}]))
    assert winners(plan) == ["A", "B"] and plan["rule_status"][-1]["ta"] is None
    rule = plan.scenario.rules[0]
    assert f"{said} pada seluruh tahun anggaran bersama." in rule.sentence("id").replace("\xa0", " ")
    assert rule.sentence("en").endswith(" over all fiscal years together.")
    assert "tahun" not in scenario(rules=[band]).rules[0].sentence("id")


def test_a_ceiling_over_the_horizon_changes_the_answer(two_years):
    band = {"rule": "CountBand", "max": 1}
    assert chosen(two_years, band, budget_rp=YEARS) == ["A", "B"]
    assert chosen(two_years, band | {"per": "horizon"}, budget_rp=YEARS) == ["A"]


def test_a_share_over_the_horizon_is_of_all_years_together(two_years):
    # NTT gets half of all: in its own year all of that year's money.
    band = {"rule": "SpendBand", "where": {"provinsi": "NTT"}, "max_share": 0.5}
    assert chosen(two_years, band, budget_rp=YEARS) == ["A"]
    for of in ("spent", "budget"):
        plan = allocate(two_years, scenario(YEARS, [band | {"per": "horizon", "of": of}]))
        assert winners(plan) == ["A", "B"]
        assert "tahun itu" not in plan.scenario.rules[0].sentence("id")
    given = {(2028, ""): (1, MILIAR), (2029, ""): (1, MILIAR), (2028, "53.01"): (1, MILIAR)}
    row = Measure(RowName("semua", bound="max_share"), MILIAR - MILIAR, upper=0)
    assert plan.scenario.rules[0].model_copy(update={"of": "spent"}).as_shares(row, given) == (0.5, 0.5)


def test_what_gives_way_may_be_a_share_or_a_floor_over_the_horizon(two_years):
    share = {"rule": "SpendBand", "where": {"provinsi": "NTT"}, "max_share": 0.4, "per": "horizon"}
    lock = {"rule": "Lock", "state": "in", "usulan": ["A", "B"]}
    for of in ("spent", "budget"):
        assert "menjadi 50 %" in sentences(two_years, share | {"of": of}, lock, budget_rp=YEARS)
    text = sentences(two_years, {"rule": "CountBand", "min": 3, "per": "horizon"}, budget_rp=YEARS)
    assert "batas bawah 3 menjadi 2" in text


def test_a_plan_says_nothing_of_per_where_it_is_the_year(two_years):
    bands = [{"rule": "CountBand", "max": 1}, {"rule": "CountBand", "max": 2, "per": "horizon"}]
    plan = allocate(two_years, scenario(YEARS, bands))
    assert [rule.get("per") for rule in plan["scenario"]["rules"]] == [None, "horizon"]
    assert Plan(plan.content).scenario.rules == plan.scenario.rules


# Shares and limits as they are written


@pytest.mark.parametrize("share", ["1/3", " 1 / 3 ", 1 / 3])
def test_a_share_may_be_a_fraction(abc, share):
    # A third of three winners is exactly one: at 0,333 it is not allowed.
    table = candidates(*(usulan(name, MILIAR, kode=kode) for name, kode in zip("ABC", KODE[1:4], strict=True)))
    band = {"rule": "CountBand", "by": "kode", "max_share": share}
    assert chosen(table, band) == ["A", "B", "C"]
    assert chosen(table, band | {"max_share": 0.333}) == []
    plan = allocate(table, scenario(rules=[band]))
    assert Plan(plan.content).scenario.rules[0].shares() == {"max_share": Fraction(1, 3)}


def test_a_share_that_floats_add_up_to_is_the_decimal_that_is_meant():
    rule = scenario(rules=[{"rule": "SpendBand", "max_share": 0.1 + 0.2}]).rules[0]
    assert rule.shares() == {"max_share": Fraction(3, 10)}
    assert share_of(0.123456789) == Fraction(123456789, 10**9)
    assert (share_of(1e-15), share_of(0), share_of(1)) == (Fraction(1, 10**15), 0, 1)


@pytest.mark.parametrize("share", ["1/0", "4/3", "a/b", "1/3/5"])
def test_a_share_that_is_no_fraction_of_one_is_an_error_at_its_place(share):
    with pytest.raises(PlannerError, match=r"rules\[0\].max_share"):
        scenario(rules=[{"rule": "SpendBand", "max_share": share}])


def test_a_share_of_too_many_digits_names_its_rule_and_what_to_write():
    table = candidates(usulan("A", lines=[line(10**10, 3, 1)]))
    rules = [{"rule": "CountBand", "max": 3}, {"rule": "SpendBand", "by": "menu", "max_share": 0.123456789}]
    with pytest.raises(PlannerError, match=r'^rules\[1\]: .*desimal atau sebagai pecahan seperti "1/3"'):
        allocate(table, scenario(10**11, rules))


def test_a_limit_is_told_with_all_its_digits_in_sentence_and_finding():
    table = candidates(usulan("A", 1, emas=0.1), usulan("B", 1, emas=0.2))
    text = sentences(table, {"rule": "TotalBand", "column": "emas", "min": 0.3000001})
    assert "diminta paling sedikit 0,3000001 untuk semua, 2028, yang ada hanya 0,3." in text
    assert "paling sedikit 0,3000001." in text
    assert "12,3456 %" in scenario(rules=[{"rule": "CountBand", "min_share": 0.123456}]).rules[0].sentence("id")


# TotalBand


def test_TotalBand_changes_the_answer(abc):
    # At least 40 IKM: A + C serve 50, B + C 40, A + B only 30.
    assert chosen(abc, {"rule": "TotalBand", "column": "ikm", "min": 40}) == ["A", "C"]


def test_TotalBand_infeasible_names_its_sentence(abc):
    # 20 + 10 + 30 = 60 IKM are all there are.
    assert "paling sedikit 61" in sentences(abc, {"rule": "TotalBand", "column": "ikm", "min": 61})


def test_TotalBand_a_fraction_bounds_exactly():
    # 0,1 + 0,2 is 0,3 in whole numbers (in floats it is more): both fit under 0,3.
    table = candidates(usulan("A", 1, luas=0.1), usulan("B", 1, luas=0.2))
    assert chosen(table, {"rule": "TotalBand", "column": "luas", "max": 0.3}) == ["A", "B"]


def test_TotalBand_a_share_is_of_the_column_over_the_winners(abc):
    # NTT's IKM at most 60 % of the winners': A + C gives 30 of 50 = 60 %, held; B + C gives 75 %.
    rules = [
        {"rule": "TotalBand", "column": "ikm", "where": {"provinsi": "NTT"}, "max_share": 0.6},
        {"rule": "Lock", "state": "in", "usulan": ["C"]},
    ]
    assert chosen(abc, *rules) == ["A", "C"]


def test_TotalBand_of_rupiah_bounds_what_is_given_not_what_is_asked_for():
    # Four units of Rp 500 juta, at least one; Rp 1,2 miliar hold two of them: 1 miliar is given, 2 are asked for.
    table = candidates(usulan("A", lines=[line(500_000_000, 4, 1)]))
    band = {"rule": "TotalBand", "column": "amount_rp"}
    text = sentences(table, band | {"min": 1_000_000_001}, budget_rp=1_200_000_000)
    assert "Rp 1,5 miliar" in text.replace("\xa0", " ")
    plan = allocate(table, scenario(1_200_000_000, [band | {"max": 999_999_999}]))
    assert plan.spent_rp == 500_000_000 and plan["rule_status"][1]["activity"] == 500_000_000


def test_TotalBand_on_a_column_with_empty_cells_is_an_error():
    table = candidates(usulan("A", 1, luas=3.0), usulan("B", 1, luas=None))
    with pytest.raises(PlannerError, match=r"luas.*kosong.*'B'"):
        chosen(table, {"rule": "TotalBand", "column": "luas", "max": 3})


def test_TotalBand_a_share_of_a_total_with_empty_cells_is_an_error():
    # B is not selected by where, but its missing area would count as 0 in the total that the share refers to.
    table = candidates(usulan("A", 1, luas=3.0), usulan("B", 1, luas=None, menu="revitalisasi"))
    rule = {"rule": "TotalBand", "column": "luas", "where": {"menu": "pembangunan"}, "max_share": 0.5}
    with pytest.raises(PlannerError, match="luas"):
        chosen(table, rule)


def test_TotalBand_on_text_is_an_error_that_lists_the_numbers(abc):
    with pytest.raises(PlannerError, match=r"bukan angka.*ikm"):
        chosen(abc, {"rule": "TotalBand", "column": "nama", "max": 3})


# MaxPerKabupaten


def test_MaxPerKabupaten_changes_the_answer():
    # Both of Aceh Selatan bring 9; one per kabupaten leaves A (5) + C (3).
    table = candidates(usulan("A", 1, 5), usulan("B", 1, 4), usulan("C", 1, 3, kode="53.01"))
    assert chosen(table, {"rule": "MaxPerKabupaten", "max": 1}) == ["A", "C"]
    assert chosen(table, {"rule": "MaxPerKabupaten", "max": 2}) == ["A", "B", "C"]


def test_MaxPerKabupaten_infeasible_names_its_sentence():
    table = candidates(usulan("A", 1), usulan("B", 1))
    text = sentences(
        table, {"rule": "MaxPerKabupaten", "max": 1}, {"rule": "Lock", "state": "in", "usulan": ["A", "B"]}
    )
    assert "A, B dikunci masuk" in text


def test_MaxPerKabupaten_counts_each_fiscal_year_by_itself():
    table = candidates(usulan("A", 6, 5), usulan("B", 6, 4))
    plan = allocate(table, scenario({2028: 20, 2029: 20}, [{"rule": "MaxPerKabupaten", "max": 1}]))
    assert [(r["usulan_id"], r["ta"]) for r in plan["funded"]] in (
        [("A", 2028), ("B", 2029)],
        [("A", 2029), ("B", 2028)],
    )


# SupportShare


def with_support(support, main=90, wajib="tidak"):
    return usulan("A", lines=[line(main), line(support, 1, None, wajib, "penunjang", "2")])


def test_SupportShare_changes_the_answer():
    # 10 of 100 is exactly 10 %: kept. At most 9 %: the support line is left out.
    table = candidates(with_support(10))
    rule = {"rule": "SupportShare", "max_share": 0.1}
    assert volumes(allocate(table, scenario(200, [rule]))) == {"A": {"1": 1, "2": 1}}
    assert volumes(allocate(table, scenario(200, [rule | {"max_share": 0.09}]))) == {"A": {"1": 1}}


def test_SupportShare_infeasible_names_its_sentence():
    table = candidates(with_support(10, wajib="ya"))
    sentences(table, {"rule": "SupportShare", "max_share": 0.09}, {"rule": "Lock", "state": "in", "usulan": ["A"]})


def test_SupportShare_is_of_the_kabupaten_not_of_each_usulan():
    # A has 10 of 100; with B (100, no support) the kabupaten has 10 of 200 = 5 %. Another kabupaten's B does not help.
    rule = {"rule": "SupportShare", "max_share": 0.05}
    a = with_support(10, wajib="ya")
    assert chosen(candidates(a, usulan("B", 100)), rule, budget_rp=200) == ["A", "B"]
    assert chosen(candidates(a, usulan("B", 100, kode="53.01")), rule, budget_rp=200) == ["B"]


def test_SupportShare_of_a_component_that_nothing_has_is_an_error_with_the_nearest_name():
    with pytest.raises(PlannerError, match="penunjang"):
        chosen(candidates(with_support(10)), {"rule": "SupportShare", "komponen": "penunjag"}, budget_rp=200)


# Lock


def test_Lock_changes_the_answer(abc):
    # C in: 4 of 10 miliar are gone; A (6) still fits and brings more than B.
    assert chosen(abc, {"rule": "Lock", "state": "in", "usulan": ["C"]}) == ["A", "C"]
    assert chosen(abc, {"rule": "Lock", "state": "out", "usulan": ["A"]}) == ["B", "C"]


def test_Lock_infeasible_names_its_sentence(abc):
    assert "A, B, C dikunci masuk" in sentences(abc, {"rule": "Lock", "state": "in", "usulan": ["A", "B", "C"]})


def test_Lock_of_a_kabupaten_is_met_by_any_of_its_usulan():
    table = candidates(usulan("A", 6, 5), usulan("B", 6, 1, kode="53.01"), usulan("C", 6, 2, kode="53.01"))
    assert chosen(table, {"rule": "Lock", "state": "in", "kabupaten": ["53.01"]}, budget_rp=6) == ["C"]
    assert chosen(table, {"rule": "Lock", "state": "out", "kabupaten": ["53.01"]}, budget_rp=18) == ["A"]


def test_Lock_in_is_not_met_by_an_usulan_that_gets_no_money():
    # A's only line may be left out; funded with Rp 0 it would be a winner of nothing.
    table = candidates(usulan("A", lines=[line(5 * MILIAR, wajib="tidak")]), usulan("B", 4 * MILIAR))
    try:
        plan = allocate(table, scenario(4 * MILIAR, [{"rule": "Lock", "state": "in", "usulan": ["A"]}]))
    except PlannerError:
        return
    assert min(record["amount_rp"] for record in plan["funded"]) > 0


@pytest.mark.parametrize(
    ("names", "other"), [({"usulan": ["A"]}, {"usulan": ["A"]}), ({"usulan": ["A"]}, {"kabupaten": ["11.01"]})]
)
def test_contradictory_locks_are_an_error_before_solving(abc, names, other, monkeypatch):
    monkeypatch.setattr("planner.solve.exact.carry", lambda *a: pytest.fail("a solver was asked"))
    with pytest.raises(PlannerError, match=r"'A' dikunci masuk oleh rules\[0\].*rules\[1\]") as caught:
        chosen(abc, {"rule": "Lock", "state": "in"} | names, {"rule": "Lock", "state": "out"} | other)
    assert not isinstance(caught.value, InfeasibleError)


def test_a_lock_on_an_unknown_name_is_an_error_with_the_nearest_one():
    table = candidates(usulan("Gianyar-1", 5))
    with pytest.raises(PlannerError, match=r"rules\[0\].*Gianyar-1"):
        chosen(table, {"rule": "Lock", "state": "in", "usulan": ["Gianyar-l"]})


# AgreedVolume


@pytest.fixture
def trimmed():
    # A: Rp 2 firm and ten units of Rp 1, at least four, worth 12: 1 per rupiah; its third line (Rp 3, worth 3) may be
    # left out: 15 in all. B costs Rp 5, worth 4.
    lines = [line(2), line(1, 10, 4, name="2"), line(3, wajib="tidak", name="3")]
    return candidates(usulan("A", nilai=15, lines=lines), usulan("B", 5, 4))


def agreed(volume, rincian="2", name="A"):
    return {"rule": "AgreedVolume", "usulan": name, "rincian": rincian, "volume": volume}


def test_AgreedVolume_changes_the_answer(trimmed):
    # Rp 12: A fills it alone (2 + 10 or 2 + 7 + 3), worth 12. With five units agreed A takes 2 + 5 and either its third
    # line (10 of 12 rupiah, worth 10) or B beside it (12 rupiah, worth 11).
    assert chosen(trimmed, budget_rp=12) == ["A"]
    plan = allocate(trimmed, scenario(12, [agreed(5)]))
    assert volumes(plan) == {"A": {"1": 1, "2": 5}, "B": {"1": 1}}
    # Without the third line and with all ten units A still fills it.
    assert volumes(allocate(trimmed, scenario(20, [agreed(0, "3")]))) == {"A": {"1": 1, "2": 10}, "B": {"1": 1}}


def test_AgreedVolume_infeasible_names_its_sentence(trimmed):
    lock = {"rule": "Lock", "state": "in", "usulan": ["A"]}
    assert "rincian 2 tepat 10" in sentences(trimmed, agreed(10), lock, budget_rp=11)


@pytest.mark.parametrize(
    ("volume", "rincian", "said"),
    [(3, "2", "Yang mungkin: 4 sampai 10"), (11, "2", "4 sampai 10"), (0, "2", "4 sampai 10"), (0, "1", "mungkin: 1."),
     (2, "3", "0 (ditinggalkan) atau 1"), (1, "4", "Yang dikenal: 1, 2, 3")],
)  # fmt: skip
def test_AgreedVolume_outside_what_the_line_allows_is_an_error_with_the_range(trimmed, volume, rincian, said):
    with pytest.raises(PlannerError) as caught:
        chosen(trimmed, agreed(volume, rincian))
    assert str(caught.value).startswith("rules[0]: ") and said in str(caught.value)


def test_AgreedVolume_of_an_unknown_usulan_is_an_error_and_of_a_gated_one_is_idle(trimmed):
    with pytest.raises(PlannerError, match=r"rules\[0\].*Yang dikenal"):
        chosen(trimmed, agreed(5, name="Z"))
    table = candidates(usulan("A", 5), usulan("B", 5, ta=2030))
    assert chosen(table, agreed(1, "1", "B")) == ["A"]


def test_AgreedVolume_is_never_the_reason_why_its_usulan_is_out(trimmed):
    # Rp 6 pay B (worth 4); A with five units agreed would take 7: the money keeps it out, not the agreed volume.
    assert out(allocate(trimmed, scenario(6, [agreed(5)]))) == {"A": ("price", None)}


# Filters and columns


def test_a_filter_on_a_whole_number_column_is_equality_of_numbers(abc):
    # Extra columns of numbers come from CSV as 1.0, 2.0; a planner writes kelas = 1.
    table = candidates(usulan("A", 1, kelas=1.0), usulan("B", 1, kelas=2.0))
    assert chosen(table, {"rule": "CountBand", "where": {"kelas": 1}, "max": 0}) == ["B"]


def test_unknown_column_and_value_in_a_filter_have_the_nearest_name(abc):
    with pytest.raises(PlannerError) as caught:
        chosen(
            abc,
            {"rule": "CountBand", "by": "provinsy", "max": 1},
            {"rule": "CountBand", "where": {"menu": "revitalisas"}, "max": 1},
        )
    first, second = caught.value.problems
    assert "rules[0]" in first and "'provinsi'" in first
    assert "rules[1]" in second and "'revitalisasi'" in second


def test_every_problem_of_one_rule_is_told_at_once(abc):
    rule = {"rule": "CountBand", "by": "provinsy", "where": {"pulow": "Jawa", "menu": "revitalisas"}, "max": 1}
    with pytest.raises(PlannerError) as caught:
        chosen(abc, rule)
    text = str(caught.value)
    assert all(name in text for name in ("provinsy", "pulow", "revitalisas"))


def test_problems_of_goals_and_rules_are_told_at_once(abc):
    asked = scenario(goals=["nillai"], rules=[{"rule": "CountBand", "by": "provinsy", "max": 1}])
    with pytest.raises(PlannerError) as caught:
        allocate(abc, asked)
    assert "nillai" in str(caught.value) and "provinsy" in str(caught.value)


def test_an_empty_filter_value_selects_what_is_not_known():
    table = candidates(usulan("A", 1, kode="91.03"), usulan("B", 1))  # Jayapura: tertinggal is not known
    assert chosen(table, {"rule": "CountBand", "where": {"tertinggal": ""}, "max": 0}) == ["B"]


def test_a_floor_on_what_nothing_passes_cannot_hold():
    # Only ta 2029 has a revitalisasi: in 2028 the sum over nothing is 0.
    table = candidates(usulan("A", 1), usulan("B", 1, menu="revitalisasi", ta=2029))
    with pytest.raises(InfeasibleError):
        rule = {"rule": "CountBand", "where": {"menu": "revitalisasi"}, "min": 1}
        allocate(table, scenario({2028: 10, 2029: 10}, [rule]))


def test_a_rule_names_its_law_in_the_plan(abc):
    plan = allocate(abc, scenario(rules=[{"rule": "MaxPerKabupaten", "max": 1, "law": "Pasal 7 ayat (2)"}]))
    assert plan["scenario"]["rules"][0]["law"] == "Pasal 7 ayat (2)"


LEAST = {
    "SpendBand": {"min_rp": 5 * JUTA}, "CountBand": {"max": 3}, "TotalBand": {"column": "ikm", "max": 3.5},
    "Lock": {"state": "in", "usulan": ["A"]}, "Ticket": {"max_rp": 5},
    "AgreedVolume": agreed(4), "OperatingBurden": {"capacity_rp": 10},
    "EvenSpread": {"need": "kemiskinan_pct", "max_share": 0.5},
    "ServiceReach": {"need": "kemiskinan_pct", "min_share": 0.5, "radius_km": 10},
    "SpreadCommodity": {"max_count": 1, "radius_km": 10},
    "KeepPrevious": {"usulan": ["A"], "max": 0},
}  # fmt: skip


class Watched(dict):
    """A pagu by year that notes whether anyone reads its rupiah."""

    read = False

    def __getitem__(self, year):
        self.read = True
        return super().__getitem__(year)

    def values(self):
        self.read = True
        return super().values()

    def items(self):
        self.read = True
        return super().items()


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("share", [{}, {"max_share": 0.5}, {"max_share": 0.5, "of": "budget"}])
def test_a_rule_that_reads_the_pagu_says_that_its_limits_follow_it(name, share):
    # Else a moved budget would leave its limits behind: ``with_budget`` renews those of ``follows_budget`` only.
    known = {key: value for key, value in share.items() if key in RULES[name].model_fields and name != "KeepPrevious"}
    rule = RULES[name](**{"rule": name} | LEAST.get(name, {}) | known)
    table = candidates(
        *(usulan(name, lines=[line(2), line(1, 9, 3, name="2")], om_tahunan_rp=1) for name in "AB"),
        prices={"gedung": 5}, sentra=[{"sentra_id": "s-A", "kode": "11.01", "komoditas": "batik"}],
    )  # fmt: skip
    asked, pagu = scenario(10), Watched({2028: 10})
    options = replace(build_options(table, asked), budget_rp=pagu, components=frozenset({"penunjang"}))
    list(rule.rows(options))
    if isinstance(rule, LiftedRule):
        rule.lifted(options)
    assert rule.follows_budget or not pagu.read
    assert pagu.read == (name == "SpendBand" and share.get("of") == "budget")


@pytest.mark.parametrize("name", RULES)
def test_every_rule_says_its_sentence_in_both_languages(name):
    rule = RULES[name](**{"rule": name} | LEAST.get(name, {}))
    indonesian, english = rule.sentence("id"), rule.sentence("en")
    assert indonesian != english
    assert "{" not in indonesian + english


def test_what_a_rule_blocks_is_named_in_the_plan(abc):
    plan = allocate(abc, scenario(rules=[{"rule": "SpendBand", "by": "provinsi", "max_share": 0.6, "of": "budget"}]))
    assert out(plan) == {"B": ("rule", "SpendBand:0:Aceh:2028:max_share")}
