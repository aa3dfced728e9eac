"""The rules that bind: one small class each, as named rows for a solver and as an integer check of decisions.

To add one: a class in the file of its kind and its sentence under ``[rules]`` of ``messages.toml``, whose order is that
of ``RULES``. A class without a sentence is no rule, but what rules have alike.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import Field

from planner.base.messages import sentences
from planner.scenario.rules import (  # noqa: F401
    bands,
    by_hand,
    gates,
    limits,
    package,
    previous,
    reach,
    spread,
    verdicts,
    years,
)
from planner.scenario.rules.base import NEVER as NEVER
from planner.scenario.rules.base import LiftedRule as LiftedRule
from planner.scenario.rules.base import Relief as Relief
from planner.scenario.rules.base import Rule


def classes(kind: Any) -> Iterator[type[Rule]]:
    """Every class below a class."""
    for below in kind.__subclasses__():
        yield below
        yield from classes(below)


KINDS = {kind.__name__: kind for kind in classes(Rule)}
RULES: dict[str, type[Rule]] = {name: KINDS[name] for name in sentences("rules") if name in KINDS}

if TYPE_CHECKING:
    AnyRule = Rule
else:  # what a scenario file may hold: the class that ``rule`` names
    AnyRule = Annotated[Union[tuple(RULES.values())], Field(discriminator="rule")]  # noqa: UP007
