"""The year of a DAK as a dinas lives it: what must be there by when, by whose rule, and what lacks already."""

from collections.abc import Iterator

import pandas as pd

from planner.base.messages import label, say
from planner.base.units import date_text, number, years_later
from planner.tables.documents import required_documents
from planner.tables.reference import reference
from planner.tables.schemas import MENUS
from planner.views.html import Html, paragraph, table
from planner.views.scene import Scene
from planner.views.section import section

COLUMNS = ["date", "event", "needs", "known", "by_year", "sumber"]
UNDATED = "9999"  # sorts after every date


@section("calendar")
def calendar(scene: Scene) -> Html | None:
    """A table of the first year and of each later one that differs; ``None`` where nothing can be proposed or is known.

    A year with the same rules as the first has the same days a year later: only what it lacks already is told.
    """
    frames = {int(ta): events(scene, int(ta)) for ta in scene.plan["budget_rp"]} if scene.candidates else {}
    frames = {ta: frame for ta, frame in frames.items() if len(frame)}
    if not frames:
        return None
    first, *later = frames
    same = [ta for ta in later if alike(frames[ta], frames[first])]
    shown = frames | {ta: told(frames[ta], frames[first]) for ta in same}
    drawn = [table(frame, say("calendar.caption", ta=ta)) for ta, frame in shown.items() if len(frame)]
    notes = [unknown_years(frames), *([] if scene.plan.modelled else [say("calendar.known")])]
    if same:
        notes.append(say("calendar.same", years=", ".join(map(str, same)), ta=first))
    return Html("".join([*(paragraph(note) for note in notes if note), *drawn]))


def alike(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two years ask the same by the same rules."""
    what = ["event", "needs", "by_year"]
    return one[what].equals(other[what])


def told(frame: pd.DataFrame, first: pd.DataFrame) -> pd.DataFrame:
    """The rows of what a year is known to lack and the first does not."""
    own, before = (one.get("known", pd.Series("", one.index)) for one in (frame, first))
    return frame[(own != "") & (own != before)]


def unknown_years(frames: dict[int, pd.DataFrame]) -> str:
    """That a year's own rule is not known, so the last known one stands in its place."""
    named = {ta: frame["by_year"].str.startswith(say("calendar.of", ta=ta)).any() for ta, frame in frames.items()}
    lacking = [str(ta) for ta, has_rule in named.items() if not has_rule]
    return say("calendar.moved", years=", ".join(lacking)) if lacking else ""


def events(scene: Scene, ta: int) -> pd.DataFrame:
    """``COLUMNS`` as texts, by date; ``known`` only where something is."""
    rows = [*ruled_events(scene, ta), *papers(scene, ta)]
    rows.sort(key=lambda row: row["sort"])
    frame = pd.DataFrame(rows, columns=["sort", *COLUMNS]).drop(columns="sort")
    return frame if frame["known"].any() else frame.drop(columns="known")


def ruled_events(scene: Scene, ta: int) -> Iterator[dict]:
    """The events of the table, each by its last rule that is not later than the year."""
    rules = reference("kalender")
    last = rules[rules["ta"] <= ta].sort_values("ta").drop_duplicates("acara", keep="last")
    for rule in last.to_dict("records"):
        first, end = (years_later(rule[name], ta - rule["ta"]) for name in ("mulai", "sampai"))
        limits = {name: percent_text(rule[f"{name}_pct"]) for name in ("bagian", "serap", "output")}
        yield {
            "sort": end or first or UNDATED, "date": span(first, end), "event": say(f"calendar.events.{rule['acara']}"),
            "needs": say(f"calendar.needs.{rule['acara']}", **limits), "known": known(scene, rule["acara"], end),
            "by_year": f"{say('calendar.of', ta=rule['ta'])}, {label('calendar_marks', rule['tanda'])}",
            "sumber": "; ".join(text for text in (rule["sumber"], rule["catatan"]) if isinstance(text, str) and text),
        }  # fmt: skip


def span(first: str, end: str) -> str:
    if not (first or end):
        return say("calendar.undated")
    return say("calendar.until", date=date_text(end)) if not first else f"{date_text(first)} – {date_text(end)}"


def percent_text(value: float) -> str:
    return "" if pd.isna(value) else number(value, 0) + " %"


def papers(scene: Scene, ta: int) -> Iterator[dict]:
    """The mandatory documents by their last day, and how many of the wilayah's usulan still lack one."""
    juknis = scene.source.juknis if scene.source else reference("juknis")
    asked = pd.concat([required_documents(juknis, ta, menu) for menu in MENUS])
    for due, rows in asked.groupby("paling_lambat"):
        names = {menu: [label("documents", name) for name in part] for menu, part in rows.groupby("menu")["dokumen"]}
        lacking = scene.lacking[(scene.lacking["paling_lambat"] == due) & (scene.lacking["ta"] == ta)]
        counts = {"usulan": number(lacking["usulan_id"].nunique()), "papers": number(len(lacking))}
        yield {
            "sort": due, "date": say("calendar.until", date=date_text(due)), "event": say("calendar.events.dokumen"),
            "needs": "; ".join(f"{label('menu', menu)}: {', '.join(part)}" for menu, part in names.items()),
            "known": say("calendar.lacking", **counts) if len(lacking) else "",
            "by_year": say("calendar.juknis"), "sumber": say("calendar.juknis_source"),
        }  # fmt: skip


def known(scene: Scene, event: str, end: str) -> str:
    """What the tables of past years tell of the wilayah: late contracts, reports of the third year not handed in."""
    if scene.source is None or event not in ("kontrak", "laporan_tahun_ketiga"):
        return ""
    past = scene.source.realisasi
    past = past[past["kode"].isin(scene.wilayah.members)]
    if event == "laporan_tahun_ketiga":
        owing = past.loc[past["laporan_3tahun"] == "tidak", "kode"].nunique()
        return say("calendar.owing", count=number(owing)) if owing else ""
    dated = past[past["kontrak_tanggal"].notna()]
    late = sum(date > moved_to(ta, end) for date, ta in zip(dated["kontrak_tanggal"], dated["ta"], strict=True))
    return say("calendar.late", count=number(late), whole=number(len(dated))) if late else ""


def moved_to(ta: int, end: str) -> str:
    """The same day of another year."""
    return f"{ta}{end[4:]}"
