"""What every command shares: how options are written, how a result and a mistake are told."""

import sys
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from planner.base.errors import PlannerError
from planner.base.messages import say

FIGURES_S = 30.0
SCREEN = 100  # lines of problems that a terminal shows
app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Rencana alokasi DAK Fisik IKM: tepat, terbukti, dijelaskan."
)
ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO.toml", readable=False, help="berkas skenario")]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN.json", readable=False, help="berkas rencana")]
PlanFiles = Annotated[
    list[Path], typer.Argument(metavar="PLAN.json...", readable=False, help="dua atau lebih; pertama = acuan")
]
OutFolder = Annotated[Path | None, typer.Option("--out", help="folder hasil; bawaan out/<nama skenario>")]
Regions = Annotated[
    list[str] | None, typer.Option("--wilayah", help="nasional, kelompok pulau, provinsi, atau kabupaten")
]
Language = Annotated[str, typer.Option("--lang", help="id atau en")]
Languages = Annotated[str, typer.Option("--lang", help="id, en, atau both: keduanya dalam satu berkas")]
Jobs = Annotated[int, typer.Option("--jobs", min=1, help="jumlah proses")]
Fresh = Annotated[bool, typer.Option("--fresh", help="hitung lagi walau rencana yang sama sudah ada dan terbukti")]
Template = Annotated[
    Path | None, typer.Option("--template", readable=False, help="salinan laporan_wilayah.ipynb yang Anda ubah")
]
Engine = Annotated[str, typer.Option("--engine", help="auto (cepat) atau papermill (acuan)")]
AsJson = Annotated[bool, typer.Option("--json", help="keluaran untuk mesin")]
DataFolder = Annotated[Path | None, typer.Option("--data", readable=False, help="folder atau buku kerja .xlsx usulan")]
Floor = Annotated[str | None, typer.Option("--floor", help="batas bawah yang digeser, seperti rules[4].min_share")]
NoWhatIf = Annotated[bool, typer.Option("--no-whatif", help="tanpa menghitung titik bagaimana-bila")]
UsulanId = Annotated[str, typer.Argument(metavar="USULAN", help="usulan_id; sesudah -- bila berawalan -")]
Exact = Annotated[bool, typer.Option("--exact", help="angka tepat, bukan selang: dihitung ulang")]


def tell(line: str) -> None:
    """A result, harmless to a terminal."""
    typer.echo(printable(line))


def tell_all(lines: list[str]) -> None:
    """Problems on stderr: all of them into a file or pipe, the first ``SCREEN`` on a terminal."""
    told = lines[:SCREEN] if sys.stderr.isatty() else lines
    for line in told:
        typer.echo(printable(line), err=True)
    if len(told) < len(lines):
        typer.echo(say("cli.more_lines", count=len(lines) - len(told)), err=True)


def printable(text: str) -> str:
    """Text that cannot steer a terminal: control characters become spaces."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def language_of(lang: str) -> str:
    """The language that a command speaks, checked."""
    if lang not in ("id", "en"):
        raise PlannerError(say("cli.language", lang=lang))
    return lang


def language_of_reports(lang: str) -> str:
    """The language of the terminal where reports may carry both: Indonesian then."""
    if lang not in ("id", "en", "both"):
        raise PlannerError(say("cli.language_of_reports", lang=lang))
    return "id" if lang == "both" else lang


@contextmanager
def progress():
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

    def __init__(self):
        self.last_s = monotonic()

    def __call__(self, text: str) -> None:
        from planner.solve.progress import Figures

        if not isinstance(text, Figures) or monotonic() - self.last_s >= FIGURES_S:
            self.last_s = monotonic()
            typer.echo(printable(text), err=True)


def check_valid(plan: Path, data: Path | None) -> None:
    from planner.plan.verify import verify as problems_of

    raise_invalid(plan, problems_of(plan, data))


def raise_invalid(file: Path, problems: Sequence[str]) -> None:
    """Say everything wrong with a file, where anything is."""
    if problems:
        raise PlannerError([say("verify.invalid", file=file), *(f"  - {problem}" for problem in problems)])


def what_if(plan: Path, floor: str | None) -> bool:
    """Solve the what-if points that a plan lacks; whether Ctrl-C cut them short."""
    from planner.answers.whatif import complete
    from planner.base.processes import Clock, interruptible

    clock = Clock()
    with interruptible(clock), progress() as told:
        said = complete(plan, floor, told, clock)
    tell_all(said)
    return clock.stopped
