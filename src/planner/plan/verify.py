"""Is a plan file what it says? Everything is derived again from the tables, in whole numbers, without any solver."""

from collections.abc import Iterator
from pathlib import Path

from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.base.paths import ACUAN
from planner.model.build_options import build_options
from planner.model.candidates import Candidates, read_candidates
from planner.model.problem import Problem, compile_problem
from planner.plan import labels_file, ladder_file, robust_file, whatif_file
from planner.plan.certificate import Refused, check
from planner.plan.derive import choice_of
from planner.plan.folder import LABELS, LADDER, ROBUST, WHATIF, RunFolder
from planner.plan.plan import Plan, read_plan
from planner.plan.plan_file import (
    CERTIFICATE_FORM,
    Certificate,
    InputTable,
    PlanFile,
    canonical,
    fingerprint_of,
    read_beside,
    read_json,
)  # fmt: skip
from planner.plan.statement import differences
from planner.plan.substance import substance
from planner.scenario.scenario import scenario_of

EVIDENCE = {
    WHATIF: whatif_file.problems_of, ROBUST: robust_file.problems_of, LABELS: labels_file.problems_of,
    LADDER: ladder_file.problems_of,
}  # fmt: skip


def verify(
    path: str | Path, data: str | Path | None = None, acuan: Path = ACUAN, home: Path | None = None
) -> list[str]:  # fmt: skip
    """Everything wrong with a plan file and with what lies beside it, as sentences; empty: valid.

    ``data``: the folder of usulan tables, where the plan has any; ``home``: from where its paths are seen, where that
    is not as its run says. Raises PlannerError where the file or the tables cannot be read at all.
    """
    run = RunFolder(Path(path))
    plan = read_plan(path)
    content, problems = plan.content, list(seal(plan.content, run.plan_file.read_bytes()))
    try:
        scenario = scenario_of(content["scenario"], home) if home else run.scenario(plan)
        candidates = read_candidates(scenario, data, acuan)
        problem = compile_problem(build_options(candidates, scenario), scenario)
        problems += (apart := list(inputs(content["inputs"], candidates)))
        if apart and data is None and (beside := run.folder / "data").is_dir():
            problems.append(say("verify.data_beside", folder=beside))
        problems += substance(content, candidates, problem, choice_of(content["funded"], problem))
        problems += certificate_problems(run.certificate, content, problem)
        problems = problems or beside_problems(run, plan, problem)
    except PlannerError as error:
        if not problems:
            raise
        problems += error.problems
    return problems


def certificate_problems(file: Path, content: PlanFile, problem: Problem) -> list[str]:
    """Everything wrong with the certificate of this plan, where there is one: it proves nothing, or of other rows."""
    known: Certificate | None = read_beside(file, CERTIFICATE_FORM, content["fingerprint"])
    if known is None:
        return [say("certificate.foreign", file=file)] if file.exists() else []
    try:
        bounds = [one.bound for one in check({**known}, content["funded"])]
    except Refused as error:
        return [say("certificate.refused", file=file, why=error)]
    apart = list(differences(known, problem, content["goals"]))
    apart += ["bounds"] * (bounds != known["bounds"])
    return [say("certificate.differs", file=file, where=", ".join(apart[:5]))] if apart else []


def beside_problems(run: RunFolder, plan: Plan, problem: Problem) -> list[str]:
    """Everything wrong with what-if points, draws, labels and ladder of this plan.

    Those of another plan are not shown and not judged.
    """
    found: list[str] = []
    for name, problems_of in EVIDENCE.items():
        file = run.file(name)
        try:
            content = read_json(file.read_bytes())
        except OSError:
            continue
        except (ValueError, RecursionError):
            found.append(say("verify.beside", file=file))
            continue
        if isinstance(content, dict) and content.get("plan") == plan.fingerprint:
            found += problems_of(content, plan, problem)
    return found


def seal(content: PlanFile, written: bytes) -> Iterator[str]:
    """Is the file untouched since it was written?"""
    if fingerprint_of(content) != content.get("fingerprint"):
        yield say("verify.fingerprint")
    if canonical(content) != written:
        yield say("verify.not_canonical")


def inputs(tables: list[InputTable], candidates: Candidates) -> Iterator[str]:
    """Are the tables those that the plan was made from?"""
    now = {table["name"]: table for table in candidates.inputs}
    then = {table["name"]: table for table in tables}
    for name in dict.fromkeys([*then, *now]):
        if now.get(name) != then.get(name):
            yield say("verify.input", name=name)
