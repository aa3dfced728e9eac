"""Other people's tables become ours: every cell that changed is logged, nothing is guessed and nothing lost."""

import openpyxl
import pandas as pd
import pytest

from planner.base.errors import PlannerError
from planner.tables.conversion import converter
from planner.tables.import_tables import import_tables
from planner.tables.map_file import map_text, read_map
from planner.tables.mapping import propose
from planner.tables.raw_sheets import raw_sheets


def plain(table, column, text, header="", factor=1, sign=None):
    """What a cell becomes, and how; None where it cannot be read."""
    found = converter(table, column, header or column, factor, [text])(text, sign)
    return found and tuple(found)


@pytest.mark.parametrize(
    ("column", "text", "becomes"),
    [
        ("usulan.dana_lain_rp", "1,5 miliar", ("1500000000", "words")),
        ("usulan.dana_lain_rp", "Rp 1.500.000.000,-", ("1500000000", "written")),
        ("usulan.dana_lain_rp", "nihil", ("", "nothing")),
        ("usulan.dana_lain_rp", "1.500", None),  # 1500 or 1.5: nothing here tells
        ("realisasi.kontrak_tanggal", "5 Nop 26", ("2026-11-05", "date")),
        ("realisasi.kontrak_tanggal", "46331", ("2026-11-05", "serial")),
        ("realisasi.kontrak_tanggal", "31/02/2026", None),
        ("usulan.kode", "Kab. Gianyar", ("51.04", "name")),
        ("usulan.kode", "Kabupaten Solok", ("13.02", "name")),
        ("usulan.kode", "Solok", None),  # a kabupaten and a kota
        ("usulan.kode", "51.04", ("51.04", "")),
        ("usulan.menu", "Pembangunan Sentra IKM", ("pembangunan", "word")),
        ("usulan.menu", "bukan pembangunan", None),
        ("usulan.menu", "pembangunan dan revitalisasi", None),
        ("usulan.ta", "TA 2028", ("2028", "written")),
        ("usulan.fs", "blm ada", ("belum", "word")),
        ("usulan.fs", "sudah", ("ada", "word")),
        ("usulan.ovop", "Ya", ("ya", "written")),
        ("rincian.komponen", "Instalasi Pengolahan Air Limbah", ("ipal", "component")),
        ("rincian.komponen", "Infrastrktur", ("infrastruktur", "component")),
        ("rincian.komponen", "gedung_up", ("gedung_upt", "component")),
        ("rincian.komponen", "Gedung", None),  # gedung_produksi, gedung_upt and gedung_promosi begin so
        ("rincian.komponen", "Kantor", None),
        ("rincian.komponen", "ipa", None),  # ipal and ipab are as near
        ("rincian.komponen", "tanpa IPAL", None),
        ("rincian.komponen", "Total IPAL", None),
    ],
)
def test_what_a_cell_becomes(column, text, becomes):
    assert plain(*column.split("."), text) == becomes


def test_a_code_of_another_system_is_read_by_the_system_that_its_header_names():
    # Kabupaten Gianyar is 51.04 of Kemendagri and 5104 of BPS; without a name of a system two readings are none.
    assert plain("usulan", "kode", "5104", "Kode BPS") == ("51.04", "code")


@pytest.mark.parametrize(
    ("text", "sign", "rupiah"),
    [("2.350", ",", "2350000000"), ("1.050,5", ",", "1050500000"), ("1,2 miliar", ",", "1200000000"),
     ("0,0000005", ",", None), ("Rp 2.350.000.000", ",", None), ("2.350", None, None), ("-", ",", None)],
)  # fmt: skip
def test_a_unit_in_the_header_makes_whole_rupiah_or_nothing(text, sign, rupiah):
    # The unit in a cell counts before that of the header; half a rupiah is none; Rp 2,35 miliar is no number of juta.
    found = plain("rincian", "harga_satuan_rp", text, "Harga (Rp juta)", 10**6, sign)
    assert (found and found[0]) == rupiah


# -- whole sheets ------------------------------------------------------------------------------------------------------


def imported(file, change=lambda maps: maps):
    sheets = raw_sheets(file)
    maps = change([propose(sheet) for sheet in sheets])
    return import_tables(list(zip(sheets, maps, strict=True)))


def rows(table: pd.DataFrame) -> list[dict]:
    return table.to_dict("records")


DINAS = """DAFTAR USULAN DAK FISIK BIDANG IKM;;;;;;;;;
PROVINSI BALI TAHUN ANGGARAN 2028;;;;;;;;;
No.;Kab./Kota;Judul Usulan;Menu;FS;Tidak ada DED;Biaya Gudang (Rp juta);Vol. Gudang;IPAL (Rp juta);Total
1;2;3;4;5;6;7;8;9;10
1;Kab. Gianyar;Anyaman;Revitalisasi;Sudah;x;2.100;2;250;2.350
2;Bangli;Bambu;Pembangunan;blm ada;;1.050,5;1;;1.050,5
;JUMLAH;;;;;3.150,5;3;250;3.400,5
;Mengetahui;;;;;;;;
;Kepala Dinas;;;;;;;;
"""


def test_a_list_of_a_dinas_with_titles_sums_and_signatures(tmp_path):
    (tmp_path / "bali.csv").write_text(DINAS, encoding="utf-8")
    found = imported(tmp_path / "bali.csv")
    assert [(r["usulan_id"], r["kode"], r["ta"], r["menu"], r["fs"]) for r in rows(found.tables["usulan"])] == [
        ("28-5104-01", "51.04", "2028", "revitalisasi", "ada"),
        ("28-5106-01", "51.06", "2028", "pembangunan", "belum"),
    ]
    lines = [tuple(r.values()) for r in rows(found.tables["rincian"])]
    assert lines == [
        ("28-5104-01", "R01", "gudang", "1050000000", "2"),  # 2.100 juta for two
        ("28-5104-01", "R02", "ipal", "250000000", "1"),
        ("28-5106-01", "R01", "gudang", "1050500000", "1"),
    ]
    own = found.tables["usulan"]
    assert own["Tidak ada DED"].to_list() == ["x", ""] and own["Total"].to_list() == ["2350", "1050.5"]
    assert {"baris 7", "baris 8-9", "baris 4"} <= {note.split(": ")[-1].strip(".") for note in found.notes}


def test_every_cell_that_differs_from_the_file_stands_in_the_log(tmp_path):
    (tmp_path / "bali.csv").write_text(DINAS, encoding="utf-8")
    log = imported(tmp_path / "bali.csv").log
    told = {tuple(r) for r in log[["baris", "kolom", "dari", "menjadi"]].itertuples(index=False)}
    for cell in [(5, "Kab./Kota", "Kab. Gianyar", "51.04"), (6, "FS", "blm ada", "belum"),
                 (6, "Biaya Gudang (Rp juta)", "1.050,5", "1050500000"), (5, "", "", "2028"),
                 (5, "", "", "28-5104-01")]:  # fmt: skip
        assert cell in told
    assert {"dari": "Mengetahui", "cara": "tanda tangan atau keterangan, dilewati"} in rows(log[["dari", "cara"]])


def test_a_row_that_says_total_but_has_all_its_keys_is_data(tmp_path):
    text = "ID Usulan;Kab/Kota;Menu;TA\nTotal-1;Kab. Gianyar;pembangunan;2028\nTOTAL;;;\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert imported(tmp_path / "a.csv").tables["usulan"]["usulan_id"].to_list() == ["Total-1"]


def test_merged_cells_and_a_header_of_two_rows(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["REKAP DAK TA 2028"],
        ["No", "Kab/Kota", "Menu", "IPAL", None],
        [None, None, None, "Vol", "Harga (Rp)"],
        [1, "Kab. Gianyar", "Revitalisasi", 1, 250_000_000],
        [2, None, "Pembangunan", 2, 240_000_000],
    ):
        sheet.append(row)
    for cells in ("A1:E1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "B4:B5"):
        sheet.merge_cells(cells)
    book.save(tmp_path / "rekap.xlsx")
    found = imported(tmp_path / "rekap.xlsx")
    assert found.tables["usulan"]["kode"].to_list() == ["51.04", "51.04"]
    assert found.tables["rincian"][["harga_satuan_rp", "volume"]].to_numpy().tolist() == [
        ["250000000", "1"], ["240000000", "2"],
    ]  # fmt: skip
    assert ("sel gabungan; diisi ke bawah", 5) in set(zip(found.log["cara"], found.log["baris"], strict=True))


@pytest.mark.parametrize("ranges", [("H2:H3",), ("D1:G1",), ("C2:H3", "D1:H1")])
def test_merged_cells_to_the_right_of_all_that_is_filled_are_nothing(tmp_path, ranges):
    book = openpyxl.Workbook()
    for row in (
        ["Kab/Kota", "Menu", "TA", "IPAL"],
        [None, None, None, "Vol", "Harga (Rp)"],
        ["Bangli", "pembangunan", 2028, 1, 250_000_000],
        ["Gianyar", "pembangunan", 2028, 2, 250_000_000],
    ):
        book.active.append(row)
    for cells in ranges:
        book.active.merge_cells(cells)
    book.save(tmp_path / "a.xlsx")
    [sheet] = raw_sheets(tmp_path / "a.xlsx")
    assert len(sheet.headers) == 5 and sheet.cells.iloc[-1].to_list() == [
        "Gianyar",
        "pembangunan",
        "2028",
        "2",
        "250000000",
    ]


KRISNA = """Kode Usulan;Pemda;Menu;TA;Komponen;Volume;Unit Cost (Rp)
K1;Kab. Gianyar;Pembangunan;2028;IPAL;1;250.000.000
K1;Kab. Gianyar;Pembangunan;2028;Gudang;2;500.000.000
K2;Kab. Bangli;{menu};2028;IPAL;1;250.000.000
K2;Kab. Bangli;Revitalisasi;2028;Gudang;1;500.000.000
"""


def test_a_row_for_each_line_becomes_one_usulan_with_its_lines(tmp_path):
    (tmp_path / "krisna.csv").write_text(KRISNA.format(menu="Revitalisasi"), encoding="utf-8")
    tables = imported(tmp_path / "krisna.csv").tables
    assert tables["usulan"]["usulan_id"].to_list() == ["K1", "K2"]
    assert tables["rincian"][["usulan_id", "rincian_id", "komponen"]].to_numpy().tolist() == [
        ["K1", "R01", "ipal"], ["K1", "R02", "gudang"], ["K2", "R01", "ipal"], ["K2", "R02", "gudang"],
    ]  # fmt: skip


def test_rows_of_one_usulan_that_contradict_each_other_are_told_with_their_places(tmp_path):
    (tmp_path / "krisna.csv").write_text(KRISNA.format(menu="Pembangunan"), encoding="utf-8")
    with pytest.raises(PlannerError) as caught:
        imported(tmp_path / "krisna.csv")
    [problem] = caught.value.problems
    assert "'K2'" in problem and "kolom menu" in problem
    assert "baris 4: 'pembangunan'" in problem and "baris 5: 'revitalisasi'" in problem


def test_an_amount_that_its_volume_does_not_divide_gives_no_price(tmp_path):
    text = "Kab/Kota;Menu;TA;Vol IPAL;Biaya IPAL\nKab. Gianyar;pembangunan;2028;3;1.000.000.000\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    found = imported(tmp_path / "a.csv")
    assert found.tables["rincian"]["harga_satuan_rp"].to_list() == [""]
    assert "jumlah tidak terbagi habis oleh volume; harga dibiarkan kosong" in found.log["cara"].to_list()


def test_own_columns_never_take_the_name_of_one_of_ours(tmp_path):
    # FS is only numbers, so it is not used as fs; score is a name of the workbench; two columns are called X.
    text = "Kab/Kota;Menu;TA;FS;score;X;X;\nKab. Gianyar;pembangunan;2028;17;3;a;b;c\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    [row] = rows(imported(tmp_path / "a.csv").tables["usulan"])
    assert [row[name] for name in ("FS (asal)", "score (asal)", "X", "X (asal)", "kolom 8")] == [
        "17",
        "3",
        "a",
        "b",
        "c",
    ]


def test_hostile_cells_stay_text(tmp_path):
    names = ['=HYPERLINK("http://x")', "<script>alert(1)</script>", "../../etc/passwd", "a\x01b"]
    book = openpyxl.Workbook()
    book.active.append(["Kab/Kota", "Menu", "TA", "Nama Usulan"])
    for name in names[:3]:
        book.active.append(["Kab. Gianyar", "pembangunan", 2028, name])
        book.active.cell(book.active.max_row, 4).data_type = "s"
    book.save(tmp_path / "a.xlsx")
    assert imported(tmp_path / "a.xlsx").tables["usulan"]["nama"].to_list() == names[:3]
    (tmp_path / "b.csv").write_text(f"Kab/Kota;Menu;TA;Nama Usulan\nBangli;pembangunan;2028;{names[3]}\n")
    found = imported(tmp_path / "b.csv")
    assert found.tables["usulan"]["nama"].to_list() == ["a b"] and "a\x01b" in found.log["dari"].to_list()


def test_formulas_are_logged_and_one_without_a_result_is_refused_with_its_place(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Kab/Kota", "Menu", "TA", "Jumlah IKM"])
    book.active.append(["Kab. Gianyar", "pembangunan", 2028, "=10+10"])  # openpyxl saves no result
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(PlannerError, match=r"baris 2, kolom D = '=10\+10'"):
        imported(tmp_path / "a.xlsx")


def sheets_of(folder, *sheets):
    """A workbook with these sheets: a title and rows each."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, *held in sheets:
        sheet = made.create_sheet(title)
        for row in held:
            sheet.append(row)
    made.save(folder / "a.xlsx")
    return made


LIST = [["Kab/Kota", "Menu", "TA", "Rasio"], ["Bangli", "pembangunan", 2028, 1], ["Gianyar", "pembangunan", 2028, 2]]


def with_error(folder, made, title, cell):
    made[title][cell] = "#DIV/0!"
    made[title][cell].data_type = "e"
    made.save(folder / "a.xlsx")


@pytest.mark.parametrize(
    ("title", "cell"), [("Analisis", "B2"), ("Daftar usulan", "D2"), ("Daftar usulan", "F2"), ("Daftar usulan", "F9")]
)
def test_an_error_value_where_nothing_is_used_does_not_hinder_an_import(tmp_path, title, cell):
    made = sheets_of(tmp_path, ("Daftar usulan", *LIST), ("Analisis", ["x", "y"], [1, 2]))
    with_error(tmp_path, made, title, cell)
    found = imported(tmp_path / "a.xlsx")
    assert len(found.tables["usulan"]) == 2
    assert ("#DIV/0!" in found.log["dari"].to_list()) == (title == "Daftar usulan")


def test_a_row_of_nothing_but_formulas_without_a_result_is_refused(tmp_path):
    sheets_of(tmp_path, ("Isian", LIST[0], ["=Lain!A1", "=Lain!B1", "=Lain!C1"]))
    with pytest.raises(PlannerError) as caught:
        imported(tmp_path / "a.xlsx")
    assert len(caught.value.problems) == 3 and "baris 2, kolom A = '=Lain!A1'" in caught.value.problems[0]


def test_an_error_value_in_a_column_that_is_used_is_refused_with_its_place(tmp_path):
    with_error(tmp_path, sheets_of(tmp_path, ("Isian", ["DAFTAR"], *LIST)), "Isian", "C3")
    with pytest.raises(PlannerError, match=r"lembar 'Isian' baris 3, kolom C = '#DIV/0!'"):
        imported(tmp_path / "a.xlsx")


def test_a_sheet_without_familiar_headers_is_left_and_told(tmp_path):
    letter = [["Dengan hormat", "kami kirim"], ["daftar", "terlampir"], ["Terima", "kasih"]]
    sheets_of(tmp_path, ("Pengantar", *letter), ("Isian", *LIST))
    found = imported(tmp_path / "a.xlsx")
    assert len(found.tables["usulan"]) == 2 and not {"Dengan hormat"} & set(found.tables["usulan"])
    assert any("'Pengantar': tidak dibaca" in note for note in found.notes)
    sheets_of(tmp_path, ("Pengantar", *letter))
    with pytest.raises(PlannerError, match="Tidak ada lembar yang dibaca"):
        imported(tmp_path / "a.xlsx")


def test_what_is_hidden_or_of_another_encoding_is_told(tmp_path):
    made = sheets_of(tmp_path, ("Isian", *LIST), ("Lain", ["a", "b"], [1, 2]))
    made["Isian"].row_dimensions[3].hidden = made["Isian"].column_dimensions["D"].hidden = True
    made["Isian"].sheet_state = "hidden"
    made.active = 1
    made.save(tmp_path / "a.xlsx")
    notes = imported(tmp_path / "a.xlsx").notes
    for told in ("baris tersembunyi ikut dibaca: 3", "kolom tersembunyi ikut dibaca: D", "lembar tersembunyi ini"):
        assert any(told in note for note in notes)
    text = "Kab/Kota;Menu;TA;Nama Usulan\nBangli;pembangunan;2028;Café\n"
    (tmp_path / "b.csv").write_bytes(text.encode("cp1252"))
    assert any("Windows-1252" in note for note in imported(tmp_path / "b.csv").notes)


@pytest.mark.parametrize(("name", "says"), [("a.xlsm", "makro"), ("a.xlsb", ".xlsx")])
def test_a_workbook_of_another_kind_is_told_as_one(tmp_path, name, says):
    (tmp_path / name).write_bytes(b"PK\x03\x04x")
    with pytest.raises(PlannerError, match=says):
        raw_sheets(tmp_path / name)


def test_a_header_that_begins_with_a_hash_is_no_remark(tmp_path):
    head, *body = [["# Usulan", "Kab/Kota", "Menu", "TA"], ["U1", "Bangli", "pembangunan", 2028],
                   ["# contoh", "Gianyar", "pembangunan", 2028], ["U3", "Gianyar", "pembangunan", 2028]]  # fmt: skip
    sheets_of(tmp_path, ("Isian", head, *body))
    found = imported(tmp_path / "a.xlsx")
    assert found.tables["usulan"]["kode"].to_list() == ["51.04", "51.06"]
    assert "# contoh | Gianyar | pembangunan | 2028" in found.log["dari"].to_list()


def test_remarks_of_each_line_do_not_contradict_each_other(tmp_path):
    text = "Kode Usulan;Pemda;Menu;TA;Judul;FS;Komponen;Volume;Unit Cost (Rp);Keterangan\n"
    line = "K1;Kab. Gianyar;Pembangunan;2028;Anyaman;ada;{};1;250.000.000;{}\n"
    (tmp_path / "a.csv").write_text(text + line.format("IPAL", "basah") + line.format("Gudang", "kering"))
    tables = imported(tmp_path / "a.csv").tables
    assert tables["rincian"]["catatan"].to_list() == ["basah", "kering"] and len(tables["usulan"]) == 1


def test_an_own_column_called_jumlah_rp_is_kept(tmp_path):
    text = "ID Usulan;Rincian;Komponen;Volume;Harga Satuan;jumlah_rp\nU1;R1;ipal;2;250000000;500000000\n"
    (tmp_path / "a.csv").write_text(text)
    assert imported(tmp_path / "a.csv").tables["rincian"]["jumlah_rp (asal)"].to_list() == ["500000000"]


# -- the map -----------------------------------------------------------------------------------------------------------


def mapped(tmp_path, text=DINAS, **changes):
    """The map of the dinas's list, written, edited and read back."""
    (tmp_path / "bali.csv").write_text(text, encoding="utf-8")
    sheets = raw_sheets(tmp_path / "bali.csv")
    toml = map_text([propose(sheet) for sheet in sheets])
    for old, new in changes.get("edits", ()):
        assert old in toml
        toml = toml.replace(old, new, 1)
    (tmp_path / "MAP.toml").write_text(toml, encoding="utf-8")
    if changed := changes.get("now"):
        (tmp_path / "bali.csv").write_text(changed, encoding="utf-8")
        sheets = raw_sheets(tmp_path / "bali.csv")
    return sheets, read_map(tmp_path / "MAP.toml", sheets)


def test_a_map_that_is_read_back_says_what_was_proposed(tmp_path):
    sheets, maps = mapped(tmp_path)
    assert [(c.at, c.header, c.to, c.mark, c.factor) for c in maps[0].columns] == [
        (c.at, c.header, c.to, c.mark, c.factor) for c in propose(sheets[0]).columns
    ]
    assert maps[0].fill == {"usulan.ta": "2028"}


def test_a_map_fits_a_later_list_with_its_columns_in_another_order_and_a_new_one(tmp_path):
    later = "Menu;Kab./Kota;Judul Usulan;No.;FS;Tidak ada DED;Biaya Gudang (Rp juta);Vol. Gudang;"
    later += "IPAL (Rp juta);Total;Baru\nPembangunan;Kab. Bangli;Bambu;1;ada;;1.000;1;;1.000;z\n"
    _, [one] = mapped(tmp_path, now=later)
    assert {c.header: c.to for c in one.columns if c.at < 2} == {"Menu": "usulan.menu", "Kab./Kota": "usulan.kode"}
    assert one.columns[-1].header == "Baru" and one.columns[-1].why == "tidak ada di peta"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('ke = "usulan.nama"', 'ke = "usulan.judul"', "tidak ada kolom 'usulan.judul'"),
        ('ke = "usulan.nama"', 'ke = "ulusan.nama"', "tidak ada tabel 'ulusan'"),
        ('ke = "usulan.nama"', 'ke = "usulan.kode"', "sama-sama menjadi usulan.kode"),
        ('judul = "Menu"', 'judul = "Menyu"', "judul 'Menyu' tidak ada lagi"),
        ('tanda = "yakin"', 'tanda = "mungkin"', "lembar[0].kolom[1].tanda"),
        ('ke = "rincian.jumlah_rp:ipal"', 'ke = "rincian.jumlah_rp:ipall"', "'ipall'"),
        ('ke = "rincian.jumlah_rp:ipal"', 'ke = "usulan.fs:ipal"', "sesudah titik dua"),
        ("kali = 1000000", "kali = 0", "bilangan bulat di atas 0"),
        ('tabel = "usulan"', 'tabel = "usulan', "baris 9"),
        ('"usulan.ta" = "2028"', '"usulan.tahun" = "2028"', "'usulan.tahun'"),
    ],
)
def test_what_is_wrong_with_a_map_is_one_sentence(tmp_path, old, new, says):
    with pytest.raises(PlannerError) as caught:
        mapped(tmp_path, edits=[(old, new)])
    assert len(caught.value.problems) == 1 and says in caught.value.problems[0]
    assert caught.value.problems[0].startswith("MAP.toml")


def test_a_map_nested_without_end_is_one_sentence(tmp_path):
    with pytest.raises(PlannerError, match=r"^MAP\.toml: baris"):
        mapped(tmp_path, edits=[("[[lembar]]", "a = " + "[" * 3000 + "\n[[lembar]]")])
