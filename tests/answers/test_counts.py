"""Every usulan stands in one part of the count, and the parts add up, over one year and over several."""

import pytest
from pages import at, country
from small import MILIAR, line, scenario, usulan, write

from planner.answers.counts import Counts, count, count_all
from planner.base.messages import speaking
from planner.model.candidates import read_candidates
from planner.plan.allocate import allocate
from planner.plan.plan import Plan

REFUSED = {"verifikasi_provinsi": "ditolak"}


def own(name, ta, price=3, ikm=10, **more):
    facts = {"verifikasi_provinsi": "diterima", "sentra_id": ""} | more
    return usulan(name, lines=[line(price * MILIAR, komponen="gedung_upt")], ta=ta, ikm=ikm, **facts)


@pytest.fixture
def rows(tmp_path):
    """Two usulan of 2028 fit a pagu of 6 miliar, one does not; one is refused; two ask for 2029, one for 2031."""
    return write(
        tmp_path / "usulan", own("A", 2028), own("B", 2028, ikm=9), own("C", 2028, ikm=1), own("D", 2028, **REFUSED),
        own("E", 2029), own("F", 2029), own("G", 2031),
    )  # fmt: skip


def planned(rows, pagu) -> Plan:
    asked = scenario(pagu, [{"rule": "Verdicts"}], ("benefit",), data=str(rows))
    return allocate(read_candidates(asked, rows), asked)


def adds_up(counts: Counts, plan: Plan) -> bool:
    parts = counts.plain()
    inside = sum(parts[name] for name in ("now", "after", "other", "unplaced", "gated"))
    return parts["due"] == inside and parts["whole"] == inside + parts["later"] == len(plan.funded) + len(
        plan.not_funded
    )


def test_a_plan_of_one_year_tells_its_own_usulan_from_those_of_other_years(rows):
    plan = planned(rows, {2028: 6 * MILIAR})
    counts = count_all(plan)

    assert adds_up(counts, plan)
    assert counts.sentence() == (
        "7 usulan = 4 untuk TA 2028 + 3 untuk tahun lain; 4 = 2 terpilih + 1 tidak tertampung + "
        "1 dikeluarkan aturan, penilai, atau sel kosong."
    )


def test_a_plan_of_several_years_tells_the_first_from_the_later_ones(rows):
    plan = planned(rows, {2028: 6 * MILIAR, 2029: 3 * MILIAR})
    counts = count_all(plan)

    assert adds_up(counts, plan) and (counts.now, counts.after, counts.later) == (2, 1, 1)
    assert "6 = 2 terpilih untuk TA 2028 + 1 terpilih untuk tahun sesudahnya + 2 tidak tertampung" in counts.sentence()


def test_the_other_menu_of_a_modelled_winner_is_a_part_of_its_own():
    base = country()  # 508 kabupaten with two candidates each, of which three win
    assert adds_up(base.counts, base.plan)
    assert base.counts.sentence() == (
        "1.016 kandidat = 3 terpilih + 3 menu lain di kabupaten/kota yang terpilih + 1.010 tidak tertampung."
    )
    with speaking("en"):
        assert base.counts.sentence().startswith("1,016 candidates = 3 chosen + 3 of the other menu in")


def test_the_parts_of_the_provinces_add_up_to_those_of_the_country():
    base = country()
    provinces = [at(base, kode).counts.plain() for kode in sorted(set(base.kabupaten["kode_provinsi"]))]
    assert {name: sum(one[name] for one in provinces) for name in provinces[0]} == base.counts.plain()
    nothing = count(base.plan, base.plan.funded.head(0), base.plan.not_funded.head(0))
    assert nothing.sentence() == ""
