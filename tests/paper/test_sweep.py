"""Many variations of one scenario: what is asked, what is solved, what is kept after a kill."""

import csv
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import MILIAR, line, scenario, usulan, write

from planner.base import cluster
from planner.base.errors import PlannerError
from planner.paper import sweep as sweeping
from planner.paper.sweep import COMPARISON, NAME, SCENARIO, safe_name
from planner.plan.folder import unchanged_plan
from planner.plan.plan import read_plan
from planner.plan.verify import verify
from planner.scenario.scenario import read_scenario
from planner.scenario.variations import MOST, variations, written

BAND = {"rule": "SpendBand", "by": "menu", "max_share": 0.5, "of": "budget"}
ONE = {"rule": "MaxPerKabupaten", "max": 1}
TOML = """
name = "Uji"
data = "tabel"
budget_rp = {2028 = 12_000_000_000}
weights = {kemiskinan = 1}
[[rules]]
rule = "CountBand"
min = 1
"""


def texts(*asked: str, together=False, **kw) -> list[str]:
    return [one.text for one in variations(scenario(rules=[BAND, ONE], **kw), asked, together)[0]]


def problems(*asked: str, together=False, **kw) -> list[str]:
    with pytest.raises(PlannerError) as caught:
        variations(scenario(rules=[BAND, ONE], **kw), asked, together)
    return caught.value.problems


def test_every_combination_or_the_lists_side_by_side():
    asked = "budget_rp=300_000_000_000,350e9", "rules[0].max_share=0.25,0.3"
    assert texts(*asked) == [
        "budget_rp 300 miliar, rules[0].max_share 25 %",
        "budget_rp 300 miliar, rules[0].max_share 30 %",
        "budget_rp 350 miliar, rules[0].max_share 25 %",
        "budget_rp 350 miliar, rules[0].max_share 30 %",
    ]
    assert texts(*asked, together=True) == [
        "budget_rp 300 miliar, rules[0].max_share 25 %",
        "budget_rp 350 miliar, rules[0].max_share 30 %",
    ]
    assert "--together" in problems("budget_rp=1,2", "solver.gap=0", together=True)[0]


def test_a_variation_is_the_scenario_with_those_values_and_a_name_that_says_them():
    [one], repeated = variations(scenario(rules=[BAND, ONE]), ["weights.ikm=2", "rules[1].max=3"], together=False)
    assert repeated == 0
    assert one.scenario.name == "kecil · weights.ikm 2, rules[1].max 3"
    assert one.scenario.weights == {"kemiskinan": 1, "ikm": 2} and one.scenario.rules[1].max == 3
    assert one.scenario.rules[0].max_share == 0.5


def test_what_may_be_varied():
    known = "budget_rp.2029=5", "assumptions.diskonto=0.9", "solver.gap=0.01", "goals[0].tolerance=0.1"
    two_years = {2028: 10, 2029: 20}
    [one], _ = variations(scenario(two_years, rules=[BAND]), [*known, "rules[0].min_share=0.1", "rules[0].by=pulau"])
    assert one.scenario.budget_rp == {2028: 10, 2029: 5} and one.scenario.assumptions == {"diskonto": 0.9}
    assert one.scenario.solver.gap == 0.01 and one.scenario.goals[0].tolerance == 0.1
    assert one.scenario.rules[0].min_share == 0.1 and one.scenario.rules[0].by == "pulau"


def test_a_range_counts_both_ends_and_money_stays_whole():
    # 10 to 20 in four points: 10, 13.33, 16.67, 20; rupiah are rounded, shares are not.
    assert texts("budget_rp=10:20:4") == [f"budget_rp {n}" for n in (10, 13, 17, 20)]
    assert texts("rules[0].max_share=0:1:5") == [f"rules[0].max_share {n} %" for n in (0, 25, 50, 75, 100)]


def test_every_mistake_is_told_at_once_with_the_nearest_right_name():
    told = problems(
        "rules[0].max_shar=1", "weights.ikn=1", "name=x", "rules[0].rule=y", "solver.gap=nan", "budget", "solver.gap="
    )
    assert len(told) == 7
    assert "'rules[0].max_share'" in told[0] and "'weights.ikm'" in told[1] and "'name'" in told[2]
    assert "solver.gap: 'nan'" in told[4] and all("--vary" in text for text in told[5:])
    told = problems("budget_rp=0,x", "rules[0].max_share=2", "assumptions.diskonto=3")
    assert [text.split(": ")[1] for text in told[:3]] == ["budget_rp.2028", "budget_rp.2028", "rules[0].max_share"]
    assert "assumptions.diskonto" in told[3]
    assert "budget_rp.2029" in problems("budget_rp=5", budget_rp={2028: 1, 2029: 1})[0]
    assert "dua kali" in problems("budget_rp=5", "budget_rp.2028=6")[0]


@pytest.mark.parametrize(
    "text", ["1:2", "1:2:x", "1:2:1", "1:2:501", "a:b:3", ":::", "1e9999999", "1e-9999999", "-", "1,,2"]
)
def test_what_is_no_list_of_numbers_is_refused_without_delay(text):
    assert problems(f"solver.time_limit_s={text}")


def test_absurdly_many_are_refused_and_equal_ones_are_solved_once():
    assert f"{MOST}" in problems("budget_rp=1:1000:100", "solver.gap=0:0.5:101")[0]
    found, repeated = variations(scenario(), ["budget_rp=5,5,5.0,6"])
    assert len(found) == 2 and repeated == 2


@given(st.lists(st.integers(1, 10**15), min_size=2, max_size=2, unique=True))
def test_different_money_never_reads_the_same(amounts):
    assert len({written("budget_rp.2028", rp) for rp in amounts}) == 2


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_folder_has_a_name_that_every_system_takes_and_no_two_texts_share(one, other):
    name = safe_name(one)
    assert set(name).isdisjoint('<>:"/\\|?*') and name.isascii() and name.isprintable() and len(name) <= NAME + 9
    assert not f"001 {name}".endswith((".", " ")) or not one.strip(". ")
    assert one == other or one.rstrip(". ") == other.rstrip(". ") or safe_name(other) != name


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with three usulan of 6 miliar and the scenario ``uji.toml``; it is the current one."""
    hall = [line(6 * MILIAR, komponen="gedung_produksi")]
    rows = [usulan(name, kode=kode, lines=hall) for name, kode in (("a", "53.01"), ("b", "34.04"), ("c", "11.01"))]
    write(tmp_path / "tabel", *rows)
    (tmp_path / "uji.toml").write_text(TOML, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def quick(monkeypatch):
    """No comparison page, whose notebook takes seconds, and threads for processes."""

    monkeypatch.setattr(cluster, "workers", lambda jobs, scheduler, clock: ThreadPoolExecutor(jobs))
    monkeypatch.setattr(sweeping, "render_comparison", lambda files, out, lang: out)


def rows_of(out: Path) -> list[dict]:
    with (out / "sweep.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


OUT = Path("out/sweep/uji")


def test_a_sweep_leaves_real_runs_a_table_and_a_comparison(planner, here):
    # 6 miliar buy one usulan, 12 two; 5 buy none, though one is asked for.
    status, out, err = planner("sweep", "uji.toml", "--vary", "budget_rp=6e9,12e9,5e9,6e9", "--jobs", 2)

    assert status == 0 and "1 variasi sama" in err and "tidak ada rencana yang mungkin" in out
    first, second, third = rows_of(OUT)
    assert [row["Usulan"] for row in (first, second, third)] == ["1", "2", ""]
    assert first["Folder"] == "001 budget_rp 6 miliar" and first["budget_rp.2028"] == "6000000000"
    assert (second["Masuk"], second["Keluar"], second["Terpakai (Rp)"]) == ("1", "0", "12000000000")
    assert "Jumlah usulan terpilih paling sedikit 1" in third["Keterangan"]
    folders = [OUT / row["Folder"] for row in (first, second, third)]
    assert (folders[2] / "diagnosis.json").exists() and not (folders[2] / "plan.json").exists()
    for folder in folders[:2]:
        assert verify(folder / "plan.json") == [] and (folder / "plan.xlsx").exists()
        assert read_plan(folder / "plan.json").scenario.name == read_scenario(folder / SCENARIO).name
    assert "Uji · budget_rp 12 miliar" in (OUT / COMPARISON).read_text(encoding="utf-8")


def test_what_is_solved_is_kept_and_a_longer_list_solves_the_rest(planner, here, quick):
    planner("sweep", "uji.toml", "--vary", "budget_rp=6e9,12e9", "--jobs", 1)
    begun = (OUT / "002 budget_rp 12 miliar" / "run.json").read_bytes()

    status, _, err = planner("sweep", "uji.toml", "--vary", "budget_rp=6e9,18e9,12e9", "--jobs", 1, "--lang", "en")

    assert status == 0 and "3 variations: 2 are there already, 1 to be solved" in err
    assert [row["Folder"][:3] for row in rows_of(OUT)] == ["001", "003", "002"]
    assert (OUT / "002 budget_rp 12 miliar" / "run.json").read_bytes() == begun


def test_exit_status_3_where_no_variation_has_a_plan_and_1_where_one_failed(planner, here, quick):
    assert planner("sweep", "uji.toml", "--vary", "budget_rp=4e9,5e9", "--jobs", 1)[0] == 3
    status, out, _ = planner("sweep", "uji.toml", "--vary", "goals[0].maximise=benefit,nilai_aneh", "--jobs", 1)
    assert status == 1 and "gagal" in out and "nilai_aneh" in rows_of(OUT)[1]["Keterangan"]
    assert rows_of(OUT)[0]["Usulan"] == "2"


def test_reports_are_made_of_every_plan_when_asked_for(planner, here, quick, monkeypatch):
    asked = []
    monkeypatch.setattr(sweeping, "render_reports", lambda file, out, lang, jobs: asked.append((file, out, lang, jobs)))
    status, out, _ = planner(
        "sweep", "uji.toml", "--vary", "budget_rp=5e9,6e9", "--reports", "--jobs", 1, "--lang", "en"
    )
    folder = OUT / "002 budget_rp 6 miliar"
    assert status == 0 and asked == [(folder / "plan.json", folder / "laporan", "en", 1)]
    assert str(folder / "index.en.html") in out


def test_nothing_is_written_before_every_mistake_is_told(planner, here):
    status, _, err = planner("sweep", "uji.toml", "--vary", "budget_rp=0,6e9", "--vary", "weights.ikn=1")
    assert status == 1 and "weights.ikm" in err and not (here / "out").exists()


def start(*more: str, vary="budget_rp=6e9,12e9,18e9,7e9", **kw) -> subprocess.Popen:
    command = [sys.executable, "-m", "planner.cli", "sweep", "uji.toml", "--jobs", "1", "--vary", vary, *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **kw)


def first_plan() -> Path:
    """Wait for the first plan of a sweep that runs elsewhere."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        if found := sorted(OUT.glob("*/plan.json")):
            return found[0]
        time.sleep(0.02)
    raise AssertionError("no plan in a minute")


def test_kill_9_leaves_whole_files_and_the_next_run_solves_the_rest(planner, here, quick):
    process = start()
    first = first_plan()
    process.kill()
    process.communicate()

    done = [file for file in OUT.glob("*/plan.json") if unchanged_plan(file)]
    assert first in done and done == list(OUT.glob("*/plan.json")) and len(done) < 4
    time.sleep(0.5)  # the worker goes with its parent
    assert sorted(OUT.glob("*/plan.json")) == sorted(done)
    begun = (first.parent / "run.json").read_bytes()
    status, _, err = planner("sweep", "uji.toml", "--jobs", 1, "--vary", "budget_rp=6e9,12e9,18e9,7e9")
    assert status == 0 and f"{len(done)} sudah ada, {4 - len(done)} akan dihitung" in err
    assert (first.parent / "run.json").read_bytes() == begun
    assert all((file.parent / "catatan.xlsx").exists() for file in OUT.glob("*/plan.json"))
    assert [row["Usulan"] for row in rows_of(OUT)] == ["1", "2", "3", "1"]


def test_ctrl_c_keeps_what_is_done(here):
    process = start(start_new_session=True)
    while "[1/4]" not in (told := process.stderr.readline()):
        assert told, process.communicate()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: parent and workers
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in err, err
    rows = rows_of(OUT)
    assert rows[0]["Usulan"] == "1" and rows[3]["Status"] == "belum dihitung" and "belum dihitung" in out


@pytest.mark.long
def test_two_sweeps_into_one_folder_do_not_spoil_each_other(here):
    one, other = start(vary="budget_rp=6e9,12e9"), start(vary="budget_rp=12e9,18e9")
    assert [process.communicate(timeout=120) and process.returncode for process in (one, other)] == [0, 0]
    plans = sorted(OUT.glob("*/plan.json"))
    assert {read_plan(file).pagu_rp for file in plans} == {6 * MILIAR, 12 * MILIAR, 18 * MILIAR}
    assert all(verify(file) == [] for file in plans)
    assert len(rows_of(OUT)) == 2
