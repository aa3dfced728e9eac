"""The sheet of a sinkronisasi without a browser: a decision is written, its plan follows, undo gives the old one."""

import pytest
from small import MILIAR, line, usulan, write

from planner.desk.workbench import workbench
from planner.model.candidates import read_candidates
from planner.plan.allocate import allocate
from planner.plan.plan import read_plan
from planner.tables.decisions import FILE, read_decisions

TOML = """name = "Rapat"
data = "usulan"
[budget_rp]
2028 = 10_000_000_000
[weights]
kemiskinan = 1
[[rules]]
rule = "Verdicts"
[solver]
gap = 0.0
"""


def hall(price_rp, **more):
    return line(price_rp, komponen="gedung_produksi", **more)


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """10 miliar: Kupang 6 m2 (6 miliar) and Bogor (4 miliar) fit; TTS (3 miliar) fits once Kupang has 3 m2."""
    write(
        tmp_path / "usulan",
        usulan("kupang", kode="53.01", ikm=20, lines=[hall(1 * MILIAR, volume=6, low=2)]),
        usulan("tts", kode="53.02", ikm=1, lines=[hall(3 * MILIAR)]),
        usulan("bogor", kode="32.01", ikm=30, lines=[hall(4 * MILIAR)]),
    )
    (tmp_path / "rapat.toml").write_text(TOML, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = workbench(tmp_path / "rapat.toml")
    found.wait(60)
    found.talks.lines.province, found.talks.lines.who = "53", "Ani"
    yield found
    found.close()


def decide(bench, usulan, verdict, volume="", reason=""):
    bench.talks.on_page(
        {"do": "decide", "usulan": usulan, "line": "1", "verdict": verdict, "volume": volume, "reason": reason}
    )
    bench.wait(60)


def winners(plan):
    return sorted(record["usulan_id"] for record in plan["funded"])


def test_a_decision_is_on_the_disk_its_plan_follows_and_undo_gives_the_old_plan_byte_for_byte(bench):
    before = bench.plan
    assert winners(before) == ["bogor", "kupang"]
    decide(bench, "kupang", "diterima", "3", "gedung terlalu besar")

    (row,) = read_decisions(bench.talks.folder / FILE)
    assert (row.line, row.volume, row.who) == (("kupang", "1"), 3, "Ani")
    assert winners(bench.plan) == ["bogor", "kupang", "tts"]
    effect = bench.talks.lines.effect
    assert effect["kind"] == "exact" and "6 -> 3" in effect["text"]
    assert "pagu bebas Rp 3 miliar" in effect["text"] and "Timor Tengah Selatan (Rp 3 miliar)" in effect["text"]
    shown = {row["usulan"]: row for row in bench.talks.lines.rows}
    assert list(shown) == ["kupang", "tts"] and shown["kupang"]["volume"] == "3"

    bench.talks.on_page({"do": "undo"})
    bench.wait(60)
    assert bench.plan.content == before.content
    assert bench.talks.lines.rows[0]["verdict"] == "" and bench.talks.lines.effect["kind"] == "note"
    assert [row.verdict for row in read_decisions(bench.talks.folder / FILE)] == ["diterima", "batal"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("kupang", "diterima", "7"), "melebihi yang diusulkan, 6"),
        (("kupang", "diterima", "-1"), "harus bilangan bulat 0 atau lebih"),
        (("kupang", "diterima", "tiga"), "harus bilangan bulat"),
        (("kupang", "mungkin", ""), "Tidak ada penilaian bernama 'mungkin'"),
        (("bogor", "ditolak", "", "x"), "bukan usulan provinsi"),
        (("kupang", "ditolak", ""), "memerlukan alasan"),
    ],
)
def test_what_cannot_be_decided_is_a_sentence_and_nothing_is_written(bench, given, said):
    before = bench.plan
    decide(bench, *given)
    assert bench.talks.lines.effect["kind"] == "problem" and said in bench.talks.lines.effect["text"]
    assert not (bench.talks.folder / FILE).exists() and bench.plan is before


def test_a_meeting_goes_on_where_it_was_left_and_reports_wait_for_the_minutes(bench, tmp_path):
    decide(bench, "kupang", "ditolak", "", "lahan belum siap")
    plan = bench.plan
    bench.close()
    again = workbench(tmp_path / "rapat.toml")
    again.wait(60)
    assert winners(again.plan) == ["bogor", "kupang"] and "1" in again.talks.lines.resumable
    again.talks.on_page({"do": "resume"})
    again.wait(60)
    assert again.plan.content == plan.content and winners(plan) == ["bogor", "tts"]

    again.session.safely(again.session.report)
    assert "Buat berita acara" in again.message.value
    again.close()


def test_a_decision_that_is_not_resumed_first_is_told_together_with_those_of_before(bench, tmp_path):
    decide(bench, "kupang", "ditolak", "", "lahan belum siap")
    bench.close()
    again = workbench(tmp_path / "rapat.toml")
    again.wait(60)
    again.talks.lines.province, again.talks.lines.who = "53", "Ani"
    decide(again, "tts", "diterima")
    effect = again.talks.lines.effect
    assert effect["kind"] == "exact" and "2 keputusan terakhir bersama" in effect["text"], effect
    assert "keluar Kab. Kupang" in effect["text"] and winners(again.plan) == ["bogor", "tts"]
    decide(again, "tts", "ditolak", "", "lahan")
    assert "bersama" not in again.talks.lines.effect["text"] and "Kupang (" not in again.talks.lines.effect["text"]
    again.close()


def test_after_undo_the_next_decision_is_told_whenever_it_comes(bench):
    decide(bench, "kupang", "diterima", "3", "gedung terlalu besar")
    said = bench.talks.lines.effect["text"]
    bench.talks.on_page({"do": "undo"})
    assert "kembali" not in bench.talks.lines.effect["text"]
    decide(bench, "kupang", "diterima", "3", "gedung terlalu besar")
    assert bench.talks.lines.effect == {"kind": "exact", "text": said}

    bench.session.search.settled.clear()  # as where decisions came faster than plans
    bench.talks.on_page({"do": "undo"})
    decide(bench, "tts", "ditolak", "", "lahan")
    assert bench.talks.lines.effect["kind"] == "note" and "dibandingkan" in bench.talks.lines.effect["text"]


def test_another_scenario_ends_the_wait_for_what_a_decision_did(bench):
    bench.talks.on_page({
        "do": "decide", "usulan": "kupang", "line": "1", "verdict": "diterima", "volume": "3", "reason": "besar",
    })  # fmt: skip
    bench.session.move("budget_rp.2028", 9_000_000_000)
    bench.wait(60)
    assert bench.talks.lines.effect["kind"] not in ("seeking", "preview")


def test_nobody_takes_back_in_another_s_name(bench):
    decide(bench, "kupang", "diterima", "3", "gedung terlalu besar")
    bench.talks.lines.who = " "
    bench.talks.on_page({"do": "undo"})
    assert "Siapa yang mencatat" in bench.talks.lines.effect["text"]
    assert [row.verdict for row in read_decisions(bench.talks.folder / FILE)] == ["diterima"]


def test_a_row_that_a_crash_tore_stays_told(bench, tmp_path):
    decide(bench, "kupang", "diterima", "3", "gedung terlalu besar")
    file = bench.talks.folder / FILE
    bench.close()
    file.write_bytes(file.read_bytes() + b"tts,1,dit")
    again = workbench(tmp_path / "rapat.toml")
    again.wait(60)
    again.talks.on_page({"do": "resume"})
    again.wait(60)
    assert "terputus" in again.talks.lines.recorded and again.talks.lines.effect["kind"] == "exact"
    again.close()


def test_the_minutes_hold_the_plan_on_the_screen_and_tables_that_give_it_again(bench):
    decide(bench, "kupang", "diterima", "3", "gedung terlalu besar")
    talks = bench.talks
    talks.write(talks.talks, bench.scenario, "53", "id")
    assert talks.lines.effect["kind"] == "note", talks.lines.effect
    assert (talks.folder / "berita-acara-53.html").exists() and (talks.folder / "berita-acara-53.xlsx").exists()
    assert read_plan(talks.folder / "plan.json").content == bench.plan.content
    tables = read_candidates(bench.scenario, talks.folder / "data")
    assert allocate(tables, bench.scenario).content == bench.plan.content


def test_another_language_keeps_the_decisions(bench):
    decide(bench, "kupang", "diterima", "3", "gedung terlalu besar")
    plan = bench.plan
    bench.switch("en")
    assert bench.talks.lines.province == "53" and bench.talks.lines.rows[0]["said"] == "accepted"
    assert bench.plan is plan and bench.talks.lines.words["ditolak"] == "Reject"
