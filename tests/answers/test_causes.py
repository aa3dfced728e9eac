"""Which change caused how much, on usulan few enough to do it by hand; everything adds up."""

import json
from dataclasses import replace
from time import monotonic

import oracle
import pytest
from random_case import random_case
from seasons import MILIAR, Here, asked, run, sealed

from planner.answers.causes import (
    COUNT,
    GOAL,
    MONEY,
    Impossible,
    find_causes,
    how,
    limits,
    previewed,
    solve,
    solved,
)
from planner.answers.preview import Previewer
from planner.answers.season_groups import Side, Sides, side_of
from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.model.candidates import REFERENCE
from planner.paper.season_file import causes_page
from planner.scenario.scenario import read_scenario, vary
from planner.tables.check import check_data
from planner.tables.reference import reference_tables
from planner.views.season import causes_text

MICRO = 10**6
IN = {"rule": "Lock", "state": "in", "law": "rapat"}
VERDICTS = {"rule": "Verdicts"}


@pytest.fixture(autouse=True)
def indonesian():
    with speaking("id"):
        yield


def causes(folder, before: dict, after: dict, quick: bool = False):
    """The causes between two rounds; each of ``rows`` and what ``seasons.run`` takes."""
    rounds = [
        sealed(folder / "musim", name, *one.pop("rows"), **one)
        for name, one in (("usulan", {**before}), ("verifikasi", {**after}))
    ]
    found = find_causes(*rounds, Here(), quick)
    for key in found.figures:
        first, last = found.ends_of(key)
        if found.groups:
            assert sum(found.shares(key)) == sum(found.parts(key)) == last - first
    return found


def test_a_ceiling_and_a_verdict_by_hand(tmp_path):
    # a: 6 miliar, 10 IKM; b: 5 miliar, 8 IKM, rows as (ceiling; is a rejected): (6; no) a, (11; no) both, (6; yes) b,
    # (11; yes) b. IKM: the ceiling brings (8 + 0) / 2 = 4, the verdict (-2 - 10) / 2 = -6, together 10 -> 8.
    # Rupiah: the ceiling (5 + 0) / 2 = 2.5, the verdict (-1 - 6) / 2 = -3.5, together 6 -> 5.
    a, b = asked("a", 6, 10, verifikasi_provinsi="diterima"), asked("b", 5, 8, "34.04", verifikasi_provinsi="")
    before = {"rows": (a, b), "miliar": 6, "rules": [VERDICTS]}
    after = {"rows": (a | {"verifikasi_provinsi": "ditolak"}, b), "miliar": 11, "rules": [VERDICTS]}

    found = causes(tmp_path, before, after)

    assert found.groups == ("budget", "verdicts") and found.exact and found.orders.total == 2
    assert found.parts(GOAL) == [4 * MICRO, -6 * MICRO] and found.ends_of(GOAL) == (10 * MICRO, 8 * MICRO)
    assert found.shares(MONEY) == [5 * MILIAR / 2, -7 * MILIAR / 2]
    assert found.keys("provinsi") == [("provinsi", "Daerah Istimewa Yogyakarta"), ("provinsi", "Nusa Tenggara Timur")]
    assert found.parts(("provinsi", "Daerah Istimewa Yogyakarta")) == [5 * MILIAR // 2, 5 * MILIAR // 2]
    moves = {one.usulan_id: (one.change, one.amount_rp, one.by) for one in found.moves}
    assert moves == {
        "a": ("leaves", -6 * MILIAR, (("verdicts",),)),
        "b": ("enters", 5 * MILIAR, (("budget",), ("verdicts",))),  # each is enough
    }
    text = causes_text(found)
    assert "pagu: +4,00" in text and "penilaian: −6,00" in text and "pagu, penilaian (masing-masing cukup)" in text
    assert json.loads(json.dumps(found.plain()))["figures"]["money"]["numerators"] == [5 * MILIAR, -7 * MILIAR]


@pytest.mark.long
def test_what_enters_only_by_two_changes_together_is_said_so(tmp_path):
    # c of 9 miliar and 20 IKM is in the tables of the second round only, and fits its ceiling of 10 alone.
    a, c = asked("a", 6, 10), asked("c", 9, 20, "34.04")
    found = causes(tmp_path, {"rows": (a,), "miliar": 6}, {"rows": (a, c), "miliar": 10})

    assert found.groups == ("budget", "tables")
    assert found.parts(GOAL) == [5 * MICRO, 5 * MICRO]  # 10 -> 20, and neither change brings anything alone
    assert {one.usulan_id: one.by for one in found.moves} == {
        "a": (("budget", "tables"),),
        "c": (("budget", "tables"),),
    }
    assert "bersama: pagu + isi tabel" in causes_text(found)


def test_orders_through_what_is_not_possible_do_not_count(tmp_path):
    # c is rejected at first; it can be locked in only once that is taken back: of the two orders one is possible.
    a = asked("a", 6, 10, verifikasi_provinsi="")
    c = asked("c", 9, 1, "34.04", verifikasi_provinsi="ditolak")
    after = {"rows": (a, c | {"verifikasi_provinsi": "diterima"}), "rules": [VERDICTS, IN | {"usulan": ["c"]}]}
    found = causes(tmp_path, {"rows": (a, c), "rules": [VERDICTS]}, after)

    assert found.groups == ("verdicts", "edits") and found.orders.total == 1 and list(found.impossible) == [2]
    assert found.parts(GOAL) == [0, -9 * MICRO] and found.parts(COUNT) == [0, 0]
    assert "1 kombinasi tidak mempunyai rencana" in causes_text(found)
    page = causes_page(found, "both")
    assert "tidak dapat dikunci masuk" in page and "cannot be locked in" in page
    assert not found.exact  # it cannot even be asked, which is no proof


@pytest.mark.long
def test_a_lock_of_an_usulan_that_is_not_there_yet_holds_nothing(tmp_path):
    a, c = asked("a", 6, 10), asked("c", 9, 1, "34.04")
    after = {"rows": (a, c), "rules": [IN | {"usulan": ["c"]}]}
    found = causes(tmp_path, {"rows": (a,)}, after)

    assert found.groups == ("tables", "edits") and not found.impossible
    assert {one.usulan_id: one.by for one in found.moves} == {"a": (("tables", "edits"),), "c": (("tables", "edits"),)}


@pytest.mark.long
def test_other_weights_are_measured_by_those_of_the_later_round(tmp_path):
    # Kupang's usulan has fewer IKM. Goal benefit is the score times IKM: what counts is the weight of the later round.
    rows = asked("a", 6, 30), asked("b", 6, 31, "34.04")
    goal = {"goals": [{"maximise": "benefit"}]}
    found = causes(
        tmp_path, {"rows": rows, **goal, "weights": {"ikm": 1}}, {"rows": rows, **goal, "weights": {"kemiskinan": 1}}
    )

    assert found.groups == ("weights",) and found.remeasured
    assert [one.usulan_id for one in found.moves] == ["a", "b"]
    before, after = found.ends_of(GOAL)
    assert before < after  # the poor one is worth more by the later weights
    assert "diukur dengan milik verifikasi" in causes_text(found)


def test_the_same_round_twice_has_nothing_to_tell(tmp_path):
    rows = (asked("a", 6, 10), asked("b", 5, 8, "34.04"))
    found = causes(tmp_path, {"rows": rows}, {"rows": rows[::-1]})  # the order of rows counts for nothing

    assert found.same and found.groups == () and found.moves == []
    assert "Tidak ada yang berbeda" in causes_text(found) and "Tidak ada yang berbeda" in causes_page(found, "id")


@pytest.mark.long
def test_previews_say_between_what_the_shares_lie(tmp_path):
    a, b = asked("a", 6, 10, verifikasi_provinsi="diterima"), asked("b", 5, 8, "34.04", verifikasi_provinsi="")
    before = {"rows": (a, b), "miliar": 6, "rules": [VERDICTS]}
    after = {"rows": (a | {"verifikasi_provinsi": "ditolak"}, b), "miliar": 11, "rules": [VERDICTS]}

    found = causes(tmp_path, before, after, quick=True)

    assert not found.exact and found.counts()["preview"] == 2
    for k, exact in enumerate((4 * MICRO, -6 * MICRO)):
        low, high = found.interval(k)
        assert low <= exact <= high
    assert "pratinjau" in causes_text(found) and "antara" in causes_text(found)


def test_the_page_is_the_same_each_time_in_both_languages_and_escapes_what_tables_say(tmp_path):
    hostile = "<script>alert(1)</script>"
    a, c = asked("a", 6, 10), asked(hostile, 9, 20, "34.04")
    found = causes(tmp_path, {"rows": (a,), "miliar": 6}, {"rows": (a, c), "miliar": 10})

    html = causes_page(found, "both")
    assert html == causes_page(found, "both") and hostile not in html and "&lt;script&gt;alert(1)" in html
    assert 'lang="id"' in html and 'lang="en"' in html and "What changed from usulan to verifikasi" in html
    assert html.count('class="gain"') and html.count('class="bars steps"') == 6  # three figures in two languages


def test_a_verdict_taken_back_with_its_row_is_a_change_of_verdicts_alone(tmp_path):
    sides = []
    for name, rows in {"usulan": ["53.01,2028,ya,", "34.04,2028,,"], "verifikasi": []}.items():
        plan = run(tmp_path / name, asked("a", 6, 10))
        lines = "\n".join(["kode,ta,lokpri,catatan", *rows]) + "\n"
        plan.with_name("tabel").joinpath("daerah.csv").write_text(lines, encoding="utf-8")
        sides.append(Side(*given(tmp_path / name)))
    assert Sides(*sides).changed() == ("verdicts",)


def given(folder):
    """What a round asks of which tables, read from a working folder."""
    scenario = read_scenario(folder / "uji.toml")
    return scenario, check_data(folder / "tabel").tables, reference_tables(REFERENCE), False


def test_a_solver_that_is_not_installed_is_told_and_proves_nothing(tmp_path):
    rows = asked("a", 6, 10), asked("b", 5, 8, "34.04")
    first = sealed(tmp_path / "musim", "usulan", *rows)
    last = sealed(tmp_path / "musim", "verifikasi", *rows, miliar=11)
    sides = Sides(side_of(first), side_of(last))
    other = vary(sides.after.scenario, solver={"name": "tiada"})
    asked_of = replace(sides, after=replace(sides.after, scenario=other))
    with pytest.raises(PlannerError, match="tiada"), pytest.MonkeyPatch.context() as patch:
        patch.setattr("planner.answers.causes.Sides", lambda *given: asked_of)
        find_causes(first, last, Here())
    found = solve(asked_of, ("budget",), False)
    assert isinstance(found, Impossible) and not found.proven


def test_what_cannot_be_asked_is_not_called_impossible_and_says_why_in_both_languages(tmp_path):
    # One decision by hand locks b in, another one locks it out.
    a, b = asked("a", 6, 10), asked("b", 5, 8, "34.04")
    first = sealed(tmp_path / "musim", "usulan", a, b)
    sides = Sides(side_of(first), side_of(first))
    both_ways = [IN | {"usulan": ["b"]}, IN | {"usulan": ["b"], "state": "out"}]
    wrong = replace(sides.after, scenario=vary(sides.after.scenario, rules=both_ways))
    found = solve(Sides(wrong, wrong), (), False)
    assert isinstance(found, Impossible) and not found.proven
    assert found.why["id"] != found.why["en"] and "b" in found.why["en"]


def lexicographic(table, wanted, point: int) -> list[int]:
    """The first goal, in 1e-6, of each plan that is best by trying everything, goals in the points of a solve."""
    fine, coarse = (oracle.legal_plans(table, wanted, [one, 1]) for one in (1, point))
    _, top = oracle.best(coarse, wanted)
    return [one.goals[0] for one, same in zip(fine, coarse, strict=True) if any(same is best for best in top)]


@pytest.mark.parametrize("seed", range(12))
def test_the_plan_that_is_sought_lies_within_the_limits_of_the_one_that_was_found(seed):
    table, wanted = random_case(seed)
    table = replace(table, usulan=table.usulan.assign(nilai=table.usulan["nilai"] * 123.456781))  # points round it
    tolerance = (0.0, 0.3)[seed % 2]
    goals = [{"maximise": "nilai"}, {"maximise": "ikm", "tolerance": tolerance}]
    exact = vary(wanted, goals=goals)
    ways = {"proven": exact, "within": vary(exact, solver={"gap": 0.4, "time_limit_s": 60})}
    tried = [(solved(table, one), one) for one in ways.values()] + [(previewed(table, exact), exact)]
    for (problem, x, goals_, unique), one in tried:
        goal = problem.goal(0, 1).points(x)
        up, down = limits(problem, x, goals_[0])
        assert up is not None and down is not None
        best = lexicographic(table, exact, goals_[0]["point"])
        if len(goals_) > 1 and how(one, goals_, unique) == "proven":
            assert goal in best
        assert all(goal - down <= value <= goal + up for value in best), (goal, up, down, best)


def test_of_rules_with_a_price_no_limits_are_known():
    table, wanted = random_case(2)
    soft = {"rule": "CountBand", "by": "menu", "max": 1, "soft": True, "price": 1}
    problem, x, goals, _ = previewed(table, vary(wanted, rules=[soft]))
    assert problem.soft.any() and limits(problem, x, goals[0]) == (None, None)


def test_a_preview_has_the_time_of_its_scenario(monkeypatch):
    asked_with, (table, wanted) = [], random_case(2)
    preview = Previewer.preview
    monkeypatch.setattr(Previewer, "preview", lambda *given: asked_with.append(given[-1]) or preview(*given))
    previewed(table, wanted)
    assert asked_with[0].deadline_s <= monotonic() + wanted.solver.time_limit_s
