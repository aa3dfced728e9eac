"""Tables, maps and sentences of plans, one set for notebook, report and screen; they return, never print or save.

Start with ``here = open_scene("out/dasar/plan.json", "51")``; every view is a function of the scene: the DataFrames in
``views.tables``, the sentences in ``views.text``, and, exported here, the parts of a report as HTML.
"""

from planner.views.html import Html, style, table
from planner.views.maps import point_figure, tile_map
from planner.views.scene import Scene, open_scene
from planner.views.sections import (
    baseline,
    certainty,
    chosen,
    evaluation,
    every_kabupaten,
    first_screen,
    index_page,
    not_chosen,
    point_map,
    reproduce,
    rules,
    sources,
    title,
    totals,
    unknowns,
)

__all__ = [
    "Html", "Scene", "baseline", "certainty", "chosen", "evaluation", "every_kabupaten", "first_screen", "index_page",
    "not_chosen", "open_scene", "point_figure", "point_map", "reproduce", "rules", "sources", "style",
    "table", "tile_map", "title", "totals", "unknowns",
]  # fmt: skip
