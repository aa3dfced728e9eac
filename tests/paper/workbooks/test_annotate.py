"""The marked workbook: every finding at its cell, every value as it came, and readable again once mended."""

import io
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest
from filled import EXPECTED, MISTAKES, filled, place, places, saved
from openpyxl.utils.cell import coordinate_to_tuple
from small import line, usulan, write

from planner import cli
from planner.base.errors import PlannerError
from planner.base.paths import CONTOH
from planner.paper.workbooks.annotate import annotate, marked_workbook
from planner.paper.workbooks.columns import EXAMPLES, columns
from planner.tables.check import check_data

RED, YELLOW = "FFFAD9C9", "FFFFF3C4"


def back(source: Path):
    """The marked workbook of a source."""
    return opened(marked_workbook(source, check_data(source)))


def coloured(sheet) -> list[tuple[str, int, str, str]]:
    """(sheet, row, column, colour) of the cells that are marked below the header."""
    return [
        (sheet.title, cell.row, sheet.cell(1, cell.column).value, cell.fill.fgColor.rgb)
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if cell.fill.fgColor.rgb in (RED, YELLOW)
    ]


def values(sheet) -> list[list]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    """The template with ten mistakes: its file, what the check finds, the marked workbook."""
    source = saved(tmp_path_factory.mktemp("salah") / "salah.xlsx", MISTAKES)
    checked = check_data(source)
    return source, checked, marked_workbook(source, checked)


def opened(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


# -- the template, filled ----------------------------------------------------------------------------------------------


def test_a_filled_template_reads_back_without_loss(tmp_path):
    checked = check_data(saved(tmp_path / "isian.xlsx"))

    assert [finding.sentence() for finding in checked.findings] == []
    assert {name: len(table.data) for name, table in checked.tables.items()} == {"usulan": 3, "rincian": 9, "sentra": 3}
    for name in ("usulan", "sentra"):  # the first row is the example: same values, dates and codes as text
        row = checked.tables[name].data.iloc[0]
        assert {c: str(row[c]).removesuffix(".0") for c in row.index} == {c: str(v) for c, v in EXAMPLES[name].items()}
    assert (checked.tables["rincian"].data.eval("harga_satuan_rp * volume").sum()) == 3 * 3_020_000_000


def test_an_untouched_template_lacks_only_what_must_be_there(tmp_path):
    file = tmp_path / "isian.xlsx"
    cli_run("template", file)

    assert sorted(f.table for f in check_data(file).findings) == ["rincian", "usulan"]


def cli_run(*args: object) -> int:
    import sys

    old, sys.argv = sys.argv, ["planner", *map(str, args)]
    try:
        cli.main()
    except SystemExit as end:
        return end.code
    finally:
        sys.argv = old


def test_ten_mistakes_come_back_as_exactly_ten_marked_cells(wrong):
    _, checked, content = wrong
    book = opened(content)

    assert places(checked.findings) == EXPECTED
    marked = [mark for name in ("sentra", "usulan", "rincian") for mark in coloured(book[name])]
    assert sorted(mark[:3] for mark in marked) == EXPECTED
    assert all(book[s].cell(r, place(s, c)).comment.text for s, r, c in EXPECTED)
    assert book["masalah"].max_row == 11
    assert book["rincian"].cell(6, place("rincian", "volume")).number_format == "General"  # #,##0 would show 1.5 as 2


def test_each_problem_links_to_its_cell_and_says_the_remedy(wrong):
    _, checked, content = wrong
    findings, sheet = checked.findings, opened(content)["masalah"]

    for finding, row in zip(findings, sheet.iter_rows(min_row=2), strict=True):
        level, file, title, number, column, _, remedy, link = row
        assert (file.value, title.value, number.value) == ("salah.xlsx", finding.sheet, finding.row)
        assert (column.value, remedy.value) == (finding.column, finding.remedy)
        assert level.fill.fgColor.rgb == (RED if finding.level == "error" else YELLOW)
        home, cell = link.hyperlink.location.split("!")
        assert home.strip("'") == finding.sheet
        assert coordinate_to_tuple(cell) == (finding.row, place(finding.sheet, finding.column))


def test_every_cell_stays_where_it_was_with_what_it_held(wrong):
    source, _, content = wrong
    before, after = openpyxl.load_workbook(source), opened(content)

    assert after.sheetnames == ["siap", "masalah", *before.sheetnames[1:]]
    for name in ("sentra", "usulan", "rincian", "daerah", "realisasi"):
        for old, new in zip(before[name].iter_rows(), after[name].iter_rows(), strict=True):
            for was, now in zip(old, new, strict=True):
                assert now.data_type != "f"  # a formula comes back as its text
                assert now.value == was.value or now.value == was.value.date().isoformat()


def test_the_marked_workbook_is_mended_in_place_and_read_again(wrong, tmp_path):
    out = tmp_path / "hasil.xlsx"
    out.write_bytes(wrong[2])
    assert places(check_data(out).findings) == EXPECTED

    book, right = openpyxl.load_workbook(out), filled()
    for sheet, row, column, _ in MISTAKES:
        at = (row, place(sheet, column))
        book[sheet].cell(*at).value = right[sheet].cell(*at).value
    book.save(out)

    again = check_data(out)
    assert [finding.sentence() for finding in again.findings] == []
    clean = check_data(saved(tmp_path / "benar.xlsx"))
    for name, table in clean.tables.items():
        assert again.tables[name].data.equals(table.data)


def test_drop_downs_survive(wrong):
    book, template = opened(wrong[2]), filled()

    for name in ("usulan", "rincian", "sentra"):
        rules = [
            {(rule.type, rule.formula1) for rule in one[name].data_validations.dataValidation}
            for one in (book, template)
        ]
        assert rules[0] == rules[1]


# -- what is ready -----------------------------------------------------------------------------------------------------


def rows_of(book) -> list[list]:
    return [row for row in values(book["siap"]) if any(row)]


def test_the_first_sheet_says_per_table_and_usulan_what_is_ready(wrong):
    # Gianyar's usulan has four: its fs, and a price, a formula and a fraction in its three lines
    rows = {row[0]: row for row in rows_of(opened(wrong[2]))}

    assert rows["usulan"][1:6] == ["perbaiki isian", "salah.xlsx", "usulan", 3, 3]
    assert rows["rincian"][1:6] == ["perbaiki isian", "salah.xlsx", "rincian", 9, 6]
    assert rows["daerah"][1:5] == ["kosong", "salah.xlsx", "daerah", 0]
    assert rows["Kabupaten Gianyar"][1:6] == [
        "perbaiki isian", "Revitalisasi Sentra Anyaman Contoh", "28-5104-01", "revitalisasi", 4,
    ]  # fmt: skip


def test_an_usulan_is_ready_when_its_entries_and_documents_are(tmp_path):
    # revitalisasi must have a rab among others; Gianyar has all, Kupang's is in process
    source = saved(tmp_path / "isian.xlsx", [("usulan", 5, "rab", "proses")])
    rows = {row[0]: row for row in rows_of(back(source))}

    assert rows["Kabupaten Gianyar"][1] == "siap" and rows["Kabupaten Gianyar"][6] is None
    assert rows["Kabupaten Kupang"][1] == "belum siap"
    assert rows["Kabupaten Kupang"][6] == "RAB (dalam proses, paling lambat 15 Juni 2027)"


def test_all_findings_are_counted_where_a_table_lists_only_the_first_thousand(tmp_path, monkeypatch):
    monkeypatch.setattr("planner.tables.findings.LIMIT", 5)
    write(tmp_path, *(usulan(f"u{i}", 10**9, fs="entah") for i in range(12)))
    book = back(tmp_path)
    found = {row[0]: row for row in rows_of(book)}

    assert found["usulan"][5] == 12
    assert len(coloured(book["usulan"])) == 5


# -- sources of every kind ---------------------------------------------------------------------------------------------


def test_a_folder_of_csv_files_comes_back_as_one_workbook_that_reads_the_same(tmp_path):
    out = tmp_path / "hasil.xlsx"
    before = check_data(CONTOH)
    annotate(CONTOH, before, out)
    after = check_data(out)

    assert not any(f.level == "error" for f in after.findings)
    assert len(after.warnings) == len(before.warnings)
    for name, table in before.tables.items():
        assert after.tables[name].data.astype("str").equals(table.data.astype("str")), name


HOSTILE = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "<b>", "http://x", "{=1}", "#akhir"]


def test_hostile_text_stays_text(tmp_path):
    write(tmp_path, *(usulan(f"u{i}", 10**9, nama=text, fs=text) for i, text in enumerate(HOSTILE)))
    sheet = back(tmp_path)["usulan"]
    names = [cell.value for cell in sheet[1]]

    for text, row in zip(HOSTILE, sheet.iter_rows(min_row=2), strict=True):
        for column in ("nama", "fs"):
            cell = row[names.index(column)]
            assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 torn", b"\xd0\xcf\x11\xe0", b"kode\n1", bytes(random.Random(1).randbytes(999))]
)
def test_a_source_that_is_no_workbook_gives_its_problems_alone(tmp_path, content):
    source = tmp_path / "isian.xlsx"
    source.write_bytes(content)
    book = back(source)

    assert book.sheetnames == ["siap", "masalah"]
    assert book["masalah"].max_row >= 2


def test_a_folder_with_a_csv_that_is_torn_gives_back_the_others(tmp_path):
    write(tmp_path, usulan("a", 10**9))
    (tmp_path / "rincian.csv").write_bytes(b'usulan_id,"\n')
    book = back(tmp_path)

    assert book.sheetnames[:3] == ["siap", "masalah", "usulan"]
    assert "rincian" not in book.sheetnames


def test_one_workbook_per_table_comes_back_under_the_names_of_the_tables(tmp_path):
    whole = filled(MISTAKES)
    for name in ("usulan", "rincian"):
        one = openpyxl.Workbook()
        one.active.title = "Sheet1"
        for row in whole[name].iter_rows():
            for cell in row:
                one.active.cell(cell.row, cell.column, cell.value)
        one.save(tmp_path / f"{name}.xlsx")
    book = back(tmp_path)

    assert book.sheetnames[:4] == ["siap", "masalah", "usulan", "rincian"]
    assert [mark[:3] for mark in coloured(book["rincian"])] == [p for p in EXPECTED if p[0] == "rincian"]


def test_the_only_workbook_of_a_folder_comes_back_like_itself(tmp_path):
    saved(tmp_path / "isian.xlsx", MISTAKES)
    book = back(tmp_path)

    assert book.sheetnames[:4] == ["siap", "masalah", "sentra", "usulan"]
    assert [mark[:3] for mark in coloured(book["rincian"])] == [p for p in EXPECTED if p[0] == "rincian"]


def test_a_workbook_with_a_torn_sheet_comes_back_as_what_is_wrong_with_it(tmp_path):
    saved(tmp_path / "isian.xlsx")
    with zipfile.ZipFile(tmp_path / "isian.xlsx") as old, zipfile.ZipFile(tmp_path / "robek.xlsx", "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, content[: len(content) // 2] if part.endswith("sheet2.xml") else content)
    book = back(tmp_path / "robek.xlsx")

    assert set(book.sheetnames) == {"masalah", "siap"}
    assert "bukan buku kerja .xlsx yang utuh" in str(list(book["masalah"].values))


def test_a_sheet_that_is_no_table_comes_back_too_under_a_name_that_excel_takes(tmp_path):
    book = filled()
    book.create_sheet("Catatan rapat")["B3"] = "=1+1"
    book.create_sheet("MASALAH")["A1"] = "aside"
    book.save(tmp_path / "isian.xlsx")
    after = back(tmp_path / "isian.xlsx")

    assert after["Catatan rapat"]["B3"].value == "=1+1"
    assert after.sheetnames.count("masalah") == 1 and "MASALAH" not in after.sheetnames


def test_a_doubled_key_and_a_column_that_may_not_be_are_marked_where_one_looks(tmp_path):
    write(tmp_path, usulan("a", 10**9, score=1), usulan("a", 10**9, score=1, lines=[line(10**9, name="2")]))
    sheet = back(tmp_path)["usulan"]
    header = {cell.value: cell for cell in sheet[1]}

    assert coloured(sheet)[0][1:3] == (3, "usulan_id")
    assert header["score"].fill.fgColor.rgb == RED and "score_usulan" in header["score"].comment.text


def test_the_same_source_gives_the_same_bytes(wrong):
    source, checked, content = wrong

    assert marked_workbook(source, checked) == content


# -- the command -------------------------------------------------------------------------------------------------------


@pytest.fixture
def planner(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)

    def run(*args: object):
        monkeypatch.setenv("PLANNER_LANG", "id")
        code = cli_run(*args)
        return code, *capsys.readouterr()

    return run


def test_check_with_errors_writes_the_workbook_says_where_and_exits_1(planner, tmp_path):
    saved(tmp_path / "salah.xlsx", MISTAKES)
    content = (tmp_path / "salah.xlsx").read_bytes()
    code, out, err = planner("check", "salah.xlsx", "--annotate", "hasil.xlsx")

    assert code == 1
    assert "hasil.xlsx" in out
    assert len(err.strip().splitlines()) == 10
    assert (tmp_path / "salah.xlsx").read_bytes() == content
    assert openpyxl.load_workbook(tmp_path / "hasil.xlsx").sheetnames[:2] == ["siap", "masalah"]


def test_check_without_errors_writes_it_too_and_exits_0(planner, tmp_path):
    saved(tmp_path / "isian.xlsx")
    code, out, _ = planner("check", "isian.xlsx", "--annotate", "hasil.xlsx", "--lang", "en")

    assert code == 0
    assert "hasil.xlsx" in out
    assert openpyxl.load_workbook(tmp_path / "hasil.xlsx")["siap"]["A1"].value == "Outcome of the check"


def test_template_says_where_to_fill_and_how_to_check(planner, tmp_path):
    code, out, _ = planner("template", "isian.xlsx")

    assert code == 0 and "isian-periksa.xlsx" in out
    assert planner("template", "isian.xlsx")[0] == 1
    assert planner("template", "isian.xlsx", "--force")[0] == 0


@pytest.mark.parametrize("target", ["salah.xlsx", "map/../salah.xlsx", "hasil.xls", "isi.csv"])
def test_the_source_is_never_the_target(tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "map").mkdir()
    source = saved(tmp_path / "salah.xlsx", MISTAKES)
    content = source.read_bytes()

    with pytest.raises(PlannerError):
        annotate(Path("salah.xlsx"), check_data(source), Path(target))
    assert source.read_bytes() == content


def test_a_folder_is_no_place_for_its_own_marked_workbook(tmp_path):
    write(tmp_path / "data", usulan("a", 10**9))

    with pytest.raises(PlannerError, match="folder lain"):
        annotate(tmp_path / "data", check_data(tmp_path / "data"), tmp_path / "data" / "hasil.xlsx")


def test_what_was_mended_since_is_not_overwritten_and_what_was_not_is(wrong, tmp_path):
    source, checked, content = wrong
    out = tmp_path / "hasil.xlsx"
    out.write_bytes(content)
    annotate(source, checked, out)
    book = opened(content)
    book["usulan"].cell(6, place("usulan", "ta")).value = 2028
    book.save(out)
    mended = out.read_bytes()

    with pytest.raises(PlannerError, match="sudah diubah"):
        annotate(source, checked, out)
    assert out.read_bytes() == mended


def test_a_target_that_cannot_be_written_leaves_nothing_behind(wrong, tmp_path):
    (tmp_path / "map").write_text("")

    with pytest.raises(PlannerError) as error:
        annotate(wrong[0], wrong[1], tmp_path / "map" / "hasil.xlsx")
    assert len(error.value.problems) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["map"]


def test_the_columns_of_the_helper_are_those_of_the_template():
    assert place("usulan", "kode") == 4
    assert {c.name for c in columns("daerah")} == set(EXAMPLES["daerah"])
