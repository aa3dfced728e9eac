"""The one part of a report that another computer may not make again: the map of the boundaries that are installed.

It is set apart only in the exact form in which we write it, and where we put it: shapes, numbers, tooltips, and the
sentences below it with their numbers, the file and the names of kabupaten.
"""

import re
from functools import cache

from planner.base.messages import LANGUAGES, sentences
from planner.tables.reference import reference

TEXT = "[^<>]*"
NAMES = "fill|fill-opacity|fill-rule|stroke|stroke-width|stroke-linejoin|opacity|width|height|x|y|cx|cy|r|d"
IDS = r' id="(?:(?:id|en)-)?b-[a-z]+"'  # of its own hatchings: no other picture's are taken over
ATTRIBUTE = rf'(?:{IDS}| (?:{NAMES}|patterntransform|patternunits)="[\w#.,()\s-]*")'  # no colon: no address
SHAPES = rf"(?:\s|</?(?:defs|pattern|rect|circle|path|g|title){ATTRIBUTE}*>|(?<=<title>){TEXT}(?=</title>))*"
STYLE = "max-width:[0-9]{1,4}px;print-color-adjust:exact;-webkit-print-color-adjust:exact"
KEY = rf'<span><span class="key [a-z]+"></span>{TEXT}</span>'
WORD = '[^<>"]{0,82}'  # a name that is cut at 80 characters
PLACES = {"count": r"\d{1,3}", "modified": r"[\d-]{0,10}…?", "source": WORD, "where": WORD}


def without_local_map(html: str) -> tuple[str, list[str]]:
    """A page without its maps of boundaries, and those maps."""
    found = [match[0] for match in form().finditer(html)]
    return form().sub("", html), found


@cache
def form() -> re.Pattern[str]:
    """How the map stands in a page of either language: below the map of tiles, above the next heading."""
    either = {key: "|".join(template(key, lang) for lang in LANGUAGES) for key in ("alt", "caption", "undrawn")}
    drawn = (
        f'<figure class="map"><svg aria-label="(?:{either["alt"]})" class="boundaries" role="img" style="{STYLE}" '
        f'viewbox="0 0 [0-9]{{1,4}} [0-9]{{1,4}}">{SHAPES}</svg><figcaption class="legend">(?:{KEY})*</figcaption>'
        f'</figure><p class="note">(?:{either["caption"]})</p>'
    )
    local = f'<div class="local">(?:{drawn})?(?:<p class="note">(?:{either["undrawn"]})</p>)?</div>'
    return re.compile(rf'(?<=</figure>){local}(?=<div id="(?:id|en)-cell-\d+"><h2>)')


def template(key: str, lang: str) -> str:
    """A sentence of ``[boundaries]`` with what may stand in its places."""
    from planner.views.html import safe

    plain = re.escape(sentences()["boundaries"][key][lang])
    name = "|".join(sorted((re.escape(safe(name)) for name in reference("kabupaten")["nama"]), key=len, reverse=True))
    fills = PLACES | {"names": f"(?:{name})(?:, (?:{name}))*(?: …)?"}
    return re.sub(r"\\{(\w+)\\}", lambda place: fills[place[1]], plain)
