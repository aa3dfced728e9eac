"""Tables come in: every problem of every table at once, with file, row, column, value and remedy; then typed."""

import pytest

from planner.base.errors import PlannerError
from planner.base.paths import ACUAN
from planner.tables.check import check_data
from planner.tables.reading import read_table
from planner.tables.reference import reference_tables

USULAN = """usulan_id,kode,ta,menu,ikm_komitmen,sumber
A,53.01,2028,pembangunan,20,
B,11.01,2029,revitalisasi,,data sintetis
"""
RINCIAN = "usulan_id,rincian_id,komponen,harga_satuan_rp,volume,volume_min,wajib\nA,1,ipal,5000,2,1,tidak\n"


def read(tmp_path, content: str | bytes, name="usulan"):
    file = tmp_path / f"{name}.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(file, name)


def problems_of(tmp_path, content, name="usulan") -> list[str]:
    with pytest.raises(PlannerError) as caught:
        read(tmp_path, content, name)
    return caught.value.problems


def test_a_good_table_is_typed_and_missing_stays_missing(tmp_path):
    table = read(tmp_path, USULAN)
    assert table.data["ikm_komitmen"].tolist()[0] == 20
    assert table.data["ikm_komitmen"].isna().tolist() == [False, True]
    assert table.data["kode"].tolist() == ["53.01", "11.01"]
    assert table.data["lahan_m2"].isna().all()  # optional and absent
    assert table.synthetic
    assert not read(tmp_path, USULAN.replace("data sintetis", "dinas")).synthetic


def test_semicolons_byte_order_mark_and_windows_lines_are_read_too(tmp_path):
    plain = read(tmp_path, USULAN).data
    excel = b"\xef\xbb\xbf" + USULAN.replace(",", ";").replace("\n", "\r\n").encode()
    assert read(tmp_path, excel).data.equals(plain)


def test_extra_columns_are_kept_numbers_as_numbers(tmp_path):
    rows = [
        line + tail for line, tail in zip(USULAN.splitlines(), (",luas,warna", ",1.5,merah", ",2,biru"), strict=True)
    ]
    table = read(tmp_path, "\n".join(rows))
    assert table.data["usulan.luas"].tolist() == [1.5, 2.0]
    assert table.data["usulan.warna"].tolist() == ["merah", "biru"]


@pytest.mark.parametrize(
    "content", [b"", b"  \n", b"\xef\xbb\xbf", b"\n\n", b"usulan_id,kode,ta,menu\n", b"\xef\xbb\xbf\r\n"]
)
def test_an_empty_file_is_an_error(tmp_path, content):
    (told,) = problems_of(tmp_path, content)
    assert "usulan.csv" in told and "kosong" in told


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04\0\0binary",
        b"\xff\xfeu\0s\0",
        b"usulan_id,kode\nKab. Bang\xc3\xa9 \xe9,1",
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_a_binary_or_wrongly_encoded_file_is_an_error(tmp_path, content):
    (told,) = problems_of(tmp_path, content)
    assert "usulan.csv" in told and "UTF-8" in told


def test_a_missing_file_is_an_error_and_all_missing_files_are_told_at_once(tmp_path):
    with pytest.raises(PlannerError) as caught:
        reference_tables(("usulan", "rincian"), tmp_path)
    assert ["usulan.csv" in caught.value.problems[0], "rincian.csv" in caught.value.problems[1]] == [True, True]


def test_an_open_quote_and_a_ragged_row_are_errors(tmp_path):
    assert "tanda kutip" in problems_of(tmp_path, USULAN.replace("A,", '"A,', 1))[0]
    (told,) = problems_of(tmp_path, USULAN.replace("2029,", "2029,,", 1))
    assert "baris 3" in told and "7 sel" in told and "6" in told


@pytest.mark.parametrize("name", ["kode", " kode"])
def test_a_column_that_appears_twice_is_an_error(tmp_path, name):
    table = "\n".join(
        line + tail for line, tail in zip(USULAN.splitlines(), (f",{name}", ",53.01", ",11.01"), strict=True)
    )
    told = problems_of(tmp_path, table)
    assert any("dua kali" in text and "kode" in text for text in told)


def test_a_missing_column_names_the_nearest_that_is_there(tmp_path):
    (told,) = problems_of(tmp_path, USULAN.replace("menu", "menus", 1))
    assert "'menu'" in told and "'menus'" in told


@pytest.mark.parametrize(
    ("value", "remedy"),
    [("5104", "51.04"), ("51.4", "51.40"), ("51.4 ", "kode"), ("", "kode"), ("51.04\n", "kode"), ("٥١.٠٤", "kode")],
)
def test_a_kode_is_text_of_two_and_two_digits(tmp_path, value, remedy):
    (tmp_path / "usulan.csv").write_text(USULAN.replace("53.01", f'"{value}"'), encoding="utf-8", newline="")
    (tmp_path / "rincian.csv").write_text(RINCIAN + "B,1,ipal,240000000,1,,ya\n")
    (told,) = [text for text in check_data(tmp_path).problems if text.startswith("usulan")]
    assert "baris 2" in told and "kode" in told and remedy in told


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0",
        "-5",
        "5000.5",
        "5000.5",
        "5.000",
        "5,000",
        "NaN",
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "5e3",
        "Rp 5000 juta lebih",
        "+5000",
        "9" * 16,
        "５０００",
        "0x10",
        "1_000",
        "TRUE",
    ],
)
def test_a_price_is_whole_rupiah_above_0(tmp_path, value):
    (told,) = problems_of(tmp_path, RINCIAN.replace("5000", f'"{value}"'), "rincian")
    assert "rincian.csv baris 2" in told and "harga_satuan_rp" in told and "rupiah" in told


@pytest.mark.parametrize("value", ["0", "-1", "2.5", "2.01", "nan", "inf", "dua", "", "1e2"])
def test_a_volume_is_a_whole_number_and_a_fraction_is_told_its_remedy(tmp_path, value):
    (told,) = problems_of(tmp_path, RINCIAN.replace(",2,1,", f",{value},1,"), "rincian")
    assert "kolom volume" in told and "satuan yang lebih kecil" in told


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("pembangunan", "Pembangunann", "menu"),
        ("2028", "28", "ta"),
        ("2028", "1999", "ta"),
        (",20,", ",-20,", "ikm_komitmen"),
        (",20,", ",2.5,", "ikm_komitmen"),
        ("A,", ",", "usulan_id"),
        ("A,", "  ,", "usulan_id"),
    ],
)
def test_a_wrong_cell_is_told_with_row_and_column(tmp_path, old, new, column):
    (told,) = problems_of(tmp_path, USULAN.replace(old, new, 1))
    assert f"baris 2, kolom {column}" in told


def test_a_flag_is_ya_or_tidak_or_empty(tmp_path):
    assert "ya atau tidak" in problems_of(tmp_path, RINCIAN.replace("tidak", "iya"), "rincian")[0]
    assert read(tmp_path, RINCIAN.replace("tidak", ""), "rincian").data["wajib"].isna().all()


def test_a_key_that_appears_twice_is_told_with_its_row(tmp_path):
    (told,) = problems_of(tmp_path, USULAN.replace("\nB,", "\nA,"))
    assert "baris 3" in told and "'A'" in told
    # a line's key is usulan and line together
    assert len(read(tmp_path, RINCIAN + "B,1,ipal,5000,2,1,ya\n", "rincian").data) == 2
    assert "baris 3" in problems_of(tmp_path, RINCIAN + "A,1,ipal,5000,2,1,ya\n", "rincian")[0]


def test_all_problems_of_all_tables_are_told_at_once(tmp_path):
    (tmp_path / "usulan.csv").write_text(
        USULAN.replace("pembangunan", "bangun").replace("2029", "x").replace("revitalisasi", "re")
    )
    (tmp_path / "rincian.csv").write_text(RINCIAN.replace("5000", "-1").replace(",2,1,", ",0,1,"))
    with pytest.raises(PlannerError) as caught:
        reference_tables(("usulan", "rincian"), tmp_path)
    assert len(caught.value.problems) == 5


def test_a_row_number_counts_the_lines_of_the_file(tmp_path):
    # blank line 3: the wrong year stands in line 4 of what the planner sees
    (told,) = problems_of(tmp_path, USULAN.replace("\nB,11.01,2029", "\n\nB,11.01,x"))
    assert "baris 4" in told


def test_a_long_or_hostile_value_is_shown_short_and_on_one_line(tmp_path):
    (told,) = problems_of(tmp_path, USULAN.replace("pembangunan", '"' + "x\n" * 3_000 + '"'))
    assert len(told) < 300 and "\n" not in told


# -- the reference tables ----------------------------------------------------------------------------------------------


def rows_of(name) -> list[str]:
    return (ACUAN / f"{name}.csv").read_text(encoding="utf-8").splitlines(keepends=True)


@pytest.mark.parametrize("name", ["kabupaten", "komponen", "asumsi"])
def test_the_shipped_reference_tables_are_good(name):
    assert len(read_table(ACUAN / f"{name}.csv", name).data) == len(rows_of(name)) - 1


@pytest.mark.parametrize("name", ["kabupaten", "komponen", "asumsi"])
def test_a_reference_row_that_is_doubled_is_an_error(tmp_path, name):
    rows = rows_of(name)
    for i in (1, len(rows) // 2, len(rows) - 1):
        assert problems_of(tmp_path, "".join([*rows, rows[i]]), name)


def test_a_kabupaten_that_is_missing_is_an_error_that_says_how_many_there_are(tmp_path):
    rows = rows_of("kabupaten")
    for i in (1, 257, 514):
        (told,) = problems_of(tmp_path, "".join(rows[:i] + rows[i + 1 :]), "kabupaten")
        assert "513" in told and "514" in told
