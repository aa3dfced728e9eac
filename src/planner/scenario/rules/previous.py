"""A promise to the funded: of those of an earlier round only so many may leave."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from planner.base.errors import PlannerError, first_of, reason, shown
from planner.base.messages import both, label, say
from planner.base.parsing import checked_path
from planner.base.units import exact, number, percent, share_of
from planner.scenario.rows import Decisions, Excess, Measure, RowName, Rows, Term, limits
from planner.scenario.rules.base import Amount, Price, Rule, Share, priced_where_soft, soft_text
from planner.tables.decided import named_in
from planner.tables.schemas import meant

YES, NAMED = "ya", 5


@dataclass(frozen=True)
class Round:
    """Whom an earlier round funded: those that are in the tables still, by usulan_id, and the names of the others."""

    here: frozenset[str]
    gone: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.here) + len(self.gone)


class KeepPrevious(Rule, frozen=True):
    """Of the P usulan that an earlier round funded at most ``max``, or the share ``max_share``, may leave.

    Over those of them that are options, in all years: ``sum of f_u >= P - L``, with f_u 1 where usulan u is funded and
    L = ``max``, or p P / q rounded down for a share p/q. One that is no longer in the tables, or that a gate takes out,
    has left. ``soft``: each usulan that leaves beyond L takes ``price`` off the first goal. The round is a ``file`` (a
    plan.json or a decided list), the names in ``usulan``, or the rows whose ``column`` says ``ya``; what a file says is
    kept in ``usulan``, so that a plan can be checked without it. Source: asumsi (continuity between rounds is policy).
    """

    rule: Literal["KeepPrevious"]
    file: Annotated[str, Field(pattern=r"^[^\x00]+$"), AfterValidator(checked_path)] | None = None
    usulan: tuple[str, ...] = ()
    column: str | None = None
    max: Amount | None = None
    max_share: Share | None = None
    soft: bool = False
    price: Price | None = None

    @model_validator(mode="after")
    def _says_whom_and_how_many(self):
        if (self.column is None) == (self.file is None and not self.usulan):
            raise ValueError(say("rules.problems.round_of_nobody"))
        if (self.max is None) == (self.max_share is None):
            raise ValueError(say("rules.problems.one_max"))
        priced_where_soft(self.soft, self.price)
        return self

    @property
    def is_soft(self) -> bool:
        return self.soft

    @property
    def identity(self) -> tuple[str, ...]:
        return (*super().identity, str(self.file), str(self.column))

    def linear(self) -> list[str]:
        return [] if self.max is None else ["max"]

    def beside(self, folder: Path) -> Rule:
        if self.file is None:
            return self
        file = folder / self.file
        try:
            file.open("rb").close()
        except OSError as error:
            if self.usulan:
                return self  # the names were kept when it was there
            said = {"file": shown(self.file), "why": reason(error)}
            raise PlannerError(say("rules.problems.round_missing", **said)) from None
        names = tuple(sorted(set(in_plan(file) if file.suffix == ".json" else named_in(file))))
        if not names:
            raise PlannerError(say("rules.problems.round_empty", file=shown(self.file)))
        if self.usulan and (apart := sorted(set(names) ^ set(self.usulan))):
            said = {"file": shown(self.file), "names": first_of(apart, NAMED)}
            raise PlannerError(say("rules.problems.round_differs", **said))
        return self.model_copy(update={"usulan": self.usulan or names})

    def values(self, lang) -> dict:
        share = self.max is None
        most = percent(self.max_share or 0, lang=lang) if share else number(self.max or 0, lang=lang)
        count = number(len(set(self.usulan)), lang=lang) if self.usulan else ""
        return {"max": most, "count": count, "source": self.source(lang)}

    def sentence(self, lang: str | None = None) -> str:
        return soft_text(self, " ".join(super().sentence(lang).split()), self.price, lang)

    def source(self, lang: str | None = None) -> str:
        """The earlier round, for people: its file, its column, or just that it is one."""
        if self.column is not None:
            return say("words.round_column", lang, column=label("columns", self.column, lang))
        return say("words.round_listed", lang) if self.file is None else shown(self.file)

    def round(self, options) -> Round:
        """Whom the round funded, as the tables know them."""
        return options.once(self, lambda: self.looked_up(options))

    def looked_up(self, options) -> Round:
        table = options.candidates.usulan
        if self.column is not None:
            options.column(self.column)
            own = meant(self.column, "usulan", table)
            if own is None:  # scores and facts of regions are no answer to who was funded
                raise PlannerError(say("rules.problems.round_not_own", column=shown(self.column)))
            words = table[own].astype("object").where(table[own].notna(), "").astype("str").str.strip().str.casefold()
            if (odd := ~words.isin([YES, "tidak", ""])).any():
                said = {"words": first_of(sorted(set(words[odd])), NAMED), "column": shown(self.column)}
                names = first_of(table.loc[odd, "usulan_id"], NAMED)
                raise PlannerError(say("rules.problems.round_words", usulan=names, **said))
            chosen = set(table.loc[words == YES, "usulan_id"])
            if not chosen:
                raise PlannerError(say("rules.problems.round_nobody", column=shown(self.column)))
            return Round(frozenset(chosen), ())
        if not self.usulan:
            raise PlannerError(say("rules.problems.round_unread", file=shown(self.file)))
        known, pairs = set(table["usulan_id"]), dict[str, list[str]]()
        for kode, menu, name in zip(table["kode"], table["menu"], table["usulan_id"], strict=True):
            pairs.setdefault(f"{kode}-{menu}", []).append(name)
        named = {name: [name] if name in known else pairs.get(name, []) for name in self.usulan}
        if several := {name: found for name, found in named.items() if len(found) > 1}:
            twice = [(shown(name), first_of(found, NAMED)) for name, found in several.items()]
            raise PlannerError([say("rules.problems.round_several", name=name, names=names) for name, names in twice])
        here = frozenset(found[0] for found in named.values() if found)
        return Round(here, tuple(name for name, found in named.items() if not found))

    def allowed(self, count: int) -> int:
        """How many of so many may leave."""
        if self.max is not None:
            return self.max
        share = share_of(self.max_share or 0) * count
        return share.numerator // share.denominator

    def least(self, options) -> int:
        count = self.round(options).count
        return count - self.allowed(count)

    def rows(self, options) -> Iterator[Rows]:
        over = np.flatnonzero(options.table["usulan_id"].isin(self.round(options).here))
        term = Term("fund", over, np.zeros(len(over), np.int64), np.ones(len(over), np.int64))
        price = None if self.price is None else exact(self.price)
        yield Rows([self.name], (term,), *limits(1, self.least(options), None), price)

    @property
    def name(self) -> RowName:
        """Of its one row."""
        return RowName(say("words.all", "id"), bound="max" if self.max_share is None else "max_share")

    def kept(self, options, decisions: Decisions) -> int:
        mine = self.round(options).here
        pairs = zip(options.table["usulan_id"], decisions.fund, strict=True)
        return len({name for name, fund in pairs if fund and name in mine})

    def holds(self, options, decisions) -> list[Excess]:
        short = self.least(options) - self.kept(options, decisions)
        return [Excess(self.name, short)] if short > 0 and not self.soft else []

    def gap(self, of: Measure, options) -> Fraction:
        return Fraction(of.excess)

    def binds_absent(self, row: RowName) -> bool:
        return True

    def keeps_out(self, options, row: RowName) -> list[dict]:
        mine = self.round(options)
        absent = [{"usulan_id": name, "reason": both("reasons.absent")} for name in mine.gone]
        return absent + [record for record in options.gated if record["usulan_id"] in mine.here]

    def remark(self, options, decisions, usulan_id) -> str:
        round_ = self.round(options)
        if usulan_id not in round_.here:
            return ""
        kept = self.kept(options, decisions)
        funded = bool(decisions.fund[(options.table["usulan_id"] == usulan_id).to_numpy()].any())
        said = {"left": round_.count - kept, "of": round_.count, "max": self.allowed(round_.count)}
        told = say("explain.earlier_kept" if funded else "explain.earlier_left", source=self.source(), **said)
        last = funded and not self.soft and kept == self.least(options)
        return f"{told} {say('explain.earlier_last')}" if last else told


def in_plan(file: Path) -> list[str]:
    """The usulan that a plan file funds."""
    try:
        records = json.loads(file.read_text(encoding="utf-8"))["funded"]
        names = [record["usulan_id"] for record in records]
    except (ValueError, KeyError, TypeError, RecursionError):
        names = [None]
    if not all(isinstance(name, str) for name in names):
        raise PlannerError(say("rules.problems.round_no_plan", file=shown(file.name)))
    return names
