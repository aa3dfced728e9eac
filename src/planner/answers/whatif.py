"""What if the budget or one floor were another: a grid of plans solved exactly beforehand, kept beside the plan."""

import json
from collections.abc import Callable, Iterator
from importlib.metadata import version as package_version
from pathlib import Path

from planner.answers.frontier import BUDGET, bounds, placed, present
from planner.base.errors import InfeasibleError, NoneFoundError, PlannerError, hint, shown
from planner.base.files import write_whole
from planner.base.messages import say
from planner.base.processes import Clock, beside, finished
from planner.model.build_options import build_options
from planner.model.candidates import Candidates, read_candidates
from planner.model.options import Options
from planner.model.problem import compile_problem
from planner.plan.allocate import allocate
from planner.plan.derive import choice_of
from planner.plan.folder import home
from planner.plan.plan import Plan, canonical, fingerprint_of, read_plan
from planner.plan.verify import proof
from planner.scenario.scenario import Scenario, scenario_of, vary

FILE = "andai.json"
FORMAT = 1
TENTHS = (5, 6, 7, 8, 9, 11, 12, 13, 14, 15)  # of every year's budget; ten tenths are the plan itself
TENTHS_OF_YEARS = (7, 9, 11, 13)  # the same where the plan has several years, each point taking as long as a plan
FLOOR_HALVES = (0, 1, 3)  # of the floor's own value; two halves are the plan itself
UNSET_FLOOR = 0.2  # stands for the own value of a share that is not set, or 0
TIME_LIMIT_S = 120  # of one point, where the scenario's own limit is not shorter
YEARS_LIMIT_S = 30  # the same of several years
PROCESSES = 2
WITHOUT_PLAN = ("infeasible", "none_found")
KEYS = {"change", "budget_rp", "status", "tie_break", "gap", "goals", "spent_rp", "funded"}
Place = tuple[str, int | float]  # what is varied ("budget" or a rule's bound), and to what


def complete(
    plan_file: Path, floor: str | None = None, progress: Callable[[str], None] = lambda text: None,
    clock: Clock | None = None,
) -> list[str]:  # fmt: skip
    """Solve the points that ``andai.json`` beside a plan lacks, and write it after each; returns what must be said.

    ``floor``: a rule's bound as ``rules[4].min_share``; without it that of the file, else the first band's. Ctrl-C's
    ``clock.stopped`` ends it with what is done. Raises PlannerError for a bound that does not exist.
    """
    plan, file = read_plan(plan_file), plan_file.with_name(FILE)
    scenario = scenario_of(plan["scenario"], home(plan_file))
    known = read_whatif(file, plan)
    said = [say("whatif.stale", file=file)] if known is None and file.exists() else []
    asked = grid(scenario, checked(scenario, floor) or (known or {}).get("floor") or first_floor(scenario))
    done = solved_before(known, asked)
    if len(done) < len(asked):
        candidates = same_candidates(scenario, plan)
        if candidates is None:
            return [*said, say("whatif.no_tables")]
        solve_all(file, plan, asked, done, candidates, progress, clock or Clock())
    return said


def checked(scenario: Scenario, floor: str | None) -> str | None:
    """The named floor; raises PlannerError with the nearest right name where no rule has it."""
    known = [name for name in bounds(scenario) if name.partition(".")[2].startswith("min")]
    if floor is not None and floor not in known:
        raise PlannerError(say("errors.unknown", kind=say("whatif.kind"), name=shown(floor), hint=hint(floor, known)))
    return floor


def first_floor(scenario: Scenario) -> str | None:
    """The first band's lower bound, in file order: ``rules[4].min_share``."""
    return next((f"rules[{k}].{rule.floor}" for k, rule in enumerate(scenario.rules) if rule.floor), None)


def grid(scenario: Scenario, floor: str | None) -> dict[Place, Scenario]:
    """Every point's scenario: the budgets in rising order, then the floor's values.

    A value that the scenario cannot hold at all (a floor above its own cap) is no point.
    """
    total = sum(scenario.budget_rp.values())
    steps = TENTHS if len(scenario.budget_rp) == 1 else TENTHS_OF_YEARS
    places: list[Place] = [(BUDGET, total * tenths // 10) for tenths in steps]
    if floor:
        now, whole, most = present(scenario, floor)
        own = now or (0 if whole else UNSET_FLOOR)
        values = {own * halves / 2 for halves in FLOOR_HALVES} | ({own} if own != now else set())
        places += [(floor, at) for at in sorted({round(v) if whole else round(v, 4) for v in values} - {now})]
        places = [(by, at) for by, at in places if by == BUDGET or at <= most]
    found = {place: possible(scenario, *place) for place in places}
    return {place: varied for place, varied in found.items() if varied}


def possible(scenario: Scenario, by: str, at: int | float) -> Scenario | None:
    try:
        return limited(placed(scenario, by, at))
    except PlannerError:
        return None


def limited(scenario: Scenario) -> Scenario:
    """The scenario with a point's time limit."""
    return vary(scenario, solver=scenario.solver.model_dump() | {"time_limit_s": limit_s(scenario)})


def limit_s(scenario: Scenario) -> float:
    """How long one point is sought at most."""
    return min(YEARS_LIMIT_S if len(scenario.budget_rp) > 1 else TIME_LIMIT_S, scenario.solver.time_limit_s)


def same_candidates(scenario: Scenario, plan: Plan) -> Candidates | None:
    """The plan's own tables; None where they are gone or have changed."""
    try:
        found = read_candidates(scenario)
    except PlannerError:
        return None
    return found if list(found.inputs) == plan["inputs"] else None


def solved_before(known: dict | None, asked: dict[Place, Scenario]) -> dict[Place, dict]:
    """The points of an earlier run of this version that are asked for again."""
    if known is None or known["planner"] != package_version("planner"):
        return {}
    return {place_of(point): point for point in known["points"] if place_of(point) in asked}


def place_of(point: dict) -> Place:
    return point["change"]["by"], point["change"]["at"]


def solve_all(
    file: Path, plan: Plan, asked: dict[Place, Scenario], done: dict[Place, dict], candidates: Candidates,
    progress: Callable[[str], None], clock: Clock,
) -> None:  # fmt: skip
    """Solve what is missing in ``PROCESSES`` processes; the file is written whole after every point."""
    with beside(PROCESSES, clock) as pool:
        waiting = {pool.submit(solve, candidates, asked[p], p): p for p in asked if p not in done}
        progress(say("whatif.progress", done=len(done), count=len(asked)))
        for future in finished(waiting, clock):
            place, point = waiting[future], future.result()
            done |= {place: point} if point else {}
            write_whole(file, written(plan, asked, done))
            progress(say("whatif.progress", done=len(done), count=len(asked)))


def solve(candidates: Candidates, scenario: Scenario, place: Place) -> dict | None:
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
            [r["usulan_id"], r["ta"], r["amount_rp"], reduced(r["lines"], full[r["usulan_id"], r["ta"]])]
            for r in plan["funded"]
        ],
    }  # fmt: skip


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


def reduced(lines: list[dict], full: dict[str, int]) -> list[list]:
    """The lines whose volume is not the full one; 0: left out."""
    got = {line["rincian_id"]: line["volume"] for line in lines}
    return [[name, got.get(name, 0)] for name, volume in full.items() if got.get(name, 0) != volume]


def written(plan: Plan, asked: dict[Place, Scenario], done: dict[Place, dict]) -> bytes:
    """The file's bytes; its fingerprint finds a careless change."""
    floor = next((by for by, _ in asked if by != BUDGET), None)
    content = {
        "format": FORMAT, "plan": plan.fingerprint, "planner": package_version("planner"), "floor": floor,
        "points": [done[place] for place in asked if place in done],
    }  # fmt: skip
    return canonical(content | {"fingerprint": fingerprint_of(content)})


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
    varied = limited(placed(scenario, *place_of(point)))
    if set(point) != KEYS or point["budget_rp"] != sum(varied.budget_rp.values()):
        yield say("verify.differs", key="budget_rp", where="")
    if point["status"] in WITHOUT_PLAN:
        if any(point[key] is not None for key in ("tie_break", "gap", "goals", "spent_rp", "funded")):
            yield say("verify.differs", key="status", where="")
        return
    options = build_options(candidates, varied)
    problem = compile_problem(options, varied)
    x = choice_of({"funded": list(expanded(point["funded"], full_volumes(options)))}, problem)
    for row, by in problem.broken(x):
        yield say("verify.row", row=problem.row_names[row], by=by)
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
