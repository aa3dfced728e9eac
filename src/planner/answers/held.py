"""What a rule's limit on a group leaves for an usulan outside the plan: how much of it is used, and by whom."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from planner.answers.register import Register
from planner.base.messages import label, say
from planner.base.units import number, rupiah
from planner.scenario.rules.base import Rule

ONE = ("kode", "usulan_id", "sentra_id")  # groups that are one region's or one sentra's own


@dataclass(frozen=True)
class Held:
    """An usulan beside the upper limit of the group that it is of; ``row``: as in the plan's ``rule_status``."""

    register: Register = field(repr=False)
    usulan_id: str
    rule: Rule
    row: dict

    @cached_property
    def members(self) -> frozenset[str]:
        """The winners that the limit counts together with it."""
        return self.register.won_in(self.row["ta"]) & self.group

    @cached_property
    def group(self) -> set[str]:
        """The usulan that the row adds up."""
        options = self.register.options
        chosen, codes, names = options.select(dict(self.rule).get("where", {}), self.rule.grouped_by)
        own = chosen & np.isin(codes, [code for code, name in enumerate(names) if name == self.row["group"]])
        return set(options.table.loc[own, "usulan_id"])

    @cached_property
    def weakest(self) -> str | None:
        """The member with the least ratio: of its own menu where there is one."""
        known, ratio = self.register.known, self.register.ratio
        inside = self.members & ratio.keys()
        same = {name for name in inside if known[name].menu == known[self.usulan_id].menu}
        return min(same or inside, key=lambda name: (ratio[name], name), default=None)

    @property
    def place(self) -> str:
        """The group's name."""
        return label("menu", self.row["group"])

    def sentence(self) -> str:
        """Its worth beside the country's weakest and the group's, what the limit leaves, and on what it rests."""
        return " ".join([*self.beside(), *self.instead(), self.ground()])

    def beside(self) -> list[str]:
        own, other = (self.register.ratio.get(name or "") for name in (self.usulan_id, self.lowest))
        if own is None or other is None:
            return [f"{self.used()}."]
        said = {"own": number(own, 2), "other": number(other, 2)}
        key = "equal" if said["own"] == said["other"] else "below" if own < other else "above"
        return [say(f"explain.held_{key}", used=self.used(), **said)]

    @property
    def lowest(self) -> str | None:
        """The country's weakest winner of its menu."""
        return self.register.ends[self.register.known[self.usulan_id].menu][0]

    def used(self) -> str:
        """How much of the limit is used and what it needs; in money only where the row adds up rupiah."""
        who, upper = self.register.known[self.usulan_id], self.row["upper"]
        left = upper - self.row["activity"]
        if self.rule.unit != "rupiah" or not 0 <= left < min(who.amount_rp, upper):
            return say("explain.held_full", place=self.place)
        money = {"used": self.row["activity"], "limit": upper, "left": left, "need": who.amount_rp}
        said = {name: rupiah(amount_rp) for name, amount_rp in money.items()}
        return say("explain.held_rupiah", place=self.place, name=who.name, **said)

    def instead(self) -> list[str]:
        """That somebody there has to give way, which is sure: added to all of them it breaks the limit."""
        if self.weakest is None:
            return []
        rival = self.register.known[self.weakest]
        other = number(self.register.ratio[self.weakest], 2)
        same = rival.menu == self.register.known[self.usulan_id].menu
        key = "explain.held_instead" if same else "explain.held_instead_other"
        return [say(key, place=self.place, rival=rival.sentence(), other=other)]

    def ground(self) -> str:
        law = say("explain.held_assumed") if self.rule.law == "asumsi" else self.rule.law or "–"
        return say("explain.held_law", rule=self.rule.sentence().rstrip("."), law=law)


def held(register: Register, usulan_id: str) -> Held | None:
    """The group's limit that keeps an usulan out; None where it is out for another reason, or is in."""
    record = register.records.get(usulan_id)
    index = register.plan.scenario.rule_number(record["rule"] or "") if record and record["kind"] == "rule" else None
    if record is None or index is None:
        return None
    rule, row = register.plan.scenario.rules[index], register.rows.get(record["rule"], {})
    grouped = rule.grouped_by is not None and rule.grouped_by not in ONE and not rule.each_usulan
    if not grouped or row.get("upper") is None or not row.get("group"):
        return None
    found = Held(register, usulan_id, rule, row)
    return found if usulan_id in found.group else None
