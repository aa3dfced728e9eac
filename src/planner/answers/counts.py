"""How many usulan there are, each in one part: chosen, not placed, kept out before, or asking for another year."""

from dataclasses import dataclass, fields

import pandas as pd

from planner.base.messages import say
from planner.base.units import number
from planner.plan.plan import Plan

OUTSIDE = ("gate", "open", "refused")  # kinds of those that a rule or a body takes out before anything is solved
LATER = "later"


@dataclass(frozen=True)
class Counts:
    """Usulan by what became of them; they add up. ``now``, ``after``: chosen for the first year and for later ones.

    ``other``: the other menu of a kabupaten that has a modelled winner; ``later``: asks for no year of the plan.
    """

    plan: Plan
    now: int
    after: int
    other: int
    unplaced: int
    gated: int
    later: int

    @property
    def due(self) -> int:
        """Those that ask for a year of the plan."""
        return self.now + self.after + self.other + self.unplaced + self.gated

    @property
    def whole(self) -> int:
        return self.due + self.later

    def plain(self) -> dict[str, int]:
        parts = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "plan"}
        return parts | {"due": self.due, "whole": self.whole}

    def sentence(self) -> str:
        """'250 usulan = 85 untuk TA 2028 + 165 untuk tahun lain; 85 = 78 terpilih + ...'; '' of none at all."""
        if not self.whole:
            return ""
        first, last = min(self.plan["budget_rp"]), max(self.plan["budget_rp"])
        years = first if first == last else f"{first}–{last}"
        key = "whole" if self.later else "due"
        who = say(
            "views.who_modelled" if self.plan.modelled else "views.who", count=self.due if key == "due" else self.whole
        )
        names = {"now": "chosen"} if first == last else {}
        inside = [
            (names.get(name, name), n) for name, n in self.plain().items() if name not in ("later", "due", "whole")
        ]
        said = " + ".join(say(f"counts.{name}", count=number(n), ta=first) for name, n in inside if n)
        values = {name: number(n) for name, n in self.plain().items()}
        return say(f"counts.{key}_is", **values | {"who": who, "years": years, "parts": said or "0"})


def count(plan: Plan, funded: pd.DataFrame, not_funded: pd.DataFrame) -> Counts:
    """Of the rows of a plan that lie in one wilayah; ``count_all`` is of the country."""
    kinds, first = not_funded["kind"], plan.scenario.first_year
    other = not_funded["kode"].isin(plan.funded["kode"]) if plan.modelled else pd.Series(False, not_funded.index)
    gated, later = kinds.isin(OUTSIDE), kinds == LATER
    now, beside = int((funded["ta"] == first).sum()), other & ~gated & ~later
    return Counts(
        plan, now, len(funded) - now, int(beside.sum()), int((~gated & ~later & ~beside).sum()), int(gated.sum()),
        int(later.sum()),
    )  # fmt: skip


def count_all(plan: Plan) -> Counts:
    return count(plan, plan.funded, plan.not_funded)
