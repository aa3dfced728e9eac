"""Where the money goes beside where the need is, and why a region gets nothing.

Need is measured by the people in poverty (``miskin_ribu``) of autonomous regions: our choice, and said on every page.
"""

import math
from functools import partial

import pandas as pd

from planner.answers.register import ratios
from planner.base.messages import label, say
from planner.base.units import number, percent, signed
from planner.model.options import Options
from planner.views import tables
from planner.views.html import Html, cut, paragraph, safe, table
from planner.views.maps import BLUE, INK
from planner.views.scene import Scene

GROUPS = {"nasional": ("pulau", "provinsi"), "pulau": ("provinsi",)}  # kind of wilayah: what it is divided into
ROW, WIDEST = 58, 72  # height of a row of the chart in px; its longest bar in percent of the width
NEED = {"share_poor": "miskin_ribu", "share_people": "penduduk"}


def totals(scene: Scene) -> Html | None:
    """Shares of money, winners and need by island group, province, menu and kind; who gets nothing, and why."""
    if not scene.candidates:
        return None
    opening = Html(standing(scene) + paragraph(measure(scene), "note"))
    if scene.wilayah.kind == "kabupaten":
        return opening
    groups = GROUPS.get(scene.wilayah.kind, ())
    parts = [part_of(scene, by) for by in (*groups, *(() if scene.funded.empty else ("menu", "jenis")))]
    return Html(opening + "".join(parts) + "".join(nothing(scene, by) for by in groups))


def standing(scene: Scene) -> Html:
    """A smaller wilayah's share of the country's money, winners, poor and people, in one sentence."""
    if scene.national:
        return Html("")
    money, winners = scene.funded["amount_rp"].sum(), len(scene.funded)
    parts = {
        "money": money / max(scene.plan.spent_rp, 1), "winners": winners / max(len(scene.plan.funded), 1),
        "poor": share_of(scene, "miskin_ribu"), "people": share_of(scene, "penduduk"),
    }  # fmt: skip
    shares = {name: percent(value) for name, value in parts.items()}
    return paragraph(say("views.standing", nama=cut(scene.wilayah.nama, 60), **shares))


def share_of(scene: Scene, column: str) -> float:
    """The wilayah's share (0-1) of a column over all autonomous regions; what is unknown adds nothing."""
    whole = scene.kabupaten[scene.kabupaten["otonom"] == "ya"]
    return whole.loc[whole["kode"].isin(scene.wilayah.members), column].sum() / max(whole[column].sum(), 1)


def measure(scene: Scene) -> str:
    """What need means here, its year, and how many regions have no value."""
    own = scene.here[scene.here["otonom"] == "ya"]
    year = tables.reference("sumber").query("tabel == 'kabupaten.csv' and kolom == 'miskin_ribu'")["tahun"].iat[0]
    unknown = number(int(own["miskin_ribu"].isna().sum()))
    return say("views.need", year=tables.year(year), unknown=unknown, of=number(len(own)))


def part_of(scene: Scene, by: str) -> str:
    """One heading with its table, and the chart where it stands first."""
    frame = beside(scene, by)
    drawn = bars(frame, by) if by == GROUPS.get(scene.wilayah.kind, ("",))[0] and not scene.funded.empty else ""
    return heading(say(f"views.by_{by}")) + drawn + table(shown(frame), say(f"views.captions.totals_{by}"))


def shown(frame: pd.DataFrame) -> pd.DataFrame:
    """``beside`` for people: a menu by its name, points with their sign."""
    if "difference_points" not in frame:
        return frame.drop(columns="region").rename(columns={"key": "menu"})
    return frame.drop(columns="key").assign(difference_points=[points(d) for d in frame["difference_points"]])


def heading(text: str) -> str:
    return f"<h3>{safe(text)}</h3>"


def points(difference: float) -> str:
    """Percentage points with their sign."""
    return signed(difference, partial(number, digits=1))


def beside(scene: Scene, by: str) -> pd.DataFrame:
    """Per group of the wilayah its share (0-1) of money, winners, poor and people; groups with nothing are in it.

    Columns: ``key, region, share_winners, amount_rp, share_money``; but for a menu, which has no people, also ``calon``
    (autonomous regions), winners by menu, ``share_poor, share_people`` and ``difference_points`` (money less poor, in
    percentage points). Shares of a wilayah with no money are 0.
    """
    rows = tables.totals(scene, by)
    own = scene.here[scene.here["otonom"] == "ya"]
    need = {name: own.groupby(by)[column].sum() for name, column in NEED.items()} if by != "menu" else {}
    kept = [c for c in ("key", "region", "calon", "pembangunan", "revitalisasi") if c in rows]
    frame = rows[kept].assign(
        share_winners=part(rows["usulan"]), amount_rp=rows["amount_rp"], share_money=part(rows["amount_rp"]),
        **{name: part(rows["key"].map(sums)) for name, sums in need.items()},
    )  # fmt: skip
    return frame.assign(difference_points=(frame["share_money"] - frame["share_poor"]) * 100) if need else frame


def part(amounts: pd.Series) -> pd.Series:
    """Each as a share of all; 0 where all is nothing."""
    amounts = amounts.fillna(0).astype("float64")
    return amounts / (amounts.sum() or 1)


def bars(frame: pd.DataFrame, by: str) -> Html:
    """Two bars per group, money above need; no viewBox, so that the text keeps its size on any screen."""
    title, longest = say(f"views.bars_{by}"), max(frame[["share_money", "share_poor"]].max().max(), 1e-9)
    drawn = "".join(pair(row, i * ROW, WIDEST / longest) for i, row in enumerate(frame.to_dict("records")))
    alt = f"{title} {'; '.join(pair_text(row) for row in frame.to_dict('records'))}"
    keys = "".join(
        f'<span><span class="key {kind}"></span>{safe(say(f"views.columns.share_{kind}"))}</span>'
        for kind in ("money", "poor")
    )
    picture = f'<svg width="100%" height="{ROW * len(frame)}" role="img" aria-label="{safe(alt, 2000)}">{drawn}</svg>'
    head = f'<figcaption><b>{safe(title)}</b> <span class="legend">{keys}</span></figcaption>'
    return Html(f'<figure class="bars">{head}{picture}</figure>')


def pair_text(row: dict) -> str:
    shares = {"money": percent(row["share_money"]), "poor": percent(row["share_poor"])}
    return say("views.bars_pair", nama=cut(row["region"], 40), **shares)


def pair(row: dict, top: int, scale: float) -> str:
    """The name of a group, and its bars of money and of need with their shares."""
    drawn = f'<text y="{top + 14}" font-weight="600">{safe(row["region"], 60)}</text>'
    looks = (("share_money", f'fill="{BLUE}"'), ("share_poor", f'fill="#fff" stroke="{INK}"'))
    for at, (name, look) in zip((top + 20, top + 36), looks, strict=True):
        width = row[name] * scale
        drawn += f'<rect x="1" y="{at}" width="{width:.1f}%" height="12" {look}/>'
        drawn += f'<text x="{width:.1f}%" dx="8" y="{at + 11}">{percent(row[name])}</text>'
    return drawn


def shares_table(scene: Scene) -> Html:
    """Every province's share of the money beside its need, as a table with what its columns mean."""
    frame = shares(scene)
    frame["difference_points"] = frame["difference_points"].map(points)
    note = say("views.shares_note_modelled" if scene.plan.modelled else "views.shares_note")
    return Html(table(frame, say("views.captions.shares")) + paragraph(note, "note"))


def shares(scene: Scene) -> pd.DataFrame:
    """``beside`` by province with ``share_ikm`` (0-1): of the IKM that all usulan would serve.

    Most over its need first; provinces without an autonomous region are left out. ``share_ikm`` is missing where no
    usulan tells its IKM.
    """
    rows = beside(scene, "provinsi").query("calon > 0").assign(share_ikm=math.nan)
    if scene.options is not None:
        ikm = rows["region"].map(ikm_by_province(scene.options, scene.kabupaten)).fillna(0)
        rows["share_ikm"] = ikm / (ikm.sum() or math.nan)
    rows = rows[["region", "amount_rp", "share_money", "share_poor", "share_ikm", "difference_points"]]
    return rows.sort_values(["difference_points", "region"], ascending=[False, True], ignore_index=True)


def ikm_by_province(options: Options, kabupaten: pd.DataFrame) -> pd.Series:
    """IKM of the largest usulan of each kabupaten, added up by province."""
    largest = options.table.groupby("kode")["ikm"].max().astype("float64")
    return largest.groupby(largest.index.map(kabupaten.set_index("kode")["provinsi"])).sum()


def nothing(scene: Scene, by: str) -> str:
    """Every group that gets nothing, named with the causes of its usulan; nothing where all get something."""
    frame = left_out(scene, by)
    if frame.empty:
        return ""
    caption = say(f"views.captions.nothing_{by}", count=number(int(frame["share_poor"].notna().sum())))
    return heading(say(f"views.nothing_{by}")) + table(frame, caption) + paragraph(say("views.cause_note"), "note")


def left_out(scene: Scene, by: str) -> pd.DataFrame:
    """Per group with no winner: ``region``, ``share_poor`` (0-1, missing where not autonomous), ``cause``, ``nearest``.

    ``cause`` counts every usulan of the group by what keeps it out, most frequent first: it blames a rule only where
    the rule holds them.
    """
    rows = beside(scene, by).merge(tables.totals(scene, by)[["key", "usulan"]], on="key")
    rows = rows[rows["usulan"] == 0]
    out = dict(list(by_nearness(scene).merge(scene.kabupaten[["kode", by]], on="kode").groupby(by)))
    return pd.DataFrame([{
        "region": row["region"], "share_poor": row["share_poor"] if row["calon"] else None,
        **told(scene, out.get(row["key"]), row["calon"]),
    } for row in rows.to_dict("records")])  # fmt: skip


def by_nearness(scene: Scene) -> pd.DataFrame:
    """``tables.with_blame``, most of the first goal per Rp 1 miliar first; without tables, the lightest cause."""
    ratio = dict(ratios(scene.plan, scene.options)[["usulan_id", "ratio"]].values) if scene.options else {}
    rows = tables.with_blame(scene)
    rows = rows.assign(ratio=rows["usulan_id"].map(ratio).astype("float64"), rank=rows["kind"].map(scene.RANK))
    return rows.sort_values(["ratio", "rank", "usulan_id"], ascending=[False, True, True])


def told(scene: Scene, mine: pd.DataFrame | None, candidates: int) -> dict[str, str]:
    """The causes of a group's usulan in words, and its nearest usulan with what keeps that one out."""
    if mine is None:
        return {"cause": say("views.kinds.none") if candidates else say("views.not_autonomous"), "nearest": "–"}
    counts, best = mine["blame"].value_counts(), mine.iloc[0]
    causes = [say("views.cause", cause=cause, count=number(n), of=number(len(mine))) for cause, n in counts.items()]
    menu = scene.menus.get(best["usulan_id"])
    name = cut(scene.names[best["kode"]], 60) + (f" ({label('menu', menu)})" if menu else "")
    return {"cause": "; ".join(causes), "nearest": say("views.cause_nearest", nama=name, cause=best["blame"])}


def everyone_out(scene: Scene) -> pd.DataFrame:
    """Every autonomous kabupaten/kota without a winner, by province and by what keeps out its nearest usulan.

    Columns: ``provinsi``, ``cause``, ``kabupaten`` (how many), ``names``.
    """
    own = scene.here[(scene.here["otonom"] == "ya") & ~scene.here["kode"].isin(scene.plan.funded["kode"])]
    rows = own.assign(cause=own["kode"].map(tables.causes(scene)))
    grouped = rows.sort_values("kode").groupby(["kode_provinsi", "provinsi", "cause"], sort=True)["nama"]
    return pd.DataFrame([
        {"provinsi": provinsi, "cause": cause, "kabupaten": len(names), "names": all_names(names)}
        for (_, provinsi, cause), names in grouped
    ])  # fmt: skip


def all_names(names: pd.Series) -> Html:
    """All names in one cell, uncut; 'Kabupaten' is left out and 'Kota' kept."""
    return Html(", ".join(safe(name.removeprefix("Kabupaten "), 60) for name in names))
