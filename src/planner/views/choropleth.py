"""A scene on the installed boundaries: the colours of the tile map on the shapes of the kabupaten."""

from dataclasses import dataclass
from math import cos, radians

import numpy as np
import pandas as pd

from planner.base.messages import say
from planner.geo.boundaries import GRID_DEG, Boundaries, installed_boundaries
from planner.views.html import Html, cut, paragraph, safe
from planner.views.maps import FAR, GREY, INK, PATTERNS, legend, place_tiles, tooltip
from planner.views.scene import Scene

WIDTH, HEIGHT = 1000, 760  # of the picture at most, in pixels
FINE, COARSE = 0.1, 0.2  # of a pixel: the steps of a path in a close picture, and in that of the country
ROOM = {"nasional": 0.01, "kabupaten": 0.4}  # around the wilayah, as a share of its longer side
FAINT = ' opacity=".35" stroke="#767b82"'  # a neighbour
Shapes = dict[str, list[np.ndarray]]  # kode -> rings
NAMED = 20  # kabupaten without a polygon that are named


@dataclass(frozen=True)
class Frame:
    """From cells of the grid to pixels: the upper left corner, the pixels per cell, and the steps of a path."""

    west: float
    north: float
    scale: tuple[float, float]  # across and down: equirectangular, true at the picture's middle
    step: float

    def place(self, cells: np.ndarray) -> np.ndarray:
        """Grid cells as pixels, x to the right and y downwards."""
        return np.column_stack([cells[:, 0] - self.west, self.north - cells[:, 1]]) * self.scale

    def path(self, rings: list[np.ndarray]) -> str:
        """The rings as one SVG path in whole steps; what falls into a point is left out."""
        return "".join(filter(None, (self.loop(ring) for ring in rings)))

    def loop(self, ring: np.ndarray) -> str:
        steps = np.round(self.place(ring) / self.step).astype(int)
        steps = steps[np.append(True, (np.diff(steps, axis=0) != 0).any(axis=1))]
        if len(steps) < 3:
            return ""
        moves = np.diff(steps, axis=0, prepend=[[0, 0]]) * self.step
        first, *rest = ["".join(map(written, move)) for move in moves]
        return f"M{first.strip()}l{''.join(rest).strip()}z"


def written(value: float) -> str:
    """A number as short as SVG reads it: ``-0.30001`` -> ``-.3``; a blank parts it where no sign does."""
    text = f"{abs(value):.1f}".removesuffix(".0")
    return f"{' ' if value >= 0 else '-'}{text.removeprefix('0') if '.' in text else text}"


def choropleth(scene: Scene) -> Html | None:
    """The wilayah on the boundaries of this computer, its neighbours faint; None where no boundaries are installed."""
    kept = installed_boundaries()
    if kept is None:
        return None
    lacking = scene.here.loc[~scene.here["kode"].isin(kept.shapes), "nama"]
    named = ", ".join(cut(name, 60) for name in lacking.head(NAMED)) + (" …" if len(lacking) > NAMED else "")
    note = paragraph(say("boundaries.undrawn", count=len(lacking), names=named), "note") if len(lacking) else ""
    shapes = kept.far if scene.national else kept.shapes
    inside = [ring for kode in scene.here["kode"] for ring in shapes.get(kode, [])]
    drawn = picture(scene, kept, shapes, *frame_rings(inside, scene.wilayah.kind)) if inside else ""
    return Html(f'<div class="local">{drawn}{note}</div>')  # the part of a page that another computer may not have


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


def picture(scene: Scene, kept: Boundaries, shapes: Shapes, frame: Frame, size: tuple[int, int]) -> Html:
    """The figure with its legend, and where its lines come from."""
    width, height = size
    cells = place_tiles(scene, scene.kabupaten, FAR)
    cells = cells[[visible(frame, size, shapes.get(kode, [])) for kode in cells["kode"]]]
    cells = cells.sort_values(["locked", "inside"], kind="stable")  # a thick edge must not lie under a thin one
    drawn = "".join(shape(scene, cell, frame.path(shapes[cell.kode])) for cell in cells.itertuples())
    alt = safe(say("boundaries.alt", where=cut(scene.wilayah.nama, 60), count=scene.funded["kode"].nunique()), 300)
    told = say("boundaries.caption", source=cut(kept.source, 80), modified=cut(kept.modified, 10))
    return Html(
        f'<figure class="map"><svg class="boundaries" viewBox="0 0 {width} {height}" role="img" aria-label="{alt}" '
        f'style="max-width:{width}px;print-color-adjust:exact;-webkit-print-color-adjust:exact">{patterns()}'
        f'<g stroke="#fff" stroke-width=".5" stroke-linejoin="round" fill-rule="evenodd">{drawn}</g>'
        f"{dots(scene, cells, frame)}</svg>{legend(scene)}</figure>{paragraph(told, 'note')}"
    )


def patterns() -> str:
    """The tile map's hatchings under names of their own: two pictures on one page share no id."""
    return PATTERNS.replace('id="p-', 'id="b-')


def visible(frame: Frame, size: tuple[int, int], rings: list[np.ndarray]) -> bool:
    """Whether any ring reaches into the picture."""
    return any(
        bool((corner < size).all() and (far > 0).all())
        for corner, far in ((xy.min(axis=0), xy.max(axis=0)) for xy in map(frame.place, rings))
    )


def shape(scene: Scene, cell, path: str) -> str:
    """A kabupaten with its tooltip; DKI's units are white and outlined, neighbours faint, the locked have an edge."""
    own = cell.otonom == "ya"
    fill = f"url(#b-{cell.menu})" if cell.menu else GREY if own else "#fff"
    line = f' stroke="{INK}" stroke-width="1.6"' if cell.locked else "" if own else ' stroke="#767b82"'
    look = line if cell.inside else FAINT
    return f'<path d="{path}" fill="{fill}"{look}><title>{safe(tooltip(scene, cell), 300)}</title></path>'


def dots(scene: Scene, cells: pd.DataFrame, frame: Frame) -> str:
    """A dot on who is chosen in 95 of 100 draws or more, at the kabupaten's own point."""
    sure = cells[(cells["menu"] != "") & cells["kode"].isin(scene.sure) & cells["inside"]]
    places = frame.place(sure[["lon", "lat"]].to_numpy(dtype=float) / GRID_DEG)
    look = f'r="{2.4 if scene.national else 4}" fill="#fff" stroke="{INK}" stroke-width="1.2"'
    return "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" {look}/>' for x, y in places)
