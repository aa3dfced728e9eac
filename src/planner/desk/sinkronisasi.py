"""The sheet of a sinkronisasi: the lines of one province, a verdict by key, what each did to the plan, the minutes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

import ipywidgets as widgets
import traitlets as t
from anywidget import AnyWidget

from planner.answers.sinkronisasi import Effect, Talks, check_scenario, lines_of
from planner.base.messages import label, say, sentences, speaking
from planner.base.units import number
from planner.desk.answer_html import message
from planner.desk.background import Answer, sentences_of
from planner.desk.session import Session
from planner.desk.widgets import source
from planner.model.candidates import Candidates
from planner.paper.berita_acara import FOLDER, minutes_of, write_minutes
from planner.plan.plan import Plan
from planner.scenario.hand_edits import user
from planner.scenario.scenario import Scenario
from planner.tables.decisions import FILE, Decision
from planner.views.html import Html, cut, safe


class Lines(AnyWidget):
    """The lines as a table for the keyboard.

    ``rows``: what stands in it, those of ``province``; ``effect``: ``{kind, text}`` of the line of fixed height above.
    The page sends ``{do: decide | undo | resume | minutes, ...}``.
    """

    _esm = source("element.js", "sinkronisasi.js")
    _css = source("sinkronisasi.css")
    rows = t.List(t.Dict()).tag(sync=True)
    provinces = t.List(t.List(t.Unicode())).tag(sync=True)
    province = t.Unicode("").tag(sync=True)
    who = t.Unicode("").tag(sync=True)
    effect = t.Dict().tag(sync=True)
    recorded = t.Unicode("").tag(sync=True)
    resumable = t.Unicode("").tag(sync=True)
    words = t.Dict().tag(sync=True)


@dataclass(frozen=True)
class Step:
    """A decision whose effect is looked for: the plan that stood before it, and the question after it.

    ``at``: the tables before it; ``count``: how many decisions since ``before``, where they came faster than plans.
    """

    decision: Decision
    before: Plan
    at: Candidates
    tables: Candidates
    scenario: Scenario
    count: int = 1


class Sinkronisasi:
    """``lines``: the widget; ``talks``, of the session: what was decided, None until a first decision or ``resume``."""

    def __init__(self, session: Session):
        self.session = session
        self.step: Step | None = None
        self.writer: Thread | None = None  # of the minutes
        self.lines = Lines(who=user(), words={key: say(f"workbench.sinkronisasi.{key}") for key in words()})
        self.out = widgets.VBox()
        self.box = widgets.VBox([self.lines, self.out])
        self.say("none", say("workbench.sinkronisasi.none"))
        if session.tables.modelled:
            self.say("problem", say("workbench.sinkronisasi.closed"))
            return
        kabupaten = session.tables.kabupaten.drop_duplicates("kode_provinsi").set_index("kode_provinsi")["provinsi"]
        there = sorted(set(session.tables.usulan["kode"].str[:2]))
        self.lines.provinces = [[kode, cut(kabupaten.get(kode, kode), 60)] for kode in there]
        self.lines.province = there[0] if there else ""
        self.all = lines_of(session.tables)
        self.lines.observe(lambda _: self.paint(), "province")
        self.lines.on_msg(lambda _, content, buffers: self.on_page(content))
        self.paint()
        self.count()

    @property
    def folder(self) -> Path:
        return self.session.saving.out / FOLDER

    @property
    def talks(self) -> Talks:
        """What was decided; what an earlier meeting decided holds from the first time that it is asked for.

        Raises PlannerError where its file cannot be read.
        """
        session = self.session
        if session.talks is None:
            check_scenario(session.tables, session.scenario)
            session.talks = Talks(session.tables, self.folder / FILE)
            if held := session.talks.standing:
                self.follow(held[-1], session.talks.agreed, len(held))
        return session.talks

    def on_page(self, content: dict) -> None:
        """What was pressed on the page; a mistake is a sentence in the line above the table."""
        acts: dict[str, Callable[[dict], None]] = {
            "decide": self.decide, "undo": self.undo, "resume": self.resume, "minutes": self.minutes,
        }  # fmt: skip
        act = acts.get(str(content.get("do")))
        with speaking(self.session.lang):
            try:
                if act is not None:
                    act(content)
            except Exception as error:
                self.say("problem", " ".join(sentences_of(error)))

    def decide(self, content: dict) -> None:
        usulan, line, verdict, volume, reason = (
            str(content.get(name, "")) for name in ("usulan", "line", "verdict", "volume", "reason")
        )
        known = self.talks
        made = known.decide(self.lines.province, (usulan, line), verdict, volume, reason, self.lines.who)
        self.follow(made, known.agreed)

    def follow(self, made: Decision, tables: Candidates, count: int = 1) -> None:
        """Show what stands now, and look for its plan; ``count`` decisions are new."""
        session, drawn, last = self.session, self.session.drawn, self.step
        self.step, scenario, at = None, session.scenario, session.candidates
        plan = None if drawn is None or drawn.scenario != scenario else drawn.plan
        if plan is None or plan["inputs"] != list(at.inputs):
            plan = session.search.settled_plan(scenario, at)
        if plan is not None:
            self.step = Step(made, plan, at, tables, scenario, count)
        elif last is not None and last.scenario == scenario:
            self.step = replace(last, decision=made, tables=tables, count=last.count + count)
        if self.step:
            self.say("seeking", say("workbench.sinkronisasi.seeking"))
        else:
            self.say("note", say("workbench.sinkronisasi.alone"))
        session.decide(tables)
        self.paint()
        self.count()

    def undo(self, content: dict) -> None:
        made = self.talks.undo(self.lines.who)
        self.follow(made, self.talks.agreed)
        self.step = None
        key = {"usulan": cut(made.usulan_id, 40), "line": cut(made.rincian_id, 20)}
        self.say("note", say("workbench.sinkronisasi.undone", **key))

    def resume(self, content: dict) -> None:
        """Let hold what an earlier meeting decided."""
        if not self.talks.standing:
            self.say("none", say("workbench.sinkronisasi.none"))
        self.count()

    def minutes(self, content: dict) -> None:
        """Write the minutes of the province in the background."""
        session, answer = self.session, self.session.answer
        if answer is None or answer.phase != "settled":
            self.say("problem", say("workbench.sinkronisasi.wait_exact"))
            return
        known, province, lang = self.talks, self.lines.province, session.lang
        if self.writer is not None and self.writer.is_alive():
            self.say("problem", say("workbench.sinkronisasi.still_writing"))
            return
        self.writer = Thread(target=self.write, args=(known, answer.scenario, province, lang), daemon=True)
        self.writer.start()

    def write(self, known: Talks, scenario: Scenario, province: str, lang: str) -> None:
        search = self.session.search
        with speaking(lang):
            try:
                made = minutes_of(
                    known.candidates, scenario, known.rows, province, told=lambda text: self.say("seeking", text),
                    known=lambda tables: search.settled_plan(scenario, tables),
                )  # fmt: skip
                assert scenario.data_dir is not None  # usulan come from somewhere
                files = write_minutes(made, scenario, self.folder, scenario.data_dir)
                done = widgets.Output()
                done.append_display_data(links(self.folder, files[:2]))
                self.out.children = [done]
                self.say("note", made.closing()[0])
            except Exception as error:  # said on the screen, for a thread has nowhere else to say it
                self.say("problem", " ".join(sentences_of(error)))
                self.out.children = [widgets.HTML(message([cut(line, 600) for line in sentences_of(error)]))]

    def show(self, answer: Answer) -> None:
        """What the last decision did, as far as this answer tells; who is chosen now."""
        self.paint()
        step = self.step
        if step is None or self.session.candidates is not step.tables:
            return
        if answer.scenario != step.scenario:
            self.step = None
        if self.step is None or answer.plan is None:
            if self.lines.effect["kind"] in ("seeking", "preview"):  # what it announces does not come
                self.say("note", say("workbench.sinkronisasi.alone"))
            return
        before = self.session.search.settled_plan(step.scenario, step.at) or step.before
        effect = Effect(step.decision, before, answer.plan)
        kind = "exact" if effect.exact else "preview"
        names = dict(zip(step.tables.kabupaten["kode"], step.tables.kabupaten["nama"], strict=True))
        settled = answer.phase != "preview" and not effect.exact
        first = "" if settled else say(f"workbench.sinkronisasi.{kind}") + " "
        first += say("workbench.sinkronisasi.together", count=number(step.count)) + " " if step.count > 1 else ""
        self.say(kind, first + effect.sentence(self.all, names))

    def stand_as(self, other: Sinkronisasi) -> None:
        """Stand as the sheet of another language stood."""
        self.lines.province, self.lines.who, self.step = other.lines.province, other.lines.who, other.step

    def say(self, kind: str, text: str) -> None:
        self.lines.effect = {"kind": kind, "text": cut(text, 1200)}

    def count(self) -> None:
        """How many decisions stand, or how many may be taken up again."""
        talks, file = self.session.talks, self.folder / FILE
        if talks is not None:
            said = [say("sinkronisasi.torn", file=talks.file.name, row=cut(talks.torn, 200))] * bool(talks.torn)
            said += [say("workbench.sinkronisasi.recorded", count=number(len(talks.standing)), file=str(talks.file))]
            self.lines.recorded, self.lines.resumable = " ".join(said), ""
        elif file.exists():
            rows = max(0, file.read_bytes().count(b"\n") - 1)
            self.lines.resumable = say("workbench.sinkronisasi.resume", count=number(rows)) if rows else ""

    def paint(self) -> None:
        """The rows of the province: what was asked, what was decided, whether the plan on the screen has it."""
        if self.session.tables.modelled:
            return
        talks, drawn = self.session.talks, self.session.drawn
        lines = self.all
        held = {one.line: one for one in talks.standing} if talks is not None else {}
        chosen = set() if drawn is None or drawn.plan is None else set(drawn.plan.funded["usulan_id"])
        names = self.session.tables.kabupaten.set_index("kode")["nama"]
        self.lines.rows = [
            {
                "usulan": usulan, "line": name, "place": cut(names[one["kode"]].replace("Kabupaten ", "Kab. "), 40),
                "text": cut(one["uraian"], 80), "asked": f"{number(one['asked'])} {cut(one['satuan'], 12)}".strip(),
                "chosen": usulan in chosen, **decided_text(held.get((usulan, name))),
            }
            for (usulan, name), one in lines.items()
            if one["kode"].startswith(f"{self.lines.province}.")
        ]  # fmt: skip


def decided_text(decision: Decision | None) -> dict[str, str]:
    """A decision as its row shows it."""
    if decision is None:
        return {"verdict": "", "said": "", "volume": "", "reason": ""}
    volume = "" if decision.volume is None else str(decision.volume)
    said = label("verdicts", decision.verdict)
    return {"verdict": decision.verdict, "said": said, "volume": volume, "reason": cut(decision.reason, 300)}


def words() -> list[str]:
    """The words of the page: those of its sentences that hold no figures."""
    told = sentences("workbench")["sinkronisasi"]
    return [key for key, text in told.items() if "{" not in text["id"]]


def links(folder: Path, files: list[Path]) -> Html:
    """Where the minutes are."""
    shown = ", ".join(f'<a href="{safe(file.as_posix())}" target="_blank">{safe(file.name)}</a>' for file in files)
    where = safe(say("workbench.sinkronisasi.done", folder=folder.resolve()))
    return Html(f'<p data-testid="minutes">{where} {shown}</p>')
