"""Shares of several causes in one difference: each cause's mean step over all orders in which they may have come.

Shapley, 'A value for n-person games' (1953), in whole numbers: numerators over the number of orders. Where some
coalitions have no value (no plan exists under them), orders that pass through them are left out; what is left still
adds up, and with every coalition known it is Shapley's value itself.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Orders:
    """In how many orders (of ``total``) a cause is added to a coalition: ``steps[coalition, cause]``.

    A coalition is a set of causes 0, 1, ... as the bits of a number.
    """

    causes: int
    total: int
    steps: Mapping[tuple[int, int], int]

    def numerators(self, worth: Mapping[int, int]) -> list[int]:
        """Of each cause its share times ``total``; together (worth of all - worth of none) x ``total``."""
        shares = [0] * self.causes
        for (coalition, cause), count in self.steps.items():
            shares[cause] += count * (worth[coalition | 1 << cause] - worth[coalition])
        return shares

    def shares(self, worth: Mapping[int, int]) -> list[Fraction]:
        return [Fraction(share, self.total) for share in self.numerators(worth)]


def orders(causes: int, known: Collection[int]) -> Orders:
    """The orders of causes that pass through known coalitions alone; ``total`` is 0 where there are none."""
    everything = (1 << causes) - 1
    known = set(known)
    before, after = {0: 1} if 0 in known else {}, {everything: 1} if everything in known else {}
    for coalition in sorted(known - {0}):
        before[coalition] = sum(before.get(coalition ^ 1 << one, 0) for one in members(coalition, causes))
    for coalition in sorted(known - {everything}, reverse=True):
        after[coalition] = sum(after.get(coalition | 1 << one, 0) for one in members(everything ^ coalition, causes))
    steps = {
        (coalition, cause): before.get(coalition, 0) * after.get(coalition | 1 << cause, 0)
        for coalition in known
        for cause in members(everything ^ coalition, causes)
    }
    return Orders(causes, before.get(everything, 0), {step: count for step, count in steps.items() if count})


def members(coalition: int, causes: int) -> list[int]:
    return [one for one in range(causes) if coalition >> one & 1]


def whole_parts(shares: Sequence[Fraction], unit: int = 1) -> list[int]:
    """Shares whose sum is whole as multiples of ``unit`` near them that add up to the sum rounded to ``unit``.

    By largest remainder; of equal remainders the first.
    """
    scaled = [share / unit for share in shares]
    low = [share.numerator // share.denominator for share in scaled]
    left = round(sum(scaled, Fraction(0))) - sum(low)
    first = sorted(range(len(low)), key=lambda k: (low[k] - scaled[k], k))[: max(left, 0)]
    return [unit * (part + (k in first)) for k, part in enumerate(low)]


def turning(inside: Mapping[int, bool], causes: int) -> list[int]:
    """The smallest coalitions that alone turn what holds without any cause into what holds with all of them.

    Of several smallest ones all; ``inside``: what holds under each known coalition. None where a smaller one is not
    known, which might turn it too.
    """
    turned = [one for one in sorted(inside) if inside[one] != inside[0]]
    fewest = min((one.bit_count() for one in turned), default=0)
    smaller = [one for one in range(1 << causes) if one.bit_count() < fewest]
    return [one for one in turned if one.bit_count() == fewest] if inside.keys() >= set(smaller) else []
