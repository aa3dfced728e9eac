"""A vector file becomes boundaries, and everything about it that a planner should know is said."""

import hashlib
import json
import logging
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import CRSError, DataLayerError, DataSourceError
from pyproj.exceptions import ProjError

from planner.base.errors import PlannerError, hint, reason, shown
from planner.base.messages import say
from planner.base.units import number
from planner.geo import simplify as coverage
from planner.geo.boundaries import FORMAT, GRID_DEG, missing_line
from planner.geo.distance import KM_PER_DEGREE_LAT, KM_PER_DEGREE_LON
from planner.geo.matching import Reading, Seen, best_reading
from planner.tables.places import gazetteer
from planner.tables.reference import reference

INDONESIA = shapely.box(92, -13, 144, 9)  # in degrees, with room at sea
LIMIT_GB = 3  # of a file, or of everything in an archive
SHAPEFILE = {".shp", ".shx", ".dbf"}
READABLE = (".shp", ".geojson", ".json", ".topojson", ".gpkg", ".kml", ".gml", ".fgb", ".tab", ".mif")
OFFLINE = {"GDAL_HTTP_PROXY": "127.0.0.1:9", "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none"}  # a file may name an address
ODD = 2  # times the area: 514 true outlines lie between 0.7 and 1.4 times
UNREADABLE = (  # what the readers raise for a torn or hostile file; NotImplementedError: zipfile's, of an archive
    DataSourceError, DataLayerError, shapely.errors.GEOSException, zipfile.BadZipFile, MemoryError, ValueError,
    NotImplementedError,  # that says it needs a newer unpacker
)  # fmt: skip
SHOWN = 20  # features, codes or names that a list shows


@dataclass(frozen=True)
class Survey:
    """A layer, its shapes repaired (empty where there is no area), and which feature is which kabupaten."""

    columns: pd.DataFrame
    shapes: np.ndarray
    broken: np.ndarray  # features that had to be repaired
    assumed: bool  # no coordinate system was named
    far: np.ndarray  # which shapes reach out of Indonesia
    seen: Seen
    read: Reading

    @property
    def kode(self) -> np.ndarray:
        """Of each feature that is used, else ''."""
        return np.where(shapely.is_empty(self.shapes) | self.far, "", self.read.kode)


def prepare(file: Path, layer: str | None, kabupaten: pd.DataFrame) -> tuple[bytes, list[str]]:
    """The content of ``batas.json`` from any vector file, and what to tell; raises PlannerError where nothing fits."""
    name, frame = read_layer(file, layer)
    found = survey(file, name, frame, kabupaten)
    codes = sorted(set(found.kode) - {""})
    whole = np.array([shapely.union_all(found.shapes[found.kode == kode]) for kode in codes], dtype=object)
    clean = coverage.clean(whole)
    near, far = [coverage.simplify(clean, points) for points in (coverage.NEAR_POINTS, coverage.FAR_POINTS)]
    levels = {level: outlines(codes, shapes) for level, (shapes, _) in (("shapes", near), ("far", far))}
    content = file_content(file, name, found.read, near[1], levels)
    drawn = set(levels["shapes"])
    lost = {kode for kode, less in zip(codes, coverage.shrunk(whole, clean), strict=True) if less}
    other_size = odd_areas(codes, whole, kabupaten)
    by = say(f"boundaries.by.{found.read.by}", column=shown(found.read.column))
    matched = say("boundaries.matched", count=len(drawn), of=len(kabupaten), by=by, features=len(found.shapes))
    size = say(
        "boundaries.size", kilobytes=len(content) // 1024, tolerance=near[1], coarse=far[1],
        points=vertices(levels["shapes"]), far=vertices(levels["far"]),
    )  # fmt: skip
    said = [*remarks(found, drawn, lost, kabupaten), *other_size]
    return content, [matched, *missing_line(drawn, kabupaten), *said, size]


def odd_areas(codes: list[str], shapes: np.ndarray, kabupaten: pd.DataFrame) -> list[str]:
    """Whose polygon is more than ``ODD`` times as large as the table says, or as small: both values, in km2."""
    known = kabupaten.set_index("kode").loc[codes]
    middle = np.radians(shapely.get_y(shapely.centroid(shapes)))
    area_km2 = shapely.area(shapes) * KM_PER_DEGREE_LAT * KM_PER_DEGREE_LON * np.cos(middle)
    ratio = area_km2 / known["luas_km2"].to_numpy()
    told = zip(known["nama"], map(number, area_km2), map(number, known["luas_km2"]), ratio, strict=True)
    odd = [f"{nama} {here} ({there})" for nama, here, there, times in told if not 1 / ODD <= times <= ODD]
    return [list_names("odd_area", odd)] if odd else []


def outlines(codes: list[str], shapes: np.ndarray) -> dict[str, list]:
    """kode -> its polygons as ``rings``, of those that have an area left."""
    return {kode: parts for kode, shape in zip(codes, shapes, strict=True) if (parts := coverage.rings(shape))}


def vertices(shapes: dict[str, list]) -> int:
    return sum(len(ring) // 2 for parts in shapes.values() for part in parts for ring in part)


def file_content(file: Path, layer: str, read: Reading, tolerance_deg: float, levels: dict[str, dict]) -> bytes:
    """The content of ``batas.json``: the same source gives the same bytes, and no path is in it."""
    digest = hashlib.sha256()
    for part in files_of(file):
        with part.open("rb") as content:
            hashlib.file_digest(content, lambda: digest)
    modified = date.fromtimestamp(file.stat().st_mtime).isoformat()
    kept = {
        "format": FORMAT, "grid_deg": GRID_DEG, "tolerance_deg": tolerance_deg,
        "source": {"name": file.name, "layer": layer, "sha256": digest.hexdigest(), "modified": modified},
        "by": read.by, "column": read.column, "features": len(read.kode), **levels,
    }  # fmt: skip
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


# the file


def read_layer(file: Path, wanted: str | None) -> tuple[str, geopandas.GeoDataFrame]:
    """The layer of that name, or the only one; raises PlannerError where there is none to read."""
    pyogrio.set_gdal_config_options(OFFLINE)
    with understood(file):
        if size_of(file) > LIMIT_GB * 2**30:
            raise PlannerError(say("boundaries.too_large", file=file, limit=LIMIT_GB))
        layers = {name: at for at in addresses(file) for name, kind in pyogrio.list_layers(at) if kind is not None}
        name = chosen(file, list(layers), wanted)
        return name, geopandas.read_file(layers[name], layer=name, force_2d=True, on_invalid="fix")


def files_of(file: Path) -> list[Path]:
    """The file, the parts of a shapefile, or what lies in a folder; PlannerError for half a shapefile."""
    if file.is_dir():
        return sorted(path for path in file.rglob("*") if path.is_file())
    if file.suffix.lower() != ".shp":
        return [file]
    parts = [path for path in sorted(file.parent.iterdir()) if path.stem == file.stem]
    if lacking := sorted(SHAPEFILE - {path.suffix.lower() for path in parts}, reverse=True):
        raise PlannerError(say("boundaries.half_shapefile", file=file, parts=", ".join(lacking)))
    return [path for path in parts if path.suffix.lower() in SHAPEFILE]


def size_of(file: Path) -> int:
    """In bytes, unpacked."""
    if file.suffix.lower() == ".zip":
        with zipfile.ZipFile(file) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    file.stat()  # one that is not there is not half a shapefile
    return sum(path.stat().st_size for path in files_of(file))


def addresses(file: Path) -> list[str]:
    """What GDAL opens: the file, or each vector file in an archive, in whatever folder of it."""
    if file.suffix.lower() != ".zip":
        return [str(file.absolute())]
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(READABLE)]
    inside = [f"/{name}" for name in names if not name.startswith("__MACOSX/")]
    return [f"/vsizip/{{{file.absolute()}}}{name}" for name in inside or [""]]


def chosen(file: Path, names: list[str], wanted: str | None) -> str:
    """The layer that is wanted, or the only one."""
    if not names:
        raise PlannerError(say("boundaries.no_layer", file=file))
    if wanted in names or (wanted is None and len(names) == 1):
        return wanted or names[0]
    if wanted is None:
        listed = ", ".join(shown(name) for name in names[:SHOWN])
        raise PlannerError(say("boundaries.which_layer", file=file, count=len(names), names=listed))
    kind = say("boundaries.layer")
    raise PlannerError(say("errors.unknown", kind=kind, name=shown(wanted), hint=hint(wanted, names)))


@contextmanager
def understood(file: Path) -> Iterator[None]:
    """What the readers complain of, as one sentence; their own warnings are not for planners."""
    logging.getLogger("pyogrio").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except (CRSError, ProjError):
        raise PlannerError(say("boundaries.odd_crs", file=file)) from None
    except OSError as error:
        raise PlannerError(say("boundaries.unreadable", file=file, why=reason(error))) from None
    except UNREADABLE:
        raise PlannerError(say("boundaries.broken", file=file)) from None


# what is in it


def survey(file: Path, layer: str, frame: geopandas.GeoDataFrame, kabupaten: pd.DataFrame) -> Survey:
    """Find out what is in a layer; raises PlannerError where that is nothing of use."""
    assumed = frame.crs is None
    if assumed and not frame.is_empty.all() and not shapely.box(*frame.total_bounds).within(INDONESIA):
        raise PlannerError(say("boundaries.no_crs", file=file))
    with understood(file):
        raw = coverage.on_grid((frame.geometry if assumed else frame.geometry.to_crs(4326)).to_numpy())
        shapes = coverage.repair(raw)
    empty, far = shapely.is_empty(shapes), ~shapely.covered_by(shapes, INDONESIA)
    if empty.all():
        raise PlannerError(say("boundaries.no_polygon", file=file, layer=shown(layer)))
    if (far | empty).all():
        edges = ", ".join(f"{edge:.1f}" for edge in shapely.total_bounds(shapes))
        raise PlannerError(say("boundaries.elsewhere", file=file, bounds=edges))
    columns, seen = frame.drop(columns=frame.geometry.name).map(plain), points_in(shapes, kabupaten)
    read = best_reading(columns, gazetteer(kabupaten, reference("padanan")), seen)
    if read is None or not read.kode[~(far | empty)].any():
        raise PlannerError(say("boundaries.no_match", file=file, columns=first_row(columns)))
    broken = np.flatnonzero(~shapely.is_valid(raw) & ~shapely.is_missing(raw))
    return Survey(columns, shapes, broken, assumed, far & ~empty, seen, read)


def plain(value: object) -> object:
    """A property as it is, or as text where it is a list or more."""
    return str(value) if isinstance(value, (list, dict, np.ndarray)) else value


def points_in(shapes: np.ndarray, kabupaten: pd.DataFrame) -> Seen:
    """(feature, kode) of every kabupaten whose point lies inside that feature."""
    points = shapely.points(kabupaten["lon"].astype(float), kabupaten["lat"].astype(float))
    which, where = shapely.STRtree(shapes).query(points, predicate="within")
    return set(zip(where.tolist(), kabupaten["kode"].to_numpy()[which], strict=True))


# what is told


def remarks(found: Survey, drawn: set[str], lost: set[str], kabupaten: pd.DataFrame) -> list[str]:
    """What to check and what was guessed, each with its count and the first of its names; ``lost``: who shrank."""
    used, empty = found.kode != "", shapely.is_empty(found.shapes)
    values = found.columns.get(found.read.column, pd.Series("", found.columns.index)).astype(str).to_numpy()
    own = {kode for feature, kode in found.seen if found.kode[feature] == kode}
    names = kabupaten.set_index("kode")["nama"]
    facts = {
        "misplaced": names[names.index.isin(drawn - own)],
        "unmatched": [contents(found, row) for row in np.flatnonzero(~used & ~empty & ~found.far).tolist()],
        "otherwise": [f"{row + 1}: {names.get(found.kode[row], '–')}" for row in found.read.otherwise],
        "merged": found.kode[used][pd.Series(found.kode[used]).duplicated()],
        "twice": sorted(value for value, count in Counter(values[used]).items() if value and count > 1),
        "assumed_crs": ["EPSG:4326"] * found.assumed,
        "repaired": found.broken,
        "no_area": np.flatnonzero(empty),
        "outside": [
            names.get(kode, shown(values[row], 40)) for row, kode in enumerate(found.read.kode) if found.far[row]
        ],
        "shrunk": names[names.index.isin(lost)],
    }
    return [list_names(key, list(map(str, held))) for key, held in facts.items() if len(held)]


def list_names(key: str, names: list[str]) -> str:
    more = " …" if len(names) > SHOWN else ""
    return say(f"boundaries.{key}", count=len(names), names="; ".join(names[:SHOWN]), more=more)


def contents(found: Survey, row: int) -> str:
    """A feature's number and three things that it holds: its name and its code first, then texts, then numbers."""
    held = found.columns.iloc[row].dropna()
    texts = sorted(held.index, key=lambda name: not any(map(str.isalpha, str(held[name]))))
    order = dict.fromkeys([found.read.names, found.read.column, *texts])
    return f"{row + 1}: " + ", ".join([shown(held[name], 40) for name in order if name in held][:3])


def first_row(columns: pd.DataFrame) -> str:
    """What the columns are called and hold, for who must see why nothing fits."""
    held = columns.head(1).to_dict("records")
    return "; ".join(f"{shown(name, 30)} = {shown(value, 30)}" for name, value in list(held[0].items())[:SHOWN]) or "–"
