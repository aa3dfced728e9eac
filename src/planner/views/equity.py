"""Does the money follow the need? Shares of money beside shares of people, of the poor and of sentra, as bars."""

import math
from collections.abc import Iterator

import pandas as pd

from planner.base.messages import say
from planner.base.units import number, percent, rupiah
from planner.views import need
from planner.views.charts import Bar, Row, bar_chart
from planner.views.html import Html, cut, paragraph
from planner.views.scene import Scene
from planner.views.section import section

SHARES = ("money", "poor", "sentra", "people")  # of an island group, a bar each
MARKED = ("money", "poor", "sentra")  # of a province: a bar, and marks across it


@section("equity", open_for=("all",))
def equity(scene: Scene) -> Html | None:
    """Four bars for each island group of the country; None for a smaller wilayah, or where no money is given."""
    if not scene.national or scene.funded.empty:
        return None
    frame = need.shares_by_island(scene)
    longest = scale_of(frame, SHARES)
    drawn = bar_chart(say("equity.islands"), [island(one, longest) for one in frame.to_dict("records")], "groups")
    return Html(paragraph(answer(scene)) + drawn)


def answer(scene: Scene) -> str:
    """Which island group lacks and exceeds most against its poor, and what the groups hide: their provinces."""
    groups = need.beside(scene, "pulau").query("calon > 0").sort_values("difference_points", kind="stable")
    provinces = need.beside(scene, "provinsi").query("calon > 0")
    without, most = provinces[provinces["amount_rp"] == 0], provinces.nlargest(1, "amount_rp").iloc[0]
    parts = [say("equity.between", under=beside(groups.iloc[0]), over=beside(groups.iloc[-1]))]
    if len(without):
        share = percent(without["share_poor"].sum())
        parts.append(say("equity.without", count=number(len(without)), share=share))
    if partly := "; ".join(reached(scene, provinces)):
        parts.append(say("equity.partly", groups=partly))
    return " ".join([*parts, say("equity.most", most=beside(most))])


def beside(row: pd.Series) -> str:
    """'Jawa (27,7 % dana, 51,6 % penduduk miskin)'."""
    shares = ", ".join(told(kind, row[f"share_{kind}"]) for kind in ("money", "poor"))
    return f"{cut(row['region'], 60)} ({shares})"


def reached(scene: Scene, provinces: pd.DataFrame) -> Iterator[str]:
    """Each island group with money in at most half of its provinces, and the names of these."""
    group = scene.here.drop_duplicates("provinsi").set_index("provinsi")["pulau"]
    for name, rows in provinces.groupby(provinces["key"].map(group), sort=False):
        paid = [cut(one, 60) for one in rows.loc[rows["amount_rp"] > 0, "region"]]
        if 0 < len(paid) <= len(rows) / 2:
            said = {"count": number(len(paid)), "of": number(len(rows)), "names": ", ".join(paid)}
            yield say("equity.group", group=cut(name, 60), **said)


def provinces(scene: Scene) -> Html | None:
    """The money of each province of the country or an island group, most first, marked with its shares of need."""
    if scene.wilayah.kind not in ("nasional", "pulau") or scene.funded.empty:
        return None
    frame = need.shares_by(scene, "provinsi").query("calon > 0")
    frame = frame.sort_values(["amount_rp", "share_poor"], ascending=False)
    longest = scale_of(frame, MARKED)
    drawn = [province(one, longest) for one in frame.to_dict("records")]
    keys = [(kind, say(f"equity.keys.{kind}")) for kind in MARKED]
    return bar_chart(
        say("equity.provinces", count=number(int((frame["amount_rp"] > 0).sum())), of=number(len(frame))),
        drawn,
        "provinces",
        keys,
    )


def province(one: dict, longest: float) -> Row:
    shares = known(one, MARKED)
    amount = rupiah(one["amount_rp"]) if one["amount_rp"] else say("equity.none")
    alt = ", ".join([amount, *(told(kind, share) for kind, share in shares.items())])
    bars = [Bar(kind, share / longest) for kind, share in shares.items()]
    return Row(one["region"], f"{cut(one['region'], 40)}: {alt}", (bars[0],), amount, tuple(bars[1:]))


def island(one: dict, longest: float) -> Row:
    shares = known(one, SHARES)
    bars = tuple(Bar(kind, share / longest, told(kind, share)) for kind, share in shares.items())
    return Row(one["region"], f"{cut(one['region'], 40)}: {', '.join(bar.text for bar in bars)}", bars)


def known(one: dict, kinds: tuple[str, ...]) -> dict[str, float]:
    """The shares of a group without those that nobody knows."""
    return {kind: share for kind in kinds if not math.isnan(share := one[f"share_{kind}"])}


def told(kind: str, share: float) -> str:
    return say(f"equity.{kind}", share=percent(share))


def scale_of(frame: pd.DataFrame, kinds: tuple[str, ...]) -> float:
    """The longest of these shares: all bars of a picture are on one scale."""
    return max(frame[[f"share_{kind}" for kind in kinds]].max().max(), 1e-9)
