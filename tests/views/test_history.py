"""What a report tells of earlier DAK: the press cases of its region, the national series, and never a false "none"."""

from dataclasses import replace

import pytest
from pages import Page, at, candidates, country
from small import held

from planner import views
from planner.base.messages import speaking
from planner.tables.schemas import SENTRA_STATES
from planner.views.charts import WIDEST
from planner.views.history import outcomes, running, series, series_chart


def told(name) -> str:
    return Page(views.history(at(country(), name))).text


def with_tables():
    """The hand-made plan with the tables it was made from: no sentra, no workers, nothing of earlier years."""
    return replace(country(), source=candidates())


def test_the_report_of_bali_tells_its_cases():
    page = Page(views.history(at(country(), "51")))
    assert len(page.named("tr")) == 1 + 6  # Bangli has four rows in kasus.csv, Gianyar two
    assert "Kabupaten Bangli 2023 Rp 6.500.000.000, dialokasikan pembangunan kopi berjalan" in page.text
    assert "Rp 3.561.000.000, kontrak pembangunan bambu" in page.text
    assert "perak, Celuk kontraktor gagal" in page.text and "belum dipastikan" in page.text
    assert "bukan daftar resmi" in page.text and "tidak ada yang diketahui" not in page.text


def test_a_kabupaten_tells_its_own_cases_only():
    text = told("18.71")
    assert "Rp 5.300.000.000, dialokasikan" in text and "Rp 4.600.000.000, realisasi" in text and "tapis" in text
    assert "Metro" not in text and "(2 baris)" in text


def test_what_a_case_does_not_tell_is_not_known():
    assert "tidak diketahui tidak diketahui revitalisasi slag aluminium" in told("35.17")  # no year, no amount


def test_where_no_case_is_known_nothing_is_known_not_nothing_given():
    text = told("53.01")
    assert "tidak ada yang diketahui" in text and "bukan daftar resmi" in text and "mungkin pernah menerima" in text


@pytest.mark.parametrize("name", ["51", "51.06", "35.26"])
def test_no_section_says_that_there_was_nothing_where_cases_are_known(name):
    scene = at(with_tables(), name)
    assert "tidak ada yang diketahui" not in Page(views.history(scene) + views.monitoring(scene)).text


def test_the_series_holds_every_year_with_its_mark_or_as_not_known():
    frame = series().set_index("tahun")
    assert frame.at["2023", "budget"] == "Rp 395 miliar (terbaca di sumber)"
    assert frame.at["2023", "recipients"] == "56 (terbaca di sumber)"
    assert frame.at["2023", "absorbed"] == "88,46 % (terbaca di sumber)"
    assert frame.at["2019", "absorbed"] == "92,56 % (semua DAK Fisik, terbaca di sumber)"
    assert list(frame.loc["2021":, "budget"] == "tidak diketahui") == [True, False, False, True, True]
    assert frame.at["2022", "recipients"] == "tidak diketahui" and list(frame.index) == [
        str(y) for y in range(2016, 2026)
    ]


def test_the_chart_has_a_bar_for_every_known_year_and_words_for_the_others():
    page = Page(series_chart())
    assert len(page.named("rect")) == 7  # 2016 to 2020, 2022, 2023
    widths = [float(one["width"].rstrip("%")) for one in page.named("rect")]
    assert max(widths) == widths[5] == pytest.approx(WIDEST, abs=0.1)  # 753 miliar in 2022
    assert "2024 tidak diketahui" in page.text and "2016 Rp 166,3 miliar (hanya revitalisasi)" in page.text


def test_the_plan_stands_beside_what_earlier_years_show():
    rows = {name: (plan, past) for name, plan, past in outcomes(with_tables())}
    assert rows["Kabupaten/kota yang didanai"][0] == "3" and "2023: 56" in rows["Kabupaten/kota yang didanai"][1]
    assert rows["Bagian dana tiap menu"] == (
        "pembangunan 50,0 %, revitalisasi 50,0 %", "2016–2019: pembangunan 63,2 % (disimpulkan)"
    )  # fmt: skip
    assert rows["IKM terlayani"][1] == rows["Tenaga kerja"][0] == "tidak diketahui"
    assert "2020–2024: target 50 sentra beroperasi" in rows["Sentra beroperasi di luar Jawa"][1]


def test_operating_sentra_are_those_running_outside_java_and_the_others_by_their_chance():
    # Two run outside Java, one of which is funded and counts once; one on Java and one idle do not count.
    scene = with_tables()
    first = scene.plan.funded["sentra_id"].iat[0]
    rows = [
        {"sentra_id": name, "kode": kode, "status": status}
        for name, kode, status in ((first, "11.03", "berjalan"), ("b", "51.06", "berjalan"), ("c", "32.01", "berjalan"),
                                   ("d", "53.01", SENTRA_STATES[-1]))
    ]  # fmt: skip
    known = replace(scene, source=replace(scene.source, sentra=held("sentra", rows)))
    chance = scene.plan.funded["chance"].iloc[1:].sum() / 10**6

    assert running(known).startswith(f"{2 + chance:.1f}".replace(".", ","))
    assert "2 berjalan kini" in running(known) and "dari 2 yang didanai" in running(known)
    assert "tidak diketahui" in running(scene)


def test_the_section_speaks_english():
    with speaking("en"):
        assert "Press cases, not an official list" in told("51") and "contract" in told("51")
        assert "National series" in told("nasional") and "not known" in told("nasional")
