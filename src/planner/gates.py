"""Which usulan are no option at all, each with its reason."""

import pandas as pd

from planner.candidates import Candidates
from planner.errors import shown
from planner.messages import both, language, say
from planner.scenario import Scenario


def taken_out(usulan: pd.DataFrame, scenario: Scenario, candidates: Candidates) -> list[dict]:
    """The usulan that a rule's gate takes out, each with the first such rule in file order and its reason."""
    kode, found = dict(zip(usulan["usulan_id"], usulan["kode"], strict=True)), {}
    for number, rule in enumerate(scenario.rules):
        for usulan_id, reason in rule.gate(usulan, candidates, scenario.first_year).items():
            record = {"usulan_id": usulan_id, "kode": kode[usulan_id], "kind": "gate", "rule": f"{rule.rule}:{number}"}
            found.setdefault(usulan_id, record | {"reason": reason})
    return list(found.values())


def too_late(usulan: pd.DataFrame, last_year: int) -> list[dict]:
    """The usulan whose fiscal year lies after the last budget year: gated, with the reason."""
    late = usulan[usulan["ta"] > last_year].sort_values("usulan_id")
    return [
        {
            "usulan_id": u,
            "kode": k,
            "kind": "gate",
            "rule": "ta",
            "reason": both("reasons.gate_ta", ta=int(t), last=last_year),
        }
        for u, k, t in zip(late["usulan_id"], late["kode"], late["ta"], strict=True)
    ]


def without(usulan: pd.DataFrame, gated: list[dict]) -> pd.DataFrame:
    return usulan[~usulan["usulan_id"].isin([record["usulan_id"] for record in gated])]


def all_gated(gated: list[dict]) -> list[str]:
    """That nothing is left to choose from, with the first reasons."""
    first = [f"{shown(record['usulan_id'])}: {record['reason'][language()]}" for record in gated[:20]]
    return [say("candidates.all_gated", count=len(gated)), *first]
