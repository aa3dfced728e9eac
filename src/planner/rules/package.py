"""What belongs together and what it may cost: one usulan per sentra, whole packages, tickets, unit prices."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from planner.messages import both, label, say
from planner.rows import Excess, Rows, Term, limits
from planner.rules.base import Amount, Filter, Rule, where_text
from planner.units import exact, number, percent, rupiah, rupiah_full

Components = tuple[str, ...]


class OnePerSentra(Rule, frozen=True):
    """At most ``max`` usulan of one sentra are funded in a fiscal year; a missing sentra is one of its own."""

    rule: Literal["OnePerSentra"]
    max: Annotated[int, Field(ge=0, le=10**9, strict=True)] = 1

    def values(self, lang) -> dict:
        return {"max": number(self.max, lang=lang)}

    def keys(self, options) -> pd.Series:
        own = "?" + options.table["usulan_id"].astype("str")
        return options.table["sentra_id"].astype("str").where(options.table["sentra_id"].notna(), own)

    def rows(self, options) -> Iterator[Rows]:
        codes, names = pd.factorize(self.keys(options) + ":" + pd.Series(options.ta).astype("str"), sort=True)
        yield Rows(
            [str(name) for name in names],
            (Term("fund", np.arange(len(options)), codes.astype(np.int64), np.ones(len(options), np.int64)),),
            *limits(len(names), None, self.max),
        )

    def holds(self, options, decisions) -> list[Excess]:
        counts: dict[str, int] = {}
        for key, ta, fund in zip(self.keys(options), options.ta, decisions.fund, strict=True):
            counts[f"{key}:{ta}"] = counts.get(f"{key}:{ta}", 0) + int(fund)
        return [Excess(key, n - self.max) for key, n in counts.items() if n > self.max]


class FunctionalPackage(Rule, frozen=True):
    """A hall comes with machines and utilities, wet processes with waste water treatment, machines with a place.

    Utilities may be there already (``listrik`` is ``ada``); a place is there in a revitalisasi of a sentra that is not
    merely planned. What is not known is not "no". A mandatory line that can never have what it needs gates the usulan.
    """

    rule: Literal["FunctionalPackage"]
    hall: Components = ("gedung_produksi",)
    machines: Components = ("mesin_peralatan",)
    utilities: Components = ("utilitas",)
    waste: Components = ("ipal",)
    places: Components = ("gedung_produksi", "rumah_kemasan", "gedung_upt", "gudang")

    def needs(self, table: pd.DataFrame) -> list[tuple[str, Components, Components, np.ndarray]]:
        """Name of the need, components that have it, components that meet it, and for which rows it holds."""
        wet = (table["proses_basah"] == "ya").to_numpy(bool)
        dark = table["listrik"].isin(["belum", "proses"]).to_numpy(bool)
        bare = ((table["menu"] == "pembangunan") | (table["status_sentra"] == "rencana")).to_numpy(bool)
        every = np.ones(len(table), dtype=bool)
        return [
            ("machines", self.hall, self.machines, every),
            ("utilities", self.hall, self.utilities, dark),
            ("waste", self.hall + self.machines, self.waste, wet),
            ("place", self.machines, self.places, bare),
        ]

    def gate(self, usulan, candidates, first_year) -> dict[str, dict]:
        lines = candidates.rincian[["usulan_id", "komponen", "wajib"]]
        firm = lines[lines["wajib"].fillna("ya") == "ya"]
        found: dict[str, list[str]] = {}
        for need, who, what, applies in self.needs(usulan):
            wanting = set(firm.loc[firm["komponen"].isin(who), "usulan_id"])
            served = set(lines.loc[lines["komponen"].isin(what), "usulan_id"])
            for usulan_id in usulan.loc[applies, "usulan_id"]:
                if usulan_id in wanting - served:
                    found.setdefault(usulan_id, []).append(need)
        return {
            u: both("reasons.package", lacks=lambda lang, n=needs: named_needs(n, lang)) for u, needs in found.items()
        }

    def rows(self, options) -> Iterator[Rows]:
        part = options.lines["komponen"]
        for need, who, what, applies in self.needs(options.table):
            wanting = np.flatnonzero(part.isin(who).to_numpy(bool) & applies[options.line_option])
            if not len(wanting):
                continue
            serving = np.flatnonzero(part.isin(what).to_numpy(bool))
            row, over = pairs(options.line_option[wanting], options.line_option[serving], serving)
            coef = np.concatenate([np.ones(len(wanting), np.int64), np.full(len(over), -1, np.int64)])
            term = Term("on", np.concatenate([wanting, over]), np.concatenate([np.arange(len(wanting)), row]), coef)
            yield Rows(
                [f"{name}:{need}" for name in line_names(options, wanting)], (term,), *limits(len(wanting), None, 0)
            )

    def holds(self, options, decisions) -> list[Excess]:
        here: dict[int, set[str]] = {}
        for i in np.flatnonzero(decisions.qty > 0):
            here.setdefault(int(options.line_option[i]), set()).add(options.lines["komponen"].iat[i])
        return [
            Excess(f"{options.table['usulan_id'].iat[u]}:{need}", 1)
            for need, who, what, applies in self.needs(options.table)
            for u, parts in here.items()
            if applies[u] and decisions.fund[u] and parts & set(who) and not parts & set(what)
        ]


def named_needs(needs: list[str], lang: str) -> str:
    return "; ".join(say(f"words.need_{need}", lang) for need in needs)


def pairs(wanting: np.ndarray, owner: np.ndarray, serving: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each wanting line (by its option) every serving line of the same option: (row of the wanting, line)."""
    by_option: dict[int, list[int]] = {}
    for option, line in zip(owner, serving, strict=True):
        by_option.setdefault(int(option), []).append(int(line))
    found = [(row, line) for row, option in enumerate(wanting) for line in by_option.get(int(option), ())]
    row, line = zip(*found, strict=True) if found else ((), ())
    return np.array(row, dtype=np.int64), np.array(line, dtype=np.int64)


def line_names(options, lines: np.ndarray) -> list[str]:
    """'usulan:year:rincian' of each line."""
    table, own = options.table, options.line_option[lines]
    parts = zip(table["usulan_id"].iloc[own], options.ta[own], options.lines["rincian_id"].iloc[lines], strict=True)
    return [f"{usulan}:{ta}:{rincian}" for usulan, ta, rincian in parts]


class Ticket(Rule, frozen=True):
    """Each funded usulan that ``where`` selects gets between ``min_rp`` and ``max_rp``."""

    rule: Literal["Ticket"]
    min_rp: Amount | None = None
    max_rp: Amount | None = None
    where: Filter = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_sensible_bounds(self):
        if self.min_rp is None and self.max_rp is None:
            raise ValueError(say("rules.problems.no_bound"))
        if self.min_rp is not None and self.max_rp is not None and self.min_rp > self.max_rp:
            raise ValueError(say("rules.problems.min_above_max", min=self.min_rp, max=self.max_rp, name="min_rp"))
        return self

    def values(self, lang) -> dict:
        bounds = [("min", self.min_rp), ("max", self.max_rp)]
        parts = [say(f"words.{n}", lang, x=rupiah(v, lang)) for n, v in bounds if v is not None]
        return {"bounds": f" {say('words.and', lang)} ".join(parts), "where": where_text(self.where, lang)}

    def rows(self, options) -> Iterator[Rows]:
        over = np.flatnonzero(options.where(self.where))
        row, one = np.arange(len(over)), np.ones(len(over), np.int64)
        names = [f"{u}:{ta}" for u, ta in zip(options.table["usulan_id"].iloc[over], options.ta[over], strict=True)]
        for bound, limit in (("min_rp", self.min_rp), ("max_rp", self.max_rp)):
            if limit is not None and len(over):
                terms = (Term("amount", over, row, one), Term("fund", over, row, -limit * one))
                side = limits(len(over), 0, None) if bound == "min_rp" else limits(len(over), None, 0)
                yield Rows([f"{name}:{bound}" for name in names], terms, *side)

    def holds(self, options, decisions) -> list[Excess]:
        found = []
        for u in np.flatnonzero(options.where(self.where) & (decisions.fund > 0)):
            amount, name = int(decisions.amount[u]), f"{options.table['usulan_id'].iat[u]}:{options.ta[u]}"
            if self.min_rp is not None and amount < self.min_rp:
                found.append(Excess(f"{name}:min_rp", self.min_rp - amount))
            if self.max_rp is not None and amount > self.max_rp:
                found.append(Excess(f"{name}:max_rp", amount - self.max_rp))
        return found


class PriceCeiling(Rule, frozen=True):
    """A unit price is at most the catalogue's price x IKK / 100 x (1 + ``tolerance``).

    A mandatory line above it gates the usulan; an optional one stays out. A component without a price passes.
    """

    rule: Literal["PriceCeiling"]
    price: Literal["harga_acuan_rp", "harga_tinggi_rp"] = "harga_tinggi_rp"
    tolerance: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] = 0.0

    def values(self, lang) -> dict:
        return {"price": say(f"words.{self.price}", lang), "tolerance": percent(self.tolerance, 0, lang)}

    def ceiling_rp(self, reference_rp: int, ikk: float) -> int:
        """The highest whole rupiah that a unit may cost."""
        value: Fraction = int(reference_rp) * exact(ikk) * (1 + exact(self.tolerance)) / 100
        return value.numerator // value.denominator

    def dear(self, lines: pd.DataFrame) -> Iterator[tuple[int, int]]:
        """(position, ceiling in rupiah) of every line above its ceiling; ``lines`` carries ``ikk`` and the price."""
        columns = lines["harga_satuan_rp"], lines[self.price], lines["ikk"]
        for i, (own, reference, ikk) in enumerate(zip(*columns, strict=True)):
            if not (pd.isna(reference) or pd.isna(ikk)) and int(own) > (top := self.ceiling_rp(reference, ikk)):
                yield i, top

    def gate(self, usulan, candidates, first_year) -> dict[str, dict]:
        lines = candidates.rincian[candidates.rincian["wajib"].fillna("ya") == "ya"]
        catalogue, ikk = candidates.komponen.set_index("komponen"), usulan.set_index("usulan_id").get("ikk")
        if self.price not in catalogue or ikk is None:
            return {}
        lines = lines.assign(
            ikk=lines["usulan_id"].map(ikk), **{self.price: lines["komponen"].map(catalogue[self.price])}
        )
        found: dict[str, dict] = {}
        for i, top in self.dear(lines):
            row = lines.iloc[i]
            found.setdefault(
                row["usulan_id"],
                both(
                    "reasons.dear", rincian=row["rincian_id"], ceiling=lambda lang, top=top: rupiah_full(top, lang),
                    komponen=lambda lang, name=row["komponen"]: label("komponen", name, lang),
                    price=lambda lang, rp=int(row["harga_satuan_rp"]): rupiah_full(rp, lang),
                ),
            )  # fmt: skip
        return found

    def optional_dear(self, options) -> np.ndarray:
        lines = options.lines.iloc[options.optional_lines]
        if self.price not in lines or "ikk" not in options.table:
            return np.zeros(0, np.int64)
        ikk = options.table["ikk"].to_numpy()[options.line_option[options.optional_lines]]
        return options.optional_lines[[i for i, _ in self.dear(lines.assign(ikk=ikk))]]

    def rows(self, options) -> Iterator[Rows]:
        lines = self.optional_dear(options)
        if len(lines):
            term = Term("on", lines, np.arange(len(lines)), np.ones(len(lines), np.int64))
            yield Rows(line_names(options, lines), (term,), *limits(len(lines), None, 0))

    def holds(self, options, decisions) -> list[Excess]:
        lines = self.optional_dear(options)
        taken = lines[decisions.qty[lines] > 0] if len(lines) else lines
        return [Excess(name, int(n)) for name, n in zip(line_names(options, taken), decisions.qty[taken], strict=True)]
