"""What is uncertain in a scenario, and seeded draws of it: other candidates, each value whole and in its interval."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from planner.base.units import MICRO
from planner.model.candidates import Candidates, price_rp
from planner.scenario.scenario import Scenario, vary
from planner.tables.reference import reference
from planner.tables.schemas import MENUS

type Limit = float | np.ndarray | pd.Series
COUNTRY = ""  # the kode of an input that is the same everywhere
IKM, PRICE, WEIGHT, FACTOR, SENTRA = "ikm_", "harga_", "bobot_", "faktor_", "sentra"


@dataclass(frozen=True)
class Uncertain:
    """The inputs of a scenario that are not known, and what a draw of them makes of its candidates.

    ``inputs``: one row each: ``kode`` ('' for the country), ``column``, ``low``, ``middle``, ``high``. A value is drawn
    from the triangular distribution of these three; that is an assumption, as no table says more of them than an
    interval and a likeliest value. All are independent, but for the sentra, which add up to what was counted of their
    province. Drawn are, for modelled candidates, sentra by kabupaten, IKM by kabupaten and menu (both whole) and the
    price of every component by kabupaten (whole rupiah at IKK 100); for all, the factors of chance; and, with
    ``spread``, every weight up to that share off. The prices of usulan are what was asked for: they stay.
    """

    candidates: Candidates
    scenario: Scenario
    spread: float = 0.0

    @cached_property
    def inputs(self) -> pd.DataFrame:
        asumsi = reference("asumsi").set_index("nama")[["rendah", "nilai", "tinggi"]].astype("float64")
        found = [self.factors(asumsi), self.weights()]
        if self.candidates.modelled:
            found = [self.ikm(asumsi), self.prices(), *found]
        if self.candidates.modelled or self.scenario.weights.get("industri"):
            found = [*found, self.sentra()]
        return pd.concat(found, ignore_index=True)

    def ikm(self, asumsi: pd.DataFrame) -> pd.DataFrame:
        """IKM of a new sentra, and of a sentra that is there: as many as its kabupaten's evidence says."""
        new, old = MENUS
        there = self.candidates.evidence.set_index("kode").loc[self.kode, ["ikm_low", "ikm", "ikm_high"]]
        limits = there.to_numpy(float).T
        return pd.concat([
            rows_of(self.kode, IKM + new, *self.around(asumsi, f"ikm_asumsi_{new}")),
            rows_of(self.kode, IKM + old, *limits),
        ])  # fmt: skip

    def sentra(self) -> pd.DataFrame:
        """Sentra of every kabupaten, in whole ones; the expectation is a fraction."""
        rows = self.candidates.evidence
        middle = rows["sentra"].to_numpy(float) / MICRO
        return rows_of(list(rows["kode"]), SENTRA, rows["sentra_low"], middle, rows["sentra_high"])

    def prices(self) -> pd.DataFrame:
        """The price of every component that a modelled candidate is made of, at IKK 100."""
        used = set(self.candidates.rincian["komponen"])
        parts = self.candidates.komponen[self.candidates.komponen["komponen"].isin(used)]
        limits = parts[["komponen", "harga_rendah_rp", "harga_acuan_rp", "harga_tinggi_rp"]]
        return pd.concat([rows_of(self.kode, PRICE + name, *rp) for name, *rp in limits.itertuples(index=False)])

    def factors(self, asumsi: pd.DataFrame) -> pd.DataFrame:
        """The factors of chance that have an interval, each one number for the country."""
        names = [name for name in asumsi.index if name.startswith(FACTOR)]
        found = {name: self.around(asumsi, name) for name in names}
        return pd.concat([rows_of([COUNTRY], name, *around) for name, around in found.items() if around[0] < around[2]])

    def weights(self) -> pd.DataFrame:
        """The weights of the score, within ``spread`` of what the scenario says."""
        own = {name: weight for name, weight in self.scenario.weights.items() if weight and self.spread}
        off = 1 - self.spread, 1.0, 1 + self.spread
        rows = [rows_of([COUNTRY], WEIGHT + name, *(weight * share for share in off)) for name, weight in own.items()]
        return pd.concat(rows) if rows else rows_of([], WEIGHT, 0, 0, 0)

    def around(self, asumsi: pd.DataFrame, name: str) -> tuple[float, float, float]:
        """Low, middle, high of an assumption: what a scenario states itself is the middle, and never outside."""
        low, _, high = asumsi.loc[name]
        middle = float(self.candidates.assumptions[name])
        return min(low, middle), middle, max(high, middle)

    @cached_property
    def kode(self) -> list[str]:
        """The kabupaten of the modelled candidates."""
        return sorted(set(self.candidates.usulan["kode"]))

    def values(self, seed: int, number: int) -> np.ndarray:
        """Draw ``number`` of a seed, one value per input; the same whatever was drawn before it, or beside it.

        Numpy's PCG64 from ``SeedSequence(seed, spawn_key=(number,))``. What counts heads or rupiah is whole.
        """
        source = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))
        low, middle, high = (self.inputs[name].to_numpy(float) for name in ("low", "middle", "high"))
        u = source.random(len(low))
        drawn = triangular(u, low, middle, high)
        drawn = np.where(self.inputs["column"].str.startswith((IKM, PRICE)), np.rint(drawn), drawn)
        if (counted := (self.inputs["column"] == SENTRA).to_numpy()).any():
            total = self.candidates.evidence["total"].to_numpy()
            drawn[counted] = draw_sentra(u[counted], low[counted], middle[counted], high[counted], total)
        return drawn

    def draw(self, seed: int, number: int) -> tuple[Candidates, Scenario]:
        """The candidates and the scenario of one draw."""
        drawn = self.inputs.assign(value=self.values(seed, number))
        country = drawn[drawn["kode"] == COUNTRY].set_index("column")["value"]
        weights = {name: float(country.get(WEIGHT + name, weight)) for name, weight in self.scenario.weights.items()}
        factors = {name: float(value) for name, value in country.items() if str(name).startswith(FACTOR)}
        made = replace(self.candidates, assumptions={**self.candidates.assumptions, **factors})
        values = drawn.set_index(["kode", "column"])["value"].to_dict()
        if (drawn["column"] == SENTRA).any():
            made = with_sentra(made, {kode: int(n) for (kode, column), n in values.items() if column == SENTRA})
        if made.modelled:
            made = with_values(made, values)
        return made, vary(self.scenario, weights=weights) if self.spread else self.scenario


def with_sentra(candidates: Candidates, sentra: Mapping[str, int]) -> Candidates:
    """Candidates where so many sentra are in each kabupaten: there is one to revitalise, or there is none."""
    kabupaten, usulan = candidates.kabupaten, candidates.usulan
    per_10rb = kabupaten["kode"].map(sentra) / kabupaten["penduduk"] * 10_000
    made = replace(candidates, kabupaten=kabupaten.assign(sentra_per_10rb=per_10rb))
    if "ada_sentra" not in usulan:
        return made
    there = usulan["kode"].map(sentra).clip(upper=1).astype("float64").where(usulan["ada_sentra"].notna())
    return replace(made, usulan=usulan.assign(ada_sentra=there))


def with_values(candidates: Candidates, values: Mapping[tuple[str, str], float]) -> Candidates:
    """Modelled candidates with other IKM and prices; a price is rounded up to whole juta as it is without a draw."""
    usulan, rincian = candidates.usulan, candidates.rincian
    ikm = [int(values[kode, IKM + menu]) for kode, menu in zip(usulan["kode"], usulan["menu"], strict=True)]
    own = dict(zip(usulan["usulan_id"], usulan["kode"], strict=True))
    ikk = dict(zip(candidates.kabupaten["kode"], candidates.kabupaten["ikk"], strict=True))
    lines = zip(rincian["usulan_id"].map(own), rincian["komponen"], strict=True)
    price = [price_rp(int(values[kode, PRICE + part]), ikk[kode]) for kode, part in lines]
    return replace(candidates, usulan=usulan.assign(ikm=ikm), rincian=rincian.assign(harga_satuan_rp=price))


def rows_of(kode: list[str], column: str, low: Limit, middle: Limit, high: Limit) -> pd.DataFrame:
    """One input of each of these kabupaten, within limits that are the same for all or one for each."""
    return pd.DataFrame({"kode": kode, "column": column, "low": low, "middle": middle, "high": high})


def triangular(u: np.ndarray, low: np.ndarray, middle: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The quantile u of the triangular distribution from ``low`` to ``high`` with its peak at ``middle``."""
    width = high - low
    rising = low + np.sqrt(u * width * (middle - low))
    falling = high - np.sqrt((1 - u) * width * (high - middle))
    return np.clip(np.where(u * width < middle - low, rising, falling), low, high)


def draw_sentra(
    u: np.ndarray, low: np.ndarray, middle: np.ndarray, high: np.ndarray, total: np.ndarray
) -> np.ndarray:  # fmt: skip
    """Whole sentra per kabupaten within whole limits, adding up to each control total as published.

    ``total``: to which control total each row belongs, a province as a rule; the expectations ``middle`` add up to it.
    """
    drawn = np.zeros(len(u), dtype=np.int64)
    for name in np.unique(total):
        rows = np.flatnonzero(total == name)
        drawn[rows] = shared_out(u[rows], low[rows], middle[rows], high[rows], round(float(middle[rows].sum())))
    return drawn


def shared_out(u: np.ndarray, low: np.ndarray, middle: np.ndarray, high: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers within whole limits that add up to ``total``, which lies between the sums of the limits.

    Each is drawn from its triangular distribution; what the sum has too much or too little is shared in proportion to
    the room that each has left, then by largest remainders.
    """
    drawn = triangular(u, low, middle, high)
    short = total - drawn.sum()
    room = high - drawn if short > 0 else drawn - low
    fair = drawn + short * room / (room.sum() or 1)
    whole = np.clip(np.floor(fair), low, high).astype(np.int64)
    while left := total - int(whole.sum()):
        step = 1 if left > 0 else -1
        open_ones = np.flatnonzero(whole < high if left > 0 else whole > low)
        order = np.argsort(-step * (fair - whole)[open_ones], kind="stable")
        whole[open_ones[order[: abs(left)]]] += step
    return whole
