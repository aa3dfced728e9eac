"""A report opened from a file with the network off: points can be moved through, tables searched and sorted."""

import re

import pytest
from chromium import listen
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pages import HOSTILE, MILIAR, candidates
from whatif_pages import scene_of

from planner import views
from planner.base.messages import speaking
from planner.paper.page import page as page_of

pytestmark = pytest.mark.browser
NASTY = [*HOSTILE[:4], "</script><img src=x onerror=alert(1)>"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Pages of the hand-made plan: the country in Indonesian and English at once with hostile names, and a province."""
    folder = tmp_path_factory.mktemp("andai")
    table = candidates().kabupaten.copy()
    for place, nasty in zip(("11.03", "11.05", "91.15", "11.01", "11.02"), NASTY, strict=True):
        table.loc[table["kode"] == place, "nama"] = nasty
    hostile, written = scene_of(table=table), {}
    halves = [half(hostile, lang) for lang in ("id", "en")]
    for name, cells in {"nasional": halves, "91": [half(scene_of("91"), "id")]}.items():
        notebook = new_notebook(cells=[new_markdown_cell("# Uji"), *cells])
        written[name] = folder / f"{name}.html"
        written[name].write_text(page_of({"id": notebook}, "Uji", hostile.plan, "id", bundle="uji"), encoding="utf-8")
    return written


def half(scene, lang):
    with speaking(lang):
        shown = f'<section lang="{lang}">{views.whatif(scene)}{views.totals(scene)}{views.not_chosen(scene)}</section>'
    opened = shown.replace('<details class="part">', '<details class="part" open>')
    return new_code_cell(outputs=[new_output("display_data", {"text/html": opened})])


@pytest.fixture
def look(browser, files):
    opened = []

    def open_page(name="nasional", width=1280, script=True):
        context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script)
        context.set_offline(True)
        page = context.new_page()
        listen(page)
        page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
        page.goto(files[name].as_uri())
        opened.append(context)
        return page

    yield open_page
    for context in opened:
        context.close()


def half_of(page, lang="id"):
    return page.locator(f"section[lang={lang}]")


def seen(part) -> tuple[str, str, int]:
    """What is spent, in words and in rupiah, and how many cells of the map are coloured."""
    spent = part.get_by_test_id("whatif-spent")
    return spent.inner_text(), spent.get_attribute("data-v"), part.locator(".live rect[fill^='url(#id-w-']").count()


def test_the_slider_moves_by_keyboard_to_either_end_and_everything_follows(look):
    page = look()
    part = half_of(page)
    knob = part.get_by_test_id("whatif-budget")
    assert seen(part) == ("Rp\xa018\xa0miliar", str(18 * MILIAR), 3)  # the plan: three kabupaten, one usulan each
    assert part.locator("p.enters").inner_text().endswith("(0) –")
    knob.press("Home")  # 4 miliar: no plan
    assert seen(part) == ("–", "", 0)
    assert "tidak dapat dipenuhi" in part.locator(".said").inner_text()
    assert part.locator("p.leaves").inner_text().split("(3)")[1].count(";") == 2
    knob.press("ArrowRight")
    assert seen(part) == ("Rp\xa05\xa0miliar", str(5 * MILIAR), 1)
    knob.press("End")  # 9 + 4 + 8 miliar, two of the three in one kabupaten
    assert seen(part) == ("Rp\xa021\xa0miliar", str(21 * MILIAR), 2)
    assert knob.get_attribute("aria-valuetext") == "Rp\xa030\xa0miliar"
    assert part.locator(".live rect[fill='url(#id-w-id-keduanya)'].enters").count() == 1
    assert part.locator(".live rect.leaves").count() == 1
    assert part.locator(".live tbody tr").count() == 3
    assert (
        half_of(page, "en").get_by_test_id("whatif-spent").inner_text() == "Rp\xa018\xa0billion"
    )  # each half by itself
    assert page.complaints == [] and len(page.asked) == 1


def test_one_slider_moved_sends_the_other_back_to_the_plan(look):
    part = half_of(look(), "en")
    budget, floor = part.get_by_test_id("whatif-budget"), part.get_by_test_id("whatif-floor")
    budget.press("End")
    floor.press("Home")
    assert (budget.input_value(), floor.input_value()) == ("2", "0")
    assert seen(part) == ("Rp\xa09\xa0billion", str(9 * MILIAR), 1)
    budget.press("ArrowLeft")
    assert (budget.input_value(), floor.input_value()) == ("1", "1")


def test_a_province_shows_its_own_money_and_the_countrys(look):
    part = half_of(look("91"))
    part.get_by_test_id("whatif-budget").press("End")
    assert part.get_by_test_id("whatif-spent").inner_text() == "Rp\xa012\xa0miliar"
    assert "Rp\xa021\xa0miliar" in part.locator(".live .numbers").inner_text()


def table_of(page, caption):
    return half_of(page).locator(".scroll[data-find]", has_text=caption)


def test_a_table_is_searched_and_says_how_many_rows_are_left(look):
    page = look()
    box = table_of(page, "Bagian tiap provinsi")
    bar = box.locator("xpath=preceding-sibling::div[1]")
    bar.locator("input").fill("sUmAtErA")
    assert box.locator("tbody tr:visible").count() == 3  # Utara, Barat, Selatan
    assert bar.inner_text().endswith("3 dari 38 baris")
    page.emulate_media(media="print")
    assert box.locator("tbody tr:visible").count() == 38 and not bar.is_visible()
    assert not half_of(page).locator(".live").is_visible()


def test_a_name_in_no_row_is_said_with_the_way_to_those_not_chosen_and_the_columns_stay(look):
    page = look()
    box = table_of(page, "Bagian tiap provinsi")
    bar, heads = box.locator("xpath=preceding-sibling::div[1]"), box.locator("thead th")
    widths = lambda: heads.evaluate_all("all => all.map((head) => Math.round(head.offsetWidth))")  # noqa: E731
    before = widths()
    bar.locator("input").fill("bali")
    assert widths() == before and not bar.locator("a").is_visible()
    first = box.locator("tbody tr").first.locator("th, td").all_text_contents()
    bar.locator("input").fill(first[0][-2:] + first[1][:2])  # the end of a cell and the beginning of the next
    assert "Tidak ada di antara 38 baris tabel ini." in bar.inner_text()
    bar.get_by_role("link", name="Apa yang tidak terpilih").click()
    assert half_of(page).locator("details.part:has([id$='not_chosen'])").get_attribute("open") is not None


def test_numbers_sort_as_numbers_by_keyboard_and_a_third_press_gives_the_order_back(look):
    box = table_of(look(), "Bagian tiap provinsi")
    first = lambda: box.locator("tbody tr").first.inner_text()  # noqa: E731
    before, head = first(), box.locator("th", has_text=re.compile("^Dana$"))
    head.locator("button").press("Enter")
    assert "Rp\xa014.000.000.000" in first() and head.get_attribute("aria-sort") == "descending"
    head.locator("button").press("Enter")  # what has no money comes last either way
    assert "Rp\xa04.000.000.000" in first() and head.get_attribute("aria-sort") == "ascending"
    head.locator("button").press("Enter")
    assert first() == before and head.get_attribute("aria-sort") == "none"


def test_hostile_names_stay_words_wherever_the_script_puts_them(look):
    page = look()
    part = half_of(page)
    part.get_by_test_id("whatif-budget").press("End")
    assert page.locator("main script:not([type='application/json']), img, iframe").count() == 0
    assert NASTY[0] in part.locator(".live tbody").inner_text()
    assert NASTY[0] in part.locator(".live g[data-kode='11.03'] title").text_content()
    assert page.complaints == []


def test_without_a_script_the_points_stand_in_their_table_and_nothing_dead_is_shown(look):
    part = half_of(look(script=False))
    assert not part.get_by_test_id("whatif-budget").is_visible()
    assert "Rp\xa021.000.000.000" in part.locator(".whatif").inner_text()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", ["nasional", "91"])
def test_axe_finds_nothing_serious_and_a_phone_needs_no_scrolling_sideways(look, name, width):
    from axe_playwright_python.sync_playwright import Axe

    page = look(name, width)
    found = Axe().run(page).response["violations"]
    serious = [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = "e => e.checkVisibility() && e.offsetHeight < 24"
    sizes = f"[...document.querySelectorAll('.find input, th button, .knob input')].filter({small})"
    assert page.evaluate(f"{sizes}.length") == 0
