"""Reports in a real browser: nothing is fetched, nothing is clipped, nobody is shut out."""

from itertools import pairwise
from urllib.parse import urlparse

import pytest
from chromium import listen
from pages import with_draws

from planner.base.messages import speaking
from planner.paper.report import render_reports

pytestmark = pytest.mark.browser
NAMES = ("index", "nasional", "11", "64", "11.03")  # 11 has winners, 64 has none; 11.03 is a kabupaten


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The index and four reports of the hand-made plan."""
    from planner.paper.report import write_index
    from planner.views.scene import open_scene

    folder = tmp_path_factory.mktemp("halaman")
    file = with_draws(folder)
    written = dict(zip(NAMES[1:], render_reports(file, list(NAMES[1:]), out=folder / "laporan"), strict=True))
    with speaking("id"):
        links = {name: f"laporan/{page.name}" for name, page in written.items()}
        index = write_index(open_scene(file), links, folder / "index.html", "id")
    return {"index": index} | written


@pytest.fixture
def look(browser, files):
    """Open a page at a width and keep what it asked for and what it complained of."""
    opened = []

    def open_page(name, width=1280):
        page = browser.new_page(viewport={"width": width, "height": 800})
        listen(page)
        page.goto(files[name].as_uri())
        opened.append(page)
        return page

    yield open_page
    for page in opened:
        page.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_for_nothing_but_itself_and_complains_of_nothing(look, files, name):
    page = look(name)
    assert page.asked == [files[name].as_uri()]
    assert page.complaints == []


@pytest.mark.parametrize("name", NAMES)
def test_a_phone_of_360_pixels_shows_the_page_without_scrolling_sideways(look, name):
    page = look(name, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_serious(look, name, width):
    from axe_playwright_python.sync_playwright import Axe

    page = look(name, width)
    found = Axe().run(page).response["violations"]
    serious = [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")]
    assert serious == []


@pytest.mark.parametrize("name", NAMES)
def test_on_paper_no_table_is_wider_than_a4(look, name):
    page = look(name, width=695)  # 210 mm less two margins of 13 mm, at 96 dots per inch
    page.emulate_media(media="print")
    rights = "[...document.querySelectorAll('table, svg, p, ul')].map(e => e.getBoundingClientRect().right)"
    assert max(page.evaluate(rights)) <= 695 + 1
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") >= 2


def test_the_index_leads_to_each_report_and_back(look, files):
    page = look("index")
    for name in NAMES[1:4]:  # a kabupaten's is asked for by name
        link = page.locator(f"a[href='laporan/laporan-{name}.html']")
        assert link.count() == 1
        assert (files["index"].parent / urlparse(link.get_attribute("href")).path).exists()


def test_a_reader_without_a_mouse_reaches_every_table_that_scrolls(look):
    page = look("nasional", width=360)
    beyond = page.evaluate("[...document.querySelectorAll('.scroll')].filter(e => e.tabIndex !== 0).length")
    assert beyond == 0


@pytest.mark.parametrize("name", NAMES)
def test_headings_make_an_outline_and_each_section_can_be_led_to(look, name):
    page = look(name)
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(e => +e.tagName[1])")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    ids = page.evaluate("[...document.querySelectorAll('.part > .body, section.part')].map(e => e.id)")
    assert len(set(ids)) == page.locator("main h2").count() - (2 if name == "index" else 0)


def test_a_link_opens_what_it_leads_to_and_a_button_opens_everything(look, files):
    page = look("nasional")
    folded = page.locator("details.part:not([open])").count()
    assert folded == page.locator("details.part").count() > 10
    page.goto(f"{files['nasional'].as_uri()}#id-not_chosen")
    assert page.locator("#id-not_chosen").is_visible()
    button = page.get_by_role("button", name="Buka semua lipatan")
    button.click()
    assert page.locator("details:not([open])").count() == 0
    pages = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    page.get_by_role("button", name="Lipat lagi").click()
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") < pages


def test_the_story_of_the_country_is_short_and_each_summary_is_one_line_or_two(look):
    page = look("nasional")
    assert page.evaluate("document.documentElement.scrollHeight") <= 6500
    briefs = page.locator("details.part > summary .brief").all_text_contents()
    assert briefs and [text for text in briefs if len(text) > 220] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_smaller_than_14_pixels_on_a_phone(look, name):
    page = look(name, width=360)
    small = page.evaluate("""[...document.querySelectorAll('main *')].flatMap(e => {
        if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) return [];
        if (['TITLE', 'STYLE', 'SCRIPT'].includes(e.tagName.toUpperCase())) return [];
        const scale = e instanceof SVGGraphicsElement ? e.getScreenCTM().a : 1;
        const size = parseFloat(getComputedStyle(e).fontSize) * scale;
        return size < 14 ? [`${e.tagName} ${size.toFixed(1)} ${e.textContent.slice(0, 40)}`] : [];
    })""")
    assert small == []


def test_a_table_that_scrolls_shows_that_it_does(look):
    page = look("nasional", width=360)
    wide = page.locator(".scroll").filter(has=page.locator("table")).first
    assert wide.evaluate("e => e.scrollWidth > e.clientWidth")
    assert "gradient" in wide.evaluate("e => getComputedStyle(e).backgroundImage")
