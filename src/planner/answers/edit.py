"""Hand edits: what one would break and cost in a plan as it stands, and the scenario that holds it."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from planner.answers.explain import change_sentences
from planner.answers.forced import Forced, change, forced, settled, solved
from planner.answers.open_plan import Case, check_known, goal_title, points
from planner.base.errors import PlannerError, shown
from planner.base.messages import LANGUAGES, both, say
from planner.base.processes import Clock
from planner.model.problem import Problem, compile_problem
from planner.model.problem import agreed as agreed_volumes
from planner.plan.plan import Plan
from planner.plan.reasons import broken
from planner.scenario.hand_edits import SIDES, Edit, agreed, released
from planner.scenario.hand_edits import applied as applied
from planner.scenario.hand_edits import edit_of as edit_of
from planner.scenario.hand_edits import held_already as held_already
from planner.scenario.scenario import Scenario
from planner.solve.formulation import SideRow, forced_row


def consider(case: Case, edit: Edit, exact: bool = False, clock: Clock | None = None) -> dict:
    """What an edit would do to a plan; nothing is changed. ``exact``: solved until the scenario's time is up.

    ``{usulan_id, kind, rincian_id, volume, funded, legal, possible, breaks, loss, displaced, entering, exact,
    sentence}``.
    ``legal``: the plan as it stands, with this alone changed, keeps everything; else ``breaks`` names what it breaks:
    ``[{row, sentence {id, en}}]``. ``possible``: whether some plan keeps it (None: not known in time). ``loss``,
    ``displaced``, ``entering``, ``exact`` as in ``explain.answer``: [low, high] points of the first goal that the best
    plan with the edit has less; below 0 where it frees something. Raises PlannerError for an unknown usulan or line, a
    volume that the line cannot have, or nothing to free.
    """
    check_known(case, edit.usulan_id)
    eased = released(case.plan.scenario, edit)
    if edit.kind == "free" and eased == case.plan.scenario:
        raise PlannerError(say("edit.nothing_to_free", usulan=shown(edit.usulan_id)))
    known = {key: getattr(edit, key) for key in ("usulan_id", "kind", "rincian_id", "volume")}
    known["funded"] = edit.usulan_id in case.winners(case.x)
    options = np.flatnonzero(case.problem.options.table["usulan_id"] == edit.usulan_id)
    if not len(options):
        return known | out_of_reach(case.reasons[edit.usulan_id], edit.kind != "lock_in")
    frees = edit.kind == "lock_out" and any(rule.eased_by_locks for rule in eased.rules)
    barred = frozenset({edit.usulan_id} if frees else ())  # a continuation that is locked out blocks no start
    same = eased == case.plan.scenario and not barred
    case = case if same else under(case, eased, barred)
    row, breaks = edit_row(case.problem, options, edit), fewest_broken(case.problem, case.x, options, edit)
    known |= {"legal": not breaks, "breaks": breaks}
    keeps = row.lower <= int(row.coef @ case.x) <= row.upper
    if keeps and same:
        return told(case, known | {"possible": True, **NOTHING})
    found = cheapest(case, row, keeps)
    if exact and not found.impossible and not settled(case, found):
        found = solved(case, row, found, clock or Clock())
    possible = False if found.impossible else None if found.x is None else True
    return told(case, known | {"possible": possible} | change(case, found))


NOTHING = {"loss": [0, 0], "displaced": [], "entering": [], "exact": True}


def out_of_reach(gate: dict, idle: bool) -> dict:
    """The answer for an usulan that a gate took out: it cannot be locked in, anything else changes nothing."""
    reason = {lang: gate["reason"][lang] for lang in LANGUAGES}
    breaks = [] if idle else [{"row": gate["rule"], "sentence": reason}]
    return {"legal": idle, "possible": idle, "breaks": breaks, **NOTHING} | ({} if idle else {"loss": None}) | {
        "sentence": both(f"edit.gated_{'idle' if idle else 'in'}", reason=reason.__getitem__)
    }  # fmt: skip


def under(case: Case, scenario: Scenario, barred: frozenset[str] = frozenset()) -> Case:
    """The case under fewer rules; the plan's own bound says nothing there."""
    problem = compile_problem(case.problem.options, scenario, barred)
    goals = [case.plan["goals"][0] | {"bound": None}, *case.plan["goals"][1:]]
    return Case(Plan(case.plan.content | {"goals": goals}), problem, case.x)


def cheapest(case: Case, row: SideRow, keeps: bool) -> Forced:
    """The best known plan with the row; where the plan as it stands ``keeps`` it, none is worse than that."""
    found = forced(case, row)
    worth = [case.problem.worth(case.cost, x) for x in (case.x, found.x) if x is not None]
    return replace(found, x=case.x, impossible=False) if keeps and worth[0] == max(worth) else found


def edit_row(problem: Problem, options: np.ndarray, edit: Edit) -> SideRow:
    """The edit as one row: funded, not funded, the volume if funded, or nothing.

    An usulan is funded once, so its years may share the row of a volume.
    """
    if edit.kind in ("lock_in", "lock_out"):
        return forced_row(problem, options, edit.kind == "lock_in")
    if edit.kind == "free":
        return SideRow(np.zeros(problem.width, dtype=np.int64))
    lines = agreed(edit).lines(problem.options)
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
        ways = [agreed_volumes(problem, way) for way in (problem.smallest, problem.full)]
        yield from (x + way[[i]].toarray()[0] for i in options for way in ways)
    elif edit.kind == "lock_out":
        yield np.where(mine, 0, x)
    elif edit.kind == "volume" and funded:
        changed = x.copy()
        for line in agreed(edit).lines(problem.options):
            if x[problem.options.line_option[line]]:
                for column, value in problem.columns.at(line, edit.agreed[1]):
                    changed[column] = value
        yield changed
    else:
        yield x


def told(case: Case, known: dict) -> dict:
    return known | {"sentence": {lang: " ".join(sentences(case, known, lang)) for lang in LANGUAGES}}


def sentences(case: Case, known: dict, lang: str) -> Iterator[str]:
    """Whether the plan as it stands may take the edit, what it would break, and what it costs."""
    if known["kind"] == "volume" and not known["funded"]:
        yield say("edit.idle", lang)
    names = " ".join(one["sentence"][lang] for one in known["breaks"])
    yield say("edit.legal", lang) if known["legal"] else say("edit.breaks", lang, names=names)
    side, loss = SIDES[known["kind"]], known["loss"]
    if loss is None:
        yield say(f"explain.impossible_{side}", lang)
        return
    low, high = loss
    if low < 0 and high is not None and high <= 0:
        ends = {"low": points(case, -high, lang), "high": points(case, -low, lang)}
        yield say("edit.gain", lang, goal=goal_title(case, lang), **ends)
    else:
        shown_loss = [max(low, 0) if high is None else low, high]
        yield from change_sentences(case, known | {"loss": shown_loss}, side, lang)
    if low < 0 and case.goal["bound"] is not None:
        yield say("explain.unproven", lang)
    if not known["exact"]:
        yield say("explain.open", lang)
