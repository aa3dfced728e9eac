"""Polygons that share their borders: repaired, without overlaps and small gaps, simplified together, on one grid."""

import numpy as np
import shapely

from planner.geo.vector_files import GRID_DEG, INDONESIA, on_grid

SLIVER_DEG2 = 4 * GRID_DEG**2  # four cells of the grid: no area that anyone could see
GAP_DEG = 5 * GRID_DEG  # a gap between regions that is narrower than this is a mistake of drawing
NEAR_POINTS, FAR_POINTS = 60_000, 24_000  # of all shapes together, for a picture of a province and of the country
TOLERANCES_DEG = tuple(round(0.002 * 2 ** (k / 2), 4) for k in range(14))  # 0.002 to 0.18 degrees
# Vertices of neighbouring cells become one. GEOS 3.14 has lost a whole region of 514 at the first distance that it kept
# at the second: the second is tried where one shrank.
SNAPS_DEG = 1.1 * GRID_DEG, 0.5 * GRID_DEG
LOST = 0.2  # a share of its area that no repair should cost


def repaired(shapes: np.ndarray) -> np.ndarray:
    """Valid polygons, empty where nothing has an area: a bow tie becomes its two halves."""
    valid = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    return np.array([polygons_of(shape) for shape in valid], dtype=object)


def polygons_of(shape) -> shapely.MultiPolygon:
    """The polygons among the parts of anything."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.MultiPolygon([part for part in parts if shapely.get_type_id(part) == 3 and part.area > 0])


def outside(shapes: np.ndarray) -> np.ndarray:
    """Which shapes reach out of Indonesia's box; an empty one does not."""
    bounds, (west, south, east, north) = shapely.bounds(shapes), INDONESIA
    return (bounds[:, 0] < west) | (bounds[:, 1] < south) | (bounds[:, 2] > east) | (bounds[:, 3] > north)


def dissolved(shapes: np.ndarray, kode: np.ndarray) -> dict[str, shapely.Geometry]:
    """One shape per code, of all features that bear it; '' is no code."""
    return {k: shapely.union_all(shapes[kode == k]) for k in sorted(set(kode) - {""})}


def cleaned(shapes: np.ndarray, least_deg2: float = SLIVER_DEG2) -> np.ndarray:
    """A coverage: what overlaps belongs to the smaller one, so a kota drawn on top of its kabupaten stays.

    Parts below ``least_deg2`` are dropped, but the largest of each; narrow gaps go to the longest neighbour, and
    borders one cell of the grid apart, also where the gap is open to the sea, become one.
    """
    whole = np.array([without_slivers(shape, least_deg2) for shape in shapes], dtype=object)
    found = snapped(whole, SNAPS_DEG[0])
    if (lost := shrunk(whole, found).sum()) and shrunk(whole, again := snapped(whole, SNAPS_DEG[1])).sum() < lost:
        return again
    return found


def snapped(shapes: np.ndarray, distance_deg: float) -> np.ndarray:
    return shapely.coverage_clean(shapes, gap_width=GAP_DEG, snapping_distance=distance_deg, merge_strategy="min_area")


def without_slivers(shape, least_deg2: float) -> shapely.MultiPolygon:
    parts = shapely.get_parts(shape)
    area = shapely.area(parts)
    return shapely.MultiPolygon(list(parts[(area >= least_deg2) | (area == area.max(initial=0))]))


def simplified(coverage: np.ndarray, points: int) -> tuple[np.ndarray, float]:
    """The coverage with at most ``points`` vertices where that can be, and the tolerance in degrees.

    A tolerance t takes away corners (Visvalingam-Whyatt, both sides of a border at once) and islets below t x t.
    """
    for tolerance in TOLERANCES_DEG:
        smaller = shapely.coverage_simplify(cleaned(coverage, tolerance**2), tolerance)
        if shapely.get_num_coordinates(smaller).sum() <= points:
            break
    return on_grid(smaller), tolerance


def shrunk(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Which shapes lost more than ``LOST`` of their area: they lay on top of another one."""
    return shapely.area(after) < (1 - LOST) * shapely.area(before)


def drawn(codes: list[str], shapes: np.ndarray) -> dict[str, list]:
    """kode -> its polygons as ``rings``, of those that have an area left."""
    return {kode: parts for kode, shape in zip(codes, shapes, strict=True) if (parts := rings(shape))}


def rings(shape) -> list[list[list[int]]]:
    """Polygons -> rings -> x, y, then steps dx, dy, all in cells of the grid; what falls into a point is left out."""
    parts = shapely.get_parts(shape)
    return [drawn for part in parts if (drawn := [steps for ring in ring_list(part) if (steps := steps_of(ring))])]


def ring_list(part) -> list:
    return [shapely.get_exterior_ring(part), *part.interiors]


def steps_of(ring) -> list[int]:
    cells = np.round(shapely.get_coordinates(ring)[:-1] / GRID_DEG).astype(int)
    return np.diff(cells, axis=0, prepend=[[0, 0]]).ravel().tolist() if len(np.unique(cells, axis=0)) > 2 else []
