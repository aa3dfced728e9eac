"""The hand edits of a plan as a table: who decided what, when, why, and what it cost."""

import pandas as pd

from planner.edit_log import cost_text, edit_in, in_force
from planner.messages import say
from planner.views.html import Html, paragraph, table
from planner.views.scene import Scene


def edits(scene: Scene) -> Html | None:
    """The log beside the plan as far as it concerns the wilayah; lines that cannot be read are said."""
    frame, problems = edited(scene), scene.log.problems
    if frame.empty and not problems:
        return None
    said = "" if frame.empty else table(frame, say("views.captions.edits")) + paragraph(say("edit.note"), "note")
    return Html(said + "".join(paragraph(problem, "note") for problem in problems))


def edited(scene: Scene) -> pd.DataFrame:
    """One row per edit in the order of the log: ``when, who, what, why, cost, force`` as texts."""
    scenario = scene.plan.scenario
    rows = [
        {
            "when": entry["when"].replace("T", " ").removesuffix("+00:00"), "who": entry["who"],
            "what": edit_in(entry).sentence(), "why": entry["reason"], "cost": cost_text(entry),
            "force": say("edit.in_force" if in_force(scenario, entry) else "edit.past"),
        }
        for entry in scene.log.records
        if scene.national or entry["kode"] in scene.wilayah.members
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["when", "who", "what", "why", "cost", "force"])
