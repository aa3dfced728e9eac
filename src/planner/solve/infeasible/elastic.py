"""A problem in which the scenario's numbers may give way: what it takes at least, chosen together with a plan."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import ceil, floor

import numpy as np
from scipy import sparse

from planner.model.problem import Problem
from planner.scenario.place import Place
from planner.scenario.rows import NO_LIMIT, RowName
from planner.scenario.rules.spread import whole
from planner.solve.engines import Settings
from planner.solve.exact import Solution, maximise
from planner.solve.formulation import SideRow
from planner.solve.infeasible.conflicts import CEILING, at_most, owner
from planner.solve.infeasible.levers import STEP_RP, STEP_SHARE, Lever

MOST_BUDGET = 20  # times all that is asked for: as far as a pagu may rise


@dataclass(frozen=True)
class Column:
    """A whole-number column that widens a problem: its entries (row -> coefficient), and how many steps one unit is."""

    upper: int
    entries: dict[int, int]
    lever: int = -1
    steps: int = 0


@dataclass(frozen=True)
class Given:
    """What a least relaxation takes: steps of each lever that gives way; ``proven``: nothing cheaper exists."""

    steps: dict[Lever, int]
    cost: Fraction
    x: np.ndarray
    proven: bool


class Elastic:
    """A problem with a column for each step that a lever may give way by.

    A bound lets all its rows give way together. A share of what is spent, or of a pagu that may rise, is one of a total
    that moves: ``share x total`` is said with the binary digits of the steps, each times the total (in whole juta).
    """

    def __init__(
        self, problem: Problem, levers: list[Lever], conflicting: frozenset[int],
        plans: dict[frozenset[int], np.ndarray],
    ):  # fmt: skip
        self.problem, self.levers, self.plans = problem, levers, plans
        self.bystanders = frozenset(one.rule for one in levers) - conflicting  # not relaxed at first
        self.late = False  # whether an answer was cut short
        self.columns: list[Column] = []
        self.rows: list[tuple[np.ndarray, dict[int, int], int, float]] = []  # own part, columns' part, lower, scale
        self.factor = np.ones(len(problem.row_lower), dtype=np.int64)
        self.opened: list[int] = []
        self.used = dict.fromkeys(sorted({one.rule for one in levers}), Column(1, {}))  # whether a rule gives way
        self.columns += self.used.values()
        for k, one in enumerate(levers):
            self.add(k, one)

    @cached_property
    def most(self) -> np.ndarray:
        """The most that each row can add up to."""
        return self.problem.matrix.maximum(0) @ self.problem.upper

    @cached_property
    def least(self) -> np.ndarray:
        return self.problem.matrix.minimum(0) @ self.problem.upper

    @cached_property
    def row_of(self) -> dict[int, list[tuple[int, RowName]]]:
        """The rows of each rule with their labels; of the pagu under -1."""
        found: dict[int, list[tuple[int, RowName]]] = {}
        for part in self.problem.parts:
            found.setdefault(owner(part), []).extend(zip(range(part.start, part.end), part.rows.labels, strict=True))
        return found

    def add(self, k: int, lever: Lever) -> None:
        own = self.row_of.get(lever.rule, [])
        if lever.rule == CEILING:
            return self.add_budget(k, int(lever.place.field))
        if lever.unit == "drop":
            return self.add_drop(k, [row for row, _ in own])
        problem, rule = self.problem, self.problem.scenario.rules[lever.rule]
        own = [(row, label) for row, label in own if label.bound in (None, lever.place.field)]
        if lever.unit != "share":
            per = STEP_RP if lever.unit == "rupiah" else rule.scale(problem.options)
            return self.add_steps(k, {row: per for row, _ in own})
        share = rule.shares()[lever.place.field]
        if rule.follows_budget and not any(one.rule == CEILING for one in self.levers):
            pagu = problem.options.budget_rp
            steps = {row: floor(pagu[label.ta] * STEP_SHARE) for row, label in own if label.ta}
            return self.add_steps(k, steps, ceil((1 - share) / STEP_SHARE))
        for ta in problem.options.years:
            mine = [row for row, label in own if label.ta == ta]
            if mine:
                self.add_share(k, share, rule.what, ta, mine, rule.follows_budget)

    def from_above(self, row: int) -> bool:
        return bool(self.problem.row_upper[row] < NO_LIMIT)

    def lacks(self, row: int) -> int:
        """By how much a row can miss its limit at most."""
        over, under = self.most[row] - self.problem.row_upper[row], self.problem.row_lower[row] - self.least[row]
        return max(0, int(over if self.from_above(row) else under))

    def add_steps(self, k: int, per: dict[int, int], most: int = NO_LIMIT) -> None:
        """A bound all of whose rows give way by ``per`` for each step; a ceiling by ``most`` steps."""
        steps = max((-(-self.lacks(row) // each) for row, each in per.items() if each), default=0)
        signed = {row: -each if self.from_above(row) else each for row, each in per.items()}
        steps = min(steps, most) if any(each < 0 for each in signed.values()) else steps
        self.columns.append(Column(steps, signed, k, 1))

    def add_budget(self, k: int, ta: int) -> None:
        """The pagu of a year; shares of it move with it."""
        options, entries = self.problem.options, {}
        for row, label in self.row_of[CEILING]:
            if label.ta == ta:
                entries[row] = -STEP_RP
        for number, rule in enumerate(self.problem.scenario.rules):
            shares = rule.shares() if rule.follows_budget else {}
            for row, label in self.row_of.get(number, []) if shares else ():
                if label.ta == ta and label.bound in shares:
                    more = shares[label.bound] * STEP_RP
                    entries[row] = -(floor(more) if label.bound == "max_share" else ceil(more))
        total = int(options.table["amount_rp"].to_numpy()[options.ta == ta].sum())
        self.columns.append(Column(min(MOST_BUDGET * total, 10**15 - options.budget_rp[ta]) // STEP_RP, entries, k, 1))

    def add_drop(self, k: int, rows: list[int]) -> None:
        """A rule left out whole: its rows give way by all that they can miss."""
        column = len(self.columns)
        two = [row for row in rows if self.from_above(row) and self.problem.row_lower[row] > -NO_LIMIT]
        single = [row for row in rows if row not in set(two)]
        entries = {row: -self.lacks(row) if self.from_above(row) else self.lacks(row) for row in single}
        self.columns.append(Column(1, entries, k, 1))
        self.opened += two
        for row in two:
            own, low, high = self.problem.matrix[[row]].toarray()[0], *self.limits(row)
            scale = float(self.problem.row_scale[row])
            self.rows.append((own, {column: int(max(0, low - self.least[row]))}, low, scale))
            self.rows.append((-own, {column: int(max(0, self.most[row] - high))}, -high, scale))

    def limits(self, row: int) -> tuple[int, int]:
        return int(self.problem.row_lower[row]), int(self.problem.row_upper[row])

    def add_share(self, k: int, share: Fraction, what: str, ta: int, rows: list[int], fixed: bool) -> None:
        """A share of what is given out in a year, or (``fixed``) of its pagu, which may rise: one digit of its steps
        after another, each times the total."""
        problem, upward, money = self.problem, self.from_above(rows[0]), what == "amount"
        everyone = np.asarray(problem.basis[what][np.flatnonzero(problem.options.ta == ta)].sum(axis=0)).ravel()
        unit, scaled = (STEP_RP, 1) if money else (1, STEP_SHARE.denominator)
        budget, pagu = self.budget_column(ta) if money else None, problem.options.budget_rp[ta] // unit
        raised = pagu if budget is None else pagu + self.columns[budget].upper
        total = raised if fixed else -(-int(everyone @ problem.upper) // unit)
        total = min(total, raised + 1) if money else total
        self.factor[rows] = scaled
        steps = int(-(-(1 - share if upward else share) // STEP_SHARE))
        for digit in range(steps.bit_length()):
            bit, product = self.digit(k, digit), len(self.columns)
            more = (1 if fixed else share.denominator) * 2**digit * unit * scaled // STEP_SHARE.denominator
            self.columns.append(Column(total, dict.fromkeys(rows, -more if upward else more)))
            self.rows.append((self.none, {bit: total, product: -1}, 0, 1.0))
            if budget is not None:  # no total is above the pagu: says the same where that is not raised
                self.rows.append((self.none, {bit: pagu + (not fixed), product: -1, budget: 1}, 0, 1.0))
            if not fixed:
                self.rows.append((everyone, {product: -unit}, 0, float(unit)))

    @cached_property
    def none(self) -> np.ndarray:
        return np.zeros(self.problem.width, dtype=np.int64)

    def budget_column(self, ta: int) -> int | None:
        """The column of the steps of a year's pagu, where it may rise."""
        place = Place.of_year(ta)
        own = (at for at, c in enumerate(self.columns) if c.lever >= 0 and self.levers[c.lever].place == place)
        return next(own, None)

    def digit(self, k: int, digit: int) -> int:
        """The column of a binary digit of a lever's steps; the same in every year."""
        for at, column in enumerate(self.columns):
            if column.lever == k and column.steps == 2**digit:
                return at
        self.columns.append(Column(1, {}, k, 2**digit))
        return len(self.columns) - 1

    @cached_property
    def wide(self) -> Problem:
        """The problem with the columns to its right."""
        problem = self.problem
        entries = [(row, c, value) for c, column in enumerate(self.columns) for row, value in column.entries.items()]
        row, at, value = np.array(entries, dtype=np.int64).reshape(-1, 3).T
        height, count = problem.matrix.shape[0], len(self.columns)
        beside = sparse.csr_array((value, (row, at)), shape=(height, count))
        own = sparse.csr_array(problem.matrix.multiply(self.factor[:, None]))
        lower, upper = problem.row_lower.copy(), problem.row_upper.copy()
        lower[self.opened], upper[self.opened] = -NO_LIMIT, NO_LIMIT
        return replace(
            problem, matrix=sparse.csr_array(sparse.hstack([own, beside], format="csr")),
            row_lower=lower, row_upper=upper, row_scale=problem.row_scale * self.factor,
            upper=np.concatenate([problem.upper, np.array([c.upper for c in self.columns], dtype=np.int64)]),
        )  # fmt: skip

    @cached_property
    def extras(self) -> list[SideRow]:
        found = []
        for own, columns, lower, scale in self.rows:
            coef = np.concatenate([own, np.zeros(len(self.columns), dtype=np.int64)]).astype(np.int64)
            for column, value in columns.items():
                coef[self.problem.width + column] = value
            found.append(SideRow(coef, lower=lower, scale=scale))
        return found

    def cheapest(
        self, apart: list[frozenset[int]], dropped: frozenset[int], settings: Settings, seconds: float
    ) -> Given | None:
        """What it takes at least when of each set of rules ``apart`` one does not give way; None where that is not
        known in time, or not possible. ``dropped``: lifted rules that are left out whole, at their price."""
        left = [rules - dropped for rules in apart]
        if not all(left):
            return None
        kept = frozenset().union(*(rules for rules in left if len(rules) == 1))
        rows = [*self.extras, *(row for rules in left if len(rules) > 1 for row in self.one_kept(rules))]
        lifts = tuple(lift for lift in self.problem.lifts if lift.rule not in dropped)
        start, found = None, Solution(None, 0, None, "time")
        with at_most(settings.clock, seconds):
            for upper, more in self.stages(kept, left):
                with at_most(settings.clock, seconds / 2 if start is None else seconds):
                    trial = replace(self.wide, upper=upper, lifts=lifts)
                    found = maximise(trial, self.cost, [*rows, *more], start, replace(settings, gap=0.0))
                start = found.x
        self.late |= found.stopped in ("time", "asked")
        return None if start is None else self.given(found, dropped)

    def stages(self, kept: frozenset[int], apart: list[frozenset[int]]) -> Iterator[tuple[np.ndarray, list[SideRow]]]:
        """Upper bounds and rows of three searches, each beginning with what the one before it found: what a known plan
        takes that breaks few rules, what it takes when only conflicting rules give way, and what it takes at least."""
        width, numbers = self.problem.width, frozenset(self.used)
        known = [rules for rules in self.plans if not any(one <= numbers - rules for one in apart)]
        if known:
            x = self.plans[max(known, key=len)]
            own = np.arange(self.wide.width) < width
            stay = SideRow(own.astype(np.int64), lower=int(x.sum()))
            yield np.concatenate([x, self.firm(kept)[width:]]), [stay]
        yield self.firm(kept | self.bystanders), []
        yield self.firm(kept), []

    def one_kept(self, rules: frozenset[int]) -> Iterator[SideRow]:
        """Rows that keep one of some rules as it is."""
        place = {rule: self.problem.width + at for at, rule in enumerate(self.used)}
        for c, column in enumerate(self.columns):
            rule = self.levers[column.lever].rule if column.lever >= 0 else None
            if rule in rules:
                yield self.row({self.problem.width + c: -1, place[rule]: column.upper}, 0)
        yield self.row({place[rule]: -1 for rule in rules}, 1 - len(rules))

    def row(self, coef: dict[int, int], lower: int) -> SideRow:
        whole = np.zeros(self.problem.width + len(self.columns), dtype=np.int64)
        whole[list(coef)] = list(coef.values())
        return SideRow(whole, lower=lower)

    def firm(self, rules: frozenset[int]) -> np.ndarray:
        """The columns' upper bounds where these rules do not give way."""
        levers = [None if column.lever < 0 else self.levers[column.lever].rule for column in self.columns]
        own = np.concatenate([np.zeros(self.problem.width, bool), [rule in rules for rule in levers]])
        return np.where(own, 0, self.wide.upper)

    @cached_property
    def cost(self) -> np.ndarray:
        """Minus the price of each column in whole numbers, as small as they can be in the same proportions."""
        prices = [self.levers[c.lever].price * c.steps if c.lever >= 0 else Fraction(0) for c in self.columns]
        numbers = list(whole({str(c): price for c, price in enumerate(prices)}).values())
        return np.array([0] * self.problem.width + [-n * self.problem.parts_per_point for n in numbers], dtype=np.int64)

    def given(self, found: Solution, dropped: Iterable[int]) -> Given:
        assert found.x is not None
        own, more = found.x[: self.problem.width], found.x[self.problem.width :]
        steps: dict[Lever, int] = {}
        for column, units in zip(self.columns, more, strict=True):
            if column.lever >= 0 and units:
                lever = self.levers[column.lever]
                steps[lever] = steps.get(lever, 0) + int(units) * column.steps
        steps |= {lever: 1 for lever in self.levers if lever.rule in dropped}
        cost = sum((lever.price * n for lever, n in steps.items()), Fraction(0))
        return Given(steps, cost, own, found.bound == found.value)
