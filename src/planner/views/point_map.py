"""The point map of a scene: on the coast of land, a circle of its rupiah wherever an usulan is funded."""

import numpy as np
import pandas as pd

from planner.base.messages import say
from planner.base.units import rupiah
from planner.views.html import Html, cut, safe
from planner.views.maps import COLOURS
from planner.views.outline import Frame, coast_path
from planner.views.scene import Scene

WIDE, LOW = 600, 220  # width of the map, and its least height, in pixels of its own
FINE, COARSE = 0.5, 1  # of a pixel: the steps of the coast in a close picture, and in that of the country
MARKS = {  # within a circle of radius 1: where lines begin, y downwards, and how far each rises to the right; 0: a dot
    "pembangunan": ((-0.64, 0.64, 1.28), (-0.83, 0.15, 0.98), (-0.15, 0.83, 0.98)),
    "revitalisasi": ((-0.4, 0, 0), (0.4, 0, 0), (0, -0.4, 0), (0, 0.4, 0)),
}
NAMES = {  # island group -> where its name stands (lon, lat): at sea, by hand, off the circles
    "Sumatera": (98.6, -4.6), "Jawa": (109.6, -9.6), "Bali-Nusa Tenggara": (115.5, -11.9), "Kalimantan": (111.8, 4.8),
    "Sulawesi": (122.3, 3.3), "Maluku": (128.3, -5.4), "Papua": (136.6, 0.8),
}  # fmt: skip


def point_map(scene: Scene) -> Html | None:
    """Where the money goes at lat/lon; a circle's area is proportional to its rupiah. A kabupaten alone has none."""
    if scene.funded.empty or scene.wilayah.kind == "kabupaten":
        return None
    rows = scene.funded.nlargest(3, "amount_rp")
    most = "; ".join(f"{cut(n, 60)} {rupiah(a)}" for n, a in zip(rows["nama"], rows["amount_rp"], strict=True))
    alt = say("views.point_alt", where=cut(scene.wilayah.nama, 60), count=len(scene.funded), parts=most or "–")
    frame, height = frame_of(scene)
    places = on_points(scene, frame, height)
    drawn = f'<path class="land" d="{coast_path(frame, (WIDE, height))}"/>' + unfunded(places)
    drawn += "".join(circles(places[places["menu"] == menu], menu) for menu in MARKS)
    drawn += island_names(frame) if scene.national else ""
    return Html(
        f'<figure class="map"><svg class="points" viewBox="0 0 {WIDE} {height:.0f}" role="img" '
        f'aria-label="{safe(alt, 900)}">{drawn}</svg>'
        f"<figcaption>{safe(say('views.point_caption'))}</figcaption></figure>"
    )


def frame_of(scene: Scene) -> tuple[Frame, float]:
    """The wilayah in the middle with a little room around it, a degree as long across as down; and the height."""
    own = scene.here[["lon", "lat"]]
    size, middle = own.max() - own.min(), (own.max() + own.min()) / 2
    size += 2 * max(0.04 * size.max(), 0.35)
    height = min(max(WIDE * size["lat"] / size["lon"], LOW), WIDE)
    scale = min(WIDE / size["lon"], height / size["lat"])  # pixels per degree
    west, north = middle["lon"] - WIDE / 2 / scale, middle["lat"] + height / 2 / scale
    return Frame(west, north, (scale, scale), COARSE if scene.national else FINE), height


def on_points(scene: Scene, frame: Frame, height: float) -> pd.DataFrame:
    """Every usulan funded and every kabupaten without one that is in the picture: ``x, y``, ``r``, ``inside``."""
    places = scene.kabupaten.merge(scene.all_funded[["kode", "menu", "amount_rp"]], on="kode", how="left")
    x, y = frame.place(places[["lon", "lat"]].to_numpy(dtype=float)).T
    places = places.assign(
        x=x, y=y, inside=places["kode"].isin(scene.wilayah.members),
        r=(places["amount_rp"].astype("float64") / 1e9 * (3 if scene.national else 17.5)) ** 0.5,
    )  # fmt: skip
    return places[places["x"].between(0, WIDE) & places["y"].between(0, height)]


def island_names(frame: Frame) -> str:
    at = zip(NAMES, frame.place(np.array(list(NAMES.values()))), strict=True)
    return "".join(f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle">{safe(name)}</text>' for name, (x, y) in at)


def unfunded(places: pd.DataFrame) -> str:
    """A grey dot for each kabupaten without an usulan that is funded."""
    drawn = ""
    for inside, look in ((False, 'stroke="#D8DBDF" stroke-width="2.6"'), (True, 'stroke="#8A9099" stroke-width="3.2"')):
        part = places[places["menu"].isna() & (places["inside"] == inside)]
        dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in zip(part["x"], part["y"], strict=True))
        drawn += f'<path d="{dots}" {look} stroke-linecap="round"/>'
    return drawn


def circles(part: pd.DataFrame, menu: str) -> str:
    """A circle for each usulan of a menu, faint where it lies outside; the marks of the menu on those inside."""
    drawn, lines = "", ""
    for inside, opacity in ((False, 0.3), (True, 0.8)):
        faint = f'fill-opacity="{opacity}" stroke-opacity="{opacity}"'  # of each by itself: two in one place are darker
        rows = part.loc[part["inside"] == inside, ["x", "y", "r"]].itertuples(index=False)
        round_ = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>' for x, y, r in rows)
        drawn += f'<g fill="{COLOURS[menu]}" stroke="#fff" stroke-width=".8" {faint}>{round_}</g>'
    for x, y, r in part.loc[part["inside"], ["x", "y", "r"]].itertuples(index=False):
        lines += "".join(f"M{x + r * a:.1f} {y + r * b:.1f}l{r * c:.1f} {-r * c:.1f}" for a, b, c in MARKS[menu])
    return drawn + f'<path d="{lines}" stroke="#fff" stroke-width=".9" stroke-linecap="round"/>'
