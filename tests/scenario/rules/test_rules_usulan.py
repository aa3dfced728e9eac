"""The rules on papers, people and packages, each on a table for a pencil: it changes the answer, it leaves no plan."""

import pytest
from small import candidates, line, out, scenario, usulan, volumes, winners

from planner.base.errors import InfeasibleError, PlannerError
from planner.model.build_options import build_options
from planner.plan.allocate import allocate
from planner.scenario.rules import RULES

JUKNIS = [
    {"ta": 2028, "menu": "pembangunan", "dokumen": "ded", "paling_lambat": "2028-03-31", "sumber": "asumsi"},
    {"ta": 2028, "menu": "pembangunan", "dokumen": "lahan", "paling_lambat": "2027-06-15", "sumber": "asumsi"},
    {"ta": 2028, "menu": "revitalisasi", "dokumen": "rab", "paling_lambat": "2027-06-15", "sumber": "asumsi"},
]


def solved(table, *rules, budget_rp=10):
    return allocate(table, scenario(budget_rp, rules))


def chosen(table, *rules, budget_rp=10):
    return winners(solved(table, *rules, budget_rp=budget_rp))


def reasons(table, *rules, budget_rp=10) -> dict[str, str]:
    return {r["usulan_id"]: r["reason"]["id"] for r in solved(table, *rules, budget_rp=budget_rp)["not_funded"]}


def refused(table, *rules, budget_rp=10, error=InfeasibleError) -> str:
    """What the planner reads where no plan exists; the first rule's own sentence must be in it."""
    asked = scenario(budget_rp, rules)
    with pytest.raises(error) as caught:
        allocate(table, asked)
    if error is InfeasibleError:
        assert asked.rules[0].sentence() in str(caught.value)
    return str(caught.value)


def nothing_left(table, *rules) -> str:
    """A gate that takes everything out: the error says so with each reason."""
    text = refused(table, *rules, error=PlannerError)
    assert "Tidak ada usulan yang tersisa" in text
    return text


def sentra(name, **facts) -> dict:
    return {"sentra_id": name, "kode": "11.01"} | facts


# KnownSentra


OLD = [usulan(name, 4, nilai, "11.01", "revitalisasi") for name, nilai in (("A", 9), ("B", 5), ("C", 1))]


def test_KnownSentra_changes_the_answer():
    # 10 rupiah buy two of A, B, C at 4; with one sentra counted in Aceh only the best
    assert chosen(candidates(*OLD, sentra_in={"11.01": 2}), {"rule": "KnownSentra"}) == ["A", "B"]
    assert chosen(candidates(*OLD, sentra_in={"11.01": 1}), {"rule": "KnownSentra"}) == ["A"]


def test_KnownSentra_infeasible_names_its_sentence():
    refused(candidates(*OLD, sentra_in={"11.01": 1}), {"rule": "KnownSentra"}, {"rule": "CountBand", "min": 2})


def test_KnownSentra_leaves_a_place_that_nobody_counted_alone_and_says_so():
    table = candidates(*OLD, sentra_in={"53.01": 0})
    (rule,) = scenario(10, [{"rule": "KnownSentra"}]).rules
    assert chosen(table, {"rule": "KnownSentra"}) == ["A", "B"]
    assert rule.unclear(table.usulan, table, 2028) == ["A", "B", "C"]


# OnePerSentra


def test_OnePerSentra_changes_the_answer():
    # A and B are of one sentra and would win together (9 points); only one of them may: A + C bring 8.
    table = candidates(usulan("A", 6, 5, sentra_id="s"), usulan("B", 4, 4, sentra_id="s"), usulan("C", 4, 3))
    assert chosen(table) == ["A", "B"]
    assert chosen(table, {"rule": "OnePerSentra"}) == ["A", "C"]


def test_OnePerSentra_infeasible_names_its_sentence():
    table = candidates(usulan("A", 6, 5, sentra_id="s"), usulan("B", 4, 4, sentra_id="s"))
    refused(table, {"rule": "OnePerSentra"}, {"rule": "CountBand", "min": 2})


def test_OnePerSentra_leaves_usulan_without_a_sentra_alone_and_counts_each_year():
    free = candidates(usulan("A", 5, 5, sentra_id=None), usulan("B", 5, 4, sentra_id=None))
    assert chosen(free, {"rule": "OnePerSentra"}) == ["A", "B"]
    table = candidates(usulan("A", 6, 5, sentra_id="s"), usulan("B", 6, 4, sentra_id="s", ta=2029))
    assert chosen(table, {"rule": "OnePerSentra"}, budget_rp={2028: 6, 2029: 6}) == ["A", "B"]


# Ready


def test_Ready_changes_the_answer():
    # A is the best and has no DED; B has all that a pembangunan needs; C is a revitalisasi and needs its RAB only.
    table = candidates(
        usulan("A", 6, 9, ded="proses", lahan="ada"), usulan("B", 6, 5, ded="ada", lahan="tidak_perlu"),
        usulan("C", 4, 4, menu="revitalisasi", rab="ada"), juknis=JUKNIS,
    )  # fmt: skip
    assert chosen(table) == ["A", "C"]
    assert chosen(table, {"rule": "Ready"}) == ["B", "C"]
    assert reasons(table, {"rule": "Ready"}) == {
        "A": "Dokumen wajib belum siap: DED (dalam proses, paling lambat 31 Maret 2028)."
    }
    assert out(solved(table, {"rule": "Ready"})) == {"A": ("gate", "Ready:0")}


def test_Ready_infeasible_names_its_sentence():
    table = candidates(usulan("A", 6, ded="belum"), juknis=JUKNIS)
    assert "DED (belum ada, paling lambat 31 Maret 2028)" in nothing_left(table, {"rule": "Ready"})


def test_Ready_does_not_punish_what_is_not_known_unless_asked_to():
    table = candidates(usulan("A", 6, 9, ded="ada"), usulan("B", 6, 5, ded="ada", lahan="ada"), juknis=JUKNIS)
    assert chosen(table, {"rule": "Ready"}) == ["A"]
    assert chosen(table, {"rule": "Ready", "unknown": "gate"}) == ["B"]
    rule = scenario(10, [{"rule": "Ready"}]).rules[0]
    assert rule.unclear(table.usulan, table, 2028) == ["A"]


def test_Ready_takes_the_documents_and_the_date_that_the_scenario_names():
    table = candidates(usulan("A", 6, 9, rtrw="proses"), usulan("B", 6, 5, rtrw="ada"))
    assert chosen(table, {"rule": "Ready", "documents": ["rtrw"]}) == ["B"]
    assert chosen(table, {"rule": "Ready", "documents": ["rtrw"], "accept": ["ada", "proses"]}) == ["A"]
    text = reasons(table, {"rule": "Ready", "documents": ["rtrw"], "by": "2027-12-31"})["A"]
    assert "paling lambat 31 Desember 2027" in text
    with pytest.raises(PlannerError, match=r"rules\[0\].*rtrv"):
        scenario(10, [{"rule": "Ready", "documents": ["rtrv"]}])


def test_Ready_uses_the_nearest_earlier_juknis():
    late = [usulan("A", 6, 9, ta=2029, ded="belum"), usulan("B", 6, 5, ta=2029, ded="ada")]
    assert chosen(candidates(*late, juknis=JUKNIS), {"rule": "Ready"}, budget_rp={2029: 6}) == ["B"]
    early = [usulan("A", 6, 9, ta=2027, ded="belum"), usulan("B", 6, 5, ta=2027, ded="ada")]
    assert chosen(candidates(*early, juknis=JUKNIS), {"rule": "Ready"}, budget_rp={2027: 6}) == ["A"]


def test_a_gated_usulan_cannot_be_locked_in_and_the_reason_is_told():
    table = candidates(usulan("A", 6, 9, ded="belum"), usulan("B", 6, 5), juknis=JUKNIS)
    lock = {"rule": "Lock", "usulan": ["A"]}
    text = refused(table, {"rule": "Ready"}, lock | {"state": "in"}, error=PlannerError)
    assert "rules[1]" in text and "DED" in text
    assert chosen(table, {"rule": "Ready"}, lock | {"state": "out"}) == ["B"]


# MinimumIKM


def test_MinimumIKM_changes_the_answer():
    table = candidates(usulan("A", 6, 9, ikm_komitmen=4), usulan("B", 6, 5, ikm_komitmen=5))
    assert chosen(table, {"rule": "MinimumIKM"}) == ["B"]
    assert reasons(table, {"rule": "MinimumIKM"}) == {"A": "Hanya 4 IKM; paling sedikit 5."}


def test_MinimumIKM_infeasible_names_its_sentence():
    text = nothing_left(candidates(usulan("A", 6, ikm_komitmen=4)), {"rule": "MinimumIKM"})
    assert "Hanya 4 IKM" in text and "terbanyak (1) adalah rules[0]: Paling sedikit 5 unit" in text


def test_MinimumIKM_passes_what_is_not_known_unless_asked_not_to():
    table = candidates(usulan("A", 6, 9, ikm_komitmen=None), usulan("B", 6, 5, ikm_komitmen=5))
    assert chosen(table, {"rule": "MinimumIKM"}) == ["A"]
    assert chosen(table, {"rule": "MinimumIKM", "unknown": "gate"}) == ["B"]


# SentraCriterion


def test_SentraCriterion_changes_the_answer():
    # 6 of 40 households: a sentra of PP 29/2018 (5 units), not one of BPS (20 % of 40 is 8).
    places = [sentra("s", jumlah_ikm=6, rumah_tangga_desa=40), sentra("t", jumlah_ikm=8, rumah_tangga_desa=40)]
    table = candidates(usulan("A", 6, 9, sentra_id="s"), usulan("B", 6, 5, sentra_id="t"), sentra=places)
    assert chosen(table, {"rule": "SentraCriterion", "definition": "pp29"}) == ["A"]
    assert chosen(table, {"rule": "SentraCriterion", "definition": "bps"}) == ["B"]


def test_SentraCriterion_infeasible_names_its_sentence():
    table = candidates(usulan("A", 6, sentra_id="s"), sentra=[sentra("s", jumlah_ikm=4)])
    assert "4 unit" in nothing_left(table, {"rule": "SentraCriterion"})


def test_SentraCriterion_passes_what_is_not_known():
    table = candidates(usulan("A", 6, sentra_id="s"), sentra=[sentra("s", jumlah_ikm=6)])
    assert chosen(table, {"rule": "SentraCriterion", "definition": "bps"}) == ["A"]


# FunctionalPackage


def hall(wajib="ya", low=None, price=2, volume=1):
    return line(price, volume, low, wajib, "gedung_produksi", "1")


def part(komponen, price=1, wajib="tidak"):
    return line(price, 1, None, wajib, komponen, komponen)


def test_FunctionalPackage_changes_the_answer():
    # A's hall is worth all of A; without the rule its machines (bobot 0) are left out for B (cost 3 of pagu 5).
    one = usulan("A", nilai=9, lines=[hall(), part("mesin_peralatan")])
    table = candidates(one, usulan("B", 3, 4), bobot={"mesin_peralatan": 0})
    assert volumes(solved(table, budget_rp=5)) == {"A": {"1": 1}, "B": {"1": 1}}
    assert volumes(solved(table, {"rule": "FunctionalPackage"}, budget_rp=5)) == {"A": {"1": 1, "mesin_peralatan": 1}}


def test_FunctionalPackage_infeasible_names_its_sentence():
    table = candidates(usulan("A", lines=[hall("tidak"), part("mesin_peralatan"), line(1, name="3")]))
    total = {"rule": "SpendBand", "min_rp": 3}
    text = refused(table, {"rule": "FunctionalPackage"}, total, budget_rp=3)
    assert "Gedung produksi disertai mesin" in text


def test_FunctionalPackage_gates_a_mandatory_hall_that_can_never_have_machines():
    table = candidates(usulan("A", 6, 9, lines=[hall()]), usulan("B", 6, 5))
    assert chosen(table, {"rule": "FunctionalPackage"}) == ["B"]
    assert "gedung produksi tanpa mesin" in reasons(table, {"rule": "FunctionalPackage"})["A"]


@pytest.mark.parametrize(("listrik", "funded"), [("belum", []), ("ada", ["A"]), (None, ["A"])])
def test_FunctionalPackage_wants_utilities_only_where_power_is_known_to_lack(listrik, funded):
    lines = [hall(), part("mesin_peralatan", wajib="ya")]
    table = candidates(usulan("A", nilai=9, lines=lines, listrik=listrik), usulan("Z", 99, 1))
    assert chosen(table, {"rule": "FunctionalPackage"}) == funded


@pytest.mark.parametrize(("wet", "funded"), [("ya", []), ("tidak", ["A"]), (None, ["A"])])
def test_FunctionalPackage_wants_waste_water_treatment_for_wet_processes(wet, funded):
    lines = [hall(), part("mesin_peralatan", wajib="ya")]
    places = [sentra("s", proses_basah=wet)]
    table = candidates(usulan("A", nilai=9, lines=lines, sentra_id="s"), usulan("Z", 99, 1), sentra=places)
    assert chosen(table, {"rule": "FunctionalPackage"}) == funded


@pytest.mark.parametrize(
    ("menu", "status", "funded"),
    [("pembangunan", None, []), ("revitalisasi", "berjalan", ["A"]), ("revitalisasi", "rencana", []),
     ("revitalisasi", None, ["A"])],
)  # fmt: skip
def test_FunctionalPackage_wants_a_place_for_machines(menu, status, funded):
    one = usulan("A", nilai=9, lines=[part("mesin_peralatan", wajib="ya")], sentra_id="s", menu=menu)
    table = candidates(one, usulan("Z", 99, 1), sentra=[sentra("s", status=status)])
    assert chosen(table, {"rule": "FunctionalPackage"}) == funded


# Ticket


def test_Ticket_changes_the_answer():
    # At most 6 each: A is trimmed from 8 to 6 and B has room; without it A takes 8 of 10 for its whole value.
    table = candidates(usulan("A", nilai=8, lines=[line(1, 8, 1)]), usulan("B", 4, 1))
    assert volumes(solved(table)) == {"A": {"1": 8}}
    assert volumes(solved(table, {"rule": "Ticket", "max_rp": 6})) == {"A": {"1": 6}, "B": {"1": 1}}


def test_Ticket_infeasible_names_its_sentence():
    table = candidates(usulan("A", 6, 9))
    refused(table, {"rule": "Ticket", "min_rp": 7}, {"rule": "CountBand", "min": 1})


def test_Ticket_looks_only_where_it_is_told_to_and_needs_a_bound():
    table = candidates(usulan("A", 6, 9), usulan("B", 4, 1, menu="revitalisasi"))
    asked = {"rule": "Ticket", "max_rp": 3, "where": {"menu": "revitalisasi"}}
    assert chosen(table, asked) == ["A"]
    for wrong in ({}, {"min_rp": 2, "max_rp": 1}):
        with pytest.raises(PlannerError, match=r"rules\[0\]"):
            scenario(10, [{"rule": "Ticket"} | wrong])


# PriceCeiling


def test_PriceCeiling_changes_the_answer():
    # Reference 5 at IKK 100; Aceh Selatan's IKK is 120: the ceiling is 6, with 10 % tolerance 6.6.
    ikk = {"11.01": {"ikk": 120.0}}
    table = candidates(usulan("A", 7, 9), usulan("B", 6, 5), prices={"gedung": 5}, kabupaten=ikk)
    ceiling = {"rule": "PriceCeiling", "price": "harga_acuan_rp"}
    assert chosen(table, ceiling) == ["B"]
    assert "Rp 7 melebihi batas Rp 6" in reasons(table, ceiling)["A"]
    assert chosen(table, ceiling | {"tolerance": 0.1}) == ["B"]  # 6.6 rounded down: 6
    assert chosen(table, ceiling | {"tolerance": 0.17}) == ["A"]  # 7.02


def test_PriceCeiling_infeasible_names_its_sentence():
    table = candidates(usulan("A", 7, 9), prices={"gedung": 5}, kabupaten={"11.01": {"ikk": 120.0}})
    assert "melebihi batas" in nothing_left(table, {"rule": "PriceCeiling", "price": "harga_acuan_rp"})


def test_PriceCeiling_leaves_a_dear_optional_line_out_and_lets_pass_what_is_not_known():
    lines = [line(1), line(7, wajib="tidak", name="2")]
    table = candidates(usulan("A", nilai=9, lines=lines), prices={"gedung": 5}, kabupaten={"11.01": {"ikk": 100.0}})
    ceiling = {"rule": "PriceCeiling", "price": "harga_acuan_rp"}
    assert volumes(solved(table, ceiling)) == {"A": {"1": 1}}
    unknown = candidates(usulan("A", nilai=9, lines=lines), prices={"gedung": 5})
    assert volumes(solved(unknown, ceiling)) == {"A": {"1": 1, "2": 1}}


# ThreeYearReport


def past(kode="11.01", ta=2024, report="tidak"):
    return {"usulan_id": f"x{ta}", "kode": kode, "ta": ta, "pagu_rp": 10, "serap_rp": 10, "laporan_3tahun": report}


def test_ThreeYearReport_changes_the_answer():
    # 2024 + 3 lies before 2028: owed. Of 2025 nothing is owed yet.
    table = candidates(usulan("A", 6, 9), usulan("B", 6, 5, kode="11.02"), realisasi=[past(), past("11.02", 2025)])
    assert chosen(table, {"rule": "ThreeYearReport"}) == ["B"]
    assert "TA 2024" in reasons(table, {"rule": "ThreeYearReport"})["A"]


def test_ThreeYearReport_infeasible_names_its_sentence():
    table = candidates(usulan("A", 6), realisasi=[past()])
    assert "TA 2024" in nothing_left(table, {"rule": "ThreeYearReport"})


@pytest.mark.parametrize("report", ["ya", None])
def test_ThreeYearReport_punishes_neither_who_reported_nor_what_is_not_known(report):
    table = candidates(usulan("A", 6, 9), usulan("B", 6, 5, kode="11.02"), realisasi=[past(report=report)])
    assert chosen(table, {"rule": "ThreeYearReport"}) == ["A"]
    rule = scenario(10, [{"rule": "ThreeYearReport"}]).rules[0]
    assert rule.unclear(table.usulan, table, 2028) == ([] if report else ["A"])


def test_ThreeYearReport_may_lower_the_chance_instead():
    table = candidates(usulan("A", 6), usulan("B", 6, kode="11.02"), realisasi=[past()])
    asked = scenario(10, [{"rule": "ThreeYearReport", "effect": "chance", "factor": 0.8}])
    options = build_options(table, asked).table
    assert options["chance"].tolist() == [800_000, 1_000_000]
    assert options["faktor_ThreeYearReport"].tolist() == [0.8, 1.0]


def test_every_rule_is_silent_where_nothing_is_known():
    # No table but usulan and rincian: no gate takes anything out because a cell is empty.
    table = candidates(usulan("A", 6, sentra_id=None), usulan("B", 4))
    for name in ("OnePerSentra", "Ready", "MinimumIKM", "SentraCriterion", "FunctionalPackage", "PriceCeiling",
                 "ThreeYearReport"):  # fmt: skip
        assert name in RULES
        assert chosen(table, {"rule": name}) == ["A", "B"], name
