"""Controls left alone give back the scenario; a moved one changes what it says and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import MILIAR, candidates, line, scenario, usulan

from planner.answers.low_spend import cheapest_rp
from planner.base.errors import PlannerError
from planner.base.messages import sentences
from planner.base.paths import PARAMETERIZED
from planner.base.units import rupiah, rupiah_full
from planner.desk.control_column import ControlColumn, control_of
from planner.desk.controls import (
    BY_HAND,
    History,
    apply_repair,
    controls_of,
    doubt,
    knobs,
    knobs_of,
    scenario_from,
)
from planner.desk.sliders import NumberSlider, scale_of
from planner.scenario.place import Place
from planner.scenario.rules import RULES
from planner.scenario.scenario import plain, read_scenario
from planner.solve.infeasible.levers import Change, apply_changes

FLOOR = {"rule": "SpendBand", "by": "menu", "min_share": 0.3, "max_share": 0.9, "law": "asumsi"}
COUNT = {"rule": "CountBand", "where": {"menu": "revitalisasi"}, "min": 3}
LOCKS = (
    {"rule": "Lock", "state": "in", "usulan": ["a", "b"]},
    {"rule": "Lock", "state": "out", "kabupaten": ["53.01"]},
)
AGREED = {"rule": "AgreedVolume", "usulan": "a", "rincian": "1", "volume": 4}
SHIPPED = sorted((PARAMETERIZED / "skenario").glob("*.toml"))


def at(base):
    return scenario_from(base, controls_of(base))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda f: f.stem)
def test_controls_left_alone_give_back_the_scenario_itself(file):
    base = read_scenario(file)

    assert at(base) is base


@pytest.mark.parametrize("file", SHIPPED, ids=lambda f: f.stem)
def test_widgets_left_alone_give_back_the_very_values(file):
    for knob in knobs(read_scenario(file)):
        value = control_of(knob, "x", knob.value).value

        assert value is knob.value or (value == knob.value and type(value) is type(knob.value))


def test_the_pagu_changes_the_pagu_and_nothing_else():
    base = scenario(rules=(FLOOR,))

    changed = scenario_from(base, controls_of(base).moved("budget_rp.2028", 7 * MILIAR))

    assert plain(changed) == plain(base) | {"budget_rp": {"2028": 7 * MILIAR}}


def test_every_bound_of_every_rule_is_a_control():
    base = scenario(rules=(FLOOR, COUNT, {"rule": "Ticket", "min_rp": 5}, {"rule": "SentraCriterion"}))

    found = {knob.place: (knob.kind, knob.value) for knob in knobs(base) if knob.rule is not None}

    assert found == {
        "rules[0].min_share": ("share", 0.3), "rules[0].max_share": ("share", 0.9), "rules[0].of": ("choice", "spent"),
        "rules[1].min": ("whole", 3), "rules[2].min_rp": ("rupiah", 5), "rules[3].definition": ("choice", "pp29"),
    }  # fmt: skip
    several = scenario(rules=(FLOOR, COUNT), budget_rp={2028: MILIAR, 2029: MILIAR})
    assert {knob.place for knob in knobs(several)} >= {"rules[0].per", "rules[1].per"}


@pytest.mark.parametrize("name", RULES)
def test_no_rule_needs_a_place_in_the_workbench_and_every_control_has_a_name(name):
    told = {
        "column": "ikm",
        "by": "menu",
        "min_share": 0.1,
        "max_share": 0.2,
        "min": 1,
        "max": 2,
        "min_rp": 3,
        "max_rp": 9,
        "radius_km": 50.0,
        "max_count": 2,
    }
    rule = RULES[name].model_construct(rule=name, **{k: v for k, v in told.items() if k in RULES[name].model_fields})

    for knob in [] if name in (h.__name__ for h in BY_HAND) else knobs_of(rule, 0):
        assert knob.name in sentences("parameters")
        assert set(knob.choices) <= set(sentences("choices"))


def test_a_share_moves_in_exact_percent():
    base = scenario(rules=(FLOOR,))
    knob = next(k for k in knobs(base) if k.name == "min_share")
    made = control_of(knob, "x", knob.value)

    made.text = "29,7"

    assert made.value == 0.297 and made.position == 29.7 and made.text == "29,7 %"
    assert scenario_from(base, controls_of(base).moved(knob.place, 0.297)).rules[0].min_share == 0.297


@pytest.mark.parametrize(
    ("text", "value"),
    [("395 miliar", 395 * MILIAR), ("395.000.000.000", 395 * MILIAR), ("395,5", 395_500_000_000), ("1", MILIAR)],
)
def test_money_is_typed_as_people_say_it(text, value):
    made = NumberSlider(scale_of("rupiah", 300 * MILIAR), "x", 300 * MILIAR)

    made.text = text

    assert made.value == value and made.position == value / MILIAR
    assert made.text == rupiah(value, digits=12) and made.note == f"= {rupiah_full(value)}"


def test_money_slides_from_half_to_two_and_a_half_times_the_file_by_its_third_digit():
    # 395,4 miliar is on no step of 1 miliar: it stays to the rupiah until the slider moves.
    made = NumberSlider(scale_of("rupiah", 395_400_000_001), "x", 395_400_000_001)
    assert (made.low, made.high, made.step) == (197, 989, 1)
    assert made.value == 395_400_000_001

    made.position = 412
    assert made.value == 412 * MILIAR and made.text == "Rp 412 miliar"
    made.value = 4000 * MILIAR  # from the file, by undo or by a repair
    assert made.high == made.position == 4000 and made.value == 4000 * MILIAR


@pytest.mark.parametrize(("kind", "text"), [("rupiah", "banyak"), ("share", "120 %"), ("share", "x"), ("weight", "-1")])
def test_what_is_no_number_is_told_below_it_and_moves_nothing(kind, text):
    made = NumberSlider(scale_of(kind, 1), "x", 1)
    made.text = text

    assert made.value == 1 and made.note.startswith(text)


def test_the_cheapest_usulan_counts_its_smallest_volumes_and_no_line_that_may_go():
    # a: 6 units, at least 2, of 1 miliar; b: 3 miliar and 5 that may be left out.
    a = usulan("a", lines=[line(MILIAR, volume=6, low=2)])
    b = usulan("b", lines=[line(3 * MILIAR), line(5 * MILIAR, wajib="tidak", name="2")])

    assert cheapest_rp(candidates(a, b).rincian) == 2 * MILIAR
    assert cheapest_rp(candidates(b).rincian) == 3 * MILIAR
    # c: nothing but lines that may be left out, so it costs the cheaper one.
    free = {"wajib": "tidak"}
    c = usulan("c", lines=[line(4 * MILIAR, name="1", **free), line(MILIAR, name="2", **free)])
    assert cheapest_rp(candidates(a, c).rincian) == MILIAR
    assert cheapest_rp(candidates(a, b).rincian.head(0)) == 0


@pytest.mark.parametrize(
    ("amount", "asked"),
    [(1, "usulan termurah"), (9, "sepersepuluh"), (10, ""), (100, ""), (1000, ""), (1001, "sepuluh kali")],
)
def test_a_budget_that_pays_for_nobody_or_is_far_from_the_file_is_asked_about(amount, asked):
    knob = knobs(scenario(budget_rp={2028: 100 * MILIAR}))[0]

    said = doubt(knob, amount * MILIAR, 2 * MILIAR)
    assert asked in said and bool(asked) == bool(said)


def column(base, moves):
    return ControlColumn(base, controls_of(base), 2 * MILIAR, moves.append)


def test_a_doubtful_budget_moves_nothing_until_it_is_meant():
    base, moves = scenario(budget_rp={2028: 100 * MILIAR}), []
    made = column(base, moves)
    question, pagu = made.questions["budget_rp.2028"], made.inputs["budget_rp.2028"]

    pagu.text = "5 miliar"
    assert moves == [] and question.asked and "Rp 5 miliar" in question.text.value
    question.answer("cancel")
    assert moves == [] and not question.asked and pagu.text == "Rp 100 miliar"

    pagu.text = "5 miliar"
    question.answer("use")
    (move,) = moves
    assert move(controls_of(base)) == controls_of(base).moved("budget_rp.2028", 5 * MILIAR) and not question.asked


def test_a_rules_heading_says_where_its_controls_stand():
    base = scenario(rules=(*LOCKS, COUNT, FLOOR))
    made = column(base, [])
    count = made.rules[2]
    assert set(made.rules) == {2, 3} and count.inside.layout.display == "none"
    assert count.heading.description == f"▸ {base.rules[2].sentence()}"
    count.heading.click()
    assert count.inside.layout.display == "" and count.heading.description.startswith("▾")

    made.show(controls_of(base).moved("rules[2].min", 7).switched(3, False))
    assert "paling sedikit 7" in count.title and made.rules[3].title.startswith("(ditinggalkan)")


def test_a_rule_can_be_left_out_and_comes_back_in_its_place():
    base = scenario(rules=(FLOOR, COUNT))
    without = controls_of(base).switched(0, False)

    assert [rule.rule for rule in scenario_from(base, without).rules] == ["CountBand"]
    assert scenario_from(base, without.switched(0, True)) is base


def test_a_lock_of_the_file_stays_in_its_rule_and_a_new_one_comes_last():
    base = scenario(rules=(*LOCKS, COUNT))
    moved = controls_of(base).locked(("usulan", "a"), None).locked(("usulan", "c"), "out")

    rules = scenario_from(base, moved).rules

    assert [(r.state, r.usulan, r.kabupaten) for r in rules if r.rule == "Lock"] == [
        ("in", ("b",), ()), ("out", (), ("53.01",)), ("out", ("c",), ()),
    ]  # fmt: skip
    assert rules[2].rule == "CountBand" and rules[-1].law == "suntingan tangan"


def test_a_lock_that_turns_round_leaves_the_old_rule():
    base = scenario(rules=LOCKS)

    rules = scenario_from(base, controls_of(base).locked(("kabupaten", "53.01"), "in")).rules

    assert [(r.state, r.kabupaten) for r in rules] == [("in", ()), ("in", ("53.01",))]


def test_an_agreed_volume_is_set_moved_and_freed():
    base = scenario(rules=(AGREED,))
    now = controls_of(base)

    assert scenario_from(base, now.agreed(("a", "1"), 2)).rules[0].volume == 2
    assert scenario_from(base, now.agreed(("a", "1"), None)).rules == ()
    assert scenario_from(base, now.agreed(("b", "2"), 7)).rules[1].usulan == "b"


def test_what_cannot_be_names_its_place():
    base = scenario(rules=(FLOOR,))

    with pytest.raises(PlannerError, match=r"rules\[0\]"):
        scenario_from(base, controls_of(base).moved("rules[0].min_share", 0.95))
    with pytest.raises(PlannerError, match="semua bobot 0"):
        scenario_from(base, controls_of(base).moved("weights.kemiskinan", 0.0))


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("moved"), st.tuples(st.just("budget_rp.2028"), st.integers(1, 10**12))),
        st.tuples(st.just("moved"), st.tuples(st.just("rules[0].min_share"), st.sampled_from([0.1, 0.25, 0.5]))),
        st.tuples(st.just("switched"), st.tuples(st.integers(0, 1), st.booleans())),
        st.tuples(
            st.just("locked"),
            st.tuples(
                st.tuples(st.sampled_from(["usulan", "kabupaten"]), st.sampled_from(["11.01", "a"])),
                st.sampled_from(["in", "out", None]),
            ),
        ),
    ),
    max_size=6,
)  # fmt: skip


@given(MOVES)
def test_any_moves_undone_are_the_scenario_itself_and_done_again_the_same(moves):
    base = scenario(rules=(FLOOR, COUNT, *LOCKS))
    history = History(controls_of(base))
    for name, args in moves:
        history.add(getattr(history.now, name)(*args))
    last = history.now

    while history.step(-1):
        pass
    assert scenario_from(base, history.now) is base
    while history.step(1):
        pass
    assert history.now == last
    asked = scenario_from(base, last)
    assert {(n, s) for (_, n), s in last.locks.items()} == {
        (n, r.state) for r in asked.rules if r.rule == "Lock" for n in (*r.usulan, *r.kabupaten)
    }


@pytest.mark.parametrize(
    "changes",
    [
        [Change(Place.of_year(2028), 10 * MILIAR, 12 * MILIAR)],
        [Change(Place.of_rule(2, "min_share"), 0.3, 0.275), Change(Place.of_rule(1))],
        [Change(Place.of_rule(0)), Change(Place.of_rule(3)), Change(Place.of_rule(4))],
        [Change(Place.of_rule(2))],
    ],
)
def test_a_repair_on_the_controls_is_the_repair_of_their_scenario(changes):
    # With the count left out and a lock by hand added, the rules stand at other numbers than in the file.
    base = scenario(rules=(LOCKS[0], COUNT, LOCKS[1], FLOOR, AGREED))
    controls = controls_of(base).switched(1, False).locked(("usulan", "z"), "in")
    now = scenario_from(base, controls)
    assert [rule.rule for rule in now.rules] == ["Lock", "Lock", "SpendBand", "AgreedVolume", "Lock"]

    assert plain(scenario_from(base, apply_repair(base, controls, changes))) == plain(apply_changes(now, changes))
