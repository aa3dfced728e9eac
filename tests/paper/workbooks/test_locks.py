"""The column of locks in plan.xlsx: filled in, read back, kept in the new plan; and what it says of a wrong cell."""

import json
from pathlib import Path

import openpyxl
import pytest
from small import MILIAR, line, scenario, usulan, write

from planner.answers.edit_log import kept_on_failure
from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.model.candidates import read_candidates
from planner.paper.run_files import write_lists
from planner.paper.workbooks.locks import read_locks
from planner.paper.workbooks.plan import plan_book
from planner.plan.folder import RunFolder
from planner.plan.verify import verify
from planner.scenario.scenario import read_scenario
from planner.scenario.toml_file import toml
from planner.views.scene import open_scene

HALL = {"komponen": "gedung_produksi"}


@pytest.fixture
def folder(tmp_path, monkeypatch, planner):
    """Rp 6 miliar each, pagu Rp 6 miliar: A (worth most) is in; B and C are out."""
    monkeypatch.chdir(tmp_path)
    rows = [usulan(n, ikm=k, lines=[line(6 * MILIAR, **HALL)]) for n, k in (("A", 50), ("B", 40), ("C", 30))]
    write(tmp_path / "usulan", *rows)
    wanted = scenario(6 * MILIAR, goals=("benefit",))
    (tmp_path / "uji.toml").write_text(toml(wanted), encoding="utf-8")
    assert planner("allocate", "uji.toml")[0] == 0
    return tmp_path


def marked(folder, cells: dict[str, tuple[str, str]], lang="id", **more):
    """The workbook of the plan with locks and reasons filled in; ``more``: other columns of those rows."""
    file = folder / "isian.xlsx"
    with speaking(lang):
        file.write_bytes(plan_book(open_scene(folder / "out/uji/plan.json")))
    book = openpyxl.load_workbook(file)
    names = {"id": ("ID usulan", "Kunci", "Alasan kunci"), "en": ("Usulan ID", "Lock", "Reason of the lock")}[lang]
    for sheet in book:
        heads = [cell.value for cell in sheet[1]]
        if "Kunci" not in heads and "Lock" not in heads:
            continue
        for row in list(sheet.iter_rows(min_row=2)):
            if (name := row[heads.index(names[0])].value) in cells:
                for title, value in zip(names[1:], cells[name], strict=True):
                    row[heads.index(title)].value = value
                for title, value in more.items():
                    row[heads.index(title)].value = value
    book.save(file)
    return file


def winners(folder) -> list[str]:
    return [one["usulan_id"] for one in json.loads((folder / "out/uji/plan.json").read_bytes())["funded"]]


@pytest.mark.parametrize(("lang", "words"), [("id", ("masuk", "keluar")), ("en", ("in", "out"))])
def test_locks_hold_in_the_new_plan_and_stand_in_its_workbook(folder, planner, lang, words):
    book = marked(folder, {"C": (words[0], "rapat 3 Maret"), "A": (f" {words[1].upper()} ", None)}, lang)
    status, out, _ = planner("allocate", "uji.toml", "--locks", book)
    assert status == 0 and "uji.kunci.toml" in out and winners(folder) == ["C"]
    assert verify(folder / "out/uji/plan.json") == []
    laws = {rule.usulan: rule.law for rule in open_scene(folder / "out/uji/plan.json").plan.scenario.rules}
    assert laws == {("C",): "suntingan tangan: rapat 3 Maret", ("A",): "suntingan tangan: dari plan.xlsx"}
    # the new workbook holds the locks: run once more it gives the same plan
    before = (folder / "out/uji/plan.json").read_bytes()
    assert planner("allocate", "uji.toml", "--fresh", "--locks", folder / "out/uji/plan.xlsx")[0] == 0
    assert (folder / "out/uji/plan.json").read_bytes() == before


def test_a_cell_left_empty_is_as_the_scenario_has_it(folder, planner):
    status, out, _ = planner("allocate", "uji.toml", "--locks", folder / "out/uji/plan.xlsx")
    assert status == 0 and "tidak mengunci apa pun" in out and winners(folder) == ["A"]
    assert not list((folder / "out/uji").glob("*.kunci.toml"))


def test_everything_wrong_is_told_by_sheet_row_and_column(folder, planner):
    book = marked(folder, {"A": ("mungkin", ""), "B": ("masuk", "x" * 400)})
    status, _, err = planner("allocate", "uji.toml", "--locks", book)
    assert status == 1 and "lembar 'didanai' baris 2 kolom Kunci: 'mungkin' bukan masuk atau keluar" in err
    assert "lembar 'tidak didanai' baris 2 kolom Kunci: alasannya terlalu panjang" in err
    book = marked(folder, {"B": ("masuk", "")}, **{"ID usulan": "Z"})
    assert "'Z' tidak ada dalam tabel skenario ini" in planner("allocate", "uji.toml", "--locks", book)[2]
    book = marked(folder, {"B": ("masuk", "")}, Kode="53.01")
    assert "milik 11.01 dalam tabel skenario ini, bukan '53.01'" in planner("allocate", "uji.toml", "--locks", book)[2]
    book = marked(folder, {"B": ("masuk", "")}, **{"ID usulan": None})
    assert "tidak menyebut ID usulan" in planner("allocate", "uji.toml", "--locks", book)[2]
    book = marked(folder, {"A": ("masuk", ""), "B": ("keluar", "")}, **{"ID usulan": "A"})
    assert "dikunci masuk dan keluar sekaligus" in planner("allocate", "uji.toml", "--locks", book)[2]
    assert winners(folder) == ["A"]


def spoiled(folder, spoil) -> Path:
    """A workbook in which C is locked in, after ``spoil`` took its sheet of losers and where its columns stand."""
    file = marked(folder, {"C": ("masuk", "rapat")})
    book = openpyxl.load_workbook(file)
    sheet = book["tidak didanai"]
    heads = [cell.value for cell in sheet[1]]
    spoil(sheet, *(heads.index(name) + 1 for name in ("ID usulan", "Kunci", "Alasan kunci")))
    book.save(file)
    return file


def head_twice(sheet, *_):
    sheet.cell(1, sheet.max_column + 1, "Kunci")


LOST = {  # what a meeting does to a workbook: the sentence that keeps the lock from being lost in silence
    "baris 3: 'masuk' tertulis di sini": lambda sheet, name, *_: sheet.delete_cols(name),
    "baris 2: 'masuk' tertulis di sini": lambda sheet, *_: sheet.delete_rows(1),
    "kolom Kunci: judul kolom ini ada dua kali": head_twice,
    "sel gabungan": lambda sheet, _, lock, __: sheet.merge_cells(None, 2, lock, 3, lock),
    "baris 2 kolom Kunci: rumus tanpa nilai": lambda sheet, _, lock, __: sheet.cell(2, lock, '=IF(1,"masuk","")'),
    "baris 3 kolom Alasan kunci: rumus tanpa nilai": lambda sheet, _, __, law: sheet.cell(3, law, "=A1"),
}


def test_no_lock_is_lost_in_silence(folder):
    base = read_scenario(folder / "uji.toml")
    source = read_candidates(base)
    for said, spoil in LOST.items():
        with pytest.raises(PlannerError) as error:
            read_locks(spoiled(folder, spoil), source, base)
        assert "isian.xlsx, lembar 'tidak didanai'" in str(error.value) and said in str(error.value)


def test_rows_and_columns_may_be_moved_and_blanks_typed(folder, planner):
    def spoil(sheet, _, lock, law):
        sheet.cell(3, lock, "\u200bMasuk\u00a0")
        sheet.cell(3, law, "\u200b")
        sheet.insert_cols(1)
        sheet.insert_rows(1, 2)
        sheet.title = "rapat"

    assert planner("allocate", "uji.toml", "--locks", spoiled(folder, spoil))[0] == 0 and winners(folder) == ["C"]


def test_a_workbook_of_a_scenario_with_a_long_law_is_read_as_it_was_written(folder, planner):
    held = scenario(6 * MILIAR, [{"rule": "Lock", "state": "in", "usulan": ["C"], "law": "x" * 400}], ("benefit",))
    (folder / "uji.toml").write_text(toml(held), encoding="utf-8")
    assert planner("allocate", "uji.toml")[0] == 0
    assert planner("allocate", "uji.toml", "--locks", marked(folder, {"B": ("keluar", "")}))[0] == 0


def test_a_workbook_without_the_column_or_no_workbook_at_all_is_refused(folder, planner):
    bare = openpyxl.Workbook()
    bare.active.append(["ID usulan", "Kabupaten"])
    bare.save(folder / "lain.xlsx")
    assert (
        "tidak ada lembar dengan kolom ID usulan dan kunci"
        in planner("allocate", "uji.toml", "--locks", "lain.xlsx")[2]
    )
    (folder / "rusak.xlsx").write_bytes(b"PK\x03\x04 rusak")
    for name in ("rusak.xlsx", "tidak_ada.xlsx"):
        status, _, err = planner("allocate", "uji.toml", "--locks", name)
        assert status == 1 and name in err and "Traceback" not in err


def test_locks_that_allow_no_plan_leave_what_was_there(folder, planner):
    # two of Rp 6 miliar do not fit into Rp 6 miliar
    book = marked(folder, {"A": ("masuk", ""), "B": ("masuk", "")})
    (folder / "out/uji/plan.xlsx").write_bytes(book.read_bytes())
    status, _, _ = planner("allocate", "uji.toml", "--locks", folder / "out/uji/plan.xlsx")
    assert status == 3 and winners(folder) == ["A"]
    assert (folder / "out/uji/plan.xlsx").read_bytes() == book.read_bytes()


def test_locks_that_allow_no_plan_leave_nothing_of_their_own_in_a_fresh_folder(folder, planner):
    book = marked(folder, {"A": ("masuk", ""), "B": ("masuk", "")})
    status, out, _ = planner("allocate", "uji.toml", "--locks", book, "--out", "baru")
    assert status == 3 and [file.name for file in (folder / "baru").iterdir()] == ["diagnosis.json"]
    assert "kunci.toml" not in out


def test_a_folder_made_for_a_plan_that_does_not_come_goes_again(folder):
    with pytest.raises(ValueError, match="gagal"), kept_on_failure(folder / "baru"):
        (folder / "baru").mkdir()
        (folder / "baru/uji.kunci.toml").write_text("")
        raise ValueError("gagal")
    assert not (folder / "baru").exists()


def test_lists_come_back_where_a_plan_does_not(folder):
    run = RunFolder.of(folder / "out/uji")
    write_lists(run)
    before = run.lists[0].read_bytes()
    with pytest.raises(ValueError, match="gagal"), kept_on_failure(run.folder):
        run.lists[0].unlink()
        raise ValueError("gagal")
    assert run.lists[0].read_bytes() == before
