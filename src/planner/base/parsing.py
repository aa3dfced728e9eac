"""What the parsers of TOML and JSON complain of, in our words: where, and what to do."""

import json
import re

from planner.base.errors import shown
from planner.base.messages import say

TOML = {  # how what tomllib says begins: which of our sentences says it
    "Unescaped": "backslash", "Invalid hex": "backslash", "Invalid escape": "backslash", "Unterminated": "quote",
    "Illegal character": "quote", "Found invalid": "quote", "Unclosed": "bracket", "Expected ']": "bracket",
    "Cannot": "twice", "Expected '='": "equals", "Invalid statement": "equals", "Invalid value": "value",
    "Expected newline": "value",
}  # fmt: skip


def toml_problem(text: str, error: Exception) -> str:
    """What is wrong with a TOML text: its line, what stands there, and the remedy."""
    lines, said = text.splitlines() or [""], str(error)
    found = re.search(r"at line (\d+)", said)
    number = min(int(found[1]), len(lines)) if found else len(lines)
    key = next((key for begin, key in TOML.items() if said.startswith(begin)), "other")
    line = lines[number - 1].strip()
    there = line if line.isprintable() and len(line) <= 60 else shown(line)
    return say("errors.toml.place", line=number, text=there, why=say(f"errors.toml.{key}"))


def json_problem(error: Exception) -> str:
    """Where a JSON text ends to be one."""
    if isinstance(error, json.JSONDecodeError):
        return say("errors.json.place", line=error.lineno, column=error.colno)
    return say("errors.json.other")


def checked_path(path: str) -> str:
    r"""A path of a TOML file: "C:\temp" in double quotes holds a tab, so that ValueError tells how to write it."""
    if min(path) < " ":
        raise ValueError(say("errors.toml.backslash"))
    return path
