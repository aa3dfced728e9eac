"""Every, some or no plan nearly as good as this one has an usulan: by plans in hand, and by bounds."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import partial
from importlib.metadata import version as package_version
from pathlib import Path
from time import monotonic
from typing import cast

import numpy as np

from planner.answers.open_plan import Case, open_case
from planner.base.cluster import shared
from planner.base.errors import PlannerError, shown
from planner.base.files import check_writable, write_whole
from planner.base.messages import say
from planner.base.processes import Clock, finished
from planner.plan.folder import RunFolder
from planner.plan.labels_file import (
    FINEST,
    FORMAT,
    LabelsFile,
    funded_points,
    label_of,
    least_of,
    read_labels,
    witness_of,
)  # fmt: skip
from planner.plan.plan_file import canonical, fingerprint_of
from planner.plan.robust_file import Sides
from planner.solve.blocks import Answers, BlockAnswer, Part, find_prices
from planner.solve.engines import Settings, whole_bound
from planner.solve.exact import Solution, maximise
from planner.solve.formulation import SideRow, goal_rows
from planner.solve.progress import Figures
from planner.solve.recombine import Book
from planner.solve.swaps import Swaps

NONE = -(2**62)  # points of what does not exist
SWEEP_NODES, GROUP_NODES, LAST_NODES = 200, 40, 2_000  # of one search's tree: work, so that no machine decides
ROUNDS = 6  # of new prices of the coupling rows
WORTH = 4  # usulan that a sweep must settle for another to be worth it
MANY = 0.3  # of those that one plan could have otherwise at most: a sweep stops there
AT_ONCE, SIZE = 8, 4  # searches side by side, as many however many processes there are; usulan of one to begin with
WITHIN = "0.5,1,2"
NEARLY, FEW, FEW_S = 50, 16, 120.0  # of the quick answer: its threshold (0.5 %), its searches, its time


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
        worth, (total, best) = model.cost - model.matrix.T @ priced.price, answers.priced(apart, priced.price)
        bonus, asked, known = max(total - least, 1.0), [], []
        for part, own, plans in zip(apart.inner, best, priced.plans, strict=True):
            columns = part.columns
            known += [(columns, x) for x in [*plans, *own.plans]]
            for k in np.unique(self.of[columns[columns < len(self.of)]]):
                fund = np.flatnonzero(self.of == k)
                if self.bound[k] < least or self.clock.over or not np.isin(fund, columns).all():
                    continue
                found = self.otherwise(answers, part, worth[columns], fund, bonus)
                bound = whole_bound(total - own.bound + found.bound + model.tolerance)
                if bound is not None:
                    self.bound[k] = min(self.bound[k], bound + self.case.hidden)
                asked += [(int(k), columns, x) for x in found.plans[:1]]
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

        Groups of who is chosen and of who is not take turns, the farthest first. One that is not settled is halved.
        """
        order = np.argsort(self.bound, kind="stable")
        sides = [order[(self.open(least) & side)[order]] for side in (self.chosen, ~self.chosen)]
        turns = zip(*(np.array_split(side, max(groups, 1)) for side in sides), strict=True)
        waiting, done = [group for pair in turns for group in pair if len(group)], 0
        while waiting and done < most and not self.clock.over:
            first, waiting = waiting[: min(AT_ONCE, most - done)], waiting[min(AT_ONCE, most - done) :]
            batch = [left for group in first if len(left := group[self.open(least)[group]])]
            upper, stay = self.known(least)
            ask = partial(Query, least, upper=upper, stay=stay, nodes=nodes)
            asked = (ask(self.row(group), remaining_s=self.clock.deadline_s - monotonic()) for group in batch)
            for group, found in zip(batch, run(asked), strict=True):
                if found is None:
                    continue
                self.settle(group, found, least)
                group = group[self.open(least)[group]]
                waiting += np.array_split(group, 2) if len(group) > 1 else []
            done += len(first)
            told()

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


def seek(
    case: Case, leasts: Sequence[int], run: Run, clock: Clock, most: int | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Opposite:  # fmt: skip
    """What is known of every usulan at these least points, falling; ``most``: searches of each, as few as that say.

    First what LP and blocks prove and what their plans show, then plans that have many otherwise, then group by group.
    """
    opposite = Opposite(case, clock)
    told = lambda: progress(Figures(say("labels.progress", left=int(opposite.open(leasts[-1]).sum()))))  # noqa: E731
    opposite.begin(leasts[0])
    opposite.by_profit()
    opposite.by_blocks(leasts[-1])
    for least in leasts:
        told()
        opposite.sweep(least)
        left = int(opposite.open(least).sum())
        if most is not None:
            opposite.search(least, run, GROUP_NODES, most, most, told)
            continue
        opposite.search(least, run, GROUP_NODES, -(-left // SIZE), 2 * left, told)
        left = int(opposite.open(least).sum())
        opposite.search(least, run, LAST_NODES, left, left, told)
    return opposite


def sides_of(case: Case) -> Sides:
    """Every usulan by what the opposite choice costs the first goal, in short: within 0.5 % of the plan, or more.

    ``tie``: a legal plan is in hand that has it otherwise and loses no more. ``far``: a bound proves that every such
    plan loses more. ``open``: neither is known within the few searches of a run.
    """
    least = least_of(case.goal["stage_value"], NEARLY)
    found = seek(case, [least], here(case), Clock(monotonic() + FEW_S), FEW)
    moved = found.funded(case.x) != found.chosen
    tie = (found.reached >= least) | moved
    far = found.far(least) & ~tie
    names = [found.usulan[which].tolist() for which in (tie, far, ~tie & ~far)]
    return Sides(tie=names[0], far=names[1], open=names[2])


def label_all(
    plan_file: Path, pool: Executor, within: str = WITHIN, progress: Callable[[str], None] = lambda text: None,
    clock: Clock | None = None, data: Path | None = None,
) -> LabelsFile:  # fmt: skip
    """Label every usulan of a plan and write ``label.json`` beside it; what stands there already is the answer.

    ``clock.stopped`` ends it with what is known then, and so does the scenario's time limit. Raises PlannerError for
    percentages that cannot be.
    """
    wanted, run, clock = thresholds(within), RunFolder(plan_file), clock or Clock()
    case = open_case(plan_file, data)
    before = read_labels(run.labels, case.plan)
    if before and before["planner"] == package_version("planner") and before["within"] == wanted and whole(before):
        return before
    check_writable(run.folder)
    progress(say("labels.seeking"))
    clock.deadline_s = min(clock.deadline_s, monotonic() + case.problem.scenario.solver.time_limit_s)
    leasts = [least_of(case.goal["stage_value"], one) for one in wanted]
    content = file_of(seek(case, leasts, in_pool(case, pool, clock), clock, progress=progress), wanted)
    write_whole(run.labels, canonical(content))
    return content


def whole(known: LabelsFile) -> bool:
    """Whether nothing was left open."""
    return not any("open" in one["labels"] for one in known["usulan"])


def thresholds(text: str) -> list[int]:
    """``0.5,1,2`` as hundredths of a percent, rising; raises one PlannerError with all that are none."""
    found, wrong = set(), []
    for part in text.split(","):
        try:
            value = Decimal(part.strip()) * FINEST
            if not 0 <= value <= 50 * FINEST or value != int(value):
                raise InvalidOperation
            found.add(int(value))
        except (InvalidOperation, ValueError, OverflowError):
            wrong.append(say("labels.percent", given=shown(part.strip())))
    if wrong:
        raise PlannerError(wrong)
    return sorted(found)


def file_of(found: Opposite, within: list[int]) -> LabelsFile:
    """What is known as it is kept: labels, and of the plans in hand as few as show them."""
    case, cost = found.case, found.case.cost
    value = case.goal["stage_value"]
    kept = witnesses(found, [least_of(value, one) for one in within])
    plans = [found.base, *(found.plans[k] for k in kept)]
    first, usulan = funded_points(case.problem, found.base), []
    values = [cost.points(x) for x in plans]
    has = np.array([found.funded(x) for x in plans])
    for k, name in enumerate(found.usulan.tolist()):
        sides = ([j for j in range(len(plans)) if has[j, k] == side] for side in (True, False))
        inside, outside = (max(own, key=lambda j: values[j], default=None) for own in sides)
        bound = None if found.bound[k] == NONE else int(found.bound[k])
        in_value, out_value = (None if j is None else values[j] for j in (inside, outside))
        own = bool(found.chosen[k])
        labels = [label_of(in_value, out_value, bound, own, least_of(value, one)) for one in within]
        usulan.append({"usulan_id": name, "labels": labels, "inside": inside, "outside": outside, "bound": bound})
    content = {
        "format": FORMAT, "plan": case.plan.fingerprint, "planner": package_version("planner"), "value": value,
        "within": within,
        "witnesses": [
            witness_of(case.problem, x, points, first if j else None)
            for j, (x, points) in enumerate(zip(plans, values, strict=True))
        ],
        "usulan": usulan,
    }  # fmt: skip
    return cast(LabelsFile, content | {"fingerprint": fingerprint_of(content)})


def witnesses(found: Opposite, leasts: list[int]) -> list[int]:
    """The numbers of plans that show together all that is known at each threshold, few of them: greedy covering."""
    values = np.array([found.case.cost.points(x) for x in found.plans])
    flips = np.array([found.funded(x) != found.chosen for x in found.plans])
    kept: list[int] = []
    for least in leasts:
        able = flips & (values >= least)[:, None]
        left = able.any(axis=0) & ~able[kept].any(axis=0)
        while left.any():
            best = int((able & left).sum(axis=1).argmax())
            kept.append(best)
            left &= ~able[best]
    return sorted(kept)
