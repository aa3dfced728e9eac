"""Plans side by side: each difference is named once, adds up to the rupiah, and claims no more than can be compared."""

import json
import sys
from random import Random

import pytest
from damaged import damaged
from hypothesis import given
from hypothesis import strategies as st
from pages import HOSTILE, MILIAR, Page, plan
from small import candidates, scenario, usulan

from planner import cli
from planner.answers.compare import COLUMNS, compare, open_plans
from planner.answers.scenario_diff import match_rules, settings
from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.paper.report import render_comparison
from planner.plan.allocate import allocate
from planner.plan.plan import Plan, seal_plan
from planner.plan.plan_file import canonical
from planner.scenario.place import Place
from planner.views import compare as views

OLD = {"11.03-pembangunan": 9 * MILIAR, "11.05-revitalisasi": 5 * MILIAR, "91.15-revitalisasi": 4 * MILIAR}
NEW = {"11.03-pembangunan": 8 * MILIAR, "91.15-revitalisasi": 4 * MILIAR, "51.01-pembangunan": 6 * MILIAR}
PARTS = ("first_screen", "summary", "change_map", "movers", "amounts", "totals", "scenario_differences")


@pytest.fixture(autouse=True)
def indonesian():
    with speaking("id"):
        yield


def with_(base: Plan, **changes) -> Plan:
    return seal_plan({key: value for key, value in base.content.items() if key != "fingerprint"} | changes)


def with_lines(base: Plan, usulan_id: str, lines: dict[str, int]) -> Plan:
    """The plan with Rp 1 miliar lines of these volumes for one usulan."""
    written = [{"rincian_id": name, "volume": n, "amount_rp": n * MILIAR} for name, n in lines.items()]
    funded = [record | {"lines": written} if record["usulan_id"] == usulan_id else record for record in base["funded"]]
    return with_(base, funded=funded)


def page_of(*plans: Plan) -> str:
    here = views.Contrast(compare(plans), names())
    return "".join(getattr(views, part)(here) or "" for part in PARTS)


def names():
    from pages import candidates

    return candidates().kabupaten


def test_who_enters_leaves_and_changes_is_told_to_the_rupiah():
    # 11.05 leaves (-5), 51.01 enters (+6), 11.03 gets 1 miliar less: 18 -> 18 miliar; 91.15 is as it was.
    found = compare([plan(OLD), plan(NEW)])
    rows = found.tables["usulan"].set_index("usulan_id")
    assert rows["change"].to_dict() == {
        "11.03-pembangunan": "changes", "11.05-revitalisasi": "leaves", "51.01-pembangunan": "enters"
    }  # fmt: skip
    assert rows["difference_rp"].to_dict() == {
        "11.03-pembangunan": -MILIAR, "11.05-revitalisasi": -5 * MILIAR, "51.01-pembangunan": 6 * MILIAR
    }  # fmt: skip
    assert found.tables["kabupaten"]["kode"].tolist() == ["11.03", "11.05", "51.01"]
    assert views.headline(found, "B") == ("B terhadap A: 1 usulan masuk, 1 keluar, 1 berubah; dana terbagi Rp 0.")


def test_another_menu_of_one_kabupaten_leaves_and_enters_there_but_its_cell_changes():
    found = compare([plan({"11.03-pembangunan": 9 * MILIAR}), plan({"11.03-revitalisasi": 9 * MILIAR})])
    assert sorted(found.tables["usulan"]["change"]) == ["enters", "leaves"]
    assert found.tables["kabupaten"][["change", "difference_rp"]].values.tolist() == [["changes", 0]]


def test_lines_that_are_trimmed_or_left_out_are_named():
    one = with_lines(plan(OLD), "11.03-pembangunan", {"1": 6, "2": 3})
    other = with_lines(plan(OLD), "11.03-pembangunan", {"1": 5, "3": 4})
    rows = compare([one, other]).tables["lines"]
    assert rows[["rincian_id", "volume_before", "volume", "difference_rp"]].values.tolist() == [
        ["1", 6, 5, -MILIAR], ["2", 3, 0, -3 * MILIAR], ["3", 0, 4, 4 * MILIAR]
    ]  # fmt: skip
    assert compare([one, other]).tables["usulan"]["change"].tolist() == ["changes"]


def test_identical_plans_give_an_empty_comparison():
    found = compare([plan(OLD), plan(OLD), plan(OLD)])
    assert found.empty and all(table.empty for table in found.tables.values())
    assert {name: list(table) for name, table in found.tables.items()} == COLUMNS
    assert "Rencana-rencana ini sama." in list(views.sentences(found))
    here = views.Contrast(found, names())
    assert [part for part in PARTS if getattr(views, part)(here) is None] == list(PARTS[2:])


def test_plans_of_one_name_are_told_apart_by_their_letters():
    found = compare([plan(OLD), plan(NEW), plan(OLD)])
    assert [name[:3] for name in found.names] == ["A: ", "B: ", "C: "]
    assert set(found.tables["usulan"]["plan"]) == {"B"}
    assert views.headline(found, "C") == "C sama dengan A."


def test_one_plan_alone_cannot_be_compared():
    with pytest.raises(PlannerError, match="dua rencana"):
        compare([plan(OLD)])


def test_goals_are_compared_in_one_unit_whatever_a_point_is():
    # 30 points of 1,000 are 3 points of 10,000; 29 points of 1,000 are 1,000 less.
    goal = plan(OLD)["goals"][0]
    coarse = with_(plan(OLD), goals=[goal | {"point": 10_000, "value": 3, "stage_value": 3, "bound": 3}])
    assert compare([plan(OLD), coarse]).empty
    worse = with_(plan(OLD), goals=[goal | {"value": 29}])
    row = compare([plan(OLD), worse]).tables["goals"].iloc[0]
    assert (row["value_before"], row["value"]) == (30_000, 29_000)


SPEND = {"rule": "SpendBand", "by": "provinsi", "max_share": 0.75, "of": "budget", "law": "asumsi"}
FLOOR = {"rule": "SpendBand", "by": "menu", "min_share": 0.3}
LOCK = {"rule": "Lock", "state": "out", "kabupaten": ["51.04"]}


def asked(one: Plan, other: Plan, lang="id") -> dict[str, tuple[str, str]]:
    return {row["key"]: (row["before"][lang], row["after"][lang]) for row in settings(one, other)}


def test_every_setting_that_differs_has_a_key_as_in_the_file():
    one = plan(OLD, rules=[SPEND, FLOOR])
    other = plan(
        OLD, name="Lain", rules=[LOCK, SPEND | {"max_share": 0.5}, FLOOR], weights={"kemiskinan": 1, "tertinggal": 2.5},
        assumptions={"diskonto": 0.9}, goals=[{"maximise": "benefit", "tolerance": 0.01}], solver={"gap": 0.005},
    )  # fmt: skip
    assert asked(one, other) == {
        "name": ("Uji <b>TA</b> 2028", "Lain"), "weights.tertinggal": ("1", "2,5"),
        "assumptions.diskonto": ("tidak ada", "0,9"), "goals[0].tolerance": ("0 %", "1 %"),
        "solver.gap": ("0 %", "0,5 %"), "rules[0].max_share": ("75 %", "50 %"),
        "rules[0]": ("tidak ada", "51.04 dikunci keluar."),
    }  # fmt: skip
    assert asked(other, one, "en")["rules[0]"] == ("51.04 is locked out.", "none")


def test_the_same_tables_in_another_folder_are_no_difference():
    here, there = (plan(OLD, candidates=None, data=folder) for folder in ("usulan", "../lain/usulan"))
    assert asked(here, there) == {}
    assert asked(here, with_(there, inputs=[])) == {"data": ("usulan", "../lain/usulan")}
    assert list(asked(plan(OLD), there)) == ["candidates"]


def test_rules_are_matched_where_they_stand_and_by_what_they_are_about():
    # a moved rule is no difference; of two of one kind the equal one is matched first, the rest in order
    assert match_rules([("a", "x"), ("b", "y")], [("b", "y"), ("a", "x")]) == ([(0, 1), (1, 0)], [], [])
    assert match_rules([("a", "x"), ("b", "x")], [("b", "x"), ("c", "x")]) == ([(0, 1), (1, 0)], [], [])
    assert match_rules([("a", "x")], [("b", "y")]) == ([], [0], [0])


def test_other_data_are_said_first_and_goal_values_are_not_called_comparable():
    other = with_(plan(NEW), inputs=[table | {"sha256": "f" * 64, "rows": 7} for table in plan(OLD)["inputs"]])
    found = compare([plan(OLD), other])
    text = list(views.sentences(found))
    assert "dibuat dari data yang berbeda" in text[0] and "tidak sebanding" in text[1]
    assert set(found.tables["inputs"]["sha256"]) == {"f" * 12}
    assert "ffffffffffff, 7 baris" in page_of(plan(OLD), other)


def test_an_usulan_that_one_plan_does_not_know_is_marked():
    shrunk = with_(plan(OLD), not_funded=[r for r in plan(OLD)["not_funded"] if r["usulan_id"] != "51.01-pembangunan"])
    rows = compare([shrunk, plan(NEW)]).tables["usulan"].set_index("usulan_id")
    assert rows["in_both"].to_dict() == {
        "11.03-pembangunan": True, "11.05-revitalisasi": True, "51.01-pembangunan": False
    }  # fmt: skip
    assert "tidak dikenal rencana A" in page_of(shrunk, plan(NEW))


def test_other_weights_make_goal_values_not_comparable():
    found = compare([plan(OLD), plan(OLD, weights={"kemiskinan": 2, "tertinggal": 1})])
    assert ["tidak sebanding" in notice["id"] for notice in found.notices] == [True]
    assert compare([plan(OLD), plan(NEW)]).notices == []
    owed = {"rule": "ThreeYearReport", "effect": "chance", "factor": 0.8}
    rules = [[owed], [owed | {"factor": 0.5}], [owed | {"law": "asumsi"}, FLOOR]]
    plans = [plan(OLD, rules=one) for one in rules]
    assert [len(compare([plans[0], other]).notices) for other in plans[1:]] == [1, 0]


WINNERS = st.dictionaries(
    st.sampled_from([f"{kode}-{menu}" for kode in ("11.03", "11.05", "51.01", "91.15")
                     for menu in ("pembangunan", "revitalisasi")]),
    st.integers(1, 10**12), max_size=6,
)  # fmt: skip


@given(WINNERS, WINNERS)
def test_differences_add_up_and_turn_round(ours, theirs):
    one, other = plan(ours), plan(theirs)
    there, back = compare([one, other]), compare([other, one])
    moved = other.spent_rp - one.spent_rp
    assert there.tables["usulan"]["difference_rp"].sum() == moved == there.tables["kabupaten"]["difference_rp"].sum()
    assert back.tables["usulan"]["difference_rp"].sum() == -moved
    for change, opposite in (("enters", "leaves"), ("leaves", "enters"), ("changes", "changes")):
        mine = there.of("usulan", "B", change=change)["usulan_id"].tolist()
        assert mine == back.of("usulan", "B", change=opposite)["usulan_id"].tolist()
    assert set(there.of("usulan", "B", change="enters")["usulan_id"]) == theirs.keys() - ours.keys()
    assert there.empty == (ours == theirs)


def test_the_map_has_a_cell_for_each_kabupaten_and_says_what_became_of_it():
    here = views.Contrast(compare([plan(OLD), plan(NEW)]), names())
    found = Page(views.change_map(here))
    assert len(found.named("title")) == 514
    fills = [rect["fill"] for rect in found.named("rect") if "rx" in rect]
    assert [fills.count(f"url(#c-{kind})") for kind in ("enters", "leaves", "changes", "stays")] == [1, 1, 1, 1]
    assert "1 masuk" in found.named("figure")[0]["aria-label"]
    assert "Kabupaten Aceh Timur: berubah: Rp 9 miliar → Rp 8 miliar" in found.text


@pytest.mark.parametrize("nasty", HOSTILE)
def test_hostile_names_are_inert(nasty):
    one = plan(OLD, name=nasty)
    winner = plan(NEW)["funded"][0] | {"usulan_id": nasty, "kode": nasty}
    other = with_(plan(NEW, name=nasty), funded=[*plan(NEW)["funded"], winner], inputs=[
        {"name": nasty, "sha256": nasty, "rows": 1, "synthetic": False}])  # fmt: skip
    html = page_of(one, other)
    assert not {"script", "img", "b"} & {tag for tag, _ in Page(html).tags}
    assert "x" * 1001 not in html and "\x00" not in html and "\x1b" not in html
    assert nasty in json.dumps(compare([one, other]).plain(), ensure_ascii=False) or "\\" in json.dumps(nasty)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_both_languages_have_every_word(lang):
    with speaking(lang):
        words = Page(page_of(plan(OLD), plan(NEW, rules=[SPEND, LOCK]), plan(OLD, name="ketiga"))).text
    assert ("siapa" in words or "Masuk di B" in words) == (lang == "id")
    assert "None" not in words and "nan" not in words.split() and "<NA>" not in words


def test_a_plan_file_of_a_newer_format_says_so(tmp_path):
    newer = tmp_path / "baru.json"
    newer.write_bytes(canonical(plan(OLD).content | {"format": 2}))
    with pytest.raises(PlannerError, match="planner yang lebih baru") as raised:
        open_plans([newer, tmp_path / "tidak-ada.json"])
    assert len(raised.value.problems) == 2


def test_a_changed_or_broken_plan_file_is_refused_by_name(tmp_path):
    changed, broken = tmp_path / "ubah.json", tmp_path / "rusak.json"
    changed.write_bytes(canonical(plan(OLD).content | {"status": "best_found"}))
    broken.write_bytes(canonical(seal_plan({**plan(OLD).content, "funded": [1]}).content))
    with pytest.raises(PlannerError) as raised:
        open_plans([changed, broken])
    assert "ubah.json: sidik jari" in raised.value.problems[0] and "rusak.json" in raised.value.problems[1]


def test_the_report_is_one_page_that_says_what_the_comparison_says(tmp_path):
    files = [plan(winners).save(tmp_path / f"{name};x.json") for name, winners in (("a", OLD), ("b", NEW))]
    html = render_comparison(files, tmp_path / "banding.html").read_text(encoding="utf-8")
    found = Page(html)
    assert "1 usulan masuk, 1 keluar, 1 berubah" in found.text and "Apa yang diminta" not in found.text
    assert "Siapa yang masuk dan siapa yang keluar?" in found.text
    assert not found.named("script") and "http" not in "".join(found.values("src", "href"))
    assert plan(OLD).fingerprint in html and plan(NEW).fingerprint in html
    assert "penerima" not in html.replace("bukan daftar penerima", "")


def test_an_unknown_report_parameter_is_an_error(tmp_path):
    with pytest.raises(PlannerError, match="plan_fils"):
        render_comparison([], tmp_path / "x.html", parameters={"plan_fils": ""})


def test_the_command_prints_sentences_or_json_and_writes_no_page_unasked(tmp_path, monkeypatch, capsys):
    files = [plan(winners, name="uji").save(tmp_path / f"{name}.json") for name, winners in (("a", OLD), ("b", NEW))]
    monkeypatch.setenv("PLANNER_LANG", "id")

    def said(*more: str) -> str:
        monkeypatch.setattr(sys, "argv", ["planner", "compare", *map(str, files), *more])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        assert stop.value.code == 0
        return capsys.readouterr().out

    lines = said().splitlines()
    assert lines[:3] == ["A: uji", "B: uji", "B terhadap A: 1 usulan masuk, 1 keluar, 1 berubah; dana terbagi Rp 0."]
    assert "  masuk: '51.01-pembangunan'" in lines
    content = json.loads(said("--json"))
    assert content["empty"] is False and [row["change"] for row in content["kabupaten"]] == [
        "changes", "leaves", "enters"
    ]  # fmt: skip
    assert [file.name for file in tmp_path.iterdir() if file.suffix != ".json"] == []


@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_setting_is_shown_by_its_key(lang):
    keys = {
        "budget_rp.2028": ("pagu: 2028", "budget: 2028"), "weights.ovop": ("bobot: OVOP", "weight: OVOP"),
        "rules[3].min_share": ("aturan: paling sedikit", "rule: at least"), "rules[3]": ("aturan", "rule"),
        "rules[3].by": ("aturan: kelompok", "rule: group"), "goals[1].maximise":
            ("tujuan 2: yang dimaksimalkan", "goal 2: what is maximised"),
        "solver.gap": ("pemecah: jarak yang diminta", "solver: gap asked for"), "status": ("bukti", "proof"),
        "prices.drop": ("harga melonggarkan: satu aturan dilepas", "price of relaxing: a rule left out"),
        "rules[3].relax": ("aturan: harga melonggarkan", "rule: price of relaxing"),
    }  # fmt: skip
    with speaking(lang):
        assert [Place(key).label() for key in keys] == [texts[lang == "en"] for texts in keys.values()]


def test_a_small_gap_is_not_shown_as_none():
    with speaking("en"):
        assert views.worth({"value": 10**6, "gap": 0.00004}) == "1.00 (gap of the proof 0.004000 %)"


def test_a_damaged_plan_is_compared_or_told_and_never_a_crash(tmp_path):
    plan, rng, told = allocate(candidates(usulan("A", 6, 9), usulan("B", 5, 3)), scenario(10)), Random(20), 0
    mine, other = plan.save(tmp_path / "a.json"), tmp_path / "b.json"
    for _ in range(250):
        other.write_bytes(damaged(plan.content, rng)[0])
        try:
            assert views.sentences(open_plans([mine, other]))
        except PlannerError as error:
            told += 1
            assert "b.json" in error.problems[0]
    assert 100 < told < 250
