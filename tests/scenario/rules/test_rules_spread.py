"""Rules on how money and service lie over the country, each on a table for a pencil, then against trying everything."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rulework import agrees, chosen, sentences
from small import JUTA, KODE, MILIAR, candidates, line, scenario, usulan, winners

from planner.base.errors import PlannerError
from planner.plan.allocate import allocate

EVEN = {"rule": "EvenSpread", "by": "provinsi", "need": "kemiskinan_pct"}  # Aceh 30, Jawa Barat 5, NTT 70, Papua 25


# EvenSpread


def test_EvenSpread_changes_the_answer(abc):
    # Need 130 in all: Aceh 3/13, NTT 7/13. A + B give Aceh everything: 10/13 = 76.9 % would have to move. A + C: Aceh
    # has 6/10 - 3/13 = 36.9 % too much. B + C: half - 3/13 = 26.9 %.
    assert chosen(abc, EVEN | {"max_share": 0.77}) == ["A", "B"]
    assert chosen(abc, EVEN | {"max_share": 0.5}) == ["A", "C"]
    assert chosen(abc, EVEN | {"max_share": 0.3}) == ["B", "C"]
    assert chosen(abc, EVEN | {"max_share": 0.2}) == []  # nothing spent is even


def test_EvenSpread_infeasible_names_its_sentence(abc):
    text = sentences(abc, EVEN | {"max_share": 0.3}, {"rule": "SpendBand", "min_rp": 9 * MILIAR})
    assert "indeks Hoover" in text and "30,0 %" in text


def test_EvenSpread_holds_exactly_at_its_limit():
    # Need: Aceh 30 of 100, NTT 70. A + C: 6 of 10 - 0.3 = 0.3 to the rupiah; a rupiah more for A is too much.
    need = {"32.01": {"kemiskinan_pct": 0}, "91.03": {"kemiskinan_pct": 0}}
    for more, expected in ((0, ["A", "C"]), (1, ["B", "C"])):
        rows = usulan("A", 6 * MILIAR + more, 5), usulan("B", 4 * MILIAR, 1), usulan("C", 4 * MILIAR, 3, kode="53.01")
        table = candidates(*rows, kabupaten=need)
        plan = allocate(table, scenario(10 * MILIAR + more, [EVEN | {"max_share": 0.3}]))
        assert (winners(plan), plan.status) == (expected, "proven_optimal")


def test_EvenSpread_looks_at_all_years_together():
    # Aceh may be funded in 2028 alone and NTT in 2029 alone; each year by itself is as uneven as can be.
    table = candidates(usulan("A", 3 * MILIAR, 5), usulan("C", 7 * MILIAR, 5, kode="53.01", ta=2029))
    asked = scenario({2028: 3 * MILIAR, 2029: 7 * MILIAR}, [EVEN | {"max_share": 0.25}])
    assert winners(allocate(table, asked)) == ["A", "C"]  # Aceh 30 % - 3/13 and NTT 70 % - 7/13: 6.9 + 16.2 = 23.1 %


def test_EvenSpread_says_what_is_wrong_with_its_need(abc):
    with pytest.raises(PlannerError, match=r"rules\[0\].*kemiskinan_pct"):
        allocate(abc, scenario(rules=[EVEN | {"need": "kemiskinan", "max_share": 0.5}]))
    holey = candidates(usulan("A", 1), kabupaten={"91.03": {"kemiskinan_pct": float("nan")}})
    with pytest.raises(PlannerError, match=r"Jayapura"):
        allocate(holey, scenario(rules=[EVEN | {"max_share": 0.5}]))


def test_a_winner_kept_out_by_unevenness_says_so(abc):
    # B + C stand: A added to them would give Aceh 10 of 14, 48.4 % too much.
    plan = allocate(abc, scenario(20 * MILIAR, [EVEN | {"max_share": 0.3}]))
    assert winners(plan) == ["B", "C"]
    assert [(r["kind"], r["rule"]) for r in plan["not_funded"]] == [("rule", "EvenSpread:0:indeks")]


@settings(max_examples=30)
@given(st.data())
def test_no_plan_beats_it_under_unevenness(data):
    rows = []
    for i in range(data.draw(st.integers(2, 6))):
        low = data.draw(st.sampled_from([None, 1]))
        lines = [line(data.draw(st.integers(1, 9)) * JUTA, data.draw(st.integers(1, 3)), low)]
        rows.append(
            usulan(f"U{i}", nilai=data.draw(st.integers(1, 9)), kode=data.draw(st.sampled_from(KODE)), lines=lines)
        )
    rule = EVEN | {
        "by": data.draw(st.sampled_from(["provinsi", "pulau"])),
        "max_share": data.draw(st.sampled_from([0.1, 0.25, 1 / 3, 0.4, 0.5, 0.6, 0.75])),
    }
    floor = {"rule": "SpendBand", "min_rp": data.draw(st.integers(0, 8)) * JUTA}
    agrees(candidates(*rows), scenario(data.draw(st.integers(4, 40)) * JUTA, [rule, floor]))
