"""What bodies have judged, and sentra that stand idle: each rule on a table for a pencil."""

import pytest
from rulework import agrees
from small import candidates, line, out, scenario, usulan, volumes, winners

from planner.base.errors import InfeasibleError, PlannerError
from planner.model.build_options import build_options
from planner.model.problem import compile_problem
from planner.plan.allocate import allocate
from planner.plan.derive import choice_of
from planner.plan.substance import illegal

VERDICTS = {"rule": "Verdicts"}
IDLE = {"rule": "IdleSentra"}


def solved(table, *rules, budget_rp=10):
    return allocate(table, scenario(budget_rp, rules))


def chosen(table, *rules, budget_rp=10):
    return winners(solved(table, *rules, budget_rp=budget_rp))


def worth(plan) -> float:
    """The first goal of a plan in its own unit."""
    return plan["goals"][0]["value"] * plan["goals"][0]["point"] / 10**6


def reasons(table, *rules) -> dict[str, str]:
    return {r["usulan_id"]: r["reason"]["id"] for r in solved(table, *rules)["not_funded"]}


def said(price_rp, name="1", wajib="ya", volume=1, low=None, komponen="gedung", **verdicts) -> dict:
    """A line with what bodies say of it."""
    return line(price_rp, volume, low, wajib, komponen, name) | verdicts


# Verdicts


def test_Verdicts_changes_the_answer():
    # A (9 points) and B (5) cost 6 each, only one fits; the province refused A.
    table = candidates(usulan("A", 6, 9, verifikasi_provinsi="ditolak"), usulan("B", 6, 5, kode="11.02"))
    assert chosen(table) == ["A"]
    assert chosen(table, VERDICTS) == ["B"]
    assert reasons(table, VERDICTS) == {"A": "Ditolak penilai: verifikasi provinsi (ditolak)."}
    assert chosen(table, VERDICTS | {"verifikasi_provinsi": "none"}) == ["A"]


def test_Verdicts_infeasible_names_its_sentence():
    # Everything that has nilai is refused; the total of 1 cannot be had, and the gate's reason is told.
    table = candidates(usulan("A", 6, 9, verifikasi_provinsi="ditolak"), usulan("B", 6, 0, kode="11.02"))
    total = {"rule": "TotalBand", "column": "nilai", "min": 1}
    with pytest.raises(InfeasibleError, match=r"verifikasi provinsi \(ditolak\)"):
        allocate(table, scenario(10, [total, VERDICTS]))
    with pytest.raises(PlannerError, match="Tidak ada usulan yang tersisa"):
        allocate(candidates(usulan("A", 6, verifikasi_provinsi="ditolak")), scenario(10, [VERDICTS]))


def test_a_rejected_line_is_out_and_its_usulan_brings_less():
    # A: 4 + 2 rupiah. Without the second line it costs 4 and brings 4/6 of 9 = 6; B costs 4 and brings 7.
    lines = [said(4), said(2, "2", "tidak", penilaian_kl="ditolak")]
    table = candidates(usulan("A", nilai=9, lines=lines), usulan("B", 4, 7, kode="11.02"))
    assert volumes(solved(table, budget_rp=6)) == {"A": {"1": 1, "2": 1}}
    plan = solved(table, VERDICTS, budget_rp=6)
    assert volumes(plan) == {"B": {"1": 1}} and worth(plan) == 7
    both = solved(table, VERDICTS, budget_rp=8)
    assert volumes(both) == {"A": {"1": 1}, "B": {"1": 1}} and both["spent_rp"] == {"2028": 8}
    assert worth(both) == 6 + 7
    agrees(table, scenario(8, [VERDICTS]))


@pytest.mark.parametrize("effect", ["line", "usulan"])
def test_a_rejected_mandatory_line_takes_its_usulan_out_and_says_who_rejected_which(effect):
    lines = [said(4), said(2, "2", penilaian_bappenas="ditolak", penilaian_kl="ditolak")]
    table = candidates(usulan("A", nilai=9, lines=lines), usulan("B", 4, 1, kode="11.02"))
    rule = VERDICTS | {"penilaian_bappenas": effect, "penilaian_kl": effect}
    assert out(solved(table, rule)) == {"A": ("gate", "Verdicts:0")}
    reason = reasons(table, rule)["A"]
    assert "rincian 2" in reason and "penilaian Bappenas (ditolak)" in reason and "K/L" in reason


def test_a_rejected_line_that_the_package_needs_takes_its_usulan_out():
    # The machines of A may be left out, but no hall comes without them: once Bappenas rejects them A cannot work.
    machines = said(2, "M", "tidak", komponen="mesin_peralatan", penilaian_bappenas="ditolak")
    table = candidates(
        usulan("A", nilai=9, lines=[said(4, komponen="gedung_produksi"), machines]), usulan("B", 4, 1, kode="11.02")
    )
    package = {"rule": "FunctionalPackage"}
    assert "A" in chosen(table, package)
    plan = solved(table, package, VERDICTS)
    assert out(plan) == {"A": ("gate", "FunctionalPackage:0")}
    reason = reasons(table, package, VERDICTS)["A"]
    assert "gedung produksi tanpa mesin" in reason and "rincian M: penilaian Bappenas (ditolak)" in reason


def test_an_usulan_of_which_every_line_is_rejected_is_out():
    table = candidates(
        usulan("A", nilai=9, lines=[said(4, wajib="tidak", penilaian_kl="ditolak")]), usulan("B", 4, 1, kode="11.02")
    )
    assert out(solved(table, VERDICTS)) == {"A": ("gate", "Verdicts:0")}
    assert reasons(table, VERDICTS)["A"].startswith("Tidak ada rincian yang disetujui")


def test_an_agreed_volume_bounds_its_line():
    # 3 of 5 units are agreed: 3 rupiah, 3/5 of 10 = 6 points. Nothing is agreed of B; 2 of C, whose least is 3.
    table = candidates(
        usulan("A", nilai=10, lines=[said(1, volume=5, volume_disetujui=3)]),
        usulan("B", nilai=10, lines=[said(1, volume=5, volume_disetujui=0)], kode="11.02"),
        usulan("C", nilai=10, lines=[said(1, volume=5, low=3, volume_disetujui=2)], kode="32.01"),
        usulan("D", nilai=10, lines=[said(1, volume=5, low=1, volume_disetujui=4)], kode="53.01"),
    )
    plan = solved(table, VERDICTS, budget_rp=5)
    assert volumes(plan) == {"A": {"1": 3}, "D": {"1": 2}} and worth(plan) == 6 + 4
    plan = solved(table, VERDICTS, budget_rp=7)
    assert volumes(plan) == {"A": {"1": 3}, "D": {"1": 4}} and worth(plan) == 6 + 8
    assert {name: kind for name, (kind, _) in out(plan).items()} == {"B": "gate", "C": "gate"}
    agrees(table, scenario(7, [VERDICTS]))


def test_a_plan_beyond_an_agreed_volume_is_found_wrong():
    table = candidates(usulan("A", nilai=10, lines=[said(1, volume=5, low=1, volume_disetujui=3)]))
    asked = scenario(9, [VERDICTS])
    problem = compile_problem(build_options(table, asked), asked)
    line_ = {"rincian_id": "1", "volume": 4, "amount_rp": 4}
    x = choice_of([{"usulan_id": "A", "ta": 2028, "lines": [line_]}], problem)
    assert list(illegal(problem, x)) != []
    x = choice_of([{"usulan_id": "A", "ta": 2028, "lines": [line_ | {"volume": 3}]}], problem)
    assert list(illegal(problem, x)) == []


def test_a_verdict_may_lower_the_chance_once_for_each_body():
    table = candidates(
        usulan("A", lines=[said(4, penilaian_kl="ditolak"), said(2, "2", penilaian_kl="ditolak")]),
        usulan("B", 4, kode="11.02", verifikasi_provinsi="diterima"),
        daerah=[{"kode": "11.01", "ta": 2028, "penilaian_kemenkeu": "perlu_perhatian", "lokpri": "ya"}],
    )
    rule = VERDICTS | {"penilaian_kl": "chance", "penilaian_kemenkeu": "chance", "factor": 0.5}
    options = build_options(table, scenario(10, [rule])).table
    assert options["chance"].tolist() == [250_000, 1_000_000]


def test_what_is_not_judged_passes_and_is_listed_unless_asked_to_wait():
    table = candidates(
        usulan("A", 6, 9, verifikasi_provinsi="diterima"),
        usulan("B", 6, 5, kode="11.02"),
        daerah=[{"kode": kode, "ta": 2028, "lokpri": "ya"} for kode in ("11.01", "11.02")],
    )
    only = VERDICTS | {"penilaian_bappenas": "none", "penilaian_kl": "none"}
    rule = scenario(10, [only]).rules[0]
    assert rule.unclear(table.usulan, table, 2028) == ["B"]
    assert "A" in chosen(table, only) and set(out(solved(table, only)).values()) == {("price", None)}
    plan = solved(table, only | {"not_judged": "gate"})
    assert out(plan) == {"B": ("gate", "Verdicts:0:unknown")}
    assert reasons(table, only | {"not_judged": "gate"}) == {"B": "Belum dinilai: verifikasi provinsi."}


def test_a_region_outside_the_priority_locations_of_its_year_is_out():
    table = candidates(
        usulan("A", 6, 9), usulan("B", 6, 5, kode="11.02"),
        daerah=[{"kode": "11.01", "ta": 2028, "lokpri": "tidak"}, {"kode": "11.02", "ta": 2027, "lokpri": "tidak"}],
    )  # fmt: skip
    assert chosen(table, VERDICTS) == ["B"]


def test_a_verdict_column_or_effect_that_does_not_exist_is_told_with_the_others():
    with pytest.raises(PlannerError) as caught:
        scenario(10, [VERDICTS | {"penilaian_bapenas": "line", "lokpri": "line", "not_judged": "wait"}])
    text = str(caught.value)
    assert "penilaian_bapenas" in text and "penilaian_bappenas" in text
    assert "rules[0].lokpri" in text and "rules[0].not_judged" in text


# IdleSentra


def idle(name="s", status="mangkrak", **facts) -> dict:
    return {"sentra_id": name, "kode": "11.01", "status": status} | facts


def revitalised(name, nilai, *parts, **facts):
    lines = [said(2, part, "tidak", komponen=part) for part in parts]
    return usulan(name, nilai=nilai, lines=lines, menu="revitalisasi", **facts)


@pytest.mark.parametrize(("status", "funded"), [("mangkrak", "B"), ("belum_dimanfaatkan", "B"), ("berjalan", "A")])
def test_IdleSentra_changes_the_answer(status, funded):
    # A renews a sentra that nobody uses with a store house and no machines; only one usulan fits.
    table = candidates(
        revitalised("A", 9, "gudang", sentra_id="s"), usulan("B", 2, 5, kode="11.02"), sentra=[idle(status=status)]
    )
    assert chosen(table, IDLE, budget_rp=2) == [funded]
    assert chosen(table, IDLE | {"effect": "gate"}, budget_rp=2) == [funded]


def test_IdleSentra_infeasible_names_its_sentence():
    # The machines that A needs cost 2 beside its hall of 2; no more than 2 may be spent.
    table = candidates(revitalised("A", 9, "gudang", "mesin_peralatan", sentra_id="s"), sentra=[idle()])
    asked = scenario(10, [IDLE, {"rule": "AgreedVolume", "usulan": "A", "rincian": "mesin_peralatan", "volume": 0},
                          {"rule": "Lock", "state": "in", "usulan": ["A"]}])  # fmt: skip
    with pytest.raises(InfeasibleError) as caught:
        allocate(table, asked)
    assert asked.rules[0].sentence() in str(caught.value)


def test_an_idle_sentra_is_completed_before_anything_else():
    # Dark, dry and wet: of A's lines machines, power, water and waste treatment must all be in; the store house may
    # be left out. 8 rupiah buy just these four.
    needed = ("mesin_peralatan", "utilitas", "ipab", "ipal")
    table = candidates(
        revitalised("A", 9, "gudang", *needed, sentra_id="s", listrik="belum", air="proses"),
        sentra=[idle(proses_basah="ya")],
    )
    assert volumes(solved(table, IDLE, budget_rp=8)) == {"A": dict.fromkeys(sorted(needed), 1)}
    assert winners(solved(table, IDLE, budget_rp=7)) == []
    agrees(table, scenario(9, [IDLE]))


def test_an_idle_sentra_without_a_manager_or_a_line_that_completes_it_says_what_it_lacks():
    table = candidates(
        revitalised("A", 9, "gudang", sentra_id="s", listrik="belum", sk_pengelola="belum"), usulan("B", 2, 1),
        sentra=[idle()],
    )  # fmt: skip
    reason = reasons(table, IDLE)["A"]
    assert "mesin, listrik, SK pengelola" in reason and "berhenti, tidak selesai" in reason
    assert "tanyakan dahulu" in reasons(table, IDLE | {"effect": "gate"})["A"]


def test_of_an_idle_sentra_what_is_not_known_is_not_no():
    table = candidates(revitalised("A", 9, "mesin_peralatan", sentra_id="s"), sentra=[idle()])
    assert chosen(table, IDLE) == ["A"]
    rule = scenario(10, [IDLE]).rules[0]
    assert rule.unclear(table.usulan, table, 2028) == ["A"]


def test_a_rejected_line_completes_nothing():
    machines = said(2, "M", "tidak", komponen="mesin_peralatan", penilaian_kl="ditolak")
    table = candidates(
        usulan("A", nilai=9, lines=[said(2), machines], menu="revitalisasi", sentra_id="s"), usulan("B", 2, 1),
        sentra=[idle()],
    )  # fmt: skip
    assert chosen(table, IDLE) == ["A", "B"]
    assert out(solved(table, IDLE, VERDICTS)) == {"A": ("gate", "IdleSentra:0")}
    assert "penilaian K/L (ditolak)" in reasons(table, IDLE, VERDICTS)["A"]
