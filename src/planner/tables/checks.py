"""The tables of usulan against each other and against the reference, whatever is wrong inside each of them."""

from collections.abc import Collection, Mapping
from functools import cache
from itertools import pairwise

import pandas as pd

from planner.errors import hint, shown
from planner.messages import say
from planner.tables.cells import trimmed
from planner.tables.findings import one_line
from planner.tables.grids import Read
from planner.tables.prices import prices
from planner.tables.schemas import RP0, STEPS
from planner.units import rupiah_full

HINTS = 2_000  # names; above it a search for the nearest would take longer than the reading
SMALLEST_RP = 1_000_000  # an amount below it is no amount of a DAK usulan


def check_together(read: Mapping[str, Read], kabupaten: pd.DataFrame, komponen: pd.DataFrame) -> None:
    """Add to the findings every key without its match, every volume and amount that cannot be or looks mistyped."""
    names = kabupaten.set_index("kode")
    for table in read.values():
        known(table, "kode", names.index, "checks.unknown_kode")
        small_amounts(table)
    if usulan := read.get("usulan"):
        own_government(usulan, names)
        without_ikm(usulan)
        beyond_last_phase(usulan)
        before_its_phase(usulan)
    if rincian := read.get("rincian"):
        known(rincian, "komponen", komponen["komponen"], "checks.unknown_komponen")
        volumes(rincian, komponen)
    if usulan and rincian:
        known(rincian, "usulan_id", usulan.texts("usulan_id"), "checks.unknown_usulan")
        without_lines(usulan, rincian)
        prices(rincian, usulan, names["ikk"], komponen.set_index("komponen"))
    if usulan and (sentra := read.get("sentra")):
        known(usulan, "sentra_id", sentra.texts("sentra_id"), "checks.unknown_sentra")
        same_place(usulan, sentra, names.index)
    if realisasi := read.get("realisasi"):
        rising_steps(realisasi)
        if sentra := read.get("sentra"):
            known(realisasi, "sentra_id", sentra.texts("sentra_id"), "checks.unknown_sentra")


def known(table: Read, column: str, names: Collection[str], key: str) -> None:
    """Every text of the column is one of ``names``; nothing is asked where the other table shows none."""
    names = set(names) - {""}
    if column not in table.plain or not names:
        return
    cells = table.texts(column)

    @cache
    def remedy(name: str) -> str:
        alike = [n for n in names if n[:2] == name[:2]] if column == "kode" else []  # of the same province
        near = hint(name[:60], map(one_line, alike or names)) if len(names) <= HINTS else ""
        return say(key, name=shown(name), hint=near).strip()

    table.tell((cells != "") & ~cells.isin(names), column, lambda row: remedy(cells[row]))


def own_government(usulan: Read, names: pd.DataFrame) -> None:
    """A unit of DKI Jakarta has no budget of its own, so it cannot receive DAK."""
    kode = usulan.texts("kode")
    dki = set(names.index[names["otonom"] == "tidak"])
    usulan.tell(kode.isin(dki), "kode", lambda row: say("checks.not_autonomous", nama=names.at[kode[row], "nama"]))


def without_ikm(usulan: Read) -> None:
    """An usulan that names no IKM counts 0 in the benefit."""
    cells = usulan.grid.text.get("ikm_komitmen", usulan.texts("ikm_komitmen"))
    empty = cells.map(trimmed) == ""
    if empty.all():
        usulan.grid.findings.add(say("checks.no_ikm_at_all"), level="warning")
    else:
        usulan.tell(empty, "ikm_komitmen", lambda _: say("checks.no_ikm"), "warning")


def beyond_last_phase(usulan: Read) -> None:
    """No phase after the last one."""
    fase, total = usulan.numbers("fase"), usulan.numbers("fase_total")
    usulan.tell(
        fase > total, "fase", lambda row: say("checks.fase_total", fase=int(fase[row]), total=int(total[row]))
    )  # fmt: skip


def before_its_phase(usulan: Read) -> None:
    """A phase is doubtful that is ready before any usulan of the phase before it in the same sentra."""
    sentra, fase, ta = usulan.texts("sentra_id"), usulan.numbers("fase").fillna(1), usulan.numbers("ta")
    first = ta.groupby([sentra, fase]).min()
    after = pd.Series(first.reindex(pd.MultiIndex.from_arrays([sentra, fase - 1])).to_numpy(), ta.index)
    said = lambda row: {"fase": int(fase[row]), "before": int(fase[row]) - 1, "after": int(after[row])}  # noqa: E731
    usulan.tell(
        (sentra != "") & (after > ta), "ta", lambda row: say("checks.fase_ta", ta=int(ta[row]), **said(row)), "warning"
    )


def without_lines(usulan: Read, rincian: Read) -> None:
    """An usulan without lines has no cost."""
    names = usulan.texts("usulan_id")
    if "usulan_id" in rincian.plain:
        alone = (names != "") & ~names.isin(set(rincian.plain["usulan_id"]))
        usulan.tell(alone, "usulan_id", lambda row: say("checks.no_lines", usulan=shown(names[row])))


def same_place(usulan: Read, sentra: Read, names: Collection[str]) -> None:
    """An usulan and its sentra lie in the same kabupaten; an unknown kode is told elsewhere."""
    kode = usulan.texts("kode")
    places = pd.Series(sentra.texts("kode").to_numpy(), sentra.texts("sentra_id").to_numpy())
    there = usulan.texts("sentra_id").map(places[~places.index.duplicated()].drop("", errors="ignore"))
    apart = there.isin(names) & kode.isin(names) & (kode != there)
    usulan.tell(apart, "kode", lambda row: say("checks.other_place", kode=there[row]))


def rising_steps(realisasi: Read) -> None:
    """No step of the chain from pagu to absorption is more than the last known one before it.

    An amount that looks mistyped (``small_amounts``) is no measure for another.
    """
    steps = pd.DataFrame({step: realisasi.numbers(step) for step in STEPS})
    before = steps.mask((steps > 0) & (steps < SMALLEST_RP)).ffill(axis=1)
    for earlier, step in pairwise(STEPS):

        def remedy(row: int, earlier=earlier) -> str:
            return say("checks.rising_step", before=rupiah_full(int(before.at[row, earlier])))

        realisasi.tell(realisasi.numbers(step) > before[earlier], step, remedy, "warning")


def volumes(rincian: Read, komponen: pd.DataFrame) -> None:
    """No smallest volume above the volume; a volume beyond what any usulan has asked for is doubtful."""
    volume, least = rincian.numbers("volume"), rincian.numbers("volume_min")
    most = rincian.texts("komponen").map(komponen.set_index("komponen")["volume_maks"]).astype("float64")
    rincian.tell(
        least > volume, "volume_min", lambda row: say("checks.volume_min", low=int(least[row]), high=int(volume[row]))
    )
    rincian.tell(
        volume > most, "volume", lambda row: say("checks.volume_maks", most=int(most[row])), "warning"
    )  # fmt: skip


def small_amounts(table: Read) -> None:
    """An amount that is no amount of a DAK usulan was perhaps written in thousands or millions."""
    for column, kind in table.grid.kinds.items():
        if kind is RP0:
            amount = table.numbers(column)
            table.tell(
                (amount > 0) & (amount < SMALLEST_RP), column, lambda row, a=amount: small(int(a[row])), "warning"
            )


def small(amount_rp: int) -> str:
    return say("checks.small_amount", thousands=rupiah_full(amount_rp * 10**3), millions=rupiah_full(amount_rp * 10**6))
