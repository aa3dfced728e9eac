"""realisasi by quarter: one row per package is still read alike, each wrong quarter is told, none is known early."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from history import past
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import HOSTILE, Page
from small import JUTA, candidates, held, usulan
from tabular import tables, write_csv

from planner.answers.monitor import monitor
from planner.answers.past_projects import packages
from planner.base.messages import speaking
from planner.model.candidates import read_usulan
from planner.tables.check import check_data
from planner.tables.quarters import as_known, by_package, last_day, quarters_of
from planner.views.monitor import quarter_chart, sentences

HEAD = ["usulan_id", "kode", "ta", "pagu_rp", "kontrak_rp", "kontrak_tanggal", "salur_rp", "output_pct", "triwulan"]
YEAR = [
    ["L1", "53.01", 2023, 7_000_000_000, "", "", "", "", 1],
    ["L1", "53.01", 2023, 7_000_000_000, 6_000_000_000, "2023-05-02", 2_000_000_000, "30,7", 2],
    ["L1", "53.01", 2023, 7_000_000_000, 6_000_000_000, "2023-05-02", 4_000_000_000, 70, 3],
]


@pytest.fixture(autouse=True)
def indonesian():
    with speaking("id"):
        yield


def findings(tmp_path, rows, header=HEAD):
    return check_data(write_csv(tmp_path / "u", tables() | {"realisasi": [header, *rows]})).findings


def changed(row: int, column: str, value) -> list[list]:
    rows = [list(one) for one in YEAR]
    rows[row][HEAD.index(column)] = value
    return rows


def test_a_year_of_quarters_is_read_without_a_word_and_is_one_package(tmp_path):
    assert findings(tmp_path, YEAR) == ()
    read = read_usulan(tmp_path / "u")["realisasi"].data
    (row,) = by_package(read).to_dict("records")
    assert (row["salur_rp"], row["output_pct"], row["kontrak_tanggal"]) == (4_000_000_000, 70, "2023-05-02")
    assert "triwulan" not in row and quarters_of(read)["triwulan"].tolist() == [1, 2, 3]


def test_a_table_of_one_row_a_package_is_read_as_before(tmp_path):
    whole = [row[:-1] for row in YEAR[2:]]
    assert findings(tmp_path, whole, HEAD[:-1]) == ()
    old = read_usulan(tmp_path / "u")["realisasi"].data
    findings(tmp_path, [[*whole[0], ""]])
    empty = read_usulan(tmp_path / "u")["realisasi"].data
    pd.testing.assert_frame_equal(by_package(old), old.drop(columns="triwulan"))
    pd.testing.assert_frame_equal(by_package(empty)[list(by_package(old))], by_package(old))
    assert quarters_of(empty).empty


@pytest.mark.parametrize(
    ("row", "column", "value", "level", "says"),
    [
        (2, "salur_rp", 1_000_000_000, "warning", "kurang dari triwulan sebelumnya, Rp 2.000.000.000"),
        (2, "output_pct", "30,2", "warning", "kurang dari triwulan sebelumnya, 30,7"),
        (2, "kontrak_rp", 5_000_000_000, "warning", "kurang dari triwulan sebelumnya, Rp 6.000.000.000"),
        (0, "kontrak_tanggal", "2023-05-02", "warning", "sesudah triwulan 1 berakhir (31 Maret 2023)"),
        (1, "triwulan", "", "error", "Isi 1 sampai 4"), (1, "triwulan", 5, "error", "harus 1, 2, 3, atau 4"),
        (1, "triwulan", "=1+1", "error", "harus 1, 2, 3, atau 4"), (1, "triwulan", 3, "error", "hanya sekali"),
        (1, "triwulan", "<script>", "error", "harus 1, 2, 3, atau 4"), (1, "triwulan", -2, "error", "harus 1, 2"),
        (1, "kode", "53.03", "error", "berkode '53.01'"),
    ],
)  # fmt: skip
def test_a_quarter_that_cannot_be_is_told_with_its_place(tmp_path, row, column, value, level, says):
    found = [f for f in findings(tmp_path, changed(row, column, value)) if says in f.sentence()]
    assert found and found[0].level == level and found[0].table == "realisasi"
    twice = says == "hanya sekali"  # told of the later of the two
    assert (found[0].row, found[0].column) == (row + 2 + twice, column)


def test_quarters_out_of_order_are_told_and_read_by_their_number(tmp_path):
    (told,) = findings(tmp_path, [YEAR[0], YEAR[2], YEAR[1]])
    assert (told.row, told.column, told.level) == (4, "triwulan", "warning") and "di bawah triwulan 3" in told.remedy
    assert by_package(read_usulan(tmp_path / "u")["realisasi"].data)["salur_rp"].tolist() == [4_000_000_000]


def by_quarters(*rows):
    table = held("realisasi", rows)
    return replace(candidates(usulan("A", 1)), realisasi=by_package(table), quarters=quarters_of(table))


def test_the_chain_by_quarter_adds_up_by_hand_and_unknown_is_not_zero():
    # p: 2 of 10 in quarter 1, 4 in quarter 2; q has a row for quarter 2 only: 10 of 30. In quarter 1 q is unknown.
    nothing = {"kontrak_tanggal": None, "kontrak_rp": None, "serap_rp": None}
    rows = [past(triwulan=1, salur_rp=2 * JUTA, **nothing), past(triwulan=2, salur_rp=4 * JUTA, **nothing),
            past(usulan_id="q", triwulan=2, pagu_rp=30 * JUTA, salur_rp=10 * JUTA, **nothing)]  # fmt: skip
    found = monitor(by_quarters(*rows), date(2023, 8, 1))
    chain = found.quarters[found.quarters["step"] == "salur_rp"].set_index("triwulan")
    assert chain[["known", "unknown", "amount_rp", "share"]].to_numpy().tolist() == [
        [1, 1, 2 * JUTA, 0.2], [2, 0, 14 * JUTA, 0.35],
    ]  # fmt: skip
    absorbed = found.quarters[found.quarters["step"] == "serap_rp"]
    assert absorbed["known"].eq(0).all() and absorbed["share"].isna().all()
    page = Page(quarter_chart(found))
    assert "TA 2023 triwulan 2" in page.text and "35,0 % (2 dari 2 paket diketahui)" in page.text
    assert "20,0 % (1 dari 2 paket diketahui)" in page.text and "belum diketahui (0 dari 2" in page.text
    with speaking("en"):
        assert "2023 quarter 2" in Page(quarter_chart(found)).text


def test_dates_and_quarters_after_the_day_asked_are_told_in_a_sentence_each():
    rows = [past(triwulan=q, kontrak_tanggal="2023-07-22" if q > 2 else None) for q in (1, 2, 3, 4)]
    found = monitor(by_quarters(*rows, past(usulan_id="q", ta=2025)), date(2023, 7, 1))
    said = " ".join(found.findings)
    assert "bertanggal sesudah 1 Juli 2023 pada 1 paket" in said and "belum berakhir pada 1 Juli 2023 pada 1" in said
    assert "Tahun sesudah 1 Juli 2023 pada 1 paket tidak dihitung: q." in said
    assert found.findings[0] in "\n".join(sentences(found, "x"))


def test_names_of_the_table_stay_text():
    found = monitor(by_quarters(*[past(usulan_id=text, triwulan=4) for text in HOSTILE]), date(2023, 7, 1))
    assert all(sentence.isprintable() for sentence in found.findings)
    assert not {tag for tag, _ in Page(quarter_chart(found)).tags} & {"script", "img"}


@pytest.mark.parametrize(
    ("told", "asof", "expected"),
    [
        ({1: 8}, "2023-05-01", "in_time"), ({1: 8}, "2023-03-30", "not_due"),
        ({1: 8, 2: None}, "2023-07-01", "in_time"),
        ({1: 0}, "2023-05-01", "not_due"), ({1: 0, 2: 8}, "2023-07-01", "in_time"), ({2: 0}, "2023-08-01", "unknown"),
        ({2: 0, 3: 8}, "2023-10-01", "unknown"),  # by 30 September: by 22 July or not is not known
        ({3: 0}, "2023-09-30", "none"), ({3: 0, 4: 8}, "2023-12-31", "late"), ({3: 0, 4: 8}, "2023-12-30", "none"),
    ],
)  # fmt: skip
def test_a_contract_without_a_date_is_known_at_the_end_of_its_quarter(told, asof, expected):
    rows = [past(triwulan=q, kontrak_tanggal=None, kontrak_rp=rp, salur_rp=rp) for q, rp in told.items()]
    found = packages(by_quarters(*rows), date.fromisoformat(asof))
    assert found["contract"].tolist() == [expected]
    assert found["salur_rp"].isna().all() or asof == "2023-12-31"  # a part of a year is not its result


CELL = st.one_of(st.none(), st.integers(0, 9 * JUTA))
SIGNED = st.one_of(st.none(), st.dates(date(2023, 1, 1), date(2023, 12, 31)).map(date.isoformat))


@st.composite
def some_quarters(draw):
    names = ("pagu_rp", "rk_rp", "kontrak_rp", "salur_rp", "serap_rp")
    return [
        past(usulan_id=u, triwulan=q, kontrak_tanggal=draw(SIGNED), **{name: draw(CELL) for name in names})
        for u in ("p", "q") for q in draw(st.sets(st.integers(1, 4), min_size=1))
    ]  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(some_quarters(), some_quarters(), st.dates(date(2023, 1, 1), date(2024, 6, 30)))
def test_what_a_later_quarter_says_changes_nothing(rows, others, asof):
    later = [row for row in others if last_day(2023, row["triwulan"]) > asof.isoformat()]
    keys = {(row["usulan_id"], row["triwulan"]) for row in rows}
    hidden = ("salur_rp", "serap_rp")
    rest = {(row["usulan_id"], row["triwulan"]): {name: row[name] for name in hidden} for row in later}
    other = [row | rest.get((row["usulan_id"], row["triwulan"]), {}) for row in rows]
    other += [
        row | {"kontrak_tanggal": None, "kontrak_rp": None} for row in later
        if (row["usulan_id"], row["triwulan"]) not in keys
        and row["triwulan"] > min(q for u, q in keys if u == row["usulan_id"])
    ]  # fmt: skip
    one, two = (by_quarters(*table) for table in (rows, other))
    pd.testing.assert_frame_equal(packages(one, asof), packages(two, asof))
    pd.testing.assert_frame_equal(monitor(one, asof).quarters, monitor(two, asof).quarters)
    assert len(as_known(one.quarters, asof)) == 2
