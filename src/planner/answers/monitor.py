"""Monitoring: what became of the money of earlier years as it was known on a day, and what was expected of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from planner.answers.past_projects import by_quarter, due, later_facts, packages, steps
from planner.answers.pooled_rates import Pooled, changes, pool_rates, wilson
from planner.base.messages import say
from planner.base.units import MICRO, date_text, number
from planner.model.candidates import Candidates
from planner.plan.plan import Plan
from planner.scenario.chance import MENU
from planner.tables.findings import one_line
from planner.tables.reference import reference
from planner.tables.schemas import MENUS, STEPS

MEASURES = ("in_time", "finished", "success")


@dataclass(frozen=True)
class Monitoring:
    """``packages``: see ``realisasi.packages``. ``findings``: what the check doubts there, with place and remedy.

    ``quarters``: see ``past_projects.by_quarter``. ``plan``: its fiscal years' packages alone are held against what it
    expected; None: all of them against the menu's factor, the only part of a chance that realisasi can tell of a past
    package.
    """

    asof: date
    synthetic: bool
    packages: pd.DataFrame
    assumptions: dict[str, float]
    findings: tuple[str, ...] = ()
    plan: Plan | None = None
    quarters: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __repr__(self) -> str:
        return f"Monitoring(by {self.asof}: {len(self.packages)} packages, {len(self.findings)} doubts)"

    def plain(self) -> dict:
        """As ``--json`` has it: every table as records; a missing value is null."""
        tables = {
            "packages": self.packages, "chain": self.chain(), "menu": self.totals("menu"),
            "provinsi": self.totals("provinsi"), "expected": self.expected, "rates_menu": self.rates.menus,
            "rates_cell": self.rates.cells, "changes": self.changes, "quarters": self.quarters,
        }  # fmt: skip
        rows = {n: t.astype("object").where(t.notna(), None).to_dict("records") for n, t in tables.items()}
        head = {"asof": self.asof.isoformat(), "synthetic": self.synthetic, "findings": self.findings}
        return head | {"strength": self.rates.strength} | rows

    def chain(self, **where: str) -> pd.DataFrame:
        """``realisasi.steps`` of the packages whose columns have these values."""
        rows = self.packages
        for column, value in where.items():
            rows = rows[(rows[column] == value).fillna(False).astype(bool)]
        return steps(rows, self.asof)

    def totals(self, by: str) -> pd.DataFrame:
        """Per group its ``packages``, the known rupiah of each step (missing where none is), and ``unknown``.

        ``unknown``: cells of these five steps that could be known and are not. Where ``by`` is missing the group is ''.
        """
        rows, money = self.packages, list(STEPS)
        lacking = sum((due(rows, step, self.asof) & rows[step].isna()).astype("int64") for step in money)
        groups = rows.assign(unknown=lacking).groupby(rows[by].fillna("").astype("str"), sort=True)
        found = groups[money].sum(min_count=1).assign(packages=groups.size(), unknown=groups["unknown"].sum())
        return found.reset_index()[[by, "packages", *money, "unknown"]]

    @cached_property
    def late(self) -> pd.DataFrame:
        """The packages whose contract was signed after its deadline, or never; latest first."""
        rows = self.packages[self.packages["contract"].isin(["late", "none"])]
        return rows.sort_values(["ta", "kode"], ascending=[False, True], kind="stable", ignore_index=True)

    @cached_property
    def owing(self) -> pd.DataFrame:
        """The packages whose report of the third year is due and not known to be there; ``owed`` before ``unknown``."""
        rows = self.packages[self.packages["report"].isin(["owed", "unknown"])]
        return rows.sort_values(["report", "ta", "kode"], kind="stable", ignore_index=True)

    @cached_property
    def expected(self) -> pd.DataFrame:
        """Observed against expected: see ``compare_rates``."""
        return compare_rates(self.packages, self.assumptions, self.plan)

    @cached_property
    def rates(self) -> Pooled:
        """What all packages that are decided by now say of the chance."""
        return pool_rates(self.packages, reference("asumsi"))

    @cached_property
    def changes(self) -> pd.DataFrame:
        """What a scenario of these assumptions would assume otherwise after the observations; see ``pooled_rates``."""
        return changes(self.rates, self.assumptions)


def monitor(candidates: Candidates, asof: date, plan: Plan | None = None) -> Monitoring:
    """What became of the packages of realisasi, with no fact later than ``asof``."""
    doubts = tuple(f.sentence() for f in candidates.warnings if f.table == "realisasi")
    found = packages(candidates, asof)
    quarters = by_quarter(candidates, found, asof)
    doubts = (*doubts, *later_said(candidates, asof))
    return Monitoring(asof, candidates.synthetic, found, dict(candidates.assumptions), doubts, plan, quarters)


def later_said(candidates: Candidates, asof: date, most: int = 3) -> Iterator[str]:
    """A sentence for each kind of fact that lies after the day asked and is not counted."""
    for kind, rows in later_facts(candidates, asof).items():
        if len(rows):
            names = ", ".join(map(one_line, rows["usulan_id"].head(most))) + (" ..." if len(rows) > most else "")
            yield say(f"monitor.later_{kind}", count=number(len(rows)), asof=date_text(asof.isoformat()), names=names)


def start_of(first_year: int) -> date:
    """The day from which a plan looks back: the first of its first fiscal year. Today's would give a page new words."""
    return date(first_year, 1, 1)


def compare_rates(rows: pd.DataFrame, assumptions: dict[str, float], plan: Plan | None) -> pd.DataFrame:
    """Per menu and measure what was observed, and, of success, what was expected of the same packages.

    Columns: ``menu, measure`` (in_time: contracted by the deadline; finished: output 100 %; success: as ``chance``
    means it), ``n`` (packages of which it is known), ``k``, ``unknown`` (the others), ``share, low, high`` (0-1; 95 %
    interval of Wilson 1927, JASA 22), ``expected`` (0-1, mean chance of the n; missing but for success).
    """
    expected = rows["menu"].map({menu: assumptions[MENU + menu] for menu in MENUS}).astype("float64")
    if plan is not None:
        funded = plan.funded.set_index(["usulan_id", "ta"])["chance"] / MICRO
        expected = pd.Series(funded.reindex(pd.MultiIndex.from_frame(rows[["usulan_id", "ta"]])).to_numpy(), rows.index)
        rows, expected = rows[expected.notna()], expected.dropna()
    seen = {
        "in_time": (rows["contract"] == "in_time").where(rows["contract"].isin(["in_time", "late", "none"])),
        "finished": (rows["output_pct"] >= 100).where(rows["output_pct"].notna()),
        "success": rows["success"],
    }
    return pd.DataFrame([
        {"menu": menu, "measure": measure}
        | observe(seen[measure][rows["menu"] == menu], expected if measure == "success" else None)
        for menu in MENUS for measure in MEASURES
    ])  # fmt: skip


def observe(values: pd.Series, expected: pd.Series | None) -> dict:
    """The counts of a measure with its interval; an interval of no package is the whole of 0 to 1."""
    known = values.dropna().astype(bool)
    n, k = len(known), int(known.sum())
    low, high = wilson(k, n)
    mean = float(expected[known.index].mean()) if expected is not None and n else np.nan
    counts = {"n": n, "k": k, "unknown": len(values) - n}
    return counts | {"share": k / n if n else np.nan, "low": low, "high": high, "expected": mean}
