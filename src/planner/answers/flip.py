"""The smallest single change that turns an answer: sought by previews, confirmed by solving there and a step before."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil, floor
from time import monotonic

import numpy as np
import pandas as pd

from planner.answers.open_plan import Case, check_known
from planner.answers.preview import Preview, Previewer
from planner.base.errors import NoneFoundError, PlannerError
from planner.base.messages import label, say
from planner.base.processes import Clock
from planner.base.units import Unit
from planner.model.candidates import Candidates
from planner.model.options import Options
from planner.plan.allocate import allocate
from planner.scenario.goals import least_allowed
from planner.scenario.place import BUDGET, Place
from planner.scenario.rules.gates import Ready
from planner.scenario.scenario import Scenario, vary
from planner.solve.engines import Settings
from planner.solve.exact import maximise
from planner.solve.formulation import SideRow

STEP_RP = 100_000_000  # of money
STEP_SHARE, STEP_PCT = 0.01, 0.1  # of a rule's share (0-1); of a criterion in percent
COUNTS = 20  # how far a number of usulan is moved
FAR_PCT = {True: 100, False: 50}  # how far the own cost is raised, and lowered
GUESS_GAP = 0.002
SOLVE_S = 60.0  # of one solve, where the scenario's own limit is not shorter
NODES = 1_000  # of the proof that plans with the usulan otherwise are worse: work, so that no machine decides
NEARER = 3  # solves beyond those of the search, of steps that are nearer than the one found
OWN = {  # criterion -> the table and the column that it is made from, where that is one number
    "kemiskinan": ("kabupaten", "kemiskinan_pct"), "pengangguran": ("kabupaten", "tpt_pct"), "ikm": ("usulan", "ikm"),
    "tenaga_kerja": ("usulan", "tenaga_kerja_target"),
}  # fmt: skip
PERCENTS = ("kemiskinan_pct", "tpt_pct")
Asked = tuple[Candidates, Scenario]


@dataclass(frozen=True)
class Ladder:
    """One thing that is moved step by step away from ``now``: ``make`` gives the question at a value of ``rungs``."""

    kind: str  # budget | cost | score | rule | gate
    what: Callable[[], str]
    now: int | float | str
    rungs: tuple[int | float | str, ...]
    make: Callable[[int | float | str], Asked]
    unit: Unit = Unit.NUMBER

    def text(self, value: int | float | str) -> str:
        """A value for people, nothing rounded."""
        if isinstance(value, str):
            return label("flip_states" if value in ("in_force", "lifted") else "statuses", value)
        return self.unit.exactly(value)


@dataclass(frozen=True)
class Flip:
    """What was found on a ladder: ``at`` turns the answer and ``before``, one step nearer, does not: both solved.

    ``at`` is None where none of the values tried up to ``end`` turns it. ``left``: steps nearer than ``at`` (or up to
    ``end``) that were not solved: winning is not monotone, so one of them may turn it too. ``likely``: where a preview
    turns it, and nothing was proven in time.
    """

    ladder: Ladder = field(repr=False, compare=False)
    name: str
    funded: bool
    at: int | float | str | None
    before: int | float | str | None
    left: int
    likely: int | float | str | None = None

    def plain(self) -> dict:
        """As ``--json`` prints it."""
        return {
            "kind": self.ladder.kind, "what": self.ladder.what(), "now": self.ladder.now, "at": self.at,
            "before": self.before, "end": self.ladder.rungs[-1], "left": self.left, "likely": self.likely,
        }  # fmt: skip

    def sentence(self) -> str:
        """The answer in the language in force."""
        text, side = self.ladder.text, "out" if self.funded else "in"
        said = {"what": self.ladder.what(), "now": text(self.ladder.now), "name": self.name}
        if self.likely is not None:
            told = say(f"flip.likely_{side}", at=text(self.likely), **said)
        elif self.at is None or self.before is None:
            told = say(f"flip.none_{side}", end=text(self.ladder.rungs[-1]), **said)
        elif isinstance(self.at, str):
            told = say(f"flip.paper_{side}", at=text(self.at), **said)
        else:
            told = say(f"flip.found_{side}", at=text(self.at), before=text(self.before), **said)
        return f"{told} {say('flip.left', count=self.left)}" if self.left else told


class UnprovenError(Exception):
    """Whether a rung turns the answer is not known: the time was up before."""


@dataclass
class Climb:
    """The rungs of one ladder, numbered from 1; 0 is the plan as it is."""

    ladder: Ladder
    usulan_id: str
    funded: bool
    clock: Clock
    solved: dict[int, bool] = field(default_factory=lambda: {0: False})
    guessed: dict[int, bool] = field(default_factory=lambda: {0: False})

    @property
    def end(self) -> int:
        return len(self.ladder.rungs)

    @cached_property
    def previewer(self) -> Previewer:
        return Previewer(self.ladder.make(self.ladder.rungs[0])[0])

    def turned(self, k: int) -> bool:
        """Whether every best plan there, or that which ``allocate`` gives, has the usulan otherwise; none: it has not.

        Raises UnprovenError where that is not proven in time, and KeyboardInterrupt where the clock was stopped.
        """
        if k not in self.solved:
            if (proven := self.proven(k)) is None:
                proven = self.allocated(k)
            if self.clock.stopped:
                raise KeyboardInterrupt
            self.solved[k] = proven
        return self.solved[k]

    def allocated(self, k: int) -> bool:
        """``turned`` by solving."""
        try:
            candidates, scenario = self.ladder.make(self.ladder.rungs[k - 1])
            limited = {"time_limit_s": min(scenario.solver.time_limit_s, SOLVE_S)}
            quick = scenario.model_copy(update={"solver": scenario.solver.model_copy(update=limited)})
            plan = allocate(candidates, quick, clock=self.clock)
        except NoneFoundError:  # whether there is a plan is not known
            raise UnprovenError from None
        except PlannerError:
            return False
        if plan["status"] == "best_found" and not self.clock.stopped:
            raise UnprovenError
        return (self.usulan_id in set(plan.funded["usulan_id"])) != self.funded

    def likely(self, k: int) -> bool:
        """The same by a preview, which may err."""
        if k in self.solved:
            return self.solved[k]
        if k not in self.guessed:
            found = self.preview(k)
            self.guessed[k] = found is not None and self.has(found) != self.funded
        return self.guessed[k]

    def preview(self, k: int) -> Preview | None:
        """A plan nearly as good as the best; None where there is none."""
        self.clock.deadline_s = monotonic() + SOLVE_S
        try:
            candidates, scenario = self.ladder.make(self.ladder.rungs[k - 1])
            self.previewer.over(candidates)
            found = self.previewer.preview(scenario, GUESS_GAP, self.clock)
        except PlannerError:
            return None
        return None if found.x is None else found

    def has(self, found: Preview) -> bool:
        return self.usulan_id in found.winners

    def proven(self, k: int) -> bool | None:
        """``turned`` where plans that have the usulan otherwise than a preview are all worse than it; else None."""
        if (found := self.preview(k)) is None:
            return None
        problem, goals = found.problem, found.scenario.goals
        own = problem.options.table["usulan_id"].to_numpy() == self.usulan_id
        coef = np.zeros(problem.width, dtype=np.int64)
        coef[problem.columns.fund] = own
        row = SideRow(coef, upper=0) if self.has(found) else SideRow(coef, lower=1)
        least = least_allowed(found.value, found.scenario.solver.gap)
        least = least_allowed(least, max((goal.tolerance for goal in goals[1:]), default=0.0))
        settings = Settings(
            clock=self.clock, nodes=NODES, enough=lambda value, bound: value >= least or bound < least - 1
        )
        other = maximise(problem, problem.aim(0, found.point), [row], None, settings)
        below = other.bound is not None and other.bound + problem.rounding(0, found.point) < least
        return self.has(found) != self.funded if below or other.stopped == "infeasible" else None

    def found(self, nearer: int) -> int | None:
        """The number of a rung that turns the answer, the one before it being solved too; None: none was found."""
        guess = self.step_by(self.likely)
        if guess is None:
            return self.nearest(nearer)
        low, high = guess - 1, guess
        while not self.turned(high):  # ever larger steps away from the guess, up and then down
            if high == self.end:
                return self.nearest(nearer)
            low, high = high, min(self.end, high + max(1, 2 * (high - guess)))
        while self.turned(low):
            low, high = max(0, low - max(1, 2 * (guess - low))), low
        self.spend(self.between(low, high, self.turned), nearer)
        return min(n for n, yes in self.solved.items() if yes)

    def nearest(self, nearer: int) -> int | None:
        """The nearest rung known to turn the answer, after as many more were solved; None: none of them does."""
        self.spend(self.end + 1, nearer)
        return min((n for n, yes in self.solved.items() if yes), default=None)

    def step_by(self, turns: Callable[[int], bool]) -> int | None:
        """The first rung of a doubling walk that turns, narrowed down."""
        low, k = 0, 1
        while not turns(k):
            if k == self.end:
                return None
            low, k = k, min(self.end, 2 * k)
        return self.between(low, k, turns)

    def between(self, low: int, high: int, turns: Callable[[int], bool]) -> int:
        """A rung that turns while the one below it does not, between one that does not and one that does."""
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if turns(middle) else (middle, high)
        return high

    def spend(self, top: int, most: int) -> None:
        """Solve the nearest rungs below ``top`` that are not solved, until one turns or so many are."""
        for k in [n for n in range(1, top) if n not in self.solved][:most]:
            if self.turned(k):
                return


def flips(
    case: Case, usulan_id: str, clock: Clock | None = None, nearer: int = NEARER,
    progress: Callable[[str], None] = lambda text: None,
) -> Iterator[Flip]:  # fmt: skip
    """For each kind of change the smallest found that turns whether an usulan is in the plan, one after another.

    Raises PlannerError for an usulan that the plan does not know.
    """
    check_known(case, usulan_id)
    funded, clock = usulan_id in case.winners(case.x), clock or Clock()
    for ladder in ladders(case, usulan_id, funded):
        if not ladder.rungs:
            continue
        progress(say("flip.progress", what=ladder.what()))
        climb, unproven = Climb(ladder, usulan_id, funded, clock), False
        try:
            k = climb.found(nearer)
        except UnprovenError:
            k, unproven = None, True
        except KeyboardInterrupt:
            return
        top = climb.end + 1 if k is None else k
        left = sum(n not in climb.solved for n in range(1, top))
        values = (ladder.now, *ladder.rungs)
        at, before = (None, None) if k is None else (values[k], values[k - 1])
        guessed = min((n for n, yes in climb.guessed.items() if yes), default=0) if unproven else 0
        likely = values[guessed] if guessed else None
        yield Flip(ladder, case.register.known[usulan_id].name, funded, at, before, left, likely)


def ladders(case: Case, usulan_id: str, funded: bool) -> Iterator[Ladder]:
    """What can be moved: the budget, its own cost, what it is worth, the bounds of rules that hold it, its papers."""
    candidates, scenario = case.problem.options.candidates, case.plan.scenario
    record = case.register.records.get(usulan_id)
    if record is not None and record["kind"] == "gate":
        yield from gate_ladders(candidates, scenario, usulan_id, record)
        return
    yield place_ladder("budget", candidates, scenario, BUDGET, up=not funded)
    yield cost_ladder(candidates, scenario, usulan_id, up=funded)
    yield from worth_ladders(candidates, scenario, usulan_id, up=not funded)
    for number in holding(case, usulan_id, record):
        for name, _ in bounds(scenario, number):
            up = not funded and name.startswith("max")
            yield place_ladder("rule", candidates, scenario, Place.of_rule(number, name), up)
    if funded:
        yield from paper_ladders(candidates, scenario, usulan_id)


def holding(case: Case, usulan_id: str, record: dict | None) -> list[int]:
    """The rules that hold an usulan: that which keeps it out, or of a winner all whose rows speak of it."""
    if record is not None:
        number = case.plan.scenario.rule_number(record["rule"] or "")
        return [] if number is None else [number]
    own = np.flatnonzero(case.problem.options.table["usulan_id"] == usulan_id)
    rows = np.unique(case.problem.matrix[:, own].tocoo().row)
    return sorted({int(rule) for rule in case.problem.row_rule[rows] if rule >= 0})


def bounds(scenario: Scenario, number: int) -> list[tuple[str, int | float]]:
    """A rule's bounds that are numbers."""
    found = [(name, value) for name, value in scenario.rules[number] if name.startswith(("min", "max"))]
    return [(name, value) for name, value in found if isinstance(value, int | float) and not isinstance(value, bool)]


def place_ladder(kind: str, candidates: Candidates, scenario: Scenario, place: Place, up: bool) -> Ladder:
    """The budget on its grid, or a rule's bound by whole steps of its unit."""
    now = place.number(scenario)
    unit = place.unit
    rungs: list[int | float]
    if unit == Unit.RUPIAH:
        rungs = [STEP_RP * n for n in range(int(now) // STEP_RP // 2 + 1, int(now) * 3 // 2 // STEP_RP + 1)]
    elif unit == Unit.SHARE:
        rungs = [round(STEP_SHARE * n, 2) for n in range(round(1 / STEP_SHARE) + 1)]
    else:
        rungs = list(range(max(0, int(now) - COUNTS), int(now) + COUNTS + 1))
    away = [at for at in rungs if (at > now if up else at < now)]
    return Ladder(
        kind, lambda: named(place, scenario), now, tuple(sorted(away, reverse=not up)),
        lambda at: (candidates, place.set(scenario, at)), unit,  # type: ignore[arg-type]
    )  # fmt: skip


def named(place: Place, scenario: Scenario) -> str:
    """What is moved, for people: a rule's bound with the rule's sentence."""
    if place.rule is None:
        return say("flip.kinds.budget")
    return say("flip.kinds.rule", rule=place.rule_of(scenario).sentence().rstrip("."), place=place.label())


def cost_ladder(candidates: Candidates, scenario: Scenario, usulan_id: str, up: bool) -> Ladder:
    """All own prices by the same percentage; values are what the usulan then asks for."""
    lines = candidates.rincian
    mine, price = (lines["usulan_id"] == usulan_id).to_numpy(), lines["harga_satuan_rp"].to_numpy(object)
    volume = lines["volume"].to_numpy(object)

    def priced(percent: int) -> pd.Series:
        moved = [int(p) * percent // 100 if own else int(p) for p, own in zip(price, mine, strict=True)]
        return pd.Series(moved, index=lines.index, dtype=lines["harga_satuan_rp"].dtype)

    def asked(prices: pd.Series) -> int:
        return sum(int(p) * int(v) for p, v, own in zip(prices, volume, mine, strict=True) if own)

    steps: dict[int | float | str, pd.Series] = {}
    for k in range(1, FAR_PCT[up] + 1):
        moved = priced(100 + k if up else 100 - k)
        if moved[mine].min() > 0:
            steps[asked(moved)] = moved
    return Ladder(
        "cost", lambda: say("flip.kinds.cost"), asked(priced(100)), tuple(steps),
        lambda at: (replace(candidates, rincian=lines.assign(harga_satuan_rp=steps[at])), scenario), Unit.RUPIAH,
    )  # fmt: skip


def worth_ladders(candidates: Candidates, scenario: Scenario, usulan_id: str, up: bool) -> Iterator[Ladder]:
    """What it is worth by: each criterion that a goal weighs and that is one number, and what its first goal counts."""
    own = candidates.usulan.set_index("usulan_id").loc[usulan_id]
    weighed = any(one.column in Options.MICRO_COLUMNS for one in scenario.goals)
    wanted = {
        column: (table, f"criteria.{name}")
        for name, (table, column) in OWN.items()
        if weighed and scenario.weights.get(name)
    }
    goal = scenario.goals[0].column
    wanted |= {"ikm": ("usulan", "columns.ikm")} if goal == "benefit" else {}
    wanted |= {goal: ("usulan", f"columns.{goal}")} if goal in candidates.usulan and goal != "amount_rp" else {}
    for column, (table, title) in wanted.items():
        key, name = ("kode", own["kode"]) if table == "kabupaten" else ("usulan_id", usulan_id)
        frame: pd.DataFrame = getattr(candidates, table)
        value = frame.set_index(key).loc[name, column]
        if pd.isna(value):
            continue
        rungs = percents(float(value), up) if column in PERCENTS else wholes(float(value), up)
        yield worth_ladder(candidates, scenario, (table, column, title), (key, name), value, rungs)


def worth_ladder(
    candidates: Candidates, scenario: Scenario, where: tuple[str, str, str], who: tuple[str, str], value, rungs: tuple
) -> Ladder:
    """A cell of a table of the candidates: ``where`` names the table, the column, and what people call it."""
    (table, column, title), (key, name) = where, who
    frame: pd.DataFrame = getattr(candidates, table)

    def make(at) -> Asked:
        moved = frame.assign(**{column: frame[column].mask(frame[key] == name, at)})
        return replace(candidates, **{table: moved.astype({column: frame[column].dtype})}), scenario

    now = int(value) if float(value).is_integer() else float(value)
    return Ladder("score", lambda: label(*title.split(".")), now, rungs, make)


def percents(value: float, up: bool) -> tuple[float, ...]:
    steps = [round(STEP_PCT * n, 1) for n in range(round(100 / STEP_PCT) + 1)]
    return tuple(at for at in steps if at > value) if up else tuple(at for at in reversed(steps) if at < value)


def wholes(value: float, up: bool) -> tuple[int, ...]:
    """From the next whole number to twice as many, or down to none."""
    return tuple(range(floor(value) + 1, ceil(2 * value) + 1)) if up else tuple(range(ceil(value) - 1, -1, -1))


# -- papers ------------------------------------------------------------------------------------------------------------


def gate_ladders(candidates: Candidates, scenario: Scenario, usulan_id: str, record: dict) -> Iterator[Ladder]:
    """Each document that is lacking as if it were there; of any other gate, the rule as if it were not in force."""
    number = scenario.rule_number(record["rule"] or "")
    if number is None:
        return
    rule = scenario.rules[number]
    if not isinstance(rule, Ready):
        without = tuple(one for k, one in enumerate(scenario.rules) if k != number)
        yield Ladder(
            "gate", lambda: rule.sentence().rstrip("."), "in_force", ("lifted",),
            lambda at: (candidates, vary(scenario, rules=without)),
        )  # fmt: skip
        return
    own = candidates.usulan[candidates.usulan["usulan_id"] == usulan_id]
    for _, lacks in rule.missing(own, candidates):
        for name, (status, _date) in lacks.items():
            yield paper_ladder(candidates, scenario, usulan_id, name, status or "unknown", "ada")


def paper_ladders(candidates: Candidates, scenario: Scenario, usulan_id: str) -> Iterator[Ladder]:
    """The first mandatory document as if it were not there yet."""
    own = candidates.usulan[candidates.usulan["usulan_id"] == usulan_id]
    for rule in scenario.rules_of(Ready):
        needed = rule.needed(int(own["ta"].iloc[0]), str(own["menu"].iloc[0]), candidates.juknis)
        held = [name for name in needed if own[name].iloc[0] in rule.accept]
        if held:
            yield paper_ladder(candidates, scenario, usulan_id, held[0], str(own[held[0]].iloc[0]), "belum")
        return


def paper_ladder(candidates: Candidates, scenario: Scenario, usulan_id: str, name: str, now: str, then: str) -> Ladder:
    frame = candidates.usulan
    moved = frame.assign(**{name: frame[name].mask(frame["usulan_id"] == usulan_id, then)})
    return Ladder(
        "gate", lambda: label("documents", name), now, (then,),
        lambda at: (replace(candidates, usulan=moved), scenario),
    )  # fmt: skip
