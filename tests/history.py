"""Earlier packages, as rows of ``realisasi``."""

from small import JUTA

WHOLE = {
    "usulan_id": "p", "kode": "11.01", "ta": 2023, "pagu_rp": 10 * JUTA, "rk_rp": 9 * JUTA, "kontrak_rp": 8 * JUTA,
    "kontrak_tanggal": "2023-07-22", "salur_rp": 8 * JUTA, "serap_rp": 7 * JUTA, "output_pct": 100,
    "dimanfaatkan_1": "ya", "dimanfaatkan_2": "ya", "dimanfaatkan_3": "tidak", "laporan_3tahun": "ya",
    "menu": "pembangunan", "komoditas": "pangan",
}  # fmt: skip


def past(**changes) -> dict:
    return WHOLE | changes
