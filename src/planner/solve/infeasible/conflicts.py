"""Smallest sets of rules that cannot hold together, by size: the least sets that hit every known set to drop."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from time import monotonic

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from planner.base.processes import Clock
from planner.model.assembly import Part
from planner.model.problem import PAGU, Problem, opposed_locks
from planner.scenario.rows import NO_LIMIT
from planner.solve.engines import Settings
from planner.solve.exact import maximise

SECONDS_PER_RULE = 0.7
CEILING, STRUCTURE = -1, -2  # stand for the pagu, and for what no rule says, among the rules' numbers


class OutOfTimeError(Exception):
    """Whether some rules can hold together could not be found out."""


@contextmanager
def at_most(clock: Clock, seconds: float):
    """Stop the clock no later than in so many seconds."""
    before = clock.deadline_s
    clock.deadline_s = min(before, monotonic() + seconds)
    try:
        yield
    finally:
        clock.deadline_s = before


def owner(part: Part) -> int:
    """The rule number that a part's rows belong to: -1 for the pagu, -2 for what no rule says."""
    if part.name == PAGU:
        return CEILING
    return part.rule if part.rule >= 0 else STRUCTURE


def without(problem: Problem, dropped: frozenset[int]) -> Problem:
    """The problem with the rows of some rules opened."""
    lower, upper = problem.row_lower.copy(), problem.row_upper.copy()
    for part in problem.parts:
        if owner(part) in dropped:
            lower[part.start : part.end], upper[part.start : part.end] = -NO_LIMIT, NO_LIMIT
    lifts = tuple(lift for lift in problem.lifts if lift.rule not in dropped)
    return replace(problem, row_lower=lower, row_upper=upper, lifts=lifts)


class Enquiry:
    """What is known of which rules can hold together; -1 among their numbers is the pagu (shares of it stay)."""

    def __init__(self, problem: Problem, settings: Settings):
        self.problem, self.settings = problem, replace(settings, gap=0.0)
        self.numbers = frozenset([CEILING, *range(len(problem.scenario.rules))])
        self.possible: dict[frozenset[int], np.ndarray] = {}  # rules that a plan keeps together, and that plan
        self.conflicts = [frozenset([n]) for n in sorted({rule for rule, *_ in out_of_reach(problem)})]
        self.opposed = {frozenset(pair) for _, *pair in opposed_locks(problem.options, problem.scenario)}
        self.least: frozenset[int] = self.numbers  # the smallest set of which a solver said that it conflicts
        self.complete = False  # whether ``conflicts`` are all there are

    @cached_property
    def owners(self) -> np.ndarray:
        """Of each row."""
        return self.problem.of_rows([owner(part) for part in self.problem.parts])

    def kept_with(self, rules: frozenset[int]) -> frozenset[int] | None:
        """Rules that some plan keeps, among them these; None where no plan keeps these.

        Raises OutOfTimeError where neither is known in time.
        """
        for known in self.possible:
            if rules <= known:
                return known
        if any(one <= rules for one in (*self.conflicts, *self.opposed)):
            return None
        nothing = np.zeros(self.problem.width, dtype=np.int64)
        found = maximise(without(self.problem, self.numbers - rules), nothing, (), None, self.settings)
        if found.stopped == "infeasible":
            self.least = min(self.least, rules, key=len)
            return None
        if found.x is None:
            raise OutOfTimeError
        broken = {int(self.owners[row]) for row, _ in self.problem.broken(found.x)}
        broken |= {lift.rule for lift, measure in self.problem.measured(found.x) if measure.excess}
        self.possible[self.numbers - broken] = found.x
        return self.numbers - broken

    def grown(self, rules: frozenset[int]) -> frozenset[int]:
        """Rules that can hold together with as many more as can be added one by one, each in little time."""
        for n in sorted(self.numbers):
            with at_most(self.settings.clock, SECONDS_PER_RULE), suppress(OutOfTimeError):
                rules = rules if n in rules else self.kept_with(rules | {n}) or rules
        return rules

    def seek(self, most: int) -> None:
        """Add conflicts, smallest first, until there are ``most``, or all (``complete``); OutOfTimeError before that.

        To mend the scenario one of each known set must be dropped (a set of which all else can hold together), and
        whatever conflicts has a rule in each. So a least set of rules that does is either a conflict, and then none
        smaller is left to find and no part of it conflicts, or shows one more set.
        """
        dropped: list[frozenset[int]] = []
        while len(self.conflicts) < most:
            rules = least_hitting(sorted(self.numbers), dropped, self.conflicts)
            if rules is None:
                self.complete = True
                return
            kept = self.kept_with(rules)
            if kept is None:
                self.conflicts.append(rules)
            else:
                dropped.append(self.numbers - self.grown(kept))

    def reduced(self) -> frozenset[int]:
        """A conflict: of the smallest set known to be one, rule after rule left out as long as the rest conflicts."""
        rest = self.least
        for n in sorted(rest):
            with at_most(self.settings.clock, SECONDS_PER_RULE), suppress(OutOfTimeError):
                rest = rest - {n} if self.kept_with(rest - {n}) is None else rest
        return rest


def least_hitting(numbers: list[int], sets: list[frozenset[int]], known: list[frozenset[int]]) -> frozenset[int] | None:
    """Fewest numbers of which each set has one, without all of any ``known`` set; None where there are none."""
    rows = [[n in one for n in numbers] for one in (*sets, *known)]
    low = [1.0] * len(sets) + [-np.inf] * len(known)
    high = [np.inf] * len(sets) + [len(one) - 1.0 for one in known]
    cost = 1 + np.arange(len(numbers)) / (len(numbers) + 1) ** 2  # of as few the first
    limits = [LinearConstraint(np.array(rows, dtype=float), low, high)] if rows else []
    found = milp(cost, constraints=limits, integrality=np.ones(len(numbers)), bounds=Bounds(0, 1))
    if found.x is None:
        return None
    return frozenset(n for n, chosen in zip(numbers, found.x, strict=True) if chosen > 0.5)


def out_of_reach(problem: Problem) -> Iterator[tuple[int, int, int]]:
    """Rows of rules that ask for more than there is: (rule, row, the most it can have); no solver is needed."""
    most = problem.matrix.maximum(0) @ problem.upper
    for row in np.flatnonzero((problem.row_lower > most) & ~problem.soft):
        yield int(problem.row_rule[row]), int(row), int(most[row])
