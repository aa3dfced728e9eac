"""Tables, maps and sentences of plans, one set for notebook, report and screen; they return, never print or save.

Start with ``here = open_scene("out/dasar/plan.json", "51")``. The parts of a report stand here: each is one call that
gives HTML, or ``None`` where it has nothing to say to a wilayah. ``views.tables`` has the DataFrames, ``views.text``
the sentences.
"""

from html import escape

import pandas as pd

from planner.answers.edit_log import in_force
from planner.base.messages import label, say
from planner.base.units import MICRO, number, percent, rupiah, rupiah_full
from planner.scenario.chance import FACTORS, island_of
from planner.scenario.goals import title as goal_title
from planner.views import evidence, limits, need, tables, text
from planner.views.ask import ask
from planner.views.choropleth import choropleth
from planner.views.equity import provinces
from planner.views.html import MARKS, UNKNOWN, Html, cut, mark, paragraph, safe, table
from planner.views.maps import tile_map
from planner.views.point_map import point_map
from planner.views.robust import heads
from planner.views.scene import Scene
from planner.views.section import fold, section

HALF_A_PAGE = 4500  # characters in two columns of small print


def first_screen(scene: Scene) -> Html:
    """Everything a hurried reader needs, before any chart; of the country also a search for one's own region."""
    return Html(opening(scene) + ask(scene))


def opening(scene: Scene) -> Html:
    """What is simulated, what comes of it, and what limits it."""
    numbers = "".join(f"<li><b>{safe(n)}</b> <span>{safe(m)}</span></li>" for n, m in text.numbers(scene))
    binds = " ".join(filter(None, [text.binding(scene), text.nearest(scene)]))
    warned = "".join(f"<li>{safe(w, 1200)}</li>" for w in text.warnings(scene))
    place = scene.wilayah
    read = paragraph(say("views.read_as", asked=place.asked, kode=place.kode), "note") if place.asked else ""
    meant = "".join(f"<li>{safe(line, 200)}</li>" for line in evidence.meanings(scene))
    told = (
        f"<p>{safe(binds, 1500)}</p>{counts(scene)}"
        f'<div class="made"><p>{safe(evidence.ranking(scene), 1500)}</p>'
        + (f'<ul class="small">{meant}</ul>' if meant else "")
        + "</div>"
        + (f'<ul class="warnings">{warned}</ul>' if warned else "")
        + f'<p class="small">{safe(text.proof(scene))} {safe(text.data_date(scene))}</p>'
    )
    return Html(
        f'<header class="first"><p class="stamp">{safe(text.stamp(scene))}</p>'
        f"<h1>{safe(title(scene), 120)}</h1>{read}"
        f'<p class="head">{safe(text.headline(scene))}</p><ul class="numbers">{numbers}</ul>'
        f'<div class="told">{told}</div></header>'
    )


def counts(scene: Scene) -> str:
    """How many usulan there are and what became of them; nothing where all of them are of one part."""
    said = scene.counts.sentence()
    return paragraph(said, "small") if " + " in said else ""


def title(scene: Scene) -> str:
    """The page's name: region and scenario."""
    return f"{cut(scene.wilayah.nama, 60)} · {cut(scene.plan.scenario.name, 60)}"


@section("where", open_for=("all",))
def where(scene: Scene) -> Html:
    """One equal cell per kabupaten."""
    return tile_map(scene)


@section("chosen", open_for=("all",))
def chosen(scene: Scene) -> Html | None:
    """The funded usulan with their amounts; the sum stands below."""
    if scene.funded.empty:
        return None
    frame = tables.funded_table(scene)
    caption = say("views.captions.funded", chosen=scene.chosen, nama=cut(scene.wilayah.nama, 60))
    return Html(marks_key(scene) + table(frame, caption, heads=heads()) + total(scene) + marks_note(scene))


def marks_key(scene: Scene) -> str:
    """What the signs of how sure a choice is mean; nothing where that was not measured."""
    if scene.robust is None:
        return ""
    lead = safe(say("views.marks.key", draws=number(scene.robust["done"])))
    signs = "".join(f"<span>{mark(kind)} {safe(say(f'views.marks.{kind}'))}</span>" for kind in MARKS)
    return f'<p class="note signs"><span>{lead}</span>{signs}</p>'


def total(scene: Scene) -> Html:
    amount = rupiah_full(scene.funded["amount_rp"].sum())
    return paragraph(say("views.sum", count=len(scene.funded), amount=amount), "sum")


def marks_note(scene: Scene) -> str:
    signs = [f"{UNKNOWN[kind]} {say(f'views.marks.{kind}')}" for kind in scene.unclear]
    said = say("views.marks.unknown_note", signs="; ".join(signs)) if signs else ""
    sides = "labels.sides" if scene.labels else "views.marks.sides" if scene.robust else "views.marks.unknown"
    return paragraph(f"{say(sides)} {said}".rstrip(), "note")


@section("lines", open_for=("kabupaten",))
def lines(scene: Scene) -> Html | None:
    """What of each chosen usulan is agreed to, line by line; only for a kabupaten's own usulan."""
    if scene.plan.modelled or scene.wilayah.kind != "kabupaten" or scene.source is None or scene.funded.empty:
        return None
    return Html(table(tables.lines(scene), say("views.captions.lines")) + total(scene))


@section("missing", open_for=("kabupaten",))
def missing(scene: Scene) -> Html | None:
    """Which mandatory documents a kabupaten's usulan lack, and by when; a modelled candidate has no papers."""
    mine = scene.source is not None and scene.source.usulan["kode"].isin(scene.wilayah.members).any()
    if scene.plan.modelled or scene.wilayah.kind != "kabupaten" or not mine:
        return None
    caption = say("views.captions.missing", nama=cut(scene.wilayah.nama, 60))
    listed = table(tables.missing(scene), caption, say("views.nothing_missing"))
    return Html(listed + paragraph(say("views.missing_note"), "note"))


def why_not(scene: Scene) -> str:
    """How many kabupaten have nothing, and the kinds of reason of their usulan, most frequent first."""
    kinds = scene.out["kind"].value_counts(sort=True)
    said = [
        say("report.brief.kind", count=number(n), who=text.who(scene, n), kind=scene.why(kind))
        for kind, n in kinds.items()
    ]
    without = scene.candidates - scene.funded["kode"].nunique()
    return say("report.brief.not_chosen", count=number(without), kinds="; ".join(said))


def causes_on_paper(scene: Scene) -> str:
    """A sentence for each cause with all that it keeps out, by province; by number where names would fill more."""
    frame = need.everyone_out(scene)
    if frame.empty:
        return ""
    province = frame["provinsi"].map(cut)
    frame["number"] = province + " " + frame["kabupaten"].map(number)
    frame["names"] = province + ": " + frame["names"]
    groups = frame.groupby("cause", sort=False)
    rows = groups.agg(kabupaten=("kabupaten", "sum"), names=("names", "; ".join), number=("number", ", ".join))
    rows = rows.reset_index().sort_values("kabupaten", ascending=False, kind="stable").to_dict("records")
    said = [out_of(row) for row in rows]
    for place, row in enumerate(rows):
        if sum(map(len, said)) > HALF_A_PAGE:
            said[place] = out_of(row | {"names": row["number"]})
    return "".join(map(paragraph, said))


def out_of(row: dict) -> str:
    """'Kalah bersaing dalam pagu (3): Sabang, ...'."""
    return say("views.out_of", cause=capital(row["cause"]), count=number(row["kabupaten"]), names=row["names"])


@section("not_chosen", why_not, open_for=("provinsi", "kabupaten"), paper=causes_on_paper)
def not_chosen(scene: Scene) -> Html | None:
    """Why the others are not in it: counted, every kabupaten by its cause, and the usulan one by one, nearest first."""
    if scene.not_funded.empty:
        return None
    if scene.out.empty:
        return paragraph(scene.counts.sentence())
    reasons = table(tables.reasons(scene), say("views.captions.reasons"))
    return Html(counts(scene) + reasons + nobody(scene) + one_by_one(scene))


def one_by_one(scene: Scene) -> str:
    """The usulan that are not chosen, nearest first; for the country only where no reserve list has the nearest."""
    if scene.national and scene.plan["reserve"]:
        return ""
    frame = tables.not_funded_table(scene)
    shown = frame.head(scene.top_n) if scene.top_n and scene.national else frame
    note = say("views.ratio_note") + (" " + say("views.ratio_years") if scene.several else "")
    caption = say("views.captions.not_funded", shown=len(shown), count=len(frame))
    body = table(shown, caption) + paragraph(note, "note")
    if scene.wilayah.kind == "kabupaten":
        return body
    return fold(say("report.brief.detail", count=number(len(frame)), who=text.who(scene, len(frame))), body)


def nobody(scene: Scene) -> str:
    """All kabupaten/kota of a wilayah that get nothing: in a province a sentence for each cause, else by province."""
    frame = need.everyone_out(scene)
    if frame.empty or scene.wilayah.kind == "kabupaten":
        return ""
    note = paragraph(say("views.cause_note"), "note")
    if scene.wilayah.kind != "provinsi":
        caption = say("views.captions.everyone_out", count=number(int(frame["kabupaten"].sum())))
        return table(frame.assign(names=frame["names"].map(escape).map(Html)), caption) + note  # uncut
    return "".join(paragraph(out_of(row)) for row in frame.to_dict("records")) + note


def capital(text_: str) -> str:
    return text_[:1].upper() + text_[1:]


@section("score", open_for=("kabupaten",))
def made_of(scene: Scene) -> Html | None:
    """Criteria, weights and factors of one kabupaten's usulan."""
    if scene.wilayah.kind != "kabupaten" or (frame := parts(scene)).empty:
        return None
    observed = any(map(island_of, scene.plan.scenario.assumptions))
    note = paragraph(say("monitor.cell_used"), "note") if observed else ""
    return Html(table(frame, say("views.captions.made_of", nama=cut(scene.wilayah.nama, 60))) + note)


def largest(scene: Scene) -> str:
    """How much money in how many kabupaten, and where most of it is."""
    if scene.funded.empty:
        return ""
    sums = scene.funded.groupby("nama", sort=True)["amount_rp"].sum()
    said = {"amount": rupiah(sums.sum()), "count": number(scene.funded["kode"].nunique())}
    return say("report.brief.points", most=f"{cut(sums.idxmax(), 60)} ({rupiah(sums.max())})", **said)


@section("points", largest)
def points(scene: Scene) -> Html | None:
    """Where the money goes: on the boundaries that are installed, and by points."""
    return Html((choropleth(scene) or "") + (point_map(scene) or ""))


def furthest(scene: Scene) -> str:
    """Who gets most and least beside the need, among the provinces of the wilayah; of a smaller one, its shares."""
    by = need.GROUPS.get(scene.wilayah.kind, ("",))[-1]
    if not by or scene.funded.empty:
        shares = {
            "money": scene.funded["amount_rp"].sum() / max(scene.plan.spent_rp, 1),
            "poor": need.share_of(scene, "miskin_ribu"),
        }
        return say("report.brief.shares", **{name: percent(value) for name, value in shares.items()})
    frame = need.beside(scene, by).query("calon > 0").sort_values("difference_points", ascending=False)
    (most, over), (least, under) = frame[["region", "difference_points"]].iloc[[0, -1]].to_numpy().tolist()
    return say("report.brief.totals", most=most, over=need.points(over), least=least, under=need.points(under))


@section("totals", furthest)
def totals(scene: Scene) -> Html | None:
    """Where the money goes beside the need: every province of the wilayah as a bar, then in figures."""
    return Html((provinces(scene) or "") + (need.totals(scene) or ""))


def held(scene: Scene) -> str:
    """How many rules there are, and how many of them keep something out here."""
    known = {number_ for number_ in limits.count_blocked(scene) if number_ is not None}
    said = {"count": number(len(scene.plan.scenario.rules)), "held": number(len(known)), "who": text.who(scene)}
    return "" if scene.plan.scenario.is_soft else say("report.brief.rules", **said)


@section("rules", held)
def rules(scene: Scene) -> Html:
    held = table(limits.rules(scene), say("views.captions.rules"))
    soft = scene.plan.scenario.is_soft
    said = say("views.rules_hold") + (" " + say("goals.soft_apart") if soft else "")
    price = evidence.floor_price(scene)
    return Html(
        paragraph(said) + held + paragraph(say("views.asumsi_note"), "note") + (paragraph(price) if price else "")
    )


def beyond(scene: Scene) -> str:
    """How far the plan is from rank-and-cut in the scenario's first goal."""
    more = tables.percent_more(scene.plan["goals"][0]["value"], scene.plan["baseline"]["goals"][0])
    goal = goal_title(scene.plan["goals"][0]["name"])
    return say("report.brief.baseline", difference=more, goal=goal) if more else ""


@section("baseline", beyond)
def baseline(scene: Scene) -> Html | None:
    """The plan beside rank-and-cut; only the country has one."""
    if not scene.national:
        return None
    return Html(
        paragraph(text.baseline_sentence(scene)) + table(tables.baseline(scene), say("views.captions.baseline"))
    )


@section("sources")
def sources(scene: Scene) -> Html:
    first = table(tables.inputs(scene), say("views.captions.inputs"))
    note = paragraph(say("views.sources_note"), "note")
    return Html(first + table(tables.sources(scene), say("views.captions.sources")) + note)


@section("unknowns", lambda scene: say("report.brief.unknowns", count=number(len(text.unknowns(scene)))))
def unknowns(scene: Scene) -> Html:
    return Html("<ul>" + "".join(f"<li>{escape(line)}</li>" for line in text.unknowns(scene)) + "</ul>")


@section("evaluation")
def evaluation(scene: Scene) -> Html | None:
    """The 2017 evaluation as published: context, never part of the score."""
    if not scene.national:
        return None
    return Html(paragraph(say("views.evaluation")) + table(tables.evaluation(scene), say("views.captions.evaluation")))


@section("reproduce", lambda scene: scene.plan.fingerprint[:12])
def reproduce(scene: Scene) -> Html:
    pairs = "".join(f"<dt>{safe(k)}</dt><dd><code>{safe(v)}</code></dd>" for k, v in text.reproduce(scene))
    return Html(f'<dl class="repro">{pairs}</dl>' + paragraph(say("views.repro.page_note"), "note"))


def index_page(scene: Scene, files: dict[str, str]) -> Html:
    """The first page: the country's first screen, the tile map, and a link to every report (code -> address)."""
    frame, rows = tables.totals(scene, "provinsi"), scene.funded
    codes = dict(zip(scene.kabupaten["provinsi"], scene.kabupaten["kode_provinsi"], strict=True))
    sure = rows[rows["tetap"] == "pasti"].groupby("provinsi")["kode"].nunique()
    frame["region"] = [link(files.get(codes[name]), name) for name in frame["key"]]
    frame["sure"] = frame["key"].map(sure).fillna(0).astype("int64")
    shown = ["region", "usulan", "amount_rp", *(["sure"] if scene.robust else []), "note"]
    listed = table(frame[shown], say("report.index_caption"))
    national = f"<p>{link(files.get('nasional'), say('report.open_national'))}</p>"
    where, heading = (f"<h2>{safe(say(key))}</h2>" for key in ("report.headings.where", "report.index_heading"))
    return Html(opening(scene) + national + where + tile_map(scene, files) + heading + listed + total(scene))


def link(address: str | None, name: str) -> Html:
    """A link, or the bare name where there is no page to lead to."""
    return Html(f'<a href="{safe(address)}">{safe(name, 80)}</a>' if address else safe(name, 80))


@section("edits")
def edits(scene: Scene) -> Html | None:
    """The log beside the plan as far as it concerns the wilayah; lines that cannot be read are said."""
    frame, problems = edits_table(scene), scene.log.problems
    if frame.empty and not problems:
        return None
    said = "" if frame.empty else table(frame, say("views.captions.edits")) + paragraph(say("edit.note"), "note")
    return Html(said + "".join(paragraph(problem, "note") for problem in problems))


def edits_table(scene: Scene) -> pd.DataFrame:
    """One row per edit in the order of the log: ``when, who, what, why, cost, force`` as texts."""
    scenario = scene.plan.scenario
    rows = [
        {
            "when": entry.when.replace("T", " ").removesuffix("+00:00"), "who": entry.who,
            "what": entry.sentence(), "why": entry.reason, "cost": entry.cost(),
            "force": say("edit.in_force" if in_force(scenario, entry) else "edit.past"),
        }
        for entry in scene.log.records
        if scene.national or entry.kode in scene.wilayah.members
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["when", "who", "what", "why", "cost", "force"])


def parts(scene: Scene) -> pd.DataFrame:
    """Every criterion and factor of the wilayah's usulan: its value 0-1 and its weight in the score.

    Columns ``usulan_id``, ``menu``, ``part``, ``worth`` (text), ``weight`` (text, '' for a factor, which multiplies).
    Empty where the tables that the plan was made from are not at hand.
    """
    columns = ["usulan_id", "menu", "part", "worth", "weight"]
    if scene.options is None:
        return pd.DataFrame(columns=columns)
    mine = scene.options.firsts[scene.options.firsts["kode"].isin(scene.wilayah.members)]
    weights = scene.plan.scenario.weighed
    records = []
    once = evidence.once(scene) & weights.keys()
    for row in mine.to_dict("records"):
        lead = [row["usulan_id"], row["menu"]]
        for name, weight in weights.items():
            share = percent(weight / sum(weights.values())) + (f" ({say('evidence.factor')})" if name in once else "")
            records.append([*lead, label("criteria", name), number(row[f"{name}_nilai"] / MICRO, 2), share])
        if once:
            inside = number(row["score_benefit"] / MICRO / 100, 2)
            records.append([*lead, label("columns", "score_benefit"), inside, ""])
        records += [[*lead, label("factors", name), number(row[name], 2), ""] for name in FACTORS]
    frame = pd.DataFrame(records, columns=columns)
    return frame.drop(columns="usulan_id") if scene.plan.modelled else frame


@section("years")
def years(scene: Scene) -> Html | None:
    """Usulan and rupiah of each year, for the country beside its pagu; nothing to say of a plan of one year."""
    if not scene.several or scene.funded.empty:
        return None
    return Html(paragraph(scene.plan.intention()) + table(by_year(scene), say("views.captions.years")))


def by_year(scene: Scene) -> pd.DataFrame:
    """``ta, usulan, amount_rp`` of the wilayah, every year of the plan; national also ``pagu_rp, rest_rp``."""
    won = scene.funded.groupby("ta")["amount_rp"].agg(["size", "sum"])
    won = won.reindex([int(ta) for ta in sorted(scene.plan["budget_rp"])], fill_value=0)
    frame = pd.DataFrame({"ta": won.index.astype("str"), "usulan": won["size"], "amount_rp": won["sum"]})
    if not scene.national:
        return frame
    pagu_rp = [scene.plan["budget_rp"][ta] for ta in frame["ta"]]
    return frame.assign(pagu_rp=pagu_rp, rest_rp=lambda t: t["pagu_rp"] - t["amount_rp"])
