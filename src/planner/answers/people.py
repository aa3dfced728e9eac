"""The people of a sentra and who is trained to run it: told beside the money, never added to it; empty is not known."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from planner.base.messages import say
from planner.base.units import number, rupiah
from planner.model.candidates import Candidates
from planner.plan.plan import Plan
from planner.tables.schemas import TRAINED

BUILDINGS = (
    "gedung_produksi", "gedung_upt", "gedung_promosi", "kantor_pengelola", "rumah_kemasan", "gudang",
)  # fmt: skip


Row = Mapping[str, Any]  # of the table of usulan, with the columns of its sentra


def people(row: Row, built: bool) -> Iterator[str]:
    """The sentences of one usulan with its sentra's columns; ``built``: a building of it is funded."""
    yield say("people.line", usulan=row["usulan_id"], **bodies(row))
    yield say("people.companion", amount=companion(row), purposes=training(row))
    if lack := lacking(row, built):
        yield say(f"people.{lack}")


def bodies(row: Row) -> dict[str, str]:
    """What is known of the four bodies of a sentra, by their names in PP 29/2018."""
    return {
        "pengurus": some(row, "pengurus_orang", "pengurus_sk"),
        "pengelola": some(row, "pengelola", "pengelola_orang", "pengelola_sk"), "anggota": some(row, "anggota_orang"),
        "upt": upt(row),
    }  # fmt: skip


def companion(row: Row) -> str:
    """The rupiah of DAK Nonfisik and their year."""
    year = say("people.year", ta=int(row["nonfisik_ta"])) if known(row, "nonfisik_ta") else ""
    money = rupiah(int(row["nonfisik_rp"])) if known(row, "nonfisik_rp") else say("people.unknown")
    return f"{money}{year}"


def training(row: Row) -> str:
    """How many are trained for what."""
    return ", ".join(purposes(row)) or say("people.unknown")


def lacking(row: Row, built: bool) -> str:
    """``nobody`` where a building is funded and nobody is trained to run it, ``not_known`` where that is not known."""
    if not built or trained(row):
        return ""
    return "not_known" if trained(row) is None else "nobody"


def trained(row: Row) -> bool | None:
    """Whether DAK Nonfisik trains anybody: no where all numbers, or its rupiah, are 0; None where that is not known."""
    counts = [int(row[name]) if known(row, name) else None for name in TRAINED]
    if any(counts):
        return True
    nothing = known(row, "nonfisik_rp") and int(row["nonfisik_rp"]) == 0
    return False if nothing or None not in counts else None


def known(row: Row, name: str) -> bool:
    return not pd.isna(row.get(name))


def some(row: Row, *names: str) -> str:
    """What is known of a body: its kind, how many people, its decree."""
    told = [part(name, row[name]) for name in names if known(row, name)]
    return ", ".join(told) or say("people.unknown")


def part(name: str, value: Any) -> str:
    if name.endswith("_orang"):
        return say("people.persons", count=number(int(value)))
    return say("people.decree", sk=str(value).removeprefix("SK ")) if name.endswith("_sk") else str(value)


def upt(row: Row) -> str:
    """Whether there is a UPT, with its people and decree."""
    more = [part(name, row[name]) for name in ("uptd_orang", "uptd_sk") if known(row, name)]
    if not known(row, "uptd"):
        return ", ".join(more) or say("people.unknown")
    return ", ".join([say("people.there" if row["uptd"] == "ya" else "people.none"), *more])


def purposes(row: Row) -> Iterator[str]:
    """'mutu 20' for each purpose of which a number is known."""
    for name in TRAINED:
        if known(row, name):
            yield say(f"people.{name}", count=say("people.persons", count=number(int(row[name]))))


def people_of(usulan: pd.DataFrame, built: Mapping[str, bool]) -> dict[str, list[str]]:
    """The sentences of each usulan named in ``built``, which says whether a building of it is funded."""
    return {str(row["usulan_id"]): list(people(row, own)) for row, own in rows_of(usulan, built)}


def rows_of(usulan: pd.DataFrame, built: Mapping[str, bool]) -> list[tuple[Row, bool]]:
    """The rows of these usulan, each with whether a building of it is funded."""
    rows = usulan[usulan["usulan_id"].isin(built)].to_dict("records")
    return [({str(k): v for k, v in row.items()}, built[row["usulan_id"]]) for row in rows]


def built_by(plan: Plan, candidates: Candidates) -> dict[str, bool]:
    """Of each usulan that a plan funds whether a building of it is; nothing of a simulation."""
    if plan.modelled:
        return {}
    parts = dict(candidates.rincian.set_index(["usulan_id", "rincian_id"])["komponen"])
    return {
        one["usulan_id"]: any(parts.get((one["usulan_id"], line["rincian_id"])) in BUILDINGS for line in one["lines"])
        for one in plan["funded"]
    }
