"""The answer by trying everything, each rule said a second time in plain Python and Fractions, from the tables alone.

Nothing of ``planner.scenario.rules``, ``planner.model`` or a solver is used: a rule is read as data (its parameters).
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from hashlib import sha256
from itertools import product
from math import ceil, floor

from pyproj import Geod

MICRO = 10**6


@dataclass(frozen=True)
class Way:
    """An usulan funded in a year with these volumes (0 = the line is left out)."""

    usulan: str
    ta: int
    volumes: tuple[tuple[str, int], ...]
    amount_rp: int


@dataclass(frozen=True)
class Legal:
    """A legal plan: its ways, its goals in whole points, and how many of the first soft rules have taken off it."""

    ways: tuple[Way, ...]
    goals: tuple[int, ...]
    paid: int = 0

    @property
    def winners(self) -> tuple[tuple[str, int], ...]:
        return tuple(sorted((way.usulan, way.ta) for way in self.ways))


class World:
    """The tables as plain dictionaries."""

    def __init__(self, candidates, scenario):
        regions = {r["kode"]: r for r in candidates.kabupaten.to_dict("records")}
        self.budget = dict(sorted(scenario.budget_rp.items()))
        self.scenario = scenario
        self.assumptions = candidates.assumptions
        self.row = {u["usulan_id"]: regions[u["kode"]] | u for u in candidates.usulan.to_dict("records")}
        self.lines: dict[str, list[dict]] = {name: [] for name in self.row}
        for record in candidates.rincian.to_dict("records"):
            self.lines[record["usulan_id"]].append(record)
        self.bobot = dict(zip(candidates.komponen["komponen"], candidates.komponen["bobot"], strict=True))
        self.price = {r["komponen"]: r for r in candidates.komponen.to_dict("records")}
        self.juknis = candidates.juknis.to_dict("records")
        self.past = candidates.realisasi.to_dict("records")
        self.regions = list(regions.values())
        self.sentra = {r["sentra_id"]: r for r in candidates.sentra.to_dict("records")}
        self.counts = candidates.evidence.to_dict("records")
        self.views = candidates.daerah.to_dict("records")
        self.every = dict(self.row)
        for rule in scenario.rules:
            if rule.rule == "Verdicts":
                self.limit_lines(rule)
        gates = [(GATES[rule.rule], rule) for rule in scenario.rules if rule.rule in GATES]
        self.row = {n: row for n, row in self.row.items() if all(passes(r, self, row) for passes, r in gates)}
        if column_of(scenario.goals[0]) == "benefit" and not scenario.fund_without_benefit:
            first = min(self.budget)
            self.row = {n: row for n, row in self.row.items() if self.number(n, "benefit", first)}

    def limit_lines(self, rule) -> None:
        """Each line's volume at most what is agreed to, and none where it is refused or too little is left."""
        for lines in self.lines.values():
            for one in lines:
                asked, agreed = int(one["volume"]), one.get("volume_disetujui")
                one["asked"] = one.get("asked", asked)
                most = asked if missing(agreed) else min(asked, int(agreed))
                refused = any(against(one, column) for column in LINE_BODIES if getattr(rule, column) == "line")
                low = 0 if missing(one["volume_min"]) else int(one["volume_min"])
                one["volume"] = 0 if refused or most < low else most

    def options(self, ta: int) -> list[str]:
        """The usulan that may be funded in a year."""
        return [name for name, row in self.row.items() if row["ta"] <= ta]

    def passes(self, name: str, where: dict) -> bool:
        return all(
            str(self.every[name][column]) in [str(v) for v in (wanted if isinstance(wanted, list) else [wanted])]
            for column, wanted in where.items()
        )

    def number(self, name: str, column: str, ta: int) -> Fraction:
        """A column of an usulan in a year, exactly; missing is 0."""
        if column in ("score", "benefit"):
            score = self.score(name)
            if column == "score":
                return Fraction(score, MICRO)
            row = self.row[name]
            chance = Fraction(str(self.assumptions[f"faktor_menu_{row['menu']}"]))
            for rule in self.scenario.rules:
                if rule.rule == "ThreeYearReport" and rule.effect == "chance" and owes(self, row):
                    chance *= Fraction(str(rule.factor))
                if rule.rule == "Verdicts":
                    chance *= Fraction(str(rule.factor)) ** len(refusals(rule, self, row, "chance"))
            benefit = rounded(Fraction(score, 100 * MICRO) * chance * row["ikm"] * MICRO)
            years = ta - min(self.budget)
            return Fraction(rounded(benefit * Fraction(str(self.assumptions["diskonto"])) ** years), MICRO)
        value = self.row[name][column]
        return Fraction(0) if missing(value) else Fraction(str(value))

    def cost(self, name: str) -> int:
        """What the most that its lines may have costs."""
        return sum(int(one["harga_satuan_rp"]) * int(one["volume"]) for one in self.lines[name])

    def score(self, name: str) -> int:
        """Only poverty has weight in the hand-made scenarios: percent between the fixed bounds, as 1e-6 of 0..100."""
        low, high = (Fraction(str(self.assumptions[f"acuan_kemiskinan_{b}"])) for b in ("min", "maks"))
        value = (Fraction(str(self.row[name]["kemiskinan_pct"])) - low) / (high - low)
        return 100 * rounded(min(max(value, Fraction(0)), Fraction(1)) * MICRO)


def missing(value) -> bool:
    return value is None or str(value) in ("nan", "<NA>", "NaT")


def rounded(value: Fraction) -> int:
    """Half up."""
    return floor(value + Fraction(1, 2))


def choices(line: dict) -> list[int]:
    """The volumes that a line may have."""
    volume = int(line["volume"])
    if not volume:
        return [0]
    low = volume if missing(line["volume_min"]) else int(line["volume_min"])
    return ([] if line["wajib"] == "ya" else [0]) + list(range(low, volume + 1))


def ways(world: World, name: str) -> list[Way]:
    """All ways to fund an usulan, in every year it may be funded."""
    lines = world.lines[name]
    found = []
    for combination in product(*(choices(one) for one in lines)):
        if not any(combination):
            continue  # funded with nothing is not funded
        amount = sum(q * int(one["harga_satuan_rp"]) for q, one in zip(combination, lines, strict=True))
        chosen = tuple((one["rincian_id"], q) for q, one in zip(combination, lines, strict=True))
        found += [Way(name, ta, chosen, amount) for ta in world.budget if world.row[name]["ta"] <= ta]
    return found


PARTS = 10_000  # of a point, in which columns are counted where some line may be trimmed, at least


def legal_plans(candidates, scenario, point: list[int] | None = None) -> list[Legal]:
    """Every plan within the pagu that keeps every rule; goals in points of ``point`` x 1e-6 (default 1e-6)."""
    world = World(candidates, scenario)
    checks = [CHECKS[rule.rule](rule, world) for rule in scenario.rules]
    soft = [(GAPS[r.rule](r, world), PRICED[r.rule], r.price) for r in scenario.rules if getattr(r, "soft", False)]
    point = point or [1] * len(scenario.goals)
    names = sorted(world.row)
    possible = {name: ways(world, name) for name in names}
    parts = [parts_of(world, possible, goal, unit) for goal, unit in zip(scenario.goals, point, strict=True)]
    worth = {way: goal_points(world, way, point, parts) for some in possible.values() for way in some}
    found: list[Legal] = []

    def extend(depth: int, chosen: tuple[Way, ...], left: dict[int, int]) -> None:
        if depth == len(names):
            if all(check(chosen) for check in checks):
                totals = [total_of(world, chosen, k, worth, unit, parts[k]) for k, unit in enumerate(point)]
                price = sum((gap(chosen) / per * Fraction(str(each)) for gap, per, each in soft), Fraction(0))
                full = [points_of(scenario.goals[k], total, parts[k]) for k, total in enumerate(totals)]
                own, net = [floor(one) for one in full], floor(full[0] - price * MICRO / point[0])
                found.append(Legal(chosen, (net, *own[1:]), own[0] - net))
            return
        extend(depth + 1, chosen, left)
        for way in possible[names[depth]]:
            if way.amount_rp <= left[way.ta]:
                extend(depth + 1, (*chosen, way), left | {way.ta: left[way.ta] - way.amount_rp})

    extend(0, (), dict(world.budget))
    return found


def given(goal) -> bool:
    """Whether a goal counts what is given: money, which follows the volumes."""
    return column_of(goal) == "amount_rp"


def column_of(goal) -> str:
    return next(getattr(goal, kind) for kind in ("maximise", "maximin", "shortfall") if hasattr(goal, kind))


def parts_of(world: World, possible: dict[str, list[Way]], goal, unit: int) -> int:
    """The parts of a point that a goal is counted in: rupiah of money; else as many as many units need."""
    if given(goal) and not hasattr(goal, "maximin"):
        return max(1, unit // MICRO)
    lines = [(one, len({way.ta for way in ways_})) for name, ways_ in possible.items() for one in world.lines[name]]
    lines = [(one, years) for one, years in lines if not missing(one["volume_min"])]
    units = sum(int(one["volume"]) * years for one, years in lines if one["volume_min"] < one["volume"])
    power = 10 ** len(str(100 * units - 1))
    return max(PARTS, power) if units else PARTS if given(goal) else 1


def points_of(goal, total: int, parts: int) -> Fraction:
    """Points of parts, before they are rounded down; a hundredth may be lacking, of money nothing."""
    exact = given(goal) and not hasattr(goal, "maximin")
    return Fraction(total + (0 if exact else parts // 100), parts)


def legal(plan, candidates, scenario) -> bool:
    """Whether a plan, as its file has it, is one of the legal plans: without making the others."""
    world, chosen = World(candidates, scenario), []
    for record in plan["funded"]:
        volumes, row = {one["rincian_id"]: one["volume"] for one in record["lines"]}, world.row[record["usulan_id"]]
        lines = world.lines[record["usulan_id"]]
        taken = [(one["rincian_id"], volumes.get(one["rincian_id"], 0)) for one in lines]
        if any(q not in choices(one) for (_, q), one in zip(taken, lines, strict=True)) or not volumes:
            return False
        amount = sum(q * int(one["harga_satuan_rp"]) for (_, q), one in zip(taken, lines, strict=True))
        if amount != record["amount_rp"] or row["ta"] > record["ta"]:
            return False
        chosen.append(Way(record["usulan_id"], record["ta"], tuple(taken), amount))
    ways_ = tuple(chosen)
    once = len({way.usulan for way in ways_}) == len(ways_)
    paid = all(sum(w.amount_rp for w in ways_ if w.ta == ta) <= limit for ta, limit in world.budget.items())
    return once and paid and all(CHECKS[rule.rule](rule, world)(ways_) for rule in scenario.rules)


def total_of(world: World, chosen: tuple[Way, ...], k: int, worth: dict, unit: int, parts: int) -> int:
    """A goal of a plan in parts of a point: the sum, the smallest group's sum, or what groups lack, below 0."""
    goal = world.scenario.goals[k]
    if hasattr(goal, "maximise"):
        return sum(worth[way][k] for way in chosen)
    sums = dict.fromkeys(goal.targets, 0)
    for way in chosen:
        group = str(world.row[way.usulan][goal.by])
        if group in sums:
            sums[group] += worth[way][k]
    if hasattr(goal, "maximin"):
        return min(sums.values())
    wanted = {g: rounded(rounded(Fraction(str(t)) * MICRO) * Fraction(parts, unit)) for g, t in goal.targets.items()}
    return -sum(max(0, wanted[g] - have) for g, have in sums.items())


def goal_value(world: World, way: Way, goal, unit: int) -> Fraction:
    """What an usulan brings to a goal in points: of the column, or of its group's target."""
    if given(goal):
        value = Fraction(world.cost(way.usulan) * MICRO, unit)
    else:
        value = Fraction(rounded(world.number(way.usulan, column_of(goal), way.ta) * MICRO), unit)
    if hasattr(goal, "maximise"):
        return value
    target = goal.targets.get(str(world.row[way.usulan][goal.by]))
    if target is None:
        return Fraction(0)
    return value / Fraction(str(target)) if hasattr(goal, "maximin") else value


def goal_points(world: World, way: Way, point: list[int], parts_: list[int]) -> tuple[int, ...]:
    """What a way brings: what is always in it is rounded once, each optional line once, each trimmable unit once."""
    lines, volumes = world.lines[way.usulan], dict(way.volumes)
    cost = world.cost(way.usulan)
    asked = {one["rincian_id"]: int(one.get("asked", one["volume"])) for one in lines}
    whole_cost = sum(int(one["harga_satuan_rp"]) * asked[one["rincian_id"]] for one in lines)
    values = []
    for goal, unit, parts in zip(world.scenario.goals, point, parts_, strict=True):
        value = goal_value(world, way, goal, unit)
        weight = [
            Fraction(int(one["harga_satuan_rp"]) * int(one["volume"]), cost)
            if given(goal)
            else Fraction(int(one["harga_satuan_rp"]) * asked[one["rincian_id"]], whole_cost)
            if missing(world.bobot[one["komponen"]])
            else Fraction(str(world.bobot[one["komponen"]]))
            for one in lines
        ]
        part = [Fraction(1) if given(goal) else Fraction(int(o["volume"]), asked[o["rincian_id"]]) for o in lines]
        kept = sum(w * p for w, p in zip(weight, part, strict=True)) / sum(weight)
        always, total, whole = Fraction(0), 0, 0
        for one, w, p in zip(lines, weight, part, strict=True):
            share, volume = value * parts * w * p / sum(weight), int(one["volume"])
            if choices(one) == [volume]:
                always += share
            elif set(choices(one)) == {0, volume}:
                total += rounded(share) if volumes[one["rincian_id"]] else 0
                whole += rounded(share)
            else:
                total += rounded(share / volume) * volumes[one["rincian_id"]]
                whole += rounded(share / volume) * volume
        full = rounded(value * parts) if given(goal) else rounded(value * kept) * parts  # full: whole points
        values.append(total + (rounded(always) if parts == 1 else full - whole))
        if value and given(goal) and not hasattr(goal, "maximin"):
            assert values[-1] == way.amount_rp * MICRO * parts // unit  # to the rupiah, whatever the lines
    return tuple(values)


# -- the rules, said again ---------------------------------------------------------------------------------------------

Check = Callable[[tuple[Way, ...]], bool]


def band_gap(rule, world: World, measure: Callable[[Way], Fraction], low, high, total_of: Callable) -> Callable:
    """By how much sums per year, or over all years, and group lie outside limits and shares of a total, together.

    A floor holds in every group that the tables have, before any gate and whatever its usulan's years.
    """
    floors = low is not None or rule.min_share is not None
    groups = {}
    for ta in world.budget if rule.per == "year" else [None]:
        here = world.options(max(world.budget) if ta is None else ta)
        members = [name for name in here if world.passes(name, rule.where)]
        named = [name for name in world.every if world.passes(name, rule.where)] if floors else members
        values = {str(world.every[name][rule.by]) for name in named} if rule.by else {None}
        groups[ta] = {v: {n for n in members if v is None or str(world.row[n][rule.by]) == v} for v in values}
    shares = [None if s is None else Fraction(str(s)) for s in (rule.min_share, rule.max_share)]
    low, high = (None if v is None else Fraction(str(v)) for v in (low, high))

    whole = getattr(rule, "of", "") == "budget"  # a share of the ceiling is a limit in whole rupiah

    def gap(chosen: tuple[Way, ...]) -> Fraction:
        found = Fraction(0)
        for ta, named in groups.items():
            here = [(way.usulan, measure(way)) for way in chosen if ta in (None, way.ta)]
            total = total_of(ta, sum(m for _, m in here))
            least, most = (None if share is None else share * total for share in shares)
            if whole:
                least, most = None if least is None else ceil(least), None if most is None else floor(most)
            for members in named.values():
                have = sum(m for name, m in here if name in members)
                found += sum(max(0, bound - have) for bound in (low, least) if bound is not None)
                found += sum(max(0, have - bound) for bound in (high, most) if bound is not None)
        return found

    return gap


def band(rule, world: World) -> Check:
    gap = GAPS[rule.rule](rule, world)
    return lambda chosen: rule.soft or not gap(chosen)


def spend_gap(rule, world: World) -> Callable:
    def total(ta, spent):
        if rule.of != "budget":
            return spent
        return sum(world.budget.values()) if ta is None else world.budget[ta]

    return band_gap(rule, world, lambda way: way.amount_rp, rule.min_rp, rule.max_rp, total)


def count_gap(rule, world: World) -> Callable:
    return band_gap(rule, world, lambda way: 1, rule.min, rule.max, lambda ta, all_: all_)


def total_gap(rule, world: World) -> Callable:
    def measure(way):
        money = rule.column == "amount_rp"
        return Fraction(way.amount_rp) if money else world.number(way.usulan, rule.column, way.ta)

    return band_gap(rule, world, measure, rule.min, rule.max, lambda ta, all_: all_)


def leavers_gap(rule, world: World) -> Callable:
    """By how many more usulan leave than may; the names are of usulan, one of no usulan has left."""
    names = set(rule.usulan) or {n for n, row in world.every.items() if row.get(rule.column) == "ya"}
    may = rule.max if rule.max is not None else floor(Fraction(str(rule.max_share)) * len(names))
    return lambda chosen: Fraction(max(0, len(names - {way.usulan for way in chosen}) - may))


GAPS = {"SpendBand": spend_gap, "CountBand": count_gap, "TotalBand": total_gap, "KeepPrevious": leavers_gap}
PRICED = {
    "SpendBand": MICRO,
    "CountBand": 1,
    "TotalBand": 1,
    "KeepPrevious": 1,
}  # rupiah, usulan, units of the column for one price


def max_per_kabupaten(rule, world: World) -> Check:
    def holds(chosen):
        places = [(world.row[way.usulan]["kode"], way.ta) for way in chosen]
        return all(places.count(place) <= rule.max for place in places)

    return holds


def support_share(rule, world: World) -> Check:
    support = {
        (name, one["rincian_id"]): int(one["harga_satuan_rp"])
        for name, lines in world.lines.items()
        for one in lines
        if one["komponen"] == rule.komponen
    }
    share = Fraction(str(rule.max_share))

    def holds(chosen):
        for place in {(world.row[way.usulan]["kode"], way.ta) for way in chosen}:
            here = [way for way in chosen if (world.row[way.usulan]["kode"], way.ta) == place]
            spent = sum(support.get((way.usulan, r), 0) * q for way in here for r, q in way.volumes)
            if spent > share * sum(way.amount_rp for way in here):
                return False
        return True

    return holds


def lock(rule, world: World) -> Check:
    def holds(chosen):
        ids = [way.usulan for way in chosen]
        places = [world.row[name]["kode"] for name in ids]
        named = [name in ids for name in rule.usulan] + [kode in places for kode in rule.kabupaten]
        return all(named) if rule.state == "in" else not any(named)

    return holds


def agreed_volume(rule, world: World) -> Check:
    return lambda chosen: all(dict(w.volumes)[rule.rincian] == rule.volume for w in chosen if w.usulan == rule.usulan)


def one_per_sentra(rule, world: World) -> Check:
    def holds(chosen):
        places = [
            (world.row[w.usulan]["sentra_id"], w.ta) for w in chosen if not missing(world.row[w.usulan]["sentra_id"])
        ]
        return all(places.count(place) <= rule.max for place in places) and (rule.max > 0 or not chosen)

    return holds


def known_sentra(rule, world: World) -> Check:
    """Revitalisations of a province (a kabupaten) are no more than its sentra; where nobody counted, any number."""
    if rule.by == "kode":
        sentra = {r["kode"]: r["known"] for r in world.counts if r["measured"] == "measured"}
        place = {kode: kode for kode in sentra}
    else:
        place = {r["kode"]: r["total"] for r in world.counts}
        sentra = {r["total"]: r["total_sentra"] for r in world.counts}

    def holds(chosen):
        old = [world.row[way.usulan]["kode"] for way in chosen if world.row[way.usulan]["menu"] == "revitalisasi"]
        places = [place[kode] for kode in old if kode in place]
        return all(places.count(one) <= sentra[one] for one in places)

    return holds


def ticket(rule, world: World) -> Check:
    low, high = rule.min_rp or 0, rule.max_rp if rule.max_rp is not None else 10**30
    return lambda chosen: all(low <= w.amount_rp <= high for w in chosen if world.passes(w.usulan, rule.where))


def components(world: World, way: Way) -> set[str]:
    kept = {name for name, volume in way.volumes if volume}
    return {one["komponen"] for one in world.lines[way.usulan] if one["rincian_id"] in kept}


def works(rule, row: dict, parts: set[str], wanting: set[str] | None = None) -> bool:
    """Whether a set of components has what those that are ``wanting`` (all of them) need to work."""
    wanting = parts if wanting is None else wanting
    hall, machines = wanting & set(rule.hall), wanting & set(rule.machines)
    if hall and not parts & set(rule.machines):
        return False
    if hall and row["listrik"] in ("belum", "proses") and not parts & set(rule.utilities):
        return False
    if (hall or machines) and row["proses_basah"] == "ya" and not parts & set(rule.waste):
        return False
    bare = row["menu"] == "pembangunan" or row["status_sentra"] == "rencana"
    return not (machines and bare and not parts & set(rule.places))


def functional_package(rule, world: World) -> Check:
    return lambda chosen: all(works(rule, world.row[w.usulan], components(world, w)) for w in chosen)


def dear(rule, world: World, row: dict, one: dict) -> bool:
    reference = world.price[one["komponen"]].get(rule.price)
    if missing(reference) or missing(row.get("ikk")):
        return False
    top = Fraction(int(reference)) * Fraction(str(row["ikk"])) / 100 * (1 + Fraction(str(rule.tolerance)))
    return int(one["harga_satuan_rp"]) > top


def price_ceiling(rule, world: World) -> Check:
    def holds(chosen):
        kept = [(w.usulan, name) for w in chosen for name, volume in w.volumes if volume]
        lines = [(world.row[u], one) for u, name in kept for one in world.lines[u] if one["rincian_id"] == name]
        return not any(dear(rule, world, row, one) for row, one in lines)

    return holds


def even_spread(rule, world: World) -> Check:
    places = [region for region in world.regions if region.get("otonom", "ya") == "ya"]
    need = {region[rule.by]: Fraction(0) for region in places}
    for region in places:
        need[region[rule.by]] += Fraction(str(region[rule.need]))

    def holds(chosen):
        spent = sum(way.amount_rp for way in chosen)
        share = {group: Fraction(n) / sum(need.values()) for group, n in need.items()}
        money = dict.fromkeys(need, 0)
        for way in chosen:
            money[world.row[way.usulan][rule.by]] += way.amount_rp
        apart = sum(abs(Fraction(money[g], spent) - share[g]) for g in need) / 2 if spent else 0
        return apart <= Fraction(str(rule.max_share))

    return holds


def place_of(row: dict) -> tuple[str, int]:
    """Which sentra and which phase of it."""
    sentra = f"alone {row['usulan_id']}" if missing(row["sentra_id"]) else row["sentra_id"]
    return sentra, 1 if missing(row["fase"]) else int(row["fase"])


def nothing(record: dict) -> bool:
    return any(not missing(record[name]) and record[name] == 0 for name in ("serap_rp", "output_pct"))


def history(world: World) -> set[tuple[str, int]]:
    """The phases that are done."""
    found = set()
    for record in world.past:
        if not missing(record["sentra_id"]) and not nothing(record):
            found.add(place_of(record))
        elif record["usulan_id"] in world.every and not nothing(record):
            found.add(place_of(world.every[record["usulan_id"]]))
    return found


def unpaid(rule, world: World, row: dict) -> bool:
    mine = [r for r in world.past if r["usulan_id"] == row["usulan_id"] and not nothing(r)]
    return not any(not missing(r["pagu_rp"]) and r["pagu_rp"] > 0 for r in mine)


def phase_order(rule, world: World) -> Check:
    finished = history(world)
    offers = [(place_of(world.row[name]), ta) for ta in world.budget for name in world.options(ta)]

    def holds(chosen):
        funded = [(place_of(world.row[way.usulan]), way.ta) for way in chosen]
        for (sentra, fase), ta in funded:
            before = [t for place, t in funded if place == (sentra, fase - 1) and t < ta]
            if fase > 1 and (sentra, fase - 1) not in finished and not before:
                return False
            possible = [t for place, t in offers if place == (sentra, fase + 1) and t > ta]
            booked = [t for place, t in funded if place == (sentra, fase + 1) and t > ta]
            if rule.book and (sentra, fase + 1) not in finished and possible and not booked:
                return False
        return True

    return holds


def finish_first(rule, world: World) -> Check:
    finished = history(world)
    out = {n for r in world.scenario.rules if r.rule == "Lock" and r.state == "out" for n in (*r.usulan, *r.kabupaten)}
    waiting = []
    for name, row in world.row.items():
        sentra, fase = place_of(row)
        begun = fase > 1 and (sentra, fase - 1) in finished and (sentra, fase) not in finished
        if begun and not {name, row["kode"]} & out:
            waiting.append(name)

    def holds(chosen):
        year = {way.usulan: way.ta for way in chosen}
        for name, ta in year.items():
            sentra, fase = place_of(world.row[name])
            if fase == 1 and sentra not in {s for s, _ in finished}:
                group = world.row[name][rule.by]
                due = [c for c in waiting if world.row[c][rule.by] == group and world.row[c]["ta"] <= ta]
                if any(year.get(c, ta + 1) > ta for c in due):
                    return False
        return True

    return holds


def operating_burden(rule, world: World) -> Check:
    def capacity(kode, ta):
        if rule.capacity_rp is not None:
            return rule.capacity_rp
        rows = [r for r in world.views if r["kode"] == kode and r["ta"] <= ta]
        return max(rows, key=lambda r: r["ta"])[rule.capacity]

    def holds(chosen):
        for ta in world.budget:
            for kode in {world.row[way.usulan]["kode"] for way in chosen if way.ta <= ta}:
                running = [w for w in chosen if w.ta <= ta and world.row[w.usulan]["kode"] == kode]
                if sum(int(world.row[w.usulan]["om_tahunan_rp"]) for w in running) > capacity(kode, ta):
                    return False
        return True

    return holds


@cache
def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> int:
    return floor(Geod(ellps="WGS84").inv(lon, lat, other_lon, other_lat)[2] + 0.5)


def lies(world: World, sentra: str, kode: str) -> tuple[float, float]:
    """Longitude and latitude of a sentra; without both its own, of its kabupaten."""
    row = world.sentra.get(sentra, {})
    own = row.get("lon"), row.get("lat")
    region = next(r for r in world.regions if r["kode"] == kode)
    return (region["lon"], region["lat"]) if missing(own[0]) or missing(own[1]) else own


def standing(rule, world: World, chosen: tuple[Way, ...]) -> dict[str, tuple[str, tuple[float, float], bool]]:
    """Every sentra of the rule's commodities that is funded or runs: commodity, place, whether it runs."""
    rows = {name: row for name, row in world.sentra.items() if row["status"] == "berjalan"}
    found = {name: (row["komoditas"], lies(world, name, row["kode"]), True) for name, row in rows.items()}
    for way in chosen:
        row = world.row[way.usulan]
        name = place_of(row)[0]
        found.setdefault(name, (row["komoditas"], lies(world, name, row["kode"]), False))
    return {name: one for name, one in found.items() if not rule.komoditas or one[0] in rule.komoditas}


def service_reach(rule, world: World) -> Check:
    places = [r for r in world.regions if r.get("otonom", "ya") == "ya"]
    need = {r["kode"]: Fraction(str(r[rule.need])) for r in places}

    def holds(chosen):
        there = [place for _, place, _ in standing(rule, world, chosen).values()]
        near = [
            r["kode"] for r in places if any(metres(r["lon"], r["lat"], *p) <= rule.radius_km * 1000 for p in there)
        ]
        return sum(need[kode] for kode in near) >= Fraction(str(rule.min_share)) * sum(need.values())

    return holds


def spread_commodity(rule, world: World) -> Check:
    def holds(chosen):
        there = [one for one in standing(rule, world, chosen).values() if not missing(one[0])]
        for kind, place, _ in there:
            near = [runs for other, p, runs in there if other == kind and metres(*place, *p) <= rule.radius_km * 1000]
            if len(near) > max(rule.max_count, sum(near)):
                return False
        return True

    return holds


def single_source(rule, world: World, row: dict) -> bool:
    other = row["dana_lain_rp"]
    if missing(other):
        return rule.unknown == "pass"
    return Fraction(int(other), world.cost(row["usulan_id"])) <= Fraction(str(rule.max_share))


NO = {"penilaian_kemenkeu": "perlu_perhatian", "lokpri": "tidak"}
LINE_BODIES = ("penilaian_bappenas", "penilaian_kl")
BODIES = (*LINE_BODIES, "verifikasi_provinsi", "penilaian_kemenkeu", "lokpri")


def against(record: dict, column: str) -> bool:
    return not missing(record.get(column)) and record[column] == NO.get(column, "ditolak")


def records_of(world: World, row: dict, column: str) -> list[dict]:
    return world.lines[row["usulan_id"]] if column in LINE_BODIES else [row]


def refusals(rule, world: World, row: dict, effect: str) -> list[str]:
    """The columns of this effect that say no to an usulan or to one of its lines."""
    own = [column for column in BODIES if getattr(rule, column) == effect]
    return [column for column in own if any(against(one, column) for one in records_of(world, row, column))]


def agreed_to(rule, world: World, row: dict) -> bool:
    lines = world.lines[row["usulan_id"]]
    out = [one for one in lines if not int(one["volume"])]
    if len(out) == len(lines) or any(one["wajib"] == "ya" for one in out):
        return False
    counted = [column for column in BODIES if getattr(rule, column) != "none"]
    empty = any(missing(one.get(column)) for column in counted for one in records_of(world, row, column))
    return not refusals(rule, world, row, "usulan") and not (empty and rule.not_judged == "gate")


def lacks(rule, row: dict, parts: set[str]) -> bool:
    """Whether an idle sentra does not have, with these components, what it needs to work."""
    if row["status_sentra"] not in ("belum_dimanfaatkan", "mangkrak"):
        return False
    dark, dry = (row[name] in ("belum", "proses") for name in ("listrik", "air"))
    asked = [
        (rule.machines, True),
        (rule.utilities, dark),
        (rule.water, dry),
        (rule.waste, row["proses_basah"] == "ya"),
    ]
    return any(needed and not parts & set(what) for what, needed in asked)


def first_asked_why(rule, world: World, row: dict) -> bool:
    idle = row["status_sentra"] in ("belum_dimanfaatkan", "mangkrak")
    if rule.effect == "gate" or not idle:
        return not idle
    parts = {one["komponen"] for one in world.lines[row["usulan_id"]] if int(one["volume"])}
    return not lacks(rule, row, parts) and row["sk_pengelola"] not in ("belum", "proses")


def completes(rule, world: World) -> Check:
    return lambda chosen: all(not lacks(rule, world.row[w.usulan], components(world, w)) for w in chosen)


def always(rule, world: World) -> Check:
    return lambda chosen: True


def owes(world: World, row: dict) -> bool:
    first = min(world.budget)
    mine = [r for r in world.past if r["kode"] == row["kode"] and r["ta"] + 3 < first]
    return any(r["laporan_3tahun"] == "tidak" for r in mine)


def ready(rule, world: World, row: dict) -> bool:
    years = [r["ta"] for r in world.juknis if r["ta"] <= row["ta"] and r["menu"] == row["menu"]]
    year = max(years, default=None)
    asked = rule.documents or [r["dokumen"] for r in world.juknis if (r["ta"], r["menu"]) == (year, row["menu"])]
    return all(row[d] in rule.accept or (missing(row[d]) and rule.unknown == "pass") for d in asked)


def minimum_ikm(rule, world: World, row: dict) -> bool:
    have = row[rule.column]
    return rule.unknown == "pass" if missing(have) else have >= rule.min


def sentra_criterion(rule, world: World, row: dict) -> bool:
    units, homes = row["jumlah_ikm"], row["rumah_tangga_desa"]
    if missing(units) or (rule.definition == "bps" and missing(homes)):
        return True
    return (
        units >= 5
        if rule.definition == "pp29"
        else Fraction(int(units), max(int(homes), 1)) >= Fraction(1, 5) or not homes
    )


def may_work(rule, world: World, row: dict) -> bool:
    lines = [one for one in world.lines[row["usulan_id"]] if int(one["volume"])]
    firm = {one["komponen"] for one in lines if one["wajib"] == "ya"}
    return works(rule, row, {one["komponen"] for one in lines}, firm)


def may_cost(rule, world: World, row: dict) -> bool:
    return not any(dear(rule, world, row, one) for one in world.lines[row["usulan_id"]] if one["wajib"] == "ya")


GATES = {
    "FunctionalPackage": may_work,
    "PriceCeiling": may_cost,
    "Ready": ready,
    "MinimumIKM": minimum_ikm,
    "SentraCriterion": sentra_criterion,
    "ThreeYearReport": lambda rule, world, row: rule.effect == "chance" or not owes(world, row),
    "PhaseOrder": unpaid,
    "NoDoubleFunding": single_source,
    "Verdicts": agreed_to,
    "IdleSentra": first_asked_why,
}
CHECKS = dict.fromkeys(GATES, always) | {
    "OnePerSentra": one_per_sentra,
    "KnownSentra": known_sentra,
    "Ticket": ticket,
    "FunctionalPackage": functional_package,
    "IdleSentra": completes,
    "PriceCeiling": price_ceiling,
    "SpendBand": band,
    "CountBand": band,
    "TotalBand": band,
    "KeepPrevious": band,
    "MaxPerKabupaten": max_per_kabupaten,
    "SupportShare": support_share,
    "Lock": lock,
    "AgreedVolume": agreed_volume,
    "EvenSpread": even_spread,
    "PhaseOrder": phase_order,
    "FinishFirst": finish_first,
    "OperatingBurden": operating_burden,
    "ServiceReach": service_reach,
    "SpreadCommodity": spread_commodity,
}


# -- goals in order, and the list that ties cannot change --------------------------------------------------------------


def best(plans: list[Legal], scenario) -> tuple[list[int], list[Legal]]:
    """The best value of each goal in order, and the plans that are best in the last with the ones above it kept."""
    values: list[int] = []
    least: list[int] = []
    left = plans
    for k, goal in enumerate(scenario.goals):
        allowed = [v - Fraction(str(goal.tolerance)) * abs(v) for v in values]
        least = [min(a, b) for a, b in zip(least, allowed, strict=True)]
        left = [p for p in plans if all(p.goals[j] >= bound for j, bound in enumerate(least))]
        values.append(max(p.goals[k] for p in left))
        least.append(values[-1])
    return values, [p for p in left if p.goals[len(values) - 1] == values[-1]]


def canonical(plans: list[Legal], candidates, scenario) -> list[Legal]:
    """Of equally good plans those with the list of winners that the canonical order takes.

    Ranks from 1 (last) up: score, then kode, then usulan:year; where the sums tie, ranks by SHA-256 of try:usulan:year.
    """
    world = World(candidates, scenario)
    options = [(name, ta) for ta in world.budget for name in world.options(ta)]
    left, attempt = plans, 0
    while len({plan.winners for plan in left}) > 1:
        if attempt:
            order = sorted(options, key=lambda o: sha256(f"{attempt}:{o[0]}:{o[1]}".encode()).hexdigest(), reverse=True)
        else:
            ordered = sorted(options, key=lambda o: (-world.score(o[0]), world.row[o[0]]["kode"], f"{o[0]}:{o[1]}"))
            order = ordered[::-1]
        rank = {option: i + 1 for i, option in enumerate(order)}
        top = max(sum(rank[w] for w in plan.winners) for plan in left)
        left = [plan for plan in left if sum(rank[w] for w in plan.winners) == top]
        attempt += 1
    return left
