"""Boundaries from any file: recognised, repaired, kept small, drawn; every file is invented, squares mostly."""

import json
import sys
import zipfile

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pages import HOSTILE, candidates, plan
from shapely import Point, Polygon, box

from planner.base.errors import PlannerError
from planner.base.files import write_whole
from planner.base.messages import speaking
from planner.desk.live_map import map_of
from planner.geo import boundaries
from planner.geo import simplify as coverage
from planner.geo.boundaries import GRID_DEG
from planner.geo.install import prepare
from planner.geo.matching import best_reading, code_of
from planner.geo.regions import wilayah
from planner.tables.places import gazetteer, letters
from planner.tables.reference import reference
from planner.views.choropleth import choropleth
from planner.views.scene import Scene

KABUPATEN = candidates().kabupaten
KNOWN = gazetteer(KABUPATEN, reference("padanan"))
FOUR = ("51.01", "51.02", "51.03", "51.04")  # Jembrana, Tabanan, Badung, Gianyar
DOTLESS, BPS = [kode.replace(".", "") for kode in FOUR], ["1103", "1104", "1105"]  # BPS: 11.01, 11.02, 11.03


@pytest.fixture(autouse=True)
def at_home(tmp_path, monkeypatch):
    """A data folder of its own, and Indonesian."""
    monkeypatch.setenv("PLANNER_DATA_HOME", str(tmp_path / "home"))
    with speaking("id"):
        yield


def squares(count: int, west: float = 114, south: float = -9) -> list[Polygon]:
    """Squares of one degree in a row, each beside the next."""
    return [box(west + i, south, west + i + 1, south + 1) for i in range(count)]


def around(kode: list[str]) -> list[Polygon]:
    """A square of 0,2 degrees around the own point of each kabupaten."""
    points = KABUPATEN.set_index("kode").loc[kode, ["lon", "lat"]].to_numpy()
    return [box(x - 0.1, y - 0.1, x + 0.1, y + 0.1) for x, y in points]


@pytest.fixture
def saved(tmp_path):
    """Write columns and shapes as a file of any format and coordinate system."""

    def save(shapes, name="batas.geojson", crs="EPSG:4326", **columns):
        frame = geopandas.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4326")
        file = tmp_path / name
        (frame.to_crs(crs) if crs else frame.set_crs(None, allow_override=True)).to_file(file)
        return file

    return save


def told(file, layer=None) -> str:
    return "\n".join(prepare(file, layer, KABUPATEN)[1])


def kept(file) -> dict[str, shapely.Geometry]:
    """What is stored of a file, as polygons again."""
    shapes = json.loads(prepare(file, None, KABUPATEN)[0])["shapes"]
    return {kode: shapely.union_all([polygon(part) for part in parts]) for kode, parts in shapes.items()}


def polygon(part: list) -> Polygon:
    shell, *holes = [boundaries.cells(ring) * GRID_DEG for ring in part]
    return Polygon(shell, holes)


def refused(file, layer=None) -> str:
    with pytest.raises(PlannerError) as error:
        prepare(file, layer, KABUPATEN)
    assert len(error.value.problems) == 1
    return error.value.problems[0]


def install(file):
    return write_whole(boundaries.installed_file(), prepare(file, None, KABUPATEN)[0])


# which kabupaten a feature is


@pytest.mark.parametrize(
    "value", ["51.04", "5104", 5104, 5104.0, " 51-04 ", "51.04.00", "510403", "5104030", "51.04.03.2001"]
)
def test_a_code_is_read_however_it_is_written(value):
    assert code_of(value) == "5104"


@pytest.mark.parametrize("value", ["51", 51, "Bali", "80361", 5104.5, "510", "", "51.04.0", float("inf")])
def test_what_is_no_code_of_a_kabupaten_is_none(value):
    assert code_of(value) == ""


def test_the_codes_of_kemendagri_are_found_in_whatever_column(saved):
    said = told(saved(squares(4), nomor=[1, 2, 3, 4], KDPKAB=list(FOUR)))
    assert "4 dari 514" in said and "kode Kemendagri di kolom 'KDPKAB'" in said
    assert "semua 23 di Aceh; " in said and "Kabupaten Klungkung" in said and "Tanpa poligon (510)" in said


def test_the_place_tells_a_code_of_bps_from_the_same_code_of_kemendagri(saved):
    # 1103, 1104, 1105 are Aceh Selatan, Tenggara, Timur with BPS, but Aceh Timur, Tengah, Barat with Kemendagri
    as_bps = saved(around(["11.01", "11.02", "11.03"]), kode=BPS)
    assert "kode BPS" in told(as_bps) and set(kept(as_bps)) == {"11.01", "11.02", "11.03"}
    as_ours = saved(around(["11.03", "11.04", "11.05"]), kode=BPS)
    assert "kode Kemendagri" in told(as_ours) and set(kept(as_ours)) == {"11.03", "11.04", "11.05"}


def test_a_running_number_that_looks_like_codes_is_none(saved):
    # OBJECTID 1101..1116 fits sixteen kabupaten of Aceh, but names and places say Bali
    row = KABUPATEN[KABUPATEN["kode_provinsi"] == "51"]
    ids = list(range(1101, 1101 + len(row)))
    file = saved(around(list(row["kode"])), OBJECTID=ids, WADMKK=list(row["nama"].str.removeprefix("Kabupaten ")))
    assert f"{len(row)} dari 514" in told(file) and "nama di kolom 'WADMKK'" in told(file)


def test_names_are_matched_with_their_province_and_their_kind(saved):
    names = [
        "KAB. SOLOK",
        "Kota Solok",
        "kab.mojokerto",
        "KOTA ADM. JAKARTA PUSAT",
        "Toli Toli",
        "KEP. SERIBU",
        "KOTA BARU",
    ]
    province = [
        "SUMATERA BARAT",
        "Sumatera Barat",
        "Jawa Timur",
        "DKI Jakarta",
        "Sulawesi Tengah",
        "DKI JAKARTA",
        "Kalsel",
    ]
    kode = ["13.02", "13.72", "35.16", "31.71", "72.04", "31.01", "63.02"]
    assert set(kept(saved(squares(7, west=100), nama=names, prov=province))) == set(kode)


def test_a_bare_name_is_the_kabupaten_only_where_the_file_says_kota_of_others(saved):
    told_apart = saved(squares(2), nama=["Solok", "Kota Solok"], prov=["Sumatera Barat"] * 2)
    assert set(kept(told_apart)) == {"13.02", "13.72"}
    unclear = saved(squares(2), nama=["Solok", "Agam"], prov=["Sumatera Barat"] * 2)
    assert set(kept(unclear)) == {"13.06"} and "2: 'Solok'" not in told(unclear) and "1: 'Solok'" in told(unclear)


def test_a_name_without_province_that_fits_two_is_not_matched(saved):
    file = saved(squares(3), nama=["Banjar", "Gianyar", "Badung"])  # Kabupaten Banjar, and Kota Banjar of Jawa Barat
    assert set(kept(file)) == {"51.03", "51.04"}


def test_the_place_tells_two_of_the_same_name_apart(saved):
    file = saved(around(["13.72", "13.02", "32.79"]), nama=["Solok", "Solok", "Banjar"])
    assert set(kept(file)) == {"13.72", "13.02", "32.79"}


def test_a_column_of_kinds_tells_a_kabupaten_from_the_kota_of_its_name_and_of_before(saved):
    # Kabupaten Pontianak is Mempawah since 2014; Kota Pontianak is another one
    names, kinds = ["Pontianak", "Pontianak", "Solok", "Gianyar"], ["Kabupaten", "KOTA", "Kab.", "Kabupaten"]
    assert set(kept(saved(squares(4), nama=names, jenis=kinds))) == {"61.02", "61.71", "13.02", "51.04"}
    assert set(kept(saved(squares(1), nama=["Pontianak, Kabupaten"]))) == {"61.02"}


def test_a_polygon_of_another_size_than_the_table_says_is_told_with_both(saved):
    # one degree square near the equator: 12.309 km2; Kota Pontianak has 118
    said = told(saved([box(109, -0.5, 110, 0.5), *around(["51.02"])], kode=["61.71", "51.02"]))
    odd = said.split("Luas 1 poligon")[1]
    assert "Kota Pontianak 12.309 (118)" in odd and "Tabanan" not in odd


def test_features_whose_code_is_wrong_or_unknown_are_read_by_their_name(saved):
    # 37 codes are right; two are unknown and one is Bangli's, though its name and its place say Klungkung
    others = list(KABUPATEN.loc[KABUPATEN["kode_provinsi"].isin(["35"]), "kode"])[:33]
    own = [*others, "51.01", "51.02", "51.03", "51.06", "51.04", "51.07", "51.05"]
    codes = [*own[:37], "9901", "9902", "51.06"]
    names = list(KABUPATEN.set_index("kode").loc[own, "nama"])
    file = saved(around(own), KODE=codes, NAMA=names)
    assert set(kept(file)) == set(own)
    said = told(file)
    assert "kode Kemendagri di kolom 'KODE'" in said and "3 fitur dikenali menurut kolom lain" in said
    assert "40: Kabupaten Klungkung" in said


def test_codes_of_before_2022_are_read_beside_those_of_today(saved):
    file = saved(around(["91.03", "93.01", "94.01"]), kode=["91.03", "91.01", "91.04"])
    assert set(kept(file)) == {"91.03", "93.01", "94.01"}


def test_what_is_not_known_is_told_by_its_name(saved):
    names = ["Gianyar", "Badung", "Danau Batur"]
    file = saved(squares(3), OBJECTID=[1, 2, 3], LUAS=[1.5, 2.5, 3.5], SUMBER=["a", "b", "c"], WADMKK=names)
    assert "3: 'Danau Batur', 'c', '3'" in told(file)


def test_where_there_is_no_code_or_name_the_one_point_inside_tells(saved):
    apart = ["11.01", "11.03", "51.01", "91.15"]
    file = saved([*around(apart), box(100, -11, 101, -10)], nomor=[1, 2, 3, 4, 5])
    assert set(kept(file)) == set(apart) and "menurut letak titiknya" in told(file)
    assert "1 fitur (nomor: isi): 5: '5'" in told(file)  # no point lies in it


def test_every_name_of_the_table_is_found_by_itself():
    columns = KABUPATEN[["nama", "provinsi"]].reset_index(drop=True)
    assert list(best_reading(columns, KNOWN, set()).kode) == list(KABUPATEN["kode"])
    shouted = columns.assign(nama=columns["nama"].str.upper().str.replace("KABUPATEN ", "KAB. "))
    assert list(best_reading(shouted, KNOWN, set()).kode) == list(KABUPATEN["kode"])


@given(st.text(max_size=30))
def test_any_text_may_stand_in_a_column(text):
    assert code_of(text) == "" or len(code_of(text)) == 4
    assert letters(text).isalpha() or letters(text) == ""


def test_finer_features_are_merged_into_their_kabupaten(saved):
    file = saved(squares(4), kode=["51.04.01", "51.04.02", "51.03.05", "51.03.06"])
    assert {kode: shape.area for kode, shape in kept(file).items()} == pytest.approx({"51.03": 2, "51.04": 2})
    assert "2 fitur digabung" in told(file)


def test_wrong_and_repeated_codes_are_named(saved):
    file = saved(
        [*squares(4), *around(["51.07"])], kode=["51.04", "51.04", "99.99", "51.01", "51.07"], ket=list("abcde")
    )
    said = told(file)
    assert "1 fitur (nomor: isi): 3: '99.99', 'c'" in said
    assert "lebih dari sekali (1): 51.04" in said
    assert "Periksa" in said and "Kabupaten Jembrana" in said.split("Periksa")[1]  # its point lies elsewhere
    assert "Karangasem" not in said.split("Periksa")[1]


# what is done with the shapes


def overlaps_and_gaps(shapes) -> float:
    """The area by which parts and whole differ."""
    return abs(sum(shape.area for shape in shapes) - shapely.union_all(list(shapes)).area)


def test_neighbours_share_their_borders_whatever_the_file_had(saved):
    # the first reaches 0,002 into the second; 0,001 lies open between second and third; the last is a bow tie
    shapes = [box(114, -9, 115.002, -8), box(115, -9, 116, -8), box(116.001, -9, 117, -8)]
    tie = Polygon([(117, -9), (118, -8), (118, -9), (117, -8)])
    file = saved([*shapes, tie], kode=list(FOUR))
    found = kept(file)
    assert overlaps_and_gaps(found.values()) == pytest.approx(0, abs=1e-9)
    assert shapely.union_all([found[k] for k in FOUR[:3]]).area == pytest.approx(3, abs=1e-6)  # no gap is left open
    assert found["51.01"].touches(found["51.02"]) and found["51.02"].touches(found["51.03"])
    assert found["51.04"].area == pytest.approx(0.5, abs=1e-3)  # its two halves
    assert "1 poligon memotong dirinya sendiri" in told(file)


def test_a_narrow_gap_inside_the_land_is_filled_and_a_lake_stays(saved):
    ring = box(114, -9, 117, -7).difference(box(115, -8.5, 116, -7.5))  # round a square that is 0,004 too small
    lake = box(114.2, -8.2, 114.4, -8)
    found = kept(saved([ring.difference(lake), box(115.004, -8.5, 116, -7.5)], kode=["51.01", "51.02"]))
    assert shapely.union_all(list(found.values())).area == pytest.approx(6 - lake.area, abs=1e-6)
    assert overlaps_and_gaps(found.values()) == pytest.approx(0, abs=1e-9)


def test_a_kota_drawn_on_top_of_its_kabupaten_stays(saved):
    around_it, kota = box(114, -9, 115, -8), box(114.4, -8.6, 114.6, -8.4)
    found = kept(saved([around_it, kota], kode=["51.03", "51.71"]))
    assert found["51.71"].area == pytest.approx(0.04) and found["51.03"].area == pytest.approx(0.96)


def test_a_region_that_lies_under_another_is_said(saved):
    same = box(114, -9, 115, -8)
    assert "lebih dari 20 %" in told(saved([same, same.buffer(0.02)], kode=["51.01", "51.02"]))


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:32750", "EPSG:4326"])
def test_any_coordinate_system_becomes_degrees(saved, crs):
    found = kept(saved(squares(2), "batas.gpkg", crs, kode=list(FOUR[:2])))
    assert found["51.02"].bounds == pytest.approx((115, -9, 116, -8), abs=0.01)
    assert overlaps_and_gaps(found.values()) == pytest.approx(0, abs=1e-9)


def test_a_file_without_coordinate_system_is_degrees_or_refused(saved):
    degrees = saved(squares(2), "derajat.shp", None, kode=list(FOUR[:2]))
    assert "dibaca sebagai WGS 84" in told(degrees)
    metres = saved(squares(2), "meter.shp", "EPSG:3857", kode=list(FOUR[:2]))
    metres.with_suffix(".prj").unlink()
    assert ".prj" in refused(metres)


def test_what_lies_elsewhere_is_left_out_and_said(saved):
    file = saved([*squares(2), box(5, 50, 6, 51)], kode=list(FOUR[:3]))
    assert "Di luar Indonesia, jadi ditinggalkan: 1 fitur: Kabupaten Badung" in told(file) and "51.03" not in kept(file)
    swapped = saved([box(-9, 114, -8, 115)], "tertukar.geojson", kode=["51.04"])
    assert "tertukar" in refused(swapped)


def test_a_coast_is_simplified_until_it_fits_and_borders_stay_shared(monkeypatch):
    # a wavy border of 400 corners between two regions, seen from both sides
    wave = [(115 + 0.05 * np.sin(i / 3) + 0.001 * (i % 2), -9 + i / 400) for i in range(401)]
    west, east = Polygon([(114, -9), *wave, (114, -8)]), Polygon([(116, -9), *wave, (116, -8)])
    shapes = coverage.clean(coverage.on_grid(np.array([west, east])))
    smaller, tolerance = coverage.simplify(shapes, 120)
    assert shapely.get_num_coordinates(smaller).sum() <= 120 and tolerance > coverage.TOLERANCES_DEG[0]
    assert overlaps_and_gaps(smaller) == pytest.approx(0, abs=1e-9)
    assert shapely.union_all(smaller).area == pytest.approx(2, abs=1e-6)


@given(st.lists(st.tuples(*[st.integers(-40, 40)] * 8), min_size=4, max_size=4))
def test_squares_with_any_corners_moved_become_a_coverage(moves):
    corners = [np.array([(x, 0), (x + 1, 0), (x + 1, 1), (x, 1)], float) for x in range(4)]
    moved = [xy + np.reshape(move, (4, 2)) * GRID_DEG for xy, move in zip(corners, moves, strict=True)]
    found = coverage.clean(coverage.repair(np.array([Polygon(xy) for xy in moved])))
    assert shapely.coverage_is_valid(found)
    assert overlaps_and_gaps(found) == pytest.approx(0, abs=1e-9)


def test_no_area_is_no_polygon_and_islets_go_but_never_the_last(saved):
    islet = box(114, -9, 114.001, -8.999)
    with_islet = shapely.MultiPolygon([box(114, -9, 115, -8), box(113, -9, 113.001, -8.999)])
    found = kept(saved([with_islet, box(116, -9, 116.002, -8.998)], kode=["51.01", "51.02"]))
    assert found["51.01"].area == pytest.approx(1) and "51.02" in found
    assert coverage.repair(np.array([Point(1, 1), None, islet]))[2].area == pytest.approx(1e-6)


def test_a_part_that_falls_into_one_cell_is_dropped_and_the_others_stay(saved):
    tiny = Polygon([(115.30001, -8.65001), (115.30004, -8.65001), (115.30004, -8.65004)])
    hole = box(115.8, -8.6, 116, -8.4).difference(Polygon([(115.9, -8.5), (115.90002, -8.5), (115.9, -8.50002)]))
    file = saved([shapely.MultiPolygon([box(115.2, -8.6, 115.4, -8.4), tiny]), hole, tiny], kode=list(FOUR[:3]))
    found = kept(file)
    assert found["51.01"].area == pytest.approx(0.04) and found["51.02"].area == pytest.approx(0.04)
    assert set(found) == {"51.01", "51.02"} and "1 fitur tanpa luas" in told(file)


@pytest.mark.parametrize("held", ['["a", 1]', '{"x": [1]}', "[]", '[["51.04"]]', "[1, 2]"])
def test_a_property_that_is_a_list_is_text(tmp_path, held):
    shapes = [shapely.geometry.mapping(shape) for shape in squares(2)]
    features = [{"type": "Feature", "properties": {"kode": k, "x": json.loads(held)}, "geometry": s}
                for k, s in zip(("51.04", "salah"), shapes, strict=True)]  # fmt: skip
    file = tmp_path / "daftar.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert set(kept(file)) == {"51.04"} and "'salah'" in told(file)


# what is no boundary file


def test_a_layer_is_chosen_where_there_are_several(saved):
    file = saved(squares(2), "dua.gpkg", kode=list(FOUR[:2]))
    geopandas.GeoDataFrame({"kode": ["51"]}, geometry=squares(1), crs="EPSG:4326").to_file(file, layer="provinsi")
    assert "'dua', 'provinsi'" in refused(file) and "--layer" in refused(file)
    assert "'provinsi'" in refused(file, "provins") and "Mungkin maksud Anda" in refused(file, "provins")
    assert "2 dari 514" in told(file, "dua")


def test_every_way_to_have_no_boundaries_is_a_sentence(saved, tmp_path):
    assert "tidak ada" in refused(tmp_path / "tiada.shp")
    (tmp_path / "rusak.geojson").write_text('{"type": "FeatureCollection", "features": [{')
    assert "rusak" in refused(tmp_path / "rusak.geojson")
    assert "titik atau garis" in refused(saved([Point(115, -8)], "titik.geojson", kode=["51.04"]))
    (tmp_path / "kosong.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    assert "tidak berisi poligon" in refused(tmp_path / "kosong.geojson")
    without = refused(saved(squares(2), "tanpa.geojson", nomor=[7, 8], warna=["biru", "hijau"]))
    assert "'warna' = 'biru'" in without and "Kemendagri" in without
    provinces = refused(saved(squares(3), "provinsi.geojson", nama=["Jambi", "Gorontalo", "Bengkulu"]))
    assert "tingkat provinsi" in provinces
    assert "rusak" in refused(file_of(tmp_path / "teks.shp.zip", b"bukan zip"))


def test_an_archive_that_the_system_or_python_cannot_open_says_which(tmp_path, monkeypatch):
    newer = tmp_path / "baru.zip"
    with zipfile.ZipFile(newer, "w") as archive:
        archive.writestr("a.shp", b"x")
    content = newer.read_bytes()
    at = content.index(b"PK\x01\x02") + 6  # the version that an entry needs; 9.9 is beyond any reader
    newer.write_bytes(content[:at] + bytes([99]) + content[at + 1 :])
    assert "bukan berkas peta" in refused(newer)

    def locked(*args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(zipfile, "ZipFile", locked)
    told = refused(newer)
    assert "tidak ada izin" in told and "rusak" not in told


def file_of(path, content: bytes):
    path.write_bytes(content)
    return path


def test_half_a_shapefile_names_what_is_missing(saved):
    for lacking in (".shx", ".dbf"):
        file = saved(squares(2), f"separuh{lacking[1:]}.shp", kode=list(FOUR[:2]))
        file.with_suffix(lacking).unlink()
        assert lacking in refused(file)
    broken = saved(squares(2), "terpotong.shp", kode=list(FOUR[:2]))
    broken.write_bytes(broken.read_bytes()[:150])
    assert refused(broken)


def test_a_zipped_shapefile_in_a_folder_is_read_and_a_bomb_is_not(saved, tmp_path):
    file = saved(squares(2), "batas.shp", kode=list(FOUR[:2]))
    packed = tmp_path / "unduhan.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in file.parent.glob("batas.*"):
            archive.write(part, f"folder saya/{part.name}")
    assert "2 dari 514" in told(packed)
    bomb = tmp_path / "bom.zip"
    entry = zipfile.ZipInfo("besar.shp")
    with zipfile.ZipFile(bomb, "w") as archive:
        archive.writestr(entry, b"")
        entry.file_size = 5 * 2**30  # what the archive's list says it becomes
    assert "lebih dari 3 GB" in refused(bomb)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_quoted_on_one_line(saved, text):
    file = saved(squares(2), kode=["51.04", "salah"], nama=["Gianyar", text])
    content, lines = prepare(file, None, KABUPATEN)
    assert all("\n" not in line for line in lines)
    assert text not in content.decode()


# what is installed


def test_a_planner_installs_looks_and_takes_away(planner, saved):
    file = saved(squares(2), kode=list(FOUR[:2]))
    code, out, _ = planner("boundaries")
    assert code == 0 and "Belum ada batas" in out
    assert boundaries.installed_fingerprint() == ""
    code, out, _ = planner("boundaries", file)
    assert code == 0 and "2 dari 514" in out and "Batas terpasang di komputer ini" in out
    assert len(boundaries.installed_fingerprint()) == 12
    code, out, _ = planner("boundaries")
    assert code == 0 and "'batas.geojson'" in out and str(file.parent / "batas.geojson") not in out
    code, out, err = planner("boundaries", file, "--remove")
    assert code == 1 and "tidak keduanya" in err
    code, out, _ = planner("boundaries", "--remove")
    assert code == 0 and boundaries.installed_boundaries() is None
    code, _, err = planner("boundaries", "tiada.shp")
    assert code == 1 and "tiada.shp" in err


def test_what_is_installed_is_not_lost_without_being_asked(planner, saved):
    assert planner("boundaries", saved(squares(4), "semua.geojson", kode=list(FOUR)))[0] == 0
    before = boundaries.installed_bytes()
    one = saved(squares(2), "satu.geojson", kode=["51.04", "51.05"])
    code, out, err = planner("boundaries", one)
    assert code == 1 and "--force" in err and boundaries.installed_bytes() == before
    assert "3 kabupaten/kota" in err and "Kabupaten Jembrana, Kabupaten Tabanan, Kabupaten Badung" in err
    assert "Batas terpasang" not in out
    assert planner("boundaries", one, "--force")[0] == 0
    assert set(boundaries.installed_boundaries().shapes) == {"51.04", "51.05"}
    write_whole(boundaries.installed_file(), b"rusak")
    assert planner("boundaries", one)[0] == 0  # damaged ones are no loss


def test_the_stored_file_is_the_same_for_the_same_file_and_holds_no_path(saved):
    file = saved(squares(2), kode=list(FOUR[:2]))
    content = prepare(file, None, KABUPATEN)[0]
    assert content == prepare(file, None, KABUPATEN)[0]
    assert str(file.parent) not in content.decode()
    about = json.loads(content)
    assert (about["source"]["name"], about["by"], about["features"]) == ("batas.geojson", "kemendagri", 2)
    assert len(about["source"]["sha256"]) == 64


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"format": 2}', b"[" * 100_000])
def test_a_damaged_store_says_how_to_mend_it(content):
    write_whole(boundaries.installed_file(), content)
    with pytest.raises(PlannerError, match="--remove"):
        boundaries.installed_boundaries()
    assert boundaries.installed_fingerprint()


@pytest.mark.parametrize("ring", [["<script>"] * 6, [1.5] * 6, [1, 2], [1] * 7, None])
def test_a_stored_ring_is_whole_numbers_or_damage(saved, ring):
    file = install(saved(squares(1), kode=["51.04"]))
    stored = json.loads(file.read_text())
    stored["far"]["51.04"] = [[ring]]
    file.write_text(json.dumps(stored))
    with pytest.raises(PlannerError, match="--remove"):
        boundaries.installed_boundaries()


# how it is drawn


@pytest.fixture(scope="module")
def made():
    return plan()  # 11.03 for 9 miliar, 11.05 for 5, 91.15 for 4


def scene(made, name: str) -> Scene:
    return Scene(made, KABUPATEN, wilayah(name, KABUPATEN))


def test_where_nothing_is_installed_there_is_no_choropleth(made):
    assert choropleth(scene(made, "nasional")) is None
    assert map_of(KABUPATEN).outlines == {}


def test_a_choropleth_has_the_colours_of_the_plan_and_says_where_its_lines_come_from(made, saved):
    install(saved(squares(4, west=95, south=3), kode=["11.03", "11.05", "11.01", "12.01"]))
    drawn = choropleth(scene(made, "11"))
    assert drawn.count("<path") == 4 and drawn.count('opacity=".35"') == 1  # Tapanuli Tengah, a neighbour
    assert drawn.count('fill="url(#b-pembangunan)"') == drawn.count('fill="url(#b-revitalisasi)"') == 1
    assert "<title>Kabupaten Aceh Timur: pembangunan, Rp 9 miliar</title>" in drawn
    assert "dari berkas batas.geojson" in drawn and "bukan batas resmi" in drawn
    assert "Tanpa poligon, jadi tidak tergambar (20): " in drawn and "Kabupaten Aceh Tenggara" in drawn
    assert 'role="img" aria-label="Peta batas wilayah Aceh' in drawn


def test_squares_side_by_side_are_drawn_side_by_side(made, saved):
    # 4 x 1 degrees at 3,5 degrees north: 1000 pixels across but for the room, and a border at the same x for both
    install(saved(squares(4, west=95, south=3), kode=["11.03", "11.05", "11.01", "11.02"]))
    drawn = choropleth(scene(made, "11"))
    starts = [ring_of(part.split('"')[0]) for part in drawn.split(' d="')[1:]]
    edges = sorted((round(ring[:, 0].min(), 1), round(ring[:, 0].max(), 1)) for ring in starts)
    assert [right for _, right in edges[:-1]] == [left for left, _ in edges[1:]]
    assert all(0 <= left < right <= 1000 for left, right in edges)


def ring_of(path: str) -> np.ndarray:
    """The corners of a path of one ring, as a browser reads them."""
    import re

    assert path.startswith("M") and path.endswith("z") and path.count("M") == 1
    numbers = [float(text) for text in re.findall(r"-?\d*\.?\d+", path)]
    return np.reshape(numbers, (-1, 2)).cumsum(axis=0)


def test_a_wilayah_without_any_polygon_says_so(made, saved):
    install(saved(squares(1), kode=["51.04"]))
    drawn = choropleth(scene(made, "91"))
    assert "<svg" not in drawn and "Tanpa poligon" in drawn


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text_in_the_picture(made, saved, text):
    install(saved(squares(2, west=95, south=3), kode=["11.03", "11.05"]))
    table = KABUPATEN.assign(nama=text)
    drawn = choropleth(Scene(made, table, wilayah("11", table)))
    assert "<script" not in drawn and "<img" not in drawn


def test_the_live_map_gets_every_outline_once(saved):
    install(saved(squares(2), kode=list(FOUR[:2])))
    sent = map_of(KABUPATEN).outlines
    assert set(sent) == set(FOUR[:2])
    # map.js puts 114 east, 8 south at ((114 - 94.6) * 24, 30 + (6.2 + 8) * 24)
    assert ring_of(sent["51.01"]).min(axis=0) == pytest.approx((465.6, 370.8), abs=0.2)


def test_the_help_needs_no_map_library():
    import subprocess

    loaded = "import sys, planner.cli; print([m for m in ('geopandas', 'shapely', 'pyogrio') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True).stdout.strip() == "[]"
