"""What became of earlier packages, told with no fact that a given day could not know yet.

Only ``kontrak_tanggal`` carries a day. Every other fact of realisasi is taken to be known at the end of a year
(``KNOWN``): our reading of a table that holds no dates, and the reason why a package of the running year has no result.
What the row of a quarter says is known when the quarter has ended: of the contract in ``packages`` too, where one
without a date is signed by the end of the first quarter that tells it; of money paid out and spent and of output in
``by_quarter``, for sums of a part of the year are no result of it.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from planner.model.candidates import Candidates
from planner.scenario.rules.gates import REPORT_YEARS
from planner.scenario.rules.phases import has_failed
from planner.tables.quarters import LAST_DAYS, PACKAGE, QUARTERS, as_known, contract_days, last_day, last_days
from planner.tables.reference import reference
from planner.tables.schemas import STEPS

USE = tuple(f"dimanfaatkan_{year}" for year in range(1, REPORT_YEARS + 1))
REPORT = "laporan_3tahun"
KNOWN = {  # fact -> at the end of which year after the fiscal year it is known; -1: when the fiscal year begins
    "pagu_rp": -1, "rk_rp": -1, "kontrak_rp": 0, "salur_rp": 0, "serap_rp": 0, "output_pct": 0,
    **{name: year for year, name in enumerate(USE, 1)}, REPORT: REPORT_YEARS,
}  # fmt: skip
DATED = ("kontrak_rp", "kontrak_tanggal")  # known on the contract's own day where that is known


def packages(candidates: Candidates, asof: date) -> pd.DataFrame:
    """One row per usulan and year of realisasi that had begun by ``asof``, by kode, year and key.

    Every column of the table, a fact that was not known yet being empty; ``kabupaten``, ``provinsi``, ``pulau``;
    ``menu`` and ``komoditas`` (the table's own, else those of its usulan and sentra); ``deadline`` (ISO) of its
    contract and ``deadline_ta``, the year whose rule that is. States as text:

    - ``contract``: in_time | late | none (kontrak_rp is 0) | unknown | not_due
    - ``report``: reported | owed | none (the package came to nothing) | unknown | not_due
    - ``success``: True, False or missing, by ``outcome``
    """
    rows = told_by(candidates, asof)
    rows = rows.sort_values(["kode", "ta", "usulan_id"], ignore_index=True)
    region = candidates.kabupaten[["kode", "nama", "provinsi", "pulau"]].rename(columns={"nama": "kabupaten"})
    rows = rows.drop(columns=["kabupaten", "provinsi", "pulau"], errors="ignore").merge(region, on="kode", how="left")
    rows = rows.assign(**kinds(rows, candidates))
    days = [deadline(int(ta)) for ta in rows["ta"]]
    rows["deadline"] = pd.Series([day for day, *_ in days], rows.index, dtype="str")
    rows["deadline_ta"] = pd.Series([year for _, year, _ in days], rows.index, dtype="int64")
    rows["contract"], rows["report"] = contract(rows, asof), report(rows, asof)
    return rows.assign(success=outcome(rows, asof)).drop(columns=["signed_by", "unsigned_on"])


def told_by(candidates: Candidates, asof: date) -> pd.DataFrame:
    """The rows of realisasi that had begun with what was known of them, those told by quarter as their quarters tell.

    ``signed_by, unsigned_on`` (ISO): the last days of the first quarter that tells a contract and of the last that
    tells that there is none; of a row of the whole year the latter is its last day.
    """
    rows = candidates.realisasi[candidates.realisasi["ta"] <= asof.year].drop(columns="triwulan", errors="ignore")
    quarters = quarters_by(candidates, asof)
    told = pd.MultiIndex.from_frame(rows[PACKAGE]).isin(pd.MultiIndex.from_frame(quarters[PACKAGE]))
    whole = known_by(rows[~told], (*KNOWN, "kontrak_tanggal"), asof)
    whole = whole.assign(signed_by=pd.NA, unsigned_on=whole["ta"].astype("str") + LAST_DAYS[4])
    if quarters.empty:
        return whole
    parts = known_by(as_known(quarters, asof)[list(rows)], set(KNOWN) - set(DATED), asof)
    return pd.concat([whole, parts.merge(contract_days(quarters, asof), on=PACKAGE, how="left")], ignore_index=True)


def known_by(rows: pd.DataFrame, facts: Iterable[str], asof: date) -> pd.DataFrame:
    """The rows without those of the facts that were not known yet."""
    return rows.assign(**{name: rows[name].where(due(rows, name, asof)) for name in facts})


def quarters_by(candidates: Candidates, asof: date) -> pd.DataFrame:
    """The rows by quarter of the packages of realisasi whose year had begun."""
    rows, held = candidates.quarters, pd.MultiIndex.from_frame(candidates.realisasi[PACKAGE])
    return rows[(rows["ta"] <= asof.year) & pd.MultiIndex.from_frame(rows[PACKAGE]).isin(held)]


def by_quarter(candidates: Candidates, found: pd.DataFrame, asof: date) -> pd.DataFrame:
    """How far money had come at the end of each quarter that had ended: of the packages told by quarter in its year.

    ``found``: ``packages``. Columns: ``ta, triwulan, step, known, unknown, amount_rp, share`` as in ``steps``: a
    package that has no row of that quarter, or an empty cell there, is unknown.
    """
    rows = quarters_by(candidates, asof)
    pagu = found.set_index(PACKAGE)["pagu_rp"]
    told = []
    for ta, mine in rows.groupby("ta"):
        names = mine[PACKAGE].drop_duplicates()
        for quarter in (q for q in QUARTERS if last_day(int(ta), q) <= asof.isoformat()):
            state = names.merge(mine[mine["triwulan"] == quarter].drop(columns="pagu_rp"), on=PACKAGE, how="left")
            state = state.assign(pagu_rp=pagu.reindex(pd.MultiIndex.from_frame(state[PACKAGE])).to_numpy())
            reached = [step(state, name, asof) for name in STEPS[2:]]
            told += [{"ta": int(ta), "triwulan": quarter, **one} for one in reached]
    columns = ["ta", "triwulan", "step", "known", "unknown", "amount_rp", "share"]
    frame = pd.DataFrame(told, columns=[*columns, "not_due"])
    return frame.assign(unknown=frame["unknown"] + frame["not_due"])[columns]


def later_facts(candidates: Candidates, asof: date) -> dict[str, pd.DataFrame]:
    """The rows of realisasi that tell of what lies after a day: ``signed`` after it, of a quarter or year after it."""
    rows = pd.concat([quarters_by(candidates, asof), candidates.realisasi], ignore_index=True).drop_duplicates(PACKAGE)
    quarters, day = candidates.quarters, asof.isoformat()
    return {
        "signed": rows[yes(rows["kontrak_tanggal"] > day)],
        "quarter": quarters[yes(last_days(quarters) > day)].drop_duplicates(PACKAGE),
        "year": rows[yes(rows["ta"] > asof.year)],
    }


def due(rows: pd.DataFrame, fact: str, asof: date) -> pd.Series:
    """Whether a fact of each row could be known by ``asof``."""
    by_year = over(rows, KNOWN.get(fact, 0), asof)
    if fact not in DATED:
        return by_year
    signed = rows["kontrak_tanggal"]
    return yes(signed <= asof.isoformat()) | (signed.isna() & by_year)


def over(rows: pd.DataFrame, years: int, asof: date) -> pd.Series:
    """Whether so many years after the fiscal year of each row have ended by ``asof``, each with its 31 December."""
    last = asof.year if (asof.month, asof.day) == (12, 31) else asof.year - 1
    return rows["ta"].astype("int64") + years <= last


def yes(found: pd.Series) -> pd.Series:
    """What is known to be so; missing is not."""
    return found.fillna(False).astype(bool)


def kinds(rows: pd.DataFrame, candidates: Candidates) -> dict[str, pd.Series]:
    """Menu and commodity of each package: its own cell, else its usulan's; commodity also of the sentra it names."""
    usulan, sentra = candidates.usulan.set_index("usulan_id"), candidates.sentra.set_index("sentra_id")
    own = {name: rows[name].astype("object") for name in ("menu", "komoditas")}
    proposed = {name: rows["usulan_id"].map(usulan[name].astype("object")) for name in own}
    built = rows["sentra_id"].map(sentra["komoditas"].astype("object"))
    filled = {"menu": own["menu"], "komoditas": own["komoditas"].fillna(built)}
    return {name: values.fillna(proposed[name]) for name, values in filled.items()}


@cache
def deadline(ta: int) -> tuple[str, int, str]:
    """The last day of a contract in a year (ISO), the year whose rule it is, and that rule's mark.

    ``kalender.csv`` has the day of one year; for any other the last earlier rule's day stands, or the first rule's for
    years before it: an assumption, shown as such. (The press tells of contracts lost after 22 July 2018 and 2019 too.)
    """
    rules = reference("kalender")
    rules = rules[(rules["acara"] == "kontrak") & rules["sampai"].notna()].sort_values("ta")
    earlier = rules[rules["ta"] <= ta]
    rule = earlier.iloc[-1] if len(earlier) else rules.iloc[0]
    return f"{ta}{rule['sampai'][4:]}", int(rule["ta"]), str(rule["tanda"])


def contract(rows: pd.DataFrame, asof: date) -> np.ndarray:
    """Whether each package was contracted by its deadline, as far as it was known."""
    dated, last = rows["kontrak_tanggal"], rows["deadline"]
    nothing, unsigned = yes(rows["kontrak_rp"] == 0), yes(rows["unsigned_on"] >= last)
    signed = dated.fillna(rows["signed_by"].where(~nothing))
    none, late = nothing & unsigned, yes(signed > last) & (dated.notna() | unsigned)
    found = [none, late, yes(signed <= last), last < asof.isoformat()]
    return np.select(found, ["none", "late", "in_time", "unknown"], "not_due")


def report(rows: pd.DataFrame, asof: date) -> np.ndarray:
    """Who owes the report of the third year: it is due when the third year after the package's has ended.

    Domain 2.4: at signing the region commits to use, maintenance and management, and reports after three years; that
    report is the basis for further DAK (CONFIRMED; Bisnis Bali, Oct 2024). The day of the year is our assumption, as
    in the rule ``ThreeYearReport``. An empty cell is not a missing report: it is not known.
    """
    told = [yes(rows[REPORT] == word) for word in ("ya", "tidak")]
    found = [~due(rows, REPORT, asof), *told, has_failed(rows)]
    return np.select(found, ["not_due", "reported", "owed", "none"], "unknown")


def outcome(rows: pd.DataFrame, asof: date) -> pd.Series:
    """Success as ``chance`` means it: contracted by the deadline and in use a year after. Boolean, missing = not known.

    False where the contract was late or none, nothing was spent or built, or the first year of use says ``tidak``.
    Known only when the first year of use has ended: else failures, which show early, would be counted before successes.
    """
    lost = rows["contract"].isin(["late", "none"]) | has_failed(rows) | yes(rows[USE[0]] == "tidak")
    won = (rows["contract"] == "in_time") & yes(rows[USE[0]] == "ya")
    told = pd.Series(pd.NA, index=rows.index, dtype="boolean").mask(won, True).mask(lost, False)
    return told.where(due(rows, USE[0], asof))


def steps(rows: pd.DataFrame, asof: date) -> pd.DataFrame:
    """The chain of these packages: per step how many are known, unknown and not due, the rupiah, the share reached.

    Columns: ``step``; ``known, unknown, not_due`` (packages); ``amount_rp`` (sum of the known, missing where the step
    has no rupiah); ``share`` (0-1): of money, over the pagu of the packages of which both are known; of output, those
    at 100 %; of use and report, those that say ``ya``. Nothing unknown is counted as 0.
    """
    return pd.DataFrame([step(rows, name, asof) for name in KNOWN])


def step(rows: pd.DataFrame, name: str, asof: date) -> dict:
    values, ripe = rows[name], due(rows, name, asof)
    known = values.notna()
    counts = {"known": int(known.sum()), "unknown": int((ripe & ~known).sum()), "not_due": int((~ripe & ~known).sum())}
    if name in STEPS:
        both = known & rows["pagu_rp"].notna()
        reached, whole = int(values[both].sum()), int(rows.loc[both, "pagu_rp"].sum())
        amount = int(values.sum()) if known.any() else None
    else:
        reached, whole = int(yes(values == (100 if name == "output_pct" else "ya")).sum()), counts["known"]
        amount = None
    return {"step": name, **counts, "amount_rp": amount, "share": reached / whole if whole else np.nan}
