"""What belongs together: a hall, its machines, power and waste water treatment."""

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from planner.base.messages import both, say
from planner.scenario.rows import Excess, RowName, Rows, Term, limits, line_names
from planner.scenario.rules.base import Rule

Components = tuple[str, ...]
LACKING = ("belum", "proses")  # of a document's or a supply's status
IDLE = ("belum_dimanfaatkan", "mangkrak")


class Package(Rule, frozen=True):
    """What components a sentra needs to work."""

    each_usulan: ClassVar[bool] = True

    machines: Components = ("mesin_peralatan",)
    utilities: Components = ("utilitas",)
    waste: Components = ("ipal",)

    def wet(self, table: pd.DataFrame) -> np.ndarray:
        """For which rows waste water must be treated."""
        return (table["proses_basah"] == "ya").to_numpy(bool)

    def dark(self, table: pd.DataFrame) -> np.ndarray:
        """Which rows are known to be without power."""
        return table["listrik"].isin(LACKING).to_numpy(bool)


class FunctionalPackage(Package, frozen=True):
    """A hall comes with machines and utilities, wet processes with waste water treatment, machines with a place.

    For a line l that needs something and the lines m of its usulan that meet the need: ``on_l <= sum of on_m``, on_l 1
    where line l is in. Utilities may be there already (``listrik`` is ``ada``); a place is there in a revitalisasi of a
    sentra that is not merely planned. What is not known is not "no". A mandatory line that can never have what it needs
    gates the usulan. Source: asumsi, from buildings that stood unused for want of machines, power or waste treatment.
    """

    rule: Literal["FunctionalPackage"]
    hall: Components = ("gedung_produksi",)
    places: Components = ("gedung_produksi", "rumah_kemasan", "gedung_upt", "gudang")

    def needs(self, table: pd.DataFrame) -> list[tuple[str, Components, Components, np.ndarray]]:
        """Name of the need, components that have it, components that meet it, and for which rows it holds."""
        bare = ((table["menu"] == "pembangunan") | (table["status_sentra"] == "rencana")).to_numpy(bool)
        every = np.ones(len(table), dtype=bool)
        return [
            ("machines", self.hall, self.machines, every),
            ("utilities", self.hall, self.utilities, self.dark(table)),
            ("waste", self.hall + self.machines, self.waste, self.wet(table)),
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


PLAIN_PACKAGE = FunctionalPackage(rule="FunctionalPackage")  # where no scenario says more


class IdleSentra(Package, frozen=True):
    """An usulan of a sentra that stands unused or stalled is no option, or only where it makes the sentra work.

    Idle: ``status`` of the sentra is ``belum_dimanfaatkan`` or ``mangkrak``. Its building stands, so it needs what
    ``FunctionalPackage`` asks of a hall: machines, power and water where they are known not to be there, treatment of
    waste water in a wet process. With f_u 1 where usulan u is funded and on_m 1 where its line m is in, for each need:
    ``f_u <= sum of on_m`` over the lines that meet it. A need that no line meets, or a manager's decree that is known
    not to be there, gates the usulan; what is not known is not "no". Source: asumsi, from sentra that stood unused for
    want of machines, power, waste treatment or a manager.
    """

    rule: Literal["IdleSentra"]
    effect: Literal["gate", "completion"] = "completion"
    water: Components = ("ipab",)

    def values(self, lang) -> dict:
        return {"effect": say(f"words.idle_{self.effect}", lang)}

    def idle(self, table: pd.DataFrame) -> np.ndarray:
        return table["status_sentra"].isin(IDLE).to_numpy(bool)

    def needs(self, table: pd.DataFrame) -> list[tuple[str, Components, np.ndarray]]:
        """Name of the need, components that meet it, and which rows are idle and have it."""
        idle, dry = self.idle(table), table["air"].isin(LACKING).to_numpy(bool)
        return [
            ("machines", self.machines, idle),
            ("utilities", self.utilities, idle & self.dark(table)),
            ("water", self.water, idle & dry),
            ("waste", self.waste, idle & self.wet(table)),
        ]

    def gate(self, usulan, candidates, first_year) -> dict[str, dict]:
        names, idle = usulan["usulan_id"], self.idle(usulan)
        status = dict(zip(names, usulan["status_sentra"], strict=True))
        if self.effect == "gate":
            return {u: both("reasons.idle", status=state_of(status[u])) for u in names[idle]}
        found: dict[str, list[str]] = {}
        for need, what, applies in self.needs(usulan):
            served = set(candidates.rincian.loc[candidates.rincian["komponen"].isin(what), "usulan_id"])
            for u in names[applies]:
                if u not in served:
                    found.setdefault(u, []).append(need)
        for u in names[idle & usulan["sk_pengelola"].isin(LACKING).to_numpy(bool)]:
            found.setdefault(u, []).append("manager")
        return {
            u: both("reasons.idle_lacks", status=state_of(status[u]), lacks=lacking(needs))
            for u, needs in found.items()
        }

    def unclear(self, usulan, candidates, first_year) -> list[str]:
        empty = usulan[["listrik", "air", "sk_pengelola"]].isna().any(axis=1).to_numpy(bool)
        return usulan.loc[self.idle(usulan) & empty, "usulan_id"].tolist() if self.effect == "completion" else []

    def serving(self, options) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """Name of each need, the options that have it, and the lines that meet it."""
        part = options.lines["komponen"]
        for need, what, applies in self.needs(options.table) if self.effect == "completion" else ():
            lines = np.flatnonzero(part.isin(what).to_numpy(bool) & applies[options.line_option])
            if applies.any():
                yield need, np.flatnonzero(applies), lines

    def rows(self, options) -> Iterator[Rows]:
        for need, own, lines in self.serving(options):
            owner, each = np.searchsorted(own, options.line_option[lines]), np.arange(len(own))
            terms = (
                Term("fund", own, each, np.ones(len(own), np.int64)),
                Term("on", lines, owner, np.full(len(lines), -1, np.int64)),
            )
            names = options.table["usulan_id"].to_numpy()[own]
            labels = [RowName(u, ta, bound=need) for u, ta in zip(names, options.ta[own].tolist(), strict=True)]
            yield Rows(labels, terms, *limits(len(own), None, 0))

    def holds(self, options, decisions) -> list[Excess]:
        names, found = options.table["usulan_id"].to_numpy(), []
        for need, own, lines in self.serving(options):
            met = set(options.line_option[lines[decisions.qty[lines] > 0]].tolist())
            bad = [i for i in own.tolist() if decisions.fund[i] and i not in met]
            found += [Excess(RowName(names[i], int(options.ta[i]), bound=need), 1) for i in bad]
        return found


def state_of(status: str):
    """The status of a sentra in one language."""
    return lambda lang: say(f"template.values.{status}", lang)


def lacking(needs: list[str]):
    return lambda lang: ", ".join(say(f"words.lacks_{need}", lang) for need in needs)


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
