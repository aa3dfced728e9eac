"""Options + rules + goals -> one sparse problem of named columns and named rows; no solver is known here."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from scipy import sparse

from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.base.units import MICRO, half_up
from planner.model.algebra import Algebra, column_titles, row_titles
from planner.model.assembly import MONEY_SCALE, Part, assemble, limits_of
from planner.model.columns import Columns
from planner.model.line_items import filled_rows, full, kept, line_rows, line_shares, smallest
from planner.model.options import Options
from planner.scenario.goals import points
from planner.scenario.objective import Aim, Lack
from planner.scenario.rows import NO_LIMIT, Decisions, Lifted, Measure, RowName, Rows, Term
from planner.scenario.rules.base import LiftedRule
from planner.scenario.rules.by_hand import AgreedVolume
from planner.scenario.scenario import Scenario

PAGU, LINES = "Pagu", "Rincian"
LEAST_PARTS, MOST_PARTS = 10_000, 10**9  # of a point, where a line may be trimmed: 3,000 m2 may bring 2,000 points


@dataclass(frozen=True)
class ExtendedRule:
    """A lifted rule inside the problem: an extended formulation for solvers, checked by what it measures."""

    name: str  # "EvenSpread:2"
    rule: int
    lifted: Lifted


@dataclass(frozen=True)
class Problem:
    """``row_lower <= matrix x <= row_upper``, ``0 <= x <= upper``, x whole; everything int64.

    Columns as in ``columns``; a problem that is widened has its own to their right. ``row_scale``: by what a solver
    divides each row. ``lifts``: the rules that a solver gets with helper columns and that are checked by what they
    measure.
    """

    options: Options
    scenario: Scenario
    matrix: sparse.csr_array
    row_lower: np.ndarray
    row_upper: np.ndarray
    row_scale: np.ndarray
    upper: np.ndarray
    parts: tuple[Part, ...]
    lifts: tuple[ExtendedRule, ...] = ()

    # -- to look at ----------------------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> Algebra:
        """The rows as algebra, by the names that people know: ``problem.rows["SpendBand[Aceh, 2028]"]``."""
        names = list(zip(self.row_families, self.row_labels, strict=True))
        columns = [*column_titles(self.options), *(f"h[{k}]" for k in range(self.width - self.columns.width))]
        return Algebra(
            row_titles(self.options, names, LINES), self.row_families, columns, self.matrix, self.row_lower,
            self.row_upper, self.row_money,
        )  # fmt: skip

    def __repr__(self) -> str:
        kinds = {name: len(range(*getattr(self.columns, name).indices(self.width))) for name in ("fund", "on", "qty")}
        counts = ", ".join(f"{count} {name}" for name, count in kinds.items() if count)
        goals = ", ".join(goal.name for goal in self.scenario.goals)
        return f"Problem({self.scenario.name!r}: {counts}; {len(self.row_lower)} rows; goals {goals})"

    def __str__(self) -> str:
        """What it is, the first row of each family with how many more there are, and what is measured instead."""
        lifts = (f"{lift.name}: measured, with helper columns" for lift in self.lifts)
        return "\n  ".join([f"{self!r}, money in juta rupiah", *self.rows.first_of_each(), *lifts])

    # -- columns and rows ----------------------------------------------------------------------------------------------

    @property
    def columns(self) -> Columns:
        """Which columns stand for what."""
        return self.options.columns

    @property
    def basis(self) -> dict[str, sparse.csr_array]:
        """How each kind of decision is made of columns; see ``Options.basis``."""
        return self.options.basis

    @property
    def width(self) -> int:
        return len(self.upper)

    @property
    def fund_only(self) -> bool:
        """Whether the funded options say all: nothing to trim or leave out, and no column beside."""
        return self.width == self.columns.fund.stop

    @cached_property
    def row_families(self) -> list[str]:
        """``SpendBand:2``, ``Pagu``: the part that each row is of."""
        return [part.name for part in self.parts for _ in part.rows.labels]

    @cached_property
    def row_names(self) -> list[str]:
        return [f"{family}:{label}" for family, label in zip(self.row_families, self.row_labels, strict=True)]

    @cached_property
    def row_labels(self) -> list[RowName]:
        return [label for part in self.parts for label in part.rows.labels]

    @cached_property
    def column_names(self) -> list[str]:
        table, lines, columns = self.options.table, self.options.lines, self.columns
        option = [f"{part(u)}:{t}" for u, t in zip(table["usulan_id"], table["ta"], strict=True)]
        line = [f"{option[o]}:{part(r)}" for o, r in zip(columns.line_option, lines["rincian_id"], strict=True)]
        kinds = {"fund": option, "on": [line[i] for i in columns.on_lines], "qty": [line[i] for i in columns.qty_lines]}
        return [f"{kind}:{name}" for kind, names in kinds.items() for name in names]

    def of_rows(self, values: list) -> np.ndarray:
        """One value of each part as one of each row."""
        return np.repeat(values, [len(part) for part in self.parts])

    @cached_property
    def row_rule(self) -> np.ndarray:
        """Each row's rule number; -1 for pagu and lines."""
        return self.of_rows([part.rule for part in self.parts])

    @cached_property
    def row_money(self) -> np.ndarray:
        """Which rows add up rupiah."""
        rules = self.scenario.rules
        own = self.of_rows([part.rule >= 0 and rules[part.rule].unit == "rupiah" for part in self.parts])
        return np.asarray(own | (self.row_scale == MONEY_SCALE))

    @cached_property
    def row_price(self) -> list[Fraction | None]:
        """What each whole unit beyond a row's limit costs in the first goal's unit; None: it must hold."""
        return [part.rows.price for part in self.parts for _ in part.rows.labels]

    @cached_property
    def soft(self) -> np.ndarray:
        """Which rows a plan may miss, at their price."""
        return np.array([price is not None for price in self.row_price], dtype=bool)

    def part_of(self, row: int) -> Part:
        return next(part for part in self.parts if part.start <= row < part.end)

    @cached_property
    def full(self) -> sparse.csr_array:
        """Row i: the columns of option i at full volumes."""
        return full(self.options)

    @cached_property
    def smallest(self) -> sparse.csr_array:
        """Row i: the columns of option i at its smallest volumes; see ``line_items.smallest``."""
        return smallest(self.options)

    # -- a choice ------------------------------------------------------------------------------------------------------

    def decisions(self, x: np.ndarray) -> Decisions:
        """The choice as what rules speak of; columns to the right of the options' own do not count."""
        own = x[: self.columns.width]
        return Decisions(x[self.columns.fund], self.basis["amount"] @ own, self.basis["qty"] @ own)

    def winners(self, x: np.ndarray) -> list[str]:
        """The usulan that a choice funds, in key order."""
        return self.options.table["usulan_id"][x[self.columns.fund] > 0].tolist()

    def broken(self, x: np.ndarray) -> list[tuple[int, int]]:
        """Every row that must hold and does not: (row, by how much: above 0 over its upper, below 0 under lower)."""
        activity = self.matrix @ x
        over, under = activity - self.row_upper, activity - self.row_lower
        bad = ((over > 0) | (under < 0)) & ~self.soft
        return [(int(r), int(over[r] if over[r] > 0 else under[r])) for r in np.flatnonzero(bad)]

    def lifted(self, lift: ExtendedRule) -> LiftedRule:
        """The rule behind a lift."""
        rule = self.scenario.rules[lift.rule]
        assert isinstance(rule, LiftedRule)
        return rule

    def measured(self, x: np.ndarray) -> Iterator[tuple[ExtendedRule, Measure]]:
        """What each lifted rule measures of a choice."""
        decisions = self.decisions(x)
        for lift in self.lifts:
            for measure in self.lifted(lift).measures(self.options, decisions):
                yield lift, measure

    def legal(self, x: np.ndarray) -> bool:
        """Whether whole numbers x keep every row and every lifted rule."""
        return not self.broken(x) and not any(measure.excess for _, measure in self.measured(x))

    # -- goals ---------------------------------------------------------------------------------------------------------

    @cached_property
    def usual_parts(self) -> int:
        """How many parts of a point a goal is counted in: 1, or, where lines may be trimmed, so many that half a part
        on every unit of every line is still below half a ``slack``, as far as whole numbers of 64 bits go."""
        units = int(self.columns.upper[self.columns.qty].sum())
        fine = LEAST_PARTS
        while fine < min(100 * units, MOST_PARTS):
            fine *= 10
        return fine if units else 1

    def parts_of(self, goal: int, point: int) -> tuple[int, int]:
        """The parts of a point that a goal is counted in, and those that a sum may lack to a whole point."""
        return self.scenario.goals[goal].parts(point, self.usual_parts)

    def goal(self, goal: int, point: int) -> Aim:
        """Goal ``goal`` in parts of points of ``point`` x 1e-6, without the price of soft rules."""
        (per, slack), own = self.parts_of(goal, point), self.scenario.goals[goal]
        try:
            return replace(own.aim(self.options, self.goal_points(goal, point), point, per), per=per, slack=slack)
        except OverflowError:
            raise PlannerError(say("errors.too_large")) from None

    def aim(self, goal: int, point: int) -> Aim:
        """What a solver maximises for a goal: of the first the price of soft rules is taken off."""
        own = self.goal(goal, point)
        return own if goal or not self.soft.any() else replace(own, lacks=(*own.lacks, *self.priced(point, own.per)))

    def priced(self, point: int, per: int) -> Iterator[Lack]:
        """What soft rows are below their lower and above their upper limits, at their price."""
        for limit, sign in ((self.row_lower, 1), (self.row_upper, -1)):
            rows = np.flatnonzero(self.soft & (np.abs(limit) < NO_LIMIT))
            if len(rows):
                price = [Fraction(self.row_price[row] or 0) * MICRO * per / point for row in rows]
                yield Lack(sign * self.matrix[rows], sign * limit[rows], price, self.row_scale[rows])

    def paid(self, goal: int, point: int, x: np.ndarray) -> tuple[int, int]:
        """A goal's whole points and how many of them the price of soft rules takes off."""
        own = self.goal(goal, point).points(x)
        return own, own - self.aim(goal, point).points(x)

    @cached_property
    def micros(self) -> list[np.ndarray]:
        """Of each goal its column per option (1e-6)."""
        return [goal.micros(self.options) for goal in self.scenario.goals]

    def shares(self, goal: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Per contribution: column, option, and the Fraction of the option's value that one unit of it brings."""
        return line_shares(self.options, self.scenario.goals[goal].given)

    def goal_points(self, goal: int, point: int) -> np.ndarray:
        """What each column brings to its group of goal ``goal``, in parts of points of ``point`` x 1e-6.

        ``round(g x share x parts / point)``, half up. A line's share of its option's value is its ``bobot`` where
        given, else its cost share; of what is given (``amount_rp``) its cost. Where parts of a point are counted, an
        option at full volumes still brings whole points, unless it brings what is given: ``fund`` takes the rounding.
        """
        (micros, per), (parts, _) = self.in_points(goal, point), self.parts_of(goal, point)
        left = None if self.scenario.goals[goal].given else kept(self.options)
        if self.fund_only and parts == 1 and left is None:
            return np.asarray((2 * micros + per) // (2 * per), dtype=np.int64)
        coefficients, fund = np.zeros(self.width, dtype=np.int64), self.columns.fund
        column, option, share = self.shares(goal)
        coefficients[column] = points(micros[option], share * parts, per[option])
        if parts > 1:
            step = parts if self.scenario.goals[goal].given else 1
            whole = points(micros, np.full(len(micros), Fraction(step)) if left is None else left * step, per)
            coefficients[fund] += whole * (parts // step) - self.full @ coefficients
        return coefficients

    def in_points(self, goal: int, point: int) -> tuple[np.ndarray, np.ndarray]:
        """The points of each option as numerators and denominators."""
        micros, per = self.scenario.goals[goal].in_points(self.options, self.micros[goal], point)
        return micros, np.broadcast_to(np.asarray(per), len(micros))

    def rounding(self, goal: int, point: int) -> int:
        """How many points the rounding per unit may hide on lines of very many units; 0 within the ``slack``.

        What is proven of the points is not proven of the column, so the bound grows by this much. (That an option at
        full volumes brings whole points is how a goal is counted: see ``point``.)
        """
        parts, slack = self.parts_of(goal, point)
        if self.columns.upper[self.columns.qty].sum() <= slack:  # half a part for each unit
            return 0
        (micros, per), hidden = self.in_points(goal, point), Fraction(0)
        for c, o, s in zip(*self.shares(goal), strict=True):
            if c >= self.columns.qty.start:
                worth = int(micros[o]) * s * parts / int(per[o])
                hidden += abs(half_up(worth.numerator, worth.denominator) - worth) * int(self.upper[c])
        return -(-hidden // parts) if hidden > slack else 0

    def goal_micros(self, goal: int) -> np.ndarray:
        """Goal ``goal`` per column in 1e-6, as floats: for its size, never for a decision."""
        micros, values = self.micros[goal].astype(float), np.zeros(self.width)
        if self.fund_only:
            return micros
        column, option, share = self.shares(goal)
        values[column] = micros[option] * share.astype(float)
        return values


def part(text: str) -> str:
    """A key as part of a name: its colons escaped, so that no two names are alike."""
    return text.replace("%", "%25").replace(":", "%3A")


def compile_problem(
    options: Options, scenario: Scenario, barred: frozenset[str] = frozenset(), contradictory: bool = False
) -> Problem:
    """The problem of these options under this scenario's rules; every problem of every rule is reported at once.

    ``barred``: usulan that rules take for locked out beside those that the scenario locks out. ``contradictory``: locks
    may contradict one another.
    """
    if options.locked_out != (out := locked_out(options, scenario) | barred):
        options = replace(options, locked_out=out)
    families, lifts, problems = [(PAGU, -1, pagu_rows(options))], [], []
    if options.columns.width > len(options):
        families += [(LINES, -1, line_rows(options)), (LINES, -1, filled_rows(options))]
    if len(options.years) > 1:
        families.append(("Sekali", -1, once_rows(options)))
    for number, rule in enumerate(scenario.rules):
        try:
            families += [(f"{rule.rule}:{number}", number, rows) for rows in rule.rows(options)]
            if isinstance(rule, LiftedRule):
                lifts.append(ExtendedRule(f"{rule.rule}:{number}", number, rule.lifted(options)))
        except PlannerError as error:
            problems += [f"rules[{number}]: {text}" for text in error.problems]
    for number, goal in enumerate(scenario.goals):
        try:
            goal.check(options)
        except PlannerError as error:
            problems += [f"goals[{number}]: {text}" for text in error.problems]
    if problems := problems + ([] if contradictory else contradictions(options, scenario)):
        raise PlannerError(problems)
    parts = place_parts(families)
    matrix, scale = assemble(parts, options.basis, options.columns.upper)
    return Problem(options, scenario, matrix, *limits_of(parts), scale, options.columns.upper, parts, tuple(lifts))


def place_parts(families: list[tuple[str, int, Rows]]) -> tuple[Part, ...]:
    """(name, rule number, rows) of each family that has rows, one below the other."""
    parts: list[Part] = []
    for name, rule, rows in families:
        if rows.labels:
            parts.append(Part(name, rule, rows, parts[-1].end if parts else 0))
    return tuple(parts)


def with_budget(problem: Problem, scenario: Scenario) -> Problem:
    """The problem under another pagu of the same years and nothing else changed: only limits move."""
    options = replace(problem.options, budget_rp=dict(scenario.budget_rp))
    moving = {f"{rule.rule}:{k}": rule.rows(options) for k, rule in enumerate(scenario.rules) if rule.follows_budget}
    fresh = {name: iter([one for one in rows if one.labels]) for name, rows in moving.items()}
    fresh[PAGU] = iter([pagu_rows(options)])
    parts = tuple(replace(p, rows=next(fresh[p.name])) if p.name in fresh else p for p in problem.parts)
    lower, upper = limits_of(parts)
    return replace(problem, options=options, scenario=scenario, row_lower=lower, row_upper=upper, parts=parts)


def pagu_rows(options: Options) -> Rows:
    """What is spent in a year is at most its pagu."""
    years = options.years
    row = np.searchsorted(years, options.ta)
    term = Term("amount", np.arange(len(options)), row, np.ones(len(options), np.int64))
    upper = np.array([options.budget_rp[ta] for ta in years], dtype=np.int64)
    return Rows([RowName(ta=ta) for ta in years], (term,), np.full(len(years), -NO_LIMIT), upper)


def once_rows(options: Options) -> Rows:
    """Each usulan is funded at most once over the years."""
    codes, names = options.groups("usulan_id")
    term = Term("fund", np.arange(len(options)), codes, np.ones(len(options), np.int64))
    labels = [RowName(name) for name in names]
    return Rows(labels, (term,), np.full(len(names), -NO_LIMIT), np.ones(len(names), np.int64))


def locked_out(options: Options, scenario: Scenario) -> frozenset[str]:
    """The usulan that a lock keeps out, by their own name or by that of their kabupaten."""
    names = {name for rule in scenario.rules for name in rule.locked("out")}
    table = options.table
    return frozenset(table.loc[table["usulan_id"].isin(names) | table["kode"].isin(names), "usulan_id"])


def contradictions(options: Options, scenario: Scenario) -> list[str]:
    """Usulan that one lock wants in and another wants out."""
    return [
        say("rules.problems.lock_both", name=name, first=first, second=second)
        for name, first, second in opposed_locks(options, scenario)
    ]


def opposed_locks(options: Options, scenario: Scenario) -> list[tuple[str, int, int]]:
    """Every name that is locked both ways, the number of the rule that locks it in and of the one that locks it out."""
    inside = {name: number for number, rule in enumerate(scenario.rules) for name in rule.locked("in")}
    outside = {name: number for number, rule in enumerate(scenario.rules) for name in rule.locked("out")}
    if not inside or not outside:
        return []
    kode = dict(zip(options.table["usulan_id"], options.table["kode"], strict=True))
    both = {name: outside.get(name, outside.get(kode.get(name, ""))) for name in inside}
    return [(name, inside[name], second) for name, second in both.items() if second is not None]


def fix_volumes(problem: Problem, volumes: sparse.csr_array) -> sparse.csr_array:
    """``volumes``, with those that a rule has fixed in their place."""
    rules = problem.scenario.rules_of(AgreedVolume)
    if not rules:
        return volumes
    options, changed = problem.options, volumes.tolil()
    for rule in rules:
        for line in rule.lines(options):
            option = options.line_option[line]
            for column, value in options.columns.at(line, rule.volume):
                changed[option, column] = value
    return changed.tocsr()
