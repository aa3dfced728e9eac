"""Of those that an earlier round funded only so many leave: on tables for a pencil, and against all plans."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import some_usulan
from rulework import agrees, chosen, sentences
from small import MILIAR, candidates, line, scenario, usulan, winners, write

from planner.answers.explain import answer
from planner.answers.open_plan import case_of
from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.model.candidates import read_candidates, tables_at
from planner.plan.allocate import allocate
from planner.plan.verify import verify
from planner.scenario.scenario import plain, read_scenario, vary
from planner.scenario.toml_file import edit_text


@pytest.fixture
def four():
    """Rp 4 buy any four of A..D at Rp 1 or the dear E (4): worth 1, 2, 3, 4, and 20."""
    return candidates(
        *(usulan(name, 1, nilai) for name, nilai in zip("ABCD", (1, 2, 3, 4), strict=True)), usulan("E", 4, 20)
    )


def keep(*names, **more):
    return {"rule": "KeepPrevious", "usulan": list(names), **more}


@pytest.mark.parametrize(
    ("rule", "funded"),
    [
        (keep("A", "B", max=2), ["E"]),  # both may leave: E (20) beats A..D (10)
        (keep("A", "B", max=1), ["A", "B", "C", "D"]),  # one stays, so E does not fit; then all four do
        (keep("A", "B", "C", max_share=0.67), ["A", "B", "C", "D"]),  # 67 % of 3 is 2,01: two may leave, one stays
        (keep("A", "B", "C", max_share=1), ["E"]),
        (keep("A", "lama", max=1), ["A", "B", "C", "D"]),  # who is no longer in the tables has left already
        (keep("A", "lama", max=2), ["E"]),
        (keep("A", "B", max=1, soft=True, price=9), ["E"]),  # 20 - 9 = 11 beats 10
        (keep("A", "B", max=1, soft=True, price=11), ["A", "B", "C", "D"]),  # 20 - 11 = 9 does not
    ],
)
def test_KeepPrevious_changes_the_answer(four, rule, funded):
    assert chosen(four, rule, budget_rp=4) == funded


def test_KeepPrevious_infeasible_names_its_sentence(four):
    text = sentences(four, keep("A", "lama", max=0), budget_rp=4)
    assert "Dari 2 usulan" in text
    assert "'lama' (Tidak ada lagi di tabel usulan)" in text


def test_a_column_says_who_was_funded(four):
    table = candidates(*(usulan(n, c, v, dulu=d) for n, c, v, d in [("A", 1, 1, "ya"), ("E", 1, 9, "tidak")]))
    assert chosen(table, {"rule": "KeepPrevious", "column": "dulu", "max": 0}, budget_rp=1) == ["A"]
    with pytest.raises(PlannerError, match="dulu"):
        chosen(four, {"rule": "KeepPrevious", "column": "dulu", "max": 0}, budget_rp=4)


def test_a_column_of_ones_own_is_read_in_any_case_and_no_other_word_is_guessed(tmp_path):
    asked = {"rule": "KeepPrevious", "column": "dulu", "max": 0}

    def folder(name, **words):
        lines = [line(MILIAR, komponen="gedung_produksi")]
        rows = [usulan("E", nilai=9, lines=lines), usulan("A", nilai=1, lines=lines)]
        return write(tmp_path / name, *(row | {"dulu": words[row["usulan_id"]]} for row in rows))

    data = folder("a", A=" Ya", E=None)
    own = scenario(MILIAR, [asked], data=str(data))
    assert winners(allocate(read_candidates(own), own)) == ["A"]
    odd = folder("b", A="yes", E="ya")
    with pytest.raises(PlannerError, match="'A': 'yes'"):
        allocate(read_candidates(scenario(MILIAR, [asked], data=str(odd))), scenario(MILIAR, [asked], data=str(odd)))
    with pytest.raises(PlannerError, match="bukan kolom tabel usulan"):
        chosen(candidates(usulan("A", 1, 1)), asked | {"column": "score"}, budget_rp=1)


def test_a_row_without_a_name_means_the_only_usulan_of_its_kabupaten_and_menu(four):
    only = candidates(usulan("A", 1, 1), usulan("E", 1, 9, kode="11.02"))
    assert chosen(only, keep("11.01-pembangunan", max=0), budget_rp=1) == ["A"]
    with pytest.raises(PlannerError, match="'A', 'B', 'C', 'D', 'E'"):
        chosen(four, keep("11.01-pembangunan", max=0), budget_rp=4)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"max": 1}, "putaran"), ({"usulan": ["A"]}, "tepat satu"),
        ({"usulan": ["A"], "max": 1, "column": "x"}, "putaran"),
        ({"usulan": ["A"], "max": 1, "max_share": 0.1}, "tepat satu"),
        ({"usulan": ["A"], "max": 1, "soft": True}, "price"),
        ({"usulan": ["A"], "max": 1, "price": 3}, "soft"),
    ],
)  # fmt: skip
def test_what_does_not_say_whom_and_how_many_is_told(rule, told):
    with pytest.raises(PlannerError, match=told):
        scenario(rules=[{"rule": "KeepPrevious", **rule}])


def told_kept(table, rule, usulan_id):
    asked = scenario(4, [rule])
    case = case_of(allocate(table, asked), table)
    with speaking("id"):
        return answer(case, usulan_id).sentence()


def test_the_explanation_says_who_was_kept_and_who_left(four):
    rule = keep("A", "B", "lama", max=2)  # lama has left; A or B may too: B (2) stays, and with it all four
    assert "1 dari 3 keluar, boleh 2" in told_kept(four, rule, "A")
    assert "Tidak seorang pun" not in told_kept(four, rule, "A")
    assert "Tidak seorang pun" in told_kept(four, keep("A", "B", "lama", max=1), "B")
    assert "sekarang termasuk yang keluar (3 dari 3, boleh 3)" in told_kept(four, keep("A", "B", "lama", max=3), "A")
    assert "putaran" not in told_kept(four, rule, "C")


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def season(tmp_path):
    """A folder with the tables of A, B, the plan of an earlier round that funded A, and a scenario that asks for it."""
    lines = [line(500_000_000, komponen="utilitas")]
    write(tmp_path / "usulan", usulan("A", nilai=1, lines=lines), usulan("B", nilai=2, lines=lines))
    (tmp_path / "lama.json").write_text(json.dumps({"funded": [{"usulan_id": "A"}]}))
    text = 'name = "t"\ndata = "usulan"\nweights = { kemiskinan = 1 }\n[budget_rp]\n2028 = 500_000_000\n'
    text += '[[goals]]\nmaximise = "nilai"\n\n'
    text += '[[rules]]\n# catatan kami\nrule = "KeepPrevious"\nfile = "lama.json"\nmax = 0\n'
    file = tmp_path / "musim.toml"
    file.write_text(text)
    return file


def told_of(file) -> str:
    with pytest.raises(PlannerError) as caught:
        read_scenario(file)
    return str(caught.value)


def test_the_usulan_of_a_plan_file_stay_and_the_plan_is_valid_without_it(season):
    asked = read_scenario(season)
    plan = allocate(read_candidates(asked), asked)
    assert winners(plan) == ["A"]
    assert plan["scenario"]["rules"][0]["usulan"] == ["A"]
    (season.parent / "lama.json").unlink()
    with tables_at(season.parent / "usulan"):
        assert verify(plan.save(season.parent / "plan.json")) == []


def test_verify_sees_who_was_kept(season):
    asked = read_scenario(season)
    plan = allocate(read_candidates(asked), asked)
    content = {**plan.content, "scenario": plain(vary(asked, rules=[keep("B", max=0)]))}
    file = season.parent / "plan.json"
    file.write_text(json.dumps(content))
    with tables_at(season.parent / "usulan"):
        assert any("KeepPrevious:0" in one for one in verify(file))


def test_a_saved_scenario_keeps_its_comments_and_the_names(season):
    asked = read_scenario(season)
    text = edit_text(season.read_text(), vary(asked, name="lain"))
    assert "# catatan kami" in text
    season.write_text(text)
    (season.parent / "lama.json").unlink()
    assert plain(read_scenario(season))["rules"] == plain(asked)["rules"]


def test_a_decided_list_names_by_usulan_or_by_kabupaten_and_menu(season):
    decided = "kode,menu,usulan_id,amount_rp\n11.01,pembangunan,,1000000\n11.02,revitalisasi,B,\n"
    (season.parent / "lama.csv").write_text(decided)
    season.write_text(season.read_text().replace("lama.json", "lama.csv"))
    assert read_scenario(season).rules[0].usulan == ("11.01-pembangunan", "B")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "'lama.json' tidak dapat dibaca"), ("{", "bukan berkas rencana"),
        ('{"funded": [3]}', "bukan berkas rencana"), ('{"funded": [{"usulan_id": 3}]}', "bukan berkas rencana"),
        ('{"funded": []}', "tidak mendanai satu usulan pun"),
    ],
)  # fmt: skip
def test_a_bad_round_is_a_sentence_with_its_place(season, content, told):
    file = season.parent / "lama.json"
    file.unlink() if content is None else file.write_text(content)
    assert told in told_of(season)
    assert "rules[0]" in told_of(season)


def test_a_bad_decided_list_is_told_with_its_row(season):
    (season.parent / "lama.csv").write_text("kode,menu,amount_rp\n11.01,tidak_diketahui,1\n11.01,pembangunan,0\n")
    season.write_text(season.read_text().replace("lama.json", "lama.csv"))
    assert "baris 2" in told_of(season)
    assert "baris 3" in told_of(season)


def test_names_that_are_not_those_of_the_file_are_told(season):
    season.write_text(season.read_text() + 'usulan = ["A", "C"]\n')
    assert "'C'" in told_of(season)


# -- against all plans -------------------------------------------------------------------------------------------------


@st.composite
def rounds(draw):
    rows = draw(some_usulan(5, years=(2028,)))
    names = draw(st.lists(st.sampled_from([*(r["usulan_id"] for r in rows), "X", "Y"]), min_size=1, unique=True))
    most = draw(st.sampled_from([{"max": 0}, {"max": 1}, {"max": 2}, {"max_share": 0.34}, {"max_share": 0.5}]))
    price = draw(st.sampled_from([{}, {"soft": True, "price": 0}, {"soft": True, "price": 2.5}]))
    total = sum(one["harga_satuan_rp"] * one["volume"] for row in rows for one in row["lines"])
    return candidates(*rows), scenario(max(1, draw(st.integers(total // 4, total))), [keep(*names, **most, **price)])


@settings(max_examples=40, deadline=None)
@given(rounds())
def test_the_plan_is_the_best_of_all_that_keep_the_round(case):
    agrees(*case)
