"""The plan file: canonical, whole or not at all, and what it tells beside the choice."""

import json
import os
from pathlib import Path

import pytest
from small import MILIAR, candidates, line, scenario, usulan

from planner.base.errors import PlannerError
from planner.base.files import write_whole
from planner.model.status import gap_of, status_of
from planner.plan.allocate import allocate
from planner.plan.folder import find_plan
from planner.plan.plan import read_plan, seal_plan
from planner.plan.plan_file import canonical, fingerprint_of

LIMIT = 2_000_000
KEYS = {
    "format", "planner", "solver", "scenario", "inputs", "status", "tie_break", "goals", "budget_rp", "spent_rp",
    "funded", "not_funded", "rule_status", "baseline", "reserve", "totals", "certificate", "fingerprint",
}  # fmt: skip


@pytest.fixture
def plan():
    table = candidates(
        usulan("A", 6 * MILIAR, 5),
        usulan("B", 4 * MILIAR, 4, kode="53.01", menu="revitalisasi"),
        usulan("C", 4 * MILIAR, 1, kode="91.03"),
    )
    return allocate(table, scenario(rules=[{"rule": "SpendBand", "by": "menu", "min_share": 0.3}]))


def test_a_plan_file_has_exactly_the_agreed_keys_and_no_timestamp(plan):
    assert set(plan.content) == KEYS
    assert "202" not in json.dumps({k: v for k, v in plan.content.items() if k in ("planner", "solver", "inputs")})


def test_save_read_save_gives_the_same_bytes(plan, tmp_path):
    first = plan.save(tmp_path / "a.json").read_bytes()
    assert read_plan(tmp_path / "a.json").save(tmp_path / "b.json").read_bytes() == first
    assert first == canonical(plan.content)


def test_the_file_is_sorted_utf8_json_with_whole_rupiah(plan, tmp_path):
    text = plan.save(tmp_path / "a.json").read_text(encoding="utf-8")
    content = json.loads(text, parse_float=lambda s: s)
    assert list(content) == sorted(content)
    assert [type(record["amount_rp"]) for record in content["funded"]] == [int, int]
    assert text.endswith("}\n")


def test_the_fingerprint_is_of_everything_but_itself(plan):
    assert plan.fingerprint == fingerprint_of(plan.content)
    assert fingerprint_of(plan.content | {"fingerprint": "x"}) == plan.fingerprint
    assert fingerprint_of(plan.content | {"status": "best_found"}) != plan.fingerprint


def test_the_totals_of_every_kind_add_up_to_what_is_spent(plan):
    assert set(plan["totals"]) == {"menu", "provinsi", "pulau"}
    for rows in plan["totals"].values():
        assert sum(row["amount_rp"] for row in rows) == plan.spent_rp == 10 * MILIAR
        assert sum(row["usulan"] for row in rows) == len(plan["funded"]) == 2


def test_regions_that_get_nothing_have_a_row_of_zero(plan):
    assert plan["totals"]["provinsi"] == [
        {"key": "Aceh", "usulan": 1, "amount_rp": 6 * MILIAR},
        {"key": "NTT", "usulan": 1, "amount_rp": 4 * MILIAR},
        {"key": "Papua", "usulan": 0, "amount_rp": 0},
    ]


def test_every_row_of_pagu_and_rules_tells_activity_and_limits(plan):
    # 30 % to each menu is 10 a(menu) - 3 a(all) >= 0: 10 x 6 - 3 x 10 = 30 and 10 x 4 - 3 x 10 = 10 miliar.
    floor = {"rule": 0, "ta": 2028, "bound": "min_share", "lower": 0, "upper": None}
    assert plan["rule_status"] == [
        {"row": "Pagu:2028", "rule": None, "group": None, "ta": 2028, "bound": None,
         "activity": 10 * MILIAR, "lower": None, "upper": 10 * MILIAR},
        floor | {"row": "SpendBand:0:pembangunan:2028:min_share", "group": "pembangunan", "activity": 30 * MILIAR},
        floor | {"row": "SpendBand:0:revitalisasi:2028:min_share", "group": "revitalisasi", "activity": 10 * MILIAR},
    ]  # fmt: skip


def test_the_funded_table_is_in_key_order_with_integers_of_a_millionth(plan):
    assert plan.funded["usulan_id"].tolist() == ["A", "B"]
    assert plan.funded["score"].tolist() == [10_000_000, 30_000_000]
    assert plan.not_funded["usulan_id"].tolist() == ["C"]


def test_a_plan_without_winners_still_has_its_columns():
    plan = allocate(candidates(usulan("A", 6)), scenario(5))
    assert plan.funded.empty and "amount_rp" in plan.funded
    assert plan.spent_rp == 0


def test_the_plan_knows_what_it_was_made_from(plan):
    assert plan.synthetic and not plan.modelled
    assert plan.scenario.name == "kecil"
    assert plan["inputs"][0]["name"] == "usulan"


@pytest.mark.parametrize(
    ("bound", "gap", "allowed", "status"),
    [
        (100, 0.0, 0.0, "proven_optimal"),
        (101, 0.01, 0.0, "best_found"),
        (101, 0.01, 0.01, "proven_within"),
        (101, 0.01, 0.009, "best_found"),
        (None, None, 0.5, "best_found"),
        (LIMIT + 1, 0.0, 0.0, "best_found"),
    ],
)
def test_a_status_follows_from_bound_value_and_gap_alone(bound, gap, allowed, status):
    value = bound if bound == LIMIT + 1 else 100
    goals = [{"bound": bound, "stage_value": value, "gap": gap}]
    assert status_of(goals, allowed) == status


def test_one_goal_that_is_not_proven_is_enough_to_say_so():
    proven, open_ = {"bound": 5, "stage_value": 5, "gap": 0.0}, {"bound": 9, "stage_value": 5, "gap": 0.44}
    assert status_of([proven, proven], 0.0) == "proven_optimal"
    assert status_of([proven, open_], 0.0) == "best_found"
    assert status_of([open_, proven], 0.5) == "proven_within"


@pytest.mark.parametrize(
    ("value", "bound", "gap"),
    [(100, 100, 0.0), (99, 100, 0.01), (100, None, None), (0, 0, 0.0), (0, 4, 1.0), (-6, -5, 0.2), (5, 4, 0.0)],
)
def test_a_gap_is_a_share_of_the_bound(value, bound, gap):
    assert gap_of(value, bound) == gap


def test_the_status_sentence_claims_no_more_than_the_status(plan):
    assert plan.status_sentence("id") == "terbukti terbaik dengan angka-angka ini (data, asumsi, dan aturan skenario)"
    goal = plan["goals"][0]
    open_ = seal_plan(plan.content | {"status": "best_found", "goals": [goal | {"gap": 0.0123}]})
    assert "1,23" in open_.status_sentence("id") and "1.23" in open_.status_sentence("en")
    unbounded = seal_plan(plan.content | {"status": "best_found", "goals": [goal | {"gap": None}]})
    assert "tidak diketahui" in unbounded.status_sentence("id")
    later = seal_plan(plan.content | {"status": "best_found", "goals": [goal | {"gap": 0.002}, goal | {"gap": None}]})
    assert "0,20 % di bawah batas tujuan pertama; batas tujuan berikutnya belum" in later.status_sentence("id")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"5", b'"x"', b"{}", b'{"format": 2}', b"\xff\xfe", b"\0\0"])
def test_what_is_no_plan_file_is_an_error_a_planner_understands(tmp_path, content):
    (tmp_path / "plan.json").write_bytes(content)
    with pytest.raises(PlannerError, match=r"plan\.json"):
        read_plan(tmp_path / "plan.json")


def test_a_missing_plan_file_is_an_error(tmp_path):
    with pytest.raises(PlannerError, match=r"tiada\.json"):
        read_plan(tmp_path / "tiada.json")


def test_a_file_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    target = write_whole(tmp_path / "deep" / "plan.json", b"old")

    def broken(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", broken)
    with pytest.raises(PlannerError, match="tempat penyimpanan penuh"):
        write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert [p.name for p in target.parent.iterdir()] == ["plan.json"]


def test_a_kill_in_the_middle_leaves_the_old_file(tmp_path, monkeypatch):
    target = write_whole(tmp_path / "plan.json", b"old")

    def killed(self, *args):
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", killed)
    with pytest.raises(KeyboardInterrupt):
        write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]


def test_writing_into_a_file_as_if_it_were_a_folder_is_an_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(PlannerError, match="file"):
        write_whole(tmp_path / "file" / "plan.json", b"new")


def test_trimmed_lines_stand_in_the_plan_with_their_money():
    table = candidates(usulan("A", lines=[line(6), line(2, 3, 1, name="2"), line(1, 1, None, "tidak", name="3")]))
    record = allocate(table, scenario(10))["funded"][0]
    assert record["amount_rp"] == sum(one["amount_rp"] for one in record["lines"]) <= 10
    assert [one["rincian_id"] for one in record["lines"]] in (["1", "2"], ["1", "2", "3"])


@pytest.mark.parametrize(
    ("place", "value", "where"),
    [
        (("goals", 0, "value"), 1.0, "goals[0].value"), (("funded", 0, "lines", 0, "volume"), True, "volume"),
        (("goals", 0, "gap"), -0.5, "goals[0].gap"), (("goals",), [], "goals"), (("tambahan",), 1, "tambahan"),
    ],
)  # fmt: skip
def test_a_file_of_another_form_is_refused_with_its_maker_and_the_place(tmp_path, place, value, where):
    plan = allocate(candidates(usulan("A", 6, 9, lines=[line(6)])), scenario(6))
    content = json.loads(canonical(plan.content | {"planner": "0.1.9"}))
    inside = content
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    (tmp_path / "lama.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(PlannerError) as error:
        read_plan(tmp_path / "lama.json")
    [problem] = error.value.problems
    assert "lama.json" in problem and "planner '0.1.9'" in problem and where in problem


def test_a_notebook_run_by_hand_finds_the_plan_in_a_folder_above_or_says_where_it_looked(plan, tmp_path, monkeypatch):
    (tmp_path / "out" / "dasar").mkdir(parents=True)
    file = plan.save(tmp_path / "out" / "dasar" / "plan.json")
    (tmp_path / "parameterized").mkdir()
    monkeypatch.chdir(tmp_path / "parameterized")
    assert find_plan("out/dasar/plan.json").samefile(file) and find_plan(file) == file
    with pytest.raises(PlannerError) as error:
        find_plan("out/lain/plan.json")
    assert all(str(place / "out" / "lain" / "plan.json") in str(error.value) for place in (tmp_path, Path.cwd()))
