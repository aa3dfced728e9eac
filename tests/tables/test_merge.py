"""Several senders: what goes out by province comes back the same, and two who differ are both named."""

from pathlib import Path

import pandas as pd
import pytest
import tabular
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.base.errors import PlannerError
from planner.base.whole_folder import replaced
from planner.paper.workbooks.by_province import province_books
from planner.tables.import_tables import import_tables
from planner.tables.mapping import propose
from planner.tables.merge import SENDER, merge_tables, without_twins
from planner.tables.raw_sheets import raw_sheets
from planner.tables.row_changes import row_changes
from planner.tables.table_folder import table_bytes, write_folder


def sent(folder, **senders):
    """A folder of tables for each sender."""
    for name, changes in senders.items():
        tabular.write_csv(folder / name, tabular.tables(**changes))
    return folder


def test_two_senders_of_different_usulan_are_put_together(tmp_path):
    a = tabular.tables()
    b = tabular.tables(usulan={(2, "usulan_id"): "V1", (3, "usulan_id"): "V2", (2, "sentra_id"): ""},
                       rincian={(2, "usulan_id"): "V1", (3, "usulan_id"): "V1", (4, "usulan_id"): "V2"},
                       sentra=None, daerah=None, realisasi=None, bukti=None)  # fmt: skip
    tabular.write_csv(tmp_path / "a", a)
    tabular.write_xlsx(tmp_path / "b.xlsx", b)
    found = merge_tables(tmp_path).tables
    assert found["usulan"]["usulan_id"].to_list() == ["U1", "U2", "V1", "V2"]
    assert len(found["rincian"]) == 6 and len(found["bukti"]) == 1


def test_equal_twins_are_one_with_a_note(tmp_path):
    merged = merge_tables(sent(tmp_path, bali={}, pusat={}))
    assert {name: len(table) for name, table in merged.tables.items()} == {
        name: len(held) - 1 for name, held in tabular.TABLES.items()
    }
    assert "usulan: 2 kunci dikirim lebih dari sekali dengan isi yang sama ('bali', 'pusat'); dipakai sekali." in (
        merged.notes
    )


def problems(folder) -> list[str]:
    with pytest.raises(PlannerError) as caught:
        merge_tables(folder)
    return caught.value.problems


def test_an_usulan_that_two_senders_fill_differently_is_named_with_both_and_its_cells(tmp_path):
    changed = {(2, "fs"): "proses", (2, "catatan"): "baru"}
    [problem] = problems(sent(tmp_path, bali={}, pusat={"usulan": changed}))
    assert "usulan 'U1' datang dari 'bali', 'pusat'" in problem
    assert "fs: 'ada' / 'proses'; catatan: '' / 'baru'" in problem and "U2" not in problem


def test_two_equal_pairs_that_differ_are_a_conflict_too(tmp_path):
    other = {"usulan": {(2, "fs"): "proses"}}
    [problem] = problems(sent(tmp_path, a={}, b=other, c={}, d=other))
    assert "'U1' datang dari 'a', 'b'" in problem


def test_a_line_that_only_one_sender_of_an_usulan_has_is_told(tmp_path):
    sent(tmp_path, bali={}, pusat={})
    held = (tmp_path / "pusat" / "rincian.csv").read_text()
    (tmp_path / "pusat" / "rincian.csv").write_text(held.replace("U1,2,", "U1,3,"))
    [problem] = problems(tmp_path)
    assert "'bali' tidak memuat '3'; 'pusat' tidak memuat '2'" in problem


def test_a_bad_cell_of_a_sender_is_told_with_its_name_and_a_lone_csv_is_not_read(tmp_path):
    sent(tmp_path, bali={"rincian": {(2, "volume"): "1,5"}})
    (tmp_path / "usulan.csv").write_text("usulan_id\nX\n")
    [problem] = problems(tmp_path)
    assert problem.startswith("'bali': rincian.csv baris 2, kolom volume = '1,5'")


@pytest.mark.parametrize("make", [lambda folder: folder.mkdir(), lambda folder: None, lambda folder: folder.touch()])
def test_a_folder_without_senders_is_one_sentence(tmp_path, make):
    make(tmp_path / "kosong")
    assert len(problems(tmp_path / "kosong")) == 1


# -- there and back ----------------------------------------------------------------------------------------------------

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\0")
TEXTS = st.text(LETTERS, max_size=12) | st.sampled_from(
    ["=1+1", "@SUM(A1)", "-", "nihil", "007", "12,5", "1.234", "85%", "3.0", "<b>", "../x", "_x0041_", "TRUE", "'", '"',
     "2027-03-31", "a\nb", "a;b,c\td", "1e5", "#x", " x "],
)  # fmt: skip
KODE, MENU = st.sampled_from(["51.04", "53.71", "11.10", "91.05"]), st.sampled_from(["pembangunan", "revitalisasi"])
ID = st.text("abcXYZ019-/ .", min_size=1, max_size=8).map(lambda text: f"U{text}".strip())


@st.composite
def tables(draw):
    """Usulan of several provinces with lines, and a column of the planner's own in each table."""
    ids = draw(st.lists(ID, min_size=1, max_size=6, unique_by=str.casefold))
    own, note = draw(TEXTS.filter(lambda t: t.isalpha() and t.isascii()).map(lambda t: f"x {t}")), draw(TEXTS)
    usulan, rincian = [], []
    for name in ids:
        usulan.append({
            "usulan_id": name, "nama": draw(TEXTS), "kode": draw(KODE),
            "ta": draw(st.sampled_from(["2028", "2029"])), "menu": draw(MENU),
            "fs": draw(st.sampled_from(["ada", "belum", "Sudah", "-", ""])), own: draw(TEXTS),
        })  # fmt: skip
        for line in range(draw(st.integers(0, 3))):
            price = draw(st.sampled_from(["250000000", "Rp 250.000.000,-", "1,5 miliar", "999999999999999"]))
            rincian.append({
                "usulan_id": name, "rincian_id": f"R{line}", "komponen": draw(st.sampled_from(["ipal", "Gudang"])),
                "uraian": draw(TEXTS), "harga_satuan_rp": price, "volume": str(draw(st.integers(1, 99))), own: note,
            })  # fmt: skip
    return {"usulan": pd.DataFrame(usulan), **({"rincian": pd.DataFrame(rincian)} if rincian else {})}


def there_and_back(folder, held):
    for name, table in held.items():
        (folder / "asal").mkdir(parents=True, exist_ok=True)
        (folder / "asal" / f"{name}.csv").write_bytes(table_bytes(table))
    sheets = raw_sheets(folder / "asal")
    first = import_tables([(sheet, propose(sheet)) for sheet in sheets]).tables
    (folder / "provinsi").mkdir()
    for name, content in province_books(first).items():
        (folder / "provinsi" / name).write_bytes(content)
    return first, merge_tables(folder / "provinsi").tables


def same_there_and_back(folder, held):
    first, last = there_and_back(folder, held)
    assert {name: table_bytes(table) for name, table in last.items()} == {
        name: table_bytes(table) for name, table in first.items()
    }
    assert sum(map(len, first.values())) == sum(map(len, held.values()))


@settings(max_examples=6)
@given(held=tables())
def test_import_split_merge_returns_the_same_tables(tmp_path_factory, held):
    same_there_and_back(tmp_path_factory.mktemp("a"), held)


@pytest.mark.long
@settings(max_examples=150)
@given(held=tables())
def test_import_split_merge_returns_the_same_tables_many_times(tmp_path_factory, held):
    same_there_and_back(tmp_path_factory.mktemp("a"), held)


def test_rows_that_cannot_go_into_a_workbook_of_a_province_are_told():
    usulan = pd.DataFrame({"usulan_id": ["#1", "U2"], "kode": ["51.04", "Bali"]})
    with pytest.raises(PlannerError) as caught:
        province_books({"usulan": usulan})
    assert ["1 baris tanpa provinsi" in caught.value.problems[0], "'#1'" in caught.value.problems[1]] == [True, True]


def quarters(*rows):
    """A table of realisasi by quarter, a package's rows as (quarter, absorbed)."""
    return pd.DataFrame({
        "usulan_id": "U1", "kode": "51.04", "ta": "2027", "serap_rp": [absorbed for _, absorbed in rows],
        "triwulan": [quarter for quarter, _ in rows],
    })  # fmt: skip


def test_quarters_of_a_package_are_rows_of_their_own_in_their_order():
    problems, notes = [], []
    sent = pd.concat([quarters(("2", "7"), ("1", "3")).assign(pengirim="a"), quarters(("1", "3")).assign(pengirim="b")])
    whole = without_twins(
        "realisasi", sent.rename(columns={"pengirim": SENDER}).reset_index(drop=True), problems, notes
    )
    assert problems == [] and len(notes) == 1
    assert whole[["triwulan", "serap_rp"]].to_numpy().tolist() == [["1", "3"], ["2", "7"]]


def test_the_year_of_one_sender_beside_quarters_of_another_is_a_conflict(tmp_path):
    for sender, rows in (("a", [("", "9")]), ("b", [("1", "3"), ("2", "7")])):
        (tmp_path / sender).mkdir()
        (tmp_path / sender / "realisasi.csv").write_bytes(table_bytes(quarters(*rows)))
    [problem] = problems(tmp_path)
    assert "realisasi 'U1 / 2027' datang setahun penuh dari 'a' dan menurut triwulan dari 'b'" in problem


def test_a_quarter_that_says_something_else_is_a_change_and_a_table_without_quarters_has_none():
    before, after = quarters(("1", "3"), ("2", "7")), quarters(("1", "4"), ("2", "7"))
    [found] = row_changes({"realisasi": before}, {"realisasi": after})
    assert found.changed == (("U1", "2027", "1"),) and found.count == 1
    old = before[:1].drop(columns="triwulan")
    assert row_changes({"realisasi": old}, {"realisasi": old.assign(serap_rp="5")})[0].changed == (("U1", "2027", ""),)


def test_a_folder_that_cannot_be_put_in_place_leaves_the_old_one_for_all_to_see(tmp_path, monkeypatch):
    place = tmp_path / "a"
    write_folder(place, {"usulan.csv": b"old", "konversi.csv": b""})

    def refuse(source, target):
        if target == place:
            raise OSError(5, "no")
        return rename(source, target)

    rename = Path.rename
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(PlannerError):
        write_folder(place, {"usulan.csv": b"new", "konversi.csv": b""}, force=True)
    [old] = replaced(place)  # "a.lama-.../a": neither the new one nor the old one could be put back
    assert (old / "usulan.csv").read_bytes() == b"old" and not old.parent.name.startswith(".")
    monkeypatch.setattr(Path, "rename", rename)
    old.rename(place)
    write_folder(place, {"usulan.csv": b"new", "konversi.csv": b""}, force=True)
    assert (place / "usulan.csv").read_bytes() == b"new"
    old.parent.rmdir()
    assert [one.name for one in tmp_path.iterdir()] == ["a"]
