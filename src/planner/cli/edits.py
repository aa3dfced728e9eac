"""The command that edits a plan by hand."""

import os
from typing import Annotated

import typer

from planner.cli.common import (
    DataFolder,
    Exact,
    Language,
    OutFolder,
    PlanFile,
    UsulanId,
    app,
    language_of,
    printable,
    tell,
)
from planner.cli.scenarios import solved
from planner.errors import PlannerError
from planner.messages import say


@app.command()
def edit(
    plan: PlanFile, usulan: UsulanId, reason: Annotated[str, typer.Option("--reason", help="alasan, wajib")] = "",
    lock_in: Annotated[bool, typer.Option("--lock-in", help="kunci masuk")] = False,
    lock_out: Annotated[bool, typer.Option("--lock-out", help="kunci keluar")] = False,
    free: Annotated[bool, typer.Option("--free", help="bebaskan")] = False,
    volume: Annotated[str | None, typer.Option("--volume", metavar="RINCIAN=N", help="volume yang disepakati")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="terapkan, bukan hanya ditanyakan")] = False,
    exact: Exact = False, out: OutFolder = None, data: DataFolder = None, lang: Language = "id",
) -> int:  # fmt: skip
    """Sunting rencana dengan tangan: sah atau tidak, ruginya, dan dengan --yes terapkan serta catat."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    from planner.edit import applied, consider, edit_of
    from planner.edit_log import LOG, append, carry, kept_on_failure, record, save_scenario
    from planner.explain import opened
    from planner.plan import read_plan

    wanted = edit_of(usulan, {"lock_in": lock_in, "lock_out": lock_out, "free": free}, volume, reason)
    case, folder = opened(plan, data), out or plan.parent
    answer = consider(case, wanted, exact)
    typer.echo(printable(f"{wanted.sentence()}. {answer['sentence'][lang]}"))
    if not yes:
        typer.echo(say("edit.refused" if answer["possible"] is False else "edit.ask"))
        return 0
    if answer["possible"] is False:
        raise PlannerError(say("edit.refused"))
    with kept_on_failure(folder):
        file = save_scenario(applied(case.plan.scenario, wanted), plan, folder, data)
        stopped = solved(file, folder)
    carry(plan.with_name(LOG), folder / LOG)
    append(folder / LOG, record(wanted, answer, case.plan, read_plan(folder / "plan.json")))
    tell(say("edit.done", scenario=file, plan=folder / "plan.json", log=folder / LOG))
    return 130 if stopped else 0
