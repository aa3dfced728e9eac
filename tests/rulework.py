"""What the tests of rules ask of a table: who is chosen, and which sentence says that none can be."""

import oracle
import pytest
from small import MILIAR, scenario, winners

from planner.base.errors import InfeasibleError
from planner.plan.allocate import allocate


def chosen(table, *rules, budget_rp=10 * MILIAR):
    return winners(allocate(table, scenario(budget_rp, rules)))


def sentences(table, *rules, budget_rp=10 * MILIAR) -> str:
    """What the planner reads where no plan exists; each rule's own sentence must be in it."""
    asked = scenario(budget_rp, rules)
    with pytest.raises(InfeasibleError) as caught:
        allocate(table, asked)
    assert asked.rules[0].sentence() in str(caught.value)
    assert any(0 in one.rules for one in caught.value.diagnosis.conflicts)
    return str(caught.value)


def agrees(table, asked):
    """The plan is the best of the oracle's legal ones; infeasible exactly where it has none."""
    try:
        plan = allocate(table, asked)
    except InfeasibleError:
        assert oracle.legal_plans(table, asked) == []
        return
    values, _ = oracle.best(oracle.legal_plans(table, asked, [goal["point"] for goal in plan["goals"]]), asked)
    assert [goal["stage_value"] for goal in plan["goals"]] == values
    assert plan.status == "proven_optimal"
