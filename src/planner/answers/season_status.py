"""Where a season stands: what each round holds, what has changed in the working tables since, and what comes next."""

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from planner.answers.edit_log import question, read_log
from planner.base.errors import PlannerError
from planner.base.files import digest
from planner.base.messages import say
from planner.base.paths import ACUAN
from planner.model.candidates import REFERENCE
from planner.plan.season import Round, Season, followers, read_season
from planner.scenario.scenario import Scenario, read_scenario
from planner.tables.check import check_beside, check_data
from planner.tables.row_changes import RowChanges, row_changes


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
    remarks: tuple[str, ...]  # what of the log of hand edits could not be read


@dataclass(frozen=True)
class Since:
    """What is other now than in the last round; ``problems``: why it cannot be told, or what is wrong there now.

    ``tables``, ``scenario``: None where it is not known.
    """

    tables: tuple[RowChanges, ...] | None
    scenario: bool | None
    reference: bool
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
            "scenario": self.since.scenario, "reference": self.since.reference, "problems": list(self.since.problems),
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
    plan, log = one.plan, read_log(one.run.log)
    return Holds(
        one.name, one.seal["made"], one.seal["who"], one.seal["reason"], len(plan["funded"]) + len(plan["not_funded"]),
        len(plan["funded"]), plan.spent_rp, plan.pagu_rp, plan.status, len(log.records), one.digest,
        tuple(f"{one.name}: {problem}" for problem in log.problems),
    )  # fmt: skip


def since(folder: Path, last: Round) -> Since:
    """The working tables and the scenario file as they are now, beside those of a round."""
    problems, scenario = list[str](), None
    origin = {name: folder / str(place) for name, place in last.seal["origin"].items() if is_near(place)}
    if "scenario" in origin:
        try:
            scenario = read_scenario(origin["scenario"])
        except PlannerError as error:
            problems += error.problems
    else:
        problems.append(say("season.no_origin"))
    tables = tables_since(last, origin, problems)
    now, then = ([place / f"{name}.csv" for name in REFERENCE] for place in (ACUAN, last.acuan))
    asked = None if scenario is None else asked_in(scenario) != asked_in(last.scenario)
    return Since(tables, asked, digest(now) != digest(then), tuple(problems))


def tables_since(last: Round, origin: dict[str, Path], problems: list[str]) -> tuple[RowChanges, ...] | None:
    """What changed in the tables of usulan, or in what stands beside a scenario that models them; None: not known."""
    year = last.scenario.first_year
    if last.tables is None and "scenario" in origin:
        now, then = (
            check_beside(origin["scenario"].parent, first_year=year),
            check_beside(last.scenario.folder, last.acuan),
        )
    elif last.tables is not None and "tables" in origin:
        now, then = check_data(origin["tables"], first_year=year), check_data(last.tables, last.acuan)
    else:
        problems += [say("season.no_tables_origin")] if last.tables is not None else []
        return None
    problems += now.problems
    return tuple(row_changes(then.plain, now.plain)) if now.plain or not now.problems else None


def is_near(place: object) -> bool:
    """Whether a place that a seal names may be followed: none of another machine, which a stranger may have written."""
    return isinstance(place, str) and not (PurePosixPath(place).is_absolute() or PureWindowsPath(place).anchor)


def asked_in(scenario: Scenario) -> tuple:
    """What a scenario asks, and how well it is to be answered."""
    return question(scenario), scenario.solver
