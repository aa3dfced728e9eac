"""A goal over the budget or a rule's bound as inline SVG: points with how much better they could be, below a bound.

Like ``charts``: no script, percent across and pixels down, so that words keep their size; looks by class.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

from planner.base.units import number
from planner.views.charts import figure
from planner.views.html import Html, safe

TOP, PLOT, FOOT = 40, 290, 44  # the upper and lower edge of the field, and the height of what stands below it
INSET = 3  # percent that the field keeps off the left and right edge
STEPS = 5  # round marks on an axis at most, but one


@dataclass(frozen=True)
class Axis:
    """Round ``marks`` around all values, in the unit that ``name`` tells."""

    name: str
    marks: tuple[float, ...]

    def share(self, value: float) -> float:
        """Where a value stands between the first mark (0) and the last (1)."""
        return (value - self.marks[0]) / (self.marks[-1] - self.marks[0])


def round_axis(name: str, values: Sequence[float]) -> Axis:
    """The axis that holds these values between multiples of 1, 2 or 5 times a power of ten."""
    low, high = min(values), max(values)
    room = (high - low) or abs(high) or 1
    power = 10.0 ** floor(log10(room / STEPS))
    step = next(power * k for k in (1, 2, 5, 10) if room <= STEPS * power * k)
    first, last = floor(low / step), ceil(high / step)
    return Axis(name, tuple(round(k * step, 9) for k in range(first, max(last, first + 1) + 1)))


@dataclass(frozen=True)
class Point:
    """What a plan reaches at a place, and at most could (``best``); with ``text`` it is the plan that is told of."""

    at: float
    value: float
    best: float
    text: str = ""


@dataclass(frozen=True)
class Curve:
    """``bound``: (place, value) that no plan can exceed; ``none``: places without a plan; ``now``: today's place."""

    across: Axis
    up: Axis
    points: Sequence[Point]
    bound: Sequence[tuple[float, float]] = ()
    none: Sequence[float] = ()
    now: float | None = None

    def x(self, at: float) -> str:
        return f"{INSET + self.across.share(at) * (100 - 2 * INSET):.2f}%"

    def y(self, value: float) -> float:
        return round(PLOT - self.up.share(value) * (PLOT - TOP), 1)

    def line(self, kind: str, ends: Sequence[tuple[float, float]]) -> str:
        return "".join(
            f'<line class="{kind}" x1="{self.x(a)}" x2="{self.x(c)}" y1="{self.y(b)}" y2="{self.y(d)}"/>'
            for (a, b), (c, d) in pairwise(ends)
        )


def curve_chart(title: str, alt: str, curve: Curve, keys: Sequence[tuple[str, str]]) -> Html:
    """The curve below its title, with what its marks mean (kind, meaning)."""
    drawn = "".join([*axes(curve), *marks(curve)])
    picture = f'<svg width="100%" height="{PLOT + FOOT}" role="img" aria-label="{safe(alt, 900)}">{drawn}</svg>'
    return figure(title, picture, "curve", keys)


def axes(curve: Curve) -> Iterator[str]:
    """Level lines with their numbers above them, the places below, and what both measure."""
    yield f'<text y="14">{safe(curve.up.name, 90)}</text>'
    for value in curve.up.marks:
        y = curve.y(value)
        yield f'<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/><text y="{y - 4:.1f}">{short(value)}</text>'
    for at in curve.across.marks:
        yield f'<text x="{curve.x(at)}" y="{PLOT + 18}" text-anchor="middle">{short(at)}</text>'
    yield f'<text x="100%" y="{PLOT + 38}" text-anchor="end">{safe(curve.across.name, 60)}</text>'


def marks(curve: Curve) -> Iterator[str]:
    """The bound, the plans with what they could still gain, places without a plan, and today's place."""
    if curve.now is not None:
        yield f'<line class="now" x1="{curve.x(curve.now)}" x2="{curve.x(curve.now)}" y1="{TOP}" y2="{PLOT}"/>'
    yield curve.line("bound", curve.bound)
    yield curve.line("way", [(one.at, one.value) for one in curve.points])
    for one in curve.points:
        if one.best > one.value:
            yield curve.line("gap", [(one.at, one.value), (one.at, one.best)])
        x, y = curve.x(one.at), curve.y(one.value)
        yield f'<circle class="{"own" if one.text else "plan"}" cx="{x}" cy="{y}" r="{7 if one.text else 4.5}"/>'
        yield f'<text x="{x}" y="{y + 26:.1f}" font-weight="600">{safe(one.text, 60)}</text>' if one.text else ""
    yield from (f'<text x="{curve.x(at)}" y="{PLOT - 4}" text-anchor="middle">×</text>' for at in curve.none)


def short(value: float) -> str:
    return number(value, decimals(value))


def decimals(value: float) -> int:
    """As many as a mark on an axis needs to be what it says: at most two."""
    return next((d for d in (0, 1) if abs(value * 10**d - round(value * 10**d)) < 1e-6), 2)
