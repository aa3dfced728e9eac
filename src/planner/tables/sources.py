"""Where each table stands: a file of a folder, or a sheet of a workbook."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from planner.messages import say
from planner.tables.files import csv_grid
from planner.tables.findings import Finding, Findings
from planner.tables.grids import Grid
from planner.tables.schemas import NEEDED, OWN


@dataclass(frozen=True)
class Place:
    """A table's findings and how to read its grid; ``read`` raises ``Broken``."""

    findings: Findings
    read: Callable[[], Grid]


@dataclass
class Sources:
    """The place of each table that is there, and what is wrong with the folder or workbook as a whole."""

    tables: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def sources(source: Path) -> Sources:
    """The tables of a folder or workbook by name, in the order of ``OWN``."""
    found = Sources()
    for name in OWN:
        path = source / f"{name}.csv"
        if path.exists():
            findings = Findings(name, path.name)
            found.tables[name] = Place(findings, lambda p=path, n=name, f=findings: csv_grid(p, n, f))
        elif name in NEEDED:
            told = Findings(name, path.name)
            told.add(say("tables.absent", source=source, name=name))
            found.findings += told.kept
    return found
