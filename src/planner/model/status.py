"""What values and bounds in whole points prove: the only place that decides a status."""

from collections.abc import Sequence
from typing import Annotated, Literal, overload

from pydantic import Field

from planner.base.forms import Form, Whole

Status = Literal["proven_optimal", "proven_within", "best_found"]


class Goal(Form):
    """What a choice reaches of a goal; see ``derive.goal_record``."""

    name: str
    point: Annotated[int, Field(ge=1, le=10**15)]
    value: Whole
    paid: Whole
    stage_value: Whole
    bound: Whole | None
    gap: float | None
    tolerance: float


PROVABLE_POINTS = 2_000_000  # beyond it a solver's bound has been wrong by whole points


def proven(value: int, bound: int | None) -> bool:
    """Whether a bound in whole points proves that nothing is better than ``value``."""
    return bound is not None and bound - value < 1 and abs(bound) <= PROVABLE_POINTS


def status_of(goals: Sequence[Goal], gap: float) -> Status:
    """A plan's status from the values and bounds of its goals."""
    if all(proven(g["stage_value"], g["bound"]) for g in goals):
        return "proven_optimal"
    if gap > 0 and all(g["gap"] is not None and g["gap"] <= gap for g in goals):
        return "proven_within"
    return "best_found"


@overload
def gap_of(value: int, bound: int) -> float: ...
@overload
def gap_of(value: int, bound: int | None) -> float | None: ...
def gap_of(value: int, bound: int | None) -> float | None:
    """How far the value may lie below the best, as a share of the bound: (bound - value) / |bound|."""
    if bound is None:
        return None
    return 0.0 if bound <= value else round((bound - value) / max(abs(bound), 1), 9)
