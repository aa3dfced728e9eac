"""A plan: everything that can be told of a choice in whole numbers, its proof, and its file."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version as package_version
from pathlib import Path

import pandas as pd

from planner.base.errors import PlannerError, reason
from planner.base.files import write_whole as write_whole
from planner.base.messages import say
from planner.base.units import gap_percent, rupiah
from planner.scenario.goals import solver_only, title
from planner.scenario.scenario import Scenario, scenario_of
from planner.tables.schemas import MENUS

FORMAT = 1


@dataclass(frozen=True)
class Plan:
    """A plan file's content, read only; the keys are those of the file (``data/README.md``)."""

    content: dict

    def __getitem__(self, key: str):
        return self.content[key]

    def __repr__(self) -> str:
        spent = f"{rupiah(self.spent_rp, 'en')} of {rupiah(self.pagu_rp, 'en')}"
        return f"Plan({self.content['scenario']['name']!r}: {len(self.funded)} usulan, {spent}, {self.status})"

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
        return solver_only(self.scenario.goals, self.content["goals"], self.scenario.is_soft)

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


def solver_version(name: str) -> str:
    """The version of the engine behind a solver's name, as a plan file keeps it."""
    return package_version("highspy") if name.lower() == "highs" else f"PuLP {package_version('pulp')}"


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


KEYS = {
    "format", "planner", "solver", "scenario", "inputs", "status", "tie_break", "goals", "budget_rp", "spent_rp",
    "funded", "not_funded", "rule_status", "baseline", "reserve", "totals", "certificate", "fingerprint",
}  # fmt: skip
GOAL_KEYS = {"name", "point", "value", "paid", "stage_value", "bound", "gap", "tolerance"}
