"""A scenario as TOML text: written anew with a sentence above each rule, or a planner's own file changed in place."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from typing import Any

import tomlkit

from planner.base.errors import PlannerError
from planner.base.messages import LANGUAGES
from planner.scenario.scenario import Scenario, plain, scenario_of

# the comments right above a table and its header line; a table within a rule belongs to the rule
HEAD = re.compile(r"(?:^[ \t]*#.*\n)*^[ \t]*\[\[?(?!rules\.)([^\[\]\n]+)\]\]?[ \t]*(?:#.*)?$", re.MULTILINE)
SIMPLE = ("name", "candidates", "data", "sentra_by", "count_twice", "fund_without_benefit")
TABLES = ("budget_rp", "weights", "assumptions", "prices", "solver")


def toml(scenario: Scenario) -> str:
    """The scenario as a TOML file; above each rule stands its sentence in both languages."""
    values = scenario.model_dump(mode="json", exclude_defaults=True, exclude={"rules"})
    if "goals" in values:
        values["goals"] = [goal_values(goal) for goal in scenario.goals]
    return tomlkit.dumps(values) + "".join(map(rule_block, scenario.rules))


def goal_values(goal) -> dict:
    """What is written of a goal, what it is of first."""
    return {goal.kind: goal.column} | goal.model_dump(mode="json", exclude_defaults=True)


def rule_block(rule) -> str:
    """A rule written anew, its sentence above it."""
    values = {"rule": rule.rule} | rule.model_dump(mode="json", exclude_defaults=True)
    return f"\n{sentence(rule)}{tomlkit.dumps({'rules': [values]})}"


def sentence(rule) -> str:
    """The rule's sentence as comment lines, one in each language."""
    return "".join(comment(rule, lang) for lang in LANGUAGES)


def comment(rule, lang: str) -> str:
    """The rule's sentence in one language as a comment line."""
    return "# " + "".join(c if c.isprintable() else " " for c in rule.sentence(lang)) + "\n"


def edit_text(text: str, scenario: Scenario, notes: Mapping[str, str] | None = None) -> str:
    """The file ``text`` with just what differs changed, comments kept, so that it reads as ``scenario``.

    ``notes``: comments (one line each) to set beside assumptions. Written anew by ``toml`` where the file is laid out
    in a way that cannot be changed in place. Raises PlannerError where ``text`` is no scenario.
    """
    base = scenario_of(tomllib.loads(text))
    try:
        changed = note_assumptions("".join(in_place(blocks(text), base, scenario)), notes or {})
        if plain(scenario_of(tomllib.loads(changed))) == plain(scenario):
            return changed
    except (ValueError, KeyError, IndexError, tomlkit.exceptions.TOMLKitError):
        pass
    return note_assumptions(toml(scenario), notes or {})


def as_written(source: Path | None, scenario: Scenario) -> str:
    """The scenario as TOML with the comments of the file it came from, where that can still be read."""
    try:
        return toml(scenario) if source is None else edit_text(source.read_text(encoding="utf-8-sig"), scenario)
    except (OSError, ValueError, RecursionError, PlannerError):
        return toml(scenario)


def note_assumptions(text: str, notes: Mapping[str, str]) -> str:
    """The file with a comment beside each of these assumptions, which it names."""
    if not notes:
        return text
    document = tomlkit.parse(text)
    for name, note in notes.items():
        item = document["assumptions"].item(name)
        own = item.trivia.comment.lstrip("# ").rstrip()
        item.comment(f"{own}; {note}" if own else note)
    return tomlkit.dumps(document)


def blocks(text: str) -> list[tuple[str, str]]:
    """The file cut above the comments of each table: its name (none at the top of the file) and its lines."""
    heads = list(HEAD.finditer(text))
    cuts = pairwise([0, *(head.start() for head in heads), len(text)])
    names = ["", *(head[1].strip() for head in heads)]
    return [(name, text[start:end]) for name, (start, end) in zip(names, cuts, strict=True)]


def in_place(parts: list[tuple[str, str]], base: Scenario, scenario: Scenario) -> list[str]:
    """The blocks with the new values; rules are matched by what they are, so that each keeps its own comments."""
    old, new = plain(base), plain(scenario)
    names = [name for name, _ in parts]
    others = [with_values(name, block, old, new) for name, block in parts if name != "rules"]
    rules = matched([block for name, block in parts if name == "rules"], base, scenario)
    place = next((names.index(name) for name in ("rules", "solver") if name in names), len(names))
    missing = [key for key in TABLES if old[key] != new[key] and key not in names]
    return [*others[:place], *rules, *others[place:], *(f"\n{tomlkit.dumps({key: new[key]})}" for key in missing)]


def with_values(name: str, block: str, old: dict, new: dict) -> str:
    """A block that is no rule with the values that differ."""
    if not name:
        return set_values(block, {key: old[key] for key in SIMPLE}, {key: new[key] for key in SIMPLE})
    return set_values(block, old[name], new[name], name) if name in TABLES else block


def set_values(block: str, old: dict, new: dict, *table: str | int) -> str:
    """A block whose ``table`` has what differs changed, added or taken away; comments stay."""
    document: Any = tomlkit.parse(block)
    values = document
    for step in table:
        values = values[step]
    for key in old | new:
        if new.get(key) is None:
            values.pop(key, None)
        elif new[key] != old.get(key):
            values[key] = readable(new[key])
    return tomlkit.dumps(document)


def readable(value: object) -> object:
    """A large whole number with its thousands apart: ``395_000_000_000``."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 10_000:
        return tomlkit.value(f"{value:_}")
    return value


def matched(written: list[str], base: Scenario, scenario: Scenario) -> Iterator[str]:
    """The rules' blocks: kept, changed, dropped or new."""
    before, after = [rule.identity for rule in base.rules], [rule.identity for rule in scenario.rules]
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield from map(changed_rule, written[i:j], base.rules[i:j], scenario.rules[k:m])
        else:
            yield from map(rule_block, scenario.rules[k:m])


def changed_rule(block: str, old, new) -> str:
    """A rule's block with its new bounds, and its sentence above it told anew in the languages that it stands in."""
    told = [lang for lang in LANGUAGES if comment(old, lang) in block]
    if old.model_dump() == new.model_dump() and not told:
        return block  # what it says may change with the scenario's years, but nobody asked for it here
    block = set_values(block, old.model_dump(mode="json"), new.model_dump(mode="json"), "rules", 0)
    for lang in told:
        block = block.replace(comment(old, lang), comment(new, lang), 1)
    return block if told else re.sub(r"^(?=[ \t]*\[\[)", lambda _: sentence(new), block, count=1, flags=re.MULTILINE)
