"""The cheapest repairs of a scenario without a plan, each confirmed in the scenario as it would then be."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from time import monotonic

import numpy as np

from planner.base.errors import PlannerError
from planner.base.messages import LANGUAGES, say
from planner.base.units import EXACT, as_written, exact, rupiah
from planner.model.build_options import build_options
from planner.model.problem import Problem, compile_problem
from planner.scenario.scenario import Scenario
from planner.solve.engines import Settings
from planner.solve.exact import maximise
from planner.solve.infeasible.elastic import Elastic, Given
from planner.solve.infeasible.levers import POINTS, STEP_SHARE, Lever, applied, lever, levers

MOST = 3  # repairs


@dataclass(frozen=True)
class Repair:
    """``changes`` of the scenario (see ``Lever.changed``) that make a plan possible, and what they cost.

    ``proven``: no cheaper one exists that leaves a rule of each repair before it as it is.
    """

    changes: list[dict]
    cost: Fraction
    proven: bool

    def plain(self, scenario: Scenario) -> dict:
        said = {lang: sentence(scenario, self.changes, lang) for lang in LANGUAGES}
        return {"changes": self.changes, "cost": float(self.cost), "proven": self.proven, "sentence": said}


def repairs(
    problem: Problem, conflicting: frozenset[int], plans: dict[frozenset[int], np.ndarray], settings: Settings
) -> tuple[list[Repair], bool]:
    """Up to ``MOST`` cheapest repairs, cheapest first, none relaxing every rule of one before it; whether in time.

    ``conflicting``: rules that are known to conflict; what relaxes only these is sought first, then what is cheaper.
    ``plans``: plans to begin with, by the rules that each keeps.
    """
    free = [asked(problem, one) for one in levers(problem)]
    if not free:
        return [], True
    elastic = Elastic(problem, free, conflicting, plans)
    found = [narrowed(problem, given, settings) for given in cheapest(elastic, settings)]
    return sorted(found, key=lambda repair: repair.cost), not elastic.late


def cheapest(elastic: Elastic, settings: Settings) -> Iterator[Given]:
    """Confirmed relaxations by cost."""
    problem, apart, found = elastic.problem, list[frozenset[int]](), 0
    while found < MOST and len(apart) < 2 * MOST:
        given = least(elastic, apart, settings, (settings.clock.deadline_s - monotonic()) / (MOST - found + 1))
        if given is None:
            return
        apart.append(frozenset(one.rule for one in given.steps))
        if confirmed(problem, given, settings):
            found += 1
            yield given


def least(elastic: Elastic, apart: list[frozenset[int]], settings: Settings, seconds: float) -> Given | None:
    """The cheapest relaxation, whichever lifted rules are left out whole: none, one, or several."""
    price = {one.rule: one.price for one in elastic.levers}
    lifted = sorted({lift.rule for lift in elastic.problem.lifts} & set(elastic.used))
    ways = [frozenset(some) for k in range(len(lifted) + 1) for some in combinations(lifted, k)]
    best, until = None, monotonic() + seconds
    for k, way in enumerate(sorted(ways, key=lambda way: sum(price[rule] for rule in way))):
        if best is not None and sum(price[rule] for rule in way) >= best.cost:
            break
        given = elastic.cheapest(apart, way, settings, (until - monotonic()) / (len(ways) - k))
        best = given if best is None or (given is not None and given.cost < best.cost) else best
    return best and replace(best, proven=best.proven and not elastic.late)


def asked(problem: Problem, one: Lever) -> Lever:
    """A rule whose share may do to be moved is sought at the price of one point of it, where that is less."""
    rule = problem.scenario.rules[one.rule] if one.unit == "drop" else None
    field = rule.single_share() if rule else None
    share = lever(problem.scenario, one.rule, field, "share") if field else None
    return one if share is None else replace(one, price=min(one.price, share.price * POINTS))


def possible(problem: Problem, scenario: Scenario, x: np.ndarray, settings: Settings) -> bool:
    """Whether the scenario has a plan: that of x, checked in whole numbers, or one that a solver finds in time."""
    if settings.clock.stopped or monotonic() >= settings.clock.deadline_s:
        return False
    try:
        options = build_options(problem.options.candidates, scenario)
        changed = compile_problem(options, scenario)
    except PlannerError:
        return False
    if options.table[["usulan_id", "ta"]].equals(problem.options.table[["usulan_id", "ta"]]) and changed.legal(x):
        return True
    nothing = np.zeros(changed.width, dtype=np.int64)
    return maximise(changed, nothing, (), None, replace(settings, gap=0.0)).x is not None


def confirmed(problem: Problem, given: Given, settings: Settings) -> bool:
    changes = [lever.changed(problem.scenario, steps) for lever, steps in given.steps.items()]
    return possible(problem, applied(problem.scenario, changes), given.x, settings)


def narrowed(problem: Problem, given: Given, settings: Settings) -> Repair:
    """The repair with each rule that is left out because its share cannot be chosen with the plan kept at a share that
    will do, where that costs less: found by bisection over tenths of a point."""
    scenario = problem.scenario
    changes = [one.changed(scenario, steps) for one, steps in given.steps.items()]
    cost, proven = given.cost, given.proven
    for at, one in enumerate(given.steps):
        field = scenario.rules[one.rule].single_share() if one.unit == "drop" else None
        share = lever(scenario, one.rule, field, "share") if field else None
        drop = lever(scenario, one.rule, "", "drop")
        if share is None or drop is None:
            continue
        steps = least_steps(problem, changes, at, share, settings)
        price = drop.price if steps is None else min(share.price * steps, drop.price)
        if steps is not None and price < drop.price:
            changes[at] = share.changed(scenario, steps)
        cost, proven = cost - one.price + price, False
    return Repair(changes, cost, proven)


def least_steps(problem: Problem, changes: list[dict], at: int, share: Lever, settings: Settings) -> int | None:
    """By how many steps a share must give way in place of change ``at``; None where no share will do."""
    scenario, field = problem.scenario, share.field
    before = scenario.rules[share.rule].shares()[field]
    low, high = 0, int(-(-(before if field.startswith("min") else 1 - before) // STEP_SHARE))
    nothing = np.zeros(problem.width, dtype=np.int64)

    def enough(steps: int) -> bool:
        trial = [*changes[:at], share.changed(scenario, steps), *changes[at + 1 :]]
        return possible(problem, applied(scenario, trial), nothing, settings)

    if not enough(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def sentence(scenario: Scenario, changes: list[dict], lang: str) -> str:
    """The repair for people: 'pagu 2028 + Rp 3,2 miliar; paling sedikit 6 menjadi 5 dalam "..."'."""
    return "; ".join(part(scenario, change, lang) for change in changes)


def part(scenario: Scenario, change: dict, lang: str) -> str:
    if "rule" not in change:
        by, ta = change["to"] - change["from"], change["field"].rpartition(".")[2]
        by, to = (rupiah(amount_rp, lang, EXACT) for amount_rp in (by, change["to"]))
        return say("diagnose.more_budget", lang, ta=ta, by=by, to=to)
    rule = scenario.rules[change["rule"]]
    if "drop" in change:
        return say("diagnose.drop", lang, sentence=rule.sentence(lang).rstrip("."))
    field = change["field"]
    before, after = (shown_as(field, change[end], lang) for end in ("from", "to"))
    known = {"bound": say(f"diagnose.bounds.{field[:3]}", lang), "sentence": rule.sentence(lang).rstrip(".")}
    return say("diagnose.bound", lang, before=before, after=after, **known)


def shown_as(field: str, value: int | float, lang: str) -> str:
    """A bound's value for people with every digit: who copies it into the file has what was confirmed."""
    if field.endswith("_rp"):
        return rupiah(int(value), lang, EXACT)
    if field.endswith("share"):
        return f"{as_written(100 * exact(value), lang)} %"
    return as_written(value, lang)
