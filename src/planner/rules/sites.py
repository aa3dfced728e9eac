"""Where sentra lie and which of them run: what rules on distance start from.

A sentra lies at its own ``lat``, ``lon``, else at its kabupaten's point. It runs when its status is ``berjalan``, and
not when it is ``dibangun``, ``belum_dimanfaatkan``, ``mangkrak`` or not known.
"""

from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from planner.errors import PlannerError, hint, shown
from planner.messages import label, say
from planner.rules.base import LiftedRule, price_text
from planner.rules.phases import steps
from planner.units import exact

Radius = Annotated[float, Field(gt=0, le=20_000, allow_inf_nan=False)]


class Near(LiftedRule, frozen=True):
    """What rules on distance have alike: a radius over the ground, and the commodities that are meant (none: all)."""

    radius_km: Radius
    komoditas: tuple[str, ...] = ()

    @property
    def radius_m(self) -> int:
        """Whole metres, as distances are; what is left over is cut off."""
        return int(exact(self.radius_km) * 1000)

    def values(self, lang) -> dict:
        named = f" ({', '.join(self.komoditas)})" if self.komoditas else ""
        return {"radius": price_text(self.radius_km, lang), "komoditas": named}

    def named(self, options) -> list[str]:
        """The commodities named; raises PlannerError for each that no table has, and where none is known at all."""
        known = (options.known("komoditas") | set(options.candidates.sentra["komoditas"].dropna())) - {""}
        if not known:
            raise PlannerError(say("rules.problems.no_commodity"))
        kind, unknown = say("words.value_of", column=label("columns", "komoditas")), set(self.komoditas) - known
        if unknown:
            said = [(shown(name), hint(name, known)) for name in sorted(unknown)]
            raise PlannerError([say("errors.unknown", kind=kind, name=name, hint=near) for name, near in said])
        return sorted(set(self.komoditas))


def sites(options) -> tuple[pd.DataFrame, np.ndarray]:
    """Every sentra that runs or has an option, and each option's row.

    Columns: ``sentra, kode, komoditas, running`` (true, false), ``lat, lon`` (degrees).
    """
    known, own = options.candidates.sentra, steps(options)["sentra"]
    running = known[known["status"] == "berjalan"]
    parts = (
        running[["sentra_id", "kode", "komoditas"]].rename(columns={"sentra_id": "sentra"}),
        options.table[["kode", "komoditas"]].assign(sentra=own),
    )
    table = pd.concat(parts).drop_duplicates("sentra").sort_values("sentra").reset_index(drop=True)
    point = known.set_index("sentra_id")[["lat", "lon"]].reindex(table["sentra"]).to_numpy(float)
    region = options.candidates.kabupaten.set_index("kode").loc[table["kode"], ["lat", "lon"]].to_numpy(float)
    point = np.where(np.isnan(point).any(axis=1)[:, None], region, point)
    table = table.assign(running=table["sentra"].isin(running["sentra_id"]), lat=point[:, 0], lon=point[:, 1])
    return table, pd.Index(table["sentra"]).get_indexer(own)


def without_commodity(usulan: pd.DataFrame) -> list[str]:
    return usulan.loc[usulan["komoditas"].isna(), "usulan_id"].tolist()
