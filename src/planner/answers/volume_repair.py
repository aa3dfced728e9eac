"""The cheapest whole volumes that bring lines to the amount that was decided: a small exact search."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

MOST_LINES = 300
MOST_STEPS = 200_000  # of a search; beyond it the answer is the best found, and says so


@dataclass(frozen=True)
class Item:
    """A line of one usulan (``group``); its volume may be from ``low`` to ``high`` or, where ``optional``, 0."""

    group: str
    price_rp: int
    volume: int
    low: int
    high: int
    optional: bool = False
    support: bool = False

    def choices(self, cut: bool) -> Iterator[int]:
        """The volumes that it may move to, its own first, then the nearest."""
        yield self.volume
        if cut:
            yield from range(self.volume - 1, max(self.low, 1) - 1, -1)
            yield from [0] if self.volume and (self.optional or not self.low) else []
        elif self.volume >= self.low or self.optional:
            yield from range(max(self.volume + 1, self.low), self.high + 1)

    def reach_rp(self, cut: bool) -> int:
        """The most rupiah that it can move by."""
        least = 0 if self.optional else min(self.low, self.volume)
        most = max(self.high, self.volume) if self.volume >= self.low or self.optional else self.volume
        return self.price_rp * (self.volume - least if cut else most - self.volume)


@dataclass(frozen=True)
class Repair:
    """Volumes in the order of the lines (none: there are no such volumes); ``moved_rp``: price x units changed.

    ``proven``: nothing cheaper exists, or that there are none is sure.
    """

    volumes: tuple[int, ...] = ()
    moved_rp: int = 0
    proven: bool = True


@dataclass
class Search:
    """Depth first over the lines with a bound; ``cut``: fewer units at the least cost, else more at the most worth."""

    items: Sequence[Item]
    decided_rp: dict[str, int]
    share: tuple[int, int]  # p, q: support is at most p/q of all
    cut: bool
    best: tuple[int, int] | None = None
    volumes: tuple[int, ...] = ()
    steps: int = 0
    ahead: list[dict[str, int]] = field(default_factory=list)  # by depth: the most that later lines can move by group

    def run(self) -> Repair:
        """The best change that was found."""
        if len(self.items) > MOST_LINES:
            return Repair(proven=False)
        self.ahead = [{}]
        for one in reversed(self.items):
            later = self.ahead[0]
            self.ahead.insert(0, later | {one.group: later.get(one.group, 0) + one.reach_rp(self.cut)})
        over = {group: -amount for group, amount in self.decided_rp.items()}
        for one in self.items:
            over[one.group] += one.price_rp * one.volume
        self.extend(0, (), over, 0, 0)
        moved, _ = self.best or (0, 0)
        return Repair(self.volumes, abs(moved), self.steps <= MOST_STEPS)

    def extend(self, depth: int, chosen: tuple[int, ...], over: dict[str, int], moved: int, units: int) -> None:
        """Every choice for the lines from ``depth`` on that may still be better; ``over``: rupiah above each amount."""
        self.steps += 1
        if self.steps > MOST_STEPS or self.hopeless(depth, over, moved, units):
            return
        if depth == len(self.items):
            value = (moved if self.cut else -moved, units)
            if all(by <= 0 for by in over.values()) and self.supported(chosen):
                self.best, self.volumes = value, chosen
            return
        one = self.items[depth]
        for volume in one.choices(self.cut):
            if self.steps > MOST_STEPS:
                return
            more = one.price_rp * (volume - one.volume)
            left = over | {one.group: over[one.group] + more}
            self.extend(depth + 1, (*chosen, volume), left, moved + abs(more), units + abs(volume - one.volume))

    def hopeless(self, depth: int, over: dict[str, int], moved: int, units: int) -> bool:
        """Whether nothing below can be legal, or better than the best."""
        ahead = self.ahead[depth]
        if self.cut:
            if any(by > ahead.get(group, 0) for group, by in over.items()):
                return True
            bound = (moved + sum(max(0, by) for by in over.values()), units)
        else:
            if any(by > 0 for by in over.values()):
                return True
            bound = (-moved - sum(min(-by, ahead.get(group, 0)) for group, by in over.items()), units)
        return self.best is not None and bound >= self.best

    def supported(self, volumes: Sequence[int]) -> bool:
        return within_share(self.items, volumes, self.share)


def within_share(items: Sequence[Item], volumes: Sequence[int], share: tuple[int, int]) -> bool:
    """Whether support lines take at most the share p/q of all that these volumes cost."""
    costs = [(one.price_rp * volume, one.support) for one, volume in zip(items, volumes, strict=True)]
    return share[1] * sum(cost for cost, support in costs if support) <= share[0] * sum(cost for cost, _ in costs)


def cheapest_cut(items: Sequence[Item], decided_rp: dict[str, int], share: tuple[int, int]) -> Repair:
    """The least rupiah to take off, then the fewest units, so that no usulan is above its amount and support fits.

    No volumes where none can do that: even the smallest cost more.
    """
    return Search(items, decided_rp, share, cut=True).run()


def best_raise(items: Sequence[Item], decided_rp: dict[str, int], share: tuple[int, int]) -> Repair:
    """The most rupiah of what is left over that whole units up to what was asked for can use, in the fewest units."""
    return Search(items, decided_rp, share, cut=False).run()


def changed(items: Sequence[Item], repair: Repair) -> Iterator[tuple[int, int, int]]:
    """(place, volume before, volume after) of each line that a repair moves."""
    for place, (one, volume) in enumerate(zip(items, repair.volumes, strict=True)):
        if volume != one.volume:
            yield place, one.volume, volume
