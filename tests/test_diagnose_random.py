"""Planted conflicts against trying everything: every set irreducible, every repair the cheapest there is."""

from itertools import count, islice

import oracle
import pytest
from repairing import every_cost, every_plan, instance, kept, smallest_conflicts

from planner.diagnose import applied, diagnose_scenario


def planted():
    """Instances without a plan, one after another."""
    for seed in count():
        table, asked = instance(seed)
        world, plans = every_plan(table, asked)
        rules = kept(world, asked, plans)
        if not any(len(one) == len(asked.rules) + 1 for one in rules):
            yield seed, table, asked, smallest_conflicts(asked, rules), every_cost(world, asked, plans)


def check(seed: int, table, asked, conflicts: list[set[int]], costs: dict) -> None:
    found = diagnose_scenario(table, asked)
    assert found["feasible"] is False and found["in_time"], seed
    sets = [{item["rule"] for item in one["rules"]} for one in found["conflicts"]]
    assert all(one in conflicts for one in sets) and all(one["minimal"] for one in found["conflicts"]), seed
    assert [len(one) for one in sets] == [len(one) for one in conflicts][:5], (seed, sets, conflicts)
    assert not found["complete"] or len(sets) == len(conflicts), seed

    apart: list[frozenset[int]] = []
    for repair in found["repairs"]:
        left = [cost for rules, cost in costs.items() if not any(one <= rules for one in apart)]
        assert repair["proven"] and repair["cost"] == float(min(left)), (seed, repair)
        assert oracle.legal_plans(table, applied(asked, repair["changes"])), (seed, repair)
        apart.append(frozenset(change.get("rule", -1) for change in repair["changes"]))
    assert len(apart) == 3 or all(any(one <= rules for one in apart) for rules in costs), seed


def test_a_few_planted_conflicts_are_found_and_mended_as_cheaply_as_can_be():
    for one in islice(planted(), 25):
        check(*one)


@pytest.mark.long
def test_two_hundred_planted_conflicts_are_found_and_mended_as_cheaply_as_can_be():
    for one in islice(planted(), 200):
        check(*one)
