"""The first sheet of a marked workbook: which table and which usulan is ready, and what the others lack."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from planner.base.messages import label, say
from planner.base.units import date_text
from planner.paper.workbooks.style import fit_rows, lines, paper, put
from planner.paper.workbooks.submitted import Sheet
from planner.tables.check import Checked
from planner.tables.documents import board, missing_documents
from planner.tables.findings import Level
from planner.tables.reference import reference_tables
from planner.tables.schemas import DOCUMENTS, NEEDED, OWN

TABLES = ("table", "state", "file", "sheet", "rows", "errors", "warnings")
USULAN = ("kabupaten", "state", "usulan", "usulan_id", "menu", "errors", "missing")
WIDTHS = (28, 15, 38, 17, 14, 12, 62)
LOOKS = {
    "ready": "ready",
    "not_ready": "warning",
    "to_mend": "error",
    "not_there": "text",
    "empty": "text",
    "unknown": "text",
}
LEVELS: tuple[Level, ...] = ("error", "warning")
Styles = Mapping[str, Format]
Papers = tuple[
    pd.DataFrame, pd.DataFrame, pd.DataFrame
]  # usulan, kabupaten, juknis, as ``tables.documents`` takes them


def ready_sheet(
    book: Workbook, styles: Styles, name: str, source: Path, checked: Checked, sheets: Sequence[Sheet]
) -> Worksheet:
    """A sentence with the outcome, the tables, and the usulan by kabupaten."""
    made = book.add_worksheet(name)
    made.hide_gridlines(2)
    for place, width in enumerate(WIDTHS):
        made.set_column(place, place, width)
    put(made, 0, 0, say("annotate.title"), styles, "title")
    made.set_row(0, 24)
    totals = {f"{level}s": checked.count(level) for level in LEVELS}
    paragraph(made, styles, 1, say("annotate.found", source=source.name, **totals))
    paragraph(made, styles, 2, say("annotate.how"))
    row = block(made, styles, 4, "tables", TABLES, list(table_rows(source, checked, sheets)))
    usulan = list(usulan_rows(checked))
    block(made, styles, row + 1, "usulan", USULAN, usulan)
    if not usulan:
        paragraph(made, styles, row + 3, say("annotate.not_reckoned"))
    paper(made)
    return made


def paragraph(made: Worksheet, styles: Styles, row: int, text: str) -> None:
    made.merge_range(row, 0, row, len(WIDTHS) - 1, "", styles["text"])
    put(made, row, 0, text, styles, "text")
    made.set_row(row, 15 * lines(text, sum(WIDTHS) * 0.95))


def block(made: Worksheet, styles: Styles, row: int, name: str, columns: Sequence[str], rows: list[tuple]) -> int:
    """A heading, a header and rows whose second cell is a state; the first free row."""
    put(made, row, 0, say(f"annotate.{name}"), styles, "heading")
    for place, column in enumerate(columns):
        put(made, row + 1, place, say(f"annotate.columns.{column}"), styles, "header")
    for number, values in enumerate(rows, row + 2):
        for place, value in enumerate(values):
            shown = say(f"annotate.{value}") if place == 1 else value
            look = LOOKS[values[1]] if place == 1 else "count" if isinstance(value, int) else ""
            put(made, number, place, shown, styles, look)
    fit_rows(made, row + 2, rows, WIDTHS)
    return row + 2 + len(rows)


def table_rows(source: Path, checked: Checked, sheets: Sequence[Sheet]) -> Iterator[tuple]:
    """One row per table that is there or has to be, and one for the file where that itself has findings."""
    homes = {sheet.table: sheet for sheet in sheets if sheet.table}
    for name in ("", *OWN):
        home, counts = homes.get(name), [checked.counts[name, level] for level in LEVELS]
        if not (home or any(counts) or name in NEEDED):
            continue
        rows = len(checked.plain[name]) if name in checked.plain else home.data_rows if home else None
        state = "to_mend" if counts[0] else "not_there" if home is None and name else "ready" if rows else "empty"
        file, sheet = (home.file, home.sheet or None) if home else (source.name if name == "" else None, None)
        yield name or say("annotate.source"), state, file, sheet, rows, *counts


def usulan_rows(checked: Checked) -> Iterator[tuple]:
    """One row per usulan whose name could be read, by kabupaten; errors are those of its row and its lines."""
    held = papers_of(checked.plain)
    if held is None:
        return
    errors, absent = errors_of(checked), absent_of(held)
    for row in board(*held).itertuples():
        wrong, ready = errors[row.usulan_id], row.ready
        state = "to_mend" if wrong else "unknown" if pd.isna(ready) else "ready" if ready else "not_ready"
        lacking = say("annotate.no_juknis") if pd.isna(ready) else "; ".join(absent.get(row.usulan_id, ())) or None
        menu = label("menu", row.menu) if row.menu else None
        home = say("annotate.no_place") if pd.isna(row.kabupaten) else row.kabupaten
        yield home, state, row.usulan, row.usulan_id, menu, wrong, lacking


def papers_of(plain: Mapping[str, pd.DataFrame]) -> Papers | None:
    """The usulan as far as their texts could be read, with the reference; None where there are none."""
    table = plain.get("usulan", pd.DataFrame())
    if "usulan_id" not in table:
        return None
    wanted = ["usulan_id", "nama", "kode", "ta", "menu", *(c for c in DOCUMENTS if c in table)]
    usulan = table.reindex(columns=wanted, fill_value="").query("usulan_id != ''").drop_duplicates("usulan_id")
    papers = {c: usulan[c].mask(usulan[c] == "") for c in wanted[5:]}
    year = pd.to_numeric(usulan["ta"], errors="coerce").fillna(0).astype("int64")
    facts = reference_tables(("kabupaten", "juknis"))
    return usulan.assign(ta=year, **papers), facts["kabupaten"].data, facts["juknis"].data


def errors_of(checked: Checked) -> Counter[str]:
    """Errors by usulan."""
    found: Counter[str] = Counter()
    for name in NEEDED:
        names = checked.plain.get(name, pd.DataFrame()).get("usulan_id", pd.Series(dtype="str"))
        rows = [f.row for f in checked.findings if f.table == name and f.level == "error" and f.row in names.index]
        found.update(names[rows])
    return found


def absent_of(held: Papers) -> dict[str, list[str]]:
    """The documents that each usulan lacks, as phrases."""
    found: dict[str, list[str]] = {}
    for row in missing_documents(*held).itertuples():
        document, status = label("documents", row.dokumen), label("states", row.status)
        phrase = say("annotate.absent", document=document, status=status, date=date_text(row.paling_lambat))
        found.setdefault(row.usulan_id, []).append(phrase)
    return found
