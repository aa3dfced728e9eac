"""One usulan explained: the sentences of ``answers.explain``, and what counts of it beside its rival, as bars."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from planner.answers.register import Compared
from planner.answers.standing import Standing
from planner.base.messages import say
from planner.base.units import percent
from planner.views.html import Html, paragraph, safe

if TYPE_CHECKING:
    from planner.answers.explain import Explanation  # asks a solver, which views do without

WIDTH = 12  # characters of a full bar in a terminal


def explanation(answer: Explanation) -> Html:
    """The answer for a screen: its first line stands out, the bars below."""
    first, *rest = answer.sentences()
    said = f'<p class="verdict">{safe(first, 600)}</p>' + "".join(paragraph(line) for line in rest)
    return Html(said + bars(answer.standing))


def explanation_text(answer: Explanation) -> str:
    """The same for a terminal."""
    return "\n".join(chain(answer.sentences(), bars_text(answer.standing)))


def bars(standing: Standing, all_of_rival: bool = True) -> Html:
    """What counts, one row each: of the usulan and of its rival, as a number over a bar; nothing without a rival.

    ``all_of_rival``: also what rests on the rival's own papers.
    """
    rows, rival = standing.compared, standing.rival
    if not rows or rival is None:
        return Html("")
    heads = (say("explain.counts"), standing.who.name, rival.name)
    head = "".join(f'<th scope="col">{safe(one, 90)}</th>' for one in heads)
    body = "".join(
        f'<tr><th scope="row">{safe(titled(row))}</th>{bar(row, row.own)}{rivals(row, all_of_rival)}</tr>'
        for row in rows
    )
    return Html(
        f'<table class="versus"><caption>{safe(caption(standing))}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>{paragraph(say('explain.scale'), 'note')}"
    )


def rivals(row: Compared, all_of_rival: bool) -> str:
    """The rival's cell."""
    return bar(row, row.rival if all_of_rival or row.published else None, "rival")


def bar(row: Compared, value: float | None, whose: str = "own") -> str:
    """A cell with a number and its bar."""
    width = round(100 * part(row, value))
    return f'<td><span class="bar {whose}" style="--part:{width}%">{safe(row.text(value))}</span></td>'


def titled(row: Compared) -> str:
    """What is compared; of a criterion with its weight."""
    return row.title() if row.share is None else say("explain.weighed", name=row.title(), share=percent(row.share, 0))


def caption(standing: Standing) -> str:
    """Beside whom an usulan is set, and why beside this one."""
    rival = standing.rival
    assert rival is not None
    if standing.held:
        key = "explain.versus_held" if rival.menu == standing.who.menu else "explain.versus_held_other"
        return say(key, place=standing.held.place, rival=rival.sentence())
    inside = rival.usulan_id in standing.register.winners
    return say(f"explain.versus_{'weakest' if inside else 'nearest'}", rival=rival.sentence())


def bars_text(standing: Standing) -> list[str]:
    """The bars line by line."""
    rows = standing.compared
    if not rows:
        return []
    width = max(len(titled(row)) for row in rows)
    lines = [
        f"  {titled(row):<{width}}  {row.text(row.own):>6} {drawn(row, row.own)}  {row.text(row.rival):>6} "
        f"{drawn(row, row.rival)}".rstrip()
        for row in rows
    ]
    return [caption(standing), *lines]


def drawn(row: Compared, value: float | None) -> str:
    """A bar in characters."""
    filled = round(WIDTH * part(row, value))
    return "█" * filled + "·" * (WIDTH - filled)


def part(row: Compared, value: float | None) -> float:
    """How much of a bar is filled (0-1)."""
    return 0.0 if value is None else max(0.0, min(1.0, value / row.most))
