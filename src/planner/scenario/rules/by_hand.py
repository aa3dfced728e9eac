"""Decisions by hand as rules: who is in or out whatever it is worth, and the volume agreed for a line."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import language, say
from planner.base.units import number
from planner.scenario.rows import Excess, RowName, Rows, Term, limits, line_names
from planner.scenario.rules.base import Rule

State = Literal["in", "out"]
LARGEST_VOLUME = 10**12  # units of one line
Names = tuple[str, ...]


class Lock(Rule, frozen=True):
    """Named usulan, or any usulan of named kabupaten, are funded (``in``) or are not (``out``).

    For each name, with f_u 1 where usulan u is funded: ``sum of f_u >= 1`` (``in``) or ``<= 0`` (``out``) over its
    options of all years. Source: a decision by hand; ``law`` keeps its reason.
    """

    rule: Literal["Lock"]
    state: State
    usulan: Names = ()
    kabupaten: Names = ()

    @model_validator(mode="after")
    def _names_something(self):
        if not self.usulan and not self.kabupaten:
            raise ValueError(say("rules.problems.empty_lock"))
        return self

    def values(self, lang) -> dict:
        return {"names": ", ".join(self.usulan + self.kabupaten), "state": say(f"words.lock_{self.state}", lang)}

    def names(self) -> dict[str, Names]:
        """What it locks, by kind: ``usulan``, ``kabupaten``."""
        return {"usulan": self.usulan, "kabupaten": self.kabupaten}

    def locked(self, state: State) -> tuple[str, ...]:
        return self.usulan + self.kabupaten if state == self.state else ()

    def binds_absent(self, row: RowName) -> bool:
        return row.group in self.usulan

    def members(self, options) -> list[tuple[str, np.ndarray]]:
        """Per locked name the positions of its options."""
        pairs = [("usulan_id", name) for name in self.usulan] + [("kode", name) for name in self.kabupaten]
        gone = {pair: record for pair in pairs if (record := gate_of(options, *pair))}
        if gone and self.state == "in":
            told = [(shown(name), record["reason"][language()]) for (_, name), record in gone.items()]
            raise PlannerError([say("rules.problems.lock_gated", name=name, reason=reason) for name, reason in told])
        return [(name, options.positions(column, name)) for column, name in pairs if (column, name) not in gone]

    def rows(self, options) -> Iterator[Rows]:
        members = self.members(options)
        if not members:
            return
        over = np.concatenate([positions for _, positions in members])
        row = np.repeat(np.arange(len(members)), [len(positions) for _, positions in members])
        bounds = limits(len(members), 1, None) if self.state == "in" else limits(len(members), None, 0)
        term = Term("fund", over, row, np.ones(len(over), np.int64))
        yield Rows([RowName(name) for name, _ in members], (term,), *bounds)

    def holds(self, options, decisions) -> list[Excess]:
        counts = {name: int(decisions.fund[positions].sum()) for name, positions in self.members(options)}
        if self.state == "out":
            return [Excess(RowName(name), n) for name, n in counts.items() if n > 0]
        return [Excess(RowName(name), 1) for name, n in counts.items() if n == 0]


class AgreedVolume(Rule, frozen=True):
    """If ``usulan`` is funded, its line ``rincian`` has exactly ``volume`` units; 0: it is left out.

    In each year: ``v_l - volume x f_u = 0``, with v_l the volume of the line in its unit and f_u 1 where its usulan is
    funded. Source: a decision by hand, as number and value are agreed in the final assessment of a usulan.
    """

    each_usulan: ClassVar[bool] = True

    rule: Literal["AgreedVolume"]
    usulan: str
    rincian: str
    volume: Annotated[int, Field(ge=0, le=LARGEST_VOLUME, strict=True)]

    def values(self, lang) -> dict:
        return {"usulan": self.usulan, "rincian": self.rincian, "volume": number(self.volume, lang=lang)}

    def lines(self, options) -> np.ndarray:
        """The line in each year that its usulan may be funded; none where a gate took the usulan out.

        Raises PlannerError where there is no such line, or where it cannot have this volume.
        """
        if gate_of(options, "usulan_id", self.usulan):
            return np.zeros(0, np.int64)
        mine = np.flatnonzero(np.isin(options.line_option, options.positions("usulan_id", self.usulan)))
        names = options.lines["rincian_id"].iloc[mine]
        if self.rincian not in set(names):
            near = hint(self.rincian, names)
            raise PlannerError(say("errors.unknown", kind=say("words.line"), name=shown(self.rincian), hint=near))
        found = mine[names == self.rincian]
        low, high, firm = (options.lines[c].iat[found[0]] for c in ("volume_min", "volume", "wajib"))
        if not (low <= self.volume <= high or (self.volume == 0 and not firm)):
            allowed = say("words.span", low=number(low), high=number(high)) if low < high else number(high)
            allowed = allowed if firm else say("words.zero_or", other=allowed)
            key = {"usulan": shown(self.usulan), "rincian": shown(self.rincian), "volume": number(self.volume)}
            raise PlannerError(say("rules.problems.volume", allowed=allowed, **key))
        return found

    def rows(self, options) -> Iterator[Rows]:
        lines = self.lines(options)
        if len(lines):
            each = np.arange(len(lines))
            volume = np.full(len(lines), -self.volume, np.int64)
            terms = (
                Term("qty", lines, each, np.ones(len(lines), np.int64)),
                Term("fund", options.line_option[lines], each, volume),
            )
            yield Rows(line_names(options, lines), terms, *limits(len(lines), 0, 0))

    def holds(self, options, decisions) -> list[Excess]:
        lines = self.lines(options)
        off = np.abs(decisions.qty[lines] - self.volume) * (decisions.fund[options.line_option[lines]] > 0)
        pairs = zip(line_names(options, lines), off, strict=True)
        return [Excess(name, int(by)) for name, by in pairs if by]


def lock(state: State, law: str, usulan: Names = (), kabupaten: Names = ()) -> Lock:
    return Lock(rule="Lock", state=state, law=law, usulan=usulan, kabupaten=kabupaten)


def agreed_volume(usulan: str, rincian: str, volume: int, law: str = "") -> AgreedVolume:
    return AgreedVolume(rule="AgreedVolume", law=law, usulan=usulan, rincian=rincian, volume=volume)


def gate_of(options, column: str, name: str) -> dict | None:
    """The gate's record of an usulan, or of a kabupaten that has nothing else."""
    if (options.table[column] == name).any():
        return None
    return next((record for record in options.gated if record[column] == name), None)
