"""Before the day: a planted world is forecast as it is, no later fact enters, and the sums can be checked by hand."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from history import past
from pages import HOSTILE, Page, country
from scipy.stats import beta
from small import JUTA, candidates, held, usulan

from planner.answers.ahead import TARGETS, Call, look_ahead
from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.base.paths import PARAMETERIZED
from planner.plan.plan import Plan
from planner.views.ahead import ahead, score_said, sentences

EXAMPLE = PARAMETERIZED / "skenario" / "usulan_contoh.toml"
DAY = date(2028, 5, 1)
OPEN = dict.fromkeys(("kontrak_rp", "kontrak_tanggal", "salur_rp", "serap_rp", "output_pct", "dimanfaatkan_1",
                      "dimanfaatkan_2", "dimanfaatkan_3", "laporan_3tahun"))  # fmt: skip
ALL = dict.fromkeys(("fs", "ded", "rab", "lahan", "rtrw", "lingkungan", "komitmen_kepala_daerah", "sk_pengelola",
                     "rpik", "listrik", "air"), "ada")  # fmt: skip
JUKNIS = [{"ta": 2028, "menu": "pembangunan", "dokumen": name, "paling_lambat": "2028-03-31", "sumber": "x"}
          for name in ("ded", "lahan")]  # fmt: skip


@pytest.fixture(autouse=True)
def indonesian():
    with speaking("id"):
        yield


def table(*rows, proposals=None, **more):
    return replace(candidates(*(proposals or [usulan("A", 1)]), **more), realisasi=held("realisasi", rows))


def ahead_of(name="A", **changes):
    return past(**{"usulan_id": name, "ta": 2028} | OPEN | changes)


def world(seed=7, count=900):
    """Packages of 2016 to 2026 whose contracts were drawn: by island and menu, and less where papers lack."""
    dice, rows, proposals, truth = np.random.default_rng(seed), [], [], {}
    for i in range(count):
        kode, menu = dice.choice(["11.01", "32.01", "53.01"]), dice.choice(["pembangunan", "revitalisasi"])
        lacking, ta = bool(dice.random() < 0.4), int(dice.integers(2016, 2027))
        chance = {"11.01": 0.95, "32.01": 0.8, "53.01": 0.6}[kode] * (0.65 if lacking else 1.0)
        signed, used = dice.random() < chance, dice.random() < 0.7
        truth[f"u{i}"] = chance
        day = f"{ta}-06-01" if signed else f"{ta}-09-01"
        rows.append(past(usulan_id=f"u{i}", kode=kode, menu=menu, ta=ta, kontrak_tanggal=day, dimanfaatkan_2=None,
                         dimanfaatkan_1="ya" if used else "tidak", dimanfaatkan_3=None))  # fmt: skip
        proposals.append(usulan(f"u{i}", 1, kode=kode, menu=menu, ta=ta, **ALL | ({"ded": "belum"} if lacking else {})))
    return table(*rows, proposals=proposals), truth


def test_a_planted_world_is_forecast_as_it_is_and_better_than_the_base_rate():
    planted, truth = world()
    found = look_ahead(planted, DAY)
    late = found.past[found.past["ta"] >= 2020].assign(truth=lambda t: t["usulan_id"].map(truth))
    assert abs(late["contract"].mean() - late["truth"].mean()) < 0.03
    for _, rows in late.groupby(pd.cut(late["contract"], [0, 0.5, 0.6, 0.7, 0.8, 0.9, 1])):
        assert len(rows) < 40 or abs(rows["contract"].mean() - rows["truth"].mean()) < 0.07
    score = found.score("contract")
    assert score.verdict == "better" and score.brier < score.base and score.n == 900 and score.unknown == 0
    bins = found.reliability("contract")
    assert bins["n"].sum() == 900 and ((bins["share_low"] <= bins["share"]) | (bins["n"] == 0)).all()


def test_where_nothing_tells_packages_apart_it_does_not_claim_to_be_better():
    dice = np.random.default_rng(3)
    days = ["06-01" if dice.random() < 0.8 else "09-01" for _ in range(200)]
    rows = [past(usulan_id=f"u{i}", ta=2016 + i % 10, kontrak_tanggal=f"{2016 + i % 10}-{day}")
            for i, day in enumerate(days)]  # fmt: skip
    found = look_ahead(table(*rows), DAY)
    assert found.score("contract").verdict in ("same", "worse")
    said = "\n".join(score_said(found.score("contract")))
    assert "erbukti lebih baik daripada laju dasar" in said or "Lebih buruk daripada laju dasar" in said


def test_nothing_known_gives_the_assumption_and_loss_and_call_add_up_by_hand():
    # asumsi of pembangunan: 0.80 for contract and use, so 0.8944 each; all papers there, factors 1.
    found = look_ahead(table(ahead_of(), proposals=[usulan("A", 1, **ALL)]), DAY)
    (row,) = found.rows.to_dict("records")
    assert row["contract"] == pytest.approx(0.8**0.5) and row["use"] == pytest.approx(0.8)
    assert row["contract_low"] < row["contract"] < row["contract_high"]
    assert row["lost_rp"] == round(10 * JUTA * (1 - 0.8**0.5)) == found.lost_rp
    assert row["saved_rp"] == round(0.1 * 10 * JUTA * (1 - 0.8**0.5))
    assert found.score("contract").verdict == "none" and "belum dapat diperiksa" in "\n".join(sentences(found))


def ranges(*rows):
    """The range of a contract of package A, all of whose papers are there, after these packages."""
    told = table(ahead_of(), *rows, proposals=[usulan("A", 1, **ALL)])
    found = look_ahead(told, DAY).rows.set_index("usulan_id").loc["A"]
    return found["contract_low"], found["contract_high"]


def test_a_range_is_as_wide_as_what_the_rate_rests_on():
    # pembangunan: 0.80, from 0.60 to 0.95, weighs 0.80 x 0.20 / (0.35 / 4)^2 - 1 = 19.9 packages: beta(17.8, 2.1).
    w, a = 0.16 / 0.0875**2 - 1, 0.8**0.5
    nothing = ranges()
    assert nothing == pytest.approx(beta.ppf([0.025, 0.975], w * a, w * (1 - a))) and nothing[0] < 0.75
    # One package of another commodity fits every weight of the menu's rate in a cell, so that it is the first of them,
    # 200; but the rate rests on 19.9 + 1.
    one = past(usulan_id="x", komoditas="kopi", kode="53.01", ta=2027)
    rate = (1 + w * a) / (1 + w)
    assert ranges(one) == pytest.approx(beta.ppf([0.025, 0.975], (w + 1) * rate, (w + 1) * (1 - rate)), abs=0.01)
    many = [past(usulan_id=f"x{i}", ta=2016 + i % 10, kontrak_tanggal=f"{2016 + i % 10}-0{6 + 2 * (i % 10 == 0)}-01")
            for i in range(200)]  # fmt: skip
    low, high = ranges(*many)
    assert high - low < 0.5 * (nothing[1] - nothing[0])


def test_a_missing_paper_lowers_the_chance_and_is_called_first_by_its_name():
    # one of 11 documents lacks: f = 0.6 + 0.4 x 10/11; a call saves half of what that costs, a tenth of the rest
    least = {"faktor_kesiapan_min": 0.6}
    proposals = [usulan("A", 1, **ALL), usulan("B", 1, **ALL | {"ded": "belum", "lahan": None}), usulan("C", 1)]
    found = look_ahead(
        table(ahead_of("A"), ahead_of("B"), ahead_of("C"), proposals=proposals, assumptions=least, juknis=JUKNIS), DAY
    )
    rows = found.rows.set_index("usulan_id")
    assert found.rows.at[0, "usulan_id"] == "B"
    c, f = 0.8**0.5, 0.6 + 0.4 * 9 / 10  # of the ten that are known
    assert rows.at["B", "contract"] == pytest.approx(c * f)
    assert rows.at["B", "saved_rp"] == round(10 * JUTA * (0.5 * (c - c * f) + 0.1 * (1 - c)))
    assert rows.at["B", "lacking"] == ("ded",) and rows.at["B", "unknown_papers"] == ("lahan",)
    assert rows.at["C", "contract"] == pytest.approx(c)  # not known is no punishment, but widens the range
    assert rows.at["C", "contract_low"] < 0.7 * rows.at["A", "contract_low"]
    said = "\n".join(sentences(found))
    assert "kurang: " in said and "belum diketahui: " in said
    more = look_ahead(table(ahead_of("A")), DAY, call=Call(0, 1)).rows
    assert more["saved_rp"].tolist() == more["lost_rp"].tolist()


def test_an_amount_that_is_not_known_is_not_zero():
    found = look_ahead(table(ahead_of(pagu_rp=None), ahead_of("B")), DAY)
    assert found.rows["usulan_id"].tolist() == ["B", "A"] and pd.isna(found.rows["lost_rp"].iloc[1])
    assert "1 paket tanpa pagu yang diketahui" in "\n".join(sentences(found))
    assert json.loads(json.dumps(found.plain()))["packages"][1]["lost_rp"] is None


def test_who_is_signed_is_not_called_and_after_the_day_it_is_the_next_year():
    rows = [ahead_of("A", kontrak_tanggal="2028-04-30"), ahead_of("B", kontrak_tanggal="2028-05-02"), ahead_of("C")]
    found = look_ahead(table(*rows), DAY)
    assert found.signed == 1 and set(found.rows["usulan_id"]) == {"B", "C"} and found.deadline == "2028-07-22"
    after = look_ahead(table(*rows), date(2028, 7, 23))
    assert after.ta == 2029 and after.rows.empty and "--plan" in "\n".join(sentences(after))


def test_a_contract_that_a_quarter_tells_is_signed_without_a_date():
    told = table(ahead_of(kontrak_rp=8 * JUTA))
    found = look_ahead(replace(told, quarters=told.realisasi.assign(triwulan=1)), DAY)
    assert found.signed == 1 and found.rows.empty and found.lost_rp == 0


def test_contracts_of_a_running_year_say_nothing_before_its_deadline():
    # Who signed early shows before who never will: 20 of 2028 that did would make the forecast too good.
    early = [ahead_of(f"x{i}", kontrak_tanggal="2028-03-01") for i in range(20)]
    found = look_ahead(table(ahead_of(), *early, proposals=[usulan("A", 1, **ALL)]), DAY)
    assert found.signed == 20 and found.rows["contract"].tolist() == [pytest.approx(0.8**0.5)]


def test_a_plans_usulan_that_realisasi_does_not_tell_of_are_called_too():
    keys = {"sentra_id": "s", "kode": "11.01", "menu": "pembangunan", "score": 1, "benefit": 1, "chance": 10**6}
    funded = [{"usulan_id": u, "ta": ta, "amount_rp": 5 * JUTA, **keys} for u, ta in
              (("A", 2028), ("B", 2028), ("C", 2029))]  # fmt: skip
    plan = Plan(country().plan.content | {"funded": funded})
    proposals = [usulan(name, 1) for name in "ABC"]
    found = look_ahead(table(ahead_of("B"), proposals=proposals), DAY, plan)
    assert dict(zip(found.rows["usulan_id"], found.rows["amount_rp"], strict=True)) == {"A": 5 * JUTA, "B": 10 * JUTA}


def test_changing_what_lies_after_the_day_changes_nothing():
    rows = [past(usulan_id=f"u{i}", ta=2020 + i % 8, kode=("11.01", "53.01")[i % 2],
                 kontrak_tanggal=f"{2020 + i % 8}-0{6 + i % 3}-01") for i in range(40)]  # fmt: skip
    asof = date(2025, 3, 1)
    hidden = {"kontrak_tanggal": "2099-01-01", "kontrak_rp": 1, "salur_rp": 1, "serap_rp": 0, "output_pct": 0,
              "dimanfaatkan_1": "tidak", "dimanfaatkan_2": None, "laporan_3tahun": None}  # fmt: skip
    others = [row | hidden if row["ta"] >= 2025 else row for row in rows]
    one, two = look_ahead(table(*rows), asof), look_ahead(table(*others), asof)
    pd.testing.assert_frame_equal(one.rows, two.rows)
    pd.testing.assert_frame_equal(one.past, two.past)
    assert len(one.rows) == 5 and one.past["ta"].max() == 2024
    # nor does a year's own outcome change its forecast, or any earlier one's
    third = [row | {"kontrak_tanggal": f"{row['ta']}-12-01"} if row["ta"] == 2024 else row for row in rows]
    three = look_ahead(table(*third), asof)
    pd.testing.assert_frame_equal(one.past[["usulan_id", *TARGETS]], three.past[["usulan_id", *TARGETS]])


def test_texts_of_the_tables_stay_on_one_line_and_english_is_spoken():
    rows = [ahead_of(text, komoditas=text) for text in HOSTILE]
    found = look_ahead(table(*rows), DAY)
    shown, said = Page(ahead(found)), list(sentences(found))
    assert [tag for tag, _ in shown.tags].count("tr") == len(rows) + 1 and "Yang dihubungi lebih dahulu" in shown.text
    assert not {"img", "script"} & {tag for tag, _ in shown.tags}
    listed = next(text for text in said if "Kabupaten/kota" in text)
    assert len(listed.splitlines()) == 1 + len(rows)
    with speaking("en"):
        assert "Whom to call first" in "\n".join(sentences(look_ahead(table(*rows), DAY)))


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_share_that_cannot_be_is_a_sentence(value):
    with pytest.raises(PlannerError, match="0 sampai 1"):
        Call(other=value)


def test_the_command_tells_whom_to_call(planner):
    code, out, _ = planner("monitor", EXAMPLE, "--ahead", "--asof", "2026-05-01")
    assert code == 0 and "33 paket TA 2026 belum berkontrak" in out and "Skor Brier" in out
    code, out, _ = planner("monitor", EXAMPLE, "--ahead", "--asof", "2026-05-01", "--json", "--call-other", "0.2")
    told = json.loads(out)
    assert len(told["packages"]) == 33 and told["call"] == {"papers": 0.5, "other": 0.2}
    code, _, err = planner("monitor", EXAMPLE, "--ahead", "--write", "x.toml")
    assert code == 1 and "--write" in err
    code, _, err = planner("monitor", EXAMPLE, "--call-papers", "0.2")
    assert code == 1 and "--ahead" in err
