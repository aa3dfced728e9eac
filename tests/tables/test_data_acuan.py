"""The reference tables of data/acuan: complete, summing to the published totals, honest about what is assumed."""

import subprocess
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
ACUAN = ROOT / "data" / "acuan"
TABLES = (
    "program", "kasus", "penerima_pers", "dampak", "komponen", "padanan", "asumsi", "juknis", "kalender", "provinsi",
)  # fmt: skip
JUTA = 10**6
GEOMETRY = {".topojson", ".geojson", ".shp", ".shx", ".dbf", ".gpkg", ".kml", ".kmz", ".gml", ".fgb"}


def read(name):
    return pd.read_csv(ACUAN / f"{name}.csv", dtype=str, keep_default_na=False)


KOMPONEN = read("komponen")


@pytest.fixture(scope="module")
def kabupaten():
    return read("kabupaten")


def package(menu, ikk):
    """Cost per component of a modelled package, in whole rupiah; the IKK as text, in integers from there on."""
    hundredths = round(float(ikk) * 100)
    lines = KOMPONEN[KOMPONEN[f"volume_{menu}"] != ""]
    prices = lines["harga_acuan_rp"].astype(int) * hundredths
    juta = -(-prices // (100 * 100 * JUTA))
    return dict(zip(lines["komponen"], juta * JUTA * lines[f"volume_{menu}"].astype(int), strict=True))


def test_every_kabupaten_and_kota_has_one_row_in_order_of_its_code(kabupaten):
    assert len(kabupaten) == 514
    assert kabupaten["kode"].is_unique and kabupaten["kode_bps"].is_unique and kabupaten["nama"].is_unique
    assert kabupaten["kode"].is_monotonic_increasing
    assert kabupaten["jenis"].value_counts().to_dict() == {"kabupaten": 416, "kota": 98}
    assert kabupaten["kode_provinsi"].nunique() == kabupaten["provinsi"].nunique() == 38


def test_codes_are_text_and_keep_their_zeros(kabupaten):
    assert kabupaten["kode"].str.fullmatch(r"\d\d\.\d\d").all()
    assert {"11.10", "32.10", "73.10"} <= set(kabupaten["kode"])
    assert (kabupaten["kode"].str[:2] == kabupaten["kode_provinsi"]).all()


def test_only_the_six_units_of_jakarta_are_not_autonomous(kabupaten):
    assert (kabupaten["otonom"] == "ya").sum() == 508
    assert set(kabupaten.loc[kabupaten["otonom"] == "tidak", "kode_provinsi"]) == {"31"}


def test_flags_count_what_their_sources_count(kabupaten):
    assert kabupaten["tertinggal"].value_counts().to_dict() == {"tidak": 452, "ya": 62}
    assert kabupaten["perbatasan"].value_counts().to_dict() == {"": 481, "darat": 17, "laut": 16}
    assert (kabupaten["dpsp"] != "").sum() == 11
    assert kabupaten["tpt_tahun"].value_counts().to_dict() == {
        "2024": 411,
        "2023": 88,
        "2021": 11,
        "2022": 3,
        "2020": 1,
    }


def test_sums_equal_the_published_totals(kabupaten):
    assert kabupaten["penduduk"].astype(int).sum() == 281_603_799
    assert kabupaten["miskin_ribu"].astype(float).sum() == pytest.approx(25_219.5, abs=0.05)
    assert kabupaten["luas_km2"].astype(float).sum() == pytest.approx(1_890_179.784, abs=0.001)


def test_villages_and_sentra_equal_the_published_totals(kabupaten):
    villages, provinces = read("industri"), read("provinsi")
    assert list(villages["kode"]) == list(kabupaten["kode"])
    sums = villages[["kecamatan", "kelurahan", "desa"]].astype(int).sum().tolist()
    assert sums == [7_285, 8_496, 75_266]
    assert dict(zip(provinces["kode_provinsi"], provinces["provinsi"], strict=True)) == dict(
        zip(kabupaten["kode_provinsi"], kabupaten["provinsi"], strict=True)
    )
    counts = provinces.drop_duplicates("total").set_index("total")["sentra"].astype(int)
    assert counts.sum() == 8_889 and counts["36+51+95"] == 8_889 - 8_568
    assert set(provinces.loc[provinces["tanda"] == "INFERRED", "provinsi"]) == {"Banten", "Bali", "Papua Pegunungan"}


def test_only_the_list_of_daerah_tertinggal_has_an_end_that_is_known():
    ended = read("sumber").query("berlaku_sampai != ''")
    assert ended[["kolom", "berlaku_sampai"]].values.tolist() == [["tertinggal", "2024"]]


def test_points_lie_in_indonesia(kabupaten):
    assert kabupaten["lat"].astype(float).between(-11.1, 6.1).all()
    assert kabupaten["lon"].astype(float).between(95, 141.1).all()


def test_every_column_of_every_table_is_described_once():
    described = read("sumber")
    assert not described.duplicated(["tabel", "kolom"]).any()
    for name in ("kabupaten", "industri", "pantai", *TABLES):
        rows = described[described["tabel"] == f"{name}.csv"]
        assert list(rows["kolom"]) == list(read(name).columns), name
    assert set(described["tabel"]) == {f"{name}.csv" for name in ("kabupaten", "industri", "pantai", *TABLES)}
    assert (described[["satuan", "definisi", "sumber", "cakupan"]] != "").all(axis=None)


@pytest.mark.parametrize("name", TABLES)
def test_every_row_names_its_source_and_its_mark(name):
    table = read(name)
    assert (table["sumber"] != "").all()
    assert not table["sumber"].str.contains("allocations.csv|domain.md", regex=True).any()
    if "tanda" in table:
        assert set(table["tanda"]) <= {"CONFIRMED", "INFERRED", "UNVERIFIED", "asumsi"}


def test_cases_belong_to_a_known_kabupaten_with_its_name(kabupaten):
    cases = read("kasus")
    assert cases["kasus_id"].is_unique
    names = kabupaten.set_index("kode")["nama"]
    assert set(cases["kode"]) <= set(names.index)
    assert (names[cases["kode"]].to_numpy() == cases["nama"]).all()
    assert set(cases["menu"]) <= {"", "pembangunan", "revitalisasi"}


def test_case_amounts_are_whole_rupiah_of_the_right_size_and_say_what_they_are():
    cases = read("kasus")
    amounts = cases.loc[cases["jumlah_rp"] != "", "jumlah_rp"].astype(int)
    assert amounts.between(10**9, 50 * 10**9).all()  # traps: juta for miliar, miliar for triliun
    assert ((cases["jumlah_rp"] != "") == (cases["jenis_jumlah"] != "")).all()


def test_cases_without_a_printed_amount_stay_empty_and_celuk_is_not_called_dak():
    cases = read("kasus").set_index("kode")
    assert list(cases.loc[["74.71"], "jumlah_rp"]) == [""]
    celuk = cases.loc["51.04"]
    assert set(celuk["jumlah_rp"]) == {"", "4100000000"}
    assert list(celuk.loc[celuk["jumlah_rp"] != "", "tanda"]) == ["UNVERIFIED"]
    assert "18.71" in cases.index


def test_2019_keeps_its_three_totals_apart():
    program = read("program")
    in_2019 = program[(program["tahun"] == "2019") & (program["nilai_rp"] != "")]
    totals = {(r.butir, r.cakupan): int(r.nilai_rp) for r in in_2019.itertuples()}
    assert totals["pagu", "revitalisasi"] == 178_300_000_000
    assert totals["outlook", "bidang IKM"] == 489_100_000_000
    assert totals["pagu", "bidang IKM"] == 540_000_000_000


def test_national_rows_hold_money_or_a_number_never_both():
    program = read("program")
    assert not program.duplicated(["tahun", "butir", "cakupan"]).any()
    assert not ((program["nilai"] != "") & (program["nilai_rp"] != "")).any()
    assert ((program["satuan"] == "rupiah") == (program["nilai"] == "")).all()
    assert set(program.loc[(program["nilai"] == "") & (program["nilai_rp"] == ""), "tahun"]) == {"2021", "2024", "2025"}


def test_the_evaluation_of_2017_is_shown_as_published():
    effects = read("dampak")
    assert effects["dampak_id"].is_unique
    published = effects.loc[effects["jenis"] == "evaluasi_2017", "nilai"]
    assert sorted(published.astype(int)) == [22, 31, 40, 68, 75, 82]


def test_directions_of_effect_carry_no_size():
    effects = read("dampak")
    assert set(effects.loc[effects["jenis"] == "arah_dampak", "nilai"]) == {"1", "-1"}


def test_the_menu_prior_is_the_same_in_both_tables():
    effects, assumed = read("dampak").set_index("dampak_id")["nilai"], read("asumsi").set_index("nama")["nilai"]
    for menu in ("pembangunan", "revitalisasi"):
        assert float(effects[f"prior_menu_{menu}"]) == float(assumed[f"faktor_menu_{menu}"])


def test_assumptions_lie_between_their_low_and_high_value():
    assumed = read("asumsi")
    assert assumed["nama"].is_unique
    numbers = assumed[["rendah", "nilai", "tinggi"]].astype(float)
    assert (numbers["rendah"] <= numbers["nilai"]).all() and (numbers["nilai"] <= numbers["tinggi"]).all()
    assert not (assumed["sumber"] + assumed["keterangan"]).eq("").any()


def test_reference_bounds_come_in_pairs():
    value = read("asumsi").set_index("nama")["nilai"].astype(float)
    for criterion in ("kemiskinan", "pengangguran", "ikm", "tenaga_kerja", "manufaktur", "sentra"):
        assert value[f"acuan_{criterion}_min"] < value[f"acuan_{criterion}_maks"]


def test_prices_are_whole_juta_and_in_order():
    assert KOMPONEN["komponen"].is_unique
    prices = KOMPONEN[["harga_rendah_rp", "harga_acuan_rp", "harga_tinggi_rp"]].astype(int)
    assert (prices % JUTA == 0).all(axis=None)
    assert prices.apply(lambda row: row.is_monotonic_increasing, axis=1).all()
    assert set(KOMPONEN["basah"]) == {"ya", "tidak"}


@pytest.mark.parametrize(("menu", "cost_rp"), [("pembangunan", 9_215 * JUTA), ("revitalisasi", 4_605 * JUTA)])
def test_a_modelled_package_costs_what_the_cases_cost(menu, cost_rp):
    # Manggarai Barat 2022: 9.2 miliar built; Bandar Lampung 2021: 4.6 miliar revitalised.
    assert sum(package(menu, "100").values()) == cost_rp


@pytest.mark.parametrize("menu", ["pembangunan", "revitalisasi"])
def test_a_modelled_package_is_functional(menu):
    assert {"gedung_produksi", "mesin_peralatan", "utilitas", "ipal", "penunjang"} <= set(package(menu, "100"))


def test_no_package_volume_exceeds_its_maximum():
    for menu in ("pembangunan", "revitalisasi"):
        lines = KOMPONEN[KOMPONEN[f"volume_{menu}"] != ""]
        assert (lines[f"volume_{menu}"].astype(int) <= lines["volume_maks"].astype(int)).all()


@pytest.mark.parametrize("menu", ["pembangunan", "revitalisasi"])
def test_support_is_at_most_five_percent_of_every_package_in_every_kabupaten(menu, kabupaten):
    for ikk in {*kabupaten["ikk"], *(str(whole) for whole in range(70, 401))}:
        cost_rp = package(menu, ikk)
        assert cost_rp["penunjang"] * 20 <= sum(cost_rp.values()), ikk


def test_only_support_has_a_weight_and_it_is_zero():
    assert dict(zip(KOMPONEN["komponen"], KOMPONEN["bobot"], strict=True)) == {
        code: "0" if code == "penunjang" else "" for code in KOMPONEN["komponen"]
    }


def test_mandatory_documents_are_assumptions_of_both_menus_and_come_before_the_contracts():
    juknis = read("juknis")
    assert not juknis.duplicated(["ta", "menu", "dokumen"]).any()
    assert juknis["sumber"].str.startswith("asumsi: ").all()
    assert set(juknis["menu"]) == {"pembangunan", "revitalisasi"}
    assert juknis["paling_lambat"].between("2027-01-01", "2028-07-22").all()  # 22 July: the contracts' own last day


def test_the_calendar_tells_the_gates_of_the_tranches_and_the_last_day_of_the_contracts():
    rows = read("kalender").set_index("acara")
    assert not read("kalender").duplicated(["ta", "acara"]).any()
    gates = {name: tuple(rows.loc[name, ["bagian_pct", "serap_pct", "output_pct"]]) for name in rows.index}
    assert gates["tahap_1"] == ("25", "", "") and gates["tahap_2"] == ("45", "75", "")
    assert gates["tahap_3"] == ("", "90", "70")
    last = rows.loc[["kontrak", "tahap_1", "tahap_2", "tahap_3"], "sampai"].str[5:].tolist()
    assert last == ["07-22", "07-22", "10-21", "12-16"]
    dated = rows[rows["mulai"].ne("") & rows["sampai"].ne("")]
    assert (dated["mulai"] <= dated["sampai"]).all()


def test_tables_are_utf8_with_plain_line_ends():
    for path in ACUAN.glob("*.csv"):
        text = path.read_bytes()
        assert b"\r" not in text and text.endswith(b"\n") and not text.startswith(b"\xef\xbb\xbf"), path.name
        text.decode("utf-8")


def test_the_coast_is_land_and_tells_no_region_from_another(kabupaten):
    """Rings of land, whosever it is: a point map's ground. Kabupaten lie on it, and no ring is as one of them."""
    table = read("pantai")
    assert list(table.columns) == ["cincin", "lon", "lat"]
    places = table[["lon", "lat"]].astype(float)
    assert places["lon"].between(94.5, 141.5).all() and places["lat"].between(-11.5, 7).all()
    rings = places.groupby(table["cincin"].astype(int))
    assert rings.size().min() >= 3 and len(rings) < kabupaten["kode"].nunique()
    borneo = max(rings, key=lambda ring: len(ring[1]))[1]  # one ring over three countries and five provinces
    assert borneo["lon"].max() - borneo["lon"].min() > 8
    assert (ACUAN / "pantai.csv").stat().st_size < 150_000


def test_no_geometry_file_is_in_the_repository():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    files = listed.stdout.splitlines() or [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if ".git" not in p.parts]
    assert files
    assert [name for name in files if Path(name).suffix.lower() in GEOMETRY] == []
