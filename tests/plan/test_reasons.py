"""Why an usulan is not in a plan, and the baseline beside it."""

from small import candidates, line, out, scenario, usulan, winners

from planner.plan.allocate import allocate


def test_the_gate_the_rule_the_price_and_the_tie():
    # Pagu 12. A (6, nilai 5) and B (6, nilai 3) win. C equals B: a tie. D (7, nilai 1): price. E: the year is over.
    # F is locked out: the rule.
    table = candidates(
        usulan("A", 6, 5),
        usulan("B", 6, 3, kode="53.01"),
        usulan("C", 6, 3, kode="11.02"),
        usulan("D", 7, 1),
        usulan("E", 1, 9, ta=2030),
        usulan("F", 1, 9),
    )
    plan = allocate(table, scenario(12, [{"rule": "Lock", "state": "out", "usulan": ["F"]}]))
    assert winners(plan) == ["A", "B"]
    assert out(plan) == {
        "C": ("tie", None), "D": ("price", None), "E": ("gate", "ta"), "F": ("rule", "Lock:0:F"),
    }  # fmt: skip
    reasons = {r["usulan_id"]: r["reason"]["id"] for r in plan["not_funded"]}
    assert "dengan B" in reasons["C"]
    assert "F dikunci keluar" in reasons["F"]


def test_of_several_rules_that_block_the_first_in_file_order_is_named():
    table = candidates(usulan("A", 6, 5), usulan("B", 6, 4))
    count = {"rule": "CountBand", "max": 1}
    kabupaten = {"rule": "MaxPerKabupaten", "max": 1}
    assert out(allocate(table, scenario(20, [kabupaten, count]))) == {"B": ("rule", "MaxPerKabupaten:0:11.01:2028")}
    assert out(allocate(table, scenario(20, [count, kabupaten]))) == {"B": ("rule", "CountBand:0:semua:2028:max")}


def test_a_rule_blocks_whatever_the_pagu():
    # B breaks the rule and the pagu: the rule is named. C breaks the pagu only.
    table = candidates(usulan("A", 6, 5), usulan("B", 6, 4), usulan("C", 6, 3, kode="53.01"))
    assert out(allocate(table, scenario(6, [{"rule": "MaxPerKabupaten", "max": 1}]))) == {
        "B": ("rule", "MaxPerKabupaten:0:11.01:2028"), "C": ("price", None),
    }  # fmt: skip


def test_an_usulan_is_judged_at_its_smallest_volumes():
    # At most Rp 10 by rule, A takes 6. B costs 9 in full but 4 at its smallest: the rule does not block it at 4.
    table = candidates(usulan("A", 6, 50), usulan("B", nilai=1, lines=[line(3, 3, 1), line(1, name="2")]))
    plan = allocate(table, scenario(9, [{"rule": "SpendBand", "max_rp": 10}]))
    assert winners(plan) == ["A"]
    assert out(plan) == {"B": ("price", None)}
    # at most Rp 9: even the smallest (6 + 4) is too much
    plan = allocate(table, scenario(9, [{"rule": "SpendBand", "max_rp": 9}]))
    assert out(plan) == {"B": ("rule", "SpendBand:0:semua:2028:max_rp")}


def test_a_floor_share_blocks_what_would_push_it_down():
    # 60 % of the money to revitalisasi: A 6 of 10 holds; C (pembangunan) added gives 6 of 11.
    table = candidates(usulan("A", 6, 9, menu="revitalisasi"), usulan("B", 4, 5), usulan("C", 1, 1))
    rule = {"rule": "SpendBand", "where": {"menu": "revitalisasi"}, "min_share": 0.6}
    assert out(allocate(table, scenario(20, [rule]))) == {"C": ("rule", "SpendBand:0:semua:2028:min_share")}


def test_an_exchange_that_breaks_a_rule_is_no_tie():
    # C is worth what B is, but only B keeps the two provinces apart.
    table = candidates(usulan("A", 6, 5), usulan("B", 6, 3, kode="53.01"), usulan("C", 6, 3, kode="11.02"))
    rule = {"rule": "CountBand", "by": "provinsi", "max": 1}
    assert out(allocate(table, scenario(12, [rule]))) == {"C": ("rule", "CountBand:0:Aceh:2028:max")}


def test_an_exchange_that_costs_a_point_of_any_goal_is_no_tie():
    table = candidates(usulan("A", 6, 5, ikm=10), usulan("B", 6, 5, ikm=11))
    assert out(allocate(table, scenario(6, goals=["nilai", "ikm"]))) == {"A": ("price", None)}
    assert out(allocate(table, scenario(6, goals=["nilai"]))) != {"A": ("price", None)}


def test_an_exchange_over_the_pagu_is_no_tie():
    table = candidates(usulan("A", 6, 5), usulan("B", 7, 5, kode="53.02"))
    assert out(allocate(table, scenario(6))) == {"B": ("price", None)}


def test_a_tie_is_between_a_winner_and_one_that_is_out_at_full_volumes():
    # The winner stands trimmed at 4 (nilai 2 of 3): B brings 2 at Rp 4 in full.
    table = candidates(usulan("A", nilai=3, kode="53.02", lines=[line(2, 3, 1)]), usulan("B", 4, 2, kode="11.01"))
    plan = allocate(table, scenario(4))
    assert winners(plan) == ["A"]
    assert out(plan) == {"B": ("tie", None)}


def test_every_usulan_is_told_once_though_it_has_options_in_several_years():
    table = candidates(usulan("A", 6, 5), usulan("B", 6, 4), usulan("C", 6, 3))
    plan = allocate(table, scenario({2028: 6, 2029: 6}))
    assert sorted([*winners(plan), *out(plan)]) == ["A", "B", "C"]


# -- baseline: rank and cut --------------------------------------------------------------------------------------------


def ranked():
    # scores 40, 30, 20, 10 = TTS, Kupang, Tenggara, Selatan
    return candidates(
        usulan("A", 6, 1, kode="53.02"),
        usulan("B", 6, 1, kode="53.01", menu="revitalisasi"),
        usulan("C", 4, 9, kode="11.02", menu="revitalisasi"),
        usulan("D", 2, 1, kode="11.01"),
    )


def test_the_baseline_takes_the_highest_score_until_the_money_ends_and_skips_what_does_not_fit():
    # Pagu 11: A (6), B does not fit (12), C fits (10), D does not (12).
    plan = allocate(ranked(), scenario(11))
    assert plan["baseline"] == {
        "funded": ["A", "C"], "goals": [plan["goals"][0]["value"]], "spent_rp": {"2028": 10}, "misses": [],
    }  # fmt: skip
    assert plan["goals"][0]["value"] * plan["goals"][0]["point"] == 10 * 10**6


def test_the_baseline_obeys_upper_bounds():
    # At most one in NTT: A, then C (10), D (12).
    plan = allocate(ranked(), scenario(12, [{"rule": "CountBand", "where": {"provinsi": "NTT"}, "max": 1}]))
    assert plan["baseline"]["funded"] == ["A", "C", "D"]
    assert plan["baseline"]["misses"] == []


def test_the_baseline_lists_the_floors_that_it_misses():
    # Pagu 12: A + B. Aceh gets nothing though one is asked for; the plan obeys.
    rules = [{"rule": "CountBand", "where": {"provinsi": "Aceh"}, "min": 1}]
    plan = allocate(ranked(), scenario(12, rules))
    assert plan["baseline"]["funded"] == ["A", "B"]
    assert plan["baseline"]["misses"] == ["CountBand:0:semua:2028:min"]
    assert "C" in winners(plan)


def test_the_baseline_lists_the_share_caps_that_it_breaks():
    # It cannot steer by shares of what is spent: A + B give NTT 100 %.
    rules = [{"rule": "SpendBand", "where": {"provinsi": "NTT"}, "max_share": 0.6, "of": "spent"}]
    plan = allocate(ranked(), scenario(12, rules))
    if "A" in plan["baseline"]["funded"] and "B" in plan["baseline"]["funded"]:
        assert plan["baseline"]["misses"] == ["SpendBand:0:semua:2028:max_share"]
    else:
        assert plan["baseline"]["misses"] == []


def test_the_baseline_leaves_out_what_a_gate_or_a_lock_takes_out():
    table = candidates(usulan("A", 6, kode="53.02", ta=2030), usulan("B", 6, kode="53.01"), usulan("C", 6))
    plan = allocate(table, scenario(12, [{"rule": "Lock", "state": "out", "usulan": ["B"]}]))
    assert plan["baseline"]["funded"] == ["C"]


def test_the_baseline_takes_full_volumes():
    table = candidates(usulan("A", kode="53.02", lines=[line(2, 5, 1)]), usulan("B", 4))
    plan = allocate(table, scenario(9))
    assert plan["baseline"]["funded"] == ["B"]  # A costs 10 in full


def test_the_baseline_funds_an_usulan_once_over_the_years():
    plan = allocate(candidates(usulan("A", 6)), scenario({2028: 6, 2029: 6}))
    assert plan["baseline"]["funded"] == ["A"]
    assert plan["baseline"]["spent_rp"] == {"2028": 6, "2029": 0}


def test_equal_scores_of_the_baseline_go_by_kode_then_usulan():
    table = candidates(
        usulan("B", 6, kode="11.02"), usulan("C", 6), usulan("A", 6), kabupaten={"11.02": {"kemiskinan_pct": 10}}
    )
    assert allocate(table, scenario(6))["baseline"]["funded"] == ["A"]


def test_a_share_that_only_the_smallest_volumes_break_is_no_reason():
    # B's support of 1 is 1/3 of its smallest 3 but 5 % of its full 20: the rule does not keep it out, the pagu does.
    hall = [line(1, 19, 2), line(1, 1, komponen="penunjang", name="2")]
    table = candidates(usulan("A", 20, 9), usulan("B", nilai=1, lines=hall, kode="11.02"), bobot={"penunjang": 0})
    plan = allocate(table, scenario(20, [{"rule": "SupportShare", "max_share": 0.05}]))
    assert out(plan) == {"B": ("price", None)}


def test_an_usulan_of_optional_lines_is_judged_with_its_cheapest_one():
    # B's lines cost 3 and 2; its province may have 11 of the pagu, A takes 10: even the cheaper one is too much.
    lines = [line(3, wajib="tidak"), line(2, wajib="tidak", name="2")]
    table = candidates(usulan("A", 10, 9), usulan("B", nilai=1, lines=lines, kode="11.02"))
    cap = {"rule": "SpendBand", "by": "provinsi", "max_rp": 11}
    assert out(allocate(table, scenario(20, [cap]))) == {"B": ("rule", "SpendBand:0:Aceh:2028:max_rp")}


def test_what_would_still_fit_is_not_said_to_exceed_the_ceiling():
    # A (6 of 10) is chosen; Z (1) fits beside it and takes 1 off the goal, B (6) does not fit.
    table = candidates(usulan("A", 6, 5), usulan("B", 6, 4), usulan("Z", 1, -1))
    texts = {r["usulan_id"]: (r["kind"], r["reason"]["id"]) for r in allocate(table, scenario(10))["not_funded"]}
    assert texts["B"][0] == "price" and "pagu terlampaui" in texts["B"][1]
    assert texts["Z"][0] == "price" and "masih cukup" in texts["Z"][1]
