"""What prices leave, block by block: never below the best plan, whatever the rules, the prices and the moves before."""

import random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from instances import instances
from small import JUTA, candidates, line, scenario, usulan

from planner.answers.preview import Previewer
from planner.base.errors import PlannerError
from planner.model.build_options import build_options
from planner.model.problem import compile_problem
from planner.scenario.scenario import vary
from planner.solve.blocks import Answers, Apart, find_blocks, find_prices
from planner.solve.engines import whole_bound
from planner.solve.exact import maximise
from planner.solve.formulation import model_of
from planner.solve.knapsack import Knapsack

KODE = ("11.01", "11.02", "11.03", "32.01", "32.02", "53.01", "53.02", "91.03")


def apart_of(problem, cost, capped=True):
    model = model_of(problem, cost)
    helpers = np.full(len(model.cost) - problem.width, -1)
    block = find_blocks(problem, capped)
    return Apart(model, np.append(block[problem.columns.option], helpers), len(problem.row_lower))


def left_by(apart, price):
    return whole_bound(Answers().priced(apart, apart.usable(price))[0] + apart.model.tolerance)


def drawn_prices(apart, seed):
    """Prices of the coupling rows, of both signs."""
    size = np.abs(apart.model.cost).max(initial=1.0) / np.maximum(
        abs(apart.model.matrix).max(axis=1).toarray().ravel(), 1
    )
    return np.where(apart.row_block < 0, np.random.default_rng(seed).normal(size=len(size)) * size, 0.0)


@settings(max_examples=25)
@given(instances(most=6), st.booleans(), st.integers(0, 2**32 - 1))
def test_any_prices_leave_at_least_the_best_under_any_rules(instance, capped, seed):
    holds_under_any_rules(instance, capped, seed)


@pytest.mark.long
@settings(max_examples=2000)
@given(instances(most=7), st.booleans(), st.integers(0, 2**32 - 1))
def test_any_prices_leave_at_least_the_best_under_any_rules_often(instance, capped, seed):
    holds_under_any_rules(instance, capped, seed)


def holds_under_any_rules(instance, capped, seed):
    table, asked = instance
    try:
        problem = compile_problem(build_options(table, asked), asked)
    except PlannerError:
        assume(False)
    cost = problem.aim(0, 10**6)
    best = maximise(problem, cost)
    assume(best.x is not None)
    apart = apart_of(problem, cost, capped)
    for price in (drawn_prices(apart, seed), find_prices(apart, None, 2).price):
        assert left_by(apart, price) >= best.value


def whole_usulan(seed, count=64):
    """A table of usulan that are wholly funded or not, and rules that leave each province a knapsack."""
    rng = random.Random(seed)
    rows = [
        usulan(
            f"U{i:02}", nilai=rng.randint(1, 30), lines=[line(rng.randint(1, 9) * JUTA)], kode=rng.choice(KODE),
            menu=rng.choice(("pembangunan", "revitalisasi")),
        )
        for i in range(count)
    ]  # fmt: skip
    rules = [
        {"rule": "SpendBand", "by": "provinsi", "max_rp": rng.randint(15, 40) * JUTA},
        {"rule": "MaxPerKabupaten", "max": rng.randint(2, 8)},
        {"rule": "CountBand", "where": {"menu": "revitalisasi"}, "min": rng.randint(0, 4)},
    ]
    return candidates(*rows), scenario(rng.randint(50, 110) * JUTA, rules)


@pytest.mark.parametrize("seed", range(4))
def test_any_prices_leave_at_least_the_best_of_whole_usulan(seed):
    table, asked = whole_usulan(seed)
    problem = compile_problem(build_options(table, asked), asked)
    cost = problem.aim(0, 10**6)
    apart, best = apart_of(problem, cost), maximise(problem, cost)
    for price in (drawn_prices(apart, seed), find_prices(apart, None, 3).price):
        assert left_by(apart, price) >= best.value


def test_provinces_of_single_usulan_under_a_cap_are_knapsacks():
    table, asked = whole_usulan(0)
    asked = vary(asked, rules=[asked.rules[0].model_dump()])
    problem = compile_problem(build_options(table, asked), asked)
    apart, answers = apart_of(problem, problem.aim(0, 10**6)), Answers()
    answers.priced(apart, np.zeros(len(apart.model.lower)))
    assert len(answers.knapsacks) == len(apart.parts) > 1
    assert all(isinstance(one, Knapsack) and not len(one.rest) for one in answers.knapsacks.values())
    assert not answers.engines


def moved(rng, asked, names):
    """One thing of a scenario moved: the pagu, a lock, or a cap."""
    what = rng.randrange(3)
    if what == 0:
        return vary(asked, budget_rp={2028: rng.randint(50, 110) * JUTA})
    if what == 1 and len(asked.rules) < 6:
        lock = {"rule": "Lock", "state": rng.choice(["in", "out"]), "usulan": [names.pop()]}
        return vary(asked, rules=[*(rule.model_dump() for rule in asked.rules), lock])
    rules = [rule.model_dump() for rule in asked.rules]
    return vary(asked, rules=[rules[0] | {"max_rp": rng.randint(15, 40) * JUTA}, *rules[1:4]])


def honest_moves(seed, moves):
    """Every preview's value and bound held against the optimum; the plans of the walk."""
    table, asked = whole_usulan(seed)
    rng, previewer, plans = random.Random(seed), Previewer(table, 10**6), []
    names = rng.sample([f"U{i:02}" for i in range(64)], 64)
    for _ in range(moves):
        found = previewer.preview(asked)
        best = maximise(found.problem, found.problem.aim(0, 10**6))
        if found.x is None:
            assert best.x is None
        else:
            assert found.problem.legal(found.x) and found.value <= best.value <= found.bound
            assert found.gap <= 0.005
        plans.append((found.value, found.bound, tuple(found.winners)))
        asked = moved(rng, asked, names)
    return plans


@pytest.mark.parametrize("seed", range(2))
def test_the_best_plan_lies_between_value_and_bound_after_moves(seed):
    honest_moves(seed, 6)


def test_the_same_moves_give_the_same_plans():
    assert honest_moves(7, 4) == honest_moves(7, 4)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 125))
def test_the_best_plan_lies_between_value_and_bound_after_many_moves(seed):
    honest_moves(seed, 20)
