"""A plan: everything that can be told of a choice in whole numbers, its proof, and its file."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from planner.candidates import Candidates
from planner.errors import PlannerError, reason
from planner.files import write_whole as write_whole
from planner.goals import solver_only, title
from planner.messages import say
from planner.problem import Problem
from planner.proof import gap_of
from planner.reasons import baseline, not_funded
from planner.rows import NO_LIMIT
from planner.scenario import Scenario, plain, scenario_of
from planner.standby import standby
from planner.tables import MENUS
from planner.units import gap_percent, rupiah

FORMAT = 1
TOTALS = ("menu", "provinsi", "pulau")


@dataclass(frozen=True)
class Plan:
    """A plan file's content, read only; the keys are those of the file (``data/README.md``)."""

    content: dict

    def __getitem__(self, key: str):
        return self.content[key]

    @property
    def status(self) -> str:
        return self.content["status"]

    @property
    def fingerprint(self) -> str:
        return self.content["fingerprint"]

    @cached_property
    def scenario(self) -> Scenario:
        return scenario_of(self.content["scenario"])

    @property
    def synthetic(self) -> bool:
        return any(table["synthetic"] for table in self.content["inputs"])

    @property
    def modelled(self) -> bool:
        return self.scenario.candidates == "model"

    @cached_property
    def funded(self) -> pd.DataFrame:
        """One row per funded usulan in key order; score, chance, benefit as integers of 1e-6."""
        columns = ["usulan_id", "sentra_id", "kode", "ta", "menu", "amount_rp", "score", "chance", "benefit"]
        return pd.DataFrame(self.content["funded"], columns=columns)

    @cached_property
    def not_funded(self) -> pd.DataFrame:
        return pd.DataFrame(self.content["not_funded"], columns=["usulan_id", "kode", "kind", "rule", "reason"])

    @property
    def proven(self) -> bool:
        """Whether a longer search could not better it, or not by more than the scenario's own gap."""
        return self.status in ("proven_optimal", "proven_within")

    @property
    def spent_rp(self) -> int:
        return sum(self.content["spent_rp"].values())

    @property
    def pagu_rp(self) -> int:
        return sum(self.content["budget_rp"].values())

    def status_sentence(self, lang: str | None = None) -> str:
        """What was proven, in words that claim no more."""
        gaps = [goal["gap"] for goal in self.content["goals"]]
        if self.status == "best_found" and None in gaps:
            known = "unbounded" if gaps[0] is None else "first"
            return say(f"status.best_found_{known}", lang, gap=gap_percent(gaps[0] or 0.0, lang))
        gap = max(gap or 0.0 for gap in gaps)
        stated = self.scenario.solver.gap if self.status == "proven_within" else gap
        text = say(f"status.{self.status}", lang, gap=gap_percent(stated, lang))
        goals = f" {say('words.and', lang)} ".join(title(name, lang) for name in self.solver_only)
        return f"{text}; {say('goals.solver_only', lang, goals=goals)}" if goals else text

    @property
    def solver_only(self) -> list[str]:
        """The goals (names) whose bound nothing but the solver stands behind; see ``goals.solver_only``."""
        soft = any(getattr(rule, "soft", False) for rule in self.scenario.rules)
        return solver_only(self.scenario.goals, self.content["goals"], soft)

    def summary(self) -> str:
        """How many usulan are chosen, which menus, for how much."""
        told = say("cli.summary", count=len(self.funded), spent=rupiah(self.spent_rp), **menu_counts(self.funded))
        return f"{told}. {self.intention()}" if self.intention() else told

    def intention(self) -> str:
        """That the years after the first are no commitment; nothing of a plan of one year."""
        later = sorted(self.content["budget_rp"])[1:]
        return say("views.intention", ta=later[0]) if later else ""

    def save(self, path: str | Path) -> Path:
        """Write the plan file, whole or not at all."""
        return write_whole(Path(path), canonical(self.content))


def menu_counts(funded: pd.DataFrame) -> dict[str, int]:
    """How many of these usulan are of each menu, zeros included."""
    return {menu: int((funded["menu"] == menu).sum()) for menu in MENUS}


def canonical(content: dict) -> bytes:
    """Sorted keys, one space of indent, UTF-8: the same plan gives the same bytes."""
    return (json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode(
        "utf-8", "surrogatepass"
    )


def fingerprint_of(content: dict) -> str:
    """SHA-256 of the content without its own fingerprint; it finds careless change, it is no signature."""
    return hashlib.sha256(canonical({k: v for k, v in content.items() if k != "fingerprint"})).hexdigest()


def sealed(content: dict) -> Plan:
    return Plan(content | {"fingerprint": fingerprint_of(content)})


def read_plan(path: str | Path) -> Plan:
    """Read a plan file; raises PlannerError where it is not one."""
    try:
        content = json.loads(Path(path).read_bytes().decode("utf-8"))
    except OSError as error:
        raise PlannerError(say("errors.unreadable", file=path, why=reason(error))) from None
    except (ValueError, RecursionError) as error:
        raise PlannerError(say("verify.not_json", file=path, why=error)) from None
    stated = content.get("format") if isinstance(content, dict) else None
    if type(stated) is int and stated > FORMAT:
        raise PlannerError(say("verify.newer", file=path, format=stated, known=FORMAT))
    if type(stated) is not int or stated != FORMAT:
        raise PlannerError(say("verify.not_json", file=path, why="format"))
    return Plan(content)


def derived(candidates: Candidates, problem: Problem, x: np.ndarray, point: list[int]) -> dict:
    """All keys of a plan that follow from the tables, the scenario, the choice x and the goals' points; no solver."""
    goals = [problem.goal(k, p) for k, p in enumerate(point)]
    aims = [problem.aim(k, p) for k, p in enumerate(point)]
    rival = baseline(problem)
    return {
        "format": FORMAT,
        "scenario": plain(problem.scenario),
        "inputs": list(candidates.inputs),
        "budget_rp": years(problem.options.budget_rp),
        "spent_rp": spent(problem, x),
        "funded": list(funded(problem, x)),
        "not_funded": sorted(not_funded(problem, x, aims), key=lambda record: record["usulan_id"]),
        "rule_status": [*rule_status(problem, x), *measured_status(problem, x)],
        "totals": {key: totals(problem, x, key) for key in TOTALS},
        "baseline": {
            "funded": names(problem, rival),
            "goals": [problem.worth(goal, rival) for goal in goals],
            "spent_rp": spent(problem, rival),
            "misses": misses(problem, rival),
        },
        "reserve": standby(problem, x, aims[0]).names,
        "certificate": None,
    }


def goal_record(
    problem: Problem, goal: int, point: int, x: np.ndarray, stage_value: int | None = None, bound: int | None = None
) -> dict:
    """A goal of a plan: its own ``value`` and the points ``paid`` for soft rules that are missed.

    ``stage_value`` (None: as it stands), ``bound`` and ``gap`` speak of value less paid, which is what is maximised.
    """
    asked, (own, paid) = problem.scenario.goals[goal], problem.paid(goal, point, x)
    stage_value = own - paid if stage_value is None else stage_value
    return {
        "name": asked.name, "point": point, "value": own, "paid": paid, "stage_value": stage_value, "bound": bound,
        "gap": gap_of(stage_value, bound), "tolerance": asked.tolerance,
    }  # fmt: skip


def misses(problem: Problem, x: np.ndarray) -> list[str]:
    """The names of the rows, and of the measures, that a choice does not keep."""
    rows = [problem.row_names[row] for row, _ in problem.broken(x)]
    return rows + [f"{lift.name}:{measure.label}" for lift, measure in problem.measured(x) if measure.excess]


def years(amounts: dict[int, int]) -> dict[str, int]:
    return {str(ta): int(amount) for ta, amount in sorted(amounts.items())}


def spent(problem: Problem, x: np.ndarray) -> dict[str, int]:
    amount, ta = problem.decisions(x).amount, problem.options.ta
    return years({year: int(amount[ta == year].sum()) for year in problem.options.years})


def names(problem: Problem, x: np.ndarray) -> list[str]:
    return problem.options.table["usulan_id"][x[: len(problem.options)] > 0].tolist()


def funded(problem: Problem, x: np.ndarray) -> Iterable[dict]:
    """One record per funded option with the lines that are in it; a line left out is absent."""
    options, decisions = problem.options, problem.decisions(x)
    lines: dict[int, list[dict]] = {}
    chosen = np.flatnonzero((decisions.fund[options.line_option] > 0) & (decisions.qty > 0))
    for i in chosen:
        name, volume = options.lines["rincian_id"].iat[i], int(decisions.qty[i])
        record = {"rincian_id": name, "volume": volume, "amount_rp": volume * int(options.line_price_rp[i])}
        lines.setdefault(int(options.line_option[i]), []).append(record)
    for i in np.flatnonzero(decisions.fund):
        row = options.table.iloc[i]
        yield {
            "usulan_id": row["usulan_id"], "sentra_id": None if pd.isna(row["sentra_id"]) else row["sentra_id"],
            "kode": row["kode"], "ta": int(row["ta"]), "menu": row["menu"], "amount_rp": int(decisions.amount[i]),
            "score": int(row["score"]), "chance": int(row["chance"]), "benefit": int(row["benefit"]),
            "lines": lines.get(int(i), []),
        }  # fmt: skip


def rule_status(problem: Problem, x: np.ndarray) -> Iterable[dict]:
    """Activity and limits of every row of pagu and rules, in file order."""
    activity = problem.matrix @ x
    for part in problem.parts:
        if part.rule < 0 and part.name != "Pagu":
            continue
        for row in range(part.start, part.end):
            low, high = int(problem.row_lower[row]), int(problem.row_upper[row])
            yield {
                "row": problem.row_names[row], "activity": int(activity[row]),
                "rule": None if part.rule < 0 else part.rule,
                "lower": None if low <= -NO_LIMIT else low, "upper": None if high >= NO_LIMIT else high,
            }  # fmt: skip


def measured_status(problem: Problem, x: np.ndarray) -> Iterable[dict]:
    """The same of the rules that are measured."""
    for lift, m in problem.measured(x):
        row = {"row": f"{lift.name}:{m.label}", "rule": lift.rule, "activity": m.activity}
        yield row | {"lower": m.lower, "upper": m.upper}


def totals(problem: Problem, x: np.ndarray, key: str) -> list[dict]:
    """Usulan and money per value of ``key``, in key order, zero rows included (regions that get nothing are named)."""
    decisions, (codes, groups) = problem.decisions(x), problem.options.groups(key)
    return [
        {
            "key": name,
            "usulan": int(decisions.fund[codes == i].sum()),
            "amount_rp": int(decisions.amount[codes == i].sum()),
        }
        for i, name in enumerate(groups)
    ]


def choice_of(content: dict, problem: Problem) -> np.ndarray:
    """The columns that a plan's ``funded`` stands for; raises PlannerError for a name that does not exist."""
    x = np.zeros(problem.width, dtype=np.int64)
    options, lines = problem.options, problem.options.lines
    place = {key: i for i, key in enumerate(zip(options.table["usulan_id"], options.ta.tolist(), strict=True))}
    line = {key: i for i, key in enumerate(zip(lines["option"], lines["rincian_id"], strict=True))}
    on = {i: len(options) + k for k, i in enumerate(options.optional_lines)}
    qty = {i: len(options) + len(on) + k for k, i in enumerate(options.trimmable_lines)}
    for record in content["funded"]:
        option = place.get((record["usulan_id"], record["ta"]))
        if option is None:
            raise PlannerError(say("verify.unknown_choice", name=record["usulan_id"]))
        x[option] = 1
        for written in record["lines"]:
            i = line.get((option, written["rincian_id"]))
            if i is None:
                raise PlannerError(say("verify.unknown_choice", name=f"{record['usulan_id']}:{written['rincian_id']}"))
            if i in on:
                x[on[i]] = 1
            if i in qty:
                x[qty[i]] = written["volume"]
    return x
