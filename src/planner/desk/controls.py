"""What the workbench lets a planner move, read from the scenario itself: pure, without a widget."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args, get_origin

from planner.base.messages import label, say
from planner.base.units import Unit, rupiah
from planner.scenario.place import Place
from planner.scenario.rules.base import Rule
from planner.scenario.rules.by_hand import AgreedVolume, Lock, agreed_volume, lock
from planner.scenario.scenario import Scenario, vary
from planner.solve.infeasible.levers import Change

Value = int | float | str
Name = tuple[str, str]  # ("kabupaten", kode) or ("usulan", usulan_id)
KINDS = ("usulan", "kabupaten")
FAR = 10  # times the file's budget, or a part of it: further away is asked about
BY_HAND = (Lock, AgreedVolume)  # rules that the list, the map and the explanation move


@dataclass(frozen=True)
class Knob:
    """One control: the ``place`` of its value as messages name it (``rules[3].min_share``), what it is, its value.

    ``kind``: ``rupiah`` | ``weight`` | ``share`` (0-1, shown in percent) | ``whole`` | ``number`` | ``choice``.
    """

    place: str
    kind: str
    value: Value
    choices: tuple[str, ...] = ()

    @property
    def rule(self) -> int | None:
        """The number of the rule that it belongs to."""
        return Place(self.place).rule

    @property
    def name(self) -> str:
        return Place(self.place).field


@dataclass(frozen=True)
class Controls:
    """Where everything that can be moved stands.

    ``off``: numbers of rules left out; ``locks``: name -> in | out; ``volumes``: (usulan_id, rincian_id) -> agreed.
    """

    values: Mapping[str, Value]
    off: frozenset[int] = frozenset()
    locks: Mapping[Name, str] = field(default_factory=dict)
    volumes: Mapping[Name, int] = field(default_factory=dict)

    def moved(self, place: str, value: Value) -> "Controls":
        return replace(self, values={**self.values, place: value})

    def switched(self, rule: int, on: bool) -> "Controls":
        """With a rule in force or left out."""
        return replace(self, off=self.off - {rule} if on else self.off | {rule})

    def locked(self, name: Name, state: str | None) -> "Controls":
        """With an usulan or a kabupaten locked ``in`` or ``out``, or free (``None``)."""
        return replace(self, locks=with_value(self.locks, name, state))

    def locks_of(self, kind: str) -> dict[str, str]:
        """The locks of one kind: name -> in | out."""
        return {name: state for (own, name), state in self.locks.items() if own == kind}

    def with_locks(self, kind: str, locks: Mapping[str, str]) -> "Controls":
        """With exactly these locks of one kind."""
        others = {key: state for key, state in self.locks.items() if key[0] != kind}
        return replace(self, locks=others | {(kind, name): state for name, state in locks.items()})

    def agreed(self, line: Name, volume: int | None) -> "Controls":
        """With the volume of a line agreed by hand, or free again (``None``)."""
        return replace(self, volumes=with_value(self.volumes, line, volume))


def with_value(values: Mapping, name: Name, value: object) -> dict:
    """The mapping with ``name`` set, or without it where ``value`` is None."""
    rest = {key: old for key, old in values.items() if key != name}
    return rest if value is None else {**rest, name: value}


def knobs(scenario: Scenario) -> list[Knob]:
    """Everything that can be moved: the budget of each year, the weights, and every bound of every rule."""
    found = [Knob(Place.of_year(ta).name, "rupiah", amount) for ta, amount in scenario.budget_rp.items()]
    found += [Knob(f"weights.{name}", "weight", weight) for name, weight in scenario.weights.items()]
    for number, rule in enumerate(scenario.rules):
        if not isinstance(rule, BY_HAND):
            found += knobs_of(rule, number)
    return found


def knobs_of(rule: Rule, number: int) -> Iterator[Knob]:
    """The numbers and the choices of a rule, whatever rule it is: its fields say what they are."""
    told = ("rule", "law", "relax") if rule.over_years else ("rule", "law", "relax", "per")
    for name, value in rule:
        options, place = choices(type(rule).model_fields[name].annotation), Place.of_rule(number, name)
        if name in told or value is None:
            continue
        if len(options) > 1 and isinstance(value, str):
            yield Knob(place.name, "choice", value, options)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield Knob(place.name, kind_of(place, value), value)


def choices(annotation: object) -> tuple[str, ...]:
    """The words of a ``Literal``, also inside ``Annotated``; none for anything else."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    inner = get_args(annotation)
    return choices(inner[0]) if inner and get_origin(inner[0]) is Literal else ()


def kind_of(place: Place, value: int | float) -> str:
    return "whole" if place.unit == Unit.NUMBER and isinstance(value, int) else place.unit


def controls_of(scenario: Scenario) -> Controls:
    """The controls that stand for a scenario as it is."""
    locks = {
        (kind, name): rule.state
        for rule in scenario.rules_of(Lock)
        for kind, names in rule.names().items()
        for name in names
    }
    volumes = {(rule.usulan, rule.rincian): rule.volume for rule in scenario.rules_of(AgreedVolume)}
    return Controls({knob.place: knob.value for knob in knobs(scenario)}, frozenset(), locks, volumes)


def scenario_from(base: Scenario, controls: Controls) -> Scenario:
    """The scenario that the controls describe; all else stays as in ``base``, and unchanged controls give it back.

    Raises PlannerError with every place whose value cannot be.
    """
    if controls == controls_of(base):
        return base
    values = controls.values
    rules = [change_rule(rule, number, values) for number, rule in enumerate(base.rules) if number not in controls.off]
    return vary(
        base,
        budget_rp={ta: values[Place.of_year(ta).name] for ta in base.budget_rp},
        weights={name: values[f"weights.{name}"] for name in base.weights},
        rules=(*set_volumes(set_locks(rules, controls.locks), controls.volumes),),
    )


def change_rule(rule: Rule, number: int, values: Mapping[str, Value]) -> Rule:
    """The rule with its moved values; validated where the scenario is."""
    moved = {k.name: values[k.place] for k in ([] if isinstance(rule, BY_HAND) else knobs_of(rule, number))}
    return rule.model_copy(update=moved)


def set_locks(rules: list[Rule], wanted: Mapping[Name, str]) -> list[Rule]:
    """The rules with exactly these locks: what a lock of the file still says stays there, the rest comes last."""
    kept: list[Rule] = []
    for rule in rules:
        if not isinstance(rule, Lock):
            kept.append(rule)
            continue
        own = rule.names().items()
        still = {kind: tuple(n for n in names if wanted.get((kind, n)) == rule.state) for kind, names in own}
        if any(still.values()):
            kept.append(rule.model_copy(update=still))
    locks = [rule for rule in kept if isinstance(rule, Lock)]
    said = {(kind, n, rule.state) for rule in locks for kind, names in rule.names().items() for n in names}
    for state in ("in", "out"):
        new = {kind: tuple(sorted(n for (k, n), s in wanted.items() if (k, s) == (kind, state))) for kind in KINDS}
        new = {kind: tuple(n for n in names if (kind, n, state) not in said) for kind, names in new.items()}
        if any(new.values()):
            kept.append(lock(state, say("workbench.by_hand", "id"), **new))
    return kept


def set_volumes(rules: list[Rule], wanted: Mapping[Name, int]) -> Iterator[Rule]:
    """The rules with exactly these agreed volumes, new ones last."""
    said = set()
    for rule in rules:
        line = (rule.usulan, rule.rincian) if isinstance(rule, AgreedVolume) else None
        if line is None or line in wanted:
            yield rule if line is None else rule.model_copy(update={"volume": wanted[line]})
            said.add(line)
    for usulan, rincian in sorted(wanted.keys() - said):
        yield agreed_volume(usulan, rincian, wanted[usulan, rincian], say("workbench.by_hand", "id"))


def apply_repair(base: Scenario, controls: Controls, changes: Sequence[Change]) -> Controls:
    """The controls with the changes of a repair (``diagnose``) of the scenario that they describe.

    Its rules are counted as they stand there; a lock or an agreed volume is dropped by freeing what it names.
    """
    rules = scenario_from(base, controls).rules
    numbers = iter(n for n, rule in enumerate(base.rules) if n not in controls.off and not isinstance(rule, BY_HAND))
    own = {k: next(numbers) for k, rule in enumerate(rules) if not isinstance(rule, BY_HAND)}
    for change in changes:
        place, number = change.place, change.place.rule
        rule = None if number is None else rules[number]
        if isinstance(rule, Lock):
            for name in [(kind, name) for kind, names in rule.names().items() for name in names]:
                controls = controls.locked(name, None)
        elif isinstance(rule, AgreedVolume):
            controls = controls.agreed((rule.usulan, rule.rincian), None)
        elif number is not None and change.after is None:
            controls = controls.switched(own[number], False)
        elif change.after is not None:
            place = place if number is None else Place.of_rule(own[number], place.field)
            controls = controls.moved(place.name, change.after)
    return controls


def caption(knob: Knob) -> str:
    """The control's name for people: a criterion, a year's pagu, or which bound of its rule."""
    place = Place(knob.place)
    if place.head == "budget_rp":
        return say("workbench.budget", ta=knob.name)
    if place.head == "weights":
        return label("criteria", knob.name)
    return label("parameters", knob.name)


def doubt(knob: Knob, value: Value, cheapest_rp: int) -> str:
    """What to ask before a budget is solved that pays for nobody or is far from the file's; '' where it is likely."""
    if not knob.place.startswith("budget_rp.") or isinstance(value, str) or isinstance(knob.value, str):
        return ""
    told = {"amount": rupiah(int(value)), "file": rupiah(int(knob.value)), "cheapest": rupiah(cheapest_rp)}
    if value < cheapest_rp:
        return say("workbench.ask.cheapest", **told)
    if FAR * value < knob.value:
        return say("workbench.ask.tenth", **told)
    return say("workbench.ask.tenfold", **told) if value > FAR * knob.value else ""


class History:
    """Every position of the controls since the file was opened, with undo and redo."""

    def __init__(self, start: Controls):
        self.steps, self.at = [start], 0

    @property
    def now(self) -> Controls:
        return self.steps[self.at]

    def add(self, controls: Controls) -> bool:
        """A new position after the present one; whether anything changed."""
        if controls == self.now:
            return False
        self.steps[self.at + 1 :] = [controls]
        self.at += 1
        return True

    def step(self, by: int) -> bool:
        """Back (-1) or forth (1); whether there was somewhere to go."""
        there = self.at + by
        if not 0 <= there < len(self.steps):
            return False
        self.at = there
        return True
