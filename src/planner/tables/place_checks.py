"""Code, name, province and coordinates of a row held against each other: they must mean the same kabupaten."""

import re
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from planner.base.messages import say
from planner.base.units import number
from planner.tables.grids import Read
from planner.tables.places import Gazetteer
from planner.tables.schemas import BESIDE, TEXT, columns_of

NEW_CODES = 2022  # the year in which 26 kabupaten of Papua got the codes of new provinces
CODED = re.compile(  # headers of columns that may hold codes of places; kode_barang, kode_pos do not
    r"bps|djpk|mendagri|wilayah|daerah|pemda|lokasi|kab|kota|prov|^kode$|kode[ _]?(lama|lain|asal|baru|\d)"
)
EARTH_KM = 6371.0
# A place further from its kabupaten's point than FAR radii (of a disc of its area) and FAR_KM is doubtful where another
# kabupaten's point is nearer by half: of the outermost places of 514 true outlines 1.4 % are, all in sprawling islands;
# of a place in a kabupaten elsewhere 99.7 %.
FAR, FAR_KM = 2.5, 10.0


def known_kode(table: Read, known: Gazetteer) -> None:
    """Every kode is one of Kemendagri's; what else it may mean is told with names."""
    kode = table.texts("kode")
    may_be = [*known.names, *(known.provinces if table.grid.name == BESIDE else ())]  # sentra are counted by province
    table.tell((kode != "") & ~kode.isin(may_be), "kode", lambda row: known.remedy(kode[row]))


def former_codes(realisasi: Read, known: Gazetteer) -> None:
    """A code of before 2022 in a year before 2022 is read as the kabupaten's code of today, with a warning."""
    kode, former = realisasi.texts("kode"), known.codes["kemendagri_2021"]
    old = kode.isin(former) & (realisasi.numbers("ta") < NEW_CODES)
    realisasi.tell(old, "kode", lambda row: say("checks.former_kode", kode=known.told([former[kode[row]]])), "warning")
    if old.any():
        realisasi.plain.loc[old, "kode"] = kode[old].map(former)


def names_and_codes(table: Read, known: Gazetteer) -> None:
    """A place that is named or coded beside the row's kode is doubtful where it is another one, so are two of them."""
    places, provinces = [*naming(table, known, False)], [*naming(table, known, True)]
    if not places and not provinces:
        return
    kode = table.texts("kode").map(lambda one: {one} & known.names.keys())
    lies = kode  # in which kabupaten the row may lie: its kode's, else that of the first other column
    for column, meant in places:
        tell_apart(table, column, lies, meant, partial(other_name, known, kode, lies, meant))
        lies = lies.where(lies.map(bool), meant)
    there = lies.map(lambda kodes: {one[:2] for one in kodes})
    for column, meant in provinces:
        tell_apart(table, column, there, meant, partial(other_province, known, kode, there, meant))


def tell_apart(table: Read, column: str, one: pd.Series, other: pd.Series, remedy: Callable[[int], str]) -> None:
    """A warning for each row where two sets of codes are known and have none in common."""
    apart = [bool(a) and bool(b) and not a & b for a, b in zip(one, other, strict=True)]
    table.tell(pd.Series(apart, one.index, dtype=bool), column, remedy, "warning")


def naming(table: Read, known: Gazetteer, provinces: bool) -> Iterator[tuple[str, pd.Series]]:
    """Every column that names kabupaten (or provinces), with what each row's cell means: codes, none where unknown.

    A planner's own column does so where half of its different texts are such names; the agency may hold one. One whose
    header speaks of codes may hold codes, of the system that it names or of any.
    """
    for column in table.plain:
        own, coded = column not in columns_of(table.grid.name), bool(CODED.search(column.casefold()))
        if not (own and (coded or table.grid.kinds[column] is TEXT)) and column != "instansi_pelaksana":
            continue
        systems = known.systems_named(column) if own and coded else ()
        of_provinces = systems if "prov" in column.casefold() else ()
        mean, other = partial(known.place, systems=systems), partial(known.province, systems=of_provinces)
        if provinces:
            mean, other = other, mean
        cells = {cell: mean(cell) for cell in table.plain[column].unique() if cell}
        named, others = sum(map(bool, cells.values())), sum(bool(other(cell)) for cell in cells)
        both = named == others and provinces != ("prov" in column.casefold())  # Gorontalo is a kota and a province
        if named and not both and (not own or (2 * named >= len(cells) and named >= others)):
            yield column, table.plain[column].map(lambda cell, cells=cells: cells.get(cell, set()))


def other_name(known: Gazetteer, kode: pd.Series, lies: pd.Series, meant: pd.Series, row: int) -> str:
    name, held = known.told(meant[row]), known.told(lies[row])
    if not kode[row]:
        return say("checks.other_column", name=name, kode=held)
    (here,) = kode[row]
    systems = [say(f"checks.systems.{system}") for system, other in known.systems(here).items() if other in meant[row]]
    why = say("checks.code_of", code=here, system=systems[0]) if systems else ""
    return say("checks.other_name", name=name, kode=held, why=why)


def other_province(known: Gazetteer, kode: pd.Series, there: pd.Series, meant: pd.Series, row: int) -> str:
    named, held = (say("words.or").join(known.provinces[one] for one in sorted(codes[row])) for codes in (meant, there))
    return say("checks.other_province", named=named, held=held, kode=known.told(kode[row]) or say("checks.name"))


def far_sentra(sentra: Read, kabupaten: pd.DataFrame) -> None:
    """A sentra far from its kabupaten and nearer to another one has a slip in its coordinates or its kode."""
    place = pd.DataFrame({"lat": sentra.numbers("lat"), "lon": sentra.numbers("lon"), "kode": sentra.texts("kode")})
    place = place[place.notna().all(axis=1) & place["kode"].isin(kabupaten["kode"])]
    if place.empty:
        return
    points, here = on_globe(kabupaten), on_globe(place)
    own = pd.Index(kabupaten["kode"]).get_indexer(place["kode"])
    away = apart_km(np.linalg.norm(here - points[own], axis=1))
    chord, near = KDTree(points).query(here)
    near_km, radius_km = apart_km(chord), np.sqrt(kabupaten["luas_km2"].to_numpy()[own] / np.pi)
    far = (away > FAR * radius_km + FAR_KM) & (2 * near_km < away)
    at = {row: i for i, row in enumerate(place.index) if far[i]}

    def remedy(row: int) -> str:
        i = at[row]
        names = [" ".join(kabupaten[["kode", "nama"]].iloc[one]) for one in (own[i], near[i])]
        point, km = f"{place['lat'].iat[i]}, {place['lon'].iat[i]}", (number(away[i]), number(near_km[i]))
        return say("checks.far", place=point, km=km[0], nama=names[0], near=names[1], near_km=km[1])

    rows = sentra.plain.index
    sentra.tell(pd.Series(rows.isin(list(at)), rows), "lat", remedy, "warning")


def on_globe(places: pd.DataFrame) -> np.ndarray:
    """Points in degrees as unit vectors from the centre of the earth, a row each."""
    lat, lon = (np.radians(places[column].to_numpy(float)) for column in ("lat", "lon"))
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def apart_km(chord: np.ndarray) -> np.ndarray:
    """Great-circle distances of chords on the unit globe; half a percent off the ellipsoid, enough for a doubt."""
    return 2 * EARTH_KM * np.arcsin(np.minimum(chord / 2, 1))
