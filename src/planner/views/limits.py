"""How near a plan is to its limits: the pagu and every rule, each with its tightest row in a wilayah."""

from operator import itemgetter

import pandas as pd

from planner.base.messages import label, say
from planner.base.units import exact, number, percent, rupiah
from planner.scenario.rules.base import Band, LiftedRule
from planner.views.scene import Scene

BY_KABUPATEN = ("MaxPerKabupaten", "SupportShare", "OperatingBurden", "SpreadCommodity")
BY = dict.fromkeys(BY_KABUPATEN, "kode") | {"OnePerSentra": "sentra_id"}
IN_RUPIAH = ("SpendBand", "OperatingBurden")


def rules(scene: Scene) -> pd.DataFrame:
    """The pagu and every rule: its sentence, its law, its tightest row here, and how many usulan it keeps out."""
    held, records = blocked(scene), []
    here = {column: set(values) for column, values in scene.here.astype("str").items()}
    here["sentra_id"] = {*scene.funded["sentra_id"], *scene.funded["usulan_id"]}  # an usulan without sentra is its own
    for index, rule in [(None, None), *enumerate(scene.plan.scenario.rules)]:
        rows = [row for row in scene.plan["rule_status"] if row["rule"] == index and concerns(here, scene, rule, row)]
        states = [] if rule and rule.each_usulan else [state(scene, rule, row) for row in rows]
        records.append({
            "rule": rule.sentence() if rule else ceiling(scene),
            "law": rule.law if rule else "", "tightest": tightest(states),
            "holds_out": held.get(f"{rule.rule}:{index}" if rule else None, 0),
        })  # fmt: skip
    return pd.DataFrame(records)


def ceiling(scene: Scene) -> str:
    return say("views.pagu_years") if scene.several else say("views.pagu", budget=rupiah(scene.plan.pagu_rp))


def tightest(states: list[tuple[float, str]]) -> str:
    """The state nearest to its limit, in words; of a soft rule the one missed most, and how many more are."""
    missed = sum(slack < 0 for slack, _ in states)
    text = min(states, key=itemgetter(0))[1] if states else ""
    return f"{text} {say('goals.others', count=number(missed - 1))}" if missed > 1 else text


def blocked(scene: Scene) -> dict[str | None, int]:
    """Usulan kept out per rule, such as ``SpendBand:2`` (``None``: the pagu)."""
    rows = scene.out
    rules = rows.loc[rows["kind"].isin(["rule", "gate"]), "rule"].astype("str").str.split(":").str[:2].str.join(":")
    return rules.value_counts().to_dict() | {None: int((rows["kind"] == "price").sum())}


def concerns(here: dict[str, set[str]], scene: Scene, rule, row: dict) -> bool:
    """Whether a row's group lies in the wilayah (a row by menu or over all concerns everyone).

    ``here``: the values of each column of its kabupaten.
    """
    by = getattr(rule, "by", None) or (rule and BY.get(rule.rule))
    return scene.national or by not in here or rule.each_usulan or row["row"].split(":")[2] in here[by]


def state(scene: Scene, rule, row: dict) -> tuple[float, str]:
    """How near a row is to its limit: as a share of the limit (0 = touching), and in words."""
    limit = row["lower"] if row["upper"] is None else row["upper"]
    group, ta = key_of(rule, row["row"])
    when = say("calendar.of", ta=ta) if scene.several and ta else ""
    where = ", ".join(filter(None, [scene.names.get(group, label("menu", group)), when]))
    share = share_of(scene, rule, row, group, ta) if limit == 0 else None
    if isinstance(rule, LiftedRule):
        share = rule.shares(row["activity"], limit)
    reached, allowed = share or (row["activity"], limit)
    write = percent if share else rupiah if rule is None or rule.rule in IN_RUPIAH else number
    text = say("views.activity", activity=write(reached), limit=write(allowed))
    slack = abs(allowed - reached) / abs(allowed) if allowed else 1.0
    if getattr(rule, "soft", False) and (missed := gap_text(scene, rule, row)):
        slack, text = -slack, f"{text}; {missed}"
    return slack, f"{where}: {text}" if where else text


def gap_text(scene: Scene, rule, row: dict) -> str:
    """'kurang Rp 1,2 miliar dari sasaran' of a soft row missed; nothing where it holds or the unit is unknown."""
    short = row["lower"] is not None and row["activity"] < row["lower"]
    limit, bound = row["lower"] if short else row["upper"], row["row"].rpartition(":")[2]
    by = 0 if limit is None else limit - row["activity"] if short else row["activity"] - limit
    if by <= 0 or (rule.rule == "TotalBand" and scene.options is None):
        return ""
    scale = rule.scale(scene.options) if rule.rule == "TotalBand" else 1
    if bound.endswith("share") and getattr(rule, "of", "spent") == "spent":
        scale *= exact(getattr(rule, bound)).denominator
    whole = by % scale == 0
    gap = rupiah(-(-by // scale)) if rule.rule == "SpendBand" else number(by / scale, 0 if whole else 2)
    return say("goals.short" if short else "goals.over", gap=gap)


def key_of(rule, name: str) -> tuple[str, str]:
    """The group and the year in a row's name: ``SpendBand:2:Aceh:2028:max_share`` -> ``('Aceh', '2028')``."""
    own = name.split(":", 2)[-1]
    if rule is not None and rule.each_usulan:
        return tuple(own.split(":")[:2])
    if isinstance(rule, LiftedRule):
        return (own.partition(":")[0] if rule.rule in BY_KABUPATEN else ""), ""
    if rule is None or rule.rule == "Lock":
        return ("", own) if rule is None else (own, "")
    group, ta = own.rsplit(":", 2)[:2] if isinstance(rule, Band) else own.rsplit(":", 1)
    return group, ta


def share_of(scene: Scene, rule, row: dict, group: str, ta: str) -> tuple[float, float] | None:
    """A homogeneous row ``q x part - p x whole`` as (share reached, share allowed); none where the whole is unknown."""
    bound = "max_share" if row["upper"] == 0 else "min_share"
    allowed = getattr(rule, bound, None)
    if allowed is None or rule.rule == "TotalBand":
        return None
    usulan, amount_rp = scene.whole.get((ta, group if rule.rule == "SupportShare" else ""), (0, 0))
    whole = usulan if rule.rule == "CountBand" else amount_rp
    if not whole:
        return None
    return float(allowed) + row["activity"] / (exact(allowed).denominator * whole), float(allowed)


def rule_of(scene: Scene, row: str):
    """The rule that a row belongs to."""
    return scene.plan.scenario.rules[int(row.split(":")[1])]


def place_of(scene: Scene, row: object) -> str:
    """The group of a rule's row by name; nothing where it is a kabupaten or an usulan by code, or there is no row."""
    group = key_of(rule_of(scene, row), row)[0] if isinstance(row, str) and row.count(":") > 1 else ""
    return "" if group[:2].isdigit() else group
