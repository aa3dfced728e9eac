"""Notebook 2 in a real JupyterLab: it runs, the panel answers, and a moved pagu changes the answer."""

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from chromium import open_browser

from planner.lab import lab_command, lab_environment

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR")

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab over a copy of the notebooks, with settings of its own."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    env = lab_environment(folder) | {name: str(folder / name.lower()) for name in FOLDERS}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = lab_command(
        folder / "notebooks", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True",
    )  # fmt: skip
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            yield ready(f"http://127.0.0.1:{port}", server)
        finally:
            server.terminate()
            server.wait(20)


def ready(address: str, server: subprocess.Popen) -> str:
    for _ in range(120):
        assert server.poll() is None, "JupyterLab stopped"
        try:
            urllib.request.urlopen(f"{address}/api/status", timeout=2).close()
            return address
        except OSError:
            time.sleep(0.5)
    raise AssertionError("JupyterLab did not answer in a minute")


RUN_ALL = """async () => {
    const app = window.jupyterapp;
    await app.restored;
    const context = app.shell.currentWidget.context;
    await context.ready; await context.sessionContext.ready;
    app.commands.execute('notebook:run-all-cells');
}"""
ALL_NUMBERED = """() => {
    const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(p => p.textContent.trim());
    return prompts.length > 0 && prompts.every(p => /\\[\\d+\\]/.test(p));
}"""


def test_the_panel_answers_and_a_moved_pagu_changes_the_answer(lab, tmp_path):
    with open_browser() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{lab}/lab/tree/2_skenario.ipynb")
        page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context", timeout=90_000)
        page.evaluate(RUN_ALL)
        answer = page.locator(".planner-workbench .widget-html-content")
        answer.get_by_text("usulan terpilih").wait_for(timeout=120_000)
        page.wait_for_function(ALL_NUMBERED, timeout=180_000)
        first = answer.text_content()
        page.evaluate("() => window.jupyterapp.shell.currentWidget.content.scrollToItem(0)")
        page.wait_for_timeout(500)
        page.screenshot(path=os.environ.get("PLANNER_SHOTS", str(tmp_path)) + "/lab.png")

        box = page.locator(".planner-budget input")
        box.fill("100000000000")
        box.press("Tab")
        page.get_by_role("button", name="Hitung").click()
        page.wait_for_function(
            "before => { const now = document.querySelector('.planner-workbench .widget-html-content').textContent;"
            " return now !== before && now.includes('usulan terpilih') }",
            arg=first, timeout=120_000,
        )  # fmt: skip

        assert "terbukti" in first and ("Rp 394" in first or "Rp 395" in first)
        assert "Rp 99" in answer.text_content() or "Rp 100 miliar" in answer.text_content()
        assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
