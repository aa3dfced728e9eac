"""The comparison of two rounds as a page: a waterfall of the changes, where the money moved, who enters and leaves."""

from collections.abc import Iterable

import pandas as pd

from planner.answers.causes import COUNT, GOAL, MONEY, Causes, Key, Move
from planner.base.messages import language, say
from planner.base.units import number, rupiah_full
from planner.views.charts import BAR, HEAD, figure
from planner.views.html import Html, cut, safe, table
from planner.views.season import (
    decided_by,
    figure_name,
    group_name,
    heading,
    how_exact,
    limits,
    notices,
    shown_figure,
    shown_part,
    unit_of,
    what_changed,
)
from planner.views.section import fold

LEFT, WIDTH = 2.0, 60.0  # percent of a picture where the axis begins, and how long it is


def season_page(causes: Causes) -> Html:
    """The body of the page in the language in force."""
    head = header(causes)
    if causes.same:
        return head
    parts = [section("changes", changes_table(causes))]
    if causes.groups and causes.orders.total:
        charts = "".join(waterfall(causes, key) for key in (GOAL, MONEY, COUNT))
        parts += [f"<section>{charts}</section>", section("where", regions(causes))]
    parts += [section("who", movers(causes)), section("how_exact", exactness(causes))]
    return Html(head + "".join(parts))


def section(name: str, body: str) -> str:
    return f'<section class="part" id="{name}"><h2>{safe(say(f"season.{name}"))}</h2>{body}</section>' if body else ""


def header(causes: Causes) -> Html:
    """What is compared, the figures before and after, and what to know before any of them."""
    stamp = say("season.stamp")
    if any(plan.synthetic for plan in causes.plans):
        stamp += f", {say('views.synthetic')}"
    heads = [say("season.nothing", **heading(causes))] if causes.same else list(figure_heads(causes))
    told = "".join(f'<p class="head">{safe(text, 800)}</p>' for text in heads)
    warned = "".join(f"<li>{safe(text, 900)}</li>" for text in notices(causes)) if not causes.same else ""
    return Html(
        f'<header class="first"><p class="stamp">{safe(stamp)}</p>'
        f"<h1>{safe(say('season.title', **heading(causes)), 160)}</h1>{told}"
        + (f'<ul class="warnings">{warned}</ul>' if warned else "")
        + "</header>"
    )


def figure_heads(causes: Causes) -> Iterable[str]:
    for key in (GOAL, MONEY, COUNT):
        before, after = causes.ends_of(key)
        ends = {"before": shown_figure(causes, key, before), "after": shown_figure(causes, key, after)}
        difference = shown_part(causes, key, after - before)
        yield say("season.step", name=figure_name(causes, key), difference=difference, **ends)


def changes_table(causes: Causes) -> Html:
    rows = [{"part": group_name(group), "what": text} for group, text in what_changed(causes).items()]
    return table(
        pd.DataFrame(rows, columns=["part", "what"]), say("season.what"),
        heads={"part": say("season.group"), "what": say("season.what")},
    )  # fmt: skip


def waterfall(causes: Causes, key: Key) -> Html:
    """A figure from the earlier to the later round, one step per change, each where the one before it ended."""
    before, after = causes.ends_of(key)
    parts = causes.parts(key, unit_of(causes, key))
    ends = [before]
    for part in parts:
        ends.append(ends[-1] + part)
    low, high = min([*ends, after]), max([*ends, after])
    at = {one: LEFT + WIDTH * (one - low) / max(high - low, 1) for one in [*ends, after]}
    marks = at[before], at[after]
    steps = zip(causes.groups, parts, ends, ends[1:], strict=False)
    drawn = [
        step_svg(group_name(group), shown_part(causes, key, part), part, (at[start], at[end]), marks)
        for group, part, start, end in steps
    ]
    rows = "".join(f"<li>{svg}</li>" for svg in drawn)
    name = figure_name(causes, key)
    shown = {"before": shown_figure(causes, key, before), "after": shown_figure(causes, key, after)}
    note = f'<p class="note">{safe(say("season.axis", **shown))}</p>'
    total = say("season.step", name=name, difference=shown_part(causes, key, after - before), **shown)
    return figure(total, f"<ul>{rows}</ul>{note}", "bars steps")


def step_svg(name: str, text: str, part: int, ends: tuple[float, float], marks: tuple[float, float]) -> str:
    """One step: a bar between where it begins and ends, with upright lines at the values before and after."""
    start, width = min(ends), abs(ends[1] - ends[0])
    look = "gain" if part > 0 else "loss"
    drawn = f'<text y="14"><tspan font-weight="600">{safe(name, 60)}</tspan></text>'
    for mark in marks:
        drawn += f'<line class="end" x1="{mark:.1f}%" x2="{mark:.1f}%" y1="{HEAD - 3}" y2="{HEAD + BAR + 3}"/>'
    if part:
        drawn += f'<rect class="{look}" x="{start:.1f}%" y="{HEAD}" width="{max(width, 0.3):.1f}%" height="{BAR}"/>'
    drawn += f'<text x="{LEFT + WIDTH + 1:.1f}%" dx="8" y="{HEAD + BAR - 1}">{safe(text, 60)}</text>'
    alt = safe(f"{name}: {text}", 300)
    return f'<svg width="100%" height="{HEAD + BAR + 9}" role="img" aria-label="{alt}">{drawn}</svg>'


def regions(causes: Causes) -> str:
    """Money by island group and province: before, after, and the part of each change to the rupiah."""
    return "".join(region_table(causes, by) for by in ("pulau", "provinsi") if causes.keys(by))


def region_table(causes: Causes, by: str) -> Html:
    rows = []
    for key in causes.keys(by):
        before, after = causes.ends_of(key)
        parts = dict(zip(causes.groups, causes.parts(key), strict=True))
        shown = {group: shown_part(causes, MONEY, part) if part else "" for group, part in parts.items()}
        rows.append(
            {
                "region": key[1], "before_rp": before, "after_rp": after,
                "difference": shown_part(causes, MONEY, after - before) if after != before else "", **shown,
            }
        )  # fmt: skip
    names = {group: group_name(group) for group in causes.groups}
    heads = {"before_rp": causes.rounds[0].name, "after_rp": causes.rounds[1].name, **names}
    return table(pd.DataFrame(rows), say(f"season.by_{by}"), heads=heads, figures=causes.groups)


def movers(causes: Causes) -> str:
    return "".join(
        table(mover_rows(causes, own), say(f"season.{change}", count=number(len(own))), heads=mover_heads())
        for change in ("enters", "leaves")
        if (own := [one for one in causes.moves if one.change == change])
    )


def mover_heads() -> dict[str, str]:
    return {"what": say("season.caused")}


def mover_rows(causes: Causes, moves: list[Move]) -> pd.DataFrame:
    places = causes.sides.after.reference["kabupaten"].data.set_index("kode")["nama"]
    rows = [
        {
            "usulan_id": one.usulan_id, "nama": cut(f"{one.kode} {places.get(one.kode, '')}", 80), "menu": one.menu,
            "amount_rp": abs(one.amount_rp), "what": decided_by(one),
        }
        for one in moves
    ]  # fmt: skip
    return pd.DataFrame(rows)


def exactness(causes: Causes) -> str:
    """What was solved in which way, the limits of each share, and every combination folded below."""
    said = "".join(f"<p>{safe(text, 900)}</p>" for text in how_exact(causes))
    if not causes.groups or not causes.orders.total:
        return said
    parts = causes.parts(GOAL, unit_of(causes, GOAL))
    rows = [
        {"part": group_name(group), "difference": shown_part(causes, GOAL, part), "what": limits(causes, k)}
        for k, (group, part) in enumerate(zip(causes.groups, parts, strict=True))
    ]
    heads = {"part": say("season.group"), "difference": say("season.share"), "what": say("season.bounds")}
    shares = table(pd.DataFrame(rows), figure_name(causes, GOAL), heads=heads) if not causes.exact else ""
    return said + shares + fold(say("season.combinations"), combinations(causes))


def combinations(causes: Causes) -> Html:
    """The plan of every combination in figures."""
    rows = []
    for mask in range(causes.combinations):
        one = causes.outcomes.get(mask)
        names = ", ".join(map(group_name, causes.names(mask))) or say("season.none_changed")
        if one is None:
            gone = causes.impossible.get(mask)
            rows.append({"part": names, "goal": "–", "amount": "–", "what": gone.why[language()] if gone else "–"})
            continue
        money = rupiah_full(causes.figures[MONEY][mask])
        shown = shown_figure(causes, GOAL, one.goal)
        rows.append({"part": names, "goal": shown, "amount": money, "what": say(f"season.how.{one.how}")})
    heads = {
        "part": say("season.combination"), "goal": figure_name(causes, GOAL), "amount": say("season.money"),
        "what": say("season.bounds"),
    }  # fmt: skip
    return table(pd.DataFrame(rows), say("season.combinations"), heads=heads)
