"""From places on the earth to an SVG path: the frame of a picture, and the coast of land."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from planner.tables.reference import as_text


@dataclass(frozen=True)
class Frame:
    """From degrees, or cells of a grid of them, to pixels: the upper left corner, the scale, the steps of a path."""

    west: float
    north: float
    scale: tuple[float, float]  # across and down: equirectangular, true at the picture's middle
    step: float

    def place(self, cells: np.ndarray) -> np.ndarray:
        """Points (east, north) as pixels, x to the right and y downwards."""
        return np.column_stack([cells[:, 0] - self.west, self.north - cells[:, 1]]) * self.scale

    def path(self, rings: list[np.ndarray]) -> str:
        """The rings as one SVG path in whole steps; what falls into a point is left out."""
        return "".join(filter(None, (self.loop(ring) for ring in rings)))

    def loop(self, ring: np.ndarray) -> str:
        steps = np.round(self.place(ring) / self.step).astype(int)
        steps = steps[np.append(True, (np.diff(steps, axis=0) != 0).any(axis=1))]
        if len(steps) < 3:
            return ""
        moves = np.diff(steps, axis=0, prepend=[[0, 0]]) * self.step
        first, *rest = ["".join(map(written, move)) for move in moves]
        return f"M{first.strip()}l{''.join(rest).strip()}z"


def written(value: float) -> str:
    """A number as short as SVG reads it: ``-0.30001`` -> ``-.3``; a blank parts it where no sign does."""
    text = f"{abs(value):.1f}".removesuffix(".0")
    return f"{' ' if value >= 0 else '-'}{text.removeprefix('0') if '.' in text else text}"


def visible(frame: Frame, size: tuple[float, float], rings: list[np.ndarray]) -> bool:
    """Whether any ring reaches into the picture."""
    return any(
        bool((corner < size).all() and (far > 0).all())
        for corner, far in ((xy.min(axis=0), xy.max(axis=0)) for xy in map(frame.place, rings))
    )


@cache
def coast() -> tuple[np.ndarray, ...]:
    """The rings of ``pantai.csv``, each an array of (lon, lat): land, whosever it is, and no border of any region."""
    table = as_text("pantai").astype("float64")
    return tuple(ring[["lon", "lat"]].to_numpy() for _, ring in table.groupby("cincin", sort=True))


def coast_path(frame: Frame, size: tuple[float, float]) -> str:
    """What of the coast is in the picture, as one path."""
    return frame.path([ring for ring in coast() if visible(frame, size, [ring])])
