"""What the views of a comparison look at, and its map: who enters, leaves, changes or stays."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from planner.answers.compare import Comparison, open_plans
from planner.base.messages import say
from planner.base.units import number, rupiah
from planner.tables.reference import reference
from planner.views import maps
from planner.views.html import Html, cut, paragraph, safe
from planner.views.section import section

CHANGES = {"enters": "#009E73", "leaves": "#D55E00", "changes": "#F0E442", "stays": "#56B4E9"}  # Okabe-Ito
MARKS = {  # drawn over the colour in a 6 x 6 tile, so that no class rests on its colour alone
    "enters": '<path d="M3 1v4M1 3h4" stroke="#fff" stroke-width="1.3"/>',
    "leaves": '<path d="M0 0l6 6M6 0l-6 6" stroke="#fff" stroke-width="1"/>',
    "changes": '<path d="M0 3h6" stroke="#1B1F24" stroke-width="1.2"/>',
    "stays": "",
}
PATTERNS = "<defs>{}</defs>".format(
    "".join(
        f'<pattern id="c-{name}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="{colour}"/>{MARKS[name]}</pattern>'
        for name, colour in CHANGES.items()
    )
)


@dataclass(frozen=True)
class Contrast:
    """What the views of a comparison look at; ``kabupaten`` gives the names and the tiles."""

    comparison: Comparison
    kabupaten: pd.DataFrame
    called: tuple[str, ...] = ()  # what the plans are called, where that is not their scenarios' names

    @cached_property
    def names(self) -> dict[str, str]:
        return dict(zip(self.kabupaten["kode"], self.kabupaten["nama"], strict=True))

    @property
    def first(self) -> str:
        return self.comparison.letters[0]

    @property
    def others(self) -> list[str]:
        return self.comparison.letters[1:]

    @property
    def titles(self) -> dict[str, str]:
        """Letter -> 'A: scenario'."""
        letters = self.comparison.letters
        names = [f"{one}: {name}" for one, name in zip(letters, self.called, strict=False)] or self.comparison.names
        return {one: cut(name, 110) for one, name in zip(letters, names, strict=True)}


def open_comparison(plan_files: str | Iterable[str | Path]) -> Contrast:
    """Compare plan files: a list, or one text with a file per line or, on one line, between ``;``."""
    if isinstance(plan_files, str):
        plan_files = plan_files.split("\n" if "\n" in plan_files.strip() else ";")
        plan_files = [file.strip() for file in plan_files if file.strip()]
    return Contrast(open_plans(plan_files), reference("kabupaten"))


@section("changed_map", open_for=("all",))
def change_map(here: Contrast) -> Html | None:
    """One tile map per other plan; ``None`` where no kabupaten differs."""
    found = [one_map(here, other) for other in here.others if len(here.comparison.of("kabupaten", other))]
    return Html("".join(found)) if found else None


def one_map(here: Contrast, other: str) -> Html:
    cells = maps.tile_corners(here.kabupaten, maps.FAR).assign(change=here.kabupaten["kode"].map(classes(here, other)))

    def draw(part: pd.DataFrame) -> str:
        return "".join(cell(here, other, one) for one in part.itertuples()) + maps.borders(part, maps.FAR)

    counts = {name: number(int((cells["change"] == name).sum())) for name in CHANGES}
    alt = say("compare.map_alt", first=here.first, other=other, cells=number(len(cells)), **counts)
    items = [(name, say(f"compare.{name}")) for name in CHANGES]
    keys = maps.key_list([*items, ("none", say("compare.neither")), ("dki", say("views.not_autonomous"))])
    title = paragraph(say("compare.captions.map", first=here.titles[here.first], other=here.titles[other]), "note")
    return Html(title + maps.picture(maps.Tiles(cells, maps.FAR, draw, PATTERNS), alt, keys))


def classes(here: Contrast, other: str) -> dict[str, str]:
    """kode -> ``enters | leaves | changes | stays``; who is in neither plan is not in it."""
    funded = here.comparison.plans[0].funded["kode"]
    rows = here.comparison.of("kabupaten", other)
    return dict.fromkeys(funded, "stays") | dict(zip(rows["kode"], rows["change"], strict=True))


def cell(here: Contrast, other: str, one) -> str:
    """A cell with its tooltip: name, what became of it, and the money before and after."""
    own, kind = one.otonom == "ya", one.change if one.change in CHANGES else ""
    fill = f"url(#c-{kind})" if kind else maps.GREY if own else "#fff"
    line = "" if own else ' stroke="#767b82"'
    tip = say(f"compare.{kind}" if kind else "compare.neither" if own else "views.not_autonomous")
    if kind not in ("", "stays") and len(rows := here.comparison.of("kabupaten", other, kode=one.kode)):
        tip += f": {rupiah(int(rows['before_rp'].iat[0]))} → {rupiah(int(rows['after_rp'].iat[0]))}"
    box = maps.square(one, maps.FAR, f'fill="{fill}"{line}')
    return f"<g><title>{safe(f'{cut(one.nama, 80)}: {tip}', 300)}</title>{box}</g>"
