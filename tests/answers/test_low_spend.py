"""Why a plan spends less than half of its pagu: the rule that alone holds back most, or what else it is."""

import pytest
from small import MILIAR, candidates, line, scenario, usulan

from planner.answers.low_spend import is_low, low_spend
from planner.base.messages import speaking
from planner.plan.allocate import allocate

THREE = [
    usulan(name, 2 * MILIAR, kode=kode, ikm_komitmen=10)
    for name, kode in (("a", "11.01"), ("b", "32.01"), ("c", "53.01"))
]
CAP = {"rule": "CountBand", "max": 1}
GATE = {"rule": "MinimumIKM", "min": 11}


def cause_of(*rows, **asked):
    table = candidates(*rows)
    plan = allocate(table, scenario(**asked))
    return low_spend(plan, table)


def test_half_of_the_pagu_is_not_low():
    # One of three usulan of 2 miliar each: all of a pagu of 2, half of 4, less than half of 5.
    table = candidates(*THREE)
    plans = [allocate(table, scenario(budget_rp=rp * MILIAR, rules=(CAP,))) for rp in (2, 4, 5)]

    assert [is_low(plan) for plan in plans] == [False, False, True]
    assert low_spend(plans[1], table) is None


def test_the_rule_that_alone_holds_back_most_is_named_with_what_could_be_spent():
    # At most one usulan, at most 8 miliar for all: without the first 6 of 10 miliar go out, without the second still 2.
    wide = {"rule": "SpendBand", "max_share": 0.8, "of": "budget"}
    cause = cause_of(*THREE, rules=(wide, CAP))

    assert cause.rule == 1
    assert "Hanya Rp 2 miliar (20,0 %) dari pagu Rp 10 miliar" in cause.sentence()
    assert "paling banyak 1" in cause.sentence() and "sedikitnya Rp 6 miliar" in cause.sentence()
    with speaking("en"):
        assert "at most 1" in cause.sentence() and "at least Rp 6 billion" in cause.sentence()


def test_a_gate_that_takes_nearly_all_out_is_named_with_their_number():
    cause = cause_of(*THREE, usulan("d", MILIAR, kode="53.02", ikm_komitmen=20), rules=(CAP | {"max": 9}, GATE))

    assert cause.rule == 1 and "mengeluarkan 3 dari 4 usulan" in cause.sentence()
    assert "sedikitnya Rp 7 miliar" in cause.sentence()


def test_a_share_of_what_is_spent_that_only_an_empty_plan_keeps_is_named():
    # Half of what is spent must go to revitalisasi, and there is none.
    floor = {"rule": "SpendBand", "where": {"menu": "revitalisasi"}, "min_share": 0.5, "of": "spent"}
    rows = [*THREE, usulan("r", 40 * MILIAR, menu="revitalisasi", kode="91.03")]
    cause = cause_of(*rows, rules=(CAP | {"max": 9}, floor))

    assert cause.rule == 1 and cause.sentence().startswith("Tidak ada usulan yang terpilih.")


def test_a_pagu_below_the_cheapest_usulan_says_what_it_costs():
    trimmed = usulan("t", kode="53.02", lines=[line(MILIAR, volume=6, low=1)])
    cause = cause_of(*THREE, trimmed, budget_rp=1_000_000, rules=(CAP,))

    assert cause.rule is None
    assert "yang termurah, 't', Rp 1 miliar pada volume terkecilnya" in cause.sentence()
    assert "TA 2028 Rp 1 juta" in cause.sentence()


def test_what_is_left_of_the_pagu_counts_where_some_are_chosen():
    # 3 of 10 miliar for a; b needs 8.
    cause = cause_of(usulan("a", 3 * MILIAR, nilai=9), usulan("b", 8 * MILIAR, kode="32.01"))

    assert cause.rule is None and "'b', Rp 8 miliar" in cause.sentence() and "TA 2028 Rp 7 miliar" in cause.sentence()


def test_where_all_are_chosen_nobody_is_left():
    assert "tidak ada yang tersisa" in cause_of(*THREE, budget_rp=100 * MILIAR).sentence()


def test_where_no_rule_alone_is_the_cause_it_says_so():
    # At most one usulan by either rule.
    assert "beberapa aturan bersama-sama" in cause_of(*THREE, rules=(CAP, CAP)).sentence()


def test_a_goal_that_gains_nothing_is_told_from_a_rule():
    costly = [usulan(name, 3 * MILIAR, nilai=-1, kode=kode) for name, kode in (("a", "11.01"), ("b", "32.01"))]
    cause = cause_of(*costly, usulan("c", MILIAR, kode="53.01"))

    assert cause.rule is None and "Bukan aturan yang menahan: sedikitnya Rp 7 miliar" in cause.sentence()


@pytest.mark.parametrize("number", [0, 1])
def test_the_sentence_is_plain_data_in_both_languages(number):
    rules = [CAP | {"max": 9}, CAP | {"max": 8}]
    rules[number] = CAP
    plain = cause_of(*THREE, rules=tuple(rules)).plain()

    assert plain["rule"] == number and set(plain["sentence"]) == {"id", "en"}
