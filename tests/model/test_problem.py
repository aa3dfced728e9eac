"""Options + rules + goals as named columns and rows."""

import numpy as np
import pytest
from small import MILIAR, candidates, line, scenario, usulan

from planner.base.errors import PlannerError
from planner.model.assembly import MONEY_SCALE
from planner.model.build_options import build_options
from planner.model.problem import compile_problem
from planner.scenario.rows import NO_LIMIT


def problem_of(table, asked):
    return compile_problem(build_options(table, asked), asked)


@pytest.fixture
def trimmed():
    # A: always 6, one line of 2 x (1..3) to trim, one support line of 1 to leave out. B: 4.
    lines = [line(6), line(2, 3, 1, name="2"), line(1, 1, None, "tidak", "penunjang", "3")]
    return candidates(usulan("B", 4), usulan("A", lines=lines))


def test_columns_are_fund_then_on_then_qty_in_key_order(trimmed):
    problem = problem_of(trimmed, scenario(10))
    assert problem.column_names == ["fund:A:2028", "fund:B:2028", "on:A:2028:3", "qty:A:2028:2"]
    assert problem.upper.tolist() == [1, 1, 1, 3]


def test_columns_are_cut_by_name_and_know_their_option_and_line(trimmed):
    columns = problem_of(trimmed, scenario(10)).columns
    assert (columns.fund, columns.on, columns.qty) == (slice(0, 2), slice(2, 3), slice(3, 4))
    assert columns.option.tolist() == [0, 1, 0, 0] and columns.upper.tolist() == [1, 1, 1, 3]
    # A's lines: always in with A, trimmed in its own column, left out by its own; B's is in with B.
    assert columns.line_on.tolist() == [0, 0, 2, 1] and columns.line_qty.tolist() == [0, 3, 2, 1]
    assert [columns.at(line, 2) for line in range(4)] == [[], [(3, 2)], [(2, 1)], []]
    assert columns.at(2, 0) == [(2, 0)]


def test_every_row_has_a_name_with_its_rule_number_and_group(trimmed):
    rules = [{"rule": "MaxPerKabupaten"}, {"rule": "SpendBand", "by": "menu", "max_share": 0.5}]
    assert problem_of(trimmed, scenario(10, rules)).row_names == [
        "Pagu:2028", "Rincian:0:3:on", "Rincian:0:2:maks", "Rincian:0:2:min",
        "MaxPerKabupaten:0:11.01:2028", "SpendBand:1:pembangunan:2028:max_share",
    ]  # fmt: skip


def test_the_pagu_row_is_the_money_in_whole_rupiah(trimmed):
    problem = problem_of(trimmed, scenario(10))
    # fund A 6, fund B 4, the support line 1, each unit of the trimmed line 2
    assert problem.matrix[[0]].toarray()[0].tolist() == [6, 4, 1, 2]
    assert (problem.row_lower[0], problem.row_upper[0]) == (-NO_LIMIT, 10)


@pytest.mark.parametrize(
    ("x", "broken"),
    [
        ([1, 0, 1, 1], []),  # 6 + 1 + 2 = 9
        ([1, 0, 1, 2], [("Pagu:2028", 1)]),  # 11 of 10
        ([1, 0, 0, 0], [("Rincian:0:2:min", -1)]),  # the mandatory line has at least one unit
        ([0, 1, 1, 0], [("Rincian:0:3:on", 1)]),  # a line of an usulan that is not funded
        ([0, 1, 0, 1], [("Rincian:0:2:maks", 1)]),
        ([0, 1, 0, 0], []),
    ],
)
def test_a_choice_is_checked_in_whole_numbers(trimmed, x, broken):
    problem = problem_of(trimmed, scenario(10))
    assert [(problem.row_names[row], by) for row, by in problem.broken(np.array(x))] == broken


def test_decisions_are_money_and_units(trimmed):
    decisions = problem_of(trimmed, scenario(20)).decisions(np.array([1, 1, 0, 2]))
    assert decisions.fund.tolist() == [1, 1]
    assert decisions.amount.tolist() == [6 + 2 * 2, 4]
    assert decisions.qty.tolist() == [1, 2, 0, 1]  # A's lines 1, 2, 3, then B's


def test_a_share_becomes_a_row_of_integers():
    # at most 1/3 written 0.333: 1000 x a(A) - 333 x (a(A) + a(B))
    table = candidates(usulan("A", 6), usulan("B", 4, menu="revitalisasi"))
    rule = {"rule": "SpendBand", "where": {"menu": "pembangunan"}, "max_share": 0.333}
    problem = problem_of(table, scenario(10, [rule]))
    assert problem.matrix[[-1]].toarray()[0].tolist() == [6 * (1000 - 333), -4 * 333]
    assert problem.row_upper[-1] == 0


def test_money_reaches_a_solver_in_juta():
    problem = problem_of(candidates(usulan("A", 6 * MILIAR)), scenario())
    assert problem.row_scale.tolist() == [MONEY_SCALE]


def test_each_usulan_is_funded_at_most_once_over_the_years():
    problem = problem_of(candidates(usulan("A", 6), usulan("B", 4, ta=2029)), scenario({2028: 10, 2029: 10}))
    assert problem.column_names == ["fund:A:2028", "fund:A:2029", "fund:B:2029"]
    once = problem.row_names.index("Sekali:A")
    assert problem.matrix[[once]].toarray()[0].tolist() == [1, 1, 0]
    assert problem.row_upper[once] == 1


def test_the_order_of_the_tables_cannot_matter(trimmed):
    turned = candidates(*reversed([usulan("B", 4), usulan("A", 6)]))
    straight = candidates(usulan("B", 4), usulan("A", 6))
    one, other = (problem_of(t, scenario(10, [{"rule": "MaxPerKabupaten"}])) for t in (turned, straight))
    assert one.column_names == other.column_names
    assert (one.matrix.toarray() == other.matrix.toarray()).all()


def test_every_problem_of_every_rule_is_told_at_once(trimmed):
    rules = [
        {"rule": "CountBand", "by": "x1", "max": 1},
        {"rule": "TotalBand", "column": "x2", "max": 1},
        {"rule": "Lock", "state": "in", "usulan": ["A"]},
        {"rule": "Lock", "state": "out", "usulan": ["A"]},
    ]
    with pytest.raises(PlannerError) as caught:
        problem_of(trimmed, scenario(10, rules))
    assert [text[:8] for text in caught.value.problems[:2]] == ["rules[0]", "rules[1]"]
    assert "rules[2]" in caught.value.problems[2]


def test_numbers_too_large_to_be_exact_are_an_error():
    # a share with 12 decimals times 10^15 rupiah leaves int64
    table = candidates(usulan("A", 10**15), usulan("B", 10**15))
    with pytest.raises(PlannerError):
        problem_of(table, scenario(10**15, [{"rule": "SpendBand", "by": "menu", "max_share": 0.123456789012}]))


@pytest.mark.parametrize("share", [0.5, 0.123456, 0.123456789012, 0.123456789012345, 0.000000000000001])
@pytest.mark.parametrize("cost", [2**40, 2**49, 10**15 - 1])
def test_a_share_row_is_exact_or_refused_never_wrapped_around(share, cost):
    from fractions import Fraction

    table = candidates(usulan("A", cost), usulan("B", cost, menu="revitalisasi"))
    rule = {"rule": "SpendBand", "where": {"menu": "pembangunan"}, "max_share": share}
    p, q = Fraction(str(share)).as_integer_ratio()
    try:
        row = problem_of(table, scenario(10**15, [rule])).matrix[[-1]].toarray()[0].tolist()
    except PlannerError:
        assert cost * q > 2**53  # nothing near a planner's numbers is refused
        return
    assert row == [cost * (q - p), -cost * p]


def test_a_share_row_of_a_column_is_exact_or_refused_never_wrapped_around():
    # 2^50 units times the denominator 10^15 is beyond 64 bits.
    table = candidates(usulan("A", 1, besar=2**50), usulan("B", 1, besar=2**50, menu="revitalisasi"))
    rule = {"rule": "TotalBand", "column": "besar", "where": {"menu": "pembangunan"}, "max_share": 0.123456789012345}
    with pytest.raises(PlannerError):
        problem_of(table, scenario(10, [rule]))


def test_an_usulan_above_a_thousand_triliun_is_an_error():
    with pytest.raises(PlannerError, match=r"1\.000 triliun"):
        build_options(candidates(usulan("A", lines=[line(10**15, 2)])), scenario())


def test_smallest_and_full_volumes_of_an_option(trimmed):
    problem = problem_of(trimmed, scenario(20))
    assert problem.smallest.toarray()[0].tolist() == [1, 0, 0, 1]
    assert problem.full.toarray()[0].tolist() == [1, 0, 1, 3]
