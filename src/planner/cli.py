"""The command line: results on stdout, progress on stderr, exit status as the README says. Imports stay lazy."""

import os
import sys
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from planner.errors import InfeasibleError, NoneFoundError, PlannerError
from planner.messages import say

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Rencana alokasi DAK Fisik IKM: tepat, terbukti, dijelaskan."
)
ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO.toml", help="berkas skenario")]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN.json", help="berkas rencana")]
OutFolder = Annotated[Path | None, typer.Option("--out", help="folder hasil; bawaan out/<nama skenario>")]
Regions = Annotated[
    list[str] | None, typer.Option("--wilayah", help="nasional, kelompok pulau, provinsi, atau kabupaten")
]
Language = Annotated[str, typer.Option("--lang", help="id atau en")]
Jobs = Annotated[int, typer.Option("--jobs", min=1, help="jumlah proses")]
AsJson = Annotated[bool, typer.Option("--json", help="keluaran untuk mesin")]
DataFolder = Annotated[Path | None, typer.Option("--data", help="folder tabel usulan")]
UsulanId = Annotated[str, typer.Argument(metavar="USULAN", help="usulan_id; sesudah -- bila berawalan -")]
Exact = Annotated[bool, typer.Option("--exact", help="angka tepat, bukan selang: dihitung ulang")]


def main() -> None:
    """Run a command; every mistake that a planner can mend is a sentence, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = app(standalone_mode=False)
    except PlannerError as error:
        tell_all(error.problems)
        code = 3 if isinstance(error, InfeasibleError) else 4 if isinstance(error, NoneFoundError) else 1
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except TyperException as error:
        error.show()
        code = error.exit_code
    sys.exit(code or 0)


def tell_all(lines: list[str]) -> None:
    for line in lines:
        typer.echo(printable(line), err=True)


def printable(text: str) -> str:
    """Text that cannot steer a terminal: control characters become spaces."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


@app.command()
def run(scenario: ScenarioFile, out: OutFolder = None, lang: Language = "id", jobs: Jobs = 2) -> int:
    """Periksa, bagi, verifikasi, dan tulis laporan semua provinsi."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    folder = out or Path("out") / scenario.stem
    stopped = solved(scenario, folder)
    from planner.report import render_reports

    written = render_reports(folder / "plan.json", out=folder / "laporan", lang=lang, jobs=jobs)
    check_valid(folder / "plan.json", None)
    typer.echo(say("cli.done", reports=len(written), folder=folder, index=folder / "index.html"))
    return 130 if stopped else 0


@app.command()
def allocate(scenario: ScenarioFile, out: OutFolder = None, lang: Language = "id") -> int:
    """Bagi pagu menurut skenario dan simpan rencananya."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    folder = out or Path("out") / scenario.stem
    stopped = solved(scenario, folder)
    typer.echo(say("cli.saved", file=folder / "plan.json"))
    return 130 if stopped else 0


def language_of(lang: str) -> str:
    if lang not in ("id", "en"):
        raise PlannerError(say("cli.language", lang=lang))
    return lang


def solved(file: Path, folder: Path) -> bool:
    """Solve a scenario (and its low and high cases where candidates are modelled), save; whether it was stopped."""
    from planner.outputs import FILES, write_lists
    from planner.plan import write_whole
    from planner.rows import Clock
    from planner.scenario import read_scenario
    from planner.stability import PLAN_FILES, allocate_all

    scenario = read_scenario(file)
    clock = Clock()
    try:
        with journal(file, folder), progress() as tell:
            plans = allocate_all(scenario, tell, clock)
    except InfeasibleError as error:
        import json

        content = json.dumps(error.diagnosis, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        write_whole(folder / "diagnosis.json", content.encode())
        outdated(folder, [*PLAN_FILES.values(), *FILES])
        raise
    for case, plan in plans.items():
        plan.save(folder / PLAN_FILES[case])
    outdated(folder, ["diagnosis.json", *(name for case, name in PLAN_FILES.items() if case not in plans)])
    written = {file.name for file in write_lists(folder / PLAN_FILES["tengah"])}
    outdated(folder, set(FILES) - written)
    plan = plans["tengah"]
    proof = f"{plan.status_sentence()}; {say('tie_break.' + plan['tie_break'])}"
    typer.echo(f"{printable(plan.scenario.name)}: {proof}\n{plan.summary() if len(plan.funded) else say('cli.empty')}")
    return clock.stopped


def outdated(folder: Path, names: Iterable[str]) -> None:
    """Remove what an earlier run left and this one did not make: an old plan beside a new diagnosis would mislead."""
    for name in names:
        (folder / name).unlink(missing_ok=True)


@contextmanager
def journal(file: Path, folder: Path):
    """Write ``run.json`` beside the plan: when, who, how long, on what machine, from which scenario file."""
    import getpass
    import json
    import platform
    import time
    from datetime import UTC, datetime

    from planner.plan import write_whole

    begun, started = time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
    yield
    try:
        who = getpass.getuser()
    except (OSError, KeyError):
        who = ""
    record = {
        "started": started, "seconds": round(time.monotonic() - begun, 1), "who": who, "machine": platform.platform(),
        "python": platform.python_version(), "scenario_file": str(file.resolve()),
    }  # fmt: skip
    write_whole(folder / "run.json", (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode())


@contextmanager
def progress():
    """A line on stderr that says what is being solved and for how long; plain lines where stderr is no terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda text: typer.echo(printable(text), err=True)
        return
    with console.status("", spinner="line") as status:
        yield lambda text: status.update(printable(text).replace("[", "\\["))


@app.command()
def check(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="folder tabel usulan")],
    out: Annotated[Path, typer.Option("--out", help="folder hasil")] = Path("out/periksa"),
    lang: Language = "id",
) -> None:
    """Periksa tabel usulan; semua masalah sekaligus, dan tulis daftar dokumen yang kurang."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    from planner.candidates import read_usulan
    from planner.outputs import write_missing

    tables = read_usulan(data)
    counts = {name: len(tables[name].data) for name in ("usulan", "rincian")}
    typer.echo(say("cli.checked", folder=data, **counts))
    typer.echo(say("notes.written", files=", ".join(map(str, write_missing(data, out)))))


@app.command()
def notes(plan: PlanFile, out: OutFolder = None, data: DataFolder = None, lang: Language = "id") -> None:
    """Tulis catatan per rincian dan per usulan untuk sistem resmi, dari rencana atas usulan."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    from planner.outputs import write_notes

    typer.echo(say("notes.written", files=", ".join(map(str, write_notes(plan, out, data)))))


@app.command()
def verify(plan: PlanFile, data: DataFolder = None, lang: Language = "id") -> None:
    """Hitung ulang rencana dari tabelnya, tanpa pemecah; beda satu angka pun ketahuan."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    check_valid(plan, data)
    typer.echo(say("verify.valid", file=plan))


def check_valid(plan: Path, data: Path | None) -> None:
    from planner.verify import verify as problems_of

    problems = problems_of(plan, data)
    if problems:
        raise PlannerError([say("verify.invalid", file=plan), *(f"  - {problem}" for problem in problems)])


@app.command()
def explain(
    plan: PlanFile, usulan: UsulanId, as_json: AsJson = False, exact: Exact = False, data: DataFolder = None,
    lang: Language = "id",
) -> int:  # fmt: skip
    """Mengapa satu usulan terpilih atau tidak, dan berapa ruginya bila sebaliknya."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    import json

    from planner.explain import explain as explained
    from planner.rows import Clock

    clock = Clock()
    answer = explained(plan, usulan, data, exact, clock)
    typer.echo(json.dumps(answer, indent=1) if as_json else printable(answer["reason"][lang]))
    return 130 if clock.stopped else 0


@app.command()
def report(
    plan: PlanFile, wilayah: Regions = None, out: OutFolder = None, lang: Language = "id", jobs: Jobs = 2
) -> None:
    """Tulis laporan HTML per wilayah dari rencana yang tersimpan."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    from planner.report import render_reports

    for file in render_reports(plan, wilayah, out=out or plan.parent / "laporan", lang=lang, jobs=jobs):
        typer.echo(str(file))


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
    for name, schema in schemas.items():
        typer.echo(f"{name}: {schema['sentence']}")
        for parameter, detail in schema["parameters"].items():
            if parameter != "rule":
                default = json.dumps(detail.get("default", say("scenario.missing")), ensure_ascii=False)
                typer.echo(f"    {parameter} = {default}")


@app.command()
def lab() -> int:
    """Buka buku kerja di JupyterLab."""
    import subprocess

    from planner.lab import lab_command, lab_environment
    from planner.root import NOTEBOOKS

    return subprocess.run(lab_command(NOTEBOOKS), env=lab_environment(), check=False).returncode


if __name__ == "__main__":
    main()
