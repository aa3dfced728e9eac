"""What cannot be asked over several years: one message each, all at once, with place and remedy; what can, runs."""

import io
import sys
from html import escape

import openpyxl
import pytest
from small import candidates, line, scenario, usulan, write

from planner import views
from planner.base.errors import PlannerError
from planner.model.candidates import read_candidates
from planner.paper.workbooks.plan import plan_book
from planner.plan.allocate import allocate
from planner.plan.verify import verify
from planner.scenario.rules.base import LONGEST_LAW
from planner.solve import engines
from planner.solve import exact as solver
from planner.tables.check import check_data
from planner.views.html import LONGEST


def problems(*rows, **asked) -> list[str]:
    with pytest.raises(PlannerError) as caught:
        allocate(candidates(*rows), scenario(**asked))
    return caught.value.problems


def step(name, fase, ta, sentra="s", **more):
    lines = [line(6, komponen="gedung_produksi")]
    return usulan(name, kode="53.01", sentra_id=sentra, fase=fase, ta=ta, lines=lines, **more)


def test_everything_wrong_with_a_scenario_of_several_years_is_told_at_once():
    rows = usulan("A", 5, sentra_id="s", fase=2), usulan("B", 5)
    goals = [
        {"maximin": "nilai", "by": "pulau", "targets": {"Sumatra": 5}},
        {"shortfall": "nila", "by": "provinsi", "targets": {"Aceh": 5, "Acheh": 5}},
    ]
    rules = [{"rule": "PhaseOrder"}, {"rule": "EvenSpread", "need": "miskin", "max_share": 0.3}]
    found = problems(*rows, goals=goals, rules=rules, solver={"name": "gurobi"})
    places = [text.partition(":")[0] for text in found]
    assert places == ["rules[0]", "rules[1]", "goals[0]", "goals[1]", "goals[1]", "solver.name"]
    assert "'A' adalah fase 2" in found[0] and "'miskin'" in found[1]
    assert "'Sumatra'" in found[2] and "Mungkin maksud Anda 'Sumatera'" in found[2]
    assert "'nila'" in found[3] and "'Acheh'" in found[4] and "'Aceh'" in found[4]


def test_a_budget_year_before_anything_is_ready_keeps_its_money():
    plan = allocate(candidates(usulan("A", 5, ta=2030)), scenario(budget_rp={2028: 5, 2029: 5, 2030: 5}))
    assert [(r["usulan_id"], r["ta"]) for r in plan["funded"]] == [("A", 2030)]
    assert plan.status == "proven_optimal" and plan.spent_rp == 5


def test_usulan_of_a_year_without_budget_wait_for_the_next_one_or_say_which_year_is_missing():
    # No money in 2029: A, ready then, is funded in 2030; B would need 2031.
    plan = allocate(candidates(usulan("A", 5, ta=2029), usulan("B", 5, ta=2031), usulan("C", 5)),
                    scenario(budget_rp={2028: 5, 2030: 5}))  # fmt: skip
    assert {r["usulan_id"]: r["ta"] for r in plan["funded"]} == {"A": 2030, "C": 2028}
    (late,) = plan["not_funded"]
    assert late["kind"] == "gate" and "2031" in late["reason"]["id"] and "2030" in late["reason"]["id"]


@pytest.mark.parametrize("value", [0, -5, 1.5, "5"])
def test_a_budget_that_is_none_is_refused_at_its_year(value):
    with pytest.raises(PlannerError) as caught:
        scenario(budget_rp={2028: 5, 2029: value})
    (text,) = caught.value.problems
    assert text.startswith("scenario: budget_rp.2029: ")


@pytest.mark.parametrize("years", [1, 30])
def test_a_horizon_of_one_year_and_of_thirty_runs_to_the_last_sheet(years, tmp_path):
    # A year's pagu buys the one usulan that is ready then; each is the phase after the one before.
    last = 2027 + years
    rows = [step(f"A{k:02}", k + 1, 2028 + k, fase_total=years) for k in range(years)]
    budget = dict.fromkeys(range(2028, last + 1), 6)
    rules = [{"rule": "PhaseOrder"}, {"rule": "FinishFirst"}]
    asked = scenario(budget, rules, data=str(write(tmp_path / "t", *rows)))
    plan = allocate(read_candidates(asked, tmp_path / "t"), asked)
    assert [r["ta"] for r in plan["funded"]] == list(budget) and plan.status == "proven_optimal"
    file = plan.save(tmp_path / "plan.json")
    assert verify(file, tmp_path / "t") == []
    scene = views.open_scene(file)
    for part in (views.first_screen, views.chosen, views.years, views.calendar, views.rules, views.sources):
        part(scene)
    assert len(views.tables.funded_table(scene)) == years
    book = openpyxl.load_workbook(io.BytesIO(plan_book(scene)))
    assert any(cell in (last, str(last)) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


# -- phases and their years --------------------------------------------------------------------------------------------


def doubts(folder) -> list[str]:
    return [finding.sentence() for finding in check_data(folder).warnings if "fase" in finding.sentence()]


def test_a_phase_that_is_ready_before_its_own_beginning_is_doubted_with_both_years(tmp_path):
    rows = [
        step("A2", 2, 2028), step("A1", 1, 2030),  # 2 before 1
        step("B1", 1, 2030, "t"), step("B1b", 1, 2028, "t"), step("B2", 2, 2028, "t"),  # one that is ready opens it
        step("C1", 1, 2029, "u"), step("C2", 2, 2030, "u"),
    ]  # fmt: skip
    (text,) = doubts(write(tmp_path / "t", *rows))
    assert "fase 2 siap TA 2028" in text and "fase 1" in text and "TA 2030" in text and "ta" in text


# -- a law of any length -----------------------------------------------------------------------------------------------


def test_a_law_of_ten_thousand_characters_is_refused_at_its_rule():
    with pytest.raises(PlannerError) as caught:
        scenario(rules=[{"rule": "PhaseOrder", "law": "x" * 10_000}, {"rule": "FinishFirst", "law": "y" * 401}])
    found = caught.value.problems
    assert [text.split(": ")[1] for text in found] == ["rules[0].law", "rules[1].law"]
    assert all("400 huruf" in text and len(text) < 250 for text in found)


def test_the_longest_law_is_shown_whole_on_page_and_sheet(tmp_path):
    law = "Pasal <b>7</b> & =1+1 ".ljust(LONGEST_LAW, "z")
    assert len(law) == LONGEST_LAW <= LONGEST  # above it a table cuts
    folder, rules = write(tmp_path / "t", step("A", 1, 2028)), [{"rule": "MaxPerKabupaten", "max": 1, "law": law}]
    asked = scenario(10, rules, data=str(folder))
    scene = views.open_scene(allocate(read_candidates(asked, folder), asked).save(tmp_path / "plan.json"))
    assert escape(law) in views.rules(scene)
    book = openpyxl.load_workbook(io.BytesIO(plan_book(scene)))
    assert law in [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]


# -- solvers -----------------------------------------------------------------------------------------------------------


def test_a_solver_that_is_not_here_names_those_that_are_and_how_to_get_it(monkeypatch):
    monkeypatch.setattr(engines.pulp, "listSolvers", lambda only=False: ["HiGHS", "COIN_CMD", *([] if only else PULP)])
    here = "Terpasang: highs, cbc;"
    (gurobi,), (choco,) = solver.missing("GUROBI_CMD"), solver.missing("choco_cmd")
    assert here in gurobi and "pip install gurobipy" in gurobi and here in choco and "PATH" in choco
    (unknown,) = solver.missing("gurobbi<\n>")
    assert "'gurobi'" in unknown and "Terpasang di komputer ini: highs, cbc." in unknown and "\n" not in unknown
    assert solver.missing("highs") == solver.missing("CBC") == solver.missing("HiGHS") == []
    monkeypatch.setitem(sys.modules, "cbcbox", None)
    (cbc,) = solver.missing("cbc")
    assert "Terpasang: highs;" in cbc and "pip install cbcbox" in cbc


PULP = ["GUROBI", "GUROBI_CMD", "CHOCO_CMD"]
