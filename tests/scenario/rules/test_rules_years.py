"""Rules over the years, each on a table for a pencil, then on random tables against trying everything."""

import oracle
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from phased import BURDEN, FINISH, ORDER, past, phased, step
from small import candidates, out, rows_say_what_holds_says, scenario, usulan, winners

from planner.base.errors import InfeasibleError, PlannerError
from planner.model.build_options import build_options
from planner.model.problem import compile_problem
from planner.plan.allocate import allocate
from planner.scenario.rules import RULES

LOOSE = ORDER | {"book": False}


def years(plan) -> dict[str, int]:
    return {record["usulan_id"]: record["ta"] for record in plan["funded"]}


def solved(table, *rules, budget_rp=None):
    return allocate(table, scenario(budget_rp or {2028: 5, 2029: 5}, rules))


def refused(table, *rules, budget_rp=None) -> str:
    """What the planner reads where no plan exists; the first rule's own sentence must be in it."""
    asked = scenario(budget_rp or {2028: 5, 2029: 5}, rules)
    with pytest.raises(InfeasibleError) as caught:
        allocate(table, asked)
    assert asked.rules[0].sentence() in str(caught.value)
    return str(caught.value)


# PhaseOrder


def test_PhaseOrder_changes_the_answer():
    # Room for one usulan a year. Free: the second phase (9) and C (6). In order: the first phase before the second, 10.
    table = candidates(step("A1", 1, nilai=1), step("A2", 2, nilai=9), usulan("C", 5, 6))
    assert winners(solved(table)) == ["A2", "C"]
    assert years(solved(table, ORDER)) == {"A1": 2028, "A2": 2029}


def test_PhaseOrder_infeasible_names_its_sentence():
    table = candidates(step("A1", 1), step("A2", 2))
    assert "fase sebelumnya" in refused(table, ORDER, {"rule": "Lock", "state": "in", "usulan": ["A2"]}, budget_rp=5)


def test_PhaseOrder_books_the_next_phase_only_where_it_can_follow():
    # A1 (4) and then C (6), which comes in 2029, would be best; but who starts A1 must find room there for A2 (1).
    rows = step("A1", 1, nilai=4), step("A2", 2, nilai=1), usulan("C", 5, 6, ta=2029)
    assert winners(solved(candidates(*rows), LOOSE)) == ["A1", "C"]
    assert winners(solved(candidates(*rows), ORDER)) == ["C"]  # A1 + A2 bring 5
    assert winners(solved(candidates(*rows), ORDER, budget_rp={2029: 10})) == ["A1", "C"]  # one year bans no start
    late = rows[0], step("A2", 2, nilai=1, ta=2030), rows[2]
    assert winners(solved(candidates(*late), ORDER)) == ["A1", "C"]  # the next phase comes after the last budget
    gated = rows[0], step("A2", 2, nilai=1, ikm_komitmen=2), rows[2]
    assert winners(solved(candidates(*gated), ORDER, {"rule": "MinimumIKM"})) == ["A1", "C"]
    locked = {"rule": "Lock", "state": "out", "usulan": ["A2"]}
    assert winners(solved(candidates(*rows), ORDER, locked)) == ["C"]  # who bars the next phase bars the start


def test_PhaseOrder_takes_what_is_done_from_realisasi():
    rows = step("A2", 2, nilai=9), usulan("C", 5, 6)
    one = {"budget_rp": 5}
    done = past(sentra_id="s", fase=1)
    assert winners(solved(candidates(*rows, realisasi=[done]), ORDER, **one)) == ["A2"]
    assert winners(solved(candidates(*rows, realisasi=[done | {"fase": None}]), ORDER, **one)) == ["A2"]
    for nothing in ({"serap_rp": 0}, {"output_pct": 0.0}):  # known to have come to nothing: there, but not done
        assert winners(solved(candidates(*rows, realisasi=[done | nothing]), ORDER, **one)) == ["C"]
    unknown = done | {"pagu_rp": None, "serap_rp": None, "output_pct": None}
    assert winners(solved(candidates(*rows, realisasi=[unknown]), ORDER, **one)) == ["A2"]
    # By the usulan's own key: A1 was funded in 2025, so it is no option any more and A2 may follow.
    plan = solved(candidates(step("A1", 1, nilai=20), *rows, realisasi=[past("A1")]), ORDER, **one)
    assert winners(plan) == ["A2"] and out(plan)["A1"] == ("gate", "PhaseOrder:0")
    assert "TA 2025" in next(r["reason"]["id"] for r in plan["not_funded"] if r["usulan_id"] == "A1")
    again = solved(candidates(step("A1", 1, nilai=20), *rows, realisasi=[past("A1", serap_rp=0)]), ORDER, **one)
    assert winners(again) == ["A1"]  # that came to nothing: it may be funded again


def test_PhaseOrder_names_every_phase_without_a_previous_one_at_once():
    table = candidates(step("A2", 2), step("B3", 3, "t"), step("B1", 1, "t"), step("D2", 2, None), usulan("C", 5))
    with pytest.raises(PlannerError) as caught:
        solved(table, ORDER)
    texts = caught.value.problems
    assert len(texts) == 3 and all(text.startswith("rules[0]: ") for text in texts)
    assert "'A2' adalah fase 2 dari sentra 's'" in texts[0] and "fase 2 tidak ada" in texts[1]
    assert "'D2' adalah fase 2 dari sentra –" in texts[2]


def test_PhaseOrder_lets_any_usulan_of_the_previous_phase_open_the_next():
    table = candidates(step("A1", 1, nilai=1, cost_rp=9), step("B1", 1, nilai=1), step("A2", 2, nilai=9))
    assert years(solved(table, ORDER)) == {"B1": 2028, "A2": 2029}


def test_PhaseOrder_leads_through_three_phases():
    rows, budget = (step("A1", 1), step("A2", 2), step("A3", 3)), dict.fromkeys((2028, 2029, 2030), 5)
    assert years(solved(candidates(*rows), ORDER, budget_rp=budget)) == {"A1": 2028, "A2": 2029, "A3": 2030}
    # C takes 2030: A1 would have to be followed by A2, and that by A3, for which no year is left.
    table = candidates(*rows, usulan("C", 5, 99, ta=2030))
    assert winners(solved(table, ORDER, budget_rp=budget)) == ["C"]
    assert winners(solved(table, LOOSE, budget_rp=budget)) == ["A1", "A2", "C"]


def test_PhaseOrder_a_start_that_is_outbid_is_not_said_to_break_the_order():
    # Each year's 5 go to C, D, E. A1 (and A2 with it) brings less, and no rule keeps the two out.
    rows = step("A1", 1, nilai=1), step("A2", 2, nilai=1)
    rich = [usulan(name, 5, 9, kode="11.02") for name in "CDE"]
    asked, three = [ORDER, {"rule": "MaxPerKabupaten", "max": 2}], dict.fromkeys((2028, 2029, 2030), 5)
    plan = solved(candidates(*rows, *rich), *asked, budget_rp=three)
    assert winners(plan) == ["C", "D", "E"] and out(plan)["A1"] == ("price", None)
    assert out(plan)["A2"][0] == "rule"  # alone it would come before its first phase
    # In the last year it books nothing, whatever may follow: that it is outbid there is the reason.
    locked = {"rule": "Lock", "state": "out", "usulan": ["A2"]}
    assert out(solved(candidates(*rows, *rich), ORDER, locked))["A1"] == ("price", None)
    # A rule that the two break together is named: one usulan of a kabupaten in a year, and B1 and B2 are there.
    full = [usulan(name, 2, 9) for name in ("B1", "B2")]
    late = dict.fromkeys((2028, 2029), 5)
    most = {"rule": "CountBand", "by": "kode", "max": 1}
    assert out(solved(candidates(*rows, *full), ORDER, most, budget_rp=late))["A1"] == (
        "rule",
        "CountBand:1:11.01:2028:max",
    )


def test_a_horizon_of_thirty_years_has_a_row_per_option_and_is_solved():
    table = candidates(step("A1", 1), step("A2", 2), step("A3", 3))
    budget = dict.fromkeys(range(2028, 2058), 5)
    problem = compile_problem(build_options(table, asked := scenario(budget, [ORDER])), asked)
    names = [[row.group, row.bound] for row in problem.row_labels if row.bound in ("urut", "lanjut")]
    # Phases 2 and 3 in each of 30 years have a row; phases 1 and 2 in each year but the last have to be followed.
    assert names.count(["A2", "urut"]) == names.count(["A3", "urut"]) == 30
    assert names.count(["A1", "lanjut"]) == names.count(["A2", "lanjut"]) == 29
    plan = years(allocate(table, asked))
    assert sorted(plan) == ["A1", "A2", "A3"] and plan["A1"] < plan["A2"] < plan["A3"]


# FinishFirst


GOING = step("A2", 2, nilai=1, kode="11.01")  # its first phase is done
NEW = usulan("C", 5, 9, kode="11.01")


def test_FinishFirst_changes_the_answer():
    # One may be funded: the new sentra (9) or the begun one (1), in one kabupaten; B (2) is of another province.
    table = candidates(GOING, NEW, usulan("B", 5, 2, kode="53.01"), realisasi=[past(sentra_id="s", fase=1)])
    assert winners(solved(table, budget_rp=5)) == ["C"]
    assert winners(solved(table, FINISH, budget_rp=5)) == ["B"]  # C waits for A2, B for nothing
    assert winners(solved(table, FINISH, budget_rp=10)) == ["A2", "C"]
    assert years(solved(table, FINISH, budget_rp={2028: 5, 2029: 5})) == {"A2": 2028, "C": 2029}


def test_FinishFirst_infeasible_names_its_sentence():
    table = candidates(GOING, NEW, realisasi=[past(sentra_id="s", fase=1)])
    assert "didahulukan" in refused(table, FINISH, {"rule": "Lock", "state": "in", "usulan": ["C"]}, budget_rp=5)


def test_FinishFirst_is_not_blocked_by_what_a_gate_or_a_lock_keeps_out_or_what_comes_later():
    done = {"realisasi": [past(sentra_id="s", fase=1)]}
    for lock in ({"usulan": ["A2"]}, {"kabupaten": ["11.02"]}):
        rows = GOING | {"kode": "11.02"}, NEW
        locked = {"rule": "Lock", "state": "out"} | lock
        assert winners(solved(candidates(*rows, **done), FINISH | {"by": "provinsi"}, locked, budget_rp=5)) == ["C"]
    gated = candidates(GOING | {"ikm_komitmen": 2}, NEW, **done)
    assert winners(solved(gated, FINISH, {"rule": "MinimumIKM"}, budget_rp=5)) == ["C"]
    later = candidates(GOING | {"ta": 2029}, NEW, **done)
    assert years(solved(later, FINISH)) == {"A2": 2029, "C": 2028}  # not ready in 2028
    nothing = candidates(GOING, NEW, realisasi=[past(sentra_id="s", fase=1, serap_rp=0)])
    assert winners(solved(nothing, FINISH, budget_rp=5)) == ["C"]  # what came to nothing is not begun


def test_FinishFirst_asks_nothing_for_what_is_finished_nor_of_who_goes_on():
    finished = [past("x", sentra_id="s", fase=1), past("y", sentra_id="s", fase=2)]
    assert winners(solved(candidates(GOING, NEW, realisasi=finished), FINISH, budget_rp=5)) == ["C"]
    # C1 is phase 1 again of a sentra that is begun, so no start; B1 is one, and waits for A2.
    again = [past("x", sentra_id="s", fase=1), past("y", sentra_id="t", fase=1)]
    rows = GOING, step("C1", 1, "t", nilai=9), step("B1", 1, "v", nilai=20)
    assert winners(solved(candidates(*rows, realisasi=again), FINISH, budget_rp=5)) == ["C1"]
    # Who only follows a start of this plan (D2) is no continuation: C needs nobody.
    rows = step("D1", 1, "d", nilai=1), step("D2", 2, "d", nilai=1), NEW
    assert winners(solved(candidates(*rows), FINISH, budget_rp=5)) == ["C"]


def test_FinishFirst_looks_at_the_groups_that_it_is_given():
    table = candidates(GOING, NEW | {"kode": "11.02"}, realisasi=[past(sentra_id="s", fase=1)])
    assert winners(solved(table, FINISH, budget_rp=5)) == ["C"]  # another kabupaten
    assert winners(solved(table, FINISH | {"by": "provinsi"}, budget_rp=5)) == ["A2"]
    with pytest.raises(PlannerError, match=r"rules\[0\].*propinsi"):
        solved(table, FINISH | {"by": "propinsi"})


def test_FinishFirst_forgets_the_lock_that_another_scenario_had():
    table = candidates(GOING, NEW, realisasi=[past(sentra_id="s", fase=1)])
    locked = scenario(5, [FINISH, {"rule": "Lock", "state": "out", "usulan": ["A2"]}])
    problem = compile_problem(build_options(table, locked), locked)
    assert problem.options.locked_out == {"A2"}
    again = compile_problem(problem.options, scenario(5, [FINISH]))
    assert again.options.locked_out == frozenset()
    assert [name for name in again.row_names if name.startswith("FinishFirst")] == ["FinishFirst:0:C:2028:lanjutan"]


# OperatingBurden


def test_OperatingBurden_changes_the_answer():
    # 7 a year can be carried: A (5) or B (4), not both, in whatever years; C is of another kabupaten.
    rows = (
        usulan("A", 5, 9, om_tahunan_rp=5),
        usulan("B", 5, 8, om_tahunan_rp=4),
        usulan("C", 5, 1, kode="53.01", om_tahunan_rp=7),
    )
    daerah = [{"kode": kode, "ta": 2027, "kapasitas_om_rp": 7} for kode in ("11.01", "53.01")]
    table = candidates(*rows, daerah=daerah)
    assert winners(solved(table)) == ["A", "B"]
    assert winners(solved(table, BURDEN)) == ["A", "C"]
    assert winners(solved(candidates(*rows), BURDEN | {"capacity_rp": 9})) == ["A", "B"]
    assert winners(solved(candidates(*rows), BURDEN | {"capacity_rp": 8})) == ["A", "C"]


def test_OperatingBurden_infeasible_names_its_sentence():
    table = candidates(usulan("A", 5, om_tahunan_rp=5), usulan("B", 5, om_tahunan_rp=4))
    assert "Rp 8" in refused(table, BURDEN | {"capacity_rp": 8}, {"rule": "CountBand", "min": 1})


def test_OperatingBurden_takes_the_latest_capacity_that_is_in_force():
    rows = usulan("A", 5, 9, om_tahunan_rp=5), usulan("B", 5, 8, om_tahunan_rp=4)
    capacity = [{"kode": "11.01", "ta": ta, "kapasitas_om_rp": rp} for ta, rp in ((2026, 4), (2029, 9), (2031, 0))]
    assert years(solved(candidates(*rows, daerah=capacity), BURDEN)) == {"A": 2029, "B": 2028}
    # A capacity that falls binds what was funded before it fell: nothing may run in 2031.
    assert winners(solved(candidates(*rows, daerah=capacity), BURDEN, budget_rp={2028: 5, 2031: 5})) == []


def test_OperatingBurden_never_takes_an_empty_cell_for_0():
    rows = [usulan(f"U{i}", 1, om_tahunan_rp=None, kode=kode) for i, kode in enumerate(["11.01"] * 6 + ["53.01"])]
    with pytest.raises(PlannerError) as caught:
        solved(candidates(*rows, daerah=[{"kode": "53.01", "ta": 2029, "kapasitas_om_rp": 5}]), BURDEN)
    first, second = caught.value.problems
    assert "7 usulan" in first and "'U4')" in first and "U5" not in first and first.startswith("rules[0]")
    assert "2 kabupaten/kota" in second and "'11.01', '53.01'" in second  # of 53.01 nothing is known in 2028
    with pytest.raises(PlannerError, match="kapasitas_om_rp"):
        solved(candidates(*rows), BURDEN | {"capacity": "kapasitas"})


def test_OperatingBurden_asks_nothing_of_what_a_gate_took_out():
    rows = usulan("A", 5, om_tahunan_rp=5), usulan("B", 5, om_tahunan_rp=None, kode="53.01", ikm_komitmen=1)
    table = candidates(*rows, daerah=[{"kode": "11.01", "ta": 2028, "kapasitas_om_rp": 5}])
    assert winners(solved(table, BURDEN, {"rule": "MinimumIKM"})) == ["A"]


# NoDoubleFunding


def test_NoDoubleFunding_changes_the_answer():
    table = candidates(usulan("A", 10, 9, dana_lain_rp=1), usulan("B", 10, 5, dana_lain_rp=0), usulan("C", 10, 1))
    one = {"budget_rp": 10}
    assert winners(solved(table, **one)) == ["A"]
    plan = solved(table, {"rule": "NoDoubleFunding"}, **one)
    assert winners(plan) == ["B"] and out(plan)["A"] == ("gate", "NoDoubleFunding:0")
    told = next(r["reason"]["id"] for r in plan["not_funded"] if r["usulan_id"] == "A")
    assert "Rp 1 " in told and "Rp 10 " in told
    assert winners(solved(table, {"rule": "NoDoubleFunding", "max_share": 0.1}, **one)) == ["A"]  # to the rupiah
    assert winners(solved(table, {"rule": "NoDoubleFunding", "max_share": 0.09}, **one)) == ["B"]


def test_NoDoubleFunding_infeasible_names_its_sentence():
    with pytest.raises(PlannerError, match="Tidak ada usulan yang tersisa") as caught:
        solved(candidates(usulan("A", 10, dana_lain_rp=4)), {"rule": "NoDoubleFunding"})
    assert "Dana dari sumber lain Rp 4" in str(caught.value)


def test_NoDoubleFunding_lists_what_is_not_known_and_gates_it_only_when_asked():
    table = candidates(usulan("A", 10, 9), usulan("B", 10, 5, dana_lain_rp=0))
    assert winners(solved(table, {"rule": "NoDoubleFunding"}, budget_rp=10)) == ["A"]
    assert winners(solved(table, {"rule": "NoDoubleFunding", "unknown": "gate"}, budget_rp=10)) == ["B"]
    assert RULES["NoDoubleFunding"](rule="NoDoubleFunding").unclear(table.usulan, table, 2028) == ["A"]


# against trying everything


def agrees(table, asked):
    """The plan is the best of the oracle's legal ones; infeasible exactly where it has none."""
    try:
        plan = allocate(table, asked)
    except InfeasibleError:
        event("infeasible")
        assert oracle.legal_plans(table, asked) == []
        return
    except PlannerError as error:  # nothing is left, or the lock wants in what a gate took out
        event("gated")
        locked = [name for rule in asked.rules if rule.rule == "Lock" for name in rule.usulan]
        world = oracle.World(table, asked)
        options = {name for ta in world.budget for name in world.options(ta)}
        assert not options or not set(locked) <= options, error
        return
    legal = oracle.legal_plans(table, asked, [goal["point"] for goal in plan["goals"]])
    values, _ = oracle.best(legal, asked)
    assert [goal["stage_value"] for goal in plan["goals"]] == values
    assert tuple(sorted(years(plan).items())) in {one.winners for one in legal}
    assert plan.status == "proven_optimal"


@settings(max_examples=40)
@given(phased())
def test_no_plan_beats_it_over_several_years_under_phases_and_running_costs(instance):
    agrees(*instance)


@settings(max_examples=40)
@given(phased(), st.data())
def test_rows_say_what_holds_says_of_phases_on_any_decisions(instance, data):
    rows_say_what_holds_says(*instance, data)


def test_a_year_of_one_rupiah_and_a_year_much_smaller_than_the_others_are_kept_to_the_rupiah():
    # 2028: 1 rupiah, 2029: 5, 2030: 1,000. A1 (5) fits 2029 to the rupiah, A2 follows; B (6) fits 2030 alone.
    table = candidates(step("A1", 1), step("A2", 2, cost_rp=994), usulan("B", 6, 1), usulan("Z", 1, 1))
    plan = solved(table, ORDER, budget_rp={2028: 1, 2029: 5, 2030: 1000})
    assert years(plan) == {"A1": 2029, "A2": 2030, "B": 2030, "Z": 2028}
    tight = solved(table, ORDER, budget_rp={2028: 1, 2029: 4, 2030: 1000})
    assert "A2" not in winners(tight) and all(rp <= tight["budget_rp"][ta] for ta, rp in tight["spent_rp"].items())
