"""No rule, goal or criterion without its hand-made tables and its sentence."""

import re
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import oracle

from planner import views
from planner.base.messages import LANGUAGES, sentences
from planner.scenario import goals
from planner.scenario.criteria import CRITERIA
from planner.scenario.rules import RULES, classes
from planner.scenario.rules.base import Rule

HERE = Path(__file__).parent / "scenario"
GOALS = [goal.__name__ for goal in goals.KINDS.values()]


def lacking(files: str, names: Iterable[str], *endings: str) -> set[str]:
    """The tests ``test_<name>_<ending>`` that no file of the pattern holds."""
    lines = [line for file in HERE.glob(files) for line in file.read_text(encoding="utf-8").splitlines()]
    told = {line.split("(")[0].removeprefix("def ") for line in lines if line.startswith("def test_")}
    return {f"test_{name}_{ending}" for name in names for ending in endings} - told


def unsaid(group: str, names: Iterable[str]) -> list[str]:
    """The names that lack a sentence in one of the languages."""
    return [name for name in names if set(sentences(group).get(name, ())) != set(LANGUAGES)]


def test_a_rule_has_a_table_where_it_changes_the_answer_and_one_where_it_leaves_no_plan():
    assert lacking("rules/test_rules*.py", RULES, "changes_the_answer", "infeasible_names_its_sentence") == set()


def test_a_criterion_has_a_table_where_it_changes_the_answer_and_one_where_it_is_missing():
    assert lacking("test_criteria.py", CRITERIA, "changes_the_answer", "missing_scores_0_and_is_counted") == set()


def test_a_goal_has_a_table_where_it_changes_the_answer_and_one_where_it_is_empty():
    assert lacking("test_goals.py", GOALS, "changes_the_answer", "empty_column_is_an_error") == set()


def test_there_are_goals_rules_and_criteria_to_look_at():
    assert {"Maximise", "Maximin", "Shortfall"} <= set(GOALS)
    defined = {value for value in vars(goals).values() if isinstance(value, type) and issubclass(value, goals.Goal)}
    assert {value.__name__ for value in defined if not value.__subclasses__()} == set(GOALS)
    assert {kind.__name__ for kind in classes(Rule) if not kind.__subclasses__()} == set(RULES)
    assert len(RULES) >= 6 and len(CRITERIA) >= 5


def test_every_rule_goal_and_criterion_has_its_sentences():
    groups = {"rules": RULES, "rules_about": RULES, "goals": GOALS, "criteria": CRITERIA}
    assert [(group, name) for group, names in groups.items() for name in unsaid(group, names)] == []


def test_every_rule_and_criterion_says_what_it_is_about():
    assert [name for name, kind in {**RULES, **CRITERIA}.items() if not kind.__doc__] == []


def test_the_oracle_says_every_rule_a_second_time():
    assert set(RULES) - set(oracle.CHECKS) == set()
    assert "planner" not in Path(oracle.__file__).read_text(encoding="utf-8").split('"""', 2)[2]


def there(home: str, name: str) -> bool:
    return hasattr(import_module(home), name) or find_spec(f"{home}.{name}") is not None


def test_what_the_bench_imports_is_there_also_in_the_code_that_it_gives_to_other_processes():
    files = list((Path(__file__).parents[1] / "bench").glob("*.py"))
    found = {pair for file in files for pair in re.findall(r"from (planner[\w.]*) import ([\w, ]+)", file.read_text())}
    modules_first = sorted(found, reverse=True)  # a module is an attribute of its home once it was imported
    names = [(home, name.split(" as ")[0].strip()) for home, several in modules_first for name in several.split(",")]
    assert len(names) > 40
    assert [f"{home}.{name}" for home, name in names if not there(home, name)] == []
    drawn = {name for file in files for name in re.findall(r"views\.(\w+)\(", file.read_text())}
    assert {"open_scene", "where"} <= drawn and [name for name in drawn if not callable(getattr(views, name))] == []
