"""One function per criterion: options' table and fixed reference bounds -> 0..1, missing where not known."""

from collections.abc import Callable, Mapping

import pandas as pd

from planner.tables.schemas import DOCUMENTS

Bounds = Mapping[str, float]


def scale(values: pd.Series, bounds: Bounds, name: str) -> pd.Series:
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
    return scale(table["ikm"], bounds, "ikm")


def tenaga_kerja(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """Workers that the usulan aims at (people)."""
    return scale(table["tenaga_kerja_target"], bounds, "tenaga_kerja")


def kemiskinan(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """Share of poor people in the kabupaten (percent, BPS P0 of March 2024)."""
    return scale(table["kemiskinan_pct"], bounds, "kemiskinan")


def pengangguran(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """Open unemployment rate of the kabupaten (percent, BPS Sakernas, newest year that has a value)."""
    return scale(table["tpt_pct"], bounds, "pengangguran")


def industri(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """Industry: the mean of manufacturing in the PDRB of the province (percent) and sentra per 10,000 people.

    Sentra of a kabupaten are its share of the province's count (``model.industry``) where nobody has counted.
    """
    signs = scale(table["manufaktur_pct"], bounds, "manufaktur"), scale(table["sentra_per_10rb"], bounds, "sentra")
    return pd.DataFrame(dict(enumerate(signs))).mean(axis=1)


def tertinggal(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """1 when the kabupaten is on the list of daerah tertinggal 2020-2024 (Perpres 63/2020)."""
    return yes(table["tertinggal"])


def document_values(table: pd.DataFrame, bounds: Bounds) -> pd.DataFrame:
    """Every document per usulan: 1 there or not needed, ``nilai_dokumen_proses`` in process, 0 not there."""
    worth = {"ada": 1.0, "tidak_perlu": 1.0, "proses": bounds["nilai_dokumen_proses"], "belum": 0.0}
    return table[list(DOCUMENTS)].apply(lambda column: column.map(worth).astype("float64"))


def mean_of(signs: pd.DataFrame) -> pd.Series:
    """The mean of several signs: a missing one counts 0, and nothing is known where all are missing."""
    return signs.fillna(0.0).mean(axis=1).mask(signs.isna().all(axis=1))


def kesiapan(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """Readiness: the mean over all documents that a proposal can bring."""
    return mean_of(document_values(table, bounds))


def kelembagaan(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """Institution: the mean of the manager's decree (``sk_pengelola``) and of a UPTD."""
    decree = document_values(table, bounds)["sk_pengelola"]
    return mean_of(pd.DataFrame({"sk": decree, "uptd": yes(table["uptd"])}))


def kinerja_dak(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """Past performance: absorbed rupiah over pagu of the kabupaten's earlier DAK IKM; unknown for a first-timer.

    Who is unknown counts with ``NEUTRAL``'s value: nobody is punished for what has not been.
    """
    return table["serapan"].astype("float64").clip(0, 1)


def tematik(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """1 when the usulan fits the theme of its year."""
    return yes(table["tematik"])


def ovop(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """1 when the product is in the One Village One Product programme."""
    return yes(table["ovop"])


def ekspor(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """1 when the sentra exports or is ready to."""
    return yes(table["ekspor"])


def pangan(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """1 when the sentra serves food security."""
    return yes(table["pangan"])


def rantai_pasok(table: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """1 when the sentra supplies a larger industry, KI or KEK."""
    return yes(table["rantai_pasok"])


FACTS = {  # criterion -> the reference columns that it rests on, as (table, column)
    "industri": (("provinsi", "manufaktur_pct"), ("provinsi", "sentra")),
    "kemiskinan": (("kabupaten", "kemiskinan_pct"),), "tertinggal": (("kabupaten", "tertinggal"),),
    "pengangguran": (("kabupaten", "tpt_pct"),),
}  # fmt: skip
NEUTRAL = {"kinerja_dak": "nilai_kinerja_netral"}  # criterion -> the assumption that stands for an unknown value

CRITERIA: dict[str, Callable[[pd.DataFrame, Bounds], pd.Series]] = {
    function.__name__: function
    for function in (
        industri, ikm, tenaga_kerja, kemiskinan, tertinggal, pengangguran, kesiapan, kelembagaan, kinerja_dak, tematik,
        ovop, ekspor, pangan, rantai_pasok,
    )
}  # fmt: skip
