"""Editing by hand: what an edit would break and cost is said first, then a reason is asked for, then it is recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ipywidgets as widgets

from planner.edit import Edit, consider
from planner.edit_log import LOG, append, record
from planner.errors import PlannerError
from planner.explain import Case
from planner.messages import label, language, say, speaking
from planner.plan import Plan
from planner.workbench import contents
from planner.workbench.controls import Controls

if TYPE_CHECKING:
    from planner.workbench.panel import Workbench

LOCKS = {"lock_in": "in", "lock_out": "out", "free": None}


@dataclass(frozen=True)
class Pending:
    """An edit that was applied and waits for its plan to be recorded with it."""

    edit: Edit
    considered: dict
    before: Plan


class Editor:
    """The form below an explanation. ``choose`` offers an usulan's lines; ``settled`` records what was applied."""

    def __init__(self, bench: Workbench):
        self.bench, self.usulan_id = bench, ""
        self.draft: Edit | None = None
        self.considered: tuple[dict, Plan] | None = None
        self.answer = widgets.HTML(layout={"width": "100%"})
        self.line = widgets.Dropdown(options=[], description=say("workbench.edit.line"), layout={"width": "330px"})
        self.volume = widgets.BoundedIntText(
            0, 0, 10**9, description=say("workbench.edit.volume"), style={"description_width": "130px"},
            layout={"width": "240px"},
        )  # fmt: skip
        self.line.observe(self.on_line, "value")
        self.reason = widgets.Text(
            description=say("workbench.edit.reason"), continuous_update=False, layout={"width": "480px"}
        )
        self.reason.add_class("planner-reason")
        locks = widgets.HBox([self.button(kind, lambda kind=kind: self.propose(kind)) for kind in LOCKS])
        volumes = widgets.HBox([self.line, self.volume, self.button("set_volume", lambda: self.propose("volume"))])
        last = widgets.HBox([self.reason, self.button("apply", self.apply)])
        self.box = widgets.VBox([locks, volumes, self.answer, last], layout={"display": "none"})
        self.box.add_class("planner-editor")

    def button(self, name: str, act: Callable[[], None]) -> widgets.Button:
        made = widgets.Button(description=say(f"workbench.edit.{name}"), layout={"width": "auto"})
        made.add_class(f"planner-edit-{name}")
        made.on_click(lambda _: self.bench.safely(act))
        return made

    def choose(self, usulan_id: str) -> None:
        """Offer the edits of an usulan."""
        self.usulan_id, self.draft, self.considered = usulan_id, None, None
        rincian = self.bench.candidates.rincian
        self.lines = rincian[rincian["usulan_id"] == usulan_id].set_index("rincian_id")
        self.line.options = [
            (f"{name} · {label('komponen', row.komponen)}", name) for name, row in self.lines.iterrows()
        ]
        self.line.index = 0 if len(self.lines) else None
        self.on_line(None)
        self.answer.value = contents.paragraphs([say("workbench.edit.choose")])
        self.box.layout.display = "" if usulan_id else "none"

    def on_line(self, _) -> None:
        if self.line.value is not None:
            self.volume.value = int(self.lines.at[self.line.value, "volume"])

    def propose(self, kind: str) -> None:
        """Say what an edit would do; nothing changes yet."""
        line, volume = (self.line.value, self.volume.value) if kind == "volume" else (None, None)
        self.draft = Edit(kind, self.usulan_id, line, volume, reason=self.reason.value or "–")
        self.considered = None
        self.answer.value = contents.paragraphs([say("workbench.explaining", usulan=self.usulan_id)])
        lang = language()
        self.bench.tabs.ask(lambda case: self.told(case, self.draft, lang))

    def told(self, case: Case, draft: Edit | None, lang: str) -> None:
        """Show what ``consider`` says of the draft; in the thread that found it."""
        with speaking(lang):
            if draft is None or draft is not self.draft:
                return
            try:
                found = consider(case, draft)
                self.considered = found, case.plan
                lines = [found["sentence"][lang]]
            except PlannerError as error:
                lines = error.problems
            self.answer.value = contents.paragraphs(lines)

    def apply(self) -> None:
        """Make the edit that was considered, with the reason; raises PlannerError without either."""
        if self.draft is None or self.considered is None:
            raise PlannerError(say("workbench.edit.choose"))
        edit = replace(self.draft, reason=self.reason.value)
        considered, before = self.considered
        self.draft = self.considered = None
        self.reason.value = ""
        self.bench.pending.append(Pending(edit, considered, before))
        self.bench.to(edited(self.bench.controls, edit))


def edited(controls: Controls, edit: Edit) -> Controls:
    """The controls with an edit made; ``free`` takes back the usulan's lock and every volume agreed for it."""
    if edit.kind == "volume":
        return controls.agreed((edit.usulan_id, edit.rincian_id), edit.volume)
    moved = controls.locked(("usulan", edit.usulan_id), LOCKS[edit.kind])
    if edit.kind == "free":
        for line in [line for line in controls.volumes if line[0] == edit.usulan_id]:
            moved = moved.agreed(line, None)
    return moved


def recorded(pending: Sequence[Pending], plan: Plan, folder) -> list[str]:
    """Add the applied edits to the log beside the plan; sentences of what was recorded, or of why it could not be."""
    said = []
    for one in pending:
        try:
            append(folder / LOG, record(one.edit, one.considered, one.before, plan))
            said.append(say("workbench.edit.applied", file=folder / LOG))
        except PlannerError as error:
            said += error.problems
    return said
