"""Goals by group and soft bands in files, workbench, preview, frontier, explanations and pages."""

import tomllib

import numpy as np
import oracle
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from instances import any_goals
from small import JUTA, KODE, candidates, scenario, usulan, winners

from planner.answers import explain, frontier, open_plan
from planner.answers.compare import compare
from planner.answers.preview import Previewer
from planner.base.errors import InfeasibleError
from planner.desk.controls import controls_of, knobs, scenario_from
from planner.geo.regions import Wilayah
from planner.model.build_options import build_options
from planner.model.problem import compile_problem
from planner.plan.allocate import allocate
from planner.plan.derive import choice_of
from planner.plan.plan import Plan, seal_plan
from planner.plan.plan_file import canonical
from planner.plan.substance import proof, substance
from planner.plan.verify import seal
from planner.scenario.scenario import plain, scenario_of
from planner.scenario.toml_file import edit_text, toml
from planner.views import limits
from planner.views.frontier import frontier_chart
from planner.views.scene import Scene

SHARES = {"maximin": "ikm", "by": "provinsi", "targets": {"Aceh": 40, "NTT": 20}}
LACKS = {"shortfall": "ikm", "by": "provinsi", "targets": {"Aceh": 40, "NTT": 20.5}, "tolerance": 0.01}
SOFT = {"rule": "CountBand", "where": {"provinsi": "NTT"}, "min": 2, "soft": True, "price": 6.5}


@pytest.fixture(scope="module")
def table():
    return candidates(
        usulan("A", 6, 9, ikm=30), usulan("B", 6, 8, ikm=10), usulan("C", 6, 1, kode="53.01", ikm=10),
        usulan("D", 6, 0, kode="53.02", ikm=5), usulan("E", 6, 5, kode="32.01", ikm=90),
    )  # fmt: skip


def solved(instance) -> tuple[Plan, list[oracle.Legal]] | None:
    table, asked = instance
    try:
        plan = allocate(table, asked)
    except InfeasibleError:
        return None
    return plan, oracle.legal_plans(table, asked, [goal["point"] for goal in plan["goals"]])


# The plan file


@settings(max_examples=20, phases=[Phase.generate])
@given(any_goals(most=4))
def test_every_such_plan_verifies_and_one_point_more_or_less_is_found(instance):
    found = solved(instance)
    if found is None:
        return
    plan, (table, asked) = found[0], instance
    problem = compile_problem(build_options(table, asked), asked)
    x = choice_of(plan["funded"], problem)
    for check in (substance(plan.content, table, problem, x), proof(plan.content, problem, x)):
        assert list(check) == []
    assert list(seal(plan.content, canonical(plan.content))) == []
    for key in ("value", "paid", "stage_value"):
        first, *others = plan["goals"]
        wrong = seal_plan(plan.content | {"goals": [first | {key: first[key] - 1}, *others]})
        assert any(f"goals[0].{key}" in text or key == "stage_value" for text in proof(wrong.content, problem, x))


@settings(max_examples=20, phases=[Phase.generate])
@given(any_goals(most=5, years=(2028, 2029), rules=4), st.data())
def test_what_rows_of_soft_bands_miss_is_what_the_decisions_miss(instance, data):
    table, asked = instance
    problem = compile_problem(build_options(table, asked), asked)
    x = np.array([data.draw(st.integers(0, int(u))) for u in problem.upper], dtype=np.int64)
    activity = problem.matrix @ x
    missed = {}
    for row, rule in enumerate(problem.row_rule):
        by = max(problem.row_lower[row] - activity[row], activity[row] - problem.row_upper[row], 0)
        if problem.soft[row] and by:
            missed.setdefault(int(rule), {})[problem.row_labels[row]] = int(by)
    for number, rule in enumerate(asked.rules):
        if rule.soft:
            decisions = problem.decisions(x)
            said = {excess.label: excess.by for excess in rule.missed(problem.options, decisions)}
            assert said == missed.get(number, {}) and rule.holds(problem.options, decisions) == []


@settings(max_examples=20, phases=[Phase.generate])
@given(any_goals(most=3))
def test_a_scenario_of_any_goals_written_and_read_is_the_same(instance):
    asked = instance[1]
    assert plain(scenario_of(tomllib.loads(toml(asked)))) == plain(asked)
    assert scenario_of(plain(asked)) == asked


# The workbench


def test_the_controls_keep_goals_and_move_the_price_of_a_soft_band():
    asked = scenario(12, [SOFT], [SHARES, LACKS, "nilai"])
    controls = controls_of(asked)
    assert scenario_from(asked, controls) == asked
    assert {knob.place: knob.kind for knob in knobs(asked)}["rules[0].price"] == "number"
    moved = scenario_from(asked, controls.moved("rules[0].price", 8.0))
    assert (moved.rules[0].price, moved.goals) == (8.0, asked.goals)
    text = toml(asked).replace("[[goals]]", "# dipilih tim\n[[goals]]", 1)
    kept = edit_text(text, moved)
    assert "# dipilih tim" in kept and "price = 8.0" in kept
    assert plain(scenario_of(tomllib.loads(kept))) == plain(moved)


def test_the_column_of_controls_shows_every_goal():
    from planner.desk.control_column import ControlColumn

    asked = scenario(12, [SOFT], [SHARES, LACKS, "nilai"])
    column = ControlColumn(asked, controls_of(asked), 0, lambda move: None)
    shown = [part.value for part in column.box.children if "planner-goal" in part._dom_classes]
    assert len(shown) == 3 and "Aceh 40" in shown[0] and "NTT 20,50" in shown[1]


# Preview, frontier, explanation


@settings(max_examples=20, phases=[Phase.generate])
@given(any_goals(most=5))
def test_a_preview_lies_between_what_is_reached_and_what_can_be(instance):
    table, asked = instance
    found = Previewer(table).preview(asked)
    legal = oracle.legal_plans(table, asked, [found.point] * len(asked.goals))
    if found.x is None:
        assert legal == []
        return
    best = max(plan.goals[0] for plan in legal)
    assert found.value <= best <= found.bound
    problem = compile_problem(build_options(table, asked), asked)
    content = found.plan(table).content
    assert list(proof(content, problem, choice_of(content["funded"], problem))) == []


def test_a_preview_follows_a_soft_band_while_it_moves(table):
    previewer = Previewer(table)
    for low, price in ((2, 6.5), (2, 7.5), (1, 6.5), (1, 9.5), (2, 9.5)):
        asked = scenario(12, [SOFT | {"min": low, "price": price}])
        found, fresh = previewer.preview(asked, gap=0.0), allocate(table, asked)
        goal = fresh["goals"][0]
        assert found.winners == winners(fresh)
        assert found.value * found.point == goal["stage_value"] * goal["point"]


@pytest.mark.parametrize(("goals", "rules"), [([SHARES], []), ([LACKS], []), (["nilai"], [SOFT])])
def test_a_frontier_says_what_allocate_says_at_each_place(table, goals, rules):
    asked = scenario(12, rules, goals)
    made = frontier.frontier(table, asked, low=6, high=30, points=5, gap=0.0)
    for point in made.points:
        goal = allocate(table, point.scenario)["goals"][0]
        assert point.preview.value * made.point == pytest.approx(goal["stage_value"] * goal["point"], abs=made.point)
        assert point.preview.value <= point.preview.bound <= point.lp
    assert "<svg" in frontier_chart(made)


@settings(max_examples=20, phases=[Phase.generate])
@given(any_goals(most=5), st.data())
def test_the_cost_of_forcing_an_usulan_is_what_trying_everything_says(instance, data):
    found = solved(instance)
    if found is None:
        return
    plan, legal = found
    case = open_plan.case_of(plan, instance[0])
    name = data.draw(st.sampled_from(sorted(instance[0].usulan["usulan_id"])))
    told = explain.answer(case, name, exact=True)
    other = [p for p in legal if (name in {w.usulan for w in p.ways}) != told.funded]
    if not other:
        assert told.loss is None
        return
    low, high = told.loss
    loss = plan["goals"][0]["stage_value"] - max(p.goals[0] for p in other)
    assert low <= loss <= high
    assert told.exact and low == high


def test_the_explanation_names_the_goal_and_the_price(table):
    case = open_plan.case_of(allocate(table, scenario(12, [SOFT])), table)
    assert "sesudah dikurangi harga sasaran lunak" in explain.answer(case, "C").plain()["reason"]["id"]
    case = open_plan.case_of(allocate(table, scenario(12, goals=[SHARES])), table)
    text = explain.answer(case, "B", exact=True).plain()["reason"]["id"]
    assert "bagian sasaran terkecil" in text and "50" in text


def test_an_equal_winner_is_a_tie_also_where_only_groups_count():
    # B could come for A: Aceh has 10 of 20 either way. E counts for no group, and there is no money for it.
    table = candidates(usulan("A", 6, ikm=10), usulan("B", 6, ikm=10), usulan("E", 6, kode="32.01", ikm=90))
    for kind in ("maximin", "shortfall"):
        plan = allocate(table, scenario(6, goals=[{kind: "ikm", "by": "provinsi", "targets": {"Aceh": 20}}]))
        kinds = {r["usulan_id"]: r["kind"] for r in plan["not_funded"]}
        assert (len(winners(plan)), kinds["E"], plan["tie_break"]) == (1, "price", "proven")
        assert "tie" in kinds.values()


# Pages


def test_the_table_of_rules_says_what_a_soft_band_lacks():
    rows = [usulan("A", 6 * JUTA, 9), usulan("C", 99 * JUTA, 1, kode="53.01")]
    rule = {"rule": "SpendBand", "where": {"provinsi": "NTT"}, "min_rp": 5 * JUTA, "soft": True, "price": 0.001}
    over = {"rule": "SpendBand", "max_share": 0.25, "of": "budget", "soft": True, "price": 0.5}
    plan = allocate(candidates(*rows), scenario(12 * JUTA, [rule, over]))
    places = candidates(*rows).kabupaten.assign(jenis="kabupaten")
    scene = Scene(plan, places, Wilayah("nasional", "Nasional", "nasional", frozenset(KODE)))
    told = limits.rules(scene)["tightest"].tolist()
    assert "kurang Rp 5 juta dari sasaran" in told[1] and "lebih Rp 3 juta dari sasaran" in told[2]


def test_plans_with_other_targets_are_said_not_to_be_comparable(table):
    one, same = (allocate(table, scenario(12, goals=[SHARES])) for _ in range(2))
    other = allocate(table, scenario(12, goals=[SHARES | {"targets": {"Aceh": 80, "NTT": 20}}]))
    assert compare([one, same]).notices == []
    assert "tidak sebanding" in compare([one, other]).notices[0]["id"]
