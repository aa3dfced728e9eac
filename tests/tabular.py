"""A small valid set of the six tables as rows, written as CSV or Excel; tests put one thing wrong into it."""

import csv
import io
import zipfile
from pathlib import Path

TABLES: dict[str, list[list]] = {
    "usulan": [
        ["usulan_id", "nama", "sentra_id", "kode", "ta", "menu", "ikm_komitmen", "fs", "ovop", "om_tahunan_rp",
         "verifikasi_provinsi", "catatan"],
        ["U1", "Tenun", "S1", "53.01", 2028, "pembangunan", 20, "ada", "ya", 50_000_000, "diterima", ""],
        ["U2", "Rotan", "", "11.10", 2028, "revitalisasi", 30, "proses", "tidak", 60_000_000, "", "baik"],
    ],
    "rincian": [
        ["usulan_id", "rincian_id", "komponen", "harga_satuan_rp", "volume", "volume_min", "wajib", "penilaian_kl"],
        ["U1", "1", "ipal", 260_000_000, 2, 1, "tidak", ""],
        ["U1", "2", "utilitas", 200_000_000, 1, "", "ya", "diterima"],
        ["U2", "1", "ipal", 240_000_000, 1, "", "ya", ""],
    ],
    "sentra": [
        ["sentra_id", "kode", "lat", "lon", "proses_basah", "jumlah_ikm", "kapasitas", "tahun_dibangun", "status",
         "laporan_terakhir"],
        ["S1", "53.01", -10.17, 123.61, "ya", 25, 12.5, 2019, "berjalan", "2027-03-31"],
    ],
    "daerah": [["kode", "ta", "lokpri", "kapasitas_om_rp"], ["53.01", 2028, "ya", 500_000_000]],
    "realisasi": [
        ["usulan_id", "kode", "ta", "pagu_rp", "kontrak_tanggal", "serap_rp", "output_pct", "dimanfaatkan_1"],
        ["L1", "53.01", 2023, 7_000_000_000, "2023-04-19", 6_500_000_000, 100, "ya"],
    ],
    "bukti": [["kode", "sentra", "ikm", "tahun", "sumber"], ["53.01", 12, 240, 2026, "dinas"]],
}  # fmt: skip


def tables(**changes) -> dict[str, list[list]]:
    """A copy of the tables; ``rincian={(2, "volume"): 0}`` puts 0 into row 2 of that column; None: no such table."""
    copy = {name: [list(row) for row in rows] for name, rows in TABLES.items() if changes.get(name, 1) is not None}
    for name, cells in changes.items():
        for (row, column), value in (cells or {}).items():
            copy[name][row - 1][TABLES[name][0].index(column)] = value
    return copy


def as_csv(rows: list[list], separator=",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(rows)
    return text.getvalue()


def write_csv(folder: Path, held: dict[str, list[list]], separator=",") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in held.items():
        (folder / f"{name}.csv").write_text(as_csv(rows, separator), encoding="utf-8")
    return folder


def workbook(held: dict[str, list[list]]):
    """An openpyxl workbook with a sheet per table; text is text there, even where it begins with '='."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in held.items():
        sheet = book.create_sheet(name)
        for i, row in enumerate(rows, 1):
            for j, value in enumerate(row, 1):
                if value not in ("", None):
                    sheet.cell(i, j).value = value
    return book


def write_xlsx(path: Path, held: dict[str, list[list]]) -> Path:
    workbook(held).save(path)
    return path


def with_part(path, name, change) -> None:
    """Rewrite one part of a workbook that has it."""
    with zipfile.ZipFile(path) as old:
        parts = {item.filename: old.read(item) for item in old.infolist()}
    assert change(parts[name]) != parts[name]
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part, content in parts.items():
            new.writestr(part, content)
