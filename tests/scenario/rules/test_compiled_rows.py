"""The rows that each rule compiles to, as algebra to hold beside the formula in its docstring.

``label: coefficients and columns, sense, right side``. ``fund`` and ``on`` are 0 or 1, ``qty`` is in units; where an
usulan costs 6 rupiah and cannot be trimmed, the rupiah it is given are 6 fund.
"""

from dataclasses import replace

import numpy as np
import pytest
from phased import past, step
from small import KODE, candidates, line, scenario, usulan

from planner.model.build_options import build_options
from planner.model.problem import Problem, compile_problem
from planner.scenario.rows import NO_LIMIT
from planner.scenario.rules import RULES


def compiled(table, rule: dict, budget_rp=20) -> Problem:
    asked = scenario(budget_rp, [rule])
    return compile_problem(build_options(table, asked), asked)


def algebra(coefficients, columns) -> str:
    return " ".join(f"{value:+g} {column}" for value, column in zip(coefficients, columns, strict=True) if value)


def sense(low, high) -> str:
    if low == high:
        return f"= {low:g}"
    return f">= {low:g}" if high >= NO_LIMIT else f"<= {high:g}" if low <= -NO_LIMIT else f"in {low:g} .. {high:g}"


def rows(table, rule: dict, budget_rp=20) -> list[str]:
    """Every row of the rule."""
    problem = compiled(table, rule, budget_rp)
    several = len(problem.options.years) > 1
    columns = [name if several else name.replace(":2028", "") for name in problem.column_names]
    matrix, limits = problem.matrix.toarray(), (problem.row_lower, problem.row_upper)
    return [
        f"{problem.row_labels[row]}: {algebra(matrix[row], columns)} {sense(*(side[row] for side in limits))}"
        for row in np.flatnonzero(problem.row_rule == 0)
    ]


def lifted_rows(table, rule: dict, budget_rp=20) -> list[str]:
    """Every row of a lifted rule, over helper columns and decisions per option."""
    problem = compiled(table, rule, budget_rp)
    own, names = problem.lifts[0].lifted, problem.options.table["usulan_id"].tolist()
    found = []
    for row, label in enumerate(own.labels):
        sums: dict[str, float] = {}
        for term in own.terms:
            for over, coef in zip(term.over[term.row == row], term.coef[term.row == row], strict=True):
                column = own.helpers[over] if term.what == "helper" else f"{term.what}:{names[over]}"
                sums[column] = sums.get(column, 0) + float(coef)
        found.append(f"{label}: {algebra(sums.values(), sums)} {sense(own.lower[row], own.upper[row])}")
    return found


def left(table, rule: dict) -> list[str]:
    """Who is still an option once a gate has spoken; a gate compiles to no row."""
    assert rows(table, rule) == []
    return compiled(table, rule).options.table["usulan_id"].tolist()


@pytest.fixture
def abc():
    # A costs 6, B 4, C 5 rupiah; A and B are in Aceh, C in NTT; A builds, B and C revitalise.
    return candidates(
        usulan("A", 6, 3, kode="11.01"),
        usulan("B", 4, 2, kode="11.01", menu="revitalisasi"),
        usulan("C", 5, 1, kode="53.01", menu="revitalisasi"),
    )


def test_every_rule_stands_here():
    tests = [name for name in globals() if name.startswith("test_")]
    assert [rule for rule in RULES if not any(name.startswith(f"test_{rule}_") for name in tests)] == []


# Bands: q x (sum over the group) - p x (sum over all) for a share p/q


def test_SpendBand_bounds_the_rupiah_of_each_group(abc):
    assert rows(abc, {"rule": "SpendBand", "by": "provinsi", "min_rp": 3, "max_rp": 9}) == [
        "Aceh:2028:min_rp: +6 fund:A +4 fund:B >= 3",
        "NTT:2028:min_rp: +5 fund:C >= 3",
        "Aceh:2028:max_rp: +6 fund:A +4 fund:B <= 9",
        "NTT:2028:max_rp: +5 fund:C <= 9",
    ]


def test_SpendBand_of_what_is_spent_moves_with_it(abc):
    # 3/10: 10 x (4 B + 5 C) - 3 x (6 A + 4 B + 5 C)
    assert rows(abc, {"rule": "SpendBand", "where": {"menu": "revitalisasi"}, "min_share": 0.3}) == [
        "semua:2028:min_share: -18 fund:A +28 fund:B +35 fund:C >= 0"
    ]


def test_SpendBand_of_the_budget_is_a_whole_number_of_rupiah(abc):
    # 33 % of 20 is 6.6: a ceiling of 6, a floor of 7
    ceiling = {"rule": "SpendBand", "by": "provinsi", "max_share": 0.33, "of": "budget"}
    assert rows(abc, ceiling) == [
        "Aceh:2028:max_share: +6 fund:A +4 fund:B <= 6",
        "NTT:2028:max_share: +5 fund:C <= 6",
    ]
    assert rows(abc, {"rule": "SpendBand", "min_share": 0.33, "of": "budget"}) == [
        "semua:2028:min_share: +6 fund:A +4 fund:B +5 fund:C >= 7"
    ]


def test_CountBand_counts_winners(abc):
    # 1/2: 2 x (its own) - 1 x (all)
    assert rows(abc, {"rule": "CountBand", "by": "menu", "min": 1, "max_share": 0.5}) == [
        "pembangunan:2028:min: +1 fund:A >= 1",
        "revitalisasi:2028:min: +1 fund:B +1 fund:C >= 1",
        "pembangunan:2028:max_share: +1 fund:A -1 fund:B -1 fund:C <= 0",
        "revitalisasi:2028:max_share: -1 fund:A +1 fund:B +1 fund:C <= 0",
    ]


def test_TotalBand_adds_up_a_column(abc):
    # nilai is 3, 2, 1; 1/4: 4 x (its own) - 1 x (all)
    assert rows(abc, {"rule": "TotalBand", "column": "nilai", "by": "provinsi", "max": 4, "min_share": 0.25}) == [
        "Aceh:2028:max: +3 fund:A +2 fund:B <= 4",
        "NTT:2028:max: +1 fund:C <= 4",
        "Aceh:2028:min_share: +9 fund:A +6 fund:B -1 fund:C >= 0",
        "NTT:2028:min_share: -3 fund:A -2 fund:B +3 fund:C >= 0",
    ]


def test_TotalBand_of_a_column_with_decimals_is_multiplied_until_it_is_whole():
    table = candidates(usulan("A", 6, 0.5), usulan("B", 4, 2))
    assert rows(table, {"rule": "TotalBand", "column": "nilai", "max": 1.2}) == [  # 2 x 1.2 = 2.4
        "semua:2028:max: +1 fund:A +4 fund:B <= 2"
    ]


# Limits of a place, of an usulan, of a line


def test_MaxPerKabupaten_counts_in_each_year_by_itself(abc):
    assert rows(abc, {"rule": "MaxPerKabupaten", "max": 1}, {2028: 20, 2029: 20}) == [
        "11.01:2028: +1 fund:A:2028 +1 fund:B:2028 <= 1",
        "11.01:2029: +1 fund:A:2029 +1 fund:B:2029 <= 1",
        "53.01:2028: +1 fund:C:2028 <= 1",
        "53.01:2029: +1 fund:C:2029 <= 1",
    ]


def test_OnePerSentra_takes_an_usulan_without_sentra_for_one_of_its_own():
    table = candidates(usulan("A", 6, sentra_id="s"), usulan("B", 4, sentra_id="s"), usulan("C", 5, sentra_id=None))
    assert rows(table, {"rule": "OnePerSentra"}) == [
        "?C:2028: +1 fund:C <= 1",
        "s:2028: +1 fund:A +1 fund:B <= 1",
    ]


def test_KnownSentra_counts_revitalisations_of_all_years_against_the_sentra_of_a_province():
    # 3 + 1 sentra in Aceh, none counted in NTT; A is pembangunan and free
    table = candidates(
        usulan("A", 6), usulan("B", 4, menu="revitalisasi"), usulan("C", 4, menu="revitalisasi", kode="11.02"),
        usulan("D", 4, menu="revitalisasi", kode="53.01"), sentra_in={"11.01": 3, "11.02": 1},
    )  # fmt: skip
    assert rows(table, {"rule": "KnownSentra"}, {2028: 20, 2029: 20}) == [
        "Aceh:max: +1 fund:B:2028 +1 fund:B:2029 +1 fund:C:2028 +1 fund:C:2029 <= 4"
    ]
    assert rows(table, {"rule": "KnownSentra", "by": "kode"}) == [
        "11.01:max: +1 fund:B <= 3",
        "11.02:max: +1 fund:C <= 1",
    ]


def test_KnownSentra_has_one_row_for_provinces_that_are_counted_together():
    old = [usulan(name, 4, menu="revitalisasi", kode=kode) for name, kode in (("B", "11.01"), ("C", "53.01"))]
    table = candidates(*old, sentra_in={"11.01": 1, "53.01": 1})
    together = table.evidence.assign(total="11+53", total_sentra=1)
    assert rows(replace(table, evidence=together), {"rule": "KnownSentra"}) == [
        "Aceh, NTT:max: +1 fund:B +1 fund:C <= 1"
    ]


@pytest.fixture
def trimmed():
    # Line 1: 1 to 5 units at 2 rupiah; line 2, support, may be left out: 3 rupiah.
    extra = line(3, wajib="tidak", komponen="penunjang", name="2")
    return candidates(usulan("A", lines=[line(2, 5, 1, name="1"), extra]))


def test_KeepPrevious_counts_who_stays(abc):
    # Three were funded, X is gone, one may leave: two of A and B must stay.
    assert rows(abc, {"rule": "KeepPrevious", "usulan": ["A", "B", "X"], "max": 1}) == [
        "semua:max: +1 fund:A +1 fund:B >= 2"
    ]


def test_SupportShare_weighs_support_against_all_money_of_the_kabupaten(trimmed):
    # 1/20: 20 x 3 on2 - 1 x (2 qty1 + 3 on2)
    assert rows(trimmed, {"rule": "SupportShare"}) == ["11.01:2028: +57 on:A:2 -2 qty:A:1 <= 0"]


def test_Ticket_bounds_the_rupiah_of_who_is_funded(trimmed):
    assert rows(trimmed, {"rule": "Ticket", "min_rp": 4, "max_rp": 12}) == [
        "A:2028:min_rp: -4 fund:A +3 on:A:2 +2 qty:A:1 >= 0",
        "A:2028:max_rp: -12 fund:A +3 on:A:2 +2 qty:A:1 <= 0",
    ]


def test_AgreedVolume_fixes_a_line_of_who_is_funded(trimmed):
    assert rows(trimmed, {"rule": "AgreedVolume", "usulan": "A", "rincian": "1", "volume": 3}) == [
        "A:2028:1: -3 fund:A +1 qty:A:1 = 0"
    ]


def test_Lock_asks_for_one_usulan_of_each_name_or_for_none(abc):
    assert rows(abc, {"rule": "Lock", "state": "in", "usulan": ["C"], "kabupaten": ["11.01"]}) == [
        "C: +1 fund:C >= 1",
        "11.01: +1 fund:A +1 fund:B >= 1",
    ]
    assert rows(abc, {"rule": "Lock", "state": "out", "usulan": ["C"]}) == ["C: +1 fund:C <= 0"]


def test_PriceCeiling_keeps_a_dear_line_out_or_gates_its_usulan():
    # The catalogue's 10 at IKK 120 is 12 rupiah; 13 is above it. A's line may be left out, B's may not.
    dear = line(13, wajib="tidak", komponen="b", name="2")
    table = candidates(
        usulan("A", lines=[line(12, komponen="b", name="1"), dear]),
        usulan("B", lines=[line(13, komponen="b")]),
        prices={"b": 10}, kabupaten={kode: {"ikk": 120.0} for kode in KODE},
    )  # fmt: skip
    rule = {"rule": "PriceCeiling", "price": "harga_acuan_rp"}
    assert rows(table, rule) == ["A:2028:2: +1 on:A:2 <= 0"]
    assert compiled(table, rule).options.table["usulan_id"].tolist() == ["A"]


def test_FunctionalPackage_takes_a_line_only_with_one_that_meets_its_need():
    parts = [("gedung_produksi", "1"), ("mesin_peralatan", "2"), ("lain", "3")]
    lines = [line(1, wajib="ya" if name == "3" else "tidak", komponen=part, name=name) for part, name in parts]
    assert rows(candidates(usulan("A", lines=lines, listrik="ada")), {"rule": "FunctionalPackage"}) == [
        "A:2028:1:machines: +1 on:A:1 -1 on:A:2 <= 0",
        "A:2028:2:place: -1 on:A:1 +1 on:A:2 <= 0",
    ]


# Rules over the years


def test_PhaseOrder_asks_for_the_phase_before_and_books_the_next():
    assert rows(candidates(step("A1", 1), step("A2", 2)), {"rule": "PhaseOrder"}, {2028: 9, 2029: 9}) == [
        "A2:2028:urut: +1 fund:A2:2028 <= 0",
        "A2:2029:urut: -1 fund:A1:2028 +1 fund:A2:2029 <= 0",
        "A1:2028:lanjut: +1 fund:A1:2028 -1 fund:A2:2029 <= 0",
    ]


def test_FinishFirst_starts_nothing_new_before_what_is_begun():
    # Phase 1 of t is done, so B continues it and N is new; both are of 11.01.
    table = candidates(step("B", 2, "t"), step("N", 1, "u"), realisasi=[past(sentra_id="t", fase=1)])
    assert rows(table, {"rule": "FinishFirst"}, {2028: 9, 2029: 9}) == [
        "N:2028:lanjutan: -1 fund:B:2028 +1 fund:N:2028 <= 0",
        "N:2029:lanjutan: -1 fund:B:2028 -1 fund:B:2029 +1 fund:N:2029 <= 0",
    ]


def test_OperatingBurden_adds_up_what_runs_by_each_year():
    table = candidates(usulan("A", 6, om_tahunan_rp=2), usulan("B", 4, om_tahunan_rp=3))
    assert rows(table, {"rule": "OperatingBurden", "capacity_rp": 4}, {2028: 9, 2029: 9}) == [
        "11.01:2028: +2 fund:A:2028 +3 fund:B:2028 <= 4",
        "11.01:2029: +2 fund:A:2028 +2 fund:A:2029 +3 fund:B:2028 +3 fund:B:2029 <= 4",
    ]


# Gates: no row, but fewer options


def test_Ready_leaves_who_has_the_documents():
    table = candidates(usulan("A", 6, ded="ada"), usulan("B", 4, ded="proses"), usulan("C", 5))
    assert left(table, {"rule": "Ready", "documents": ["ded"]}) == ["A", "C"]
    assert left(table, {"rule": "Ready", "documents": ["ded"], "unknown": "gate"}) == ["A"]


def test_MinimumIKM_leaves_who_has_at_least_so_many():
    table = candidates(usulan("A", 6, ikm_komitmen=5), usulan("B", 4, ikm_komitmen=4))
    assert left(table, {"rule": "MinimumIKM", "min": 5}) == ["A"]


def test_SentraCriterion_leaves_what_is_a_sentra_by_either_definition():
    # s: 5 units of 30 households (16.7 %); t: 4 units of 20 (20 %)
    homes = {"s": (5, 30), "t": (4, 20)}
    table = candidates(
        usulan("A", 6, sentra_id="s"), usulan("B", 4, sentra_id="t"),
        sentra=[{"sentra_id": s, "kode": "11.01", "jumlah_ikm": n, "rumah_tangga_desa": h}
                for s, (n, h) in homes.items()],
    )  # fmt: skip
    assert left(table, {"rule": "SentraCriterion"}) == ["A"]
    assert left(table, {"rule": "SentraCriterion", "definition": "bps"}) == ["B"]


def test_ThreeYearReport_leaves_who_owes_none():
    # A's kabupaten was paid in 2024 and has not reported by 2027; what was paid in 2025 is not due before 2028.
    owing = [past("x", 2024, "11.01", laporan_3tahun="tidak"), past("y", 2025, "53.01", laporan_3tahun="tidak")]
    table = candidates(usulan("A", 6, kode="11.01"), usulan("B", 4, kode="53.01"), realisasi=owing)
    assert left(table, {"rule": "ThreeYearReport"}) == ["B"]


def test_NoDoubleFunding_leaves_who_has_no_more_from_elsewhere():
    table = candidates(usulan("A", 10, dana_lain_rp=2), usulan("B", 10, dana_lain_rp=3))  # 20 % and 30 %
    assert left(table, {"rule": "NoDoubleFunding", "max_share": 0.2}) == ["A"]


# Lifted rules: rows over decisions and helper columns, money in juta


def test_EvenSpread_adds_up_what_each_group_has_above_its_share_of_the_need(abc):
    # Poverty rates 10 + 20, 5, 30 + 40, 25 of 130 in all: 23.0769 %, 3.84615 %, 53.8462 %, 19.2308 %
    rule = {"rule": "EvenSpread", "max_share": 0.25, "by": "pulau", "need": "kemiskinan_pct"}
    assert lifted_rows(abc, rule) == [
        "dana: +1 dana -1e-06 amount:A -1e-06 amount:B -1e-06 amount:C = 0",
        "Sumatera:lebih: +1 lebih:Sumatera -1e-06 amount:A -1e-06 amount:B +0.230769 dana >= 0",
        "Jawa:lebih: +1 lebih:Jawa +0.0384615 dana >= 0",
        "Nusa Tenggara:lebih: +1 lebih:Nusa Tenggara -1e-06 amount:C +0.538462 dana >= 0",
        "Papua:lebih: +1 lebih:Papua +0.192308 dana >= 0",
        "indeks: -1 lebih:Sumatera -1 lebih:Jawa -1 lebih:Nusa Tenggara -1 lebih:Papua +0.25 dana >= 0",
    ]


def test_ServiceReach_counts_the_need_of_whoever_has_a_sentra_near(abc):
    # Neighbours on the equator are 111 km apart: 11.01 reaches 11.02, and 53.01 reaches 32.01 and 53.02.
    rule = {"rule": "ServiceReach", "radius_km": 120, "min_share": 0.3, "need": "kemiskinan_pct"}
    assert lifted_rows(abc, rule) == [
        "11.01:dekat: +1 terjangkau:11.01 -1 fund:A -1 fund:B <= 0",
        "11.02:dekat: +1 terjangkau:11.02 -1 fund:A -1 fund:B <= 0",
        "32.01:dekat: +1 terjangkau:32.01 -1 fund:C <= 0",
        "53.01:dekat: +1 terjangkau:53.01 -1 fund:C <= 0",
        "53.02:dekat: +1 terjangkau:53.02 -1 fund:C <= 0",
        "jangkauan: +0.0769231 terjangkau:11.01 +0.153846 terjangkau:11.02 +0.0384615 terjangkau:32.01"
        " +0.230769 terjangkau:53.01 +0.307692 terjangkau:53.02 >= 0.3",
    ]


def test_SpreadCommodity_binds_a_circle_once_its_centre_is_funded():
    # Three planned sentra of batik in one place, at most 1: around c, sum + (2 - 1) F_c <= 2.
    places = [{"sentra_id": f"s-{n}", "kode": "11.01", "komoditas": "batik", "status": "rencana"} for n in "ABC"]
    table = candidates(*(usulan(n, 5) for n in "ABC"), sentra=places)
    assert lifted_rows(table, {"rule": "SpreadCommodity", "radius_km": 10, "max_count": 1}) == [
        "A:didanai: +1 sentra:s-A -1 fund:A >= 0",
        "B:didanai: +1 sentra:s-B -1 fund:B >= 0",
        "C:didanai: +1 sentra:s-C -1 fund:C >= 0",
        "11.01:s-A: +2 sentra:s-A +1 sentra:s-B +1 sentra:s-C <= 2",
        "11.01:s-B: +1 sentra:s-A +2 sentra:s-B +1 sentra:s-C <= 2",
        "11.01:s-C: +1 sentra:s-A +1 sentra:s-B +2 sentra:s-C <= 2",
    ]


def test_Verdicts_leaves_who_is_not_refused_and_caps_what_is_agreed():
    lines = [
        line(2, 5, 1, name="1") | {"volume_disetujui": 3, "penilaian_kl": "diterima"},
        line(1, wajib="tidak", name="2") | {"penilaian_kl": "ditolak"},
    ]
    table = candidates(usulan("A", lines=lines), usulan("B", 4, verifikasi_provinsi="ditolak"))
    assert left(table, {"rule": "Verdicts"}) == ["A"]
    problem = compiled(table, {"rule": "Verdicts"})
    assert dict(zip(problem.column_names, problem.upper.tolist(), strict=True)) == {
        "fund:A:2028": 1, "on:A:2028:2": 0, "qty:A:2028:1": 3,
    }  # fmt: skip


def test_IdleSentra_funds_only_with_what_completes_it():
    lines = [line(2, wajib="tidak", komponen=part, name=part) for part in ("gudang", "mesin_peralatan", "utilitas")]
    table = candidates(
        usulan("A", lines=lines, sentra_id="s", menu="revitalisasi", listrik="belum"),
        sentra=[{"sentra_id": "s", "kode": "11.01", "status": "mangkrak"}],
    )
    assert rows(table, {"rule": "IdleSentra"}) == [
        "A:2028:machines: +1 fund:A -1 on:A:mesin_peralatan <= 0",
        "A:2028:utilities: +1 fund:A -1 on:A:utilitas <= 0",
    ]
