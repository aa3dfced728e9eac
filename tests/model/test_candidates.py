"""Modelled candidates from the real kabupaten, and usulan tables checked against the reference."""

from shutil import copytree

import pytest
from small import line, scenario, usulan, write

from planner.base.errors import PlannerError
from planner.base.paths import ACUAN
from planner.model.build_options import build_options
from planner.model.candidates import REFERENCE, price_rp, read_candidates, read_usulan


def one(name="A", **kw):
    return usulan(name, **({"lines": [line(5, komponen="ipal")]} | kw))


def problems_of(tmp_path, *rows) -> list[str]:
    with pytest.raises(PlannerError) as caught:
        read_usulan(write(tmp_path / "usulan", *rows))
    return caught.value.problems


MODEL = scenario(395 * 10**9, candidates="model", data=None, goals=["benefit"])


@pytest.fixture(scope="module")
def modelled():
    return read_candidates(MODEL)


def test_every_autonomous_kabupaten_has_a_candidate_of_each_menu(modelled):
    assert len(modelled.usulan) == 508 * 2
    assert modelled.usulan["menu"].value_counts().to_dict() == {"pembangunan": 508, "revitalisasi": 508}
    assert modelled.modelled and not modelled.synthetic


def test_the_six_units_of_dki_are_in_the_table_and_never_candidates(modelled):
    dki = modelled.kabupaten[modelled.kabupaten["kode_provinsi"] == "31"]
    assert len(dki) == 6 and (dki["otonom"] == "tidak").all()
    assert not modelled.usulan["kode"].isin(dki["kode"]).any()


def test_ikm_served_and_sentra_are_assumed_equal_everywhere(modelled):
    served = modelled.usulan.groupby("menu")["ikm"].unique()
    assert (list(served["pembangunan"]), list(served["revitalisasi"])) == ([40], [26])


@pytest.mark.parametrize(
    ("reference", "ikk", "expected"),
    [
        (250_000_000, 100, 250),
        (250_000_000, 98.65, 247),
        (1_050_000_000, 100.1, 1052),
        (100_000_000, 215.5, 216),
        (1, 1, 1),
    ],
)
def test_a_price_is_the_reference_times_ikk_rounded_up_to_whole_juta(reference, ikk, expected):
    # 250 juta x 0.9865 = 246.625 -> 247; 1050 x 1.001 = 1051.05 -> 1052; exact values stay
    assert price_rp(reference, ikk) == expected * 10**6


def test_the_cost_of_a_candidate_by_hand(modelled):
    # Aceh Selatan, IKK 98.65, revitalisasi: per unit up to whole juta
    # gedung 1050 -> 1036 x 3, ipal 250 -> 247, ipab 95 -> 94, pendukung 300 -> 296, utilitas 200 -> 198,
    # mesin 510 -> 504, penunjang 100 -> 99: 3108 + 247 + 94 + 296 + 198 + 504 + 99 = 4546 juta
    options = build_options(modelled, MODEL).table.set_index("usulan_id")
    assert options.at["11.01-revitalisasi", "amount_rp"] == 4_546 * 10**6


def test_an_assumption_of_the_scenario_replaces_the_tables(modelled):
    changed = read_candidates(scenario(candidates="model", data=None, assumptions={"ikm_asumsi_pembangunan": 26}))
    assert changed.usulan.loc[changed.usulan["menu"] == "pembangunan", "ikm"].unique().tolist() == [26]
    assert changed.inputs == modelled.inputs  # the tables are the same; the scenario differs


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ikm_asumsi_pembangunn", 5, "ikm_asumsi_pembangunan"), ("ikm_asumsi_pembangunan", 2.5, "bulat"),
        ("faktor_menu_pembangunan", 1.5, "paling banyak 1"), ("diskonto", 0, "di atas 0"),
        ("acuan_kemiskinan_maks", 0, "_min"),
    ],
)  # fmt: skip
def test_an_impossible_assumption_is_told(name, value, says):
    with pytest.raises(PlannerError, match=f"assumptions.{name}.*{says}"):
        read_candidates(scenario(candidates="model", data=None, assumptions={name: value}))


def test_all_impossible_assumptions_are_told_at_once():
    with pytest.raises(PlannerError) as caught:
        read_candidates(scenario(candidates="model", data=None, assumptions={"x": 1, "diskonto": 2}))
    assert len(caught.value.problems) == 2


# -- usulan tables -----------------------------------------------------------------------------------------------------


def test_good_usulan_are_read_with_their_ikm(tmp_path):
    data = write(tmp_path / "usulan", one(kode="53.01", ikm=12))
    found = read_candidates(scenario(data=str(data)))
    assert found.usulan["ikm"].tolist() == [12]
    assert [table["name"] for table in found.inputs] == [*REFERENCE, "usulan", "rincian"]
    assert not found.modelled


def test_an_unknown_kode_names_the_nearest(tmp_path):
    (told,) = problems_of(tmp_path, one(kode="53.99"))
    assert "baris 2" in told and "53.99" in told and "53." in told.split("53.99")[-1]


def test_an_usulan_of_dki_is_an_error_that_says_why(tmp_path):
    (told,) = problems_of(tmp_path, one(kode="31.71"))
    assert "DKI" in told and "APBD" in told


def test_a_line_of_an_unknown_usulan_or_component_and_an_usulan_without_lines(tmp_path):
    folder = write(tmp_path / "usulan", one("A"), one("B"))
    rincian = folder / "rincian.csv"
    rincian.write_text(rincian.read_text().replace("B,1,ipal", "BB,1,ipall"))
    with pytest.raises(PlannerError) as caught:
        read_usulan(folder)
    text = str(caught.value)
    assert len(caught.value.problems) == 3
    assert "'BB'" in text and "'ipal'" in text and "usulan 'B' tidak punya baris" in text


def test_a_smallest_volume_above_the_volume_is_an_error(tmp_path):
    (told,) = problems_of(tmp_path, one(lines=[line(5, 2, 3, komponen="ipal")]))
    assert "volume_min 3" in told and "volume 2" in told


def test_all_problems_against_the_reference_are_told_at_once(tmp_path):
    told = problems_of(
        tmp_path, one("A", kode="99.99"), one("B", kode="31.71"), one("C", lines=[line(5, komponen="x")])
    )
    assert len(told) == 3


def test_a_missing_folder_is_told_with_its_path(tmp_path):
    with pytest.raises(PlannerError) as caught:
        read_candidates(scenario(data=str(tmp_path / "tiada")))
    (told,) = caught.value.problems
    assert f"({tmp_path / 'tiada'} tidak ada)" in told


def reference_without(tmp_path, table, key):
    """A copy of the reference folder without one row."""
    acuan = copytree(ACUAN, tmp_path / "acuan")
    rows = (acuan / f"{table}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [row for row in rows if not row.startswith(f"{key},")]
    assert len(kept) == len(rows) - 1
    (acuan / f"{table}.csv").write_text("".join(kept), encoding="utf-8")
    return acuan


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("kabupaten", "11.01"), ("komponen", "penunjang"), ("komponen", "ipal"), ("asumsi", "diskonto"),
        ("asumsi", "ikm_asumsi_pembangunan"), ("asumsi", "faktor_menu_revitalisasi"),
        ("asumsi", "acuan_kemiskinan_min"), ("asumsi", "acuan_kemiskinan_maks"),
    ],
)  # fmt: skip
def test_a_reference_row_that_is_missing_is_an_error_never_a_crash_nor_another_answer(tmp_path, table, key):
    acuan = reference_without(tmp_path, table, key)
    with pytest.raises(PlannerError, match=table):
        build_options(read_candidates(MODEL, acuan=acuan), MODEL)


def test_a_reference_table_that_is_missing_is_an_error(tmp_path):
    acuan = copytree(ACUAN, tmp_path / "acuan")
    (acuan / "komponen.csv").unlink()
    with pytest.raises(PlannerError, match="komponen"):
        read_candidates(MODEL, acuan=acuan)
