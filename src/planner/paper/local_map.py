"""The one part of a report that another computer may not make again: the map of the boundaries that are installed.

It is set apart only in the exact form in which we write it: shapes, numbers, tooltips, and the sentences below it.
"""

import re
from collections.abc import Iterator
from functools import cache

from planner.base.messages import LANGUAGES, say, sentences

TEXT = "[^<>]*"
NAMES = "fill|fill-opacity|fill-rule|stroke|stroke-width|stroke-linejoin|opacity|width|height|x|y|cx|cy|r|d|id"
ATTRIBUTE = rf' (?:{NAMES}|patterntransform|patternunits)="[\w#.,()\s-]*"'  # no colon: no address
SHAPES = rf"(?:\s|</?(?:defs|pattern|rect|circle|path|g|title)(?:{ATTRIBUTE})*>|(?<=<title>){TEXT}(?=</title>))*"
STYLE = "max-width:[0-9]{1,4}px;print-color-adjust:exact;-webkit-print-color-adjust:exact"
KEY = rf'<span><span class="key [a-z]+"></span>{TEXT}</span>'


def without_local_map(html: str) -> tuple[str, list[str]]:
    """A page without its maps of boundaries, and those maps."""
    found = [match[0] for match in form().finditer(html)]
    return form().sub("", html), found


@cache
def form() -> re.Pattern[str]:
    """How the map stands in a page of either language."""
    either = {key: "|".join(template(key, lang) for lang in LANGUAGES) for key in ("alt", "caption", "undrawn")}
    drawn = (
        f'<figure class="map"><svg aria-label="(?:{either["alt"]})" class="boundaries" role="img" style="{STYLE}" '
        f'viewbox="0 0 [0-9]{{1,4}} [0-9]{{1,4}}">{SHAPES}</svg><figcaption class="legend">(?:{KEY})*</figcaption>'
        f'</figure><p class="note">(?:{either["caption"]})</p>'
    )
    return re.compile(f'<div class="local">(?:{drawn})?(?:<p class="note">(?:{either["undrawn"]})</p>)?</div>')


def template(key: str, lang: str) -> str:
    """A sentence of ``[boundaries]`` with anything in its places."""
    plain = say(f"boundaries.{key}", lang, **dict.fromkeys(places(sentences()["boundaries"][key][lang]), "\0"))
    return re.escape(plain).replace("\0", '[^<>"]{0,1400}')


def places(sentence: str) -> Iterator[str]:
    yield from re.findall(r"{(\w+)}", sentence)
