"""The lines that may have fewer units than were asked for, as rules say of the tables before anything is solved."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from planner.base.messages import both
from planner.model.candidates import Candidates
from planner.scenario.rules.base import Line, LineLimit, Rule
from planner.scenario.scenario import Scenario


@dataclass(frozen=True)
class Limited:
    """The lowest limit of each line that has one, with the rule that sets it.

    A limit below the smallest volume that the usulan itself states takes the line out: it is 0.
    """

    candidates: Candidates = field(repr=False)
    lines: dict[Line, tuple[Rule, LineLimit]]

    def volume(self, line: Line, asked: int) -> int:
        """The units that a line may have."""
        return min(asked, self.lines[line][1].volume) if line in self.lines else asked

    @cached_property
    def left(self) -> Candidates:
        """The tables had nobody asked for more than they may have; a line that is out is not there."""
        rincian = self.candidates.rincian
        rincian = rincian.assign(volume=[self.volume(*one) for one in asked_of(rincian)])
        return replace(self.candidates, rincian=rincian[rincian["volume"] > 0])

    def reason(self, usulan_id: str) -> dict[str, str]:
        """Why lines of an usulan may have less."""
        return joined([limit for (u, _), (_, limit) in self.lines.items() if u == usulan_id])

    @cached_property
    def out(self) -> dict[str, tuple[Rule, dict[str, str]]]:
        """Usulan of which a mandatory line, or every line, is out: the rule that says so, and why."""
        columns = (self.candidates.rincian[name] for name in ("usulan_id", "rincian_id", "wajib"))
        some: dict[str, list[tuple[Rule, LineLimit, bool]]] = {}
        for usulan, line, wajib in zip(*columns, strict=True):
            if (usulan, line) in self.lines and not self.lines[usulan, line][1].volume:
                some.setdefault(usulan, []).append((*self.lines[usulan, line], pd.isna(wajib) or wajib == "ya"))
        count, found = self.candidates.rincian["usulan_id"].value_counts(), {}
        for usulan, lines in some.items():
            firm = [one for one in lines if one[2]]
            if firm or len(lines) == count[usulan]:
                who = joined([limit for _, limit, _ in firm or lines])
                key = "reasons.line_needed" if firm else "reasons.no_line_left"
                found[usulan] = (firm or lines)[0][0], both(key, who=who.__getitem__)
        return found

    def unfundable(self, rule: Rule) -> dict[str, dict[str, str]]:
        """Those of ``out`` that one rule takes out, with the reason."""
        return {usulan: reason for usulan, (by, reason) in self.out.items() if by is rule}


def joined(limits: list[LineLimit]) -> dict[str, str]:
    """What several limits say, in each language."""
    return {lang: "; ".join(limit.reason[lang] for limit in limits) for lang in limits[0].reason} if limits else {}


def limited(candidates: Candidates, scenario: Scenario) -> Limited:
    """What the rules of a scenario say of the lines."""
    found: dict[Line, tuple[Rule, LineLimit]] = {}
    for rule in scenario.rules:
        for line, limit in rule.line_limits(candidates).items():
            if line not in found or limit.volume < found[line][1].volume:
                found[line] = rule, limit
    if found and "volume_min" in candidates.rincian:
        rows = candidates.rincian[candidates.rincian["volume_min"].notna()]
        for usulan, line, least in zip(rows["usulan_id"], rows["rincian_id"], rows["volume_min"], strict=True):
            if (usulan, line) in found and found[usulan, line][1].volume < int(least):
                rule, limit = found[usulan, line]
                found[usulan, line] = rule, limit._replace(volume=0)
    return Limited(candidates, found)


def asked_of(rincian: pd.DataFrame) -> Iterator[tuple[Line, int]]:
    """Each line with the volume asked for."""
    for usulan, name, volume in zip(rincian["usulan_id"], rincian["rincian_id"], rincian["volume"], strict=True):
        yield (usulan, name), int(volume)
