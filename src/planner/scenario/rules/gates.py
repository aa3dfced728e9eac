"""Gates on papers, people and history: an usulan that does not pass is no option, and keeps the reason."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

import pandas as pd
from pydantic import Field, field_validator

from planner.base.errors import hint, shown
from planner.base.messages import both, label, say
from planner.base.units import date_text, number, percent, rupiah_full, share_of, years_later
from planner.scenario.rules.base import Rule, Share, Unknown
from planner.tables.schemas import DOCUMENTS

LEAST_UNITS = 5  # PP 29/2018 article 1: a sentra has at least five units
LEAST_SHARE_PCT = 20  # BPS, Direktori Sentra Industri: of the village's households
REPORT_YEARS = 3  # after which a region reports on the sentra, the basis of further DAK


class Gate(Rule, frozen=True):
    """A rule that speaks before solving: no rows, for an usulan that fails it is no option."""

    def rows(self, options) -> Iterator:
        return iter(())

    def holds(self, options, decisions) -> list:
        """Nothing to check: what the gate took out has no decision; ``verify`` asks the gate again of the tables."""
        return []


class Ready(Gate, frozen=True):
    """The mandatory documents are there: those named, else those of the year's juknis for the menu.

    An usulan is an option only if, for every document d asked of its year and menu, its status of d is in ``accept``
    (an empty cell: as ``unknown`` says). Source: readiness criteria are part of the assessment (PMK 25/2024 article 22
    (5) c); which documents, and until when, is the annex of each year's Perpres, here ``data/acuan/juknis.csv``.
    """

    mark: ClassVar[str] = "documents"

    rule: Literal["Ready"]
    documents: tuple[str, ...] = ()
    by: Annotated[str, Field(pattern=r"^20\d\d-\d\d-\d\d$")] | None = None
    accept: tuple[Literal["ada", "proses", "tidak_perlu"], ...] = ("ada", "tidak_perlu")
    unknown: Unknown = "pass"

    @field_validator("documents")
    @classmethod
    def _are_documents(cls, names):
        unknown = [name for name in names if name not in DOCUMENTS]
        if unknown:
            kind = say("words.document")
            raise ValueError(
                "\n".join(say("errors.unknown", kind=kind, name=shown(n), hint=hint(n, DOCUMENTS)) for n in unknown)
            )
        return names

    def values(self, lang) -> dict:
        named = ", ".join(label("documents", name, lang) for name in self.documents)
        by = " " + say("words.by_date", lang, date=date_text(self.by, lang)) if self.by else ""
        return {
            "documents": named or say("words.of_juknis", lang), "by": by,
            "unknown": say(f"words.empty_{self.unknown}", lang),
        }  # fmt: skip

    def needed(self, ta: int, menu: str, juknis: pd.DataFrame) -> dict[str, str | None]:
        """Document -> latest date, for a menu in a year; the year's juknis or the nearest one before it."""
        if self.documents:
            return dict.fromkeys(self.documents, self.by)
        return {name: self.by or date for name, date in mandatory(juknis, ta, menu).items()}

    def missing(self, usulan, candidates) -> Iterator[tuple[str, dict[str, tuple[str, str | None]]]]:
        """Per usulan the documents that it lacks: name -> (status or '', latest date)."""
        needs = {
            pair: self.needed(*pair, candidates.juknis) for pair in set(zip(usulan["ta"], usulan["menu"], strict=True))
        }
        for row in usulan[["usulan_id", "ta", "menu", *DOCUMENTS]].to_dict("records"):
            wanted = needs[row["ta"], row["menu"]]
            held = {name: "" if pd.isna(row[name]) else row[name] for name in wanted}
            yield row["usulan_id"], {n: (s, wanted[n]) for n, s in held.items() if s not in self.accept}

    def gate(self, usulan, candidates, first_year) -> dict[str, dict]:
        found = {}
        for usulan_id, lacks in self.missing(usulan, candidates):
            bad = {name: fact for name, fact in lacks.items() if fact[0] or self.unknown == "gate"}
            if bad:
                found[usulan_id] = both("reasons.ready", documents=lambda lang, bad=bad: named_lacks(bad, lang))
        return found

    def unclear(self, usulan, candidates, first_year) -> list[str]:
        return [u for u, lacks in self.missing(usulan, candidates) if any(not status for status, _ in lacks.values())]


def mandatory(juknis: pd.DataFrame, ta: int, menu: str) -> dict[str, str]:
    """Document -> latest date (yyyy-mm-dd) of the juknis of a year, or of the nearest before, dates moved."""
    years = juknis.loc[(juknis["ta"] <= ta) & (juknis["menu"] == menu), "ta"]
    rows = juknis[(juknis["ta"] == years.max()) & (juknis["menu"] == menu)] if len(years) else juknis.head(0)
    dates = (years_later(date, ta - int(years.max())) for date in rows["paling_lambat"])
    return dict(zip(rows["dokumen"], dates, strict=True))


def named_lacks(lacks: Mapping[str, tuple[str, str | None]], lang: str) -> str:
    """'DED (proses, paling lambat 31 Maret 2028); RAB (belum)'."""
    parts = []
    for name, (status, date) in lacks.items():
        facts = [label("statuses", status or "unknown", lang)]
        facts += [say("words.by_date", lang, date=date_text(date, lang))] if date else []
        parts.append(f"{label('documents', name, lang)} ({', '.join(facts)})")
    return "; ".join(parts)


class MinimumIKM(Gate, frozen=True):
    """At least ``min`` IKM stand behind an usulan, counted in ``column``.

    An usulan is an option only if ``n_u >= min``, n_u its number of IKM (business units); an empty cell as ``unknown``
    says. Source: a sentra has at least five units (PP 29/2018 article 1); any higher number is asumsi.
    """

    rule: Literal["MinimumIKM"]
    min: Annotated[int, Field(ge=0, le=10**9, strict=True)] = LEAST_UNITS
    column: Literal["ikm_komitmen", "jumlah_ikm"] = "ikm_komitmen"
    unknown: Unknown = "pass"

    def values(self, lang) -> dict:
        return {"min": number(self.min, lang=lang), "column": label("columns", self.column, lang)}

    def gate(self, usulan, candidates, first_year) -> dict[str, dict]:
        few = usulan[(usulan[self.column] < self.min).fillna(False).astype(bool)]
        found = {
            u: both("reasons.few_ikm", have=int(n), min=self.min)
            for u, n in zip(few["usulan_id"], few[self.column], strict=True)
        }
        if self.unknown == "gate":
            found |= {u: both("reasons.unknown_ikm") for u in self.unclear(usulan, candidates, first_year)}
        return found

    def unclear(self, usulan, candidates, first_year) -> list[str]:
        return usulan.loc[usulan[self.column].isna(), "usulan_id"].tolist()


class SentraCriterion(Gate, frozen=True):
    """The place is a sentra as PP 29/2018 (at least 5 units) or as BPS (20 % of the village's households) says.

    With n the IKM of the sentra (business units) and h the households of its village: ``pp29``: ``n >= 5``; ``bps``:
    ``100 n >= 20 h``. Not known is not "no". Source: PP 29/2018 article 1; BPS, Direktori Sentra Industri.
    """

    rule: Literal["SentraCriterion"]
    definition: Literal["pp29", "bps"] = "pp29"

    def values(self, lang) -> dict:
        return {
            "definition": say(f"words.sentra_{self.definition}", lang, units=LEAST_UNITS, share=percent(0.2, 0, lang))
        }

    def known(self, usulan: pd.DataFrame) -> pd.Series:
        known = usulan["jumlah_ikm"].notna()
        return known & usulan["rumah_tangga_desa"].notna() if self.definition == "bps" else known

    def gate(self, usulan, candidates, first_year) -> dict[str, dict]:
        found = {}
        for row in usulan[self.known(usulan)].to_dict("records"):
            units, homes = int(row["jumlah_ikm"]), row["rumah_tangga_desa"]
            if self.definition == "pp29" and units < LEAST_UNITS:
                found[row["usulan_id"]] = both("reasons.sentra_pp29", have=units, min=LEAST_UNITS)
            if self.definition == "bps" and units * 100 < LEAST_SHARE_PCT * int(homes):
                found[row["usulan_id"]] = both("reasons.sentra_bps", have=units, homes=int(homes))
        return found

    def unclear(self, usulan, candidates, first_year) -> list[str]:
        return usulan.loc[~self.known(usulan), "usulan_id"].tolist()


class ThreeYearReport(Gate, frozen=True):
    """A region that owes the third-year report on an earlier sentra is gated, or its chance is multiplied.

    Owed when ``ta + 3`` lies before the first budget year and ``laporan_3tahun`` is ``tidak``; empty is not known.
    ``chance``: the chance of the usulan (0-1) x ``factor``. Source: a region reports on its sentra for three years
    after the grant, the basis of further DAK (Ditjen IKMA, 2024); that it bars or by how much it counts is asumsi.
    """

    rule: Literal["ThreeYearReport"]
    effect: Literal["gate", "chance"] = "gate"
    factor: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.8

    def values(self, lang) -> dict:
        return {"effect": say(f"words.report_{self.effect}", lang, factor=number(self.factor, 2, lang))}

    def past(self, candidates, first_year) -> pd.DataFrame:
        return candidates.realisasi[candidates.realisasi["ta"] + REPORT_YEARS < first_year]

    def owing(self, usulan, candidates, first_year) -> dict[str, int]:
        """Usulan -> the earliest year whose report its kabupaten owes."""
        rows = self.past(candidates, first_year)
        years = rows[rows["laporan_3tahun"] == "tidak"].groupby("kode")["ta"].min().to_dict()
        pairs = zip(usulan["usulan_id"], usulan["kode"], strict=True)
        return {usulan_id: int(years[kode]) for usulan_id, kode in pairs if kode in years}

    def gate(self, usulan, candidates, first_year) -> dict[str, dict]:
        owing = self.owing(usulan, candidates, first_year) if self.effect == "gate" else {}
        return {u: both("reasons.report", ta=ta) for u, ta in owing.items()}

    def factors(self, usulan, candidates, first_year) -> dict[str, float]:
        owing = self.owing(usulan, candidates, first_year) if self.effect == "chance" else {}
        return dict.fromkeys(owing, self.factor)

    def unclear(self, usulan, candidates, first_year) -> list[str]:
        rows = self.past(candidates, first_year)
        return usulan.loc[usulan["kode"].isin(rows.loc[rows["laporan_3tahun"].isna(), "kode"]), "usulan_id"].tolist()


class NoDoubleFunding(Gate, frozen=True):
    """An usulan with money from elsewhere (``dana_lain_rp``) above ``max_share`` of its cost is no option.

    An option only if ``q m_u <= p c_u``, with m_u the other money and c_u the cost in rupiah (what its lines ask for,
    price x volume) and p/q = ``max_share``; ``unknown`` says what an empty cell means. Source: assessment looks at
    harmony with APBD and other funds (PMK 25/2024 article 22); the share is asumsi.
    """

    rule: Literal["NoDoubleFunding"]
    max_share: Share = 0.0
    unknown: Unknown = "pass"

    def values(self, lang) -> dict:
        return {"max": percent(self.max_share, lang=lang)}

    def gate(self, usulan, candidates, first_year) -> dict[str, dict]:
        lines, share = candidates.rincian, share_of(self.max_share)
        cost: dict[str, int] = {}
        found: dict[str, dict] = {}
        for name, price, volume in zip(lines["usulan_id"], lines["harga_satuan_rp"], lines["volume"], strict=True):
            cost[name] = cost.get(name, 0) + int(price) * int(volume)
        for name, other in zip(usulan["usulan_id"], usulan["dana_lain_rp"], strict=True):
            if pd.isna(other):
                found |= {name: both("reasons.unknown_other")} if self.unknown == "gate" else {}
            elif int(other) * share.denominator > share.numerator * cost[name]:
                said = {"other": int(other), "cost": cost[name]}
                found[name] = both(
                    "reasons.double", **{k: lambda lang, v=v: rupiah_full(v, lang) for k, v in said.items()}
                )
        return found

    def unclear(self, usulan, candidates, first_year) -> list[str]:
        return usulan.loc[usulan["dana_lain_rp"].isna(), "usulan_id"].tolist()
