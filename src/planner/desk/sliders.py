"""A number on a slider and in a box of text: money in miliar, a share in percent, a weight."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial

import traitlets as t
from anywidget import AnyWidget

from planner.base.messages import language, speaking
from planner.base.units import EXACT, MILIAR, as_written, exact, half_up, rupiah, rupiah_full
from planner.desk.widgets import source
from planner.tables.cells import Refused, points, read_number, read_rupiah, trim
from planner.views.html import cut

LEAST, MOST = Fraction(1, 2), Fraction(5, 2)  # of the file's money, where a slider of money begins and ends
STEPS = {"share": Fraction(1, 200), "weight": Fraction(1, 2)}
Number = int | float


@dataclass(frozen=True)
class Scale:
    """A slider's range and step in the value's own unit, ``shown`` of it as 1; how its text is read and written.

    ``whole``: the value is whole rupiah; ``words``: what is said of a value below its box.
    """

    low: Fraction
    high: Fraction
    step: Fraction
    shown: Fraction
    read: Callable[[str], Number]
    write: Callable[[Number], str]
    whole: bool = False
    words: Callable[[Number], str] = lambda value: ""

    def on_slider(self, value: Number) -> float:
        return float(exact(value) / self.shown)

    def from_slider(self, position: float) -> Number:
        """The value at a position, on whole steps."""
        steps = exact(position) * self.shown / self.step
        value = half_up(steps.numerator, steps.denominator) * self.step
        return int(value) if self.whole else float(value)


def scale_of(kind: str, value: Number) -> Scale:
    """The scale of a knob of this kind (``rupiah | share | weight``) that the file has at ``value``."""
    if kind == "rupiah":
        return money(int(value))
    high = Fraction(1) if kind == "share" else max(Fraction(10), 2 * exact(value))
    shown = Fraction(1, 100) if kind == "share" else Fraction(1)
    return Scale(Fraction(0), high, STEPS[kind], shown, partial(read, kind), partial(write, kind))


def money(amount_rp: int) -> Scale:
    """From half to two and a half times an amount, by steps of its third digit; from 0 where it is 0."""
    step = Fraction(10 ** max(0, len(str(amount_rp)) - 3))
    low, high = LEAST * amount_rp // step * step, -(-MOST * amount_rp // step) * step
    return Scale(
        low, high or Fraction(MILIAR), step if amount_rp else Fraction(MILIAR, 100), Fraction(MILIAR),
        lambda text: read_rupiah(text, decimal_sign()), lambda value: rupiah(int(value), digits=EXACT), True,
        lambda value: f"= {rupiah_full(int(value))}",
    )  # fmt: skip


def decimal_sign() -> str:
    """How the language in force writes decimals."""
    return "," if language() == "id" else "."


def read(kind: str, text: str) -> float:
    """A share of a percentage, or a weight, as typed; raises Refused."""
    share = kind == "share"
    high, number = (Decimal(100), points) if share else (Decimal(1000), str)
    plain = read_number(
        trim(text), decimal_sign(), remedy="persen" if share else "bobot", low=Decimal(0), high=high, number=number
    )
    return float(Fraction(plain) / (100 if share else 1))


def write(kind: str, value: Number) -> str:
    """A share in percent, or a weight, for its box."""
    return f"{as_written(round(100 * exact(value), 4))} %" if kind == "share" else as_written(value)


class NumberSlider(AnyWidget):
    """``value``: as the scenario has it, to the digit; it changes when the slider rests, or the text is entered.

    The page may set ``position`` (on the slider) and ``text``; ``note`` stands below them, of a ``refused`` text why.
    """

    _esm = source("sliders.js")
    caption = t.Unicode("").tag(sync=True)
    low = t.Float().tag(sync=True)
    high = t.Float().tag(sync=True)
    step = t.Float().tag(sync=True)
    position = t.Float().tag(sync=True)
    text = t.Unicode("").tag(sync=True)
    note = t.Unicode("").tag(sync=True)
    refused = t.Bool(False).tag(sync=True)
    value = t.Any()

    def __init__(self, scale: Scale, caption: str, value: Number):
        self.scale, self.lang, self.showing = scale, language(), False
        low, high, step = (float(one / scale.shown) for one in (scale.low, scale.high, scale.step))
        super().__init__(caption=caption, low=low, high=high, step=step, value=value)
        self.show()
        self.observe(self.show, "value")
        self.observe(self.on_position, "position")
        self.observe(self.on_text, "text")

    def show(self, _=None) -> None:
        """Slider and text stand where the value is; a value beyond the slider's ends widens it."""
        self.showing, position = True, self.scale.on_slider(self.value)
        with speaking(self.lang), self.hold_sync():
            self.low, self.high = min(self.low, position), max(self.high, position)
            self.position, self.text = position, self.scale.write(self.value)
            self.note, self.refused = self.scale.words(self.value), False
        self.showing = False

    def on_position(self, change) -> None:
        if not self.showing:
            self.value = self.scale.from_slider(change["new"])

    def on_text(self, change) -> None:
        """A text that is no number is told below it; the value stays."""
        if self.showing:
            return
        with speaking(self.lang):
            try:
                value = self.scale.read(change["new"])
            except Refused as refused:
                self.note, self.refused = cut(f"{change['new']}: {refused}", 200), True
                return
        if value == self.value:
            self.show()
        self.value = value
