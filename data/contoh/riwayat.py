"""What ministries hold of a region in the example: this year's view (daerah) and past packages (realisasi)."""

from rakit import JUTA, PRESS, READY, STAMP, TA, Dice, products_for

WITH_HISTORY, ELSEWHERE = 60, 60  # kabupaten with past packages: of those that propose something now, and of others
LATE = 16  # percent of the packages elsewhere whose contract came after 22 July, so that no money followed
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


def package_of(row, ta):
    """One past package of a kabupaten; the running year has no end yet, and now and then no contract came in time."""
    kode = row["kode"]
    dice, kind = Dice("realisasi", kode, ta), Dice("jenis", kode, ta)
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
        "menu": kind.or_empty(5, kind.pick(("pembangunan", "revitalisasi"))),
        "komoditas": kind.or_empty(8, products_for(row)[0][1]),
    }  # fmt: skip


def realisasi(kabupaten):
    """Past packages of 60 kabupaten, none of which the press reports: no drawn result stands beside a real one."""
    reported = {kode for kode, _ in PRESS}
    drawn = Dice("realisasi").shuffled([row for row in kabupaten if row["kode"] not in reported])
    rows = []
    for row in drawn[:WITH_HISTORY]:
        dice = Dice("tahun", row["kode"])
        years = dice.shuffled(range(2019, TA))[: dice.pick((1, 1, 2, 3))]
        rows += [package_of(row, ta) for ta in years]
    return sorted(rows, key=lambda row: (row["kode"], row["ta"]))


def elsewhere(every, kabupaten):
    """Past packages of kabupaten that propose nothing now, so that no score or plan of the example depends on them.

    Here contracts come late, cells are missing, and what was built is used more often where readiness is higher.
    """
    known = {row["kode"] for row in kabupaten} | {kode for kode, _ in PRESS}
    free = [row for row in every if row["otonom"] == "ya" and row["kode"] not in known]
    rows = []
    for row in Dice("lain").shuffled(free)[:ELSEWHERE]:
        years = Dice("lain", row["kode"]).shuffled(range(2019, TA))[:3]
        rows += [fate_of(row, package_of(row, ta)) for ta in years]
    return rows


def fate_of(row, package):
    """A package with a fate of its own: late, or used far more often where the island is readier, in part unknown."""
    ta = package["ta"]
    dice = Dice("nasib", row["kode"], ta)
    if not package["kontrak_tanggal"]:
        return package
    if dice.chance(LATE):
        day = (
            f"{ta}-07-{dice.whole(23, 31)}"
            if dice.chance(50)
            else f"{ta}-{dice.whole(8, 11):02}-{dice.whole(1, 28):02}"
        )
        lost = dict.fromkeys(("salur_rp", "serap_rp", "output_pct"), 0)
        return package | lost | {"kontrak_tanggal": day} | used(ta, lambda _: "tidak")
    first, lasting = dice.chance(2 * READY.get(row["pulau"], 50) - 60), dice.chance(85)
    fate = used(ta, lambda year: dice.or_empty(12, "ya" if first and (year == 1 or lasting) else "tidak"))
    return package | fate | {name: dice.or_empty(6, package[name]) for name in ("rk_rp", "kontrak_rp", "serap_rp")}


def used(ta, state):
    """``dimanfaatkan_1`` to ``_3`` by ``state``, empty for years that have not ended."""
    return {f"dimanfaatkan_{year}": state(year) if ta + year < TA - 1 else "" for year in (1, 2, 3)}
