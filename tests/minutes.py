"""A small season for minutes: three usulan as CSV files, their plan, and a table of two decisions with hostile text."""

from pathlib import Path

from small import MILIAR, line, usulan, write

from planner.base.files import write_whole
from planner.model.candidates import read_candidates
from planner.paper.run_files import Journal
from planner.plan.allocate import allocate
from planner.scenario.scenario import Scenario, read_scenario

ANI = '=HYPERLINK("http://x")'
TOML = """name = "Rapat <b>tebal</b>"
data = "usulan"
[budget_rp]
2028 = 12_000_000_000
[weights]
kemiskinan = 1
[[rules]]
rule = "Verdicts"
[solver]
gap = 0.0
"""


def hall(price_rp, *volumes, name="1"):
    return line(price_rp, *volumes, komponen="gedung_produksi", name=name)


def season(folder: Path) -> tuple[Path, Scenario]:
    """The folder of a run, and its scenario: 12 miliar pay a (6 + 1 miliar) and b (4), then c (4) does not fit."""
    write(
        folder / "usulan",
        usulan("a", kode="53.01", ikm=8, sumber="sintetis", lines=[hall(MILIAR, 6, 2), hall(MILIAR, name="2")]),
        usulan("b", kode="53.02", ikm=9, sumber="", lines=[hall(4 * MILIAR)]),
        usulan("c", kode="32.01", ikm=7, sumber="", lines=[hall(4 * MILIAR)]),
    )
    file = folder / "rapat.toml"
    file.write_text(TOML, encoding="utf-8")
    asked = read_scenario(file)
    out = folder / "out"
    write_whole(out / "run.json", Journal(file).record())
    allocate(read_candidates(asked), asked).save(out / "plan.json")
    return out, asked


def decisions(folder: Path) -> Path:
    """a gets 3 of 6, b nothing; who wrote it and why is hostile."""
    file = folder / "keputusan.csv"
    rows = [
        "usulan_id;rincian_id;penilaian;volume_disetujui;alasan;oleh;waktu",
        'a;1;diterima;3;<img src=x onerror=alert(1)> & besar;"\'=HYPERLINK(""http://x"")";2027-11-03T09:15:00+07:00',
        "b;1;ditolak;;lahan <b>belum</b> siap;Budi;2027-11-03T09:20:00+07:00",
    ]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file
