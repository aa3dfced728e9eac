"""An English report leaves no Indonesian but names, and what a cell marked as such quotes from a table."""

import re

import pytest
from bs4 import BeautifulSoup
from pages import SECTIONS, at, country

from planner import views
from planner.base.messages import speaking

FUNCTION_WORDS = """
yang dan dari tidak untuk dengan pada dalam adalah atau ini itu oleh akan belum sudah karena bila agar lebih
paling setiap tiap semua hanya juga tetapi jika maka menurut antara sebagai bukan ada tanpa masih dapat harus
telah sesudah sebelum jumlah usaha daerah tahun dana kecil menengah penduduk miskin satu dua tiga terpilih
lihat bagian sama sebab aturan rencana baris
"""
WORDS = frozenset(FUNCTION_WORDS.split())


def indonesian(html: str, names: list[str]) -> list[str]:
    """The texts of a page, and of its attributes that are read aloud, with an Indonesian word outside of names."""
    soup = BeautifulSoup(html, "html.parser")
    for quoted in soup.select('[lang="id"], script, code'):
        quoted.decompose()
    aloud = ("aria-label", "title", "data-find", "data-none")
    read = [node[name] for node in soup.find_all(True) for name in aloud if node.get(name)]
    known = re.compile("|".join(map(re.escape, names)))
    texts = [known.sub("", str(text)) for text in [*soup.find_all(string=True), *read]]
    return [text for text in texts if WORDS & set(re.findall(r"[a-z]+", text.lower()))]


@pytest.fixture(scope="module")
def names() -> list[str]:
    table = country().kabupaten
    whole = [*table["nama"], *table["provinsi"]]
    return sorted({*whole, *(name.removeprefix("Kabupaten ") for name in whole)}, key=len, reverse=True)


@pytest.mark.parametrize("wilayah", ["nasional", "11", "11.03"])
def test_no_indonesian_is_left_in_an_english_report(names, wilayah):
    with speaking("en"):
        html = "".join(getattr(views, name)(at(country(), wilayah)) or "" for name in (*SECTIONS, "made_of", "reserve"))
    assert indonesian(html, names) == []


def test_the_search_finds_what_an_indonesian_report_is_full_of(names):
    with speaking("id"):
        assert len(indonesian(views.rules(country()) + views.not_chosen(country()), names)) > 10
