"""A view for a screen that takes styles and drawings away: so JupyterLab shows notebooks that were run elsewhere.

What is written inside the tags stays there, and so do pictures: the rules of ``views.css`` become ``style`` attributes,
and every SVG an ``<img>`` that holds it, with its words as alternative text.
"""

import re
from base64 import b64encode
from copy import copy
from functools import cache
from pathlib import Path

OWN = "application/vnd.planner.view+html"  # the view as it is, beside what is shown of it
CAMEL = ("viewBox", "patternUnits", "patternTransform")  # what a parser of HTML writes in small letters
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
COLOUR = re.compile(r"(--[\w-]+):\s*(#\w+)")
LEFT = re.compile(r"::|:focus|:hover|:has|jp-|var\(|position:")  # what cannot stand inside a tag
PAPER = "background:#fff;color:#1b1f24;padding:10px 14px;border-radius:4px;font-size:14px;line-height:1.5"
FONT = "font-family:system-ui,'Noto Sans',sans-serif"
FALLBACK = 760  # pixels: the width of a drawing that fills its room


@cache
def rules() -> tuple[tuple[str, str], ...]:
    """(selector, declarations) of ``views.css``, without what is for paper, small screens, or drawn around a tag."""
    css = Path(__file__).with_name("views.css").read_text(encoding="utf-8")
    css = re.sub(r"@[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", re.sub(r"/\*.*?\*/", "", css, flags=re.S))
    named = dict(COLOUR.findall(css))  # of a light page
    css = re.sub(r"var\((--[\w-]+)\)", lambda found: named.get(found[1], found[0]), css)
    found = [(one.strip(), text.strip()) for names, text in RULE.findall(css) for one in selectors(names)]
    return tuple((one, text) for one, text in found if not LEFT.search(one + text))


def selectors(names: str) -> list[str]:
    """The selectors of a rule by themselves; as they are where one has a list of its own."""
    return [names] if "(" in names else names.split(",")


def portable(html: str) -> str:
    """The same view with nothing that a sanitiser removes."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    for script in soup.find_all("script"):
        script.decompose()
    for selector, text in rules():
        for tag in soup.select(selector):
            tag["style"] = f"{tag.get('style', '')};{text}".lstrip(";")
    for figure in soup.select("figure:has(defs)"):  # a picture cannot refer to what stands in another
        shared = figure.select("defs")[0]
        for svg in figure.select("svg:not(:has(defs))"):
            svg.insert(0, copy(shared))
    for svg in soup.find_all("svg"):
        picture = soup.new_tag(
            "img", src=address(svg), alt=str(svg.get("aria-label", "")), style="max-width:100%;height:auto"
        )
        svg.replace_with(picture)
    return f'<div style="{PAPER}">{soup}</div>'


def address(svg) -> str:
    """An SVG as an address that holds it."""
    svg["xmlns"] = "http://www.w3.org/2000/svg"
    svg["style"] = f"{svg.get('style', '')};{FONT}".lstrip(";")
    if svg.get("viewbox"):
        width, height = svg["viewbox"].split()[2:]
        svg["width"], svg["height"] = width, height
    elif str(svg.get("width", "")).endswith("%"):
        svg["width"] = str(FALLBACK * int(svg["width"].rstrip("%")) // 100)
    text = str(svg)
    for name in CAMEL:
        text = text.replace(f"{name.lower()}=", f"{name}=")
    return f"data:image/svg+xml;base64,{b64encode(text.encode()).decode()}"
