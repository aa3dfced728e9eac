"""A report of two languages in a real browser and on paper: the switch, the policy, the PDF."""

import re
import shutil
import subprocess

import pytest
from chromium import listen
from pages import made, with_draws

from planner.paper.pdf import print_pages

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The national report of the hand-made plan in both languages."""
    folder = tmp_path_factory.mktemp("segel")
    file = folder / "laporan nasional.html"
    file.write_text(made(with_draws(folder), "nasional", "both"), encoding="utf-8")
    return file


@pytest.fixture
def look(browser):
    """Open a file with the network off; keep what it asked for and what it complained of."""
    contexts = []

    def open_file(file, **options):
        context = browser.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        listen(page)
        page.goto(file.as_uri())
        return page

    yield open_file
    for context in contexts:
        context.close()


def shown(page) -> list[str]:
    return page.evaluate("[...document.querySelectorAll('main')].filter(m => m.offsetHeight).map(m => m.lang)")


def test_the_switch_changes_language_title_and_what_is_shown_and_asks_for_nothing(look, report):
    page = look(report)
    assert shown(page) == ["id"] and page.title().startswith("Nasional")

    page.click("button[lang=en]")

    assert shown(page) == ["en"] and page.title().startswith("National")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("button[aria-pressed=true]").all_text_contents() == ["English"]
    assert page.locator("footer:visible").count() == 1
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert shown(page) == ["id"]
    assert page.asked == [report.as_uri()] and page.complaints == []


def test_the_hatchings_of_both_languages_are_painted(look, report):
    page = look(report)
    pictures = {}
    for lang in ("id", "en"):
        page.click(f"button[lang={lang}]")
        tiles = page.locator(f"main[lang={lang}] svg.tiles").first  # at one place of the screen, to a part of a pixel
        tiles.evaluate("tiles => tiles.style.cssText += ';position:fixed;left:0;top:0;background:#fff;z-index:9'")
        cell = page.locator(f"main[lang={lang}] svg.tiles g:has(use)").first
        pictures[lang] = cell.screenshot()
        cell.evaluate("cell => cell.querySelector('use').removeAttribute('href')")
        assert cell.screenshot() != pictures[lang]
        tiles.evaluate("tiles => tiles.style.position = ''")
    assert pictures["id"] == pictures["en"]


def test_without_javascript_the_first_language_is_shown_and_no_switch(look, report):
    page = look(report, java_script_enabled=False)
    assert page.locator("main[lang=id]").is_visible()
    assert not page.locator("main[lang=en]").is_visible() and not page.locator(".switch").is_visible()


def test_only_our_own_script_runs(look, report, tmp_path):
    injected = (
        "<script>document.title = 'x'</script><img src='x' onerror='document.title = 1'><a href='javascript:1'>x</a>"
    )
    bad = tmp_path / "laporan.html"
    bad.write_text(report.read_text(encoding="utf-8").replace("<main", f"{injected}<main", 1), encoding="utf-8")
    page = look(bad)
    assert page.title().startswith("Nasional")
    assert any("Content Security Policy" in text for text in page.complaints)
    page.click("button[lang=en]")
    assert shown(page) == ["en"]

    changed = report.read_text(encoding="utf-8").replace("bar.hidden = false;", "bar.hidden = false ;")
    bad.write_text(changed, encoding="utf-8")
    assert not look(bad).locator(".switch").is_visible()


def test_axe_finds_nothing_serious_in_either_language(look, report):
    from axe_playwright_python.sync_playwright import Axe

    page = look(report, bypass_csp=True)
    for lang in ("id", "en"):
        page.click(f"button[lang={lang}]")
        found = Axe().run(page).response["violations"]
        assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_the_pdf_is_a4_tagged_has_an_outline_and_loses_no_column(report):
    [printed] = print_pages([report])
    content = printed.read_bytes()
    assert len(re.findall(rb"/Type /Page\n", content)) > 1
    assert {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox \[([^\]]*)\]", content)} == {
        (0, 0, 594.95996, 841.91998)
    }
    assert b"/Outlines" in content and b"/MarkInfo" in content
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", "-layout", printed, "-"], capture_output=True, check=True, text=True).stdout
        assert "Dana" in text and "Rp 9.000.000.000" in text and "Dari mana datanya?" in text
        assert "Kelemahan yang diketahui" not in text  # what nobody unfolded is told by its heading alone
        assert "Which kabupaten/kota" not in text  # only the language that is shown
