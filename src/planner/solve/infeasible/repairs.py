"""The cheapest repairs of a scenario without a plan, each confirmed in the scenario as it would then be."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations
from time import monotonic

import numpy as np

from planner.base.errors import PlannerError
from planner.base.messages import in_each, say
from planner.base.units import EXACT, Unit, as_written, exact, rupiah
from planner.model.build_options import build_options
from planner.model.problem import Problem, compile_problem
from planner.scenario.place import Place
from planner.scenario.scenario import Scenario
from planner.solve.engines import Settings
from planner.solve.exact import maximise
from planner.solve.infeasible.elastic import Elastic, Given
from planner.solve.infeasible.levers import POINTS, STEP_SHARE, Change, Lever, apply_changes, lever, levers

MOST = 3  # repairs


@dataclass(frozen=True)
class Repair:
    """Changes of a scenario that make a plan possible, and what they cost, in equivalents of Rp 1 juta by ``[prices]``.

    ``proven``: no cheaper one exists that leaves a rule of each repair before it as it is.
    """

    scenario: Scenario = field(repr=False)
    changes: tuple[Change, ...]
    cost: Fraction
    proven: bool

    def plain(self) -> dict:
        """As JSON-ready data; ``sentence`` in each language."""
        changes = [change.plain() for change in self.changes]
        return {"changes": changes, "cost": float(self.cost), "proven": self.proven, "sentence": in_each(self.what)}

    def what(self) -> str:
        """What changes: 'pagu 2028 + Rp 3,2 miliar; paling sedikit 6 menjadi 5 dalam "..."'."""
        return "; ".join(part(self.scenario, change) for change in self.changes)

    def sentence(self) -> str:
        """``what``, and what it costs by the planner's prices."""
        return say("diagnose.repair", sentence=self.what(), cost=rupiah(round(self.cost * 10**6)))


def repairs(
    problem: Problem, conflicting: frozenset[int], plans: dict[frozenset[int], np.ndarray], settings: Settings
) -> tuple[list[Repair], bool]:
    """Up to ``MOST`` cheapest repairs, cheapest first, none relaxing every rule of one before it; whether in time.

    ``conflicting``: rules that are known to conflict; what relaxes only these is sought first, then what is cheaper.
    ``plans``: plans to begin with, by the rules that each keeps.
    """
    free = [lever_to_seek(problem, one) for one in levers(problem)]
    if not free:
        return [], True
    elastic = Elastic(problem, free, conflicting, plans)
    found = [narrow_repair(problem, given, settings) for given in cheapest(elastic, settings)]
    return sorted(found, key=lambda repair: repair.cost), not elastic.late


def cheapest(elastic: Elastic, settings: Settings) -> Iterator[Given]:
    """Confirmed relaxations by cost."""
    problem, apart, found = elastic.problem, list[frozenset[int]](), 0
    while found < MOST and len(apart) < 2 * MOST:
        given = least(elastic, apart, settings, (settings.clock.deadline_s - monotonic()) / (MOST - found + 1))
        if given is None:
            return
        apart.append(frozenset(one.rule for one in given.steps))
        if is_confirmed(problem, given, settings):
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


def lever_to_seek(problem: Problem, one: Lever) -> Lever:
    """A rule whose share may do to be moved is sought at the price of one point of it, where that is less."""
    rule = problem.scenario.rules[one.rule] if one.unit == "drop" else None
    own = rule.single_share() if rule else None
    share = lever(problem.scenario, Place.of_rule(one.rule, own)) if own else None
    return one if share is None else replace(one, price=min(one.price, share.price * POINTS))


def possible(problem: Problem, scenario: Scenario, x: np.ndarray, settings: Settings) -> bool:
    """Whether the scenario has a plan: that of x, checked in whole numbers, or one that a solver finds in time."""
    if settings.clock.over:
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


def is_confirmed(problem: Problem, given: Given, settings: Settings) -> bool:
    changes = [lever.changed(problem.scenario, steps) for lever, steps in given.steps.items()]
    return possible(problem, apply_changes(problem.scenario, changes), given.x, settings)


def narrow_repair(problem: Problem, given: Given, settings: Settings) -> Repair:
    """The repair with each rule that is left out because its share cannot be chosen with the plan kept at a share that
    will do, where that costs less: found by bisection over tenths of a point."""
    scenario = problem.scenario
    changes = [one.changed(scenario, steps) for one, steps in given.steps.items()]
    cost, proven = given.cost, given.proven
    for at, one in enumerate(given.steps):
        own = scenario.rules[one.rule].single_share() if one.unit == "drop" else None
        share = lever(scenario, Place.of_rule(one.rule, own)) if own else None
        drop = lever(scenario, one.place) if share else None
        if share is None or drop is None:
            continue
        steps = least_steps(problem, changes, at, share, settings)
        price = drop.price if steps is None else min(share.cost(scenario, steps), drop.price)
        if steps is not None and price < drop.price:
            changes[at] = share.changed(scenario, steps)
        cost, proven = cost - one.price + price, False
    return Repair(scenario, tuple(changes), cost, proven)


def least_steps(problem: Problem, changes: list[Change], at: int, share: Lever, settings: Settings) -> int | None:
    """By how many steps a share must give way in place of change ``at``; None where no share will do."""
    scenario, name = problem.scenario, share.place.field
    before = scenario.rules[share.rule].shares()[name]
    low, high = 0, int(-(-(before if name.startswith("min") else 1 - before) // STEP_SHARE))
    nothing = np.zeros(problem.width, dtype=np.int64)

    def enough(steps: int) -> bool:
        trial = [*changes[:at], share.changed(scenario, steps), *changes[at + 1 :]]
        return possible(problem, apply_changes(scenario, trial), nothing, settings)

    if not enough(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def part(scenario: Scenario, change: Change) -> str:
    """One change for people, every digit of it: who copies it into the file has what was confirmed."""
    place, before, after = change.place, change.before, change.after
    if after is not None and place.rule is None:
        by, to = (rupiah(int(amount_rp), digits=EXACT) for amount_rp in (after - before, after))
        return say("diagnose.more_budget", ta=place.field, by=by, to=to)
    rule = place.rule_of(scenario).sentence().rstrip(".")
    if after is None:
        return say("diagnose.drop", sentence=rule)
    bound = say(f"diagnose.bounds.{place.field[:3]}")
    ends = {"before": shown_as(place.unit, before), "after": shown_as(place.unit, after)}
    return say("diagnose.bound", bound=bound, sentence=rule, **ends)


def shown_as(unit: Unit, value: int | float) -> str:
    if unit == Unit.RUPIAH:
        return rupiah(int(value), digits=EXACT)
    return f"{as_written(100 * exact(value))} %" if unit == Unit.SHARE else as_written(value)
