"""Draws of what is uncertain: seeded, order-free, whole, and within their intervals and control totals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import candidates, scenario, usulan

from planner.answers.draws import Uncertain, draw_sentra, shared_out, triangular
from planner.model.candidates import read_candidates
from planner.scenario.scenario import scenario_of
from planner.tables.reference import reference

KABUPATEN = reference("kabupaten").set_index("kode")
MODEL = scenario_of({
    "name": "uji", "candidates": "model", "budget_rp": {2028: 20 * 10**9},
    "weights": {"kemiskinan": 1, "tertinggal": 2},
})  # fmt: skip


@pytest.fixture(scope="module")
def modelled() -> Uncertain:
    return Uncertain(read_candidates(MODEL), MODEL, spread=0.2)


def test_a_draw_is_the_same_alone_or_after_others(modelled):
    alone = Uncertain(modelled.candidates, MODEL, spread=0.2).values(2028, 17)
    for number in (3, 99, 0):
        modelled.values(2028, number)
    assert (modelled.values(2028, 17) == alone).all()
    assert (modelled.values(2028, 18) != alone).any() and (modelled.values(2029, 17) != alone).any()


def test_what_is_drawn_lies_within_its_interval_and_is_whole_where_it_counts(modelled):
    inputs = modelled.inputs
    counted = inputs["column"].str.startswith(("ikm_", "harga_"))
    for number in range(20):
        values = modelled.values(2028, number)
        assert (values >= inputs["low"]).all() and (values <= inputs["high"]).all()
        assert (values[counted] == np.rint(values[counted])).all()
    assert set(inputs["column"]) >= {
        "ikm_pembangunan",
        "ikm_revitalisasi",
        "faktor_menu_pembangunan",
        "bobot_tertinggal",
    }
    assert not inputs.duplicated(["kode", "column"]).any()


def test_the_sentra_of_a_draw_add_up_to_what_was_counted_and_decide_what_can_be_revitalised(modelled):
    found = modelled.candidates.evidence
    drawn = (
        modelled.inputs.assign(value=modelled.values(2028, 5)).query("column == 'sentra'").set_index("kode")["value"]
    )
    assert drawn.groupby(found.set_index("kode")["total"]).sum().to_dict() == (
        found.drop_duplicates("total").set_index("total")["total_sentra"].to_dict()
    )
    made, _ = modelled.draw(2028, 5)
    old = made.usulan[made.usulan["menu"] == "revitalisasi"]
    assert (old["ada_sentra"] == (old["kode"].map(drawn) >= 1)).all() and 0 < old["ada_sentra"].mean() < 1
    per_10rb = made.kabupaten.set_index("kode")["sentra_per_10rb"]
    assert per_10rb["51.04"] == drawn["51.04"] / KABUPATEN.loc["51.04", "penduduk"] * 10_000


def test_a_draw_changes_sentra_ikm_prices_chance_and_weights_of_the_candidates_only(modelled):
    base = modelled.candidates
    made, asked = modelled.draw(2028, 0)
    drawn = ["ikm", "ada_sentra"]
    assert made.usulan.drop(columns=drawn).equals(base.usulan.drop(columns=drawn))
    assert made.rincian.drop(columns="harga_satuan_rp").equals(base.rincian.drop(columns="harga_satuan_rp"))
    assert made.usulan["ikm"].nunique() > 10 and made.usulan["ikm"].between(12, 42).all()
    assert all(isinstance(price, int) and price % 10**6 == 0 for price in made.rincian["harga_satuan_rp"].tolist())
    assert 0.6 <= made.assumptions["faktor_menu_pembangunan"] <= 0.95
    assert 0.8 <= asked.weights["kemiskinan"] <= 1.2 and 1.6 <= asked.weights["tertinggal"] <= 2.4


def test_one_price_of_a_component_holds_for_both_menus_of_a_kabupaten(modelled):
    made, _ = modelled.draw(2028, 1)
    lines = made.rincian.assign(kode=made.rincian["usulan_id"].str.split("-").str[0])
    assert (lines.groupby(["kode", "komponen"])["harga_satuan_rp"].nunique() == 1).all()


def test_a_value_that_the_scenario_states_is_the_middle_and_never_outside(modelled):
    stated = scenario_of({**MODEL.model_dump(exclude_none=True), "assumptions": {"faktor_menu_pembangunan": 0.99}})
    rows = Uncertain(read_candidates(stated), stated).inputs.set_index("column")
    assert rows.loc["faktor_menu_pembangunan", ["low", "middle", "high"]].tolist() == [0.6, 0.99, 0.99]


def test_usulan_keep_the_prices_that_were_asked_for():
    asked = scenario()
    found = Uncertain(candidates(usulan("A", 5), usulan("B", 7, kode="53.01")), asked)
    assert set(found.inputs["kode"]) == {""} and found.inputs["column"].str.startswith("faktor_").all()
    made, same = found.draw(1, 0)
    assert made.rincian.equals(found.candidates.rincian) and same is asked


def test_the_triangle_has_its_quantiles():
    # from 0 to 10 with its peak at 5: a half lies below 5, an eighth below 2.5
    u, ends = np.array([0.0, 0.125, 0.5, 0.875, 1.0]), (np.zeros(5), np.full(5, 5.0), np.full(5, 10.0))
    assert triangular(u, *ends).tolist() == pytest.approx([0, 2.5, 5, 7.5, 10])
    known = np.full(5, 7.0)
    assert triangular(u, known, known, known).tolist() == [7.0] * 5


intervals = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)).map(sorted)


@given(st.lists(intervals, min_size=1, max_size=8), st.data())
def test_sentra_add_up_to_their_control_total_within_every_interval(rows, data):
    low, middle, high = np.array(rows, dtype=float).T
    total = data.draw(st.integers(int(low.sum()), int(high.sum())))
    u = np.array(data.draw(st.lists(st.floats(0, 1), min_size=len(rows), max_size=len(rows))))
    found = shared_out(u, low, middle, high, total)
    assert found.sum() == total and (found >= low).all() and (found <= high).all()


def test_each_province_keeps_its_own_total_and_who_is_measured_its_count():
    # province 11 has 6 sentra, of which 11.01 is known to have 4; province 53 has 3
    table = pd.DataFrame({
        "kode": ["11.01", "11.02", "11.03", "53.01", "53.02"], "sentra_low": [4, 0, 0, 0, 0],
        "sentra": [4, 0.5, 1.5, 1.2, 1.8], "sentra_high": [4, 2, 2, 3, 3],
    })  # fmt: skip
    source, province = np.random.default_rng(1), table["kode"].str[:2]
    seen = set()
    for _ in range(50):
        limits = (table[name].to_numpy(float) for name in ("sentra_low", "sentra", "sentra_high"))
        drawn = draw_sentra(source.random(5), *limits, province.to_numpy())
        assert drawn[0] == 4 and drawn[:3].sum() == 6 and drawn[3:].sum() == 3
        seen.add(tuple(drawn))
    assert len(seen) > 1
