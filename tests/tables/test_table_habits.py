"""What a dinas really sends: read rightly, or refused with the place and what to do."""

import openpyxl
import pandas.testing
import pytest
from tabular import tables, write_csv, write_xlsx

from planner.base.messages import speaking
from planner.paper.workbooks.annotate import annotate
from planner.tables.check import check_data


def test_a_table_without_its_optional_columns_is_read(tmp_path):
    held = tables() | {
        "sentra": [["sentra_id", "kode"], ["S1", "53.01"]],
        "realisasi": [["usulan_id", "kode", "ta"], ["L", "53.01", 2023]],
    }
    read = check_data(write_csv(tmp_path, held)).tables
    assert read["sentra"].data["lat"].isna().all() and read["realisasi"].data["output_pct"].isna().all()


TITLED = [["DAFTAR USULAN, DAK FISIK; TA 2028"], ["Kabupaten Kupang", "", "lampiran 1"], ["", " "]]


@pytest.mark.parametrize("separator", [",", ";"])
def test_titles_above_the_header_are_passed_over_with_a_warning(tmp_path, separator):
    plain = check_data(write_csv(tmp_path / "plain", tables()))
    held = tables()
    held["rincian"] = TITLED + held["rincian"]
    write_csv(tmp_path / "u", held, separator)
    (tmp_path / "u/usulan.csv").write_text(f"sep={separator}\n" + (tmp_path / "u/usulan.csv").read_text())
    for source in (tmp_path / "u", write_xlsx(tmp_path / "u.xlsx", held)):
        read = check_data(source)
        assert any("dibaca dari baris 4; 2 baris berisi di atasnya" in f.sentence() for f in read.warnings)
        for name, table in plain.tables.items():
            pandas.testing.assert_frame_equal(
                read.tables[name].data.reset_index(drop=True), table.data.reset_index(drop=True)
            )


def test_a_wrong_cell_below_titles_has_the_row_of_the_file_and_its_mark_there(tmp_path):
    held = tables(rincian={(3, "volume"): 0})
    held["rincian"] = TITLED + held["rincian"]
    for source in (write_csv(tmp_path / "u", held), write_xlsx(tmp_path / "u.xlsx", held)):
        checked = check_data(source)
        (error,) = (finding for finding in checked.findings if finding.level == "error")
        assert (error.row, error.column) == (6, "volume")
        marked = openpyxl.load_workbook(annotate(source, checked, tmp_path / "marked.xlsx"))
        assert "bilangan bulat" in marked["rincian"]["E6"].comment.text


def test_a_table_with_blank_lines_comes_back_marked(tmp_path):
    folder = write_csv(tmp_path / "u", tables(rincian={(2, "volume"): 0}))
    file = folder / "rincian.csv"
    file.write_text(file.read_text().replace("\n", "\n\n"))
    marked = openpyxl.load_workbook(annotate(folder, check_data(folder), tmp_path / "marked.xlsx"))
    assert marked["rincian"]["E3"].comment


def test_a_filled_column_without_header_in_a_sheet_is_told_once(tmp_path):
    held = tables()
    held["usulan"] = [held["usulan"][0], *([*row, "lihat lampiran"] for row in held["usulan"][1:])]
    (error,) = (f for f in check_data(write_xlsx(tmp_path / "u.xlsx", held)).findings if f.level == "error")
    assert (
        error.sentence()
        == "u.xlsx lembar 'usulan' baris 2: kolom ke-13 berisi tetapi tidak berjudul. Beri judul atau kosongkan."
    )


@pytest.mark.parametrize("row", [["", "", "", 960_000_000], ["lihat lampiran", "", "", ""]])
def test_a_row_that_may_be_data_is_told_once_as_such(tmp_path, row):
    held = tables()
    held["rincian"].append([*row, "", "", "", ""])
    for source in (write_csv(tmp_path / "u", held), write_xlsx(tmp_path / "u.xlsx", held)):
        (error,) = (f for f in check_data(source).findings if f.level == "error")
        assert (error.row, error.column) == (5, "") and "Baris jumlah" in error.remedy


NUMBERS = "nomor kolom"
SUM, SIGNED, AGAIN = "baris jumlah", "tanda tangan", "kepala kolom yang berulang"
REMARKS = [
    (SUM, ["TOTAL", "", "", 960_000_000]), (SUM, ["", "", "Jumlah :", 1]),
    (SUM, ["JUMLAH USULAN KAB. KUPANG", "", "", 3]),
    (SUM, ["", "", "", "", "", "", "", "Sub Total"]), (SUM, ["Grand Total", "Total", "", "=SUM(D2:D4)"]),
    (SIGNED, ["Mengetahui, Kepala Dinas", "", "", ""]), (SIGNED, ["", "", "", "Kepala Dinas Perindustrian"]),
    (SIGNED, ["Mengetahui,", "", "Kupang, 3 Maret 2027", ""]), (SIGNED, ["NIP. 19660817 199003 1 001", "", "", ""]),
    (SIGNED, ["Plt. Kepala Dinas", "", "", ""]), (SIGNED, ["Sumber: Dinas Perindustrian", "", "", ""]),
    (AGAIN, ["Usulan ID", "rincian_id ", "KOMPONEN", "harga"]), (AGAIN, ["Usulan-ID*", "No.", "Komponen:", ""]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "row"), REMARKS)
def test_a_row_that_is_surely_no_data_is_passed_over_and_told_once(tmp_path, kind, row):
    good = check_data(write_csv(tmp_path / "good", tables())).tables
    held = tables()
    held["rincian"].append([*row, *[""] * (8 - len(row))])
    short = write_csv(tmp_path / "u", held)
    (short / "rincian.csv").write_text(
        (short / "rincian.csv").read_text().rstrip(",\n")
    )  # a line ends where it is blank
    for source in (short, write_xlsx(tmp_path / "u.xlsx", held)):
        checked = check_data(source)
        (told,) = checked.findings
        assert (told.level, told.table, told.row, told.column) == ("warning", "rincian", 5, "") and kind in told.remedy
        pandas.testing.assert_frame_equal(checked.tables["rincian"].data, good["rincian"].data)


@pytest.mark.parametrize("write", [str, "({})".format, "{}.0".format, int])
def test_the_numbers_of_the_columns_are_passed_over(tmp_path, write):
    held = tables()
    held["rincian"].insert(1, [write(i) for i in range(1, 9)])
    for source in (write_csv(tmp_path / "u", held), write_xlsx(tmp_path / "u.xlsx", held)):
        checked = check_data(source)
        (told,) = checked.findings
        assert (told.level, told.row) == ("warning", 2) and NUMBERS in told.remedy
        assert len(checked.tables["rincian"].data) == 3


def test_below_a_signature_whoever_signs_belongs_to_it_but_a_row_of_data_does_not(tmp_path):
    held = tables()
    block = ["Mengetahui,", "Kepala Dinas", "", "Drs. Budi", "NIP. 1966 0817", "TOTAL"]
    held["rincian"][3:3] = [["", "", "", line, "", "", "", ""] for line in block]
    for source in (write_csv(tmp_path / "u", held), write_xlsx(tmp_path / "u.xlsx", held)):
        checked = check_data(source)
        assert [(f.level, f.row) for f in checked.findings] == [("warning", row) for row in (4, 5, 7, 8, 9)]
        assert list(checked.tables["rincian"].data["usulan_id"]) == ["U1", "U1", "U2"]


def test_what_stands_beside_a_signature_outside_the_table_is_no_column(tmp_path):
    held = tables()
    held["rincian"] = [*held["rincian"], ["Mengetahui", *[""] * 9, "Kupang, 3 Maret 2027"]]
    (told,) = check_data(write_xlsx(tmp_path / "u.xlsx", held)).findings
    assert told.level == "warning" and SIGNED in told.remedy


def test_a_table_of_nothing_but_remarks_is_empty(tmp_path):
    held = tables()
    held["rincian"][1:] = [["TOTAL", "", "", 0, "", "", "", ""]]
    (error,) = (f for f in check_data(write_csv(tmp_path / "u", held)).findings if f.level == "error")
    assert error.table == "rincian" and error.remedy.startswith("kosong")


@pytest.mark.parametrize("word", ["-", " – ", "NA", "n/a", "nihil", "Nihil", "None", "NaN", "null"])
def test_a_word_for_nothing_is_empty_and_told_once_per_column_with_its_count(tmp_path, word):
    wrong = {"usulan": {(2, "om_tahunan_rp"): word, (3, "om_tahunan_rp"): word, (3, "fs"): word}}
    for source in (write_csv(tmp_path / "u", tables(**wrong)), write_xlsx(tmp_path / "u.xlsx", tables(**wrong))):
        checked = check_data(source)
        assert checked.tables["usulan"].data["om_tahunan_rp"].isna().all()
        told = [(f.row, f.column, f.remedy) for f in checked.warnings]
        assert told == [
            (None, column, f"{count} sel berisi {word!r} dibaca sebagai kosong: baris {rows}. Isi nilainya bila ada.")
            for column, count, rows in (("fs", 1, "3"), ("om_tahunan_rp", 2, "2-3"))
        ]


def test_a_word_for_nothing_stays_an_error_where_something_must_stand(tmp_path):
    checked = check_data(write_csv(tmp_path / "u", tables(rincian={(2, "volume"): "nihil"})))
    (error,) = (f for f in checked.findings if f.level == "error")
    assert (error.row, error.column, error.value) == (2, "volume", "nihil")


def test_numbers_as_pandas_writes_them_are_read(tmp_path):
    good = check_data(write_csv(tmp_path / "good", tables())).tables
    floats = {
        name: [[f"{v:.1f}" if isinstance(v, int) else v for v in row] for row in rows]
        for name, rows in tables().items()
    }
    for source in (write_csv(tmp_path / "u", floats), write_xlsx(tmp_path / "u.xlsx", floats)):
        for name, table in check_data(source).tables.items():
            pandas.testing.assert_frame_equal(table.data, good[name].data)


def test_an_optional_table_that_holds_nothing_is_taken_as_absent_with_a_warning(tmp_path):
    folder = write_csv(tmp_path / "u", tables() | {"daerah": [], "realisasi": tables()["realisasi"][:1]})
    checked = check_data(folder)
    assert checked.tables.keys() == {"usulan", "rincian", "sentra", "bukti"}
    assert [f.sentence() for f in checked.warnings if f.table == "daerah"] == [
        "daerah.csv: kosong: dianggap tidak ada."
    ]


def test_what_is_looked_for_in_vain_is_told_with_what_is_there(tmp_path):
    folder = write_csv(tmp_path / "u", tables())
    (folder / "usulan.csv").rename(folder / "usulan (1).csv")
    (error,) = (f for f in check_data(folder).findings if f.level == "error")
    assert error.remedy.endswith(
        "Di sana ada: 'bukti.csv', 'daerah.csv', 'realisasi.csv', 'rincian.csv', 'sentra.csv', 'usulan (1).csv'."
    )
    (error,) = check_data(tmp_path / "tidak ada").findings
    assert error.sentence().startswith(f"tidak ada: tidak dapat dibaca ({tmp_path / 'tidak ada'} tidak ada). Periksa")
    with speaking("en"):
        (error,) = check_data(tmp_path / "tidak ada").findings
        assert f"cannot be read ({tmp_path / 'tidak ada'} does not exist)" in error.remedy


def test_what_is_no_plain_file_is_never_waited_for(tmp_path):
    (tmp_path / "u.xlsx").symlink_to("/dev/zero")
    (error,) = check_data(tmp_path / "u.xlsx").findings
    assert "bukan berkas biasa" in error.remedy


def test_an_unknown_kode_is_told_codes_of_its_own_province(tmp_path):
    held = tables(usulan={(3, "kode"): "51.99"})
    (error,) = (f for f in check_data(write_csv(tmp_path / "u", held)).findings if f.level == "error")
    assert "Anda '51." in error.remedy


def test_the_name_of_a_file_stays_on_its_line(tmp_path):
    (tmp_path / "a\nPalsu: b.xlsx").write_bytes(b"x")
    told = [finding.sentence() for finding in check_data(tmp_path).findings]
    assert told and not any("\n" in sentence for sentence in told)
