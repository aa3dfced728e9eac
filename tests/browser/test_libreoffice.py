"""The template filled, opened and saved by LibreOffice: nothing is lost, and mistakes come back at their cells."""

import openpyxl
import pytest
from filled import EXPECTED, MISTAKES, filled, place, places, saved
from office import converted, through_office
from small import MILIAR, line, scenario, usulan, write

from planner.model.candidates import read_candidates
from planner.paper.workbooks.annotate import annotate
from planner.paper.workbooks.locks import read_locks
from planner.paper.workbooks.plan import plan_book
from planner.paper.workbooks.template import SHEETS
from planner.plan.allocate import allocate
from planner.tables.check import check_data
from planner.views.scene import open_scene

pytestmark = pytest.mark.browser
SOME = (("A", 50), ("B", 40))  # usulan and its IKM
HOSTILE = [("usulan", 4, "nama", "=1+1"), ("usulan", 5, "catatan", "-1"), ("sentra", 4, "desa", "<b>&amp; 51.10")]


def test_a_filled_template_comes_through_libreoffice_without_loss(tmp_path):
    book = filled(HOSTILE)
    book["usulan"].cell(4, place("usulan", "nama")).data_type = "s"
    book.save(tmp_path / "isian.xlsx")
    before = check_data(tmp_path / "isian.xlsx")
    after = check_data(through_office(tmp_path / "isian.xlsx", tmp_path / "office"))

    assert [finding.sentence() for finding in after.findings] == []
    assert before.tables.keys() == after.tables.keys() == {"usulan", "rincian", "sentra"}
    for name, table in before.tables.items():
        assert after.tables[name].data.equals(table.data), name
    assert after.tables["usulan"].data["nama"].iloc[0] == "=1+1"


def test_drop_downs_and_limits_survive_libreoffice(tmp_path):
    book = openpyxl.load_workbook(through_office(saved(tmp_path / "isian.xlsx"), tmp_path / "office"))
    template = filled()

    for name in SHEETS:
        kinds = [
            sorted((rule.type, rule.errorTitle) for rule in one[name].data_validations.dataValidation)
            for one in (template, book)
        ]
        assert kinds[0] == kinds[1], name
    lists = [r.formula1 for r in book["usulan"].data_validations.dataValidation if r.errorTitle == "kode"]
    assert lists == ["daftar!$A$2:$A$509"]


def test_ten_mistakes_made_in_libreoffice_come_back_annotated_as_exactly_those_ten(tmp_path):
    source = through_office(saved(tmp_path / "isian.xlsx", MISTAKES), tmp_path / "office")
    checked = check_data(source)
    out = annotate(source, checked, tmp_path / "hasil.xlsx")

    assert places(checked.findings) == EXPECTED
    shown = openpyxl.load_workbook(converted(out, "xlsx", tmp_path / "office"))  # as LibreOffice shows it
    notes = {
        (name, cell.row, shown[name].cell(1, cell.column).value): cell.comment.text
        for name in ("sentra", "usulan", "rincian")
        for row in shown[name].iter_rows(min_row=2)
        for cell in row
        if cell.comment
    }
    assert sorted(notes) == EXPECTED
    for finding in checked.findings:
        assert finding.remedy in notes[finding.sheet, finding.row, finding.column]
    given = [place for place in EXPECTED if place != ("rincian", 5, "volume")]  # the formula came back as its value
    assert places(check_data(out).findings) == given
    saved_again = converted(out, "xlsx", tmp_path / "again")  # LibreOffice forgets who wrote a comment
    assert check_data(saved_again).problems and places(check_data(saved_again).findings) == given
    annotate(saved_again, check_data(saved_again), tmp_path / "lagi.xlsx")
    again = openpyxl.load_workbook(tmp_path / "lagi.xlsx")
    assert all(
        again[name].cell(row, place(name, column)).comment.text.count("(planner)") == 1 for name, row, column in given
    )
    assert again["rincian"].cell(5, place("rincian", "volume")).comment is None


def test_what_libreoffice_saves_as_ods_and_xls_is_read_the_same(tmp_path):
    book = filled()
    book.save(tmp_path / "isian.xlsx")
    before = check_data(tmp_path / "isian.xlsx")
    for suffix in ("ods", "xls"):
        after = check_data(converted(tmp_path / "isian.xlsx", suffix, tmp_path / suffix))
        assert after.problems == []
        for name, table in before.tables.items():
            assert after.tables[name].data.equals(table.data), (suffix, name)


def test_locks_filled_into_plan_xlsx_come_through_libreoffice(tmp_path):
    rows = [usulan(name, ikm=ikm, lines=[line(6 * MILIAR, komponen="gedung_produksi")]) for name, ikm in SOME]
    wanted = scenario(6 * MILIAR, goals=("benefit",), data=str(write(tmp_path / "usulan", *rows)))
    source = read_candidates(wanted)
    file = allocate(source, wanted).save(tmp_path / "plan.json")
    (tmp_path / "plan.xlsx").write_bytes(plan_book(open_scene(file)))
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    sheet = book["tidak didanai"]
    heads = [cell.value for cell in sheet[1]]
    sheet.cell(2, heads.index("Kunci") + 1).value = "masuk"
    book.save(tmp_path / "plan.xlsx")
    made = through_office(tmp_path / "plan.xlsx", tmp_path / "office")

    assert [(one.kind, one.usulan_id, one.reason) for one in read_locks(made, source, wanted)] == [
        ("lock_in", "B", "dari plan.xlsx")
    ]
    rules = openpyxl.load_workbook(made)["tidak didanai"].data_validations.dataValidation
    assert [rule.formula1 for rule in rules] == ['"masuk,keluar"']
