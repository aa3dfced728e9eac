"""Candidates + scenario -> options: one row per usulan and year it may be funded, with all that the model needs."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import lcm

import numpy as np
import pandas as pd
from scipy import sparse

from planner.base.errors import PlannerError, all_of, hint, shown
from planner.base.messages import label, say
from planner.base.units import MICRO, exact
from planner.model.candidates import Candidates
from planner.model.columns import Columns
from planner.scenario.goals import GIVEN
from planner.tables.places import place_hint
from planner.tables.schemas import columns_of, meant, own_name

LINES_ALONE = "lines alone"  # begins the key of what is worked out once of the lines alone
FROM_CATALOGUE = ("bobot", "harga_acuan_rp", "harga_tinggi_rp")


@dataclass(frozen=True)
class Options:
    """The options in key order (usulan_id, year), their lines, and the usulan that a gate took out.

    ``table``: one row per option; ``score`` and ``score_benefit`` (0-100), ``chance`` (0-1), ``benefit`` are integers
    of 1e-6, ``amount_rp`` is the full cost (what is given is a decision: ``GIVEN``). ``lines``: one row per line of an
    option, in option order. ``gated``: usulan_id, kode, reason.
    """

    table: pd.DataFrame
    lines: pd.DataFrame
    gated: list[dict]
    budget_rp: dict[int, int]
    unknown: dict[str, int]  # criterion -> options whose value is not known
    components: frozenset[str]  # that a rule may name: the catalogue's and the lines'
    candidates: Candidates = field(repr=False)  # the tables that they were made from
    every: pd.DataFrame = field(repr=False)  # the usulan before any gate, with the columns of their regions and scores
    locked_out: frozenset[str] = frozenset()  # usulan that the scenario being compiled locks out
    _groups: dict = field(default_factory=dict, repr=False)

    MICRO_COLUMNS = ("score", "score_benefit", "chance", "benefit")

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        years = ", ".join(map(str, self.years))
        return f"Options({len(self)} for {years}, with {len(self.lines)} lines; {len(self.gated)} usulan gated)"

    @cached_property
    def ta(self) -> np.ndarray:
        return self.table["ta"].to_numpy(np.int64)

    @cached_property
    def firsts(self) -> pd.DataFrame:
        """The first option of each usulan."""
        return self.table.drop_duplicates("usulan_id")

    @cached_property
    def years(self) -> list[int]:
        return sorted(self.budget_rp)

    @cached_property
    def line_option(self) -> np.ndarray:
        return self.lines["option"].to_numpy(np.int64)

    @cached_property
    def line_price_rp(self) -> np.ndarray:
        return self.lines["harga_satuan_rp"].to_numpy(np.int64)

    @cached_property
    def optional_lines(self) -> np.ndarray:
        """The lines that may be left out: each has an ``on`` column."""
        return np.flatnonzero(~self.lines["wajib"].to_numpy(bool))

    @cached_property
    def trimmable_lines(self) -> np.ndarray:
        """The lines that may be trimmed: each has a ``qty`` column."""
        return np.flatnonzero((self.lines["volume_min"] < self.lines["volume"]).to_numpy(bool))

    @property
    def columns(self) -> Columns:
        """The columns of every problem over these options."""
        return self.once((LINES_ALONE, "columns"), self.made_columns)

    def made_columns(self) -> Columns:
        volume = self.lines["volume"].to_numpy(np.int64)
        return Columns(len(self), self.optional_lines, self.trimmable_lines, self.line_option, volume)

    @property
    def basis(self) -> dict[str, sparse.csr_array]:
        """How each kind of decision is made of columns, as one matrix per kind (decisions x columns).

        A line that may be trimmed has qty = its column; one that may only be left out has qty = volume x on; any other
        has qty = volume x fund.
        """
        return self.once((LINES_ALONE, "basis"), self.made_basis)

    def made_basis(self) -> dict[str, sparse.csr_array]:
        columns, lines, options = self.columns, np.arange(len(self.lines)), np.arange(len(self))
        unit = np.where(columns.line_qty >= columns.qty.start, 1, columns.volume)

        def made(data, rows, own, height):
            return sparse.csr_array((data, (rows, own)), shape=(height, columns.width), dtype=np.int64)

        return {
            "fund": made(np.ones(len(options), np.int64), options, options, len(options)),
            "on": made(np.ones(len(lines), np.int64), lines, columns.line_on, len(lines)),
            "qty": made(unit, lines, columns.line_qty, len(lines)),
            "amount": made(unit * self.line_price_rp, self.line_option, columns.line_qty, len(options)),
        }

    def reweighed(self, table: pd.DataFrame, **changes) -> "Options":
        """The same options and lines with another table; what was worked out of the lines alone stays."""
        kept = {key: made for key, made in self._groups.items() if isinstance(key, tuple) and key[0] == LINES_ALONE}
        return replace(self, table=table, _groups=kept, **changes)

    def once[T](self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, worked out once for these options; a rule is its own key."""
        if key not in self._groups:
            self._groups[key] = make()
        return self._groups[key]

    def component(self, name: str) -> np.ndarray:
        """The lines of one component."""
        codes, names = self.once((LINES_ALONE, "komponen"), lambda: pd.factorize(self.lines["komponen"]))
        return np.flatnonzero(codes == names.get_loc(name)) if name in names else np.zeros(0, np.int64)

    def column(self, name: str, place: str = "") -> pd.Series:
        """A column of the options; an unknown name is an error with the nearest right one."""
        if found := meant(name, "usulan", self.table):
            return self.table[found]
        at = f"{place}: " if place else ""
        near = hint(name, map(self.written, self.table))
        raise PlannerError(at + say("errors.unknown", kind=say("words.column"), name=shown(name), hint=near))

    def written(self, column: str) -> str:
        """How a scenario names a column of the table: a planner's own by its header, unless we have that name too."""
        header = column.removeprefix(own_name("usulan", ""))
        return column if header in self.table else header

    def numeric(self, name: str, place: str = "") -> pd.Series:
        """A numeric column of the options."""
        values = self.column(name, place)
        if not pd.api.types.is_numeric_dtype(values):
            numbers = [self.written(c) for c in self.table if pd.api.types.is_numeric_dtype(self.table[c])]
            at = f"{place}: " if place else ""
            raise PlannerError(at + say("errors.not_numeric", name=shown(name), known=", ".join(numbers)))
        return values

    def groups(self, by: str | tuple[str, ...] | None) -> tuple[np.ndarray, list[str]]:
        """Each option's group number and the groups' names, in key order; ``None`` is one group of all."""
        if by not in self._groups:
            columns = [by] if isinstance(by, str) else by
            if given := set(columns or ()) & set(GIVEN):
                raise PlannerError([say("errors.given", name=shown(name)) for name in sorted(given)])
            if columns is None:
                found = np.zeros(len(self), dtype=np.int64), [say("words.all", "id")]
            else:
                texts = [as_text(self.column(column)) for column in columns]
                joined = texts[0].str.cat(texts[1:], sep=":") if len(texts) > 1 else texts[0]
                codes, names = pd.factorize(joined, sort=True)
                found = codes.astype(np.int64), [str(name) for name in names]
            self._groups[by] = found
        return self._groups[by]

    def known(self, by: str) -> set[str]:
        """The values of a column wherever the tables have it: also of usulan that are no options."""
        tables = (self.table, self.candidates.usulan, self.candidates.kabupaten)
        found = [table[column] for table in tables if (column := meant(by, "usulan", table))]
        return {name for values in found for name in as_text(values.dropna())}

    def where(self, filters: dict) -> np.ndarray:
        """Which options pass every filter (equality or membership); an unknown value is an error."""
        chosen, problems = np.ones(len(self), dtype=bool), []
        for column, wanted in filters.items():
            try:
                codes, names = self.groups(column)
            except PlannerError as error:
                problems += error.problems
                continue
            values, known = named(wanted), sorted({*names, *self.texts(column)})
            kind = say("words.value_of", column=label("columns", column))
            unknown = [v for v in values if v not in known]
            problems += [say("errors.unknown", kind=kind, name=shown(v), hint=near(column, v, known)) for v in unknown]
            chosen &= np.isin(codes, [names.index(v) for v in values if v in names])
        if problems:
            raise PlannerError(problems)
        return chosen

    def texts(self, column: str) -> pd.Series:
        """A column of the usulan before any gate, as group names; '' where it is one of options only."""
        found = meant(column, "usulan", self.every)
        return as_text(self.every[found]) if found else pd.Series("", self.every.index, dtype="str")

    def passing(self, where: dict) -> np.ndarray:
        """Which usulan of the tables pass every filter, whether a gate takes them out or not."""
        chosen = np.ones(len(self.every), dtype=bool)
        for column, wanted in where.items():
            chosen &= self.texts(column).isin(named(wanted)).to_numpy()
        return chosen

    def before_gates(self, where: dict) -> pd.DataFrame:
        """The usulan of ``passing``."""
        return self.every[self.passing(where)]

    def asked(self, where: dict, by: str | None) -> set[str]:
        """The groups that ``before_gates`` are of; none where years are told apart, for these only options have."""
        if by is None or "ta" in (by, *where) or meant(by, "usulan", self.every) is None:
            return set()
        return self.once(("asked", repr(where), by), lambda: set(self.texts(by)[self.passing(where)]))

    def select(self, where: dict, by: str | None) -> tuple[np.ndarray, np.ndarray, list[str]]:
        """``where`` and ``groups`` at once: (chosen, group numbers, group names), with the problems of both."""
        all_of([lambda: self.where(where), lambda: self.groups(by)])
        return self.where(where), *self.groups(by)

    def positions(self, column: str, value: str) -> np.ndarray:
        """The options whose key ``column`` is ``value``; none is an error with the nearest right key."""
        codes, names = self.groups(column)
        if value not in names:
            raise PlannerError(
                say("errors.unknown", kind=label("columns", column), name=shown(value), hint=near(column, value, names))
            )
        return np.flatnonzero(codes == names.index(value))

    def whole_column(self, name: str, where: dict, place: str = "") -> tuple[np.ndarray, int]:
        """A numeric column as integers and the power of ten that made them whole; a missing value is an error."""
        values = self.numeric(name, place)
        chosen = self.where(where)
        empty = chosen & values.isna().to_numpy()
        if empty.any():
            some = ", ".join(shown(u) for u in self.table.loc[empty, "usulan_id"][:5])
            raise PlannerError(say("errors.empty_cells", name=shown(name), count=int(empty.sum()), some=some))
        fractions = [exact(0 if pd.isna(v) else v) for v in values]
        if name in self.MICRO_COLUMNS:
            fractions = [f / MICRO for f in fractions]
        scale = lcm(*(f.denominator for f in fractions)) if fractions else 1
        if scale * max([abs(f) for f in fractions], default=0) > 2**53:
            raise PlannerError(say("errors.too_fine", name=shown(name)))
        return np.array([int(f * scale) for f in fractions], dtype=np.int64), scale


def near(column: str, value: str, names: list[str]) -> str:
    """The hint for an unknown value of a column: what a table would be told of that cell, if it is one of ``names``."""
    place = place_hint(value) if column in ("kode", "provinsi", "kode_provinsi") else ""
    kind = columns_of("usulan").get(column)
    word = kind.near(value) if kind and kind.near else ""
    return place or (say("errors.near", near=word) if word in names else hint(value, names))


def as_name(value: object) -> str:
    """A filter's value as the group name it stands for."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def named(wanted: object) -> list[str]:
    """What a filter wants, one value or several, as group names."""
    return [as_name(value) for value in (wanted if isinstance(wanted, list) else [wanted])]


def as_text(values: pd.Series) -> pd.Series:
    """Values as group names: missing is '', a whole number has no decimals."""
    if pd.api.types.is_float_dtype(values):
        return values.map(lambda v: "" if pd.isna(v) else as_name(float(v))).astype("str")
    return values.astype("str").fillna("")
