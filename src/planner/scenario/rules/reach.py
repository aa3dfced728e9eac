"""Rules on where sentra lie: who has one near, and how many of one commodity lie near each other.

Both look at all years together: what counts is what is funded, in whatever year, when the horizon ends.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import label, say
from planner.base.units import exact, number, percent, share_of
from planner.geo.distance import within
from planner.scenario.rows import Cut, Lifted, Measure, RowName, Term
from planner.scenario.rules.base import Given, LiftedRule, Share, price_text
from planner.scenario.rules.phases import steps
from planner.scenario.rules.spread import stated_need, whole

AROUND = 5  # more points of a disc, each farther than its radius from every other, there cannot be: so many circles


Radius = Annotated[float, Field(gt=0, le=20_000, allow_inf_nan=False)]


class Near(LiftedRule, frozen=True):
    """What rules on distance have alike: a radius over the ground, and the commodities that are meant (none: all)."""

    radius_km: Radius
    komoditas: tuple[str, ...] = ()

    @property
    def radius_m(self) -> int:
        """Whole metres, as distances are; what is left over is cut off."""
        return int(exact(self.radius_km) * 1000)

    def values(self, lang) -> dict:
        named = f" ({', '.join(self.komoditas)})" if self.komoditas else ""
        return {"radius": price_text(self.radius_km, lang), "komoditas": named}

    def named(self, options) -> list[str]:
        """The commodities named; raises PlannerError for each that no table has, and where none is known at all."""
        known = (options.known("komoditas") | set(options.candidates.sentra["komoditas"].dropna())) - {""}
        if not known:
            raise PlannerError(say("rules.problems.no_commodity"))
        kind, unknown = say("words.value_of", column=label("columns", "komoditas")), set(self.komoditas) - known
        if unknown:
            said = [(shown(name), hint(name, known)) for name in sorted(unknown)]
            raise PlannerError([say("errors.unknown", kind=kind, name=name, hint=near) for name, near in said])
        return sorted(set(self.komoditas))


class ServiceReach(Near, frozen=True):
    """At least ``min_share`` of ``need`` lives within ``radius_km`` of a funded or running sentra.

    With n_k the need of kabupaten k, N their sum and R(k) the options whose sentra lies within the radius of it:
    ``sum of n_k c_k >= min_share x N``, ``0 <= c_k <= 1``, ``c_k <= sum over R(k) of fund`` where no running sentra is
    as near; else c_k = 1 (R. Church and C. ReVelle, The maximal covering location problem, 1974). ``need`` is a column
    of the kabupaten table, of the autonomous ones, all of it at the kabupaten's point; an empty cell is an error.

    Only as a minimum: "at most" cannot be asked of the c_k, which may lie below what is reached.
    """

    rule: Literal["ServiceReach"]
    min_share: Share
    need: str = "penduduk"

    @model_validator(mode="before")
    @classmethod
    def _has_no_maximum(cls, raw):
        named = [str(name) for name in raw if str(name).startswith("max")] if isinstance(raw, dict) else []
        if named:
            raise ValueError(say("rules.problems.reach_max", name=", ".join(map(shown, named))))
        return raw

    def values(self, lang) -> dict:
        words = {"need": label("columns", self.need, lang), "min": percent(self.min_share, lang=lang)}
        return super().values(lang) | words

    def unclear(self, usulan, candidates, first_year) -> list[str]:
        return without_commodity(usulan) if self.komoditas else []

    def reach(self, options) -> "Reach":
        return options.once(self, lambda: self.reached(options))

    def reached(self, options) -> "Reach":
        """Who is near what, by geodesics."""
        needs = whole(stated_need(options, self.need))
        table, of_option = sites(options)
        places = options.candidates.kabupaten.set_index("kode").loc[list(needs)]
        meant = table["komoditas"].isin(self.named(options)) if self.komoditas else table["sentra"].notna()
        where = np.flatnonzero(meant)
        row, near = within(places, table.iloc[where], self.radius_m)
        runs = table["running"].to_numpy()[where[near]]
        served = np.zeros(len(needs), bool)
        served[row[runs]] = True
        pairs = pd.DataFrame({"row": row, "site": where[near]})[~served[row]]
        pairs = pairs.merge(pd.DataFrame({"site": of_option, "option": np.arange(len(options))}), on="site")
        return Reach(list(needs), list(needs.values()), served, pairs["row"].to_numpy(), pairs["option"].to_numpy())

    def lifted(self, options) -> Lifted:
        """Helpers: the share of each kabupaten that is reached; kabupaten that run by now are counted in the limit."""
        reach = self.reach(options)
        open_ones, row = np.unique(reach.row, return_inverse=True)
        each, count = np.arange(len(open_ones)), len(open_ones)
        weight = np.array([reach.needs[k] / reach.total for k in open_ones])
        terms = (
            Term("helper", each, each, np.ones(count)),
            Term("fund", reach.option, row, np.full(len(row), -1.0)),
            Term("helper", each, np.full(count, count), weight),
        )
        least = float(share_of(self.min_share)) - reach.need_of(reach.served) / reach.total
        names = [reach.kode[k] for k in open_ones]
        return Lifted(
            [f"{kode}:dekat" for kode in names] + ["jangkauan"], terms,
            np.append(np.full(count, -np.inf), least), np.append(np.zeros(count), np.inf),
            [f"terjangkau:{kode}" for kode in names], np.ones(count),
        )  # fmt: skip

    def measures(self, options, decisions) -> list[Measure]:
        """The need that is reached, and the least; both times q where the least share is p/q: whole numbers."""
        reach, least = self.reach(options), share_of(self.min_share)
        have = reach.need_of(reach.covered(decisions.fund))
        return [Measure(RowName(bound="jangkauan"), least.denominator * have, least.numerator * reach.total)]

    def as_shares(self, of: Measure, given: Given) -> tuple[float, float]:
        return (self.min_share * (of.activity / of.limit) if of.limit else 0.0), self.min_share

    def cuts(self, options, decisions) -> Iterator[Cut]:
        """Who is not reached: the options near them bring what is lacking, each counted up to all that is lacking."""
        reach, least = self.reach(options), share_of(self.min_share)
        covered = reach.covered(decisions.fund)
        lacking = least * reach.total - reach.need_of(covered)
        lacks = -(-lacking.numerator // lacking.denominator)
        brings: dict[int, int] = {}
        for row, option in zip(reach.row.tolist(), reach.option.tolist(), strict=True):
            if not covered[row]:
                brings[option] = brings.get(option, 0) + reach.needs[row]
        yield Cut("fund", np.array(list(brings), np.int64), [-min(n, lacks) for n in brings.values()], -lacks)


@dataclass(frozen=True)
class Reach:
    """``needs`` (whole) by kabupaten, those that a running sentra serves, and what may serve the rest: pairs."""

    kode: list[str]
    needs: list[int]
    served: np.ndarray
    row: np.ndarray  # a kabupaten that is not served ...
    option: np.ndarray  # ... and an option whose sentra is near it

    @property
    def total(self) -> int:
        return sum(self.needs)

    def covered(self, fund: np.ndarray) -> np.ndarray:
        """Which kabupaten have a running or funded sentra near."""
        found = self.served.copy()
        found[self.row[fund[self.option] > 0]] = True
        return found

    def need_of(self, these: np.ndarray) -> int:
        return sum(self.needs[k] for k in np.flatnonzero(these))


class SpreadCommodity(Near, frozen=True):
    """At most ``max_count`` sentra of one commodity, funded or running, lie within ``radius_km`` of each such sentra.

    For a sentra c that runs or is funded, with B(c) those of its commodity within the radius, itself among them, r(c)
    of them running: ``sum over B(c), not running, of F_s <= max(0, max_count - r(c))``; F_s = 1 where any usulan of s
    is funded in any year, so that phases and years of one sentra count once and a running one that is revitalised is
    still one. (For a c that does not run: ``sum + (m - limit) F_c <= m``, m as many as B(c) can hold without c. The
    anti-covering problem of I. D. Moon and S. S. Chaudhry, 1984, is the case of 1.)

    An usulan that is not funded restricts nobody: else a proposal between two others would shut them out. A place that
    is overfull by what runs is no error; it admits nobody new. A sentra without a commodity is not counted: listed.
    """

    rule: Literal["SpreadCommodity"]
    max_count: Annotated[int, Field(ge=0, le=10**9, strict=True)]

    key: ClassVar = "kode"

    def values(self, lang) -> dict:
        return super().values(lang) | {"max": number(self.max_count, lang=lang)}

    def unclear(self, usulan, candidates, first_year) -> list[str]:
        return without_commodity(usulan)

    def circles(self, options) -> "Circles":
        return options.once(self, lambda: self.drawn(options))

    def drawn(self, options) -> "Circles":
        """The circles that the options can overfill."""
        table, of_option = sites(options)
        runs, none = table["running"].to_numpy(), np.zeros(0, np.int64)
        pairs = [(none, none)]
        for kind in self.named(options) or sorted(set(table["komoditas"].dropna())):
            mine = np.flatnonzero(table["komoditas"] == kind)
            a, b = within(table.iloc[mine], table.iloc[mine], self.radius_m)
            pairs.append((mine[a], mine[b]))
        centre, member = (np.concatenate(side) for side in zip(*pairs, strict=True))
        running = np.bincount(centre[runs[member]], minlength=len(table))
        new = ~runs[member]
        left = np.maximum(self.max_count - running, 0)
        crowd = np.bincount(centre[new], minlength=len(table))
        kept = new & (crowd > left)[centre]
        return Circles(table, of_option, running, left, crowd, centre[kept], member[kept])

    def lifted(self, options) -> Lifted:
        """Helpers: whether a sentra is funded, 0 where its own circle is full already."""
        own = self.circles(options)
        used, member = np.unique(own.member, return_inverse=True)
        centres, row = np.unique(own.centre, return_inverse=True)
        asked = np.flatnonzero(np.isin(own.of_option, used))
        usulan, names = pd.factorize(options.table["usulan_id"].iloc[asked])
        first = np.unique(usulan, return_index=True)[1]
        funded = np.searchsorted(used, own.of_option[asked[first]])
        new, left = ~own.runs[centres], own.left[centres]  # the circle of a new one binds once it is funded
        others = np.minimum(own.crowd[centres] - 1, AROUND * self.max_count)
        base, each = len(names), np.arange(len(names))
        terms = (
            Term("helper", funded, each, np.ones(base)),
            Term("fund", asked, usulan, np.full(len(asked), -1.0)),
            Term("helper", member, base + row, np.ones(len(row))),
            Term("helper", np.searchsorted(used, centres[new]), base + np.flatnonzero(new), (others - left)[new]),
        )
        most = np.where(new, others, left)
        return Lifted(
            [f"{name}:didanai" for name in names] + [str(own.labels[c]) for c in centres], terms,
            np.append(np.zeros(base), np.full(len(centres), -np.inf)), np.append(np.full(base, np.inf), most),
            [f"sentra:{name}" for name in own.table["sentra"].iloc[used]], (own.left[used] > 0).astype(float),
        )  # fmt: skip

    def measures(self, options, decisions) -> list[Measure]:
        """The sentra in each circle that binds, against the most that may be there: ``max_count``, or all that run.

        A circle is left out that cannot be overfilled, or that is full of what runs and holds nobody new.
        """
        own = self.circles(options)
        funded = own.funded(decisions.fund)
        new = np.bincount(own.centre[funded[own.member]], minlength=len(own.table))
        binding = np.unique(own.centre[((funded | own.runs) & (own.left + new > 0))[own.centre]])
        most = own.running + own.left
        return [Measure(own.labels[c], int(own.running[c] + new[c]), None, int(most[c])) for c in binding]

    def cuts(self, options, decisions) -> Iterator[Cut]:
        """Of each overfull circle as many sentra as are one too many, its centre first where that is funded."""
        own = self.circles(options)
        funded = own.funded(decisions.fund)
        names = options.table["usulan_id"].to_numpy()
        for c in np.unique(own.centre[(funded | own.runs)[own.centre]]):
            inside = own.member[(own.centre == c) & funded[own.member]]
            many = [*inside[inside == c], *inside[inside != c]][: own.left[c] + 1]
            if len(many) > own.left[c]:
                chosen = [names[np.flatnonzero((own.of_option == s) & (decisions.fund > 0))[0]] for s in many]
                over = np.flatnonzero(np.isin(names, chosen))
                yield Cut("fund", over, [1] * len(over), int(own.left[c]))


@dataclass(frozen=True)
class Circles:
    """Around each sentra: how many of its commodity run, how many more may come, and could; and who, as pairs."""

    table: pd.DataFrame
    of_option: np.ndarray
    running: np.ndarray
    left: np.ndarray
    crowd: np.ndarray
    centre: np.ndarray  # a sentra whose circle can be overfilled ...
    member: np.ndarray  # ... and one in it that does not run

    @cached_property
    def runs(self) -> np.ndarray:
        return self.table["running"].to_numpy()

    @cached_property
    def labels(self) -> list[RowName]:
        return [
            RowName(kode, part=sentra) for kode, sentra in zip(self.table["kode"], self.table["sentra"], strict=True)
        ]

    def funded(self, fund: np.ndarray) -> np.ndarray:
        """Which sentra that do not run are funded."""
        found = np.zeros(len(self.table), bool)
        found[self.of_option[fund > 0]] = True
        return found & ~self.runs


def sites(options) -> tuple[pd.DataFrame, np.ndarray]:
    """Every sentra that runs or has an option, and each option's row.

    Columns: ``sentra, kode, komoditas, running`` (true, false), ``lat, lon`` (degrees).
    """
    known, own = options.candidates.sentra, steps(options)["sentra"]
    running = known[known["status"] == "berjalan"]
    parts = (
        running[["sentra_id", "kode", "komoditas"]].rename(columns={"sentra_id": "sentra"}),
        options.table[["kode", "komoditas"]].assign(sentra=own),
    )
    table = pd.concat(parts).drop_duplicates("sentra").sort_values("sentra").reset_index(drop=True)
    point = known.set_index("sentra_id")[["lat", "lon"]].reindex(table["sentra"]).to_numpy(float)
    region = options.candidates.kabupaten.set_index("kode").loc[table["kode"], ["lat", "lon"]].to_numpy(float)
    point = np.where(np.isnan(point).any(axis=1)[:, None], region, point)
    table = table.assign(running=table["sentra"].isin(running["sentra_id"]), lat=point[:, 0], lon=point[:, 1])
    return table, pd.Index(table["sentra"]).get_indexer(own)


def without_commodity(usulan: pd.DataFrame) -> list[str]:
    return usulan.loc[usulan["komoditas"].isna(), "usulan_id"].tolist()
