"""Tables come in here: read as text, checked once and completely, then typed."""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from planner.errors import PlannerError, hint, shown
from planner.messages import say

MENUS = ("pembangunan", "revitalisasi")
DOCUMENTS = (
    "fs", "ded", "rab", "lahan", "rtrw", "lingkungan", "komitmen_kepala_daerah", "sk_pengelola", "rpik", "listrik",
    "air",
)  # fmt: skip
UNITS_IN_REFERENCE = 514  # kabupaten and kota of Kepmendagri 300.2.2-2430/2025


@dataclass(frozen=True)
class Kind:
    """What a cell may hold: its test on text, the remedy's name in messages, the type it becomes."""

    passes: Callable[[str], bool]
    remedy: str
    dtype: str = "str"


def matching(pattern: str) -> Callable[[str], bool]:
    """A test: the whole text matches."""
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


def between(lower: float, upper: float) -> Callable[[str], bool]:
    """A test: a plain decimal number within the limits."""
    is_number = matching(r"-?\d{1,15}(\.\d{1,12})?")
    return lambda text: is_number(text) and lower <= float(text) <= upper


TEXT = Kind(lambda text: True, "teks")
ID = Kind(lambda text: text.strip() != "", "id")
KODE = Kind(matching(r"\d\d\.\d\d"), "kode")
RP = Kind(matching(r"[1-9]\d{0,14}"), "rupiah", "Int64")
RP0 = Kind(matching(r"\d{1,15}"), "rupiah0", "Int64")
COUNT = Kind(matching(r"\d{1,12}"), "cacah", "Int64")
VOLUME = Kind(matching(r"[1-9]\d{0,11}"), "volume", "Int64")
YEAR = Kind(matching(r"20\d\d"), "tahun", "Int64")
NUMBER = Kind(between(-1e15, 1e15), "angka", "float64")
POSITIVE = Kind(lambda text: between(0, 1e15)(text) and float(text) > 0, "positif", "float64")
PERCENT = Kind(between(0, 100), "persen", "float64")
FLAG = Kind(lambda text: text in ("ya", "tidak"), "ya_tidak")
MENU = Kind(lambda text: text in MENUS, "menu")
DOCUMENT = Kind(lambda text: text in ("ada", "proses", "belum", "tidak_perlu"), "dokumen")
DOCUMENT_NAME = Kind(lambda text: text in DOCUMENTS, "nama_dokumen")
DATE = Kind(matching(r"20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"), "tanggal")

# Per table: column -> what it holds; a "?" after the name means that the column may be absent and its cells empty.
SCHEMAS: dict[str, dict[str, Kind]] = {
    "kabupaten": {
        "kode": KODE, "kode_bps": ID, "nama": ID, "jenis": ID, "otonom": FLAG, "kode_provinsi": ID, "provinsi": ID,
        "pulau": ID, "ibukota?": TEXT, "lat": NUMBER, "lon": NUMBER, "luas_km2": POSITIVE, "penduduk": COUNT,
        "kemiskinan_pct?": PERCENT, "miskin_ribu?": NUMBER, "ipm?": NUMBER, "pdrb_per_kapita_ribu_rp?": RP,
        "ikk": POSITIVE, "tpt_pct?": PERCENT, "tpt_tahun?": YEAR, "tertinggal?": FLAG, "dpsp?": TEXT,
        "perbatasan?": TEXT, "petak_x": COUNT, "petak_y": COUNT,
    },
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
    "juknis": {"ta": YEAR, "menu": MENU, "dokumen": DOCUMENT_NAME, "paling_lambat": DATE, "sumber": ID},
    "sentra": {
        "sentra_id": ID, "nama?": TEXT, "kode": KODE, "komoditas?": TEXT, "proses_basah?": FLAG, "jumlah_ikm?": COUNT,
        "rumah_tangga_desa?": COUNT, "pengelola?": TEXT, "pengelola_sk?": TEXT, "uptd?": FLAG, "status?": TEXT,
    },
    "daerah": {
        "kode": KODE, "ta": YEAR, "lokpri?": FLAG, "penilaian_kemenkeu?": TEXT, "kfd_kelas?": TEXT,
        "kapasitas_om_rp?": RP0,
    },
    "realisasi": {
        "usulan_id": ID, "kode": KODE, "ta": YEAR, "pagu_rp?": RP0, "serap_rp?": RP0, "laporan_3tahun?": FLAG,
    },
    "usulan": {
        **{f"{name}?": DOCUMENT for name in DOCUMENTS}, "tematik?": FLAG, "ovop?": FLAG, "ekspor?": FLAG,
        "pangan?": FLAG, "rantai_pasok?": FLAG,
        "usulan_id": ID, "nama?": TEXT, "sentra_id?": TEXT, "kode": KODE, "ta": YEAR, "menu": MENU,
        "ikm_komitmen?": COUNT, "tenaga_kerja_target?": COUNT, "lahan_m2?": COUNT, "om_tahunan_rp?": RP0,
        "dana_lain_rp?": RP0, "nonfisik_rp?": RP0, "sumber?": TEXT, "catatan?": TEXT,
    },
    "rincian": {
        "usulan_id": ID, "rincian_id": ID, "komponen": ID, "harga_satuan_rp": RP, "volume": VOLUME,
        "volume_min?": VOLUME, "wajib?": FLAG, "uraian?": TEXT, "satuan?": TEXT, "catatan?": TEXT,
    },
}  # fmt: skip
KEYS = {
    "kabupaten": ["kode"], "komponen": ["komponen"], "asumsi": ["nama"], "dampak": ["dampak_id"],
    "juknis": ["ta", "menu", "dokumen"], "sentra": ["sentra_id"], "daerah": ["kode", "ta"],
    "realisasi": ["usulan_id", "ta"],
    "usulan": ["usulan_id"], "rincian": ["usulan_id", "rincian_id"],
}  # fmt: skip


RESERVED = {  # columns that are computed: a planner's own of that name would be lost
    "usulan": ("score", "chance", "benefit", "amount_rp", "ikm", "ta pertama"),
    "rincian": ("option", "bobot"),
}
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
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A checked table and where it came from."""

    name: str
    data: pd.DataFrame
    sha256: str
    synthetic: bool


def read_tables(folder: Path, names: Iterable[str]) -> dict[str, Table]:
    """Read ``<name>.csv`` of each name from ``folder``; raise one error with every problem of all of them."""
    tables, problems = {}, []
    for name in names:
        try:
            tables[name] = read_table(folder / f"{name}.csv", name)
        except PlannerError as error:
            problems += error.problems
    if problems:
        raise PlannerError(problems)
    return tables


def read_table(path: Path, name: str) -> Table:
    """Read and check one table; ``synthetic`` is true when a cell of column ``sumber`` says 'sintetis'."""
    content = read_bytes(path)
    text = parse(decode(content, path), path)
    problems = problems_of(text, name, path.name)
    if problems:
        raise PlannerError(problems)
    synthetic = "sumber" in text and text["sumber"].str.contains("sintetis", case=False).any()
    return Table(name, typed(text, name), hashlib.sha256(content).hexdigest(), bool(synthetic))


def read_bytes(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PlannerError(say("tables.unreadable", file=path, why=error.strerror)) from None
    if not content.removeprefix(b"\xef\xbb\xbf").strip():
        raise PlannerError(say("tables.empty", file=path))
    return content


def decode(content: bytes, path: Path) -> str:
    try:
        if b"\0" in content:
            raise ValueError
        return content.decode("utf-8-sig")
    except ValueError:
        raise PlannerError(say("tables.encoding", file=path)) from None


def parse(text: str, path: Path) -> pd.DataFrame:
    """The cells as text, missing as ''; the separator is whichever of ``,`` and ``;`` the header has more of."""
    header = text.lstrip().splitlines()[0]
    separator = ";" if header.count(";") > header.count(",") else ","
    csv.field_size_limit(10**7)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise PlannerError(say("tables.not_csv", file=path, why=error)) from None
    filled = [(i + 1, record) for i, record in enumerate(records) if any(cell.strip() for cell in record)]
    if len(filled) < 2:
        raise PlannerError(say("tables.empty", file=path))
    names, rows = [name.strip() for name in filled[0][1]], filled[1:]
    twice = sorted({name for name in names if names.count(name) > 1})
    problems = [say("tables.column_twice", file=path, column=shown(name)) for name in twice]
    problems += [
        say("tables.ragged", file=path.name, row=row, cells=len(record), expected=len(names))
        for row, record in rows
        if len(record) != len(names)
    ]
    if problems:
        raise PlannerError(problems)
    return pd.DataFrame([record for _, record in rows], index=[row for row, _ in rows], columns=names, dtype="str")


def problems_of(text: pd.DataFrame, name: str, file: str) -> list[str]:
    """Every problem of the table as a sentence with file, row, column, value and remedy; pandera finds them."""
    import pandera.pandas as pa

    columns = {
        column.rstrip("?"): pa.Column(
            "str", pa.Check(passing(kind, column), error=kind.remedy), required=not column.endswith("?")
        )
        for column, kind in SCHEMAS[name].items()
    }
    try:
        pa.DataFrameSchema(columns).validate(text, lazy=True)
        found = []
    except pa.errors.SchemaErrors as error:
        found = [sentence(case, text, file) for case in error.failure_cases.itertuples()]
    reserved = [say("tables.reserved", file=file, column=column) for column in RESERVED.get(name, ()) if column in text]
    return found + reserved + doubled_keys(text, name, file) + missing_rows(text, name, file)


def passing(kind: Kind, column: str) -> Callable[[pd.Series], pd.Series]:
    """The column's test; an empty cell passes where the column is optional."""
    optional = column.endswith("?")
    return lambda cells: cells.map(lambda cell: (optional and cell == "") or kind.passes(cell)).astype(bool)


def sentence(case, text: pd.DataFrame, file: str) -> str:
    if case.check == "column_in_dataframe":
        return say("tables.no_column", file=file, column=case.failure_case, hint=hint(case.failure_case, text.columns))
    value, remedy = str(case.failure_case), say(f"tables.remedy.{case.check}")
    if case.check == "kode" and re.fullmatch(r"\d\d\.\d", value):
        remedy = say("tables.remedy.kode_number", kode=value + "0")
    return say("tables.cell", file=file, row=int(case.index), column=case.column, value=shown(value), remedy=remedy)


def doubled_keys(text: pd.DataFrame, name: str, file: str) -> list[str]:
    keys = KEYS[name]
    if not set(keys) <= set(text.columns):
        return []
    twice = text[text.duplicated(keys)]
    return [
        say("tables.twice", file=file, row=row, column=" + ".join(keys), value=shown(" / ".join(values)))
        for row, values in zip(twice.index, twice[keys].itertuples(index=False), strict=True)
    ]


def missing_rows(text: pd.DataFrame, name: str, file: str) -> list[str]:
    """A reference table has lost a row: kabupaten are counted, the others' known keys must be there."""
    if name == "kabupaten" and len(text) != UNITS_IN_REFERENCE:
        return [say("tables.row_count", file=file, rows=len(text), expected=UNITS_IN_REFERENCE)]
    lost = sorted(set(REQUIRED.get(name, ())) - set(text.get(KEYS[name][0], ())))
    return [say("tables.row_lost", file=file, key=key) for key in lost]


def typed(text: pd.DataFrame, name: str) -> pd.DataFrame:
    """The checked text as numbers and text; empty becomes missing; extra columns of numbers become numbers."""
    kinds = {column.rstrip("?"): kind for column, kind in SCHEMAS[name].items()}
    table = text.mask(text == "")
    for column in table:
        kind = kinds.get(column) or (
            NUMBER if text[column].map(lambda cell: cell == "" or NUMBER.passes(cell)).all() else TEXT
        )
        if kind.dtype != "str":
            table[column] = pd.to_numeric(table[column]).astype(kind.dtype)
    for column in kinds.keys() - set(table):
        table[column] = pd.Series(pd.NA, index=table.index, dtype=kinds[column].dtype)
    return table


def blank(name: str) -> pd.DataFrame:
    """A table of no rows with all its columns, typed."""
    return pd.DataFrame({column.rstrip("?"): pd.Series(dtype=kind.dtype) for column, kind in SCHEMAS[name].items()})
