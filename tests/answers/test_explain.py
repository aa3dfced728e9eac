"""Why and why not, against arithmetic by hand and against trying everything with the usulan forced in or out."""

import json

import numpy as np
import oracle
import pytest
from random_case import random_case
from small import MILIAR, candidates, line, scenario, usulan, winners, write

from planner.answers import explain, forced
from planner.answers.explain import answer
from planner.answers.open_plan import case_of, open_case
from planner.base.errors import PlannerError
from planner.base.processes import Clock
from planner.model.candidates import read_candidates
from planner.plan.allocate import allocate
from planner.plan.plan import seal_plan
from planner.scenario.scenario import read_scenario
from planner.scenario.toml_file import toml
from planner.solve.exact import maximise
from planner.solve.formulation import SideRow, forced_row
from planner.solve.relaxation import Relaxation

KEYS = [
    "usulan_id", "funded", "kind", "outcome", "reason", "loss", "displaced", "entering", "exact", "rival", "compared",
]  # fmt: skip
HOSTILE = [
    "<script>",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "a\"b'c;d,e",
    "baris\nbaru",
    "\x1b[31mmerah",
    "\u202eterbalik",
]


def asked(table, wanted, exact=False):
    """(plan, what to ask of it)."""
    plan = allocate(table, wanted)
    case = case_of(plan, table)
    return plan, lambda name, exact=exact: answer(case, name, exact)


def micros(plan, points: int) -> int:
    """Points of the first goal in 1e-6."""
    return points * plan["goals"][0]["point"]


# -- by hand -----------------------------------------------------------------------------------------------------------


def test_an_outbid_usulan_costs_what_it_displaces_less_what_it_brings():
    # Rp 10: A (6, worth 5) + B (4, worth 3) = 8. C (6, worth 4) in: C + B = 7. Loss 1; A leaves.
    plan, ask = asked(candidates(usulan("A", 6, 5), usulan("B", 4, 3), usulan("C", 6, 4)), scenario(10))
    found = ask("C")
    assert list(found.plain()) == KEYS
    assert (found.funded, found.kind, found.exact) == (False, "price", True)
    assert [micros(plan, p) for p in found.loss] == [10**6, 10**6]
    assert (found.displaced, found.entering) == (["A"], ["C"])
    assert "Ia menggeser Aceh Selatan 'A' (pembangunan, Rp 6, 10 IKM)." in found.plain()["reason"]["id"]
    assert "It displaces Aceh Selatan 'A' (construction, Rp 6, 10 IKM)." in found.plain()["reason"]["en"]
    assert "Ikut masuk" not in found.plain()["reason"]["id"] and "poin" not in found.plain()["reason"]["id"]


def test_a_funded_usulan_costs_what_its_follower_brings_less():
    # Without A: B + C = 7 of 8.
    plan, ask = asked(candidates(usulan("A", 6, 5), usulan("B", 4, 3), usulan("C", 6, 4)), scenario(10))
    found = ask("A")
    assert (found.funded, found.kind) == (True, "funded")
    assert [micros(plan, p) for p in found.loss] == [10**6, 10**6]
    assert (found.displaced, found.entering) == (["A"], ["C"])
    assert "Penggantinya Aceh Selatan 'C' (" in found.plain()["reason"]["id"]


def test_a_rule_that_blocks_is_told_by_its_sentence_and_what_it_costs_to_obey_it_otherwise():
    # One per kabupaten: A (5) and B (4) share one; B in means A out: 5 + 1 -> 4 + 1, though the money is there for all.
    rows = [usulan("A", 1, 5), usulan("B", 1, 4), usulan("C", 1, 1, kode="53.01")]
    plan, ask = asked(candidates(*rows), scenario(10, [{"rule": "MaxPerKabupaten", "max": 1}]))
    found = ask("B")
    assert found.kind == "rule"
    assert [micros(plan, p) for p in found.loss] == [10**6, 10**6]
    assert found.displaced == ["A"]
    said = found.plain()["reason"]["id"]
    assert "sudah terpilih dengan Aceh Selatan 'A' (" in said and "Paling banyak 1 usulan" in said
    assert "MaxPerKabupaten" not in said


def test_what_no_plan_can_hold_is_proven_impossible():
    # B is locked out; D costs more than the pagu: neither can be forced in. A is locked in: it cannot be taken out.
    rules = [{"rule": "Lock", "state": "out", "usulan": ["B"]}, {"rule": "Lock", "state": "in", "usulan": ["A"]}]
    rows = [usulan("A", 6, 5), usulan("B", 4, 3), usulan("D", 11, 9)]
    _, ask = asked(candidates(*rows), scenario(10, rules))
    for name, kind in (("B", "rule"), ("D", "price"), ("A", "funded")):
        found = ask(name)
        assert (found.kind, found.loss, found.exact) == (kind, None, True)
        assert (found.displaced, found.entering) == ([], [])
        assert "terbukti tidak mungkin" in found.plain()["reason"]["id"]


def test_a_gate_keeps_its_reason_and_has_no_loss():
    _, ask = asked(candidates(usulan("A", 6, 5), usulan("B", 4, 3, ta=2030)), scenario(10))
    found = ask("B")
    assert (found.kind, found.loss, found.exact) == ("gate", None, True)
    assert "2030" in found.plain()["reason"]["id"] and "tidak mungkin" not in found.plain()["reason"]["id"]


def test_a_tie_costs_nothing():
    plan, ask = asked(candidates(usulan("A", 6, 5), usulan("B", 6, 5)), scenario(6))
    (winner,) = winners(plan)
    (other,) = {"A", "B"} - {winner}
    found = ask(other)
    assert (found.kind, found.loss, found.displaced) == ("tie", (0, 0), [winner])
    assert "tidak mengubah tujuan pertama" in found.plain()["reason"]["id"]
    assert ask(winner).loss == (0, 0)


def test_another_year_of_the_same_usulan_does_not_count_as_taking_it_out():
    # A fits in both years and B only in 2028; Rp 6 each. Without A: B alone, 5 + 4 -> 4.
    table = candidates(usulan("A", 6, 5), usulan("B", 6, 4))
    plan, ask = asked(table, scenario({2028: 6, 2029: 6}))
    assert winners(plan) == ["A", "B"]
    found = ask("A")
    assert [micros(plan, p) for p in found.loss] == [5 * 10**6] * 2
    assert (found.displaced, found.entering) == (["A"], [])


def test_an_usulan_forced_in_may_take_any_of_its_years():
    # Rp 6 in 2028 and Rp 3 in 2029: A (6, worth 5) has 2028, B (3, worth 2) 2029. C (3, worth 1) in: A + C = 6 of 7.
    table = candidates(usulan("A", 6, 5), usulan("B", 3, 2), usulan("C", 3, 1))
    plan, ask = asked(table, scenario({2028: 6, 2029: 3}))
    found = ask("C")
    assert [micros(plan, p) for p in found.loss] == [10**6] * 2
    assert found.displaced == ["B"]


def test_lines_are_trimmed_to_make_room():
    # A: Rp 6 + 4 units of Rp 1 (at least one), worth 10, so 1 per rupiah; B: Rp 3, worth 1. Rp 10.
    # B in: three units trimmed away, 10 - 3 + 1 = 8. Nobody leaves.
    table = candidates(usulan("A", nilai=10, lines=[line(6), line(1, 4, 1, name="2")]), usulan("B", 3, 1))
    plan, ask = asked(table, scenario(10))
    found = ask("B", True)
    assert [micros(plan, p) for p in found.loss] == [2 * 10**6] * 2
    assert (found.exact, found.displaced, found.entering) == (True, [], ["B"])


def test_only_the_first_goal_counts_and_its_tolerance_does_not():
    # First goal: A (5) before B (4). With 50 % given up for IKM, B (40) is chosen; A in loses nothing of the first.
    table = candidates(usulan("A", 6, 5, ikm=10), usulan("B", 6, 4, ikm=40))
    plan, ask = asked(table, scenario(6, goals=["nilai", ("ikm", 0.5)]))
    assert winners(plan) == ["B"]
    assert ask("A").loss == (0, 0)
    assert [micros(plan, p) for p in ask("B").loss] == [0, 0]


def test_a_plan_that_is_not_proven_may_have_a_loss_below_zero_and_says_so():
    # The file holds B alone (4) as "best found" with a bound of 6; with A in, 5: one point more, not less.
    table, wanted = candidates(usulan("A", 6, 5), usulan("B", 6, 4)), scenario(6)
    best = allocate(table, wanted)
    worse = allocate(table, scenario(6, [{"rule": "Lock", "state": "out", "usulan": ["A"]}]))
    step = 10**6 // best["goals"][0]["point"]
    goal = best["goals"][0] | {"value": 4 * step, "stage_value": 4 * step, "bound": 6 * step, "gap": 0.333333333}
    content = best.content | {key: worse[key] for key in ("funded", "spent_rp")}
    record = {"usulan_id": "A", "kode": "11.01", "kind": "price", "rule": None, "reason": {"id": "a", "en": "b"}}
    plan = seal_plan(content | {"goals": [goal], "status": "best_found", "not_funded": [record]})
    found = answer(case_of(plan, table), "A")
    assert found.loss == (-step, -step)
    assert "belum terbukti terbaik" in found.plain()["reason"]["id"]


def test_an_unknown_usulan_is_an_error_with_the_nearest_id():
    _, ask = asked(candidates(usulan("sentra-1", 6, 5)), scenario(6))
    with pytest.raises(PlannerError, match="sentra-1"):
        ask("sentra-l")


def hall():
    return line(2 * MILIAR, komponen="gedung_produksi")


@pytest.fixture
def three(tmp_path):
    """A plan file; Kab. Bogor (32.01) has two usulan, Kab. Sukabumi (32.02) one, Kab. Cianjur (32.03) none."""
    rows = [("A", "32.01", 9), ("B", "32.01", 5), ("C", "32.02", 4)]
    write(tmp_path / "usulan", *(usulan(n, ikm=ikm, kode=kode, lines=[hall()]) for n, kode, ikm in rows))
    wanted = scenario(4 * MILIAR, goals=("benefit",))
    (tmp_path / "uji.toml").write_text(toml(wanted), encoding="utf-8")
    found = allocate(read_candidates(read_scenario(tmp_path / "uji.toml")), wanted)
    return found.save(tmp_path / "plan.json"), tmp_path / "usulan"


@pytest.mark.parametrize("name", ["32.02", "Kab. Sukabumi", "kabupaten sukabumi"])
def test_a_kabupaten_stands_for_its_only_usulan(three, name):
    assert explain.explain(three[0], name, three[1]).usulan_id == "C"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("32.01", "Sebut ID sebuah usulan; 32.01 Kabupaten Bogor mempunyai: 'A' .pembangunan, Rp 2 miliar., 'B' "),
        ("32.03", "Kabupaten Cianjur tidak mempunyai usulan dalam rencana ini. Di provinsinya ada: 'A' .*, 'C' .*"),
        ("Kota Medan", "12.71 Kota Medan tidak mempunyai usulan dalam rencana ini, begitu pula daerah lain"),
        ("32.80", "Tidak ada .* bernama '32.80'. (Mungkin maksud Anda '32.|Yang dikenal: 32.01, 32.02)"),
        ("Kab. Sukabummi", "Mungkin maksud Anda 'Kabupaten Sukabumi'"),
        ("entah apa", "Yang dikenal: A, B, C"),
    ],
)  # fmt: skip
def test_what_is_no_usulan_is_told_with_what_there_is(three, name, told):
    with pytest.raises(PlannerError, match=told):
        explain.explain(three[0], name, three[1])


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_ids_stay_text_on_one_printable_line(name):
    _, ask = asked(candidates(usulan(name, 6, 5), usulan("B" + name, 6, 4)), scenario(6))
    for one in (name, "B" + name):
        found = ask(one)
        assert found.usulan_id == one
        assert all(text.isprintable() for text in found.plain()["reason"].values())


def test_many_displaced_are_counted_not_listed():
    # Eight usulan of Rp 1, worth 1, against one of Rp 8, worth 5: all eight leave; the sentence names three.
    table = candidates(*[usulan(f"U{i}", 1, 1) for i in range(8)], usulan("Z", 8, 5))
    _, ask = asked(table, scenario(8))
    found = ask("Z")
    assert len(found.displaced) == 8
    said = found.plain()["reason"]["id"]
    assert "'U2' (pembangunan, Rp 1, 10 IKM) dan 5 lainnya (Rp 5)" in said and "'U7'" not in said


# -- against trying everything -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_the_interval_holds_and_the_exact_figure_is_that_of_trying_everything(seed):
    table, wanted = random_case(seed)
    legal_sizes = oracle.legal_plans(table, wanted)
    if not legal_sizes:
        return
    plan = allocate(table, wanted)
    case = case_of(plan, table)
    legal = oracle.legal_plans(table, wanted, [plan["goals"][0]["point"]])
    best = max(p.goals[0] for p in legal)
    for name in table.usulan["usulan_id"]:
        funded = name in winners(plan)
        other = [p.goals[0] for p in legal if (name in {w for w, _ in p.winners}) != funded]
        interval, exact = answer(case, name), answer(case, name, True)
        assert interval.funded == funded
        if not other:
            assert interval.loss is None and exact.loss is None
            continue
        low, high = interval.loss
        assert low <= best - max(other) <= high
        assert exact.loss == (best - max(other),) * 2 and exact.exact
        gone, come = set(exact.displaced), set(exact.entering)
        after = (set(winners(plan)) - gone) | come
        assert any({w for w, _ in p.winners} == after and p.goals[0] == max(other) for p in legal)


@pytest.mark.parametrize("seed", range(8))
def test_a_core_of_few_options_still_gives_a_certified_interval(seed, monkeypatch):
    monkeypatch.setattr(forced, "CORE", 2)
    test_the_interval_holds_and_the_exact_figure_is_that_of_trying_everything(seed)


@pytest.mark.parametrize("seed", range(10))
def test_the_kept_bound_lies_above_every_legal_plan_and_is_the_same_when_asked_again(seed):
    table, wanted = random_case(seed)
    plan = allocate(table, wanted)
    case = case_of(plan, table)
    kept = Relaxation(case.problem, case.cost)
    n = len(case.problem.options)
    rows = [forced_row(case.problem, [i], funded) for i in range(n) for funded in (True, False)]
    bounds = {}
    for k, row in enumerate(rows):
        relaxed, found = kept.with_row(row), maximise(case.problem, case.cost, [row])
        assert found.x is None or (found.value <= relaxed.bound and not relaxed.infeasible)
        if found.x is not None:
            bounds[k] = relaxed.bound
    assert {k: kept.with_row(rows[k]).bound for k in reversed(bounds)} == bounds


def test_any_prices_give_a_bound_even_those_of_a_solver_gone_wrong():
    table, wanted = random_case(1)
    case = case_of(allocate(table, wanted), table)
    kept, rng = Relaxation(case.problem, case.cost), np.random.default_rng(1)
    nothing = SideRow(np.zeros(case.problem.width, dtype=np.int64))
    for _ in range(20):
        price = rng.normal(0, 1e4, case.problem.matrix.shape[0] + 1)
        assert kept.dual_bound(nothing, price)[0] >= case.goal["stage_value"]


# -- time --------------------------------------------------------------------------------------------------------------


def test_without_time_the_lower_end_is_still_certified(monkeypatch):
    monkeypatch.setattr(forced, "REPAIR_S", -1.0)
    plan, ask = asked(candidates(usulan("A", 6, 5), usulan("B", 4, 3), usulan("C", 6, 4)), scenario(10))
    found = ask("C")
    low, high = found.loss
    assert 0 <= micros(plan, low) <= 10**6 and high is None and not found.exact
    assert "belum ditemukan" in found.plain()["reason"]["id"]


def test_a_stopped_clock_leaves_the_interval():
    table, wanted = random_case(3)
    case = case_of(allocate(table, wanted), table)
    name = next(iter(case.register.records), winners(case.plan)[0])
    stopped = answer(case, name, True, Clock(stopped=True))
    assert stopped.loss == answer(case, name).loss


def test_points_that_rounding_hides_widen_the_interval():
    # C in costs one of 8 (as above): with 7 points hidden, 7 less to 7 more.
    table = candidates(usulan("A", 6, 5), usulan("B", 4, 3), usulan("C", 6, 4))
    plan = allocate(table, scenario(10))
    wide = case_of(plan, table)
    wide.__dict__["hidden"] = 7
    found = answer(wide, "C", True)
    one = 10**6 // plan["goals"][0]["point"]
    assert found.loss == (one - 7, one + 7) and not found.exact


# -- files and command -------------------------------------------------------------------------------------------------

HALL = {"komponen": "gedung_produksi"}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """(plan file, data folder): A (6, worth 5) is in, B (6, worth 4) is out; Rp 10 miliar."""
    folder = tmp_path_factory.mktemp("rencana")
    rows = [usulan(n, nilai=v, lines=[line(6 * MILIAR, **HALL)]) for n, v in (("A", 5), ("B", 4))]
    data = write(folder / "usulan", *rows)
    wanted = scenario(10 * MILIAR, data=str(data))
    return allocate(read_candidates(wanted), wanted).save(folder / "plan.json"), data


def test_the_command_says_it_line_by_line_and_as_json(saved, planner):
    path, _ = saved
    status, out, _ = planner("explain", path, "B")
    first, *rest = out.splitlines()
    assert status == 0 and first.endswith("'B' (pembangunan, Rp 6 miliar, 10 IKM) tidak terpilih.")
    # worth 4 and 5 of Rp 6 miliar: 0.67 and 0.83 per miliar; the larger fills its bar of 12
    assert rest[-1] == "  nilai per Rp 1 miliar    0,67 ██████████··    0,83 ████████████"
    status, out, _ = planner("explain", path, "B", "--lang", "en")
    assert status == 0 and "is not chosen" in out
    status, out, _ = planner("explain", path, "B", "--json", "--exact")
    found = json.loads(out)
    assert status == 0 and list(found) == KEYS
    assert found["displaced"] == ["A"] and found["exact"] is True


def test_the_command_refuses_what_it_cannot_answer(saved, planner, tmp_path):
    path, _ = saved
    status, out, err = planner("explain", path, "C")
    assert (status, out) == (1, "") and "Tidak ada usulan" in err
    status, _, err = planner("explain", path, "B", "--lang", "xx")
    assert status == 1 and "xx" in err
    status, _, err = planner("explain", tmp_path / "tidak-ada.json", "B")
    assert status == 1 and "Traceback" not in err


def test_other_tables_than_the_plans_are_refused(saved, tmp_path, planner):
    path, data = saved
    other = tmp_path / "usulan"
    other.mkdir()
    for file in data.iterdir():
        (other / file.name).write_text(file.read_text(encoding="utf-8").replace("Sentra B", "Sentra X"), "utf-8")
    with pytest.raises(PlannerError, match="usulan"):
        open_case(path, other)
    status, _, err = planner("explain", path, "B", "--data", other)
    assert status == 1 and "bukan tabel yang dipakai" in err


@pytest.mark.parametrize("key", ["funded", "goals", "scenario", "not_funded", "inputs"])
@pytest.mark.parametrize("value", [None, [], {}, "x", [1]])
def test_a_changed_or_broken_file_is_refused_in_a_sentence(saved, tmp_path, key, value):
    content = json.loads(saved[0].read_bytes())
    for change in (content | {key: value}, seal_plan(content | {key: value}).content):
        path = tmp_path / "plan.json"
        path.write_text(json.dumps(change), encoding="utf-8")
        with pytest.raises(PlannerError):
            explain.explain(path, "B")


# -- work, and what a later goal decides -------------------------------------------------------------------------------


def test_an_usulan_that_a_later_goal_leaves_out_is_not_said_to_lower_the_first():
    # A and B are worth the same; B employs more. A in for B costs the first goal nothing, and nothing says it would.
    rows = [usulan(name, 6, 5, tenaga_kerja_target=count) for name, count in (("A", 1), ("B", 9))]
    table = candidates(*rows)
    plan = allocate(table, scenario(6, goals=["nilai", "tenaga_kerja_target"]))
    said = answer(case_of(plan, table), "A", True).plain()
    assert winners(plan) == ["B"] and said["loss"] == (0, 0)
    assert "tujuan turun" not in said["reason"]["id"] and "tidak mengubah tujuan pertama" in said["reason"]["id"]
    assert "kalah pada tujuan berikutnya" in said["reason"]["id"] and "outbid in a later goal" in said["reason"]["en"]
    only_first = candidates(usulan("A", 6, 5), usulan("B", 6, 6))
    plan = allocate(only_first, scenario(6))
    assert "Kalah bersaing dalam pagu" in answer(case_of(plan, only_first), "A").plain()["reason"]["id"]


def test_the_effort_of_an_answer_is_counted_in_nodes_and_not_in_seconds(monkeypatch):
    seen = []
    real = forced.maximise
    monkeypatch.setattr(forced, "maximise", lambda *a: seen.append(a[4]) or real(*a))
    table, wanted = random_case(2)
    case = case_of(allocate(table, wanted), table)
    names = [*case.register.records, *winners(case.plan)]
    first = [answer(case, name).loss for name in names]
    monkeypatch.setattr(forced, "REPAIR_S", 3.0)
    assert [answer(case, name).loss for name in names] == first
    assert {settings.nodes for settings in seen} == {forced.NODES}
