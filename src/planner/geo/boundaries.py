"""Boundaries that a user installs on this computer: made once from any vector file, never in the repository.

The file ``batas.json`` lies in the user's data folder, or where ``PLANNER_DATA_HOME`` says. It holds the polygons of
the kabupaten as steps on a grid of ``GRID_DEG``, and of the source only its name, its date and its fingerprint.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from planner.base.errors import PlannerError, shown
from planner.base.messages import say

NAME, FORMAT = "batas.json", 1
GRID_DEG = 0.001  # every vertex lies on this grid, about 110 m: neighbours stay equal where they were equal


@dataclass(frozen=True)
class Boundaries:
    """What is installed: kode -> its rings, each an (n, 2) array of grid cells, x east and y north.

    ``shapes`` for a picture of a province, ``far`` the same with fewer vertices for one of the country.
    """

    shapes: dict[str, list[np.ndarray]]
    far: dict[str, list[np.ndarray]]
    source: str  # the name of the file they came from
    modified: str  # its date, yyyy-mm-dd
    tolerance_deg: float


def installed_file() -> Path:
    """Where the boundaries lie, or would lie."""
    from platformdirs import user_data_path

    chosen = os.environ.get("PLANNER_DATA_HOME")
    return (Path(chosen) if chosen else user_data_path("planner", appauthor=False)) / NAME


def installed_boundaries() -> Boundaries | None:
    """The boundaries of this computer; None where there are none, PlannerError where they are damaged."""
    content = installed_bytes()
    return None if content is None else read(content)


def installed_bytes() -> bytes | None:
    try:
        return installed_file().read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def installed_fingerprint() -> str:
    """Twelve hex digits that change with the boundaries; "" where there are none."""
    content = installed_bytes()
    return "" if content is None else hashlib.sha256(content).hexdigest()[:12]


@lru_cache(maxsize=2)
def read(content: bytes) -> Boundaries:
    try:
        kept = json.loads(content)
        if kept["format"] != FORMAT or kept["grid_deg"] != GRID_DEG:
            raise ValueError
        shapes, far = [ring_arrays(kept[level]) for level in ("shapes", "far")]
        source = kept["source"]
        return Boundaries(shapes, far, str(source["name"]), str(source["modified"]), float(kept["tolerance_deg"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PlannerError(say("boundaries.damaged", file=installed_file())) from None


def ring_arrays(shapes: dict[str, list]) -> dict[str, list[np.ndarray]]:
    return {kode: [cells(ring) for part in parts for ring in part] for kode, parts in shapes.items()}


def cells(steps: list[int]) -> np.ndarray:
    """Steps on the grid as places on it; anything but whole numbers raises ValueError."""
    found = np.array(steps)
    if found.dtype.kind != "i" or found.size < 6 or found.size % 2:
        raise ValueError
    return found.reshape(-1, 2).cumsum(axis=0)


def remove() -> bool:
    """Take the boundaries away; False where there were none."""
    there = installed_bytes() is not None
    installed_file().unlink(missing_ok=True)
    return there


def installed_lines(kabupaten: pd.DataFrame) -> list[str]:
    """What is installed here, or how to install it."""
    found = installed_boundaries()
    if found is None:
        return [say("boundaries.none_installed")]
    told = say(
        "boundaries.installed", source=shown(found.source), modified=found.modified, count=len(found.shapes),
        of=len(kabupaten), tolerance=found.tolerance_deg, file=installed_file(),
    )  # fmt: skip
    return [told, *missing_line(set(found.shapes), kabupaten)]


def missing_line(there: set[str], kabupaten: pd.DataFrame) -> list[str]:
    """Which kabupaten have no polygon; a province that has none at all is named once."""
    lacking = kabupaten[~kabupaten["kode"].isin(there)]
    if lacking.empty:
        return []
    whole = kabupaten["provinsi"].value_counts()
    parts = [
        say("boundaries.all_of", count=len(part), province=province) if len(part) == whole[province]
        else ", ".join(part["nama"])
        for province, part in lacking.groupby("provinsi", sort=False)
    ]  # fmt: skip
    return [say("boundaries.missing", count=len(lacking), names="; ".join(parts))]
