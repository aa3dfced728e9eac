"""How near a plan is to its limits: the pagu and every rule, each with its tightest row in a wilayah."""

from fractions import Fraction
from operator import itemgetter

import pandas as pd

from planner.base.messages import label, say
from planner.base.units import number, percent, rupiah
from planner.scenario.rows import Measure, RowName
from planner.scenario.rules.base import JOINT, Rule
from planner.views.scene import Scene


def rules(scene: Scene) -> pd.DataFrame:
    """The pagu and every rule: its sentence, its law, its tightest row here, and how many usulan it keeps out.

    A plan of version 0.2.0 or before does not say of what its rows speak: no row is the tightest.
    """
    held, records = count_blocked(scene), []
    here = {column: set(values) for column, values in scene.here.astype("str").items()}
    here["sentra_id"] = {*scene.funded["sentra_id"], *scene.funded["usulan_id"]}  # an usulan without sentra is its own
    for index, rule in [(None, None), *enumerate(scene.plan.scenario.rules)]:
        rows = [measure_of(row) for row in scene.plan["rule_status"] if row["rule"] == index and "group" in row]
        near = [row for row in rows if scene.national or concerns(here, rule, row.label)]
        states = [] if rule and rule.each_usulan else [state(scene, rule, row) for row in near]
        records.append({
            "rule": rule.sentence() if rule else ceiling(scene),
            "law": rule.law if rule else "", "tightest": tightest(states), "holds_out": held.get(index, 0),
        })  # fmt: skip
    return pd.DataFrame(records)


def measure_of(row: dict) -> Measure:
    """A record of ``rule_status`` as what it says."""
    return Measure(RowName(row["group"], row["ta"], bound=row["bound"]), row["activity"], row["lower"], row["upper"])


def ceiling(scene: Scene) -> str:
    return say("views.pagu_years") if scene.several else say("views.pagu", budget=rupiah(scene.plan.pagu_rp))


def tightest(states: list[tuple[float, str]]) -> str:
    """The state nearest to its limit, in words; of a soft rule the one missed most, and how many more are."""
    missed = sum(slack < 0 for slack, _ in states)
    text = min(states, key=itemgetter(0))[1] if states else ""
    return f"{text} {say('goals.others', count=number(missed - 1))}" if missed > 1 else text


def count_blocked(scene: Scene) -> dict[int | None, int]:
    """Usulan kept out per rule's number (``None``: the pagu)."""
    rows = scene.out
    names = rows.loc[rows["kind"].isin(["rule", *scene.GATES]), "rule"].astype("str")
    counts = names.map(scene.plan.scenario.rule_number).dropna().astype("int64").value_counts()
    return counts.to_dict() | {None: int((rows["kind"] == "price").sum())}


def concerns(here: dict[str, set[str]], rule: Rule | None, row: RowName) -> bool:
    """Whether a row's group lies in the wilayah (a row by menu or over all concerns everyone).

    ``here``: the values of each column of its kabupaten.
    """
    by = rule.grouped_by if rule and not rule.each_usulan else None
    return by not in here or not here[by].isdisjoint((row.group or "").split(JOINT))


def state(scene: Scene, rule: Rule | None, row: Measure) -> tuple[float, str]:
    """How near a row is to its limit: as a share of the limit (0 = touching), and in words."""
    group, ta = row.label.group or "", row.label.ta
    when = say("calendar.of", ta=ta) if scene.several and ta else ""
    where = ", ".join(filter(None, [scene.names.get(group, label("menu", group)), when]))
    share = rule.as_shares(row, scene.whole) if rule else None
    whole, write = (row.activity, row.limit or 0), number if rule and rule.unit == "count" else rupiah
    told = [percent(each) for each in share] if share else [write(each) for each in whole]
    text = say("views.activity", activity=told[0], limit=told[1])
    reached, allowed = share or whole
    slack = abs(allowed - reached) / abs(allowed) if allowed else 1.0
    if rule and rule.is_soft and (missed := gap_text(rule, row, rule.gap(row, scene.options))):
        slack, text = -slack, f"{text}; {missed}"
    return slack, f"{where}: {text}" if where else text


def gap_text(rule: Rule, row: Measure, gap: Fraction | None) -> str:
    """'kurang Rp 1,2 miliar dari sasaran' of a soft row missed; nothing where it holds or the unit is unknown."""
    if not gap:
        return ""
    short = row.lower is not None and row.activity < row.lower
    rounded = -(-gap.numerator // gap.denominator)
    told = rupiah(rounded) if rule.unit == "rupiah" else number(float(gap), 0 if gap == rounded else 2)
    return say("goals.short" if short else "goals.over", gap=told)


def rule_of(scene: Scene, row: str | None) -> Rule | None:
    """The rule that a name in the plan is of: its own, or that of a row."""
    index = scene.plan.scenario.rule_number(row or "")
    return None if index is None else scene.plan.scenario.rules[index]


def place_of(scene: Scene, row: object) -> str:
    """The group of a rule's row by name; nothing where it is a kabupaten or an usulan by code, or there is no row."""
    group = scene.row_groups.get(row, "") if isinstance(row, str) else ""
    return "" if group[:2].isdigit() else group
