"""Doubt, measured: draws are solved order-free by any executor, kept, gone on with, and counted right."""

import json
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import pytest
from small import MILIAR, line, usulan, write

from planner.answers import robust
from planner.answers.open_plan import open_case
from planner.answers.robust import Question, complete, question
from planner.base.errors import PlannerError
from planner.base.processes import Clock
from planner.plan.robust_file import read_robust

HALL = [line(6 * MILIAR, komponen="gedung_produksi")]


class OneByOne(Executor):
    """Works at once, in the order of asking."""

    def submit(self, fn, /, *args, **kwargs):
        future: Future = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@pytest.fixture
def plan_file(tmp_path, planner, monkeypatch):
    """A plan that can fund one of two: revitalisasi in Kupang, or pembangunan at nearly the same worth."""
    monkeypatch.chdir(tmp_path)
    write(
        tmp_path / "tabel",
        usulan("a", kode="53.01", ikm=20, lines=HALL),
        usulan("b", kode="53.01", ikm=19, menu="revitalisasi", lines=HALL),
        usulan("c", kode="34.04", ikm=1, lines=HALL),
    )
    text = 'name = "Uji"\ndata = "tabel"\nbudget_rp = {2028 = 10_000_000_000}\nweights = {kemiskinan = 1}\n'
    (tmp_path / "uji.toml").write_text(text, encoding="utf-8")
    assert planner("allocate", "uji.toml")[0] == 0
    return tmp_path / "out" / "uji" / "plan.json"


def lines_of(plan_file) -> list[dict]:
    return [json.loads(text) for text in plan_file.with_name("undian.jsonl").read_bytes().splitlines()]


def test_any_executor_gives_the_same_figures(plan_file):
    one = complete(plan_file, OneByOne(), 30)
    for name in ("undian.jsonl", "ketahanan.json"):
        plan_file.with_name(name).unlink()
    with ThreadPoolExecutor(3) as pool:
        assert complete(plan_file, pool, 30) == one
    assert read_robust(plan_file.with_name("ketahanan.json"), open_case(plan_file).plan) == one


def test_times_count_draws_by_kabupaten_and_by_menu(plan_file):
    # the two of Kupang cost 6 of 10 miliar, so exactly one of them is in every draw: pembangunan or revitalisasi
    known = complete(plan_file, OneByOne(), 60)
    assert known["kabupaten"] == [["53.01", 60]]
    times = {menu: count for _, menu, count, _ in known["times"]}
    assert set(times) == {"pembangunan", "revitalisasi"} and sum(times.values()) == 60 and min(times.values()) > 5
    assert sum(mean for *_, mean in known["times"]) in (6 * MILIAR, 6 * MILIAR - 1)  # each rounded down
    assert known["deciding"][0]["kode"] == "" and known["deciding"][0]["column"].startswith("faktor_menu_")
    for one in lines_of(plan_file):
        assert sum(rp for *_, rp in one["funded"]) == one["spent_rp"] == 6 * MILIAR


def test_a_second_run_goes_on_after_a_line_that_was_cut_short(plan_file, monkeypatch):
    whole = complete(plan_file, OneByOne(), 12)
    kept = plan_file.with_name("undian.jsonl")
    lines = kept.read_bytes().splitlines(keepends=True)
    plan_file.with_name("ketahanan.json").unlink()
    kept.write_bytes(b"".join(lines[:5]) + lines[5][:40])  # as kill -9 leaves it
    asked, own = [], Question.solve
    monkeypatch.setattr(Question, "solve", lambda self, n: asked.append(n) or own(self, n))

    assert complete(plan_file, OneByOne(), 12) == whole
    assert len(asked) == 7 and sorted(kept.read_bytes().splitlines(keepends=True)) == sorted(lines)
    asked.clear()
    assert complete(plan_file, OneByOne(), 12) == whole and asked == []
    assert complete(plan_file, OneByOne(), 14)["done"] == 14 and asked == [12, 13]


def test_draws_of_another_seed_gap_or_weight_are_not_taken_for_these(plan_file):
    case = open_case(plan_file)
    keys = {question(case, *given).key for given in ((1, 0.01, 0.0), (2, 0.01, 0.0), (1, 0.02, 0.0), (1, 0.01, 0.2))}
    assert len(keys) == 4
    complete(plan_file, OneByOne(), 5, seed=1)
    assert complete(plan_file, OneByOne(), 5, seed=2)["done"] == 5
    assert {one["key"] for one in lines_of(plan_file)} == {question(case, 2, 0.01, 0.0).key}


def test_what_is_there_when_it_is_stopped_is_shown_with_its_number(plan_file):
    clock = Clock()

    def stop_at_4(text):
        clock.stopped |= len(lines_of(plan_file)) >= 4

    with ThreadPoolExecutor(1) as pool:
        known = complete(plan_file, pool, 300, progress=stop_at_4, clock=clock)
    assert 4 <= known["done"] < 300 == known["draws"] and known["sides"]["tie"] == []
    assert len(lines_of(plan_file)) == known["done"]


def test_a_draw_without_a_plan_funds_nobody_and_is_counted(plan_file, monkeypatch):
    own = Question.solve
    nothing = {"gap": None, "spent_rp": 0, "funded": None}
    monkeypatch.setattr(Question, "solve", lambda self, n: own(self, n) | (nothing if n % 2 else {}))
    known = complete(plan_file, OneByOne(), 10)
    assert (known["done"], known["without_plan"], known["kabupaten"]) == (10, 5, [["53.01", 5]])


def test_numbers_that_cannot_be_are_told_all_at_once(plan_file):
    with pytest.raises(PlannerError) as caught:
        complete(plan_file, OneByOne(), 0, -1, 0.5, 2.0)
    assert len(caught.value.problems) == 4 and "--draws" in caught.value.problems[0]


def test_the_command_says_it_and_keeps_it(plan_file, planner):
    status, out, err = planner("robust", plan_file, "--draws", 25, "--weights", 0.2)
    assert status == 0 and "25 hitung ulang dengan angka lain (benih 2028)" in out and "ketahanan.json" in err
    status, out, _ = planner("robust", plan_file, "--draws", 25, "--weights", 0.2, "--json")
    assert status == 0 and json.loads(out)["done"] == 25
    assert planner("verify", plan_file)[0] == 0


def test_the_first_draws_of_a_plan_in_memory_are_those_of_the_command(plan_file, monkeypatch):
    monkeypatch.setattr(robust, "AT_ONCE", 6)
    case = open_case(plan_file)
    known = complete(plan_file, OneByOne(), 6)
    quick = robust.at_once(case.plan, case.problem.options.candidates, Clock())
    assert quick["times"] == known["times"] and quick["sides"]["open"] == ["a", "b", "c"]
    assert robust.at_once(case.plan, case.problem.options.candidates, Clock(stopped=True)) is None


def test_more_draws_than_are_asked_for_are_the_answer_and_stay(plan_file, monkeypatch):
    whole, kept = complete(plan_file, OneByOne(), 9), lines_of(plan_file)
    monkeypatch.setattr(Question, "solve", None)  # a solve would fail
    assert complete(plan_file, OneByOne(), 4) == whole and lines_of(plan_file) == kept
