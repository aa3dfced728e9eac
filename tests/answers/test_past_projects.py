"""What became of earlier packages: each state by hand, and no fact before its day."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from history import WHOLE, past
from hypothesis import given, settings
from hypothesis import strategies as st
from small import JUTA, candidates, held, usulan

from planner.answers.monitor import monitor, start_of
from planner.answers.past_projects import REPORT, USE, deadline

BASE = candidates(usulan("A", 1))


def seen(*rows, asof=date(2028, 1, 1), base=BASE):
    return monitor(replace(base, realisasi=held("realisasi", rows)), asof)


def state(what, asof=date(2028, 1, 1), **changes):
    return seen(past(**changes), asof=asof).packages[what].iloc[0]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "in_time"), ({"kontrak_tanggal": "2023-07-23"}, "late"),
        ({"kontrak_tanggal": None, "kontrak_rp": 0}, "none"), ({"kontrak_tanggal": None}, "unknown"),
        ({"kontrak_tanggal": None, "kontrak_rp": None}, "unknown"), ({"kontrak_rp": None}, "in_time"),
        ({"kontrak_tanggal": "2022-11-30"}, "in_time"), ({"kontrak_tanggal": "2024-01-02"}, "late"),
    ],
)  # fmt: skip
def test_a_contract_is_late_after_22_july_of_its_year(changes, expected):
    assert state("contract", **changes) == expected


@pytest.mark.parametrize(
    ("asof", "day", "expected"),
    [
        (date(2023, 7, 22), None, "not_due"), (date(2023, 7, 23), None, "unknown"),
        (date(2023, 7, 31), "2023-08-01", "unknown"), (date(2023, 8, 1), "2023-08-01", "late"),
        (date(2023, 5, 31), "2023-06-01", "not_due"), (date(2023, 6, 1), "2023-06-01", "in_time"),
    ],
)  # fmt: skip
def test_a_contract_is_told_from_its_own_day_on(asof, day, expected):
    assert state("contract", asof, kontrak_tanggal=day) == expected


def test_the_deadline_is_the_last_known_years_day_and_says_whose_rule_it_is():
    assert deadline(2024) == ("2024-07-22", 2024, "CONFIRMED")
    assert deadline(2027) == ("2027-07-22", 2024, "CONFIRMED")
    assert deadline(2019) == ("2019-07-22", 2024, "CONFIRMED")


@pytest.mark.parametrize(
    ("asof", "word", "expected"),
    [
        (date(2026, 12, 30), "ya", "not_due"), (date(2026, 12, 31), "ya", "reported"),
        (date(2026, 12, 30), "tidak", "not_due"), (date(2026, 12, 31), "tidak", "owed"),
        (date(2026, 12, 31), None, "unknown"), (date(2026, 12, 30), None, "not_due"),
    ],
)  # fmt: skip
def test_the_report_is_due_when_the_third_year_has_ended(asof, word, expected):
    assert state("report", asof, laporan_3tahun=word) == expected


def test_a_package_that_came_to_nothing_owes_no_report_unless_the_table_says_so():
    assert state("report", serap_rp=0, laporan_3tahun=None) == "none"
    assert state("report", serap_rp=0, laporan_3tahun="tidak") == "owed"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True), ({"kontrak_tanggal": "2023-08-01"}, False), ({"dimanfaatkan_1": "tidak"}, False),
        ({"dimanfaatkan_1": None}, None), ({"kontrak_tanggal": None, "kontrak_rp": None}, None),
        ({"serap_rp": 0, "dimanfaatkan_1": None}, False), ({"output_pct": 95}, True), ({"output_pct": 0}, False),
        ({"kontrak_rp": 0, "kontrak_tanggal": None, "dimanfaatkan_1": None}, False),
        ({"kontrak_tanggal": None, "dimanfaatkan_1": "tidak"}, False), ({"dimanfaatkan_3": "ya"}, True),
    ],
)  # fmt: skip
def test_success_is_a_contract_in_time_and_use_a_year_later(changes, expected):
    found = state("success", **changes)
    assert (None if pd.isna(found) else bool(found)) is expected


def test_a_failure_is_not_counted_before_a_success_could_be():
    # Late already in August 2023; whether another package of 2023 is in use shows only when 2024 has ended.
    assert pd.isna(state("success", date(2024, 12, 30), kontrak_tanggal="2023-08-01"))
    assert not state("success", date(2024, 12, 31), kontrak_tanggal="2023-08-01")


def test_the_chain_adds_up_what_is_known_and_counts_the_rest():
    # Money: 10 + 20 of pagu; RK of one only: 9 of its 10; nothing of 2027 has been used yet.
    running = past(usulan_id="q", ta=2027, pagu_rp=20 * JUTA, rk_rp=None, kontrak_tanggal="2027-05-01", kontrak_rp=0,
                   salur_rp=0, serap_rp=None, output_pct=None, **dict.fromkeys([*USE, REPORT]))  # fmt: skip
    chain = seen(past(), running).chain().set_index("step")
    assert chain.loc["pagu_rp", ["known", "unknown", "not_due", "amount_rp", "share"]].tolist() == [
        2, 0, 0, 30 * JUTA, 1,
    ]  # fmt: skip
    assert chain.loc["rk_rp", ["known", "unknown", "amount_rp", "share"]].tolist() == [1, 1, 9 * JUTA, 0.9]
    assert chain.loc["salur_rp", ["known", "amount_rp", "share"]].tolist() == [2, 8 * JUTA, 8 / 30]
    assert chain.loc["serap_rp", ["known", "unknown", "amount_rp", "share"]].tolist() == [1, 1, 7 * JUTA, 0.7]
    assert chain.loc["output_pct", ["known", "unknown", "share"]].tolist() == [1, 1, 1]
    assert chain.loc["dimanfaatkan_3", ["known", "unknown", "not_due", "share"]].tolist() == [1, 0, 1, 0]
    assert pd.isna(chain.loc["output_pct", "amount_rp"])


def test_nothing_known_is_not_zero():
    bare = {"usulan_id": "q", "kode": "53.01", "ta": 2023}
    chain = seen(bare).chain().set_index("step")
    assert chain["amount_rp"].isna().all() and chain["share"].isna().all()
    assert chain["unknown"].eq(1).all() and not chain["known"].any()
    totals = seen(bare, past()).totals("menu").set_index("menu")
    assert totals.loc["", "unknown"] == 5 and pd.isna(totals.loc["", "pagu_rp"])
    assert totals.loc["pembangunan", ["packages", "serap_rp", "unknown"]].tolist() == [1, 7 * JUTA, 0]


def test_totals_of_the_groups_are_the_country():
    found = seen(past(), past(usulan_id="q", kode="53.01", pagu_rp=3 * JUTA), past(usulan_id="r", ta=2025, menu=None))
    for by in ("menu", "provinsi"):
        totals = found.totals(by)
        assert totals["pagu_rp"].sum() == 23 * JUTA and totals["packages"].sum() == 3


def test_menu_and_commodity_come_from_usulan_and_sentra_where_the_row_has_none():
    sentra = [{"sentra_id": "s-A", "kode": "11.01", "komoditas": "logam"}, {"sentra_id": "t", "komoditas": "tekstil"}]
    own, named = past(usulan_id="A", menu=None, komoditas=None), past(usulan_id="x", sentra_id="t", komoditas=None)
    other, base = past(usulan_id="y", ta=2024, menu=None, komoditas=None), candidates(usulan("A", 1), sentra=sentra)
    found = seen(own, named, other, base=base).packages
    assert found["menu"].fillna("-").tolist() == ["pembangunan", "pembangunan", "-"]
    assert found["komoditas"].fillna("-").tolist() == ["logam", "tekstil", "-"]


def test_a_plan_looks_back_from_the_first_day_of_its_first_year():
    assert start_of(2028) == date(2028, 1, 1)
    assert seen(past(ta=2028)).packages["contract"].tolist() == ["in_time"]  # signed in 2023 already
    assert seen(past(ta=2029)).packages.empty


def day_of(fact: str, row: dict) -> date:
    """The day from which a fact may be known, said a second time."""
    if fact in ("kontrak_rp", "kontrak_tanggal") and row["kontrak_tanggal"]:
        return date.fromisoformat(row["kontrak_tanggal"])
    if fact in ("pagu_rp", "rk_rp"):
        return date(row["ta"], 1, 1)
    years = {"dimanfaatkan_1": 1, "dimanfaatkan_2": 2, "dimanfaatkan_3": 3, "laporan_3tahun": 3}
    return date(row["ta"] + years.get(fact, 0), 12, 31)


FACTS = [name for name in WHOLE if name.endswith(("_rp", "_pct")) or name in USE or name == REPORT]
DAYS = st.dates(date(2021, 1, 1), date(2027, 12, 31))
MONEY = st.one_of(st.none(), st.integers(0, 9 * JUTA))
FLAGS = st.sampled_from(["ya", "tidak", None])


@st.composite
def some_package(draw, number):
    signed = draw(st.one_of(st.none(), DAYS))
    cells = {name: draw(FLAGS if name in USE or name == REPORT else MONEY) for name in FACTS}
    return past(
        usulan_id=f"u{number}", kode=draw(st.sampled_from(["11.01", "53.01"])), ta=draw(st.integers(2020, 2026)),
        menu=draw(st.sampled_from(["pembangunan", "revitalisasi", None])), **cells | {"output_pct": draw(
            st.sampled_from([None, 0, 90, 100]))}, kontrak_tanggal=signed and signed.isoformat(),
    )  # fmt: skip


@settings(max_examples=40)
@given(st.data(), st.dates(date(2019, 12, 31), date(2031, 1, 1)))
def test_changing_what_lies_after_the_day_changes_nothing(data, asof):
    rows = [data.draw(some_package(i)) for i in range(data.draw(st.integers(1, 4)))]
    later = []
    for row in rows:
        other = data.draw(some_package(9))
        free = {fact: other[fact] for fact in FACTS if day_of(fact, row) > asof}
        if row["kontrak_tanggal"] and day_of("kontrak_tanggal", row) > asof:
            free["kontrak_tanggal"] = (asof + timedelta(data.draw(st.integers(1, 900)))).isoformat()
        later.append(row | free | ({"ta": row["ta"] + 20} if row["ta"] > asof.year else {}))
    one, two = seen(*rows, asof=asof), seen(*later, asof=asof)
    pd.testing.assert_frame_equal(one.packages, two.packages)
    assert len(one.packages) == sum(row["ta"] <= asof.year for row in rows)
    if len(rows) == 4:  # what is made of the packages
        pd.testing.assert_frame_equal(one.chain(), two.chain())
        pd.testing.assert_frame_equal(one.rates.cells, two.rates.cells)
