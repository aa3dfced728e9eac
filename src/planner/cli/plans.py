"""Commands on a plan: verify, explain, reserve, compare, report, notes."""

import os
from pathlib import Path
from typing import Annotated

import typer

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
from planner.messages import say


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
    from planner.seal import is_page, verify_page

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

    from planner.explain import explain as explained
    from planner.rows import Clock

    clock = Clock()
    answer = explained(plan, usulan, data, exact, clock)
    typer.echo(json.dumps(answer, indent=1) if as_json else printable(answer["reason"][lang]))
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

    from planner.errors import PlannerError
    from planner.explain import goal_title, opened
    from planner.reserve import evaluate, fill
    from planner.reserve import reserve as listed
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

    from planner.compare import opened
    from planner.views.compare import sentences

    comparison = opened(plans)
    said = json.dumps(comparison.plain(), indent=1) if as_json else printable("\n".join(sentences(comparison)))
    typer.echo(said)
    if out:
        from planner.report import render_comparison

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
    from planner.compare import whole
    from planner.pdf import print_pages
    from planner.report import NOTEBOOK, render_reports

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
    from planner.compare import whole
    from planner.outputs import write_notes

    whole(plan)
    tell(say("notes.written", files=", ".join(map(str, write_notes(plan, out, data)))))
