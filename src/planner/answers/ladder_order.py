"""In which order who is new at a step of the ladder comes in, and from which pagu on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from planner.model.problem import Problem
from planner.plan.ladder_file import under
from planner.scenario.objective import Aim
from planner.scenario.rows import NO_LIMIT


@dataclass(frozen=True)
class Rung:
    """A place in the order: an usulan (an option of the problem) comes in, or gets larger volumes.

    ``x``: the plan from here to the next place; ``at_rp``: the least pagu (all years) that holds it; ``step``: of the
    grid.
    """

    option: int
    step: int
    at_rp: int
    x: np.ndarray


@dataclass(frozen=True)
class Between:
    """From one step's pagu to that of the next: limits lie on a line between, exact at both ends."""

    low: Problem
    high: Problem
    aim: Aim

    @property
    def ends(self) -> tuple[int, int]:
        return pagu_of(self.low), pagu_of(self.high)

    @cached_property
    def soft(self) -> np.ndarray:
        return self.low.soft[:, None]

    @cached_property
    def wider(self) -> np.ndarray:
        """Which rows have a higher upper limit at the larger pagu."""
        return (self.high.row_upper > self.low.row_upper) & ~self.low.soft

    def limit(self, name: str, at: np.ndarray) -> np.ndarray:
        """A limit of every row (rows x places) at each pagu, as floats: for a choice, never for a decision."""
        first, last = self.ends
        low, high = (getattr(one, name)[:, None].astype(float) for one in (self.low, self.high))
        return low + (high - low) * ((at - first) / max(last - first, 1))

    def needs(self, activity: np.ndarray) -> np.ndarray:
        """The least pagu that the upper limits ask for, of each column of ``activity``; the last one at most."""
        first, last = self.ends
        if not self.wider.any():
            return np.full(activity.shape[1], first + 1)
        low, high = (one.row_upper[self.wider, None].astype(object) for one in (self.low, self.high))
        asked = first - (-(activity[self.wider] - low) * (last - first)) // (high - low)
        return np.clip(asked.max(axis=0), first + 1, last).astype(np.int64)

    def broken(self, activity: np.ndarray, at: np.ndarray) -> np.ndarray:
        """How many rows of each column do not hold at its pagu, about."""
        over = activity > self.limit("row_upper", at) + 1
        under = activity < self.limit("row_lower", at) - 1
        return np.asarray(((over | under) & ~self.soft).sum(axis=0))

    def lacks(self, activity: np.ndarray) -> np.ndarray:
        """What each column lacks of the lower limits of the next step, each row as a share of its limit."""
        lower = self.high.row_lower[:, None]
        short = np.where((lower > -NO_LIMIT) & ~self.soft, np.maximum(lower - activity, 0), 0)
        return np.asarray((short / np.maximum(np.abs(lower), 1)).sum(axis=0))

    def order(self, below: np.ndarray, above: np.ndarray, step: int) -> Iterator[Rung]:
        """Who is new between two plans, one after another.

        First whose coming leaves every row whole, then who gives what a floor of the next step lacks, then who brings
        most for its rupiah.
        """
        more, owner = above - below, self.low.columns.option
        options = np.unique(owner[more > 0])
        each = np.where(owner[:, None] == options, more[:, None], 0)
        added, x, at = np.asarray(self.low.matrix @ each), below, self.ends[0]
        money = np.maximum(np.asarray(sparse.csr_array(self.low.basis["amount"]).sum(axis=0)) @ each, 1)
        worth = (self.aim.cost @ each) / money
        left = list(range(len(options)))
        while left:
            now = (self.low.matrix @ x)[:, None]
            then = now + added[:, left]
            asked = np.maximum(self.needs(then), at)
            bad = self.broken(then, asked) + self.broken(np.repeat(now, len(left), axis=1), asked - 1)
            keys = zip(bad, self.lacks(then), -worth[left], left, strict=True)
            place = min(range(len(left)), key=list(keys).__getitem__)
            k, at = left.pop(place), int(asked[place])
            x = x + each[:, k]
            yield Rung(int(options[k]), step, at, x)

    def fitted(self, rung: Rung, first_rp: int) -> Rung:
        """The rung at the least pagu from ``first_rp`` on that widens every limit enough, in whole numbers."""
        low, high = first_rp, self.ends[1]
        if self.over(rung.at_rp, rung.x):
            low = min(rung.at_rp + 1, high)
        else:
            high = rung.at_rp
            if high > low and self.over(high - 1, rung.x):
                low = high
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.over(middle, rung.x) else (low, middle)
        return replace(rung, at_rp=low)

    def over(self, at_rp: int, x: np.ndarray) -> bool:
        """Whether a row is passed from above that a larger pagu widens."""
        there = under(self.high, at_rp)
        return bool((there.matrix @ x > there.row_upper)[self.wider].any())


def pagu_of(problem: Problem) -> int:
    """The pagu of all years."""
    return sum(problem.options.budget_rp.values())
