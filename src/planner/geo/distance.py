"""How far places are from each other over the ground: the geodesic on WGS 84, in whole metres."""

import numpy as np
import pandas as pd

KM_PER_DEGREE_LAT = 110.574  # where a degree of the meridian is shortest: at the equator
KM_PER_DEGREE_LON = 111.319  # times cos(latitude): no parallel is shorter


def distance_m(lat, lon, other_lat, other_lon) -> np.ndarray:
    """Geodesics between points in degrees, by pairs, in metres rounded to whole ones (int64).

    C. F. F. Karney, Algorithms for geodesics, 2013, as PROJ has it. Whole metres, so that a rule decides alike on every
    machine.
    """
    import pyproj

    ends = [np.asarray(degrees, dtype=float) for degrees in (lon, lat, other_lon, other_lat)]
    metres = pyproj.Geod(ellps="WGS84").inv(ends[0], ends[1], ends[2], ends[3])[2]
    return np.rint(metres).astype(np.int64)


def within(here: pd.DataFrame, there: pd.DataFrame, radius_m: int) -> tuple[np.ndarray, np.ndarray]:
    """Every pair (row of ``here``, row of ``there``) at most ``radius_m`` apart, in order; ``lat``, ``lon`` in degrees.

    A tree of boxes keeps what cannot be near from being measured. Not for places on both sides of the 180th meridian.
    """
    import shapely

    lat, lon = here["lat"].to_numpy(float), here["lon"].to_numpy(float)
    high = radius_m / 1000 / KM_PER_DEGREE_LAT
    narrowest = np.cos(np.radians(np.minimum(np.abs(lat) + high, 89.0)))
    wide = radius_m / 1000 / (KM_PER_DEGREE_LON * narrowest)
    tree = shapely.STRtree(shapely.points(there["lon"].to_numpy(float), there["lat"].to_numpy(float)))
    a, b = tree.query(shapely.box(lon - wide, lat - high, lon + wide, lat + high))
    far = distance_m(lat[a], lon[a], there["lat"].to_numpy(float)[b], there["lon"].to_numpy(float)[b])
    near = far <= radius_m
    order = np.lexsort((b[near], a[near]))
    return a[near][order], b[near][order]
