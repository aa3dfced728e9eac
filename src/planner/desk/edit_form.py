"""Editing by hand: what an edit would break and cost is said first, then a reason is asked for, then it is recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import ipywidgets as widgets

from planner.answers.edit import Effect, consider
from planner.answers.edit_log import Entry, append, in_force, proven_cost, read_log, record
from planner.answers.open_plan import Case
from planner.base.errors import PlannerError
from planner.base.messages import language, say, speaking
from planner.desk import answer_html as contents
from planner.desk.background import sentences_of
from planner.desk.controls import Controls, Name
from planner.desk.session import Pending, Session
from planner.plan.folder import RunFolder
from planner.plan.plan import Plan
from planner.scenario.hand_edits import Edit
from planner.views.html import cut, safe

LOCKS = {"lock_in": "in", "lock_out": "out", "free": None}


class EditForm:
    """The form below an explanation. ``choose`` offers an usulan's lines; ``settled`` records what was applied."""

    ask: Callable[[Callable[[Callable[[], Case]], None]], None]  # a question to the plan on the screen

    def __init__(self, session: Session):
        self.session, self.usulan_id = session, ""
        self.message = widgets.HTML(layout={"width": "100%"})
        self.draft: Edit | None = None
        self.considered: tuple[Effect, Plan] | None = None
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
        title = widgets.HTML(f"<h4>{safe(say('workbench.edit.title'))}</h4>")
        locks = widgets.HBox([self.button(kind, partial(self.propose, kind)) for kind in LOCKS])
        volumes = widgets.HBox([self.line, self.volume, self.button("set_volume", lambda: self.propose("volume"))])
        last = widgets.HBox([self.reason, self.button("apply", self.apply)])
        self.box = widgets.VBox([title, locks, volumes, self.answer, last, self.message], layout={"display": "none"})
        self.box.add_class("planner-editor")

    def button(self, name: str, act: Callable[[], None]) -> widgets.Button:
        made = widgets.Button(description=say(f"workbench.edit.{name}"), layout={"width": "auto"})
        made.add_class(f"planner-edit-{name}")
        made.on_click(lambda _: self.session.safely(act, self.say))
        return made

    def say(self, *lines: str) -> None:
        """A sentence below the form, where a planner who uses it looks."""
        self.message.value = contents.message(lines)

    def stand_as(self, other: EditForm, exact: bool) -> None:
        """Stand as another form stood; its draft is weighed anew where the plan on the screen is exact."""
        self.choose(other.usulan_id)
        if other.line.value is not None:
            self.line.value = other.line.value
        self.volume.value, self.reason.value = other.volume.value, other.reason.value
        if other.draft is not None and exact:
            self.propose(other.draft.kind)

    def choose(self, usulan_id: str) -> None:
        """Offer the edits of an usulan."""
        self.usulan_id, self.draft, self.considered = usulan_id, None, None
        rincian = self.session.candidates.rincian
        self.lines = rincian[rincian["usulan_id"] == usulan_id].set_index("rincian_id")
        names = self.session.candidates.komponen.set_index("komponen")["nama"]
        self.line.options = [
            (f"{cut(name, 30)} · {cut(names.get(row.komponen, row.komponen), 60)}", name)
            for name, row in self.lines.iterrows()
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
        draft, lang = self.draft, language()
        self.ask(lambda case_of: self.weigh(case_of, draft, lang))

    def weigh(self, case_of: Callable[[], Case], draft: Edit | None, lang: str) -> None:
        """Show what ``consider`` says of the draft; in the thread that found it."""
        with speaking(lang):
            if draft is None or draft is not self.draft:
                return
            try:
                case = case_of()
                found = consider(case, draft)
                self.considered = found, case.plan
                lines = [found.sentence()]
            except Exception as error:
                lines = sentences_of(error)
            self.answer.value = contents.paragraphs(lines)

    def record(self, plan: Plan) -> list[str]:
        """Add the edits that an exact plan holds to the log beside it; a sentence names those without a reason."""
        session, pending = self.session, self.session.pending
        log = RunFolder.of(session.saving.out).log
        session.pending = []
        if pending:
            self.say(*record_edits([self.beside_exact(one, plan) for one in pending], plan, log))
        try:
            names = open_edits(session.controls, session.saved, read_log(log).records)
        except PlannerError as error:
            return error.problems
        return (
            [say("workbench.open_edits", names=", ".join(contents.name_kabupaten(names, session.candidates.kabupaten)))]
            if names
            else []
        )

    def beside_exact(self, one: Pending, plan: Plan) -> Pending:
        """An edit weighed beside a preview, beside the exact plan of the same scenario where that proves its cost."""
        known = self.session.search.settled_plan(one.before.scenario)
        return replace(one, before=known) if known and proven_cost(one.edit, known, plan) else one

    def apply(self) -> None:
        """Make the edit that was considered, with the reason; raises PlannerError without either."""
        if self.draft is None or self.considered is None:
            raise PlannerError(say("workbench.edit.choose"))
        edit = replace(self.draft, reason=self.reason.value)
        considered, before = self.considered
        self.draft = self.considered = None
        self.reason.value = ""
        self.session.pending.append(Pending(edit, considered, before))
        self.session.to(apply_to_controls(self.session.controls, edit))


def apply_to_controls(controls: Controls, edit: Edit) -> Controls:
    """The controls with an edit made; ``free`` takes back the usulan's lock and every volume agreed for it."""
    if edit.kind == "volume":
        rincian, units = edit.agreed
        return controls.agreed((edit.usulan_id, rincian), units)
    moved = controls.locked(("usulan", edit.usulan_id), LOCKS[edit.kind])
    if edit.kind == "free":
        for line in [line for line in controls.volumes if line[0] == edit.usulan_id]:
            moved = moved.agreed(line, None)
    return moved


def record_edits(pending: Sequence[Pending], plan: Plan, log: Path) -> list[str]:
    """Add the applied edits to the log beside the plan; sentences of what was recorded, or of why it could not be.

    An edit that the plan's scenario does not hold any more was undone before its plan was found: it is no record.
    """
    lines = []
    for one in pending:
        if not in_force(plan.scenario, one.edit):
            continue
        try:
            append(log, record(one.edit, one.considered, one.before, plan))
            lines.append(say("workbench.edit.applied", file=log))
        except PlannerError as error:
            lines += error.problems
    return lines


def open_edits(controls: Controls, saved: Controls, records: Sequence[Entry]) -> list[str]:
    """The locks and agreed volumes of the controls, not of the file, whose reason the log does not hold.

    A kabupaten's lock is explained where the last word on one of its usulan is that lock.
    """
    last: dict[Name, str] = {}
    agreed = set()
    for entry in records:
        if entry.kind == "volume":
            agreed.add((entry.usulan_id, *entry.agreed))
        else:
            last |= dict.fromkeys([("usulan", entry.usulan_id), ("kabupaten", entry.kode)], entry.kind)
    locks = [
        name for name, state in controls.locks.items()
        if saved.locks.get(name) != state and last.get(name) != f"lock_{state}"
    ]  # fmt: skip
    volumes = [
        line for line, volume in controls.volumes.items()
        if saved.volumes.get(line) != volume and (*line, volume) not in agreed
    ]  # fmt: skip
    return [cut(name, 40) for _, name in locks] + [f"{cut(one, 40)} {cut(line, 40)}" for one, line in volumes]
