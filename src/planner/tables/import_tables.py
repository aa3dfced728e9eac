"""The sheets that came become our tables: converted cell by cell with a log, lines unpivoted, nothing lost."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from planner.base.errors import PlannerError, shown
from planner.base.messages import say
from planner.tables.cells import NOTHING, Kind, Refused, trim
from planner.tables.conversion import Plain, converter, signs
from planner.tables.findings import spans
from planner.tables.grids import COLUMN_LIMIT
from planner.tables.mapping import LINES, Column, SheetMap
from planner.tables.raw_sheets import RawSheet, place_of
from planner.tables.reading import own_kind, own_number, sign_for
from planner.tables.remarks import SUM, remarks
from planner.tables.schemas import KEYS, NUMBER, OWN, RESERVED, TEXT, column_meant, columns_of, optional, row_keys

LOG = ["berkas", "lembar", "baris", "kolom", "ke", "dari", "menjadi", "cara"]
IDENTITY = ("usulan_id", "rincian_id", "sentra_id", "kode", "komponen", "menu")
GROUPED = ("kode", "ta", "menu", "nama")  # what rows of one usulan have in common where it has no id
READ_AS = {  # a part of a line in a column of its own may be 0, or missing
    "volume": ("rincian", "volume_disetujui"), "harga_satuan_rp": ("usulan", "dana_lain_rp"),
    "jumlah_rp": ("usulan", "dana_lain_rp"),
}  # fmt: skip
FOLDED = ("usulan", "sentra")  # tables of which several rows and sheets may tell one row
MOST_CONFLICTS = 100


@dataclass
class Imported:
    """``tables``: plain texts by name. ``log``: every cell that changed and every row that was left out, as ``LOG``.

    ``notes``: what was passed over, made or not used, for people.
    """

    tables: dict[str, pd.DataFrame]
    log: pd.DataFrame
    notes: list[str]


@dataclass
class Work:
    """What is gathered sheet by sheet; frames hold ``place`` and ``row`` beside their columns."""

    frames: dict[str, list[pd.DataFrame]] = field(default_factory=lambda: {name: [] for name in OWN})
    log: list[tuple] = field(default_factory=list)  # rows of LOG
    notes: list[str] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)  # usulan_id that were made, by their beginning

    def tell(self, sheet: RawSheet, header: str, to: str, changes: Iterable[tuple[int, str, str, str]]) -> None:
        """Log changes of (row, from, to, how)."""
        said = cache(lambda how: say(f"import.how.{how}"))
        self.log += [(sheet.file, sheet.title, row, header, to, old, new, said(how)) for row, old, new, how in changes]


def import_tables(pairs: Sequence[tuple[RawSheet, SheetMap]]) -> Imported:
    """The tables of these sheets by these maps; raises PlannerError where rows of one usulan contradict each other."""
    work, problems = Work(), []
    for sheet, one in pairs:
        if one.table:
            problems += take_sheet(sheet, one, work)
        else:
            work.notes.append(say("import.sheet_left", place=place_of(sheet.file, sheet.title)))
    if not any(work.frames.values()) and not problems:
        problems.append(say("import.no_sheet"))
    tables = {name: whole_table(name, frames, problems, work.notes) for name, frames in work.frames.items() if frames}
    if problems:
        raise PlannerError(problems)
    log = pd.DataFrame(work.log, columns=LOG)
    return Imported(tables, log.sort_values(LOG[:3], kind="stable", ignore_index=True), work.notes)


def take_sheet(sheet: RawSheet, one: SheetMap, work: Work) -> list[str]:
    """Add what a sheet holds; a sentence for each cell without a value in a column that is used."""
    rows, sure = data_rows(sheet, one, work), one.sure()
    work.notes += sheet.notes
    for row, column, old, new, how in sheet.changed:
        work.tell(sheet, sheet.headers[column] if column >= 0 else "", "", [(row, old, new, how)])
    asked, kept = {column.at for column in sure}, set(sheet.cells.index[rows])
    rows &= ~sheet.cells.index.isin([row for row, _ in sheet.broken if not any(map(trim, sheet.cells.loc[row]))])
    for (row, at), cell in sheet.broken.items():
        work.tell(sheet, sheet.headers[at], "", [(row, cell.formula or cell.text, "", "broken")])
    found = signs((kind_of(c), sheet.cells.loc[rows & ~sheet.exact[:, c.at], c.at].map(trim).unique()) for c in sure)
    plain = {column: converted(sheet, column, rows, found, work) for column in sure}
    index = sheet.cells.index[rows]
    parts = {
        name: pd.DataFrame({c.column: text for c, text in plain.items() if c.table == name and not c.component}, index)
        for name in OWN
    }
    for to, text in one.fill.items():
        fill(sheet, parts, to, text, work)
    own = own_columns(sheet, one, rows, sign_for(NUMBER, found, sheet.decimal), work)
    parts[one.table] = pd.concat([parts[one.table], own], axis=1)
    share_keys(sheet, one, parts, work)
    for name, frame in parts.items():
        if len(frame.columns) and (name == one.table or any(c.table == name and not c.component for c in plain)):
            add(work, name, frame, sheet)
    wide = {(c.component, c.column): text for c, text in plain.items() if c.component}
    if wide:
        add(work, "rincian", unpivoted(sheet, wide, parts["usulan"], work), sheet)
    return [sheet.refused(row, at) for row, at in sorted(sheet.broken) if at in asked and row in kept]


def add(work: Work, name: str, frame: pd.DataFrame, sheet: RawSheet) -> None:
    """Keep the rows that hold anything but their keys' shadow."""
    filled = (frame != "").any(axis=1)
    kept = frame[filled].assign(place=place_of(sheet.file, sheet.title), row=frame.index[filled])
    work.frames[name].append(kept)


def fill(sheet: RawSheet, parts: dict[str, pd.DataFrame], to: str, text: str, work: Work) -> None:
    """A column that no header names but that all rows have in common, where it is empty."""
    table, column = to.split(".")
    frame = parts[table]
    held = frame[column] if column in frame else pd.Series("", frame.index, dtype="str")
    empty = frame.index[held == ""]
    parts[table] = frame.assign(**{column: held.where(held != "", text)})
    work.tell(sheet, "", to, ((row, "", text, "fill") for row in empty))


# -- rows --------------------------------------------------------------------------------------------------------------


def data_rows(sheet: RawSheet, one: SheetMap, work: Work) -> np.ndarray:
    """True for the rows that are data; sums, signatures, repeated headers and column numbers are logged and told."""
    keys = keys_of(one)
    cells = sheet.cells
    records = list(zip(cells.index, cells.to_numpy().tolist(), strict=True))
    names = [str(at) for at in range(cells.shape[1])]
    found = remarks(records, names, [str(at) for at in keys]) if keys else {}
    for row, record in records:
        if row not in found and is_sum(record, keys):
            found[row] = "sum"
    for kind in sorted(set(found.values())):
        rows = [row for row, of in found.items() if of == kind]
        about = {"kind": say(f"tables.remarks.{kind}"), "rows": spans(rows)}
        work.notes.append(say("import.rows_left", place=place_of(sheet.file, sheet.title), **about))
    told = dict(records)
    left = ((row, " | ".join(filter(None, map(trim, told[row]))), "", f"left_{kind}") for row, kind in found.items())
    work.tell(sheet, "", "", left)
    return ~cells.index.isin(list(found))


def keys_of(one: SheetMap) -> list[int]:
    """The columns that tell what a row is about."""
    sure = [column for column in one.sure() if not column.component]
    own = [column.at for column in sure if column.column in IDENTITY]
    return own or [column.at for column in sure if column.column in ("nama", "uraian")]


def is_sum(record: Sequence[str], keys: Sequence[int]) -> bool:
    """Whether a row sums others up: its first cell or a key says so, and not all of its other keys are filled."""
    held = [trim(record[at]) for at in keys]
    first = next((trim(cell) for cell in record if trim(cell)), "")
    others = [key for key in held if not SUM.match(key)]
    return any(map(SUM.match, (first, *held))) and (not others or not all(others))


# -- cells -------------------------------------------------------------------------------------------------------------


def read_as(column: Column) -> tuple[str, str]:
    """The table and column of ours by which the cells are read."""
    part = column.component or column.column == "jumlah_rp"
    return READ_AS[column.column] if part else (column.table, column.column)


def kind_of(column: Column) -> Kind:
    table, name = read_as(column)
    return columns_of(table)[name]


def converted(sheet: RawSheet, column: Column, rows: np.ndarray, found: set[str], work: Work) -> pd.Series:
    """The plain texts of a column; what cannot be read stays as it is, and is logged as such.

    ``found``: the decimal signs that the sheet shows. What the tables' reader would take for another number is emptied.
    """
    kind = kind_of(column)
    cells, sign = tidy(sheet, column, rows, work), sign_for(kind, found, sheet.decimal)
    convert = converter(*read_as(column), column.header, column.factor, cells.unique())

    def plain(text: str, by: str | None) -> Plain:
        return convert(text, by) or (Plain("", "two") if is_number(text, kind) else Plain(text, "left"))

    return each(sheet, column, cells, sign, plain, work)


def each(
    sheet: RawSheet, column: Column, cells: pd.Series, sign: str | None, plain: Callable[[str, str | None], Plain],
    work: Work,
) -> pd.Series:  # fmt: skip
    """What each cell becomes; every change is logged, and what had two readings is told."""
    exact = sheet.exact[sheet.cells.index.get_indexer(cells.index), column.at]
    found, how = np.empty(len(cells), dtype=object), np.empty(len(cells), dtype=object)
    for numbers, by in ((exact, "."), (~exact, sign)):
        codes, different = pd.factorize(cells[numbers])
        new = [plain(text, by) if text else Plain("", "") for text in different]
        found[numbers] = np.array([one.text for one in new], dtype=object)[codes] if len(new) else ""
        how[numbers] = np.array([one.how for one in new], dtype=object)[codes] if len(new) else ""
    index, old = cells.index.to_numpy(), cells.to_numpy()
    told = ((int(index[i]), old[i], found[i], how[i]) for i in np.flatnonzero(how != ""))
    work.tell(sheet, column.header, column.to, told)
    if len(rows := index[how == "two"]):
        about = {"header": shown(column.header), "rows": spans(rows), "value": shown(old[how == "two"][0])}
        work.notes.append(say("import.two_readings", place=place_of(sheet.file, sheet.title), **about))
    return pd.Series(found, cells.index, dtype="str")


def is_number(text: str, kind: Kind) -> bool:
    """Whether the tables' reader takes a text for a number of this kind, in a CSV with ``,`` between its cells."""
    with suppress(Refused):
        return kind.dtype != "str" and bool(kind.read(text, "."))
    return False


def tidy(sheet: RawSheet, column: Column, rows: np.ndarray, work: Work) -> pd.Series:
    """The trimmed texts of a column; what no workbook can hold, as control characters, becomes blanks and is logged."""
    cells = sheet.cells.loc[rows, column.at]
    clean = {text: trim(printable(text)) for text in cells.unique()}
    told = cells[cells.isin([text for text, new in clean.items() if new != trim(text)])]
    work.tell(sheet, column.header, column.to, ((int(row), old, clean[old], "written") for row, old in told.items()))
    return cells.map(clean)


def printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text.replace("\r\n", "\n"))


def own_columns(sheet: RawSheet, one: SheetMap, rows: np.ndarray, sign: str | None, work: Work) -> pd.DataFrame:
    """The columns that are mapped to none of ours, under names that are none of ours; only numbers are written anew."""
    sure = {column.at for column in one.sure()}
    found: dict[str, pd.Series] = {}
    for column in one.columns:
        if column.at not in sure:
            cells = tidy(sheet, column, rows, work)
            nothing = cells[cells.map(str.casefold).isin(NOTHING)]
            work.tell(sheet, column.header, "", ((int(row), text, "", "nothing") for row, text in nothing.items()))
            cells = cells.where(~cells.index.isin(nothing.index), "")
            found[own_header(column, one.table, found)] = own_numbers(sheet, column, cells, sign, work)
    return pd.DataFrame(found, sheet.cells.index[rows], dtype="str")


def own_numbers(sheet: RawSheet, column: Column, cells: pd.Series, sign: str | None, work: Work) -> pd.Series:
    """A column of numbers or percents as the tables' reader takes them; any other as it is.

    Where nothing but cells of two readings hinders a column from being one of numbers, those are emptied.
    """
    exact = sheet.exact[sheet.cells.index.get_indexer(cells.index), column.at]
    kind, later = own_kind(cells, exact, sign), own_kind(cells, np.zeros(len(cells), dtype=bool), ".")
    if later is TEXT and kind is TEXT:
        return cells

    def plain(text: str, by: str | None) -> Plain:
        try:
            new = own_number(text, later if kind is TEXT else kind, by)
        except Refused:
            return Plain("", "two")
        return Plain(new, "" if new == text else "written")

    return each(sheet, column, cells, sign, plain, work)


def own_header(column: Column, table: str, taken: Iterable[str]) -> str:
    """The header, told apart from every column of ours and from those before it."""
    name = column.header or f"kolom {column.at + 1}"
    closed = {*RESERVED.get(table, ()), "place", "row", *taken, *(LINES if table == "rincian" else ())}
    names = (name, f"{name} (asal)", *(f"{name} ({i})" for i in range(2, 2 * COLUMN_LIMIT)))
    return next(one for one in names if one not in closed and not column_meant(one, table))


# -- keys and lines ----------------------------------------------------------------------------------------------------


def share_keys(sheet: RawSheet, one: SheetMap, parts: dict[str, pd.DataFrame], work: Work) -> None:
    """The id of an usulan stands in its lines too, and that of a sentra in both its tables; what lacks is made."""
    usulan, rincian, sentra = (parts[name] for name in ("usulan", "rincian", "sentra"))
    long = one.table == "rincian"
    if len(usulan.columns) or any(column.component for column in one.sure()):
        if "usulan_id" not in usulan:
            own = rincian["usulan_id"] if "usulan_id" in rincian else made_ids(sheet, usulan, long, work)
            usulan = usulan.assign(usulan_id=own)
        if long:
            rincian = rincian.assign(usulan_id=usulan["usulan_id"])
    if long and "usulan_id" in rincian:
        if "rincian_id" not in rincian:
            rincian = rincian.assign(rincian_id=line_ids(rincian["usulan_id"]))
            made = rincian["rincian_id"].items()
            work.tell(sheet, "", "rincian.rincian_id", ((row, "", text, "made") for row, text in made))
        if {"harga_satuan_rp", "jumlah_rp"} & set(rincian):
            rincian = priced(sheet, rincian, work)
    if "sentra_id" in usulan and len(sentra.columns):
        sentra = sentra.assign(**{c: usulan[c] for c in ("sentra_id", "kode") if c not in sentra and c in usulan})
    parts |= {"usulan": usulan, "rincian": rincian, "sentra": sentra}


def made_ids(sheet: RawSheet, usulan: pd.DataFrame, long: bool, work: Work) -> pd.Series:
    """Ids as our template writes them, '28-5104-01'; rows of one usulan, where rows are lines, get the same."""
    same = [column for column in GROUPED if column in usulan]
    ids: dict[object, str] = {}
    found = []
    for row in usulan.index:
        key = tuple(usulan.loc[row, same]) if long and same else row
        if key not in ids:
            ta, kode = (str(usulan.at[row, c]) if c in usulan else "" for c in ("ta", "kode"))
            known = re.fullmatch(r"20\d\d \d\d\.\d\d", f"{ta} {kode}", re.ASCII)
            begin = f"{ta[2:]}-{kode.replace('.', '')}" if known else "U"
            work.made[begin] += 1
            ids[key] = f"{begin}-{work.made[begin]:02}"
        found.append(ids[key])
    made = zip(usulan.index, found, strict=True)
    work.tell(sheet, "", "usulan.usulan_id", ((row, "", text, "made") for row, text in made))
    if found:
        about = ", ".join(same) if long else say("import.each_row")
        work.notes.append(say("import.ids_made", place=place_of(sheet.file, sheet.title), by=about, count=len(ids)))
    return pd.Series(found, usulan.index, dtype="str")


def line_ids(usulan: pd.Series) -> pd.Series:
    """'R01', 'R02' in the order of the lines of each usulan."""
    return "R" + (usulan.groupby(usulan).cumcount() + 1).astype("str").str.zfill(2)


def unpivoted(
    sheet: RawSheet, wide: dict[tuple[str, str], pd.Series], usulan: pd.DataFrame, work: Work
) -> pd.DataFrame:  # fmt: skip
    """A line for each component of which a row tells a volume or an amount; its parts beside each other."""
    found = []
    for code in dict.fromkeys(component for component, _ in wide):
        cells = {part: wide.get((code, part), pd.Series("", usulan.index, dtype="str")) for part in LINES}
        held = pd.DataFrame(cells | {"usulan_id": usulan["usulan_id"], "komponen": code})
        asked = ~held["volume"].isin(["", "0"]) | ~held["jumlah_rp"].isin(["", "0"])
        asked |= ~held["harga_satuan_rp"].isin(["", "0"]) & ((code, "volume") not in wide)
        found.append(held[asked])
    lines = pd.concat(found).sort_index(kind="stable")
    lines.insert(0, "rincian_id", line_ids(lines["usulan_id"]).to_numpy())
    named = zip(lines.index, lines["rincian_id"] + " " + lines["komponen"], strict=True)
    work.tell(sheet, "", "rincian.rincian_id", ((row, "", text, "made") for row, text in named))
    return priced(sheet, lines, work)


def priced(sheet: RawSheet, lines: pd.DataFrame, work: Work) -> pd.DataFrame:
    """Lines without ``jumlah_rp``: of an amount the price is a share, and one without a volume is one package."""
    if "jumlah_rp" not in lines:
        return lines
    told, packages = [], []
    price, volume = (lines.get(c, pd.Series("", lines.index, dtype="str")).to_list() for c in LINES[1::-1])
    for i, (row, total) in enumerate(zip(lines.index, lines["jumlah_rp"], strict=True)):
        if total in ("", "0"):
            continue
        if not total.isdecimal():
            told.append((row, total, "", "no_amount"))
            continue
        if price[i] not in ("", "0"):
            agrees = price[i].isdecimal() and volume[i].isdecimal() and int(price[i]) * int(volume[i]) == int(total)
            told += [(row, total, "", "other_amount")] * (not agrees)
            continue
        if volume[i] in ("", "0"):
            volume[i] = "1"
            packages.append((row, "", "1", "package"))
        if volume[i].isdecimal() and int(total) % int(volume[i]) == 0:
            price[i] = str(int(total) // int(volume[i]))
            told.append((row, total, price[i], "share"))
        else:
            told.append((row, total, "", "no_share"))
    work.tell(sheet, "", "rincian.volume", packages)
    work.tell(sheet, "", "rincian.harga_satuan_rp", told)
    return lines.assign(harga_satuan_rp=price, volume=volume).drop(columns="jumlah_rp")


# -- whole tables ------------------------------------------------------------------------------------------------------


def whole_table(name: str, frames: Sequence[pd.DataFrame], problems: list[str], notes: list[str]) -> pd.DataFrame:
    """The rows of all sheets in the order of their keys; of an usulan or sentra one, if its rows agree."""
    table = pd.concat(frames, ignore_index=True)
    texts = [column for column in table if column not in ("place", "row")]
    table[texts] = table[texts].fillna("")
    if name in FOLDED:
        table = folded(name, table, problems, notes)
    known = [column for column in columns_of(name) if column in texts]
    ordered = table[[*known, *(column for column in texts if column not in known)]]
    return in_key_order(name, without_empty(name, ordered))


def without_empty(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table without those columns of ours that may be absent and hold nothing."""
    empty = [column for column in table if column in optional(name) and (table[column] == "").all()]
    return table.drop(columns=empty)


def in_key_order(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The rows by their keys: the same rows are the same file, whichever way they came."""
    keys = row_keys(name, table)
    return table.sort_values(keys, kind="stable", ignore_index=True) if keys else table.reset_index(drop=True)


def folded(name: str, table: pd.DataFrame, problems: list[str], notes: list[str]) -> pd.DataFrame:
    """One row of each key: what one of its rows leaves empty another may tell; two that differ are a conflict."""
    key = KEYS[name][0]
    if key not in table:
        return table
    several = table[(table[key] != "") & table.duplicated(key, keep=False)]
    if several.empty:
        return table
    held = several.drop(columns=["place", "row"]).mask(lambda cells: cells == "")
    groups = held.groupby(key, sort=False)
    counts = groups.nunique()
    for column in counts.columns[(counts > 1).any()]:
        for one in counts.index[counts[column] > 1][: MOST_CONFLICTS - len(problems)]:
            problems.append(contradiction(name, several[several[key] == one], key, column))
    first = groups.first().reset_index().astype("object").fillna("")
    notes.append(say("import.folded", table=name, rows=len(several), count=len(first)))
    return pd.concat([table.drop(several.index)[[*first.columns]], first], ignore_index=True).astype("str")


def contradiction(name: str, rows: pd.DataFrame, key: str, column: str) -> str:
    """Which rows say what of one key."""
    said = rows[rows[column] != ""].drop_duplicates(column)
    cells = said[["place", "row", column]].head(4).itertuples(index=False)
    places = [(say("tables.row", place=place, row=row), shown(value)) for place, row, value in cells]
    told = "; ".join(say("import.said", place=place, value=value) for place, value in places)
    return say("import.contradiction", table=name, key=shown(rows[key].iloc[0]), column=column, told=told)
