"""``planner season``: what a planner types and reads, from the first round to the comparison as a page."""

import json
from pathlib import Path

import pytest
from seasons import asked, run, two_rounds

ROWS = asked("a", 6, 10), asked("b", 5, 8, kode="34.04")


@pytest.fixture
def planner(planner, monkeypatch, tmp_path):
    """The commands, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return planner


def test_a_season_from_its_first_round_on(planner, tmp_path):
    run(Path("kerja"), *ROWS)
    assert planner("season", "musim")[1].startswith("Musim musim: belum ada putaran.\nLangkah berikutnya: kumpulkan")

    status, out, err = planner(
        "season", "musim", "round", "usulan", "kerja/uji.toml", "--who", "Ani", "--reason", "rapat 3 Maret"
    )
    assert status == 0 and "Putaran usulan disegel di musim/usulan" in out, err
    seal = json.loads(Path("musim/usulan/segel.json").read_text(encoding="utf-8"))
    assert (seal["who"], seal["reason"], seal["origin"]["tables"]) == ("Ani", "rapat 3 Maret", "../kerja/tabel")
    assert planner("season", "musim", "round", "usulan", "kerja/uji.toml")[0] == 1  # before anything is solved

    told = planner("season", "musim")[1]
    assert "2 usulan, 1 terpilih, Rp 6 miliar dari pagu Rp 10 miliar; terbukti terbaik" in told
    assert "tabel dan skenario kerja tidak berubah" in told and "round verifikasi PLAN.json" in told
    table = Path("kerja/tabel/usulan.csv")
    table.write_bytes(table.read_bytes().replace(b"Sentra b", b"Sentra c"))
    Path("kerja/uji.toml").write_text(Path("kerja/uji.toml").read_text().replace("10000000000", "11000000000"))
    told = planner("season", "musim")[1]
    assert "usulan: 0 baris baru, 0 hilang, 1 berubah (1 kabupaten/kota)" in told and "skenario: berubah" in told
    assert "Working" not in told and "Changed in the working tables" in planner("season", "musim", "--lang", "en")[1]

    for command in (("verify", "musim"), ("season", "musim", "verify")):
        status, out, _ = planner(*command)
        assert status == 0 and out.startswith("UTUH: musim, 1 putaran")
    plan = Path("musim/usulan/plan.json")
    plan.write_bytes(plan.read_bytes().replace(b"6000000000", b"6000000001", 1))
    status, out, err = planner("verify", "musim")
    assert status == 1 and "TIDAK SAH: musim" in err and "plan.json: berubah sejak putaran usulan disegel" in err
    status, out, _ = planner("season", "musim")
    assert status == 1 and "RANTAI RUSAK" in out


@pytest.mark.long
def test_two_rounds_are_compared_on_the_terminal_for_machines_and_as_a_page(planner, tmp_path):
    two_rounds(tmp_path)

    asked_for = "season", "musim", "compare", "usulan", "verifikasi", "--jobs", 1
    status, out, err = planner(*asked_for, "--out", "banding.html")
    assert status == 0 and "pagu: +8,00" in out and "Masuk (1):\n  b (34.04, Rp 5 miliar): pagu" in out, err
    assert "<h1>Apa yang berubah dari usulan ke verifikasi" in Path("banding.html").read_text(encoding="utf-8")
    status, out, _ = planner(*asked_for, "--json")
    assert json.loads(out)["figures"]["money"]["parts"] == [5_000_000_000]


def test_each_mistake_is_a_sentence(planner, tmp_path):
    run(Path("kerja"), *ROWS)
    planner("season", "musim", "round", "usulan", "kerja/plan.json")
    for words, told in {
        ("foo",): "Tidak ada tindakan bernama 'foo'",
        ("round", "verifikasi"): "Sebut putaran dan rencananya",
        ("round", "verifikas", "kerja/plan.json"): "Mungkin maksud Anda 'verifikasi'?",
        ("round", "verifikasi", "tiada.json"): "tiada.json: tidak dapat dibaca",
        ("round", "verifikasi", "kerja/plan.json", "--with", "tiada"): "tidak dapat ikut disegel",
        ("compare", "usulan"): "Sebut dua putaran",
        ("compare", "usulan", "akhir"): "Tidak ada putaran bernama 'akhir'",
        ("status", "usulan"): "status tidak memerlukan",
        ("status", "--who", "Ani", "--out", "x.html"): "status tidak memerlukan --who, --out",
        ("verify", "--json"): "verify tidak memerlukan --json",
        ("round", "verifikasi", "kerja/plan.json", "--quick"): "round tidak memerlukan --quick",
        ("round", "verifikasi", "kerja/plan.json", "--fresh"): "tidak memerlukan --fresh",
        ("round", "verifikasi", "kerja/uji.toml", "--data", "kerja/tabel"): "tidak memerlukan --data",
    }.items():
        status, out, err = planner("season", "musim", *words)
        assert (status, out) == (1, "") and told in err and "Traceback" not in err, words
    assert [place.name for place in sorted(Path("musim").iterdir())] == ["rantai.txt", "usulan"]
    status, _, err = planner("verify", "kerja")
    assert status == 1 and "kerja: bukan folder musim" in err
