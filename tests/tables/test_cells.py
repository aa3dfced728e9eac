"""One cell: what is read rightly, and what is refused with which remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.base.units import MILIAR
from planner.tables import schemas as s
from planner.tables.cells import Refused, decimal_signs, read_rupiah, trim

RP, VOLUME, KAPASITAS = s.RP, s.VOLUME, s.NUMBER


def refused(kind, text, decimal=None) -> str:
    with pytest.raises(Refused) as caught:
        kind.read(text, decimal)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "rupiah"),
    [
        ("1234567", 1234567), ("1.234.567", 1234567), ("1,234,567", 1234567), ("Rp 1.234.567,00", 1234567),
        ("Rp1.234.567,-", 1234567), ("1.234.567,-", 1234567), ("Rp. 1,234,567.00", 1234567), ("IDR 5000", 5000),
        ("rp\u00a01.234.567", 1234567), ("500,00", 500), ("1.234,00", 1234), ("1.234,-", 1234),
        ("999999999999999", 10**15 - 1), ("1 234 567", 1234567), ("1\u00a0234\u00a0567", 1234567),
        ("1\u202f234\u202f567", 1234567), ("Rp\u20091\u2009234\u2009567,-", 1234567), ("1 234", 1234),
        ("12\u2007500,00", 12500),
    ],
)  # fmt: skip
def test_rupiah_are_read_as_people_type_them(text, rupiah):
    assert int(RP.read(text, None)) == rupiah


@pytest.mark.parametrize("text", ["1.234", "1,234", "Rp 12.500", "500.000"])
def test_a_number_with_two_readings_is_told_both_and_never_guessed(text):
    told = refused(RP, text)
    digits = text.removeprefix("Rp ").replace(".", "").replace(",", "")
    assert digits in told and digits[:-3] + "," + digits[-3:] in told


def test_the_rest_of_the_table_decides_between_two_readings():
    assert (RP.read("1.234", ","), RP.read("1,234", ".")) == ("1234", "1234")
    assert (KAPASITAS.read("1.234", "."), KAPASITAS.read("1,234", ",")) == ("1.234", "1.234")
    # where decimals have a point, 1.234 is no whole rupiah: told, with both readings
    assert "1234" in refused(RP, "1.234", ".") and "1,234" in refused(RP, "1.234", ".")
    assert "1,234" in refused(KAPASITAS, "1,234", None)


@pytest.mark.parametrize(
    ("texts", "signs"),
    [
        (["1234", "5.000"], set()), (["1.234.567"], {","}), (["1,5"], {","}), (["3.08"], {"."}), (["0.123"], {"."}),
        (["1.234,5", "1.234"], {","}), (["1,234,567", "1,5"], {".", ","}), (["12345.678"], {"."}), (["", "x"], set()),
        (["1 234"], set()), (["1\u00a0234,567"], {","}), (["1 234.5"], {"."}),
    ],
)  # fmt: skip
def test_a_table_shows_its_decimal_sign_in_cells_with_one_reading(texts, signs):
    assert decimal_signs(texts) == signs


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("1,5 miliar", "1500000000"), ("1.5 miliar", "1500000000"), ("500 juta", "500000000"), ("Rp 2 M", "2000000000"),
        ("750rb", "750000"), ("Rp 1,25 juta rupiah", "1250000"), ("2 triliun", "2000000000000"),
    ],
)  # fmt: skip
def test_an_amount_in_words_is_refused_with_the_figure_to_type(text, figure):
    assert figure in refused(RP, text)


@pytest.mark.parametrize(
    ("text", "decimal", "rupiah"),
    [
        ("395 miliar", ",", 395 * MILIAR), ("395.000.000.000", ",", 395 * MILIAR), ("Rp 395 miliar", ",", 395 * MILIAR),
        ("395,5 miliar", ",", 395_500_000_000), ("395 billion", ".", 395 * MILIAR), ("395", ",", 395 * MILIAR),
        ("395,5", ",", 395_500_000_000), ("395.5", ".", 395_500_000_000), ("395bn", ".", 395 * MILIAR),
        ("395,000,000,000", ".", 395 * MILIAR), ("1.234 miliar", ",", 1234 * MILIAR), ("395 M", ",", 395 * MILIAR),
        ("1.234 billion", ".", 1_234_000_000), (" 1,2 triliun ", ",", 1200 * MILIAR), ("Rp 5000", ",", 5000),
        ("0", ",", 0),
    ],
)  # fmt: skip
def test_money_typed_on_the_screen_is_read_in_words_in_miliar_and_in_rupiah(text, decimal, rupiah):
    assert read_rupiah(text, decimal) == rupiah


@pytest.mark.parametrize(
    "text", ["", "banyak", "-5", "395 M", "2 m", "0.0000000001", "9" * 61, "1e9", "2000000000000000"]
)
def test_money_that_cannot_be_or_may_be_million_or_miliar_is_refused_with_how_to_write_it(text):
    with pytest.raises(Refused, match="395 miliar"):
        read_rupiah(text, ".")


@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("text", ["395.000", "395,000", "395000", "1.500", "1,500", "999.999", "395.000,00"])
def test_a_bare_amount_that_may_be_a_thousand_times_another_is_not_guessed(text, decimal):
    with pytest.raises(Refused, match="395 miliar"):
        read_rupiah(text, decimal)


def test_an_amount_in_words_with_two_readings_is_told_both():
    told = refused(RP, "1.500 juta")  # 1,5 juta or 1500 juta
    assert "1500000 " in told and "1500000000" in told


@pytest.mark.parametrize(
    "text",
    ["1.23.456", "1.2345.678", "12,34,567", "1 2345", "1234 567", "1 234\u00a0567", "0 123", "1 234.567.890",
     "1.234.567,50", "Rp", "-", "1..2"],
)  # fmt: skip
def test_what_is_no_number_of_either_convention_is_refused(text):
    assert refused(RP, text)


@pytest.mark.parametrize("text", ["2.5", "2,5", "0,5", "2,01", "1 unit"])
def test_a_fraction_of_a_volume_is_told_to_use_a_smaller_unit(text):
    assert "satuan yang lebih kecil" in refused(VOLUME, text)


@pytest.mark.parametrize(
    ("kind", "good", "bad"), [(s.LAT, "-8,65", "115.2"), (s.LON, "115.21", "8.65"), (s.PERCENT, "99,5", "101")]
)
def test_a_place_or_share_lies_within_its_limits(kind, good, bad):
    assert float(kind.read(good, None)) == float(good.replace(",", "."))
    assert refused(kind, bad)


def test_a_limit_can_settle_which_reading_is_meant():
    assert s.LAT.read("3.085", None) == "3.085"  # 3085 is no latitude


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (s.FLAG, "Ya", "ya"), (s.FLAG, "TIDAK", "tidak"), (s.DOCUMENT, "ADA", "ada"),
        (s.MENU, "Revitalisasi", "revitalisasi"),
        (s.VERDICT, "Diterima", "diterima"), (s.SENTRA_STATE, "Belum_Dimanfaatkan", "belum_dimanfaatkan"),
    ],
)  # fmt: skip
def test_fixed_words_are_read_in_any_case(kind, text, value):
    assert kind.read(text, None) == value


@pytest.mark.parametrize(
    ("kind", "text", "near"),
    [
        (s.FLAG, "y", "'ya'"), (s.FLAG, "no", "'tidak'"), (s.FLAG, "TRUE", "'ya'"), (s.FLAG, "0", "'tidak'"),
        (s.DOCUMENT, "tidak perlu", "'tidak_perlu'"), (s.DOCUMENT, "prosess", "'proses'"),
        (s.MENU, "revit alisasi", "'revitalisasi'"),
        (s.VERDICT, "diskusikan", "'didiskusikan'"), (s.SENTRA_STATE, "jalan", "'berjalan'"),
    ],
)  # fmt: skip
def test_another_spelling_is_refused_with_the_nearest_word(kind, text, near):
    assert near in refused(kind, text)


NEVER = {  # what people write, and the one word that a hint may propose for it; "": none, for each would be a guess
    s.DOCUMENT: {
        "tidak ada": "belum", "tidak": "belum", "Tidak tersedia": "belum", "blm ada": "belum", "sudah": "ada",
        "perlu": "", "tidak diketahui": "", "tdk perlu": "tidak_perlu", "belum selesai": "", "tidak lengkap": "",
        "gak ada": "belum", "GA ADA": "belum", "gk. ada": "belum", "ora ada": "belum", "nggakada": "belum",
        "durung ada": "belum", "gaada": "", "kurang": "", "kurang lengkap": "", "ada tidak": "", "ada/tidak": "",
        "tidak/ada": "", "proses, belum ada": "", "tidak tidak ada": "", "ada sebagian": "", "gak perlu": "tidak_perlu",
    },
    s.VERDICT: {
        "tidak diterima": "ditolak", "belum diterima": "", "belumditerima": "", "tidak ditolak": "",
        "ditrima": "diterima", "bukan ditolak": "", "tidak didiskusikan": "", "batal diterima": "",
        "urung diterima": "", "kurang diterima": "", "ditolak/diterima": "", "proses ditolak": "", "ditolak proses": "",
        "gak diterima": "ditolak", "ga setuju": "ditolak", "diterima bersyarat": "",
    },
    s.SENTRA_STATE: {
        "tidak berjalan": "", "sudah dimanfaatkan": "berjalan", "dimanfaatkan": "berjalan", "tidak dibangun": "",
        "belum dibangun": "rencana", "belum dimanfaatkn": "belum_dimanfaatkan", "tidak mangkrak": "",
        "akan berjalan": "", "belum/dimanfaatkan": "", "blm berjalan": "belum_dimanfaatkan", "ora berjalan": "",
    },
    s.FLAG: {"tidak ada": "tidak", "belum": "tidak", "ada": "ya", "bukan ya": "", "gak": "tidak", "ya/tidak": ""},
    s.MENU: {"non pembangunan": "", "bukan revitalisasi": "", "pembangunn": "pembangunan"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "near"), [(kind, text, near) for kind, cases in NEVER.items() for text, near in cases.items()]
)
def test_a_word_is_never_told_its_opposite(kind, text, near):
    told = refused(kind, text)
    assert told.endswith(f"Mungkin maksud Anda '{near}'?") if near else "Mungkin" not in told


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-31",
        "31/03/2027",
        "31-03-2027",
        "31.3.2027",
        "2027/3/31",
        "2027-03-31 00:00:00",
        "31 Maret 2027",
        "31-mar-2027",
        "31/3/27",
        "31-Mar-27",
        "31 Mar. 27",
        "31\u00a0Maret\u202f2027",
    ],
)
def test_a_date_is_read_in_the_forms_people_use(text):
    assert s.DATE.read(text, None) == "2027-03-31"


@pytest.mark.parametrize(
    "text",
    [
        "03/31/2027",
        "2027-02-30",
        "31/3/127",
        "Maret 2027",
        "2027",
        "1800-01-01",
        "31/03-2027",
        "31 Mart 2027",
        "31-Mar-127",
    ],
)
def test_what_is_no_date_is_refused(text):
    assert "2027-03-31" in refused(s.DATE, text)


MONTHS_AS_WRITTEN = {
    "Pebruari": 2, "Peb": 2, "Feb.": 2, "Sept": 9, "Sept.": 9, "Nopember": 11, "NOP": 11, "Nov": 11, "Agst": 8,
    "Agust": 8, "Agus": 8, "Agt": 8, "Okt": 10, "Des": 12,
}  # fmt: skip


@pytest.mark.parametrize("month", MONTHS_AS_WRITTEN)
def test_a_month_is_known_by_its_older_and_shorter_names(month):
    assert s.DATE.read(f"5 {month} 2026", None) == f"2026-{MONTHS_AS_WRITTEN[month]:02}-05"


def test_a_year_of_two_digits_is_taken_as_spreadsheets_take_it():
    assert s.DATE.read("1/2/69", None) == "2069-02-01" and s.DATE.read("1/2/70", None) == "1970-02-01"


@pytest.mark.parametrize("text", ["3.0", "3,0", "3,00", "3.0000", "3"])
def test_a_whole_number_may_be_written_as_a_table_of_floats_writes_it(text):
    assert VOLUME.read(text, None) == "3"
    assert s.YEAR.read("2028.0", ".") == "2028" and refused(VOLUME, "3.000")  # three thousand, or three


@pytest.mark.parametrize("text", ["85,5%", "85.5 %", "85,5"])
def test_a_percentage_may_have_its_sign(text):
    assert s.PERCENT.read(text, None) == "85.5"
    assert refused(s.PERCENT, "855%") and refused(s.COUNT, "85%") and refused(s.PERCENT, "%")


def test_a_date_as_a_serial_number_is_told_the_date_it_would_be():
    assert "2023-03-15" in refused(s.DATE, "45000")  # day 45,000 of Excel's calendar


def test_blanks_of_every_kind_are_trimmed_but_a_line_break_is_not():
    assert trim("\u00a0\u200b 51.04\ufeff\t\u202f") == "51.04"
    assert trim("A\n") == "A\n"


def test_an_id_stays_text_and_may_not_be_empty():
    assert s.ID.read("007", None) == "007"
    assert refused(s.ID, "")


NUMBERS = [kind for table in s.SCHEMAS.values() for kind in table.values() if kind.dtype != "str"]


@given(st.integers(1, 10**12), st.sampled_from(["{:,}", "{}", "Rp {:,}", "{:,}.00"]), st.booleans())
def test_a_grouped_number_gives_itself_back_or_is_told(number, shape, indonesian):
    text = shape.format(number)
    text = text.translate(str.maketrans(",.", ".,")) if indonesian else text
    try:
        assert int(RP.read(text, None)) == number
    except Refused:
        assert 1_000 <= number < 1_000_000 and "00" not in shape  # one group only: two readings


@given(st.text(max_size=70), st.sampled_from(NUMBERS), st.sampled_from([None, ".", ","]))
def test_any_text_is_a_number_or_refused(text, kind, decimal):
    try:
        float(kind.read(trim(text), decimal))
    except Refused as remedy:
        assert str(remedy)
