"""``plan.xlsx``: a plan as a workbook of tables, one sheet per question."""

from collections.abc import Iterable, Sequence
from typing import SupportsInt

import pandas as pd

from planner.answers.outcomes import line_outcomes
from planner.base.messages import label, language, say
from planner.base.units import MICRO
from planner.paper.workbooks.style import table, written
from planner.views import limits, tables, text
from planner.views.reserve import reserve_table
from planner.views.scene import Scene

PAGE_WIDTH = 198  # characters across a page that can be read on A4: wider tables get narrower columns
WIDTHS = {
    "hal": 26, "angka": 20, "keterangan": 110, "kode": 7, "kabupaten": 24, "provinsi": 20, "usulan_id": 18,
    "usulan": 36, "menu": 13, "ta": 7, "dokumen": 28, "status": 16, "paling_lambat": 13, "catatan": 60,
    "reason": 70, "kind": 20, "uraian": 36, "komponen": 18, "satuan": 10, "volume": 12, "volume_disetujui": 12,
    "rincian_id": 10, "rule": 60, "law": 44, "tightest": 40, "sumber": 56, "definisi": 46, "kelemahan": 46,
    "sha256": 70, "name": 16, "rows": 10, "nama": 26, "region": 26, "field": 28, "note": 20,
    "amount_rp": 18, "diusulkan_rp": 18, "harga_satuan_rp": 17,
}  # fmt: skip
YEARS = ("ta", "tahun")  # shown without a thousands separator
MICROS = ("score", "chance", "benefit")
DOUBT = ("sure", "draws", "draws_menu")


def plan_book(scene: Scene) -> bytes:
    """The workbook of a national scene in the current language; the same plan gives the same bytes."""
    return book(sheets(scene), f"{scene.plan.scenario.name} {scene.plan.fingerprint[:12]}")


def book(frames: dict[str, pd.DataFrame], title: str) -> bytes:
    """A workbook with one sheet per frame."""

    def fill(workbook, styles):
        for name, frame in frames.items():
            table(workbook, styles, name, columns_of(frame), rows_of(frame))

    return written(fill, title)


def columns_of(frame: pd.DataFrame) -> dict[str, float]:
    """The headers of a frame and their widths in characters, together not wider than a page."""
    widths = {say(f"lists.columns.{c}"): WIDTHS.get(c, 13) for c in frame}
    scale = min(1.0, PAGE_WIDTH / sum(widths.values()))
    return {header: round(width * scale, 1) for header, width in widths.items()}


def rows_of(frame: pd.DataFrame) -> Iterable[Sequence[object]]:
    """The cells of a frame as they are written: years as text, menus, states and documents by their names."""
    shown = frame.assign(**{c: [as_cell(c, value) for value in frame[c]] for c in frame})
    return shown.itertuples(index=False, name=None)


def as_cell(column: str, value: object) -> object:
    """One value as a cell: a number, text, or None where it is not known."""
    if value is None or pd.isna(value):
        return None
    if column in YEARS:
        return str(value)
    if column in MICROS and isinstance(value, SupportsInt):
        return int(value) / MICRO
    group = {"menu": "menu", "dokumen": "documents", "status": "states"}.get(column)
    return label(group, str(value)) if group else value


def sheets(scene: Scene) -> dict[str, pd.DataFrame]:
    """The sheets by name, in order."""
    own = "modelled" if scene.plan.modelled else "usulan"
    found = {
        "summary": summary(scene), f"funded_{own}": funded_rows(scene), f"not_funded_{own}": not_funded_rows(scene),
        "reserve": reserve_table(scene).rename(columns={"nama": "kabupaten", "cause": "reason"}),
        "lines": lines(scene), **{by: totals(scene, by) for by in ("provinsi", "pulau", "menu")},
        "rules": limits.rules(scene), "inputs": pd.DataFrame(scene.plan["inputs"])[["name", "rows", "sha256"]],
        "assumptions": assumptions(scene), "sources": tables.sources(scene),
    }  # fmt: skip
    return {say(f"lists.sheets.{name}"): frame for name, frame in found.items() if len(frame.columns)}


def summary(scene: Scene) -> pd.DataFrame:
    """What the plan is, what was proven, how much and how many, and what to know before reading on."""
    plan = scene.plan
    usulan = len(plan.funded) + len(plan.not_funded)
    unit = say("lists.unit_rp")

    def fact(key: str, number: int | None = None, words: str = "") -> tuple[str, int | None, str]:
        return say(f"lists.facts.{key}"), number, words

    records = [
        fact("scenario", words=plan.scenario.name), fact("stamp", words=text.stamp(scene)),
        fact("headline", words=text.headline(scene)), fact("proof", words=text.status_line(scene)),
        fact("pagu", plan.pagu_rp, unit), fact("spent", plan.spent_rp, unit),
        fact("left", plan.pagu_rp - plan.spent_rp, unit), fact("usulan", usulan),
        *((part, count, "") for part, count in tables.parts(scene).values),
        fact("kabupaten", plan.funded["kode"].nunique()),
        *(fact("warning", words=warning) for warning in text.warnings(scene)),
        fact("fingerprint", words=plan.fingerprint), fact("data", words=text.data_date(scene)),
        fact("made", words=f"planner {plan['planner']}, {plan['solver']['name']} {plan['solver']['version']}"),
    ]  # fmt: skip
    return pd.DataFrame(records, columns=["hal", "angka", "keterangan"]).astype("object")


def with_names(scene: Scene, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the names of their kabupaten, province and usulan (where the tables are at hand)."""
    places = scene.kabupaten[["kode", "nama", "provinsi"]].rename(columns={"nama": "kabupaten"})
    found = rows.drop(columns=["provinsi", "nama"], errors="ignore").merge(places, on="kode", how="left")
    if scene.source is None or scene.plan.modelled:
        return found.assign(usulan=None)
    own = scene.source.usulan[["usulan_id", "nama"]].rename(columns={"nama": "usulan"})
    return found.merge(own, on="usulan_id", how="left")


def funded_rows(scene: Scene) -> pd.DataFrame:
    wanted = ["kode", "kabupaten", "provinsi", "usulan_id", "usulan", "menu", "ta", "amount_rp", *MICROS]
    rows = with_names(scene, scene.funded)
    wanted += DOUBT if scene.robust else []
    if scene.outcomes:
        rows["penilaian"] = [label("outcomes", scene.outcomes[name]) for name in rows["usulan_id"]]
        marks = [", ".join(say(f"views.marks.{mark}") for mark in scene.marks(name)) for name in rows["usulan_id"]]
        rows, wanted = rows.assign(tidak_diketahui=marks), [*wanted, "penilaian", "tidak_diketahui"]
    return kept(scene, rows.assign(**doubt(scene, rows)), wanted)


def doubt(scene: Scene, rows: pd.DataFrame) -> dict[str, list]:
    """How sure each row's kabupaten is, and the percent of the draws that fund it, and fund it with that menu."""
    if scene.robust is None:
        return {}
    done, times = scene.robust["done"], scene.times
    keys = list(zip(rows["kode"], rows["menu"], strict=True))
    return {
        "sure": [say(f"robust.classes.{scene.mark(kode)}") for kode, _ in keys],
        "draws": [100 * times.get(kode, 0) / done for kode, _ in keys],
        "draws_menu": [100 * times.get(f"{kode} {menu}", 0) / done for kode, menu in keys],
    }


def not_funded_rows(scene: Scene) -> pd.DataFrame:
    rows = with_names(scene, scene.not_funded)
    rows["reason"] = [reason[language()] for reason in rows["reason"]]
    rows["kind"] = [scene.why(kind) for kind in rows["kind"]]
    return kept(scene, rows, ["kode", "kabupaten", "provinsi", "usulan_id", "usulan", "kind", "reason"])


def kept(scene: Scene, rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """These columns in key order; a modelled candidate has no name of its own."""
    return rows.sort_values(["kode", "usulan_id"])[[c for c in columns if c != "usulan" or not scene.plan.modelled]]


def lines(scene: Scene) -> pd.DataFrame:
    """The lines of the funded usulan: volume asked for, volume agreed to, money."""
    if scene.source is None:
        return pd.DataFrame()
    rows = line_outcomes(scene.plan, scene.source)
    rows["penilaian"] = [label("outcomes", name) for name in rows["penilaian"]]
    return rows[rows["usulan_id"].isin(scene.plan.funded["usulan_id"])]


def totals(scene: Scene, by: str) -> pd.DataFrame:
    """``views.tables.totals`` with the share in percent and a name of its own for the count of usulan."""
    frame = (
        tables.totals(scene, by).drop(columns=["key", "calon"], errors="ignore").rename(columns={"usulan": "jumlah"})
    )
    return frame.assign(share=frame["share"] * 100)


def assumptions(scene: Scene) -> pd.DataFrame:
    """Every assumption with the value in force: the scenario's, else the table's."""
    table, own = tables.reference("asumsi"), scene.plan["scenario"]["assumptions"]
    stated = [name for name in own if name not in set(table["nama"])]  # a factor of one commodity and island group
    table = table.reindex([*table.index, *range(len(table), len(table) + len(stated))], fill_value="")
    table.loc[table["nama"] == "", "nama"] = stated
    values = [float(own.get(name, value)) for name, value in zip(table["nama"], table["nilai"], strict=True)]
    origin = [say("lists.from_scenario") if name in own else "" for name in table["nama"]]
    return table.assign(value=values, note=origin).rename(columns={"keterangan": "catatan"})[
        ["nama", "value", "satuan", "note", "sumber", "catatan"]
    ]
