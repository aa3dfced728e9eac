"""Two rounds of a season as groups of changes, and the question in between: some groups changed, the others not yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from planner.model.candidates import REFERENCE, Candidates, checked_tables, join_tables
from planner.plan.season import Round
from planner.scenario.rules.base import Rule
from planner.scenario.rules.by_hand import AgreedVolume, Lock
from planner.scenario.rules.verdicts import OF_LINES, OF_USULAN
from planner.scenario.scenario import Scenario, vary
from planner.tables.reading import Table, blank
from planner.tables.reference import reference_tables
from planner.tables.row_changes import row_changes
from planner.tables.schemas import KEYS

GROUPS = ("budget", "weights", "rules", "verdicts", "tables", "edits")
FIELDS = {  # of a scenario, by the group that they are of; rules are shared out by kind, the rest is that of the later
    "budget": ("budget_rp",),
    "weights": ("weights", "goals", "count_twice", "sentra_by", "assumptions", "fund_without_benefit"),
}
BY_HAND = (Lock, AgreedVolume)
VERDICTS = {"usulan": OF_USULAN[:1], "rincian": (*OF_LINES, "volume_disetujui"), "daerah": OF_USULAN[1:]}
WHOLE = "daerah"  # rows of it may hold verdicts alone
Tables = Mapping[str, Table]


@dataclass(frozen=True)
class Side:
    """What one round asked of which tables."""

    scenario: Scenario
    own: Tables
    reference: Tables
    modelled: bool


@dataclass(frozen=True)
class Sides:
    """An earlier and a later round."""

    before: Side
    after: Side

    def side(self, group: str, groups: Iterable[str]) -> Side:
        return self.after if group in groups else self.before

    def changed(self) -> tuple[str, ...]:
        """The groups in which the rounds differ, in the order of ``GROUPS``."""
        differs = {group: not same_fields(*self.scenarios, group) for group in FIELDS}
        differs["rules"] = asked_by(self.before.scenario, False) != asked_by(self.after.scenario, False)
        differs["edits"] = asked_by(self.before.scenario, True) != asked_by(self.after.scenario, True)
        return tuple(group for group in GROUPS if (differs | self.changed_tables())[group])

    @property
    def scenarios(self) -> tuple[Scenario, Scenario]:
        return self.before.scenario, self.after.scenario

    def changed_tables(self) -> dict[str, bool]:
        """Whether cells of verdicts differ, and whether anything else in the tables does."""
        old, new = self.before.own, self.after.own
        judged, grown = mixed(old, new), mixed(new, old)
        origin = self.before.modelled != self.after.modelled or not same_reference(self.before, self.after)
        return {
            "verdicts": not (same_tables(judged, old) and same_tables(grown, new)),
            "tables": origin or not (same_tables(grown, old) and same_tables(judged, new)),
        }

    def scenario(self, groups: Iterable[str]) -> Scenario:
        """The question with these groups as in the later round, the others as in the earlier one."""
        groups = set(groups)
        values = {
            field: getattr(self.side(group, groups).scenario, field) for group, own in FIELDS.items() for field in own
        }
        rules = [rule for rule in self.side("rules", groups).scenario.rules if not isinstance(rule, BY_HAND)]
        place = self.side("tables", groups)
        rules += [kept for rule in by_hand(self.side("edits", groups).scenario) if (kept := known(rule, place))]
        origin = {"candidates": place.scenario.candidates, "data": place.scenario.data}
        return vary(self.after.scenario, **values, rules=rules, **origin)

    def candidates(self, groups: Iterable[str], scenario: Scenario) -> Candidates:
        """The tables that ``scenario`` is asked of."""
        place = self.side("tables", groups)
        own = mixed(place.own, self.side("verdicts", groups).own)
        return join_tables(scenario, place.reference, own, place.modelled)

    def by_weights_of_after(self, scenario: Scenario) -> Scenario:
        """The same question measured as the later round measures; nothing is left out for being worth nothing."""
        own = {field: getattr(self.after.scenario, field) for field in FIELDS["weights"]}
        return vary(scenario, **own | {"fund_without_benefit": True})


def side_of(one: Round) -> Side:
    scenario = one.scenario
    own = checked_tables(scenario, one.tables, one.acuan).tables
    return Side(scenario, own, reference_tables(REFERENCE, one.acuan), one.tables is None)


def same_fields(one: Scenario, other: Scenario, group: str) -> bool:
    return all(getattr(one, field) == getattr(other, field) for field in FIELDS[group])


def by_hand(scenario: Scenario) -> list[Lock | AgreedVolume]:
    return [rule for rule in scenario.rules if isinstance(rule, BY_HAND)]


def asked_by(scenario: Scenario, hand: bool) -> list:
    """What the rules ask, whatever their order and the laws that they cite; locks name by name."""
    if not hand:
        return sorted(repr(unlawed(rule)) for rule in scenario.rules if not isinstance(rule, BY_HAND))
    locks = {(lock.state, name) for lock in scenario.rules_of(Lock) for name in lock.usulan + lock.kabupaten}
    return sorted([*map(repr, locks), *(repr(unlawed(rule)) for rule in scenario.rules_of(AgreedVolume))])


def unlawed(rule: Rule) -> Rule:
    return rule.model_copy(update={"law": ""})


def known(rule: Lock | AgreedVolume, place: Side) -> Lock | AgreedVolume | None:
    """A decision by hand as far as the usulan and lines that it names are in the tables; None where none is."""
    if place.modelled:
        return rule
    usulan, rincian = place.own["usulan"].data, place.own["rincian"].data
    names, places = set(usulan["usulan_id"]), set(usulan["kode"])
    if isinstance(rule, AgreedVolume):
        return rule if ((rincian["usulan_id"] == rule.usulan) & (rincian["rincian_id"] == rule.rincian)).any() else None
    left = {
        "usulan": tuple(name for name in rule.usulan if name in names),
        "kabupaten": tuple(kode for kode in rule.kabupaten if kode in places),
    }
    return rule.model_copy(update=left) if any(left.values()) else None


def mixed(base: Tables, verdicts: Tables) -> dict[str, Table]:
    """The tables of ``base`` with the verdicts that ``verdicts`` holds; a row it does not know is not judged."""
    found = dict(base)
    for name, columns in VERDICTS.items() if base is not verdicts else ():
        mine, theirs = base.get(name), verdicts.get(name)
        if (table := mine or theirs) is None or (mine is None and name != WHOLE):
            continue
        own, said = (blank(name) if one is None else one.data for one in (mine, theirs))
        judged = said.loc[said[list(columns)].notna().any(axis=1), [*KEYS[name], *columns]]
        how = "outer" if name == WHOLE else "left"
        frame = own.drop(columns=list(columns)).merge(judged, on=KEYS[name], how=how)
        found[name] = replace(table, data=frame[own.columns])
    return found


def same_tables(one: Tables, other: Tables) -> bool:
    return not row_changes(frames(one), frames(other))


def same_reference(one: Side, other: Side) -> bool:
    return all(one.reference[name].sha256 == other.reference[name].sha256 for name in REFERENCE)


def frames(tables: Tables) -> dict[str, pd.DataFrame]:
    """The tables without the rows of ``WHOLE`` that say nothing beside their key, as where verdicts are taken back."""
    found = {name: table.data for name, table in tables.items()}
    if WHOLE in found:
        said = found[WHOLE].columns.difference(KEYS[WHOLE])
        found[WHOLE] = found[WHOLE].dropna(subset=list(said), how="all")
    return found
