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
from planner.model.line_items import contribution_shares, filled_rows, full, line_rows, smallest
from planner.model.options import Options
from planner.scenario.goals import points
from planner.scenario.objective import Aim, Lack, aim_of
from planner.scenario.rows import NO_LIMIT, Decisions, Lifted, Measure, RowName, Rows, Term
from planner.scenario.rules.base import LiftedRule
from planner.scenario.rules.by_hand import AgreedVolume
from planner.scenario.scenario import Scenario

MONEY_SCALE = 1e6  # rupiah rows reach every solver in juta: CBC on raw rupiah called wrong plans optimal
LARGEST_COEFFICIENT = 1e6  # of any other row that reaches a solver
PAGU, LINES = "Pagu", "Rincian"


FINE = 10_000  # parts of a point that a line is counted in where it may be trimmed: 3,000 m2 may bring 2,000 points
MATERIAL_POINTS = 200  # of the 2e5 to 2e6 that a goal is counted in: at most a thousandth


@dataclass(frozen=True)
class Worth:
    """The half of a ``Problem`` that speaks of goals; its fields are told there.

    ``micros[k]``: goal k's column per option (1e-6).
    """

    options: Options
    scenario: Scenario
    matrix: sparse.csr_array
    row_lower: np.ndarray
    row_upper: np.ndarray
    row_scale: np.ndarray
    upper: np.ndarray
    parts: tuple

    @cached_property
    def full(self) -> sparse.csr_array:
        """Row i: the columns of option i at full volumes."""
        return full(self.options)

    @cached_property
    def micros(self) -> list[np.ndarray]:
        return [goal.micros(self.options) for goal in self.scenario.goals]

    @property
    def fine(self) -> int:
        """How many parts of a point a column's worth is counted in: 1, or ``FINE`` where lines may be trimmed."""
        return FINE if len(self.options.trimmable_lines) else 1

    @property
    def ease(self) -> int:
        """The parts that a sum may lack to a whole point: two halves of a line, each rounded, are still the line."""
        return self.fine // 100

    def worth(self, cost: np.ndarray | Aim, x: np.ndarray) -> int:
        """Whole points of a choice: what it is worth in parts and the ``ease``, rounded down once."""
        return int((aim_of(cost).parts(x) + self.ease) // self.fine)

    def goal(self, goal: int, point: int) -> Aim:
        """Goal ``goal`` in 1/``fine`` points of ``point`` x 1e-6, without the price of soft rules."""
        try:
            brings, column_option = self.goal_points(goal, point), self.options.column_option
            return self.scenario.goals[goal].aim(self.options, brings, column_option, point, self.fine)
        except OverflowError:
            raise PlannerError(say("errors.too_large")) from None

    def aim(self, goal: int, point: int) -> Aim:
        """What a solver maximises for a goal: of the first the price of soft rules is taken off."""
        own = self.goal(goal, point)
        return own if goal or not self.soft.any() else replace(own, lacks=(*own.lacks, *self.priced(point)))

    def priced(self, point: int) -> Iterator[Lack]:
        """What soft rows are below their lower and above their upper limits, at their price."""
        for limit, sign in ((self.row_lower, 1), (self.row_upper, -1)):
            rows = np.flatnonzero(self.soft & (np.abs(limit) < NO_LIMIT))
            if len(rows):
                labels = [str(row) for row in rows]
                price = [Fraction(self.row_price[row] or 0) * MICRO * self.fine / point for row in rows]
                yield Lack(labels, sign * self.matrix[rows], sign * limit[rows], price, self.row_scale[rows])

    def paid(self, goal: int, point: int, x: np.ndarray) -> tuple[int, int]:
        """A goal's whole points and how many of them the price of soft rules takes off."""
        own = self.worth(self.goal(goal, point), x)
        return own, own - self.worth(self.aim(goal, point), x)

    @cached_property
    def row_price(self) -> list[Fraction | None]:
        """What each whole unit beyond a row's limit costs in the first goal's unit; None: it must hold."""
        return [part.rows.price for part in self.parts for _ in part.rows.labels]

    @cached_property
    def soft(self) -> np.ndarray:
        return np.array([price is not None for price in self.row_price], dtype=bool)

    def goal_points(self, goal: int, point: int) -> np.ndarray:
        """What each column brings to its group of goal ``goal``, in 1/``fine`` points of ``point`` x 1e-6.

        ``round(g x share x fine / point)``, half up. A line's share of its option's value is its ``bobot`` where given,
        else its cost share. Where parts of a point are counted, an option at full volumes still brings whole points:
        ``fund`` takes the rounding.
        """
        micros, per = self.in_points(goal, point)
        coefficients = np.zeros(len(self.upper), dtype=np.int64)
        if len(self.upper) == len(micros):
            coefficients[:] = (2 * micros + per) // (2 * per)
        else:
            column, option, share = self.shares
            coefficients[column] = points(micros[option], share * self.fine, per[option])
        if self.fine > 1:
            whole = points(micros, np.full(len(micros), Fraction(1)), per)
            coefficients[: len(micros)] += whole * self.fine - self.full @ coefficients
        return coefficients

    def in_points(self, goal: int, point: int) -> tuple[np.ndarray, np.ndarray]:
        """The points of each option as numerators and denominators."""
        micros, per = self.scenario.goals[goal].in_points(self.options, self.micros[goal], point)
        return micros, np.broadcast_to(np.asarray(per), len(micros))

    def rounding(self, goal: int, point: int) -> int:
        """How many points the rounding per unit may hide on lines of very many units; 0 below ``MATERIAL_POINTS``.

        What is proven of the points is not proven of the column, so the bound grows by this much.
        """
        if len(self.upper) == len(self.options):
            return 0
        column, option, share = self.shares
        (micros, per), hidden = self.in_points(goal, point), Fraction(0)
        for c, o, s in zip(column, option, share, strict=True):
            worth = int(micros[o]) * s * self.fine / int(per[o])
            error = abs(half_up(worth.numerator, worth.denominator) - worth) * int(self.upper[c])
            hidden += error / self.fine if error > self.fine else 0
        return -(-hidden.numerator // hidden.denominator) if hidden > MATERIAL_POINTS else 0

    def goal_micros(self, goal: int) -> np.ndarray:
        """Goal ``goal`` per column in 1e-6, as floats: for its size, never for a decision."""
        micros, values = self.micros[goal].astype(float), np.zeros(len(self.upper))
        if len(self.upper) == len(micros):
            return micros
        column, option, share = self.shares
        values[column] = micros[option] * share.astype(float)
        return values

    @cached_property
    def shares(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Per contribution: column, option, and the Fraction of the option's value that one unit of it brings."""
        return contribution_shares(self.options)


@dataclass(frozen=True)
class Part:
    """The rows of one rule (or of pagu, or of the lines) inside the problem."""

    name: str  # "SpendBand:2", "Pagu"
    rule: int  # position in the scenario, -1 for what no rule says
    rows: Rows
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.rows.labels)


@dataclass(frozen=True)
class Lift:
    """A lifted rule inside the problem."""

    name: str  # "EvenSpread:2"
    rule: int
    lifted: Lifted


@dataclass(frozen=True)
class Problem(Worth):
    """``row_lower <= matrix x <= row_upper``, ``0 <= x <= upper``, x whole; everything int64.

    Columns: ``fund`` of every option, then ``on`` of every line that may be left out, then ``qty`` of every line that
    may be trimmed. ``lifts``: the rules that a solver gets with helper columns, to the right of these, and that are
    checked by what they measure.
    """

    basis: dict[str, sparse.csr_array]
    lifts: tuple[Lift, ...] = ()

    @property
    def width(self) -> int:
        return len(self.upper)

    @cached_property
    def row_names(self) -> list[str]:
        return [f"{part.name}:{label}" for part in self.parts for label in part.rows.labels]

    @cached_property
    def row_labels(self) -> list[RowName]:
        return [label for part in self.parts for label in part.rows.labels]

    @cached_property
    def column_names(self) -> list[str]:
        table, lines = self.options.table, self.options.lines
        option = [f"{part(u)}:{t}" for u, t in zip(table["usulan_id"], table["ta"], strict=True)]
        line = [f"{option[o]}:{part(r)}" for o, r in zip(lines["option"], lines["rincian_id"], strict=True)]
        on, qty = self.options.optional_lines, self.options.trimmable_lines
        return [f"fund:{o}" for o in option] + [f"on:{line[i]}" for i in on] + [f"qty:{line[i]}" for i in qty]

    @cached_property
    def row_rule(self) -> np.ndarray:
        """Each row's rule number; -1 for pagu and lines."""
        return np.repeat([p.rule for p in self.parts], [len(p.rows.labels) for p in self.parts])

    def part_of(self, row: int) -> Part:
        return next(part for part in self.parts if part.start <= row < part.end)

    def decisions(self, x: np.ndarray) -> Decisions:
        """The choice as what rules speak of; columns of slack to the right of the decisions' own do not count."""
        own = x[: self.basis["amount"].shape[1]]
        return Decisions(x[: len(self.options)], self.basis["amount"] @ own, self.basis["qty"] @ own)

    def broken(self, x: np.ndarray) -> list[tuple[int, int]]:
        """Every row that must hold and does not: (row, by how much: above 0 over its upper, below 0 under lower)."""
        activity = self.matrix @ x
        over, under = activity - self.row_upper, activity - self.row_lower
        bad = ((over > 0) | (under < 0)) & ~self.soft
        return [(int(r), int(over[r] if over[r] > 0 else under[r])) for r in np.flatnonzero(bad)]

    def lifted(self, lift: Lift) -> LiftedRule:
        """The rule behind a lift."""
        rule = self.scenario.rules[lift.rule]
        assert isinstance(rule, LiftedRule)
        return rule

    def measured(self, x: np.ndarray) -> Iterator[tuple[Lift, Measure]]:
        """What each lifted rule measures of a choice."""
        decisions = self.decisions(x)
        for lift in self.lifts:
            for measure in self.lifted(lift).measures(self.options, decisions):
                yield lift, measure

    def legal(self, x: np.ndarray) -> bool:
        """Whether whole numbers x keep every row and every lifted rule."""
        return not self.broken(x) and not any(measure.excess for _, measure in self.measured(x))

    @cached_property
    def smallest(self) -> sparse.csr_array:
        """Row i: the columns of option i at its smallest volumes; see ``lines.smallest``."""
        return smallest(self.options)


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
    if len(options.optional_lines) or len(options.trimmable_lines):
        families += [(LINES, -1, line_rows(options)), (LINES, -1, filled_rows(options))]
    if len(options.years) > 1:
        families.append(("Sekali", -1, once_rows(options)))
    for number, rule in enumerate(scenario.rules):
        try:
            families += [(f"{rule.rule}:{number}", number, rows) for rows in rule.rows(options)]
            if isinstance(rule, LiftedRule):
                lifts.append(Lift(f"{rule.rule}:{number}", number, rule.lifted(options)))
        except PlannerError as error:
            problems += [f"rules[{number}]: {text}" for text in error.problems]
    for number, goal in enumerate(scenario.goals):
        try:
            goal.check(options)
        except PlannerError as error:
            problems += [f"goals[{number}]: {text}" for text in error.problems]
    if problems := problems + ([] if contradictory else contradictions(options, scenario)):
        raise PlannerError(problems)
    parts, start = [], 0
    for name, number, rows in families:
        if not rows.labels:
            continue
        parts.append(Part(name, number, rows, start))
        start += len(rows.labels)
    return replace(assemble(options, scenario, tuple(parts)), lifts=tuple(lifts))


def assemble(options: Options, scenario: Scenario, parts: tuple[Part, ...]) -> Problem:
    basis, upper = options.basis, options.column_upper
    height, width = sum(len(part.rows.labels) for part in parts), len(upper)
    entries = [triplets(part, basis, width) for part in parts]
    row, column, data = (np.concatenate(arrays) for arrays in zip(*entries, strict=True))
    matrix = sparse.csr_array((data, (row, column)), shape=(height, width))
    largest, reach = row_sizes(matrix, upper)
    if reach > NO_LIMIT / 2:
        raise PlannerError(say("errors.too_large"))
    money = np.concatenate([np.full(len(p.rows.labels), any(t.what == "amount" for t in p.rows.terms)) for p in parts])
    scale = np.where(money, MONEY_SCALE, 10.0 ** np.ceil(np.log10(np.maximum(largest / LARGEST_COEFFICIENT, 1))))
    lower = np.concatenate([part.rows.lower for part in parts])
    return Problem(
        options, scenario, matrix, lower, np.concatenate([p.rows.upper for p in parts]), scale, upper, parts, basis
    )


def with_budget(problem: Problem, scenario: Scenario) -> Problem:
    """The problem under another pagu of the same years and nothing else changed: only limits move."""
    options = replace(problem.options, budget_rp=dict(scenario.budget_rp))
    moving = {f"{rule.rule}:{k}": rule.rows(options) for k, rule in enumerate(scenario.rules) if rule.follows_budget}
    fresh = {name: iter([one for one in rows if one.labels]) for name, rows in moving.items()}
    fresh[PAGU] = iter([pagu_rows(options)])
    parts = tuple(replace(p, rows=next(fresh[p.name])) if p.name in fresh else p for p in problem.parts)
    lower, upper = (np.concatenate([getattr(p.rows, side) for p in parts]) for side in ("lower", "upper"))
    return replace(problem, options=options, scenario=scenario, row_lower=lower, row_upper=upper, parts=parts)


def row_sizes(matrix: sparse.csr_array, upper: np.ndarray) -> tuple[np.ndarray, float]:
    """Each row's largest coefficient, and the largest that any row can add up to."""
    size, filled = np.abs(matrix.data).astype(np.float64), np.diff(matrix.indptr) > 0
    largest, starts = np.zeros(matrix.shape[0]), matrix.indptr[:-1][filled]
    if not len(starts):
        return largest, 0.0
    largest[filled] = np.maximum.reduceat(size, starts)
    return largest, float(np.add.reduceat(size * upper[matrix.indices], starts).max())


def triplets(part: Part, basis: dict[str, sparse.csr_array], width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A part as (row, column, coefficient): its decisions replaced by the columns that make them, each pair once."""
    gathered = [gather(basis[term.what], term) for term in part.rows.terms]
    row, column, data = (np.concatenate(arrays) for arrays in zip(*gathered, strict=True))
    if len(gathered) > 1:
        merged = sparse.csr_array((data, (row, column)), shape=(len(part.rows.labels), width)).tocoo()
        row, column, data = merged.coords[0], merged.coords[1], merged.data
    return row + part.start, column, data


def gather(basis: sparse.csr_array, term: Term) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A term as (row, column, coefficient) triplets."""
    if float(np.abs(term.coef).max(initial=0)) * float(np.abs(basis.data).max(initial=0)) > NO_LIMIT / 2:
        raise PlannerError(say("errors.too_large"))
    if basis.nnz == basis.shape[0] and (np.diff(basis.indptr) == 1).all():  # one column each: nothing to expand
        return term.row, basis.indices[term.over], term.coef * basis.data[term.over]
    counts = basis.indptr[term.over + 1] - basis.indptr[term.over]
    which = np.repeat(np.arange(len(term.over)), counts)
    first = np.cumsum(counts) - counts
    entry = basis.indptr[term.over][which] + np.arange(len(which)) - first[which]
    return term.row[which], basis.indices[entry], term.coef[which] * basis.data[entry]


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
        for name, first, second in opposed(options, scenario)
    ]


def opposed(options: Options, scenario: Scenario) -> list[tuple[str, int, int]]:
    """Every name that is locked both ways, the number of the rule that locks it in and of the one that locks it out."""
    inside = {name: number for number, rule in enumerate(scenario.rules) for name in rule.locked("in")}
    outside = {name: number for number, rule in enumerate(scenario.rules) for name in rule.locked("out")}
    if not inside or not outside:
        return []
    kode = dict(zip(options.table["usulan_id"], options.table["kode"], strict=True))
    both = {name: outside.get(name, outside.get(kode.get(name, ""))) for name in inside}
    return [(name, inside[name], second) for name, second in both.items() if second is not None]


def agreed(problem: Problem, volumes: sparse.csr_array) -> sparse.csr_array:
    """``volumes``, with those that a rule has fixed in their place."""
    rules = problem.scenario.rules_of(AgreedVolume)
    if not rules:
        return volumes
    options, changed = problem.options, volumes.tolil()
    for rule in rules:
        for line in rule.lines(options):
            option = options.line_option[line]
            for column, value in options.line_columns(line, rule.volume):
                changed[option, column] = value
    return changed.tocsr()
