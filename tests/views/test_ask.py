"""What the search for one's own region knows, what is printed of a fold, and names on the national map."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest
from pages import Page, at, country

from planner import views
from planner.views.province_names import SHORT, province_names
from planner.views.section import count
from planner.views.sections import causes_on_paper


@pytest.fixture(scope="module")
def answers() -> dict:
    [box] = [one for one in Page(views.first_screen(country())).named("div") if one.get("class") == "ask"]
    return json.loads(box["data-answers"])


def test_every_region_without_money_has_one_cause_and_every_winner_none(answers):
    kodes = [kode for _, kodes in answers["causes"] for kode in kodes.split()]
    assert len(kodes) == len(set(kodes)) == 508 - 3
    assert not {"11.03", "11.05", "91.15"} & set(kodes)
    assert answers["provinces"]["11"] == "Aceh" and len(answers["provinces"]) == 38


def test_the_cells_of_the_national_map_carry_the_code_by_which_they_are_found():
    cells = [attrs["data-kode"] for attrs in Page(views.where(country())).named("g") if "data-kode" in attrs]
    assert len(cells) == len(set(cells)) == 514


def test_only_the_country_asks_for_ones_own_region():
    assert "data-answers" not in views.first_screen(at(country(), "11"))
    assert "data-answers" not in views.index_page(country(), {})


def test_every_province_has_its_short_name_on_the_national_map_only():
    names = re.findall(r"<text x=[^>]*>([^<]+)</text>", views.where(country()).split('class="islands"')[1])
    assert sorted(names) == sorted(SHORT.values()) and len(set(names)) == 38
    assert 'class="names"' not in views.where(at(country(), "11"))


def test_a_name_stands_on_its_own_cells_beside_the_chosen_one():
    # four cells in a row, the first chosen: "Aceh" is 33.6 px wide, so it fits on the cells 2 and 3, or 3 and 4
    cells = pd.DataFrame({"kode_provinsi": ["11"] * 4, "x": [0, 20, 40, 60], "y": [0] * 4, "menu": ["a", "", "", ""]})
    [(x, y)] = re.findall(r'<text x="(\d+)" y="(\d+)">Aceh', province_names(cells, 20))
    assert int(x) - 16.8 >= 20 - 1 and int(x) + 16.8 <= 80 + 1 and y == "14"


def test_a_closed_fold_prints_each_cause_as_one_sentence_and_numbers_where_names_are_many():
    said = re.findall(r"<p>(.*?)</p>", causes_on_paper(country()))
    assert sum(int(re.search(r": (\d+) kabupaten/kota", one)[1]) for one in said) == 508 - 3
    assert len(said) == 2 and "Jawa Timur 38" in said[0] and "Aceh: Simeulue" not in said[0]
    assert "Aceh: " in said[1] and "Aceh Selatan" in said[1]  # what the cap keeps out is little, so it is named
    assert sum(map(len, said)) <= 4500
    assert '</details><div class="paper small">' in views.not_chosen(country())


def test_a_brief_of_words_alone_is_a_whole_sentence():
    assert count("<p>Satu kalimat. Lalu yang lain.</p>") == "Satu kalimat."
    assert count(f"<p>{'panjang ' * 60}.</p>") == ""


def test_how_sure_choices_are_is_told_in_a_whole_sentence_also_where_none_is_chosen():
    html = views.robust(at(country(), "64"))
    [brief] = re.findall(r'class="brief">([^<]*)<', html)
    assert brief.startswith("tidak ada yang terpilih di sini; 1 terpilih dalam separuh")
    assert "…" not in brief


def test_no_brief_of_any_kind_of_region_is_cut():
    for name in ("nasional", "11", "64", "11.03"):
        scene = replace(at(country(), name))
        shown = [getattr(views, part)(scene) for part in ("robust", "totals", "rules", "history", "unknowns", "points")]
        briefs = [brief for html in shown if html for brief in re.findall(r'class="brief">([^<]*)<', html)]
        assert briefs and [brief for brief in briefs if brief.endswith("…")] == []
