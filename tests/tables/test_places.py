"""Which kabupaten a row means: codes of other systems, names, provinces and coordinates held against each other."""

import re

import pytest
from small import candidates, scenario, usulan
from tabular import tables, write_csv

from planner.base.errors import PlannerError
from planner.geo.regions import wilayah
from planner.model.candidates import read_usulan
from planner.plan.allocate import allocate
from planner.tables.check import check_data
from planner.tables.places import as_code, gazetteer, letters
from planner.tables.reference import reference_tables

KABUPATEN, PADANAN = (table.data for table in reference_tables(("kabupaten", "padanan")).values())
KNOWN = gazetteer(KABUPATEN, PADANAN)


def found(tmp_path, held, level=None):
    findings = check_data(write_csv(tmp_path / "u", held)).findings
    return [(f.table, f.row, f.column, f.remedy) for f in findings if level in (None, f.level)]


def with_column(name, values, table="usulan"):
    held = tables()
    held[table] = [[*row, value] for row, value in zip(held[table], (name, *values), strict=True)]
    return held


@pytest.mark.parametrize(
    ("text", "code"),
    [("11.1", "11.10"), ("1101", "11.01"), ("51,04", "51.04"), ("11,1", "11.10"), ("2026-10-11", "11.10"),
     ("2026-10-11 00:00", "11.10"), ("51.04", "51.04"), ("510404", ""), ("Bali", ""), ("", "")],
)  # fmt: skip
def test_a_kode_that_excel_turned_into_something_else_is_known_again(text, code):
    assert as_code(text)[0] == code
    assert code in KNOWN.remedy(text)


def test_every_code_of_bps_is_told_the_region_it_is_of_and_the_one_it_would_be():
    names = dict(zip(KABUPATEN["kode"], KABUPATEN["nama"], strict=True))
    other = 0
    for kode, bps in zip(KABUPATEN["kode"], KABUPATEN["kode_bps"], strict=True):
        dotted = f"{bps[:2]}.{bps[2:]}"
        told = KNOWN.remedy(bps)
        assert f"{kode} {names[kode]}" in told and "kode BPS" in told
        if dotted in names and dotted != kode:
            other += 1
            assert f"{dotted} {names[dotted]} (kode Kemendagri" in told
    assert other == 169


def test_every_code_of_before_2022_and_of_djpk_is_told_its_region():
    assert PADANAN["jenis"].value_counts().to_dict() == {
        "djpk": 434, "provinsi": 31, "bps_2020": 26, "kemendagri_2021": 26, "nama": 20,
    }  # fmt: skip
    kode = set(KABUPATEN["kode"])
    for kind, other, own in PADANAN[["jenis", "isi", "kode"]].itertuples(index=False):
        assert own in (kode if kind != "provinsi" else set(KABUPATEN["kode_provinsi"]))
        if kind in ("djpk", "bps_2020", "kemendagri_2021"):
            assert own in KNOWN.readings(as_code(other)[0])
        if kind == "kemendagri_2021":  # no code of before is one of today, so that a former one is never taken for it
            assert other not in kode and KNOWN.remedy(other).startswith(f"kode '{other}' tidak dikenal. Mungkin {own}")


def test_names_are_known_by_every_way_to_write_them():
    for kode, nama in zip(KABUPATEN["kode"], KABUPATEN["nama"], strict=True):
        short = nama.removeprefix("Kabupaten ").removeprefix("Kota ")
        kind = nama.removesuffix(short).strip()
        for text in (nama, nama.upper(), f"{short}, {kind}", f"{short} ({kind})", f"Dinas Perindustrian {nama}"):
            assert KNOWN.meant(text) == {kode}, text
    assert KNOWN.meant("Solok") == {"13.02", "13.72"} and KNOWN.meant("Kab. Pontianak") == {"61.02"}
    assert KNOWN.meant("KOTA UJUNG PANDANG") == {"73.71"} and KNOWN.meant("Dinas Perindustrian") == set()
    assert KNOWN.province("Prov. D.I. Yogyakarta") == {"34"} and letters("Solok (Kab.)") == "kabupatensolok"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("Kab. Banjarnegara", "Tulis kodenya: 33.04 Kabupaten Banjarnegara"),
        ("Toba Samosir", "Tulis kodenya: 12.12 Kabupaten Toba"), ("Bali Barat", "harus kode Kemendagri"),
        ("Solok", "13.02 Kabupaten Solok atau 13.72 Kota Solok"),
        ("53.99", "tidak dikenal. Mungkin maksud Anda"), ("", "harus kode Kemendagri"),
    ],
)  # fmt: skip
def test_what_is_no_kode_is_told_what_it_may_be(tmp_path, value, says):
    ((table, row, column, remedy),) = found(tmp_path, tables(daerah={(2, "kode"): value}))
    assert (table, row, column) == ("daerah", 2, "kode") and says in remedy


def test_a_name_that_is_not_the_kodes_is_doubtful_and_the_code_of_another_system_is_named(tmp_path):
    # U1 has 53.01 (Kupang, and in DJPK's list nobody), U2 11.10 (Aceh Singkil; in DJPK's list Kab. Jepara)
    held = with_column("nama_kabupaten", ("Kab. Kupang", "Kabupaten Jepara"))
    ((table, row, column, remedy),) = found(tmp_path, held)
    assert (table, row, column) == ("usulan", 3, "nama_kabupaten")
    assert remedy == (
        "ini 33.20 Kabupaten Jepara, sedangkan kode baris ini 11.10 Kabupaten Aceh Singkil. 11.10 adalah kode DJPK "
        "daerah itu. Periksa keduanya."
    )
    assert set(read_usulan(tmp_path / "u")) == set(held)  # a warning: nothing is changed or refused


@pytest.mark.parametrize(
    ("column", "values", "says"),
    [
        ("kab/kota", ("Kupang", "Aceh Singkil"), ""),  # Kupang is a kabupaten and a kota: both may be meant
        ("daerah", ("KUPANG, KAB.", "Singkil Lama"), ""),  # half are names; a name that nobody knows says nothing
        ("daerah", ("Kota Kupang", "Aceh Singkil"), "53.71 Kota Kupang"),
        ("provinsi", ("NTT", "Provinsi Aceh"), ""), ("prov", ("NTT", "Bali"), "ini provinsi Bali"),
        ("instansi_pelaksana", ("Dinas Perindag", "Disperindag Kab. Gianyar"), "51.04 Kabupaten Gianyar"),
        ("warna", ("merah", "Bali"), "ini provinsi Bali"), ("catatan_kami", ("Kota Batu", "dekat pasar raya"), "35.79"),
        ("pic", ("Budi", "Ani"), ""), ("provinsi", ("Nusa Tenggara Timur", "Gorontalo"), "ini provinsi Gorontalo"),
        ("kota", ("Kupang", "Gorontalo"), "75.01 Kabupaten Gorontalo atau 75.71 Kota Gorontalo"),
    ],
)  # fmt: skip
def test_names_and_provinces_of_own_columns_are_held_against_the_kode(tmp_path, column, values, says):
    told = found(tmp_path, with_column(column, values))
    assert all(c == column for _, _, c, _ in told) and len(told) == bool(says)
    assert not says or says in told[0][3]


# BPS 1101 is Simeulue (11.09) and BPS 1110 is Bireuen (11.11); DJPK 01.03 is Aceh Selatan (11.01)
@pytest.mark.parametrize(
    ("column", "values", "says"),
    [
        ("kode_bps", ("5303", "1102"), ""), ("Kode BPS", ("5303.0", "1102"), ""), ("bps", ("", "1102"), ""),
        ("kode_bps", ("5303", "1110"), "ini 11.11 Kabupaten Bireuen, sedangkan kode baris ini 11.10 Kabupaten Aceh "
         "Singkil. 11.10 adalah kode BPS daerah itu. Periksa keduanya."),
        ("kode_bps", ("5301", ""), "ini 53.12 Kabupaten Sumba Barat, sedangkan kode baris ini 53.01 Kabupaten Kupang."),
        ("kode_djpk", ("", "01.03"), "ini 11.01 Kabupaten Aceh Selatan"), ("KodeKemendagri", ("53.01", "11.10"), ""),
        ("kode_kemendagri", ("53.01", "11.09"), "ini 11.09 Kabupaten Simeulue"), ("kode_lama", ("5301", "1110"), ""),
        ("kode wilayah", ("53.01", "11.12"), "ini 11.12 Kabupaten Aceh Barat Daya atau"),
        ("kode_prov", ("53", "11"), ""),
        ("kode_provinsi", ("53", "12"), "ini provinsi Sumatera Utara atau Daerah Istimewa Yogyakarta, sedangkan"),
        ("kode_pos", ("85361", "24785"), ""), ("kode_kelompok", ("12", "13"), ""), ("jumlah", ("1101", "1102"), ""),
        ("kode_barang", ("1101", "1102"), ""), ("kode2", ("5301", "9999"), ""),
        ("prov_bps", ("53", "12"), "ini provinsi Sumatera Utara, sedangkan"),
        ("kabupaten", ("53.01", "11.09"), "ini 11.07 Kabupaten Pidie atau 11.09 Kabupaten Simeulue atau 33.15 "),
    ],
)  # fmt: skip
def test_codes_of_own_columns_are_held_against_the_kode(tmp_path, column, values, says):
    told = found(tmp_path, with_column(column, values))
    assert [(t, c) for t, _, c, _ in told] == ([("usulan", column)] if says else [])
    assert not says or says in told[0][3]


def test_every_bps_code_beside_its_kode_agrees_and_beside_another_one_does_not(tmp_path):
    held = tables()
    rows = [[f"U{i}", kode, bps] for i, (kode, bps) in enumerate(KABUPATEN[["kode", "kode_bps"]].to_numpy())]
    held["sentra"] = [["sentra_id", "kode", "kode_bps"], ["S1", "53.01", "5303"], *rows]
    assert found(tmp_path, held) == []
    held["sentra"][2:] = [[*row[:2], rows[i - 1][2]] for i, row in enumerate(rows)]
    assert len(found(tmp_path, held)) == 514


def test_two_own_columns_of_a_table_are_held_against_each_other_where_it_has_no_kode(tmp_path):
    held = with_column("kab", ("Kab. Kupang", "Kab. Kupang", "Aceh Singkil"), "rincian")
    held["rincian"] = [
        [*row, more] for row, more in zip(held["rincian"], ("kode_bps", "5303", "5303", "5104"), strict=True)
    ]
    ((table, row, column, remedy),) = found(tmp_path, held)
    assert (table, row, column) == ("rincian", 4, "kode_bps")
    assert remedy == (
        "ini 51.04 Kabupaten Gianyar, sedangkan kolom lain di baris ini menyebut 11.10 Kabupaten Aceh Singkil. "
        "Periksa keduanya."
    )


def test_name_and_province_are_held_against_each_other_where_the_kode_is_wrong(tmp_path):
    held = with_column("kabupaten", ("Kab. Gianyar", "Kab. Aceh Singkil"))
    held["usulan"] = [
        [*row, more] for row, more in zip(held["usulan"], ("provinsi", "Jawa Timur", "Aceh"), strict=True)
    ]
    held["usulan"][1][3] = "99.99"
    told = [(column, remedy) for _, row, column, remedy in found(tmp_path, held) if row == 2]
    said = "ini provinsi Jawa Timur, sedangkan nama di baris ini terletak di Bali. Periksa keduanya."
    assert told[1] == ("provinsi", said)


def test_realisasi_of_before_2022_is_read_with_the_codes_of_then(tmp_path):
    # Merauke was 91.01 and is 93.01; nothing is changed without a word
    held = tables(realisasi={(2, "kode"): "91.01", (2, "ta"): 2021})
    ((table, row, column, remedy),) = found(tmp_path, held, "warning")
    assert (table, row, column) == ("realisasi", 2, "kode")
    assert remedy == "kode sebelum 2022; dibaca sebagai 93.01 Kabupaten Merauke."
    assert list(read_usulan(tmp_path / "u")["realisasi"].data["kode"]) == ["93.01"]
    ((_, _, _, remedy),) = found(tmp_path, tables(realisasi={(2, "kode"): "91.01", (2, "ta"): 2023}), "error")
    assert "Mungkin 93.01 Kabupaten Merauke (kode Kemendagri sebelum 2022)" in remedy
    assert found(tmp_path, tables(usulan={(3, "kode"): "91.01"}), "error")


def test_a_sentra_far_from_its_kabupaten_and_near_another_is_doubtful(tmp_path):
    # S1 of Kupang at the point of Gianyar, some 940 km west
    held = tables(sentra={(2, "lat"): -8.45, (2, "lon"): 115.31})
    ((table, row, column, remedy),) = found(tmp_path, held)
    assert (table, row, column) == ("sentra", 2, "lat")
    assert "(-8.45, 115.31)" in remedy and "53.01 Kabupaten Kupang" in remedy
    assert "51.04 Kabupaten Gianyar, 4 km" in remedy
    assert found(tmp_path, tables(sentra={(2, "lat"): "", (2, "lon"): 115.31})) == []


def test_no_kabupaten_doubts_its_own_point_and_every_other_one_is_doubted_there(tmp_path):
    places = KABUPATEN[["kode", "lat", "lon"]].astype("str").reset_index(drop=True)
    own = [[f"S{i}", *row] for i, row in enumerate(places.itertuples(index=False, name=None))]
    lat, lon = places["lat"], places["lon"]
    moved = [[f"T{i}", kode, lat[(i + 257) % 514], lon[(i + 257) % 514]] for i, kode in enumerate(places["kode"])]
    held = tables(sentra=None) | {"sentra": [["sentra_id", "kode", "lat", "lon"], *own, *moved]}
    held["usulan"][1][2] = ""
    told = [row for table, row, _, _ in found(tmp_path, held) if table == "sentra"]
    assert min(told) > 515 and len(told) >= 510


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1101", "11.01 Kabupaten Aceh Selatan (kode Kemendagri) atau 11.09 Kabupaten Simeulue (kode BPS)"),
        ("Toba Samosir", "12.12 Kabupaten Toba"), ("NTT", "53 Nusa Tenggara Timur"), ("Solok", "13.72 Kota Solok"),
        ("91.01", "93.01 Kabupaten Merauke (kode Kemendagri sebelum 2022)"),
        ("Kabupaten Gianjar", "'Kabupaten Gianyar'"),
    ],
)  # fmt: skip
def test_a_region_of_a_scenario_or_report_is_told_every_reading_too(text, says):
    with pytest.raises(PlannerError, match=re.escape(says)):
        wilayah(text, KABUPATEN)
    if text[0].isdigit():
        table = candidates(usulan("A", 1), usulan("B", 1, kode="53.01"))
        band = {"rule": "CountBand", "where": {"kode": text}, "min": 1}
        for rule in (band, {"rule": "Lock", "state": "in", "kabupaten": [text]}):
            with pytest.raises(PlannerError, match=re.escape(says)):
                allocate(table, scenario(rules=[rule]))


def test_a_kode_that_is_right_but_has_no_usulan_is_not_told_to_be_itself():
    rule = {"rule": "Lock", "state": "in", "kabupaten": ["91.03"]}
    with pytest.raises(PlannerError, match=r"maksud Anda|Yang dikenal") as caught:
        allocate(candidates(usulan("A", 1)), scenario(rules=[rule]))
    assert "Mungkin 91.03" not in str(caught.value)


def test_a_code_that_yaml_has_cut_is_read_with_its_zero_and_says_so():
    assert (wilayah("11.1", KABUPATEN).kode, wilayah("11.1", KABUPATEN).asked) == ("11.10", "11.1")
    assert (wilayah("11.10", KABUPATEN).asked, wilayah("53", KABUPATEN).kode) == ("", "53")
    with pytest.raises(PlannerError, match=r"99\.10"):
        wilayah("99.1", KABUPATEN)
