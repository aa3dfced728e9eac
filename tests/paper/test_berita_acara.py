"""The minutes on paper: their sums are the plan's rupiah, nothing from a table is HTML or a formula."""

from dataclasses import replace
from html import unescape

import openpyxl
import pytest
from minutes import ANI, decisions, season

from planner.base.errors import PlannerError
from planner.base.processes import Clock
from planner.model.candidates import read_candidates
from planner.paper.berita_acara import write_from_files
from planner.plan.allocate import allocate
from planner.plan.plan import read_plan


def written(folder, name="53", files=(), exact=True, out=None):
    return write_from_files(folder / "plan.json", name, files, out, None, exact, lambda text: None, Clock())


def test_the_sum_of_what_is_funded_is_the_province_s_rupiah_in_the_plan(tmp_path):
    folder, asked = season(tmp_path)
    minutes, files = written(folder, files=[decisions(tmp_path)])
    plan = read_plan(folder / "sinkronisasi" / "plan.json")
    (mine,) = [one["amount_rp"] for one in plan["totals"]["provinsi"] if one["key"] == "Nusa Tenggara Timur"]
    assert sum(row["amount_rp"] for row in minutes.funded) == mine == 3_000_000_000 + 1_000_000_000

    sheet = openpyxl.load_workbook(files[1], data_only=True)["Didanai"]
    assert sheet.cell(sheet.max_row, sheet.max_column).value == mine
    assert plan.content == allocate(read_candidates(asked, folder / "sinkronisasi" / "data"), asked).content


def test_every_agreed_line_stands_there_with_who_decided_and_what_it_did(tmp_path):
    folder, _ = season(tmp_path)
    minutes, (page, *_) = written(folder, files=[decisions(tmp_path)])
    html = page.read_text(encoding="utf-8")
    assert [(row["usulan_id"], row["asked"], row["agreed"]) for row in minutes.agreed] == [("a", 6, 3), ("b", 1, 0)]
    assert [row["freed_rp"] for row in minutes.did] == [3_000_000_000, 4_000_000_000]
    assert minutes.did[0]["enters"] == "Kab. Bogor (Rp 4 miliar)" and "Kab. Kupang" not in minutes.did[1]["leaves"]
    for part in (
        "Budi",
        "lahan",
        "Tanda tangan",
        "Kementerian Perindustrian",
        "Kabupaten Kupang",
        "NIP",
        "DATA SINTETIS",
    ):
        assert part.lower() in html.lower(), part


def test_the_people_of_each_funded_sentra_stand_there_in_no_sum(tmp_path):
    folder, _ = season(tmp_path)
    minutes, (page, book, *_) = written(folder, files=[decisions(tmp_path)])
    assert {row["usulan_id"] for row in minutes.people} == {row["usulan_id"] for row in minutes.funded}
    assert all("terpisah dari dana fisik" in row["people"] for row in minutes.people)
    assert minutes.people[0]["people"] in unescape(page.read_text(encoding="utf-8"))
    sheet = openpyxl.load_workbook(book)["Orang"]
    assert sheet.max_row == 1 + len(minutes.people) and sheet.cell(2, 3).value == minutes.people[0]["people"]


def test_a_table_s_text_is_neither_html_nor_a_formula(tmp_path):
    folder, _ = season(tmp_path)
    _, (page, book, *_) = written(folder, files=[decisions(tmp_path)])
    html = page.read_text(encoding="utf-8")
    assert "<img" not in html and "&lt;img" in html and "<script" not in html
    cells = [cell for sheet in openpyxl.load_workbook(book) for row in sheet for cell in row]
    assert {str(c.value)[:5] for c in cells if c.data_type == "f"} == {"=SUM("}
    assert ANI in [cell.value for cell in cells]


def test_the_table_beside_the_plan_makes_the_same_minutes_again(tmp_path):
    folder, _ = season(tmp_path)
    _, files = written(folder, files=[decisions(tmp_path)])
    before = [file.read_bytes() for file in files]
    assert [file.read_bytes() for file in written(folder)[1]] == before


def test_what_cannot_be_minuted_is_a_sentence_and_writes_nothing(tmp_path):
    folder, _ = season(tmp_path)
    for name, said in (("32", "Belum ada keputusan"), ("Jawa", "bukan provinsi"), ("91", "tidak mempunyai usulan")):
        with pytest.raises(PlannerError, match=said):
            written(folder, name, [decisions(tmp_path)])
    with pytest.raises(PlannerError, match="tidak ada tabel keputusan"):
        written(folder)
    (tmp_path / "usulan" / "rincian.csv").write_bytes((tmp_path / "usulan" / "rincian.csv").read_bytes() + b"\n\n")
    with pytest.raises(PlannerError, match="berubah atau tidak ada lagi"):
        written(folder, files=[decisions(tmp_path)])
    assert not (folder / "sinkronisasi").exists()


def test_the_foot_gives_the_command_with_all_that_was_asked_and_none_at_the_desk(tmp_path):
    folder, _ = season(tmp_path)
    out = folder.parent / "ba baru"
    minutes, files = written(folder, files=[decisions(tmp_path)], out=out)
    page = unescape(files[0].read_text(encoding="utf-8"))
    assert f"planner sinkronisasi {folder / 'plan.json'} --provinsi 53 --out '{out}' --exact" in page
    assert "keputusan-sinkronisasi.csv. Dapat dibuat lagi" in page and (out / "keputusan-sinkronisasi.csv").exists()
    assert "lagi" not in replace(minutes, command="").foot()
