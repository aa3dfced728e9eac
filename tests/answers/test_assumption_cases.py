"""Who is chosen whatever is assumed."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from small import MILIAR, candidates, line, scenario, usulan, write

from planner.answers import assumption_cases as stability
from planner.answers.compare import certainty
from planner.base.processes import Clock
from planner.plan import folder
from planner.plan.allocate import allocate
from planner.plan.folder import RunFolder
from planner.plan.plan import read_plan, seal_plan
from planner.scenario.assumptions import CASE_GAP, cases
from planner.scenario.scenario import read_scenario


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


@pytest.fixture
def run_of_two(tmp_path, planner, monkeypatch):
    """``planner allocate uji.toml`` in a folder with tables of two usulan; the folder of the run."""
    monkeypatch.chdir(tmp_path)
    hall = [line(6 * MILIAR, komponen="gedung_produksi")]
    write(tmp_path / "tabel", usulan("a", kode="53.01", lines=hall), usulan("b", kode="34.04", lines=hall))
    text = 'name = "Uji"\ndata = "tabel"\nbudget_rp = {2028 = 10_000_000_000}\nweights = {kemiskinan = 1}\n'
    (tmp_path / "uji.toml").write_text(text, encoding="utf-8")
    assert planner("allocate", "uji.toml")[0] == 0
    return tmp_path / "out" / "uji"


def current(folder):
    return RunFolder.of(folder).current_plan(read_scenario("uji.toml"))


def test_a_plan_answers_its_scenario_until_scenario_tables_versions_or_file_change(run_of_two, monkeypatch):
    scenario_file, table, plan_file = Path("uji.toml"), Path("tabel/usulan.csv"), run_of_two / "plan.json"
    assert current(run_of_two).fingerprint == read_plan(plan_file).fingerprint
    for file, old, new in (
        (scenario_file, b"10_000", b"11_000"),
        (table, b"Sentra b", b"Sentra c"),
        (plan_file, b"6000000000", b"6000000001"),
    ):
        content = file.read_bytes()
        file.write_bytes(content.replace(old, new, 1))
        assert current(run_of_two) is None, file
        file.write_bytes(content)
    assert current(run_of_two) is not None
    for version in ("package_version", "solver_version"):
        with monkeypatch.context() as patch:
            patch.setattr(folder, version, lambda name: "9.9")
            assert current(run_of_two) is None


def test_the_same_tables_elsewhere_are_another_question(run_of_two):
    # verify and explain look for the tables where the run noted its scenario file
    other = Path("lain")
    shutil.copytree("tabel", other / "tabel")
    shutil.copy("uji.toml", other)
    assert RunFolder.of(run_of_two).current_plan(read_scenario(other / "uji.toml")) is None


def test_a_modelled_plan_is_current_with_all_three_cases_only(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "read_candidates", lambda s: replace(candidates(usulan("A", 6)), modelled=True))
    base = scenario(6, candidates="model", data=None)
    for case, asked in {"tengah": base, **cases(base)}.items():
        assert RunFolder.of(tmp_path).current_plan(base) is None
        allocate(folder.read_candidates(asked), asked).save(RunFolder.of(tmp_path).plans[case])
    assert RunFolder.of(tmp_path).current_plan(base) is not None
    (tmp_path / "plan-tinggi.json").write_bytes((tmp_path / "plan-rendah.json").read_bytes())
    assert RunFolder.of(tmp_path).current_plan(base) is None


def test_a_proven_plan_is_not_sought_again_unless_asked_and_its_lists_are_made_whole(run_of_two, planner, monkeypatch):
    begun = (run_of_two / "run.json").read_bytes()
    (run_of_two / "catatan.xlsx").unlink()  # as after a kill between plan and lists

    with monkeypatch.context() as patch:
        patch.setattr(stability, "allocate", None)  # a solve would fail
        status, out, _ = planner("allocate", "uji.toml")
    assert status == 0 and "Tidak dihitung lagi" in out and "terbukti terbaik" in out
    assert (run_of_two / "catatan.xlsx").exists() and (run_of_two / "run.json").read_bytes() == begun

    (run_of_two / "run.json").write_bytes(begun.replace(b'"seconds"', b'"lama"'))
    assert "Tidak dihitung lagi" not in planner("allocate", "uji.toml", "--fresh")[1]
    assert b'"seconds"' in (run_of_two / "run.json").read_bytes()


def test_a_plan_that_was_only_found_is_sought_again(run_of_two, planner):
    plan = read_plan(run_of_two / "plan.json")
    seal_plan({**plan.content, "status": "best_found"}).save(run_of_two / "plan.json")

    status, out, _ = planner("allocate", "uji.toml")

    assert status == 0 and "Tidak dihitung lagi" not in out
    assert read_plan(run_of_two / "plan.json").status == "proven_optimal"


def test_the_cases_can_follow_in_the_same_process(monkeypatch):
    monkeypatch.setattr(stability, "read_candidates", lambda s: candidates(usulan("A", 6)))
    plans = stability.allocate_all(scenario(6, candidates="model", data=None), lambda text: None, Clock(), beside=False)
    assert list(plans) == ["tengah", "rendah", "tinggi"]
