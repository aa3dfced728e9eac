"""A planner's own folder: everything works from there, and nothing of anybody's is overwritten."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import nbformat
import openpyxl
import pytest
from filled import KODE, filled
from nbclient import NotebookClient
from small import winners

from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.base.paths import NOTEBOOKS, ROOT
from planner.desk import new_folder as new
from planner.desk.lab import notebooks_here
from planner.desk.new_folder import BOOK, GUIDE, new_folder
from planner.desk.saving import Saving
from planner.plan.plan import read_plan
from planner.scenario.scenario import plain, read_scenario

CONTENTS = {GUIDE, "laporan_wilayah.ipynb", "data", "notebooks", "skenario"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return new_folder(tmp_path_factory.mktemp("rumah") / "DAK é 2028 #1" / "kerja")


def test_a_new_folder_holds_few_things_and_its_guide_names_each(folder):
    assert {entry.name for entry in folder.iterdir()} == CONTENTS
    guide = (folder / GUIDE).read_text(encoding="utf-8")
    files = [file for file in folder.rglob("*") if file.is_file()]
    for file in files:
        name = file.relative_to(folder).as_posix()
        assert file.name == GUIDE or name in guide or f"{name.rpartition('/')[0]}/" in guide, name
        assert file.name == GUIDE or str(ROOT) not in file.read_bytes().decode("utf-8", "replace")
    with speaking("en"):
        assert "Your own usulan" in new.say("new.guide", planner="planner")


def test_the_guide_says_where_the_desk_leaves_its_reports(folder, monkeypatch):
    monkeypatch.chdir(folder / "notebooks")
    out = Saving(folder / "skenario" / "usulan.toml").out.resolve()
    assert out.relative_to(folder.resolve()).as_posix() == "out/usulan"
    assert "meja kerja di JupyterLab berada di `out/` juga" in (folder / GUIDE).read_text(encoding="utf-8")


def test_every_command_in_the_guide_exists(folder, planner):
    told = (folder / GUIDE).read_text(encoding="utf-8")
    commands = set(re.findall(rf"(?:    |`){re.escape(new.address())} (\w+)", told))
    assert {"allocate", "verify", "report", "check", "run", "explain", "edit", "compare", "sweep", "lab"} <= commands
    helped = planner("--help")[1]
    assert [name for name in commands if name not in helped] == []


def test_the_guide_works_as_it_stands_where_no_path_leads_to_planner(folder):
    [command] = re.findall(r"Semua perintah: `(.*)`", (folder / GUIDE).read_text(encoding="utf-8"))
    run = subprocess.run(command, shell=True, cwd=folder, env={"PATH": ""}, capture_output=True, text=True, check=True)
    assert "Usage: planner" in run.stdout


def test_the_scenario_to_begin_with_becomes_the_example_line_by_line(folder):
    # Without the # of its suggestions it asks the example's question of another workbook.
    text = (folder / "skenario" / "usulan.toml").read_text(encoding="utf-8")
    own = read_scenario(folder / "skenario" / "usulan.toml")
    assert own.rules == () and set(own.weights) == set(new.FILLED) and len(own.goals) == 1
    asked = tomllib.loads(re.sub(r"^#(?! )", "", text, flags=re.MULTILINE))
    example = read_scenario(folder / "skenario" / "usulan_contoh.toml")
    differing = {key for key, value in plain(example).items() if plain(new_scenario(asked))[key] != value}
    assert differing == {"name", "data"} and asked["data"] == f"../data/{BOOK}"


def new_scenario(raw: dict):
    from planner.scenario.scenario import scenario_of

    return scenario_of(raw)


def test_the_filled_workbook_is_allocated_and_verified_from_the_folder(folder, planner, monkeypatch):
    monkeypatch.chdir(folder)
    empty = planner("allocate", "skenario/usulan.toml")
    assert empty[0] == 1 and "lembar 'usulan': kosong" in empty[2] and not (folder / "out").exists()

    book = folder / "data" / BOOK
    filled(book=openpyxl.load_workbook(book)).save(book)
    assert planner("check", book.relative_to(folder))[0] == 0
    assert planner("allocate", "skenario/usulan.toml")[0] == 0
    assert planner("verify", "out/usulan/plan.json")[0] == 0
    assert len(winners(read_plan("out/usulan/plan.json"))) == len(KODE)
    assert "Tidak dihitung lagi" in planner("allocate", "skenario/usulan.toml")[1]


def test_the_notebooks_name_this_folder_and_only_that_is_changed(folder):
    for shipped in NOTEBOOKS.glob("*.ipynb"):
        text = (folder / "notebooks" / shipped.name).read_text(encoding="utf-8")
        assert text.replace("../skenario/", "../parameterized/skenario/") == shipped.read_text(encoding="utf-8")
        places = re.findall(r'"(\.\./[^"\\]+)\\"', text)
        assert places and [place for place in places if not (folder / "notebooks" / place).exists()] == []


def test_lab_opens_the_notebooks_of_the_folder_it_is_called_from(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(folder)
    assert notebooks_here(NOTEBOOKS) == folder / "notebooks"
    monkeypatch.chdir(tmp_path)
    assert notebooks_here(NOTEBOOKS) == NOTEBOOKS


def test_what_is_there_stays_and_an_empty_folder_will_do(planner, tmp_path, monkeypatch):
    (tmp_path / "berkas").write_text("x", encoding="utf-8")
    (tmp_path / "penuh").mkdir()
    (tmp_path / "penuh" / "catatan").write_text("x", encoding="utf-8")
    (tmp_path / "kosong").mkdir()
    (tmp_path / "lain").symlink_to(tmp_path / "kosong")
    monkeypatch.chdir(tmp_path)
    for target in ("berkas", "penuh", "lain", "berkas/dalam", "x" * 300, "ada/" + "x" * 300, ".", ""):
        status, out, err = planner("new", target)
        assert (status, out) == (1, "") and len(err.splitlines()) == 1 and "Traceback" not in err, target
    monkeypatch.chdir(tmp_path / "kosong")
    assert "sedang dibuka" in planner("new", ".")[2]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["berkas", "kosong", "lain", "penuh"]
    assert [entry.name for entry in (tmp_path / "penuh").iterdir()] == ["catatan"]

    status, out, _ = planner("new", tmp_path / "kosong2", "--lang", "en")
    assert status == 0 and "The working folder is made" in out
    assert {entry.name for entry in new_folder(empty(tmp_path / "kosong3")).iterdir()} == CONTENTS


def empty(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_a_folder_is_made_whole_or_not_at_all(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(new, "write_template", full)
    with pytest.raises(PlannerError, match="tempat penyimpanan penuh"):
        new_folder(tmp_path / "kerja")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(file.name for file in NOTEBOOKS.glob("*.ipynb")))
def test_a_notebook_of_the_folder_runs(folder, name):
    book = nbformat.read(folder / "notebooks" / name, 4)
    here = {"metadata": {"path": str(folder / "notebooks")}}
    NotebookClient(book, timeout=300, kernel_name="python3", resources=here).execute()
    assert not [o for c in book.cells if c.cell_type == "code" for o in c.outputs if o.output_type == "error"]
    assert json.loads((folder / "notebooks" / name).read_text(encoding="utf-8"))["cells"]
