"""What is current is not made again, whatever killed the run before; files are whole or not there."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from pages import plan

from planner.base import files
from planner.base.errors import PlannerError
from planner.base.files import clear, write_whole
from planner.paper.notebook import check_engine
from planner.paper.page import intact
from planner.paper.report import is_current, render_reports, shared_key
from planner.paper.seal import NOTEBOOK
from planner.plan.plan import canonical, fingerprint_of, read_plan

THREE = ["11.03", "31", "64"]
RUN = """
import sys
from planner.paper.report import render_reports
if __name__ == "__main__":
    render_reports(sys.argv[1], sys.argv[3:], out=sys.argv[2], progress=lambda done, whole: None)
"""


@pytest.fixture(autouse=True)
def language(monkeypatch):
    monkeypatch.setenv("PLANNER_LANG", "id")


@pytest.fixture(scope="module")
def folder(plan_file):
    """A folder with a plan and three reports of it."""
    render_reports(plan_file, THREE, out=plan_file.parent / "tiga")
    return plan_file.parent / "tiga"


def started(plan_file, out, *wilayah) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", RUN, str(plan_file), str(out), *wilayah], start_new_session=True)


def session(leader: int) -> list[int]:
    """The living processes of a session (``ps`` knows them everywhere but on Windows)."""
    told = subprocess.run(["ps", "-eo", "pid=,sess=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in told.splitlines()]
    return [int(pid) for pid, session, state in rows if int(session) == leader and not state.startswith("Z")]


def seen(folder: Path) -> list[str]:
    """The pages of a folder; each is whole."""
    pages = sorted(folder.glob("*.html"))
    assert all(intact(page.read_bytes().decode()) for page in pages)
    return [page.name for page in pages]


def stamps(folder: Path) -> dict[str, int]:
    return {page.name: page.stat().st_mtime_ns for page in folder.glob("*.html")}


def test_what_is_current_is_not_made_again_and_what_was_touched_is(plan_file, folder, planner):
    before = stamps(folder)
    code, out, err = planner(
        "report", "--no-whatif", plan_file, "--out", folder, *[f"--wilayah={name}" for name in THREE]
    )
    assert (code, err.strip()) == (0, "0 laporan dibuat, 3 sudah terkini.") and out.count("\n") == 3
    assert stamps(folder) == before
    page = folder / "laporan-31.html"
    page.write_text(page.read_text().replace("Jakarta", "Djakarta", 1))
    told = []
    again = render_reports(plan_file, THREE, out=folder, progress=lambda *done: told.append(done))
    assert again.current == 2 and told == [(2, 3), (3, 3)]
    after = stamps(folder)
    assert [name for name in before if after[name] != before[name]] == ["laporan-31.html"]
    assert "Djakarta" not in page.read_text()


def test_a_run_with_nothing_to_do_imports_nothing_heavy(plan_file, folder):
    heavy = ("papermill", "nbconvert", "matplotlib", "IPython", "planner.views")
    code = RUN + f"    print([name for name in {heavy} if name in sys.modules])\n"
    run = [sys.executable, "-c", code, str(plan_file), str(folder), *THREE]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_key_holds_all_that_a_page_is_made_from(plan_file, tmp_path):
    file, template = tmp_path / "plan.json", tmp_path / "buku.ipynb"
    file.write_bytes(plan_file.read_bytes())
    template.write_bytes(NOTEBOOK.read_bytes())
    keys = [shared_key(file, read_plan(file), template)]

    def differs():
        keys.append(shared_key(file, read_plan(file), template))
        assert len(set(keys)) == len(keys)

    for name in ("ketahanan.json", "suntingan.jsonl", "andai.json"):
        (tmp_path / name).write_text("{}")
        differs()
    (tmp_path / "run.json").write_text(json.dumps({"scenario_file": "/x/lain.toml"}))
    differs()
    template.write_bytes(NOTEBOOK.read_bytes() + b"\n")
    differs()
    plan(name="lain").save(file)
    differs()


def test_every_choice_of_a_report_is_in_its_key(plan_file, folder):
    from planner.paper.report import Job, places

    [place] = places(["31"])
    shared = shared_key(plan_file.resolve(), read_plan(plan_file), NOTEBOOK)
    job = Job(plan_file, place, folder, None, "id", {}, NOTEBOOK, "auto", shared)
    assert is_current(job)
    others = ({"lang": "en"}, {"parameters": {"top_n": 5}}, {"shared": "x"}, {"index": folder / "index.html"})
    for change in others:
        assert not is_current(replace(job, **change))
    assert is_current(replace(job, engine="papermill"))  # it makes the same page


def killed_and_finished(run: subprocess.Popen, plan_file, folder: Path) -> None:
    """Kill all processes of a run, and see that the next one finishes its work."""
    for pid in session(run.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    run.wait()
    there = len(seen(folder))
    assert render_reports(plan_file, THREE, out=folder).current == there
    assert seen(folder) == [f"laporan-{name}.html" for name in THREE]
    assert len(list(folder.iterdir())) == 3


def test_a_killed_run_leaves_whole_pages_and_the_next_makes_the_others(plan_file, tmp_path):
    run = started(plan_file, tmp_path, *THREE)
    while not list(tmp_path.glob("*.html")):
        assert run.poll() is None, "it ended without a page"
        time.sleep(0.01)
    killed_and_finished(run, plan_file, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seconds", [0.3, 1, 2, 3, 3.5, 4, 4.5, 5])
def test_a_run_killed_at_any_moment_is_finished_by_the_next(plan_file, tmp_path, seconds):
    run = started(plan_file, tmp_path, *THREE)
    time.sleep(seconds)
    killed_and_finished(run, plan_file, tmp_path)


@pytest.mark.long
def test_two_runs_into_one_folder_leave_whole_pages(plan_file, tmp_path):
    runs = [started(plan_file, tmp_path, *names) for names in (THREE, reversed(THREE))]
    assert [run.wait(180) for run in runs] == [0, 0]
    assert len(seen(tmp_path)) == len(list(tmp_path.iterdir())) == 3


def test_what_dead_processes_left_is_cleared_and_what_living_ones_write_is_not(tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    left = tmp_path / f".laporan-51.html.{files.HOST}-{dead.pid}.ab_c.sementara"
    mine = tmp_path / f".laporan-51.html.{files.HOST}-{os.getpid()}.abc.sementara"
    elsewhere = tmp_path / f".laporan-51.html.0badhost-{dead.pid}.abc.sementara"
    others = [mine, elsewhere, tmp_path / ".x.sementara", tmp_path / "laporan-51.html", tmp_path / ".rahasia"]
    for file in (left, *others):
        file.write_text("x")
    clear(tmp_path)
    clear(tmp_path / "tidak ada")
    assert sorted(tmp_path.iterdir()) == sorted(others)


def test_a_killed_write_is_cleared_by_the_next_run(tmp_path):
    code = """
import os, sys
from pathlib import Path
from planner.base import files
os.fdopen = lambda *_: os.kill(os.getpid(), 9)
files.write_whole(Path(sys.argv[1]), b"x")
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "laporan.html")], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    clear(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("where", ["write", "replace"])
def test_a_full_disk_and_an_open_file_are_sentences_and_nothing_is_half_written(tmp_path, monkeypatch, where):
    (tmp_path / "a.html").write_text("lama")
    full = OSError(errno.ENOSPC, "x") if where == "write" else PermissionError(errno.EACCES, "x")

    def refuse(*_):
        raise full

    monkeypatch.setattr(*((files.os, "fdopen") if where == "write" else (Path, "replace")), refuse)
    with pytest.raises(PlannerError, match=r"a\.html") as raised:
        write_whole(tmp_path / "a.html", b"baru")
    assert ("penuh" if where == "write" else "izin") in str(raised.value)
    assert [file.read_text() for file in tmp_path.iterdir()] == ["lama"]


def test_a_target_that_cannot_be_written_is_said_before_anything_runs(plan_file, tmp_path):
    (tmp_path / "berkas").write_text("x")
    with pytest.raises(PlannerError, match="Tidak dapat menulis"):
        render_reports(plan_file, ["31"], out=tmp_path / "berkas" / "laporan")


def test_a_page_that_cannot_be_replaced_fails_alone(plan_file, tmp_path):
    (tmp_path / "laporan-31.html" / "isi").mkdir(parents=True)
    with pytest.raises(PlannerError, match="laporan 31 gagal: Tidak dapat menulis") as raised:
        render_reports(plan_file, ["31", "11.03"], out=tmp_path)
    assert len(raised.value.problems) == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["laporan-11.03.html", "laporan-31.html"]


def test_an_engine_that_is_none_is_a_sentence():
    with pytest.raises(PlannerError, match="papermill"):
        check_engine("papermil")


def killing(template: Path, whom: str) -> Path:
    """A copy of the notebook in which the report of 31 kills a process: ``os.getpid()`` or ``os.getppid()``."""
    content = json.loads(NOTEBOOK.read_bytes())
    cell = next(cell for cell in content["cells"] if cell["id"] == "whatif")
    cell["source"] = f"if wilayah == '31':\n    os.kill({whom}, 9)\n    __import__('time').sleep(9)"
    template.write_text(json.dumps(content))
    return template


@pytest.mark.parametrize(("whom", "why"), [("os.getpid()", "SIGKILL"), ("os.getppid()", "proses yang membuatnya mati")])
def test_a_process_that_is_killed_is_named_for_its_region_and_the_others_are_made(plan_file, tmp_path, whom, why):
    template = killing(tmp_path / "buku.ipynb", whom)
    with pytest.raises(PlannerError) as raised:
        render_reports(plan_file, THREE, out=tmp_path / "laporan", template=template)
    [problem] = raised.value.problems
    assert problem.startswith("laporan 31 gagal: ") and why in problem
    assert seen(tmp_path / "laporan") == ["laporan-11.03.html", "laporan-64.html"]


def test_what_no_report_can_be_made_from_is_said_once(plan_file, tmp_path):
    content = json.loads(plan_file.read_bytes())
    for table in content["inputs"]:
        table["sha256"] = "0" * 64
    (tmp_path / "plan.json").write_bytes(canonical(content | {"fingerprint": fingerprint_of(content)}))
    with pytest.raises(PlannerError) as raised:
        render_reports(tmp_path / "plan.json", THREE, out=tmp_path / "laporan")
    assert len(raised.value.problems) == 1 and "laporan 31" not in str(raised.value)


def test_ctrl_c_ends_a_run_at_once_and_leaves_no_process(plan_file, tmp_path):
    run = started(plan_file, tmp_path, *THREE)
    while len(session(run.pid)) < 4:  # itself, multiprocessing's tracker, the process that is warm, a fork of it
        assert run.poll() is None, "it ended before it was interrupted"
        time.sleep(0.05)
    os.kill(run.pid, signal.SIGINT)
    assert run.wait(10) != 0
    until = time.monotonic() + 10
    while session(run.pid) and time.monotonic() < until:  # the tracker ends a moment after whom it served
        time.sleep(0.05)
    assert not session(run.pid)


def test_one_wilayah_takes_the_next_ones_behind_it(plan_file, folder, planner):
    code, out, _ = planner("report", "--no-whatif", plan_file, "--out", folder, "--wilayah", "11.3", "31", "64")
    assert code == 1 and out == ""  # 11.30 is none
    code, out, _ = planner("report", "--no-whatif", plan_file, "--out", folder, "--wilayah", *THREE)
    assert code == 0 and [Path(line).name for line in out.split()] == [f"laporan-{name}.html" for name in THREE]
