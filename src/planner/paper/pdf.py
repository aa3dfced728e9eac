"""Reports as PDF, printed by the Chromium, Chrome or Edge of the machine."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from planner.base.errors import PlannerError, reason
from planner.base.files import write_whole
from planner.base.messages import say

NAMES = (
    "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)  # fmt: skip
WINDOWS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")  # variables of Windows that say where programs are
FLAGS = (
    "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)  # fmt: skip
PATIENCE_S = 120  # for one report; a national one takes about three seconds


def print_pages(files: Sequence[Path], jobs: int = 2) -> list[Path]:
    """Print each report to a PDF beside it, ``jobs`` at a time, where that is missing or older; return all the PDFs.

    One that fails leaves the others; at the end one PlannerError names those that failed.
    """
    todo = [file for file in files if not current(file)]
    browser, problems = chromium() if todo else "", []
    with ThreadPoolExecutor(jobs) as pool:
        for printed in [pool.submit(print_page, browser, file) for file in todo]:
            if error := printed.exception():
                problems += error.problems if isinstance(error, PlannerError) else [str(error)]
    if problems:
        raise PlannerError(problems)
    return [file.with_suffix(".pdf") for file in files]


def current(file: Path) -> bool:
    pdf = file.with_suffix(".pdf")
    return pdf.exists() and pdf.stat().st_mtime >= file.stat().st_mtime


def chromium() -> str:
    """The browser that ``PLANNER_CHROMIUM`` names, else the first that is found; PlannerError where there is none."""
    places = [str(Path(os.environ[name], program)) for name in FOLDERS if name in os.environ for program in WINDOWS]
    named = os.environ.get("PLANNER_CHROMIUM")
    for name in [named] if named else [*NAMES, *places]:
        if found := shutil.which(name):
            return found
    raise PlannerError(say("pdf.missing"))


def print_page(browser: str, file: Path) -> Path:
    """One report as PDF, written whole or not at all: A4, tagged, with its headings as outline."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        made = Path(folder) / "page.pdf"
        asked = [browser, *FLAGS, f"--user-data-dir={folder}", f"--print-to-pdf={made}", file.resolve().as_uri()]
        why = run(asked if not is_root() else [*asked[:1], "--no-sandbox", *asked[1:]], file)
        content = made.read_bytes() if made.exists() else b""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-32:]:
        raise PlannerError(say("pdf.failed", file=file, why=why))
    return write_whole(file.with_suffix(".pdf"), content)


def is_root() -> bool:
    """Chromium's sandbox refuses the user root, the only one inside many containers."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def run(command: list[str], file: Path) -> str:
    """Run a browser to its end and return the last line it said; stopped with its children where it takes too long."""
    with tempfile.TemporaryFile() as told:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=told,
                start_new_session=sys.platform != "win32",
            )  # fmt: skip
        except OSError as error:
            raise PlannerError(say("pdf.failed", file=file, why=reason(error))) from None
        try:
            status = process.wait(PATIENCE_S)
        except BaseException as error:
            stop(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise PlannerError(say("pdf.late", file=file, seconds=PATIENCE_S)) from None
            raise
        told.seek(0)
        lines = told.read().decode("utf-8", "replace").strip().splitlines()
    return (lines or [f"{status}"])[-1][:200]


def stop(process: subprocess.Popen) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
