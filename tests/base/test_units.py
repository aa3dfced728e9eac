"""Exact numbers, and how amounts are shown."""

from fractions import Fraction

import pytest

from planner.base.units import exact, half_up, micro, number, percent, rupiah, rupiah_full, signed


def test_a_share_is_the_fraction_that_was_written():
    assert exact(0.08) == Fraction(2, 25)
    assert exact(0.1) + exact(0.2) == exact(0.3)
    assert exact("1e-3") == Fraction(1, 1000)


@pytest.mark.parametrize(
    ("top", "bottom", "expected"),
    [(5, 10, 1), (4, 10, 0), (15, 10, 2), (-5, 10, 0), (-6, 10, -1), (-15, 10, -1), (7, 1, 7)],
)
def test_half_goes_up(top, bottom, expected):
    assert half_up(top, bottom) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.5, 500_000),
        (1e-6, 1),
        (0.0000005, 1),
        (0.0000004, 0),
        (3, 3_000_000),
        (-0.25, -250_000),
        (0.1 + 0.2, 300_000),
    ],
)
def test_a_millionth_is_the_smallest_part(value, expected):
    assert micro(value) == expected


def test_amounts_on_screens_write_the_unit_out():
    assert rupiah(4_490_000_000, "id") == "Rp 4,49 miliar"
    assert rupiah(4_490_000_000, "en") == "Rp 4.49 billion"
    assert rupiah(395 * 10**9, "id") == "Rp 395 miliar"
    assert "M" not in rupiah(12_000_000, "id")


def test_amounts_in_tables_are_whole_rupiah():
    assert rupiah_full(1_234_567, "id") == "Rp 1.234.567"
    assert rupiah_full(1_234_567, "en") == "Rp 1,234,567"


def test_numbers_and_percentages_have_the_languages_comma():
    assert number(1234.5, 1, "id") == "1.234,5"
    assert percent(0.305, lang="id") == "30,5 %"
    assert percent(Fraction(1, 3), 2, "en") == "33.33 %"


def test_a_difference_has_its_sign_before_the_rupiah():
    assert [signed(n, rupiah) for n in (-39_450_000, 0, 2_000_000)] == ["−Rp 39,45 juta", "Rp 0", "+Rp 2 juta"]
    assert [signed(n) for n in (-1234, 0, 5)] == ["−1.234", "0", "+5"]
