"""Who is to run a funded sentra, in a report: by hand over two usulan, of one of which nothing is known."""

import pytest
from pages import Page
from small import MILIAR, line, scenario, usulan, write

from planner.model.candidates import read_candidates
from planner.plan.allocate import allocate
from planner.views.people import people
from planner.views.scene import open_scene

HALL = {"komponen": "gedung_produksi"}
KNOWN = {"nonfisik_rp": 250_000_000, "nonfisik_ta": 2028, "peserta_mutu": 20, "peserta_kelembagaan": 0}


@pytest.fixture
def file(tmp_path):
    """Rp 10 miliar buys a hall in 53.01 of which nothing is known, one in 34.04 with training, and a machine there."""
    rows = [
        usulan("A", nilai=5, kode="53.01", lines=[line(4 * MILIAR, **HALL)]) | dict.fromkeys(KNOWN),
        usulan("B", nilai=4, kode="34.04", lines=[line(4 * MILIAR, **HALL)]) | KNOWN,
        usulan("C", nilai=3, kode="34.04", lines=[line(MILIAR, komponen="mesin_peralatan")])
        | dict.fromkeys(KNOWN, 0)
        | {"nonfisik_ta": 2028},
    ]
    data = write(tmp_path / "usulan", *rows)
    asked = scenario(10 * MILIAR, goals=("nilai",), data=str(data))
    return allocate(read_candidates(asked), asked).save(tmp_path / "plan.json")


def test_each_funded_usulan_has_a_row_and_what_is_not_known_is_said_so(file):
    page = Page(people(open_scene(file)))
    assert "dari 2 gedung yang didanai 0 tanpa yang dilatih, 1 belum diketahui" in page.text
    assert "DAK Nonfisik Rp 250 juta (1 usulan belum diketahui)" in page.text
    assert "mutu 20 orang, kelembagaan 0 orang" in page.text and page.text.count("Pelatihan belum diketahui") == 1
    assert [tag for tag, _ in page.tags].count("tr") == 4


def test_only_the_regions_own_are_shown_and_a_region_without_any_has_none(file):
    own = Page(people(open_scene(file, "34"))).text
    assert "Sleman" in own and "Kupang" not in own
    assert people(open_scene(file, "11")) is None
