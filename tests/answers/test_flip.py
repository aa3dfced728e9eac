"""The smallest single change that turns an answer: by hand, and against solving every value of a grid."""

import json

import pytest
from random_case import random_case
from small import JUTA, MILIAR, candidates, line, scenario, usulan, winners, write

from planner.answers import flip
from planner.answers.flip import Climb, flips, ladders
from planner.answers.open_plan import case_of
from planner.base.errors import NoneFoundError, PlannerError
from planner.base.processes import Clock
from planner.plan.allocate import allocate

EVERY = 6  # nearer steps that may be solved


@pytest.fixture(autouse=True)
def coarse(monkeypatch):
    """Steps of Rp 1 miliar, so that every value can be solved."""
    monkeypatch.setattr(flip, "STEP_RP", MILIAR)
    monkeypatch.setattr(flip, "FAR_PCT", {True: 5, False: 40})


def asked(*rows, budget=10 * MILIAR, rules=(), goals=("nilai",), **tables):
    table, question = candidates(*rows, **tables), scenario(budget, rules, goals)
    return case_of(allocate(table, question), table)


def found(case, name, **given):
    return {one.ladder.kind: one for one in flips(case, name, **given)}


ROWS = [usulan("A", 6 * MILIAR, 10), usulan("B", 6 * MILIAR, 9), usulan("D", 4 * MILIAR, 5)]


def test_what_would_bring_an_outbid_usulan_in_by_hand():
    # Rp 10 miliar: A (10) + D (5). B (6 miliar, 9) comes in beside A from Rp 12 miliar on (19 instead of 15), at
    # 4 miliar or less (A + B = 19; 4.02 is 67 %, 3.96 is 66 %), and worth 11, as B + D is then better than A + D.
    told = found(asked(*ROWS), "B", nearer=EVERY)
    assert list(told) == ["budget", "cost", "score"]
    assert (told["budget"].before, told["budget"].at, told["budget"].left) == (11 * MILIAR, 12 * MILIAR, 0)
    assert (told["cost"].before, told["cost"].at) == (4_020 * JUTA, 3_960 * JUTA)
    assert (told["score"].before, told["score"].at, told["score"].left) == (10, 11, 0)
    said = told["budget"].sentence()
    assert "kini Rp 10.000.000.000" in said and "Pada Rp 12.000.000.000" in said and "Rp 11.000.000.000, tidak" in said
    assert (
        told["cost"].left and f"{told['cost'].left} langkah yang lebih dekat tidak dihitung" in told["cost"].sentence()
    )


def test_winning_is_not_monotone_and_the_nearest_is_found_by_solving():
    # D (4, 5) is in beside A (6, 10) at Rp 10 miliar. At 9 there is room for D + C = 4 + 5 (11 > A = 10): D stays; at 8
    # and below A is alone, or C: D is out.
    rows = [usulan("A", 6 * MILIAR, 10), usulan("D", 4 * MILIAR, 5), usulan("C", 5 * MILIAR, 6)]
    told = next(flips(asked(*rows), "D", nearer=EVERY))
    assert (told.before, told.at, told.left) == (9 * MILIAR, 8 * MILIAR, 0)


def test_the_bound_of_the_rule_that_holds_it_and_the_rule_by_its_sentence():
    # One per kabupaten: A and B share one. Two: both come in, the money is there.
    rows = [usulan("A", 3 * MILIAR, 10), usulan("B", 3 * MILIAR, 3)]
    told = found(asked(*rows, rules=[{"rule": "MaxPerKabupaten", "max": 1}]), "B", nearer=EVERY)
    assert (told["rule"].before, told["rule"].at) == (1, 2)
    assert "Paling banyak 1 usulan" in told["rule"].sentence()
    assert told["budget"].at is None and "Dicari sampai Rp 15.000.000.000" in told["budget"].sentence()


def test_a_lacking_document_and_one_that_would_be_lacking():
    rows = [usulan("A", 3 * MILIAR, 100, ded="belum"), usulan("B", 3 * MILIAR, 90, ded="ada")]
    rows.append(usulan("C", 3 * MILIAR, 80, ded="ada"))
    case = asked(*rows, rules=[{"rule": "Ready", "documents": ["ded"]}])
    told = found(case, "A")
    assert list(told) == ["gate"] and (told["gate"].before, told["gate"].at) == ("belum", "ada")
    assert "kini belum ada. Bila ada, Aceh Selatan" in told["gate"].sentence()
    (ladder,) = (one for one in ladders(case, "B", True) if one.kind == "gate")
    assert (ladder.now, ladder.rungs) == ("ada", ("belum",)) and Climb(ladder, "B", True, Clock()).found(0) == 1


def by_solving(ladder, name, funded):
    """The nearest rung that turns the answer, every one before it solved."""
    for at in ladder.rungs:
        try:
            plan = allocate(*ladder.make(at))
        except PlannerError:
            continue
        if (name in winners(plan)) != funded:
            return at
    return None


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_on_a_grid_the_nearest_is_what_solving_every_value_says(seed):
    rng_rows = [
        usulan(f"U{k}", (k * 7 + seed * 3) % 5 * MILIAR + MILIAR, (k * 13 + seed * 5) % 17 + 2) for k in range(5)
    ]
    case = asked(*rng_rows, budget=6 * MILIAR)
    funded = "U3" in case.winners(case.x)
    for ladder in ladders(case, "U3", funded):
        if ladder.kind in ("budget", "score"):
            k = Climb(ladder, "U3", funded, Clock()).found(1000)
            assert (None if k is None else ladder.rungs[k - 1]) == by_solving(ladder, "U3", funded), ladder.kind


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_a_flip_that_is_told_holds_there_and_not_one_step_before(seed, monkeypatch):
    monkeypatch.setattr(flip, "STEP_RP", 1)
    table, question = random_case(seed)
    case = case_of(allocate(table, question), table)
    name = sorted(case.register.known)[0]
    funded = name in case.winners(case.x)
    told = list(flips(case, name, nearer=0))
    assert {one.ladder.kind for one in told} >= {"budget"} or case.register.records.get(name, {}).get("kind") == "gate"
    for one in told:
        climb = Climb(one.ladder, name, funded, Clock())
        places = {at: k for k, at in enumerate((one.ladder.now, *one.ladder.rungs))}
        if one.at is not None:
            assert climb.turned(places[one.at]) and not climb.turned(places[one.before])
            assert places[one.at] == places[one.before] + 1


def test_a_budget_smaller_than_a_step_is_not_moved():
    rows = [usulan("A", 60, 10), usulan("B", 60, 9)]
    assert [one.ladder.kind for one in flips(asked(*rows, budget=100), "B")] == ["cost", "score"]


def test_what_no_solve_answers_in_its_time_is_told_by_the_preview_as_not_proven(monkeypatch):
    monkeypatch.setattr(Climb, "proven", lambda self, k: None)

    def out_of_time(*_, **__):
        raise NoneFoundError("waktu")

    case = asked(*ROWS)
    monkeypatch.setattr(flip, "allocate", out_of_time)
    told = found(case, "B")
    assert (told["budget"].at, told["budget"].likely) == (None, 12 * MILIAR)
    assert "Menurut pratinjau" in told["budget"].sentence() and "belum terbukti" in told["budget"].sentence()


def test_a_bound_that_would_pass_its_own_opposite_ends_the_ladder_and_decimals_are_kept():
    rows = [usulan("A", 3 * MILIAR, 10), usulan("B", 3 * MILIAR, 2.7), usulan("C", 3 * MILIAR, 2.6)]
    band = {"rule": "CountBand", "by": "provinsi", "min": 2, "max": 3}
    case = asked(*rows, budget=6 * MILIAR, rules=[band])
    told = found(case, "A", nearer=EVERY)
    assert told["rule"].at is None
    worth = found(case, "C", nearer=EVERY)["score"]
    assert (worth.ladder.now, worth.at) == (2.6, 3) and "kini 2,6" in worth.sentence()


def test_an_unknown_usulan_is_told_with_the_nearest_name():
    with pytest.raises(PlannerError, match="Mungkin maksud Anda"):
        list(flips(asked(*ROWS), "AA"))


def test_the_command_adds_what_would_turn_it(tmp_path, planner, monkeypatch):
    monkeypatch.chdir(tmp_path)
    hall = [line(6 * MILIAR, komponen="gedung_produksi")]
    write(tmp_path / "tabel", *(usulan(n, ikm=ikm, kode="53.01", lines=hall) for n, ikm in (("A", 20), ("B", 18))))
    text = 'name = "Uji"\ndata = "tabel"\nbudget_rp = {2028 = 10_000_000_000}\nweights = {kemiskinan = 1}\n'
    (tmp_path / "uji.toml").write_text(text, encoding="utf-8")
    assert planner("allocate", "uji.toml")[0] == 0
    status, out, _ = planner("explain", "out/uji/plan.json", "B", "--flip", "--json")
    found = json.loads(out)["flips"]
    told = {one["kind"]: one for one in found}
    assert status == 0 and (told["budget"]["before"], told["budget"]["at"]) == (11 * MILIAR, 12 * MILIAR)
    assert told["score"]["what"] in ("IKM terlayani", "kemiskinan")
    status, _, err = planner("explain", "out/uji/plan.json", "BB", "--flip")
    assert status == 1 and "Mungkin maksud Anda" in err
    status, text, _ = planner("explain", "out/uji/plan.json", "B", "--flip")
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    assert status == 0 and text.count("Perubahan tunggal") == 1 and len(lines) == len(found)
