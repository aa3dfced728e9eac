"""Which kabupaten a feature is: by a code of Kemendagri or BPS, else by its name, whatever the column is called."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

CODE = re.compile(r"(\d{2})[. -]?(\d{2})([. -]?\d{2,3})?([. -]?\d{3,4})?")  # and what is finer, which we do not need
DIGITS = (4, 6, 7, 10)  # of a kabupaten, of a kecamatan (Kemendagri, BPS), of a desa
KIND = re.compile(r"(kabupaten|kab|kotamadya|kodya|kota)\b[. ]*(?:(?:administrasi|adm)\b[. ]*)?")
PROVINCE = re.compile(r"(provinsi|propinsi|prov)\b[. ]*")
SAME_WORD = {"kep": "kepulauan", "dan": ""}
SAME_PROVINCE = {
    "diyogyakarta": "daerahistimewayogyakarta", "yogyakarta": "daerahistimewayogyakarta",
    "dkijakarta": "daerahkhususibukotajakarta", "jakarta": "daerahkhususibukotajakarta",
    "jakartaraya": "daerahkhususibukotajakarta", "daerahkhususjakarta": "daerahkhususibukotajakarta",
    "bangkabelitung": "kepulauanbangkabelitung", "nanggroeacehdarussalam": "aceh",
}  # fmt: skip
NEAR = 9, 10  # a reading that places nine tenths of what the best one places is as good


@dataclass(frozen=True)
class Match:
    """A way to read a layer: ``kode`` per feature ('' where it names none), ``by`` kemendagri | bps | name."""

    by: str
    column: str
    kode: np.ndarray
    filled: int  # features that hold anything there

    @property
    def count(self) -> int:
        """How many kabupaten it finds."""
        return len(set(self.kode) - {""})

    @property
    def plausible(self) -> bool:
        """Whether most of what the column holds names a kabupaten: a running number or a postcode does not."""
        return self.count > 0 and 2 * (self.kode != "").sum() >= self.filled

    def placed(self, seen: list[tuple[int, str]]) -> int:
        """How many kabupaten have their own point inside a feature that bears their code."""
        return sum(self.kode[feature] == kode for feature, kode in seen)


def best_match(columns: pd.DataFrame, kabupaten: pd.DataFrame, seen: list[tuple[int, str]]) -> Match | None:
    """The reading that puts most kabupaten where they are; where several do, a code before a name, then who finds more.

    ``seen``: (feature, kode of a kabupaten whose point lies inside it). Most codes exist both with Kemendagri and with
    BPS, for different kabupaten: only the place tells which is meant.
    """
    found = [match for match in readings(columns, kabupaten) if match.count]
    found = [match for match in found if match.plausible] or found
    most = max((match.placed(seen) for match in found), default=0)
    good = [match for match in found if NEAR[1] * match.placed(seen) >= NEAR[0] * most]
    return max(good, key=lambda m: (m.by != "name", m.placed(seen), m.count), default=None)


def readings(columns: pd.DataFrame, kabupaten: pd.DataFrame) -> Iterator[Match]:
    """Every column read as each kind of code, and every text column read as names."""
    codes = {"kemendagri": kabupaten["kode"].str.replace(".", ""), "bps": kabupaten["kode_bps"]}
    known = {by: dict(zip(column, kabupaten["kode"], strict=True)) for by, column in codes.items()}
    told = provinces_told(columns, kabupaten)
    province = max(told.values(), key=lambda names: sum(map(bool, names)), default=[""] * len(columns))
    for name in columns:
        digits = each(columns[name], code_of)
        for by, table in known.items():
            yield match(by, name, columns[name], [table.get(code, "") for code in digits])
        if name in told and 2 * sum(map(bool, told[name])) < len(columns):  # else it names provinces: Jambi, Gorontalo
            yield match("name", name, columns[name], named(columns[name], province, kabupaten))


def match(by: str, name: str, column: pd.Series, kode: list[str]) -> Match:
    return Match(by, str(name), np.array(kode, dtype=object), int(column.notna().sum()))


def each(column: pd.Series, read) -> list:
    """``read`` of every value, asked once per different value; '' where there is none."""
    answers = {value: read(value) for value in column.dropna().unique()}
    return [answers.get(value, "") if value == value else "" for value in column]


def code_of(value: object) -> str:
    """Four digits of a code of a kabupaten or of anything inside it: ``"51.04.05"`` -> ``"5104"``; '' if it is none."""
    text = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value).strip()
    found = CODE.fullmatch(text)
    return found[1] + found[2] if found and sum(map(str.isdigit, text)) in DIGITS else ""


def letters(name: str) -> str:
    """A name without case, accents, blanks, signs and the word 'dan'."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return "".join(SAME_WORD.get(word, word) for word in re.findall(r"[a-z]+", plain))


def kind_and_base(name: str) -> tuple[str, str]:
    """``"KAB. SOLOK"`` -> ``("kabupaten", "solok")``; the kind is '' where the name does not say it."""
    text = " ".join(name.lower().split())
    found = KIND.match(text)
    if not found:
        return "", letters(text)
    return "kabupaten" if found[1].startswith("kab") else "kota", letters(text[found.end() :])


def provinces_told(columns: pd.DataFrame, kabupaten: pd.DataFrame) -> dict[str, list[str]]:
    """For each text column the province that each feature names there; '' where it names none."""
    known = {letters(name) for name in kabupaten["provinsi"]}

    def read(value: object) -> str:
        name = letters(PROVINCE.sub("", str(value).lower()))
        return name if (name := SAME_PROVINCE.get(name, name)) in known else ""

    return {name: each(column, read) for name, column in columns.items() if column.dtype.kind not in "iuf"}


def named(column: pd.Series, province: list[str], kabupaten: pd.DataFrame) -> list[str]:
    """The kabupaten of each name; one that fits several is none of them.

    A name without 'Kabupaten' or 'Kota' is the kabupaten where the column says 'Kota' of others.
    """
    index: dict[str, list[tuple[str, str, str]]] = {}
    for row in kabupaten.itertuples():
        index.setdefault(kind_and_base(row.nama)[1], []).append((row.jenis, letters(row.provinsi), row.kode))
    told_apart = "kota" in each(column, lambda value: kind_and_base(str(value))[0])

    def find(value: object, own: str) -> str:
        kind, base = kind_and_base(str(value))
        fits = [k for k in index.get(base, ()) if kind in ("", k[0])] or index.get(letters(str(value)), [])
        near = [k for k in fits if k[1] == own] or fits
        if len(near) > 1 and not kind and told_apart:
            near = [k for k in near if k[0] == "kabupaten"]
        return near[0][2] if len(near) == 1 else ""

    pairs = list(zip(column, province, strict=True))
    answers = {pair: find(*pair) for pair in set(pairs) if pair[0] == pair[0] and pair[0] is not None}
    return [answers.get(pair, "") for pair in pairs]
