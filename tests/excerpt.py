"""The example of data/contoh cut down to a few provinces: every kind of row and rule, solved in a moment."""

import csv
from pathlib import Path

from planner.base.paths import ROOT

CONTOH = ROOT / "data" / "contoh"
SCENARIO = ROOT / "parameterized" / "skenario" / "usulan_contoh.toml"


def excerpt(folder: Path, *names: str, provinces=("11", "34", "53")) -> None:
    """Write the example's scenario under each of ``names`` and, beside them, its tables of these provinces."""
    kept = set()
    for table in ("usulan", "rincian", "sentra", "daerah", "realisasi"):
        with (CONTOH / f"{table}.csv").open(encoding="utf-8", newline="") as source:
            rows = csv.DictReader(source)
            own = [row for row in rows if row.get("kode", "")[:2] in provinces or row.get("usulan_id") in kept]
        kept |= {row["usulan_id"] for row in own if table == "usulan"}
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, rows.fieldnames)
            writer.writeheader()
            writer.writerows(own)
    for name in names:
        text = SCENARIO.read_text(encoding="utf-8").replace('"../../data/contoh"', '"."')
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
