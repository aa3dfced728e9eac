"""One season of the grant played on the synthetic example, by the commands that a planner types: from lists to sheets.

    python data/contoh/musim.py [FOLDER]      # default out/musim; about two minutes

Every verdict, agreed volume, cut and quarter here is drawn or chosen by this script: no decision of anybody.
"""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCENARIO = HERE.parents[1] / "parameterized" / "skenario" / "usulan_contoh.toml"
TABLES = ("usulan.csv", "rincian.csv", "sentra.csv", "daerah.csv", "realisasi.csv")
PROVINCE, CUT_PCT, LEAVERS = "53", 90, 12
WHO = "contoh (sintetis)"


def planner(*words: object) -> None:
    """A command as a planner types it; what it says is shown."""
    print("\n$ planner", *words, flush=True)
    subprocess.run([sys.executable, "-m", "planner.cli", *map(str, words)], check=True)


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def write(file: Path, rows: list[dict]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as opened:
        told = csv.DictWriter(opened, list(rows[0]), lineterminator="\n")
        told.writeheader()
        told.writerows(rows)


def scenario(file: Path, tables: Path, budget_pct: int = 100, more: str = "") -> Path:
    """The example's scenario over other tables, with a share of its pagu and more rules."""
    lines = SCENARIO.read_text(encoding="utf-8").split("\n")
    for k, line in enumerate(lines):
        if line.startswith("data = "):
            lines[k] = f"data = '{tables.name}'"
        if line.startswith("2028 = "):
            lines[k] = f"2028 = {int(line.split()[2].replace('_', '')) * budget_pct // 100}"
    file.write_text("\n".join(lines) + more, encoding="utf-8")
    return file


def funded(plan: Path) -> list[dict]:
    return json.loads(plan.read_text(encoding="utf-8"))["funded"]


def main(out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        sys.exit(
            f"{out} is not empty: choose another folder, or remove it / folder itu berisi: pilih yang lain atau hapus."
        )
    tables, season = out / "tabel", out / "musim"
    tables.mkdir(parents=True)
    for name in TABLES:
        shutil.copy(HERE / name, tables / name)

    def round_of(name: str, plan: Path, why: str, *beside: Path, data: Path = tables) -> None:
        planner("season", season, "round", name, plan, "--who", WHO, "--reason", why, "--data", data,
                *(word for file in beside for word in ("--with", file)))  # fmt: skip

    first = scenario(out / "usulan.toml", tables)
    planner("allocate", first, "--out", out / "1-usulan")
    round_of("usulan", out / "1-usulan" / "plan.json", "daftar yang masuk")

    # Verification: the province turns down every ninth usulan that would have been funded.
    won = {one["usulan_id"] for one in funded(out / "1-usulan" / "plan.json")[::9]}
    usulan = rows_of(tables / "usulan.csv")
    refused = {"verifikasi_provinsi": "ditolak"}
    write(tables / "usulan.csv", [row | refused if row["usulan_id"] in won else row for row in usulan])
    planner("allocate", first, "--out", out / "2-verifikasi")
    plan = out / "2-verifikasi" / "plan.json"
    round_of("verifikasi", plan, "hasil verifikasi provinsi")

    # Sinkronisasi: of a province's usulan that are in, every line with a volume of 2 or more is agreed to one less.
    kode = {row["usulan_id"]: row["kode"] for row in usulan}
    mine = {one["usulan_id"] for one in funded(plan) if kode[one["usulan_id"]].startswith(PROVINCE)}
    lines = [row for row in rows_of(tables / "rincian.csv") if row["usulan_id"] in mine and int(row["volume"]) > 1][:6]
    decisions = [
        {"usulan_id": row["usulan_id"], "rincian_id": row["rincian_id"], "penilaian": "diterima",
         "volume_disetujui": int(row["volume"]) - 1, "alasan": "satu unit ditunda", "oleh": WHO,
         "waktu": f"2027-09-14T09:{minute:02}:00.000+00:00"}
        for minute, row in enumerate(lines)
    ]  # fmt: skip
    write(out / "keputusan.csv", decisions)
    agreed = out / "3-sinkronisasi"
    planner("sinkronisasi", plan, "--provinsi", PROVINCE, "--keputusan", out / "keputusan.csv", "--out", agreed)
    round_of("sinkronisasi-1", agreed / "plan.json", "sinkronisasi NTT", agreed, data=agreed / "data")

    # The pagu is cut by a tenth; of those funded before at most a dozen may leave.
    shutil.copy(agreed / "data" / "rincian.csv", tables / "rincian.csv")
    promise = (
        f'\n[[rules]]\nrule = "KeepPrevious"\nfile = "3-sinkronisasi/plan.json"\nmax = {LEAVERS}\nlaw = "asumsi"\n'
    )
    last = scenario(out / "akhir.toml", tables, CUT_PCT, promise)
    planner("allocate", last, "--out", out / "4-akhir")
    plan = out / "4-akhir" / "plan.json"
    round_of("akhir", plan, "pagu dipotong 10 persen")

    planner("rk", plan, "--to", out / "5-rk")
    round_of("rk", plan, "Rencana Kegiatan", out / "5-rk")

    # A year of quarters: contracts come late where the draw says so, and money follows contracts.
    paid = {1: 0, 2: 25, 3: 70, 4: 95}
    packages = rows_of(tables / "realisasi.csv")
    blank = dict.fromkeys(packages[0], "")
    year = [
        blank | {"usulan_id": one["usulan_id"], "kode": kode[one["usulan_id"]], "ta": 2028, "triwulan": quarter,
                 "pagu_rp": one["amount_rp"], "rk_rp": one["amount_rp"],
                 "kontrak_rp": one["amount_rp"] * 97 // 100 if quarter > 1 + place % 3 else "",
                 "salur_rp": one["amount_rp"] * paid[quarter] // 100 if quarter > 1 + place % 3 else "",
                 "catatan": "sintetis"}
        for place, one in enumerate(funded(plan)) for quarter in paid
    ]  # fmt: skip
    columns = [*packages[0], *(name for name in year[0] if name not in packages[0])]
    write(tables / "realisasi.csv", [{name: row.get(name, "") for name in columns} for row in [*packages, *year]])
    planner("monitor", last, "--ahead", "--asof", "2028-05-01", "--plan", plan)
    planner("allocate", last, "--out", out / "6-kontrak")
    round_of("kontrak", out / "6-kontrak" / "plan.json", "kontrak dan realisasi per triwulan")

    planner("season", season, "compare", "usulan", "akhir", "--quick", "--out", out / "banding.html", "--lang", "both")
    planner("season", season, "verify")
    planner("season", season)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "out/musim").resolve())
