"""What became of earlier money, in tables and sentences: for a report's wilayah, a notebook and the command line."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from planner.answers.monitor import Monitoring, monitor, start_of
from planner.answers.past_projects import REPORT, USE, deadline, due
from planner.base.messages import label, say
from planner.base.units import date_text, number, percent, rupiah_full
from planner.scenario.rules.gates import REPORT_YEARS
from planner.tables.schemas import STEPS
from planner.views.charts import Bar, Row, bar_chart
from planner.views.html import Html, cut, paragraph, table
from planner.views.scene import Scene
from planner.views.section import section

SMALL = {step: step.removesuffix("_rp") for step in STEPS}  # rupiah as text, so that a known 0 is not a dash


@section("monitoring")
def monitoring(scene: Scene) -> Html | None:
    """What became of the wilayah's packages before the plan's first year; ``None`` where no table is at hand."""
    if scene.source is None:
        return None
    past = scene.source.realisasi
    mine = replace(scene.source, realisasi=past[past["kode"].isin(scene.wilayah.members)])
    found, nama = monitor(mine, start_of(scene.plan.scenario.first_year)), cut(scene.wilayah.nama, 60)
    if scene.wilayah.kind == "kabupaten" or found.packages.empty:
        return overview(found, nama, one_by_one=True)
    by = ["menu", *(["provinsi"] if scene.wilayah.kind in ("nasional", "pulau") else [])]
    return Html(overview(found, nama) + "".join(by_group(found, name) for name in by) + late(found) + owing(found))


def overview(found: Monitoring, nama: str, one_by_one: bool = False) -> Html:
    """What is known at all: the chain of money and of what followed, counted or package by package."""
    if found.packages.empty:
        return paragraph(opening(found, nama))
    frames = packages(found) if one_by_one else chain(found)
    own = columns_of(found) if one_by_one else {}
    drawn = [table(frame, say(f"monitor.chain_{of}"), heads={**heads(), **own}) for of, frame in frames.items()]
    notes = [say("monitor.known_note"), *([] if one_by_one else [say("monitor.share_note")])]
    notes = [*notes, deadline_said(found) if one_by_one else "", say("monitor.synthetic") if found.synthetic else ""]
    told = [paragraph(note, "note") for note in notes if note]
    return Html("".join([paragraph(opening(found, nama)), *drawn, quarter_chart(found), *told]))


LOOKS = {"kontrak_rp": "people", "salur_rp": "sentra", "serap_rp": "money"}  # step -> its look in ``views.css``


def quarter_chart(found: Monitoring) -> Html:
    """The chain at the end of each quarter, as shares of pagu; nothing where no package is told by quarter."""
    if found.quarters.empty:
        return Html("")
    keys = [(look, say(f"monitor.steps.{step}")) for step, look in LOOKS.items()]
    rows = [quarter_row(group) for _, group in found.quarters.groupby(["ta", "triwulan"])]
    drawn = bar_chart(say("monitor.chain_quarters"), rows, keys=keys)
    return Html(drawn + paragraph(say("monitor.quarters_note"), "note"))


def quarter_row(steps: pd.DataFrame) -> Row:
    records = steps.to_dict("records")
    name = say("monitor.quarter", ta=records[0]["ta"], quarter=records[0]["triwulan"])
    texts = [say("monitor.quarter_bar", share=share(one["share"]), known=number(one["known"]),
                 whole=number(one["known"] + one["unknown"])) for one in records]  # fmt: skip
    drawn = [0.0 if pd.isna(one["share"]) else min(one["share"], 1.0) for one in records]
    bars = tuple(Bar(LOOKS[one["step"]], part, text) for one, part, text in zip(records, drawn, texts, strict=True))
    said = [f"{say(f'monitor.steps.{one["step"]}')} {text}" for one, text in zip(records, texts, strict=True)]
    return Row(name, f"{name}: {'; '.join(said)}", bars)


def quarters(found: Monitoring) -> pd.DataFrame:
    """``Monitoring.quarters`` for people."""
    rows = found.quarters.to_dict("records")
    return pd.DataFrame([{
        "quarter": say("monitor.quarter", ta=row["ta"], quarter=row["triwulan"]),
        "step": say(f"monitor.steps.{row['step']}"), "amount": rp(row["amount_rp"]), "reached": share(row["share"]),
        "counted": row["known"], "lacking": row["unknown"],
    } for row in rows])  # fmt: skip


def opening(found: Monitoring, nama: str) -> str:
    asof, years = date_text(found.asof.isoformat()), found.packages["ta"]
    if found.packages.empty:
        return say("monitor.nothing", nama=nama, asof=asof)
    ends = {"first": years.min(), "last": years.max()}
    return say("monitor.opening", nama=nama, asof=asof, count=number(len(years)), **ends)


def by_group(found: Monitoring, by: str) -> Html:
    return drawing(totals(found, by), say(f"monitor.totals_{by}"))


def late(found: Monitoring) -> Html:
    """Whose contract came after the calendar's day, and of which years that day was read."""
    listed = drawing(late_list(found), say("monitor.late"), say("monitor.late_none"))
    return Html(paragraph(late_said(found)) + listed + paragraph(deadline_said(found), "note"))


def owing(found: Monitoring) -> Html:
    """Who owes the report of the third year."""
    listed = drawing(owing_list(found), say("monitor.owing"), say("monitor.owing_none"))
    return Html(paragraph(owing_said(found)) + listed + paragraph(say("monitor.owing_note"), "note"))


def expectations(found: Monitoring) -> Html:
    """Observed shares with their interval beside what was expected."""
    notes = "".join(paragraph(note, "note") for note in (expected_said(found), say("monitor.expected_note")))
    return Html(drawing(expected_list(found), say("monitor.expected")) + notes)


def offer(found: Monitoring) -> Html:
    """What of the chance the observed rates would change."""
    listed = drawing(offer_list(found), say("monitor.offer"), say("monitor.no_change"))
    return Html(listed + paragraph(offer_said(found), "note"))


def drawing(frame: pd.DataFrame, caption: str, empty: str = "") -> Html:
    return table(frame, caption, empty, heads())


def heads() -> Mapping[str, str]:
    """Column -> heading, in the language in force."""
    names = (
        "quarter", "step", "counted", "lacking", "waiting", "amount", "reached", "packages", "menu_name", "provinsi",
        "kabupaten", "usulan_id", "ta", *SMALL.values(), "signed", "deadline", "contract", "report", "due",
        "measure", "observed", "interval", "expected", "komoditas", "pulau", "assumed", "succeeded", "cells",
    )  # fmt: skip
    return {name: say(f"monitor.columns.{name}") for name in names}


def chain(found: Monitoring) -> dict[str, pd.DataFrame]:
    """``realisasi.steps`` for people: the ``money``, and the ``result``."""
    rows = found.chain()
    frame = pd.DataFrame({
        "step": [say(f"monitor.steps.{name}") for name in rows["step"]], "amount": rows["amount_rp"].map(rp),
        "reached": rows["share"].map(share), "counted": rows["known"], "lacking": rows["unknown"],
        "waiting": rows["not_due"],
    })  # fmt: skip
    money = rows["step"].isin(STEPS)
    return {"money": frame[money], "result": frame[~money].drop(columns="amount")}


def totals(found: Monitoring, by: str) -> pd.DataFrame:
    """``Monitoring.totals`` for people: ``menu`` or ``provinsi``."""
    rows = found.totals(by)
    names = rows[by].map(lambda name: (label("menu", name) if by == "menu" else name) or say("monitor.unknown"))
    money = {SMALL[step]: rows[step].map(rp) for step in STEPS}
    return pd.DataFrame({lead(by): names, "packages": rows["packages"], **money, "cells": rows["unknown"]})


def lead(by: str) -> str:
    return "menu_name" if by == "menu" else by


def rp(value: int | None) -> str:
    """Whole rupiah; what is missing is not known."""
    return say("monitor.unknown") if value is None or pd.isna(value) else rupiah_full(value)


def packages(found: Monitoring) -> dict[str, pd.DataFrame]:
    """The same of each package, one column each (``columns_of``)."""
    rows = found.packages
    menus, signed = package_names(rows)["menu_name"], zip(dates(rows["kontrak_tanggal"]), rows["contract"], strict=True)
    dated = [", ".join(filter(None, (day, say(f"monitor.contract.{state}")))) for day, state in signed]
    told_of = {name: told(found, name) for name in (*STEPS, "output_pct", *USE)}
    result = {name: told_of[name] for name in ("output_pct", *USE)} | {REPORT: said(rows["report"], "report")}
    money = {"menu": menus} | {name: told_of[name] for name in STEPS} | {"kontrak_tanggal": dated}
    return {of: sideways(found, cells) for of, cells in (("money", money), ("result", result))}


def sideways(found: Monitoring, cells: Mapping[str, list[str]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(cells.values()), columns=list(columns_of(found)))
    frame.insert(0, "step", [say(f"monitor.steps.{name}") for name in cells])
    return frame


def columns_of(found: Monitoring) -> dict[str, str]:
    """Column of each package -> its heading."""
    rows = found.packages
    names = zip(rows["usulan_id"], rows["ta"], strict=True)
    return {f"package{i}": say("monitor.package", ta=ta, usulan=usulan) for i, (usulan, ta) in enumerate(names)}


def told(found: Monitoring, name: str) -> list[str]:
    """A fact of each package as text: its value, not known, or not due."""
    ripe = due(found.packages, name, found.asof)
    write = dict.fromkeys(STEPS, rupiah_full) | dict.fromkeys(USE, lambda v: say(f"monitor.use.{v}"))
    write |= {"output_pct": lambda v: percent(v / 100, 0)}
    states = {True: say("monitor.unknown"), False: say("monitor.not_due")}
    values = zip(found.packages[name], ripe, strict=True)
    return [states[bool(now)] if pd.isna(v) else write[name](v) for v, now in values]


def package_names(rows: pd.DataFrame) -> dict:
    """The columns that tell a package: where, which, when, what."""
    menus = [say("monitor.unknown") if pd.isna(menu) else label("menu", menu) for menu in rows["menu"]]
    place = {"kabupaten": rows["kabupaten"], "usulan_id": rows["usulan_id"], "ta": rows["ta"].astype("str")}
    return place | {"menu_name": menus}


def said(states: pd.Series, of: str) -> list[str]:
    return [say(f"monitor.{of}.{state}") for state in states]


def late_list(found: Monitoring) -> pd.DataFrame:
    """The late contracts and those never signed: how far each came."""
    rows = found.late
    return pd.DataFrame({
        **package_names(rows), "contract": said(rows["contract"], "contract"), "signed": dates(rows["kontrak_tanggal"]),
        "deadline": dates(rows["deadline"]), "pagu": rows["pagu_rp"].map(rp), "salur": rows["salur_rp"].map(rp),
    })  # fmt: skip


def dates(days: pd.Series) -> list[str]:
    return ["" if pd.isna(day) else date_text(day) for day in days]


def owing_list(found: Monitoring) -> pd.DataFrame:
    """Whose report is due and not known to be there, and since when."""
    rows = found.owing
    days = [date_text(f"{ta + REPORT_YEARS}-12-31") for ta in rows["ta"]]
    return pd.DataFrame({**package_names(rows), "due": days, "report": said(rows["report"], "report")})


def expected_list(found: Monitoring) -> pd.DataFrame:
    """``monitor.compare_rates`` for people."""
    rows = found.expected.to_dict("records")
    return pd.DataFrame([{
        "menu_name": label("menu", row["menu"]), "measure": say(f"monitor.measures.{row['measure']}"),
        "counted": row["n"], "lacking": row["unknown"], "observed": share(row["share"]),
        "interval": f"{share(row['low'])} – {share(row['high'])}" if row["n"] else say("monitor.unknown"),
        "expected": "" if row["measure"] != "success" else share(row["expected"]),
    } for row in rows])  # fmt: skip


def share(value: float) -> str:
    return say("monitor.unknown") if pd.isna(value) else percent(value)


def offer_list(found: Monitoring) -> pd.DataFrame:
    """``pooling.changes`` for people."""
    rows = found.changes
    place = {name: rows[name].where(rows["pulau"] != "", say("words.all")) for name in ("komoditas", "pulau")}
    return pd.DataFrame({
        "menu_name": [label("menu", menu) for menu in rows["menu"]], **place,
        "assumed": [number(v, 2) for v in rows["before"]], "observed": [number(v, 2) for v in rows["after"]],
        "counted": rows["n"], "succeeded": rows["k"],
    })  # fmt: skip


def late_said(found: Monitoring) -> str:
    states = found.packages["contract"].value_counts()
    count = int(states.get("late", 0) + states.get("none", 0))
    whole, unknown = count + int(states.get("in_time", 0)), int(states.get("unknown", 0))
    return say("monitor.late_said", count=number(count), whole=number(whole), unknown=number(unknown))


def deadline_said(found: Monitoring) -> str:
    """Which year's rule the deadline is, with its mark; another year's day is an assumption."""
    day, year, mark = deadline(int(found.packages["ta"].max()) if len(found.packages) else found.asof.year)
    text = date_text(f"{year}{day[4:]}").removesuffix(f" {year}")
    return say("monitor.deadline", day=text, years=year, mark=label("calendar_marks", mark))


def owing_said(found: Monitoring) -> str:
    states = found.packages["report"].value_counts()
    names = ("reported", "owed", "unknown", "not_due", "none")
    return say("monitor.owing_said", **{name: number(int(states.get(name, 0))) for name in names})


def expected_said(found: Monitoring) -> str:
    if found.plan is None:
        return say("monitor.expected_menu")
    key = "plan" if found.expected[["n", "unknown"]].any(axis=None) else "none"
    return say(f"monitor.expected_{key}", plan=cut(found.plan.scenario.name, 60))


def offer_said(found: Monitoring) -> str:
    weights = "; ".join(f"{label('menu', row.menu)} {number(row.weight)}" for row in found.rates.menus.itertuples())
    return say("monitor.offer_note", strength=number(found.rates.strength), weights=weights)


def change_said(found: Monitoring) -> Iterator[str]:
    """One sentence per changed factor: what, from where to where, on how many packages."""
    for row in found.changes.itertuples():
        what = ", ".join(filter(None, [label("menu", row.menu), cut(row.komoditas, 40), row.pulau]))
        ends = {name: number(getattr(row, name), 2) for name in ("before", "after")}
        yield say("monitor.change", what=what, **ends, n=number(row.n), k=number(row.k))


def sentences(found: Monitoring, nama: str) -> Iterator[str]:
    """All of it as lines of text, for a terminal."""
    yield opening(found, nama)
    if found.packages.empty:
        return
    if found.synthetic:
        yield say("monitor.synthetic")
    yield from found.findings
    yield from ("", *map(lines, chain(found).values()), say("monitor.share_note"), "", lines(totals(found, "menu")))
    if len(found.quarters):
        yield from ("", say("monitor.chain_quarters"), lines(quarters(found)), say("monitor.quarters_note"))
    yield from ("", late_said(found), lines(late_list(found)), deadline_said(found))
    yield from ("", owing_said(found), lines(owing_list(found)), say("monitor.owing_note"))
    yield from ("", say("monitor.expected"), lines(expected_list(found)), expected_said(found))
    yield from ("", say("monitor.offer"), *(list(change_said(found)) or [say("monitor.no_change")]), offer_said(found))


def lines(frame: pd.DataFrame) -> str:
    """A table as text; texts of planners on one line each."""
    short = frame.map(lambda v: cut(v, 40) if isinstance(v, str) else v)
    return short.rename(columns=heads()).to_string(index=False) if len(short) else ""
