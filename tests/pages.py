"""A hand-made plan with its scenes, a reader of pages, and text that must only ever be text."""

import base64
import json
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from planner.base.messages import both
from planner.geo.regions import wilayah
from planner.model.build_options import build_options
from planner.model.candidates import read_candidates
from planner.paper.seal import bundle, remade, seal_in, unpack
from planner.plan.folder import ROBUST
from planner.plan.plan import Plan, seal_plan
from planner.plan.plan_file import canonical, fingerprint_of
from planner.plan.robust_file import RobustFile
from planner.scenario.scenario import Scenario, plain, scenario_of
from planner.views.scene import Scene

MILIAR = 10**9
WINNERS = {  # kode-menu: amount; 9 + 5 + 4 = 18 miliar, in Aceh and Papua, none anywhere else
    "11.03-pembangunan": 9 * MILIAR,
    "11.05-revitalisasi": 5 * MILIAR,
    "91.15-revitalisasi": 4 * MILIAR,
}
CAP = "SpendBand:0:Aceh:2028:max_share"
HOSTILE = [
    "<script>alert(1)</script>", "=cmd()|'/c calc'!A1", "../../etc", "\"'><img src=x onerror=1>", "a\nb\x00\x1b[31m",
    "🏭" * 3, "x" * 5000, "$\\frac{1}{0}$", "{0} {nama} %s",
]  # fmt: skip
SECTIONS = ("first_screen", "equity", "where", "chosen", "lines", "missing", "totals", "points",
            "not_chosen", "idle", "robust", "rules", "baseline", "history", "monitoring", "calendar", "evaluation",
            "sources", "unknowns", "reproduce",
)  # fmt: skip


def scenario(name="Uji <b>TA</b> 2028", **changes) -> Scenario:
    rule = {"rule": "SpendBand", "by": "provinsi", "max_share": 0.75, "of": "budget", "law": "asumsi"}
    base = {
        "name": name, "candidates": "model", "budget_rp": {2028: 20 * MILIAR}, "rules": [rule],
        "weights": {"kemiskinan": 1, "tertinggal": 1}, "solver": {"gap": 0.0},
    }  # fmt: skip
    return scenario_of(base | changes)


@cache
def candidates():
    return read_candidates(scenario())


@cache
def everyone() -> list[tuple[str, str]]:
    """The usulan_id and kode of every candidate."""
    return list(candidates().usulan[["usulan_id", "kode"]].itertuples(index=False, name=None))


def plan(winners=None, **changes) -> Plan:
    """A plan of these winners: everyone else is outbid, but Aceh's are kept out by the cap of 15 miliar."""
    winners, own = WINNERS if winners is None else winners, scenario(**changes)
    funded = [winner(usulan_id, amount) for usulan_id, amount in sorted(winners.items())]
    spent = sum(winners.values())
    reached = dict.fromkeys(("value", "stage_value", "bound"), 30)
    goal = {"name": "benefit", "point": 1000, "paid": 0, **reached, "gap": 0.0, "tolerance": 0.0}
    aceh = sum(amount for u, amount in winners.items() if u.startswith("11"))
    rows = [
        {"row": "Pagu:2028", "rule": None, "group": None, "bound": None, "activity": spent, "upper": 20 * MILIAR},
        {"row": CAP, "rule": 0, "group": "Aceh", "bound": "max_share", "activity": aceh, "upper": 15 * MILIAR},
    ]
    return seal_plan({
        "format": 1, "planner": "0.1.0", "solver": {"name": "highs", "version": "0"}, "scenario": plain(own),
        "inputs": list(candidates().inputs), "status": "proven_optimal", "tie_break": "proven", "goals": [goal],
        "budget_rp": {"2028": 20 * MILIAR}, "spent_rp": {"2028": spent}, "funded": funded,
        "not_funded": [left_out(usulan_id, kode) for usulan_id, kode in everyone() if usulan_id not in winners],
        "rule_status": [{"ta": 2028, "lower": None} | row for row in rows],
        "baseline": {"funded": ["11.03-pembangunan"], "goals": [20], "spent_rp": {"2028": 9 * MILIAR}, "misses": []},
        "totals": {"menu": [{"key": m, "usulan": 0, "amount_rp": 0} for m in ("pembangunan", "revitalisasi")]},
        "reserve": [], "certificate": None,
    })  # fmt: skip


def drawn(made_of: Plan, **changes) -> RobustFile:
    """What 100 hand-made draws say of a plan: 11.03 is sure but not with its menu, 11.05 is chosen often."""
    content = {
        "format": 1, "plan": made_of.fingerprint, "planner": "0.1.0", "seed": 2028, "draws": 100, "done": 100,
        "without_plan": 0, "gap": 0.01, "weights": 0.0,
        "drawn": [
            {"column": "ikm_pembangunan", "kabupaten": 508, "low": 26.0, "high": 42.0},
            {"column": "faktor_menu_pembangunan", "kabupaten": 0, "low": 0.6, "high": 0.95},
        ],
        "kabupaten": [["11.03", 97], ["11.05", 60], ["64.01", 55], ["91.15", 4]],
        "times": [
            ["11.03", "pembangunan", 60, 5 * MILIAR], ["11.03", "revitalisasi", 37, MILIAR],
            ["11.05", "revitalisasi", 60, 3 * MILIAR], ["64.01", "pembangunan", 55, 2 * MILIAR],
            ["91.15", "revitalisasi", 4, MILIAR],
        ],
        "sides": {"tie": ["11.05-revitalisasi"], "far": ["11.03-pembangunan"], "open": ["91.15-revitalisasi"]},
        "tested": 20, "deciding": [{"kode": "11.03", "column": "ikm_pembangunan", "moved_rp": MILIAR, "p": 0.001}],
    } | changes  # fmt: skip
    return {**content, "fingerprint": fingerprint_of(content)}


def with_draws(folder) -> Path:
    """The file of a hand-made modelled plan in ``folder``, with what draws say of it beside it."""
    made_of = plan()
    (folder / ROBUST).write_bytes(canonical(drawn(made_of)))
    return made_of.save(folder / "plan.json")


def winner(usulan_id: str, amount_rp: int) -> dict:
    kode, menu = usulan_id.split("-")
    return {
        "usulan_id": usulan_id, "sentra_id": f"model-{kode}", "kode": kode, "ta": 2028, "menu": menu,
        "amount_rp": amount_rp, "score": 61_234_567, "chance": 850_000, "benefit": 10_000_000, "lines": [],
    }  # fmt: skip


CAPPED, OUTBID = both("reasons.rule", sentence="..."), both("reasons.price")


def left_out(usulan_id: str, kode: str) -> dict:
    if kode.startswith("11."):
        return {"usulan_id": usulan_id, "kode": kode, "kind": "rule", "rule": CAP, "reason": dict(CAPPED)}
    return {"usulan_id": usulan_id, "kode": kode, "kind": "price", "rule": None, "reason": dict(OUTBID)}


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, html: str):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def values(self, *names: str) -> list[str]:
        return [value or "" for _, attrs in self.tags for name, value in attrs.items() if name in names]

    def named(self, tag: str) -> list[dict]:
        return [attrs for name, attrs in self.tags if name == tag]


@cache
def country() -> Scene:
    """The hand-made plan seen from the whole country, with what draws say of it."""
    own, table = plan(), candidates().kabupaten
    return Scene(own, table, wilayah("nasional", table), drawn(own), build_options(candidates(), own.scenario))


def at(base: Scene, name: str) -> Scene:
    return replace(base, wilayah=wilayah(name, base.kabupaten))


def made(plan_file, wilayah: str, lang="id", **parameters) -> str:
    """The report of a plan, made in this process."""
    bundled = bundle(plan_file, wilayah, lang, parameters)
    return remade(seal_in(json.loads(unpack(base64.b64decode(bundled)))), plan_file, bundled)
