"""The panel of notebook 2: controls that stand for a scenario, a button, an answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from planner.allocate import allocate
from planner.candidates import Candidates
from planner.errors import PlannerError
from planner.geo import wilayah
from planner.messages import label, say
from planner.options import build_options
from planner.rules import SpendBand
from planner.scenario import Scenario, vary
from planner.units import rupiah
from planner.views import Scene

if TYPE_CHECKING:
    from planner.plan import Plan


@dataclass(frozen=True)
class Controls:
    """What the panel lets a planner change: the first year's pagu, the weights, and the floor of each menu."""

    budget_rp: int
    weights: dict[str, float]
    menu_floor: float


def controls_of(scenario: Scenario) -> Controls:
    """The controls that stand for a scenario as it is; a menu floor of 0 means that it has none."""
    floors = [rule.min_share for rule in scenario.rules if is_menu_floor(rule)]
    return Controls(scenario.budget_rp[scenario.first_year], dict(scenario.weights), floors[0] if floors else 0.0)


def scenario_from(base: Scenario, controls: Controls) -> Scenario:
    """The scenario that the controls describe; all else stays as in ``base``, and unchanged controls give it back."""
    if controls == controls_of(base):
        return base
    rules = [floored(rule, controls.menu_floor) for rule in base.rules]
    if controls.menu_floor and not any(is_menu_floor(rule) for rule in base.rules):
        rules.append(SpendBand(rule="SpendBand", by="menu", min_share=controls.menu_floor, law="asumsi"))
    return vary(
        base,
        budget_rp=base.budget_rp | {base.first_year: controls.budget_rp},
        weights=controls.weights,
        rules=tuple(rule for rule in rules if rule is not None),
    )


def is_menu_floor(rule) -> bool:
    return isinstance(rule, SpendBand) and rule.by == "menu" and rule.min_share is not None


def floored(rule, floor: float):
    """The rule with the floor in it; None when the floor was all that the rule said."""
    if not is_menu_floor(rule):
        return rule
    if not floor and all(value is None for value in (rule.max_share, rule.min_rp, rule.max_rp)):
        return None
    return rule.model_copy(update={"min_share": floor or None})


class Panel:
    """Controls, the button Hitung and the answer; ``box`` is what a notebook shows, ``plan`` the last answer."""

    def __init__(self, base: Scenario, candidates: Candidates):
        import ipywidgets as widgets

        self.base, self.candidates = base, candidates
        self.scenario, self.plan = base, None
        now = controls_of(base)
        wide = {"style": {"description_width": "220px"}, "layout": widgets.Layout(width="520px")}
        whole, number = partial(widgets.BoundedIntText, **wide), partial(widgets.BoundedFloatText, **wide)
        self.budget = whole(now.budget_rp, min=1, max=10**15, step=10**9, description=say("workbench.budget"))
        self.weights = {
            name: number(weight, min=0, max=1000, step=0.5, description=label("criteria", name))
            for name, weight in now.weights.items()
        }
        shown = round(now.menu_floor * 100, 6)
        self.floor = number(shown, min=0, max=50, step=1, description=say("workbench.menu_floor"))
        self.button = widgets.Button(description=say("workbench.solve"), button_style="primary")
        self.answer = widgets.HTML()
        self.button.on_click(lambda _: self.solve())
        self.box = widgets.VBox([self.budget, *self.weights.values(), self.floor, self.button, self.answer])
        self.box.add_class("planner-workbench")
        self.budget.add_class("planner-budget")

    def controls(self) -> Controls:
        """What the controls say now."""
        floor = controls_of(self.base).menu_floor
        shown = round(floor * 100, 6)
        return Controls(
            self.budget.value,
            {name: control.value for name, control in self.weights.items()},
            floor if self.floor.value == shown else self.floor.value / 100,
        )

    def solve(self) -> None:
        """Read the controls, allocate, show; a planner's mistake is a sentence in the answer."""
        self.button.disabled = True
        self.answer.value = paragraphs([say("workbench.solving")])
        try:
            asked = scenario_from(self.base, self.controls())
            self.scenario, self.plan = asked, allocate(self.candidates, asked)
            self.answer.value = paragraphs(answer_of(self.plan))
        except PlannerError as error:
            self.answer.value = paragraphs(error.problems)
        finally:
            self.button.disabled = False

    def scene(self, name: str = "nasional") -> Scene:
        """The last answer as the views see it, from a wilayah; raises PlannerError before the first answer."""
        if self.plan is None:
            raise PlannerError(say("workbench.no_answer"))
        kabupaten = self.candidates.kabupaten
        options = build_options(self.candidates, self.scenario)
        return Scene(self.plan, kabupaten, wilayah(name, kabupaten), {}, options)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.box)


def workbench(base: Scenario, candidates: Candidates) -> Panel:
    """The panel over a scenario and its candidates."""
    return Panel(base, candidates)


def answer_of(plan: Plan) -> list[str]:
    """The answer in sentences: what was chosen, for how much, what is proven, and how the baseline does."""
    rest = plan.pagu_rp - plan.spent_rp
    goal, rival = plan["goals"][0], plan["baseline"]["goals"][0]
    return [
        plan.summary(),
        say("workbench.rest", rest=rupiah(rest)),
        plan.status_sentence(),
        say("workbench.baseline", goal=goal["value"], rival=rival, missed=len(plan["baseline"]["misses"])),
    ]


def paragraphs(lines: list[str]) -> str:
    """Sentences as safe HTML, one paragraph each."""
    from html import escape

    return "".join(f"<p>{escape(line)}</p>" for line in lines)
