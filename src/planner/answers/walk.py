"""Going down the reserve list: who comes in for those who leave, in many cases at once, in whole numbers.

From the top, whoever fits comes in, at the largest of its ways that fits (all it asks for; its trimmable lines cut
alike; without the lines that may be left out), and from the top again until nobody more does. Who comes in breaks
nothing. Where leaving alone has broken a rule (a floor), the first who mends all of it comes in, else the first who
mends a part without breaking more, and so on; where going down does not mend it, nobody comes in.

Who leaves gives back its rupiah. Its lock, and what it was to finish first, bind no more; under ``PhaseOrder`` the
later phases of its sentra, which could only follow it, leave with it. All else of later years stays as it is.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from planner.model.problem import Problem
from planner.plan.reserve_list import Line, excess, row_owner


@dataclass(frozen=True)
class Walked:
    """What going down a list came to, case by case.

    ``kept``: the plan's columns without who left (columns x cases); ``came``: the way of who came in, or -1 (places x
    cases). ``broken``: who left has broken a rule, and the list cannot mend it.
    """

    line: Line
    kept: np.ndarray
    came: np.ndarray
    broken: np.ndarray

    def choice(self, case: int) -> np.ndarray:
        """The columns of one case."""
        came = self.came[:, case]
        return self.kept[:, case] + self.line.ways[came[came >= 0]].sum(axis=0)

    def sums(self, column: np.ndarray) -> np.ndarray:
        """Per case the sum of a whole number per column."""
        each = np.append(np.asarray(self.line.ways @ column), 0)  # -1: nobody
        return column @ self.kept + each[self.came].sum(axis=0)

    def worth(self) -> np.ndarray:
        """Per case the first goal in whole points."""
        problem, aim = self.line.problem, self.line.aim
        if aim.plain:
            return (self.sums(aim.cost) + problem.tolerance) // problem.parts_per_point
        return np.array([problem.worth(aim, self.choice(case)) for case in range(self.came.shape[1])], dtype=np.int64)


def walk(line: Line, left: np.ndarray) -> Walked:
    """Go down the list once for each case; ``left``: which winner leaves in which case (winners x cases)."""
    tally = Tally(line, left)
    while tally.goes_down(whole=True) or tally.goes_down(whole=False):
        pass
    return Walked(line, tally.kept, np.where(tally.broken, -1, tally.came), tally.broken)


class Tally:
    """The rows of every case while the list is gone down.

    ``bad``: how many of them are broken; ``fresh``: whether anybody came in the last time down.
    """

    def __init__(self, line: Line, left: np.ndarray):
        problem, own, cases = line.problem, row_owner(line.problem), left.shape[1]
        rows = np.flatnonzero(~problem.soft & ((own < 0) | (problem.row_lower > 0)))
        matrix = problem.matrix[rows]
        self.line, self.kept = line, line.x[:, None] * (line.leaving.astype(np.int64) @ left == 0)
        self.lower, self.upper = problem.row_lower[rows][:, None], problem.row_upper[rows][:, None]
        self.added, free = sparse.csc_array(matrix @ line.ways.T), released(problem)[rows]
        self.activity = np.asarray(matrix @ self.kept)
        self.activity[free] = (matrix[free] @ line.x)[:, None]
        self.came = np.full((len(line.options), cases), -1, dtype=np.int64)
        self.choice = self.kept.copy() if problem.lifts else self.kept  # with who came in, where it is measured
        self.fresh = np.ones(cases, dtype=bool)
        self.bad = (excess(self.activity, self.lower, self.upper) > 0).sum(axis=0)
        self.lifted = np.array([lifted_excess(problem, x) for x in self.kept.T] if problem.lifts else [0] * cases)

    @property
    def broken(self) -> np.ndarray:
        return (self.bad > 0) | (self.lifted > 0)

    def goes_down(self, whole: bool) -> bool:
        """Go down once from the top; whether anybody came in anywhere.

        In a broken case only who mends it ``whole`` comes in, or else one who mends a part.
        """
        waiting, self.fresh = self.fresh if whole else self.broken, np.zeros(len(self.bad), dtype=bool)
        for way, place in enumerate(self.line.owner.tolist()):
            cases = np.flatnonzero(waiting & (self.came[place] < 0))
            if len(cases) and len(took := self.offered(way, place, cases, whole)):
                self.fresh[took] = True
                waiting[took] &= whole
        return bool(self.fresh.any())

    def offered(self, way: int, place: int, cases: np.ndarray, whole: bool) -> np.ndarray:
        """Let a way come in wherever it fits; the cases where it did."""
        part = slice(self.added.indptr[way], self.added.indptr[way + 1])
        rows, more = self.added.indices[part], self.added.data[part][:, None]
        now, limits = self.activity[np.ix_(rows, cases)], (self.lower[rows], self.upper[rows])
        before, after = excess(now, *limits), excess(now + more, *limits)
        fits = (after <= before).all(axis=0)
        if not fits.any():
            return cases[:0]
        cases, before, after = cases[fits], before[:, fits], after[:, fits]
        bad = self.bad[cases] + (after > 0).sum(axis=0) - (before > 0).sum(axis=0)
        lifted = self.measured(way, cases)
        mends = (after < before).any(axis=0) | (lifted < self.lifted[cases])
        right = ((bad == 0) & (lifted == 0)) if whole else mends
        comes = (lifted <= self.lifted[cases]) & (~self.broken[cases] | right)
        took = cases[comes]
        self.activity[np.ix_(rows, took)] += more
        if self.line.problem.lifts:
            self.choice[:, took] += self.line.ways[[way]].toarray().T
        self.came[place, took], self.bad[took], self.lifted[took] = way, bad[comes], lifted[comes]
        return took

    def measured(self, way: int, cases: np.ndarray) -> np.ndarray:
        """The excess of the rules that are measured once a way comes in, case by case."""
        if not self.line.problem.lifts:
            return self.lifted[cases]
        more = self.line.ways[[way]].toarray()[0]
        return np.array([lifted_excess(self.line.problem, self.choice[:, c] + more) for c in cases], dtype=np.int64)


def lifted_excess(problem: Problem, x: np.ndarray) -> int:
    """By how much a choice breaks the rules that are measured, all together."""
    return sum(measure.excess for _, measure in problem.measured(x))


def released(problem: Problem) -> np.ndarray:
    """Which rows count who left as if it were there: its own lock, and what it was to finish first."""
    free = np.zeros(problem.matrix.shape[0], dtype=bool)
    for part in problem.parts:
        if part.rule >= 0:
            rule = problem.scenario.rules[part.rule]
            free[part.start : part.end] = [rule.binds_absent(label) for label in part.rows.labels]
    return free
