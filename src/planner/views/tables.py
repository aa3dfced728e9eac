"""Tables of a scene: one row per thing, raw numbers, columns that ``html.table`` knows how to write."""

import pandas as pd

from planner.messages import label, language, say
from planner.root import ACUAN
from planner.units import MICRO, number, percent, rupiah
from planner.views.limits import group_of
from planner.views.scene import Scene

CRITERION_COLUMNS = {"kemiskinan": "kemiskinan_pct", "tertinggal": "tertinggal", "pengangguran": "tpt_pct"}


def funded(scene: Scene) -> pd.DataFrame:
    """The funded usulan of the wilayah in key order."""
    wanted = ["tetap", "kode", "nama", "provinsi", "usulan_id", "menu", "amount_rp", "score", "chance", "benefit"]
    return scene.funded.sort_values(["kode", "usulan_id"])[worth_showing(scene, wanted)]


def worth_showing(scene: Scene, columns: list[str]) -> list[str]:
    """Without what says nothing here: the province inside one province, the key of a modelled candidate."""
    empty = {"provinsi"} if scene.wilayah.kind in ("provinsi", "kabupaten") else set()
    return [c for c in columns if c not in empty | ({"usulan_id"} if scene.plan.modelled else set())]


def not_funded(scene: Scene) -> pd.DataFrame:
    """The usulan of the wilayah that are not funded, nearest first: the first goal per Rp 1 miliar decides."""
    rows = scene.not_funded.merge(scene.kabupaten[["kode", "nama", "provinsi"]], on="kode", how="left")
    rows["cause"] = [cause(scene, kind, rule) for kind, rule in zip(rows["kind"], rows["rule"], strict=True)]
    if scene.national:
        rows = rows[~rows["kode"].isin(scene.plan.funded["kode"])]
    if scene.options is not None:
        rows = rows.merge(ratios(scene), on="usulan_id", how="left").sort_values(
            ["ratio", "usulan_id"], ascending=[False, True]
        )
    wanted = ["kode", "nama", "provinsi", "usulan_id", "menu", "amount_rp", "score", "ratio", "cause"]
    return rows[[c for c in (worth_showing(scene, wanted) if "menu" in rows else wanted) if c in rows]]


def cause(scene: Scene, kind: str, row: object) -> str:
    """Why not, in one line: the kind of reason and, where a rule keeps it out, the rule's sentence and group."""
    text = say(f"views.kinds.{kind}")
    if kind != "rule" or not isinstance(row, str):
        return text
    rule, group = scene.plan.scenario.rules[int(row.split(":")[1])], group_of(row)
    return f"{text}: {rule.sentence().rstrip('.')}" + (f" ({group})" if group and not group[:2].isdigit() else "")


def ratios(scene: Scene) -> pd.DataFrame:
    """Cost, score and the first goal's column per Rp 1 miliar of every usulan's first option."""
    goal = scene.plan["goals"][0]["name"]
    table = scene.options.table.drop_duplicates("usulan_id")
    scale = MICRO if goal in scene.options.MICRO_COLUMNS else 1
    worth = table[goal].astype("float64").fillna(0) / scale
    return table[["usulan_id", "menu", "amount_rp", "score"]].assign(ratio=worth / (table["amount_rp"] / 10**9))


def reasons(scene: Scene) -> pd.DataFrame:
    """Why usulan are not funded, most frequent reason first, with the groups whose limit they would break."""
    rows = scene.not_funded
    if rows.empty:
        return pd.DataFrame(columns=["kind", "reason", "usulan", "kabupaten", "groups"])
    rows = rows.assign(
        reason=[reason[language()] for reason in rows["reason"]],
        group=[group_of(rule) if isinstance(rule, str) else "" for rule in rows["rule"]],
    )
    rows.loc[rows["kind"] == "tie", "reason"] = say("views.tie")
    grouped = rows.groupby(["kind", "reason"], sort=True)
    table = grouped.agg(usulan=("usulan_id", "size"), kabupaten=("kode", "nunique"), groups=("group", group_list))
    return table.reset_index().sort_values("usulan", ascending=False, kind="stable")


def group_list(groups: pd.Series) -> str:
    names = sorted({g for g in groups if g and not g[:2].isdigit()})
    return ", ".join(names)


def totals(scene: Scene, by: str) -> pd.DataFrame:
    """Winners and money per menu, province or island group of the wilayah; those that get nothing are in it."""
    if by == "menu":
        keys = pd.DataFrame({"key": [row["key"] for row in scene.plan["totals"]["menu"]]})
        keys["region"] = [label("menu", key) for key in keys["key"]]
    else:
        grouped = scene.here.groupby(by, sort=False)
        keys = grouped.agg(
            order=("kode", "min"), daerah=("kode", "size"), calon=("otonom", lambda o: int((o == "ya").sum()))
        )
        keys = keys.sort_values("order").reset_index(names="key").assign(region=lambda t: t["key"])
    for name, column in counted(scene, by).items():
        keys[name] = keys["key"].map(column).fillna(0).astype("int64")
    total = max(int(scene.funded["amount_rp"].sum()), 1)
    keys["share"] = keys["amount_rp"] / total
    if "calon" in keys:
        keys["note"] = [note(*pair) for pair in zip(keys["calon"], keys["usulan"], strict=True)]
    first = ["key", "region"]
    return keys[[*first, *(c for c in keys if c not in (*first, "order"))]]


def note(candidates: int, usulan: int) -> str:
    """What to say of a region that gets nothing."""
    return say("views.not_autonomous") if not candidates else "" if usulan else say("views.gets_nothing")


def counted(scene: Scene, by: str) -> dict[str, pd.Series]:
    """Per key: usulan, both menus' usulan (not when by menu) and money."""
    grouped = scene.funded.groupby(by)
    menus = {} if by == "menu" else {m: grouped["menu"].apply(lambda s, m=m: int((s == m).sum())) for m in menu_names()}
    return {"usulan": grouped.size(), **menus, "amount_rp": grouped["amount_rp"].sum()}


def menu_names() -> tuple[str, str]:
    return ("pembangunan", "revitalisasi")


def everyone(scene: Scene) -> pd.DataFrame:
    """Each kabupaten/kota of the wilayah and what became of it, in code order."""
    mine = scene.funded.groupby("kode")
    menus = mine["menu"].agg(lambda m: ", ".join(label("menu", x) for x in m)).to_dict()
    money = mine["amount_rp"].sum().to_dict()
    table = scene.here[["kode", "nama", "otonom"]].sort_values("kode")
    result = [
        menus.get(k, say("views.not_chosen") if own == "ya" else say("views.not_autonomous"))
        for k, own in zip(table["kode"], table["otonom"], strict=True)
    ]
    amounts = [int(money.get(k, 0)) for k in table["kode"]]
    marks = [scene.mark(k) if k in money else "none" for k in table["kode"]]
    return table[["kode", "nama"]].assign(result=result, amount_rp=amounts, tetap=marks)


def baseline(scene: Scene) -> pd.DataFrame:
    """The plan beside rank-and-cut, in the scenario's own goals; national by nature."""
    records = []
    for place, goal in enumerate(scene.plan["goals"]):
        here, there = (v * goal["point"] / MICRO for v in (goal["value"], scene.plan["baseline"]["goals"][place]))
        records.append((label("columns", goal["name"]), number(here, 2), number(there, 2), percent_more(here, there)))
    ours, rival = set(scene.plan.funded["usulan_id"]), set(scene.plan["baseline"]["funded"])
    money = scene.plan.spent_rp, sum(scene.plan["baseline"]["spent_rp"].values())
    records.append((say("views.columns.amount_rp"), *map(rupiah, money), percent_more(*money)))
    records.append((say("views.columns.usulan"), number(len(ours)), number(len(rival)), ""))
    records.append((say("views.in_both"), number(len(ours & rival)), number(len(ours & rival)), ""))
    return pd.DataFrame(records, columns=["measure", "plan", "baseline", "difference"])


def percent_more(here: float, there: float) -> str:
    return ("+" if here >= there else "") + percent((here - there) / there) if there else ""


def cases(scene: Scene) -> pd.DataFrame:
    """The plan under low, middle and high assumptions: what was assumed, what was chosen, what was proven."""
    asumsi = reference("asumsi").set_index("nama")
    columns = {"rendah": "rendah", "tengah": "nilai", "tinggi": "tinggi"}
    records = []
    for case, plan in scene.cases.items():
        counts = plan.funded[plan.funded["kode"].isin(scene.wilayah.members)]["menu"].value_counts()
        record = {"case": say(f"views.case_{case}")}
        for menu in menu_names():
            name = f"ikm_asumsi_{menu}"
            assumed = plan["scenario"]["assumptions"].get(name, asumsi.at[name, columns[case]])
            record |= {f"ikm_{menu}": int(float(assumed)), menu: int(counts.get(menu, 0))}
        records.append(record | {"status": plan.status_sentence()})
    return pd.DataFrame(records)


def certain_kabupaten(scene: Scene) -> pd.DataFrame:
    """The kabupaten of the wilayah that are chosen under every case, and whether the menu stays the same."""
    from planner.stability import certainty

    table = certainty(scene.cases).merge(scene.here[["kode", "nama", "provinsi"]], on="kode")
    return table.loc[table["certain"], worth_showing(scene, ["kode", "nama", "provinsi", "menu", "certain_menu"])]


def reference(name: str) -> pd.DataFrame:
    """A reference table as text, for showing only."""
    return pd.read_csv(ACUAN / f"{name}.csv", dtype="str", keep_default_na=False)


def sources(scene: Scene) -> pd.DataFrame:
    """Which columns the plan rests on: year, definition, source and known weakness, from ``sumber.csv``."""
    used = [CRITERION_COLUMNS[name] for name in scene.plan.scenario.weights if name in CRITERION_COLUMNS]
    table = reference("sumber")
    mine = table[table["tabel"] == "kabupaten.csv"].set_index("kolom", drop=False).loc[[*used, "ikk", "lat", "petak_x"]]
    names = {column: label("criteria", name) for name, column in CRITERION_COLUMNS.items()}
    fields = [names.get(column) or say(f"views.fields.{column}") for column in mine["kolom"]]
    return mine.assign(field=fields)[["field", "tahun", "definisi", "sumber", "kelemahan"]]


def inputs(scene: Scene) -> pd.DataFrame:
    """The plan's input tables with the beginning of their fingerprints."""
    table = pd.DataFrame(scene.plan["inputs"])
    return table.assign(name=table["name"] + ".csv", sha256=table["sha256"].str[:12])[["name", "rows", "sha256"]]


def evaluation(scene: Scene) -> pd.DataFrame:
    """The six outcomes of the 2017 evaluation as published."""
    table = reference("dampak")
    table = table[table["jenis"] == "evaluasi_2017"]
    return table.assign(outcome=table["catatan"].str.split(";").str[0], value=table["nilai"] + " %")[
        ["outcome", "value", "sumber"]
    ]
