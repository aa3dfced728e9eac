"""What every rule is: a sentence, named rows, an integer check that says them again, and what others ask of it."""

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Annotated, ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, BeforeValidator, Field, PlainValidator, PrivateAttr

from planner.base.errors import shown
from planner.base.messages import label, say
from planner.base.units import Unit, number, share_of
from planner.scenario.rows import Cut, Decisions, Excess, Lifted, Measure, RowName, Rows

LONGEST_LAW = 400  # characters: as much as every screen, report and workbook shows whole


def as_number(value: object) -> object:
    """A fraction such as ``"1/3"`` as the number that it is; anything else as it stands."""
    parts = re.fullmatch(r"\s*(\d{1,9})\s*/\s*(0*[1-9]\d{0,8})\s*", value) if isinstance(value, str) else None
    return int(parts[1]) / int(parts[2]) if parts else value


Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), BeforeValidator(as_number), Unit.SHARE]
Amount = Annotated[int, Field(ge=0, le=10**15, strict=True)]
Rupiah = Annotated[Amount, Unit.RUPIAH]
Price = Annotated[float, Field(ge=0, le=10**12, allow_inf_nan=False)]
NEVER = "never"
JOINT = ", "  # between the groups that one row speaks of together


def known_relief(value: object) -> float | str:
    """What a unit of relaxing costs: a number above 0, or 'never'."""
    number = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 10**12
    if not number and value != NEVER:
        raise ValueError(say("rules.problems.relief", value=shown(value)))
    return float(value) if number else NEVER  # type: ignore[arg-type]


Relief = Annotated[float | str, PlainValidator(known_relief, json_schema_input_type=float | Literal["never"])]
Filter = dict[str, str | int | float | bool | list[str | int | float | bool]]
Unknown = Annotated[Literal["pass", "gate"], Field(description="what an empty cell means")]
Line = tuple[str, str]  # usulan_id, rincian_id
Given = Mapping[tuple[int | None, str], tuple[int, int]]  # (year, kode or '' for all) -> funded usulan, rupiah


class LineLimit(NamedTuple):
    """The most units that a line may have, and why, in each language; 0: the line is out."""

    volume: int
    reason: dict[str, str]


class Rule(BaseModel, frozen=True, extra="forbid"):
    """A rule of a scenario: ``law`` names its regulation and clause, or says ``asumsi``.

    ``relax``: what one unit of relaxing it costs where no plan exists, or ``never``; else what ``[prices]`` says.
    """

    each_usulan: ClassVar[bool] = False  # its rows speak of one usulan each, not of a group's limit
    degrees: ClassVar[tuple[str, ...]] = ()  # the parameters that may give way by degrees; see ``linear``
    key: ClassVar[str | None] = None  # the column that its rows are by, where no parameter ``by`` says so
    eased_by_locks: ClassVar[bool] = False  # its rows ask for less once an usulan is locked out
    judged: ClassVar[bool] = False  # it says again what a body has judged of an usulan
    mark: ClassVar[str] = ""  # how a winner is marked of which it cannot tell: ``documents``, ``verdicts``

    _several: bool = PrivateAttr(default=False)  # see ``over_years``

    rule: str
    law: Annotated[str, Field(max_length=LONGEST_LAW)] = ""
    relax: Relief | None = None

    @property
    def unit(self) -> Literal["rupiah", "count"]:
        """Of what its rows add up."""
        return "count"

    @property
    def what(self) -> str:
        """The decision that its rows add up: ``fund`` or ``amount``."""
        return "fund"

    @property
    def over_years(self) -> bool:
        """Whether the scenario that it stands in has several years."""
        return self._several

    @property
    def follows_budget(self) -> bool:
        """Whether the limits of its rows (never their coefficients) depend on the pagu."""
        return False

    @property
    def is_soft(self) -> bool:
        """Whether a plan may miss it, at a price."""
        return False

    @property
    def grouped_by(self) -> str | None:
        """The column that the groups of its rows are values of; None: its rows concern everyone."""
        return dict(self).get("by", self.key)

    @property
    def floor(self) -> str | None:
        """The lower bound (a parameter's name) that is moved when somebody asks what if it were another."""
        return None

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes two rules the same rule with other bounds."""
        own = dict(self)
        return self.rule, *(str(own.get(name, "")) for name in ("where", "by", "per"))

    def beside(self, folder: Path) -> "Rule":
        """The rule with what it reads from files, whose paths are seen from ``folder``; raises PlannerError."""
        return self

    def remark(self, options, decisions: Decisions, usulan_id: str) -> str:
        """What it says of one usulan, funded or not, beside why it is so; '' where nothing."""
        return ""

    def sentence(self, lang: str | None = None) -> str:
        """What the rule says, for people."""
        return say(f"rules.{type(self).__name__}", lang, **self.values(lang))

    def values(self, lang) -> dict:
        """The placeholders of the sentence."""
        return {}

    def gate(self, usulan, candidates, first_year: int) -> dict[str, dict]:
        """Usulan that are no option at all: usulan_id -> reason {id, en}. ``usulan`` carries its region's columns."""
        return {}

    @property
    def lenient(self) -> "Rule":
        """The rule with every empty cell passing: whom it still takes out fails by what is known."""
        own: dict[str, str] = {name: "pass" for name in ("unknown", "not_judged") if name in type(self).model_fields}
        return self.model_copy(update=own) if own else self

    def line_limits(self, candidates) -> dict[Line, LineLimit]:
        """The lines that may have fewer units than were asked for: before anything is solved, of the tables alone."""
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

    def locked(self, state: Literal["in", "out"]) -> tuple[str, ...]:
        """The usulan and kabupaten that it locks in, or out, by name."""
        return ()

    def binds_absent(self, row: RowName) -> bool:
        """Whether a row goes on asking for, or counting, an usulan that has dropped out."""
        return False

    def falls_with(self, options, winners: np.ndarray) -> np.ndarray:
        """Which options (rows) must leave a plan when a winner (columns) drops out, beside the winner itself."""
        return np.zeros((len(options), len(winners)), dtype=bool)

    def linear(self) -> list[str]:
        """The bounds (parameters) that a solver can choose together with the plan: each shifts the rows of its own."""
        return [name for name in self.degrees if getattr(self, name) is not None]

    def shares(self) -> dict[str, Fraction]:
        """The shares (0-1) that it bounds by, by parameter."""
        own = dict(self)
        return {name: share_of(own[name]) for name in ("min_share", "max_share") if own.get(name) is not None}

    def single_share(self) -> str | None:
        """The one share of a rule that gives way whole: moving it may do, and how far is found by trying."""
        own = list(self.shares())
        return own[0] if len(own) == 1 and not self.linear() else None

    def scale(self, options) -> int:
        """By how much the sums of its rows are multiplied to be whole."""
        return 1

    def bound_as_written(self, row: RowName) -> Fraction | None:
        """A row's bound as the scenario writes it, where whole numbers may say it only rounded; None: they say it."""
        return None

    def keeps_out(self, options, row: RowName) -> list[dict]:
        """The records of the usulan that a row would count, had no gate taken them out."""
        return []

    def hollow(self, options) -> bool:
        """Whether it asks for a share of money or usulan that nothing can have."""
        return False

    def as_shares(self, of: Measure, given: Given) -> tuple[float, float] | None:
        """A row's activity and limit as shares (0-1); None where people read them as they are, in ``unit``."""
        return None

    def gap(self, of: Measure, options) -> Fraction | None:
        """By how much a row misses its limit, in ``unit``; None where that is not known without ``options``."""
        return None

    def whole_gap(self, of: Measure, options) -> int:
        """``gap`` rounded up; of a rule that says none, what its row misses over the share's denominator."""
        gap, share = self.gap(of, options), next(iter(self.shares().values()), Fraction(1))
        return ceil(Fraction(of.excess, share.denominator) if gap is None else gap)

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

    def holds(self, options, decisions: Decisions) -> list[Excess]:
        found = self.measures(options, decisions)
        return [Excess(measure.label, measure.excess) for measure in found if measure.excess]


def price_text(price: float, lang) -> str:
    """A price with as many decimals as it needs, at most six."""
    return number(price, next((d for d in range(6) if round(price, d) == price), 6), lang)


def priced_where_soft(soft: bool, price: float | None) -> None:
    """A price stands beside ``soft = true``, and nowhere else."""
    if soft != (price is not None):
        raise ValueError(say("rules.problems.no_price" if soft else "rules.problems.price_of_hard"))


def soft_text(rule: Rule, hard: str, price: float | None, lang: str | None) -> str:
    """The sentence of a rule, with what each unit beyond its limit costs where it is soft."""
    if price is None:
        return hard
    unit = say(f"rules.soft.{type(rule).__name__}", lang, **rule.values(lang))
    return say("rules.soft.sentence", lang, rule=hard.rstrip("."), price=price_text(price, lang), unit=unit)


def where_text(where: Filter, lang) -> str:
    """' untuk menu revitalisasi' or nothing."""
    if not where:
        return ""
    parts = [
        f"{label('columns', k, lang)} {', '.join(map(str, v if isinstance(v, list) else [v]))}"
        for k, v in where.items()
    ]
    return " " + say("words.where", lang, filter="; ".join(parts))


def yearly_text(several: bool, lang) -> str:
    """' setiap tahun anggaran' where a scenario has several, else nothing."""
    return " " + say("words.each_year", lang) if several else ""


def by_text(by: str | None, lang) -> str:
    return " " + say("words.by", lang, column=label("columns", by, lang)) if by else ""
