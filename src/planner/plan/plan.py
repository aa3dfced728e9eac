"""A plan: everything that can be told of a choice in whole numbers, its proof, and its file."""

from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any, cast

import pandas as pd

from planner.base.files import write_whole
from planner.base.messages import say
from planner.base.units import gap_percent, rupiah
from planner.model.scores import OPEN, TOO_LATE
from planner.plan.plan_file import NotFunded, PlanFile, Proof, canonical, fingerprint_of, read_plan_file
from planner.scenario.goals import solver_only, title
from planner.scenario.scenario import Scenario, scenario_of
from planner.tables.schemas import MENUS


@dataclass(frozen=True)
class Plan:
    """A plan file's content, read only; the keys are those of the file (``data/README.md``)."""

    content: PlanFile

    def __getitem__(self, key: str) -> Any:
        return cast(dict[str, Any], self.content)[key]

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
        """One row per usulan that is not funded; ``kind`` as in ``kind_of``."""
        rows = pd.DataFrame(self.content["not_funded"], columns=["usulan_id", "kode", "kind", "rule", "reason"])
        return rows.assign(kind=[kind_of(record, self.scenario) for record in self.content["not_funded"]])

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
        return proof_sentence(self.content, self.scenario, lang)

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


def proof_sentence(proof: Proof, scenario: Scenario, lang: str | None = None) -> str:
    """What was proven of a scenario's goals, in words that claim no more."""
    status, gaps = proof["status"], [goal["gap"] for goal in proof["goals"]]
    if status == "best_found" and None in gaps:
        known = "unbounded" if gaps[0] is None else "first"
        return say(f"status.best_found_{known}", lang, gap=gap_percent(gaps[0] or 0.0, lang))
    gap = max(gap or 0.0 for gap in gaps)
    stated = scenario.solver.gap if status == "proven_within" else gap
    text = say(f"status.{status}", lang, gap=gap_percent(stated, lang))
    unproven = solver_only(scenario.goals, [goal["bound"] for goal in proof["goals"]], scenario.is_soft)
    goals = f" {say('words.and', lang)} ".join(title(name, lang) for name in unproven)
    return f"{text}; {say('goals.solver_only', lang, goals=goals)}" if goals else text


def kind_of(record: NotFunded, scenario: Scenario) -> str:
    """Why an usulan is not funded: ``rule | tie | price``; ``gate``: it fails a rule before anything is solved.

    Of gates apart: ``later`` where it asks for no year of the plan, ``open`` where it fails only by what is not known,
    ``refused`` where the rule says again what a body has judged.
    """
    name = record["rule"] or ""
    if record["kind"] != "gate" or name == TOO_LATE:
        return "later" if name == TOO_LATE else record["kind"]
    if name.endswith(OPEN):
        return "open"
    number = scenario.rule_number(name)
    return "refused" if number is not None and scenario.rules[number].judged else "gate"


def menu_counts(funded: pd.DataFrame) -> dict[str, int]:
    """How many of these usulan are of each menu, zeros included."""
    return {menu: int((funded["menu"] == menu).sum()) for menu in MENUS}


def solver_version(name: str) -> str:
    """The version of the engine behind a solver's name, as a plan file keeps it."""
    return package_version("highspy") if name.lower() == "highs" else f"PuLP {package_version('pulp')}"


def seal_plan(content: dict[str, Any]) -> Plan:
    return Plan(cast(PlanFile, content | {"fingerprint": fingerprint_of(content)}))


def read_plan(path: str | Path) -> Plan:
    """Read a plan file; raises PlannerError where it is not one."""
    return Plan(read_plan_file(path))
