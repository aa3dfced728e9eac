"""The most of a block under one cap, held against trying everything."""

from itertools import product

import numpy as np
import pytest
from scipy import sparse

from planner.solve.knapsack import FINE, Groups, knapsack_of

INF = np.inf


def test_the_dearest_pair_that_fits_is_taken():
    # 6 + 5 = 11 points spend 7 + 4 = 11 of 10; 6 + 4 spend 7 + 3 = 10; 5 + 4 = 9 spend 7.
    groups = Groups(np.array([0, 7, 0, 4, 0, 3]), np.array([0, 2, 4]))
    found = groups.best(np.array([0, 6, 0, 5, 0, 4]), 10)
    assert found.bound == 10 and found.taken[0].tolist() == [1, 2, 5]


def test_what_must_spend_more_than_the_cap_has_no_choice():
    found = Groups(np.array([3, 4]), np.array([0])).best(np.array([9, 9]), 2)
    assert found.bound is None and not len(found.taken)


def test_what_is_near_keeps_the_cap_and_is_worth_what_was_asked():
    groups = Groups(np.array([0, 7, 0, 4, 0, 3]), np.array([0, 2, 4]))
    worth = np.array([0, 6, 0, 5, 0, 4])
    found = groups.best(worth, 10, within=2)
    assert found.taken.tolist() == [[1, 2, 5], [0, 3, 5]]


@pytest.mark.parametrize("seed", range(300))
def test_the_most_is_that_of_all_combinations(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 5, rng.integers(1, 6))
    count = int(sizes.sum())
    groups = Groups(rng.integers(0, 30, count), np.append(0, sizes.cumsum()[:-1]))
    worth, cap = rng.integers(-20, 60, count), int(rng.integers(0, 70))
    every = np.array(list(product(*(range(f, f + n) for f, n in zip(groups.first, sizes, strict=True)))))
    fits = groups.spend[every].sum(axis=1) <= cap
    found = groups.best(worth, cap, within=10)
    if not fits.any():
        assert found.bound is None
        return
    assert found.bound == worth[every[fits]].sum(axis=1).max() == worth[found.taken[0]].sum()
    assert (groups.spend[found.taken].sum(axis=1) <= cap).all()


def block(rng):
    """A cap over all columns, groups of which one or two may be taken, a lock or two, a row over many columns."""
    width = int(rng.integers(7, 12))
    rows = [rng.integers(1, 40, width).astype(float)]
    lower, upper = [-INF], [float(rng.integers(20, 120))]
    for first in range(0, width, 3):
        rows.append(np.where((np.arange(width) >= first) & (np.arange(width) < first + 3), 1.0, 0.0))
        lower, upper = [*lower, -INF], [*upper, float(rng.integers(1, 3))]
    for _ in range(rng.integers(0, 3)):
        rows.append(np.where(np.arange(width) == rng.integers(width), 1.0, 0.0))
        lower, upper = ([*lower, 1.0], [*upper, INF]) if rng.random() < 0.5 else ([*lower, -INF], [*upper, 0.0])
    if rng.random() < 0.5:
        rows.append(np.ones(width))
        lower, upper = [*lower, -INF], [*upper, float(rng.integers(2, 5))]
    return np.stack(rows), np.array(lower), np.array(upper)


@pytest.mark.parametrize("seed", range(200))
def test_the_bound_of_a_block_is_never_below_its_best_and_is_the_best_where_no_row_is_left_out(seed):
    rng = np.random.default_rng(seed)
    matrix, lower, upper = block(rng)
    worth = rng.uniform(-5, 50, matrix.shape[1])
    every = np.array(list(product((0, 1), repeat=matrix.shape[1])))
    sums = every @ matrix.T
    legal = every[((sums <= upper) & (sums >= lower)).all(axis=1)]
    found = knapsack_of(sparse.csr_array(matrix), lower, upper, np.ones(matrix.shape[1]))
    if found is None:
        assert not len(legal)
        return
    bound, plans = found.best(worth, upper, 10.0)
    best = (legal @ worth).max(initial=-INF)
    assert bound >= best
    if not len(found.rest) and len(legal):
        assert bound <= best + matrix.shape[1] / FINE
        assert float(plans[0] @ worth) == pytest.approx(best)


def test_a_block_of_volumes_is_no_knapsack():
    rows = sparse.csr_array(np.ones((1, 8)))
    assert knapsack_of(rows, np.array([-INF]), np.array([20.0]), np.array([1.0] * 7 + [30.0])) is None


def test_a_list_that_grows_too_long_gives_way_to_what_the_price_leaves():
    rng = np.random.default_rng(1)
    spend = np.column_stack([np.zeros(60), rng.integers(10**9, 2 * 10**9, 60)]).ravel().astype(np.int64)
    worth = np.where(spend > 0, spend + rng.integers(-1000, 1000, 120), 0)  # all nearly as good for their money
    groups, cap = Groups(spend, np.arange(0, 120, 2)), 41 * 10**9 + 7
    found = groups.best(worth, cap)
    assert found.bound is not None and found.bound >= worth[found.taken].sum(axis=1).max(initial=0)
    price, _, above = groups.priced(worth, cap)
    assert found.bound <= above + 2 and price > 0
