"""The notebooks: thin, stripped, and they run."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from excerpt import excerpt
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ALL = NOTEBOOKS + sorted((ROOT / "parameterized").glob("*.ipynb"))


def cells(path: Path, kind: str = "code") -> list:
    return [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == kind]


def test_the_notebooks_are_there():
    assert [path.name for path in NOTEBOOKS] == [
        "1_data.ipynb",
        "2_skenario.ipynb",
        "3_banding.ipynb",
        "4_pemantauan.ipynb",
        "5_musim.ipynb",
    ]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_a_notebook_is_stripped(path):
    book = nbformat.read(path, 4)

    assert "papermill" not in book.metadata and "widgets" not in book.metadata
    for cell in cells(path):
        assert cell.outputs == [] and cell.execution_count is None


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_a_notebook_is_thin(path):
    # It asks, calls and shows: no functions, classes, loops or grouping; at most 80 lines of code in all.
    code = "\n".join(cell.source for cell in cells(path))

    assert not re.search(r"^\s*(def|class|for|while|lambda)\b|groupby|\.merge\(|plt\.", code, re.MULTILINE)
    assert len(code.splitlines()) <= 80
    assert all(len(cell.source.splitlines()) <= 15 for cell in cells(path))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_names_files_by_where_it_lies(path):
    code = "\n".join(cell.source for cell in cells(path))
    places = re.findall(r'"([^"]*/[^"]*)"', code)

    assert "planner.base" not in code and places
    assert [place for place in places if not (path.parent / place).exists()] == []


def on_an_excerpt(book, folder: Path):
    """The same cells, but the scenarios they read, whatever their name, are of a few provinces; solved in a moment."""
    (folder / "skenario").mkdir()
    excerpt(folder / "skenario", "dasar", "usulan_contoh")
    for cell in book.cells:
        cell.source = cell.source.replace("../parameterized/", f"{folder.as_posix()}/")
    return book


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_from_top_to_bottom(path, tmp_path):
    book = on_an_excerpt(nbformat.read(path, 4), tmp_path)
    os.environ["MPLCONFIGDIR"] = str(tmp_path)

    NotebookClient(
        book, timeout=180, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute()

    shown = [cell for cell in book.cells if cell.cell_type == "code" and cell.outputs]
    assert len(shown) >= (2 if path.name == "2_skenario.ipynb" else 3)  # there all of it is one workbench
    assert not any(output.output_type == "error" for cell in shown for output in cell.outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_every_text_of_a_notebook_says_it_in_english_too_in_its_last_line(path):
    texts = [cell.source for cell in cells(path, "markdown")]
    assert texts and [text for text in texts if not re.fullmatch(r"<small>.*</small>", text.splitlines()[-1])] == []
