"""Every, some or no plan nearly as good as this one has an usulan: by plans in hand, and by bounds."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from decimal import Decimal, InvalidOperation
from importlib.metadata import version as package_version
from pathlib import Path
from time import monotonic
from typing import cast

import numpy as np

from planner.answers.open_plan import Case, open_case
from planner.answers.opposite import NONE, SIZE, Opposite, Run, here, in_pool
from planner.base.errors import PlannerError, shown
from planner.base.files import check_writable, write_whole
from planner.base.messages import say
from planner.base.processes import Clock
from planner.plan.folder import RunFolder
from planner.plan.labels_file import (
    FINEST,
    FORMAT,
    LabelsFile,
    funded_points,
    label_of,
    least_of,
    read_labels,
    witness_of,
)  # fmt: skip
from planner.plan.plan_file import canonical, fingerprint_of
from planner.plan.robust_file import Sides
from planner.solve.progress import Figures

GROUP_NODES, LAST_NODES = 40, 2_000  # of one search's tree: work, so that no machine decides
WITHIN = "0.5,1,2"
NEARLY, FEW, FEW_S = 50, 16, 120.0  # of the quick answer: its threshold (0.5 %), its searches, its time


def seek(
    case: Case, leasts: Sequence[int], run: Run, clock: Clock, most: int | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Opposite:  # fmt: skip
    """What is known of every usulan at these least points, falling; ``most``: searches of each, as few as that say.

    First what LP and blocks prove and what their plans show, then plans that have many otherwise, then group by group.
    """
    opposite = Opposite(case, clock)
    told = lambda: progress(Figures(say("labels.progress", left=int(opposite.open(leasts[-1]).sum()))))  # noqa: E731
    opposite.begin(leasts[0])
    opposite.by_profit()
    opposite.by_blocks(leasts[-1])
    for least in leasts:
        told()
        if most is None:
            opposite.by_exchanges(least)
        opposite.sweep(least)
        left = int(opposite.open(least).sum())
        if most is not None:
            opposite.search(least, run, GROUP_NODES, most, most, told)
            continue
        opposite.search(least, run, GROUP_NODES, -(-left // SIZE), 2 * left, told)
        left = int(opposite.open(least).sum())
        opposite.search(least, run, LAST_NODES, left, left, told)
    return opposite


def sides_of(case: Case) -> Sides:
    """Every usulan by what the opposite choice costs the first goal, in short: within 0.5 % of the plan, or more.

    ``tie``: a legal plan is in hand that has it otherwise and loses no more. ``far``: a bound proves that every such
    plan loses more. ``open``: neither is known within the few searches of a run.
    """
    least = least_of(case.goal["stage_value"], NEARLY)
    found = seek(case, [least], here(case), Clock(monotonic() + FEW_S), FEW)
    moved = found.funded(case.x) != found.chosen
    tie = (found.reached >= least) | moved
    far = found.far(least) & ~tie
    names = [found.usulan[which].tolist() for which in (tie, far, ~tie & ~far)]
    return Sides(tie=names[0], far=names[1], open=names[2])


def label_all(
    plan_file: Path, pool: Executor, within: str = WITHIN, progress: Callable[[str], None] = lambda text: None,
    clock: Clock | None = None, data: Path | None = None,
) -> LabelsFile:  # fmt: skip
    """Label every usulan of a plan and write ``label.json`` beside it; what stands there already is the answer.

    ``clock.stopped`` ends it with what is known then, and so does the scenario's time limit. Raises PlannerError for
    percentages that cannot be.
    """
    wanted, run, clock = thresholds(within), RunFolder(plan_file), clock or Clock()
    case = open_case(plan_file, data)
    before = read_labels(run.labels, case.plan)
    if before and before["planner"] == package_version("planner") and before["within"] == wanted and whole(before):
        return before
    check_writable(run.folder)
    progress(say("labels.seeking"))
    clock.deadline_s = min(clock.deadline_s, monotonic() + case.problem.scenario.solver.time_limit_s)
    leasts = [least_of(case.goal["stage_value"], one) for one in wanted]
    content = file_of(seek(case, leasts, in_pool(case, pool, clock), clock, progress=progress), wanted)
    write_whole(run.labels, canonical(content))
    return content


def whole(known: LabelsFile) -> bool:
    """Whether nothing was left open."""
    return not any("open" in one["labels"] for one in known["usulan"])


def thresholds(text: str) -> list[int]:
    """``0.5,1,2`` as hundredths of a percent, rising; raises one PlannerError with all that are none."""
    found, wrong = set(), []
    for part in text.split(","):
        try:
            value = Decimal(part.strip()) * FINEST
            if not 0 <= value <= 50 * FINEST or value != int(value):
                raise InvalidOperation
            found.add(int(value))
        except (InvalidOperation, ValueError, OverflowError):
            wrong.append(say("labels.percent", given=shown(part.strip())))
    if wrong:
        raise PlannerError(wrong)
    return sorted(found)


def file_of(found: Opposite, within: list[int]) -> LabelsFile:
    """What is known as it is kept: labels, and of the plans in hand as few as show them."""
    case, cost = found.case, found.case.cost
    value = case.goal["stage_value"]
    kept = witnesses(found, [least_of(value, one) for one in within])
    plans = [found.base, *(found.plans[k] for k in kept)]
    first, usulan = funded_points(case.problem, found.base), []
    values = [cost.points(x) for x in plans]
    has = np.array([found.funded(x) for x in plans])
    for k, name in enumerate(found.usulan.tolist()):
        sides = ([j for j in range(len(plans)) if has[j, k] == side] for side in (True, False))
        inside, outside = (max(own, key=lambda j: values[j], default=None) for own in sides)
        bound = None if found.bound[k] == NONE else int(found.bound[k])
        in_value, out_value = (None if j is None else values[j] for j in (inside, outside))
        own = bool(found.chosen[k])
        labels = [label_of(in_value, out_value, bound, own, least_of(value, one)) for one in within]
        usulan.append({"usulan_id": name, "labels": labels, "inside": inside, "outside": outside, "bound": bound})
    content = {
        "format": FORMAT, "plan": case.plan.fingerprint, "planner": package_version("planner"), "value": value,
        "within": within,
        "witnesses": [
            witness_of(case.problem, x, points, first if j else None)
            for j, (x, points) in enumerate(zip(plans, values, strict=True))
        ],
        "usulan": usulan,
    }  # fmt: skip
    return cast(LabelsFile, content | {"fingerprint": fingerprint_of(content)})


def witnesses(found: Opposite, leasts: list[int]) -> list[int]:
    """The numbers of plans that show together all that is known at each threshold, few of them: greedy covering."""
    values = np.array([found.case.cost.points(x) for x in found.plans])
    flips = np.array([found.funded(x) != found.chosen for x in found.plans])
    kept: list[int] = []
    for least in leasts:
        able = flips & (values >= least)[:, None]
        left = able.any(axis=0) & ~able[kept].any(axis=0)
        while left.any():
            best = int((able & left).sum(axis=1).argmax())
            kept.append(best)
            left &= ~able[best]
    return sorted(kept)
