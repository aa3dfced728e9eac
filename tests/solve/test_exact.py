"""HiGHS by arrays, the same as a PuLP problem, CBC: the same answer, exact in rupiah, and no status that overclaims."""

import random
from dataclasses import replace
from time import monotonic

import numpy as np
import oracle
import pulp
import pytest
from small import MILIAR, candidates, line, scenario, usulan, volumes, winners
from some_usulan import RULES, some_table

from planner.base.errors import InfeasibleError, NoneFoundError, PlannerError
from planner.base.processes import Clock
from planner.model.build_options import build_options
from planner.model.problem import compile_problem
from planner.model.status import proven
from planner.plan.allocate import allocate
from planner.solve import engines
from planner.solve import exact as solver
from planner.solve.engines import Settings
from planner.solve.exact import maximise
from planner.solve.point_size import chosen_point
from planner.solve.relaxation import lp_bound


def problem_and_cost(table, asked):
    problem = compile_problem(build_options(table, asked), asked)
    return problem, problem.goal_points(0, chosen_point(problem, 0))


@pytest.mark.parametrize(("seed", "count"), [(1, 20), (2, 40), (3, 60), (4, 80)])
def test_cbc_and_highs_give_the_same_list_when_both_are_proven(seed, count):
    table = some_table(seed, count)
    asked = scenario(count * MILIAR, RULES)
    ours = allocate(table, asked)
    theirs = allocate(table, scenario(count * MILIAR, RULES, solver={"name": "cbc", "gap": 0.0, "time_limit_s": 60}))
    assert ours.status == theirs.status == "proven_optimal"
    assert ours["goals"] == theirs["goals"]
    assert theirs["solver"]["name"] == "cbc"
    assert ours["tie_break"] == theirs["tie_break"] == "proven"
    assert ours["funded"] == theirs["funded"]


@pytest.mark.parametrize("engine", ["HiGHS", "cbc"])
@pytest.mark.parametrize("seed", [5, 6])
def test_as_an_ordinary_pulp_problem_it_has_the_same_optimum(engine, seed):
    problem, cost = problem_and_cost(some_table(seed, 25), scenario(25 * MILIAR, RULES))
    ours = maximise(problem, cost)
    lp, x = engines.as_pulp(solver.model_of(problem, cost, (), {}))
    if engine == "HiGHS":
        lp.solve(pulp.HiGHS(msg=False, gapRel=0.0, gapAbs=0.9, mip_feasibility_tolerance=1e-9))
    else:
        lp.solve(engines.engine(Settings(engine="cbc"), 60, "/tmp"))
    found = np.array([round(v.varValue or 0) for v in x])
    assert problem.broken(found) == []
    assert problem.worth(cost, found) == ours.value == ours.bound
    # the names are the arrays' own
    assert len(lp.constraints()) >= problem.matrix.shape[0]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("engine", ["highs", "cbc"])
def test_sets_that_exceed_the_pagu_by_a_few_rupiah_are_never_chosen(seed, engine):
    # Twelve costs of Rp 1 to 90 miliar; the pagu is one subset's sum less Rp 1 to 20,000, and that subset is the most
    # attractive: everything in it brings more per rupiah.
    rng = random.Random(seed)
    costs = [rng.randrange(MILIAR, 90 * MILIAR) for _ in range(12)]
    subset = set(rng.sample(range(12), 6))
    pagu = sum(costs[i] for i in subset) - rng.choice([1, 2, 7, 100, 1_000, 4_999, 20_000])
    nilai = [costs[i] / MILIAR * (1.3 if i in subset else 1.0) for i in range(12)]
    table = candidates(*[usulan(f"U{i:02}", costs[i], round(nilai[i], 6)) for i in range(12)])
    asked = scenario(pagu, solver={"name": engine, "gap": 0.0, "time_limit_s": 60})
    plan = allocate(table, asked)
    assert plan["spent_rp"]["2028"] <= pagu
    assert plan["spent_rp"]["2028"] == sum(costs[int(name[1:])] for name in winners(plan))
    legal = oracle.legal_plans(table, asked, [plan["goals"][0]["point"]])
    assert plan["goals"][0]["value"] == max(p.goals[0] for p in legal)


def test_a_pagu_missed_by_one_rupiah_is_missed():
    table = candidates(usulan("A", 6 * MILIAR + 1, 5), usulan("B", 4 * MILIAR, 4))
    assert winners(allocate(table, scenario(10 * MILIAR))) == ["A"]
    assert winners(allocate(table, scenario(10 * MILIAR + 1))) == ["A", "B"]


# -- statuses ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def two():
    return candidates(usulan("A", 6, 5), usulan("B", 6, 4))


@pytest.mark.parametrize("engine", ["highs", "cbc"])
def test_no_time_at_all_is_none_found_never_proven_and_never_infeasible(engine):
    with pytest.raises(NoneFoundError) as caught:
        allocate(some_table(7, 60), scenario(30 * MILIAR, RULES, solver={"name": engine, "time_limit_s": 1e-6}))
    assert not isinstance(caught.value, InfeasibleError)


@pytest.mark.parametrize("limit_s", [0.02, 0.05, 0.2])
def test_a_time_limit_with_a_plan_in_hand_is_not_called_more_than_its_bound_shows(limit_s):
    table = some_table(8, 400)
    try:
        plan = allocate(table, scenario(300 * MILIAR, RULES, solver={"gap": 0.0, "time_limit_s": limit_s}))
    except NoneFoundError:
        return
    (goal,) = plan["goals"]
    shown = goal["bound"] is not None and goal["bound"] - goal["value"] < 1
    assert plan.status == ("proven_optimal" if shown else "best_found")


def test_ctrl_c_before_any_plan_is_none_found(two):
    with pytest.raises(NoneFoundError):
        allocate(two, scenario(6), clock=Clock(stopped=True))


def stopped_early(monkeypatch, more_points, reason="time"):
    """The engine stops with its best plan and a bound that lies higher."""
    real = engines.carry

    def carried(model, settings, start):
        x, bound, _ = real(model, settings, start)
        return x, None if more_points is None else bound + more_points, reason

    monkeypatch.setattr(solver, "carry", carried)


@pytest.mark.parametrize(
    ("more_points", "gap", "status", "stated"),
    [
        (500, 0.0, "best_found", 500 / 500_500),
        (500, 0.002, "proven_within", 500 / 500_500),  # nilai 5 is 500,000 points of 10
        (500, 0.0009, "best_found", 500 / 500_500),  # 500 / 500,500 = 0.0999 %
        (1, 0.0, "best_found", 1 / 500_001),
        (0, 0.0, "proven_optimal", 0.0),
        (None, 0.9, "best_found", None),
    ],
)
def test_the_status_follows_from_value_and_bound(two, monkeypatch, more_points, gap, status, stated):
    stopped_early(monkeypatch, more_points)
    plan = allocate(two, scenario(6, solver={"gap": gap}))
    (goal,) = plan["goals"]
    assert (goal["value"], goal["point"]) == (500_000, 10)
    assert plan.status == status
    assert goal["gap"] == (None if stated is None else pytest.approx(stated, abs=1e-9))
    assert plan["tie_break"] == ("proven" if status == "proven_optimal" else "canonical_order")


def test_a_goal_beyond_2_million_points_is_told_in_larger_ones(two, monkeypatch):
    # One point per 1e-6: nilai 5 would be 5,000,000 points, too fine for a solver's bound to be trusted.
    monkeypatch.setattr("planner.solve.lexicographic.chosen_point", lambda problem, goal: 1)
    plan = allocate(two, scenario(6))
    (goal,) = plan["goals"]
    assert (goal["point"], goal["stage_value"], goal["bound"]) == (10, 500_000, 500_000)
    assert (plan.status, plan["tie_break"]) == ("proven_optimal", "proven")


def test_nothing_beyond_two_million_points_is_proven():
    assert proven(2_000_000, 2_000_000) and not proven(2_000_001, 2_000_001)
    assert not proven(100, 101) and not proven(100, None)


# -- what the engine says is not taken on trust ------------------------------------------------------------------------


def test_infeasible_is_believed_only_after_a_second_solve_without_presolve(two, monkeypatch):
    real, asked = engines.carry, []

    def carried(model, settings, start):
        asked.append(settings.presolve)
        return (None, None, "infeasible") if settings.presolve else real(model, settings, start)

    monkeypatch.setattr(solver, "carry", carried)
    problem, cost = problem_and_cost(two, scenario(6))
    found = maximise(problem, cost)
    assert asked == [True, False]
    assert found.value == 500_000


def test_infeasible_is_never_believed_when_a_legal_plan_is_known(two, monkeypatch):
    problem, cost = problem_and_cost(two, scenario(6))
    monkeypatch.setattr(solver, "carry", lambda *a: (None, None, "infeasible"))
    found = maximise(problem, cost, (), np.array([0, 1]))
    assert found.stopped != "infeasible"
    assert (found.value, found.bound, found.x.tolist()) == (400_000, None, [0, 1])


def test_an_answer_over_a_row_is_cut_off_and_the_bound_stays_true(two, monkeypatch):
    # First the engine "rounds" to A + B = 12 rupiah of 8. The next model holds the row A + B <= 1 and the same pagu.
    real, models = engines.carry, []

    def carried(model, settings, start):
        models.append(model)
        return (np.array([1, 1]), 900_000, "done") if len(models) == 1 else real(model, settings, start)

    monkeypatch.setattr(solver, "carry", carried)
    problem, cost = problem_and_cost(two, scenario(8))
    found = maximise(problem, cost)
    first, second = models
    assert second.upper[0] == first.upper[0] and second.matrix.shape[0] == first.matrix.shape[0] + 1
    assert second.matrix.toarray()[-1].tolist() == [-1, -1] and second.lower[-1] == -1
    assert problem.broken(found.x) == [] and found.bound == found.value


def test_a_volume_between_its_ends_tightens_the_row_instead_and_the_bound_stays_that_of_the_first(monkeypatch):
    # One line of 1 to 9 units at Rp 1: the engine "answers" 5 units for a pagu of 3, over by 2. No cut says "fewer
    # than five" with whole columns alone, so the pagu is tightened by 2: one unit.
    table = candidates(usulan("A", lines=[line(1, 9, 1)]))
    real, limits = engines.carry, []

    def carried(model, settings, start):
        limits.append(round(model.upper[0] * 10**6))
        return (np.array([1, 5]), 900_000, "done") if len(limits) == 1 else real(model, settings, start)

    monkeypatch.setattr(solver, "carry", carried)
    problem, cost = problem_and_cost(table, scenario(3))
    found = maximise(problem, cost)
    assert limits == [3, 1] and found.x.tolist() == [1, 1]
    assert found.bound == 900_000  # what the tightened model proves is not proven of the problem


def test_a_stage_never_returns_less_than_the_plan_it_started_from(two, monkeypatch):
    problem, cost = problem_and_cost(two, scenario(6))
    monkeypatch.setattr(solver, "carry", lambda *a: (np.array([0, 1]), 500_000, "time"))
    assert maximise(problem, cost, (), np.array([1, 0])).value == 500_000


def test_a_float_bound_is_rounded_down_to_whole_points():
    assert engines.whole_bound(499_999.4) == 499_999
    assert engines.whole_bound(499_999.9999) == 500_000  # the solver's own rounding
    assert engines.whole_bound(500_000.0) == 500_000
    assert engines.whole_bound(float("inf")) is None


def test_the_lp_bound_lies_above_the_optimum():
    problem, cost = problem_and_cost(some_table(9, 30), scenario(30 * MILIAR, RULES))
    bound = lp_bound(problem, cost)
    best = maximise(problem, cost)
    assert best.value <= bound / problem.parts_per_point + 1e-6


def test_the_lp_bound_of_a_goal_in_rupiah_is_found_too():
    # The LP has an optimum (half of the building). Its costs in 1e-6 rupiah are 10^13, which HiGHS alone gave up on;
    # without the bound the points are chosen wrong and a plan that is optimal is never called so.
    table = candidates(usulan("A", lines=[line(50 * 10**6), line(14 * 10**6, 3, 2, "tidak", name="2")]))
    asked = scenario(48_815_998, goals=["amount_rp"])
    problem = compile_problem(build_options(table, asked), asked)
    bound = lp_bound(problem, problem.goal_points(0, 1))
    assert bound / problem.parts_per_point == pytest.approx(48_815_998 * 10**6, rel=0.05)


def test_an_answered_question_stops_the_search():
    problem, cost = problem_and_cost(some_table(10, 80), scenario(80 * MILIAR, RULES))
    found = maximise(problem, cost, (), None, Settings(enough=lambda incumbent, bound: incumbent > 0))
    assert found.stopped in ("enough", "done")
    assert problem.broken(found.x) == []


def test_a_deadline_in_the_past_asks_no_engine():
    problem, cost = problem_and_cost(some_table(10, 10), scenario(10 * MILIAR))
    found = maximise(problem, cost, settings=Settings(clock=Clock(deadline_s=monotonic() - 1)))
    assert (found.x, found.bound, found.stopped) == (None, None, "time")


def test_an_unknown_solver_is_an_error_with_the_nearest_name(two):
    with pytest.raises(PlannerError, match="'highs'"):
        allocate(two, scenario(6, solver={"name": "high"}))
    with pytest.raises(PlannerError, match="GUROBY"):
        allocate(two, scenario(6, solver={"name": "GUROBY"}))


def test_a_missing_cbc_is_an_error_with_the_command_that_installs_it(two, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cbcbox", None)
    with pytest.raises(PlannerError, match="pip install cbcbox"):
        allocate(two, scenario(6, solver={"name": "cbc"}))


def test_cbc_works_when_the_temporary_folder_has_a_blank(two, monkeypatch, tmp_path):
    import tempfile

    folder = tmp_path / "My Documents"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    assert winners(allocate(two, scenario(6, solver={"name": "cbc", "gap": 0.0}))) == ["A"]


def test_volumes_of_equal_worth_are_settled_the_same_way_by_both_solvers():
    # Four lines of two units that may be trimmed to one, at Rp 3, 2, 2, 1; Rp 12 of 16: lines 1 and 4 full, or 2 and 3.
    # Both cost Rp 4 more than the least. Line order prefers the first line.
    lines = [line(3, 2, 1, name="1"), line(2, 2, 1, name="2"), line(2, 2, 1, name="3"), line(1, 2, 1, name="4")]
    table = candidates(usulan("A", lines=lines))
    plans = [allocate(table, scenario(12, solver={"name": n, "gap": 0.0})) for n in ("highs", "cbc")]
    assert [volumes(plan) for plan in plans] == [{"A": {"1": 2, "2": 1, "3": 1, "4": 2}}] * 2


def test_the_same_settings_without_presolve_give_the_same_optimum():
    problem, cost = problem_and_cost(some_table(11, 30), scenario(30 * MILIAR, RULES))
    one, other = (maximise(problem, cost, settings=replace(Settings(), presolve=p)) for p in (True, False))
    assert one.value == other.value == one.bound == other.bound


# -- no false verdict --------------------------------------------------------------------------------------------------


def planted(seed, seconds):
    """A table, tight rules around a plan that is legal by construction, its problem and that plan's columns."""
    rng = random.Random(seed)
    count = rng.choice([40, 80, 120])
    table = some_table(seed + 1000, count)
    options = build_options(table, scenario(MILIAR * 1000))
    winner = rng.sample(range(count), count // 3)
    usulan_ = options.table.iloc[winner]
    spent = int(usulan_["amount_rp"].sum())
    rules = [
        {"rule": "SpendBand", "by": "pulau", "max_share": 1.0, "of": "budget"},
        {"rule": "SpendBand", "min_rp": spent - rng.randrange(20_000)},
        {"rule": "CountBand", "min": len(winner), "max": len(winner)},
        {"rule": "TotalBand", "column": "ikm", "min": int(usulan_["ikm"].sum()) - rng.randrange(3)},
    ]
    for column in ("provinsi", "menu"):
        for value, part in usulan_.groupby(column):
            money = int(part["amount_rp"].sum())
            rules.append({"rule": "SpendBand", "where": {column: value}, "min_rp": money - rng.randrange(10**8)})
            rules.append({"rule": "SpendBand", "where": {column: value}, "max_rp": money + rng.randrange(10**8)})
    goals = [("nilai", 0.0), ("ikm", rng.choice([0.0, 0.001, 0.01]))]
    asked = scenario(spent, rules, goals, solver={"gap": 0.0, "time_limit_s": seconds})
    problem = compile_problem(build_options(table, asked), asked)
    x = np.zeros(problem.width, dtype=np.int64)
    for i in winner:
        x += problem.full[[i]].toarray()[0]
    assert problem.broken(x) == []  # the planted plan is legal, in whole rupiah
    return table, asked, problem, x


def never_infeasible(seed, seconds):
    table, asked, problem, x = planted(seed, seconds)
    try:
        plan = allocate(table, asked)
    except InfeasibleError as error:  # pragma: no cover
        pytest.fail(f"seed {seed} is called infeasible: {error}")
    except NoneFoundError:
        return  # time was up; nothing is claimed
    goal = plan["goals"][0]
    known = problem.worth(problem.goal_points(0, goal["point"]), x)
    assert goal["bound"] is None or goal["bound"] >= known
    assert plan.status != "proven_optimal" or goal["stage_value"] >= known


@pytest.mark.parametrize("seed", range(15))
def test_an_instance_with_a_known_plan_is_never_called_infeasible(seed):
    never_infeasible(seed, 1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(215))
def test_215_instances_with_a_known_plan_are_never_called_infeasible(seed):
    never_infeasible(seed, 3)
