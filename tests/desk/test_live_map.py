"""The live map's side in the kernel: what each colour stands for, what is sent, and what may be locked."""

import re
from dataclasses import replace

import comm
import pandas as pd
import pytest
from pages import HOSTILE, MILIAR, country, plan

from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.desk.live_map import LiveMap, classify, facts_of, map_of, paint, steps, words
from planner.desk.meeting import Meeting
from planner.views.scene import Scene


@pytest.fixture(autouse=True)
def indonesian():
    with speaking("id"):
        yield


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Three winners: 11.03 for 9 miliar, 11.05 for 5, 91.15 for 4; the first is sure, the second chosen often."""
    return country()


@pytest.fixture
def drawn(scene, monkeypatch):
    """A coloured map that keeps what it sends from now on: one dict of traits per message."""
    monkeypatch.setattr(comm, "create_comm", comm.DummyComm)  # another test may have imported ipykernel, which has none
    widget = paint(map_of(scene.kabupaten), scene)
    widget.sent = []
    widget._send = lambda message, buffers=None: widget.sent.append(message["state"])
    return widget


def class_of(widget, kode: str) -> str:
    return widget.legend[widget.classes[kode]]["key"]


def meaning_of(widget, kode: str) -> str:
    return widget.legend[widget.classes[kode]]["label"]


def test_a_map_has_every_kabupaten_once_with_its_tile_and_its_point(scene):
    cells = {cell["kode"]: cell for cell in map_of(scene.kabupaten).cells}
    assert len(cells) == 514
    assert cells["11.03"] == {
        "kode": "11.03", "nama": "Kabupaten Aceh Timur", "provinsi": "Aceh", "pulau": "Sumatera", "otonom": "ya",
        "petak_x": 5, "petak_y": 1, "lon": 97.63935, "lat": 4.6886, "usulan": True,
    }  # fmt: skip


def test_by_menu_winners_have_their_menu_and_dki_stands_apart(drawn):
    found = {kode: class_of(drawn, kode) for kode in ("11.03", "11.05", "91.15", "64.01", "31.71")}
    assert found == {
        "11.03": "pembangunan", "11.05": "revitalisasi", "91.15": "revitalisasi", "64.01": "none", "31.71": "dki"
    }  # fmt: skip
    counts = pd.Series([drawn.legend[index]["key"] for index in drawn.classes.values()]).value_counts()
    assert counts.to_dict() == {"none": 505, "dki": 6, "revitalisasi": 2, "pembangunan": 1}
    assert "keduanya" not in [entry["key"] for entry in drawn.legend]


def test_both_menus_in_one_kabupaten_are_a_class_of_their_own(scene):
    both = plan({"11.03-pembangunan": 9 * MILIAR, "11.03-revitalisasi": 4 * MILIAR})
    widget = paint(map_of(scene.kabupaten), replace(scene, plan=both))
    assert class_of(widget, "11.03") == "keduanya"
    assert meaning_of(widget, "11.03") == "pembangunan + revitalisasi"
    assert "Rp 13 miliar" in widget.tips["11.03"]


def test_amounts_are_five_fixed_bands_in_rupiah(drawn):
    drawn.colour_by = "amount"
    # 9 miliar lies in 5-10; 5 miliar is that band's own lower limit; 4 lies in 2,5-5
    assert [meaning_of(drawn, kode) for kode in ("11.03", "11.05", "91.15", "64.01")] == [
        "Rp 5–10 miliar", "Rp 5–10 miliar", "Rp 2,5–5 miliar", "tidak terpilih",
    ]  # fmt: skip
    assert [entry["label"] for entry in drawn.legend][:5] == [
        "di bawah Rp 2,5 miliar", "Rp 2,5–5 miliar", "Rp 5–10 miliar", "Rp 10–15 miliar", "Rp 15 miliar atau lebih",
    ]  # fmt: skip
    assert len({entry["pattern"] for entry in drawn.legend}) == 7


def test_scores_are_shown_for_who_is_not_chosen_too(drawn, scene):
    drawn.colour_by = "score"
    best = scene.options.table.groupby("kode")["score"].max()
    for kode in ("11.03", "64.01", "91.15"):
        assert class_of(drawn, kode) == steps(best[[kode]], [15_000_000, 25_000_000, 40_000_000, 55_000_000])[0]
    assert class_of(drawn, "31.71") == "dki"
    assert not [kode for kode in best.index if class_of(drawn, kode) == "none"]


def test_without_the_tables_only_winners_have_a_score(scene):
    widget = paint(map_of(scene.kabupaten), replace(scene, options=None), "score")
    assert class_of(widget, "11.03") == "step5"  # 61,2
    assert (class_of(widget, "64.01"), meaning_of(widget, "64.01")) == ("none", "tanpa skor")
    assert "Skor" not in widget.tips["64.01"]


def test_a_limit_belongs_to_the_step_above_it():
    values = pd.Series([0, 9, 10, 19, 20, 40, 10**12, None])
    assert steps(values, [10, 20, 30, 40]) == [
        "step1", "step1", "step2", "step2", "step3", "step5", "step5", "none"
    ]  # fmt: skip


def test_certainty_is_a_class_of_the_draws_or_not_measured(drawn, scene):
    drawn.colour_by = "certainty"
    assert [class_of(drawn, kode) for kode in ("11.03", "11.05", "91.15")] == ["pasti", "sering", "hampir_tidak"]
    assert [entry["key"] for entry in drawn.legend] == ["pasti", "sering", "hampir_tidak", "none", "dki"]
    paint(drawn, replace(scene, robust=None))
    assert class_of(drawn, "11.03") == "unknown"
    assert [entry["key"] for entry in drawn.legend] == ["unknown", "none", "dki"]


def test_every_kabupaten_has_its_reason(drawn):
    assert drawn.tips["11.03"].startswith("pembangunan, Rp 9 miliar; pasti: 95 % hitung ulang atau lebih")
    assert "sering" in drawn.tips["11.05"]
    assert drawn.tips["64.01"].startswith("Bila ditambahkan, pagu terlampaui")
    assert drawn.tips["11.01"].startswith("Bila ditambahkan pada daftar ini, aturan terlanggar")
    assert "tidak dapat dikunci" in drawn.tips["31.71"]
    assert len(drawn.tips) == 514 and all(drawn.tips.values())


def test_another_colour_sends_classes_and_legend_and_no_cell(drawn):
    for colour_by in ("amount", "score", "certainty", "menu"):
        drawn.colour_by = colour_by
    answers = [set(message) for message in drawn.sent if "colour_by" not in message]
    assert len(answers) == 4 and all("legend" in answer and answer <= {"classes", "legend"} for answer in answers)


def test_another_plan_sends_one_message_without_cells(drawn, scene):
    paint(drawn, replace(scene, plan=plan({"64.01-pembangunan": 9 * MILIAR})), "amount")
    assert [set(message) for message in drawn.sent] == [{"classes", "legend", "tips", "colour_by"}]
    drawn.sent.clear()
    paint(drawn, replace(scene, plan=plan({"64.01-pembangunan": 9 * MILIAR})))
    assert drawn.sent == []


def test_the_page_changes_the_colour_and_the_kernel_answers(drawn):
    drawn.set_state({"colour_by": "certainty"})
    assert class_of(drawn, "11.03") == "pasti"
    assert drawn.sent[-1]["legend"][0]["key"] == "pasti"


def test_a_frame_of_facts_colours_a_preview_that_is_no_plan_yet(scene):
    facts = facts_of(scene).assign(menu="", amount_rp=0, score=float("nan"), mark="unknown", reason="sementara")
    facts.loc[facts["kode"] == "64.01", ["menu", "amount_rp"]] = ["pembangunan", 9 * MILIAR]
    widget = paint(map_of(scene.kabupaten), facts, "menu")
    assert class_of(widget, "64.01") == "pembangunan" and class_of(widget, "11.03") == "none"
    assert widget.tips["64.01"] == "pembangunan, Rp 9 miliar; keraguan belum diukur."
    assert widget.tips["11.03"] == "sementara"


def test_locks_come_and_go_on_both_sides(drawn):
    heard = []
    drawn.observe(lambda change: heard.append(change["new"]), "locks")
    drawn.set_state({"locks": {"11.03": "out"}, "selected": "11.03"})  # a click
    drawn.locks = {"11.03": "out", "64.01": "in"}  # undo, or a file
    assert heard == [{"11.03": "out"}, {"11.03": "out", "64.01": "in"}]
    assert drawn.selected == "11.03"
    assert drawn.sent[-1] == {"locks": {"11.03": "out", "64.01": "in"}}
    assert drawn.classes == paint(drawn, drawn.facts).classes


@pytest.mark.parametrize("kode", ["31.71", "99.99", "<b>"])
def test_what_cannot_be_locked_is_a_sentence(drawn, kode):
    with pytest.raises(PlannerError, match="kabupaten/kota yang dapat dikunci"):
        drawn.locks = {kode: "in"}
    assert drawn.locks == {}


def test_one_switch_changes_every_word(drawn, scene):
    paint(drawn, scene, "menu", "en")
    assert [entry["label"] for entry in drawn.legend] == [
        "construction", "revitalisation", "not chosen", "not autonomous, no candidate",
    ]  # fmt: skip
    assert (drawn.words["tiles"], drawn.words["lang"]) == ("Tiles", "en")
    assert drawn.tips["11.03"].startswith("construction, Rp 9 billion; sure: 95 % of the draws or more")
    drawn.colour_by = "amount"  # from the page, when the kernel speaks Indonesian again
    assert drawn.legend[0]["label"] == "below Rp 2.5 billion"


def test_the_words_are_those_that_the_page_asks_for():
    asked = set(re.findall(r'\bword\("(\w+)"\)', LiveMap._esm))
    assert {"name", "colour_by", "view"} <= asked <= set(words())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_one_line_of_text(scene, name):
    table = scene.kabupaten.assign(nama=scene.kabupaten["nama"].where(scene.kabupaten["kode"] != "11.03", name))
    widget = paint(map_of(table), replace(scene, kabupaten=table))
    shown = next(cell["nama"] for cell in widget.cells if cell["kode"] == "11.03")
    assert shown.isprintable() and len(shown) <= 80
    assert name[:20].split("\n")[0] in shown


def test_classes_know_only_what_the_facts_say(scene):
    facts = facts_of(scene)
    assert list(facts["kode"]) == list(scene.kabupaten["kode"])
    assert classify(facts.iloc[::-1], "menu") == classify(facts, "menu")[::-1]


def test_the_page_asks_the_network_for_nothing():
    script, look = LiveMap._esm + Meeting._esm, LiveMap._css + Meeting._css
    for word in ("import ", "fetch(", "XMLHttpRequest", "innerHTML", "insertAdjacentHTML", "eval(", "@import", "url(h"):
        assert word not in script + look
    assert [line for line in (script + look).splitlines() if "http" in line] == [
        'const NS = "http://www.w3.org/2000/svg";'
    ]
