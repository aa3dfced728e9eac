"""Why is an usulan in a plan or not: what forcing it in, or taking it out, would cost, certified or solved."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from planner.answers.forced import change, forced, settled, solved
from planner.answers.open_plan import Case, check_known, goal_title, opened, points
from planner.base.errors import shown
from planner.base.messages import LANGUAGES, say
from planner.base.paths import ACUAN
from planner.base.processes import Clock
from planner.solve.formulation import forced_row

NAMED = 5  # usulan in a sentence


def explain(
    plan: str | Path, usulan_id: str, data: str | Path | None = None, exact: bool = False, clock: Clock | None = None,
    acuan: Path = ACUAN,
) -> dict:  # fmt: skip
    """One usulan of a plan file explained; see ``answer``. ``data``: the folder of usulan tables, as for ``verify``."""
    return answer(opened(plan, data, acuan), usulan_id, exact, clock)


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


def listed(names: list[str], lang: str) -> str:
    """The first names, and how many more."""
    more = len(names) - NAMED
    first = ", ".join(shown(name) for name in names[:NAMED])
    return first if more <= 0 else say("explain.more", lang, names=first, count=more)
