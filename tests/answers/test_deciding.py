"""What to verify first: a planted cell that decides is found, and noise names nothing."""

import numpy as np
import pandas as pd
import pytest

from planner.answers import deciding as module
from planner.answers.deciding import deciding, halves

DRAWS = 120
KODE = [f"11.{k:02}" for k in range(1, 21)]


def inputs(*extra: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame([*((kode, column) for kode in KODE for column in ("ikm", "harga")), *extra]).set_axis(
        ["kode", "column"], axis=1
    )


def noise(seed: int, width: int) -> tuple[np.ndarray, pd.DataFrame]:
    """Values and rupiah that have nothing to do with one another: each kabupaten funded by a coin for 5 miliar."""
    source = np.random.default_rng(seed)
    coins = 5 * 10**9 * source.integers(0, 2, (DRAWS, len(KODE)))
    columns = pd.MultiIndex.from_tuples([(kode, "pembangunan") for kode in KODE])
    return source.random((DRAWS, width)), pd.DataFrame(coins, columns=columns)


def test_halves_are_the_difference_of_two_means():
    # 1, 2, 3, 4 has the median 2.5; 7 everywhere has no other side; 1, 2, 2, 3 leaves the twos out
    found = halves(np.array([[1, 7, 1], [2, 7, 2], [3, 7, 2], [4, 7, 3]]))
    assert found.tolist() == [[-0.5, -0.5, 0.5, 0.5], [0, 0, 0, 0], [-1, 0, 0, 1]]


def test_a_planted_cell_is_found_with_the_rupiah_that_it_moves():
    table = inputs()
    values, rupiah = noise(1, len(table))
    place = table.index[(table["kode"] == "11.07") & (table["column"] == "ikm")][0]
    rupiah[("11.07", "pembangunan")] = np.where(values[:, place] > np.median(values[:, place]), 5 * 10**9, 0)
    tested, named = deciding(table, values, rupiah, 2028)
    assert tested == 40 and [(one["kode"], one["column"]) for one in named] == [("11.07", "ikm")]
    assert named[0]["p"] == pytest.approx(0.001) and 4 * 10**9 < named[0]["moved_rp"] <= 5 * 10**9


def test_an_input_of_the_country_that_moves_many_is_found():
    table = inputs(("", "faktor"))
    values, rupiah = noise(2, len(table))
    high = values[:, -1] > np.median(values[:, -1])
    for k, kode in enumerate(KODE):
        rupiah[(kode, "pembangunan")] = np.where(high == bool(k % 2), 5 * 10**9, 0)
    _, named = deciding(table, values, rupiah, 2028)
    assert named[0]["kode"] == "" and 40 * 10**9 < named[0]["moved_rp"] <= 50 * 10**9  # ten of 5 miliar


def test_noise_names_nothing_but_in_one_of_twenty(monkeypatch):
    monkeypatch.setattr(module, "PERMUTATIONS", 199)
    table = inputs(("", "faktor"))
    found = [deciding(table, *noise(seed, len(table)), 2028)[1] for seed in range(3, 43)]
    assert sum(map(bool, found)) <= 5  # of 40: two are expected, more than five have probability 0.014


def test_where_every_draw_agrees_nothing_is_tested():
    table = inputs()
    values, rupiah = noise(5, len(table))
    assert deciding(table, values, rupiah * 0, 2028) == (0, [])
    assert deciding(table, values[:0], rupiah[:0], 2028) == (0, [])


def test_the_same_seed_gives_the_same_answer():
    table = inputs()
    assert deciding(table, *noise(6, len(table)), 1) == deciding(table, *noise(6, len(table)), 1)
