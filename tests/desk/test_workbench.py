"""The workbench without a browser: what stands on the screen is the package's own answer, or a sentence."""

import threading
import time

import pytest
from ipywidgets.widgets.widget import _instances
from small import MILIAR, line, usulan, write

from planner.answers.edit_log import Entry, read_log
from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.desk.answer_html import name_kabupaten
from planner.desk.controls import Controls
from planner.desk.edit_form import Pending, open_edits
from planner.desk.workbench import Workbench, workbench
from planner.model.candidates import read_candidates
from planner.plan.allocate import allocate
from planner.plan.folder import LOG
from planner.plan.plan import read_plan
from planner.scenario.hand_edits import Edit
from planner.scenario.scenario import plain, read_scenario

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
    found.close()


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

    assert bench.scenario is bench.session.base
    assert bench.plan["funded"] == own["funded"] and bench.plan["goals"] == own["goals"]
    assert bench.answer.phase == "settled" and "Rencana tepat" in bench.status.value
    assert f'data-testid="spent" data-value="{own.spent_rp}"' in bench.figures.value


def test_a_moved_pagu_changes_the_answer_and_undo_redo_reset_bring_back(bench):
    bench.column.inputs["budget_rp.2028"].value = 12 * MILIAR
    bench.wait(60)
    assert winners(bench) == ["bogor", "kupang"]

    press(bench, "undo")
    assert bench.scenario is bench.session.base and bench.plan.spent_rp == 6 * MILIAR
    assert bench.column.inputs["budget_rp.2028"].value == 10 * MILIAR
    press(bench, "redo")
    assert winners(bench) == ["bogor", "kupang"]
    press(bench, "reset")
    assert bench.scenario is bench.session.base


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


def test_a_repair_is_one_press_that_solves_again_and_can_be_undone(bench):
    # Kupang costs 2 to 6 miliar, Bogor 6, and 10 are there: both fit. Two are locked in where one is allowed.
    bench.list.locks = {"bogor": "in", "kupang": "in"}
    bench.move("rules[0].max", 1)
    bench.wait(60)
    asked, (_, first, second) = bench.session.controls, bench.remedies.box.children
    assert first.description.startswith("Terapkan: batas atas 1 menjadi 2") and "dikunci masuk" in second.description

    first.click()
    bench.wait(60)
    assert bench.answer.phase == "settled" and bench.session.controls == asked.moved("rules[0].max", 2)
    assert len(bench.plan.funded) == 2 and bench.remedies.box.children == ()

    press(bench, "undo")
    bench.wait(60)
    assert bench.session.controls == asked and len(bench.remedies.box.children) == 3
    bench.remedies.box.children[2].click()
    bench.wait(60)
    assert bench.list.locks == {} and bench.answer.phase == "settled"


def test_a_mistake_is_a_sentence_and_scene_says_it_too(bench):
    bench.column.inputs["weights.kemiskinan"].value = 0
    bench.wait(60)

    assert "semua bobot 0" in bench.status.value
    with pytest.raises(PlannerError, match="semua bobot 0"):
        bench.scene()


def test_a_rule_is_switched_off_and_on(bench):
    bench.move("rules[0].max", 0)
    bench.wait(60)
    assert winners(bench) == []

    bench.column.switches[0].value = False
    bench.wait(60)
    assert winners(bench) == ["kupang"]


def test_what_is_not_known_of_winners_stands_beside_the_proof(file):
    # Kupang wins; nobody has said whether its detailed design is there
    file.write_text(f'{file.read_text(encoding="utf-8")}\n[[rules]]\nrule = "Ready"\ndocuments = ["ded"]\n', "utf-8")
    asking = workbench(file)
    asking.wait(60)
    told = asking.status.value
    asking.close()

    assert "◇ 1 dari 1 usulan terpilih (Rp 6 miliar) mempunyai dokumen wajib yang belum diketahui" in told


def test_saving_changes_the_file_in_place_and_another_workbench_finds_it(bench, file):
    bench.move("budget_rp.2028", 12 * MILIAR)
    bench.lock("kabupaten", "53.01", "in")
    bench.wait(60)
    before = file.read_bytes()
    press(bench, "save")
    assert "sekali lagi" in bench.message.value and file.read_bytes() == before
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

    bench.bar.file_name.value = "rapat-2"
    press(bench, "save")
    saved = read_scenario(file.with_name("rapat-2.toml"))
    assert saved.budget_rp == {2028: 12 * MILIAR} and saved.name == "Rapat 2"
    assert "# rapat\n" in file.with_name("rapat-2.toml").read_text(encoding="utf-8")
    assert bench.scenario.name == bench.plan.scenario.name == "Rapat 2" and "Rapat 2" in bench.stamp.value
    bench.lock("kabupaten", "53.01", "in")
    bench.session.save()
    assert read_scenario(file.with_name("rapat-2.toml")).name == "Rapat 2"

    bench.session.saving.file, bench.session.saving.text = file, "lama"
    press(bench, "reload")
    assert bench.session.base.name == "Orang lain" and winners(bench) == ["bogor", "kupang"]
    assert bench.column.inputs["budget_rp.2028"].value == 13 * MILIAR


@pytest.mark.parametrize("name", ["", "../luar", "a/b", "x:y", "nul\0", ".."])
def test_a_name_that_is_no_plain_file_is_refused(bench, name):
    with pytest.raises(PlannerError, match="nama berkas"):
        bench.session.save(name)


def test_another_file_is_never_overwritten(bench, file):
    other = file.with_name("lain.toml")
    other.write_text("milik orang", encoding="utf-8")

    with pytest.raises(PlannerError, match="sudah ada"):
        bench.session.save("lain")
    assert other.read_text(encoding="utf-8") == "milik orang"


def test_a_folder_that_cannot_be_written_is_a_sentence_and_nothing_is_lost(bench, file, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    before = file.read_bytes()
    bench.move("budget_rp.2028", 12 * MILIAR)
    press(bench, "save")
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


def test_kept_plans_have_names_stand_side_by_side_and_are_marks_on_the_bars(bench):
    bench.bar.kept_name.value = "Usul <i>Bappenas</i>"
    press(bench, "keep")
    assert "Usul <i>Bappenas</i>" in [one.name for one in bench.session.kept] and bench.bar.kept_name.value == ""
    bench.move("budget_rp.2028", 12 * MILIAR)
    bench.wait(60)

    sheet = bench.tabs.sheets["comparison"].value
    assert "A: Usul &lt;i&gt;Bappenas&lt;/i&gt;" in sheet and "B: di layar" in sheet
    assert "Rp 6 miliar (+Rp 6 miliar)" in sheet  # in Nusa Tenggara before, and Jawa now
    assert 'class="kept"' in bench.measures.value and "IKM terlayani: 20 IKM" in bench.measures.value

    press(bench, "undo")
    press(bench, "keep")
    assert [one.name for one in bench.session.kept] == ["Usul <i>Bappenas</i>"]


def test_a_move_tells_who_came_and_what_it_bought_and_frames_them(bench):
    assert "di sini tampak" in bench.moves.value and bench.map.frames == {}
    bench.move("budget_rp.2028", 12 * MILIAR)
    bench.wait(60)
    assert "Masuk 1, keluar 0: dana +Rp 6 miliar, IKM terlayani +10" in bench.moves.value
    assert "Kab. Bogor (pembangunan, Rp 6 miliar)" in bench.moves.value and bench.map.frames == {"32.01": "in"}

    bench.switch("en")
    assert "1 in, 0 out" in bench.moves.value and "+ In:</b> Kab. Bogor" in bench.moves.value

    press(bench, "undo")
    assert bench.map.frames == {"32.01": "out"}
    bench.list.locks = {"bogor": "in", "kupang": "in"}
    bench.move("rules[0].max", 1)
    bench.wait(60)
    assert bench.answer.phase == "infeasible" and bench.moves.value == "" and bench.map.frames == {}


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


def test_a_search_on_its_way_goes_on_in_the_language_that_was_switched_to(bench, monkeypatch):
    begun, switched, said = threading.Event(), threading.Event(), []

    def slow(candidates, scenario, progress, clock):
        for happened in (switched, threading.Event()):
            progress(say("progress.ties"))
            said.append(bench.seeking.value)
            begun.set()
            assert happened is not switched or switched.wait(60)
        return allocate(candidates, scenario, progress, clock)

    monkeypatch.setattr("planner.desk.background.allocate", slow)
    bench.move("budget_rp.2028", 12 * MILIAR)
    assert begun.wait(60)
    bench.switch("en")
    switched.set()
    bench.wait(60)

    first, second = said
    assert "Adakah daftar lain" in first and "Is any other list as good?" in second
    assert "Exact plan" in bench.status.value


def test_a_mistake_is_told_anew_in_the_language_that_was_switched_to(bench, monkeypatch):
    def refused(candidates, scenario, progress, clock):
        raise PlannerError(say("progress.ties"))

    monkeypatch.setattr("planner.desk.background.allocate", refused)
    bench.move("budget_rp.2028", 12 * MILIAR)
    bench.wait(60)
    assert "Adakah daftar lain" in bench.status.value
    bench.switch("en")
    bench.wait(60)

    assert "Is any other list" in bench.status.value and "Adakah" not in bench.status.value


def test_every_word_changes_with_the_language_and_nothing_else(bench):
    plan = bench.plan

    bench.switch("en")

    assert "Exact plan" in bench.status.value and bench.plan is plan
    assert bench.column.inputs["budget_rp.2028"].caption == "Budget 2028"
    assert bench.column.inputs["budget_rp.2028"].text == "Rp 10 billion"
    assert "The number of chosen usulan is at most 3" in bench.column.rules[0].title
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
        "planner.desk.saving.render_reports",
        lambda plan, wilayah, out, lang, progress: asked.append((plan, out, lang)),
    )

    press(bench, "report")
    bench.session.saving.writing.join(60)

    folder = tmp_path / "out" / "rapat"
    assert read_plan(folder / "plan.json")["funded"] == bench.plan["funded"] and (folder / "plan.xlsx").exists()
    assert asked[0][0].resolve() == folder / "plan.json" and asked[0][2] == "id"
    assert "index.html" in str(bench.session.saving.progress.children[0].outputs)


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
    assert told.wait(60) and "Pagu 2028" in editor.answer.value and bench.session.controls.locks == {}
    press(bench, "edit-apply")
    assert "alasan" in editor.message.value.lower() and bench.session.controls.locks == {}

    editor.reason.value = "kesepakatan rapat"
    press(bench, "edit-apply")
    log = read_log(tmp_path / "out" / "rapat" / LOG)
    assert winners(bench) == ["bogor", "kupang"] and bench.session.controls.locks == {("usulan", "bogor"): "in"}
    (record,) = log.records
    assert (record.kind, record.usulan_id, record.reason) == ("lock_in", "bogor", "kesepakatan rapat")
    assert record.plan == bench.plan.fingerprint and log.problems == ()


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


def test_a_known_answer_is_back_at_once_and_an_infeasible_choice_is_undone_at_once(bench):
    bench.move("budget_rp.2028", 12 * MILIAR)
    bench.wait(60)
    bench.list.locks = {"bogor": "in", "kupang": "in"}
    bench.move("rules[0].max", 1)
    bench.wait(60)
    assert bench.answer.phase == "infeasible"

    bench.session.step(-1)
    bench.session.step(-1)
    assert (
        bench.session.search.waiting is None
        and bench.answer.phase == "settled"
        and winners(bench) == ["bogor", "kupang"]
    )


def test_a_lock_without_a_reason_is_named_below_the_status_until_it_has_one_or_is_saved(bench):
    assert bench.note.value == ""
    bench.list.locks = {"bogor": "out"}
    bench.map.locks = {"53.01": "in"}
    bench.wait(60)
    assert "bogor, 53.01 Kabupaten Kupang" in bench.note.value

    bench.session.save()
    bench.move("budget_rp.2028", 11 * MILIAR)
    bench.wait(60)
    assert bench.note.value == ""


@pytest.mark.parametrize(
    ("entry", "open_names"),
    [
        ({"kind": "lock_in", "usulan_id": "a", "kode": "53.01"}, ["a R1"]),
        ({"kind": "lock_out", "usulan_id": "a", "kode": "53.01"}, ["a", "53.01", "a R1"]),
        ({"kind": "free", "usulan_id": "a", "kode": "53.01"}, ["a", "53.01", "a R1"]),
        ({"kind": "volume", "usulan_id": "a", "kode": "53.01", "rincian_id": "R1", "volume": 3}, ["a", "53.01"]),
        (
            {"kind": "volume", "usulan_id": "a", "kode": "53.01", "rincian_id": "R1", "volume": 4},
            ["a", "53.01", "a R1"],
        ),
    ],
)
def test_a_record_explains_exactly_the_edit_that_it_is_of(entry, open_names):
    now = Controls({}, locks={("usulan", "a"): "in", ("kabupaten", "53.01"): "in"}, volumes={("a", "R1"): 3})
    rest = {"rincian_id": None, "volume": None, "reason": "rapat", "who": "uji", "when": "2028-03-03", "plan": "f" * 64}

    assert open_edits(now, Controls({}), [Entry(**rest | entry)]) == open_names
    assert open_edits(now, now, []) == []


def test_an_edit_that_is_undone_before_its_plan_is_found_is_no_record(bench, tmp_path):
    edit = Edit("lock_out", "kupang", reason="rapat")
    bench.session.pending.append(Pending(edit, {}, bench.plan))
    bench.move("budget_rp.2028", 11 * MILIAR)
    bench.wait(60)

    assert bench.session.pending == [] and not (tmp_path / "out" / "rapat" / LOG).exists()


def test_a_lock_on_a_kabupaten_whose_usulan_are_all_behind_a_gate_says_so(bench, file):
    few = usulan("kupang", kode="53.01", ikm=4, lines=[hall(6 * MILIAR)])
    write(file.parent / "usulan", few, usulan("bogor", kode="32.01", lines=[hall(6 * MILIAR)]))
    ready = '\n[[rules]]\nrule = "MinimumIKM"\nmin = 5\nlaw = "asumsi"\n'
    file.write_text(TOML.format(name="Gugur") + ready, encoding="utf-8")
    press(bench, "reload")

    bench.map.locks = {"53.01": "in"}
    bench.wait(60)

    assert bench.answer.phase in ("infeasible", "error")
    assert "53.01 Kabupaten Kupang" in bench.status.value


def test_a_mistake_of_our_own_in_a_thread_is_a_sentence(bench, monkeypatch):
    def broken(*args, **kwargs):
        raise ZeroDivisionError("x / 0")

    monkeypatch.setattr("planner.desk.background.allocate", broken)
    bench.move("budget_rp.2028", 11 * MILIAR)
    bench.wait(60)
    assert bench.answer.phase == "error" and "Kesalahan pada meja kerja sendiri" in bench.status.value

    monkeypatch.setattr("planner.desk.tabs.answer", broken)
    told = threading.Event()
    bench.tabs.sheets["explanation"].observe(lambda change: "x / 0" in change["new"] and told.set(), "value")
    bench.session.step(-1)
    bench.list.selected = "bogor"
    assert told.wait(60)

    monkeypatch.setattr("planner.desk.saving.write_run", broken)
    press(bench, "report")
    bench.session.saving.writing.join(60)
    assert "x / 0" in bench.session.saving.progress.children[0].value


def test_an_interrupt_is_a_sentence_and_the_workbench_goes_on(bench):
    def interrupted():
        raise KeyboardInterrupt

    bench.session.safely(interrupted)
    assert "Dihentikan" in bench.message.value
    bench.move("budget_rp.2028", 12 * MILIAR)
    bench.wait(60)
    assert winners(bench) == ["bogor", "kupang"]


def test_two_notebooks_on_one_file_do_not_overwrite_each_other(bench, file):
    other = Workbench(read_scenario(file), bench.session.candidates, file)
    other.move("budget_rp.2028", 12 * MILIAR)
    other.session.save()
    bench.move("budget_rp.2028", 11 * MILIAR)
    press(bench, "save")
    assert "diubah orang atau program lain" in bench.message.value
    assert read_scenario(file).budget_rp == {2028: 12 * MILIAR}

    bench.bar.file_name.value = "rapat-saya"
    press(bench, "save")
    assert read_scenario(file.with_name("rapat-saya.toml")).budget_rp == {2028: 11 * MILIAR}
    other.wait(60)
    other.close()


def test_the_language_keeps_what_was_chosen_and_typed(bench):
    bench.list.selected = "kupang"
    bench.editor.reason.value, bench.editor.volume.value = "sesuai DED", 4
    bench.tabs.box.selected_index, bench.bar.file_name.value = 2, "rapat-2"
    bench.map.colour_by = "score"
    kept = bench.map, bench.list

    bench.switch("en")

    assert (bench.map, bench.list) == kept and bench.map.colour_by == "score" and bench.list.selected == "kupang"
    assert (bench.editor.reason.value, bench.editor.volume.value) == ("sesuai DED", 4)
    assert (bench.tabs.box.selected_index, bench.bar.file_name.value) == (2, "rapat-2")
    assert bench.list.columns[4]["label"] == "Money (Rp)" and bench.map.words["lang"] == "en"


def test_an_infeasible_answer_stays_on_the_screen_in_the_other_language(bench):
    bench.list.locks = {"bogor": "in", "kupang": "in"}
    bench.move("rules[0].max", 1)
    bench.wait(60)

    bench.switch("en")

    assert "Not possible" in bench.status.value and "still the plan before" in bench.status.value
    assert "cannot hold together" in bench.status.value
    assert bench.remedies.box.children[1].description.startswith("Apply: upper bound 1 becomes 2")


def test_a_workbench_opened_again_leaves_no_thread_and_no_widget_of_the_older(bench, file):
    def own_threads():
        return [thread for thread in threading.enumerate() if thread.name.startswith("planner-")]

    before = set(own_threads())
    again = workbench(file)
    again.wait(60)
    again.tabs.explain("kupang")
    widgets_before = len(_instances)
    press(again, "reload")
    again.switch("en")
    again.switch("id")
    third = workbench(file)
    third.wait(60)
    until = time.monotonic() + 30
    while len(set(own_threads()) - before) > 2 and time.monotonic() < until:
        time.sleep(0.01)

    assert len(set(own_threads()) - before) <= 2 and bench.box.comm is None and again.box.comm is None
    assert len(_instances) <= widgets_before
    third.close()


def test_codes_in_sentences_stand_with_their_names(bench):
    kabupaten = bench.session.candidates.kabupaten

    assert name_kabupaten(["53.01 dan 32.01."], kabupaten) == ["53.01 Kabupaten Kupang dan 32.01 Kabupaten Bogor."]
    assert name_kabupaten(["53.01-revitalisasi, 1.53.01, 99.99"], kabupaten) == ["53.01-revitalisasi, 1.53.01, 99.99"]


def test_a_tile_without_usulan_cannot_be_locked_and_says_so(bench):
    bench.map.locks = {"53.01": "in"}
    bench.map.locks = {"53.01": "in", "11.01": "in"}
    assert bench.map.locks == {"53.01": "in"} and "tanpa usulan" in bench.message.value
    assert bench.session.controls.locks == {("kabupaten", "53.01"): "in"}


def test_an_empty_plan_is_a_warning_and_never_green(bench):
    bench.move("budget_rp.2028", 1_000_000)
    bench.wait(60)
    assert 'class="planner-status settled empty"' in bench.status.value and "Rencana kosong" in bench.status.value
    assert "yang termurah, &#x27;kupang&#x27;, Rp 2 miliar" in bench.status.value


def test_a_plan_below_half_of_the_pagu_is_a_warning_that_names_the_rule(bench):
    bench.move("rules[0].max", 1)
    bench.move("budget_rp.2028", 13 * MILIAR)
    bench.wait(60)

    assert 'class="planner-status settled low"' in bench.status.value and "Hanya Rp 6 miliar" in bench.status.value
    assert "paling banyak 1" in bench.status.value and "sedikitnya Rp 12 miliar" in bench.status.value


def test_a_notebook_keeps_the_last_plan_for_those_who_cannot_run_it(bench, monkeypatch):
    shown = []

    class Handle:
        def update(self, bundle, raw):
            shown.append(bundle)

    def display(bundle, raw, display_id=None):
        shown.append(bundle)
        return Handle() if display_id else None

    monkeypatch.setattr("planner.desk.still.display", display)
    bench._ipython_display_()
    live, none = shown
    assert "application/vnd.jupyter.widget-view+json" in live and "VBox" not in live["text/plain"]
    assert "Belum ada rencana tepat" in none["text/html"]

    bench.move("budget_rp.2028", 12 * MILIAR)
    bench.wait(60)
    last = shown[-1]["text/html"]
    assert 'class="tiles"' in last and "Kabupaten Bogor" in last and "Rp 6.000.000.000" in last
    bench.switch("en")
    assert "Proven best" in shown[-1]["text/html"]
