"""Sentra per kabupaten: shares by hand, sums that are exact for any pins, intervals as the textbook has them."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from planner.model.candidates import read_candidates
from planner.model.industry import IKM, apportion, binomial, evidence, known_sentra, presence_of
from planner.scenario.scenario import scenario_of, vary
from planner.tables.reading import blank

MICRO = 10**6
KABUPATEN = pd.DataFrame({  # a province of three, and two provinces whose sentra are printed as one sum
    "kode": ["11.01", "11.02", "11.71", "51.01", "95.01"], "kode_provinsi": ["11", "11", "11", "51", "95"],
    "penduduk": [100, 100, 200, 300, 100],
})  # fmt: skip
INDUSTRI = pd.DataFrame({
    "kode": KABUPATEN["kode"], "kecamatan": 1, "kelurahan": [0, 0, 10, 1, 0], "desa": [50, 40, 0, 9, 90],
})  # fmt: skip
PROVINSI = pd.DataFrame({
    "kode_provinsi": ["11", "51", "95"], "provinsi": ["Aceh", "Bali", "Papua Pegunungan"],
    "total": ["11", "51+95", "51+95"], "sentra": [10, 8, 8], "kunci": [None, "penduduk", "penduduk"],
    "manufaktur_pct": [5.0, 6.0, 1.0], "sumber": "BPS", "tanda": "CONFIRMED",
})  # fmt: skip
GUESS = IKM(12, 26, 38)


def counted(*rows) -> pd.DataFrame:
    """The planner's own count: (kode, sentra, ikm)."""
    held = [{"kode": kode, "sentra": n, "ikm": ikm, "tahun": 2026, "sumber": "dinas"} for kode, n, ikm in rows]
    return pd.DataFrame(held, columns=list(blank("bukti"))).astype(blank("bukti").dtypes.to_dict())


def found(*rows, by="desa", at_least=None) -> pd.DataFrame:
    return evidence(KABUPATEN, INDUSTRI, PROVINSI, GUESS, by, at_least, counted(*rows)).set_index("kode")


def test_a_province_is_shared_by_villages_and_two_that_are_printed_together_by_people():
    # 10 sentra over 50, 40 and 10 villages; 8 over 300 and 100 people, though 90 of 100 villages are in Papua
    assert found()["sentra"].tolist() == [5 * MICRO, 4 * MICRO, 1 * MICRO, 6 * MICRO, 2 * MICRO]
    assert set(found()["measured"]) == {"shared"} and set(found()["total"]) == {"11", "51+95"}


def test_by_people_instead():
    assert found(by="penduduk")["sentra"].tolist()[:3] == [2_500_000, 2_500_000, 5 * MICRO]


def test_a_measured_kabupaten_keeps_its_count_and_the_rest_is_shared_anew():
    table = found(("11.01", 1, 20))  # 9 left over 40 and 10 villages

    assert table["sentra"].tolist()[:3] == [1 * MICRO, 7_200_000, 1_800_000]
    assert table.loc["11.01", ["sentra_low", "sentra_high", "ikm_low", "ikm", "ikm_high"]].tolist() == [
        1,
        1,
        20,
        20,
        20,
    ]
    assert table.loc["11.01", ["measured", "source", "presence", "key"]].tolist() == ["measured", "dinas", MICRO, 0]
    assert table.loc["11.02", ["ikm_low", "ikm", "ikm_high"]].tolist() == [12, 26, 38]


def test_what_is_known_to_be_there_is_a_floor_under_its_share():
    table = found(at_least={"11.71": (2, "kasus.csv")})  # 2 there, 8 more over 50, 40, 10 villages

    assert table["sentra"].tolist()[:3] == [4 * MICRO, 3_200_000, 2_800_000]
    assert table.loc["11.71", ["measured", "source", "presence", "known"]].tolist() == ["known", "kasus.csv", MICRO, 2]
    assert table.loc["11.71", "sentra_low"] >= 2


def test_more_known_sentra_than_counted_raise_the_total():
    table = found(at_least={"11.71": (12, "sentra.csv")})

    assert table.loc["11.71", ["total_sentra", "sentra"]].tolist() == [12, 12 * MICRO]
    assert table["sentra"].tolist()[:2] == [0, 0]


def test_a_row_of_a_province_takes_the_place_of_its_count():
    table = found(("11", 20, None), ("51", 5, None))

    assert table["sentra"].tolist() == [10 * MICRO, 8 * MICRO, 2 * MICRO, 5 * MICRO, 3 * MICRO]
    assert table["total"].tolist() == ["11", "11", "11", "51", "95"]


@pytest.mark.parametrize(("sentra", "known", "chance"), [
    (0, 0, 0), (1_000_000, 0, 632_121), (504_150, 0, 395_981), (100_000, 1, 1_000_000),
])  # fmt: skip
def test_presence_is_one_less_the_chance_of_none(sentra, known, chance):
    assert presence_of(sentra, known) == chance  # 1 - e^-1 = 0.632121, 1 - e^-0.50415 = 0.395981
    assert known or chance == round((1 - math.exp(-sentra / MICRO)) * MICRO)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**7), min_size=1, max_size=30))
def test_parts_add_up_to_the_whole_and_lie_within_one_of_their_share(total, keys):
    parts = apportion(total, keys)

    assert sum(parts) == (total if sum(keys) else 0)
    assert all(abs(part * sum(keys) - total * key) < max(sum(keys), 1) for part, key in zip(parts, keys, strict=True))


@given(st.data(), st.sampled_from(["desa", "penduduk"]))
def test_kabupaten_add_up_to_their_control_total_exactly_whatever_is_pinned(data, by):
    pins, floors = {}, {}
    for kodes, limit in ((["11.01", "11.02"], 10), (["51.01"], 8)):  # one of each total is never measured
        for kode in data.draw(st.lists(st.sampled_from(kodes), unique=True)):
            pins[kode] = data.draw(st.integers(0, limit - sum(pins.get(other, 0) for other in kodes)))
    for kode in data.draw(st.lists(st.sampled_from(KABUPATEN["kode"].tolist()), unique=True)):
        floors[kode] = (data.draw(st.integers(1, 3)), "kasus.csv")
    table = found(*((kode, n, None) for kode, n in pins.items()), by=by, at_least=floors)

    sums = table.groupby("total").agg(has=("sentra", "sum"), count=("total_sentra", "first"))
    assert (sums["has"] == sums["count"] * MICRO).all()
    assert (sums["count"] >= pd.Series({"11": 10, "51+95": 8})).all()
    assert all(table.loc[kode, "sentra"] == n * MICRO for kode, n in pins.items())
    assert all(table.loc[kode, "known"] >= n for kode, (n, _) in floors.items() if kode not in pins)
    whole = table.assign(low=table["sentra_low"] * MICRO, high=(table["sentra_high"] + 1) * MICRO)
    assert ((whole["low"] <= whole["sentra"] + MICRO) & (whole["sentra"] <= whole["high"])).all()


@given(st.integers(0, 1700), st.integers(0, 50), st.integers(1, 50))
def test_the_interval_is_that_of_the_textbook(count, key, others):
    low, high = binomial(np.array([count]), np.array([key]), pd.Series([key + others]))

    asked = binom(count, key / (key + others)).ppf([0.05, 0.95])
    assert [low[0], high[0]] == [max(0, each) for each in asked]


def test_a_proposal_proves_no_sentra_and_a_planned_one_is_none():
    kasus = pd.DataFrame({
        "kode": ["11.01", "11.02", "11.71"], "jenis_jumlah": ["diusulkan", "dialokasikan", "dilaporkan"],
        "tanda": ["CONFIRMED", "CONFIRMED", "UNVERIFIED"],
    })  # fmt: skip
    own = {"sentra_id": ["a", "b", "c"], "kode": "51.01", "status": ["berjalan", "rencana", None]}

    assert known_sentra(kasus, pd.DataFrame(own)) == {"11.02": (1, "kasus.csv"), "51.01": (2, "sentra.csv")}


ASKED = scenario_of({
    "name": "uji", "candidates": "model", "budget_rp": {2028: 10**10}, "weights": {"industri": 1},
})  # fmt: skip


def test_the_shipped_tables_add_up_to_the_sentra_of_indonesia():
    for by in ("desa", "penduduk"):
        table = read_candidates(vary(ASKED, sentra_by=by)).evidence
        assert table["sentra"].sum() == 8889 * MICRO and len(table) == 514
        assert table.drop_duplicates("total")["total_sentra"].sum() == 8889


def test_one_file_beside_the_scenario_changes_every_number(tmp_path):
    (tmp_path / "bukti.csv").write_text(
        "kode,sentra,ikm,tahun,sumber\n65,20,,2026,Disperindag\n65.01,0,,2026,Disperindag\n65.03,4,60,2026,Disperindag\n"
    )
    asked = vary(ASKED)
    asked._folder = tmp_path
    candidates = read_candidates(asked)
    ikm = candidates.usulan.set_index("usulan_id")["ikm"]

    assert "65.01-revitalisasi" not in ikm and "65.01-pembangunan" in ikm  # nothing there to revitalise
    assert ikm["65.03-revitalisasi"] == 15 and ikm["65.02-revitalisasi"] == 26  # 60 IKM in 4 sentra
    assert candidates.evidence.query("kode_provinsi == '65'")["sentra"].sum() == 20 * MICRO
    assert candidates.inputs[-1]["name"] == "bukti" and candidates.inputs[-1]["rows"] == 3
