"""``MAP.toml``: the map of columns, written to be edited and read back against the sheets that it is used on."""

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NotRequired

from pydantic import TypeAdapter

from planner.base.errors import PlannerError, hint, reason, shown
from planner.base.forms import Form, misfits
from planner.base.messages import say
from planner.base.parsing import toml_problem
from planner.tables.excel_sheets import letters
from planner.tables.mapping import LINES, Column, SheetMap, doubled, is_there
from planner.tables.raw_sheets import RawSheet, place_of
from planner.tables.reference import reference
from planner.tables.schemas import OWN, columns_of

NAME = "MAP.toml"


class ColumnForm(Form):
    """One column as the file tells it."""

    kolom: str
    judul: str
    ke: str
    tanda: Literal["yakin", "periksa", "lain"]
    kali: NotRequired[int]
    sebab: NotRequired[str]
    contoh: NotRequired[list[str]]


class SheetForm(Form):
    """One sheet as the file tells it."""

    berkas: str
    lembar: str
    tabel: str
    isi: NotRequired[dict[str, str]]
    kolom: NotRequired[list[ColumnForm]]


class MapForm(Form):
    """The whole file."""

    lembar: list[SheetForm]


FORM = TypeAdapter(MapForm)


def map_text(maps: Iterable[SheetMap]) -> str:
    """The file's text, with what to do at its top."""
    lines = [f"# {line}" for line in say("import.map_head", tables=", ".join(OWN)).split("\n")]
    for one in maps:
        lines += ["", "[[lembar]]", f"berkas = {quoted(one.file)}", f"lembar = {quoted(one.title)}"]
        lines += [f"tabel = {quoted(one.table)}"]
        if one.fill:
            lines += ["", "[lembar.isi]", *(f"{quoted(to)} = {quoted(text)}" for to, text in one.fill.items())]
        for column in one.columns:
            lines += ["", "[[lembar.kolom]]", *column_lines(column)]
    return "\n".join(lines) + "\n"


def column_lines(column: Column) -> list[str]:
    held = {"kolom": letters(column.at), "judul": column.header, "ke": column.to, "tanda": column.mark}
    lines = [f"{key} = {quoted(value)}" for key, value in held.items()]
    lines += [f"kali = {column.factor}"] if column.factor != 1 else []
    lines += [f"sebab = {quoted(column.why)}"] if column.why else []
    return [*lines, f"contoh = [{', '.join(map(quoted, column.sample))}]"]


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    clean = text.encode("utf-8", "replace").decode()
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")


# -- reading -----------------------------------------------------------------------------------------------------------


def read_map(file: Path, sheets: Sequence[RawSheet]) -> list[SheetMap]:
    """The maps of the sheets; raises PlannerError with all that is wrong with the file or does not fit the sheets."""
    content = parsed(file)
    problems: list[str] = []
    maps = [fitted(sheet, form, problems) for sheet, form in paired(content["lembar"], sheets, problems)]
    problems += doubled(maps)
    if problems:
        raise PlannerError([f"{file.name}: {problem}" for problem in problems])
    return maps


def parsed(file: Path) -> MapForm:
    try:
        text = file.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except OSError as error:
        raise PlannerError(say("errors.refused", file=file, why=reason(error))) from None
    except UnicodeDecodeError:
        raise PlannerError(f"{file.name}: {say('tables.encoding')}") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PlannerError(f"{file.name}: {toml_problem(text, error)}") from None
    if places := misfits(FORM, content):
        raise PlannerError(say("import.map_form", file=file.name, places=", ".join(places)))
    return FORM.validate_python(content)


def paired(
    forms: Sequence[SheetForm], sheets: Sequence[RawSheet], problems: list[str]
) -> list[tuple[RawSheet, SheetForm]]:
    """Each sheet with its form: by file and title, by title, or the only one; a form or sheet left over is told."""
    pairs = []
    for sheet in sheets:
        same = [f for f in forms if f["lembar"] == sheet.title and f["berkas"] == sheet.file]
        same = same or [f for f in forms if f["lembar"] == sheet.title] or [*forms][: len(forms) == len(sheets) == 1]
        if len(same) == 1:
            pairs.append((sheet, same[0]))
        else:
            problems.append(say("import.sheet_unmapped", place=place_of(sheet.file, sheet.title)))
    used = [form for _, form in pairs]
    lost = [place_of(form["berkas"], form["lembar"]) for form in forms if form not in used]
    problems += [say("import.sheet_absent", place=place) for place in lost]
    return pairs


def fitted(sheet: RawSheet, form: SheetForm, problems: list[str]) -> SheetMap:
    """The map of a sheet: columns by their header, where it stands twice by their letters; new ones are its own."""
    place = place_of(sheet.file, sheet.title)
    if form["tabel"] not in (*OWN, ""):
        problems.append(say("import.no_table", place=place, table=shown(form["tabel"]), tables=", ".join(OWN)))
    free = {at for at in range(len(sheet.headers)) if is_there(sheet, at)}
    columns = []
    for told in form.get("kolom", []):
        at = position(sheet, told, free)
        if at is None:
            problems.append(say("import.header_absent", place=place, header=shown(told["judul"])))
            continue
        free.remove(at)
        if told["ke"] and (wrong := wrong_target(told["ke"])):
            problems.append(f"{place}: {wrong}")
        columns.append(Column(at, sheet.headers[at], told["ke"], told["tanda"], told.get("kali", 1),
                              told.get("sebab", ""), tuple(told.get("contoh", ()))))  # fmt: skip
    problems += [f"{place}: {wrong}" for to in form.get("isi", {}) if (wrong := wrong_target(to))]
    problems += [say("import.bad_factor", place=place, header=shown(c.header)) for c in columns if c.factor < 1]
    new = [Column(at, sheet.headers[at], why=say("import.why.new")) for at in sorted(free)]
    sound = [replace(c, to="") if c.to and wrong_target(c.to) else c for c in columns]
    return SheetMap(sheet.file, sheet.title, form["tabel"], tuple(sorted([*sound, *new], key=lambda c: c.at)),
                    form.get("isi", {}))  # fmt: skip


def position(sheet: RawSheet, told: ColumnForm, free: set[int]) -> int | None:
    """Where a column of the file stands in the sheet now; None where its header does not."""
    same = [at for at in sorted(free) if sheet.headers[at] == told["judul"]]
    return next((at for at in same if letters(at) == told["kolom"].upper()), same[0] if same else None)


def wrong_target(to: str) -> str:
    """What is wrong with where a column is to go; "" where nothing is."""
    table, _, rest = to.partition(".")
    column, _, component = rest.partition(":")
    if table not in OWN:
        return say("import.no_table", place=shown(to), table=shown(table), tables=", ".join(OWN))
    if component:
        codes = reference("komponen")["komponen"]
        if table != "rincian" or column not in LINES:
            return say("import.no_part", to=shown(to), parts=", ".join(LINES))
        return "" if component in set(codes) else say("checks.unknown_komponen", name=shown(component),
                                                      hint=hint(component, codes))  # fmt: skip
    known = columns_of(table)
    return (
        ""
        if column in known or to == "rincian.jumlah_rp"
        else say("import.no_target", to=shown(to), hint=hint(column[:60], known))
    )
