"""Is a plan file what it says? Real reference tables, three usulan, every digit changed one at a time."""

import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from small import MILIAR, candidates, line, scenario, usulan, write
from verified import RULES, rows

from planner.base.errors import PlannerError
from planner.model.build_options import build_options
from planner.model.candidates import read_candidates
from planner.model.problem import compile_problem
from planner.model.status import gap_of
from planner.plan import verify as module
from planner.plan.allocate import allocate
from planner.plan.derive import derive
from planner.plan.plan import read_plan, seal_plan
from planner.plan.plan_file import canonical, fingerprint_of
from planner.plan.substance import proof
from planner.plan.verify import verify

HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "a\"b'c;d,e",
    "baris\nbaru",
    "😀🏝",
    "x" * 5_000,
]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """(plan file, data folder, candidates) of a small proven plan with two goals."""
    folder = tmp_path_factory.mktemp("rencana")
    data = write(folder / "usulan", *rows())
    asked = scenario(10 * MILIAR, RULES, ["nilai", ("benefit", 0.01)], data=str(data))
    candidates = read_candidates(asked)
    plan = allocate(candidates, asked)
    return plan.save(folder / "plan.json"), data, candidates


@pytest.fixture
def quick(saved, monkeypatch):
    """The tables read once: the same value that reading them again gives."""
    monkeypatch.setattr(module, "read_candidates", lambda *a: saved[2])
    return saved


def found_wrong(path, data=None) -> bool:
    """Whether verify says so, as sentences or as an error for planners; anything else is a crash and fails the test."""
    try:
        return bool(verify(path, data))
    except PlannerError:
        return True


def resealed(path, content):
    path.write_bytes(canonical(content | {"fingerprint": fingerprint_of(content)}))
    return path


def test_a_plan_of_version_0_2_0_that_names_no_groups_is_valid_but_not_one_that_names_some(saved, tmp_path):
    content = json.loads(saved[0].read_bytes())
    old = [{k: v for k, v in row.items() if k not in ("group", "ta", "bound")} for row in content["rule_status"]]
    assert old[-1] != content["rule_status"][-1]
    assert verify(resealed(tmp_path / "lama.json", content | {"rule_status": old})) == []
    mixed = [*old[:-1], content["rule_status"][-1]]
    [problem] = verify(resealed(tmp_path / "campur.json", content | {"rule_status": mixed}))
    assert "rule_status" in problem


def test_a_valid_plan_is_valid(saved):
    path, data, _ = saved
    assert verify(path) == []
    assert verify(path, data) == []
    content = read_plan(path)
    assert content.status == "proven_optimal"
    assert len(content["funded"]) == 2
    assert content["funded"][0]["lines"][1]["volume"] == 1  # trimmed


EVERY = pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.long)])


@EVERY
def test_any_digit_changed_in_the_file_is_found(quick, tmp_path, every):
    path = quick[0]
    text, target = path.read_text(encoding="utf-8"), tmp_path / "plan.json"
    places = [match.start() for match in re.finditer(r"\d", text)]
    assert len(places) > 500
    places = places[::every]
    missed = []
    for place in places:
        target.write_text(text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :], encoding="utf-8")
        if not found_wrong(target):
            missed.append(text[max(0, place - 40) : place + 5])
    assert missed == []


def leaves(value, place=()):
    if isinstance(value, dict):
        for key in value:
            yield from leaves(value[key], (*place, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from leaves(item, (*place, i))
    else:
        yield place, value


def changed(content, place, value):
    copy = json.loads(json.dumps(content))
    inside = copy
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    return copy


def other_values(value):
    """Every value that differs in one digit; for text without digits another text; the other flag."""
    if isinstance(value, bool):
        return [not value]
    if value is None:
        return [1]
    text = json.dumps(value) if not isinstance(value, str) else value
    spots = [m.start() for m in re.finditer(r"\d", text)]
    if not spots:
        return [text + "x"]
    made = [text[:s] + str((int(text[s]) + 1) % 10) + text[s + 1 :] for s in spots]
    if isinstance(value, str):
        return made
    return [json.loads(m) for m in made if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", m)]


# What the tables and the scenario do not decide: who made the plan, the scenario itself (another scenario is another
# plan), and which way a tie went. These are guarded by the fingerprint alone.
FREE = {"planner", "solver", "scenario", "tie_break", "fingerprint"}


@EVERY
def test_any_digit_or_word_changed_and_sealed_again_is_found(quick, tmp_path, every):
    path = quick[0]
    content, target = read_plan(path).content, tmp_path / "plan.json"
    own = leaves({key: value for key, value in content.items() if key not in FREE})
    changes = [(place, other) for place, value in own for other in other_values(value)]
    assert len(changes) > 500
    wrong = [one for one in changes[::every] if not found_wrong(resealed(target, changed(content, *one)))]
    assert wrong == []


@pytest.mark.parametrize("status", ["proven_optimal", "proven_within", "best_found", "none_found"])
def test_another_status_sealed_again_is_found(quick, tmp_path, status):
    content = read_plan(quick[0]).content
    target = resealed(tmp_path / "plan.json", content | {"status": status})
    assert found_wrong(target) == (status != content["status"])


@pytest.mark.parametrize("kind", ["gate", "rule", "price", "tie"])
def test_another_reason_sealed_again_is_found(quick, tmp_path, kind):
    content = read_plan(quick[0]).content
    was = content["not_funded"][0]["kind"]
    target = resealed(tmp_path / "plan.json", changed(content, ("not_funded", 0, "kind"), kind))
    assert found_wrong(target) == (kind != was)


@pytest.mark.parametrize(
    "place", [("budget_rp", "2028"), ("rules", 0, "min_share"), ("rules", 1, "max"), ("goals", 1, "tolerance")]
)
def test_a_scenario_changed_and_sealed_again_is_found(quick, tmp_path, place):
    # The pagu, a share, a cap, a tolerance: what the file tells beside them no longer agrees.
    content = read_plan(quick[0]).content
    value = dict(leaves(content["scenario"]))[place]
    other = value + 1 if isinstance(value, int) else value / 2
    assert found_wrong(resealed(tmp_path / "plan.json", changed(content, ("scenario", *place), other)))


def test_a_worse_plan_that_keeps_the_proof_of_the_best_is_found(quick, tmp_path):
    # Everything is derived again for an honest but worse choice (nobody is funded); only stage_value and bound stay as
    # they were, so the file still says "proven best". The value 0 is not the 9 that was proven.
    path, _, candidates = quick
    content = read_plan(path).content
    asked = read_plan(path).scenario
    problem = compile_problem(build_options(candidates, asked), asked)
    x = np.zeros(problem.width, dtype=np.int64)
    assert problem.broken(x) == []
    goals = [g | {"value": problem.goal(k, g["point"]).points(x)} for k, g in enumerate(content["goals"])]
    worse = content | derive(candidates, problem, x, [g["point"] for g in goals]) | {"goals": goals}
    assert worse["goals"][0]["value"] < worse["goals"][0]["stage_value"]
    assert found_wrong(resealed(tmp_path / "plan.json", worse))


def test_a_stage_value_and_bound_raised_together_are_found(quick, tmp_path):
    content = read_plan(quick[0]).content
    last = content["goals"][-1]
    goals = [*content["goals"][:-1], last | {"stage_value": last["stage_value"] + 7, "bound": last["bound"] + 7}]
    assert found_wrong(resealed(tmp_path / "plan.json", content | {"goals": goals}))


def test_bounds_below_the_value_are_found(quick, tmp_path):
    content = read_plan(quick[0]).content
    first = content["goals"][0]
    goals = [
        first | {"bound": first["bound"] - 1, "gap": gap_of(first["stage_value"], first["bound"] - 1)},
        content["goals"][1],
    ]
    assert found_wrong(resealed(tmp_path / "plan.json", content | {"goals": goals}))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("goals", 0, "point"), 0), (("goals", 0, "point"), -10), (("goals", 0, "point"), 10**400),
        (("goals", 0, "point"), "x"), (("goals", 0, "gap"), float("nan")), (("goals", 0, "gap"), float("inf")),
        (("goals", 0), 5), (("goals",), 5), (("goals",), None), (("goals",), []), (("funded",), {}),
        (("funded",), None),
        (("funded", 0, "lines", 0, "volume"), 10**30), (("funded", 0, "lines", 0, "volume"), -1),
        (("funded", 0, "lines", 0, "volume"), 1.5), (("funded", 0, "lines", 0, "volume"), None),
        (("funded", 0, "lines"), None), (("funded", 0), 7), (("funded", 0, "ta"), [2028]), (("inputs",), 3),
        (("inputs", 0), None), (("scenario",), []), (("scenario", "budget_rp"), None), (("totals",), 1),
        (("format",), True), (("format",), 1.0), (("funded", 0, "lines", 0, "volume"), True),
        (("funded", 0, "amount_rp"), 6e9), (("spent_rp", "2028"), 10_000_000_000.0), (("not_funded",), "x"),
        (("fingerprint",), 5), (("scenario", "name"), ""), (("status",), None), (("goals", 0, "value"), None),
        (("goals", 0, "bound"), "9"), (("goals", 0, "stage_value"), None),
    ],
)  # fmt: skip
def test_a_file_of_wrong_shapes_is_invalid_and_never_a_crash(quick, tmp_path, place, value):
    content = changed(read_plan(quick[0]).content, place, value)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    target = tmp_path / "plan.json"
    target.write_text(text, encoding="utf-8")
    assert found_wrong(target)
    try:
        resealed(target, content)
    except ValueError:
        return  # NaN and infinity cannot be written in canonical form at all
    assert found_wrong(target) == (place != ("fingerprint",))  # sealing again mends the fingerprint itself


def test_a_line_or_usulan_added_twice_is_found(quick, tmp_path):
    content = read_plan(quick[0]).content
    assert found_wrong(resealed(tmp_path / "plan.json", content | {"funded": content["funded"] * 2}))
    lines = content["funded"][0]["lines"]
    assert found_wrong(resealed(tmp_path / "plan.json", changed(content, ("funded", 0, "lines"), lines * 2)))


def test_another_order_or_spacing_of_the_same_content_is_found(quick, tmp_path):
    content, target = read_plan(quick[0]).content, tmp_path / "plan.json"
    target.write_text(json.dumps(content), encoding="utf-8")
    assert found_wrong(target)


def test_a_key_too_many_or_too_few_is_found(quick, tmp_path):
    content = read_plan(quick[0]).content
    assert found_wrong(resealed(tmp_path / "plan.json", content | {"catatan": "x"}))
    for key in content:
        if key != "fingerprint":
            assert found_wrong(resealed(tmp_path / "plan.json", {k: v for k, v in content.items() if k != key})), key


# -- the tables --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("rincian", "4000000000", "4000000001"), ("usulan", "53.01", "53.02"), ("usulan", "Sentra C", "Sentra D")],
)
def test_a_changed_input_table_is_found(saved, tmp_path, name, old, new):
    path = saved[0]
    for table in ("usulan", "rincian"):
        text = (saved[1] / f"{table}.csv").read_text(encoding="utf-8")
        (tmp_path / f"{table}.csv").write_text(text.replace(old, new, 1) if table == name else text, encoding="utf-8")
    problems = verify(path, tmp_path)
    assert any(name in problem for problem in problems)


def test_a_changed_reference_table_is_found(saved, tmp_path):
    from shutil import copytree

    from planner.base.paths import ACUAN

    acuan = copytree(ACUAN, tmp_path / "acuan")
    table = acuan / "asumsi.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("acuan_kemiskinan_maks,40", "acuan_kemiskinan_maks,41"),
        encoding="utf-8",
    )
    problems = verify(saved[0], saved[1], acuan)
    assert any("asumsi" in problem for problem in problems)
    assert any("funded" in problem for problem in problems)  # scores differ too


def test_missing_tables_are_an_error_that_names_them(saved, tmp_path):
    with pytest.raises(PlannerError, match=r"tiada tidak ada"):
        verify(saved[0], tmp_path / "tiada")


def test_tables_that_lie_beside_a_plan_are_named_where_others_do_not_fit(tmp_path):
    data = write(tmp_path / "usulan", *rows())
    asked = scenario(10 * MILIAR, RULES, ["nilai"], data=str(data))
    path = allocate(read_candidates(asked), asked).save(tmp_path / "plan.json")
    shutil.copytree(data, tmp_path / "data")
    assert verify(path) == []
    write(data, *rows()[:-1])
    assert any("--data" in problem for problem in verify(path))
    assert verify(path, tmp_path / "data") == []


def test_data_is_found_beside_the_scenario_file_that_run_json_names(tmp_path):
    data = write(tmp_path / "skenario" / "usulan", *rows())
    relative = scenario(10 * MILIAR, RULES, ["nilai"], data="usulan")
    plan = allocate(read_candidates(relative, data), relative)
    path = plan.save(tmp_path / "out" / "plan.json")
    path.with_name("run.json").write_text(json.dumps({"scenario_file": str(tmp_path / "skenario" / "x.toml")}))
    assert verify(path) == []


@pytest.mark.parametrize("name", module.EVIDENCE)
def test_what_lies_beside_a_plan_is_judged_with_it_and_that_of_another_plan_is_not(saved, tmp_path, name):
    path = tmp_path / "plan.json"
    path.write_bytes(saved[0].read_bytes())
    own = read_plan(path).fingerprint
    for text, wrong in ((f'{{"plan": "{own}"}}', True), ('{"plan": "0"}', False), ("{", True), ("[" * 100_000, True)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        told = verify(path)
        assert [name in problem for problem in told] == [True] * wrong, text[:20]


NO_SOLVER = """
import sys
for name in ("pulp", "highspy", "cbcbox", "pyomo", "scipy.optimize"):
    sys.modules[name] = None
from planner.plan.substance import proof
from planner.plan.verify import verify
problems = verify(sys.argv[1])
print("\\n".join(problems))
sys.exit(bool(problems))
"""


def test_verify_runs_where_neither_pulp_nor_a_solver_can_be_imported(saved, tmp_path):
    def run(path):
        return subprocess.run([sys.executable, "-c", NO_SOLVER, str(path)], capture_output=True, text=True)

    valid = run(saved[0])
    assert (valid.returncode, valid.stderr) == (0, "")
    content = read_plan(saved[0]).content
    amount = content["funded"][0]["amount_rp"]
    invalid = run(resealed(tmp_path / "plan.json", changed(content, ("funded", 0, "amount_rp"), amount + 1)))
    assert (invalid.returncode, invalid.stderr) == (1, "")
    assert "funded" in invalid.stdout


def test_hostile_names_are_data_from_the_table_to_the_verified_plan(tmp_path):
    all_rows = [
        usulan(
            f"{i}{name}",
            nilai=i + 1,
            nama=name,
            sentra_id=name,
            catatan=name,
            lines=[line(6, komponen="gedung_produksi", name=name)],
        )
        for i, name in enumerate(HOSTILE)
    ]
    data = write(tmp_path / "usulan", *all_rows)
    rules = [{"rule": "Lock", "state": "in", "usulan": [row["usulan_id"] for row in all_rows[:2]]}]
    asked = scenario(6 * 4, rules, name=" ".join(HOSTILE), data=str(data))
    plan = allocate(read_candidates(asked), asked)
    path = plan.save(tmp_path / "plan.json")
    assert verify(path) == []
    told = [r["usulan_id"] for r in [*plan["funded"], *plan["not_funded"]]]
    assert sorted(told) == sorted(row["usulan_id"] for row in all_rows)
    assert plan["funded"][0]["sentra_id"] == HOSTILE[0]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plan.json", "usulan"]


def test_a_time_limited_plan_verifies_with_its_open_gap(saved, tmp_path, monkeypatch):
    from planner.solve import exact as solver

    real = solver.carry

    def carried(model, settings, start):
        x, bound, _ = real(model, settings, start)
        return x, bound + 900, "time"

    monkeypatch.setattr(solver, "carry", carried)
    asked = scenario(10 * MILIAR, RULES, ["nilai"], data=str(saved[1]))
    plan = allocate(saved[2], asked)
    assert plan.status == "best_found"
    assert verify(plan.save(tmp_path / "plan.json")) == []
    claimed = seal_plan(plan.content | {"status": "proven_optimal"}).save(tmp_path / "claimed.json")
    assert verify(claimed) != []


def test_points_so_coarse_that_everything_is_worth_the_same_are_found(tmp_path):
    # B is the worse of two; with 1 point = 10^9 of benefit both are worth 0 points and "nothing is better" is hollow.
    table = candidates(usulan("A", 900, ikm=60), usulan("B", 900, ikm=1))
    asked = scenario(1000, goals=["benefit"])
    problem = compile_problem(build_options(table, asked), asked)
    honest = allocate(table, asked)
    worse = derive(table, problem, np.array([0, 1]), [10**15])
    nothing = dict.fromkeys(("value", "paid", "stage_value", "bound"), 0)
    goal = {"name": "benefit", "point": 10**15, **nothing, "gap": 0.0, "tolerance": 0.0}

    found = list(proof(honest.content | worse | {"goals": [goal]}, problem, np.array([0, 1])))

    assert any("goals[0].point" in sentence for sentence in found)
