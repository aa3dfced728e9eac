"""The faults of judgement that the example holds on purpose, each clean in format.

A fault changes a case and returns True, or returns False where it does not fit. FAULTS says how often each is put in.
"""

MILIAR = 10**9


def hall_without_machines(case):
    """A production hall, and nothing to produce with (Pidie, Sorong Selatan)."""
    if case.usulan["menu"] != "pembangunan" or not case.line("mesin_peralatan"):
        return False
    case.drop("mesin_peralatan")
    return True


def hall_without_utilities(case):
    """A production hall without power (Bombana)."""
    if case.usulan["menu"] != "pembangunan" or not case.line("utilitas"):
        return False
    case.drop("utilitas")
    return True


def wet_process_without_ipal(case):
    """Dyeing, tofu, fish or leather, and no waste-water plant."""
    if case.sentra["proses_basah"] != "ya" or not case.line("ipal"):
        return False
    case.drop("ipal")
    return True


def machines_without_a_place(case):
    """Machines for a sentra that has no building, and none is asked for."""
    machines = case.line("mesin_peralatan")
    if case.sentra["status"] != "rencana" or case.cost_rp < 9 * MILIAR or not machines:
        return False
    case.drop("gedung_produksi", "gedung_upt", "kantor_pengelola", "rumah_kemasan", "gudang", "gedung_promosi")
    machines.update(volume=8, volume_min=5)
    return True


def price_above_ceiling(case):
    """A unit price a fifth above the catalogue's highest at this IKK."""
    hall = case.line("gedung_produksi")
    if not hall or hall["volume"] > 6:
        return False
    hall["harga_satuan_rp"] = case.ceiling_rp("gedung_produksi") * 6 // 5 // 1000 * 1000
    return True


def volume_above_catalogue(case):
    """More machine packages than one sentra of the catalogue ever has."""
    machines = case.line("mesin_peralatan")
    if not machines or machines["volume"] < 4 or case.cost_rp > 25 * MILIAR:
        return False
    machines["volume"], machines["volume_min"] = 10, ""
    return True


def support_above_five_percent(case):
    """Two support packages on a small project."""
    support = case.line("penunjang")
    if not support or case.cost_rp + support["harga_satuan_rp"] > 38 * support["harga_satuan_rp"]:
        return False
    support["volume"] = 2
    return True


def ticket_above_class(case):
    """More than the largest package known, 36 miliar: halls without end."""
    hall = case.line("gedung_produksi")
    if case.usulan["menu"] != "pembangunan" or hall["volume"] < 14:
        return False
    hall["volume"] += (37 * MILIAR - case.cost_rp) // hall["harga_satuan_rp"] + 1
    hall["volume_min"] = 14
    return True


def ticket_below_class(case):
    """Less than one miliar: tools alone."""
    machines = case.line("mesin_peralatan")
    if case.usulan["menu"] != "revitalisasi" or case.cost_rp > 2 * MILIAR or not machines:
        return False
    case.lines[:] = [machines | {"volume": 1, "volume_min": ""}]
    return True


def fewer_than_five_ikm(case):
    """A sentra of three or four units: none by PP 29/2018."""
    units = 3 + case.sentra["jumlah_ikm"] % 2
    case.sentra.update(jumlah_ikm=units, tenaga_kerja=3 * units)
    case.usulan.update(ikm_komitmen=units, tenaga_kerja_target=4 * units)
    return True


def revitalisation_of_a_plan(case):
    """Revitalising a sentra that does not exist yet."""
    if case.usulan["menu"] != "revitalisasi":
        return False
    case.sentra.update(status="rencana", tahun_dibangun="", pengelola="", pengelola_sk="", laporan_terakhir="")
    return True


def committed_above_sentra(case):
    """More units are promised than the sentra has."""
    if case.usulan["ikm_komitmen"] == "":
        return False
    case.usulan["ikm_komitmen"] = case.sentra["jumlah_ikm"] + 12
    return True


def refused_by_province(case):
    """Sent on although the province refused it."""
    case.usulan["verifikasi_provinsi"] = "ditolak"
    return True


FAULTS = {  # fault -> how many usulan have it
    ticket_above_class: 2,
    ticket_below_class: 2,
    machines_without_a_place: 2,
    wet_process_without_ipal: 5,
    hall_without_machines: 3,
    hall_without_utilities: 3,
    volume_above_catalogue: 3,
    support_above_five_percent: 4,
    price_above_ceiling: 5,
    revitalisation_of_a_plan: 3,
    fewer_than_five_ikm: 4,
    committed_above_sentra: 3,
    refused_by_province: 4,
}
