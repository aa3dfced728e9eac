"""The bar above the answer: steps back and forth, what becomes of the plan, the scenario's file, the language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import ipywidgets as widgets

from planner.base.messages import say

if TYPE_CHECKING:
    from planner.desk.workbench import Workbench

ROW = {"flex_flow": "row wrap", "align_items": "center"}


class Bar:
    """``box`` holds all; ``file_name`` is what Save writes to."""

    def __init__(self, bench: Workbench):
        self.bench = bench
        steps = {"undo": bench.undo, "redo": bench.redo, "reset": bench.reset}
        self.undo, self.redo, self.reset = (self.button(name, act) for name, act in steps.items())
        self.file_name = widgets.Text(
            bench.desk.name, description=say("workbench.file"), layout={"width": "300px"},
            style={"description_width": "initial"},
        )  # fmt: skip
        plan = [self.undo, self.redo, self.reset, gap(), self.button("keep", bench.keep),
                self.button("report", lambda: bench.desk.report(bench.answer, bench.lang))]  # fmt: skip
        file = [self.file_name, self.button("save", self.save), self.button("reload", bench.reload)]
        rows = [widgets.HBox(row, layout=ROW) for row in ([*plan, gap("1 1 auto"), self.language()], file)]
        self.box = widgets.VBox(rows)
        self.box.add_class("planner-bar")
        self.show_steps()

    def language(self) -> widgets.Widget:
        switch = widgets.ToggleButtons(
            options=[("Indonesia", "id"), ("English", "en")], value=self.bench.lang,
            style={"button_width": "auto"}, tooltips=["Bahasa Indonesia", "English"],
        )  # fmt: skip
        switch.add_class("planner-language")
        switch.observe(lambda change: self.bench.safely(lambda: self.bench.switch(change["new"])), "value")
        return switch

    def show_steps(self) -> None:
        """Undo, redo and reset can be pressed where there is somewhere to go."""
        history = self.bench.history
        self.reset.disabled = history.now == self.bench.saved
        self.undo.disabled = history.at == 0
        self.redo.disabled = history.at == len(history.steps) - 1

    def save(self) -> None:
        file = self.bench.save(self.file_name.value)
        self.file_name.value = file.name
        self.bench.say(say("workbench.saved", file=file))

    def button(self, name: str, act: Callable[[], object]) -> widgets.Button:
        tip = say(f"workbench.tips.{name}")
        button = widgets.Button(description=say(f"workbench.buttons.{name}"), tooltip=tip, layout={"width": "auto"})
        button.add_class(f"planner-{name}")
        button.on_click(lambda _: self.bench.safely(act))
        return button


def gap(flex: str = "0 0 18px") -> widgets.Widget:
    return widgets.Box(layout={"flex": flex})
