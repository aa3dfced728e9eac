"""Tables come in here: read as text, checked once and completely, then typed."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from planner.base.errors import PlannerError, nearest, shown
from planner.base.messages import say
from planner.tables.cells import NOTHING, Kind, Refused, decimal_signs, trim
from planner.tables.csv_files import csv_grid
from planner.tables.findings import Finding, Findings, one_line, spans
from planner.tables.grids import Blank, Broken, Grid, Read, Unfilled, key_columns
from planner.tables.schemas import (
    KEYS,
    NUMBER,
    OWN,
    POINTS,
    REQUIRED,
    RESERVED,
    TEXT,
    UNITS_IN_REFERENCE,
    column_meant,
    columns_of,
    optional,
    own_name,
    row_keys,
)
from planner.tables.sources import source_of


@dataclass(frozen=True)
class Table:
    """A checked table and where it came from."""

    name: str
    data: pd.DataFrame
    sha256: str
    synthetic: bool


def read_table(path: Path, name: str) -> Table:
    """Read and check one CSV table; ``synthetic`` is true when a cell of column ``sumber`` says 'sintetis'."""
    findings = Findings(name, path.name)
    grid = open_grid(findings, lambda: csv_grid(path, name, findings))
    plain = checked_cells(grid) if grid else pd.DataFrame()
    raise_errors(findings.in_order(plain))
    assert grid is not None  # what gives no grid has its finding
    return table_of(grid, plain)


def raise_errors(findings: Iterable[Finding]) -> None:
    """Raise one PlannerError with the sentence of every error; warnings never block."""
    problems = [finding.sentence() for finding in findings if finding.level == "error"]
    if problems:
        raise PlannerError(problems)


def open_grid(findings: Findings, read: Callable[[], Grid], may_lack_rows: bool = False) -> Grid | None:
    """The grid, or None where the file gives none; why stands in the findings then.

    ``may_lack_rows``: a table of a header alone is as good as absent; so is one that holds nothing, with a warning.
    """
    try:
        return read()
    except Broken as broken:
        if may_lack_rows and isinstance(broken, Blank):
            findings.add(say("tables.empty_optional"), level="warning")
        elif str(broken) and not (may_lack_rows and isinstance(broken, Unfilled)):
            findings.add(str(broken), broken.row, broken.column, broken.value)
        return None


def checked_cells(grid: Grid) -> pd.DataFrame:
    """The plain text of every cell, '' where empty or refused; adds the findings of the table taken alone."""
    rows_of_no_data(grid)
    words_for_nothing(grid)
    signs, known = signs_of(grid), columns_of(grid.name)
    sign = sign_for(NUMBER, signs, grid.decimal)
    grid.kinds = {c: known.get(c) or own_kind(grid.text[c], exact(grid, c), sign) for c in grid.text}
    columns = {column: plain_column(grid, column, signs) for column in grid.text}
    plain = pd.DataFrame(columns, index=grid.text.index, dtype="str")
    whole_table(grid, plain)
    return plain


def rows_of_no_data(grid: Grid) -> None:
    """A row that names nothing, or of one cell only, is told once; what is surely no data has been passed over."""
    names = [c for c in key_columns(grid.name) if c in grid.text]
    if len(names) < 2:
        return
    nameless = np.logical_and.reduce([where(grid.text[c], lambda cell: not trim(cell)) for c in names])
    alone = (grid.text != "").sum(axis=1).eq(1)
    rows = grid.text.index[nameless | alone]
    told = [(row, "") for row in rows if row not in grid.lost]
    grid.findings.add_all(told, "", lambda *_: say("tables.no_data", columns=", ".join(names)))
    grid.lost |= set(rows)


def words_for_nothing(grid: Grid) -> None:
    """'-', 'nihil' and their like are empty where a cell may be; told once per column with their count."""
    for column in (c for c in grid.text if may_be_empty(grid, c)):
        cells = grid.text[column]
        said = cells[where(cells, lambda cell: trim(cell).casefold() in NOTHING)]
        if len(said):
            words = ", ".join(map(shown, said.unique()))
            remedy = say("tables.nothing", count=len(said), words=words, rows=spans(said.index))
            grid.findings.add(remedy, column=column, level="warning")
            grid.text.loc[said.index, column] = ""


def may_be_empty(grid: Grid, column: str) -> bool:
    return column not in columns_of(grid.name) or column in optional(grid.name)


def where(cells: pd.Series, holds: Callable[[str], bool]) -> pd.Series:
    """Where ``holds`` is true; each different text is asked once."""
    return cells.isin([cell for cell in cells.unique() if holds(cell)])


def signs_of(grid: Grid) -> set[str]:
    """The decimal signs that the texts of numeric columns show."""
    kinds = columns_of(grid.name)
    numeric = [c for c in grid.text if c in kinds and kinds[c].dtype != "str"]
    return {sign for c in numeric for sign in decimal_signs(map(kinds[c].number, map(trim, texts(grid, c))))}


def texts(grid: Grid, column: str) -> Iterable[str]:
    """The different cells of a column that were typed as text."""
    return grid.text.loc[~exact(grid, column), column].unique()


def exact(grid: Grid, column: str) -> np.ndarray:
    """Where the file holds a number, which needs no convention: nowhere in a CSV."""
    if grid.exact is None:
        return np.zeros(len(grid.text), dtype=bool)
    return grid.exact[:, grid.text.columns.get_loc(column)]


def sign_for(kind: Kind, signs: set[str], decimal: str | None) -> str | None:
    """The decimal sign to read by: what the table shows, else for decimals what its kind of file suggests."""
    if len(signs) == 1:
        return next(iter(signs))
    return None if signs or kind.whole else decimal


def own_kind(column: pd.Series, exact: np.ndarray, sign: str | None) -> Kind:
    """A column of the planner's own: numbers or percents where all are; a leading zero makes a code, a text.

    ``exact``: where the file holds a number; ``sign``: the decimal sign of those that were typed as text.
    """
    typed_in = [trim(cell) for cell in column[~exact].unique()]
    numbers = column[exact].unique()
    if any(re.match(r"0\d", cell) for cell in typed_in):
        return TEXT
    kind = POINTS if all(cell.endswith("%") for cell in (*typed_in, *numbers) if cell) else NUMBER
    try:
        for cells, by in ((typed_in, sign), (numbers, ".")):
            for cell in filter(None, cells):
                kind.read(cell, by)
    except Refused:
        return TEXT
    return kind


def own_number(text: str, kind: Kind, sign: str | None) -> str:
    """A number of a planner's own column as any CSV gives it back; raises Refused for one of two readings."""
    return kind.read(text, sign) + ("%" if kind is POINTS else "")


def plain_column(grid: Grid, column: str, signs: set[str]) -> np.ndarray:
    """The column's plain texts; a refused cell is told and becomes ''."""
    cells, kind = grid.text[column], grid.kinds[column]
    may_lack = may_be_empty(grid, column)
    numbers, found = exact(grid, column), np.empty(len(cells), dtype=object)
    found[numbers] = read_cells(grid, cells[numbers], kind, ".", may_lack)
    found[~numbers] = read_cells(grid, cells[~numbers], kind, sign_for(kind, signs, grid.decimal), may_lack)
    return found


def read_cells(grid: Grid, cells: pd.Series, kind: Kind, decimal: str | None, may_lack: bool) -> np.ndarray:
    """Each different text is read once."""
    codes, different = pd.factorize(cells)
    plain, refused = np.empty(len(different), dtype=object), {}
    for i, cell in enumerate(different):
        bare = trim(cell)
        try:
            plain[i] = kind.read(bare, decimal) if bare or not may_lack else ""
        except Refused as remedy:
            plain[i], refused[cell] = "", str(remedy)
    bad = cells[np.isin(codes, [i for i, cell in enumerate(different) if cell in refused])] if refused else cells[:0]
    told = [(row, value) for row, value in bad.items() if row not in grid.lost and (row, cells.name) not in grid.told]
    grid.findings.add_all(told, cells.name, lambda _, value: refused[value])
    return plain[codes] if len(different) else np.empty(0, dtype=object)


def whole_table(grid: Grid, plain: pd.DataFrame) -> None:
    """Columns that lack or may not be there, keys that appear twice, rows that a reference table has lost."""
    name, findings = grid.name, grid.findings
    absent = [column for column in columns_of(name) if column not in plain]
    strangers = {header: like_column(header, name, absent) for header in plain if header not in columns_of(name)}
    for column in absent:
        if column not in optional(name):
            findings.add(say("tables.no_column", column=column, hint=header_hint(column, strangers)).strip())
    for header, near in strangers.items():
        if near in plain or near in optional(name):
            findings.add(say("tables.looks_like", near=near), column=header, level="warning")
    for column in RESERVED.get(name, ()):
        if column in plain:
            findings.add(say("tables.reserved", column=column), column=column)
    doubled_keys(grid, plain)
    if name == "kabupaten" and len(plain) != UNITS_IN_REFERENCE:
        findings.add(say("tables.row_count", rows=len(plain), expected=UNITS_IN_REFERENCE))
    else:
        for key in sorted(set(REQUIRED.get(name, ())) - set(plain.get(KEYS[name][0], ()))):
            findings.add(say("tables.row_lost", key=key))


def like_column(header: str, name: str, absent: list[str]) -> str:
    """Which column of a table a header that is none looks like: one that stands there too, or one that is absent."""
    return column_meant(header, name) or nearest(header[:60], absent)


def header_hint(column: str, strangers: Mapping[str, str], most: int = 20) -> str:
    """Which of the headers that no column is known by may be the missing one; each with the absent one it is near."""
    names = list(map(one_line, strangers))
    if near := next((name for name, near in zip(names, strangers.values(), strict=True) if near == column), ""):
        return say("tables.near_header", near=near, column=column)
    listed = ", ".join(names[:most]) + (" ..." if len(names) > most else "")
    return say("tables.other_headers", names=listed) if names else ""


def doubled_keys(grid: Grid, plain: pd.DataFrame) -> None:
    keys = KEYS[grid.name]
    if not set(keys) <= set(plain):
        return
    known = plain[(plain[keys] != "").all(axis=1)]
    keys = row_keys(grid.name, plain)
    twice = known[known.duplicated(keys)]
    first = known.reset_index(names="row").groupby(keys, sort=False)["row"].first() if len(twice) else {}
    for row, values in zip(twice.index, twice[keys].itertuples(index=False, name=None), strict=True):
        if row not in grid.lost:
            key = shown(" / ".join(filter(None, values)))
            at = first[values if len(keys) > 1 else values[0]]
            remedy = say("tables.twice", column=" + ".join(keys), key=key, row=at)
            grid.findings.add(remedy, row, keys[-1], grid.text.at[row, keys[-1]])


def read_one(file: Path, name: str, check: Callable[[Read], None]) -> Read:
    """A table that is a file of its own; raises PlannerError with all its problems, those that ``check`` adds too."""
    found = source_of(file, name)
    told, read = list(found.findings), None
    for place in found.tables.values():
        if grid := open_grid(place.findings, place.read):
            read = Read(grid, checked_cells(grid))
            check(read)
        told += place.findings.in_order(read.plain if read else ())
    raise_errors(told)
    assert read is not None  # what gives no grid has its finding
    return read


def table_of(grid: Grid, plain: pd.DataFrame) -> Table:
    synthetic = "sumber" in plain and plain["sumber"].str.contains("sintetis", case=False).any()
    return Table(grid.name, apart(type_columns(plain, grid.name, grid.kinds), grid.name), grid.sha256, bool(synthetic))


def apart(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table with the planner's own columns under ``own_name``: joins and melts of ours never meet them."""
    known = columns_of(name)
    own = {c: own_name(name, c) for c in table if c not in known and name in OWN}
    return table.rename(columns=own)


def type_columns(plain: pd.DataFrame, name: str, kinds: Mapping[str, Kind]) -> pd.DataFrame:
    """The checked text as numbers and text; empty becomes missing, absent columns are added."""
    table = plain.mask(plain == "")
    for column in table:
        if kinds[column].dtype != "str":
            table[column] = pd.to_numeric(table[column]).astype(kinds[column].dtype)
    known = columns_of(name)
    absent = {c: pd.Series(index=table.index, dtype=k.dtype) for c, k in known.items() if c not in table}
    return pd.concat([table, pd.DataFrame(absent, index=table.index)], axis=1) if absent else table


@cache
def blank(name: str) -> pd.DataFrame:
    """A table of no rows with all its columns, typed; everyone shares it, so nobody adds to it in place."""
    return pd.DataFrame({column: pd.Series(dtype=kind.dtype) for column, kind in columns_of(name).items()})
