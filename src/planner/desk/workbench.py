"""The workbench in a notebook: controls, an answer that is always named for what it is, map, list and tabs."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from pathlib import Path

import ipywidgets as widgets

from planner.answers.low_spend import cheapest_rp
from planner.base.errors import PlannerError
from planner.base.messages import language, say, speaking
from planner.desk import answer_html as contents
from planner.desk.background import Answer
from planner.desk.control_column import ControlColumn, Move
from planner.desk.controls import KINDS, Controls, Value
from planner.desk.edit_form import EditForm
from planner.desk.live_map import map_of, paint
from planner.desk.meeting import meeting_of
from planner.desk.plan_list import PlanList
from planner.desk.repair_buttons import RepairButtons, said
from planner.desk.session import Session
from planner.desk.sinkronisasi import Sinkronisasi
from planner.desk.still import Still
from planner.desk.tabs import Tabs
from planner.desk.toolbar import Toolbar
from planner.desk.widgets import closed
from planner.geo.regions import NATIONAL
from planner.model.candidates import Candidates, read_candidates
from planner.plan.plan import Plan
from planner.scenario.scenario import Scenario, read_scenario
from planner.views import text
from planner.views.change_strip import change_strip, frames
from planner.views.live_bars import live_bars
from planner.views.scene import Scene

WIDE = {"width": "100%"}


def place(name: str, *children: widgets.Widget) -> widgets.Box:
    """A place on the page, of the look and the size that workbench.css gives it."""
    made = widgets.Box(children)
    made.add_class(f"planner-{name}")
    return made


class Workbench:
    """What a notebook shows of a ``Session``: it lays out, and what is done goes to the session.

    ``lang``: id or en; the switch on the toolbar lays everything out anew in the other one.
    """

    def __init__(self, base: Scenario, candidates: Candidates, file: Path | None = None):
        self.muted = False
        self.still: Still | None = None  # what the notebook keeps, once the desk is shown in one
        self.session = Session(file, self)
        self.style, self.meeting = contents.look(), meeting_of()
        self.stamp, self.status, self.note, self.figures, self.message = (widgets.HTML(layout=WIDE) for _ in range(5))
        self.figures.add_class("planner-figures")
        self.seeking, self.remedies = widgets.HTML(layout=WIDE), RepairButtons(self.session)
        self.top, self.left, self.right, self.sheets = map(place, ("top", "levers", "map-place", "sheets"))
        self.moves, self.measures = widgets.HTML(layout=WIDE), widgets.HTML(layout=WIDE)
        self.change, self.bars = place("change", self.moves), place("bars", self.measures)
        said = [self.message, self.session.saving.progress, self.seeking, self.remedies.box, self.note]
        self.strip = place("strip", place("facts", self.stamp, self.status), place("aside", *said))
        self.middle = place("middle", self.left, self.right)
        self.box = widgets.VBox(layout=widgets.Layout(**WIDE))
        self.box.add_class("planner-workbench")
        self.session.open(base, candidates)

    def close(self) -> None:
        """Take the workbench off the page; no thread and no widget stays behind."""
        self.session.close()
        self.clear()
        own = self.style, self.top, self.strip, self.figures, self.change, self.middle, self.bars, self.sheets
        closed(*own, self.meeting, self.box)

    # what a planner asks of it in a cell

    @property
    def scenario(self) -> Scenario:
        return self.session.scenario

    @property
    def plan(self) -> Plan | None:
        return self.session.plan

    @property
    def answer(self) -> Answer | None:
        return self.session.answer

    def scene(self, name: str = NATIONAL) -> Scene:
        return self.session.scene(name)

    def wait(self, timeout_s: float | None = None) -> None:
        """Until the newest question is answered exactly."""
        self.session.search.wait(timeout_s)

    def move(self, place: str, value: Value) -> None:
        self.session.move(place, value)

    def lock(self, kind: str, name: str, state: str | None) -> None:
        self.session.lock(kind, name, state)

    # what the session tells

    def opened(self) -> None:
        """Lay everything out for a scenario; what stood here before is closed."""
        self.clear()
        with self.silent():
            candidates = self.session.candidates
            self.map, self.list = map_of(candidates.kabupaten, candidates.usulan["kode"]), PlanList()
            self.map.observe(partial(self.on_locks, "kabupaten"), "locks")
            self.map.observe(self.on_map_choice, "selected")
            self.list.observe(partial(self.on_locks, "usulan"), "locks")
            self.list.observe(self.on_list_choice, "selected")
        self.lay_out()
        self.paint_locks()
        self.right.children = [self.map]
        self.box.children = [
            self.style, self.top, self.strip, self.figures, self.change, self.middle, self.bars, self.list, self.sheets,
        ]  # fmt: skip

    def lay_out(self) -> None:
        """All that holds words, in the language in force, around the map and the list."""
        session = self.session
        with self.silent():
            self.list.speak()
            self.meeting.speak()
            self.bar = Toolbar(session, self.switch)
            self.column = ControlColumn(
                session.base, session.controls, cheapest_rp(session.candidates.rincian), self.on_user
            )
            self.editor = EditForm(session)
            self.talks = Sinkronisasi(session)
            self.tabs = Tabs(session.candidates, self.editor.box, self.talks.box)
            self.editor.ask = self.tabs.ask
        self.top.children = [self.bar.box, self.meeting]
        self.left.children, self.sheets.children = [self.column.box], [self.tabs.box]

    def clear(self) -> None:
        """Close the widgets of a scenario."""
        if self.box.children:
            self.tabs.close()
            closed(self.bar.box, self.column.box, self.tabs.box, self.map, self.list)
        for box in (self.box, self.top, self.left, self.right, self.sheets):
            box.children = []

    def switch(self, lang: str) -> None:
        """All words in another language; what was moved, chosen and typed stays as it is."""
        session, bar, column, editor, tabs = self.session, self.bar, self.column, self.editor, self.tabs
        talks = self.talks
        newest = session.answer
        session.speak(lang)
        with session.guard, speaking(lang):
            self.lay_out()
            self.bar.file_name.value, self.tabs.box.selected_index = bar.file_name.value, tabs.box.selected_index
            self.tabs.chosen, self.seeking.value = tabs.chosen, ""
            self.editor.stand_as(editor, tabs.exact)
            self.talks.stand_as(talks)
            if session.drawn is not None:
                session.arrived(session.drawn)
            if newest is not None and newest is not session.drawn:
                session.arrived(newest)
            if newest is not None and newest.phase == "error":  # its sentences are of the other language
                session.ask()
        tabs.close()
        closed(bar.box, column.box, tabs.box)

    def moved(self) -> None:
        """Every control shows the present position."""
        with self.silent():
            self.column.show(self.session.controls)
            self.paint_locks()
        self.bar.show_steps()

    def asked(self) -> None:
        """The screen says at once that it does not show the plan of the controls yet."""
        self.remedies.show()
        known = "asked" if self.session.drawn else "first"
        self.status.value = contents.status("asked", [say(f"workbench.{known}")])

    def seek(self, text: str) -> None:
        self.seeking.value = contents.seeking(text)

    def show(self, answer: Answer) -> None:
        """Put an answer on the screen; called from the thread that found it."""
        session = self.session
        self.remedies.show(answer)
        if answer.plan is None:
            lines = contents.name_kabupaten(said(answer), session.candidates.kabupaten)
            stale = say("workbench.stale") if session.drawn else ""
            self.status.value = contents.status(answer.phase, lines, stale)
            self.moves.value, self.map.frames = "", {}
            return
        preview, before = answer.phase == "preview", session.before
        scene = contents.scene_of(answer, session.candidates)
        kept = session.kept[-1].plan if session.kept else None
        paint(self.map, scene, lang=session.lang)  # first what everybody looks at
        self.map.frames = {} if before is None else frames(before, answer.plan)
        self.stamp.value = contents.head(scene)
        warned, kind = contents.spend_warning(answer)
        lines = [*warned, contents.proof(answer.plan, not preview), *text.not_known(scene)]
        note = say("workbench.settling") if preview else ""
        self.status.value = contents.status(f"{answer.phase} {kind}".strip(), lines, note)
        self.figures.value = contents.figures(answer.plan, kept)
        self.moves.value = change_strip(before, scene)
        self.measures.value = live_bars(scene, kept)
        self.list.rows = contents.rows(scene)
        self.tabs.candidates = session.candidates
        self.tabs.show(scene, session.kept, not preview)
        self.talks.show(answer)
        if not preview:
            self.note.value = contents.message(self.editor.record(answer.plan), "planner-note")
            if self.still is not None:
                self.still.show(scene)

    def say(self, *lines: str) -> None:
        self.message.value = contents.message(lines)

    # what a planner does on the page

    def on_user(self, move: Move) -> None:
        """A change that came from the page and not from us."""
        if not self.muted:
            self.session.safely(lambda: self.session.to(move(self.session.controls)))

    def on_locks(self, kind: str, change) -> None:
        self.on_user(partial(self.with_locks, kind, change["new"]))

    def with_locks(self, kind: str, locks: dict[str, str], now: Controls) -> Controls:
        """The controls with these locks; PlannerError for a new one on a kabupaten without usulan."""
        candidates = self.session.candidates
        there = set(candidates.usulan["kode"]) if kind == "kabupaten" else set(locks)
        if nothing := sorted(locks.keys() - there - now.locks_of(kind).keys()):
            self.paint_locks()
            names = ", ".join(contents.name_kabupaten(nothing, candidates.kabupaten))
            raise PlannerError(say("workbench.no_usulan", names=names))
        return now.with_locks(kind, locks)

    def on_list_choice(self, change) -> None:
        self.session.safely(lambda: self.editor.choose(change["new"]))
        self.session.safely(lambda: self.tabs.explain(change["new"]))

    def on_map_choice(self, change) -> None:
        self.session.safely(lambda: self.list.set_trait("selected", self.tabs.usulan_of(change["new"])))

    def paint_locks(self) -> None:
        """Map and list show the locks of the controls."""
        kabupaten = self.session.candidates.kabupaten
        with self.silent():
            own = set(kabupaten["kode"][kabupaten["otonom"] == "ya"])
            usulan, regions = (self.session.controls.locks_of(kind) for kind in KINDS)
            self.map.locks = {kode: state for kode, state in regions.items() if kode in own}
            self.list.locks = usulan

    @contextmanager
    def silent(self):
        """Changes of widgets in here are ours, not a planner's."""
        before, self.muted = self.muted, True
        try:
            yield
        finally:
            self.muted = before

    def _ipython_display_(self) -> None:
        with speaking(self.session.lang):
            self.still = Still(self.box)


OPENED: dict[Path, Workbench] = {}  # by scenario file


def workbench(
    scenario: Scenario | str | Path, candidates: Candidates | None = None, lang: str | None = None
) -> Workbench:
    """The workbench over a scenario, or over its file, which it can then save to and reload.

    One workbench per file: the cell run again closes the one before, its threads and widgets too.
    ``candidates`` are read from what the scenario names where they are not given; ``lang``: id or en. Raises
    PlannerError for a scenario or tables that cannot be used.
    """
    file = None if isinstance(scenario, Scenario) else Path(scenario)
    base = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
    with speaking(lang or language()):
        made = Workbench(base, candidates or read_candidates(base), file)
    if file is not None:
        older = OPENED.pop(file.resolve(), None)
        if older is not None:
            older.close()
        OPENED[file.resolve()] = made
    return made
