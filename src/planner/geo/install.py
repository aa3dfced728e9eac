"""A vector file becomes boundaries, and everything about it that a planner should know is said."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from planner.base.errors import PlannerError, shown
from planner.base.messages import say
from planner.geo import simplify as coverage
from planner.geo.boundaries import missing_line, packed
from planner.geo.matching import Match, best_match, each
from planner.geo.vector_files import Layer, open_layer, read_columns, read_shapes

SHOWN = 20  # features, codes or names that a list shows


@dataclass(frozen=True)
class Survey:
    """A layer with its shapes repaired, and which feature is which kabupaten ('' where it is none)."""

    layer: Layer
    columns: pd.DataFrame
    shapes: np.ndarray
    broken: int  # shapes that had to be repaired
    assumed: bool  # no coordinate system was named
    far: np.ndarray  # which shapes reach out of Indonesia
    match: Match
    kode: np.ndarray


def prepare(file: Path, layer: str | None, kabupaten: pd.DataFrame) -> tuple[bytes, list[str]]:
    """The content of ``batas.json`` from any vector file, and what to tell; raises PlannerError where nothing fits."""
    seen = survey(open_layer(file, layer), kabupaten)
    whole = coverage.dissolved(seen.shapes, seen.kode)
    before = np.array(list(whole.values()), dtype=object)
    clean = coverage.cleaned(before)
    levels = [coverage.simplified(clean, points) for points in (coverage.NEAR_POINTS, coverage.FAR_POINTS)]
    near, far = [coverage.drawn(list(whole), shapes) for shapes, _ in levels]
    tolerance, coarse = [degrees for _, degrees in levels]
    content = packed(file, seen.layer.name, seen.match, {"shapes": near, "far": far}, tolerance)
    names = dict(zip(kabupaten["kode"], kabupaten["nama"], strict=True))
    lost = [names[kode] for kode, less in zip(whole, coverage.shrunk(before, clean), strict=True) if less]
    size = say(
        "boundaries.size", kilobytes=len(content) // 1024, tolerance=tolerance, coarse=coarse,
        points=vertices(near), far=vertices(far),
    )  # fmt: skip
    return content, [
        *matched(seen, set(near), kabupaten), *features(seen), *places(seen, names), *listed("shrunk", lost), size
    ]  # fmt: skip


def vertices(shapes: dict[str, list]) -> int:
    return sum(len(ring) // 2 for parts in shapes.values() for part in parts for ring in part)


def survey(layer: Layer, kabupaten: pd.DataFrame) -> Survey:
    """Read a layer and find out what is in it; raises PlannerError where that is nothing of use."""
    columns = read_columns(layer)
    raw, assumed = read_shapes(layer)
    broken = int((~shapely.is_valid(raw) & ~shapely.is_missing(raw)).sum())
    shapes = coverage.repaired(raw)
    empty, far = shapely.is_empty(shapes), coverage.outside(shapes)
    if empty.all():
        raise PlannerError(say("boundaries.no_polygon", file=layer.file, layer=shown(layer.name)))
    if (far | empty).all():
        raise PlannerError(say("boundaries.elsewhere", file=layer.file, bounds=bounds_of(shapes)))
    match = best_match(columns, kabupaten, points_in(shapes, kabupaten))
    kode = np.where(empty | far, "", match.kode if match else "")
    if match is None or not kode.any():
        raise PlannerError(say("boundaries.no_match", file=layer.file, columns=first_row(columns)))
    return Survey(layer, columns, shapes, broken, assumed, far, match, kode)


def bounds_of(shapes: np.ndarray) -> str:
    return ", ".join(f"{edge:.1f}" for edge in shapely.total_bounds(shapes))


def first_row(columns: pd.DataFrame) -> str:
    """What the columns are called and hold, for who must see why nothing fits."""
    if columns.empty:
        return "–"
    return "; ".join(f"{shown(name, 30)} = {shown(value, 30)}" for name, value in list(columns.iloc[0].items())[:SHOWN])


def points_in(shapes: np.ndarray, kabupaten: pd.DataFrame) -> list[tuple[int, str]]:
    """(feature, kode) of every kabupaten whose point lies inside that feature."""
    points = shapely.points(kabupaten["lon"].astype(float), kabupaten["lat"].astype(float))
    which, where = shapely.STRtree(shapes).query(points, predicate="within")
    return [(int(feature), kabupaten["kode"].iat[row]) for row, feature in zip(which, where, strict=True)]


def matched(seen: Survey, drawn: set[str], kabupaten: pd.DataFrame) -> list[str]:
    """How many kabupaten have a polygon, by what they were found, and which have none."""
    by = say(f"boundaries.by.{seen.match.by}", column=shown(seen.match.column))
    first = say("boundaries.matched", count=len(drawn), of=len(kabupaten), by=by, features=len(seen.kode))
    own = {kode for feature, kode in points_in(seen.shapes, kabupaten) if seen.kode[feature] == kode}
    names = kabupaten.loc[kabupaten["kode"].isin(drawn - own), "nama"].tolist()
    return [first, *missing_line(drawn, kabupaten), *listed("misplaced", names)]


def features(seen: Survey) -> list[str]:
    """Which features are no kabupaten, and which kabupaten stands in the file more than once."""
    lost = np.flatnonzero((seen.kode == "") & ~shapely.is_empty(seen.shapes) & ~seen.far)
    held = [held_by(seen, row) for row in lost[:SHOWN]]
    values = pd.Series(each(seen.columns[seen.match.column], str))[seen.kode != ""]
    twice = sorted(set(values[values.duplicated()]))
    merged = int((seen.kode != "").sum()) - len(set(seen.kode) - {""})
    told = [say("boundaries.unmatched", count=len(lost), held="; ".join(held), more=more(len(lost)))] if held else []
    return [*told, *([say("boundaries.merged", count=merged)] if merged else []), *listed("twice", twice)]


def held_by(seen: Survey, row: int) -> str:
    values = [value for value in seen.columns.iloc[row].tolist() if value == value and value is not None][:3]
    return f"{row + 1}: " + ", ".join(shown(value, 40) for value in values)


def places(seen: Survey, names: dict[str, str]) -> list[str]:
    """What was wrong with the shapes, or had to be guessed."""
    empty = int(shapely.is_empty(seen.shapes).sum())
    far = [
        names.get(kode, shown(value, 40)) for kode, value in zip(seen.match.kode[seen.far], texts(seen), strict=True)
    ]
    told = [say("boundaries.assumed_crs")] if seen.assumed else []
    told += [say("boundaries.repaired", count=seen.broken)] if seen.broken else []
    told += [say("boundaries.no_area", count=empty)] if empty else []
    return [*told, *listed("outside", far)]


def texts(seen: Survey) -> list[str]:
    return seen.columns[seen.match.column][seen.far].astype(str).tolist()


def listed(key: str, names: list[str]) -> list[str]:
    """A sentence with the number of names and the first of them; nothing where there are none."""
    said = ", ".join(names[:SHOWN])
    return [say(f"boundaries.{key}", count=len(names), names=said, more=more(len(names)))] if names else []


def more(count: int) -> str:
    return " …" if count > SHOWN else ""
