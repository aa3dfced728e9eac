"""What must give, by trying everything: all smallest conflicts, and the cheapest repair over every plan there is.

Nothing of ``planner.solve.infeasible`` is used. A plan needs of each rule the steps by which it misses it (whole juta,
counts, tenths of a percentage point, or the whole rule), so the cheapest repair is the cheapest over all plans.
"""

import random
from fractions import Fraction
from functools import cache
from itertools import combinations
from math import ceil

import oracle
from small import JUTA, candidates, line, scenario, usulan

PAGU = -1
PLENTY = 10**12


def every_plan(table, asked) -> tuple[oracle.World, list[tuple]]:
    """All plans that there are, whatever the pagu and the rules say."""
    plans = oracle.legal_plans(table, scenario(dict.fromkeys(asked.budget_rp, PLENTY), []))
    return oracle.World(table, asked), [plan.ways for plan in plans]


def kept(world, asked, plans) -> list[frozenset[int]]:
    """Which rules each plan keeps; -1 is the pagu."""
    checks = {n: oracle.CHECKS[rule.rule](rule, world) for n, rule in enumerate(asked.rules)}
    checks[PAGU] = lambda ways: all(
        sum(way.amount_rp for way in ways if way.ta == ta) <= rp for ta, rp in asked.budget_rp.items()
    )
    return [frozenset(n for n, check in checks.items() if check(ways)) for ways in plans]


def smallest_conflicts(asked, kept: list[frozenset[int]]) -> list[set[int]]:
    """All sets of rules that no plan keeps together and of which every part is kept by one, by size."""
    found: list[set[int]] = []
    for size in range(1, len(asked.rules) + 2):
        for some in combinations([PAGU, *range(len(asked.rules))], size):
            if not any(one <= set(some) for one in found) and not any(one >= set(some) for one in kept):
                found.append(set(some))
    return found


def needed(world, rule, chosen) -> dict[str, Fraction]:
    """By how many steps each bound of a rule must give way for a plan; a lock is dropped whole."""
    if rule.rule == "Lock":
        return {} if oracle.lock(rule, world)(chosen) else {"drop": Fraction(1)}
    if rule.rule == "MaxPerKabupaten":
        places = [(world.row[way.usulan]["kode"], way.ta) for way in chosen]
        return {"count": Fraction(max([places.count(place) - rule.max for place in places], default=0))}
    found = {"money": Fraction(0), "count": Fraction(0), "least": Fraction(0), "most": Fraction(0)}
    measure = (lambda way: way.amount_rp) if rule.rule == "SpendBand" else (lambda way: 1)
    kind, unit, ends = ("money", JUTA, "_rp") if rule.rule == "SpendBand" else ("count", 1, "")
    low, high = getattr(rule, f"min{ends}"), getattr(rule, f"max{ends}")
    for ta in world.budget:
        members = [name for name in world.options(ta) if world.passes(name, rule.where)]
        groups = {world.row[name][rule.by] for name in members} if rule.by else {None}
        total = sum(measure(way) for way in chosen if way.ta == ta)
        for group in groups:
            own = {name for name in members if rule.by is None or world.row[name][rule.by] == group}
            have = sum(measure(way) for way in chosen if way.ta == ta and way.usulan in own)
            under = 0 if low is None else ceil(Fraction(low - have, unit))
            over = 0 if high is None else ceil(Fraction(have - high, unit))
            found[kind] = max(found[kind], Fraction(under), Fraction(over))
            if total and rule.min_share is not None:
                short = ceil((Fraction(str(rule.min_share)) - Fraction(have, total)) * 1000)
                found["least"] = max(found["least"], Fraction(short))
            if total and rule.max_share is not None:
                beyond = ceil((Fraction(have, total) - Fraction(str(rule.max_share))) * 1000)
                found["most"] = max(found["most"], Fraction(beyond))
    return found


UNIT = {
    "drop": ("drop", 1),
    "count": ("count", 1),
    "money": ("rupiah", 1),
    "least": ("share", 10),
    "most": ("share", 10),
}


def every_cost(world, asked, plans) -> dict[frozenset[int], Fraction]:
    """The least that it costs to relax exactly these rules so that some plan is legal, for every set that does."""
    found: dict[frozenset[int], Fraction] = {}
    for ways in plans:
        steps = {}
        for ta, budget in asked.budget_rp.items():
            spent = sum(way.amount_rp for way in ways if way.ta == ta)
            steps[PAGU, ta] = (max(0, ceil(Fraction(spent - budget, JUTA))), Fraction(str(asked.prices.budget)))
        for number, rule in enumerate(asked.rules):
            for kind, count in needed(world, rule, ways).items():
                unit, per = UNIT[kind]
                price = rule.relax or getattr(asked.prices, unit)
                steps[number, kind] = (count, None if price == "never" else Fraction(str(price)) / per)
        given = {key: value for key, value in steps.items() if value[0] > 0}
        if all(price is not None for _, price in given.values()):
            rules = frozenset(key[0] for key in given)
            cost = sum((count * price for count, price in given.values()), Fraction(0))
            found[rules] = min(cost, found.get(rules, cost))
    return found


@cache
def tiny(seed: int):
    """A table of two to four usulan that cost whole juta, over one year or two; its years and its size."""
    draw = random.Random(seed)
    rows = []
    for k in range(draw.randint(2, 4)):
        lines = [line(draw.randint(1, 6) * JUTA)]
        if draw.random() < 0.3:
            lines.append(line(draw.randint(1, 2) * JUTA, volume=2, low=1, name="2"))
        place = {"kode": draw.choice(["11.01", "11.02", "53.01"]), "menu": draw.choice(["pembangunan", "revitalisasi"])}
        rows.append(usulan(f"U{k}", lines=lines, ta=draw.choice([2028, 2028, 2029]), **place))
    rows[0]["menu"], rows[1]["menu"], rows[0]["ta"], rows[1]["ta"] = "pembangunan", "revitalisasi", 2028, 2028
    return candidates(*rows), sorted({row["ta"] for row in rows}), len(rows)


def instance(seed: int):
    """A tiny table and a scenario that may well have no plan, with prices of its own."""
    draw, (table, years, size) = random.Random(seed), tiny(seed // 8)
    budget = {ta: draw.randint(1, 9) * JUTA for ta in years}
    rules = [some_rule(draw, size) for _ in range(draw.randint(2, 5))]
    prices = {name: draw.choice([1, 2, 5, 20]) for name in ("budget", "rupiah", "count", "share", "drop")}
    return table, scenario(budget, rules, prices=prices)


def some_rule(draw, count: int) -> dict:
    where = draw.choice([{}, {"menu": "pembangunan"}, {"menu": "revitalisasi"}])
    group = {"where": where} if where else draw.choice([{}, {"by": "menu"}, {"by": "kode"}])
    share = draw.choice([0.2, 0.3, 0.45, 0.6])
    name = f"U{draw.randrange(count)}"
    made = draw.choice([
        {"rule": "CountBand", "min": draw.randint(1, 3), **group},
        {"rule": "CountBand", "max": draw.randint(0, 1), **group},
        {"rule": "CountBand", "min_share": share, **group},
        {"rule": "SpendBand", "min_rp": draw.randint(2, 12) * JUTA, **group},
        {"rule": "SpendBand", "max_rp": draw.randint(1, 6) * JUTA, **group},
        {"rule": "SpendBand", "min_share": share, **group},
        {"rule": "SpendBand", "max_share": share, **group},
        {"rule": "Lock", "state": draw.choice(["in", "in", "out"]), "usulan": [name]},
        {"rule": "MaxPerKabupaten", "max": draw.randint(0, 1)},
    ])  # fmt: skip
    return made | draw.choice([{}, {}, {}, {"relax": 3}, {"relax": "never"}])
