"""A place in a scenario, named as its file names it: ``budget_rp.2028``, ``rules[3].max_share``, ``weights.ikm``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import label, say
from planner.base.units import Unit, unit_of
from planner.scenario.goals import KINDS
from planner.scenario.rules import RULES
from planner.scenario.rules.base import Rule
from planner.scenario.scenario import Prices, Scenario, Solver, vary

Value = int | float | bool | str
HOMES = {"rules": RULES.values(), "goals": KINDS.values(), "solver": [Solver], "prices": [Prices]}  # of its fields
STEP = re.compile(r"[^.\[\]]+")


@dataclass(frozen=True)
class Place:
    """``name``: steps apart by points, rules and goals counted from 0 in brackets; ``budget``: the years together."""

    name: str

    @classmethod
    def of_rule(cls, rule: int, field: str = "") -> "Place":
        return cls(f"rules[{rule}]" + f".{field}" * bool(field))

    @classmethod
    def of_year(cls, ta: int) -> "Place":
        return cls(f"budget_rp.{ta}")

    @property
    def steps(self) -> list[str]:
        """``rules[3].max_share`` -> ``rules``, ``3``, ``max_share``."""
        return STEP.findall(self.name)

    @property
    def head(self) -> str:
        return (self.steps or [""])[0]

    @property
    def field(self) -> str:
        return (self.steps or [""])[-1]

    @property
    def index(self) -> int | None:
        """The number of its rule or goal; None of what is no list."""
        steps = self.steps
        return int(steps[1]) if self.head in ("rules", "goals") and len(steps) > 1 else None

    @property
    def rule(self) -> int | None:
        return self.index if self.head == "rules" else None

    @property
    def unit(self) -> Unit:
        """What its numbers are, as their field declares it; all rules that have a parameter of one name agree on it."""
        if self == BUDGET:
            return Unit.RUPIAH
        models, name = (HOMES[self.head], self.field) if self.head in HOMES else ([Scenario], self.head)
        return next((unit_of(model, name) for model in models if name in model.model_fields), Unit.NUMBER)

    def rule_of(self, scenario: Scenario) -> Rule:
        """The rule that it lies in; raises PlannerError where it lies in none."""
        if self.rule is None or self.rule >= len(scenario.rules):
            raise PlannerError(say("errors.unknown", kind=say("frontier.axis"), name=shown(self.name), hint=""))
        return scenario.rules[self.rule]

    def get(self, scenario: Scenario) -> Value | None:
        """What a rule's field, a year's budget or the years together are now; None: not set."""
        if self == BUDGET:
            return sum(scenario.budget_rp.values())
        if self.head == "budget_rp":
            return scenario.budget_rp[int(self.field)]
        found: Value | None = getattr(self.rule_of(scenario), self.field)
        return found

    def number(self, scenario: Scenario) -> int | float:
        """The number that stands there; 0 where none does."""
        value = self.get(scenario)
        return value if isinstance(value, int | float) else 0

    def set(self, scenario: Scenario, value: int | float) -> Scenario:
        """The scenario with another value there; the years together are spread as they are now, to the rupiah."""
        if self == BUDGET:
            total, left = sum(scenario.budget_rp.values()), int(value)
            spread = {ta: int(value) * rp // total for ta, rp in scenario.budget_rp.items()}
            spread[scenario.first_year] += left - sum(spread.values())
            return vary(scenario, budget_rp=spread)
        if self.head == "budget_rp":
            return vary(scenario, budget_rp={**scenario.budget_rp, int(self.field): value})
        moved = self.rule_of(scenario).model_copy(update={self.field: value})
        return vary(scenario, rules=tuple(moved if k == self.rule else rule for k, rule in enumerate(scenario.rules)))

    def put(self, content: dict, value: Value) -> None:
        """Set it in the plain data of a scenario."""
        *steps, last = self.steps
        for step in steps:
            content = content[int(step) if isinstance(content, list) else step]
        content[last] = value

    def text(self, value: int | float, lang: str | None = None) -> str:
        """A value of it for people."""
        return self.unit.text(value, lang)

    def exactly(self, value: int | float, lang: str | None = None) -> str:
        """A value with all its digits, for people."""
        return self.unit.exactly(value, lang)

    def label(self) -> str:
        """Its name for people: ``weights.ovop`` -> 'bobot: OVOP'; a rule's sentence is told beside."""
        place = f" {self.index + 1}" if self.head == "goals" and self.index is not None else ""
        text = label("settings", self.head) + place
        name = self.name.partition(".")[2]
        short = name[:3] if self.head == "rules" and name.startswith(("min", "max")) else name
        own = label({"weights": "criteria", "rules": "parameters"}.get(self.head, ""), short)
        own = label("setting_parts", short) if own == short else own
        return f"{text}: {own}" if name else text


BUDGET = Place("budget")


def bounds(scenario: Scenario) -> Iterator[Place]:
    """The numbers in rules that can be varied from low to high: every lower and upper bound."""
    for k, rule in enumerate(scenario.rules):
        yield from (Place.of_rule(k, name) for name in type(rule).model_fields if name.startswith(("min", "max")))


def bound(scenario: Scenario, name: str) -> Place:
    """``budget`` or a rule's bound by its name; raises PlannerError with the nearest right name."""
    known = [BUDGET.name, *(place.name for place in bounds(scenario))]
    if name not in known:
        near = hint(name, known)
        raise PlannerError(say("errors.unknown", kind=say("frontier.axis"), name=shown(name), hint=near))
    return Place(name)
