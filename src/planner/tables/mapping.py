"""Which column of ours each column of a sheet may be: proposed by its header, held against what its cells say."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from planner.base.errors import shown
from planner.base.messages import say
from planner.tables.cells import NOTHING, trim
from planner.tables.conversion import converter, known, signs
from planner.tables.excel_sheets import letters
from planner.tables.grids import is_header
from planner.tables.headers import Meant, line_meant, meanings, taken_apart
from planner.tables.raw_sheets import RawSheet, place_of
from planner.tables.reading import sign_for
from planner.tables.remarks import SUM, numbers_columns
from planner.tables.schemas import KEYS, OWN, columns_of, is_money

Mark = Literal["yakin", "periksa", "lain"]  # sure; to be looked at; a column of the planner's own
SAMPLE, SHOWN = 200, 3  # different cells that are read, and shown
LOOKED_AT = 5_000  # rows that a proposal is made by
AGREE, DISAGREE = 0.8, 0.5  # shares of cells that can be read: from here on yes, below it no
SMALL_RP = 100_000  # amounts below it are hardly whole rupiah
LINES = ("volume", "harga_satuan_rp", "jumlah_rp")  # parts of a line that columns of one component tell
WITH_LINES = ("usulan", "rincian", "sentra")  # tables that one sheet may hold together
TITLE_YEAR = re.compile(r"\b(?:ta|t\.a\.|tahun anggaran|fiscal year|fy)[ .:]*(20\d\d)\b", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A column of a sheet and where it goes.

    ``to``: ``table.column``, with ``:component`` for one part of a line of it; "" for a column of the planner's own.
    """

    at: int
    header: str
    to: str = ""
    mark: Mark = "lain"
    factor: int = 1
    why: str = ""
    sample: tuple[str, ...] = ()
    rank: int = 0

    @property
    def table(self) -> str:
        return self.to.partition(".")[0]

    @property
    def column(self) -> str:
        return self.to.partition(".")[2].partition(":")[0]

    @property
    def component(self) -> str:
        return self.to.partition(":")[2]


@dataclass(frozen=True)
class SheetMap:
    """How one sheet is read. ``table``: of its rows and its own columns. ``fill``: to -> what all rows say."""

    file: str
    title: str
    table: str
    columns: tuple[Column, ...]
    fill: dict[str, str] = field(default_factory=dict)

    def sure(self) -> list[Column]:
        return [column for column in self.columns if column.to and column.mark == "yakin"]


def propose(sheet: RawSheet) -> SheetMap:
    """The proposal for a sheet; raises nothing: what two headers claim is told by ``doubled``."""
    table = table_of(sheet)
    columns = proposed_all(sheet, table)
    if not table:
        return SheetMap(sheet.file, sheet.title, table, tuple(columns))
    if table == "usulan" and is_long(columns):
        table = "rincian"
        columns = proposed_all(sheet, table)  # what both tables have, as remarks, is the line's
    columns = without_key(columns, table)
    years = {year for title in sheet.titles for year in TITLE_YEAR.findall(title)}
    main = "usulan" if table == "rincian" and any(c.table == "usulan" for c in columns) else table
    lacks = "ta" in columns_of(main) and all(c.to != f"{main}.ta" for c in columns)
    fill = {f"{main}.ta": years.pop()} if lacks and len(years) == 1 else {}
    return SheetMap(sheet.file, sheet.title, table, tuple(columns), fill)


def proposed_all(sheet: RawSheet, table: str) -> list[Column]:
    return one_each([proposed(sheet, at, table) for at in range(len(sheet.headers)) if is_there(sheet, at)])


def is_there(sheet: RawSheet, at: int) -> bool:
    """Whether a column holds anything: a header or a cell."""
    return bool(sheet.headers[at]) or any(map(trim, sheet.cells[at].unique()))


def named_after(sheet: RawSheet) -> str:
    """The table that a sheet or its file is named after, else ""."""
    names = (name.strip().casefold() for name in (sheet.title, sheet.file.rpartition(".")[0]))
    return next((name for name in names if name in OWN), "")


def is_ours(sheet: RawSheet) -> bool:
    """Whether a sheet is one of our tables already: then only a column's very name is sure."""
    name = named_after(sheet)
    return bool(name) and is_header(sheet.headers, name)


def table_of(sheet: RawSheet) -> str:
    """The table that a sheet is named after, else the one of which it has most headers; "" where it has hardly one."""
    if name := named_after(sheet):
        return name
    score: Counter[str] = Counter()
    familiar = 0
    for header in filter(None, sheet.headers):
        found = {one.table for one in meanings(header) if not one.near}
        score.update(dict.fromkeys(found, 1 + 2 * (len(found) == 1)))
        part = bool(line_meant(header, known().components)[0])
        score["usulan"] += part
        familiar += bool(found) or part
    return max(OWN, key=lambda name: (score[name], -OWN.index(name))) if familiar > 1 else ""


def is_long(columns: Iterable[Column]) -> bool:
    """Whether each row is a line of an usulan."""
    lines = {c.column for c in columns if c.table == "rincian" and not c.component and c.mark == "yakin"}
    return len(lines & {"komponen", "volume", "harga_satuan_rp"}) > 1


# -- one column --------------------------------------------------------------------------------------------------------


def proposed(sheet: RawSheet, at: int, table: str) -> Column:
    """What a column may be: by its header, else by what it holds."""
    header = sheet.headers[at]
    cells = different(sheet, at)
    blank = Column(at, header, sample=tuple(cells[:SHOWN]))
    if not table:
        return blank
    said = taken_apart(header)
    if said.negated or said.total or said.abroad:
        why = "negated" if said.negated else "total" if said.total else "abroad"
        if not any(one.own for one in meanings(header)):
            return replace(blank, why=say(f"import.why.{why}"))
    component, part = line_meant(header, known().components) if table in WITH_LINES else ("", "")
    if component:
        return line_column(blank, component, part, said.factor, said.money, cells)
    if meant := chosen(meanings(header), table, said.money):
        return held_against(sheet, replace(blank, to=f"{meant.table}.{meant.column}", factor=said.factor), meant, cells)
    return by_content(sheet, blank, table, cells)


def different(sheet: RawSheet, at: int) -> list[str]:
    """The first different cells of a column; nothing of rows that are no data."""
    column = sheet.cells[at].head(LOOKED_AT)[likely_data(sheet)]
    return [text for text in dict.fromkeys(map(trim, column.unique())) if text][:SAMPLE]


def likely_data(sheet: RawSheet) -> np.ndarray:
    """Of the first rows, those that hold at least half of what most do, and neither numbers of columns nor a sum."""
    if sheet.likely is None:
        records = sheet.cells.head(LOOKED_AT).to_numpy().tolist()
        texts = [[cell for cell in map(trim, record) if cell] for record in records]
        usual = float(np.median([len(record) for record in texts])) if texts else 0
        sheet.likely = np.array(
            [2 * len(r) >= usual and not numbers_columns(r) and not any(map(SUM.match, r)) for r in texts], dtype=bool
        )
    return sheet.likely


def chosen(found: Sequence[Meant], table: str, money: bool) -> Meant | None:
    """Of several columns that of the sheet's own table, or of one that a sheet may hold together with it."""
    tables = (table, *(one for one in WITH_LINES if one != table)) if table in WITH_LINES else (table,)
    fitting = [one for one in found if one.table in tables and (not money or is_money(one.table, one.column))]
    return min(fitting, key=lambda one: (tables.index(one.table), not one.own), default=None)


def held_against(sheet: RawSheet, column: Column, meant: Meant, cells: Sequence[str]) -> Column:
    """Sure where the header says it and the cells do not contradict it."""
    column = replace(column, rank=-1 if meant.own else meant.rank)
    if meant.near or (is_ours(sheet) and not meant.own):
        return replace(column, mark="periksa", why=say("import.why.near"))
    if readable(sheet, column, cells) < DISAGREE:
        return replace(column, mark="periksa", why=say("import.why.content"))
    if is_money(column.table, column.column) and column.factor == 1 and too_small(sheet, column, cells):
        return replace(column, mark="periksa", why=say("import.why.small"))
    return replace(column, mark="yakin")


def readable(sheet: RawSheet, column: Column, cells: Sequence[str]) -> float:
    """The share of the different cells that can be read as what the column holds; 1 where there are none."""
    asked = [cell for cell in cells if cell.casefold() not in NOTHING]
    return len(read_of(sheet, column, asked)) / len(asked) if asked else 1


def read_of(sheet: RawSheet, column: Column, cells: Sequence[str]) -> list[str]:
    kind = columns_of(column.table)[column.column]
    sign = sign_for(kind, signs([(kind, cells)]), ",") or ","
    convert = converter(column.table, column.column, column.header, column.factor, cells)
    return [plain.text for cell in cells if (plain := convert(cell, sign) or convert(cell, "."))]


def too_small(sheet: RawSheet, column: Column, cells: Sequence[str]) -> bool:
    """Whether most amounts are too small for whole rupiah: perhaps juta were meant."""
    amounts = [int(text) for text in read_of(sheet, column, cells) if text.isdecimal()]
    return bool(amounts) and sorted(amounts)[len(amounts) // 2] < SMALL_RP


def line_column(blank: Column, component: str, part: str, factor: int, money: bool, cells: Sequence[str]) -> Column:
    """A column of one component; a bare name holds amounts where its unit or its cells say so, else perhaps volumes."""
    if part:
        return replace(blank, to=f"rincian.{part}:{component}", factor=factor, mark="yakin")
    large = [cell for cell in cells if len(re.sub(r"\D", "", cell)) > 5]
    part = "jumlah_rp" if money or 2 * len(large) > len(cells) else "volume"
    return replace(
        blank, to=f"rincian.{part}:{component}", factor=factor, mark="yakin" if money else "periksa",
        why="" if money else say("import.why.bare"),
    )  # fmt: skip


def by_content(sheet: RawSheet, blank: Column, table: str, cells: Sequence[str]) -> Column:
    """A column whose header says nothing to us but whose cells are all kabupaten, menus or components."""
    asked = {"kode": table, "menu": "usulan", "komponen": "rincian"}
    for column, of in asked.items():
        if column in columns_of(of) and (of == table or {of, table} <= set(WITH_LINES)) and cells:
            trial = replace(blank, to=f"{of}.{column}", mark="periksa", why=say("import.why.by_content"), rank=9)
            if readable(sheet, trial, cells) >= AGREE and any(map(str.isalpha, "".join(cells))):
                return trial
    return blank


# -- columns together --------------------------------------------------------------------------------------------------


def one_each(columns: Sequence[Column]) -> list[Column]:
    """Of a code and a name of the same place the better one is the kode; what a sure column has no other one may be."""
    sure: dict[str, int] = {}
    for c in columns:
        if c.to and c.mark == "yakin":
            sure[c.to] = min(c.rank, sure.get(c.to, c.rank))
    return [
        replace(c, to="", mark="lain", why=say("import.why.taken", to=c.to))
        if c.to in sure and (c.mark != "yakin" or c.rank > sure[c.to])
        else c
        for c in columns
    ]


def without_key(columns: Sequence[Column], table: str) -> list[Column]:
    """Columns of a sentra that no column names cannot be told apart: they stay the planner's own."""
    if table == "sentra" or any(c.column == "sentra_id" and c.mark == "yakin" for c in columns):
        return list(columns)
    why = say("import.why.no_key", key=KEYS["sentra"][0])
    return [replace(c, to="", mark="lain", why=why) if c.table == "sentra" else c for c in columns]


def doubled(maps: Iterable[SheetMap]) -> list[str]:
    """A sentence for every column of ours that two headers of a sheet claim."""
    problems = []
    for one in maps:
        claims: dict[str, list[Column]] = {}
        for column in one.sure():
            claims.setdefault(column.to, []).append(column)
        for to, several in claims.items():
            if len(several) > 1:
                names = ", ".join(f"{letters(column.at)} {shown(column.header)}" for column in several)
                problems.append(say("import.doubled", place=place_of(one.file, one.title), headers=names, to=to))
    return problems
