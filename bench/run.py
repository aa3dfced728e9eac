"""Speed and memory as ratios against a floor measured in the same run: ``make bench``.

Each line says what was measured, its bound and whether it holds; the exit status is 1 when a bound is missed that
``missed.toml`` does not list with its figure and reason.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent))

import highspy
import numpy as np
import pulp
from instances import BASE, options_of, write_many

from planner import solver
from planner.allocate import allocate, chosen_point
from planner.candidates import read_candidates
from planner.options import build_options
from planner.problem import compile_problem
from planner.scenario import read_scenario
from planner.solver import engines, model_of

HERE = Path(__file__).parent
MISSED = tomllib.loads((HERE / "missed.toml").read_text(encoding="utf-8"))
failures: list[str] = []


def say(name: str, figure: float, bound: float, unit: str = "x", note: str = "") -> None:
    """Print a figure beside its bound and remember a miss that is not documented."""
    held = figure <= bound
    state = "holds" if held else "missed, documented" if name in MISSED else "MISSED"
    if state == "MISSED":
        failures.append(name)
    print(f"{name:<34} {figure:8.2f} {unit:<3} bound {bound:g}  {state}  {note}", flush=True)


def median_s(work: Callable[[], object], times: int = 9) -> float:
    """The median wall time of some repeats, the first thrown away."""
    work()
    seconds = []
    for _ in range(times):
        start = perf_counter()
        work()
        seconds.append(perf_counter() - start)
    return statistics.median(seconds)


class Passed(engines.ArrayHiGHS):
    """Our route through PuLP without the solve itself: pass and read back."""

    def callSolver(self, lp) -> None:
        pass


def compile_pass_read(binaries: int) -> None:
    """Options to a loaded solver and back, against the same arrays handed to highspy directly."""
    options, scenario = options_of(binaries)
    point = 1000
    problem = compile_problem(options, scenario)
    model = model_of(problem, problem.goal_points(0, point), (), {})

    def ours():
        fresh = compile_problem(options, scenario)
        lp = pulp.LpProblem("bench", pulp.LpMaximize)
        engine = Passed(model_of(fresh, fresh.goal_points(0, point), (), {}), engines.Settings(), None, 60.0)
        lp.solve(engine)

    def floor():
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        engines.pass_arrays(highs, model)
        highs.getModelStatus(), highs.getInfo()
        np.array(highs.getSolution().col_value)

    def pulps_own():
        lp, _ = engines.as_pulp(model)
        carrier = pulp.HiGHS(msg=False)
        carrier.createAndConfigureSolver(lp)
        carrier.buildSolverModel(lp)

    base, own = median_s(floor), median_s(ours)
    pulp_s = median_s(pulps_own, 3)
    note = f"floor {base * 1e3:.1f} ms, ours {own * 1e3:.1f} ms; PuLP's own route {pulp_s / base:.0f}x"
    say(f"compile+pass+read {len(options)}", own / base, 3.0, "x", note)


def whole_allocate() -> None:
    """``allocate`` on dasar.toml against the same solves on ready arrays, plus interpreter start and reading."""
    scenario = read_scenario(BASE)
    start = perf_counter()
    command = "from planner.scenario import read_scenario as s; from planner.candidates import read_candidates as c; "
    subprocess.run([sys.executable, "-c", command + f"c(s({str(BASE)!r}))"], check=True)
    reading = perf_counter() - start
    candidates = read_candidates(scenario)
    start = perf_counter()
    plan = allocate(candidates, scenario)
    whole = perf_counter() - start
    problem = compile_problem(build_options(candidates, scenario), scenario)
    cost = problem.goal_points(0, chosen_point(problem, 0))
    start = perf_counter()
    same_solves(problem, cost)
    bare = perf_counter() - start
    proven = plan.status == "proven_optimal" and plan["tie_break"] == "proven"
    say("allocate dasar", (whole + reading) / (bare + reading), 1.3, "x", f"bare {bare:.1f} s, whole {whole:.1f} s")
    say("middle plan with tie-break", whole if proven else float("inf"), 60, "s", f"{plan.status}, {plan['tie_break']}")


def same_solves(problem, cost) -> None:
    """The goal and the question for another list, on arrays that are ready, by highspy alone."""
    bare = solve(model_of(problem, cost, (), {}))
    x = np.rint(bare.getSolution().col_value).astype(np.int64)
    value = int(cost @ x)
    row = solver.Extra(1 - 2 * x, lower=1 - int(x.sum()))
    solve(model_of(problem, cost, (row,), {}), lambda incumbent, bound: bound + 1e-3 < value or incumbent > value - 0.5)


def solve(model, enough=None) -> highspy.Highs:
    highs = highspy.Highs()
    options = {"mip_rel_gap": 0.0, "mip_abs_gap": 0.9, "threads": 1, "mip_feasibility_tolerance": engines.FEASIBILITY}
    for name, value in (options | {"output_flag": False}).items():
        highs.setOptionValue(name, value)
    if enough:

        def stop(kind, message, output, reply, data):
            reply.user_interrupt = enough(output.mip_primal_bound, output.mip_dual_bound)

        highs.setCallback(stop, None)
        highs.startCallback(highspy.cb.HighsCallbackType.kCallbackMipInterrupt)
    engines.pass_arrays(highs, model)
    highs.run()
    return highs


BARE = """import typer
app = typer.Typer()
@app.command()
def go(n: int = 1):
    "x"
app()
"""


def quiet(*args: str) -> None:
    """Run this Python with arguments; what it prints is thrown away."""
    subprocess.run([sys.executable, *args], check=True, capture_output=True)


def help_is_quick() -> None:
    """``planner --help`` against a bare typer program."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE, encoding="utf-8")
        floor = median_s(lambda: quiet(str(bare), "--help"))
        ours = median_s(lambda: quiet("-m", "planner.cli", "--help"))
    say("planner --help", ours / floor, 1.5, "x", f"bare typer {floor * 1e3:.0f} ms")


def whole_run() -> None:
    """``planner run`` on dasar.toml: three plans, 39 reports, wall time and the largest process."""
    with tempfile.TemporaryDirectory() as folder:
        start = perf_counter()
        quiet("-m", "planner.cli", "allocate", str(BASE), "--out", folder)
        say("three plans", perf_counter() - start, 120, "s")
        start = perf_counter()
        quiet("-m", "planner.cli", "run", str(BASE), "--out", folder)
        reports = len(list((Path(folder) / "laporan").glob("*.html")))
        say("planner run", perf_counter() - start if reports == 39 else float("inf"), 240, "s", f"{reports} reports")
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    say("largest process of the run", peak_mb, 1500, "MB")


READ = """import resource, sys
from time import perf_counter
start = perf_counter()
from pathlib import Path
from planner.tables import check_data
rows = {name: len(table.data) for name, table in check_data(Path(sys.argv[1])).tables.items()}
peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(perf_counter() - start, peak_mb, rows["usulan"], rows["rincian"])
"""


def reading_is_quick() -> None:
    """Reading and checking 50,000 usulan with 250,000 lines from CSV, imports included: wall time and memory."""
    with tempfile.TemporaryDirectory() as folder:
        write_many(Path(folder), usulan=50_000, lines=250_000)
        told = subprocess.run([sys.executable, "-c", READ, folder], check=True, capture_output=True, text=True).stdout
    seconds, peak_mb, usulan, lines = map(float, told.split())
    whole = (usulan, lines) == (50_000, 250_000)
    say("reading 50,000 usulan", seconds if whole else float("inf"), 20, "s", f"{lines:,.0f} lines")
    say("memory of reading", peak_mb, 2048, "MB")


if __name__ == "__main__":
    for binaries in (4112, 20560):
        compile_pass_read(binaries)
    help_is_quick()
    reading_is_quick()
    whole_allocate()
    whole_run()
    sys.exit(1 if failures else 0)
