"""What a ministry or dinas holds: six tables in a folder or a workbook, read and checked as a whole."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from planner.base.paths import ACUAN
from planner.tables.cross_checks import check_together
from planner.tables.findings import Finding, Level
from planner.tables.grids import Read
from planner.tables.reading import Table, checked_cells, open_grid, raise_errors, table_of
from planner.tables.reference import reference_tables
from planner.tables.schemas import BESIDE, NEEDED, OWN
from planner.tables.sources import Sources, one_source, sources


@dataclass(frozen=True)
class Checked:
    """``tables``: typed, by name; empty unless no finding is an error. ``findings``: by table, row and column.

    ``plain``: the texts of every table that could be opened, '' where empty or refused, by row number.
    ``counts``: all findings by table and level, the ones that are not listed too.
    """

    tables: dict[str, Table]
    findings: tuple[Finding, ...]
    plain: dict[str, pd.DataFrame]
    counts: Counter[tuple[str, Level]]

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == "warning")

    @property
    def problems(self) -> list[str]:
        """The sentence of every error."""
        return [finding.sentence() for finding in self.findings if finding.level == "error"]

    def count(self, level: Level) -> int:
        """All findings of a level, the ones that are not listed too."""
        return sum(count for (_, of), count in self.counts.items() if of == level)

    def raise_errors(self) -> None:
        """One PlannerError with the sentence of every error; nothing where there is none."""
        raise_errors(self.findings)


def check_data(source: Path, acuan: Path = ACUAN, first_year: int | None = None) -> Checked:
    """Read and check the tables of a folder or workbook; raises PlannerError only where the reference is broken.

    A folder holds CSV files or workbooks named as the tables, or exactly one workbook; its sheets are named so too.
    ``first_year``: of the budget, which no count of sentra is later than; None where no scenario is asked.
    """
    return check_against(sources(Path(source)), against(acuan), first_year)


def check_beside(folder: Path, acuan: Path = ACUAN, first_year: int | None = None) -> Checked:
    """The same of ``bukti`` alone, where it stands beside a scenario whose candidates are modelled; else nothing."""
    return check_against(one_source(folder, BESIDE), against(acuan), first_year)


def against(acuan: Path) -> dict[str, pd.DataFrame]:
    """The reference tables that others are checked against."""
    tables = reference_tables(("kabupaten", "komponen", "padanan", "provinsi"), acuan)
    return {name: table.data for name, table in tables.items()}


def check_against(places: Sources, reference: Mapping[str, pd.DataFrame], first_year: int | None = None) -> Checked:
    """The same with the places of the tables and the reference at hand."""
    read = {}
    for name, place in places.tables.items():
        if grid := open_grid(place.findings, place.read, name not in NEEDED):
            read[name] = Read(grid, checked_cells(grid))
    check_together(read, reference, first_year)
    told = [*places.findings, *in_order(places.tables, read)]
    good = not any(finding.level == "error" for finding in told)
    tables = {n: table_of(r.grid, r.plain) for n, r in read.items()} if good else {}
    counts = Counter((finding.table, finding.level) for finding in places.findings)
    for name, place in places.tables.items():
        counts.update({(name, level): count for level, count in place.findings.counts.items()})
    return Checked(tables, tuple(told), {n: r.plain for n, r in read.items()}, counts)


def in_order(tables, read) -> Iterable[Finding]:
    for name in OWN:
        if name in tables:
            yield from tables[name].findings.in_order(read[name].plain if name in read else ())
