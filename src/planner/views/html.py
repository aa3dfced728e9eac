"""Tables and boxes as HTML: whatever came from a table is escaped and cut, once, here."""

import re
from collections.abc import Container, Mapping
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from planner.base.messages import label, language, say
from planner.base.units import MICRO, number, percent, rupiah_full

SPLIT = re.compile(r"(?<=\bRp) (?=\d)|(?<=\d) (?=%|IKM\b|(?:juta|miliar|triliun|million|billion|trillion)\b)")
LONGEST = 400  # characters of one cell
FEW = 8  # rows of a table that is read at a glance
RUPIAH = (
    "amount_rp", "before_rp", "after_rp", "spent_rp", "pagu_rp", "rest_rp", "harga_rp", "own_rp",
    "place_rp", "mean_rp", "each_rp", "new_rp",
)  # fmt: skip
SHARES = ("share", "share_winners", "share_money", "share_poor", "share_people", "share_ikm", "share_nobody")
PLAIN = ("tetap", "kode", "provinsi", "nama", "usulan_id", "menu", "marks")  # a value tells by itself what it is
RING = '<circle cx="6" cy="6" r="4.9" fill="{}" stroke="currentColor" stroke-width="1.3"{}/>'
MARKS = {  # a disk, a half disk, a ring, a dotted ring: as pictures, for no font draws them alike
    "pasti": RING.format("currentColor", ""),
    "sering": RING.format("none", "") + '<path d="M6 1.1a4.9 4.9 0 0 0 0 9.8z" fill="currentColor"/>',
    "kadang": RING.format("none", ""),
    "hampir_tidak": RING.format("none", ' stroke-dasharray="1.5 1.6"'),
}
UNKNOWN = {"documents": "◇", "verdicts": "△"}  # signs of what is not known of an usulan
FIGURES = (  # already text
    "plan", "baseline", "difference", "value", "worth", "weight", "difference_points", "amount", "reached", "pagu",
    "rk", "kontrak", "salur", "serap", "observed", "interval", "expected", "assumed",
    "share_draws", "moved_rp", "goal",
)  # fmt: skip


class Html(str):
    """HTML that a notebook shows as such; a page of our own takes it as it is."""

    def _repr_html_(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **_) -> dict[str, str]:
        """What a notebook keeps: the view as any screen shows it, and as it is."""
        from planner.views.portable import OWN, portable

        return {"text/html": portable(self), OWN: str(self)}


def cut(text: object, longest: int = LONGEST) -> str:
    """Text on one line, not longer than ``longest``, without characters that cannot be shown."""
    plain = "".join(c if c.isprintable() else " " for c in str(text))
    plain = " ".join(plain.split())
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


def safe(text: object, longest: int = LONGEST) -> str:
    """``cut`` and escaped: may stand between tags and inside a quoted attribute."""
    return escape(cut(text, longest), quote=True)


def keep_together(html: str) -> str:
    """A page whose numbers do not leave their sign or unit at the end of a line: one space that breaks no line."""
    return SPLIT.sub("\N{NO-BREAK SPACE}", html)


def style() -> Html:
    """The look of the views for a notebook; reports carry it by themselves."""
    return Html(f"<style>{Path(__file__).with_name('views.css').read_text(encoding='utf-8')}</style>")


def paragraph(text: str, kind: str = "") -> Html:
    return Html(f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>")


def table(
    frame: pd.DataFrame, caption: str, empty: str = "", heads: Mapping[str, str] | None = None, find: bool = False,
    figures: Container[str] = FIGURES,
) -> Html:  # fmt: skip
    """A table with a caption; its columns' names decide how values are written (``RUPIAH``, ``SHARES``, ``menu``...).

    ``heads``: what stands above columns that have no heading of their own; ``figures``: texts that stand as numbers do.
    A long table, or one asked to by ``find``, carries the words with which a report's script makes it searchable and
    sortable.
    """
    if frame.empty:
        return paragraph(empty or say("views.nothing"), "note")
    look = {c: f' class="{kind}"' if (kind := align(frame[c], figures)) else "" for c in frame}
    lead = next((c for c in ("nama", "region", "rule", "case", "measure") if c in frame), frame.columns[0])
    names = {c: safe((heads or {}).get(c) or say(f"views.columns.{c}")) for c in frame}
    head = "".join(f'<th scope="col"{look[c]}>{names[c]}</th>' for c in frame)
    told = {c: "" if c in PLAIN else f' data-h="{names[c]}"' for c in frame}  # on a phone, where a row is a card
    said = {c: ' lang="id"' if c in QUOTED and language() != "id" else "" for c in frame}
    start = {c: f"<td{look[c]}{said[c]}{told[c]}>" for c in frame} | {lead: f'<th scope="row"{look[lead]}{said[lead]}>'}
    body = ""
    for row in frame.itertuples(index=False, name=None):
        cells = (f"{start[c]}{written(c, v)}</{start[c][1:3]}>" for c, v in zip(frame, row, strict=True))
        body += f"<tr>{''.join(cells)}</tr>"
    words = finder() if find or len(frame) > FEW else ""
    return Html(
        f'<div class="scroll" role="region" tabindex="0" aria-label="{safe(caption)}"{words}><table>'
        f"<caption><span>{safe(caption)}</span></caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def finder() -> str:
    """The words with which a report's script makes a table searchable."""
    told = {
        "find": say("whatif.find"),
        "rows": say("whatif.rows", n="{n}", of="{of}"),
        "none": say("whatif.none_of", of="{of}"),
    }
    return "".join(f' data-{name}="{safe(words)}"' for name, words in told.items())


WIDE = (
    "reason", "cause", "rule", "kelemahan", "definisi", "sumber", "tightest", "law", "before", "after", "what", "why",
    "groups", "needs", "known", "status", "hasil", "remark", "planned", "past", "sentra_nama",
)  # fmt: skip
QUOTED = (
    "law",
    "sumber",
    "hasil",
    "remark",
    "komoditas",
    "sentra_nama",
    "usulan_nama",
    "uraian",
    "name",
)  # a table's own
SHORT = ("note", "usulan_id", "place", "side")


def align(column: pd.Series, figures: Container[str] = FIGURES) -> str:
    """How a column stands: numbers right, long texts wide, short notes on one line."""
    if column.name in figures or column.dtype.kind in "if":
        return "n"
    return "w" if column.name in WIDE else "nw" if column.name in SHORT else "ww" if column.name == "names" else ""


def written(column: str, value: Any) -> str:
    """One value as HTML, by the name of its column."""
    if column == "tetap":
        return mark(str(value))
    if column == "menu" and isinstance(value, str):
        return f'<span class="chip {safe(value)}">{safe(label("menu", value))}</span>'
    if isinstance(value, str):
        return value if isinstance(value, Html) else safe(value)
    if pd.isna(value):
        return "–"
    if column in RUPIAH:
        return rupiah_full(value) if value else "–"
    if column in SHARES:
        return percent(value)
    if column in ("score", "chance", "benefit"):
        return number(value / MICRO, 2)
    return number(value, 2 if column == "ratio" else 0)


def mark(kind: str) -> str:
    """The sign of how sure a choice is, with its meaning as text for those who do not see it."""
    if kind not in MARKS:
        return ""
    said = safe(say(f"views.marks.{kind}"))
    box = 'viewBox="0 0 12 12" width="12" height="12"'
    return f'<svg class="mark" {box} role="img" aria-label="{said}"><title>{said}</title>{MARKS[kind]}</svg>'


def sign(kind: str) -> Html:
    """The sign of something that is not known of an usulan."""
    return pictured(UNKNOWN[kind], say(f"views.marks.{kind}"))


def pictured(symbol: str, meaning: str) -> Html:
    """A symbol with its meaning as text."""
    said = safe(meaning)
    return Html(f'<span class="mark" role="img" aria-label="{said}" title="{said}">{symbol}</span>')
