"""A scenario as TOML text: written anew with a sentence above each rule, or a planner's own file changed in place."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import tomlkit

from planner.scenario.scenario import Scenario, plain, scenario_of

HEADER = re.compile(r"\s*\[\[?[^\[\]]+\]\]?\s*(#.*)?\s*")


@dataclass(frozen=True)
class Block:
    """A table of the file: the comments right above it, its header line (none at the top of the file), its lines."""

    lead: str
    header: str
    body: str

    @property
    def name(self) -> str:
        """``[[rules]]``, ``[solver]``, or nothing for the top of the file."""
        return self.header.split("#")[0].strip()

    def __str__(self) -> str:
        return self.lead + self.header + self.body


def toml(scenario: Scenario) -> str:
    """The scenario as a TOML file; above each rule stands its Indonesian sentence."""
    document = tomlkit.document()
    for key, value in scenario.model_dump(mode="json", exclude_defaults=True, exclude={"rules"}).items():
        document.add(key, [goal_values(goal) for goal in scenario.goals] if key == "goals" else value)
    return tomlkit.dumps(document) + "".join(f"\n{rule_block(rule)}" for rule in scenario.rules)


def goal_values(goal) -> dict:
    """What is written of a goal, what it is of first."""
    return {goal.kind: goal.column} | goal.model_dump(mode="json", exclude_defaults=True)


def edited(text: str, scenario: Scenario, notes: Mapping[str, str] | None = None) -> str:
    """The file ``text`` with just what differs changed, comments kept, so that it reads as ``scenario``.

    ``notes``: comments (one line each) to set beside assumptions. Written anew by ``toml`` where the file is laid out
    in a way that cannot be changed in place. Raises PlannerError where ``text`` is no scenario.
    """
    base = scenario_of(tomllib.loads(text))
    try:
        changed = noted("".join(map(str, in_place(list(blocks(text)), base, scenario))), notes or {})
        if plain(scenario_of(tomllib.loads(changed))) == plain(scenario):
            return changed
    except (ValueError, KeyError, IndexError, tomlkit.exceptions.TOMLKitError):
        pass
    return noted(toml(scenario), notes or {})


def noted(text: str, notes: Mapping[str, str]) -> str:
    """The file with a comment beside each of these assumptions, which it names."""
    if not notes:
        return text
    document = tomlkit.parse(text)
    for name, note in notes.items():
        item = document["assumptions"].item(name)
        own = item.trivia.comment.lstrip("# ").rstrip()
        item.comment(f"{own}; {note}" if own else note)
    return tomlkit.dumps(document)


def blocks(text: str) -> Iterator[Block]:
    """The file cut into its tables; put together again they are the file."""
    lead, header, body = "", "", ""
    for line in text.splitlines(keepends=True):
        if not HEADER.fullmatch(line) or line.lstrip().startswith("[rules."):
            body += line
            continue
        above = re.search(r"(?:^[ \t]*#.*\n)*\Z", body, re.M)
        start = above.start() if above else len(body)
        yield Block(lead, header, body[:start])
        lead, header, body = body[start:], line, ""
    yield Block(lead, header, body)


def in_place(parts: list[Block], base: Scenario, scenario: Scenario) -> Iterator[Block]:
    """The blocks with the new values; rules are matched by what they are, so that each keeps its own comments."""
    old, new = base.model_dump(mode="json"), scenario.model_dump(mode="json")
    written = [part for part in parts if part.name == "[[rules]]"]
    rules = list(matched(written, base, scenario))
    seen: set[str] = set()
    for part in parts:
        if part.name == "[[rules]]":
            yield from rules
            rules = []
            continue
        if part.name == "[solver]" and rules and not written:
            yield from rules
            rules = []
        yield with_values(part, old, new)
        seen.add(part.name)
    yield from rules
    for key in ("weights", "assumptions", "prices", "solver"):
        if old[key] != new[key] and f"[{key}]" not in seen:
            yield Block("\n", f"[{key}]\n", tomlkit.dumps(new[key]))


def with_values(part: Block, old: dict, new: dict) -> Block:
    """A block that is no rule with the values that differ."""
    key = part.name.strip("[]")
    if not part.name:
        simple = ("name", "candidates", "data")
        return replace(part, body=set_values(part.body, {k: old[k] for k in simple}, {k: new[k] for k in simple}))
    if key in ("budget_rp", "weights", "assumptions", "prices", "solver"):
        return replace(part, body=set_values(part.body, old[key], new[key]))
    return part


def set_values(body: str, old: dict, new: dict) -> str:
    """Lines of ``key = value`` with what differs changed, added or taken away; comments stay."""
    if old == new:
        return body
    document = tomlkit.parse(body)
    for key in old.keys() - new.keys():
        document.pop(str(key), None)
    for key, value in new.items():
        if old.get(key) == value:
            continue
        if value is None:
            document.pop(str(key), None)
        else:
            document[str(key)] = readable(value)
    return tomlkit.dumps(document)


def readable(value: object) -> object:
    """A large whole number with its thousands apart: ``395_000_000_000``."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 10_000:
        return tomlkit.parse(f"x = {value:_}")["x"]
    return value


def matched(written: list[Block], base: Scenario, scenario: Scenario) -> Iterator[Block]:
    """The rules' blocks: kept, changed, dropped or new."""
    before, after = [rule.identity for rule in base.rules], [rule.identity for rule in scenario.rules]
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            pairs = zip(written[i:j], base.rules[i:j], scenario.rules[k:m], strict=True)
            yield from (changed_rule(block, old, new) for block, old, new in pairs)
        else:
            yield from (Block("\n", "", rule_block(rule)) for rule in scenario.rules[k:m])


def changed_rule(block: Block, old, new) -> Block:
    """A rule's block with its new bounds, and its sentence above it told anew."""
    if old == new:
        return block
    body = set_values(block.body, old.model_dump(mode="json"), new.model_dump(mode="json"))
    if sentence(old) in block.lead:
        return replace(block, lead=block.lead.replace(sentence(old), sentence(new)), body=body)
    return replace(block, lead=block.lead + sentence(new), body=body)


def rule_block(rule) -> str:
    """A rule written anew, its sentence above it."""
    values = {"rule": rule.rule} | rule.model_dump(mode="json", exclude_defaults=True)
    return sentence(rule) + tomlkit.dumps({"rules": [values]})


def sentence(rule) -> str:
    """The rule's Indonesian sentence as a comment line."""
    return "# " + "".join(c if c.isprintable() else " " for c in rule.sentence("id")) + "\n"
