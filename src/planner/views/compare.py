"""Plans side by side, in sentences and tables; a part of a page is ``None`` where nothing differs."""

from collections.abc import Iterable, Iterator

import pandas as pd

from planner.answers.compare import Comparison
from planner.base.errors import first_of
from planner.base.messages import label, language, say
from planner.base.units import gap_percent, number, rupiah, rupiah_full, signed
from planner.scenario.goals import amount, title
from planner.scenario.place import Place
from planner.tables.schemas import MENUS
from planner.views.change_map import Contrast
from planner.views.change_map import change_map as change_map
from planner.views.change_map import open_comparison as open_comparison
from planner.views.html import Html, safe, table
from planner.views.section import section

NAMED = 8  # usulan in a sentence
SETTING = ("key", "rule", "before", "after")


def headline(comparison: Comparison, other: str) -> str:
    """How one plan differs from the first: who enters and leaves, and the money."""
    if not any(len(comparison.of(name, other)) for name in comparison.tables):
        return say("compare.same_as", first=comparison.letters[0], other=other)
    rows = comparison.of("usulan", other)
    counts = rows["change"].value_counts()
    moved = int(rows["difference_rp"].sum())
    return say(
        "compare.head", first=comparison.letters[0], other=other, money=signed(moved, rupiah),
        **{name: number(int(counts.get(name, 0))) for name in ("enters", "leaves", "changes")},
    )  # fmt: skip


def sentences(comparison: Comparison) -> Iterator[str]:
    """The comparison for a terminal: what to know first, names, who and how much moves, what was asked otherwise."""
    yield from (notice[language()] for notice in comparison.notices)
    yield from comparison.names
    if comparison.empty:
        yield say("compare.same")
        return
    for other in comparison.letters[1:]:
        yield headline(comparison, other)
        for change in ("enters", "leaves", "changes"):
            names = list(comparison.of("usulan", other, change=change)["usulan_id"])
            if names:
                yield f"  {say(f'compare.{change}')}: {first_of(names, NAMED)}"
        for by in ("menu", "pulau", "provinsi"):
            rows = comparison.of("totals", other, by=by)
            parts = [f"{group(by, key)} {signed(int(rp), rupiah)}" for key, rp in moves_of(rows) if rp]
            if parts:
                yield f"  {say(f'compare.by_{by}')}: {'; '.join(parts)}"
        for row in comparison.of("settings", other).to_dict("records"):
            rule, before, after = (row[c][language()] for c in SETTING[1:])
            yield f"  {Place(row['key']).label()}: {before} -> {after}" + (f" ({rule})" if rule else "")


def moves_of(rows: pd.DataFrame) -> Iterable[tuple[str, int]]:
    return zip(rows["key"], rows["difference_rp"], strict=True)


def group(by: str, key: str) -> str:
    return label("menu", key) if by == "menu" else key


def first_screen(here: Contrast) -> Html:
    """What is compared, what to know before any figure, and one sentence per plan."""
    comparison = here.comparison
    title = " · ".join(here.titles.values()) if len(here.others) == 1 else say("compare.title")
    said = [say("compare.same")] if comparison.empty else [headline(comparison, other) for other in here.others]
    heads = "".join(f'<p class="head">{safe(text, 800)}</p>' for text in said)
    warned = "".join(f"<li>{safe(notice[language()], 900)}</li>" for notice in comparison.notices)
    return Html(
        f'<header class="first"><p class="stamp">{safe(stamp(comparison))}</p><h1>{safe(title, 130)}</h1>{heads}'
        + (f'<ul class="warnings">{warned}</ul>' if warned else "")
        + f'<p class="small">{safe(say("compare.reference", first=here.first))}</p></header>'
    )


def stamp(comparison: Comparison) -> str:
    """How many plans, and that they are simulations or rest on synthetic data where any does."""
    text = say("compare.stamp", count=number(len(comparison.plans)))
    text += f", {say('compare.modelled')}" if any(plan.modelled for plan in comparison.plans) else ""
    return text + (f", {say('views.synthetic')}" if any(plan.synthetic for plan in comparison.plans) else "")


@section("beside", open_for=("all",))
def summary(here: Contrast) -> Html:
    """Count, menus, rupiah, goals, proof and fingerprint of every plan, side by side."""
    return table(measures(here), say("compare.captions.summary"), heads=here.titles)


def measures(here: Contrast) -> pd.DataFrame:
    """Column ``measure`` and one column of texts per plan (its letter)."""
    plans = here.comparison.plain()["plans"]
    rows = {
        say("views.columns.usulan"): [number(p["usulan"]) for p in plans],
        say("views.columns.kabupaten"): [number(p["kabupaten"]) for p in plans],
        **{label("menu", menu): [number(p[menu]) for p in plans] for menu in MENUS},
        say("lists.facts.pagu"): [rupiah_full(p["pagu_rp"]) for p in plans],
        say("lists.facts.spent"): [rupiah_full(p["spent_rp"]) for p in plans],
        say("lists.facts.left"): [rupiah_full(p["pagu_rp"] - p["spent_rp"]) for p in plans],
    }
    for name in dict.fromkeys(goal for p in plans for goal in p["goals"]):
        rows[title(name)] = [worth(p["goals"].get(name), name) for p in plans]
    rows[say("lists.facts.proof")] = [plan.status_sentence() for plan in here.comparison.plans]
    rows[say("lists.facts.fingerprint")] = [p["fingerprint"][:12] for p in plans]
    texts = [dict(zip(here.comparison.letters, cells, strict=True)) for cells in rows.values()]
    return pd.DataFrame([{"measure": name, **cells} for name, cells in zip(rows, texts, strict=True)])


def worth(goal: dict | None, name: str = "") -> str:
    """A goal's value in its own unit, how far below its bound it may lie, and what soft rules take off it."""
    if goal is None:
        return "–"
    gap = say("compare.unbounded") if goal["gap"] is None else gap_percent(goal["gap"])
    text = say("compare.worth", value=amount(name, goal["value"]), gap=gap)
    return f"{text}; {say('goals.paid', amount=amount(name, goal['paid']))}" if goal.get("paid") else text


@section("movers", open_for=("all",))
def movers(here: Contrast) -> Html | None:
    """Who enters and who leaves, with the money."""
    found = [
        table(frame, say(f"compare.captions.{change}", first=here.first, other=other, count=number(len(frame))))
        for other in here.others
        for change in ("enters", "leaves")
        if len(frame := who_moves(here, other, change))
    ]
    return Html("".join(found)) if found else None


def who_moves(here: Contrast, other: str, change: str) -> pd.DataFrame:
    """The usulan that enter (or leave) with what they get (or got); ``note``: unknown to one of the plans."""
    rows = here.comparison.of("usulan", other, change=change)
    enters = change == "enters"
    unknown = say("compare.unknown", plan=here.first if enters else other)
    frame = by_place(here, rows).assign(
        menu=rows["menu"] if enters else rows["menu_before"],
        amount_rp=rows["after_rp"] if enters else rows["before_rp"],
        note=["" if known else unknown for known in rows["in_both"]],
    )
    return frame if frame["note"].any() else frame.drop(columns="note")


def by_place(here: Contrast, rows: pd.DataFrame) -> pd.DataFrame:
    """The kabupaten of rows by code and name, and their usulan."""
    names = [here.names.get(kode, kode) for kode in rows["kode"]]
    return pd.DataFrame({"kode": rows["kode"], "nama": names, "usulan_id": rows["usulan_id"]})


@section("amounts", open_for=("all",))
def amounts(here: Contrast) -> Html | None:
    """The usulan funded in both otherwise, and their lines."""
    found = []
    for other in here.others:
        pair, above = {"first": here.first, "other": other}, heads(here, other)
        for name, frame in (("changes", changed_usulan(here, other)), ("lines", changed_lines(here, other))):
            if len(frame):
                found.append(table(frame, say(f"compare.captions.{name}", count=len(frame), **pair), heads=above))
    return Html("".join(found)) if found else None


def changed_usulan(here: Contrast, other: str) -> pd.DataFrame:
    """The usulan in both with other money, menu or year (``note``)."""
    rows = here.comparison.of("usulan", other, change="changes")
    frame = by_place(here, rows).assign(**money(rows), note=[otherwise(row) for row in rows.to_dict("records")])
    return frame if frame["note"].any() else frame.drop(columns="note")


def changed_lines(here: Contrast, other: str) -> pd.DataFrame:
    rows = here.comparison.of("lines", other)
    frame = rows.rename(columns={"volume": "volume_after"})
    return frame[["usulan_id", "rincian_id", "volume_before", "volume_after"]].assign(**money(rows))


def otherwise(row: dict) -> str:
    """What besides the money changed: menu and year."""
    pairs = [("menu", label("menu", row["menu_before"]), label("menu", row["menu"]))]
    pairs.append(("ta", str(row["ta_before"]), str(row["ta"])))
    return "; ".join(f"{say(f'compare.{name}')} {old} → {new}" for name, old, new in pairs if old != new)


def money(rows: pd.DataFrame) -> dict[str, object]:
    """Rupiah before and after, and the difference with its sign."""
    difference = [signed(int(value), rupiah_full) if value else "" for value in rows["difference_rp"]]
    return {"before_rp": rows["before_rp"], "after_rp": rows["after_rp"], "difference": difference}


def heads(here: Contrast, other: str) -> dict[str, str]:
    """What stands above columns of before and after."""
    named = {"before": here.first, "after": other}
    money_ = {f"{key}_rp": f"{say('views.columns.amount_rp')} {one}" for key, one in named.items()}
    volume = {f"volume_{key}": f"{say('compare.volume')} {one}" for key, one in named.items()}
    count = {f"usulan_{key}": f"{say('views.columns.usulan')} {one}" for key, one in named.items()}
    return money_ | volume | count


@section("moved", open_for=("all",))
def totals(here: Contrast) -> Html | None:
    """Where money moves: years, menus, island groups and provinces that get more or less."""
    found = []
    for other in here.others:
        for by in ("ta", "menu", "pulau", "provinsi"):
            rows = here.comparison.of("totals", other, by=by)
            if len(rows) > (by == "ta"):
                frame = pd.DataFrame({"region": [group(by, key) for key in rows["key"]]}, index=rows.index)
                frame = frame.assign(usulan_before=rows["usulan_before"], usulan_after=rows["usulan"], **money(rows))
                caption = say(f"compare.captions.totals_{by}", first=here.first, other=other)
                found.append(table(frame, caption, heads=heads(here, other)))
    return Html("".join(found)) if found else None


@section("asked", open_for=("all",))
def scenario_differences(here: Contrast) -> Html | None:
    """What the scenarios, their proofs and their input tables say differently."""
    found = []
    for other in here.others:
        pair, titles = {"first": here.first, "other": other}, {"before": here.first, "after": other}
        rows = here.comparison.of("settings", other)
        if len(rows):
            texts = {c: [text[language()] for text in rows[c]] for c in SETTING[1:]}
            frame = pd.DataFrame({"key": [Place(key).label() for key in rows["key"]], **texts})
            found.append(table(frame, say("compare.captions.settings", **pair), heads=titles))
        rows = here.comparison.of("inputs", other)
        if len(rows):
            frame = pd.DataFrame(
                {"name": rows["name"], "before": input_text(rows, "_before"), "after": input_text(rows)}
            )
            found.append(table(frame, say("compare.captions.inputs", **pair), heads=titles))
    return Html("".join(found)) if found else None


def input_text(rows: pd.DataFrame, end: str = "") -> list[str]:
    """'a1b2c3d4e5f6, 250 baris' per input table; a dash where the plan has none."""
    pairs = zip(rows[f"sha256{end}"], rows[f"rows{end}"], strict=True)
    return [say("compare.input", sha256=sha, rows=number(int(n))) if sha else "–" for sha, n in pairs]
