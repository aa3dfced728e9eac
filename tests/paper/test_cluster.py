"""A real scheduler and two workers, one of which is killed at work: the same files, byte for byte, as by one process."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from small import MILIAR, line, usulan, write

from planner.answers.robust import complete
from planner.base.cluster import Cluster, cluster
from planner.base.errors import PlannerError
from planner.base.processes import Clock

HALL = [line(6 * MILIAR, komponen="gedung_produksi")]
TOML = 'name = "Uji"\ndata = "tabel"\nbudget_rp = {2028 = 10_000_000_000}\nweights = {kemiskinan = 1}\n'
QUIET = {"DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "critical", "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}


def started(*command: str) -> subprocess.Popen:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-m", *command], env=os.environ | QUIET, **quiet)


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """The address of a scheduler."""
    file = tmp_path_factory.mktemp("penjadwal") / "alamat.json"
    told = ("--scheduler-file", str(file), "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    process = started("distributed.cli.dask_scheduler", *told)
    while not file.exists() or not file.read_text():
        assert process.poll() is None
        time.sleep(0.05)
    yield json.loads(file.read_text())["address"]
    process.terminate()
    process.wait()


def worker(address: str) -> subprocess.Popen:
    return started("distributed.cli.dask_worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard")
