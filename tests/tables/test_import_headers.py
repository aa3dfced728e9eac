"""What a proposal makes of other people's headers: twenty invented sheets, and never a negation or a sum."""

import csv
from pathlib import Path

import pytest

from planner.tables.headers import SUMS, meanings, taken_apart
from planner.tables.mapping import doubled, propose
from planner.tables.raw_sheets import raw_sheets
from planner.tables.schemas import OWN, columns_of

CELLS = {  # two cells of each target, as people write them
    "kode": ("Kab. Gianyar", "Kota Kupang"), "kode51": ("51.04", "53.71"), "ta": ("2028", "2028"),
    "menu": ("Pembangunan", "Revitalisasi"), "fs": ("ada", "belum"), "ded": ("Sudah", "proses"),
    "komponen": ("IPAL", "Gudang"), "volume": ("1", "2"), "harga_satuan_rp": ("250.000.000", "500.000.000"),
    "date": ("31/03/2027", "5 Mei 2027"), "flag": ("ya", "tidak"), "pct": ("85", "100"), "n": ("20", "35"),
    "juta": ("250", "500"), "verdict": ("diterima", "ditolak"), "lat": ("-8.54", "-8.61"), "lon": ("115.3", "115.4"),
}  # fmt: skip
# a sheet: its headers, each with its target ("-": none) and the cells below it
SHEETS = {
    "dinas": "No=-:n; Kab./Kota=usulan.kode:kode; Nama Usulan=usulan.nama; Jenis Menu=usulan.menu:menu; "
    "Tahun Anggaran=usulan.ta:ta; Jml IKM=usulan.ikm_komitmen:n; FS=usulan.fs:fs; Belum ada DED=-:flag; Ket.="
    "usulan.catatan",
    "dinas upper": "NO.=-:n; KABUPATEN/KOTA=usulan.kode:kode; JUDUL USULAN=usulan.nama; MENU=usulan.menu:menu; "
    "TAHUN=usulan.ta:ta; JUMLAH TENAGA KERJA=usulan.tenaga_kerja_target:n; STUDI KELAYAKAN=usulan.fs:fs; TOTAL=-:n",
    "krisna": "Kode Usulan=rincian.usulan_id; Pemerintah Daerah=usulan.kode:kode; Menu Kegiatan=usulan.menu:menu; "
    "TA=usulan.ta:ta; Rincian Menu=rincian.komponen:komponen; Metode Pengerjaan=rincian.metode; Volume="
    "rincian.volume:volume; Satuan=rincian.satuan; Unit Cost=rincian.harga_satuan_rp:harga_satuan_rp; Total Biaya=-:n",
    "krisna verdicts": "ID Usulan=rincian.usulan_id; Kode Rincian=rincian.rincian_id; Detail Rincian="
    "rincian.komponen:komponen; Vol=rincian.volume:volume; Harga Satuan (Rp)=rincian.harga_satuan_rp:harga_satuan_rp; "
    "Penilaian Bappenas=rincian.penilaian_bappenas:verdict; Penilaian K/L=rincian.penilaian_kl:verdict; "
    "Volume Disetujui=rincian.volume_disetujui:volume; Tidak Disetujui=-:flag",
    "sipd": "Kode Wilayah=usulan.kode:kode51; Unit SKPD=usulan.instansi_pelaksana; Nama Sub Kegiatan=usulan.nama; "
    "Uraian Belanja=rincian.uraian; Komponen=rincian.komponen:komponen; Koefisien=rincian.volume:volume; Satuan="
    "rincian.satuan; Harga Satuan=rincian.harga_satuan_rp:harga_satuan_rp; Jumlah=-:n",
    "english": "No=-:n; District=usulan.kode:kode; Project Name=usulan.nama; Fiscal Year=usulan.ta:ta; Menu="
    "usulan.menu:menu; Number of SMEs=usulan.ikm_komitmen:n; Feasibility Study=usulan.fs:fs; No DED=-:flag; "
    "Grand Total=-:n; Remarks=usulan.catatan",
    "english lines": "Proposal ID=rincian.usulan_id; Component=rincian.komponen:komponen; Quantity="
    "rincian.volume:volume; Unit Price (IDR million)=rincian.harga_satuan_rp:juta; Method=rincian.metode; "
    "Total Cost (IDR million)=-:juta; Not mandatory=-:flag",
    "short": "Kd Kab=usulan.kode:kode51; Nm Usulan=usulan.nama; Thn Anggaran=usulan.ta:ta; Menu=usulan.menu:menu; "
    "TK=usulan.tenaga_kerja_target:n; Prio=usulan.prioritas_daerah:n; Lhn siap=usulan.lahan:fs; Blm ada RAB=-:flag",
    "juta": "ID Usulan=rincian.usulan_id; Komp=rincian.komponen:komponen; Vol.=rincian.volume:volume; "
    "Hrg Satuan (Rp juta)=rincian.harga_satuan_rp:juta; Jml Harga (Rp juta)=-:juta; Sat.=rincian.satuan",
    "ribu": "Kode Usulan=rincian.usulan_id; Rincian=rincian.komponen:komponen; Kuantitas=rincian.volume:volume; "
    "BIAYA SATUAN (dalam ribuan rupiah)=rincian.harga_satuan_rp:juta; SUBTOTAL=-:n",
    "wide": "Kabupaten=usulan.kode:kode; Nama Proposal=usulan.nama; Menu=usulan.menu:menu; TA=usulan.ta:ta; "
    "Vol Gedung Produksi=rincian.volume:gedung_produksi:volume; Harga Satuan Gedung Produksi (Rp)="
    "rincian.harga_satuan_rp:gedung_produksi:harga_satuan_rp; Total Gedung Produksi=-:n; Tanpa IPAL=-:flag",
    "wide juta": "Pemda=usulan.kode:kode; Judul=usulan.nama; Menu=usulan.menu:menu; Tahun=usulan.ta:ta; "
    "IPAL (Rp juta)=rincian.jumlah_rp:ipal:juta; Mesin dan Peralatan (Rp juta)=rincian.jumlah_rp:mesin_peralatan:juta; "
    "Jumlah (Rp juta)=-:juta; Non fisik (Rp juta)=-:juta",
    "documents": "Nama Daerah=usulan.kode:kode; Menu=usulan.menu:menu; Tahun Anggaran=usulan.ta:ta; Dokumen FS="
    "usulan.fs:fs; Dokumen DED (ada/belum)=usulan.ded:ded; Kesesuaian RTRW=usulan.rtrw:fs; Dokumen Lingkungan="
    "usulan.lingkungan:fs; SK Pengelola=usulan.sk_pengelola:fs; Belum punya RAB=-:flag; Luas Lahan (m2)="
    "usulan.lahan_m2:n",
    "sentra": "ID Sentra=sentra.sentra_id; Kabupaten/Kota=sentra.kode:kode; Nama Sentra=sentra.nama; Kelurahan="
    "sentra.desa; Kecamatan=sentra.kecamatan; Lintang=sentra.lat:lat; Bujur=sentra.lon:lon; Komoditi=sentra.komoditas; "
    "Jumlah IKM=sentra.jumlah_ikm:n; IKM Tidak Aktif=-:n",
    "realisasi": "Kode Usulan=realisasi.usulan_id; Kab/Kota=realisasi.kode:kode; TA=realisasi.ta:ta; Pagu (Rp juta)="
    "realisasi.pagu_rp:juta; Nilai Kontrak (Rp juta)=realisasi.kontrak_rp:juta; Tgl Kontrak="
    "realisasi.kontrak_tanggal:date; Penyaluran (Rp juta)=realisasi.salur_rp:juta; Realisasi Fisik (%)="
    "realisasi.output_pct:pct; Belum Kontrak=-:flag; Total Realisasi=-:n",
    "realisasi miliar": "ID Usulan=realisasi.usulan_id; Kode=realisasi.kode:kode51; Tahun=realisasi.ta:ta; "
    "Alokasi (miliar Rp)=realisasi.pagu_rp:n; RK (Rp miliar)=realisasi.rk_rp:n; Serapan (Rp miliar)="
    "realisasi.serap_rp:n; Tidak Terserap (Rp miliar)=-:n",
    "daerah": "Kode Daerah=daerah.kode:kode51; Tahun Anggaran=daerah.ta:ta; Lokasi Prioritas=daerah.lokpri:flag; "
    "Kapasitas Fiskal=daerah.kfd_kelas; Bukan Lokpri=-:flag",
    "bukti": "Kode=bukti.kode:kode51; Jumlah Sentra=bukti.sentra:n; Jumlah IKM=bukti.ikm:n; Tahun Data=bukti.tahun:ta; "
    "Sumber Data=bukti.sumber; Total=-:n",
    "ours": "usulan_id=usulan.usulan_id; kode=usulan.kode:kode51; ta=usulan.ta:ta; menu=usulan.menu:menu; "
    "ikm_komitmen=usulan.ikm_komitmen:n; fs=usulan.fs:fs; fase_total=usulan.fase_total:n; nonfisik_rp="
    "usulan.nonfisik_rp:harga_satuan_rp",
    "code and name": "Kode Kemendagri=usulan.kode:kode51; Kode BPS=-:n; Kabupaten/Kota=-:kode; Nama="
    "usulan.nama; Menu=usulan.menu:menu; TA=usulan.ta:ta; Total Usulan=-:n",
}  # fmt: skip


def sheet(told: str) -> list[tuple[str, str, tuple[str, str]]]:
    """Header, target and two cells of each column."""
    found = []
    for part in told.split("; "):
        header, _, rest = part.partition("=")
        to, _, cells = rest.rpartition(":") if rest.count(":") else (rest, "", "")
        found.append((header, to, CELLS.get(cells, ("teks a", "teks b"))))
    return found


def proposal(folder: Path, told: str):
    columns = sheet(told)
    with (folder / "daftar.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [[header for header, *_ in columns], *zip(*(cells for *_, cells in columns), strict=True)]
        csv.writer(file, delimiter=";").writerows(rows)
    [raw] = raw_sheets(folder / "daftar.csv")
    return columns, propose(raw)


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_mapped_as_its_planner_would(tmp_path, name):
    columns, one = proposal(tmp_path, SHEETS[name])
    sure = {column.header: column.to for column in one.sure()}
    assert sure == {header: to for header, to, _ in columns if to != "-"}
    assert doubled([one]) == []


def test_there_are_twenty_sheets():
    assert len(SHEETS) == 20


NEGATIONS = ("tidak ada {}", "belum {}", "Belum ada {}", "non {}", "tanpa {}", "{} (tidak ada)", "No {}", "bukan {}",
             "Blm {}", "not {}", "{} belum lengkap", "tdk {}")  # fmt: skip


def test_no_negation_and_no_sum_of_any_column_is_mapped():
    # Every column's own name, turned round in twelve ways, and as a sum in as many as there are words for it.
    columns = [column.replace("_", " ") for table in OWN for column in columns_of(table)]
    asked = [form.format(column) for column in columns for form in (*NEGATIONS, *(f"{word} {{}}" for word in SUMS))]
    wrong = [header for header in asked if meanings(header)]
    numbered = {"No usulan id", "No rincian id"}  # a number in Indonesian, hardly a denial in English
    assert set(wrong) - numbered == set()


@pytest.mark.parametrize(
    ("header", "factor"),
    [("Nilai (Rp juta)", 10**6), ("Nilai (dalam ribuan rupiah)", 10**3), ("Pagu Rp.000", 10**3), ("Pagu (000)", 10**3),
     ("Pagu (Rp M)", 10**9), ("Cost (IDR bn)", 10**9), ("PAGU (JUTAAN)", 10**6), ("Nilai (Rp)", 1), ("Luas (m)", 1),
     ("Biaya (Rp.juta)", 10**6), ("Value in million rupiah", 10**6), ("Pagu (Rp triliun)", 10**12)],
)  # fmt: skip
def test_the_unit_in_a_header(header, factor):
    assert taken_apart(header).factor == factor


def test_other_currencies_and_small_amounts_are_never_taken_for_rupiah(tmp_path):
    told = "ID Usulan=rincian.usulan_id; Komponen=rincian.komponen:komponen; Volume=rincian.volume:volume; "
    _, one = proposal(tmp_path, told + "Unit Cost (USD)=-:juta; Harga Satuan=-:juta")
    by_header = {column.header: column for column in one.columns}
    assert by_header["Unit Cost (USD)"].mark == "lain"
    assert by_header["Harga Satuan"].mark == "periksa"  # Rp 250 for an IPAL: juta were meant, and nobody said so


def test_what_is_only_alike_or_does_not_fit_its_header_is_for_the_planner_to_look_at(tmp_path):
    _, one = proposal(tmp_path, "Kabupaten=-:n; Jdul Usulan=-; Menu=usulan.menu:menu; TA=usulan.ta:ta; Asal=-:kode")
    marks = {column.header: (column.to, column.mark) for column in one.columns}
    assert marks["Kabupaten"] == ("usulan.kode", "periksa")  # its cells are 20 and 35
    assert marks["Jdul Usulan"] == ("usulan.nama", "periksa")
    assert marks["Asal"] == ("usulan.kode", "periksa")  # known by its cells alone


def test_two_headers_for_one_column_are_told(tmp_path):
    _, one = proposal(tmp_path, "Kabupaten=:kode; Pemda=:kode; Menu=:menu; TA=:ta")
    [problem] = doubled([one])
    assert "A 'Kabupaten', B 'Pemda'" in problem and "usulan.kode" in problem
