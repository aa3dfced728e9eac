"""Who is chosen whatever is assumed."""

import pytest
from small import candidates, scenario, usulan

from planner import stability
from planner.allocate import allocate
from planner.rows import Clock
from planner.stability import CASE_GAP, cases, certainty


def plan_of(*winners_):
    rows = [usulan(f"{kode}-{menu}", 1, kode=kode, menu=menu) for kode, menu in winners_]
    return allocate(candidates(*rows), scenario(100))


A, A2, B, C = ("11.01", "pembangunan"), ("11.01", "revitalisasi"), ("53.01", "pembangunan"), ("53.02", "revitalisasi")


def test_certain_is_who_is_chosen_in_every_case():
    # A: three times, once with the other menu. B: three times the same. C: never in the middle case.
    table = certainty({"rendah": plan_of(A2, B), "tengah": plan_of(A, B), "tinggi": plan_of(A, B, C)}).set_index("kode")
    assert table["kabupaten_count"].to_dict() == {"11.01": 3, "53.01": 3, "53.02": 1}
    assert table["menu_count"].to_dict() == {"11.01": 2, "53.01": 3, "53.02": 0}
    assert table["certain"].to_dict() == {"11.01": True, "53.01": True, "53.02": False}
    assert table["certain_menu"].to_dict() == {"11.01": False, "53.01": True, "53.02": False}
    assert table.at["11.01", "menu"] == "pembangunan"
    assert table["menu"].isna().to_dict() == {"11.01": False, "53.01": False, "53.02": True}


def test_two_usulan_of_one_kabupaten_count_once():
    both = plan_of(A, A2)
    assert certainty({"tengah": both})["kabupaten_count"].tolist() == [1]


def test_the_cases_are_ordinary_scenarios_with_their_own_gap():
    base = scenario(candidates="model", data=None, solver={"gap": 0.0})
    found = cases(base)
    assert set(found) == {"rendah", "tinggi"}
    assert found["rendah"].assumptions == {"ikm_asumsi_pembangunan": 26.0, "ikm_asumsi_revitalisasi": 12.0}
    assert found["tinggi"].assumptions == {"ikm_asumsi_pembangunan": 42.0, "ikm_asumsi_revitalisasi": 30.0}
    assert found["rendah"].solver.gap == CASE_GAP == 0.0001
    assert base.assumptions == {}
    assert cases(scenario(candidates="model", data=None, solver={"gap": 0.01}))["rendah"].solver.gap == 0.01


def test_usulan_of_a_ministry_have_one_case_only(monkeypatch):
    monkeypatch.setattr(stability, "read_candidates", lambda s: candidates(usulan("A", 6)))
    plans = stability.allocate_all(scenario(6), lambda text: None, Clock())
    assert list(plans) == ["tengah"]


@pytest.mark.long
def test_all_three_cases_of_a_modelled_scenario():
    base = scenario(
        20 * 10**9, candidates="model", data=None, goals=["benefit"], solver={"gap": 0.01, "time_limit_s": 60}
    )
    told = []
    plans = stability.allocate_all(base, told.append, Clock())
    assert set(plans) == {"tengah", "rendah", "tinggi"}
    assert told
    assert len(certainty(plans)) >= 1
