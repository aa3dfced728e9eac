"""Why a scenario has no plan, and what must give: smallest conflicts of its rules, and the cheapest repairs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial

from planner.base.messages import LANGUAGES, both, label, language, say
from planner.base.processes import Clock
from planner.base.units import EXACT, as_written, rupiah
from planner.model.build_options import build_options
from planner.model.candidates import Candidates
from planner.model.problem import Problem, compile_problem, opposed
from planner.scenario.rows import RowName
from planner.scenario.scenario import Scenario
from planner.solve.engines import Settings
from planner.solve.infeasible.conflicts import CEILING, Enquiry, OutOfTimeError, at_most, out_of_reach
from planner.solve.infeasible.levers import applied as applied
from planner.solve.infeasible.repairs import repairs as repairs_of

MOST_CONFLICTS = 5
SECONDS, SECONDS_FOR_CONFLICTS, SECONDS_FOR_REDUCING = 26.0, 8.0, 3.0


def diagnose(candidates: Candidates, scenario: Scenario, clock: Clock | None = None) -> dict:
    """The diagnosis of any scenario; ``feasible`` where some plan keeps all rules (None: not known in time).

    Locks that contradict one another are a conflict like any other here.
    """
    problem = compile_problem(build_options(candidates, scenario), scenario, contradictory=True)
    settings = Settings(clock=clock or Clock())
    enquiry = Enquiry(problem, settings)
    with at_most(settings.clock, scenario.solver.time_limit_s):
        try:
            if enquiry.kept_with(enquiry.numbers) is not None:
                return answered(problem, True)
        except OutOfTimeError:
            return answered(problem, None)
    return diagnosis_of(problem, settings)


def answered(problem: Problem, feasible: bool | None) -> dict:
    return {
        "scenario": problem.scenario.name, "feasible": feasible, "findings": findings(problem), "conflicts": [],
        "complete": bool(feasible), "repairs": [], "in_time": feasible is not None,
    }  # fmt: skip


def diagnosis_of(problem: Problem, settings: Settings) -> dict:
    """``{scenario, feasible: False, findings, conflicts, complete, repairs, in_time}`` of a problem without a plan.

    ``conflicts``: up to five, smallest first: ``{rules: [{rule, sentence}], minimal}``; -1 is the pagu. ``minimal``: no
    smaller one exists beside those listed, and no part of it conflicts; false where time did not allow to know.
    ``complete``: there are no others. ``repairs``: up to three, cheapest first: ``{changes, cost, proven, sentence}``;
    each was confirmed in the changed scenario; ``cost`` in equivalents of Rp 1 juta by ``[prices]``. ``findings``:
    what needs no solver: ``{rule, place, sentence}``. ``in_time``: false where a search was cut short. Rules that only
    take usulan out before solving (gates) have no part in this. HiGHS answers, whichever solver the scenario names.
    """
    settings = replace(settings, engine="highs")
    enquiry = Enquiry(problem, settings)
    with at_most(settings.clock, SECONDS):
        conflicts, known = conflicts_of(enquiry)
        rules = frozenset().union(*(one for one, _ in conflicts))
        mended, in_time = repairs_of(problem, rules, enquiry.possible, settings)
    return answered(problem, False) | {
        "conflicts": [
            {"rules": [{"rule": n, "sentence": sentence_of(problem, n)} for n in sorted(one)], "minimal": minimal}
            for one, minimal in conflicts
        ],
        "complete": enquiry.complete, "repairs": [repair.plain(problem.scenario) for repair in mended],
        "in_time": known and in_time,
    }  # fmt: skip


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


def sentence_of(problem: Problem, rule: int) -> dict[str, str]:
    """A rule, or the pagu of all years, for people."""
    if rule != CEILING:
        return {lang: problem.scenario.rules[rule].sentence(lang) for lang in LANGUAGES}
    years = problem.options.budget_rp.items()
    return {
        lang: " ".join(say("words.pagu", lang, ta=ta, amount=rupiah(b, lang)) for ta, b in years) for lang in LANGUAGES
    }


def findings(problem: Problem) -> list[dict]:
    """What needs no solver: opposed locks, floors on nothing, floors above all that exists."""
    found = [
        {"rule": second, "place": f"rules[{second}]",
         "sentence": both("rules.problems.lock_both", name=name, first=first, second=second)}
        for name, first, second in opposed(problem.options, problem.scenario)
    ]  # fmt: skip
    return [*found, *short(problem), *hollow(problem)]


def short(problem: Problem) -> Iterator[dict]:
    """Rules that ask for more than there is."""
    for rule, row, most in out_of_reach(problem):
        place = f"rules[{rule}]"
        group = partial(group_text, problem.row_labels[row])
        asked = in_unit(problem, row, int(problem.row_lower[row]))
        stated = problem.scenario.rules[rule].bound_as_written(problem.row_labels[row])
        if stated is not None and problem.scenario.rules[rule].unit != "rupiah":
            asked = partial(as_written, stated)
        known = {"place": place, "group": group, "asked": asked, "most": in_unit(problem, row, most)}
        yield {"rule": rule, "place": place, "sentence": both("diagnose.short", **known)}


def group_text(row: RowName, lang: str) -> str:
    """The group and the year that a row speaks of, for people."""
    everyone, parts = say("words.all", "id"), [str(part) for part in (row.group, row.ta) if part is not None]
    return ", ".join(say("words.all", lang) if part == everyone else label("menu", part, lang) for part in parts)


def in_unit(problem: Problem, row: int, value: int) -> Callable[[str], str]:
    """What a row adds up to, for people: rupiah, or units of what is counted."""
    rule = problem.scenario.rules[problem.row_rule[row]]
    if rule.unit == "rupiah":
        return lambda lang: rupiah(value, lang, EXACT)
    return lambda lang: as_written(Fraction(value, rule.scale(problem.options)), lang)


def hollow(problem: Problem) -> Iterator[dict]:
    """Floors on a share of nothing: they hold only where nothing at all is given out."""
    for number_, rule in enumerate(problem.scenario.rules):
        if rule.hollow(problem.options):
            place = f"rules[{number_}]"
            yield {"rule": number_, "place": place, "sentence": both("diagnose.hollow", place=place)}


def sentences(diagnosis: dict, repairs: bool = True) -> list[str]:
    """The diagnosis for people: what needs no solver, the conflicts, then the repairs (asked for), cheapest first."""
    if diagnosis["feasible"] is not False:
        return [say(f"diagnose.{'feasible' if diagnosis['feasible'] else 'unknown'}", name=diagnosis["scenario"])]
    lang, own = language(), diagnosis["repairs"]
    lines = [say("diagnose.title", name=diagnosis["scenario"])]
    lines += [f"  - {one['sentence'][lang]}" for one in diagnosis["findings"]]
    for number_, conflict in enumerate(diagnosis["conflicts"]):
        key = "alone" if len(conflict["rules"]) == 1 else "also" if number_ else "conflict"
        lines.append(say(f"diagnose.{key}"))
        lines += [f"  - {rule['sentence'][lang]}" for rule in conflict["rules"]]
        lines += [] if conflict["minimal"] else [say("diagnose.not_minimal")]
    lines += [] if diagnosis["in_time"] else [say("diagnose.partial")]
    if not own:
        return [*lines, say("diagnose.no_repair")]
    return [*lines, say("diagnose.repairs"), *(f"  - {repair_text(one, lang)}" for one in own)] if repairs else lines


def repair_text(repair: dict, lang: str | None = None) -> str:
    """A repair with what it costs by the planner's prices."""
    cost = rupiah(round(repair["cost"] * 10**6), lang)
    return say("diagnose.repair", lang, sentence=repair["sentence"][lang or language()], cost=cost)
