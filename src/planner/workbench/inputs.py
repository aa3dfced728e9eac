"""One widget per kind of control, and what its value means: shares stand in percent on the screen, exactly."""

from fractions import Fraction

import ipywidgets as widgets

from planner.messages import label
from planner.units import exact
from planner.workbench.controls import Knob, Value

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
