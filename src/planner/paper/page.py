"""Executed notebooks as one self-contained HTML page, in one language or two, stamped so that a change is found."""

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any

from planner.base.messages import LANGUAGES, say
from planner.base.paths import PACKAGE

UNSEALED = "0" * 64  # stands where the digest of the page comes
DIGEST = re.compile(r'(<meta content=")[0-9a-f]{64}(?=" name="planner-digest")')  # as nbconvert writes it
HALF = re.compile(r'<div class="half"[^>]* lang="(\w+)".*?</footer>', re.S)
INJECTED = "injected-parameters"  # tag of papermill's own cell
TAG = re.compile(r"<[a-zA-Z][^>]*>")
NAMED = re.compile(  # data-pattern: the beginning of ids that our script completes
    r'(?<= )(id|for|aria-labelledby|aria-describedby|aria-controls|headers|list|data-pattern)="([^"]+)"'
)
POINTED = re.compile(r'( (?:xlink:)?href="#|url\((?:&quot;)?#)([^")&]+)')


def languages(lang: str) -> tuple[str, ...]:
    """The languages of a page, the one that is shown first in front; ``both`` is a page that carries two."""
    return LANGUAGES if lang == "both" else (lang,)


def named(stem: str, lang: str) -> str:
    """The file name of a page; languages other than Indonesian stand in it, so that none replaces another."""
    return f"{stem}{'' if lang == 'id' else '.' + '-'.join(languages(lang))}.html"


def page(
    notebooks: Mapping[str, object], title: str, plan, lang: str, back: str | None = None, seals: str = "",
    key: str = "", bundle: str = "",
) -> str:  # fmt: skip
    """Outputs of executed notebooks, one per language, as one self-contained HTML page in our template.

    ``lang``: id, en or both; ``seals``: the fingerprints to stamp it with, where they are not that of ``plan`` alone;
    ``key``: what the page was made from, so that a later run knows whether it is current; ``bundle``: what makes the
    page again (``seal.bundle``), without which a page has no seal and runs no script.
    """
    from planner.views.html import cut, keep_together

    shown, seals = languages(lang), seals or plan.fingerprint
    scripts = scripts_of(shown, bundle)
    resources = {
        "languages": shown, "key": key, "digest": UNSEALED, "page_title": cut(title, 120), "fingerprint": seals,
        "back": back, "css": (PACKAGE / "views" / "views.css").read_text(encoding="utf-8"), "bundle": bundle,
        "scripts": scripts,
        "script_src": " ".join(map(script_hash, scripts)) or "'none'",
        "words": {one: words(one, seals, plan["planner"], bundle) for one in shown},
    }  # fmt: skip
    html = exporter().from_notebook_node(join_languages({one: notebooks[one] for one in shown}), resources)[0]
    return stamp_digest(HALF.sub(lambda half: keep_together(own_names(half)), html))


@cache
def exporter():
    """nbconvert with our template, which it compiles once."""
    from nbconvert.exporters import HTMLExporter

    return HTMLExporter(
        template_name="laporan", extra_template_basedirs=[str(PACKAGE / "paper" / "nbconvert")], exclude_input=True,
        exclude_input_prompt=True, exclude_output_prompt=True, exclude_anchor_links=True,
    )  # fmt: skip


def words(lang: str, seals: str, version: str, bundle: str) -> dict[str, str]:
    """What the template itself says in a language."""
    return {
        "back": say("report.back", lang), "unfold": say("report.unfold", lang), "fold": say("report.fold", lang),
        "paper": say("report.paper", lang),
        "footer": say("report.footer", lang, fingerprint=seals, version=version),
        "name": say("seal.language", lang), "switch": say("seal.switch", lang),
        "seal": f"{say('seal.check', lang)} {say('seal.is_not', lang)}" if bundle else "",
    }  # fmt: skip


def scripts_of(shown: tuple[str, ...], bundle: str) -> list[str]:
    """Our scripts that a page runs: the switch where there are two languages, and what a report can do."""
    asked = ["switch.js"] * (len(shown) > 1) + ["report.js"] * bool(bundle)
    return [(PACKAGE / "paper" / name).read_text(encoding="utf-8") for name in asked]


def script_hash(script: str) -> str:
    """A script as a content security policy names it; whatever has another hash does not run."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def join_languages(notebooks: Mapping[str, Any]):
    """One notebook of them all; a raw cell that holds the language stands before each, where the template divides."""
    from nbformat.v4 import new_notebook, new_raw_cell

    from planner.views.portable import OWN

    shown = {lang: [cell for cell in book.cells if not injected(cell)] for lang, book in notebooks.items()}
    cells = [cell for lang, own in shown.items() for cell in (new_raw_cell(lang), *own)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
        for data in (output["data"] for output in cell.get("outputs", []) if OWN in output.get("data", {})):
            data["text/html"] = data.pop(OWN)
    return new_notebook(cells=cells)


def injected(cell) -> bool:
    """Whether papermill put a cell in: a page made again from its seal has none, and cells are counted."""
    return INJECTED in cell.metadata.get("tags", [])


def own_names(half: re.Match) -> str:
    """A half whose ids, and what points at them, begin with ``id-`` or ``en-``: the two halves of a page never clash.

    A pattern of the hidden half would paint nothing in the half that is shown.
    """
    lang = half[1]

    def tag(found: re.Match) -> str:
        named = NAMED.sub(lambda m: f'{m[1]}="{" ".join(f"{lang}-{name}" for name in m[2].split())}"', found[0])
        return POINTED.sub(lambda m: f"{m[1]}{lang}-{m[2]}", named)

    return TAG.sub(tag, half[0])


def stamp_digest(html: str) -> str:
    """The page with the SHA-256 of itself, taken while ``UNSEALED`` stands there, in its head."""
    blank = blank_digest(html)
    return DIGEST.sub(rf"\g<1>{sha256(blank.encode()).hexdigest()}", blank, count=1)


def blank_digest(html: str) -> str:
    """The page with no digest in it yet."""
    return DIGEST.sub(rf"\g<1>{UNSEALED}", html, count=1)


def intact(html: str) -> bool:
    """Whether a page is as it was written; a careless change is found, a forger who stamps it anew is not."""
    return DIGEST.search(html) is not None and stamp_digest(html) == html
