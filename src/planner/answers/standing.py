"""Where an usulan stands in a plan by all that lies beside it, in sentences of names and money; nothing is solved."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from planner.answers.held import Held, held
from planner.answers.register import Compared, Register, Someone
from planner.base.messages import LANGUAGES, both, label, language, say
from planner.base.units import number, rupiah
from planner.plan.plan import kind_of
from planner.plan.plan_file import NotFunded
from planner.plan.whatif_file import WhatIfFile
from planner.scenario.rules.by_hand import State


@dataclass(frozen=True)
class Standing:
    """An usulan in a register; ``kind``: ``funded``, or as in ``plan.kind_of``."""

    register: Register = field(repr=False)
    usulan_id: str

    @cached_property
    def who(self) -> Someone:
        return self.register.known[self.usulan_id]

    @cached_property
    def record(self) -> dict[str, Any] | None:
        """Its record in ``not_funded``; None where it is funded."""
        return self.register.records.get(self.usulan_id)

    @property
    def funded(self) -> bool:
        return self.record is None

    @property
    def kind(self) -> str:
        return "funded" if self.record is None else kind_of(cast(NotFunded, self.record), self.register.plan.scenario)

    @property
    def compared(self) -> list[Compared]:
        return self.register.compared(self.usulan_id, None if self.rival is None else self.rival.usulan_id)

    @cached_property
    def held(self) -> Held | None:
        """The limit of a group that keeps it out."""
        return held(self.register, self.usulan_id)

    @cached_property
    def rival(self) -> Someone | None:
        """The weakest winner of the group whose limit keeps it out; else as ``Register.rival``."""
        name = self.held.weakest if self.held else self.register.rival(self.usulan_id)
        return None if name is None else self.register.known[name]

    @property
    def place(self) -> int | None:
        """Its number on the reserve list."""
        return self.register.places.get(self.usulan_id)

    def verdict(self) -> str:
        """Whether it is chosen, and at which of the budgets that were solved it is."""
        key = "explain.funded" if self.funded else "explain.not_funded"
        entry = f"; {found}" if (found := self.entry()) else ""
        return say(key, usulan=self.who.sentence(), entry=entry)

    def entry(self) -> str:
        """'pada pagu lebih besar yang dihitung, masuk mulai Rp 434,5 miliar'; '' where none was solved or helps.

        Winning does not follow the budget one way, so no more is said than what was solved.
        """
        if self.barred:
            return ""
        points = budgets(self.register.whatif, self.usulan_id)
        now = self.register.plan.pagu_rp
        return staying(points, now) if self.funded else entering(points, now)

    @property
    def barred(self) -> bool:
        """Whether it is out at any budget: a gate or a lock keeps it out."""
        return self.record is not None and (self.record["kind"] == "gate" or bool(self.lock()))

    def because(self) -> str:
        """Why it is in or out, in one sentence."""
        if lock := self.lock():
            return lock
        if self.record is None:
            return self.worth("explain.worth_in") or say("explain.chosen")
        if self.kind == "rule":
            if self.held:
                return self.held.sentence()
            return self.blocked(self.record["rule"])
        if self.kind == "price":
            return self.outbid()
        if partner := self.partner():
            return say("explain.tie", other=self.register.known[partner].sentence())
        return self.record["reason"][language()]

    def lock(self) -> str:
        """That it is locked by hand, and on what grounds; '' where it is not."""
        state: State = "in" if self.funded else "out"
        names = {self.usulan_id, self.who.kode}
        rules = [rule for rule in self.register.plan.scenario.rules if names & set(rule.locked(state))]
        return say(f"explain.locked_{state}", law=rules[0].law or "–") if rules else ""

    def worth(self, key: str) -> str:
        """A sentence on what it brings for its money beside its rival; '' where there is nothing to set beside it."""
        own, rival = self.register.ratio.get(self.usulan_id), self.rival
        if own is None or rival is None:
            return ""
        beside = "weakest" if rival.usulan_id in self.register.winners else "nearest"
        other = number(self.register.ratio[rival.usulan_id], 2)
        said = say(f"explain.beside_{beside}", rival=rival.sentence(), other=other)
        return say(key, own=number(own, 2), beside=said)

    def outbid(self) -> str:
        """The money went elsewhere: what it would have brought, or that it does not fit."""
        assert self.record is not None
        if self.record["reason"] == both("reasons.fits"):
            return self.record["reason"][language()]
        own, rival, plan = self.register.ratio.get(self.usulan_id, 0.0), self.rival, self.register.plan
        if rival is None:
            return say("explain.outbid_alone", menu=label("menu", self.who.menu))
        if own < self.register.ratio[rival.usulan_id]:
            return self.worth("explain.outbid")
        left = rupiah(plan.pagu_rp - plan.spent_rp)
        return f"{self.worth('explain.outbid_above')} {say('explain.left', left=left)}"

    def blocked(self, row: str) -> str:
        """The rule that it would break, by its sentence; whom its own region has in the plan already."""
        plan = self.register.plan
        index = plan.scenario.rule_number(row)
        sentence = plan.scenario.rules[index].sentence().rstrip(".") if index is not None else ""
        group = next((one.get("group") or "" for one in plan["rule_status"] if one["row"] == row), "")
        if group == self.who.kode and (own := [u for u in self.register.winners if self.same_region(u)]):
            return say("explain.own_region", names=self.register.some(own), rule=sentence)
        place = "" if group in (self.who.kode, self.usulan_id) else label("menu", group)
        return say("explain.rule", rule=f"{sentence} ({place})" if place else sentence)

    def same_region(self, usulan_id: str) -> bool:
        return self.register.known[usulan_id].kode == self.who.kode

    def partner(self) -> str | None:
        """The winner that it could change places with, where it is equal to one."""
        assert self.record is not None
        if self.kind != "tie":
            return None
        said = self.record["reason"][LANGUAGES[0]]
        return next((u for u in self.register.winners if say("reasons.tie", LANGUAGES[0], other=u) == said), None)


@dataclass(frozen=True)
class Budget:
    """A budget that was solved beside a plan: whether an usulan is in, and whether its list is proven best."""

    budget_rp: int
    inside: bool
    proven: bool


def budgets(whatif: WhatIfFile | None, usulan_id: str) -> list[Budget]:
    """The budgets of a what-if file that have a plan, smallest first."""
    points = whatif["points"] if whatif else []
    found = [
        Budget(point["budget_rp"], usulan_id in {one[0] for one in point["funded"]}, point["status"] != "best_found")
        for point in points
        if point["change"]["by"] == "budget" and point["funded"] is not None
    ]
    return sorted(found, key=lambda one: one.budget_rp)


def entering(points: list[Budget], now_rp: int) -> str:
    """From which budget above the plan's an usulan that is out comes in."""
    above = [one for one in points if one.budget_rp > now_rp]
    if not above:
        return ""
    inside = [one for one in above if one.inside]
    if not inside:
        return say("explain.enters_never", most=rupiah(above[-1].budget_rp))
    steady = above[above.index(inside[0]) :] == inside
    said = say("explain.enters_from" if steady else "explain.enters_some", budget=rupiah(inside[0].budget_rp))
    return said if inside[0].proven else f"{said} {say('explain.point_open')}"


def staying(points: list[Budget], now_rp: int) -> str:
    """Down to which budget below the plan's a winner stays."""
    below = [one for one in reversed(points) if one.budget_rp < now_rp]
    if not below:
        return ""
    kept = list(unbroken(below))
    if not kept:
        return say("explain.leaves_at", budget=rupiah(below[0].budget_rp))
    return say("explain.stays_to", budget=rupiah(kept[-1].budget_rp))


def unbroken(points: list[Budget]) -> Iterator[Budget]:
    """The first points of a row that an usulan is in, up to the first that it is not."""
    for one in points:
        if not one.inside:
            return
        yield one
