"""A file that the product wrote, damaged in one place by chance, and stamped anew as a forger would."""

import copy
import json
from random import Random

from planner.plan.plan_file import canonical, fingerprint_of

VALUES = [
    None, -1, 0, 1, 10**30, 2**62, 1.5, 1e300, float("nan"), "", "x", "<b>", "rules[99].min_share", "budget_rp.2031",
    [], {}, True,
]  # fmt: skip


def places(value, place=()):
    """Every place of a JSON value but the whole."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield (*place, key)
        yield from places(item, (*place, key))


def damaged(content: dict, rng: Random) -> tuple[bytes, tuple]:
    """(bytes of the damaged file, the place)."""
    whole = copy.deepcopy(content)
    place = rng.choice(list(places(whole)))
    inside = whole
    for key in place[:-1]:
        inside = inside[key]
    match rng.randrange(6), inside:
        case 0, dict():
            del inside[place[-1]]
        case 1, dict():
            inside["baru"] = 1
        case ((0 | 1), list()):
            inside.append(copy.deepcopy(inside[place[-1]]))
        case _:
            inside[place[-1]] = rng.choice(VALUES)
    try:
        return canonical(whole | {"fingerprint": fingerprint_of(whole)}), place
    except ValueError:
        return json.dumps(whole).encode(), place  # NaN has no canonical form
