"""The six tables against each other and the reference: every slip by its file, row, column and remedy."""

import pytest
from tabular import TABLES, tables, write_csv

from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.base.paths import ROOT
from planner.model.candidates import read_usulan
from planner.tables.check import check_data
from planner.tables.findings import LIMIT


def findings(tmp_path, level=None, **changes):
    found = check_data(write_csv(tmp_path / "usulan", tables(**changes))).findings
    return [finding for finding in found if level in (None, finding.level)]


def the_one(tmp_path, table, row, column, value, level="error"):
    """The only finding when this cell is put wrong; its place is that cell."""
    (found,) = findings(tmp_path, **{table: {(row, column): value}})
    place = (found.table, found.file, found.row, found.column, found.value, found.level)
    assert place == (table, f"{table}.csv", row, column, str(value), level)
    return found.sentence()


def test_the_small_set_and_the_example_are_without_errors(tmp_path):
    assert findings(tmp_path) == []
    contoh = check_data(ROOT / "data/contoh")
    assert {f.level for f in contoh.findings} == {"warning"} and contoh.warnings == contoh.findings
    assert {name: len(table.data) for name, table in contoh.tables.items()}["rincian"] == 2447


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "says"),
    [
        ("usulan", 2, "kode", "53.99", "tidak dikenal"), ("sentra", 2, "kode", "99.01", "tidak dikenal"),
        ("daerah", 2, "kode", "99.01", "tidak dikenal"), ("realisasi", 2, "kode", "99.01", "tidak dikenal"),
        ("usulan", 3, "kode", "31.71", "DKI"), ("usulan", 2, "sentra_id", "S9", "Yang dikenal: S1"),
        ("usulan", 2, "kode", "53.02", "sentranya berada di kode 53.01"),
        ("rincian", 2, "usulan_id", "U9", "tabel usulan"), ("rincian", 2, "komponen", "ipall", "'ipal'"),
        ("rincian", 2, "volume_min", 3, "melebihi volume 2"), ("rincian", 2, "volume", 0, "di atas 0"),
        ("rincian", 2, "volume", 1.5, "satuan yang lebih kecil"), ("usulan", 2, "fs", "sudah", "ada, proses"),
        ("usulan", 2, "verifikasi_provinsi", "ok", "diterima"), ("rincian", 3, "penilaian_kl", "bagus", "ditolak"),
        ("sentra", 2, "lat", 123.61, "lintang"),
        ("sentra", 2, "status", "aktif", "mangkrak"), ("sentra", 2, "laporan_terakhir", 45000, "2023-03-15"),
        ("realisasi", 2, "output_pct", 120, "0 sampai 100"), ("realisasi", 2, "dimanfaatkan_1", "v", "'ya'"),
        ("rincian", 2, "rincian_id", "", "wajib diisi"), ("usulan", 3, "ikm_komitmen", "dua", "bilangan bulat"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_told_alone_with_its_place_and_remedy(tmp_path, table, row, column, value, says):
    assert says in the_one(tmp_path, table, row, column, value)


def test_a_step_above_the_last_known_one_before_it_is_doubtful(tmp_path):
    # pagu Rp 7 miliar; RK, contract and payment are not known, so absorption is held against the pagu
    told = the_one(tmp_path, "realisasi", 2, "serap_rp", 7_000_000_001, "warning")
    assert "lebih dari langkah sebelumnya, Rp 7.000.000.000" in told
    held = tables()
    for row, cells in zip(held["realisasi"], (["kontrak_rp", "salur_rp"], [8_000_000_000, 6_000_000_000]), strict=True):
        row += cells
    found = check_data(write_csv(tmp_path / "u", held)).findings
    assert [(f.file, f.row, f.column, f.level) for f in found] == [
        ("realisasi.csv", 2, "serap_rp", "warning"), ("realisasi.csv", 2, "kontrak_rp", "warning"),
    ]  # fmt: skip
    assert "Rp 6.000.000.000" in found[0].remedy


def test_a_second_key_names_the_first_row(tmp_path):
    assert "baris 2" in the_one(tmp_path, "rincian", 3, "rincian_id", "1")
    (usulan,) = [f for f in findings(tmp_path, usulan={(3, "usulan_id"): "U1"}) if f.table == "usulan"]
    assert (usulan.row, usulan.column) == (3, "usulan_id") and "'U1'" in usulan.remedy


def test_a_sentra_that_is_not_listed_is_right_where_there_is_no_list(tmp_path):
    assert findings(tmp_path, sentra=None) == []


@pytest.mark.parametrize(
    ("price", "says"),
    [
        (260_000, "ribuan"), (260, "juta"), (260_000_000_000, "tiga nol"), (260_000_000_000_000, "enam nol"),
    ],
)  # fmt: skip
def test_a_price_off_by_thousands_or_millions_is_told_the_price_it_may_be(tmp_path, price, says):
    # ipal at Kupang: the reference range x IKK / 100 holds 260 juta
    told = the_one(tmp_path, "rincian", 2, "harga_satuan_rp", price)
    assert says in told and "Rp 260.000.000?" in told


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "says"),
    [
        ("rincian", 2, "harga_satuan_rp", 2_000_000_000, "harga tinggi"),
        ("rincian", 2, "harga_satuan_rp", 5_000_000, "sepersepuluh"),
        ("rincian", 2, "harga_satuan_rp", 260_000_500, "kelipatan Rp 1.000"),
        ("rincian", 2, "volume", 500, "volume terbesar"), ("usulan", 2, "om_tahunan_rp", 50, "Rp 50.000.000"),
        ("daerah", 2, "kapasitas_om_rp", 500, "Rp 500.000.000"), ("realisasi", 2, "pagu_rp", 7_000, "Rp 7.000.000.000"),
        ("usulan", 3, "ikm_komitmen", "", "dihitung 0"),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_a_warning_and_never_blocks(tmp_path, table, row, column, value, says):
    assert says in the_one(tmp_path, table, row, column, value, "warning")
    assert set(read_usulan(tmp_path / "usulan")) == set(TABLES)


def test_all_problems_of_all_tables_are_told_at_once_in_order(tmp_path):
    changes = {
        "usulan": {(2, "kode"): "5301", (3, "fs"): "x", (3, "kode"): "99.99"},
        "rincian": {(4, "komponen"): "y", (2, "volume"): 0, (3, "usulan_id"): "U7"},
        "sentra": {(2, "lon"): 0}, "daerah": {(2, "ta"): "x"}, "realisasi": {(2, "kontrak_tanggal"): "x"},
    }  # fmt: skip
    found = findings(tmp_path, **changes)
    places = [(f.table, f.row, f.column) for f in found]
    assert places == [
        ("usulan", 2, "kode"), ("usulan", 3, "kode"), ("usulan", 3, "fs"), ("rincian", 2, "volume"),
        ("rincian", 3, "usulan_id"), ("rincian", 4, "komponen"), ("sentra", 2, "lon"), ("daerah", 2, "ta"),
        ("realisasi", 2, "kontrak_tanggal"),
    ]  # fmt: skip
    with pytest.raises(PlannerError) as caught:
        read_usulan(tmp_path / "usulan")
    assert caught.value.problems == [f.sentence() for f in found]


def test_the_tables_are_empty_while_there_is_an_error(tmp_path):
    assert check_data(write_csv(tmp_path / "u", tables(usulan={(2, "kode"): "x"}))).tables == {}


def test_a_flood_of_problems_is_cut_and_counted(tmp_path):
    held = tables()
    held["rincian"] += [["U1", f"x{i}", "ipal", 0, 1, "", "ya", ""] for i in range(LIMIT + 7)]
    found = [f for f in check_data(write_csv(tmp_path / "u", held)).findings if f.level == "error"]
    assert len(found) == LIMIT + 1
    assert found[-1].row is None and " 7 " in found[-1].sentence()


def test_findings_are_told_in_english_too(tmp_path):
    with speaking("en"):
        assert the_one(tmp_path, "usulan", 2, "kode", "5301") == (
            "usulan.csv row 2, column kode = '5301': was read as a number; write it as text, perhaps "
            "53.01 Kabupaten Kupang (Kemendagri code) or 53.12 Kabupaten Sumba Barat (BPS code)"
        )


def test_phases_count_from_1_and_none_comes_after_the_last(tmp_path):
    held = tables()
    for name, columns in (("usulan", ["fase", "fase_total"]), ("realisasi", ["sentra_id", "fase"])):
        held[name] = [held[name][0] + columns, *([*row, "", ""] for row in held[name][1:])]
    assert check_data(write_csv(tmp_path / "kosong", held)).findings == ()
    held["usulan"][1][-2:], held["usulan"][2][-2:], held["realisasi"][1][-2:] = [0, 2], [3, 2], ["S9", 1]
    found = [(f.table, f.row, f.column) for f in check_data(write_csv(tmp_path / "salah", held)).findings]
    assert found == [("usulan", 2, "fase"), ("usulan", 3, "fase"), ("realisasi", 2, "sentra_id")]


def test_a_missing_column_is_told_the_stranger_that_may_be_it_and_never_a_column_that_is_known(tmp_path):
    held = tables()
    held["rincian"][0][4] = "Vol."  # beside volume_min, whose name is nearer
    (found,) = check_data(write_csv(tmp_path / "u", held)).findings
    assert found.remedy == "kolom 'volume' tidak ada. Apakah judul 'Vol.' kolom itu? Ganti menjadi 'volume'."
    held["rincian"][0][4] = "banyaknya"
    (found,) = check_data(write_csv(tmp_path / "v", held)).findings
    assert found.remedy == "kolom 'volume' tidak ada. Judul yang tidak dikenal di tabel ini: banyaknya."
    held["rincian"] = [row[:4] + row[5:] for row in held["rincian"]]
    (found,) = check_data(write_csv(tmp_path / "w", held)).findings
    assert found.remedy == "kolom 'volume' tidak ada."


def judged(**changes) -> dict[str, list[list]]:
    """The small set with an agreed volume in each line and a rating of Kemenkeu."""
    held = tables(**changes)
    for column, rows, cells in (
        ("volume_disetujui", held["rincian"], (2, 1, 1)), ("penilaian_kemenkeu", held["daerah"], ("baik",)),
    ):  # fmt: skip
        rows[0].append(column)
        for row, cell in zip(rows[1:], cells, strict=True):
            row.append(cell)
    return held


def test_every_wrong_verdict_is_told_at_once(tmp_path):
    held = judged(usulan={(2, "verifikasi_provinsi"): "ok"}, rincian={(3, "penilaian_kl"): "bagus"})
    held["rincian"][1][-1], held["daerah"][1][-1] = 3, "buruk"  # of 2 units; no word of Kemenkeu's
    held["rincian"].append(["U9", "1", "ipal", 260_000_000, 1, "", "ya", "ditolak", -1])  # a line of no usulan
    found = [f for f in check_data(write_csv(tmp_path / "u", held)).findings if f.level == "error"]
    assert [(f.table, f.row, f.column) for f in found] == [
        ("usulan", 2, "verifikasi_provinsi"), ("rincian", 2, "volume_disetujui"), ("rincian", 3, "penilaian_kl"),
        ("rincian", 5, "usulan_id"), ("rincian", 5, "volume_disetujui"), ("daerah", 2, "penilaian_kemenkeu"),
    ]  # fmt: skip
    assert "melebihi volume yang diusulkan, 2" in found[1].remedy and "perlu_perhatian" in found[-1].remedy


def test_an_agreed_volume_below_the_smallest_is_doubtful(tmp_path):
    held = judged(rincian={(2, "volume"): 4, (2, "volume_min"): 3})
    (found,) = [f for f in check_data(write_csv(tmp_path / "u", held)).findings if f.column == "volume_disetujui"]
    assert (found.row, found.level) == (2, "warning") and "di bawah volume_min 3" in found.remedy


@pytest.mark.parametrize(
    "header", ["harga total", "Jumlah Harga", "subtotal", "Harga keseluruhan", "total biaya satuan"]
)
def test_a_total_is_never_told_to_be_a_unit_price(tmp_path, header):
    held = tables()
    held["rincian"][0][3] = header
    (found,) = check_data(write_csv(tmp_path / "u", held)).findings
    assert found.remedy == f"kolom 'harga_satuan_rp' tidak ada. Judul yang tidak dikenal di tabel ini: {header}."


@pytest.mark.parametrize("header", ["kode bps", "kode_djpk", "Kode Lama", "kodebps"])
def test_a_code_of_another_system_is_never_told_to_be_the_kode(tmp_path, header):
    held = tables()
    held["daerah"][0][0] = header
    (found,) = check_data(write_csv(tmp_path / "u", held)).findings
    assert found.remedy == f"kolom 'kode' tidak ada. Judul yang tidak dikenal di tabel ini: {header}."


@pytest.mark.parametrize(
    ("column", "header"),
    [
        ("volume_min", "volume-min"), ("volume_min", "Volume (Min.)"), ("wajib", "Wajib?"), ("wajib", "*WAJIB*"),
        ("harga_satuan_rp", "Harga Satuan (Rp)"), ("penilaian_kl", "Penilaian K/L"), ("volume", "volume:"),
        ("volume_min", "VolumeMin"), ("usulan_id", "Usulan/ID"),
    ],
)  # fmt: skip
def test_a_header_that_differs_by_punctuation_is_the_column(tmp_path, column, header):
    held, good = tables(), check_data(write_csv(tmp_path / "good", tables())).tables["rincian"].data
    held["rincian"][0][held["rincian"][0].index(column)] = header
    checked = check_data(write_csv(tmp_path / "u", held))
    assert checked.findings == () and checked.tables["rincian"].data.equals(good)


@pytest.mark.parametrize(
    ("column", "header"),
    [
        ("volume_min", "VOLUME MINIMUM"), ("volume_min", "volume_minimum"), ("volume_min", "volume_mn"),
        ("volume_min", "vol_min"), ("wajib", "wajb"), ("volume_min", "volume min %"),
    ],
)  # fmt: skip
def test_a_header_that_is_nearly_an_optional_column_is_kept_as_an_own_one_with_a_warning(tmp_path, column, header):
    held = tables()
    held["rincian"][0][held["rincian"][0].index(column)] = header
    checked = check_data(write_csv(tmp_path / "u", held))
    (found,) = checked.findings
    assert (found.level, found.row, found.column) == ("warning", None, header)
    assert found.remedy.startswith(f"mirip '{column}', tetapi dibaca sebagai kolom Anda sendiri.")
    data = checked.tables["rincian"].data
    assert data[column].isna().all() and f"rincian.{header}" in data


def test_beside_a_column_of_its_very_name_one_that_differs_by_punctuation_is_an_own_one(tmp_path):
    held = tables()
    held["rincian"] = [[*row, more] for row, more in zip(held["rincian"], ("Volume.", 7, 8, 9), strict=True)]
    checked = check_data(write_csv(tmp_path / "u", held))
    assert [(f.level, f.column) for f in checked.findings] == [("warning", "Volume.")]
    assert list(checked.tables["rincian"].data["volume"]) == [2, 1, 1]
    held["rincian"][0][4], held["rincian"][0][-1] = "volume?", "Volume."
    assert [f.remedy for f in check_data(write_csv(tmp_path / "v", held)).findings] == [
        "kolom 'volume' ada dua kali. Hapus salah satu."
    ]


@pytest.mark.parametrize(
    "header", ["nilai", "kabupaten", "total", "sumber_dana", "nama_kabupaten", "lahan_ha", "status"]
)
def test_an_own_column_with_a_name_of_its_own_is_no_matter(tmp_path, header):
    held = tables()
    held["usulan"] = [[*row, more] for row, more in zip(held["usulan"], (header, "x", "y"), strict=True)]
    assert check_data(write_csv(tmp_path / "u", held)).findings == ()
