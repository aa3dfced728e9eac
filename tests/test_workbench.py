"""The panel: controls left alone give back the scenario; an answer and a mistake are sentences."""

import pytest
from small import MILIAR, candidates, scenario, usulan

from planner.errors import PlannerError
from planner.workbench import Controls, controls_of, scenario_from, workbench

MENU_FLOOR = {"rule": "SpendBand", "by": "menu", "min_share": 0.3, "law": "asumsi"}
NEED = {"weights": {"kemiskinan": 1}, "goals": ("benefit",)}


def test_controls_left_alone_give_back_the_scenario_itself():
    base = scenario(rules=(MENU_FLOOR,))

    assert scenario_from(base, controls_of(base)) is base


def test_the_pagu_control_changes_the_pagu_and_nothing_else():
    base = scenario(budget_rp=10 * MILIAR, rules=(MENU_FLOOR,))
    now = controls_of(base)

    changed = scenario_from(base, Controls(7 * MILIAR, now.weights, now.menu_floor))

    assert changed.budget_rp == {2028: 7 * MILIAR}
    assert changed.rules == base.rules and changed.goals == base.goals


def test_a_menu_floor_is_replaced_added_or_taken_away():
    with_floor, without = scenario(rules=(MENU_FLOOR,)), scenario()
    weights = dict(without.weights)

    assert scenario_from(with_floor, Controls(10 * MILIAR, weights, 0.4)).rules[0].min_share == 0.4
    assert scenario_from(without, Controls(10 * MILIAR, weights, 0.2)).rules[0].min_share == 0.2
    assert scenario_from(with_floor, Controls(10 * MILIAR, weights, 0.0)).rules == ()


def test_a_floor_beside_other_bounds_leaves_them():
    base = scenario(rules=(MENU_FLOOR | {"max_share": 0.9},))

    (rule,) = scenario_from(base, Controls(10 * MILIAR, dict(base.weights), 0.0)).rules

    assert (rule.min_share, rule.max_share) == (None, 0.9)


def two() -> object:
    # Kupang: 30 % poor x 10 IKM = 3; Bogor: 5 % x 10 = 0,5. Both cost 6 miliar; 10 miliar pay for one.
    return candidates(usulan("kupang", 6 * MILIAR, kode="53.01"), usulan("bogor", 6 * MILIAR, kode="32.01"))


def test_the_button_answers_in_sentences_and_the_untouched_panel_is_the_scenario():
    panel = workbench(scenario(**NEED), two())

    panel.button.click()

    assert panel.scenario is panel.base
    assert list(panel.plan.funded["usulan_id"]) == ["kupang"]
    assert "Rp 6,00 miliar" in panel.answer.value or "Rp 6 miliar" in panel.answer.value
    assert "terbukti terbaik" in panel.answer.value
    assert not panel.button.disabled


def test_a_moved_control_changes_the_answer():
    panel = workbench(scenario(**NEED), two())

    panel.budget.value = 12 * MILIAR
    panel.button.click()

    assert list(panel.plan.funded["usulan_id"]) == ["bogor", "kupang"]


def test_a_mistake_is_a_sentence_in_the_panel_and_hostile_text_is_inert():
    panel = workbench(
        scenario(name="<script>alert(1)</script>", rules=({"rule": "CountBand", "min": 3},), **NEED), two()
    )

    panel.button.click()

    assert "paling sedikit 3" in panel.answer.value
    assert "<script>" not in panel.answer.value and "&lt;script&gt;" in panel.answer.value
    with pytest.raises(PlannerError, match="Hitung"):
        panel.scene()


def test_all_weights_zero_is_a_sentence_too():
    panel = workbench(scenario(**NEED), two())

    panel.weights["kemiskinan"].value = 0
    panel.button.click()

    assert "semua bobot 0" in panel.answer.value
