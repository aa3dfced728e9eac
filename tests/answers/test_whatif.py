"""What-if points: a grid that a person can solve by hand, kept whole, resumed, and checked again without a solver."""

import copy
import json
from dataclasses import replace
from multiprocessing import active_children
from random import Random

import pytest
from damaged import damaged
from pages import HOSTILE, Page, candidates, plan, scenario
from small import MILIAR, line, usulan, write
from whatif_pages import WIDE, made_up, point_of, scene_of

from planner.answers import whatif
from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.base.paths import PACKAGE
from planner.base.processes import Clock
from planner.model.build_options import build_options
from planner.model.candidates import read_candidates
from planner.model.problem import compile_problem
from planner.paper.report import Reports
from planner.plan import whatif_file
from planner.plan.allocate import allocate
from planner.plan.folder import WHATIF
from planner.plan.plan import read_plan
from planner.plan.plan_file import fingerprint_of
from planner.scenario.scenario import read_scenario, vary
from planner.views import whatif as section

HALL = {"komponen": "gedung_produksi"}
USULAN = [  # a in poor Kupang 6 miliar; b in Sleman 3 to 6, whole miliar; r the only revitalisasi, 5.5 miliar
    usulan("a", kode="53.01", lines=[line(6 * MILIAR, **HALL)]),
    usulan("b", kode="34.04", lines=[line(MILIAR, 6, 3, **HALL)]),
    usulan("r", kode="34.04", menu="revitalisasi", lines=[line(5_500_000_000, **HALL)]),
]
SCENARIO = """
name = "Uji"
data = "tabel"
[budget_rp]
2028 = 10_000_000_000
[weights]
kemiskinan = 1
[[rules]]
rule = "MaxPerKabupaten"
max = 2
[[rules]]
rule = "SpendBand"
where = { menu = "revitalisasi" }
min_share = 0.2
of = "budget"
[solver]
gap = 0.0
time_limit_s = 60
"""
FLOOR = "rules[1].min_share"
R, B3 = ["r", 2028, 5_500_000_000, []], ["b", 2028, 3 * MILIAR, [["1", 3]]]
A, B5 = ["a", 2028, 6 * MILIAR, []], ["b", 2028, 5 * MILIAR, [["1", 5]]]
B4 = ["b", 2028, 4 * MILIAR, [["1", 4]]]
EXPECTED = {  # the floor of 20 % of the pagu asks for r in every plan; a is worth more than all of b
    ("budget", 5 * MILIAR): None, ("budget", 6 * MILIAR): [R], ("budget", 7 * MILIAR): [R],
    ("budget", 8 * MILIAR): [R], ("budget", 9 * MILIAR): [B3, R], ("budget", 11 * MILIAR): [B5, R],
    ("budget", 12 * MILIAR): [A, R], ("budget", 13 * MILIAR): [A, R], ("budget", 14 * MILIAR): [A, R],
    ("budget", 15 * MILIAR): [A, B3, R], (FLOOR, 0.0): [A, B4], (FLOOR, 0.1): [B4, R], (FLOOR, 0.3): [B4, R],
}  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The folder of a plan and its points, the computing stopped after the first ones and taken up again."""
    folder = tmp_path_factory.mktemp("andai")
    write(folder / "tabel", *USULAN)
    (folder / "uji.toml").write_text(SCENARIO, encoding="utf-8")
    asked = read_scenario(folder / "uji.toml")
    file = allocate(read_candidates(asked), asked).save(folder / "plan.json")
    (folder / "run.json").write_text(json.dumps({"scenario_file": str(folder / "uji.toml")}), encoding="utf-8")
    clock, told = Clock(), []

    def stop(text):
        told.append(text)
        clock.stopped = (folder / WHATIF).exists()

    assert whatif.complete(file, progress=stop, clock=clock) == []
    first = whatif_file.read_whatif(folder / WHATIF, read_plan(file))
    assert active_children() == []
    assert whatif.complete(file) == []
    return folder, first, told


@pytest.fixture(scope="module")
def asked(small):
    return read_scenario(small[0] / "uji.toml")


@pytest.fixture(scope="module")
def tables(asked):
    return read_candidates(asked)


@pytest.fixture(scope="module")
def compiled(asked, tables):
    return compile_problem(build_options(tables, asked), asked)


@pytest.fixture(scope="module")
def content(small):
    return json.loads((small[0] / WHATIF).read_text(encoding="utf-8"))


def test_every_point_is_the_plan_that_one_finds_by_hand(content):
    points = {whatif_file.place_of(point): point for point in content["points"]}
    assert {place: point["funded"] for place, point in points.items()} == EXPECTED
    assert [points["budget", 5 * MILIAR][key] for key in ("status", "spent_rp", "goals")] == ["infeasible", None, None]
    assert {p["status"] for p in points.values() if p["funded"]} == {"proven_optimal"}
    assert points["budget", 15 * MILIAR]["spent_rp"] == 14_500_000_000
    assert content["floor"] == FLOOR


def test_what_was_done_before_ctrl_c_is_kept_and_not_solved_again(small, content, monkeypatch):
    folder, first, told = small
    assert 1 <= len(first["points"]) < len(EXPECTED)
    assert all(point in content["points"] for point in first["points"])
    assert told[0] == "Bagaimana bila: 0 dari 13 titik selesai"
    monkeypatch.setattr(whatif, "solve_all", lambda *args: pytest.fail("nothing is missing"))
    assert whatif.complete(folder / "plan.json") == []
    assert whatif.complete(folder / "plan.json", FLOOR) == []


def test_points_of_another_version_or_plan_are_not_taken_over(small, asked, content):
    grid = whatif.grid(asked, FLOOR)
    assert len(whatif.solved_before(content, grid)) == 13
    assert whatif.solved_before(content | {"planner": "0.0.0"}, grid) == {}
    assert whatif_file.read_whatif(small[0] / WHATIF, plan()) is None


def test_a_stale_file_is_ignored_and_said(small, tmp_path):
    file = plan().save(tmp_path / "plan.json")
    (tmp_path / WHATIF).write_bytes((small[0] / WHATIF).read_bytes())
    clock = Clock(stopped=True)
    [said] = whatif.complete(file, clock=clock)
    assert WHATIF in said and "rencana lain" in said


def test_a_plan_whose_tables_changed_gets_no_points_and_says_so(small, tmp_path):
    for name in ("plan.json", "run.json"):
        (tmp_path / name).write_bytes((small[0] / name).read_bytes())
    content = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    content["scenario_file"] = str(tmp_path / "uji.toml")
    (tmp_path / "run.json").write_text(json.dumps(content), encoding="utf-8")
    write(tmp_path / "tabel", *USULAN[:2])
    [said] = whatif.complete(tmp_path / "plan.json")
    assert "tabel asal" in said and not (tmp_path / WHATIF).exists()


def test_the_grid_names_the_first_bands_floor_unless_told_and_leaves_out_what_cannot_be():
    base = scenario(rules=[
        {"rule": "MinimumIKM", "min": 5}, {"rule": "SpendBand", "by": "menu", "min_share": 0.3, "max_share": 0.4},
        {"rule": "CountBand", "min": 4},
    ])  # fmt: skip
    assert whatif.first_floor(base) == "rules[1].min_share"
    # 0.45 lies above the rule's own cap of 0.4; three halves of 4 are 6
    assert [at for by, at in whatif.grid(base, "rules[1].min_share") if by != "budget"] == [0.0, 0.15]
    assert [at for by, at in whatif.grid(base, "rules[2].min") if by != "budget"] == [0, 2, 6]
    assert whatif.first_floor(vary(base, rules=())) is None
    assert len(whatif.grid(vary(base, budget_rp={2028: 10**15}), None)) == 5  # no budget above 10^15 can be asked
    with pytest.raises(PlannerError, match=r"Mungkin maksud Anda 'rules\[1\]\.min_share'"):
        whatif.check_floor(base, "rules[1].min_shar")
    with pytest.raises(PlannerError, match="batas bawah"):
        whatif.check_floor(base, "rules[1].max_share")


def test_a_budget_of_several_years_is_varied_in_each():
    asked = scenario(budget_rp={2028: 10 * MILIAR, 2029: 6 * MILIAR}, solver={"time_limit_s": 120})
    grid = whatif.grid(asked, None)
    assert grid["budget", 11_200_000_000].budget_rp == {2028: 7 * MILIAR, 2029: 4_200_000_000}
    # Each point takes as long as a plan: four of 30 seconds in two processes are a minute.
    assert len(grid) == 4 and {varied.solver.time_limit_s for varied in grid.values()} == {30}


def tampered(content, place, change):
    """The content of one point alone, changed and sealed anew, so that only a check of substance can find it."""
    point = copy.deepcopy(next(p for p in content["points"] if whatif_file.place_of(p) == place))
    change(point)
    changed = content | {"points": [point]}
    return changed | {"fingerprint": fingerprint_of(changed)}


LAST = ("budget", 15 * MILIAR)
CHANGES = {
    "an amount": (LAST, lambda p: p["funded"][0].__setitem__(2, 6 * MILIAR + 1)),
    "the sum": (LAST, lambda p: p.update(spent_rp=p["spent_rp"] + 1)),
    "a volume": (LAST, lambda p: p["funded"][1][3][0].__setitem__(1, 4)),
    "a volume below the least": (LAST, lambda p: p["funded"][1][3][0].__setitem__(1, 2)),
    "a line that is none": (LAST, lambda p: p["funded"][1][3][0].__setitem__(0, "9")),
    "a winner dropped": (LAST, lambda p: p["funded"].pop()),
    "a winner invented": (LAST, lambda p: p["funded"][0].__setitem__(0, "z")),
    "the goal": (LAST, lambda p: p["goals"][0].update(value=p["goals"][0]["value"] + 1)),
    "the gap": (LAST, lambda p: p.update(gap=0.5)),
    "the status": (LAST, lambda p: p.update(status="best_found")),
    "the budget": (LAST, lambda p: p.update(budget_rp=16 * MILIAR)),
    "another place": (LAST, lambda p: p["change"].update(at=14 * MILIAR)),
    "a rule that is none": (LAST, lambda p: p["change"].update(by="rules[7].min")),
    "a floor that it breaks": ((FLOOR, 0.0), lambda p: p["change"].update(at=0.1)),
    "money where no plan is": (("budget", 5 * MILIAR), lambda p: p.update(spent_rp=0)),
    "a missing key": (LAST, lambda p: p.pop("goals")),
}


def test_points_as_they_were_solved_are_valid(compiled, content):
    assert whatif_file.problems_of(content, plan(), compiled) == []
    for place in {place for place, _ in CHANGES.values()}:
        assert whatif_file.problems_of(tampered(content, place, lambda point: None), plan(), compiled) == []


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_point_is_found_without_a_solver(compiled, content, name):
    changed = tampered(content, *CHANGES[name])
    [first, *_] = whatif_file.problems_of(changed, plan(), compiled)
    assert first.startswith(("andai.json titik ", "andai.json: bukan bentuk"))


def test_a_changed_digit_alone_makes_the_file_no_longer_ours(small, compiled, content, tmp_path):
    text = (small[0] / WHATIF).read_text(encoding="utf-8")
    (tmp_path / WHATIF).write_text(text.replace("14500000000", "14500000001"), encoding="utf-8")
    assert whatif_file.read_whatif(tmp_path / WHATIF, read_plan(small[0] / "plan.json")) is None
    assert "sidik jari" in whatif_file.problems_of(content | {"floor": None}, plan(), compiled)[0].lower()
    for broken in ("", "[]", "{", '{"format": 1}', "[" * 100_000):
        (tmp_path / WHATIF).write_text(broken, encoding="utf-8")
        assert whatif_file.read_whatif(tmp_path / WHATIF, plan()) is None


@pytest.mark.parametrize(
    "other",
    [
        {"points": None},
        {"points": [5]},
        {"points": [{"x": 1}]},
        {"points": [{key: {"by": []} for key in whatif_file.SolvedPoint.__annotations__}]},
    ],
)
def test_a_file_of_another_form_is_not_ours_however_it_is_stamped(small, content, tmp_path, other):
    forged = content | other
    forged |= {"fingerprint": fingerprint_of(forged)}
    (tmp_path / WHATIF).write_text(json.dumps(forged), encoding="utf-8")
    assert whatif_file.read_whatif(tmp_path / WHATIF, read_plan(small[0] / "plan.json")) is None


def test_a_report_solves_what_is_missing_unless_told_not_to(small, planner, monkeypatch, tmp_path):
    for name in ("plan.json", "run.json"):
        (tmp_path / name).write_bytes((small[0] / name).read_bytes())
    monkeypatch.setattr("planner.paper.report.render_reports", lambda *args, **kwargs: Reports())
    monkeypatch.setattr(whatif, "solve_all", lambda file, *args: file.write_text("solved"))
    file = tmp_path / "plan.json"
    assert planner("report", file, "--no-whatif")[0] == 0 and not (tmp_path / WHATIF).exists()
    assert planner("run", small[0] / "uji.toml", "--out", tmp_path / "baru", "--floor", "rules[9].min")[0] == 1
    assert not (tmp_path / "baru").exists()  # told before anything is solved
    status, _, err = planner("report", file, "--floor", "rules[1].min_shar")
    assert status == 1 and "rules[1].min_share" in err and not (tmp_path / WHATIF).exists()
    status, _, err = planner("report", file)
    assert status == 0 and (tmp_path / WHATIF).exists() and "--no-whatif melewatinya" in err
    assert "--no-whatif" not in planner("report", file)[2]  # they are there now


# What the page shows.


def data_of(html: str) -> dict:
    inside = html.split('<script type="application/json">')[1].split("</script>")[0]
    assert "<" not in inside and ">" not in inside
    return json.loads(inside)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_figure_of_every_point_stands_without_a_script(lang):
    with speaking(lang):
        page = Page(section(scene_of()))
    mark = "." if lang == "id" else ","
    for rp in ("5", "10", "18", "20", "21", "30"):  # spent and budgets, in whole rupiah
        assert f"Rp {rp}{mark}000{mark}000{mark}000" in page.text
    said = [
        "-60,0 %",
        "+50,0 %",
        "bukan perkiraan di antaranya",
        "tidak dapat dipenuhi",
        "terbukti terbaik",
        "120 detik",
    ]
    told = ["-60.0 %", "+50.0 %", "not an estimate in between", "cannot be kept", "proven best", "120 seconds"]
    for text in said if lang == "id" else told:  # 12 and 45 points against the plan's 30
        assert text in page.text
    assert [a["data-testid"] for a in page.named("input")] == ["whatif-budget", "whatif-floor"]
    assert ("hidden", None) in [pair for attrs in page.named("div") for pair in attrs.items()]


def test_the_sliders_stand_at_the_plan_and_the_data_hold_every_point():
    with speaking("id"):
        html = section(scene_of())
    data = data_of(html)
    assert [a["value"] for a in Page(html).named("input")] == ["2", "1"]  # none, 10, 20 (the plan), 30; 0 %, 30 %
    assert [p["spent_rp"] for p in data["axes"]["budget"]["points"]] == [None, 5 * MILIAR, 18 * MILIAR, 21 * MILIAR]
    assert data["axes"]["floor"]["points"][0]["place"] == "0,0 %"
    rows = data["axes"]["budget"]["points"][3]["rows"]
    assert {(data["usulan"][i][0], data["usulan"][i][1]): rp for i, rp in rows} == {
        ("11.03", "pembangunan"): 9 * MILIAR, ("91.15", "revitalisasi"): 4 * MILIAR,
        ("91.15", "pembangunan"): 8 * MILIAR,
    }  # fmt: skip


def test_a_province_holds_its_own_rows_and_the_countrys_sums():
    with speaking("id"):
        html = section(scene_of("91"))
    data = data_of(html)
    assert {kode[:2] for kode, *_ in data["usulan"]} == {"91"}
    assert list(data["axes"]) == ["budget"]
    here = [[number for number, _ in point["numbers"][:2]] for point in data["axes"]["budget"]["points"]]
    assert here == [
        ["–", "–"],
        ["Rp 0", "Rp 5 miliar"],
        ["Rp 4 miliar", "Rp 18 miliar"],
        ["Rp 12 miliar", "Rp 21 miliar"],
    ]
    assert section(scene_of("31")) is None  # Jakarta's units are no candidates
    assert section(replace(scene_of(), whatif=None)) is None
    with speaking("id"):
        assert "tabel asal" in section(replace(scene_of(), source=None))


@pytest.mark.parametrize("nasty", [*HOSTILE, "</script><script>alert(1)</script><!--"])
def test_hostile_names_are_inert_in_the_section_and_its_data(nasty):
    table = candidates().kabupaten.copy()
    for column in ("nama", "provinsi"):
        table.loc[table["kode"].str.startswith("11."), column] = nasty
    with speaking("id"):
        html = section(scene_of(table=table))
    page = Page(html)
    assert [attrs.get("type") for attrs in page.named("script")] == ["application/json"]
    assert not page.named("img") and not [a for _, attrs in page.tags for a in attrs if a.startswith("on")]
    data_of(html)


def test_the_countrys_points_are_embedded_in_little_room():
    # thirteen points of eighty usulan each, as dasar.toml has them
    many = dict.fromkeys(sorted(candidates().usulan["usulan_id"])[:80], 4_500_000_000)
    scene = scene_of()
    points = [point_of("budget", k * MILIAR, k * MILIAR, many, k) for k in range(400, 413)]
    with speaking("id"):
        html = section(replace(scene, whatif=scene.whatif | {"points": points}))
    assert len(html.split("<script")[1].encode()) < 60_000


def test_the_script_touches_text_only_as_text():
    script = (PACKAGE / "paper" / "report.js").read_text(encoding="utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "Function(", "document.write", "</", "http"):
        assert word not in script.replace("http://www.w3.org", "")
    assert script.count("\n") < 240


def test_where_nothing_is_chosen_at_any_point_a_sentence_stands_for_the_slider():
    with speaking("id"):
        html = section(scene_of("51"))
    assert "tidak ada yang terpilih di Bali" in html and "<input" not in html and "<script" not in html


def test_a_point_whose_proof_leaves_more_open_than_it_changes_is_not_shown_but_counted():
    seen = scene_of()
    own = seen.plan["goals"][0]  # in points of 1000
    point = point_of("budget", 21 * MILIAR, 21 * MILIAR, WIDE, own["stage_value"] + 5, "best_found")
    shown = "Rp 21 miliar"
    for bound, there in ((own["stage_value"] + 10, True), (own["stage_value"] + 11, False), (None, False)):
        point["goals"][0]["bound"] = bound
        told = str(section(replace(seen, whatif=made_up(seen.plan) | {"points": [point]})))
        assert (shown in told, "1 titik tidak ditampilkan" in told) == (there, not there)


def test_damaged_points_are_shown_or_passed_over_and_never_a_crash(tmp_path):
    seen, rng, shown = scene_of(), Random(15), 0
    content = made_up(seen.plan)
    for _ in range(250):
        written, place = damaged(content, rng)
        (tmp_path / WHATIF).write_bytes(written)
        known = whatif_file.read_whatif(tmp_path / WHATIF, seen.plan)
        if known is not None:
            assert section(replace(seen, whatif=known)), place
            shown += 1
    assert shown > 5
