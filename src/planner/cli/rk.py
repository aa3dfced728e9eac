"""The command of the Rencana Kegiatan: sheets out of a plan or a decided list, and what a region changed in one."""

from pathlib import Path
from typing import Annotated

import typer

from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.cli import common
from planner.cli.data import day_of

Source = Annotated[Path | None, typer.Argument(metavar="PLAN.json|LIST.csv", readable=False)]
Of = Annotated[Path | None, typer.Option("--scenario", metavar="SCENARIO.toml", readable=False)]
Back = Annotated[Path | None, typer.Option("--back", metavar="FILE", readable=False)]
Against = Annotated[Path | None, typer.Option("--against", metavar="FOLDER|PLAN.json", readable=False)]
Until = Annotated[str | None, typer.Option("--until", metavar="DAY")]


@common.command
def rk(
    source: Source = None, to: Annotated[Path | None, typer.Option("--to", metavar="FOLDER")] = None,
    of_scenario: Of = None, back: Back = None, against: Against = None, until: Until = None,
    data: common.DataFolder = None, as_json: common.AsJson = False,
) -> int:  # fmt: skip
    """Sheets of the Rencana Kegiatan per kabupaten/kota (--to), or what came back in one (--back)."""
    out, home = (source is not None, to is not None), (back is not None, against is not None)
    if (out, home) not in (((True, True), (False, False)), ((False, False), (True, True))):
        raise PlannerError(say("rk.one_way"))
    if back is not None and against is not None:
        return tell_returned(back, against, until, data, as_json)
    assert source is not None and to is not None
    if until:
        raise PlannerError(say("rk.until_back"))
    return write_sheets(source, to, of_scenario, data, as_json)


def write_sheets(source: Path, to: Path, of_scenario: Path | None, data: Path | None, as_json: bool) -> int:
    """The sheets of a plan or a decided list, and what is over or under."""
    from planner.answers.rk import of_list, of_plan
    from planner.paper.workbooks.rk import write_rk
    from planner.scenario.scenario import read_scenario

    if source.suffix.lower() != ".json" and of_scenario is None:
        raise PlannerError(say("rk.needs_scenario"))
    made = of_list(source, read_scenario(of_scenario), data) if of_scenario else of_plan(source, data)
    files = write_rk(made, to)
    told = [*made.sentences(), say("rk.written", count=len(made.sheets), folder=to)]
    common.emit({"files": list(map(str, files)), "told": told}, "\n".join(told), as_json)
    return 0


def tell_returned(back: Path, against: Path, until: str | None, data: Path | None, as_json: bool) -> int:
    """What changed; 1 where something of it cannot stand."""
    from planner.answers.rk import returned

    found = returned(back, against, day_of(until).isoformat() if until else None, data)
    common.emit(found.plain(), found.sentence(), as_json)
    return 1 if found.problems else 0
