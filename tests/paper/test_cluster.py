"""A real scheduler with two workers, one killed at its work: the same files, byte for byte, as from one process."""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from small import MILIAR, line, usulan, write

from planner.answers.robust import complete
from planner.base import cluster as scale
from planner.base.cluster import cluster
from planner.base.errors import PlannerError
from planner.paper import report as reports
from planner.paper import sweep as sweeping
from planner.paper.remote import Asked, page_of, written
from planner.paper.seal import NOTEBOOK
from planner.plan.folder import own_tables
from planner.plan.parcel import packed

TOML = 'name = "Uji"\ndata = "tabel"\nbudget_rp = {2028 = 10_000_000_000}\nweights = {kemiskinan = 1, ikm = 1}\n'
HALL = [line(6 * MILIAR, komponen="gedung_produksi")]
PLAN = Path("out/uji/plan.json")


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen]:
    """A process that says nothing and ends with the block."""
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, "-m", *command], **silent) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of a scheduler that has no worker yet."""
    file = tmp_path_factory.mktemp("penjadwal") / "alamat.json"
    asked = "--scheduler-file", str(file), "--host", "127.0.0.1", "--port", "0", "--no-dashboard"
    with running("distributed.cli.dask_scheduler", *asked) as process:
        while not (file.exists() and file.read_text()):
            assert process.poll() is None, "the scheduler ended"
            time.sleep(0.05)
        yield json.loads(file.read_text())["address"]


def worker(address: str):
    return running("distributed.cli.dask_worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard")


@pytest.fixture
def two(address):
    """Two workers of the scheduler."""
    with worker(address) as one, worker(address) as other:
        yield one, other


@pytest.fixture
def here(tmp_path, planner, monkeypatch):
    """The folder of a plan over three usulan; it is the current one."""
    monkeypatch.chdir(tmp_path)
    menus = ("a", "53.01", "pembangunan"), ("b", "53.01", "revitalisasi"), ("c", "34.04", "pembangunan")
    write(tmp_path / "tabel", *(usulan(name, kode=kode, menu=menu, ikm=20, lines=HALL) for name, kode, menu in menus))
    (tmp_path / "uji.toml").write_text(TOML, encoding="utf-8")
    assert planner("allocate", "uji.toml")[0] == 0
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder and below, but for the records of when and how long."""
    found = (file for file in sorted(folder.rglob("*")) if file.is_file() and file.name != "run.json")
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


def test_draws_sweeps_and_reports_are_the_same_though_a_worker_is_killed(here, two, address, planner, monkeypatch):
    monkeypatch.setattr(sweeping, "render_comparison", lambda files, out, lang: out)  # made here in either case
    shutil.copytree("out", "awal")
    drawn = PLAN.with_name("undian.jsonl")

    def kill(text: str) -> None:
        if drawn.read_bytes().count(b"\n") > 2:
            two[0].kill()

    def everything(pool: Executor, *how: object, told=lambda text: None) -> dict[str, bytes]:
        complete(PLAN, pool, 20, progress=told)
        assert planner("sweep", "uji.toml", "--vary", "budget_rp=5e9,12e9", *how)[0] == 0
        assert planner("report", PLAN, "34", "--no-whatif", *how)[0] == 0
        return files(here / "out")

    with cluster(address) as pool, monkeypatch.context() as there_only:
        there_only.setattr(reports, "elsewhere", None)  # no page is made here
        there = everything(pool, "--scheduler", address, told=kill)
    assert two[0].wait() == -9 and two[1].poll() is None
    shutil.rmtree("out")
    shutil.copytree("awal", "out")
    with ThreadPoolExecutor(1) as pool:
        alone = everything(pool, "--jobs", 1)
    assert {"uji/undian.jsonl", "uji/ketahanan.json", "uji/laporan/laporan-34.html", "sweep/uji/sweep.csv"} <= {*alone}
    assert [name for name in alone | there if alone.get(name) != there.get(name)] == []


def test_a_scheduler_without_workers_or_with_another_version_is_a_sentence(here, address, planner, monkeypatch):
    monkeypatch.setattr(scale, "PATIENCE_S", 0.5)
    status, _, err = planner("robust", PLAN, "--scheduler", address)
    assert status == 1 and "tidak mempunyai pekerja" in err
    monkeypatch.setattr(scale, "version", lambda name: "1.0")
    with pytest.raises(PlannerError, match=r"di sini 1\.0"), cluster(address):
        pass


def test_a_worker_with_another_planner_is_named_before_it_is_asked(address, monkeypatch):
    with worker(address), monkeypatch.context() as elsewhere:
        elsewhere.setattr(scale.platform, "python_version", lambda: "3.99")
        scale.made_of.cache_clear()
        with pytest.raises(PlannerError, match="tidak mempunyai planner yang sama"), cluster(address):
            pass
    scale.made_of.cache_clear()
    with pytest.raises(PlannerError, match="tidak mempunyai planner yang sama"):
        scale.run_here("yet another", "id", len, "")  # a worker that came later


def answering(content: bytes) -> str:
    """The address of something that listens but is no scheduler."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            server.accept()[0].sendall(content)

    Thread(target=answer, daemon=True).start()
    return f"tcp://127.0.0.1:{server.getsockname()[1]}"


def test_where_no_scheduler_is_one_sentence_says_so(here, planner, monkeypatch):
    monkeypatch.setattr(scale, "PATIENCE_S", 0.5)
    for place in ("", "127.0.0.1", "tcp://127.0.0.1:1", "tcp://", "x://y:1", answering(b"HTTP/1.1 400\r\n\r\n")):
        status, out, err = planner("robust", PLAN, "--scheduler", place)
        assert (status, out) == (1, "") and "Tidak ada penjadwal Dask yang menjawab" in err and "dask scheduler" in err
    call = [sys.executable, "-m", "planner.cli", "robust", PLAN, "--scheduler", answering(b"HTTP/1.1 400\r\n" * 20)]
    said = subprocess.run(call, capture_output=True, text=True, check=False, timeout=120).stderr
    assert said.startswith("Tidak ada penjadwal") and len(said.splitlines()) == 1  # nothing from Dask at its end
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "pip install distributed" in planner("report", PLAN, "--no-whatif", "--scheduler", "tcp://x:1")[2]


def test_what_a_worker_cannot_make_is_made_here_with_its_notebook(here, tmp_path):
    run = PLAN.resolve()
    parcel, asked = packed(here, "tabel", {"plan.json": run}), Asked("34", "id", {"bukan_parameter": 1}, None, "")
    with pytest.raises(PlannerError, match="bukan_parameter"):
        page_of(parcel, asked, "uji.toml", "")
    with pytest.raises(PlannerError, match="batas"):
        page_of(parcel, asked, "uji.toml", "boundaries of another computer")
    own = tmp_path / "buku.ipynb"
    own.write_bytes(NOTEBOOK.read_bytes())
    with ThreadPoolExecutor(1) as pool:
        assert list(written(pool, run, own, {tmp_path / "a.html": asked})) == []
        broken = run.read_bytes().replace(b'"34.04"', b'"99.99"')
        run.with_name("lain.json").write_bytes(broken)
        assert list(written(pool, run.with_name("lain.json"), NOTEBOOK, {tmp_path / "a.html": asked})) == []


def test_a_parcel_holds_a_folder_a_workbook_or_what_lies_beside(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("data/usulan.csv", "kerja.xlsx", "bukti.csv", "skenario.toml"):
        (tmp_path / name).write_text(name)
    held = [packed(tmp_path, data) for data in ("data", "kerja.xlsx", None)]
    assert [sorted(one.tables) for one in held] == [["usulan.csv"], ["kerja.xlsx"], ["bukti.csv"]]
    with held[1].unpacked() as folder:
        assert held[1].place(folder).read_text() == "kerja.xlsx" and held[2].place(folder) is None
    assert not folder.exists() and own_tables(tmp_path, None) == [tmp_path / "bukti.csv"]
