"""Make ``kabupaten.csv``, ``industri.csv``, ``provinsi.csv`` and ``pantai.csv``, and check the sister tables.

``python buat.py`` reads the shipped tables, gives every region its cell in the tile grid again and writes the same
bytes. ``python buat.py --dari DIR`` first imports ``regions.csv``, ``indicators.csv``, ``villages.csv``,
``provinces.csv`` and ``coast.geojson`` from DIR. The other tables of this folder are typed facts: their own source,
only checked here.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

ACUAN = Path(__file__).resolve().parent
JUTA = 10**6

COLUMNS = {  # ours: (file, column of the source); the other columns are derived below
    "kode": ("regions", "kemendagri_code"),
    "kode_bps": ("regions", "bps_code"),
    "nama": ("regions", "name"),
    "jenis": ("regions", "type"),
    "otonom": None,
    "kode_provinsi": ("regions", "province_code"),
    "provinsi": ("regions", "province_name"),
    "pulau": ("regions", "island_group"),
    "ibukota": ("regions", "capital"),
    "lat": ("regions", "lat"),
    "lon": ("regions", "lon"),
    "luas_km2": ("regions", "area_km2"),
    "penduduk": ("indicators", "population_bps_2024"),
    "kemiskinan_pct": ("indicators", "poverty_rate_2024_pct"),
    "miskin_ribu": ("indicators", "poor_people_2024_thousand"),
    "ipm": ("indicators", "ipm_2024"),
    "pdrb_per_kapita_ribu_rp": ("indicators", "pdrb_per_capita_2024_ribu_rp"),
    "ikk": ("indicators", "ikk_2024"),
    "tpt_pct": ("indicators", "tpt_latest_pct"),
    "tpt_tahun": ("indicators", "tpt_latest_year"),
    "tertinggal": ("indicators", "daerah_tertinggal_2020_2024"),
    "dpsp": ("indicators", "dpsp"),
    "perbatasan": ("indicators", "border_sourced"),
    "petak_x": None,
    "petak_y": None,
}
INDUSTRI = {"kode": "kemendagri_code", "kecamatan": "kecamatan", "kelurahan": "kelurahan", "desa": "desa"}
PROVINSI = {
    "kode_provinsi": "province_code",
    "provinsi": "province_name",
    "sentra": "sentra_industri_2024",
    "manufaktur_pct": "manufacturing_share_pdrb_2024_pct",
}
SENTRA = 8889  # of Indonesia in 2024; the page that prints it leaves out three provinces, which share the rest
PAGE = "databoks.katadata.co.id/ekonomi-makro/statistik/68ee89a67a998, mengutip BPS"
WORDS = {
    "tertinggal": {"1": "ya", "0": "tidak"},
    "perbatasan": {"land": "darat", "sea": "laut", "": ""},  # empty is "not known", never "no"
}
JAKARTA = "31"  # its six units are administrative and have no budget of their own

# The tile grid: one letter per cell, one letter per province (LETTERS), dots are sea. Drawn by hand, so that a person
# recognises Indonesia and every province is one piece; which kabupaten gets which cell of its province is computed.
MAP = """
aaaaa...................................................
aaaaaaa.................................................
.aaaaaauu...............................................
..aaaaauuuu.................................UU.m........
....uuuuuuuu......k.........nnn..........UUUU..mm.......
....uuuuuuuu.....kk.........nn.......oooUUUUU.mmm.......
.....uuuuuuurr..kk....ccc..iiii....SSoooUUUU..mm........
......uuuurrrrr.kk...cccccttiiii..SSS.........mm.qqww...
......bbbbbrrrrr......ccccttii...ASSS............qqw.pp.
.......bbbbbjjjjj.....cctttthhh..AASSSSS........qqww.ppp
........bbbbbjjjj.ee....tttthhh..AAXXXRRR...MMM...wwpppp
.........bbbbjjsss.ee....tthhhh..AXXXX.RRR..MMMM..zzzvvv
..........gggsssss.ee......hhh....XXXX.RRRR...MM..zzzvvv
..........ggggsssss.e.............XXXX.RRR.....M...zzvvd
...........gggssss................XXX...RRR....M.....ddd
.............llllll...............XXX.....R.............
.............llllll...............XXX...................
..............lll.......................................
..................D.WWWWTTTTTT....EEEE..................
..............NNNDDDWWWTTTTTTTEEEEEEE...................
..............NNNDDWWWWWWTTTTTTEEEEEE..BBB.LLLL.FFFFFFFF
...............NNWWWWWWWTTTTTTTEEEEEEE.BBB.LLLL...FF....
.................WWWWWWWTTTYYTTEEEEEEE.BBB..LL..FF.F.FFF
........................TTTYYYTEEEEEEE..........FF..FFFF
"""
PROVINCES = """
11a 12u 13b 14r 15j 16s 17g 18l 19e 21k 31D 32W 33T 34Y 35E 36N 51B 52L 53F
61c 62t 63h 64i 65n 71U 72S 73X 74R 75o 76A 81M 82m 91p 92w 93d 94z 95v 96q
"""
LETTERS = {pair[2]: pair[:2] for pair in PROVINCES.split()}


def read(path):
    """A table as text, so that codes keep their zeros and numbers their digits; missing is ''."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def import_from(folder):
    """The table without its tile grid, from ``regions.csv`` and ``indicators.csv`` in ``folder``."""
    sources = {
        name: read(folder / f"{name}.csv").set_index("kemendagri_code", drop=False)
        for name in ("regions", "indicators")
    }
    codes = sorted(sources["regions"].index)
    if codes != sorted(sources["indicators"].index):
        raise SystemExit("regions.csv and indicators.csv do not hold the same codes.")
    table = pd.DataFrame({ours: sources[of[0]].loc[codes, of[1]] for ours, of in COLUMNS.items() if of})
    for column, words in WORDS.items():
        table[column] = table[column].map(words)
    table["otonom"] = np.where(table["kode_provinsi"] == JAKARTA, "tidak", "ya")
    return table.reset_index(drop=True)


def import_villages(folder):
    """``industri.csv``: what BPS counts sentra by."""
    table = read(folder / "villages.csv").sort_values("kemendagri_code")
    found = pd.DataFrame({ours: table[theirs] for ours, theirs in INDUSTRI.items()})
    villages = table["desa"].astype(int) + table["desa_adat"].astype(int)
    return found.assign(desa=villages.astype(str)).reset_index(drop=True)


def import_provinces(folder):
    """``provinsi.csv``: a province's sentra; those without a printed count are one ``total`` with what is left over.

    Among these three, ``kunci`` says, sentra are shared by people: by villages Papua Pegunungan would get most of them.
    """
    source = read(folder / "provinces.csv").sort_values("province_code")
    table = pd.DataFrame({ours: source[theirs] for ours, theirs in PROVINSI.items()}).reset_index(drop=True)
    rest = table["sentra"] == ""
    left = SENTRA - table.loc[~rest, "sentra"].astype(int).sum()
    table.insert(2, "total", table["kode_provinsi"].mask(rest, "+".join(table.loc[rest, "kode_provinsi"])))
    table["sentra"] = table["sentra"].mask(rest, str(left))
    table.insert(4, "kunci", np.where(rest, "penduduk", ""))
    return table.assign(
        sumber=PAGE + rest.map({True: f": {SENTRA} dikurangi 35 provinsi yang tercetak", False: ""}),
        tanda=np.where(rest, "INFERRED", "CONFIRMED"),
    )


def import_coast(folder):
    """``pantai.csv``: the rings of land, point by point; the last of a ring is the first again and left out."""
    [feature] = json.loads((folder / "coast.geojson").read_bytes())["features"]
    rings = [ring for polygon in feature["geometry"]["coordinates"] for ring in polygon]
    rows = [(k, f"{lon:g}", f"{lat:g}") for k, ring in enumerate(rings, start=1) for lon, lat in ring[:-1]]
    return pd.DataFrame(rows, columns=["cincin", "lon", "lat"])


def cells():
    """The cells (x, y) of every province in the map, row by row; y grows to the south."""
    found = {kode: [] for kode in LETTERS.values()}
    for y, line in enumerate(MAP.strip().splitlines()):
        for x, letter in enumerate(line):
            if letter != ".":
                found[LETTERS[letter]].append((x, y))
    return {kode: np.array(at, dtype=float) for kode, at in found.items()}


def spread(values, targets):
    """Where ``values`` would lie among ``targets``: half by rank, half by a stretch to the same mean and spread."""
    by_rank = np.empty(len(values))
    by_rank[np.argsort(values, kind="stable")] = np.sort(targets)
    stretched = (values - values.mean()) / values.std() * targets.std() + targets.mean()
    return (by_rank + stretched) / 2


def place(lon, lat, at):
    """The cell of ``at`` for each point of one province: together they move least, so north stays north."""
    x, y = spread(lon, at[:, 0]), spread(-lat, at[:, 1])
    moved = (x[:, None] - at[:, 0]) ** 2 + (y[:, None] - at[:, 1]) ** 2
    return at[linear_sum_assignment(moved)[1]].astype(int)


def with_tiles(table):
    """The table with ``petak_x, petak_y``: one cell of its province for every kabupaten."""
    table = table.assign(petak_x=-1, petak_y=-1)
    for kode, at in cells().items():
        rows = table.index[table["kode_provinsi"] == kode]
        if len(rows) != len(at):
            raise SystemExit(f"The map gives province {kode} {len(at)} cells, it has {len(rows)} kabupaten and kota.")
        lon, lat = (table.loc[rows, c].astype(float).to_numpy() for c in ("lon", "lat"))
        table.loc[rows, ["petak_x", "petak_y"]] = place(lon, lat, at)
    return table[list(COLUMNS)]


def rounded_up(price_rp, ikk):
    """A unit price at an IKK such as '98.65', rounded up to whole juta, in integers only."""
    hundredths = round(float(ikk) * 100)
    return -(-price_rp * hundredths // (10_000 * JUTA)) * JUTA


def package(components, menu, ikk):
    """The cost in whole rupiah of each component of a modelled candidate's package."""
    lines = components[components[f"volume_{menu}"] != ""]
    return {
        line.komponen: rounded_up(int(line.harga_acuan_rp), ikk) * int(getattr(line, f"volume_{menu}"))
        for line in lines.itertuples()
    }


def grid_problems(table):
    """514 different kode, each on a cell of its own."""
    if len(table) != 514 or table["kode"].duplicated().any():
        yield "kabupaten.csv must have 514 rows with different kode"
    if table[["petak_x", "petak_y"]].duplicated().any():
        yield "two kabupaten share a cell of the tile grid"


def undescribed_columns():
    """``sumber.csv`` has a row for every column of every other table."""
    described = read(ACUAN / "sumber.csv").groupby("tabel")["kolom"].agg(set)
    for path in sorted(set(ACUAN.glob("*.csv")) - {ACUAN / "sumber.csv"}):
        missing = set(read(path).columns) - described.get(path.name, set())
        yield from (f"sumber.csv does not describe {path.name} column {column}" for column in sorted(missing))


def unknown_cases(table):
    """Every press case belongs to a kabupaten of the table."""
    for kode in sorted(set(read(ACUAN / "kasus.csv")["kode"]) - set(table["kode"])):
        yield f"kasus.csv kode {kode} is not in kabupaten.csv"


def sentra_problems(table):
    """Villages of every kabupaten, sentra of every province, and all of them together as published."""
    villages, provinces = read(ACUAN / "industri.csv"), read(ACUAN / "provinsi.csv")
    if list(villages["kode"]) != list(table["kode"]):
        yield "industri.csv does not hold the kode of kabupaten.csv"
    if list(provinces["kode_provinsi"]) != sorted(set(table["kode_provinsi"])):
        yield "provinsi.csv does not hold the provinces of kabupaten.csv"
    totals = provinces.groupby("total")["sentra"].agg(set)
    if (totals.map(len) > 1).any() or sum(int(one) for found in totals for one in found) != SENTRA:
        yield f"the sentra of provinsi.csv are not {SENTRA}, each total once"


def heavy_support(table):
    """Support is at most 5 % of either modelled package, whatever the IKK."""
    components = read(ACUAN / "komponen.csv")
    for menu in ("pembangunan", "revitalisasi"):
        for row in table.itertuples():
            cost_rp = package(components, menu, row.ikk)
            if cost_rp["penunjang"] * 20 > sum(cost_rp.values()):
                yield f"{row.kode} {menu}: penunjang is more than 5 % of the package"


def problems(table):
    """Everything wrong with the table and its sisters, one sentence each; empty when all is well."""
    found = grid_problems(table), undescribed_columns(), unknown_cases(table), sentra_problems(table)
    return [problem for problems in (*found, heavy_support(table)) for problem in problems]


def write(table, name):
    (ACUAN / name).write_bytes(table.to_csv(index=False, lineterminator="\n").encode())


def main():
    """Make, check, and only then write the table of kabupaten."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--dari", type=Path, metavar="DIR", help="folder with the five files to import")
    folder = options.parse_args().dari
    if folder:
        write(import_villages(folder), "industri.csv")
        write(import_provinces(folder), "provinsi.csv")
        write(import_coast(folder), "pantai.csv")
    table = with_tiles(import_from(folder) if folder else read(ACUAN / "kabupaten.csv"))
    if found := problems(table):
        raise SystemExit("The reference tables have problems:\n  - " + "\n  - ".join(found))
    write(table, "kabupaten.csv")


if __name__ == "__main__":
    main()
