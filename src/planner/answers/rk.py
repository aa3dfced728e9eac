"""The Rencana Kegiatan of what was decided: a sheet per kabupaten, its repair, and what a region changed in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from planner.answers.people import BUILDINGS, people_of
from planner.answers.volume_repair import Item, best_raise, changed, cheapest_cut, within_share
from planner.base.errors import PlannerError, first_of, shown
from planner.base.messages import in_each, say
from planner.base.units import number, percent, rupiah_full, share_of
from planner.model.candidates import Candidates, read_candidates
from planner.plan.folder import RunFolder
from planner.plan.plan import read_plan
from planner.plan.verify import inputs
from planner.scenario.rules.limits import SupportShare
from planner.scenario.scenario import Scenario
from planner.tables.decided import read_decided
from planner.tables.reading import blank
from planner.tables.rk import read_rk

SUPPORT = SupportShare.model_fields["komponen"].default
SHARE = share_of(SupportShare.model_fields["max_share"].default).as_integer_ratio()  # of the Rencana Kegiatan
LINES = 12  # that a sentence names
Decision = dict[str, int]  # usulan_id -> rupiah decided


@dataclass(frozen=True)
class Sheet:
    """One kabupaten: its rows, and what is to be said of them."""

    kode: str
    rows: pd.DataFrame
    told: tuple[str, ...] = ()
    people: tuple[str, ...] = ()  # who runs each sentra and who is trained to: beside the money, in no sum


@dataclass(frozen=True)
class Sheets:
    """All sheets of a plan or list; ``told``: of whom there is none."""

    sheets: tuple[Sheet, ...]
    candidates: Candidates = field(repr=False)
    told: tuple[str, ...] = ()

    def sentences(self) -> Iterator[str]:
        yield from self.told
        for sheet in self.sheets:
            yield from sheet.told


def of_plan(file: Path, data: Path | None = None) -> Sheets:
    """The sheets of a plan over usulan: its lines at its volumes."""
    run, plan = RunFolder(file), read_plan(file)
    if plan.modelled:
        raise PlannerError(say("rk.modelled"))
    candidates = read_candidates(run.scenario(plan), data)
    if problems := list(inputs(plan.content["inputs"], candidates)):
        raise PlannerError(problems)
    volumes = {(r["usulan_id"], one["rincian_id"]): one["volume"] for r in plan["funded"] for one in r["lines"]}
    decided = {record["usulan_id"]: record["amount_rp"] for record in plan["funded"]}
    return sheets_of(decided, lines_of(candidates, decided, volumes), candidates)


def of_list(file: Path, scenario: Scenario, data: Path | None = None) -> Sheets:
    """The sheets of a decided list: the lines as agreed to, else as asked, cut where that is above the decision."""
    candidates = read_candidates(scenario, data)
    if candidates.modelled:
        raise PlannerError(say("rk.modelled"))
    rows = read_decided(file, candidates.usulan, sum(scenario.budget_rp.values()))
    usulan, cost = candidates.usulan, candidates.asked_rp
    pairs = dict(zip(usulan["kode"] + " " + usulan["menu"], usulan["usulan_id"], strict=True))
    decided: Decision = {}
    told = []
    for kode, own, menu, amount in rows[["kode", "usulan_id", "menu", "amount_rp"]].itertuples(index=False):
        name = pairs.get(f"{kode} {menu}") if pd.isna(own) else own
        if name is None:
            told.append(say("rk.no_usulan", name=shown(f"{kode} {'' if pd.isna(menu) else menu}".strip())))
        else:
            decided[name] = int(cost[name] if pd.isna(amount) else amount)
    if not decided:
        raise PlannerError([*told, say("rk.nobody")])
    return sheets_of(decided, lines_of(candidates, decided), candidates, told)


def lines_of(candidates: Candidates, decided: Decision, volumes: dict | None = None) -> pd.DataFrame:
    """The lines of the decided usulan, a row each: ``volume`` as given, else as agreed to, else as asked."""
    mine = candidates.rincian[candidates.rincian["usulan_id"].isin(decided)]
    known = candidates.rincian.columns
    mine = mine.reindex(columns=[*known, *(c for c in blank("rincian") if c not in known)]).copy()
    mine["volume_usulan"] = mine["volume"].astype("int64")
    if volumes is None:
        mine["volume"] = mine["volume_disetujui"].fillna(mine["volume"]).astype("int64")
    else:
        keys = zip(mine["usulan_id"], mine["rincian_id"], strict=True)
        mine["volume"] = [volumes.get(key, 0) for key in keys]
    mine["kode"] = mine["usulan_id"].map(candidates.usulan.set_index("usulan_id")["kode"])
    mine["keputusan_rp"] = mine["usulan_id"].map(decided).astype("int64")
    return mine.sort_values(["kode", "usulan_id", "rincian_id"], kind="stable", ignore_index=True)


def sheets_of(decided: Decision, lines: pd.DataFrame, candidates: Candidates, told=()) -> Sheets:
    """The sheet of every kabupaten that has a decision."""
    sheets = (with_people(sheet(kode, rows, decided), candidates) for kode, rows in lines.groupby("kode"))
    return Sheets(tuple(sheets), candidates, tuple(told))


def with_people(made: Sheet, candidates: Candidates) -> Sheet:
    """The sheet with what is known of the people behind each of its usulan."""
    built = made.rows["komponen"].isin(BUILDINGS).groupby(made.rows["usulan_id"]).any().to_dict()
    return replace(made, people=tuple(chain(*people_of(candidates.usulan, built).values())))


def sheet(kode: Any, rows: pd.DataFrame, decided: Decision) -> Sheet:
    """The rows of a kabupaten, repaired where they cost more than was decided, and what that means."""
    items = list(map(item, rows.to_dict("records")))
    mine = {name: decided[name] for name in rows["usulan_id"].unique()}
    off = list(beside_decision(items, mine))
    support = support_text(kode, items)
    told, volumes = [*off, *support], rows["volume"].tolist()
    if support or any(total > mine[name] for name, total in totals(items).items()):
        repair = cheapest_cut(items, mine, SHARE)
        volumes = list(repair.volumes) or volumes
        key = (
            ("cut" if repair.proven else "cut_open") if repair.volumes else "no_cut" if repair.proven else "cut_unknown"
        )
        told.append(say(f"rk.{key}", kode=kode, moved=rupiah_full(repair.moved_rp), lines=moves(rows, items, repair)))
    elif off:
        repair = best_raise(items, mine, SHARE)
        key = "raise" if repair.moved_rp else "no_raise"
        key = key if repair.proven else "raise_open" if repair.moved_rp else "raise_unknown"
        told.append(say(f"rk.{key}", kode=kode, moved=rupiah_full(repair.moved_rp), lines=moves(rows, items, repair)))
    return Sheet(str(kode), as_rows(rows.assign(volume=volumes)), tuple(told))


def item(row: dict) -> Item:
    """A line with the volumes that it may have."""
    high = int(row["volume_usulan"])
    low = high if pd.isna(row["volume_min"]) else int(row["volume_min"])
    optional = not pd.isna(row["wajib"]) and row["wajib"] == "tidak"
    volume, price = int(row["volume"]), int(row["harga_satuan_rp"])
    return Item(row["usulan_id"], price, volume, low, high, optional, row["komponen"] == SUPPORT)


def totals(items: list[Item]) -> Decision:
    """What the lines of each usulan cost."""
    found: Decision = {}
    for one in items:
        found[one.group] = found.get(one.group, 0) + one.price_rp * one.volume
    return found


def beside_decision(items: list[Item], decided: Decision) -> Iterator[str]:
    """Each usulan whose lines cost more or less than was decided."""
    for name, total in totals(items).items():
        by = total - decided[name]
        if by:
            said = {"total": rupiah_full(total), "by": rupiah_full(abs(by)), "decided": rupiah_full(decided[name])}
            yield say("rk.over" if by > 0 else "rk.under", usulan=name, **said)


def support_text(kode: Any, items: list[Item]) -> list[str]:
    """That support is above its share of the money; nothing where it is not."""
    if within_share(items, [one.volume for one in items], SHARE):
        return []
    total, support = (sum(o.price_rp * o.volume for o in some) for some in (items, [o for o in items if o.support]))
    share = percent(SHARE[0] / SHARE[1], 0)
    return [say("rk.support", kode=kode, support=rupiah_full(support), total=rupiah_full(total), share=share)]


def moves(rows: pd.DataFrame, items: list[Item], repair) -> str:
    """'28-1101-01 R02 3 -> 2', for each line that a repair moves."""
    if not repair.volumes:
        return ""
    named = rows[["usulan_id", "rincian_id"]].to_numpy().tolist()
    said = [(*named[k], number(before), number(after)) for k, before, after in changed(items, repair)]
    texts = [say("rk.line", usulan=u, rincian=r, before=before, after=after) for u, r, before, after in said]
    more = len(texts) - LINES
    return "; ".join(texts[:LINES]) + (f" (+{more})" if more > 0 else "")


def as_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as the sheet holds them; a line of volume 0 is left out."""
    rows = rows[rows["volume"] > 0]
    worth = rows["harga_satuan_rp"].astype("int64") * rows["volume"].astype("int64")
    empty = blank("rk")
    rows = rows.assign(jumlah_rp=worth, catatan=pd.NA).reindex(columns=list(empty))
    return rows.astype(empty.dtypes.to_dict()).reset_index(drop=True)


# -- what came back ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Changed:
    """One difference: ``kind`` as under ``[rk]`` of the messages; before and after for people."""

    kind: str
    usulan: str
    rincian: str = ""
    before: str = ""
    after: str = ""
    asked: str = ""

    def sentence(self) -> str:
        said = {key: value for key, value in vars(self).items() if key != "kind"}
        return say(f"rk.{self.kind}", **said)


@dataclass(frozen=True)
class Returned:
    """What a region changed against the decided lines, and what of that cannot stand (``problems``)."""

    changes: tuple[Changed, ...]
    problems: tuple[str, ...]

    def plain(self) -> dict:
        """As ``--json`` prints it."""
        told = [vars(one) | {"sentence": in_each(one.sentence)} for one in self.changes]
        return {"changes": told, "problems": list(self.problems)}

    def sentence(self) -> str:
        told = [one.sentence() for one in self.changes] or [say("rk.no_change")]
        return "\n".join([*told, *self.problems])


def returned(file: Path, against: Path, by: str | None = None, data: Path | None = None) -> Returned:
    """A sheet that came back, held against the folder of sheets or the plan that it came from."""
    rows = read_rk(file, by)
    kodes = sorted(set(rows["kode"]))
    if against.is_dir():
        bases = {kode: against / f"rk-{kode}.csv" for kode in kodes}
        lacking = [kode for kode, base in bases.items() if not base.is_file()]
        base = pd.concat([read_rk(bases[kode]) for kode in kodes]) if not lacking else rows
    else:
        base = pd.concat([one.rows for one in of_plan(against, data).sheets])
        lacking = sorted(set(kodes) - set(base["kode"]))
    if lacking:
        raise PlannerError(say("rk.no_base", file=shown(against), kode=first_of(lacking, LINES)))
    return compared(rows, base[base["kode"].isin(kodes)])


def compared(rows: pd.DataFrame, base: pd.DataFrame) -> Returned:
    """What differs between two sheets, line by line, then usulan by usulan."""
    now, then = keyed(rows), keyed(base)
    changes, problems = [], []
    for key in dict.fromkeys([*then, *now]):
        changes += line_changes(*key, then.get(key), now.get(key))
        if (one := now.get(key)) and not pd.isna(one["jumlah_rp"]) and int(one["jumlah_rp"]) != cost(one):
            problems.append(
                Changed("stale", *key, rupiah_full(int(one["jumlah_rp"])), rupiah_full(cost(one))).sentence()
            )
        asked = then.get(key, {}).get("volume_usulan")
        if one and asked is not None and not pd.isna(asked) and one["volume"] > asked:
            problems.append(
                Changed("above_asked", *key, after=number(int(one["volume"])), asked=number(int(asked))).sentence()
            )
    decided = {name: int(row["keputusan_rp"]) for (name, _), row in then.items() if not pd.isna(row["keputusan_rp"])}
    before, after = total_by(then), total_by(now)
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, 0), after.get(name, 0)
        changes += [Changed("amount", name, before=rupiah_full(old), after=rupiah_full(new))] if old != new else []
        if name in decided and new > decided[name]:
            said = {"total": rupiah_full(new), "by": rupiah_full(new - decided[name])}
            problems.append(say("rk.over", usulan=name, decided=rupiah_full(decided[name]), **said))
    for kode, own in rows.groupby("kode"):
        lines = own.assign(volume_usulan=own["volume"], volume_min=pd.NA, wajib=pd.NA).to_dict("records")
        problems += support_text(kode, list(map(item, lines)))
    return Returned(tuple(changes), tuple(problems))


def keyed(rows: pd.DataFrame) -> dict[tuple[str, str], dict]:
    """The lines that have a volume by usulan and line, without the apostrophe that keeps text from being a formula."""
    found = {(r["usulan_id"].removeprefix("'"), r["rincian_id"].removeprefix("'")): r for r in rows.to_dict("records")}
    return {key: row for key, row in found.items() if int(row["volume"])}


def cost(row: dict) -> int:
    return int(row["harga_satuan_rp"]) * int(row["volume"])


def total_by(lines: dict[tuple[str, str], dict]) -> Decision:
    """What the lines of each usulan cost together."""
    found: Decision = {}
    for (name, _), row in lines.items():
        found[name] = found.get(name, 0) + cost(row)
    return found


def line_changes(usulan: str, rincian: str, then: dict | None, now: dict | None) -> list[Changed]:
    """How one line differs."""
    if then is None or now is None:
        whole = [rupiah_full(cost(row)) if row else "" for row in (then, now)]
        return [Changed("added" if then is None else "removed", usulan, rincian, *whole)]
    pairs = {
        "volume": [number(int(row["volume"])) for row in (then, now)],
        "price": [rupiah_full(int(row["harga_satuan_rp"])) for row in (then, now)],
        "method": ["" if pd.isna(row["metode"]) else str(row["metode"]).removeprefix("'") for row in (then, now)],
    }
    return [Changed(kind, usulan, rincian, *pair) for kind, pair in pairs.items() if pair[0] != pair[1]]
