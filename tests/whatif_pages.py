"""The hand-made plan of ``pages`` with what-if points around it."""

from dataclasses import replace

from pages import candidates, plan
from small import MILIAR

from planner.geo.regions import wilayah
from planner.model.build_options import build_options
from planner.views.scene import Scene

NARROW = {"11.05-revitalisasi": 5 * MILIAR}
WIDE = {"11.03-pembangunan": 9 * MILIAR, "91.15-revitalisasi": 4 * MILIAR, "91.15-pembangunan": 8 * MILIAR}
RULES = [
    {"rule": "SpendBand", "by": "provinsi", "max_share": 0.75, "of": "budget", "law": "asumsi"},
    {"rule": "SpendBand", "by": "menu", "min_share": 0.3, "law": "asumsi"},
]


def point_of(by, at, budget_rp, winners, value, status="proven_optimal"):
    """A point as the file keeps it, made up: ``winners``: usulan -> rupiah, None where no plan is."""
    goal = {
        "name": "benefit", "point": 1000, "value": value, "paid": 0, "stage_value": value, "bound": value, "gap": 0.0,
        "tolerance": 0.0,
    }  # fmt: skip
    none = winners is None
    return {
        "change": {"by": by, "at": at}, "budget_rp": budget_rp, "status": status,
        "tie_break": None if none else "proven",
        "gap": None if none else 0.0, "goals": None if none else [goal],
        "spent_rp": None if none else sum(winners.values()),
        "funded": None if none else [[u, 2028, rp, []] for u, rp in sorted(winners.items())],
    }  # fmt: skip


def made_up(seen):
    """Points around the hand-made plan of 18 of 20 miliar, with a floor of 30 % by menu."""
    return {
        "format": 1, "plan": seen.fingerprint, "planner": "0", "floor": "rules[1].min_share", "points": [
            point_of("budget", 4 * MILIAR, 4 * MILIAR, None, 0, "infeasible"),
            point_of("budget", 10 * MILIAR, 10 * MILIAR, NARROW, 12),
            point_of("budget", 30 * MILIAR, 30 * MILIAR, WIDE, 45),
            point_of("rules[1].min_share", 0.0, 20 * MILIAR, {"11.03-pembangunan": 9 * MILIAR}, 33),
        ],
    }  # fmt: skip


def scene_of(name="nasional", table=None) -> Scene:
    seen, table = plan(rules=RULES), candidates().kabupaten if table is None else table
    source = replace(candidates(), kabupaten=table)
    return Scene(
        seen, table, wilayah(name, table), {}, build_options(candidates(), seen.scenario), source=source,
        whatif=made_up(seen),
    )  # fmt: skip
