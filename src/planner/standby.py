"""Who stands by and who comes in: the reserve list of a plan, in whole numbers and without any solver.

**On the list** is every usulan that is nowhere in the plan, may be funded in its first year (contract dates are missed
in the running year; later years are intentions) and breaks no rule by itself: what a gate or a lock keeps out is not.

**The order**: largest ``points ** 4 / rupiah ** 3`` first, the points that the first goal of the plan gains by it at
its largest volumes; then by score, kode, usulan_id. Most points first wastes money on what is dear, most points per
rupiah first on what is small; this stands between them. Measured by ``reserve.evaluate`` on both shipped scenarios,
of the powers 0, 1/4, 1/2, 3/4 and 1 of rupiah this is the one that is never far from the best.

**Going down it**: from the top, whoever fits comes in, at the largest of its ways that fits (all it asks for; its
trimmable lines cut alike; without the lines that may be left out), and from the top again until nobody more does. Who
comes in breaks nothing. Where leaving alone has broken a rule (a floor), the first who mends all of it comes in, else
the first who mends a part without breaking more, and so on; where going down does not mend it, nobody comes in.

**Who leaves** gives back its rupiah. Its lock, and what it was to finish first, bind no more; under ``PhaseOrder`` the
later phases of its sentra, which could only follow it, leave with it. All else of later years stays as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from scipy import sparse

from planner.aims import Aim
from planner.problem import Problem
from planner.reasons import agreed
from planner.rules.phases import steps

CUTS = 10  # steps from full to smallest volumes


@dataclass(frozen=True)
class Line:
    """The reserve list of a choice ``x``, ready to be gone down.

    ``options``: in order. ``ways``: per row the columns of an option at some volumes, in that order, each option's
    largest first; ``owner``: the place in ``options`` that each way belongs to. ``aim``: the first goal.
    """

    problem: Problem
    x: np.ndarray
    aim: Aim
    options: np.ndarray
    ways: sparse.csr_array
    owner: np.ndarray

    @property
    def names(self) -> list[str]:
        return self.problem.options.table["usulan_id"].iloc[self.options].tolist()

    @cached_property
    def largest(self) -> np.ndarray:
        """Of each place its largest way."""
        return np.searchsorted(self.owner, np.arange(len(self.options)))

    @cached_property
    def amount_rp(self) -> np.ndarray:
        """What each way costs."""
        return np.asarray(self.ways @ column_rp(self.problem), dtype=np.int64)

    @cached_property
    def gains(self) -> list[Fraction]:
        """What the first goal gains, in parts of a point, by each place's largest way added to the plan as it is."""
        if self.aim.plain:
            return [Fraction(int(gain)) for gain in self.ways[self.largest] @ self.aim.cost]
        now = self.aim.parts(self.x)
        return [self.aim.parts(self.x + self.ways[[way]].toarray()[0]) - now for way in self.largest]

    @cached_property
    def winners(self) -> np.ndarray:
        """The options of the first year that are funded: who may drop out."""
        options = self.problem.options
        return np.flatnonzero((self.x[: len(options)] > 0) & (options.ta == options.years[0]))

    @cached_property
    def leaving(self) -> np.ndarray:
        """Which columns leave with which winner (columns x winners)."""
        options = self.problem.options
        goes = np.arange(len(options))[:, None] == self.winners
        if any(rule.rule == "PhaseOrder" for rule in self.problem.scenario.rules):
            own = steps(options)
            sentra, fase = own["sentra"].to_numpy()[:, None], own["fase"].to_numpy()[:, None]
            goes |= (sentra == sentra[self.winners].T) & (fase > fase[self.winners].T)
        return goes[options.column_option]

    def sorted_by(self, key: list) -> "Line":
        """The same usulan by a key of each place, smallest first; ties by score, kode, usulan_id."""
        table = self.problem.options.table.iloc[self.options]
        keys = list(zip(key, -table["score"], table["kode"], table["usulan_id"], strict=True))
        order = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
        rank = np.argsort(order)[self.owner] if len(order) else self.owner
        ways = np.argsort(rank, kind="stable")
        return Line(self.problem, self.x, self.aim, self.options[order], self.ways[ways], rank[ways])

    def by_score(self) -> "Line":
        """Highest score first: how a meeting without a list goes on."""
        return self.sorted_by([0] * len(self.options))


def standby(problem: Problem, x: np.ndarray, aim: Aim) -> Line:
    """The reserve list of a choice, in its order."""
    options, names = problem.options, problem.options.table["usulan_id"]
    absent = ~names.isin({*names[x[: len(options)] > 0], *options.locked_out}).to_numpy()
    owner, ways = own_ways(problem, absent & (options.ta == options.years[0]))
    places, owner = np.unique(owner, return_inverse=True)
    line = Line(problem, x, aim, places, ways, owner)
    amount_rp = line.amount_rp[line.largest].tolist()
    key = [-gain * abs(gain) ** 3 / max(rp, 1) ** 3 for gain, rp in zip(line.gains, amount_rp, strict=True)]
    return line.sorted_by(key)


def own_ways(problem: Problem, wanted: np.ndarray) -> tuple[np.ndarray, sparse.csr_array]:
    """The ways of the options ``wanted`` that break no rule by themselves: (option of each, columns), largest first."""
    found, price_rp = {}, column_rp(problem)
    for volumes in versions(problem):
        amount_rp = volumes @ price_rp
        for i in np.flatnonzero(wanted & keeps_own(problem, volumes)):
            columns = volumes[[i]].toarray()[0]
            found[int(i), -int(amount_rp[i]), columns.tobytes()] = columns
    ordered = sorted(found)
    rows = np.array([found[key] for key in ordered], dtype=np.int64).reshape(-1, problem.width)
    return np.array([option for option, *_ in ordered], dtype=np.int64), sparse.csr_array(rows)


def versions(problem: Problem) -> Iterator[sparse.csr_array]:
    """Every option at full volumes, then cut in steps down to the smallest; all that again without optional lines."""
    options, full, n = problem.options, problem.full, len(problem.options)
    if problem.width == n:
        yield full
        return
    low, trimmable, optional = problem.upper.copy(), options.trimmable_lines, np.zeros(problem.width, dtype=bool)
    low[problem.width - len(trimmable) :] = options.lines["volume_min"].to_numpy(np.int64)[trimmable]
    optional[n : problem.width - len(trimmable)] = True
    optional[problem.width - len(trimmable) :] = np.isin(trimmable, options.optional_lines)
    for kept in (np.ones(problem.width, dtype=np.int64), (~optional).astype(np.int64)):
        for cut in range(CUTS + 1):
            volume = kept * (low + (problem.upper - low) * (CUTS - cut) // CUTS)
            yield agreed(problem, sparse.csr_array((volume[full.indices], full.indices, full.indptr), full.shape))


def keeps_own(problem: Problem, volumes: sparse.csr_array) -> np.ndarray:
    """Which options keep, at these volumes, every row that speaks of them alone."""
    owner = row_owner(problem)
    rows = np.flatnonzero((owner >= 0) & ~problem.soft)
    activity = problem.matrix[rows] @ volumes.sum(axis=0)
    keeps = np.ones(len(problem.options), dtype=bool)
    keeps[owner[rows[excess(activity, problem.row_lower[rows], problem.row_upper[rows]) > 0]]] = False
    return keeps


def row_owner(problem: Problem) -> np.ndarray:
    """The option that each row speaks of alone; -1 where there are several, or none."""
    matrix, filled = problem.matrix, np.diff(problem.matrix.indptr) > 0
    option, starts = problem.options.column_option[matrix.indices], matrix.indptr[:-1][filled]
    owner = np.full(matrix.shape[0], -1)
    if len(starts):
        least, most = np.minimum.reduceat(option, starts), np.maximum.reduceat(option, starts)
        owner[filled] = np.where(least == most, least, -1)
    return owner


def column_rp(problem: Problem) -> np.ndarray:
    """What one unit of each column costs."""
    return np.asarray(problem.basis["amount"].sum(axis=0)).ravel()


def excess(activity: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """By how much limits are passed; 0 where both hold."""
    return np.maximum(activity - upper, 0) + np.maximum(lower - activity, 0)


# -- going down the list -----------------------------------------------------------------------------------------------


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
            return (self.sums(aim.cost) + problem.ease) // problem.fine
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
        self.came[place, took], self.bad[took], self.lifted[took] = way, bad[comes], lifted[comes]
        return took

    def measured(self, way: int, cases: np.ndarray) -> np.ndarray:
        """The excess of the rules that are measured once a way comes in, case by case."""
        if not self.line.problem.lifts:
            return self.lifted[cases]
        ways = ([*at[at >= 0], way] for at in self.came[:, cases].T)
        choices = (self.kept[:, c] + self.line.ways[w].sum(axis=0) for c, w in zip(cases, ways, strict=True))
        return np.array([lifted_excess(self.line.problem, x) for x in choices], dtype=np.int64)


def lifted_excess(problem: Problem, x: np.ndarray) -> int:
    """By how much a choice breaks the rules that are measured, all together."""
    return sum(measure.excess for _, measure in problem.measured(x))


def released(problem: Problem) -> np.ndarray:
    """Which rows count who left as if it were there: its own lock, and what it was to finish first."""
    free = np.zeros(problem.matrix.shape[0], dtype=bool)
    for part in problem.parts:
        rule = problem.scenario.rules[part.rule] if part.rule >= 0 else None
        if rule and rule.rule == "FinishFirst":
            free[part.start : part.end] = True
        elif rule and rule.rule == "Lock":
            free[part.start : part.end] = [label in rule.usulan for label in part.rows.labels]
    return free
