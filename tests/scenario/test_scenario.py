"""Scenario files: what is wrong is said with its place, all at once; what is right comes back the same."""

import re
import tomllib
from pathlib import Path

import pytest
from small import scenario

from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.base.paths import PARAMETERIZED
from planner.scenario.assumptions import expired
from planner.scenario.rules.base import LONGEST_LAW
from planner.scenario.scenario import Scenario, plain, read_scenario, same_title, scenario_of, title_of, vary
from planner.scenario.toml_file import toml

GOOD = """
name = "Uji"
data = "usulan"
[budget_rp]
2028 = 10
[weights]
kemiskinan = 1
"""


def read(tmp_path, text: str | bytes):
    file = tmp_path / "uji.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_scenario(file)


def problems_of(tmp_path, text) -> list[str]:
    with pytest.raises(PlannerError) as caught:
        read(tmp_path, text)
    return caught.value.problems


def test_the_smallest_scenario_has_documented_defaults(tmp_path):
    found = read(tmp_path, GOOD)
    assert [goal.maximise for goal in found.goals] == ["benefit"]
    assert (found.solver.name, found.solver.gap, found.solver.time_limit_s) == ("highs", 0.0001, 120)
    assert found.data_dir == tmp_path / "usulan"  # relative to the scenario's file
    assert found.first_year == 2028


def test_the_shipped_scenarios_can_be_read():
    files = sorted((PARAMETERIZED / "skenario").glob("*.toml"))
    assert files
    for file in files:
        assert read_scenario(file).rules


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ("2028 = 10", "2028 = 0", "budget_rp.2028", "0"),
        ("2028 = 10", "2028 = -5", "budget_rp.2028", "di atas 0"),
        ("2028 = 10", "2028 = 10.5", "budget_rp.2028", "bilangan bulat"),
        ("2028 = 10", "2028 = nan", "budget_rp.2028", "bilangan bulat"),
        ("2028 = 10", "2028 = inf", "budget_rp.2028", "bilangan bulat"),
        ("2028 = 10", '2028 = "10"', "budget_rp.2028", "bilangan bulat"),
        ("2028 = 10", "2028 = true", "budget_rp.2028", "bilangan bulat"),
        ("2028 = 10", "2028 = 10_000_000_000_000_000", "budget_rp.2028", "paling banyak"),
        ("2028 = 10", "depan = 10", "budget_rp.depan", "bilangan bulat"),
        ("2028 = 10", "", "budget_rp", "sekurangnya satu tahun"),
        ("kemiskinan = 1", "kemiskinan = 0", "weights", "bobot 0"),
        ("kemiskinan = 1", "", "weights", "bobot 0"),
        ("kemiskinan = 1", "kemiskinan = -1", "weights.kemiskinan", "0 atau lebih"),
        ("kemiskinan = 1", "kemiskinan = nan", "weights.kemiskinan", "berhingga"),
        ("kemiskinan = 1", "kemiskinan = inf", "weights.kemiskinan", "berhingga"),
        ("kemiskinan = 1", "kemiskinn = 1", "weights", "'kemiskinan'"),
        ('name = "Uji"', 'name = ""', "name", "kosong"),
        ('name = "Uji"', "name = 5", "name", "teks"),
        ('name = "Uji"', 'nama = "Uji"', "nama", "'name'"),
        ('data = "usulan"', 'candidates = "modell"', "candidates", "model"),
    ],
)
def test_a_wrong_value_is_told_with_file_place_and_remedy(tmp_path, old, new, place, says):
    told = problems_of(tmp_path, GOOD.replace(old, new))
    mine = [text for text in told if text.startswith(f"uji.toml: {place}")]
    assert mine, told
    assert any(says in text for text in mine), told


@pytest.mark.parametrize(
    ("rule", "place", "says"),
    [
        ('rule = "SpendBan"\nmin_rp = 1', "rules[0]", "'SpendBand'"),
        ("min_rp = 1", "rules[0]", "SpendBand"),
        ('rule = "SpendBand"\nminshare = 0.1', "rules[0].minshare", "'min_share'"),
        ('rule = "SpendBand"', "rules[0]", "satu batas"),
        ('rule = "SpendBand"\nmin_share = 0.5\nmax_share = 0.2', "rules[0]", "min_share = 0.5"),
        ('rule = "SpendBand"\nmin_rp = 5\nmax_rp = 2', "rules[0]", "min_rp = 5"),
        ('rule = "CountBand"\nmin = 5\nmax = 2', "rules[0]", "min = 5"),
        ('rule = "SpendBand"\nmax_share = 1.5', "rules[0].max_share", "paling banyak"),
        ('rule = "SpendBand"\nmax_share = nan', "rules[0].max_share", ""),
        ('rule = "SpendBand"\nmax_rp = -1', "rules[0].max_rp", "0 atau lebih"),
        ('rule = "SpendBand"\nmax_rp = 1.5', "rules[0].max_rp", "bilangan bulat"),
        ('rule = "SpendBand"\nmax_rp = 1\nof = "spend"', "rules[0].of", "spent"),
        ('rule = "CountBand"\nmax = 1.5', "rules[0].max", "bilangan bulat"),
        ('rule = "TotalBand"\nmax = 1', "rules[0].column", "wajib"),
        ('rule = "TotalBand"\ncolumn = "ikm"\nmax = inf', "rules[0].max", "berhingga"),
        ('rule = "MaxPerKabupaten"\nmax = -1', "rules[0].max", "0 atau lebih"),
        ('rule = "Lock"\nstate = "in"', "rules[0]", "dikunci"),
        ('rule = "Lock"\nstate = "masuk"\nusulan = ["A"]', "rules[0].state", "in"),
        ('rule = "Lock"\nstate = "in"\nusulan = "A"', "rules[0].usulan", "daftar"),
    ],
)
def test_a_wrong_rule_is_told_with_its_number_and_parameter(tmp_path, rule, place, says):
    told = problems_of(tmp_path, GOOD + "[[rules]]\n" + rule)
    assert any(text.startswith(f"uji.toml: {place}") and says in text for text in told), told


@pytest.mark.parametrize(
    "tail", ["goals = []\n", '[[goals]]\nmaximize = "ikm"', '[[goals]]\nmaximise = "ikm"\ntolerance = 1.5']
)
def test_a_wrong_goal_is_told(tmp_path, tail):
    text = tail + GOOD if tail.startswith("goals =") else GOOD + tail
    assert any("goals" in problem for problem in problems_of(tmp_path, text))


def test_all_problems_are_told_at_once(tmp_path):
    text = GOOD.replace("2028 = 10", "2028 = 0").replace("kemiskinan", "kemiskinn")
    text += '[[rules]]\nrule = "Lok"\n[[rules]]\nrule = "CountBand"\nmin = 3\nmax = 2\n[solver]\ngap = 2\nnam = "x"\n'
    told = problems_of(tmp_path, text)
    for place in ("budget_rp.2028", "weights", "rules[0]", "rules[1]", "solver.gap", "solver.nam"):
        assert any(problem.startswith(f"uji.toml: {place}") for problem in told), place


@pytest.mark.parametrize("source", ['candidates = "model"\ndata = "usulan"', ""])
def test_candidates_come_from_exactly_one_source(tmp_path, source):
    told = problems_of(tmp_path, GOOD.replace('data = "usulan"', source))
    assert "candidates" in told[0] and "data" in told[0]


def test_a_syntax_error_is_told_with_its_line(tmp_path):
    (told,) = problems_of(tmp_path, GOOD.replace("2028 = 10", "2028 = = 10"))
    assert told.startswith("uji.toml") or "uji.toml: bukan TOML" in told
    assert "baris 5, 2028 = = 10: nilai tidak terbaca" in told and "line" not in told


@pytest.mark.parametrize("path", ["C:\\Users\\budi", "C:\\temp", "C:\\data", "D:\\new\\usulan", "C:\\bin\\x"])
def test_a_windows_path_in_double_quotes_is_told_how_to_write_it(tmp_path, path):
    # \U wants digits, \d means nothing, \t and \n and \b are silently other characters
    (told,) = problems_of(tmp_path, GOOD.replace('data = "usulan"', f'data = "{path}"'))
    assert "garis miring terbalik" in told and "'C:\\data'" in told and '"C:/data"' in told
    written = GOOD.replace('data = "usulan"', f"data = '{path}'")
    (tmp_path / "baik.toml").write_text(written, encoding="utf-8")
    assert read_scenario(tmp_path / "baik.toml").data == path


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('x = "a', "tanda kutip tidak ditutup"), ("x = [1", "kurung tidak ditutup"), ("[weights]", "sudah ada"),
        ("x", "nama = nilai"), ("x = 1,5", "desimal dengan titik"), ("x = Rp 5", "tanpa satuan"),
        ("= 1", "nama = nilai"), ("[x", "kurung"),
        ("x = 1\nx = 2", "sudah ada"), ("x = " + "[" * 3000, "tidak terbaca sebagai TOML"),
    ],
)  # fmt: skip
def test_what_the_parser_says_is_told_in_our_words(tmp_path, wrong, says):
    (told,) = problems_of(tmp_path, GOOD + wrong)
    assert says in told and "baris" in told
    assert not re.search(r"Expected|Invalid|Unclosed|Cannot|document|column|recursion", told)


@pytest.mark.parametrize("content", [b"\xff\xfe\0n", b"nama = \xe9", b"\0\0\0"])
def test_a_binary_or_wrongly_encoded_file_is_an_error(tmp_path, content):
    assert "uji.toml" in problems_of(tmp_path, content)[0]


def test_an_empty_file_names_what_it_must_hold(tmp_path):
    told = " ".join(problems_of(tmp_path, b""))
    assert all(name in told for name in ("name", "budget_rp", "weights"))


def test_a_missing_file_and_a_folder_are_errors(tmp_path):
    for path in (tmp_path / "tiada.toml", tmp_path):
        with pytest.raises(PlannerError, match=path.name):
            read_scenario(path)


@pytest.mark.parametrize(
    "raw",
    [
        {"rules": 5},
        {"rules": [5]},
        {"rules": ["SpendBand"]},
        {"goals": "x"},
        {"weights": [1]},
        {"budget_rp": 5},
        {"solver": "highs"},
        {"rules": [{"rule": ["a"]}]},
        {"rules": [{"rule": 7}]},
        {"rules": [{}]},
    ],
)
def test_wrong_shapes_are_errors_never_crashes(raw):
    with pytest.raises(PlannerError):
        scenario_of({"name": "x", "data": "d", "budget_rp": {2028: 1}, "weights": {"ikm": 1}} | raw)
    with pytest.raises(PlannerError):
        scenario_of(raw)


FULL = scenario(
    {2028: 10, 2030: 7},
    [
        {"rule": "SpendBand", "by": "provinsi", "max_share": 0.08, "of": "budget", "law": "Pasal 7 \"a\""},
        {"rule": "SpendBand", "where": {"menu": "revitalisasi"}, "min_share": 0.3, "max_rp": 5},
        {"rule": "CountBand", "where": {"provinsi": ["Aceh", "NTT"], "ta": 2028}, "min": 1},
        {"rule": "TotalBand", "column": "ikm", "min": 40.5},
        {"rule": "MaxPerKabupaten", "max": 2},
        {"rule": "SupportShare"},
        {"rule": "Lock", "state": "in", "usulan": ["A"], "kabupaten": ["53.01"]},
    ],
    ["nilai", ("ikm", 0.01)],
    assumptions={"diskonto": 0.9},
    weights={"kemiskinan": 1, "ikm": 0.3},
)  # fmt: skip


def test_a_scenario_written_and_read_is_the_same_scenario(tmp_path):
    text = toml(FULL)
    assert plain(read(tmp_path, text)) == plain(FULL)
    assert toml(read(tmp_path, text)) == text


def test_above_each_rule_stands_its_sentence_in_both_languages(monkeypatch):
    monkeypatch.setenv("PLANNER_LANG", "en")
    lines = toml(FULL).splitlines()
    heads = [i for i, line in enumerate(lines) if line.startswith("[[rules]]")]
    assert len(heads) == len(FULL.rules)
    for i, rule in zip(heads, FULL.rules, strict=True):
        assert lines[i - 2 : i] == [f"# {rule.sentence('id')}", f"# {rule.sentence('en')}"]


@pytest.mark.parametrize(
    "name",
    [
        "<script>",
        "=cmd()",
        "../",
        "a\"b'c",
        "baris\nbaru",
        "a\r\nb",
        "😀",
        "x" * 5_000,
        "# [rules]",
        "\t\x07",
        "{name}",
    ],
)
def test_hostile_names_come_back_from_the_file_as_they_were(tmp_path, name):
    hostile = scenario(
        rules=[
            {"rule": "Lock", "state": "in", "usulan": [name], "law": name[:LONGEST_LAW]},
            {"rule": "CountBand", "where": {"nama": name}, "max": 1},
        ],
        name=name,
    )
    assert plain(read(tmp_path, toml(hostile))) == plain(hostile)


def test_a_variation_is_a_new_checked_value_and_the_base_stays(tmp_path):
    base = read(tmp_path, GOOD)
    small = vary(base, name="Hemat", budget_rp={2028: 5})
    assert (base.budget_rp, small.budget_rp) == ({2028: 10}, {2028: 5})
    assert small.data_dir == base.data_dir
    assert vary(base) == base
    with pytest.raises(PlannerError, match=r"budget_rp\.2028"):
        vary(base, budget_rp={2028: 0})


def test_a_variation_may_change_rules_and_goals(tmp_path):
    varied = vary(FULL, rules=FULL.rules[:1], goals=FULL.goals[1:])
    assert varied.rules == FULL.rules[:1] and varied.goals == FULL.goals[1:]


def test_a_scenario_cannot_be_edited():
    with pytest.raises(ValueError, match="frozen"):
        FULL.name = "lain"


def test_the_plain_form_is_json_and_reads_back():
    import json

    assert scenario_of(json.loads(json.dumps(plain(FULL)))) == FULL
    assert isinstance(FULL, Scenario)


def test_the_years_are_in_order_whatever_the_file_says(tmp_path):
    assert list(read(tmp_path, GOOD.replace("2028 = 10", "2030 = 1\n2028 = 10")).budget_rp) == [2028, 2030]


def test_a_byte_order_mark_is_no_problem(tmp_path):
    assert read(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()).name == "Uji"


@pytest.mark.parametrize(
    ("file", "title"),
    [("hemat_2028", "Hemat 2028"), ("Rapat-3 Maret", "Rapat 3 Maret"), ("v1.2", "V1.2"), ("_", "_.toml")],
)
def test_a_files_name_proposes_a_title(file, title):
    assert title_of(Path(f"{file}.toml")) == title


def test_a_copy_with_the_title_of_its_original_is_told_with_a_title_of_its_own(tmp_path):
    original, copy = read(tmp_path, GOOD), tmp_path / "hemat_2028.toml"
    assert same_title(tmp_path / "uji.toml", original) == ""
    copy.write_text((tmp_path / "uji.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "bukan.toml").write_text("= rusak", encoding="utf-8")
    told = same_title(copy, read_scenario(copy))
    assert told.startswith("'hemat_2028.toml' berjudul 'Uji', sama seperti 'uji.toml'")
    assert 'name = "Hemat 2028"' in told
    assert same_title(copy, vary(original, name="Hemat")) == ""
    locks = tmp_path / "uji.kunci.toml"  # made from uji.toml, and the same scenario but for its locks
    locks.write_text(copy.read_text(encoding="utf-8"), encoding="utf-8")
    assert same_title(locks, original) == ""


def test_tomllib_reads_what_tomlkit_writes():
    assert tomllib.loads(toml(FULL))["name"] == "kecil"


def test_a_weight_on_a_column_that_holds_no_longer_is_told_with_the_year():
    # the list of daerah tertinggal of Perpres 63/2020 ended in 2024
    asked = {"name": "u", "candidates": "model", "weights": {"tertinggal": 1, "kemiskinan": 1}}
    (told,) = expired(scenario_of(asked | {"budget_rp": {2028: 10**9}}))
    assert told.startswith("weights.tertinggal: ") and "2024" in told and "2028" in told
    assert expired(scenario_of(asked | {"budget_rp": {2024: 10**9}})) == []
    unweighed = {"weights": {"tertinggal": 0, "kemiskinan": 1}, "budget_rp": {2028: 10**9}}
    assert expired(scenario_of(asked | unweighed)) == []


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ('rule = "Lock"\nstate = "maybe"', "'in' atau 'out'"),
        ('rule = "Ready"\naccept = ["gak ada"]', "'ada', 'proses' atau 'tidak_perlu'"),
        ('rule = "SentraCriterion"\ndefinition = " or "', "'pp29' atau 'bps'"),
    ],
)
def test_a_choice_is_told_in_the_language_in_force(tmp_path, rule, wanted):
    text = f"{GOOD}[[rules]]\n{rule}\n"
    assert problems_of(tmp_path, text)[0].endswith(f"tidak dapat dipakai: harus {wanted}")
    with speaking("en"):
        assert problems_of(tmp_path, text)[0].endswith(f"must be {wanted.replace(' atau ', ' or ')}")
