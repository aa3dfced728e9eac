"""Two or more plans side by side: who enters, who leaves, what changes, and what was asked differently."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from planner.answers import scenario_diff as differences
from planner.base.errors import PlannerError, shown
from planner.base.messages import LANGUAGES, say
from planner.plan.plan import Plan, menu_counts, read_plan
from planner.plan.plan_file import fingerprint_of
from planner.scenario.rules import RULES
from planner.scenario.rules.base import Rule
from planner.scenario.scenario import plain

MONEY = ["before_rp", "after_rp", "difference_rp"]
COLUMNS = {  # of each table; "before" is the first plan
    "usulan": ["plan", "usulan_id", "kode", "change", "menu_before", "menu", "ta_before", "ta", *MONEY, "in_both"],
    "lines": ["plan", "usulan_id", "rincian_id", "volume_before", "volume", *MONEY],
    "kabupaten": ["plan", "kode", "change", "usulan_before", "usulan", *MONEY],
    "totals": ["plan", "by", "key", "usulan_before", "usulan", *MONEY],
    "goals": ["plan", "goal", "value_before", "value", "bound_before", "bound", "gap_before", "gap"],
    "settings": ["plan", "key", "rule", "before", "after"],
    "inputs": ["plan", "name", "sha256_before", "sha256", "rows_before", "rows"],
}
COUNTS = ["ta_before", "ta", "volume_before", "volume", "rows_before", "rows", "value_before", "value", "bound_before",
          "bound", "usulan_before", *MONEY]  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """How other plans differ from the first; every table holds differences only, one row per plan (letter) and thing.

    ``change`` is ``enters | leaves | changes``; money in whole rupiah; goal values and bounds in 1e-6, whatever the
    plans' ``point``. ``in_both``: whether both plans know the usulan at all. ``settings``: texts are
    {id, en}; see ``differences.settings``.
    """

    plans: tuple[Plan, ...]
    tables: dict[str, pd.DataFrame] = field(repr=False)

    @property
    def letters(self) -> list[str]:
        return [letter(i) for i in range(len(self.plans))]

    @property
    def names(self) -> list[str]:
        """'A: Dasar', 'B: Dasar': unique whatever the scenarios are called."""
        return [f"{one}: {plan.scenario.name}" for one, plan in zip(self.letters, self.plans, strict=True)]

    @property
    def empty(self) -> bool:
        return all(table.empty for table in self.tables.values())

    def of(self, table: str, plan: str, **values: str) -> pd.DataFrame:
        """The rows of one plan in a table, further where columns equal ``values``."""
        frame = self.tables[table]
        for column, value in {"plan": plan, **values}.items():
            frame = frame[frame[column] == value]
        return frame

    @cached_property
    def notices(self) -> list[dict[str, str]]:
        """What must be read before any figure, {id, en}: other data, another yardstick."""
        found, first = [], self.letters[0]
        for other, plan in zip(self.letters[1:], self.plans[1:], strict=True):
            tables = list(self.of("inputs", other)["name"])
            pair = {"first": first, "other": other}
            if tables:
                found.append(both("data", tables=", ".join(map(shown, tables)), **pair))
            if tables or not measured_alike(self.plans[0], plan):
                found.append(both("measure", **pair))
        return found

    def plain(self) -> dict:
        """The whole comparison as JSON-ready data."""
        facts = [
            {"plan": one, "name": plan.scenario.name, "fingerprint": plan.fingerprint, **facts_of(plan)}
            for one, plan in zip(self.letters, self.plans, strict=True)
        ]
        tables = {name: records(frame) for name, frame in self.tables.items()}
        return {"plans": facts, "empty": self.empty, "notices": self.notices, **tables}


def letter(position: int) -> str:
    """A, B, ... Z, A1, B1, ..."""
    return f"{chr(65 + position % 26)}{position // 26 or ''}"


def both(key: str, **values: str) -> dict[str, str]:
    return {lang: say(f"compare.{key}", lang, **values) for lang in LANGUAGES}


def compare(plans: Sequence[Plan]) -> Comparison:
    """Compare plans with the first of them; raises PlannerError for fewer than two."""
    if len(plans) < 2:
        raise PlannerError(say("compare.too_few"))
    parts = {
        "usulan": usulan, "lines": lines, "kabupaten": kabupaten, "totals": totals, "goals": goals,
        "settings": differences.settings, "inputs": differences.inputs,
    }  # fmt: skip
    tables = {}
    for name, ask in parts.items():
        rows = [{"plan": letter(i), **row} for i, plan in enumerate(plans[1:], start=1) for row in ask(plans[0], plan)]
        frame = pd.DataFrame(rows, columns=COLUMNS[name])
        tables[name] = frame.astype({c: "Int64" for c in COUNTS if c in frame})
    return Comparison(tuple(plans), tables)


def open_plans(files: Iterable[str | Path]) -> Comparison:
    """Compare plan files; raises PlannerError for every file that is no plan, is newer, or was changed."""
    plans, problems = [], []
    for file in files:
        try:
            plans.append(whole(file))
        except PlannerError as error:
            problems += error.problems
    if problems:
        raise PlannerError(problems)
    return compare(plans)


def whole(file: str | Path) -> Plan:
    """A plan file as it was written, with a scenario that can be read."""
    plan = read_plan(file)
    if fingerprint_of(plan.content) != plan.fingerprint:
        raise PlannerError(f"{file}: {say('verify.fingerprint')}")
    try:
        plan.scenario  # noqa: B018 - read now, so that its problems are told with the file's name
    except PlannerError as error:
        raise PlannerError([f"{file}: {problem}" for problem in error.problems]) from None
    return plan


def money(before: int, after: int) -> dict[str, int]:
    return {"before_rp": before, "after_rp": after, "difference_rp": after - before}


def usulan(one: Plan, other: Plan) -> Iterator[dict]:
    """Who enters, leaves or is funded otherwise, in key order."""
    mine, yours = by_usulan(one), by_usulan(other)
    known = [known_names(plan) for plan in (one, other)]
    for name in sorted(mine.keys() | yours.keys()):
        before, after = mine.get(name), yours.get(name)
        known_as = after or before or {}
        if before and after and funding(before) == funding(after):
            continue
        yield {
            "usulan_id": name, "kode": known_as["kode"],
            "change": "changes" if before and after else "enters" if after else "leaves",
            **{f"{key}_before": before and before[key] for key in ("menu", "ta")},
            **{key: after and after[key] for key in ("menu", "ta")},
            **money(amount(before), amount(after)), "in_both": all(name in names for names in known),
        }  # fmt: skip


def by_usulan(plan: Plan) -> dict[str, dict]:
    return {record["usulan_id"]: record for record in plan["funded"]}


def known_names(plan: Plan) -> set[str]:
    return {record["usulan_id"] for record in [*plan["funded"], *plan["not_funded"]]}


def funding(record: dict) -> tuple:
    """What of a funded usulan a plan decides."""
    return record["kode"], record["menu"], record["ta"], record["amount_rp"], record["lines"]


def amount(record: dict | None) -> int:
    return record["amount_rp"] if record else 0


def lines(one: Plan, other: Plan) -> Iterator[dict]:
    """The lines of usulan funded in both whose volume or money differs."""
    mine, yours = by_usulan(one), by_usulan(other)
    for name in sorted(mine.keys() & yours.keys()):
        before, after = ({line["rincian_id"]: line for line in plan[name]["lines"]} for plan in (mine, yours))
        for key in dict.fromkeys([*before, *after]):
            old, new = before.get(key), after.get(key)
            if old != new:
                volumes = {"volume_before": old["volume"] if old else 0, "volume": new["volume"] if new else 0}
                yield {"usulan_id": name, "rincian_id": key, **volumes, **money(amount(old), amount(new))}


def kabupaten(one: Plan, other: Plan) -> Iterator[dict]:
    mine, yours = by_kode(one), by_kode(other)
    for kode in sorted(mine.keys() | yours.keys()):
        before, after = mine.get(kode, []), yours.get(kode, [])
        if [(r["usulan_id"], funding(r)) for r in before] != [(r["usulan_id"], funding(r)) for r in after]:
            yield {
                "kode": kode, "change": "changes" if before and after else "enters" if after else "leaves",
                "usulan_before": len(before), "usulan": len(after),
                **money(sum(map(amount, before)), sum(map(amount, after))),
            }  # fmt: skip


def by_kode(plan: Plan) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for record in sorted(plan["funded"], key=lambda r: (r["usulan_id"], r["ta"])):
        found.setdefault(record["kode"], []).append(record)
    return found


def totals(one: Plan, other: Plan) -> Iterator[dict]:
    """Usulan and money over all, per fiscal year, menu, province and island group, where they differ."""
    mine, yours = sums(one), sums(other)
    for by, key in dict.fromkeys([*mine, *yours]):
        (count, before), (other_count, after) = mine.get((by, key), (0, 0)), yours.get((by, key), (0, 0))
        if (count, before) != (other_count, after):
            yield {"by": by, "key": key, "usulan_before": count, "usulan": other_count, **money(before, after)}


def sums(plan: Plan) -> dict[tuple[str, str], tuple[int, int]]:
    """(by, group) -> (usulan, rupiah)."""
    found = {("all", ""): (len(plan["funded"]), plan.spent_rp)}
    for ta, spent in plan["spent_rp"].items():
        found["ta", ta] = sum(str(record["ta"]) == ta for record in plan["funded"]), spent
    for by, groups in plan["totals"].items():
        found |= {(by, group["key"]): (group["usulan"], group["amount_rp"]) for group in groups}
    return found


def goals(one: Plan, other: Plan) -> Iterator[dict]:
    """The goals by name with value, bound (1e-6) and gap, where any of these differs or only one plan has it."""
    mine, yours = goal_facts(one), goal_facts(other)
    for name in dict.fromkeys([*mine, *yours]):
        before, after = mine.get(name), yours.get(name)
        if before != after:
            nothing = dict.fromkeys(("value", "bound", "gap"))
            old, new = before or nothing, after or nothing
            yield {"goal": name, **{f"{key}_before": value for key, value in old.items()}, **new}


def goal_facts(plan: Plan) -> dict[str, dict]:
    """Goal -> value and bound in 1e-6 (points times what a point is), and gap."""
    return {
        goal["name"]: {
            "value": goal["value"] * goal["point"], "gap": goal["gap"], "paid": goal["paid"] * goal["point"],
            "bound": None if goal["bound"] is None else goal["bound"] * goal["point"],
        }
        for goal in plan["goals"]
    }  # fmt: skip


def measured_alike(one: Plan, other: Plan) -> bool:
    """Whether score, chance and benefit mean the same: asked alike, and the same figures where both fund."""
    mine, yours = by_usulan(one), by_usulan(other)
    pairs = [(mine[name], yours[name]) for name in mine.keys() & yours.keys()]
    worth = [
        [(r["score"], r["chance"], r["benefit"]) for r in pair] for pair in pairs if pair[0]["ta"] == pair[1]["ta"]
    ]
    return (
        yardstick(one) == yardstick(other)
        and targets_alike(one, other)
        and all(before == after for before, after in worth)
    )


def yardstick(plan: Plan) -> list:
    """What of a scenario decides score and chance: weights, assumptions, how sentra are shared, rules on chance."""
    scenario = plain(plan.scenario)
    on_chance = [rule for rule in scenario["rules"] if RULES[rule["rule"]].factors is not Rule.factors]
    own = [{key: value for key, value in rule.items() if key != "law"} for rule in on_chance]
    return [*(scenario[name] for name in ("weights", "assumptions", "sentra_by", "count_twice")), own]


def targets_alike(one: Plan, other: Plan) -> bool:
    """Whether goals of the same name have the same targets."""
    mine, yours = ({g.name: getattr(g, "targets", None) for g in plan.scenario.goals} for plan in (one, other))
    return all(mine[name] == yours[name] for name in mine.keys() & yours.keys())


def facts_of(plan: Plan) -> dict:
    """What stands side by side: proof, goals in 1e-6, counts, whole rupiah."""
    return {
        "status": plan.status, "modelled": plan.modelled, "synthetic": plan.synthetic, "usulan": len(plan.funded),
        "kabupaten": int(plan.funded["kode"].nunique()), **menu_counts(plan.funded), "pagu_rp": plan.pagu_rp,
        "spent_rp": plan.spent_rp, "goals": goal_facts(plan),
    }  # fmt: skip


def records(frame: pd.DataFrame) -> list[dict]:
    """Rows as plain data: missing is None, whole numbers are integers."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{key: value.item() if hasattr(value, "item") else value for key, value in row.items()} for row in rows]
