"""Geodesics against figures that others have published, and nearness against measuring every pair."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.geo.distance import distance_m, within


def degrees(whole: int, minutes: int, seconds: float) -> float:
    return whole + minutes / 60 + seconds / 3600


PUBLISHED = [  # from lat, lon, to lat, lon, metres
    (0, 100, 0, 101, 111_319),  # 2 pi 6,378,137 m / 360 = 111,319.491 m: the equator is a circle
    (0, 140, 0, 95, 5_009_377),  # 45 times that, westward
    (0, 100, 1, 100, 110_574),  # a degree of the meridian at the equator
    (0, 0, 90, 0, 10_001_966),  # the quarter meridian of WGS 84: 10,001,965.729 m
    # Flinders Peak to Buninyon, 54,972.271 m in the GDA Technical Manual (GRS 80: WGS 84 within 0.1 mm)
    (-degrees(37, 57, 3.7203), degrees(144, 25, 29.5244), -degrees(37, 39, 10.1561), degrees(143, 55, 35.3839), 54_972),
    (40.6, -73.8, 51.6, -0.5, 5_551_759),  # JFK to LHR in the manual of GeographicLib: 5551759.400 m
]


@pytest.mark.parametrize(("lat", "lon", "other_lat", "other_lon", "metres"), PUBLISHED)
def test_a_geodesic_is_as_long_as_published(lat, lon, other_lat, other_lon, metres):
    assert distance_m([lat], [lon], [other_lat], [other_lon]) == [metres]
    assert distance_m([other_lat], [other_lon], [lat], [lon]) == [metres]


def frame(points) -> pd.DataFrame:
    return pd.DataFrame(points, columns=["lat", "lon"], dtype="float64")


POINT = st.tuples(st.integers(-110, 60).map(lambda n: n / 10), st.integers(950, 1410).map(lambda n: n / 10))


@given(st.lists(POINT, max_size=8), st.lists(POINT, max_size=8), st.integers(1, 6_000_000), st.booleans())
def test_within_finds_the_pairs_that_measuring_all_of_them_finds(here, there, radius_m, exactly):
    a, b = (side.ravel() for side in np.indices((len(here), len(there))))
    here, there = frame(here), frame(there)
    far = distance_m(here["lat"].iloc[a], here["lon"].iloc[a], there["lat"].iloc[b], there["lon"].iloc[b])
    if exactly and far.any():
        radius_m = int(far.max())  # who is just there is near
    one, other = within(here, there, radius_m)
    assert list(zip(one, other, strict=True)) == list(zip(a[far <= radius_m], b[far <= radius_m], strict=True))


def test_an_index_of_its_own_does_not_matter():
    here = frame([(0, 100), (0, 101)]).set_axis(["11.01", "11.02"])
    assert [list(side) for side in within(here, here.iloc[::-1], 1)] == [[0, 1], [1, 0]]
