"""Whole volumes for a decided amount: by a pencil, and against every choice of volumes."""

import random
from itertools import product

import pytest

from planner.answers import volume_repair
from planner.answers.volume_repair import Item, best_raise, changed, cheapest_cut, within_share

FREE = (1, 1)  # support may be anything


def test_the_cut_takes_off_the_least_rupiah_then_the_fewest_units():
    # 3 x 5 + 4 x 2 + 2 x 3 = 29 for 24: 5 must go, by one unit of 5, or 2 + 3: the first is fewer units.
    items = [Item("A", 5, 3, 1, 3), Item("A", 2, 4, 1, 4), Item("A", 3, 2, 1, 2)]
    found = cheapest_cut(items, {"A": 24}, FREE)
    assert (found.volumes, found.moved_rp, found.proven) == ((2, 4, 2), 5, True)


def test_a_mandatory_line_stays_and_an_optional_one_may_go_whole():
    items = [Item("A", 10, 1, 1, 1), Item("A", 4, 2, 2, 2, optional=True)]
    assert cheapest_cut(items, {"A": 17}, FREE).volumes == (1, 0)
    assert cheapest_cut(items, {"A": 9}, FREE) == volume_repair.Repair()  # 10 must stay: surely none


def test_each_usulan_keeps_within_its_own_amount():
    items = [Item("A", 5, 2, 1, 2), Item("B", 5, 2, 1, 2)]
    assert cheapest_cut(items, {"A": 10, "B": 5}, FREE).volumes == (2, 1)


def test_support_is_cut_to_its_share_of_all():
    # 2 x 3 of 6 + 54 = 10 %: at 5 % one unit of 3 of 57 is 5,3 %, so both go.
    items = [Item("A", 54, 1, 1, 1), Item("A", 3, 2, 1, 2, optional=True, support=True)]
    assert cheapest_cut(items, {"A": 100}, (1, 20)).volumes == (1, 0)


def test_what_is_left_is_used_by_whole_units_up_to_those_asked_for():
    # 7 are left: 5 + 2 fit exactly, three units of 2 give 6.
    items = [Item("A", 5, 1, 1, 2), Item("A", 2, 1, 1, 5)]
    found = best_raise(items, {"A": 14}, FREE)
    assert (found.volumes, found.moved_rp) == ((2, 2), 7)


def test_an_unfinished_search_does_not_say_that_it_is_proven(monkeypatch):
    monkeypatch.setattr(volume_repair, "MOST_STEPS", 3)
    assert not cheapest_cut([Item("A", 7, 10, 1, 10), Item("A", 3, 10, 1, 10)], {"A": 50}, FREE).proven
    monkeypatch.setattr(volume_repair, "MOST_LINES", 1)
    assert not cheapest_cut([Item("A", 7, 1, 1, 1), Item("A", 3, 1, 1, 1)], {"A": 1}, FREE).proven


def test_a_line_of_a_million_million_units_ends():
    assert cheapest_cut([Item("A", 1, 10**12, 1, 10**12)], {"A": 5}, FREE).proven in (True, False)


def everything(items, decided, share, cut):
    """The best (moved, units) of all choices, or None."""
    found = []
    for volumes in product(*(range(one.high + 1) for one in items)):
        pairs = list(zip(items, volumes, strict=True))
        if any(v != o.volume and not (o.low <= v <= o.high or (v == 0 and o.optional)) for o, v in pairs):
            continue
        if any(v > o.volume if cut else v < o.volume for o, v in pairs):
            continue
        if any(not cut and v > o.volume and o.volume < o.low and not o.optional for o, v in pairs):
            continue
        spent = {name: sum(o.price_rp * v for o, v in pairs if o.group == name) for name in decided}
        if all(spent[name] <= decided[name] for name in decided) and within_share(items, volumes, share):
            moved = sum(o.price_rp * abs(v - o.volume) for o, v in pairs)
            found.append((moved if cut else -moved, sum(abs(v - o.volume) for o, v in pairs)))
    return min(found, default=None)


@pytest.mark.parametrize("seed", range(150))
def test_no_choice_of_volumes_is_cheaper(seed):
    draw = random.Random(seed)
    items = []
    for _ in range(draw.randint(1, 5)):
        high = draw.randint(1, 3)
        low, optional = draw.randint(1, high), draw.random() < 0.4
        volume = draw.choice([*range(low, high + 1), *([0] if optional else [])])
        items.append(Item(draw.choice("AB"), draw.randint(1, 9), volume, low, high, optional, draw.random() < 0.3))
    cut, share = draw.random() < 0.5, draw.choice([FREE, (1, 5), (1, 2)])
    names = sorted({one.group for one in items})
    cost = {name: sum(o.price_rp * o.volume for o in items if o.group == name) for name in names}
    decided = {name: max(0, cost[name] + (draw.randint(-8, 2) if cut else draw.randint(0, 15))) for name in names}
    found = (cheapest_cut if cut else best_raise)(items, decided, share)
    wanted = everything(items, decided, share, cut)
    assert found.proven
    if wanted is None:
        assert found.volumes == ()
    else:
        units = sum(abs(after - before) for _, before, after in changed(items, found))
        assert (found.moved_rp, units) == (abs(wanted[0]), wanted[1])
        assert within_share(items, found.volumes, share)
