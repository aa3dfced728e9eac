"""The command on a season's folder: where it stands, a new round, two rounds compared, the whole chain verified."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import language, say
from planner.cli import common

if TYPE_CHECKING:
    from planner.plan.season import Season

TAKES = {  # options, by action
    "status": ("--json",), "round": ("--with", "--who", "--reason", "--data", "--fresh"), "verify": (),
    "compare": ("--quick", "--out", "--scheduler", "--json"),
}  # fmt: skip


@common.command
def season(
    folder: Annotated[Path, typer.Argument(metavar="DIR", readable=False)],
    action: Annotated[str, typer.Argument(metavar="status|round|compare|verify")] = "status",
    names: Annotated[list[str] | None, typer.Argument(metavar="ROUND")] = None,
    with_: Annotated[list[Path] | None, typer.Option("--with", readable=False)] = None,
    who: Annotated[str, typer.Option("--who")] = "", reason: Annotated[str, typer.Option("--reason")] = "",
    data: common.DataFolder = None, fresh: common.Fresh = False,
    quick: Annotated[bool, typer.Option("--quick")] = False,
    out: Annotated[Path | None, typer.Option("--out")] = None,
    lang: common.Language = "id", jobs: common.Jobs = 2, scheduler: common.Scheduler = None,
    as_json: common.AsJson = False,
) -> int:  # fmt: skip
    """The rounds of a season: status, a new sealed round, which change caused how much, verify."""
    given = names or []
    if action not in TAKES:
        raise PlannerError(
            say("errors.unknown", kind=say("season.action"), name=shown(action), hint=hint(action, TAKES))
        )
    if given and action in ("status", "verify"):
        raise PlannerError(say("season.takes_none", action=action, names=shown(" ".join(given))))
    options = {
        "--with": with_, "--who": who, "--reason": reason, "--data": data, "--fresh": fresh, "--quick": quick,
        "--out": out, "--scheduler": scheduler, "--json": as_json,
    }  # fmt: skip
    check_taken(action, [name for name, value in options.items() if value and name not in TAKES[action]])
    if action == "round":
        return add_round(folder, given, (*(with_ or ()),), who, reason, data, fresh)
    if action == "compare":
        return compare_rounds(folder, given, quick, out, lang, jobs, scheduler, as_json)
    return tell_status(folder, as_json) if action == "status" else tell_verified(folder)


def check_taken(action: str, options: list[str]) -> None:
    """Raise PlannerError for options that an action would pass over."""
    if options:
        raise PlannerError(say("season.takes_none", action=action, names=", ".join(options)))


def tell_status(folder: Path, as_json: bool) -> int:
    """Where a season stands; 1 where its chain is broken."""
    from planner.answers.season_status import season_status
    from planner.base.files import abandoned
    from planner.views.season import status_text

    status = season_status(folder)
    tell_strays(status.season)
    for place in status.season.remains:
        common.tell(say("season.left" if abandoned(place) else "season.writing", folder=place), err=True)
    common.emit(status.plain(), status_text(status), as_json)
    return int(bool(status.season.problems))


def tell_verified(folder: Path) -> int:
    """Everything wrong with a season, or that nothing is."""
    from planner.plan.season import verify_season

    season = verify_season(folder)
    tell_strays(season)
    common.raise_invalid(folder, season.problems)
    common.tell(say("season.valid", folder=folder, count=len(season.rounds), digest=season.head))
    if season.torn:
        common.tell(say("season.torn", round=season.rounds[-1].name), err=True)
    return 0


def tell_strays(season: "Season") -> None:
    for file in season.strays:
        common.tell(say("season.stray", file=file), err=True)


def add_round(
    folder: Path, given: list[str], more: tuple[Path, ...], who: str, reason: str, data: Path | None, fresh: bool
) -> int:  # fmt: skip
    """Seal a plan as the next round; of a scenario the plan is sought first, where it is not there yet."""
    from planner.plan.season import read_season
    from planner.plan.take_round import Asked, check_turn, take_round

    if len(given) != 2:
        raise PlannerError(say("season.takes_plan", folder=folder))
    name, plan = given[0], Path(given[1])
    of_scenario = plan.suffix.lower() == ".toml"
    check_taken(
        f"round {name} {plan.name}", ["--data"] * bool(of_scenario and data) + ["--fresh"] * (fresh and not of_scenario)
    )
    check_turn(read_season(folder), name)  # before a search, not after
    if of_scenario:
        from planner.cli.scenarios import solve_and_save

        if solve_and_save(plan, Path("out") / plan.stem, fresh):
            return common.status(True)
        plan = Path("out") / plan.stem / "plan.json"
    made, said = take_round(folder, Asked(name, plan, data, more, who, reason))
    for sentence in said:
        common.tell(sentence, err=True)
    count = len(made.seal["files"])
    common.tell(say("season.sealed", round=name, folder=made.folder, files=count, digest=made.digest))
    return 0


def compare_rounds(
    folder: Path, given: list[str], quick: bool, out: Path | None, lang: str, jobs: int, scheduler: str | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Which change between two rounds caused how much; with ``out`` also as a page."""
    from planner.answers.causes import find_causes
    from planner.base.cluster import workers
    from planner.base.files import check_can_write
    from planner.plan.season import rank, read_season
    from planner.views.season import causes_text

    if len(given) != 2:
        raise PlannerError(say("season.takes_two", folder=folder))
    season = read_season(folder)
    common.raise_invalid(folder, season.problems)
    before, after = (season.round(name) for name in given)
    if rank(before.name) > rank(after.name):
        raise PlannerError(say("season.backwards", before=before.name, after=after.name))
    if out:
        check_can_write(out.parent)
    with common.search() as (clock, told), workers(jobs, scheduler, clock) as pool:
        causes = find_causes(before, after, pool, quick, told, clock)
    common.emit(causes.plain(), causes_text(causes), as_json)
    if out:
        from planner.paper.season_file import render_causes

        common.tell(str(render_causes(causes, out, lang if lang == "both" else language())), err=True)
    return common.status(clock.stopped)
