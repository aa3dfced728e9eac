"""Planted conflicts against trying everything: every set irreducible, every repair the cheapest there is."""

import random
from fractions import Fraction
from itertools import count, islice
from math import ceil

import oracle
import pytest
from repairing import every_cost, every_plan, instance, kept, smallest_conflicts, tiny
from small import JUTA, scenario

from planner.solve.infeasible.diagnose import diagnose
from planner.solve.infeasible.levers import apply_changes


def planted():
    """Instances without a plan, one after another."""
    for seed in count():
        table, asked = instance(seed)
        world, plans = every_plan(table, asked)
        rules = kept(world, asked, plans)
        if not any(len(one) == len(asked.rules) + 1 for one in rules):
            yield seed, table, asked, smallest_conflicts(asked, rules), every_cost(world, asked, plans)


def check(seed: int, table, asked, conflicts: list[set[int]], costs: dict) -> None:
    found = diagnose(table, asked)
    assert found.feasible is False and found.in_time, seed
    sets = [set(one.rules) for one in found.conflicts]
    assert all(one in conflicts for one in sets) and all(one.minimal for one in found.conflicts), seed
    assert [len(one) for one in sets] == [len(one) for one in conflicts][:5], (seed, sets, conflicts)
    assert not found.complete or len(sets) == len(conflicts), seed

    apart: list[frozenset[int]] = []
    for repair in found.repairs:
        left = [cost for rules, cost in costs.items() if not any(one <= rules for one in apart)]
        assert repair.proven and float(repair.cost) == float(min(left)), (seed, repair)
        assert oracle.legal_plans(table, apply_changes(asked, repair.changes)), (seed, repair)
        apart.append(frozenset(change.plain().get("rule", -1) for change in repair.changes))
    assert len(apart) == 3 or all(any(one <= rules for one in apart) for rules in costs), seed


def test_a_few_planted_conflicts_are_found_and_mended_as_cheaply_as_can_be():
    for one in islice(planted(), 25):
        check(*one)


def by_grid(world, plans, asked) -> Fraction:
    """The cheapest repair of a share of the pagu (rule 0) and a lock (rule 1), for every pagu up to 60 juta more."""
    band, lock = asked.rules
    field = "max_share" if band.min_share is None else "min_share"
    prices, share, costs = asked.prices, Fraction(str(getattr(band, field))), []
    menus = {world.row[name]["menu"] for name in world.options(2028)}
    for more in range(61):
        budget = asked.budget_rp[2028] + more * JUTA
        for ways in (ways for ways in plans if sum(way.amount_rp for way in ways) <= budget):
            parts = [sum(w.amount_rp for w in ways if world.row[w.usulan]["menu"] == m) for m in menus]
            lack = [(share - Fraction(p, budget)) * (1 if field == "min_share" else -1) for p in parts]
            steps = max(0, ceil(max(lack) * 1000))
            dropped = not oracle.lock(lock, world)(ways)
            costs.append(prices.budget * more + Fraction(str(prices.share)) * steps / 10 + prices.drop * dropped)
    return min(costs)


def shares_of_a_pagu():
    """Instances of one year with a share of the pagu and a lock, and no plan."""
    for seed in count(500):
        draw, (table, years, _) = random.Random(seed), tiny(seed)
        share = {"max_share": draw.choice([0.2, 0.3, 0.45])} if draw.random() < 0.6 else {"min_share": 0.3}
        band = {"rule": "SpendBand", "by": "menu", "of": "budget"} | share
        prices = {"share": draw.choice([1, 5]), "drop": draw.choice([20, 200]), "budget": draw.choice([1, 3])}
        lock = {"rule": "Lock", "state": "in", "usulan": ["U0"]}
        asked = scenario(draw.randint(3, 9) * JUTA, [band, lock], prices=prices)
        if years == [2028] and not oracle.legal_plans(table, asked):
            yield seed, table, asked


def test_a_pagu_and_a_share_of_it_that_both_give_way_are_weighed_exactly():
    for seed, table, asked in islice(shares_of_a_pagu(), 8):
        cost = diagnose(table, asked).repairs[0].cost
        assert float(cost) == float(by_grid(*every_plan(table, asked), asked)), seed


@pytest.mark.long
def test_two_hundred_planted_conflicts_are_found_and_mended_as_cheaply_as_can_be():
    for one in islice(planted(), 200):
        check(*one)
