"""The bar above the answer: steps back and forth, what becomes of the plan, the scenario's file, the language."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import ipywidgets as widgets

from planner.base.messages import say
from planner.desk.session import Session

ROW = {"flex_flow": "row wrap", "align_items": "center"}


class Toolbar:
    """``box`` holds all; ``file_name`` is what Save writes to."""

    def __init__(self, session: Session, switch: Callable[[str], None]):
        self.session = session
        steps: dict[str, Callable[[], object]] = {
            "undo": partial(session.step, -1), "redo": partial(session.step, 1), "reset": session.reset,
        }  # fmt: skip
        self.undo, self.redo, self.reset = (self.button(name, act) for name, act in steps.items())
        self.file_name = widgets.Text(
            session.saving.name, description=say("workbench.file"), style={"description_width": "initial"}
        )
        self.file_name.add_class("planner-file")
        self.kept_name = widgets.Text(
            description=say("workbench.kept_name"), layout={"width": "240px"}, style={"description_width": "initial"}
        )
        self.kept_name.add_class("planner-kept-name")
        plan = [self.undo, self.redo, self.reset, gap(), self.kept_name, self.button("keep", self.keep),
                self.button("report", session.report)]  # fmt: skip
        file = [self.file_name, self.button("save", self.save), self.button("reload", session.reload)]
        rows = [widgets.HBox(plan, layout=ROW), widgets.HBox(file)]
        self.box = widgets.Box([*rows, self.language(switch)])
        self.box.add_class("planner-bar")
        self.show_steps()

    def language(self, switch: Callable[[str], None]) -> widgets.Widget:
        made = widgets.ToggleButtons(
            options=[("Indonesia", "id"), ("English", "en")], value=self.session.lang,
            style={"button_width": "auto"}, tooltips=["Bahasa Indonesia", "English"],
        )  # fmt: skip
        made.add_class("planner-language")
        made.observe(lambda change: self.session.safely(lambda: switch(change["new"])), "value")
        return made

    def show_steps(self) -> None:
        """Undo, redo and reset can be pressed where there is somewhere to go."""
        history = self.session.history
        self.reset.disabled = history.now == self.session.saved
        self.undo.disabled = history.at == 0
        self.redo.disabled = history.at == len(history.steps) - 1

    def keep(self) -> None:
        self.session.keep(self.kept_name.value)
        self.kept_name.value = ""

    def save(self) -> None:
        self.session.saving.agree(self.file_name.value)
        file = self.session.save(self.file_name.value)
        self.show_steps()
        self.file_name.value = file.name
        self.session.listener.say(say("workbench.saved", file=file))

    def button(self, name: str, act: Callable[[], object]) -> widgets.Button:
        tip = say(f"workbench.tips.{name}")
        button = widgets.Button(description=say(f"workbench.buttons.{name}"), tooltip=tip, layout={"width": "auto"})
        button.add_class(f"planner-{name}")
        button.on_click(lambda _: self.session.safely(act))
        return button


def gap() -> widgets.Widget:
    return widgets.Box(layout={"flex": "0 0 18px"})
