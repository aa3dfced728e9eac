"""Commands on tables: check, template."""

import os
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.common import (
    Language,
    app,
    language_of,
    tell_all,
)
from planner.messages import say


@app.command()
def check(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="folder atau buku kerja .xlsx usulan")],
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
    if annotate:
        from planner.excel.annotate import annotate as write_annotated

        typer.echo(say("annotate.written", file=write_annotated(data, checked, annotate)))
    checked.raise_errors()
    counts = {name: len(checked.tables[name].data) for name in ("usulan", "rincian")}
    typer.echo(say("cli.checked", folder=data, **counts))
    typer.echo(say("notes.written", files=", ".join(map(str, write_missing(data, out)))))


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
    typer.echo(say("template.written", file=written, row=FIRST_ROW, checked=checked))
