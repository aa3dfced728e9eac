"""One synthetic usulan without faults: its sentra, package, readiness and the dice that draw them."""

import csv
from dataclasses import dataclass
from pathlib import Path
from random import Random

ACUAN = Path(__file__).resolve().parents[1] / "acuan"
SEED, TA, STAMP = 2028, 2028, "sintetis"
MILIAR, JUTA = 10**9, 10**6

# Smallest, quartiles and largest package in juta. Quartiles: inferred from the press cases of data/acuan/kasus.csv
# (pembangunan Bangkalan ... Bangli 9 / 11 / 21 miliar, revitalisasi Kota Metro ... Kota Mojokerto 1,6 / 3,3 / 8,3);
# the largest pembangunan is Bangkalan 2022, 36 miliar. The press leans to failures: a shape, not an estimate.
SIZES = {"pembangunan": (4_200, 9_000, 11_000, 21_000, 35_000), "revitalisasi": (1_150, 1_700, 3_300, 8_100, 12_500)}

# product, group word (as dampak.csv where it knows one), wet process, KBLI (example only), unit, only in these islands
PRODUCTS = (
    ("Kopi", "pangan", "tidak", "10761", "ton per tahun", ()),
    ("Gula Merah", "pangan", "tidak", "10722", "ton per tahun", ()),
    ("Keripik", "pangan", "tidak", "10794", "ton per tahun", ()),
    ("Cokelat", "pangan", "tidak", "", "ton per tahun", ("Sumatera", "Sulawesi", "Papua", "Jawa")),
    ("Sagu", "pangan", "tidak", "", "ton per tahun", ("Maluku", "Papua", "Sulawesi")),
    ("Tahu", "pangan", "ya", "10392", "ton per tahun", ("Jawa", "Sumatera", "Kalimantan")),
    ("Olahan Ikan", "pangan", "ya", "", "ton per tahun", ()),
    ("Anyaman Bambu", "kerajinan", "tidak", "16291", "ribu buah per tahun", ()),
    ("Anyaman Rotan", "kerajinan", "tidak", "16291", "ribu buah per tahun", ("Kalimantan", "Sulawesi", "Sumatera")),
    ("Gerabah", "kerajinan", "tidak", "", "ribu buah per tahun", ("Jawa", "Bali-Nusa Tenggara", "Kalimantan")),
    ("Kerajinan Kulit", "kerajinan", "ya", "", "ribu buah per tahun", ("Jawa", "Sumatera", "Sulawesi")),
    ("Tenun Warna Alam", "tekstil", "ya", "", "ribu lembar per tahun", ()),
    ("Batik", "tekstil", "ya", "13134", "ribu lembar per tahun", ("Jawa", "Sumatera", "Kalimantan", "Papua")),
    ("Konveksi", "padat karya", "tidak", "14111", "ribu potong per tahun", ()),
    ("Alas Kaki", "padat karya", "tidak", "", "ribu pasang per tahun", ("Jawa", "Sumatera")),
    ("Pande Besi", "logam", "tidak", "", "ribu buah per tahun", ()),
    ("Alat Pertanian", "mesin pertanian", "tidak", "", "unit per tahun", ("Jawa", "Sumatera", "Sulawesi")),
    ("Perahu", "alat angkut", "tidak", "", "unit per tahun", ("Kalimantan", "Sulawesi", "Maluku", "Papua")),
    ("Mebel", "mebel", "tidak", "31001", "ribu buah per tahun", ("Jawa", "Kalimantan", "Maluku")),
)
READY = {"Jawa": 77, "Bali-Nusa Tenggara": 73, "Sumatera": 63, "Kalimantan": 60, "Sulawesi": 61}  # percent; others 56
# The readiness in percent from which a document is usually there: an assumption, harder ones last.
DOCUMENTS = {"fs": 35, "ded": 44, "rab": 20, "lahan": 36, "rtrw": 34, "lingkungan": 46, "komitmen_kepala_daerah": 24}
DOCUMENTS |= {"sk_pengelola": 42, "rpik": 55, "listrik": 38, "air": 40}


class Dice:
    """Chance from ``Random.random`` alone, the one method whose sequence Python promises to keep."""

    def __init__(self, *name):
        self._next = Random("/".join(map(str, (SEED, *name)))).random

    def chance(self, percent):
        return self._next() * 100 < percent

    def whole(self, low, high):
        return low + int(self._next() * (high - low + 1))

    def pick(self, items):
        return items[int(self._next() * len(items))]

    def shuffled(self, items):
        return [item for _, _, item in sorted((self._next(), i, item) for i, item in enumerate(items))]

    def or_empty(self, percent, value):
        """``value``, or '' (not known) in ``percent`` of the draws."""
        return "" if self.chance(percent) else value


@dataclass
class Case:
    """One usulan while it is made: its rows and the region they stand in."""

    kabupaten: dict
    sentra: dict
    usulan: dict
    lines: list

    @property
    def cost_rp(self):
        return sum(line["harga_satuan_rp"] * line["volume"] for line in self.lines)

    def line(self, komponen):
        return next((line for line in self.lines if line["komponen"] == komponen), None)

    def ceiling_rp(self, komponen):
        """The catalogue's highest unit price at this kabupaten's IKK, in whole rupiah."""
        return int(KOMPONEN[komponen]["harga_tinggi_rp"]) * hundredths(self.kabupaten["ikk"]) // 10_000

    def drop(self, *komponen):
        self.lines[:] = [line for line in self.lines if line["komponen"] not in komponen]


def read(name):
    with (ACUAN / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


KOMPONEN = {row["komponen"]: row for row in read("komponen")}
PRESS = [(row["kode"], row["komoditas"].lower()) for row in read("kasus")]


def in_press(kode, product):
    """Whether the press reports this product, or its group, in this kabupaten: never a candidate here."""
    words = [*product[0].lower().split(), *product[1].split()]
    return any(kode == of and any(word in komoditas for word in words) for of, komoditas in PRESS)


def products_for(row):
    """The products that fit the kabupaten's island and are no press case, in a drawn order."""
    fitting = [p for p in PRODUCTS if (not p[5] or row["pulau"] in p[5]) and not in_press(row["kode"], p)]
    return Dice("produk", row["kode"]).shuffled(fitting)


def hundredths(ikk):
    """An IKK such as '98.65' as the integer 9865: money is reckoned in integers only."""
    return round(float(ikk) * 100)


def short(name):
    return name.replace("Kabupaten ", "Kab. ")


def new_sentra(row, number, product, status):
    """One sentra near the kabupaten's point; villages and managers are invented."""
    dice = Dice("sentra", row["kode"], number)
    name, group, wet, kbli, unit, _ = product
    units = min(dice.whole(8, 60), dice.whole(8, 60))
    planned = status == "rencana"
    built = "" if planned else dice.whole(1986, 2024)
    point = {axis: f"{float(row[axis]) + dice.whole(-4000, 4000) / 100_000:.5f}" for axis in ("lat", "lon")}
    return {
        "sentra_id": f"S-{row['kode'].replace('.', '')}-{number:02}", "kode_krisna": dice.or_empty(60, "XXXX"),
        "kode": row["kode"], "nama": f"Sentra {name} {short(row['nama'])} {number}", "desa": f"Desa Contoh {number}",
        "kecamatan": f"Kecamatan Contoh {dice.whole(1, 9)}", **point, "komoditas": group, "kbli": kbli,
        "proses_basah": wet, "jumlah_ikm": units, "tenaga_kerja": dice.or_empty(8, units * dice.whole(2, 5)),
        "kapasitas": dice.or_empty(30, units * dice.whole(2, 12)), "kapasitas_satuan": unit,
        "rumah_tangga_desa": dice.or_empty(25, units * dice.whole(2, 9)),
        "pengelola": "" if planned else dice.or_empty(15, dice.pick(("koperasi", "UPTD", "kelompok", "BUMDes"))),
        "pengelola_sk": "" if planned else dice.or_empty(35, f"SK contoh {dice.whole(1, 99)}/{dice.whole(2017, 2026)}"),
        "uptd": dice.or_empty(12, "ya" if not planned and dice.chance(45) else "tidak"), "tahun_dibangun": built,
        "status": status,
        "laporan_terakhir": "" if planned else dice.or_empty(40, f"{dice.whole(2022, 2026)}-12-{dice.whole(10, 28)}"),
        "sumber": STAMP,
    }  # fmt: skip


def status_for(dice, menu):
    if menu == "pembangunan":
        return "dibangun" if dice.chance(12) else "rencana"
    return dice.pick(("berjalan",) * 6 + ("belum_dimanfaatkan",) * 2 + ("mangkrak",))


def size_rp(dice, menu, ikk):
    """A package size drawn between the quartiles of its menu, a little dearer where the IKK (in hundredths) is."""
    edges, quarter = SIZES[menu], dice.whole(0, 3)
    juta = dice.whole(edges[quarter], edges[quarter + 1])
    return min(juta * (30_000 + min(max(ikk, 10_000), 20_000)) // 40_000, edges[-1]) * JUTA


def price_rp(dice, komponen, ikk):
    """A unit price at this IKK (in hundredths) in whole thousands; four of five are at most the reference."""
    low, reference, high = (int(KOMPONEN[komponen][f"harga_{of}_rp"]) for of in ("rendah", "acuan", "tinggi"))
    bound = low if dice.chance(70) else high
    step = 0 if dice.chance(30) else min(dice.whole(0, 900), dice.whole(0, 900))
    at_100 = reference + (bound - reference) * step // 1000
    return at_100 * ikk // (10_000 * 1000) * 1000


def new_line(dice, komponen, volume, ikk):
    optional = komponen in ("gedung_promosi", "gudang", "pendukung")
    trimmable = volume > 1 and komponen != "penunjang" and dice.chance(65)
    return {
        "komponen": komponen, "uraian": KOMPONEN[komponen]["nama"],
        "metode": dice.pick(("kontraktual",) * 5 + ("swakelola",)), "satuan": KOMPONEN[komponen]["satuan"],
        "harga_satuan_rp": price_rp(dice, komponen, ikk), "volume": volume,
        "volume_min": (volume * 3 + 2) // 5 if trimmable else "", "volume_disetujui": "",
        "wajib": "tidak" if optional else "ya", "penilaian_bappenas": "", "penilaian_kl": "", "catatan": STAMP,
    }  # fmt: skip


def wanted(dice, menu, wet, miliar):
    """Component -> volume beside the production halls: what a package of this size usually holds."""
    large = menu == "pembangunan"
    volumes = {"mesin_peralatan": min(8, 1 + miliar // 5), "utilitas": min(4, 1 + miliar // 8)}
    volumes |= {"ipal": 1} if wet == "ya" else {}
    volumes |= {"kantor_pengelola": 1} if large else {}
    volumes |= {"penunjang": 2 if miliar >= 7 else 1} if miliar >= 3 else {}
    extras = (("infrastruktur", 6, min(4, 1 + miliar // 8)), ("ipab", 3, 1), ("pendukung", 3, 1 + miliar // 20))
    extras += (("gudang", 6, min(4, 1 + miliar // 9)), ("gedung_promosi", 10, 1), ("rumah_kemasan", 9, 1))
    volumes |= {name: volume for name, least, volume in extras if miliar >= least and dice.chance(45 + 15 * large)}
    return volumes | ({"pematangan_lahan": 1 + miliar // 12} if large and dice.chance(60) else {})


def package(dice, menu, wet, ikk):
    """Lines near the drawn size: the wanted components, then as many halls as the rest pays, else machines."""
    size = size_rp(dice, menu, ikk)
    volumes = wanted(dice, menu, wet, size * 10_000 // ikk // MILIAR)
    lines = [new_line(dice, komponen, volume, ikk) for komponen, volume in volumes.items()]
    filler = new_line(dice, "gedung_produksi", 2, ikk)
    left = size - sum(line["harga_satuan_rp"] * line["volume"] for line in lines)
    if menu == "revitalisasi" and left * 2 < filler["harga_satuan_rp"]:
        filler = lines.pop(0)  # machines for the buildings that the sentra has
        left += filler["harga_satuan_rp"] * filler["volume"]
    most = int(KOMPONEN[filler["komponen"]]["volume_maks"])
    volume = max(1, min(most, (left + filler["harga_satuan_rp"] // 2) // filler["harga_satuan_rp"]))
    return [filler | {"volume": volume, "volume_min": (volume * 3 + 2) // 5 if volume > 1 else ""}, *lines]


def documents(row, number):
    """Readiness goes with the kabupaten; a document just out of reach is under way; some usulan are filled thinly."""
    dice = Dice("dokumen", row["kode"])
    level = READY.get(row["pulau"], 50) + dice.whole(-32, 32)
    dice = Dice("dokumen", row["kode"], number)
    level, thin = level + dice.whole(-8, 8), dice.chance(66 - level * 2 // 3)
    states = {}
    for name, needed in DOCUMENTS.items():
        short_by = needed - level + dice.whole(-8, 8)
        state = "ada" if short_by <= 0 else "proses" if short_by <= 14 else "belum"
        states[name] = dice.or_empty(42 if thin else 1, state)
    return states


def new_case(row, number, sentra, menu):
    """One usulan on a sentra, without faults."""
    kode = row["kode"].replace(".", "")
    dice, group = Dice("usulan", row["kode"], number), sentra["komoditas"]
    lines = package(dice, menu, sentra["proses_basah"], hundredths(row["ikk"]))
    cost = sum(line["harga_satuan_rp"] * line["volume"] for line in lines)
    second = menu == "pembangunan" and sentra["status"] == "dibangun"
    flags = {name: dice.or_empty(6, "ya" if dice.chance(percent) else "tidak") for name, percent in
             (("ovop", 30), ("ekspor", 18), ("rantai_pasok", 35), ("tematik", 60), ("aspirasi", 12))}  # fmt: skip
    verb = "Pembangunan" if menu == "pembangunan" else "Revitalisasi"
    committed = max(3, sentra["jumlah_ikm"] * dice.whole(55, 100) // 100)
    usulan = {
        "usulan_id": f"28-{kode}-{number:02}", "nama": f"{verb} {sentra['nama']}", "sentra_id": sentra["sentra_id"],
        "kode": row["kode"], "ta": TA, "menu": menu, "fase": 2 if second else 1,
        "fase_total": 2 if second or cost > 20 * MILIAR else 1, "prioritas_daerah": number,
        "instansi_pelaksana": f"Dinas Perindustrian {short(row['nama'])}", "ikm_komitmen": dice.or_empty(8, committed),
        "tenaga_kerja_target": dice.or_empty(6, committed * dice.whole(2, 6)), "pangan": "ya" if group == "pangan" else
        "tidak", **flags, **documents(row, number), "lahan_m2": dice.or_empty(12, cost // MILIAR * 400 + 100 *
        dice.whole(8, 40)), "om_tahunan_rp": dice.or_empty(0, cost * dice.whole(8, 30) // 1000 // JUTA * JUTA),
        "dana_lain_rp": dice.or_empty(30, dice.whole(0, 4) * 100 * JUTA), "nonfisik_rp": dice.or_empty(30,
        dice.whole(0, 8) * 250 * JUTA), "verifikasi_provinsi": dice.or_empty(12, dice.pick(("diterima",) * 12 +
        ("didiskusikan",) * 2)), "sumber": STAMP, "catatan": "",
    }  # fmt: skip
    return Case(row, sentra, usulan, lines)
