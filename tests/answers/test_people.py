"""The people of a sentra: what is not known is told as not known, and nobody trained only where that is known."""

import pytest
from tabular import tables, write_csv

from planner.answers.people import people, people_of, trained
from planner.base.messages import speaking
from planner.tables.check import check_data
from planner.tables.reading import blank


def told(built=True, lang="id", **cells) -> str:
    with speaking(lang):
        return " ".join(people({"usulan_id": "U1"} | cells, built))


def test_empty_cells_are_not_known_and_never_no():
    said = told()
    assert "pengurus belum diketahui; pengelola belum diketahui; anggota belum diketahui; UPT belum diketahui" in said
    assert "apakah ada yang dilatih untuk menjalankannya belum diketahui" in said
    assert "tidak ada" not in said and "Perhatian" not in said


def test_what_is_known_is_told_with_people_and_decrees():
    said = told(
        pengurus_orang=7, pengurus_sk="SK 12/2021", pengelola="koperasi", pengelola_orang=4, anggota_orang=24,
        uptd="ya", uptd_sk="SK 3/2022", nonfisik_rp=1_250_000_000, nonfisik_ta=2028, peserta_mutu=20,
        peserta_wirausaha=0,
    )  # fmt: skip
    assert "pengurus 7 orang, SK 12/2021; pengelola koperasi, 4 orang; anggota 24 orang; UPT ada, SK 3/2022." in said
    assert "Rp 1,25 miliar (TA 2028); dilatih mutu 20 orang, wirausaha 0 orang." in said
    assert "Perhatian" not in said and "UPT tidak ada" in told(uptd="tidak")


@pytest.mark.parametrize(
    ("cells", "known"),
    [
        ({}, None), ({"nonfisik_rp": 5_000_000}, None), ({"nonfisik_rp": 0}, False), ({"peserta_mutu": 0}, None),
        ({"peserta_mutu": 0, "peserta_kelembagaan": 0, "peserta_wirausaha": 0}, False),
        ({"peserta_mutu": 1, "nonfisik_rp": 0}, True), ({"peserta_kelembagaan": 3}, True),
    ],
)  # fmt: skip
def test_nobody_is_trained_only_where_that_is_known(cells, known):
    assert trained(cells) is known
    assert ("Perhatian" in told(**cells)) == (known is False)
    assert ("Warning" in told(lang="en", **cells)) == (known is False)
    assert "Perhatian" not in told(built=False, **cells)


def test_the_table_of_usulan_gives_a_row_for_each_that_is_named():
    table = blank("usulan").reindex(range(2)).assign(usulan_id=["U1", "U2"])
    assert list(people_of(table, {"U2": True})) == ["U2"]


def test_training_for_nothing_is_doubtful_in_the_tables(tmp_path):
    held = tables()
    held["usulan"] = [
        [*row, *more]
        for row, more in zip(held["usulan"], [["nonfisik_rp", "peserta_mutu"], [0, 20], ["", 20]], strict=True)
    ]
    told_ = [one for one in check_data(write_csv(tmp_path, held)).findings if one.column == "nonfisik_rp"]
    assert [(one.row, one.level) for one in told_] == [(2, "warning")]
