"""The workbench without a browser: what stands on the screen is the package's own answer, or a sentence."""

import threading

import pytest
from small import MILIAR, line, usulan, write

from planner.allocate import allocate
from planner.candidates import read_candidates
from planner.edit_log import LOG, read_log
from planner.errors import PlannerError
from planner.plan import read_plan
from planner.scenario import plain, read_scenario
from planner.workbench import workbench

TOML = """# rapat
name = "{name}"
data = "usulan"

[budget_rp]
2028 = 10_000_000_000 # dari DJPK

[weights]
kemiskinan = 1

# Jumlah usulan terpilih paling banyak 3.
[[rules]]
rule = "CountBand"
max = 3
law = "asumsi"

[solver]
gap = 0.0
"""


def hall(price_rp, **more):
    return line(price_rp, komponen="gedung_produksi", **more)


@pytest.fixture
def file(tmp_path):
    """Kupang (22 % poor) and Bogor (7 %), 10 IKM each, cost 6 miliar each; 10 miliar pay for one: Kupang."""
    write(
        tmp_path / "usulan",
        usulan("kupang", kode="53.01", lines=[hall(1 * MILIAR, volume=6, low=2)]),
        usulan("bogor", kode="32.01", lines=[hall(6 * MILIAR)]),
    )
    path = tmp_path / "rapat.toml"
    path.write_text(TOML.format(name="Rapat"), encoding="utf-8")
    return path


@pytest.fixture
def bench(file, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    found = workbench(file)
    found.wait(60)
    yield found
    found.search.stop()


def winners(bench):
    return sorted(record["usulan_id"] for record in bench.plan["funded"])


def press(bench, name):
    """Click the button of that class."""
    (found,) = [w for w in everything(bench.box) if f"planner-{name}" in getattr(w, "_dom_classes", ())]
    found.click()
    bench.wait(60)


def everything(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


def test_an_untouched_workbench_shows_the_plan_of_the_file(bench, file):
    scenario = read_scenario(file)
    own = allocate(read_candidates(scenario), scenario)

    assert bench.scenario is bench.base
    assert bench.plan["funded"] == own["funded"] and bench.plan["goals"] == own["goals"]
    assert bench.answer.phase == "settled" and "Rencana tepat" in bench.status.value
    assert f'data-testid="spent" data-value="{own.spent_rp}"' in bench.figures.value


def test_a_moved_pagu_changes_the_answer_and_undo_redo_reset_bring_back(bench):
    bench.inputs["budget_rp.2028"].value = 12 * MILIAR
    bench.wait(60)
    assert winners(bench) == ["bogor", "kupang"]

    press(bench, "undo")
    assert bench.scenario is bench.base and bench.plan.spent_rp == 6 * MILIAR
    assert bench.inputs["budget_rp.2028"].value == 10 * MILIAR
    press(bench, "redo")
    assert winners(bench) == ["bogor", "kupang"]
    press(bench, "reset")
    assert bench.scenario is bench.base


def test_locks_of_map_and_list_are_rules_and_show_in_both(bench):
    bench.list.locks = {"bogor": "in"}
    bench.wait(60)
    assert "bogor" in winners(bench)

    bench.map.locks = {"53.01": "out"}
    bench.wait(60)
    assert winners(bench) == ["bogor"]
    assert [(r.state, r.usulan, r.kabupaten) for r in bench.scenario.rules[1:]] == [
        ("in", ("bogor",), ()), ("out", (), ("53.01",)),
    ]  # fmt: skip

    press(bench, "undo")
    assert bench.map.locks == {} and bench.list.locks == {"bogor": "in"}


def test_an_infeasible_choice_names_the_rules_that_conflict_and_keeps_the_old_plan_in_sight(bench):
    bench.list.locks = {"bogor": "in", "kupang": "in"}
    bench.move("rules[0].max", 1)
    bench.wait(60)

    assert bench.answer.phase == "infeasible"
    assert "paling banyak 1" in bench.status.value and "dikunci masuk" in bench.status.value
    assert "masih rencana sebelumnya" in bench.status.value


def test_a_mistake_is_a_sentence_and_scene_says_it_too(bench):
    bench.inputs["weights.kemiskinan"].value = 0
    bench.wait(60)

    assert "semua bobot 0" in bench.status.value
    with pytest.raises(PlannerError, match="semua bobot 0"):
        bench.scene()


def test_a_rule_is_switched_off_and_on(bench):
    bench.move("rules[0].max", 0)
    bench.wait(60)
    assert winners(bench) == []

    bench.switches[0].value = False
    bench.wait(60)
    assert winners(bench) == ["kupang"]


def test_saving_changes_the_file_in_place_and_another_workbench_finds_it(bench, file):
    bench.move("budget_rp.2028", 12 * MILIAR)
    bench.lock("kabupaten", "53.01", "in")
    bench.wait(60)
    press(bench, "save")

    text = file.read_text(encoding="utf-8")
    assert "# rapat\n" in text and "2028 = 12_000_000_000 # dari DJPK" in text
    assert plain(read_scenario(file)) == plain(bench.scenario)
    again = workbench(file)
    again.wait(60)
    assert winners(again) == ["bogor", "kupang"] and again.map.locks == {"53.01": "in"}
    assert str(file) in bench.message.value


def test_a_file_that_changed_meanwhile_is_not_overwritten_but_can_be_reloaded_or_left(bench, file):
    file.write_text(TOML.format(name="Orang lain").replace("10_000", "13_000"), encoding="utf-8")
    bench.move("budget_rp.2028", 12 * MILIAR)
    press(bench, "save")
    assert "diubah orang atau program lain" in bench.message.value and "Orang lain" in file.read_text(encoding="utf-8")

    bench.file_name.value = "rapat-2"
    press(bench, "save")
    assert read_scenario(file.with_name("rapat-2.toml")).budget_rp == {2028: 12 * MILIAR}

    bench.desk.file, bench.desk.text = file, "lama"
    press(bench, "reload")
    assert bench.base.name == "Orang lain" and winners(bench) == ["bogor", "kupang"]
    assert bench.inputs["budget_rp.2028"].value == 13 * MILIAR


@pytest.mark.parametrize("name", ["", "../luar", "a/b", "x:y", "nul\0", ".."])
def test_a_name_that_is_no_plain_file_is_refused(bench, name):
    with pytest.raises(PlannerError, match="nama berkas"):
        bench.save(name)


def test_another_file_is_never_overwritten(bench, file):
    other = file.with_name("lain.toml")
    other.write_text("milik orang", encoding="utf-8")

    with pytest.raises(PlannerError, match="sudah ada"):
        bench.save("lain")
    assert other.read_text(encoding="utf-8") == "milik orang"


def test_a_folder_that_cannot_be_written_is_a_sentence_and_nothing_is_lost(bench, file, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    before = file.read_bytes()
    bench.move("budget_rp.2028", 12 * MILIAR)
    press(bench, "save")

    assert "tidak ada izin" in bench.message.value and file.read_bytes() == before


def test_tables_that_no_longer_validate_are_sentences_on_reload(bench, file):
    (file.parent / "usulan" / "rincian.csv").write_text("usulan_id\nx\n", encoding="utf-8")

    press(bench, "reload")

    assert "harga_satuan_rp" in bench.message.value and winners(bench) == ["kupang"]


def test_a_kept_plan_is_compared_with_the_one_on_the_screen(bench):
    press(bench, "keep")
    assert "Belum ada rencana" not in bench.tabs.sheets["comparison"].value
    bench.move("budget_rp.2028", 12 * MILIAR)
    bench.wait(60)

    assert "bogor" in bench.tabs.sheets["comparison"].value
    assert 'data-testid="kept"' in bench.figures.value


def test_a_newer_question_ends_the_older_one(bench):
    for amount in (7, 8, 9, 11, 12):
        bench.move("budget_rp.2028", amount * MILIAR)
    bench.wait(60)

    assert bench.answer.scenario.budget_rp == {2028: 12 * MILIAR} and winners(bench) == ["bogor", "kupang"]


def test_a_chosen_usulan_is_explained(bench):
    told = threading.Event()
    bench.tabs.sheets["explanation"].observe(lambda change: "tidak terpilih" in change["new"] and told.set(), "value")

    bench.list.selected = "bogor"

    assert told.wait(60)


def test_a_kabupaten_chosen_on_the_map_is_an_usulan_chosen_in_the_list(bench):
    bench.map.selected = "32.01"

    assert bench.list.selected == "bogor"


def test_every_word_changes_with_the_language_and_nothing_else(bench):
    plan = bench.plan

    bench.switch("en")

    assert "Exact plan" in bench.status.value and bench.plan is plan
    assert bench.inputs["budget_rp.2028"].description == "Budget 2028 (Rp)"
    assert "The number of chosen usulan is at most 3" in bench.switches[0].description
    bench.move("budget_rp.2028", 12 * MILIAR)
    bench.wait(60)
    assert "Exact plan" in bench.status.value and winners(bench) == ["bogor", "kupang"]


def test_hostile_names_are_inert(file, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    file.write_text(TOML.format(name="<script>alert(1)</script>"), encoding="utf-8")

    bench = workbench(file)
    bench.wait(60)

    shown = bench.stamp.value + bench.status.value + bench.figures.value
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_reports_are_written_beside_the_plan_and_linked(bench, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "planner.workbench.desk.render_reports", lambda plan, out, lang, progress: asked.append((plan, out, lang))
    )

    press(bench, "report")
    bench.desk.writing.join(60)

    folder = tmp_path / "out" / "rapat"
    assert read_plan(folder / "plan.json")["funded"] == bench.plan["funded"] and (folder / "plan.xlsx").exists()
    assert asked[0][0].resolve() == folder / "plan.json" and asked[0][2] == "id"
    assert "index.html" in str(bench.desk.progress.children[0].outputs)


def test_a_planners_mistake_in_a_notebook_shows_sentences_and_no_traceback():
    assert PlannerError(["a", "b"])._render_traceback_() == ["a", "b"]


def test_an_edit_says_what_it_costs_asks_for_a_reason_and_is_recorded_beside_the_plan(bench, tmp_path):
    bench.list.selected = "bogor"
    editor = bench.editor
    editor.reason.value = ""
    told = threading.Event()
    editor.answer.observe(lambda change: "Memaksa" in change["new"] and told.set(), "value")

    press(bench, "edit-lock_in")
    # Bogor (6) leaves 4 miliar: Kupang, 21 % poor, at 4 of 6 units; the plan as it stands has no room beside it.
    assert told.wait(60) and "Pagu 2028" in editor.answer.value and bench.controls.locks == {}
    press(bench, "edit-apply")
    assert "alasan" in bench.message.value.lower() and bench.controls.locks == {}

    editor.reason.value = "kesepakatan rapat"
    press(bench, "edit-apply")
    log = read_log(tmp_path / "out" / "rapat" / LOG)
    assert winners(bench) == ["bogor", "kupang"] and bench.controls.locks == {("usulan", "bogor"): "in"}
    (record,) = log.records
    assert (record["kind"], record["usulan_id"], record["reason"]) == ("lock_in", "bogor", "kesepakatan rapat")
    assert record["plan"] == bench.plan.fingerprint and log.problems == ()


def test_a_volume_is_agreed_by_hand_and_freed_again(bench):
    bench.list.selected = "kupang"
    editor = bench.editor
    editor.volume.value, editor.reason.value = 4, "sesuai DED"
    told = threading.Event()
    editor.answer.observe(lambda change: "Menghitung" not in change["new"] and told.set(), "value")

    press(bench, "edit-set_volume")
    assert told.wait(60)
    press(bench, "edit-apply")
    lines = {record["usulan_id"]: record["lines"] for record in bench.plan["funded"]}
    assert lines["kupang"] == [{"rincian_id": "1", "volume": 4, "amount_rp": 4 * MILIAR}]

    press(bench, "undo")
    assert bench.plan.spent_rp == 6 * MILIAR
