"""What ministries hold of a region in the example: this year's view (daerah) and past packages (realisasi)."""

from rakit import JUTA, PRESS, STAMP, TA, Dice

WITH_HISTORY = 60
CLASSES = ("sangat rendah", "rendah", "sedang", "tinggi", "sangat tinggi")


def daerah(kabupaten):
    """One row per kabupaten; the Kemenkeu view and the fiscal class are drawn, no region's real ones."""
    rows = []
    for row in kabupaten:
        dice = Dice("daerah", row["kode"])
        rows.append({
            "kode": row["kode"], "ta": TA, "lokpri": dice.or_empty(4, "ya" if dice.chance(93) else "tidak"),
            "penilaian_kemenkeu": dice.or_empty(10, dice.pick(("baik",) * 5 + ("cukup",) * 4 + ("perlu_perhatian",))),
            "kfd_kelas": dice.or_empty(5, dice.pick(CLASSES)),
            "kapasitas_om_rp": dice.or_empty(0, dice.whole(2, 30) * 25 * JUTA), "catatan": STAMP,
        })  # fmt: skip
    return rows


def package_of(kode, ta):
    """One past package; the running year has no end yet, and now and then the contract came too late for any money."""
    dice = Dice("realisasi", kode, ta)
    pagu = dice.whole(15, 140) * 100 * JUTA
    rk = pagu * dice.whole(985, 1000) // 1_000_000 * 1000
    lost, running = dice.chance(5), ta == TA - 1
    contract = 0 if lost else rk * dice.whole(930, 1000) // 1_000_000 * 1000
    spent = contract * dice.whole(930, 1000) // 1_000_000 * 1000
    used = [
        "" if year >= TA - 1 else "tidak" if lost else dice.or_empty(20, dice.pick(("ya", "ya", "ya", "tidak")))
        for year in (ta + 1, ta + 2, ta + 3)
    ]
    owed = ta + 3 < TA
    return {
        "usulan_id": f"{ta % 100}-{kode.replace('.', '')}-01", "kode": kode, "ta": ta, "pagu_rp": pagu, "rk_rp": rk,
        "kontrak_rp": contract, "kontrak_tanggal": "" if lost else f"{ta}-{dice.whole(4, 7):02}-{dice.whole(1, 21):02}",
        "salur_rp": contract // 4000 * 1000 if running else contract, "serap_rp": "" if running else spent,
        "output_pct": "" if running else 0 if lost else dice.pick((100, 100, 100, 95, 90, 80)),
        "dimanfaatkan_1": used[0], "dimanfaatkan_2": used[1], "dimanfaatkan_3": used[2],
        "laporan_3tahun": dice.or_empty(20, "ya" if dice.chance(70) else "tidak") if owed else "", "sumber": STAMP,
    }  # fmt: skip


def realisasi(kabupaten):
    """Past packages of 60 kabupaten, none of which the press reports: no drawn result stands beside a real one."""
    reported = {kode for kode, _ in PRESS}
    codes = Dice("realisasi").shuffled([row["kode"] for row in kabupaten if row["kode"] not in reported])
    rows = []
    for kode in codes[:WITH_HISTORY]:
        dice = Dice("tahun", kode)
        years = dice.shuffled(range(2019, TA))[: dice.pick((1, 1, 2, 3))]
        rows += [package_of(kode, ta) for ta in years]
    return sorted(rows, key=lambda row: (row["kode"], row["ta"]))
