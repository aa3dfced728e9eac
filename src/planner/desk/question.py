"""A question in place: a sentence with two buttons; nothing happens until one of them is pressed."""

from collections.abc import Callable

import ipywidgets as widgets

from planner.base.messages import say
from planner.views.html import safe


class Question:
    """``box`` holds sentence and buttons, and is away while nothing is asked."""

    def __init__(self) -> None:
        self.text = widgets.HTML()
        self.answers: dict[str, Callable[[], None]] = {}
        buttons = [self.button(name) for name in ("use", "cancel")]
        self.box = widgets.VBox([self.text, widgets.HBox(buttons)], layout={"display": "none"})
        self.box.add_class("planner-question")

    def button(self, name: str) -> widgets.Button:
        made = widgets.Button(description=say(f"workbench.ask.{name}"), layout={"width": "auto"})
        made.add_class(f"planner-{name}")
        made.on_click(lambda _: self.answer(name))
        return made

    @property
    def asked(self) -> bool:
        return bool(self.answers)

    def ask(self, sentence: str, use: Callable[[], None], cancel: Callable[[], None]) -> None:
        """Ask; a screen reader reads it out."""
        self.answers = {"use": use, "cancel": cancel}
        self.text.value = f'<p role="alert">{safe(sentence, 600)}</p>'
        self.box.layout.display = ""

    def answer(self, name: str) -> None:
        act = self.answers.get(name)
        self.close()
        if act is not None:
            act()

    def close(self) -> None:
        """Ask nothing any more."""
        self.answers = {}
        self.box.layout.display = "none"
