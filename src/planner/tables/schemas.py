"""What each table holds: its columns with their kinds, its keys, the names that are computed, the rows it must have."""

import re
from collections.abc import Container
from functools import cache

from planner.tables.cells import (
    Kind,
    amount,
    decimal_kind,
    one_of,
    points,
    read_date,
    read_id,
    read_kode,
    read_place,
    read_text,
    whole,
)

MENUS = ("pembangunan", "revitalisasi")
DOCUMENTS = (
    "fs", "ded", "rab", "lahan", "rtrw", "lingkungan", "komitmen_kepala_daerah", "sk_pengelola", "rpik", "listrik",
    "air",
)  # fmt: skip
TRAINED = ("peserta_mutu", "peserta_kelembagaan", "peserta_wirausaha")  # by DAK Nonfisik, by what it is for
DOCUMENT_STATES = ("ada", "proses", "belum", "tidak_perlu")
VERDICTS = ("diterima", "didiskusikan", "ditolak")
RATINGS = ("baik", "cukup", "perlu_perhatian")
SENTRA_STATES = ("rencana", "dibangun", "berjalan", "belum_dimanfaatkan", "mangkrak")
EVENTS = (  # of a fiscal year, in the order of their coming
    "pengusulan", "rencana_kegiatan", "kesiapan", "reviu_apip", "tahap_1", "kontrak", "tahap_2", "tahap_3",
    "laporan_triwulan", "laporan_tahun_ketiga",
)  # fmt: skip
PUNCTUATION = re.compile(r"""[\s\u200b\ufeff_.,:;?*()\[\]"'/\\\u2010-\u201f-]+""")
UNITS_IN_REFERENCE = 514  # kabupaten and kota of Kepmendagri 300.2.2-2430/2025


def said(words: dict[str, str]) -> dict[str, str]:
    """Word by word what people say for each of ours, blanks as _."""
    return {word: ours for ours, others in words.items() for word in others.split()}


TEXT = Kind(read_text, "teks")
ID = Kind(read_id, "id")
KODE, PLACE = Kind(read_kode, "kode"), Kind(read_place, "kode")
RP = whole("rupiah", 1, 10**15 - 1, amount)
RP0 = whole("rupiah0", 0, 10**15 - 1, amount)
COUNT = whole("cacah", 0, 10**12 - 1)
VOLUME = whole("volume", 1, 10**12 - 1)
PHASE = whole("fase", 1, 99)
YEAR = whole("tahun", 2000, 2099)
QUARTER = whole("triwulan", 1, 4)
NUMBER = decimal_kind("angka", -1e15, 1e15)
POINTS = decimal_kind("angka", -1e15, 1e15, points)  # a column of one's own that shows percents
POSITIVE = decimal_kind("positif", 1e-9, 1e15)
PERCENT = decimal_kind("persen", 0, 100, points)
LAT = decimal_kind("lintang", -11.5, 6.5)  # Rote to Weh
LON = decimal_kind("bujur", 94.5, 141.5)  # Weh to Merauke
FLAG = one_of("ya_tidak", "ya", "tidak", also=said({
    "ya": "y yes true 1 v ✓ ada sudah", "tidak": "t tdk no n false 0 x tidak_ada tiada belum belum_ada bukan nihil",
}))  # fmt: skip
MENU = one_of("menu", *MENUS)
UNKNOWN = "tidak_diketahui"
KNOWN_MENU = one_of("menu_diputuskan", *MENUS, UNKNOWN)
DOCUMENT = one_of("dokumen", *DOCUMENT_STATES, also=said({
    "ada": "sudah sudah_ada sdh sdh_ada ya yes y v ✓ lengkap tersedia selesai punya",
    "proses": "dalam_proses sedang_proses sedang_diproses diproses sedang_disusun draf draft",
    "belum": "tidak tdk t no n x tidak_ada tdk_ada tiada belum_ada blm_ada tidak_tersedia belum_tersedia tidak_punya "
    "belum_punya nihil kosong",
    "tidak_perlu": "tidak_diperlukan tidak_wajib tidak_dipersyaratkan bukan_syarat",
}))  # fmt: skip
DOCUMENT_NAME = one_of("nama_dokumen", *DOCUMENTS)
EVENT = one_of("acara", *EVENTS)
VERDICT_WORDS = {
    "diterima": "disetujui setuju terima ya ok", "didiskusikan": "dibahas diskusi",
    "ditolak": "tidak_diterima tdk_diterima tidak_disetujui tdk_disetujui tidak_setuju tolak tertolak",
}  # fmt: skip
VERDICT = one_of("penilaian", *VERDICTS, also=said(VERDICT_WORDS))
WITHDRAWN = "batal"  # takes back the decision before it
DECISION = one_of(
    "keputusan_rincian", *VERDICTS, WITHDRAWN, also=said(VERDICT_WORDS | {WITHDRAWN: "dibatalkan batalkan undo"})
)
RATING = one_of("penilaian_kemenkeu", *RATINGS, also=said({"perlu_perhatian": "perhatian", "cukup": "sedang"}))
SENTRA_STATE = one_of("status_sentra", *SENTRA_STATES, also=said({
    "rencana": "belum_dibangun akan_dibangun direncanakan", "dibangun": "sedang_dibangun konstruksi",
    "berjalan": "aktif beroperasi berfungsi dimanfaatkan sudah_dimanfaatkan sudah_berjalan sdh_berjalan",
    "belum_dimanfaatkan": "belum_berjalan belum_beroperasi belum_berfungsi belum_digunakan",
}))  # fmt: skip
DATE = Kind(read_date, "tanggal")

# Per table: column -> what it holds; a "?" after the name means that the column may be absent and its cells empty.
SCHEMAS: dict[str, dict[str, Kind]] = {
    "kabupaten": {
        "kode": KODE, "kode_bps": ID, "nama": ID, "jenis": ID, "otonom": FLAG, "kode_provinsi": ID, "provinsi": ID,
        "pulau": ID, "ibukota?": TEXT, "lat": NUMBER, "lon": NUMBER, "luas_km2": POSITIVE, "penduduk": COUNT,
        "kemiskinan_pct?": PERCENT, "miskin_ribu?": NUMBER, "ipm?": NUMBER, "pdrb_per_kapita_ribu_rp?": RP,
        "ikk": POSITIVE, "tpt_pct?": PERCENT, "tpt_tahun?": YEAR, "tertinggal?": FLAG, "dpsp?": TEXT,
        "perbatasan?": TEXT, "petak_x": COUNT, "petak_y": COUNT,
    },
    "padanan": {"jenis": ID, "isi": ID, "kode": ID, "sumber": ID},
    "komponen": {
        "komponen": ID, "nama": ID, "satuan": ID, "harga_rendah_rp": RP, "harga_acuan_rp": RP, "harga_tinggi_rp": RP,
        "volume_maks": VOLUME, "basah": FLAG, "volume_pembangunan?": VOLUME, "volume_revitalisasi?": VOLUME,
        "bobot?": NUMBER, "sumber": ID,
    },
    "asumsi": {
        "nama": ID, "nilai": NUMBER, "rendah": NUMBER, "tinggi": NUMBER, "satuan": ID, "sumber": ID,
        "keterangan?": TEXT,
    },
    "dampak": {
        "dampak_id": ID, "jenis": ID, "menu?": TEXT, "komoditas?": TEXT, "pulau?": TEXT, "nilai": NUMBER, "satuan": ID,
        "sumber": ID, "tanda": ID, "catatan?": TEXT,
    },
    "industri": {"kode": KODE, "kecamatan": COUNT, "kelurahan": COUNT, "desa": COUNT},
    "provinsi": {
        "kode_provinsi": ID, "provinsi": ID, "total": ID, "sentra": COUNT, "kunci?": TEXT, "manufaktur_pct": PERCENT,
        "sumber": ID, "tanda": ID,
    },
    "kasus": {
        "kasus_id": ID, "kode": KODE, "nama": ID, "ta?": YEAR, "jumlah_rp?": RP, "jenis_jumlah?": TEXT, "menu?": TEXT,
        "komoditas?": TEXT, "hasil?": TEXT, "sumber": ID, "tanda": ID, "catatan?": TEXT,
    },
    "juknis": {"ta": YEAR, "menu": MENU, "dokumen": DOCUMENT_NAME, "paling_lambat": DATE, "sumber": ID},
    "kalender": {
        "ta": YEAR, "acara": EVENT, "mulai?": DATE, "sampai?": DATE, "bagian_pct?": PERCENT, "serap_pct?": PERCENT,
        "output_pct?": PERCENT, "tanda": ID, "sumber": ID, "catatan?": TEXT,
    },
    "usulan": {
        "usulan_id": ID, "nama?": TEXT, "sentra_id?": TEXT, "kode": PLACE, "ta": YEAR, "menu": MENU, "fase?": PHASE,
        "fase_total?": PHASE, "prioritas_daerah?": COUNT, "instansi_pelaksana?": TEXT, "ikm_komitmen?": COUNT,
        "tenaga_kerja_target?": COUNT, "ovop?": FLAG, "ekspor?": FLAG, "pangan?": FLAG, "rantai_pasok?": FLAG,
        "tematik?": FLAG, **{f"{name}?": DOCUMENT for name in DOCUMENTS}, "lahan_m2?": COUNT, "om_tahunan_rp?": RP0,
        "dana_lain_rp?": RP0, "nonfisik_rp?": RP0, "nonfisik_ta?": YEAR,
        **{f"{name}?": COUNT for name in TRAINED}, "aspirasi?": FLAG, "verifikasi_provinsi?": VERDICT,
        "sumber?": TEXT, "catatan?": TEXT,
    },
    "rincian": {
        "usulan_id": ID, "rincian_id": ID, "komponen": ID, "uraian?": TEXT, "metode?": TEXT, "satuan?": TEXT,
        "harga_satuan_rp": RP, "volume": VOLUME, "volume_min?": VOLUME, "volume_disetujui?": COUNT, "wajib?": FLAG,
        "penilaian_bappenas?": VERDICT, "penilaian_kl?": VERDICT, "catatan?": TEXT,
    },
    "sentra": {
        "sentra_id": ID, "kode_krisna?": TEXT, "kode": PLACE, "nama?": TEXT, "desa?": TEXT, "kecamatan?": TEXT,
        "lat?": LAT, "lon?": LON, "komoditas?": TEXT, "kbli?": TEXT, "proses_basah?": FLAG, "jumlah_ikm?": COUNT,
        "tenaga_kerja?": COUNT, "kapasitas?": NUMBER, "kapasitas_satuan?": TEXT, "rumah_tangga_desa?": COUNT,
        "pengurus_orang?": COUNT, "pengurus_sk?": TEXT, "pengelola?": TEXT, "pengelola_orang?": COUNT,
        "pengelola_sk?": TEXT, "anggota_orang?": COUNT, "uptd?": FLAG, "uptd_orang?": COUNT, "uptd_sk?": TEXT,
        "tahun_dibangun?": whole("tahun_bangun", 1900, 2099),
        "status?": SENTRA_STATE, "laporan_terakhir?": DATE, "sumber?": TEXT,
    },
    "daerah": {
        "kode": PLACE, "ta": YEAR, "lokpri?": FLAG, "penilaian_kemenkeu?": RATING, "kfd_kelas?": TEXT,
        "kapasitas_om_rp?": RP0, "catatan?": TEXT,
    },
    "realisasi": {
        "usulan_id": ID, "kode": PLACE, "ta": YEAR, "pagu_rp?": RP0, "rk_rp?": RP0, "kontrak_rp?": RP0,
        "kontrak_tanggal?": DATE, "salur_rp?": RP0, "serap_rp?": RP0, "output_pct?": PERCENT, "dimanfaatkan_1?": FLAG,
        "dimanfaatkan_2?": FLAG, "dimanfaatkan_3?": FLAG, "laporan_3tahun?": FLAG, "sentra_id?": TEXT, "fase?": PHASE,
        "menu?": MENU, "komoditas?": TEXT, "triwulan?": QUARTER,
    },
    "keputusan": {"kode": PLACE, "usulan_id?": TEXT, "menu?": KNOWN_MENU, "amount_rp?": RP0},
    "rk": {
        "kode": PLACE, "ta?": YEAR, "usulan_id": ID, "rincian_id": ID, "komponen": ID, "uraian?": TEXT,
        "metode?": TEXT, "satuan?": TEXT, "harga_satuan_rp": RP, "volume": COUNT, "volume_usulan?": COUNT,
        "jumlah_rp?": RP0, "keputusan_rp?": RP0, "mulai_triwulan?": QUARTER, "selesai_triwulan?": QUARTER,
        "kontrak_rencana?": DATE, "catatan?": TEXT,
    },
    "sinkronisasi": {
        "usulan_id": ID, "rincian_id": ID, "penilaian": DECISION, "volume_disetujui?": COUNT, "alasan?": TEXT,
        "oleh": ID, "waktu": ID,
    },
    "bukti": {"kode": PLACE, "sentra": COUNT, "ikm?": COUNT, "tahun": YEAR, "sumber": ID},
}  # fmt: skip
# what a ministry or dinas fills; the first two always
OWN = ("usulan", "rincian", "sentra", "daerah", "realisasi", "bukti")
NEEDED = OWN[:2]
BESIDE = OWN[-1]  # may stand beside a scenario that has no other table of its own
STEPS = ("pagu_rp", "rk_rp", "kontrak_rp", "salur_rp", "serap_rp")  # of realisasi: none is more than the one before
KEYS = {
    "kabupaten": ["kode"], "padanan": ["jenis", "isi"], "komponen": ["komponen"], "asumsi": ["nama"],
    "dampak": ["dampak_id"], "industri": ["kode"], "provinsi": ["kode_provinsi"], "kasus": ["kasus_id"],
    "juknis": ["ta", "menu", "dokumen"], "kalender": ["ta", "acara"], "sentra": ["sentra_id"],
    "daerah": ["kode", "ta"], "realisasi": ["usulan_id", "ta"], "usulan": ["usulan_id"],
    "rincian": ["usulan_id", "rincian_id"], "keputusan": ["usulan_id"], "bukti": ["kode"],
    "rk": ["usulan_id", "rincian_id"],
    "sinkronisasi": ["usulan_id", "rincian_id", "penilaian", "waktu"],
}  # fmt: skip
PARTS = {"realisasi": ["triwulan"]}  # what tells rows of one key apart, where a table has it
RESERVED = {  # goals: whose would be meant?
    "usulan": ("score", "score_benefit", "chance", "benefit", "amount_rp", "ikm"),
}  # fmt: skip
REQUIRED = {
    "komponen": (
        "gedung_produksi", "gedung_upt", "kantor_pengelola", "rumah_kemasan", "gedung_promosi", "gudang", "ipal",
        "ipab", "infrastruktur", "pematangan_lahan", "pendukung", "utilitas", "mesin_peralatan", "penunjang",
    ),
    "asumsi": (
        "ikm_asumsi_pembangunan", "ikm_asumsi_revitalisasi", "faktor_menu_pembangunan", "faktor_menu_revitalisasi",
        "diskonto", "acuan_kemiskinan_min", "acuan_kemiskinan_maks", "acuan_pengangguran_min",
        "acuan_pengangguran_maks", "acuan_ikm_min", "acuan_ikm_maks", "acuan_tenaga_kerja_min",
        "acuan_tenaga_kerja_maks", "nilai_dokumen_proses", "faktor_kesiapan_min", "faktor_kinerja_min", "dampak",
        "faktor_arah_positif", "faktor_arah_negatif",
        "acuan_manufaktur_min", "acuan_manufaktur_maks", "acuan_sentra_min", "acuan_sentra_maks",
        "nilai_kinerja_netral",
    ),
}  # fmt: skip


def columns_of(name: str) -> dict[str, Kind]:
    """The columns of a table by their bare names."""
    return {column.rstrip("?"): kind for column, kind in SCHEMAS[name].items()}


@cache
def columns_by_letters(name: str) -> dict[str, str]:
    return {without_signs(column): column for column in columns_of(name)}


def column_meant(header: str, name: str) -> str:
    """The column of a table that a header is in spite of case, blanks and punctuation, else "": 'Penilaian K/L'."""
    return columns_by_letters(name).get(without_signs(header), "")


def without_signs(header: str) -> str:
    """A header without case, blanks and punctuation; a % stays, for it tells another unit."""
    return PUNCTUATION.sub("", header.casefold())


def own_name(table: str, column: str) -> str:
    """What a planner's own column is called once it is read: apart from every name of ours, which hold no point."""
    return f"{table}.{column}"


def meant(column: str, table: str, columns: Container[str]) -> str | None:
    """Which of a table's columns a planner's name means: ours, else their own; None where there is neither."""
    return next((name for name in (column, own_name(table, column)) if name in columns), None)


def is_money(table: str, column: str) -> bool:
    """Whether a column of a table holds rupiah."""
    schema = SCHEMAS.get(table, {})
    return schema.get(column, schema.get(f"{column}?")) in (RP, RP0)


def row_keys(name: str, columns: Container[str]) -> list[str]:
    """The columns among these that tell a table's rows apart."""
    return [key for key in (*KEYS[name], *PARTS.get(name, ())) if key in columns]


def optional(name: str) -> set[str]:
    """The columns that may be absent and empty."""
    return {column.rstrip("?") for column in SCHEMAS[name] if column.endswith("?")}
