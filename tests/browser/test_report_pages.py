"""Reports in a real browser: nothing is fetched, nothing is clipped, nobody is shut out."""

import re
import shutil
import subprocess
from itertools import pairwise
from urllib.parse import urlparse

import pytest
from chromium import listen
from pages import MILIAR, plan, with_draws

from planner.base.messages import speaking
from planner.paper.report import render_comparison, render_reports

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
    english = render_reports(file, ["nasional", "11"], out=folder / "en", lang="en")
    other = plan({"11.03-pembangunan": 9 * MILIAR, "51.03-revitalisasi": 4 * MILIAR}, name="lain").save(
        folder / "b.json"
    )
    compared = {
        f"banding {lang}": render_comparison([file, other], folder / f"banding-{lang}.html", lang=lang)
        for lang in ("id", "en")
    }
    return {"index": index, "nasional en": english[0], "11 en": english[1]} | compared | written


@pytest.fixture
def look(browser, files):
    """Open a page at a width and keep what it asked for and what it complained of."""
    opened = []

    def open_page(name, width=1280, scheme="light"):
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
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


def unfold(page):
    """Open all that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    return page


@pytest.mark.parametrize("name", [*NAMES, "nasional en", "11 en", "banding id", "banding en"])
def test_a_phone_of_360_pixels_scrolls_nothing_sideways_but_a_map_that_says_so(look, name):
    page = unfold(look(name, width=360))
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    wider = page.locator(".scroll").evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth + 1)"
        ".map(e => e.closest('figure')?.querySelector('.swipe')?.checkVisibility() ?? e.ariaLabel)")  # fmt: skip
    assert set(wider) <= {True}
    assert (True in wider) is name.startswith(("11", "64"))  # the near map


def test_on_a_phone_a_row_is_a_card_that_tells_its_columns_and_shows_its_rupiah(look):
    page = look("11", width=360)
    row = page.locator("tr:has(td[data-h='Dana'])", has_text="Aceh Timur").first
    name, money = row.locator("th"), row.locator("td[data-h='Dana']")
    assert "Rp\xa09.000.000.000" in money.inner_text() and money.bounding_box()["x"] < 360 / 2
    told = money.evaluate("e => getComputedStyle(e, '::before').content")
    assert told == '"Dana "'
    assert name.bounding_box()["y"] < money.bounding_box()["y"] < name.bounding_box()["y"] + 120


def test_on_a_phone_the_island_groups_stand_below_each_other_and_beside_on_a_wide_page(look):
    boxes = """[...document.querySelectorAll('.islands svg')].map(e => e.getBoundingClientRect())
               .map(box => [box.x, box.right, box.y])"""
    sumatera, jawa = look("nasional", width=360).evaluate(boxes)[:2]
    assert jawa[0] == sumatera[0] and jawa[2] > sumatera[2] and max(jawa[1], sumatera[1]) <= 360
    sumatera, *_, papua = look("nasional").evaluate(boxes)
    assert papua[0] > sumatera[1]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light")])
def test_axe_finds_nothing_serious(look, name, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = unfold(look(name, width, scheme))
    found = Axe().run(page).response["violations"]
    serious = [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")]
    assert serious == []


def test_a_dark_page_has_dark_paper_and_light_words_also_in_its_pictures(look):
    page = look("nasional", scheme="dark")
    seen = "e => getComputedStyle(e)[{}]"
    paper, word, tile = (
        page.locator(what).first.evaluate(seen.format(f"'{how}'"))
        for what, how in (
            ("body", "backgroundColor"),
            (".bars text", "fill"),
            (".islands rect[fill='#E3E5E8']", "fill"),
        )
    )
    light = lambda colour: sum(map(int, colour.strip("rgb()").split(","))) / 3  # noqa: E731
    assert light(paper) < 40 and light(tile) < 90 and light(word) > 200


@pytest.mark.parametrize("name", NAMES)
def test_on_paper_no_table_is_wider_than_a4(look, name):
    page = unfold(look(name, width=695))  # 210 mm less two margins of 13 mm, at 96 dots per inch
    page.emulate_media(media="print")
    rights = "[...document.querySelectorAll('table, svg, p, ul')].map(e => e.getBoundingClientRect().right)"
    assert max(page.evaluate(rights)) <= 695 + 1
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") >= 2


def test_on_paper_the_head_of_a_table_stands_on_each_of_its_pages_and_pages_have_numbers(look, tmp_path):
    page = unfold(look("nasional"))
    page.emulate_media(media="print")
    boxes = page.locator("thead th button").evaluate_all("all => all.map(e => getComputedStyle(e).display)")
    assert set(boxes) == {"contents"}  # a button's box in a head keeps Chromium from repeating it
    assert page.evaluate("getComputedStyle(document.querySelector('tbody tr')).breakInside") == "avoid"
    if shutil.which("pdftotext"):
        file = tmp_path / "halaman.pdf"
        file.write_bytes(page.pdf(prefer_css_page_size=True))
        text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True).stdout
        *sheets, _ = text.split("\f")
        assert all(f"{k} / {len(sheets)}" in sheet for k, sheet in enumerate(sheets, start=1))
        head = re.compile(r"Provinsi +Sebab +Kabupaten/kota +Nama")
        assert sum(bool(head.search(sheet)) for sheet in sheets) >= 2


def test_the_index_leads_to_each_report_and_back(look, files):
    page = look("index")
    for name in NAMES[1:4]:  # a kabupaten's is asked for by name
        link = page.locator(f"a[href='laporan/laporan-{name}.html']")
        assert link.count() == (1 if name == "nasional" else 2)  # a province's: in the table, and its tiles
        assert (files["index"].parent / urlparse(link.first.get_attribute("href")).path).exists()


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
    page = unfold(look(name, width=360))
    small = page.evaluate("""[...document.querySelectorAll('main *')].flatMap(e => {
        if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) return [];
        if (!e.getClientRects().length || ['TITLE', 'STYLE', 'SCRIPT'].includes(e.tagName.toUpperCase())) return [];
        const scale = e instanceof SVGGraphicsElement ? e.getScreenCTM().a : 1;
        const size = parseFloat(getComputedStyle(e).fontSize) * scale;
        return size < 14 ? [`${e.tagName} ${size.toFixed(1)} ${e.textContent.slice(0, 40)}`] : [];
    })""")
    assert small == []


def test_every_table_that_scrolls_shows_that_it_does(look):
    page = unfold(look("nasional", width=700))
    looks = page.locator(".scroll:has(table)").evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => getComputedStyle(e).backgroundImage)"
    )
    assert looks and [one for one in looks if "gradient" not in one] == []


def test_a_region_is_found_by_name_or_code_and_told_in_or_out_why_and_where(look):
    page = look("nasional")
    search, answer = page.get_by_label("Bagaimana dengan daerah kami?"), page.locator(".ask [role=status]")
    search.press_sequentially("11.04")
    assert "Kabupaten Aceh Tengah (11.04, Aceh) tidak terpilih: " in answer.inner_text()
    assert "--kartu 11.04" in answer.inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the way to why, without a mouse
    assert page.locator("#id-not_chosen").is_visible()
    search.fill("kab. aceh timur")
    found = answer.inner_text().replace("\N{NO-BREAK SPACE}", " ")
    assert "Kabupaten Aceh Timur (11.03, Aceh) terpilih dalam simulasi: pembangunan, Rp 9 miliar" in found
    search.fill("atlantis")
    assert answer.inner_text().startswith("Tidak ada kabupaten/kota")
    page.emulate_media(media="print")
    assert not search.is_visible()


def test_names_of_provinces_are_read_on_a_wide_page_in_both_themes_and_not_on_a_phone(look):
    for scheme in ("light", "dark"):
        name = look("nasional", scheme=scheme).locator(".islands .names text").first
        ink, paper = (name.evaluate(f"e => getComputedStyle(e).{kind}") for kind in ("fill", "stroke"))
        assert contrast(ink, paper) >= 4.5
    assert not look("nasional", width=360).locator(".islands .names").first.is_visible()


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)
