"""Reports: one papermill run of the parameterised notebook per wilayah, one HTML file each, and an index of them.

What is there already and was made from the same things is not made again; a report that fails leaves its notebook.
"""

import gc
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from planner.base.errors import PlannerError, all_of, reason, shown
from planner.base.files import check_writable, clear, code, digest, write_whole
from planner.base.messages import say, speaking
from planner.base.paths import PARAMETERIZED
from planner.base.processes import elsewhere, forks
from planner.geo.boundaries import installed_fingerprint
from planner.geo.regions import NATIONAL, Wilayah, provinces
from planner.geo.regions import wilayah as wilayah_of
from planner.paper.notebook import check_engine, check_notebook, ready, run_notebook
from planner.paper.page import intact, languages, named, page
from planner.paper.remote import Asked, written
from planner.paper.seal import NOTEBOOK, bundle, title
from planner.plan.folder import RunFolder
from planner.plan.plan import Plan, read_plan
from planner.tables.reference import reference

COMPARISON = PARAMETERIZED / "laporan_banding.ipynb"
OWN = ("plan_file", "wilayah", "lang")  # parameters that this module sets itself
Progress = Callable[[int, int], None]  # (reports done, of how many)


FAILED = ".gagal.ipynb"  # the notebook of a report that failed
KEY = re.compile(r'<meta [^>]*\bname="planner-key"[^>]*>')


@dataclass(frozen=True)
class Job:
    """One report: everything a worker process needs to write it."""

    plan_file: Path
    wilayah: Wilayah
    folder: Path
    index: Path | None  # where the link back leads
    lang: str
    parameters: Mapping[str, object]
    template: Path
    engine: str
    shared: str  # what all reports of a run are made from

    @property
    def target(self) -> Path:
        return self.folder / named(self.wilayah.file_name, self.lang)

    @property
    def back(self) -> str | None:
        return None if self.index is None else address(self.index, self.target)

    @property
    def key(self) -> str:
        """What the page is made from: the same key, the same page."""
        return key_of(self.shared, self.wilayah.kode, self.lang, self.parameters, self.back)

    @property
    def failed(self) -> Path:
        """Where its notebook goes when it fails."""
        return self.target.with_suffix(FAILED)


@dataclass(frozen=True)
class Index:
    """The page that links the reports: ``links`` is code -> address."""

    plan_file: Path
    lang: str
    shared: str
    target: Path
    links: Mapping[str, str]

    @property
    def key(self) -> str:
        return key_of(self.shared, self.lang, self.links)


class Reports(list[Path]):
    """The files of reports; ``current`` of them were there already and were not made again."""

    current = 0


def render_reports(
    plan_file: str | Path, wilayah: list[str] | None = None, *, out: str | Path, lang: str = "id", jobs: int = 2,
    parameters: Mapping[str, object] | None = None, progress: Progress | None = None,
    template: str | Path = NOTEBOOK, engine: str = "auto", pool: Executor | None = None,
) -> Reports:  # fmt: skip
    """Write one HTML file per wilayah into ``out`` (all: nasional, 38 provinces and an index) and return the reports.

    What is current is left as it is. ``progress(done, whole)`` is called after each report; without it a bar stands on
    stderr. A report that fails leaves its notebook and the others; at the end one PlannerError names those that failed.
    ``template``: a planner's own copy of the notebook. ``engine``: auto | papermill. ``pool``: workers that make the
    pages they can; the others are made here.
    """
    file, folder, notebook = Path(plan_file).resolve(), Path(out), Path(template).resolve()
    every = index_file(folder, lang)
    index = None if wilayah else every
    way_back = every if index or every.exists() else None
    with speaking(languages(lang)[0]), nullcontext(progress) if progress else bar() as tell:
        check_engine(engine)
        check_notebook(notebook, parameters or {}, OWN)
        shared = shared_key(file, read_plan(file), notebook)
        given = (folder, way_back, lang, dict(parameters or {}), notebook, engine, shared)
        todo = [Job(file, place, *given) for place in places(wilayah)]
        return made(todo, index, jobs, tell, pool)


def places(wilayah: list[str] | None) -> list[Wilayah]:
    """The regions of these names, each once; without names the country and its provinces.

    Raises one PlannerError for all names that are none.
    """
    kabupaten = reference("kabupaten")
    names = wilayah or [NATIONAL, *provinces(kabupaten)]
    found = all_of(partial(wilayah_of, name, kabupaten) for name in names)
    return list({place.kode: place for place in found}.values())


def made(todo: list[Job], index: Path | None, jobs: int, tell: Progress, pool: Executor | None = None) -> Reports:
    """Make what is not current, the index last; raises one PlannerError that names all that failed."""
    fresh = [job for job in todo if not is_current(job)]
    reports = Reports(job.target for job in todo)
    reports.current = len(todo) - len(fresh)
    tell(reports.current, len(todo))
    if not fresh and (index is None or is_current(index_of(todo, todo[0], index))):
        return reports
    for place in {todo[0].folder, *([index.parent] if index else [])}:
        check_writable(place)
        clear(place)
    for done in written_by(pool, tuple(fresh)) if pool and fresh else ():
        fresh.remove(done)
        tell(len(todo) - len(fresh), len(todo))
    if (fresh or index) and (failed := make(fresh, todo, index, jobs, tell)):
        raise PlannerError(failed)
    return reports


def written_by(pool: Executor, fresh: Sequence[Job]) -> Iterator[Job]:
    """Those whose pages the workers of a pool have made."""
    jobs = {job.target: job for job in fresh}
    asked = {job.target: Asked(job.wilayah.kode, job.lang, job.parameters, job.back, job.key) for job in fresh}
    for target in written(pool, fresh[0].plan_file, fresh[0].template, asked):
        jobs[target].failed.unlink(missing_ok=True)
        yield jobs[target]


def make(fresh: list[Job], todo: list[Job], index: Path | None, jobs: int, tell: Progress) -> list[str]:
    """Make pages in ``jobs`` processes, the index last; a sentence for each one that failed."""
    failed: dict[Path, str] = {}
    ended = elsewhere(pages, fresh, todo, index, jobs)
    for done, (target, why) in enumerate(ended, start=len(todo) - len(fresh) + 1):
        failed |= {target: why} if why else {}
        tell(min(done, len(todo)), len(todo))
    return [failed[target] for target in sorted(failed)]


def pages(fresh: list[Job], todo: list[Job], index: Path | None, jobs: int) -> Iterator[tuple[Path, str]]:
    """Each page as it ends, made in forks of this process when it is warm, and why it failed ('': it did not).

    Where a process is killed, one goes on with what is left; what kills that one is the first page that it left.
    """
    warm(todo[0])
    left, whole, count = list(fresh), list(todo), max(1, min(jobs, len(fresh)))
    while left:
        for job, why in rendered(tuple(left), count):
            left.remove(job)
            whole = [one for one in whole if one is not job or not why]
            yield job.target, why
        if left and count == 1:
            whole.remove(left[0])
            yield left[0].target, told(left.pop(0), PlannerError(say("report.worker_died")))
        count = 1
    if index:
        last = index_of(whole, todo[0], index)
        yield index, next((why for _, why in rendered([last], 1)), say("report.worker_died"))


def rendered[Page: (Job, Index)](asked: Sequence[Page], count: int) -> Iterator[tuple[Page, str]]:
    """The pages as each ends, and why it failed; not those that were left when a process was killed."""
    with forks(count) as pool:
        waiting = {pool.submit(render, one): one for one in asked}
        for future in as_completed(waiting):
            if not isinstance(error := future.exception(), BrokenProcessPool):
                yield waiting[future], told(waiting[future], error) if error else ""


def told(job: Job | Index, error: BaseException) -> str:
    """Which report failed, why, and where its notebook is."""
    if isinstance(job, Index):
        return str(error)
    why = " ".join(str(error).replace("\n", "; ").split())[:500]
    if not job.failed.exists():
        return say("report.failed", name=job.wilayah.kode, why=why)
    return say("report.failed_notebook", name=job.wilayah.kode, why=why, file=job.failed)


@contextmanager
def bar() -> Iterator[Progress]:
    """A progress bar on stderr that goes when it is done."""
    from rich import progress
    from rich.console import Console

    with progress.Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(say("report.progress"))
        yield lambda done, whole: shown.update(task, completed=done, total=whole)


def warm(job: Job) -> None:
    """Import, read and draw once what every report needs, so that what is forked from this process has it."""
    from nbformat.v4 import new_markdown_cell, new_notebook

    from planner import views

    os.environ["PLANNER_LANG"] = languages(job.lang)[0]
    ready(job.engine)
    scene = views.open_scene(job.plan_file)
    with suppress(Exception):  # what fails here fails again in the report that shows it, and is said there
        views.index_page(scene, {}), views.points(scene), views.rules(scene), views.made_of(scene)
        blank = {one: new_notebook(cells=[new_markdown_cell("#")]) for one in languages(job.lang)}
        page(blank, "", scene.plan, job.lang)
    gc.freeze()


def render(job: Job | Index) -> None:
    """Make one page; whatever goes wrong is a PlannerError, which any process can read."""
    try:
        render_report(job) if isinstance(job, Job) else render_index(job)
    except PlannerError:
        raise
    except OSError as error:
        file = error.filename or say("words.output")
        raise PlannerError(say("errors.refused", file=file, why=reason(error))) from None
    except Exception as error:
        raise PlannerError(f"{type(error).__name__}: {error}") from None


def render_report(job: Job) -> None:
    """Run the notebook for one wilayah and write its page, whole or not at all."""
    job.failed.unlink(missing_ok=True)
    own = {"plan_file": str(job.plan_file), "wilayah": job.wilayah.kode}
    with tempfile.TemporaryDirectory() as folder, speaking(languages(job.lang)[0]):
        try:
            notebooks = run_notebook(job.template, {**job.parameters, **own}, job.lang, Path(folder), job.engine)
        except Exception:
            keep(Path(folder), job.failed)
            raise
        plan = read_plan(job.plan_file)
        carried = bundle(job.plan_file, job.wilayah.kode, job.lang, job.parameters, job.template)
        html = page(notebooks, title(plan, job.wilayah), plan, job.lang, job.back, key=job.key, bundle=carried)
        write_whole(job.target, html.encode())


def keep(folder: Path, target: Path) -> None:
    """Put the notebook that failed, the last in ``folder``, where it can be looked at."""
    if ran := sorted(folder.glob("*.ipynb"), key=lambda file: file.stat().st_mtime_ns):
        write_whole(target, ran[-1].read_bytes())


def render_index(job: Index) -> None:
    from planner.views.scene import open_scene

    with speaking(languages(job.lang)[0]):
        write_index(open_scene(job.plan_file), job.links, job.target, job.lang, job.key)


def write_index(scene, links: Mapping[str, str], index: Path, lang: str, key: str = "") -> Path:
    """The page that links the reports (code -> address), in the same template."""
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    from planner.views.sections import index_page

    notebooks = {}
    for one in languages(lang):
        with speaking(one):
            output = new_output("display_data", {"text/html": str(index_page(scene, dict(links)))})
        notebooks[one] = new_notebook(cells=[new_code_cell(outputs=[output])])
    title = f"{say('report.index_title')} · {scene.plan.scenario.name}"
    return write_whole(index, page(notebooks, title, scene.plan, lang, key=key).encode())


def render_comparison(
    plan_files: Sequence[str | Path], out: str | Path, lang: str = "id", parameters: Mapping[str, object] | None = None
) -> Path:
    """Write the page that compares saved plans with the first of them, whole or not at all, to the file ``out``."""
    from planner.views.change_map import open_comparison

    files = [str(Path(file).resolve()) for file in plan_files]
    if broken := [shown(file) for file in files if len(file.splitlines()) != 1]:
        raise PlannerError([say("compare.line_break", file=file) for file in broken])
    with tempfile.TemporaryDirectory() as folder, speaking(languages(lang)[0]):
        check_notebook(COMPARISON, parameters or {}, ("plan_files", "lang"))
        comparison = open_comparison(files).comparison
        given = {**(parameters or {}), "plan_files": "\n".join(files)}
        notebooks = run_notebook(COMPARISON, given, lang, Path(folder))
        seals = ", ".join(plan.fingerprint for plan in comparison.plans)
        html = page(notebooks, " · ".join(comparison.names), comparison.plans[0], lang, seals=seals)
    return write_whole(Path(out), html.encode())


def index_of(jobs: Sequence[Job], one: Job, target: Path) -> Index:
    """The index of these reports, of the run that ``one`` belongs to."""
    links = {job.wilayah.kode: address(job.target, target) for job in jobs}
    return Index(one.plan_file, one.lang, one.shared, target, links)


def index_file(folder: Path, lang: str) -> Path:
    """``index.html`` beside the folder ``laporan``, or inside any other folder that the planner chose."""
    return (folder.parent if folder.name == "laporan" else folder) / named("index", lang)


def address(file: Path, page: Path) -> str:
    """Where a file lies as seen from a page, as a link."""
    return os.path.relpath(file, page.parent).replace(os.sep, "/")


def shared_key(plan_file: Path, plan: Plan, template: Path) -> str:
    """What all reports of a plan are made from: files, the scenario file's name, boundaries; add what else they show.

    The code and its reference tables are in it, so that an edited checkout never leaves old pages.
    """
    run = RunFolder(plan_file)
    return key_of(
        digest([*run.sealed_files().values(), *run.tables_files(plan), template, *code()]),
        str(run.scenario_file),
        installed_fingerprint(),
    )


def key_of(*parts: object) -> str:
    return sha256(json.dumps(parts, sort_keys=True, default=repr).encode()).hexdigest()


def is_current(page: Job | Index) -> bool:
    """Whether a page is there, as it was written, and made from what its key stands for."""
    try:
        html = page.target.read_bytes().decode("utf-8")
    except (OSError, ValueError):
        return False
    found = KEY.search(html)
    return found is not None and f'"{page.key}"' in found[0] and intact(html)
