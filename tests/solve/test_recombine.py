"""Plans put together from plans of blocks: legal, honest in their bound, and nothing solved twice."""

import random

import pytest
from small import JUTA, candidates, line, scenario, usulan

from planner.model.build_options import build_options
from planner.model.problem import compile_problem, with_budget
from planner.scenario.scenario import vary
from planner.solve.exact import maximise
from planner.solve.recombine import Book
from planner.solve.relaxation import Relaxation

KODE = ("11.01", "11.02", "32.01", "53.01", "53.02", "91.03")
RULES = [
    {"rule": "SpendBand", "by": "provinsi", "max_rp": 30 * JUTA},
    {"rule": "MaxPerKabupaten", "max": 4},
    {"rule": "CountBand", "where": {"menu": "revitalisasi"}, "min": 2},
]


def some_problem(seed):
    rng, rows = random.Random(seed), []
    for i in range(60):
        lines = [line(rng.randint(1, 9) * JUTA)]
        if i % 4 == 0:
            lines.append(line(rng.randint(1, 4) * JUTA, 3, 1, "tidak", name="2"))
        menu = ("pembangunan", "revitalisasi")[i % 2]
        rows.append(usulan(f"U{i:02}", nilai=rng.randint(1, 30), lines=lines, kode=KODE[i % 6], menu=menu))
    asked = scenario(90 * JUTA, RULES)
    return compile_problem(build_options(candidates(*rows), asked), asked)


def with_pagu(problem, budget_rp):
    return with_budget(problem, vary(problem.scenario, budget_rp={2028: budget_rp}))


def honest(book, problem, cost, gap, start=None):
    """What the book finds, held against the solver."""
    relaxation = Relaxation(problem, cost)
    relaxation.relaxed()
    found, best = book.best(problem, cost, relaxation, start, gap), maximise(problem, cost)
    assert found.x is None or (problem.legal(found.x) and cost.points(found.x) == found.value <= best.value)
    assert found.bound is not None and found.bound >= best.value
    return found


@pytest.mark.parametrize("seed", range(5))
def test_plan_and_bound_are_honest_after_moves(seed):
    problem, book, rng = some_problem(seed), Book(), random.Random(seed)
    cost, reached = problem.aim(0, 10**6), 0
    for _ in range(4):
        found = honest(book, problem, cost, 0.05)
        reached += found.x is not None and found.bound - found.value <= 0.05 * found.bound
        problem = with_pagu(problem, rng.randint(60, 120) * JUTA)
    assert reached >= 2


def test_another_budget_asks_nothing_of_blocks_that_stay_as_they_are():
    # The pagu couples, caps in rupiah stay: prices and answers of before prove 3 % of a pagu that is 0.1 % larger.
    problem, book = some_problem(3), Book()
    cost = problem.aim(0, 10**6)
    honest(book, problem, cost, 0.03)
    asked = len(book.answers.known)
    assert asked > 2
    honest(book, with_pagu(problem, 90 * JUTA + 90_000), cost, 0.03)
    assert len(book.answers.known) == asked
