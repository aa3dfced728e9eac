"""Speed of scenarios over several years: the same arrays handed to highspy alone are the floor.

Run by ``run.py``; each function prints one line or more with ``say``.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, perf_counter

import highspy
from instances import BASE, options_of

from planner.base.paths import PARAMETERIZED
from planner.base.processes import Clock
from planner.model.build_options import build_options
from planner.model.candidates import read_candidates
from planner.model.problem import Problem, compile_problem
from planner.plan.allocate import allocate
from planner.scenario.rules.spread import EvenSpread
from planner.scenario.scenario import read_scenario, vary
from planner.solve import engines
from planner.solve.engines import Settings
from planner.solve.exact import Solution
from planner.solve.formulation import model_of
from planner.solve.neighbourhood import search
from planner.solve.point_size import chosen_point

Say = Callable[..., None]
LIMA_TAHUN = PARAMETERIZED / "skenario" / "lima_tahun.toml"
YEARS = range(2028, 2033)


def bare(problem: Problem, gap: float, limit_s: float = 600.0) -> tuple[float, float, float]:
    """The first goal by highspy alone on our arrays: (seconds, incumbent, bound) in points."""
    highs = highspy.Highs()
    wanted = {"mip_rel_gap": gap, "mip_abs_gap": 0.9, "threads": 1, "output_flag": False, "time_limit": limit_s}
    for name, value in (wanted | {"mip_feasibility_tolerance": engines.FEASIBILITY}).items():
        highs.setOptionValue(name, value)
    model = model_of(problem, problem.aim(0, chosen_point(problem, 0)), (), {})
    start = perf_counter()
    engines.pass_arrays(highs, model)
    highs.run()
    info = highs.getInfo()
    return perf_counter() - start, info.objective_function_value, info.mip_dual_bound


def ours(problem: Problem, gap: float, limit_s: float = 600.0) -> tuple[float, Solution]:
    """The same goal through our own route, checked in whole numbers: (seconds, solution)."""
    cost = problem.aim(0, chosen_point(problem, 0))
    start = perf_counter()
    found = search(problem, cost, (), None, Settings(gap=gap, clock=Clock(monotonic() + limit_s)))
    return perf_counter() - start, found


def to_a_gap(say: Say, name: str, problem: Problem, gap: float, limit_s: float = 120.0) -> None:
    """Our route against highspy alone, both to the same gap: their times, or, where time is up, the gaps left."""
    floor_s, incumbent, bound = bare(problem, gap, limit_s)
    own_s, found = ours(problem, gap, limit_s)
    left, own_left = (bound - incumbent) / incumbent, (found.bound - found.value) / found.value
    note = f"{problem.width:,} columns: highspy {floor_s:.1f} s to {left:.2%}, ours {own_s:.1f} s to {own_left:.2%}"
    say(name, own_s / floor_s if left <= gap else own_left / left, 1.1, "x", note)
    say(f"{name}, gap", 100 * own_left, 100 * gap, "%")


def five_years(binaries: int) -> Problem:
    """The modelled candidates in packages, no line to trim, over five years: so many binaries."""
    options, scenario = options_of(binaries // len(YEARS))
    year_rp = scenario.budget_rp[scenario.first_year]
    scenario = vary(scenario, budget_rp=dict.fromkeys(YEARS, year_rp))
    return compile_problem(build_options(options.candidates, scenario), scenario)


def five_years_untrimmed(say: Say) -> None:
    """514 kabupaten x 2 menus x 4 packages x 5 years, to 0.4 %."""
    to_a_gap(say, "five years untrimmed", five_years(5 * 4112), 0.004)


LARGE = """import json, resource, sys
sys.path.insert(0, sys.argv[1])
import years
problem = years.five_years(200_000)
if sys.argv[2] == "bare":
    seconds, value, bound = years.bare(problem, 0.005, 120.0)
else:
    seconds, found = years.ours(problem, 0.005, 120.0)
    value, bound = found.value if found.x is not None and problem.legal(found.x) else 0, found.bound
peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([seconds, value, bound, peak_mb]))
"""


def two_hundred_thousand(say: Say) -> None:
    """40,000 packages (5,000 usulan in two menus and four sizes each) over five years, to 0.5 % in 120 s.

    Each way in a process of its own, for its memory.
    """

    def run(way: str) -> tuple[float, float, float]:
        command = [sys.executable, "-c", LARGE, str(Path(__file__).parent), way]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        seconds, value, bound, peak_mb = json.loads(told)
        return seconds, (bound - value) / value if value > 0 else float("inf"), peak_mb

    floor_s, left, floor_mb = run("bare")
    own_s, own_left, peak_mb = run("ours")
    note = f"ours in {own_s:.1f} s; highspy alone {left:.2%} in {floor_s:.1f} s"
    say("200,000 binaries, gap", 100 * own_left, 0.5, "%", note)
    say("200,000 binaries, time", own_s, 125, "s", "the last step ends after the clock")
    say("200,000 binaries, memory", peak_mb, 4096, "MB", f"highspy alone {floor_mb:,.0f} MB")


def even_spread(say: Say) -> None:
    """The modelled candidates of 508 kabupaten with money spread by poverty over provinces, to 0.5 %."""
    scenario = read_scenario(BASE)
    rule = EvenSpread(rule="EvenSpread", by="provinsi", need="miskin_ribu", max_share=0.3)
    scenario = vary(scenario, rules=(*scenario.rules, rule))
    problem = compile_problem(build_options(read_candidates(scenario), scenario), scenario)
    to_a_gap(say, "EvenSpread at 508", problem, 0.005)


def lima_tahun(say: Say) -> None:
    """The shipped scenario of five years: its gap in its time, and its plan beside what highspy alone has at 60 s."""
    scenario = read_scenario(LIMA_TAHUN)
    candidates = read_candidates(scenario)
    problem = compile_problem(build_options(candidates, scenario), scenario)
    start = perf_counter()
    goal = allocate(candidates, scenario)["goals"][0]
    whole_s = perf_counter() - start
    reached = (goal["bound"] - goal["stage_value"]) / goal["stage_value"]
    say("lima_tahun, gap", 100 * reached, 0.05, "%", f"{problem.width:,} columns, {whole_s:.1f} s with all goals")
    say("lima_tahun, time", whole_s, 60, "s")
    _, incumbent, bound = bare(problem, 0.0, 60.0)
    _, found = ours(problem, 0.0, 60.0)
    note = f"ours at 60 s {found.value:,}, highspy alone {incumbent:,.0f} (gap {(bound - incumbent) / incumbent:.2%})"
    say("highspy alone to ours at 60 s", incumbent / found.value, 1.0, "x", note)
