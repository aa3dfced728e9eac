"""Rounds of a season: sealed whole or not at all, one after another, and no byte changes unseen."""

import errno
import os
import shutil
import signal
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from random import Random

import pytest
from seasons import asked, run, sealed, two_rounds

from planner.base.errors import PlannerError
from planner.base.files import unfinished
from planner.plan.season import CHAIN, SEAL, followers, rank, read_season, verify_season
from planner.plan.take_round import WRITER, Asked, take_round

ROWS = asked("a", 6, 10), asked("b", 5, 8, kode="34.04")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A season of two rounds and the folders that it was made from, once."""
    return two_rounds(tmp_path_factory.mktemp("musim")).parent


@pytest.fixture
def folder(made, tmp_path):
    """A copy of it to be spoilt."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "musim"


@pytest.fixture
def plan(folder):
    return folder.parent / "kerja-verifikasi/plan.json"


def test_a_round_holds_tables_scenario_plan_and_reference_and_its_seal_that_of_the_one_before(folder):
    season = read_season(folder)

    first, second = season.rounds
    assert {"plan.json", "skenario.toml", "tabel/usulan.csv", "tabel/rincian.csv", "acuan/kabupaten.csv"} <= set(
        first.seal["files"]
    )
    assert (first.seal["before"], second.seal["before"]) == ("", first.digest)
    assert season.head == second.digest and verify_season(season.folder).problems == ()
    assert 'data = "tabel"' in (first.folder / "skenario.toml").read_text(encoding="utf-8")


def test_a_plan_in_a_round_is_verified_with_its_own_tables_and_nothing_is_written_beside_it(folder, planner):
    first = folder / read_season(folder).rounds[0].name
    assert planner("verify", first / "plan.json")[0] == 0
    status, _, err = planner("labels", first / "plan.json", "--data", first / "tabel")
    assert status == 1 and "tersegel" in err and verify_season(folder).problems == ()
    table = first / "tabel" / "usulan.csv"
    table.write_bytes(table.read_bytes().replace(b"pembangunan", b"revitalisasi", 1))
    assert planner("verify", first / "plan.json")[0] == 1
    status, _, err = planner("season", first, "round", "akhir", first / "plan.json")
    assert status == 1 and "tersegel" in err


def test_any_changed_byte_of_any_file_is_seen_and_its_file_named(folder):
    random = Random(19)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    for file in [*random.choices(files, k=40), folder / CHAIN, *folder.glob(f"*/{SEAL}")]:
        content = file.read_bytes()
        place = random.randrange(len(content))
        file.write_bytes(content[:place] + bytes([content[place] ^ random.randrange(1, 256)]) + content[place + 1 :])
        problems = read_season(folder).problems
        assert any(str(file) in problem for problem in problems), file
        file.write_bytes(content)
    assert read_season(folder).problems == ()


def test_the_place_of_the_first_change_is_told(folder):
    file = folder / "usulan/acuan/kabupaten.csv"
    content = file.read_bytes()
    file.write_bytes(content[:1000] + b"?" + content[1001:])

    (problem,) = read_season(folder).problems
    assert "di antara byte 769 dan 1.024" in problem  # blocks of 256 bytes, counted from 1
    file.write_bytes(content + b"x")
    assert "kabupaten.csv: berubah" in read_season(folder).problems[0]


def test_what_is_missing_added_renamed_or_replaced_by_a_link_is_named(folder, tmp_path):
    kept = tmp_path / "cadangan"
    shutil.copytree(folder, kept)

    def restored() -> Path:
        shutil.rmtree(folder)
        return Path(shutil.copytree(kept, folder))

    (folder / "usulan/plan.json").unlink()
    assert "plan.json: hilang" in read_season(folder).problems[0]
    (restored() / "usulan/tabel/lain.csv").write_text("x")
    assert "lain.csv: ditambahkan" in read_season(folder).problems[0]
    plan = restored() / "usulan/plan.json"
    plan.unlink()
    plan.symlink_to(kept / "usulan/plan.json")
    assert "plan.json: diganti tautan" in read_season(folder).problems[0]
    (restored() / "usulan").rename(folder / "lama")
    assert len(read_season(folder).problems) >= 2  # the chain begins in the middle, and a seal bears no round's name
    shutil.rmtree(restored() / "usulan")
    assert any("putaran hilang" in problem for problem in read_season(folder).problems)
    shutil.rmtree(restored() / "verifikasi")  # the last one: nothing in front of it knows of it, but the list does
    assert "putaran verifikasi, yang foldernya tidak ada" in read_season(folder).problems[0]
    (restored() / CHAIN).unlink()
    assert "bukan daftar segel" in read_season(folder).problems[0]


def test_a_seal_made_anew_does_not_fit_the_one_after_it(folder, tmp_path):
    other = tmp_path / "lain"
    sealed(other / "musim", "usulan", *ROWS, miliar=6)
    shutil.rmtree(folder / "usulan")
    shutil.copytree(other / "musim/usulan", folder / "usulan")

    assert any("verifikasi: segelnya bukan sesudah" in problem for problem in read_season(folder).problems)


def test_rounds_come_in_order_and_none_is_replaced(folder, plan):
    before = read_season(folder)
    for name, told in {
        "verifikasi": "sudah ada", "usulan": "sudah ada", "sinkronisasi-2": "tidak dapat datang sesudah verifikasi",
        "sinkronisasi": "Tidak ada putaran", "../akhir": "Tidak ada putaran", "Akhir": "Tidak ada putaran",
    }.items():  # fmt: skip
        with pytest.raises(PlannerError, match=told):
            take_round(folder, Asked(name, plan))
    assert read_season(folder) == before

    take_round(folder, Asked("sinkronisasi-1", plan))
    take_round(folder, Asked("sinkronisasi-2", plan))
    with pytest.raises(PlannerError, match="tidak dapat datang sesudah sinkronisasi-2"):
        take_round(folder, Asked("penilaian", plan))
    assert [one.name for one in read_season(folder).rounds] == [
        "usulan", "verifikasi", "sinkronisasi-1", "sinkronisasi-2",
    ]  # fmt: skip


def test_what_may_follow():
    assert followers(None)[0] == "usulan" and followers("penilaian")[0] == "sinkronisasi-1"
    assert followers("sinkronisasi-3") == ["sinkronisasi-4", "akhir", "rk", "kontrak"] and followers("kontrak") == []
    assert rank("sinkronisasi-9") < rank("sinkronisasi-10") < rank("akhir")


def test_a_broken_chain_takes_no_round(folder, plan):
    (folder / "usulan/tabel/usulan.csv").unlink()

    with pytest.raises(PlannerError, match="rantai putarannya rusak") as told:
        take_round(folder, Asked("akhir", plan))
    assert "usulan.csv: hilang" in told.value.problems[1]
    assert not (folder / "akhir").exists() and unfinished(folder) == []


def test_a_plan_without_its_tables_or_of_other_tables_is_not_sealed(tmp_path):
    plan, folder = run(tmp_path / "kerja", *ROWS), tmp_path / "musim"
    table, kept = tmp_path / "kerja/tabel/usulan.csv", (tmp_path / "kerja/tabel/usulan.csv").read_bytes()
    table.write_bytes(kept.replace(b"Sentra a", b"Sentra c"))
    with pytest.raises(PlannerError, match="bukan rencana dari tabel") as told:
        take_round(folder, Asked("usulan", plan))
    assert any("tabel usulan bukan tabel" in problem for problem in told.value.problems)
    table.write_bytes(kept)
    shutil.move(tmp_path / "kerja/tabel", tmp_path / "kerja/pindah")
    with pytest.raises(PlannerError, match="tabel rencana ini tidak ada di situ"):
        take_round(folder, Asked("usulan", plan))
    assert list(folder.iterdir()) == []
    take_round(folder, Asked("usulan", plan, data=tmp_path / "kerja/pindah"))
    assert verify_season(folder).problems == ()


def test_minutes_are_sealed_too(tmp_path):
    plan, folder = run(tmp_path / "kerja", *ROWS), tmp_path / "musim"
    (tmp_path / "berita/53").mkdir(parents=True)
    (tmp_path / "berita/53/acara.html").write_text("<p>setuju</p>")
    (tmp_path / "surat.txt").write_text("surat")
    with pytest.raises(PlannerError, match="tidak ada, maka tidak dapat ikut disegel"):
        take_round(folder, Asked("usulan", plan, more=(tmp_path / "tiada",)))

    made, _ = take_round(folder, Asked("usulan", plan, more=(tmp_path / "berita", tmp_path / "surat.txt")))
    assert {"lampiran/berita/53/acara.html", "lampiran/surat.txt"} <= set(made.seal["files"])


def test_a_name_that_cannot_be_written_down_is_refused_before_anything_is_sealed(folder, plan, tmp_path):
    more = tmp_path / "lamp"
    more.mkdir()
    (more / "Lampiran_\udce9.txt").write_text("x")  # on Linux the byte E9 alone, on Windows half a character
    before = read_season(folder)
    with pytest.raises(PlannerError, match=r"Lampiran_.*tidak dapat ditulis sebagai UTF-8"):
        take_round(folder, Asked("akhir", plan, more=(more,)))
    with pytest.raises(PlannerError, match="tidak dapat ditulis sebagai UTF-8"):
        take_round(folder, Asked("akhir", plan, data=more / "tab\udce9.xlsx"))
    assert read_season(folder) == before and unfinished(folder) == []


def test_of_two_writers_at_once_one_writes(folder, plan, monkeypatch):
    def meanwhile(*given):
        with pytest.raises(PlannerError, match="putaran lain sedang ditulis"):
            take_round(folder, Asked("penilaian", plan))
        return []

    monkeypatch.setattr("planner.plan.take_round.verify", meanwhile)
    take_round(folder, Asked("sinkronisasi-1", plan))
    assert verify_season(folder).problems == () and unfinished(folder) == []


def test_many_writers_at_once_never_break_the_chain(folder, plan):
    def write(name):
        with suppress(PlannerError):
            take_round(folder, Asked(name, plan))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, ["penilaian", "sinkronisasi-1", "akhir", "rk"] * 2))
    season = read_season(folder)
    assert season.problems == () and not season.torn and unfinished(folder) == []


def test_what_a_system_leaves_in_a_round_is_told_and_breaks_nothing(folder):
    for name in ("Thumbs.db", ".DS_Store", "desktop.ini", "~$usulan.xlsx", ".~lock.usulan.csv#"):
        (folder / "usulan/tabel" / name).write_bytes(b"x")
    season = verify_season(folder)
    assert season.problems == () and len(season.strays) == 5
    (folder / "usulan/tabel/Thumbs.csv").write_bytes(b"x")
    assert "Thumbs.csv: ditambahkan" in read_season(folder).problems[0]


def test_what_is_not_sealed_of_a_folder_is_said_and_links_are_refused(folder, plan, tmp_path):
    more = tmp_path / "berita"
    more.mkdir()
    for name in (".catatan", "Thumbs.db", "acara.html"):
        (more / name).write_text("x")
    made, said = take_round(folder, Asked("penilaian", plan, more=(more,)))
    assert [name for name in made.seal["files"] if name.startswith("lampiran")] == ["lampiran/berita/acara.html"]
    assert len(said) == 1 and ".catatan" in said[0] and "Thumbs.db" in said[0]
    (more / "pindah").symlink_to(tmp_path)
    with pytest.raises(PlannerError, match="pindah: tautan"):
        take_round(folder, Asked("akhir", plan, more=(more,)))


def test_a_file_system_that_cannot_wait_for_folders_takes_rounds_all_the_same(folder, plan, monkeypatch):
    fsync = os.fsync

    def of_files_only(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "no")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", of_files_only)
    take_round(folder, Asked("penilaian", plan))
    assert verify_season(folder).problems == ()


def test_remains_that_nobody_may_be_asked_of_are_removed_a_day_later(folder, plan):
    remains, kept = folder / ".akhir.0000-1.x.sementara", folder / ".tabel.0000-1.x.sementara"
    (folder / f".{WRITER}.0000-1.x.sementara").write_bytes(b"")
    for place in (remains, kept):
        place.mkdir()
    with pytest.raises(PlannerError, match="putaran lain sedang ditulis"):
        take_round(folder, Asked("penilaian", plan))
    for place in unfinished(folder):
        os.utime(place, (0, 0))
    take_round(folder, Asked("penilaian", plan))
    assert unfinished(folder) == [kept]  # no remains of a round


KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows ends a process by the other
STEPS = ["fsync:1", "fsync:9", "rename:before", "rename:after", "chain:before", "chain:half"]


@pytest.mark.parametrize("step", STEPS)
def test_a_writer_killed_at_any_step_leaves_whole_rounds_only(folder, plan, step):
    child = get_context("spawn").Process(target=write_and_die, args=(step, folder, plan))
    child.start()
    child.join(60)
    assert child.exitcode == -KILL

    season = read_season(folder)
    there = step in ("rename:after", "chain:before", "chain:half")
    assert season.problems == () and [one.name for one in season.rounds][2:] == ["penilaian"] * there
    assert season.torn == there and bool(season.remains) != there
    _, said = take_round(folder, Asked("akhir", plan))  # the next one clears up, says so, and goes on
    assert len(said) == 1 and unfinished(folder) == []
    assert read_season(folder).problems == () and not read_season(folder).torn


def write_and_die(step: str, folder: Path, plan: Path) -> None:
    die_at(step)
    take_round(folder, Asked("penilaian", plan))


def die_at(step: str) -> None:
    """From now on this process is killed at a step of its writing."""
    what, _, when = step.partition(":")
    calls, kill = [], lambda: os.kill(os.getpid(), KILL)
    fsync, rename, opened = os.fsync, Path.rename, os.open

    def count(handle):
        calls.append(handle)
        if what == "fsync" and len(calls) == int(when):
            kill()
        fsync(handle)

    def move(place, target):
        if what == "rename" and when == "before":
            kill()
        found = rename(place, target)
        if what == "rename":
            kill()
        return found

    def open_(path, flags, *more):
        if what == "chain" and str(path).endswith(CHAIN) and flags & os.O_APPEND:
            if when == "half":
                with Path(path).open("ab") as chain:
                    chain.write(b"penilaian 12"[:9])
            kill()
        return opened(path, flags, *more)

    os.fsync, Path.rename, os.open = count, move, open_
