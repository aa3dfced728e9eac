"""The one exception for what a planner can mend, and the hint that goes with a mistyped name."""

import errno
import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from planner.base.messages import say, sentences

TURNS = {  # words that turn a meaning round, each with its plain form: a hint never adds, drops or swaps one
    word: plain
    for plain, words in {
        "tidak": "tdk tak tiada no not non", "belum": "blm", "bukan": "bkn", "tanpa": "without", "akan": "calon",
        "batal": "gagal berhenti", "min": "minimum minimal terkecil", "max": "maks maksimum maksimal maximum terbesar",
    }.items()
    for word in (plain, *words.split())
}  # fmt: skip
GLUED = re.compile(  # "belumditerima", "minshare"
    r"(?<![^\W_])((?>tidak|belum|bukan|tanpa|non|minimum|minimal|maksimum|maksimal|maximum|min|maks|max))(?=[^\W_])"
)


class PlannerError(Exception):
    """Something a planner can put right: one sentence per problem, all problems at once."""

    def __init__(self, problems: str | Iterable[str]):
        self.problems = [problems] if isinstance(problems, str) else list(problems)
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
    known = name in sentences()["errors"]["system"]
    return say(f"errors.system.{name}") if known else say("errors.system.other", code=name or type(error).__name__)


def hint(name: object, known: Iterable[str]) -> str:
    """'Mungkin maksud Anda ...' with the nearest known name, or the list of what is known."""
    names = sorted({str(k) for k in known})
    if near := nearest(name, names):
        return say("errors.near", near=near)
    return say("errors.known", known=", ".join(names[:20]) + (" ..." if len(names) > 20 else ""))


def nearest(name: object, known: Iterable[str]) -> str:
    """The known name spelled most like it, case and signs aside; "" where none is, or one that means the opposite."""
    turns, rest = meaning(name)
    same = {other: k for k in known for kind, other in [meaning(k)] if kind == turns}
    return same[near[0]] if (near := get_close_matches(rest, same, n=1)) else ""


def meaning(name: object) -> tuple[frozenset[str], str]:
    """The words of a name that turn its meaning round, in plain form, and the others: 'Blm ada' -> {belum}, 'ada'."""
    words = re.findall(r"[^\W_]+", GLUED.sub(r"\1 ", str(name).casefold()))
    return frozenset(TURNS[w] for w in words if w in TURNS), "_".join(w for w in words if w not in TURNS)


def shown(value: object, limit: int = 60) -> str:
    """A table's value as it may stand in a message: quoted, on one line, not longer than ``limit``."""
    text = repr(str(value))
    return text if len(text) <= limit else text[:limit] + "...'"
