"""The page that says which change between two rounds of a season caused how much, in one language or two."""

from pathlib import Path

from planner.answers.causes import Causes
from planner.base.files import write_whole
from planner.base.messages import say, speaking
from planner.paper.page import languages, page
from planner.views.season import heading
from planner.views.season_page import season_page


def render_causes(causes: Causes, out: Path, lang: str = "id") -> Path:
    """Write the page whole or not at all; it bears the fingerprints of both plans."""
    return write_whole(out, causes_page(causes, lang).encode())


def causes_page(causes: Causes, lang: str) -> str:
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    notebooks = {}
    for one in languages(lang):
        with speaking(one):
            output = new_output("display_data", {"text/html": str(season_page(causes))})
        notebooks[one] = new_notebook(cells=[new_code_cell(outputs=[output])])
    with speaking(languages(lang)[0]):
        title = say("season.title", **heading(causes))
    seals = ", ".join(plan.fingerprint for plan in causes.plans)
    return page(notebooks, title, causes.plans[1], lang, seals=seals)
