"""Variations of a scenario: lists of values for some of its fields, combined into scenarios of their own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import product

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import say
from planner.base.units import MILIAR, decimals, number
from planner.scenario.assumptions import values_in_force
from planner.scenario.criteria import CRITERIA
from planner.scenario.place import Place, Value
from planner.scenario.scenario import Scenario, plain, scenario_of, vary
from planner.tables.reference import reference

MOST = 500
FIXED = ("name", "candidates", "data", "rule", "law")  # names, not what a plan is asked for


@dataclass(frozen=True)
class Axis:
    """A field of the scenario by its place (``rules[3].max_share``) and the values that it takes."""

    path: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Variation:
    """A scenario with other values; ``values``: path -> value, in the order in which they were asked for.

    The tables of ``scenario`` are named as in the base's file.
    """

    values: Mapping[str, Value]
    scenario: Scenario

    @property
    def text(self) -> str:
        """What is other in it, in Indonesian as scenario files are: ``budget_rp 300 miliar, weights.ikm 2``."""
        alone = f"budget_rp.{self.scenario.first_year}" if len(self.scenario.budget_rp) == 1 else ""
        names = {path: "budget_rp" if path == alone else path for path in self.values}
        return ", ".join(f"{names[path]} {written(path, value)}" for path, value in self.values.items())


def variations(base: Scenario, asked: Sequence[str], together: bool = False) -> tuple[list[Variation], int]:
    """The variations that ``PATH=VALUES`` texts ask for, each once, and how many were there more than once.

    All combinations, or, where ``together``, the first values of all lists, then the second ones, and so on. Raises
    one PlannerError for every unknown path, value that is none, and value that the scenario refuses.
    """
    chosen = axes(base, asked)
    lengths = [len(axis.values) for axis in chosen]
    if together and len(set(lengths)) > 1:
        raise PlannerError(say("sweep.lengths", lengths=", ".join(f"{a.path}: {len(a.values)}" for a in chosen)))
    count = lengths[0] if together else product_of(lengths)
    if count > MOST:
        raise PlannerError(say("sweep.too_many", count=number(count), most=MOST))
    lists = [axis.values for axis in chosen]
    rows = list(zip(*lists, strict=True) if together else product(*lists))
    paths = [axis.path for axis in chosen]
    list(vary_rows(base, [{axis.path: value} for axis in chosen for value in axis.values]))  # each value's own problems
    found = list(vary_rows(base, [dict(zip(paths, row, strict=True)) for row in rows]))
    return found, len(rows) - len(found)


def product_of(lengths: Iterable[int]) -> int:
    count = 1
    for length in lengths:
        count *= length
    return count


def axes(base: Scenario, asked: Sequence[str]) -> list[Axis]:
    """The axes of ``PATH=VALUES`` texts; every problem of all of them at once."""
    known, found, problems = fields(base), list[Axis](), list[str]()
    for text in asked:
        try:
            axis = axis_of(base, text, known)
            if axis.path in [one.path for one in found]:
                problems.append(f"{axis.path}: {say('sweep.twice')}")
            found.append(axis)
        except PlannerError as error:
            problems += error.problems
    if not asked:
        problems.append(say("sweep.nothing"))
    if problems:
        raise PlannerError(problems)
    return found


def fields(base: Scenario) -> dict[str, Value | None]:
    """Every field that may be varied -> its value now (None: not set), by its place in the scenario file."""
    here = dict(leaves(plain(base)))
    here |= {f"weights.{name}": here.get(f"weights.{name}") for name in CRITERIA}
    names = reference("asumsi")["nama"]
    here |= {f"assumptions.{name}": here.get(f"assumptions.{name}") for name in names}
    return {path: value for path, value in here.items() if Place(path).field not in FIXED}


def leaves(content: object, place: str = "") -> Iterator[tuple[str, Value | None]]:
    """Place and value of everything that is neither table nor list."""
    if isinstance(content, dict):
        for key, value in content.items():
            if Place(str(key)).steps == [str(key)]:
                yield from leaves(value, f"{place}.{key}" if place else str(key))
    elif isinstance(content, list):
        for number_, value in enumerate(content):
            if isinstance(value, dict):
                yield from leaves(value, f"{place}[{number_}]")
    elif content is None or isinstance(content, int | float | str):
        yield place, content


def axis_of(base: Scenario, text: str, known: Mapping[str, Value | None]) -> Axis:
    """One ``PATH=VALUES``: numbers, words, ranges ``from:to:count``, apart by commas."""
    path, equals, values = text.partition("=")
    path = path.strip()
    if not equals or not path or not values.strip():
        raise PlannerError(say("sweep.form", text=shown(text)))
    if path == "budget_rp":
        if len(base.budget_rp) > 1:
            years = ", ".join(f"budget_rp.{ta}" for ta in base.budget_rp)
            raise PlannerError(say("sweep.which_year", years=years))
        path = f"budget_rp.{base.first_year}"
    if path not in known:
        if Place(path).field in FIXED:
            raise PlannerError(say("sweep.fixed", path=shown(path)))
        raise PlannerError(say("errors.unknown", kind=say("sweep.field"), name=shown(path), hint=hint(path, known)))
    whole = Place(path).unit == "rupiah" or type(known[path]) is int
    return Axis(path, tuple(value for part in values.split(",") for value in values_of(path, part.strip(), whole)))


def values_of(path: str, text: str, whole: bool) -> list[Value]:
    """The values that one part of a list stands for; ``whole``: places of a range are rounded to whole numbers."""
    if ":" not in text:
        return [value_of(path, text)]
    parts = [value_of(path, part) for part in text.split(":")]
    low, high, count = parts if len(parts) == 3 else ("", "", 0)
    numbers = all(type(end) in (int, float) for end in (low, high))
    if not numbers or type(count) is not int or not 2 <= count <= MOST:
        raise PlannerError(f"{path}: {say('sweep.range', text=shown(text), most=MOST)}")
    first, last = Decimal(str(low)), Decimal(str(high))
    places = [first + (last - first) * k / (count - 1) for k in range(count)]
    return [plain_number(round(p) if whole else Decimal(f"{p:.12g}")) for p in places]


def value_of(path: str, text: str) -> Value:
    """A number (``300_000_000_000``, ``0.25``, ``3e11``), ``true`` or ``false``, or a word."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        if not text:
            raise PlannerError(f"{path}: {say('sweep.empty')}") from None
        return {"true": True, "false": False}.get(text, text)
    if not value.is_finite() or (value and abs(value.adjusted()) > 18):
        raise PlannerError(f"{path}: {say('sweep.no_number', text=shown(text))}")
    return plain_number(value)


def plain_number(value: Decimal | int) -> int | float:
    return int(value) if value == int(value) else float(value)


def vary_rows(base: Scenario, rows: Sequence[Mapping[str, Value]]) -> Iterator[Variation]:
    """The variation of each row, equal ones once; every value that a scenario refuses is told before the first."""
    asumsi = reference("asumsi")
    found: dict[str, Variation] = {}
    problems: list[str] = []
    for row in rows:
        content = plain(base)
        for path, value in row.items():
            Place(path).put(content, value)
        try:
            unnamed = scenario_of(content, file=say("sweep.variation"))
            values_in_force(asumsi, unnamed)
        except PlannerError as error:
            problems += error.problems
            continue
        name = f"{base.name} · {Variation(row, unnamed).text}"
        found.setdefault(repr(plain(unnamed)), Variation(row, vary(unnamed, name=name)))
    if problems:
        raise PlannerError(dict.fromkeys(problems))
    yield from found.values()


def written(path: str, value: Value) -> str:
    """A value so that different ones read differently: money in miliar or juta where that is exact."""
    if isinstance(value, bool | str):
        return str(value).lower() if isinstance(value, bool) else value
    if Place(path).unit == "rupiah":
        for size, name in ((MILIAR, "miliar"), (MILIAR // 1000, "juta")):
            if value >= size and value % (size // 1000) == 0:
                return f"{number(value / size, decimals(value / size), 'id')} {name}"
        return number(value, lang="id")
    return Place(path).exactly(value, "id")
