"""What several senders hold becomes one set of tables: twins are one, and where two differ both are named."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from planner.base.errors import PlannerError, first_of, reason, shown
from planner.base.messages import say
from planner.tables.cells import points, readings, trim
from planner.tables.grids import Grid
from planner.tables.import_tables import in_key_order, without_empty
from planner.tables.quarters import PACKAGE
from planner.tables.reading import checked_cells, open_grid, own_kind
from planner.tables.schemas import OWN, POINTS, TEXT, columns_of, row_keys
from planner.tables.sources import readable_files, sources

SENDER, NUMBERS = "\0sender", "\0numbers "  # no header holds them
TOLD = 6  # cells of a conflict that are named


@dataclass
class Merged:
    """``tables``: plain texts by name; ``notes``: what was sent twice, and what the reading warns of; ``senders``."""

    tables: dict[str, pd.DataFrame]
    notes: list[str]
    senders: list[str]


def merge_tables(folder: Path) -> Merged:
    """The tables of all senders in a folder: a workbook each, or a folder of tables; raises PlannerError."""
    notes: list[str] = []
    problems: list[str] = []
    sent: dict[str, list[pd.DataFrame]] = {name: [] for name in OWN}
    found = senders(folder, notes)
    for sender in found:
        take_sender(sender, sent, problems, notes)
    if problems:
        raise PlannerError(problems)
    together = {name: stacked(name, frames, problems) for name, frames in sent.items() if frames}
    tables = {name: without_twins(name, table, problems, notes) for name, table in together.items()}
    problems += other_lines(together) + years_beside_quarters(together.get("realisasi", pd.DataFrame()))
    if problems:
        raise PlannerError(problems)
    return Merged(tables, notes, [sender.name for sender in found])


def senders(folder: Path, notes: list[str]) -> list[Path]:
    """Workbooks and folders, each of one sender; a lone CSV does not say whose it is."""
    try:
        held = readable_files(folder)
        folders = [one for one in sorted(folder.iterdir()) if one.is_dir() and not one.name.startswith(".")]
    except OSError as error:
        raise PlannerError(say("errors.refused", file=folder, why=reason(error))) from None
    books = [file for file in held if file.suffix.lower() != ".csv"]
    notes += [say("merge.csv_alone", file=file.name) for file in held if file not in books]
    found = [*books, *(one for one in folders if sources(one, ()).tables)]
    if not found:
        raise PlannerError(say("merge.nothing", folder=folder))
    return found


def take_sender(sender: Path, sent: dict[str, list[pd.DataFrame]], problems: list[str], notes: list[str]) -> None:
    """Add what a sender holds, checked cell by cell; tables of a header alone hold nothing."""
    found = sources(sender, ())
    told = [*found.findings]
    for name, place in found.tables.items():
        if grid := open_grid(place.findings, place.read, True):
            plain = checked_cells(grid)
            own = own_columns(grid, plain)
            sent[name].append(plain.assign(**own, **{SENDER: sender.name}))
        told += place.findings.in_order()
    for finding in told:
        sentence = finding.sentence() if finding.file == sender.name else f"{shown(sender.name)}: {finding.sentence()}"
        (problems if finding.level == "error" else notes).append(sentence)


def own_columns(grid: Grid, plain: pd.DataFrame) -> dict[str, pd.Series]:
    """A sender's own columns as they stand, and beside each what its numbers are; missing where they are texts."""
    found = {}
    for column in [c for c in plain if c not in columns_of(grid.name)]:
        text, kind = grid.text[column].map(trim), grid.kinds[column]
        found[column] = text
        found[NUMBERS + column] = (plain[column] + "%" * (kind is POINTS)).where((kind is not TEXT) & (text != ""))
    return found


def stacked(name: str, frames: Iterable[pd.DataFrame], problems: list[str]) -> pd.DataFrame:
    """The rows of all senders, without the columns that nobody had to fill and nobody did.

    A column of their own is one of numbers where it is for everyone who fills it; what would become another number by
    being put together is a problem.
    """
    table = pd.concat(frames, ignore_index=True)
    for column in [c for c in table if NUMBERS + c in table]:
        texts, numbers = table[column].fillna(""), table[NUMBERS + column]
        if numbers.notna().eq(texts != "").all() and numbers.dropna().str.endswith("%").nunique() < 2:
            table[column] = numbers
        elif own_kind(texts, np.zeros(len(texts), dtype=bool), ".") is not TEXT:
            unsure = table[texts.map(lambda text: len(set(readings(points(text)).values())) > 1)]
            problems += [
                say("merge.two_readings", table=name, column=shown(column), sender=shown(sender),
                    values=first_of(list(rows[column].unique()), 5))
                for sender, rows in unsure.groupby(SENDER)
            ]  # fmt: skip
    return without_empty(name, table.drop(columns=[c for c in table if c.startswith(NUMBERS)]).fillna(""))


def without_twins(name: str, table: pd.DataFrame, problems: list[str], notes: list[str]) -> pd.DataFrame:
    """Each key once; rows of one key from two senders that differ are a problem each."""
    keys = row_keys(name, table)
    texts = [column for column in table if column != SENDER]
    ordered = [*(c for c in columns_of(name) if c in texts), *(c for c in texts if c not in columns_of(name))]
    several = table[table.duplicated(keys, keep=False)] if keys else table[:0]
    distinct = several.drop_duplicates(texts)
    unlike = distinct[distinct.duplicated(keys, keep=False)] if keys else distinct
    for _, rows in unlike.groupby(keys) if len(unlike) else ():
        problems.append(conflict(name, keys, rows, [column for column in ordered if rows[column].nunique() > 1]))
    twins = several.duplicated(keys) if keys else pd.Series(dtype=bool)
    if len(several) and unlike.empty:
        whose = ", ".join(map(shown, sorted(several[SENDER].unique())))
        notes.append(say("merge.twins", table=name, count=int(len(several) - twins.sum()), senders=whose))
    return in_key_order(name, table.drop(index=twins.index[twins])[ordered])


def conflict(name: str, keys: list[str], rows: pd.DataFrame, differ: list[str]) -> str:
    """Who sent what of one key, cell by cell."""
    cells = [
        say("merge.cell", column=shown(column).strip("'\""), values=" / ".join(map(shown, rows[column])))
        for column in differ[:TOLD]
    ]
    more = [say("merge.more", count=len(differ) - TOLD)] if len(differ) > TOLD else []
    key = " / ".join(rows[keys].iloc[0])
    whose = ", ".join(map(shown, rows[SENDER]))
    return say("merge.conflict", table=name, key=shown(key), senders=whose, cells="; ".join([*cells, *more]))


def years_beside_quarters(realisasi: pd.DataFrame) -> list[str]:
    """A sentence for each package of which one row tells the year and others tell its quarters."""
    if not {*PACKAGE, "triwulan"} <= set(realisasi):
        return []
    rows = realisasi.assign(year=realisasi["triwulan"] == "")
    problems = []
    for key, told in rows[rows.groupby(PACKAGE)["year"].transform("nunique") > 1].groupby(PACKAGE):
        year, quarters = (
            ", ".join(map(shown, told.loc[told["year"] == is_year, SENDER].unique())) for is_year in (1, 0)
        )
        problems.append(say("merge.quarters", key=shown(" / ".join(map(str, key))), year=year, quarters=quarters))
    return problems


def other_lines(tables: dict[str, pd.DataFrame]) -> list[str]:
    """A sentence for each usulan of which one sender has a line that another, who sent that usulan too, has not."""
    lines, usulan = tables.get("rincian"), tables.get("usulan")
    if lines is None or not {"usulan_id", "rincian_id"} <= set(lines):
        return []
    known = usulan[["usulan_id", SENDER]] if usulan is not None and "usulan_id" in usulan else lines[:0]
    several = known[known.duplicated("usulan_id", keep=False)]  # who sent it too, perhaps without a line
    pairs = pd.concat([several, lines])[["usulan_id", SENDER]].drop_duplicates()
    held = pairs[pairs.duplicated("usulan_id", keep=False)].groupby("usulan_id")[SENDER].agg(set)
    problems = []
    for key, mine in lines[lines["usulan_id"].isin(held.index)].groupby("usulan_id"):
        ids = {sender: set(mine.loc[mine[SENDER] == sender, "rincian_id"]) for sender in held[key]}
        every = set().union(*ids.values())
        lacking = [
            say("merge.lacks", sender=shown(sender), lines=", ".join(map(shown, sorted(every - own)[:TOLD])))
            for sender, own in sorted(ids.items())
            if every - own
        ]
        if lacking:
            problems.append(say("merge.other_lines", key=shown(key), told="; ".join(lacking)))
    return problems
