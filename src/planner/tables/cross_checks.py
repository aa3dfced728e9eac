"""The tables of usulan against each other and against the reference, whatever is wrong inside each of them."""

from collections.abc import Collection, Mapping
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd

from planner.base.errors import hint, shown
from planner.base.messages import say
from planner.base.units import rupiah_full
from planner.tables.cells import trim
from planner.tables.evidence import check_evidence
from planner.tables.findings import one_line
from planner.tables.grids import Read
from planner.tables.place_checks import far_sentra, former_codes, known_kode, names_and_codes
from planner.tables.places import gazetteer
from planner.tables.quarters import check_quarters
from planner.tables.schemas import RP0, STEPS, TRAINED, columns_of

HINTS = 2_000  # names; above it a search for the nearest would take longer than the reading
SMALLEST_RP = 1_000_000  # an amount below it is no amount of a DAK usulan


def check_together(
    read: Mapping[str, Read], reference: Mapping[str, pd.DataFrame], first_year: int | None
) -> None:  # fmt: skip
    """Add to the findings every key without its match, every volume and amount that cannot be or looks mistyped."""
    kabupaten, komponen = reference["kabupaten"], reference["komponen"]
    names, places = kabupaten.set_index("kode"), gazetteer(kabupaten, reference["padanan"])
    if realisasi := read.get("realisasi"):
        former_codes(realisasi, places)
    for name, table in read.items():
        if "kode" in columns_of(name):
            known_kode(table, places)
        names_and_codes(table, places)
        small_amounts(table)
    if usulan := read.get("usulan"):
        own_government(usulan, names)
        without_ikm(usulan)
        trained_for_nothing(usulan)
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
    if sentra := read.get("sentra"):
        far_sentra(sentra, kabupaten)
    if bukti := read.get("bukti"):
        check_evidence(bukti, reference["provinsi"], kabupaten, first_year)
    if realisasi:
        rising_steps(realisasi)
        check_quarters(realisasi)
        if sentra:
            known(realisasi, "sentra_id", sentra.texts("sentra_id"), "checks.unknown_sentra")


def known(table: Read, column: str, names: Collection[str], key: str) -> None:
    """Every text of the column is one of ``names``; nothing is asked where the other table shows none."""
    names = set(names) - {""}
    if column not in table.plain or not names:
        return
    cells = table.texts(column)

    @cache
    def remedy(name: str) -> str:
        near = hint(name[:60], map(one_line, names)) if len(names) <= HINTS else ""
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
    empty = cells.map(trim) == ""
    if empty.all():
        usulan.grid.findings.add(say("checks.no_ikm_at_all"), level="warning")
    else:
        usulan.tell(empty, "ikm_komitmen", lambda _: say("checks.no_ikm"), "warning")


def trained_for_nothing(usulan: Read) -> None:
    """People who are trained by DAK Nonfisik of Rp 0 are doubtful."""
    people = pd.DataFrame({name: usulan.numbers(name) for name in TRAINED}).max(axis=1)
    doubtful = (usulan.numbers("nonfisik_rp") == 0) & (people > 0)
    usulan.tell(doubtful, "nonfisik_rp", lambda _: say("checks.trained_for_nothing"), "warning")


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
    """No smallest or agreed volume above the volume; one beyond what any usulan has asked for is doubtful.

    So is an agreed volume below the smallest: its line can then not be funded.
    """
    volume, least, agreed = (rincian.numbers(name) for name in ("volume", "volume_min", "volume_disetujui"))
    most = rincian.texts("komponen").map(komponen.set_index("komponen")["volume_maks"]).astype("float64")
    rincian.tell(
        least > volume, "volume_min", lambda row: say("checks.volume_min", low=int(least[row]), high=int(volume[row]))
    )
    rincian.tell(
        agreed > volume, "volume_disetujui",
        lambda row: say("checks.volume_agreed", agreed=int(agreed[row]), asked=int(volume[row])),
    )  # fmt: skip
    rincian.tell(
        (agreed > 0) & (agreed < least), "volume_disetujui",
        lambda row: say("checks.volume_too_few", agreed=int(agreed[row]), low=int(least[row])), "warning",
    )  # fmt: skip
    rincian.tell(
        volume > most, "volume", lambda row: say("checks.volume_maks", most=int(most[row])), "warning"
    )  # fmt: skip


def small_amounts(table: Read) -> None:
    """An amount that is no amount of a DAK usulan was perhaps written in thousands or millions."""
    for column, kind in table.grid.kinds.items():
        if kind is RP0:
            tell_small(table, column, table.numbers(column))


def tell_small(table: Read, column: str, amount: pd.Series) -> None:
    def remedy(row: int) -> str:
        thousands, millions = (rupiah_full(int(amount[row]) * 10**power) for power in (3, 6))
        return say("checks.small_amount", thousands=thousands, millions=millions)

    table.tell((amount > 0) & (amount < SMALLEST_RP), column, remedy, "warning")


SLIPS = ((10.0**6, "million"), (10.0**3, "thousand"), (10.0**9, "billion"), (1e-3, "by_thousand"), (1e-6, "by_million"))
ROUND_RP = 1_000
CHEAP = 10  # a price below a tenth of its range is doubtful


def prices(rincian: Read, usulan: Read, ikk: pd.Series, komponen: pd.DataFrame) -> None:
    """A price that lies in its range only when multiplied is an error; dear, cheap and broken ones are doubtful.

    ``ikk`` by kode; ``komponen`` by its code. The range is harga_rendah..harga_tinggi x IKK / 100.
    """
    price = rincian.numbers("harga_satuan_rp")
    low, high = (ranges(rincian, usulan, ikk, komponen[name]) for name in ("harga_rendah_rp", "harga_tinggi_rp"))
    slip = pd.Series(0.0, index=price.index)
    for factor, _ in reversed(SLIPS):
        slip[(price * factor).between(low, high) & ~price.between(low, high)] = factor
    here = {"low": low, "high": high, "price": price}
    column, slipped = "harga_satuan_rp", slip > 0
    rincian.tell(slipped, column, lambda row: slip_sentence(slip[row], **{k: v[row] for k, v in here.items()}))
    dear = (price > high) & ~slipped
    rincian.tell(dear, column, lambda row: say("checks.dear", high=rupiah_full(high[row])), "warning")
    cheap = (price < low / CHEAP) & ~slipped
    rincian.tell(cheap, column, lambda row: say("checks.cheap", low=rupiah_full(low[row])), "warning")
    broken = (np.mod(price, ROUND_RP) != 0) & price.notna() & ~slipped & ~cheap
    rincian.tell(broken, column, lambda row: say("checks.not_round", price=rupiah_full(price[row])), "warning")


def ranges(rincian: Read, usulan: Read, ikk: pd.Series, prices_rp: pd.Series) -> pd.Series:
    """The reference price of each line where its usulan lies, in whole rupiah; missing where either is not known."""
    places = pd.Series(usulan.texts("kode").to_numpy(), usulan.texts("usulan_id").to_numpy())
    index = rincian.texts("usulan_id").map(places[~places.index.duplicated()]).map(ikk).astype("float64")
    return (rincian.texts("komponen").map(prices_rp).astype("float64") * index / 100).round()


def slip_sentence(factor: float, low: float, high: float, price: float) -> str:
    """What the price was perhaps written in, and what it would be in rupiah."""
    return say(
        f"checks.slip_{dict(SLIPS)[factor]}", meant=rupiah_full(round(price * factor)), low=rupiah_full(round(low)),
        high=rupiah_full(round(high)),
    )  # fmt: skip
