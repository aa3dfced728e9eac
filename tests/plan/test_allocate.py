"""The main verb: goals in order, one list that ties cannot change, a plan with its proof."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import oracle
import pytest
from small import MILIAR, candidates, line, out, scenario, usulan, volumes, winners

from planner.base.errors import InfeasibleError, NoneFoundError, PlannerError
from planner.base.processes import Clock, interruptible
from planner.model.build_options import build_options
from planner.model.problem import compile_problem
from planner.plan.allocate import allocate
from planner.solve import engines
from planner.solve import exact as solver
from planner.solve.lexicographic import tie_weights


def test_the_plan_says_what_was_reached_and_what_was_proven():
    plan = allocate(candidates(usulan("A", 6 * MILIAR, 5), usulan("B", 6 * MILIAR, 4)), scenario(10 * MILIAR))
    assert plan["goals"] == [
        {"name": "nilai", "point": 10, "value": 500_000, "paid": 0, "stage_value": 500_000, "bound": 500_000,
         "gap": 0.0, "tolerance": 0.0}
    ]  # fmt: skip
    assert (plan.status, plan["tie_break"]) == ("proven_optimal", "proven")
    assert plan["budget_rp"] == {"2028": 10 * MILIAR}
    assert plan["spent_rp"] == {"2028": 6 * MILIAR}
    assert plan["solver"]["name"] == "highs" and plan["solver"]["version"]


def test_an_exact_fit_of_the_pagu_is_taken():
    plan = allocate(candidates(usulan("A", 6 * MILIAR), usulan("B", 4 * MILIAR)), scenario(10 * MILIAR))
    assert plan["spent_rp"] == {"2028": 10 * MILIAR}


def test_a_pagu_below_every_cost_funds_nothing_and_that_is_a_plan():
    plan = allocate(candidates(usulan("A", 6)), scenario(5))
    assert winners(plan) == []
    assert plan.status == "proven_optimal"
    assert plan["goals"][0]["value"] == 0


def test_money_of_one_year_is_not_money_of_another():
    table = candidates(usulan("A", 6, 5), usulan("B", 6, 4))
    plan = allocate(table, scenario({2028: 6, 2029: 5}))
    assert [(r["usulan_id"], r["ta"]) for r in plan["funded"]] == [("A", 2028)]


def test_an_usulan_is_funded_once_though_both_years_have_money():
    plan = allocate(candidates(usulan("A", 6, 5)), scenario({2028: 6, 2029: 6}))
    assert winners(plan) == ["A"]


def test_lines_are_trimmed_in_whole_units_to_fit_the_pagu():
    # Main Rp 6; three units of Rp 2, at least one. Rp 11 hold two units (10), not 2.5.
    table = candidates(usulan("A", lines=[line(6), line(2, 3, 1, name="2")]))
    plan = allocate(table, scenario(11))
    assert volumes(plan) == {"A": {"1": 1, "2": 2}}
    assert plan["funded"][0]["lines"][1] == {"rincian_id": "2", "volume": 2, "amount_rp": 4}
    assert plan["funded"][0]["amount_rp"] == 10


def test_a_mandatory_line_is_never_below_its_smallest_volume():
    table = candidates(usulan("A", lines=[line(6), line(2, 3, 2, name="2")]))
    assert winners(allocate(table, scenario(9))) == []  # 6 + 2 x 2 = 10


def test_a_line_left_out_is_absent():
    table = candidates(usulan("A", lines=[line(6), line(2, 3, 2, "tidak", name="2")]))
    assert volumes(allocate(table, scenario(9))) == {"A": {"1": 1}}


# -- ties --------------------------------------------------------------------------------------------------------------


def test_equal_usulan_are_taken_by_score_first():
    # Same cost and nilai; TTS is poorer (40) than Kupang (30) and Aceh (10).
    rows = [usulan("A", 6, kode="11.01"), usulan("B", 6, kode="53.02"), usulan("C", 6, kode="53.01")]
    plan = allocate(candidates(*rows), scenario(6))
    assert winners(plan) == ["B"]
    assert plan["tie_break"] == "proven"  # by rank no other list is as good


def test_equal_scores_are_taken_by_kode_then_usulan_id():
    same = {"11.02": {"kemiskinan_pct": 10}}
    rows = [usulan("A", 6, kode="11.02"), usulan("C", 6, kode="11.01"), usulan("B", 6, kode="11.01")]
    assert winners(allocate(candidates(*rows, kabupaten=same), scenario(6))) == ["B"]
    assert winners(allocate(candidates(*rows, kabupaten=same), scenario(12))) == ["B", "C"]


def test_equal_sums_of_ranks_are_settled_the_same_way_every_time():
    # Four equal usulan, two fit: ranks 4 + 1 = 3 + 2, but 4 + 3 is best. With A and D, or B and C, exclusive by a rule:
    # A + D and B + C tie at 5; the shuffled rank decides, and the oracle shuffles the same way.
    rows = [usulan(n, 6, kode=k) for n, k in zip("ABCD", ("11.01", "11.01", "11.01", "11.01"), strict=True)]
    for row, part in zip(rows, ("x", "y", "y", "x"), strict=True):
        row["part"] = part
    table = candidates(*rows)
    rules = [{"rule": "CountBand", "by": "part", "max_share": 0.99}, {"rule": "CountBand", "min": 2}]
    asked = scenario(12, [{"rule": "CountBand", "where": {"part": "x"}, "min": 0, "max": 2}, *rules[1:]])
    exclusive = scenario(12, [{"rule": "TotalBand", "column": "sisi", "min": 0, "max": 0}, *rules[1:]])
    for row, side in zip(rows, (1, 2, -2, -1), strict=True):
        row["sisi"] = side
    table = candidates(*rows)  # the sides must cancel: only A + D (1 - 1) or B + C (2 - 2)
    plan = allocate(table, exclusive)
    assert plan["tie_break"] == "proven"
    legal = oracle.legal_plans(table, exclusive, [plan["goals"][0]["point"]])
    _, top = oracle.best(legal, exclusive)
    assert {p.winners for p in top} == {(("A", 2028), ("D", 2028)), (("B", 2028), ("C", 2028))}
    (expected,) = {p.winners for p in oracle.canonical(top, table, exclusive)}
    assert winners(plan) == [name for name, _ in expected]
    assert winners(allocate(table, asked)) == ["A", "B"]


def test_tie_weights_are_ranks_from_1_and_shuffled_ranks_are_a_permutation():
    asked = scenario(12)
    problem = compile_problem(build_options(candidates(usulan("A", 6), usulan("B", 6, kode="53.01")), asked), asked)
    assert tie_weights(problem, 0).tolist() == [1, 2]  # B is poorer: higher score, higher rank
    assert sorted(tie_weights(problem, 1).tolist()) == [1, 2]


def test_a_list_not_settled_in_time_is_called_canonical_order(monkeypatch):
    monkeypatch.setattr("planner.solve.lexicographic.other_list", lambda *a: None)
    plan = allocate(candidates(usulan("A", 6), usulan("B", 6)), scenario(6))
    assert plan["tie_break"] == "canonical_order"


def test_volumes_of_equal_worth_go_to_the_first_line():
    # Two lines of Rp 2 that may be trimmed; Rp 9 leave three units: line 1 keeps both of its.
    table = candidates(usulan("A", lines=[line(3), line(2, 2, 1, name="2"), line(2, 2, 1, name="3")]))
    assert volumes(allocate(table, scenario(9))) == {"A": {"1": 1, "2": 2, "3": 1}}


def test_volumes_that_tie_in_the_sum_of_ranks_are_not_called_proven_unless_one_remains():
    # Lines 1 and 4 full, or 2 and 3: 4 + 1 = 3 + 2. "proven" promises one answer, so line order must go on deciding.
    lines = [line(3, 2, 1, name="1"), line(2, 2, 1, name="2"), line(2, 2, 1, name="3"), line(1, 2, 1, name="4")]
    plan = allocate(candidates(usulan("A", lines=lines)), scenario(12))
    first_line_first = {"A": {"1": 2, "2": 1, "3": 1, "4": 2}}
    assert plan["tie_break"] == "canonical_order" or volumes(plan) == first_line_first


# -- failures ----------------------------------------------------------------------------------------------------------


def test_infeasible_and_none_found_are_different_errors_both_a_planner_can_mend():
    table = candidates(usulan("A", 6))
    with pytest.raises(InfeasibleError) as infeasible:
        allocate(table, scenario(5, [{"rule": "Lock", "state": "in", "usulan": ["A"]}]))
    with pytest.raises(NoneFoundError) as none_found:
        allocate(table, scenario(6), clock=Clock(stopped=True))
    assert infeasible.value.diagnosis.conflicts
    assert not isinstance(none_found.value, InfeasibleError)
    assert isinstance(infeasible.value, PlannerError) and isinstance(none_found.value, PlannerError)


def test_ctrl_c_asks_the_search_to_stop_and_leaves_the_handler_as_it_was():
    before, clock = signal.getsignal(signal.SIGINT), Clock()
    with interruptible(clock):
        signal.raise_signal(signal.SIGINT)
        assert clock.stopped
    assert signal.getsignal(signal.SIGINT) is before


def test_outside_the_main_thread_there_is_no_handler_and_no_error():
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        plan = pool.submit(allocate, candidates(usulan("A", 6)), scenario(6)).result()
    assert winners(plan) == ["A"]


def test_progress_names_each_goal_and_the_question_of_ties():
    told = []
    allocate(candidates(usulan("A", 6)), scenario(6, goals=["nilai", "ikm"]), told.append)
    assert len(told) == 3
    assert "IKM" in told[1]


# -- same inputs, same bytes -------------------------------------------------------------------------------------------

RUN = """
import sys
sys.path.insert(0, {tests!r})
from some_usulan import RULES, some_table
from small import MILIAR, scenario
from planner.plan.allocate import allocate
plan = allocate(some_table(1, 40), scenario(40 * MILIAR, RULES, ["nilai", ("ikm", 0.01)]))
plan.save(sys.argv[1])
"""


def test_two_runs_in_separate_processes_give_the_same_bytes(tmp_path):
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    for seed, file in enumerate(files):
        code = RUN.format(tests=str(Path(__file__).parents[1]))
        command = [sys.executable, "-c", code, str(file)]
        environment = __import__("os").environ | {"PYTHONHASHSEED": str(seed + 1)}
        subprocess.run(command, check=True, env=environment)
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_tables_give_the_same_plan(seed):
    from some_usulan import RULES, some_table

    table, asked = some_table(20 + seed, 30), scenario(30 * MILIAR, RULES)
    shuffled = {
        name: getattr(table, name).sample(frac=1, random_state=seed)[
            list(np.random.default_rng(seed).permutation(getattr(table, name).columns))
        ]
        for name in ("usulan", "rincian", "kabupaten", "komponen")
    }
    other = type(table)(**shuffled, assumptions=table.assumptions, modelled=False, inputs=table.inputs)
    assert allocate(other, asked).content == allocate(table, asked).content


HOSTILE = [
    "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "../../etc/passwd", "a\"b'c", "baris\nbaru", "😀🏝", "x" * 5_000,
    "A:2028", "A:2028:1", "{name}", "%s", "",
]  # fmt: skip


def test_hostile_names_are_data():
    rows = [usulan(name or "kosong", 6, i + 1, nama=name, sentra_id=name) for i, name in enumerate(HOSTILE)]
    plan = allocate(candidates(*rows), scenario(6 * 5))
    assert sorted(winners(plan)) == sorted(name or "kosong" for name in HOSTILE[-5:])
    assert {*winners(plan), *out(plan)} == {name or "kosong" for name in HOSTILE}


def test_ids_that_look_like_each_other_with_years_and_lines_stay_apart():
    # usulan 'A' with line '2028:1' and usulan 'A:2028' with line '1' must not be taken for one another.
    from planner.plan.derive import choice_of

    rows = [
        usulan("A", nilai=3, lines=[line(4), line(2, 3, 1, name="2028:1")]),
        usulan("A:2028", nilai=2, lines=[line(4), line(2, 3, 1, "tidak", name="1"), line(1, name="x")]),
    ]
    rows[1]["lines"] = [line(4, name="m"), line(2, 3, 1, name="1")]
    asked = scenario(17)
    plan = allocate(candidates(*rows), asked)
    problem = compile_problem(build_options(candidates(*rows), asked), asked)
    assert len(set(problem.column_names)) == problem.width
    amounts = problem.decisions(choice_of(plan["funded"], problem)).amount.tolist()
    assert amounts == [record["amount_rp"] for record in plan["funded"]]


def test_a_plan_above_a_stated_bound_sends_the_search_back_without_presolve(monkeypatch):
    # The first answer claims that B (4) is proven best; asked for another list, the solver finds A (5): refuted.
    table = candidates(usulan("A", 6, 5), usulan("B", 6, 4))
    real, seen = engines.carry, []

    def lying(model, settings, start):
        seen.append(settings.presolve)
        return (np.array([0, 1]), int(model.cost[1]), "done") if len(seen) == 1 else real(model, settings, start)

    monkeypatch.setattr(solver, "carry", lying)
    plan = allocate(table, scenario(6))
    assert winners(plan) == ["A"] and plan.status == "proven_optimal" and plan["tie_break"] == "proven"
    assert False in seen


def test_rounding_per_unit_of_a_line_of_many_units_is_never_called_proven():
    # A is worth 400,000 points, but a unit of its line not a whole part of a point: what trimming costs is not seen.
    units = 400_000_000_000
    table = candidates(usulan("A", nilai=400, lines=[line(1, units, 1)]), usulan("B", units, 4))
    plan = allocate(table, scenario(units))
    assert plan.status == "best_found" and plan["goals"][0]["gap"] > 0.4


def test_a_hall_of_thousands_of_m2_is_trimmed_by_the_square_metre_and_proven():
    # 3,000 m2 at 1 bring 4; 2,400 of them fit and bring 3.2 of 4: 0.8 x 400,000 points, all of it proven.
    table = candidates(usulan("A", nilai=4, lines=[line(1, 3_000, 1)]))
    plan = allocate(table, scenario(2_400))
    assert plan.status == "proven_optimal" and plan["tie_break"] == "proven"
    assert volumes(plan) == {"A": {"1": 2_400}}
    assert plan["goals"][0]["value"] * plan["goals"][0]["point"] == 3_200_000
