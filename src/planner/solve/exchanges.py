"""One plan from each block, made better by taking other plans in one block or in two (pair exchange with kicks)."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from scipy import sparse

from planner.solve.blocks import Apart
from planner.solve.engines import FEASIBILITY

FEW = 150  # plans that lie least below what prices leave: those are exchanged
STEPS, KICKS = 12, 12  # exchanges from one beginning; beginnings with one other plan that stays


class Exchanges:
    """Plans of blocks one below the other, with what each brings and what it adds to the coupling rows.

    ``price``: of all rows; ``loss``: how far a plan lies below the best of its block beyond them.
    """

    def __init__(self, apart: Apart, plans: list[list[np.ndarray]], price: np.ndarray):
        self.first = np.cumsum([0, *(len(own) for own in plans)])
        self.block = np.repeat(np.arange(len(plans)), np.diff(self.first))
        model, rows = apart.model, apart.coupling
        stacks = [sparse.coo_array(np.stack(own)) for own in plans]
        row = np.concatenate([first + own.coords[0] for first, own in zip(self.first, stacks, strict=False)])
        column = np.concatenate([p.columns[own.coords[1]] for p, own in zip(apart.inner, stacks, strict=True)])
        data, shape = np.concatenate([own.data for own in stacks]), (len(self.block), len(model.cost))
        self.x = sparse.csr_array((data, (row, column)), shape=shape)
        adds, self.brings = (self.x @ model.matrix[rows].T).toarray(), self.x @ model.cost
        left = self.brings - adds @ price[rows]
        self.start = np.array([first + left[first:last].argmax() for first, last in pairwise(self.first)])
        self.loss = left[self.start][self.block] - left
        self.tighten(adds, model.lower[rows], model.upper[rows], price[rows])

    def tighten(self, adds: np.ndarray, lower: np.ndarray, upper: np.ndarray, price: np.ndarray) -> None:
        """Rows as ``adds <= limit``, those that some choice breaks; ``penalty``: points for each unit beyond one."""
        most = np.maximum.reduceat(adds, self.first[:-1]).sum(axis=0)
        least = np.minimum.reduceat(adds, self.first[:-1]).sum(axis=0)
        above, below = np.flatnonzero(most > upper), np.flatnonzero(least < lower)
        self.adds = np.hstack([adds[:, above], -adds[:, below]])
        self.limit = np.append(upper[above], -lower[below])
        spent = np.abs(self.adds[self.start]).sum(axis=0).max(initial=1.0)
        usual = abs(self.brings[self.start].sum()) / spent
        self.penalty = np.append(price[above].clip(0), (-price[below]).clip(0)) + usual
        self.near = FEASIBILITY * (1 + np.abs(self.limit))

    def best(self, least: float) -> np.ndarray | None:
        """The best choice found that keeps the coupling rows, as soon as one brings ``least``; None: none found."""
        found, most = None, -np.inf
        for taken in self.tried():
            brings = self.brings[taken].sum()
            if brings > most and (self.adds[taken].sum(axis=0) <= self.limit + self.near).all():
                found, most = taken, brings
                if most >= least:
                    break
        return None if found is None else self.x[found].sum(axis=0)

    def tried(self) -> Iterator[np.ndarray]:
        """Choices that no exchange makes better: from the plans that prices leave best, then with one other in turn."""
        likely = np.argsort(self.loss, kind="stable")
        base = self.climbed(self.start, likely[:FEW])
        yield base
        others = likely[base[self.block[likely]] != likely]
        for plan in others[:KICKS]:
            begun, own = base.copy(), self.block[plan]
            begun[own] = plan
            yield self.climbed(begun, likely[:FEW][self.block[likely[:FEW]] != own])

    def climbed(self, taken: np.ndarray, likely: np.ndarray) -> np.ndarray:
        """A choice after the best exchanges of one plan or two, each for one of those likely, while they help."""
        taken, block = taken.copy(), self.block[likely]
        same = block[:, None] == block
        for _ in range(STEPS):
            room = self.limit - self.adds[taken].sum(axis=0)
            gain = self.brings[likely] - self.brings[taken[block]]
            more = self.adds[likely] - self.adds[taken[block]]
            help_by = gain[:, None] + gain
            for row in np.flatnonzero(2 * more.max(axis=0, initial=-np.inf) > room):
                help_by -= self.penalty[row] * np.maximum(more[:, row, None] + more[:, row] - room[row], 0)
            help_by[same] = -np.inf
            np.fill_diagonal(help_by, gain - np.maximum(more - room, 0) @ self.penalty)
            best = int(help_by.argmax()) if len(likely) else 0
            if not len(likely) or help_by.flat[best] + np.maximum(-room, 0) @ self.penalty <= 1e-6:
                break
            for plan in likely[list(divmod(best, len(likely)))]:
                taken[self.block[plan]] = plan
        return taken
