"""Why there is no plan: smallest sets of rules that cannot hold together, and the cheapest that must give."""

import json

import pytest
from small import JUTA, candidates, line, scenario, usulan

from planner.base.errors import InfeasibleError, PlannerError
from planner.base.messages import speaking
from planner.base.processes import Clock
from planner.model.build_options import build_options
from planner.model.problem import compile_problem
from planner.plan.allocate import allocate
from planner.scenario.place import Place
from planner.scenario.scenario import vary
from planner.scenario.toml_file import edit_text, toml
from planner.solve.engines import Settings
from planner.solve.infeasible.diagnose import Diagnosis, diagnose, diagnosis_of
from planner.solve.infeasible.levers import Change, apply_changes

PAGU = -1
TWO = {"rule": "CountBand", "min": 2}


def locked(*names, state="in", **more) -> dict:
    return {"rule": "Lock", "state": state, "usulan": list(names), **more}


@pytest.fixture(scope="module")
def table():
    return candidates(
        usulan("A", 6 * JUTA, menu="pembangunan", kode="11.01"),
        usulan("B", 4 * JUTA, menu="revitalisasi", kode="11.02"),
        usulan("C", 3 * JUTA, menu="revitalisasi", kode="53.01"),
        usulan("D", 2 * JUTA, menu="pembangunan", kode="53.02"),
    )


# Two revitalisasi at least, at most Rp 6 juta to revitalisasi: B + C cost 7. The other three are harmless.
FIVE = [
    {"rule": "MaxPerKabupaten", "max": 1},
    {"rule": "CountBand", "where": {"menu": "revitalisasi"}, "min": 2},
    locked("D"),
    {"rule": "SpendBand", "where": {"menu": "revitalisasi"}, "max_rp": 6 * JUTA},
    {"rule": "CountBand", "by": "provinsi", "max": 2},
]


def diagnosed(table, juta, rules, **more) -> Diagnosis:
    budget = {ta: rp * JUTA for ta, rp in juta.items()} if isinstance(juta, dict) else juta * JUTA
    return diagnose(table, scenario(budget, rules, **more))


def conflicts(diagnosis) -> list[list[int]]:
    return [list(one.rules) for one in diagnosis.conflicts]


def repairs(diagnosis) -> list[tuple]:
    return [(repair.cost, [change.plain() for change in repair.changes]) for repair in diagnosis.repairs]


# -- conflicts ---------------------------------------------------------------------------------------------------------


def test_the_two_of_five_rules_that_conflict_are_named_and_no_other(table):
    asked = scenario(20 * JUTA, FIVE)
    with pytest.raises(InfeasibleError) as caught:
        allocate(table, asked)
    diagnosis = caught.value.diagnosis
    assert conflicts(diagnosis) == [[1, 3]] and diagnosis.complete and diagnosis.conflicts[0].minimal
    said = "\n".join(caught.value.problems).partition("Salah satu")[0]
    assert [rule.sentence() in said for rule in asked.rules] == [False, True, False, True, False]
    assert "'kecil'" in caught.value.problems[0]


def test_every_conflict_is_listed_smallest_first(table):
    # Five cannot be (4 exist); A + B cost 10 of 9; they are two where one is allowed.
    rules = [{"rule": "CountBand", "min": 5}, locked("A", "B"), {"rule": "CountBand", "max": 1}]
    assert conflicts(diagnosed(table, 9, rules)) == [[0], [PAGU, 1], [1, 2]]


def test_five_conflicts_at_most_are_listed_and_it_is_said_that_there_are_more(table):
    # Each of three locks in is against each of two locks out of the same names.
    rules = [locked("A", "B")] * 3 + [locked("A", state="out"), locked("B", state="out")]
    found = diagnosed(table, 20, rules)
    assert len(found.conflicts) == 5 and not found.complete


def test_a_scenario_with_a_plan_has_no_conflict(table):
    found = diagnosed(table, 20, FIVE[:3])
    assert found.feasible and not found.conflicts and "dapat dipenuhi" in next(found.sentences())


def test_nothing_is_called_minimal_when_there_was_no_time_to_try(table):
    asked = scenario(20 * JUTA, FIVE)
    problem = compile_problem(build_options(table, asked), asked)
    found = diagnosis_of(problem, Settings(clock=Clock(deadline_s=0.0)))
    assert [one.minimal for one in found.conflicts] == [False] and {1, 3} <= set(conflicts(found)[0])
    assert found.repairs == () and not found.in_time and "Waktu habis" in "".join(found.sentences())


def test_a_diagnosis_is_plain_data_in_both_languages(table):
    found = diagnosed(table, 20, FIVE)
    data = found.plain()
    assert json.loads(json.dumps(data)) == data and data["scenario"] == found.scenario.name
    first = data["conflicts"][0]["rules"][0]
    assert "paling sedikit 2" in first["sentence"]["id"] and "at least 2" in first["sentence"]["en"]
    with speaking("en"):
        assert "upper bound Rp 6 million becomes Rp 7 million" in "\n".join(found.sentences())
    assert "batas atas Rp 6 juta menjadi Rp 7 juta" in found.repairs[0].sentence()


def test_a_diagnosis_shows_itself_as_its_sentences(table):
    found = diagnosed(table, 20, FIVE)
    assert repr(found).splitlines() == list(found.sentences())
    assert "array" not in repr(found.repairs[0]) and "Scenario" not in repr(found.repairs[0])


# -- what needs no solver ----------------------------------------------------------------------------------------------


def test_opposed_locks_floors_on_nothing_and_floors_above_all_are_told_at_once(table):
    rules = [
        locked("A", "B"), locked("A", state="out"), {"rule": "CountBand", "by": "menu", "min": 3},
        {"rule": "SpendBand", "where": {"menu": "pembangunan"}, "min_rp": 9 * JUTA},
        {"rule": "SpendBand", "where": {"menu": "revitalisasi", "kode": "11.01"}, "min_share": 0.5},
    ]  # fmt: skip
    found = diagnosed(table, 20, rules)
    told = [(one.plain()["place"], one.sentence()) for one in found.findings]
    assert [place for place, _ in told] == ["rules[1]", "rules[2]", "rules[2]", "rules[3]", "rules[4]"]
    words = [
        "oleh rules[0]",
        "3 untuk pembangunan, 2028, yang ada hanya 2",
        "revitalisasi",
        "hanya Rp 8 juta",
        "tidak ada",
    ]
    assert all(word in text for word, (_, text) in zip(words, told, strict=True))
    assert "asked for construction, 2028" in found.findings[1].said["en"]
    assert conflicts(found)[:4] == [[2], [3], [0, 1], [0, 4]]  # a share of nothing: nothing at all may be given out


# -- repairs, each by hand ---------------------------------------------------------------------------------------------


def test_each_kind_of_bound_gives_way_by_what_is_lacking(table):
    # A + B cost 10, of which B has 40 %; B + C cost 7.
    ab, low = locked("A", "B", relax="never"), {"rule": "SpendBand", "where": {"menu": "revitalisasi"}, "relax": 1}
    cases = [
        (9, [ab], {"field": "budget_rp.2028", "from": 9 * JUTA, "to": 10 * JUTA}),
        (20, [ab, {"rule": "CountBand", "max": 1}], {"rule": 1, "field": "max", "from": 1, "to": 2}),
        (20, [ab, {"rule": "MaxPerKabupaten", "max": 0}], {"rule": 1, "field": "max", "from": 0, "to": 1}),
        (20, [{**low, "min_rp": 9 * JUTA}], {"rule": 0, "field": "min_rp", "from": 9 * JUTA, "to": 7 * JUTA}),
        (20, [{**low, "min_share": 0.3, "max_share": 0.3}, ab, {"rule": "CountBand", "max": 2, "relax": "never"}],
         {"rule": 0, "field": "max_share", "from": 0.3, "to": 0.4}),
        (20, [{**low, "max_share": 0.15, "of": "budget"}, ab, {"rule": "CountBand", "max": 2}],
         {"rule": 0, "field": "max_share", "from": 0.15, "to": 0.2}),
        (20, [ab, {"rule": "TotalBand", "column": "nilai", "max": 1}],
         {"rule": 1, "field": "max", "from": 1.0, "to": 2.0}),
        (20, [ab, {"rule": "Ticket", "max_rp": 5 * JUTA}],
         {"rule": 1, "field": "max_rp", "from": 5 * JUTA, "to": 6 * JUTA}),
        (20, [ab, locked("A", state="out")], {"rule": 1, "drop": True}),
    ]  # fmt: skip
    never = {"budget": 10**6}
    for juta, rules, change in cases:
        found = diagnosed(table, juta, rules, prices=never if "rule" in change else {})
        assert repairs(found)[0][1] == [change], change
        assert found.repairs[0].proven, change


def test_a_floor_of_every_group_falls_by_what_the_poorest_lacks(table):
    # Aceh and NTT have two usulan each: a floor of 4 in each falls to 2, and that costs two counts, not four.
    found = diagnosed(table, 20, [{"rule": "CountBand", "by": "provinsi", "min": 4}])
    assert repairs(found) == [(2000, [{"rule": 0, "field": "min", "from": 4, "to": 2}])]


def test_a_higher_pagu_moves_the_shares_of_it_too(table):
    # A (6) may have 30 % of the pagu: 20 juta are needed. The pagu of 10 alone would do.
    cap = {"rule": "SpendBand", "by": "kode", "max_share": 0.3, "of": "budget", "relax": "never"}
    assert repairs(diagnosed(table, 10, [locked("A"), cap]))[0] == (
        10, [{"field": "budget_rp.2028", "from": 10 * JUTA, "to": 20 * JUTA}]
    )  # fmt: skip


def test_a_repair_may_need_more_than_one_rule(table):
    # A + B cost 10 of a pagu of 9, and one winner at most: both must give.
    rules = [locked("A", "B", relax="never"), {"rule": "CountBand", "max": 1}]
    (cost, changes), *others = repairs(diagnosed(table, 9, rules))
    assert (cost, [change.get("field") for change in changes], others) == (1001, ["budget_rp.2028", "max"], [])


def test_prices_decide_what_gives_first_and_never_is_kept(table):
    def order(**prices) -> list[int]:
        return [changes[0]["rule"] for _, changes in repairs(diagnosed(table, 20, FIVE, prices=prices))]

    assert order() == [3, 1]
    assert order(rupiah=2000) == [1, 3]
    assert order(rupiah="never") == [1]
    assert order(rupiah="never", count="never") == []
    assert [c for c, _ in repairs(diagnosed(table, 20, [*FIVE[:3], FIVE[3] | {"relax": 250}, FIVE[4]]))] == [250, 1000]


def test_the_years_of_a_plan_have_pagu_of_their_own():
    # A (5, from 2028) and B (3, from 2029) in: 4 + 2 juta. A in 2028 lacks 1, B in 2029 lacks 1; A in 2029 lacks 3.
    table = candidates(usulan("A", 5 * JUTA), usulan("B", 3 * JUTA, kode="11.02", ta=2029))
    cost, changes = repairs(diagnosed(table, {2028: 4, 2029: 2}, [locked("A", "B")]))[0]
    assert (cost, {c["field"]: c["to"] // JUTA for c in changes}) == (2, {"budget_rp.2028": 5, "budget_rp.2029": 3})


def test_a_share_that_the_plan_itself_moves_is_found_by_bisection():
    # 2 of 12 juta are support, 16,67 %: 5 % become 16,7 %.
    table = candidates(usulan("A", lines=[line(10 * JUTA), line(2 * JUTA, komponen="penunjang", name="2")]))
    found = diagnosed(table, 20, [locked("A", relax="never"), {"rule": "SupportShare", "max_share": 0.05}])
    assert repairs(found) == [(10_000, [{"rule": 1, "drop": True}])]  # 11,7 points would cost 11,700
    cheap = diagnosed(table, 20, [locked("A", relax="never"), {"rule": "SupportShare"}], prices={"share": 10})
    assert repairs(cheap) == [(117, [{"rule": 1, "field": "max_share", "from": 0.05, "to": 0.167}])]


def test_an_index_over_regions_gives_way_too(table):
    # All money to Aceh, which has a tenth of the poor that both have: 90 % would have to move.
    places = {"11.01": {"miskin_ribu": 10.0}, "53.01": {"miskin_ribu": 90.0}}
    others = {kode: {"miskin_ribu": 0.0} for kode in ("11.02", "32.01", "53.02", "91.03")}
    own = candidates(usulan("A", 6 * JUTA), kabupaten=places | others)
    found = diagnosed(
        own, 20, [locked("A", relax="never"), {"rule": "EvenSpread", "max_share": 0.5}], prices={"share": 1}
    )
    assert repairs(found) == [(40, [{"rule": 1, "field": "max_share", "from": 0.5, "to": 0.9}])]


def test_two_rules_that_are_measured_give_way_together_where_that_is_cheapest():
    # A in breaks both: its province has half of the poor and all of the money, and no sentra of its kind may be.
    places = {kode: {"miskin_ribu": 1.0 if kode in ("11.01", "53.01") else 0.0} for kode in ("11.01", "53.01")}
    places |= {kode: {"miskin_ribu": 0.0} for kode in ("11.02", "32.01", "53.02", "91.03")}
    kind = [{"sentra_id": "s-A", "kode": "11.01", "komoditas": "batik"}]
    own = candidates(usulan("A", 6 * JUTA), kabupaten=places, sentra=kind)
    rules = [{"rule": "EvenSpread", "max_share": 0.0}, {"rule": "SpreadCommodity", "radius_km": 1, "max_count": 0}]
    found = diagnosed(own, 6, [locked("A", relax=50), *(rule | {"relax": 1} for rule in rules)])
    both = [{"rule": 1, "drop": True}, {"rule": 2, "drop": True}]
    assert repairs(found) == [(2, both), (50, [{"rule": 0, "drop": True}])]
    assert repairs(diagnosed(own, 6, [locked("A", relax="never"), *rules], prices={"drop": 1})) == [(2, both)]


def test_each_repair_makes_a_plan_possible_and_changes_what_it_names_alone(table):
    asked = scenario(20 * JUTA, FIVE)
    for repair in diagnose(table, asked).repairs:
        allocate(table, apply_changes(asked, repair.changes))
    changes = [Change(Place.of_rule(0)), Change(Place.of_rule(3, "max_rp"), 6 * JUTA, 7 * JUTA)]
    changed = apply_changes(asked, changes)
    assert [rule.rule for rule in changed.rules] == ["CountBand", "Lock", "SpendBand", "CountBand"]
    assert changed.rules[2].max_rp == 7 * JUTA


def test_a_repair_copied_by_hand_is_the_one_that_was_confirmed():
    # A + B cost 10,456,790,122: rounded to Rp 10,46 miliar in the sentence or not, the file must get every digit.
    table = candidates(usulan("A", 6_123_456_789), usulan("B", 4_333_333_333, kode="11.02"))
    locks, never = locked("A", "B", relax="never"), {"budget": "never"}
    tight = {"rule": "SpendBand", "where": {"kode": "11.01"}, "max_share": 0.12345, "of": "budget"}
    cases = [
        (9_111_111_111, [locks], {}, "pagu 2028 + Rp 1,346 miliar (menjadi Rp 10,457111111 miliar)"),
        (20 * 10**9, [locks, tight], never, "batas atas 12,345 % menjadi 30,645 %"),
        (20 * 10**9, [locks, {"rule": "TotalBand", "column": "nilai", "max": 1.2345}], never,
         "batas atas 1,2345 menjadi 2,2345"),
    ]  # fmt: skip
    for budget, rules, prices, words in cases:
        found = diagnose(table, scenario(budget, rules, prices=prices))
        assert words in found.repairs[0].sentence()
    short = diagnose(table, scenario(20 * 10**9, [{"rule": "SpendBand", "min_rp": 11 * 10**9}]))
    assert "yang ada hanya Rp 10,456790122 miliar" in short.findings[0].sentence()


def test_hostile_names_stay_text():
    name = '<script>alert("x")</script>{0}%s\x1b[31m'
    table = candidates(usulan(name, 6 * JUTA), usulan("B", JUTA, kode="11.02"))
    found = diagnosed(table, 5, [locked(name)])
    assert name in found.conflicts[0].rule_text(0)
    assert name in found.repairs[1].sentence() and repairs(found)[0][0] == 1


# -- prices in the scenario --------------------------------------------------------------------------------------------


def test_prices_are_written_and_read_again(table):
    asked = scenario(rules=[TWO | {"relax": "never"}], prices={"count": 50, "drop": "never"})
    text = toml(asked)
    assert edit_text(text, vary(asked, prices=asked.prices.model_copy(update={"count": 60.0}))) == text.replace(
        "50", "60"
    )
    assert 'drop = "never"' in text and "count = 50" in text and 'relax = "never"' in text and "budget = " not in text


@pytest.mark.parametrize("price", [0, -1, "nevr", float("inf"), True, 10**13, [1]])
def test_a_price_that_is_none_is_refused_with_its_place(price):
    with pytest.raises(PlannerError) as caught:
        scenario(prices={"count": price}, rules=[TWO | {"relax": price}])
    assert [text.partition(":")[2].split(":")[0].strip() for text in caught.value.problems] == [
        "rules[0].relax", "prices.count",
    ]  # fmt: skip
    assert all("never" in text for text in caught.value.problems)
