"""What is known of earlier DAK for IKM: press cases of a wilayah, the national series, and what a plan expects."""

from collections.abc import Iterator

import pandas as pd

from planner.base.messages import label, say
from planner.base.units import MICRO, number, percent, rupiah, rupiah_full
from planner.model.options import Options
from planner.tables.schemas import MENUS
from planner.views.charts import Bar, Row, bar_chart
from planner.views.html import Html, cut, paragraph, table
from planner.views.scene import Scene
from planner.views.section import section
from planner.views.tables import reference

YEARS = range(2016, 2026)  # of the national series: from the first budget that was read to the last that is not known
TOGETHER = "2016-2019"  # years that a source tells of as one
FIELD, REVIVAL, ALL = "bidang IKM", "revitalisasi", "semua DAK Fisik"  # what a row of program.csv covers
JAVA, RUNNING = "Jawa", "berjalan"


def told_of(scene: Scene) -> str:
    """How many cases the press tells of here, or in the whole country."""
    return say("report.brief.cases", count=extent()["cases"] if scene.national else number(len(cases(scene))))


@section("history", told_of)
def history(scene: Scene) -> Html:
    """Press cases of the wilayah; for the country the series of budgets, recipients and absorption, and the plan's."""
    if scene.national:
        return Html(counted() + series_chart() + series_table() + beside_plan(scene))
    frame, nama = cases(scene), cut(scene.wilayah.nama, 60)
    if frame.empty:
        return paragraph(say("history.none_known", nama=nama, **extent()))
    caption = say("history.cases", nama=nama, count=number(len(frame)))
    return Html(table(frame, caption, heads=heads(frame)) + paragraph(say("history.press_note"), "note"))


def extent() -> dict[str, str]:
    rows = reference("kasus")
    return {"cases": number(len(rows)), "regions": number(rows["kode"].nunique())}


def counted() -> Html:
    """How many cases there are in all: each stands in the report of its region."""
    return paragraph(say("history.national", **extent()))


def cases(scene: Scene) -> pd.DataFrame:
    """The rows of ``kasus.csv`` of the wilayah, oldest first, what is not known said so; texts for people."""
    rows = reference("kasus")
    rows = rows[rows["kode"].isin(scene.wilayah.members)].sort_values(["kode", "ta", "kasus_id"])
    unknown = say("words.not_known")
    said = pd.DataFrame({
        "nama": rows["nama"], "ta": rows["ta"].replace("", unknown),
        "given": [given(*pair) for pair in zip(rows["jumlah_rp"], rows["jenis_jumlah"], strict=True)],
        "menu_name": [label("menu", menu) if menu else unknown for menu in rows["menu"]],
        "komoditas": rows["komoditas"], "hasil": rows["hasil"].replace("", unknown),
        "sumber": [f"{name} ({mark(sign)})" for name, sign in zip(rows["sumber"], rows["tanda"], strict=True)],
        "remark": rows["catatan"],
    })  # fmt: skip
    return said.drop(columns="nama") if scene.wilayah.kind == "kabupaten" else said


def given(amount_rp: str, kind: str) -> str:
    """An amount and what kind of amount it is; both as the table has them."""
    return f"{rupiah_full(int(amount_rp))}, {say(f'history.kinds.{kind}')}" if amount_rp else say("words.not_known")


def heads(frame: pd.DataFrame) -> dict[str, str]:
    return {name: say(f"history.columns.{name}") for name in frame if name not in ("nama", "ta", "sumber")}


def mark(name: str) -> str:
    return label("calendar_marks", name)


# -- the national series -----------------------------------------------------------------------------------------------


def known(what: str, year: int | str, cover: str) -> dict | None:
    """The row of ``program.csv`` that tells ``what`` of a year and a cover; None where nothing is printed."""
    rows = reference("program").query("butir == @what and tahun == @year and cakupan == @cover", local_dict={
        "what": what, "year": str(year), "cover": cover,
    })  # fmt: skip
    found = [row for row in rows.to_dict("records") if row["nilai"] or row["nilai_rp"]]
    return found[0] if found else None


def told(row: dict | None, cover: str = "") -> str:
    """A value with its mark, and what it covers where that is not the grant itself; what is not known says so."""
    if row is None:
        return say("words.not_known")
    value = rupiah(int(row["nilai_rp"])) if row["nilai_rp"] else plain_value(row)
    return f"{value} ({', '.join(filter(None, [cover, mark(row['tanda'])]))})"


def plain_value(row: dict) -> str:
    return percent(float(row["nilai"]) / 100, 2) if row["satuan"] == "persen" else number(int(row["nilai"]))


def series() -> pd.DataFrame:
    """``tahun, budget, recipients, absorbed, revival, revived, sumber`` of each of ``YEARS``, as texts with marks."""
    records = []
    for year in YEARS:
        own = [known(what, year, FIELD) for what in ("pagu", "daerah", "serapan")]
        revival = [known(what, year, REVIVAL) for what in ("pagu", "daerah")]
        other = None if own[2] else known("serapan", year, ALL)
        absorbed = told(other, say("history.all_physical")) if other else told(own[2])
        names = dict.fromkeys(row["sumber"] for row in [*own, *revival, other] if row)
        texts = [told(own[0]), told(own[1]), absorbed, told(revival[0]), told(revival[1])]
        records.append([str(year), *texts, "; ".join(names) or "–"])
    columns = ["tahun", "budget", "recipients", "absorbed", "revival", "revived", "sumber"]
    return pd.DataFrame(records, columns=columns)


def series_table() -> Html:
    """``series`` for people."""
    frame, own = series(), ("budget", "recipients", "absorbed", "revival", "revived")
    names = {name: say(f"history.columns.{name}") for name in own}
    whole = {name: told(known(what, TOGETHER, FIELD)) for name, what in (("money", "pagu"), ("regions", "daerah"))}
    return Html(
        table(frame, say("history.series"), heads=names) + paragraph(say("history.series_note", **whole), "note")
    )


def series_chart() -> Html:
    """A bar per year: the budget, or outlined the part for revitalisation where only that is known; else in words."""
    sums = {year: known("pagu", year, FIELD) or known("pagu", year, REVIVAL) for year in YEARS}
    longest = max(int(row["nilai_rp"]) for row in sums.values() if row)
    rows = [Row(str(year), f"{year}: {bar_text(row)}", bar(row, longest), bar_text(row)) for year, row in sums.items()]
    return bar_chart(say("history.chart"), rows)


def bar_text(row: dict | None) -> str:
    """What a bar is: short, for a narrow screen; a mark only where the figure was not read in its source."""
    if row is None:
        return say("words.not_known")
    doubt = "" if row["tanda"] == "CONFIRMED" else mark(row["tanda"])
    about = ", ".join(filter(None, [say("history.revival_only") if row["cakupan"] == REVIVAL else "", doubt]))
    return rupiah(int(row["nilai_rp"])) + (f" ({about})" if about else "")


def bar(row: dict | None, longest: int) -> tuple[Bar, ...]:
    """The bar of a year; none where nothing is known."""
    if row is None:
        return ()
    return (Bar("money" if row["cakupan"] == FIELD else "part", int(row["nilai_rp"]) / longest),)


# -- what the plan expects, beside it ----------------------------------------------------------------------------------


def beside_plan(scene: Scene) -> Html:
    """The plan's expected outcomes beside what 2016 to 2024 shows."""
    frame = pd.DataFrame(outcomes(scene), columns=["measure", "planned", "past"])
    shown = table(
        frame, say("history.outcomes"), heads={name: say(f"history.columns.{name}") for name in ("planned", "past")}
    )
    return Html(shown + paragraph(say("history.outcomes_note"), "note"))


def outcomes(scene: Scene) -> Iterator[tuple[str, str, str]]:
    """(measure, the plan's, what earlier years show); whatever is not known says so."""
    funded, unknown = scene.all_funded, say("words.not_known")
    measure = lambda name: say(f"history.measures.{name}")  # noqa: E731
    field = lambda what: years_told(what, FIELD)  # noqa: E731
    yield measure("recipients"), number(funded["kode"].nunique()), field("daerah")
    yield measure("money"), rupiah(scene.plan.spent_rp), field("pagu")
    shares = [f"{label('menu', menu)} {percent(share_of(funded, menu))}" for menu in MENUS]
    yield measure("menus"), ", ".join(shares), menu_past()
    islands = funded.groupby("pulau")["usulan_id"].size()
    yield measure("islands"), ", ".join(f"{name} {number(int(n))}" for name, n in islands.items()) or "–", unknown
    yield measure("ikm"), ikm_expected(scene) or unknown, unknown
    yield measure("workers"), workers(scene) or unknown, unknown
    yield measure("running"), running(scene), targets()


def years_told(what: str, cover: str) -> str:
    rows = {year: known(what, year, cover) for year in YEARS}
    return "; ".join(f"{year}: {told(row)}" for year, row in rows.items() if row) or say("words.not_known")


def share_of(funded: pd.DataFrame, menu: str) -> float:
    money = funded.groupby("menu")["amount_rp"].sum()
    return float(money.get(menu, 0) / max(money.sum(), 1))


def menu_past() -> str:
    """What construction took of the money of 2016 to 2019, as ``program.csv`` has it."""
    rows = reference("program").query("butir == 'pagu' and tahun == '2016-2019'").set_index("cakupan")
    whole, built = (int(rows.at[name, "nilai_rp"]) for name in (FIELD, "pembangunan"))
    return (
        f"2016–2019: {label('menu', 'pembangunan')} {percent(built / whole)} ({mark(rows.at['pembangunan', 'tanda'])})"
    )


def of_funded(scene: Scene, options: Options) -> pd.DataFrame:
    """The funded usulan with what their tables say: ``ikm``, ``tenaga_kerja_target``, ``pulau``; ``chance`` as 0-1."""
    asked = options.firsts.set_index("usulan_id")
    rows = scene.all_funded[["usulan_id", "kode", "pulau", "sentra_id", "chance"]]
    numbers = {
        name: pd.to_numeric(rows["usulan_id"].map(asked[name]), errors="coerce")
        for name in ("ikm", "tenaga_kerja_target")
    }
    return rows.assign(chance=rows["chance"] / MICRO, **numbers)


def ikm_expected(scene: Scene) -> str:
    """IKM that the funded usulan mean to serve, and times their chance."""
    if scene.options is None:
        return ""
    rows = of_funded(scene, scene.options)
    expected = float((rows["ikm"].fillna(0) * rows["chance"]).sum())
    counts = {
        "meant": number(int(rows["ikm"].sum())),
        "expected": number(expected),
        "none": number(unknown_of(rows, "ikm")),
    }
    return say("history.ikm_modelled" if scene.plan.modelled else "history.ikm", **counts)


def workers(scene: Scene) -> str:
    """Workers that the funded usulan aim at, as far as their tables tell; '' where none does."""
    if scene.options is None:
        return ""
    rows = of_funded(scene, scene.options)
    none = unknown_of(rows, "tenaga_kerja_target")
    if none == len(rows):
        return ""
    return say("history.workers", meant=number(int(rows["tenaga_kerja_target"].sum())), none=number(none))


def unknown_of(rows: pd.DataFrame, column: str) -> int:
    return int(rows[column].isna().sum())


def running(scene: Scene) -> str:
    """Sentra outside Java expected to operate: those known to run now, and the funded others by their chance."""
    funded = scene.all_funded[scene.all_funded["pulau"] != JAVA]
    sentra = None if scene.source is None else scene.source.sentra
    now = set() if sentra is None or sentra.empty else outside(scene, sentra[sentra["status"] == RUNNING])
    new = funded[~funded["sentra_id"].isin(now)].drop_duplicates("sentra_id")
    expected = number(float((new["chance"] / MICRO).sum()), 1)
    if sentra is None or sentra.empty:
        return say("history.running_unknown", expected=expected, count=number(len(new)))
    total = number(len(now) + float((new["chance"] / MICRO).sum()), 1)
    return say("history.running", now=number(len(now)), expected=expected, count=number(len(new)), total=total)


def outside(scene: Scene, sentra: pd.DataFrame) -> set[str]:
    """The sentra (ids) that do not lie on Java."""
    places = scene.kabupaten.loc[scene.kabupaten["pulau"] != JAVA, "kode"]
    return set(sentra.loc[sentra["kode"].isin(places), "sentra_id"])


def targets() -> str:
    """What the medium-term plans aimed at outside Java, and what was built, with their marks."""
    rows = reference("program")
    names = {"target_sentra_baru": "target_new", "target_sentra_beroperasi": "target_running", "sentra_baru": "built"}
    found = [
        say(f"history.{names[row['butir']]}", years=row["tahun"].replace("-", "–"), count=number(int(row["nilai"])))
        + f" ({mark(row['tanda'])})"
        for row in rows.to_dict("records")
        if row["butir"] in names
    ]
    return "; ".join([*found, say("history.result_unknown")])
