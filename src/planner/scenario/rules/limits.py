"""Rules of the grant itself: one small class each."""

from abc import abstractmethod
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import both, label, say
from planner.base.units import Unit, exact, number, percent, rupiah, rupiah_full, share_of
from planner.scenario.rows import (
    NO_LIMIT,
    Excess,
    Measure,
    RowName,
    Rows,
    Term,
    limits,
    line_names,
    option_names,
    yearly,
)
from planner.scenario.rules.base import JOINT, Filter, Given, Rule, Rupiah, Share, by_text, where_text, yearly_text
from planner.scenario.rules.phases import phases
from planner.tables.schemas import MENUS

OLD = MENUS[1]  # revitalisasi: only what exists can be revitalised


class AtMost(Rule, frozen=True):
    """At most ``max`` usulan of one place are funded in one fiscal year."""

    max: Annotated[int, Field(ge=0, le=10**9, strict=True)] = 1

    degrees: ClassVar = ("max",)

    def values(self, lang) -> dict:
        return {"max": number(self.max, lang=lang)}

    @abstractmethod
    def place(self, options) -> pd.Series:
        """The place of each option."""

    def rows(self, options) -> Iterator[Rows]:
        codes, names = options.once(("yearly", self.key), lambda: yearly(options, self.place(options)))
        term = Term("fund", np.arange(len(options)), codes, np.ones(len(options), np.int64))
        yield Rows(names, (term,), *limits(len(names), None, self.max))

    def holds(self, options, decisions) -> list[Excess]:
        counts: dict[RowName, int] = {}
        for place, ta, fund in zip(self.place(options), options.ta.tolist(), decisions.fund, strict=True):
            counts[RowName(place, ta)] = counts.get(RowName(place, ta), 0) + int(fund)
        return [Excess(key, n - self.max) for key, n in counts.items() if n > self.max]


class MaxPerKabupaten(AtMost, frozen=True):
    """At most ``max`` usulan of one kabupaten are funded in one fiscal year.

    ``sum over usulan u of kabupaten k in year t of f_u <= max``, f_u 1 where u is funded. Source: asumsi.
    """

    rule: Literal["MaxPerKabupaten"]

    key: ClassVar = "kode"

    def place(self, options) -> pd.Series:
        return options.table["kode"]


class SupportShare(Rule, frozen=True):
    """Support lines (``komponen``) take at most ``max_share`` of a kabupaten's money in a year.

    For kabupaten k and year t, with c_l the unit price (rupiah) and v_l the volume of line l, a_u the rupiah given to
    usulan u, and p/q the share: ``q x sum over support lines of c_l v_l - p x sum over u of a_u <= 0``.
    Source: kegiatan penunjang is at most 5 % of the allocation of a bidang (rule of the Rencana Kegiatan, TA 2021).
    """

    rule: Literal["SupportShare"]
    max_share: Share = 0.05
    komponen: str = "penunjang"

    key: ClassVar = "kode"

    def as_shares(self, of: Measure, given: Given) -> tuple[float, float] | None:
        return of.of_whole(given.get((of.label.ta, str(of.label.group)), (0, 0))[1], share_of(self.max_share))

    def values(self, lang) -> dict:
        words = {"komponen": label("komponen", self.komponen, lang), "span": yearly_text(self.over_years, lang)}
        return {"max": percent(self.max_share, lang=lang), **words}

    def rows(self, options) -> Iterator[Rows]:
        share = share_of(self.max_share)
        if self.komponen not in options.components:
            kind, near = say("words.component"), hint(self.komponen, options.components)
            raise PlannerError(say("errors.unknown", kind=kind, name=shown(self.komponen), hint=near))
        if int(options.line_price_rp.max(initial=0)) * share.denominator > NO_LIMIT:
            raise PlannerError(say("errors.too_large"))
        codes, names = options.once(("yearly", self.key), lambda: yearly(options, options.table["kode"]))
        lines = options.component(self.komponen)
        option, price = options.line_option[lines], options.line_price_rp[lines]
        terms = (
            Term("qty", lines, codes[option], price * share.denominator),
            Term("amount", np.arange(len(options)), codes, np.full(len(options), -share.numerator, np.int64)),
        )
        yield Rows(names, terms, *limits(len(names), None, 0))

    def holds(self, options, decisions) -> list[Excess]:
        share = share_of(self.max_share)
        support: dict[RowName, int] = {}
        total: dict[RowName, int] = {}
        keys = [RowName(kode, ta) for kode, ta in zip(options.table["kode"], options.ta.tolist(), strict=True)]
        for u, price, komponen, qty in zip(
            options.line_option, options.line_price_rp, options.lines["komponen"], decisions.qty, strict=True
        ):
            if komponen == self.komponen:
                support[keys[u]] = support.get(keys[u], 0) + int(price) * int(qty)
        for key, amount in zip(keys, decisions.amount, strict=True):
            total[key] = total.get(key, 0) + int(amount)
        over = {key: s * share.denominator - share.numerator * total[key] for key, s in support.items()}
        return [Excess(key, by) for key, by in over.items() if by > 0]


class OnePerSentra(AtMost, frozen=True):
    """At most ``max`` usulan of one sentra are funded in a fiscal year; a missing sentra is one of its own.

    ``sum over usulan u of sentra s in year t of f_u <= max``, f_u 1 where u is funded. Source: asumsi (the menus of a
    juknis are alternatives for one sentra).
    """

    rule: Literal["OnePerSentra"]

    key: ClassVar = "sentra_id"

    def place(self, options) -> pd.Series:
        return phases(options.table)["sentra"]


class KnownSentra(Rule, frozen=True):
    """Funded revitalisasi of a place, all years together, are at most the sentra that are counted there.

    ``sum over revitalisasi u of place g in all years t of f_ut <= S_g``, f_ut 1 where u is funded in t, S_g the sentra
    of g: by ``provinsi`` its control total (``model.industry``), one for several provinces where only their sum is
    published; by ``kode`` what was counted in that kabupaten itself. A place without a count has no row: its usulan are
    ``unclear``. Source: jumlah sentra BPS 2024, or the planner's own count (``bukti``).
    """

    rule: Literal["KnownSentra"]
    by: Literal["provinsi", "kode"] = "provinsi"

    def values(self, lang) -> dict:
        return {"by": by_text(self.by, lang)}

    def counts(self, candidates) -> tuple[dict[str, str], dict[str, int]]:
        """The place of each kabupaten that has a count, and the sentra of each place."""
        found = candidates.evidence
        if self.by == "kode":
            own = found[found["measured"] == "measured"]
            return dict(zip(own["kode"], own["kode"], strict=True)), dict(zip(own["kode"], own["known"], strict=True))
        names = found["kode"].map(candidates.kabupaten.set_index("kode")["provinsi"])
        together = names.groupby(found["total"]).agg(lambda of: JOINT.join(dict.fromkeys(of)))
        places = found["total"].map(together)
        return dict(zip(found["kode"], places, strict=True)), dict(zip(places, found["total_sentra"], strict=True))

    def unclear(self, usulan, candidates, first_year) -> list[str]:
        place, _ = self.counts(candidates)
        return usulan.loc[(usulan["menu"] == OLD) & ~usulan["kode"].isin(place), "usulan_id"].tolist()

    def places(self, options) -> tuple[np.ndarray, np.ndarray, list[str], np.ndarray]:
        """The revitalisasi where sentra are counted, the number of each one's place, their names and sentra."""
        place, sentra = self.counts(options.candidates)
        mine = options.table["kode"].map(place)
        over = np.flatnonzero((options.table["menu"] == OLD) & mine.notna())
        codes, names = pd.factorize(mine.iloc[over].astype("str"), sort=True)
        return over, codes.astype(np.int64), list(map(str, names)), np.array([sentra[n] for n in names], dtype=np.int64)

    def rows(self, options) -> Iterator[Rows]:
        over, codes, names, upper = options.once((self.rule, self.by), lambda: self.places(options))
        if len(over):
            term = Term("fund", over, codes, np.ones(len(over), np.int64))
            lower, _ = limits(len(names))
            yield Rows([RowName(name, bound="max") for name in names], (term,), lower, upper)

    def holds(self, options, decisions) -> list[Excess]:
        place, sentra = self.counts(options.candidates)
        counts: dict[str, int] = {}
        for kode, menu, fund in zip(options.table["kode"], options.table["menu"], decisions.fund, strict=True):
            if menu == OLD and kode in place:
                counts[place[kode]] = counts.get(place[kode], 0) + int(fund)
        return [Excess(RowName(name, bound="max"), n - sentra[name]) for name, n in counts.items() if n > sentra[name]]


class Ticket(Rule, frozen=True):
    """Each funded usulan that ``where`` selects gets between ``min_rp`` and ``max_rp``.

    With a_u the rupiah given to usulan u in its year and f_u 1 where it is funded: ``a_u - min_rp f_u >= 0`` and
    ``a_u - max_rp f_u <= 0``. Source: asumsi (sizes that the press reports: ``data/acuan/kasus.csv``).
    """

    each_usulan: ClassVar[bool] = True

    rule: Literal["Ticket"]
    min_rp: Rupiah | None = None
    max_rp: Rupiah | None = None
    where: Filter = Field(default_factory=dict)

    degrees: ClassVar = ("min_rp", "max_rp")

    @model_validator(mode="after")
    def _has_sensible_bounds(self):
        if self.min_rp is None and self.max_rp is None:
            raise ValueError(say("rules.problems.no_bound"))
        if self.min_rp is not None and self.max_rp is not None and self.min_rp > self.max_rp:
            raise ValueError(say("rules.problems.min_above_max", min=self.min_rp, max=self.max_rp, name="min_rp"))
        return self

    def values(self, lang) -> dict:
        bounds = [("min", self.min_rp), ("max", self.max_rp)]
        parts = [say(f"words.{n}", lang, x=rupiah(v, lang)) for n, v in bounds if v is not None]
        return {"bounds": f" {say('words.and', lang)} ".join(parts), "where": where_text(self.where, lang)}

    def rows(self, options) -> Iterator[Rows]:
        over = np.flatnonzero(options.where(self.where))
        row, one = np.arange(len(over)), np.ones(len(over), np.int64)
        for bound, limit in (("min_rp", self.min_rp), ("max_rp", self.max_rp)):
            if limit is not None and len(over):
                terms = (Term("amount", over, row, one), Term("fund", over, row, -limit * one))
                side = limits(len(over), 0, None) if bound == "min_rp" else limits(len(over), None, 0)
                yield Rows(option_names(options, over, bound), terms, *side)

    def holds(self, options, decisions) -> list[Excess]:
        found = []
        for u in np.flatnonzero(options.where(self.where) & (decisions.fund > 0)):
            amount, of = int(decisions.amount[u]), (options.table["usulan_id"].iat[u], int(options.ta[u]))
            if self.min_rp is not None and amount < self.min_rp:
                found.append(Excess(RowName(*of, bound="min_rp"), self.min_rp - amount))
            if self.max_rp is not None and amount > self.max_rp:
                found.append(Excess(RowName(*of, bound="max_rp"), amount - self.max_rp))
        return found


class PriceCeiling(Rule, frozen=True):
    """A unit price is at most the catalogue's price x IKK / 100 x (1 + ``tolerance``).

    With c_l the unit price of line l and r its component's price in the catalogue (rupiah), IKK the kabupaten's index
    of construction cost (its reference city = 100): a line with ``c_l > floor(r x IKK / 100 x (1 + tolerance))`` that
    is mandatory gates the usulan; one that is optional stays out: ``on_l <= 0``, on_l 1 where the line is in. A
    component without a price passes. Source: ministries judge unit prices (PMK 25/2024 article 22); IKK: BPS; the
    catalogue's prices and the tolerance are asumsi.
    """

    each_usulan: ClassVar[bool] = True

    rule: Literal["PriceCeiling"]
    price: Literal["harga_acuan_rp", "harga_tinggi_rp"] = "harga_tinggi_rp"
    tolerance: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False), Unit.SHARE] = 0.0

    def values(self, lang) -> dict:
        return {"price": say(f"words.{self.price}", lang), "tolerance": percent(self.tolerance, 0, lang)}

    def ceiling_rp(self, reference_rp: int, ikk: float) -> int:
        """The highest whole rupiah that a unit may cost."""
        value: Fraction = int(reference_rp) * exact(ikk) * (1 + exact(self.tolerance)) / 100
        return value.numerator // value.denominator

    def dear(self, lines: pd.DataFrame) -> Iterator[tuple[int, int]]:
        """(position, ceiling in rupiah) of every line above its ceiling; ``lines`` carries ``ikk`` and the price."""
        columns = lines["harga_satuan_rp"], lines[self.price], lines["ikk"]
        for i, (own, reference, ikk) in enumerate(zip(*columns, strict=True)):
            if not (pd.isna(reference) or pd.isna(ikk)) and int(own) > (top := self.ceiling_rp(reference, ikk)):
                yield i, top

    def gate(self, usulan, candidates, first_year) -> dict[str, dict]:
        lines = candidates.rincian[candidates.rincian["wajib"].fillna("ya") == "ya"]
        catalogue, ikk = candidates.komponen.set_index("komponen"), usulan.set_index("usulan_id").get("ikk")
        if self.price not in catalogue or ikk is None:
            return {}
        lines = lines.assign(
            ikk=lines["usulan_id"].map(ikk), **{self.price: lines["komponen"].map(catalogue[self.price])}
        )
        found: dict[str, dict] = {}
        for i, top in self.dear(lines):
            row = lines.iloc[i]
            found.setdefault(
                row["usulan_id"],
                both(
                    "reasons.dear", rincian=row["rincian_id"], ceiling=lambda lang, top=top: rupiah_full(top, lang),
                    komponen=lambda lang, name=row["komponen"]: label("komponen", name, lang),
                    price=lambda lang, rp=int(row["harga_satuan_rp"]): rupiah_full(rp, lang),
                ),
            )  # fmt: skip
        return found

    def optional_dear(self, options) -> np.ndarray:
        lines = options.lines.iloc[options.optional_lines]
        if self.price not in lines or "ikk" not in options.table:
            return np.zeros(0, np.int64)
        ikk = options.table["ikk"].to_numpy()[options.line_option[options.optional_lines]]
        return options.optional_lines[[i for i, _ in self.dear(lines.assign(ikk=ikk))]]

    def rows(self, options) -> Iterator[Rows]:
        lines = self.optional_dear(options)
        if len(lines):
            term = Term("on", lines, np.arange(len(lines)), np.ones(len(lines), np.int64))
            yield Rows(line_names(options, lines), (term,), *limits(len(lines), None, 0))

    def holds(self, options, decisions) -> list[Excess]:
        lines = self.optional_dear(options)
        taken = lines[decisions.qty[lines] > 0] if len(lines) else lines
        return [Excess(name, int(n)) for name, n in zip(line_names(options, taken), decisions.qty[taken], strict=True)]
