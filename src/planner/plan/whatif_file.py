"""``andai.json`` beside a plan: the plans of other budgets and of another floor, read and checked without a solver."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, Strict, TypeAdapter

from planner.base.errors import PlannerError, shown
from planner.base.forms import Form, Whole, misfits
from planner.base.messages import say
from planner.model.build_options import build_options
from planner.model.candidates import Candidates
from planner.model.options import Options
from planner.model.problem import Problem, compile_problem
from planner.model.status import Gap, Goal
from planner.plan.derive import Choice, choice_of
from planner.plan.folder import WHATIF
from planner.plan.plan import Plan
from planner.plan.plan_file import Proof, fingerprint_of, read_beside
from planner.plan.substance import illegal, other_goals, proof
from planner.scenario.place import bound
from planner.scenario.scenario import Scenario, vary

FORMAT = 1
TIME_LIMIT_S = 120  # of one point, where the scenario's own limit is not shorter
YEARS_LIMIT_S = 30  # the same of several years
At = tuple[str, int | float]  # the name of the place that is varied, and to what


class Change(Form):
    by: str
    at: Whole | float


class UnsolvedPoint(Form):
    """A point that has no plan."""

    change: Change
    budget_rp: Whole
    status: Literal["infeasible", "none_found"]
    tie_break: None
    gap: None
    goals: None
    spent_rp: None
    funded: None


Volume = Annotated[tuple[str, Whole], Strict(False)]  # a line whose volume is not the full one; 0: left out
FundedPoint = Annotated[tuple[str, Whole, Whole, list[Volume]], Strict(False)]  # usulan, year, rupiah, volumes


class SolvedPoint(Proof):
    """A point with its plan, as short as can be."""

    change: Change
    budget_rp: Whole
    gap: Gap | None
    spent_rp: Whole
    funded: list[FundedPoint]


Point = Annotated[SolvedPoint | UnsolvedPoint, Field(discriminator="status")]


class WhatIfFile(Form):
    format: Literal[1]
    plan: str  # the fingerprint of the plan that it belongs to
    planner: str
    floor: str | None  # the place of the floor that is varied
    points: list[Point]
    fingerprint: str


FORM = TypeAdapter(WhatIfFile)


def limit_time(scenario: Scenario) -> Scenario:
    """The scenario with a point's time limit."""
    return vary(scenario, solver=scenario.solver.model_dump() | {"time_limit_s": limit_s(scenario)})


def limit_s(scenario: Scenario) -> float:
    """How long one point is sought at most."""
    return min(YEARS_LIMIT_S if len(scenario.budget_rp) > 1 else TIME_LIMIT_S, scenario.solver.time_limit_s)


def place_of(point: Point) -> At:
    return point["change"]["by"], point["change"]["at"]


def widest(goals: list[Goal]) -> float | None:
    """The largest gap of the goals; None where one is not known."""
    gaps = [goal["gap"] for goal in goals if goal["gap"] is not None]
    return max(gaps) if len(gaps) == len(goals) else None


def full_volumes(options: Options) -> dict[tuple[str, int], dict[str, int]]:
    """(usulan, year) -> line -> volume asked for."""
    keys = list(zip(options.table["usulan_id"], options.ta.tolist(), strict=True))
    full: dict[tuple[str, int], dict[str, int]] = {key: {} for key in keys}
    columns = (options.lines[name] for name in ("option", "rincian_id", "volume"))
    for option, line, volume in zip(*columns, strict=True):
        full[keys[option]][line] = int(volume)
    return full


def read_whatif(file: Path, plan: Plan) -> WhatIfFile | None:
    """The content of ``andai.json``; None where there is none, it was changed, or it belongs to another plan."""
    known: WhatIfFile | None = read_beside(file, FORM, plan.fingerprint)
    return known if known and is_asked_of(known, plan.scenario) else None


def is_asked_of(known: WhatIfFile, scenario: Scenario) -> bool:
    """Whether every point varies a place that the scenario has, each once, and reaches the scenario's goals."""
    points = known["points"]
    try:
        if known["floor"] is not None:
            bound(scenario, known["floor"])
        for point in points:
            asked_by(point, scenario)
    except PlannerError:
        return False
    others = any(point["goals"] is not None and other_goals(point["goals"], scenario) for point in points)
    return not others and len({place_of(point) for point in points}) == len(points)


def asked_by(point: Point, scenario: Scenario) -> Scenario:
    """The scenario of a point; raises PlannerError for a place or a value that the plan's scenario cannot have."""
    by, at = place_of(point)
    return limit_time(bound(scenario, by).set(scenario, at))


def problems_of(content: dict, plan: Plan, problem: Problem) -> list[str]:
    """Everything wrong with the content of an ``andai.json``, as sentences; empty: valid.

    Each point's choice is derived again in whole numbers, without any solver.
    """
    if where := misfits(FORM, content):
        return [say("verify.form", file=WHATIF, planner=shown(content.get("planner", "?")), where=", ".join(where))]
    found = [] if fingerprint_of(content) == content["fingerprint"] else [say("verify.fingerprint")]
    for k, point in enumerate(content["points"]):
        try:
            problems = list(wrong(point, problem.options.candidates, problem.scenario))
        except PlannerError as error:
            problems = error.problems
        found += [say("whatif.wrong", file=WHATIF, point=k, why=why) for why in problems]
    return found


def wrong(point: Point, candidates: Candidates, scenario: Scenario) -> Iterator[str]:
    """Does a point hold under its own scenario, and is every figure what the tables give?"""
    varied = asked_by(point, scenario)
    if point["budget_rp"] != sum(varied.budget_rp.values()):
        yield say("verify.differs", key="budget_rp", where="")
    if point["funded"] is None:
        return
    if other_goals(point["goals"], varied):
        yield say("verify.differs", key="goals.name", where="")
        return
    options = build_options(candidates, varied)
    problem = compile_problem(options, varied)
    x = choice_of(expand_volumes(point["funded"], full_volumes(options)), problem)
    yield from illegal(problem, x)
    decisions = problem.decisions(x)
    names = zip(options.table["usulan_id"], options.ta.tolist(), decisions.amount.tolist(), strict=True)
    amounts = [one for one, fund in zip(names, decisions.fund, strict=True) if fund]
    if [tuple(one[:3]) for one in point["funded"]] != amounts or point["spent_rp"] != sum(one[2] for one in amounts):
        yield say("verify.differs", key="amount_rp", where="")
    if point["gap"] != widest(point["goals"]):
        yield say("verify.differs", key="gap", where="")
    yield from proof(point, problem, x)


def expand_volumes(funded: list[FundedPoint], full: dict[tuple[str, int], dict[str, int]]) -> Iterator[Choice]:
    """A point's funded as a plan's file writes them; raises PlannerError for a line or usulan that does not exist."""
    for usulan_id, ta, _, differing in funded:
        if (usulan_id, ta) not in full:
            raise PlannerError(say("verify.unknown_choice", name=usulan_id))
        volumes = dict(full[usulan_id, ta])
        for name, volume in differing:
            if name not in volumes:
                raise PlannerError(say("verify.unknown_choice", name=f"{usulan_id}:{name}"))
            volumes[name] = volume
        lines = [{"rincian_id": name, "volume": volume} for name, volume in volumes.items() if volume]
        yield {"usulan_id": usulan_id, "ta": ta, "lines": lines}
