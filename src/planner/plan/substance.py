"""What a plan file states, derived again in whole numbers: rows, rules, values, gaps and status, without any solver."""

from collections.abc import Iterator

import numpy as np

from planner.base.messages import say
from planner.model.candidates import Candidates
from planner.model.problem import Problem
from planner.model.status import Goal, gap_of, status_of
from planner.plan.derive import derive
from planner.plan.plan_file import PlanFile, Proof, canonical
from planner.scenario.goals import least_allowed
from planner.scenario.rows import RowName
from planner.scenario.scenario import Scenario

ROW_KEYS = RowName().plain().keys()  # of what a row speaks
LEAST_REACH = 150_000  # points that all options together have at least, where a point is more than 1e-6


def substance(content: PlanFile, candidates: Candidates, problem: Problem, x: np.ndarray) -> Iterator[str]:
    """Does every row and rule hold, and is every figure what the tables give?"""
    yield from illegal(problem, x)
    goals = content["goals"]
    if other_goals(goals, problem.scenario):
        yield say("verify.differs", key="goals.name", where="")
        return
    written: dict[str, object] = {**content}
    fresh = derive(candidates, problem, x, [goal["point"] for goal in goals])
    if not any(ROW_KEYS & row.keys() for row in content["rule_status"]):  # a file of version 0.2.0 or before
        fresh["rule_status"] = [{k: v for k, v in row.items() if k not in ROW_KEYS} for row in fresh["rule_status"]]
    for key, value in fresh.items():
        if not same(written[key], value):
            yield say("verify.differs", key=key, where=first_difference(written[key], value))
    yield from proof(content, problem, x)


def illegal(problem: Problem, x: np.ndarray) -> Iterator[str]:
    """Which rows, volumes and rules does a choice break?"""
    for row, by in problem.broken(x):
        yield say("verify.row", row=problem.row_names[row], by=by)
    if (x > problem.upper).any() or (x < 0).any():
        yield say("verify.differs", key="volume", where="")
    decisions = problem.decisions(x)
    for rule in problem.scenario.rules:
        for excess in rule.holds(problem.options, decisions):
            yield say("verify.rule", sentence=rule.sentence(), label=excess.label, by=excess.by)


def other_goals(goals: list[Goal], scenario: Scenario) -> bool:
    """Whether these are not the goals of a scenario, in its order."""
    return [goal["name"] for goal in goals] != [goal.name for goal in scenario.goals]


def proof(content: Proof, problem: Problem, x: np.ndarray) -> Iterator[str]:
    """Do values, gaps and status agree with the choice and with the bounds that the file states?

    That a bound is true cannot be seen without a solver: only the fingerprint guards it.
    """
    goals, asked = content["goals"], problem.scenario.goals
    for k, goal in enumerate(goals):
        place = f"goals[{k}]"
        own, paid = problem.paid(k, goal["point"], x)
        if not same(goal["value"], own) or not same(goal["tolerance"], asked[k].tolerance):
            yield say("verify.differs", key=f"{place}.value", where=f" ({goal['value']} / {own})")
        if not same(goal["paid"], paid):
            yield say("verify.differs", key=f"{place}.paid", where=f" ({goal['paid']} / {paid})")
        value = own - paid
        least = min(
            [least_allowed(goal["stage_value"], later.tolerance) for later in asked[k + 1 :]],
            default=goal["stage_value"],
        )
        if value < least or (k == len(goals) - 1 and value != goal["stage_value"]):
            yield say("verify.differs", key=f"{place}.stage_value", where=f" ({goal['stage_value']} / {value})")
        if not same(goal["gap"], gap_of(goal["stage_value"], goal["bound"])):
            yield say("verify.differs", key=f"{place}.gap", where="")
        aim = problem.aim(k, goal["point"])
        reach = aim.reach(problem.upper) // aim.per
        if goal["point"] > 1 and reach < LEAST_REACH:  # points so coarse that everything would be worth the same
            yield say("verify.differs", key=f"{place}.point", where="")
        if k == 0 and goal["bound"] is not None and value > goal["bound"]:
            yield say("verify.differs", key=f"{place}.bound", where="")
        if (goal["bound"] is not None and goal["bound"] < goal["stage_value"]) or str(goal["point"]).strip("0") != "1":
            yield say("verify.differs", key=f"{place}.bound", where="")
    if content["tie_break"] == "proven" and content["status"] != "proven_optimal":
        yield say("verify.differs", key="tie_break", where="")
    if content["status"] != status_of(goals, problem.scenario.solver.gap):
        yield say("verify.differs", key="status", where="")


def same(written, fresh) -> bool:
    """Equal as the file would write them: 1.0 and true are not 1."""
    return canonical({"value": written}) == canonical({"value": fresh})


def first_difference(written, fresh, place: str = "") -> str:
    """Where two values first differ: ``' ([3].amount_rp: 5 / 4)'``."""
    if isinstance(written, dict) and isinstance(fresh, dict):
        for key in sorted(written.keys() | fresh.keys()):
            if written.get(key) != fresh.get(key):
                return first_difference(written.get(key), fresh.get(key), f"{place}.{key}")
    if isinstance(written, list) and isinstance(fresh, list) and len(written) == len(fresh):
        for i, (a, b) in enumerate(zip(written, fresh, strict=True)):
            if a != b:
                return first_difference(a, b, f"{place}[{i}]")
    return f" ({place}: {str(written)[:60]} / {str(fresh)[:60]})"
