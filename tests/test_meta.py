"""No rule, goal or criterion without its hand-made tables and its sentence."""

from pathlib import Path

import pytest

from planner.base.messages import sentences
from planner.scenario import goals
from planner.scenario.criteria import CRITERIA
from planner.scenario.rules import RULES

HERE = Path(__file__).parent
GOALS = [goal.__name__ for goal in goals.KINDS.values()]


def named_in(file: str) -> set[str]:
    text = (HERE / file).read_text(encoding="utf-8")
    return {line.split("(")[0].removeprefix("def ") for line in text.splitlines() if line.startswith("def test_")}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_a_table_where_it_changes_the_answer_and_one_where_it_leaves_no_plan(name):
    told = set().union(*(named_in(file.name) for file in HERE.glob("test_rules*.py")))
    assert {f"test_{name}_changes_the_answer", f"test_{name}_infeasible_names_its_sentence"} <= told


@pytest.mark.parametrize("name", CRITERIA)
def test_a_criterion_has_a_table_where_it_changes_the_answer_and_one_where_it_is_missing(name):
    wanted = {f"test_{name}_changes_the_answer", f"test_{name}_missing_scores_0_and_is_counted"}
    assert wanted <= named_in("test_criteria.py")


@pytest.mark.parametrize("name", GOALS)
def test_a_goal_has_a_table_where_it_changes_the_answer_and_one_where_it_is_empty(name):
    assert {f"test_{name}_changes_the_answer", f"test_{name}_empty_column_is_an_error"} <= named_in("test_goals.py")


def test_there_are_goals_rules_and_criteria_to_look_at():
    assert {"Maximise", "Maximin", "Shortfall"} <= set(GOALS)
    defined = {value for value in vars(goals).values() if isinstance(value, type) and issubclass(value, goals.Goal)}
    assert {value.__name__ for value in defined if not value.__subclasses__()} == set(GOALS)
    assert len(RULES) >= 6 and len(CRITERIA) >= 5


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_a_sentence_and_says_what_it_is_about(name):
    assert {"id", "en"} == set(sentences()["rules"][name]) == set(sentences()["rules_about"][name])
    assert RULES[name].__doc__


@pytest.mark.parametrize("name", GOALS)
def test_a_goal_has_a_sentence(name):
    assert {"id", "en"} == set(sentences()["goals"][name])


@pytest.mark.parametrize("name", CRITERIA)
def test_a_criterion_has_a_label_and_a_docstring(name):
    assert {"id", "en"} == set(sentences()["criteria"][name])
    assert CRITERIA[name].__doc__


@pytest.mark.parametrize("name", RULES)
def test_the_oracle_says_every_rule_a_second_time(name):
    import oracle

    assert name in oracle.CHECKS
    assert "planner" not in Path(oracle.__file__).read_text(encoding="utf-8").split('"""', 2)[2]
