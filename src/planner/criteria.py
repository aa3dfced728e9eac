"""One function per criterion: options' table and fixed reference bounds -> 0..1, missing where not known."""

from collections.abc import Callable, Mapping

import pandas as pd

Bounds = Mapping[str, float]


def scaled(values: pd.Series, bounds: Bounds, name: str) -> pd.Series:
    """Linear between the fixed bounds ``acuan_<name>_min`` (0) and ``acuan_<name>_maks`` (1), cut off outside.

    The bounds are assumptions, never the data's own range: adding a candidate changes nobody else's score.
    """
    low, high = bounds[f"acuan_{name}_min"], bounds[f"acuan_{name}_maks"]
    return ((values.astype("float64") - low) / (high - low)).clip(0, 1)


def yes(values: pd.Series) -> pd.Series:
    """1 for 'ya', 0 for 'tidak', missing for anything else."""
    return values.map({"ya": 1.0, "tidak": 0.0}).astype("float64")


def ikm(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """IKM served by the usulan (units)."""
    return scaled(table["ikm"], bounds, "ikm")


def tenaga_kerja(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """Workers that the usulan aims at (people)."""
    return scaled(table["tenaga_kerja_target"], bounds, "tenaga_kerja")


def kemiskinan(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """Share of poor people in the kabupaten (percent, BPS P0 of March 2024)."""
    return scaled(table["kemiskinan_pct"], bounds, "kemiskinan")


def pengangguran(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """Open unemployment rate of the kabupaten (percent, BPS Sakernas, newest year that has a value)."""
    return scaled(table["tpt_pct"], bounds, "pengangguran")


def tertinggal(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """1 when the kabupaten is on the list of daerah tertinggal 2020-2024 (Perpres 63/2020)."""
    return yes(table["tertinggal"])


CRITERIA: dict[str, Callable[[pd.DataFrame, Bounds], pd.Series]] = {
    function.__name__: function for function in (ikm, tenaga_kerja, kemiskinan, tertinggal, pengangguran)
}
