"""How large a point of a goal is: small enough to tell plans apart, large enough for solvers to be exact."""

import math

import numpy as np

from planner.model.problem import Problem
from planner.scenario.goals import Maximin, Shortfall
from planner.solve.relaxation import lp_bound

LEAST_POINTS = 1.99e5  # of a goal's LP bound; ten times that, rounded up column by column, stays below PROVABLE_POINTS


def chosen_point(problem: Problem, goal: int) -> int:
    """The power of ten (x 1e-6) that puts the goal's LP bound between 2e5 and 2e6 points; at least 1.

    Finer points make solvers claim a gap of 0 while whole points are missing.
    """
    point = point_of(size_of(problem, goal))
    if goal or not problem.soft.any():
        return point
    bound = lp_bound(problem, problem.aim(goal, point))
    return max(point, point_of(abs(bound) * point)) if math.isfinite(bound) else point


def size_of(problem: Problem, goal: int) -> float:
    """How large a goal can be without the price of soft rules, in 1e-6; of a shortfall the targets."""
    own = problem.scenario.goals[goal]
    if isinstance(own, Shortfall):
        return float(sum(own.target_micros))
    if isinstance(own, Maximin):
        largest = own.largest(problem.options)
        point = point_of(largest)
        bound = lp_bound(problem, problem.goal(goal, point))
        return abs(bound) * point if math.isfinite(bound) else largest
    micros = problem.goal_micros(goal)
    bound = lp_bound(problem, micros)
    return abs(bound) if math.isfinite(bound) and bound else float(np.abs(micros).max())


def point_of(size: float) -> int:
    return 10 ** math.floor(math.log10(size / LEAST_POINTS)) if size >= LEAST_POINTS else 1
