"""Commands that make folders: new, sweep."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.common import Fresh, Jobs, Language, ScenarioFile, app, language_of, printable, tell, tell_all
from planner.messages import say

if TYPE_CHECKING:
    from planner.sweep import Trial


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", readable=False, help="folder yang akan dibuat")],
    lang: Language = "id",
) -> None:
    """Buat folder kerja untuk tabel dan skenario sendiri; semua perintah dapat dijalankan dari sana."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    from planner.new import GUIDE, new_folder

    made = new_folder(folder)
    tell(say("new.made", folder=made, guide=made / GUIDE))


@app.command()
def sweep(
    scenario: ScenarioFile,
    vary: Annotated[list[str], typer.Option("--vary", help="BAGIAN=NILAI,NILAI atau awal:akhir:banyaknya; berulang")],
    together: Annotated[bool, typer.Option("--together", help="pasangkan nilai satu-satu")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="folder hasil; bawaan out/sweep/<nama skenario>")] = None,
    reports: Annotated[bool, typer.Option("--reports", help="laporan tiap rencana juga")] = False,
    jobs: Jobs = 2, fresh: Fresh = False, lang: Language = "id",
) -> int:  # fmt: skip
    """Hitung banyak variasi satu skenario, bandingkan; yang sudah dihitung tidak dihitung lagi."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    from planner.scenario import read_scenario
    from planner.sweep import COMPARED, Stopped, printed, solve, trials, write_reports, write_summary
    from planner.variations import variations

    base, folder = read_scenario(scenario), out or Path("out") / "sweep" / scenario.stem
    found, repeated = variations(base, vary, together)
    if repeated:
        tell_all([say("sweep.repeated", count=repeated)])
    tried = trials(base, found, folder, fresh)
    kept = sum(trial.plan is not None for trial in tried)
    tell_all([say("sweep.begun", count=len(tried), kept=kept, todo=len(tried) - kept)])
    try:
        tried, stopped = solve(tried, jobs, told), False
    except Stopped as stop:
        tried, stopped = stop.trials, True
    typer.echo(printable(printed(tried).to_string(index=False, max_colwidth=60)))
    plans = [trial for trial in tried if trial.plan]
    if len(plans) > COMPARED:
        tell_all([say("sweep.compared", most=COMPARED, count=len(plans))])
    for file in write_summary(tried, folder, lang):
        tell(str(file))
    if stopped:
        tell_all([say("sweep.stopped", done=sum(t.outcome != "waiting" for t in tried), count=len(tried))])
        return 130
    for trial in plans if reports else []:
        tell(str(write_reports(trial, lang, jobs)))
    return status_of(tried)


def told(trial: "Trial", done: int, count: int) -> None:
    from planner.sweep import head

    name = trial.variation.text
    tell_all([say("sweep.one", done=done, count=count, name=name, status=head(trial)["status"])])


def status_of(tried: "list[Trial]") -> int:
    """3 where no variation has a plan because none can, 1 where some failed otherwise, else 0."""
    outcomes = {trial.outcome for trial in tried}
    if outcomes & {"failed", "none_found"}:
        return 1
    return 3 if outcomes == {"infeasible"} else 0
