"""The list of all usulan: sorted, filtered, chosen and locked on the page."""

import traitlets as t
from anywidget import AnyWidget

from planner.base.messages import say, sentences
from planner.desk.answer_html import columns
from planner.desk.widgets import source


class PlanList(AnyWidget):
    """``rows``: as ``contents.rows`` makes them; ``locks``: usulan_id -> in | out; ``selected``: a usulan_id or ''.

    The page may set ``locks`` and ``selected``.
    """

    _esm = source("element.js", "plan_list.js")
    _css = source("plan_list.css")
    rows = t.List(t.Dict()).tag(sync=True)
    columns = t.List(t.Dict()).tag(sync=True)
    locks = t.Dict(value_trait=t.Enum(("in", "out")), key_trait=t.Unicode()).tag(sync=True)
    selected = t.Unicode("").tag(sync=True)
    words = t.Dict().tag(sync=True)
    readonly = t.Bool(False).tag(sync=True)

    def speak(self) -> None:
        """All words in the language in force; what is sorted, filtered or chosen stays."""
        with self.hold_sync():
            self.words = {key: say(f"workbench.list.{key}") for key in sentences("workbench")["list"]}
            self.columns = columns()
