"""The certificate of a plan: prices by row and cases by block, found with a solver, written so that none is needed."""

import json
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from scipy import sparse

from planner.base.files import write_whole
from planner.model.build_options import build_options
from planner.model.candidates import Candidates
from planner.model.problem import Problem, compile_problem
from planner.plan.certificate import Refused, check
from planner.plan.derive import choice_of
from planner.plan.folder import RunFolder, remove
from planner.plan.plan import Plan, read_plan
from planner.plan.plan_file import Certificate, fingerprint_of
from planner.plan.statement import GoalStatement, Side, Statement, kept_sums, state, state_goal
from planner.scenario.rows import NO_LIMIT
from planner.solve.blocks import Apart, find_blocks, find_prices
from planner.solve.cases import Case, IntegerRows, Search, inner_of, integer_rows
from planner.solve.engines import Model
from planner.solve.formulation import GOAL_ROW_SCALE, SideRow, model_of

FORMAT = 1
DEN = 100_000  # prices are whole numbers of so many parts of a point
SLACK = 5e-5  # of a goal's bound, that the cases of a block may leave
CASES = 400  # of a block at most


@dataclass(frozen=True)
class Proof:
    """Of one goal: prices by row of the model, the blocks as they are written (with the model's rows), and which rows
    of the problem were needed."""

    prices: dict[Side, int]
    blocks: list[dict[str, Any]]
    used: set[Side]


def write_certificate(run: RunFolder, candidates: Candidates) -> bool:
    """Write the certificate of the plan of a folder; whether one could be made."""
    plan = read_plan(run.plan_file)
    try:
        content = certify(plan, compile_problem(build_options(candidates, plan.scenario), plan.scenario))
    except Refused:
        remove([run.certificate])
        return False
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
    write_whole(run.certificate, text.encode("utf-8", "surrogatepass"))
    return True


def certify(plan: Plan, problem: Problem) -> Certificate:
    """The content of the certificate of a plan of this problem, checked; raises Refused where there is none."""
    try:
        return certify_by(plan, problem, states=True)
    except Refused:
        return certify_by(plan, problem, states=False)


def certify_by(plan: Plan, problem: Problem, states: bool) -> Certificate:
    """The certificate with blocks by ``states`` where cases do not end, or without."""
    x, stated, block = choice_of(plan["funded"], problem), state(problem), find_blocks(problem)
    goals = [state_goal(problem, plan["goals"], k, stated.column) for k in range(len(plan["goals"]))]
    proofs = [Prover(problem, goal, block, x, stated, states).proof() for goal in goals]
    used = sorted(set.union(*(proof.used for proof in proofs)) & stated.rows.keys())
    place = stated.line_rows | {side: len(stated.line_rows) + k for k, side in enumerate(used)}
    content: dict[str, Any] = {
        "format": FORMAT, "plan": plan.fingerprint, "left_out": [lift.name for lift in problem.lifts],
        **stated.plain(), "rows": [stated.rows[row] for row in used],
        "goals": [written(goal, proof, problem, place) for goal, proof in zip(goals, proofs, strict=True)],
    }  # fmt: skip
    content["bounds"] = [one.bound for one in check(content, plan["funded"])]
    return cast(Certificate, content | {"fingerprint": fingerprint_of(content)})


def written(goal: GoalStatement, proof: Proof, problem: Problem, place: dict[Side, int]) -> dict[str, Any]:
    """A goal with its proof; rows by their place in the certificate."""
    height, first = len(problem.row_lower), len(place)

    def flat(prices: dict[Side, int]) -> list[int]:
        at = {side: place[side] if side[0] < height else first + side[0] - height for side in prices}
        return [number for side, price in prices.items() for number in (at[side], price)]

    def renamed(case: list) -> list:
        return [flat(case[0]), *case[1:3], *(renamed(inner) for inner in case[3:])]

    blocks = [{**one, "cases": one["cases"] and renamed(one["cases"])} for one in proof.blocks]
    return goal.plain() | {"den": DEN, "prices": flat(proof.prices), "blocks": blocks}


def sided(rows: np.ndarray, price: np.ndarray, before: np.ndarray) -> dict[Side, int]:
    """Prices of rows that differ from those before, by side: none is below 0."""
    found = {}
    for row, now, old in zip(rows.tolist(), price.tolist(), before.tolist(), strict=True):
        for side in (1, -1):
            if max(side * now, 0) != max(side * old, 0):
                found[row, side] = max(side * now, 0)
    return found


class Prover:
    """The proof of one goal over the blocks of a problem (``block``: of each option); ``x``: the plan."""

    def __init__(
        self, problem: Problem, goal: GoalStatement, block: np.ndarray, x: np.ndarray, stated: Statement, states: bool
    ):
        self.problem, self.goal, self.x, self.stated, self.states = problem, goal, x, stated, states
        floors = [
            SideRow(coef, aim.least_parts(least), scale=GOAL_ROW_SCALE * aim.per, tolerance=0.5)
            for aim, _, least in goal.keeps for coef in kept_sums(aim)
        ]  # fmt: skip
        self.model = model_of(replace(problem, lifts=()), goal.aim, floors)
        helpers = len(self.model.cost) - problem.width
        home = np.append(block[problem.columns.option], np.full(helpers, -1))
        self.apart = Apart(self.model, home, len(problem.row_lower))
        self.lower = np.where(problem.soft, -NO_LIMIT, problem.row_lower)
        self.upper = np.where(problem.soft, NO_LIMIT, problem.row_upper)
        self.slack = SLACK * max(1.0, abs(goal.aim.points(x)))
        self.block = block
        self.den = DEN * np.append(stated.finer, np.ones(len(self.model.lower) - len(stated.finer)))

    def proof(self) -> Proof:
        found = find_prices(self.apart, self.x)
        price = self.whole_prices(found.price)
        worth = self.model.cost - self.model.matrix.T @ (price / self.den)
        parts = [
            self.part(b, worth, max(float(plan @ worth[columns]) for plan in plans))
            for b, ((columns, _), plans) in enumerate(zip(self.apart.parts, found.plans, strict=True))
        ]
        used = {side for _, sides in parts for side in sides}
        prices = sided(np.arange(len(price)), price, np.zeros_like(price))
        return Proof(prices, [block for block, _ in parts], used | prices.keys())

    def whole_prices(self, price: np.ndarray) -> np.ndarray:
        """Prices in whole parts; those of the rows of which the smallest counts add up to one point."""
        whole = np.rint(price * self.den).astype(np.int64)
        if self.goal.aim.smallest is not None:
            shares = whole[-self.goal.aim.smallest.shape[0] :]
            np.minimum(shares, 0, out=shares)
            shares[shares.argmin()] -= DEN + shares.sum()
        return whole

    def part(self, b: int, worth: np.ndarray, reached: float) -> tuple[dict[str, Any], set[Side]]:
        """A block as it is written, and the rows that it needs."""
        columns, rows = self.apart.parts[b]
        model = Model(
            worth[columns], sparse.csr_array(self.model.matrix[rows][:, columns]), self.model.lower[rows],
            self.model.upper[rows], self.model.column_upper[columns], 0,
        )  # fmt: skip
        whole = integer_rows(self.problem.matrix[rows][:, columns], self.lower[rows], self.upper[rows])
        search = Search(model, whole, inner_of(self.problem, columns, rows))
        options = np.flatnonzero(self.block == b).tolist()
        first = search.run(reached, self.slack, CASES)
        if first is None:
            raise Refused("a block without a choice")
        bound = max(case.bound for case in first.leaves())
        binding = whole.in_states(self.problem.upper[columns]) if self.states else None
        if bound > reached + 2 * self.slack and binding is not None:
            return {"options": options, "cases": None}, sides(rows, whole, binding)
        writer = Writer(search, self.den[rows], bound + self.slack / 5)
        tree = writer.written(first, np.zeros(len(rows), dtype=np.int64), rows, self.stated.column[columns])
        families = np.array([part.start for part in self.problem.parts])
        seen = writer.needed(first, np.searchsorted(families, rows[whole.row], "right"))
        return {"options": options, "cases": tree}, writer.priced | sides(rows, whole, seen)


def sides(rows: np.ndarray, whole: IntegerRows, limits: np.ndarray) -> set[Side]:
    """Limits of a block as rows and sides of the problem."""
    return set(zip(rows[whole.row[limits]].tolist(), whole.side[limits].tolist(), strict=True))


class Writer:
    """Cases as lists, with no more prices and rows than they need to stay at ``most`` (``den``: parts of a point)."""

    def __init__(self, search: Search, den: np.ndarray, most: float):
        self.search, self.den, self.most = search, den, most
        self.priced: set[Side] = set()

    def written(self, case: Case, before: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> list:
        """[prices that change, by row] or [prices, column, k, the case at most k, the case above]."""
        price = before if case.bound == -np.inf or case.inner else self.fewest(case, before)
        if case.inner and not before.any():
            price = np.rint(case.price * self.den).astype(np.int64)
        case.price, own = price / self.den, sided(rows, price, before)
        self.priced |= own.keys()
        if not case.inner:
            return [own]
        return [own, int(columns[case.column]), case.at, *(self.written(c, price, rows, columns) for c in case.inner)]

    def fewest(self, case: Case, before: np.ndarray) -> np.ndarray:
        """The prices of a case, those before it where they do."""
        price = before.copy()
        if self.search.bound(price / self.den, case.low, case.high) <= self.most:
            return price
        price = np.rint(case.price * self.den).astype(np.int64)
        differ = np.flatnonzero(price != before)
        for k in differ[np.argsort(np.abs(price - before)[differ], kind="stable")]:
            kept, price[k] = price[k], before[k]
            if self.search.bound(price / self.den, case.low, case.high) > self.most:
                price[k] = kept
        return price

    def needed(self, first: Case, family: np.ndarray) -> np.ndarray:
        """Which of the whole-number rows must stand beside the prices; whole families of rows are tried without."""
        whole = self.search.rows
        kept = np.ones(len(family), dtype=bool)
        for one in np.unique(family):
            kept &= family != one
            if not self.closed(first, whole.only(kept), np.zeros(kept.sum(), dtype=bool)):
                kept |= family == one
        seen = np.zeros(kept.sum(), dtype=bool)
        self.closed(first, whole.only(kept), seen)
        return np.flatnonzero(kept)[seen]

    def closed(self, first: Case, rows: IntegerRows, seen: np.ndarray) -> bool:
        """Whether the cases prove ``most`` with these rows alone; which of them narrow is set in ``seen``."""
        high = np.rint(self.search.model.column_upper).astype(np.int64)
        waiting = [(first, np.zeros_like(high), high)]
        while waiting:
            case, low, high = waiting.pop()
            if not rows.narrow(low, high, seen):
                continue
            if not case.inner and self.search.bound(case.price, low, high) > self.most:
                return False
            for side, inner in enumerate(case.inner):
                ends = low.copy(), high.copy()
                ends[1 - side][case.column] = case.at + side
                if ends[0][case.column] <= ends[1][case.column]:
                    waiting.append((inner, *ends))
        return True
