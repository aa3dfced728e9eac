"""How near a plan is to its limits: the pagu and every rule, each with its tightest row in a wilayah."""

import pandas as pd

from planner.messages import label, say
from planner.rules.bands import Band
from planner.units import exact, number, percent, rupiah
from planner.views.scene import Scene


def rules(scene: Scene) -> pd.DataFrame:
    """The pagu and every rule: its sentence, its law, its tightest row here, and how many usulan it keeps out."""
    held = blocked(scene)
    records = []
    for index, rule in [(None, None), *enumerate(scene.plan.scenario.rules)]:
        rows = [row for row in scene.plan["rule_status"] if row["rule"] == index and concerns(scene, rule, row)]
        states = sorted((state(scene, rule, row) for row in rows), key=lambda s: s["slack"])
        sentence = rule.sentence() if rule else say("views.pagu", budget=rupiah(sum(scene.plan["budget_rp"].values())))
        tightest = states[0]["text"] if states else ""
        records.append(
            {
                "rule": sentence, "law": rule.law if rule else "", "tightest": tightest,
                "holds_out": sum(held.get(row["row"], 0) for row in rows) if rule else held.get(None, 0),
                "slack": states[0]["slack"] if states else 1.0,
            }
        )  # fmt: skip
    return pd.DataFrame(records)


def blocked(scene: Scene) -> dict[str | None, int]:
    """Usulan kept out per row (``None``: the pagu), only of kabupaten that got nothing."""
    rows = scene.not_funded[~scene.not_funded["kode"].isin(scene.plan.funded["kode"])]
    counts = rows[rows["kind"] == "rule"].groupby("rule").size().to_dict()
    return counts | {None: int((rows["kind"] == "price").sum())}


def concerns(scene: Scene, rule, row: dict) -> bool:
    """Whether a row's group lies in the wilayah (a row by menu or over all concerns everyone)."""
    by = getattr(rule, "by", None) or ("kode" if rule and rule.rule in ("MaxPerKabupaten", "SupportShare") else None)
    if scene.national or by not in scene.here:
        return True
    group = row["row"].split(":")[2]
    return group in set(scene.here[by].astype("str"))


def state(scene: Scene, rule, row: dict) -> dict:
    """How near a row is to its limit: ``slack`` (share of the limit, 0 = touching) and ``text``."""
    limit = row["lower"] if row["upper"] is None else row["upper"]
    group, ta = key_of(rule, row["row"])
    where = scene.names.get(group, label("menu", group))
    prefix = f"{where}: " if where else ""
    write = rupiah if rule is None or rule.rule == "SpendBand" else number
    share = share_of(scene, rule, row, group, ta) if limit == 0 else None
    if share is None:
        text = say("views.activity", activity=write(row["activity"]), limit=write(limit))
        slack = abs(limit - row["activity"]) / abs(limit) if limit else 1.0
        return {"slack": slack, "text": prefix + text, "row": row}
    actual, wanted = share
    text = say("views.activity", activity=percent(actual), limit=percent(wanted))
    return {"slack": abs(actual - wanted) / max(wanted, 1e-9), "text": prefix + text, "row": row}


def key_of(rule, name: str) -> tuple[str, str]:
    """The group and the year in a row's name: ``SpendBand:2:Aceh:2028:max_share`` -> ``('Aceh', '2028')``."""
    own = name.split(":", 2)[-1]
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
    group = key_of(rule_of(scene, row), row)[0] if isinstance(row, str) else ""
    return "" if group[:2].isdigit() else group
