"""Bars show what the tables say, in words too, and never in the colours of the menus."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pages import Page, at, candidates, plan
from whatif_pages import scene_of

from planner import views
from planner.base.messages import speaking
from planner.views import charts, maps, point_map
from planner.views.equity import answer, equity, provinces


def counted(base):
    """The scene with its tables, which tell of sentra."""
    return replace(base, source=candidates())


def widths(picture: dict) -> list[float]:
    return [float(one["width"].rstrip("%")) for one in picture if "width" in one]


def test_every_island_group_has_its_money_beside_its_people_and_sentra(base):
    # 9 + 5 of 18 miliar go to Aceh and 4 to Papua.
    page = Page(equity(counted(base)))
    told = {one["aria-label"].split(":")[0]: one["aria-label"] for one in page.named("svg")}
    assert len(told) == 7
    assert told["Sumatera"].startswith("Sumatera: 77,8 % dana, ") and told["Jawa"].startswith("Jawa: 0,0 % dana, ")
    assert all(words in told["Papua"] for words in ("22,2 % dana", "penduduk miskin", "sentra", "penduduk"))
    assert not any("viewbox" in one for one in page.named("svg"))  # its text is not scaled


def test_the_answer_names_who_lacks_most_and_the_provinces_that_a_group_hides(base):
    # Rp 14 of 18 miliar go to Aceh, 4 to the province Papua; 35 of the 37 provinces get nothing.
    said = answer(base)
    assert said.startswith("Paling kurang Jawa (0,0 % dana, 5")
    assert "; paling lebih Sumatera (77,8 % dana, " in said
    assert "35 provinsi tanpa dana memuat " in said
    assert "Sumatera (1 dari 10: Aceh); Papua (1 dari 6: Papua)." in said
    assert "terbanyak: Aceh (77,8 % dana, " in said and said in Page(equity(base)).text


def test_bars_are_on_one_scale_and_leave_room_for_their_words(base):
    page = Page(equity(counted(base)))
    bars = page.named("rect")
    assert len(bars) == 7 * 4
    longest = max(widths(bars))
    assert longest == charts.BESIDE  # Sumatera's 77.8 % of the money
    assert widths(bars)[0] == pytest.approx(longest)
    papua = [one for one in bars if one["class"] == "money"][-1]
    assert widths([papua])[0] == pytest.approx(longest * 4 / 14, abs=0.1)


def test_without_its_tables_a_plan_tells_of_no_sentra(base):
    page = Page(equity(base))
    assert {one["class"] for one in page.named("rect")} == {"money", "poor", "people"}


def test_provinces_stand_by_their_money_and_those_without_any_by_their_poor(base):
    labels = [one["aria-label"] for one in Page(provinces(base)).named("svg")]
    assert len(labels) == 37  # DKI has no autonomous region
    assert [label.split(":")[0] for label in labels[:3]] == ["Aceh", "Papua", "Jawa Timur"]
    assert labels[0].startswith("Aceh: Rp 14 miliar, 77,8 % dana, ")
    assert labels[2].startswith("Jawa Timur: tanpa dana, 0,0 % dana, ")


def test_an_island_group_has_its_provinces_and_a_province_none(base):
    assert len(Page(provinces(at(base, "Sumatera"))).named("svg")) == 10
    assert provinces(at(base, "11")) is equity(at(base, "11")) is None
    assert equity(replace(base, plan=plan({}), robust=None)) is None


def test_each_island_group_is_a_map_of_its_own_in_its_place(base):
    page = Page(maps.tile_map(base))
    pictures = page.named("svg")
    assert [one["aria-label"] for one in pictures][:2] == ["Peta petak Sumatera", "Peta petak Jawa"]
    assert len(pictures) == 7 and "3 " in page.named("figure")[0]["aria-label"]
    boxes = {one["aria-label"]: list(map(int, one["viewbox"].split())) for one in pictures}
    x, y, width, _ = boxes["Peta petak Papua"]  # columns 48 to 55 of 0 to 55, rows 7 to 14
    assert (x, y, width) == (48 * 20 + 1, 7 * 20 + 1, 8 * 20 + 2)
    place = [one["style"] for one in page.named("div") if "--x" in one.get("style", "")][-1]
    assert f"--x:{48 * 20 / (56 * 20 + 2):.4f}" in place
    assert len(Page(maps.tile_map(at(base, "53"))).named("svg")) == 1


def test_the_legend_has_only_what_is_drawn_and_the_own_tile_of_a_kabupaten_has_an_edge(base):
    # Kalimantan Timur has no winner; among the neighbours of 64.01 nobody has won either; 11.03 is sure.
    keys = lambda scene: {  # noqa: E731
        one["class"].removeprefix("key ")
        for one in Page(maps.tile_map(scene)).named("span")
        if "key" in one.get("class", "")
    }
    assert keys(base) == {"pembangunan", "revitalisasi", "none", "dki", "dot"}
    assert keys(at(base, "64")) == {"none"}
    edged = [one for one in Page(maps.tile_map(at(base, "64.01"))).named("rect") if one.get("stroke-width") == "3"]
    assert len(edged) == 1


def test_a_long_name_is_written_small_enough_for_its_tile(base):
    drawn = maps.tile_map(at(base, "12.72"))
    assert '<text font-size="11"' in drawn.split("Pematangsiantar</tspan>")[0][-330:]


def test_tiles_lead_to_the_report_of_their_province_where_there_is_one(base):
    links = {"53": "laporan/laporan-53.html", "nasional": "laporan/laporan-nasional.html"}
    page = Page(views.index_page(base, links))
    [link] = [one for one in page.named("a") if "aria-label" in one]
    assert link == {"href": "laporan/laporan-53.html", "aria-label": "Nusa Tenggara Timur"}
    assert {one["role"] for one in page.named("svg")} == {"group"}  # what is a picture has nothing to press in it
    assert not Page(maps.tile_map(base)).named("a")


def test_the_point_map_lies_on_the_coast_with_the_names_of_the_islands(base):
    drawn = point_map.point_map(base)
    page = Page(drawn)
    [land] = [one for one in page.named("path") if one.get("class") == "land"]
    assert land["d"].count("M") > 100  # islands
    groups = list(base.kabupaten["pulau"].drop_duplicates())
    assert sorted(point_map.NAMES) == sorted(groups) and all(name in page.text for name in groups)
    aceh = Page(point_map.point_map(at(base, "11")))
    assert "Sumatera" not in aceh.text
    [near] = [one for one in aceh.named("path") if one.get("class") == "land"]
    assert 0 < near["d"].count("M") < land["d"].count("M")


def test_a_place_lies_where_its_degrees_are_in_the_frame(base):
    # The westernmost and easternmost kabupaten are as far from the edges as each other; north is up.
    frame, height = point_map.frame_of(base)
    (west, _), (east, _) = frame.place(np.array([[base.here["lon"].min(), 0], [base.here["lon"].max(), 0]]))
    assert west == pytest.approx(point_map.WIDE - east) and 0 < west < 40
    north, south = frame.place(np.array([[110, 5], [110, -5]]))[:, 1]
    assert 0 < north < south < height


def test_the_colours_of_the_menus_are_of_the_menus_alone(base):
    css = Path(charts.__file__).with_name("views.css").read_text(encoding="utf-8")
    rules = "\n".join(line for line in css.splitlines() if re.match(r"\.(bars|key\.(money|poor|sentra))", line))
    assert ".bars .poor" in rules
    assert not any(colour.lower() in rules.lower() for colour in maps.COLOURS.values())


def test_pictures_speak_english(base):
    with speaking("en"):
        assert "Sumatera: 77.8 % of the money" in str(equity(base))
        assert "no money" in str(provinces(base))


def test_the_curve_marks_this_plan_and_draws_what_is_not_proven_as_a_band():
    # 12 at Rp 10, 30 at Rp 20 (the plan), 45 at Rp 30 miliar, where 60 is not ruled out; Rp 4 miliar has no plan.
    scene = scene_of()
    scene.whatif["points"][2]["goals"][0] |= {"bound": 60}
    page = Page(views.whatif(scene))
    dots = [one for one in page.named("circle") if "class" in one]  # not of a hatching
    assert [one["class"] for one in dots] == ["plan", "own", "plan"] and "rencana ini" in page.text
    assert [float(one["cx"].rstrip("%")) for one in dots] == pytest.approx([3, 50, 97])
    [gap] = [one for one in page.named("line") if one["class"] == "gap"]
    assert gap["x1"] == dots[2]["cx"] and float(gap["y2"]) < float(gap["y1"]) == float(dots[2]["cy"])
    assert "belum terbukti" in page.text
    assert 'class="curve"' not in views.whatif(scene_of("91"))
