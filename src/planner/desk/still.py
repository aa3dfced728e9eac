"""What a notebook keeps of the desk: live where widgets run and, for every other viewer, its last plan as a picture.

JupyterLab makes a widget's view anew when its output is updated, and the page would jump. So the picture is an output
of its own, which the desk's style hides as long as the desk is alive.
"""

from __future__ import annotations

import ipywidgets as widgets
from IPython.display import DisplayHandle, display

from planner import views
from planner.base.messages import say
from planner.desk.answer_html import head, proof
from planner.views.html import Html, paragraph
from planner.views.maps import tile_map
from planner.views.scene import Scene


class Still:
    """Shows a widget, and below it what stands in ``show``; outside a notebook it shows nothing."""

    def __init__(self, box: widgets.Widget):
        live = box._repr_mimebundle_() | {"text/plain": say("workbench.still.live")}
        display(live, raw=True)
        none = kept(paragraph(say("workbench.still.none")))
        self.handle: DisplayHandle | None = display(none, raw=True, display_id=True)

    def show(self, scene: Scene) -> None:
        """The exact plan of a scene takes the place of the one before, in the notebook that will be saved."""
        if self.handle is not None:
            self.handle.update(kept(picture(scene)), raw=True)


def kept(html: Html) -> dict[str, str]:
    """A bundle of a page's part and of one sentence for a terminal."""
    page = f'<div class="planner-still">{html}</div>'
    return {"text/html": page, "text/plain": say("workbench.still.text")}


def picture(scene: Scene) -> Html:
    """What kind of plan it is, what is proven of it, its map and the list of who is funded; nothing in it is live."""
    said = paragraph(proof(scene.plan, True))
    return Html(f"{views.style()}{head(scene)}{said}{tile_map(scene)}{views.chosen.body(scene) or ''}")
