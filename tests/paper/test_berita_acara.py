"""The minutes on paper: their sums are the plan's rupiah, nothing from a table is HTML or a formula."""

import shutil
from dataclasses import replace
from html import unescape

import openpyxl
import pandas as pd
import pytest
from minutes import ANI, decisions, season

from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.base.processes import Clock
from planner.model.candidates import read_candidates
from planner.paper.berita_acara import minutes_of, write_from_files, write_minutes
from planner.plan.allocate import allocate
from planner.plan.plan import read_plan
from planner.tables.decisions import FILE, read_decisions


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


def test_decisions_recorded_before_stay_when_a_table_of_others_comes(tmp_path):
    folder, _ = season(tmp_path)
    recorded = written(folder, files=[decisions(tmp_path)]) and folder / "sinkronisasi" / FILE
    more = tmp_path / "jabar.csv"
    row = "c;1;diterima;;;Citra;2027-11-04T08:30:00+09:00"
    more.write_text(f"usulan_id;rincian_id;penilaian;volume_disetujui;alasan;oleh;waktu\n{row}\n")
    minutes, _ = written(folder, "32", [more])
    assert [one.usulan_id for one in read_decisions(recorded)] == ["a", "b", "c"]
    assert minutes.agreed[0]["when"] == "4 November 2027 08:30 UTC+09:00"
    assert "tanggal 4 November 2027" in minutes.opening()[1]

    before = {file: file.read_bytes() for file in (folder / "sinkronisasi").rglob("*") if file.is_file()}
    more.write_text(more.read_text().replace("diterima", "ditolak").replace(";;;", ";;banjir;"))
    with pytest.raises(PlannerError, match="bertentangan"):
        written(folder, "32", [more])
    assert {file: file.read_bytes() for file in (folder / "sinkronisasi").rglob("*") if file.is_file()} == before


REALISASI = "usulan_id,kode,ta,pagu_rp,rk_rp,kontrak_rp,salur_rp,serap_rp\na,53.01,2027,5,5,5,5,5\n"


def test_tables_that_changed_since_they_were_read_are_named_and_nothing_is_written(tmp_path):
    folder, asked = season(tmp_path)
    tables = read_candidates(asked)
    minutes = minutes_of(tables, asked, read_decisions(decisions(tmp_path)), "53")
    (tmp_path / "usulan" / "realisasi.csv").write_text(REALISASI)
    with (tmp_path / "usulan" / "usulan.csv").open("a") as file:
        file.write("\n")
    with pytest.raises(PlannerError, match=r"berubah .*: usulan, realisasi\."):
        write_minutes(minutes, asked, folder / "sinkronisasi", tmp_path / "usulan")
    assert not (folder / "sinkronisasi").exists()


def test_a_table_of_an_earlier_run_is_no_table_of_these_minutes(tmp_path):
    folder, asked = season(tmp_path)
    data = folder / "sinkronisasi" / "data"
    data.mkdir(parents=True)
    (data / "realisasi.csv").write_text(REALISASI)
    minutes, _ = written(folder, files=[decisions(tmp_path)])
    assert sorted(file.name for file in data.iterdir()) == ["rincian.csv", "usulan.csv"]
    assert minutes.after["inputs"] == list(read_candidates(asked, data).inputs)
    (data / "surat.docx").write_bytes(b"x")
    with pytest.raises(PlannerError, match=r"surat\.docx"):
        written(folder)


def test_a_small_figure_of_the_planner_s_own_reads_back(tmp_path):
    folder, asked = season(tmp_path)
    file = tmp_path / "usulan" / "rincian.csv"
    head, *rows = file.read_text().splitlines()
    figures = ["0.00001", "12345678.25", "0.1", "7"]
    lines = [f"{head},jejak", *(f"{row},{own}" for row, own in zip(rows, figures, strict=True))]
    file.write_text("\n".join(lines) + "\n")
    allocate(read_candidates(asked), asked).save(folder / "plan.json")
    minutes, _ = written(folder, files=[decisions(tmp_path)])
    assert ",0.00001" in (folder / "sinkronisasi" / "data" / "rincian.csv").read_text()
    assert minutes.candidates.rincian["rincian.jejak"].iloc[0] == 0.00001


def test_tables_of_a_workbook_are_written_as_csv_and_read_alike(tmp_path):
    folder, asked = season(tmp_path)
    source = tmp_path / "usulan"
    (source / "realisasi.csv").write_text(REALISASI)
    names = ("usulan", "rincian", "realisasi")
    frames = {name: pd.read_csv(source / f"{name}.csv", dtype={"kode": "str"}) for name in names}
    frames["usulan"]["jejak"] = [0.00001, 2.5, None]
    shutil.rmtree(source)
    source.mkdir()
    with pd.ExcelWriter(source / "usulan_dinas.xlsx") as book:
        for name, frame in frames.items():
            frame.to_excel(book, sheet_name=name, index=False)
    before = allocate(read_candidates(asked), asked)
    before.save(folder / "plan.json")
    written(folder, files=[decisions(tmp_path)])
    plan = read_plan(folder / "sinkronisasi" / "plan.json")
    back = read_candidates(asked, folder / "sinkronisasi" / "data")
    assert plan["inputs"] == list(back.inputs) != before["inputs"]
    assert plan.content == allocate(back, asked).content


def test_the_foot_gives_the_command_with_all_that_was_asked_and_none_at_the_desk(tmp_path):
    folder, _ = season(tmp_path)
    out = folder.parent / ("ba baru " + "x" * 200)
    minutes, files = written(folder, files=[decisions(tmp_path)], out=out)
    page = unescape(files[0].read_text(encoding="utf-8"))
    assert f"planner sinkronisasi {folder / 'plan.json'} --provinsi 53 --out '{out}' --exact" in page
    assert "keputusan-sinkronisasi.csv. Dapat dibuat lagi" in page and (out / "keputusan-sinkronisasi.csv").exists()
    assert "lagi" not in replace(minutes, command="").foot()
    with speaking("en"):
        assert written(folder, exact=False, out=out)[0].command.endswith("--lang en")
