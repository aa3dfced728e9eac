"""A section of a report: a heading that asks, what it comes to in one line, and, mostly folded, all that is in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import unescape
from typing import Any

from planner.base.messages import say
from planner.base.units import number
from planner.views.html import Html, cut, safe

LINE = 200  # characters beside a heading


@dataclass(frozen=True)
class Section[Here]:
    """A view below the heading ``report.headings.<name>``; where the view has nothing to say, nothing is left of it.

    ``brief``: what it comes to, in one line beside the heading; else what is counted in it. ``open_for``: the kinds of
    wilayah, or ``all``, whose reader has it open without asking; what is folded is printed only when it was opened, but
    ``paper`` while it is not.
    """

    body: Callable[[Here], Html | None]
    name: str
    brief: Callable[[Here], str] | None = None
    open_for: tuple[str, ...] = ()
    paper: Callable[[Here], str] | None = None

    def __call__(self, here: Here) -> Html | None:
        if not (body := self.body(here)):
            return None
        title = f"<h2>{safe(say(f'report.headings.{self.name}'))}</h2>"
        if "all" in self.open_for or here.wilayah.kind in self.open_for:  # type: ignore[attr-defined]
            return Html(f'<section class="part" id="{self.name}">{title}{body}</section>')
        line = (self.brief(here) if self.brief else "") or count(body)
        summary = f'<summary>{title}<span class="brief">{safe(line)}</span></summary>'
        inside = f'<div class="body" id="{self.name}">{body}</div>'  # a link to what is folded unfolds it
        printed = self.paper(here) if self.paper else ""
        printed = f'<div class="paper small">{printed}</div>' if printed else ""
        return Html(f'<details class="part">{summary}{inside}</details>{printed}')


def section(
    name: str, brief: Callable[[Any], str] | None = None, open_for: tuple[str, ...] = (),
    paper: Callable[[Any], str] | None = None,
) -> Callable:  # fmt: skip
    """A view as a ``Section``."""
    return partial(Section, name=name, brief=brief, open_for=open_for, paper=paper)


def fold(line: str, body: str) -> Html:
    """A part of a section that stands folded below its one line."""
    return Html(f"<details><summary>{safe(line)}</summary>{body}</details>")


def first_sentence(text: str) -> str:
    """How a text begins, never in parts; nothing where its first sentence is no line of its own."""
    said = re.split(r"(?<!Kab\.)(?<=[.!?])\s", cut(text), maxsplit=1)[0]
    return said if len(said) <= LINE else ""


def count(body: str) -> str:
    """How many tables with how many rows, and how many pictures are in a view; of words alone their first sentence."""
    rows = body.count("<tr>") - body.count("<thead>")
    parts = {"tables": body.count("<table"), "pictures": len(re.findall(r'<svg (?!class="mark")|<img ', body))}
    said = [say(f"report.inside.{name}", count=number(n), rows=number(rows)) for name, n in parts.items() if n]
    return ", ".join(said) or first_sentence(unescape(re.sub(r"<[^>]*>", " ", body)))
