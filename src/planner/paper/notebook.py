"""A parameterised notebook: what it lets one set, and a run of it by papermill."""

import ast
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from planner.base.errors import PlannerError, hint, reason, shown
from planner.base.messages import say
from planner.paper.page import languages

NAME = "planner-fork"
ENGINES = ("auto", "papermill")  # auto: our own, which is stock papermill where a process cannot be forked
TOLD = ("PlannerError", "DeadKernelError")  # errors whose sentence says all


def check_notebook(notebook: Path, given: Collection[str], own: Collection[str]) -> None:
    """Raise one PlannerError unless the notebook can be set by ``own`` and by what is ``given``.

    papermill only warns about a parameter that a notebook does not have; here it is an error.
    """
    known = parameters_of(notebook)
    if lacking := [name for name in own if name not in known]:
        raise PlannerError(say("report.lacking_parameters", file=notebook, names=", ".join(lacking), first=lacking[0]))
    free = [name for name in known if name not in own]
    if unknown := [name for name in given if name not in free]:
        said = [say("report.unknown_parameter", name=shown(name), hint=hint(name, free)) for name in unknown]
        raise PlannerError(said)


def parameters_of(notebook: Path) -> list[str]:
    """The names that the cell with the tag ``parameters`` sets; PlannerError where there is no such cell."""
    sources = list(parameter_sources(notebook))
    if not sources:
        raise PlannerError(say("report.no_parameters", file=notebook))
    try:
        statements = ast.parse(sources[0]).body
    except SyntaxError as error:
        raise PlannerError(say("report.broken_parameters", file=notebook, line=error.lineno)) from None
    plain = [target for node in statements if isinstance(node, ast.Assign) for target in node.targets]
    noted = [node.target for node in statements if isinstance(node, ast.AnnAssign)]
    return [name.id for name in [*plain, *noted] if isinstance(name, ast.Name)]


def parameter_sources(notebook: Path) -> Iterator[str]:
    """The sources of the cells with the tag ``parameters``."""
    try:
        for cell in json.loads(notebook.read_bytes().decode("utf-8"))["cells"]:
            if cell["cell_type"] == "code" and "parameters" in cell["metadata"].get("tags", ()):
                yield "".join(cell["source"])
    except OSError as error:
        raise PlannerError(say("errors.unreadable", file=notebook, why=reason(error))) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise PlannerError(say("report.not_notebook", file=notebook)) from None


def check_engine(engine: str) -> None:
    if engine not in ENGINES:
        unknown = say("errors.unknown", kind=say("report.engine"), name=shown(engine), hint=hint(engine, ENGINES))
        raise PlannerError(unknown)


def run_notebook(
    notebook: Path, parameters: Mapping[str, object], lang: str, folder: Path, engine: str = "auto"
) -> dict:
    """The notebook after papermill ran it with these parameters, per language of the page.

    Raises PlannerError where a cell fails; the run so far is in ``folder`` then.
    """
    return {one: run(notebook, {**parameters, "lang": one}, folder / f"{one}.ipynb", engine) for one in languages(lang)}


def run(notebook: Path, parameters: Mapping[str, object], output: Path, engine: str):
    from papermill import PapermillExecutionError, execute_notebook

    ours = ready(engine)
    try:
        return execute_notebook(
            plain_path(notebook), plain_path(output), dict(parameters), ours, request_save_on_cell_execute=ours is None,
            kernel_name="python3", progress_bar=False, shutdown_kernel="immediate",
            extra_arguments=["--log-level=ERROR", "--HistoryManager.enabled=False"],
        )  # fmt: skip
    except PapermillExecutionError as error:
        raise PlannerError(error.evalue if error.ename in TOLD else f"{error.ename}: {error.evalue}") from None


def ready(engine: str) -> str | None:
    """Import papermill and the engine; returns the name that papermill knows it by."""
    from papermill.engines import papermill_engines

    if engine == "papermill":
        return None
    import planner.paper.papermill_engine  # noqa: F401 - so that a process that is forked from this one has it

    papermill_engines.register(NAME, FORK)  # known also where this checkout was not installed again
    return NAME


class Fork:
    """``ForkEngine``, imported when it is used: papermill loads it while it is being imported itself."""

    def __getattr__(self, name: str):
        from planner.paper.papermill_engine import ForkEngine

        return getattr(ForkEngine, name)


FORK = Fork()


def plain_path(path: Path) -> str:
    """A path that papermill takes as it is: it fills in what stands between braces."""
    return str(path).replace("{", "{{").replace("}", "}}")
