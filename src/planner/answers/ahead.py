"""Before the day: the chance that each package is contracted by its deadline and used a year later, and whom to call.

Only what was known on the day enters. Both chances are products::

    contract = c(cell) f g         c: the pooled rate in ``menu, komoditas, pulau``; f: readiness x past absorption
    use      = contract u(cell)    u: the pooled rate of use among packages contracted in time

A menu's assumption in ``asumsi.csv`` is the chance of both together; each prior is its root: an assumption. ``f`` are
the factors of ``scenario.chance``. So that c does not hold them twice, a past package counts in its rate with its f:
``c = (k + w a) / (sum f + w)``, else as in ``pooled_rates``. The menu's rate weighs ``m`` packages in a cell, but never
more than it rests on: ``w + sum f`` of the menu. ``g`` is what the past adds for the method and the class of readiness:
``(k + NO_EFFECT) / (expected k + NO_EFFECT)``, which is 1 where nothing was seen.
"""

from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pandas as pd

from planner.answers.past_projects import deadline, packages, yes
from planner.answers.pooled_rates import CELL, CERTAIN, strength, weight, wilson
from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.model.candidates import Candidates
from planner.plan.plan import Plan
from planner.scenario.chance import FACTORS, MENU
from planner.tables.documents import missing_documents
from planner.tables.reference import reference
from planner.tables.schemas import DOCUMENTS, MENUS

NO_EFFECT = 20  # packages that "no effect of method or readiness" weighs
LEAST, MOST = 0.01, 0.99  # no chance is told as never or always
BINS = (0, 0.5, 0.7, 0.8, 0.9, 1)
TARGETS = ("contract", "use")
CORRECTED = ("metode", "papers")
Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Call:
    """What one call saves, as shares (0-1): of the loss by papers that lack, and of the rest. Assumptions to edit."""

    papers: float = 0.5
    other: float = 0.1

    def __post_init__(self):
        if bad := [value for value in (self.papers, self.other) if not 0 <= value <= 1]:
            raise PlannerError(say("ahead.share", value=bad[0]))


@dataclass(frozen=True)
class Score:
    """How forecasts of past years did: ``brier``, ``base`` (of the share in earlier years), mean ``gain`` and interval.

    ``n``: packages whose outcome is known; ``unknown``: the others. ``gain`` is ``base - brier``; its 95 % interval
    treats packages as independent. Figures are missing where n is below 2.
    """

    n: int
    unknown: int
    brier: float = np.nan
    base: float = np.nan
    low: float = np.nan
    high: float = np.nan

    @property
    def verdict(self) -> str:
        """``better | same | worse``: whether the interval of the gain is above, around or below 0; else ``none``."""
        if self.n < 2:
            return "none"
        return "better" if self.low > 0 else "worse" if self.high < 0 else "same"

    def plain(self) -> dict:
        return {k: None if pd.isna(v) else v for k, v in asdict(self).items()} | {"verdict": self.verdict}


@dataclass(frozen=True)
class Ahead:
    """``rows``: the packages whose deadline is ahead and that are not signed, by rupiah that a call can save.

    Columns: ``usulan_id, kode, kabupaten, provinsi, menu, komoditas, pulau, metode, amount_rp`` (missing: not known),
    ``contract, contract_low, contract_high, use, use_low, use_high`` (0-1), ``lost_rp, saved_rp``, ``proposed``
    (whether its usulan is in the tables), ``lacking, unknown_papers`` (names of documents, tuples).

    ``signed``: packages of the year that are signed in time already. ``past``: forecasts of earlier years, each from
    what was known when its year began.
    """

    asof: date
    ta: int
    synthetic: bool
    call: Call
    rows: pd.DataFrame = field(repr=False)
    signed: int
    past: pd.DataFrame = field(repr=False)

    def plain(self) -> dict:
        rows = self.rows.astype("object").where(self.rows.notna(), None).to_dict("records")
        scores = {name: self.score(name).plain() for name in TARGETS}
        tables = {name: self.reliability(name).to_dict("records") for name in TARGETS}
        tables = {n: [{k: None if pd.isna(v) else v for k, v in r.items()} for r in t] for n, t in tables.items()}
        head = {"asof": self.asof.isoformat(), "ta": self.ta, "deadline": self.deadline, "synthetic": self.synthetic}
        return head | {"call": asdict(self.call), "packages": rows, "signed": self.signed, "score": scores,
                       "reliability": tables}  # fmt: skip

    @property
    def deadline(self) -> str:
        return deadline(self.ta)[0]

    @cached_property
    def lost_rp(self) -> int:
        """Rupiah expected to be lost, of the packages whose amount is known."""
        return int(self.rows["lost_rp"].sum())

    def score(self, target: str) -> Score:
        known = self.past.dropna(subset=[f"{target}_seen"])
        n, unknown = len(known), len(self.past) - len(known)
        if n < 2:
            return Score(n, unknown)
        seen = known[f"{target}_seen"].astype("float64")
        own, base = ((known[name] - seen) ** 2 for name in (target, f"{target}_base"))
        gain = base - own
        half = Z * float(gain.std(ddof=1)) / n**0.5
        middle = float(gain.mean())
        return Score(n, unknown, float(own.mean()), float(base.mean()), middle - half, middle + half)

    def reliability(self, target: str) -> pd.DataFrame:
        """Per range of the forecast ``low, high, n, k, forecast`` (mean), ``share, share_low, share_high`` (Wilson)."""
        known = self.past.dropna(subset=[f"{target}_seen"])
        at = np.clip(np.digitize(known[target], BINS[1:-1]), 0, len(BINS) - 2)
        rows = []
        for i, (low, high) in enumerate(pairwise(BINS)):
            mine = known[at == i]
            n, k = len(mine), int(mine[f"{target}_seen"].astype("int64").sum())
            interval = dict(zip(("share_low", "share_high"), wilson(k, n), strict=True))
            mean = float(mine[target].mean()) if n else np.nan
            rows.append({"low": low, "high": high, "n": n, "k": k, "forecast": mean, "share": k / n if n else np.nan,
                         **interval})  # fmt: skip
        return pd.DataFrame(rows)


def look_ahead(candidates: Candidates, asof: date, plan: Plan | None = None, call: Call | None = None) -> Ahead:
    """The packages of the next deadline: of realisasi, and of the plan where realisasi has them not yet."""
    ta, known = asof.year + (deadline(asof.year)[0] < asof.isoformat()), packages(candidates, asof)
    mine = known[known["ta"] == ta]
    signed, late = mine["contract"] == "in_time", mine["contract"].isin(["late", "none"])
    rows = mine[~(signed | late)].assign(amount_rp=lambda t: t["pagu_rp"])
    if plan is not None:
        rows = pd.concat([rows, planned(candidates, plan, ta, mine["usulan_id"])], ignore_index=True)
    rows = with_features(rows, known, candidates).reset_index(drop=True)
    decided = known[known["ta"] < ta]  # of the running year successes show before failures
    told = worth(forecast(rows, fit(decided, candidates)), call or Call())
    told = with_papers(told, candidates).sort_values(
        ["saved_rp", "kode", "usulan_id"], ascending=[False, True, True], na_position="last", ignore_index=True
    )
    return Ahead(asof, ta, candidates.synthetic, call or Call(), told[COLUMNS], int(signed.sum()),
                 look_back(candidates, known, asof))  # fmt: skip


RANGES = [f"{target}{end}" for target in TARGETS for end in ("", "_low", "_high")]
COLUMNS = ["usulan_id", "kode", "kabupaten", "provinsi", "menu", "komoditas", "pulau", "metode", "amount_rp", *RANGES,
           "lost_rp", "saved_rp", "proposed", "lacking", "unknown_papers"]  # fmt: skip


def planned(candidates: Candidates, plan: Plan, ta: int, told: pd.Series) -> pd.DataFrame:
    """The funded usulan of a year that realisasi does not tell of, as packages."""
    rows = plan.funded[(plan.funded["ta"] == ta) & ~plan.funded["usulan_id"].isin(told)]
    rows = rows[["usulan_id", "kode", "ta", "menu", "amount_rp"]]
    region = candidates.kabupaten[["kode", "nama", "provinsi", "pulau"]].rename(columns={"nama": "kabupaten"})
    own = candidates.usulan.drop_duplicates("usulan_id").set_index("usulan_id")
    kinds = own.get("komoditas", pd.Series(dtype="object"))
    return rows.merge(region, on="kode", how="left").assign(komoditas=rows["usulan_id"].map(kinds).to_numpy())


def with_features(rows: pd.DataFrame, known: pd.DataFrame, candidates: Candidates) -> pd.DataFrame:
    """The rows with ``factor, factor_low, factor_high, factor_ready`` (0-1), ``metode`` and the class of ``papers``.

    Low and high: a document that is not known taken as lacking and as there. ``factor_ready``: all papers there.
    """
    own = candidates.usulan.drop_duplicates("usulan_id").set_index("usulan_id")
    papers = own.reindex(columns=list(DOCUMENTS)).reindex(rows["usulan_id"]).set_axis(rows.index).astype("object")
    past = FACTORS["faktor_kinerja"](absorbed_before(rows, known).to_frame("serapan"), candidates.assumptions).fillna(1)
    cases = {"": papers, "_low": papers.fillna("belum"), "_high": papers.fillna("ada")}
    ready = FACTORS["faktor_kesiapan"]
    factor = {f"factor{end}": past * ready(t, candidates.assumptions).fillna(1) for end, t in cases.items()}
    lacking = papers.isin(["belum", "proses"]).any(axis=1)
    whole = papers.notna().all(axis=1)
    classes = np.select([lacking, whole], ["lacking", "whole"], "unknown")
    return rows.assign(**factor, factor_ready=past, papers=classes, metode=rows["usulan_id"].map(methods(candidates)))


def methods(candidates: Candidates) -> pd.Series:
    """Per usulan the method that most of its money goes by, where its lines name one."""
    lines = candidates.rincian
    if "metode" not in lines:
        return pd.Series(dtype="object")
    cost = lines["harga_satuan_rp"].astype("int64") * lines["volume"].astype("int64")
    sums = cost.groupby([lines["usulan_id"], lines["metode"].str.casefold()]).sum().sort_values(kind="stable")
    return sums.reset_index().groupby("usulan_id")["metode"].last().astype("object")


def absorbed_before(rows: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Absorbed over pagu of the kabupaten's packages of the years before each row's; missing where none is known."""
    sums = known.dropna(subset=["serap_rp", "pagu_rp"]).groupby(["kode", "ta"])[["serap_rp", "pagu_rp"]].sum()
    sums = sums.astype("float64").groupby(level="kode").cumsum().reset_index().astype({"ta": "int64"})
    share = sums.assign(serapan=sums["serap_rp"] / sums["pagu_rp"].where(sums["pagu_rp"] > 0))
    asked = rows[["kode", "ta"]].astype({"kode": "object", "ta": "int64"}).reset_index(names="row").sort_values("ta")
    before = share.astype({"kode": "object"}).sort_values("ta")[["kode", "ta", "serapan"]]
    found = pd.merge_asof(asked, before, on="ta", by="kode", allow_exact_matches=False)
    return found.set_index("row")["serapan"].reindex(rows.index)


@dataclass(frozen=True)
class Rates:
    """Per target the menus' rates and their weight in a cell (packages), the cells' ``[rate, n, k]``.

    ``g``: feature -> class -> factor.
    """

    menus: dict[str, dict[str, float]]
    weights: dict[str, dict[str, float]]
    cells: dict[str, pd.DataFrame]
    g: dict[str, dict[str, float]]
    base: dict[str, float]


def fit(known: pd.DataFrame, candidates: Candidates) -> Rates:
    """What these packages say of both rates; ``known``: ``packages`` of the day."""
    rows = with_features(outcomes(known), known, candidates)
    one = pd.Series(1.0, rows.index)
    seen = {"contract": (rows["contract_seen"], rows["factor"]),
            "use": (rows["use_seen"].where(yes(rows["contract_seen"])), one)}  # fmt: skip
    asumsi = reference("asumsi").set_index("nama")
    menus, weights, cells = {}, {}, {}
    for target, (values, exposure) in seen.items():
        told = rows[values.notna()].assign(k=values.dropna().astype("float64"), f=exposure)
        own = {menu: (told[told["menu"] == menu], asumsi.loc[MENU + menu]) for menu in MENUS}
        menus[target] = {menu: menu_rate(*one) for menu, one in own.items()}
        sums = told.groupby(CELL).agg(n=("k", "size"), k=("k", "sum"), f=("f", "sum")).reset_index()
        prior = sums["menu"].map(menus[target]).astype("float64")
        expected = (prior * sums["f"] / sums["n"]).clip(LEAST, MOST)
        m = strength(sums["n"], sums["k"].astype("int64"), expected) if len(sums) else CERTAIN
        weights[target] = {menu: min(m, weight(a) + float(t["f"].sum())) for menu, (t, a) in own.items()}
        w = sums["menu"].map(weights[target]).astype("float64")
        rate = (sums["k"] + w * prior) / (sums["f"] + w)
        cells[target] = sums.assign(rate=rate.clip(upper=MOST)).set_index(CELL)
    assumed = float(asumsi.loc[[MENU + menu for menu in MENUS], "nilai"].mean())
    priors = {"contract": assumed**0.5, "use": assumed}
    base = {target: share_of(rows[f"{target}_seen"], priors[target]) for target in TARGETS}
    start = Rates(menus, weights, cells, {}, base)
    return Rates(menus, weights, cells, corrections(rows, start), base)


def share_of(seen: pd.Series, assumed: float) -> float:
    """The base rate: the share of what is known; where nothing is, the assumption."""
    known = seen.dropna()
    return float(known.astype("float64").mean()) if len(known) else assumed


def outcomes(rows: pd.DataFrame) -> pd.DataFrame:
    """The packages with ``contract_seen`` (in time) and ``use_seen`` (success), missing where not known."""
    told = rows["contract"].isin(["in_time", "late", "none"])
    return rows.assign(
        contract_seen=(rows["contract"] == "in_time").astype("boolean").where(told), use_seen=rows["success"]
    )


def menu_rate(rows: pd.DataFrame, prior: pd.Series) -> float:
    a, w = float(prior["nilai"]) ** 0.5, weight(prior)
    return min((float(rows["k"].sum()) + w * a) / (float(rows["f"].sum()) + w), MOST)


def corrections(rows: pd.DataFrame, rates: Rates) -> dict[str, dict[str, float]]:
    """Per feature and class how many more contracts came in time than expected, drawn to 1; one after another."""
    rows = rows[rows["contract_seen"].notna()]
    expected, found = forecast(rows, rates)["contract"], {}
    for name in CORRECTED:
        classes = rows[name].astype("object").fillna("unknown")
        k, e = rows["contract_seen"].astype("float64").groupby(classes).sum(), expected.groupby(classes).sum()
        found[name] = ((k + NO_EFFECT) / (e + NO_EFFECT)).to_dict()
        expected = expected * classes.map(found[name])
    return found


def forecast(rows: pd.DataFrame, rates: Rates) -> pd.DataFrame:
    """The rows with both chances, their 95 % ranges, and ``ready``: the chance of a contract with all papers there.

    A range holds what is not known of the rate (beta) and of the papers; not of the factors' sizes, which are assumed.
    """
    parts = {target: rate_range(rows, rates, target) for target in TARGETS}
    g = pd.Series(1.0, rows.index)
    for name, factors in rates.g.items():
        g = g * rows[name].astype("object").fillna("unknown").map(factors).fillna(1.0).astype("float64")
    contract = {end: (parts["contract"][end] * rows[f"factor{end}"] * g).clip(LEAST, MOST) for end in ENDS}
    use = {end: (contract[end] * parts["use"][end]).clip(LEAST, MOST) for end in ENDS}
    ready = np.maximum((parts["contract"][""] * rows["factor_ready"] * g).clip(LEAST, MOST), contract[""])
    told = {f"contract{end}": contract[end] for end in ENDS} | {f"use{end}": use[end] for end in ENDS}
    return rows.assign(**told, ready=ready)


ENDS = ("", "_low", "_high")


def rate_range(rows: pd.DataFrame, rates: Rates, target: str) -> dict[str, pd.Series]:
    """The rate of each row's cell, else of its menu, else of both menus, with the 2.5 and 97.5 % of its beta."""
    from scipy.special import betaincinv

    menus, weights = rates.menus[target], rates.weights[target]
    at = rates.cells[target][["rate", "n"]].reindex(pd.MultiIndex.from_frame(rows[CELL].astype("object")))
    at = at.set_axis(rows.index).astype("float64")
    menu = rows["menu"].map(menus).astype("float64").fillna(float(np.mean(list(menus.values()))))
    prior = rows["menu"].map(weights).astype("float64").fillna(min(weights.values()))
    rate, weight_of = at["rate"].fillna(menu).clip(LEAST, MOST), at["n"].fillna(0) + prior
    ends = [pd.Series(betaincinv(rate * weight_of, (1 - rate) * weight_of, p), rows.index) for p in (0.025, 0.975)]
    return {"": rate, "_low": np.minimum(ends[0], rate), "_high": np.maximum(ends[1], rate)}


def worth(rows: pd.DataFrame, call: Call) -> pd.DataFrame:
    """The rows with ``lost_rp`` (amount x chance of no contract) and ``saved_rp``, whole rupiah; missing: no amount."""
    amount = rows["amount_rp"].astype("Float64")
    papers, other = rows["ready"] - rows["contract"], 1 - rows["ready"]
    return rows.assign(
        lost_rp=(amount * (1 - rows["contract"])).round().astype("Int64"),
        saved_rp=(amount * (call.papers * papers + call.other * other)).round().astype("Int64"),
    )


def with_papers(rows: pd.DataFrame, candidates: Candidates) -> pd.DataFrame:
    """The rows with the names of the mandatory documents that lack or of which nothing is known."""
    usulan, kabupaten, juknis = candidates.papers
    asked = missing_documents(usulan[usulan["usulan_id"].isin(rows["usulan_id"])], kabupaten, juknis)
    lacks = asked["status"].isin(["belum", "proses"])
    names = {n: t.groupby("usulan_id")["dokumen"].agg(tuple).to_dict() for n, t in
             (("lacking", asked[lacks]), ("unknown_papers", asked[~lacks]))}  # fmt: skip
    lists = {
        n: pd.Series([held.get(u, ()) for u in rows["usulan_id"]], rows.index, dtype="object")
        for n, held in names.items()
    }
    return rows.assign(proposed=rows["usulan_id"].isin(usulan["usulan_id"]), **lists)


def look_back(candidates: Candidates, known: pd.DataFrame, asof: date) -> pd.DataFrame:
    """Each past package whose deadline is over, forecast from the realisasi known when its year began.

    Papers and methods carry no date: they are those of the tables as they are now.

    Columns: ``usulan_id, ta``, per target the forecast, ``_base`` (the share in what was known then) and ``_seen``.
    """
    over = outcomes(known[(known["deadline"] < asof.isoformat())])
    frames = []
    for ta, rows in over.groupby("ta"):
        then = packages(candidates, date(int(ta) - 1, 12, 31))
        rates = fit(then, candidates)
        told = forecast(with_features(rows, then, candidates), rates)
        frames.append(told.assign(**{f"{target}_base": rates.base[target] for target in TARGETS}))
    columns = ["usulan_id", "ta", *(f"{target}{end}" for target in TARGETS for end in ("", "_base", "_seen"))]
    return pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)
