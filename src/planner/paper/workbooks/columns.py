"""What a planner must know of a column: its meaning, unit, accepted content, example, drop-down and look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from xlsxwriter.utility import xl_range_abs

from planner.base.messages import label, say, sentences
from planner.paper.workbooks.style import lines
from planner.tables.cells import Kind
from planner.tables.reference import reference_tables
from planner.tables.schemas import (
    BESIDE,
    DOCUMENT_STATES,
    DOCUMENTS,
    MENUS,
    RATINGS,
    SENTRA_STATES,
    VERDICTS,
    columns_of,
    optional,
)

LISTS = "daftar"  # the sheet that holds the choices
FIRST_ROW = 4  # as a spreadsheet numbers it: header, remarks and example stand above
LAST_ROW = 20_000  # drop-downs and limits reach so far down
LEAST = {"rupiah": 1, "volume": 1, "rupiah0": 0, "cacah": 0}
RANGES: dict[str, tuple] = {
    "tahun": (2000, 2099), "triwulan": (1, 4), "tahun_bangun": (1900, 2099), "persen": (0, 100),
    "lintang": (-11.5, 6.5), "bujur": (94.5, 141.5), "tanggal": (date(1900, 1, 1), date(2099, 12, 31)),
}  # fmt: skip
WORDS = {
    "menu": MENUS, "dokumen": DOCUMENT_STATES, "ya_tidak": ("ya", "tidak"), "penilaian": VERDICTS,
    "status_sentra": SENTRA_STATES, "penilaian_kemenkeu": RATINGS,
}  # fmt: skip
OTHER_SHEET = {
    ("rincian", "usulan_id"): "usulan",
    ("usulan", "sentra_id"): "sentra",
    ("realisasi", "sentra_id"): "sentra",
}  # keys that another sheet holds
WIDTHS = {
    "nama": 40, "uraian": 36, "catatan": 30, "instansi_pelaksana": 34, "pengelola_sk": 20, "usulan_id": 20,
    "sentra_id": 20, "rincian_id": 18, "volume_min": 24, "wajib": 20,
}  # fmt: skip
WIDTH_OF_KIND = {"rupiah": 18, "rupiah0": 18, "kode": 13, "tahun": 11, "tanggal": 15, "teks": 18, "id": 16}
EXAMPLES: dict[str, dict[str, object]] = {
    "sentra": {
        "sentra_id": "S-5104-01", "kode_krisna": "XXXX", "kode": "51.04", "nama": "Sentra Anyaman Contoh",
        "desa": "Desa Contoh", "kecamatan": "Kecamatan Contoh", "lat": -8.5401, "lon": 115.3276,
        "komoditas": "kerajinan", "kbli": "16291", "proses_basah": "tidak", "jumlah_ikm": 24, "tenaga_kerja": 70,
        "kapasitas": 120, "kapasitas_satuan": "ribu buah per tahun", "rumah_tangga_desa": 95,
        "pengurus_orang": 7, "pengurus_sk": "SK 12/2021", "pengelola": "koperasi", "pengelola_orang": 4,
        "pengelola_sk": "SK 12/2021", "anggota_orang": 24, "uptd": "ya", "uptd_orang": 3, "uptd_sk": "SK 3/2022",
        "tahun_dibangun": 2014, "status": "berjalan",
        "laporan_terakhir": date(2026, 12, 15), "sumber": "pendataan dinas 2026",
    },
    "usulan": {
        "usulan_id": "28-5104-01", "nama": "Revitalisasi Sentra Anyaman Contoh", "sentra_id": "S-5104-01",
        "kode": "51.04", "ta": 2028, "menu": "revitalisasi", "fase": 1, "fase_total": 1, "prioritas_daerah": 1,
        "instansi_pelaksana": "Dinas Perindustrian dan Perdagangan", "ikm_komitmen": 20, "tenaga_kerja_target": 60,
        "ovop": "ya", "ekspor": "tidak", "pangan": "tidak", "rantai_pasok": "tidak", "tematik": "ya", "fs": "ada",
        "ded": "proses", "rab": "ada", "lahan": "ada", "rtrw": "ada", "lingkungan": "belum",
        "komitmen_kepala_daerah": "ada", "sk_pengelola": "ada", "rpik": "tidak_perlu", "listrik": "ada", "air": "ada",
        "lahan_m2": 3000, "om_tahunan_rp": 67_000_000, "dana_lain_rp": 200_000_000, "nonfisik_rp": 1_250_000_000,
        "nonfisik_ta": 2028, "peserta_mutu": 20, "peserta_kelembagaan": 7, "peserta_wirausaha": 20,
        "aspirasi": "tidak", "verifikasi_provinsi": "diterima", "sumber": "usulan dinas", "catatan": "tahap terakhir",
    },
    "rincian": {
        "usulan_id": "28-5104-01", "rincian_id": "R01", "komponen": "gedung_produksi",
        "uraian": "Gedung produksi bersama", "metode": "kontraktual", "satuan": "unit",
        "harga_satuan_rp": 1_050_000_000, "volume": 3, "volume_min": 2, "volume_disetujui": 3, "wajib": "ya",
        "penilaian_bappenas": "diterima", "penilaian_kl": "diterima", "catatan": "atap lama dipakai lagi",
    },
    "daerah": {
        "kode": "51.04", "ta": 2028, "lokpri": "ya", "penilaian_kemenkeu": "baik", "kfd_kelas": "sedang",
        "kapasitas_om_rp": 400_000_000, "catatan": "surat dinas 2027",
    },
    "realisasi": {
        "usulan_id": "23-5104-01", "kode": "51.04", "ta": 2023, "pagu_rp": 7_100_000_000, "rk_rp": 7_036_100_000,
        "kontrak_rp": 6_846_125_000, "kontrak_tanggal": date(2023, 5, 12), "salur_rp": 6_846_125_000,
        "serap_rp": 6_661_279_000, "output_pct": 100, "dimanfaatkan_1": "ya", "dimanfaatkan_2": "ya",
        "dimanfaatkan_3": "tidak", "laporan_3tahun": "ya", "sentra_id": "S-5104-01", "fase": 1,
        "menu": "revitalisasi", "komoditas": "kerajinan", "triwulan": 4,
    },
    "bukti": {"kode": "51.04", "sentra": 14, "ikm": 410, "tahun": 2026, "sumber": "pendataan dinas 2026"},
}  # fmt: skip


@dataclass(frozen=True)
class Choices:
    """A block of sheet ``daftar``: headings, rows and the place of its first column; the first column is the choice."""

    headings: dict[str, float]  # heading -> width
    rows: list[list[object]]
    column: int

    @property
    def source(self) -> str:
        """The range of the choices as a validation names it."""
        return f"={LISTS}!{xl_range_abs(1, self.column, len(self.rows), self.column)}"


def choices() -> dict[str, Choices]:
    """The blocks of sheet ``daftar`` from left to right, one free column between them."""
    facts = reference_tables(("kabupaten", "komponen"))
    kabupaten, komponen = facts["kabupaten"].data, facts["komponen"].data
    own = kabupaten[kabupaten["otonom"] == "ya"].sort_values("kode")
    parts = komponen[["komponen", "nama", "satuan", "harga_acuan_rp", "volume_maks"]]
    blocks: dict[str, tuple[tuple, list]] = {
        "kode": (("kode", "kabupaten", "provinsi"), own[["kode", "nama", "provinsi"]].to_numpy().tolist()),
        "komponen": (("komponen", "nama", "satuan", "harga", "volume"), parts.to_numpy().tolist()),
        **{name: ((name, "arti"), [[word, say(f"template.values.{word}")] for word in WORDS[name]]) for name in WORDS},
    }
    widths = {"kode": 8, "kabupaten": 32, "provinsi": 26, "komponen": 19, "nama": 46, "harga": 20, "arti": 32}
    found, column = {}, 0
    for name, (headings, rows) in blocks.items():
        found[name] = Choices({say(f"template.lists.{h}"): widths.get(h, 19) for h in headings}, rows, column)
        column += len(headings) + 1
    return found


@dataclass(frozen=True)
class Column:
    """One column of a table that planners fill."""

    table: str
    name: str
    kind: Kind
    required: bool

    @cached_property
    def meaning(self) -> str:
        if self.name in DOCUMENTS:
            return say("template.document", name=label("documents", self.name))
        return say(f"template.columns.{self.table}.{self.name}")

    @property
    def unit(self) -> str:
        own = self.name if self.name in sentences("template")["units"] else self.kind.remedy
        return say(f"template.units.{own}")

    @property
    def allowed(self) -> str:
        """What the check accepts, in its own words."""
        if self.name == "komponen":
            return say("template.pick", sheet=LISTS)
        if (self.table, self.name) in OTHER_SHEET:
            return say("template.pick", sheet=OTHER_SHEET[self.table, self.name])
        words = WORDS.get(self.kind.remedy)
        return ", ".join(words) if words else say(f"tables.remedy.{self.kind.remedy}")

    @property
    def example(self) -> object:
        return EXAMPLES[self.table][self.name]

    @property
    def remark(self) -> str:
        """Unit and meaning, as row 2 of a sheet shows them."""
        return f"{self.unit}\n{self.meaning}"

    @property
    def note(self) -> str:
        """The comment of the header."""
        must = say("template.required" if self.required else "template.optional")
        return "\n".join(
            [self.meaning, f"{self.unit}: {self.allowed}.", must, say("template.example", example=self.example)]
        )

    @property
    def width(self) -> float:
        kind = WIDTHS.get(self.name, WIDTH_OF_KIND.get(self.kind.remedy, 15))
        return max(kind, len(self.name) + 3)

    @property
    def remark_height(self) -> float:
        """Points that the remark needs in this width; its letters are small."""
        return 12.5 * lines(self.remark, self.width * 1.1)

    @property
    def num_format(self) -> str:
        """Codes and words stay text; money and counts show thousands; years do not."""
        if self.kind.remedy == "tanggal":
            return "yyyy-mm-dd"
        if self.kind.dtype == "Int64":
            return "0" if self.kind.remedy.startswith("tahun") else "#,##0"
        return "General" if self.kind.dtype == "float64" else "@"

    def validation(self, lists: Mapping[str, Choices]) -> dict | None:
        """The drop-down or limits of a cell as xlsxwriter wants them; None where anything goes."""
        rule = self.limits(lists)
        if rule is None:
            return None
        return {"error_title": self.name, "error_message": self.allowed[:255], "ignore_blank": True} | rule

    def limits(self, lists: Mapping[str, Choices]) -> dict | None:
        remedy = self.kind.remedy
        if (self.table, self.name) in OTHER_SHEET:
            return {
                "validate": "list",
                "source": filled_range(OTHER_SHEET[self.table, self.name]),
                "error_type": "warning",
            }
        if block := lists.get(self.name if self.name == "komponen" else remedy):
            free = {"error_type": "warning"} if self.table == BESIDE else {}  # its kode may be that of a province
            return {"validate": "list", "source": block.source} | free
        if remedy in LEAST:
            return {"validate": "integer", "criteria": ">=", "value": LEAST[remedy]}
        if remedy in RANGES:
            low, high = RANGES[remedy]
            what = "date" if remedy == "tanggal" else "integer" if self.kind.dtype == "Int64" else "decimal"
            return {"validate": what, "criteria": "between", "minimum": low, "maximum": high}
        return None


def filled_range(sheet: str) -> str:
    """The keys that stand in column A of a table sheet, as far down as it is filled, as a validation names them."""
    cells = f"{sheet}!$A${FIRST_ROW}:$A${LAST_ROW}"
    return f"=OFFSET({sheet}!$A${FIRST_ROW},0,0,MAX(1,COUNTA({cells})),1)"


def columns(table: str) -> list[Column]:
    """The columns of a table in their order."""
    may_be_empty = optional(table)
    return [Column(table, name, kind, name not in may_be_empty) for name, kind in columns_of(table).items()]
