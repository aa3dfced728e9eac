"""What a move did and what a plan does for whom: the same figures as everywhere, in people's words."""

from dataclasses import replace

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from pages import HOSTILE, MILIAR, Page, candidates, plan

from planner.answers.compare import compare
from planner.views.change_map import Contrast
from planner.views.change_strip import change_strip, frames
from planner.views.html import style
from planner.views.live_bars import Served, count_served, live_bars, servable
from planner.views.portable import RULE, selectors
from planner.views.side_by_side import side_by_side

OTHER = {"11.03-pembangunan": 9 * MILIAR, "51.01-revitalisasi": 3 * MILIAR}  # 11.05 and 91.15 are out, 51.01 is in


@pytest.fixture
def scene(base):
    return replace(base, source=candidates())


def bars(scene, kept=None):
    page = Page(live_bars(scene, kept))
    return {one["aria-label"].split(":")[0]: one["aria-label"] for one in page.named("svg")}


def test_money_stands_beside_the_poor_and_sentra_of_each_island_group(scene):
    told = bars(scene)
    assert len(told) == 9 and told["Sumatera"].startswith("Sumatera: 77,8 % dana, ")
    assert all("penduduk miskin" in told[name] and "sentra" in told[name] for name in ("Jawa", "Papua"))
    assert told["Provinsi tanpa dana"].endswith("35 dari 37 provinsi")
    assert "disimpan" not in "".join(told.values())


def test_the_kept_plan_is_a_mark_and_words_on_every_bar(scene):
    told = bars(scene, plan(OTHER))
    # Of the other plan's 12 miliar 9 go to Sumatera; Bali and Aceh have a winner in both counts.
    assert told["Sumatera"].endswith("rencana yang terakhir disimpan: 75,0 %")
    assert told["Provinsi tanpa dana"].endswith("disimpan: 94,6 %")
    assert sum(one.get("class") == "kept" for one in Page(live_bars(scene, plan(OTHER))).named("line")) == 9


def test_the_legend_of_the_bars_stands_in_its_line(scene):
    looks = [(one, text) for names, text in RULE.findall(style()) for one in selectors(names)]
    lifted = [one.strip() for one, text in looks if "position: absolute" in text]
    drawn = BeautifulSoup(live_bars(scene, plan(OTHER)), "html.parser")
    assert lifted and len(drawn.select(".legend .key")) == 4
    assert [one for one in lifted if drawn.select(one)] == []


def test_unknown_ikm_is_counted_and_said(scene):
    usulan = scene.source.usulan.copy()
    usulan.loc[usulan["usulan_id"] == "11.05-revitalisasi", "ikm"] = None
    known = usulan.set_index("usulan_id")["ikm"]
    two = int(known["11.03-pembangunan"] + known["91.15-revitalisasi"])

    assert count_served(scene.plan, usulan) == Served(two, 1)
    assert "(+ 1 usulan tanpa angka IKM)" in Served(two, 1).sentence() and "tanpa" not in Served(two, 0).sentence()


def test_no_plan_serves_more_ikm_than_all_usulan_would():
    # 20 and 30 in one kabupaten, 10 in another: 60 of usulan, 40 where a kabupaten wins with one menu only
    rows = pd.DataFrame({"kode": ["11.03", "11.03", "51.01"], "ikm": [20, 30, 10]}).astype({"ikm": "Int64"})
    made = [replace(candidates(), usulan=rows, modelled=modelled) for modelled in (False, True)]
    assert [servable(one) for one in made] == [60, 40]


def test_a_move_is_told_by_names_money_and_ikm(scene):
    ikm = scene.source.usulan.set_index("usulan_id")["ikm"]
    bought = int(ikm["51.01-revitalisasi"] - ikm["11.05-revitalisasi"] - ikm["91.15-revitalisasi"])
    said = Page(change_strip(scene.plan, scene.of(plan(OTHER)))).text

    assert f"Masuk 1, keluar 2: dana −Rp 6 miliar, IKM terlayani −{-bought}" in said
    assert "+ Masuk: Kab. Jembrana (revitalisasi, Rp 3 miliar)" in said
    assert "− Keluar: Kab. Aceh Barat (revitalisasi, Rp 5 miliar); Kab. Waropen (revitalisasi, Rp 4 miliar)" in said
    assert "poin" not in said


def test_a_move_that_changes_nothing_says_so(scene):
    assert "Tidak ada yang masuk" in Page(change_strip(scene.plan, scene)).text


def test_one_who_gets_more_is_changed_by_the_difference(scene):
    more = {**OTHER, "11.03-pembangunan": 10 * MILIAR}
    said = Page(change_strip(plan(OTHER), scene.of(plan(more)))).text

    assert "berubah 1" in said and "± Berubah:" in said and "+Rp 1 miliar)" in said


def test_many_are_counted_after_the_first(scene):
    many = {f"{kode}-revitalisasi": MILIAR for kode in scene.kabupaten["kode"][:20]}
    said = Page(change_strip(scene.plan, scene.of(plan(many)))).text

    assert "dan 7 lagi" in said


def test_frames_are_the_kabupaten_that_came_or_went(scene):
    assert frames(scene.plan, plan(OTHER)) == {"51.01": "in", "11.05": "out", "91.15": "out"}
    assert frames(scene.plan, scene.plan) == {}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_name_is_only_ever_text(scene, text):
    table = scene.kabupaten.assign(nama=text)
    drawn = change_strip(scene.plan, replace(scene.of(plan(OTHER)), kabupaten=table))

    assert {tag for tag, _ in Page(drawn).tags} <= {"div", "b", "p"}


def test_plans_stand_side_by_side_with_sums_and_what_is_more_on_the_screen(scene):
    # 12 miliar were kept, 9 of them in pembangunan; 18 are on the screen, 9 of them in pembangunan.
    plans = [plan(OTHER), scene.plan]
    here = Contrast(compare(plans), scene.kabupaten, ("Usul <b>Bappenas</b>", "di layar"))
    page = Page(side_by_side(here, scene))

    assert "A: Usul <b>Bappenas</b>" in page.text and "B: di layar" in page.text and "b" not in dict(page.tags)
    assert "pembangunan Rp 9 miliar Rp 9 miliar" in page.text
    assert "Jumlah kedua menu Rp 12 miliar (+Rp 6 miliar) Rp 18 miliar" in page.text
    assert "Sumatera Rp 9 miliar (+Rp 5 miliar) Rp 14 miliar" in page.text
    assert "Jumlah kelompok pulau Rp 12 miliar (+Rp 6 miliar) Rp 18 miliar" in page.text


def test_words_stand_clear_of_a_mark_beyond_their_bar(scene):
    # Bali had 3 of 12 miliar and has nothing now: its words begin behind the mark.
    drawn = Page(live_bars(scene, plan(OTHER)))
    at = [float(one["x"].rstrip("%")) for one in drawn.named("text") if "dx" in one]
    marks = [float(one["x1"].rstrip("%")) for one in drawn.named("line")]

    assert max(marks) > 0 and all(mark <= max(at) for mark in marks) and marks[2] in at
