"""What a planner can put right."""

import pytest

from planner.base.errors import InfeasibleError, NoneFoundError, PlannerError, all_of, hint, shown


def test_all_problems_stand_in_one_error_one_line_each():
    error = PlannerError(["satu", "dua"])
    assert error.problems == ["satu", "dua"]
    assert str(error) == "satu\ndua"
    assert PlannerError("satu").problems == ["satu"]


def test_infeasible_carries_its_diagnosis_and_is_not_none_found():
    error = InfeasibleError(["x"], {"conflict": []})
    assert error.diagnosis == {"conflict": []}
    assert not isinstance(error, NoneFoundError)


def test_a_hint_is_the_nearest_name_or_what_is_known():
    assert "'kemiskinan'" in hint("kemiskinn", ["ikm", "kemiskinan"])
    assert "ikm, kemiskinan" in hint("zzz", ["kemiskinan", "ikm"])
    assert "..." in hint("zzz", [f"a{i}" for i in range(50)])


@pytest.mark.parametrize("value", ["a\nb", "x" * 5_000, "\x1b[31m", 5, None, "'\""])
def test_a_value_is_shown_short_quoted_and_on_one_line(value):
    text = shown(value)
    assert "\n" not in text and "\x1b" not in text and len(text) <= 65


def test_what_is_asked_together_fails_together():
    def fails(*problems):
        raise PlannerError(problems)

    assert all_of([lambda: 1, lambda: 2]) == [1, 2]
    with pytest.raises(PlannerError) as error:
        all_of([lambda: fails("a", "b"), lambda: 1, lambda: fails("c")])
    assert error.value.problems == ["a", "b", "c"]
