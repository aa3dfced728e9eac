"""PDF beside a report: whole or not at all, and a sentence where the browser is missing, fails or hangs."""

import os
import time

import pytest

from planner.base.errors import PlannerError
from planner.paper import pdf
from planner.paper.pdf import chromium, print_pages

WRITES = 'for a in "$@"; do case "$a" in --print-to-pdf=*) printf "%%PDF-1.4 made %%%%EOF" > "${a#*=}";; esac; done'


@pytest.fixture
def browser(tmp_path, monkeypatch):
    """A script in the browser's place; its calls are counted in ``calls``."""

    def be(script: str) -> None:
        program = tmp_path / "peramban palsu"
        program.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/calls"\n{script}\n', encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PLANNER_CHROMIUM", str(program))

    return be


@pytest.fixture
def pages(tmp_path):
    files = [tmp_path / "laporan" / f"laporan {name}.html" for name in ("nasional", "11")]
    files[0].parent.mkdir()
    for file in files:
        file.write_text("<!DOCTYPE html>", encoding="utf-8")
    return files


def names(files) -> list[str]:
    return sorted(file.name for file in files[0].parent.iterdir())


def test_a_pdf_stands_beside_each_report_and_is_not_made_again_while_it_is_newer(browser, pages, tmp_path):
    browser(WRITES)
    assert print_pages(pages) == [file.with_suffix(".pdf") for file in pages]
    assert pages[0].with_suffix(".pdf").read_bytes().startswith(b"%PDF-1.4 made")
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert len(calls) == 2 and all("--generate-pdf-document-outline" in call for call in calls)
    assert all(("--no-sandbox" in call) == (os.geteuid() == 0) for call in calls)

    newer = pages[0].with_suffix(".pdf").stat().st_mtime + 10
    os.utime(pages[0], (newer, newer))
    pages[1].with_suffix(".pdf").unlink()
    print_pages([*pages])
    print_pages([pages[1]])
    assert len((tmp_path / "calls").read_text(encoding="utf-8").splitlines()) == 4


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'no display' >&2; exit 1", "no display"),
        ("exit 7", "7"),
        (WRITES.replace("%%%%EOF", ""), "0"),
        (WRITES.replace("%%PDF-1.4", ""), "0"),
    ],
)
def test_a_browser_that_fails_leaves_nothing_and_its_last_words_are_told(browser, pages, script, why):
    browser(script)
    with pytest.raises(PlannerError) as raised:
        print_pages(pages)
    assert len(raised.value.problems) == 2 and all(f"({why})" in problem for problem in raised.value.problems)
    assert names(pages) == ["laporan 11.html", "laporan nasional.html"]


def test_one_that_fails_leaves_the_others(browser, pages):
    browser(f'case "$*" in *nasional*) exit 1;; esac\n{WRITES}')
    with pytest.raises(PlannerError, match="nasional") as raised:
        print_pages(pages)
    assert len(raised.value.problems) == 1
    assert names(pages) == ["laporan 11.html", "laporan 11.pdf", "laporan nasional.html"]


def test_a_browser_that_hangs_is_stopped_with_its_children(browser, pages, monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "PATIENCE_S", 0.3)
    browser(f'(sleep 1; touch "{tmp_path}/outlived") & wait')
    with pytest.raises(PlannerError, match=r"0\.3"):
        print_pages(pages[:1])
    time.sleep(1.2)
    assert names(pages) == ["laporan 11.html", "laporan nasional.html"] and not (tmp_path / "outlived").exists()


def test_no_browser_is_a_sentence_with_what_to_install(pages, monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "NAMES", ())
    monkeypatch.setenv("PLANNER_CHROMIUM", str(tmp_path / "tidak ada"))
    with pytest.raises(PlannerError, match="apt-get install"):
        print_pages(pages)
    with pytest.raises(PlannerError, match="PLANNER_CHROMIUM"):
        chromium()


def test_a_program_that_cannot_be_run_is_a_sentence(pages, monkeypatch, tmp_path):
    program = tmp_path / "rusak"
    program.write_bytes(b"\x7fELF broken")
    program.chmod(0o755)
    monkeypatch.setenv("PLANNER_CHROMIUM", str(program))
    with pytest.raises(PlannerError, match="laporan 11"):
        print_pages(pages[1:])


def test_the_usual_places_of_windows_are_looked_at(monkeypatch, tmp_path):
    place = tmp_path / "Google" / "Chrome" / "Application" / "chrome.exe"
    place.parent.mkdir(parents=True)
    place.write_text("#!/bin/sh\n", encoding="utf-8")
    place.chmod(0o755)
    monkeypatch.setattr(pdf, "NAMES", ())
    monkeypatch.delenv("PLANNER_CHROMIUM", raising=False)
    for name in pdf.FOLDERS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))
    assert chromium() == str(place)
