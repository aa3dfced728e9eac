"""Packages of ``realisasi`` that are told quarter by quarter: checked, and drawn together to one row per package.

Figures of a quarter are sums since the year began, so the last known one of a package is its state. What stands in the
row of a quarter is taken to be known when that quarter has ended.
"""

from datetime import date

import pandas as pd

from planner.base.errors import shown
from planner.base.messages import say
from planner.base.units import as_written, date_text, rupiah_full
from planner.tables.grids import Read

PACKAGE = ["usulan_id", "ta"]
QUARTERS = (1, 2, 3, 4)
LAST_DAYS = {1: "-03-31", 2: "-06-30", 3: "-09-30", 4: "-12-31"}
FIRST = ("pagu_rp", "rk_rp")  # known when the year begins
DATED = ("kontrak_rp", "kontrak_tanggal")  # known on the contract's own day
LATER = ("salur_rp", "serap_rp", "output_pct")
SUMS = ("kontrak_rp", *LATER)  # never less than in the quarter before


def last_day(ta: int, quarter: int) -> str:
    """The last day of a quarter (ISO)."""
    return f"{ta}{LAST_DAYS[quarter]}"


def last_days(rows: pd.DataFrame) -> pd.Series:
    """The same of each row; the year's where a row names no quarter."""
    return rows["ta"].astype("int64").astype("str") + rows["triwulan"].fillna(4).astype("int64").map(LAST_DAYS)


def by_package(realisasi: pd.DataFrame) -> pd.DataFrame:
    """One row per package, without ``triwulan``: of each column what the latest quarter that knows it says."""
    columns = realisasi.columns.drop("triwulan", errors="ignore")
    if "triwulan" not in realisasi or realisasi["triwulan"].isna().all():
        return realisasi[columns]
    last = realisasi.sort_values("triwulan", kind="stable").groupby(PACKAGE, sort=False, as_index=False).last()
    return realisasi[PACKAGE].drop_duplicates(ignore_index=True).merge(last, on=PACKAGE)[columns]


def quarters_of(realisasi: pd.DataFrame) -> pd.DataFrame:
    """The rows that name their quarter."""
    return realisasi[realisasi["triwulan"].notna()].reset_index(drop=True)


def as_known(quarters: pd.DataFrame, asof: date) -> pd.DataFrame:
    """``by_package`` of what these rows could tell by a day: later quarters are as good as empty."""
    ended = last_days(quarters) <= asof.isoformat()
    signed = (quarters["kontrak_tanggal"] <= asof.isoformat()).fillna(False).astype(bool)
    begun = ~quarters.sort_values("triwulan", kind="stable").duplicated(PACKAGE).reindex(quarters.index)
    known = dict.fromkeys(FIRST, ended | begun) | dict.fromkeys(DATED, ended | signed) | dict.fromkeys(LATER, ended)
    return by_package(quarters.assign(**{name: quarters[name].where(when) for name, when in known.items()}))


def contract_days(quarters: pd.DataFrame, asof: date) -> pd.DataFrame:
    """Of each package the last days (ISO) of the first quarter ended by a day that tells a contract (``signed_by``) and
    of the last that tells that there is none (``unsigned_on``)."""
    days, amount = last_days(quarters), quarters["kontrak_rp"]
    ended = days <= asof.isoformat()
    keys = [quarters[name] for name in PACKAGE]
    first = days.where(ended & (amount > 0).fillna(False)).groupby(keys).min()
    last = days.where(ended & (amount == 0).fillna(False)).groupby(keys).max()
    return pd.DataFrame({"signed_by": first, "unsigned_on": last}).reset_index()


def check_quarters(realisasi: Read) -> None:
    """Quarters that stand out of order or beside a row of the whole year, sums that fall, contracts of later days."""
    if "triwulan" not in realisasi.plain:
        return
    keys, quarter = [realisasi.texts(name) for name in PACKAGE], realisasi.numbers("triwulan")
    whole = quarter.isna() & (keys[0] != "") & quarter.notna().groupby(keys).transform("any")
    realisasi.tell(whole, "triwulan", lambda _: say("checks.quarter_lacking"))
    before = quarter.groupby(keys).cummax()
    out_of_order = lambda row: say("checks.quarter_order", before=int(before[row]))  # noqa: E731
    realisasi.tell(quarter < before, "triwulan", out_of_order, "warning")
    kode = realisasi.texts("kode")
    first = kode.groupby(keys).transform("first")
    moved = quarter.notna() & (kode != first)
    realisasi.tell(moved, "kode", lambda row: say("checks.quarter_kode", kode=shown(first[row])))
    for name in SUMS:
        falling(realisasi, name, quarter, keys)
    signed_later(realisasi, quarter)


def falling(realisasi: Read, name: str, quarter: pd.Series, keys: list[pd.Series]) -> None:
    """A sum since the year began is never less than a quarter before."""
    values = realisasi.numbers(name)[quarter.notna()].loc[quarter.dropna().sort_values(kind="stable").index]
    most = values.groupby([key[values.index] for key in keys]).cummax().reindex(quarter.index)
    write = as_written if name == "output_pct" else lambda rp: rupiah_full(int(rp))

    def remedy(row: int) -> str:
        return say("checks.quarter_falls", before=write(most[row]))

    realisasi.tell(realisasi.numbers(name) < most, name, remedy, "warning")


def signed_later(realisasi: Read, quarter: pd.Series) -> None:
    """The row of a quarter cannot know a contract that was signed after it."""
    signed, ta = realisasi.texts("kontrak_tanggal"), realisasi.numbers("ta")
    named = quarter.notna() & ta.notna()
    last = last_days(pd.DataFrame({"ta": ta, "triwulan": quarter})[named]).reindex(quarter.index).fillna("9")
    said = lambda row: say("checks.quarter_signed", quarter=int(quarter[row]), day=date_text(last[row]))  # noqa: E731
    realisasi.tell(signed > last, "kontrak_tanggal", said, "warning")
