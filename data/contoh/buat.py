"""Make the synthetic example: sentra, usulan, rincian, daerah and realisasi of no real region's plans.

``python buat.py [DIR]`` writes the five tables into DIR (default: beside this script), the same bytes every time.
Real are only the kabupaten (code, name, point, IKK) and the price catalogue of ``data/acuan``. Sentra, usulan, lines,
readiness, verdicts and absorption are drawn with SEED. Faults of judgement are put in on purpose: ``kesalahan.py``.
One usulan is made in ``rakit.py``, what ministries know of a region in ``riwayat.py``, later years in ``lanjutan.py``,
the people of a sentra in ``orang.py``, quarters of realisasi in ``triwulan.py``.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

from kesalahan import FAULTS
from lanjutan import begun, later
from orang import with_bodies, with_training
from rakit import Dice, new_case, new_sentra, products_for, read, short, status_for
from riwayat import daerah, elsewhere, realisasi
from triwulan import by_quarter

HERE = Path(__file__).resolve().parent
KABUPATEN, BOTH_MENUS, TWINS, OTHERS, THIRD, NEIGHBOURS = 180, 22, 14, 34, 6, 8  # 180 + 22 + 14 + 34 = 250 usulan


def chosen_kabupaten():
    """Three of every province and the rest by lot, all autonomous."""
    rows = Dice("kabupaten").shuffled([row for row in read("kabupaten") if row["otonom"] == "ya"])
    seen, first = {}, []
    for row in rows:
        seen[row["provinsi"]] = seen.get(row["provinsi"], 0) + 1
        if seen[row["provinsi"]] <= 3:
            first.append(row)
    rest = [row for row in rows if row not in first]
    return (first + rest)[:KABUPATEN]


def first_products(rows):
    """Kabupaten -> product of its first sentra; NEIGHBOURS pairs of one province share one, and the second says so."""
    product = {row["kode"]: products_for(row)[0] for row in rows}
    waiting, notes = {}, {}
    for row in rows[BOTH_MENUS + TWINS + OTHERS :]:
        other = waiting.pop(row["provinsi"], None)
        if other is None:
            waiting[row["provinsi"]] = row
        elif len(notes) < NEIGHBOURS and product[other["kode"]] in products_for(row):
            product[row["kode"]] = product[other["kode"]]
            notes[row["kode"]] = f"Komoditas dan kawasan yang sama juga diusulkan {short(other['nama'])}"
    return product, notes


def menu_of(*name):
    return "pembangunan" if Dice("menu", *name).chance(50) else "revitalisasi"


def further(row, number, product):
    """A second or third sentra of a kabupaten, with a product of its own."""
    menu = menu_of(row["kode"], number)
    status = status_for(Dice("status", row["kode"], number), menu)
    return new_case(row, number, new_sentra(row, number, product, status), menu)


def companions(at, first):
    """What the kabupaten of rank ``at`` proposes beside its first usulan: duplicates of intent come first."""
    row, sentra, menu = first.kabupaten, first.sentra, first.usulan["menu"]
    products = [product for product in products_for(row) if product[1] != sentra["komoditas"]]
    if at < BOTH_MENUS:  # one sentra under both menus
        return [new_case(row, 2, sentra, "revitalisasi" if menu == "pembangunan" else "pembangunan")]
    at -= BOTH_MENUS
    if at < TWINS:  # one product in two sentra of nearly one name
        same = next(product for product in products_for(row) if f"Sentra {product[0]} " in sentra["nama"])
        return [new_case(row, 2, new_sentra(row, 2, same, sentra["status"]), menu)]
    at -= TWINS
    numbers = range(2, 4 if at < THIRD else 3 if at < OTHERS - THIRD else 2)
    return [further(row, number, products[number - 2]) for number in numbers]


def proposed():
    """All usulan without faults: one per kabupaten, and those beside it."""
    rows = chosen_kabupaten()
    product, notes = first_products(rows)
    cases = []
    for at, row in enumerate(rows):
        menu = menu_of(row["kode"])
        status = "berjalan" if at < BOTH_MENUS else status_for(Dice("status", row["kode"]), menu)
        first = new_case(row, 1, new_sentra(row, 1, product[row["kode"]], status), menu)
        first.usulan["catatan"] = notes.get(row["kode"], "")
        cases += [first, *companions(at, first)]
    return cases


def put_faults(cases):
    """Each fault as often as FAULTS says: at most one per usulan, first phases with a sentra of their own."""
    shared = Counter(case.usulan["sentra_id"] for case in cases)
    free = [c for c in Dice("kesalahan").shuffled(cases) if shared[c.usulan["sentra_id"]] == 1]
    for fault, times in FAULTS.items():
        for _ in range(times):
            free.remove(next(case for case in free if fault(case)))


def judge(cases):
    """The verdicts of Bappenas and the ministry on lines: some usulan not yet judged, dear prices to be discussed."""
    for case in cases:
        dice = Dice("penilaian", case.usulan["usulan_id"])
        for body, dislikes in (("penilaian_bappenas", 8), ("penilaian_kl", 14)):
            if dice.chance(35):
                continue
            for line in case.lines:
                dear = line["harga_satuan_rp"] > case.ceiling_rp(line["komponen"])
                verdict = "didiskusikan" if dear or dice.chance(dislikes) else "diterima"
                verdict = "ditolak" if line["wajib"] == "tidak" and dice.chance(12) else verdict
                line[body] = dice.or_empty(6, verdict)


def rows_of_lines(cases):
    for case in cases:
        for at, line in enumerate(case.lines, start=1):
            yield {"usulan_id": case.usulan["usulan_id"], "rincian_id": f"R{at:02}", **line}


def key_of(case):
    return case.usulan["usulan_id"]


def tables():
    """File name -> rows, each sorted by its key."""
    cases = proposed()
    put_faults(cases)
    judge(cases)
    cases.sort(key=key_of)
    kabupaten = list({case.kabupaten["kode"]: case.kabupaten for case in cases}.values())
    past = begun(cases, realisasi(kabupaten), elsewhere(read("kabupaten"), kabupaten))
    cases = sorted(cases + later(cases, kabupaten), key=key_of)
    sentra = {case.sentra["sentra_id"]: case.sentra for case in cases}
    return {
        "sentra": [with_bodies(sentra[key]) for key in sorted(sentra)],
        "usulan": [with_training(case.usulan) for case in cases],
        "rincian": list(rows_of_lines(cases)),
        "daerah": daerah(kabupaten),
        "realisasi": by_quarter(past),
    }


def write(folder):
    for name, rows in tables().items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
