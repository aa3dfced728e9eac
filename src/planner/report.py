"""Reports: one papermill run of the parameterised notebook per wilayah, one HTML file each, and an index of them."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from planner.errors import PlannerError, hint, shown
from planner.geo import NATIONAL, Wilayah, provinces
from planner.geo import wilayah as wilayah_of
from planner.messages import say, speaking
from planner.page import languages, page
from planner.plan import read_plan, write_whole
from planner.root import PARAMETERIZED
from planner.seal import NOTEBOOK, bundle, title

COMPARISON = PARAMETERIZED / "laporan_banding.ipynb"
OWN = ("plan_file", "plan_files", "wilayah", "lang")  # parameters that this module sets itself
Progress = Callable[[int, int], None]  # (reports done, of how many)


@dataclass(frozen=True)
class Job:
    """One report: everything a worker process needs to write it."""

    plan_file: str
    wilayah: Wilayah
    lang: str
    parameters: Mapping[str, object]
    target: Path
    index: Path | None  # where the link back leads


def render_reports(
    plan_file: str | Path, wilayah: list[str] | None = None, *, out: str | Path, lang: str = "id", jobs: int = 2,
    parameters: Mapping[str, object] | None = None, progress: Progress | None = None,
) -> list[Path]:  # fmt: skip
    """Write one HTML file per wilayah into ``out`` (all: nasional, 38 provinces and an index) and return the reports.

    ``progress(done, whole)`` is called after each report; without it a bar stands on stderr. A report that fails leaves
    the others; at the end one PlannerError names those that failed.
    """
    from planner.views import open_scene

    file, folder, index = Path(plan_file).resolve(), Path(out), None if wilayah else index_file(Path(out))
    with speaking(lang):
        check_parameters(parameters or {})
        scene = open_scene(file)
        places = [wilayah_of(name, scene.kabupaten) for name in wilayah or [NATIONAL, *provinces(scene.kabupaten)]]
        todo = {
            place.kode: Job(str(file), place, lang, dict(parameters or {}), folder / f"{place.file_name}.html", index)
            for place in places
        }
        with nullcontext(progress) if progress else bar() as tell:
            failed = run_all(list(todo.values()), jobs, tell)
        written = {kode: job.target for kode, job in todo.items() if kode not in failed}
        if index:
            write_index(scene, written, index, lang)
        if failed:
            raise PlannerError([say("report.failed", name=name, why=why) for name, why in sorted(failed.items())])
    return list(written.values())


def index_file(folder: Path) -> Path:
    """``index.html`` beside the folder ``laporan``, or inside any other folder that the planner chose."""
    return (folder.parent if folder.name == "laporan" else folder) / "index.html"


def render_comparison(
    plan_files: Sequence[str | Path], out: str | Path, lang: str = "id", parameters: Mapping[str, object] | None = None
) -> Path:
    """Write the page that compares saved plans with the first of them, whole or not at all, to the file ``out``."""
    from planner.views.compare import open_comparison

    files = [str(Path(file).resolve()) for file in plan_files]
    if broken := [shown(file) for file in files if len(file.splitlines()) != 1]:
        raise PlannerError([say("compare.line_break", file=file) for file in broken])
    with tempfile.TemporaryDirectory() as folder, speaking(lang):
        check_parameters(parameters or {}, COMPARISON)
        comparison = open_comparison(files).comparison
        given = {**(parameters or {}), "plan_files": "\n".join(files), "lang": lang}
        notebook = executed(COMPARISON, given, str(Path(folder) / "banding.ipynb"))
        seals = ", ".join(plan.fingerprint for plan in comparison.plans)
        html = page({lang: notebook}, " · ".join(comparison.names), comparison.plans[0], lang, seals=seals)
    return write_whole(Path(out), html.encode())


def check_parameters(parameters: Mapping[str, object], notebook: Path = NOTEBOOK) -> None:
    """papermill only warns about a parameter that the notebook does not have; here it is an error."""
    from papermill import inspect_notebook

    known = [name for name in inspect_notebook(str(notebook)) if name not in OWN]
    unknown = [name for name in parameters if name not in known]
    if unknown:
        said = [say("report.unknown_parameter", name=shown(name), hint=hint(name, known)) for name in unknown]
        raise PlannerError(said)


@contextmanager
def bar() -> Iterator[Progress]:
    """A progress bar on stderr that goes when it is done."""
    from rich import progress
    from rich.console import Console

    with progress.Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(say("report.progress"))
        yield lambda done, whole: shown.update(task, completed=done, total=whole)


def run_all(todo: list[Job], jobs: int, progress: Progress) -> dict[str, str]:
    """Run the jobs in ``jobs`` processes; returns why each failed one failed."""
    failed = {}
    with ProcessPoolExecutor(min(jobs, len(todo)), mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(render, job): job.wilayah.kode for job in todo}
        for done, future in enumerate(as_completed(waiting), start=1):
            if error := future.exception():
                kind = "" if isinstance(error, PlannerError) else f"{type(error).__name__}: "
                failed[waiting[future]] = " ".join(f"{kind}{error}".split())[:500]
            progress(done, len(waiting))
    return failed


def render(job: Job) -> Path:
    """Run the notebook for one wilayah and write its page, whole or not at all."""
    with tempfile.TemporaryDirectory() as folder, speaking(job.lang):
        own = {"plan_file": job.plan_file, "wilayah": job.wilayah.kode}
        notebooks = {
            lang: executed(NOTEBOOK, {**job.parameters, **own, "lang": lang}, str(Path(folder) / f"{lang}.ipynb"))
            for lang in languages(job.lang)
        }
        plan = read_plan(job.plan_file)
        back = None if job.index is None else address(job.index, job.target)
        carried = bundle(job.plan_file, job.wilayah.kode, job.lang, job.parameters)
        html = page(notebooks, title(plan, job.wilayah), plan, job.lang, back, bundle=carried)
    return write_whole(job.target, html.encode())


def executed(notebook: Path, parameters: Mapping[str, object], output: str):
    """A notebook after papermill ran it with these parameters."""
    from papermill import PapermillExecutionError, execute_notebook

    try:
        return execute_notebook(
            str(notebook), output, dict(parameters), kernel_name="python3", progress_bar=False,
            extra_arguments=["--log-level=ERROR", "--HistoryManager.enabled=False"], shutdown_kernel="immediate",
        )  # fmt: skip
    except PapermillExecutionError as error:
        raise PlannerError(f"{error.ename}: {error.evalue}") from None


def address(file: Path, page: Path) -> str:
    """Where a file lies as seen from a page, as a link."""
    return os.path.relpath(file, page.parent).replace(os.sep, "/")


def write_index(scene, files: Mapping[str, Path], index: Path, lang: str) -> Path:
    """The page that links the reports, in the same template."""
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    from planner.views import index_page

    links, notebooks = {kode: address(file, index) for kode, file in files.items()}, {}
    for one in languages(lang):
        with speaking(one):
            mine = replace(scene, wilayah=wilayah_of(scene.wilayah.kode, scene.kabupaten))
            output = new_output("display_data", {"text/html": str(index_page(mine, links))})
        notebooks[one] = new_notebook(cells=[new_code_cell(outputs=[output])])
    title = f"{say('report.index_title', languages(lang)[0])} · {scene.plan.scenario.name}"
    return write_whole(index, page(notebooks, title, scene.plan, lang).encode())
