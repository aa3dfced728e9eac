"""A problem in plain whole numbers, as a certificate states it: options, packages, rows, and what each goal adds up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np

from planner.model.assembly import gather
from planner.model.problem import LINES, Problem
from planner.model.status import Goal
from planner.plan.plan_file import Certificate
from planner.scenario.goals import least_allowed
from planner.scenario.objective import Aim
from planner.scenario.rows import NO_LIMIT

HUNDREDTHS = 100  # of a point, in which numbers are written where they are counted finer


Side = tuple[int, int]  # a row of the problem, and 1 for its upper limit, -1 for its lower one


@dataclass(frozen=True)
class Statement:
    """``column``: the certificate's column of each of the problem's; ``rows``: of each row of the problem what is
    written of it, None where every line has it; ``line_row``: which of the lines' rows that is then."""

    options: list
    packages: list
    column: np.ndarray
    rows: dict[Side, list]
    line_rows: dict[Side, int]
    finer: np.ndarray

    def plain(self) -> dict[str, Any]:
        return {"options": self.options, "packages": self.packages}


def state(problem: Problem) -> Statement:
    """The problem's columns, option by option, and its rows."""
    column, place = np.zeros(problem.width, dtype=np.int64), line_places(problem)
    options: list[list] = []
    packages: dict[str, tuple[int, list]] = {}
    line_rows: dict[Side, int] = {}
    table, lines, own, count = problem.options.table, problem.options.lines, problem.columns, 0
    least, volume = lines["volume_min"].to_numpy(), own.volume
    of_option: list[list[int]] = [[] for _ in range(own.options)]
    for line, option in enumerate(own.line_option.tolist()):
        of_option[option].append(line)
    for option, (usulan, ta) in enumerate(zip(table["usulan_id"], table["ta"], strict=True)):
        column[option], count, fixed_rp, items = count, count + 1, 0, []
        for line in of_option[option]:
            on, qty = int(own.line_on[line]), int(own.line_qty[line])
            optional, trimmed = on >= own.options, qty != on
            price_rp = int(problem.options.line_price_rp[line])
            if not optional and not trimmed:
                fixed_rp += price_rp * int(volume[line])
                continue
            for is_own, at, kinds in ((optional, on, ("on",)), (trimmed, qty, ("maks", "min"))):
                if is_own:
                    column[at], count = count, count + 1
                    for kind in kinds:
                        side = -1 if kind == "min" else 1
                        line_rows[place[line, kind], side] = len(line_rows)
            items.append([
                lines["rincian_id"].iat[line], int(optional), int(least[line]) if trimmed else None,
                int(volume[line]), price_rp,
            ])  # fmt: skip
        package = [fixed_rp, items]
        options.append([usulan, int(ta), packages.setdefault(repr(package), (len(packages), package))[0]])
    rows, finer = written_rows(problem, column)
    return Statement(options, [p for _, p in packages.values()], column, rows, line_rows, finer)


def line_places(problem: Problem) -> dict[tuple[int, str], int]:
    """The row of the problem that a line's rule of a kind is: in the order of ``line_rows``."""
    part = next((part for part in problem.parts if part.name == LINES), None)
    if part is None:
        return {}
    on, qty = problem.options.optional_lines.tolist(), problem.options.trimmable_lines.tolist()
    kinds = [(line, kind) for these, kind in ((on, "on"), (qty, "maks"), (qty, "min")) for line in these]
    return {key: part.start + k for k, key in enumerate(kinds)}


def written_rows(problem: Problem, column: np.ndarray) -> tuple[dict[Side, list], np.ndarray]:
    """Of every limit that must hold and is no line's own: [name, <= or >=, limit, unit, money, columns], as
    ``certificate.written`` reads it; and ``finer``."""
    money: list[dict[int, int]] = [{} for _ in problem.row_lower]
    own: list[dict[int, int]] = [{} for _ in problem.row_lower]
    implied = set(line_places(problem).values())
    for part in problem.parts:
        for term in part.rows.terms:
            if term.what == "amount":
                add(money, part.start + term.row, term.over, term.coef)
            elif part.start not in implied:
                row, over, coef = gather(problem.basis[term.what], term)
                add(own, part.start + row, column[over], coef)
    rows: dict[Side, list] = {}
    finer = np.ones(len(money))
    for i in sorted(set(np.flatnonzero(~problem.soft).tolist()) - implied):
        by, scale = 1 if money[i] else gcd(*own[i].values()) or 1, int(problem.row_scale[i])
        unit, terms = max(1, scale // by), sums(money[i], {c: a // by for c, a in own[i].items()})
        finer[i] = unit * by / scale
        lower, upper = int(problem.row_lower[i]), int(problem.row_upper[i])
        if upper < NO_LIMIT:
            rows[i, 1] = [problem.row_names[i], "<=", upper // by, unit, *terms]
        if lower > -NO_LIMIT:
            rows[i, -1] = [problem.row_names[i], ">=", -(-lower // by), unit, *terms]
    return rows, finer


def add(into: list[dict[int, int]], rows: np.ndarray, over: np.ndarray, coef: np.ndarray) -> None:
    for row, one, c in zip(rows.tolist(), over.tolist(), coef.tolist(), strict=True):
        into[row][one] = into[row].get(one, 0) + c


def sums(money: dict[int, int], own: dict[int, int]) -> list[list]:
    """Options by the factor of their rupiah, and columns with their coefficients one after the other."""
    factors: dict[int, list[int]] = {}
    for option, factor in sorted(money.items()):
        factors.setdefault(factor, []).append(option)
    return [
        [[factor, options] for factor, options in sorted(factors.items()) if factor],
        [number for column, a in sorted(own.items()) if a for number in (column, a)],
    ]


@dataclass(frozen=True)
class GoalStatement:
    """A goal of a plan: its aim, and what of each goal above it is kept at least (its aim, its number, points).

    Numbers are written in hundredths of a point, rounded up, where they are counted finer: that can only raise a bound.
    """

    name: str
    aim: Aim
    keeps: list[tuple[Aim, int, int]]
    column: np.ndarray

    @property
    def grain(self) -> int:
        return max(1, self.aim.per // HUNDREDTHS)

    def plain(self) -> dict[str, Any]:
        worth = np.zeros(len(self.column), dtype=np.int64)
        worth[self.column] = rounded_up(self.aim.cost, self.grain)
        return {
            "name": self.name, "per": self.aim.per // self.grain, "slack": -(-self.aim.slack // self.grain),
            "up": int(self.grain > 1), "worth": worth.tolist(), "own": list(self.own()), "keeps": list(self.kept()),
        }  # fmt: skip

    def own(self) -> Iterator[list]:
        """Rows that may be missed at a price, and rows of which the smallest counts: [role, limit, unit, columns]."""
        for lack in self.aim.lacks:
            for i, (least, price) in enumerate(zip(lack.least, lack.price, strict=True)):
                coef = lack.rows[[i]].toarray()[0]
                yield [str(price / self.grain), int(least), int(lack.scale[i]), self.listed(coef)]
        for coef in [] if self.aim.smallest is None else self.aim.smallest.toarray():
            yield ["least", 0, self.aim.per // self.grain, self.listed(rounded_up(coef, self.grain))]

    def kept(self) -> Iterator[list[int]]:
        """[goal, the least that its sums keep, unit] of the goals above, where a sum says it."""
        for aim, k, least in self.keeps:
            grain = max(1, aim.per // HUNDREDTHS)
            if kept_sums(aim):
                yield [k, -(-aim.least_parts(least) // grain), 1000 * (aim.per // grain)]

    def listed(self, coef: np.ndarray) -> list[int]:
        own = sorted((int(self.column[c]), int(coef[c])) for c in np.flatnonzero(coef))
        return [number for pair in own for number in pair]


def state_goal(problem: Problem, goals: Sequence[Goal], k: int, column: np.ndarray) -> GoalStatement:
    """Goal ``k`` of a plan's goals, with the least that the plan keeps of those above it.

    A tolerance of any goal below them lets them fall; a goal between may rise by that, so its bound allows it.
    """
    asked = problem.scenario.goals
    keeps = [
        (problem.aim(j, goals[j]["point"]), j,
         min(least_allowed(goals[j]["stage_value"], later.tolerance) for later in asked[j + 1 :]))
        for j in range(k)
    ]  # fmt: skip
    return GoalStatement(goals[k]["name"], problem.aim(k, goals[k]["point"]), keeps, column)


def kept_sums(aim: Aim) -> list[np.ndarray]:
    """The sums by which a goal is kept; what is taken off them can only make it harder to keep."""
    if aim.smallest is None:
        return [aim.cost] if aim.cost.any() else []
    return [] if aim.cost.any() else list(aim.smallest.toarray())


def rounded_up(numbers: np.ndarray, grain: int) -> np.ndarray:
    return -(-numbers // grain)


def differences(known: Certificate, problem: Problem, goals: Sequence[Goal]) -> Iterator[str]:
    """Where a certificate states other options, rows or goals than the problem of the tables has."""
    stated = state(problem)
    rows = {repr(row) for row in stated.rows.values()}
    yield from (key for key, value in stated.plain().items() if known[key] != value)  # type: ignore[literal-required]
    yield from (str(row[0]) for row in known["rows"] if repr(row) not in rows)
    if len(known["goals"]) != len(goals):
        yield "goals"
        return
    for k, goal in enumerate(known["goals"]):
        own = state_goal(problem, goals, k, stated.column).plain()
        yield from (f"goals[{k}].{key}" for key, value in own.items() if goal.get(key) != value)
