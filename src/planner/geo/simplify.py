"""Polygons that share their borders: repaired, without overlaps and small gaps, simplified together, on one grid."""

import numpy as np
import shapely

from planner.geo.boundaries import GRID_DEG

SLIVER_DEG2 = 4 * GRID_DEG**2  # four cells of the grid: no area that anyone could see
GAP_DEG = 5 * GRID_DEG  # a gap between regions that is narrower than this is a mistake of drawing
# Vertices of neighbouring cells become one. GEOS 3.14 has lost a whole region of 514 at the first distance that it kept
# at the second: the one under which fewer shrink is taken.
SNAPS_DEG = 1.1 * GRID_DEG, 0.5 * GRID_DEG
NEAR_POINTS, FAR_POINTS = 60_000, 24_000  # of all shapes together, for a picture of a province and of the country
TOLERANCES_DEG = tuple(round(0.002 * 2 ** (k / 2), 4) for k in range(14))  # 0.002 to 0.18 degrees
LOST = 0.2  # a share of its area that no repair should cost


def on_grid(shapes: np.ndarray) -> np.ndarray:
    """Vertices moved to the grid point by point, so borders that agree still do; what is no number lies far away."""
    moved = shapely.transform(shapes, lambda xy: np.round(np.nan_to_num(xy, nan=999, posinf=999) / GRID_DEG) * GRID_DEG)
    return shapely.remove_repeated_points(moved)


def repair(shapes: np.ndarray) -> np.ndarray:
    """Valid polygons, empty where nothing has an area: a bow tie becomes its two halves."""
    valid = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    return multipolygons(valid)


def multipolygons(shapes: np.ndarray, least_deg2: float = 0) -> np.ndarray:
    """The polygons in each shape that are no smaller than ``least_deg2``, and of each the largest."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    parts, which = shapely.get_parts(parts, return_index=True)
    owner, area = owner[which], shapely.area(parts)
    largest = np.zeros(len(shapes))
    np.maximum.at(largest, owner, area)
    kept = (area > 0) & ((area >= least_deg2) | (area == largest[owner]))
    whole = np.full(len(shapes), shapely.MultiPolygon(), dtype=object)
    return shapely.multipolygons(parts[kept], indices=owner[kept], out=whole)


def clean(shapes: np.ndarray, least_deg2: float = SLIVER_DEG2) -> np.ndarray:
    """A coverage: what overlaps belongs to the smaller one, so a kota drawn on top of its kabupaten stays.

    Parts below ``least_deg2`` are dropped, but the largest of each; narrow gaps go to the longest neighbour, and
    borders one cell of the grid apart, also where the gap is open to the sea, become one.
    """
    whole = multipolygons(shapes, least_deg2)
    found = snap(whole, SNAPS_DEG[0])
    if shrunk(whole, found).any():
        found = min(found, snap(whole, SNAPS_DEG[1]), key=lambda shapes: shrunk(whole, shapes).sum())
    return found


def snap(shapes: np.ndarray, distance_deg: float) -> np.ndarray:
    return shapely.coverage_clean(shapes, gap_width=GAP_DEG, snapping_distance=distance_deg, merge_strategy="min_area")


def simplify(coverage: np.ndarray, points: int) -> tuple[np.ndarray, float]:
    """The coverage with at most ``points`` vertices where that can be, and the tolerance in degrees.

    A tolerance t takes away corners (Visvalingam-Whyatt, both sides of a border at once) and islets below t x t.
    """
    for tolerance in TOLERANCES_DEG:
        smaller = shapely.coverage_simplify(clean(coverage, tolerance**2), tolerance)
        if shapely.get_num_coordinates(smaller).sum() <= points:
            break
    return on_grid(smaller), tolerance


def shrunk(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Which shapes lost more than ``LOST`` of their area: they lay on top of another one."""
    return shapely.area(after) < (1 - LOST) * shapely.area(before)


def rings(shape: shapely.Geometry) -> list[list[list[int]]]:
    """Polygons -> rings -> x, y, then steps dx, dy, all in cells of the grid; what falls into a point is left out."""
    found = [[steps_of(ring) for ring in (part.exterior, *part.interiors)] for part in shapely.get_parts(shape)]
    return [kept for part in found if (kept := [steps for steps in part if steps])]


def steps_of(ring: shapely.LinearRing) -> list[int]:
    cells = np.round(shapely.get_coordinates(ring)[:-1] / GRID_DEG).astype(int)
    return np.diff(cells, axis=0, prepend=[[0, 0]]).ravel().tolist() if len(np.unique(cells, axis=0)) > 2 else []
