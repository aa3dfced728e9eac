"""Bands on sums over options: money, numbers of usulan, and the total of any numeric column."""

from math import lcm
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from planner.base.messages import label, say
from planner.base.units import exact, number, percent, rupiah
from planner.scenario.rules.base import Amount, Band


class SpendBand(Band, frozen=True):
    """Money: between ``min_rp``/``min_share`` and ``max_rp``/``max_share`` of what is spent, or of the budget."""

    rule: Literal["SpendBand"]
    min_rp: Amount | None = None
    max_rp: Amount | None = None
    of: Literal["spent", "budget"] = "spent"

    what: ClassVar[str] = "amount"
    priced_unit: ClassVar[int] = 10**6

    @property
    def follows_budget(self) -> bool:
        return self.of == "budget"

    def values(self, lang) -> dict:
        return super().values(lang) | {"of": say(f"words.of_{self.of}", lang) if self.shares() else ""}

    def bound_text(self, name, value, lang) -> str:
        return rupiah(value, lang) if name.endswith("rp") else super().bound_text(name, value, lang)

    def whole(self, options) -> np.ndarray:
        return np.ones(len(options), dtype=np.int64)

    def total_of(self, options, ta) -> int | None:
        return options.budget_rp[ta] if self.of == "budget" else None

    def fixed(self):
        return [("min_rp", self.min_rp), ("max_rp", self.max_rp)]


class CountBand(Band, frozen=True):
    """Numbers: between ``min`` and ``max`` usulan, or that share of the usulan that are funded."""

    rule: Literal["CountBand"]
    min: Amount | None = None
    max: Amount | None = None

    what: ClassVar[str] = "fund"

    def whole(self, options) -> np.ndarray:
        return np.ones(len(options), dtype=np.int64)

    def fixed(self):
        return [("min", self.min), ("max", self.max)]


class TotalBand(Band, frozen=True):
    """A numeric column added up over funded usulan: between ``min`` and ``max``, or that share of its total."""

    rule: Literal["TotalBand"]
    column: str
    min: Annotated[float, Field(allow_inf_nan=False)] | None = None
    max: Annotated[float, Field(allow_inf_nan=False)] | None = None

    what: ClassVar[str] = "fund"

    def values(self, lang) -> dict:
        return super().values(lang) | {"column": label("columns", self.column, lang)}

    def bound_text(self, name, value, lang) -> str:
        digits = 0 if float(value).is_integer() else 2
        return percent(value, lang=lang) if name.endswith("share") else number(value, digits, lang)

    def whole(self, options) -> np.ndarray:
        weight, scale = options.whole_column(self.column, {} if self.shares() else self.where)
        return weight * self.finer(scale)

    def scale(self, options) -> int:
        scale = options.whole_column(self.column, {} if self.shares() else self.where)[1]
        return scale * self.finer(scale)

    def finer(self, scale: int) -> int:
        """By how much more a soft sum is multiplied, so that its bounds are whole too and no gap is rounded."""
        bounds = [exact(value) * scale for _, value in self.fixed() if value is not None] if self.soft else []
        return lcm(*(bound.denominator for bound in bounds))

    def fixed(self):
        return [("min", self.min), ("max", self.max)]
