"""What other people's headers mean: their words, their unit, and whether they are a negation or a sum."""

import re
from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from planner.base.errors import TURNS, words_of
from planner.tables.cells import WORDS
from planner.tables.schemas import OWN, column_meant, columns_of

MOST = 120  # characters of a header that are looked at
ALIKE = 0.86  # of difflib: "harga satuaan" is near, "harga total" is not
PER = {"ribuan": 10**3, "jutaan": 10**6, "miliaran": 10**9, "milyaran": 10**9, "000": 10**3, "000.000": 10**6}
FACTORS = {**WORDS, **PER}
MONEY = r"(?:rp|idr|rupiah)"
LONGEST_FIRST = sorted(FACTORS, key=len, reverse=True)
AFTER_MONEY = "|".join(map(re.escape, LONGEST_FIRST))  # 'Rp M' is miliar, a mere M is not
ALONE = "|".join(word for word in LONGEST_FIRST if len(word) > 1 and word.isalpha())
UNIT = re.compile(
    rf"\b{MONEY}(?:[\s.,]+|(?=\d))(?:x\s*)?(?P<after>{AFTER_MONEY})\b"
    rf"|\b(?P<word>{ALONE}|(?<=\()000(?:\.000)?)s?\b(?:\s*{MONEY}\b)?"
)
ABROAD = re.compile(r"\busd\b|\beur\b|\bdollar\b|[$€]")
CHOICES = re.compile(  # "(ada/belum)" lists what a cell may say; "(belum ada)" says it
    r"\(?\b(?:ya|y|yes|ada|sudah|v)\s*(?:/\s*(?:proses|dalam proses)\s*)?/\s*(?:tidak|tdk|belum|blm|t|n|no|x)\b"
    r"(?:\s*ada\b)?(?:\s*/\s*tidak perlu\b)?\)?"
)
NUMBERED = re.compile(  # "No. SK" is a number; "No SK" may deny it
    r"^(?:no\.|nomor\b)[\s.]*(?=$|(?:urut|usulan|proposal|registrasi|rincian|sentra|detail|kontrak|sk)\b)"
    r"|^no\s*(?=$|\s(?:urut|usulan|registrasi|rincian)\b)"
)
SHORT = {
    "kab": "kabupaten", "kabkota": "kabupaten kota", "jml": "jumlah", "jlh": "jumlah", "vol": "volume", "hrg": "harga",
    "thn": "tahun", "tgl": "tanggal", "ket": "keterangan", "kec": "kecamatan", "tk": "tenaga kerja", "qty": "volume",
    "prov": "provinsi", "lhn": "lahan", "dok": "dokumen", "komp": "komponen", "sat": "satuan", "naker": "tenaga kerja",
    "pemkab": "pemda", "prio": "prioritas", "keg": "kegiatan", "nm": "nama", "kd": "kode", "instansi": "instansi",
}  # fmt: skip
BLANK = {"dan", "yang", "dari", "untuk", "pada", "di", "of", "the", "and", "atau", "or", "dalam", "rp", "idr", "rupiah",
         "in", "daftar"}  # fmt: skip
MEASURE = re.compile(r"\((?:unit|orang|ikm|m2|m²|ha|paket|ls|jiwa|%|persen|people)\)")
ABOUT = {"dokumen", "ketersediaan", "status", "ada", "adanya", "kesiapan", "kelengkapan"}  # before a document's name
SUMS = {"total", "subtotal", "grandtotal", "grand", "sum", "rekap", "rekapitulasi", "akumulasi", "kumulatif"}
OTHER_CODES, NAMES = 1, 2  # ranks below a kode of the system in force: codes of others, names of places

# table -> column -> what people call it; every column is known by its own name too
SAID: dict[str, dict[str, str]] = {
    "usulan": {
        "usulan_id": "id usulan; kode usulan; nomor usulan; id proposal; kode proposal; proposal id; nomor proposal; "
        "nomor registrasi; id krisna usulan; proposal code",
        "nama": "nama usulan; judul usulan; judul; usulan; nama proposal; nama kegiatan; uraian usulan; nama paket; "
        "judul kegiatan; project; project name; proposal; proposal title; sub kegiatan; nama sub kegiatan; title",
        "sentra_id": "id sentra; kode sentra; nomor sentra",
        "kode": "kode; kode wilayah; kode daerah; kode kabupaten; kode kabupaten kota; kode kemendagri; kode pemda; "
        "region code; district code; kode lokasi",
        "ta": "ta; tahun; tahun anggaran; fiscal year; year; tahun usulan; budget year; tahun rencana",
        "menu": "menu; menu kegiatan; jenis menu; jenis usulan; menu dak; jenis kegiatan; menu type",
        "fase": "tahap; phase; tahapan", "prioritas_daerah":
        "prioritas; prioritas daerah; urutan prioritas; priority; nomor prioritas; peringkat daerah",
        "instansi_pelaksana": "instansi; opd; skpd; perangkat daerah; dinas; pelaksana; satuan kerja; satker; "
        "opd pelaksana; nama opd; nama skpd; agency; implementing agency; dinas pelaksana; nama perangkat daerah; "
        "instansi pengusul; unit skpd",
        "ikm_komitmen": "ikm; jumlah ikm; ikm terlayani; jumlah ikm terlayani; ikm penerima manfaat; "
        "jumlah ikm penerima manfaat; komitmen ikm; smes; number of smes; smes served",
        "tenaga_kerja_target": "tenaga kerja; jumlah tenaga kerja; target tenaga kerja; serapan tenaga kerja; "
        "penyerapan tenaga kerja; workers; jobs; target workers; jobs created",
        "ekspor": "orientasi ekspor; export", "pangan": "food", "rantai_pasok": "supply chain",
        "tematik": "dak tematik; thematic",
        "fs": "feasibility study; studi kelayakan", "ded": "detail engineering design; detailed engineering design",
        "rab": "rencana anggaran biaya", "lahan": "lahan siap; kepemilikan lahan; sertifikat lahan; land",
        "rtrw": "kesesuaian rtrw; sesuai rtrw; spatial plan",
        "lingkungan": "dokumen lingkungan; amdal; ukl upl; izin lingkungan; persetujuan lingkungan",
        "komitmen_kepala_daerah": "komitmen kepala daerah; surat komitmen; surat komitmen kepala daerah; "
        "komitmen bupati; komitmen bupati wali kota", "sk_pengelola": "sk pengelola; sk lembaga pengelola",
        "listrik": "pasokan listrik; jaringan listrik; electricity", "air": "pasokan air; sumber air; water",
        "lahan_m2": "luas lahan; luas tanah; land area; luas lahan m2",
        "om_tahunan_rp": "biaya om; biaya operasional; biaya operasional pemeliharaan; operasional pemeliharaan; "
        "biaya om tahunan; o m cost",
        "dana_lain_rp": "dana lain; dana pendamping; apbd pendamping; sumber dana lain; cofinancing; dana apbd",
        "aspirasi": "pokir; aspirasi dpr", "verifikasi_provinsi":
        "verifikasi; hasil verifikasi; hasil verifikasi provinsi; status verifikasi; verifikasi provinsi",
        "sumber": "sumber data; source", "catatan": "catatan; keterangan; remarks; notes; note; remark",
    },
    "rincian": {
        "usulan_id": "id usulan; kode usulan; nomor usulan; id proposal; kode proposal; proposal id; nomor proposal",
        "rincian_id": "id rincian; kode rincian; nomor rincian; kode detail; line id; nomor detail",
        "komponen": "komponen; kode komponen; rincian menu; nama komponen; rincian; detail rincian; jenis komponen; "
        "component; rincian kegiatan",
        "uraian": "uraian; uraian rincian; nama rincian; uraian pekerjaan; description; deskripsi; spesifikasi; item; "
        "uraian belanja; nama barang",
        "metode": "metode; metode pengerjaan; metode pelaksanaan; metode pengadaan; method; cara pengadaan",
        "satuan": "satuan; satuan volume; uom; satuan ukur",
        "harga_satuan_rp": "harga satuan; unit cost; unit price; biaya satuan; satuan harga; harga per unit; "
        "cost per unit",
        "volume": "volume; kuantitas; quantity; koefisien; banyaknya; volume usulan; volume diusulkan",
        "volume_min": "volume minimum; volume terkecil; minimum volume",
        "volume_disetujui": "volume disetujui; volume disepakati; approved volume",
        "wajib": "mandatory", "penilaian_bappenas": "bappenas; hasil penilaian bappenas; penilaian bappenas",
        "penilaian_kl": "penilaian k l; penilaian kementerian; hasil penilaian k l; penilaian kemenperin",
        "catatan": "catatan; keterangan; remarks; notes; note; remark",
    },
    "sentra": {
        "sentra_id": "id sentra; kode sentra; nomor sentra", "kode_krisna": "kode krisna; id krisna; kode lokus",
        "kode": "kode; kode wilayah; kode daerah; kode kabupaten; kode kabupaten kota; kode kemendagri; region code",
        "nama": "nama sentra; sentra; cluster; nama lokus", "desa": "kelurahan; desa kelurahan; village; nama desa",
        "kecamatan": "nama kecamatan; subdistrict", "lat": "lintang; latitude", "lon": "bujur; longitude",
        "komoditas": "komoditi; produk; jenis produk; commodity; produk unggulan", "kbli": "kode kbli",
        "jumlah_ikm": "ikm; jumlah ikm; jumlah ikm sentra; number of smes; smes",
        "tenaga_kerja": "jumlah tenaga kerja; workers", "kapasitas": "kapasitas produksi; capacity",
        "kapasitas_satuan": "satuan kapasitas", "rumah_tangga_desa": "rumah tangga; jumlah rumah tangga",
        "pengelola": "lembaga pengelola; nama pengelola; manager", "pengelola_sk": "nomor sk pengelola; nomor sk",
        "uptd": "upt", "tahun_dibangun": "tahun bangun; tahun berdiri; year built; tahun pembangunan",
        "status": "status sentra; kondisi sentra; kondisi", "laporan_terakhir":
        "tanggal laporan; tanggal laporan terakhir; last report", "sumber": "sumber data; source",
    },
    "daerah": {
        "kode": "kode; kode wilayah; kode daerah; kode kabupaten; kode kabupaten kota; kode kemendagri; region code",
        "ta": "tahun; tahun anggaran; fiscal year; year", "lokpri": "lokasi prioritas; priority location",
        "penilaian_kemenkeu": "penilaian kemenkeu; penilaian kementerian keuangan; rating kemenkeu",
        "kfd_kelas": "kelas kfd; kapasitas fiskal; kategori kfd; kategori kapasitas fiskal daerah; kfd",
        "kapasitas_om_rp": "kapasitas om; anggaran om", "catatan": "catatan; keterangan; remarks; notes",
    },
    "realisasi": {
        "usulan_id": "id usulan; kode usulan; nomor usulan; id proposal; kode kegiatan; kode paket",
        "kode": "kode; kode wilayah; kode daerah; kode kabupaten; kode kabupaten kota; kode kemendagri; region code",
        "ta": "tahun; tahun anggaran; fiscal year; year", "pagu_rp": "pagu; alokasi; pagu alokasi; allocation",
        "rk_rp": "rk; nilai rk; rencana kegiatan; nilai rencana kegiatan",
        "kontrak_rp": "kontrak; nilai kontrak; contract value", "kontrak_tanggal": "tanggal kontrak; contract date",
        "salur_rp": "salur; penyaluran; realisasi penyaluran; disbursed; disbursement",
        "serap_rp": "serap; penyerapan; realisasi penyerapan; realisasi keuangan; absorbed; serapan",
        "output_pct": "realisasi fisik; progres fisik; capaian output; capaian fisik; physical progress",
        "menu": "menu kegiatan; jenis menu; jenis kegiatan", "komoditas": "komoditi; produk; commodity",
        "sentra_id": "id sentra; kode sentra",
    },
    "bukti": {
        "kode": "kode; kode wilayah; kode daerah; kode kabupaten; kode kabupaten kota; kode kemendagri; region code",
        "sentra": "jumlah sentra; banyaknya sentra; number of clusters", "ikm": "jumlah ikm; number of smes",
        "tahun": "tahun data; year", "sumber": "sumber data; source",
    },
}  # fmt: skip
OTHER_PLACES = {
    OTHER_CODES: "kode bps; kode djpk; kode wilayah bps; kode daerah djpk; bps code",
    NAMES: "kabupaten; kabupaten kota; kota; daerah; nama daerah; pemda; pemerintah daerah; nama kabupaten; "
    "nama kabupaten kota; district; regency; regency city; region; lokasi; wilayah; daerah pengusul; nama pemda; city; "
    "pemerintah kabupaten; pemerintah kabupaten kota; nama wilayah",
}
LINE_PARTS = {  # what a column of one component holds, by the words beside its name
    "volume": "volume; kuantitas; banyaknya; quantity; volume usulan",
    "harga_satuan_rp": "harga satuan; harga; unit cost; unit price; biaya satuan",
    "jumlah_rp": "biaya; nilai; anggaran; jumlah biaya; jumlah harga; cost; amount; pagu; usulan biaya",
}
PARTS_SAID = {  # of components, beside their codes and names
    "gedung_produksi": "rumah produksi; gedung produksi bersama; production building", "gedung_upt": "kantor upt",
    "kantor_pengelola": "kantor pengelola; gedung pengelola", "rumah_kemasan": "packaging house; gedung kemasan",
    "gedung_promosi": "gedung promosi; galeri; pusat promosi; gedung galeri", "gudang": "gudang bahan baku; warehouse",
    "ipal": "pengolahan air limbah; instalasi pengolahan air limbah", "ipab": "pengolahan air bersih; air bersih",
    "infrastruktur": "jalan lingkungan", "pematangan_lahan": "pematangan lahan; site preparation",
    "pendukung": "sarana pendukung", "utilitas": "pasokan listrik genset; utilities",
    "mesin_peralatan": "mesin; peralatan; mesin peralatan; machinery; mesin dan peralatan; machines",
    "penunjang": "pengawasan perencanaan; supervisi; pengawasan",
}  # fmt: skip


class Meant(NamedTuple):
    """A column that a header may mean. ``rank``: 0, or how far below a kode of the system in force.

    ``own``: the header is the column's very name. ``near``: only like what people call it.
    """

    table: str
    column: str
    rank: int = 0
    own: bool = False
    near: bool = False


class Said(NamedTuple):
    """A header taken apart. ``factor``: rupiah per unit that it names; ``money``: it names one, or rupiah."""

    text: str
    words: tuple[str, ...]
    factor: int
    money: bool
    abroad: bool
    negated: bool
    total: bool


@cache
def taken_apart(header: str) -> Said:
    """The words of a header in full, without its unit."""
    text = MEASURE.sub(" ", CHOICES.sub(" ", re.sub(r"[\s_\u00a0]+", " ", header.casefold())[:MOST]))
    unit = UNIT.search(text)
    named = (unit["after"] or unit["word"]) if unit else ""
    money = bool(re.search(rf"\b{MONEY}\b", text))
    bare = NUMBERED.sub("nomor ", UNIT.sub(" ", text).strip(" ."))
    words = tuple(word for word in words_of(lengthened(bare)) if word.isalnum() and word not in BLANK)
    negated = any(TURNS.get(word) not in (None, "min", "max") for word in words_of(bare))
    total = any(word in SUMS for word in words_of(text)) or bare.startswith(("sub total", "grand total"))
    return Said(header, words, FACTORS[named] if named else 1, money or bool(unit), bool(ABROAD.search(text)),
                negated, total)  # fmt: skip


def lengthened(text: str) -> str:
    """Abbreviations in full: 'jml ikm kab./kota' -> 'jumlah ikm kabupaten kota'."""
    return " ".join(SHORT.get(word, word) for word in re.findall(r"[^\W_]+", text))


def meanings(header: str) -> list[Meant]:
    """The columns of all tables that a header may mean; a negation or a sum only by a column's very name."""
    own = [Meant(table, column, own=True) for table in OWN if (column := column_meant(header, table))]
    said = taken_apart(header)
    if said.negated or said.total or said.abroad or not said.words:
        return [] if said.abroad else own
    for words in (said.words, tuple(w for w in said.words if w not in ABOUT)):
        if found := vocabulary().get(frozenset(words)):
            return own + [one for one in found if one.table not in {o.table for o in own}]
    return own or ([] if "jumlah" in said.words else alike(said))


def alike(said: Said) -> list[Meant]:
    """What a header is only like, by its letters."""
    near = get_close_matches(" ".join(said.words), phrases(), n=1, cutoff=ALIKE)
    found = vocabulary()[phrases()[near[0]]] if near else []
    return [one._replace(near=True) for one in found]


@cache
def vocabulary() -> dict[frozenset[str], list[Meant]]:
    """Every phrase, whatever the order of its words, with the columns that it names."""
    found: defaultdict[frozenset[str], list[Meant]] = defaultdict(list)
    for phrase, meant in spoken():
        if (words := frozenset(phrase)) and meant not in found[words]:
            found[words].append(meant)
    return dict(found)


@cache
def phrases() -> dict[str, frozenset[str]]:
    return {" ".join(phrase): frozenset(phrase) for phrase, _ in spoken() if len(" ".join(phrase)) > 4}


def spoken() -> Iterator[tuple[tuple[str, ...], Meant]]:
    """Each phrase by its words, with what it names."""
    for table in OWN:
        for column in columns_of(table):
            for phrase in (column, *SAID[table].get(column, "").split(";")):
                yield taken_apart(phrase).words, Meant(table, column)
        if "kode" in columns_of(table):
            for rank, several in OTHER_PLACES.items():
                for phrase in several.split(";"):
                    yield taken_apart(phrase).words, Meant(table, "kode", rank)


def line_meant(header: str, components: dict[frozenset[str], str]) -> tuple[str, str]:
    """The component and the part of a line that a column of its own tells: ('ipal', 'volume'); else ('', '').

    A bare name tells the component alone, and what it holds must be seen.
    """
    said = taken_apart(header)
    if said.negated or said.total or said.abroad:
        return "", ""
    words = frozenset(said.words)
    for name in sorted(components, key=len, reverse=True):
        if name <= words:
            rest = words - name
            part = parts().get(rest, "")
            return (components[name], part) if part or not rest else ("", "")
    return "", ""


@cache
def parts() -> dict[frozenset[str], str]:
    found = {frozenset(taken_apart(p).words): part for part, several in LINE_PARTS.items() for p in several.split(";")}
    return {words: part for words, part in found.items() if words}


def component_words(names: dict[str, str]) -> dict[frozenset[str], str]:
    """The components (code -> name) by the words that people call them."""
    found: dict[frozenset[str], str] = {}
    for code, name in names.items():
        for phrase in (code, re.split(r"[(:,]", name)[0], *PARTS_SAID.get(code, "").split(";")):
            if words := frozenset(taken_apart(phrase).words):
                found.setdefault(words, code)
    return found
