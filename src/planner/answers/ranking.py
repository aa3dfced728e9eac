"""How well a score ranks a list of recipients, and whether so few of them can tell anything."""

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
from scipy.stats import norm, rankdata

from planner.base.messages import say
from planner.base.units import number

LEVEL, POWER = 0.05, 0.80  # two-sided level of the test, and the power that it must have
CHANCE, TOLD_FROM = 0.5, 0.6  # the AUC of drawing lots, and the one that must be told from it


@dataclass(frozen=True)
class Ranking:
    """``auc``: the chance that a listed one has a higher score than one that is not, ties half (Mann-Whitney).

    ``low``, ``high``: its 95 % interval (DeLong, DeLong & Clarke-Pearson, Biometrics 44, 1988), None where a side has
    fewer than two. ``chosen``, ``others``: how many are listed and how many are not.
    """

    chosen: int
    others: int
    auc: float | None
    low: float | None = None
    high: float | None = None

    @cached_property
    def needed(self) -> int | None:
        """The fewest recipients among as many candidates that could tell ``TOLD_FROM`` from ``CHANCE``; None: none."""
        total = self.chosen + self.others
        return next((count for count in range(1, total) if can_tell(count, total - count)), None)

    @property
    def concludes(self) -> bool:
        """Whether the list is long enough to say anything of the score; else no other reading is offered."""
        return self.low is not None and can_tell(self.chosen, self.others)

    def plain(self) -> dict:
        figures = {"auc": self.auc, "low": self.low, "high": self.high}
        return {"chosen": self.chosen, "others": self.others, "needed": self.needed, "concludes": self.concludes} | {
            name: None if value is None else round(value, 6) for name, value in figures.items()
        }

    def sentence(self) -> str:
        """The figure with its interval, and what it says: nothing where the list is too short."""
        counts = {"chosen": number(self.chosen), "of": number(self.chosen + self.others)}
        if self.auc is None:
            return say("audit.ranking.none", **counts)
        ends = {name: "–" if x is None else number(x, 2) for name, x in (("low", self.low), ("high", self.high))}
        figure = say("audit.ranking.figure", auc=number(self.auc, 2), **ends, **counts)
        return f"{figure} {say(f'audit.ranking.{self.reading}', needed=number(self.needed or 0), **counts)}"

    @property
    def reading(self) -> str:
        """``short | never | above | below | chance``: which sentence follows the figure."""
        if not self.concludes or self.low is None or self.high is None:
            return "never" if self.needed is None else "short"
        return "above" if self.low > CHANCE else "below" if self.high < CHANCE else "chance"


def ranking(listed: np.ndarray, rest: np.ndarray) -> Ranking:
    """The ranking by whole-number scores of those on a list and of those who are not."""
    m, n = len(listed), len(rest)
    if not m or not n:
        return Ranking(m, n, None)
    ranks = rankdata(np.concatenate([listed, rest]))
    wins = (ranks[:m] - rankdata(listed)) / n  # of each listed one: the share of the rest below it
    losses = 1 - (ranks[m:] - rankdata(rest)) / m
    auc = float(wins.mean())
    if m < 2 or n < 2:
        return Ranking(m, n, auc)
    half = float(norm.ppf(1 - LEVEL / 2)) * sqrt(wins.var(ddof=1) / m + losses.var(ddof=1) / n)
    return Ranking(m, n, auc, max(0.0, auc - half), min(1.0, auc + half))


def can_tell(chosen: int, others: int) -> bool:
    """Whether so many of each kind tell ``TOLD_FROM`` from ``CHANCE`` at ``LEVEL`` with ``POWER``.

    ``z(1 - LEVEL / 2) SE(CHANCE) + z(POWER) SE(TOLD_FROM) <= TOLD_FROM - CHANCE`` (Hanley & McNeil 1982).
    """
    errors = [spread(auc, chosen, others) for auc in (CHANCE, TOLD_FROM)]
    return bool(norm.ppf(1 - LEVEL / 2) * errors[0] + norm.ppf(POWER) * errors[1] <= TOLD_FROM - CHANCE)


def spread(auc: float, chosen: int, others: int) -> float:
    """The standard error of an AUC (Hanley & McNeil, Radiology 143, 1982, equation 1)."""
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    parts = auc * (1 - auc) + (chosen - 1) * (q1 - auc**2) + (others - 1) * (q2 - auc**2)
    return sqrt(parts / (chosen * others))
