"""What a meeting decided: the tables then read so, the plan is theirs, and each effect adds up to the whole."""

import random
from itertools import pairwise

import pytest
from small import JUTA, MILIAR, candidates, line, scenario, usulan, winners

from planner.answers.sinkronisasi import Talks, check_decisions, check_scenario, decided, effects, ends, lines_of
from planner.base.errors import PlannerError
from planner.model.candidates import read_candidates
from planner.plan.allocate import allocate
from planner.tables.decisions import Decision

VERDICTS = {"rule": "Verdicts"}


def three():
    """10 miliar: a (6 of 1 miliar, at least 2; worth 8) and b (4; worth 4) fit, c (4; worth 3) does not."""
    return candidates(
        usulan("a", kode="53.01", nilai=8, lines=[line(MILIAR, 6, 2)]),
        usulan("b", kode="53.02", nilai=4, lines=[line(4 * MILIAR)]),
        usulan("c", kode="32.01", nilai=3, lines=[line(4 * MILIAR)]),
    )


def agreed(usulan_id, volume, reason="rapat"):
    return Decision(usulan_id, "1", "diterima", volume, reason, "Ani")


def rejected(usulan_id):
    return Decision(usulan_id, "1", "ditolak", None, "lahan", "Ani")


def test_a_smaller_volume_frees_money_for_the_next_and_its_loss_is_exact():
    asked = scenario(rules=[VERDICTS])
    tables, made = three(), [agreed("a", 2), rejected("b")]
    first, second = effects(tables, [], made, lambda one: allocate(one, asked))

    # a with 2 of 6 keeps a third of 8 (2.667); the 4 miliar it frees pay for c: 12 -> 9.667, 19.44 % less.
    assert first.freed_rp == 4 * MILIAR and [m["usulan_id"] for m in first.movers("enters")] == ["c"]
    assert first.exact and "turun 19,44 %" in first.sentence(lines_of(tables), {"53.01": "Kabupaten Kupang"})
    assert "Kab. Kupang: gedung 6 -> 2" in first.sentence(lines_of(tables), {"53.01": "Kabupaten Kupang"})
    assert winners(second.after) == ["a", "c"] and [m["usulan_id"] for m in second.movers("leaves")] == ["b"]
    assert second.before is first.after


def test_what_is_decided_is_what_the_same_words_in_the_table_give():
    asked = scenario(rules=[VERDICTS])
    table = candidates(
        usulan("a", kode="53.01", nilai=8, lines=[line(MILIAR, 6, 2) | {"volume_disetujui": 2}]),
        usulan("b", kode="53.02", nilai=4, lines=[line(4 * MILIAR) | {"penilaian_kl": "ditolak"}]),
        usulan("c", kode="32.01", nilai=3, lines=[line(4 * MILIAR)]),
    )
    mine, theirs = allocate(decided(three(), [agreed("a", 2), rejected("b")]), asked), allocate(table, asked)
    assert mine["funded"] == theirs["funded"] and mine["goals"] == theirs["goals"]


def test_no_decision_leaves_the_same_candidates():
    tables = three()
    assert decided(tables, []) is tables


def test_accepting_a_line_that_was_refused_lets_it_in_again():
    refused = candidates(
        usulan("a", kode="53.01", nilai=8, lines=[line(MILIAR) | {"penilaian_bappenas": "ditolak"}]),
        usulan("b", kode="53.02", nilai=4, lines=[line(MILIAR)]),
    )
    asked = scenario(rules=[VERDICTS])
    assert winners(allocate(refused, asked)) == ["b"]
    assert winners(allocate(decided(refused, [agreed("a", None)]), asked)) == ["a", "b"]


@pytest.mark.parametrize("seed", range(4))
def test_effects_add_up_to_the_whole_and_undo_gives_the_same_plan(seed, tmp_path):
    draw = random.Random(seed)
    rows = [
        usulan(f"u{k}", kode=draw.choice(["53.01", "53.02"]), nilai=draw.randint(1, 9),
               lines=[line(draw.randint(100, 900) * JUTA, draw.randint(2, 6), 1)])
        for k in range(6)
    ]  # fmt: skip
    tables, asked = candidates(*rows), scenario(budget_rp=5 * MILIAR, rules=[VERDICTS])
    talks, plans = Talks(tables, tmp_path / "k.csv"), [allocate(tables, asked)]
    for _ in range(4):
        name = f"u{draw.randint(0, 5)}"
        volume = draw.randint(1, talks.lines[name, "1"]["asked"])
        talks.decide("53", (name, "1"), *draw.choice([("diterima", str(volume)), ("ditolak", "")]), "rapat", "Ani")
        plans.append(allocate(talks.agreed, asked))
    for plan in reversed(plans[:-1]):
        talks.undo("Ani")
        assert allocate(talks.agreed, asked).content == plan.content
    steps = [ends(one)[0] - ends(other)[0] for one, other in pairwise(plans)]
    assert sum(steps) == ends(plans[0])[0] - ends(plans[-1])[0]
    assert Talks(tables, tmp_path / "k.csv").rows == talks.rows


@pytest.mark.parametrize("why", ["nihil", "\u200b", "x" * 40_000])
def test_what_would_not_be_read_again_is_not_written(why, tmp_path):
    talks = Talks(three(), tmp_path / "k.csv")
    with pytest.raises(PlannerError, match="alasan"):
        talks.decide("53", ("b", "1"), "ditolak", "", why, "Ani")
    talks.decide("53", ("b", "1"), "ditolak", "", " -  lahan\n<b> ", "=Ani")
    with pytest.raises(PlannerError, match="Siapa yang mencatat"):
        talks.undo(" ")
    assert Talks(three(), tmp_path / "k.csv").rows == talks.rows and talks.rows[0].reason == "- lahan <b>"


def test_everything_wrong_in_a_table_is_told_at_once_by_row():
    rows = [
        Decision("a", "1", "diterima", 9, "", "Ani", row=2), Decision("x", "1", "ditolak", None, "r", "Ani", row=3),
        Decision("a", "7", "ditolak", None, "r", "Ani", row=4), Decision("a", "1", "diterima", 1, "r", "Ani", row=5),
        Decision("a", "1", "diterima", 0, "r", "Ani", row=6), Decision("b", "1", "didiskusikan", 1, "", "Ani", row=7),
        Decision("b", "1", "ditolak", None, " ", "Ani", row=8),
    ]  # fmt: skip
    with pytest.raises(PlannerError) as told:
        check_decisions(rows, lines_of(three()))
    assert [problem.split(":")[0] for problem in told.value.problems] == [f"Keputusan baris {k}" for k in range(2, 9)]


def test_without_the_rule_or_without_usulan_a_decision_would_change_nothing():
    with pytest.raises(PlannerError, match="tanpa aturan Verdicts"):
        check_scenario(three(), scenario())
    modelled = read_candidates(scenario(data=None, candidates="model", goals=["benefit"]))
    with pytest.raises(PlannerError, match="kandidat model"):
        check_scenario(modelled, scenario(rules=[VERDICTS]))
