"""Where an usulan stands, without solving: names, money, the weakest winner beside it, the budgets that were solved."""

import pytest
from small import candidates, scenario, usulan

from planner.answers.open_plan import case_of
from planner.answers.standing import Budget, Standing, entering, staying
from planner.base.messages import speaking
from planner.plan.allocate import allocate


@pytest.fixture(autouse=True)
def indonesian():
    with speaking("id"):
        yield


def standing(table, wanted):
    """What to ask of the plan of a question: the standing of an usulan."""
    register = case_of(allocate(table, wanted), table).register
    return lambda name: Standing(register, name)


def budgets(*inside: bool, proven: bool = True) -> list[Budget]:
    """Budgets of Rp 1, 2, 3, ..., at each of which an usulan is in or not."""
    return [Budget(n, one, proven) for n, one in enumerate(inside, start=1)]


def test_the_rival_is_the_winner_of_the_same_menu_with_the_lowest_worth_per_rupiah():
    # Per rupiah A 1, B 2, C 0.5, of another menu R 0.25; Rp 12 buys A, B and R. Of C's menu A is the weakest winner.
    rows = [usulan("A", 4, 4), usulan("B", 4, 8), usulan("C", 4, 2), usulan("R", 4, 1, menu="revitalisasi")]
    table = candidates(*rows)
    stands = standing(table, scenario(12, [{"rule": "Lock", "state": "in", "usulan": ["R"], "law": "rapat"}]))
    assert {name: stands(name).rival and stands(name).rival.usulan_id for name in "ABCR"} == {
        "A": "C", "B": "A", "C": "A", "R": None,
    }  # fmt: skip
    (only,) = stands("C").compared
    assert (only.name, only.own, only.rival, only.most) == ("ratio", *map(pytest.approx, (0.5e9, 1e9, 1e9)))
    assert stands("R").because() == "Dikunci masuk oleh skenario; dasarnya: rapat."
    assert stands("C").verdict() == "Aceh Selatan 'C' (pembangunan, Rp 4, 10 IKM) tidak terpilih."


def test_an_equal_usulan_names_whom_it_could_change_places_with():
    stands = standing(candidates(usulan("A", 6, 5), usulan("B", 6, 5)), scenario(6))
    loser = "A" if stands("B").funded else "B"
    (winner,) = {"A", "B"} - {loser}
    assert f"dapat bertukar dengan Aceh Selatan '{winner}' (" in stands(loser).because()


def test_an_usulan_whose_ikm_nobody_knows_says_so():
    stands = standing(candidates(usulan("A", 6, 5, ikm=None)), scenario(6))
    assert stands("A").who.sentence() == "Aceh Selatan 'A' (pembangunan, Rp 6, IKM tidak diketahui)"


def test_the_first_budget_of_those_solved_is_said_and_no_more():
    assert entering(budgets(False, False, True, True), 1) == "pada pagu lebih besar yang dihitung, masuk mulai Rp 3"
    # in at 2 but not at 3: winning does not follow the budget one way
    assert "masuk pada Rp 2, tetapi tidak pada setiap pagu di atasnya" in entering(budgets(False, True, False), 1)
    # in at 1, below the plan's 2: nothing is said of the smaller ones
    assert (
        entering(budgets(True, False, False), 2)
        == "dengan angka yang sekarang tidak masuk pada satu pun pagu lebih besar yang dihitung, sampai Rp 3"
    )
    assert entering(budgets(True, False), 2) == ""
    assert entering(budgets(False, True, proven=False), 1).endswith("belum terbukti)")


def test_a_winner_is_said_to_stay_as_far_down_as_was_solved_without_a_break():
    assert (
        staying(budgets(True, False, True, True), 5) == "pada pagu yang dihitung, tetap terpilih sampai turun ke Rp 3"
    )
    assert staying(budgets(True, False), 3) == "pada pagu terdekat di bawahnya yang dihitung, Rp 2, tidak lagi"
    assert staying(budgets(True), 1) == ""


def capped(ratios: dict[str, int], max_rp: int = 10):
    """Usulan of Rp 6 each and what they bring: those named with A are of Aceh, which may have Rp ``max_rp`` of 30."""
    rows = [usulan(name, 6, nilai, kode="11.01" if name[0] == "A" else "53.01") for name, nilai in ratios.items()]
    cap = {"rule": "SpendBand", "by": "provinsi", "max_rp": max_rp, "where": {"provinsi": "Aceh"}, "law": "Perda 3"}
    return standing(candidates(*rows), scenario(30, [cap]))


def test_who_is_held_out_by_the_limit_of_a_group_is_set_beside_the_weakest_of_that_group():
    # Aceh has room for one: A1. The country's weakest is N, below A2 and A1; of Aceh it is A1, whom A2 must replace.
    stands = capped({"A1": 9, "A2": 6, "N": 3})
    assert (stands("N").funded, stands("A2").funded, stands("A2").rival.usulan_id) == (True, False, "A1")
    said = stands("A2").because()
    assert "(1.000.000.000,00) di atas terpilih terlemah pada menunya secara nasional (500.000.000,00)" in said
    assert "Aceh sudah memakai Rp 6 dari batas Rp 10: sisa Rp 4, sedangkan biaya Aceh Selatan 'A2' Rp 6" in said
    assert "yang terlemah pada menunya di Aceh: Aceh Selatan 'A1'" in said and said.endswith("dasarnya: Perda 3.")
    assert stands("A2").compared[-1].rival == pytest.approx(1.5e9)


def test_the_nearest_beside_the_weakest_winner_is_none_that_a_rule_keeps_out():
    # A2 would bring more than N, the weakest winner, but Aceh is full: nobody else stands beside N.
    assert capped({"A1": 9, "A2": 6, "N": 3})("N").rival is None


def test_a_group_full_by_number_says_no_money():
    cap = {"rule": "CountBand", "by": "menu", "max": 1, "law": "asumsi"}
    stands = standing(candidates(usulan("A", 4, 8), usulan("B", 4, 4)), scenario(12, [cap]))
    assert "pembangunan sudah mencapai batasnya. Untuk masuk" in stands("B").because()
    assert stands("B").rival.usulan_id == "A" and stands("B").because().endswith("dasarnya: asumsi skenario.")
