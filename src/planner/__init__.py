"""The front door: every verb of the workbench, each loaded when it is first asked for.

``from planner import read_scenario, read_candidates, allocate, views``
"""

from importlib import import_module

HOMES = {
    "Scenario": "scenario.scenario", "read_scenario": "scenario.scenario", "vary": "scenario.scenario",
    "read_candidates": "model.candidates", "build_options": "model.build_options", "compile_problem": "model.problem",
    "Plan": "plan.plan", "read_plan": "plan.plan", "allocate": "plan.allocate", "verify": "plan.verify",
    "explain": "answers.explain", "compare": "answers.compare", "frontier": "answers.frontier",
    "audit": "answers.audit", "reserve": "answers.reserve", "monitor": "answers.monitor",
    "diagnose": "solve.infeasible.diagnose", "render_reports": "paper.report", "workbench": "desk.workbench",
    "views": "views",
}  # fmt: skip
__all__ = sorted(HOMES)


def __getattr__(name: str):
    if name not in HOMES:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    home = import_module(f"planner.{HOMES[name]}")
    return home if name == "views" else getattr(home, name)


def __dir__() -> list[str]:
    return __all__
