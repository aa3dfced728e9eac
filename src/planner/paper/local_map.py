"""The one part of a report that another computer cannot make by itself: the lines of the boundaries installed there.

They are read from the page in the exact form in which we write them, as data: numbers, and the name of a file. All else
in the map is made again with them and compared like the rest of the page.
"""

import re
from html import unescape

from planner.base.messages import LANGUAGES, sentences
from planner.views.choropleth import HEIGHT, WIDTH, Drawn

LOCAL = '<div class="local">'
SIZE = re.compile(r'<svg aria-label="[^"]*" class="boundaries"[^<>]* viewbox="0 0 (\d{1,4}) (\d{1,4})">')
PATH = re.compile(r'<path d="((?:M[\d.\s-]+l[\d.\s-]+z)*)" data-kode="(\d\d\.\d\d)"')
POINT = re.compile(r'<circle cx="(-?\d+\.\d)" cy="(-?\d+\.\d)" data-kode="(\d\d\.\d\d)"')


def drawn_in(html: str) -> Drawn | None:
    """What a page has drawn of boundaries; None where it has no map of them."""
    _, found, page = html.partition(LOCAL)
    if not found:
        return None
    size = SIZE.search(page)
    width, height = map(int, size.groups()) if size else (0, 0)
    source, modified = caption(page)
    paths = {kode: path for path, kode in PATH.findall(page)}
    points = {kode: (x, y) for x, y, kode in POINT.findall(page)}
    return Drawn((min(width, WIDTH), min(height, HEIGHT)), paths, points, source, modified)


def caption(page: str) -> tuple[str, str]:
    """The name and the day of the file of the boundaries, as the note below the map says them."""
    for lang in LANGUAGES:
        form = re.escape(sentences("boundaries")["caption"][lang])
        form = form.replace(r"\{source\}", "([^<>]{0,400}?)").replace(r"\{modified\}", r"([\d-]{0,10}…?)")
        if found := re.search(f'<p class="note">{form}</p>', page):
            return unescape(found[1]), found[2]
    return "", ""
