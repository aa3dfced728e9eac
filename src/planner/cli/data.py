"""Commands on tables and boundaries: check, template, boundaries, monitor."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.base.errors import PlannerError, shown
from planner.base.messages import say
from planner.cli import common

if TYPE_CHECKING:
    from planner.tables.check import Checked

AsOf = Annotated[str | None, typer.Option("--asof")]
Expecting = Annotated[Path | None, typer.Option("--plan", readable=False)]
CallPapers = Annotated[float | None, typer.Option("--call-papers")]
CallOther = Annotated[float | None, typer.Option("--call-other")]
NewScenario = Annotated[Path | None, typer.Option("--write")]


@common.command
def check(
    data: Annotated[Path, typer.Argument(metavar="DATA", readable=False)],
    out: Annotated[Path, typer.Option("--out")] = Path("out/periksa"),
    annotate: Annotated[Path | None, typer.Option("--annotate")] = None,
) -> None:
    """Check tables of usulan; all problems at once, and write the list of missing documents."""
    from planner.paper.run_files import write_missing
    from planner.tables.check import check_data

    checked = check_data(data)
    common.tell_all([say("cli.warning", finding=finding.sentence()) for finding in checked.warnings])
    failed = write_marked(data, checked, annotate) if annotate else []
    if problems := [*checked.problems, *failed]:
        raise PlannerError(problems)
    counts = {name: len(checked.tables[name].data) for name in ("usulan", "rincian")}
    common.tell(say("cli.checked", folder=data, **counts, warnings=checked.count("warning")))
    common.tell(say("notes.written", files=", ".join(map(str, write_missing(data, out)))))


def write_marked(data: Path, checked: "Checked", target: Path) -> list[str]:
    """Write the marked workbook; what hinders it is told after what is wrong with the tables."""
    from planner.paper.workbooks.annotate import annotate

    try:
        common.tell(say("annotate.written", file=annotate(data, checked, target)))
    except PlannerError as error:
        return error.problems
    return []


@common.command
def template(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx")],
    force: Annotated[bool, typer.Option("--force")] = False,
) -> None:
    """Write an Excel workbook to fill in: choices, units, what each column means, and an example."""
    from planner.paper.workbooks.columns import FIRST_ROW
    from planner.paper.workbooks.template import write_template

    written = write_template(file, force)
    checked = written.with_name(f"{written.stem}-periksa.xlsx")
    common.tell(say("template.written", file=quote(written), row=FIRST_ROW, checked=quote(checked)))


def quote(file: Path) -> str:
    """A path that can be pasted into a command."""
    return f'"{file}"' if " " in str(file) else str(file)


@common.command
def boundaries(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", readable=False)] = None,
    layer: Annotated[str | None, typer.Option("--layer")] = None,
    remove: Annotated[bool, typer.Option("--remove")] = False,
    force: Annotated[bool, typer.Option("--force")] = False,
) -> None:
    """Install boundaries of regions on this computer, for map and reports; without FILE: what is installed."""
    from planner.base.files import write_whole
    from planner.geo import boundaries as batas
    from planner.geo.install import prepare
    from planner.tables.reference import reference

    if remove:
        if file:
            raise PlannerError(say("boundaries.one_of"))
        common.tell(say("boundaries.removed" if batas.remove() else "boundaries.none_installed"))
        return
    kabupaten = reference("kabupaten")
    content, told = prepare(file, layer, kabupaten) if file else (None, batas.installed_lines(kabupaten))
    for line in told:
        common.tell(line)
    if file and content:
        if not force:
            batas.check_nothing_lost(content, kabupaten, file)
        common.tell(say("boundaries.written", file=write_whole(batas.installed_file(), content)))


@common.command
def monitor(
    scenario: common.ScenarioFile, asof: AsOf = None, data: common.DataFolder = None, plan: Expecting = None,
    write: NewScenario = None, as_json: common.AsJson = False,
    ahead: Annotated[bool, typer.Option("--ahead")] = False,
    call_papers: CallPapers = None, call_other: CallOther = None,
) -> None:  # fmt: skip
    """What became of earlier money, and what it says of the chances; changes nothing without --write."""
    from planner.answers.monitor import monitor as monitored
    from planner.answers.monitor import start_of
    from planner.answers.pooled_rates import write_offer
    from planner.model.candidates import read_candidates
    from planner.plan.plan import read_plan
    from planner.scenario.scenario import read_scenario
    from planner.views.monitor import sentences

    asked = read_scenario(scenario)
    day = day_of(asof) if asof else start_of(asked.first_year)
    candidates, known = read_candidates(asked, data), read_plan(plan) if plan else None
    if ahead:
        from planner.answers.ahead import Call, look_ahead
        from planner.views.ahead import sentences as told_ahead

        if write:
            raise PlannerError(say("ahead.no_write"))
        shares = {"papers": call_papers, "other": call_other}
        call = Call(**{name: share for name, share in shares.items() if share is not None})
        forecast = look_ahead(candidates, day, known, call)
        common.emit(forecast.plain(), "\n".join(told_ahead(forecast)), as_json)
        return
    if (call_papers, call_other) != (None, None):
        raise PlannerError(say("ahead.needs_ahead"))
    found = monitored(candidates, day, known)
    common.emit(found.plain(), "\n".join(sentences(found, say("words.national"))), as_json)
    if write:
        write_offer(scenario, write, found.changes)
        common.tell(say("monitor.written", file=write, file_of=scenario), err=True)
    elif not as_json and len(found.packages):
        common.tell(say("monitor.write_hint", file=scenario))


def day_of(text: str) -> date:
    """The day of ``2028-01-01``; anything else is an error."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PlannerError(say("monitor.bad_date", value=shown(text))) from None
