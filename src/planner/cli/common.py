"""What every command shares: how options are written, how a result and a mistake are told."""

import inspect
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from planner.base.errors import PlannerError
from planner.base.messages import LANGUAGES, say

if TYPE_CHECKING:
    from planner.base.processes import Clock

FIGURES_S = 30.0
SCREEN = 100  # lines of problems that a terminal shows
app = typer.Typer(no_args_is_help=True, add_completion=False)  # what commands and options mean: ``usage.with_help``
ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO.toml", readable=False)]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN.json", readable=False)]
PlanFiles = Annotated[list[Path], typer.Argument(metavar="PLAN.json...", readable=False)]
OutFolder = Annotated[Path | None, typer.Option("--out")]
Regions = Annotated[list[str] | None, typer.Option("--wilayah")]
Language = Annotated[str, typer.Option("--lang", envvar="PLANNER_LANG", show_envvar=False)]
Jobs = Annotated[int, typer.Option("--jobs", min=1)]
Scheduler = Annotated[str | None, typer.Option("--scheduler", metavar="tcp://HOST:PORT")]
Fresh = Annotated[bool, typer.Option("--fresh")]
Template = Annotated[Path | None, typer.Option("--template", readable=False)]
Engine = Annotated[str, typer.Option("--engine")]
AsJson = Annotated[bool, typer.Option("--json")]
DataFolder = Annotated[Path | None, typer.Option("--data", readable=False)]
Floor = Annotated[str | None, typer.Option("--floor")]
Locks = Annotated[Path | None, typer.Option("--locks", metavar="PLAN.xlsx", readable=False)]
NoWhatIf = Annotated[bool, typer.Option("--no-whatif")]
NoRobust = Annotated[bool, typer.Option("--no-robust")]
UsulanId = Annotated[str, typer.Argument(metavar="USULAN")]
Exact = Annotated[bool, typer.Option("--exact")]


@app.callback()
def planner(lang: Language = "id") -> None:
    """Plans for the DAK Fisik IKM grant: exact, proven, explained."""
    os.environ["PLANNER_LANG"] = lang  # what a command speaks that is not told otherwise


def command[**P](function: Callable[P, int | None]) -> Callable[P, int | None]:
    """Make a command of ``function`` that speaks as its ``--lang`` says.

    A function that takes ``lang`` itself makes reports, which may carry both languages: Indonesian is spoken then.
    """
    own = inspect.signature(function)
    both = ("both",) if "lang" in own.parameters else ()
    told = inspect.Parameter("lang", inspect.Parameter.KEYWORD_ONLY, default="id", annotation=Language)

    @wraps(function)
    def spoken(*args: P.args, **given: P.kwargs) -> int | None:
        lang = str(given["lang"] if both else given.pop("lang"))
        if lang not in (*LANGUAGES, *both):
            raise PlannerError(say("cli.language_of_reports" if both else "cli.language", lang=lang))
        os.environ["PLANNER_LANG"] = "id" if lang in both else lang
        return function(*args, **given)

    if not both:  # typer reads options from the signature
        vars(spoken)["__signature__"] = own.replace(parameters=[*own.parameters.values(), told])
    return app.command(function.__name__.strip("_"))(spoken)  # import_ is no word of Python's


def status(stopped: bool) -> int:
    """The exit status of a command that Ctrl-C may have cut short."""
    return 130 if stopped else 0


def emit(answer: object, text: str, as_json: bool, ensure_ascii: bool = True) -> None:
    """A result: all of it for a machine, or its sentences."""
    if as_json:
        typer.echo(json.dumps(answer, indent=1, ensure_ascii=ensure_ascii))
    else:
        tell(text)


def tell(text: str, err: bool = False) -> None:
    """A result, or with ``err`` a remark beside it, harmless to a terminal."""
    typer.echo(printable(text), err=err)


def tell_all(lines: list[str]) -> None:
    """Problems on stderr: all of them into a file or pipe, the first ``SCREEN`` on a terminal."""
    told = lines[:SCREEN] if sys.stderr.isatty() else lines
    for line in told:
        tell(line, err=True)
    if len(told) < len(lines):
        tell(say("cli.more_lines", count=len(lines) - len(told)), err=True)


def printable(text: str) -> str:
    """Text that cannot steer a terminal: control characters become spaces."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line on stderr that says what is being solved and how near it is; plain lines where stderr is no terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield Sparing()
        return
    with console.status("", spinner="line") as status:
        yield lambda text: status.update(printable(text).replace("[", "\\["))


class Sparing:
    """Plain lines on stderr: each thing that is sought, but figures of the moment only every ``FIGURES_S`` seconds."""

    def __init__(self) -> None:
        self.last_s = monotonic()

    def __call__(self, text: str) -> None:
        from planner.solve.progress import Figures

        if not isinstance(text, Figures) or monotonic() - self.last_s >= FIGURES_S:
            self.last_s = monotonic()
            tell(text, err=True)


@contextmanager
def search() -> Iterator[tuple["Clock", Callable[[str], None]]]:
    """A clock that Ctrl-C stops, and who is told how far it is."""
    from planner.base.processes import Clock, interruptible

    clock = Clock()
    with interruptible(clock), progress() as told:
        yield clock, told


def raise_invalid(file: Path, problems: Sequence[str]) -> None:
    """Say everything wrong with a file, where anything is."""
    if problems:
        raise PlannerError([say("verify.invalid", file=file), *(f"  - {problem}" for problem in problems)])
