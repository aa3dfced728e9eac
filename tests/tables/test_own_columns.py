"""A planner's own columns may have any name: they change no answer, and a scenario can still speak of them."""

import ast
import re
from functools import cache

import pytest
from pages import SECTIONS
from tabular import tables, write_csv

from planner import views
from planner.answers.monitor import monitor, start_of
from planner.answers.notes import line_notes, usulan_notes
from planner.answers.outcomes import agreed_lines
from planner.base.errors import InfeasibleError, PlannerError
from planner.base.paths import PACKAGE
from planner.model.candidates import read_candidates
from planner.paper.run_files import Journal, write_run
from planner.plan.allocate import allocate
from planner.scenario.scenario import scenario_of
from planner.tables.documents import missing_documents
from planner.tables.schemas import OWN, RESERVED, columns_of

MILIAR = 10**9


@cache
def names_of_ours() -> list[str]:
    """Every word that the package writes as text: the names of its columns are all among them."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in sorted(PACKAGE.rglob("*.py"))]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    words = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    words |= {n.arg for n in nodes if isinstance(n, ast.keyword) and n.arg}  # assign(name=...)
    return sorted(word for word in words if re.fullmatch(r"\w+( \w+)*", word) and len(word) < 40)


def scenario(folder, **more):
    raw = {
        "name": "kolom", "data": str(folder), "budget_rp": {2028: MILIAR, 2029: MILIAR}, "weights": {"kemiskinan": 1},
        "goals": [{"maximise": "benefit"}], "solver": {"gap": 0.0, "time_limit_s": 60},
    } | more  # fmt: skip
    return scenario_of(raw)


def with_columns(held, table, names):
    """The tables, one of them with columns of these names, numbers and text in turn."""
    head, *rows = held[table]
    return held | {table: [[*head, *names], *([*row, *[("7", "a")[i % 2] for i in range(len(names))]] for row in rows)]}


def plan_without_origin(plan) -> dict:
    return {key: value for key, value in plan.content.items() if key not in ("inputs", "fingerprint", "scenario")}


@pytest.mark.filterwarnings("ignore::pandas.errors.PerformanceWarning")
def test_columns_of_every_name_of_ours_in_every_table_change_nothing(tmp_path):
    # 450 names at a time in all tables, every other one a number; a name that the table knows is none of theirs
    ours = names_of_ours()
    assert {"kabupaten", "status", "option", "bobot", "row", "usulan", "kode"} <= set(ours) and len(ours) > 1000
    plain = scenario(write_csv(tmp_path / "plain", tables()))
    wanted = plan_without_origin(allocate(read_candidates(plain), plain))
    for start in range(0, len(ours), 450):
        held = tables()
        for table in OWN:
            known = {*columns_of(table), *RESERVED.get(table, ())}
            here = [name for name in ours[start : start + 450] if name.casefold().replace(" ", "_") not in known]
            held = with_columns(held, table, here)
        folder = write_csv(tmp_path / str(start), held)
        asked = scenario(folder)
        candidates = read_candidates(asked)
        plan = allocate(candidates, asked)
        assert plan_without_origin(plan) == wanted
        lines = line_notes(plan, candidates)
        assert (
            len(agreed_lines(plan, candidates)) == len(lines) == 3 and len(usulan_notes(plan, candidates, lines)) == 2
        )
        monitor(candidates, start_of(2028))
        missing_documents(*candidates.papers)
    (folder / "s.toml").write_text("")
    write_run(tmp_path / "run", plan, Journal(folder / "s.toml").record())  # plan.xlsx and the notes


def own(tmp_path, **columns):
    held = tables()
    for name, values in columns.items():
        held["usulan"] = [[*row, value] for row, value in zip(held["usulan"], (name, *values), strict=True)]
    return write_csv(tmp_path / "own", held)


def test_own_columns_can_be_a_goal_a_filter_a_group_and_a_band(tmp_path):
    folder = own(tmp_path, emas=(1, 5), kabupaten=("a", "b"), year=(7, 9))
    rules = [
        {"rule": "CountBand", "where": {"kabupaten": "b"}, "max": 0},
        {"rule": "CountBand", "by": "kabupaten", "max": 1},
        {"rule": "TotalBand", "column": "year", "max": 7},
    ]
    asked = scenario(folder, goals=[{"maximise": "emas"}], rules=rules)
    plan = allocate(read_candidates(asked), asked)
    assert [record["usulan_id"] for record in plan["funded"]] == ["U1"]
    (folder / "s.toml").write_text("")
    for wilayah in ("nasional", "53", "53.01"):
        scene = views.open_scene(write_run(tmp_path / "run", plan, Journal(folder / "s.toml").record()), wilayah)
        made = {name: getattr(views, name)(scene) for name in SECTIONS}
        assert made["first_screen"] and made["rules"] and made["chosen"]


def test_a_floor_by_or_for_an_own_column_is_met_or_names_who_lacks(tmp_path):
    folder = own(tmp_path, klp=("x", "y"))
    each = scenario(folder, rules=[{"rule": "CountBand", "by": "klp", "min": 1, "per": "horizon"}])
    assert {record["usulan_id"] for record in allocate(read_candidates(each), each)["funded"]} == {"U1", "U2"}
    two = scenario(folder, rules=[{"rule": "CountBand", "where": {"klp": "y"}, "min": 2, "per": "horizon"}])
    with pytest.raises(InfeasibleError, match="klp y"):
        allocate(read_candidates(two), two)


def test_a_name_that_is_ours_too_means_ours_and_theirs_with_the_tables_name(tmp_path):
    # 53.01 lies in Nusa Tenggara Timur; the dinas wrote a nickname into a column provinsi of its own
    folder = own(tmp_path, provinsi=("Timur", "Barat"))
    ours = scenario(folder, rules=[{"rule": "CountBand", "where": {"provinsi": "Nusa Tenggara Timur"}, "max": 0}])
    theirs = scenario(folder, rules=[{"rule": "CountBand", "where": {"usulan.provinsi": "Barat"}, "max": 0}])
    assert [r["usulan_id"] for r in allocate(read_candidates(ours), ours)["funded"]] == ["U2"]
    assert [r["usulan_id"] for r in allocate(read_candidates(theirs), theirs)["funded"]] == ["U1"]
    wrong = scenario(folder, rules=[{"rule": "CountBand", "where": {"provinsi": "Barat"}, "max": 0}])
    with pytest.raises(PlannerError, match="Barat"):
        allocate(read_candidates(wrong), wrong)


def test_an_unknown_column_is_told_the_own_one_by_its_header(tmp_path):
    rule = {"rule": "CountBand", "by": "warna_kian", "max": 1}
    asked = scenario(own(tmp_path, warna_kain=("merah", "biru")), rules=[rule])
    with pytest.raises(PlannerError, match="'warna_kain'"):
        allocate(read_candidates(asked), asked)


def test_a_column_of_daerah_may_be_the_capacity_of_a_government(tmp_path):
    held = tables()
    held["daerah"] = [["kode", "ta", "kas_rp"], ["53.01", 2028, 1], ["11.10", 2028, 10**9]]
    asked = scenario(write_csv(tmp_path / "d", held), rules=[{"rule": "OperatingBurden", "capacity": "kas_rp"}])
    plan = allocate(read_candidates(asked), asked)
    assert "U1" not in [record["usulan_id"] for record in plan["funded"]]
