"""An audit of a decided list for a notebook: its sentences, the rules it breaks, and who was passed over."""

from typing import TYPE_CHECKING

import pandas as pd

from planner.base.messages import language, say
from planner.base.paths import ACUAN
from planner.base.units import number
from planner.views.html import Html, paragraph, table

if TYPE_CHECKING:
    from planner.answers.audit import Audit  # asks a solver, which views do without

PRESS = ACUAN / "penerima_pers.csv"  # a list to try it on: the recipients that the press knows
MOST = 25  # candidates passed over that are listed


def first_screen(found: "Audit") -> Html:
    """What was read, what the list is worth, and what its ranking tells."""
    lines = [*found.read(), found.worth(), found.ranking.sentence()]
    return Html("".join(map(paragraph, lines)))


def breaches(found: "Audit") -> Html:
    """Every rule that the list breaks, where, and by how much."""
    lang = language()
    records = [(one.sentence[lang], one.group, one.by_text[lang]) for one in found.breaches]
    frame = pd.DataFrame(records, columns=["rule", "group", "by"])
    heads = {name: say(f"audit.columns.{name}") for name in ("group", "by")}
    return table(frame, say("audit.columns.breaches"), say("audit.no_breach"), heads)


def passed_over(found: "Audit") -> Html:
    """The candidates of the highest score that neither score nor rules keep off the list."""
    names = ["usulan_id", "menu", "score", "instead", "instead_score", "count"]
    frame = pd.DataFrame([[getattr(one, name) for name in names] for one in found.passed[:MOST]], columns=names)
    frame = frame.assign(instead_score=[number(score / 10**6, 2) for score in frame["instead_score"]])
    heads = {name: say(f"audit.columns.{name}") for name in names[3:]}
    caption = say("audit.columns.passed", shown=number(len(frame)), count=number(len(found.passed)))
    return table(frame, caption, say("audit.none_passed"), heads)
