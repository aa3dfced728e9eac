"""What is told while a search runs: what is sought, and from moment to moment the best plan so far and its bound."""

import math
from collections.abc import Callable
from time import monotonic

from planner.base.messages import say
from planner.base.units import gap_percent
from planner.model.status import gap_of
from planner.scenario.goals import amount

Progress = Callable[[str], None]
EVERY_S = 0.5


class Figures(str):
    """A line of progress that the next one replaces: value, bound and gap of the moment."""


class Watch:
    """Tells a goal's best value so far and its bound, both in points of ``point`` x 1e-6, at most twice a second."""

    def __init__(self, progress: Progress, sentence: Callable[[], str], name: str, point: int):
        self.progress, self.sentence, self.name, self.point = progress, sentence, name, point
        self.begun_s = self.told_s = monotonic()

    def __call__(self, value: float, bound: float) -> None:
        now_s = monotonic()
        if now_s - self.told_s < EVERY_S or not math.isfinite(bound):
            return
        self.told_s = now_s
        words = {"goal": self.sentence(), "seconds": round(now_s - self.begun_s), "bound": self.amount(bound)}
        if math.isfinite(value):
            gap = gap_percent(gap_of(round(value), max(round(bound), round(value))))
            self.progress(Figures(say("progress.best", value=self.amount(value), gap=gap, **words)))
        else:
            self.progress(Figures(say("progress.none_yet", **words)))

    def amount(self, points: float) -> str:
        """Of a shortfall, which is maximised below 0, what is lacking."""
        return amount(
            self.name, abs(points * self.point) if self.name.startswith("shortfall:") else points * self.point
        )
