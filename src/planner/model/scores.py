"""What every usulan is worth under a scenario's weights: score, chance and benefit in whole 1e-6."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from math import lcm, prod
from operator import mul

import pandas as pd

from planner.base.errors import PlannerError, shown
from planner.base.messages import both, label, language, say
from planner.base.units import MICRO, exact, half_up, micro
from planner.model.candidates import Candidates
from planner.model.line_limits import Limited
from planner.scenario.chance import also_factors, factors
from planner.scenario.criteria import CRITERIA, NEUTRAL
from planner.scenario.rules.base import Rule
from planner.scenario.scenario import Scenario

TOO_LATE = "ta"  # stands for a rule where an usulan's own year lies after the last one of the plan
NO_BENEFIT = "benefit"  # the same where an usulan brings the first goal nothing

OPEN = ":unknown"  # ends a gate's rule where an usulan fails only by what is not known


def with_scores(
    usulan: pd.DataFrame, scenario: Scenario, candidates: Candidates
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Add ``score`` (weighted mean of criteria x 100), ``chance`` and ``benefit``.

    ``benefit`` = ``score_benefit`` / 100 x chance x IKM served, where ``score_benefit`` is the score without the
    criteria that are factors already (``chance.also_factors``), 100 where no other is weighted; the score itself where
    the scenario says ``count_twice``. A value that is not known counts 0, or as ``criteria.NEUTRAL`` says.
    """
    assumptions = candidates.assumptions
    asked = sorted(name for name, weight in scenario.weights.items() if weight)
    raw = {name: CRITERIA[name](usulan, assumptions) for name in asked}
    unknown = {name: int(value.isna().sum()) for name, value in raw.items()}
    empty = [name for name, count in unknown.items() if count == len(usulan)]
    if empty:
        why = [say("candidates.criterion_empty", name=label("criteria", name)) for name in empty]
        raise PlannerError([f"weights.{name}: {text}" for name, text in zip(empty, why, strict=True)])
    known = {name: value.fillna(assumptions[NEUTRAL[name]] if name in NEUTRAL else 0.0) for name, value in raw.items()}
    criteria = {f"{name}_nilai": [micro(v) for v in value] for name, value in known.items()}
    parts_of_chance = factors(usulan, assumptions).assign(**rule_factors(usulan, scenario, candidates))
    chance = [product(row) for row in parts_of_chance.itertuples(index=False)]
    made = dict.fromkeys(("score", "score_benefit"), 0) | {"chance": chance, "benefit": 0}
    return with_weights(usulan.assign(**made, **criteria, **parts_of_chance), scenario, candidates), unknown


def with_weights(usulan: pd.DataFrame, scenario: Scenario, candidates: Candidates) -> pd.DataFrame:
    """Scored usulan as they are under a scenario's weights of the same criteria."""
    weights = {name: exact(weight) for name, weight in sorted(scenario.weights.items()) if weight}
    values = {name: usulan[f"{name}_nilai"].tolist() for name in weights}
    factor = frozenset() if scenario.count_twice else also_factors(candidates.assumptions)
    score = weighted_mean(values, weights, len(usulan))
    inside = weighted_mean(values, {n: w for n, w in weights.items() if n not in factor}, len(usulan))
    ikm = [0 if pd.isna(n) else int(n) for n in usulan["ikm"]]
    worth = zip(inside, usulan["chance"].tolist(), ikm, strict=True)
    return usulan.assign(
        score=score, score_benefit=inside, benefit=[half_up(s * c * n, 100 * MICRO) for s, c, n in worth]
    )


def weighted_mean(values: Mapping[str, list[int]], weights: Mapping[str, Fraction], count: int) -> list[int]:
    """The weighted mean of criteria (1e-6 of 0..1) per usulan x 100, half up; 100 where none is weighted."""
    if not weights:
        return [100 * MICRO] * count
    unit = lcm(*(weight.denominator for weight in weights.values()))
    whole = {name: int(weight * unit) for name, weight in weights.items()}
    rows = zip(*(values[name] for name in whole), strict=True)
    return [half_up(100 * sum(map(mul, whole.values(), row)), sum(whole.values())) for row in rows]


def rule_factors(usulan: pd.DataFrame, scenario: Scenario, candidates: Candidates) -> dict[str, pd.Series]:
    """A column of factors of the chance (1 where a rule says nothing) for each rule that has any."""
    asked = ((f"faktor_{rule.rule}", rule.factors(usulan, candidates, scenario.first_year)) for rule in scenario.rules)
    return {name: usulan["usulan_id"].map(found).astype("float64").fillna(1.0) for name, found in asked if found}


def product(shares) -> int:
    """Factors of 0-1 multiplied in whole 1e-6, rounded once."""
    whole = [micro(share) for share in shares]
    return half_up(MICRO * prod(whole), MICRO ** len(whole))


def discount(benefit: pd.Series, years: pd.Series, discount: float) -> list[int]:
    """``benefit x discount^years``, half up in 1e-6."""
    rate = exact(discount)
    return [round_half_up(int(b) * rate ** int(n)) for b, n in zip(benefit, years, strict=True)]


def round_half_up(value: Fraction) -> int:
    return half_up(value.numerator, value.denominator)


def taken_out(usulan: pd.DataFrame, scenario: Scenario, candidates: Candidates, limits: Limited) -> list[dict]:
    """The usulan that a rule's gate takes out, each with the first such rule in file order and its reason.

    Where only what the lines may not have makes it fail, the reason says who says so; where only an empty cell does,
    the rule's name ends in ``OPEN``.
    """
    kode = dict(zip(usulan["usulan_id"], usulan["kode"], strict=True))
    found: dict[str, dict] = {}
    for number, rule in enumerate(scenario.rules):
        for usulan_id, (reason, is_open) in gated_by(rule, usulan, scenario, candidates, limits).items():
            name = f"{rule.rule}:{number}" + (OPEN if is_open else "")
            record = {"usulan_id": usulan_id, "kode": kode[usulan_id], "kind": "gate", "rule": name}
            found.setdefault(usulan_id, record | {"reason": reason})
    return list(found.values())


def by_rules(gated: list[dict]) -> list[dict]:
    """Of the usulan that are gated those that ``taken_out`` named."""
    return [record for record in gated if record["rule"] not in (TOO_LATE, NO_BENEFIT)]


def gated_by(
    rule: Rule, usulan: pd.DataFrame, scenario: Scenario, candidates: Candidates, limits: Limited
) -> dict[str, tuple[dict, bool]]:
    """Usulan -> why a rule takes it out, and whether only because something is not known."""
    whole, unfundable = rule.gate(usulan, candidates, scenario.first_year), limits.unfundable(rule)
    sure = whole if rule.lenient is rule else rule.lenient.gate(usulan, candidates, scenario.first_year)
    sure = {u: reason for u, reason in unfundable.items() if u in set(usulan["usulan_id"])} | sure
    found = {u: (sure.get(u, reason), u not in sure) for u, reason in (whole | sure).items()}
    if limits.lines:
        late = {u: r for u, r in rule.gate(usulan, limits.left, scenario.first_year).items() if u not in found}
        for u, reason in late.items():
            who = limits.reason(u).__getitem__
            found[u] = both("reasons.without_lines", reason=reason.__getitem__, who=who), False
    return found


def too_late(usulan: pd.DataFrame, last_year: int) -> list[dict]:
    """The usulan whose fiscal year lies after the last budget year: gated, with the reason."""
    late = usulan[usulan["ta"] > last_year].sort_values("usulan_id")
    return [
        {
            "usulan_id": u,
            "kode": k,
            "kind": "gate",
            "rule": TOO_LATE,
            "reason": both("reasons.gate_ta", ta=int(t), last=last_year),
        }
        for u, k, t in zip(late["usulan_id"], late["kode"], late["ta"], strict=True)
    ]


def of_no_benefit(usulan: pd.DataFrame) -> list[dict]:
    """The usulan whose benefit is 0: gated, with the reason; an unknown number of IKM is told apart from none."""
    rows = usulan[usulan["benefit"] == 0]
    return [
        {
            "usulan_id": u, "kode": k, "kind": "gate", "rule": NO_BENEFIT,
            "reason": both("reasons.no_ikm_known" if pd.isna(ikm) else "reasons.no_benefit"),
        }
        for u, k, ikm in zip(rows["usulan_id"], rows["kode"], rows["ikm"], strict=True)
    ]  # fmt: skip


def without(usulan: pd.DataFrame, gated: list[dict]) -> pd.DataFrame:
    return usulan[~usulan["usulan_id"].isin([record["usulan_id"] for record in gated])]


def nothing_left(gated: list[dict], scenario: Scenario) -> list[str]:
    """That nothing is left to choose from, the rule that takes out most, and the first reasons."""
    first = [f"{shown(record['usulan_id'])}: {record['reason'][language()]}" for record in gated[:20]]
    name, count = Counter(record["rule"].removesuffix(OPEN) for record in gated).most_common(1)[0]
    number = scenario.rule_number(name)
    rule = [] if number is None else [
        say("candidates.gated_most", place=f"rules[{number}]", count=count, sentence=scenario.rules[number].sentence())
    ]  # fmt: skip
    return [say("candidates.all_gated", count=len(gated)), *rule, *first]
