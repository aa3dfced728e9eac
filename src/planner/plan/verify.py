"""Is a plan file what it says? Everything is derived again from the tables, in whole numbers, without any solver."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.base.paths import ACUAN
from planner.model.build_options import build_options
from planner.model.candidates import Candidates, read_candidates
from planner.model.problem import Problem, compile_problem
from planner.model.status import gap_of, status_of
from planner.plan.derive import choice_of, derived
from planner.plan.folder import home
from planner.plan.plan import GOAL_KEYS, KEYS, canonical, fingerprint_of, read_plan
from planner.scenario.goals import least_allowed
from planner.scenario.rows import RowName
from planner.scenario.scenario import scenario_of

ROW_KEYS = RowName().plain().keys()  # of what a row speaks
LEAST_REACH = 150_000  # points that all options together have at least, where a point is more than 1e-6


def verify(path: str | Path, data: str | Path | None = None, acuan: Path = ACUAN) -> list[str]:
    """Everything wrong with a plan file, as sentences; empty: valid.

    ``data``: the folder of usulan tables, where the plan has any. Raises PlannerError where the file or the tables
    cannot be read at all.
    """
    path = Path(path)
    content = read_plan(path).content
    problems: list[str] = []
    try:
        problems += seal(content, path.read_bytes())
        scenario = scenario_of(content["scenario"], home(path))
        candidates = read_candidates(scenario, data, acuan)
        problem = compile_problem(build_options(candidates, scenario), scenario)
        problems += inputs(content, candidates)
        problems += substance(content, candidates, problem, choice_of(content, problem))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError) as error:
        problems.append(say("verify.not_json", file=path, why=f"{type(error).__name__}: {error}"))
    except PlannerError as error:
        if not problems:
            raise
        problems += error.problems
    return problems


def seal(content: dict, written: bytes) -> Iterator[str]:
    """Is the file untouched since it was written?"""
    if fingerprint_of(content) != content.get("fingerprint"):
        yield say("verify.fingerprint")
    if canonical(content) != written:
        yield say("verify.not_canonical")
    plain = isinstance(content["planner"], str) and {*map(type, content["solver"].values())} == {str}
    known = content["tie_break"] in ("proven", "canonical_order") and set(content["solver"]) == {"name", "version"}
    if set(content) != KEYS or any(set(goal) != GOAL_KEYS for goal in content["goals"]) or not (plain and known):
        yield say("verify.differs", key="format", where="")


def inputs(content: dict, candidates: Candidates) -> Iterator[str]:
    """Are the tables those that the plan was made from?"""
    now = {table["name"]: table for table in candidates.inputs}
    for table in content["inputs"]:
        if now.get(table["name"]) != table:
            yield say("verify.input", name=table["name"])


def substance(content: dict, candidates: Candidates, problem: Problem, x: np.ndarray) -> Iterator[str]:
    """Does every row and rule hold, and is every figure what the tables give?"""
    for row, by in problem.broken(x):
        yield say("verify.row", row=problem.row_names[row], by=by)
    if (x > problem.upper).any() or (x < 0).any():
        yield say("verify.differs", key="volume", where="")
    for rule in problem.scenario.rules:
        for excess in rule.holds(problem.options, problem.decisions(x)):
            yield say("verify.rule", sentence=rule.sentence(), label=excess.label, by=excess.by)
    goals = content["goals"]
    fresh = derived(candidates, problem, x, [goal["point"] for goal in goals])
    if not any(ROW_KEYS & row.keys() for row in content["rule_status"]):  # a file of version 0.2.0 or before
        fresh["rule_status"] = [{k: v for k, v in row.items() if k not in ROW_KEYS} for row in fresh["rule_status"]]
    for key, value in fresh.items():
        if not same(content[key], value):
            yield say("verify.differs", key=key, where=first_difference(content[key], value))
    yield from proof(content, problem, x)


def proof(content: dict, problem: Problem, x: np.ndarray) -> Iterator[str]:
    """Do values, gaps and status agree with the choice and with the bounds that the file states?

    That a bound is true cannot be seen without a solver: only the fingerprint guards it.
    """
    goals, asked = content["goals"], problem.scenario.goals
    if [g["name"] for g in goals] != [g.name for g in asked]:
        yield say("verify.differs", key="goals.name", where="")
        return
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
        reach = problem.aim(k, goal["point"]).reach(problem.upper) // problem.parts_per_point
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
