"""Commands on a plan or a decided list: from verify and explain to edit and the minutes of a sinkronisasi."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from planner.base.errors import PlannerError
from planner.base.messages import language, say
from planner.cli import common
from planner.cli.scenarios import check_valid, solve_and_save, what_if


@common.command
def verify(
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json|LAPORAN.html|DIR", readable=False)],
    data: common.DataFolder = None,
) -> int:
    """Compute a plan or report again from its tables, without a solver; one changed digit is found."""
    from planner.cli.proof import tell_certificate

    try:
        from planner.paper.seal import is_page, verify_page
    except ModuleNotFoundError as error:  # without numpy no table is computed again, but the certificate needs none
        common.tell(say("certificate.alone", library=error.name))
        return tell_certificate(plan, required=True)
    if plan.is_dir():
        from planner.cli.season import tell_verified

        return tell_verified(plan)
    if not is_page(plan):
        check_valid(plan, data)
        common.tell(say("verify.valid", file=plan))
        return tell_certificate(plan)
    verdict = verify_page(plan, data)
    common.raise_invalid(plan, verdict.problems)
    for sentence in verdict.said:
        common.tell(sentence)
    return 0 if verdict.compared else 4


@common.command
def audit(
    scenario: common.ScenarioFile,
    decided: Annotated[
        Path, typer.Argument(metavar="LIST.csv", readable=False)
    ],
    data: common.DataFolder = None, as_json: common.AsJson = False,
) -> int:  # fmt: skip
    """Check a decided list against a scenario: what it breaks, worth, distance, the passed over, its ranking."""
    from planner.answers.audit import audit
    from planner.model.candidates import read_candidates
    from planner.scenario.scenario import read_scenario

    asked = read_scenario(scenario)
    with common.search() as (clock, told):
        found = audit(read_candidates(asked, data), asked, decided, told, clock)
    common.emit(found.plain(), found.sentence(), as_json)
    return common.status(clock.stopped)


@common.command
def explain(
    plan: common.PlanFile, usulan: common.UsulanId, as_json: common.AsJson = False, exact: common.Exact = False,
    flip: Annotated[bool, typer.Option("--flip")] = False, data: common.DataFolder = None,
) -> int:  # fmt: skip
    """Why one usulan is in or out, and what the opposite would cost; with --flip what would turn it."""
    from planner.answers.explain import answer
    from planner.answers.flip import flips
    from planner.answers.open_plan import open_case
    from planner.base.processes import Clock, interruptible
    from planner.views.explained import explanation_text

    case, clock = open_case(plan, data), Clock()
    said = answer(case, usulan, exact, clock)
    if not flip:
        common.emit(said.plain(), explanation_text(said), as_json)
        return common.status(clock.stopped)
    tell: Callable[[str], None] = (lambda text: None) if as_json else common.tell
    found: list[dict] = []
    tell(explanation_text(said))
    turning = flips(case, usulan, clock, progress=lambda text: told(text))
    while True:
        with interruptible(clock), common.progress() as told:
            one = next(turning, None)
        if one is None:
            break
        tell(f"- {one.sentence()}" if found else f"{say('flip.first')}\n- {one.sentence()}")  # as soon as it is known
        found.append(one.plain())
    if as_json:
        common.emit(said.plain() | {"flips": found}, "", as_json)
    elif not found and not clock.stopped:
        tell(say("flip.nothing"))
    return common.status(clock.stopped)


@common.command
def reserve(
    plan: common.PlanFile,
    out: Annotated[list[str] | None, typer.Option("--out", metavar="USULAN")] = None,
    money: Annotated[int, typer.Option("--money", min=0)] = 0,
    draws: Annotated[int | None, typer.Option("--draws")] = None,
    seed: Annotated[int, typer.Option("--seed")] = 2028,
    as_json: common.AsJson = False, data: common.DataFolder = None,
) -> None:  # fmt: skip
    """The reserve list: who is next when somebody drops out (--out) or money is added (--money)."""
    from planner.answers.drop_outs import evaluate
    from planner.answers.open_plan import goal_title, open_case
    from planner.answers.reserve import fill, reserve
    from planner.views.reserve import evaluation_text, list_text

    if draws is not None and (out or money):
        raise PlannerError(say("reserve.one_question"))
    case = open_case(plan, data)
    if draws is not None:
        worth = evaluate(case, draws, seed)
        common.emit(worth.plain(), evaluation_text(worth, goal_title(case, language())), as_json)
    elif out or money:
        filled = fill(case, out or (), money)
        common.emit(filled.plain(), filled.sentence(), as_json)
    else:
        listed = reserve(case)
        common.emit([one.plain() for one in listed], list_text(listed), as_json)


@common.command
def compare(
    plans: common.PlanFiles,
    out: Annotated[Path | None, typer.Option("--out")] = None,
    as_json: common.AsJson = False,
) -> None:
    """Compare plans: who enters, who leaves, the money, and what was asked differently."""
    from planner.answers.compare import open_plans
    from planner.views.compare import sentences

    comparison = open_plans(plans)
    common.emit(comparison.plain(), "\n".join(sentences(comparison)), as_json)
    if out:
        from planner.paper.report import render_comparison

        common.tell(str(render_comparison(plans, out, language())), err=True)


@common.command
def report(
    plan: common.PlanFile,
    more: Annotated[list[str] | None, typer.Argument(metavar="WILAYAH")] = None,
    wilayah: common.Regions = None,
    out: Annotated[Path | None, typer.Option("--out")] = None,
    lang: common.Language = "id", jobs: common.Jobs = 2, scheduler: common.Scheduler = None,
    pdf: Annotated[bool, typer.Option("--pdf")] = False,
    kartu: Annotated[bool, typer.Option("--kartu")] = False,
    floor: common.Floor = None, no_whatif: common.NoWhatIf = False, template: common.Template = None,
    engine: common.Engine = "auto",
) -> int:  # fmt: skip
    """Write an HTML report per region from a saved plan; what is current is not made again."""
    from planner.answers.compare import whole
    from planner.base.cluster import cluster
    from planner.paper.pdf import print_pages
    from planner.paper.report import render_reports
    from planner.paper.seal import NOTEBOOK

    whole(plan)
    stopped, asked = not no_whatif and what_if(plan, floor), [*(wilayah or ()), *(more or ())]
    if kartu:
        cards = write_cards(plan, asked, out, lang)
        for file in print_pages(cards, jobs) if pdf else []:
            common.tell(str(file))
        return common.status(stopped)
    with cluster(scheduler) if scheduler is not None else nullcontext() as pool:
        written = render_reports(
            plan, asked, out=out or plan.parent / "laporan", lang=lang, jobs=jobs, template=template or NOTEBOOK,
            engine=engine, pool=pool,
        )  # fmt: skip
    for file in [*written, *(print_pages(written, jobs) if pdf else [])]:
        common.tell(str(file))
    common.tell(say("report.made", made=len(written) - written.current, current=written.current), err=True)
    return common.status(stopped)


def write_cards(plan: Path, asked: list[str], out: Path | None, lang: str) -> list[Path]:
    """Write the cards of the regions beside their reports and say where they are; the cards, without their index."""
    from planner.paper.cards import FOLDER, render_cards

    *cards, index = render_cards(plan, asked, (out or plan.parent) / FOLDER, lang)
    common.tell(say("cards.made", count=len(cards), index=index))
    return cards


@common.command
def robust(
    plan: common.PlanFile,
    draws: Annotated[int, typer.Option("--draws")] = 200,
    seed: Annotated[int, typer.Option("--seed")] = 2028,
    gap: Annotated[float, typer.Option("--gap")] = 0.01,
    weights: Annotated[float, typer.Option("--weights")] = 0.0,
    jobs: common.Jobs = 2, scheduler: common.Scheduler = None, as_json: common.AsJson = False,
    data: common.DataFolder = None,
) -> int:  # fmt: skip
    """How sure each choice is, which ones nearly tie, and what to verify first."""
    from planner.answers.robust import check, complete
    from planner.base.cluster import workers
    from planner.plan.folder import RunFolder
    from planner.views.robust import robust_text
    from planner.views.scene import open_scene

    check(draws, seed, gap, weights)
    with common.search() as (clock, told), workers(jobs, scheduler, clock) as pool:
        known = complete(plan, pool, draws, seed, gap, weights, told, clock, data)
    common.emit(known, robust_text(open_scene(plan), known), as_json)
    common.tell(say("robust.written", file=RunFolder(plan).robust), err=True)
    return common.status(clock.stopped)


@common.command
def labels(
    plan: common.PlanFile,
    within: Annotated[str, typer.Option("--within")] = "0.5,1,2",
    jobs: common.Jobs = 2, scheduler: common.Scheduler = None, as_json: common.AsJson = False,
    data: common.DataFolder = None,
) -> int:  # fmt: skip
    """Who is in every, some or no plan nearly as good as this one, with the witness."""
    from planner.answers.labels import label_all, thresholds
    from planner.base.cluster import workers
    from planner.plan.folder import RunFolder
    from planner.plan.plan import read_plan
    from planner.views.labels import labels_text

    thresholds(within)
    with common.search() as (clock, told), workers(jobs, scheduler, clock) as pool:
        known = label_all(plan, pool, within, told, clock, data)
    common.emit(known, labels_text(read_plan(plan), known), as_json)
    common.tell(say("labels.written", file=RunFolder(plan).labels), err=True)
    return common.status(clock.stopped)


@common.command
def notes(plan: common.PlanFile, out: common.OutFolder = None, data: common.DataFolder = None) -> None:
    """Write notes per line and per usulan for the official system, from a plan over usulan."""
    from planner.answers.compare import whole
    from planner.paper.run_files import write_notes

    whole(plan)
    common.tell(say("notes.written", files=", ".join(map(str, write_notes(plan, out, data)))))


@common.command
def edit(
    plan: common.PlanFile, usulan: common.UsulanId,
    reason: Annotated[str, typer.Option("--reason")] = "",
    lock_in: Annotated[bool, typer.Option("--lock-in")] = False,
    lock_out: Annotated[bool, typer.Option("--lock-out")] = False,
    free: Annotated[bool, typer.Option("--free")] = False,
    volume: Annotated[str | None, typer.Option("--volume", metavar="RINCIAN=N")] = None,
    yes: Annotated[bool, typer.Option("--yes")] = False,
    exact: common.Exact = False, out: common.OutFolder = None, data: common.DataFolder = None,
) -> int:  # fmt: skip
    """Edit a plan by hand: whether it is legal, what it costs, and with --yes apply and note it."""
    from planner.answers.edit import consider
    from planner.answers.edit_log import append, carry, kept_on_failure, record, save_scenario
    from planner.answers.open_plan import open_case
    from planner.plan.folder import RunFolder
    from planner.plan.plan import read_plan
    from planner.scenario.hand_edits import apply_edit, edit_of

    wanted = edit_of(usulan, {"lock_in": lock_in, "lock_out": lock_out, "free": free}, volume, reason)
    case, run = open_case(plan, data), RunFolder.of(out or plan.parent)
    answer = consider(case, wanted, exact)
    common.tell(f"{wanted.sentence()}. {answer.sentence()}")
    if not yes:
        common.tell(say("edit.refused" if answer.possible is False else "edit.ask"))
        return 0
    if answer.possible is False:
        raise PlannerError(say("edit.refused"))
    with kept_on_failure(run.folder):
        file = save_scenario(apply_edit(case.plan.scenario, wanted), plan, run.folder, data)
        stopped = solve_and_save(file, run.folder)
    carry(RunFolder(plan).log, run.log)
    append(run.log, record(wanted, answer, case.plan, read_plan(run.plan_file)))
    common.tell(say("edit.done", scenario=file, plan=run.plan_file, log=run.log))
    return common.status(stopped)


@common.command
def sinkronisasi(
    plan: common.PlanFile,
    provinsi: Annotated[str, typer.Option("--provinsi", metavar="53")],
    keputusan: Annotated[list[Path] | None, typer.Option("--keputusan", metavar="TABLE.csv", readable=False)] = None,
    exact: common.Exact = False, out: common.OutFolder = None, data: common.DataFolder = None,
) -> int:  # fmt: skip
    """Write the minutes of a province's sinkronisasi from the table of decisions."""
    from planner.paper.berita_acara import write_from_files

    with common.search() as (clock, told):
        minutes, files = write_from_files(plan, provinsi, keputusan or (), out, data, exact, told, clock)
    common.tell("\n".join([*minutes.sentences(), *minutes.closing()[:1]]))
    common.tell(say("sinkronisasi.written", count=len(minutes.effects), name=minutes.place.nama, files=files[0]))
    return common.status(clock.stopped)
