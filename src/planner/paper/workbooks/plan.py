"""``plan.xlsx``: a plan as a workbook of tables, one sheet per question."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import SupportsFloat, SupportsInt

import pandas as pd

from planner.answers.outcomes import line_outcomes
from planner.answers.register import Register
from planner.base.messages import label, language, say
from planner.base.units import MICRO, number
from planner.paper.workbooks.style import fit_rows, put, table, written
from planner.scenario.rules.by_hand import State
from planner.views import limits, tables, text
from planner.views.ladder import order_table
from planner.views.reserve import reserve_tables
from planner.views.scene import Scene

PAGE_WIDTH = 198  # characters across a page that can be read on A4: wider tables get narrower columns
WIDTHS = {
    "hal": 26, "angka": 20, "keterangan": 110, "kode": 7, "kabupaten": 24, "provinsi": 20, "usulan_id": 18,
    "usulan": 36, "menu": 13, "ta": 7, "dokumen": 28, "status": 16, "paling_lambat": 13, "catatan": 60,
    "reason": 70, "kind": 20, "uraian": 36, "komponen": 18, "satuan": 10, "volume": 12, "volume_disetujui": 12,
    "rincian_id": 10, "rule": 60, "law": 44, "tightest": 40, "sumber": 56, "definisi": 46, "kelemahan": 46,
    "sha256": 70, "name": 16, "rows": 10, "nama": 26, "region": 26, "field": 28, "note": 20,
    "amount_rp": 18, "diusulkan_rp": 18, "harga_satuan_rp": 17, "asked_rp": 18, "ikm": 9, "tenaga_kerja_target": 11,
    "kunci": 10, "alasan": 30, "place": 8, "tidak_diketahui": 26, "penilaian": 15,
}  # fmt: skip
YEARS = ("ta", "tahun")  # shown without a thousands separator
CHOICES = ("kunci", "alasan")  # what a planner may fill in and ``planner run --locks`` reads back
LONG_WORD = 24  # characters; a longer word, such as a fingerprint, may be broken
MICROS = ("score", "chance", "benefit")
SERVED = ("ikm", "tenaga_kerja_target")
LOSERS = ("kode", "kabupaten", "provinsi", "usulan_id", "usulan", "menu", "asked_rp", *SERVED, "kind", "reason")
STATES: tuple[State, ...] = ("in", "out")
DOUBT = ("sure", "draws", "draws_menu")


@dataclass(frozen=True)
class Page:
    """A sheet: its rows, and the columns of which a last row holds the sum as a plain number (no cell is a formula)."""

    frame: pd.DataFrame
    sums: tuple[str, ...] = ()

    def known(self) -> "Page":
        """Sums only of columns that are there."""
        return Page(self.frame, tuple(c for c in self.sums if c in self.frame))

    @property
    def looks(self) -> list[str]:
        """The style of each column that has one of its own."""
        return ["year" if c in YEARS else "choice" if c in CHOICES else "" for c in self.frame]

    @property
    def total(self) -> list[object]:
        """The last row: 'Jumlah', and what the columns add up to."""
        if not self.sums or self.frame.empty:
            return []
        lead = next(c for c in self.frame if c not in self.sums)
        sums = {c: int(self.frame[c].fillna(0).sum()) for c in self.sums}
        return [say("lists.total") if c == lead else sums.get(str(c)) for c in self.frame]


def plan_book(scene: Scene) -> bytes:
    """The workbook of a national scene in the current language; the same plan gives the same bytes."""
    return book(sheets(scene), f"{scene.plan.scenario.name} {scene.plan.fingerprint[:12]}")


def book(pages: Mapping[str, Page], title: str) -> bytes:
    """A workbook with one sheet per page."""

    def fill(workbook, styles):
        for name, page in pages.items():
            fill_sheet(workbook, styles, name, page)

    return written(fill, title)


def fill_sheet(workbook, styles, name: str, page: Page) -> None:
    """Write a page: every cell as high and wide as it needs, drop-downs where something may be chosen, the sums."""
    rows = list(rows_of(page.frame))
    columns = columns_of(page.frame, rows)
    sheet = table(workbook, styles, name, columns, rows, looks=page.looks)
    fit_rows(sheet, 0, [list(columns), *rows], list(columns.values()))
    for place, column in enumerate(page.frame):
        if column == CHOICES[0] and rows:
            sheet.data_validation(1, place, len(rows), place, choose())
    for place, value in enumerate(page.total):
        put(sheet, len(rows) + 1, place, value, styles, "sum")


def choose() -> dict:
    """The drop-down of a lock."""
    told = {"error_title": say("lists.columns.kunci"), "error_message": say("locks.choose")}
    return {"validate": "list", "source": [say(f"locks.{state}") for state in ("in", "out")], **told}


def columns_of(frame: pd.DataFrame, rows: Sequence[Sequence[object]]) -> dict[str, float]:
    """The headers of a frame and their widths in characters: about a page together, but nothing in a cell is cut."""
    widths = {say(f"lists.columns.{c}"): WIDTHS.get(c, 13) for c in frame}
    scale = min(1.0, PAGE_WIDTH / sum(widths.values()))
    needed = [max(map(longest, column), default=0) for column in zip(widths, *rows, strict=True)]
    pairs = zip(widths.items(), needed, strict=True)
    return {header: max(round(width * scale, 1), need + 2.5) for (header, width), need in pairs}


def longest(value: object) -> int:
    """The characters that must stand on one line: a number with its separators, or the longest word of a text."""
    if value is None or pd.isna(value):
        return 0
    if isinstance(value, SupportsFloat):
        return len(f"{float(value):,.2f}" if float(value) % 1 else f"{float(value):,.0f}")
    return min(max(map(len, str(value).split()), default=0), LONG_WORD)


def rows_of(frame: pd.DataFrame) -> Iterable[Sequence[object]]:
    """The cells of a frame as they are written: menus, states and documents by their names."""
    shown = frame.assign(**{c: [as_cell(c, value) for value in frame[c]] for c in frame})
    return shown.astype("object").itertuples(index=False, name=None)


def as_cell(column: str, value: object) -> object:
    """One value as a cell: a number, text, or None where it is not known."""
    if value is None or pd.isna(value):
        return None
    if column in YEARS:
        return int(str(value)) if str(value).isdigit() else str(value)
    if column in MICROS and isinstance(value, SupportsInt):
        return int(value) / MICRO
    group = {"menu": "menu", "dokumen": "documents", "status": "states"}.get(column)
    return label(group, str(value)) if group else value


def sheets(scene: Scene) -> dict[str, Page]:
    """The sheets by name, in order."""
    own = "modelled" if scene.plan.modelled else "usulan"
    found = {
        "summary": Page(summary(scene)),
        f"funded_{own}": Page(funded_rows(scene), ("amount_rp", "ikm", "tenaga_kerja_target")),
        f"not_funded_{own}": Page(not_funded_rows(scene), ("asked_rp", "ikm", "tenaga_kerja_target")),
        **{name: Page(waiting(frame)) for name, frame in reserve_tables(scene).items()},
        "ladder": Page(steps_of_ladder(scene)), "lines": Page(lines(scene), ("amount_rp",)),
        **{by: Page(totals(scene, by), ("jumlah", "amount_rp")) for by in ("provinsi", "pulau", "menu")},
        "rules": Page(limits.rules(scene)),
        "inputs": Page(pd.DataFrame(scene.plan["inputs"])[["name", "rows", "sha256"]]),
        "assumptions": Page(assumptions(scene)), "sources": Page(tables.sources(scene)),
    }  # fmt: skip
    return {say(f"lists.sheets.{name}"): page.known() for name, page in found.items() if len(page.frame.columns)}


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
        fact("left", plan.pagu_rp - plan.spent_rp, unit), fact("usulan", usulan), *counted(scene),
        fact("kabupaten", plan.funded["kode"].nunique()), *standing_by(scene),
        *(fact("warning", words=warning) for warning in text.warnings(scene)),
        fact("fingerprint", words=plan.fingerprint), fact("data", words=text.data_date(scene)),
        fact("made", words=f"planner {plan['planner']}, {plan['solver']['name']} {plan['solver']['version']}"),
    ]  # fmt: skip
    return pd.DataFrame(records, columns=["hal", "angka", "keterangan"]).astype("object")


def counted(scene: Scene) -> Iterator[tuple[str, int, str]]:
    """The usulan of the plan's years and those of later years, which add up to all; then what became of the first."""
    later = int(scene.plan.not_funded["kind"].eq("later").sum())
    whole = len(scene.plan.funded) + len(scene.plan.not_funded)
    if later:
        adds = say("lists.adds_up", all=number(whole), now=number(whole - later), later=number(later))
        yield say("lists.facts.of_plan", years=text.years_of(scene)), whole - later, adds
        yield say("lists.facts.later"), later, ""
    rows = tables.parts(scene)
    for part, count in rows[rows["part"] != scene.why("later")].values:
        yield f"– {part}", count, ""


def standing_by(scene: Scene) -> Iterator[tuple[str, int, str]]:
    """How long the reserve list is, how much of it stands here, and its order."""
    if count := len(scene.plan["reserve"]):
        shown = sum(map(len, reserve_tables(scene).values()))
        yield say("lists.facts.reserve"), count, f"{say('reserve.shown', count=number(shown))} {say('reserve.order')}"


def with_names(scene: Scene, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the names of their kabupaten, province and usulan (where the tables are at hand)."""
    places = scene.kabupaten[["kode", "nama", "provinsi"]].rename(columns={"nama": "kabupaten"})
    found = rows.drop(columns=["provinsi", "nama"], errors="ignore").merge(places, on="kode", how="left")
    if scene.source is None or scene.plan.modelled:
        return found.assign(usulan=None)
    own = scene.source.usulan[["usulan_id", "nama"]].rename(columns={"nama": "usulan"})
    return found.merge(own, on="usulan_id", how="left")


def funded_rows(scene: Scene) -> pd.DataFrame:
    wanted = ["kode", "kabupaten", "provinsi", "usulan_id", "usulan", "menu", "ta", "amount_rp", *SERVED, *MICROS]
    rows = with_locks(scene, served(scene, with_names(scene, scene.funded)))
    wanted += DOUBT if scene.robust else []
    if scene.outcomes:
        rows["penilaian"] = [label("outcomes", scene.outcomes[name]) for name in rows["usulan_id"]]
        marks = [", ".join(say(f"views.marks.{mark}") for mark in scene.marks(name)) for name in rows["usulan_id"]]
        rows, wanted = rows.assign(tidak_diketahui=marks), [*wanted, "penilaian", "tidak_diketahui"]
    return kept(scene, rows.assign(**doubt(scene, rows)), [*wanted, *CHOICES])


def served(scene: Scene, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the IKM served and the workers aimed at, where the tables are at hand and say so."""
    if scene.source is None:
        return rows
    facts = scene.source.usulan[["usulan_id", *SERVED]]
    return rows.merge(facts.dropna(axis="columns", how="all"), on="usulan_id", how="left")


def with_locks(scene: Scene, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the lock by hand that the plan's scenario has on each usulan, and its reason; else empty to fill in."""
    held = {
        name: (say(f"locks.{state}"), rule.law.removeprefix(f"{say('edit.law', 'id')}: "))
        for rule in scene.plan.scenario.rules for state in STATES for name in rule.locked(state)
    }  # fmt: skip
    pairs = [held.get(name, (None, None)) for name in rows["usulan_id"]]
    return rows.assign(kunci=[state for state, _ in pairs], alasan=[law for _, law in pairs])


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
    rows = with_locks(scene, served(scene, with_names(scene, scene.not_funded)))
    if scene.full:
        known = Register(scene.plan, scene.full.options).known
        rows["menu"] = [known[name].menu for name in rows["usulan_id"]]
        rows["asked_rp"] = [known[name].amount_rp for name in rows["usulan_id"]]
    rows["reason"] = [reason[language()] for reason in rows["reason"]]
    rows["kind"] = [scene.why(kind) for kind in rows["kind"]]
    return kept(scene, rows, [*LOSERS, *CHOICES])


def kept(scene: Scene, rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """These columns in key order; a modelled candidate has no name of its own."""
    there = [c for c in columns if c in rows and (c != "usulan" or not scene.plan.modelled)]
    return rows.sort_values(["kode", "usulan_id"])[there]


def waiting(rows: pd.DataFrame) -> pd.DataFrame:
    """A part of the reserve list with the names that columns have here."""
    return rows.rename(columns={"nama": "kabupaten", "cause": "reason", "amount_rp": "asked_rp"})


def steps_of_ladder(scene: Scene) -> pd.DataFrame:
    """Who comes in from which pagu on, in order, and by what cut each leaves again."""
    if scene.ladder is None:
        return pd.DataFrame()
    rows = with_names(scene, order_table(scene.ladder))
    return rows[["place", "kode", "kabupaten", "provinsi", "usulan_id", "menu", "ta", "step", *rows.columns[6:11]]]


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
