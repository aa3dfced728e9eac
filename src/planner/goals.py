"""What a plan is good at: each goal adds up a numeric column of the options."""

from typing import Annotated

import numpy as np
from pydantic import BaseModel, Field

from planner.errors import PlannerError
from planner.messages import label, say
from planner.units import exact, half_up, micro

Tolerance = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]


class Maximise(BaseModel, frozen=True, extra="forbid"):
    """Add up ``maximise`` over what is funded; may give up ``tolerance`` (0-1) of the goals above it."""

    maximise: str
    tolerance: Tolerance = 0.0

    @property
    def name(self) -> str:
        return self.maximise

    def sentence(self, lang: str | None = None) -> str:
        return say("goals.Maximise", lang, column=label("columns", self.maximise, lang))

    def micros(self, options) -> np.ndarray:
        """The column of each option in whole 1e-6 (int64, or Python integers where too large); missing counts 0."""
        if self.maximise in options.MICRO_COLUMNS:
            return options.table[self.maximise].to_numpy(np.int64)
        values = options.numeric(self.maximise)
        if not values.notna().any():
            raise PlannerError(say("goals.empty", column=self.maximise))
        micros = [micro(v) for v in values.astype("object").fillna(0)]
        return np.array(micros, dtype=np.int64 if max(map(abs, micros)) < 2**60 else object)


def points(micros: np.ndarray, share: np.ndarray, point: int) -> np.ndarray:
    """Integer points of decisions: ``round(g x share / point)``, half up.

    ``micros``: the goal's column per decision (1e-6); ``share``: Fraction of it that one unit of the decision brings;
    ``point``: 1e-6 units per point.
    """
    return np.array(
        [half_up(int(g) * s.numerator, s.denominator * point) for g, s in zip(micros, share, strict=True)],
        dtype=np.int64,
    )


def least_allowed(value: int, tolerance: float) -> int:
    """``ceil((1 - tolerance) x value)`` in whole points; for a value below 0 the tolerance widens downwards."""
    slack = exact(tolerance) * abs(value)
    return value - slack.numerator // slack.denominator
