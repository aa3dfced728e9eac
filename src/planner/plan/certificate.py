"""A bound that anybody can check: whole numbers, the standard library, and this one page.

``python certificate.py sertifikat.json plan.json`` needs neither the workbench nor a solver. What is shown, per goal:
no plan that keeps the rows written in the certificate is worth more than U points; the plan of the file is worth V.

The argument. A row ``a x <= b`` is given a price y >= 0. Whatever keeps the row has ``y (b - a x) >= 0``; adding that
to its worth ``c x`` takes nothing away: ``c x <= y b + (c - y a) x``. With prices for all rows that hold together what
is otherwise apart, the rest falls into blocks, and the most of each block is found alone: by *cases* (a column is at
most k or at least k + 1; in each case other prices of the block's own rows, or a row that cannot be kept), or by
*states* (one column after another; of the choices that leave a block's rows alike only the best). Any prices give a
true bound, bad ones a loose one (weak duality: Everett, Operations Research 11, 1963; blocks: Dantzig & Wolfe,
Operations Research 8, 1960; states: Bellman, *Dynamic Programming*, 1957).
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import Any, NamedTuple

FILE = "sertifikat.json"  # beside the plan
MOST_STATES = 50_000  # of a block at once: where there are more it is refused


class Refused(ValueError):
    """Why a certificate proves nothing."""


class Row(NamedTuple):
    """``sum of coef[column] x[column] <= limit``; its price is that of ``unit`` of it.

    ``role``: ``keep``; ``least``: of such rows the one with most room is added to the worth (which is then the smallest
    of some sums); else what each whole number beyond the limit costs, in parts of a point.
    """

    coef: dict[int, int]
    limit: int
    unit: int = 1
    role: str = "keep"


class Option(NamedTuple):
    """``rupiah`` of an option by column, the first of which says whether it is funded.

    ``lines``: the column that says whether a line is in (None: it always is), that of its volume (None: it has but
    one), and its least volume.
    """

    rupiah: dict[int, int]
    lines: list[tuple[int | None, int | None, int]]


class Proved(NamedTuple):
    """Of one goal: no plan has more than ``bound`` whole points; the plan has ``value`` (None: none was given)."""

    goal: str
    bound: int
    value: int | None

    @property
    def gap(self) -> Fraction:
        """How far the plan may lie below the best, as a share of the bound."""
        return Fraction(max(self.bound - (self.value or 0), 0), max(abs(self.bound), 1))


Rows = Mapping[int, Row]
Worth = dict[int, int]  # by column
Box = dict[int, tuple[int, int]]  # of each column the least and the most that it may be


def check(document: dict[str, Any], funded: Sequence[Mapping[str, Any]] | None = None) -> list[Proved]:
    """What a certificate proves, goal by goal; ``funded``: the records of a plan. Raises Refused where it is none."""
    try:
        upper, options, common = unfold(document)
        x, goals = None if funded is None else choice(document, funded), document["goals"]
        rows = [dict(enumerate([*common, *own_rows(goals, goal)])) for goal in goals]
        bounds = [bound_of(goal, upper, options, own) for goal, own in zip(goals, rows, strict=True)]
        values = [None if x is None else value_of(goal, own, x) for goal, own in zip(goals, rows, strict=True)]
        return [Proved(goal["name"], *of) for goal, of in zip(goals, zip(bounds, values, strict=True), strict=True)]
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError) as error:
        raise Refused(str(error) or type(error).__name__) from None


# -- what is written ---------------------------------------------------------------------------------------------------


def unfold(document: dict[str, Any]) -> tuple[list[int], list[Option], list[Row]]:
    """The most that each column may be, the options, and the rows: those of every line, then those written out.

    The columns stand option by option. What an option cannot do without is in the rupiah of its first column.
    """
    upper, options, rows = list[int](), list[Option](), list[Row]()
    for _, _, package in document["options"]:
        fixed_rp, lines = document["packages"][package]
        fund, option = len(upper), Option({len(upper): fixed_rp}, [])
        upper.append(1)
        options.append(option)
        for _, optional, least, most, price_rp in lines:
            switch, inside, volume = fund, None, None
            if optional:
                switch = inside = len(upper)
                upper.append(min(most, 1))
                rows.append(Row({switch: 1, fund: -1}, 0))
                option.rupiah[switch] = price_rp * most if least is None else 0
            if least is not None:
                volume = len(upper)
                upper.append(most)
                rows += [Row({volume: 1, switch: -most}, 0), Row({volume: -1, switch: least}, 0)]
                option.rupiah[volume] = price_rp
            option.lines.append((inside, volume, least or 0))
    return upper, options, rows + [written(row, options) for row in document["rows"]]


def written(row: list, options: list[Option]) -> Row:
    """A row of [name, <= or >=, limit, unit, [[factor, [options whose rupiah it counts]], ...], [column, a, ...]]."""
    _, sense, limit, unit, money, own = row
    coef = dict(pairs(own))
    for factor, counted in money:
        for option in counted:
            for column, amount in options[option].rupiah.items():
                coef[column] = coef.get(column, 0) + factor * amount
    return as_row(coef, sense, limit, unit)


def as_row(coef: dict[int, int], sense: str, limit: int, unit: int, role: str = "keep") -> Row:
    sign = 1 if sense == "<=" else -1
    return Row({column: sign * a for column, a in coef.items() if a}, sign * limit, unit, role)


def own_rows(goals: list[dict], goal: dict) -> Iterator[Row]:
    """What only one goal has: the least that it keeps of goals before it, then the rows that it adds up otherwise.

    What a goal before takes off for rows that are missed is left out of what is kept of it: that asks for less.
    """
    for k, least, unit in goal["keeps"]:
        sums = [dict(pairs(own)) for role, _, _, own in goals[k]["own"] if role == "least"]
        yield from (as_row(coef, ">=", least, unit) for coef in sums or [dict(enumerate(goals[k]["worth"]))])
    for role, limit, unit, own in goal["own"]:
        yield as_row(dict(pairs(own)), ">=", 0 if role == "least" else limit, unit, role)


def pairs(flat: list[int]) -> Iterator[tuple[int, int]]:
    """[a, b, c, d] as (a, b), (c, d); whole numbers only."""
    if any(type(number) is not int for number in flat):
        raise Refused("not a whole number")
    return zip(flat[::2], flat[1::2], strict=True)


# -- what a plan is worth ----------------------------------------------------------------------------------------------


def choice(document: dict[str, Any], funded: Sequence[Mapping[str, Any]]) -> list[int]:
    """A plan as columns."""
    chosen = {(one["usulan_id"], one["ta"]): {i["rincian_id"]: i["volume"] for i in one["lines"]} for one in funded}
    x: list[int] = []
    for usulan, ta, package in document["options"]:
        volumes = chosen.pop((usulan, ta), None)
        x.append(int(volumes is not None))
        for name, optional, least, _, _ in document["packages"][package][1]:
            volume = (volumes or {}).get(name, 0)
            x += [int(volume > 0)] * bool(optional) + [volume] * (least is not None)
    if chosen:
        raise Refused(f"unknown: {next(iter(chosen))}")
    return x


def value_of(goal: dict, rows: Rows, x: list[int]) -> int:
    """The whole points that columns have at least, for numbers may be rounded ``up`` by less than one each; raises
    Refused where they break a row."""
    up = goal["up"]
    parts, smallest = Fraction(sum((c - up) * k for c, k in zip(goal["worth"], x, strict=True))), []
    for row in rows.values():
        beyond = sum(a * x[column] for column, a in row.coef.items()) - row.limit
        if row.role == "least":
            smallest.append(-beyond - up * sum(x[column] for column in row.coef))
        elif beyond > 0 and row.role == "keep":
            raise Refused("the plan breaks a row")
        elif beyond > 0:
            parts -= Fraction(row.role) * beyond
    return int((parts + min(smallest, default=0) + goal["slack"] - up) // goal["per"])


# -- what no plan is worth ---------------------------------------------------------------------------------------------


def bound_of(goal: dict, upper: list[int], options: list[Option], rows: Rows) -> int:
    """The whole points that no choice within the rows exceeds."""
    fine = goal["den"] * lcm(*(row.unit for row in rows.values()))  # every number below is so many to a part of a point
    factor = {i: goal["per"] * fine // (goal["den"] * row.unit) for i, row in rows.items()}
    prices = {i: factor[i] * price for i, price in pairs(goal["prices"])}
    least = [prices.get(i, 0) for i, row in rows.items() if row.role == "least"]
    if fine < 1 or (least and (min(least) < 0 or sum(least) != fine)):
        raise Refused("the prices of the rows of which the smallest counts do not add up")
    worth = {column: fine * c for column, c in enumerate(goal["worth"])}
    total = charge(worth, prices, rows, fine)
    blocks = [[options[option] for option in block["options"]] for block in goal["blocks"]]
    home = {column: number for number, block in enumerate(blocks) for option in block for column in option.rupiah}
    if len(home) != len(upper) or sum(map(len, blocks)) != len(options):
        raise Refused("every option stands in one block")
    inner: list[dict[int, Row]] = [{} for _ in blocks]
    for i, row in rows.items():
        if row.role == "keep" and len(number := {home[column] for column in row.coef}) == 1:
            inner[number.pop()][i] = row
    for written_block, block, own in zip(goal["blocks"], blocks, inner, strict=True):
        columns = [column for option in block for column in option.rupiah]
        left, box = {c: worth[c] for c in columns}, {c: (0, upper[c]) for c in columns}
        cases = written_block["cases"]
        total += by_states(own, left, box) if cases is None else by_cases(cases, block, own, left, box, factor)
    return int((total // fine + goal["slack"]) // goal["per"])


def charge(worth: Worth, prices: Mapping[int, int], rows: Rows, fine: int = 1) -> int:
    """Take the prices of rows off the worth of their columns; what they give for their limits.

    A price below 0 is none; of a row that may be missed it is at most what missing it costs.
    """
    total = 0
    for i, price in prices.items():
        coef, limit, _, role = rows[i]
        price = max(0, price if role in ("keep", "least") else min(price, int(Fraction(role) * fine)))
        total += price * limit
        for column, a in coef.items():
            worth[column] -= price * a
    return total


def by_cases(cases: list, block: list[Option], rows: Rows, worth: Worth, box: Box, factor: dict[int, int]) -> int:
    """The most of a block, case by case: [prices], or [prices, column, k, the case at most k, the case above it]."""
    touched = {column: [i for i, row in rows.items() if column in row.coef] for column in worth}

    def most(case: list, box: Box, doubtful: Iterable[int], prices: dict[int, int]) -> Iterator[int]:
        prices = prices | {i: factor[i] * price for i, price in pairs(case[0])}
        if not shrink(box, rows, touched, doubtful):
            pass
        elif len(case) == 1:
            left = dict(worth)
            yield charge(left, prices, rows) + sum(most_of(option, left, box) for option in block)
        else:
            _, column, k, below, above = case
            low, high = box[column]
            yield from most(below, box | {column: (low, min(high, k))}, touched[column], prices) if low <= k else ()
            yield from most(above, box | {column: (max(low, k + 1), high)}, touched[column], prices) if k < high else ()

    return max(most(cases, box, rows, {}))


def most_of(option: Option, worth: Worth, box: Box) -> int:
    """The most that an option brings within a box that its own rows have narrowed: each line at its best, or out."""
    fund = next(iter(option.rupiah))
    total = worth[fund]
    for inside, volume, least in option.lines:
        low, high = (0, 0) if volume is None else box[volume]
        gain = 0 if volume is None else max(worth[volume] * max(low, least), worth[volume] * high)
        total += gain if inside is None else max((gain + worth[inside]) * k for k in box[inside])
    return max(total * k for k in box[fund])


def shrink(box: Box, rows: Rows, touched: dict[int, list[int]], doubtful: Iterable[int]) -> bool:
    """Narrow the box to what single rows leave of it; False where a row cannot be kept within it."""
    waiting = set(doubtful)
    while waiting:
        coef, limit, _, _ = rows[waiting.pop()]
        room = limit - sum(min(a * box[column][0], a * box[column][1]) for column, a in coef.items())
        if room < 0:
            return False
        for column, a in coef.items():
            low, high = box[column]
            if abs(a) * (high - low) > room:
                step = room // abs(a)
                box[column] = (low, low + step) if a > 0 else (high - step, high)
                waiting.update(touched[column])
    return True


def by_states(rows: Rows, worth: Worth, box: Box) -> int:
    """The most of a block, column by column: of the choices that leave the same room in every row, and of those that
    leave less room in the widest one for no more worth, only the best; a row that cannot be broken any more is none."""
    if any(a < 0 for row in rows.values() for a in row.coef.values()):
        raise Refused("states ask for rows of the form a x <= b with a >= 0")
    binding = sorted(rows.values(), key=lambda row: -len(row.coef))
    after = [sum(a * box[column][1] for column, a in row.coef.items()) for row in binding]
    states: dict[tuple[int, ...], int] = {(0,) * len(binding): 0}
    for column, (_, most) in box.items():
        own = [row.coef.get(column, 0) for row in binding]
        after = [rest - a * most for rest, a in zip(after, own, strict=True)]
        found: dict[tuple[int, ...], int] = {}
        for used, sofar in states.items():
            for k in range(most + 1 if worth[column] > 0 else 1):
                total = [u + k * a for u, a in zip(used, own, strict=True)]
                if all(t <= row.limit for t, row in zip(total, binding, strict=True)):
                    key = tuple(t * (t + r > row.limit) for t, r, row in zip(total, after, binding, strict=True))
                    found[key] = max(found.get(key, 0), sofar + k * worth[column])
        states, best = {}, dict[tuple[int, ...], int]()
        for key in sorted(found):
            if found[key] > best.get(key[1:], -1):
                states[key] = best[key[1:]] = found[key]
        if len(states) > MOST_STATES:
            raise Refused("too many states")
    return max(states.values())


if __name__ == "__main__":
    certificate, plan = (json.loads(Path(file).read_text(encoding="utf-8")) for file in sys.argv[1:3])
    for one in check(certificate, plan["funded"]):
        print(f"{one.goal}: no plan reaches more than {one.bound}, this one reaches {one.value}: {float(one.gap):.3%}")
