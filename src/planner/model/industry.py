"""How many sentra a kabupaten can have, and how many IKM each: measured, known at least, or its share of a count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
from scipy.special import bdtr, bdtrik

from planner.base.units import MICRO, half_up
from planner.tables.evidence import control_totals, is_province
from planner.tables.reading import blank

LOW, HIGH = 0.05, 0.95  # the interval holds a count with a chance of nine in ten
KEYS = ("desa", "penduduk")  # by what the sentra of a control total are shared; the first is the default
NOT_THERE = ("rencana", "dibangun")  # states of a sentra that does not exist yet
COLUMNS = {
    "kode": "str", "kode_provinsi": "str", "total": "str", "total_sentra": "int64", "known": "int64", "key": "int64",
    "sentra_low": "int64", "sentra": "int64", "sentra_high": "int64", "ikm_low": "int64", "ikm": "int64",
    "ikm_high": "int64", "measured": "str", "source": "str", "presence": "int64",
}  # fmt: skip


@dataclass(frozen=True)
class IKM:
    """IKM in one sentra where nobody has counted: low, middle, high, in whole units."""

    low: int
    middle: int
    high: int


def no_evidence() -> pd.DataFrame:
    """The table of ``evidence`` without any row."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})


def evidence(
    kabupaten: pd.DataFrame, industri: pd.DataFrame, provinsi: pd.DataFrame, ikm: IKM, by: str = KEYS[0],
    at_least: Mapping[str, tuple[int, str]] | None = None, measured: pd.DataFrame | None = None,
) -> pd.DataFrame:  # fmt: skip
    """One row per kabupaten, in the order of ``kabupaten``: how many sentra it can have, IKM in each, and whose word.

    The count of a province (``provinsi``: of a ``total`` that some share) is its control total. ``at_least``: kode ->
    (sentra known to be there, by which table); ``measured``: the rows of ``bukti``, which are exact. What both leave of
    the total is shared over all who are not measured by the ``key``: villages, or people (``by``; always people where
    the total says so), so that ``sentra`` (the expectation in 1e-6) adds up to ``total_sentra`` exactly.

    ``known``: whole sentra that are there; ``key``: 0 where measured. The rest, ``total_sentra`` less the ``known`` of
    its members, falls on one member with binomial chances key / sum of keys: ``sentra_low`` and ``sentra_high`` are 5 %
    and 95 % of that. ``measured``: ``measured | known | shared``. ``presence``: chance in 1e-6 that there is one,
    ``1 - exp(-sentra)`` (Poisson), 1 where known.
    """
    own = (blank("bukti") if measured is None else measured).set_index("kode")
    provinces = is_province(own.index.to_series()).astype(bool)
    total, count = control_totals(provinsi, own.loc[provinces, "sentra"].astype(int).to_dict())
    own = own[~provinces]
    table = kabupaten[["kode", "kode_provinsi", "penduduk"]].merge(industri, on="kode", validate="one_to_one")
    least = table["kode"].map({kode: n for kode, (n, _) in (at_least or {}).items()}).fillna(0)
    pinned = table["kode"].isin(own.index)
    known = table["kode"].map(own["sentra"]).astype("float64").fillna(least).astype("int64")
    table["total"] = table["kode_provinsi"].map(total)
    together = table["total"] != table["kode_provinsi"]  # of several provinces, which may have a key of their own
    by_people = table["kode_provinsi"].map(provinsi.set_index("kode_provinsi")["kunci"]) == KEYS[1]
    villages = table["kelurahan"] + table["desa"]
    key = table["penduduk"].where((together & by_people) | (by == KEYS[1]), villages).mask(pinned, 0).astype("int64")
    table = table.assign(known=known, key=key)
    told = known.groupby(table["total"]).transform("sum")
    table["total_sentra"] = np.maximum(table["total"].map(count), told).astype("int64")
    left = table["total_sentra"] - told
    expected = pd.Series(0, index=table.index)
    for _, rows in table.groupby("total"):
        expected[rows.index] = apportion(int(left[rows.index[0]]) * MICRO, rows["key"].tolist())
    low, high = binomial(left.to_numpy(), table["key"].to_numpy(), table.groupby("total")["key"].transform("sum"))
    table = table.assign(sentra=known * MICRO + expected, sentra_low=known + low, sentra_high=known + high)
    each = per_sentra(table["kode"].map(own["ikm"]), known)
    for name, value in (("ikm_low", ikm.low), ("ikm", ikm.middle), ("ikm_high", ikm.high)):
        table[name] = each.fillna(value).astype("int64")
    kind = pd.Series("shared", table.index).mask(least > 0, "known").mask(pinned, "measured")
    word = table["kode_provinsi"].map(provinsi.set_index("kode_provinsi")["sumber"])
    word = table["kode"].map({kode: name for kode, (_, name) in (at_least or {}).items()}).astype("str").fillna(word)
    source = table["kode"].map(own["sumber"]).astype("str").fillna(word)
    presence = [presence_of(*pair) for pair in zip(table["sentra"], known, strict=True)]
    return table.assign(measured=kind, source=source, presence=presence)[list(COLUMNS)].astype(COLUMNS)


def apportion(total: int, keys: Sequence[int]) -> list[int]:
    """``total`` in whole parts in proportion to whole ``keys``, adding up to it exactly: largest remainder, then order.

    All 0 where every key is: nobody is there to take a share.
    """
    whole = sum(keys)
    if not whole:
        return [0] * len(keys)
    parts = [total * key // whole for key in keys]
    first = sorted(range(len(keys)), key=lambda i: (-(total * keys[i] % whole), i))
    for i in first[: total - sum(parts)]:
        parts[i] += 1
    return parts


def binomial(count: np.ndarray, key: np.ndarray, whole: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """The 5 % and 95 % points of a binomial of ``count`` with chance ``key / whole`` (``scipy.stats`` loads slowly)."""
    share = key / whole.to_numpy().clip(min=1)
    certain = (share <= 0) | (share >= 1) | (count == 0)
    n, p = np.where(certain, 1, count), np.where(certain, 0.5, share)

    def point(chance: float) -> np.ndarray:
        upper = np.ceil(bdtrik(chance, n, p))
        below = np.maximum(upper - 1, 0)
        found = np.where(bdtr(below, n, p) >= chance, below, upper)
        return np.where(certain, np.where(share >= 1, count, 0), found).astype("int64")

    return point(LOW), point(HIGH)


def per_sentra(ikm: pd.Series, sentra: pd.Series) -> pd.Series:
    """IKM in each of the counted sentra, half up; missing where not counted."""
    pairs = zip(ikm, sentra, strict=True)
    each = [pd.NA if pd.isna(n) or not of else half_up(int(n), int(of)) for n, of in pairs]
    return pd.Series(pd.array(each, dtype="Int64"), ikm.index)


def presence_of(sentra: int, known: int) -> int:
    """The chance (1e-6) that there is a sentra where ``sentra`` (1e-6) are expected; by decimals, alike everywhere."""
    if known or not sentra:
        return MICRO if known else 0
    return round(MICRO * (1 - (-Decimal(int(sentra)) / MICRO).exp()))


def known_sentra(kasus: pd.DataFrame, sentra: pd.DataFrame) -> dict[str, tuple[int, str]]:
    """kode -> (sentra that are surely there, by which table).

    A press case that is more than a proposal, and verified, says one; the planner's own table says as many as it lists
    that stand.
    """
    there = (kasus["jenis_jumlah"].fillna("") != "diusulkan") & (kasus["tanda"] != "UNVERIFIED")
    found = dict.fromkeys(kasus.loc[there, "kode"], (1, "kasus.csv"))
    standing = sentra[~sentra["status"].isin(NOT_THERE)].groupby("kode")["sentra_id"].nunique()
    return found | {kode: (int(n), "sentra.csv") for kode, n in standing.items()}
