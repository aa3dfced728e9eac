"""What a wilayah's report, the command and a past plan say of earlier money."""

import json
from dataclasses import replace

import pytest
from history import past
from pages import HOSTILE, Page, at, country
from small import JUTA, held

from planner import views
from planner.answers.monitor import monitor, start_of
from planner.base.messages import speaking
from planner.base.paths import CONTOH, PARAMETERIZED
from planner.model.candidates import read_candidates
from planner.plan.plan import Plan
from planner.scenario.scenario import read_scenario

EXAMPLE = PARAMETERIZED / "skenario" / "usulan_contoh.toml"


@pytest.fixture(autouse=True)
def indonesian():
    with speaking("id"):
        yield


@pytest.fixture(scope="module")
def usulan():
    return read_candidates(read_scenario(EXAMPLE))


def scene(usulan, name, *rows):
    return at(replace(country(), source=replace(usulan, realisasi=held("realisasi", rows))), name)


def said(usulan, name, *rows) -> str:
    return Page(views.monitoring.body(scene(usulan, name, *rows))).text


def test_a_kabupaten_sees_its_packages_one_by_one_also_where_it_proposes_nothing_now(usulan):
    late = past(usulan_id="q", ta=2027, kontrak_tanggal="2027-07-23", salur_rp=0, serap_rp=None)
    text = said(usulan, "11.01", past(serap_rp=0), late | {"dimanfaatkan_1": None}, past(kode="53.01"))
    assert "Kabupaten Aceh Selatan: 2 paket menurut tabel realisasi, TA 2023 sampai 2027" in text
    assert "TA 2023, p" in text and "22 Juli 2023, tepat waktu" in text and "23 Juli 2027, terlambat" in text
    assert "serap Rp 0 belum diketahui" in text  # a known nothing and an unknown one
    assert "dipakai sesudah 1 tahun ya belum saatnya" in text
    assert "terbaca untuk TA 2024 (terbaca di sumber); untuk tahun lain hari itu diandaikan" in text
    alone = next(k for k in usulan.kabupaten["kode"] if k not in set(usulan.usulan["kode"]))
    assert "1 paket" in said(usulan, alone, past(kode=alone))


def test_a_wider_wilayah_sees_sums_who_was_late_and_who_owes(usulan):
    rows = past(laporan_3tahun="tidak"), past(usulan_id="q", kontrak_tanggal="2023-07-23"), past(kode="53.01")
    aceh = said(usulan, "11", *rows)
    assert "pagu Rp 20.000.000 100,0 % 2 0 0" in aceh and "dipakai sesudah 3 tahun 0,0 % 2 0 0" in aceh
    assert "Terlambat atau tanpa kontrak: 1 dari 2 paket" in aceh and "23 Juli 2023 22 Juli 2023" in aceh
    assert "1 sudah, 1 terutang" in aceh and "31 Desember 2026 terutang" in aceh
    national = said(usulan, "nasional", *rows)
    assert "Menurut provinsi" in national and "Nusa Tenggara Timur 1 Rp 10.000.000" in national


def test_where_nothing_is_known_one_sentence_says_so(usulan):
    only = "Kabupaten Aceh Selatan: tabel realisasi tidak memuat paket DAK IKM terdahulu sampai 1 Januari 2028, "
    assert said(usulan, "11.01").startswith(only) and "kasus.csv" in said(usulan, "11.01")
    assert said(usulan, "11.01", past(ta=2028, kode="11.02")).startswith(only)
    assert views.monitoring(at(country(), "11.01")) is None  # no tables at hand


def test_text_of_the_table_stays_text_and_the_section_speaks_english(usulan):
    rows = [past(usulan_id=text, komoditas=text, ta=2019 + i) for i, text in enumerate(HOSTILE)]
    for name in ("11.01", "11"):
        page = Page(views.monitoring(scene(usulan, name, *rows)))
        assert not {tag for tag, _ in page.tags} & {"script", "img"} and not page.values("onerror")
    assert len(list(views.monitor.sentences(monitor(scene(usulan, "11", *rows).source, start_of(2028)), "x"))) > 20
    with speaking("en"):
        text = said(usulan, "11.01", past())
        assert "in use after 1 year yes" in text and "22 July 2023, in time" in text


def test_a_past_plan_is_held_against_its_own_packages_only(usulan):
    table = replace(usulan, realisasi=held("realisasi", [past(), past(usulan_id="q", dimanfaatkan_1="tidak"),
                                                         past(usulan_id="z")]))  # fmt: skip
    keys = {"sentra_id": "s", "kode": "11.01", "menu": "pembangunan", "amount_rp": JUTA, "score": 1, "benefit": 1}
    funded = [{"usulan_id": u, "ta": ta, "chance": c, **keys} for u, ta, c in (
        ("p", 2023, 800_000), ("q", 2023, 600_000), ("r", 2023, 100_000), ("z", 2024, 100_000))]  # fmt: skip
    mine = Plan(country().plan.content | {"funded": funded})
    success = (
        monitor(table, start_of(2028), mine).expected.set_index(["menu", "measure"]).loc[("pembangunan", "success")]
    )
    assert success[["n", "k", "share"]].tolist() == [2, 1, 0.5] and success["expected"] == pytest.approx(0.7)


def test_the_chance_says_where_it_follows_what_was_observed(usulan):
    from planner.model.build_options import build_options
    from planner.scenario.scenario import vary

    asked = vary(read_scenario(EXAMPLE), assumptions={"faktor_menu_pembangunan:pangan:Sumatera": 0.5})
    given = replace(usulan, assumptions={**usulan.assumptions, **asked.assumptions})
    base = country()
    here = replace(base, source=given, options=build_options(given, asked))
    plans = [Plan(base.plan.content | {"scenario": s.model_dump(mode="json")}) for s in (read_scenario(EXAMPLE), asked)]
    told = "Faktor menu di sini menurut realisasi"
    assert [told in Page(views.made_of(at(replace(here, plan=p), "11.01"))).text for p in plans] == [False, True]


# the command


def test_the_command_tells_all_and_changes_nothing(planner, tmp_path):
    before = EXAMPLE.read_bytes()
    code, out, _ = planner("monitor", EXAMPLE)
    assert code == 0 and EXAMPLE.read_bytes() == before
    for words in ("Data sintetis", "Terlambat atau tanpa kontrak", "terutang", "Selang 95 %", "dari 0,80 menjadi"):
        assert words in out
    code, out, _ = planner("monitor", EXAMPLE, "--json", "--asof", "2022-06-30", "--data", CONTOH)
    told = json.loads(out)
    assert told["asof"] == "2022-06-30" and max(row["ta"] for row in told["packages"]) == 2022
    assert all(row["laporan_3tahun"] is None for row in told["packages"]) and told["synthetic"]


def test_the_command_writes_a_new_scenario_once(planner, tmp_path):
    new = tmp_path / "baru.toml"
    code, _, err = planner("monitor", EXAMPLE, "--write", new)
    assert code == 0 and "Skenario baru tersimpan" in err and read_scenario(new).assumptions
    written = new.read_bytes()
    code, _, err = planner("monitor", EXAMPLE, "--write", new)
    assert code == 1 and "sudah ada" in err and new.read_bytes() == written
    code, _, err = planner("monitor", EXAMPLE, "--asof", "2028-13-01")
    assert code == 1 and "bukan tanggal" in err
