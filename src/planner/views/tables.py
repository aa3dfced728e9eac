"""Tables of a scene: one row per thing, raw numbers, columns that ``html.table`` knows how to write."""

import pandas as pd

from planner.answers.outcomes import OUTCOMES, line_outcomes
from planner.answers.register import ratios
from planner.base.messages import label, language, say, sentences
from planner.base.units import date_text, number, percent, rupiah
from planner.model.candidates import Candidates
from planner.plan.plan import Plan
from planner.plan.robust_file import RobustFile
from planner.scenario.criteria import FACTS
from planner.scenario.goals import amount, title
from planner.tables.documents import board
from planner.tables.reference import as_text
from planner.tables.schemas import MENUS
from planner.views.html import Html, mark, safe, sign
from planner.views.limits import place_of, rule_of
from planner.views.scene import Scene


def funded_table(scene: Scene) -> pd.DataFrame:
    """The funded usulan of the wilayah in key order: who, what for, how much, whom it serves, how sure it is."""
    facts = () if scene.plan.modelled else ("sentra_nama", "komoditas")
    served = ("ikm",) if scene.plan.modelled else ("ikm", "tenaga_kerja_target")
    key = "kode" if scene.plan.modelled else "usulan_id"
    wanted = [key, "nama", "provinsi", *facts, "menu", "ta", "amount_rp", *served, "hitungan"]
    rows = scene.funded.assign(ta=scene.funded["ta"].astype("str"), hitungan=on_whose_word(scene, scene.funded["kode"]))
    rows["nama"] = rows["nama"].str.removeprefix("Kabupaten ")
    if scene.source is not None:
        rows = rows.merge(scene.source.usulan[["usulan_id", *facts, *served]], on="usulan_id", how="left")
    rows = rows.sort_values(["kode", "usulan_id"], ignore_index=True)
    if scene.robust:
        rows, wanted = rows.assign(**doubt(scene, scene.robust, rows)), [*wanted, "sure_draws", "side"]
    if scene.labels:
        rows, wanted = with_label(scene, rows), [*(c for c in wanted if c != "side"), "in_others"]
    if scene.outcomes and "provinsi" not in (shown := worth_showing(scene, wanted)):
        verdicts = [label("outcomes", scene.outcomes[usulan]) for usulan in rows["usulan_id"]]
        rows, wanted = rows.assign(verdict=verdicts), [*shown, "verdict"]
    rows["usulan_id"] = [signed(scene, usulan) for usulan in rows["usulan_id"]]
    return rows[[c for c in worth_showing(scene, wanted) if c in rows]]


def signed(scene: Scene, usulan_id: str) -> Html:
    """The id of an usulan with the signs of what is not known of it."""
    return Html(" ".join([safe(usulan_id), *map(sign, scene.marks(usulan_id))]))


def doubt(scene: Scene, known: RobustFile, rows: pd.DataFrame) -> dict[str, list[str]]:
    """Of each winner the share of the draws that fund its kabupaten, and whether the opposite is nearly as good."""
    sides, shares = side_of(known), [percent(scene.times.get(kode, 0) / known["done"], 0) for kode in rows["kode"]]
    return {
        "sure_draws": [Html(f"{mark(scene.mark(k))} {share}") for k, share in zip(rows["kode"], shares, strict=True)],
        "side": [say(f"robust.sides_of.{sides.get(usulan, 'open')}") for usulan in rows["usulan_id"]],
    }


def with_label(scene: Scene, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with what other plans nearly as good say of each usulan."""
    return rows.assign(in_others=rows["usulan_id"].map(scene.in_others).fillna(""))


def side_of(known: RobustFile) -> dict[str, str]:
    """usulan -> ``tie | far | open``."""
    sides = known["sides"]
    return {usulan: side for side in ("tie", "far", "open") for usulan in sides[side]}  # type: ignore[literal-required]


def on_whose_word(scene: Scene, kode: pd.Series) -> pd.Series:
    """Whether the sentra of these kabupaten are measured, known to be there, or a share of a count; '' if unknown."""
    if scene.source is None or scene.source.evidence.empty:
        return kode.map(lambda _: "")
    return kode.map(kinds_of(scene.source)).map(lambda kind: say(f"evidence.kinds.{kind}"))


def kinds_of(candidates: Candidates) -> pd.Series:
    """``measured | known | shared`` of every kabupaten, by its kode."""
    return candidates.evidence.set_index("kode")["measured"]


def worth_showing(scene: Scene, columns: list[str]) -> list[str]:
    """Without what says nothing here: the one province, a modelled key, the only year.

    Whose word there is for sentra is said of modelled candidates only: an usulan names its own.
    """
    empty = {"provinsi"} if scene.wilayah.kind in ("provinsi", "kabupaten") else set()
    empty |= {"usulan_id"} if scene.plan.modelled else set()
    empty |= set() if scene.several else {"ta"}
    empty |= set() if scene.plan.modelled and scene.source is not None else {"hitungan"}
    return [c for c in columns if c not in empty]


def not_funded_table(scene: Scene) -> pd.DataFrame:
    """The usulan of the wilayah that are not funded, nearest first: the first goal per Rp 1 miliar decides."""
    rows = scene.out.merge(scene.kabupaten[["kode", "nama", "provinsi"]], on="kode", how="left")
    rows["cause"] = [cause(scene, *row) for row in zip(rows["kind"], rows["rule"], rows["reason"], strict=True)]
    if scene.options is None:
        return rows[["kode", "nama", "provinsi", "usulan_id", "cause"]]
    rows = rows.merge(ratios(scene.plan, scene.options), on="usulan_id", how="left")
    rows = rows.sort_values(["ratio", "usulan_id"], ascending=[False, True])
    rows["hitungan"] = on_whose_word(scene, rows["kode"])
    wanted = ["kode", "nama", "provinsi", "usulan_id", "menu", "amount_rp", "score", "ratio", "hitungan", "cause"]
    if scene.labels:
        rows, wanted = with_label(scene, rows), [*wanted[:-1], "in_others", "cause"]
    return rows[worth_showing(scene, wanted)]


def cause(scene: Scene, kind: str, row: str | None, reason: dict) -> str:
    """Why not, in one line: the kind of reason and what lacks, or the rule's sentence and group."""
    text = scene.why(kind)
    if kind in scene.GATES:
        return f"{text}: {reason[language()]}"
    if kind != "rule":
        return text
    rule, group = rule_of(scene, row), place_of(scene, row)
    return f"{text}: {rule.sentence().rstrip('.') if rule else ''}" + (f" ({group})" if group else "")


def blame(scene: Scene, kind: str, row: str | None, reason: dict) -> str:
    """Like ``cause``, a gate by its rule: not what one usulan lacks, but what is asked of all."""
    rule = rule_of(scene, row) if kind in scene.GATES else None
    if rule:
        return f"{scene.why(kind)}: {rule.sentence().rstrip('.')}"
    return cause(scene, kind, row, reason)


def causes(scene: Scene) -> dict[str, str]:
    """Per kabupaten of the wilayah why it gets nothing: the blame of its usulan that came nearest."""
    near = scene.nearest_out[scene.nearest_out["kode"].isin(scene.wilayah.members)]
    told = {row.kode: blame(scene, row.kind, row.rule, row.reason) for row in near.itertuples()}
    return {kode: told.get(kode, say("views.kinds.none")) for kode in scene.here["kode"]}


def parts(scene: Scene) -> pd.DataFrame:
    """Every usulan of the wilayah's tables counted once: chosen, or by what keeps it out; empty parts are left out."""
    kinds, chosen = scene.not_funded["kind"].value_counts(), say("lists.facts.funded")
    own = scene.funded["usulan_id"].map(scene.outcomes).value_counts()
    counts = {f"{chosen}: {label('outcomes', name)}": int(own[name]) for name in OUTCOMES if name in own}
    counts = counts or {chosen: len(scene.funded)}
    counts |= {scene.why(kind): int(kinds[kind]) for kind in scene.RANK if kind in kinds}
    return pd.DataFrame({"part": list(counts), "usulan": list(counts.values())})


def reasons(scene: Scene) -> pd.DataFrame:
    """Why usulan are not funded, most frequent reason first, with the groups whose limit they would break."""
    rows = scene.out.assign(place=[place_of(scene, row) for row in scene.out["rule"]])
    gates = [rule_of(scene, row) if kind in scene.GATES else None for kind, row in rows[["kind", "rule"]].values]
    rows["reason"] = [
        rule.sentence() if rule else reason[language()] for rule, reason in zip(gates, rows["reason"], strict=True)
    ]
    rows.loc[rows["kind"] == "tie", "reason"] = say("views.tie")
    grouped = rows.groupby(["kind", "reason"], sort=True)
    table = grouped.agg(
        usulan=("usulan_id", "size"), kabupaten=("kode", "nunique"),
        groups=("place", lambda names: ", ".join(sorted(set(names) - {""}))),
    )  # fmt: skip
    table = table.reset_index().sort_values("usulan", ascending=False, kind="stable")
    return table.assign(kind=[scene.why(kind) for kind in table["kind"]])


def totals(scene: Scene, by: str) -> pd.DataFrame:
    """Winners and money per menu, province or island group of the wilayah; those that get nothing are in it."""
    won, money = scene.funded.groupby(by), max(scene.funded["amount_rp"].sum(), 1)
    counts = {"usulan": won.size()}
    if by == "menu":
        table = pd.DataFrame({"key": [row["key"] for row in scene.plan["totals"]["menu"]]})
        table["region"] = [label("menu", key) for key in table["key"]]
    else:
        places = scene.here.assign(own=scene.here["otonom"] == "ya").sort_values("kode").groupby(by, sort=False)
        table = places.agg(daerah=("own", "size"), calon=("own", "sum")).reset_index(names="key")
        table.insert(1, "region", table["key"])
        counts |= {menu: (scene.funded["menu"] == menu).groupby(scene.funded[by]).sum() for menu in MENUS}
    for name, column in (counts | {"amount_rp": won["amount_rp"].sum()}).items():
        table[name] = table["key"].map(column).fillna(0).astype("int64")
    table["share"] = table["amount_rp"] / money
    if by != "menu":
        table["note"] = [note(*pair) for pair in zip(table["calon"], table["usulan"], strict=True)]
    return table


def note(candidates: int, usulan: int) -> str:
    """What to say of a region that gets nothing."""
    return say("views.not_autonomous") if not candidates else "" if usulan else say("views.gets_nothing")


def baseline(scene: Scene) -> pd.DataFrame:
    """The plan beside rank-and-cut, in the scenario's own goals; national by nature."""
    plan, records = scene.plan, []
    for goal, rival in zip(plan["goals"], plan["baseline"]["goals"], strict=True):
        here, there = (points * goal["point"] for points in (goal["value"], rival))
        texts = [amount(goal["name"], micros) for micros in (here, there)]
        records.append((title(goal["name"]), *texts, percent_more(here, there)))
        if goal["paid"]:
            records.append((say("goals.paid_row"), amount(goal["name"], goal["paid"] * goal["point"]), "", ""))
    money = plan.spent_rp, sum(plan["baseline"]["spent_rp"].values())
    ours, theirs = set(plan.funded["usulan_id"]), set(plan["baseline"]["funded"])
    both = number(len(ours & theirs))
    records += [
        (say("views.columns.amount_rp"), *map(rupiah, money), percent_more(*money)),
        (say("views.columns.usulan"), number(len(ours)), number(len(theirs)), ""),
        (say("views.in_both"), both, both, ""),
    ]
    return pd.DataFrame(records, columns=["measure", "plan", "baseline", "difference"])


def percent_more(here: float, there: float) -> str:
    return ("+" if here >= there else "") + percent((here - there) / abs(there)) if there else ""


def assumed_ikm(plan: Plan) -> dict[str, float]:
    """How many IKM a sentra of each menu is assumed to serve: the scenario's number, else the table's middle one."""
    known = dict(reference("asumsi")[["nama", "nilai"]].values) | plan["scenario"]["assumptions"]
    return {menu: float(known[f"ikm_asumsi_{menu}"]) for menu in MENUS}


def reference(name: str) -> pd.DataFrame:
    """A reference table as text, for showing only."""
    return as_text(name)


def sources(scene: Scene) -> pd.DataFrame:
    """Which columns the plan rests on: year, definition, source and known weakness, from ``sumber.csv``."""
    weighed = scene.plan.scenario.weighed
    named = {fact: label("criteria", name) for name in weighed for fact in FACTS.get(name, ())}
    always = ("ikk", "miskin_ribu", "penduduk", "lat", "petak_x")
    known = reference("sumber").set_index(["tabel", "kolom"], drop=False)
    mine = known.loc[[(f"{table}.csv", column) for table, column in (*named, *(("kabupaten", c) for c in always))]]
    fields = [*named.values(), *(say(f"views.fields.{column}") for column in always)]
    told = mine.assign(field=fields, tahun=mine["tahun"].map(year))
    own = language() == "id"  # the language in which the table says what a column means and lacks
    return told[["field", "tahun", *(["definisi"] if own else []), "sumber", *(["kelemahan"] if own else [])]]


def year(text: str) -> str:
    """The year of a column as ``sumber.csv`` has it, its words in the language of the page."""
    for words in sentences("views")["year_words"].values():
        text = text.replace(words["id"], words[language()])
    return text


def inputs(scene: Scene) -> pd.DataFrame:
    """The plan's input tables with the beginning of their fingerprints."""
    table = pd.DataFrame(scene.plan["inputs"])
    return table.assign(name=table["name"] + ".csv", sha256=table["sha256"].str[:12])[["name", "rows", "sha256"]]


def evaluation(scene: Scene) -> pd.DataFrame:
    """The six outcomes of the 2017 evaluation as published."""
    table = reference("dampak").query("jenis == 'evaluasi_2017'")
    outcomes = [label("evaluation", name) for name in table["dampak_id"].str.removeprefix("evaluasi_2017_")]
    table = table.assign(outcome=outcomes, value=table["nilai"] + " %")
    return table[["outcome", "value", "sumber"]]


def missing(scene: Scene) -> pd.DataFrame:
    """The mandatory documents that the wilayah's usulan lack, with dates; empty without its tables."""
    rows = scene.lacking
    return pd.DataFrame({
        "usulan_id": rows["usulan_id"], "usulan_nama": rows["usulan"], "menu": rows["menu"],
        "document": [label("documents", name) for name in rows["dokumen"]],
        "state": [label("states", name) for name in rows["status"]], "due": rows["paling_lambat"].map(date_text),
    })  # fmt: skip


def lines(scene: Scene) -> pd.DataFrame:
    """The lines of the wilayah's funded usulan: volume asked for, volume agreed to, money."""
    if scene.source is None:
        return pd.DataFrame()
    rows = line_outcomes(scene.plan, scene.source)
    rows = rows[rows["usulan_id"].isin(scene.funded["usulan_id"])]
    names = {"harga_satuan_rp": "harga_rp", "volume_disetujui": "agreed"}
    wanted = ["usulan_id", "komponen", "uraian", "satuan", "harga_rp", "volume", "agreed", "amount_rp"]
    said = [label("komponen", name) for name in rows["komponen"]]
    verdict = [label("outcomes", name) for name in rows["penilaian"]]
    rows = rows.rename(columns=names).assign(volume=rows["volume"].astype("int64"), komponen=said, verdict=verdict)
    return rows.rename(columns={"catatan": "why"})[[*wanted, "verdict", "why"]]


def readiness(candidates: Candidates) -> pd.DataFrame:
    """The readiness board: per usulan how many mandatory documents are in each state; least ready first."""
    table = board(*candidates.papers).sort_values(
        ["ready", "kode", "usulan_id"], na_position="first", ignore_index=True
    )
    names = {"ready": "siap", **{state: label("states", state) for state in ("ada", "proses", "belum")}}
    return table.assign(menu=[label("menu", menu) for menu in table["menu"]]).rename(columns=names)
