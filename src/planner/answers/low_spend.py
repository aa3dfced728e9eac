"""Why a plan spends less than half of its pagu: what of the scenario, left out alone, lets the most more be spent.

No solver is asked: usulan are added to the plan one after another, and what was added so is legal, so that every amount
is one that can be spent at least. More may be possible where chosen usulan are exchanged: which rule holds back most is
what it looks like so, and is said so.
"""

from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd
from scipy import sparse

from planner.answers.counts import OUTSIDE
from planner.base.errors import PlannerError, shown
from planner.base.messages import in_each, language, say
from planner.base.units import EXACT, number, percent, rupiah
from planner.model.build_options import build_options
from planner.model.candidates import Candidates
from planner.model.problem import Problem, compile_problem, fix_volumes
from planner.plan.derive import choice_of
from planner.plan.plan import Plan
from planner.plan.reasons import together
from planner.scenario.rows import NO_LIMIT
from planner.scenario.rules.base import Rule
from planner.scenario.scenario import vary

PASSES = 3  # over all usulan: one that comes later may make room for one before it


@dataclass(frozen=True)
class LowSpend:
    """Why so little is spent, as a sentence in each language.

    ``rule``: the number of the rule that alone seems to hold back most, None where none was found: the pagu is too
    small for anyone who is left, nobody is left, the goal asks for no more, or several rules hold together.
    """

    rule: int | None
    said: dict[str, str] = field(repr=False)

    def sentence(self) -> str:
        return self.said[language()]

    def plain(self) -> dict:
        return {"rule": self.rule, "sentence": self.said}


def is_low(plan: Plan) -> bool:
    """Whether a plan spends less than half of its pagu."""
    return 2 * plan.spent_rp < plan.pagu_rp


def low_spend(plan: Plan, candidates: Candidates) -> LowSpend | None:
    """The cause of a low spending; None where a plan spends half of its pagu or more."""
    if not is_low(plan):
        return None
    own = compile_problem(build_options(candidates, plan.scenario), plan.scenario)
    reached, rest_rp = reach_rp(own, plan), max(rest_of(plan).values())
    rules = range(len(plan.scenario.rules)) if cheapest_rp(candidates.rincian) <= rest_rp else ()
    without = {rule: reach_rp(problem, plan) for rule in rules if (problem := problem_without(own, plan, rule))}
    rule = max(without, key=without.__getitem__) if without else None
    if rule is not None and without[rule] > reached and 2 * reached < plan.pagu_rp:
        cause = partial(rule_text, plan, rule, without[rule])
    else:
        rule, cause = None, partial(other_text, plan, own, reached)
    return LowSpend(rule, in_each(lambda: f"{how_little(plan)} {cause()}"))


def cheapest_rp(rincian: pd.DataFrame) -> int:
    """What the cheapest usulan costs at its smallest volumes, without the lines that may be left out; 0 without any.

    One that has no other lines costs its cheapest, for without any it cannot be funded.
    """
    cost_rp = rincian["harga_satuan_rp"] * rincian["volume_min"].fillna(rincian["volume"])
    needed = rincian["wajib"].fillna("ya") == "ya"
    whole = cost_rp[needed].groupby(rincian["usulan_id"]).sum()
    least = whole.combine_first(cost_rp[~needed].groupby(rincian["usulan_id"]).min())
    return int(least.min()) if len(least) else 0


def rest_of(plan: Plan) -> dict[int, int]:
    """What is left of each year's pagu, in rupiah."""
    return {int(ta): rp - plan["spent_rp"].get(ta, 0) for ta, rp in plan["budget_rp"].items()}


def problem_without(problem: Problem, plan: Plan, rule: int) -> Problem | None:
    """The problem without one rule; None where the scenario cannot be without it.

    Options are made anew only for a rule that took some out, or that bounds their lines; of another the rows go.
    """
    own, scenario = plan.scenario.rules[rule], plan.scenario
    if rule not in gates_of(plan).to_numpy() and type(own).line_limits is Rule.line_limits:
        mine = problem.row_rule == rule
        return replace(
            problem, row_lower=np.where(mine, -NO_LIMIT, problem.row_lower),
            row_upper=np.where(mine, NO_LIMIT, problem.row_upper),
            lifts=tuple(lift for lift in problem.lifts if lift.rule != rule),
        )  # fmt: skip
    try:
        lifted = vary(scenario, rules=tuple(one for k, one in enumerate(scenario.rules) if k != rule))
        return compile_problem(build_options(problem.options.candidates, lifted), lifted)
    except PlannerError:
        return None


def gates_of(plan: Plan) -> pd.Series:
    """The number of the rule that took each usulan out, of those that a gate took out."""
    rows = plan.not_funded
    return rows[rows["kind"].isin(OUTSIDE)]["rule"].map(plan.scenario.rule_number)


def reach_rp(problem: Problem, plan: Plan) -> int:
    """What can be spent at least: the plan, or nothing where it is not legal here, and whoever may be added to it."""
    x = choice_of(plan.content["funded"], problem)
    if not problem.legal(x):
        x = np.zeros_like(x)
        if not problem.legal(x):
            return 0
    for volumes in (problem.full, problem.smallest):
        x = fill(problem, x, together(problem, x) @ fix_volumes(problem, volumes))
    return int(problem.decisions(x).amount.sum())


def fill(problem: Problem, x: np.ndarray, volumes: sparse.csr_array) -> np.ndarray:
    """``x`` with every option that may be added at its row of ``volumes``, the dearest first."""
    x, activity, change = x.copy(), problem.matrix @ x, sparse.csc_array(problem.matrix @ volumes.T)
    hard = ~problem.soft
    dearest = np.argsort(-(problem.basis["amount"] @ volumes.T).diagonal(), kind="stable")
    for _ in range(PASSES):
        before = x
        for i in dearest[x[problem.columns.fund][dearest] == 0]:
            part = slice(change.indptr[i], change.indptr[i + 1])
            rows, after = change.indices[part], activity[change.indices[part]] + change.data[part]
            beyond = (after > problem.row_upper[rows]) | (after < problem.row_lower[rows])
            added = x if (beyond & hard[rows]).any() else x + volumes[[i]].toarray()[0]
            if added is not x and (added <= problem.upper).all() and keeps_lifts(problem, added):
                x, activity[rows] = added, after
        if x is before:
            break
    return x


def keeps_lifts(problem: Problem, x: np.ndarray) -> bool:
    return not any(measure.excess for _, measure in problem.measured(x))


def how_little(plan: Plan) -> str:
    """How little is spent."""
    if plan.funded.empty:
        return say("low_spend.nothing")
    share = percent(plan.spent_rp / plan.pagu_rp)
    return say("low_spend.little", spent=rupiah(plan.spent_rp), share=share, pagu=rupiah(plan.pagu_rp))


def rule_text(plan: Plan, rule: int, amount_rp: int) -> str:
    """That a rule seems to hold back most, what can be spent without it, and how many usulan it takes out as a gate."""
    sentence = plan.scenario.rules[rule].sentence()
    said = say("low_spend.rule", sentence=sentence, amount=rupiah(amount_rp))
    count, of = int((gates_of(plan) == rule).sum()), len(plan.funded) + len(plan.not_funded)
    return f"{said} {say('low_spend.gated', count=number(count), of=number(of))}" if count else said


def other_text(plan: Plan, problem: Problem, reached_rp: int) -> str:
    """Why so little is spent where no rule alone is the cause."""
    if 2 * reached_rp >= plan.pagu_rp:
        return say("low_spend.goal", amount=rupiah(reached_rp))
    left = np.flatnonzero(~problem.options.table["usulan_id"].isin(plan.funded["usulan_id"]).to_numpy())
    if not len(left):
        return say("low_spend.nobody")
    cost_rp = (problem.basis["amount"] @ fix_volumes(problem, problem.smallest).T).diagonal()[left]
    rest_rp = rest_of(plan)
    if any(cost <= rest_rp[ta] for cost, ta in zip(cost_rp, problem.options.ta[left].tolist(), strict=True)):
        return say("low_spend.several")
    cheapest = left[int(cost_rp.argmin())]
    rest = "; ".join(f"TA {ta} {rupiah(rp, digits=EXACT)}" for ta, rp in rest_rp.items())
    usulan, cost = shown(problem.options.table["usulan_id"].iat[cheapest]), rupiah(int(cost_rp.min()), digits=EXACT)
    return say("low_spend.pagu", usulan=usulan, cost=cost, rest=rest)
