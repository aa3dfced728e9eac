"""Under an answer without a plan: a button for each repair, which moves the controls as a planner would."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as widgets

from planner.base.messages import say
from planner.desk.answer_html import name_kabupaten
from planner.desk.background import Answer
from planner.desk.controls import apply_repair
from planner.desk.session import Session
from planner.desk.widgets import closed
from planner.solve.infeasible.levers import Change
from planner.solve.infeasible.repairs import Repair
from planner.views.html import cut, safe


def said(answer: Answer) -> list[str]:
    """Why there is no plan, in the language in force; the repairs are on the buttons."""
    return list(answer.lines if answer.diagnosis is None else answer.diagnosis.sentences(repairs=False))


class RepairButtons:
    """``box`` holds the buttons of the answer on the screen; none while another is sought."""

    def __init__(self, session: Session):
        self.session, self.box = session, widgets.VBox()
        self.box.add_class("planner-remedies")

    def show(self, answer: Answer | None = None) -> None:
        old, found = self.box.children, answer.diagnosis.repairs if answer and answer.diagnosis else ()
        title = [widgets.HTML(f"<p>{safe(say('diagnose.repairs'))}</p>")] if found else []
        self.box.children = [*title, *map(self.button, found)]
        closed(*old)

    def button(self, repair: Repair) -> widgets.Button:
        (text,) = name_kabupaten([repair.sentence()], self.session.candidates.kabupaten)
        tip = say("workbench.tips.repair")
        made = widgets.Button(description=cut(say("workbench.repair", repair=text), 900), tooltip=tip)
        made.add_class("planner-repair")
        made.on_click(lambda _: self.session.safely(lambda: self.apply(repair.changes)))
        return made

    def apply(self, changes: Sequence[Change]) -> None:
        self.session.to(apply_repair(self.session.base, self.session.controls, changes))
