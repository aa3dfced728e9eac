"""The ladder: one order for every pagu of a range, against every chain of small instances."""

from dataclasses import replace
from fractions import Fraction
from itertools import count, pairwise, product

import numpy as np
import pytest
from pages import plan
from random_case import random_case
from small import KODE, MILIAR, candidates, line, scenario, usulan, write
from whatif_pages import scene_of

from planner import cli
from planner.answers.ladder import ladder
from planner.answers.ladder_order import under
from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.model.build_options import build_options
from planner.model.problem import compile_problem, with_budget
from planner.paper.workbooks.plan import steps_of_ladder
from planner.plan.ladder_file import problems_of
from planner.scenario.place import BUDGET
from planner.scenario.toml_file import toml
from planner.views.ladder import ladder as ladder_view
from planner.views.scene import open_scene
from planner.views.whatif import whatif

THREE = candidates(usulan("A", 6 * MILIAR, 5), usulan("B", 4 * MILIAR, 3), usulan("C", 6 * MILIAR, 4))


def names(made):
    return [made.steps[0].problem.options.table["usulan_id"].iloc[one.option] for one in made.rungs]


def test_nobody_who_is_in_at_a_lower_pagu_is_out_at_a_higher_one():
    # Alone: Rp 4: B (3). Rp 8: A (5). Rp 12: A + C (9). Nested from B: 3, 3, 7 (2/9 below at Rp 12, 2/5 at Rp 8);
    # from nobody: 0 at Rp 4 loses all. So B first: the largest loss is 2/5, and no order does better.
    made = ladder(THREE, scenario(8 * MILIAR), 0.5, 1.5, 3)
    assert [step.at_rp // MILIAR for step in made.steps] == [4, 8, 12]
    assert [step.value for step in made.steps] == [step.bound for step in made.steps]
    assert made.most == Fraction(2, 5)
    assert names(made) == ["B", "A"]
    assert [one.at_rp for one in made.rungs] == [4 * MILIAR, 10 * MILIAR]  # A needs 4 + 6


def chains(problems):
    """Every chain of legal plans, by trying everything."""
    every = [np.array(x, dtype=np.int64) for x in product(*(range(int(u) + 1) for u in problems[0].upper))]
    found = [[x] for x in every if problems[0].legal(x)]
    for problem in problems[1:]:
        legal = [x for x in every if problem.legal(x)]
        found = [[*chain, x] for chain in found for x in legal if (x >= chain[-1]).all()]
    return found


@pytest.mark.long
@pytest.mark.parametrize("seed", range(12))
def test_no_chain_of_a_small_instance_costs_less(seed):
    cases = ((*case, compile_problem(build_options(*case), case[1])) for case in map(random_case, count(100 * seed)))
    table, asked, base = next(case for case in cases if case[-1].width <= 9)  # so few that all plans can be tried
    total = sum(asked.budget_rp.values())
    problems = [with_budget(base, BUDGET.set(asked, at)) for at in (total // 2, total, total * 3 // 2)]
    try:
        made = ladder(table, asked, 0.5, 1.5, 3)
    except PlannerError:
        assert not chains(problems)
        return
    solved = [k for k, step in enumerate(made.steps) if not step.why]
    aims, size = [problems[k].aim(0, made.point) for k in solved], [max(abs(made.steps[k].bound), 1) for k in solved]
    best = min(
        max(
            Fraction(made.steps[k].bound - aim.points(x), s)
            for k, aim, s, x in zip(solved, aims, size, chain, strict=True)
        )
        for chain in chains([problems[k] for k in solved])
    )
    assert made.least <= best <= made.most
    assert made.most == best and best - made.least < Fraction(1, 10**5)
    assert problems_of(made.content(""), plan(), base) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_every_prefix_is_legal_at_its_pagu_or_says_what_is_not(seed):
    table, asked = random_case(seed)
    try:
        made = ladder(table, asked, 0.6, 1.8, 4)
    except PlannerError:
        return
    ends = [one.at_rp for one in made.rungs[1:]] + [made.steps[-1].at_rp + 1]
    for (before, after), (rung, short), end in zip(
        pairwise([None, *made.rungs]), zip(made.rungs, made.short, strict=True), ends, strict=True
    ):
        assert before is None or (before.at_rp <= after.at_rp and (before.x <= after.x).all())
        for at in range(rung.at_rp, end):
            assert under(made.steps[-1].problem, at).legal(rung.x) or short
        if rung.at_rp < end and rung.step and not short:  # one rupiah less does not hold it, or the step before it ends
            less = rung.at_rp - 1
            assert (
                less in [step.at_rp for step in made.steps]
                or before.at_rp == rung.at_rp
                or not under(made.steps[-1].problem, less).legal(rung.x)
            )


@pytest.mark.parametrize(
    ("low", "high", "count", "word"),
    [(1.5, 0.5, 11, "--from"), (0.5, 1.5, 1, "--steps"), (0, 1, 11, "di atas 0"), (0.1, 0.2, 3, "termurah")],
)
def test_a_range_that_cannot_be_is_a_sentence(low, high, count, word):
    with pytest.raises(PlannerError) as error:
        ladder(THREE, scenario(8 * MILIAR), low, high, count)
    assert len(error.value.problems) == 1 and word in error.value.problems[0]


def test_a_changed_digit_of_the_file_is_found():
    asked = scenario(8 * MILIAR)
    content = ladder(THREE, asked, 0.5, 1.5, 3).content("")
    compiled = compile_problem(build_options(THREE, asked), asked)
    assert problems_of(content, plan(), compiled) == []
    content["rungs"][1]["amount_rp"] += 1
    assert problems_of(content, plan(), compiled)


def run(monkeypatch, *words):
    monkeypatch.setenv("PLANNER_LANG", "id")  # a command sets it, for the whole process
    monkeypatch.setattr("sys.argv", ["planner", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def test_the_command_writes_the_ladder_and_reports_show_only_one_of_their_plan(tmp_path, capsys, monkeypatch):
    own = {"A": (6, 5), "B": (4, 3), "C": (6, 4)}
    rows = [
        usulan(n, nilai=worth, kode=KODE[k], lines=[line(rp * MILIAR, komponen="gedung_produksi")])
        for k, (n, (rp, worth)) in enumerate(own.items(), start=1)
    ]
    write(tmp_path / "usulan", *rows)
    file, out = tmp_path / "s.toml", tmp_path / "out"
    file.write_text(toml(scenario(8 * MILIAR, goals=["benefit"])), encoding="utf-8")
    asked = ["ladder", file, "--steps", "3", "--out", out]
    assert run(monkeypatch, *asked) == 0
    said = capsys.readouterr()
    assert "Bertingkat paling mahal" in said.out and "tidak ada rencana terkini" in said.err
    assert run(monkeypatch, "allocate", file, "--out", out) == 0
    assert run(monkeypatch, *asked) == 0 and (out / "plan.xlsx").exists()
    scene = open_scene(out / "plan.json")
    assert scene.ladder is not None
    first, *others = steps_of_ladder(scene).to_dict("records")
    assert first["at_rp"] == 4 * MILIAR == first["cut_rp"]  # it stays until a pagu of Rp 8 miliar loses more than 4
    assert all(one["at_rp"] == 8 * MILIAR - one["cut_rp"] for one in others if one["at_rp"] <= 8 * MILIAR)
    lines = (out / "tangga.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + len(scene.ladder["rungs"])
    for lang, word in (("id", "Bertingkat paling mahal"), ("en", "Nested costs at most")):
        with speaking(lang):
            assert word in ladder_view(open_scene(out / "plan.json"))
    assert run(monkeypatch, "verify", out / "plan.json") == 0
    capsys.readouterr()
    assert run(monkeypatch, "ladder", file, "--from", "2", "--to", "1", "--lang", "en") == 1
    assert "must be below its end" in capsys.readouterr().err


def test_the_slider_shows_the_ladder_at_its_own_budgets():
    seen = scene_of()
    step = {"at_rp": 10 * MILIAR, "value": 12, "bound": 12, "reached": 12, "spent_rp": 5 * MILIAR, "why": []}
    rung = {
        "usulan_id": "11.05-revitalisasi", "ta": 2028, "kode": "11.05", "menu": "revitalisasi", "step": 0,
        "at_rp": 10 * MILIAR, "amount_rp": 5 * MILIAR, "volumes": [], "short": [],
    }  # fmt: skip
    known = {"point": 1000, "steps": [step, step | {"at_rp": 30 * MILIAR, "bound": 16}], "rungs": [rung]}
    with speaking("id"):
        page = whatif(replace(seen, ladder=known))
    assert 'data-by="ladder"' in page and "paling jauh 25 %" in page.replace(",00", "").replace("\u00a0", " ")
    assert 'data-by="ladder"' not in whatif(seen)
