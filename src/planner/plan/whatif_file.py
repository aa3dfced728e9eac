"""``andai.json`` beside a plan: the plans of other budgets and of another floor, read and checked without a solver."""

import json
from collections.abc import Iterator
from pathlib import Path

from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.model.build_options import build_options
from planner.model.candidates import Candidates
from planner.model.options import Options
from planner.model.problem import compile_problem
from planner.plan.derive import choice_of
from planner.plan.plan import Plan, fingerprint_of
from planner.plan.verify import proof
from planner.scenario.place import bound
from planner.scenario.scenario import Scenario, vary

FILE = "andai.json"
FORMAT = 1
TIME_LIMIT_S = 120  # of one point, where the scenario's own limit is not shorter
YEARS_LIMIT_S = 30  # the same of several years
WITHOUT_PLAN = ("infeasible", "none_found")
KEYS = {"change", "budget_rp", "status", "tie_break", "gap", "goals", "spent_rp", "funded"}
At = tuple[str, int | float]  # the name of the place that is varied, and to what


def limited(scenario: Scenario) -> Scenario:
    """The scenario with a point's time limit."""
    return vary(scenario, solver=scenario.solver.model_dump() | {"time_limit_s": limit_s(scenario)})


def limit_s(scenario: Scenario) -> float:
    """How long one point is sought at most."""
    return min(YEARS_LIMIT_S if len(scenario.budget_rp) > 1 else TIME_LIMIT_S, scenario.solver.time_limit_s)


def place_of(point: dict) -> At:
    return point["change"]["by"], point["change"]["at"]


def widest(goals: list[dict]) -> float | None:
    """The largest gap of the goals; None where one is not known."""
    gaps = [goal["gap"] for goal in goals]
    return None if None in gaps else max(gaps)


def full_volumes(options: Options) -> dict[tuple[str, int], dict[str, int]]:
    """(usulan, year) -> line -> volume asked for."""
    keys = list(zip(options.table["usulan_id"], options.ta.tolist(), strict=True))
    full: dict[tuple[str, int], dict[str, int]] = {key: {} for key in keys}
    columns = (options.lines[name] for name in ("option", "rincian_id", "volume"))
    for option, line, volume in zip(*columns, strict=True):
        full[keys[option]][line] = int(volume)
    return full


def read_whatif(file: Path, plan: Plan) -> dict | None:
    """The content of ``andai.json``; None where there is none, it was changed, or it belongs to another plan."""
    try:
        content = json.loads(file.read_bytes().decode("utf-8"))
        mine = content["format"] == FORMAT and content["plan"] == plan.fingerprint
        sound = {place_of(point) for point in content["points"] if set(point) == KEYS}
        mine = mine and {"planner", "floor"} <= set(content) and len(sound) == len(content["points"])
        return content if mine and content["fingerprint"] == fingerprint_of(content) else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def problems_of(content: dict, candidates: Candidates, scenario: Scenario) -> list[str]:
    """Everything wrong with the points of an ``andai.json``, as sentences; empty: valid.

    ``scenario`` is the plan's. Each point's choice is derived again in whole numbers, without any solver.
    """
    found = [] if fingerprint_of(content) == content.get("fingerprint") else [say("verify.fingerprint")]
    points = content.get("points")
    if not isinstance(points, list):
        return [*found, say("verify.differs", key="points", where="")]
    for k, point in enumerate(points):
        try:
            problems = list(wrong(point, candidates, scenario))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError) as error:
            problems = [f"{type(error).__name__}: {error}"]
        except PlannerError as error:
            problems = error.problems
        found += [say("whatif.wrong", file=FILE, point=k, why=why) for why in problems]
    return found


def wrong(point: dict, candidates: Candidates, scenario: Scenario) -> Iterator[str]:
    """Does a point hold under its own scenario, and is every figure what the tables give?"""
    by, at = place_of(point)
    varied = limited(bound(scenario, by).set(scenario, at))
    if set(point) != KEYS or point["budget_rp"] != sum(varied.budget_rp.values()):
        yield say("verify.differs", key="budget_rp", where="")
    if point["status"] in WITHOUT_PLAN:
        if any(point[key] is not None for key in ("tie_break", "gap", "goals", "spent_rp", "funded")):
            yield say("verify.differs", key="status", where="")
        return
    options = build_options(candidates, varied)
    problem = compile_problem(options, varied)
    x = choice_of({"funded": list(expanded(point["funded"], full_volumes(options)))}, problem)
    for row, excess_ in problem.broken(x):
        yield say("verify.row", row=problem.row_names[row], by=excess_)
    if (x > problem.upper).any() or (x < 0).any():
        yield say("verify.differs", key="volume", where="")
    decisions = problem.decisions(x)
    for rule in varied.rules:
        for excess in rule.holds(options, decisions):
            yield say("verify.rule", sentence=rule.sentence(), label=excess.label, by=excess.by)
    names = zip(options.table["usulan_id"], options.ta.tolist(), decisions.amount.tolist(), strict=True)
    amounts = [list(one) for one, fund in zip(names, decisions.fund, strict=True) if fund]
    if [one[:3] for one in point["funded"]] != amounts or point["spent_rp"] != sum(one[2] for one in amounts):
        yield say("verify.differs", key="amount_rp", where="")
    if point["gap"] != widest(point["goals"]):
        yield say("verify.differs", key="gap", where="")
    yield from proof(point, problem, x)


def expanded(funded: list[list], full: dict[tuple[str, int], dict[str, int]]) -> Iterator[dict]:
    """A point's funded as a plan's file writes them; raises KeyError for a line or usulan that does not exist."""
    for usulan_id, ta, _, differing in funded:
        volumes = dict(full[usulan_id, ta])
        for name, volume in differing:
            if name not in volumes:
                raise PlannerError(say("verify.unknown_choice", name=f"{usulan_id}:{name}"))
            volumes[name] = volume
        lines = [{"rincian_id": name, "volume": volume} for name, volume in volumes.items() if volume]
        yield {"usulan_id": usulan_id, "ta": ta, "lines": lines}
