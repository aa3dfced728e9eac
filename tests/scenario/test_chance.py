"""Each factor of the chance on an usulan or two: what it does, and that what is not known does nothing."""

import pytest
from small import candidates, scenario, usulan

from planner.model.build_options import build_options


def chances(table, **assumptions) -> dict[str, float]:
    options = build_options(table, scenario(assumptions=assumptions)).table
    return dict(zip(options["usulan_id"], options["chance"] / 10**6, strict=True))


def test_menu_factor_is_the_prior_of_its_menu():
    table = candidates(
        usulan("A", 1), usulan("B", 1, menu="revitalisasi"),
        assumptions={"faktor_menu_pembangunan": 0.8, "faktor_menu_revitalisasi": 0.85},
    )  # fmt: skip
    assert chances(table) == {"A": 0.8, "B": 0.85}


def test_kesiapan_factor_is_linear_over_the_known_documents():
    # One there and one not: half way from 0.6 to 1. Nothing known: 1.
    table = candidates(
        usulan("A", 1, ded="ada", rab="belum"), usulan("B", 1), usulan("C", 1, ded="belum"),
        assumptions={"faktor_kesiapan_min": 0.6},
    )  # fmt: skip
    assert chances(table) == {"A": 0.8, "B": 1, "C": 0.6}


def test_kinerja_factor_is_linear_over_what_was_absorbed():
    past = [{"usulan_id": "x", "kode": "11.01", "ta": 2025, "pagu_rp": 10, "serap_rp": 5}]
    table = candidates(
        usulan("A", 1), usulan("B", 1, kode="11.02"), realisasi=past, assumptions={"faktor_kinerja_min": 0.7}
    )
    assert chances(table) == {"A": 0.85, "B": 1}


@pytest.mark.parametrize(("switch", "expected"), [(0, 1), (1, 0.9)])
def test_direction_of_effect_counts_only_when_it_is_asked_for(switch, expected):
    # Metal in Sumatra: negative in the source; Aceh is in Sumatra.
    table = candidates(
        usulan("A", 1, sentra_id="s"),
        sentra=[{"sentra_id": "s", "kode": "11.01", "komoditas": "logam"}],
        dampak=[{"dampak_id": "1", "jenis": "arah_dampak", "komoditas": "logam", "pulau": "Sumatera", "nilai": -1}],
        assumptions={"faktor_arah_negatif": 0.9, "dampak": switch},
    )
    assert chances(table) == {"A": expected}


def test_factors_multiply_and_round_once():
    # 0.8 x (0.6 + 0.4 x 0) x (0.7 + 0.3 x 1/3) = 0.384
    past = [{"usulan_id": "x", "kode": "11.01", "ta": 2025, "pagu_rp": 3, "serap_rp": 1}]
    given = {"faktor_menu_pembangunan": 0.8, "faktor_kesiapan_min": 0.6, "faktor_kinerja_min": 0.7}
    table = candidates(usulan("A", 1, ded="belum"), realisasi=past, assumptions=given)
    assert chances(table) == {"A": 0.384}
