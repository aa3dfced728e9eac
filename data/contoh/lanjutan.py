"""What the example asks for after its first year: second phases of what begins then, and sentra of later years.

Also which phases were begun before: rows of realisasi that say so. Nothing of the first year's usulan is drawn anew.
"""

from dataclasses import replace

from rakit import STAMP, TA, Dice, new_case, new_sentra, products_for

SENTRA, NUMBER = 90, 4  # kabupaten with a further sentra in a later year; its number there
LAST = TA + 3  # the latest first year of anything


def moved(case, ta, fase, total):
    """A case in another year and phase; its key begins with the year."""
    number = case.usulan["usulan_id"].split("-")
    changes = {"usulan_id": "-".join([str(ta % 100), *number[1:]]), "ta": ta, "fase": fase, "fase_total": total}
    name = case.usulan["nama"] + (f" Fase {fase}" if fase > 1 else "")
    return replace(case, usulan=case.usulan | changes | {"nama": name, "catatan": ""})


def following(case):
    """The second phase of a case, ready one or two years after it: a smaller package on the same sentra."""
    ta = case.usulan["ta"]
    number = int(case.usulan["usulan_id"][-2:]) + 40
    second = new_case(case.kabupaten, number, case.sentra | {"status": "rencana"}, "revitalisasi")
    dice = Dice("fase", case.usulan["usulan_id"])
    later = moved(second, min(ta + dice.whole(1, 2), LAST + 1), 2, 2)
    same = {name: case.usulan[name] for name in ("menu", "ikm_komitmen", "tenaga_kerja_target", "sentra_id")}
    return replace(later, sentra=case.sentra, usulan=later.usulan | same | {"nama": f"{case.usulan['nama']} Fase 2"})


def beginning(row):
    """A further sentra that a kabupaten asks for in a later year; one in three takes two phases."""
    dice = Dice("kemudian", row["kode"])
    menu = "pembangunan" if dice.chance(50) else "revitalisasi"
    status = "rencana" if menu == "pembangunan" else "berjalan"
    sentra = new_sentra(row, NUMBER, products_for(row)[NUMBER - 1], status)
    ta, total = dice.whole(TA + 1, LAST), 2 if menu == "pembangunan" and dice.chance(33) else 1
    first = moved(new_case(row, NUMBER, sentra, menu), ta, 1, total)
    return [first, following(first)] if total == 2 else [first]


def later(cases, kabupaten):
    """The usulan of later years: second phases of ``cases``, and new sentra of kabupaten drawn by lot."""
    seconds = [following(case) for case in cases if case.usulan["fase_total"] == 2 and case.usulan["fase"] == 1]
    rows = [row for row in Dice("kemudian").shuffled(kabupaten) if len(products_for(row)) >= NUMBER][:SENTRA]
    return seconds + [case for row in rows for case in beginning(row)]


def begun(cases, realisasi, elsewhere):
    """Realisasi with the first phases of ``cases`` of a second phase: the kabupaten's latest package, as it went.

    Where it has none, a row of which only the phase is known: nothing else, and no rupiah. ``elsewhere``: packages of
    kabupaten without usulan, as they are.
    """
    rows = [row | {"sentra_id": "", "fase": ""} for row in realisasi]
    for case in cases:
        if case.usulan["fase"] != 2:
            continue
        kode = case.kabupaten["kode"]
        mine = [row for row in rows if row["kode"] == kode and not row["sentra_id"]]
        if not mine:
            ta = Dice("dimulai", kode).whole(TA - 3, TA - 1)
            key = {"usulan_id": f"{ta % 100}-{kode.replace('.', '')}-01", "kode": kode, "ta": ta, "sumber": STAMP}
            mine = [dict.fromkeys(rows[0], "") | key]
            rows += mine
        max(mine, key=lambda row: row["ta"]).update(sentra_id=case.sentra["sentra_id"], fase=1)
    rows += [row | {"sentra_id": "", "fase": ""} for row in elsewhere]
    return sorted(rows, key=lambda row: (row["kode"], row["ta"]))
