"""The column of controls: budget, weights, and each rule below its sentence, with its switch and its bounds."""

from collections.abc import Callable

import ipywidgets as widgets

from planner.base.messages import label, language, say, speaking
from planner.desk.controls import BY_HAND, Controls, Knob, Value, caption, change_rule, doubt, knobs
from planner.desk.in_place import Fold, Question
from planner.desk.sliders import NumberSlider, scale_of
from planner.scenario.scenario import Scenario
from planner.views.html import cut, safe

Move = Callable[[Controls], Controls]


class ControlColumn:
    """``inputs``: place of a knob -> widget, its ``value`` as the scenario has it; ``switches``: number of a rule ->
    checkbox; ``rules``: number -> fold, its sentence as heading; ``questions``: place of a budget -> what is asked.

    ``on_user`` is called with each change that comes from the page, as a function of the controls.
    """

    def __init__(self, base: Scenario, controls: Controls, cheapest_rp: int, on_user: Callable[[Move], None]):
        self.base, self.controls, self.cheapest_rp, self.on_user = base, controls, cheapest_rp, on_user
        self.lang = language()
        self.inputs: dict[str, widgets.Widget] = {}
        self.switches: dict[int, widgets.Checkbox] = {}
        self.questions: dict[str, Question] = {}
        every = knobs(base)
        parts = []
        for group, prefix in (("budget", "budget_rp"), ("weights", "weights")):
            own = [knob for knob in every if knob.place.startswith(f"{prefix}.")]
            parts += self.group(group, [part for knob in own for part in self.control(knob)])
        aims = [goal_line(number, goal.sentence()) for number, goal in enumerate(base.goals, start=1)]
        parts += self.group("goals", aims)
        ruled = [number for number, rule in enumerate(base.rules) if not isinstance(rule, BY_HAND)]
        self.rules = {number: self.rule(number, every) for number in ruled}
        parts += self.group("rules", [fold.box for fold in self.rules.values()])
        self.box = widgets.VBox(parts)
        self.box.add_class("planner-controls")
        self.name_rules()

    def group(self, name: str, parts: list[widgets.Widget]) -> list[widgets.Widget]:
        """Some controls under their heading; nothing where there are none."""
        title, about = (safe(say(f"workbench.groups.{name}{part}")) for part in ("", "_about"))
        heading = widgets.HTML(f'<h4>{title}</h4><p class="small">{about}</p>')
        heading.add_class("planner-group")
        return [heading, *parts] if parts else []

    def rule(self, number: int, every: list[Knob]) -> Fold:
        """A rule's fold: its switch, and its bounds."""
        bounds = [part for knob in every if knob.rule == number for part in self.control(knob)]
        return Fold(self.switch(number), *bounds)

    def control(self, knob: Knob) -> list[widgets.Widget]:
        """A control and, of a budget, the place where a doubtful amount is asked about."""
        made = control_of(knob, caption(knob), self.controls.values[knob.place])
        made.observe(lambda change: self.take(knob, change["new"]), "value")
        self.inputs[knob.place] = made
        if not knob.place.startswith("budget_rp."):
            return [made]
        made.add_class("planner-budget")
        self.questions[knob.place] = Question()
        return [made, self.questions[knob.place].box]

    def take(self, knob: Knob, value: Value) -> None:
        """A planner's move; one that is doubtful is asked about, and counts only when it is meant."""
        if value == self.controls.values[knob.place]:
            return
        with speaking(self.lang):
            doubtful = doubt(knob, value, self.cheapest_rp)
        if not doubtful:
            self.on_user(lambda now: now.moved(knob.place, value))
            return
        self.questions[knob.place].ask(
            doubtful,
            use=lambda: self.on_user(lambda now: now.moved(knob.place, value)),
            cancel=lambda: self.show(self.controls),
        )

    def switch(self, number: int) -> widgets.Checkbox:
        made = widgets.Checkbox(number not in self.controls.off, description=say("workbench.in_force"), indent=False)
        made.add_class("planner-rule")
        made.observe(lambda change: self.on_user(lambda now: now.switched(number, change["new"])), "value")
        self.switches[number] = made
        return made

    def name_rules(self) -> None:
        """Each fold's heading: what its rule says as the controls stand, or that it is left out."""
        with speaking(self.lang):
            for number, fold in self.rules.items():
                fold.name(self.heading(number))

    def heading(self, number: int) -> str:
        sentence = cut(change_rule(self.base.rules[number], number, self.controls.values).sentence(), 400)
        return say("workbench.left_out", sentence=sentence) if number in self.controls.off else sentence

    def show(self, controls: Controls) -> None:
        """Let every control stand where ``controls`` say; nothing is asked any more."""
        self.controls = controls
        for place, made in self.inputs.items():
            made.value = controls.values[place]
        for number, switch in self.switches.items():
            switch.value = number not in controls.off
        for question in self.questions.values():
            question.close()
        self.name_rules()


def goal_line(number: int, sentence: str) -> widgets.HTML:
    """A goal as the file has it: what it says, in its order."""
    made = widgets.HTML(f"<p>{safe(say('goals.shown', number=number, sentence=sentence))}</p>")
    made.add_class("planner-goal")
    return made


LOOK = {"style": {"description_width": "148px"}, "layout": {"width": "auto"}}
LIMITS = {  # kind: widget, least, most, step
    "whole": (widgets.BoundedIntText, 0, 10**9, 1),
    "number": (widgets.BoundedFloatText, -(10**15), 10**15, 0.1),
}


def control_of(knob: Knob, text: str, value: Value) -> widgets.Widget:
    """The widget of a control; it speaks when it is left, let go or Enter is pressed, not at every key."""
    if isinstance(value, str):
        options = [(label("choices", name), name) for name in knob.choices]
        return widgets.Dropdown(options=options, value=value, description=text, tooltip=text, **LOOK)
    if knob.kind not in LIMITS:
        assert not isinstance(knob.value, str)
        return NumberSlider(scale_of(knob.kind, knob.value), text, value)
    kind, least, most, step = LIMITS[knob.kind]
    return kind(
        value=value, min=least, max=most, step=step, description=text, tooltip=text, continuous_update=False, **LOOK
    )
