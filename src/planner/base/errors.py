"""The one exception for what a planner can mend, and the hint that goes with a mistyped name."""

import errno
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from planner.base.messages import say, sentences


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
    """Why the system refused a file, in the language in force; in the system's own words where we have none."""
    name = errno.errorcode.get(error.errno or 0, "")
    return say(f"errors.system.{name}") if name in sentences()["errors"]["system"] else str(error.strerror or error)


def hint(name: object, known: Iterable[str]) -> str:
    """'Mungkin maksud Anda ...' with the nearest known name, or the list of what is known."""
    names = sorted({str(k) for k in known})
    near = get_close_matches(str(name), names, n=1)
    if near:
        return say("errors.near", near=near[0])
    return say("errors.known", known=", ".join(names[:20]) + (" ..." if len(names) > 20 else ""))


def shown(value: object, limit: int = 60) -> str:
    """A table's value as it may stand in a message: quoted, on one line, not longer than ``limit``."""
    text = repr(str(value))
    return text if len(text) <= limit else text[:limit] + "...'"
