"""A problem, options, a scenario, a plan and a frontier to look at: what a prompt shows of them, by hand."""

from datetime import date

import pytest
from small import MILIAR, candidates, line, scenario, usulan

from planner.answers.frontier import frontier
from planner.answers.monitor import monitor
from planner.base.errors import PlannerError
from planner.model.build_options import build_options
from planner.model.problem import compile_problem
from planner.plan.allocate import allocate

JUTA = 10**6


def problem_of(table, asked):
    return compile_problem(build_options(table, asked), asked)


@pytest.fixture
def trimmed():
    # A: always Rp 6 juta, 1 to 3 units of Rp 2,5 juta to trim, a line of Rp 1 juta to leave out. B: Rp 4 juta in NTT.
    lines = [line(6 * JUTA), line(5 * JUTA // 2, 3, 1, name="2"), line(JUTA, 1, None, "tidak", name="3")]
    return candidates(usulan("A", lines=lines), usulan("B", 4 * JUTA, kode="53.01"))


def test_a_row_is_algebra_in_juta_with_the_names_people_know(trimmed):
    rule = {"rule": "SpendBand", "by": "provinsi", "max_share": 0.5, "of": "budget"}
    rows = problem_of(trimmed, scenario(20_500_000, [rule])).rows
    assert rows["Pagu[2028]"] == "Pagu[2028]: +6 fund[A] +4 fund[B] +1 on[A, 3] +2.5 qty[A, 2] <= 20.5"
    assert rows["SpendBand[Aceh, 2028]"] == "SpendBand[Aceh, 2028]: +6 fund[A] +1 on[A, 3] +2.5 qty[A, 2] <= 10.25"
    assert rows["SpendBand[provinsi=NTT, 2028]"] == rows[-1] == "SpendBand[NTT, 2028]: +4 fund[B] <= 10.25"
    assert repr(rows["Pagu[2028]"]) == str(rows["Pagu[2028]"])  # no quotes at a prompt


def test_rows_of_lines_and_of_counts_are_whole_numbers(trimmed):
    rows = problem_of(trimmed, scenario(20 * JUTA, [{"rule": "CountBand", "min": 1, "max": 2}])).rows
    assert rows["Rincian[A, 3]"] == "Rincian[A, 3]: -1 fund[A] +1 on[A, 3] <= 0"
    # a mandatory line is in whenever A is: 1 to 3 units
    assert rows["Rincian[A, 2, maks]"] == "Rincian[A, 2, maks]: -3 fund[A] +1 qty[A, 2] <= 0"
    assert rows["Rincian[A, 2, min]"] == "Rincian[A, 2, min]: -1 fund[A] +1 qty[A, 2] >= 0"
    both = "+1 fund[A] +1 fund[B]"
    ends = [f"CountBand[semua, 2028, min]: {both} >= 1", f"CountBand[semua, 2028, max]: {both} <= 2"]
    assert [text for text in rows if text.startswith("CountBand")] == ends


def test_a_long_row_is_cut_with_how_many_more_and_two_rules_alike_have_their_numbers():
    table = candidates(*[usulan(f"U{i}", (1000 + i) * JUTA) for i in range(7)])
    rules = [{"rule": "CountBand", "max": 3}, {"rule": "CountBand", "max": 5}]
    rows = problem_of(table, scenario({2028: 5 * MILIAR, 2029: MILIAR}, rules)).rows
    terms = " ".join(f"+1 00{i} fund[U{i}, 2028]" for i in range(4))
    assert rows["Pagu[2028]"] == f"Pagu[2028]: {terms} + ... (3 more) <= 5 000"
    assert rows.titles[-4:] == [f"CountBand:{k}[semua, {ta}, max]" for k in (0, 1) for ta in (2028, 2029)]
    assert len(set(rows.titles)) == len(rows)


def test_a_wrong_name_gives_the_nearest_right_one(trimmed):
    rows = problem_of(trimmed, scenario(20 * JUTA)).rows
    with pytest.raises(PlannerError, match=r"'Pago\[2028\]'.*'Pagu\[2028\]'"):
        rows["Pago[2028]"]
    with pytest.raises(IndexError):
        rows[len(rows)]


def test_a_printed_problem_is_a_table_of_contents(trimmed):
    spread = {"rule": "EvenSpread", "need": "kemiskinan_pct", "max_share": 0.9}
    lock = {"rule": "Lock", "state": "out", "usulan": ["B"]}
    assert str(problem_of(trimmed, scenario(20 * JUTA, [lock, spread]))).splitlines() == [
        "Problem('kecil': 2 fund, 1 on, 1 qty; 5 rows; goals nilai), money in juta rupiah",
        "  Pagu[2028]: +6 fund[A] +4 fund[B] +1 on[A, 3] +2.5 qty[A, 2] <= 20",
        "  Rincian[A, 3]: -1 fund[A] +1 on[A, 3] <= 0   (2 more)",
        "  Lock[B]: +1 fund[B] <= 0",
        "  EvenSpread:1: measured, with helper columns",
    ]


def test_what_a_prompt_shows_is_one_line():
    table = candidates(usulan("A", 6 * MILIAR), usulan("B", 5 * MILIAR))
    asked = scenario(10 * MILIAR, [{"rule": "MaxPerKabupaten"}])
    assert repr(build_options(table, asked)) == "Options(2 for 2028, with 2 lines; 0 usulan gated)"
    assert repr(asked) == str(asked) == "Scenario('kecil': 2028 Rp 10 billion; goals nilai; rules: 1)"
    assert repr(allocate(table, asked)) == "Plan('kecil': 1 usulan, Rp 6 billion of Rp 10 billion, proven_optimal)"
    made = frontier(table, asked, low=1 * MILIAR, high=9 * MILIAR, points=3)  # at 1, 5 and 9: nobody, B, A
    assert repr(made) == "Frontier(nilai by budget: 3 points, 3 with a plan)"
    assert (
        repr(made.points[1].preview) == "Preview('kecil': 1 usulan, 1000000 of 1000000 points)"
    )  # B: 1, in points of 1e-6
    seen = monitor(table, date(2028, 1, 1))
    assert (repr(seen), repr(seen.rates)) == ("Monitoring(by 2028-01-01: 0 packages, 0 doubts)", "Pooled(strength=200)")
