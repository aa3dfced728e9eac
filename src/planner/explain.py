"""Why is an usulan in a plan or not: what forcing it in, or taking it out, would cost, certified or solved."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from time import monotonic

import numpy as np

from planner.aims import Aim
from planner.allocate import confirmed
from planner.candidates import Candidates, read_candidates
from planner.errors import PlannerError, hint, shown
from planner.goals import title
from planner.interrupt import interruptible
from planner.messages import LANGUAGES, label, say
from planner.options import build_options
from planner.plan import Plan, choice_of, read_plan
from planner.problem import Problem, compile_problem
from planner.proof import PROVABLE_POINTS
from planner.root import ACUAN
from planner.rows import Clock
from planner.scenario import scenario_of
from planner.solver import Extra, Settings, maximise
from planner.solver.kept import Kept, Relaxed, forced_row, held
from planner.units import number, percent
from planner.verify import home, inputs, seal, substance

CORE = 80  # options that may change while a plan is repaired; the others stay as in the plan
REPAIR_S = 0.4  # for the repaired plan, of the 2 s that an answer may take
NAMED = 5  # usulan in a sentence


@dataclass(frozen=True)
class Case:
    """A plan with the problem it solves, ready for questions; only its first goal counts in them."""

    plan: Plan
    problem: Problem
    x: np.ndarray

    @cached_property
    def goal(self) -> dict:
        return self.plan["goals"][0]

    @cached_property
    def cost(self) -> Aim:
        return self.problem.aim(0, self.goal["point"])

    @cached_property
    def hidden(self) -> int:
        """Points that rounding may hide, by which every interval is widened."""
        return self.problem.rounding(0, self.goal["point"])

    @cached_property
    def kept(self) -> Kept:
        return Kept(self.problem, self.cost)

    @cached_property
    def reasons(self) -> dict[str, dict]:
        """usulan -> its record in ``not_funded``."""
        return {record["usulan_id"]: record for record in self.plan["not_funded"]}

    def winners(self, x: np.ndarray) -> set[str]:
        return set(self.problem.options.table["usulan_id"][x[: len(self.problem.options)] > 0])


@dataclass(frozen=True)
class Forced:
    """The best known of the first goal with an usulan forced in or out.

    ``bound``: no legal plan has more points; ``x``: a legal plan, None where none is known; ``impossible``: proven that
    there is none.
    """

    bound: int
    x: np.ndarray | None
    impossible: bool = False


def explain(
    plan: str | Path, usulan_id: str, data: str | Path | None = None, exact: bool = False, clock: Clock | None = None,
    acuan: Path = ACUAN,
) -> dict:  # fmt: skip
    """One usulan of a plan file explained; see ``answer``. ``data``: the folder of usulan tables, as for ``verify``."""
    return answer(opened(plan, data, acuan), usulan_id, exact, clock)


def opened(plan: str | Path, data: str | Path | None = None, acuan: Path = ACUAN) -> Case:
    """A plan file with its problem, made again from its tables; raises PlannerError where ``verify`` finds it wrong."""
    path, made = Path(plan), read_plan(plan)
    try:
        wrong = list(seal(made.content, path.read_bytes()))
        candidates = read_candidates(scenario_of(made["scenario"], home(path)), data, acuan)
        wrong += inputs(made.content, candidates)
        case = case_of(made, candidates)
        wrong += substance(made.content, candidates, case.problem, case.x)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError) as error:
        raise PlannerError(say("verify.not_json", file=path, why=f"{type(error).__name__}: {error}")) from None
    if wrong:
        raise PlannerError([say("explain.invalid", file=path), *(f"  - {problem}" for problem in wrong)])
    return case


def case_of(plan: Plan, candidates: Candidates) -> Case:
    """A plan and the candidates it was made from, as they are in memory."""
    scenario = plan.scenario
    problem = compile_problem(build_options(candidates, scenario), scenario)
    return Case(plan, problem, choice_of(plan.content, problem))


def answer(case: Case, usulan_id: str, exact: bool = False, clock: Clock | None = None) -> dict:
    """``{usulan_id, funded, kind, reason, loss, displaced, entering, exact}`` for an usulan of the plan.

    ``kind``: ``funded | gate | rule | tie | price``. ``loss``: [low, high], whole points of the first goal that the
    best plan with the usulan forced in (out, where it is funded) has less than ``stage_value``; later goals and their
    tolerances are left aside. Below 0 only where the plan is not proven. ``high`` is None where no such plan was found
    in time, ``loss`` where none exists or a gate keeps the usulan out. ``displaced`` and ``entering``: the usulan that
    leave and come in the plan behind ``high``. ``exact``: nothing more can be known; asked for, it is solved until the
    scenario's time is up. Raises PlannerError for an usulan that the plan does not know.
    """
    funded = usulan_id in case.winners(case.x)
    check_known(case, usulan_id)
    known = {"usulan_id": usulan_id, "funded": funded}
    known["kind"] = "funded" if funded else case.reasons[usulan_id]["kind"]
    options = np.flatnonzero(case.problem.options.table["usulan_id"] == usulan_id)
    if not len(options):
        return told(case, known | {"loss": None, "displaced": [], "entering": [], "exact": True})
    row = forced_row(case.problem, options, not funded)
    found = forced(case, row)
    if exact and not found.impossible and not settled(case, found):
        found = solved(case, row, found, clock or Clock())
    return told(case, known | change(case, found))


def check_known(case: Case, usulan_id: str) -> None:
    """Raise PlannerError with the nearest right name for an usulan that the plan does not know."""
    names = [*case.winners(case.x), *case.reasons]
    if usulan_id not in names:
        kind = label("columns", "usulan_id")
        raise PlannerError(say("errors.unknown", kind=kind, name=shown(usulan_id), hint=hint(usulan_id, names)))


def forced(case: Case, row: Extra) -> Forced:
    """The certified bound with one row more, and a legal plan that keeps it, as far as they are known at once."""
    return repaired(case, row, case.kept.asked(row))


def repaired(case: Case, row: Extra, relaxed: Relaxed) -> Forced:
    """A legal plan near the old one that keeps ``row``: a few options may change, then all, until time is up."""
    settings = Settings(clock=Clock(monotonic() + REPAIR_S))
    if len(case.problem.options) > CORE and not relaxed.infeasible:
        problem, stay = core(case, row, relaxed)
        near = maximise(problem, case.cost, [row, stay], None, settings)
        if near.x is not None:
            return Forced(relaxed.bound, near.x)
    return narrowed(case, row, Forced(relaxed.bound, None), settings)


def core(case: Case, row: Extra, relaxed: Relaxed) -> tuple[Problem, Extra]:
    """The problem in which only ``CORE`` options may differ from the plan: where LP and plan differ, then close calls.

    The other columns are held by their upper bounds and by one row.
    """
    problem, x, n = case.problem, case.x, len(case.problem.options)
    first = np.abs(relaxed.fund - x[:n]) > 0.5
    first[problem.options.column_option[row.coef != 0]] = True
    order = np.lexsort((np.abs(relaxed.profit), ~first))
    free = np.zeros(n, dtype=bool)
    free[order[: max(CORE, int(first.sum()))]] = True
    return held(problem, ~free[problem.options.column_option], x)


def solved(case: Case, row: Extra, found: Forced, clock: Clock) -> Forced:
    """The first goal with ``row`` solved to the last point, or as far as the scenario's time allows."""
    asked = case.problem.scenario.solver
    clock.deadline_s = min(clock.deadline_s, monotonic() + asked.time_limit_s)
    with interruptible(clock):
        return narrowed(case, row, found, Settings(asked.name, 0.0, clock))


def narrowed(case: Case, row: Extra, found: Forced, settings: Settings) -> Forced:
    """What solving the whole problem with ``row`` adds to what is known; proofs over lines are confirmed."""
    best = maximise(case.problem, case.cost, [row], found.x, settings)
    if best.x is None:
        return replace(found, impossible=best.stopped == "infeasible")
    if best.bound == best.value and case.problem.width > len(case.problem.options):
        best = confirmed(case.problem, case.cost, [row], best, settings)
    return Forced(found.bound if best.bound is None else min(found.bound, best.bound), best.x)


def settled(case: Case, found: Forced) -> bool:
    """Whether the bound leaves nothing open."""
    low, high = loss(case, found)
    return high is not None and low == high


def loss(case: Case, found: Forced) -> tuple[int, int | None]:
    """[low, high] in points: at least what the bounds say, at most what the legal plan found has less."""
    value, stated, bound = case.goal["stage_value"], case.goal["bound"], found.bound + case.hidden
    if stated is not None and abs(stated) <= PROVABLE_POINTS:  # no plan is better than the plan's own bound
        bound = min(bound, stated)
    if found.x is None:
        return value - bound, None
    reached = case.problem.worth(case.cost, found.x)
    return value - max(bound, reached), value - reached + case.hidden


def change(case: Case, found: Forced) -> dict:
    """Loss and who leaves and comes, as the answer holds them."""
    if found.impossible:
        return {"loss": None, "displaced": [], "entering": [], "exact": True}
    low, high = loss(case, found)
    before = case.winners(case.x)
    after = before if found.x is None else case.winners(found.x)
    return {
        "loss": [low, high], "displaced": sorted(before - after), "entering": sorted(after - before),
        "exact": low == high,
    }  # fmt: skip


def told(case: Case, known: dict) -> dict:
    """The answer with its ``reason`` in each language, in the order of the file format."""
    known["reason"] = {lang: " ".join(sentences(case, known, lang)) for lang in LANGUAGES}
    order = ("usulan_id", "funded", "kind", "reason", "loss", "displaced", "entering", "exact")
    return {key: known[key] for key in order}


def sentences(case: Case, known: dict, lang: str) -> Iterable[str]:
    """Whether it is funded and why, what the opposite would cost, and how sure that is."""
    name, record = shown(known["usulan_id"]), case.reasons.get(known["usulan_id"])
    yield say("explain.funded" if known["funded"] else "explain.not_funded", lang, usulan=name)
    if record:
        yield record["reason"][lang]
    if record and known["kind"] == "rule":
        yield say("explain.row", lang, row=shown(record["rule"]))
    side = "out" if known["funded"] else "in"
    if known["loss"] is None:
        if known["kind"] != "gate":
            yield say(f"explain.impossible_{side}", lang)
        return
    yield from change_sentences(case, known, side, lang)
    if known["loss"][0] < 0:
        yield say("explain.unproven", lang)
    if not known["exact"]:
        yield say("explain.open", lang)


def change_sentences(case: Case, known: dict, side: str, lang: str) -> Iterable[str]:
    goal = goal_title(case, lang)
    low, high = known["loss"]
    if high is None:
        yield say(f"explain.unknown_{side}", lang, goal=goal, low=points(case, low, lang))
    elif low == high == 0:
        yield say(f"explain.free_{side}", lang, goal=goal)
    else:
        ends = {"low": points(case, low, lang), "high": points(case, high, lang)}
        amount = say("explain.amount" if low == high else "explain.between", lang, **ends)
        yield say(f"explain.loss_{side}", lang, goal=goal, amount=amount)
    for key in ("displaced", "entering"):
        if others := [name for name in known[key] if name != known["usulan_id"]]:
            yield say(f"explain.{key}_{side}", lang, names=listed(others, lang))


def goal_title(case: Case, lang: str) -> str:
    """The first goal, and that the price of soft rules is taken off it."""
    name = title(case.goal["name"], lang)
    return say("goals.less_price", lang, goal=name) if case.problem.soft.any() else name


def points(case: Case, value: int, lang: str) -> str:
    return points_text(value, case.goal["stage_value"], lang)


def points_text(value: int, goal: int, lang: str | None = None) -> str:
    """``12 poin (0,0100 %)``: points of the first goal and their share of the plan's."""
    whole, amount = abs(goal), say("explain.points", lang, value=number(value, lang=lang))
    if not whole:
        return amount
    share = value / whole
    return f"{amount} ({percent(share, 2 if abs(share) >= 1e-3 or not value else 4, lang)})"


def listed(names: list[str], lang: str) -> str:
    """The first names, and how many more."""
    more = len(names) - NAMED
    first = ", ".join(shown(name) for name in names[:NAMED])
    return first if more <= 0 else say("explain.more", lang, names=first, count=more)
