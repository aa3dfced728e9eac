"""The rules that bind: one small class each, as named rows for a solver and as an integer check of decisions.

To add one: a class in the file of its kind, its name in ``AnyRule``, its sentence in ``messages.toml``.
"""

from typing import Annotated, get_args

from pydantic import Field

from planner.scenario.rules.bands import CountBand, SpendBand, TotalBand
from planner.scenario.rules.base import NEVER as NEVER
from planner.scenario.rules.base import LiftedRule as LiftedRule
from planner.scenario.rules.base import Relief as Relief
from planner.scenario.rules.base import Rule
from planner.scenario.rules.by_hand import AgreedVolume, Lock
from planner.scenario.rules.gates import MinimumIKM, NoDoubleFunding, Ready, SentraCriterion, ThreeYearReport
from planner.scenario.rules.limits import MaxPerKabupaten, OnePerSentra, PriceCeiling, SupportShare, Ticket
from planner.scenario.rules.package import FunctionalPackage
from planner.scenario.rules.reach import ServiceReach, SpreadCommodity
from planner.scenario.rules.spread import EvenSpread
from planner.scenario.rules.years import FinishFirst, OperatingBurden, PhaseOrder

AnyRule = Annotated[
    SpendBand | CountBand | TotalBand | MaxPerKabupaten | OnePerSentra | Ready | MinimumIKM | SentraCriterion
    | FunctionalPackage | Ticket | PriceCeiling | SupportShare | ThreeYearReport | Lock | AgreedVolume
    | EvenSpread | PhaseOrder | FinishFirst | OperatingBurden | NoDoubleFunding | ServiceReach
    | SpreadCommodity,
    Field(discriminator="rule"),
]  # fmt: skip
RULES: dict[str, type[Rule]] = {rule.__name__: rule for rule in get_args(get_args(AnyRule)[0])}
