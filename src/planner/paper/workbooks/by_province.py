"""``planner import --split provinsi``: a workbook of our template for each province, filled with what it holds."""

import math
import re
from collections.abc import Mapping

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from planner.base.errors import PlannerError, first_of, shown
from planner.base.messages import say
from planner.paper.workbooks.columns import FIRST_ROW, Choices, choices, columns
from planner.paper.workbooks.style import LONGEST, put, written
from planner.paper.workbooks.template import SHEETS, Styles, guide_sheet, help_sheets, table_sheet
from planner.tables.excel_files import number_text
from planner.tables.findings import spans
from planner.tables.reference import reference
from planner.tables.schemas import KEYS, columns_of

Tables = Mapping[str, pd.DataFrame]


def province_books(tables: Tables) -> dict[str, bytes]:
    """Workbooks by file name, '51-bali.xlsx'; raises PlannerError for rows that cannot go into one."""
    kabupaten = reference("kabupaten")
    names = dict(zip(kabupaten["kode_provinsi"], kabupaten["provinsi"], strict=True))
    own = {name: provinces_of(name, table, tables) for name, table in tables.items()}
    problems = [p for name, of in own.items() for p in unsplittable(name, tables[name], of, names)]
    if problems:
        raise PlannerError(problems)
    lists, found = choices(), {}
    for code in sorted(set().union(*(set(of) for of in own.values()))):
        mine = {name: table[own[name] == code] for name, table in tables.items()}
        found[f"{code}-{re.sub('[^a-z]+', '-', names[code].casefold()).strip('-')}.xlsx"] = book(mine, lists)
    return found


def provinces_of(name: str, table: pd.DataFrame, tables: Tables) -> pd.Series:
    """The code of each row's province; of a line that of its usulan; "" where none is known."""
    kode = table.get("kode")
    if kode is None and "usulan_id" in table and {"usulan_id", "kode"} <= set(tables.get("usulan", ())):
        usulan = tables["usulan"].drop_duplicates("usulan_id").set_index("usulan_id")["kode"]
        kode = table["usulan_id"].map(usulan)
    if kode is None:
        return pd.Series("", table.index, dtype="str")
    return kode.fillna("").str.extract(r"^(\d\d)(?:\.\d\d)?$", expand=False).fillna("")


def unsplittable(name: str, table: pd.DataFrame, of: pd.Series, names: Mapping[str, str]) -> list[str]:
    """What keeps rows from going into a workbook and coming back the same."""
    key = next((key for key in KEYS[name] if key in table), None)
    where = lambda rows: first_of([str(v) for v in table.loc[rows, key]], 5) if key else spans(rows + 2)  # noqa: E731
    problems = []
    if len(lost := table.index[~of.isin(list(names))]):
        problems.append(say("split.no_province", table=name, count=len(lost), rows=where(lost)))
    ours = [column for column in columns_of(name) if column in table]
    first = table[[*ours, *table.columns.difference(ours, sort=False)]].mask(table == "").bfill(axis=1).iloc[:, 0]
    if len(remark := first.index[first.fillna("").str.startswith("#")]):
        problems.append(say("split.remark", table=name, rows=where(remark)))
    for column in table:
        if (table[column].str.len() > LONGEST).any():
            problems.append(say("split.too_long", table=name, column=shown(column)))
    return problems


def book(tables: Tables, lists: Mapping[str, Choices]) -> bytes:
    """The template with these rows below its example; the planner's own columns stand behind ours."""

    def fill(book, styles) -> None:
        guide_sheet(book, styles)
        for name in SHEETS:
            sheet = table_sheet(book, styles, name, lists)
            if name in tables:
                fill_sheet(sheet, styles, name, tables[name])
        help_sheets(book, styles, lists)

    return written(fill, say("template.title"))


def fill_sheet(sheet: Worksheet, styles: Styles, name: str, table: pd.DataFrame) -> None:
    ours = [column.name for column in columns(name)]
    own = [column for column in table if column not in ours]
    for place, header in enumerate(own, len(ours)):
        sheet.set_column(place, place, max(15, min(40, len(header) + 3)))
        put(sheet, 0, place, header, styles, "optional")
    kinds = columns_of(name)
    for place, column in enumerate([*ours, *own]):
        if column in table:
            numeric = column not in kinds or kinds[column].dtype != "str"  # an own text: where it is a plain number
            year = column not in kinds or kinds[column].remedy.startswith("tahun")
            for row, text in enumerate(table[column], FIRST_ROW - 1):
                if text:
                    value = as_number(text) if numeric else text
                    put(sheet, row, place, value, styles, look(value, year))


def look(value: str | int | float, year: bool) -> str:
    if isinstance(value, str):
        return "text"
    return "plain" if isinstance(value, float) else "year" if year else "number"


def as_number(text: str) -> str | int | float:
    """The number of a text that a spreadsheet gives back to the letter; else the text."""
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value) or number_text(value) != text:
        return text
    return int(text) if value.is_integer() else value
