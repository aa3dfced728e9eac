"""The calendar says what must be there by when, by the last year's rule that is known, and what already lacks."""

from dataclasses import replace

import pandas as pd
import pytest
from pages import MILIAR, Page, at, plan

from planner import views
from planner.base.messages import speaking
from planner.base.paths import ROOT
from planner.base.units import years_later
from planner.model.candidates import read_candidates
from planner.plan.plan import Plan
from planner.tables.documents import missing_documents
from planner.views.calendar import events


@pytest.fixture(scope="module")
def usulan():
    """The example's tables, with three past contracts: two after 22 July of their year, one in time."""
    rows = [
        ("51.04", 2023, "2023-07-22", "ya"),
        ("51.04", 2024, "2024-07-23", "tidak"),
        ("51.01", 2024, "2024-08-01", None),
    ]
    past = pd.DataFrame(rows, columns=["kode", "ta", "kontrak_tanggal", "laporan_3tahun"])
    own = plan(candidates=None, data=str(ROOT / "data" / "contoh"))
    return replace(read_candidates(own.scenario), realisasi=past)


def of_2028(base, **changes):
    return events(replace(base, **changes), 2028)


def test_dates_are_those_of_the_last_known_rule_moved_to_the_year(base):
    rows = of_2028(base).set_index("event")
    assert rows.loc["Kontrak dan dokumen salur di OMSPAN", "date"] == "paling lambat 22 Juli 2028"
    assert rows.loc["Kontrak dan dokumen salur di OMSPAN", "by_year"] == "TA 2024, terbaca di sumber"
    assert rows.loc["Pengusulan di KRISNA", "date"] == "1 Mei 2027 – 15 Juni 2027"  # the year before, as in TA 2020
    assert rows.loc["Penyaluran tahap III", "date"].endswith("16 Desember 2028")
    assert (rows["sumber"] != "").all()
    assert years_later("2019-07-22", 9) == "2028-07-22" and years_later(None, 9) == ""


def test_the_gates_of_the_tranches_come_from_the_table(base):
    needs = of_2028(base).set_index("event")["needs"]
    assert needs["Penyaluran tahap I"].startswith("25 % dari alokasi")
    assert "45 %" in needs["Penyaluran tahap II"] and "75 %" in needs["Penyaluran tahap II"]
    assert "90 %" in needs["Penyaluran tahap III"] and "70 % keluaran" in needs["Penyaluran tahap III"]


def test_rows_come_by_their_last_day_and_the_undated_last(base):
    rows = of_2028(base)
    order = [rows["event"].tolist().index(name) for name in (
        "Pengusulan di KRISNA", "Rencana Kegiatan (RK)", "Kontrak dan dokumen salur di OMSPAN", "Penyaluran tahap II",
        "Penyaluran tahap III", "Laporan tahun ketiga")]  # fmt: skip
    assert order == sorted(order)
    assert rows["date"].eq("tanggal tidak terbaca").sum() == 3


def test_a_year_without_a_rule_of_its_own_says_so(base):
    assert "Aturan TA 2028 belum ada" in Page(views.calendar(base)).text
    known = replace(base, plan=Plan(base.plan.content | {"budget_rp": {"2024": 20 * MILIAR}}))
    assert "belum ada:" not in Page(views.calendar(known)).text
    assert "22 Juli 2024" in Page(views.calendar(known)).text
    early = replace(base, plan=Plan(base.plan.content | {"budget_rp": {"2015": 20 * MILIAR}}))
    assert views.calendar(early) is None


def test_years_with_the_same_rules_share_a_calendar_and_jakarta_has_none(base):
    def of_years(*years):
        plan = Plan(base.plan.content | {"budget_rp": dict.fromkeys(map(str, years), MILIAR)})
        return Page(views.calendar(at(replace(base, plan=plan), "64")))

    same, other = of_years(2028, 2029), of_years(2019, 2028)
    assert len(same.named("table")) == 1 and "TA 2029: hari-hari yang sama seperti TA 2028" in same.text
    assert len(other.named("table")) == 2 and "hari-hari yang sama" not in other.text  # their rules are not the same
    assert views.calendar(at(base, "31")) is None


def test_of_a_later_year_only_what_it_lacks_itself_is_told(base, usulan):
    several = Plan(base.plan.content | {"budget_rp": {"2028": MILIAR, "2030": MILIAR}})
    page = Page(views.calendar(replace(base, source=usulan, plan=several)))
    assert page.text.count("2 dari 3 kontrak bertanggal sesudah batas ini") == 1
    rows = events(replace(base, source=usulan), 2030)
    own = [text for text in rows.get("known", []) if "dokumen pada" in text]
    assert own and all(text in page.text for text in own)


def test_what_the_tables_show_to_lack_or_to_have_been_late_is_counted(base, usulan):
    bali = at(replace(base, source=usulan), "51")
    rows = events(bali, 2028).set_index("event")
    assert rows.loc["Kontrak dan dokumen salur di OMSPAN", "known"] == (
        "tahun-tahun lalu 2 dari 3 kontrak bertanggal sesudah batas ini"
    )
    assert rows.loc["Laporan tahun ketiga", "known"] == "1 kabupaten/kota belum menyampaikannya"
    lacking = missing_documents(*usulan.papers)
    lacking = lacking[lacking["kode"].str.startswith("51.") & (lacking["ta"] == 2028)]
    told = [int(text.split()[0]) for text in rows.loc["Dokumen wajib", "known"] if text]
    assert len(lacking) == sum(told) > 0
    assert "known" not in events(base, 2028)  # modelled candidates have no papers


def test_the_calendar_speaks_english_too(base):
    with speaking("en"):
        text = Page(views.calendar(base)).text
    assert "by July 22, 2028" in text or "by 22 July 2028" in text
    assert "at least 75 % of what was paid out is spent" in text
