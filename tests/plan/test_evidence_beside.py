"""A count of sentra beside a scenario belongs to its plan: another count is another question, found by verify."""

import json

import pytest

from planner.model.candidates import read_candidates
from planner.plan.allocate import allocate
from planner.plan.folder import RunFolder
from planner.plan.verify import verify
from planner.scenario.scenario import read_scenario

SCENARIO = """
name = "Uji"
candidates = "model"
[budget_rp]
2028 = 5_000_000_000
[weights]
industri = 1
[solver]
gap = 0.0
time_limit_s = 60
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small plan with the planner's own count beside its scenario."""
    folder = tmp_path_factory.mktemp("bukti")
    (folder / "bukti.csv").write_text("kode,sentra,ikm,tahun,sumber\n65,9,,2026,dinas\n65.01,4,80,2026,dinas\n")
    (folder / "uji.toml").write_text(SCENARIO)
    asked = read_scenario(folder / "uji.toml")
    allocate(read_candidates(asked), asked).save(folder / "plan.json")
    (folder / "run.json").write_text(json.dumps({"scenario_file": str(folder / "uji.toml")}))
    return folder


def test_a_plan_names_the_count_among_its_inputs_and_verifies_with_it(folder):
    run = RunFolder(folder / "plan.json")
    assert "bukti" in [table["name"] for table in json.loads(run.plan_file.read_bytes())["inputs"]]
    assert verify(run.plan_file) == []


def test_another_count_or_none_at_all_is_told(folder):
    file, before = folder / "bukti.csv", (folder / "bukti.csv").read_bytes()
    try:
        file.write_bytes(before.replace(b"80", b"90"))
        assert any("bukti" in problem for problem in verify(folder / "plan.json"))
        file.unlink()
        assert any("bukti" in problem for problem in verify(folder / "plan.json"))
    finally:
        file.write_bytes(before)
