"""The doubt of a plan in words and tables: counted by hand, by menu too, and never more than the draws say."""

from dataclasses import replace

from pages import Page, at, drawn

from planner import views
from planner.base.messages import speaking
from planner.plan.robust_file import RobustFile
from planner.views.robust import classes, left_out, robust_text, verify_first
from planner.views.scene import Scene


def known(scene: Scene) -> RobustFile:
    assert scene.robust
    return scene.robust


def test_the_country_counts_its_winners_by_class_and_by_menu(base):
    # winners: 11.03 sure (97), 11.05 often (60), 91.15 hardly ever (4); with menus 60, 60, 4; one of 505 others often
    frame = classes(base, known(base)).set_index("class")
    assert frame["winners"].tolist() == [1, 1, 0, 1]
    assert frame["with_menu"].tolist() == [0, 2, 0, 1]
    assert frame["others"].tolist() == [0, 1, 0, 504]
    said = Page(views.robust(base)).text
    assert "1 dari 3 kabupaten/kota yang terpilih di sini pasti, dan 0 di antaranya pasti dengan menunya" in said
    assert "dari 3 yang terpilih di sini 1 hampir seri" in said and "1 jauh" in said and "1 belum dipastikan" in said


def test_who_is_left_out_although_most_draws_choose_it_is_named(base):
    assert left_out(base, known(base))["kode"].tolist() == ["64.01"]
    assert left_out(at(base, "11"), known(base)).empty


def test_what_to_verify_first_is_named_with_its_rupiah_or_nothing_is(base):
    [row] = verify_first(base, known(base)).to_dict("records")
    assert (row["input"], row["moved_rp"], row["value"]) == ("IKM terlayani, pembangunan", "Rp 1 miliar", "0,001")
    nothing = replace(base, robust=drawn(base.plan, deciding=[]))
    assert "tidak satu pun dari 20 masukan menonjol" in Page(views.robust(nothing)).text
    assert "tidak satu pun" in robust_text(nothing, known(nothing))


def test_draws_that_are_not_done_or_have_no_plan_are_said(base):
    scene = replace(base, robust=drawn(base.plan, draws=200, without_plan=3))
    said = Page(views.robust(scene)).text
    assert "Baru 100 dari 200 hitung ulang" in said and "3 hitung ulang tidak punya rencana" in said


def test_few_draws_call_nobody_sure(base):
    few = drawn(base.plan, done=19, draws=19, kabupaten=[["11.03", 19]], times=[["11.03", "pembangunan", 19, 1]])
    assert replace(base, robust=few).sure == frozenset()


def test_the_terminal_says_the_same_in_english(base):
    with speaking("en"):
        said = robust_text(base, known(base))
    assert "1 of the 3 kabupaten/kota chosen here are sure" in said and "IKM served, construction" in said


def test_no_draws_are_no_certainty(base):
    assert "belum diukur" in views.robust(replace(base, robust=None))
    assert base.mark("11.03") == "pasti" and replace(base, robust=None).mark("11.03") == "unknown"
