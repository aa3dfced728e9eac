"""The people of a sentra and who is trained to run it: told beside the money, never added to it; empty is not known."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from planner.base.messages import say
from planner.base.units import number, rupiah
from planner.tables.schemas import TRAINED

BUILDINGS = (
    "gedung_produksi", "gedung_upt", "gedung_promosi", "kantor_pengelola", "rumah_kemasan", "gudang",
)  # fmt: skip


def people(row: Mapping[str, Any], built: bool) -> Iterator[str]:
    """The sentences of one usulan with its sentra's columns; ``built``: a building of it is funded."""
    yield say(
        "people.line", usulan=row["usulan_id"], pengurus=some(row, "pengurus_orang", "pengurus_sk"),
        pengelola=some(row, "pengelola", "pengelola_orang", "pengelola_sk"), anggota=some(row, "anggota_orang"),
        upt=upt(row),
    )  # fmt: skip
    year = say("people.year", ta=int(row["nonfisik_ta"])) if known(row, "nonfisik_ta") else ""
    money = rupiah(int(row["nonfisik_rp"])) if known(row, "nonfisik_rp") else say("people.unknown")
    yield say("people.companion", amount=money, year=year, purposes=", ".join(purposes(row)) or say("people.unknown"))
    if built and trained(row) is not True:
        yield say("people.not_known" if trained(row) is None else "people.nobody")


def trained(row: Mapping[str, Any]) -> bool | None:
    """Whether DAK Nonfisik trains anybody: no where all numbers, or its rupiah, are 0; None where that is not known."""
    counts = [int(row[name]) if known(row, name) else None for name in TRAINED]
    if any(counts):
        return True
    nothing = known(row, "nonfisik_rp") and int(row["nonfisik_rp"]) == 0
    return False if nothing or None not in counts else None


def known(row: Mapping[str, Any], name: str) -> bool:
    return not pd.isna(row.get(name))


def some(row: Mapping[str, Any], *names: str) -> str:
    """What is known of a body: its kind, how many people, its decree."""
    told = [part(name, row[name]) for name in names if known(row, name)]
    return ", ".join(told) or say("people.unknown")


def part(name: str, value: Any) -> str:
    if name.endswith("_orang"):
        return say("people.persons", count=number(int(value)))
    return say("people.decree", sk=str(value).removeprefix("SK ")) if name.endswith("_sk") else str(value)


def upt(row: Mapping[str, Any]) -> str:
    """Whether there is a UPT, with its people and decree."""
    more = [part(name, row[name]) for name in ("uptd_orang", "uptd_sk") if known(row, name)]
    if not known(row, "uptd"):
        return ", ".join(more) or say("people.unknown")
    return ", ".join([say("people.there" if row["uptd"] == "ya" else "people.none"), *more])


def purposes(row: Mapping[str, Any]) -> Iterator[str]:
    """'mutu 20' for each purpose of which a number is known."""
    for name in TRAINED:
        if known(row, name):
            yield say(f"people.{name}", count=say("people.persons", count=number(int(row[name]))))


def people_of(usulan: pd.DataFrame, built: Mapping[str, bool]) -> dict[str, list[str]]:
    """The sentences of each usulan named in ``built``, which says whether a building of it is funded."""
    rows = usulan[usulan["usulan_id"].isin(built)].to_dict("records")
    return {
        str(row["usulan_id"]): list(people({str(k): v for k, v in row.items()}, built[row["usulan_id"]]))
        for row in rows
    }
