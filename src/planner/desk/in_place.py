"""What opens in place: a fold below its heading, and a question with two buttons."""

from collections.abc import Callable

import ipywidgets as widgets

from planner.base.messages import say
from planner.views.html import safe


class Fold:
    """A heading that is pressed to show or hide what is ``inside``; closed at first."""

    def __init__(self, *inside: widgets.Widget):
        self.title, self.open = "", False
        self.heading = widgets.Button(layout={"width": "auto"})
        self.heading.add_class("planner-fold")
        self.heading.on_click(lambda _: self.turn())
        self.inside = widgets.VBox(inside, layout={"display": "none"})
        self.box = widgets.VBox([self.heading, self.inside])

    def name(self, title: str) -> None:
        """The heading says ``title``, and by its sign whether it is open."""
        self.title = title
        self.heading.description = f"{'▾' if self.open else '▸'} {title}"

    def turn(self) -> None:
        """Open, or closed again."""
        self.open = not self.open
        self.inside.layout.display = "" if self.open else "none"
        self.name(self.title)


class Question:
    """A sentence with two buttons, away while nothing is asked; nothing happens until one of them is pressed."""

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
