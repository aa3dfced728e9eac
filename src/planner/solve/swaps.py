"""Plans around one plan of a block that is asked for: another block's makes room, or all are put together anew."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from planner.model.problem import Problem
from planner.scenario.objective import Aim
from planner.solve.blocks import Apart
from planner.solve.exchanges import Exchanges

TRIES = 3  # of another block's plans to make room


class Swaps:
    """Of every known plan of a block what it changes of ``base`` in columns and rows (sparse), and in points.

    ``pieces``: columns of a block, and a plan over them. Whole numbers throughout.
    """

    def __init__(self, problem: Problem, cost: Aim, base: np.ndarray, pieces: Iterable[tuple[np.ndarray, np.ndarray]]):
        each = {(columns.tobytes(), x.tobytes()): (columns, x) for columns, x in pieces}  # each once
        self.problem, self.numbers = problem, {block: k for k, block in enumerate(dict.fromkeys(b for b, _ in each))}
        self.block = np.array([self.numbers[block] for block, _ in each], dtype=np.int64)
        columns = [columns for columns, _ in each.values()]
        data = [np.rint(x).astype(np.int64) - base[columns] for columns, x in each.values()]
        row, nothing = np.repeat(np.arange(len(each)), [len(own) for own in data]), np.zeros(0, np.int64)
        entries = np.concatenate([nothing, *data]), (row, np.concatenate([nothing, *columns]))
        self.change = sparse.csr_array(entries, shape=(len(each), problem.width))
        self.change.eliminate_zeros()
        self.activity = sparse.csr_array(self.change @ problem.matrix.T)
        self.swap, self.worth = np.repeat(np.arange(len(each)), np.diff(self.activity.indptr)), self.change @ cost.cost

    def beside(self, x: np.ndarray, columns: np.ndarray) -> Iterable[np.ndarray]:
        """``x``, which differs from the base in one block alone, with another's plan so that rows hold, best first."""
        row, count = self.activity.indices, len(self.block)
        now = self.problem.matrix @ x
        broken, bad = self.broken(now, np.arange(len(now))), self.broken(now[row] + self.activity.data, row)
        fits = np.bincount(self.swap[bad], minlength=count) == 0
        fits &= np.bincount(self.swap[broken[row]], minlength=count) == broken.sum()
        fits &= self.block != self.numbers[columns.tobytes()]
        able = np.flatnonzero(fits)
        for k in able[np.argsort(-self.worth[able], kind="stable")[:TRIES]]:
            yield x + self.change[[k]].toarray()[0]

    def broken(self, activity: np.ndarray, row: np.ndarray) -> np.ndarray:
        """Whether sums in rows pass their limits."""
        own = self.problem
        over, under = activity > own.row_upper[row], activity < own.row_lower[row]
        return np.asarray((over | under) & ~own.soft[row])


@dataclass
class Turns:
    """What blocks answered at good prices of the coupling rows.

    ``usual``: of each block the plans seen; ``turned``: by the key of a wish its block, and plans of it that grant it.
    """

    apart: Apart
    price: np.ndarray
    usual: list[list[np.ndarray]] = field(default_factory=list)
    turned: dict[int, tuple[int, list[np.ndarray]]] = field(default_factory=dict)

    def best(self, key: int, least: int) -> np.ndarray | None:
        """A choice that grants a wish, put together by exchanges as soon as it brings ``least``; to be checked."""
        block, plans = self.turned[key]
        every = [plans if place == block else own for place, own in enumerate(self.usual)]
        found = Exchanges(self.apart, every, self.price).best(least) if all(map(len, every)) else None
        own = int((self.apart.block >= 0).sum())  # the helpers stand at the end
        return None if found is None else np.rint(found[:own]).astype(np.int64)
