"""The folder of a run: when its plan still answers the scenario, and when it is sought again."""

import shutil
from pathlib import Path

import pytest
from small import MILIAR, line, usulan, write

from planner.plan import folder
from planner.plan.folder import RunFolder
from planner.plan.plan import read_plan, seal_plan
from planner.scenario.scenario import read_scenario


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


def test_a_proven_plan_is_not_sought_again_unless_asked_and_its_lists_are_made_whole(run_of_two, planner, monkeypatch):
    begun = (run_of_two / "run.json").read_bytes()
    (run_of_two / "catatan.xlsx").unlink()  # as after a kill between plan and lists

    with monkeypatch.context() as patch:
        patch.setattr("planner.plan.allocate.allocate", None)  # a solve would fail
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


def test_plans_of_low_and_high_assumptions_of_an_older_version_are_no_part_of_a_run(run_of_two):
    for name in ("plan-rendah.json", "plan-tinggi.json"):
        (run_of_two / name).write_text("{}")
    assert current(run_of_two) is not None
    assert not {"plan-rendah.json", "plan-tinggi.json"} & set(RunFolder.of(run_of_two).sealed_files())
