"""The workbench in a notebook: controls, an answer that is always named for what it is, map, list and tabs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import RLock

import ipywidgets as widgets

from planner.base.errors import PlannerError
from planner.base.messages import language, say, speaking
from planner.desk import answer_html as contents
from planner.desk.background import Answer, Search
from planner.desk.control_column import Column, Move
from planner.desk.controls import KINDS, Controls, History, Value, controls_of, scenario_from
from planner.desk.edit_form import Editor, Pending
from planner.desk.live_map import map_of, painted
from planner.desk.plan_list import PlanList
from planner.desk.repair_buttons import Remedies, said
from planner.desk.saving import Desk
from planner.desk.tabs import Tabs
from planner.desk.toolbar import Bar
from planner.desk.widgets import closed, told
from planner.geo.regions import NATIONAL
from planner.model.candidates import Candidates, read_candidates
from planner.plan.plan import Plan
from planner.scenario.scenario import Scenario, read_scenario
from planner.views.scene import Scene

WIDE = {"width": "100%"}


class Workbench:
    """What a notebook shows; ``scenario`` and ``plan`` are what stands on the screen now.

    A change of a control looks for its plan at once and in the background; ``wait`` returns when it is there.
    """

    bar: Bar
    column: Column
    editor: Editor
    tabs: Tabs

    def __init__(self, base: Scenario, candidates: Candidates, file: Path | None = None):
        self.guard, self.muted = RLock(), False
        self.lang = language()
        self.desk = Desk(file)
        self.answer: Answer | None = None  # the newest
        self.drawn: Answer | None = None  # the newest with a plan: what map, list and figures show
        self.opened = False
        self.kept: list[Plan] = []
        self.pending: list[Pending] = []  # edits by hand whose plan is being sought
        self.style = contents.look()
        self.stamp, self.status, self.note, self.figures, self.message = (widgets.HTML(layout=WIDE) for _ in range(5))
        self.seeking, self.remedies = widgets.HTML(layout=WIDE), Remedies(self)
        self.top, self.left, self.sheets = widgets.Box(), widgets.Box(layout={"flex": "0 0 320px"}), widgets.Box()
        self.right = widgets.Box(layout={"flex": "1 1 auto", "min_width": "0"})
        self.middle = widgets.HBox([self.left, self.right])
        self.box = widgets.VBox(layout=widgets.Layout(**WIDE))
        self.box.add_class("planner-workbench")
        self.open(base, candidates)

    def open(self, base: Scenario, candidates: Candidates) -> None:
        """Begin with a scenario as its file has it; what stood here before is closed."""
        self.leave()
        self.base, self.candidates = base, candidates
        self.saved = controls_of(base)
        self.history = History(self.saved)
        self.search = Search(candidates, self.show, lambda text: setattr(self.seeking, "value", contents.seeking(text)))
        with speaking(self.lang):
            self.map, self.list = map_of(candidates.kabupaten), PlanList()
            self.map.observe(partial(self.on_locks, "kabupaten"), "locks")
            self.map.observe(self.on_map_choice, "selected")
            self.list.observe(partial(self.on_locks, "usulan"), "locks")
            self.list.observe(self.on_list_choice, "selected")
            self.build()
            self.paint_locks()
        self.right.children = [self.map]
        self.box.children = [
            self.style, self.stamp, self.top, self.message, self.desk.progress, self.status, self.seeking,
            self.remedies.box, self.note, self.figures, self.middle, self.list, self.sheets,
        ]  # fmt: skip
        self.ask()

    def leave(self) -> None:
        """Give up what is being sought; no thread and no widget of the present scenario stays behind."""
        if not self.opened:
            return
        self.search.close()
        self.tabs.close()
        closed(self.map, self.list, self.bar.box, self.column.box, self.tabs.box)
        for box in (self.box, self.top, self.left, self.right, self.sheets):
            box.children = []
        self.opened = False

    def close(self) -> None:
        """Take the workbench off the page."""
        self.leave()
        own = self.style, self.stamp, self.status, self.note, self.figures, self.message, self.seeking, self.left
        closed(*own, self.desk.progress, self.remedies.box, self.top, self.middle, self.right, self.sheets, self.box)

    @property
    def controls(self) -> Controls:
        return self.history.now

    @property
    def scenario(self) -> Scenario:
        """The scenario that the controls stand for; raises PlannerError where they stand for none."""
        return scenario_from(self.base, self.controls)

    @property
    def plan(self) -> Plan | None:
        return None if self.answer is None else self.answer.plan

    def scene(self, name: str = NATIONAL) -> Scene:
        """The exact answer as the views see it, waited for; raises PlannerError where there is none."""
        self.wait()
        if self.answer is None or self.answer.plan is None:
            raise PlannerError(list(self.answer.lines) if self.answer else say("workbench.no_answer"))
        return contents.scene_of(self.answer, self.candidates, name)

    def wait(self, timeout_s: float | None = None) -> None:
        """Until the newest question is answered exactly."""
        self.search.wait(timeout_s)

    def move(self, place: str, value: Value) -> None:
        """Set one control, as by hand: ``move("budget_rp.2028", 316_000_000_000)``."""
        self.to(self.controls.moved(place, value))

    def lock(self, kind: str, name: str, state: str | None) -> None:
        """Lock an ``usulan`` or a ``kabupaten`` ``in`` or ``out``, or free it."""
        self.to(self.controls.locked((kind, name), state))

    def to(self, controls: Controls) -> None:
        """A new position of the controls: shown, remembered for undo, asked."""
        if self.history.add(controls):
            self.follow()

    def undo(self) -> None:
        if self.history.step(-1):
            self.follow()

    def redo(self) -> None:
        if self.history.step(1):
            self.follow()

    def reset(self) -> None:
        """Back to what the file says; undo leads forth again."""
        self.to(self.saved)

    def keep(self) -> None:
        """Add the plan on the screen to the comparison, once."""
        if self.answer is None or self.answer.phase != "settled" or self.plan is None:
            raise PlannerError(say("workbench.keep_exact"))
        if not self.kept or self.kept[-1].fingerprint != self.plan.fingerprint:
            self.kept.append(self.plan)
        self.show(self.answer)
        self.say(say("workbench.kept", name=self.plan.scenario.name, count=len(self.kept)))

    def save(self, name: str | None = None) -> Path:
        """Write the scenario to its file, or to another one; see ``Desk.save``."""
        file = self.desk.save(self.scenario, name)
        self.saved = self.controls
        self.bar.show_steps()
        return file

    def reload(self) -> None:
        """Read the file again and begin anew with it."""
        self.open(*self.desk.read())

    def switch(self, lang: str) -> None:
        """All words in another language; nothing else changes."""
        self.lang = lang
        with self.guard:
            self.build()
            answer = self.answer
            if self.drawn is not None:
                self.show(self.drawn)
            if answer is not None and answer is not self.drawn:
                self.show(answer)

    # what the screen shows

    def follow(self) -> None:
        """Let every control show the present position and look for its plan."""
        with self.silent(), speaking(self.lang):
            self.column.show(self.controls)
            self.paint_locks()
        self.bar.show_steps()
        self.ask()

    def ask(self) -> None:
        """Look for the plan of the controls as they stand; the screen says at once that it does not show it yet."""
        with speaking(self.lang):
            try:
                scenario = self.scenario
            except PlannerError as error:
                self.search.stop()
                self.show(Answer(self.base, "error", None, tuple(error.problems)))
                return
            self.remedies.show()
            self.status.value = contents.status("asked", [say("workbench.asked" if self.drawn else "workbench.first")])
            self.search.ask(scenario)

    def show(self, answer: Answer) -> None:
        """Put an answer on the screen; called from the thread that found it."""
        with self.guard, speaking(self.lang):
            self.answer = answer
            self.remedies.show(answer)
            if answer.plan is None:
                lines = contents.named(said(answer), self.candidates.kabupaten)
                self.status.value = contents.status(answer.phase, lines, say("workbench.stale") if self.drawn else "")
                return
            self.drawn, preview = answer, answer.phase == "preview"
            note = say("workbench.settling") if preview else ""
            scene = contents.scene_of(answer, self.candidates)
            self.stamp.value = contents.head(scene)
            self.figures.value = contents.figures(answer.plan, self.kept[-1] if self.kept else None)
            painted(self.map, scene, lang=self.lang)
            self.list.rows = contents.rows(scene)
            self.status.value = contents.status(answer.phase, [contents.proof(answer.plan, not preview)], note)
            self.tabs.show(scene, self.kept, not preview)
            if not preview:
                self.note.value = contents.message(self.editor.record(answer.plan), "planner-note")

    def build(self) -> None:
        """All that holds words, in the language in force; what was chosen or typed stays, and so do map and list."""
        old = (self.bar, self.column, self.editor, self.tabs) if self.opened else None
        with speaking(self.lang), self.silent():
            self.list.speak()
            self.bar = Bar(self)
            self.column = Column(self.base, self.controls, self.on_user)
            self.editor = Editor(self)
            self.tabs = Tabs(self.candidates, self.editor.box)
            self.top.children, self.left.children = [self.bar.box], [self.column.box]
            self.sheets.children = [self.tabs.box]
            if old is not None:
                self.carry(*old)
            self.opened = True

    def carry(self, bar: Bar, column: Column, editor: Editor, tabs: Tabs) -> None:
        """Take over from the words of before what a planner chose and typed, and close them."""
        self.bar.file_name.value = bar.file_name.value
        self.tabs.take(tabs)
        self.editor.take(editor)
        tabs.close()
        closed(bar.box, column.box, tabs.box)

    def say(self, *lines: str) -> None:
        self.message.value = contents.message(lines)

    def safely(self, act: Callable[[], object], say: Callable[..., None] | None = None) -> None:
        """Do what a planner asked for; a mistake is a sentence, on the screen or where ``say`` puts it."""
        say = say or self.say
        with speaking(self.lang):
            say()
            try:
                act()
            except (Exception, KeyboardInterrupt) as error:
                say(*told(error))

    def on_user(self, move: Move) -> None:
        """A change that came from the page and not from us."""
        if not self.muted:
            self.safely(lambda: self.to(move(self.controls)))

    def on_locks(self, kind: str, change) -> None:
        self.on_user(lambda now: now.with_locks(kind, change["new"]))

    def on_list_choice(self, change) -> None:
        self.safely(lambda: self.editor.choose(change["new"]))
        self.safely(lambda: self.tabs.explain(change["new"]))

    def on_map_choice(self, change) -> None:
        self.safely(lambda: self.list.set_trait("selected", self.tabs.usulan_of(change["new"])))

    def paint_locks(self) -> None:
        """Map and list show the locks of the controls."""
        with self.silent():
            own = set(self.candidates.kabupaten["kode"][self.candidates.kabupaten["otonom"] == "ya"])
            usulan, kabupaten = (self.controls.locks_of(kind) for kind in KINDS)
            self.map.locks = {kode: state for kode, state in kabupaten.items() if kode in own}
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
        from IPython.display import display

        display(self.box)


OPENED: dict[Path, Workbench] = {}  # by scenario file


def workbench(scenario: Scenario | str | Path, candidates: Candidates | None = None) -> Workbench:
    """The workbench over a scenario, or over its file, which it can then save to and reload.

    One workbench per file: the cell run again closes the one before, its threads and widgets too.
    ``candidates`` are read from what the scenario names where they are not given. Raises PlannerError for a scenario
    or tables that cannot be used.
    """
    file = None if isinstance(scenario, Scenario) else Path(scenario)
    base = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
    made = Workbench(base, candidates or read_candidates(base), file)
    if file is not None:
        older = OPENED.pop(file.resolve(), None)
        if older is not None:
            older.close()
        OPENED[file.resolve()] = made
    return made
