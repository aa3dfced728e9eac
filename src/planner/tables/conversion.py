"""One cell of somebody else's table becomes the plain text of our column, and how it did is told; or it cannot."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import cache, partial
from typing import NamedTuple

from planner.base.errors import TURNS, nearest, words_of
from planner.tables.cells import (
    CURRENCY,
    NOTHING,
    Kind,
    Refused,
    amount,
    decimal_signs,
    figures_in_words,
    readings,
)
from planner.tables.headers import component_words, taken_apart
from planner.tables.places import FLOAT, Gazetteer, as_code, gazetteer
from planner.tables.reference import reference_tables
from planner.tables.schemas import MENUS, YEAR, columns_of, optional

SERIAL = re.compile(r"[2-7]\d{4}(?:\.0)?", re.ASCII)  # a day as spreadsheets count them
IN_YEAR = re.compile(r"(?:ta|t\.a\.|tahun(?: anggaran)?|fy)?[ .:]*(20\d\d)(?:\.0)?", re.ASCII | re.IGNORECASE)


class Plain(NamedTuple):
    """What a cell became; ``how``: of ``import.how``, "" where nothing changed."""

    text: str
    how: str


Convert = Callable[[str, str | None], Plain | None]  # a trimmed text and the decimal sign; None: it cannot be read


@dataclass(frozen=True)
class Known:
    """What names and codes may mean: the places, and the components by their words."""

    places: Gazetteer
    components: dict[frozenset[str], str]
    codes: frozenset[str]


@cache
def known() -> Known:
    tables = {name: one.data for name, one in reference_tables(("kabupaten", "padanan", "komponen")).items()}
    names = dict(zip(tables["komponen"]["komponen"], tables["komponen"]["nama"], strict=True))
    return Known(gazetteer(tables["kabupaten"], tables["padanan"]), component_words(names), frozenset(names))


def converter(table: str, column: str, header: str, factor: int, texts: Iterable[str] = ()) -> Convert:
    """How the cells of a column are read; ``texts``: all of them, which tell what system of codes they are of."""
    kind = columns_of(table)[column]
    if column == "kode":
        return partial(place, systems=systems_of(header, texts))
    own: dict[str, Convert] = {"komponen": component, "menu": menu}
    if column in own:
        convert = own[column]
    elif kind is YEAR:
        convert = year
    elif kind.number is amount:
        convert = partial(rupiah, kind=kind, factor=factor)
    elif kind.remedy == "tanggal":
        convert = partial(day, kind=kind)
    else:
        convert = partial(word, kind=kind) if kind.near else partial(written, kind=kind)
    return convert if column not in optional(table) else partial(unless_nothing, convert=convert)


def unless_nothing(text: str, sign: str | None, convert: Convert) -> Plain | None:
    """'-', 'nihil' and their like are empty in a column that may be."""
    return Plain("", "nothing") if text.casefold() in NOTHING else convert(text, sign)


def signs(columns: Iterable[tuple[Kind, Iterable[str]]]) -> set[str]:
    """The decimal signs that the numbers of a sheet that were typed as text show."""
    return {sign for kind, texts in columns if kind.dtype != "str" for sign in decimal_signs(map(kind.number, texts))}


# -- kinds -------------------------------------------------------------------------------------------------------------


def written(text: str, sign: str | None, kind: Kind) -> Plain | None:
    """As the tables' own reader takes it."""
    try:
        plain = kind.read(text, sign)
    except Refused:
        return None
    return Plain(plain, "" if plain == text else "written")


def word(text: str, sign: str | None, kind: Kind) -> Plain | None:
    """One of fixed words, or what means it."""
    if same := written(text, sign, kind):
        return same
    meant = kind.near(text) if kind.near else ""
    return Plain(meant, "word") if meant else None


def rupiah(text: str, sign: str | None, kind: Kind, factor: int) -> Plain | None:
    """Whole rupiah: the unit that a cell names counts before that of the header."""
    figures = set(figures_in_words(text).values()) if len(text) <= 60 else set()
    if figures:
        return whole_rupiah(next(iter(figures)), "words", kind) if len(figures) == 1 else None
    if factor == 1:
        return written(text, sign, kind)
    if CURRENCY.match(text) and len(re.sub(r"\D", "", text)) > 9:
        return None  # 'Rp 1.500.000.000' below 'Rp juta': one of them is wrong
    found = readings(amount(text)) if len(text) <= 60 else {}
    value = found.get(sign or "") if len(set(found.values())) > 1 else next(iter(found.values()), None)
    return whole_rupiah(Decimal(value) * factor, "unit", kind) if value is not None else None


def whole_rupiah(value: Decimal, how: str, kind: Kind) -> Plain | None:
    """A figure that is whole rupiah and that the column may hold."""
    read = written(str(int(value)), None, kind) if value == int(value) else None
    return read and read._replace(how=how)


def day(text: str, sign: str | None, kind: Kind) -> Plain | None:
    if SERIAL.fullmatch(text):
        return Plain((date(1899, 12, 30) + timedelta(days=int(float(text)))).isoformat(), "serial")
    plain = written(text, sign, kind)
    return plain._replace(how="date") if plain and plain.how else plain


def year(text: str, sign: str | None) -> Plain | None:
    found = IN_YEAR.fullmatch(text)
    return Plain(found[1], "" if found[1] == text else "written") if found else None


def menu(text: str, sign: str | None) -> Plain | None:
    """A menu by its own word among others: 'Pembangunan Sentra IKM'."""
    if text.casefold() in MENUS:
        return Plain(text.casefold(), "" if text in MENUS else "written")
    words = words_of(text[:200])
    named = [one for one in MENUS if one in words]
    if len(named) == 1 and not any(one in TURNS for one in words):
        return Plain(named[0], "word")
    near = nearest(text[:60], MENUS) if len(named) == 0 else ""
    return Plain(near, "word") if near else None


def component(text: str, sign: str | None) -> Plain | None:
    """A component by its code, or by what people call it."""
    about = known()
    if text in about.codes:
        return Plain(text, "")
    said = taken_apart(text)
    code = about.components.get(frozenset(said.words), "") if not said.negated and not said.total else ""
    code = code or misspelled(text[:60], about.codes)
    return Plain(code, "component") if code else None


def misspelled(text: str, codes: Iterable[str]) -> str:
    """The one code that a text misspells as a whole; the beginning of a code, as 'gedung', may mean others too."""
    close = get_close_matches("_".join(words_of(text)), codes, cutoff=0.8)
    return close[0] if len(close) == 1 and nearest(text, close) else ""


# -- places ------------------------------------------------------------------------------------------------------------


def systems_of(header: str, texts: Iterable[str]) -> tuple[str, ...]:
    """The systems of codes that a column may be of: those that its header names and that know all of its codes."""
    about = known().places
    codes = {code for text in texts if (code := as_code(FLOAT.sub("", text))[0])}
    named = about.systems_named(header)
    whole = tuple(system for system in named if codes <= about.codes[system].keys())
    return whole or named


def place(text: str, sign: str | None, systems: tuple[str, ...]) -> Plain | None:
    """A kode by a code of one meaning in these systems, or by a name of one meaning."""
    about = known().places
    code, lost = as_code(FLOAT.sub("", text))
    meant = {about.codes[system][code] for system in systems if code in about.codes[system]}
    if "kemendagri" in systems and not lost and code in about.names:
        return Plain(text, "")
    if not code:
        meant = about.meant(text)
    if len(meant) != 1:
        return None
    return Plain(next(iter(meant)), "code" if code else "name")
