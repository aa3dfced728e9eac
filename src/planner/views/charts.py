"""Bars as inline SVG: no script, text that keeps its size on any screen, and every picture in words.

A picture has no ``viewBox``: it is as wide as its place, lengths along it are percent of that, heights are pixels.
Looks come from ``views.css`` by class, so that a dark page and paper have their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.views.html import Html, safe

BAR, STEP, HEAD = 12, 17, 20  # height of a bar, from one to the next, and of the name above them
WIDEST, BESIDE = 96, 42  # percent that the longest bar takes, and where words stand behind it


@dataclass(frozen=True)
class Bar:
    """A length (0-1 of the longest that is drawn) of a kind that has a look, and the words behind it."""

    kind: str
    share: float
    text: str = ""


@dataclass(frozen=True)
class Row:
    """A name, what stands beside it, the bars below it, and marks over the first of them; ``alt`` says it all."""

    name: str
    alt: str
    bars: tuple[Bar, ...]
    beside: str = ""
    marks: tuple[Bar, ...] = ()


def bar_chart(title: str, rows: Sequence[Row], look: str = "", keys: Sequence[tuple[str, str]] = ()) -> Html:
    """Each row as a picture of its own, so that a wide page sets several side by side; ``keys``: kind, meaning."""
    widest = BESIDE if any(bar.text for row in rows for bar in row.bars) else WIDEST
    drawn = "".join(f"<li>{row_svg(row, widest)}</li>" for row in rows)
    return figure(title, f"<ul>{drawn}</ul>", f"bars {look}".rstrip(), keys)


def figure(title: str, drawn: str, look: str, keys: Sequence[tuple[str, str]] = ()) -> Html:
    """A picture below its title and its legend."""
    legend = f' <span class="legend">{samples(keys)}</span>' if keys else ""
    return Html(f'<figure class="{look}"><figcaption><b>{safe(title)}</b>{legend}</figcaption>{drawn}</figure>')


def samples(keys: Sequence[tuple[str, str]]) -> str:
    """A legend's samples: kind of the look, meaning."""
    return "".join(f'<span><span class="key {kind}"></span>{safe(meaning)}</span>' for kind, meaning in keys)


def row_svg(row: Row, widest: float) -> str:
    beside = f'<tspan dx="8">{safe(row.beside, 200)}</tspan>' if row.beside else ""
    drawn = f'<text y="14"><tspan font-weight="600">{safe(row.name, 60)}</tspan>{beside}</text>'
    for k, bar in enumerate(row.bars):
        width, top = bar.share * widest, HEAD + k * STEP
        drawn += f'<rect class="{bar.kind}" x="1" y="{top}" width="{width:.1f}%" height="{BAR}"/>'
        clear = width if k else max([width, *(one.share * widest for one in row.marks)])  # of the marks, too
        drawn += f'<text x="{clear:.1f}%" dx="8" y="{top + BAR - 1}">{safe(bar.text, 60)}</text>' if bar.text else ""
    drawn += "".join(mark(bar, widest) for bar in row.marks)
    height = HEAD + STEP * len(row.bars) + 4
    return f'<svg width="100%" height="{height}" role="img" aria-label="{safe(row.alt, 900)}">{drawn}</svg>'


def mark(bar: Bar, widest: float) -> str:
    """An upright line across the first bar."""
    at = f"{bar.share * widest:.1f}%"
    return f'<line class="{bar.kind}" x1="{at}" x2="{at}" y1="{HEAD - 3}" y2="{HEAD + BAR + 3}"/>'
