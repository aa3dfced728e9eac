"""What a planner can put right."""

import pytest

from planner.base.errors import InfeasibleError, NoneFoundError, PlannerError, all_of, hint, nearest, shown
from planner.base.messages import say


def test_all_problems_stand_in_one_error_one_line_each():
    error = PlannerError(["satu", "dua"])
    assert error.problems == ["satu", "dua"]
    assert str(error) == "satu\ndua"
    assert PlannerError("satu").problems == ["satu"]


def test_infeasible_carries_its_diagnosis_and_is_not_none_found():
    error = InfeasibleError(["x"], {"conflict": []})
    assert error.diagnosis == {"conflict": []}
    assert not isinstance(error, NoneFoundError)


def test_a_hint_is_the_nearest_name_or_what_is_known():
    assert "'kemiskinan'" in hint("kemiskinn", ["ikm", "kemiskinan"])
    assert "ikm, kemiskinan" in hint("zzz", ["kemiskinan", "ikm"])
    assert "..." in hint("zzz", [f"a{i}" for i in range(50)])
    assert hint("zzz", []) == hint("zzz", [""]) == ""  # nothing known: nothing is said, and no blank is left over
    assert str(PlannerError(say("errors.unknown", kind="x", name="y", hint=""))) == "Tidak ada x bernama y."


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("tidak tertinggal", "tertinggal", ""), ("belumditerima", "diterima", ""),
        ("dimanfaatkan", "belum_dimanfaatkan", ""),
        ("tidak ada", "tidak_perlu", ""), ("tdk. perlu", "tidak_perlu", "tidak_perlu"), ("max_rp", "min_rp", ""),
        ("volume maks", "volume_min", ""), ("minshare", "min_share", "min_share"), ("maximum", "max", "max"),
        ("maximse", "maximise", "maximise"), ("KEMISKINAN", "kemiskinan", "kemiskinan"), ("Vol.", "volume", "volume"),
        ("", "a", ""), ("tidak", "belum", ""), ("nonaktif", "aktif", ""), ("anonim", "anonym", "anonym"),
        ("gak ada", "ada", ""), ("gkada", "ada", ""), ("gaada", "ada", ""), ("urung diterima", "diterima", ""),
        ("kurang diterima", "diterima", ""), ("indak tahu ada", "ada", ""), ("hampir ada", "ada", ""),
        ("ditolak/diterima", "diterima", ""), ("proses ditolak", "ditolak", ""), ("diterima bersyarat", "diterima", ""),
        ("tidak/perlu", "tidak_perlu", ""), ("tidak tidak perlu", "tidak_perlu", ""),
        ("tak perlu", "tidak_perlu", "tidak_perlu"),
        ("harga total", "harga_satuan_rp", ""), ("subtotal harga", "harga_satuan_rp", ""), ("total", "fase_total", ""),
        ("volumetotal", "volume", ""), ("jumlah volume", "volume", ""), ("harga keseluruhan", "harga_satuan_rp", ""),
        ("kode bps", "kode", ""), ("KodeDJPK", "kode", ""), ("menu lama", "menu", ""), ("kode_lama", "kode", ""),
        ("Harga Sat.", "harga_satuan_rp", "harga_satuan_rp"), ("hargasatuan", "harga_satuan_rp", "harga_satuan_rp"),
        ("volume_mn", "volume_min", "volume_min"), ("vol_min", "volume_min", "volume_min"), ("53.99", "53.01", "53.01"),
    ],
)  # fmt: skip
def test_a_near_name_never_means_the_opposite(name, known, near):
    assert nearest(name, [known, "zzzzzz"]) == near


def test_a_word_of_two_halves_is_known_and_the_closest_name_is_told_first():
    assert nearest("revit alisasi", ["pembangunan", "revitalisasi"]) == "revitalisasi"
    assert nearest("gak ada", ["ada", "belum", "proses", "tidak_perlu"]) == ""
    assert nearest("volume", ["volume_min", "volum"]) == "volum"


@pytest.mark.parametrize("value", ["a\nb", "x" * 5_000, "\x1b[31m", 5, None, "'\"", "\u202e\ud800"])
def test_a_value_is_shown_short_quoted_and_on_one_line(value):
    text = shown(value)
    assert text.isprintable() and text.encode() and len(text) <= 65


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1\u00a0234\u202f567", "'1 234 567'"), ("a\nb\tc", "'a b c'"), ("C:\\data", "'C:\\data'"), ("it's", '"it\'s"'),
        ("a\u200bb\x00", "'a\ufffdb\ufffd'"), ("é", "'é'"), ("x" * 99, f"'{'x' * 59}...'"), ("x" * 58, f"'{'x' * 58}'"),
    ],
)  # fmt: skip
def test_a_value_is_shown_without_the_escapes_of_any_programming_language(value, text):
    assert shown(value) == text


def test_what_is_asked_together_fails_together():
    def fails(*problems):
        raise PlannerError(problems)

    assert all_of([lambda: 1, lambda: 2]) == [1, 2]
    with pytest.raises(PlannerError) as error:
        all_of([lambda: fails("a", "b"), lambda: 1, lambda: fails("c")])
    assert error.value.problems == ["a", "b", "c"]
