"""What belongs together: a hall, its machines, power and waste water treatment."""

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from planner.base.messages import both, say
from planner.scenario.rows import Excess, RowName, Rows, Term, limits, line_names
from planner.scenario.rules.base import Rule

Components = tuple[str, ...]


class FunctionalPackage(Rule, frozen=True):
    """A hall comes with machines and utilities, wet processes with waste water treatment, machines with a place.

    For a line l that needs something and the lines m of its usulan that meet the need: ``on_l <= sum of on_m``, on_l 1
    where line l is in. Utilities may be there already (``listrik`` is ``ada``); a place is there in a revitalisasi of a
    sentra that is not merely planned. What is not known is not "no". A mandatory line that can never have what it needs
    gates the usulan. Source: asumsi, from buildings that stood unused for want of machines, power or waste treatment.
    """

    each_usulan: ClassVar[bool] = True

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
            yield Rows(line_names(options, wanting, need), (term,), *limits(len(wanting), None, 0))

    def holds(self, options, decisions) -> list[Excess]:
        here: dict[int, set[str]] = {}
        for i in np.flatnonzero(decisions.qty > 0):
            here.setdefault(int(options.line_option[i]), set()).add(options.lines["komponen"].iat[i])
        return [
            Excess(RowName(options.table["usulan_id"].iat[u], bound=need), 1)
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
