"""A sinkronisasi in a real JupyterLab by keyboard alone, and its minutes in Chromium and LibreOffice."""

import openpyxl
import pytest
from chromium import open_browser
from jupyter import aim, axe, copied, new_page, open_lab, run_all, snap
from minutes import decisions, season
from office import through_office

from planner.base.processes import Clock
from planner.paper.berita_acara import write_from_files
from planner.plan.plan import read_plan
from planner.tables.decisions import read_decisions

pytestmark = pytest.mark.browser
FOUND = 240_000  # ms, far more than a preview takes
TALKS = ".planner-talks"


def place_of(row) -> list[float]:
    """Where a row stands in its sheet; the notebook around it may scroll."""
    return row.evaluate("""node => {
        const [own, sheet] = [node, node.closest('.planner-talks')].map(one => one.getBoundingClientRect());
        return [own.x - sheet.x, own.y - sheet.y, own.width, own.height];
    }""")


def test_lines_are_decided_by_keyboard_no_row_jumps_and_undo_takes_back(tmp_path):
    folder = copied(tmp_path)
    aim(folder)
    with open_lab(folder) as lab, open_browser() as browser:
        page = new_page(browser)
        page.goto(f"{lab}/doc/tree/notebooks/2_skenario.ipynb")
        run_all(page)
        page.wait_for_selector(".planner-status:is(.preview, .settled)", timeout=FOUND)
        page.locator(".planner-tabs [role=tab]").last.click()
        page.locator(f"{TALKS} select").select_option("53")
        page.locator(f"{TALKS} input[name=who]").fill("Ani")
        row = page.locator(f"{TALKS} tbody tr[data-usulan='28-5306-01'][data-line='R01']")
        row.wait_for(timeout=FOUND)
        page.locator(f"{TALKS} tbody tr").first.focus()
        page.keyboard.press("ArrowDown")
        assert page.evaluate("() => document.activeElement.rowIndex") == 2
        row.focus()
        place = place_of(row)
        page.keyboard.press("v")
        page.keyboard.type("6")
        page.keyboard.press("Enter")  # a smaller volume asks for its reason
        page.keyboard.type("gedung terlalu besar")
        page.keyboard.press("Enter")
        effect = page.locator(f"{TALKS} [data-testid=effect]:is(.preview, .exact)")
        effect.wait_for(timeout=FOUND)
        assert "8 -> 6" in effect.inner_text() and "pagu bebas Rp" in effect.inner_text()
        assert place_of(row) == place and row.locator("input.volume").bounding_box()["width"] > 50
        assert page.evaluate("() => document.activeElement.dataset.usulan") == "28-5306-01"
        snap(page, "30-sinkronisasi")
        assert axe(page, TALKS) == []

        page.keyboard.press("x")  # the reason that stands there counts
        page.locator(f"{TALKS} button.ditolak[aria-pressed=true]").wait_for(timeout=FOUND)
        page.keyboard.press("u")
        page.locator(f"{TALKS} [data-testid=effect].note").wait_for(timeout=FOUND)
        assert page.locator(f"{TALKS} button.diterima[aria-pressed=true]").count() == 1
        assert place_of(row) == place
        (file,) = folder.rglob("keputusan-sinkronisasi.csv")
        assert [one.verdict for one in read_decisions(file)] == ["diterima", "ditolak", "batal"]

        other = page.locator(f"{TALKS} tbody tr").nth(4)  # a rejection that waits for its reason is of its own row
        other.focus()
        page.keyboard.press("x")
        assert page.evaluate("() => document.activeElement.className") == "reason"
        page.locator(f"{TALKS} tbody tr").nth(5).locator("input.reason").click()
        page.keyboard.type("cukup")
        page.keyboard.press("Enter")
        page.locator(f"{TALKS} tbody tr").nth(5).locator("button.diterima[aria-pressed=true]").wait_for(timeout=FOUND)
        other.locator("input.reason").click()
        page.keyboard.type("lahan belum siap")
        page.keyboard.press("Enter")
        other.locator("button.ditolak[aria-pressed=true]").wait_for(timeout=FOUND)
        page.keyboard.press("a")
        page.keyboard.type(" benar")
        page.keyboard.press("Enter")  # another reason for the same verdict
        for _ in range(300):
            if len(read_decisions(file)) == 6:
                break
            page.wait_for_timeout(100)
        last = read_decisions(file)[3:]
        assert [one.verdict for one in last] == ["diterima", "ditolak", "ditolak"]
        assert [one.reason for one in last] == ["cukup", "lahan belum siap", "lahan belum siap benar"]
        assert page.complaints == []


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("minutes")
    out, _ = season(folder)
    minutes, files = write_from_files(
        out / "plan.json", "53", [decisions(folder)], None, None, True, lambda text: None, Clock()
    )
    return minutes, files, out / "sinkronisasi"


def test_the_minutes_are_a_page_to_print_without_script_or_request(written):
    _, (html, *_), _ = written
    with open_browser() as browser:
        page = new_page(browser)
        page.goto(html.as_uri())
        assert page.locator("img, script").count() == 0
        assert page.locator(".signatures li").count() == 6
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        page.set_viewport_size({"width": 1280, "height": 1500})
        snap(page, "31-berita-acara")
        assert axe(page, "body") == [] and page.asked <= {None} and page.complaints == []


def test_the_workbook_s_sums_come_from_libreoffice_as_the_plan_s_rupiah(written, tmp_path):
    minutes, (_, book, *_), folder = written
    plan = read_plan(folder / "plan.json")
    shown = openpyxl.load_workbook(through_office(book, tmp_path / "office"), data_only=True)
    sheet = shown["Didanai"]
    spent = sum(one["amount_rp"] for one in plan["funded"] if one["kode"].startswith("53."))
    assert sheet.cell(sheet.max_row, sheet.max_column).value == spent > 0
    agreed = shown["Disepakati"]
    assert agreed.cell(agreed.max_row, 11).value == sum(row["agreed_rp"] for row in minutes.agreed)
    assert agreed.cell(2, 13).value == '=HYPERLINK("http://x")' and agreed.cell(2, 13).data_type == "s"
