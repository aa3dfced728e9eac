"""The tile map of a scene: one equal cell per kabupaten and kota."""

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from planner.base.messages import label, say
from planner.base.units import rupiah
from planner.plan.plan import menu_counts
from planner.scenario.rules.by_hand import Lock
from planner.views.charts import samples
from planner.views.html import Html, cut, safe
from planner.views.province_names import province_names
from planner.views.scene import Scene

BLUE, VERMILION, GREY, INK = "#0072B2", "#D55E00", "#E3E5E8", "#1B1F24"
COLOURS = {"pembangunan": BLUE, "revitalisasi": VERMILION}
FAR, NEAR = 20, 104  # size of a cell in the national picture, and in one with names
FAINT = ' opacity=".35"'
PHONE = 328  # pixels that a phone of 360 has for a picture
PATTERNS = f"""<defs>
<pattern id="p-pembangunan" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="6" height="6" fill="{BLUE}"/><rect width="1.6" height="6" fill="#fff" fill-opacity=".55"/></pattern>
<pattern id="p-revitalisasi" width="5" height="5" patternUnits="userSpaceOnUse">
<rect width="5" height="5" fill="{VERMILION}"/><circle cx="2.5" cy="2.5" r="1" fill="#fff" fill-opacity=".7"/></pattern>
<pattern id="p-keduanya" width="6" height="6" patternUnits="userSpaceOnUse">
<rect width="6" height="6" fill="{BLUE}"/><rect y="3" width="6" height="3" fill="{VERMILION}"/></pattern>
</defs>"""


FILLS = COLOURS | {"keduanya": BLUE}
INKS = {
    "pembangunan": 'stroke="#fff" stroke-opacity=".55" stroke-width="1.6"',
    "revitalisasi": 'stroke="#fff" stroke-opacity=".7" stroke-width="2" stroke-linecap="round" stroke-dasharray="0 5"',
    "keduanya": f'stroke="{VERMILION}" stroke-width="3"',
}


def hatchings(size: int) -> str:
    """The looks of ``PATTERNS`` as lines over one cell: a browser prints lines as lines, but a pattern as a picture."""
    box = size - 2
    rising = [f"M{max(0, c - box)} {min(c, box)}L{min(c, box)} {max(0, c - box)}" for c in range(5, 2 * box, 8)]
    spots = [f"M3 {y}h{box - 4}" for y in range(3, box, 5)]
    level = [f"M0 {y}h{box}" for y in range(4, box, 6)]
    drawn = zip(INKS.items(), (rising, spots, level), strict=True)
    paths = "".join(f'<path id="t-{menu}" d="{"".join(lines)}" fill="none" {ink}/>' for (menu, ink), lines in drawn)
    return f"<defs>{paths}</defs>"


def tile_map(scene: Scene, links: Mapping[str, str] | None = None) -> Html:
    """One equal cell per kabupaten; the picture of a smaller wilayah is closer and carries names.

    ``links``: kode of a province -> the address of its report, where there is one.
    """
    size, cells = (FAR, scene.kabupaten) if scene.national else (NEAR, around(scene))
    cells = place_tiles(scene, cells, size)

    def draw(part: pd.DataFrame) -> str:
        provinces = part.groupby("kode_provinsi", sort=False)
        tiles = ("".join(one_cell(scene, cell, size) for cell in rows.itertuples()) for _, rows in provinces)
        drawn = (linked(one, rows, links or {}) for one, (_, rows) in zip(tiles, provinces, strict=True))
        return "".join(drawn) + borders(part, size) + (province_names(part, size) if scene.national else "")

    return picture(
        Tiles(cells, size, draw, hatchings(size), "group" if links else "img"), tile_alt(scene), legend(scene, cells)
    )


def linked(drawn: str, rows: pd.DataFrame, links: Mapping[str, str]) -> str:
    """The cells of a province as a way to its report, where there is one."""
    address = links.get(rows["kode_provinsi"].iat[0])
    if not address:
        return drawn
    return f'<a href="{safe(address)}" aria-label="{safe(rows["provinsi"].iat[0], 80)}">{drawn}</a>'


@dataclass(frozen=True)
class Tiles:
    """Placed cells with how they are drawn; ``defs``: what the drawing refers to; ``role`` of its pictures."""

    cells: pd.DataFrame
    size: int
    draw: Callable[[pd.DataFrame], str]
    defs: str
    role: str = "img"

    def svg(self, part: pd.DataFrame, alt: str, first: bool = True) -> str:
        """Some of the cells as one picture, as large as they are; the first of a figure carries what all refer to."""
        x, y, width, height = extent(part, self.size)
        return (
            f'<svg class="tiles" viewBox="{x} {y} {width} {height}" role="{self.role}" aria-label="{safe(alt, 900)}" '
            f'style="max-width:{width}px;--own:{width}px">{self.defs if first else ""}{self.draw(part)}</svg>'
        )


def extent(cells: pd.DataFrame, size: int) -> tuple[int, int, int, int]:
    """Left, top, width and height of cells in the picture, with the half of an edge around them."""
    x, y = int(cells["x"].min()) - 1, int(cells["y"].min()) - 1
    return x, y, int(cells["x"].max()) + size + 1 - x, int(cells["y"].max()) + size + 1 - y


def picture(tiles: Tiles, alt: str, keys: str) -> Html:
    """Cells as one figure with its meaning in words and its legend.

    Of the country each island group is a picture below its name: in its place where the page is wide, one below the
    other on a phone. A closer picture scrolls where it does not fit, and says so.
    """
    if tiles.size == FAR:
        drawn, kind = islands(tiles), "map"
    else:
        drawn, kind = tiles.svg(tiles.cells, alt), "map near"
        told = f'<p class="small swipe">{safe(say("views.swipe"))}</p>' if extent(tiles.cells, NEAR)[2] > PHONE else ""
        drawn = f'{told}<div class="scroll" role="region" tabindex="0" aria-label="{safe(alt, 60)}">{drawn}</div>'
    return Html(f'<figure class="{kind}" role="group" aria-label="{safe(alt, 900)}">{drawn}{keys}</figure>')


def islands(tiles: Tiles) -> str:
    """The island groups, each by its place and its size in shares of the whole."""
    left, top, width, height = extent(tiles.cells, tiles.size)
    drawn = ""
    for name, part in tiles.cells.groupby("pulau", sort=False):
        x, y, own, _ = extent(part, tiles.size)
        place = f"--x:{(x - left) / width:.4f};--y:{(y - top) / height:.4f};--w:{own / width:.4f};--own:{own}px"
        alt = say("views.tile_part", nama=cut(name, 40))
        drawn += f'<div style="{place}"><span>{safe(name, 40)}</span>{tiles.svg(part, alt, not drawn)}</div>'
    return f'<div class="islands" style="--across:{width};--down:{height}">{drawn}</div>'


def around(scene: Scene) -> pd.DataFrame:
    """The wilayah's cells and those of its neighbours that lie in the same frame."""
    room, inside = 1 if len(scene.here) > 1 else 2, pd.Series(True, scene.kabupaten.index)
    for axis in ("petak_x", "petak_y"):
        inside &= scene.kabupaten[axis].between(scene.here[axis].min() - room, scene.here[axis].max() + room)
    return scene.kabupaten[inside]


def place_tiles(scene: Scene, cells: pd.DataFrame, size: int) -> pd.DataFrame:
    """The cells with their corner in the picture, what they won, and whether they lie inside and are locked."""
    won = scene.plan.funded.groupby("kode")
    menus = won["menu"].agg(lambda m: m.iat[0] if m.nunique() == 1 else "keduanya").to_dict()
    return tile_corners(cells, size).assign(
        menu=[menus.get(kode, "") for kode in cells["kode"]],
        amount_rp=cells["kode"].map(won["amount_rp"].sum()).fillna(0).astype("int64"),
        inside=cells["kode"].isin(scene.wilayah.members),
        locked=cells["kode"].isin(locked_kode(scene)),
    )


def tile_corners(cells: pd.DataFrame, size: int) -> pd.DataFrame:
    """The cells with the upper left corner of each in the picture."""
    return cells.assign(
        x=(cells["petak_x"] - cells["petak_x"].min()) * size + 2,
        y=(cells["petak_y"] - cells["petak_y"].min()) * size + 2,
    )


def locked_kode(scene: Scene) -> set[str]:
    """The kabupaten that a Lock rule names, by itself or through an usulan."""
    locks = scene.plan.scenario.rules_of(Lock)
    owner = pd.concat([scene.plan.funded, scene.plan.not_funded]).set_index("usulan_id")["kode"]
    return {kode for rule in locks for kode in (*rule.kabupaten, *(owner.get(u, "") for u in rule.usulan))}


def one_cell(scene: Scene, cell, size: int) -> str:
    """A cell with its tooltip; DKI's units are white and outlined, neighbours faint, the sure have a dot."""
    own = cell.otonom == "ya"
    fill = FILLS[cell.menu] if cell.menu else GREY if own else "#fff"
    here = 3 if cell.inside and scene.wilayah.kind == "kabupaten" else 2 if cell.locked else 0
    line = f' stroke="{INK}" stroke-width="{here}"' if here else "" if own else ' stroke="#767b82"'
    faint = "" if cell.inside else FAINT
    box = square(cell, size, f'fill="{fill}"{line}{faint}')
    if cell.menu:
        box += f'<use href="#t-{cell.menu}" x="{cell.x + 1}" y="{cell.y + 1}"{faint}/>'
    dot = ""
    if cell.menu and cell.kode in scene.sure:
        right, down, r = (size / 2, size / 2, 2.7) if size == FAR else (size - 12, 12, 5)
        place = f'cx="{cell.x + right}" cy="{cell.y + down}" r="{r}"'
        dot = f'<circle {place} fill="#fff" stroke="{INK}" stroke-width="1.4"{faint}/>'
    text = "" if size == FAR else cell_name(cell)
    key = f' data-kode="{safe(cell.kode)}"' if scene.national else ""  # by which a report's search finds it
    return f"<g{key}><title>{safe(tooltip(scene, cell), 300)}</title>{box}{dot}{text}</g>"


def square(cell, size: int, look: str) -> str:
    return f'<rect x="{cell.x + 1}" y="{cell.y + 1}" width="{size - 2}" height="{size - 2}" rx="2" {look}/>'


def cell_name(cell) -> str:
    """The name in up to four short lines, small enough for the cell, on a plate where a menu is drawn below it."""
    lines = textwrap.wrap(cut(cell.nama, 40).removeprefix("Kabupaten "), 12, break_long_words=False)[:4]
    longest = max(map(len, lines), default=1)
    x, top, font = cell.x + NEAR / 2, cell.y + NEAR / 2 - 7.5 * len(lines) + 12, min(14, 170 // longest)
    spans = "".join(f'<tspan x="{x}" y="{top + 15 * i}">{safe(line, 16)}</tspan>' for i, line in enumerate(lines))
    wide = min(NEAR - 6, font * 0.6 * longest + 8)
    plate = f'x="{x - wide / 2:.0f}" y="{top - 14}" width="{wide:.0f}" height="{15 * len(lines) + 5}" rx="3"'
    below = f'<rect {plate} fill="#fff"{"" if cell.inside else FAINT}/>' if cell.menu else ""
    ink = INK if cell.inside else "#5b6169"
    return f'{below}<text font-size="{font}" font-weight="500" text-anchor="middle" fill="{ink}">{spans}</text>'


def tooltip(scene: Scene, cell) -> str:
    """Name, amount and how sure it is, or why not."""
    if cell.menu:
        menu = " + ".join(label("menu", m) for m in (COLOURS if cell.menu == "keduanya" else (cell.menu,)))
        said = f"{menu}, {rupiah(cell.amount_rp)}"
        said += f"; {say('views.marks.' + scene.mark(cell.kode))}" if scene.robust else ""
        words = dict.fromkeys(scene.in_others[name] for name in scene.winners_at[cell.kode] if name in scene.in_others)
        said += "".join(f"; {say('labels.tooltip', label=word)}" for word in words)
    elif cell.otonom == "ya":
        said = f"{say('views.not_chosen')} ({scene.why(scene.kinds.get(cell.kode, 'none'))})"
    else:
        said = say("views.not_autonomous")
    return f"{cut(cell.nama, 80)}: {said}"


def borders(cells: pd.DataFrame, size: int) -> str:
    """The lines between provinces, as one path."""
    at = {(cell.petak_x, cell.petak_y): cell for cell in cells.itertuples()}
    steps = []
    for (i, j), cell in at.items():
        right, below = at.get((i + 1, j)), at.get((i, j + 1))
        if right and right.kode_provinsi != cell.kode_provinsi:
            steps.append(f"M{cell.x + size} {cell.y}v{size}")
        if below and below.kode_provinsi != cell.kode_provinsi:
            steps.append(f"M{cell.x} {cell.y + size}h{size}")
    return f'<path d="{"".join(steps)}" stroke="{INK}" stroke-width="1.2" fill="none"/>'


def legend(scene: Scene, cells: pd.DataFrame) -> str:
    """What is drawn of placed cells, and nothing else."""
    own, both = cells["otonom"] == "ya", " + ".join(label("menu", menu) for menu in COLOURS)
    items = [(menu, both if menu == "keduanya" else label("menu", menu)) for menu in FILLS]
    items = [(menu, meaning) for menu, meaning in items if (cells["menu"] == menu).any()]
    items += [("none", say("views.not_chosen"))] if (own & (cells["menu"] == "")).any() else []
    items += [("dki", say("views.not_autonomous"))] if not own.all() else []
    sure = cells.loc[cells["menu"] != "", "kode"].isin(scene.sure).any()
    return key_list(items + ([("dot", say("views.marks.pasti"))] if sure else []))


def key_list(items: list[tuple[str, str]]) -> str:
    """The legend of (class of the sample, meaning) pairs."""
    return f'<figcaption class="legend">{samples(items)}</figcaption>'


def tile_alt(scene: Scene) -> str:
    """What the tile map shows, in words."""
    by = "pulau" if scene.national else "provinsi"
    counts = scene.funded.groupby(by).size()
    parts = "; ".join(f"{cut(name, 60)} {counts.get(name, 0)}" for name in scene.here[by].drop_duplicates())
    return say(
        "views.tile_alt", cells=len(scene.here), count=scene.funded["kode"].nunique(), parts=parts,
        where=cut(scene.wilayah.nama, 60), **menu_counts(scene.funded),
    )  # fmt: skip
