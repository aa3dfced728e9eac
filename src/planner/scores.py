"""What every usulan is worth under a scenario's weights: score, chance and benefit in whole 1e-6."""

from fractions import Fraction
from math import prod

import pandas as pd

from planner.candidates import Candidates
from planner.chance import factors
from planner.criteria import CRITERIA
from planner.errors import PlannerError
from planner.messages import label, say
from planner.scenario import Scenario
from planner.units import MICRO, exact, half_up, micro


def with_scores(
    usulan: pd.DataFrame, scenario: Scenario, candidates: Candidates
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Add ``score`` (weighted mean of criteria x 100), ``chance`` and ``benefit`` = score/100 x chance x IKM served."""
    assumptions = candidates.assumptions
    weights = {name: exact(weight) for name, weight in sorted(scenario.weights.items()) if weight}
    raw = {name: CRITERIA[name](usulan, assumptions) for name in weights}
    unknown = {name: int(value.isna().sum()) for name, value in raw.items()}
    empty = [name for name, count in unknown.items() if count == len(usulan)]
    if empty:
        why = [say("candidates.criterion_empty", name=label("criteria", name)) for name in empty]
        raise PlannerError([f"weights.{name}: {text}" for name, text in zip(empty, why, strict=True)])
    values = {name: [micro(v) for v in value.fillna(0.0)] for name, value in raw.items()}
    total = sum(weights.values())
    parts = {name: [100 * weights[name] * v / total for v in column] for name, column in values.items()}
    score = [rounded(sum(row, Fraction(0))) for row in zip(*parts.values(), strict=True)]
    parts_of_chance = factors(usulan, assumptions).assign(**rule_factors(usulan, scenario, candidates))
    chance = [product(row) for row in parts_of_chance.itertuples(index=False)]
    ikm = [0 if pd.isna(n) else int(n) for n in usulan["ikm"]]
    benefit = [half_up(s * c * n, 100 * MICRO) for s, c, n in zip(score, chance, ikm, strict=True)]
    criteria = {f"{name}_nilai": column for name, column in values.items()}
    return usulan.assign(score=score, chance=chance, benefit=benefit, **criteria, **parts_of_chance), unknown


def rule_factors(usulan: pd.DataFrame, scenario: Scenario, candidates: Candidates) -> dict[str, pd.Series]:
    """A column of factors of the chance (1 where a rule says nothing) for each rule that has any."""
    asked = ((f"faktor_{rule.rule}", rule.factors(usulan, candidates, scenario.first_year)) for rule in scenario.rules)
    return {name: usulan["usulan_id"].map(found).astype("float64").fillna(1.0) for name, found in asked if found}


def product(shares) -> int:
    """Factors of 0-1 multiplied in whole 1e-6, rounded once."""
    return rounded(MICRO * prod((Fraction(micro(share), MICRO) for share in shares), start=Fraction(1)))


def discounted(benefit: pd.Series, years: pd.Series, discount: float) -> list[int]:
    """``benefit x discount^years``, half up in 1e-6."""
    rate = exact(discount)
    return [rounded(int(b) * rate ** int(n)) for b, n in zip(benefit, years, strict=True)]


def rounded(value: Fraction) -> int:
    return half_up(value.numerator, value.denominator)
