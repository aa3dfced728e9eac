"""The machine's own Chromium, driven by playwright without any download."""

import os
import shutil
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

NAMES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def executable() -> str:
    """The browser that ``PLANNER_CHROMIUM`` names, else the first that is found."""
    for name in (os.environ.get("PLANNER_CHROMIUM"), *NAMES):
        if name and shutil.which(name):
            return shutil.which(name)
    raise AssertionError(
        "No Chromium: apt-get install -y --no-install-recommends chromium fonts-noto-core fonts-dejavu"
    )


@contextmanager
def open_browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def listen(page):
    """Keep what a page asks for (``asked``) and what it complains of (``complaints``) from now on."""
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
