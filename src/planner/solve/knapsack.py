"""The most of a block under one cap, exactly: lists of (spend, loss) over groups of choices, in whole numbers."""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from scipy import sparse

LARGE = 6  # columns that may be in one group: 64 choices
FINE = 10**6  # parts of a point, and of the unit of a row, that are counted
MOST = 20_000  # a list may be so long
PLANS = 16  # of a block that are handed on
FEW = 100  # of a list of what is near the best
LIMITS = 24  # that are tried, each twice the one before


@dataclass(frozen=True)
class Best:
    """No combination has more than ``bound`` (None: there is none); ``taken``: the best found, a choice per group."""

    bound: int | None
    taken: np.ndarray


@dataclass(frozen=True)
class Groups:
    """Of each group one choice is taken: what every choice spends (0 or more), and the first choice of every group."""

    spend: np.ndarray
    first: np.ndarray

    @cached_property
    def group(self) -> np.ndarray:
        return np.repeat(np.arange(len(self.first)), np.diff(np.append(self.first, len(self.spend))))

    def best(self, worth: np.ndarray, cap: int, within: int = 0, few: int = FEW) -> Best:
        """The most that is worth (int64) what spends ``cap`` or less, and some that is worth about ``within`` less.

        At a price of what is spent every choice lies some loss below the best of its group, and a combination lies all
        its losses, and the price of what it does not spend, below the bound that the price leaves. Those within a limit
        are found by lists; of those that spend the same only the best. The limit is raised until it holds the best.
        """
        if int(np.minimum.reduceat(self.spend, self.first).sum()) > cap:
            return Best(None, np.zeros((0, len(self.first)), dtype=np.int64))
        price, loss, above = self.priced(worth, cap)
        bound, limit = int(np.ceil(above * (1 + 1e-12))) + 1, max(above / 1000, 1.0)
        for _ in range(LIMITS):
            taken, value, whole = self.lists(worth, loss, cap, price, limit, MOST)
            if whole and len(value) and above - value[0] <= limit:
                bound = int(value[0])
                break
            if not whole:
                break
            limit = 2 * limit
        if above - bound + within > limit:
            more, values, _ = self.lists(worth, loss, cap, price, above - bound + within, few)
            taken = np.concatenate([taken[value == bound][:1], more[values < bound]])
        return Best(bound, taken)

    def priced(self, worth: np.ndarray, cap: int) -> tuple[float, np.ndarray, float]:
        """A price of what is spent, how far each choice lies below the best of its group then, and what it leaves."""
        price = self.price(worth, cap)
        left = worth - price * self.spend
        top = np.maximum.reduceat(left, self.first)
        return price, top[self.group] - left, price * cap + float(top.sum())

    def lists(
        self, worth: np.ndarray, loss: np.ndarray, cap: int, price: float, limit: float, most: int
    ) -> tuple[np.ndarray, np.ndarray, bool]:
        """Combinations within ``limit``, what they are worth, and whether the best is among them if any is."""
        likely = loss <= limit
        count = np.add.reduceat(likely, self.first)
        chosen = np.flatnonzero(likely)
        at = np.searchsorted(self.group[chosen], np.arange(len(self.first)))
        taken = chosen[at]
        free = np.flatnonzero(count > 1)
        spend, lost = np.array([self.spend[taken[count == 1]].sum()]), np.zeros(1)
        low = np.minimum.reduceat(np.where(likely, self.spend, cap + 1), self.first)[free][::-1].cumsum()[::-1]
        high = np.maximum.reduceat(np.where(likely, self.spend, 0), self.first)[free][::-1].cumsum()[::-1]
        whole, steps = True, []
        for k, group in enumerate(free):
            own = chosen[at[group] : at[group] + count[group]]
            least, largest = (int(low[k + 1]), int(high[k + 1])) if k + 1 < len(free) else (0, 0)
            spends, losses = (spend[:, None] + self.spend[own]).ravel(), (lost[:, None] + loss[own]).ravel()
            room = cap - spends
            kept = np.flatnonzero((room >= least) & (losses + price * np.maximum(room - largest, 0) <= limit))
            kept = kept[np.lexsort((losses[kept], spends[kept]))]
            kept = kept[np.append(True, np.diff(spends[kept]) > 0)[: len(kept)]]
            if len(kept) > most:
                value = price * spends[kept] - losses[kept]
                kept = kept[value > np.append(-np.inf, np.maximum.accumulate(value)[:-1])]
            if len(kept) > most:
                kept, whole = kept[np.argsort(losses[kept], kind="stable")[:most]], False
            spend, lost = spends[kept], losses[kept]
            steps.append((kept // len(own), own[kept % len(own)]))
        found = np.repeat(taken[None], int((spend <= cap).sum()), axis=0)
        at_step = np.arange(len(found))
        for group, (before, choice) in zip(free[::-1], steps[::-1], strict=True):
            found[:, group] = choice[at_step]
            at_step = before[at_step]
        value = worth[found].sum(axis=1)
        order = np.argsort(-value, kind="stable")
        return found[order], value[order], whole

    def price(self, worth: np.ndarray, cap: int) -> float:
        """The price of what is spent that leaves least, by steps to where the last lines meet that lie below it."""
        low, (value, spent) = 0.0, self.left(worth, cap, 0.0)
        if spent <= cap:
            return low
        high = float((np.maximum(worth, 0) / np.maximum(self.spend, 1)).max()) * 2 + 1
        above, least = self.left(worth, cap, high)
        for _ in range(50):
            if least >= spent:
                break
            at = (value - above + (spent - cap) * low + (cap - least) * high) / (spent - least)
            if not low < at < high:
                break
            now, spends = self.left(worth, cap, at)
            if now - (value - (spent - cap) * (at - low)) <= 1e-6 * abs(now):
                return at
            if spends > cap:
                low, value, spent = at, now, spends
            else:
                high, above, least = at, now, spends
        return high

    def left(self, worth: np.ndarray, cap: int, price: float) -> tuple[float, int]:
        """What a price leaves, and what is spent by the cheapest of the choices that it leaves best."""
        left = worth - price * self.spend
        top = np.maximum.reduceat(left, self.first)
        best = np.where(left >= top[self.group], self.spend, np.iinfo(np.int64).max)
        return price * cap + float(top.sum()), int(np.minimum.reduceat(best, self.first).sum())


@dataclass(frozen=True)
class Knapsack:
    """A block of columns 0 or 1 as groups under one cap: ``choices`` x columns are those that its other rows leave.

    ``row``: the cap (-1: none). ``rest``: rows over too many columns for one group. They are left out, which may only
    raise the bound; what breaks one is no plan.
    """

    groups: Groups
    choices: np.ndarray
    row: int
    rest: np.ndarray

    def best(self, worth: np.ndarray, upper: np.ndarray, within: float) -> tuple[float, np.ndarray]:
        """(bound, plans about ``within`` points below the best, the best one first); -inf: no choice keeps the rows.

        ``worth``: of the columns, in points; ``upper``: the limits of the rows.
        """
        cap = int(rounded(upper[[self.row]], np.ceil)[0]) if self.row >= 0 else 0
        found = self.groups.best(rounded(self.choices @ worth, np.ceil), cap, int(within * FINE))
        plans = self.choices[found.taken[:PLANS]].sum(axis=1)
        return (-np.inf if found.bound is None else found.bound / FINE), plans.astype(float)


def knapsack_of(matrix: sparse.csr_array, lower: np.ndarray, upper: np.ndarray, most: np.ndarray) -> Knapsack | None:
    """A block (``lower <= matrix x <= upper``, whole x up to ``most``) as a knapsack; None where it is none.

    The cap is the row over most columns without a coefficient below 0 or a lower limit that could matter.
    """
    if (most > 1).any():
        return None
    row, size = cap_row(matrix, lower, upper), np.diff(matrix.indptr)
    low, high = matrix.minimum(0) @ most, matrix.maximum(0) @ most
    holds = ((high > upper) | (low < lower)) & (np.arange(len(size)) != row)
    home, members = np.arange(len(most)), {j: [j] for j in range(len(most))}
    rest = []
    for r in sorted(np.flatnonzero(holds).tolist(), key=lambda r: size[r]):
        homes = np.unique(home[matrix.indices[matrix.indptr[r] : matrix.indptr[r + 1]]]).tolist()
        if sum(len(members[one]) for one in homes) > LARGE:
            rest.append(r)
        elif homes:
            members[homes[0]] = [j for one in homes for j in members.pop(one)]
            home[members[homes[0]]] = homes[0]
    holds[rest] = False
    first, choices = legal_choices(list(members.values()), matrix[holds].toarray(), lower[holds], upper[holds], most)
    if len(first) < len(members):
        return None
    spend = choices @ matrix[[row]].toarray()[0] if row >= 0 else np.zeros(len(choices))
    return Knapsack(Groups(rounded(spend, np.floor), first), choices, row, np.array(rest, dtype=np.int64))


def cap_row(matrix: sparse.csr_array, lower: np.ndarray, upper: np.ndarray) -> int:
    """The row over most columns that only bounds from above; -1: none of more columns than a group may have."""
    if not len(upper):
        return -1
    size, below = np.diff(matrix.indptr), np.append(0.0, np.cumsum(np.minimum(matrix.data, 0)))
    above = (size > LARGE) & np.isfinite(upper) & (lower <= 0) & (np.diff(below[matrix.indptr]) >= 0)
    return int(np.where(above, size, 0).argmax()) if above.any() else -1


def legal_choices(
    members: list[list[int]], rows: np.ndarray, lower: np.ndarray, upper: np.ndarray, most: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(first choice of each group that has any, choices x columns): all that the groups' own rows leave."""
    made, group = [], []
    for number, columns in enumerate(members):
        bits = np.array(list(product((0, 1), repeat=len(columns))), dtype=np.int8)
        own = np.zeros((len(bits), len(most)), dtype=np.int8)
        own[:, columns] = bits
        made.append(own)
        group += [number] * len(bits)
    choices, of = np.concatenate(made), np.array(group)
    near = 1e-9 * np.maximum(1.0, np.abs(rows).sum(axis=1))
    held = np.array([of[(choices[:, row != 0] > 0).any(axis=1).argmax()] for row in rows], dtype=np.int64)
    sums = choices @ rows.T
    broken = ((sums > upper + near) | (sums < lower - near)) & (of[:, None] == held)
    kept = ~broken.any(axis=1) & (choices <= most).all(axis=1)
    return np.unique(of[kept], return_index=True)[1], choices[kept].astype(float)


def rounded(values: np.ndarray, away: np.ufunc) -> np.ndarray:
    """Values in whole parts of a million, as they are where they are whole, else ``away`` (floor or ceil)."""
    parts = values * FINE
    near = np.rint(parts)
    return np.where(np.abs(parts - near) <= 1e-3, near, away(parts)).astype(np.int64)
