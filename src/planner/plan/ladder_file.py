"""``tangga.json`` beside a plan: one order of usulan for a range of pagu, read and checked without a solver."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Annotated, Literal, cast

import numpy as np
from pydantic import Field, TypeAdapter

from planner.base.errors import PlannerError
from planner.base.forms import Form, Whole, misfits
from planner.base.messages import say
from planner.model.build_options import build_options
from planner.model.candidates import Candidates
from planner.model.problem import Problem, compile_problem, with_budget
from planner.plan.derive import choice_of
from planner.plan.folder import LADDER
from planner.plan.plan import Plan
from planner.plan.plan_file import fingerprint_of, read_beside
from planner.plan.reasons import broken
from planner.plan.whatif_file import FundedPoint, Volume, expand_volumes, full_volumes
from planner.scenario.place import BUDGET
from planner.scenario.scenario import Scenario

FORMAT = 1
PPM = 10**6  # of a share, as prices are written: the upper one rounded up, the lower one down
Share = Annotated[int, Field(ge=0)]


class LadderStep(Form):
    """A pagu of all years; ``why``: the rules that allow no plan there, which the ladder passes by."""

    at_rp: Whole
    value: int
    bound: int
    reached: int
    spent_rp: Whole | None
    why: list[str]


class ShortOf(Form):
    row: str
    sentence: dict[str, str]
    by: Whole
    rupiah: bool


class LadderRung(Form):
    """An usulan that comes in at a pagu or is given more there; what it has from then on."""

    usulan_id: str
    ta: Whole
    kode: str
    menu: str
    step: Whole
    at_rp: Whole
    amount_rp: Whole
    volumes: list[Volume]
    short: list[ShortOf]


class LadderFile(Form):
    format: Literal[1]
    plan: str  # the fingerprint of the plan that it belongs to; '' where none was there
    planner: str
    scenario: str
    goal: str
    point: Whole
    now_rp: Whole  # the pagu of the scenario
    most_ppm: int
    least_ppm: Share
    steps: list[LadderStep]
    rungs: list[LadderRung]
    fingerprint: str


FORM = TypeAdapter(LadderFile)


def read_ladder(file: Path, plan: Plan) -> LadderFile | None:
    """The content of ``tangga.json``; None where there is none, it was changed, or it belongs to another plan."""
    known: LadderFile | None = read_beside(file, FORM, plan.fingerprint)
    return known


def held(known: LadderFile, step: int) -> list[FundedPoint]:
    """What the ladder funds at a step of the grid, as a point of ``andai.json`` has it."""
    now = {(one["usulan_id"], one["ta"]): one for one in known["rungs"] if one["step"] <= step}
    return [(name, ta, one["amount_rp"], one["volumes"]) for (name, ta), one in sorted(now.items())]


def problems_of(content: dict, plan: Plan, problem: Problem) -> list[str]:
    """Everything wrong with the content of a ``tangga.json``, as sentences; empty: valid.

    Each step's plan is derived again in whole numbers; what it is compared with is not solved again.
    """
    if where := misfits(FORM, content):
        return [say("ladder.form", file=LADDER, where=", ".join(where[:5]))]
    found = [] if fingerprint_of(content) == content["fingerprint"] else [say("verify.fingerprint")]
    try:
        wrong = list(wrong_steps(cast(LadderFile, content), problem.options.candidates, problem.scenario))
    except PlannerError as error:
        wrong = error.problems
    return found + [say("ladder.wrong", file=LADDER, why=why) for why in wrong]


def wrong_steps(known: LadderFile, candidates: Candidates, scenario: Scenario) -> Iterator[str]:
    """Is each step legal, worth what is said, and does it hold the one before it?"""
    base = compile_problem(build_options(candidates, scenario), scenario)
    names, last, losses = full_volumes(base.options), None, [Fraction(0)]
    places = [step["at_rp"] for step in known["steps"]]
    if places != sorted(set(places)) or known["now_rp"] != sum(scenario.budget_rp.values()):
        yield say("verify.differs", key="at_rp", where="")
        return
    if [one["at_rp"] for one in known["rungs"]] != sorted(one["at_rp"] for one in known["rungs"]):
        yield say("verify.differs", key="at_rp", where="")
    for number, step in enumerate(known["steps"]):
        if step["why"]:
            continue
        problem = with_budget(base, BUDGET.set(scenario, step["at_rp"]))
        x = choice_of(expand_volumes(held(known, number), names), problem)
        yield from wrong_step(known, number, problem, x)
        if last is not None and (x < last).any():
            yield say("ladder.falls", step=number + 1)
        losses.append(Fraction(step["bound"] - step["reached"], max(abs(step["bound"]), 1)))
        last = x
    if known["most_ppm"] != ceil(max(losses) * PPM) or known["least_ppm"] > known["most_ppm"]:
        yield say("verify.differs", key="most_ppm", where="")


def wrong_step(known: LadderFile, number: int, problem: Problem, x: np.ndarray) -> Iterator[str]:
    step, amount = known["steps"][number], problem.decisions(x).amount
    yield from (one["sentence"]["id"] for one in broken(problem, x))
    table = problem.options.table
    paid = {(u, int(t)): int(rp) for u, t, rp in zip(table["usulan_id"], table["ta"], amount, strict=True)}
    if step["spent_rp"] != amount.sum() or any(paid[u, ta] != rp for u, ta, rp, _ in held(known, number)):
        yield say("verify.differs", key="amount_rp", where=f" ({number + 1})")
    if step["reached"] != problem.aim(0, known["point"]).points(x) or step["bound"] < max(
        step["value"], step["reached"]
    ):
        yield say("verify.differs", key="reached", where=f" ({number + 1})")
