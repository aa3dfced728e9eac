"""Which phase of which sentra an usulan is, and which phases are done: what rules over the years start from."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

Phase = tuple[str, int]  # a sentra and the number of a phase of it
PLACE = ["sentra", "fase"]


def phases(usulan: pd.DataFrame) -> pd.DataFrame:
    """``usulan_id, sentra, fase`` of each row: phase 1 where none is named, a sentra of its own where none is."""
    own = "?" + usulan["usulan_id"].astype("str")
    sentra = usulan["sentra_id"].astype("str").where(usulan["sentra_id"].notna(), own)
    fase = usulan["fase"].fillna(1).astype("int64")
    return pd.DataFrame({"usulan_id": usulan["usulan_id"], "sentra": sentra, "fase": fase})


def has_failed(realisasi: pd.DataFrame) -> pd.Series:
    """Which rows are known to have come to nothing: no rupiah spent, or no output."""
    return ((realisasi["serap_rp"] == 0) | (realisasi["output_pct"] == 0)).fillna(False).astype(bool)


def realised_phases(candidates) -> pd.DataFrame:
    """``sentra, fase, failed`` of each row of realisasi that says of which phase it is.

    Its own ``sentra_id`` and ``fase`` say so (no fase: 1), else the usulan of its ``usulan_id``, where there is one.
    """
    past, own = candidates.realisasi, phases(candidates.usulan).set_index("usulan_id")
    named = past["sentra_id"].notna()
    sentra = past["sentra_id"].astype("object").where(named, past["usulan_id"].map(own["sentra"]).astype("object"))
    fase = past["fase"].fillna(1).astype("float64").where(named, past["usulan_id"].map(own["fase"]).astype("float64"))
    found = pd.DataFrame({"sentra": sentra, "fase": fase, "failed": has_failed(past)})
    return found.dropna(subset=["sentra"]).astype({"fase": "int64"})


def done(candidates) -> set[Phase]:
    """The phases that realisasi has, without those that came to nothing; any year counts."""
    rows = realised_phases(candidates)
    rows = rows[~rows["failed"]]
    return set(zip(rows["sentra"], rows["fase"], strict=True))


def steps(options) -> pd.DataFrame:
    """``usulan_id, sentra, fase, ta`` of every option, by position."""
    return phases(options.table).assign(ta=options.ta).reset_index(drop=True)


def known(places: Iterable[Phase], these: set[Phase]) -> np.ndarray:
    return np.array([place in these for place in places], dtype=bool)
