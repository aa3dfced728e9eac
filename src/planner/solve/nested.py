"""Plans at rising limits, each holding the one before it: the least that this promise costs, and a bound of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from random import Random

import numpy as np
from scipy import sparse

from planner.base.processes import Clock
from planner.model.problem import Problem
from planner.scenario.objective import Aim
from planner.solve.engines import Model, Settings, carry
from planner.solve.exact import maximise
from planner.solve.formulation import model_of
from planner.solve.relaxation import relaxed_highs

MILLE, MICROS = 1e3, 1e6  # of a loss: the unit of its column, and the parts of a share of 1 in what is maximised
FIRST = 30.0  # the largest loss counts so many times as much as each
NO_GAIN = Fraction(-1)  # a loss below which nothing lies
HORIZONS = (1, 2, 3)  # how many steps are looked at together while a chain is begun
NODES, MORE_NODES = 60, 2000  # of the tree of one window; where a step alone must be found
WIDE = (3, 4, 5)  # steps that are solved anew together
PART = 80  # columns that are solved anew together in all steps
ROUNDS = 3  # without a better chain, after which it is taken
FINE = 1000  # parts of a multiplier, which is a whole number
SMALL = 3000  # columns of all steps together, of which the tree is searched
LARGEST = 2.0**60  # that whole numbers of 64 bits hold with room to spare
MULTIPLIER_GAP = 5e-4  # of a step's most at its multipliers


@dataclass(frozen=True)
class Steps:
    """Problems over the same columns, each with wider limits than the one before it, and each one's first goal.

    ``value``: of the best plan known of each step alone, in points; ``bound``: no legal plan of the step has more.
    """

    problems: tuple[Problem, ...]
    aims: tuple[Aim, ...]
    value: tuple[int, ...]
    bound: tuple[int, ...]

    @cached_property
    def models(self) -> list[Model]:
        return [model_of(problem, aim) for problem, aim in zip(self.problems, self.aims, strict=True)]

    @property
    def size(self) -> list[int]:
        """What a share of each step's loss is of."""
        return [max(abs(bound), 1) for bound in self.bound]

    def loss(self, step: int, x: np.ndarray) -> Fraction:
        """What a plan of a step is below its bound, as a share of that."""
        return Fraction(self.bound[step] - self.aims[step].points(x), self.size[step])

    def losses(self, chain: np.ndarray) -> list[Fraction]:
        return [self.loss(step, x) for step, x in enumerate(chain)]

    def rank(self, chain: np.ndarray) -> tuple[Fraction, Fraction]:
        """What is made small: the largest loss, then all of them together."""
        losses = self.losses(chain)
        return max(losses), sum(losses, Fraction(0))

    def legal(self, chain: np.ndarray) -> bool:
        """Whether every step keeps its rows, in whole numbers, and holds the one before it."""
        rising = all((low <= high).all() for low, high in pairwise(chain))
        return rising and all(problem.legal(x) for problem, x in zip(self.problems, chain, strict=True))


@dataclass(frozen=True)
class Window:
    """Some steps as one model, each between a lower and an upper choice of columns.

    Columns: of each step those that are ``free`` somewhere (by how much beyond ``low``), then the helpers, then the
    largest loss. The last rows say that each step holds the one before it, and that none loses more.
    """

    model: Model
    low: np.ndarray
    free: np.ndarray

    def start(self, chain: np.ndarray) -> np.ndarray:
        return (chain - self.low)[:, self.free].ravel()

    def chain(self, y: np.ndarray) -> np.ndarray:
        found = self.low.copy()
        found[:, self.free] += y.reshape(len(found), -1)
        return found


def window(
    steps: Steps, first: int, low: np.ndarray, high: np.ndarray, least: Fraction = NO_GAIN, each: float = 1 / FIRST
) -> Window:
    """The window from step ``first`` on, between ``low`` and ``high`` (steps x columns).

    ``least``: below it a largest loss counts no more; ``each``: how much the loss of each step counts beside it.
    """
    count, width = low.shape
    span, free = range(first, first + count), np.flatnonzero((high > low).any(axis=0))
    models, scale = [steps.models[k] for k in span], [MILLE / steps.size[k] for k in span]
    worth = [model.cost * by for model, by in zip(models, scale, strict=True)]
    own = diagonal([model.matrix[:, free] for model in models])
    value = diagonal([sparse.csr_array(one[None, free]) for one in worth])
    helpers = diagonal([model.matrix[:, width:] for model in models])
    helped = diagonal([sparse.csr_array(one[None, width:]) for one in worth])
    ahead = sparse.eye_array((count - 1) * len(free), count * len(free), k=len(free))
    rising = sparse.eye_array(*ahead.shape) - ahead
    matrix = sparse.block_array(
        [[own, helpers, None], [rising, None, None], [value, helped, np.ones((count, 1))]], format="csr"
    )
    held = [model.matrix[:, :width] @ x for model, x in zip(models, low, strict=True)]
    lower = [model.lower - by for model, by in zip(models, held, strict=True)]
    upper = [model.upper - by for model, by in zip(models, held, strict=True)]
    wanted = [
        (steps.bound[k] - m.tolerance) * by - float(one[:width] @ x) - float(least) * MILLE
        for k, m, by, one, x in zip(span, models, scale, worth, low, strict=True)
    ]
    steep = np.ones(rising.shape[0])
    if len(free):  # what is held below or above may differ from step to step
        steep = (low[1:] - low[:-1])[:, free].ravel().astype(float)
    cost = [*(one[free] for one in worth), *(one[width:] for one in worth)]
    most = [(high - low)[:, free].ravel().astype(float), *(model.column_upper[width:] for model in models)]
    model = Model(
        MICROS / MILLE * np.concatenate([*(each * one for one in cost), [-1.0]]), sparse.csr_array(matrix),
        np.concatenate([*lower, np.full(len(steep), -np.inf), wanted]),
        np.concatenate([*upper, steep, np.full(count, np.inf)]),
        np.concatenate([*most, [2 * MILLE * MILLE]]), count * len(free),
    )  # fmt: skip
    return Window(model, low, free)


def diagonal(parts: list[sparse.csr_array]) -> sparse.csr_array:
    """The parts along the diagonal of one matrix."""
    return sparse.csr_array(sparse.block_diag(parts, format="csr"))


# -- the search --------------------------------------------------------------------------------------------------------


def find_chain(steps: Steps, liked: np.ndarray, clock: Clock, seen: Callable[[np.ndarray], None]) -> np.ndarray | None:
    """A legal chain of small loss; None: none was found.

    Begun upwards, looking one, two or three steps ahead; then made better by windows of a few steps between their
    neighbours, and of some columns in all steps. ``liked``: columns of which a chain is likely made, beside its own;
    ``seen``: is shown each better chain. Effort is counted in nodes: the clock only ends it.
    """
    best: np.ndarray | None = None
    for horizon in HORIZONS:
        found = begin(steps, liked, horizon, clock) if horizon <= len(steps.problems) else None
        if found is not None and (best is None or steps.rank(found) < steps.rank(best)):
            best = found
            seen(best)
    draw, idle = Random(2028), 0
    while best is not None and idle < ROUNDS and not clock.over:
        before = steps.rank(best)
        for part in [*windows(len(best)), *[None] * 3]:
            if not clock.over:
                best = improve(steps, best, liked, part, draw, clock)
        idle = 0 if steps.rank(best) < before else idle + 1
        seen(best)
    return best


def windows(count: int) -> Iterator[tuple[int, int]]:
    """The first step and how many, of each window."""
    for wide in WIDE:
        yield from ((first, min(wide, count)) for first in range(max(1, count - wide + 1)))


def begin(steps: Steps, liked: np.ndarray, horizon: int, clock: Clock) -> np.ndarray | None:
    """A chain from the lowest step up, each step solved with those that follow it as far as ``horizon``."""
    below, done = np.zeros_like(liked), []
    upper = steps.problems[0].upper
    for first in range(len(steps.problems)):
        ahead = min(horizon, len(steps.problems) - first)
        found = None
        for count, most, nodes in ((ahead, np.maximum(liked, below), NODES), (1, upper, MORE_NODES)):
            if found is None and not clock.over:
                low, high = np.tile(below, (count, 1)), np.tile(most, (count, 1))
                found = solve(steps, first, low, high, None, Settings(nodes=nodes, clock=clock))
        if found is None:
            return None
        below = found[0]
        done.append(below)
    return np.stack(done) if steps.legal(np.stack(done)) else None


def improve(
    steps: Steps, chain: np.ndarray, liked: np.ndarray, part: tuple[int, int] | None, draw: Random, clock: Clock
) -> np.ndarray:
    """The chain with a window solved anew where that is better; ``part`` None: some columns in all steps."""
    first, count = part or (0, len(chain))
    low, high, most = chain.copy(), chain.copy(), np.maximum(liked, chain.max(axis=0))
    if part is None:
        moving = np.flatnonzero(most > chain.min(axis=0)).tolist() + np.flatnonzero(chain[0]).tolist()
        some = draw.sample(sorted(set(moving)), min(PART, len(set(moving))))
        low[:, some], high[:, some] = 0, most[some]
    else:
        end = first + count
        low = np.tile(chain[first - 1] if first else np.zeros_like(most), (count, 1))
        high = np.tile(chain[end] if end < len(chain) else most, (count, 1))
    others = [steps.loss(k, x) for k, x in enumerate(chain) if not first <= k < first + count]
    now, settings = chain[first : first + count], Settings(nodes=NODES, clock=clock)
    found = solve(steps, first, low, high, now, settings, max(others, default=NO_GAIN))
    if found is None:
        return chain
    tried = chain.copy()
    tried[first : first + count] = found
    return tried if steps.legal(tried) and steps.rank(tried) < steps.rank(chain) else chain


def solve(
    steps: Steps, first: int, low: np.ndarray, high: np.ndarray, start: np.ndarray | None, settings: Settings,
    least: Fraction = NO_GAIN,
) -> np.ndarray | None:  # fmt: skip
    """The steps of a window (not checked in whole numbers yet); None: none found."""
    made = window(steps, first, low, high, least)
    x, _, _ = carry(made.model, settings, None if start is None else made.start(start))
    return None if x is None else made.chain(x)


# -- the bound ---------------------------------------------------------------------------------------------------------


def least_price(steps: Steps, clock: Clock) -> Fraction:
    """A share that the largest loss of every chain reaches; 0 where nothing better is proven."""
    return max(Fraction(0), by_multipliers(steps, clock), by_tree(steps, clock))


def by_tree(steps: Steps, clock: Clock) -> Fraction:
    """What the search tree of all steps together proves, where they are few enough columns; a millionth is given up
    to the solver's own rounding."""
    count, upper = len(steps.problems), steps.problems[0].upper
    if count * len(upper) > SMALL or min(steps.value) <= 0:
        return Fraction(0)
    found = replace(steps, bound=steps.value)  # no plan is below what is known of its step alone
    made = window(found, 0, np.tile(np.zeros_like(upper), (count, 1)), np.tile(upper, (count, 1)), each=0.0)
    _, bound, _ = carry(made.model, Settings(nodes=MORE_NODES, clock=clock), None)
    return Fraction(0) if bound is None else Fraction(-bound - 2, int(MICROS)) + NO_GAIN


def by_multipliers(steps: Steps, clock: Clock) -> Fraction:
    """What multipliers prove.

    By Lagrange: with whole multipliers of the steps' goals and of "each holds the one before it", every step is a
    problem of its own, whose bound holds for all chains. The multipliers are those of the relaxation of all steps.
    """
    if not all(aim.plain for aim in steps.aims) or min(steps.value) <= 0:
        return Fraction(0)
    height, nothing, upper = len(steps.problems), np.zeros_like(steps.problems[0].upper), steps.problems[0].upper
    made = window(steps, 0, np.tile(nothing, (height, 1)), np.tile(upper, (height, 1)), each=0.0)
    highs = relaxed_highs(made.model)
    highs.run()
    dual = np.array(highs.getSolution().row_dual)
    if len(dual) != len(made.model.lower) or not np.isfinite(dual).all():
        return Fraction(0)
    goal = np.maximum(-dual[-height:], 0.0) / np.array(steps.size)
    rise = np.zeros((height + 1, len(upper)))
    rise[1:-1][:, made.free] = np.maximum(dual[-height - (height - 1) * len(made.free) : -height], 0.0).reshape(
        height - 1, -1
    )
    if not goal.sum():
        return Fraction(0)
    size = FINE * height / goal.sum()
    whole, held = np.rint(goal * size).astype(np.int64), np.rint(rise * size / MILLE).astype(np.int64)
    reach = 0
    for k, (problem, aim) in enumerate(zip(steps.problems, steps.aims, strict=True)):
        own, aside = whole[k] * aim.cost.astype(float), aim.per * (held[k] - held[k + 1]).astype(float)
        if (np.abs(own) + np.abs(aside)) @ upper > LARGEST:
            return Fraction(0)
        cost = whole[k] * aim.cost + aim.per * (held[k] - held[k + 1])
        most = step_bound(problem, Aim(cost, per=aim.per * FINE), clock)
        if most is None:
            return Fraction(0)
        reach += (most + 1) * FINE + int(whole[k]) * aim.slack // aim.per + 1
    best = sum(int(m) * value for m, value in zip(whole, steps.value, strict=True))
    return max(Fraction(0), 1 - Fraction(reach, best))


def step_bound(problem: Problem, aim: Aim, clock: Clock) -> int | None:
    """What no plan of a step exceeds at its multipliers; nothing to solve where no column brings anything."""
    if not (aim.cost > 0).any():
        return 0
    return maximise(problem, aim, (), None, Settings(gap=MULTIPLIER_GAP, clock=clock)).bound
