"""The frontier as a table, a picture and a sentence about the next miliar."""

import math
from typing import overload

import pandas as pd

from planner.answers.frontier import Frontier, NextMiliar
from planner.base.errors import first_of
from planner.base.messages import label, say
from planner.base.units import MICRO, exact, gap_percent, number
from planner.scenario import goals
from planner.scenario.place import BUDGET
from planner.views.curves import Curve, Point, curve_chart, round_axis
from planner.views.html import Html, cut, table

NAMED = 5  # usulan in a sentence
LONGEST = 216  # characters of a title
MILIAR = 10**9
SCALES = {"rupiah": MILIAR, "share": 0.01, "number": 1}  # of a place's numbers on the axis


def frontier_table(made: Frontier) -> pd.DataFrame:
    """One row per point, in rising order; headings for people.

    Columns: the place (rupiah or the rule's bound), the goal reached and its bounds in the goal's own unit, the gap in
    percent, the count, the rupiah spent, who comes and leaves against the point before, and where no plan exists.
    """
    rows = []
    for point in made.points:
        found, sought = point.found, point.preview
        rows.append(
            {
                "budget" if made.by == BUDGET else "at": point.at,
                "worth": unit(made, found.value) if found else None,
                "bound": unit(made, sought.bound) if sought else None,
                "gap_pct": None if found is None or found.gap is None else math.ceil(exact(found.gap) * 10**5) / 10**3,
                "lp": unit(made, point.lp),
                "usulan": len(found.winners) if found else None,
                "spent_rp": found.spent_rp if found else None,
                "entering": ", ".join(point.entering),
                "leaving": ", ".join(point.leaving),
                "note": say("frontier.none") if point.infeasible else "",
            }
        )
    frame = pd.DataFrame(rows).astype({"usulan": "Int64", "spent_rp": "Int64"})
    return frame.rename(columns={name: say(f"frontier.columns.{name}") for name in frame})


def frontier_list(made: Frontier) -> Html:
    """``frontier_table`` as people read it: places and rupiah written out, every gap never smaller than it is."""
    rows = []
    for point in made.points:
        found = point.found
        worth = [
            "–" if p is None else goals.amount(made.goal, p * made.point)
            for p in (found.value if found else None, point.lp)
        ]
        rows.append({
            "place": made.by.text(point.at), "value": worth[0],
            "difference": gap_percent(found.gap) if found and found.gap is not None else "–", "worth": worth[1],
            "usulan": str(len(found.winners)) if found else "–", "amount_rp": found.spent_rp if found else None,
            "entering": some(point.entering), "leaving": some(point.leaving),
            "note": say("frontier.none") if point.infeasible else "",
        })  # fmt: skip
    names = {"place": "budget" if made.by == BUDGET else "at", "value": "worth", "difference": "gap", "worth": "lp",
             "amount_rp": "spent_rp"}  # fmt: skip
    frame = pd.DataFrame(rows)
    if not any(frame["note"]):
        frame = frame.drop(columns="note")
    heads = {name: say(f"frontier.columns.{names.get(name, name)}") for name in frame}
    return table(frame.astype({"amount_rp": "Int64"}), say("frontier.captions.list"), heads=heads)


@overload
def unit(made: Frontier, points: int) -> float: ...
@overload
def unit(made: Frontier, points: int | None) -> float | None: ...
def unit(made: Frontier, points: int | None) -> float | None:
    """Points as the goal's own unit."""
    return None if points is None else points * made.point / MICRO


def goal_title(made: Frontier) -> str:
    """The first goal, and that the price of soft rules is taken off it."""
    name = goals.title(made.goal)
    soft = made.scenario.is_soft
    return say("goals.less_price", goal=name) if soft else name


def title(made: Frontier) -> str:
    """The question that the picture answers."""
    if made.by == BUDGET:
        return say("frontier.title_budget")
    return say("frontier.title_rule", rule=made.by.rule_of(made.scenario).sentence())


def frontier_chart(made: Frontier) -> Html:
    """The LP bound as a line, the plans as dots with a bar up to what no plan can exceed; the table says the rest."""
    drawn, keys = curve_of(made), [("own", say("frontier.plans")), ("bound", say("frontier.lp"))]
    if drawn.now is not None:
        keys.append(("now", say("frontier.now")))
    if drawn.none:
        keys.append(("cross", say("frontier.none")))
    return curve_chart(cut(title(made), LONGEST), alt(made), drawn, keys)


def alt(made: Frontier) -> str:
    """The picture in words."""
    known = [(p.at, p.found) for p in made.points if p.found]
    if not known:
        return f"{title(made)} {say('frontier.none')}."
    gaps = [found.gap for _, found in known if found.gap is not None]
    ends = [number(unit(made, found.value), 1) for _, found in (known[0], known[-1])]
    places = [made.by.text(at) for at, _ in (known[0], known[-1])]
    return say(
        "frontier.alt", title=title(made), count=len(known), first=ends[0], last=ends[1], low=places[0],
        high=places[1], gap=gap_percent(max(gaps)) if gaps else "–",
    )  # fmt: skip


def curve_of(made: Frontier) -> Curve:
    """The frontier as it is drawn, in the goal's unit over miliar rupiah, percent or plain numbers."""
    scale = SCALES[made.by.unit]
    bound = [(p.at / scale, unit(made, p.lp)) for p in made.points if p.lp is not None]
    points = []
    for at, found in [(p.at / scale, p.found) for p in made.points if p.found]:
        best = found.value if found.bound is None else found.bound
        points.append(Point(at, unit(made, found.value), unit(made, best)))
    now = sum(made.scenario.budget_rp.values()) / scale if made.by == BUDGET else None
    places = [p.at / scale for p in made.points]
    worth = [v for _, v in bound] + [v for one in points for v in (one.value, one.best)]
    up = round_axis(goal_title(made), worth or [0])
    across = round_axis(axis(made), [*places, now] if now is not None else places)
    return Curve(across, up, points, bound, [p.at / scale for p in made.points if p.infeasible], now)


def axis(made: Frontier) -> str:
    if made.by == BUDGET:
        return say("frontier.budget_axis")
    unit_ = {"rupiah": say("frontier.miliar"), "share": "%"}.get(made.by.unit, "")
    text = label("parameters", made.by.field[:3]) + (f" ({unit_})" if unit_ else "")
    return text[:1].upper() + text[1:]


def next_miliar(made: Frontier) -> str | None:
    """What Rp 1 miliar more would bring, and whom; None for a frontier over a rule."""
    found = made.next_miliar
    if made.by != BUDGET:
        return None
    if found is None:
        return say("frontier.next_unknown")
    low, high = (goals.amount(made.goal, end * MICRO) for end in ends(found, made.point))
    sides = {"entering": some(found.entering), "leaving": some(found.leaving)}
    return say("frontier.next", low=low, high=high, goal=goal_title(made), **sides)


def ends(found: NextMiliar, point: int) -> tuple[float, float]:
    """The least and the most that the next miliar adds, in the goal's unit: two decimals, rounded apart."""
    part = MICRO // 100
    return found.low * point // part / 100, -(-found.high * point // part) / 100


def some(names: tuple[str, ...]) -> str:
    return first_of(names, NAMED) or "–"
