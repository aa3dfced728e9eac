"""A planner's own count of sentra: what cannot be is told once, with its place, all of it together."""

import pytest
from tabular import as_csv, tables, write_csv, write_xlsx

from planner.base.errors import PlannerError
from planner.base.paths import ACUAN
from planner.tables.check import check_beside, check_data

HEAD = ["kode", "sentra", "ikm", "tahun", "sumber"]
KALTARA = [f"65.{end}" for end in ("01", "02", "03", "04", "71")]  # Kalimantan Utara: 3 sentra in five regions


def told(tmp_path, *rows, first_year=2028) -> list[tuple]:
    """(row, column) and remedy of every finding about these rows beside a scenario."""
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "bukti.csv").write_text(as_csv([HEAD, *([*row, "dinas"] for row in rows)]), encoding="utf-8")
    return [(f.row, f.column, f.remedy) for f in check_beside(tmp_path, ACUAN, first_year).findings]


def test_a_count_within_its_control_total_is_silent(tmp_path):
    assert told(tmp_path, ["65.01", 2, 50, 2026], ["51.04", 14, "", 2025]) == []


def test_more_than_the_control_total_is_told_with_both_ways_out(tmp_path):
    ((row, column, remedy),) = told(tmp_path, ["65.01", 2, "", 2026], ["65.02", 2, "", 2026])
    assert (row, column) == (2, "sentra")
    assert "Kalimantan Utara berjumlah 4 sentra" in remedy and "jumlah kendalinya, 3" in remedy
    assert "berkode provinsi (65)" in remedy
    assert told(tmp_path, ["65", 4, "", 2026], ["65.01", 2, "", 2026], ["65.02", 2, "", 2026]) == []  # as it says


def test_less_than_the_control_total_is_told_only_where_all_are_measured(tmp_path):
    rows = [[kode, 0, "", 2026] for kode in KALTARA]
    assert told(tmp_path, *rows[:4]) == []
    ((row, column, remedy),) = told(tmp_path, *rows)
    assert (row, column) == (2, "sentra") and "semua kabupaten/kota di Kalimantan Utara" in remedy


def test_provinces_that_share_a_total_leave_the_rest_to_the_others(tmp_path):
    assert told(tmp_path, ["51", 300, "", 2026]) == []  # 21 of 321 are left for Banten and Papua Pegunungan
    ((row, column, remedy),) = told(tmp_path, ["51", 322, "", 2026])
    assert (row, column) == (2, "sentra") and "(-1) " in remedy.replace("(-1)", "(-1) ")
    assert "Banten, Papua Pegunungan" in remedy
    assert told(tmp_path, ["51", 322, "", 2026], ["36", 5, "", 2026], ["95", 0, "", 2026]) == []


def test_everything_that_is_wrong_is_told_at_once(tmp_path):
    found = told(
        tmp_path, ["65.01", 9, "", 2026], ["51.04", 0, 12, 2026], ["11.01", 3, "", 2029], ["11.02", 3, "", 2026],
        ["11.02", 4, "", 2026], ["99.01", 1, "", 2026], ["12.01", "banyak", "", 2026],
    )  # fmt: skip
    assert [(row, column) for row, column, _ in found] == [
        (2, "sentra"), (3, "ikm"), (4, "tahun"), (6, "kode"), (7, "kode"), (8, "sentra"),
    ]  # fmt: skip


def test_a_year_after_the_budget_is_wrong_only_beside_a_budget(tmp_path):
    assert told(tmp_path, ["11.01", 3, "", 2029], first_year=2029) == []
    held = tables() | {"bukti": [HEAD, ["11.01", 3, "", 2029, "dinas"]]}
    assert check_data(write_csv(tmp_path / "u", held)).findings == ()


def test_a_workbook_beside_the_scenario_or_a_sheet_among_the_tables_is_read_alike(tmp_path):
    held = {"bukti": [HEAD, ["65.01", 2, 50, 2026, "dinas"]]}
    (tmp_path / "beside").mkdir()
    write_xlsx(tmp_path / "beside" / "bukti.xlsx", held)
    beside = check_beside(tmp_path / "beside").tables["bukti"].data
    among = check_data(write_xlsx(tmp_path / "u.xlsx", tables() | held)).tables["bukti"].data
    assert (
        beside.astype(str).values.tolist()
        == among.astype(str).values.tolist()
        == [["65.01", "2", "50", "2026", "dinas"]]
    )


def test_a_folder_without_it_or_with_other_workbooks_holds_no_evidence(tmp_path):
    write_xlsx(tmp_path / "lain.xlsx", tables())
    assert check_beside(tmp_path).tables == {} and check_beside(tmp_path / "tidak ada").findings == ()


def test_two_files_of_that_name_are_refused(tmp_path):
    told(tmp_path, ["65.01", 2, 50, 2026])
    write_xlsx(tmp_path / "Bukti.xlsx", {"bukti": [HEAD, ["65.01", 2, 50, 2026, "dinas"]]})
    with pytest.raises(PlannerError, match=r"Bukti\.xlsx"):
        check_beside(tmp_path).raise_errors()
