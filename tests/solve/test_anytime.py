"""Whenever a search is ended, it gives a legal plan that claims no more than is proven, or says that there is none."""

import json
import math
import os
import random
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import oracle
import pytest
from small import KODE, candidates, line, scenario, usulan, winners

from planner.base.errors import InfeasibleError, NoneFoundError, PlannerError
from planner.base.processes import Clock, beside, elsewhere, finished, held_back, interruptible
from planner.cli import common
from planner.desk import answer_html as contents
from planner.desk.background import Search
from planner.plan.allocate import allocate
from planner.solve import engines, lexicographic, progress
from planner.solve.progress import Figures

ROOT = Path(__file__).resolve().parents[2]


def table(seed: int, count: int):
    """``count`` usulan over six kabupaten and three years, every third the second phase of the one before it."""
    rng, rows = random.Random(seed), []
    for i in range(count):
        lines = [line(rng.randrange(20, 90))]
        if i % 4 == 0:
            lines.append(line(rng.randrange(2, 9), 5, 2, rng.choice(["ya", "tidak"]), name="2"))
        last, second = rows[-1] if rows else None, i % 3 == 2
        rows.append(usulan(
            f"U{i:03}", lines=lines, nilai=rng.randint(1, 999), kode=last["kode"] if second else rng.choice(KODE),
            ta=rng.choice([2028, 2028, 2029]), menu=rng.choice(["pembangunan", "revitalisasi"]), ikm=rng.randint(5, 40),
            sentra_id=last["sentra_id"] if second else f"s{i}", fase=1 + second, om_tahunan_rp=rng.randint(1, 9),
        ))  # fmt: skip
    return candidates(*rows)


def asked(count: int, seconds: float = 60.0, **solver):
    """Three years, a lifted rule, a soft and a hard band, phases, and three goals of three kinds."""
    rules = [
        {"rule": "PhaseOrder"}, {"rule": "FinishFirst"},
        {"rule": "EvenSpread", "by": "pulau", "need": "kemiskinan_pct", "max_share": 0.45},
        {"rule": "SpendBand", "by": "pulau", "max_share": 0.6, "of": "budget"}, {"rule": "CountBand", "min": 1},
        {"rule": "SpendBand", "by": "menu", "min_share": 0.3, "soft": True, "price": 1e6},
        {"rule": "OperatingBurden", "capacity_rp": 3 * count},
    ]  # fmt: skip
    goals = [
        "nilai", {"maximin": "ikm", "by": "pulau", "targets": {"Sumatera": 90, "Papua": 60}, "tolerance": 0.02},
        {"shortfall": "ikm", "by": "provinsi", "targets": {"NTT": 300, "Aceh": 200}},
    ]  # fmt: skip
    own = {"gap": 0.0, "time_limit_s": seconds} | solver
    return scenario(dict.fromkeys((2028, 2029, 2030), 150 + 9 * count), rules, goals, solver=own)


@pytest.mark.parametrize("count", [12, 120])
@pytest.mark.parametrize("seconds", [0.01, 0.05, 0.2, 1.0, pytest.param(5.0, marks=pytest.mark.long)])
def test_any_time_limit_gives_a_legal_plan_or_says_that_there_is_none_yet(count, seconds):
    usulan_, question = table(1, count), asked(count, seconds)
    try:
        plan = allocate(usulan_, question)
    except NoneFoundError as error:
        assert len(error.problems) == 1
        return
    assert oracle.legal(plan, usulan_, question)
    assert [goal["name"] for goal in plan["goals"]] == ["nilai", "maximin:ikm:pulau", "shortfall:ikm:provinsi"]
    closed = [g["bound"] is not None and g["bound"] - g["stage_value"] < 1 for g in plan["goals"]]
    assert plan.status == ("proven_optimal" if all(closed) else "best_found")
    assert plan["tie_break"] == "canonical_order" or plan.status == "proven_optimal"
    assert all(g["gap"] is None or g["gap"] >= 0 for g in plan["goals"])


class Countdown(Clock):
    """A clock that is stopped when it has been looked at ``left`` times."""

    def __init__(self, left: int):
        object.__setattr__(self, "left", left)
        super().__init__()

    @property
    def stopped(self) -> bool:
        self.left -= 1
        return self.left < 0

    @stopped.setter
    def stopped(self, value: bool) -> None:
        pass


def test_a_stop_at_any_moment_keeps_the_plan_so_far_and_its_claims_are_true():
    usulan_, question = table(2, 9), asked(9)
    whole = allocate(usulan_, question)
    assert whole.status == "proven_optimal" and oracle.legal(whole, usulan_, question)
    looks = Countdown(10**6)
    allocate(usulan_, question, clock=looks)
    seen = set()
    for left in range(0, 10**6 - looks.left, 11):
        try:
            plan = allocate(usulan_, question, clock=Countdown(left))
        except NoneFoundError:
            seen.add("none")
            continue
        seen.add(plan.status)
        assert oracle.legal(plan, usulan_, question)
        first, best = plan["goals"][0], whole["goals"][0]
        assert first["point"] == best["point"] and first["stage_value"] <= best["stage_value"]
        assert first["bound"] is None or first["bound"] >= best["stage_value"]
    assert seen == {"none", "best_found", "proven_optimal"}


def test_a_plan_in_hand_is_kept_when_a_bound_proves_false_after_the_time(monkeypatch):
    usulan_, clock = candidates(usulan("A", 5, 5), usulan("B", 5, 4)), Clock()

    def refuted(problem, cost, value, kept, x, settings):
        clock.stopped = True
        raise lexicographic.Refuted(x)

    monkeypatch.setattr(lexicographic, "other_list", refuted)
    plan = allocate(usulan_, scenario(5), clock=clock)
    assert winners(plan) == ["A"] and plan.status == "best_found" and plan["goals"][0]["bound"] is None


def test_ctrl_c_from_the_progress_keeps_the_plan_of_the_goals_above():
    usulan_, question, clock, told = table(2, 9), asked(9), Clock(), []

    def stop(text):
        told.append(text)
        clock.stopped = len(told) >= 2

    plan = allocate(usulan_, question, stop, clock)
    whole = allocate(usulan_, question)
    assert plan["goals"][0] == whole["goals"][0] | {
        "value": plan["goals"][0]["value"],
        "paid": plan["goals"][0]["paid"],
    }
    assert plan["goals"][0]["gap"] == 0.0 and [g["bound"] for g in plan["goals"][1:]] == [None, None]
    assert plan.status == "best_found"
    assert plan.status_sentence("id").endswith("tujuan pertama; batas tujuan berikutnya belum diketahui")


def test_who_stops_before_any_plan_is_told_so_and_who_had_no_time_otherwise():
    usulan_ = candidates(usulan("A", 5))
    with pytest.raises(NoneFoundError, match="Dihentikan sebelum satu rencana ditemukan"):
        allocate(usulan_, scenario(5), clock=Clock(stopped=True))
    with pytest.raises(NoneFoundError, match="Naikkan time_limit_s"):
        allocate(usulan_, scenario(5, solver={"time_limit_s": 1e-9}))


# -- how far a search is -----------------------------------------------------------------------------------------------


def test_while_it_searches_value_bound_and_gap_are_told_in_the_goals_own_unit(monkeypatch):
    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    usulan_, told = table(1, 40), []
    whole = allocate(usulan_, question := scenario(700, [{"rule": "PhaseOrder"}]), told.append)
    lines = [text for text in told if isinstance(text, Figures)]
    assert told[0] == question.goals[0].sentence() and told[0] not in lines
    assert lines and all(text.startswith(told[0]) for text in lines)
    found = re.search(r"terbaik sejauh ini ([\d.,]+), batas ([\d.,]+), jarak ([\d,]+) % [(]\d+ detik[)]$", lines[-1])
    value, bound, gap = (float(text.replace(".", "").replace(",", ".")) for text in found.groups())
    best = whole["goals"][0]["value"] * whole["goals"][0]["point"] / 1e6
    assert 0 < value <= best + 0.01 <= bound + 0.02 and gap == pytest.approx(100 * (bound - value) / bound, abs=0.011)


def test_figures_are_told_twice_a_second_at_most_and_of_a_shortfall_what_is_lacking(monkeypatch):
    now, told = [0.0], []
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    watch = progress.Watch(told.append, lambda: "Tujuan", "shortfall:ikm:provinsi", 10**6)
    for at, value, bound in [(0.4, -9, -5), (0.6, float("-inf"), -5), (0.9, -9, -5), (1.2, -8, -5), (9, -8, math.inf)]:
        now[0] = at
        watch(value, bound)
    assert told == ["Tujuan: belum ada rencana, batas 5,00 (1 detik)",
                    "Tujuan: terbaik sejauh ini 8,00, batas 5,00, jarak 60,00 % (1 detik)"]  # fmt: skip


def test_the_workbench_says_how_far_it_is_and_nothing_when_it_is_done(monkeypatch):
    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    answers, said = [], []
    search = Search(table(1, 40), answers.append, said.append)
    search.ask(scenario(700))
    search.wait()
    search.close()
    assert answers[-1].phase == "settled" and any("jarak" in text for text in said) and said[-1] == ""
    assert contents.seeking("<b>&") == '<p class="small">&lt;b&gt;&amp;</p>' and contents.seeking("") == ""


def test_a_script_gets_few_lines(monkeypatch, capsys):
    now = [0.0]
    monkeypatch.setattr(common, "monotonic", lambda: now[0])
    tell = common.Sparing()
    for second in range(100):
        now[0] = second
        tell(Figures(f"angka {second}"))
    tell("tujuan\x1b[2J")
    assert capsys.readouterr().err.split("\n") == ["angka 30", "angka 60", "angka 90", "tujuan [2J", ""]


def test_another_solver_is_said_once_to_be_silent():
    told = []
    allocate(candidates(usulan("A", 5)), scenario(5, goals=["nilai", "ikm"], solver={"name": "cbc"}), told.append)
    assert [text for text in told if "tidak menyebut kemajuannya" in text] == told[:1]


# -- Ctrl-C on the command line ----------------------------------------------------------------------------------------


def command(folder: Path, name: str, **more) -> subprocess.Popen:
    source = (ROOT / f"parameterized/skenario/{name}.toml").read_text(encoding="utf-8")
    data = (ROOT / "data/contoh").as_posix()
    (folder / f"{name}.toml").write_text(source.replace("../../data/contoh", data), encoding="utf-8")
    run = [sys.executable, "-m", "planner.cli", "allocate", f"{name}.toml"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(run, cwd=folder, start_new_session=True, **pipes)


def test_a_terminals_ctrl_c_saves_a_plan_or_says_that_there_is_none(tmp_path):
    process = command(tmp_path, "dasar")
    process.stderr.readline()  # the first goal is being solved: the process beside is still starting
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=120)
    file = tmp_path / "out/dasar/plan.json"
    saved = file.exists() and bool(json.loads(file.read_text(encoding="utf-8"))["goals"])
    assert process.returncode == (130 if saved else 4) and "Dihentikan" in err and "Traceback" not in err


def test_a_second_ctrl_c_kills_as_ever():
    clock = Clock()
    with interruptible(clock):
        os.kill(os.getpid(), signal.SIGINT)
        assert clock.stopped
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_processes_beside_do_not_hear_ctrl_c_and_end_with_the_clock():
    clock, before = Clock(), signal.getsignal(signal.SIGINT)
    with beside(2, clock) as pool:
        deaf = pool.submit(signal.getsignal, signal.SIGINT)
        assert [f.result() for f in finished([deaf], clock)] == [signal.SIG_IGN]
        long = [pool.submit(time.sleep, 600) for _ in range(2)]
        clock.stopped = True
        assert list(finished(long, clock)) == []
    assert signal.getsignal(signal.SIGINT) is before


def test_a_process_beside_that_is_killed_is_one_sentence():
    with pytest.raises(PlannerError, match="mati sebelum selesai"), beside(1, Clock()) as pool:
        pool.submit(os.kill, 0, 0).result()
        pool.submit(signal.raise_signal, signal.SIGTERM).result()


def test_ctrl_c_while_processes_start_is_heard_when_they_stand():
    done, before = (
        [],
        signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # ignored where tests run behind a shell
    try:
        with pytest.raises(KeyboardInterrupt):
            with held_back():
                os.kill(os.getpid(), signal.SIGINT)
                done.append("all of the block")
            time.sleep(30)  # another thread may be given the signal, and is a moment late with it
        assert done and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def count_to(last: int):
    yield from range(1, last + 1)
    raise PlannerError("habis")


def test_what_runs_elsewhere_is_told_bit_by_bit_and_its_error_comes_back():
    told = elsewhere(count_to, 3)
    assert [next(told), next(told), next(told)] == [1, 2, 3]
    with pytest.raises(PlannerError, match="habis"):
        next(told)
    with pytest.raises(PlannerError, match="ValueError: invalid"):
        list(elsewhere(map, int, ["x"]))
    with pytest.raises(PlannerError, match="mati sebelum selesai"):
        list(elsewhere(map, signal.raise_signal, [signal.SIGKILL]))


def test_processes_beside_end_with_a_block_that_fails_and_with_one_that_is_killed():
    code = """
import os, sys, time
from planner.base.processes import Clock, beside
if __name__ == "__main__":
    with beside(2, Clock()) as pool:
        pids = {pool.submit(os.getpid).result() for _ in range(20)}
        [pool.submit(time.sleep, 600) for _ in range(2)]
        print(*pids, flush=True)
        time.sleep(600 if sys.argv[1] == "killed" else 0)
        raise KeyboardInterrupt
"""
    for end in ("killed", "failed"):
        run = subprocess.Popen(
            [sys.executable, "-c", code, end], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        pids = [int(pid) for pid in run.stdout.readline().split()]
        if end == "killed":
            run.kill()
        run.communicate(timeout=30)
        until = time.monotonic() + 5
        while any(alive(pid) for pid in pids) and time.monotonic() < until:
            time.sleep(0.05)
        assert pids and not any(alive(pid) for pid in pids)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


# -- a solver that dies ------------------------------------------------------------------------------------------------


def test_a_killed_cbc_is_one_clear_error_and_no_plan(monkeypatch, tmp_path):
    script = tmp_path / "cbc"
    script.write_text("#!/bin/sh\nkill -9 $$\n", encoding="utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(engines, "cbc_path", lambda: str(script))
    with pytest.raises(PlannerError) as caught:
        allocate(candidates(usulan("A", 5)), scenario(5, solver={"name": "cbc"}))
    (text,) = caught.value.problems
    assert "'cbc' mati sebelum selesai" in text and "highs" in text and "tidak ada rencana" in text
    assert not isinstance(caught.value, (InfeasibleError, NoneFoundError))


@pytest.mark.long
def test_the_true_cbc_killed_in_its_search_is_one_clear_error_and_no_plan(tmp_path):
    name = "lima_tahun"
    process = command(tmp_path, name)
    process.kill()
    process.wait()
    file = tmp_path / f"{name}.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('name = "highs"', 'name = "cbc"'), encoding="utf-8")
    run = [sys.executable, "-m", "planner.cli", "allocate", file.name]
    process = subprocess.Popen(run, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    killed = False
    while process.poll() is None and not killed:
        for child in children(process.pid):
            os.kill(child, signal.SIGKILL)
            killed = True
        time.sleep(0.02)
    _, err = process.communicate(timeout=120)
    assert killed and process.returncode == 1 and "mati sebelum selesai" in err and "Traceback" not in err
    assert not (tmp_path / f"out/{name}/plan.json").exists()


def children(parent: int) -> list[int]:
    """The processes of ``parent`` that run a program called cbc."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")
        except OSError:
            continue
        if int(fields[2].split()[1]) == parent and "(cbc" in fields[0]:
            found.append(int(entry.name))
    return found
