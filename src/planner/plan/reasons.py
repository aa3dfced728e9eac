"""Why an usulan is not in a plan, and the baseline beside it: whole-number questions that need no solver."""

from collections.abc import Iterator
from functools import partial
from operator import itemgetter

import numpy as np
from scipy import sparse

from planner.base.messages import both, in_each, say
from planner.base.units import rupiah
from planner.model.problem import PAGU, Problem, fix_volumes
from planner.scenario.objective import Aim

Broken = tuple[int, str]  # a rule's number and the name of its row


def explain_not_funded(problem: Problem, x: np.ndarray, goals: list[Aim]) -> Iterator[dict]:
    """One record per usulan that is not funded: kind ``gate | rule | tie | price``, the rule's row and the reason.

    An usulan with options in several years is held by a rule only when it is so in each of them.
    """
    yield from problem.options.gated
    options, funded = problem.options, set(problem.winners(x))
    partners = exchanges(problem, x, goals)
    blocked, smallest = first_broken(problem, x), together(problem, x) @ fix_volumes(problem, problem.smallest)
    places: dict[str, list[int]] = {}
    for i, usulan_id in enumerate(options.table["usulan_id"]):
        places.setdefault(usulan_id, []).append(i)
    for usulan_id, mine in places.items():
        if usulan_id not in funded:
            partner = next((partners[i] for i in mine if i in partners), None)
            held = None if None in [blocked[i] for i in mine] else blocked[mine[0]]
            fits = held is None and any(problem.legal(x + smallest[[i]].toarray()[0]) for i in mine)
            known = {"usulan_id": usulan_id, "kode": options.table["kode"].iat[mine[0]]}
            yield known | reason(problem, held, partner, fits)


def reason(problem: Problem, held: Broken | None, partner: int | None, fits: bool) -> dict:
    """kind, rule and sentence of an option that is out: held by a rule, equal to option ``partner``, or outbid.

    ``fits``: nothing at all breaks when it is added, so that only an unproven plan, or one it brings nothing, lacks it.
    """
    if partner is not None:
        other = problem.options.table["usulan_id"].iat[partner]
        return {"kind": "tie", "rule": None, "reason": both("reasons.tie", other=other)}
    if held is None:
        return {"kind": "price", "rule": None, "reason": both("reasons.fits" if fits else "reasons.price")}
    number, row = held
    sentence = problem.scenario.rules[number].sentence
    return {"kind": "rule", "rule": row, "reason": both("reasons.rule", sentence=sentence)}


def first_broken(problem: Problem, x: np.ndarray) -> list[Broken | None]:
    """Per option: the first row of a rule that breaks when it is added to x as it stands, at its smallest volumes.

    What a rule asks to come with it is added too. None where it may be added at full volumes: a share of its own, or a
    line that another needs, can ask for more.
    """
    party = together(problem, x)
    smallest = breaking(problem, x, party @ fix_volumes(problem, problem.smallest))
    if problem.fund_only:
        return smallest
    fullest = breaking(problem, x, party @ fix_volumes(problem, problem.full))
    return [low if full is not None else None for low, full in zip(smallest, fullest, strict=True)]


def together(problem: Problem, x: np.ndarray) -> sparse.csr_array:
    """Row i: option i and whatever x does not hold yet that a rule asks to come with it, and with that in turn.

    Of several that would do, the one of the latest year.
    """
    n, ta = problem.columns.options, problem.options.ta
    beside: dict[int, list[int]] = {}
    for rule in problem.scenario.rules:
        for option, other in rule.brings(problem.options):
            beside.setdefault(option, []).append(other)
    latest = {i: max(js, key=ta.__getitem__) for i, js in beside.items() if not x[js].any()}
    pairs = []
    for i in range(n):
        j: int | None = i
        while j is not None:
            pairs.append((i, j))
            j = latest.get(j)
    row, column = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return sparse.csr_array((np.ones(len(row), np.int64), (row, column)), shape=(n, n))


def breaking(problem: Problem, x: np.ndarray, volumes: sparse.csr_array) -> list[Broken | None]:
    """Per option: the first rule, and its row, that breaks when its row of ``volumes`` is added to x."""
    pairs = zip(rows_breaking(problem, x, volumes), lifts_breaking(problem, x, volumes), strict=True)
    return [min(filter(None, pair), key=itemgetter(0), default=None) for pair in pairs]


def lifts_breaking(problem: Problem, x: np.ndarray, volumes: sparse.csr_array) -> Iterator[Broken | None]:
    """The same of the rules that are measured, not written as rows over decisions."""
    for i in range(len(problem.options)):
        measured = problem.measured(x + volumes[[i]].toarray()[0]) if problem.lifts and not x[i] else ()
        yield next(((lift.rule, f"{lift.name}:{m.label}") for lift, m in measured if m.excess), None)


def rows_breaking(problem: Problem, x: np.ndarray, volumes: sparse.csr_array) -> Iterator[Broken | None]:
    """The same of the rules' rows."""
    rules = np.flatnonzero((problem.row_rule >= 0) & ~problem.soft)
    matrix, activity = problem.matrix[rules], (problem.matrix @ x)[rules]
    added = sparse.csc_array(matrix @ volumes.T)
    lower, upper = problem.row_lower[rules], problem.row_upper[rules]
    for i in range(len(problem.options)):
        part = slice(added.indptr[i], added.indptr[i + 1])
        touched = added.indices[part]
        after = activity[touched] + added.data[part]
        bad = touched[(after > upper[touched]) | (after < lower[touched])]
        row = rules[bad.min()] if len(bad) else None
        yield None if row is None else (int(problem.row_rule[row]), problem.row_names[row])


def exchanges(problem: Problem, x: np.ndarray, goals: list[Aim]) -> dict[int, int]:
    """Options that can take one winner's place with every row and every goal's points kept: option -> that winner.

    The winner's columns leave as they stand in x; the option comes at full volumes. Each pair is tried in integers.
    """
    owner, full, fund = problem.columns.option, fix_volumes(problem, problem.full), x[problem.columns.fund]
    sums = [goal.cost for goal in goals if goal.plain]
    values = np.stack([full @ cost for cost in sums]) if sums else np.zeros((0, len(fund)), dtype=np.int64)
    by_value: dict[tuple, list[int]] = {}
    for winner in np.flatnonzero(fund).tolist():
        mine = owner == winner
        by_value.setdefault(tuple(int(cost[mine] @ x[mine]) for cost in sums), []).append(winner)
    rest = [Unchanged(goal, x, full, owner) for goal in goals if not goal.plain]
    found: dict[int, int] = {}
    for i in np.flatnonzero(fund == 0):
        alike = by_value.get(tuple(int(v) for v in values[:, i]), [])
        for one in rest if alike else ():
            near = one.near(int(i))
            alike = [winner for winner in alike if winner in near]
        for winner in alike:
            swapped = x.copy()
            swapped[owner == winner] = 0
            swapped[owner == i] = full[[i]].toarray()[0][owner == i]
            if problem.legal(swapped) and all(one.exactly(swapped) for one in rest):
                found[int(i)] = winner
                break
    return found


class Unchanged:
    """Which winners an option may take the place of so that a goal that is no sum keeps its worth."""

    def __init__(self, aim: Aim, x: np.ndarray, full: sparse.csr_array, owner: np.ndarray):
        n = full.shape[0]
        self.aim, self.worth, self.winners = aim, aim.parts(x), np.flatnonzero(x[:n])
        columns = np.flatnonzero(x)
        leaving = sparse.csr_array((x[columns], (owner[columns], columns)), shape=full.shape)[self.winners]
        self.own, self.sums = aim.cost @ x - leaving @ aim.cost, aim.rows @ x - (leaving @ aim.rows.T).toarray()
        self.full, self.coming = full @ aim.cost, sparse.csr_array(full @ aim.rows.T)

    def near(self, option: int) -> set[int]:
        after = self.aim.near(self.own + self.full[option], self.sums + self.coming[[option]].toarray())
        return set(self.winners[np.abs(after - float(self.worth)) < 1.0].tolist())

    def exactly(self, x: np.ndarray) -> bool:
        return self.aim.parts(x) == self.worth


def broken(problem: Problem, x: np.ndarray) -> list[dict]:
    """The rows that a choice breaks, each rule once: ``{row, sentence}``."""
    found: dict[object, dict] = {}
    for row, _ in problem.broken(x):
        text = in_each(partial(row_text, problem, row))
        found.setdefault(text["id"], {"row": problem.row_names[row], "sentence": text})
    for lift, measure in problem.measured(x):
        text = in_each(problem.scenario.rules[lift.rule].sentence)
        if measure.excess:
            found.setdefault(text["id"], {"row": f"{lift.name}:{measure.label}", "sentence": text})
    return list(found.values())


def row_text(problem: Problem, row: int) -> str:
    part, ta = problem.part_of(row), problem.row_labels[row].ta
    if part.rule >= 0:
        return problem.scenario.rules[part.rule].sentence()
    if part.name != PAGU or ta is None:
        return say("edit.no_line")
    return say("words.pagu", ta=ta, amount=rupiah(problem.options.budget_rp[ta]))
