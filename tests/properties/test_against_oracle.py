"""allocate against trying everything: the same goal values, a legal plan, infeasible exactly when nothing is legal."""

import oracle
import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st
from instances import any_goals, instances, whole_usulan
from small import candidates, scenario, usulan, winners

from planner.base.errors import InfeasibleError, PlannerError
from planner.plan.allocate import allocate


def solved(candidates, scenario):
    try:
        return allocate(candidates, scenario)
    except InfeasibleError as error:
        return error


def agrees(candidates, scenario):
    """Compare one instance with the oracle, down to the list that ties cannot change."""
    plan = solved(candidates, scenario)
    if isinstance(plan, InfeasibleError):
        event("infeasible")
        assert oracle.legal_plans(candidates, scenario) == []
        return
    event(f"tie_break {plan['tie_break']}")
    legal = oracle.legal_plans(candidates, scenario, [goal["point"] for goal in plan["goals"]])
    mine = legal_of(plan, candidates)
    found = [p for p in legal if set(p.ways) == mine]
    assert found, "the plan breaks a rule that the oracle knows"
    values, top = oracle.best(legal, scenario)
    assert [goal["stage_value"] for goal in plan["goals"]] == values
    assert [goal["value"] - goal["paid"] for goal in plan["goals"]] == list(found[0].goals)
    assert [goal["paid"] for goal in plan["goals"]] == [found[0].paid] + [0] * (len(values) - 1)
    assert found[0] in top
    assert plan.status == "proven_optimal", plan["goals"]
    assert plan["tie_break"] == "proven"
    assert oracle.canonical(top, candidates, scenario)[0].winners == found[0].winners


def legal_of(plan, candidates) -> set[oracle.Way]:
    """The plan's funded records as the oracle's ways: absent lines have volume 0."""
    lines = {}
    for record in candidates.rincian.to_dict("records"):
        lines.setdefault(record["usulan_id"], []).append(record["rincian_id"])
    ways = set()
    for record in plan["funded"]:
        volume = {one["rincian_id"]: one["volume"] for one in record["lines"]}
        volumes = tuple((name, volume.get(name, 0)) for name in lines[record["usulan_id"]])
        ways.add(oracle.Way(record["usulan_id"], record["ta"], volumes, record["amount_rp"]))
    return ways


@settings(max_examples=120)
@given(instances(most=5))
def test_no_plan_beats_it_with_lines_to_trim(instance):
    agrees(*instance)


@settings(max_examples=80)
@given(instances(most=10, trimmed=False, rules=4))
def test_no_plan_beats_it_with_whole_usulan(instance):
    agrees(*instance)


@settings(max_examples=50)
@given(instances(most=5, trimmed=False, years=(2028, 2029)))
def test_no_plan_beats_it_over_two_years(instance):
    agrees(*instance)


@settings(max_examples=30)
@given(instances(most=3, trimmed=True, years=(2028, 2029)))
def test_no_plan_beats_it_over_two_years_with_lines_to_trim(instance):
    agrees(*instance)


@settings(max_examples=15)
@given(instances(most=12, trimmed=False, rules=2))
def test_no_plan_beats_it_with_twelve_usulan(instance):
    agrees(*instance)


@settings(max_examples=100, phases=[Phase.generate])
@given(whole_usulan())
def test_no_plan_beats_it_under_gates_and_bundles(instance):
    table, asked = instance
    try:
        agrees(table, asked)
    except PlannerError:
        event("all gated")
        assert not oracle.World(table, asked).row


@settings(max_examples=40, phases=[Phase.generate])
@given(any_goals(most=6, trimmed=False))
def test_no_plan_beats_it_in_goals_by_group_and_under_soft_bands(instance):
    agrees(*instance)


@settings(max_examples=40, phases=[Phase.generate])
@given(any_goals(most=4, trimmed=True))
def test_no_plan_beats_it_in_goals_by_group_with_lines_to_trim(instance):
    agrees(*instance)


@settings(max_examples=25, phases=[Phase.generate])
@given(any_goals(most=4, trimmed=False, years=(2028, 2029)))
def test_no_plan_beats_it_in_goals_by_group_over_two_years(instance):
    agrees(*instance)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(*[st.integers(1, 9)] * 2, st.sampled_from([0, 0, 5, 9])), min_size=2, max_size=5), st.booleans()
)
def test_usulan_of_benefit_0_are_funded_only_where_the_scenario_allows_it(rows, allowed):
    # (cost, nilai, IKM) of each usulan; benefit first, nilai second, which would fund what serves nobody.
    rows = [*rows, (3, 1, 5)]
    table = candidates(*(usulan(f"U{k}", cost, nilai, ikm=ikm) for k, (cost, nilai, ikm) in enumerate(rows)))
    asked = scenario(12, goals=["benefit", "nilai"], fund_without_benefit=allowed)
    agrees(table, asked)
    served = {f"U{k}" for k, (_, _, ikm) in enumerate(rows) if ikm}
    assert allowed or set(winners(allocate(table, asked))) <= served


@pytest.mark.long
@settings(max_examples=400, phases=[Phase.generate])
@given(any_goals(most=6, rules=3))
def test_no_plan_beats_it_in_goals_by_group_on_many_instances(instance):
    agrees(*instance)


@pytest.mark.long
@settings(max_examples=1500, phases=[Phase.generate])
@given(instances(most=6))
def test_no_plan_beats_it_on_many_instances(instance):
    agrees(*instance)
