"""The synthetic example of data/contoh: reproducible, stamped, clean in format, realistic, with its faults inside."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from planner.tables.reference import reference_tables

ROOT = Path(__file__).resolve().parents[2]
CONTOH, ACUAN = ROOT / "data" / "contoh", ROOT / "data" / "acuan"
NAMES = ("sentra", "usulan", "rincian", "daerah", "realisasi")
MILIAR = 10**9
PAGU_RP = 395 * MILIAR


def read(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


ALL = {name: read(CONTOH / f"{name}.csv") for name in NAMES}
DAERAH, QUARTERS = ALL["daerah"], ALL["realisasi"]
REALISASI = QUARTERS.drop_duplicates(["usulan_id", "ta"], keep="last")  # of each package its last quarter
USULAN = ALL["usulan"][ALL["usulan"]["ta"] == "2028"]  # what the example was first made of; later years stand apart
LATER = ALL["usulan"].drop(USULAN.index)
RINCIAN = ALL["rincian"][ALL["rincian"]["usulan_id"].isin(USULAN["usulan_id"])]
SENTRA = ALL["sentra"][ALL["sentra"]["sentra_id"].isin(USULAN["sentra_id"])]
KABUPATEN = read(ACUAN / "kabupaten.csv").set_index("kode")
KOMPONEN = read(ACUAN / "komponen.csv").set_index("komponen")


def joined():
    """Lines with their cost and, in integers, the catalogue's prices at the IKK of their kabupaten."""
    lines = RINCIAN.merge(USULAN[["usulan_id", "kode", "menu", "sentra_id"]], on="usulan_id")
    ikk = (KABUPATEN.loc[lines["kode"], "ikk"].astype(float) * 100).round().astype(int).to_numpy()
    for name in ("rendah", "tinggi"):
        prices = KOMPONEN.loc[lines["komponen"], f"harga_{name}_rp"].astype(int).to_numpy()
        lines[name] = prices * ikk // 10_000
    lines["harga"] = lines["harga_satuan_rp"].astype(int)
    lines["amount"] = lines["harga"] * lines["volume"].astype(int)
    return lines


LINES = joined()
COST = LINES.groupby("usulan_id")["amount"].sum()
PARTS = LINES.groupby("usulan_id")["komponen"].agg(set)
OWN = USULAN.merge(SENTRA.drop(columns=["kode", "sumber", "nama", "pangan"], errors="ignore"), on="sentra_id")
OWN = OWN.assign(cost=OWN["usulan_id"].map(COST), parts=OWN["usulan_id"].map(PARTS)).set_index("usulan_id")


def without(*komponen):
    return OWN["parts"].map(lambda parts: parts.isdisjoint(komponen))


def faulty_lines(mask):
    return OWN.index.isin(LINES.loc[mask, "usulan_id"])


SUPPORT = LINES[LINES["komponen"] == "penunjang"].groupby("usulan_id")["amount"].sum()
HALL, NEW = ~without("gedung_produksi"), OWN["menu"] == "pembangunan"
SHOWS = {  # fault of judgement -> which usulan show it
    "ticket_above_class": OWN["cost"] > 36 * MILIAR,
    "ticket_below_class": OWN["cost"] < MILIAR,
    "machines_without_a_place": NEW & without("gedung_produksi", "gudang", "rumah_kemasan", "kantor_pengelola"),
    "wet_process_without_ipal": (OWN["proses_basah"] == "ya") & without("ipal"),
    "hall_without_machines": HALL & without("mesin_peralatan"),
    "hall_without_utilities": HALL & without("utilitas"),
    "volume_above_catalogue": faulty_lines(
        (LINES["volume"].astype(int) > LINES["komponen"].map(KOMPONEN["volume_maks"].astype(int)))
        & (LINES["komponen"] != "gedung_produksi")
    ),
    "support_above_five_percent": SUPPORT.reindex(OWN.index, fill_value=0) * 20 > OWN["cost"],
    "price_above_ceiling": faulty_lines(LINES["harga"] * 10 > LINES["tinggi"] * 11),
    "revitalisation_of_a_plan": ~NEW & (OWN["status"] == "rencana"),
    "fewer_than_five_ikm": OWN["jumlah_ikm"].astype(int) < 5,
    "committed_above_sentra": pd.to_numeric(OWN["ikm_komitmen"]) > OWN["jumlah_ikm"].astype(int),
    "refused_by_province": OWN["verifikasi_provinsi"] == "ditolak",
}


def faults():
    spec = importlib.util.spec_from_file_location("kesalahan", CONTOH / "kesalahan.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {fault.__name__: times for fault, times in module.FAULTS.items()}


def ready():
    """Whether every document that the juknis makes mandatory for its menu is there."""
    wanted = read(ACUAN / "juknis.csv").groupby("menu")["dokumen"].agg(list)
    return OWN.apply(lambda row: all(row[name] in ("ada", "tidak_perlu") for name in wanted[row["menu"]]), axis=1)


def test_the_script_writes_the_same_bytes(tmp_path):
    subprocess.run([sys.executable, "-B", str(CONTOH / "buat.py"), str(tmp_path)], check=True, cwd=tmp_path)
    for name in NAMES:
        assert (tmp_path / f"{name}.csv").read_bytes() == (CONTOH / f"{name}.csv").read_bytes(), name
    assert b"\r" not in (CONTOH / "usulan.csv").read_bytes()


def test_every_row_says_that_it_is_synthetic():
    for name, column in zip(NAMES, ("sumber", "sumber", "catatan", "catatan", "sumber"), strict=True):
        assert set(ALL[name][column]) == {"sintetis"}
    assert "Data sintetis" in (CONTOH / "README.md").read_text("utf-8")


def test_the_tables_are_clean_in_format():
    tables = reference_tables(["usulan", "rincian"], CONTOH)
    assert tables["usulan"].synthetic and len(tables["usulan"].data) == 250 + len(LATER)
    assert not ALL["sentra"]["sentra_id"].duplicated().any() and not DAERAH.duplicated(["kode", "ta"]).any()
    assert not QUARTERS.duplicated(["usulan_id", "ta", "triwulan"]).any()


def test_the_last_two_years_are_told_by_quarter_and_nothing_before_its_day():
    told = QUARTERS[QUARTERS["triwulan"] != ""]
    assert set(told["ta"]) == {"2026", "2027"}
    assert (told.groupby(["usulan_id", "ta"])["triwulan"].agg("".join) == "1234").all()
    ends = told["ta"] + told["triwulan"].map({"1": "-03-31", "2": "-06-30", "3": "-09-30", "4": "-12-31"})
    assert (told["kontrak_tanggal"] <= ends).all()
    assert set(told.loc[told["triwulan"] != "4", "output_pct"]) == {""}


def test_every_key_meets_its_row():
    usulan, sentra, rincian = (ALL[name] for name in ("usulan", "sentra", "rincian"))
    assert set(usulan["sentra_id"]) == set(sentra["sentra_id"])
    assert set(rincian["usulan_id"]) == set(usulan["usulan_id"])
    assert set(rincian["komponen"]) <= set(KOMPONEN.index)
    homes = sentra.set_index("sentra_id")["kode"]
    assert (homes[usulan["sentra_id"]].to_numpy() == usulan["kode"]).all()
    assert set(usulan["kode"]) == set(USULAN["kode"]) and set(REALISASI["sentra_id"]) - {""} <= set(sentra["sentra_id"])
    assert set(USULAN["kode"]) == set(DAERAH["kode"]) and set(REALISASI["kode"]) <= set(KABUPATEN.index)
    assert set(KABUPATEN.loc[USULAN["kode"], "otonom"]) == {"ya"}


def test_250_usulan_of_180_kabupaten_in_every_province_ask_about_six_times_the_pagu():
    assert len(USULAN) == 250 and USULAN["kode"].nunique() == 180
    assert KABUPATEN.loc[USULAN["kode"], "provinsi"].nunique() == 37  # Jakarta has no autonomous unit
    assert 5.5 <= COST.sum() / PAGU_RP <= 6.5


def test_packages_have_the_size_classes_of_the_cases():
    sizes = OWN.groupby("menu")["cost"].quantile([0.25, 0.5, 0.75]) / MILIAR
    assert sizes["pembangunan"].to_numpy() == pytest.approx([9, 11, 21], rel=0.15)
    assert sizes["revitalisasi"].to_numpy() == pytest.approx([1.6, 3.3, 8.3], rel=0.2)
    clean = OWN[~SHOWS["ticket_above_class"] & ~SHOWS["ticket_below_class"] & ~SHOWS["machines_without_a_place"]]
    assert clean.loc[NEW, "cost"].between(4 * MILIAR, 36 * MILIAR).all()
    assert clean.loc[~NEW, "cost"].between(MILIAR, 15 * MILIAR).all()


def test_prices_are_whole_thousands_near_the_catalogue():
    assert (LINES["harga"] % 1000 == 0).all()
    assert (LINES["harga"] >= LINES["rendah"] - 1000).all()
    above = LINES.loc[LINES["harga"] > LINES["tinggi"], "usulan_id"]
    assert set(above) == set(OWN.index[SHOWS["price_above_ceiling"]])


def test_lines_can_be_trimmed_in_whole_volumes_and_some_left_out():
    least = pd.to_numeric(RINCIAN["volume_min"])
    assert least.notna().sum() >= 300
    assert (least[least.notna()] >= 1).all() and (least <= RINCIAN["volume"].astype(int))[least.notna()].all()
    assert set(RINCIAN.loc[RINCIAN["wajib"] == "tidak", "komponen"]) == {"gedung_promosi", "gudang", "pendukung"}


@pytest.mark.parametrize("fault", SHOWS)
def test_every_fault_of_judgement_is_there(fault):
    assert int(SHOWS[fault].sum()) >= faults()[fault] >= 1


def test_every_fault_has_its_test():
    assert set(SHOWS) == set(faults())


def test_intents_are_doubled():
    both = USULAN.groupby("sentra_id")["menu"].nunique()
    assert (both == 2).sum() == 22
    products = SENTRA["nama"].str.replace(r" \d+$", "", regex=True)
    assert products.duplicated().sum() == 14  # one product twice in one kabupaten, the names differ by a number
    assert USULAN["catatan"].str.contains("juga diusulkan").sum() == 8  # one product in two kabupaten
    assert USULAN["kode"].value_counts().max() == 3


def test_about_half_pass_the_gates_and_still_ask_about_three_times_the_pagu():
    assert 0.5 <= ready().mean() <= 0.7
    gates = ["ticket_above_class", "ticket_below_class", "machines_without_a_place", "wet_process_without_ipal"]
    gates += ["hall_without_machines", "hall_without_utilities", "price_above_ceiling", "fewer_than_five_ikm"]
    passing = ready() & ~pd.concat([pd.Series(SHOWS[gate], OWN.index) for gate in gates], axis=1).any(axis=1)
    assert 0.45 <= passing.mean() <= 0.6
    assert 2.5 <= OWN.loc[passing, "cost"].sum() / PAGU_RP <= 3.5


def test_one_document_in_ten_is_not_known_and_java_is_readier_than_papua():
    names = ["fs", "ded", "rab", "lahan", "rtrw", "lingkungan", "komitmen_kepala_daerah", "sk_pengelola", "rpik"]
    assert 0.07 <= (OWN[names] == "").mean().mean() <= 0.13
    by_island = ready().groupby(KABUPATEN.loc[OWN["kode"], "pulau"].to_numpy()).mean()
    assert by_island["Jawa"] > by_island["Papua"]


def test_no_press_case_is_a_candidate_and_no_reported_kabupaten_has_a_drawn_past():
    cases = read(ACUAN / "kasus.csv")
    for row in SENTRA.itertuples():
        product = row.nama.removeprefix("Sentra ").split(" Kab. ")[0].split(" Kota ")[0].lower().split()
        reported = " ".join(cases.loc[cases["kode"] == row.kode, "komoditas"]).lower()
        assert not any(word in reported for word in (*product, *row.komoditas.split())), row.nama
    assert set(REALISASI["kode"]).isdisjoint(cases["kode"])


def test_past_packages_absorb_as_the_published_years_did():
    # Bidang IKM: 82,72 % in 2022, 88,46 % in 2023 (mean of regions 93,23 %).
    known = REALISASI[(REALISASI["serap_rp"] != "") & REALISASI["kode"].isin(USULAN["kode"])]
    absorbed = known["serap_rp"].astype(int) / known["pagu_rp"].astype(int)
    drawn = REALISASI[(REALISASI["pagu_rp"] != "") & REALISASI["kode"].isin(USULAN["kode"])]
    assert drawn["kode"].nunique() == 60 and set(REALISASI["ta"]) == {str(ta) for ta in range(2019, 2028)}
    assert 0.88 <= absorbed.mean() <= 0.93 and (absorbed == 0).sum() >= 2
    assert set(REALISASI.loc[REALISASI["ta"].astype(int) + 3 < 2028, "laporan_3tahun"]) == {"ya", "tidak", ""}
    assert (REALISASI.loc[REALISASI["ta"].astype(int) + 3 >= 2028, "laporan_3tahun"] == "").all()


def test_packages_elsewhere_hold_the_whole_chain_late_contracts_gaps_and_owed_reports():
    # Only kabupaten without any usulan: no score or plan of the example rests on them.
    other = REALISASI[~REALISASI["kode"].isin(USULAN["kode"])]
    assert other["kode"].nunique() == 60 and set(other["ta"]) == {str(ta) for ta in range(2019, 2028)}
    assert (other["sumber"] == "sintetis").all() and (other["sentra_id"] == "").all()
    late = other[other["kontrak_tanggal"] > other["ta"] + "-07-22"]
    assert len(late) > 10 and (late["salur_rp"] == "0").all() and (late["dimanfaatkan_1"] != "ya").all()
    chain = other[["pagu_rp", "rk_rp", "kontrak_rp", "salur_rp", "serap_rp"]].replace("", None).astype("float64")
    assert (chain.ffill(axis=1).diff(axis=1).iloc[:, 1:] <= 0).all(axis=None) and chain.isna().any(axis=None)
    assert set(other["laporan_3tahun"]) == {"ya", "tidak", ""} == set(other["dimanfaatkan_1"])
    used = other[other["dimanfaatkan_1"] != ""]
    ready = used.groupby(KABUPATEN.loc[used["kode"], "pulau"].to_numpy())["dimanfaatkan_1"].apply(
        lambda s: (s == "ya").mean()
    )
    assert ready["Jawa"] > ready["Papua"]


def test_every_second_phase_has_its_first_and_begins_later():
    place = [*zip(ALL["usulan"]["sentra_id"], ALL["usulan"]["fase"], strict=True)]
    year = dict(zip(place, ALL["usulan"]["ta"].astype(int), strict=True))  # of the last usulan of a phase
    done = set(zip(REALISASI["sentra_id"], REALISASI["fase"], strict=True)) - {("", "")}
    second = ALL["usulan"][ALL["usulan"]["fase"] == "2"]
    assert len(second[second["ta"] == "2028"]) == len(done) == 12
    for row in second.itertuples():
        begun = (row.sentra_id, "1") in done
        assert begun == (row.ta == "2028") and (begun or year[row.sentra_id, "1"] < int(row.ta))


def test_some_first_phases_are_known_by_nothing_but_that_they_were_built():
    bare = REALISASI[(REALISASI["sentra_id"] != "") & (REALISASI["pagu_rp"] == "")]
    assert len(bare) == 8
    known = ["usulan_id", "kode", "ta", "sumber", "sentra_id", "fase"]
    assert (bare.drop(columns=known) == "").all(axis=None) and (bare[known] != "").all(axis=None)


def test_later_years_ask_for_second_phases_and_further_sentra():
    assert set(LATER["ta"]) == {"2029", "2030", "2031", "2032"}
    assert len(LATER) == 133 and (LATER["fase"] == "2").sum() == 43
    assert (ALL["usulan"]["fase_total"].astype(int) >= ALL["usulan"]["fase"].astype(int)).all()
    assert (ALL["usulan"]["om_tahunan_rp"] != "").all() and (DAERAH["kapasitas_om_rp"] != "").all()
