"""Why a scenario has no plan, and what must give: smallest conflicts of its rules, and the cheapest repairs."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial

from planner.base.errors import shown
from planner.base.messages import both, in_each, label, language, say
from planner.base.processes import Clock
from planner.base.units import EXACT, as_written, rupiah
from planner.model.build_options import build_options
from planner.model.candidates import Candidates
from planner.model.problem import Problem, compile_problem, opposed_locks
from planner.scenario.place import Place
from planner.scenario.rows import RowName
from planner.scenario.scenario import Scenario
from planner.solve.engines import Settings
from planner.solve.infeasible.conflicts import CEILING, Enquiry, OutOfTimeError, at_most, out_of_reach
from planner.solve.infeasible.repairs import Repair
from planner.solve.infeasible.repairs import repairs as repairs_of

MOST_CONFLICTS = 5
NAMED = 5  # usulan in a sentence
SECONDS, SECONDS_FOR_CONFLICTS, SECONDS_FOR_REDUCING = 26.0, 8.0, 3.0


@dataclass(frozen=True)
class Finding:
    """What needs no solver: why no plan can keep a rule; the sentence in each language."""

    rule: int
    said: dict[str, str]

    def plain(self) -> dict:
        return {"rule": self.rule, "place": Place.of_rule(self.rule).name, "sentence": self.said}

    def sentence(self) -> str:
        return self.said[language()]


@dataclass(frozen=True)
class Conflict:
    """Rules (numbers; -1 is the pagu) that no plan keeps together.

    ``minimal``: no smaller conflict exists beside those listed, and no part of it conflicts; false where time did not
    allow to know.
    """

    scenario: Scenario = field(repr=False)
    rules: tuple[int, ...]
    minimal: bool

    def plain(self) -> dict:
        rules = [{"rule": rule, "sentence": in_each(partial(self.rule_text, rule))} for rule in self.rules]
        return {"rules": rules, "minimal": self.minimal}

    def rule_text(self, rule: int) -> str:
        """One of its rules, or the pagu of all years, for people."""
        if rule != CEILING:
            return self.scenario.rules[rule].sentence()
        years = self.scenario.budget_rp.items()
        return " ".join(say("words.pagu", ta=ta, amount=rupiah(budget_rp)) for ta, budget_rp in years)

    def sentences(self, first: bool) -> Iterator[str]:
        """That they conflict, as the ``first`` thing said or besides, then each of them."""
        yield say(f"diagnose.{'alone' if len(self.rules) == 1 else 'conflict' if first else 'also'}")
        yield from (f"  - {self.rule_text(rule)}" for rule in self.rules)
        if not self.minimal:
            yield say("diagnose.not_minimal")


@dataclass(frozen=True)
class Diagnosis:
    """Whether a scenario has a plan, and why not: ``feasible`` is None where that is not known in time.

    ``conflicts``: up to five, smallest first; ``complete``: there are no others. ``repairs``: up to three, cheapest
    first, each confirmed in the changed scenario. ``in_time``: false where a search was cut short.
    """

    scenario: Scenario = field(repr=False)
    feasible: bool | None
    findings: tuple[Finding, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    complete: bool = False
    repairs: tuple[Repair, ...] = ()
    in_time: bool = True

    def __repr__(self) -> str:
        return "\n".join(self.sentences())

    def plain(self) -> dict:
        """As ``--json`` and ``diagnosis.json`` have it."""
        parts = {name: [one.plain() for one in getattr(self, name)] for name in ("findings", "conflicts", "repairs")}
        names = ("feasible", "findings", "conflicts", "complete", "repairs", "in_time")
        return {"scenario": self.scenario.name} | {name: parts.get(name, getattr(self, name)) for name in names}

    def sentences(self, repairs: bool = True) -> Iterator[str]:
        """What needs no solver, the conflicts, then the repairs (if asked for), cheapest first."""
        name = self.scenario.name
        if self.feasible is not False:
            yield say(f"diagnose.{'feasible' if self.feasible else 'unknown'}", name=name)
            return
        yield say("diagnose.title", name=name)
        yield from (f"  - {one.sentence()}" for one in self.findings)
        for number, conflict in enumerate(self.conflicts):
            yield from conflict.sentences(first=not number)
        if not self.in_time:
            yield say("diagnose.partial")
        if not self.repairs:
            yield say("diagnose.no_repair")
        elif repairs:
            yield say("diagnose.repairs")
            yield from (f"  - {one.sentence()}" for one in self.repairs)


def diagnose(candidates: Candidates, scenario: Scenario, clock: Clock | None = None) -> Diagnosis:
    """The diagnosis of any scenario.

    Locks that contradict one another are a conflict like any other here.
    """
    problem = compile_problem(build_options(candidates, scenario), scenario, contradictory=True)
    settings = Settings(clock=clock or Clock())
    enquiry = Enquiry(problem, settings)
    with at_most(settings.clock, scenario.solver.time_limit_s):
        try:
            if enquiry.kept_with(enquiry.numbers) is not None:
                return Diagnosis(scenario, True, findings(problem), complete=True)
        except OutOfTimeError:
            return Diagnosis(scenario, None, findings(problem), in_time=False)
    return diagnosis_of(problem, settings)


def diagnosis_of(problem: Problem, settings: Settings, mend: bool = True) -> Diagnosis:
    """The diagnosis of a problem without a plan.

    Rules that only take usulan out before solving (gates) have no part in this. HiGHS answers, whichever solver the
    scenario names. Without ``mend`` no repairs are sought.
    """
    scenario, settings = problem.scenario, replace(settings, engine="highs")
    enquiry = Enquiry(problem, settings)
    with at_most(settings.clock, SECONDS):
        found, known = conflicts_of(enquiry)
        rules = frozenset().union(*(one for one, _ in found))
        mended, in_time = repairs_of(problem, rules, enquiry.possible, settings) if mend else ([], True)
    conflicts = tuple(Conflict(scenario, tuple(sorted(one)), minimal) for one, minimal in found)
    in_time = known and in_time
    return Diagnosis(scenario, False, findings(problem), conflicts, enquiry.complete, tuple(mended), in_time)


def conflicts_of(enquiry: Enquiry) -> tuple[list[tuple[frozenset[int], bool]], bool]:
    """Conflicts, whether each is known to be a smallest one, and whether time was enough."""
    clock, in_time = enquiry.settings.clock, True
    try:
        with at_most(clock, SECONDS_FOR_CONFLICTS):
            enquiry.seek(MOST_CONFLICTS)
    except OutOfTimeError:
        in_time = False
    if enquiry.conflicts:
        found = sorted(enquiry.conflicts[:MOST_CONFLICTS], key=lambda rules: (len(rules), sorted(rules)))
        return [(rules, True) for rules in found], in_time
    with at_most(clock, SECONDS_FOR_REDUCING):
        return [(enquiry.reduced(), False)], False


def findings(problem: Problem) -> tuple[Finding, ...]:
    """What needs no solver: opposed locks, floors on nothing, floors above all that exists."""
    locks = (
        Finding(second, both("rules.problems.lock_both", name=name, first=first, second=second))
        for name, first, second in opposed_locks(problem.options, problem.scenario)
    )
    asked = (
        Finding(rule, in_each(partial(short, problem, rule, row, most))) for rule, row, most in out_of_reach(problem)
    )
    empty = (
        Finding(number, both("diagnose.hollow", place=Place.of_rule(number).name))
        for number, rule in enumerate(problem.scenario.rules)
        if rule.hollow(problem.options)
    )
    return (*locks, *asked, *empty)


def short(problem: Problem, rule: int, row: int, most: int) -> str:
    """That a row of a rule asks for more than there is, and which usulan gates took out of it."""
    label_, asked_by = problem.row_labels[row], problem.scenario.rules[rule]
    stated = asked_by.bound_as_written(label_)
    exactly = stated is None or asked_by.unit == "rupiah"
    asked = in_unit(problem, row, int(problem.row_lower[row])) if exactly or stated is None else as_written(stated)
    ends = {"asked": asked, "most": in_unit(problem, row, most)}
    said = say("diagnose.short", place=Place.of_rule(rule).name, group=group_text(label_), **ends)
    gone = asked_by.keeps_out(problem.options, label_)
    return f"{said} {gates_text(gone)}" if gone else said


def gates_text(gone: list[dict]) -> str:
    """The first usulan that gates took out, each with its reason."""
    first = [(shown(one["usulan_id"]), one["reason"][language()]) for one in gone[:NAMED]]
    named = "; ".join(say("diagnose.gate", usulan=usulan, reason=reason.rstrip(".")) for usulan, reason in first)
    more = len(gone) - len(first)
    return say("diagnose.gated", usulan=say("explain.more", names=named, count=more) if more else named)


def group_text(row: RowName) -> str:
    """The group and the year that a row speaks of, for people."""
    everyone, parts = say("words.all", "id"), [str(part) for part in (row.group, row.ta) if part is not None]
    return ", ".join(say("words.all") if part == everyone else label("menu", part) for part in parts)


def in_unit(problem: Problem, row: int, value: int) -> str:
    """What a row adds up to, for people: rupiah, or units of what is counted."""
    rule = problem.scenario.rules[problem.row_rule[row]]
    if rule.unit == "rupiah":
        return rupiah(value, digits=EXACT)
    return as_written(Fraction(value, rule.scale(problem.options)))
