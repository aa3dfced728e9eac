"""What holds for every plan: more money never hurts, a rule never helps, order and form never matter."""

from dataclasses import replace
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from instances import instances, some_band
from small import rows_say_what_holds_says

from planner.base.errors import InfeasibleError
from planner.model.build_options import build_options
from planner.model.problem import compile_problem
from planner.plan.allocate import allocate
from planner.plan.derive import choice_of
from planner.plan.plan import Plan, read_plan, seal_plan
from planner.plan.plan_file import canonical, fingerprint_of
from planner.plan.substance import proof, substance
from planner.plan.verify import seal
from planner.scenario.scenario import plain, scenario_of, vary
from planner.scenario.toml_file import toml


def value_of(plan) -> int:
    """The first goal's optimum in 1e-6; nilai is a whole number, so points lose nothing without lines to trim."""
    goal = plan["goals"][0]
    return goal["stage_value"] * goal["point"]


def solved(candidates_, scenario):
    try:
        return allocate(candidates_, scenario)
    except InfeasibleError:
        return None


def for_nilai(scenario, **changes):
    return vary(scenario, goals=[{"maximise": "nilai"}], **changes)


def floor_of_the_budget(rule) -> bool:
    return getattr(rule, "of", "") == "budget" and rule.min_share is not None


@settings(max_examples=30)
@given(instances(most=7, trimmed=False), st.integers(1, 10**8))
def test_more_budget_never_lowers_the_first_goal(instance, more_rp):
    table, asked = instance
    asked = for_nilai(asked, rules=[r for r in asked.rules if not floor_of_the_budget(r)])
    poor, rich = (solved(table, vary(asked, budget_rp={2028: asked.budget_rp[2028] + m})) for m in (0, more_rp))
    assume(poor is not None)
    assert rich is not None
    assert value_of(rich) >= value_of(poor)


@settings(max_examples=30)
@given(instances(most=7, trimmed=False), some_band(10**8))
def test_a_rule_more_never_raises_the_first_goal(instance, rule):
    table, asked = instance
    free = solved(table, for_nilai(asked))
    bound = solved(table, for_nilai(asked, rules=[*asked.rules, rule]))
    if bound is None:
        return
    assert free is not None
    assert value_of(bound) <= value_of(free)


@settings(max_examples=40)
@given(instances(most=6), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_never_matters(instance, random):
    table, asked = instance
    plan = solved(table, asked)
    frames = {}
    for name in ("usulan", "rincian", "kabupaten", "komponen"):
        frame = getattr(table, name)
        columns = random.sample(list(frame.columns), len(frame.columns))
        frames[name] = frame.iloc[random.sample(range(len(frame)), len(frame))][columns]
    other = solved(replace(table, **frames), asked)
    assert (other and other.content) == (plan and plan.content)


@settings(max_examples=30)
@given(instances(most=6), st.sampled_from([2, 0.5, 1000, 0.001]))
def test_multiplying_all_weights_changes_nothing(instance, factor):
    table, asked = instance
    both = [
        vary(asked, weights={k: w * f for k, w in (("kemiskinan", 2), ("ikm", 1))}, goals=[{"maximise": "benefit"}])
        for f in (1, factor)
    ]
    one, other = (solved(table, s) for s in both)
    without = [p and {k: v for k, v in p.content.items() if k not in ("scenario", "fingerprint")} for p in (one, other)]
    assert without[0] == without[1]


@settings(max_examples=60)
@given(instances(most=6))
def test_every_plan_keeps_every_row_verifies_adds_up_is_saved_whole_and_says_true_reasons(tmp_path_factory, instance):
    table, asked = instance
    plan = solved(table, asked)
    assume(plan is not None)
    problem = compile_problem(build_options(table, asked), asked)
    x = choice_of(plan["funded"], problem)
    keeps_every_row_and_verifies(plan.content, table, problem, x)
    adds_up(plan, table)
    says_true_reasons(plan, problem, x)
    is_saved_whole(plan, tmp_path_factory.mktemp("plan"))


def keeps_every_row_and_verifies(content, table, problem, x) -> None:
    assert problem.broken(x) == []
    decisions = problem.decisions(x)
    assert [excess for rule in problem.scenario.rules for excess in rule.holds(problem.options, decisions)] == []
    assert list(substance(content, table, problem, x)) == []
    assert list(proof(content, problem, x)) == []
    assert list(seal(content, canonical(content))) == []
    assert all(row["activity"] <= row["upper"] for row in content["rule_status"] if row["upper"] is not None)
    assert all(row["activity"] >= row["lower"] for row in content["rule_status"] if row["lower"] is not None)


def adds_up(plan: Plan, table) -> None:
    content = plan.content
    for ta, spent in content["spent_rp"].items():
        assert spent == sum(r["amount_rp"] for r in content["funded"] if str(r["ta"]) == ta) <= content["budget_rp"][ta]
    for rows in content["totals"].values():
        assert sum(row["amount_rp"] for row in rows) == plan.spent_rp
        assert sum(row["usulan"] for row in rows) == len(content["funded"])
    told = [r["usulan_id"] for r in [*content["funded"], *content["not_funded"]]]
    assert sorted(told) == sorted(table.usulan["usulan_id"])


def is_saved_whole(plan: Plan, folder: Path) -> None:
    """Saved, read and saved again it has the same bytes."""
    first = plan.save(folder / "a.json").read_bytes()
    again = read_plan(folder / "a.json")
    assert isinstance(again, Plan)
    assert again.save(folder / "b.json").read_bytes() == first
    assert fingerprint_of(again.content) == again.fingerprint == seal_plan(again.content).fingerprint


def says_true_reasons(plan: Plan, problem, x) -> None:
    """rule: at its smallest volumes it breaks that rule; tie: an exchange exists; price: neither."""
    position = {u: i for i, u in reversed(list(enumerate(problem.options.table["usulan_id"])))}
    for record in plan["not_funded"]:
        added = x + problem.smallest[[position[record["usulan_id"]]]].toarray()[0]
        broken = [problem.row_names[r] for r, _ in problem.broken(added) if problem.row_rule[r] >= 0]
        if record["kind"] == "rule":
            assert record["rule"] == broken[0]
        elif record["kind"] == "price":
            assert broken == []
        else:
            assert record["kind"] == "tie"


@settings(max_examples=30)
@given(instances(most=5, years=(2028, 2029)))
def test_a_scenario_written_and_read_is_the_same(instance):
    import tomllib

    asked = instance[1]
    assert plain(scenario_of(tomllib.loads(toml(asked)))) == plain(asked)
    assert scenario_of(plain(asked)) == asked


@settings(max_examples=30)
@given(instances(most=6, trimmed=False))
def test_the_baseline_never_beats_the_plan_unless_it_misses_a_rule(instance):
    table, asked = instance
    plan = solved(table, asked)
    assume(plan is not None)
    if not plan["baseline"]["misses"]:
        assert plan["baseline"]["goals"][0] <= plan["goals"][0]["stage_value"]
    assert all(spent <= plan["budget_rp"][ta] for ta, spent in plan["baseline"]["spent_rp"].items())


@settings(max_examples=250)
@given(instances(most=5, years=(2028, 2029), rules=5), st.data())
def test_rows_say_what_holds_says_on_any_decisions(instance, data):
    rows_say_what_holds_says(*instance, data)
