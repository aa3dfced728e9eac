"""The frontier: values below bounds below the LP curve, rising with the budget where that is right."""

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from instances import instances
from pages import Page
from small import KODE, candidates, line, scenario, usulan, write

from planner import cli
from planner.answers.frontier import frontier, is_nested, scenarios
from planner.answers.preview import Previewer
from planner.base.errors import InfeasibleError, PlannerError
from planner.base.messages import speaking
from planner.base.processes import Clock
from planner.base.units import gap_percent
from planner.paper.run_files import write_frontier
from planner.plan.allocate import allocate
from planner.scenario.place import Place
from planner.scenario.scenario import vary
from planner.scenario.toml_file import toml
from planner.views.curves import decimals, round_axis
from planner.views.frontier import (
    alt,
    curve_of,
    ends,
    frontier_chart,
    frontier_list,
    frontier_table,
    next_miliar,
)

MILIAR = 10**9
THREE = candidates(usulan("A", 6 * MILIAR, 5), usulan("B", 4 * MILIAR, 3), usulan("C", 6 * MILIAR, 4))


def micros(made, points):
    return points * made.point


def test_each_budget_has_its_plan_its_proof_and_who_comes_and_goes():
    # Rp 4: B = 3. Rp 6: A = 5. Rp 8: A. Rp 10: A + B = 8. Rp 12: A + C = 9.
    seen = []
    made = frontier(
        THREE, scenario(10 * MILIAR), low=4 * MILIAR, high=12 * MILIAR, points=5, gap=0.0, progress=seen.append
    )
    found = [(p.at // MILIAR, p.preview.winners, micros(made, p.preview.value) // 10**6) for p in made.points]
    assert found == [(4, ["B"], 3), (6, ["A"], 5), (8, ["A"], 5), (10, ["A", "B"], 8), (12, ["A", "C"], 9)]
    assert [(p.entering, p.leaving) for p in made.points] == [
        ((), ()), (("A",), ("B",)), ((), ()), (("B",), ()), (("C",), ("B",)),
    ]  # fmt: skip
    assert all(p.preview.value == p.preview.bound <= p.lp for p in made.points)
    assert len(seen) == 6 and all(p.preview is None and p.lp for p in seen[0].points)
    assert list(made.points[3].plan(THREE).funded["usulan_id"]) == ["A", "B"]


def test_the_next_miliar_says_what_it_brings_and_whom():
    # Rp 9: A = 5 (A + B costs 10). Rp 10: A + B = 8: three more, exactly.
    made = frontier(THREE, scenario(9 * MILIAR), points=2)
    found = made.next_miliar
    assert (micros(made, found.low), micros(made, found.high)) == (3 * 10**6, 3 * 10**6)
    assert (found.entering, found.leaving) == (("B",), ())
    assert "Masuk: 'B'. Keluar: –." in next_miliar(made)
    with speaking("en"):
        assert "In: 'B'. Out: –." in next_miliar(made)


def test_what_the_next_miliar_adds_is_rounded_apart():
    made = frontier(THREE, scenario(9 * MILIAR), points=2)
    near = replace(made, point=1, next_miliar=replace(made.next_miliar, low=1_239_999, high=1_240_001))
    assert ends(near.next_miliar, 1) == (1.23, 1.25) and "1,23" in next_miliar(near) and "1,25" in next_miliar(near)


def test_one_rules_bound_is_an_axis_and_what_no_plan_keeps_is_said():
    # At least 0, 1, 2, 3 usulan of Rp 10: 8, 8, 8, none.
    asked = scenario(10 * MILIAR, [{"rule": "CountBand", "min": 2}])
    made = frontier(THREE, asked, "rules[0].min", 0, 3, 4, 0.0)
    assert [p.infeasible for p in made.points] == [False, False, False, True]
    assert [p.preview.winners for p in made.points] == [["A", "B"]] * 3 + [[]]
    assert made.next_miliar is None and next_miliar(made) is None
    with pytest.raises(PlannerError):
        made.points[3].plan(THREE)
    assert list(frontier_table(made)["Keterangan"]) == ["", "", "", "tidak ada rencana"]


def test_a_wider_neighbour_lowers_a_bound_only_where_every_plan_is_kept():
    # A floor of the budget rises with it: Rp 8 of plans are none of Rp 10's.
    floor = [{"rule": "SpendBand", "min_share": 0.5, "of": "budget"}]
    free, floored = Previewer(THREE), Previewer(THREE)
    small, large = (free.preview(scenario(b * MILIAR)).problem for b in (8, 10))
    assert is_nested(small, large) and not is_nested(large, small)
    small, large = (floored.preview(scenario(b * MILIAR, floor)).problem for b in (8, 10))
    assert not is_nested(small, large)


def test_no_plan_and_no_bound_is_borrowed_across_a_rule_that_is_measured():
    # Half of the poor live in Aceh, half in NTT. Rp 6 buys A (5) or B (3): an index of 0.5, so at 0 nothing is bought,
    # and one of the two halves is reached, never both.
    places = {kode: {"miskin_ribu": 1.0 if kode in ("11.01", "53.01") else 0.0} for kode in KODE}
    table = candidates(usulan("A", 6 * MILIAR, 5), usulan("B", 4 * MILIAR, 3, kode="53.01"), kabupaten=places)
    even = {"rule": "EvenSpread", "max_share": 0.5}
    made = frontier(table, scenario(6 * MILIAR, [even]), "rules[0].max_share", 0, 0.5, 2)
    assert [micros(made, point.preview.value) for point in made.points] == [0, 5_000_000]
    assert [micros(made, point.preview.bound) for point in made.points] == [0, 5_000_000]
    reach = {"rule": "ServiceReach", "radius_km": 1, "min_share": 0.5, "need": "miskin_ribu"}
    made = frontier(table, scenario(6 * MILIAR, [reach]), "rules[0].min_share", 0.5, 1, 2)
    assert [point.infeasible for point in made.points] == [False, True]


FLOOR = {"rule": "SpendBand", "where": {"pulau": "Nusa Tenggara"}, "min_share": 0.3, "of": "budget"}


@pytest.mark.parametrize("seed", range(6))
def test_a_narrower_floor_never_shows_more_than_a_wider_one(seed):
    # At a gap of 10 % each plan may fall short by another amount; the neighbours' plans must make up for it.
    draw = random.Random(seed)
    rows = [usulan(f"U{i}", draw.randint(10, 60), draw.randint(3, 30), kode=draw.choice(KODE)) for i in range(10)]
    table = candidates(*rows, usulan("Z", 60, 1, kode="53.01"))
    made = frontier(table, scenario(200, [FLOOR]), "rules[0].min_share", 0, 0.6, 8, 0.1)
    known = [point.preview for point in made.points if point.preview.x is not None]
    assert [p.value for p in known] == sorted((p.value for p in known), reverse=True)
    assert [p.bound for p in known] == sorted((p.bound for p in known), reverse=True)
    for point, other in zip(made.points, made.points[1:], strict=False):
        mine, theirs = point.preview, other.preview
        assert not mine.problem.broken(mine.x) and mine.problem.goal(0, made.point).points(mine.x)
        assert set(other.entering) == (set(theirs.winners) - set(mine.winners) if theirs.x is not None else set())


@pytest.mark.parametrize(
    ("by", "more", "said"),
    [
        ("budgt", {}, "budget"),
        ("rules[0].max_shar", {}, "rules[0].max_share"),
        ("rules[7].max", {}, "rules[0].max"),
        ("budget", {"low": 5, "high": 5}, "--from"),
        ("rules[0].max", {"high": 10**16}, "--to"),
        ("rules[0].max", {"low": 2, "high": 2.4}, "2.4"),  # both round to 2
        ("budget", {"low": 10**9, "high": 10**9 + 0.4}, "--points"),
        ("rules[0].min", {}, "rules[0].min"),
    ],
)
def test_an_axis_that_is_not_there_is_a_sentence(by, more, said):
    asked = scenario(10 * MILIAR, [{"rule": "CountBand", "max": 2}])
    with pytest.raises(PlannerError) as caught:
        frontier(THREE, asked, by, **more)
    assert said in str(caught.value)


def test_a_share_that_is_not_set_asks_for_nothing():
    band = scenario(10 * MILIAR, [{"rule": "SpendBand", "by": "menu", "max_share": 1.0, "of": "budget"}])
    assert list(scenarios(band, Place("rules[0].min_share"), None, None, 3)) == [0.0, 0.5, 1.0]
    assert list(scenarios(band, Place("rules[0].max_share"), None, None, 3)) == [0.5, 0.75, 1.0]


def test_a_stopped_clock_gives_the_curve():
    made = frontier(THREE, scenario(10 * MILIAR), points=3, clock=Clock(stopped=True))
    assert [p.preview for p in made.points] == [None] * 3 and all(p.lp for p in made.points)
    assert "tidak" not in frontier_chart(made)[:20] and next_miliar(made)
    assert frontier_table(made)["Usulan"].isna().all()


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize(
    ("rule", "by", "axis_"),
    [
        ({"rule": "CountBand", "max": 2}, "max", {"id": "Paling banyak", "en": "At most"}),
        ({"rule": "SpendBand", "by": "pulau", "max_share": 0.9}, "max_share",
         {"id": "Paling banyak (%)", "en": "At most (%)"}),
        ({"rule": "Ticket", "min_rp": MILIAR}, "min_rp",
         {"id": "Paling sedikit (miliar rupiah)", "en": "At least (billion rupiah)"}),
    ],
)  # fmt: skip
def test_a_rules_picture_says_its_sentence_and_never_a_key(rule, by, axis_, lang):
    asked = scenario(10 * MILIAR, [rule])
    made = frontier(THREE, asked, f"rules[0].{by}", points=2)
    with speaking(lang):
        curve, drawn, told = curve_of(made), frontier_chart(made), alt(made)
        assert asked.rules[0].sentence() in Page(drawn).text and curve.across.name == axis_[lang]
    assert "rules[" not in drawn and asked.rules[0].sentence(lang) in told


def test_a_long_title_is_cut_and_only_text():
    names = [f"<b>{i}_{'x' * 20}" for i in range(30)]
    table = candidates(*[usulan(name, MILIAR, 5) for name in names])
    rules = [{"rule": "CountBand", "where": {"usulan_id": names}, "max": 2}]
    made = frontier(table, scenario(10 * MILIAR, rules), "rules[0].max", points=2)
    page = Page(frontier_chart(made))
    assert "<b>0_xx" in page.text and "…" in page.text and len(page.named("b")) == 1  # the title itself


def test_the_picture_has_every_plan_at_its_place_and_its_gap_up_to_the_bound():
    # Rp 4: B = 3. Rp 8: A = 5. Rp 12: A + C = 9, of which at most 10 is proven here.
    made = frontier(THREE, scenario(10 * MILIAR), low=4 * MILIAR, high=12 * MILIAR, points=3, gap=0.0)
    last = made.points[-1].preview
    above = replace(last, bound=last.value * 10 // 9)
    made = replace(made, points=(*made.points[:-1], replace(made.points[-1], preview=above)))
    curve = curve_of(made)
    assert [(p.at, p.value, p.best) for p in curve.points] == [(4, 3, 3), (8, 5, 5), (12, 9, pytest.approx(10))]
    assert (curve.across.marks, curve.now, curve.up.marks[0]) == ((4, 6, 8, 10, 12), 10, 2)
    page = Page(frontier_chart(made))
    assert len(page.named("circle")) == 3
    [gap] = [one for one in page.named("line") if one["class"] == "gap"]
    assert gap["x1"] == gap["x2"] == page.named("circle")[2]["cx"] == curve.x(12) == "97.00%"
    assert float(gap["y2"]) < float(gap["y1"]) == curve.y(9)


def test_the_picture_holds_whatever_a_plan_could_still_reach():
    # Rp 12: A + C = 9, of which a preview without a tree bounds no more than 27, far above the LP.
    made = frontier(THREE, scenario(10 * MILIAR), low=4 * MILIAR, high=12 * MILIAR, points=3, gap=0.0)
    last = made.points[-1].preview
    high = replace(made.points[-1], preview=replace(last, bound=last.value * 3))
    curve = curve_of(replace(made, points=(*made.points[:-1], high)))
    assert max(curve.up.share(one.best) for one in curve.points) <= 1


@pytest.mark.parametrize(
    ("values", "marks"),
    [([4, 12], (4, 6, 8, 10, 12)), ([197.5, 592.5], (100, 200, 300, 400, 500, 600)), ([0], (0, 0.2)),
     ([3, 3], (3, 4)), ([-1, 1], (-1, -0.5, 0, 0.5, 1))],
)  # fmt: skip
def test_marks_are_round_and_hold_every_value(values, marks):
    axis = round_axis("", values)
    assert axis.marks == pytest.approx(marks)
    assert all(0 <= axis.share(value) <= 1 for value in values)


def test_a_gap_is_never_shown_smaller_than_it_is():
    assert [gap_percent(gap, "en") for gap in (0.0, 0.00501, 0.005, 1e-6)] == [
        "0.00 %",
        "0.51 %",
        "0.50 %",
        "0.000100 %",
    ]
    made = frontier(THREE, scenario(10 * MILIAR), points=2)
    near = replace(made.points[0].preview, value=999_999, bound=1_000_000)  # 0,0001 % is not proven to be nothing
    table = frontier_table(replace(made, points=(replace(made.points[0], preview=near),)))
    assert table["Jarak (%)"].iat[0] == 0.001
    assert [decimals(v) for v in (10.75, 10.5, 25.0, 22.5)] == [2, 1, 0, 1]


def test_files_are_whole_and_say_the_same(tmp_path):
    made = frontier(THREE, scenario(10 * MILIAR), points=3)
    files = write_frontier(made, tmp_path)
    assert [f.name for f in files] == ["frontier.csv", "frontier.json", "frontier.html"]
    assert files[0].read_bytes().startswith(b"\xef\xbb\xbfPagu (Rp);")
    assert json.loads(files[1].read_text(encoding="utf-8")) == json.loads(json.dumps(made.plain()))
    page = files[2].read_text(encoding="utf-8")
    assert page.count("<svg ") == 1 and 'role="img"' in page and "Pagu (miliar rupiah)" in page


def test_the_list_writes_places_and_gaps_out_and_says_where_no_plan_is():
    # Rp 4: B = 3, Rp 10: A + B = 8, both proven; at least 3 usulan of Rp 10: none.
    shown = frontier_list(frontier(THREE, scenario(10 * MILIAR), low=4 * MILIAR, high=10 * MILIAR, points=2, gap=0.0))
    few = frontier_list(
        frontier(THREE, scenario(10 * MILIAR, [{"rule": "CountBand", "min": 2}]), "rules[0].min", 3, 4, 2)
    )

    assert "Rp 4 miliar" in shown and ">3,00<" in shown and ">8,00<" in shown and ">0,00 %<" in shown
    assert "Rp 10.000.000.000" in shown and "Keterangan" not in shown
    assert "Keterangan" in few


def test_hostile_names_stay_text(tmp_path):
    table = candidates(usulan("<script>", MILIAR, 5), usulan("=1+1", 2 * MILIAR, 3))
    made = frontier(table, vary(scenario(MILIAR), name="<b>"), high=3 * MILIAR, points=3)
    files = write_frontier(made, tmp_path)
    assert b";'=1+1" in files[0].read_bytes() and b"<script>" not in files[2].read_bytes()


def test_the_command_prints_a_table_or_json(tmp_path, monkeypatch, capsys):
    rows = [
        usulan(n, kode=k, lines=[line(6 * MILIAR, komponen="gedung_produksi")])
        for n, k in zip("AB", KODE[2:4], strict=True)
    ]
    write(tmp_path / "usulan", *rows)
    asked = scenario(10 * MILIAR, goals=["benefit"])
    (tmp_path / "s.toml").write_text(toml(asked), encoding="utf-8")
    for more in ([], ["--json"]):
        monkeypatch.setattr("sys.argv", ["planner", "frontier", str(tmp_path / "s.toml"), "--points", "3", *more])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        assert ended.value.code == 0, told.err
        assert json.loads(told.out)["by"] == "budget" if more else "Pagu (Rp)" in told.out


@settings(max_examples=30)
@given(instances(most=6))
def test_points_agree_with_cold_solves(instance):
    table, asked = instance
    made = frontier(table, asked, points=4, gap=0.0)
    last = None
    for point in made.points:
        found = point.preview
        try:
            best = allocate(table, vary(point.scenario, goals=[asked.goals[0].model_dump()]))["goals"][0]
        except InfeasibleError:
            assert point.infeasible
            continue
        assert found.value <= found.bound <= point.lp
        assert found.value * made.point <= (best["value"] + 6) * best["point"]
        assert (found.bound + 6) * made.point >= best["value"] * best["point"]
        if last is not None and is_nested(last.problem, found.problem):
            assert found.value >= last.value and found.bound >= last.bound
        last = found
