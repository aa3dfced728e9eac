"""The regions that one can report on."""

import re
from dataclasses import dataclass, replace

import pandas as pd

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import say
from planner.tables.places import place_hint

NATIONAL = "nasional"


@dataclass(frozen=True)
class Wilayah:
    """A region one can report on: ``kind`` is nasional | pulau | provinsi | kabupaten; ``kode`` names its file."""

    kode: str
    nama: str
    kind: str
    members: tuple[str, ...]  # codes of its kabupaten, in order
    asked: str = ""  # what was read as its code, where that lacked a zero

    @property
    def file_name(self) -> str:
        """A file name without blanks, colons or anything from a table but the code."""
        return "laporan-" + "".join(c if c.isalnum() or c in ".-" else "-" for c in self.kode.lower())


def wilayah(name: str, kabupaten: pd.DataFrame) -> Wilayah:
    """The region of a name: ``nasional``, an island group, a province code or name, a kabupaten code or name.

    YAML reads ``11.10`` as a number and drops its zero: ``11.1`` is that kabupaten, and ``asked`` says so.
    """
    if re.fullmatch(r"\d\d\.\d", name):
        return replace(wilayah(f"{name}0", kabupaten), asked=name)
    if name.lower() == NATIONAL:
        return Wilayah(NATIONAL, say("words.national"), NATIONAL, tuple(kabupaten["kode"]))
    for kind, column, label in (
        ("pulau", "pulau", "pulau"), ("provinsi", "kode_provinsi", "provinsi"), ("provinsi", "provinsi", "provinsi"),
        ("kabupaten", "kode", "nama"), ("kabupaten", "nama", "nama"),
    ):  # fmt: skip
        found = kabupaten[kabupaten[column].str.lower() == name.lower()]
        if len(found):
            code = {"pulau": "pulau", "provinsi": "kode_provinsi", "kabupaten": "kode"}[kind]
            nama = say("words.island_group", name=found[label].iat[0]) if kind == "pulau" else found[label].iat[0]
            return Wilayah(found[code].iat[0], nama, kind, tuple(found["kode"]))
    known = [
        NATIONAL,
        *kabupaten["pulau"],
        *kabupaten["kode_provinsi"],
        *kabupaten["provinsi"],
        *kabupaten["kode"],
        *kabupaten["nama"],
    ]
    near = place_hint(name) or hint(name, known)
    raise PlannerError(say("errors.unknown", kind=say("words.wilayah"), name=shown(name), hint=near))


def provinces(kabupaten: pd.DataFrame) -> list[str]:
    """The 38 province codes, in order."""
    return sorted(kabupaten["kode_provinsi"].unique())
