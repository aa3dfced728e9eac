"""What an usulan still lacks: the documents that the year's juknis asks for, and how far each has come."""

import pandas as pd

from planner.base.units import years_later
from planner.tables.schemas import DOCUMENTS

SETTLED = ("ada", "tidak_perlu")
UNKNOWN = "tidak diketahui"
STATES = ("ada", "proses", "belum", UNKNOWN)
LEAD = ["kode", "kabupaten", "usulan_id", "usulan", "menu", "ta"]


def required_documents(juknis: pd.DataFrame, ta: int, menu: str) -> pd.DataFrame:
    """The documents (``dokumen``, ``paling_lambat``) of a menu in a year; of the nearest earlier one, dates moved."""
    mine = juknis[(juknis["menu"] == menu) & (juknis["ta"] <= ta)]
    own = mine.loc[mine["ta"] == mine["ta"].max(), ["dokumen", "paling_lambat", "ta"]]
    dates = [years_later(date, ta - year) for date, year in zip(own["paling_lambat"], own["ta"], strict=True)]
    return own.assign(paling_lambat=pd.Series(dates, own.index, dtype="object"), ta=ta, menu=menu)


def documents(usulan: pd.DataFrame, kabupaten: pd.DataFrame, juknis: pd.DataFrame) -> pd.DataFrame:
    """One row per usulan and document that it must have: ``LEAD``, ``dokumen``, ``status``, ``paling_lambat``.

    An empty status is ``tidak diketahui``.
    """
    rows = leads(usulan, kabupaten)
    pairs = rows[["ta", "menu"]].drop_duplicates().itertuples(index=False)
    asked = [required_documents(juknis, ta, menu) for ta, menu in pairs]
    if not asked:
        return pd.DataFrame(columns=[*LEAD, "dokumen", "status", "paling_lambat"])
    rows = rows.merge(pd.concat(asked), on=["ta", "menu"])
    papers = [name for name in DOCUMENTS if name in usulan]
    held = usulan.melt("usulan_id", papers, "dokumen", "status")
    rows = rows.merge(held, on=["usulan_id", "dokumen"], how="left", validate="many_to_one")
    rows["status"] = rows["status"].astype("object").where(rows["status"].notna(), UNKNOWN)
    return rows[[*LEAD, "dokumen", "status", "paling_lambat"]]


def missing_documents(usulan: pd.DataFrame, kabupaten: pd.DataFrame, juknis: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``documents`` that are not there yet, by kabupaten, usulan and date."""
    rows = documents(usulan, kabupaten, juknis)
    rows = rows[~rows["status"].isin(SETTLED)]
    return rows.sort_values(["kode", "usulan_id", "paling_lambat", "dokumen"], ignore_index=True)


def board(usulan: pd.DataFrame, kabupaten: pd.DataFrame, juknis: pd.DataFrame) -> pd.DataFrame:
    """One row per usulan: how many of its mandatory documents are in each state, and whether it is ready.

    ``ready`` is missing where the juknis asks for nothing: not known is not ready.
    """
    rows = documents(usulan, kabupaten, juknis)
    counts = rows.groupby("usulan_id")["status"].value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=list(STATES), fill_value=0)
    table = leads(usulan, kabupaten).merge(counts, on="usulan_id", how="left")
    table["ready"] = pd.array(table[list(STATES[1:])].sum(axis=1, min_count=1).eq(0), dtype="boolean")
    table.loc[~table["usulan_id"].isin(rows["usulan_id"]), "ready"] = pd.NA
    table[list(STATES)] = table[list(STATES)].fillna(0).astype("int64")
    return table.sort_values(["kode", "usulan_id"], ignore_index=True)


def leads(usulan: pd.DataFrame, kabupaten: pd.DataFrame) -> pd.DataFrame:
    """The columns ``LEAD`` of every usulan."""
    names = kabupaten[["kode", "nama"]].rename(columns={"nama": "kabupaten"})
    named = usulan.rename(columns={"nama": "usulan"})
    return named.merge(names, on="kode", how="left").astype({"ta": "int64"})[LEAD]
