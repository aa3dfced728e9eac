"""A planner's own numbers are the same whichever way they come in: read, imported, sent out by province, merged."""

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tabular import write_csv

from planner.base.errors import PlannerError
from planner.paper.workbooks.by_province import province_books
from planner.tables.import_tables import import_tables
from planner.tables.mapping import propose
from planner.tables.merge import merge_tables
from planner.tables.raw_sheets import raw_sheets
from planner.tables.reading import read_table
from planner.tables.table_folder import table_bytes

OWN = "Omzet (juta)"
HEAD = ["usulan_id", "kode", "ta", "menu", OWN]


def usulan(*own: str) -> list[list[str]]:
    return [HEAD, *([f"U{i}", ("51.04", "53.01")[i % 2], "2028", "pembangunan", text] for i, text in enumerate(own))]


def imported(source):
    sheets = raw_sheets(source)
    return import_tables([(sheet, propose(sheet)) for sheet in sheets])


def read(folder, content: bytes, name: str = "usulan"):
    """What the tables' own reader makes of a table's bytes."""
    file = folder / "baca" / f"{name}.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    return read_table(file, name).data


def own_of(table) -> list:
    return table[f"usulan.{OWN}"].to_list()


def every_way(folder, texts: list[str], separator: str) -> list[list]:
    """The own column read directly, imported, merged, and sent out by province and merged again."""
    home = write_csv(folder / "asal" / "pusat", {"usulan": usulan(*texts)}, separator)
    direct = read_table(home / "usulan.csv", "usulan").data
    first = imported(home).tables
    (folder / "provinsi").mkdir()
    for name, content in province_books(first).items():
        (folder / "provinsi" / name).write_bytes(content)
    others = [first, merge_tables(folder / "asal").tables, merge_tables(folder / "provinsi").tables]
    return [own_of(direct), *(own_of(read(folder, table_bytes(one["usulan"]))) for one in others)]


def test_a_thousand_in_a_file_of_semicolons_stays_a_thousand(tmp_path):
    # In a file with ; the decimal sign is the comma: 1.200 is one thousand two hundred, wherever it goes from there.
    assert every_way(tmp_path, ["1.200", "12,5"], ";") == [[1200, 12.5]] * 4


def test_in_a_file_of_commas_the_same_letters_are_one_and_a_fifth(tmp_path):
    assert every_way(tmp_path, ["1.200", "12.5"], ",") == [[1.2, 12.5]] * 4


@settings(max_examples=5, deadline=None)
@given(data=st.data(), separator=st.sampled_from(",;"))
def test_numbers_percents_and_codes_are_the_same_every_way(tmp_path_factory, data, separator):
    texts = st.sampled_from(["1.200", "1,200", "1.234.567", "12,5", "0,125", "-3.0", "7", "", "1 250", "inf", "1e5"])
    more = data.draw(st.sampled_from([[], ["007"], ["abc"], ["85%"]]))
    found = every_way(
        tmp_path_factory.mktemp("a"), [*data.draw(st.lists(texts, min_size=1, max_size=4)), *more], separator
    )
    assert [list(map(str, one)) for one in found] == [list(map(str, found[0]))] * 4


def test_a_column_of_ours_that_holds_decimals_follows_its_file(tmp_path):
    rows = [["sentra_id", "kode", "kapasitas"], ["S1", "51.04", "1.200"]]
    write_csv(tmp_path / "a", {"sentra": rows}, ";")
    assert imported(tmp_path / "a").tables["sentra"]["kapasitas"].to_list() == ["1200"]


def book(folder, *own: str):
    """A workbook whose own column holds texts: nothing there tells how decimals are written."""
    folder.mkdir()
    made = openpyxl.Workbook()
    made.active.title = "usulan"
    for row in usulan(*own):
        made.active.append([int(cell) if cell == "2028" else cell for cell in row])
    made.save(folder / "pusat.xlsx")
    return folder


def test_a_text_of_two_readings_is_emptied_and_told_by_an_import(tmp_path):
    found = imported(book(tmp_path / "a", "1.200", "12,5"))
    assert found.tables["usulan"][OWN].to_list() == ["", "12.5"]
    assert ("1.200", "", "dapat dibaca sebagai dua angka, dikosongkan") in set(
        zip(found.log["dari"], found.log["menjadi"], found.log["cara"], strict=True)
    )
    assert any("baris 2 dapat dibaca sebagai dua angka, seperti '1.200'" in note for note in found.notes)


def test_a_text_of_two_readings_stops_a_merge(tmp_path):
    with pytest.raises(PlannerError) as caught:
        merge_tables(book(tmp_path / "a", "1.200", "12,5"))
    [problem] = caught.value.problems
    assert "'pusat.xlsx': '1.200' dapat dibaca sebagai dua angka" in problem


def test_the_same_text_among_words_is_a_text(tmp_path):
    folder = book(tmp_path / "a", "1.200", "lebih kurang")
    for tables in (imported(folder).tables, merge_tables(folder).tables):
        assert tables["usulan"][OWN].to_list() == ["1.200", "lebih kurang"]


def test_rupiah_in_full_below_a_header_of_juta_is_emptied_and_told(tmp_path):
    text = "ID Usulan;Rincian;Komponen;Volume;Harga Satuan (Rp juta)\nU1;R1;ipal;1;Rp 2.350.000.000\nU1;R2;ipal;1;250\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    found = imported(tmp_path / "a.csv")
    assert found.tables["rincian"]["harga_satuan_rp"].to_list() == ["", "250000000"]
    assert any("'Rp 2.350.000.000'" in note for note in found.notes)
