"""The ladder: one order for every pagu of a range, against every chain of small instances."""

import json
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
from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.model.build_options import build_options
from planner.model.problem import compile_problem, with_budget
from planner.paper.workbooks.plan import steps_of_ladder
from planner.plan.ladder_file import problems_of, shorts, under
from planner.plan.plan_file import fingerprint_of
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
    [
        (1.5, 0.5, 11, "--from"),
        (0.5, 1.5, 1, "--steps"),
        (0, 1, 11, "di atas 0"),
        (0.1, 0.2, 3, "termurah"),
        (1, 1e30, 3, "Kecilkan"),
    ],
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


def money_band(**limits):
    return {"rule": "SpendBand", "law": "uji", **limits}


def test_who_fits_a_smaller_pagu_stands_there_although_a_share_of_what_is_spent_fails_for_a_while():
    # Of what is spent at most half in one island group: with nobody in at Rp 4 miliar (each costs 4, alone it is all of
    # what is spent), one in Aceh and one in Bogor are legal at 8; a cap that no pagu widens holds back nobody.
    own = [("A", "11.01"), ("B", "32.01"), ("C", "53.01"), ("D", "91.03")]
    table = candidates(*(usulan(name, 4 * MILIAR, 5, kode=kode) for name, kode in own))
    asked = scenario(10 * MILIAR, rules=[money_band(by="pulau", max_share=0.5, of="spent")])
    made = ladder(table, asked, 0.4, 1.6, 2)  # 4 and 16 miliar
    assert [one.at_rp // MILIAR for one in made.rungs] == [4, 8, 12, 16]
    assert [sorted({short["rupiah"] for short in shorts}) for shorts in made.short] == [[True], [], [], []]
    assert problems_of(made.content(""), plan(), compile_problem(build_options(table, asked), asked)) == []


def test_what_a_share_lacks_is_in_rupiah_of_its_group():
    # At least 45 % of what is spent is for Papua: where A (6) and B (6) alone are in, it lacks 0.45 x 12 = 5.4 miliar;
    # the row in whole numbers, 20 x Papua - 9 x all, lacks 20 times as much.
    table = candidates(
        usulan("A", 6 * MILIAR, 5), usulan("B", 6 * MILIAR, 5), usulan("D", 10 * MILIAR, 1, kode="91.03")
    )
    asked = scenario(22 * MILIAR, rules=[money_band(where={"pulau": "Papua"}, min_share=0.45, of="spent")])
    problem = compile_problem(build_options(table, asked), asked)
    x = problem.full[:2].sum(axis=0)
    assert [(one["by"], one["rupiah"]) for one in shorts(problem, x, 12 * MILIAR, 12 * MILIAR)] == [(54 * 10**8, True)]


def false(content, change):
    """A ladder with something changed and its fingerprint made anew."""
    other = json.loads(json.dumps(content))
    change(other)
    other["fingerprint"] = fingerprint_of(other)
    return other


def no_plan_anywhere(content):
    nothing = {"value": 0, "bound": 0, "reached": 0, "spent_rp": None, "why": ["aturan"]}
    content.update(most_ppm=0, least_ppm=0, steps=[step | nothing for step in content["steps"]])


def no_plan_at_the_first(content):
    nothing = {"value": 0, "bound": 0, "reached": 0, "spent_rp": None, "why": ["aturan"]}
    content["steps"][0].update(nothing)
    content["rungs"][0]["step"] = 1


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["rungs"][0].update(kode="32.01"),
        lambda c: c["rungs"][0].update(menu="revitalisasi"),
        lambda c: c["rungs"][1].update(at_rp=c["rungs"][1]["at_rp"] - 1),
        lambda c: c["rungs"][1].update(at_rp=13 * MILIAR),
        lambda c: c["rungs"][1].update(step=7),
        lambda c: c["rungs"][1].update(
            short=[{"row": "x", "sentence": {"id": "a", "en": "b"}, "by": 1, "rupiah": True}]
        ),
        lambda c: c["steps"][1].update(why=["aturan"]),
        lambda c: c.update(goal="benefit"),
        no_plan_anywhere,
        no_plan_at_the_first,
        lambda c: c.update(point=0),
        lambda c: c.update(rungs=[]),
        lambda c: c.update(steps=[]),
        lambda c: c["steps"][0].update(at_rp=-1),
    ],
)
def test_a_false_ladder_with_a_right_fingerprint_is_found(change):
    asked = scenario(8 * MILIAR)
    content = ladder(THREE, asked, 0.5, 1.5, 3).content("")
    compiled = compile_problem(build_options(THREE, asked), asked)
    assert problems_of(false(content, lambda c: None), plan(), compiled) == []
    assert problems_of(false(content, change), plan(), compiled)


def test_the_ladder_of_other_tables_is_not_that_of_the_plan(tmp_path, capsys, monkeypatch):
    one = [line(4 * MILIAR, komponen="gedung_produksi")]
    write(tmp_path / "usulan", usulan("A", kode=KODE[1], lines=one))
    write(tmp_path / "lain", usulan("A", kode=KODE[1], lines=one), usulan("B", kode=KODE[2], lines=one))
    file, out = tmp_path / "s.toml", tmp_path / "out"
    text = toml(scenario(8 * MILIAR, goals=["benefit"]))
    file.write_text(text, encoding="utf-8")
    assert run(monkeypatch, "allocate", file, "--out", out) == 0
    asked = ["ladder", file, "--steps", "3", "--out", out]
    assert run(monkeypatch, *asked, "--data", tmp_path / "lain") == 0
    assert json.loads((out / "tangga.json").read_text(encoding="utf-8"))["plan"] == ""
    (tmp_path / "usulan").rename(tmp_path / "dipindah")  # the scenario's own tables are gone: the answer is kept
    assert run(monkeypatch, *asked, "--data", tmp_path / "dipindah") == 0
    assert json.loads((out / "tangga.json").read_text(encoding="utf-8"))["plan"]


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
