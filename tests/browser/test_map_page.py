"""The live map in a real browser, without JupyterLab: a page that hands map.js a model of its own."""

import json
from dataclasses import replace

import pytest
from chromium import listen
from pages import country

from planner.base.messages import speaking
from planner.base.paths import PACKAGE
from planner.desk.live_map import LiveMap, map_of, paint
from planner.views.scene import Scene

pytestmark = pytest.mark.browser
HOSTILE = '<img src=x onerror="window.struck=1"><script>window.struck=1</script>'
PAGE = """<!doctype html><html lang="id"><meta charset="utf-8"><title>Peta</title>
<style>body { margin: 12px; } %s</style>
<main><h1>Peta</h1><div id="here"></div></main><script type="module">
import widget from "data:text/javascript;base64,%s";
const state = %s, heard = {};
window.saved = 0;
window.model = {
  get: name => state[name],
  set(name, value) { this.receive({[name]: value}); },
  receive(changes) {  // as a message from the kernel: every value first, then every listener
    const changed = Object.keys(changes).filter(name => JSON.stringify(state[name]) !== JSON.stringify(changes[name]));
    Object.assign(state, changes);
    for (const name of changed) for (const listener of heard[`change:${name}`] ?? []) listener();
  },
  on(event, listener) { (heard[event] ??= []).push(listener); },
  off(event, listener) { heard[event] = heard[event].filter(other => other !== listener); },
  save_changes() { window.saved += 1; },
};
window.listeners = () => Object.values(heard).flat().length;
window.stop = widget.render({model: window.model, el: document.querySelector("#here")});
</script></html>"""
SYNCED = (
    "cells", "outlines", "classes", "legend", "tips", "locks", "frames", "selected", "view", "colour_by", "words",
    "readonly",
)  # fmt: skip


def state_of(widget) -> dict:
    return {name: getattr(widget, name) for name in SYNCED}


def page_of(widget) -> str:
    from base64 import b64encode

    text = json.dumps(state_of(widget), ensure_ascii=False).replace("</", "<\\/")
    return PAGE % (
        (PACKAGE / "desk" / "live_map.css").read_text("utf-8"),
        b64encode(LiveMap._esm.encode()).decode(),
        text,
    )


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Three winners: 11.03 for 9 miliar, 11.05 for 5, 91.15 for 4; the first is sure."""
    return country()


@pytest.fixture
def shown(browser, scene, tmp_path):
    """Open the page of a map, coloured by the scene and changed as asked; keep what it asks for and complains of."""
    opened = []

    def open_page(width=1280, asking=None, **changes):
        with speaking("id"):
            table = scene.kabupaten.assign(**changes.pop("table", {}))
            widget = paint(map_of(table, asking), replace(scene, kabupaten=table))
        for name, value in changes.items():
            setattr(widget, name, value)
        file = tmp_path / "peta.html"
        file.write_text(page_of(widget), encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.widget = widget
        listen(page)
        page.goto(file.as_uri())
        page.wait_for_selector("[data-testid=map][data-paint-ms]")
        opened.append(page)
        return page

    yield open_page
    for page in opened:
        assert page.complaints == []
        assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
        page.close()


def cell(page, kode):
    return page.locator(f".cells [data-kode='{kode}']")


def locks(page):
    return page.evaluate("model.get('locks')")


def receive(page, *names):
    """Hand the page what the widget now holds under these names, in one message."""
    page.evaluate("changes => model.receive(changes)", {name: getattr(page.widget, name) for name in names})


# three squares, around the points of Aceh Timur, Paser and Jakarta Pusat or near them
OUTLINES = {"11.03": "M60 50h60v40h-60z", "64.01": "M500 160h60v60h-60z", "31.71": "M280 270h20v20h-20z"}


def test_the_third_view_is_offered_only_where_boundaries_are_installed(shown):
    page = shown()
    assert page.get_by_role("button", name="Batas").count() == 0
    page.evaluate("outlines => model.receive({outlines})", OUTLINES)
    page.get_by_role("button", name="Batas").click()
    assert page.evaluate("model.get('view')") == "batas"
    assert page.locator(".cells path").count() == 3 and page.locator(".cells circle").count() == 511


def test_a_shape_is_hit_wherever_it_is_clicked(shown):
    page = shown(view="batas", outlines=OUTLINES)
    for expected in ({"64.01": "in"}, {"64.01": "out"}, {}):
        cell(page, "64.01").click(position={"x": 3, "y": 3})
        assert locks(page) == expected
    cell(page, "64.01").hover(position={"x": 3, "y": 3})
    assert "Kabupaten Paser" in page.get_by_role("tooltip").inner_text()
    cell(page, "31.71").click(force=True)
    assert locks(page) == {}


def test_a_shape_is_coloured_by_its_class_and_keeps_its_place_in_the_row_of_keys(shown):
    page = shown(view="batas", outlines=OUTLINES)
    assert cell(page, "11.03").get_attribute("fill").endswith("-pembangunan)")
    assert cell(page, "11.03").get_attribute("r") is None
    cell(page, "11.03").focus()
    page.keyboard.press("Enter")
    assert locks(page) == {"11.03": "in"}
    assert page.locator(".above .mark.in").count() == 1


@pytest.mark.parametrize("view", ["tiles", "points"])
def test_a_click_cycles_free_in_out_free(shown, view):
    page = shown(view=view)
    for expected in ({"64.01": "in"}, {"64.01": "out"}, {}):
        cell(page, "64.01").click()
        assert locks(page) == expected
        assert cell(page, "64.01").get_attribute("data-lock") == expected.get("64.01", "free")
    assert page.evaluate("model.get('selected')") == "64.01"
    assert page.evaluate("window.saved") >= 3


def test_shift_and_click_only_select(shown):
    page = shown(locks={"11.03": "in"})
    cell(page, "11.05").click(modifiers=["Shift"])
    assert (locks(page), page.evaluate("model.get('selected')")) == ({"11.03": "in"}, "11.05")


def test_the_keyboard_does_all_that_the_mouse_does(shown):
    page = shown()
    assert page.locator(".cells [tabindex='0']").count() == 1
    page.locator(".bar button").last.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.kode") == "11.01"
    page.keyboard.press("ArrowRight")  # petak 4,3 -> 5,3
    assert page.evaluate("document.activeElement.dataset.kode") == "11.02"
    assert page.locator(".cells [tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    assert locks(page) == {"11.02": "in"}
    page.keyboard.press(" ")
    assert locks(page) == {"11.02": "out"}
    assert page.locator("[role=status]").text_content() == "Kabupaten Aceh Tenggara, Aceh: kunci keluar"
    page.keyboard.press("Enter")
    assert locks(page) == {}
    page.keyboard.press("ArrowDown")
    page.wait_for_function("model.get('selected') === document.activeElement.dataset.kode")


def test_arrows_lead_from_any_cell_to_every_other_island(shown):
    page = shown()
    cell(page, "11.01").focus()
    seen = set()
    for key in ["ArrowRight"] * 60 + ["ArrowDown"] * 30 + ["ArrowLeft"] * 60 + ["ArrowUp"] * 30:
        page.keyboard.press(key)
        seen.add(page.evaluate("document.activeElement.dataset.kode")[0])
    assert {"1", "5", "9"} <= seen and len(seen) >= 5


def test_focus_is_seen(shown):
    page = shown()
    page.locator(".bar button").last.focus()
    assert not page.locator(".cursor").is_visible()
    page.keyboard.press("Tab")
    assert page.locator(".cursor").is_visible()


def test_the_tooltip_says_who_what_and_why_on_hover_and_on_focus(shown):
    page = shown(locks={"64.01": "out"})
    tip = page.get_by_role("tooltip")
    assert not tip.is_visible()
    cell(page, "64.01").hover()
    said = tip.inner_text()
    for part in ("Kabupaten Paser, Kalimantan Timur", "tidak terpilih · kunci keluar", "pagu terlampaui", "Skor"):
        assert part in said
    page.mouse.move(2, 2)
    assert not tip.is_visible()
    cell(page, "11.03").focus()
    assert "pembangunan, Rp 9 miliar; pasti: 95 % hitung ulang atau lebih" in tip.inner_text()
    page.keyboard.press("Escape")
    assert not tip.is_visible()


def test_a_screen_reader_hears_name_class_lock_and_reason(shown):
    page = shown(locks={"11.03": "in"})
    name = cell(page, "11.03").get_attribute("aria-label")
    assert name.startswith("Kabupaten Aceh Timur, Aceh: pembangunan. kunci masuk. pembangunan, Rp 9 miliar")
    assert cell(page, "11.03").get_attribute("aria-disabled") == "false"
    assert page.get_by_role("application", name="Peta kabupaten/kota").count() == 1


def test_the_six_units_of_dki_cannot_be_locked_and_say_why(shown):
    page = shown()
    jakarta = page.locator(".cells [data-class='dki']")
    assert jakarta.count() == 6
    jakarta.first.click(force=True)
    assert locks(page) == {}
    assert "tidak dapat dikunci" in page.locator("[role=status]").text_content()
    assert {each.get_attribute("aria-disabled") for each in jakarta.all()} == {"true"}


def test_a_tile_without_usulan_says_so_where_it_is_clicked_and_can_only_be_freed(shown):
    page = shown(asking=["64.01"], locks={"11.05": "in"})
    cell(page, "11.03").click(force=True)
    assert locks(page) == {"11.05": "in"} and page.evaluate("model.get('selected')") == "11.03"
    tip = page.get_by_role("tooltip")
    assert "Tanpa usulan: tidak ada yang dapat dikunci." in tip.inner_text()
    assert "Tanpa usulan" in page.locator("[role=status]").text_content()
    assert cell(page, "11.03").get_attribute("aria-disabled") == "true"
    cell(page, "64.01").click()
    assert "Tanpa usulan" not in tip.inner_text()
    for _ in range(2):  # locked in by the file: out, then free
        cell(page, "11.05").click(force=True)
    assert locks(page) == {"64.01": "in"}


def part(page) -> list[float]:
    return [float(number) for number in page.locator(".stage > svg").get_attribute("viewBox").split()]


def test_an_island_fills_the_picture_with_names_and_the_picture_keeps_its_size(shown):
    page = shown()
    whole, box = part(page), page.locator(".stage > svg").bounding_box()
    assert not page.locator(".names").is_visible()
    page.get_by_role("button", name="Kalimantan", exact=True).click()
    assert part(page)[2] < whole[2] / 2.4 and page.locator(".stage > svg").bounding_box() == box
    assert page.locator(".names text", has_text="Paser").first.is_visible()
    stage, tile = page.locator(".stage").bounding_box(), cell(page, "64.01").bounding_box()
    assert stage["x"] < tile["x"] and tile["x"] + tile["width"] < stage["x"] + stage["width"] and tile["width"] > 50
    page.get_by_role("button", name="Seluruh peta").click()
    assert part(page) == whole


def test_buttons_keys_and_wheel_zoom_and_a_drag_moves_the_map_without_a_click(shown):
    page = shown()
    whole = part(page)
    page.get_by_role("button", name="Lebih dekat").click()
    assert part(page)[2] == pytest.approx(whole[2] / 1.5)
    cell(page, "64.01").focus()
    page.keyboard.press("+")
    assert part(page)[2] == pytest.approx(whole[2] / 2.25)
    before = part(page)
    box = cell(page, "64.01").bounding_box()
    page.mouse.move(box["x"] + 9, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(box["x"] + 69, box["y"] + 29, steps=4)
    page.mouse.up()
    assert part(page)[0] < before[0] and part(page)[1] < before[1] and locks(page) == {}
    moved = cell(page, "64.01").bounding_box()
    assert (moved["x"], moved["y"]) == (pytest.approx(box["x"] + 60, abs=3), pytest.approx(box["y"] + 20, abs=3))
    cell(page, "64.01").click()
    assert locks(page) == {"64.01": "in"}
    page.keyboard.press("0")
    assert part(page) == whole
    page.mouse.wheel(0, -200)  # the page's own
    assert part(page) == whole
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    page.wait_for_function("() => document.querySelector('.stage > svg').viewBox.baseVal.width < 1124")


def test_arrows_lead_to_a_cell_beyond_the_edge_and_the_map_follows(shown):
    page = shown()
    page.get_by_role("button", name="Kalimantan", exact=True).click()
    cell(page, "64.01").focus()
    before = part(page)
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    x, _, w, h = part(page)
    assert x > before[0] and (w, h) == (pytest.approx(before[2]), pytest.approx(before[3]))


def test_a_map_to_read_only_selects(shown):
    page = shown(readonly=True)
    cell(page, "64.01").click()
    assert (locks(page), page.evaluate("model.get('selected')")) == ({}, "64.01")
    assert page.locator(".how").text_content() == page.widget.words["how_readonly"]


def test_another_colour_touches_no_cell_that_keeps_its_class(shown):
    page = shown()
    page.evaluate("""() => {
        window.touched = [];
        new MutationObserver(all => touched.push(...all.map(m => [m.target.dataset.kode, m.attributeName, m.type])))
            .observe(document.querySelector('.cells'), {subtree: true, attributes: true, childList: true});
    }""")
    page.widget.colour_by = "amount"
    receive(page, "classes", "legend", "colour_by")
    page.wait_for_function("document.querySelector('select').value === 'amount' && touched.length")
    touched = page.evaluate("touched")
    assert {kode for kode, _, _ in touched} == {"11.03", "11.05", "91.15"}  # the winners; all others stay as they were
    assert {name for _, name, _ in touched} == {"aria-label", "data-class", "fill"}
    assert [cell(page, kode).get_attribute("data-class") for kode in ("11.03", "91.15", "64.01")] == [
        "step3", "step2", "none",
    ]  # fmt: skip


def test_a_lock_from_the_kernel_is_drawn_and_taken_away(shown):
    page = shown(locks={"11.03": "in", "64.01": "out"})
    assert page.locator(".above .mark.in").count() == page.locator(".above .mark.out").count() == 1
    page.widget.locks = {"64.01": "in"}
    receive(page, "locks")
    page.wait_for_selector(".above .mark.out", state="detached")
    assert page.locator(".above .mark.in").count() == 1
    assert cell(page, "11.03").get_attribute("data-lock") == "free"


def test_view_and_colour_are_chosen_without_a_mouse(shown):
    page = shown()
    page.get_by_role("button", name="Titik").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("model.get('view')") == "points"
    assert page.locator(".cells circle").count() == 514 and page.locator(".cells rect").count() == 0
    page.get_by_role("combobox", name="Warna menurut").select_option("certainty")
    assert page.evaluate("model.get('colour_by')") == "certainty"


def test_hostile_text_is_only_text(shown, scene):
    page = shown(table={"nama": HOSTILE, "pulau": HOSTILE, "provinsi": HOSTILE})
    page.widget.tips = dict.fromkeys(page.widget.tips, HOSTILE)
    page.widget.words = dict.fromkeys(page.widget.words, HOSTILE)
    page.widget.legend = [entry | {"label": HOSTILE, "pattern": HOSTILE} for entry in page.widget.legend]
    receive(page, "tips", "words", "legend")
    cell(page, "11.03").hover()
    assert HOSTILE in page.get_by_role("tooltip").inner_text()
    assert page.locator("[data-testid=map] img, [data-testid=map] script").count() == 0
    assert page.evaluate("window.struck") is None


@pytest.mark.parametrize("view", ["tiles", "points", "batas"])
@pytest.mark.parametrize("colour_by", ["menu", "score"])
def test_axe_finds_nothing_serious(shown, view, colour_by):
    from axe_playwright_python.sync_playwright import Axe

    outlines = OUTLINES if view == "batas" else {}
    page = shown(view=view, outlines=outlines, colour_by=colour_by, locks={"11.03": "in", "64.01": "out"})
    cell(page, "64.01").focus()
    found = Axe().run(page).response["violations"]
    serious = [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")]
    assert serious == []


@pytest.mark.parametrize("width", [1280, 784, 420])
def test_the_picture_fits_its_container(shown, width):
    page = shown(width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator("[data-testid=map]").bounding_box()
    assert box["height"] < 680


def test_a_map_that_is_closed_hears_nothing_more(shown):
    page = shown()
    assert page.evaluate("listeners()") == 12
    page.evaluate("stop()")
    assert page.evaluate("listeners()") == 0
