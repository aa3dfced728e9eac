"""What a ranking is made of, and on whose word: what was measured, what is known to be there, what is only a share."""

import pandas as pd

from planner.base.messages import label, say
from planner.base.units import MICRO, gap_percent, number, percent, rupiah
from planner.model.candidates import Candidates
from planner.plan.whatif_file import place_of
from planner.scenario.chance import FACTORS, also_factors
from planner.scenario.place import Place
from planner.tables.schemas import MENUS
from planner.views import tables
from planner.views.html import Html, paragraph, table
from planner.views.scene import Scene

KINDS = ("measured", "known", "shared")
GIVEN = "2023", "bidang IKM"  # the last year of which the press tells both the money and who got it


def ranking(scene: Scene) -> str:
    """One sentence on what the first goal counts, and, where candidates are modelled, how many sentra are counted."""
    goal = scene.plan.scenario.goals[0]
    if goal.column != "benefit":
        return say("evidence.by_goal", goal=goal.sentence().rstrip("."))
    weights = scene.plan.scenario.weighed
    parts = [f"{label('criteria', name)} {percent(w / sum(weights.values()), 0)}" for name, w in weights.items()]
    factors = once(scene)
    again = [label("criteria", name) for name in weights if name in factors]
    said = say("evidence.ranking", weights=", ".join(parts), factors=", ".join(at_work(scene)))
    return " ".join(filter(None, [said, say("evidence.once", names=", ".join(again)) if again else "", counted(scene)]))


def meanings(scene: Scene) -> list[str]:
    """What each criterion of the ranking's score is, heaviest first, and whose choice the weights are."""
    if scene.plan.scenario.goals[0].column != "benefit":
        return []
    weights = sorted(scene.plan.scenario.weights.items(), key=lambda one: -one[1])
    told = [f"{label('criteria', name)}: {label('criteria_told', name)}" for name, weight in weights if weight]
    return [*told, say("evidence.choice")] if told else []


def once(scene: Scene) -> frozenset[str]:
    """The criteria that the benefit has as factors, so that its score leaves them out."""
    if scene.plan.scenario.count_twice or scene.source is None:
        return frozenset()
    return also_factors(scene.source.assumptions)


def at_work(scene: Scene) -> list[str]:
    """The factors of chance that are not 1 for everyone, in words; all of them where the tables are gone."""
    if scene.options is None:
        return [label("factors", name) for name in FACTORS]
    table = scene.options.table
    return [label("factors", name) for name in FACTORS if (table[name] != 1).any()] or [say("evidence.no_factor")]


def counted(scene: Scene) -> str:
    """Of the wilayah's winners: in how many kabupaten the sentra are measured, known, or a share; '' over usulan."""
    if not scene.plan.modelled or scene.source is None or scene.funded.empty:
        return ""
    kinds = scene.funded["kode"].map(tables.kinds_of(scene.source)).value_counts()
    counts = {kind: number(int(kinds.get(kind, 0))) for kind in KINDS}
    return say("evidence.counted", key=say(f"evidence.key_{scene.plan.scenario.sentra_by}"), **counts)


def floor_price(scene: Scene) -> str:
    """What the scenario's floor costs in the first goal: the plan without it, where that point was solved; else ''."""
    if scene.whatif is None or scene.whatif["floor"] is None:
        return ""
    place, goal = Place(scene.whatif["floor"]), scene.plan["goals"][0]
    points = {place_of(point): point for point in scene.whatif["points"]}
    without = points.get((place.name, 0)) or points.get((place.name, 0.0))
    if without is None or without["goals"] is None:
        return ""
    free = without["goals"][0]["value"] * without["goals"][0]["point"]
    mine = goal["value"] * goal["point"]
    names = {row[0] for row in without["funded"]}
    other = len(set(scene.plan.funded["usulan_id"]) - names)
    said = say(
        "evidence.floor", sentence=place.rule_of(scene.plan.scenario).sentence().rstrip("."), more=percent(
            (free - mine) / mine if mine else 0.0, 2
        ), other=number(other),
    )  # fmt: skip
    gap = max(without["goals"][0]["gap"] or 0.0, goal["gap"] or 0.0)
    return said + (" " + say("evidence.floor_open", gap=gap_percent(gap)) if gap else "")


def table_of(candidates: Candidates) -> pd.DataFrame:
    """Every kabupaten with its interval of sentra and IKM, whether measured or shared, and the source."""
    rows = candidates.evidence.merge(candidates.kabupaten[["kode", "nama", "provinsi"]], on="kode")
    return pd.DataFrame({
        "kode": rows["kode"], "nama": rows["nama"], "provinsi": rows["provinsi"],
        "hitungan": [say(f"evidence.kinds.{kind}") for kind in rows["measured"]],
        "sentra": (rows["sentra"] / MICRO).round(2), "sentra_rendah": rows["sentra_low"],
        "sentra_tinggi": rows["sentra_high"], "ikm_per_sentra": rows["ikm"], "ikm_rendah": rows["ikm_low"],
        "ikm_tinggi": rows["ikm_high"], "peluang_ada": rows["presence"] / MICRO, "jumlah_kendali": rows["total_sentra"],
        "sumber": rows["source"],
    })  # fmt: skip


def ticket_sizes(candidates: Candidates) -> Html:
    """What one recipient really got beside what the modelled packages cost: the mean of each menu over all regions."""
    program = tables.reference("program")
    year = program[(program["tahun"] == GIVEN[0]) & (program["cakupan"] == GIVEN[1])].set_index("butir")
    money, regions = int(year.at["pagu", "nilai_rp"]), int(year.at["daerah", "nilai"])
    menus = candidates.usulan.set_index("usulan_id")["menu"]
    means = {menu: int(candidates.asked_rp[menus.index[menus == menu]].mean()) for menu in MENUS}
    rows = [(say("evidence.given", ta=GIVEN[0], money=rupiah(money), regions=number(regions)), money // regions)]
    rows += [(say("evidence.package", menu=label("menu", menu)), mean) for menu, mean in means.items()]
    frame = pd.DataFrame(rows, columns=["measure", "amount_rp"])
    least, most = min(means.values()), max(means.values())
    note = say("evidence.sizes", given=rupiah(money // regions), low=rupiah(least), high=rupiah(most))
    return Html(table(frame, say("evidence.caption_sizes")) + paragraph(note))
