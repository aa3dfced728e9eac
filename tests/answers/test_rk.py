"""From a plan or a decided list to the sheets of the Rencana Kegiatan, and back."""

import pandas as pd
import pytest
from tabular import tables, write_csv

from planner.answers.rk import compared, of_list, of_plan, returned
from planner.base.errors import PlannerError
from planner.model.candidates import read_candidates
from planner.paper.run_files import csv_bytes
from planner.paper.workbooks.rk import write_rk
from planner.plan.allocate import allocate
from planner.scenario.scenario import read_scenario
from planner.tables.rk import read_rk

SCENARIO = """name = "kecil"
data = "usulan"
fund_without_benefit = true
weights = { kemiskinan = 1 }
[budget_rp]
2028 = 1_000_000_000
"""


@pytest.fixture
def home(tmp_path):
    """U1 (53.01): 2 x 260 juta (1 at least, optional) + 200; U2 (11.10): 240 juta. All are funded."""
    write_csv(tmp_path / "usulan", tables())
    (tmp_path / "s.toml").write_text(SCENARIO)
    asked = read_scenario(tmp_path / "s.toml")
    allocate(read_candidates(asked), asked).save(tmp_path / "plan.json")
    return tmp_path


def of_home(home):
    return of_plan(home / "plan.json", home / "usulan")


def listed(home, *rows):
    (home / "keputusan.csv").write_text("kode,usulan_id,menu,amount_rp\n" + "\n".join(rows) + "\n")
    return of_list(home / "keputusan.csv", read_scenario(home / "s.toml"))


def volumes(made) -> dict:
    rows = pd.concat([one.rows for one in made.sheets])
    keys = zip(rows["usulan_id"], rows["rincian_id"], strict=True)
    return dict(zip(keys, rows["volume"], strict=True))


def test_a_plan_gives_its_own_volumes_and_nothing_to_say(home):
    made = of_home(home)
    assert volumes(made) == {("U2", "1"): 1, ("U1", "1"): 2, ("U1", "2"): 1}
    assert list(made.sentences()) == []
    assert made.sheets[1].rows["jumlah_rp"].tolist() == [520_000_000, 200_000_000]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_written_reads_back_equal(home, ending):
    made = of_home(home)
    write_rk(made, home / "rk")
    for one in made.sheets:
        back = read_rk(home / "rk" / f"rk-{one.kode}.{ending}")
        assert back[list(one.rows)].astype("str").to_numpy().tolist() == one.rows.astype("str").to_numpy().tolist()
        for base in (home / "rk", home / "plan.json"):
            found = returned(home / "rk" / f"rk-{one.kode}.{ending}", base, data=home / "usulan")
            assert (found.changes, found.problems) == ((), ())


def test_a_list_below_what_was_asked_is_cut_in_whole_volumes(home):
    # 720 juta for 500: 220 must go, one unit of 260 does.
    made = listed(home, "53.01,U1,,500000000")
    assert volumes(made) == {("U1", "1"): 1, ("U1", "2"): 1}
    said = " ".join(made.sentences())
    assert "Rp 220.000.000 di atas" in said and "termurah" in said and "U1 1 2 -> 1" in said


def test_an_amount_that_mandatory_lines_pass_is_told_and_the_lines_stay(home):
    made = listed(home, "53.01,U1,,100000000")
    assert volumes(made) == {("U1", "1"): 2, ("U1", "2"): 1}
    assert "tidak ada volume utuh" in " ".join(made.sentences())


def test_an_amount_above_tells_what_is_left(home):
    made = listed(home, "11.10,,revitalisasi,250000000", "53.01,U1,,720000000")
    assert "Rp 10.000.000 di bawah" in " ".join(made.sentences())
    assert "tidak ada satuan utuh" in " ".join(made.sentences())


def test_a_decision_that_no_table_knows_is_told_and_the_others_stay(home):
    made = listed(home, "53.01,,revitalisasi,500000000", "53.01,U1,,")
    assert "53.01 revitalisasi" in " ".join(made.sentences())
    assert len(made.sheets) == 1


def test_a_list_above_the_pagu_is_refused(home):
    with pytest.raises(PlannerError, match="pagu"):
        listed(home, "53.01,U1,,720000000", "11.10,U2,,500000000")


def test_an_agreed_volume_above_the_one_asked_for_is_refused(home):
    held = tables()
    held["rincian"] = [[*row, "volume_disetujui" if k == 0 else 9] for k, row in enumerate(held["rincian"])]
    write_csv(home / "usulan", held)
    with pytest.raises(PlannerError, match="volume_disetujui"):
        listed(home, "53.01,U1,,720000000")


def test_an_amount_that_is_not_known_is_no_decision(home):
    made = listed(home, "53.01,U1,,", "11.10,U2,,200000000")
    first, second = made.sheets
    assert second.rows["keputusan_rp"].isna().all() and first.rows["keputusan_rp"].tolist() == [200_000_000]
    assert second.told == ("U1: jumlah yang diputuskan belum diketahui; rinciannya Rp 720.000.000.",)
    assert "di atas keputusan Rp 200.000.000" in first.told[0]


def with_lines(home, column, *values, **more):
    """The tables of home with a column more in rincian, and other cells."""
    held = tables(**more)
    held["rincian"] = [[*row, (column, *values)[k]] for k, row in enumerate(held["rincian"])]
    write_csv(home / "usulan", held)


def test_what_is_left_is_used_up_to_the_agreed_volume_only(home):
    # One of two units of 260 juta was agreed to: 740 - 460 = 280 juta are left, and no unit may come back.
    with_lines(home, "volume_disetujui", 1, "", "")
    made = listed(home, "53.01,U1,,740000000")
    assert volumes(made)["U1", "1"] == 1
    assert "tidak ada satuan utuh" in " ".join(made.sentences())


def test_a_repair_that_takes_away_what_a_package_needs_says_so(home):
    # S1 is wet: utilities of 200 juta become machines, which need the ipal (optional, 260 juta at least) of U1.
    write_csv(home / "usulan", tables(rincian={(2, "volume"): 1, (3, "komponen"): "mesin_peralatan"}))
    made = listed(home, "53.01,U1,,300000000")
    assert volumes(made) == {("U1", "2"): 1}
    assert "U1: perbaikan itu menyisakan proses basah tanpa IPAL" in " ".join(made.sentences())
    assert "menyisakan" not in " ".join(listed(home, "53.01,U1,,460000000").sentences())


def test_support_is_a_share_of_each_year(home):
    # 53.01 has U1 (2028: 520 + 200) and U2 (2029: 240, of which 12 of 252 is 4,8 %, 24 of 264 is 9,1 %).
    (home / "s.toml").write_text(SCENARIO + "2029 = 1_000_000_000\n")
    own = {"usulan": {(3, "kode"): "53.01", (3, "ta"): 2029}}
    for volume, told in ((1, False), (2, True)):
        held = tables(**own)
        held["rincian"].append(["U2", "2", "penunjang", 12_000_000, volume, "", "ya", ""])
        write_csv(home / "usulan", held)
        made = listed(home, "53.01,U1,,720000000", f"53.01,U2,,{240_000_000 + volume * 12_000_000}")
        (sheet,) = made.sheets
        assert sheet.rows["ta"].tolist() == [2028, 2028, 2029, 2029]
        assert [text.startswith("53.01 (TA 2029): penunjang") for text in sheet.told[:1]] == [True] * told
        problems = compared(sheet.rows, sheet.rows).problems
        assert [text.startswith("53.01 (TA 2029): penunjang") for text in problems] == [True] * told


def test_sheets_are_written_into_a_new_folder_only(home):
    # Else rk-11.10.csv of an earlier decision would stay beside a list of U1 alone, and pass for decided.
    write_rk(of_home(home), home / "rk")
    before = {file.name: file.read_bytes() for file in (home / "rk").iterdir()}
    with pytest.raises(PlannerError, match="Pilih folder baru"):
        write_rk(listed(home, "53.01,U1,,720000000"), home / "rk")
    assert {file.name: file.read_bytes() for file in (home / "rk").iterdir()} == before
    (home / "kosong").mkdir()
    assert {file.name for file in write_rk(of_home(home), home / "kosong")} == set(before)


def changed_sheet(home, added=None, **cells):
    """The sheet of U1 with cells of its first line changed, and of a line ``added``, held against the folder."""
    made = of_home(home)
    if not (home / "rk").exists():
        write_rk(made, home / "rk")
    rows = made.sheets[1].rows.copy()
    for column, value in cells.items():
        rows.loc[0, column] = value
    if added:
        rows = pd.concat([rows, rows[:1].assign(**added)], ignore_index=True)
    (home / "back.csv").write_bytes(csv_bytes(rows))
    return returned(home / "back.csv", home / "rk")


def kinds(found):
    return [(one.kind, one.rincian, one.before, one.after) for one in found.changes]


def test_a_changed_volume_and_price_are_told_and_what_is_above_the_decision(home):
    found = changed_sheet(home, volume=3, harga_satuan_rp=250_000_000)
    assert ("volume", "1", "2", "3") in kinds(found)
    assert ("price", "1", "Rp 260.000.000", "Rp 250.000.000") in kinds(found)
    assert ("amount", "", "Rp 720.000.000", "Rp 950.000.000") in kinds(found)
    assert "Rp 230.000.000 di atas" in " ".join(found.problems)
    assert "di atas yang diusulkan (2)" in " ".join(found.problems)
    assert "harga x volume = Rp 750.000.000" in " ".join(found.problems)


def test_a_line_added_and_one_removed_are_told(home):
    found = changed_sheet(home, rincian_id="9")
    assert [kind for kind, *_ in kinds(found)] == ["removed", "added"]
    assert [one[0] for one in kinds(changed_sheet(home, volume=0))] == ["removed", "amount"]


def test_another_component_description_or_unit_is_a_change(home):
    found = changed_sheet(home, komponen="gudang", uraian="gudang besar", satuan="m2")
    assert kinds(found) == [
        ("component", "1", "'ipal'", "'gudang'"), ("description", "1", "", "'gudang besar'"), ("unit", "1", "", "'m2'"),
    ]  # fmt: skip
    assert "U1 1 komponen: 'ipal' -> 'gudang'" in found.sentence()


def test_a_line_twice_and_a_changed_year_decision_or_volume_asked_for_are_told(home):
    with pytest.raises(PlannerError, match="'U1' '1' ada dua kali"):
        changed_sheet(home, added={"rincian_id": "'1"})
    found = changed_sheet(home, ta=2031, keputusan_rp=999, volume_usulan=99)
    assert kinds(found) == [
        ("year", "1", "2028", "2031"), ("decision", "1", "720000000", "999"), ("asked", "1", "2", "99"),
    ]  # fmt: skip


def test_an_usulan_that_was_never_decided_is_a_problem(home):
    found = changed_sheet(home, added={"usulan_id": "U7"})
    assert found.problems == (
        "U7: tidak pernah diputuskan; rinciannya Rp 520.000.000. Keluarkan dari lembar, atau putuskan dahulu.",
    )


def test_support_above_its_share_is_told(home):
    assert "penunjang" in " ".join(changed_sheet(home, komponen="penunjang").problems)


def test_support_under_another_name_stays_support(home):
    rows = of_home(home).sheets[1].rows
    base = rows.assign(komponen=["ipal", "penunjang"])
    found = compared(rows.assign(komponen="ipal"), base)
    assert [one.kind for one in found.changes] == ["component"] and "penunjang" in found.problems[0]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"mulai_triwulan": 3, "selesai_triwulan": 2}, "selesai_triwulan"),
        ({"mulai_triwulan": 5}, "1, 2, 3, atau 4"),
        ({"kontrak_rencana": "2028-07-23"}, "22 Juli 2028"),
        ({"komponen": "gedung_x"}, "gedung_x"),
    ],
)
def test_bad_cells_are_refused_with_their_place(home, cells, told):
    rows = of_home(home).sheets[1].rows.copy()
    for column, value in cells.items():
        rows.loc[0, column] = value
    (home / "back.csv").write_bytes(csv_bytes(rows))
    with pytest.raises(PlannerError, match="baris 2") as caught:
        read_rk(home / "back.csv", by="2028-07-22")
    assert told in str(caught.value)


def test_a_sheet_that_was_never_written_is_told(home):
    write_rk(of_home(home), home / "rk")
    (home / "rk" / "rk-53.01.csv").rename(home / "back.csv")
    with pytest.raises(PlannerError, match=r"53\.01"):
        returned(home / "back.csv", home / "rk")


def test_texts_that_begin_like_a_formula_stay_texts_and_are_no_change(home):
    rows = of_home(home).sheets[1].rows.copy()
    rows["usulan_id"] = "=U1"
    (home / "back.csv").write_bytes(csv_bytes(rows))
    assert compared(read_rk(home / "back.csv"), rows).changes == ()


def test_options_that_would_be_ignored_are_told(home, planner):
    code, _, err = planner("rk", home / "plan.json", "--to", home / "rk", "--until", "2028-07-22")
    assert code == 1 and "--back" in err and not (home / "rk").exists()
