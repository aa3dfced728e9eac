"""Each criterion on two usulan: where it changes the answer, and what a missing value does."""

import pandas as pd
import pytest
from small import ASSUMPTIONS, candidates, scenario, usulan, winners

from planner.base.errors import PlannerError
from planner.model.build_options import build_options
from planner.plan.allocate import allocate
from planner.scenario.criteria import CRITERIA
from planner.scenario.scenario import vary
from planner.tables.schemas import DOCUMENTS


def decided_by(name, one, other):
    """Which of two usulan of the same cost and 10 IKM wins when only this criterion has weight."""
    return winners(allocate(candidates(one, other), weighted(name)))


def weighted(*names):
    return scenario(6, goals=["score"], weights=dict.fromkeys(names, 1))


def score_of(table, *names) -> dict[str, float]:
    options = build_options(table, weighted(*names)).table
    return dict(zip(options["usulan_id"], options["score"] / 10**6, strict=True))


INDUSTRY = {  # half of 100 % manufacturing and 8 of 10 sentra per 10,000 people; 20 % and 2
    "11.01": {"manufaktur_pct": 20.0, "sentra_per_10rb": 2.0},
    "11.02": {"manufaktur_pct": 50.0, "sentra_per_10rb": 8.0},
}  # fmt: skip


def test_industri_changes_the_answer():
    table = candidates(usulan("A", 6), usulan("B", 6, kode="11.02"), kabupaten=INDUSTRY)
    assert winners(allocate(table, weighted("industri"))) == ["B"]
    assert score_of(table, "industri") == {"A": 20, "B": 65}  # the mean of 50 and 80 is 65


def test_ikm_changes_the_answer():
    # 60 of 100 IKM score 60, 30 score 30.
    one, other = usulan("A", 6, ikm=30), usulan("B", 6, ikm=60)
    assert decided_by("ikm", one, other) == ["B"]
    assert score_of(candidates(one, other), "ikm") == {"A": 30, "B": 60}


def test_tenaga_kerja_changes_the_answer():
    one, other = usulan("A", 6, tenaga_kerja_target=20), usulan("B", 6, tenaga_kerja_target=80)
    assert decided_by("tenaga_kerja", one, other) == ["B"]
    assert score_of(candidates(one, other), "tenaga_kerja") == {"A": 20, "B": 80}


def test_kemiskinan_changes_the_answer():
    # TTS has 40 % poor, Bogor 5 %.
    one, other = usulan("A", 6, kode="32.01"), usulan("B", 6, kode="53.02")
    assert decided_by("kemiskinan", one, other) == ["B"]
    assert score_of(candidates(one, other), "kemiskinan") == {"A": 5, "B": 40}


def test_tertinggal_changes_the_answer():
    one, other = usulan("A", 6, kode="32.01"), usulan("B", 6, kode="53.01")
    assert decided_by("tertinggal", one, other) == ["B"]
    assert score_of(candidates(one, other), "tertinggal") == {"A": 0, "B": 100}


def test_pengangguran_changes_the_answer():
    # 8 of 10 percent unemployed in Bogor, 2 in Aceh Selatan.
    one, other = usulan("A", 6, kode="11.01"), usulan("B", 6, kode="32.01")
    assert decided_by("pengangguran", one, other) == ["B"]
    assert score_of(candidates(one, other), "pengangguran") == {"A": 20, "B": 80}


DED = {"ded": "ada", "rab": "ada"}  # 2 of 11 documents


def test_kesiapan_changes_the_answer():
    # Two documents of eleven against one in process (worth half of one): 2/11 and 0.5/11 of 100.
    one, other = usulan("A", 6, ded="proses"), usulan("B", 6, **DED)
    assert decided_by("kesiapan", one, other) == ["B"]
    assert score_of(candidates(one, other), "kesiapan") == {"A": 4.5455, "B": 18.1818}


def test_kelembagaan_changes_the_answer():
    # A manager's decree alone is half, with a UPTD it is whole.
    table = candidates(
        usulan("A", 6, sk_pengelola="ada", sentra_id="s1"), usulan("B", 6, sk_pengelola="ada", sentra_id="s2"),
        sentra=[{"sentra_id": "s2", "kode": "11.01", "uptd": "ya"}],
    )  # fmt: skip
    assert winners(allocate(table, weighted("kelembagaan"))) == ["B"]
    assert score_of(table, "kelembagaan") == {"A": 50, "B": 100}


def test_kinerja_dak_changes_the_answer():
    # 3 + 6 of 5 + 10 absorbed before 2028 is 60 %; what happens in 2028 is not known in advance.
    past = [("11.01", 2024, 5, 3), ("11.01", 2025, 10, 6), ("11.01", 2028, 10, 10), ("11.02", 2025, 10, 9)]
    realisasi = [{"usulan_id": f"{k}-{ta}", "kode": k, "ta": ta, "pagu_rp": p, "serap_rp": s} for k, ta, p, s in past]
    table = candidates(usulan("A", 6), usulan("B", 6, kode="11.02"), realisasi=realisasi)
    assert winners(allocate(table, weighted("kinerja_dak"))) == ["B"]
    assert score_of(table, "kinerja_dak") == {"A": 60, "B": 90}


def test_a_package_whose_absorption_is_not_known_counts_neither_way():
    # 6 of 10 is 60 %; a running package of 90 without serap_rp is not one that absorbed nothing; of B nothing is known.
    past = [("11.01", 2024, 10, 6), ("11.01", 2027, 90, None), ("11.01", 2026, None, 5), ("11.02", 2027, 90, None)]
    realisasi = [{"usulan_id": f"{k}-{ta}", "kode": k, "ta": ta, "pagu_rp": p, "serap_rp": s} for k, ta, p, s in past]
    table = candidates(usulan("A", 6), usulan("B", 6, kode="11.02"), realisasi=realisasi)
    assert table.usulan["serapan"].tolist()[0] == 0.6 and table.usulan["serapan"].isna().tolist() == [False, True]
    assert score_of(table, "kinerja_dak") == {"A": 60, "B": 50}  # the neutral value of who has no past
    assert build_options(table, weighted("kinerja_dak")).unknown == {"kinerja_dak": 1}


def flag_decides(name):
    one, other = usulan("A", 6, **{name: "tidak"}), usulan("B", 6, **{name: "ya"})
    assert decided_by(name, one, other) == ["B"]
    assert score_of(candidates(one, other), name) == {"A": 0, "B": 100}


def test_tematik_changes_the_answer():
    flag_decides("tematik")


def test_ovop_changes_the_answer():
    flag_decides("ovop")


def test_ekspor_changes_the_answer():
    flag_decides("ekspor")


def test_pangan_changes_the_answer():
    flag_decides("pangan")


def test_rantai_pasok_changes_the_answer():
    flag_decides("rantai_pasok")


def with_a_gap(name):
    """Two usulan of which A has no value for the criterion, and B has one; cells of kabupaten; other tables."""
    if name in FLAGS:
        return [usulan("A", 6), usulan("B", 6, **{name: "ya"})], {}
    if name == "industri":
        known = {"manufaktur_pct": 50.0, "sentra_per_10rb": 5.0}
        return [usulan("A", 6), usulan("B", 6, kode="53.01")], {"11.01": dict.fromkeys(known), "53.01": known}
    if name in ("kesiapan", "kelembagaan"):
        return [usulan("A", 6), usulan("B", 6, sk_pengelola="ada")], {}
    if name == "kinerja_dak":
        return [usulan("A", 6), usulan("B", 6, kode="53.01")], {}
    if name == "ikm":
        return [usulan("A", 6, ikm=None), usulan("B", 6, ikm=60)], {}
    if name == "tenaga_kerja":
        return [usulan("A", 6), usulan("B", 6, tenaga_kerja_target=60)], {}
    column, value = {
        "kemiskinan": ("kemiskinan_pct", 60),
        "tertinggal": ("tertinggal", "ya"),
        "pengangguran": ("tpt_pct", 6),
    }[name]
    return [usulan("A", 6), usulan("B", 6, kode="53.01")], {"11.01": {column: None}, "53.01": {column: value}}


FLAGS = ("tematik", "ovop", "ekspor", "pangan", "rantai_pasok")
PAST = [{"usulan_id": "x", "kode": "53.01", "ta": 2025, "pagu_rp": 10, "serap_rp": 9}]


def missing_scores_0(name):
    rows, cells = with_a_gap(name)
    options = build_options(candidates(*rows, kabupaten=cells, realisasi=PAST), weighted(name))
    assert options.unknown == {name: 1}
    assert options.table["score"].iat[0] == 0
    assert options.table["score"].iat[1] > 0


def empty_everywhere(name):
    rows, cells = with_a_gap(name)
    with pytest.raises(PlannerError, match=f"weights.{name}"):
        build_options(candidates(rows[0], kabupaten=cells), weighted(name))


def test_ikm_missing_scores_0_and_is_counted():
    missing_scores_0("ikm")


def test_industri_missing_scores_0_and_is_counted():
    missing_scores_0("industri")


def test_tenaga_kerja_missing_scores_0_and_is_counted():
    missing_scores_0("tenaga_kerja")


def test_kemiskinan_missing_scores_0_and_is_counted():
    missing_scores_0("kemiskinan")


def test_tertinggal_missing_scores_0_and_is_counted():
    missing_scores_0("tertinggal")


def test_pengangguran_missing_scores_0_and_is_counted():
    missing_scores_0("pengangguran")


def test_kesiapan_missing_scores_0_and_is_counted():
    missing_scores_0("kesiapan")


def test_kelembagaan_missing_scores_0_and_is_counted():
    missing_scores_0("kelembagaan")


def test_kinerja_dak_missing_scores_0_and_is_counted():
    # Not 0 but the neutral value: who comes for the first time is not punished by a past that it does not have.
    rows, _ = with_a_gap("kinerja_dak")
    table = candidates(*rows, realisasi=PAST, assumptions={"nilai_kinerja_netral": 0.88})
    options = build_options(table, weighted("kinerja_dak"))
    assert options.unknown == {"kinerja_dak": 1}
    assert options.table["score"].tolist() == [88 * 10**6, 90 * 10**6]


def test_tematik_missing_scores_0_and_is_counted():
    missing_scores_0("tematik")


def test_ovop_missing_scores_0_and_is_counted():
    missing_scores_0("ovop")


def test_ekspor_missing_scores_0_and_is_counted():
    missing_scores_0("ekspor")


def test_pangan_missing_scores_0_and_is_counted():
    missing_scores_0("pangan")


def test_rantai_pasok_missing_scores_0_and_is_counted():
    missing_scores_0("rantai_pasok")


@pytest.mark.parametrize("name", CRITERIA)
def test_weighting_a_criterion_that_is_empty_everywhere_is_an_error(name):
    empty_everywhere(name)


def test_every_empty_criterion_is_told_at_once():
    rows, cells = with_a_gap("kemiskinan")
    with pytest.raises(PlannerError) as caught:
        build_options(candidates(rows[0], kabupaten=cells), weighted("kemiskinan", "tenaga_kerja"))
    assert "weights.kemiskinan" in str(caught.value) and "weights.tenaga_kerja" in str(caught.value)


def test_a_criterion_of_weight_0_may_be_empty_and_is_not_counted():
    options = build_options(candidates(usulan("A", 6)), scenario(weights={"kemiskinan": 2, "tenaga_kerja": 0}))
    assert options.unknown == {"kemiskinan": 0}
    assert options.table["score"].tolist() == [10 * 10**6]


@pytest.mark.parametrize("name", CRITERIA)
def test_a_value_outside_the_fixed_bounds_is_cut_off(name):
    rows = {"ikm": [0, 500], "tenaga_kerja_target": [0, 500], "kemiskinan_pct": [0.0, 99.0], "tpt_pct": [0.0, 99.0]}
    rows |= {document: ["belum", "ada"] for document in DOCUMENTS} | {"serapan": [-0.5, 1.2]}
    rows |= {"manufaktur_pct": [-1.0, 101.0], "sentra_per_10rb": [-1.0, 11.0]}
    table = pd.DataFrame(rows | {flag: ["tidak", "ya"] for flag in (*FLAGS, "tertinggal", "uptd")})
    bounds = ASSUMPTIONS | {"acuan_kemiskinan_min": 1, "acuan_kemiskinan_maks": 40}
    assert CRITERIA[name](table, bounds).tolist() == [0.0, 1.0]


def test_another_candidate_never_changes_a_score():
    alone = score_of(candidates(usulan("A", 6, kode="53.01")), "kemiskinan", "pengangguran")
    with_more = score_of(
        candidates(usulan("A", 6, kode="53.01"), usulan("B", 6, kode="53.02")), "kemiskinan", "pengangguran"
    )
    assert alone["A"] == with_more["A"] == 30  # (30 + 30) / 2


def test_a_score_is_the_weighted_mean_and_only_proportions_matter():
    # Kupang: kemiskinan 30, tertinggal 100. Weights 3 : 1 give (90 + 100) / 4 = 47.5, and so do 0.3 : 0.1.
    table = candidates(usulan("A", 6, kode="53.01"))
    for weights in ({"kemiskinan": 3, "tertinggal": 1}, {"kemiskinan": 0.3, "tertinggal": 0.1}):
        assert build_options(table, scenario(weights=weights)).table["score"].tolist() == [47_500_000]


def test_the_tertinggal_flag_is_empty_where_not_known_never_no():
    table = candidates(usulan("A", 6, kode="91.03"), usulan("B", 6, kode="32.01"))
    assert build_options(table, weighted("tertinggal")).unknown == {"tertinggal": 1}


def test_what_is_a_factor_of_the_benefit_already_does_not_count_in_its_score_again():
    # Score: ikm 30 of 100 -> 30, poverty of Kupang 30 %, of TTS 40 %: means 30 and 35. The benefit has IKM as a factor:
    # its score is of poverty alone, 30 % x 30 IKM = 9 and 40 % x 30 = 12; counted twice 30 % x 30 and 35 % x 30.
    table = candidates(usulan("A", 6, kode="53.01", ikm=30), usulan("B", 6, kode="53.02", ikm=30))
    asked = scenario(6, goals=["benefit"], weights={"ikm": 1, "kemiskinan": 1})
    once, twice = (build_options(table, vary(asked, count_twice=again)).table for again in (False, True))

    assert once["score"].tolist() == twice["score"].tolist() == [30 * 10**6, 35 * 10**6]
    assert once["score_benefit"].tolist() == [30 * 10**6, 40 * 10**6]
    assert once["benefit"].tolist() == [9 * 10**6, 12 * 10**6]
    assert twice["benefit"].tolist() == [9 * 10**6, 10_500_000]


def test_where_nothing_else_is_weighted_the_score_of_the_benefit_is_100():
    options = build_options(candidates(usulan("A", 6, ikm=30)), scenario(6, goals=["benefit"], weights={"ikm": 1}))
    assert options.table[["score", "score_benefit", "benefit"]].values.tolist() == [[30 * 10**6, 10**8, 30 * 10**6]]


@pytest.mark.parametrize(("least", "counts"), [(1.0, True), (0.6, False)])
def test_readiness_is_left_out_only_where_the_chance_has_a_factor_of_it(least, counts):
    # every document is there: readiness 100, poverty 10
    papers = dict.fromkeys(DOCUMENTS, "ada")
    table = candidates(usulan("A", 6, **papers), assumptions={"faktor_kesiapan_min": least})
    options = build_options(table, scenario(6, goals=["benefit"], weights={"kesiapan": 1, "kemiskinan": 1}))
    assert options.table["score_benefit"].tolist() == [(55 if counts else 10) * 10**6]
