"""A list that was really decided, held against a scenario: rules broken, worth, distance to the best, who was passed.

What a list does not say is taken so, and counted: an amount not given is the modelled cost; volumes are the largest,
line after line, that the amount pays for. Rules on money and numbers are held against the decided amounts under a pagu
of their sum; rules on lines, worth and distance against those volumes under a pagu of their cost, so that list and best
plan buy at the same prices.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from planner.answers.ranking import Ranking, ranking
from planner.base.errors import InfeasibleError, NoneFoundError
from planner.base.messages import in_each, language, say
from planner.base.processes import Clock
from planner.base.units import number, rupiah, rupiah_full
from planner.model.build_options import build_options
from planner.model.candidates import Candidates
from planner.model.options import Options
from planner.model.problem import Problem, compile_problem, fix_volumes
from planner.plan.allocate import allocate
from planner.plan.plan import Plan
from planner.scenario.goals import amount as goal_text
from planner.scenario.goals import title
from planner.scenario.rows import Decisions, Excess, Measure
from planner.scenario.rules.base import Rule
from planner.scenario.scenario import Scenario, vary
from planner.tables.decided import read_decided
from planner.tables.schemas import UNKNOWN

WEIGHED, GATED, NO_CANDIDATE, NO_MENU = "weighed", "gated", "no_candidate", "no_menu"
NAMED = 5  # usulan passed over that a sentence tells of


@dataclass(frozen=True)
class Decided:
    """A row of the list: ``amount_rp`` as decided (None: not given), ``cost_rp`` as it is weighed.

    ``state``: ``weighed``, ``gated`` (a rule takes its usulan out: ``reason``), ``no_candidate``, ``no_menu``.
    """

    kode: str
    usulan_id: str | None
    menu: str | None
    amount_rp: int | None
    cost_rp: int | None
    state: str
    reason: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Breach:
    """A rule that the list breaks: in which group and by how much, in whole units of the rule's own row."""

    rule: int
    group: str
    by: int
    sentence: dict[str, str]
    by_text: dict[str, str]

    def plain(self) -> dict:
        return {"rule": self.rule, "group": self.group, "by": self.by, "sentence": self.sentence, "text": self.by_text}


@dataclass(frozen=True)
class PassedOver:
    """A candidate with a higher score (1e-6) than ``count`` listed ones of its menu, each of which it could replace.

    ``instead``: of these the one of the lowest score.
    """

    usulan_id: str
    kode: str
    menu: str
    score: int
    instead: str
    instead_score: int
    count: int


@dataclass(frozen=True)
class Audit:
    """The answer; ``value`` and ``distance`` in points of ``point`` x 1e-6 of the first goal.

    ``best``: the best plan under the same money; where there is none ``no_best`` says why: ``nothing_weighed``,
    ``no_plan`` (none can keep the rules) or ``none_found`` (in time).
    """

    scenario: Scenario
    rows: tuple[Decided, ...]
    breaches: tuple[Breach, ...]
    passed: tuple[PassedOver, ...]
    ranking: Ranking
    best: Plan | None = None
    value: int | None = None
    no_best: str = ""

    @property
    def weighed(self) -> list[Decided]:
        return [row for row in self.rows if row.state == WEIGHED]

    @property
    def money_rp(self) -> int:
        """What the weighed rows cost: the money of the best plan beside them."""
        return sum(row.cost_rp or 0 for row in self.weighed)

    @property
    def decided_rp(self) -> int:
        """What the weighed rows were given, an amount that is not known counted at its cost."""
        return sum((row.cost_rp if row.amount_rp is None else row.amount_rp) or 0 for row in self.weighed)

    @property
    def distance(self) -> int | None:
        """How many points the best plan has more; below 0 only for a list that breaks rules."""
        return None if self.best is None or self.value is None else self.best["goals"][0]["stage_value"] - self.value

    @property
    def in_both(self) -> int:
        mine = {row.usulan_id for row in self.weighed}
        return len(mine & set(self.best.funded["usulan_id"])) if self.best else 0

    def plain(self) -> dict:
        """As ``--json`` prints it."""
        goal = self.best["goals"][0] if self.best else None
        return {
            "scenario": self.scenario.name, "rows": [vars(row) for row in self.rows], "decided_rp": self.decided_rp,
            "money_rp": self.money_rp, "breaches": [one.plain() for one in self.breaches],
            "goal": self.scenario.goals[0].name, "point": goal and goal["point"], "value": self.value,
            "best_value": goal and goal["stage_value"], "best_bound": goal and goal["bound"],
            "distance": self.distance, "in_both": self.in_both, "no_best": self.no_best,
            "passed_over": [vars(one) for one in self.passed], "ranking": self.ranking.plain(),
            "sentence": in_each(self.sentence),
        }  # fmt: skip

    def sentence(self) -> str:
        return "\n".join(self.sentences())

    def sentences(self) -> Iterator[str]:
        """What was read, what it breaks, what it is worth, who was passed over, and what the ranking tells."""
        yield from self.read()
        yield say("audit.no_breach") if not self.breaches else say("audit.breaches", count=number(len(self.breaches)))
        for one in self.breaches:
            group = f" ({one.group})" if one.group else ""
            yield f"  - {one.sentence[language()].rstrip('.')}{group}: {one.by_text[language()]}"
        yield self.worth()
        yield say("audit.passed" if self.passed else "audit.none_passed", count=number(len(self.passed)))
        for row in self.passed[:NAMED]:
            yield "  - " + say("audit.passed_one", **told(row))
        yield self.ranking.sentence()

    def read(self) -> Iterator[str]:
        """How many rows there are, what of them could be weighed, and how amounts lie beside modelled costs."""
        rows = self.rows
        yield say(
            "audit.read", rows=number(len(rows)), weighed=number(len(self.weighed)), money=rupiah(self.decided_rp)
        )
        for state in (GATED, NO_CANDIDATE, NO_MENU):
            if count := sum(row.state == state for row in rows):
                yield say(f"audit.state.{state}", count=number(count))
        if unknown := sum(row.amount_rp is None for row in self.weighed):
            yield say("audit.no_amount", count=number(unknown))
        given = [row for row in self.weighed if row.amount_rp is not None]
        apart = [row for row in given if row.amount_rp != row.cost_rp]
        if apart:
            more, less = (
                sum(max(0, sign * ((row.amount_rp or 0) - (row.cost_rp or 0))) for row in apart) for sign in (1, -1)
            )
            yield say("audit.apart", count=number(len(apart)), more=rupiah(more), less=rupiah(less))

    def worth(self) -> str:
        """The list beside the best plan of the same money."""
        if self.best is None or self.value is None or self.distance is None:
            return say(f"audit.{self.no_best}", money=rupiah(self.money_rp))
        goal = self.best["goals"][0]
        text = lambda points: goal_text(goal["name"], points * goal["point"])  # noqa: E731
        share = number(100 * self.distance / abs(goal["stage_value"]), 2) + " %" if goal["stage_value"] else "–"
        return say(
            "audit.worth", goal=title(goal["name"]), value=text(self.value), best=text(goal["stage_value"]),
            share=share, distance=text(self.distance), money=rupiah(self.money_rp), both=number(self.in_both),
            count=number(len(self.weighed)), status=self.best.status_sentence(),
        )  # fmt: skip


def told(row: PassedOver) -> dict[str, str]:
    scores = {"score": number(row.score / 10**6, 2), "lower": number(row.instead_score / 10**6, 2)}
    return {"usulan": row.usulan_id, "instead": row.instead, "count": number(row.count), **scores}


def audit(
    candidates: Candidates, scenario: Scenario, file: str | Path, progress: Callable[[str], None] = lambda text: None,
    clock: Clock | None = None,
) -> Audit:  # fmt: skip
    """A list of decisions of the scenario's first year, as a CSV file or workbook, audited.

    Raises PlannerError with every problem of the list at once.
    """
    first = scenario.first_year
    scenario = vary(scenario, budget_rp={first: scenario.budget_rp[first]})
    listed = read_decided(Path(file), candidates.usulan, scenario.budget_rp[first])
    options = build_options(candidates, scenario)
    place, rows = found_rows(listed, options)
    chosen = [position for position in place if position is not None]
    problem = compile_problem(options, scenario)
    x = columns_of(problem, chosen, [row.amount_rp for row in rows if row.state == WEIGHED])
    cost = problem.decisions(x).amount
    rows = [row if k is None else replace(row, cost_rp=int(cost[k])) for k, row in zip(place, rows, strict=True)]
    made = Audit(
        scenario, tuple(rows), tuple(gates(rows, options, scenario)), (), order_of(listed, options.every),
        no_best="nothing_weighed",
    )  # fmt: skip
    if not chosen:
        return made
    given = cost.copy()
    for k, row in zip(place, rows, strict=True):
        if k is not None and row.amount_rp is not None:
            given[k] = row.amount_rp
    under = {name: under_pagu(options, scenario, int(rp.sum())) for name, rp in (("given", given), ("cost", cost))}
    broken = tuple(breaches(under["given"], under["cost"], given, x))
    made = replace(made, breaches=made.breaches + broken, passed=tuple(passed_over(under["cost"], x, chosen)))
    return beside_best(made, candidates, under["cost"], x, progress, clock)


def found_rows(listed: pd.DataFrame, options: Options) -> tuple[list[int | None], list[Decided]]:
    """Each row with the position of its option, None where it has none."""
    every, gated = options.every, {record["usulan_id"]: record["reason"] for record in options.gated}
    by_menu = dict(zip(zip(every["kode"], every["menu"], strict=True), every["usulan_id"], strict=True))
    menus = dict(zip(every["usulan_id"], every["menu"], strict=True))
    place = {name: k for k, name in enumerate(options.table["usulan_id"])}
    found: list[tuple[int | None, Decided]] = []
    for kode, own, menu, amount in listed[["kode", "usulan_id", "menu", "amount_rp"]].itertuples(index=False):
        name = by_menu.get((kode, menu)) if pd.isna(own) else own
        no_menu = name is None and (pd.isna(menu) or menu == UNKNOWN)
        state = NO_MENU if no_menu else WEIGHED if name in place else GATED if name in gated else NO_CANDIDATE
        known = menus.get(name, None if pd.isna(menu) else menu)
        row = Decided(kode, name, known, None if pd.isna(amount) else int(amount), None, state, gated.get(name, {}))
        found.append((place.get(name), row))
    return [position for position, _ in found], [row for _, row in found]


def columns_of(problem: Problem, chosen: list[int], amounts: list[int | None]) -> np.ndarray:
    """The columns of the listed options: the largest volumes, line after line, that each amount pays for."""
    options, columns = problem.options, problem.columns
    ends = [fix_volumes(problem, volumes).tocsr() for volumes in (problem.smallest, problem.full)]
    low, high = (end[chosen].sum(axis=0) for end in ends)
    low, high = np.asarray(low, dtype=np.int64).ravel(), np.asarray(high, dtype=np.int64).ravel()
    x, price = low.copy(), options.basis["amount"]
    least, most = (price @ end for end in (low, high))
    for position, amount in zip(chosen, amounts, strict=True):
        mine = np.flatnonzero(columns.option == position)
        if amount is None or amount >= most[position]:
            x[mine] = high[mine]
            continue
        left = amount - int(least[position])
        for line in np.flatnonzero(options.line_option == position):
            left -= raised(x, options, int(line), high, max(0, left))
    return x


def raised(x: np.ndarray, options: Options, line: int, high: np.ndarray, money_rp: int) -> int:
    """Set a line of ``x`` to the largest legal volume that so much more money pays for; returns what it took."""
    columns, price = options.columns, int(options.line_price_rp[line])
    on, qty = int(columns.line_on[line]), int(columns.line_qty[line])
    full, least = int(options.lines["volume"].iat[line]), int(options.lines["volume_min"].iat[line])
    now = int(x[qty]) if qty != on else full * int(x[on])
    top = int(high[qty]) if qty != on else full * int(high[on])
    volume = min(top, now + money_rp // price)
    if volume <= now or volume < least or (qty == on and volume < full):
        return 0
    for column, value in columns.at(line, volume):
        x[column] = value
    return (volume - now) * price


def under_pagu(options: Options, scenario: Scenario, pagu_rp: int) -> Problem:
    """The problem of the same options under a pagu of the list's own money."""
    asked = vary(scenario, budget_rp={scenario.first_year: max(1, pagu_rp)})
    return compile_problem(replace(options, budget_rp=dict(asked.budget_rp)), asked, contradictory=True)


def gates(rows: list[Decided], options: Options, scenario: Scenario) -> Iterator[Breach]:
    """The rules that take a listed usulan out altogether, each with its reason."""
    records = {record["usulan_id"]: record for record in options.gated}
    for row in rows:
        if row.state == GATED and row.usulan_id:
            numbered = scenario.rule_number(records[row.usulan_id]["rule"])
            yield Breach(
                -1 if numbered is None else numbered, row.usulan_id, 1, sentences(scenario, numbered), row.reason
            )


def sentences(scenario: Scenario, rule: int | None) -> dict[str, str]:
    return in_each(lambda: say("audit.no_option") if rule is None else scenario.rules[rule].sentence())


def breaches(decided: Problem, weighed: Problem, given: np.ndarray, x: np.ndarray) -> Iterator[Breach]:
    """What the list breaks by the rules' own whole-number checks: of rules on lines as weighed, of others as given."""
    as_weighed = weighed.decisions(x)
    as_given = Decisions(as_weighed.fund, given, as_weighed.qty)
    for k, rule in enumerate(decided.scenario.rules):
        of_lines = any(term.what in ("on", "qty") for rows in rule.rows(weighed.options) for term in rows.terms)
        problem, decisions = (weighed, as_weighed) if of_lines else (decided, as_given)
        for excess in rule.holds(problem.options, decisions):
            yield breach(k, rule, excess, problem.options)


def breach(number_: int, rule: Rule, excess: Excess, options: Options) -> Breach:
    whole = rule.whole_gap(Measure(excess.label, excess.by, upper=0), options)
    text = lambda: say("audit.by", by=rupiah_full(whole) if rule.unit == "rupiah" else number(whole))  # noqa: E731
    return Breach(number_, excess.label.group or "", excess.by, in_each(rule.sentence), in_each(text))


def passed_over(problem: Problem, x: np.ndarray, chosen: list[int]) -> Iterator[PassedOver]:
    """Unlisted candidates that could take the place of listed ones of lower score and the same menu, best first.

    A place can be taken where the list with the one for the other, at full volumes, breaks no row and no measured rule
    by more than before.
    """
    table, matrix = problem.options.table, problem.matrix
    name, kode, menu = (table[column].tolist() for column in ("usulan_id", "kode", "menu"))
    score = table["score"].to_numpy(np.int64)
    adds = (matrix @ fix_volumes(problem, problem.full).T.tocsc()).toarray().T
    takes = {i: matrix @ np.where(problem.columns.option == i, x, 0) for i in chosen}
    now = matrix @ x
    over, under = np.maximum(now, problem.row_upper), np.minimum(now, problem.row_lower)
    hard, found = ~problem.soft, []
    for j in np.setdiff1d(np.arange(len(table)), chosen):
        weaker = [i for i in chosen if score[i] < score[j] and menu[i] == menu[j]]
        moved = [now - takes[i] + adds[j] for i in weaker]
        fits = [i for i, y in zip(weaker, moved, strict=True) if ((y <= over) & (y >= under))[hard].all()]
        fits = [i for i in fits if not problem.lifts or keeps_measures(problem, x, i, int(j))]
        if fits:
            least = min(fits, key=lambda i: (score[i], i))
            found.append(
                PassedOver(name[j], kode[j], menu[j], int(score[j]), name[least], int(score[least]), len(fits))
            )
    yield from sorted(found, key=lambda one: (-one.score, one.usulan_id))


def keeps_measures(problem: Problem, x: np.ndarray, leaves: int, enters: int) -> bool:
    """Whether no lifted rule is missed by more with one option in the place of another."""
    swapped = np.where(problem.columns.option == leaves, 0, x) + problem.full[[enters]].toarray()[0]
    before, after = ([measure.excess for _, measure in problem.measured(y)] for y in (x, swapped))
    return all(late <= early for early, late in zip(before, after, strict=True))


def order_of(listed: pd.DataFrame, every: pd.DataFrame) -> Ranking:
    """How the best score of each kabupaten that has a candidate ranks those on the list before the others."""
    best = every.groupby("kode")["score"].max()
    mine = best.index.isin(listed["kode"])
    return ranking(best[mine].to_numpy(np.int64), best[~mine].to_numpy(np.int64))


def beside_best(
    made: Audit, candidates: Candidates, problem: Problem, x: np.ndarray, progress: Callable[[str], None],
    clock: Clock | None,
) -> Audit:  # fmt: skip
    """The audit with the best plan of the same money, solved as ``allocate`` does."""
    try:
        best = allocate(candidates, problem.scenario, progress, clock)
    except (InfeasibleError, NoneFoundError) as error:
        key = "no_plan" if isinstance(error, InfeasibleError) else "none_found"
        return replace(made, no_best=key)
    value = problem.aim(0, best["goals"][0]["point"]).points(x)
    return replace(made, best=best, value=value, no_best="")
