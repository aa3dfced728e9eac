"""Two rounds of the synthetic usulan that differ in all six groups, and how long it takes to say what caused what."""

import csv
import shutil
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from time import perf_counter

from planner.answers.causes import find_causes
from planner.base.processes import Clock, beside
from planner.model.candidates import read_candidates
from planner.paper.run_files import Journal
from planner.plan.allocate import allocate
from planner.plan.folder import PLAN, RUN
from planner.plan.plan import Plan
from planner.plan.season import Round
from planner.plan.take_round import Asked, take_round
from planner.scenario.hand_edits import Edit, apply_edit
from planner.scenario.rules.bands import SpendBand
from planner.scenario.scenario import Scenario, read_scenario, vary
from planner.scenario.toml_file import toml

JOBS, BOUND_S = 2, 120


def causes_of_six_groups(file: Path, say: Callable[..., None]) -> None:
    """All 62 combinations between two rounds, exact and as previews, in two processes."""
    with tempfile.TemporaryDirectory() as folder:
        rounds = two_rounds(read_scenario(file), Path(folder))
        for quick in (False, True):
            start = perf_counter()
            with beside(JOBS, Clock()) as pool:
                found = find_causes(*rounds, pool, quick)
            note = ", ".join(f"{count} {name}" for name, count in found.counts().items() if count)
            name = f"causes {file.stem}, {len(found.groups)} groups{', quick' if quick else ''}"
            say(name, perf_counter() - start, BOUND_S, "s", note)


def two_rounds(base: Scenario, folder: Path) -> tuple[Round, Round]:
    """A plan, and one with a tenth less, another weight, a tighter band, verdicts, more IKM, and one out by hand."""
    earlier = vary(base, data="tabel")
    names = [one["usulan_id"] for one in solved(folder / "a", base, earlier)["funded"]]
    solved(folder / "b", base, changed(earlier, names[0]), rejected=names[10:16], grown=names[20:40])
    usulan, _ = take_round(folder / "musim", Asked("usulan", folder / "a" / PLAN))
    return usulan, take_round(folder / "musim", Asked("penilaian", folder / "b" / PLAN))[0]


def changed(base: Scenario, winner: str) -> Scenario:
    tight = {"max_share": 0.07}
    rules = [
        rule.model_copy(update=tight) if isinstance(rule, SpendBand) and rule.by == "provinsi" else rule
        for rule in base.rules
    ]
    less = {ta: amount * 9 // 10 for ta, amount in base.budget_rp.items()}
    asked = vary(base, budget_rp=less, weights=base.weights | {"kemiskinan": 25}, rules=rules)
    return apply_edit(asked, Edit("lock_out", winner, reason="rapat"))


def solved(
    folder: Path, base: Scenario, scenario: Scenario, rejected: Collection[str] = (), grown: Collection[str] = ()
) -> Plan:
    """The plan of a scenario over a copy of the tables, some usulan of which were rejected or have grown."""
    assert base.data_dir is not None
    shutil.copytree(base.data_dir, folder / "tabel", ignore=shutil.ignore_patterns("*.py", "*.md"))
    table, file = folder / "tabel" / "usulan.csv", folder / "uji.toml"
    with table.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        row["verifikasi_provinsi"] = "ditolak" if row["usulan_id"] in rejected else row["verifikasi_provinsi"]
        row["ikm_komitmen"] = (
            str(int(row["ikm_komitmen"] or 0) + 6) if row["usulan_id"] in grown else row["ikm_komitmen"]
        )
    with table.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    file.write_text(toml(scenario), encoding="utf-8")
    (folder / RUN).write_bytes(Journal(file).record())
    plan = allocate(read_candidates(read_scenario(file)), read_scenario(file))
    plan.save(folder / PLAN)
    return plan
