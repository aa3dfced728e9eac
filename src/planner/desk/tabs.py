"""The sheets below the list: one usulan explained and edited, shares by province, kept plans, rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets as widgets

from planner import views
from planner.answers.explain import answer
from planner.answers.open_plan import Case, case_of
from planner.base.errors import PlannerError
from planner.base.messages import language, say, speaking
from planner.desk import answer_html as contents
from planner.desk.background import sentences_of
from planner.desk.kept_plans import Kept, compare_kept
from planner.views.need import shares_table
from planner.views.scene import Scene

if TYPE_CHECKING:
    from planner.model.candidates import Candidates

NAMES = ("explanation", "shares", "comparison", "rules")
LAST = "sinkronisasi"
LOOKED_AT = {"shares": shares_table, "rules": views.rules.body}


class Tabs:
    """``show`` fills the sheets from a scene; ``explain`` answers for one usulan in the background."""

    def __init__(self, candidates: Candidates, editor: widgets.Widget, talks: widgets.Widget):
        self.candidates, self.editor = candidates, editor
        self.sheets = {name: widgets.HTML(layout={"width": "100%"}) for name in NAMES}
        explanation = widgets.VBox([self.sheets["explanation"], editor])
        self.box = widgets.Tab([explanation, *(self.sheets[name] for name in NAMES[1:]), talks])
        self.box.titles = [say(f"workbench.tabs.{name}") for name in (*NAMES, LAST)]
        self.box.add_class("planner-tabs")
        self.sheets["explanation"].value = contents.paragraphs([say("workbench.choose")])
        self.box.observe(self.fill, "selected_index")
        self.lang, self.filled = language(), dict[str, Scene]()
        self.scene: Scene | None = None
        self.exact = False
        self.case: Case | None = None
        self.chosen = ""
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="planner-explain")

    def show(self, scene: Scene, kept: Sequence[Kept], exact: bool) -> None:
        """Fill the sheet in front; the comparison and the explanation wait for an exact plan."""
        self.scene, self.exact, self.case = scene, exact, None
        self.fill()
        if exact:
            self.sheets["comparison"].value = compare_kept(kept, scene)
        if self.chosen:
            self.explain(self.chosen)

    def fill(self, _=None) -> None:
        """Shares and rules are made when they are looked at: a map is not to wait for them."""
        name = (*NAMES, LAST)[self.box.selected_index or 0]
        if name in LOOKED_AT and self.scene is not None and self.filled.get(name) is not self.scene:
            self.filled[name] = self.scene
            with speaking(self.lang):
                self.sheets[name].value = str(LOOKED_AT[name](self.scene))

    def explain(self, usulan_id: str) -> None:
        """Explain one usulan of the plan on the screen, in the background."""
        self.chosen = usulan_id
        if not usulan_id or self.scene is None:
            return
        key = "explaining" if self.exact else "explain_exact"
        self.sheets["explanation"].value = contents.paragraphs([say(f"workbench.{key}", usulan=usulan_id)])
        if self.exact:
            self.pool.submit(self.explained, self.scene, usulan_id, language())

    def explained(self, scene: Scene, usulan_id: str, lang: str) -> None:
        with speaking(lang):
            if scene is not self.scene or usulan_id != self.chosen:
                return
            try:
                said: str = contents.explanation(answer(self.case_of(scene), usulan_id), scene)
            except Exception as error:
                said = contents.paragraphs(sentences_of(error))
            if scene is self.scene and usulan_id == self.chosen:
                self.sheets["explanation"].value = str(said)

    def case_of(self, scene: Scene) -> Case:
        """The plan with its problem, made once per plan."""
        if self.case is None or self.case.plan is not scene.plan:
            self.case = case_of(scene.plan, self.candidates, scene.whatif)
        return self.case

    def close(self) -> None:
        """Answer nothing more."""
        self.scene, self.chosen = None, ""
        self.pool.shutdown(wait=False, cancel_futures=True)

    def ask(self, question: Callable[[Callable[[], Case]], None]) -> None:
        """Ask something of the exact plan in the background; raises PlannerError where there is none yet.

        The question gets a function that makes the case, for that may take a second and may fail.
        """
        if self.scene is None or not self.exact:
            raise PlannerError(say("workbench.explain_exact"))
        self.pool.submit(question, partial(self.case_of, self.scene))

    def usulan_of(self, kode: str) -> str:
        """The usulan of a kabupaten to explain: the funded one, else the first; '' where there is none."""
        plan = self.scene.plan if self.scene else None
        records = [*plan["funded"], *plan["not_funded"]] if plan else []
        return next((record["usulan_id"] for record in records if record["kode"] == kode), "")
