"""Many variations of one scenario: a folder with its plan for each, and one table over all; what is there stays."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pandas as pd

from planner.answers.compare import compare, measured_alike
from planner.base.cluster import shared
from planner.base.errors import InfeasibleError, NoneFoundError, PlannerError
from planner.base.files import write_whole
from planner.base.messages import say
from planner.base.processes import Clock
from planner.base.units import MICRO, exact, number, rupiah
from planner.model.candidates import read_candidates
from planner.paper.report import index_file, render_comparison, render_reports
from planner.paper.run_files import Journal, csv_bytes, kept_plan, write_diagnosis, write_run
from planner.plan.allocate import allocate
from planner.plan.folder import RunFolder, from_here, unchanged_plan
from planner.plan.parcel import Parcel, packed
from planner.plan.plan import Plan, menu_counts
from planner.scenario.scenario import Scenario, read_scenario, vary
from planner.scenario.toml_file import toml
from planner.scenario.variations import Variation, written

SCENARIO, SUMMARY, COMPARISON = "skenario.toml", "sweep.csv", "banding.html"
COUNTS = ("usulan", "pembangunan", "revitalisasi", "spent_rp", "enters", "leaves")
FIGURES = ("gap_pct", *COUNTS[:4], "goal", "change_pct", *COUNTS[4:])
COMPARED = 12  # plans that one page can hold and a reader can follow
NAME = 80  # characters of a folder's name
UNSAFE = re.compile(r"[^A-Za-z0-9 .,%_+\[\]-]")


@dataclass(frozen=True)
class Trial:
    """A variation, its folder, and what came of it: ``waiting | kept | done | infeasible | none_found | failed``."""

    variation: Variation
    folder: Path
    outcome: str = "waiting"
    problem: str = ""
    plan: Plan | None = None

    @property
    def file(self) -> Path:
        return RunFolder.of(self.folder).plan_file


Told = Callable[[Trial, int, int], None]  # (trial, how many are done, of how many)


def trials(base: Scenario, found: Sequence[Variation], out: Path, fresh: bool = False) -> list[Trial]:
    """Write the scenario file of every variation into a folder of its own; a plan that answers it already is kept.

    A variation that has a folder from an earlier sweep keeps it, whatever its number.
    """
    there = {name.partition(" ")[2]: name for name in sorted(names_in(out))}
    last = max((int(name.partition(" ")[0]) for name in there.values()), default=0)
    inputs = read_candidates(base).inputs
    made = []
    for variation in found:
        short = safe_name(variation.text)
        if short not in there:
            last += 1
            there[short] = f"{last:03} {short}"
        trial = Trial(variation, out / there[short])
        scenario = scenario_file(base, trial)
        plan = None if fresh else kept_plan(trial.folder, scenario, inputs)
        made.append(replace(trial, outcome="kept", plan=plan) if plan else trial)
    return made


def names_in(out: Path) -> list[str]:
    """The folders of an earlier sweep."""
    return [f.name for f in out.iterdir() if re.match(r"\d{3,} ", f.name) and f.is_dir()] if out.is_dir() else []


def safe_name(text: str) -> str:
    """A variation's text as the name of a folder on any system; a digest tells apart what would read the same."""
    name = UNSAFE.sub("_", text)
    if name == text and len(name) <= NAME:
        return name.rstrip(". ")
    return f"{name[:NAME]} {sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def scenario_file(base: Scenario, trial: Trial) -> Scenario:
    """The trial's scenario as it is read from its file, which is written where it is not there as such."""
    scenario, file = trial.variation.scenario, trial.folder / SCENARIO
    if base.data_dir is not None:
        scenario = vary(scenario, data=from_here(base.data_dir.resolve(), trial.folder.resolve()))
    content = toml(scenario).encode()
    if not file.is_file() or file.read_bytes() != content:
        write_whole(file, content)
    return read_scenario(file)


def solve(tried: Sequence[Trial], pool: Executor, told: Told) -> list[Trial]:
    """Solve the trials that wait in ``pool``; ``told`` hears of each. Raises ``Stopped`` on Ctrl-C."""
    done = {trial.folder: trial for trial in tried if trial.outcome != "waiting"}
    waiting = [trial for trial in tried if trial.outcome == "waiting"]
    try:
        asked = dict(submitted(waiting, pool))
        for future in as_completed(asked):
            trial = with_outcome(asked[future], future)
            done[trial.folder] = trial
            told(trial, len(done), len(tried))
    except KeyboardInterrupt:
        raise Stopped([done.get(trial.folder, trial) for trial in tried]) from None
    return [done[trial.folder] for trial in tried]


def submitted(waiting: Sequence[Trial], pool: Executor) -> Iterator[tuple[Future, Trial]]:
    """Each trial with what comes of it; their tables are the same, and travel once."""
    tables = None
    for trial in waiting:
        file = trial.folder / SCENARIO
        scenario = read_scenario(file)
        tables = tables or shared(pool, packed(scenario.folder, scenario.data))
        yield pool.submit(attempt, tables, scenario, file.resolve()), trial


class Stopped(KeyboardInterrupt):
    """Ctrl-C during a sweep; ``trials`` hold what was done until then."""

    def __init__(self, trials: list[Trial]):
        super().__init__()
        self.trials = trials


def attempt(tables: Parcel, scenario: Scenario, file: Path) -> tuple[Plan, bytes]:
    """The plan of a scenario, and the record of its run."""
    journal, clock = Journal(file), Clock()
    plan = allocate(tables.candidates(scenario), scenario, clock=clock)
    if clock.stopped:
        raise KeyboardInterrupt  # what a search has when it is stopped is no answer to compare
    return plan, journal.record()


def with_outcome(trial: Trial, future: Future) -> Trial:
    """The trial with its outcome, its run or its diagnosis written."""
    try:
        write_run(trial.folder, *future.result())
        return replace(trial, outcome="done", plan=unchanged_plan(trial.file))
    except InfeasibleError as error:
        write_diagnosis(trial.folder, error.diagnosis)
        return replace(trial, outcome="infeasible", problem=" ".join(error.problems))
    except NoneFoundError as error:
        return replace(trial, outcome="none_found", problem=" ".join(error.problems))
    except Exception as error:
        kind = "" if isinstance(error, PlannerError) else f"{type(error).__name__}: "
        return replace(trial, outcome="failed", problem=" ".join(f"{kind}{error}".split())[:500])


def summary(tried: Sequence[Trial]) -> pd.DataFrame:
    """One row per variation in the order asked for; headings for people.

    Columns: the folder, each value, the outcome, the gap in percent (never less than it is), usulan by menu, whole
    rupiah, the first goal in its own unit; against the first variation that has a plan: the goal's change in percent
    (missing where weights or assumptions make it another measure), who comes, who leaves; what hindered a plan.
    """
    first = next((trial.plan for trial in tried if trial.plan), None)
    names = list(tried[0].variation.values)
    rows = [head(trial) | (figures(trial.plan, first) if trial.plan and first else {}) for trial in tried]
    frame = pd.DataFrame(rows, columns=["folder", *names, "status", *FIGURES, "note"])
    frame = frame.assign(note=[trial.problem for trial in tried]).astype(dict.fromkeys(COUNTS, "Int64"))
    return frame.rename(columns={name: say(f"sweep.columns.{name}") for name in frame if name not in names})


def head(trial: Trial) -> dict:
    status = say(f"compare.status.{trial.plan.status}" if trial.plan else f"sweep.outcomes.{trial.outcome}")
    return {"folder": trial.folder.name, **trial.variation.values, "status": status}


def figures(plan: Plan, first: Plan) -> dict:
    """What a plan spends and reaches, and how it differs from the first one."""
    value, before = (plan_["goals"][0]["value"] * plan_["goals"][0]["point"] / MICRO for plan_ in (plan, first))
    gaps = [goal["gap"] for goal in plan["goals"]]
    comparable = before and measured_alike(first, plan)
    moved = compare([first, plan]).of("usulan", "B")["change"].value_counts()
    return {
        "gap_pct": None if None in gaps else math.ceil(exact(max(gaps)) * 10**5) / 10**3,
        "usulan": len(plan.funded), **menu_counts(plan.funded), "spent_rp": plan.spent_rp, "goal": value,
        "change_pct": round((value / before - 1) * 100, 2) if comparable else None,
        "enters": int(moved.get("enters", 0)), "leaves": int(moved.get("leaves", 0)),
    }  # fmt: skip


def summary_table(tried: Sequence[Trial]) -> pd.DataFrame:
    """The summary as a terminal shows it: written-out values and rupiah, no folder, what hindered only where anything.

    Cells are text; '–' is missing.
    """
    frame = summary(tried)
    frame = frame.iloc[:, 1:] if any(trial.problem for trial in tried) else frame.iloc[:, 1:-1]
    texts = {
        path: [written(path, trial.variation.values[path]) for trial in tried] for path in tried[0].variation.values
    }
    spent, goal = say("sweep.columns.spent_rp"), say("sweep.columns.goal")
    texts[spent] = ["–" if pd.isna(rp) else rupiah(rp) for rp in frame[spent]]
    texts[goal] = ["–" if pd.isna(value) else number(value, 2) for value in frame[goal]]
    return frame.assign(**texts).astype(object).where(frame.notna(), "–")


def write_reports(trial: Trial, lang: str, jobs: int) -> Path:
    """Every report of a trial's plan in its folder, and the page that links them; that page."""
    folder = trial.folder / "laporan"
    render_reports(trial.file, out=folder, lang=lang, jobs=jobs)
    return index_file(folder, lang)


def write_summary(tried: Sequence[Trial], out: Path, lang: str) -> list[Path]:
    """Write ``sweep.csv`` and, where two plans or more are there, the page that compares the first of them."""
    files = [trial.file for trial in tried if trial.plan][:COMPARED]
    table = write_whole(out / SUMMARY, csv_bytes(summary(tried)))
    if len(files) < 2:
        (out / COMPARISON).unlink(missing_ok=True)
        return [table]
    return [table, render_comparison(files, out / COMPARISON, lang)]
