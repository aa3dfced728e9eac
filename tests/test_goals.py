"""What a plan is good at: points, order, tolerance."""

from fractions import Fraction

import numpy as np
import pytest
from small import candidates, line, scenario, usulan, volumes, winners

from planner.allocate import allocate
from planner.errors import PlannerError
from planner.goals import least_allowed, points


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
