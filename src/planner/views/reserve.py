"""The reserve list as a table, and what it brings when drop-outs are drawn."""

from collections.abc import Iterator
from functools import partial

import pandas as pd

from planner.answers.drop_outs import UNKNOWN_CHANCE, Evaluation, evaluate
from planner.answers.open_plan import case_of, goal_title
from planner.answers.reserve import Standby
from planner.base.messages import language, say
from planner.base.units import MICRO, number, percent, rupiah, signed
from planner.views.html import Html, cut, paragraph, table
from planner.views.scene import FullScene, Scene
from planner.views.section import section
from planner.views.tables import cause, worth_showing
from planner.views.text import who

MOST = 40  # rows of modelled candidates
COLUMNS = ("place", "cause", "policy", "goal", "mean_rp", "value", "share_nobody")  # with heads of their own


def in_order(scene: Scene) -> str:
    """How many of the list lie in the wilayah, and who is the first that no rule and no own choice keeps out."""
    count = len(reserve_table(scene))
    said = {"count": number(count), "who": who(scene, count)}
    free = parts(scene)["reserve"]
    if free.empty:
        return say("report.brief.reserve_held", **said)
    return say("report.brief.reserve", nama=cut(free["nama"].iat[0], 60), place=number(free["place"].iat[0]), **said)


@section("reserve", in_order)
def reserve(scene: Scene) -> Html | None:
    """The part of the list that lies in the wilayah, by national numbers; for the country also what it brings."""
    if reserve_table(scene).empty:
        return None
    intro = paragraph(" ".join([say("reserve.about"), say("reserve.order"), *later(scene)]))
    own = "".join(part(scene, name, frame) for name, frame in parts(scene).items() if len(frame))
    return Html(intro + own + (brings(scene.full) if scene.national and scene.full else ""))


def part(scene: Scene, name: str, frame: pd.DataFrame) -> str:
    """A part of the list as a table, and what it takes to come in from there."""
    shown = first(scene, frame)
    shown = shown.head(scene.top_n) if scene.top_n and scene.national else shown
    said = {"nama": cut(scene.wilayah.nama, 60), "shown": number(len(shown)), "count": number(len(frame))}
    return table(shown, say(f"reserve.captions.{name}", **said), heads=heads()) + paragraph(
        say(f"reserve.{name}"), "note"
    )


def reserve_tables(scene: Scene) -> dict[str, pd.DataFrame]:
    """``parts`` as far as they are shown; what is empty is left out."""
    return {name: first(scene, frame) for name, frame in parts(scene).items() if len(frame)}


def parts(scene: Scene) -> dict[str, pd.DataFrame]:
    """The list of the wilayah: whom no rule keeps out now, whom one does, and, apart, what is of regions chosen."""
    whole = reserve_table(scene)
    beside, held = whole["kode"].isin(scene.plan.funded["kode"]), whole["kind"] == "rule"
    rows = {"reserve": ~beside & ~held, "reserve_held": ~beside & held, "reserve_beside": beside}
    own = {name: whole[mine].drop(columns=["kode", "kind"]) for name, mine in rows.items()}
    return own | {"reserve": own["reserve"].drop(columns="cause")}  # outbid, or equal: no rule


def first(scene: Scene, frame: pd.DataFrame) -> pd.DataFrame:
    """Of candidates that nobody has proposed not more than ``MOST``: a longer list says more than is known."""
    return frame.head(MOST) if scene.plan.modelled else frame


def reserve_table(scene: Scene) -> pd.DataFrame:
    """``kode, kind, place, nama, provinsi, usulan_id`` and, with the tables, menu, money, chance; why not chosen."""
    places = {name: place for place, name in enumerate(scene.plan["reserve"], start=1)}
    rows = scene.not_funded[scene.not_funded["usulan_id"].isin(places)]
    rows = rows.assign(place=rows["usulan_id"].map(places)).sort_values("place")
    rows = rows.merge(scene.kabupaten[["kode", "nama", "provinsi"]], on="kode", how="left")
    rows["cause"] = [cause(scene, *row) for row in zip(rows["kind"], rows["rule"], rows["reason"], strict=True)]
    wanted = ["place", "nama", "provinsi", "usulan_id"]
    if scene.options is not None:
        own = scene.options.firsts[["usulan_id", "menu", "amount_rp", "chance"]]
        rows, wanted = rows.merge(own, on="usulan_id", how="left"), [*wanted, "menu", "amount_rp", "chance"]
    return rows[["kode", "kind", *worth_showing(scene, [*wanted, "cause"])]]


def later(scene: Scene) -> Iterator[str]:
    if scene.several:
        yield say("reserve.later", ta=min(scene.plan["budget_rp"]))


def heads() -> dict[str, str]:
    return {name: say(f"reserve.columns.{name}") for name in COLUMNS}


def brings(scene: FullScene) -> str:
    """The evaluation over seeded draws: a table of the policies and what it says.

    Not where rules are measured choice by choice (``LiftedRule``): a thousand draws then take many minutes.
    """
    case = case_of(scene.plan, scene.source)
    if case.problem.lifts:
        return paragraph(say("reserve.measured"), "note")
    found, goal = evaluate(case), goal_title(case, language())
    said = "".join(paragraph(text, kind) for text, kind in told(found, goal))
    return table(policies(found), say("reserve.captions.drawn"), heads=heads()) + said


def policies(found: Evaluation) -> pd.DataFrame:
    """One row per policy: means of the first goal, money, usulan that came in; share of draws in which nobody did."""
    rows = [
        {
            "policy": say(f"reserve.policies.{name}"), "goal": reached(one.goal, found),
            "mean_rp": round(one.spent_rp), "value": number(one.came, 1), "share_nobody": one.nobody,
        }
        for name, one in found.policies.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def reached(points: float, found: Evaluation) -> str:
    """Points of the first goal as a share of what the plan reaches."""
    return percent(points / abs(found.goal), 2) if found.goal else "–"


def told(found: Evaluation, goal: str) -> Iterator[tuple[str, str]]:
    """What the evaluation says, sentence by sentence, each with the kind of paragraph that it is."""
    drawn = {"draws": number(found.draws), "out": number(found.out, 1)}
    yield say("reserve.drawn", seed=found.seed, **drawn), ""
    for other in ("adhoc", "none"):
        shares = [signed(n, partial(reached, found=found)) for n in found.gain[other].goal]
        goals = dict(zip(("mean", "low", "high"), shares, strict=True))
        money = [signed(round(n), rupiah) for n in found.gain[other].spent_rp]
        rupiahs = dict(zip(("mean_rp", "low_rp", "high_rp"), money, strict=True))
        name = say(f"reserve.policies.{other}")
        yield say("reserve.gained", other=name, goal=goal, **goals, **rupiahs), ""
    if found.broken:
        yield say("reserve.unmended", share=percent(found.broken, 1)), ""
    if found.unknown_chance:
        chance = number(UNKNOWN_CHANCE / MICRO, 2)
        yield say("reserve.unknown", count=found.unknown_chance, chance=chance), "note"
    yield say("reserve.assumed"), "note"


def list_text(listed: list[Standby]) -> str:
    """The list line by line for a terminal, and how to go down it."""
    if not listed:
        return say("reserve.empty")
    return "\n".join([*(one.sentence() for one in listed), say("reserve.about"), say("reserve.order")])


def evaluation_text(found: Evaluation, goal: str) -> str:
    """The evaluation for a terminal: the table of policies, then what it says."""
    frame = policies(found).assign(
        share_nobody=lambda t: t["share_nobody"].map(percent),
        mean_rp=lambda t: t["mean_rp"].map(rupiah),
    )
    return "\n".join([frame.rename(columns=heads()).to_string(index=False), *(text for text, _ in told(found, goal))])
