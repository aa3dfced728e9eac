"""Every sentence in two languages."""

import re
import tomllib
from string import Formatter

import pytest

from planner.base.messages import both, label, language, say, sentences, speaking
from planner.base.paths import PACKAGE, ROOT


def leaves(table, place=""):
    for key, value in table.items():
        where = f"{place}.{key}" if place else key
        if not all(isinstance(text, str) for text in value.values()):
            yield from leaves(value, where)
        else:
            yield where, value


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


WHOLE = tomllib.loads((PACKAGE / "base" / "messages.toml").read_text(encoding="utf-8"))
LEAVES = dict(leaves(WHOLE))


def sound(entry: dict[str, str]) -> bool:
    """Whether a sentence stands in both languages, with the same placeholders, each of them named."""
    named = [placeholders(text) for text in entry.values() if text.strip()]
    return set(entry) == {"id", "en"} and len(named) == 2 and named[0] == named[1] and "" not in named[0]


def test_every_sentence_exists_in_both_languages_with_the_same_placeholders():
    assert [place for place, entry in LEAVES.items() if not sound(entry)] == []


@pytest.mark.parametrize(
    "entry", [{"id": "a"}, {"id": "a", "en": " "}, {"id": "{x}", "en": "{y}"}, {"id": "{}", "en": "{}"}]
)
def test_half_a_sentence_or_another_placeholder_is_seen(entry):
    assert not sound(entry) and sound({"id": "{x} a", "en": "b {x}"})


def test_every_sentence_that_the_code_asks_for_exists():
    asked = set()
    for file in (ROOT / "src" / "planner").rglob("*.py"):
        asked |= set(
            re.findall(r"""\b(?:say|both)\(\s*["']([a-z_]+(?:\.[A-Za-z_]+)+)["']""", file.read_text(encoding="utf-8"))
        )
    assert len(asked) > 40
    assert sorted(asked - set(LEAVES)) == []


def test_every_placeholder_that_the_code_leaves_out_would_be_an_error():
    with pytest.raises(KeyError):
        say("errors.near")


def test_the_language_is_indonesian_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("PLANNER_LANG", raising=False)
    assert language() == "id"
    monkeypatch.setenv("PLANNER_LANG", "en")
    assert language() == "en"
    with speaking("id"):
        assert language() == "id"
    assert language() == "en"
    monkeypatch.setenv("PLANNER_LANG", "xx")
    assert language() == "id"


def test_a_label_that_is_not_written_is_the_raw_name():
    assert label("columns", "kode_aneh") == "kode_aneh"
    assert label("menu", "pembangunan", "en") == "construction"


def test_both_languages_at_once():
    assert both("errors.near", near=lambda lang: lang) == {
        "id": "Mungkin maksud Anda 'id'?",
        "en": "Did you mean 'en'?",
    }


def test_braces_in_a_value_are_data():
    assert "{oops}" in say("errors.near", near="{oops}")


def test_a_count_of_one_is_told_in_the_singular_also_as_text():
    said = {n: say("report.inside.tables", "en", count=n, rows="1") for n in (1, "1", 0, 2, "1.016")}
    assert said[1] == said["1"] == "1 table (1 row)"
    assert said[2] == "2 tables (1 row)" and said[0].startswith("0 tables") and said["1.016"] == "1.016 tables (1 row)"
    assert say("report.inside.tables", "id", count=1, rows=1) == "1 tabel (1 baris)"


COUNTED = r"\{(count|of|draws|done|rows|cells|units|have|regions|tested|whole|cases|reports|warnings|errors)\}"


def test_no_english_sentence_counts_a_noun_that_is_always_plural():
    """Every noun that follows a count somewhere in both forms has both wherever it follows one."""
    specs = [
        spec for entry in LEAVES.values() for *_, spec, _ in Formatter().parse(entry["en"]) if spec and "|" in spec
    ]
    nouns = {spec.split("|")[1].split()[0] for spec in specs} - {"are", "were", "have", "hold", "keep", "choose"}
    assert {"rows", "draws", "tables", "points"} <= nouns
    plural = re.compile(rf"{COUNTED} (more |other )?({'|'.join(sorted(nouns))})\b")
    found = {place: seen[0] for place, entry in LEAVES.items() if (seen := plural.search(entry["en"]))}
    assert found == {}


def test_every_table_that_is_parsed_by_itself_is_that_of_the_whole_file():
    assert {name: sentences(name) for name in WHOLE} == WHOLE
    assert sentences("nothing") == {}
