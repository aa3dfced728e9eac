"""A notebook's outputs as one self-contained HTML page, stamped so that a change in it is found."""

import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from itertools import zip_longest

from planner.messages import say, sentences
from planner.root import STATIC

UNSEALED = "0" * 64  # stands where the digest of the page comes
DIGEST = re.compile(r'(<meta content=")[0-9a-f]{64}(?=" name="planner-digest")')  # as nbconvert writes it


def page(
    notebooks: Mapping, title: str, plan, lang: str, back: str | None = None, seals: str = "", key: str = "",
    bundle: str = "",
) -> str:  # fmt: skip
    """The outputs of a notebook (language -> executed notebook) as one self-contained HTML page in our template.

    ``seals``: the fingerprints to stamp it with, where they are not that of ``plan`` alone. ``key``: what the page was
    made from, so that a later run knows whether it is current.
    """
    from planner.views.html import cut

    seals = seals or plan.fingerprint
    resources = {
        "lang": lang, "key": key, "digest": UNSEALED, "page_title": cut(title, 120), "fingerprint": seals, "back": back,
        "back_text": say("report.back", lang), "css": (STATIC / "views.css").read_text(encoding="utf-8"),
        "footer_text": say("report.footer", lang, fingerprint=seals, version=plan["planner"]),
    }  # fmt: skip
    [(lang, notebook), *_] = notebooks.items()
    return digested(exporter().from_notebook_node(translated(notebook, lang), resources)[0])


@cache
def exporter():
    """nbconvert with our template, which it compiles once."""
    from nbconvert.exporters import HTMLExporter

    return HTMLExporter(
        template_name="laporan", extra_template_basedirs=[str(STATIC / "nbconvert")], exclude_input=True,
        exclude_input_prompt=True, exclude_output_prompt=True, exclude_anchor_links=True,
    )  # fmt: skip


def translated(notebook, lang: str):
    """The notebook with its headings, Indonesian there, in ``lang``; without those whose call had nothing to show."""
    words = {f"## {entry['id']}": f"## {entry[lang]}" for entry in sentences()["report"]["headings"].values()}
    kept = []
    for cell, below in zip_longest(notebook.cells, notebook.cells[1:], fillvalue={}):
        if cell.cell_type == "markdown":
            if not any("data" in output for output in below.get("outputs", [])):
                continue
            cell.source = words.get(cell.source, cell.source)
        kept.append(cell)
    notebook.cells = kept
    return notebook


def digested(html: str) -> str:
    """The page with the SHA-256 of itself, taken while ``UNSEALED`` stands there, in its head."""
    blank = DIGEST.sub(rf"\g<1>{UNSEALED}", html, count=1)
    return DIGEST.sub(rf"\g<1>{sha256(blank.encode()).hexdigest()}", blank, count=1)


def intact(html: str) -> bool:
    """Whether a page is as it was written; a careless change is found, a forger who stamps it anew is not."""
    return DIGEST.search(html) is not None and digested(html) == html
