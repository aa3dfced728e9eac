"""A folder of cards: one small page per kabupaten/kota without any script, and an index; the same plan, the same bytes.

A card is too small to carry what makes it again, as a report does: it carries the plan's fingerprint and the command,
and is stamped with a digest of itself. Where its plan lies in the folder above it is made again and compared.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path

from planner.base.errors import PlannerError
from planner.base.files import check_writable, write_whole
from planner.base.messages import say, speaking
from planner.base.paths import PACKAGE
from planner.geo.regions import wilayah
from planner.paper.page import UNSEALED, languages, named, stamp_digest
from planner.plan.folder import PLAN
from planner.views.cards import Deck
from planner.views.html import cut, keep_together, safe
from planner.views.scene import open_scene

FOLDER, INDEX, REPORTS = "kartu", "index", "laporan"
CARD = re.compile(r'<meta name="planner-card" content="(\d\d\.\d\d) (id|en|both) ([0-9a-f]{64})">')


def render_cards(plan_file: Path, names: list[str], folder: Path, lang: str = "id") -> list[Path]:
    """Write the cards of these regions into ``folder`` with an index of them; the files, the index last.

    Raises PlannerError for a name that is no region, one without any kabupaten/kota that may be funded, and where the
    plan's tables are not at hand.
    """
    with speaking(languages(lang)[0]):
        deck = open_deck(plan_file)
        kodes = members(deck, names)
        check_writable(folder)
        cards = [write_whole(folder / file_of(kode, lang), card_page(deck, kode, lang).encode()) for kode in kodes]
        reports = reports_beside(deck, folder, lang)
        return [*cards, write_whole(folder / named(INDEX, lang), index_page(deck, kodes, lang, reports).encode())]


def file_of(kode: str, lang: str) -> str:
    return named(f"kartu-{kode}", lang)


def reports_beside(deck: Deck, folder: Path, lang: str) -> dict[str, str]:
    """The addresses of the reports that lie in the run's folder beside the cards: the name of a province -> address."""
    pairs = deck.scene.kabupaten[["provinsi", "kode_provinsi"]].drop_duplicates().itertuples(index=False, name=None)
    files = {nama: f"{REPORTS}/{named(f'laporan-{kode}', lang)}" for nama, kode in pairs}
    return {nama: f"../{file}" for nama, file in files.items() if (folder.parent / file).is_file()}


def open_deck(plan_file: Path) -> Deck:
    """The cards of a plan file, ready to be written."""
    scene = open_scene(plan_file)
    if scene.full is None:
        raise PlannerError(say("cards.no_tables", file=plan_file))
    return Deck(scene.full)


def members(deck: Deck, names: list[str]) -> list[str]:
    """The kabupaten/kota of these regions (all: none named) that may be funded, in order, each once."""
    places = [wilayah(name, deck.scene.kabupaten) for name in names or ["nasional"]]
    if empty := [place.nama for place in places if not set(place.members) & deck.region.keys()]:
        raise PlannerError([say("cards.not_autonomous", nama=cut(nama, 60)) for nama in empty])
    return sorted({kode for place in places for kode in place.members if kode in deck.region})


def card_page(deck: Deck, kode: str, lang: str) -> str:
    """The page of one card, in one language or in two, one below the other."""

    def article() -> str:
        return f"{deck.card(kode)}<footer>{deck.foot(kode)}</footer>"

    with speaking(languages(lang)[0]):
        title = f"{deck.region[kode][0]} · {deck.title(kode)}"
        back = f'<nav><a href="{named(INDEX, lang)}">{safe(say("cards.back"))}</a></nav>'
    mark = f'<meta name="planner-card" content="{kode} {lang} {deck.scene.plan.fingerprint}">'
    return whole(deck, title, lang, article, back, mark)


def index_page(deck: Deck, kodes: list[str], lang: str, reports: Mapping[str, str]) -> str:
    """The page that links the cards, province by province: of each kabupaten/kota what became of it, and why."""

    def article() -> str:
        heads = "".join(f'<th scope="col">{safe(say(f"cards.index.{name}"))}</th>' for name in ("place", "result"))
        groups = groupby(kodes, key=lambda kode: deck.region[kode][1])
        body = "".join(province(deck, name, list(own), reports.get(name), lang) for name, own in groups)
        caption = say("cards.index.caption", count=len(kodes))
        return (
            f'<header><p class="stamp">{safe(deck.stamp)}</p><h1>{safe(say("cards.index.title"))}</h1></header>'
            f'<table class="list"><caption>{safe(caption)}</caption><thead><tr>{heads}</tr></thead>'
            f"{body}</table><footer>{deck.source()}</footer>"
        )

    with speaking(languages(lang)[0]):
        title = f"{say('cards.index.title')} · {deck.scene.plan.scenario.name}"
    return whole(deck, title, lang, article)


def province(deck: Deck, name: str, kodes: list[str], report: str | None, lang: str) -> str:
    """The rows of a province below its name, with its report where there is one."""
    link = f' · <a href="{safe(report)}">{safe(say("cards.report"))}</a>' if report else ""
    rows = "".join(
        f'<tr><th scope="row"><a href="{file_of(kode, lang)}">{safe(deck.region[kode][0], 80)}</a></th>'
        f"<td>{safe(deck.result(kode))}</td></tr>"
        for kode in kodes
    )
    return f'<tbody><tr><th colspan="2" scope="rowgroup">{safe(name, 60)}{link}</th></tr>{rows}</tbody>'


def whole(deck: Deck, title: str, lang: str, article: Callable[[], str], back: str = "", mark: str = "") -> str:
    """A page without script, stamped with its own digest; ``article`` is called in each language."""
    articles = ""
    for one in languages(lang):
        with speaking(one):
            articles += f'<article lang="{one}">{keep_together(article())}</article>'
    return stamp_digest(
        f'<!DOCTYPE html>\n<html lang="{languages(lang)[0]}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="planner-fingerprint" content="{deck.scene.plan.fingerprint}">\n{mark}\n'
        f'<meta content="{UNSEALED}" name="planner-digest">\n<title>{safe(title, 160)}</title>\n'
        f"<style>\n{style()}</style>\n</head>\n<body>\n{back}{articles}\n</body>\n</html>\n"
    )


@cache
def style() -> str:
    """The look of cards and index: that of the views, and their own."""
    return "".join((PACKAGE / name).read_text(encoding="utf-8") for name in ("views/views.css", "paper/cards.css"))


def made_again(html: str, path: Path) -> bool | None:
    """Whether a card is what its plan in the folder above gives; None where that plan or its tables are not there.

    Raises ValueError where the page is no card.
    """
    found = CARD.search(html)
    if found is None:
        raise ValueError(path)
    kode, lang, fingerprint = found.groups()
    try:
        deck = open_deck(path.resolve().parent.parent / PLAN)
    except PlannerError:
        return None
    if deck.scene.plan.fingerprint != fingerprint or kode not in deck.region:
        return None
    return card_page(deck, kode, lang) == html
