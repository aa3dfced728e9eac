"""A scene on the installed boundaries: the colours of the tile map on the shapes of the kabupaten."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import cos, radians

import numpy as np
import pandas as pd

from planner.base.messages import say
from planner.geo.boundaries import GRID_DEG, installed_boundaries
from planner.views.html import Html, cut, paragraph, safe
from planner.views.maps import FAR, GREY, INK, PATTERNS, legend, place_tiles, tooltip
from planner.views.outline import Frame, visible
from planner.views.scene import Scene

WIDTH, HEIGHT = 1000, 760  # of the picture at most, in pixels
FINE, COARSE = 0.1, 0.2  # of a pixel: the steps of a path in a close picture, and in that of the country
ROOM = {"nasional": 0.01, "kabupaten": 0.4}  # around the wilayah, as a share of its longer side
FAINT = ' opacity=".35" stroke="#767b82"'  # a neighbour
NAMED = 20  # kabupaten without a polygon that are named


@dataclass(frozen=True)
class Drawn:
    """All of a picture that depends on the boundaries of a computer: nothing in it is a word but the file's name."""

    size: tuple[int, int]  # pixels
    paths: dict[str, str]  # by kode, as SVG writes them
    points: dict[str, tuple[str, str]]  # x and y of the kabupaten's own points
    source: str
    modified: str


_of_a_page: ContextVar[tuple[Drawn | None] | None] = ContextVar("drawn", default=None)


@contextmanager
def boundaries_of_page(drawn: Drawn | None):
    """Run a block in which ``choropleth`` draws what a page has drawn, whatever is installed here."""
    token = _of_a_page.set((drawn,))
    try:
        yield
    finally:
        _of_a_page.reset(token)


def choropleth(scene: Scene) -> Html | None:
    """The wilayah on the boundaries of this computer, its neighbours faint; None where no boundaries are installed."""
    held = _of_a_page.get()
    drawn = drawn_here(scene) if held is None else held[0]
    if drawn is None:
        return None
    lacking = scene.here.loc[~scene.here["kode"].isin(drawn.paths), "nama"]
    named = ", ".join(cut(name, 60) for name in lacking.head(NAMED)) + (" …" if len(lacking) > NAMED else "")
    note = paragraph(say("boundaries.undrawn", count=len(lacking), names=named), "note") if len(lacking) else ""
    shown = picture(scene, drawn) if drawn.paths else ""
    return Html(f'<div class="local">{shown}{note}</div>')  # the part of a page that another computer may not have


def drawn_here(scene: Scene) -> Drawn | None:
    """The wilayah and what is visible around it on the boundaries of this computer; None where there are none."""
    kept = installed_boundaries()
    if kept is None:
        return None
    shapes = kept.far if scene.national else kept.shapes
    inside = [ring for kode in scene.here["kode"] for ring in shapes.get(kode, [])]
    if not inside:
        return Drawn((0, 0), {}, {}, kept.source, kept.modified)
    frame, size = frame_rings(inside, scene.wilayah.kind)
    paths = {kode: frame.path(rings) for kode, rings in shapes.items() if visible(frame, size, rings)}
    places = frame.place(scene.kabupaten[["lon", "lat"]].to_numpy(dtype=float) / GRID_DEG)
    points = {kode: (f"{x:.1f}", f"{y:.1f}") for kode, (x, y) in zip(scene.kabupaten["kode"], places, strict=True)}
    return Drawn(size, paths, points, kept.source, kept.modified)


def frame_rings(rings: list[np.ndarray], kind: str) -> tuple[Frame, tuple[int, int]]:
    """The frame around these rings, with room for what lies around a wilayah of this kind, and its size in pixels."""
    west, south = np.min([ring.min(axis=0) for ring in rings], axis=0)
    east, north = np.max([ring.max(axis=0) for ring in rings], axis=0)
    room = max(east - west, north - south) * ROOM.get(kind, 0.06)
    narrow = cos(radians((south + north) / 2 * GRID_DEG))  # a degree of longitude, in degrees of latitude
    width, height = (east - west + 2 * room) * narrow, north - south + 2 * room
    scale = min(WIDTH / width, HEIGHT / height)
    step = COARSE if kind == "nasional" else FINE
    frame = Frame(west - room, north + room, (narrow * scale, scale), step)
    return frame, (round(width * scale), round(height * scale))


def picture(scene: Scene, drawn: Drawn) -> Html:
    """The figure with its legend, and where its lines come from."""
    width, height = drawn.size
    cells = place_tiles(scene, scene.kabupaten, FAR)
    cells = cells[cells["kode"].isin(drawn.paths)]
    cells = cells.sort_values(["locked", "inside"], kind="stable")  # a thick edge must not lie under a thin one
    shapes = "".join(shape(scene, cell, drawn.paths[cell.kode]) for cell in cells.itertuples())
    alt = safe(say("boundaries.alt", where=cut(scene.wilayah.nama, 60), count=scene.funded["kode"].nunique()), 300)
    told = say("boundaries.caption", source=cut(drawn.source, 80), modified=cut(drawn.modified, 10))
    return Html(
        f'<figure class="map"><svg class="boundaries" viewBox="0 0 {width} {height}" role="img" aria-label="{alt}" '
        f'style="max-width:{width}px;print-color-adjust:exact;-webkit-print-color-adjust:exact">{patterns()}'
        f'<g stroke="#fff" stroke-width=".5" stroke-linejoin="round" fill-rule="evenodd">{shapes}</g>'
        f"{dots(scene, cells, drawn)}</svg>{legend(scene, cells)}</figure>{paragraph(told, 'note')}"
    )


def patterns() -> str:
    """The tile map's hatchings under names of their own: two pictures on one page share no id."""
    return PATTERNS.replace('id="p-', 'id="b-')


def shape(scene: Scene, cell, path: str) -> str:
    """A kabupaten with its tooltip; DKI's units are white and outlined, neighbours faint, the locked have an edge."""
    own = cell.otonom == "ya"
    fill = f"url(#b-{cell.menu})" if cell.menu else GREY if own else "#fff"
    line = f' stroke="{INK}" stroke-width="1.6"' if cell.locked else "" if own else ' stroke="#767b82"'
    look = line if cell.inside else FAINT
    title = f"<title>{safe(tooltip(scene, cell), 300)}</title>"
    return f'<path data-kode="{cell.kode}" d="{path}" fill="{fill}"{look}>{title}</path>'


def dots(scene: Scene, cells: pd.DataFrame, drawn: Drawn) -> str:
    """A dot on who is chosen in 95 of 100 draws or more, at the kabupaten's own point."""
    sure = cells[(cells["menu"] != "") & cells["kode"].isin(scene.sure) & cells["inside"]]
    look = f'r="{2.4 if scene.national else 4}" fill="#fff" stroke="{INK}" stroke-width="1.2"'
    places = ((kode, *drawn.points.get(kode, ("0", "0"))) for kode in sure["kode"])
    return "".join(f'<circle data-kode="{kode}" cx="{x}" cy="{y}" {look}/>' for kode, x, y in places)
