"""JupyterLab on 127.0.0.1 over notebooks in a temporary folder, and pages that note what they ask and complain."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlparse

from planner.desk.lab import lab_command, lab_environment

ROOT = Path(__file__).resolve().parents[2]
SHOTS = Path(os.environ.get("PLANNER_SHOTS") or ROOT / "out" / "browser")
FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR")
COPIED = ("notebooks", "parameterized/skenario", "data/contoh")

RUN_ALL = """async () => {
    const app = window.jupyterapp;
    await app.restored;
    const context = app.shell.currentWidget.context;
    await context.ready; await context.sessionContext.ready;
    app.commands.execute('notebook:run-all-cells');
}"""
FAILED = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells].filter(cell => cell.type === 'code')
    .flatMap(cell => cell.sharedModel.outputs).filter(output => output.output_type === 'error')
    .map(output => `${output.ename}: ${output.evalue}`)"""
ENDED = f"""() => {{
    const cells = [...window.jupyterapp.shell.currentWidget.content.model.cells].filter(cell => cell.type === 'code');
    return ({FAILED})().length > 0
        || cells.every(cell => cell.executionCount > 0 && cell.executionState !== 'running');
}}"""


def copied(folder: Path) -> Path:
    """The folder with notebooks, scenarios and example tables as they lie in a checkout; nothing is written there."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".*", "out"))
    return folder


def aim(folder: Path, change: Callable[[str], str] = str) -> Path:
    """Set notebook 2 of a copied folder on the example usulan, and each cell as ``change`` has it; the notebook."""
    notebook = folder / "notebooks" / "2_skenario.ipynb"
    asked = folder / "parameterized" / "skenario" / "usulan_contoh.toml"
    book = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in book["cells"]:
        source = re.sub(r"^skenario = .*$", f"skenario = {str(asked)!r}", "".join(cell["source"]), flags=re.MULTILINE)
        cell["source"] = change(source)
    notebook.write_text(json.dumps(book), encoding="utf-8")
    return notebook


def snap(page, name: str) -> None:
    """A screenshot, for people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


@contextmanager
def open_lab(folder: Path, meeting: bool = False):
    """The address of a JupyterLab over the notebooks of a folder, with settings of its own."""
    env = lab_environment(folder, meeting) | {name: str(folder / name.lower()) for name in FOLDERS}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = lab_command(
        folder / "notebooks", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True", meeting=meeting,
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


def new_page(browser, width: int = 1280, height: int = 800):
    """A page; ``asked``: every host it asked for anything; ``complaints``: what its console calls an error."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.asked, page.complaints = set(), []
    page.on("request", lambda request: page.asked.add(urlparse(request.url).hostname))
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


def run_all(page) -> None:
    """Run every cell of the notebook in front, and wait until each has run."""
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context", timeout=90_000)
    page.evaluate(RUN_ALL)
    page.wait_for_function(ENDED, timeout=120_000)
    assert page.evaluate(FAILED) == []


def choose_theme(page, theme: str) -> None:
    page.evaluate("name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})", theme)
    light = str(theme.endswith("Light")).lower()
    page.wait_for_function(f"document.body.dataset.jpThemeLight === '{light}'")


def axe(page, context: str = ".planner-workbench") -> list[str]:
    """What axe calls serious on the desk, or on a part of it."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=context).response["violations"]
    return [
        f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found if one["impact"] in ("serious", "critical")
    ]  # fmt: skip


FAINT = """() => {
    const numbers = text => text.match(/[\\d.]+/g).map(Number);
    const linear = v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => .2126 * linear(r / 255) + .7152 * linear(g / 255) + .0722 * linear(b / 255);
    const ground = node => { // the nearest colour behind a text
        for (; node; node = node.parentElement) {
            const colour = numbers(getComputedStyle(node).backgroundColor);
            if (colour.length < 4 || colour[3] > 0) return colour;
        }
        return [255, 255, 255];
    };
    const own = node => [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    return [...document.querySelectorAll('.planner-workbench *, .jp-RenderedHTMLCommon .first *')]
        .filter(node => own(node) && node.checkVisibility() && !node.closest('.mark, .cells')).map(node => {
            const style = getComputedStyle(node), ink = node.closest('svg') ? style.fill : style.color;
            const [high, low] = [light(numbers(ink)), light(ground(node))].sort((a, b) => b - a);
            return [(high + .05) / (low + .05), node.textContent.trim().slice(0, 60)];
        }).filter(([ratio]) => ratio < 4.5);
}"""  # WCAG 2.2, 1.4.3
