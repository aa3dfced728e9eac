"""Who is funded next when money is added or a winner drops out.

The list itself is part of the plan (``reserve``): see ``plan.reserve_list``. **Going down it**: from the top, whoever
fits comes in, at the largest of its ways that fits (all it asks for; its trimmable lines cut alike; without the lines
that may be left out), and from the top again until nobody more does. Who comes in breaks nothing. Where leaving alone
has broken a rule (a floor), the first who mends all of it comes in, else the first who mends a part without breaking
more, and so on; where going down does not mend it, nobody comes in.

Who leaves gives back its rupiah. Its lock, and what it was to finish first, bind no more; under ``PhaseOrder`` the
later phases of its sentra, which could only follow it, leave with it. All else of later years stays as it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from scipy import sparse

from planner.answers.open_plan import Case, check_known, goal_title, share
from planner.base.errors import PlannerError, shown
from planner.base.messages import LANGUAGES, label, language, say
from planner.base.units import MICRO, number, percent, rupiah
from planner.model.problem import Problem, compile_problem, with_budget
from planner.plan.reasons import broken
from planner.plan.reserve_list import Queue, excess, row_owner, standby
from planner.scenario.hand_edits import Edit, release
from planner.scenario.scenario import vary


@dataclass(frozen=True)
class Entrant:
    """Who comes in from a place on the list, for so many rupiah of the ``full_rp`` that its largest volumes cost.

    ``nama``: the kabupaten.
    """

    place: int
    usulan_id: str
    kode: str
    menu: str
    nama: str
    amount_rp: int
    full_rp: int

    def sentence(self, lang: str | None = None) -> str:
        """'1. 28-5103-01 (Badung, revitalisasi, Rp 1,2 miliar)'; that it is cut, where it is."""
        amount = rupiah(self.amount_rp, lang)
        if self.amount_rp < self.full_rp:
            amount = say("reserve.cut", lang, amount=amount, full=rupiah(self.full_rp, lang))
        place = {"place": self.place, "usulan": shown(self.usulan_id), "nama": self.nama}
        return say("reserve.entrant", lang, menu=label("menu", self.menu, lang), amount=amount, **place)


@dataclass(frozen=True)
class Standby:
    """A place on the list.

    ``nama``: the kabupaten; ``amount_rp``: at its largest legal volumes; ``chance``, ``score``: integers of 1e-6;
    ``points``: what the first goal gains by it; ``share``: that as part of the plan's (0-1); ``kind``, ``reason``
    {id, en}: why it is not in the plan now.
    """

    place: int
    usulan_id: str
    kode: str
    nama: str
    menu: str
    amount_rp: int
    score: int
    chance: int
    points: int
    share: float
    kind: str
    reason: dict[str, str]

    def plain(self) -> dict:
        return asdict(self)

    def sentence(self, lang: str | None = None) -> str:
        """Who it is, its chance, what it adds to the goal, and why it is not in the plan now."""
        named = (self.place, self.usulan_id, self.kode, self.menu, self.nama, self.amount_rp, self.amount_rp)
        facts = {"chance": number(self.chance / MICRO, 2, lang), "share": percent(self.share, 2, lang)}
        reason = self.reason[lang or language()]
        return say("reserve.line", lang, entrant=Entrant(*named).sentence(lang), reason=reason, **facts)


def reserve(case: Case) -> list[Standby]:
    """The reserve list in order."""
    queue, table = queue_of(case), case.problem.options.table
    names, amounts = kabupaten(case), queue.amount_rp[queue.largest].tolist()
    found = []
    for place, (option, rp, gain) in enumerate(zip(queue.options.tolist(), amounts, queue.gains, strict=True), start=1):
        row = table.iloc[option]
        why, worth = case.register.records[row["usulan_id"]], case.cost.whole_points(gain)
        own = row["usulan_id"], row["kode"], names[row["kode"]], row["menu"], rp, int(row["score"]), int(row["chance"])
        share_of_plan = worth / (abs(case.goal["stage_value"]) or 1)
        found.append(Standby(place, *own, worth, share_of_plan, why["kind"], why["reason"]))
    return found


def queue_of(case: Case) -> Queue:
    return standby(case.problem, case.x, case.cost)


def kabupaten(case: Case) -> dict[str, str]:
    table = case.problem.options.candidates.kabupaten
    return dict(zip(table["kode"], table["nama"], strict=True))


# -- a winner drops out, money is added --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Replacement:
    """Who comes in when the winners ``out`` drop out and the pagu of the plan's first year grows by ``money_rp``.

    ``leaving``: who leaves the plan, with the later phases that could only follow. ``entering``: in order of the list.
    ``legal``: the plan that results keeps every rule, checked in whole numbers; else nobody enters and ``breaks`` names
    what leaving has broken: ``[{row, sentence {id, en}}]``. ``goal`` (whole points) and ``spent_rp`` (of the first
    year, ``ta``): [before, after]; ``budget_rp``: its pagu.
    """

    out: list[str]
    money_rp: int
    leaving: list[str]
    entering: list[Entrant]
    legal: bool
    breaks: list[dict]
    goal: list[int]
    spent_rp: list[int]
    budget_rp: int
    case: Case = field(repr=False, compare=False)

    def plain(self) -> dict:
        own = {key: value for key, value in vars(self).items() if key != "case"}
        entering = [asdict(one) for one in self.entering]
        return own | {"entering": entering, "sentence": {lang: self.sentence(lang) for lang in LANGUAGES}}

    def sentence(self, lang: str | None = None) -> str:
        """What happened, who comes in, and what that does to goal and money."""
        return " ".join(self.sentences(lang))

    def sentences(self, lang: str | None) -> Iterator[str]:
        ta = first_year(self.case.problem)
        if self.money_rp:
            yield say("reserve.money", lang, ta=ta, amount=rupiah(self.money_rp, lang))
        if self.out:
            yield say("reserve.out", lang, names=", ".join(map(shown, self.out)))
        if followers := [name for name in self.leaving if name not in self.out]:
            yield say("reserve.followers", lang, names=", ".join(map(shown, followers)))
        if not self.legal:
            yield say(
                "reserve.broken", lang, names=" ".join(one["sentence"][lang or language()] for one in self.breaks)
            )
        elif self.entering:
            yield say("reserve.enters", lang, names="; ".join(one.sentence(lang) for one in self.entering))
        else:
            yield say("reserve.nobody", lang)
        (before, after), (had, has) = self.goal, self.spent_rp
        change = ("+" if after > before else "") + share(self.case, after - before, lang or language())
        figures = {"had": rupiah(had, lang), "has": rupiah(has, lang), "pagu": rupiah(self.budget_rp, lang)}
        goal = goal_title(self.case, lang or language())
        yield say("reserve.change", lang, goal=goal, change=change, ta=ta, **figures)


def fill(case: Case, out: Sequence[str] = (), money_rp: int = 0) -> Replacement:
    """Go down the list for the winners ``out`` and ``money_rp`` more; PlannerError for no winners of the first year."""
    out, queue = list(dict.fromkeys(out)), queue_of(case)
    left = np.isin(queue.winners, dropped_options(case, queue, out))
    queue = replace(queue, problem=more_money(case.problem, money_rp))
    walked, judge = walk(queue, left[:, None]), without(queue.problem, out)
    x, stays = walked.choice(0), walked.kept[:, 0]
    legal = judge.legal(x)
    x = x if legal else stays
    return Replacement(
        out, money_rp, sorted(case.winners(case.x) - case.winners(x)), entering(case, walked) if legal else [], legal,
        [] if legal else broken(judge, stays), [case.cost.points(choice) for choice in (case.x, x)],
        [spent_rp(case.problem, choice) for choice in (case.x, x)],
        queue.problem.options.budget_rp[first_year(queue.problem)], case,
    )  # fmt: skip


def dropped_options(case: Case, queue: Queue, names: list[str]) -> list[int]:
    """The options by which winners are funded in the first year; one PlannerError for all that are not so."""
    usulan, problems = case.problem.options.table["usulan_id"].to_numpy()[queue.winners], []
    for name in names:
        try:
            check_known(case, name)
        except PlannerError as error:
            problems += error.problems
            continue
        if name not in usulan:
            problems.append(say("reserve.not_winner", usulan=shown(name), ta=first_year(case.problem)))
    if problems:
        raise PlannerError(problems)
    return queue.winners[np.isin(usulan, names)].tolist()


def first_year(problem: Problem) -> int:
    return problem.options.years[0]


def more_money(problem: Problem, money_rp: int) -> Problem:
    """The problem with the pagu of its first year raised; shares of the pagu follow."""
    if not money_rp:
        return problem
    budget_rp = dict(problem.options.budget_rp)
    budget_rp[first_year(problem)] += money_rp
    return with_budget(problem, vary(problem.scenario, budget_rp=budget_rp))


def without(problem: Problem, out: list[str]) -> Problem:
    """The problem as it is to judge a plan without these winners: their locks, and duties to them, bind no more."""
    scenario = problem.scenario
    for name in out:
        scenario = release(scenario, Edit("lock_out", name, reason="-"))
    bound = scenario != problem.scenario or any(rule.eased_by_locks for rule in scenario.rules)
    return compile_problem(problem.options, scenario, frozenset(out)) if out and bound else problem


def entering(case: Case, walked: "Walked") -> list[Entrant]:
    """Who came in, in order of the list."""
    queue, names, table = walked.queue, kabupaten(case), case.problem.options.table
    found = []
    for place in np.flatnonzero(walked.came[:, 0] >= 0).tolist():
        row = table.iloc[queue.options[place]]
        rp, full = (int(queue.amount_rp[way]) for way in (walked.came[place, 0], queue.largest[place]))
        found.append(Entrant(place + 1, row["usulan_id"], row["kode"], row["menu"], names[row["kode"]], rp, full))
    return found


def spent_rp(problem: Problem, x: np.ndarray) -> int:
    """Whole rupiah of the first year."""
    return int(problem.decisions(x).amount[problem.options.ta == first_year(problem)].sum())


# -- going down the list -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Walked:
    """What going down a list came to, case by case.

    ``kept``: the plan's columns without who left (columns x cases); ``came``: the way of who came in, or -1 (places x
    cases). ``broken``: who left has broken a rule, and the list cannot mend it.
    """

    queue: Queue
    kept: np.ndarray
    came: np.ndarray
    broken: np.ndarray

    def choice(self, case: int) -> np.ndarray:
        """The columns of one case."""
        came = self.came[:, case]
        return self.kept[:, case] + self.queue.ways[came[came >= 0]].sum(axis=0)

    def sums(self, column: np.ndarray) -> np.ndarray:
        """Per case the sum of a whole number per column."""
        each = np.append(np.asarray(self.queue.ways @ column), 0)  # -1: nobody
        return column @ self.kept + each[self.came].sum(axis=0)

    def worth(self) -> np.ndarray:
        """Per case the first goal in whole points."""
        aim = self.queue.aim
        if aim.plain:
            return (self.sums(aim.cost) + aim.slack) // aim.per
        return np.array([aim.points(self.choice(case)) for case in range(self.came.shape[1])], dtype=np.int64)


def walk(queue: Queue, left: np.ndarray) -> Walked:
    """Go down the list once for each case; ``left``: which winner leaves in which case (winners x cases)."""
    tally = Tally(queue, left)
    while tally.goes_down(whole=True) or tally.goes_down(whole=False):
        pass
    return Walked(queue, tally.kept, np.where(tally.broken, -1, tally.came), tally.broken)


class Tally:
    """The rows of every case while the list is gone down.

    ``bad``: how many of them are broken; ``fresh``: whether anybody came in the last time down.
    """

    def __init__(self, queue: Queue, left: np.ndarray):
        problem, own, cases = queue.problem, row_owner(queue.problem), left.shape[1]
        rows = np.flatnonzero(~problem.soft & ((own < 0) | (problem.row_lower > 0)))
        matrix = problem.matrix[rows]
        self.queue, self.kept = queue, queue.x[:, None] * (queue.leaving.astype(np.int64) @ left == 0)
        self.lower, self.upper = problem.row_lower[rows][:, None], problem.row_upper[rows][:, None]
        self.added, free = sparse.csc_array(matrix @ queue.ways.T), absent_rows(problem)[rows]
        self.activity = np.asarray(matrix @ self.kept)
        self.activity[free] = (matrix[free] @ queue.x)[:, None]
        self.came = np.full((len(queue.options), cases), -1, dtype=np.int64)
        self.choice = self.kept.copy() if problem.lifts else self.kept  # with who came in, where it is measured
        self.fresh = np.ones(cases, dtype=bool)
        self.bad = (excess(self.activity, self.lower, self.upper) > 0).sum(axis=0)
        self.lifted = np.array([lifted_excess(problem, x) for x in self.kept.T] if problem.lifts else [0] * cases)

    @property
    def broken(self) -> np.ndarray:
        return (self.bad > 0) | (self.lifted > 0)

    def goes_down(self, whole: bool) -> bool:
        """Go down once from the top; whether anybody came in anywhere.

        In a broken case only who mends it ``whole`` comes in, or else one who mends a part.
        """
        waiting, self.fresh = self.fresh if whole else self.broken, np.zeros(len(self.bad), dtype=bool)
        for way, place in enumerate(self.queue.owner.tolist()):
            cases = np.flatnonzero(waiting & (self.came[place] < 0))
            if len(cases) and len(took := self.offered(way, place, cases, whole)):
                self.fresh[took] = True
                waiting[took] &= whole
        return bool(self.fresh.any())

    def offered(self, way: int, place: int, cases: np.ndarray, whole: bool) -> np.ndarray:
        """Let a way come in wherever it fits; the cases where it did."""
        part = slice(self.added.indptr[way], self.added.indptr[way + 1])
        rows, more = self.added.indices[part], self.added.data[part][:, None]
        now, limits = self.activity[np.ix_(rows, cases)], (self.lower[rows], self.upper[rows])
        before, after = excess(now, *limits), excess(now + more, *limits)
        fits = (after <= before).all(axis=0)
        if not fits.any():
            return cases[:0]
        cases, before, after = cases[fits], before[:, fits], after[:, fits]
        bad = self.bad[cases] + (after > 0).sum(axis=0) - (before > 0).sum(axis=0)
        lifted = self.measured(way, cases)
        mends = (after < before).any(axis=0) | (lifted < self.lifted[cases])
        right = ((bad == 0) & (lifted == 0)) if whole else mends
        comes = (lifted <= self.lifted[cases]) & (~self.broken[cases] | right)
        took = cases[comes]
        self.activity[np.ix_(rows, took)] += more
        if self.queue.problem.lifts:
            self.choice[:, took] += self.queue.ways[[way]].toarray().T
        self.came[place, took], self.bad[took], self.lifted[took] = way, bad[comes], lifted[comes]
        return took

    def measured(self, way: int, cases: np.ndarray) -> np.ndarray:
        """The excess of the rules that are measured once a way comes in, case by case."""
        if not self.queue.problem.lifts:
            return self.lifted[cases]
        more = self.queue.ways[[way]].toarray()[0]
        return np.array([lifted_excess(self.queue.problem, self.choice[:, c] + more) for c in cases], dtype=np.int64)


def lifted_excess(problem: Problem, x: np.ndarray) -> int:
    """By how much a choice breaks the rules that are measured, all together."""
    return sum(measure.excess for _, measure in problem.measured(x))


def absent_rows(problem: Problem) -> np.ndarray:
    """Which rows count who left as if it were there: its own lock, and what it was to finish first."""
    rules, rows = problem.scenario.rules, zip(problem.row_rule.tolist(), problem.row_labels, strict=True)
    return np.array([rule >= 0 and rules[rule].binds_absent(label) for rule, label in rows], dtype=bool)
