"""A table of usulan with odd rupiah, and rules that bind on it."""

import random

from small import KODE, MILIAR, candidates, line, usulan

RULES = [
    {"rule": "SpendBand", "by": "pulau", "max_share": 0.4, "of": "budget"},
    {"rule": "SpendBand", "by": "menu", "min_share": 0.3, "of": "spent"},
    {"rule": "CountBand", "where": {"provinsi": "NTT"}, "min": 2},
]


def some_table(seed, count):
    """``count`` usulan of Rp 1 to 9 miliar with odd rupiah, some with a line to trim."""
    rng = random.Random(seed)
    rows = []
    for i in range(count):
        lines = [line(rng.randrange(MILIAR, 9 * MILIAR))]
        if rng.random() < 0.3:
            lines.append(line(rng.randrange(10**7, 10**8), 5, 2, rng.choice(["ya", "tidak"]), name="2"))
        rows.append(
            usulan(
                f"U{i:02}", lines=lines, nilai=rng.randint(1, 1000), kode=rng.choice(KODE), ikm=rng.randint(5, 40),
                menu=rng.choice(["pembangunan", "revitalisasi"]),
            )
        )  # fmt: skip
    return candidates(*rows)
