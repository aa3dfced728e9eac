"""A season in sentences: where it stands, and which change between two rounds caused how much."""

from collections.abc import Iterator, Sequence

from planner.answers.causes import COUNT, GOAL, MONEY, Causes, Key, Move
from planner.answers.scenario_diff import settings
from planner.answers.season_groups import FIELDS, VERDICTS, asked_by, by_hand, frames, mixed
from planner.answers.season_status import Status
from planner.base.errors import first_of
from planner.base.messages import label, language, say
from planner.base.units import number, rupiah, rupiah_full, signed
from planner.plan.season import TALK, TALKS
from planner.scenario.goals import amount, title
from planner.scenario.place import Place
from planner.tables.row_changes import RowChanges, row_changes

JUTA = 10**6
NAMED = 8  # of a list in a sentence


def status_text(status: Status) -> str:
    """Which rounds exist, what each holds, whether the chain is whole, what changed since, and the next step."""
    season, holds = status.season, status.holds
    lines = [say("season.status_head", folder=season.folder, count=len(holds))]
    if not holds and not season.problems:
        lines = [say("season.status_empty", folder=season.folder)]
    for one in holds:
        lines.append(
            say(
                "season.holds", round=one.round, made=one.made[:10], who=one.who or "–", usulan=number(one.usulan),
                winners=number(one.winners), spent=rupiah(one.spent_rp), pagu=rupiah(one.pagu_rp),
                status=say(f"compare.status.{one.status}"), edits=number(one.edits), digest=one.digest[:12],
            )
        )  # fmt: skip
        lines += [f"  {remark}" for remark in one.remarks]
    if season.problems:
        return "\n".join([*lines, say("season.chain_broken"), *(f"  - {problem}" for problem in season.problems)])
    lines += [say("season.chain_whole", digest=season.head)] if holds else []
    lines += [say("season.torn", round=holds[-1].round)] if season.torn else []
    return "\n".join([*lines, *since_lines(status), next_line(status)])


def since_lines(status: Status) -> Iterator[str]:
    if (since := status.since) is None:
        return
    last, unknown = status.holds[-1].round, [say("season.since_unknown", why=why) for why in since.problems]
    if not (unknown or since.tables or since.scenario or since.reference):
        yield say("season.since_nothing", round=last)
        return
    yield say("season.since", round=last)
    for one in since.tables or ():
        counts = {"added": len(one.added), "gone": len(one.gone), "changed": len(one.changed)}
        yield say("season.since_rows", table=one.table, places=len(one.places), **counts)
    if since.scenario:
        yield say("season.since_scenario")
    if since.reference:
        yield say("season.since_reference")
    yield from unknown


def next_line(status: Status) -> str:
    if not status.next:
        return say("season.finished")
    first, *others = status.next
    step = TALKS if TALK.fullmatch(first) else first
    text = say("season.next", what=say(f"season.steps.{step}"), folder=status.season.folder, round=first)
    return f"{text} {say('season.next_or', others=', '.join(others))}" if others else text


def group_name(group: str) -> str:
    return say(f"season.groups.{group}")


def heading(causes: Causes) -> dict[str, str]:
    return {"before": causes.rounds[0].name, "after": causes.rounds[1].name}


def causes_text(causes: Causes) -> str:
    """The whole comparison for a terminal; money in Rp juta, whose parts add up as they are shown."""
    lines = [say("season.title", **heading(causes))]
    if causes.same:
        return "\n".join([*lines, say("season.nothing", **heading(causes))])
    lines += [*notices(causes)]
    lines += [f"  {group_name(group)}: {text}" for group, text in what_changed(causes).items()]
    lines += [*figure_lines(causes, GOAL), *figure_lines(causes, MONEY), *figure_lines(causes, COUNT)]
    for by in ("pulau", "provinsi"):
        keys = apart(causes, by) if causes.orders.total and causes.groups else []
        lines += [say(f"season.by_{by}") + f" ({say('season.juta')}):"] * bool(keys)
        lines += [f"  {key[1]}: {parts_text(causes, key)}" for key in keys]
    for change in ("enters", "leaves"):
        moves = [one for one in causes.moves if one.change == change]
        lines += [say(f"season.{change}", count=len(moves)) + ":"] * bool(moves)
        lines += [f"  {one.usulan_id} ({one.kode}, {rupiah(abs(one.amount_rp))}): {decided_by(one)}" for one in moves]
    return "\n".join([*lines, *how_exact(causes)])


def apart(causes: Causes, by: str) -> list[Key]:
    """The regions that have more or less money in the later round; pages also show those that only wavered."""
    return [key for key in causes.keys(by) if causes.ends_of(key)[0] != causes.ends_of(key)[1]]


def notices(causes: Causes) -> Iterator[str]:
    """What must be read before any figure."""
    if not causes.groups:
        yield say("season.no_group", **heading(causes))
    elif not causes.orders.total:
        yield say("season.no_order")
    if causes.remeasured:
        yield say("season.remeasured", after=causes.rounds[1].name)


def figure_name(causes: Causes, key: Key) -> str:
    if key == GOAL:
        return say("season.goal_by", goal=title(causes.goal), after=causes.rounds[1].name)
    return say("season.money") if key == MONEY else say("season.usulan") if key == COUNT else key[1]


def unit_of(causes: Causes, key: Key) -> int:
    """The smallest unit in which a figure is shown in full."""
    if key == GOAL:
        return 100 if causes.goal.startswith("maximin:") else 10_000
    return 1


def shown_figure(causes: Causes, key: Key, value: int) -> str:
    if key == GOAL:
        return amount(causes.goal, value)
    return number(value) if key == COUNT else rupiah_full(value)


def shown_part(causes: Causes, key: Key, value: int) -> str:
    return signed(value, lambda size: shown_figure(causes, key, size)) if value else shown_figure(causes, key, 0)


def figure_lines(causes: Causes, key: Key) -> Iterator[str]:
    """A figure before and after, and the part of each group."""
    before, after = causes.ends_of(key)
    ends = {"before": shown_figure(causes, key, before), "after": shown_figure(causes, key, after)}
    difference = shown_part(causes, key, after - before)
    yield say("season.step", name=figure_name(causes, key), difference=difference, **ends)
    if not causes.groups or not causes.orders.total:
        return
    for k, (group, part) in enumerate(zip(causes.groups, causes.parts(key, unit_of(causes, key)), strict=True)):
        told = f" ({limits(causes, k)})" if key == GOAL and not causes.exact else ""
        yield f"  {group_name(group)}: {shown_part(causes, key, part)}{told}"


def limits(causes: Causes, group: int) -> str:
    """Between what a group's share of the goal lies."""
    found = causes.interval(group)
    if found is None:
        return say("season.unbounded")
    low, high = (shown_part(causes, GOAL, end) for end in found)
    return say("season.between", low=low, high=high)


def parts_text(causes: Causes, key: Key) -> str:
    """'-1.630 = pagu -3.636, aturan +2.006', in Rp juta."""
    parts = causes.parts(key, JUTA)
    told = [f"{group_name(g)} {signed(p // JUTA)}" for g, p in zip(causes.groups, parts, strict=True) if p]
    return f"{signed(sum(parts) // JUTA)} = {', '.join(told) or 0}"


def decided_by(move: Move) -> str:
    """The groups whose change alone makes somebody enter or leave, or those that do only together."""
    sets = move.by
    if not sets:
        return "–"
    if len(sets[0]) > 1:
        return say("season.together", groups="; ".join(" + ".join(map(group_name, one)) for one in sets))
    names = ", ".join(group_name(one[0]) for one in sets)
    return names if len(sets) == 1 else say("season.by_any", groups=names)


def how_exact(causes: Causes) -> Iterator[str]:
    """How well the figures are known, and what could not be solved."""
    if not causes.groups:
        return
    counts = {name: number(count) for name, count in causes.counts().items()}
    said = {"all": number(causes.combinations), "orders": number(causes.orders.total), **counts}
    yield say("season.exact" if causes.exact else "season.inexact", **said)
    if not causes.exact:
        yield say("season.money_found")
    if causes.impossible:
        mask, gone = min(causes.impossible.items())
        names = ", ".join(map(group_name, causes.names(mask)))
        yield say(
            "season.some_impossible", count=number(len(causes.impossible)), groups=names, why=gone.why[language()]
        )


def what_changed(causes: Causes) -> dict[str, str]:
    """What each group's change consists of, in a few words."""
    found = {"verdicts": verdicts_text, "tables": tables_text, "edits": edits_text, "rules": rules_text}
    return {g: found[g](causes) if g in found else fields_text(causes, g) for g in causes.groups}


def records(causes: Causes) -> list[dict]:
    return list(settings(*causes.plans))


def fields_text(causes: Causes, group: str) -> str:
    own = [one for one in records(causes) if one["key"].startswith(FIELDS[group])]
    lang = language()
    return limited([f"{Place(r['key']).label()}: {r['before'][lang]} -> {r['after'][lang]}" for r in own])


def rules_text(causes: Causes) -> str:
    """The rules that came, went or have other bounds; decisions by hand are another group."""
    hand = {rule.sentence() for side in causes.sides.scenarios for rule in by_hand(side)}
    lang, said = language(), list[str]()
    for one in records(causes):
        if one["key"].startswith("rules["):
            before, after, rule = one["before"][lang], one["after"][lang], one["rule"][lang]
            if not {before, after, rule} & hand:
                said.append(f"{rule} ({before} -> {after})" if rule else f"{before} -> {after}")
    return limited(said)


def edits_text(causes: Causes) -> str:
    before, after = (len(asked_by(scenario, True)) for scenario in causes.sides.scenarios)
    return say("season.edits_now", before=number(before), after=number(after))


def verdicts_text(causes: Causes) -> str:
    """Which columns of verdicts, and where: the tables of before with the verdicts of after, beside what they were."""
    old, new = causes.sides.before.own, causes.sides.after.own
    rows = row_changes(*map(frames, (old, mixed(old, new))))
    columns = ", ".join(label("columns", c) for one in rows for c in VERDICTS.get(one.table, ()))
    return f"{say('season.judged', columns=columns)}: {rows_text(causes, rows)}" if rows else "–"


def tables_text(causes: Causes) -> str:
    old, new = causes.sides.before.own, causes.sides.after.own
    rows = row_changes(*map(frames, (old, mixed(new, old))))
    return rows_text(causes, rows) if rows else say("season.reference_changed")


def rows_text(causes: Causes, rows: Sequence[RowChanges]) -> str:
    names = causes.sides.after.reference["kabupaten"].data.set_index("kode")["nama"]
    places = sorted(set[str]().union(*(one.places for one in rows)))
    told = [say("season.rows_of", table=one.table, count=number(one.count)) for one in rows]
    where = say("season.in_places", count=number(len(places)), names=first_of([names.get(p, p) for p in places], 5))
    return f"{'; '.join(told)} {where}"


def limited(parts: list[str]) -> str:
    more = len(parts) - NAMED
    text = "; ".join(parts[:NAMED])
    return text if more <= 0 else say("explain.more", names=text, count=more)
