"""Commands on a scenario: run, allocate, diagnose, frontier, rules, lab."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    what_if,
)
from planner.errors import InfeasibleError
from planner.messages import say

if TYPE_CHECKING:
    from planner.plan import Plan


@app.command()
def run(
    scenario: ScenarioFile, out: OutFolder = None, lang: Languages = "id", jobs: Jobs = 2, fresh: Fresh = False,
    floor: Floor = None, no_whatif: NoWhatIf = False,
) -> int:  # fmt: skip
    """Periksa, bagi, verifikasi, dan tulis laporan semua provinsi."""
    os.environ["PLANNER_LANG"] = language_of_reports(lang)
    folder = out or Path("out") / scenario.stem
    if floor:
        from planner.scenario import read_scenario
        from planner.whatif import checked

        checked(read_scenario(scenario), floor)
    stopped = solved(scenario, folder, fresh)
    stopped = stopped or (not no_whatif and what_if(folder / "plan.json", floor))
    from planner.report import render_reports

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
    from planner.interrupt import interruptible
    from planner.outputs import Journal, kept_plan, write_diagnosis, write_run
    from planner.rows import Clock
    from planner.scenario import read_scenario
    from planner.stability import allocate_all

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

    from planner.allocate import interruptible
    from planner.candidates import read_candidates
    from planner.diagnose import diagnose_scenario, sentences
    from planner.rows import Clock
    from planner.scenario import read_scenario

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

    from planner.candidates import read_candidates
    from planner.frontier import frontier as made_of
    from planner.frontier import plain
    from planner.interrupt import interruptible
    from planner.outputs import write_frontier
    from planner.rows import Clock
    from planner.scenario import read_scenario
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

    from planner.rules import RULES

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

    from planner.lab import lab_command, lab_environment, notebooks_here
    from planner.root import NOTEBOOKS

    return subprocess.run(lab_command(notebooks_here(NOTEBOOKS)), env=lab_environment(), check=False).returncode
