"""A plan of two years everywhere that people meet a plan: what is said of the later year, and that nothing stumbles."""

import csv
import io

import openpyxl
import pytest
from pages import SECTIONS, Page
from printed import ran
from small import MILIAR, candidates, line, scenario, usulan, winners, write

from planner import views
from planner.answers.compare import compare
from planner.answers.edit import consider
from planner.answers.explain import answer
from planner.answers.frontier import frontier
from planner.answers.open_plan import case_of
from planner.answers.preview import Previewer
from planner.base.messages import speaking
from planner.model.candidates import read_candidates
from planner.paper.workbooks.plan import plan_book
from planner.plan.allocate import allocate
from planner.plan.verify import verify
from planner.scenario.hand_edits import Edit, apply_edit
from planner.scenario.scenario import vary

INTENTION = "TA 2029 dan sesudahnya adalah niat, bukan komitmen: anggaran ditetapkan tiap tahun."
HALL = {"komponen": "gedung_produksi"}
RULES = [{"rule": "PhaseOrder"}, {"rule": "FinishFirst"}, {"rule": "OperatingBurden", "capacity_rp": 400_000_000}]


def step(name, fase, sentra, kode, nilai, **more):
    """An usulan of Rp 3 miliar that costs Rp 100 juta a year to run."""
    lines = [line(3 * MILIAR, **HALL)]
    facts = {"sentra_id": sentra, "fase": fase, "fase_total": 2, "om_tahunan_rp": 100_000_000, "sumber": "sintetis"}
    return usulan(name, nilai=nilai, kode=kode, lines=lines, **facts | more)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(plan file, plan, candidates). 6 miliar in 2028, 3 in 2029, so three of six usulan.

    In Aceh A1 must come before A2; in Kupang C2 continues what was begun in 2026, so D1 waits for it. E1 has been paid.
    """
    folder = tmp_path_factory.mktemp("dua-tahun")
    rows = [
        step("A1", 1, "s", "11.01", 4), step("A2", 2, "s", "11.01", 8, ta=2029), step("B1", 1, "t", "11.02", 5),
        step("C2", 2, "u", "53.01", 2), step("D1", 1, "v", "53.01", 9), step("E1", 1, "w", "53.02", 50),
    ]  # fmt: skip
    data = write(folder / "usulan", *rows)
    past = [
        {"usulan_id": "26-u", "kode": "53.01", "ta": 2026, "pagu_rp": 3 * MILIAR, "sentra_id": "u", "fase": 1},
        {"usulan_id": "E1", "kode": "53.02", "ta": 2027, "pagu_rp": 3 * MILIAR, "sentra_id": "", "fase": ""},
    ]
    with (data / "realisasi.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, past[0])
        writer.writeheader()
        writer.writerows(past)
    asked = scenario({2028: 6 * MILIAR, 2029: 3 * MILIAR}, RULES, data=str(data))
    table = read_candidates(asked, data)
    plan = allocate(table, asked)
    return plan.save(folder / "plan.json"), plan, table


@pytest.fixture(autouse=True)
def indonesian():
    with speaking("id"):
        yield


def test_the_plan_is_what_a_pencil_says(made):
    # Three places. A1 (4) in 2028 and A2 (8) in 2029, and in 2028 beside A1 the B1 (5) bring 17. D1 (9) needs C2 (2):
    # with B1 in 2029 they bring 16, with A1 in 2029, where nothing can follow it, 15. E1 (50) has been paid.
    _, plan, _ = made
    assert {r["usulan_id"]: r["ta"] for r in plan["funded"]} == {"A1": 2028, "A2": 2029, "B1": 2028}
    said = {r["usulan_id"]: r["rule"] for r in plan["not_funded"]}
    assert said == {"C2": None, "D1": "FinishFirst:1:D1:2028:lanjutan", "E1": "PhaseOrder:0"}


def test_verify_recomputes_it(made):
    assert verify(made[0]) == []


def test_the_summary_says_that_later_years_are_an_intention(made):
    assert made[1].summary().endswith(INTENTION)
    with speaking("en"):
        assert made[1].summary().endswith("an intention, not a commitment: budgets are set each year.")


def test_the_first_screen_says_that_it_adds_up_years(made):
    first = {"nasional": "2 usulan, Rp 6 miliar", "11": "2 usulan, Rp 6 miliar", "11.01": "1 usulan, Rp 3 miliar"}
    for wilayah, own in first.items():
        found = Page(views.first_screen(views.open_scene(made[0], wilayah))).text
        said = f"Angka-angka ini menjumlahkan TA 2028 sampai 2029; TA 2028 sendiri: {own}. {INTENTION}"
        assert said in found and f"{own.split(', ')[1]} pada TA 2028; sesudahnya niat" in found
    assert "pembangunan (TA 2028) + pembangunan (TA 2029)" in found
    nothing = Page(views.first_screen(views.open_scene(made[0], "53"))).text
    assert "Nusa Tenggara Timur" in nothing and "niat" not in nothing


def test_a_limit_is_told_with_its_year(made):
    table = views.limits.rules(views.open_scene(made[0], "nasional"))
    assert table["rule"].iat[0] == "Dana tiap tahun tidak melebihi pagu tahun itu."
    assert table["tightest"].iat[0] == "TA 2028: Rp 6 miliar, batas Rp 6 miliar"


def test_the_years_add_up_to_the_rupiah(made):
    country = Page(views.years(views.open_scene(made[0], "nasional"))).text
    assert INTENTION in country
    assert "2028 2 Rp 6.000.000.000 Rp 6.000.000.000 –" in country
    assert "2029 1 Rp 3.000.000.000 Rp 3.000.000.000 –" in country
    aceh = Page(views.years(views.open_scene(made[0], "11.02"))).text
    assert "2028 1 Rp 3.000.000.000 2029 0 –" in aceh and "Pagu Tidak" not in aceh
    assert views.years(views.open_scene(made[0], "53")) is None  # nothing is funded there


def test_a_plan_of_one_year_says_nothing_of_years(tmp_path):
    data = write(tmp_path / "usulan", step("A1", 1, "s", "11.01", 6))
    asked = scenario(3 * MILIAR, data=str(data))
    plan = allocate(read_candidates(asked, data), asked)
    scene = views.open_scene(plan.save(tmp_path / "plan.json"))
    assert views.years(scene) is None and plan.intention() == ""
    assert "menjumlahkan" not in views.first_screen(scene) and '<th scope="col">TA</th>' not in views.chosen(scene)


def test_the_funded_table_has_the_year_as_a_year(made):
    text = Page(views.chosen(views.open_scene(made[0], "11.01"))).text
    assert " 2028 " in text and " 2029 " in text and "2.028" not in text


@pytest.mark.parametrize("wilayah", ["nasional", "11", "53", "11.01", "53.01"])
def test_every_part_of_a_report_is_made(made, wilayah):
    scene = views.open_scene(made[0], wilayah)
    for name in SECTIONS:
        getattr(views, name)(scene)


def test_a_report_runs_from_the_notebook(made):
    assert "Apa yang direncanakan tiap tahun?" in ran(made[0], "11").text


def test_the_workbook_holds_the_years(made):
    book = openpyxl.load_workbook(io.BytesIO(plan_book(views.open_scene(made[0]))))
    assert any(INTENTION in str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row)
    texts = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "2029" in texts


def test_every_usulan_is_explained_and_edited(made):
    _, plan, table = made
    case = case_of(plan, table)
    for name in table.usulan["usulan_id"]:
        assert answer(case, name).plain()["reason"]["id"]
        for kind in ("lock_in", "lock_out"):
            assert consider(case, Edit(kind, name, reason="rapat")).sentence()


def test_comparing_with_phases_in_any_order_shows_their_price(made):
    _, plan, table = made
    free = allocate(table, vary(plan.scenario, rules=plan.scenario.rules[2:]))
    assert winners(free) == ["A2", "D1", "E1"]  # 8 + 9 + 50 in any order
    assert not compare([plan, free]).empty


def test_a_frontier_and_previews_see_both_years(made):
    _, plan, table = made
    points = frontier(table, plan.scenario, points=3, gap=0.0).points
    assert [point.at for point in points] == [4_500_000_000, 9 * MILIAR, 13_500_000_000]
    assert [len(point.preview.winners) for point in points] == [1, 3, 4]  # one place in 2028, then 2 + 1, then 3 + 1
    look = Previewer(table)
    assert look.preview(plan.scenario, 0.0).winners == ["A1", "A2", "B1"]
    barred = vary(plan.scenario, rules=[*plan.scenario.rules, {"rule": "Lock", "state": "out", "usulan": ["C2"]}])
    assert look.preview(barred, 0.0).winners == ["A1", "A2", "D1"]  # D1 waits for nothing any more
    assert look.preview(plan.scenario, 0.0).winners == ["A1", "A2", "B1"]


def test_locking_out_a_continuation_is_priced_as_the_scenario_that_locks_it_out():
    # Rp 6: D1 (9) with its C2 would cost 7, so C2 and B bring 5; with C2 barred D1 waits for nothing.
    past = [{"usulan_id": "x", "kode": "53.01", "ta": 2026, "sentra_id": "u", "fase": 1}]
    rows = [
        usulan("C2", 3, 2, sentra_id="u", fase=2, kode="53.01"),
        usulan("D1", 4, 9, kode="53.01"),
        usulan("B", 3, 3),
    ]
    table = candidates(*rows, realisasi=past)
    plan = allocate(table, scenario(6, RULES[1:2]))
    assert winners(plan) == ["B", "C2"]
    edit = Edit("lock_out", "C2", reason="rapat")
    found = consider(case_of(plan, table), edit, exact=True)
    after = allocate(table, apply_edit(plan.scenario, edit))
    assert winners(after) == ["D1"] and found.entering == ["D1"]
    point = plan["goals"][0]["point"]
    assert [loss * point for loss in found.loss] == [-4 * 10**6] * 2  # 9 instead of 5
