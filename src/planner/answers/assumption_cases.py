"""Who is chosen whatever is assumed: the plan again under low and high assumptions."""

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext

from planner.base import processes as interrupt
from planner.base.errors import NoneFoundError, PlannerError
from planner.base.messages import say
from planner.base.processes import Clock
from planner.model.candidates import read_candidates
from planner.plan.allocate import allocate, run
from planner.plan.plan import Plan
from planner.scenario.assumptions import cases
from planner.scenario.scenario import Scenario


def allocate_all(
    scenario: Scenario, progress: Callable[[str], None], clock: Clock, beside: bool = True
) -> dict[str, Plan]:
    """The plan of a scenario as ``tengah`` and, where its candidates are modelled, those of ``cases`` beside it.

    The cases are solved in a second process while this one solves the scenario itself, or after it where not
    ``beside``; a case that has no plan, or none when the clock is stopped, is left out, and said.
    """
    asked = cases(scenario) if scenario.candidates == "model" else {}
    with interrupt.beside(1, clock) if asked and beside else nullcontext() as pool:
        waiting = {name: pool.submit(run, case) for name, case in asked.items()} if pool else {}
        plans = {"tengah": allocate(read_candidates(scenario), scenario, progress, clock)}
        if asked:
            progress(say("progress.cases"))
        done = set(interrupt.finished(waiting.values(), clock))
        for name, case in asked.items():
            try:
                plans[name] = answer(waiting[name], done) if pool else after(case, clock)
            except PlannerError as error:
                progress(say("progress.case_failed", case=name, why=error.problems[0]))
        return plans


def answer(future: Future, done: set[Future]) -> Plan:
    """What a case's process has found; raises PlannerError where that is nothing."""
    if future not in done:
        raise NoneFoundError(say("status.stopped_before"))
    try:
        return future.result()
    except BrokenProcessPool:
        raise PlannerError(say("progress.died")) from None


def after(scenario: Scenario, clock: Clock) -> Plan:
    return allocate(read_candidates(scenario), scenario, clock=clock)
