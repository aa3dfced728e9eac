"""Commands on a plan: verify, explain, reserve, compare, report, notes."""

import os
from pathlib import Path
from typing import Annotated

import typer

from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.cli.common import (
    AsJson,
    DataFolder,
    Engine,
    Exact,
    Floor,
    Jobs,
    Language,
    Languages,
    NoWhatIf,
    OutFolder,
    PlanFile,
    PlanFiles,
    Regions,
    Template,
    UsulanId,
    app,
    check_valid,
    language_of,
    language_of_reports,
    printable,
    raise_invalid,
    tell,
    what_if,
)
from planner.cli.scenarios import solved


@app.command()
def verify(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN.json|LAPORAN.html", readable=False, help="berkas rencana atau laporan")
    ],
    data: DataFolder = None,
    lang: Language = "id",
) -> None:
    """Hitung ulang rencana atau laporan dari tabelnya, tanpa pemecah; beda satu angka pun ketahuan."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    from planner.paper.seal import is_page, verify_page

    if not is_page(plan):
        check_valid(plan, data)
        tell(say("verify.valid", file=plan))
        return
    verdict = verify_page(plan, data)
    raise_invalid(plan, verdict.problems)
    for sentence in verdict.said:
        tell(sentence)


@app.command()
def explain(
    plan: PlanFile, usulan: UsulanId, as_json: AsJson = False, exact: Exact = False, data: DataFolder = None,
    lang: Language = "id",
) -> int:  # fmt: skip
    """Mengapa satu usulan terpilih atau tidak, dan berapa ruginya bila sebaliknya."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    import json

    from planner.answers.explain import explain as explained
    from planner.base.processes import Clock

    clock = Clock()
    answer = explained(plan, usulan, data, exact, clock)
    typer.echo(json.dumps(answer.plain(), indent=1) if as_json else printable(answer.sentence()))
    return 130 if clock.stopped else 0


@app.command()
def reserve(
    plan: PlanFile,
    out: Annotated[list[str] | None, typer.Option("--out", metavar="USULAN", help="yang gugur; berulang")] = None,
    money: Annotated[int, typer.Option("--money", min=0, help="dana tambahan tahun pertama, rupiah utuh")] = 0,
    draws: Annotated[int | None, typer.Option("--draws", help="nilai daftar atas sekian undian, misalnya 2000")] = None,
    seed: Annotated[int, typer.Option("--seed", help="benih undian")] = 2028,
    as_json: AsJson = False, data: DataFolder = None, lang: Language = "id",
) -> None:  # fmt: skip
    """Daftar cadangan: siapa berikutnya bila yang terpilih gugur (--out) atau dana bertambah (--money)."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    import json

    from planner.answers.open_plan import goal_title, opened
    from planner.answers.reserve import evaluate, fill
    from planner.answers.reserve import reserve as listed
    from planner.base.errors import PlannerError
    from planner.views.reserve import evaluation_text, list_text

    if draws is not None and (out or money):
        raise PlannerError(say("reserve.one_question"))
    case = opened(plan, data)
    if draws is not None:
        found = evaluate(case, draws, seed)
        text = evaluation_text(found, goal_title(case, lang))
    elif out or money:
        found = fill(case, out or (), money)
        text = found["sentence"][lang]
    else:
        found = listed(case)
        text = list_text(found)
    typer.echo(json.dumps(found, indent=1) if as_json else printable(text))


@app.command()
def compare(
    plans: PlanFiles,
    out: Annotated[Path | None, typer.Option("--out", help="berkas HTML perbandingan")] = None,
    as_json: AsJson = False, lang: Language = "id",
) -> None:  # fmt: skip
    """Bandingkan rencana: siapa masuk, siapa keluar, dana, dan apa yang diminta secara berbeda."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    import json

    from planner.answers.compare import opened
    from planner.views.compare import sentences

    comparison = opened(plans)
    said = json.dumps(comparison.plain(), indent=1) if as_json else printable("\n".join(sentences(comparison)))
    typer.echo(said)
    if out:
        from planner.paper.report import render_comparison

        typer.echo(str(render_comparison(plans, out, lang)), err=True)


@app.command()
def report(
    plan: PlanFile, wilayah: Regions = None,
    out: Annotated[Path | None, typer.Option("--out", help="folder hasil; bawaan laporan/ di samping rencana")] = None,
    lang: Languages = "id", jobs: Jobs = 2,
    pdf: Annotated[bool, typer.Option("--pdf", help="juga PDF di samping tiap laporan, oleh Chromium")] = False,
    floor: Floor = None, no_whatif: NoWhatIf = False, template: Template = None, engine: Engine = "auto",
) -> int:  # fmt: skip
    """Tulis laporan HTML per wilayah dari rencana yang tersimpan; yang sudah terkini tidak dibuat lagi."""
    os.environ["PLANNER_LANG"] = language_of_reports(lang)
    from planner.answers.compare import whole
    from planner.paper.pdf import print_pages
    from planner.paper.report import render_reports
    from planner.paper.seal import NOTEBOOK

    whole(plan)
    stopped = not no_whatif and what_if(plan, floor)
    written = render_reports(
        plan, wilayah, out=out or plan.parent / "laporan", lang=lang, jobs=jobs, template=template or NOTEBOOK,
        engine=engine,
    )  # fmt: skip
    for file in [*written, *(print_pages(written, jobs) if pdf else [])]:
        tell(str(file))
    typer.echo(say("report.made", made=len(written) - written.current, current=written.current), err=True)
    return 130 if stopped else 0


@app.command()
def notes(plan: PlanFile, out: OutFolder = None, data: DataFolder = None, lang: Language = "id") -> None:
    """Tulis catatan per rincian dan per usulan untuk sistem resmi, dari rencana atas usulan."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    from planner.answers.compare import whole
    from planner.paper.run_files import write_notes

    whole(plan)
    tell(say("notes.written", files=", ".join(map(str, write_notes(plan, out, data)))))


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
    from planner.answers.edit import consider
    from planner.answers.edit_log import LOG, append, carry, kept_on_failure, record, save_scenario
    from planner.answers.open_plan import opened
    from planner.plan.plan import read_plan
    from planner.scenario.hand_edits import applied, edit_of

    wanted = edit_of(usulan, {"lock_in": lock_in, "lock_out": lock_out, "free": free}, volume, reason)
    case, folder = opened(plan, data), out or plan.parent
    answer = consider(case, wanted, exact)
    typer.echo(printable(f"{wanted.sentence()}. {answer.sentence()}"))
    if not yes:
        typer.echo(say("edit.refused" if answer.possible is False else "edit.ask"))
        return 0
    if answer.possible is False:
        raise PlannerError(say("edit.refused"))
    with kept_on_failure(folder):
        file = save_scenario(applied(case.plan.scenario, wanted), plan, folder, data)
        stopped = solved(file, folder)
    carry(plan.with_name(LOG), folder / LOG)
    append(folder / LOG, record(wanted, answer, case.plan, read_plan(folder / "plan.json")))
    tell(say("edit.done", scenario=file, plan=folder / "plan.json", log=folder / LOG))
    return 130 if stopped else 0
