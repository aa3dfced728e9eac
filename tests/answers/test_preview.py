"""Previews: the bound above and the value below the true optimum, whatever was changed before."""

import random
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import instances, some_rules
from small import candidates, line, scenario, usulan

from planner.answers.preview import Previewer, fits
from planner.base.errors import InfeasibleError, PlannerError
from planner.base.processes import Clock
from planner.model.build_options import build_options
from planner.model.problem import compile_problem, with_budget
from planner.plan.allocate import allocate
from planner.scenario.scenario import vary
from planner.solve.core import within_gap
from planner.solve.engines import Settings
from planner.solve.exact import maximise
from planner.solve.relaxation import Relaxation

THREE = candidates(usulan("A", 6, 5), usulan("B", 4, 3), usulan("C", 6, 4))


def test_more_money_shows_another_plan_and_its_proof():
    # Rp 10: A + B = 8. Rp 12: A + C = 9. Rp 16: all, 12.
    previewer = Previewer(THREE)
    for budget, names, worth in ((10, ["A", "B"], 8), (12, ["A", "C"], 9), (16, ["A", "B", "C"], 12)):
        found = previewer.preview(scenario(budget), gap=0.0)
        assert (found.winners, found.spent_rp) == (names, budget)
        assert found.value * found.point == found.bound * found.point == worth * 10**6
        assert found.gap == 0.0 and not found.infeasible


def test_an_unchanged_scenario_gives_the_same_answer():
    previewer = Previewer(THREE)
    assert previewer.preview(scenario(10)) is previewer.preview(scenario(10))


def test_locks_and_limits_are_followed_and_taken_back():
    # C in: C + B = 7. At most one: A = 5. Without rules again: A + B.
    previewer = Previewer(THREE)
    lock = {"rule": "Lock", "state": "in", "usulan": ["C"]}
    assert previewer.preview(scenario(10), 0.0).winners == ["A", "B"]
    assert previewer.preview(scenario(10, [lock]), 0.0).winners == ["B", "C"]
    assert previewer.preview(scenario(10, [{"rule": "CountBand", "max": 1}]), 0.0).winners == ["A"]
    assert previewer.preview(scenario(10), 0.0).winners == ["A", "B"]


def test_what_no_plan_can_hold_is_said_and_the_next_change_is_answered():
    # C alone costs Rp 6 of Rp 5; of A and C together, Rp 12 of Rp 10.
    previewer = Previewer(THREE)
    locks = [{"rule": "Lock", "state": "in", "usulan": ["A", "C"]}]
    found = previewer.preview(scenario(10, locks))
    assert (found.infeasible, found.x, found.bound, found.gap, found.winners) == (True, None, None, None, [])
    assert previewer.preview(scenario(12, locks)).winners == ["A", "C"]


def test_a_goal_of_quite_another_size_is_counted_in_points_of_its_own():
    # Rp 50 triliun each, which points of ``nilai`` cannot hold; of Rp 100 triliun all is spent.
    table = candidates(*[usulan(name, nilai=1, lines=[line(25 * 10**12, 2, 1)]) for name in "ABC"])
    previewer = Previewer(table)
    previewer.preview(scenario(10**14), 0.0)
    found = previewer.preview(scenario(10**14, goals=["amount_rp"]), 0.0)
    assert found.value * found.point == found.bound * found.point == 10**14 * 10**6 and found.spent_rp == 10**14


def test_a_solver_that_calls_it_infeasible_is_not_believed_against_a_legal_plan():
    previewer = Previewer(THREE)
    kept = previewer.preview(scenario(10), 0.0)
    relaxed = replace(previewer.relaxed(scenario(10)), infeasible=True)
    found = within_gap(kept.problem, previewer.cost, relaxed, relaxed.bound, kept.x, Settings())
    assert found.stopped == "done" and found.value == kept.value <= found.bound


def test_a_wrong_name_is_a_sentence_and_leaves_the_previewer_as_it_was():
    previewer = Previewer(THREE)
    previewer.preview(scenario(10))
    with pytest.raises(PlannerError):
        previewer.preview(scenario(10, [{"rule": "Lock", "state": "in", "usulan": ["Z"]}]))
    assert previewer.preview(scenario(12), 0.0).winners == ["A", "C"]


def test_a_plan_of_a_preview_claims_no_optimum():
    previewer = Previewer(THREE)
    plan = previewer.preview(scenario(10, goals=["nilai", "ikm"]), 0.0).plan(THREE)
    assert plan.status == "best_found" and plan["tie_break"] == "canonical_order"
    assert [goal["bound"] is None for goal in plan["goals"]] == [False, True]
    assert plan["goals"][0]["bound"] == plan["goals"][0]["value"] + 1
    within = previewer.preview(scenario(10, solver={"gap": 0.01}), 0.0).plan(THREE)
    assert within.status == "proven_within"
    assert list(within.funded["usulan_id"]) == ["A", "B"] and within.spent_rp == 10


def big(count=400):
    draw = random.Random(7)
    rows = [
        usulan(f"U{i:03}", nilai=draw.randint(500, 900), lines=[line(draw.randint(500, 999)), line(7, 40, 5, name="2")])
        for i in range(count)
    ]
    return candidates(*rows)


def test_another_thread_ends_it_at_once_with_what_is_known():
    clock, previewer = Clock(), Previewer(big())
    threading.Timer(0.3, lambda: setattr(clock, "stopped", True)).start()
    begun = time.monotonic()
    found = previewer.preview(scenario(100_003), 0.0, clock)
    assert time.monotonic() - begun < 30
    assert found.gap is None or found.bound >= found.value
    assert not found.infeasible


def moved(draw, asked, rows):
    """The scenario with one thing changed."""
    what = draw(st.sampled_from(["budget", "budget", "weights", "rules", "goal"]))
    if what == "budget":
        return vary(
            asked, budget_rp={t: max(1, b * draw(st.integers(40, 180)) // 100) for t, b in asked.budget_rp.items()}
        )
    if what == "weights":
        return vary(asked, weights={"kemiskinan": draw(st.integers(1, 5)), "pengangguran": draw(st.integers(0, 5))})
    if what == "goal":
        return vary(asked, goals=[{"maximise": draw(st.sampled_from(["nilai", "ikm", "benefit", "amount_rp"]))}])
    return vary(asked, rules=draw(some_rules(rows, sum(asked.budget_rp.values()))))


@st.composite
def walks(draw):
    """(candidates, scenarios): an instance and up to five changes, one after another."""
    table, asked = draw(instances(most=6, years=draw(st.sampled_from([(2028,), (2028, 2029)]))))
    lines = table.rincian.to_dict("records")
    rows = [
        record | {"lines": [one for one in lines if one["usulan_id"] == record["usulan_id"]]}
        for record in table.usulan.to_dict("records")
    ]
    steps = [asked]
    for _ in range(draw(st.integers(1, 5))):
        steps.append(moved(draw, steps[-1], rows))
    return table, steps


@settings(max_examples=25)
@given(walks(), st.sampled_from([0.0, 0.005, 0.2]))
def test_the_optimum_lies_between_value_and_bound_after_any_changes(walk, gap):
    table, steps = walk
    previewer = Previewer(table)
    for asked in steps:
        found = previewer.preview(asked, gap)
        try:
            best = allocate(table, vary(asked, goals=[asked.goals[0].model_dump()]))["goals"][0]
        except InfeasibleError:
            assert found.infeasible and found.x is None
            continue
        assert found.x is not None and not found.problem.broken(found.x)
        assert found.value == found.problem.goal(0, found.point).points(found.x)
        assert found.value * found.point <= (best["value"] + 1) * best["point"]
        assert (found.bound + 1) * found.point >= best["value"] * best["point"]
        if found.point == best["point"]:
            assert found.value <= best["value"] <= found.bound
        assert found.gap <= max(gap, 1 / max(found.value, 1))


@settings(max_examples=30)
@given(walks())
def test_a_kept_relaxation_bounds_as_a_fresh_one(walk):
    table, steps = walk
    previewer = Previewer(table)
    for asked in steps:
        relaxed = previewer.relaxed(asked)
        problem, cost = previewer.problem, previewer.cost
        fresh = Relaxation(problem, cost).relaxed()
        assert relaxed.infeasible == fresh.infeasible
        if not fresh.infeasible:
            assert abs(relaxed.bound - fresh.bound) <= 1
            assert maximise(problem, cost).value <= relaxed.bound


def test_a_relaxation_tells_why_it_could_not_go_on_from_the_last_answer():
    share = {"rule": "SpendBand", "by": "menu", "max_share": 0.5}
    asked = [
        (scenario(12), None),  # another pagu: only a limit moves
        (scenario(12, [share]), "2 rows x 3 columns, were 1 x 3: from nothing"),
        (scenario(12, [share | {"max_share": 0.4}]), "other coefficients in 1 of 2 rows: from the old basis"),
        (scenario(10, [share | {"max_share": 0.4}]), None),
    ]
    problems = [compile_problem(build_options(THREE, one), one) for one in (scenario(10), *(one for one, _ in asked))]
    kept = Relaxation(problems[0], problems[0].aim(0, 1))
    for problem, (_, reason) in zip(problems[1:], asked, strict=True):
        kept.update(problem, problem.aim(0, 1))
        assert kept.cold == reason and kept.relaxed().bound == Relaxation(problem, problem.aim(0, 1)).relaxed().bound


@settings(max_examples=30)
@given(walks())
def test_only_limits_that_follow_the_budget_move_with_it(walk):
    table, steps = walk
    old = compile_problem(build_options(table, steps[0]), steps[0])
    asked = vary(steps[0], budget_rp={t: 2 * b + 1 for t, b in steps[0].budget_rp.items()})
    cheap, whole = with_budget(old, asked), compile_problem(build_options(table, asked), asked)
    assert (cheap.matrix != whole.matrix).nnz == 0
    assert np.array_equal(cheap.row_lower, whole.row_lower) and np.array_equal(cheap.row_upper, whole.row_upper)


def test_a_point_of_the_usual_size_is_kept():
    assert fits(10**6, 10) and fits(5, 1) and not fits(5, 10) and not fits(10**8, 1)
