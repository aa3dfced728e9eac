"""Who every usulan of a plan is, for people, and how it compares with the weakest winner of its menu; unsolved."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from planner.base.errors import shown
from planner.base.messages import label, say
from planner.base.units import MICRO, number, rupiah
from planner.model.line_items import kept
from planner.model.options import Options
from planner.plan.plan import Plan
from planner.plan.whatif_file import WhatIfFile
from planner.scenario.criteria import FACTS

NAMED = 3  # usulan in a sentence


@dataclass(frozen=True)
class Someone:
    """An usulan; ``amount_rp``: what the plan gives it, else what it asks for; ``ikm``: None where nobody knows."""

    usulan_id: str
    kode: str
    nama: str
    menu: str
    amount_rp: int
    ikm: int | None
    modelled: bool

    @property
    def name(self) -> str:
        """'Kab. Bireuen', with the usulan where regions propose their own."""
        short = self.nama.replace("Kabupaten ", "Kab. ")
        return short if self.modelled else f"{short} {shown(self.usulan_id)}"

    def sentence(self, lang: str | None = None) -> str:
        """'Kab. Bireuen (revitalisasi, Rp 4,31 miliar, 26 IKM)'."""
        ikm = say("explain.no_ikm", lang) if self.ikm is None else f"{number(self.ikm, lang=lang)} IKM"
        return f"{self.name} ({label('menu', self.menu, lang)}, {rupiah(self.amount_rp, lang)}, {ikm})"


@dataclass(frozen=True)
class Compared:
    """One thing that counts, of an usulan and of its rival; None where it is not known.

    ``most``: what a full bar stands for; ``share``: its weight in the score (0-1), where it is a criterion.
    """

    name: str
    own: float | None
    rival: float | None
    most: float
    share: float | None = None

    def title(self, lang: str | None = None) -> str:
        group = "criteria" if self.share is not None else "explain.parts"
        return say(f"{group}.{self.name}", lang)

    @property
    def published(self) -> bool:
        """Whether anybody may know it of any region: public statistics, IKM, and what decides."""
        return self.name in (*FACTS, "ikm", "ratio")

    def text(self, value: float | None, lang: str | None = None) -> str:
        return "–" if value is None else number(value, 0 if self.name == "ikm" and self.share is None else 2, lang)


@dataclass(frozen=True)
class Register:
    """A plan with the options it chose from; ``whatif``: the points that were solved beside it."""

    plan: Plan
    options: Options = field(repr=False)
    whatif: WhatIfFile | None = field(default=None, repr=False)

    @cached_property
    def known(self) -> dict[str, Someone]:
        """Every usulan of the plan's tables by its id."""
        candidates, every = self.options.candidates, self.options.every
        amounts = candidates.asked_rp.to_dict() | dict(self.plan.funded[["usulan_id", "amount_rp"]].values)
        nama = dict(zip(candidates.kabupaten["kode"], candidates.kabupaten["nama"], strict=True))
        columns = (every[name] for name in ("usulan_id", "kode", "menu", "ikm"))
        return {
            usulan_id: Someone(
                usulan_id, kode, nama[kode], menu, int(amounts[usulan_id]), None if pd.isna(ikm) else int(ikm),
                self.plan.modelled,
            )
            for usulan_id, kode, menu, ikm in zip(*columns, strict=True)
        }  # fmt: skip

    def some(self, names: Iterable[str], lang: str | None = None) -> str:
        """The dearest of several usulan in words, and how many more there are for how much."""
        found = sorted((self.known[name] for name in names), key=lambda one: (-one.amount_rp, one.usulan_id))
        first = ", ".join(one.sentence(lang) for one in found[:NAMED])
        rest = found[NAMED:]
        amount = rupiah(sum(one.amount_rp for one in rest), lang)
        return say("explain.more_for", lang, names=first, count=len(rest), amount=amount) if rest else first

    @cached_property
    def records(self) -> dict[str, dict]:
        """What the plan says of each usulan that it does not fund."""
        return {record["usulan_id"]: record for record in self.plan["not_funded"]}

    @cached_property
    def rows(self) -> dict[str, dict]:
        """What the plan says of each row of a rule, by the row's name."""
        return {row["row"]: row for row in self.plan["rule_status"]}

    @cached_property
    def places(self) -> dict[str, int]:
        """The number of each usulan on the reserve list."""
        return {name: place for place, name in enumerate(self.plan["reserve"], start=1)}

    @cached_property
    def winners(self) -> frozenset[str]:
        return frozenset(self.plan.funded["usulan_id"])

    def won_in(self, ta: int | None) -> frozenset[str]:
        """The winners of a year; None: of any."""
        funded = self.plan.funded
        return frozenset(funded["usulan_id"] if ta is None else funded.loc[funded["ta"] == ta, "usulan_id"])

    @cached_property
    def ratio(self) -> dict[str, float]:
        """What the first goal gains per Rp 1 miliar by each usulan that may be funded."""
        frame = ratios(self.plan, self.options)
        return dict(zip(frame["usulan_id"], frame["ratio"], strict=True))

    def rival(self, usulan_id: str) -> str | None:
        """The winner of the same menu with the least ratio; of that one itself, the nearest that no rule keeps out."""
        weakest, nearest = self.ends[self.known[usulan_id].menu]
        return nearest if weakest == usulan_id else weakest

    @cached_property
    def ends(self) -> dict[str, tuple[str | None, str | None]]:
        """Per menu the weakest winner, and of those no rule holds out the nearest; None where there is none."""
        found = {}
        for menu in {one.menu for one in self.known.values()}:
            same = [name for name in self.ratio if self.known[name].menu == menu]
            inside, outside = ([n for n in same if (n in self.winners) == won] for won in (True, False))
            outside = [name for name in outside if self.records[name]["kind"] != "rule"]
            weakest = min(inside, key=lambda name: (self.ratio[name], name), default=None)
            found[menu] = weakest, min(outside, key=lambda name: (-self.ratio[name], name), default=None)
        return found

    @cached_property
    def facts(self) -> dict[str, dict]:
        """The first option of each usulan with all its columns."""
        table = self.options.firsts
        return dict(zip(table["usulan_id"], table.to_dict("records"), strict=True))

    def compared(self, usulan_id: str, rival: str | None) -> list[Compared]:
        """What counts, of an usulan beside its rival: the criteria, chance and IKM where they do, and what decides.

        Nothing of an usulan that a gate took out, or without a rival.
        """
        if rival is None or usulan_id not in self.facts:
            return []
        own, other = self.facts[usulan_id], self.facts[rival]
        weights = self.plan.scenario.weighed
        found = [
            Compared(name, *values(own, other, f"{name}_nilai", MICRO), 1.0, weight / sum(weights.values()))
            for name, weight in weights.items()
        ]
        found += [Compared("chance", *values(own, other, "chance", MICRO), 1.0)]
        found += [scaled("ikm", *values(own, other, "ikm"))]
        decisive = scaled("ratio", self.ratio[usulan_id], self.ratio[rival])
        return [*(found if self.plan.scenario.goals[0].column == "benefit" else []), decisive]


def values(own: dict, other: dict, column: str, scale: int = 1) -> tuple[float | None, float | None]:
    """A column of two usulan; None where it is not known."""
    first, second = (None if pd.isna(row[column]) else float(row[column]) / scale for row in (own, other))
    return first, second


def scaled(name: str, own: float | None, rival: float | None) -> Compared:
    """A comparison whose larger value fills the bar."""
    return Compared(name, own, rival, max(own or 0.0, rival or 0.0) or 1.0)


def ratios(plan: Plan, options: Options) -> pd.DataFrame:
    """Cost, score and the first goal's column per Rp 1 miliar of every usulan's first option, at what it may have."""
    goal = plan.scenario.goals[0].column
    table = options.firsts
    scale = MICRO if goal in options.MICRO_COLUMNS else 1
    worth = options.column(goal)[table.index].astype("float64").fillna(0) / scale
    if not plan.scenario.goals[0].given and (left := kept(options)) is not None:
        worth *= left[table.index].astype("float64")
    return table[["usulan_id", "menu", "amount_rp", "score"]].assign(ratio=worth / (table["amount_rp"] / 10**9))
