"""Where the money goes beside where the need is, and why a region gets nothing.

Need is measured by the people in poverty (``miskin_ribu``) of autonomous regions: our choice, and said on every page.
"""

import math
from functools import partial

import pandas as pd

from planner.base.messages import say
from planner.base.units import number, percent, signed
from planner.model.options import Options
from planner.views import tables
from planner.views.html import Html, cut, paragraph, safe, table
from planner.views.scene import Scene

GROUPS = {"nasional": ("pulau", "provinsi"), "pulau": ("provinsi",)}  # kind of wilayah: what it is divided into
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
    return Html(opening + "".join(parts))


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
    """One heading with its table."""
    return heading(say(f"views.by_{by}")) + table(shown(beside(scene, by)), say(f"views.captions.totals_{by}"))


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


def shares_by_island(scene: Scene) -> pd.DataFrame:
    return shares_by(scene, "pulau")


def shares_by(scene: Scene, by: str) -> pd.DataFrame:
    """``beside`` by island group or province with ``share_sentra`` (0-1): of the sentra counted in autonomous regions.

    Missing where the plan's tables are not at hand: nobody then says how many sentra there are.
    """
    rows = beside(scene, by)
    if scene.source is None:
        return rows.assign(share_sentra=math.nan)
    own = scene.here[scene.here["otonom"] == "ya"].merge(scene.source.evidence[["kode", "sentra"]], on="kode")
    return rows.assign(share_sentra=part(rows["key"].map(own.groupby(by)["sentra"].sum())))


def part(amounts: pd.Series) -> pd.Series:
    """Each as a share of all; 0 where all is nothing."""
    amounts = amounts.fillna(0).astype("float64")
    return amounts / (amounts.sum() or 1)


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


def all_names(names: pd.Series) -> str:
    """All names; 'Kabupaten' is left out and 'Kota' kept."""
    return ", ".join(cut(name.removeprefix("Kabupaten "), 60) for name in names)
