"""The first page says the same in two languages, and nothing in it or in the tables of commands leads nowhere."""

import re
from pathlib import Path

import pytest

from planner.cli import common

ROOT = Path(__file__).parents[1]
PAIRS = (("README.md", "README.id.md"), ("docs/commands.md", "docs/perintah.md"))
TABLES = ("data/README.en.md", "data/README.md")
TWIN = {
    "docs/perintah.md": "docs/commands.md", "docs/arsitektur.md": "docs/architecture.md", "data/README.md": TABLES[0],
    "../data/README.md": "../data/README.en.md", "../docs/sertifikat.md": "../docs/certificate.md",
}  # fmt: skip
LOCAL = re.compile(r"\]\((?!https?:)([^)#]+)")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def headings(name: str) -> list[int]:
    """The depth of each heading, in order."""
    return [len(line) - len(line.lstrip("#")) for line in text(name).splitlines() if re.match(r"#+ ", line)]


def calls(name: str) -> list[str]:
    """Every call of a command, without the comment behind it."""
    found = re.findall(r"(?:^|`)((?:\.venv/bin/planner|papermill|make|conda|python -m) [^`#\n]*)", text(name), re.M)
    return [re.sub(r"\s+", " ", call).strip() for call in found]


def links(name: str) -> list[str]:
    return [TWIN.get(link, link) for link in LOCAL.findall(text(name))][1:]  # the first is the other language


@pytest.mark.parametrize("pair", PAIRS)
def test_both_languages_have_the_same_headings_commands_and_links(pair):
    for said in (headings, calls, links):
        english, indonesian = map(said, pair)
        assert list(english) == list(indonesian) != []


def outline(name: str) -> list[str]:
    """What each line of a table of columns is about, the items of a list, and code without comments, in order."""
    about = {"|": r"\| *([^|]*?) *\|", "-": "(-) "}
    lines = [line for line in text(name).splitlines() if line[:1] in about or re.match(r"\[|\w+ = ", line)]
    cut = (re.match(about.get(line[0], r"(.*?) *(?:#|$)"), line)[1] for line in lines)
    return ["heading" if one in ("Tabel", "Table", "tabel", "table") else one for one in cut]


def test_the_tables_are_described_alike_in_both_languages():
    for said in (headings, outline, links):
        english, indonesian = map(said, TABLES)
        assert english == indonesian != []
    keys = [set(re.findall(r"`([\w.\[\]]+)`", text(name))) for name in TABLES]
    assert keys[0] == keys[1]


@pytest.mark.parametrize("pair", [*PAIRS, TABLES])
def test_the_first_line_leads_to_the_other_language_and_every_link_to_a_file(pair):
    for name, other in (pair, pair[::-1]):
        first = next(link for link in LOCAL.findall(text(name)))
        assert (ROOT / name).parent / first == ROOT / other
        assert [link for link in LOCAL.findall(text(name)) if not ((ROOT / name).parent / link).exists()] == []


@pytest.mark.parametrize("name", [name for pair in PAIRS for name in pair])
def test_every_command_and_option_that_is_named_exists(name):
    import typer

    known = typer.main.get_command(common.app).commands
    options = {command: {flag for one in known[command].params for flag in one.opts} for command in known}
    for call in calls(name):
        if call.startswith(".venv/bin/planner"):
            command = call.split()[1]
            assert command in known
            assert set(re.findall(r"--\w[\w-]*", call)) <= options[command] | {"--lang"}


def test_the_first_page_is_short():
    assert all(len(text(name).splitlines()) < 120 for name in PAIRS[0])
