"""A planner's own TOML file changed in place: what did not change stays to the letter, comments and all."""

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.base.paths import PARAMETERIZED
from planner.scenario.scenario import plain, read_scenario, scenario_of, vary
from planner.scenario.toml_file import edit_text, toml

FILES = sorted((PARAMETERIZED / "skenario").glob("*.toml"))
OWN = """# Catatan rapat 3 Maret
name = "Rapat"
candidates = "model"

[budget_rp]
2028 = 10_000_000_000 # dari DJPK

[weights]
kemiskinan = 2 # disepakati
tertinggal = 1

# Usul Bappenas
# Paling banyak 2 usulan per kabupaten/kota dalam satu tahun anggaran.
[[rules]]
rule = "MaxPerKabupaten"
max = 2

[[rules]] # dibahas lagi
rule = "CountBand"
where = { menu = "revitalisasi" }
min = 3
# sampai di sini
"""


def read(text):
    return scenario_of(tomllib.loads(text))


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_an_unchanged_scenario_gives_back_its_file_to_the_letter(file):
    text = file.read_text(encoding="utf-8")

    assert edit_text(text, read_scenario(file)) == text


def test_a_new_pagu_changes_one_line_and_keeps_its_comment():
    changed = edit_text(OWN, vary(read(OWN), budget_rp={2028: 316_000_000_000}))

    assert changed == OWN.replace("10_000_000_000", "316_000_000_000")


def test_a_moved_bound_changes_its_line_and_the_sentence_above_it():
    base = read(OWN)
    rules = (base.rules[0].model_copy(update={"max": 3}), base.rules[1])

    changed = edit_text(OWN, vary(base, rules=rules))

    assert changed == OWN.replace("max = 2", "max = 3").replace("Paling banyak 2 usulan", "Paling banyak 3 usulan")
    assert "# Usul Bappenas" in changed


def test_a_dropped_rule_takes_its_own_comments_with_it_and_no_other():
    base = read(OWN)

    changed = edit_text(OWN, vary(base, rules=base.rules[1:]))

    assert "Usul Bappenas" not in changed and "MaxPerKabupaten" not in changed
    assert "# dibahas lagi" in changed and "# sampai di sini" in changed and "# disepakati" in changed


def test_a_lock_comes_last_with_its_sentence():
    base = read(OWN)
    lock = {"rule": "Lock", "state": "in", "kabupaten": ["51.04"], "law": "rapat"}

    changed = edit_text(OWN, vary(base, rules=(*base.rules, lock)))

    assert changed.startswith(OWN) and "# 51.04 dikunci masuk.\n# 51.04 is locked in.\n[[rules]]" in changed


def test_what_is_not_there_yet_gets_its_table():
    changed = edit_text(
        OWN, vary(read(OWN), assumptions={"diskonto": 0.9}, weights={"kemiskinan": 2, "pengangguran": 1})
    )

    assert "[assumptions]\ndiskonto = 0.9" in changed and "tertinggal" not in changed and "pengangguran = 1" in changed


def test_a_file_laid_out_otherwise_is_written_anew():
    text = 'name="x"\ncandidates="model"\nbudget_rp={2028=10}\nweights={kemiskinan=1}\n'
    text += 'rules=[{rule="MaxPerKabupaten",max=2}]\n'
    base = read(text)
    wanted = vary(base, rules=(base.rules[0].model_copy(update={"max": 5}),))

    assert plain(read(edit_text(text, wanted))) == plain(wanted)


RULES = st.lists(
    st.sampled_from(
        [
            {"rule": "MaxPerKabupaten", "max": 1}, {"rule": "MaxPerKabupaten", "max": 2},
            {"rule": "CountBand", "where": {"menu": "revitalisasi"}, "min": 3},
            {"rule": "CountBand", "by": "pulau", "max_share": 0.5}, {"rule": "SupportShare", "max_share": 0.07},
            {"rule": "Lock", "state": "out", "kabupaten": ["11.01"]},
        ]
    ),
    max_size=5,
)  # fmt: skip


@given(
    RULES,
    st.integers(1, 10**15),
    st.dictionaries(st.sampled_from(["ikm", "kemiskinan"]), st.integers(1, 9), min_size=1),
)
def test_whatever_changes_the_file_reads_as_the_scenario_and_keeps_its_first_line(rules, budget, weights):
    wanted = vary(read(OWN), rules=tuple(rules), budget_rp={2028: budget}, weights=weights)

    changed = edit_text(OWN, wanted)

    assert plain(read(changed)) == plain(wanted)
    assert changed.startswith("# Catatan rapat 3 Maret\n")
    assert plain(read(toml(wanted))) == plain(wanted)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_above_each_rule_of_a_shipped_scenario_stands_its_sentence_in_both_languages(file):
    text = file.read_text(encoding="utf-8")

    for rule in read_scenario(file).rules:
        assert f"# {rule.sentence('id')}\n# {rule.sentence('en')}\n[[rules]]" in text


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_comment_of_a_shipped_scenario_is_said_in_english_too(file):
    text = file.read_text(encoding="utf-8")
    own = [line for line in text.splitlines() if line.startswith("#")]
    beside = re.findall(r"^[^#\n]*[^#\s] *#(.*)$", text, re.MULTILINE)

    assert own and all(line.isascii() for line in own) and len(own) % 2 == 0
    assert beside and all(comment.count(" / ") == 1 for comment in beside)


def test_a_moved_bound_is_told_anew_in_both_languages_where_it_stands_in_both():
    text = FILES[0].read_text(encoding="utf-8")
    base = read(text)
    rules = tuple(rule.model_copy(update={"max": 3}) if rule.rule == "MaxPerKabupaten" else rule for rule in base.rules)

    changed = edit_text(text, vary(base, rules=rules))

    assert "# Paling banyak 3 usulan per" in changed and "# At most 3 usulan per" in changed
    assert "At most 1 usulan per" not in changed and "Paling banyak 1 usulan per" not in changed


def test_a_value_added_to_a_table_leaves_the_empty_line_below_it():
    changed = edit_text(OWN, vary(read(OWN), budget_rp={2028: 10_000_000_000, 2029: 20_000}))

    assert changed == OWN.replace("# dari DJPK\n", "# dari DJPK\n2029 = 20_000\n")
