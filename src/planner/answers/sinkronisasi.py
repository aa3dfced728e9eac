"""Sinkronisasi: what a meeting decides line by line, the tables that then hold, and what each decision did."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd
from numpy import format_float_positional

from planner.answers.compare import usulan as moves_between
from planner.answers.outcomes import ACCEPTED, REJECTED
from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import label, say
from planner.base.units import fine_percent, number, rupiah, signed
from planner.model.candidates import Candidates
from planner.model.status import proven
from planner.plan.plan import Plan
from planner.scenario.hand_edits import one_line
from planner.scenario.rules.verdicts import DISCUSSED, OF_LINES
from planner.scenario.scenario import Scenario
from planner.tables.cells import Refused
from planner.tables.decisions import NAME, Decision, Line, append, as_read, mend, read_decisions, standing
from planner.tables.schemas import WITHDRAWN, columns_of, own_name

NAMED = 6  # usulan that a sentence names


def check_scenario(candidates: Candidates, scenario: Scenario) -> None:
    """Raise PlannerError where no decision on a line would change anything."""
    if candidates.modelled:
        raise PlannerError(say("sinkronisasi.modelled"))
    if not any(rule.judged for rule in scenario.rules):
        raise PlannerError(say("sinkronisasi.no_verdicts"))


def lines_of(candidates: Candidates) -> dict[Line, dict]:
    """Every line in meeting order: by kabupaten, then the region's own priority, then usulan and line.

    Each: ``kode, usulan, sentra, uraian, satuan, price_rp, asked, least`` (None: not trimmable), ``table_volume``.
    """
    own = candidates.usulan.reindex(columns=["usulan_id", "kode", "menu", "nama", "prioritas_daerah", "ta"])
    rows = candidates.rincian.reindex(
        columns=["usulan_id", "rincian_id", "komponen", "uraian", "satuan", "harga_satuan_rp", "volume", "volume_min",
                 "volume_disetujui"]
    ).merge(own, on="usulan_id", how="left")  # fmt: skip
    rows = rows.sort_values(["kode", "prioritas_daerah", "usulan_id", "rincian_id"], na_position="last", kind="stable")
    plain = rows.astype(object).where(rows.notna(), None)
    return {
        (row["usulan_id"], row["rincian_id"]): {
            "kode": row["kode"], "nama": row["nama"] or "", "menu": row["menu"], "ta": row["ta"],
            "uraian": row["uraian"] or label("komponen", row["komponen"]), "satuan": row["satuan"] or "",
            "price_rp": int(row["harga_satuan_rp"]), "asked": int(row["volume"]),
            "least": None if row["volume_min"] is None else int(row["volume_min"]),
            "table_volume": None if row["volume_disetujui"] is None else int(row["volume_disetujui"]),
        }
        for row in plain.to_dict("records")
    }  # fmt: skip


def wrong(decision: Decision, lines: dict[Line, dict]) -> list[str]:
    """Sentences of everything that keeps a decision from being one on these lines."""
    usulan, line = shown(decision.usulan_id), shown(decision.rincian_id)
    if decision.line not in lines:
        names = {u for u, _ in lines}
        if decision.usulan_id not in names:
            near = hint(decision.usulan_id[:60], names)
            return [say("checks.unknown_usulan", name=usulan, hint=near)]
        near = hint(decision.rincian_id[:60], [one for u, one in lines if u == decision.usulan_id])
        return [say("errors.unknown", kind=say("words.line"), name=f"{usulan} {line}", hint=near)]
    known, where = lines[decision.line], {"usulan": usulan, "rincian": line}
    volume, asked, least = decision.volume, known["asked"], known["least"]
    problems = []
    if decision.verdict == ACCEPTED and volume is not None:
        figures = {"volume": number(volume), "asked": number(asked), "least": number(least or 1)}
        if volume > asked:
            problems.append(say("sinkronisasi.above", **where, **figures))
        elif not volume:
            problems.append(say("sinkronisasi.zero", **where))
        elif volume < (least or 1):
            problems.append(say("sinkronisasi.below", **where, **figures))
    if (decision.verdict == REJECTED and volume) or (decision.verdict == DISCUSSED and volume is not None):
        problems.append(say("sinkronisasi.no_volume", **where, verdict=label("verdicts", decision.verdict)))
    cuts = decision.verdict == REJECTED or (decision.verdict == ACCEPTED and volume is not None and volume < asked)
    if cuts and not decision.reason.strip():
        problems.append(say("sinkronisasi.no_reason", **where))
    return problems


def check_decisions(decisions: Sequence[Decision], lines: dict[Line, dict]) -> None:
    """Raise one PlannerError with everything wrong in decisions, by row of their table."""
    told = [
        say("sinkronisasi.row", row=one.row, what=problem)
        for one in decisions
        if one.verdict != WITHDRAWN
        for problem in wrong(one, lines)
    ]
    if told:
        raise PlannerError(told)


def agreed_volume(decision: Decision, lines: dict[Line, dict]) -> int | None:
    """The units that a line may have after a decision; None: as before the meeting."""
    if decision.verdict == REJECTED:
        return 0
    if decision.verdict == ACCEPTED:
        return lines[decision.line]["asked"] if decision.volume is None else decision.volume
    return None


def decided(candidates: Candidates, decisions: Sequence[Decision]) -> Candidates:
    """The candidates as their tables read once these decisions, one per line, stand in them.

    Verdict and agreed volume are written into ``rincian``, its fingerprint is that of the CSV ``table_bytes`` gives.
    Without any decision: the same candidates.
    """
    if not decisions:
        return candidates
    lines, rincian = lines_of(candidates), candidates.rincian.copy()
    for column, dtype in (("volume_disetujui", "Int64"), *((name, "str") for name in OF_LINES)):
        rincian[column] = rincian[column].astype(dtype) if column in rincian else pd.Series(pd.NA, rincian.index, dtype)
    place = dict(zip(zip(rincian["usulan_id"], rincian["rincian_id"], strict=True), rincian.index, strict=True))
    for one in decisions:
        at, volume = place[one.line], agreed_volume(one, lines)
        rincian.loc[at, list(OF_LINES)] = one.verdict
        if volume is not None:
            rincian.loc[at, "volume_disetujui"] = volume
    return replace(candidates, rincian=rincian, inputs=inputs_with(candidates.inputs, rincian))


def inputs_with(inputs: Sequence[dict], rincian: pd.DataFrame) -> tuple[dict, ...]:
    """The inputs with the fingerprint of other lines."""
    sha256 = hashlib.sha256(table_bytes("rincian", rincian)).hexdigest()
    found = tuple(one | {"sha256": sha256} if one["name"] == "rincian" else one for one in inputs)
    if any(one["name"] == "rincian" for one in found):
        return found
    stamp = any(one["synthetic"] for one in inputs)
    return (*found, {"name": "rincian", "sha256": sha256, "rows": len(rincian), "synthetic": stamp})


def table_bytes(name: str, table: pd.DataFrame) -> bytes:
    """A table as the CSV file that reading gives back: what is a column of the planner's own may hold any number."""
    headers = {column: column.removeprefix(own_name(name, "")) for column in table}
    plain = table.rename(columns=headers)
    text = plain.to_csv(index=False, lineterminator="\n", float_format=lambda x: format_float_positional(x, trim="0"))
    return text.encode("utf-8", "replace")


@dataclass(frozen=True)
class Effect:
    """What one decision did: the plan that stood before it, and the one with it alone added."""

    decision: Decision
    before: Plan = field(repr=False)
    after: Plan = field(repr=False)

    @cached_property
    def moves(self) -> list[dict]:
        """Who enters, leaves or gets otherwise, as ``compare.usulan`` tells it."""
        return list(moves_between(self.before, self.after))

    @property
    def freed_rp(self) -> int:
        """What the usulan of the line gets less than before; below 0: more."""
        return -sum(move["difference_rp"] for move in self.moves if move["usulan_id"] == self.decision.usulan_id)

    def movers(self, kind: str) -> list[dict]:
        """Who ``enters`` or ``leaves``, the dearest first."""
        found = [move for move in self.moves if move["change"] == kind]
        return sorted(found, key=lambda move: -max(move["before_rp"], move["after_rp"]))

    @cached_property
    def loss(self) -> tuple[int, int] | None:
        """Least and most that the best of the first goal fell by, in 1e-6 of its unit; equal where both are proven.

        None where a bound is not known.
        """
        (low_before, high_before), (low_after, high_after) = (ends(plan) for plan in (self.before, self.after))
        if high_before is None or high_after is None:
            return None
        return low_before - high_after, high_before - low_after

    @property
    def exact(self) -> bool:
        return self.loss is not None and self.loss[0] == self.loss[1]

    def share(self) -> tuple[float, float] | None:
        """The loss as shares of the first goal before."""
        whole = ends(self.before)[0]
        return None if self.loss is None or not whole else (self.loss[0] / abs(whole), self.loss[1] / abs(whole))

    def goal_text(self) -> str:
        """'manfaat turun 0,20 % (pasti)', or between which limits."""
        goal, share = goal_name(self.after), self.share()
        if share is None:
            return say("sinkronisasi.goal_unknown", goal=goal)
        low, high = share
        if not self.exact:
            texts = {"low": signed(-high, fine_percent), "high": signed(-low, fine_percent)}
            key = "between" if texts["low"] != texts["high"] else "about"
            return say(f"sinkronisasi.goal_{key}", goal=goal, **texts)
        if not self.loss or not self.loss[0]:
            return say("sinkronisasi.goal_same", goal=goal)
        key = "goal_down" if low > 0 else "goal_up"
        return say(f"sinkronisasi.{key}", goal=goal, share=fine_percent(abs(low)))

    def sentence(self, lines: dict[Line, dict], names: dict[str, str]) -> str:
        """One line: what was decided, the money, who moves, and the loss or gain."""
        line = lines[self.decision.line]
        units = agreed_volume(self.decision, lines)
        asked = line["asked"] if line["table_volume"] is None else min(line["asked"], line["table_volume"])
        freed, own = self.freed_rp, self.decision.usulan_id
        return say(
            "sinkronisasi.effect", kabupaten=place_name(line["kode"], names), line=brief(line["uraian"], 60),
            asked=number(asked), agreed=number(asked if units is None else units), unit=brief(line["satuan"], 12),
            money=say("sinkronisasi.freed" if freed >= 0 else "sinkronisasi.taken", money=rupiah(abs(freed))),
            enters=movers_text([m for m in self.movers("enters") if m["usulan_id"] != own], names),
            leaves=movers_text(self.movers("leaves"), names), goal=self.goal_text(),
        )  # fmt: skip


def ends(plan: Plan) -> tuple[int, int | None]:
    """Between what the best of the first goal lies, in 1e-6 of its unit; one value where it is proven."""
    goal = plan["goals"][0]
    value, bound, point = goal["stage_value"], goal["bound"], goal["point"]
    high = None if bound is None else value if proven(value, bound) else max(value, bound)
    return value * point, None if high is None else high * point


def goal_name(plan: Plan) -> str:
    return label("columns", plan["goals"][0]["name"]).split(" (")[0]


def place_name(kode: str, names: dict[str, str]) -> str:
    return brief(names.get(kode, kode).replace("Kabupaten ", "Kab. "), 40)


def brief(text: str, longest: int) -> str:
    """Text of a table on one line, not longer than ``longest``."""
    line = one_line(text)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def movers_text(moves: list[dict], names: dict[str, str]) -> str:
    """'Kab. Alor (Rp 4,2 miliar)', the first of them, or a dash."""
    parts = [
        f"{place_name(move['kode'], names)} ({rupiah(move['before_rp'] + move['after_rp'])})" for move in moves[:NAMED]
    ]
    more = [say("change.more", count=number(len(moves) - NAMED))] if len(moves) > NAMED else []
    return "; ".join([*parts, *more]) or "–"


def effects(
    candidates: Candidates, base: Sequence[Decision], own: Sequence[Decision], plan_of: Callable[[Candidates], Plan]
) -> Iterator[Effect]:
    """What each of ``own`` did on top of ``base``: the last plan of one is the first of the next."""
    before = plan_of(decided(candidates, base))
    for count in range(1, len(own) + 1):
        after = plan_of(decided(candidates, [*base, *own[:count]]))
        yield Effect(own[count - 1], before, after)
        before = after


@dataclass
class Talks:
    """Decisions as they are made: checked, then written, then they hold. ``candidates``: as their tables came."""

    candidates: Candidates = field(repr=False)
    file: Path
    rows: list[Decision] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lines = lines_of(self.candidates)
        self.torn = mend(self.file)  # a row that a crash cut off
        self.rows = read_decisions(self.file)
        check_decisions(self.rows, self.lines)
        standing(self.rows)

    @property
    def standing(self) -> list[Decision]:
        return standing(self.rows)

    @property
    def agreed(self) -> Candidates:
        """The candidates with all that stands."""
        return decided(self.candidates, self.standing)

    def decide(self, provinsi: str, line: Line, verdict: str, volume: str, reason: str, who: str) -> Decision:
        """Check and write a decision as it was typed; where something is wrong PlannerError, and nothing is written."""
        problems, units = [], None
        if text := volume.strip():
            try:
                units = int(columns_of(NAME)["volume_disetujui"].read(text, ","))
            except Refused as refused:
                problems.append(say("sinkronisasi.volume_typed", volume=shown(text), remedy=str(refused)))
        known = self.lines.get(line)
        if known is not None and not known["kode"].startswith(f"{provinsi}."):
            problems.append(say("sinkronisasi.other_province", usulan=shown(line[0]), provinsi=shown(provinsi)))
        if verdict not in (ACCEPTED, DISCUSSED, REJECTED):
            near = hint(verdict, (ACCEPTED, DISCUSSED, REJECTED))
            problems.append(
                say("errors.unknown", kind=say("sinkronisasi.verdict_kind"), name=shown(verdict), hint=near)
            )
        if not one_line(who):
            problems.append(say("sinkronisasi.nobody"))
        made = Decision(*line, verdict, units, one_line(reason), one_line(who), row=len(self.rows) + 2)
        problems += wrong(made, self.lines)
        if problems:
            raise PlannerError(problems)
        return self.add(made)

    def undo(self, who: str) -> Decision:
        """Take back the last decision that stands; raises PlannerError where there is none, or nobody does it."""
        last = self.standing[-1:]
        if not last:
            raise PlannerError(say("sinkronisasi.nothing_to_undo"))
        if not one_line(who):
            raise PlannerError(say("sinkronisasi.nobody"))
        return self.add(Decision(*last[0].line, WITHDRAWN, who=one_line(who), row=len(self.rows) + 2))

    def add(self, decision: Decision) -> Decision:
        """Write a decision, unless it would not be one when its row is read."""
        made = as_read(decision)
        check_decisions([made], self.lines)
        append(self.file, made)
        self.rows.append(made)
        return made
