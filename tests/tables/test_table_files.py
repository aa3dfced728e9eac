"""CSV and Excel files: what is read, what is refused by name, and what a workbook can hide."""

import datetime as dt
import re
import zipfile

import pandas.testing
import pytest
from tabular import TABLES, as_csv, tables, with_part, workbook, write_csv, write_xlsx

from planner.base.errors import PlannerError
from planner.base.paths import ROOT
from planner.model.candidates import read_candidates, read_usulan
from planner.scenario.scenario import read_scenario
from planner.tables import packages as limits
from planner.tables import sheet_facts
from planner.tables.check import check_data

CONTOH = ROOT / "data/contoh"


def same(a, b) -> None:
    assert a.keys() == b.keys()
    for name in a:
        pandas.testing.assert_frame_equal(a[name].data, b[name].data)


@pytest.fixture
def good(tmp_path):
    return read_usulan(write_csv(tmp_path / "good", tables()))


def told(source, level="error") -> list[str]:
    return [finding.sentence() for finding in check_data(source).findings if finding.level == level]


def edited(tmp_path, edit, held=None):
    """A workbook of the small tables after ``edit(book)``."""
    book = workbook(held or tables())
    edit(book)
    book.save(tmp_path / "usulan_kab.xlsx")
    return tmp_path / "usulan_kab.xlsx"


def cell_told(tmp_path, place, value, sheet="rincian") -> str:
    """The only error when this value stands in that cell of a workbook."""

    def edit(book):
        book[sheet][place].value = value

    (sentence,) = told(edited(tmp_path, edit))
    assert sentence.startswith(f"usulan_kab.xlsx lembar '{sheet}' baris {place[1:]}, kolom ")
    return sentence


# -- CSV ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_give_the_same_tables(tmp_path, good, separator):
    same(read_usulan(write_csv(tmp_path / "u", tables(), separator)), good)


def test_a_table_of_indonesian_excel_gives_the_same(tmp_path, good):
    folder = tmp_path / "u"
    folder.mkdir()
    for name, rows in tables().items():
        shown = [[f"{v:,}".translate(str.maketrans(",.", ".,")) if isinstance(v, float | int) and not 1900 < v < 2100
                  else v for v in row] for row in rows]  # fmt: skip
        (folder / f"{name.upper()}.CSV").write_bytes(
            ("\ufeff" + as_csv(shown, ";").replace("\n", "\r\n")).encode()
        )  # 260.000.000; 12,5
    same(read_usulan(folder), good)


def test_headers_are_known_in_spite_of_case_and_blanks(tmp_path, good):
    held = tables()
    held["rincian"][0][3] = " Harga Satuan Rp\u00a0"
    held["usulan"][0][0] = "USULAN_ID"
    same(read_usulan(write_csv(tmp_path / "u", held)), good)


def test_blanks_around_a_value_are_trimmed(tmp_path, good):
    held = tables(usulan={(2, "kode"): "\u00a053.01 ", (3, "usulan_id"): "U2\u200b"}, rincian={(2, "wajib"): "Tidak "})
    same(read_usulan(write_csv(tmp_path / "u", held)), good)


def test_a_code_stays_text_everywhere(tmp_path):
    held = tables(usulan={(2, "usulan_id"): "007", (2, "catatan"): "08"})
    held["usulan"] = [[*row, extra] for row, extra in zip(held["usulan"], ("nomor", "0012", "12"), strict=True)]
    held["rincian"] = [["007", *row[1:]] if row[0] == "U1" else row for row in held["rincian"]]
    usulan = read_usulan(write_csv(tmp_path / "u", held))["usulan"].data
    assert list(usulan["usulan_id"]) == ["007", "U2"] and list(usulan["usulan.nomor"]) == ["0012", "12"]


def test_surplus_blank_cells_are_no_fault_but_a_short_or_long_row_is(tmp_path):
    folder = write_csv(tmp_path / "u", tables())
    file = folder / "daerah.csv"
    text = file.read_text()
    file.write_text(text.replace("500000000", "500000000,, "))
    assert told(folder) == []
    file.write_text(text.replace("500000000", "500000000,,x"))
    assert told(folder) == ["daerah.csv baris 2: ada 6 sel, seharusnya 4. Periksa pemisah dan tanda kutip."]
    file.write_text(text.replace(",500000000", ""))
    assert told(folder) == ["daerah.csv baris 2: ada 3 sel, seharusnya 4. Periksa pemisah dan tanda kutip."]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (as_csv(TABLES["daerah"]).encode("utf-16"), "daerah.csv: disimpan sebagai UTF-16"),
        (b"PK\x03\x04", "daerah.csv: bukan teks UTF-8"),
        (as_csv(TABLES["daerah"]).replace("ya", "y\xe9").encode("latin-1"), "daerah.csv baris 2, kolom lokpri"),
        (as_csv(TABLES["daerah"]).replace("ya", "y\0a").encode(), "daerah.csv baris 2, kolom lokpri = 'y\ufffda': "),
        (b'kode,ta\n"53.01,2028\n', "daerah.csv baris 2: tanda kutip tidak berpasangan"),
        (b"kode,ta," + b"x," * 600 + b"\n1,2\n", "daerah.csv: lebih dari 500 kolom"),
        (b"kode,,ta\n53.01,x,2028\n", "daerah.csv: kolom ke-2 berisi tetapi tidak berjudul"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_good_csv_is_told_beside_everything_else(tmp_path, content, says):
    folder = write_csv(tmp_path / "u", tables(usulan={(2, "fs"): "x"}))
    (folder / "daerah.csv").write_bytes(content)
    first, second = told(folder)
    assert "kolom fs" in first and second.startswith(says)


def test_a_csv_of_windows_is_read_with_a_warning_that_shows_a_word(tmp_path, good):
    folder = write_csv(tmp_path / "u", tables(usulan={(2, "catatan"): "Café – “Élan”"}))
    file = folder / "usulan.csv"
    file.write_bytes(file.read_text(encoding="utf-8").encode("cp1252"))
    checked = check_data(folder)
    assert checked.tables["usulan"].data["catatan"][2] == "Café – “Élan”"
    (warning,) = checked.findings
    assert warning.sentence().startswith(
        "usulan.csv: bukan UTF-8: dibaca sebagai Windows-1252, misalnya 'Café'. Periksa"
    )


@pytest.mark.parametrize("torn", [b"Caf\xc3\xa9 \xe9", b"\x8d", b"\x01\xe9"])
def test_bytes_that_are_no_text_of_windows_either_are_told_by_their_cell(tmp_path, torn):
    folder = write_csv(tmp_path / "u", tables(usulan={(2, "catatan"): "di sini"}))
    file = folder / "usulan.csv"
    file.write_bytes(file.read_bytes().replace(b"di sini", torn))
    (sentence,) = told(folder)
    assert sentence.startswith("usulan.csv baris 2, kolom catatan") and "bukan teks UTF-8" in sentence


def test_a_csv_above_the_limit_is_not_read(tmp_path):
    folder = write_csv(tmp_path / "u", tables())
    with (folder / "daerah.csv").open("ab") as file:
        file.truncate(101 * 2**20)  # sparse: takes no room on the disk
    assert told(folder)[0].startswith("daerah.csv: lebih dari 100 MB")


# -- Excel -------------------------------------------------------------------------------------------------------------


def test_the_example_is_the_same_from_csv_one_workbook_and_a_workbook_per_table(tmp_path):
    import csv

    held = {}
    for file in CONTOH.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as rows:
            held[file.stem] = [
                [int(c) if i and c.isdigit() and c[0] != "0" else c for c in row]
                for i, row in enumerate(csv.reader(rows))
            ]
    csvs = read_usulan(CONTOH)
    same(read_usulan(write_xlsx(tmp_path / "semua.xlsx", held)), csvs)
    folder = tmp_path / "satu_satu"
    folder.mkdir()
    for name, rows in held.items():
        write_xlsx(folder / f"{name}.xlsx", {"Sheet1": rows})
    same(read_usulan(folder), csvs)


def test_a_folder_with_one_workbook_is_that_workbook_and_a_scenario_may_name_either(tmp_path, good):
    write_xlsx(tmp_path / "isian.xlsx", tables())
    (tmp_path / "~$isian.xlsx").write_bytes(b"open in Excel")
    same(read_usulan(tmp_path), good)
    found = read_candidates(read_scenario(ROOT / "parameterized/skenario/usulan_contoh.toml"), tmp_path / "isian.xlsx")
    assert list(found.usulan["usulan_id"]) == ["U1", "U2"]
    hashes = {table["sha256"] for table in found.inputs if table["name"] in TABLES}
    assert len(hashes) == 1 and {t["name"]: t["rows"] for t in found.inputs}["rincian"] == 3


def test_numbers_dates_and_codes_of_excel_are_read(tmp_path, good):
    def edit(book):
        book["rincian"]["D2"].value = 260_000_000.0
        book["sentra"]["J2"].value = dt.date(2027, 3, 31)
        book["rincian"]["B2"].value = 1

    same(read_usulan(edited(tmp_path, edit)), good)


@pytest.mark.parametrize(
    ("place", "value", "sheet", "says"),
    [
        ("D2", "=250*1000000", "rincian", "'=250*1000000': rumus tanpa nilai tersimpan; isi nilainya"),
        ("E2", 1.5, "rincian", "satuan yang lebih kecil"), ("D3", "#REF!", "rincian", "galat rumus"),
        ("D3", "1,5 miliar", "rincian", "1500000000"), ("D3", 11.1, "usulan", "mungkin 11.10"),
        ("D3", 1110, "usulan", "mungkin 11.10"),
        ("D3", dt.date(2026, 10, 11), "usulan", "sebagai tanggal; tulis sebagai teks, mungkin 11.10"),
        ("J2", 46112, "sentra", "mungkin 2026-03-31"), ("G2", True, "rincian", "Mungkin maksud Anda 'ya'"),
        ("E2", dt.date(2026, 1, 1), "rincian", "bilangan bulat"),
        ("B2", dt.date(2026, 2, 1), "rincian", "mengubahnya menjadi tanggal"),
    ],
)  # fmt: skip
def test_a_wrong_cell_of_a_workbook_is_told_by_sheet_row_and_column(tmp_path, place, value, sheet, says):
    assert says in cell_told(tmp_path, place, value, sheet)


def test_extra_columns_of_a_workbook_are_numbers_where_all_are_and_never_an_error(tmp_path):
    held = tables()
    extra = zip(held["usulan"], ("jarak", 1.234, 2), ("nik", 3201234567890123, 5), ("no", "01", 2), strict=True)
    held["usulan"] = [[*row, *more] for row, *more in extra]
    usulan = read_usulan(write_xlsx(tmp_path / "x.xlsx", held))["usulan"].data
    assert list(usulan["usulan.jarak"]) == [1.234, 2.0] and list(usulan["usulan.no"]) == ["01", "2"]
    assert list(usulan["usulan.nik"]) == ["3201234567890123", "5"]  # no quantity has 16 digits


def test_a_formula_gives_its_saved_value_and_is_told_once_per_column(tmp_path, good):
    # openpyxl writes no value beside a formula, so they are put there by hand, as Excel does
    path = edited(tmp_path, lambda book: None)
    typed, formula = b't="inlineStr"><is><t>U1</t></is></c>', b't="str"><f>"U"&amp;1</f><v>U1</v></c>'
    with_part(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(typed, formula, 1))
    number = re.compile(rb'(r="D\d" t="n">)(<v>)')
    with_part(path, "xl/worksheets/sheet2.xml", lambda xml: number.sub(rb"\1<f>2*1000</f>\2", xml))
    same(read_usulan(path), good)
    key, price = told(path, "warning")
    assert "lembar 'usulan' baris 2, kolom usulan_id = '=\"U\"&1': rumus: nilai yang tersimpan dipakai, U1. " in key
    assert "lembar 'rincian' baris 2, kolom harga_satuan_rp = '=2*1000'" in price
    assert "dipakai, 260000000. Sel rumus di kolom ini: 3 (baris 2-4)." in price


def test_merged_cells_are_named_once(tmp_path):
    (sentence,) = told(edited(tmp_path, lambda book: book["rincian"].merge_cells("A2:A3")))
    assert "lembar 'rincian' baris 2, kolom usulan_id = 'U1': sel gabungan A2:A3" in sentence
    nameless, merged = told(edited(tmp_path, lambda book: book["usulan"].merge_cells("B1:C1")))
    assert "kolom ke-3" in nameless and "baris 1, kolom nama" in merged and "B1:C1" in merged


def test_hidden_rows_columns_and_sheets_count_and_are_named(tmp_path, good):
    def edit(book):
        for row in (2, 3):
            book["rincian"].row_dimensions[row].hidden = True
        book["usulan"].column_dimensions["B"].hidden = True
        book["daerah"].sheet_state = "hidden"

    path = edited(tmp_path, edit)
    same(read_usulan(path), good)
    assert told(path, "warning") == [
        "usulan_kab.xlsx lembar 'usulan': kolom tersembunyi ikut dibaca: nama",
        "usulan_kab.xlsx lembar 'rincian': baris tersembunyi ikut dibaca: 2-3",
        "usulan_kab.xlsx lembar 'daerah': lembar tersembunyi ini ikut dibaca",
    ]


def test_comment_rows_blank_rows_and_our_own_sheets_are_passed_over(tmp_path, good):
    def edit(book):
        book["rincian"].insert_rows(2)
        book["rincian"]["A2"].value = "# kunci usulan"
        book["rincian"]["D2"].value = "rupiah"
        book["rincian"].insert_rows(4)
        for title in ("Petunjuk", "kolom", "daftar", "contoh", "masalah", "siap"):
            book.create_sheet(title)["A1"].value = "=1+1"

    path = edited(tmp_path, edit)
    checked = check_data(path)
    assert checked.findings == () and list(checked.tables["rincian"].data.index) == [3, 5, 6]


def test_another_sheet_is_passed_over_with_a_warning(tmp_path, good):
    path = edited(tmp_path, lambda book: book.create_sheet("Rekap"))
    same(read_usulan(path), good)
    assert told(path, "warning")[0].startswith("usulan_kab.xlsx lembar 'Rekap': lembar ini tidak dibaca")


def test_two_sheets_or_files_of_one_table_are_told(tmp_path):
    path = edited(tmp_path, lambda book: book.create_sheet(" Usulan"))
    assert told(path) == ["usulan_kab.xlsx lembar ' Usulan': ada dua lembar untuk tabel usulan. Sisakan satu."]
    folder = write_csv(tmp_path / "u", tables())
    write_xlsx(folder / "Daerah.xlsx", {"daerah": TABLES["daerah"]})
    assert told(folder) == [
        "Daerah.xlsx: tabel ini ada dalam lebih dari satu berkas (Daerah.xlsx, daerah.csv). Sisakan satu."
    ]


def test_what_is_missing_is_told_with_how_to_give_it(tmp_path):
    (sentence,) = told(edited(tmp_path, lambda book: None, tables(rincian=None)))
    assert sentence.startswith("rincian.csv: tabel ini tidak ada di ") and "lembar 'rincian'" in sentence
    with pytest.raises(PlannerError) as caught:
        read_usulan(tmp_path / "tiada.xlsx")
    assert "tiada.xlsx: tidak dapat dibaca" in str(caught.value)
    assert "Sebut foldernya" in told(write_csv(tmp_path / "u", tables()) / "usulan.csv")[0]


@pytest.mark.parametrize("suffix", [".xlsm", ".xlsb", ".xltx"])
def test_other_kinds_of_workbooks_are_refused_by_name(tmp_path, suffix):
    folder = write_csv(tmp_path / "u", tables(daerah=None))
    (folder / f"daerah{suffix}").write_bytes(b"whatever")
    (sentence,) = told(folder)
    assert sentence.startswith(f"daerah{suffix}: ") and ".xlsx" in sentence


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "bukan buku kerja"), (b"usulan_id,nama\n", "bukan buku kerja"), (b"PK\x03\x04torn", "bukan buku kerja"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "kata sandi"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_workbook_is_refused(tmp_path, content, says):
    (tmp_path / "x.xlsx").write_bytes(content)
    (sentence,) = told(tmp_path / "x.xlsx")
    assert sentence.startswith("x.xlsx: ") and says in sentence


def test_a_torn_workbook_is_refused_wherever_it_is_torn(tmp_path):
    whole = write_xlsx(tmp_path / "x.xlsx", tables()).read_bytes()
    for cut in range(0, len(whole), len(whole) // 12):
        (tmp_path / "x.xlsx").write_bytes(whole[:cut])
        assert told(tmp_path / "x.xlsx")


def test_macros_are_not_read(tmp_path):
    path = write_xlsx(tmp_path / "x.xlsx", tables())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert "makro" in told(path)[0]


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
def test_entities_are_refused_before_any_parser_sees_them(tmp_path, name):
    path = write_xlsx(tmp_path / "x.xlsx", tables())
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    with_part(path, name, lambda xml: laughs + xml.split(b"?>", 1)[-1])
    assert "DOCTYPE" in told(path)[0]
    with_part(path, name, lambda xml: xml.decode().encode("utf-16"))
    assert "DOCTYPE" in told(path)[0]


def test_bombs_are_refused_by_what_they_would_become(tmp_path, monkeypatch):
    path = write_xlsx(tmp_path / "x.xlsx", tables())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(12 * 2**20))
    assert "bom zip" in told(path)[0]
    monkeypatch.setattr(limits, "WORKBOOK_LIMIT_MB", 11)
    assert "lebih dari 11 MB" in told(path)[0]


def test_a_sheet_of_too_many_rows_or_columns_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet_facts, "ROW_LIMIT", 3)
    path = write_xlsx(tmp_path / "x.xlsx", tables())
    assert "x.xlsx lembar 'rincian': lebih dari 3 baris" in told(path)[0]
    wide = edited(tmp_path, lambda book: book["daerah"].cell(1, 16_000).__setattr__("value", "x"))
    assert "lembar 'daerah': lebih dari 500 kolom" in told(wide)[-1]


HOSTILE = {
    "a row that is no number": (b'<row r="3"', b'<row r="x"'),
    "a column beyond XFD": (b'r="B2"', b'r="ZZZZ2"'), "a shared string that is not there": (
        b'<c r="B2" t="inlineStr"><is><t>Tenun</t></is></c>', b'<c r="B2" t="s"><v>9</v></c>'),
}  # fmt: skip


@pytest.mark.parametrize("fault", HOSTILE)
def test_a_sheet_that_no_program_writes_is_refused_and_the_others_are_read(tmp_path, fault):
    path = write_xlsx(tmp_path / "x.xlsx", tables())
    with_part(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(*HOSTILE[fault]))
    (sentence,) = told(path)
    assert sentence.startswith(
        ("x.xlsx lembar 'usulan': bagian xl/worksheets/sheet1.xml", "x.xlsx lembar 'usulan': lembar ini")
    )
    assert check_data(path).plain.keys() == {"rincian", "sentra", "daerah", "realisasi", "bukti"}


def test_a_row_that_goes_back_is_read_where_its_cells_say(tmp_path, good):
    path = write_xlsx(tmp_path / "x.xlsx", tables())
    with_part(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'<row r="3"', b'<row r="2"'))
    same(read_usulan(path), good)  # the cells bear A3, B3, ...


@pytest.mark.parametrize("value", [b"nan", b"9" * 6000, b"1e999", b"9" * 400, b"-1e-320"])
def test_a_number_that_no_program_writes_is_told_with_its_cell(tmp_path, value):
    path = write_xlsx(tmp_path / "x.xlsx", tables())
    with_part(path, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b"<v>260000000</v>", b"<v>" + value + b"</v>"))
    (sentence,) = told(path)
    assert sentence.startswith("x.xlsx lembar 'rincian' baris 2, kolom harga_satuan_rp = ")


def test_what_is_no_number_at_all_in_a_cell_of_numbers_is_refused_with_its_sheet(tmp_path):
    path = write_xlsx(tmp_path / "x.xlsx", tables())
    with_part(path, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b"<v>260000000</v>", b"<v>0x10</v>"))
    (sentence,) = told(path)
    assert sentence.startswith("x.xlsx lembar 'rincian': lembar ini tidak utuh")


def test_a_workbook_is_not_changed_by_reading(tmp_path):
    path = write_xlsx(tmp_path / "x.xlsx", tables())
    before = path.read_bytes()
    check_data(path)
    assert path.read_bytes() == before
