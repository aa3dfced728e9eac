"""The assumptions in force, and what a scenario weighs past its time."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pandas as pd

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import label, say
from planner.base.paths import ACUAN
from planner.scenario.chance import island_of
from planner.scenario.criteria import FACTS
from planner.scenario.scenario import Scenario
from planner.tables.reference import as_text


def values_in_force(asumsi: pd.DataFrame, scenario: Scenario, pulau: Collection[str] = ()) -> dict[str, float]:
    """The assumptions in force: the table's middle values, overridden by the scenario's.

    A scenario may also state ``chance.cell``s, whose island group must be one of ``pulau`` where those are given.
    """
    values = dict(zip(asumsi["nama"], asumsi["nilai"], strict=True))
    unknown = [
        f"assumptions.{name}: "
        + say("errors.unknown", kind=say("words.assumption"), name=shown(name), hint=hint(name, values))
        for name in scenario.assumptions
        if name not in values and not island_of(name)
    ]
    unknown += [
        f"assumptions.{name}: "
        + say("errors.unknown", kind=label("columns", "pulau"), name=shown(island), hint=hint(island, pulau))
        for name in scenario.assumptions
        if (island := island_of(name)) and pulau and island not in pulau
    ]
    values |= {name: value for name, value in scenario.assumptions.items() if name in values or island_of(name)}
    problems = unknown + [f"assumptions.{name}: {why}" for name, why in impossible(values)]
    if problems:
        raise PlannerError(problems)
    return values


def impossible(values: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """Assumptions that cannot be: a factor above 1, bounds upside down, a fraction of an IKM."""
    for name, value in values.items():
        if name.startswith(("faktor_", "diskonto")) and not 0 < value <= 1:
            yield name, say("candidates.factor_range")
        if name.startswith("ikm_asumsi_") and not (float(value).is_integer() and 0 < value <= 10**6):
            yield name, say("candidates.whole_ikm")
        if name.endswith("_maks") and value <= values[name.removesuffix("_maks") + "_min"]:
            yield name, say("candidates.bounds_upside_down")


def expired(scenario: Scenario, acuan: Path = ACUAN) -> list[str]:
    """A sentence for each criterion with weight that rests on a column which held only until an earlier year.

    Until when a column holds is what ``sumber.csv`` says of it; the year is that of the first budget.
    """
    table = as_text("sumber", acuan).query("berlaku_sampai != ''")
    ends = {(of.removesuffix(".csv"), c): int(y) for of, c, y in table[["tabel", "kolom", "berlaku_sampai"]].values}
    weighed = [name for name, weight in scenario.weights.items() if weight]
    last = {name: min((ends[fact] for fact in FACTS.get(name, ()) if fact in ends), default=None) for name in weighed}
    gone = {name: year for name, year in last.items() if year is not None and year < scenario.first_year}
    facts = {name: {"place": f"weights.{name}", "name": label("criteria", name)} for name in gone}
    return [say("scenario.expired", year=year, ta=scenario.first_year, **facts[name]) for name, year in gone.items()]
