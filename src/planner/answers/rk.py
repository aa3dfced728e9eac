"""The Rencana Kegiatan of what was decided: a sheet per kabupaten, its repair, and what a region changed in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

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
from planner.scenario.rules.package import PLAIN_PACKAGE
from planner.scenario.scenario import Scenario
from planner.tables.decided import read_decided
from planner.tables.reading import blank
from planner.tables.rk import read_rk

SUPPORT = SupportShare.model_fields["komponen"].default
SHARE = share_of(SupportShare.model_fields["max_share"].default).as_integer_ratio()  # of the Rencana Kegiatan
LINES = 12  # that a sentence names
Decision = Mapping[str, int | None]  # usulan_id -> rupiah decided, None where the amount is not known


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
    years = {record["usulan_id"]: record["ta"] for record in plan["funded"]}
    return sheets_of(decided, lines_of(candidates, decided, years, volumes), candidates)


def of_list(file: Path, scenario: Scenario, data: Path | None = None) -> Sheets:
    """The sheets of a decided list: the lines as agreed to, else as asked, cut where that is above the decision.

    Each in the year of its usulan, for a list names none, but in none before those of the scenario.
    """
    candidates = read_candidates(scenario, data)
    if candidates.modelled:
        raise PlannerError(say("rk.modelled"))
    rows = read_decided(file, candidates.usulan, sum(scenario.budget_rp.values()))
    usulan = candidates.usulan
    pairs = dict(zip(usulan["kode"] + " " + usulan["menu"], usulan["usulan_id"], strict=True))
    decided: dict[str, int | None] = {}
    told = []
    for kode, own, menu, amount in rows[["kode", "usulan_id", "menu", "amount_rp"]].itertuples(index=False):
        name = pairs.get(f"{kode} {menu}") if pd.isna(own) else own
        if name is None:
            told.append(say("rk.no_usulan", name=shown(f"{kode} {'' if pd.isna(menu) else menu}".strip())))
        else:
            decided[name] = None if pd.isna(amount) else int(amount)
    if not decided:
        raise PlannerError([*told, say("rk.nobody")])
    years = usulan.set_index("usulan_id")["ta"].clip(lower=scenario.first_year).to_dict()
    return sheets_of(decided, lines_of(candidates, decided, years), candidates, told)


def lines_of(
    candidates: Candidates, decided: Decision, years: Mapping[str, int], volumes: dict | None = None
) -> pd.DataFrame:
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
    mine["ta"] = mine["usulan_id"].map(years).astype("int64")
    mine["keputusan_rp"] = pd.Series([decided[name] for name in mine["usulan_id"]], mine.index, dtype="Int64")
    return mine.sort_values(["kode", "ta", "usulan_id", "rincian_id"], kind="stable", ignore_index=True)


def sheets_of(decided: Decision, lines: pd.DataFrame, candidates: Candidates, told=()) -> Sheets:
    """The sheet of every kabupaten that has a decision."""
    sheets = (sheet(str(kode), rows, decided, candidates.usulan) for kode, rows in lines.groupby("kode"))
    return Sheets(tuple(sheets), candidates, tuple(told))


def sheet(kode: str, rows: pd.DataFrame, decided: Decision, usulan: pd.DataFrame) -> Sheet:
    """The rows of a kabupaten, each year's repaired where they cost more than was decided, and what is to be said."""
    usulan, several = usulan[usulan["usulan_id"].isin(rows["usulan_id"])], rows["ta"].nunique() > 1
    years = {kode + (say("people.year", ta=int(ta)) if several else ""): own for ta, own in rows.groupby("ta")}
    parts = [repaired(name, own, decided, usulan) for name, own in years.items()]
    made = pd.concat([part for part, _ in parts], ignore_index=True)
    built = made["komponen"].isin(BUILDINGS).groupby(made["usulan_id"]).any().to_dict()
    people = chain(*people_of(usulan, built).values())
    return Sheet(kode, made, tuple(chain(*(told for _, told in parts))), tuple(people))


def repaired(name: str, rows: pd.DataFrame, decided: Decision, usulan: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The rows of a kabupaten in a year as the sheet holds them, and what is to be said; ``name``: of both."""
    items = list(map(item, rows.to_dict("records")))
    costs = totals((one.group, one.price_rp * one.volume) for one in items)
    known = {one: amount for one in costs if (amount := decided[one]) is not None}
    told = [say("rk.no_amount", usulan=one, total=rupiah_full(costs[one])) for one in costs if one not in known]
    limits = costs | known  # of an amount that is not known: what its lines cost, so that none is raised
    least = totals((one.group, one.price_rp * min(one.choices(True))) for one in items)
    stuck = [one for one in costs if least[one] > limits[one]]
    off, support, volumes = list(beside_decision(costs, limits)), support_text(name, items), rows["volume"].tolist()
    told += [*off, *support, *(say("rk.no_cut", kode=one) for one in stuck)]
    limits |= {one: costs[one] for one in stuck}  # the others are cut nevertheless
    if support or any(total > limits[one] for one, total in costs.items()):
        repair = cheapest_cut(items, limits, SHARE)
        volumes = list(repair.volumes) or volumes
        key = (
            ("cut" if repair.proven else "cut_open") if repair.volumes else "no_cut" if repair.proven else "cut_unknown"
        )
        told.append(say(f"rk.{key}", kode=name, moved=rupiah_full(repair.moved_rp), lines=moves(rows, items, repair)))
        told += broken(rows.assign(after=volumes), usulan)
    elif off:
        repair = best_raise(items, limits, SHARE)
        key = "raise" if repair.moved_rp else "no_raise"
        key = key if repair.proven else "raise_open" if repair.moved_rp else "raise_unknown"
        told.append(say(f"rk.{key}", kode=name, moved=rupiah_full(repair.moved_rp), lines=moves(rows, items, repair)))
    return as_rows(rows.assign(volume=volumes)), told


def broken(rows: pd.DataFrame, usulan: pd.DataFrame) -> Iterator[str]:
    """Each usulan that lacks by volumes ``after`` a component that it had: see the rule ``FunctionalPackage``."""
    held = {
        volume: rows[rows[volume] > 0].groupby("usulan_id")["komponen"].agg(set).to_dict()
        for volume in ("volume", "after")
    }
    for need, who, what, applies in PLAIN_PACKAGE.needs(usulan):
        for name in usulan.loc[applies, "usulan_id"]:
            before, after = (parts.get(name, set()) for parts in held.values())
            if after & set(who) and before & set(what) and not after & set(what):
                yield say("rk.broken", usulan=name, lacks=say(f"words.need_{need}"))


def item(row: dict) -> Item:
    """A line with the volumes that it may have."""
    asked, agreed = int(row["volume_usulan"]), row["volume_disetujui"]
    high = asked if pd.isna(agreed) else int(agreed)
    low = high if pd.isna(row["volume_min"]) else int(row["volume_min"])
    optional = not pd.isna(row["wajib"]) and row["wajib"] == "tidak"
    volume, price = int(row["volume"]), int(row["harga_satuan_rp"])
    return Item(row["usulan_id"], price, volume, low, high, optional, row["komponen"] == SUPPORT)


def totals(costs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """What the lines of each usulan cost together; ``costs``: usulan and rupiah of each line."""
    found: dict[str, int] = {}
    for name, cost_rp in costs:
        found[name] = found.get(name, 0) + cost_rp
    return found


def beside_decision(costs: Mapping[str, int], decided: Mapping[str, int]) -> Iterator[str]:
    """Each usulan whose lines cost more or less than was decided."""
    for name, total in costs.items():
        by = total - decided[name]
        if by:
            said = {"total": rupiah_full(total), "by": rupiah_full(abs(by)), "decided": rupiah_full(decided[name])}
            yield say("rk.over" if by > 0 else "rk.under", usulan=name, **said)


def support_text(kode: str, items: list[Item]) -> list[str]:
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
    before, after = (totals((name, cost(row)) for (name, _), row in lines.items()) for lines in (then, now))
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, 0), after.get(name, 0)
        changes += [Changed("amount", name, before=rupiah_full(old), after=rupiah_full(new))] if old != new else []
        if name in decided and new > decided[name]:
            said = {"total": rupiah_full(new), "by": rupiah_full(new - decided[name])}
            problems.append(say("rk.over", usulan=name, decided=rupiah_full(decided[name]), **said))
        if name not in before:
            problems.append(say("rk.never_decided", usulan=name, total=rupiah_full(new)))
    return Returned(tuple(changes), (*problems, *too_much_support(now, then)))


Lines = dict[tuple[str, str], dict]  # usulan and line -> its row


def too_much_support(now: Lines, then: Lines) -> Iterator[str]:
    """Each kabupaten whose support is above its share in a year; what was decided as support stays support."""
    years = {name: row["ta"] for (name, _), row in then.items()}
    groups: dict[str, list[Item]] = {}
    for (name, rincian), row in now.items():
        support = SUPPORT in (row["komponen"], then.get((name, rincian), row)["komponen"])
        ta, volume = years.get(name, row["ta"]), int(row["volume"])
        group = row["kode"] + ("" if pd.isna(ta) else say("people.year", ta=int(ta)))
        one = Item(name, int(row["harga_satuan_rp"]), volume, volume, volume, support=support)
        groups.setdefault(group, []).append(one)
    return chain(*(support_text(group, items) for group, items in groups.items()))


def keyed(rows: pd.DataFrame) -> Lines:
    """The lines that have a volume by usulan and line, without the apostrophe that keeps text from being a formula."""
    found: Lines = {}
    problems = []
    for row in rows.to_dict("records"):
        key = row["usulan_id"].removeprefix("'"), row["rincian_id"].removeprefix("'")
        if key in found:
            problems.append(say("rk.twice", usulan=shown(key[0]), rincian=shown(key[1])))
        found[key] = row
    if problems:
        raise PlannerError(problems)
    return {key: row for key, row in found.items() if int(row["volume"])}


def cost(row: dict) -> int:
    return int(row["harga_satuan_rp"]) * int(row["volume"])


TEXTS = {"component": "komponen", "description": "uraian", "method": "metode", "unit": "satuan"}


GIVEN = {"year": "ta", "decision": "keputusan_rp", "asked": "volume_usulan"}  # what a region does not fill in


def digits(cell: object) -> str:
    return "" if pd.isna(cell) else str(cell)


def text_of(cell: object) -> str:
    return "" if pd.isna(cell) else shown(str(cell).removeprefix("'"), 200)


def line_changes(usulan: str, rincian: str, then: dict | None, now: dict | None) -> list[Changed]:
    """How one line differs."""
    if then is None or now is None:
        whole = [rupiah_full(cost(row)) if row else "" for row in (then, now)]
        return [Changed("added" if then is None else "removed", usulan, rincian, *whole)]
    pairs = {
        "volume": [number(int(row["volume"])) for row in (then, now)],
        "price": [rupiah_full(int(row["harga_satuan_rp"])) for row in (then, now)],
    } | {kind: [text_of(row[column]) for row in (then, now)] for kind, column in TEXTS.items()}
    kept = {kind: column for kind, column in GIVEN.items() if not pd.isna(now[column])}  # an older sheet has no year
    pairs |= {kind: [digits(row[column]) for row in (then, now)] for kind, column in kept.items()}
    return [Changed(kind, usulan, rincian, *pair) for kind, pair in pairs.items() if pair[0] != pair[1]]
