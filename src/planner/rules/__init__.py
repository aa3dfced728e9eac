"""The rules that bind: one small class each, as named rows for a solver and as an integer check of decisions.

To add one: a class in the file of its kind, its name in ``AnyRule``, its sentence in ``messages.toml``.
"""

from typing import Annotated, get_args

from pydantic import Field

from planner.rules.bands import CountBand, SpendBand, TotalBand
from planner.rules.base import NEVER as NEVER
from planner.rules.base import LiftedRule as LiftedRule
from planner.rules.base import Relief as Relief
from planner.rules.base import Rule
from planner.rules.domain import AgreedVolume, Lock, MaxPerKabupaten, SupportShare
from planner.rules.package import FunctionalPackage, OnePerSentra, PriceCeiling, Ticket
from planner.rules.reach import ServiceReach, SpreadCommodity
from planner.rules.readiness import MinimumIKM, Ready, SentraCriterion, ThreeYearReport
from planner.rules.spread import EvenSpread
from planner.rules.years import FinishFirst, NoDoubleFunding, OperatingBurden, PhaseOrder

AnyRule = Annotated[
    SpendBand | CountBand | TotalBand | MaxPerKabupaten | OnePerSentra | Ready | MinimumIKM | SentraCriterion
    | FunctionalPackage | Ticket | PriceCeiling | SupportShare | ThreeYearReport | Lock | AgreedVolume
    | EvenSpread | PhaseOrder | FinishFirst | OperatingBurden | NoDoubleFunding | ServiceReach
    | SpreadCommodity,
    Field(discriminator="rule"),
]  # fmt: skip
RULES: dict[str, type[Rule]] = {rule.__name__: rule for rule in get_args(get_args(AnyRule)[0])}
