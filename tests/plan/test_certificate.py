"""What a certificate proves: never less than the best plan has, whatever digit of its proof is changed."""

import json
import random
import subprocess
import sys
from contextlib import suppress
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from instances import any_goals, instances, whole_usulan
from small import JUTA, MILIAR, candidates, line, scenario, usulan, write
from verified import RULES as TABLE_RULES
from verified import rows

from planner.base.errors import InfeasibleError, PlannerError
from planner.base.paths import ROOT
from planner.model.build_options import build_options
from planner.model.candidates import read_candidates
from planner.model.problem import compile_problem
from planner.plan import certificate
from planner.plan.allocate import allocate
from planner.plan.certificate import Refused, Row, by_states, check
from planner.plan.certify import certify, write_certificate
from planner.plan.folder import RunFolder
from planner.plan.plan_file import fingerprint_of
from planner.plan.verify import verify
from planner.solve.blocks import find_blocks

RULES = [
    {"rule": "SpendBand", "by": "provinsi", "max_share": 0.4, "of": "budget"},
    {"rule": "CountBand", "where": {"menu": "revitalisasi"}, "min": 1},
]


def certified(table, asked):
    """(plan, problem, certificate as a file holds it) of a proven plan."""
    plan = allocate(table, asked)
    problem = compile_problem(build_options(table, asked), asked)
    return plan, problem, json.loads(json.dumps(certify(plan, problem)))


def some_table(count=12, seed=1, trimmed=True):
    rng, rows = random.Random(seed), []
    for i in range(count):
        lines = [line(rng.randint(1, 9) * JUTA)]
        if trimmed and i % 3 == 0:
            lines.append(line(rng.randint(1, 4) * JUTA, 3, 1, "tidak", name="2"))
        kode, menu = (
            ("11.01", "11.02", "32.01", "53.01", "53.02", "91.03")[i % 6],
            ("pembangunan", "revitalisasi")[i % 2],
        )
        rows.append(usulan(f"U{i:02}", nilai=rng.randint(1, 30), lines=lines, kode=kode, menu=menu))
    return candidates(*rows)


@pytest.fixture(scope="module")
def proven():
    """A dozen usulan in five provinces, some with a line to trim, two goals of which the second may take 5 %."""
    return certified(some_table(), scenario(30 * JUTA, RULES, goals=["nilai", ("benefit", 0.05)]))


def true_bounds(plan, problem, document):
    """Whether no bound lies below what the solver has found to be the best of each goal, and the plan."""
    best = [goal["stage_value"] for goal in plan["goals"]]
    proved = check(document, plan["funded"])
    soft = any(getattr(rule, "soft", False) for rule in plan.scenario.rules)
    assert plan.status == "proven_optimal" or (plan.scenario.goals[0].column == "amount_rp" and soft)
    assert best[0] >= proved[0].value - 1
    return all(one.bound >= max(value, one.value - 1) for one, value in zip(proved, best, strict=True))


@pytest.mark.parametrize("page", ["certificate.md", "sertifikat.md"])
def test_three_usulan_by_hand(page):
    # Rp 10 for A (6, worth 30), B (5, worth 20), C (4, worth 18). At a price of 4 points a rupiah A brings 30 - 24 = 6,
    # B 20 - 20 = 0, C 18 - 16 = 2 beyond its rupiah; 10 x 4 + 6 + 0 + 2 = 48 = A and C.
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    document = json.loads(text.split("```json")[1].split("```")[0])
    chosen = [{"usulan_id": name, "ta": 2028, "lines": []} for name in "AC"]
    [one] = check(document, chosen)
    assert (one.bound, one.value, one.gap) == (48, 48, 0)

    document["goals"][0]["prices"] = [0, 3]  # 30 + 12 + 5 + 6
    assert check(document)[0].bound == 53
    document["goals"][0] |= {"prices": [], "blocks": [{"options": [0, 1, 2], "cases": [[], 0, 0, [[]], [[]]]}]}
    assert check(document)[0].bound == 48  # without A 20 + 18; with A no room for B, so 30 + 18
    document["goals"][0]["blocks"][0]["cases"] = None  # spent 0, 4, 5, 6, 9, 10: worth 0, 18, 20, 30, 38, 48
    assert check(document)[0].bound == 48


def test_a_case_is_closed_by_a_row_alone():
    # Two of 6 do not fit into 10: with A funded, B is out. The price is 0, so cases decide: 30, or 20.
    document = {
        "options": [["A", 2028, 0], ["B", 2028, 0]],
        "packages": [[6, []]],
        "rows": [["Pagu:2028", "<=", 10, 1, [[1, [0, 1]]], []]],
        "goals": [{
            "name": "nilai", "per": 1, "slack": 0, "up": 0, "worth": [30, 20], "own": [], "keeps": [], "den": 1,
            "prices": [], "blocks": [{"options": [0, 1], "cases": [[], 0, 0, [[]], [[]]]}],
        }],
    }  # fmt: skip
    assert check(document)[0].bound == 30


def test_the_certificate_of_a_plan_proves_it(proven):
    plan, _, document = proven
    assert true_bounds(*proven)
    assert [one.bound for one in check(document)] == document["bounds"]
    assert document["plan"] == plan.fingerprint and document["fingerprint"] == fingerprint_of(document)
    # One block: its cases are exact. The second goal may take 5 % of the first.
    assert check(document)[0].bound == plan["goals"][0]["stage_value"]


def numbers_in(content, place=()):
    """The place of every whole number in nested lists and tables."""
    if isinstance(content, int) and not isinstance(content, bool):
        yield place
    for key, inner in (
        content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    ):
        yield from numbers_in(inner, (*place, key))


def changed(document, place, by):
    copy = json.loads(json.dumps(document))
    at = copy
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] += by
    return copy


@pytest.mark.parametrize("by", [1, -1, 1000, -(10**7)])
def test_a_changed_digit_of_the_proof_is_a_true_bound_or_refused(proven, by):
    plan, _, document = proven
    best = [goal["stage_value"] for goal in plan["goals"]]
    places = [("goals", k, key, *rest) for k, goal in enumerate(document["goals"]) for key in ("prices", "blocks")
              for rest in numbers_in(goal[key])]  # fmt: skip
    assert len(places) > 20
    refused = 0
    for place in places:
        try:
            proved = check(changed(document, place, by), plan["funded"])
        except Refused:
            refused += 1
            continue
        assert all(one.bound >= value for one, value in zip(proved, best, strict=True)), place
    assert refused < len(places)


def test_a_price_of_the_wrong_sign_is_none(proven):
    plan, _, document = proven
    prices = document["goals"][0]["prices"]
    prices[1::2] = [-price for price in prices[1::2]]
    assert check(document)[0].bound >= plan["goals"][0]["stage_value"]


@settings(max_examples=25, phases=[Phase.generate])
@given(instances(most=5))
def test_no_bound_lies_below_the_best_with_lines_to_trim(instance):
    holds(*instance)


@settings(max_examples=20, phases=[Phase.generate])
@given(any_goals(most=6, trimmed=False))
def test_no_bound_lies_below_the_best_in_goals_by_group_and_under_soft_bands(instance):
    holds(*instance)


@settings(max_examples=15, phases=[Phase.generate])
@given(instances(most=5, trimmed=True, years=(2028, 2029)))
def test_no_bound_lies_below_the_best_over_two_years(instance):
    holds(*instance)


@pytest.mark.long
@settings(max_examples=700, phases=[Phase.generate])
@given(instances(most=6))
def test_no_bound_lies_below_the_best_on_many_instances(instance):
    holds(*instance)


@pytest.mark.long
@settings(max_examples=700, phases=[Phase.generate])
@given(any_goals(most=6, rules=3))
def test_no_bound_lies_below_the_best_in_goals_by_group_on_many_instances(instance):
    holds(*instance)


@pytest.mark.long
@settings(max_examples=600, phases=[Phase.generate], suppress_health_check=[HealthCheck.filter_too_much])
@given(whole_usulan())
def test_no_bound_lies_below_the_best_under_gates_and_bundles_on_many_instances(instance):
    holds(*instance)


def holds(table, asked):
    try:
        found = certified(table, asked)
    except (InfeasibleError, PlannerError):
        assume(False)
    assert true_bounds(*found)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(-3, 20)), min_size=1, max_size=7),
    st.integers(1, 20),
    st.integers(0, 3),
)
def test_the_best_of_states_is_the_best_of_all_choices(items, most, count):
    rows = {
        0: Row({k: a for k, (a, _) in enumerate(items)}, most),
        1: Row(dict.fromkeys(range(0, len(items), 2), 1), count),
    }
    worth, box = {k: w for k, (_, w) in enumerate(items)}, dict.fromkeys(range(len(items)), (0, 1))
    legal = [x for x in product((0, 1), repeat=len(items))
             if all(sum(a * x[c] for c, a in row.coef.items()) <= row.limit for row in rows.values())]  # fmt: skip
    assert by_states(rows, worth, box) == max(sum(worth[k] * v for k, v in enumerate(x)) for x in legal)


def test_a_rule_that_no_rows_can_say_is_left_out_and_named():
    # EvenSpread forbids plans; without it the bound can only be higher, and the file says so.
    rule = {"rule": "EvenSpread", "by": "pulau", "need": "kemiskinan_pct", "max_share": 0.5}
    plan, problem, document = certified(some_table(trimmed=False), scenario(30 * JUTA, [rule]))
    assert document["left_out"] == ["EvenSpread:0"]
    assert true_bounds(plan, problem, document)


def test_states_that_are_too_many_are_refused(monkeypatch):
    monkeypatch.setattr(certificate, "MOST_STATES", 10)
    rows = {0: Row({k: 2**k for k in range(8)}, 100)}
    with pytest.raises(Refused, match="states"):
        by_states(rows, {k: 2**k for k in range(8)}, dict.fromkeys(range(8), (0, 1)))


def test_blocks_are_what_small_rows_join():
    # Six kabupaten in five provinces; a row by province joins the two of Aceh and the two of NTT, the pagu would join
    # all 42 and so couples.
    table = some_table(42, trimmed=False)
    by_province = scenario(60 * JUTA, [{"rule": "SpendBand", "by": "provinsi", "max_share": 0.4, "of": "budget"}])
    problem = compile_problem(build_options(table, by_province), by_province)
    provinces = problem.options.table["kode"].str[:2].tolist()
    blocks = find_blocks(problem).tolist()
    alone = scenario(60 * JUTA)
    apart = find_blocks(compile_problem(build_options(table, alone), alone))
    assert len(set(apart.tolist())) == 42  # the pagu alone: no blocks but the usulan themselves
    assert len(set(blocks)) > 4
    assert [len({blocks[k] for k, p in enumerate(provinces) if p == one}) for one in ("32", "91")] == [1, 1]


def test_one_block_that_is_the_whole():
    table, asked = some_table(6), scenario(20 * JUTA)
    plan, problem, document = certified(table, asked)
    assert len(document["goals"][0]["blocks"]) == 1
    assert true_bounds(plan, problem, document)


def test_costs_that_are_no_whole_juta():
    table = candidates(*(usulan(f"U{k}", 1_000_003 + 7 * k, nilai=3 + k % 4) for k in range(9)))
    assert true_bounds(*certified(table, scenario(4_500_001)))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A folder with a plan over tables and its certificate."""
    folder = tmp_path_factory.mktemp("bukti")
    data = write(folder / "usulan", *rows())
    asked = scenario(10 * MILIAR, TABLE_RULES, ["nilai", ("benefit", 0.01)], data=str(data))
    table = read_candidates(asked)
    allocate(table, asked).save(folder / "plan.json")
    assert write_certificate(RunFolder.of(folder), table)
    return RunFolder.of(folder)


def test_verify_holds_the_certificate_against_the_tables(run):
    assert verify(run.plan_file) == []
    before = run.certificate.read_text(encoding="utf-8")
    try:
        content = json.loads(before)
        content["packages"][0][0] -= 10**6  # a cost that is not the table's, under a fingerprint of its own
        run.certificate.write_text(json.dumps(content | {"fingerprint": fingerprint_of(content)}), encoding="utf-8")
        assert "packages" in verify(run.plan_file)[0]
        run.certificate.write_text(before.replace('"den":100000', '"den":100001'), encoding="utf-8")
        assert "sertifikat.json" in verify(run.plan_file)[0]
        content = json.loads(before) | {"plan": "0" * 64}
        run.certificate.write_text(json.dumps(content | {"fingerprint": fingerprint_of(content)}), encoding="utf-8")
        assert "sertifikat.json" in verify(run.plan_file)[0]
    finally:
        run.certificate.write_text(before, encoding="utf-8")


BARE = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("numpy", "pandas", "scipy", "highspy", "pulp"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from planner.cli import main
main()
"""


def test_the_sentence_stands_where_no_numpy_and_no_solver_can_be_imported(run):
    told = subprocess.run(
        [sys.executable, "-c", BARE, "verify", str(run.plan_file), "--lang", "en"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "numpy" in told.stdout and "no plan under these rules and data reaches more than" in told.stdout


def test_the_page_alone_needs_nothing_but_python(run):
    page = ROOT / "src" / "planner" / "plan" / "certificate.py"
    told = subprocess.run(
        [sys.executable, "-I", "-S", str(page), str(run.certificate), str(run.plan_file)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "no plan reaches more than" in told.stdout


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"goals": [1]}', '{"options": {}, "packages": 3, "rows": [], "goals": []}']
)
def test_what_is_no_certificate_is_refused_or_proves_nothing(content):
    with suppress(Refused):
        assert check(json.loads(content or "null")) == []
