"""A planner's own count of sentra (``bukti``) against the counts of the provinces that its rows must add up to."""

from collections.abc import Mapping

import pandas as pd

from planner.base.messages import say
from planner.tables.grids import Read

PROVINCE = 2  # digits of a kode that speaks of a whole province


def is_province(kode: pd.Series) -> pd.Series:
    """Whether a kode is that of a province."""
    return kode.str.fullmatch(rf"\d{{{PROVINCE}}}")


def control_totals(provinsi: pd.DataFrame, given: Mapping[str, int]) -> tuple[dict[str, str], dict[str, int]]:
    """The control total of each province by its kode, and the sentra of each total.

    ``given``: a province's own count, by its kode: that province is a total of its own then, and what it leaves of a
    total that provinces share (below 0: it leaves too little) is for the others.
    """
    total = dict(zip(provinsi["kode_provinsi"], provinsi["total"], strict=True))
    sentra = {name: int(count) for name, count in zip(provinsi["total"], provinsi["sentra"], strict=True)}
    members = {name: [kode for kode, of in total.items() if of == name] for name in sentra}
    for name, kodes in members.items():
        if replaced := [kode for kode in kodes if kode in given]:
            left = sentra.pop(name) - sum(given[kode] for kode in replaced)
            rest = [kode for kode in kodes if kode not in given]
            sentra |= {kode: given[kode] for kode in replaced} | ({"+".join(rest): left} if rest else {})
            total |= {kode: kode for kode in replaced} | dict.fromkeys(rest, "+".join(rest))
    return total, sentra


def check_evidence(bukti: Read, provinsi: pd.DataFrame, kabupaten: pd.DataFrame, first_year: int | None) -> None:
    """Add to the findings every total that the rows cannot make up, IKM without sentra, years after the budget's."""
    kode, sentra, year = bukti.texts("kode"), bukti.numbers("sentra"), bukti.numbers("tahun")
    bukti.tell((bukti.numbers("ikm") > 0) & (sentra == 0), "ikm", lambda _: say("checks.ikm_without_sentra"))
    if first_year is not None:
        bukti.tell(year > first_year, "tahun", lambda row: say("checks.late_evidence", ta=first_year))
    counted = kode[sentra.notna() & ~kode.duplicated(keep=False)]
    given = {kode[row]: int(sentra[row]) for row in counted[is_province(counted)].index}
    total, count = control_totals(provinsi, given)
    names = dict(zip(provinsi["kode_provinsi"], provinsi["provinsi"], strict=True))
    own = counted[counted.isin(kabupaten["kode"])]
    of_total = own.str[:PROVINCE].map(total)
    places = kabupaten.groupby(kabupaten["kode_provinsi"].map(total))["kode"].agg(set)
    wrong: dict[int, str] = {}
    for name, limit in count.items():
        rows = own.index[of_total == name]
        measured = int(sentra[rows].sum())
        known = {
            "place": ", ".join(names[one] for one in name.split("+")), "measured": measured, "count": max(limit, 0),
            "kode": name.split("+")[0],
        }  # fmt: skip
        if limit < 0:
            first = next(row for row in counted.index if kode[row] in given and shares(provinsi, kode[row], name))
            wrong[first] = say("checks.province_above", **known | {"count": -limit})
        elif len(rows) and measured > limit:
            wrong[rows[0]] = say("checks.evidence_above", **known)
        elif len(rows) and measured < limit and places[name] <= set(own):
            wrong[rows[0]] = say("checks.evidence_below", **known)
    bukti.tell(pd.Series(kode.index.isin(list(wrong)), kode.index), "sentra", lambda row: wrong[row])


def shares(provinsi: pd.DataFrame, kode: str, name: str) -> bool:
    """Whether a province stands in the printed total that those of ``name`` are left over of."""
    total = provinsi.set_index("kode_provinsi")["total"]
    return bool(total[kode] == total[name.split("+")[0]])
