"""Of each usulan what plans are worth that have it otherwise than a plan: by plans in hand, and by bounds."""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from time import monotonic

import numpy as np

from planner.answers.open_plan import Case
from planner.base.cluster import shared
from planner.base.processes import Clock, finished
from planner.solve.blocks import Answers, BlockAnswer, Part, find_prices
from planner.solve.engines import Settings, whole_bound
from planner.solve.exact import Solution, maximise
from planner.solve.formulation import SideRow, goal_rows
from planner.solve.recombine import Book
from planner.solve.swaps import Swaps, Turns

NONE = -(2**62)  # points of what does not exist
SWEEP_NODES = 200  # of one search's tree: work, so that no machine decides
ROUNDS = 6  # of new prices of the coupling rows
KEPT = 6  # plans of a block that has an usulan otherwise
MISSES = 20  # in a row, after which plans are put together no more
WORTH = 4  # usulan that a sweep must settle for another to be worth it
MANY = 0.3  # of those that one plan could have otherwise at most: a sweep stops there
AT_ONCE, SIZE = 8, 4  # searches side by side, as many however many processes there are; usulan of one to begin with


@dataclass(frozen=True)
class Query:
    """Is there a plan of ``least`` points or more that keeps ``row``? Those ruled out already are left out.

    ``upper``, ``stay``: what every plan of so many points is known not to have, and to have. ``remaining_s``: from when
    it is begun, on whatever machine.
    """

    least: int
    row: SideRow
    upper: np.ndarray
    stay: SideRow
    nodes: int
    remaining_s: float

    def solve(self, case: Case) -> Solution:
        """A plan that is enough, or a bound below it, as far as the nodes go."""
        enough = lambda found, bound: found >= self.least or bound < self.least - 1  # noqa: E731
        settings = Settings(clock=Clock(monotonic() + self.remaining_s), nodes=self.nodes, enough=enough)
        problem = replace(case.problem, upper=self.upper)
        return maximise(problem, case.cost, [self.row, self.stay], None, settings)


type Piece = tuple[np.ndarray, np.ndarray]  # columns of a block, and a plan over them
type Run = Callable[[Iterable[Query]], Iterable[Solution | None]]  # the answers in the order of the questions


def here(case: Case) -> Run:
    """Questions answered in this process, one after another."""
    return lambda asked: (one.solve(case) for one in asked)


def in_pool(case: Case, pool: Executor, clock: Clock) -> Run:
    """Questions answered by processes or machines; None of what the clock left out."""
    given = shared(pool, replace(case))  # without the solvers that it keeps

    def run(asked: Iterable[Query]) -> Iterable[Solution | None]:
        waiting, done = [pool.submit(Query.solve, one, given) for one in asked], set()
        for future in finished(waiting, clock):
            done.add(future)
            for one in waiting if clock.over else ():
                one.cancel()  # where it has not begun
        return [future.result() if future in done and not future.cancelled() else None for future in waiting]

    return run


@dataclass
class Opposite:
    """The usulan of a plan, and what is known so far of having each otherwise than ``base``.

    ``bound``: no plan that has it otherwise reaches more points (``NONE``: there is no such plan); ``reached``: what
    one in hand reaches, ``witness``: which of ``plans`` (-1: none).
    """

    case: Case
    clock: Clock = field(default_factory=Clock)
    usulan: np.ndarray = field(init=False)  # their names
    of: np.ndarray = field(init=False)  # of each option the place of its usulan
    chosen: np.ndarray = field(init=False)
    bound: np.ndarray = field(init=False)
    reached: np.ndarray = field(init=False)
    witness: np.ndarray = field(init=False)
    plans: list[np.ndarray] = field(init=False)
    turns: Turns | None = None  # what blocks answered

    def __post_init__(self) -> None:
        names = self.case.problem.options.table["usulan_id"].to_numpy(str)
        self.usulan, self.of = np.unique(names, return_inverse=True)
        count = len(self.usulan)
        self.plans = [self.case.x]
        self.chosen = self.funded(self.case.x)
        self.bound = np.full(count, -NONE, dtype=np.int64)
        self.reached, self.witness = np.full(count, NONE, dtype=np.int64), np.full(count, -1)

    @property
    def base(self) -> np.ndarray:
        """The plan itself; where it gives up more of its first goal for later ones, the best known of the first."""
        return self.plans[0]

    def far(self, least: int) -> np.ndarray:
        """Which no plan of so many points has otherwise."""
        return self.bound < least

    def open(self, least: int) -> np.ndarray:
        return (self.reached < least) & ~self.far(least)

    def funded(self, x: np.ndarray) -> np.ndarray:
        """Which usulan a choice funds, in whatever year."""
        found: np.ndarray = np.bincount(self.of, x[self.case.problem.columns.fund], len(self.usulan)) > 0
        return found

    def lower(self, which: np.ndarray, bound: np.ndarray | int) -> None:
        """What is proven of some."""
        self.bound = np.where(which, np.minimum(self.bound, bound), self.bound)

    # -- bounds --------------------------------------------------------------------------------------------------------

    def by_profit(self) -> None:
        """By reduced costs of the LP: a plan with an option of profit -p, or without one of p, loses p or more."""
        relaxed = self.case.relaxation.relaxed()
        if relaxed.infeasible:
            return
        out, into = np.zeros(len(self.usulan)), np.full(len(self.usulan), np.inf)
        np.maximum.at(out, self.of, np.maximum(relaxed.profit, 0.0))
        np.minimum.at(into, self.of, np.maximum(-relaxed.profit, 0.0))
        reach = np.floor(np.where(self.chosen, out, into)).astype(np.int64)
        self.lower(np.ones(len(reach), dtype=bool), relaxed.bound + self.case.hidden - reach)

    def by_blocks(self, least: int) -> None:
        """By prices of the rows that couple blocks: the best of its own block with it otherwise, the others as ever.

        Only of usulan within one block, and as far as plans of ``least`` points or more are concerned. What the blocks
        answered is put together with one another's plans: ``exchange``.
        """
        if self.clock.over:
            return
        model, answers = self.case.relaxation.model, Answers()
        apart = Book().apart(self.case.problem, model)
        priced = find_prices(apart, self.base, ROUNDS, self.clock)
        self.turns = turns = Turns(apart, priced.price)
        worth, (total, best) = model.cost - model.matrix.T @ priced.price, answers.priced(apart, priced.price)
        bonus, asked, known = max(total - least, 1.0), [], []
        for block, (part, own, plans) in enumerate(zip(apart.inner, best, priced.plans, strict=True)):
            columns, every = part.columns, np.stack([*plans, *own.plans])
            known += [(columns, x) for x in every]
            turns.usual.append(list(np.unique(every[part.legal(every)], axis=0)))
            for k in np.unique(self.of[columns[columns < len(self.of)]]):
                fund = np.flatnonzero(self.of == k)
                if self.bound[k] < least or self.clock.over or not np.isin(fund, columns).all():
                    continue
                found = self.otherwise(answers, part, worth[columns], fund, bonus)
                bound = whole_bound(total - own.bound + found.bound + model.tolerance)
                if bound is not None:
                    self.bound[k] = min(self.bound[k], bound + self.case.hidden)
                asked += [(int(k), columns, x) for x in found.plans[:1]]
                mine = found.plans[:, np.isin(columns, fund)].any(axis=1) != self.base[fund].any()
                turns.turned[int(k)] = block, list(found.plans[mine][:KEPT])
                known += [(columns, x) for x in found.plans[:1]]
        self.exchange(least, asked, known)

    def otherwise(self, answers: Answers, part: Part, worth: np.ndarray, fund: np.ndarray, bonus: float) -> BlockAnswer:
        """The best of a block with the usulan of these options otherwise: barred, or paid a bonus that is taken off."""
        mine = np.isin(part.columns, fund)
        if self.base[fund].any():
            return answers.answer(replace(part, most=np.where(mine, 0.0, part.most)), worth)
        found = answers.answer(part, worth + bonus * mine)
        return replace(found, bound=found.bound - bonus)

    def exchange(self, least: int, asked: list[tuple[int, np.ndarray, np.ndarray]], known: list[Piece]) -> None:
        """Plans of so many points: the base with one block otherwise, and with another block's plan to make room."""
        problem, cost = self.case.problem, self.case.cost
        if not cost.plain:
            return
        swaps = Swaps(problem, cost, self.base, known)
        for k, columns, found in asked:
            x = self.base.copy()
            x[columns] = np.rint(found).astype(np.int64)
            if self.clock.over:
                return
            if (self.funded(x) == self.chosen)[k] or self.reached[k] >= cost.points(x):
                continue
            for other in [x, *swaps.beside(x, columns)]:
                if problem.legal(other):
                    self.learn(other, least)

    def by_exchanges(self, least: int) -> None:
        """Plans of so many points, put together anew from plans of blocks around one that has an usulan otherwise."""
        if self.turns is None or not self.case.cost.plain:
            return
        missed = 0
        for k in np.argsort(-self.bound, kind="stable").tolist():  # the likeliest first
            if self.open(least)[k] and k in self.turns.turned and missed < MISSES and not self.clock.over:
                x = self.turns.best(k, least)
                settled = self.learn(x if x is None or self.case.problem.legal(x) else None, least)
                missed = 0 if settled else missed + 1

    # -- plans ---------------------------------------------------------------------------------------------------------

    def begin(self, least: int) -> None:
        """A plan of so many points to begin with, where the plan itself gives up more for later goals."""
        if self.case.cost.points(self.base) >= least:
            return
        settings = Settings(clock=self.clock, enough=lambda found, _: found >= least)
        found = maximise(self.case.problem, self.case.cost, (), self.base, settings)
        if found.x is not None and found.value >= least:
            self.plans, self.chosen = [found.x], self.funded(found.x)

    def sweep(self, least: int) -> None:
        """Many at once: the plan of so many points that has most of the open ones otherwise."""
        while self.open(least).any() and not self.clock.over:
            flips, most = self.flips(self.open(least)), int((self.open(least) & self.chosen).sum())
            upper, stay = self.known(least)
            settings = Settings(clock=self.clock, nodes=SWEEP_NODES, enough=partial(has_many, most))
            rows = [*goal_rows(self.case.problem, self.case.cost, least), stay]
            found = maximise(replace(self.case.problem, upper=upper), flips, rows, self.base, settings)
            if self.learn(found.x, least) < WORTH:
                return

    def learn(self, x: np.ndarray | None, least: int) -> int:
        """What a legal plan shows; how many it settles."""
        if x is None or (value := self.case.cost.points(x)) < least:
            return 0
        better = (self.funded(x) != self.chosen) & (self.reached < value)
        count = int((better & self.open(least)).sum())
        if better.any():
            self.reached[better], self.witness[better] = value, len(self.plans)
            self.plans.append(x)
        return count

    # -- both ----------------------------------------------------------------------------------------------------------

    def search(self, least: int, run: Run, nodes: int, groups: int, most: int, told: Callable[[], None]) -> None:
        """Whole groups at once: no plan of so many points has even one of them otherwise, or a plan that has.

        Groups of who is chosen and of who is not take turns, the farthest first. What is left of a large one is halved;
        a small one of which nothing was settled is not asked again, and where so many side by side settle nothing, no
        more are: each is for a longer search of its own.
        """
        order = np.argsort(self.bound, kind="stable")
        sides = [order[(self.open(least) & side)[order]] for side in (self.chosen, ~self.chosen)]
        turns = zip(*(np.array_split(side, max(groups, 1)) for side in sides), strict=True)
        waiting, done = [group for pair in turns for group in pair if len(group)], 0
        while waiting and done < most and not self.clock.over:
            first, waiting = waiting[: min(AT_ONCE, most - done)], waiting[min(AT_ONCE, most - done) :]
            batch = [left for group in first if len(left := group[self.open(least)[group]])]
            before, (upper, stay) = self.open(least).sum(), self.known(least)
            ask = partial(Query, least, upper=upper, stay=stay, nodes=nodes)
            asked = (ask(self.row(group), remaining_s=self.clock.deadline_s - monotonic()) for group in batch)
            for group, found in zip(batch, run(asked), strict=True):
                if found is None:
                    continue
                self.settle(group, found, least)
                left = group[self.open(least)[group]]
                if len(left) > SIZE:
                    waiting += np.array_split(left, 2)
                elif 0 < len(left) < len(group):
                    waiting.append(left)
            done += len(first)
            told()
            if self.open(least).sum() == before and any(1 < len(group) <= SIZE for group in batch):
                return

    def settle(self, group: np.ndarray, found: Solution, least: int) -> None:
        """What an answer says of its group; what was left out of the question has fewer points than ``least``."""
        self.learn(found.x, least)
        if found.stopped == "infeasible":
            bound = least - 1
        elif found.bound is None:
            return
        else:
            bound = max(found.bound + self.case.hidden, least - 1)
        self.lower(np.isin(np.arange(len(self.usulan)), group), bound)

    def row(self, group: np.ndarray) -> SideRow:
        """At least one of a group otherwise."""
        asked = np.isin(np.arange(len(self.usulan)), group)
        return SideRow(self.flips(asked), lower=1 - int((asked & self.chosen).sum()))

    def known(self, least: int) -> tuple[np.ndarray, SideRow]:
        """What every plan of so many points does not have, by upper limits, and has, by one row."""
        problem, far = self.case.problem, self.far(least)
        out = (far & ~self.chosen)[self.of][problem.columns.option]
        coef = np.zeros(problem.width, dtype=np.int64)
        coef[problem.columns.fund] = (far & self.chosen)[self.of]
        return np.where(out, 0, problem.upper), SideRow(coef, lower=int((far & self.chosen).sum()))

    def flips(self, asked: np.ndarray) -> np.ndarray:
        """Per column 1 for each of these usulan that comes in, -1 for each that stays in."""
        coef = np.zeros(self.case.problem.width, dtype=np.int64)
        coef[self.case.problem.columns.fund] = np.where(self.chosen, -1, 1)[self.of] * asked[self.of]
        return coef


def has_many(least: int, found: float, bound: float) -> bool:
    """Whether a sweep has a good part of the usulan that it could have otherwise: the rest is for the next one."""
    return found + least >= max(1.0, MANY * (bound + least))
