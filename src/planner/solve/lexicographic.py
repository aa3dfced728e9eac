"""Goals one after another, each kept by those after it, then the one list and the volumes that ties cannot change."""

from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from planner.base.errors import InfeasibleError, NoneFoundError
from planner.base.messages import say
from planner.model.problem import Problem
from planner.model.status import PROVABLE_POINTS, proven
from planner.scenario.goals import least_allowed
from planner.scenario.objective import Aim, aim_of
from planner.solve.engines import Settings
from planner.solve.exact import Solution, keeps, maximise
from planner.solve.formulation import ObjectiveFloor, SideRow, goal_rows, hold, other_winners, squeezed
from planner.solve.infeasible.diagnose import diagnosis_of
from planner.solve.neighbourhood import search
from planner.solve.point_size import chosen_point, point_of
from planner.solve.progress import Progress, Watch


@dataclass(frozen=True)
class Stage:
    """One goal solved: what was maximised, what was reached, and the least that later stages must keep."""

    name: str
    point: int
    tolerance: float
    aim: Aim
    value: int
    bound: int | None
    least: int


class Refuted(Exception):
    """A plan ``x`` better than a bound was found: the bound was wrong."""

    def __init__(self, x: np.ndarray):
        super().__init__()
        self.x = x


def solve_goals(
    problem: Problem, settings: Settings, progress: Progress, x: np.ndarray | None = None
) -> tuple[list[Stage], np.ndarray, bool]:
    """The goals solved one after another, from a legal plan x where one is known; where proven, the ties settled."""
    stages, x = goals_in_order(problem, settings, progress, x)
    if not all(proven(s.value, s.bound) for s in stages):
        return stages, x, False
    x, unique = settle_ties(problem, stages, x, settings, progress)
    bounded = (stages[0], stages[-1])  # those between may rise where a later tolerance lets those above them fall
    if any(stage.bound is not None and stage.aim.points(x) > stage.bound for stage in bounded):
        raise Refuted(x)
    return stages, x, unique


def unproven(problem: Problem, x: np.ndarray) -> tuple[list[Stage], np.ndarray, bool]:
    """A legal plan as it stands, with no bound: what is left where bounds are refuted time and again."""
    stages = []
    for k, goal in enumerate(problem.scenario.goals):
        point = chosen_point(problem, k)
        aim = problem.aim(k, point)
        stages.append(Stage(goal.name, point, goal.tolerance, aim, aim.points(x), None, aim.points(x)))
    return stages, x, False


def goals_in_order(
    problem: Problem, settings: Settings, progress: Progress, x: np.ndarray | None = None
) -> tuple[list[Stage], np.ndarray]:
    """Solve each goal with the ones above it kept within the tolerance; when time is up, the rest as x stands."""
    stages: list[Stage] = []
    for k, goal in enumerate(problem.scenario.goals):
        progress(goal.sentence())
        stages = [replace(s, least=min(s.least, least_allowed(s.value, goal.tolerance))) for s in stages]
        point, kept = chosen_point(problem, k), kept_rows(problem, stages)
        settings = replace(settings, seen=Watch(progress, goal.sentence, goal.name, point))
        aim = problem.aim(k, point)
        found = search(problem, aim, kept, x, settings)
        while found.x is not None and abs(found.value) > PROVABLE_POINTS:  # the LP did not tell the size
            point = point_of(abs(found.value) * point)
            aim = problem.aim(k, point)
            found = maximise(problem, aim, kept, found.x, settings)
        if found.x is None:
            raise failure(problem, found, settings)
        if not problem.fund_only and found.bound == found.value and settings.presolve:
            again = confirm(problem, aim, kept, found, settings)
            if again.x is not None and again.value > found.value:
                raise Refuted(again.x)
            found = again
        x, bound = found.x, found.bound
        if bound is not None:
            bound += problem.rounding(k, point)
        stages.append(Stage(goal.name, point, goal.tolerance, aim, found.value, bound, found.value))
    assert x is not None  # a scenario has at least one goal
    return stages, x


def kept_rows(problem: Problem, stages: list[Stage]) -> list[SideRow | ObjectiveFloor]:
    """What later stages must keep of the goals solved so far."""
    return [row for stage in stages for row in goal_rows(problem, stage.aim, stage.least)]


def confirm(
    problem: Problem, cost: np.ndarray | Aim, kept: list[SideRow | ObjectiveFloor], found: Solution, settings: Settings
) -> Solution:
    """A proof asked for a second time without presolve, which has gone wrong where lines may be trimmed or left out.

    Between a floor and a ceiling that leave hardly a unit both ways have: there it is asked digit by digit.
    """
    fine = found.x is not None and squeezed(problem, found.x)
    again = maximise(problem, cost, kept, found.x, replace(settings, engine="highs", presolve=False, fine=fine))
    bound = None if again.bound is None else max(again.bound, found.value)
    return replace(found, x=again.x, value=again.value, bound=bound)


def failure(problem: Problem, found: Solution, settings: Settings) -> Exception:
    """Why there is no plan: proven infeasible, with the rules that conflict, or none found in time."""
    if found.stopped != "infeasible":
        key = "stopped_before" if settings.clock.stopped else "gave_up" if found.stopped == "gave_up" else "none_found"
        return NoneFoundError(say(f"status.{key}"))
    diagnosis = diagnosis_of(problem, settings)
    return InfeasibleError(diagnosis.sentences(), diagnosis)


def settle_ties(
    problem: Problem, stages: list[Stage], x: np.ndarray, settings: Settings, progress: Progress
) -> tuple[np.ndarray, bool]:
    """The one list of winners that ties cannot change: (x, whether that is proven).

    The lexicographic method (Ehrgott, *Multicriteria Optimization*, 2005) with no-good rows (Balas & Jeroslow, SIAM J.
    Applied Math. 23, 1972): ask for the best plan with any other list; a bound below the value proves the list unique.
    Otherwise take the list that is best by rank (score, kode, usulan_id), ask again, then by a shuffled rank, until
    answered or out of time.
    """
    progress(say("progress.ties"))
    settings = replace(settings, gap=0.0, engine="highs", seen=None)
    last, kept = stages[-1], kept_rows(problem, stages[:-1])
    answer = other_list(problem, last.aim, last.value, kept, x, settings)
    kept += goal_rows(problem, last.aim, last.value)
    attempt = 0
    while answer is None or answer is False:
        if answer is None or settings.clock.over:
            return x, False
        rank = tie_weights(problem, attempt)
        best = maximise(problem, rank, kept, x, settings)
        if best.x is None or best.bound is None or best.bound > best.value:
            return best.x if best.x is not None else x, False
        x, attempt = best.x, attempt + 1
        answer = other_list(problem, rank, best.value, kept, x, settings)
        kept += goal_rows(problem, rank, best.value)
    return settle_volumes(problem, kept, x, settings)


def other_list(
    problem: Problem, cost: np.ndarray | Aim, value: int, kept: list[SideRow | ObjectiveFloor], x: np.ndarray,
    settings: Settings,
) -> bool | None:  # fmt: skip
    """True: no other list of winners reaches ``value``; False: one does; None: not known (time)."""
    aim = aim_of(cost)
    tolerance = aim.slack / aim.per
    reached = value - tolerance - (0.5 / aim.per if aim.whole else 1e-6)
    enough = lambda incumbent, bound: bound + tolerance + 1e-3 < value or incumbent > reached  # noqa: E731
    found = maximise(problem, cost, [*kept, other_winners(problem, x)], None, replace(settings, enough=enough))
    if found.stopped == "infeasible" or (found.bound is not None and found.bound < value):
        return True
    if found.x is not None and found.value > value:
        raise Refuted(found.x)
    return False if found.x is not None and found.value >= value else None


def tie_weights(problem: Problem, attempt: int) -> np.ndarray:
    """Whole weights per option: first by rank (score, kode, usulan_id), later by ranks shuffled by a fixed hash."""
    table, weights = problem.options.table, np.zeros(problem.width, dtype=np.int64)
    names = [f"{u}:{t}" for u, t in zip(table["usulan_id"], table["ta"], strict=True)]
    keys: list = list(zip(-table["score"], table["kode"], names, strict=True))
    if attempt:
        keys = [sha256(f"{attempt}:{name}".encode("utf-8", "surrogatepass")).hexdigest() for name in names]
    order = sorted(range(len(names)), key=keys.__getitem__)
    weights[order] = np.arange(len(names), 0, -1)
    return weights


def settle_volumes(
    problem: Problem, kept: list[SideRow | ObjectiveFloor], x: np.ndarray, settings: Settings
) -> tuple[np.ndarray, bool]:
    """Winners fixed, the volumes that are largest line after line: that vector is unique by its definition.

    Only a winner's line that is in and not yet at its largest needs a solve, and the last of them none: what is legal
    is an interval of its volume. (x, False) when time is up before the last.
    """
    columns, fixed = problem.columns, np.arange(problem.width) < problem.columns.fund.stop
    on = columns.line_on[columns.qty_lines]
    for column in range(columns.fund.stop, problem.width):
        out = column >= columns.qty.start and not x[on[column - columns.qty.start]]
        if x[columns.option[column]] and x[column] < problem.upper[column] and not out:
            unit = (np.arange(problem.width) == column).astype(np.int64)
            last = not (x[columns.option[column + 1 :]] > 0).any()
            if last and not keeps(problem, kept, x + unit):
                return x, True
            settled, stay = hold(problem, fixed, x)
            best = maximise(settled, unit, [*kept, stay], x, settings)
            x = x if best.x is None else best.x
            if best.bound is None or best.bound > best.value:
                return x, False
        fixed[column] = True
    return x, True
