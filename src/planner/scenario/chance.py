"""The chance that a sentra is contracted in time and in use: a product of editable factors."""

import re
from collections.abc import Callable, Mapping

import pandas as pd

from planner.scenario.criteria import document_values
from planner.tables.schemas import MENUS

Assumptions = Mapping[str, float]
MENU = "faktor_menu_"
CELL = re.compile(rf"{MENU}(?:{'|'.join(MENUS)}):.+:([^:]+)", re.DOTALL)


def cell(menu: str, komoditas: str, pulau: str) -> str:
    """The name of the menu's factor for one commodity on one island group, as a scenario may state it."""
    return f"{MENU}{menu}:{komoditas}:{pulau}"


def island_of(name: str) -> str | None:
    """The island group that the name of a ``cell`` ends in; None for any other name."""
    found = CELL.fullmatch(name)
    return found and found[1]


def menu(table: pd.DataFrame, assumptions: Assumptions) -> pd.Series:
    """The prior of the menu: ``faktor_menu_<menu>`` (asumsi), or the scenario's own for commodity and island group.

    Such a ``cell`` takes the place of the menu's factor; a candidate whose commodity is not known keeps the menu's.
    """
    values = {name.removeprefix(MENU): value for name, value in assumptions.items() if name.startswith(MENU)}
    places = table["menu"].astype("object") + ":" + table["komoditas"] + ":" + table["pulau"]
    return places.map(values).astype("float64").fillna(table["menu"].map(values))


def kesiapan(table: pd.DataFrame, assumptions: Assumptions) -> pd.Series:
    """``faktor_kesiapan_min`` when every known document is missing, 1 when all are there, linear between."""
    return from_least(document_values(table, assumptions).mean(axis=1), assumptions["faktor_kesiapan_min"])


def kinerja(table: pd.DataFrame, assumptions: Assumptions) -> pd.Series:
    """``faktor_kinerja_min`` when nothing of past DAK was absorbed, 1 when all was; a first-timer has 1."""
    return from_least(table["serapan"].clip(0, 1), assumptions["faktor_kinerja_min"])


def dampak(table: pd.DataFrame, assumptions: Assumptions) -> pd.Series:
    """The direction of effect of commodity and island (``dampak.csv``), only when ``dampak = true``.

    The source gives directions without sizes: the sizes ``faktor_arah_positif`` and ``faktor_arah_negatif`` are asumsi.
    """
    sizes = {1: assumptions["faktor_arah_positif"], -1: assumptions["faktor_arah_negatif"]}
    return table["arah_dampak"].map(sizes if assumptions["dampak"] else {})


def sentra(table: pd.DataFrame, assumptions: Assumptions) -> pd.Series:
    """Whether there is a sentra to revitalise: ``presence`` of ``model.industry``; 1 where an usulan names its own."""
    return table.get("ada_sentra", pd.Series(index=table.index, dtype="float64"))


def also_factors(assumptions: Assumptions) -> frozenset[str]:
    """The criteria that the benefit holds already: as IKM served, or as a factor of chance that says something."""
    said = {"kesiapan": assumptions["faktor_kesiapan_min"], "kinerja_dak": assumptions["faktor_kinerja_min"]}
    return frozenset({"ikm", *(name for name, least in said.items() if least < 1)})


def from_least(share: pd.Series, least: float) -> pd.Series:
    return least + (1 - least) * share.astype("float64")


FACTORS: dict[str, Callable[[pd.DataFrame, Assumptions], pd.Series]] = {
    f"faktor_{function.__name__}": function for function in (menu, sentra, kesiapan, kinerja, dampak)
}


def factors(table: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Every factor per usulan (0-1), one column each; what is not known has factor 1, never a punishment."""
    return pd.DataFrame(
        {name: function(table, assumptions).astype("float64").fillna(1.0) for name, function in FACTORS.items()},
        index=table.index,
    )
