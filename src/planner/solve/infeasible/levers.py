"""What of a scenario may give way, by how much, and at which of the planner's prices."""

from collections.abc import Iterator
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
MOST_SHARE_STEPS = 1000


@dataclass(frozen=True)
class Lever:
    """One number of the scenario that may give way, or (``unit`` drop) a rule that may be left out.

    ``rule``: its number, -1 for the pagu; ``field``: ``budget_rp.2028``, ``min_share``, nothing for a whole rule;
    ``unit``: ``rupiah`` | ``count`` | ``share`` | ``drop``; ``price``: of one step, in equivalents of Rp 1 juta.
    """

    rule: int
    field: str
    unit: str
    price: Fraction

    @property
    def step(self) -> int | Fraction:
        steps: dict[str, int | Fraction] = {"rupiah": STEP_RP, "share": STEP_SHARE}
        return steps.get(self.unit, 1)

    def changed(self, scenario: Scenario, steps: int) -> dict:
        """The change that so many steps are: ``{rule, drop}``, ``{rule, field, from, to}`` or ``{field, from, to}``."""
        if self.unit == "drop":
            return {"rule": self.rule, "drop": True}
        if self.rule == CEILING:
            before = Place(self.field).number(scenario)
            return {"field": self.field, "from": before, "to": before + steps * STEP_RP}
        before = Place.of_rule(self.rule, self.field).number(scenario)
        after = moved(self.field, before, steps * self.step, self.unit)
        return {"rule": self.rule, "field": self.field, "from": before, "to": after}


def moved(field: str, before: int | float, by: int | Fraction, unit: str) -> int | float:
    """A bound that has given way: a floor lower, a ceiling higher; a share stays within 0 and 1, what is >= 0 so."""
    value = exact(before) - by if field.startswith("min") else exact(before) + by
    value = max(value, Fraction(0)) if before >= 0 else value
    value = min(value, Fraction(1)) if unit == "share" else value
    return int(value) if isinstance(before, int) else float(value)


def levers(problem: Problem) -> Iterator[Lever]:
    """Everything that may give way, except what has the price ``never``; soft rules give way by themselves."""
    prices = problem.scenario.prices
    if prices.budget != NEVER:
        yield from (Lever(CEILING, f"budget_rp.{ta}", "rupiah", exact(prices.budget)) for ta in problem.options.years)
    asked = {part.rule for part in problem.parts} | {lift.rule for lift in problem.lifts}
    for number, rule in enumerate(problem.scenario.rules):
        if number in asked and not rule.is_soft:
            yield from (lever for lever in levers_of(problem.scenario, number) if lever is not None)


def levers_of(scenario: Scenario, number: int) -> Iterator[Lever | None]:
    rule = scenario.rules[number]
    fields = rule.linear()
    for field in fields:
        unit = Place.of_rule(number, field).unit
        yield lever(scenario, number, field, "count" if unit == Unit.NUMBER else unit)
    if not fields:
        yield lever(scenario, number, "", "drop")


def lever(scenario: Scenario, number: int, field: str, unit: str) -> Lever | None:
    """A lever at its price; None where the price is ``never``."""
    price = scenario.rules[number].relax or getattr(scenario.prices, unit)
    if price == NEVER:
        return None
    return Lever(number, field, unit, exact(price) / (POINTS if unit == "share" else 1))


def applied(scenario: Scenario, changes: list[dict]) -> Scenario:
    """The scenario with the changes of a repair made."""
    for change in changes:
        if "field" in change:
            place = Place.of_rule(change["rule"], change["field"]) if "rule" in change else Place(change["field"])
            scenario = place.set(scenario, change["to"])
    gone = {change["rule"] for change in changes if change.get("drop")}
    kept = tuple(rule for k, rule in enumerate(scenario.rules) if k not in gone)
    return vary(scenario, rules=kept) if gone else scenario
