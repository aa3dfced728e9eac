"""What a plan is good at: each goal adds up a numeric column of the options, in all or by group against targets."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, BaseModel, Discriminator, Field, Tag
from scipy import sparse

from planner.base.errors import PlannerError, all_of, hint, shown
from planner.base.messages import label, say
from planner.base.units import MICRO, Unit, exact, half_up, micro, number, percent
from planner.scenario.objective import Aim, Lack

Tolerance = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False), Unit.SHARE]
Target = Annotated[float, Field(gt=0, le=10**15, allow_inf_nan=False)]


def worth_naming(targets: dict[str, float]) -> dict[str, float]:
    if not targets or not all(map(micro, targets.values())):
        raise ValueError(say("goals.no_target"))
    return targets


Targets = Annotated[dict[str, Target], AfterValidator(worth_naming)]


class Goal(BaseModel, frozen=True, extra="forbid"):
    """A numeric column of the options, added up; may give up ``tolerance`` (0-1) of the goals above it."""

    @property
    def kind(self) -> str:
        return type(self).__name__.lower()

    @property
    def column(self) -> str:
        return getattr(self, self.kind)

    @property
    def name(self) -> str:
        """What it is called in a plan."""
        return self.column

    def sentence(self, lang: str | None = None) -> str:
        return say(f"goals.{type(self).__name__}", lang, column=label("columns", self.column, lang))

    def micros(self, options) -> np.ndarray:
        """The column of each option in whole 1e-6 (int64, or Python integers where too large); missing counts 0."""
        if self.column in options.MICRO_COLUMNS:
            return options.table[self.column].to_numpy(np.int64)
        values = options.numeric(self.column)
        if not values.notna().any():
            raise PlannerError(say("goals.empty", column=self.column))
        micros = [micro(v) for v in values.astype("object").fillna(0)]
        return np.array(micros, dtype=np.int64 if max(map(abs, micros)) < 2**60 else object)

    def check(self, options) -> None:
        """Raise PlannerError for a column or a group that is not there."""
        self.micros(options)

    def members(self, options) -> np.ndarray:
        """Each option's place among the groups that are told apart; -1 where it does not count."""
        return np.zeros(len(options), dtype=np.int64)

    def in_points(self, options, micros: np.ndarray, point: int) -> tuple[np.ndarray, np.ndarray | int]:
        """The points that each option brings to its group, as a quotient: (numerators, denominators)."""
        return micros, point

    def aim(self, options, brings: np.ndarray, point: int, parts_per_point: int) -> Aim:
        """The goal over columns; ``brings``: what each adds to its group, in parts of a point."""
        return Aim(brings)


class Maximise(Goal, frozen=True):
    """Add up ``maximise`` over what is funded; may give up ``tolerance`` (0-1) of the goals above it."""

    maximise: str
    tolerance: Tolerance = 0.0


class Grouped(Goal, frozen=True):
    """A column added up in each named group of ``by``, all years together, beside the group's target."""

    by: str
    targets: Targets
    tolerance: Tolerance = 0.0

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.column}:{self.by}"

    def sentence(self, lang: str | None = None) -> str:
        named = [f"{group} {number(t, 0 if t == int(t) else 2, lang)}" for group, t in self.targets.items()]
        words = {"column": label("columns", self.column, lang), "by": label("columns", self.by, lang)}
        return say(f"goals.{type(self).__name__}", lang, targets=", ".join(named), **words)

    def check(self, options) -> None:
        all_of([lambda: self.micros(options), lambda: self.members(options)])

    def members(self, options) -> np.ndarray:
        codes, names = options.groups(self.by)
        known, kind = options.known(self.by), say("words.value_of", column=label("columns", self.by))
        absent = [name for name in self.targets if name not in known]
        if absent:
            raise PlannerError([say("errors.unknown", kind=kind, name=shown(n), hint=hint(n, known)) for n in absent])
        place = {name: k for k, name in enumerate(self.targets)}
        return np.array([place.get(name, -1) for name in names], dtype=np.int64)[codes]

    @property
    def target_micros(self) -> list[int]:
        return [micro(target) for target in self.targets.values()]

    def group_rows(self, options, brings: np.ndarray) -> sparse.csr_array:
        """One row per target: what each column adds to its group."""
        group = self.members(options)[options.columns.option]
        columns = np.flatnonzero((group >= 0) & (brings != 0))
        shape = len(self.targets), len(brings)
        return sparse.csr_array((brings[columns], (group[columns], columns)), shape=shape, dtype=np.int64)


class Maximin(Grouped, frozen=True):
    """The smallest of (sum of the column in a group / the group's target) is made as large as can be.

    A point is ``point`` x 1e-6 of a target. What an option brings is rounded to whole points of its group's target, as
    ``Maximise`` rounds to points of the column; the value is the smallest group's sum, rounded down.
    """

    maximin: str

    def in_points(self, options, micros, point):
        targets = np.array([*self.target_micros, 1], dtype=object)  # -1: the last
        group = self.members(options)
        return np.where(group >= 0, micros.astype(object) * MICRO, 0), targets[group] * point

    def aim(self, options, brings, point, parts_per_point) -> Aim:
        return Aim(np.zeros_like(brings), smallest=self.group_rows(options, brings))

    def largest(self, options) -> float:
        """No group reaches more than this many 1e-6 of its target."""
        numerators, denominators = self.in_points(options, np.abs(self.micros(options)), 1)
        reached = [Fraction(int(n), int(d)) for n, d in zip(numerators, denominators, strict=True)]
        sums = [Fraction(0)] * len(self.targets)
        for group, share in zip(self.members(options), reached, strict=True):
            sums[group] += share
        return float(max(sums))


class Shortfall(Grouped, frozen=True):
    """The sum over groups of what each lacks to its target, in the column's unit, is made as small as can be.

    Its value is that sum below 0, so that larger is better here too: targets rounded half up to points of
    ``point`` x 1e-6, less what the options bring, as ``Maximise`` rounds it. More than the target makes up for nothing.
    """

    shortfall: str

    def in_points(self, options, micros, point):
        return np.where(self.members(options) >= 0, micros, 0), point

    def aim(self, options, brings, point, parts_per_point) -> Aim:
        least = np.array([half_up(target, point) * parts_per_point for target in self.target_micros], dtype=np.int64)
        rows, count = self.group_rows(options, brings), len(self.targets)
        lack = Lack(rows, least, [Fraction(1)] * count, np.full(count, float(parts_per_point)))
        return Aim(np.zeros_like(brings), (lack,))


KINDS = {goal.__name__.lower(): goal for goal in (Maximise, Maximin, Shortfall)}


def kind_of(raw: object) -> str | None:
    """Which goal is meant: the one whose key is there."""
    if isinstance(raw, Goal):
        return type(raw).__name__
    named = [kind for kind in KINDS if isinstance(raw, dict) and kind in raw]
    return KINDS[named[0]].__name__ if named else None


AnyGoal = Annotated[
    Annotated[Maximise, Tag("Maximise")] | Annotated[Maximin, Tag("Maximin")] | Annotated[Shortfall, Tag("Shortfall")],
    Discriminator(kind_of),
]


def title(name: str, lang: str | None = None) -> str:
    """A goal's name in a plan, for people: a column, or what is asked of it by group."""
    kind, _, rest = name.partition(":")
    if kind not in KINDS or ":" not in rest:
        return label("columns", name, lang)
    column, _, by = rest.rpartition(":")
    words = {"column": label("columns", column, lang), "by": label("columns", by, lang)}
    return say(f"goals.title.{kind}", lang, **words)


def amount(name: str, micros: int | float, lang: str | None = None) -> str:
    """A goal's value for people: in the column's unit, or as a share of the target."""
    if name.startswith("maximin:"):
        return percent(micros / MICRO, 2, lang)
    return number(micros / MICRO, 2, lang)


def solver_only(goals: Sequence[Goal], bounds: Sequence[int | None], soft: bool) -> list[str]:
    """The goals (names) that are no sum, so that nothing but the solver stands behind their bound.

    ``bounds``: of each goal of a plan; ``soft``: whether rules may be missed at a price, which is taken off the first.
    That nothing can lack less than nothing needs no solver.
    """
    return [
        goal.name
        for k, (goal, bound) in enumerate(zip(goals, bounds, strict=True))
        if bound is not None and (not isinstance(goal, Maximise) or (soft and k == 0))
        if not isinstance(goal, Shortfall) or bound < 0
    ]


def points(micros: np.ndarray, share: np.ndarray, point: np.ndarray | int) -> np.ndarray:
    """Integer points of decisions: ``round(g x share / point)``, half up.

    ``micros``: the goal's column per decision (1e-6); ``share``: Fraction of it that one unit of the decision brings;
    ``point``: 1e-6 units per point, one for all or one each.
    """
    each = np.broadcast_to(np.asarray(point, dtype=object), len(micros))
    rounded: Iterator[int] = (
        half_up(int(g) * s.numerator, s.denominator * int(p)) for g, s, p in zip(micros, share, each, strict=True)
    )
    return np.array(list(rounded), dtype=np.int64)


def least_allowed(value: int, tolerance: float) -> int:
    """``ceil((1 - tolerance) x value)`` in whole points; for a value below 0 the tolerance widens downwards."""
    slack = exact(tolerance) * abs(value)
    return value - slack.numerator // slack.denominator
