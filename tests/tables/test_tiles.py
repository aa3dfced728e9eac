"""The tile grid: one cell per kabupaten, every province in one piece, island groups apart, made again byte for byte."""

import re
import shutil
import subprocess
import sys
from itertools import combinations, product
from pathlib import Path

import pandas as pd
import pytest

ACUAN = Path(__file__).resolve().parents[2] / "data" / "acuan"
NOT_CONTIGUOUS = set()  # provinces in more than one piece; data/acuan/README.md must name the same ones


@pytest.fixture(scope="module")
def kabupaten():
    table = pd.read_csv(ACUAN / "kabupaten.csv", dtype=str, keep_default_na=False)
    return table.astype({"petak_x": int, "petak_y": int, "lat": float, "lon": float})


def cells(rows):
    return set(zip(rows["petak_x"], rows["petak_y"], strict=True))


def around(cell):
    return {(cell[0] + dx, cell[1] + dy) for dx, dy in product((-1, 0, 1), repeat=2)} - {cell}


def is_one_piece(at):
    """True when a king can walk over all cells without leaving them."""
    seen, ahead = set(), [min(at)]
    while ahead:
        cell = ahead.pop()
        seen.add(cell)
        ahead += (around(cell) & at) - seen
    return seen == at


def test_no_two_kabupaten_share_a_cell(kabupaten):
    assert len(cells(kabupaten)) == 514


def test_the_grid_is_wide_and_starts_in_its_north_west_corner(kabupaten):
    assert (kabupaten["petak_x"].min(), kabupaten["petak_y"].min()) == (0, 0)
    assert kabupaten["petak_x"].max() < 56 and kabupaten["petak_y"].max() < 24


def test_every_province_but_the_named_ones_is_in_one_piece(kabupaten):
    broken = {name for name, rows in kabupaten.groupby("provinsi") if not is_one_piece(cells(rows))}
    assert broken == NOT_CONTIGUOUS
    assert len(NOT_CONTIGUOUS) <= 4
    promise = "Ke-38 provinsi bersambung" if not NOT_CONTIGUOUS else None
    readme = (ACUAN / "README.md").read_text(encoding="utf-8")
    assert promise in readme if promise else all(name in readme for name in NOT_CONTIGUOUS)


def test_there_is_sea_between_island_groups(kabupaten):
    groups = {name: cells(rows) for name, rows in kabupaten.groupby("pulau")}
    for one, other in combinations(groups, 2):
        assert not {near for cell in groups[one] for near in around(cell)} & groups[other], (one, other)


def test_island_groups_lie_where_indonesians_expect_them(kabupaten):
    x = kabupaten.groupby("pulau")["petak_x"].mean()
    y = kabupaten.groupby("pulau")["petak_y"].mean()
    assert x["Sumatera"] < x["Jawa"] < x["Sulawesi"] < x["Maluku"] < x["Papua"]
    assert x["Jawa"] < x["Bali-Nusa Tenggara"] and x["Sumatera"] < x["Kalimantan"] < x["Sulawesi"]
    assert max(y["Sumatera"], y["Kalimantan"], y["Sulawesi"], y["Papua"]) < y["Jawa"] < y["Bali-Nusa Tenggara"] + 1


def test_inside_a_province_north_stays_north_and_west_stays_west(kabupaten):
    agree = total = 0
    for _, rows in kabupaten.groupby("kode_provinsi"):
        for a, b in combinations(rows.itertuples(), 2):
            for way, step in ((a.lon - b.lon, a.petak_x - b.petak_x), (b.lat - a.lat, a.petak_y - b.petak_y)):
                if step:
                    total += 1
                    agree += way * step > 0
    assert agree / total > 0.95


def test_the_script_makes_the_same_bytes_again(tmp_path):
    copy = shutil.copytree(ACUAN, tmp_path / "acuan", ignore=shutil.ignore_patterns("__pycache__"))
    before = (copy / "kabupaten.csv").read_bytes()
    moved = re.sub(rb",\d+,\d+\n", b",0,0\n", before)  # so that an unchanged file cannot pass for a made one
    assert moved != before
    (copy / "kabupaten.csv").write_bytes(moved)

    subprocess.run([sys.executable, copy / "buat.py"], check=True)

    assert (copy / "kabupaten.csv").read_bytes() == before
