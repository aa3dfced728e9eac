"""Rules on how money and service lie over the country: what they ask cannot be said in rows over decisions alone."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import gcd, lcm
from typing import Literal

import numpy as np

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import label, say
from planner.base.units import exact, percent, share_of
from planner.scenario.rows import Cut, Lifted, Measure, RowName, Term
from planner.scenario.rules.base import Given, LiftedRule, Share

RUPIAH = 1e6  # a solver's money is in juta


class EvenSpread(LiftedRule, frozen=True):
    """The Hoover index of rupiah against ``need`` over the groups ``by``, all years together, is at most ``max_share``.

    With s_g the rupiah and n_g the need of group g, S and N their sums, the index is the share of the money that would
    have to move for every group to have its share of the need: ``sum of max(0, s_g - n_g S / N) = index x S`` (E. M.
    Hoover, 1936: half the sum of absolute differences of two distributions). Nothing spent is accepted. ``need`` is a
    column of the kabupaten table, added up over autonomous kabupaten; an empty cell is an error.
    """

    rule: Literal["EvenSpread"]
    by: Literal["provinsi", "pulau"] = "provinsi"
    need: str = "miskin_ribu"
    max_share: Share

    def values(self, lang) -> dict:
        words = {"need": label("columns", self.need, lang), "by": label("columns", self.by, lang)}
        return words | {"max": percent(self.max_share, lang=lang)}

    def needs(self, options) -> dict[str, int]:
        """The need of each group in whole units without a common divisor."""
        return options.once((type(self).__name__, self.by, self.need), lambda: self.summed(options))

    def summed(self, options) -> dict[str, int]:
        groups = options.candidates.kabupaten.set_index("kode")[self.by]
        sums: dict[str, Fraction] = {}
        for kode, value in stated_need(options, self.need).items():
            sums[groups[kode]] = sums.get(groups[kode], Fraction(0)) + value
        return whole(sums)

    def members(self, options) -> tuple[np.ndarray, list[str], list[int]]:
        """Each option's group number, the groups and their needs."""
        return options.once((type(self).__name__, self.by, self.need, "members"), lambda: self.numbered(options))

    def numbered(self, options) -> tuple[np.ndarray, list[str], list[int]]:
        needs = self.needs(options)
        names = list(needs)
        place = {name: k for k, name in enumerate(names)}
        return np.array([place[name] for name in options.table[self.by]]), names, list(needs.values())

    def lifted(self, options) -> Lifted:
        """Helpers: the juta of all groups, and what each group has above its share of the need."""
        codes, names, needs = self.members(options)
        count, total = len(names), float(options.table["amount_rp"].sum()) / RUPIAH
        groups, one, every = np.arange(count), np.ones(count), np.arange(len(options))
        terms = (
            Term("helper", np.zeros(1, np.int64), np.zeros(1, np.int64), np.ones(1)),
            Term("amount", every, np.zeros(len(options), np.int64), np.full(len(options), -1 / RUPIAH)),
            Term("helper", 1 + groups, 1 + groups, one),
            Term("amount", every, 1 + codes, np.full(len(options), -1 / RUPIAH)),
            Term("helper", np.zeros(count, np.int64), 1 + groups, np.array([n / sum(needs) for n in needs])),
            Term("helper", 1 + groups, np.full(count, 1 + count), -one),
            Term("helper", np.zeros(1, np.int64), np.full(1, 1 + count), np.full(1, float(self.max_share))),
        )
        high = np.concatenate([[0.0], np.full(count + 1, np.inf)])
        labels = ["dana", *(f"{name}:lebih" for name in names), "indeks"]
        helpers = ["dana", *(f"lebih:{name}" for name in names)]
        return Lifted(labels, terms, np.zeros(count + 2), high, helpers, np.full(1 + count, total))

    def sums(self, options, decisions) -> tuple[list[int], list[int]]:
        """Rupiah and need of each group."""
        codes, names, needs = self.members(options)
        spent = np.zeros(len(names), dtype=np.int64)
        np.add.at(spent, codes, decisions.amount)
        return spent.tolist(), needs

    def measures(self, options, decisions) -> list[Measure]:
        """Twice the index times N S q, and 2 p N S, where the largest index is p/q: whole numbers."""
        spent, needs = self.sums(options, decisions)
        most, money, need = share_of(self.max_share), sum(spent), sum(needs)
        apart = sum(abs(need * s - n * money) for s, n in zip(spent, needs, strict=True))
        return [Measure(RowName(bound="indeks"), most.denominator * apart, None, 2 * most.numerator * need * money)]

    def as_shares(self, of: Measure, given: Given) -> tuple[float, float]:
        return (self.max_share * (of.activity / of.limit) if of.limit else 0.0), self.max_share

    def cuts(self, options, decisions) -> Iterator[Cut]:
        """The groups that have more than their share: together they may have ``p/q`` of the money above it."""
        spent, needs = self.sums(options, decisions)
        most, money, need = share_of(self.max_share), sum(spent), sum(needs)
        rich = [need * s > n * money for s, n in zip(spent, needs, strict=True)]
        inside, p, q = sum(n for n, more in zip(needs, rich, strict=True) if more), most.numerator, most.denominator
        codes, _, _ = self.members(options)
        common = gcd(q * need, q * inside + p * need)
        factors = [(q * need * more - q * inside - p * need) // common for more in rich]
        yield Cut("amount", np.arange(len(options)), [factors[group] for group in codes], 0)


def stated_need(options, name: str) -> dict[str, Fraction]:
    """A column of the kabupaten table as it is written, by kode of every autonomous kabupaten/kota.

    Raises PlannerError where there is no such column of numbers, a cell is empty, or it cannot measure need.
    """
    table = options.candidates.kabupaten
    table = table[table["otonom"] == "ya"] if "otonom" in table else table
    if name not in table or table[name].dtype.kind not in "iuf":
        near = hint(name, [column for column in table if table[column].dtype.kind in "iuf"])
        raise PlannerError(say("errors.unknown", kind=say("words.column"), name=shown(name), hint=near))
    empty = table.loc[table[name].isna(), "nama"]
    if len(empty):
        some = ", ".join(shown(nama) for nama in empty[:5])
        raise PlannerError(say("errors.empty_cells", name=shown(name), count=len(empty), some=some))
    need = {kode: exact(value) for kode, value in zip(table["kode"], table[name], strict=True)}
    if min(need.values()) < 0 or not sum(need.values()):
        raise PlannerError(say("rules.problems.no_need", name=shown(name)))
    return need


def whole(values: Mapping[str, Fraction]) -> dict[str, int]:
    """Fractions as whole numbers in the same proportions, as small as can be."""
    scale = lcm(*(value.denominator for value in values.values()))
    numbers = {key: int(value * scale) for key, value in values.items()}
    common = gcd(*numbers.values()) or 1
    return {key: number // common for key, number in numbers.items()}
