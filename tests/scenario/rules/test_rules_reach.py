"""Rules on where sentra lie, a degree (111.319 km) apart on the equator, then against trying everything."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rulework import agrees, chosen, sentences
from scipy.optimize import linprog
from small import JUTA, KODE, MILIAR, candidates, scenario, usulan, winners

from planner.base.errors import InfeasibleError, PlannerError
from planner.base.paths import PARAMETERIZED
from planner.geo.regions import wilayah
from planner.model.build_options import build_options
from planner.model.candidates import read_candidates
from planner.model.problem import compile_problem
from planner.plan.allocate import allocate
from planner.scenario.rows import Decisions
from planner.scenario.scenario import read_scenario, vary
from planner.views import limits
from planner.views.scene import Scene

# kemiskinan_pct: 11.01 10, 11.02 20, 32.01 5, 53.01 30, 53.02 40, 91.03 25; 130 in all
REACH = {"rule": "ServiceReach", "need": "kemiskinan_pct", "radius_km": 100}
SPREAD = {"rule": "SpreadCommodity", "radius_km": 112, "max_count": 1}
ALONE, NEXT, SECOND = 111.318, 111.319, 223  # km: nobody else; also the neighbours; also their neighbours


def sentra(name, kode="11.01", komoditas="batik", status="rencana", lat=None, lon=None) -> dict:
    return {"sentra_id": name, "kode": kode, "komoditas": komoditas, "status": status, "lat": lat, "lon": lon}


def abc(*more, kode=("11.01", "11.02", "53.01"), **changes):
    """Pagu 10 miliar: A + B (6 + 4) bring 9, A + C bring 8, B + C bring 7; each has a sentra of batik."""
    rows = [usulan(n, c * MILIAR, v, kode=k) for n, c, v, k in zip("ABC", (6, 4, 4), (5, 4, 3), kode, strict=True)]
    own = [sentra(f"s-{n}", k) | changes.get(n, {}) for n, k in zip("ABC", kode, strict=True)]
    return candidates(*rows, sentra=[*own, *more])


# ServiceReach


def test_ServiceReach_changes_the_answer():
    # Each reaches its own kabupaten alone: A 10, B 20, C 30 of 130. A + B: 23.1 %, A + C: 30.8 %, B + C: 38.5 %.
    assert chosen(abc(), REACH | {"min_share": 0.23}) == ["A", "B"]
    assert chosen(abc(), REACH | {"min_share": 0.3}) == ["A", "C"]
    assert chosen(abc(), REACH | {"min_share": 0.38}) == ["B", "C"]


def test_ServiceReach_infeasible_names_its_sentence():
    text = sentences(abc(), REACH | {"min_share": 0.39})
    assert "39,0 %" in text and "100 km" in text and "titik kabupaten/kotanya" in text


def test_a_kabupaten_is_reached_to_the_metre():
    # With its neighbours C reaches 5 + 30 + 40, A 10 + 20 and B 10 + 20 + 5: A + C 105 of 130 = 80.8 %.
    for km, share in ((ALONE, 0.3), (NEXT, 0.8)):
        assert chosen(abc(), REACH | {"min_share": share, "radius_km": km}) == ["A", "C"]
    with pytest.raises(InfeasibleError):
        allocate(abc(), scenario(rules=[REACH | {"min_share": 0.8, "radius_km": ALONE}]))


def test_what_is_reached_holds_exactly_at_its_limit():
    # Needs 1, 2, 7: with A and C reached 8 of 10.
    need = dict.fromkeys(KODE, 0) | {"11.01": 0.1, "11.02": 0.2, "53.01": 0.7}
    rows = usulan("A", 6, 5), usulan("B", 4, 4, kode="11.02"), usulan("C", 4, 3, kode="53.01")
    table = candidates(*rows, kabupaten={kode: {"kemiskinan_pct": n} for kode, n in need.items()})
    assert chosen(table, REACH | {"min_share": 0.8}, budget_rp=10) == ["A", "C"]
    assert chosen(table, REACH | {"min_share": 0.800000001}, budget_rp=10) == ["B", "C"]


def test_a_sentra_that_runs_reaches_without_money_and_no_other_does():
    for status, expected in (("berjalan", ["A", "B"]), ("belum_dimanfaatkan", ["B", "C"]), (None, ["B", "C"])):
        table = abc(sentra("z", "53.01", status=status))  # 10 + 20 and its 30: 46.2 %
        assert chosen(table, REACH | {"min_share": 0.35}) == expected


def test_only_sentra_of_the_commodities_named_reach():
    table = abc(sentra("z", "53.01", "tenun", "berjalan"), B={"komoditas": None})
    assert chosen(table, REACH | {"min_share": 0.35}) == ["A", "B"]  # 10 + 20, and 30 by z
    assert chosen(table, REACH | {"min_share": 0.3, "komoditas": ["batik"]}) == ["A", "C"]
    rule = scenario(rules=[REACH | {"min_share": 0.3, "komoditas": ["batik"]}]).rules[0]
    assert rule.unclear(table.usulan, table, 2028) == ["B"]
    assert "(batik)" in rule.sentence()


def test_a_sentra_lies_at_its_own_coordinates_or_at_its_kabupaten():
    # B's sentra lies where 53.02 (need 40) has its point: A + B reach 50 of 130. Half a coordinate is none.
    assert chosen(abc(B={"lat": 0.0, "lon": 104.0}), REACH | {"min_share": 0.38}) == ["A", "B"]
    assert chosen(abc(B={"lon": 104.0}), REACH | {"min_share": 0.38}) == ["B", "C"]


def test_reach_counts_every_year_of_the_plan():
    table = candidates(usulan("A", 6, 5), usulan("C", 4, 3, kode="53.01", ta=2029))
    plan = allocate(table, scenario({2028: 6, 2029: 4}, [REACH | {"min_share": 0.3}]))
    assert winners(plan) == ["A", "C"]  # 40 of 130, neither alone
    assert [(r["activity"], r["lower"]) for r in plan["rule_status"] if r["rule"] == 0] == [
        (80, 78)
    ]  # x 10/5, 0.3 x 10


def test_only_a_minimum_of_reach_can_be_asked():
    with pytest.raises(PlannerError) as caught:
        scenario(rules=[REACH | {"max_share": 0.5}, REACH | {"min_share": 0.5, "radius_km": -1}])
    first, second = caught.value.problems
    assert "rules[0]" in first and "max_share" in first and "min_share" in first and "SpreadCommodity" in first
    assert "rules[1].radius_km" in second and "-1" in second


def test_reach_says_what_is_wrong_with_its_names_and_its_need():
    rules = [REACH | {"min_share": 0.5, "need": "kemiskinan"}, REACH | {"min_share": 0.5, "komoditas": ["batk"]}]
    with pytest.raises(PlannerError) as caught:
        allocate(abc(), scenario(rules=rules))
    assert [text.split(":")[0] for text in caught.value.problems] == ["rules[0]", "rules[1]"]
    assert "kemiskinan_pct" in caught.value.problems[0] and "'batik'" in caught.value.problems[1]
    with pytest.raises(PlannerError, match="Jayapura"):
        holey = candidates(usulan("A", 1), kabupaten={"91.03": {"kemiskinan_pct": float("nan")}})
        allocate(holey, scenario(rules=[REACH | {"min_share": 0.5}]))


# SpreadCommodity


def test_SpreadCommodity_changes_the_answer():
    # 14 miliar would fund all. A and B are neighbours; B and C two degrees apart.
    assert chosen(abc(), SPREAD | {"radius_km": ALONE}, budget_rp=14 * MILIAR) == ["A", "B", "C"]
    assert chosen(abc(), SPREAD | {"radius_km": NEXT}, budget_rp=14 * MILIAR) == ["A", "C"]
    two = SPREAD | {"radius_km": SECOND, "max_count": 2}  # all three around B, two around A and around C
    assert chosen(abc(), two, budget_rp=14 * MILIAR) == ["A", "B"]


def test_SpreadCommodity_infeasible_names_its_sentence():
    text = sentences(abc(), SPREAD, {"rule": "Lock", "state": "in", "usulan": ["A", "B"]})
    assert "paling banyak 1 sentra sekomoditas" in text and "112 km" in text


def test_who_is_not_funded_shuts_nobody_out():
    # The middle one has both others near, but is worth little: the two outer ones are not near each other.
    table = abc(kode=("11.01", "53.01", "32.01"), C={"kode": "32.01", "lat": 0.0, "lon": 101.0})
    assert chosen(table, SPREAD | {"radius_km": 223}, budget_rp=10 * MILIAR) == ["A", "B"]


def test_five_around_one_that_is_not_funded_may_all_be_funded():
    # At 0.95 degrees from the middle and 72 degrees apart they are 1.12 degrees from each other: 124 km. A sixth would
    # be nearer than 112 km to one of them.
    turns = [(0.95 * np.sin(k * 2 * np.pi / 5), 103 + 0.95 * np.cos(k * 2 * np.pi / 5)) for k in range(5)]
    places = [(0.0, 103.0), *turns, (0.0, 102.05)]
    rows = [usulan(f"U{k}", 1, 9 - k) for k in range(7)]
    table = candidates(*rows, sentra=[sentra(f"s-U{k}", lat=lat, lon=lon) for k, (lat, lon) in enumerate(places)])
    assert chosen(table, SPREAD, budget_rp=7) == ["U1", "U2", "U3", "U4", "U5"]


def test_what_runs_is_counted_and_a_place_that_is_full_takes_nobody_new():
    runs = sentra("z", "11.02", status="berjalan")
    assert chosen(abc(runs), SPREAD, budget_rp=14 * MILIAR) == ["C"]  # A and B are near z
    # Two run near A and B, more than may be: no error, and the one that runs and is revitalised is nobody new.
    full = abc(runs, sentra("y", "11.01", status="berjalan"), B={"status": "berjalan"})
    plan = allocate(full, scenario(14 * MILIAR, [SPREAD]))
    assert winners(plan) == ["B", "C"]
    assert [row["row"] for row in plan["rule_status"] if row["rule"] == 0] == []  # nothing of these was decided here
    assert chosen(full, SPREAD | {"max_count": 4}, budget_rp=14 * MILIAR) == ["A", "B", "C"]


def test_a_running_sentra_is_a_centre_too():
    # A and C lie two degrees apart, z runs between them: around A and around C there are two, around z three.
    table = abc(sentra("z", "11.02", status="berjalan"), kode=("11.01", "53.02", "32.01"))
    assert chosen(table, SPREAD | {"max_count": 2}, budget_rp=14 * MILIAR) == ["A", "B"]


def test_years_and_phases_of_one_sentra_count_once():
    rows = [usulan("A1", 1, 5, sentra_id="s"), usulan("A2", 1, 5, sentra_id="s", ta=2029), usulan("B", 1, 9)]
    table = candidates(*rows, sentra=[sentra("s"), sentra("s-B")])
    assert chosen(table, SPREAD, budget_rp={2028: 3, 2029: 3}) == ["A1", "A2"]


def test_other_commodities_and_unknown_ones_do_not_count():
    table = abc(B={"komoditas": "tenun"})
    assert chosen(table, SPREAD, budget_rp=14 * MILIAR) == ["A", "B", "C"]
    assert chosen(abc(), SPREAD | {"komoditas": ["batik"]}, budget_rp=14 * MILIAR) == ["A", "C"]
    table = abc(B={"komoditas": None})
    assert chosen(table, SPREAD, budget_rp=14 * MILIAR) == ["A", "B", "C"]
    assert scenario(rules=[SPREAD]).rules[0].unclear(table.usulan, table, 2028) == ["B"]
    with pytest.raises(PlannerError, match="komoditas"):
        allocate(candidates(usulan("A", 1)), scenario(rules=[SPREAD]))


def test_a_full_circle_is_named_as_the_reason():
    plan = allocate(abc(), scenario(14 * MILIAR, [SPREAD]))
    assert [(r["usulan_id"], r["rule"]) for r in plan["not_funded"]] == [("B", "SpreadCommodity:0:11.01:s-A")]
    status = [(r["row"], r["activity"], r["upper"]) for r in plan["rule_status"] if r["rule"] == 0]
    assert status == [("SpreadCommodity:0:11.01:s-A", 1, 1)]


def test_a_report_tells_how_near_both_rules_are_to_their_limits():
    asked = [REACH | {"min_share": 0.3}, SPREAD]
    table = abc()
    plan = allocate(table, scenario(14 * MILIAR, asked))  # A and C, B is kept out
    for name, texts in (
        ("nasional", ["30,8 %, batas 30,0 %", "Aceh Selatan: 1, batas 1"]), ("Papua", ["30,8 %, batas 30,0 %", ""]),
    ):  # fmt: skip
        places = table.kabupaten.assign(jenis="kabupaten")
        scene = Scene(plan, places, wilayah(name, places))
        assert limits.rules(scene)["tightest"].tolist()[1:] == texts
        assert limits.rules(scene)["holds_out"].tolist() == [0, 0, int(name == "nasional")]


# both


PLACES = st.sampled_from([(None, None), (0.0, 100.5), (0.5, 101.5), (-1.0, 102.0), (1.0, 103.5)])


@st.composite
def tables(draw, most=5):
    """Usulan of shared sentra in two years, some of which run, and sentra that run without an usulan."""
    own = [
        sentra(f"s{i}", draw(st.sampled_from(KODE[:4])), draw(st.sampled_from(["batik", "tenun", None])),
               draw(st.sampled_from(["rencana", "berjalan", None])), *draw(PLACES))
        for i in range(draw(st.integers(2, 5)))
    ]  # fmt: skip
    rows = []
    for i in range(draw(st.integers(1, most))):
        at = draw(st.sampled_from([*own, None]))
        place = {"sentra_id": at["sentra_id"], "kode": at["kode"]} if at else {"sentra_id": None}
        cost, worth, ta = draw(st.integers(1, 9)), draw(st.integers(1, 9)), draw(st.sampled_from([2028, 2028, 2029]))
        rows.append(usulan(f"U{i}", cost * JUTA, worth, ta=ta) | place)
    assume(any(one["komoditas"] for one in own))
    return candidates(*rows, sentra=own)


RADIUS = st.sampled_from([1, 80.5, 112, 180, 400])
RULES = st.one_of(
    st.builds(
        lambda share, km, of: REACH | {"min_share": share, "radius_km": km, "komoditas": of},
        st.sampled_from([0, 0.1, 1 / 3, 0.5, 0.7, 0.9, 1]), RADIUS, st.sampled_from([[], ["batik"]]),
    ),
    st.builds(
        lambda most, km, of: SPREAD | {"max_count": most, "radius_km": km, "komoditas": of},
        st.integers(0, 3), RADIUS, st.sampled_from([[], ["batik"]]),
    ),
)  # fmt: skip


def understood(table, rule) -> bool:
    return not rule["komoditas"] or "batik" in set(table.sentra["komoditas"])


@settings(max_examples=15)
@given(tables(), st.lists(RULES, min_size=1, max_size=2), st.integers(3, 25), st.integers(1, 15))
def test_no_plan_beats_it_where_sentra_are_far_or_near(table, rules, first, second):
    assume(all(understood(table, rule) for rule in rules))
    agrees(table, scenario({2028: first * JUTA, 2029: second * JUTA}, rules))


@settings(max_examples=10)
@given(tables(most=3), RULES)
def test_helpers_exist_and_every_cut_holds_exactly_for_what_is_legal(table, raw):
    assume(understood(table, raw))
    asked = scenario({2028: 1, 2029: 1}, [raw])
    options, rule = build_options(table, asked), asked.rules[0]
    lifted, none = rule.lifted(options), np.zeros(0, np.int64)
    every = [Decisions(np.array(fund), none, none) for fund in product((0, 1), repeat=len(options))]
    usulan_of = options.groups("usulan_id")[0]
    every = [one for one in every if np.bincount(usulan_of, one.fund).max() <= 1]
    legal = [one for one in every if not rule.holds(options, one)]
    for one in every:
        broken = bool(rule.holds(options, one))
        assert helped(lifted, one.fund) != broken
        cuts = [(cut, side(cut, one)) for cut in rule.cuts(options, one)] if broken else []
        assert not broken or any(value > cut.upper for cut, value in cuts)
        assert all(side(cut, other) <= cut.upper for cut, _ in cuts for other in legal)


def side(cut, decisions) -> int:
    return sum(c * int(decisions.fund[o]) for c, o in zip(cut.coef, cut.over, strict=True))


def helped(lifted, fund) -> bool:
    """Whether some helpers meet the rows at these decisions."""
    height, count = len(lifted.labels), len(lifted.helpers)
    part, fixed = np.zeros((height, count)), np.zeros(height)
    for term in lifted.terms:
        if term.what == "helper":
            np.add.at(part, (term.row, term.over), term.coef)
        else:
            np.add.at(fixed, term.row, term.coef * fund[term.over])
    low, high = lifted.lower - fixed, lifted.upper - fixed
    if not count:
        return bool((low <= 1e-9).all() and (high >= -1e-9).all())
    rows = [(part[high < np.inf], high[high < np.inf]), (-part[low > -np.inf], -low[low > -np.inf])]
    bounds = np.column_stack([np.zeros(count), lifted.helper_upper])
    return linprog(
        np.zeros(count), np.vstack([a for a, _ in rows]), np.hstack([b for _, b in rows]), bounds=bounds
    ).success


def test_the_order_of_tables_does_not_matter_to_the_rows():
    scene = read_scenario(PARAMETERIZED / "skenario" / "usulan_contoh.toml")
    table = read_candidates(scene)
    turned = type(table)(**vars(table) | {"sentra": table.sentra.iloc[::-1], "usulan": table.usulan.iloc[::-1]})
    rules = [REACH | {"min_share": 0.5, "komoditas": ["pangan"]}, SPREAD | {"radius_km": 150}]
    asked = vary(scene, rules=[*scene.rules, *(scenario(rules=[rule]).rules[0] for rule in rules)])
    one, other = (compile_problem(build_options(tables, asked), asked).lifts for tables in (table, turned))
    for a, b in zip(one, other, strict=True):
        assert (a.lifted.labels, a.lifted.helpers) == (b.lifted.labels, b.lifted.helpers)
        assert len(a.lifted.helpers) > 20
