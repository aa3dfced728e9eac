"""What if the budget or one floor were another: a grid of plans solved exactly beforehand, kept beside the plan."""

from collections.abc import Callable
from importlib.metadata import version as package_version
from pathlib import Path

from planner.answers.frontier import present
from planner.base.errors import InfeasibleError, NoneFoundError, PlannerError, hint, shown
from planner.base.files import write_whole
from planner.base.messages import say
from planner.base.processes import Clock, beside, finished
from planner.model.build_options import build_options
from planner.model.candidates import Candidates, read_candidates
from planner.model.options import Options
from planner.plan.allocate import allocate
from planner.plan.folder import RunFolder
from planner.plan.plan import Plan, read_plan
from planner.plan.plan_file import canonical, fingerprint_of
from planner.plan.whatif_file import (
    FORMAT,
    At,
    Point,
    WhatIfFile,
    full_volumes,
    limit_time,
    place_of,
    read_whatif,
    widest,
)
from planner.scenario.place import BUDGET, Place, bounds
from planner.scenario.scenario import Scenario

TENTHS = (5, 6, 7, 8, 9, 11, 12, 13, 14, 15)  # of every year's budget; ten tenths are the plan itself
TENTHS_OF_YEARS = (7, 9, 11, 13)  # the same where the plan has several years, each point taking as long as a plan
FLOOR_HALVES = (0, 1, 3)  # of the floor's own value; two halves are the plan itself
UNSET_FLOOR = 0.2  # stands for the own value of a share that is not set, or 0
PROCESSES = 2


def complete(
    plan_file: Path, floor: str | None = None, progress: Callable[[str], None] = lambda text: None,
    clock: Clock | None = None,
) -> list[str]:  # fmt: skip
    """Solve the points that ``andai.json`` beside a plan lacks, and write it after each; returns what must be said.

    ``floor``: a rule's bound as ``rules[4].min_share``; without it that of the file, else the first band's. Ctrl-C's
    ``clock.stopped`` ends it with what is done. Raises PlannerError for a bound that does not exist.
    """
    run, plan = RunFolder(plan_file), read_plan(plan_file)
    file, scenario = run.whatif, run.scenario(plan)
    known = read_whatif(file, plan)
    said = [say("whatif.stale", file=file)] if known is None and file.exists() else []
    asked = grid(scenario, check_floor(scenario, floor) or (known["floor"] if known else None) or first_floor(scenario))
    done = solved_before(known, asked)
    if len(done) < len(asked):
        candidates = same_candidates(scenario, plan)
        if candidates is None:
            return [*said, say("whatif.no_tables")]
        solve_all(file, plan, asked, done, candidates, progress, clock or Clock())
    return said


def check_floor(scenario: Scenario, floor: str | None) -> str | None:
    """The named floor; raises PlannerError with the nearest right name where no rule has it."""
    known = [place.name for place in bounds(scenario) if place.field.startswith("min")]
    if floor is not None and floor not in known:
        raise PlannerError(say("errors.unknown", kind=say("whatif.kind"), name=shown(floor), hint=hint(floor, known)))
    return floor


def first_floor(scenario: Scenario) -> str | None:
    """The first band's lower bound, in file order: ``rules[4].min_share``."""
    return next((f"rules[{k}].{rule.floor}" for k, rule in enumerate(scenario.rules) if rule.floor), None)


def grid(scenario: Scenario, floor: str | None) -> dict[At, Scenario]:
    """Every point's scenario: the budgets in rising order, then the floor's values.

    A value that the scenario cannot hold at all (a floor above its own cap) is no point.
    """
    total = sum(scenario.budget_rp.values())
    steps = TENTHS if len(scenario.budget_rp) == 1 else TENTHS_OF_YEARS
    places: list[At] = [(BUDGET.name, total * tenths // 10) for tenths in steps]
    if floor:
        now, whole, most = present(scenario, Place(floor))
        own = now or (0 if whole else UNSET_FLOOR)
        values = {own * halves / 2 for halves in FLOOR_HALVES} | ({own} if own != now else set())
        places += [(floor, at) for at in sorted({round(v) if whole else round(v, 4) for v in values} - {now})]
        places = [(by, at) for by, at in places if by == BUDGET.name or at <= most]
    found = {place: possible(scenario, *place) for place in places}
    return {place: varied for place, varied in found.items() if varied}


def possible(scenario: Scenario, by: str, at: int | float) -> Scenario | None:
    try:
        return limit_time(Place(by).set(scenario, at))
    except PlannerError:
        return None


def same_candidates(scenario: Scenario, plan: Plan) -> Candidates | None:
    """The plan's own tables; None where they are gone or have changed."""
    try:
        found = read_candidates(scenario)
    except PlannerError:
        return None
    return found if list(found.inputs) == plan["inputs"] else None


def solved_before(known: WhatIfFile | None, asked: dict[At, Scenario]) -> dict[At, Point]:
    """The points of an earlier run of this version that are asked for again."""
    if known is None or known["planner"] != package_version("planner"):
        return {}
    return {place_of(point): point for point in known["points"] if place_of(point) in asked}


def solve_all(
    file: Path, plan: Plan, asked: dict[At, Scenario], done: dict[At, Point], candidates: Candidates,
    progress: Callable[[str], None], clock: Clock,
) -> None:  # fmt: skip
    """Solve what is missing in ``PROCESSES`` processes; the file is written whole after every point."""
    with beside(PROCESSES, clock) as pool:
        waiting = {pool.submit(solve, candidates, asked[p], p): p for p in asked if p not in done}
        progress(say("whatif.progress", done=len(done), count=len(asked)))
        for future in finished(waiting, clock):
            place, point = waiting[future], future.result()
            done |= {place: point} if point else {}
            write_whole(file, file_bytes(plan, asked, done))
            progress(say("whatif.progress", done=len(done), count=len(asked)))


def solve(candidates: Candidates, scenario: Scenario, place: At) -> dict | None:
    """One point as the file holds it; None where Ctrl-C cut it short."""
    clock, (by, at) = Clock(), place
    point = {
        "change": {"by": by, "at": at}, "budget_rp": sum(scenario.budget_rp.values()), "tie_break": None, "gap": None,
        "goals": None, "spent_rp": None, "funded": None,
    }  # fmt: skip
    try:
        plan = allocate(candidates, scenario, clock=clock)
    except InfeasibleError:
        return point | {"status": "infeasible"}
    except NoneFoundError:
        return None if clock.stopped else point | {"status": "none_found"}
    return None if clock.stopped else point | solution(plan, build_options(candidates, scenario))


def solution(plan: Plan, options: Options) -> dict:
    """What a point keeps of its plan."""
    full = full_volumes(options)
    return {
        "status": plan.status, "tie_break": plan["tie_break"], "gap": widest(plan["goals"]), "goals": plan["goals"],
        "spent_rp": plan.spent_rp, "funded": [
            [r["usulan_id"], r["ta"], r["amount_rp"], partial_volumes(r["lines"], full[r["usulan_id"], r["ta"]])]
            for r in plan["funded"]
        ],
    }  # fmt: skip


def partial_volumes(lines: list[dict], full: dict[str, int]) -> list[list]:
    """The lines whose volume is not the full one; 0: left out."""
    got = {line["rincian_id"]: line["volume"] for line in lines}
    return [[name, got.get(name, 0)] for name, volume in full.items() if got.get(name, 0) != volume]


def file_bytes(plan: Plan, asked: dict[At, Scenario], done: dict[At, Point]) -> bytes:
    """The file's bytes; its fingerprint finds a careless change."""
    floor = next((by for by, _ in asked if by != BUDGET.name), None)
    content = {
        "format": FORMAT, "plan": plan.fingerprint, "planner": package_version("planner"), "floor": floor,
        "points": [done[place] for place in asked if place in done],
    }  # fmt: skip
    return canonical(content | {"fingerprint": fingerprint_of(content)})
