"""What to verify first: the inputs whose true value changes the list most, told from noise by a permutation test."""

import numpy as np
import pandas as pd

NAMED = 10
PERMUTATIONS = 999
LEVEL = 0.05  # of all inputs together: how often noise alone would name even one
STREAM = 2**31  # of the seed, beyond those of the draws


def deciding(inputs: pd.DataFrame, values: np.ndarray, rupiah: pd.DataFrame, seed: int) -> tuple[int, list[dict]]:
    """How many inputs were tested, and the ``NAMED`` that move most rupiah of those that beat noise.

    ``values``: draws x inputs; ``rupiah``: draws x (kode, menu), what each gets. The draws are split at an input's
    median, and what each (kode, menu) gets on average is compared. Rupiah that change hands are the larger one of all
    gains and all losses: of an input of the country over all, of a kabupaten's own input over that kabupaten's menus,
    since what these gain the others lose; less what noise makes of it on average. ``p``: how often, the draws' results
    shuffled, the largest of all inputs stands out as much, each in its own standard deviations (the maximum statistic
    of Westfall & Young, Resampling-Based Multiple Testing, 1993), so that noise names even one input with probability
    ``LEVEL`` at most.
    """
    split, columns = halves(values), columns_of(rupiah)
    groups = inputs.assign(place=np.arange(len(inputs)))[split.any(axis=1)].groupby("kode", sort=True)["place"]
    own = [(places.to_numpy(), columns.get(kode, [])) for kode, places in groups]
    tested = np.concatenate([places for places, mine in own if mine] or [np.zeros(0, dtype=np.int64)])
    if not len(tested):
        return 0, []
    shuffles = shuffled(len(rupiah), seed)
    money = rupiah.to_numpy(float)
    moved = np.concatenate([moved_rp(split[places], money[:, mine], shuffles) for places, mine in own if mine])
    noise, spread = moved[:, 1:].mean(axis=1), moved[:, 1:].std(axis=1)
    stands_out = (moved - noise[:, None]) / np.where(spread > 0, spread, 1)[:, None]
    largest = stands_out[:, 1:].max(axis=0)
    p = (1 + (largest >= stands_out[:, :1]).sum(axis=1)) / (1 + PERMUTATIONS)
    net = moved[:, 0] - noise
    named = [k for k in np.argsort(-net, kind="stable") if p[k] <= LEVEL][:NAMED]
    rows = inputs.iloc[tested[named]]
    return len(tested), [
        {"kode": str(kode), "column": str(column), "moved_rp": round(float(net[k])), "p": round(float(p[k]), 4)}
        for k, kode, column in zip(named, rows["kode"], rows["column"], strict=True)
    ]


def columns_of(rupiah: pd.DataFrame) -> dict[str, list[int]]:
    """kode -> the columns of its menus that get other sums in other draws; '' -> all of them."""
    found: dict[str, list[int]] = {}
    for place, (kode, _) in enumerate(rupiah.columns):
        if rupiah.iloc[:, place].nunique() > 1:
            found.setdefault(kode, []).append(place)
            found.setdefault("", []).append(place)
    return found


def shuffled(count: int, seed: int) -> np.ndarray:
    """Draws in their own order, then shuffled ``PERMUTATIONS`` times, column by column."""
    order = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(STREAM,)))
    return np.column_stack([np.arange(count), *(order.permutation(count) for _ in range(PERMUTATIONS))])


def moved_rp(split: np.ndarray, money: np.ndarray, shuffles: np.ndarray) -> np.ndarray:
    """Inputs x shuffles: the larger one of all gains and all losses over these columns of money."""
    gains, losses = np.zeros((2, len(split), shuffles.shape[1]))
    for column in money.T:
        difference = split @ column[shuffles]
        gains += np.maximum(difference, 0)
        losses -= np.minimum(difference, 0)
    return np.maximum(gains, losses)


def halves(values: np.ndarray) -> np.ndarray:
    """Inputs x draws: 1/n where a value is above the input's median, -1/n where below; 0 where there is no other side.

    A row times what draws give is the difference of the two means.
    """
    if not len(values):
        return np.zeros((values.shape[1], 0))
    middle = np.median(values, axis=0)
    high, low = (values > middle).T, (values < middle).T
    many, few = (side.sum(axis=1, keepdims=True) for side in (high, low))
    both = (many > 0) & (few > 0)
    return np.where(both, high / np.maximum(many, 1) - low / np.maximum(few, 1), 0.0)
