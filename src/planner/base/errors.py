"""The one exception for what a planner can mend, and the hint that goes with a mistyped name."""

import errno
import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from planner.base.messages import say, sentences

TURNS = {  # words that turn a meaning round, each with its plain form: a hint never adds, drops or swaps one
    word: plain
    for plain, words in {
        "tidak": "tdk tak tidk tida tdak tiada gak ga gk gag kagak nggak ngga enggak engga ndak nda indak kada ora "
        "mboten teu no not non never", "belum": "blm blum belom blom durung dereng", "bukan": "bkn dudu",
        "kurang": "krg less", "tanpa": "without", "akan": "calon bakal", "batal": "gagal berhenti urung",
        "hampir": "nyaris almost", "min": "minimum minimal terkecil",
        "max": "maks maksimum maksimal maximum terbesar",
    }.items()
    for word in (plain, *words.split())
}  # fmt: skip
GLUED = re.compile(  # "belumditerima", "minshare"
    r"(?<![^\W_])((?>tidak|tdk|nggak|ngga|enggak|engga|gak|gk|belum|blm|durung|urung|bukan|bkn|kurang|tanpa|non"
    r"|minimum|minimal|maksimum|maksimal|maximum|min|maks|max))(?=[^\W_])"
)
WORD = re.compile(r"[^\W_]+|[/|,;&+]")  # signs that stand between two meanings count as words


class PlannerError(Exception):
    """Something a planner can put right: one sentence per problem, all problems at once."""

    def __init__(self, problems: str | Iterable[str]):
        self.problems = [p.rstrip() for p in ([problems] if isinstance(problems, str) else problems)]
        super().__init__("\n".join(self.problems))

    def __reduce__(self):
        return type(self), (self.problems,)

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in a notebook: the sentences alone."""
        return list(self.problems)


class InfeasibleError(PlannerError):
    """No plan can keep all rules; ``diagnosis``, a ``Diagnosis`` of ``solve``, holds the conflicts and repairs."""

    def __init__(self, problems: Iterable[str], diagnosis: Any):
        super().__init__(problems)
        self.diagnosis = diagnosis

    def __reduce__(self):
        return type(self), (self.problems, self.diagnosis)


class NoneFoundError(PlannerError):
    """Time was up before any plan was found; whether one exists is not known."""


def all_of[T](asked: Iterable[Callable[[], T]]) -> list[T]:
    """What each call returns; raises one PlannerError with the problems of all that fail."""
    found, problems = [], []
    for ask in asked:
        try:
            found.append(ask())
        except PlannerError as error:
            problems += error.problems
    if problems:
        raise PlannerError(problems)
    return found


def reason(error: OSError) -> str:
    """Why the system refused a file, in the language in force; where we have no words, by the system's code."""
    name = errno.errorcode.get(error.errno or 0, "")
    known = name in sentences("errors")["system"]
    return say(f"errors.system.{name}") if known else say("errors.system.other", code=name or type(error).__name__)


def hint(name: object, known: Iterable[str]) -> str:
    """'Mungkin maksud Anda ...' with the nearest known name, or the list of what is known, or nothing."""
    names = sorted({str(k) for k in known} - {""})
    if near := nearest(name, names):
        return say("errors.near", near=near)
    listed = ", ".join(names[:20]) + (" ..." if len(names) > 20 else "")
    return say("errors.known", known=listed) if names else ""


def nearest(name: object, known: Iterable[str]) -> str:
    """The known name spelled most like it, case and signs aside; "" where none is.

    A slip changes letters; a word more ('kode bps', 'gak ada', 'ditolak/diterima') or one of ``TURNS`` changes what
    is meant, and then no name is near. A word less is an abbreviation, if it is not the first ('total': 'fase_total').
    """
    mine = words_of(name)
    same: dict[str, list[str]] = {}
    for other in known:
        same.setdefault(without_turns(words_of(other)), []).append(other)
    close = get_close_matches(without_turns(mine), same, n=max(1, len(same)))
    near = (other for rest in close for other in same[rest] if says_no_more(mine, words_of(other)))
    return next(near, "")


def words_of(name: object) -> list[str]:
    """The words of a name, those that turn its meaning round in plain form: 'Blm ada' -> ['belum', 'ada']."""
    return [TURNS.get(word, word) for word in WORD.findall(GLUED.sub(r"\1 ", str(name).casefold()))]


def without_turns(words: Iterable[str], between: str = "_") -> str:
    return between.join(word for word in words if word not in TURNS)


def says_no_more(mine: list[str], theirs: list[str]) -> bool:
    """Whether each word of mine is one of theirs, misspelled or cut short, and mine lacks no turn and not the first."""
    turns = [sorted(word for word in words if word in TURNS) for words in (mine, theirs)]
    if turns[0] == turns[1] and without_turns(theirs, "").startswith(without_turns(mine, "")):
        return True
    left = list(theirs)
    for word in mine:
        if own := word if word in left else like(word, left):
            left.remove(own)
        elif not word.isdigit():
            return False
    return not any(word in TURNS or (word == theirs[0] and not word.isdigit()) for word in left)


def like(word: str, others: list[str]) -> str:
    """The word that this one misspells or cuts short; one with more before or behind it is another word."""
    if word in TURNS:
        return ""
    for near in get_close_matches(word, others, n=3, cutoff=0.66):
        more = len(word) - len(near)
        if not (word.endswith(near) and more >= 2) and not (word.startswith(near) and more >= 3):
            return near
    return next((other for other in others if len(word) >= 3 and other.startswith(word)), "")


def first_of(names: Sequence[str], most: int) -> str:
    """The first names as in ``shown``, and how many more."""
    first, more = ", ".join(map(shown, names[:most])), len(names) - most
    return first if more <= 0 else say("explain.more", names=first, count=more)


def shown(value: object, limit: int = 60) -> str:
    """A table's value as it may stand in a message: quoted, on one line, not longer than ``limit``.

    Every blank is a plain one there, and what has no shape of its own shows as the sign for an unknown character.
    """
    text = "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in str(value)[: limit + 1])
    sign = '"' if "'" in text and '"' not in text else "'"
    return f"{sign}{text}{sign}" if len(text) + 2 <= limit else f"{sign}{text[: limit - 1]}...{sign}"
