"""Places in a scenario: what their numbers are stands where the field is declared, never in the end of its name."""

import re

import pytest

from planner.base.paths import ROOT
from planner.base.units import Unit, unit_of
from planner.scenario.goals import KINDS
from planner.scenario.place import Place
from planner.scenario.rules import RULES
from planner.scenario.scenario import Prices, Solver

UNITS = {
    "budget": "rupiah", "budget_rp.2028": "rupiah", "weights.ikm": "number", "assumptions.diskonto": "number",
    "solver.gap": "share", "solver.time_limit_s": "number", "goals[1].tolerance": "share",
    "prices.share": "number", "prices.rupiah": "number",  # prices in juta, of a point and of a juta
    "rules[3].min_share": "share", "rules[3].max_rp": "rupiah", "rules[0].capacity_rp": "rupiah",
    "rules[0].tolerance": "share", "rules[0].max": "number", "rules[0].radius_km": "number", "nothing.here": "number",
}  # fmt: skip


@pytest.mark.parametrize(("name", "unit"), UNITS.items())
def test_a_place_has_the_unit_that_its_field_declares(name, unit):
    assert Place(name).unit == unit


def test_money_and_shares_among_the_parameters_say_so_and_alike_in_every_rule():
    models = [*RULES.values(), *KINDS.values(), Solver, Prices]
    units = {}
    for model in models:
        for name in model.model_fields:
            units.setdefault(name if model is not Prices else f"prices.{name}", set()).add(unit_of(model, name))
    assert {name: found for name, found in units.items() if len(found) > 1} == {}
    named = {name: Unit.RUPIAH for name in units if name.endswith("_rp")}
    named |= {name: Unit.SHARE for name in units if name.endswith("_share")}
    assert {name: units[name] for name in named} == {name: {unit} for name, unit in named.items()}


def test_each_unit_reads_as_people_write_it():
    # 4 490 000 000 rupiah; 0.305 of all; 12.5 of anything
    assert [Unit.RUPIAH.text(4_490_000_000), Unit.SHARE.text(0.305), Unit.NUMBER.text(12.5), Unit.NUMBER.text(12)] == [
        "Rp 4,49 miliar", "30,5 %", "12,50", "12",
    ]  # fmt: skip
    assert [Unit.RUPIAH.exactly(4_490_000_001), Unit.SHARE.exactly(0.30545), Unit.NUMBER.exactly(12.25)] == [
        "Rp 4.490.000.001", "30,545 %", "12,25",
    ]  # fmt: skip


def test_no_file_reads_a_unit_from_the_end_of_a_name():
    guess = re.compile(r"""(endswith|startswith)\(["'](_?rp|_?pct|_?share|share)["']\)""")
    files = sorted((ROOT / "src" / "planner").rglob("*.py"))
    found = [path.name for path in files if guess.search(path.read_text(encoding="utf-8"))]
    assert found == []
