"""Workbooks that a spreadsheet program opens though they are not as Excel writes them: read all the same."""

import re
import struct
import zipfile

import pytest
import xlsxwriter
from tabular import tables, with_part, write_csv

from planner.base.messages import speaking
from planner.tables.check import check_data

STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships":
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
}  # fmt: skip


@pytest.fixture
def good(tmp_path):
    return frames(check_data(write_csv(tmp_path / "good", tables())))


def frames(checked) -> dict:
    assert [f.sentence() for f in checked.findings if f.level == "error"] == []
    return {name: table.data.astype("str").to_dict("list") for name, table in checked.tables.items()}


def written(path, held=None, percent="0%"):
    """The small tables as Excel writes them, with shared strings; 100 of ``output_pct`` is shown as a percent."""
    book = xlsxwriter.Workbook(path)
    look = book.add_format({"num_format": percent, "bold": True, "bg_color": "#112233"})
    for name, rows in (held or tables()).items():
        sheet = book.add_worksheet(name)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if name == "realisasi" and i and rows[0][j] == "output_pct":
                    sheet.write_number(i, j, value / 100, look)
                elif value != "":
                    sheet.write(i, j, value)
    book.close()
    return path


def remade(path, change) -> None:
    """The workbook with each part as ``change(name, content)`` gives it: its new name and content, or None."""
    with zipfile.ZipFile(path) as old:
        parts = [change(name, old.read(name)) for name in old.namelist()]
    with zipfile.ZipFile(path, "w") as new:
        for name, content in filter(None, parts):
            info = zipfile.ZipInfo("x")
            info.filename = name  # as it is, backslashes too
            new.writestr(info, content)


def part(wanted: str, old: str, new: str):
    """A change of one part: its first ``old`` becomes ``new``."""

    def change(name, content):
        assert name != wanted or old.encode() in content
        return name, content.replace(old.encode(), new.encode(), 1) if name == wanted else content

    return change


def renamed(change):
    return lambda name, content: (change(name), content)


def replaced(words: dict[bytes, bytes]):
    def change(name, content):
        for old, new in words.items():
            content = content.replace(old, new)
        return name, content

    return change


STYLES, SHEET = "xl/styles.xml", "xl/worksheets/sheet1.xml"
KINDS = {
    "a colour that is none": part(STYLES, 'rgb="FF112233"', 'rgb="biru"'),
    "a colour of three letters": part(STYLES, 'rgb="FF112233"', 'rgb="123"'),
    "an empty fill": part(STYLES, '<fill><patternFill patternType="none"/></fill>', "<fill/>"),
    "fills without a count": part(STYLES, "<fills", "<fills x='1'"),
    "an extLst in the styles": part(STYLES, "</styleSheet>", '<extLst><ext uri="x"><a/></ext></extLst></styleSheet>'),
    "a font family beyond 14": part(STYLES, '<family val="2"/>', '<family val="99"/>'),
    "a border of an unknown style": part(STYLES, "<left/>", '<left style="wavy"/>'),
    "a date of the file that is none": part("docProps/core.xml", "dcterms:created xsi", "dcterms:created x='1' xsi"),
    "properties that are no XML": lambda n, c: (n, b"<x" if n == "docProps/core.xml" else c),
    "no properties": lambda n, c: None if n.startswith("docProps/") else (n, c),
    "a theme that is no XML": lambda n, c: (n, b"" if n.endswith("theme1.xml") else c),
    "SharedStrings.xml": renamed(lambda n: n.replace("sharedStrings", "SharedStrings")),
    "all names in capitals": renamed(str.upper),
    "backslashes": renamed(lambda n: n.replace("/", "\\")),
    "absolute targets": part("xl/_rels/workbook.xml.rels", 'Target="worksheets', 'Target="/xl/worksheets'),
    "Strict Open XML": replaced(STRICT),
    "a carriage return in a header": part("xl/sharedStrings.xml", "<t>usulan_id</t>", "<t>usulan_id_x000D_</t>"),
    "a carriage return in a cell": part("xl/sharedStrings.xml", "<t>S1</t>", "<t>S1_x000D_</t>"),
    "a line break in a header": part("xl/sharedStrings.xml", "<t>usulan_id</t>", "<t>usulan_id&#10;</t>"),
    "a filter that is none": part(SHEET, "</sheetData>", '</sheetData><autoFilter ref="salah"/>'),
    "a rule without its style": part(
        SHEET,
        "</sheetData>",
        '</sheetData><conditionalFormatting sqref="A1"><cfRule type="x" dxfId="9"/></conditionalFormatting>',
    ),
    "a drop-down of an unknown type": part(
        SHEET, "</sheetData>", '</sheetData><dataValidations><dataValidation type="x" sqref="?"/></dataValidations>'
    ),
    "a name that leads nowhere": part(
        "xl/workbook.xml",
        "</sheets>",
        '</sheets><definedNames><definedName name="a">#REF!</definedName></definedNames>',
    ),
    "cells that do not say their place": replaced(
        {b' r="A1"': b"", b' r="B1"': b"", b' r="C1"': b"", b'<row r="1"': b"<row"}
    ),
    "text in runs": part("xl/sharedStrings.xml", "<t>Tenun</t>", "<r><t>Te</t></r><r><t>nun</t></r>"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_program_writes_otherwise_than_excel_is_read_and_percents_too(tmp_path, good, kind):
    path = written(tmp_path / "x.xlsx")
    remade(path, KINDS[kind])
    checked = check_data(path)
    assert frames(checked) == good and checked.findings == ()


NEEDED = ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]


@pytest.mark.parametrize("name", NEEDED)
def test_a_part_that_is_needed_and_broken_is_named(tmp_path, name):
    path = written(tmp_path / "x.xlsx")
    with_part(path, name, lambda content: content[: len(content) // 2])
    (error,) = check_data(path).findings
    assert error.sentence() == (
        f"x.xlsx: bagian {name.lower()} dari buku kerja ini rusak atau tidak ada. "
        "Simpan ulang dari Excel atau LibreOffice."
    )


def test_a_part_in_an_encoding_that_nobody_knows_is_named(tmp_path):
    path = written(tmp_path / "x.xlsx")
    with_part(path, SHEET, lambda content: content.replace(b"UTF-8", b"UTF-9"))
    (error,) = (f for f in check_data(path).findings if f.level == "error")
    assert error.sheet == "usulan" and "bagian xl/worksheets/sheet1.xml" in error.remedy


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_torn_workbook_says_nothing_in_the_words_of_the_reader(tmp_path, language, capfd):
    whole = written(tmp_path / "x.xlsx").read_bytes()
    with speaking(language):
        for content in (b"", whole[:900], whole[:-30], b"<html><table><tr><td>usulan_id", CFB[:900], CFB):
            (tmp_path / "x.xlsx").write_bytes(content)
            told = [f.sentence() for f in check_data(tmp_path / "x.xlsx").findings]
            assert told and not any(re.search(r"Error|Exception|calamine|Zip\b", text) for text in told)
    assert capfd.readouterr() == ("", "")


def test_two_far_cells_are_refused_before_anyone_asks_for_the_memory(tmp_path):
    path = written(tmp_path / "x.xlsx")
    far = '<row r="{}"><c r="{}"><v>1</v></c></row></sheetData>'
    for row, cell, says in (
        (1_048_576, "XFD1048576", "50000 baris"),
        (9, "XFD9", "500 kolom"),
        (40_000, "SE40000", "sel dari"),
    ):
        remade(path, part(SHEET, "</sheetData>", far.format(row, cell)))
        (error,) = (f for f in check_data(path).findings if f.level == "error")
        assert error.sheet == "usulan" and says in error.remedy
        remade(path, part(SHEET, far.format(row, cell), "</sheetData>"))


# -- number formats ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("look", "stored", "read"),
    [
        ("0%", 1, 100.0), ("0.00%", 0.855, 85.5), ("0.0%;[Red]-0.0%", 0.07, 7.0), ('0"%"', 85, 85.0), (r"0\%", 1, 1.0),
        ("0", 85, 85.0), ("General", 0.5, 0.5),
    ],
)  # fmt: skip
def test_the_number_format_decides_what_a_percent_is(tmp_path, look, stored, read):
    held = tables(realisasi={(2, "output_pct"): stored * 100})
    path = written(tmp_path / "x.xlsx", held, look)
    assert frames(check_data(path))["realisasi"]["output_pct"] == [str(read)]


def test_a_percent_is_no_whole_number_and_in_a_column_of_ones_own_it_is_what_is_shown(tmp_path):
    held = tables()
    held["usulan"] = [[*row, cell] for row, cell in zip(held["usulan"], ("bagian", 0.5, 0.25), strict=True)]
    path = written(tmp_path / "x.xlsx", held)
    style = re.search(rb's="(\d+)"', zipfile.ZipFile(path).read("xl/worksheets/sheet5.xml"))[0]
    with_part(path, SHEET, lambda xml: re.sub(rb'(r="M[23]")', rb"\1 " + style, xml))
    assert frames(check_data(path))["usulan"]["usulan.bagian"] == ["50.0", "25.0"]
    with_part(path, SHEET, lambda xml: xml.replace(b'r="G2"', b'r="G2" ' + style))
    (error,) = (f for f in check_data(path).findings if f.level == "error")
    assert (error.row, error.column, error.value) == (2, "ikm_komitmen", "2000%")


# -- .ods --------------------------------------------------------------------------------------------------------------

SPACES = " ".join(
    f'xmlns:{space}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"' for space in ("office", "table", "text")
)


def ods(path, rows: str):
    """A small .ods: its sheets usulan and rincian as they are, sheet realisasi of these rows."""
    held = tables(sentra=None, daerah=None, realisasi=None, usulan={(2, "sentra_id"): ""})
    sheets = {name: "".join(map(ods_row, sheet)) for name, sheet in held.items()} | {"realisasi": rows}
    body = "".join(f'<table:table table:name="{name}">{text}</table:table>' for name, text in sheets.items())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        body = f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
        archive.writestr("content.xml", f"<office:document-content {SPACES}>{body}</office:document-content>")
    return path


def ods_row(values, more: str = "") -> str:
    return f"<table:table-row{more}>{''.join(map(ods_cell, values))}</table:table-row>"


def ods_cell(value) -> str:
    if isinstance(value, str):
        return value if value.startswith("<") else typed("string", value) if value else "<table:table-cell/>"
    return typed("float", value, f'office:value="{value}"')


def typed(kind: str, shown: object, more: str = "") -> str:
    """A cell of a kind with what it shows; ``more``: other attributes."""
    return f'<table:table-cell office:value-type="{kind}" {more}><text:p>{shown}</text:p></table:table-cell>'


HEADER = ["usulan_id", "kode", "ta", "pagu_rp", "output_pct"]
PERCENT = typed("percentage", "85,5%", 'office:value="0.855"')
FORMULA = typed("float", "7 miliar", 'office:value="7000000000" table:formula="of:=1*7000000000"')
ERROR = typed("string", "#DIV/0!", 'table:formula="of:=1/0" x:value-type="error" xmlns:x="x"')
UNSAVED = '<table:table-cell table:formula="of:=1+1"/>'
WIDE = typed("string", "L1", 'table:number-columns-spanned="2"')


def test_an_ods_is_read_with_the_same_findings(tmp_path):
    rows = ods_row(HEADER) + '<table:table-row table:number-rows-repeated="2"/>'
    rows += ods_row(["L1", "53.01", 2023, FORMULA, PERCENT], ' table:visibility="collapse"')
    checked = check_data(ods(tmp_path / "x.ods", rows))
    assert frames(checked)["realisasi"]["output_pct"] == ["85.5"]
    told = [f.sentence() for f in checked.warnings if f.table == "realisasi"]
    assert "x.ods lembar 'realisasi': baris tersembunyi ikut dibaca: 4" in told
    assert any("baris 4, kolom pagu_rp = '=1*7000000000': rumus: nilai yang tersimpan dipakai" in text for text in told)


@pytest.mark.parametrize(
    ("cells", "column", "says"),
    [
        (["L1", "53.01", 2023, ERROR], "pagu_rp", "galat rumus"),
        (["L1", "53.01", 2023, UNSAVED], "pagu_rp", "tanpa nilai"),
        ([WIDE, "53.01", 2023], "usulan_id", "sel gabungan A2:B2"),
    ],
)  # fmt: skip
def test_a_wrong_cell_of_an_ods_is_told_by_its_place(tmp_path, cells, column, says):
    path = ods(tmp_path / "x.ods", ods_row(HEADER) + ods_row(cells))
    (error,) = (f for f in check_data(path).findings if f.level == "error")
    assert (error.sheet, error.row, error.column) == ("realisasi", 2, column) and says in error.remedy


@pytest.mark.parametrize(("rows", "columns"), [(2_000_000, 1), (1, 9_000), (40_000, 400)])
def test_a_cell_of_an_ods_repeated_without_end_is_refused(tmp_path, rows, columns):
    cell = typed("string", "x", f'table:number-columns-repeated="{columns}"')
    path = ods(tmp_path / "x.ods", ods_row(HEADER) + ods_row([cell], f' table:number-rows-repeated="{rows}"'))
    (error,) = check_data(path).findings
    assert error.sentence().startswith("x.ods: lebih dari ")


# -- .xls --------------------------------------------------------------------------------------------------------------


def xls(sheets: dict[str, list[list]]) -> bytes:
    """The smallest old workbook: a compound file that holds nothing but the stream of a BIFF8 workbook."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def label(text: str, size: str) -> bytes:
        return struct.pack(size + "B", len(text), 0) + text.encode("latin-1")

    def cell(row: int, column: int, value) -> bytes:
        place = struct.pack("<HHH", row, column, 0)
        if isinstance(value, str):
            return record(0x204, place + label(value, "<H"))
        return record(0x203, place + struct.pack("<d", value))

    def bof(kind: int) -> bytes:
        return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0))

    bodies = [
        bof(0x10)
        + b"".join(cell(i, j, v) for i, row in enumerate(rows) for j, v in enumerate(row) if v != "")
        + record(10, b"")
        for rows in sheets.values()
    ]
    names = [label(name, "<B") for name in sheets]
    at = len(bof(5)) + sum(4 + 6 + len(name) for name in names) + len(record(10, b""))
    stream = bof(5)
    for name, body in zip(names, bodies, strict=True):
        stream += record(0x85, struct.pack("<IH", at, 0) + name)
        at += len(body)
    stream += record(10, b"") + b"".join(bodies)
    return compound(stream.ljust(4096, b"\0"))


def compound(stream: bytes) -> bytes:
    """One stream named Workbook: header, table of sectors, directory, then the stream itself."""
    count = -(-len(stream) // 512)
    nexts = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + count), 0xFFFFFFFE]

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = f"{name}\0".encode("utf-16-le")
        none = 0xFFFFFFFF
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text), kind, 1, none, none, child)
            + bytes(36)
            + struct.pack("<IIxxxx", start, size)
        )

    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    )
    table = struct.pack(f"<{len(nexts)}I", *nexts).ljust(512, b"\xff")
    folder = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream)) + bytes(256)
    return header.ljust(512, b"\xff") + table + folder + stream.ljust(512 * count, b"\0")


CFB = compound(bytes(4096))


def test_an_old_xls_is_read_and_says_what_it_does_not_show(tmp_path, good):
    (tmp_path / "x.xls").write_bytes(xls(tables()))
    checked = check_data(tmp_path / "x.xls")
    assert frames(checked) == good
    assert {f.sheet for f in checked.warnings} == set(tables()) and "berkas .xls lama" in checked.warnings[0].remedy


@pytest.mark.parametrize(("stored", "read"), [(1, None), (0.85, None), (85, "85.0"), (0, "0.0"), ("85,5%", "85.5")])
def test_a_percent_of_an_old_xls_that_may_be_100_times_as_much_is_refused(tmp_path, stored, read):
    (tmp_path / "x.xls").write_bytes(xls(tables(realisasi={(2, "output_pct"): stored})))
    checked = check_data(tmp_path / "x.xls")
    if read:
        assert frames(checked)["realisasi"]["output_pct"] == [read]
    else:
        (error,) = (f for f in checked.findings if f.level == "error")
        assert (error.sheet, error.row, error.column) == (
            "realisasi",
            2,
            "output_pct",
        ) and "format persen" in error.remedy


def test_a_torn_old_xls_neither_ends_nor_stops_the_one_that_reads_it(tmp_path):
    whole = xls(tables())
    for place in range(28, 600, 44):
        (tmp_path / "x.xls").write_bytes(whole[:place] + b"\xff\xff\xff\x7f" + whole[place + 4 :])
        check_data(tmp_path / "x.xls")


def test_a_file_is_read_for_what_it_is_whatever_it_is_called(tmp_path, good):
    (tmp_path / "x.xlsx").write_bytes(xls(tables()))
    assert frames(check_data(tmp_path / "x.xlsx")) == good
    written(tmp_path / "y.xlsx").rename(tmp_path / "y.xls")
    assert frames(check_data(tmp_path / "y.xls")) == good


def test_an_html_table_called_xls_is_refused(tmp_path):
    (tmp_path / "x.xls").write_bytes(b"<html><table><tr><td>usulan_id</td></tr></table></html>")
    (error,) = check_data(tmp_path / "x.xls").findings
    assert "bukan buku kerja yang utuh" in error.remedy
