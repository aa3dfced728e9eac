"""Controls left alone give back the scenario; a moved one changes what it says and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import MILIAR, scenario

from planner.base.errors import PlannerError
from planner.base.messages import sentences
from planner.base.paths import PARAMETERIZED
from planner.desk.control_column import control_of, read_value
from planner.desk.controls import BY_HAND, History, apply_repair, controls_of, knobs, knobs_of, scenario_from
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
        value = read_value(control_of(knob, "x", knob.value), knob, knob.value)

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
        assert knob.name in sentences()["parameters"]
        assert set(knob.choices) <= set(sentences()["choices"])


def test_a_share_moves_in_exact_percent():
    base = scenario(rules=(FLOOR,))
    knob = next(k for k in knobs(base) if k.name == "min_share")
    made = control_of(knob, "x", knob.value)

    made.value = 29.7

    assert read_value(made, knob, knob.value) == 0.297
    assert scenario_from(base, controls_of(base).moved(knob.place, 0.297)).rules[0].min_share == 0.297


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
