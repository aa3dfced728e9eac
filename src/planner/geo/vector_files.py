"""A vector file as it comes: one layer of it, its columns, and its shapes as WGS 84 polygons on our grid."""

import hashlib
import logging
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from planner.base.errors import PlannerError, hint, reason, shown
from planner.base.messages import say

GRID_DEG = 0.001  # every vertex lies on this grid, about 110 m: neighbours stay equal where they were equal
INDONESIA = (92.0, -13.0, 144.0, 9.0)  # west, south, east, north in degrees, with room at sea
GIGABYTE = 2**30
LIMIT_GB = 3  # of a file, or of everything in an archive
BATCH_BYTES = 64 * 2**20  # of the file at a time: what is read is thinned before more is read
OFFLINE = {"GDAL_HTTP_PROXY": "127.0.0.1:9", "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none"}  # a file may name an address
KINDS = ("object", "str", "int", "float")  # what a code or a name may be stored as
READABLE = (".shp", ".geojson", ".json", ".topojson", ".gpkg", ".kml", ".gml", ".fgb", ".tab", ".mif")


@dataclass(frozen=True)
class Layer:
    """One layer of a file: ``address`` is what GDAL opens, ``size`` its bytes, ``count`` its features."""

    file: Path
    address: str
    name: str
    count: int
    size: int
    columns: tuple[str, ...]
    crs: str | None


def open_layer(file: Path, wanted: str | None = None) -> Layer:
    """The layer of that name, or the only one; raises PlannerError where there is none to read."""
    import pyogrio

    pyogrio.set_gdal_config_options(OFFLINE)
    size = check_file(file)
    with understood(file):
        layers = {name: address for address in addresses(file) for name in spatial(address)}
        if not layers:
            raise PlannerError(say("boundaries.no_layer", file=file))
        name = chosen(file, list(layers), wanted)
        about = pyogrio.read_info(layers[name], layer=name, force_feature_count=True)
    kinds = zip(about["fields"], about["dtypes"], strict=True)
    columns = tuple(field for field, kind in kinds if str(kind).startswith(KINDS))
    return Layer(file, layers[name], name, about["features"], size, columns, about["crs"])


def check_file(file: Path) -> int:
    """Its size in bytes, unpacked; raises PlannerError for what is not there, not whole or too large."""
    try:
        sizes = [part.stat().st_size for part in (file.rglob("*") if file.is_dir() else [file])]
    except OSError as error:
        raise PlannerError(say("boundaries.unreadable", file=file, why=reason(error))) from None
    if file.suffix.lower() == ".shp":
        lacking = [end for end in (".shx", ".dbf") if not beside(file, end)]
        if lacking:
            raise PlannerError(say("boundaries.half_shapefile", file=file, parts=", ".join(lacking)))
    if file.suffix.lower() == ".zip":
        sizes = [entry.file_size for entry in entries(file)]
    if sum(sizes) > LIMIT_GB * GIGABYTE:
        raise PlannerError(say("boundaries.too_large", file=file, limit=LIMIT_GB))
    return sum(sizes)


def beside(file: Path, end: str) -> bool:
    return any(file.with_suffix(spelling).exists() for spelling in (end, end.upper()))


def entries(file: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except OSError as error:
        raise PlannerError(say("boundaries.unreadable", file=file, why=reason(error))) from None
    except (zipfile.BadZipFile, ValueError, NotImplementedError):  # the last: an archive newer than Python's reader
        raise PlannerError(say("boundaries.broken", file=file)) from None


def addresses(file: Path) -> list[str]:
    """What GDAL opens: the file, or each vector file in an archive, in whatever folder of it."""
    if file.suffix.lower() != ".zip":
        return [str(file.absolute())]
    names = [e.filename for e in entries(file) if e.filename.lower().endswith(READABLE)]
    names = [name for name in names if not name.startswith("__MACOSX/")]
    return [f"/vsizip/{{{file.absolute()}}}/{name}" for name in names] or [f"/vsizip/{{{file.absolute()}}}"]


def spatial(address: str) -> list[str]:
    """The layers that hold shapes."""
    import pyogrio

    return [str(name) for name, kind in pyogrio.list_layers(address) if kind is not None]


def chosen(file: Path, names: list[str], wanted: str | None) -> str:
    """The layer that is wanted, or the only one."""
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted in names:
        return wanted
    if wanted is None:
        listed = ", ".join(shown(name) for name in names[:20])
        raise PlannerError(say("boundaries.which_layer", file=file, count=len(names), names=listed))
    raise PlannerError(
        say("errors.unknown", kind=say("boundaries.layer"), name=shown(wanted), hint=hint(wanted, names))
    )


def read_columns(layer: Layer) -> pd.DataFrame:
    """What may hold a code or a name, without the shapes."""
    import pyogrio

    if not layer.columns:
        return pd.DataFrame(index=range(layer.count))
    with understood(layer.file):
        for encoding in (None, "latin-1"):
            try:
                return pyogrio.read_dataframe(
                    layer.address, layer=layer.name, columns=list(layer.columns), read_geometry=False, encoding=encoding
                )
            except UnicodeDecodeError:
                continue
    raise PlannerError(say("boundaries.broken", file=layer.file))


def read_shapes(layer: Layer) -> tuple[np.ndarray, bool]:
    """One shape per feature in degrees on our grid, None where it has none; and whether WGS 84 had to be assumed."""
    with understood(layer.file):
        parts = list(batches(layer))
    shapes = np.concatenate([part for part, _ in parts]) if parts else np.array([], dtype=object)
    return shapes, any(assumed for _, assumed in parts)


def batches(layer: Layer) -> Iterator[tuple[np.ndarray, bool]]:
    """The features in parts, each thinned before the next is read, so that a large file needs little memory."""
    import pyogrio

    step = max(1, int(layer.count * BATCH_BYTES / max(layer.size, 1)))
    for start in range(0, layer.count, step):
        frame = pyogrio.read_dataframe(
            layer.address, layer=layer.name, columns=[], force_2d=True, skip_features=start, max_features=step,
            on_invalid="fix", encoding="latin-1",
        )  # fmt: skip
        assumed = frame.crs is None
        if assumed and not in_degrees(frame.total_bounds):
            raise PlannerError(say("boundaries.no_crs", file=layer.file))
        places = frame.geometry if assumed else frame.geometry.to_crs("EPSG:4326")
        yield thinned(places.to_numpy()), assumed


def in_degrees(bounds: np.ndarray) -> bool:
    """Whether these may be degrees in Indonesia; an empty layer has no bounds and is judged later."""
    west, south, east, north = INDONESIA
    return bool(np.isnan(bounds).all()) or bool(
        west <= bounds[0] and bounds[2] <= east and south <= bounds[1] and bounds[3] <= north
    )


def thinned(shapes: np.ndarray) -> np.ndarray:
    """Vertices moved to the grid, those that fall together once; point by point, so borders that agree still do."""
    import shapely

    finite = shapely.transform(shapes, lambda xy: np.nan_to_num(xy, nan=999, posinf=999, neginf=-999))
    return shapely.remove_repeated_points(on_grid(finite))


def on_grid(shapes: np.ndarray) -> np.ndarray:
    import shapely

    return shapely.transform(shapes, lambda xy: np.round(xy / GRID_DEG) * GRID_DEG)


@contextmanager
def understood(file: Path) -> Iterator[None]:
    """What the readers complain of, as one sentence; their own warnings are not for planners."""
    import pyogrio.errors as wrong
    import shapely
    from pyproj.exceptions import ProjError

    known = (wrong.DataSourceError, wrong.DataLayerError, wrong.FeatureError, wrong.FieldError, wrong.GeometryError)
    logging.getLogger("pyogrio").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except (wrong.CRSError, ProjError):
        raise PlannerError(say("boundaries.odd_crs", file=file)) from None
    except (*known, shapely.errors.GEOSException, MemoryError, ValueError):
        raise PlannerError(say("boundaries.broken", file=file)) from None


def sha256_of(file: Path) -> str:
    """Of the file, of a shapefile's shapes and columns, or of a folder's files in order."""
    digest = hashlib.sha256()
    files = sorted(file.rglob("*")) if file.is_dir() else [file]
    if file.suffix.lower() == ".shp":
        files += [path for path in (file.with_suffix(".dbf"), file.with_suffix(".DBF")) if path.exists()][:1]
    for path in filter(Path.is_file, files):
        with path.open("rb") as content:
            while block := content.read(2**20):
                digest.update(block)
    return digest.hexdigest()
