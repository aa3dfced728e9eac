"""Before the day: whom to call, how likely each contract is, and how such forecasts did in past years."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from planner.answers.ahead import TARGETS, Ahead, Score
from planner.base.messages import label, say
from planner.base.units import date_text, number, percent, rupiah, rupiah_full
from planner.views.html import Html, cut, paragraph, table

SHOWN = 20  # packages that are listed


def ahead(found: Ahead) -> Html:
    """All of it for a notebook."""
    return Html("".join(drawn(part) for part in parts(found)))


def sentences(found: Ahead) -> Iterator[str]:
    """All of it as lines of text, for a terminal."""
    for part in parts(found):
        yield from ("", part.caption, text(part.frame)) if isinstance(part, Listed) else (part,)


@dataclass(frozen=True)
class Listed:
    """A table below its caption."""

    caption: str
    frame: pd.DataFrame


def parts(found: Ahead) -> Iterator[str | Listed]:
    """Sentences and tables in reading order."""
    asof = date_text(found.asof.isoformat())
    if found.synthetic:
        yield say("monitor.synthetic")
    if found.rows.empty:
        yield say("ahead.nothing", asof=asof, ta=found.ta)
    else:
        yield from calls(found, asof)
    for target in TARGETS:
        name, score = say(f"ahead.targets.{target}"), found.score(target)
        yield f"{say('ahead.calibration', target=name)}. {' '.join(score_said(score))}"
        if score.n:
            yield Listed(say("ahead.reliability", target=name), reliability(found, target))


def calls(found: Ahead, asof: str) -> Iterator[str | Listed]:
    count, day = number(len(found.rows)), date_text(found.deadline)
    lost = rupiah(found.lost_rp)
    yield say(
        "ahead.opening", asof=asof, count=count, ta=found.ta, deadline=day, signed=number(found.signed), lost=lost
    )
    if unknown := int(found.rows["amount_rp"].isna().sum()):
        yield say("ahead.no_amount", count=number(unknown))
    yield Listed(say("ahead.order"), call_list(found))
    if len(found.rows) > SHOWN:
        yield say("ahead.more", count=number(len(found.rows) - SHOWN))
    shares = {"papers": percent(found.call.papers, 0), "other": percent(found.call.other, 0)}
    yield from (say("ahead.call_note", **shares), say("ahead.chance_note"))


def call_list(found: Ahead) -> pd.DataFrame:
    """The packages for people, the first to call first."""
    return pd.DataFrame([{
        "place": row["kabupaten"], "usulan_id": row["usulan_id"], "amount": rp(row["amount_rp"]),
        "contract": chance(row, "contract"), "use": chance(row, "use"), "lost": rp(row["lost_rp"]),
        "saved": rp(row["saved_rp"]), "metode": say("monitor.unknown") if pd.isna(row["metode"]) else row["metode"],
        "papers": papers_said(row),
    } for row in found.rows.head(SHOWN).to_dict("records")])  # fmt: skip


def rp(value: int | None) -> str:
    return say("monitor.unknown") if value is None or pd.isna(value) else rupiah_full(value)


def chance(row: dict, target: str) -> str:
    """A chance with its interval: '82 % (46–85)'."""
    low, high = (number(100 * row[f"{target}_{end}"]) for end in ("low", "high"))
    return f"{percent(row[target], 0)} ({low}–{high})"


def papers_said(row: dict) -> str:
    """The documents that lack and those of which nothing is known, by name."""
    if not row["proposed"]:
        return say("ahead.papers_no_table")
    told = [
        say(f"ahead.papers_{kind}", names=", ".join(label("documents", name) for name in row[column]))
        for kind, column in (("lacking", "lacking"), ("unknown", "unknown_papers"))
        if row[column]
    ]
    return "; ".join(told) or say("ahead.papers_none")


def score_said(score: Score) -> Iterator[str]:
    if score.verdict != "none":
        figures = {name: number(getattr(score, name), 4) for name in ("brier", "base", "low", "high")}
        yield say("ahead.score", **figures, n=number(score.n), unknown=number(score.unknown))
    yield say(f"ahead.verdict.{score.verdict}")


def reliability(found: Ahead, target: str) -> pd.DataFrame:
    """``Ahead.reliability`` for people; an empty range is left out."""
    rows = found.reliability(target)
    return pd.DataFrame([{
        "bin": f"{number(100 * row['low'])}–{percent(row['high'], 0)}", "n": row["n"], "k": row["k"],
        "forecast": percent(row["forecast"]), "share": percent(row["share"]),
        "interval": f"{percent(row['share_low'])} – {percent(row['share_high'])}",
    } for row in rows[rows["n"] > 0].to_dict("records")])  # fmt: skip


def drawn(part: str | Listed) -> Html:
    """A sentence or a table as HTML."""
    return paragraph(part) if isinstance(part, str) else table(part.frame, part.caption, heads=heads(part.frame))


def heads(frame: pd.DataFrame) -> dict[str, str]:
    return {name: say(f"ahead.columns.{name}") for name in frame}


def text(frame: pd.DataFrame) -> str:
    """A table as text; texts of planners short, on one line each."""
    short = frame.apply(
        lambda c: c.map(lambda v: cut(v, 200 if c.name == "papers" else 40) if isinstance(v, str) else v)
    )
    return short.rename(columns=heads(frame)).to_string(index=False)
