"""The sheets of the Rencana Kegiatan as files: a workbook and a CSV of the same rows for each kabupaten."""

import os
from pathlib import Path

import pandas as pd

from planner.answers.rk import Sheets
from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.paper.run_files import stamp_synthetic
from planner.paper.workbooks.style import fit_rows, table, written
from planner.tables.rk import NAME
from planner.tables.table_folder import csv_bytes, write_folder

WIDTHS = {
    "kode": 8, "ta": 6, "usulan_id": 16, "rincian_id": 10, "komponen": 20, "uraian": 40, "metode": 14, "satuan": 10,
    "harga_satuan_rp": 18, "volume": 10, "volume_usulan": 10, "jumlah_rp": 18, "keputusan_rp": 18,
    "mulai_triwulan": 10, "selesai_triwulan": 10, "kontrak_rencana": 14, "catatan": 30, "data": 14,
}  # fmt: skip
TO_FILL = ("volume", "mulai_triwulan", "selesai_triwulan", "kontrak_rencana", "catatan")


def write_rk(made: Sheets, folder: Path) -> list[Path]:
    """Write ``rk-KODE.xlsx`` and ``rk-KODE.csv`` of every sheet, all or none; the files, in order.

    Only into a new or empty folder: what was sent from it is what comes back is held against.
    """
    files = {}
    for one in made.sheets:
        rows = stamp_synthetic(one.rows, made.candidates)
        told = (*(one.told or (say("rk.as_decided"),)), *one.people)
        files[f"rk-{one.kode}.xlsx"] = rk_book(rows, told, f"RK {one.kode}")
        files[f"rk-{one.kode}.csv"] = csv_bytes(rows)
    if any(folder.iterdir()) if folder.is_dir() else os.path.lexists(folder):
        raise PlannerError(say("rk.taken", folder=folder))
    write_folder(folder, files)
    return [folder / name for name in files]


def rk_book(rows: pd.DataFrame, told: tuple[str, ...], title: str) -> bytes:
    """A workbook of a sheet ``rk``, which is read back, and one of what is to be known of it."""

    def fill(book, styles):
        columns = {name: WIDTHS[name] for name in rows}
        cells = rows.astype("object").to_numpy().tolist()
        looks = ["choice" if name in TO_FILL else "" for name in rows]
        looks = ["number" if name == "volume" else look for name, look in zip(rows, looks, strict=True)]
        fit_rows(table(book, styles, NAME, columns, cells, looks=looks), 1, cells, list(columns.values()))
        notes = [[line] for line in told]
        fit_rows(table(book, styles, "petunjuk", {say("rk.notes"): 110}, notes), 1, notes, [110])

    return written(fill, title)
