"""Cells and steps of large problems: a legal plan, never worse than before, and a bound that no plan is above."""

import random
from dataclasses import replace
from itertools import product

import numpy as np
import oracle
import pytest
from hypothesis import HealthCheck, given, settings
from instances import instances
from random_case import random_case
from small import KODE, candidates, line, scenario, usulan, winners

from planner.base.errors import InfeasibleError, PlannerError
from planner.base.processes import Clock
from planner.model.build_options import build_options
from planner.model.problem import compile_problem
from planner.plan.allocate import allocate
from planner.solve import cells, neighbourhood
from planner.solve.cells import Cell
from planner.solve.engines import Settings
from planner.solve.exact import maximise
from planner.solve.formulation import goal_rows
from planner.solve.neighbourhood import approach

GAP = Settings(gap=0.0)


@pytest.fixture(autouse=True)
def few_steps(monkeypatch):
    monkeypatch.setattr(neighbourhood, "IDLE", 4)


def problem_of(table, asked):
    return compile_problem(build_options(table, asked), asked)


def whole_case(seed):
    """Usulan without lines to trim, over two years, a cap for each province and year, and a floor that joins them."""
    rng = random.Random(seed)
    rows = [
        usulan(f"U{i:02}", rng.randint(2, 9), rng.randint(1, 30), kode=rng.choice(KODE), ikm=rng.randint(1, 40),
               menu=("pembangunan", "revitalisasi")[i % 2])
        for i in range(40)
    ]  # fmt: skip
    rules = [
        {"rule": "MaxPerKabupaten", "max": 1}, {"rule": "SpendBand", "by": "provinsi", "max_rp": 14},
        {"rule": "CountBand", "where": {"menu": "revitalisasi"}, "min": 2},
    ]  # fmt: skip
    return candidates(*rows), scenario({2028: 30, 2029: 25}, rules, ["nilai", ("ikm", 0.0)])


# -- one cell ----------------------------------------------------------------------------------------------------------


def test_a_cell_takes_one_of_each_group_within_its_room():
    # Room 10: 6 + 4 bring 8 + 5 = 13; the one of 9 alone brings 12, and two of the first group are never taken.
    cell = Cell(np.arange(4), np.array([0, 0, 1, 1]), np.array([6, 9, 4, 5]), 10)
    assert [value.tolist() for value in map(np.asarray, cell.best(np.array([8.0, 12.0, 5.0, 4.0])))] == [13.0, [2, 0]]


def test_what_brings_less_for_more_is_no_offer_but_has_its_loss():
    # The second costs more than the first and brings less: in its place 8 - 7 = 1 is lost.
    cell = Cell(np.arange(2), np.array([0, 0]), np.array([3, 4]), 10)
    worth = np.array([8.0, 7.0])
    assert [group.tolist() for group in cell.offers(worth)] == [[0]]
    assert cell.losses(worth).tolist() == [0.0, 1.0]


def by_trying(cell, worth):
    """The most with each option in, and of all choices."""
    sets = [[None, *np.flatnonzero(cell.group == g).tolist()] for g in np.unique(cell.group)]
    most, inside = 0.0, np.full(len(cell.options), -np.inf)
    for choice in product(*sets):
        taken = [one for one in choice if one is not None]
        if cell.take[taken].sum() <= cell.room:
            value = float(worth[taken].sum())
            most = max(most, value)
            inside[taken] = np.maximum(inside[taken], value)
    return most, inside


@pytest.mark.parametrize("seed", range(40))
def test_the_best_of_a_cell_and_its_losses_are_those_of_trying_all(seed):
    draw = np.random.default_rng(seed)
    count = int(draw.integers(1, 9))
    cell = Cell(np.arange(count), draw.integers(0, 4, count), draw.integers(0, 9, count), int(draw.integers(0, 20)))
    worth = draw.integers(-5, 20, count).astype(float)
    value, taken = cell.best(worth)
    most, inside = by_trying(cell, worth)
    assert value == most == worth[taken].sum() and cell.take[taken].sum() <= cell.room
    assert len(set(cell.group[taken].tolist())) == len(taken)
    assert cell.losses(worth).tolist() == (most - inside).tolist()


# -- plans and bounds --------------------------------------------------------------------------------------------------


def honest(table, asked, how=GAP):
    """What is found from nothing and from every kind of start, held against trying everything."""
    problem = problem_of(table, asked)
    aim = problem.aim(0, 10**6)
    best = max((plan.goals[0] for plan in oracle.legal_plans(table, asked, [10**6] * len(asked.goals))), default=None)
    found = approach(problem, aim, [], None, how)
    if best is None:
        assert found.x is None
        return
    assert found.bound is not None and found.bound >= best
    assert found.x is None or (problem.legal(found.x) and aim.points(found.x) == found.value <= best)
    none = np.zeros(problem.width, dtype=np.int64)
    if problem.legal(none):
        begun = approach(problem, aim, [], none, how)
        assert problem.legal(begun.x) and aim.points(none) <= aim.points(begun.x) == begun.value <= best <= begun.bound


def without_trimming(table):
    return replace(table, rincian=table.rincian.assign(volume_min=table.rincian["volume"], wajib="ya"))


@pytest.mark.parametrize("seed", range(20))
def test_no_plan_is_above_the_bound_and_every_plan_is_legal(seed):
    table, asked = random_case(seed)
    honest(without_trimming(table), asked)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(instances(most=8, trimmed=False, years=(2028, 2029), rules=4))
def test_it_is_honest_under_any_rules_over_two_years(instance):
    try:
        problem = problem_of(*instance)
    except PlannerError:
        return
    if problem.fund_only:
        honest(*instance)


@pytest.mark.parametrize("states", [1, 3, 7])
def test_coarser_units_leave_a_bound(monkeypatch, states):
    monkeypatch.setattr(cells, "STATES", states)
    for seed in range(5):
        table, asked = whole_case(seed)
        problem = problem_of(table, asked)
        aim = problem.aim(0, 10**6)
        assert approach(problem, aim, [], None, GAP).bound >= maximise(problem, aim).value


@pytest.mark.parametrize("seed", range(4))
def test_from_a_plan_it_only_rises_and_keeps_the_goals_above(seed):
    table, asked = whole_case(seed)
    problem = problem_of(table, asked)
    first, second = problem.aim(0, 10**6), problem.aim(1, 10**6)
    top = maximise(problem, first)
    kept = goal_rows(problem, first, top.value - 5)
    found = approach(problem, second, kept, top.x, GAP)
    best = maximise(problem, second, kept)
    assert problem.legal(found.x) and first.points(found.x) >= top.value - 5
    assert second.points(top.x) <= found.value <= best.value <= found.bound


@pytest.mark.parametrize("seed", range(3))
def test_the_same_problem_has_the_same_plan(monkeypatch, seed):
    monkeypatch.setattr(neighbourhood, "FREE", 12)
    table, asked = whole_case(seed)
    one, two = (approach(p, p.aim(0, 10**6), [], None, GAP) for p in (problem_of(table, asked) for _ in range(2)))
    assert one.x.tolist() == two.x.tolist() and (one.value, one.bound) == (two.value, two.bound)


def test_a_clock_that_is_stopped_leaves_the_plan_in_hand_and_a_true_bound():
    table, asked = whole_case(1)
    problem = problem_of(table, asked)
    aim, start = problem.aim(0, 10**6), maximise(problem, problem.aim(1, 10**6)).x
    found = approach(problem, aim, [], start, Settings(clock=Clock(stopped=True)))
    assert found.x.tolist() == start.tolist() and found.bound >= maximise(problem, aim).value


def test_what_is_found_is_told_as_it_is_found():
    table, asked = whole_case(2)
    problem, told = problem_of(table, asked), []
    found = approach(problem, problem.aim(0, 10**6), [], None, replace(GAP, seen=lambda *seen: told.append(seen)))
    assert told[-1] == (found.value, found.bound) and [v for v, _ in told] == sorted(v for v, _ in told)


@pytest.mark.parametrize("seed", range(4))
def test_a_large_scenario_has_the_plan_that_it_would_have_as_a_small_one(monkeypatch, seed):
    table, asked = whole_case(seed)
    usual = allocate(table, asked)
    monkeypatch.setattr(neighbourhood, "LARGE", 1)
    large = allocate(table, asked)
    assert large.status == "proven_optimal" and large["goals"] == usual["goals"] and winners(large) == winners(usual)


def test_a_large_scenario_without_a_plan_is_said_to_have_none(monkeypatch):
    monkeypatch.setattr(neighbourhood, "LARGE", 1)
    with pytest.raises(InfeasibleError):
        allocate(candidates(usulan("A", 5)), scenario(4, [{"rule": "CountBand", "min": 1}]))


def test_lines_to_trim_are_left_to_the_solver(monkeypatch):
    monkeypatch.setattr(neighbourhood, "LARGE", 1)
    monkeypatch.setattr(neighbourhood, "approach", None)
    plan = allocate(candidates(usulan("A", lines=[line(2, 3, 1)])), scenario(5))
    assert winners(plan) == ["A"] and plan.status == "proven_optimal"
