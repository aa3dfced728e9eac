"""What a plan is good at: points, order, tolerance."""

from fractions import Fraction

import numpy as np
import pytest
from small import JUTA, candidates, line, scenario, usulan, volumes, winners

from planner.base.errors import PlannerError
from planner.base.messages import label
from planner.model.build_options import build_options
from planner.model.problem import compile_problem
from planner.plan.allocate import allocate
from planner.scenario.goals import amount, least_allowed, points, solver_only, title


def test_Maximise_changes_the_answer():
    # One of the two fits: A brings more nilai (5 > 4), B serves more IKM (30 > 10).
    table = candidates(usulan("A", 6, 5, ikm=10), usulan("B", 6, 4, ikm=30))
    assert winners(allocate(table, scenario(6, goals=["nilai"]))) == ["A"]
    assert winners(allocate(table, scenario(6, goals=["ikm"]))) == ["B"]


def test_Maximise_empty_column_is_an_error():
    with pytest.raises(PlannerError, match=r"tenaga_kerja_target.*kosong"):
        allocate(candidates(usulan("A", 6)), scenario(6, goals=["tenaga_kerja_target"]))


def test_Maximise_unknown_column_names_the_nearest_and_its_place():
    with pytest.raises(PlannerError, match=r"goals\[1\].*'nilai'"):
        allocate(candidates(usulan("A", 6)), scenario(6, goals=["nilai", "nilay"]))


def test_Maximise_text_column_is_an_error_that_lists_the_numbers():
    with pytest.raises(PlannerError, match=r"nama.*bukan angka.*nilai"):
        allocate(candidates(usulan("A", 6)), scenario(6, goals=["nama"]))


# Maximin and Shortfall: A and B in Aceh, C and D in NTT; every usulan costs 6 and brings its ikm.

PLACES = {"by": "provinsi", "targets": {"Aceh": 40, "NTT": 20}}


@pytest.fixture
def two_places():
    return candidates(
        usulan("A", 6, 9, ikm=30), usulan("B", 6, 8, ikm=10), usulan("C", 6, 1, kode="53.01", ikm=10),
        usulan("D", 6, 0, kode="53.02", ikm=5), usulan("E", 6, 5, kode="32.01", ikm=90),
    )  # fmt: skip


def test_Maximin_changes_the_answer(two_places):
    # Two fit. A + C: Aceh 30/40, NTT 10/20, the smallest 50 %; A + D: 25 %; B + C: 25 %; with E or A + B: 0.
    assert winners(allocate(two_places, scenario(12, goals=["ikm"]))) == ["A", "E"]
    plan = allocate(two_places, scenario(12, goals=[{"maximin": "ikm", **PLACES}]))
    assert (winners(plan), plan.status, plan["tie_break"]) == (["A", "C"], "proven_optimal", "proven")
    goal = plan["goals"][0]
    assert (goal["name"], goal["value"] * goal["point"]) == ("maximin:ikm:provinsi", 500_000)
    assert goal["bound"] == goal["value"] == goal["stage_value"]


def test_Maximin_empty_column_is_an_error(two_places):
    with pytest.raises(PlannerError, match=r"goals\[0\].*tenaga_kerja_target.*kosong"):
        allocate(two_places, scenario(12, goals=[{"maximin": "tenaga_kerja_target", **PLACES}]))


def test_Shortfall_changes_the_answer(two_places):
    # Two fit. A + B: Aceh lacks 0, NTT 20; A + C: 10 + 10 = 20 too, and A + D 25. With three, A + B + C lack 10.
    goals = [{"shortfall": "ikm", **PLACES}, "nilai"]
    assert winners(allocate(two_places, scenario(12, goals=goals))) == ["A", "B"]
    assert winners(allocate(two_places, scenario(12, goals=[goals[0], "kemiskinan_pct"]))) == ["A", "C"]
    plan = allocate(two_places, scenario(18, goals=goals))
    assert (winners(plan), plan.status) == (["A", "B", "C"], "proven_optimal")
    assert plan["goals"][0]["value"] * plan["goals"][0]["point"] == -10 * 10**6


def test_Shortfall_empty_column_is_an_error(two_places):
    with pytest.raises(PlannerError, match=r"goals\[1\].*tenaga_kerja_target.*kosong"):
        allocate(two_places, scenario(12, goals=["ikm", {"shortfall": "tenaga_kerja_target", **PLACES}]))


def test_what_is_above_a_target_makes_up_for_nothing(two_places):
    plan = allocate(two_places, scenario(30, goals=[{"shortfall": "ikm", "by": "provinsi", "targets": {"NTT": 20}}]))
    assert plan["goals"][0]["value"] * plan["goals"][0]["point"] == -5 * 10**6  # NTT has all its 15; Aceh has no target


def test_a_goal_below_a_lifted_one_keeps_it_within_its_tolerance(two_places):
    # A + C reach 50 % of the smallest target; half of it may go: A + D (25 %) and B + C (25 %) are allowed then.
    first = {"maximin": "ikm", **PLACES}
    for tolerance, expected in ((0.0, ["A", "C"]), (0.5, ["A", "D"])):
        last = {"maximise": "kemiskinan_pct", "tolerance": tolerance}  # C 30, D 40
        assert winners(allocate(two_places, scenario(12, goals=[first, last]))) == expected
    short = {"shortfall": "ikm", **PLACES}  # 20 at best; 20 % more allows 24, 25 % allows A + D (25)
    for tolerance, expected in ((0.2, ["A", "C"]), (0.25, ["A", "D"])):
        last = {"maximise": "kemiskinan_pct", "tolerance": tolerance}
        assert winners(allocate(two_places, scenario(12, goals=[short, last]))) == expected


def test_a_group_that_is_not_in_the_data_is_an_error_with_the_nearest_name(two_places):
    goal = {"maximin": "ikm", "by": "provinsi", "targets": {"Aceh": 40, "NTB": 3, "Acehh": 5}}
    with pytest.raises(PlannerError) as error:
        allocate(two_places, scenario(12, goals=[goal]))
    assert len(error.value.problems) == 2
    assert all(text.startswith("goals[0]: ") for text in error.value.problems)
    assert "'Aceh'" in error.value.problems[1]


def test_a_group_of_the_data_without_any_usulan_has_nothing(two_places):
    # Papua is in the kabupaten table and has no usulan: its share is 0 whatever is funded, and it lacks all of its 3.
    plan = allocate(two_places, scenario(12, goals=[{"maximin": "ikm", "by": "provinsi", "targets": {"Papua": 3}}]))
    assert (plan["goals"][0]["value"], plan.status) == (0, "proven_optimal")
    lacks = {"shortfall": "ikm", "by": "provinsi", "targets": {"Papua": 3}}
    goal = allocate(two_places, scenario(12, goals=[lacks]))["goals"][0]
    assert goal["value"] * goal["point"] == -3 * 10**6


@pytest.mark.parametrize(
    ("goal", "place", "words"),
    [
        ({"maximin": "ikm", "by": "provinsi", "targets": {}}, "goals[0].targets", "sekurangnya satu kelompok"),
        ({"maximin": "ikm", "by": "provinsi", "targets": {"Aceh": 0}}, "goals[0].targets.Aceh", "di atas 0"),
        ({"shortfall": "ikm", "by": "provinsi", "targets": {"Aceh": -1}}, "goals[0].targets.Aceh", "di atas 0"),
        ({"shortfall": "ikm", "targets": {"Aceh": 1}}, "goals[0].by", "wajib diisi"),
        ({"maximin": "ikm", "shortfall": "ikm", **PLACES}, "goals[0].shortfall", "shortfall"),
        ({"maximim": "ikm", **PLACES}, "goals[0]", "'maximin'"),
        ({"by": "provinsi"}, "goals[0]", "maximise, maximin, shortfall"),
        ({"maximise": "ikm", "target": 3}, "goals[0].target", "target"),
    ],
)
def test_what_is_wrong_with_a_goal_is_said_at_its_place(goal, place, words):
    with pytest.raises(PlannerError) as error:
        scenario(goals=[goal])
    [text] = error.value.problems
    assert place in text and words in text


def test_goals_have_a_sentence_a_title_and_an_amount_for_people(two_places):
    first, second = scenario(goals=[{"maximin": "ikm", **PLACES}, {"shortfall": "ikm", **PLACES}]).goals
    assert "Aceh 40" in first.sentence("id") and "NTT 20" in second.sentence("en")
    assert "provinsi" in title(first.name, "id").lower() and title("ikm", "id") == label("columns", "ikm", "id")
    assert (amount(first.name, 505_000, "id"), amount(second.name, -(10**7), "id")) == ("50,50 %", "-10,00")


def goals_of_solver(plan):
    return solver_only(plan.scenario.goals, [goal["bound"] for goal in plan["goals"]], plan.scenario.is_soft)


def test_a_bound_that_is_the_solver_s_only_says_so(two_places):
    lifted = allocate(two_places, scenario(12, goals=["ikm", {"maximin": "ikm", **PLACES}]))
    assert goals_of_solver(lifted) == ["maximin:ikm:provinsi"]
    assert "hanya dari pemecah" in lifted.status_sentence("id")
    assert allocate(two_places, scenario(12, goals=["ikm"])).status_sentence("id").endswith("aturan skenario)")
    enough = {"shortfall": "ikm", "by": "provinsi", "targets": {"Aceh": 10}}  # nothing lacks less than nothing
    assert goals_of_solver(allocate(two_places, scenario(12, goals=[enough]))) == []


# Soft bands


def test_a_soft_band_is_missed_where_that_is_worth_its_price(two_places):
    # Two fit; nilai A 9, B 8, E 5, C 1, D 0. NTT should have both: C + D bring 1, A + B 17, A + C 10:
    # 7 less for the first that comes, 9 for the second.
    rule = {"rule": "CountBand", "where": {"provinsi": "NTT"}, "min": 2}
    expected = {0: ["A", "B"], 6.9: ["A", "B"], 7.1: ["A", "C"], 8.9: ["A", "C"], 9.1: ["C", "D"]}
    for price, names in expected.items():
        plan = allocate(two_places, scenario(12, [rule | {"soft": True, "price": price}]))
        assert (winners(plan), plan.status) == (names, "proven_optimal"), price
    assert winners(allocate(two_places, scenario(12, [rule]))) == ["C", "D"]


def test_the_plan_shows_the_goal_s_own_value_and_the_price_paid_apart(two_places):
    rule = {"rule": "CountBand", "where": {"provinsi": "NTT"}, "min": 2, "soft": True, "price": 6.5}
    plan = allocate(two_places, scenario(12, [rule]))
    goal = plan["goals"][0]
    unit = 10**6 // goal["point"]
    assert (winners(plan), goal["value"], goal["paid"]) == (["A", "B"], 17 * unit, 13 * unit)
    assert goal["stage_value"] == goal["bound"] == 4 * unit
    [status] = [row for row in plan["rule_status"] if row["rule"] == 0]
    assert (status["activity"], status["lower"]) == (0, 2)
    assert not [row for row in plan["not_funded"] if row["kind"] == "rule"]


@pytest.mark.parametrize(
    ("rule", "gap"),
    [
        ({"rule": "SpendBand", "max_rp": 8 * JUTA}, 4),  # Rp 12 juta are spent: 4 juta too much
        ({"rule": "SpendBand", "where": {"provinsi": "NTT"}, "min_share": 0.25, "of": "spent"}, 3),  # of 12 juta
        ({"rule": "SpendBand", "where": {"provinsi": "NTT"}, "min_share": 0.5, "of": "budget"}, 6),
        ({"rule": "CountBand", "where": {"provinsi": "NTT"}, "min_share": 0.5}, 1),  # of two usulan
        ({"rule": "TotalBand", "column": "ikm", "where": {"provinsi": "NTT"}, "min": 2.5}, 2.5),
        ({"rule": "TotalBand", "column": "nilai", "max": 16.25}, 0.75),
    ],
)
def test_a_gap_is_counted_in_juta_usulan_or_units_of_the_column(rule, gap):
    rows = [usulan("A", 6 * JUTA, 9, ikm=30), usulan("B", 6 * JUTA, 8, ikm=10), usulan("C", 99 * JUTA, 1, kode="53.01")]
    plan = allocate(candidates(*rows), scenario(12 * JUTA, [rule | {"soft": True, "price": 0.5}]))
    goal = plan["goals"][0]
    assert winners(plan) == ["A", "B"]
    assert goal["paid"] * goal["point"] == gap * 500_000


@pytest.mark.parametrize(
    ("more", "words"),
    [({"soft": True}, "price"), ({"price": 3}, "soft = true"), ({"soft": True, "price": -1}, "0 atau lebih")],
)
@pytest.mark.parametrize(
    "rule", [{"rule": "SpendBand", "max_rp": 1}, {"rule": "CountBand", "max": 1},
             {"rule": "TotalBand", "column": "ikm", "max": 1.0}],
)  # fmt: skip
def test_a_soft_band_without_a_price_and_a_price_without_soft_are_errors(rule, more, words):
    with pytest.raises(PlannerError, match=words):
        scenario(rules=[rule | more])


@pytest.mark.parametrize("goals", [["nilai"], [{"maximin": "ikm", **PLACES}], [{"shortfall": "ikm", **PLACES}, "ikm"]])
def test_another_solver_gives_the_same_plan(two_places, goals):
    rule = {"rule": "CountBand", "where": {"provinsi": "NTT"}, "min": 2, "soft": True, "price": 0.25}
    ours, theirs = (
        allocate(two_places, scenario(12, [rule], goals, solver={"name": name, "gap": 0.0}))
        for name in ("highs", "cbc")
    )
    assert (winners(theirs), theirs["goals"]) == (winners(ours), ours["goals"])


def test_a_price_far_above_the_goal_still_gives_a_proven_plan(two_places):
    # 12 at least must be spent while 0 is the most wanted: the price of 12 outweighs the goal by far.
    rules = [{"rule": "SpendBand", "min_rp": 7}, {"rule": "SpendBand", "max_rp": 0, "soft": True, "price": 10**9}]
    plan = allocate(two_places, scenario(12, rules))
    assert plan.status == "proven_optimal" and len(winners(plan)) == 2


def test_a_missing_value_of_a_goal_counts_nothing():
    table = candidates(usulan("A", 6, tenaga_kerja_target=None), usulan("B", 6, tenaga_kerja_target=1))
    assert winners(allocate(table, scenario(6, goals=["tenaga_kerja_target"]))) == ["B"]


def test_the_second_goal_decides_among_equals_of_the_first():
    table = candidates(usulan("A", 6, 5, ikm=10), usulan("B", 6, 5, ikm=30), usulan("C", 6, 4, ikm=90))
    assert winners(allocate(table, scenario(6, goals=["nilai", "ikm"]))) == ["B"]


@pytest.mark.parametrize(("tolerance", "expected"), [(0.0, "A"), (0.0999, "A"), (0.1, "B"), (0.2, "C")])
def test_a_tolerance_gives_up_that_share_of_the_goals_above(tolerance, expected):
    # nilai 100, 90, 80; IKM 10, 20, 30. 10 % of 100 may go: 90 is just allowed, at 9,99 % it is not.
    table = candidates(usulan("A", 6, 100, ikm=10), usulan("B", 6, 90, ikm=20), usulan("C", 6, 80, ikm=30))
    plan = allocate(table, scenario(6, goals=[("nilai", 0.0), ("ikm", tolerance)]))
    assert winners(plan) == [expected]
    first, second = plan["goals"]
    assert first["stage_value"] * first["point"] == 100 * 10**6
    assert (second["tolerance"], first["tolerance"]) == (tolerance, 0.0)


def test_a_tolerance_once_given_stays_given_for_later_goals():
    # Goal 2 may take 10 % of goal 1: B (90). Goal 3 (tolerance 0) keeps what goal 2 reached, not goal 1's 100.
    rows = [usulan("A", 6, 100, ikm=10, luas=9.0), usulan("B", 6, 90, ikm=20, luas=1.0)]
    plan = allocate(candidates(*rows), scenario(6, goals=["nilai", ("ikm", 0.1), "luas"]))
    assert winners(plan) == ["B"]


@pytest.mark.parametrize(
    ("value", "tolerance", "least"),
    [
        (100, 0.0, 100),
        (100, 0.01, 99),
        (101, 0.01, 100),
        (199, 0.01, 198),
        (0, 0.5, 0),
        (-100, 0.01, -101),
        (3, 0.3, 3),
    ],
)
def test_the_least_allowed_is_a_whole_number_of_points_rounded_up(value, tolerance, least):
    # (1 - 0.01) x 101 = 99.99 -> 100; (1 - 0.3) x 3 = 2.1 -> 3; below 0 the tolerance goes further down.
    assert least_allowed(value, tolerance) == least


def test_points_are_rounded_half_up_below_0_too():
    micros = np.array([15, 14, -15, -16, 7], dtype=object)
    share = np.array([Fraction(1)] * 4 + [Fraction(1, 2)], dtype=object)
    assert points(micros, share, 10).tolist() == [2, 1, -1, -2, 0]


def test_the_points_of_a_goal_lie_between_200_thousand_and_2_million():
    for nilai in (1, 3, 7, 999, 123_456_789, 0.001, 0.25):
        goal = allocate(candidates(usulan("A", 6, nilai), usulan("B", 6, nilai * 0.3)), scenario(12))["goals"][0]
        # one point is at least 1e-6: a goal below 0.2 in all has fewer points
        assert goal["point"] == 1 or 200_000 <= goal["value"] <= 2_000_000
        assert str(goal["point"]).strip("0") == "1"
        assert goal["value"] * goal["point"] == pytest.approx(nilai * 1.3 * 10**6, abs=goal["point"])


def test_a_goal_that_rounds_up_to_2_000_001_points_is_still_proven():
    # Three times 6.666665: 19,999,995 millionths, so points of 10; each rounds up to 666,667, together 2,000,001.
    plan = allocate(candidates(*[usulan(n, 1, 6.666665) for n in "ABC"]), scenario(3))
    assert winners(plan) == ["A", "B", "C"]
    assert plan.status == "proven_optimal"


@pytest.mark.parametrize(("goal", "big"), [("amount_rp", 10**13), ("nilai", 10**14)])
def test_a_goal_of_very_large_numbers_has_its_points_too(goal, big):
    table = candidates(usulan("A", big, nilai=big), usulan("B", 5, nilai=5))
    plan = allocate(table, scenario(10**15, goals=[goal]))
    assert winners(plan) == ["A", "B"]
    assert plan["goals"][0]["value"] * plan["goals"][0]["point"] == pytest.approx(big * 10**6)


def test_a_goal_with_values_below_0_leaves_those_out():
    table = candidates(usulan("A", 6, -5), usulan("B", 6, 4))
    assert winners(allocate(table, scenario(12))) == ["B"]


def test_a_line_brings_its_share_of_the_cost():
    # Main 6, extra 4 of which a unit costs 2: the extra is 40 % of nilai 10. With Rp 8 one unit of it fits: 6 + 2.
    table = candidates(usulan("A", nilai=10, lines=[line(6), line(2, 2, 1, "tidak", name="2")]))
    goal = allocate(table, scenario(8))["goals"][0]
    assert goal["value"] * goal["point"] == 8 * 10**6


def test_a_line_without_weight_brings_nothing_and_its_share_goes_to_the_others():
    # penunjang has bobot 0, gedung bobot 1: the building alone brings all of the 10.
    table = candidates(
        usulan("A", nilai=10, lines=[line(6), line(2, 1, None, "tidak", "penunjang", "2")]),
        bobot={"gedung": 1, "penunjang": 0},
    )
    plan = allocate(table, scenario(6))
    assert volumes(plan) == {"A": {"1": 1}}
    assert plan["goals"][0]["value"] * plan["goals"][0]["point"] == 10 * 10**6


def test_an_usulan_of_weightless_lines_only_is_an_error():
    table = candidates(usulan("A", lines=[line(6, 2, 1, komponen="penunjang")]), bobot={"penunjang": 0})
    with pytest.raises(PlannerError, match="'A'"):
        allocate(table, scenario(12))


def test_the_benefit_of_a_later_year_is_discounted_once_per_year():
    # IKM 10, kemiskinan 10 %: benefit 1.0 in 2028, 0.95 in 2029, 0.9025 in 2030, as integers of 1e-6.
    table = candidates(usulan("A", 6, ta=2030, ikm=10), usulan("B", 6, ta=2029), usulan("C", 6))
    plan = allocate(table, scenario({2028: 6, 2029: 6, 2030: 6}, goals=["benefit"]))
    assert {r["usulan_id"]: (r["ta"], r["benefit"]) for r in plan["funded"]} == {
        "A": (2030, 902_500), "B": (2029, 950_000), "C": (2028, 1_000_000),
    }  # fmt: skip


# What is given (amount_rp) follows the volumes: it is a decision, not a fact of the usulan.


@pytest.fixture
def trimmed_or_whole():
    """A: Rp 600 juta of 700 with its support trimmed to 1 of 2; B: Rp 650 juta, whole. 660 juta holds one of them."""
    support = line(100 * JUTA, 2, 1, komponen="penunjang", name="2")
    return candidates(
        usulan("A", lines=[line(500 * JUTA), support]), usulan("B", 650 * JUTA, kode="53.01"), bobot={"penunjang": 0}
    )


@pytest.mark.parametrize(
    ("goal", "value"),
    [
        ({"maximise": "amount_rp"}, 650 * JUTA),
        ({"maximin": "amount_rp", "by": "menu", "targets": {"pembangunan": 1_300_000_000}}, 0.5),
        ({"shortfall": "amount_rp", "by": "menu", "targets": {"pembangunan": 700_000_001}}, -50_000_001),
    ],
)
def test_a_goal_in_rupiah_counts_what_is_given_not_what_is_asked_for(trimmed_or_whole, goal, value):
    plan = allocate(trimmed_or_whole, scenario(660 * JUTA, goals=[goal]))
    assert (winners(plan), plan.status, plan["tie_break"]) == (["B"], "proven_optimal", "proven")
    own = plan["goals"][0]
    assert own["value"] <= value * 10**6 / own["point"] < own["value"] + 1


def test_a_goal_in_rupiah_is_worth_the_rupiah_given_whatever_a_line_weighs(trimmed_or_whole):
    asked = scenario(660 * JUTA, goals=["amount_rp"])
    problem = compile_problem(build_options(trimmed_or_whole, asked), asked)
    aim = problem.goal(0, 10**9)
    for volumes_ in (problem.smallest, problem.full):
        x = volumes_[[0]].toarray()[0]
        assert aim.parts(x) * 10**9 // aim.per == problem.decisions(x).amount.sum() * 10**6


def test_a_goal_in_rupiah_is_never_rounded_up_to_more_than_the_pagu():
    # Three usulan of Rp 200.000.500.600 each: rounded one by one to points of Rp 1 juta they would pass the pagu.
    table = candidates(*(usulan(name, 200_000_500_600, kode="53.01") for name in "ABC"))
    plan = allocate(table, scenario(600_001_501_800, goals=["amount_rp"]))
    assert plan["goals"][0]["value"] * plan["goals"][0]["point"] <= 600_001_501_800 * 10**6
    assert plan["goals"][0]["value"] == 600_001


def test_what_is_given_is_no_filter_and_no_group(trimmed_or_whole):
    for rule in ({"where": {"amount_rp": 650 * JUTA}}, {"by": "amount_rp"}):
        with pytest.raises(PlannerError, match="baru diketahui setelah dana dibagi"):
            allocate(trimmed_or_whole, scenario(660 * JUTA, [{"rule": "CountBand", "min": 1, **rule}]))
