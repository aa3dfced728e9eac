"""What observed packages say of the chance: rates drawn together over menu, commodity and island group.

The menu's assumption in ``asumsi.csv`` is a beta prior, whatever the scenario says: so that rates that a scenario took
over once are not counted again, and the menu's rate is the prior of each of its cells::

    rate(menu) = (k + w a) / (n + w)          k of n packages succeeded; a: the assumption; w: its weight in packages
    rate(cell) = (k + m rate(menu)) / (n + m)

``w`` comes from the assumption's own low and high in ``asumsi.csv``, read as two standard deviations either side:
``w = a (1 - a) / ((high - low) / 4)^2 - 1``. ``m`` is the one of ``STRENGTHS`` under which the cells' counts are most
likely as beta-binomial draws around their menu's rate (empirical Bayes; Casella 1985, The American Statistician 39: an
introduction). No packages: the assumption stays as it is. Many in one cell: its own rate. Few: in between.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd

from planner.base.errors import PlannerError
from planner.base.files import write_whole
from planner.base.messages import say
from planner.base.units import number
from planner.plan.folder import from_here
from planner.scenario.chance import MENU, cell
from planner.scenario.scenario import read_scenario, vary
from planner.scenario.toml_file import edit_text
from planner.tables.schemas import MENUS

CELL = ["menu", "komoditas", "pulau"]
STRENGTHS = (200, 100, 50, 20, 10, 5, 2)  # packages that a menu's rate may weigh in a cell; of equals the first
CERTAIN = 1e6
LEAST, DIGITS = 0.01, 2  # a factor is above 0; digits that a scenario is given


@dataclass(frozen=True)
class Pooled:
    """``menus``: ``menu, n, k, assumed, weight, rate``; ``cells``: ``menu, komoditas, pulau, n, k, rate``."""

    menus: pd.DataFrame = field(repr=False)
    cells: pd.DataFrame = field(repr=False)
    strength: int  # m


def pool_rates(packages: pd.DataFrame, asumsi: pd.DataFrame) -> Pooled:
    """The rates of the packages (``realisasi.packages``) whose ``success`` is known; ``asumsi``: that table.

    A package of unknown menu counts nowhere; one of unknown commodity only in its menu's rate.
    """
    known = packages[packages["success"].notna()]
    known = known.assign(success=known["success"].astype("int64"))
    menus = pd.DataFrame([of_menu(name, known, asumsi) for name in MENUS])
    cells = known.groupby(CELL)["success"].agg(n="size", k="sum").reset_index()
    prior = cells["menu"].map(menus.set_index("menu")["rate"]).astype("float64")
    m = strength(cells["n"], cells["k"], prior)
    return Pooled(menus, cells.assign(rate=(cells["k"] + m * prior) / (cells["n"] + m)), m)


def of_menu(name: str, known: pd.DataFrame, asumsi: pd.DataFrame) -> dict:
    own, prior = known.loc[known["menu"] == name, "success"], asumsi.set_index("nama").loc[MENU + name]
    n, k, a, w = len(own), int(own.sum()), float(prior["nilai"]), weight(prior)
    return {"menu": name, "n": n, "k": k, "assumed": a, "weight": w, "rate": (k + w * a) / (n + w)}


def weight(prior: pd.Series) -> float:
    """How many packages an assumption's range is worth: from 1 to ``CERTAIN``, which is for one without a range."""
    a, variance = prior["nilai"], ((prior["tinggi"] - prior["rendah"]) / 4) ** 2
    return min(max(a * (1 - a) / variance - 1, 1.0), CERTAIN) if variance else CERTAIN


def strength(n: pd.Series, k: pd.Series, prior: pd.Series) -> int:
    """The strength under which ``k`` of ``n`` in each cell is most likely around ``prior``.

    A cell whose prior is certain says nothing. Rounded, so that strengths equal but for the last digit stay equal.
    """
    from scipy.stats import betabinom

    return max(STRENGTHS, key=lambda m: np.nansum(betabinom.logpmf(k, n, m * prior, m * (1 - prior)).round(9)))


def changes(found: Pooled, assumptions: Mapping[str, float]) -> pd.DataFrame:
    """What a scenario of these ``assumptions`` would assume otherwise after the observations, one row per name.

    Columns: ``name`` (as in ``[assumptions]``), ``menu, komoditas, pulau`` ('' for a whole menu), ``before, after``
    (0-1), ``n, k``. A menu without any package keeps its assumption. A cell that the scenario does not name
    yet is named where its rate is another than its menu's.
    """
    seen = found.menus[found.menus["n"] > 0].assign(komoditas="", pulau="")
    rates = {row.menu: round_rate(row.rate) for row in seen.itertuples()}
    rows = []
    for row in pd.concat([seen, found.cells])[[*CELL, "rate", "n", "k"]].itertuples(index=False):
        whole = MENU + row.menu
        name = cell(row.menu, row.komoditas, row.pulau) if row.pulau else whole
        before, after = assumptions.get(name, assumptions[whole]), round_rate(row.rate)
        if after != (before if name in assumptions else rates[row.menu]):
            rows.append([name, *row[:3], before, after, row.n, row.k])
    return pd.DataFrame(rows, columns=["name", *CELL, "before", "after", "n", "k"])


def round_rate(rate: float) -> float:
    return max(round(rate, DIGITS), LEAST)


def write_offer(source: Path, target: Path, change: pd.DataFrame) -> Path:
    """Write the scenario file ``source`` with the changed rates as a new file, what was assumed before beside each.

    Raises PlannerError where ``target`` is there already or there is nothing to change. The comments of ``source``
    stay; its tables are named as seen from the new file.
    """
    if os.path.lexists(target):
        raise PlannerError(say("monitor.exists", file=target))
    if change.empty:
        raise PlannerError(say("monitor.no_change"))
    base = read_scenario(source)
    rates = dict(zip(change["name"], change["after"], strict=True))
    new = {"name": say("monitor.scenario_name", "id", name=base.name), "assumptions": {**base.assumptions, **rates}}
    if base.data_dir is not None:
        new["data"] = from_here(base.data_dir.resolve(), target.resolve().parent)
    notes = {row.name: note(row) for row in change.itertuples(index=False)}
    return write_whole(target, edit_text(source.read_text(encoding="utf-8-sig"), vary(base, **new), notes).encode())


def note(row) -> str:
    """What stands beside a changed value: in Indonesian, as scenario files are."""
    before = number(row.before, DIGITS, "id")
    return say("monitor.note", "id", before=before, k=number(row.k, lang="id"), n=number(row.n, lang="id"))


def wilson(times: int, of: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson, JASA 22, 1927): it never leaves 0..1; of nothing it is all of that.

    Written out, since a page is checked where ``scipy.stats`` and the solvers that it loads are not.
    """
    if not of:
        return 0.0, 1.0
    z2 = NormalDist().inv_cdf(0.975) ** 2
    share, whole = times / of, 1 + z2 / of
    middle = (share + z2 / (2 * of)) / whole
    half = (z2 * (share * (1 - share) / of + z2 / (4 * of**2))) ** 0.5 / whole
    return max(middle - half, 0.0), min(middle + half, 1.0)
