"""Why a scenario has no plan: a smallest set of rules that cannot hold together, and what relaxing one would take."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

import numpy as np

from planner.messages import say
from planner.problem import PAGU, Problem
from planner.rows import NO_LIMIT
from planner.solver import Settings, maximise
from planner.units import rupiah

MOST_TRIALS = 200
CEILING = -1  # stands for the pagu among the rules' numbers


def diagnose(problem: Problem, settings: Settings) -> dict:
    """The conflict of an infeasible problem: ``{scenario, minimal, conflict: [...], repairs: [...]}``.

    ``conflict``: rule numbers (-1 is the pagu) with their sentences; every conflict is confirmed by solving.
    ``minimal``: true when no smaller set of rules conflicts.
    """
    numbers = [CEILING, *range(len(problem.scenario.rules))]
    conflict = reduced(problem, numbers, settings)
    smallest = smaller(problem, numbers, len(conflict), settings)
    found = smallest or conflict
    return {
        "scenario": problem.scenario.name,
        "minimal": smallest is not None or trials(numbers, len(conflict)) <= MOST_TRIALS,
        "conflict": [{"rule": n, "sentence": both_sentences(problem, n)} for n in found],
        "repairs": [],
    }


def without(problem: Problem, dropped: Iterable[int]) -> Problem:
    """The problem with the rows of some rules opened."""
    lower, upper = problem.row_lower.copy(), problem.row_upper.copy()
    for part in problem.parts:
        number = CEILING if part.name == PAGU else part.rule
        if number in dropped and (part.rule >= 0 or part.name == PAGU):
            rows = slice(part.start, part.start + len(part.rows.labels))
            lower[rows], upper[rows] = -NO_LIMIT, NO_LIMIT
    return replace(problem, row_lower=lower, row_upper=upper)


def feasible(problem: Problem, kept: Iterable[int], numbers: list[int], settings: Settings) -> bool:
    """Whether some plan keeps these rules; not proven infeasible counts as feasible."""
    trial = without(problem, set(numbers) - set(kept))
    nothing = np.zeros(problem.width, dtype=np.int64)
    return maximise(trial, nothing, (), None, replace(settings, gap=0.0)).stopped != "infeasible"


def reduced(problem: Problem, numbers: list[int], settings: Settings) -> list[int]:
    """Drop rule after rule as long as the rest still conflicts: what is left conflicts and nothing in it is idle."""
    kept = list(numbers)
    for n in numbers:
        rest = [m for m in kept if m != n]
        if not feasible(problem, rest, numbers, settings):
            kept = rest
    return kept


def trials(numbers: list[int], size: int) -> int:
    return sum(1 for k in range(1, size) for _ in combinations(numbers, k))


def smaller(problem: Problem, numbers: list[int], size: int, settings: Settings) -> list[int] | None:
    """A conflict of fewer rules than ``size``, smallest first; None where there is none or too many to try."""
    if trials(numbers, size) > MOST_TRIALS:
        return None
    for k in range(1, size):
        for some in combinations(numbers, k):
            if not feasible(problem, some, numbers, settings):
                return list(some)
    return None


def both_sentences(problem: Problem, number_: int) -> dict[str, str]:
    if number_ != CEILING:
        rule = problem.scenario.rules[number_]
        return {lang: rule.sentence(lang) for lang in ("id", "en")}
    years = problem.options.budget_rp
    return {
        lang: " ".join(say("words.pagu", lang, ta=ta, amount=rupiah(b, lang)) for ta, b in years.items())
        for lang in ("id", "en")
    }


def sentences(problem: Problem, diagnosis: dict) -> list[str]:
    """The diagnosis for people."""
    from planner.messages import language

    return [say("diagnose.title", name=problem.scenario.name)] + [
        f"  - {item['sentence'][language()]}" for item in diagnosis["conflict"]
    ]
