"""Every sentence people read, in Bahasa Indonesia and English, from ``messages.toml``."""

import os
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
def sentences() -> dict:
    """The whole of ``messages.toml``: nested tables whose leaves are ``{id, en}``."""
    return tomllib.loads(Path(__file__).with_name("messages.toml").read_text(encoding="utf-8"))


class Counted(Formatter):
    """Fills sentences; ``{count:row|rows}`` is the word for one where the count is 1, else the word for many."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, between, many = format_spec.partition("|")
        if not between:
            return super().format_field(value, format_spec)
        return one if str(value) == "1" else many


def say(key: str, lang: str | None = None, /, **values) -> str:
    """The sentence ``key`` (``"status.best_found"``) with its placeholders filled."""
    entry = sentences()
    for part in key.split("."):
        entry = entry[part]
    return Counted().vformat(entry[lang or language()], (), values)


def label(group: str, name: str, lang: str | None = None) -> str:
    """The people's name of a column, menu or criterion; the raw name where none is written."""
    entry = sentences().get(group, {}).get(name)
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
