"""plan.xlsx: the plan's own sums, text that is only text, and the same bytes each time."""

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from small import MILIAR, line, scenario, usulan, write

from planner.base.messages import speaking
from planner.model.candidates import read_candidates
from planner.paper.run_files import write_lists, write_missing, write_notes
from planner.paper.workbooks.plan import plan_book
from planner.plan.allocate import allocate
from planner.plan.folder import RunFolder
from planner.views.scene import open_scene

HALL = {"komponen": "gedung_produksi"}
HOSTILE = ["=1+1", "<script>alert(1)</script>", "http://x.example", "@SUM(A1)"]


@pytest.fixture
def plan_file(tmp_path):
    """Four usulan with hostile names; 9 miliar: three of 3 miliar, one of them trimmed to half of its 6."""
    one = {"uraian": "", **line(3 * MILIAR, **HALL)}
    trimmed = one | {"uraian": "=2+2", "volume": 2, "volume_min": 1}
    lines = [[one], [one], [trimmed], [one | {"harga_satuan_rp": 90 * MILIAR}]]
    rows = [
        usulan(f"u{i}", nilai=1, kode=kode, lines=own, ikm=40 - i, sumber="sintetis") | {"nama": HOSTILE[i]}
        for i, (kode, own) in enumerate(zip(["11.01", "11.02", "53.01", "53.02"], lines, strict=True))
    ]
    folder = write(tmp_path / "usulan", *rows)
    asked = scenario(9 * MILIAR, goals=("benefit",), data=str(folder))
    file = tmp_path / "out" / "plan.json"
    allocate(read_candidates(asked, folder), asked).save(file)
    return file


def sheet(book, name) -> list[dict]:
    """The rows of a sheet without the last, where that is its total."""
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows if row[0] != "Jumlah"]


def total(book, name) -> dict:
    """The last row of a sheet: what it adds up to."""
    head, *_, last = book[name].iter_rows(values_only=True)
    assert last[0] == "Jumlah"
    return dict(zip(head, last, strict=True))


def test_the_workbook_says_what_the_plan_says(plan_file):
    write_lists(RunFolder(plan_file))
    plan = open_scene(plan_file).plan
    book = openpyxl.load_workbook(plan_file.with_name("plan.xlsx"))

    funded, lines = sheet(book, "didanai"), sheet(book, "rincian")
    assert {row["ID usulan"] for row in funded} == set(plan.funded["usulan_id"])
    assert sum(row["Dana (Rp)"] for row in funded) == sum(row["Dana (Rp)"] for row in lines) == plan.spent_rp
    for by in ("per provinsi", "per pulau", "per menu"):
        assert sum(row["Dana (Rp)"] for row in sheet(book, by)) == plan.spent_rp == total(book, by)["Dana (Rp)"]
    assert {row["ID usulan"] for row in sheet(book, "tidak didanai")} == set(plan.not_funded["usulan_id"])
    words = " ".join(str(cell) for row in book["ringkasan"].iter_rows(values_only=True) for cell in row)
    assert "data sintetis" in words and plan.fingerprint in words
    assert {row["Sidik jari (SHA-256)"] for row in sheet(book, "sumber")} == {i["sha256"] for i in plan["inputs"]}


def test_totals_ikm_and_what_losers_ask_stand_in_the_sheets(plan_file):
    # u0, u1 and u2 (40, 39, 38 IKM) get 3 miliar each; u3 (37 IKM) asks 90 miliar
    write_lists(RunFolder(plan_file))
    book = openpyxl.load_workbook(plan_file.with_name("plan.xlsx"))
    assert [(row["IKM"], row["TA"]) for row in sheet(book, "didanai")] == [(40, 2028), (39, 2028), (38, 2028)]
    assert (total(book, "didanai")["Dana (Rp)"], total(book, "didanai")["IKM"]) == (9 * MILIAR, 117)
    (out,) = sheet(book, "tidak didanai")
    assert (out["Menu"], out["Dana diminta (Rp)"], out["IKM"]) == ("pembangunan", 90 * MILIAR, 37)
    for name in ("didanai", "tidak didanai"):
        (rule,) = book[name].data_validations.dataValidation  # of the lock alone: any reason may be written
        assert rule.formula1 == '"masuk,keluar"'
        assert {row["Kunci"] for row in sheet(book, name)} == {None}


def test_no_word_or_number_is_wider_than_its_column_and_rows_are_as_high_as_they_need(plan_file):
    write_lists(RunFolder(plan_file))
    book = openpyxl.load_workbook(plan_file.with_name("plan.xlsx"))
    for page in book:
        for column in page.iter_cols():
            width = page.column_dimensions[column[0].column_letter].width
            words = [
                w for c in column for w in (f"{c.value:,}" if isinstance(c.value, int) else str(c.value or "")).split()
            ]
            assert max(map(len, words), default=0) < max(width, 24), (page.title, column[0].value)
    law = next(row for row in book["ringkasan"].iter_rows(min_row=2) if len(str(row[2].value or "")) > 150)
    assert book["ringkasan"].row_dimensions[law[0].row].height >= 30


def test_the_counts_of_years_add_up_on_the_sheet(tmp_path):
    one = {"uraian": "", **line(3 * MILIAR, **HALL)}
    rows = [usulan(f"u{i}", ta=ta, lines=[one], kode="53.01") for i, ta in enumerate((2028, 2028, 2030, 2031, 2031))]
    folder = write(tmp_path / "usulan", *rows)
    asked = scenario(3 * MILIAR, goals=("benefit",), data=str(folder))
    file = allocate(read_candidates(asked, folder), asked).save(tmp_path / "out" / "plan.json")
    book = openpyxl.load_workbook(io.BytesIO(plan_book(open_scene(file))))
    facts = {row["Hal"]: (row["Angka"], row["Keterangan"]) for row in sheet(book, "ringkasan")}
    assert facts["Usulan seluruhnya"][0] == 5 and facts["Usulan untuk TA 2028"] == (2, "5 = 2 + 3")
    assert facts["Usulan untuk tahun sesudahnya"][0] == 3
    assert sum(number for name, (number, _) in facts.items() if name.startswith("– ")) == 2


def test_codes_are_text_numbers_are_numbers_and_nothing_is_a_formula(plan_file):
    write_lists(RunFolder(plan_file))
    book = openpyxl.load_workbook(plan_file.with_name("plan.xlsx"))

    assert all(isinstance(row["Kode"], str) and type(row["Dana (Rp)"]) is int for row in sheet(book, "didanai"))
    assert {row["Usulan"] for name in ("didanai", "tidak didanai") for row in sheet(book, name)} == set(HOSTILE)
    assert not any(c.data_type == "f" or c.hyperlink for page in book for row in page.iter_rows() for c in row)
    for page in book:
        heads = [cell.value for cell in page[1]]
        assert len(set(heads)) == len(heads) and None not in heads
        assert page.freeze_panes and page.auto_filter.ref and page.page_setup.orientation == "landscape"
        assert page.page_setup.paperSize == 9 or str(page.page_setup.paperSize) == "9"
        assert page.print_title_rows == "$1:$1"


def test_the_same_plan_gives_the_same_bytes_and_english_gives_english(plan_file):
    scene = open_scene(plan_file)

    assert plan_book(scene) == plan_book(open_scene(plan_file))
    with speaking("en"):
        assert "not funded" in openpyxl.load_workbook(io.BytesIO(plan_book(scene))).sheetnames


def test_without_its_tables_the_workbook_leaves_the_lines_out(plan_file):
    book = openpyxl.load_workbook(io.BytesIO(plan_book(replace(open_scene(plan_file), source=None, options=None))))

    assert "rincian" not in book.sheetnames and "didanai" in book.sheetnames


def test_notes_and_what_is_missing_are_written_and_stamped(plan_file, tmp_path):
    notes = write_notes(plan_file, tmp_path / "catatan", tmp_path / "usulan")
    missing = write_missing(tmp_path / "usulan", tmp_path / "periksa")

    assert [file.name for file in notes] == ["catatan_rincian.csv", "catatan_usulan.csv", "catatan.xlsx"]
    assert [file.name for file in missing] == ["kurang_apa.csv", "kurang_apa.xlsx"]
    for file in (notes[0], notes[1], missing[0]):
        head, *rows = file.read_text(encoding="utf-8-sig").splitlines()
        assert head.endswith(";data") and rows and all(row.endswith(";data sintetis") for row in rows)
    for file in (notes[2], missing[1]):
        assert "vbaProject" not in " ".join(zipfile.ZipFile(file).namelist())
        assert not any(
            c.data_type == "f" for page in openpyxl.load_workbook(file) for row in page.iter_rows() for c in row
        )


def test_the_workbook_says_how_often_draws_choose_each_winner(base):
    # of 100 draws 97 choose 11.03, 60 of them with pembangunan
    book = openpyxl.load_workbook(io.BytesIO(plan_book(base)))
    rows = {row["Kode"]: row for row in sheet(book, book.sheetnames[1])}
    asked = ("Kepastian", "Hitung ulang yang memilihnya (%)", "Dengan menu ini (%)")
    assert [rows["11.03"][name] for name in asked] == ["pasti", 97, 60]
    bare = openpyxl.load_workbook(io.BytesIO(plan_book(replace(base, robust=None))))
    assert "Kepastian" not in sheet(bare, bare.sheetnames[1])[0]
