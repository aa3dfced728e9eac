"""What the workbench shows of an answer: sentences, figures and tables as safe HTML and plain rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from planner.answers.explain import Explanation
from planner.answers.low_spend import how_little, is_low
from planner.base.messages import label, say
from planner.base.paths import PACKAGE
from planner.base.units import MICRO, gap_percent, number, percent, rupiah, rupiah_full, signed
from planner.geo.regions import wilayah
from planner.plan.plan import Plan, kind_of, menu_counts
from planner.plan.plan_file import NotFunded
from planner.views import text
from planner.views.html import Html, cut, safe
from planner.views.scene import Scene

if TYPE_CHECKING:
    from planner.desk.background import Answer
    from planner.model.candidates import Candidates

COLUMNS = ("id", "kabupaten", "menu", "state", "amount_rp", "score", "chance", "benefit", "provinsi")
NUMBERS = ("amount_rp", "score", "chance", "benefit")


def scene_of(answer: Answer, candidates: Candidates, name: str = "nasional") -> Scene:
    """An answer's plan as the views see it, from a wilayah."""
    place = wilayah(name, candidates.kabupaten)
    return Scene(answer.found, candidates.kabupaten, place, answer.robust, answer.options, source=candidates)


def status(phase: str, lines: Sequence[str], note: str = "") -> str:
    """The line that always says which answer is on the screen, what is proven of it, or why there is none.

    ``phase``: of an ``Answer``, with the kind of ``spend_warning`` behind it, which is never green. Lines that begin
    with '- ' are points of a list below the line before them.
    """
    first = f"<b>{safe(say(f'workbench.phases.{phase.split()[-1]}'))}</b>"
    said = safe(lines[0], 1500) if lines else ""
    rest = "".join(
        f'<p class="point">{safe(line.strip()[2:], 1500)}</p>'
        if line.strip().startswith("- ")
        else f"<p>{safe(line, 1500)}</p>"
        for line in lines[1:]
    )
    after = f'<p class="small">{safe(note, 600)}</p>' if note else ""
    look = f'class="planner-status {phase}" role="status" tabindex="0" data-testid="status"'
    return f"<div {look}>{first} {said}{rest}{after}</div>"


def spend_warning(answer: Answer) -> tuple[list[str], str]:
    """What warns of a plan that funds nobody or gives out little, and which of both: ``empty``, ``low`` or ''."""
    plan = answer.found
    if not is_low(plan):
        return [], ""
    return [answer.low.sentence() if answer.low else how_little(plan)], "empty" if plan.funded.empty else "low"


def name_kabupaten(lines: Iterable[str], kabupaten: pd.DataFrame) -> list[str]:
    """Sentences in which a kabupaten's code stands with its name."""
    names = dict(zip(kabupaten["kode"], kabupaten["nama"], strict=True))
    known = partial(re.sub, r"(?<![\w.])\d\d\.\d\d(?![\w.-]\w|\w)")
    return [known(lambda found: f"{found[0]} {cut(names.get(found[0], ''), 60)}".strip(), line) for line in lines]


def head(scene: Scene) -> str:
    """What kind of plan this is, whether its data are synthetic, and of which scenario; one line."""
    said = f"{safe(text.stamp(scene))} · {safe(scene.plan.scenario.name, 80)}"
    return f'<p class="planner-stamp" title="{said}">{said}</p>'


def proof(plan: Plan, ties: bool) -> str:
    """What is proven and, where it was asked, whether another list is as good."""
    sentence = plan.status_sentence()
    after = f"; {say('tie_break.' + plan['tie_break'])}" if ties else ""
    return f"{sentence[0].upper()}{sentence[1:]}{after}."


def figures(plan: Plan, kept: Plan | None) -> str:
    """Spent, funded by menu, the gap, and the difference to the baseline and to the last plan that was kept."""
    counts = menu_counts(plan.funded)
    menus = " + ".join(f"{number(count)} {label('menu', menu)}" for menu, count in counts.items())
    gap, of_budget = plan["goals"][0]["gap"], say("workbench.of_budget", budget=rupiah(plan.pagu_rp))
    cells = [
        figure("spent", rupiah_full(plan.spent_rp), of_budget, plan.spent_rp),
        figure("funded", number(len(plan.funded)), say("workbench.funded", menus=menus), len(plan.funded)),
        figure("gap", "–" if gap is None else gap_percent(gap), say("workbench.gap"), "" if gap is None else gap),
        figure("baseline", *against(plan, plan["baseline"]["goals"][0], "workbench.baseline")),
    ]  # fmt: skip
    if kept is not None:
        cells.append(figure("kept", *against(plan, comparable(kept, plan), "workbench.kept_last")))
    return f'<ul class="numbers">{"".join(cells)}</ul>'


def figure(name: str, text: str, meaning: str, value: object = "") -> str:
    where = f'data-testid="{name}" data-value="{safe(value)}"'
    return f"<li><b {where}>{safe(text)}</b> <span>{safe(meaning)}</span></li>"


def against(plan: Plan, rival: int | None, key: str) -> tuple[str, str, object]:
    """By how much the first goal is above a rival's points."""
    value = plan["goals"][0]["value"]
    if not rival:
        return "–", say(key), ""
    share = (value - rival) / abs(rival)
    return signed(share, partial(percent, digits=2)), say(key), share


def comparable(other: Plan, plan: Plan) -> int | None:
    """Another plan's first goal in this plan's points; None where the goals differ."""
    theirs, mine = other["goals"][0], plan["goals"][0]
    return theirs["value"] * theirs["point"] // mine["point"] if theirs["name"] == mine["name"] else None


def columns() -> list[dict]:
    """The list's columns in the current language."""
    return [{"key": c, "label": say(f"workbench.columns.{c}"), "number": c in NUMBERS} for c in COLUMNS]


def rows(scene: Scene) -> list[dict]:
    """One row per usulan for the list: what is shown, what it is sorted by, and what a filter looks through."""
    funded = {record["usulan_id"]: record for record in scene.plan["funded"]}
    out = {record["usulan_id"]: record for record in scene.plan["not_funded"]}
    assert scene.options is not None  # an answer on the screen has its options
    table = scene.options.table.drop_duplicates("usulan_id")[["usulan_id", "menu", *NUMBERS]]
    table = {row["usulan_id"]: row for row in table.to_dict("records")}
    places = {row.kode: (row.nama, row.provinsi) for row in scene.kabupaten.itertuples()}
    found = []
    for usulan_id in [*funded, *out]:
        record = funded.get(usulan_id) or out[usulan_id]
        values = record if usulan_id in funded else table.get(usulan_id, {})  # none for one behind a gate
        kabupaten, provinsi = places[record["kode"]]
        menu = values.get("menu") or "–"
        chosen = usulan_id in funded
        state = state_of(scene, usulan_id, None if chosen else record)
        amount = values.get("amount_rp")
        micros = [values.get(name) for name in ("score", "chance", "benefit")]
        texts = ["–" if m is None else number(m / MICRO, 2) for m in micros]
        cells = [
            cut(usulan_id, 60), cut(kabupaten.replace("Kabupaten ", "Kab. "), 60), label("menu", menu), state,
            "–" if amount is None else number(amount), *texts, cut(provinsi, 60),
        ]  # fmt: skip
        found.append({
            "id": usulan_id, "kode": record["kode"], "menu": menu, "chosen": chosen, "cells": cells,
            "sort": [*cells[:4], amount, *micros, cells[-1]],
            "text": " ".join([*cells[:4], cells[-1], cut(kabupaten, 60)]).lower(),
        })  # fmt: skip
    return found


def state_of(scene: Scene, usulan_id: str, record: NotFunded | None) -> str:
    """Chosen with its outcome, or (``record``) why not."""
    if record:
        return scene.why(kind_of(record, scene.plan.scenario))
    outcome = scene.outcomes.get(usulan_id)
    return f"{scene.chosen}: {label('outcomes', outcome)}" if outcome else scene.chosen


def explanation(answer: Explanation, scene: Scene) -> Html:
    """One usulan explained: who and where it is, and the sentences of ``explain``."""
    sentence = f"<p>{safe(answer.sentence(), 3000)}</p>"
    known = next((row for row in rows(scene) if row["id"] == answer.usulan_id), None)
    title = " · ".join([known["cells"][i] for i in (0, 1, 8, 2, 3)]) if known else answer.usulan_id
    return Html(f"<h3>{safe(title, 240)}</h3>{sentence}")


def paragraphs(lines: Sequence[str]) -> str:
    """Sentences as safe HTML, one paragraph each."""
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def message(lines: Sequence[str], name: str = "planner-message") -> str:
    """Sentences that a screen reader reads out when they appear."""
    return f'<div class="{name}" role="status">{paragraphs(lines)}</div>' if lines else ""


def seeking(text: str) -> str:
    """How far the search is; no screen reader reads it out each time it changes."""
    return f'<p class="small">{safe(text, 300)}</p>' if text else ""


def look():
    """The style of everything in the panel."""
    import ipywidgets as widgets

    css = "".join((PACKAGE / name).read_text(encoding="utf-8") for name in ("views/views.css", "desk/workbench.css"))
    return widgets.HTML(f"<style>{css}</style>", layout={"display": "none"})
