"""Where a season stands: what each round holds, what has changed in the working tables since, and what comes next."""

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from planner.answers.edit_log import read_log
from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.plan.season import Round, Season, followers, read_season
from planner.scenario.scenario import Scenario, plain, read_scenario
from planner.tables.check import check_data
from planner.tables.row_changes import RowChanges, row_changes

UNASKED = {"name", "data"}  # of a scenario: what asks for nothing


@dataclass(frozen=True)
class Holds:
    """What a round holds."""

    round: str
    made: str
    who: str
    reason: str
    usulan: int
    winners: int
    spent_rp: int
    pagu_rp: int
    status: str
    edits: int
    digest: str


@dataclass(frozen=True)
class Since:
    """What is other now than in the last round; ``problems``: why it cannot be told, or what is wrong there now.

    ``tables``, ``scenario``: None where it is not known.
    """

    tables: tuple[RowChanges, ...] | None
    scenario: bool | None
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Status:
    season: Season
    holds: tuple[Holds, ...]
    since: Since | None
    next: tuple[str, ...]

    def plain(self) -> dict:
        """The status as JSON-ready data."""
        since = self.since and {
            "tables": self.since.tables
            and [
                {"table": one.table, "added": len(one.added), "gone": len(one.gone), "changed": len(one.changed),
                 "kabupaten": sorted(one.places)}
                for one in self.since.tables
            ],
            "scenario": self.since.scenario, "problems": list(self.since.problems),
        }  # fmt: skip
        return {
            "rounds": [vars(one) for one in self.holds], "problems": list(self.season.problems),
            "unfinished": [place.name for place in self.season.remains], "since": since, "next": list(self.next),
        }  # fmt: skip


def season_status(folder: Path) -> Status:
    """The status of a folder of rounds, which may hold none yet."""
    season = read_season(folder)
    last = season.rounds[-1] if season.rounds else None
    holds, problems = list[Holds](), list(season.problems)
    for one in season.rounds:
        try:
            holds.append(holds_of(one))
        except PlannerError as error:
            problems += error.problems
    told = replace(season, problems=tuple(dict.fromkeys(problems)))
    known = since(folder, last) if last and not problems else None
    return Status(told, tuple(holds), known, tuple(followers(last.name if last else None)))


def holds_of(one: Round) -> Holds:
    plan = one.plan
    return Holds(
        one.name, one.seal["made"], one.seal["who"], one.seal["reason"], len(plan["funded"]) + len(plan["not_funded"]),
        len(plan["funded"]), plan.spent_rp, plan.pagu_rp, plan.status, len(read_log(one.run.log).records), one.digest,
    )  # fmt: skip


def since(folder: Path, last: Round) -> Since:
    """The working tables and the scenario file as they are now, beside those of a round."""
    problems, tables, asked = list[str](), None, None
    origin = {name: place for name, place in last.seal["origin"].items() if is_near(place)}
    if "tables" in origin and last.tables is not None:
        now = check_data(folder / str(origin["tables"]), first_year=last.scenario.first_year)
        problems += now.problems
        if now.plain:
            tables = tuple(row_changes(check_data(last.tables, last.acuan).plain, now.plain))
    if "scenario" in origin:
        try:
            asked = question(read_scenario(folder / str(origin["scenario"]))) != question(last.scenario)
        except PlannerError as error:
            problems += error.problems
    else:
        problems.append(say("season.no_origin"))
    return Since(tables, asked, tuple(problems))


def is_near(place: object) -> bool:
    """Whether a place that a seal names may be followed: none of another machine, which a stranger may have written."""
    return isinstance(place, str) and not (PurePosixPath(place).is_absolute() or PureWindowsPath(place).anchor)


def question(scenario: Scenario) -> dict:
    return {key: value for key, value in plain(scenario).items() if key not in UNASKED}
