"""A large problem step by step: around a legal plan some provinces and years are opened, all else stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from time import monotonic

import highspy
import numpy as np
from scipy import sparse

from planner.model.problem import Problem
from planner.scenario.objective import Aim
from planner.solve.cells import CellPrices, Cells, cells_of, price_cells
from planner.solve.core import reaches_gap
from planner.solve.engines import Model, Settings, carry, whole_bound
from planner.solve.exact import Solution, best_known, keeps, maximise, rows_and_floors
from planner.solve.formulation import ObjectiveFloor, SideRow, model_of
from planner.solve.relaxation import relaxed_highs

LARGE = 10_000  # columns from which a search begins with cells: HiGHS needs minutes for its first bound and plan
LIKELY, FREE = 4_000, 1_000  # options that a better plan may fund; of these so many are opened in a step
STEPS, IDLE, SEED = 400, 60, 1  # steps at most, and those in a row that find nothing
FIRST_NODES, NODES = 60, 20  # of HiGHS's tree, for the first plan and in a step
WHOLE = 0.999  # of a cell's plan in the mixture: it is in the first plan

Kept = Sequence[SideRow | ObjectiveFloor]


def search(problem: Problem, aim: Aim, kept: Kept, start: np.ndarray | None, settings: Settings) -> Solution:
    """The best plan of a goal: by the solver, which of a large problem begins where cells and steps have ended.

    Effort is counted in steps and nodes, never in seconds, so that the same problem has the same plan wherever the
    clock does not end it.
    """
    if not problem.fund_only or problem.width < LARGE or settings.engine.lower() != "highs" or settings.fine:
        return maximise(problem, aim, kept, start, settings)
    near = approach(problem, aim, kept, start, settings)
    if near.x is not None and reaches_gap(near, settings.gap):
        return near
    if near.x is not None and settings.clock.over:
        return replace(near, stopped="asked" if settings.clock.stopped else "time")
    found = maximise(problem, aim, kept, near.x, settings)
    bounds = [one.bound for one in (near, found) if one.bound is not None]
    return best_known(problem, found.x, near.x, aim, min(bounds, default=None), found.stopped)


def approach(problem: Problem, aim: Aim, kept: Kept, start: np.ndarray | None, settings: Settings) -> Solution:
    """A legal plan (None: none found) and the bound by cells, brought together in steps; ``start``: a legal plan."""
    rows, floors = rows_and_floors(kept)
    model = model_of(problem, aim, rows, {}, floors)
    grid = grid_of(problem)
    cells = cells_of(problem, model, grid.cell, grid.years * len(grid.island))
    highs = relaxed_highs(model)
    highs.setOptionValue("time_limit", max(settings.clock.deadline_s - monotonic(), 0.1))
    highs.run()
    if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:  # which the whole problem is to confirm
        return best_known(problem, None, start, aim, None, "done")
    priced = price_cells(cells, np.array(highs.getSolution().row_dual), start, settings.clock)
    bound = whole_bound(priced.bound + model.tolerance)
    worth = model.cost - model.matrix.T @ priced.price
    most = np.array([cell.best(worth)[0] for cell in cells.cells])
    around = Neighbourhood(problem, aim, kept, model, grid, likely(cells, worth, problem.width), worth, most)
    x = around.first(priced, settings) if start is None else start
    found = best_known(problem, None, x, aim, bound, "done")
    return found if x is None else around.walk(found, settings)


def likely(cells: Cells, worth: np.ndarray, options: int) -> np.ndarray:
    """Which options a better plan may fund: those that cost their cell's best the least."""
    lost = np.full(options, np.inf)
    for cell in cells.cells:
        lost[cell.options] = cell.losses(worth)
    wanted = np.zeros(options, dtype=bool)
    wanted[np.argsort(lost, kind="stable")[:LIKELY]] = True
    return wanted & np.isfinite(lost)


@dataclass(frozen=True)
class Grid:
    """Of each option the numbers of its year, its province and its cell; of each province that of its island."""

    year: np.ndarray
    province: np.ndarray
    island: np.ndarray

    @property
    def years(self) -> int:
        return int(self.year.max()) + 1

    @property
    def cell(self) -> np.ndarray:
        return self.province * self.years + self.year

    def drawn(self, lost: np.ndarray, wanted: np.ndarray, most: int, draw: np.random.Generator) -> np.ndarray:
        """Options to open: some years, and there province by province until ``most`` wanted ones are.

        Provinces come by lot, those sooner in which more is ``lost`` (by cell), or island by island.
        """
        years, provinces = self.years, len(self.island)
        chosen = draw.permutation(years)[: draw.integers(1, years + 1)]
        share = lost.reshape(provinces, years)[:, chosen].sum(axis=1)
        order = np.argsort(draw.exponential(size=provinces) / (share + 1.0), kind="stable")
        if not draw.integers(3):
            islands = draw.permutation(int(self.island.max()) + 1)
            order = order[np.argsort(islands[self.island[order]], kind="stable")]
        there = np.isin(self.year, chosen) & wanted
        count = np.bincount(self.province[there], minlength=provinces)[order]
        taken = order[: max(1, int((count.cumsum() <= most).sum()))]
        return there & np.isin(self.province, taken)


def grid_of(problem: Problem) -> Grid:
    table = problem.options.table
    _, first, province = np.unique(table["provinsi"].to_numpy(str), return_index=True, return_inverse=True)
    island = np.unique(table["pulau"].to_numpy(str)[first], return_inverse=True)[1]
    return Grid(np.unique(problem.options.ta, return_inverse=True)[1], province, island)


@dataclass(frozen=True)
class Neighbourhood:
    """Plans near a plan: all options but some stay as they are.

    ``wanted``: the options that may be opened; ``worth``: of each column at the prices of the rows that join cells;
    ``most``: of each cell then.
    """

    problem: Problem
    aim: Aim
    kept: Kept
    model: Model
    grid: Grid
    wanted: np.ndarray
    worth: np.ndarray
    most: np.ndarray

    @cached_property
    def by_column(self) -> sparse.csc_array:
        return sparse.csc_array(self.model.matrix)

    def first(self, priced: CellPrices, settings: Settings) -> np.ndarray | None:
        """A plan from the cells' plans: those that are whole in their mixture, and beside them what others hold."""
        x, seen = np.zeros(self.problem.width, dtype=np.int64), np.zeros(self.problem.width, dtype=bool)
        for _, options, share in priced.plans:
            seen[options] = True
            x[options] |= share > WHOLE
        found = self.opened(x, seen & (x == 0), None, replace(settings, nodes=FIRST_NODES))
        return self.opened(0 * x, seen, None, replace(settings, nodes=FIRST_NODES)) if found is None else found

    def walk(self, found: Solution, settings: Settings, seed: int = SEED) -> Solution:
        """The best plan of some steps from a legal one (large-neighbourhood search: Shaw, CP 1998)."""
        assert found.x is not None
        idle, owner, draw = 0, self.problem.columns.option, np.random.default_rng(seed)
        most = min(FREE, -(-int(self.wanted.sum()) // 2))
        for _ in range(STEPS):
            if idle >= IDLE or settings.clock.over or reaches_gap(found, settings.gap):
                break
            free = self.grid.drawn(self.lost(found.x), self.wanted, most, draw)
            there = free | (found.x[: len(free)] > 0) & self.around(free)
            x = self.opened(found.x, there[owner], found.x, replace(settings, nodes=NODES))
            gained = x is not None and self.aim.points(x) > found.value
            found, idle = best_known(self.problem, x, found.x, self.aim, found.bound, "done"), 0 if gained else idle + 1
            if settings.seen and found.bound is not None:
                settings.seen(found.value, found.bound)
        return found

    def lost(self, x: np.ndarray) -> np.ndarray:
        """By how much each cell of a plan is worth less than the cell's best."""
        own = self.worth[: len(self.grid.cell)] * x[: len(self.grid.cell)]
        return np.maximum(self.most - np.bincount(self.grid.cell, own, len(self.most)), 0.0)

    def around(self, free: np.ndarray) -> np.ndarray:
        """The options of the cells that have some of these."""
        return np.isin(self.grid.cell, self.grid.cell[free])

    def opened(
        self, x: np.ndarray, free: np.ndarray, start: np.ndarray | None, settings: Settings
    ) -> np.ndarray | None:
        """The best plan that differs from x in the columns ``free`` (bool) alone; None where none is found."""
        if not free.any():
            return x if keeps(self.problem, self.kept, x) else None
        model, width = self.model, self.problem.width
        columns = np.append(np.flatnonzero(free), np.arange(width, len(model.cost)))
        stays = self.by_column[:, :width] @ np.where(free, 0, x)
        own = sparse.csr_array(self.by_column[:, columns])
        rows = np.flatnonzero(np.diff(own.indptr))
        part = Model(
            model.cost[columns], sparse.csr_array(own[rows]), (model.lower - stays)[rows], (model.upper - stays)[rows],
            model.column_upper[columns], int(free.sum()), model.tolerance, model.smooth,
        )  # fmt: skip
        begin = None if start is None else start[free]
        found, _, _ = carry(part, replace(settings, gap=settings.gap / 10, enough=None, seen=None), begin)
        if found is None:
            return None
        made = x.copy()
        made[free] = found[: int(free.sum())]
        return made if keeps(self.problem, self.kept, made) else None
