"""Why there is no plan: the smallest set of rules that cannot hold together."""

from itertools import combinations

import oracle
import pytest
from small import candidates, scenario, usulan

from planner.allocate import allocate
from planner.diagnose import diagnose
from planner.errors import InfeasibleError
from planner.options import build_options
from planner.problem import compile_problem
from planner.rows import Clock
from planner.solver import Settings

PAGU = -1


@pytest.fixture
def table():
    return candidates(
        usulan("A", 6, menu="pembangunan", kode="11.01"),
        usulan("B", 4, menu="revitalisasi", kode="11.02"),
        usulan("C", 3, menu="revitalisasi", kode="53.01"),
        usulan("D", 2, menu="pembangunan", kode="53.02"),
    )


# Two revitalisasi at least, at most Rp 6 to revitalisasi: B + C cost 7. The other three are harmless.
FIVE = [
    {"rule": "MaxPerKabupaten", "max": 1},
    {"rule": "CountBand", "where": {"menu": "revitalisasi"}, "min": 2},
    {"rule": "Lock", "state": "in", "usulan": ["D"]},
    {"rule": "SpendBand", "where": {"menu": "revitalisasi"}, "max_rp": 6},
    {"rule": "CountBand", "by": "provinsi", "max": 2},
]


def diagnosis_of(table, asked) -> dict:
    with pytest.raises(InfeasibleError) as caught:
        allocate(table, asked)
    return caught.value.diagnosis


def conflict(diagnosis) -> list[int]:
    return [item["rule"] for item in diagnosis["conflict"]]


def smallest_by_trying(table, rules, budget_rp) -> list[set[int]]:
    """All conflicting sets of the least size, by the oracle; -1 is the pagu (left out: Rp 1 triliun)."""
    everything = [PAGU, *range(len(rules))]
    for size in range(1, len(everything) + 1):
        found = []
        for some in combinations(everything, size):
            asked = scenario(budget_rp if PAGU in some else 10**12, [rules[n] for n in some if n != PAGU])
            if not oracle.legal_plans(table, asked):
                found.append(set(some))
        if found:
            return found
    return []


def test_the_two_of_five_rules_that_conflict_are_named(table):
    diagnosis = diagnosis_of(table, scenario(20, FIVE))
    assert conflict(diagnosis) == [1, 3]
    assert diagnosis["minimal"] is True
    assert smallest_by_trying(table, FIVE, 20) == [{1, 3}]


def test_the_message_says_each_rule_of_the_conflict_and_no_other(table):
    asked = scenario(20, FIVE)
    with pytest.raises(InfeasibleError) as caught:
        allocate(table, asked)
    said = [rule.sentence() in str(caught.value) for rule in asked.rules]
    assert said == [False, True, False, True, False]
    assert "'kecil'" in caught.value.problems[0]


def test_the_sentences_come_in_both_languages(table):
    first, second = diagnosis_of(table, scenario(20, FIVE))["conflict"]
    assert "paling sedikit 2" in first["sentence"]["id"]
    assert "at least 2" in first["sentence"]["en"]
    assert "Rp 6" in second["sentence"]["id"]


def test_the_pagu_is_part_of_a_conflict_when_money_is_what_is_missing(table):
    rules = [{"rule": "MaxPerKabupaten", "max": 1}, {"rule": "Lock", "state": "in", "usulan": ["A", "B"]}]
    diagnosis = diagnosis_of(table, scenario(9, rules))
    assert conflict(diagnosis) == [PAGU, 1]
    assert smallest_by_trying(table, rules, 9) == [{PAGU, 1}]


def test_one_rule_alone_can_be_the_conflict(table):
    rules = [{"rule": "CountBand", "min": 5}, {"rule": "Lock", "state": "in", "usulan": ["A", "B"]}]
    assert conflict(diagnosis_of(table, scenario(9, rules))) == [0]  # though pagu + lock conflict too


def test_the_smaller_of_two_conflicts_is_found_though_dropping_one_by_one_ends_in_the_larger():
    # Three rules conflict (A, B, C in costs 13 > max 12 ... ) and so do two (lock D in, nothing to pembangunan).
    table = candidates(
        usulan("A", 6, menu="revitalisasi", kode="11.01"),
        usulan("B", 4, menu="revitalisasi", kode="11.02"),
        usulan("C", 3, menu="revitalisasi", kode="53.01"),
        usulan("D", 2, menu="pembangunan", kode="53.02"),
    )
    rules = [
        {"rule": "Lock", "state": "in", "usulan": ["D"]},
        {"rule": "CountBand", "where": {"menu": "pembangunan"}, "max": 0},
        {"rule": "Lock", "state": "in", "usulan": ["A"]},
        {"rule": "Lock", "state": "in", "usulan": ["B", "C"]},
        {"rule": "SpendBand", "where": {"menu": "revitalisasi"}, "max_rp": 12},
    ]
    assert smallest_by_trying(table, rules, 100) == [{0, 1}]
    diagnosis = diagnosis_of(table, scenario(100, rules))
    assert conflict(diagnosis) == [0, 1]
    assert diagnosis["minimal"] is True


def test_nothing_is_called_minimal_when_there_was_no_time_to_try(table):
    asked = scenario(20, FIVE)
    problem = compile_problem(build_options(table, asked), asked)
    found = diagnose(problem, Settings(clock=Clock(deadline_s=0.0)))
    assert found["minimal"] is False
    assert {1, 3} <= set(conflict(found))


def test_a_diagnosis_is_plain_data(table):
    import json

    diagnosis = diagnosis_of(table, scenario(20, FIVE))
    assert json.loads(json.dumps(diagnosis)) == diagnosis
    assert {"scenario", "minimal", "conflict", "repairs"} <= set(diagnosis)


def test_a_repair_of_the_cheapest_rule_makes_a_plan_possible(table):
    # Spend one rupiah more on revitalisasi (7 for B + C), or ask for one usulan less.
    repairs = diagnosis_of(table, scenario(20, FIVE))["repairs"]
    assert repairs, "an infeasible scenario names what would mend it"
