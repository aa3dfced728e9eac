"""Unit prices against the range of their component where the usulan lies: slips of 10^3 and 10^6, and dear ones."""

import numpy as np
import pandas as pd

from planner.messages import say
from planner.tables.grids import Read
from planner.units import rupiah_full

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
        f"checks.slip_{dict(SLIPS)[factor]}", meant=rupiah_full(round(price * factor)), low=rupiah_full(low),
        high=rupiah_full(high),
    )  # fmt: skip
