"""What the reserve list is worth when drop-outs are drawn, beside a meeting without a list and nobody coming in."""

from dataclasses import asdict, dataclass

import numpy as np

from planner.answers.open_plan import Case
from planner.answers.reserve import Walked, first_year, queue_of, spent_rp, walk
from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.base.units import MICRO, number
from planner.plan.reserve_list import Queue, column_rp

DRAWS, LEAST_DRAWS, MOST_DRAWS, SEED = 1_000, 100, 20_000, 2028
UNKNOWN_CHANCE = 850_000  # asumsi: of an usulan of which nothing is known (chance 1); nobody is certain to contract
NORMAL_95 = 1.959964  # quantile 0.975 of the normal distribution


@dataclass(frozen=True)
class Policy:
    """Means per draw of the plan that remains: the first goal (points), rupiah, usulan that came in.

    ``nobody``: share of the draws with a drop-out in which nobody came in.
    """

    goal: float
    spent_rp: float
    came: float
    nobody: float


@dataclass(frozen=True)
class Gain:
    """What the list has more than another policy per draw: [mean, low, high] of first goal (points) and of rupiah."""

    goal: list[float]
    spent_rp: list[float]


@dataclass(frozen=True)
class Evaluation:
    """What the list brings over draws; ``goal`` in whole points of the first goal, ``spent_rp`` of the first year.

    ``goal``, ``spent_rp``: of the plan as it is; ``out``: usulan that drop out per draw; ``broken``: share of the draws
    in which leaving broke a rule that the list cannot mend (then nobody comes in). ``gain``: the list less ``none`` and
    ``adhoc``: of the paired difference, low and high its 95 % interval by the normal distribution of a mean.
    """

    draws: int
    seed: int
    unknown_chance: int
    out: float
    goal: int
    spent_rp: int
    broken: float
    policies: dict[str, Policy]
    gain: dict[str, Gain]

    def plain(self) -> dict:
        return asdict(self)


def evaluate(case: Case, draws: int = DRAWS, seed: int = SEED) -> Evaluation:
    """What the list brings when winners of the first year miss their contract by chance, beside two other ways.

    Each winner drops out with probability 1 - chance, independently (an assumption: a bad year hits many at once);
    chance also speaks of use, so it overstates who misses a contract; who comes in is not drawn again. All three
    policies meet the same draws. ``none``: nobody comes in. ``adhoc``: the next by score who legally fits, as a meeting
    without a list goes on. ``reserve``: the list.

    Deterministic: numpy's PCG64 from ``SeedSequence(seed)``. Raises PlannerError for draws outside 100 to 20,000.
    """
    if not LEAST_DRAWS <= draws <= MOST_DRAWS or seed < 0:
        raise PlannerError(say("reserve.draws", low=LEAST_DRAWS, high=number(MOST_DRAWS)))
    problem, queue = case.problem, queue_of(case)
    left = drawn(queue, draws, seed)
    listed, adhoc = walk(queue, left), walk(queue.by_score(), left)
    idle = Walked(queue, listed.kept, np.full_like(listed.came, -1), listed.broken)
    policies = {"none": idle, "adhoc": adhoc, "reserve": listed}
    first = column_rp(problem) * (problem.options.ta == first_year(problem))[problem.columns.option]
    figures = {name: (walked.worth(), walked.sums(first)) for name, walked in policies.items()}
    return Evaluation(
        draws, seed, int((chances(queue) == MICRO).sum()), mean(left.sum(axis=0)), problem.worth(case.cost, case.x),
        spent_rp(problem, case.x), mean(listed.broken),
        {name: Policy(mean(points), mean(rp), *came(policies[name], left)) for name, (points, rp) in figures.items()},
        {other: gains(figures["reserve"], figures[other]) for other in ("none", "adhoc")},
    )  # fmt: skip


def gains(listed: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> Gain:
    """The interval of what the list has more, of points and of rupiah."""
    return Gain(*(interval(a - b) for a, b in zip(listed, other, strict=True)))


def chances(queue: Queue) -> np.ndarray:
    return queue.problem.options.table["chance"].to_numpy(np.int64)[queue.winners]


def drawn(queue: Queue, draws: int, seed: int) -> np.ndarray:
    """Which winner drops out in which draw (winners x draws): where a whole number below 1e6 is not below its chance.

    A chance of 1 says that nothing is known: ``UNKNOWN_CHANCE`` stands for it.
    """
    chance = np.where(chances(queue) == MICRO, UNKNOWN_CHANCE, chances(queue))
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    return (generator.integers(0, MICRO, size=(draws, len(chance))) >= chance).T


def came(walked: Walked, left: np.ndarray) -> tuple[float, float]:
    """How many came in per draw, and in which share of the draws with a drop-out nobody did."""
    count, asked = (walked.came >= 0).sum(axis=0), left.any(axis=0)
    return mean(count), mean(count[asked] == 0) if asked.any() else 0.0


def mean(values: np.ndarray) -> float:
    return round(int(values.sum()) / len(values), 6)


def interval(differences: np.ndarray) -> list[float]:
    """[mean, low, high]: mean -+ 1.959964 s / sqrt(n), s with n - 1; from whole numbers, so alike on every machine."""
    n, each = len(differences), [int(value) for value in differences]
    variance = (n * sum(value * value for value in each) - sum(each) ** 2) / (n * (n - 1))
    half, middle = NORMAL_95 * (variance / n) ** 0.5, mean(differences)
    return [middle, round(middle - half, 6), round(middle + half, 6)]
