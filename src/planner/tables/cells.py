"""One cell: the text that a planner typed becomes the plain text of its kind, or is refused with a remedy."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from planner.base.errors import nearest, words_of
from planner.base.messages import say

BLANKS = " \t\u00a0\u00ad\u1680\u180e\u202f\u205f\u2060\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x2010)))
LONGEST = 32_767  # characters that an Excel cell can hold
POINT = re.compile(r"-?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?", re.ASCII)  # 1,234,567.8
COMMA = re.compile(r"-?(\d+|[1-9]\d{0,2}(\.\d{3})+)(,\d+)?", re.ASCII)  # 1.234.567,8
SPACES = " \u00a0\u2007\u2009\u202f"  # that may stand within a number or a date
SPACED = re.compile(rf"-?[1-9]\d{{0,2}}([{SPACES}])\d{{3}}(\1\d{{3}})*([.,]\d+)?", re.ASCII)  # 1 234 567,8
CURRENCY = re.compile(rf"(?:rp\.?|idr)[{SPACES}]*", re.IGNORECASE)
WORDS = {
    "ribu": 10**3, "rb": 10**3, "juta": 10**6, "jt": 10**6, "miliar": 10**9, "milyar": 10**9, "m": 10**9,
    "triliun": 10**12, "t": 10**12, "thousand": 10**3, "million": 10**6, "billion": 10**9, "bn": 10**9,
    "trillion": 10**12,
}  # fmt: skip
IN_WORDS = re.compile(rf"([\d.,]+)[{SPACES}]*({'|'.join(WORDS)})\.?(?:[{SPACES}]+rupiah)?", re.I | re.ASCII)
MONTHS = {
    name: month
    for month, names in enumerate((
        "januari january jan", "februari february pebruari feb peb", "maret march mar", "april apr", "mei may",
        "juni june jun", "juli july jul", "agustus august agu agt agst agus agust aug", "september sep sept",
        "oktober october okt oct", "november nopember nov nop", "desember december des dec",
    ), 1)
    for name in names.split()
}  # fmt: skip
NAMED_MONTH = re.compile(rf"(\d\d?)[{SPACES}-]([a-z]{{3,9}})\.?[{SPACES}-](\d{{4}}|\d\d)", re.ASCII | re.IGNORECASE)
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes text in a CSV that begins so for a formula
NOTHING = {"-", "--", "\u2013", "\u2014", "na", "n/a", "n.a.", "nan", "nihil", "nil", "null", "none"}


class Refused(ValueError):
    """A cell that cannot be what its column says; the argument is the remedy."""


@dataclass(frozen=True)
class Kind:
    """What a cell may hold: ``read(text, decimal)`` gives its plain text or raises ``Refused``.

    ``near``: of fixed words the one that a text may mean, "" where it would be a guess.
    ``decimal``: how this table writes decimals, "." or ","; None: unknown, so that 1.234 has two readings.
    """

    read: Callable[[str, str | None], str]
    remedy: str
    dtype: str = "str"
    number: Callable[[str], str] = str  # what of the text is the number: "Rp 1.000,-" -> "1.000"
    whole: bool = False
    near: Callable[[str], str] | None = None


def trim(text: str) -> str:
    """Without blanks at both ends, the non-breaking and zero-width ones too."""
    return text.strip(BLANKS)


def harmless(value: object, signs: tuple[str, ...] = FORMULA) -> object:
    """Text that begins like a formula gets an apostrophe in front, so that a spreadsheet shows it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(signs) else value


def remedy_of(name: str) -> str:
    return say(f"tables.remedy.{name}")


# -- numbers -----------------------------------------------------------------------------------------------------------


def readings(text: str) -> dict[str, str]:
    """The plain number under each decimal sign: '1.234' -> {'.': '1.234', ',': '1234'}; no number: {}."""
    found = {}
    if spaced := SPACED.fullmatch(text):
        text = text.replace(spaced[1], "")
    if POINT.fullmatch(text):
        found["."] = text.replace(",", "")
    if COMMA.fullmatch(text):
        found[","] = text.replace(".", "").replace(",", ".")
    return found


def decimal_signs(texts: Iterable[str]) -> set[str]:
    """The decimal signs that a table shows in the cells with one reading only."""
    return {sign for found in map(readings, texts) if len(found) == 1 for sign in found}


def amount(text: str) -> str:
    """The number of 'Rp 1.234.567,-': no currency, its dash as empty sen."""
    bare = CURRENCY.sub("", text, count=1) if CURRENCY.match(text) else text
    return re.sub(r"(?<=\d)([.,])--?$", r"\g<1>00", bare)


def points(text: str) -> str:
    """The number of '85,5 %'."""
    return trim(text.removesuffix("%"))


def figures_in_words(text: str) -> dict[str, Decimal]:
    """The figure of 'Rp 1,5 miliar' under each decimal sign; not a number in words: {}."""
    found = IN_WORDS.fullmatch(CURRENCY.sub("", text, count=1))
    return {sign: Decimal(n) * WORDS[found[2].lower()] for sign, n in readings(found[1]).items()} if found else {}


def read_rupiah(text: str, decimal: str) -> int:
    """Rupiah as people type them where what was read is shown at once: '395 miliar', 'Rp 395.000.000.000', '395,5'.

    A bare number below ten thousand counts miliar. ``decimal`` decides where an amount with a unit has two readings.
    Raises Refused; also for an English 'm', which may be million or miliar, and for a bare 395.000 or 395000, which may
    count miliar, juta or ribu.
    """
    bare = trim(text)
    found = figures_in_words(bare) if len(bare) <= 60 else {}
    if decimal == "." and re.search(r"[\d\s]m$", bare, re.IGNORECASE):
        found = {}
    elif not found and len(bare) <= 60:
        found = {sign: Decimal(value) for sign, value in readings(amount(bare)).items()}
        if not CURRENCY.match(bare):
            if len(set(found.values())) > 1 or 10**4 <= max(found.values(), default=Decimal(0)) < 10**6:
                raise Refused(say("tables.remedy.rupiah_bare"))
            found = {sign: value * 10**9 if value < 10**6 else value for sign, value in found.items()}
    value = found.get(decimal, next(iter(found.values()), Decimal(-1)))
    if value != int(value) or not 0 <= value <= 10**15:
        raise Refused(say("tables.remedy.rupiah_typed"))
    return int(value)


def refuse_words(text: str, remedy: str) -> None:
    """'1,5 miliar' is a phrase: refuse it with the figure to type, because a read phrase would hide a slip of 10^3."""
    figures = set(figures_in_words(text).values())
    whole = sorted({str(int(figure)) for figure in figures if figure == int(figure)}, key=int)
    if whole:
        raise Refused(say("tables.remedy.words", figure=say("words.or").join(whole), remedy=remedy))


def read_number(
    text: str, decimal: str | None, *, remedy: str, low: Decimal, high: Decimal, whole: bool = False, number=str
) -> str:  # fmt: skip
    """A number within its limits; a text with two readings is never guessed."""
    told = remedy_of(remedy)
    found = readings(number(text)) if len(text) <= 60 else {}
    if not whole:
        found = {sign: value for sign, value in found.items() if low <= Decimal(value) <= high}
    if not found:
        refuse_words(text, told)
        raise Refused(told)
    value = found.get(decimal or "") if len(set(found.values())) > 1 else next(iter(found.values()))
    if value is None or (whole and len(set(found.values())) > 1 and "." in value):
        whole_one, fraction = sorted(found.values(), key=lambda reading: "." in reading)
        raise Refused(say("tables.remedy.ambiguous", a=whole_one, b=fraction.replace(".", ","), remedy=told))
    if "." in value:  # 3.0, as tables of floats are written; for what is whole 1.000 has two readings
        value = value.rstrip("0").rstrip(".")
    if len(value) > 28 or (whole and "." in value) or not low <= Decimal(value) <= high:
        raise Refused(told)
    return value


def whole(remedy: str, low: int, high: int, number=str) -> Kind:
    """A kind of whole numbers; ``number=amount``: of rupiah, with its ways of writing."""
    read = partial(read_number, remedy=remedy, low=Decimal(low), high=Decimal(high), whole=True, number=number)
    return Kind(read, remedy, "Int64", number, True)


def decimal_kind(remedy: str, low: float, high: float, number: Callable[[str], str] = str) -> Kind:
    """A kind of decimal numbers; ``number=points``: of percentages, with their sign."""
    read = partial(read_number, remedy=remedy, low=Decimal(str(low)), high=Decimal(str(high)), number=number)
    return Kind(read, remedy, "float64", number)


# -- words -------------------------------------------------------------------------------------------------------------


def read_text(text: str, decimal: str | None = None) -> str:
    if len(text) > LONGEST:
        raise Refused(say("tables.remedy.too_long", most=LONGEST))
    return text


def read_id(text: str, decimal: str | None = None) -> str:
    if not text:
        raise Refused(remedy_of("id"))
    return read_text(text)


def read_kode(text: str, decimal: str | None = None) -> str:
    if re.fullmatch(r"\d\d\.\d\d", text, re.ASCII):
        return text
    raise Refused(remedy_of("kode"))


def read_place(text: str, decimal: str | None = None) -> str:
    """What stands for a kabupaten, as it stands: only beside the reference is it known which one is meant."""
    if not text:
        raise Refused(remedy_of("kode"))
    return read_text(text)


def one_of(remedy: str, *options: str, also: dict[str, str] | None = None) -> Kind:
    """A kind of fixed words; ``also``: other words (blanks as _) that mean one of them; else the nearest is told."""
    said = {"_".join(words_of(word)) or word: ours for word, ours in (also or {}).items()}

    def near(text: str) -> str:
        folded = text.casefold()[:60]
        return said.get("_".join(words_of(folded)) or folded) or nearest(folded, options)

    def read(text: str, decimal: str | None = None) -> str:
        if text.casefold() in options:
            return text.casefold()
        word = near(text)
        raise Refused(remedy_of(remedy) + (" " + say("errors.near", near=word) if word else ""))

    return Kind(read, remedy, near=near)


def read_date(text: str, decimal: str | None = None) -> str:
    """Year-month-day, day-month-year or '31 Maret 27'; a bare serial number is told the day that it would be."""
    if re.fullmatch(r"[2-7]\d{4}", text, re.ASCII):
        meant = date(1899, 12, 30) + timedelta(days=int(text))
        raise Refused(say("tables.remedy.serial", date=meant.isoformat()))
    try:
        year, month, day = date_parts(text)
        found = date(year, month, day)
    except ValueError:
        raise Refused(remedy_of("tanggal")) from None
    if not 1900 <= year <= 2099:
        raise Refused(remedy_of("tanggal"))
    return found.isoformat()


def date_parts(text: str) -> tuple[int, int, int]:
    """Year, month and day as written; raises ValueError for other forms."""
    if found := re.fullmatch(r"(\d{4})([-/])(\d\d?)\2(\d\d?)(?: 00:00:00)?", text, re.ASCII):
        return int(found[1]), int(found[3]), int(found[4])
    if found := re.fullmatch(r"(\d\d?)([/.-])(\d\d?)\2(\d{4}|\d\d)", text, re.ASCII):
        return whole_year(found[4]), int(found[3]), int(found[1])
    if found := NAMED_MONTH.fullmatch(text):
        return whole_year(found[3]), MONTHS.get(found[2].casefold(), 0), int(found[1])
    raise ValueError(text)


def whole_year(text: str) -> int:
    """A year of two digits as spreadsheets take it: '27' is 2027, '98' is 1998."""
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) < 70 else 1900)
