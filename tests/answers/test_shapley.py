"""Shares: as the definition says, adding up, the same for equals, nothing for who changes nothing."""

from fractions import Fraction
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from planner.answers.shapley import orders, turning, whole_parts


@st.composite
def games(draw, holes: bool = False) -> tuple[int, dict[int, int]]:
    """A number of causes and the worth of each known coalition; none and all are always known."""
    causes = draw(st.integers(1, 4))
    last = (1 << causes) - 1
    worth = {mask: draw(st.integers(-50, 50)) for mask in range(last + 1)}
    gone = draw(st.sets(st.integers(1, max(last - 1, 1)))) if holes and last > 1 else set()
    return causes, {mask: value for mask, value in worth.items() if mask not in gone - {last}}


def by_definition(causes: int, worth: dict[int, int]) -> list[Fraction] | None:
    """The mean step of each cause over all orders whose every coalition is known; None where there are none."""
    shares, count = [Fraction(0)] * causes, 0
    for order in permutations(range(causes)):
        path = [sum(1 << one for one in order[:k]) for k in range(causes + 1)]
        if set(path) <= worth.keys():
            count += 1
            for k, cause in enumerate(order):
                shares[cause] += worth[path[k + 1]] - worth[path[k]]
    return [share / count for share in shares] if count else None


def test_two_causes_by_hand():
    # Alone the first brings 4 and the second 1, together 9: (4 + 8) / 2 and (1 + 5) / 2.
    assert orders(2, range(4)).shares({0: 0, 1: 4, 2: 1, 3: 9}) == [6, 3]


@given(games())
def test_shares_are_those_of_the_definition_and_add_up(game):
    causes, worth = game
    shares = orders(causes, worth.keys()).shares(worth)
    assert shares == by_definition(causes, worth)
    assert sum(shares) == worth[max(worth)] - worth[0]


@given(games(holes=True))
def test_orders_through_unknown_coalitions_are_left_out_and_the_rest_adds_up(game):
    causes, worth = game
    found, expected = orders(causes, worth.keys()), by_definition(causes, worth)
    if expected is None:
        assert found.total == 0
    else:
        assert found.shares(worth) == expected and sum(expected) == worth[max(worth)] - worth[0]


@given(games(), st.integers(0, 3))
def test_who_changes_nothing_gets_nothing(game, place):
    causes, worth = game
    idle = place % causes
    worth = {mask: worth[mask & ~(1 << idle)] for mask in worth}
    assert orders(causes, worth.keys()).shares(worth)[idle] == 0


@given(games(), st.randoms(use_true_random=False))
def test_the_order_in_which_causes_are_named_changes_no_share(game, random):
    causes, worth = game
    place = list(range(causes))
    random.shuffle(place)
    moved = {sum(1 << place[one] for one in range(causes) if mask >> one & 1): value for mask, value in worth.items()}
    mine, theirs = (orders(causes, one.keys()).shares(one) for one in (worth, moved))
    assert [theirs[place[one]] for one in range(causes)] == mine


@given(st.lists(st.fractions(-100, 100, max_denominator=12), min_size=1, max_size=6), st.integers(1, 10))
def test_shown_parts_are_near_and_add_up_to_the_shown_sum(shares, unit):
    parts = whole_parts(shares, unit)
    assert sum(parts) == unit * round(sum(shares) / unit)
    assert all(part % unit == 0 for part in parts)
    assert all(abs(part - share) <= 2 * unit for part, share in zip(parts, shares, strict=True))


def test_a_third_each_is_shown_so_that_it_adds_up():
    assert whole_parts([Fraction(10, 3)] * 3) == [4, 3, 3] and whole_parts([Fraction(-10, 3)] * 3) == [-3, -3, -4]


def test_the_smallest_coalitions_that_turn_a_thing_are_named():
    assert turning({0: False, 1: True, 2: False, 3: True}, 2) == [1]
    assert turning({0: False, 1: False, 2: False, 3: True}, 2) == [3]
    assert turning({0: True, 1: False, 2: False, 3: False}, 2) == [1, 2]
