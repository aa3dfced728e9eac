"""Meeting mode in a real JupyterLab: nothing jumps, no click is lost, and what is saved can be read without it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from chromium import open_browser
from jupyter import FAINT, aim, axe, choose_theme, copied, new_page, open_lab, run_all, snap

pytestmark = pytest.mark.browser
SOLVED = 180_000  # ms, far more than it takes
RUN = """code => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel
    .requestExecute({code}).done.then(reply => reply.content.status)"""
WATCH = """() => { // where a tile is, at every frame
    const tile = document.querySelector(".planner-workbench .cells [data-kode='64.01']");
    window.places = new Set();
    window.watching = true;
    (function look() {
        const {x, y, width} = tile.getBoundingClientRect();
        places.add([x, y, width].map(Math.round).join(" "));
        if (watching) requestAnimationFrame(look);
    })();
}"""


class Meeting:
    """One JupyterLab on notebook 2 over the example's usulan, as ``planner lab --meeting`` opens it."""

    def __init__(self, page, notebook: Path):
        self.page, self.notebook = page, notebook

    def cell(self, kode: str):
        return self.page.locator(f".planner-workbench .cells [data-kode='{kode}']")

    def locks(self) -> dict[str, str]:
        tiles = self.page.locator(".planner-workbench .cells [data-lock]:not([data-lock='free'])")
        return dict(tiles.evaluate_all("all => all.map(node => [node.dataset.kode, node.dataset.lock])"))

    def holds(self, locks: dict[str, str]) -> None:
        """The page shows these locks at once, and the kernel comes to hold them."""
        assert self.locks() == locks
        for _ in range(100):
            if self.kernel_says("meja.session.controls.locks_of('kabupaten')") == locks:
                break
            self.page.wait_for_timeout(100)
        else:
            raise AssertionError("the kernel does not hold the locks of the page")
        assert self.locks() == locks

    def run(self, code: str) -> None:
        """Do something in the kernel, as a control would."""
        assert self.page.evaluate(RUN, code) == "ok"

    def kernel_says(self, expression: str):
        return json.loads(self.page.evaluate(
            """async code => {
                const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
                const reply = await kernel.requestExecute({code: "", user_expressions: {said: code}}).done;
                return reply.content.user_expressions.said.data["text/plain"];
            }""", f"__import__('json').dumps({expression})",
        )[1:-1])  # fmt: skip

    def until(self, phase: str) -> None:
        self.page.wait_for_selector(f".planner-status.{phase}", timeout=SOLVED)

    def switch(self, name: str, pressed: bool) -> None:
        button = self.page.locator(f"button.planner-{name}")
        if (button.get_attribute("aria-pressed") == "true") != pressed:
            button.click()
        self.page.wait_for_selector(f"button.planner-{name}[aria-pressed={str(pressed).lower()}]")

    def shot(self, name: str, still: bool = False) -> None:
        if not still:
            self.page.mouse.move(2, 2)
        snap(self.page, name)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    folder = copied(tmp_path_factory.mktemp("meeting"))
    notebook = aim(folder)
    with open_lab(folder, meeting=True) as lab, open_browser() as browser:
        page = new_page(browser)
        page.goto(f"{lab}/doc/tree/notebooks/2_skenario.ipynb")
        run_all(page)
        made = Meeting(page, notebook)
        made.until("settled")
        yield made


@pytest.fixture
def meeting(story):
    """As the file has it, in meeting mode, the drawer closed."""
    story.run("meja.session.reset()")
    story.until("settled")
    story.switch("meeting", True)
    story.switch("drawer", False)
    yield story
    assert story.page.complaints == []


def test_the_desk_fills_the_window_and_the_whole_map_is_seen_at_20_pixels_a_tile(meeting):
    assert meeting.page.locator(".planner-workbench").bounding_box() == {"x": 0, "y": 0, "width": 1280, "height": 800}
    seen = meeting.page.evaluate("""() => [[5, 5], [1270, 5], [5, 790], [1270, 790], [640, 400]].every(([x, y]) =>
        document.elementFromPoint(x, y).closest('.planner-workbench'))""")
    assert seen and not meeting.page.locator(".planner-levers").is_visible()
    tiles = meeting.page.evaluate("""() => [...document.querySelectorAll('.planner-workbench .cells > *')].map(node => {
        const {x, y, width, height} = node.getBoundingClientRect();
        return [width, height, x, y, x + width, y + height];
    })""")
    assert len(tiles) == 514 and min(min(width, height) for width, height, *_ in tiles) >= 20
    assert min(x for *_, x, _, _, _ in tiles) >= 0 and max(right for *_, right, _ in tiles) <= 1280
    assert max(low for *_, low in tiles) <= 800
    meeting.shot("10-rapat")


@pytest.mark.parametrize("in_meeting", [True, False])
def test_no_tile_moves_while_a_plan_is_sought_found_or_not_possible(meeting, in_meeting):
    page = meeting.page
    meeting.switch("meeting", in_meeting)
    meeting.cell("64.01").scroll_into_view_if_needed()
    page.evaluate(WATCH)
    meeting.run("meja.move('budget_rp.2028', 300_000_000_000)")
    meeting.until("settled")
    winner = meeting.kernel_says("meja.plan['funded'][0]['kode']")
    meeting.cell(winner).evaluate("node => node.dispatchEvent(new MouseEvent('click', {bubbles: true}))")
    page.wait_for_selector(f".planner-workbench .cells [data-kode='{winner}'][data-lock='in']")
    meeting.run("meja.move('budget_rp.2028', 1_000_000_000)")
    meeting.until("infeasible")
    page.locator("button.planner-repair").first.wait_for()
    meeting.shot("11-rapat-tidak-mungkin" if in_meeting else "11-tidak-mungkin")
    if in_meeting:
        page.locator(".planner-strip [data-testid=status]").hover()  # what does not fit is seen over the map
        meeting.shot("11-rapat-sebab", still=True)
    meeting.run("meja.session.step(-1)")
    meeting.until("settled")
    if in_meeting:
        meeting.switch("drawer", True)
        assert page.locator(".planner-levers").is_visible()
        meeting.shot("12-laci")
    assert page.evaluate("() => { watching = false; return [...places]; }") == page.evaluate("[...places].slice(0, 1)")


def test_three_quick_clicks_give_free_again_and_a_click_during_the_search_counts(meeting):
    page = meeting.page
    tile, other = meeting.kernel_says("[one['kode'] for one in meja.plan['not_funded'] if one['kind'] == 'price'][:2]")
    page.evaluate("kode => { window.tile = document.querySelector(`.cells [data-kode='${kode}']`); }", tile)
    for _ in range(3):
        meeting.cell(tile).click(delay=0)
    meeting.holds({})
    meeting.cell(tile).click()
    meeting.cell(other).click()
    meeting.cell(tile).click()  # the search for the first is on its way
    meeting.holds({tile: "out", other: "in"})
    meeting.until("settled")
    meeting.holds({tile: "out", other: "in"})
    assert page.evaluate("tile.isConnected && tile.dataset.kode") == tile


def test_a_tile_without_usulan_says_so_on_the_tile(meeting):
    asking = meeting.kernel_says("sorted(set(meja.session.candidates.usulan['kode']))")
    silent = next(kode for kode in ("64.01", "64.02", "64.03", "11.02", "11.04", "11.07") if kode not in asking)
    meeting.cell(silent).click(force=True)
    assert "Tanpa usulan" in meeting.page.locator(".planner-workbench .tip").inner_text()
    assert meeting.locks() == {} and meeting.page.locator(".planner-message").count() == 0


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_all_of_it_can_be_read_in_either_theme_and_axe_finds_nothing(meeting, theme):
    choose_theme(meeting.page, theme)
    assert meeting.page.evaluate(FAINT) == []
    assert axe(meeting.page, ".planner-map") == [] and axe(meeting.page, ".planner-strip") == []
    meeting.switch("drawer", True)
    assert meeting.page.evaluate(FAINT) == []
    meeting.shot(f"13-rapat-{theme[-5:].strip().lower()}")


def test_escape_closes_the_drawer_and_the_switch_gives_the_notebook_back(meeting):
    meeting.switch("drawer", True)
    meeting.page.locator("button.planner-drawer").focus()
    meeting.page.keyboard.press("Escape")
    meeting.page.wait_for_selector("button.planner-drawer[aria-pressed=false]")
    meeting.switch("meeting", False)
    assert meeting.page.locator(".planner-workbench").bounding_box()["width"] < 1280
    assert meeting.page.locator(".planner-levers").is_visible()
    assert meeting.page.get_by_role("button", name="Mode rapat").is_visible()


def test_a_report_made_in_the_meeting_opens_in_a_tab_of_its_own_and_works_there(meeting):
    page = meeting.page
    meeting.run("meja.session.saving.wilayah = ['nasional', '11']")
    page.locator("button.planner-report").click()
    links = page.locator(".planner-workbench [data-testid=reports] a")
    links.first.wait_for(timeout=SOLVED)
    meeting.shot("14-rapat-laporan")
    for number, title in enumerate(("Nasional", "Aceh")):
        with page.expect_popup() as opened:
            links.nth(number).click()
        report = opened.value
        assert report.locator("h1").inner_text().startswith(title)
        folded = report.locator("details.part:not([open])")
        assert folded.count() > 0
        report.get_by_role("button", name="Buka semua lipatan").click()  # its script runs where Lab serves it
        assert folded.count() == 0
        snap(report, f"15-laporan-{title.lower()}")
        report.close()
    assert page.locator("button.planner-meeting").get_attribute("aria-pressed") == "true"


def test_a_saved_notebook_shows_the_last_map_and_list_where_no_kernel_runs(meeting, tmp_path):
    page = meeting.page
    meeting.run("meja.move('budget_rp.2028', 200_000_000_000); meja.wait()")
    names = meeting.kernel_says("[one['usulan_id'] for one in meja.plan['funded']]")
    page.wait_for_function(
        "count => document.querySelectorAll('.planner-still tbody tr').length === count", arg=len(names)
    )
    assert page.locator(".planner-workbench").count() == 1 and not page.locator(".planner-still").is_visible()
    page.evaluate("window.jupyterapp.shell.currentWidget.context.save()")
    page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    html = tmp_path / "buku.html"
    command = [sys.executable, "-m", "nbconvert", "--to", "html", meeting.notebook, "--output", html]
    subprocess.run(command, check=True, capture_output=True)
    plain = page.context.browser.new_page()
    plain.goto(html.as_uri())
    still = plain.locator(".planner-still")
    assert still.locator("svg.tiles").first.is_visible() and still.locator("tbody tr").count() == len(names)
    assert all(name in still.inner_text() for name in names)
    assert "VBox(" not in plain.content() and "Meja kerja: jalankan sel ini" in plain.locator("body").inner_text()
    plain.close()
