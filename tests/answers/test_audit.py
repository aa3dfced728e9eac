"""A decided list against a scenario: breaches, distance, who was passed over and the ranking, each by hand."""

import csv
import json
from itertools import combinations
from math import sqrt
from random import Random

import numpy as np
import openpyxl
import pytest
from pages import HOSTILE, Page
from small import KODE, MILIAR, candidates, line, scenario, usulan, write

from planner.answers.audit import audit, order_of
from planner.answers.ranking import Ranking, can_tell, ranking, spread
from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.base.paths import ACUAN
from planner.model.build_options import build_options
from planner.model.candidates import read_candidates
from planner.plan.allocate import allocate
from planner.scenario.toml_file import toml
from planner.tables.decided import read_decided
from planner.views import audit as views


@pytest.fixture(autouse=True)
def indonesian():
    with speaking("id"):
        yield


@pytest.fixture
def listed(tmp_path):
    """A list as a file: its header, then rows."""

    def made(*rows, header="kode,usulan_id,menu,amount_rp"):
        file = tmp_path / "daftar.csv"
        file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return file

    return made


# Score = kemiskinan: A 40, B 30, C 20, D 10. In miliar: A 6, B 4, C 4, D 6; nilai 5, 4, 3, 1.
FOUR = [
    usulan("A", 6 * MILIAR, 5, kode="53.02"), usulan("B", 4 * MILIAR, 4, kode="53.01"),
    usulan("C", 4 * MILIAR, 3, kode="11.02"), usulan("D", 6 * MILIAR, 1, kode="11.01"),
]  # fmt: skip
ABCD = candidates(*FOUR)
D, C = "11.01,D,,6000000000", "11.02,,pembangunan,4000000000"


# -- what the list is worth and breaks ---------------------------------------------------------------------------------


def test_the_distance_is_that_of_a_solve_by_hand(listed):
    # D + C cost 10 and bring 1 + 3 = 4; for 10 the best is A + B = 9, so the list has 5 less.
    found = audit(ABCD, scenario(20 * MILIAR), listed(D, C))
    point = found.best["goals"][0]["point"]
    best = allocate(ABCD, scenario(10 * MILIAR))

    assert found.best.content["funded"] == best.content["funded"]
    assert (found.money_rp, found.value * point, found.distance * point) == (10 * MILIAR, 4 * 10**6, 5 * 10**6)
    assert found.in_both == 0 and "jaraknya 5,00" in found.sentence()


def test_the_best_list_lies_at_no_distance(listed):
    found = audit(ABCD, scenario(20 * MILIAR), listed("53.02,A,,6000000000", "53.01,B,,4000000000"))
    assert (found.distance, found.in_both, found.passed, found.breaches) == (0, 2, (), ())


def test_a_rule_is_broken_by_so_many_rupiah_of_the_decided_amounts(listed):
    # Half of the list's 11 miliar is 5.5; Sumatera has 7 (D, which costs 6) + 4 = 11, so 5.5 too much.
    half = [{"rule": "SpendBand", "by": "pulau", "max_share": 0.5, "of": "budget", "law": "asumsi"}]
    found = audit(ABCD, scenario(20 * MILIAR, half), listed("11.01,D,,7000000000", C))
    (breach,) = found.breaches

    assert (breach.rule, breach.group, breach.by) == (0, "Sumatera", 5_500_000_000)
    assert breach.by_text["id"] == "sebesar Rp 5.500.000.000"
    assert found.decided_rp == 11 * MILIAR and found.money_rp == 10 * MILIAR
    assert "Rp 1 miliar lebih dan Rp 0 kurang" in found.sentence()


def test_a_share_of_what_is_spent_is_missed_by_rupiah_of_the_group(listed):
    # At least 30 % of the 10 miliar to NTT, which has nothing: 3 miliar too little.
    floor = [{"rule": "SpendBand", "by": "provinsi", "where": {"provinsi": "NTT"}, "min_share": 0.3}]
    (breach,) = audit(ABCD, scenario(20 * MILIAR, floor), listed(D, C)).breaches
    assert breach.by_text["id"] == "sebesar Rp 3.000.000.000"


def test_what_a_gate_takes_out_is_named_with_its_reason_and_not_weighed(listed):
    table = candidates(*FOUR[:3], usulan("D", 6 * MILIAR, 1, kode="11.01", ikm_komitmen=4))
    found = audit(table, scenario(20 * MILIAR, [{"rule": "MinimumIKM", "min": 5}]), listed(D, C))
    (breach,) = found.breaches
    assert breach.group == "D" and "4" in breach.by_text["id"]
    assert [row.state for row in found.rows] == ["gated", "weighed"] and found.money_rp == 4 * MILIAR


def test_two_usulan_of_one_kabupaten_are_one_too_many(listed):
    table = candidates(*FOUR, usulan("E", 4 * MILIAR, 2, kode="11.02", menu="revitalisasi"))
    once = [{"rule": "MaxPerKabupaten", "max": 1}]
    found = audit(table, scenario(20 * MILIAR, once), listed(C, "11.02,,revitalisasi,4000000000"))
    assert [(one.group, one.by) for one in found.breaches] == [("11.02", 1)]


@pytest.mark.parametrize(
    ("amount", "cost"), [("", 6), ("9000000000", 6), ("4500000000", 4), ("1000000000", 3), ("3000000000", 3)]
)
def test_an_amount_is_the_largest_volume_that_it_pays_for(listed, amount, cost):
    # One miliar a unit, 3 to 6 units: nothing given and too much are all of it, too little is the least.
    table = candidates(usulan("A", lines=[line(MILIAR, 6, 3)]), usulan("B", 4 * MILIAR, kode="53.01"))
    found = audit(table, scenario(20 * MILIAR), listed(f"11.01,A,,{amount}"))
    assert found.money_rp == cost * MILIAR and found.distance >= 0


def test_money_for_which_no_plan_keeps_the_rules_has_no_distance(listed):
    floor = [{"rule": "SpendBand", "where": {"provinsi": "NTT"}, "min_rp": 8 * MILIAR}]
    found = audit(ABCD, scenario(20 * MILIAR, floor), listed(D))
    assert found.distance is None and "tidak ada rencana" in found.worth()


@pytest.mark.parametrize("seed", range(20))
def test_no_list_within_the_rules_is_worth_more_than_the_best(seed, listed):
    # Six usulan of 1 to 9 miliar without a rule: the best of the same money by trying all 64 choices.
    random = Random(seed)
    costs, values = ([random.randint(1, 9) for _ in range(6)] for _ in range(2))
    rows = [usulan(f"U{k}", costs[k] * MILIAR, values[k], kode=KODE[k]) for k in range(6)]
    chosen = random.sample(range(6), 3)
    found = audit(
        candidates(*rows), scenario(60 * MILIAR), listed(*(f"{KODE[k]},U{k},,{costs[k]}000000000" for k in chosen))
    )

    money, worth = sum(costs[k] for k in chosen), sum(values[k] for k in chosen)
    every = [group for size in range(7) for group in combinations(range(6), size)]
    best = max(sum(values[k] for k in group) for group in every if sum(costs[k] for k in group) <= money)
    assert found.distance * found.best["goals"][0]["point"] == (best - worth) * 10**6


def test_a_notebook_shows_it_in_tables(listed):
    # Half of 10 is 5: Sumatera has 5 too much, and A's 6 for D would be too much in NTT, so only B was passed over.
    half = [{"rule": "SpendBand", "by": "pulau", "max_share": 0.5, "of": "budget", "law": "asumsi"}]
    found = audit(ABCD, scenario(20 * MILIAR, half), listed(D, C))
    assert "Rp 5.000.000.000" in Page(views.breaches(found)).text
    assert "(1 dari 1)" in Page(views.passed_over(found)).text and "30,00" in Page(views.passed_over(found)).text
    assert "jaraknya 3,00" in Page(views.first_screen(found)).text  # B + C is the best within the rule: 7 against 4


# -- who was passed over -----------------------------------------------------------------------------------------------


def test_who_was_passed_over_for_whom(listed):
    # For D's 6 miliar A (6) or B (4), for C's 4 only B; A has no lower-scored place but D's, B has both.
    found = audit(ABCD, scenario(20 * MILIAR), listed(D, C))
    assert [(one.usulan_id, one.instead, one.count) for one in found.passed] == [("A", "D", 1), ("B", "D", 2)]


def test_a_rule_explains_who_was_passed_over(listed):
    none = [{"rule": "CountBand", "by": "provinsi", "where": {"provinsi": "NTT"}, "max": 0}]
    assert audit(ABCD, scenario(20 * MILIAR, none), listed(D, C)).passed == ()


def test_another_menu_is_no_reason(listed):
    table = candidates(*FOUR[2:], usulan("R", 4 * MILIAR, 9, kode="53.02", menu="revitalisasi"))
    assert audit(table, scenario(20 * MILIAR), listed(D, C)).passed == ()


# -- the ranking and its gate ------------------------------------------------------------------------------------------


def test_the_auc_of_six_rows_by_hand():
    # 30 beats 20, 10, 5 of four (3), 20 beats 10, 5 and ties with 20 (2.5): 5.5 of 8 pairs.
    found = ranking(np.array([30, 20]), np.array([40, 20, 10, 5]))
    # DeLong: wins 0.75, 0.625; losses 0, 0.75, 1, 1; variance 0.0078125 / 2 + 0.2239583 / 4.
    half = 1.959964 * sqrt(0.0078125 / 2 + 0.22395833 / 4)
    assert found.auc == 0.6875
    assert (found.low, found.high) == (pytest.approx(0.6875 - half, abs=1e-6), 1.0)


def test_the_standard_error_of_drawing_lots_is_that_of_the_rank_sum():
    # Hanley and McNeil at 0.5: (m + n + 1) / (12 m n).
    assert spread(0.5, 27, 481) ** 2 == pytest.approx(509 / (12 * 27 * 481))


def test_the_gate_by_hand():
    # 79 of 508: 1.95996 x 0.035377 + 0.84162 x 0.036076 = 0.0997; 78: 1.95996 x 0.035562 + 0.84162 x 0.036273 = 0.1002.
    assert can_tell(79, 429) and not can_tell(78, 430)
    assert Ranking(27, 481, 0.43, 0.32, 0.54).needed == 79


def test_below_the_gate_no_reading_is_offered_however_high_the_auc():
    few = Ranking(27, 481, 0.9, 0.8, 1.0)
    assert not few.concludes and "tidak ada yang dapat disimpulkan" in few.sentence() and "79" in few.sentence()
    assert not any(word in few.sentence() for word in ("lebih baik", "lebih buruk"))
    assert Ranking(3, 3, 0.9, 0.8, 1.0).reading == "never"


@pytest.mark.parametrize(
    ("auc", "low", "high", "reading"),
    [(0.6, 0.52, 0.68, "above"), (0.4, 0.32, 0.48, "below"), (0.5, 0.4, 0.6, "chance")],
)
def test_above_the_gate_the_interval_decides(auc, low, high, reading):
    assert Ranking(100, 400, auc, low, high).reading == reading


def test_a_list_of_all_or_nobody_ranks_nothing(listed):
    assert ranking(np.array([1, 2]), np.array([], dtype=int)).sentence().startswith("Urutan skor tidak dapat dinilai")


# -- the recipients that the press knows -------------------------------------------------------------------------------

PRESS = views.PRESS


def rows_of(file):
    with file.open(encoding="utf-8") as text:
        return list(csv.DictReader(text))


def test_the_press_list_has_every_region_of_the_cases_that_was_given_money():
    cases = [row for row in rows_of(ACUAN / "kasus.csv") if row["jenis_jumlah"] != "diusulkan"]
    assert [row["kode"] for row in rows_of(PRESS)] == sorted({row["kode"] for row in cases})
    for row in rows_of(PRESS):
        mine = [case for case in cases if case["kode"] == row["kode"]]
        assert row["sumber"].split()[1:] == [case["kasus_id"] for case in mine]
        assert row["menu"] in {case["menu"] for case in mine} | {"tidak_diketahui"}


def test_27_recipients_say_nothing_of_a_score():
    # Poverty, the list of 2020 and unemployment, as the default weighed them before: 0.43 (0.32 to 0.54), and no more.
    weights = dict.fromkeys(("kemiskinan", "tertinggal", "pengangguran"), 1)
    asked = scenario(395 * MILIAR, candidates="model", data=None, weights=weights)
    table = read_candidates(asked)
    found = order_of(read_decided(PRESS, table.usulan, 395 * MILIAR), build_options(table, asked).every)

    assert (found.chosen, found.others, found.needed) == (27, 481, 79)
    assert (round(found.auc, 2), round(found.low, 2), round(found.high, 2)) == (0.43, 0.32, 0.54)
    assert found.reading == "short"


# -- reading -----------------------------------------------------------------------------------------------------------


def test_everything_wrong_with_a_list_is_told_at_once(listed):
    file = listed(
        "99.99,,pembangunan,1000000000", "11.02,,pembangunan,1000000000", "11.02,,pembangunan,1000000000",
        "53.01,,,1000000000", "53.02,X,,1000000000", "53.02,D,,1000000000", "53.02,A,,21000000000", "11.01,D,apa,1",
        "31.71,,pembangunan,1000000000", "53.01,B,,0",
    )  # fmt: skip
    with pytest.raises(PlannerError) as caught:
        audit(ABCD, scenario(20 * MILIAR), file)
    told = caught.value.problems
    for row, words in {
        2: "99.99", 4: "sudah ada di baris 3", 5: "isi menu atau usulan_id", 6: "'X' tidak ada",
        7: "berada di kode 11.01", 8: "melebihi pagu", 9: "harus pembangunan, revitalisasi", 10: "DKI Jakarta",
        11: "bukan keputusan mendanai",
    }.items():  # fmt: skip
        assert any(f"baris {row}," in line and words in line for line in told), (row, told)


def test_a_sum_above_the_pagu_and_a_kabupaten_of_two_usulan_are_told(listed):
    table = candidates(*FOUR, usulan("E", 4 * MILIAR, 2, kode="11.02"))
    with pytest.raises(PlannerError) as caught:
        audit(table, scenario(9 * MILIAR), listed(D, C))
    assert "melebihi pagu Rp 9.000.000.000" in str(caught.value) and "'C', 'E'" in str(caught.value)


def test_one_usulan_named_in_two_ways_is_one_decision_twice(listed):
    with pytest.raises(PlannerError, match=r"baris 3.*sudah ada di baris 2"):
        audit(ABCD, scenario(20 * MILIAR), listed("11.02,C,,4000000000", C))


@pytest.mark.parametrize("nasty", HOSTILE)
def test_hostile_cells_are_told_in_one_short_line_each(tmp_path, nasty):
    with (tmp_path / "daftar.csv").open("w", encoding="utf-8", newline="") as text:
        rows = [["kode", "usulan_id", "menu", "amount_rp"], [nasty, "", "pembangunan", 1], ["11.01", nasty, "", nasty]]
        csv.writer(text).writerows(rows)
    with pytest.raises(PlannerError) as caught:
        audit(ABCD, scenario(20 * MILIAR), tmp_path / "daftar.csv")
    assert all(len(told) < 1000 and "\n" not in told and "\x1b" not in told for told in caught.value.problems)


def test_amounts_under_another_name_are_missed_and_not_taken_for_unknown(listed):
    with pytest.raises(PlannerError, match="amount_rp"):
        audit(ABCD, scenario(20 * MILIAR), listed("11.01,D,6000000000", header="kode,usulan_id,jumlah_rp"))


def test_a_workbook_is_read_as_well(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["kode", "menu", "amount_rp"],
        ["11.01", "pembangunan", 6 * MILIAR],
        ["53.02", "tidak_diketahui", None],
    ):
        book.active.append(row)
    book.save(tmp_path / "daftar.xlsx")
    found = audit(ABCD, scenario(20 * MILIAR), tmp_path / "daftar.xlsx")
    assert [(row.usulan_id, row.state) for row in found.rows] == [("D", "weighed"), (None, "no_menu")]
    assert found.ranking.chosen == 2 and "menunya tidak diketahui" in found.sentence()


def test_the_command_tells_it_in_words_and_for_machines(tmp_path, monkeypatch, planner, listed):
    rows = [one | {"lines": [line(one["lines"][0]["harga_satuan_rp"], komponen="gedung_produksi")]} for one in FOUR]
    write(tmp_path / "data", *rows)
    (tmp_path / "uji.toml").write_text(toml(scenario(20 * MILIAR, data="data")), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    status, out, _ = planner("audit", "uji.toml", listed(D, C))
    assert status == 0 and "jaraknya 5,00" in out and "Tidak ada yang dapat disimpulkan" in out
    status, out, _ = planner("audit", "uji.toml", listed(D, C), "--json")
    answer = json.loads(out)
    assert status == 0 and answer["distance"] * answer["point"] == 5 * 10**6
    assert [one["usulan_id"] for one in answer["passed_over"]] == ["A", "B"]
    assert answer["sentence"]["en"].startswith("The list has 2 rows")
    assert planner("audit", "uji.toml", "tidak-ada.csv")[0] == 1
