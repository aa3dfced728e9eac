"""A view that a notebook keeps has its look inside its tags, and its pictures as pictures with their words."""

import re
from base64 import b64decode
from xml.etree import ElementTree

from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output
from pages import country

from planner import views
from planner.paper.page import page
from planner.views.html import Html
from planner.views.portable import OWN, portable, rules

SVG = '<svg viewBox="0 0 20 10" role="img" aria-label="Peta &lt;dua&gt;"><rect width="5" height="5"/></svg>'


def test_a_drawing_becomes_a_picture_with_its_words_and_its_size():
    picture = BeautifulSoup(portable(f"<p>x</p>{SVG}"), "html.parser").find("img")
    assert picture["alt"] == "Peta <dua>"
    drawn = ElementTree.fromstring(b64decode(picture["src"].removeprefix("data:image/svg+xml;base64,")))
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg" and drawn.attrib["viewBox"] == "0 0 20 10"
    assert (drawn.attrib["width"], drawn.attrib["height"]) == ("20", "10") and len(drawn) == 1


def test_the_look_stands_inside_the_tags_and_no_script_is_left():
    shown = BeautifulSoup(portable(views.first_screen(country()) + "<script>x</script>"), "html.parser")
    assert "color: #005a8d" in shown.select_one(".stamp")["style"]
    assert not shown.find_all(["script", "svg", "style"])


def test_colours_come_along_and_no_name_is_lifted_off_its_map():
    looks = rules()
    assert (".bars .poor", "fill: #a0529b;") in looks
    assert not [one for one, text in looks if "var(" in text or "position:" in text]


def test_every_map_of_a_report_can_be_read_as_a_picture():
    for view in (views.where, views.points, views.equity, views.totals):
        pictures = BeautifulSoup(portable(view(country())), "html.parser").find_all("img")
        assert pictures and all(len(one["alt"]) > 10 for one in pictures)  # of an island group its name alone
        for one in pictures:
            drawn = b64decode(one["src"].split(",")[1]).decode()
            ElementTree.fromstring(drawn)
            assert all(f'id="{name}"' in drawn for name in re.findall(r'(?:url\(|href=")#([\w-]+)', drawn))


def test_a_page_takes_the_view_as_it_is_and_a_screen_what_it_can_show():
    drawing = SVG.replace("&lt;dua&gt;", "dua")
    kept = Html(drawing)._repr_mimebundle_()
    assert "<svg" not in kept["text/html"] and kept[OWN] == drawing
    cell = new_code_cell(outputs=[new_output("display_data", kept)])
    html = page({"id": new_notebook(cells=[cell])}, "x", country().plan, "id")
    assert 'aria-label="Peta dua"' in html and "data:image" not in html.split("<body>")[1]
