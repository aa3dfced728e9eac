"""What two scenarios, and the proofs of their plans, ask and say differently: one record per readable key."""

from collections.abc import Iterable, Iterator

from planner.base.messages import LANGUAGES, say
from planner.plan.plan import Plan
from planner.scenario.place import Place
from planner.scenario.scenario import plain

ABSENT = object()


def settings(one: Plan, other: Plan) -> Iterator[dict]:
    """``{key, rule, before, after}`` of everything in scenario, status and solver that differs; texts are {id, en}.

    A key reads as in the scenario file: ``budget_rp.2028``, ``rules[3].min_share``; a rule's number is that in ``one``,
    or in ``other`` where ``one`` has no such rule. ``rule``: the sentence in ``one`` of a rule that stands in both.
    The folder of the same tables is no difference.
    """
    moved = {"data"} if one["inputs"] == other["inputs"] else set()
    yield from (found for found in apart(flat(one), flat(other)) if found["key"] not in moved)
    rules = [plain(plan.scenario)["rules"] for plan in (one, other)]
    pairs, gone, new = match_rules(*([identity(rule) for rule in asked] for asked in rules))
    for i, j in pairs:
        mine, yours = rules[0][i], rules[1][j]
        named = ({f"rules[{i}].{k}": v for k, v in rule.items()} for rule in (mine, yours))
        yield from ({**found, "rule": rule_text(one, i)} for found in apart(*named))
    for i in gone:
        yield record(f"rules[{i}]", rule_text(one, i), written("", ABSENT))
    for j in new:
        yield record(f"rules[{j}]", written("", ABSENT), rule_text(other, j))


def apart(mine: dict, yours: dict) -> Iterator[dict]:
    """The keys whose values differ, in the order of the file."""
    for key in dict.fromkeys([*mine, *yours]):
        before, after = mine.get(key, ABSENT), yours.get(key, ABSENT)
        if before != after:
            yield record(key, written(key, before), written(key, after))


def record(key: str, before: dict, after: dict) -> dict:
    return {"key": key, "rule": dict.fromkeys(LANGUAGES, ""), "before": before, "after": after}


def flat(plan: Plan) -> dict[str, object]:
    """Everything but the rules as key -> plain value."""
    found: dict[str, object] = {}
    for key, value in plain(plan.scenario).items():  # with the defaults of what an older file does not name
        if isinstance(value, dict):
            found |= {f"{key}.{name}": one for name, one in value.items()}
        elif key == "goals":
            found |= {f"goals[{i}].{name}": one for i, goal in enumerate(value) for name, one in goal.items()}
        elif key != "rules":
            found[key] = value
    proof = {"status": plan["status"], "tie_break": plan["tie_break"]}
    return found | proof | {"planner": plan["planner"], "solver.version": plan["solver"]["version"]}


def identity(rule: dict) -> tuple[str, str]:
    """The whole of a rule, and what makes it the same rule with other bounds, as comparable texts."""
    own = [rule.get(key) for key in ("rule", "by", "where", "column", "state", "rincian")]
    return repr(sorted(rule.items())), repr([*own, rule["usulan"] if "rincian" in rule else None])


def match_rules(ours: list, theirs: list) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Pairs of the same rule, and the numbers of those that stand in one list only.

    Equal rules first, wherever they stand; then, in order, rules of one class over the same groups.
    """
    left, right, pairs = list(range(len(ours))), list(range(len(theirs))), []
    for part in (0, 1):
        for i in list(left):
            j = next((j for j in right if theirs[j][part] == ours[i][part]), None)
            if j is not None:
                pairs.append((i, j))
                left.remove(i)
                right.remove(j)
    return sorted(pairs), left, right


def rule_text(plan: Plan, number_: int) -> dict[str, str]:
    return {lang: plan.scenario.rules[number_].sentence(lang) for lang in LANGUAGES}


def written(key: str, value: object) -> dict[str, str]:
    """A value for people, by the name of its key; one that is not there says so."""
    return {lang: text(key, value, lang) for lang in LANGUAGES}


def text(key: str, value: object, lang: str) -> str:
    if value is None or value is ABSENT:
        return say("compare.absent", lang)
    if key == "status":
        return say(f"compare.status.{value}", lang)
    if key == "tie_break":
        return say(f"tie_break.{value}", lang)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Place(key).exactly(value, lang)
    if isinstance(value, dict):
        return "; ".join(f"{name} = {text('', one, lang)}" for name, one in value.items()) or say("words.all", lang)
    if isinstance(value, list):
        return ", ".join(text("", one, lang) for one in value) or say("compare.absent", lang)
    return str(value).lower() if isinstance(value, bool) else str(value)


def inputs(one: Plan, other: Plan) -> Iterable[dict]:
    """``{name, sha256_before, sha256, rows_before, rows}`` of every input table that is not the same in both."""
    mine, yours = ({table["name"]: table for table in plan["inputs"]} for plan in (one, other))
    for name in dict.fromkeys([*mine, *yours]):
        before, after = mine.get(name), yours.get(name)
        if before != after:
            old, new = before or {"sha256": "", "rows": None}, after or {"sha256": "", "rows": None}
            yield {
                "name": name, "sha256_before": old["sha256"][:12], "sha256": new["sha256"][:12],
                "rows_before": old["rows"], "rows": new["rows"],
            }  # fmt: skip
