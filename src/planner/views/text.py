"""Sentences of a scene: what a planner reads before any chart."""

from collections.abc import Iterator

import pandas as pd

from planner.answers.low_spend import how_little, is_low, low_spend
from planner.answers.register import ratios
from planner.base.messages import label, language, say
from planner.base.units import gap_percent, number, percent, rupiah
from planner.model.status import gap_of
from planner.plan.plan import menu_counts
from planner.scenario.assumptions import expired
from planner.scenario.criteria import FACTS
from planner.scenario.goals import title
from planner.views import limits, tables
from planner.views.html import UNKNOWN, cut
from planner.views.scene import Scene


def stamp(scene: Scene) -> str:
    """'Simulasi pagu indikatif TA 2028, bukan daftar penerima', or what the plan was made over."""
    years = years_of(scene)
    out = scene.plan.not_funded["kind"].ne("later").sum()
    count = number(len(scene.plan.funded) + int(out))
    key = "views.stamp_modelled" if scene.plan.modelled else "views.stamp_usulan"
    return say(key, years=years, count=count) + (", " + say("views.synthetic") if scene.plan.synthetic else "")


def years_of(scene: Scene) -> str:
    """'2028', or '2028–2032'."""
    return "–".join(sorted({min(scene.plan["budget_rp"]), max(scene.plan["budget_rp"])}))


def status_line(scene: Scene) -> str:
    """What was proven, in words that claim no more, and whether another list is as good."""
    proof = scene.plan.status_sentence()
    return f"{proof[0].upper()}{proof[1:]}; {say('tie_break.' + scene.plan['tie_break'])}."


def proof(scene: Scene) -> str:
    """What was proven, with the certificate where there is one."""
    return f"{status_line(scene)} {certificate_line(scene)}".rstrip()


def certificate_line(scene: Scene) -> str:
    """How far the plan may lie below the best of each goal, by a proof that needs none of this software; '' without."""
    if scene.certificate is None:
        return ""
    goals = zip(scene.plan["goals"], scene.certificate["bounds"], strict=True)
    gaps = [f"{title(g['name'])} {gap_percent(gap_of(g['stage_value'], bound))}" for g, bound in goals]
    return say("certificate.shown", gaps=", ".join(gaps))


def headline(scene: Scene) -> str:
    """One sentence: how many, which menus, how much and what is left; a wilayah with nothing says so."""
    if not scene.candidates:
        return say("views.head_dki", nama=cut(scene.wilayah.nama, 80), count=len(scene.here))
    rows, kind = scene.funded, scene.wilayah.kind
    if rows.empty:
        one = "one" if kind == "kabupaten" else "none"
        return say(f"views.head_{one}", nama=cut(scene.wilayah.nama, 80), chosen=scene.chosen)
    budget = scene.plan.pagu_rp
    values = {
        "nama": cut(scene.wilayah.nama, 80), "chosen": scene.chosen, "count": number(rows["kode"].nunique()),
        "of": number(scene.candidates), "spent": rupiah(rows["amount_rp"].sum()),
        "budget": rupiah(budget), "rest": rupiah(budget - scene.plan.spent_rp),
        "usulan": "" if rows["kode"].is_unique else say("views.head_usulan", count=number(len(rows))),
        "menu": " + ".join(scene.won(rows.sort_values("ta", kind="stable"))),
        **{menu: number(count) for menu, count in menu_counts(rows).items()},
    }  # fmt: skip
    place = {"nasional": "national", "kabupaten": "kabupaten"}.get(kind, "region")
    return say(f"views.head_{place}", **values) + over_years(scene)


def over_years(scene: Scene) -> str:
    """That figures add up several years, of which only the first may be a commitment; '' for one year."""
    years, first = sorted(scene.plan["budget_rp"]), first_year(scene)
    spent = rupiah(first["amount_rp"].sum())
    said = say("views.all_years", first=years[0], last=years[-1], usulan=number(len(first)), spent=spent)
    return f" {said} {scene.plan.intention()}" if scene.several else ""


def first_year(scene: Scene) -> pd.DataFrame:
    """What is funded here in the plan's first year, the only one that may be a commitment."""
    return scene.funded[scene.funded["ta"] == scene.plan.scenario.first_year]


def numbers(scene: Scene) -> list[tuple[str, str]]:
    """Three or four (number, meaning) pairs for the first screen: who, how much, how sure, and where that stands."""
    rows, spent = scene.funded, int(scene.funded["amount_rp"].sum())
    one = scene.wilayah.kind == "kabupaten"
    count = len(rows) if one else rows["kode"].nunique()
    meaning = say("views.number_own") if one else say("views.number_chosen", of=number(scene.candidates))
    share = say("views.number_share", share=percent(spent / max(scene.plan.spent_rp, 1)))
    whole = say("views.number_budget", budget=rupiah(scene.plan.pagu_rp))
    first_two = [(number(count), meaning), (rupiah(spent), whole if scene.national else share)]
    return [*first_two, *third(scene), standing(scene)]


def third(scene: Scene) -> Iterator[tuple[str, str]]:
    """The third number: how sure, else how much of the money is the first year's; none where neither is known."""
    if scene.robust:
        draws, kinds = number(scene.robust["done"]), scene.funded.drop_duplicates("kode")["tetap"]
        if scene.wilayah.kind == "kabupaten":
            yield number(scene.times.get(scene.wilayah.kode, 0)), say("views.number_times", draws=draws)
        else:
            half = number(int(kinds.isin(["pasti", "sering"]).sum()))
            yield number(int((kinds == "pasti").sum())), say("views.number_sure", draws=draws, half=half)
    elif scene.several and len(scene.funded):
        spent = rupiah(first_year(scene)["amount_rp"].sum())
        yield spent, say("views.number_first", ta=scene.plan.scenario.first_year)


def standing(scene: Scene) -> tuple[str, str]:
    """The fourth number: provinces reached, a province's rank by money, else how many usulan are out."""
    money = scene.all_funded.groupby("kode_provinsi")["amount_rp"].sum()
    own = scene.here.loc[scene.here["otonom"] == "ya", "kode_provinsi"]
    if scene.national:
        return number(len(money)), say("views.number_provinces", of=number(own.nunique()))
    mine = money.get(scene.here["kode_provinsi"].iat[0], 0)
    if scene.wilayah.kind == "provinsi" and mine:
        place = say("views.rank", place=number(int((money > mine).sum()) + 1))
        return place, say("views.number_rank", of=number(own.nunique()))
    out = int(scene.not_funded["kind"].ne("later").sum())
    return number(out), say("views.number_out", who=who(scene, out))


def who(scene: Scene, count: int = 0) -> str:
    """What a plan chooses from, so many of them: usulan, or candidates that nobody has proposed."""
    return say("views.who_modelled" if scene.plan.modelled else "views.who", count=count)


def binding(scene: Scene) -> str:
    """What limits the wilayah most: outbid within the pagu, or the rule that keeps out most usulan."""
    if not scene.candidates:
        return ""
    if scene.funded.empty and scene.not_funded.empty:
        return say("views.no_usulan")
    held = {rule: count for rule, count in limits.count_blocked(scene).items() if rule is not None}
    price, names = limits.count_blocked(scene)[None], scene.plan.scenario.rule_names
    left = scene.plan.pagu_rp - scene.plan.spent_rp
    budget = "views.binds_budget_years" if scene.several else "views.binds_budget"
    parts = [say(budget, left=rupiah(left), count=number(price), who=who(scene, price))] if price else []
    if held:
        most = max(sorted(held, key=names.__getitem__), key=held.__getitem__)
        parts.insert(0 if held[most] > price else 1, kept_out(scene, most, held[most]))
    return f"{say('views.binds')} {'; '.join(parts)}." if parts else say("views.binds_nothing")


def kept_out(scene: Scene, number_: int, count: int) -> str:
    """The rule that keeps out most usulan: in which of its groups, or how near its one limit here is."""
    rule = limits.rules(scene).iloc[number_ + 1]  # the pagu is the first
    said = {"sentence": rule["rule"].rstrip("."), "count": number(count), "who": who(scene, count)}
    by, groups = scene.plan.scenario.rules[number_].grouped_by, held_groups(scene, number_)
    if groups and by and (scene.national or len(groups) > 1):
        most = ", ".join(f"{cut(name, 60)} {number(n)}" for name, n in list(groups.items())[:3])
        key = "views.binds_groups" if len(groups) > 3 else "views.binds_few"
        return say(key, groups=number(len(groups)), by=label("columns", by).lower(), most=most, **said)
    if not rule["tightest"]:
        return say("views.binds_gate", **said)
    return say("views.binds_rule", state=cut(rule["tightest"], 120), **said)


def held_groups(scene: Scene, number_: int) -> dict[str, int]:
    """How many usulan a rule keeps out in each of its groups that have a name, most first."""
    rows = scene.out.loc[scene.out["kind"] == "rule", "rule"].astype("str")
    own = rows[rows.map(scene.plan.scenario.rule_number) == number_]
    places = own.map(lambda row: label("menu", limits.place_of(scene, row)))
    counts = places[places != ""].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return {str(name): int(n) for name, n in counts.items()}


def nearest(scene: Scene) -> str:
    """Who came nearest in a wilayah that gets nothing, or by how much one kabupaten is in, or what all of it lacks."""
    one, nothing = scene.wilayah.kind == "kabupaten", scene.funded.empty
    rows = scene.not_funded if nothing else scene.funded
    if scene.options is None or rows.empty or not (one or nothing):
        return ""
    table = ratios(scene.plan, scene.options)
    own = table[table["usulan_id"].isin(rows["usulan_id"])]
    if own.empty:
        said = rows.head(3) if one else rows.head(0)
        return " ".join(f"{cut(row.usulan_id, 60)}: {row.reason[language()]}" for row in said.itertuples())
    best = own.nlargest(1, "ratio").iloc[0]
    winners = table[table["usulan_id"].isin(scene.plan.funded["usulan_id"]) & (table["menu"] == best["menu"])]
    record = rows.set_index("usulan_id").loc[best["usulan_id"]]
    return say(
        "views.nearest" if nothing else "views.why_chosen", nama=cut(scene.names[record["kode"]], 80),
        menu=label("menu", best["menu"]), ratio=number(best["ratio"], 2),
        lowest=number(winners["ratio"].min(), 2) if len(winners) else "–",
        reason=record["reason"][language()] if nothing else "",
    )  # fmt: skip


def warnings(scene: Scene) -> list[str]:
    """At most five things to know before reading on, and each weight that holds no longer."""
    found = [say("views.warn_synthetic")] if scene.plan.synthetic else []
    found += [cause] if scene.national and (cause := little_spent(scene)) else []
    found += not_known(scene)
    if scene.plan.modelled and scene.candidates:
        found.append(assumption_warning(scene))
    if scene.national:
        for by in ("pulau", "provinsi"):
            table = tables.totals(scene, by).query("usulan == 0")
            empty = [cut(name, 60) for name in table.loc[table["calon"] > 0, "region"]]
            barred = [cut(name, 60) for name in table.loc[table["calon"] == 0, "region"]]
            if empty:
                text = say(f"views.warn_{by}", count=number(len(empty)), names=", ".join(empty))
                found.append(text + (f" {', '.join(barred)}: {say('views.not_autonomous')}." if barred else ""))
    return [*found[:5], *expired(scene.plan.scenario)]


def little_spent(scene: Scene) -> str:
    """Of a plan that spends less than half of its pagu, how little and why; without its tables only how little."""
    plan, candidates, options = scene.plan, scene.source, scene.options
    if not is_low(plan) or candidates is None or options is None:
        return how_little(plan) if is_low(plan) else ""
    cause = options.once(("low spend", plan.fingerprint), lambda: low_spend(plan, candidates))
    return cause.sentence() if cause else ""


def not_known(scene: Scene) -> list[str]:
    """How many winners have something that is not known, and their rupiah, by what it is."""
    found = []
    for mark, names in scene.unclear.items():
        rows = scene.funded[scene.funded["usulan_id"].isin(names)]
        if len(rows):
            said = {"count": number(len(rows)), "of": number(len(scene.funded)), "sign": UNKNOWN[mark]}
            found.append(say(f"views.warn_{mark}", amount=rupiah(rows["amount_rp"].sum()), **said))
    return found


def assumption_warning(scene: Scene) -> str:
    """What is assumed of IKM, and how much of the list survives draws of it and of all else that is uncertain."""
    text = say("views.warn_assumption", **{menu: number(ikm) for menu, ikm in tables.assumed_ikm(scene.plan).items()})
    if scene.robust:
        rows = scene.all_funded.drop_duplicates("kode")
        pairs = set(zip(scene.all_funded["kode"], scene.all_funded["menu"], strict=True))
        sure = int((rows["tetap"] == "pasti").sum())
        both = [scene.class_of_menu(*pair) for pair in pairs].count("pasti")
        counts = {"draws": scene.robust["done"], "sure": sure, "count": len(rows)}
        kept = say("views.warn_kept", kept=number(both)) if sure else ""
        text += " " + say("views.warn_sure", kept=kept, **{name: number(count) for name, count in counts.items()})
    return text


def data_date(scene: Scene) -> str:
    """The years of the indicators that the scores rest on."""
    years = tables.reference("sumber").set_index(["tabel", "kolom"])["tahun"].to_dict()
    own = scene.kabupaten["tpt_tahun"]
    years["kabupaten.csv", "tpt_pct"] = "–".join(str(int(y)) for y in sorted({own.min(), own.max()}))
    facts = {name: FACTS[name][0] for name in FACTS if name in scene.plan.scenario.weighed}
    told = {name: tables.year(years[f"{table}.csv", column]) for name, (table, column) in facts.items()}
    parts = [f"{label('criteria', name)} {when}" for name, when in told.items()]
    ikk = years["kabupaten.csv", "ikk"]
    return say("views.data_date", parts=", ".join([*parts, f"IKK {ikk}"]).replace("-", "–"))


def baseline_sentence(scene: Scene) -> str:
    """The difference to rank-and-cut in the scenario's own goal; and which floors that list misses."""
    goal, rival = scene.plan["goals"][0], scene.plan["baseline"]
    text = say(
        "views.baseline", goal=title(goal["name"]),
        difference=tables.percent_more(goal["value"], rival["goals"][0]) or "–",
    )  # fmt: skip
    missing = {scene.plan.scenario.rule_number(row) for row in rival["misses"]}
    missed = " ".join(rule.sentence() for n, rule in enumerate(scene.plan.scenario.rules) if n in missing)
    return text + (" " + say("views.baseline_misses", rules=missed) if missed else "")


def unknowns(scene: Scene) -> list[str]:
    """What this plan does not know."""
    keys = ["ikm", "sentra", "readiness", "location", "indicators"] if scene.plan.modelled else ["indicators"]
    found = [say(f"views.unknowns.{key}") for key in keys]
    for name, count in (scene.options.unknown if scene.options else {}).items():
        if count:
            found.append(say("views.unknowns.criterion", name=label("criteria", name), count=number(count)))
    return found + unclear(scene)


def unclear(scene: Scene) -> list[str]:
    """Per rule how many usulan it cannot judge because a cell is empty: listed, not punished."""
    if scene.source is None:
        return []
    first, usulan = scene.plan.scenario.first_year, scene.source.usulan
    counts = [(rule, len(rule.unclear(usulan, scene.source, first))) for rule in scene.plan.scenario.rules]
    return [say("views.unknowns.rule", sentence=rule.sentence(), count=number(n)) for rule, n in counts if n]


def reproduce(scene: Scene) -> list[tuple[str, str]]:
    """(meaning, value) pairs that let anyone make and check this plan again; paths are of the reader's own folder."""
    plan, made_from = scene.plan, cut(scene.scenario_file, 80) or say("views.repro.file_unknown")
    lang = "" if language() == "id" else f" --lang {language()}"
    name = "nasional" if scene.national else scene.wilayah.kode
    return [
        (say("views.repro.scenario"), f"{cut(plan.scenario.name, 120)} ({made_from})"),
        (say("views.repro.fingerprint"), plan.fingerprint),
        *((say("views.repro.input", name=table["name"]), table["sha256"]) for table in plan["inputs"]),
        (say("views.repro.solver"), f"planner {plan['planner']}, {plan['solver']['name']} {plan['solver']['version']}"),
        (say("views.repro.allocate"), f"planner allocate {made_from}"),
        (say("views.repro.verify"), "planner verify plan.json"),
        (say("views.repro.report"), f"planner report plan.json --wilayah {cut(name, 60)}{lang}"),
        (say("views.repro.page"), f"planner verify {say('views.repro.this_page')}.html"),
    ]
