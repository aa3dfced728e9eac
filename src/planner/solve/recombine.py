"""A plan put together from plans of blocks, with the blocks' bound: what did not change is not solved again."""

from dataclasses import dataclass, field, replace

import numpy as np

from planner.model.problem import Problem
from planner.scenario.objective import Aim
from planner.solve.blocks import Answers, Apart, BlockAnswer, add_plan, find_blocks, mixture
from planner.solve.engines import FEASIBILITY, Model, pass_arrays, quiet, whole_bound
from planner.solve.exact import Solution
from planner.solve.exchanges import Exchanges
from planner.solve.relaxation import Relaxation, changed_matrix

ROUNDS = 3  # of new prices, before the whole problem is the quicker way
NODES, QUICK = 20, 250  # of a search over plans; so few plans are searched before other prices are asked
KEPT = 12  # plans of each block, the latest


@dataclass
class Book:
    """What blocks answered; their plans, by their columns; the last good prices of the coupling rows."""

    answers: Answers = field(default_factory=Answers)
    plans: dict[bytes, list[np.ndarray]] = field(default_factory=dict)
    price: np.ndarray | None = None
    last: Apart | None = None

    def apart(self, problem: Problem, model: Model) -> Apart:
        """The model in blocks; found again only where the matrix is another."""
        if self.last is not None and changed_matrix(self.last.model.matrix, model.matrix) is None:
            self.last = self.last.moved(model)
        else:
            helpers = np.full(len(model.cost) - problem.width, -1)
            block = np.append(find_blocks(problem, capped=True)[problem.columns.option], helpers)
            self.last = Apart(model, block, len(problem.row_lower))
        return self.last

    def best(
        self, problem: Problem, cost: Aim, relaxation: Relaxation, start: np.ndarray | None, gap: float
    ) -> Solution:  # fmt: skip
        """A plan and a bound of all plans, perhaps no further apart than ``gap``; ``start``: a legal plan or None.

        First at the prices that were good last time, which ask only of the blocks that changed, then at those of the
        relaxation, and at those of mixtures of all plans so far. At each, plans of blocks are put together by
        exchanges, and where no prices do, by HiGHS.
        """
        apart = self.apart(problem, relaxation.model)
        found = Solution(start, 0 if start is None else cost.points(start), None, "done")
        own = apart.usable(np.where(apart.row_block < 0, relaxation.price, 0.0))
        known = self.price is not None and len(self.price) == len(apart.coupling)
        prices = [spread(apart, self.price), own] if known else [own]
        plans: list[list[np.ndarray]] = [[] for _ in apart.inner]
        for k in range(ROUNDS):
            left, answers = self.answers.priced(apart, prices[k])
            bound = whole_bound(left + apart.model.tolerance)
            if bound is not None and (found.bound is None or bound < found.bound):
                found, self.price = replace(found, bound=max(bound, found.value)), prices[k][apart.coupling]
            plans = [joined(*of) for of in zip(plans, self.remembered(apart, answers), answers, strict=True)]
            if reached(found, gap) or found.bound is None or not all(plans):
                return found
            least = found.bound * (1 - gap)
            found = with_choice(found, cost, problem, Exchanges(apart, plans, prices[k]).best(least))
            if not reached(found, gap) and (k + 1 == ROUNDS or sum(map(len, plans)) <= QUICK):
                found = with_choice(found, cost, problem, mixed(apart, plans, least))
            if reached(found, gap):
                return found
            if k + 1 == len(prices):
                prices.append(apart.usable(mixture(apart, plans).price))
        return found

    def remembered(self, apart: Apart, answers: list[BlockAnswer]) -> list[list[np.ndarray]]:
        """The plans that blocks have had, as far as they keep their rows and bounds as they are now."""
        found = []
        for part, answer in zip(apart.inner, answers, strict=True):
            own = self.plans.setdefault(part.columns.tobytes(), [np.zeros(len(part.columns))])
            add_plan(own, answer)
            del own[1:-KEPT]
            found.append([own[k] for k in np.flatnonzero(part.legal(np.stack(own)))])
        return found


def joined(before: list[np.ndarray], known: list[np.ndarray], answer: BlockAnswer) -> list[np.ndarray]:
    """The plans of a block, each once."""
    return list({x.tobytes(): x for x in [*before, *known, *answer.plans]}.values())


def mixed(apart: Apart, plans: list[list[np.ndarray]], least: float) -> np.ndarray | None:
    """The best choice of one plan from each block that HiGHS finds; ``least``: points that are enough."""
    made = mixture(apart, plans)
    left = max(1e-4, 1 - least / max(made.reached, 1.0))
    highs = quiet(mip_rel_gap=left, mip_feasibility_tolerance=FEASIBILITY, mip_max_nodes=NODES)
    pass_arrays(highs, made.model)
    highs.run()
    if highs.getInfo().primal_solution_status != 2:
        return None
    taken, x = np.rint(highs.getSolution().col_value[: made.model.whole]), np.zeros(len(apart.model.cost))
    first = 0
    for part, own in zip(apart.inner, plans, strict=True):
        x[part.columns] = own[int(taken[first : first + len(own)].argmax())]
        first += len(own)
    return x


def spread(apart: Apart, price: np.ndarray | None) -> np.ndarray:
    """Prices of the coupling rows as prices of all rows."""
    every = np.zeros(len(apart.model.lower))
    every[apart.coupling] = price
    return apart.usable(every)


def with_choice(found: Solution, cost: Aim, problem: Problem, choice: np.ndarray | None) -> Solution:
    """What is known with one more choice, if it is legal."""
    if choice is None:
        return found
    x = np.rint(choice[: problem.width]).astype(np.int64)
    value = cost.points(x)
    if (found.x is not None and value <= found.value) or not problem.legal(x):
        return found
    return replace(found, x=x, value=value, bound=None if found.bound is None else max(found.bound, value))


def reached(found: Solution, gap: float) -> bool:
    return found.x is not None and found.bound is not None and found.bound - found.value <= gap * abs(found.bound)
