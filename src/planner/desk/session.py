"""What a meeting works on: a scenario as its controls stand, its answers, and the plans kept; it knows no widget."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Protocol

from planner.answers.edit import Effect
from planner.answers.sinkronisasi import Talks
from planner.base.errors import PlannerError
from planner.base.messages import language, say, speaking
from planner.desk import answer_html as contents
from planner.desk.background import Answer, Search, sentences_of
from planner.desk.controls import Controls, History, Value, controls_of, scenario_from
from planner.desk.kept_plans import Kept, with_kept
from planner.desk.saving import Saving
from planner.geo.regions import NATIONAL
from planner.model.candidates import Candidates
from planner.plan.plan import Plan
from planner.scenario.hand_edits import Edit
from planner.scenario.scenario import Scenario, vary
from planner.views.scene import Scene


@dataclass(frozen=True)
class Pending:
    """An edit that was applied and waits for its plan to be recorded with it."""

    edit: Edit
    considered: Effect
    before: Plan


class Listener(Protocol):
    """Whoever shows a session; every call comes with the session's language in force."""

    def opened(self) -> None: ...

    def moved(self) -> None: ...

    def asked(self) -> None: ...

    def show(self, answer: Answer) -> None: ...

    def seek(self, text: str) -> None: ...

    def say(self, *lines: str) -> None: ...


class Session:
    """``scenario`` and ``plan`` are what stands now. A move looks for its plan at once and in the background.

    ``tables``: the candidates as they came, ``candidates``: as the decisions of a sinkronisasi (``talks``) have them.
    ``answer``: the newest; ``drawn``: the newest with a plan; ``before``: the plan that was shown before
    the last move. ``pending``: edits by hand whose plan is being sought.
    """

    base: Scenario
    candidates: Candidates
    tables: Candidates
    talks: Talks | None
    history: History
    search: Search

    def __init__(self, file: Path | None, listener: Listener):
        self.listener, self.guard, self.lang = listener, RLock(), language()
        self.saving = Saving(file)
        self.answer: Answer | None = None
        self.drawn: Answer | None = None
        self.before: Plan | None = None
        self.kept: list[Kept] = []
        self.pending: list[Pending] = []
        self.running = False

    def open(self, base: Scenario, candidates: Candidates) -> None:
        """Begin with a scenario as its file has it; what was being sought is given up."""
        self.close()
        self.base, self.candidates, self.tables, self.talks = base, candidates, candidates, None
        self.saved = controls_of(base)
        self.history = History(self.saved)
        self.search, self.running = Search(candidates, self.arrived, self.listener.seek), True
        with speaking(self.lang):
            self.listener.opened()
        self.before = None
        self.ask()

    def close(self) -> None:
        """Give up what is being sought; no thread stays behind."""
        if self.running:
            self.search.close()
        self.running = False

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
        self.search.wait()
        if self.answer is None or self.answer.plan is None:
            raise PlannerError(list(self.answer.lines) if self.answer else say("workbench.no_answer"))
        return contents.scene_of(self.answer, self.candidates, name)

    def move(self, place: str, value: Value) -> None:
        """Set one control: ``move("budget_rp.2028", 316_000_000_000)``."""
        self.to(self.controls.moved(place, value))

    def lock(self, kind: str, name: str, state: str | None) -> None:
        """Lock an ``usulan`` or a ``kabupaten`` ``in`` or ``out``, or free it."""
        self.to(self.controls.locked((kind, name), state))

    def to(self, controls: Controls) -> None:
        """A new position of the controls: shown, remembered for undo, asked."""
        if self.history.add(controls):
            self.follow()

    def step(self, by: int) -> None:
        """Back (-1) or forth (1) through the positions of the controls."""
        if self.history.step(by):
            self.follow()

    def decide(self, candidates: Candidates) -> None:
        """The same usulan with other tables, as a meeting agreed on them; the plan follows."""
        self.candidates = candidates
        self.search.over(candidates)
        self.follow()

    def reset(self) -> None:
        """Back to what the file says; undo leads forth again."""
        self.to(self.saved)

    def report(self) -> None:
        """Write plan and reports; raises PlannerError while decisions stand that the tables do not hold."""
        if self.candidates is not self.tables:
            raise PlannerError(say("workbench.sinkronisasi.report"))
        self.saving.report(self.answer, self.lang)

    def keep(self, name: str = "") -> None:
        """Add the plan that stands now to the comparison, once; see ``with_kept``."""
        if self.answer is None or self.answer.phase != "settled" or self.plan is None:
            raise PlannerError(say("workbench.keep_exact"))
        self.kept = with_kept(self.kept, self.plan, name)
        self.arrived(self.answer)
        self.listener.say(say("workbench.kept", name=self.kept[-1].name, count=len(self.kept)))

    def save(self, name: str | None = None) -> Path:
        """Write the scenario to its file, or to another one, whose title it takes; see ``Saving.save``."""
        file, written = self.saving.save(self.scenario, name)
        self.saved = self.controls
        if written.name != self.base.name:
            self.base = vary(self.base, name=written.name)
            self.ask()
        return file

    def reload(self) -> None:
        """Read the file again and begin anew with it."""
        self.open(*self.saving.read())

    def follow(self) -> None:
        self.before = None if self.drawn is None else self.drawn.plan
        with speaking(self.lang):
            self.listener.moved()
        self.ask()

    def speak(self, lang: str) -> None:
        """Another language for all that is said from now on, by a search that is on its way too."""
        self.lang = self.search.lang = lang

    def ask(self) -> None:
        """Look for the plan of the controls as they stand."""
        with speaking(self.lang):
            try:
                scenario = self.scenario
            except PlannerError as error:
                self.search.stop()
                self.arrived(Answer(self.base, "error", None, tuple(error.problems)))
                return
            self.listener.asked()
            self.search.ask(scenario)

    def arrived(self, answer: Answer) -> None:
        """An answer is there; called from the thread that found it."""
        with self.guard, speaking(self.lang):
            self.answer = answer
            self.drawn = answer if answer.plan is not None else self.drawn
            self.listener.show(answer)

    def safely(self, act: Callable[[], object], say: Callable[..., None] | None = None) -> None:
        """Do what a planner asked for; a mistake is a sentence, for the listener or where ``say`` puts it."""
        say = say or self.listener.say
        with speaking(self.lang):
            say()
            try:
                act()
            except (Exception, KeyboardInterrupt) as error:
                say(*sentences_of(error))
