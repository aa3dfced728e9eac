"""One order for every pagu of a range: what it costs, who leaves first when the pagu is cut, and what does not hold."""

from fractions import Fraction
from math import ceil
from typing import cast

import pandas as pd

from planner.base.messages import language, say
from planner.base.units import number, percent, rupiah
from planner.plan.ladder_file import PPM, LadderFile, LadderRung, LadderStep
from planner.scenario import goals
from planner.views.curves import Curve, Point, curve_chart, round_axis
from planner.views.html import Html, cut, paragraph, table
from planner.views.scene import Scene
from planner.views.section import section

MILIAR = 10**9
CENT = 10_000  # hundredths of a percent in a share of 1
COLUMNS = ("place", "step", "at_rp", "cut_rp", "more_rp", "added_rp", "short", "count", "loss", "enters")

MONEY = ("at_rp", "cut_rp", "more_rp", "added_rp", "place_rp", "spent_rp")


def in_short(scene: Scene) -> str:
    """Its price and how many steps."""
    known = scene.ladder
    return "" if known is None else say("ladder.brief", count=number(len(known["steps"])), **prices(known))


@section("ladder", in_short)
def ladder(scene: Scene) -> Html | None:
    """The steps, their chart and the order, in the country's report; None where no ladder was made of this plan."""
    known = scene.ladder
    if known is None or not scene.national:
        return None
    said = "".join(paragraph(text) for text in sentences_of(known, len(scene.plan.scenario.goals)))
    listed = order_table(known).assign(nama=lambda rows: rows["kode"].map(scene.names))
    frame = shown(listed[["place", "kode", "nama", "usulan_id", "menu", *listed.columns[5:-1]]])
    order = table(frame, say("ladder.caption_order"), heads=heads(), find=True)
    return Html(said + chart(known) + table(steps_table(known), say("ladder.caption_steps"), heads=heads()) + order)


def prices(known: LadderFile) -> dict[str, str]:
    """What it costs at most and at least, never rounded to say more than is proven."""
    most, least = known["most_ppm"], known["least_ppm"]
    return {"most": percent(ceil(most / 100) / CENT, 2), "least": percent((least // 100) / CENT, 2)}


def sentences_of(known: LadderFile, several: int = 1) -> list[str]:
    """The price, what the order means, and what does not hold."""
    steps, rungs = known["steps"], known["rungs"]
    ends = {"low": rupiah(steps[0]["at_rp"]), "high": rupiah(steps[-1]["at_rp"])}
    goal = goals.title(known["goal"])
    told = [say("ladder.price", count=number(len(steps)), goal=goal, **ends, **prices(known)), say("ladder.meaning")]
    told += [say("ladder.first_goal")] * (several > 1)
    base = sum(one["step"] == rungs[0]["step"] for one in rungs) if rungs else 0
    told += [say("ladder.base", count=number(base))] * (base > 1)
    for step in steps:
        if step["why"]:
            why = " ".join(line.strip(" -") for line in step["why"])
            told.append(say("ladder.passed", at=rupiah(step["at_rp"]), why=cut(why, 600)))
    short = sum(bool(one["short"]) for one in rungs)
    return told + [say("ladder.shorts", count=number(short))] * bool(short)


def loss(step: LadderStep) -> Fraction:
    """What a step is below the best of its pagu, at most."""
    return Fraction(step["bound"] - step["reached"], max(abs(step["bound"]), 1))


def share_lost(step: LadderStep) -> str:
    """``loss`` for people, rounded up."""
    return percent(ceil(loss(step) * PPM / 100) / CENT, 2)


def steps_table(known: LadderFile) -> pd.DataFrame:
    """One row per step: pagu, how many usulan, who is new, the money, and how far it is below the best at most."""
    rows, had = [], set[tuple[str, int]]()
    for number_, step in enumerate(known["steps"]):
        now = {(one["usulan_id"], one["ta"]) for one in known["rungs"] if one["step"] <= number_}
        gap = "–" if step["why"] else share_lost(step)
        rows.append({
            "place_rp": step["at_rp"], "count": len(now), "enters": len(now - had), "spent_rp": step["spent_rp"],
            "loss": gap,
        })  # fmt: skip
        had = now
    return pd.DataFrame(rows).astype({"spent_rp": "Int64"})


def chart(known: LadderFile) -> Html | str:
    """The loss of each step as a small chart."""
    steps = [step for step in known["steps"] if not step["why"]]
    if len(steps) < 3:
        return ""
    points = [Point(step["at_rp"] / MILIAR, float(loss(step)) * 100, 0.0, "") for step in steps]
    across = round_axis(say("frontier.budget_axis"), [point.at for point in points])
    up = round_axis(say("ladder.chart_axis"), [0.0, *(point.value for point in points)])
    title = say("ladder.chart")
    alt = say("ladder.chart_alt", title=title, count=number(len(points)), most=prices(known)["most"])
    return curve_chart(title, alt, Curve(across, up, points), [("plan", say("ladder.chart_plan"))])


def order_table(known: LadderFile) -> pd.DataFrame:
    """The order as plain rows: who comes in from which pagu, and what cut takes them out again.

    Columns: place, kode, usulan_id, ta, menu, step (from 1), at_rp, cut_rp, more_rp, added_rp, short.
    """
    had: dict[tuple[str, int], int] = {}
    rows, now_rp = [], known["now_rp"]
    for place, one in enumerate(known["rungs"], start=1):
        key, at = (one["usulan_id"], one["ta"]), one["at_rp"]
        rows.append({
            "place": place, "kode": one["kode"], "usulan_id": one["usulan_id"], "ta": one["ta"], "menu": one["menu"],
            "step": one["step"] + 1, "at_rp": at, "cut_rp": now_rp - at if at <= now_rp else None,
            "more_rp": at - now_rp if at > now_rp else None, "added_rp": one["amount_rp"] - had.get(key, 0),
            "short": short_text(one),
        })  # fmt: skip
        had[key] = one["amount_rp"]
    kinds = {"cut_rp": "Int64", "more_rp": "Int64", "short": "str"}
    return pd.DataFrame(rows).astype(kinds)


def short_text(one: LadderRung) -> str:
    """The rules that are not kept from here until the next one comes in, each with what it lacks."""
    said = []
    for own in one["short"]:
        by = rupiah(own["by"]) if own["rupiah"] else number(own["by"])
        rule = cast(dict[str, str], own["sentence"])[language()]
        said.append(say("ladder.short", rule=rule.rstrip("."), by=by))
    return "; ".join(said)


def shown(frame: pd.DataFrame) -> pd.DataFrame:
    """The order as people read it: money written out, without columns that say nothing."""
    money = [c for c in MONEY if c in frame]
    told = frame.assign(**{c: ["–" if pd.isna(v) else rupiah(int(v)) for v in frame[c]] for c in money})
    return told.drop(columns=[c for c in ("short",) if not any(told[c])])


def heads() -> dict[str, str]:
    return {name: say(f"ladder.columns.{name}") for name in COLUMNS} | {
        c: say(f"whatif.columns.{c}") for c in ("place_rp", "spent_rp")
    }


def ladder_text(known: LadderFile, several: int = 1) -> str:
    """The same for a terminal: the sentences and the steps."""
    steps = steps_table(known).rename(columns=heads())
    return "\n".join([*sentences_of(known, several), steps.to_string(index=False)])
