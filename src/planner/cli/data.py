"""Commands on tables and boundaries: check, template, boundaries."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.common import (
    Language,
    app,
    language_of,
    tell,
    tell_all,
)
from planner.errors import PlannerError
from planner.messages import say

if TYPE_CHECKING:
    from planner.tables import Checked


@app.command()
def check(
    data: Annotated[Path, typer.Argument(metavar="DATA", readable=False, help="folder atau buku kerja .xlsx usulan")],
    out: Annotated[Path, typer.Option("--out", help="folder hasil")] = Path("out/periksa"),
    annotate: Annotated[Path | None, typer.Option("--annotate", help="buku kerja bertanda yang ditulis")] = None,
    lang: Language = "id",
) -> None:
    """Periksa tabel usulan; semua masalah sekaligus, dan tulis daftar dokumen yang kurang."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    from planner.outputs import write_missing
    from planner.tables import check_data

    checked = check_data(data)
    tell_all([say("cli.warning", finding=finding.sentence()) for finding in checked.warnings])
    failed = marked(data, checked, annotate) if annotate else []
    if problems := [*checked.problems, *failed]:
        raise PlannerError(problems)
    counts = {name: len(checked.tables[name].data) for name in ("usulan", "rincian")}
    tell(say("cli.checked", folder=data, **counts, warnings=checked.count("warning")))
    tell(say("notes.written", files=", ".join(map(str, write_missing(data, out)))))


def marked(data: Path, checked: "Checked", target: Path) -> list[str]:
    """Write the marked workbook; what hinders it is told after what is wrong with the tables."""
    from planner.excel.annotate import annotate as write_annotated

    try:
        tell(say("annotate.written", file=write_annotated(data, checked, target)))
    except PlannerError as error:
        return error.problems
    return []


@app.command()
def template(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="buku kerja yang akan ditulis")],
    force: Annotated[bool, typer.Option("--force", help="timpa bila sudah ada")] = False,
    lang: Language = "id",
) -> None:
    """Tulis buku kerja Excel untuk diisi: pilihan, satuan, penjelasan tiap kolom, dan contoh."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    from planner.excel.guide import FIRST_ROW
    from planner.excel.template import write_template

    written = write_template(file, force)
    checked = written.with_name(f"{written.stem}-periksa.xlsx")
    tell(say("template.written", file=quoted(written), row=FIRST_ROW, checked=quoted(checked)))


@app.command()
def boundaries(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", readable=False, help="berkas batas wilayah")] = None,
    layer: Annotated[str | None, typer.Option("--layer", help="lapisan, bila berkas berisi beberapa")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="lepas batas yang terpasang")] = False,
    lang: Language = "id",
) -> None:
    """Pasang batas wilayah di komputer ini, untuk peta dan laporan; tanpa FILE: apa yang terpasang."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    from planner.geo import boundaries as batas
    from planner.geo.survey import prepare
    from planner.plan import write_whole
    from planner.root import ACUAN
    from planner.tables import read_table

    if remove:
        if file:
            raise PlannerError(say("boundaries.one_of"))
        tell(say("boundaries.removed" if batas.remove() else "boundaries.none_installed"))
        return
    kabupaten = read_table(ACUAN / "kabupaten.csv", "kabupaten").data
    content, told = prepare(file, layer, kabupaten) if file else (None, batas.lines_of_installed(kabupaten))
    if content:
        told = [*told, say("boundaries.written", file=write_whole(batas.installed_file(), content))]
    for line in told:
        tell(line)


def quoted(file: Path) -> str:
    """A path that can be pasted into a command."""
    return f'"{file}"' if " " in str(file) else str(file)
