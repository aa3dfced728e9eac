"""What a plan does for whom, at a glance while it is changed: island groups, IKM, provinces left out, one mark before.

The lengths of the island groups are on one scale; those of IKM and provinces are parts of all there are.
"""

from dataclasses import dataclass

import pandas as pd

from planner.base.messages import say
from planner.base.units import number, percent
from planner.model.candidates import Candidates
from planner.plan.plan import Plan
from planner.views import need, tables
from planner.views.charts import Bar, Row, bar_chart
from planner.views.equity import MARKED, known, scale_of, told
from planner.views.html import Html, cut
from planner.views.scene import Scene


@dataclass(frozen=True)
class Served:
    """The IKM behind a plan's winners, and how many winners do not tell theirs."""

    ikm: int
    unknown: int

    def sentence(self) -> str:
        said = say("live.ikm", ikm=number(self.ikm))
        return f"{said} {say('live.ikm_unknown', count=number(self.unknown))}" if self.unknown else said


def count_served(plan: Plan, usulan: pd.DataFrame) -> Served:
    """Who stands behind a plan's winners, as ``usulan`` tell it."""
    ikm = plan.funded["usulan_id"].map(usulan.drop_duplicates("usulan_id").set_index("usulan_id")["ikm"])
    return Served(int(ikm.fillna(0).sum()), int(ikm.isna().sum()))


def live_bars(scene: Scene, kept: Plan | None = None) -> Html:
    """The bars of a national scene, ``kept``'s money and counts as a mark on each."""
    other = None if kept is None else scene.of(kept)
    now, before = need.shares_by_island(scene), None if other is None else need.shares_by_island(other)
    longest = max(scale_of(one, MARKED) for one in (now, before) if one is not None)
    marks = [None] * len(now) if before is None else before["share_money"].tolist()
    rows = [island_row(one, longest, mark) for one, mark in zip(now.to_dict("records"), marks, strict=True)]
    rows += [row for row in (ikm_row(scene, kept), province_row(scene, other)) if row]
    keys = [(kind, say(f"equity.keys.{kind}")) for kind in MARKED]
    return bar_chart(say("live.title"), rows, "groups live", [*keys, *([("kept", say("live.kept"))] if kept else [])])


def island_row(one: dict, longest: float, kept: float | None) -> Row:
    """An island group's share of the money above its shares of need."""
    bars = tuple(Bar(kind, share / longest, told(kind, share)) for kind, share in known(one, MARKED).items())
    return row_with_mark(one["region"], bars, kept, longest)


def row_with_mark(name: str, bars: tuple[Bar, ...], kept: float | None, longest: float = 1) -> Row:
    """A row that says in words what it draws, the mark of the kept plan too."""
    alt = f"{cut(name, 40)}: {', '.join(bar.text for bar in bars)}"
    if kept is None:
        return Row(name, alt, bars)
    return Row(name, f"{alt}; {say('live.kept')}: {percent(kept)}", bars, marks=(Bar("kept", kept / longest),))


def ikm_row(scene: Scene, kept: Plan | None) -> Row | None:
    """The IKM served of those that all usulan would serve; None without the tables, or where no usulan tells any."""
    if scene.source is None:
        return None
    usulan, whole = scene.source.usulan, servable(scene.source)
    own, other = count_served(scene.plan, usulan), None if kept is None else count_served(kept, usulan)
    bars = (Bar("people", own.ikm / (whole or 1), own.sentence()),)
    return row_with_mark(say("live.served"), bars, None if other is None else other.ikm / whole) if whole else None


def servable(source: Candidates) -> int:
    """The IKM behind all usulan; of a modelled kabupaten, that can win with one menu only, those behind the larger."""
    ikm = source.usulan.groupby("kode")["ikm"]
    return int((ikm.max() if source.modelled else ikm.sum()).sum())


def province_row(scene: Scene, kept: Scene | None) -> Row:
    """The provinces with an autonomous region and no winner."""
    none, of = without_winner(scene)
    text = say("live.left_out", count=number(none), of=number(of))
    mark = None if kept is None else without_winner(kept)[0] / max(of, 1)
    return row_with_mark(say("live.provinces"), (Bar("people", none / max(of, 1), text),), mark)


def without_winner(scene: Scene) -> tuple[int, int]:
    """How many provinces have no winner, and how many may have one."""
    rows = tables.totals(scene, "provinsi").query("calon > 0")
    return int((rows["usulan"] == 0).sum()), len(rows)
