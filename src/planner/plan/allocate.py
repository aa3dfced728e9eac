"""The main verb: candidates + scenario -> plan. Goals one after another, then proof that no other list is as good."""

from dataclasses import replace
from importlib.metadata import version as package_version
from time import monotonic

import numpy as np

from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.base.processes import Clock, interruptible
from planner.model.build_options import build_options
from planner.model.candidates import Candidates, read_candidates
from planner.model.problem import Problem, compile_problem
from planner.model.status import status_of
from planner.plan.derive import derive, goal_record
from planner.plan.plan import Plan, seal_plan, solver_version
from planner.scenario.scenario import Scenario
from planner.solve import exact as solver
from planner.solve.engines import Settings
from planner.solve.lexicographic import Refuted, Stage, solve_goals, unproven
from planner.solve.progress import Progress


def allocate(
    candidates: Candidates, scenario: Scenario, progress: Progress = lambda text: None, clock: Clock | None = None
) -> Plan:
    """The best plan for a scenario, every row checked in whole numbers.

    Raises PlannerError for what a planner can mend, InfeasibleError with a diagnosis where no plan exists,
    NoneFoundError where time was up before any was found. Ctrl-C ends the search with the best plan so far and leaves
    ``clock.stopped``.
    """
    problem = compile_or_tell(candidates, scenario)
    return plan_of(candidates, problem, *choose(problem, progress, clock))


def choose(
    problem: Problem, progress: Progress = lambda text: None, clock: Clock | None = None
) -> tuple[list[Stage], np.ndarray, bool]:
    """The goals of a problem as they were solved, the columns chosen, and whether no other list is as good."""
    solver_, clock = problem.scenario.solver, clock or Clock()
    clock.deadline_s = monotonic() + solver_.time_limit_s
    with interruptible(clock):
        settings = Settings(solver_.name, solver_.gap, clock)
        if settings.engine.lower() != "highs":
            progress(say("progress.silent", name=settings.engine))
        try:
            return solve_goals(problem, settings, progress)
        except Refuted as better:
            return carefully(problem, settings, progress, better.x)


def carefully(
    problem: Problem, settings: Settings, progress: Progress, x: np.ndarray
) -> tuple[list[Stage], np.ndarray, bool]:
    """The goals again from a plan that refuted a bound, in the way that HiGHS errs least; refuted again: no bound."""
    try:
        return solve_goals(problem, replace(settings, engine="highs", presolve=False, fine=True), progress, x)
    except Refuted as again:
        return unproven(problem, again.x)


def compile_or_tell(candidates: Candidates, scenario: Scenario) -> Problem:
    """The problem; a solver that is not installed is told together with all else that is wrong."""
    problems = solver.missing(scenario.solver.name)
    try:
        problem = compile_problem(build_options(candidates, scenario), scenario)
    except PlannerError as error:
        raise PlannerError([*error.problems, *problems]) from None
    if problems:
        raise PlannerError(problems)
    return problem


def run(scenario: Scenario) -> Plan:
    """Read the scenario's candidates and allocate; used from other processes too."""
    return allocate(read_candidates(scenario), scenario)


def plan_of(candidates: Candidates, problem: Problem, stages: list[Stage], x: np.ndarray, unique: bool) -> Plan:
    """The plan of a choice with its proof."""
    goals = [goal_record(problem, k, s.point, x, s.value, s.bound) for k, s in enumerate(stages)]
    name = problem.scenario.solver.name
    return seal_plan(
        derive(candidates, problem, x, [s.point for s in stages])
        | {
            "planner": package_version("planner"),
            "solver": {"name": name, "version": solver_version(name)},
            "status": status_of(goals, problem.scenario.solver.gap),
            "tie_break": "proven" if unique else "canonical_order",
            "goals": goals,
        }
    )
