"""Doubt, measured: a plan's scenario solved again for seeded draws of what is uncertain, and what that says."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Annotated, cast

import numpy as np
import pandas as pd
from pydantic import Strict, TypeAdapter

from planner.answers.deciding import deciding
from planner.answers.draws import Uncertain
from planner.answers.labels import sides_of
from planner.answers.open_plan import Case, case_of, open_case
from planner.answers.preview import Previewer
from planner.base.cluster import shared
from planner.base.errors import PlannerError
from planner.base.files import check_writable, write_whole
from planner.base.forms import Form, Whole, misfits
from planner.base.messages import say
from planner.base.processes import Clock, finished
from planner.model.candidates import Candidates
from planner.plan.folder import RunFolder
from planner.plan.plan import Plan
from planner.plan.plan_file import canonical, fingerprint_of
from planner.plan.robust_file import FORMAT, RobustFile, Sides, read_robust
from planner.solve.progress import Figures

DRAWS, AT_ONCE, MOST_DRAWS, SEED, GAP = 200, 40, 10_000, 2028, 0.01
OF_YEARS = 40  # draws of a run over several years, each of which takes ten times as long
Funded = Annotated[tuple[str, str, str, Whole, Whole], Strict(False)]  # usulan, kode, menu, year, rupiah


class Result(Form):
    """One draw, solved; ``funded`` is None where it has no plan. Rupiah are of the plan's own prices."""

    key: str
    draw: Whole
    gap: float | None  # reached
    spent_rp: Whole  # at the draw's prices
    funded: list[Funded] | None


RESULT = TypeAdapter(Result)


@dataclass(frozen=True)
class Question:
    """All that a process needs to solve draws: ``key`` names plan, seed, gap, weights and version."""

    uncertain: Uncertain
    seed: int
    gap: float
    key: str

    def solve(self, number: int) -> Result:
        """Draw ``number`` solved to the gap, from nothing: neither the plan nor another draw is its start.

        Started from the plan, a solve to a gap would end near the plan, and doubt would look smaller than it is.
        """
        candidates, scenario = self.uncertain.draw(self.seed, number)
        result = Result(key=self.key, draw=number, gap=None, spent_rp=0, funded=None)
        try:
            found = Previewer(candidates).preview(scenario, self.gap)
        except PlannerError:  # no option is left, or none has any worth
            return result
        if found.x is None:
            return result
        own = self.uncertain.candidates.rincian.set_index(["usulan_id", "rincian_id"])["harga_satuan_rp"]
        return result | {"gap": found.gap, "spent_rp": found.spent_rp, "funded": list(funded(found, own))}


def funded(found, price_rp: pd.Series) -> Iterator[Funded]:
    """What a draw funds, each at the volumes it chose and at these prices of (usulan, line)."""
    options, decisions = found.problem.options, found.problem.decisions(found.x)
    usulan = options.table["usulan_id"].to_numpy()[options.line_option]
    price = price_rp.loc[pd.MultiIndex.from_arrays([usulan, options.lines["rincian_id"]])].to_numpy(np.int64)
    cost_rp = np.zeros(len(options), dtype=np.int64)
    np.add.at(cost_rp, options.line_option, decisions.qty * price)
    for row, amount in zip(options.table.itertuples(), cost_rp, strict=True):
        if decisions.fund[row.Index]:
            yield row.usulan_id, row.kode, row.menu, int(row.ta), int(amount)


def complete(
    plan_file: Path, pool: Executor, draws: int = DRAWS, seed: int = SEED, gap: float = GAP, weights: float = 0.0,
    progress: Callable[[str], None] = lambda text: None, clock: Clock | None = None, data: Path | None = None,
) -> RobustFile:  # fmt: skip
    """Solve the draws that ``undian.jsonl`` beside a plan lacks in ``pool``, and write what they say.

    As many draws as asked for or more that are there already are the answer. ``clock.stopped`` ends it with the draws
    that are there. Raises PlannerError for numbers that cannot be, and where not one draw was solved.
    """
    check(draws, seed, gap, weights)
    run, clock = RunFolder(plan_file), clock or Clock()
    case = open_case(plan_file, data)
    before = read_robust(run.robust, case.plan)
    asked = question(case, seed, gap, weights)
    done = {one["draw"]: one for one in kept(run.draws, asked.key) if one["draw"] < draws}
    if before and is_answered(before, draws, seed, gap, weights):
        return before
    check_writable(run.folder)
    known = settled_sides(before)
    exact = None if known else pool.submit(sides_of, shared(pool, case))
    solve_all(run.draws, asked, [n for n in range(draws) if n not in done], pool, done, progress, clock)
    if not done:
        raise PlannerError(say("robust.none"))
    progress(say("robust.exact"))
    ready = exact is None or exact in set(finished([exact], clock))
    found = known or (exact.result() if exact and ready else unsettled(case))
    content = summary(asked, [done[n] for n in sorted(done)], draws, weights, found, case)
    write_whole(run.robust, canonical(content))
    return content


def usual_draws(plan: Plan) -> int:
    """How many draws a run makes by itself."""
    return OF_YEARS if len(plan["budget_rp"]) > 1 else DRAWS


def at_once(plan: Plan, candidates: Candidates, clock: Clock) -> RobustFile | None:
    """The first ``AT_ONCE`` draws of a plan in memory, one after another; None where the clock ends them before.

    Its exact side is left open.
    """
    case = case_of(plan, candidates)
    asked, results = question(case, SEED, GAP, 0.0), []
    for number in range(AT_ONCE):
        if clock.stopped:
            return None
        results.append(asked.solve(number))
    return summary(asked, results, AT_ONCE, 0.0, unsettled(case), case)


def settled_sides(before: RobustFile | None) -> Sides | None:
    """What an earlier run of this version found to be nearly a tie or far, whatever it drew; None where nothing."""
    if before is None or before["planner"] != package_version("planner"):
        return None
    return before["sides"] if before["sides"]["tie"] or before["sides"]["far"] else None


def check(draws: int, seed: int, gap: float, weights: float) -> None:
    """Raises one PlannerError for all numbers that cannot be."""
    limits = {"draws": (1, MOST_DRAWS, draws), "seed": (0, 10**6, seed), "gap": (0, 0.2, gap)}
    limits["weights"] = (0, 0.9, weights)
    wrong = [(name, *limit) for name, limit in limits.items() if not limit[0] <= limit[2] <= limit[1]]
    if wrong:
        raise PlannerError([say("robust.range", name=f"--{name}", low=a, high=b, given=v) for name, a, b, v in wrong])


def question(case: Case, seed: int, gap: float, weights: float) -> Question:
    """The question of a plan, with the key under which its draws are kept."""
    key = fingerprint_of({
        "plan": case.plan.fingerprint, "planner": package_version("planner"), "seed": seed, "gap": gap,
        "weights": weights,
    })  # fmt: skip
    uncertain = Uncertain(case.problem.options.candidates, case.plan.scenario, weights)
    return Question(uncertain, seed, gap, key)


def is_answered(known: RobustFile, draws: int, seed: int, gap: float, weights: float) -> bool:
    """Whether a file answers the same question with as many draws, or more, and says what is nearly a tie."""
    alike = (known["seed"], known["gap"], known["weights"]) == (seed, gap, weights)
    return alike and known["done"] >= draws and settled_sides(known) is not None


def kept(file: Path, key: str) -> Iterator[Result]:
    """The draws of a file that answer this question; a line that is cut short or unlike a draw is passed over."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not misfits(RESULT, content) and content["key"] == key:
            yield cast(Result, content)


def solve_all(
    file: Path, asked: Question, numbers: Sequence[int], pool: Executor, done: dict[int, Result],
    progress: Callable[[str], None], clock: Clock,
) -> None:  # fmt: skip
    """Solve these draws and write each as a line of the file when it is there; when all are, they stand in order."""
    write_lines(file, done)  # without what is cut short or of another plan
    given = shared(pool, asked)
    waiting = [pool.submit(Question.solve, given, number) for number in numbers]
    whole = len(done) + len(numbers)
    with file.open("ab") as lines:
        for future in finished(waiting, clock):
            result = future.result()
            done[result["draw"]] = result
            lines.write(line_of(result))
            lines.flush()
            progress(Figures(say("robust.progress", done=len(done), count=whole)))
    for future in waiting:
        future.cancel()
    write_lines(file, done)


def write_lines(file: Path, done: dict[int, Result]) -> None:
    write_whole(file, b"".join(line_of(done[number]) for number in sorted(done)))


def line_of(result: Result) -> bytes:
    return json.dumps(result, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def unsettled(case: Case) -> Sides:
    """The exact side before anything is known of it."""
    return Sides(tie=[], far=[], open=sorted(set(case.problem.options.table["usulan_id"])))


def summary(
    asked: Question, results: Sequence[Result], draws: int, weights: float, found: Sides, case: Case
) -> RobustFile:
    """What the draws say: how often each kabupaten and menu is funded, and which inputs decide."""
    rows = pd.DataFrame(
        [(one["draw"], *record) for one in results for record in one["funded"] or ()],
        columns=["draw", "usulan_id", "kode", "menu", "ta", "amount_rp"],
    )
    inputs = asked.uncertain.inputs
    solved = [one["draw"] for one in results if one["funded"] is not None]
    values = np.array([asked.uncertain.values(asked.seed, n) for n in solved]).reshape(len(solved), len(inputs))
    tested, named = deciding(inputs, values, rupiah_of(rows, solved), asked.seed)
    by_menu = rows.groupby(["kode", "menu"]).agg(times=("draw", "nunique"), amount_rp=("amount_rp", "sum"))
    content = {
        "format": FORMAT, "plan": case.plan.fingerprint, "planner": package_version("planner"), "seed": asked.seed,
        "draws": draws, "done": len(results), "without_plan": len(results) - len(solved), "gap": asked.gap,
        "weights": weights, "drawn": drawn(inputs),
        "kabupaten": [[kode, int(n)] for kode, n in rows.groupby("kode")["draw"].nunique().items()],
        "times": [
            [kode, menu, int(n), int(rp) // len(results)]
            for (kode, menu), n, rp in zip(by_menu.index, by_menu["times"], by_menu["amount_rp"], strict=True)
        ],
        "sides": found, "tested": tested, "deciding": named,
    }  # fmt: skip
    return cast(RobustFile, content | {"fingerprint": fingerprint_of(content)})


def rupiah_of(rows: pd.DataFrame, solved: Sequence[int]) -> pd.DataFrame:
    """Rupiah that each draw with a plan gives each (kode, menu) that ever gets any."""
    table = rows.pivot_table(index="draw", columns=["kode", "menu"], values="amount_rp", aggfunc="sum", fill_value=0)
    return table.reindex(solved, fill_value=0)


def drawn(inputs: pd.DataFrame) -> list[dict]:
    """What was drawn, column by column."""
    groups = inputs.assign(own=inputs["kode"] != "").groupby("column", sort=False)
    return [
        {
            "column": name, "kabupaten": int(part["own"].sum()), "low": float(part["low"].min()),
            "high": float(part["high"].max()),
        }
        for name, part in groups
    ]  # fmt: skip
