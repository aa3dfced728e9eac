"""A scenario: everything a planner decides before pressing Hitung, as one value and one TOML file."""

from planner.scenario.text import edited as edited
from planner.scenario.text import toml as toml
from planner.scenario.value import CriterionName as CriterionName
from planner.scenario.value import Prices as Prices
from planner.scenario.value import Scenario as Scenario
from planner.scenario.value import Solver as Solver
from planner.scenario.value import plain as plain
from planner.scenario.value import read_scenario as read_scenario
from planner.scenario.value import scenario_of as scenario_of
from planner.scenario.value import vary as vary
