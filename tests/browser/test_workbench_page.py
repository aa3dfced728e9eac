"""Notebook 2 in a real JupyterLab: what stands on the page is the package's own answer for the same scenario."""

import json
import re
from pathlib import Path

import pytest
from chromium import open_browser
from jupyter import FAINT, aim, axe, choose_theme, copied, new_page, open_lab, run_all, snap

from planner.answers.explain import answer
from planner.answers.open_plan import case_of
from planner.base.errors import InfeasibleError
from planner.base.messages import speaking
from planner.base.units import MILIAR
from planner.desk.answer_html import name_kabupaten
from planner.desk.controls import controls_of, scenario_from
from planner.model.candidates import read_candidates
from planner.plan.allocate import allocate
from planner.scenario.scenario import read_scenario

pytestmark = pytest.mark.browser
BUDGET = "budget_rp.2028"
# After a page was loaded again, Lab hears that widgets closed which it has not drawn, and says so for each.
LABS_OWN = re.compile("Comm not found for comm id [0-9a-f]{32}")
SOLVED = 180_000  # ms, far more than it takes


class Screen:
    """The notebook in front, driven as a planner would; waits for what the page says, never for a time."""

    def __init__(self, page, folder: Path, lab: str):
        self.page, self.folder, self.lab = page, folder, lab
        self.file = folder / "parameterized" / "skenario" / "usulan_contoh.toml"
        self.base = read_scenario(self.file)
        self.candidates, self.plans = read_candidates(self.base), {}

    def open(self) -> None:
        """Open notebook 2 and run it until the exact plan is there."""
        self.page.goto(f"{self.lab}/lab/tree/notebooks/2_skenario.ipynb")
        run_all(self.page)
        self.page.wait_for_selector(".planner-status.settled", timeout=SOLVED)

    def after(self, act, phase: str = "settled") -> None:
        """Do something and wait until a new status says ``phase``; the page's ``phases`` are all that it showed."""
        self.page.evaluate("""() => {
            const status = () => document.querySelector('.planner-status');
            window.phases = [];
            status().dataset.old = 'yes';
            window.watcher?.disconnect();
            window.watcher = new MutationObserver(() => {
                if (status() && !status().dataset.old) window.phases.push(status().className.split(' ')[1]);
            });
            window.watcher.observe(document.querySelector('.planner-workbench'), {childList: true, subtree: true});
        }""")
        act()
        self.page.wait_for_selector(f".planner-status.{phase}:not([data-old])", timeout=SOLVED)

    def press(self, name: str) -> None:
        self.page.locator(f"button.planner-{name}").click()

    def set_budget(self, amount_rp: int) -> None:
        box = self.page.locator(".planner-budget input[type=text]")
        box.fill(str(amount_rp))
        box.press("Enter")

    def reset(self) -> None:
        """As the file says; on the screen already where there is nothing to reset."""
        if self.page.locator("button.planner-reset").is_enabled():
            self.after(lambda: self.press("reset"))

    def figure(self, name: str):
        return float(self.page.locator(f".planner-workbench [data-testid={name}]").get_attribute("data-value"))

    def status(self) -> str:
        return self.page.locator(".planner-workbench [data-testid=status]").inner_text()

    def cell(self, kode: str):
        return self.page.locator(f".planner-workbench .cells [data-kode='{kode}']")

    def own(self, controls):
        """The package's own plan for these controls."""
        known = str(controls)
        if known not in self.plans:
            self.plans[known] = allocate(self.candidates, scenario_from(self.base, controls))
        return self.plans[known]

    def shows(self, plan) -> None:
        """The page comes to show this plan."""
        spent = f".planner-workbench [data-testid=spent][data-value='{plan.spent_rp}']"
        self.page.wait_for_selector(spent, timeout=SOLVED)
        self.page.wait_for_selector(".planner-status.settled", timeout=SOLVED)
        assert self.figure("funded") == len(plan.funded)
        assert self.figure("gap") == plan["goals"][0]["gap"]
        with speaking("id"):
            assert plan.status_sentence()[1:] in self.status()

    def shot(self, name: str, top: str = ".planner-workbench") -> None:
        """A screenshot, scrolled so that ``top`` begins it."""
        self.page.mouse.move(2, 2)
        self.page.locator(top).first.evaluate("node => node.scrollIntoView({block: 'start'})")
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        snap(self.page, name)


def opened(source: str) -> str:
    """A cell that asks for the reports of two regions alone, and shows the views that a shipped one only offers."""
    source = source.removeprefix("# ") if source.startswith("# views.") else source
    few = r"\g<0>\nmeja.session.saving.wilayah = ['nasional', '11']"
    return re.sub(r"^meja = .*$", few, source, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """One Lab, one page, one kernel for all tests of this file."""
    folder = copied(tmp_path_factory.mktemp("lab"))
    aim(folder, opened)
    with open_lab(folder) as lab, open_browser() as browser:
        screen = Screen(new_page(browser), folder, lab)
        screen.open()
        yield screen


@pytest.fixture
def screen(story):
    """The workbench as the scenario's file has it."""
    story.reset()
    yield story
    assert [said for said in story.page.complaints if not LABS_OWN.fullmatch(said)] == []
    assert story.page.asked <= {"127.0.0.1", None}  # None: data and blobs, which are asked of nobody


def test_the_first_screen_is_the_plan_of_the_file(screen):
    screen.shows(screen.own(controls_of(screen.base)))
    assert "data sintetis" in screen.page.locator(".planner-workbench .planner-stamp").inner_text()
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= 1280
    wide = screen.page.evaluate("""() => {
        const edge = document.querySelector('.planner-workbench').getBoundingClientRect().right + 1;
        return [...document.querySelectorAll('.planner-workbench *')].filter(node =>
            !node.closest('.planner-list-scroll, svg, .scroll') && node.getBoundingClientRect().right > edge)
            .map(node => node.outerHTML.slice(0, 160));
    }""")
    assert wide == []
    screen.shot("1-awal")
    screen.shot("2-daftar", ".planner-workbench [data-testid=table]")


def test_beside_labs_side_bar_the_map_keeps_its_width_and_no_word_of_the_stamp_is_cut(screen):
    small = """() => Math.min(...[...document.querySelectorAll('.planner-workbench .cells > *')]
        .flatMap(node => [node.getBoundingClientRect().width, node.getBoundingClientRect().height]))"""
    whole = "name => { const {scrollWidth: s, clientWidth: c} = document.querySelector(name); return s <= c; }"
    for lang, title in (("English", "Plan for TA 2028"), ("Indonesia", "Rencana TA 2028")):
        screen.page.get_by_role("button", name=lang).click()
        screen.page.locator(".planner-workbench .planner-stamp").get_by_text(title).wait_for()
        for width, height in ((1280, 800), (1440, 900)):
            screen.page.set_viewport_size({"width": width, "height": height})
            screen.page.wait_for_function(f"({small})() >= 11")
            assert screen.page.evaluate(whole, ".planner-workbench .planner-stamp")
            assert screen.page.locator(".planner-levers").is_visible()
            assert screen.page.evaluate("document.documentElement.scrollWidth") <= width
            screen.shot(f"9-samping-{lang.lower()}-{width}")
    screen.page.set_viewport_size({"width": 1280, "height": 800})


def test_a_moved_budget_is_asked_and_settles_and_a_newer_move_takes_the_place_of_older_ones(screen):
    screen.after(lambda: screen.set_budget(200 * MILIAR))
    phases = screen.page.evaluate("phases")
    assert phases[0] == "asked" and phases[-1] == "settled" and set(phases) <= {"asked", "preview", "settled"}

    box = screen.page.locator(".planner-budget input[type=text]")
    screen.set_budget(210 * MILIAR)
    box.fill(f"{300 * MILIAR}")  # begun before the answer to the move before it is there, which must not take it away
    screen.shows(screen.own(controls_of(screen.base).moved(BUDGET, 210 * MILIAR)))
    assert box.input_value() == f"{300 * MILIAR}"
    screen.set_budget(220 * MILIAR)
    screen.set_budget(300 * MILIAR)
    screen.shows(screen.own(controls_of(screen.base).moved(BUDGET, 300 * MILIAR)))
    assert "= Rp 300.000.000.000" in screen.page.locator(".planner-amount").first.inner_text()


def test_a_lever_moves_by_keys_and_by_words_and_asks_before_a_doubtful_budget(screen):
    pagu, box = (screen.page.locator(f".planner-budget input[type={kind}]") for kind in ("range", "text"))
    pagu.focus()
    screen.after(lambda: [screen.page.keyboard.press("ArrowLeft") for _ in range(5)])
    screen.shows(screen.own(controls_of(screen.base).moved(BUDGET, 390 * MILIAR)))
    assert box.input_value() == "Rp 390 miliar"
    moved = screen.page.locator(".planner-workbench [data-testid=change]").inner_text()
    assert "Masuk" in moved and "IKM terlayani" in moved

    box.fill("30 miliar")
    box.press("Enter")
    screen.page.get_by_text("kurang dari sepersepuluh").wait_for()
    screen.press("cancel")
    screen.page.wait_for_function(
        "() => document.querySelector('.planner-budget [type=text]').value === 'Rp 390 miliar'"
    )
    assert screen.page.locator(".planner-question").first.is_hidden()

    rule = screen.page.locator("button.planner-fold").filter(has_text="tiap provinsi").first
    rule.press("Enter")
    screen.page.locator(".planner-rule input:visible").first.wait_for()  # the kernel unfolds it
    assert axe(screen.page) == []
    rule.press("Enter")


def test_a_move_frames_who_came_and_who_went(screen):
    screen.after(lambda: screen.set_budget(300 * MILIAR))
    before, now = (screen.own(controls_of(screen.base).moved(BUDGET, rp * MILIAR)) for rp in (395, 300))
    gone = set(before.funded["kode"]) - set(now.funded["kode"])
    screen.shows(now)
    framed = screen.page.locator(".planner-workbench .cells [data-moved=out]")
    assert {one.get_attribute("data-kode") for one in framed.all()} == gone


def test_two_locks_by_click_and_one_by_keyboard_then_infeasible_then_undo_and_redo(screen):
    free, taken = candidates_to_lock(screen)
    controls = controls_of(screen.base)
    for kode in free:
        screen.cell(kode).click()
        controls = controls.locked(("kabupaten", kode), "in")
    screen.cell(taken).focus()
    screen.page.keyboard.press("Enter")
    screen.after(lambda: screen.page.keyboard.press("Enter"))
    controls = controls.locked(("kabupaten", taken), "out")

    assert [screen.cell(kode).get_attribute("data-lock") for kode in (*free, taken)] == ["in", "in", "out"]
    locked = screen.own(controls)
    screen.shows(locked)
    screen.page.locator(".planner-note").get_by_text(taken).wait_for()
    assert all(kode in screen.page.locator(".planner-note").inner_text() for kode in (*free, taken))
    screen.shot("3-kunci")

    screen.set_budget(MILIAR)
    screen.after(lambda: screen.press("use"), "infeasible")
    with speaking("id"), pytest.raises(InfeasibleError) as error:
        screen.own(controls.moved(BUDGET, MILIAR))
    rules = error.value.diagnosis.conflicts[0].plain()["rules"]
    sentences = name_kabupaten([one["sentence"]["id"] for one in rules], screen.candidates.kabupaten)
    assert len(sentences) >= 2 and all(sentence in screen.status() for sentence in sentences)
    assert "masih rencana sebelumnya" in screen.status()
    screen.shot("4-tidak-mungkin")

    screen.after(lambda: screen.press("undo"))
    screen.shows(locked)
    screen.after(lambda: screen.press("redo"), "infeasible")
    screen.after(lambda: screen.press("undo"))


def test_a_repair_is_a_button_that_solves_again_and_can_be_undone(screen):
    screen.cell(candidates_to_lock(screen)[0][0]).click()
    screen.set_budget(MILIAR)
    screen.after(lambda: screen.press("use"), "infeasible")
    buttons = screen.page.locator("button.planner-repair")
    assert 1 <= buttons.count() <= 3 and buttons.first.inner_text().startswith("Terapkan: ")
    assert axe(screen.page) == [] and screen.page.evaluate("document.documentElement.scrollWidth") <= 1280
    screen.shot("8-perbaikan")
    screen.after(screen.page.get_by_role("button", name="English").click, "infeasible")
    assert buttons.first.inner_text().startswith("Apply: ") and "cannot hold together" in screen.status()
    screen.shot("8-repairs")
    screen.after(screen.page.get_by_role("button", name="Indonesia").click, "infeasible")

    screen.after(buttons.first.click)
    assert buttons.count() == 0
    screen.after(lambda: screen.press("undo"), "infeasible")
    assert buttons.count() >= 1


def candidates_to_lock(screen) -> tuple[list[str], str]:
    """Two kabupaten that are not funded but can be, and one that is."""
    plan = screen.own(controls_of(screen.base))
    winners = {one["kode"] for one in plan["funded"]}
    losers = [one["kode"] for one in plan["not_funded"] if one["kind"] == "price" and one["kode"] not in winners]
    return losers[:2], sorted(winners)[0]


def test_one_usulan_is_explained_and_edited_by_hand_with_a_reason(screen):
    plan = screen.own(controls_of(screen.base))
    usulan_id = plan["funded"][0]["usulan_id"]
    sheet, log = screen.page.locator(".planner-tabs"), screen.folder / "out" / "usulan_contoh"
    screen.page.locator(f".planner-list tr[data-id='{usulan_id}'] button.name").click()
    with speaking("id"):
        told = next(answer(case_of(plan, screen.candidates), usulan_id).sentences())
    sheet.get_by_text(told).wait_for(timeout=SOLVED)

    screen.press("edit-lock_out")
    sheet.get_by_text("Sah terhadap rencana apa adanya").wait_for(timeout=SOLVED)
    screen.press("edit-apply")
    sheet.get_by_text("alasan", exact=False).first.wait_for()
    screen.shot("5-penjelasan", ".planner-tabs")
    assert not (log / "suntingan.jsonl").exists()

    screen.page.locator(".planner-reason input").fill("kesepakatan rapat")
    screen.after(lambda: screen.press("edit-apply"))
    sheet.get_by_text("Diterapkan dan dicatat").wait_for()
    (entry,) = [json.loads(line) for line in (log / "suntingan.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (entry["kind"], entry["usulan_id"], entry["reason"]) == ("lock_out", usulan_id, "kesepakatan rapat")
    screen.shows(screen.own(controls_of(screen.base).locked(("usulan", usulan_id), "out")))


def test_a_kept_plan_is_compared_with_the_one_on_the_screen(screen):
    screen.press("keep")
    screen.page.locator(".planner-message").get_by_text("masuk perbandingan").wait_for()
    screen.after(lambda: screen.set_budget(300 * MILIAR))
    screen.page.get_by_role("tab", name="Perbandingan").click()

    screen.page.locator(".planner-tabs").get_by_text("Rencana berdampingan").wait_for(timeout=SOLVED)
    before, now = (
        screen.own(controls_of(screen.base).moved(BUDGET, amount)) for amount in (395 * MILIAR, 300 * MILIAR)
    )
    change = (
        now["goals"][0]["value"] * now["goals"][0]["point"] / before["goals"][0]["value"] / before["goals"][0]["point"]
    )
    assert screen.figure("kept") == pytest.approx(change - 1, abs=1e-6)
    screen.shot("6-perbandingan", ".planner-tabs")


def test_the_language_changes_every_word_and_nothing_else(screen):
    screen.after(lambda: screen.set_budget(300 * MILIAR))
    screen.page.locator(".planner-list input[type=search]").fill("aceh")
    before = [screen.figure(name) for name in ("spent", "funded", "gap")]
    assert axe(screen.page) == []

    screen.after(screen.page.get_by_role("button", name="English").click)
    assert "Exact plan" in screen.status()
    assert screen.page.locator(".planner-budget input[type=text]").input_value() == "Rp 300 billion"
    assert screen.page.locator(".planner-list input[type=search]").input_value() == "aceh"
    assert [screen.figure(name) for name in ("spent", "funded", "gap")] == before
    screen.page.get_by_role("tab", name="Explanation").click()
    assert axe(screen.page) == []
    screen.shot("7-english")
    screen.page.locator(".planner-list input[type=search]").fill("")

    screen.after(screen.page.get_by_role("button", name="Indonesia").click)
    assert "Rencana tepat" in screen.status()


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_every_word_can_be_read_in_either_theme_of_jupyterlab(screen, theme):
    choose_theme(screen.page, theme)
    screen.page.locator(".jp-RenderedHTMLCommon .first h1").wait_for(state="attached")
    assert screen.page.evaluate(FAINT) == []
    for tab in screen.page.locator(".planner-tabs [role=tab]").all():
        tab.click()
        assert screen.page.evaluate(FAINT) == []
    screen.shot(f"9-{theme[-5:].strip().lower()}")


def test_every_control_has_a_name_and_is_reached_by_tab(screen):
    controls = """() => [...document.querySelectorAll('.planner-workbench :is(button, input, select, [role=tab])')]
        .filter(node => !node.disabled && node.checkVisibility() && node.tabIndex >= 0)"""
    screen.page.locator(".planner-list input[type=search]").fill("28-1101")  # a short list is walked through quickly
    screen.page.evaluate(f"({controls})().forEach((node, i) => node.dataset.stop = i)")
    stops = set(screen.page.evaluate(f"({controls})().map(node => node.dataset.stop)"))
    unnamed = screen.page.evaluate(f"""({controls})().filter(node => !(node.textContent.trim() || node.ariaLabel
        || node.title || [...node.labels ?? []].some(label => label.textContent.trim()))).map(n => n.outerHTML)""")
    assert unnamed == []

    screen.page.evaluate("document.querySelector('.planner-workbench button:not(:disabled)').focus()")
    reached = set()
    for _ in range(len(stops) + 20):
        reached.add(screen.page.evaluate("document.activeElement.dataset?.stop ?? ''"))
        screen.page.keyboard.press("Tab")
    screen.page.locator(".planner-list input[type=search]").fill("")
    assert stops - reached == set()


def test_an_interrupt_in_the_middle_of_a_solve_leaves_the_workbench_working(screen):
    screen.set_budget(180 * MILIAR)
    screen.page.evaluate("window.jupyterapp.commands.execute('notebook:interrupt-kernel')")
    screen.after(lambda: screen.set_budget(190 * MILIAR))

    screen.shows(screen.own(controls_of(screen.base).moved(BUDGET, 190 * MILIAR)))


def test_what_was_saved_is_found_after_the_page_is_loaded_again(screen):
    (kode, _), _ = candidates_to_lock(screen)
    controls = controls_of(screen.base).moved(BUDGET, 290 * MILIAR).locked(("kabupaten", kode), "in")
    screen.after(lambda: screen.set_budget(290 * MILIAR))
    screen.after(screen.cell(kode).click)
    screen.press("save")
    screen.page.locator(".planner-message").get_by_text("sekali lagi").wait_for()
    screen.press("save")
    screen.page.locator(".planner-message").get_by_text("tersimpan").wait_for()
    text = screen.file.read_text(encoding="utf-8")
    assert "290_000_000_000 # besaran TA 2023" in text and controls_of(read_scenario(screen.file)) == controls

    screen.open()
    assert screen.page.locator(".planner-budget input[type=text]").input_value() == "Rp 290 miliar"
    assert screen.cell(kode).get_attribute("data-lock") == "in"
    assert screen.page.locator(".planner-workbench").count() == 1
    screen.base = read_scenario(screen.file)
    screen.shows(screen.own(controls))


def test_reports_are_made_with_progress_and_their_links_open(screen):
    screen.press("report")
    screen.page.locator(".planner-workbench .widget-hprogress").wait_for()
    links = screen.page.locator(".planner-workbench [data-testid=reports] a")
    links.first.wait_for(timeout=240_000)

    asked = links.evaluate_all("""links => Promise.all(links.map(async link => {
        const reply = await fetch(link.href);
        return [link.textContent, reply.status, (await reply.text()).length > 1000];
    }))""")
    assert asked == [["laporan-nasional.html", 200, True], ["laporan-11.html", 200, True], ["plan.xlsx", 200, True]]
    with screen.page.expect_popup() as opened:
        links.first.click()
    assert opened.value.locator("h1").inner_text().startswith("Nasional")
    opened.value.close()
    screen.shot("8-laporan")
