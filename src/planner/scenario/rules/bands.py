"""Bands on sums over options: money, numbers of usulan, and the total of any numeric column."""

from abc import abstractmethod
from collections.abc import Iterator
from fractions import Fraction
from math import lcm
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from planner.base.errors import PlannerError
from planner.base.messages import label, say
from planner.base.units import exact, unit_of
from planner.scenario.goals import GIVEN
from planner.scenario.rows import NO_LIMIT, Decisions, Excess, Measure, RowName, Rows, Term, limits
from planner.scenario.rules.base import (
    Amount,
    Filter,
    Given,
    Price,
    Rule,
    Rupiah,
    Share,
    by_text,
    priced_where_soft,
    soft_text,
    where_text,
    yearly_text,
)


class Band(Rule, frozen=True):
    """A lower and an upper bound on a sum over the options that ``where`` selects, per value of ``by`` and year.

    ``per``: its limits hold in each year, or (``horizon``) for all years together. A floor holds in every group that
    the tables have, also where a gate took out all its usulan. A share p/q of a total T becomes the integer row
    ``q x sum - p x T`` (>= 0 or <= 0). A ``soft`` one may be missed: each unit (juta, usulan, unit of the column) that
    a group lacks or has too much costs ``price`` in the unit of the first goal, which is taken off that goal. A share's
    gap is measured against the whole as it is spent.
    """

    priced_unit: ClassVar[int] = 1  # how much of what is added up one ``price`` is for

    where: Filter = Field({})
    by: str | None = None
    min_share: Share | None = None
    max_share: Share | None = None
    per: Literal["year", "horizon"] = Field("year", exclude_if=lambda per: per == "year")
    soft: bool = False
    price: Price | None = None

    @model_validator(mode="after")
    def _has_a_price_where_soft(self):
        priced_where_soft(self.soft, self.price)
        return self

    @model_validator(mode="after")
    def _has_sensible_bounds(self):
        bounds = self.bounds()
        if not bounds:
            raise ValueError(say("rules.problems.no_bound"))
        for name, value in bounds.items():
            upper = bounds.get(name.replace("min", "max", 1)) if name.startswith("min") else None
            if upper is not None and value > upper:
                raise ValueError(say("rules.problems.min_above_max", min=value, max=upper, name=name))
        return self

    @property
    def is_soft(self) -> bool:
        return self.soft

    @property
    def floor(self) -> str | None:
        bounds = self.bounds()
        return next((name for name in ("min_share", "min", "min_rp") if name in bounds), None)

    def bounds(self) -> dict[str, int | float]:
        """Its bounds that are set, by parameter, in their order."""
        return {name: value for name, value in self if name.startswith(("min", "max")) and value is not None}

    def linear(self) -> list[str]:
        return list(self.bounds())

    def keeps_out(self, options, row: RowName) -> list[dict]:
        rows = options.before_gates(self.where)
        rows = rows if self.by is None else rows[options.texts(self.by)[rows.index] == row.group]
        mine = set(rows["usulan_id"])
        return [record for record in options.gated if record["usulan_id"] in mine]

    def hollow(self, options) -> bool:
        if not self.min_share or self.soft:
            return False
        return any(np.bincount(row, minlength=len(names)).min() == 0 for _, names, _, row in self.families(options))

    def as_shares(self, of: Measure, given: Given) -> tuple[float, float] | None:
        share = self.shares().get("min_share" if of.upper is None else "max_share")
        if share is None or of.limit:
            return None
        pairs = [pair for (ta, kode), pair in given.items() if not kode and of.label.ta in (None, ta)]
        usulan, amount_rp = (sum(each) for each in zip((0, 0), *pairs, strict=True))
        return of.of_whole(amount_rp if self.unit == "rupiah" else usulan, share)

    def gap(self, of: Measure, options) -> Fraction | None:
        share = None if self.follows_budget else self.shares().get(str(of.label.bound))
        return Fraction(of.excess, self.scale(options) * (share.denominator if share else 1))

    def values(self, lang) -> dict:
        own = {"where": where_text(self.where, lang), "by": by_text(self.by, lang), "span": self.span_text(lang)}
        return own | {"bounds": self.bounds_text(lang)}

    def span_text(self, lang) -> str:
        """Of which years its limits are, where that is not said already."""
        return " " + say("words.all_years", lang) if self.per == "horizon" else yearly_text(self.over_years, lang)

    def sentence(self, lang: str | None = None) -> str:
        return soft_text(self, super().sentence(lang), self.price, lang)

    def bounds_text(self, lang) -> str:
        parts = self.bounds().items()
        return f" {say('words.and', lang)} ".join(
            say(f"words.{n[:3]}", lang, x=unit_of(type(self), n).stated(v, lang)) for n, v in parts
        )

    @abstractmethod
    def whole(self, options) -> np.ndarray:
        """What each option adds to the sum, in whole units (per rupiah of amount, or per funded usulan)."""

    def total_of(self, options, ta: int | None) -> int | None:
        """The fixed total that shares refer to in a year or all; None: the sum over all that is funded."""
        return None

    def bound_as_written(self, row: RowName) -> Fraction | None:
        value = dict(self.fixed()).get(row.bound or "")
        return None if value is None else exact(value)

    @abstractmethod
    def fixed(self) -> list[tuple[str, int | float | None]]:
        """The bounds that are no shares by name, in the rule's unit."""

    def families(self, options) -> Iterator[tuple[int | None, list[str], np.ndarray, np.ndarray]]:
        """Per year (None: all together): its groups' names, the members' positions and each member's group number."""
        chosen, codes, names = options.select(self.where, self.by)
        asked = options.asked(self.where, self.by) if self.floor else set()
        if self.by is None:  # one group even when nothing passes the filter: a floor on nothing cannot hold
            asked = set(names)
        for ta in [None] if self.per == "horizon" else options.years:
            over = np.flatnonzero(chosen & in_span(options, ta))
            used = np.unique(codes[over])
            groups = sorted(asked.union(names[code] for code in used))
            place = {name: k for k, name in enumerate(groups)}
            row = np.array([place.get(name, -1) for name in names], dtype=np.int64)
            yield ta, groups, over, row[codes[over]]

    def rows(self, options) -> Iterator[Rows]:
        weight, scale = self.whole(options), self.scale(options)
        for ta, names, over, row in self.families(options):
            everyone = np.flatnonzero(in_span(options, ta))
            term = Term(self.what, over, row, weight[over])
            for bound, limit in self.fixed_limits(options, ta, scale).items():
                lower, upper = limits(
                    len(names), limit if bound[:3] == "min" else None, limit if bound[:3] == "max" else None
                )
                price = self.row_price(scale)
                yield Rows([RowName(name, ta, bound=bound) for name in names], (term,), lower, upper, price)
            for bound, share in self.free_shares(options, ta).items():
                if int(np.abs(weight).max(initial=0)) * share.denominator > NO_LIMIT:
                    raise PlannerError(say("errors.too_large"))
                coef = np.tile(-share.numerator * weight[everyone], (len(names), 1))
                coef[row, np.searchsorted(everyone, over)] += share.denominator * weight[over]
                all_rows = np.repeat(np.arange(len(names)), len(everyone))
                whole = Term(self.what, np.tile(everyone, len(names)), all_rows, coef.ravel())
                lower, upper = limits(len(names), 0 if bound[:3] == "min" else None, 0 if bound[:3] == "max" else None)
                price = self.row_price(scale * share.denominator)
                yield Rows([RowName(name, ta, bound=bound) for name in names], (whole,), lower, upper, price)

    def row_price(self, scale: int) -> Fraction | None:
        """What one unit of a row costs whose sum is multiplied by ``scale``; None: the row must hold."""
        return None if self.price is None else exact(self.price) / (scale * self.priced_unit)

    def free_shares(self, options, ta) -> dict[str, Fraction]:
        """The shares of what is funded, as fractions."""
        return self.shares() if self.total_of(options, ta) is None else {}

    def fixed_limits(self, options, ta, scale) -> dict[str, int]:
        """The limits known before solving, whole: a lower one rounded up, an upper one down."""
        total, found = self.total_of(options, ta), {}
        bounds = [(n, exact(v) * scale) for n, v in self.fixed() if v is not None]
        bounds += [(n, share * total) for n, share in self.shares().items() if total is not None]
        for name, value in bounds:
            down, up = value.numerator // value.denominator, -(-value.numerator // value.denominator)
            found[name] = up if name.startswith("min") else down
            if abs(found[name]) >= NO_LIMIT:
                raise PlannerError(say("errors.too_large"))
        return found

    def holds(self, options, decisions: Decisions) -> list[Excess]:
        return [] if self.soft else self.missed(options, decisions)

    def missed(self, options, decisions: Decisions) -> list[Excess]:
        """By how much the bounds are passed, whether they must hold or not."""
        weight, scale, values = self.whole(options), self.scale(options), getattr(decisions, self.what)
        found = []
        for ta, names, over, row in self.families(options):
            everyone = sum(int(weight[u]) * int(values[u]) for u in np.flatnonzero(in_span(options, ta)))
            sums = [0] * len(names)
            for u, group in zip(over, row, strict=True):
                sums[group] += int(weight[u]) * int(values[u])
            for name, total in zip(names, sums, strict=True):
                checks = [(bound, total, limit) for bound, limit in self.fixed_limits(options, ta, scale).items()]
                checks += [
                    (bound, total * share.denominator, share.numerator * everyone)
                    for bound, share in self.free_shares(options, ta).items()
                ]
                for bound, have, limit in checks:
                    by = limit - have if bound.startswith("min") else have - limit
                    if by > 0:
                        found.append(Excess(RowName(name, ta, bound=bound), by))
        return found


def in_span(options, ta: int | None) -> np.ndarray:
    """Which options are of a year; None: of any."""
    return np.ones(len(options), dtype=bool) if ta is None else np.asarray(options.ta == ta)


class SpendBand(Band, frozen=True):
    """Money: between ``min_rp``/``min_share`` and ``max_rp``/``max_share`` of what is spent, or of the budget.

    For a year t and a group G (the usulan that ``where`` selects, of one value of ``by``), with a_u the rupiah given to
    usulan u, S the rupiah given to all in t, B the pagu of t in rupiah, and p/q a share:
    ``min_rp <= sum over G of a_u <= max_rp``; of ``spent``: ``q x sum over G of a_u - p x S >= 0`` (``max_share``: <=
    0); of ``budget``: ``sum over G of a_u >= p B / q`` (<=), its limit rounded up (down) to whole rupiah.
    Source: no text that we have read sets such shares for this grant: policy, so ``law`` names it or says asumsi.
    """

    rule: Literal["SpendBand"]
    min_rp: Rupiah | None = None
    max_rp: Rupiah | None = None
    of: Literal["spent", "budget"] = "spent"

    priced_unit: ClassVar[int] = 10**6

    @property
    def unit(self) -> Literal["rupiah"]:
        return "rupiah"

    @property
    def what(self) -> str:
        return "amount"

    @property
    def follows_budget(self) -> bool:
        return self.of == "budget"

    def values(self, lang) -> dict:
        of = f"words.of_{self.of}" + "_all" * (self.per == "horizon")
        return super().values(lang) | {"of": say(of, lang) if self.shares() else ""}

    def span_text(self, lang) -> str:
        said = self.per == "year" and not any(limit is not None for _, limit in self.fixed())
        return "" if said else super().span_text(lang)

    def whole(self, options) -> np.ndarray:
        return np.ones(len(options), dtype=np.int64)

    def total_of(self, options, ta) -> int | None:
        if self.of != "budget":
            return None
        return sum(options.budget_rp.values()) if ta is None else int(options.budget_rp[ta])

    def fixed(self):
        return [("min_rp", self.min_rp), ("max_rp", self.max_rp)]


class CountBand(Band, frozen=True):
    """Numbers: between ``min`` and ``max`` usulan, or that share of the usulan that are funded.

    For a year t and a group G (as in ``SpendBand``), with f_u 1 where usulan u is funded, F the number funded in t and
    p/q a share: ``min <= sum over G of f_u <= max``; ``q x sum over G of f_u - p x F >= 0`` (``max_share``: <= 0).
    Source: policy, as with ``SpendBand``.
    """

    rule: Literal["CountBand"]
    min: Amount | None = None
    max: Amount | None = None

    def whole(self, options) -> np.ndarray:
        return np.ones(len(options), dtype=np.int64)

    def fixed(self):
        return [("min", self.min), ("max", self.max)]


class TotalBand(Band, frozen=True):
    """A numeric column added up over funded usulan: between ``min`` and ``max``, or that share of its total.

    For a year t and a group G (as in ``SpendBand``), with c_u the column in its own unit, f_u 1 where usulan u is
    funded, s the power of ten (or least multiple) that makes every c_u whole, C the sum of s c_u f_u over t and p/q a
    share: ``s min <= sum over G of s c_u f_u <= s max``; ``q x sum over G of s c_u f_u - p x C >= 0`` (<= 0). Of
    what is given (``amount_rp``) c_u f_u is the rupiah given to u, as in ``SpendBand``, not what it asks for.
    Source: policy, as with ``SpendBand``.
    """

    rule: Literal["TotalBand"]
    column: str
    min: Annotated[float, Field(allow_inf_nan=False)] | None = None
    max: Annotated[float, Field(allow_inf_nan=False)] | None = None

    @property
    def given(self) -> bool:
        return self.column in GIVEN

    @property
    def unit(self) -> Literal["rupiah", "count"]:
        return "rupiah" if self.given else "count"

    @property
    def what(self) -> str:
        return "amount" if self.given else "fund"

    def linear(self) -> list[str]:
        return [] if self.shares() else super().linear()  # of a share the total itself is what the plan adds up to

    def as_shares(self, of: Measure, given: Given) -> None:
        return None  # the total of the column is in no plan file

    def gap(self, of: Measure, options) -> Fraction | None:
        return None if options is None else super().gap(of, options)

    def values(self, lang) -> dict:
        return super().values(lang) | {"column": label("columns", self.column, lang)}

    def column_of(self, options) -> tuple[np.ndarray, int]:
        """The column in whole numbers (1 for each rupiah of what is given), and by what it is multiplied for that."""
        if self.given:
            return np.ones(len(options), dtype=np.int64), 1
        found: tuple[np.ndarray, int] = options.whole_column(
            self.column, {} if self.shares() else self.where, self.rule
        )
        return found

    def whole(self, options) -> np.ndarray:
        weight, scale = self.column_of(options)
        return weight * self.finer(scale)

    def scale(self, options) -> int:
        scale = self.column_of(options)[1]
        return scale * self.finer(scale)

    def finer(self, scale: int) -> int:
        """By how much more a soft sum is multiplied, so that its bounds are whole too and no gap is rounded."""
        bounds = [exact(value) * scale for _, value in self.fixed() if value is not None] if self.soft else []
        return lcm(*(bound.denominator for bound in bounds))

    def fixed(self):
        return [("min", self.min), ("max", self.max)]
