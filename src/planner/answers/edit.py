"""Hand edits: what one would break and cost in a plan as it stands, and the scenario that holds it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from planner.answers.explain import Change
from planner.answers.forced import Forced, change, force_row, is_settled, solve_exactly
from planner.answers.open_plan import Case, check_known, goal_title, share
from planner.base.errors import PlannerError, shown
from planner.base.messages import language, say
from planner.base.processes import Clock
from planner.model.problem import Problem, compile_problem, fix_volumes
from planner.plan.plan import Plan
from planner.plan.reasons import broken
from planner.scenario.hand_edits import SIDES, Edit, agreed_rule, release
from planner.scenario.scenario import Scenario
from planner.solve.formulation import SideRow, forced_row


@dataclass(frozen=True, kw_only=True)
class Effect(Change):
    """What an edit would do to a plan.

    ``legal``: the plan as it stands, with this alone changed, keeps everything; else ``breaks`` names what it breaks:
    ``[{row, sentence {id, en}}]``. ``possible``: whether some plan keeps it (None: not known in time).
    """

    edit: Edit
    legal: bool
    possible: bool | None
    breaks: list[dict] = field(default_factory=list)
    gated: bool = False

    def sentences(self) -> Iterator[str]:
        """Whether the plan as it stands may take the edit, what it would break, and what it costs."""
        if self.gated:
            reason = self.case.register.records[self.usulan_id]["reason"][language()]
            yield say(f"edit.gated_{'idle' if self.legal else 'in'}", reason=reason)
            return
        if self.kind == "volume" and not self.funded:
            yield say("edit.idle")
        names = " ".join(one["sentence"][language()] for one in self.breaks)
        yield say("edit.legal") if self.legal else say("edit.breaks", names=names)
        if self.loss is None:
            yield say(f"explain.impossible_{SIDES[self.kind]}")
            return
        low, high = self.loss
        if low < 0 and high is not None and high <= 0:
            yield say("edit.gain", goal=goal_title(self.case), low=share(self.case, -high), high=share(self.case, -low))
        else:
            yield from self.price(max(low, 0) if high is None else low, high, SIDES[self.kind])
        if low < 0 and self.case.goal["bound"] is not None:
            yield say("explain.unproven")
        if not self.exact:
            yield say("explain.open")


def consider(case: Case, edit: Edit, exact: bool = False, clock: Clock | None = None) -> Effect:
    """What an edit would do to a plan; nothing is changed. ``exact``: solved until the scenario's time is up.

    Raises PlannerError for an unknown usulan or line, a volume that the line cannot have, or nothing to free.
    """
    check_known(case, edit.usulan_id)
    eased = release(case.plan.scenario, edit)
    if edit.kind == "free" and eased == case.plan.scenario:
        raise PlannerError(say("edit.nothing_to_free", usulan=shown(edit.usulan_id)))
    options = np.flatnonzero(case.problem.options.table["usulan_id"] == edit.usulan_id)
    if not len(options):
        return out_of_reach(case, edit)
    frees = edit.kind == "lock_out" and any(rule.eased_by_locks for rule in eased.rules)
    barred = frozenset({edit.usulan_id} if frees else ())  # a continuation that is locked out blocks no start
    same = eased == case.plan.scenario and not barred
    case = case if same else under(case, eased, barred)
    row, breaks = edit_row(case.problem, options, edit), fewest_broken(case.problem, case.x, options, edit)
    funded = edit.usulan_id in case.winners(case.x)
    effect = partial(
        Effect, case=case, edit=edit, usulan_id=edit.usulan_id, kind=edit.kind, funded=funded, legal=not breaks,
        breaks=breaks,
    )  # fmt: skip
    keeps = row.lower <= int(row.coef @ case.x) <= row.upper
    if keeps and same:
        return effect(possible=True)
    found = cheapest(case, row, keeps)
    if exact and not found.impossible and not is_settled(case, found):
        found = solve_exactly(case, row, found, clock or Clock())
    possible = False if found.impossible else None if found.x is None else True
    return effect(possible=possible, **change(case, found))


def out_of_reach(case: Case, edit: Edit) -> Effect:
    """The answer for an usulan that a gate took out: it cannot be locked in, anything else changes nothing."""
    gate, idle = case.register.records[edit.usulan_id], edit.kind != "lock_in"
    breaks = [] if idle else [{"row": gate["rule"], "sentence": gate["reason"]}]
    return Effect(
        case=case, edit=edit, usulan_id=edit.usulan_id, kind=edit.kind, funded=False, gated=True, legal=idle,
        possible=idle, breaks=breaks, loss=(0, 0) if idle else None,
    )  # fmt: skip


def under(case: Case, scenario: Scenario, barred: frozenset[str] = frozenset()) -> Case:
    """The case under fewer rules; the plan's own bound says nothing there."""
    problem = compile_problem(case.problem.options, scenario, barred)
    goals = [case.plan["goals"][0] | {"bound": None}, *case.plan["goals"][1:]]
    return Case(Plan(case.plan.content | {"goals": goals}), problem, case.x, case.whatif)


def cheapest(case: Case, row: SideRow, keeps: bool) -> Forced:
    """The best known plan with the row; where the plan as it stands ``keeps`` it, none is worse than that."""
    found = force_row(case, row)
    worth = [case.cost.points(x) for x in (case.x, found.x) if x is not None]
    return replace(found, x=case.x, impossible=False) if keeps and worth[0] == max(worth) else found


def edit_row(problem: Problem, options: np.ndarray, edit: Edit) -> SideRow:
    """The edit as one row: funded, not funded, the volume if funded, or nothing.

    An usulan is funded once, so its years may share the row of a volume.
    """
    if edit.kind in ("lock_in", "lock_out"):
        return forced_row(problem, options, edit.kind == "lock_in")
    if edit.kind == "free":
        return SideRow(np.zeros(problem.width, dtype=np.int64))
    lines = agreed_rule(edit).lines(problem.options)
    coef = np.asarray(problem.basis["qty"][lines].sum(axis=0)).ravel().astype(np.int64)
    coef[options] -= edit.volume
    return SideRow(coef, lower=0, upper=0)


def fewest_broken(problem: Problem, x: np.ndarray, options: np.ndarray, edit: Edit) -> list[dict]:
    """What the plan breaks with the edit alone made: the way (year, smallest or full volumes) that breaks least."""
    return min((broken(problem, trial) for trial in trials(problem, x, options, edit)), key=len)


def trials(problem: Problem, x: np.ndarray, options: np.ndarray, edit: Edit) -> Iterator[np.ndarray]:
    """The plan's columns with the edit alone made."""
    mine = np.isin(problem.columns.option, options)
    funded = bool(x[options].any())
    if edit.kind == "lock_in" and not funded:
        ways = [fix_volumes(problem, way) for way in (problem.smallest, problem.full)]
        yield from (x + way[[i]].toarray()[0] for i in options for way in ways)
    elif edit.kind == "lock_out":
        yield np.where(mine, 0, x)
    elif edit.volume is not None and funded:
        changed = x.copy()
        for line in agreed_rule(edit).lines(problem.options):
            if x[problem.options.line_option[line]]:
                for column, value in problem.columns.at(line, edit.agreed[1]):
                    changed[column] = value
        yield changed
    else:
        yield x
