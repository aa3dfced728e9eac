"""A decision by hand as a value, and as rules of the scenario that holds it."""

import getpass
from dataclasses import dataclass, field
from datetime import UTC, datetime

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import say
from planner.base.units import number
from planner.scenario.rules.base import Rule
from planner.scenario.rules.by_hand import LARGEST_VOLUME, AgreedVolume, Lock, State, agreed_volume, lock
from planner.scenario.scenario import Scenario, vary

KINDS = ("lock_in", "lock_out", "volume", "free")
SIDES = {"lock_in": "in", "lock_out": "out", "volume": "volume", "free": "free"}  # of the sentences on what it costs


@dataclass(frozen=True)
class Edit:
    """One decision by hand on an usulan or (``volume``, ``free``) on one line of it, with its reason.

    ``free`` takes back the locks and agreed volumes of the usulan, or the agreed volume of the line alone. ``when`` is
    ISO in UTC. Raises PlannerError where kind, reason, line or volume is missing.
    """

    kind: str
    usulan_id: str
    rincian_id: str | None = None
    volume: int | None = None
    reason: str = ""
    who: str = ""
    when: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def __post_init__(self):
        object.__setattr__(self, "reason", one_line(self.reason))
        object.__setattr__(self, "who", one_line(self.who) or user())
        problems = []
        if self.kind not in KINDS:
            near = hint(self.kind, KINDS)
            problems.append(say("errors.unknown", kind=say("edit.kind"), name=shown(self.kind), hint=near))
        if not self.reason:
            problems.append(say("edit.no_reason"))
        whole = type(self.volume) is int and 0 <= self.volume <= LARGEST_VOLUME
        if self.kind == "volume" and (self.rincian_id is None or not whole):
            problems.append(say("edit.no_volume"))
        if problems:
            raise PlannerError(problems)

    @property
    def agreed(self) -> tuple[str, int]:
        """The line and the volume of an edit of a volume, which has both."""
        assert self.rincian_id is not None and self.volume is not None
        return self.rincian_id, self.volume

    def sentence(self, lang: str | None = None) -> str:
        """What is decided, for people."""
        whole = "free_line" if self.kind == "free" and self.rincian_id is not None else self.kind
        values = {"usulan": shown(self.usulan_id), "rincian": shown(self.rincian_id)}
        return say(f"edit.what.{whole}", lang, volume=number(self.volume or 0, lang=lang), **values)


def edit_of(usulan_id: str, kinds: dict[str, bool], volume: str | None, reason: str) -> Edit:
    """The edit that a command line asks for: exactly one of ``kinds`` or ``volume`` ('R01=4')."""
    asked = [kind for kind, wanted in kinds.items() if wanted] + ["volume"] * (volume is not None)
    if len(asked) != 1:
        raise PlannerError(say("edit.one_change"))
    line, _, units = (volume or "").rpartition("=")
    whole = int(units) if units.isascii() and units.isdigit() and len(units) < 16 else None
    return Edit(asked[0], usulan_id, line or None, whole, reason)


def one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def user() -> str:
    try:
        return one_line(getpass.getuser())
    except (OSError, KeyError):
        return ""


def apply_edit(scenario: Scenario, edit: Edit) -> Scenario:
    """The scenario with the edit as a rule; what it replaces is gone. Raises PlannerError where nothing is to free."""
    rules = list(release(scenario, edit).rules)
    if edit.kind == "free" and tuple(rules) == scenario.rules:
        raise PlannerError(say("edit.nothing_to_free", usulan=shown(edit.usulan_id)))
    law = f"{say('edit.law', 'id')}: {edit.reason}"
    if edit.kind == "free" or holds_already(scenario, edit):
        return vary(scenario, rules=rules)
    if edit.kind == "volume":
        rules.append(agreed_rule(edit, law))
    else:
        state: State = "in" if edit.kind == "lock_in" else "out"
        mine = [r for r in rules if isinstance(r, Lock) and (r.state, r.law) == (state, law)][:1]
        if mine:
            rules[rules.index(mine[0])] = mine[0].model_copy(update={"usulan": (*mine[0].usulan, edit.usulan_id)})
        else:
            rules.append(lock(state, law, usulan=(edit.usulan_id,)))
    return vary(scenario, rules=rules)


def holds_already(scenario: Scenario, edit: Edit) -> bool:
    """Whether a rule says already what the edit decides."""
    if edit.kind == "volume":
        mine = edit.usulan_id, edit.rincian_id, edit.volume
        return any((r.usulan, r.rincian, r.volume) == mine for r in scenario.rules_of(AgreedVolume))
    locks = [rule.state for rule in scenario.rules_of(Lock) if edit.usulan_id in rule.usulan]
    return edit.kind != "free" and SIDES[edit.kind] in locks


def release(scenario: Scenario, edit: Edit) -> Scenario:
    """The scenario without the locks or agreed volumes that the edit replaces or takes back.

    Locks of a kabupaten stay.
    """
    free, rules = edit.kind == "free" and edit.rincian_id is None, list[Rule]()
    for rule in scenario.rules:
        if isinstance(rule, AgreedVolume) and rule.usulan == edit.usulan_id:
            if free or (rule.rincian == edit.rincian_id and rule.volume != edit.volume):
                continue
        elif isinstance(rule, Lock) and edit.usulan_id in rule.usulan and (free or edit.kind == opposite(rule)):
            left = tuple(name for name in rule.usulan if name != edit.usulan_id)
            rules += [rule.model_copy(update={"usulan": left})] if left or rule.kabupaten else []
            continue
        rules.append(rule)
    return scenario if tuple(rules) == scenario.rules else vary(scenario, rules=rules)


def opposite(rule: Lock) -> str:
    """The kind of edit that a lock stands against."""
    return "lock_out" if rule.state == "in" else "lock_in"


def agreed_rule(edit: Edit, law: str = "") -> AgreedVolume:
    return agreed_volume(edit.usulan_id, *edit.agreed, law)
