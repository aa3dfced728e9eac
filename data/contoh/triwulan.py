"""The last two years of realisasi quarter by quarter: how far each package had come; the fourth is its whole year."""

from rakit import TA

PAID = {1: 0, 2: 25, 3: 70}  # percent of the year's money by the end of each quarter, once there is a contract
LAST_DAYS = {1: "-03-31", 2: "-06-30", 3: "-09-30"}
LATER = ("output_pct", "dimanfaatkan_1", "dimanfaatkan_2", "dimanfaatkan_3", "laporan_3tahun")  # told by the last alone


def by_quarter(rows):
    """The rows of realisasi, those of the last two years that tell of money drawn out to four each."""
    return [one for row in rows for one in (quarters(row) if row["ta"] >= TA - 2 and row["pagu_rp"] else [whole(row)])]


def whole(row):
    return row | {"triwulan": ""}


def quarters(row):
    return [*(until(row, quarter) for quarter in PAID), row | {"triwulan": 4}]


def until(row, quarter):
    """A package by the end of a quarter; what its year does not tell no quarter does."""
    signed = row["kontrak_tanggal"] and row["kontrak_tanggal"] <= f"{row['ta']}{LAST_DAYS[quarter]}"
    contract = {name: row[name] if signed else "" for name in ("kontrak_rp", "kontrak_tanggal")}
    paid = {name: part(row[name], quarter) if signed else "" for name in ("salur_rp", "serap_rp")}
    return row | contract | paid | dict.fromkeys(LATER, "") | {"triwulan": quarter}


def part(amount, quarter):
    return "" if amount == "" else amount * PAID[quarter] // 100_000 * 1000
