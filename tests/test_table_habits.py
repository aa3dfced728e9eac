"""What a dinas really sends: read rightly, or refused with the place and what to do."""

from tabular import tables, write_csv

from planner.tables import check_data


def test_a_table_without_its_optional_columns_is_read(tmp_path):
    held = tables() | {
        "sentra": [["sentra_id", "kode"], ["S1", "53.01"]],
        "realisasi": [["usulan_id", "kode", "ta"], ["L", "53.01", 2023]],
    }
    read = check_data(write_csv(tmp_path, held)).tables
    assert read["sentra"].data["lat"].isna().all() and read["realisasi"].data["output_pct"].isna().all()
