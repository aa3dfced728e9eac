"""Rules over the years: phases in order, the begun before the new, what running costs, no money from two sources."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import both, label, say
from planner.base.units import exact, rupiah
from planner.scenario.rows import Excess, RowName, Rows, Term, limits, option_names
from planner.scenario.rules.base import Rule, Rupiah, by_text
from planner.scenario.rules.phases import PLACE, Phase, done, has_failed, known, phases, realised_phases, steps


class PhaseOrder(Rule, frozen=True):
    """A phase is funded only when the one before it is done, or funded in an earlier year of the plan.

    For phase k >= 2 of a sentra in year t: ``fund[k,t] <= done(k-1) + sum over t' < t of fund[k-1,t']``, over every
    usulan of the phase before; fund and done are 0 or 1. Done is what realisasi has and what is not known to have come
    to nothing. An usulan that itself has money in realisasi was funded already: it is no option any more and only
    counts as done.

    ``book``: who is funded in t has the next phase funded in some t' > t, unless that is done; asked only where an
    option of the next phase exists in such a year, so that the last year of a horizon, or a next phase that a gate
    keeps out, bans no start. (An option that a lock keeps out exists: who bars the next phase bars this one.) Money of
    later years is an intention: what is booked is that the plan has room for it, not that a budget grants it.

    Source: asumsi; the budget is yearly, so that a later phase is never guaranteed. Raises PlannerError for every phase
    whose previous one is neither in usulan nor in realisasi.
    """

    each_usulan: ClassVar[bool] = True

    rule: Literal["PhaseOrder"]
    book: bool = True

    def falls_with(self, options, winners: np.ndarray) -> np.ndarray:
        """The later phases of its sentra."""
        own = steps(options)
        sentra, fase = own["sentra"].to_numpy()[:, None], own["fase"].to_numpy()[:, None]
        return (sentra == sentra[winners].T) & (fase > fase[winners].T)

    def values(self, lang) -> dict:
        return {"book": say("words.phase_book", lang) if self.book else ""}

    def gate(self, usulan, candidates, first_year) -> dict[str, dict]:
        past = candidates.realisasi
        paid = past[(past["pagu_rp"] > 0).fillna(False).astype(bool) & ~has_failed(past)]
        years = paid.groupby("usulan_id")["ta"].min().to_dict()
        return {u: both("reasons.funded_before", ta=int(years[u])) for u in usulan["usulan_id"] if u in years}

    def check(self, candidates) -> None:
        """Raise one PlannerError that names every phase without a previous one."""
        own, past = phases(candidates.usulan), realised_phases(candidates)
        there = set(zip(own["sentra"], own["fase"], strict=True)) | set(zip(past["sentra"], past["fase"], strict=True))
        orphans = [
            row for row in own.itertuples(index=False) if row.fase > 1 and (row.sentra, row.fase - 1) not in there
        ]
        if orphans:
            raise PlannerError([orphan(*row) for row in orphans])

    def brings(self, options) -> Iterator[tuple[int, int]]:
        own, ready = steps(options), done(options.candidates)
        asked = np.flatnonzero(~known(zip(own["sentra"], own["fase"] + 1, strict=True), ready))
        row, there = neighbours(own, asked, 1)
        yield from zip(asked[row].tolist(), there.tolist(), strict=True) if self.book else ()

    def rows(self, options) -> Iterator[Rows]:
        self.check(options.candidates)
        own, ready = steps(options), done(options.candidates)
        for what, step in (("urut", -1), ("lanjut", 1)) if self.book else (("urut", -1),):
            met = known(zip(own["sentra"], own["fase"] + step, strict=True), ready)
            asked = np.flatnonzero(~met & ((own["fase"] > 1).to_numpy() | (step > 0)))
            row, there = neighbours(own, asked, step)
            if step > 0:  # only what can follow is asked for
                kept, row = np.unique(row, return_inverse=True)
                asked = asked[kept]
            if len(asked):
                over = np.concatenate([asked, there])
                coef = np.concatenate([np.ones(len(asked), np.int64), np.full(len(there), -1, np.int64)])
                term = Term("fund", over, np.concatenate([np.arange(len(asked)), row]), coef)
                yield Rows(option_names(options, asked, what), (term,), *limits(len(asked), None, 0))

    def holds(self, options, decisions) -> list[Excess]:
        own, ready, found = steps(options), done(options.candidates), []
        offered: dict[Phase, int] = {}
        funded: dict[Phase, list[int]] = {}
        for row, fund in zip(own.itertuples(index=False), decisions.fund, strict=True):
            place = row.sentra, row.fase
            offered[place] = max(offered.get(place, 0), row.ta)
            funded.setdefault(place, []).extend([row.ta] * int(fund))
        for i in np.flatnonzero(decisions.fund):
            name, sentra, fase, ta = own.iloc[i]
            before, after = (sentra, fase - 1), (sentra, fase + 1)
            if fase > 1 and before not in ready and not any(year < ta for year in funded.get(before, ())):
                found.append(Excess(RowName(name, int(ta), bound="urut"), 1))
            follows = self.book and after not in ready and offered.get(after, 0) > ta
            if follows and not any(year > ta for year in funded[after]):
                found.append(Excess(RowName(name, int(ta), bound="lanjut"), 1))
        return found


def orphan(usulan_id: str, sentra: str, fase: int) -> str:
    named = "–" if sentra == f"?{usulan_id}" else shown(sentra)
    return say("rules.problems.no_phase", usulan=shown(usulan_id), sentra=named, fase=fase, before=fase - 1)


def neighbours(own: pd.DataFrame, asked: np.ndarray, step: int) -> tuple[np.ndarray, np.ndarray]:
    """Of each option ``asked``: the options of the next phase of its sentra in later years (step 1), or of the one
    before in earlier years (step -1), as pairs (place in ``asked``, option)."""
    left = own.loc[asked, [*PLACE, "ta"]].assign(fase=lambda t: t["fase"] + step, row=np.arange(len(asked)))
    pairs = left.merge(own[[*PLACE, "ta"]].assign(there=own.index), on=PLACE, suffixes=("", "_there"))
    pairs = pairs[(pairs["ta_there"] - pairs["ta"]) * step > 0]
    return pairs["row"].to_numpy(np.int64), pairs["there"].to_numpy(np.int64)


class FinishFirst(Rule, frozen=True):
    """What is begun goes before what is new, within each value of ``by``.

    A continuation is an option of phase >= 2 whose previous phase is done in realisasi and that is not done itself; a
    start is phase 1 of a sentra of which realisasi has nothing done. A start in year t needs every continuation of its
    group that may be funded by t to be funded by t: ``n(t) fund[start,t] <= sum over t' <= t of fund[continuation,t']``
    with n(t) their number and fund 0 or 1. A continuation that a gate or a lock keeps out blocks nothing. Who only
    follows a start of this same plan is neither. Source: asumsi (a rule of other DAK fields, and policy of regions).
    """

    each_usulan: ClassVar[bool] = True

    rule: Literal["FinishFirst"]
    by: str = "kode"

    eased_by_locks: ClassVar[bool] = True

    def binds_absent(self, row: RowName) -> bool:
        return True

    def values(self, lang) -> dict:
        return {"by": by_text(self.by, lang)}

    def kinds(self, options) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        """Every option with its ``group``, the positions of starts and those of continuations."""
        own, ready = steps(options).assign(group=options.groups(self.by)[0]), done(options.candidates)
        begun = {sentra for sentra, _ in ready}
        after = known(zip(own["sentra"], own["fase"] - 1, strict=True), ready)
        finished = known(zip(own["sentra"], own["fase"], strict=True), ready)
        barred = own["usulan_id"].isin(options.locked_out).to_numpy()
        start = (own["fase"] == 1).to_numpy() & ~own["sentra"].isin(begun).to_numpy()
        return own, np.flatnonzero(start), np.flatnonzero(after & ~finished & ~barred & (own["fase"] > 1).to_numpy())

    def rows(self, options) -> Iterator[Rows]:
        own, start, going = self.kinds(options)
        left = own.loc[start, ["group", "ta"]].assign(start=start)
        pairs = left.merge(own.loc[going, ["group", "ta", "usulan_id"]].assign(there=going), on="group")
        pairs = pairs[pairs["ta_y"] <= pairs["ta_x"]]
        if pairs.empty:
            return
        needed = pairs.groupby("start")["usulan_id"].nunique()
        asked = needed.index.to_numpy(np.int64)
        row = np.concatenate([np.arange(len(asked)), np.searchsorted(asked, pairs["start"])])
        coef = np.concatenate([needed.to_numpy(np.int64), np.full(len(pairs), -1, np.int64)])
        term = Term("fund", np.concatenate([asked, pairs["there"]]), row, coef)
        yield Rows(option_names(options, asked, "lanjutan"), (term,), *limits(len(asked), None, 0))

    def holds(self, options, decisions) -> list[Excess]:
        own, start, going = self.kinds(options)
        waiting: dict[int, list] = {}
        for i in going:
            waiting.setdefault(int(own["group"].iat[i]), []).append((own["ta"].iat[i], own["usulan_id"].iat[i], i))
        found = []
        for i in start[decisions.fund[start] > 0]:
            due = [(name, at) for ta, name, at in waiting.get(int(own["group"].iat[i]), ()) if ta <= own["ta"].iat[i]]
            lacks = len({name for name, _ in due}) - sum(int(decisions.fund[at]) for _, at in due)
            if lacks > 0:
                found.append(Excess(RowName(own["usulan_id"].iat[i], int(own["ta"].iat[i]), bound="lanjutan"), lacks))
        return found


class OperatingBurden(Rule, frozen=True):
    """A kabupaten can run what it is given: yearly operating cost, from the year of funding on, under its capacity.

    For a kabupaten and year t: ``sum of om_tahunan_rp over usulan funded in years <= t <= capacity``, in rupiah a year.
    The capacity is ``capacity_rp`` for all where given, else column ``capacity`` of table daerah, in its row of the
    latest year that is not after t. What ran before the horizon is not in it: the capacity is what is free for more.
    An empty cell is an error, never 0: neither a building without upkeep nor a region without means is assumed.
    Source: asumsi (sentra that stood idle because no budget ran them); the capacity is the ministries' or region's own.
    """

    rule: Literal["OperatingBurden"]
    capacity: str = "kapasitas_om_rp"
    capacity_rp: Rupiah | None = None

    unit: ClassVar = "rupiah"
    degrees: ClassVar = ("capacity_rp",)
    key: ClassVar = "kode"
    cost: ClassVar[str] = "om_tahunan_rp"

    def values(self, lang) -> dict:
        given = self.capacity_rp
        return {"capacity": label("columns", self.capacity, lang) if given is None else rupiah(given, lang)}

    def stated(self, options) -> dict[str, list[tuple[int, int | None]]]:
        """Per kabupaten (year from which on, rupiah); None where the cell is empty."""
        if self.capacity_rp is not None:
            return {kode: [(0, self.capacity_rp)] for kode in options.table["kode"]}
        table = options.candidates.daerah
        numbers = [name for name in table if table[name].dtype.kind in "if" and name != "ta"]
        if self.capacity not in numbers:
            near = hint(self.capacity, numbers)
            raise PlannerError(say("errors.unknown", kind=say("words.column"), name=shown(self.capacity), hint=near))
        found: dict[str, list[tuple[int, int | None]]] = {}
        for kode, ta, value in table.sort_values("ta")[["kode", "ta", self.capacity]].itertuples(index=False):
            rp = None if pd.isna(value) else exact(value).numerator // exact(value).denominator
            found.setdefault(kode, []).append((int(ta), rp))
        return found

    def known(self, options) -> tuple[list[int], dict[tuple[str, int], int]]:
        """Each option's yearly cost, and each kabupaten's capacity in every year from its first option on."""
        table, stated = options.table, self.stated(options)
        limit: dict[tuple[str, int], int | None] = {}
        for kode, first in table.groupby("kode")["ta"].min().items():
            rows = stated.get(kode, [])
            for ta in (year for year in options.years if year >= first):
                at = bisect_right(rows, ta, key=lambda row: row[0])
                limit[kode, ta] = rows[at - 1][1] if at else None
        unknown = sorted({kode for (kode, _), rp in limit.items() if rp is None})
        lacks = table.loc[table[self.cost].isna(), "usulan_id"].unique()
        problems = [
            say(f"rules.problems.{key}", name=shown(column), count=len(names), some=", ".join(map(shown, names[:5])))
            for key, column, names in (("no_cost", self.cost, lacks), ("no_capacity", self.capacity, unknown))
            if len(names)
        ]
        if problems:
            raise PlannerError(problems)
        return [int(rp) for rp in table[self.cost]], {key: rp for key, rp in limit.items() if rp is not None}

    def rows(self, options) -> Iterator[Rows]:
        cost, limit = self.known(options)
        place = {key: at for at, key in enumerate(limit)}
        option, year = np.nonzero(np.array(options.years) >= options.ta[:, None])
        kode = options.table["kode"].to_numpy()[option]
        row = np.array([place[k, t] for k, t in zip(kode, np.array(options.years)[year].tolist(), strict=True)])
        term = Term("fund", option, row, np.array(cost, dtype=np.int64)[option])
        upper = np.array(list(limit.values()), dtype=np.int64)
        yield Rows([RowName(kode, ta) for kode, ta in limit], (term,), limits(len(limit))[0], upper)

    def holds(self, options, decisions) -> list[Excess]:
        cost, limit = self.known(options)
        sums = dict.fromkeys(limit, 0)
        for kode, first, rp, fund in zip(options.table["kode"], options.ta, cost, decisions.fund, strict=True):
            for ta in options.years:
                sums[kode, ta] = sums.get((kode, ta), 0) + (rp * int(fund) if ta >= first else 0)
        return [Excess(RowName(*key), sums[key] - top) for key, top in limit.items() if sums[key] > top]
