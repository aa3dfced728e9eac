"""What of a scenario may give way, by how much, and at which of the planner's prices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from planner.base.units import Unit, exact
from planner.model.problem import Problem
from planner.scenario.place import Place
from planner.scenario.rules.base import NEVER
from planner.scenario.scenario import Scenario, vary
from planner.solve.infeasible.conflicts import CEILING

STEP_RP = 10**6  # money gives way by whole juta
STEP_SHARE = Fraction(1, 1000)  # shares by a tenth of a percentage point
POINTS = 10  # steps of a percentage point
PRICED = {Unit.RUPIAH: "rupiah", Unit.SHARE: "share", Unit.NUMBER: "count"}  # by which of ``[prices]``


@dataclass(frozen=True)
class Change:
    """What gives way in a scenario: the number at ``place``, from ``before`` to ``after``; without these its rule."""

    place: Place
    before: int | float = 0
    after: int | float | None = None

    def plain(self) -> dict:
        """``{rule, drop}``, ``{rule, field, from, to}``, or, of a year's pagu, ``{field, from, to}``."""
        rule = {} if self.place.rule is None else {"rule": self.place.rule}
        if self.after is None:
            return rule | {"drop": True}
        return rule | {"field": self.place.field if rule else self.place.name, "from": self.before, "to": self.after}


@dataclass(frozen=True)
class Lever:
    """One number of the scenario that may give way, or (``unit`` drop) a rule that may be left out.

    ``unit``: ``rupiah`` | ``count`` | ``share`` | ``drop``; ``price``: of one step, in equivalents of Rp 1 juta.
    """

    place: Place
    unit: str
    price: Fraction

    @property
    def rule(self) -> int:
        """The number of its rule; -1 for the pagu."""
        return CEILING if self.place.rule is None else self.place.rule

    @property
    def step(self) -> int | Fraction:
        steps: dict[str, int | Fraction] = {"rupiah": STEP_RP, "share": STEP_SHARE}
        return steps.get(self.unit, 1)

    def changed(self, scenario: Scenario, steps: int) -> Change:
        """So many steps: a floor lower, all else higher; a share stays within 0 and 1, what is >= 0 so."""
        if self.unit == "drop":
            return Change(self.place)
        before, by = self.place.number(scenario), steps * self.step
        value = exact(before) - by if self.place.field.startswith("min") else exact(before) + by
        value = max(value, Fraction(0)) if before >= 0 else value
        value = min(value, Fraction(1)) if self.unit == "share" else value
        return Change(self.place, before, int(value) if isinstance(before, int) else float(value))


def levers(problem: Problem) -> Iterator[Lever]:
    """Everything that may give way, except what has the price ``never``; soft rules give way by themselves."""
    scenario, budget = problem.scenario, problem.scenario.prices.budget
    if budget != NEVER:
        yield from (Lever(Place.of_year(ta), "rupiah", exact(budget)) for ta in problem.options.years)
    asked = {part.rule for part in problem.parts} | {lift.rule for lift in problem.lifts}
    for number, rule in enumerate(scenario.rules):
        if number in asked and not rule.is_soft:
            places = [Place.of_rule(number, field) for field in rule.linear()] or [Place.of_rule(number)]
            yield from filter(None, (lever(scenario, place) for place in places))


def lever(scenario: Scenario, place: Place) -> Lever | None:
    """The lever of a bound, or of a whole rule, at its price; None where that is ``never``."""
    unit = PRICED[place.unit] if place.steps[2:] else "drop"
    price = place.rule_of(scenario).relax or getattr(scenario.prices, unit)
    return None if price == NEVER else Lever(place, unit, exact(price) / (POINTS if unit == "share" else 1))


def apply_changes(scenario: Scenario, changes: Sequence[Change]) -> Scenario:
    """The scenario with the changes of a repair made."""
    gone = {change.place.rule for change in changes if change.after is None}
    for change in changes:
        if change.after is not None:
            scenario = change.place.set(scenario, change.after)
    kept = tuple(rule for k, rule in enumerate(scenario.rules) if k not in gone)
    return vary(scenario, rules=kept) if gone else scenario
