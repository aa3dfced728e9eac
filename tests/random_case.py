"""Few usulan, few rules: small enough for brute force."""

import random

from small import KODE, candidates, line, scenario, usulan

RULES = [
    {"rule": "MaxPerKabupaten", "max": 2},
    {"rule": "SpendBand", "by": "menu", "max_share": 0.8, "of": "budget"},
    {"rule": "CountBand", "where": {"menu": "revitalisasi"}, "min": 1},
]


def random_case(seed):
    """Up to six usulan, some with lines that may be trimmed or left out, in one year or two."""
    rng = random.Random(seed)
    rows = []
    for i in range(rng.randint(3, 6)):
        lines = [line(rng.randint(1, 9))]
        if rng.random() < 0.5:
            lines.append(line(rng.randint(1, 3), 2, rng.choice([1, None]), rng.choice(["ya", "tidak"]), name="2"))
        menu = "revitalisasi" if i == 0 else rng.choice(["pembangunan", "revitalisasi"])
        rows.append(usulan(f"U{i}", nilai=rng.randint(1, 9), lines=lines, kode=rng.choice(KODE[:3]), menu=menu))
    budget = {2028: rng.randint(10, 20)} | ({2029: rng.randint(5, 10)} if rng.random() < 0.3 else {})
    rules = RULES[: rng.randint(0, 2 if len(budget) > 1 else 3)]
    return candidates(*rows), scenario(budget, rules)
