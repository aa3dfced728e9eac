"""The sheet of a Rencana Kegiatan as a region sends it back, read and checked like every table."""

from pathlib import Path

import pandas as pd

from planner.base.messages import say
from planner.base.paths import ACUAN
from planner.base.units import date_text
from planner.tables.cross_checks import known
from planner.tables.grids import Read
from planner.tables.place_checks import known_kode, names_and_codes
from planner.tables.places import gazetteer
from planner.tables.reading import read_one, table_of
from planner.tables.reference import reference_tables

NAME = "rk"


def read_rk(file: Path, by: str | None = None, acuan: Path = ACUAN) -> pd.DataFrame:
    """The rows of a sheet, every column of the schema; raises PlannerError with every problem of it.

    ``by``: the day (yyyy-mm-dd) until which every contract that has a date must be signed.
    """
    facts = {name: table.data for name, table in reference_tables(("kabupaten", "padanan", "komponen"), acuan).items()}
    places = gazetteer(facts["kabupaten"], facts["padanan"])

    def check(read: Read) -> None:
        known_kode(read, places)
        names_and_codes(read, places)
        known(read, "komponen", facts["komponen"]["komponen"], "checks.unknown_komponen")
        in_order(read)
        in_time(read, by)

    read = read_one(file, NAME, check)
    return table_of(read.grid, read.plain).data


def in_order(read: Read) -> None:
    """No line ends in a quarter before the one that it begins in."""
    begin, end = read.numbers("mulai_triwulan"), read.numbers("selesai_triwulan")
    said = lambda row: {"begin": int(begin[row]), "end": int(end[row])}  # noqa: E731
    read.tell(end < begin, "selesai_triwulan", lambda row: say("rk.quarters", **said(row)))


def in_time(read: Read, by: str | None) -> None:
    """No contract is signed after the day asked; one without a date is not known."""
    dates = read.texts("kontrak_rencana")
    if by:
        read.tell((dates != "") & (dates > by), "kontrak_rencana", lambda _: say("rk.late", date=date_text(by)))
