"""Whatever stands in any one cell of any table: it is data, or it is told with its place; never a traceback."""

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tabular import TABLES, as_csv, tables, workbook

from planner.base.errors import PlannerError
from planner.base.paths import ACUAN
from planner.tables.check import against, check_against
from planner.tables.sources import sources

REFERENCE = against(ACUAN)
CELLS = [(name, i, j) for name, rows in TABLES.items() for i in range(2, len(rows) + 1) for j in range(len(rows[0]))]
HOSTILE = [
    "", " ", "=cmd()", "=1+1", "+62", "-5", "@x", "<script>alert(1)</script>", "{oops}", "../../etc/passwd",
    "x" * 40_000,
    "9" * 5_000, "1" * 400 + "." + "2" * 400, "NaN", "-inf", "1e308", "1.234", "1,234", "1.234.567", "Rp 1,5 miliar",
    "2 M", "٥١.٠٤", "½", "a\0b", "\u200b", "\ufeff", "\x1f", "\x85", "line\nbreak", 'quote"', "#x", "#REF!", "TRUE",
    "51.4",
    "2026-10-11", "45000", "U1", "53.01", "31.71", "\ud800", "𝟝𝟙", "ya", "_x0000_", "%s%n", "1/0", "0x10", "-0", "00",
]  # fmt: skip
texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30), st.text("0123456789.,- Rpjuta/", max_size=14))
excel = st.one_of(
    texts, st.floats(), st.booleans(), st.integers(), st.integers(10**15, 10**400), st.dates(dt.date(1900, 3, 1)),
    st.datetimes(dt.datetime(1900, 3, 1)), st.times(), st.timedeltas(dt.timedelta(0), dt.timedelta(9999)),
)  # fmt: skip


def with_cell(cell, value) -> dict[str, list[list]]:
    name, row, column = cell
    return tables(**{name: {(row, TABLES[name][0][column]): value}})


def data_or_told(source: Path, cell, file: str) -> None:
    """All tables are typed, or an error stands in this table at this row and column."""
    checked = check_against(sources(source), REFERENCE)
    told = [f for f in checked.findings if f.level == "error"]
    sentences = [f.sentence() for f in checked.findings]
    assert all(sentence.isprintable() and len(sentence) < 2_000 for sentence in sentences)
    if not told:
        assert set(checked.tables) == set(TABLES)
        return
    assert checked.tables == {}
    name, row, column = cell
    here = [f for f in told if (f.table, f.row) == (name, row) and f.column in ("", TABLES[name][0][column])]
    keys = TABLES[name][0][column] in ("usulan_id", "sentra_id", "kode", "komponen", "volume", "volume_min")
    assert here or keys  # a key may be wrong only seen from the other table, whose row is named then
    assert all(f.file == file or f.file.startswith(name) or keys for f in told)


@settings(max_examples=120)
@given(st.sampled_from(CELLS), texts)
def test_any_text_in_any_cell_of_a_csv_is_data_or_told(cell, value):
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in with_cell(cell, value).items():
            (Path(folder) / f"{name}.csv").write_bytes(as_csv(rows).encode("utf-8", "surrogatepass"))
        data_or_told(Path(folder), cell, f"{cell[0]}.csv")


@pytest.mark.parametrize("value", HOSTILE)
def test_every_hostile_text_in_some_cells_of_a_csv_is_data_or_told(value, tmp_path):
    for cell in CELLS[HOSTILE.index(value) % 29 :: 29]:
        for name, rows in with_cell(cell, value).items():
            (tmp_path / f"{name}.csv").write_bytes(as_csv(rows).encode("utf-8", "surrogatepass"))
        data_or_told(tmp_path, cell, f"{cell[0]}.csv")


@settings(max_examples=80)
@given(st.sampled_from(CELLS), excel)
@example(("rincian", 2, 3), float("nan"))
@example(("usulan", 2, 3), dt.date(2026, 10, 11))
def test_anything_in_any_cell_of_a_workbook_is_data_or_told(cell, value):
    name, row, column = cell
    book = workbook(tables())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "isian.xlsx"
        try:
            book[name].cell(row, column + 1).value = value
            book.save(path)
        except Exception:  # what Excel itself cannot hold
            assume(False)
        data_or_told(path, cell, "isian.xlsx")


@settings(max_examples=40)
@given(st.sampled_from(sorted(TABLES)), st.binary(max_size=200))
def test_any_bytes_in_place_of_a_table_are_told_or_data(name, content):
    with tempfile.TemporaryDirectory() as folder:
        for other, rows in tables().items():
            (Path(folder) / f"{other}.csv").write_bytes(content if other == name else as_csv(rows).encode())
        try:
            check_against(sources(Path(folder)), REFERENCE).raise_errors()
        except PlannerError as error:
            assert error.problems
