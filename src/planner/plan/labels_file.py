"""``label.json`` beside a plan: who is in every, some or no plan nearly as good, with its witnesses."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, cast

import numpy as np
from pydantic import Field, TypeAdapter

from planner.base.errors import PlannerError
from planner.base.forms import Form, Whole, misfits
from planner.base.messages import say
from planner.model.problem import Problem
from planner.plan.derive import choice_of
from planner.plan.folder import LABELS
from planner.plan.plan import Plan
from planner.plan.plan_file import fingerprint_of, read_beside
from planner.plan.substance import illegal, same
from planner.plan.whatif_file import FundedPoint, expand_volumes, full_volumes

FORMAT = 1
FINEST = 100  # parts of a percent in which a threshold is given
EVERY, SOME, NO, OPEN = "every", "some", "no", "open"
Label = Literal["every", "some", "no", "open"]
Percent = Annotated[int, Field(ge=0, le=50 * FINEST)]


class Witness(Form):
    """A legal plan as it differs from the first witness, or from nothing: who is not in it, and who is, how funded."""

    value: Whole
    without: list[str]
    funded: list[FundedPoint]


class Labelled(Form):
    """One usulan; ``inside``, ``outside``: the numbers of witnesses that have it, and have it not.

    ``bound``: no plan of the side that the first witness is not on has more points; None: there is no such plan.
    """

    usulan_id: str
    labels: list[Label]  # of each threshold
    inside: Whole | None
    outside: Whole | None
    bound: Whole | None


class LabelsFile(Form):
    format: Literal[1]
    plan: str  # the fingerprint of the plan that it belongs to
    planner: str
    value: Whole  # of the first goal, which thresholds are shares of
    within: list[Percent]  # hundredths of a percent, rising
    witnesses: list[Witness]
    usulan: list[Labelled]
    fingerprint: str


FORM = TypeAdapter(LabelsFile)


def least_of(value: int, within: int) -> int:
    """The least points of a plan that is so many hundredths of a percent below ``value`` at most."""
    return value - abs(value) * within // (100 * FINEST)


def label_of(inside: int | None, outside: int | None, bound: int | None, has: bool, least: int) -> Label:
    """What is known at a threshold: by witnesses' points on both sides, and the bound of that opposite to ``has``."""
    if bound is None or bound < least:
        return "every" if has else "no"
    both = inside is not None and outside is not None and min(inside, outside) >= least
    return "some" if both else "open"


def read_labels(file: Path, plan: Plan) -> LabelsFile | None:
    """The content of ``label.json``; None where there is none, it was changed, or it belongs to another plan."""
    known: LabelsFile | None = read_beside(file, FORM, plan.fingerprint)
    return known


def problems_of(content: dict, plan: Plan, problem: Problem) -> list[str]:
    """Everything wrong with the content of a ``label.json``, as sentences; empty: valid.

    Witnesses are derived again in whole numbers and labels from them; bounds are a solver's, and only sealed.
    """
    if where := misfits(FORM, content):
        return [say("labels.form", file=LABELS, where=", ".join(where))]
    found = [] if fingerprint_of(content) == content["fingerprint"] else [say("verify.fingerprint")]
    wrong = list(untrue(cast(LabelsFile, content), plan, problem))
    return found + [say("labels.form", file=LABELS, where=", ".join(wrong[:5]))] * bool(wrong)


def untrue(known: LabelsFile, plan: Plan, problem: Problem) -> Iterator[str]:
    """Where a file says what witnesses do not show."""
    goal = plan["goals"][0]
    if known["value"] != goal["stage_value"] or known["within"] != sorted(set(known["within"])):
        yield "value"
    try:
        made = list(choices(known, problem))
    except PlannerError as error:
        yield f"witnesses: {error.problems[0]}"
        return
    has, cost = [set(problem.winners(x)) for x in made], problem.aim(0, goal["point"])
    first = funded_points(problem, made[0]) if made else []
    for k, (x, one) in enumerate(zip(made, known["witnesses"], strict=True)):
        if any(illegal(problem, x)) or not same(one, witness_of(problem, x, cost.points(x), first if k else None)):
            yield f"witnesses[{k}]"
    names = [one["usulan_id"] for one in known["usulan"]]
    if not has or names != sorted(set(problem.options.table["usulan_id"])):
        yield "usulan"
        return
    yield from (own["usulan_id"] for own in known["usulan"] if not shown_by(own, known, has))


def shown_by(one: Labelled, known: LabelsFile, has: list[set[str]]) -> bool:
    """Whether an usulan's labels are those of its witnesses and its bound."""
    name, count = one["usulan_id"], len(has)
    sides = [(one["inside"], True), (one["outside"], False)]
    if any(k is not None and not (0 <= k < count and (name in has[k]) == side) for k, side in sides):
        return False
    inside, outside = (None if k is None else known["witnesses"][k]["value"] for k, _ in sides)
    first = name in has[0]
    other = outside if first else inside
    if other is not None and (one["bound"] is None or one["bound"] < other):
        return False
    leasts = [least_of(known["value"], within) for within in known["within"]]
    return one["labels"] == [label_of(inside, outside, one["bound"], first, least) for least in leasts]


def choices(known: LabelsFile, problem: Problem) -> Iterator[np.ndarray]:
    """The columns of each witness; raises PlannerError for a line or usulan that does not exist."""
    full, first = full_volumes(problem.options), dict[tuple[str, int], FundedPoint]()
    for k, one in enumerate(known["witnesses"]):
        own = {key: point for key, point in first.items() if point[0] not in one["without"]}
        changed = {point[0] for point in one["funded"]}
        own = {key: point for key, point in own.items() if key[0] not in changed}
        own |= {(point[0], point[1]): point for point in one["funded"]}
        first = first if k else own
        yield choice_of(expand_volumes(list(own.values()), full), problem)


def witness_of(problem: Problem, x: np.ndarray, value: int, first: list[FundedPoint] | None) -> Witness:
    """A choice as it differs from what the first witness funds; whole where there is none."""
    own = funded_points(problem, x)
    names, known = {point[0] for point in own}, first or []
    return {
        "value": value, "without": sorted({point[0] for point in known} - names),
        "funded": [point for point in own if point not in known],
    }  # fmt: skip


def funded_points(problem: Problem, x: np.ndarray) -> list[FundedPoint]:
    """Who is funded in a choice, with the volumes that are not the full ones."""
    options, decisions = problem.options, problem.decisions(x)
    lines, differing = options.lines, dict[int, list[tuple[str, int]]]()
    for option, name, full, volume in zip(
        lines["option"], lines["rincian_id"], lines["volume"], decisions.qty, strict=True
    ):
        if int(volume) != int(full):
            differing.setdefault(int(option), []).append((name, int(volume)))
    keys = zip(options.table["usulan_id"], options.ta.tolist(), decisions.amount.tolist(), strict=True)
    return [
        (str(name), int(ta), int(amount), differing.get(k, []))
        for k, (name, ta, amount) in enumerate(keys) if decisions.fund[k]
    ]  # fmt: skip
