"""The workbench in a notebook: controls, an answer that is always named for what it is, map, list and tabs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import RLock

import ipywidgets as widgets

from planner.candidates import Candidates
from planner.errors import PlannerError
from planner.geo import NATIONAL
from planner.map import map_of, painted
from planner.messages import language, say, speaking
from planner.plan import Plan
from planner.scenario import Scenario
from planner.views import Scene
from planner.workbench import contents
from planner.workbench.controls import (
    BY_HAND,
    Controls,
    History,
    Knob,
    Value,
    caption,
    controls_of,
    knobs,
    scenario_from,
)
from planner.workbench.desk import Desk
from planner.workbench.editor import Editor, Pending, recorded
from planner.workbench.inputs import control_of, read_value, show_value
from planner.workbench.listing import PlanList
from planner.workbench.search import Answer, Search
from planner.workbench.tabs import Tabs

WIDE = {"width": "100%"}


class Workbench:
    """What a notebook shows; ``scenario`` and ``plan`` are what stands on the screen now.

    A change of a control looks for its plan at once and in the background; ``wait`` returns when it is there.
    """

    def __init__(self, base: Scenario, candidates: Candidates, file: Path | None = None):
        self.guard, self.muted = RLock(), False
        self.lang = language()
        self.desk = Desk(file)
        self.answer: Answer | None = None
        self.kept: list[Plan] = []
        self.pending: list[Pending] = []  # edits by hand whose plan is being sought
        self.box = widgets.VBox(layout=widgets.Layout(**WIDE))
        self.box.add_class("planner-workbench")
        self.open(base, candidates)

    def open(self, base: Scenario, candidates: Candidates) -> None:
        """Begin with a scenario as its file has it."""
        self.base, self.candidates = base, candidates
        self.saved = controls_of(base)
        self.history = History(self.saved)
        self.search = Search(candidates, self.show)
        self.build()
        self.ask()

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

    # what a planner does

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
        """Add the plan on the screen to the comparison."""
        if self.answer is None or self.answer.phase != "settled" or self.plan is None:
            raise PlannerError(say("workbench.keep_exact"))
        self.kept.append(self.plan)
        self.show(self.answer)

    def save(self, name: str | None = None) -> Path:
        """Write the scenario to its file, or to another one; see ``Desk.save``."""
        file = self.desk.save(self.scenario, name)
        self.saved = self.controls
        return file

    def reload(self) -> None:
        """Read the file again and begin anew with it."""
        self.search.stop()
        self.open(*self.desk.read())

    def switch(self, lang: str) -> None:
        """All words in another language; nothing else changes."""
        self.lang = lang
        self.build()
        if self.answer is not None:
            self.show(self.answer)

    # what the screen shows

    def follow(self) -> None:
        """Let every control show the present position and look for its plan."""
        with self.silent():
            for knob in knobs(self.base):
                show_value(self.inputs[knob.place], knob, self.controls.values[knob.place])
            for number, switch in self.switches.items():
                switch.value = number not in self.controls.off
            self.paint_locks()
        self.show_steps()
        self.ask()

    def show_steps(self) -> None:
        """Undo and redo can be pressed where there is somewhere to go."""
        self.undo_button.disabled = self.history.at == 0
        self.redo_button.disabled = self.history.at == len(self.history.steps) - 1

    def ask(self) -> None:
        """Look for the plan of the controls as they stand; the screen says at once that it does not show it yet."""
        with speaking(self.lang):
            try:
                scenario = self.scenario
            except PlannerError as error:
                self.search.stop()
                self.show(Answer(self.base, "error", None, tuple(error.problems)))
                return
            self.status.value = contents.status("asked", [say("workbench.asked")])
            self.search.ask(scenario)

    def show(self, answer: Answer) -> None:
        """Put an answer on the screen; called from the thread that found it."""
        with self.guard, speaking(self.lang):
            before, self.answer = self.answer, answer
            if answer.plan is None:
                stale = say("workbench.stale") if before and before.plan else ""
                self.status.value = contents.status(answer.phase, list(answer.lines), stale)
                return
            preview = answer.phase == "preview"
            note = say("workbench.settling") if preview else ""
            self.status.value = contents.status(answer.phase, [contents.proof(answer.plan, not preview)], note)
            scene = contents.scene_of(answer, self.candidates)
            self.stamp.value = contents.head(scene)
            self.figures.value = contents.figures(answer.plan, self.kept[-1] if self.kept else None)
            painted(self.map, scene, lang=self.lang)
            self.list.rows = contents.rows(scene)
            self.tabs.show(scene, self.kept, not preview)
            if not preview and self.pending:
                pending, self.pending = self.pending, []
                self.say(*recorded(pending, answer.plan, self.desk.out))

    def build(self) -> None:
        """Every widget in the language in force."""
        with speaking(self.lang):
            self.stamp, self.status, self.figures = (widgets.HTML(layout=WIDE) for _ in range(3))
            self.inputs, self.switches = {}, {}
            self.map, self.list = map_of(self.candidates.kabupaten), PlanList.in_words()
            self.editor = Editor(self)
            self.tabs = Tabs(self.candidates, self.editor.box)
            self.paint_locks()
            self.map.observe(self.on_map_lock, "locks")
            self.map.observe(self.on_map_choice, "selected")
            self.list.observe(self.on_list_lock, "locks")
            self.list.observe(self.on_list_choice, "selected")
            left = widgets.VBox([self.controls_box()], layout={"width": "330px", "flex": "0 0 330px"})
            right = widgets.VBox([self.map], layout={"flex": "1 1 auto", "min_width": "0"})
            self.box.children = [
                contents.look(), self.stamp, self.head(), self.status, self.figures, widgets.HBox([left, right]),
                self.list, self.tabs.box,
            ]  # fmt: skip

    def head(self) -> widgets.Widget:
        """The row of buttons, the file's name and the language."""
        self.undo_button, self.redo_button = self.button("undo", self.undo), self.button("redo", self.redo)
        self.show_steps()
        self.file_name = widgets.Text(self.desk.name, description=say("workbench.file"), layout={"width": "300px"})
        switch = widgets.ToggleButtons(
            options=[("Indonesia", "id"), ("English", "en")], value=self.lang, style={"button_width": "92px"}
        )
        switch.add_class("planner-language")
        switch.observe(lambda change: self.safely(partial(self.switch, change["new"])), "value")
        save = self.button("save", lambda: self.told(self.save(self.file_name.value)))
        row = [self.undo_button, self.redo_button, self.button("reset", self.reset), self.file_name, save,
               self.button("reload", self.reload), self.button("keep", self.keep),
               self.button("report", lambda: self.desk.report(self.answer, self.lang)), switch]  # fmt: skip
        self.message = widgets.HTML(layout=WIDE)
        buttons = widgets.HBox(row, layout={"flex_flow": "row wrap"})
        return widgets.VBox([buttons, self.desk.progress, self.message])

    def told(self, file: Path) -> None:
        self.say(say("workbench.saved", file=file))

    def say(self, *lines: str) -> None:
        self.message.value = contents.paragraphs(list(lines))

    def button(self, name: str, act: Callable[[], object]) -> widgets.Button:
        button = widgets.Button(
            description=say(f"workbench.buttons.{name}"),
            tooltip=say(f"workbench.tips.{name}"),
            layout={"width": "auto"},
        )
        button.add_class(f"planner-{name}")
        button.on_click(lambda _: self.safely(act))
        return button

    def safely(self, act: Callable[[], object]) -> None:
        """Do what a planner asked for; a mistake is a sentence on the screen."""
        with speaking(self.lang):
            self.say()
            try:
                act()
            except PlannerError as error:
                self.say(*error.problems)
            except Exception as error:  # our mistake: a callback's traceback is seen by nobody, a sentence is
                self.say(say("workbench.broken", what=f"{type(error).__name__}: {error}"))
                raise

    def controls_box(self) -> widgets.Widget:
        """The controls: budget and weights, then each rule with its sentence, a switch and its bounds."""
        groups: dict[int | None, list[Knob]] = {}
        for knob in knobs(self.base):
            groups.setdefault(knob.rule, []).append(knob)
        parts = [self.control(knob) for knob in groups.pop(None)]
        for number, rule in enumerate(self.base.rules):
            if not isinstance(rule, BY_HAND):
                parts += [self.rule_switch(number), *map(self.control, groups.get(number, []))]
        return widgets.VBox(parts, layout={"max_height": "480px", "overflow": "hidden auto"})

    def control(self, knob: Knob) -> widgets.Widget:
        made = control_of(knob, caption(knob), self.controls.values[knob.place])
        made.observe(lambda _: self.on_control(knob, made), "value")
        self.inputs[knob.place] = made
        return made

    def rule_switch(self, number: int) -> widgets.Widget:
        made = widgets.Checkbox(
            number not in self.controls.off, description=self.base.rules[number].sentence(), indent=False, layout=WIDE
        )
        made.add_class("planner-rule")
        made.observe(lambda change: self.on_user(lambda: self.controls.switched(number, change["new"])), "value")
        self.switches[number] = made
        return made

    # what comes back from the page

    def on_control(self, knob: Knob, made: widgets.Widget) -> None:
        self.on_user(lambda: self.controls.moved(knob.place, read_value(made, knob, self.controls.values[knob.place])))

    def on_user(self, moved: Callable[[], Controls]) -> None:
        """A change that came from the page and not from us."""
        if not self.muted:
            self.safely(lambda: self.to(moved()))

    def on_map_lock(self, change) -> None:
        self.on_user(lambda: relocked(self.controls, "kabupaten", change["new"]))

    def on_list_lock(self, change) -> None:
        self.on_user(lambda: relocked(self.controls, "usulan", change["new"]))

    def on_list_choice(self, change) -> None:
        self.safely(lambda: (self.editor.choose(change["new"]), self.tabs.explain(change["new"])))

    def on_map_choice(self, change) -> None:
        self.safely(lambda: self.list.set_trait("selected", self.tabs.usulan_of(change["new"])))

    def paint_locks(self) -> None:
        """Map and list show the locks of the controls."""
        with self.silent():
            own = set(self.candidates.kabupaten["kode"][self.candidates.kabupaten["otonom"] == "ya"])
            named = self.controls.locks.items()
            self.map.locks = {name: s for (kind, name), s in named if kind == "kabupaten" and name in own}
            self.list.locks = {name: s for (kind, name), s in named if kind == "usulan"}

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


def relocked(controls: Controls, kind: str, locks: dict[str, str]) -> Controls:
    """The controls with exactly these locks of one kind."""
    others = {key: state for key, state in controls.locks.items() if key[0] != kind}
    return Controls(
        controls.values, controls.off, others | {(kind, name): state for name, state in locks.items()}, controls.volumes
    )
