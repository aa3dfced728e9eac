"""Every sentence people read, in Bahasa Indonesia and English, from ``messages.toml``."""

import os
import re
import tomllib
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

LANGUAGES = ("id", "en")
Language = str | Callable[[], str] | None
_language: ContextVar[Language] = ContextVar("language", default=None)


def language() -> str:
    """The language in force: set by ``speaking``, else ``PLANNER_LANG``, else Indonesian."""
    set_here = _language.get()
    chosen = (set_here() if callable(set_here) else set_here) or os.environ.get("PLANNER_LANG", "id")
    return chosen if chosen in LANGUAGES else "id"


@contextmanager
def speaking(lang: Language):
    """Run a block in one language: ``with speaking("en"): ...``; a function is asked anew at every word."""
    token = _language.set(lang)
    try:
        yield
    finally:
        _language.reset(token)


@cache
def written() -> dict[str, str]:
    """The text of ``messages.toml`` by the first name of its tables: a command parses only what it says."""
    found: dict[str, str] = {}
    text = Path(__file__).with_name("messages.toml").read_text(encoding="utf-8")
    for part in re.split(r"^(?=\[)", text, flags=re.MULTILINE)[1:]:
        name = re.split(r"[].]", part[1:], maxsplit=1)[0]
        found[name] = found.get(name, "") + part
    return found


@cache
def sentences(name: str) -> dict:
    """A table of ``messages.toml``: nested, its leaves ``{id, en}``; empty where there is none."""
    return tomllib.loads(written().get(name, "")).get(name, {})


class Counted(Formatter):
    """Fills sentences; ``{count:row|rows}`` is the word for one where the count is 1, else the word for many."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, between, many = format_spec.partition("|")
        if not between:
            return super().format_field(value, format_spec)
        return one if str(value) == "1" else many


def say(key: str, lang: str | None = None, /, **values) -> str:
    """The sentence ``key`` (``"status.best_found"``) with its placeholders filled."""
    name, *parts = key.split(".")
    entry = sentences(name)
    for part in parts:
        entry = entry[part]
    return Counted().vformat(entry[lang or language()], (), values)


def label(group: str, name: str, lang: str | None = None) -> str:
    """The people's name of a column, menu or criterion; the raw name where none is written."""
    entry = sentences(group).get(name)
    return entry[lang or language()] if entry else str(name)


def both(key: str, /, **values) -> dict[str, str]:
    """The sentence in both languages: ``{"id": ..., "en": ...}``; callables are asked per language."""
    return {lang: say(key, lang, **{k: v(lang) if callable(v) else v for k, v in values.items()}) for lang in LANGUAGES}


def in_each(sentence: Callable[[], str]) -> dict[str, str]:
    """What a function says in each language: ``{"id": ..., "en": ...}``."""
    said = {}
    for lang in LANGUAGES:
        with speaking(lang):
            said[lang] = sentence()
    return said
