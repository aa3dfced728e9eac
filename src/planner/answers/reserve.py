"""Who is funded next when money is added or a winner drops out, and what the list is worth when drop-outs are drawn.

The list itself is part of the plan (``reserve``): see ``standby``. What going down it means: see ``walk``.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.answers.open_plan import Case, check_known, goal_title, points
from planner.answers.walk import Walked, walk
from planner.base.errors import PlannerError, shown
from planner.base.messages import LANGUAGES, label, say
from planner.base.units import MICRO, number, rupiah
from planner.model.problem import Problem, compile_problem, with_budget
from planner.plan.reasons import broken
from planner.plan.reserve_list import Line, column_rp, standby
from planner.scenario.hand_edits import Edit, released
from planner.scenario.scenario import vary

DRAWS, LEAST_DRAWS, MOST_DRAWS, SEED = 1_000, 100, 20_000, 2028
UNKNOWN_CHANCE = 850_000  # asumsi: of an usulan of which nothing is known (chance 1); nobody is certain to contract
NORMAL_95 = 1.959964  # quantile 0.975 of the normal distribution


def reserve(case: Case) -> list[dict]:
    """The reserve list in order: ``{place, usulan_id, kode, nama, menu, amount_rp, score, chance, points, kind,
    reason}``.

    ``nama``: the kabupaten; ``amount_rp``: at its largest legal volumes; ``chance``, ``score``: integers of 1e-6;
    ``points``: what the first goal gains by it; ``kind``, ``reason``: why it is not in the plan now.
    """
    line = line_of(case)
    table, amounts = case.problem.options.table.iloc[line.options], line.amount_rp[line.largest].tolist()
    columns = (table[name].tolist() for name in ("usulan_id", "kode", "menu", "score", "chance"))
    names = kabupaten(case)
    return [
        {
            "place": place, "usulan_id": usulan_id, "kode": kode, "nama": names[kode], "menu": menu, "amount_rp": rp,
            "score": score, "chance": chance, "points": whole_points(case, gain),
            **{key: case.reasons[usulan_id][key] for key in ("kind", "reason")},
        }
        for place, (usulan_id, kode, menu, score, chance, rp, gain) in enumerate(
            zip(*columns, amounts, line.gains, strict=True), start=1
        )
    ]  # fmt: skip


def line_of(case: Case) -> Line:
    return standby(case.problem, case.x, case.cost)


def whole_points(case: Case, parts) -> int:
    return int((parts + case.problem.tolerance) // case.problem.parts_per_point)


def kabupaten(case: Case) -> dict[str, str]:
    table = case.problem.options.candidates.kabupaten
    return dict(zip(table["kode"], table["nama"], strict=True))


# -- a winner drops out, money is added --------------------------------------------------------------------------------


def fill(case: Case, out: Sequence[str] = (), money_rp: int = 0) -> dict:
    """Who comes in when the winners ``out`` drop out of the plan's first year and its pagu grows by ``money_rp``.

    ``{out, money_rp, leaving, entering, legal, breaks, goal, spent_rp, budget_rp, sentence}``. ``leaving``: who leaves
    the plan, with the later phases that could only follow. ``entering``: ``[{place, usulan_id, kode, nama, menu,
    amount_rp, full_rp}]`` in order of the list, ``full_rp`` what its largest volumes would cost. ``legal``: the plan
    that results keeps every rule, checked in whole numbers; else nobody enters and ``breaks`` names what leaving has
    broken: ``[{row, sentence {id, en}}]``. ``goal`` (whole points) and ``spent_rp`` (of the first year): [before,
    after]. Raises PlannerError for names that are not winners of the first year.
    """
    out, line = list(dict.fromkeys(out)), line_of(case)
    left = np.isin(
        line.winners,
        [option for name in checked(case, line, out) if (option := winner_of(case, line, name)) is not None],
    )
    line = replace(line, problem=more_money(case.problem, money_rp))
    walked, judge = walk(line, left[:, None]), without(line.problem, out)
    x, stays = walked.choice(0), walked.kept[:, 0]
    legal = judge.legal(x)
    if not legal:
        x = stays
    known = {
        "out": out, "money_rp": money_rp, "leaving": sorted(case.winners(case.x) - case.winners(x)),
        "entering": entering(case, walked) if legal else [], "legal": legal,
        "breaks": [] if legal else broken(judge, stays),
        "goal": [case.problem.worth(case.cost, choice) for choice in (case.x, x)],
        "spent_rp": [spent_rp(case.problem, choice) for choice in (case.x, x)],
        "budget_rp": line.problem.options.budget_rp[first_year(line.problem)],
    }  # fmt: skip
    return known | {"sentence": {lang: " ".join(sentences(case, known, lang)) for lang in LANGUAGES}}


def checked(case: Case, line: Line, names: list[str]) -> list[str]:
    """The names; raises one PlannerError for all that are not winners of the first year."""
    problems: list[str] = []
    for name in names:
        try:
            check_known(case, name)
        except PlannerError as error:
            problems += error.problems
            continue
        if winner_of(case, line, name) is None:
            problems.append(say("reserve.not_winner", usulan=shown(name), ta=first_year(case.problem)))
    if problems:
        raise PlannerError(problems)
    return names


def winner_of(case: Case, line: Line, name: str) -> int | None:
    """The option of the first year by which a winner is funded."""
    mine = case.problem.options.table["usulan_id"].to_numpy()[line.winners] == name
    return int(line.winners[mine][0]) if mine.any() else None


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
        scenario = released(scenario, Edit("lock_out", name, reason="-"))
    bound = scenario != problem.scenario or any(rule.eased_by_locks for rule in scenario.rules)
    return compile_problem(problem.options, scenario, frozenset(out)) if out and bound else problem


def entering(case: Case, walked: Walked) -> list[dict]:
    """Who came in, in order of the list."""
    line, names, table = walked.line, kabupaten(case), case.problem.options.table
    found = []
    for place in np.flatnonzero(walked.came[:, 0] >= 0).tolist():
        row = table.iloc[line.options[place]]
        rp, full = (int(line.amount_rp[way]) for way in (walked.came[place, 0], line.largest[place]))
        own = {name: row[name] for name in ("usulan_id", "kode", "menu")}
        found.append({"place": place + 1, **own, "nama": names[row["kode"]], "amount_rp": rp, "full_rp": full})
    return found


def spent_rp(problem: Problem, x: np.ndarray) -> int:
    """Whole rupiah of the first year."""
    return int(problem.decisions(x).amount[problem.options.ta == first_year(problem)].sum())


def sentences(case: Case, known: dict, lang: str):
    """What happened, who comes in, and what that does to goal and money."""
    ta = first_year(case.problem)
    if known["money_rp"]:
        yield say("reserve.money", lang, ta=ta, amount=rupiah(known["money_rp"], lang))
    if known["out"]:
        yield say("reserve.out", lang, names=", ".join(map(shown, known["out"])))
    if followers := [name for name in known["leaving"] if name not in known["out"]]:
        yield say("reserve.followers", lang, names=", ".join(map(shown, followers)))
    if not known["legal"]:
        yield say("reserve.broken", lang, names=" ".join(one["sentence"][lang] for one in known["breaks"]))
    elif known["entering"]:
        yield say("reserve.enters", lang, names="; ".join(entrant(one, lang) for one in known["entering"]))
    else:
        yield say("reserve.nobody", lang)
    (before, after), (had, has) = known["goal"], known["spent_rp"]
    change = ("+" if after > before else "") + points(case, after - before, lang)
    figures = {"had": rupiah(had, lang), "has": rupiah(has, lang), "pagu": rupiah(known["budget_rp"], lang)}
    yield say("reserve.change", lang, goal=goal_title(case, lang), change=change, ta=ta, **figures)


def entrant(one: dict, lang: str | None = None) -> str:
    """'1. 28-5103-01 (Badung, revitalisasi, Rp 1,2 miliar)'; that it is cut, where it is."""
    amount = rupiah(one["amount_rp"], lang)
    if one["amount_rp"] < one["full_rp"]:
        amount = say("reserve.cut", lang, amount=amount, full=rupiah(one["full_rp"], lang))
    place = {"place": one["place"], "usulan": shown(one["usulan_id"]), "nama": one["nama"]}
    return say("reserve.entrant", lang, menu=label("menu", one["menu"], lang), amount=amount, **place)


# -- drop-outs drawn ---------------------------------------------------------------------------------------------------


def evaluate(case: Case, draws: int = DRAWS, seed: int = SEED) -> dict:
    """What the list brings when winners of the first year miss their contract by chance, beside two other ways.

    Each winner drops out with probability 1 - chance, independently (an assumption: a bad year hits many at once);
    chance also speaks of use, so it overstates who misses a contract; who comes in is not drawn again. All three
    policies meet the same draws. ``none``: nobody comes in. ``adhoc``: the next by score who legally fits, as a meeting
    without a list goes on. ``reserve``: the list. ``{draws, seed, unknown_chance, out, goal, spent_rp, broken,
    policies {name: {goal, spent_rp, came, nobody}}, gain {name: {goal, spent_rp}}}``: goal in whole points of the first
    goal and spent_rp (first year), both of the plan that remains; ``out``, ``came``: usulan per draw, on average;
    ``nobody``: share of draws with a drop-out in which nobody came in; ``broken``: share of all in which leaving broke
    a rule that the list cannot mend (then nobody comes in). ``gain``: the list less ``none`` and ``adhoc``: [mean, low,
    high] of the paired difference, low and high its 95 % interval by the normal distribution of a mean.

    Deterministic: numpy's PCG64 from ``SeedSequence(seed)``. Raises PlannerError for draws outside 100 to 20,000.
    """
    if not LEAST_DRAWS <= draws <= MOST_DRAWS or seed < 0:
        raise PlannerError(say("reserve.draws", low=LEAST_DRAWS, high=number(MOST_DRAWS)))
    line = line_of(case)
    left = drawn(line, draws, seed)
    listed, adhoc = walk(line, left), walk(line.by_score(), left)
    idle = Walked(line, listed.kept, np.full_like(listed.came, -1), listed.broken)
    first = column_rp(case.problem) * (case.problem.options.ta == first_year(case.problem))[case.problem.columns.option]
    policies = {"none": idle, "adhoc": adhoc, "reserve": listed}
    figures = {name: {"goal": walked.worth(), "spent_rp": walked.sums(first)} for name, walked in policies.items()}
    return {
        "draws": draws, "seed": seed, "unknown_chance": int((chances(line) == MICRO).sum()),
        "out": mean(left.sum(axis=0)), "goal": case.problem.worth(case.cost, case.x),
        "spent_rp": spent_rp(case.problem, case.x), "broken": mean(listed.broken),
        "policies": {
            name: {key: mean(values) for key, values in figures[name].items()} | came(walked, left)
            for name, walked in policies.items()
        },
        "gain": {
            other: {key: interval(figures["reserve"][key] - figures[other][key]) for key in ("goal", "spent_rp")}
            for other in ("none", "adhoc")
        },
    }  # fmt: skip


def chances(line: Line) -> np.ndarray:
    return line.problem.options.table["chance"].to_numpy(np.int64)[line.winners]


def drawn(line: Line, draws: int, seed: int) -> np.ndarray:
    """Which winner drops out in which draw (winners x draws): where a whole number below 1e6 is not below its chance.

    A chance of 1 says that nothing is known: ``UNKNOWN_CHANCE`` stands for it.
    """
    chance = np.where(chances(line) == MICRO, UNKNOWN_CHANCE, chances(line))
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    return (generator.integers(0, MICRO, size=(draws, len(chance))) >= chance).T


def came(walked: Walked, left: np.ndarray) -> dict:
    """How many came in per draw, and in which share of the draws with a drop-out nobody did."""
    count, asked = (walked.came >= 0).sum(axis=0), left.any(axis=0)
    return {"came": mean(count), "nobody": mean(count[asked] == 0) if asked.any() else 0.0}


def mean(values: np.ndarray) -> float:
    return round(int(values.sum()) / len(values), 6)


def interval(differences: np.ndarray) -> list[float]:
    """[mean, low, high]: mean -+ 1.959964 s / sqrt(n), s with n - 1; from whole numbers, so alike on every machine."""
    n, each = len(differences), [int(value) for value in differences]
    variance = (n * sum(value * value for value in each) - sum(each) ** 2) / (n * (n - 1))
    half, middle = NORMAL_95 * (variance / n) ** 0.5, mean(differences)
    return [middle, round(middle - half, 6), round(middle + half, 6)]
