"""What draws say, as it is kept beside a plan: classes by hand, and a file that cannot be is told."""

import json

import pytest
from pages import candidates, drawn, plan, scenario, with_draws

from planner.model.build_options import build_options
from planner.model.problem import compile_problem
from planner.plan.plan import read_plan
from planner.plan.robust_file import CLASSES, class_of, problems_of, read_robust


def compiled():
    return compile_problem(build_options(candidates(), scenario()), scenario())


@pytest.mark.parametrize(
    ("times", "draws", "name"),
    [
        (190, 200, "pasti"), (189, 200, "sering"), (100, 200, "sering"), (99, 200, "kadang"), (10, 200, "kadang"),
        (9, 200, "hampir_tidak"), (0, 200, "hampir_tidak"), (20, 20, "pasti"), (19, 20, "pasti"), (19, 19, "sering"),
    ],
)  # fmt: skip
def test_a_class_begins_at_its_share_of_the_draws(times, draws, name):
    assert class_of(times, draws) == name


def test_nobody_is_sure_whom_more_than_5_percent_of_the_draws_leave_out():
    for draws in range(1, 300):
        for times in range(draws + 1):
            found = class_of(times, draws)
            assert found in CLASSES and (found != "pasti" or 20 * (draws - times) <= draws)


def test_a_file_is_read_as_it_was_written_and_for_its_own_plan_only(tmp_path):
    file = with_draws(tmp_path)
    beside, own = tmp_path / "ketahanan.json", read_plan(file)
    assert read_robust(beside, own) == drawn(own)
    assert read_robust(beside, plan(weights={"kemiskinan": 1})) is None
    for broken in (b"", b"[]", b"\xff", beside.read_bytes().replace(b'"done": 100', b'"done": 99')):
        (tmp_path / "lain.json").write_bytes(broken)
        assert read_robust(tmp_path / "lain.json", own) is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"done": 101}, "done"), ({"without_plan": 4}, "11.03"), ({"kabupaten": [["99.99", 1]]}, "99.99"),
        ({"kabupaten": [["11.03", 5]]}, "11.03 pembangunan"), ({"gap": "x"}, "gap"),
        ({"sides": {"tie": ["<b>"], "far": [], "open": []}}, "<b>"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_without_a_solver(changes, says):
    content = json.loads(json.dumps(drawn(plan(), **changes)))
    told = problems_of(content, plan(), compiled())
    assert len(told) == 1 and says in told[0]


def test_a_file_that_was_changed_is_told():
    content = json.loads(json.dumps(drawn(plan())))
    assert problems_of(content, plan(), compiled()) == []
    content["seed"] = 7
    assert len(problems_of(content, plan(), compiled())) == 1
