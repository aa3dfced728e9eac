"""Who stands by: the reserve list of a plan, in whole numbers and without any solver.

**On the list** is every usulan that is nowhere in the plan, may be funded in its first year (contract dates are missed
in the running year; later years are intentions) and breaks no rule by itself: what a gate or a lock keeps out is not.

**The order**: largest ``points ** 4 / rupiah ** 3`` first, the points that the first goal of the plan gains by it at
its largest volumes; then by score, kode, usulan_id. Most points first wastes money on what is dear, most points per
rupiah first on what is small; this stands between them. Measured by ``answers.drop_outs`` on the scenarios ``dasar``
and ``usulan_contoh``, of the powers 0, 1/4, 1/2, 3/4 and 1 of rupiah this is the one that is never far from the best.
Who fits into its own kabupaten neither alone nor beside who is funded there (a start without its next phase) stands
last.

How it is gone down: see ``answers.reserve``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from scipy import sparse

from planner.model.problem import Problem, fix_volumes
from planner.scenario.objective import Aim

CUTS = 10  # steps from full to smallest volumes


@dataclass(frozen=True)
class Queue:
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
        return np.flatnonzero((self.x[options.columns.fund] > 0) & (options.ta == options.years[0]))

    @cached_property
    def leaving(self) -> np.ndarray:
        """Which columns leave with which winner (columns x winners)."""
        options = self.problem.options
        goes = np.arange(len(options))[:, None] == self.winners
        for rule in self.problem.scenario.rules:
            goes |= rule.falls_with(options, self.winners)
        return goes[options.columns.option]

    def sorted_by(self, key: list) -> "Queue":
        """The same usulan by a key of each place, smallest first; ties by score, kode, usulan_id."""
        table = self.problem.options.table.iloc[self.options]
        keys = list(zip(key, -table["score"], table["kode"], table["usulan_id"], strict=True))
        order = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
        rank = np.argsort(order)[self.owner] if len(order) else self.owner
        ways = np.argsort(rank, kind="stable")
        return Queue(self.problem, self.x, self.aim, self.options[order], self.ways[ways], rank[ways])

    def by_score(self) -> "Queue":
        """Highest score first: how a meeting without a list goes on."""
        return self.sorted_by([0] * len(self.options))


def standby(problem: Problem, x: np.ndarray, aim: Aim) -> Queue:
    """The reserve list of a choice, in its order."""
    options = problem.options
    absent = ~options.table["usulan_id"].isin({*problem.winners(x), *options.locked_out}).to_numpy()
    owner, ways = own_ways(problem, absent & (options.ta == options.years[0]))
    places, owner = np.unique(owner, return_inverse=True)
    queue = Queue(problem, x, aim, places, ways, owner)
    amount_rp = queue.amount_rp[queue.largest].tolist()
    each = zip(strangers(queue).tolist(), queue.gains, amount_rp, strict=True)
    return queue.sorted_by([(last, -gain * abs(gain) ** 3 / max(rp, 1) ** 3) for last, gain, rp in each])


def own_ways(problem: Problem, wanted: np.ndarray) -> tuple[np.ndarray, sparse.csr_array]:
    """The ways of the options ``wanted`` that keep all rows on them alone: (option of each, columns), largest first."""
    found, price_rp, owner = {}, column_rp(problem), row_owner(problem)
    rows = np.flatnonzero((owner >= 0) & ~problem.soft)
    matrix, limits = problem.matrix[rows], (problem.row_lower[rows], problem.row_upper[rows])
    for volumes in versions(problem):
        keeps, amount_rp = wanted.copy(), volumes @ price_rp
        keeps[owner[rows[excess(matrix @ volumes.sum(axis=0), *limits) > 0]]] = False
        for i in np.flatnonzero(keeps):
            columns, own = np.zeros(problem.width, volumes.dtype), slice(*volumes.indptr[i : i + 2])
            columns[volumes.indices[own]] = volumes.data[own]
            found[int(i), -int(amount_rp[i]), columns.tobytes()] = columns
    ordered = sorted(found)
    ways = np.array([found[key] for key in ordered], dtype=np.int64).reshape(-1, problem.width)
    return np.array([option for option, *_ in ordered], dtype=np.int64), sparse.csr_array(ways)


def versions(problem: Problem) -> Iterator[sparse.csr_array]:
    """Every option at full volumes, then cut in steps down to the smallest; all that again without optional lines."""
    full, columns = problem.full, problem.columns
    if problem.fund_only:
        yield full
        return
    low, optional = problem.upper.copy(), np.zeros(problem.width, dtype=bool)
    low[columns.qty] = problem.options.lines["volume_min"].to_numpy(np.int64)[columns.qty_lines]
    optional[columns.on], optional[columns.qty] = True, np.isin(columns.qty_lines, columns.on_lines)
    cuts = [low + (problem.upper - low) * (CUTS - cut) // CUTS for cut in range(CUTS + 1)]
    every = {volume.tobytes(): volume for kept in (1, ~optional) for volume in (cut * kept for cut in cuts)}
    for volume in every.values():
        yield fix_volumes(problem, sparse.csr_array((volume[full.indices], full.indices, full.indptr), full.shape))


def strangers(queue: Queue) -> np.ndarray:
    """Which places break, at all volumes, an upper limit of their own kabupaten, alone and beside the plan as it is."""
    problem, (kode, _) = queue.problem, queue.problem.options.groups("kode")
    rows = np.flatnonzero((row_owner(problem, kode) >= 0) & ~problem.soft)
    matrix = problem.matrix[rows]
    added, now = sparse.csc_array(matrix @ queue.ways.T), matrix @ queue.x
    way = np.repeat(np.arange(len(queue.owner)), np.diff(added.indptr))
    upper = problem.row_upper[rows][added.indices]
    alone, beside = (
        np.bincount(way, activity > upper, len(queue.owner))
        for activity in (added.data, added.data + now[added.indices])
    )
    fits = np.bincount(queue.owner, (alone == 0) | (beside == 0), len(queue.options))
    return fits == 0


def row_owner(problem: Problem, group: np.ndarray | None = None) -> np.ndarray:
    """The option, or the ``group`` of options, that each row speaks of alone; -1 where there are several, or none."""
    matrix, filled = problem.matrix, np.diff(problem.matrix.indptr) > 0
    option, starts = problem.columns.option[matrix.indices], matrix.indptr[:-1][filled]
    owner, own = np.full(matrix.shape[0], -1), option if group is None else group[option]
    if len(starts):
        least, most = np.minimum.reduceat(own, starts), np.maximum.reduceat(own, starts)
        owner[filled] = np.where(least == most, least, -1)
    return owner


def column_rp(problem: Problem) -> np.ndarray:
    """What one unit of each column costs."""
    return np.asarray(problem.basis["amount"].sum(axis=0)).ravel()


def excess(activity: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """By how much limits are passed; 0 where both hold."""
    return np.maximum(activity - upper, 0) + np.maximum(lower - activity, 0)
