"""What every rule is, and what every band is: a sentence, named rows, and an integer check that says them again."""

from abc import abstractmethod
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field, PlainValidator, model_validator

from planner.base.errors import PlannerError, shown
from planner.base.messages import label, say
from planner.base.units import exact, number, percent
from planner.scenario.rows import NO_LIMIT, Cut, Decisions, Excess, Lifted, Measure, RowName, Rows, Term, limits

LONGEST_LAW = 400  # characters: as much as every screen, report and workbook shows whole
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Amount = Annotated[int, Field(ge=0, le=10**15, strict=True)]
Price = Annotated[float, Field(ge=0, le=10**12, allow_inf_nan=False)]
NEVER = "never"


def known_relief(value: object) -> float | str:
    """What a unit of relaxing costs: a number above 0, or 'never'."""
    number = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 10**12
    if not number and value != NEVER:
        raise ValueError(say("rules.problems.relief", value=shown(value)))
    return float(value) if number else NEVER  # type: ignore[arg-type]


Relief = Annotated[float | str, PlainValidator(known_relief, json_schema_input_type=float | Literal["never"])]
Filter = dict[str, str | int | float | bool | list[str | int | float | bool]]


class Rule(BaseModel, frozen=True, extra="forbid"):
    """A rule of a scenario: ``law`` names its regulation and clause, or says ``asumsi``.

    ``relax``: what one unit of relaxing it costs where no plan exists, or ``never``; else what ``[prices]`` says.
    """

    each_usulan: ClassVar[bool] = False  # its rows speak of one usulan each, not of a group's limit

    rule: str
    law: Annotated[str, Field(max_length=LONGEST_LAW)] = ""
    relax: Relief | None = None

    @property
    def follows_budget(self) -> bool:
        """Whether the limits of its rows (never their coefficients) depend on the pagu."""
        return False

    def sentence(self, lang: str | None = None) -> str:
        """What the rule says, for people."""
        return say(f"rules.{type(self).__name__}", lang, **self.values(lang))

    def values(self, lang) -> dict:
        """The placeholders of the sentence."""
        return {}

    def gate(self, usulan, candidates, first_year: int) -> dict[str, dict]:
        """Usulan that are no option at all: usulan_id -> reason {id, en}. ``usulan`` carries its region's columns."""
        return {}

    def factors(self, usulan, candidates, first_year: int) -> dict[str, float]:
        """By what (0-1) the rule multiplies the chance of an usulan; who is not named keeps it."""
        return {}

    def brings(self, options) -> Iterator[tuple[int, int]]:
        """Pairs of options (i, j): who funds i must fund one such j beside it, so that i alone says nothing of i."""
        return iter(())

    def unclear(self, usulan, candidates, first_year: int) -> list[str]:
        """The usulan of which the rule cannot tell, because a cell is empty: listed, not punished."""
        return []

    @abstractmethod
    def rows(self, options) -> Iterator[Rows]:
        """The rule as linear rows over the options' decisions."""

    @abstractmethod
    def holds(self, options, decisions: Decisions) -> list[Excess]:
        """What the decisions break, said a second time in whole numbers; empty when the rule holds."""


class LiftedRule(Rule, frozen=True):
    """A rule that rows over decisions alone cannot say: a solver gets ``lifted``, the check is ``measures``."""

    def rows(self, options) -> Iterator[Rows]:
        return iter(())

    @abstractmethod
    def lifted(self, options) -> Lifted:
        """The rule for a solver, with helper columns."""

    @abstractmethod
    def measures(self, options, decisions: Decisions) -> list[Measure]:
        """What the rule measures of the decisions, exactly."""

    @abstractmethod
    def cuts(self, options, decisions: Decisions) -> Iterator[Cut]:
        """What every legal plan keeps and these decisions, which break the rule, do not."""

    @abstractmethod
    def shares(self, activity: int, limit: int) -> tuple[float, float] | None:
        """A measure and its limit as people read them: (reached, allowed) of 0-1; None where both are counts."""

    def holds(self, options, decisions: Decisions) -> list[Excess]:
        found = self.measures(options, decisions)
        return [Excess(measure.label, measure.excess) for measure in found if measure.excess]


class Band(Rule, frozen=True):
    """A lower and an upper bound on a sum over the options that ``where`` selects, per value of ``by`` and year.

    A share p/q of a total T becomes the integer row ``q x sum - p x T`` (>= 0 or <= 0). A ``soft`` one may be missed:
    each unit (juta, usulan, unit of the column) that a year's group lacks or has too much costs ``price`` in the unit
    of the first goal, which is taken off that goal. A share's gap is measured against the whole as it is spent.
    """

    what: ClassVar[str]  # the decision that is added up: fund or amount
    priced_unit: ClassVar[int] = 1  # how much of what is added up one ``price`` is for

    where: Filter = {}
    by: str | None = None
    min_share: Share | None = None
    max_share: Share | None = None
    soft: bool = False
    price: Price | None = None

    @model_validator(mode="after")
    def _has_a_price_where_soft(self):
        if self.soft != (self.price is not None):
            raise ValueError(say("rules.problems.no_price" if self.soft else "rules.problems.price_of_hard"))
        return self

    @model_validator(mode="after")
    def _has_sensible_bounds(self):
        bounds = {name: value for name, value in self if name.startswith(("min", "max")) and value is not None}
        if not bounds:
            raise ValueError(say("rules.problems.no_bound"))
        for name, value in bounds.items():
            upper = bounds.get(name.replace("min", "max", 1)) if name.startswith("min") else None
            if upper is not None and value > upper:
                raise ValueError(say("rules.problems.min_above_max", min=value, max=upper, name=name))
        return self

    def values(self, lang) -> dict:
        return {"bounds": self.bounds_text(lang), "where": where_text(self.where, lang), "by": by_text(self.by, lang)}

    def sentence(self, lang: str | None = None) -> str:
        hard = super().sentence(lang)
        if not self.soft:
            return hard
        unit = say(f"rules.soft.{type(self).__name__}", lang, **self.values(lang))
        return say("rules.soft.sentence", lang, rule=hard.rstrip("."), price=price_text(self.price, lang), unit=unit)

    def bounds_text(self, lang) -> str:
        parts = [(name, value) for name, value in self if name.startswith(("min", "max")) and value is not None]
        return f" {say('words.and', lang)} ".join(
            say(f"words.{n[:3]}", lang, x=self.bound_text(n, v, lang)) for n, v in parts
        )

    def bound_text(self, name, value, lang) -> str:
        return percent(value, lang=lang) if name.endswith("share") else number(value, lang=lang)

    @abstractmethod
    def whole(self, options) -> np.ndarray:
        """What each option adds to the sum, in whole units (per rupiah of amount, or per funded usulan)."""

    def scale(self, options) -> int:
        """By how much the sum is multiplied to be whole."""
        return 1

    def total_of(self, options, ta: int) -> int | None:
        """The fixed total that shares refer to in a year; None: the sum over all that is funded."""
        return None

    @abstractmethod
    def fixed(self) -> list[tuple[str, int | float | None]]:
        """The bounds that are no shares by name, in the rule's unit."""

    def families(self, options) -> Iterator[tuple[int, list[str], np.ndarray, np.ndarray]]:
        """Per year: the year, its groups' names, the members' positions and each member's group number."""
        chosen, codes, names = options.select(self.where, self.by)
        for ta in options.years:
            over = np.flatnonzero(chosen & (options.ta == ta))
            used = np.flatnonzero(np.bincount(codes[over], minlength=len(names)))
            row = np.searchsorted(used, codes[over])
            if self.by is None:  # one group even when nothing passes the filter: a floor on nothing cannot hold
                used = np.zeros(1, dtype=np.int64)
            yield ta, [names[u] for u in used], over, row

    def rows(self, options) -> Iterator[Rows]:
        weight, scale = self.whole(options), self.scale(options)
        for ta, names, over, row in self.families(options):
            everyone = np.flatnonzero(options.ta == ta)
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
        return exact(self.price) / (scale * self.priced_unit) if self.soft else None

    def shares(self) -> dict[str, Fraction]:
        return {n: exact(v) for n, v in (("min_share", self.min_share), ("max_share", self.max_share)) if v is not None}

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
            everyone = sum(int(weight[u]) * int(values[u]) for u in np.flatnonzero(options.ta == ta))
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


def price_text(price: float, lang) -> str:
    """A price with as many decimals as it needs, at most six."""
    return number(price, next((d for d in range(6) if round(price, d) == price), 6), lang)


def where_text(where: Filter, lang) -> str:
    """' untuk menu revitalisasi' or nothing."""
    if not where:
        return ""
    parts = [
        f"{label('columns', k, lang)} {', '.join(map(str, v if isinstance(v, list) else [v]))}"
        for k, v in where.items()
    ]
    return " " + say("words.where", lang, filter="; ".join(parts))


def by_text(by: str | None, lang) -> str:
    return " " + say("words.by", lang, column=label("columns", by, lang)) if by else ""


def line_names(options, lines: np.ndarray, bound: str | None = None) -> list[RowName]:
    """Of each line: its usulan, year and rincian."""
    table, own = options.table, options.line_option[lines]
    parts = (table["usulan_id"].iloc[own], options.ta[own].tolist(), options.lines["rincian_id"].iloc[lines])
    return [RowName(usulan, ta, rincian, bound) for usulan, ta, rincian in zip(*parts, strict=True)]


def option_names(options, positions: np.ndarray, bound: str | None = None) -> list[RowName]:
    """Of each option: its usulan and year."""
    parts = options.table["usulan_id"].iloc[positions], options.ta[positions].tolist()
    return [RowName(usulan, ta, bound=bound) for usulan, ta in zip(*parts, strict=True)]


def yearly(options, key: pd.Series) -> tuple[np.ndarray, list[RowName]]:
    """Each option's group number and the groups' names, in order of the text, where a value in a year is a group."""
    codes, names = pd.factorize(key.astype("str") + ":" + pd.Series(options.ta).astype("str"), sort=True)
    first = np.unique(codes, return_index=True)[1]
    parts = zip(key.iloc[first], options.ta[first].tolist(), strict=True)
    return codes.astype(np.int64), [RowName(str(group), ta) for group, ta in parts]
