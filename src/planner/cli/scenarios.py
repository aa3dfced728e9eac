"""Commands on a scenario: run, allocate, diagnose, frontier, ladder, rules, lab, new, sweep."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.base.errors import InfeasibleError
from planner.base.messages import language, say
from planner.cli import common

if TYPE_CHECKING:
    from planner.answers.frontier import Frontier
    from planner.model.candidates import Candidates
    from planner.paper.sweep import Trial
    from planner.plan.plan import Plan
    from planner.scenario.scenario import Scenario


@common.command
def run(
    scenario: common.ScenarioFile, out: common.OutFolder = None, lang: common.Language = "id",
    jobs: common.Jobs = 2, fresh: common.Fresh = False, floor: common.Floor = None, no_whatif: common.NoWhatIf = False,
    no_robust: common.NoRobust = False, locks: common.Locks = None,
) -> int:  # fmt: skip
    """Check, distribute, verify, and write the reports of all provinces."""
    folder = out or Path("out") / scenario.stem
    if floor:
        from planner.answers.whatif import check_floor
        from planner.scenario.scenario import read_scenario

        check_floor(read_scenario(scenario), floor)
    stopped = solve_with(locks, scenario, folder, fresh) or (not no_whatif and what_if(folder / "plan.json", floor))
    stopped = stopped or (not no_robust and doubt(folder / "plan.json", jobs))
    from planner.paper.report import index_file, render_reports

    written = render_reports(folder / "plan.json", out=folder / "laporan", lang=lang, jobs=jobs)
    check_valid(folder / "plan.json")
    tell_price(folder / "plan.json")
    common.tell(say("cli.done", reports=len(written), folder=folder, index=index_file(folder / "laporan", lang)))
    return common.status(stopped)


@common.command
def allocate(
    scenario: common.ScenarioFile, out: common.OutFolder = None, fresh: common.Fresh = False,
    locks: common.Locks = None,
) -> int:  # fmt: skip
    """Distribute the ceiling as the scenario says and keep the plan."""
    folder = out or Path("out") / scenario.stem
    stopped = solve_with(locks, scenario, folder, fresh)
    common.tell(say("cli.saved", file=folder / "plan.json"))
    return common.status(stopped)


def solve_with(locks: Path | None, file: Path, folder: Path, fresh: bool) -> bool:
    """``solve_and_save`` under the locks of a workbook; where they allow no plan, what was there stays."""
    if locks is None:
        return solve_and_save(file, folder, fresh)
    from planner.answers.edit_log import kept_on_failure
    from planner.paper.workbooks.locks import locked_scenario

    with kept_on_failure(folder):
        locked = locked_scenario(file, locks, folder)
        if locked == file:
            common.tell(say("locks.none", file=locks))
        stopped = solve_and_save(locked, folder, fresh)
    if locked != file:
        common.tell(say("locks.held", file=locks, scenario=locked))
    return stopped


def solve_and_save(file: Path, folder: Path, fresh: bool = False) -> bool:
    """Solve a scenario and save its plan; whether it was stopped.

    A proven plan of the same scenario and tables that is there already is not sought again, unless ``fresh``.
    """
    from planner.base.files import check_can_write
    from planner.base.processes import Clock, interruptible
    from planner.model.candidates import read_candidates
    from planner.paper.run_files import Journal, kept_plan, write_diagnosis, write_run
    from planner.plan.allocate import allocate
    from planner.plan.certify import write_certificate
    from planner.plan.folder import RunFolder
    from planner.scenario.assumptions import expired
    from planner.scenario.scenario import read_scenario, same_title

    scenario, journal, clock = read_scenario(file), Journal(file), Clock()
    doubts = [*filter(None, [same_title(file, scenario)]), *expired(scenario)]
    common.tell_all([say("cli.warning", finding=sentence) for sentence in doubts])
    if not fresh and (kept := kept_plan(folder, scenario)) and kept.proven:
        common.tell(say("cli.kept", file=folder / "plan.json"))
        if not (run := RunFolder.of(folder)).certificate.exists():
            write_certificate(run, read_candidates(scenario))
        tell_plan(kept, scenario)
        return False
    check_can_write(folder)  # before hours of search, not after
    with interruptible(clock):
        try:
            with common.progress() as told:
                candidates = read_candidates(scenario)
                warn_of_small_budgets(scenario, candidates)
                plan = allocate(candidates, scenario, told, clock)
        except InfeasibleError as error:
            write_diagnosis(folder, error.diagnosis)
            raise
        write_run(folder, plan, journal.record())
        if not clock.stopped:
            write_certificate(RunFolder.of(folder), candidates)
    tell_plan(plan, scenario)
    return clock.stopped


def warn_of_small_budgets(scenario: "Scenario", candidates: "Candidates") -> None:
    """Say before the search which years' budgets are below every usulan: likely typed in another unit than rupiah."""
    from planner.answers.low_spend import cheapest_rp
    from planner.base.units import EXACT, rupiah

    least_rp = cheapest_rp(candidates.rincian)
    for ta, budget_rp in scenario.budget_rp.items():
        if budget_rp < least_rp:
            amounts = {"budget": rupiah(budget_rp, digits=EXACT), "least": rupiah(least_rp, digits=EXACT)}
            common.tell(say("cli.small_budget", ta=ta, **amounts), err=True)


def tell_plan(plan: "Plan", scenario: "Scenario") -> None:
    """A plan's name, how far it is proven, what is in it, and of one that spends little why."""
    from planner.answers.counts import count_all
    from planner.answers.low_spend import is_low, low_spend
    from planner.model.candidates import read_candidates

    proof = f"{plan.status_sentence()}; {say('tie_break.' + plan['tie_break'])}"
    common.tell(f"{plan.scenario.name}: {proof}")
    if len(plan.funded):
        typer.echo(plan.summary())
        typer.echo(count_all(plan).sentence())
    if is_low(plan) and (cause := low_spend(plan, read_candidates(scenario))):
        common.tell(say("cli.warning", finding=cause.sentence()))


def check_valid(plan: Path, data: Path | None = None) -> None:
    """Compute a plan again; one error with everything that differs."""
    from planner.plan.season import SEAL, plan_problems, read_round
    from planner.plan.verify import verify

    sealed = data is None and plan.with_name(SEAL).is_file()  # a round: its own tables lie beside its plan
    common.raise_invalid(plan, plan_problems(read_round(plan.parent)) if sealed else verify(plan, data))


def what_if(plan: Path, floor: str | None) -> bool:
    """Solve the what-if points that a plan lacks; whether Ctrl-C cut them short."""
    from planner.answers.whatif import complete
    from planner.plan.folder import RunFolder

    if not RunFolder(plan).whatif.exists():
        common.tell(say("whatif.first"), err=True)
    with common.search() as (clock, told):
        said = complete(plan, floor, told, clock)
    common.tell_all(said)
    return clock.stopped


def tell_price(plan: Path) -> None:
    """What the floor costs whose points were solved beside a plan."""
    from planner.views.evidence import floor_price
    from planner.views.scene import open_scene

    if price := floor_price(open_scene(plan)):
        common.tell(price)


def doubt(plan: Path, jobs: int) -> bool:
    """Solve the draws that a plan lacks; whether Ctrl-C cut them short. A plan that funds nobody has no doubt."""
    from planner.answers.robust import complete, usual_draws
    from planner.base.processes import beside
    from planner.paper.run_files import write_lists
    from planner.plan.folder import RunFolder
    from planner.plan.plan import read_plan

    made = read_plan(plan)
    if made.funded.empty:
        return False
    with common.search() as (clock, told), beside(jobs, clock) as pool:
        complete(plan, pool, usual_draws(made), progress=told, clock=clock)
    write_lists(RunFolder(plan))
    return clock.stopped


@common.command
def diagnose(
    scenario: common.ScenarioFile, data: common.DataFolder = None, as_json: common.AsJson = False
) -> int:  # fmt: skip
    """Whether a plan is possible; if not, the rules that collide and the cheapest repair."""
    from planner.model.candidates import read_candidates
    from planner.scenario.scenario import read_scenario
    from planner.solve.infeasible.diagnose import diagnose

    asked = read_scenario(scenario)
    with common.search() as (clock, told):
        told(say("diagnose.seeking"))
        found = diagnose(read_candidates(asked, data), asked, clock)
    common.emit(found.plain(), "\n".join(found.sentences()), as_json)
    return common.status(clock.stopped) or {True: 0, False: 3, None: 4}[found.feasible]


@common.command
def frontier(
    scenario: common.ScenarioFile,
    by: Annotated[str, typer.Option("--by")] = "budget",
    low: Annotated[float | None, typer.Option("--from")] = None,
    high: Annotated[float | None, typer.Option("--to")] = None,
    points: Annotated[int, typer.Option("--points", min=2, max=500)] = 30,
    out: common.OutFolder = None, as_json: common.AsJson = False,
) -> int:  # fmt: skip
    """The first goal against the ceiling or one bound of a rule; each point with its distance to the best."""
    from planner.answers.frontier import frontier
    from planner.base.files import check_can_write
    from planner.model.candidates import read_candidates
    from planner.paper.run_files import write_frontier
    from planner.scenario.scenario import read_scenario
    from planner.views.frontier import frontier_table, next_miliar

    asked = read_scenario(scenario)
    if out:
        check_can_write(out)
    with common.search() as (clock, told):
        candidates = read_candidates(asked)
        made = frontier(candidates, asked, by, low, high, points, progress=lambda m: told(steps(m)), clock=clock)
    table = frontier_table(made).iloc[:, [0, 1, 2, 3, 5, 6, 9]].to_string(index=False, na_rep="–")
    common.emit(made.plain(), f"{table}\n{next_miliar(made) or ''}", as_json)
    for file in write_frontier(made, out) if out else []:
        common.tell(str(file), err=True)
    return common.status(clock.stopped)


@common.command
def ladder(
    scenario: common.ScenarioFile,
    low: Annotated[float, typer.Option("--from")] = 0.5, high: Annotated[float, typer.Option("--to")] = 1.5,
    count: Annotated[int, typer.Option("--steps")] = 11,
    out: common.OutFolder = None, as_json: common.AsJson = False, data: common.DataFolder = None,
) -> int:  # fmt: skip
    """One order of usulan for every ceiling of a range: who is in stays in; from below, the order of cuts."""
    from planner.answers.ladder import ladder
    from planner.base.files import check_can_write
    from planner.model.candidates import read_candidates
    from planner.paper.run_files import write_ladder
    from planner.plan.folder import RunFolder
    from planner.scenario.scenario import read_scenario
    from planner.views.ladder import ladder_text

    asked, run = read_scenario(scenario), RunFolder.of(out or Path("out") / scenario.stem)
    check_can_write(run.folder)
    with common.search() as (clock, told):
        made = ladder(read_candidates(asked, data), asked, low, high, count, told, clock)
    files = write_ladder(made, run)
    content = made.content("")
    common.emit(content, ladder_text(content, len(asked.goals)), as_json)
    common.tell(say("ladder.written", files=", ".join(map(str, files))), err=True)
    if len(files) == 2:
        common.tell(say("ladder.loose", file=run.ladder), err=True)
    return common.status(clock.stopped)


def steps(made: "Frontier") -> str:
    """How many points of a frontier are solved."""
    done = sum(point.preview is not None for point in made.points)
    return say("frontier.progress", done=done, count=len(made.points))


@common.command
def rules(as_json: common.AsJson = False) -> None:
    """All rules: what they mean, their parameters and what these are where nothing is said."""
    import inspect
    import json

    from planner.scenario.rules import RULES

    schemas, lines = {}, [say("rules_about.all")]
    for name, rule in RULES.items():
        about, sentence = inspect.getdoc(rule), say(f"rules_about.{name}")
        schemas[name] = {"about": about, "sentence": sentence, "parameters": rule.model_json_schema()["properties"]}
        lines.append(f"{name}: {sentence}")
        for parameter, field in rule.model_fields.items():
            if parameter != "rule":
                default = field.get_default(call_default_factory=True)
                told = say("scenario.missing") if field.is_required() else json.dumps(default, ensure_ascii=False)
                lines.append(f"    {parameter} = {told}")
    common.emit(schemas, "\n".join(lines), as_json, ensure_ascii=False)


@common.command
def lab(meeting: Annotated[bool, typer.Option("--meeting")] = False) -> int:
    """Open the notebooks in JupyterLab: those of this working folder, or those that are shipped."""
    import subprocess

    from planner.base.paths import NOTEBOOKS
    from planner.desk.lab import lab_command, lab_environment, notebooks_here

    command = lab_command(notebooks_here(NOTEBOOKS), meeting=meeting)
    return subprocess.run(command, env=lab_environment(meeting=meeting), check=False).returncode


@common.command
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", readable=False)],
) -> None:
    """Make a working folder for tables and scenarios of your own; every command can be run from there."""
    from planner.desk.new_folder import GUIDE, new_folder

    made = new_folder(folder)
    common.tell(say("new.made", folder=made, guide=made / GUIDE))


@common.command
def sweep(
    scenario: common.ScenarioFile,
    vary: Annotated[list[str], typer.Option("--vary")],
    together: Annotated[bool, typer.Option("--together")] = False,
    out: Annotated[Path | None, typer.Option("--out")] = None,
    reports: Annotated[bool, typer.Option("--reports")] = False,
    jobs: common.Jobs = 2, scheduler: common.Scheduler = None, fresh: common.Fresh = False,
) -> int:  # fmt: skip
    """Solve many variations of a scenario and compare them; what is solved is not solved again."""
    from planner.base.cluster import workers
    from planner.base.processes import Clock
    from planner.paper.sweep import COMPARED, Stopped, solve, summary_table, trials, write_reports, write_summary
    from planner.scenario.scenario import read_scenario
    from planner.scenario.variations import variations

    base, folder = read_scenario(scenario), out or Path("out") / "sweep" / scenario.stem
    found, repeated = variations(base, vary, together)
    if repeated:
        common.tell(say("sweep.repeated", count=repeated), err=True)
    tried = trials(base, found, folder, fresh)
    kept = sum(trial.plan is not None for trial in tried)
    common.tell(say("sweep.begun", count=len(tried), kept=kept, todo=len(tried) - kept), err=True)
    try:
        with workers(min(jobs, len(tried) - kept) or 1, scheduler, Clock()) as pool:
            tried, stopped = solve(tried, pool, tell_trial), False
    except Stopped as stop:
        tried, stopped = stop.trials, True
    common.tell(summary_table(tried).to_string(index=False, max_colwidth=60))
    plans = [trial for trial in tried if trial.plan]
    if len(plans) > COMPARED:
        common.tell(say("sweep.compared", most=COMPARED, count=len(plans)), err=True)
    for file in write_summary(tried, folder, language()):
        common.tell(str(file))
    if stopped:
        done = sum(trial.outcome != "waiting" for trial in tried)
        common.tell(say("sweep.stopped", done=done, count=len(tried)), err=True)
        return common.status(stopped)
    for trial in plans if reports else []:
        common.tell(str(write_reports(trial, language(), jobs)))
    return status_of(tried)


def tell_trial(trial: "Trial", done: int, count: int) -> None:
    """One variation is solved, or failed."""
    from planner.paper.sweep import head

    name = trial.variation.text
    common.tell(say("sweep.one", done=done, count=count, name=name, status=head(trial)["status"]), err=True)


def status_of(tried: "list[Trial]") -> int:
    """3 where no variation has a plan because none can, 1 where some failed otherwise, else 0."""
    outcomes = {trial.outcome for trial in tried}
    if outcomes & {"failed", "none_found"}:
        return 1
    return 3 if outcomes == {"infeasible"} else 0
