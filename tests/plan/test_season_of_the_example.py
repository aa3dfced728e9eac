"""The season that data/contoh/musim.py plays: every round sealed, and what it leaves behind agrees with itself."""

import json
import subprocess
import sys

import pytest

from planner.base.paths import ROOT
from planner.plan.season import verify_season

ROUNDS = ["usulan", "verifikasi", "sinkronisasi-1", "akhir", "rk", "kontrak"]


@pytest.mark.long
def test_one_season_is_played_from_lists_to_quarters(tmp_path):
    played = subprocess.run(
        [sys.executable, str(ROOT / "data" / "contoh" / "musim.py"), str(tmp_path / "m")],
        capture_output=True,
        text=True,
    )
    assert played.returncode == 0, played.stderr
    season = verify_season(tmp_path / "m" / "musim")
    assert season.problems == () and [one.name for one in season.rounds] == ROUNDS
    before, cut = (
        json.loads((tmp_path / "m" / folder / "plan.json").read_text(encoding="utf-8"))
        for folder in ("3-sinkronisasi", "4-akhir")
    )
    spent = sum(one["amount_rp"] for one in cut["funded"])
    left = {one["usulan_id"] for one in before["funded"]} - {one["usulan_id"] for one in cut["funded"]}
    assert spent <= 355_500_000_000 and len(left) <= 12  # nine tenths of the pagu; the promise to those funded before
    sheets = list((tmp_path / "m" / "5-rk").glob("rk-*.xlsx"))
    assert len(sheets) == len({one["kode"] for one in cut["funded"]})
    assert (tmp_path / "m" / "3-sinkronisasi" / "berita-acara-53.html").exists()
    assert "Brier" in played.stdout and "UTUH" in played.stdout
