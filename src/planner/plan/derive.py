"""What a plan file says of a choice, in whole numbers from the decisions alone: who is funded, sums, limits, goals."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.model.candidates import Candidates
from planner.model.problem import PAGU, Problem
from planner.model.status import Goal, gap_of
from planner.plan.baseline import baseline
from planner.plan.plan_file import FORMAT
from planner.plan.reasons import explain_not_funded
from planner.plan.reserve_list import standby
from planner.scenario.rows import NO_LIMIT, Measure
from planner.scenario.scenario import plain

Choice = Mapping[str, Any]  # of a record of ``funded``: usulan_id, ta, and of its lines rincian_id and volume
TOTALS = ("menu", "provinsi", "pulau")


def derive(candidates: Candidates, problem: Problem, x: np.ndarray, point: list[int]) -> dict:
    """All keys of a plan that follow from the tables, the scenario, the choice x and the goals' points; no solver."""
    goals = [problem.goal(k, p) for k, p in enumerate(point)]
    aims = [problem.aim(k, p) for k, p in enumerate(point)]
    rival = baseline(problem)
    return {
        "format": FORMAT,
        "scenario": plain(problem.scenario),
        "inputs": list(candidates.inputs),
        "budget_rp": years(problem.options.budget_rp),
        "spent_rp": spent(problem, x),
        "funded": list(funded_records(problem, x)),
        "not_funded": sorted(explain_not_funded(problem, x, aims), key=lambda record: record["usulan_id"]),
        "rule_status": list(rule_status(problem, x)),
        "totals": {key: totals(problem, x, key) for key in TOTALS},
        "baseline": {
            "funded": problem.winners(rival),
            "goals": [problem.worth(goal, rival) for goal in goals],
            "spent_rp": spent(problem, rival),
            "misses": misses(problem, rival),
        },
        "reserve": standby(problem, x, aims[0]).names,
        "certificate": None,
    }


def goal_record(
    problem: Problem, goal: int, point: int, x: np.ndarray, stage_value: int | None = None, bound: int | None = None
) -> Goal:
    """A goal of a plan: its own ``value`` and the points ``paid`` for soft rules that are missed.

    ``stage_value`` (None: as it stands), ``bound`` and ``gap`` speak of value less paid, which is what is maximised.
    """
    asked, (own, paid) = problem.scenario.goals[goal], problem.paid(goal, point, x)
    stage_value = own - paid if stage_value is None else stage_value
    return {
        "name": asked.name, "point": point, "value": own, "paid": paid, "stage_value": stage_value, "bound": bound,
        "gap": gap_of(stage_value, bound), "tolerance": asked.tolerance,
    }  # fmt: skip


def misses(problem: Problem, x: np.ndarray) -> list[str]:
    """The names of the rows, and of the measures, that a choice does not keep."""
    rows = [problem.row_names[row] for row, _ in problem.broken(x)]
    return rows + [f"{lift.name}:{measure.label}" for lift, measure in problem.measured(x) if measure.excess]


def years(amounts: dict[int, int]) -> dict[str, int]:
    return {str(ta): int(amount) for ta, amount in sorted(amounts.items())}


def spent(problem: Problem, x: np.ndarray) -> dict[str, int]:
    amount, ta = problem.decisions(x).amount, problem.options.ta
    return years({year: int(amount[ta == year].sum()) for year in problem.options.years})


def funded_records(problem: Problem, x: np.ndarray) -> Iterable[dict]:
    """One record per funded option with the lines that are in it; a line left out is absent."""
    options, decisions = problem.options, problem.decisions(x)
    lines: dict[int, list[dict]] = {}
    chosen = np.flatnonzero((decisions.fund[options.line_option] > 0) & (decisions.qty > 0))
    for i in chosen:
        name, volume = options.lines["rincian_id"].iat[i], int(decisions.qty[i])
        record = {"rincian_id": name, "volume": volume, "amount_rp": volume * int(options.line_price_rp[i])}
        lines.setdefault(int(options.line_option[i]), []).append(record)
    for i in np.flatnonzero(decisions.fund):
        row = options.table.iloc[i]
        yield {
            "usulan_id": row["usulan_id"], "sentra_id": None if pd.isna(row["sentra_id"]) else row["sentra_id"],
            "kode": row["kode"], "ta": int(row["ta"]), "menu": row["menu"], "amount_rp": int(decisions.amount[i]),
            "score": int(row["score"]), "chance": int(row["chance"]), "benefit": int(row["benefit"]),
            "lines": lines.get(int(i), []),
        }  # fmt: skip


def rule_status(problem: Problem, x: np.ndarray) -> Iterable[dict]:
    """Activity and limits of every row of pagu and rules, in file order, then of the rules that are measured."""
    activity = problem.matrix @ x
    for part in problem.parts:
        if part.rule < 0 and part.name != PAGU:
            continue
        for row, name in enumerate(part.rows.labels, part.start):
            low, high = int(problem.row_lower[row]), int(problem.row_upper[row])
            limits = None if low <= -NO_LIMIT else low, None if high >= NO_LIMIT else high
            rule = None if part.rule < 0 else part.rule
            yield status_record(part.name, rule, Measure(name, int(activity[row]), *limits))
    for lift, measure in problem.measured(x):
        yield status_record(lift.name, lift.rule, measure)


def status_record(family: str, rule: int | None, of: Measure) -> dict:
    known = {"row": f"{family}:{of.label}", "rule": rule, **of.label.plain()}
    return known | {"activity": of.activity, "lower": of.lower, "upper": of.upper}


def totals(problem: Problem, x: np.ndarray, key: str) -> list[dict]:
    """Usulan and money per value of ``key``, in key order, zero rows included (regions that get nothing are named)."""
    decisions, (codes, groups) = problem.decisions(x), problem.options.groups(key)
    return [
        {
            "key": name,
            "usulan": int(decisions.fund[codes == i].sum()),
            "amount_rp": int(decisions.amount[codes == i].sum()),
        }
        for i, name in enumerate(groups)
    ]


def choice_of(funded: Iterable[Choice], problem: Problem) -> np.ndarray:
    """The columns that a plan's ``funded`` stands for; raises PlannerError for a name that does not exist."""
    x = np.zeros(problem.width, dtype=np.int64)
    options, lines, columns = problem.options, problem.options.lines, problem.columns
    place = {key: i for i, key in enumerate(zip(options.table["usulan_id"], options.ta.tolist(), strict=True))}
    line = {key: i for i, key in enumerate(zip(lines["option"], lines["rincian_id"], strict=True))}
    for record in funded:
        option = place.get((record["usulan_id"], record["ta"]))
        if option is None:
            raise PlannerError(say("verify.unknown_choice", name=record["usulan_id"]))
        x[option] = 1
        for written in record["lines"]:
            i = line.get((option, written["rincian_id"]))
            if i is None:
                raise PlannerError(say("verify.unknown_choice", name=f"{record['usulan_id']}:{written['rincian_id']}"))
            x[columns.line_on[i]] = 1
            if columns.line_qty[i] != columns.line_on[i]:
                x[columns.line_qty[i]] = written["volume"]
    return x
