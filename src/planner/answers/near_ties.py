"""Which choices of a plan are nearly a tie: what the opposite of each would cost, by bounds and by plans in hand."""

from collections import deque
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

import numpy as np

from planner.answers.open_plan import Case
from planner.base.processes import Clock
from planner.plan.robust_file import Sides
from planner.solve.engines import Settings
from planner.solve.exact import maximise
from planner.solve.formulation import SideRow, goal_rows

PER_MILLE = 5  # of the plan's value: a choice whose opposite costs no more is nearly a tie
SWEEP_NODES, GROUP_NODES = 200, 40  # of one search's tree: work, so that the answer does not depend on the machine
WORTH = 4  # usulan that a sweep must find for another to be worth it
MANY = 0.3  # of those that one plan could have otherwise at most: a sweep stops there
SEARCH_S = 120.0  # beyond which all searches are given up nevertheless
GROUPS, SEARCHES = 16, 16  # of the usulan that are not settled: groups to begin with, searches altogether


def sides_of(case: Case) -> Sides:
    """Every usulan by what the opposite choice costs the first goal, all other choices free to follow.

    ``tie``: a legal plan is in hand that has it otherwise and loses at most 0.5 % of the plan's value. ``far``: a bound
    proves that every such plan loses more. ``open``: neither is known within the searches that are allowed.
    """
    opposite = Opposite(case)
    opposite.by_profit()
    opposite.sweep()
    opposite.by_groups()
    return opposite.sides()


@dataclass
class Opposite:
    """The usulan of a plan, and what is known so far of having each otherwise."""

    case: Case
    usulan: np.ndarray = field(init=False)  # their names
    of: np.ndarray = field(init=False)  # of each option the place of its usulan
    chosen: np.ndarray = field(init=False)
    reach: np.ndarray = field(init=False)  # how far below the LP bound every plan lies that has it otherwise
    tie: np.ndarray = field(init=False)
    far: np.ndarray = field(init=False)
    clock: Clock = field(default_factory=lambda: Clock(monotonic() + SEARCH_S))

    def __post_init__(self) -> None:
        names = self.case.problem.options.table["usulan_id"].to_numpy(str)
        self.usulan, self.of = np.unique(names, return_inverse=True)
        self.chosen = self.funded(self.case.x)
        self.reach = np.zeros(len(self.usulan))
        self.tie, self.far = np.zeros((2, len(self.usulan)), dtype=bool)

    @property
    def least(self) -> int:
        """The least value that is nearly that of the plan, in points."""
        value: int = self.case.goal["stage_value"]
        return value - abs(value) * PER_MILLE // 1000

    @property
    def unsettled(self) -> np.ndarray:
        return ~self.tie & ~self.far

    def funded(self, x: np.ndarray) -> np.ndarray:
        """Which usulan a choice funds, in whatever year."""
        return np.bincount(self.of, x[self.case.problem.columns.fund], len(self.usulan)) > 0

    def by_profit(self) -> None:
        """Far by reduced costs of the LP: a plan with an option of profit -p, or without one of p, loses p or more."""
        relaxed = self.case.relaxation.relaxed()
        out, into = np.zeros(len(self.usulan)), np.full(len(self.usulan), np.inf)
        np.maximum.at(out, self.of, np.maximum(relaxed.profit, 0.0))
        np.minimum.at(into, self.of, np.maximum(-relaxed.profit, 0.0))
        self.reach = np.where(self.chosen, out, into)
        if not relaxed.infeasible:
            self.far = relaxed.bound + self.case.hidden - np.floor(self.reach) < self.least

    def sweep(self) -> None:
        """Ties, many at once: the plan that has most of the unsettled otherwise and is nearly as good."""
        while self.unsettled.any():
            flips, most = self.flips(self.unsettled), int((self.unsettled & self.chosen).sum())
            rows = goal_rows(self.case.problem, self.case.cost, self.least)
            settings = Settings(clock=self.clock, nodes=SWEEP_NODES, enough=partial(has_many, most))
            found = maximise(self.case.problem, flips, rows, self.case.x, settings)
            if self.learn(found.x) < WORTH:
                return

    def by_groups(self) -> None:
        """Whole groups far at once: no plan that has even one of them otherwise is nearly as good.

        Groups of who is chosen and of who is not take turns, the farthest first. A group that is not settled is halved;
        a plan that is found on the way settles its ties.
        """
        ordered = np.argsort(-self.reach, kind="stable")
        ins, outs = (ordered[(self.unsettled & side)[ordered]] for side in (self.chosen, ~self.chosen))
        turns = zip(np.array_split(ins, GROUPS), np.array_split(outs, GROUPS), strict=True)
        waiting = deque(group for pair in turns for group in pair if len(group))
        for _ in range(SEARCHES):
            if not waiting or monotonic() > self.clock.deadline_s:
                return
            group = waiting.popleft()
            group = group[self.unsettled[group]]
            if not len(group):
                continue
            if self.search(group):
                self.far[group] = True
            elif len(group := group[self.unsettled[group]]) > 1:
                half = len(group) // 2
                waiting.extend([group[:half], group[half:]])

    def search(self, group: np.ndarray) -> bool:
        """Whether no plan that has one of the group otherwise is nearly as good; learns from a plan that is."""
        asked = np.isin(np.arange(len(self.usulan)), group)
        row = SideRow(self.flips(asked), lower=1 - int((asked & self.chosen).sum()))
        settings = Settings(
            nodes=GROUP_NODES, enough=lambda found, bound: found >= self.least or bound < self.least - 1
        )
        found = maximise(self.case.problem, self.case.cost, [row], None, settings)
        self.learn(found.x)
        below = found.bound is not None and found.bound + self.case.hidden < self.least
        return found.stopped == "infeasible" or below

    def flips(self, asked: np.ndarray) -> np.ndarray:
        """Per column 1 for each of these usulan that comes in, -1 for each that stays in."""
        coef = np.zeros(self.case.problem.width, dtype=np.int64)
        coef[self.case.problem.columns.fund] = np.where(self.chosen, -1, 1)[self.of] * asked[self.of]
        return coef

    def learn(self, x: np.ndarray | None) -> int:
        """Ties of a legal plan that is nearly as good; how many are new."""
        if x is None or self.case.cost.points(x) < self.least:
            return 0
        new = self.unsettled & (self.funded(x) != self.chosen)
        self.tie = self.tie | new
        return int(new.sum())

    def sides(self) -> Sides:
        tie, far, left = (self.usulan[which].tolist() for which in (self.tie, self.far, self.unsettled))
        return Sides(tie=tie, far=far, open=left)


def has_many(least: int, found: float, bound: float) -> bool:
    """Whether a sweep has a good part of the usulan that it could have otherwise: the rest is for the next one."""
    return found + least >= max(1.0, MANY * (bound + least))
