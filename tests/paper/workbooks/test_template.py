"""The template: every column explained, every choice offered, the example never read as data."""

import io
from datetime import date

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries

from planner.base.errors import PlannerError
from planner.base.messages import LANGUAGES, speaking
from planner.paper.workbooks import columns as guide
from planner.paper.workbooks.template import SHEETS, template_book, write_template
from planner.tables.cells import Refused
from planner.tables.schemas import OWN, columns_of


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(template_book()))


def rules_of(sheet) -> dict:
    """Column letter -> its validation."""
    return {
        get_column_letter(range_boundaries(str(rule.sqref))[0]): rule for rule in sheet.data_validations.dataValidation
    }


def choices_of(book, formula: str) -> list:
    sheet, cells = formula.removeprefix("=").split("!")
    return [cell.value for row in book[sheet][cells.replace("$", "")] for cell in row]


COLUMNS = {f"{table}.{column.name}": column for table in OWN for column in guide.columns(table)}


def breaking(holds) -> list[str]:
    """The columns of all tables of which something does not hold."""
    return [place for place, column in COLUMNS.items() if not holds(column)]


def test_the_sheets_stand_in_the_order_of_work(book):
    assert book.sheetnames == [
        "petunjuk",
        "sentra",
        "usulan",
        "rincian",
        "daerah",
        "realisasi",
        "bukti",
        "kolom",
        "daftar",
    ]
    assert set(SHEETS) == set(OWN)


@pytest.mark.parametrize("table", OWN)
def test_the_first_row_is_the_schema_and_the_next_two_begin_with_a_hash(book, table):
    first, second, third, *rest = book[table].iter_rows(values_only=True)

    assert list(first) == list(columns_of(table))
    assert second[0].startswith("#") and third[0].startswith("#contoh ")
    assert all(second) and all(value is not None for value in third)
    assert rest == []


def explained(column) -> bool:
    """Whether meaning, unit, accepted content (as much as Excel shows) and an example that is accepted are told."""
    fresh = guide.Column(column.table, column.name, column.kind, column.required)
    told = fresh.meaning and fresh.unit and fresh.allowed and len(fresh.allowed) <= 255
    shown, typed = str(fresh.example) in fresh.note, isinstance(fresh.example, date | float | int)
    return bool(told and shown and (typed or fresh.kind.read(fresh.example, ".") == fresh.example))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_column_has_meaning_unit_accepted_content_and_example(lang):
    with speaking(lang):
        assert breaking(explained) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_kolom_explains_every_column_once(lang):
    with speaking(lang):
        rows = list(openpyxl.load_workbook(io.BytesIO(template_book()))["kolom"].iter_rows(values_only=True))[1:]

    assert [(row[0], row[1]) for row in rows] == [(table, column) for table in SHEETS for column in columns_of(table)]
    assert all(all(row) for row in rows)


def test_nothing_is_explained_that_is_no_column():
    assert {table: set(examples) for table, examples in guide.EXAMPLES.items()} == {t: set(columns_of(t)) for t in OWN}


def offers_what_is_accepted(book, column) -> bool:
    """Whether the cell's list is that of its words; one without words offers a list only of ``kode`` or elsewhere."""
    words = guide.WORDS.get(column.kind.remedy)
    letter = get_column_letter(list(columns_of(column.table)).index(column.name) + 1)
    rule = rules_of(book[column.table]).get(letter)
    if words is None:
        return column.name in ("kode", "komponen") or rule is None or rule.type != "list" or "OFFSET" in rule.formula1
    offered = choices_of(book, rule.formula1)
    return offered == list(words) == [column.kind.read(word, None) for word in offered]


def test_a_column_of_fixed_words_offers_exactly_what_the_check_accepts(book):
    assert breaking(lambda column: offers_what_is_accepted(book, column)) == []


def test_every_kode_that_can_receive_and_every_komponen_is_offered(book):
    kode = choices_of(book, rules_of(book["usulan"])["D"].formula1)
    komponen = choices_of(book, rules_of(book["rincian"])["C"].formula1)

    assert len(kode) == len(set(kode)) == 508 and kode == sorted(kode)
    assert not [one for one in kode if one.startswith("31.")]  # DKI Jakarta
    assert len(komponen) == 14 and "ipal" in komponen


def test_the_least_number_that_a_cell_takes_is_the_least_that_the_check_takes():
    choices = guide.choices()
    limits = {place: column.limits(choices) for place, column in COLUMNS.items()}
    low = {
        place: limit.get("value", limit.get("minimum"))
        for place, limit in limits.items()
        if limit and limit["validate"] in ("integer", "decimal")
    }
    assert len(low) > 20
    assert [place for place, least in low.items() if COLUMNS[place].kind.read(str(least), ".") != str(least)] == []
    for place, least in low.items():
        with pytest.raises(Refused):
            pytest.fail(f"{place} takes {COLUMNS[place].kind.read(str(least - 1), '.')}")


def test_every_rule_says_the_remedy_and_reaches_from_the_first_row_far_down(book):
    for table in OWN:
        for rule in rules_of(book[table]).values():
            _, first, _, last = range_boundaries(str(rule.sqref))
            assert (first, last) == (4, 20_000)
            assert rule.error and rule.errorTitle in columns_of(table)


def test_codes_stay_text_and_money_shows_thousands(book):
    usulan = book["usulan"]
    formats = {name: usulan.cell(3, i).number_format for i, name in enumerate(columns_of("usulan"), 1)}

    assert {formats[name] for name in ("usulan_id", "kode", "menu", "fs")} == {"@"}
    assert (formats["om_tahunan_rp"], formats["ta"]) == ("#,##0", "0")
    assert book["sentra"].cell(3, list(columns_of("sentra")).index("laporan_terakhir") + 1).is_date


def test_every_header_has_a_note_and_stays_in_sight(book):
    for table in OWN:
        assert all(cell.comment.text for cell in book[table][1])
        assert book[table].freeze_panes == "B2"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_same_bytes_each_time_and_no_formula(lang):
    with speaking(lang):
        content = template_book()
        assert content == template_book()
    cells = [c for s in openpyxl.load_workbook(io.BytesIO(content)) for row in s.iter_rows() for c in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path):
    file = tmp_path / "isian.xlsx"
    file.write_text("isian saya")

    with pytest.raises(PlannerError, match="--force"):
        write_template(file)
    assert file.read_text() == "isian saya"
    write_template(file, force=True)
    assert openpyxl.load_workbook(file).sheetnames[0] == "petunjuk"


def test_a_name_that_excel_would_not_open_is_refused_with_a_better_one(tmp_path):
    with pytest.raises(PlannerError, match=r"isian\.xlsx"):
        write_template(tmp_path / "isian.xls")
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "map").write_text("")

    with pytest.raises(PlannerError) as error:
        write_template(tmp_path / "map" / "isian.xlsx")
    assert len(error.value.problems) == 1
