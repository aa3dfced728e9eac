"""Usulan in phases over several years, and the rules that they are under."""

from hypothesis import strategies as st
from small import candidates, scenario, usulan

ORDER, FINISH, BURDEN = {"rule": "PhaseOrder"}, {"rule": "FinishFirst"}, {"rule": "OperatingBurden"}


def step(name, fase, sentra="s", cost_rp=5, nilai=5, **more):
    """An usulan of a phase of a sentra."""
    return usulan(name, cost_rp, nilai, sentra_id=sentra, fase=fase, **more)


def past(name="x", ta=2025, kode="11.01", **more) -> dict:
    """A row of realisasi that did what it was for."""
    return {"usulan_id": name, "kode": kode, "ta": ta, "pagu_rp": 5, "serap_rp": 5, "output_pct": 100.0} | more


@st.composite
def phased(draw):
    """2 or 3 years, budgets that differ much, few usulan of few sentra, some begun, some of which came to nothing."""
    horizon = [2028, 2029, 2030][: draw(st.integers(2, 3))]
    rows, kode = [], {"s": "11.01", "t": "11.01", "u": "11.02", "v": "53.01"}
    for i in range(draw(st.integers(2, 5))):
        sentra = draw(st.sampled_from("sstuv"))
        more = {"ta": draw(st.sampled_from([2028, 2028, *horizon])), "kode": kode[sentra]}
        more |= {"om_tahunan_rp": draw(st.integers(0, 6)), "dana_lain_rp": draw(st.sampled_from([None, 0, 0, 2]))}
        fase = draw(st.sampled_from([None, 1, 2, 2, 3]))
        rows.append(step(f"U{i}", fase, sentra, draw(st.integers(2, 9)), draw(st.integers(1, 12)), **more))
    there = {(r["sentra_id"], r["fase"] or 1) for r in rows}
    wanted = {(s, f - 1) for s, f in there if f > 1} - there  # else the phase before is nowhere
    nothing = st.sampled_from([{}, {}, {"serap_rp": 0}, {"output_pct": 0.0}, {"pagu_rp": None, "serap_rp": None}])
    before = [past(f"x{s}{f}", kode=kode[s], sentra_id=s, fase=f, **draw(nothing)) for s, f in sorted(wanted)]
    if draw(st.booleans()):
        before.append(past(draw(st.sampled_from([r["usulan_id"] for r in rows])), **draw(nothing)))
    capacity = [
        {"kode": k, "ta": ta, "kapasitas_om_rp": draw(st.integers(0, 12))}
        for k in set(kode.values())
        for ta in (2027, 2029)
    ]
    budget = {ta: draw(st.sampled_from([1, 4, 9, 10, 15, 25])) for ta in horizon}
    known = [
        ORDER | {"book": draw(st.booleans())},
        FINISH | {"by": draw(st.sampled_from(["kode", "provinsi"]))},
        BURDEN | draw(st.sampled_from([{}, {"capacity_rp": 6}])),
        {"rule": "NoDoubleFunding", "unknown": draw(st.sampled_from(["pass", "gate"]))},
        {"rule": "Lock", "state": draw(st.sampled_from(["in", "in", "out"])), "usulan": [rows[-1]["usulan_id"]]},
        {"rule": "CountBand"} | draw(st.sampled_from([{"min": 1}, {"max": 1}])),
    ]
    rules = draw(st.lists(st.sampled_from(known), min_size=1, max_size=4, unique_by=lambda rule: rule["rule"]))
    return candidates(*rows, realisasi=before, daerah=capacity), scenario(budget, rules)
