"""``tangga.json`` beside a plan: one order of usulan for a range of pagu, read and checked without a solver."""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from math import ceil
from pathlib import Path
from typing import Annotated, Literal, cast

import numpy as np
from pydantic import Field, TypeAdapter

from planner.base.errors import PlannerError
from planner.base.forms import Form, Whole, misfits
from planner.base.messages import in_each, say
from planner.model.build_options import build_options
from planner.model.candidates import Candidates
from planner.model.problem import Problem, compile_problem, with_budget
from planner.plan.derive import choice_of
from planner.plan.folder import LADDER
from planner.plan.plan import Plan
from planner.plan.plan_file import BothLanguages, fingerprint_of, read_beside
from planner.plan.reasons import row_text
from planner.plan.substance import illegal
from planner.plan.whatif_file import FundedPoint, Volume, expand_volumes, full_volumes
from planner.scenario.place import BUDGET
from planner.scenario.rows import Measure
from planner.scenario.scenario import Scenario

FORMAT = 1
PPM = 10**6  # of a share, as prices are written: the upper one rounded up, the lower one down
KEYS = ("usulan_id", "ta", "kode", "menu")
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
    """What a plan between two steps lacks of a rule at some pagu: ``by`` of the rule's own unit, the most of it."""

    row: str
    sentence: BothLanguages
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
    point: Annotated[int, Field(ge=1, le=10**15)]
    now_rp: Whole  # the pagu of the scenario
    most_ppm: int
    least_ppm: Share
    steps: Annotated[list[LadderStep], Field(min_length=1)]
    rungs: Annotated[list[LadderRung], Field(min_length=1)]
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
    base, steps = compile_problem(build_options(candidates, scenario), scenario), known["steps"]
    said = {"goal": scenario.goals[0].name, "now_rp": sum(scenario.budget_rp.values()), "scenario": scenario.name}
    yield from (say("verify.differs", key=key, where="") for key, own in said.items() if known.get(key) != own)
    solved, places = [k for k, step in enumerate(steps) if not step["why"]], [step["at_rp"] for step in steps]
    if not solved or places != sorted(set(places)) or places[0] < 1:
        yield say("verify.differs", key="steps", where="")
        return
    names, made = full_volumes(base.options), dict[int, np.ndarray]()
    for number in solved:
        problem = under(base, places[number])
        x = choice_of(expand_volumes(held(known, number), names), problem)
        yield from wrong_step(known, number, problem, x)
        if made and (x < list(made.values())[-1]).any():
            yield say("ladder.falls", step=number + 1)
        made[number] = x
    for number, step in enumerate(steps):
        empty = (step["value"], step["bound"], step["reached"], step["spent_rp"]) == (0, 0, 0, None)
        if step["why"] and (not empty or any(map(under(base, step["at_rp"]).legal, made.values()))):
            yield say("verify.differs", key="why", where=f" ({number + 1})")
    losses = [Fraction(steps[k]["bound"] - steps[k]["reached"], max(abs(steps[k]["bound"]), 1)) for k in solved]
    if known["most_ppm"] != ceil(max(losses) * PPM) or known["least_ppm"] > known["most_ppm"]:
        yield say("verify.differs", key="most_ppm", where="")
    first = [places[solved[0]], *(places[k] + 1 for k in solved[:-1])]
    yield from wrong_rungs(known, base, dict(zip(solved, first, strict=True)))


def wrong_step(known: LadderFile, number: int, problem: Problem, x: np.ndarray) -> Iterator[str]:
    step, amount, where = known["steps"][number], problem.decisions(x).amount, f" ({number + 1})"
    yield from illegal(problem, x)
    table = problem.options.table
    paid = {(u, int(t)): int(rp) for u, t, rp in zip(table["usulan_id"], table["ta"], amount, strict=True)}
    if step["spent_rp"] != amount.sum() or any(paid[u, ta] != rp for u, ta, rp, _ in held(known, number)):
        yield say("verify.differs", key="amount_rp", where=where)
    reached = problem.aim(0, known["point"]).points(x)
    if step["reached"] != reached or step["bound"] < max(step["value"], reached):
        yield say("verify.differs", key="reached", where=where)


def wrong_rungs(known: LadderFile, base: Problem, first: dict[int, int]) -> Iterator[str]:
    """Does each come in within its own step, and does it say what does not hold from there until the next comes in?

    ``first``: of each step that has a plan the least pagu of who comes in there.
    """
    steps, rungs, table = known["steps"], known["rungs"], base.options.table
    facts = {(u, int(t)): (k, m) for u, t, k, m in zip(*(table[c] for c in KEYS), strict=True)}
    now: dict[tuple[str, int], FundedPoint] = {}
    names, last = full_volumes(base.options), 0
    for k, one in enumerate(rungs):
        key, at, where = (one["usulan_id"], one["ta"]), one["at_rp"], f" ({one['usulan_id']})"
        if (own := one["step"]) not in first or not max(first[own], last) <= at <= steps[own]["at_rp"]:
            yield say("verify.differs", key="at_rp", where=where)
            return
        if facts[key] != (one["kode"], one["menu"]):
            yield say("verify.differs", key="kode, menu", where=where)
        now[key], last = (*key, one["amount_rp"], one["volumes"]), at
        end = rungs[k + 1]["at_rp"] - 1 if k + 1 < len(rungs) else steps[-1]["at_rp"]
        x = choice_of(expand_volumes(list(now.values()), names), base)
        if one["short"] != shorts(base, x, at, end):
            yield say("verify.differs", key="short", where=where)


# -- between two steps -------------------------------------------------------------------------------------------------


def under(problem: Problem, at_rp: int) -> Problem:
    """The problem under another pagu of all years."""
    return with_budget(problem, BUDGET.set(problem.scenario, at_rp))


def shorts(problem: Problem, x: np.ndarray, first_rp: int, last_rp: int) -> list[ShortOf]:
    """What does not hold of a plan from one pagu to another: limits move on a line, so it is most at an end."""
    found: dict[str, ShortOf] = {}
    for at in dict.fromkeys((first_rp, last_rp) if first_rp <= last_rp else ()):
        there = under(problem, at)
        for short in shorts_at(there, x):
            if short["row"] not in found or found[short["row"]]["by"] < short["by"]:
                found[short["row"]] = short
    return list(found.values())


def shorts_at(problem: Problem, x: np.ndarray) -> Iterator[ShortOf]:
    rules = problem.scenario.rules
    for row, by in problem.broken(x):
        number, told = problem.row_rule[row], in_each(partial(row_text, problem, row))
        missed = Measure(problem.row_labels[row], abs(by), upper=0)
        own = rules[number].whole_gap(missed, problem.options) if number >= 0 else missed.excess
        yield short_of(problem.row_names[row], told, own, bool(problem.row_money[row]))
    for lift, measure in problem.measured(x):
        if measure.excess:
            rule = rules[lift.rule]
            own = rule.whole_gap(measure, problem.options)
            yield short_of(f"{lift.name}:{measure.label}", in_each(rule.sentence), own, rule.unit == "rupiah")


def short_of(row: str, sentence: dict[str, str], by: int, rupiah: bool) -> ShortOf:
    return {"row": row, "sentence": {"id": sentence["id"], "en": sentence["en"]}, "by": by, "rupiah": rupiah}
