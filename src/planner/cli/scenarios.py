"""Commands on a scenario: run, allocate, diagnose, frontier, rules, lab."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.base.errors import InfeasibleError
from planner.base.messages import say
from planner.cli.common import (
    AsJson,
    DataFolder,
    Floor,
    Fresh,
    Jobs,
    Language,
    Languages,
    NoWhatIf,
    OutFolder,
    ScenarioFile,
    app,
    check_valid,
    language_of,
    language_of_reports,
    printable,
    progress,
    tell,
    tell_all,
    what_if,
)

if TYPE_CHECKING:
    from planner.paper.sweep import Trial
    from planner.plan.plan import Plan


@app.command()
def run(
    scenario: ScenarioFile, out: OutFolder = None, lang: Languages = "id", jobs: Jobs = 2, fresh: Fresh = False,
    floor: Floor = None, no_whatif: NoWhatIf = False,
) -> int:  # fmt: skip
    """Periksa, bagi, verifikasi, dan tulis laporan semua provinsi."""
    os.environ["PLANNER_LANG"] = language_of_reports(lang)
    folder = out or Path("out") / scenario.stem
    if floor:
        from planner.answers.whatif import checked
        from planner.scenario.scenario import read_scenario

        checked(read_scenario(scenario), floor)
    stopped = solved(scenario, folder, fresh)
    stopped = stopped or (not no_whatif and what_if(folder / "plan.json", floor))
    from planner.paper.report import render_reports

    written = render_reports(folder / "plan.json", out=folder / "laporan", lang=lang, jobs=jobs)
    check_valid(folder / "plan.json", None)
    tell(say("cli.done", reports=len(written), folder=folder, index=folder / "index.html"))
    return 130 if stopped else 0


@app.command()
def allocate(scenario: ScenarioFile, out: OutFolder = None, lang: Language = "id", fresh: Fresh = False) -> int:
    """Bagi pagu menurut skenario dan simpan rencananya."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    folder = out or Path("out") / scenario.stem
    stopped = solved(scenario, folder, fresh)
    tell(say("cli.saved", file=folder / "plan.json"))
    return 130 if stopped else 0


def solved(file: Path, folder: Path, fresh: bool = False) -> bool:
    """Solve a scenario (and its low and high cases where candidates are modelled), save; whether it was stopped.

    A proven plan of the same scenario and tables that is there already is not sought again, unless ``fresh``.
    """
    from planner.answers.assumption_cases import allocate_all
    from planner.base.processes import Clock, interruptible
    from planner.paper.run_files import Journal, kept_plan, write_diagnosis, write_run
    from planner.scenario.scenario import read_scenario

    scenario, journal, clock = read_scenario(file), Journal(file), Clock()
    if not fresh and (kept := kept_plan(folder, scenario)) and kept.proven:
        tell(say("cli.kept", file=folder / "plan.json"))
        tell_plan(kept)
        return False
    with interruptible(clock):
        try:
            with progress() as told:
                plans = allocate_all(scenario, told, clock)
        except InfeasibleError as error:
            write_diagnosis(folder, error.diagnosis)
            raise
        write_run(folder, plans, journal)
    tell_plan(plans["tengah"])
    return clock.stopped


def tell_plan(plan: "Plan") -> None:
    proof = f"{plan.status_sentence()}; {say('tie_break.' + plan['tie_break'])}"
    typer.echo(f"{printable(plan.scenario.name)}: {proof}\n{plan.summary() if len(plan.funded) else say('cli.empty')}")


@app.command()
def diagnose(scenario: ScenarioFile, data: DataFolder = None, as_json: AsJson = False, lang: Language = "id") -> int:
    """Adakah rencana yang mungkin; bila tidak, aturan yang bertabrakan dan perbaikan termurah."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    import json

    from planner.base.processes import Clock, interruptible
    from planner.model.candidates import read_candidates
    from planner.scenario.scenario import read_scenario
    from planner.solve.infeasible.diagnose import diagnose_scenario, sentences

    asked, clock = read_scenario(scenario), Clock()
    with interruptible(clock), progress() as told:
        told(say("diagnose.seeking"))
        found = diagnose_scenario(read_candidates(asked, data), asked, clock)
    typer.echo(json.dumps(found, indent=1) if as_json else printable("\n".join(sentences(found))))
    return 130 if clock.stopped else {True: 0, False: 3, None: 4}[found["feasible"]]


@app.command()
def frontier(
    scenario: ScenarioFile,
    by: Annotated[str, typer.Option("--by", help="budget, atau batas aturan seperti rules[3].min_share")] = "budget",
    low: Annotated[float | None, typer.Option("--from", help="awal rentang; bawaan separuh nilai sekarang")] = None,
    high: Annotated[float | None, typer.Option("--to", help="akhir rentang; bawaan satu setengah kali")] = None,
    points: Annotated[int, typer.Option("--points", min=2, max=500, help="banyaknya titik")] = 30,
    out: OutFolder = None, as_json: AsJson = False, lang: Language = "id",
) -> int:  # fmt: skip
    """Tujuan pertama terhadap pagu atau satu batas aturan; tiap titik dengan jaraknya ke yang terbaik."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    import json

    from planner.answers.frontier import frontier as made_of
    from planner.answers.frontier import plain
    from planner.base.processes import Clock, interruptible
    from planner.model.candidates import read_candidates
    from planner.paper.run_files import write_frontier
    from planner.scenario.scenario import read_scenario
    from planner.views.frontier import frontier_table, next_miliar

    asked, clock = read_scenario(scenario), Clock()
    with interruptible(clock), progress() as told:
        made = made_of(
            read_candidates(asked), asked, by, low, high, points, progress=lambda m: told(steps(m)), clock=clock
        )
    said = next_miliar(made) or ""
    table = frontier_table(made).iloc[:, [0, 1, 2, 3, 5, 6, 9]].to_string(index=False, na_rep="–")
    typer.echo(json.dumps(plain(made), indent=1) if as_json else printable(f"{table}\n{said}"))
    for file in write_frontier(made, out) if out else []:
        typer.echo(printable(str(file)), err=True)
    return 130 if clock.stopped else 0


def steps(made) -> str:
    done = sum(point.preview is not None for point in made.points)
    return say("frontier.progress", done=done, count=len(made.points))


@app.command()
def rules(as_json: AsJson = False, lang: Language = "id") -> None:
    """Semua aturan: arti, parameter, dan nilai bawaannya."""
    import inspect
    import json

    from planner.scenario.rules import RULES

    os.environ["PLANNER_LANG"] = language_of(lang)
    schemas = {
        name: {
            "about": inspect.getdoc(rule),
            "sentence": say(f"rules_about.{name}"),
            "parameters": rule.model_json_schema()["properties"],
        }
        for name, rule in RULES.items()
    }
    if as_json:
        typer.echo(json.dumps(schemas, ensure_ascii=False, indent=1))
        return
    typer.echo(say("rules_about.all"))
    for name, schema in schemas.items():
        typer.echo(f"{name}: {schema['sentence']}")
        for parameter, field in RULES[name].model_fields.items():
            if parameter != "rule":
                default = field.get_default(call_default_factory=True)
                told = say("scenario.missing") if field.is_required() else json.dumps(default, ensure_ascii=False)
                typer.echo(f"    {parameter} = {told}")


@app.command()
def lab() -> int:
    """Buka buku kerja di JupyterLab: milik folder kerja ini, atau yang disertakan."""
    import subprocess

    from planner.base.paths import NOTEBOOKS
    from planner.desk.lab import lab_command, lab_environment, notebooks_here

    return subprocess.run(lab_command(notebooks_here(NOTEBOOKS)), env=lab_environment(), check=False).returncode


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", readable=False, help="folder yang akan dibuat")],
    lang: Language = "id",
) -> None:
    """Buat folder kerja untuk tabel dan skenario sendiri; semua perintah dapat dijalankan dari sana."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    from planner.desk.new_folder import GUIDE, new_folder

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
    from planner.paper.sweep import COMPARED, Stopped, printed, solve, trials, write_reports, write_summary
    from planner.scenario.scenario import read_scenario
    from planner.scenario.variations import variations

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
    from planner.paper.sweep import head

    name = trial.variation.text
    tell_all([say("sweep.one", done=done, count=count, name=name, status=head(trial)["status"])])


def status_of(tried: "list[Trial]") -> int:
    """3 where no variation has a plan because none can, 1 where some failed otherwise, else 0."""
    outcomes = {trial.outcome for trial in tried}
    if outcomes & {"failed", "none_found"}:
        return 1
    return 3 if outcomes == {"infeasible"} else 0
