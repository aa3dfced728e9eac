"""The column of controls: budget, weights, and each rule with its sentence, its switch and its bounds."""

from collections.abc import Callable
from fractions import Fraction

import ipywidgets as widgets

from planner.base.messages import label, say
from planner.base.units import exact, rupiah
from planner.desk.controls import BY_HAND, Controls, Knob, Value, caption, knobs
from planner.scenario.scenario import Scenario
from planner.views.html import safe

Move = Callable[[Controls], Controls]


class ControlColumn:
    """``inputs``: place of a knob -> widget; ``switches``: number of a rule -> checkbox; ``amounts``: place -> text.

    ``on_user`` is called with each change that comes from the page, as a function of the controls.
    """

    def __init__(self, base: Scenario, controls: Controls, on_user: Callable[[Move], None]):
        self.base, self.controls, self.on_user = base, controls, on_user
        self.inputs: dict[str, widgets.Widget] = {}
        self.switches: dict[int, widgets.Checkbox] = {}
        self.amounts: dict[str, widgets.HTML] = {}
        every = knobs(base)
        parts = []
        for group, prefix in (("budget", "budget_rp"), ("weights", "weights")):
            own = [knob for knob in every if knob.place.startswith(f"{prefix}.")]
            parts += self.group(group, [part for knob in own for part in self.control(knob)])
        aims = [goal_line(number, goal.sentence()) for number, goal in enumerate(base.goals, start=1)]
        parts += self.group("goals", aims)
        ruled = [part for number in range(len(base.rules)) for part in self.rule(number, every)]
        parts += self.group("rules", ruled)
        self.box = widgets.VBox(parts)
        self.box.add_class("planner-controls")

    def group(self, name: str, parts: list[widgets.Widget]) -> list[widgets.Widget]:
        """Some controls under their heading; nothing where there are none."""
        title, about = (safe(say(f"workbench.groups.{name}{part}")) for part in ("", "_about"))
        heading = widgets.HTML(f'<h4>{title}</h4><p class="small">{about}</p>')
        heading.add_class("planner-group")
        return [heading, *parts] if parts else []

    def rule(self, number: int, every: list[Knob]) -> list[widgets.Widget]:
        """A rule's switch with its sentence, and its bounds; nothing for what is moved by hand elsewhere."""
        if isinstance(self.base.rules[number], BY_HAND):
            return []
        bounds = [part for knob in every if knob.rule == number for part in self.control(knob)]
        return [self.switch(number), *bounds]

    def control(self, knob: Knob) -> list[widgets.Widget]:
        """A control and, where it is money, the amount in words below it."""
        made = control_of(knob, caption(knob), self.controls.values[knob.place])
        made.observe(lambda _: self.on_user(lambda now: moved(knob, made, now)), "value")
        self.inputs[knob.place] = made
        if knob.kind != "rupiah":
            return [made]
        self.amounts[knob.place] = widgets.HTML(amount(self.controls.values[knob.place]))
        self.amounts[knob.place].add_class("planner-amount")
        return [made, self.amounts[knob.place]]

    def switch(self, number: int) -> widgets.Checkbox:
        made = widgets.Checkbox(
            number not in self.controls.off, description=self.base.rules[number].sentence(), indent=False
        )
        made.add_class("planner-rule")
        made.observe(lambda change: self.on_user(lambda now: now.switched(number, change["new"])), "value")
        self.switches[number] = made
        return made

    def show(self, controls: Controls) -> None:
        """Let every control stand where ``controls`` say."""
        self.controls = controls
        for knob in knobs(self.base):
            show_value(self.inputs[knob.place], knob, controls.values[knob.place])
        for place, text in self.amounts.items():
            text.value = amount(controls.values[place])
        for number, switch in self.switches.items():
            switch.value = number not in controls.off


def goal_line(number: int, sentence: str) -> widgets.HTML:
    """A goal as the file has it: what it says, in its order."""
    made = widgets.HTML(f"<p>{safe(say('goals.shown', number=number, sentence=sentence))}</p>")
    made.add_class("planner-goal")
    return made


def moved(knob: Knob, made: widgets.Widget, now: Controls) -> Controls:
    return now.moved(knob.place, read_value(made, knob, now.values[knob.place]))


def amount(value_rp: Value) -> str:
    """Rupiah as people say them: 395000000000 is hard to read."""
    return f"= {safe(rupiah(int(value_rp)))}"


LOOK = {"style": {"description_width": "148px"}, "layout": {"width": "298px"}}
LIMITS = {  # kind: widget, least, most, step
    "rupiah": (widgets.BoundedIntText, 0, 10**15, 10**9),
    "weight": (widgets.BoundedFloatText, 0, 1000, 0.5),
    "share": (widgets.BoundedFloatText, 0, 1000, 1),
    "whole": (widgets.BoundedIntText, 0, 10**9, 1),
    "number": (widgets.BoundedFloatText, -(10**15), 10**15, 0.1),
}


def control_of(knob: Knob, text: str, value: Value) -> widgets.Widget:
    """The widget of a control; it speaks when it is left or Enter is pressed, not at every key."""
    if knob.kind == "choice":
        options = [(label("choices", name), name) for name in knob.choices]
        return widgets.Dropdown(options=options, value=value, description=text, tooltip=text, **LOOK)
    kind, least, most, step = LIMITS[knob.kind]
    made = kind(
        value=on_screen(knob, value), min=least, max=most, step=step, description=text, tooltip=text,
        continuous_update=False, **LOOK,
    )  # fmt: skip
    if knob.place.startswith("budget_rp"):
        made.add_class("planner-budget")
    return made


def on_screen(knob: Knob, value: Value) -> Value:
    """A value as its widget holds it: a share in percent."""
    return float(exact(value) * 100) if knob.kind == "share" else value


def show_value(made: widgets.Widget, knob: Knob, value: Value) -> None:
    if made.value != on_screen(knob, value):
        made.value = on_screen(knob, value)


def read_value(made: widgets.Widget, knob: Knob, now: Value) -> Value:
    """What a widget says; where nothing was moved the very value that stands there now."""
    if made.value == on_screen(knob, now):
        return now
    return float(Fraction(str(made.value)) / 100) if knob.kind == "share" else made.value
