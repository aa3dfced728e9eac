"""Seasons small enough to check by hand: tables, a scenario and its plan in a folder, sealed as a round."""

from concurrent.futures import Executor, Future
from pathlib import Path

from small import MILIAR, line, usulan, write

from planner.model.candidates import read_candidates
from planner.paper.run_files import Journal
from planner.plan.allocate import allocate
from planner.plan.folder import PLAN, RUN
from planner.plan.season import Round, read_season
from planner.plan.take_round import Asked, take_round
from planner.scenario.scenario import read_scenario, vary
from planner.scenario.toml_file import toml

SCENARIO = """
name = "Uji"
data = "tabel"
[budget_rp]
2028 = {budget}
[weights]
kemiskinan = 1
[[goals]]
maximise = "ikm_komitmen"
[solver]
gap = 0.0
"""


def asked(name: str, miliar: int, ikm: int, kode: str = "53.01", **more) -> dict:
    """An usulan of one hall; ``ikm`` is what the goal counts."""
    return usulan(name, kode=kode, ikm=ikm, lines=[line(miliar * MILIAR, komponen="gedung_produksi")]) | more


def run(folder: Path, *rows: dict, miliar: int = 10, rules=(), **changes) -> Path:
    """A plan file of these usulan, with its scenario and tables beside it."""
    write(folder / "tabel", *rows)
    file = folder / "uji.toml"
    file.write_text(SCENARIO.format(budget=miliar * MILIAR), encoding="utf-8")
    scenario = vary(read_scenario(file), rules=list(rules), **changes)
    file.write_text(toml(scenario), encoding="utf-8")
    (folder / RUN).write_bytes(Journal(file).record())
    return allocate(read_candidates(read_scenario(file)), read_scenario(file)).save(folder / PLAN)


def sealed(season: Path, name: str, *rows: dict, **more) -> Round:
    """A round of these usulan, whose working folder is named as it."""
    return take_round(season, Asked(name, run(season.parent / f"kerja-{name}", *rows, **more)))[0]


def two_rounds(folder: Path) -> Path:
    """A season of two rounds of which the second has a higher ceiling."""
    rows = asked("a", 6, 10), asked("b", 5, 8, kode="34.04")
    sealed(folder / "musim", "usulan", *rows)
    sealed(folder / "musim", "verifikasi", *rows, miliar=11)
    assert read_season(folder / "musim").problems == ()
    return folder / "musim"


class Here(Executor):
    """Calls at once, in this process."""

    def submit(self, fn, /, *args, **kwargs):
        done = Future()
        done.set_result(fn(*args, **kwargs))
        return done
