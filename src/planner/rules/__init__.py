"""The rules that bind: one small class each, as named rows for a solver and as an integer check of decisions.

To add one: a class in ``bands`` or ``domain``, its name here, its sentence in ``messages.toml``.
"""

from typing import Annotated

from pydantic import Field

from planner.rules.bands import CountBand, SpendBand, TotalBand
from planner.rules.base import Rule
from planner.rules.domain import Lock, MaxPerKabupaten, SupportShare

RULES: dict[str, type[Rule]] = {
    c.__name__: c for c in (SpendBand, CountBand, TotalBand, MaxPerKabupaten, SupportShare, Lock)
}
AnyRule = Annotated[
    SpendBand | CountBand | TotalBand | MaxPerKabupaten | SupportShare | Lock, Field(discriminator="rule")
]
