"""Short names of provinces on the national tile map, each where it hides the least."""

import pandas as pd

from planner.views.html import Html, safe

SHORT = {
    "11": "Aceh", "12": "Sumut", "13": "Sumbar", "14": "Riau", "15": "Jambi", "16": "Sumsel", "17": "Bengkulu",
    "18": "Lampung", "19": "Babel", "21": "Kepri", "31": "DKI", "32": "Jabar", "33": "Jateng", "34": "DIY",
    "35": "Jatim", "36": "Banten", "51": "Bali", "52": "NTB", "53": "NTT", "61": "Kalbar", "62": "Kalteng",
    "63": "Kalsel", "64": "Kaltim", "65": "Kaltara", "71": "Sulut", "72": "Sulteng", "73": "Sulsel", "74": "Sultra",
    "75": "Gorontalo", "76": "Sulbar", "81": "Maluku", "82": "Malut", "91": "Papua", "92": "Pabar",
    "93": "Papsel", "94": "Papteng", "95": "Papeg", "96": "PBD",
}  # fmt: skip
WIDTH, HEIGHT = 8.4, 15  # pixels of a letter, and of a line, with the room around them
Box = tuple[float, float, float, float]


def province_names(cells: pd.DataFrame, size: int) -> Html:
    """The names of the provinces of placed cells as one group of texts, over the cells."""
    taken: list[Box] = []
    drawn = ""
    for kode, own in cells.groupby("kode_provinsi", sort=True):
        name = SHORT.get(str(kode), "")
        x, y = best_place(name, own, cells, taken, size)
        taken.append(around(x, y, name))
        drawn += f'<text x="{x:.0f}" y="{y + 4:.0f}">{safe(name)}</text>'
    return Html(f'<g class="names" aria-hidden="true" text-anchor="middle">{drawn}</g>')


def best_place(name: str, own: pd.DataFrame, cells: pd.DataFrame, taken: list[Box], size: int) -> tuple[float, float]:
    """The middle of a name: on the province's cells, over few chosen and few foreign ones, and over no other name."""
    left, right = cells["x"].min() + WIDTH * len(name) / 2, cells["x"].max() + size - WIDTH * len(name) / 2

    def cost(place: tuple[float, float]) -> tuple[float, float, float]:
        box = around(*place, name)
        won = sum(overlap(box, (c.x, c.y, c.x + size, c.y + size)) for c in cells[cells["menu"] != ""].itertuples())
        inside = sum(overlap(box, (c.x, c.y, c.x + size, c.y + size)) for c in own.itertuples())
        names = sum(overlap(box, other) for other in taken)
        return 20 * names + 2 * won - inside, *place

    corners = [(c.x + size * dx, c.y + size / 2) for c in own.itertuples() for dx in (0, 0.5, 1)]
    return min(((min(max(x, left), right), y) for x, y in corners), key=cost)


def around(x: float, y: float, name: str) -> Box:
    """The box of a name by its middle: left, top, right, bottom."""
    return x - WIDTH * len(name) / 2, y - HEIGHT / 2, x + WIDTH * len(name) / 2, y + HEIGHT / 2


def overlap(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    wide, high = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    return max(wide, 0) * max(high, 0)
