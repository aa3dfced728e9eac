"""Which kabupaten is meant: by a code of any system, or by a name as people write it."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from planner.base.errors import hint, shown
from planner.base.messages import say
from planner.tables.cells import remedy_of
from planner.tables.reference import reference_tables

SAME_WORD = {
    "kab": "kabupaten", "pemkab": "kabupaten", "kotamadya": "kota", "kodya": "kota", "pemkot": "kota",
    "kep": "kepulauan", **dict.fromkeys(("provinsi", "prov", "pemerintah", "administrasi", "adm", "dan"), ""),
}  # fmt: skip
KINDS = ("kabupaten", "kota")
KIND = re.compile(r"\b(kab|kabupaten|pemkab|kota|pemkot)\b", re.IGNORECASE)
SYSTEMS = ("kemendagri", "kemendagri_2021", "bps", "bps_2020", "djpk")
FLOAT = re.compile(r"(?<=\d\d)\.0$")  # 1101.0, as tables of floats are written
WRITTEN = {  # how a code may stand in a cell: the code, and how it was lost
    r"(\d\d)\.(\d\d)": ("{0}.{1}", ""), r"(\d\d)\.(\d)": ("{0}.{1}0", "kode_number"),
    r"(\d\d),?(\d\d)": ("{0}.{1}", "kode_number"), r"(\d\d),(\d)": ("{0}.{1}0", "kode_number"),
    r"\d{4}-(\d\d)-(\d\d)( .*)?": ("{1}.{0}", "kode_date"),
}  # fmt: skip


def letters(name: object) -> str:
    """A name without case, accents, blanks and signs, its kind in full and first: ``"Solok (Kab.)"`` ->
    ``"kabupatensolok"``."""
    plain = unicodedata.normalize("NFKD", str(name).lower()).encode("ascii", "ignore").decode()
    words = [SAME_WORD.get(word, word) for word in re.findall(r"[a-z]+", plain)]
    last = len(words) > 1 and words[-1] in KINDS and words[0] not in KINDS
    return "".join(words[-1:] + words[:-1] if last else words)


def as_code(text: str) -> tuple[str, str]:
    """The code that a cell may hold and how it was lost: '5104' -> ('51.04', 'kode_number'); no code: ('', '')."""
    for pattern, (code, how) in WRITTEN.items():
        if found := re.fullmatch(pattern, text, re.ASCII):
            return code.format(*found.groups()), how
    return "", ""


@dataclass(frozen=True)
class Gazetteer:
    """The kabupaten by what else they are known by.

    ``names``: kode -> official name; ``provinces``: of provinces. ``codes``: system -> its code as PP.KK -> kode.
    ``called``, ``provinces_called``: ``letters`` of every name, former and short ones too -> codes.
    """

    names: dict[str, str]
    provinces: dict[str, str]
    codes: dict[str, dict[str, str]]
    called: dict[str, set[str]]
    provinces_called: dict[str, set[str]]

    def told(self, kodes: Iterable[str]) -> str:
        """'13.02 Kabupaten Solok atau 13.72 Kota Solok'."""
        return say("words.or").join(f"{kode} {self.names[kode]}" for kode in sorted(kodes))

    def systems(self, code: str) -> dict[str, str]:
        """What a code means in each system that has it: {'kemendagri': '11.01', 'djpk': '33.04'}."""
        return {system: known[code] for system, known in self.codes.items() if code in known}

    def readings(self, code: str) -> str:
        """Every kabupaten that a code may mean, each with its system; "" where none."""
        found: dict[str, list[str]] = {}
        for system, kode in self.systems(code).items():
            found.setdefault(kode, []).append(say(f"checks.systems.{system}"))
        return say("words.or").join(f"{self.told([kode])} ({', '.join(of)})" for kode, of in found.items())

    def remedy(self, cell: str) -> str:
        """What to say of a cell that is no kode: the readings of its code, the kode of its name, or what a kode is."""
        code, how = as_code(cell)
        readings = self.readings(code)
        if how:
            return say(f"tables.remedy.{how}", kode=readings or code)
        if code:
            alike = [kode for kode in self.names if kode[:2] == code[:2]]  # of the same province
            near = say("checks.other_code", kode=readings) if readings else hint(cell, alike or self.names)
            return say("checks.unknown_kode", name=shown(cell), hint=near)
        if named := self.meant(cell):
            return say("checks.name_for_kode", kode=self.told(named))
        return remedy_of("kode")

    def meant(self, cell: str) -> set[str]:
        """The kabupaten that a name means, alone or after other words: 'Dinas Perindustrian Kab. Solok'."""
        ends = (cell[kind.start() :] for kind in KIND.finditer(cell))
        return next((found for text in (cell, *ends) if (found := self.called.get(letters(text)))), set())

    def systems_named(self, header: str) -> tuple[str, ...]:
        """The systems of codes that a header names, else all."""
        named = [one for one in ("mendagri", "bps", "djpk") if one in header.casefold()]
        return tuple(system for system in SYSTEMS if not named or any(one in system for one in named))

    def place(self, cell: str, systems: Iterable[str] = ()) -> set[str]:
        """The kabupaten that a cell means: by name, else by its code in any of these systems."""
        code = as_code(FLOAT.sub("", cell))[0]
        return self.meant(cell) or {self.codes[system][code] for system in systems if code in self.codes[system]}

    def province(self, cell: str, systems: Iterable[str] = ()) -> set[str]:
        """The provinces that a cell means: by name, else by its code in any of these systems."""
        codes = (pair for system in systems for pair in self.codes[system].items())
        here = {kode[:2] for code, kode in codes if code[:2] == FLOAT.sub("", cell)}
        return self.provinces_called.get(letters(cell), here)


def place_hint(text: str) -> str:
    """What a code of another system or a name may mean, by code and name; "" for what is a kode, or nothing."""
    known = known_places()
    of_provinces = say("words.or").join(f"{kode} {known.provinces[kode]}" for kode in sorted(known.province(text)))
    meant = known.readings(as_code(text)[0]) or known.told(known.meant(text)) or of_provinces
    return say("checks.other_code", kode=meant) if meant and text not in known.names else ""


def known_places() -> Gazetteer:
    """The gazetteer of the tables that are shipped."""
    return gazetteer(*(table.data for table in reference_tables(("kabupaten", "padanan")).values()))


def gazetteer(kabupaten: pd.DataFrame, padanan: pd.DataFrame) -> Gazetteer:
    """All that the reference tables know."""
    names = dict(zip(kabupaten["kode"], kabupaten["nama"], strict=True))
    provinces = dict(zip(kabupaten["kode_provinsi"], kabupaten["provinsi"], strict=True))
    codes: dict[str, dict[str, str]] = {system: {} for system in SYSTEMS}
    codes["kemendagri"] = {kode: kode for kode in names}
    pairs = [("bps", bps, kode) for bps, kode in zip(kabupaten["kode_bps"], kabupaten["kode"], strict=True)]
    others = padanan[["jenis", "isi", "kode"]].itertuples(index=False, name=None)
    called, in_province = by_letters(names.items()), by_letters(provinces.items())
    for kind, other, kode in [*pairs, *others]:
        if kind in codes:
            codes[kind][as_code(other)[0]] = kode
        elif kind == "nama":
            called[letters(other)].add(kode)
        else:
            in_province[letters(other)].add(kode)
    bare = by_letters((kode, re.sub("^(?:kabupaten|kota)", "", name)) for name, of in called.items() for kode in of)
    either = {name: called.get(name, set()) | bare.get(name, set()) for name in called | bare}
    return Gazetteer(names, provinces, codes, either, dict(in_province))


def by_letters(names: Iterable[tuple[str, str]]) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for kode, name in names:
        found[letters(name)].add(kode)
    return found
