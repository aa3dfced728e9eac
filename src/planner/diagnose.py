"""Why a scenario has no plan: a smallest set of rules that cannot hold together, and what relaxing one would take."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from time import monotonic

import numpy as np
from scipy import sparse

from planner.messages import language, say
from planner.problem import MONEY_SCALE, PAGU, Part, Problem
from planner.rows import NO_LIMIT, Clock
from planner.rules import SupportShare, TotalBand
from planner.solver import Settings, maximise
from planner.units import exact, number, rupiah

MOST_TRIALS = 200
REPAIR_GAP = 0.01
SECONDS_PER_REPAIR = 5.0
CEILING, STRUCTURE = -1, -2  # stand for the pagu, and for what no rule says, among the rules' numbers


def diagnose(problem: Problem, settings: Settings) -> dict:
    """The conflict of an infeasible problem: ``{scenario, minimal, conflict: [...], repairs: [...]}``.

    ``conflict``: rule numbers (-1 is the pagu) with their sentences; every conflict is confirmed by solving.
    ``minimal``: true when it is known that no smaller set of rules conflicts.
    """
    numbers = [CEILING, *range(len(problem.scenario.rules))]
    conflict = reduced(problem, numbers, settings)
    smallest = smaller(problem, numbers, len(conflict), settings)
    in_time = not settings.clock.stopped and monotonic() < settings.clock.deadline_s
    found = smallest or conflict
    return {
        "scenario": problem.scenario.name,
        "minimal": in_time and trials(numbers, len(conflict)) <= MOST_TRIALS,
        "conflict": [{"rule": n, "sentence": both_sentences(problem, n)} for n in found],
        "repairs": sorted(repairs(problem, found, settings), key=lambda r: (r["unit"] != "rupiah", r["amount"])),
    }


def without(problem: Problem, dropped: set[int]) -> Problem:
    """The problem with the rows of some rules opened."""
    lower, upper = problem.row_lower.copy(), problem.row_upper.copy()
    for part in problem.parts:
        if owner(part) in dropped:
            lower[part.start : part.end], upper[part.start : part.end] = -NO_LIMIT, NO_LIMIT
    lifts = tuple(lift for lift in problem.lifts if lift.rule not in dropped)
    return replace(problem, row_lower=lower, row_upper=upper, lifts=lifts)


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


def repairs(problem: Problem, conflict: list[int], settings: Settings) -> Iterable[dict]:
    """What relaxing each rule of the conflict alone would take, all others kept: ``{rule, unit, amount, rows}``.

    ``amount``: a total by which its rows need only give way, in whole rupiah (rounded up to whole juta) or counts: the
    smallest within ``REPAIR_GAP``, or the smallest found in time. A rule that cannot mend it alone is left out.
    """
    tied = any(getattr(rule, "of", "") == "budget" for rule in problem.scenario.rules)
    for rule in conflict:
        if rule == CEILING and tied:  # a higher pagu would move those limits too
            continue
        rows = [row for part in problem.parts if owner(part) == rule for row in range(part.start, part.end)]
        slack = slackened(problem, rows)
        cost = np.zeros(slack.width, dtype=np.int64)
        cost[problem.width :] = -1
        limit = min(settings.clock.deadline_s, monotonic() + SECONDS_PER_REPAIR)
        found = maximise(slack, cost, (), None, replace(settings, gap=REPAIR_GAP, clock=Clock(limit)))
        if found.x is None:
            continue
        given = [(row, int(units)) for row, units in zip(rows, found.x[problem.width :], strict=True) if units]
        yield {
            "rule": rule, "unit": "rupiah" if problem.row_scale[rows[0]] == MONEY_SCALE else "count",
            "amount": sum(in_unit(problem, row, units) for row, units in given),
            "rows": [problem.row_names[row] for row, _ in given],
        }  # fmt: skip


def in_unit(problem: Problem, row: int, units: int) -> int:
    """Slack units of a row in the rule's own unit, rounded up; a share p/q of what is spent is counted in q-ths."""
    rule = problem.scenario.rules[problem.row_rule[row]] if problem.row_rule[row] >= 0 else None
    bound = "max_share" if isinstance(rule, SupportShare) else problem.row_names[row].rpartition(":")[2]
    share = getattr(rule, bound, None)
    free = bound.endswith("share") and share is not None and getattr(rule, "of", "spent") == "spent"
    q = exact(share).denominator if free else 1
    step = rule.scale(problem.options) if isinstance(rule, TotalBand) else 1
    return -(-units * int(problem.row_scale[row]) // (q * step))


def slackened(problem: Problem, rows: list[int]) -> Problem:
    """The problem with one more column for each of ``rows`` that lets it give way, counted in its solver scale."""
    from_above = problem.row_upper[rows] < NO_LIMIT
    step = problem.row_scale[rows].astype(np.int64)
    columns = sparse.csr_array(
        (np.where(from_above, -step, step), (rows, range(len(rows)))), shape=(problem.matrix.shape[0], len(rows))
    )
    reach = (abs(problem.matrix) @ problem.upper)[rows] + abs(
        np.where(from_above, problem.row_upper[rows], problem.row_lower[rows])
    )
    matrix = sparse.hstack([problem.matrix, columns], format="csr")
    return replace(problem, matrix=matrix, upper=np.concatenate([problem.upper, reach // step + 1]))


def owner(part: Part) -> int:
    """The rule number that a part's rows belong to: -1 for the pagu, -2 for what no rule says."""
    if part.name == PAGU:
        return CEILING
    return part.rule if part.rule >= 0 else STRUCTURE


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
    """The diagnosis for people: the conflict, then what relaxing one rule would take, cheapest first."""
    lines = [say("diagnose.title", name=problem.scenario.name)]
    lines += [f"  - {item['sentence'][language()]}" for item in diagnosis["conflict"]]
    if diagnosis["repairs"]:
        lines.append(say("diagnose.repairs"))
    for repair in diagnosis["repairs"]:
        amount = rupiah(repair["amount"]) if repair["unit"] == "rupiah" else number(repair["amount"])
        sentence = both_sentences(problem, repair["rule"])[language()]
        lines.append("  - " + say("diagnose.repair", sentence=sentence, amount=amount))
    return lines
