"""Where the workbench's own folders are: it is used from its checkout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ACUAN = ROOT / "data" / "acuan"
CONTOH = ROOT / "data" / "contoh"
PARAMETERIZED = ROOT / "parameterized"
NOTEBOOKS = ROOT / "notebooks"
PACKAGE = Path(__file__).resolve().parents[1]
