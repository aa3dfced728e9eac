"""All that people look at: the sections of a report in reading order, and the modules of the other screens.

Each is a function of a plan: it returns, and never prints or saves.
"""

from planner.views.calendar import calendar
from planner.views.equity import equity, provinces
from planner.views.history import history
from planner.views.html import style
from planner.views.idle import idle
from planner.views.ladder import ladder
from planner.views.monitor import monitoring
from planner.views.people import people
from planner.views.reserve import reserve
from planner.views.robust import robust
from planner.views.scene import open_scene
from planner.views.sections import (
    baseline,
    chosen,
    edits,
    evaluation,
    first_screen,
    index_page,
    lines,
    made_of,
    missing,
    not_chosen,
    points,
    reproduce,
    rules,
    sources,
    totals,
    unknowns,
    where,
    years,
)
from planner.views.whatif import whatif

__all__ = [
    "baseline", "calendar", "chosen", "edits", "equity", "evaluation", "first_screen", "history",
    "idle", "index_page", "ladder", "lines", "made_of", "missing", "monitoring", "not_chosen", "open_scene", "people",
    "points", "provinces", "reproduce", "reserve", "robust", "rules", "sources", "style", "totals", "unknowns",
    "whatif", "where", "years",
]  # fmt: skip
