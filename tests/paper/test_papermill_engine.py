"""The forking engine gives what stock papermill gives, and what goes wrong in a cell is told."""

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from planner.base.errors import PlannerError
from planner.base.paths import ROOT
from planner.paper.notebook import NAME, check_notebook, run_notebook
from planner.paper.page import join_languages
from planner.paper.seal import NOTEBOOK

TIMES = ("start_time", "end_time", "duration", "output_path", "execution")
CELLS = [
    "print('halo'); import sys; print('galat', file=sys.stderr); print('lagi')",
    "from IPython.display import HTML, clear_output, display\nprint('x'); display(HTML('<b>b</b>')); print('y'); a",
    "a;",
    "None",
    "",
    "!echo dari-shell",
    "import os",
    "print('hilang'); clear_output(); print('ada')",
    "shown = display('satu', display_id='k')",
    "shown.update('dua')",
    "await __import__('asyncio').sleep(0, 7)",
    "import pandas as pd; pd.DataFrame({'a': [1]})",
    "__name__, sorted(name for name in dir() if name[0] != '_'), os.getcwd()",
    "import matplotlib.pyplot as plt; plt.figure(figsize=(1, 1)); plt.plot([1, 2]);",
    "print('\\x1b[31m<script>{why}\\u2028é')\n1 / 0",
    "'never'",
]
FAILS = "# boleh gagal"  # begins a cell whose error does not stop the notebook
CELLS[14:14] = [
    "display(1, 'dua', a); display(HTML('<i>tiga</i>'), metadata={'x': 1})",
    "import logging; logging.warning('hati-hati')",
    "from IPython.display import Image; Image(b'\\x89PNG\\r\\n\\x1a\\n')",
    f"{FAILS}\n1 +",
    f"{FAILS}\ntry:\n    {{}}['k']\nexcept KeyError as error:\n    raise ValueError('sebab') from error",
    f"{FAILS}\n%tidak_ada",
    f"{FAILS}\nraise KeyboardInterrupt",
    "%%capture told\nprint('diam')",
    "told.stdout, _, In[-1], Out.keys()",
]


@pytest.fixture(autouse=True)
def language(monkeypatch):
    monkeypatch.setenv("PLANNER_LANG", "id")


def written(folder: Path, *sources: str) -> Path:
    """A notebook with these cells below a parameters cell."""
    first = new_code_cell("a = 1\nlang = ''", metadata={"tags": ["parameters"]})
    tags = [{"tags": ["raises-exception"]} if source.startswith(FAILS) else {} for source in sources]
    code = [new_code_cell(source, metadata=own) for source, own in zip(sources, tags, strict=True)]
    cells = [first, new_markdown_cell("# Judul"), *code]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), folder / "buku.ipynb")
    return folder / "buku.ipynb"


def in_fork(folder: Path, notebook: Path, parameters: dict, engine: str = "auto"):
    """The notebook after a process with one thread has run it, and what was raised there."""
    code = f"""
import json, sys
from pathlib import Path
from planner.base.errors import PlannerError
from planner.paper.notebook import run_notebook
try:
    run_notebook(Path(sys.argv[1]), json.loads(sys.argv[2]), "id", Path(sys.argv[3]), {engine!r})
except PlannerError as error:
    print("\\n".join(error.problems))
"""
    (folder / engine).mkdir(parents=True)
    given = [str(notebook), json.dumps(parameters), str(folder / engine)]
    done = subprocess.run(
        [sys.executable, "-c", code, *given], capture_output=True, text=True, check=True, cwd=folder, timeout=120
    )
    return nbformat.read(folder / engine / "id.ipynb", 4), done.stdout.strip()


def timeless(notebook) -> dict:
    """Everything of a notebook but its times, ids and the file it was written to; pieces of a stream are joined."""

    def kept(node):
        if isinstance(node, dict):
            return {key: kept(value) for key, value in node.items() if key not in (*TIMES, "id")}
        return [kept(value) for value in joined(node)] if isinstance(node, list) else node

    def joined(nodes):
        whole = []
        for node in nodes:
            before = whole[-1] if whole else None
            stream = isinstance(node, dict) and node.get("output_type") == "stream"
            if stream and before and before.get("name") == node["name"]:
                whole[-1] = {**before, "text": before["text"] + node["text"]}
            else:
                whole.append(node)
        return whole

    return kept(notebook)


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    folder = tmp_path_factory.mktemp("buku")
    return folder, *in_fork(folder, written(folder, *CELLS), {"a": 5})


def test_a_notebook_of_all_kinds_of_output_is_as_stock_papermill_gives_it(ours):
    folder, notebook, said = ours
    stock, said_there = in_fork(folder, folder / "buku.ipynb", {"a": 5}, "papermill")
    assert said == said_there == "ZeroDivisionError: division by zero"
    for mine, right in zip(timeless(notebook)["cells"], timeless(stock)["cells"], strict=True):
        assert mine == right
    assert timeless(notebook) == timeless(stock)


def test_the_outputs_of_a_run_are_what_the_cells_did(ours):
    cells = [cell for cell in ours[1].cells if cell.cell_type == "code"]
    outputs = {cell.source: cell.outputs for cell in cells}
    assert [(o.name, o.text) for o in outputs[CELLS[0]]] == [("stdout", "halo\nlagi\n"), ("stderr", "galat\n")]
    kinds = [output.output_type for output in outputs[CELLS[1]]]
    assert kinds == ["stream", "display_data", "stream", "execute_result"]
    assert outputs[CELLS[1]][-1].data["text/plain"] == "5"
    assert outputs["a;"] == outputs["None"] == outputs[""] == []
    assert outputs[CELLS[5]][0].text.split() == ["dari-shell"]
    assert outputs[CELLS[7]][0].text == "ada\n" and outputs[CELLS[8]][0].data["text/plain"] == "'dua'"
    assert outputs[CELLS[10]][0].data["text/plain"] == "7"
    assert "image/png" in outputs[CELLS[13]][0].data
    several = outputs[CELLS[14]]
    assert [output.data["text/plain"] for output in several[:3]] == ["1", "'dua'", "5"] and several[3].metadata.x == 1
    assert "hati-hati" in outputs[CELLS[15]][0].text and outputs[CELLS[15]][0].name == "stderr"
    errors = [outputs[source][-1] for source in CELLS if source.startswith(FAILS)]
    assert [getattr(one, "ename", one.get("name")) for one in errors] == [
        "SyntaxError", "ValueError", "stderr", "KeyboardInterrupt"
    ]  # fmt: skip
    assert outputs[CELLS[-2]][-1].ename == "ZeroDivisionError" and outputs["'never'"] == []
    assert [cell.execution_count for cell in cells if cell.source][:4] == [1, 2, 3, 4]


def test_what_is_asked_for_stands_in_a_cell_below_the_parameters(ours):
    [book] = ours[1:2]
    tags = [cell.metadata.get("tags", []) for cell in book.cells]
    assert tags[1:4] == [["parameters"], ["injected-parameters"], []]  # papermill puts its note of the error first
    assert "a = 5" in book.cells[2].source and book.metadata.papermill.parameters == {"a": 5, "lang": "id"}
    failed = [cell for cell in book.cells if cell.metadata.get("papermill", {}).get("exception")]
    assert [cell.source for cell in failed] == [CELLS[-2]] and failed[0].metadata.papermill.status == "failed"


@pytest.mark.long
def test_a_report_is_as_stock_papermill_gives_it(plan_file, tmp_path):
    given = {"plan_file": str(plan_file), "wilayah": "11"}
    notebook, said = in_fork(tmp_path, NOTEBOOK, given)
    stock, said_there = in_fork(tmp_path, NOTEBOOK, given, "papermill")
    assert said == said_there == ""
    forked, there = (join_languages({"id": book}) for book in (notebook, stock))  # each view as a page takes it
    assert timeless(forked) == timeless(there) and len(forked.cells) > 20


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("import os, signal; print('a'); os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("import os; os._exit(3)", "status 3"),
        ("import sys; sys.exit(4)", "SystemExit: 4"),
    ],
)
def test_a_cell_that_ends_its_process_is_a_sentence_and_an_error_in_the_notebook(tmp_path, cell, why):
    notebook, said = in_fork(tmp_path, written(tmp_path, "print('sebelum')", cell, "2"), {})
    assert why in said and "Traceback" not in said
    before, dead, after = [cell for cell in notebook.cells if cell.cell_type == "code"][-3:]
    assert before.outputs[0].text == "sebelum\n" and after.outputs == []
    assert "error" in [output.output_type for output in dead.outputs]


def test_ctrl_c_ends_a_run_and_its_fork_at_once(tmp_path):
    notebook = written(
        tmp_path, f"from pathlib import Path; Path({str(tmp_path / 'mulai')!r}).touch()\nwhile True: pass"
    )
    code = f"""
from pathlib import Path
from planner.paper.notebook import run_notebook
run_notebook(Path({str(notebook)!r}), {{}}, "id", Path({str(tmp_path)!r}))
"""
    run = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, start_new_session=True)
    until = time.monotonic() + 60
    while not (tmp_path / "mulai").exists():
        assert run.poll() is None and time.monotonic() < until
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGINT)
    assert "KeyboardInterrupt" in run.communicate(timeout=5)[1] and run.returncode == -signal.SIGINT
    with pytest.raises(ProcessLookupError):
        os.killpg(run.pid, 0)


def test_huge_outputs_arrive_whole_and_no_process_is_left(tmp_path):
    c = "import os, sys; print(1); sys.stdout.flush(); os.write(1, b'2\\n'); os.system('echo 3'); print(4)"
    cells = [c, "print('x' * 30_000_000)", "import os; os.getpid(), os.getppid()"]
    notebook, _ = in_fork(tmp_path, written(tmp_path, *cells), {})
    assert "".join(output.text for output in notebook.cells[-3].outputs) == "1\n2\n3\n4\n"  # C's in its place
    assert len(notebook.cells[-2].outputs[0].text) == 30_000_001
    own, parent = eval(notebook.cells[-1].outputs[0].data["text/plain"])
    assert own != parent
    with pytest.raises(ProcessLookupError):
        os.kill(own, 0)


def test_what_the_parent_does_at_its_end_is_done_once(tmp_path):
    code = f"""
import atexit, threading
from pathlib import Path
from planner.base.messages import speaking
from planner.paper.notebook import run_notebook
atexit.register(print, "selesai")
with speaking("en"):
    [book] = run_notebook(Path({str(written(tmp_path, "from planner.base.messages import language; language()"))!r}),
                      {{}}, "id", Path({str(tmp_path)!r})).values()
print(book.cells[-1].outputs[0].data["text/plain"], threading.active_count())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "'id' 1\nselesai\n"  # and the notebook's language is its own, not that of who runs it


def test_papermill_finds_the_engine_by_the_name_in_pyproject(tmp_path):
    points = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["papermill.engine"]
    (tmp_path / "uji-1.dist-info").mkdir()
    lines = ["[papermill.engine]", *(f"{name} = {place}" for name, place in points.items())]
    (tmp_path / "uji-1.dist-info" / "entry_points.txt").write_text("\n".join(lines))
    notebook = written(tmp_path, "import os; os.getppid()")
    run = ["--engine", NAME, "--no-progress-bar", str(notebook), str(tmp_path / "hasil.ipynb")]
    paths = os.pathsep.join([str(tmp_path), str(ROOT / "src")])
    with subprocess.Popen(
        [sys.executable, "-m", "papermill", *run], env={**os.environ, "PYTHONPATH": paths}
    ) as process:
        assert process.wait(120) == 0
    parent = nbformat.read(tmp_path / "hasil.ipynb", 4).cells[-1].outputs[0].data["text/plain"]
    assert parent == str(process.pid)  # the kernel was a fork of papermill itself


def changed(tmp_path, change) -> Path:
    content = json.loads(NOTEBOOK.read_bytes())
    change(content)
    (tmp_path / "salinan.ipynb").write_text(json.dumps(content))
    return tmp_path / "salinan.ipynb"


def untagged(content):
    content["cells"][0]["metadata"]["tags"] = []


def no_lang(content):
    content["cells"][0]["source"] = "plan_file = wilayah = ''"


def broken(content):
    content["cells"][0]["source"] = "plan_file ="


def old(content):
    content["worksheets"] = content.pop("cells")


@pytest.mark.parametrize(
    ("change", "said"),
    [(untagged, "'parameters'"), (no_lang, "lang"), (broken, "baris 1"), (old, "bukan buku kerja Jupyter")],
)
def test_a_template_that_cannot_be_set_is_a_sentence(tmp_path, change, said):
    file = changed(tmp_path, change)
    with pytest.raises(PlannerError, match=r"salinan\.ipynb") as raised:
        check_notebook(file, {}, ("plan_file", "wilayah", "lang"))
    assert said in str(raised.value)


def test_a_template_that_is_no_notebook_or_not_there_is_a_sentence(tmp_path):
    for content in (b"", b"\xff\xfe", b"[1]", b'{"cells": [7]}', b'{"cells": {"a": 1}}'):
        (tmp_path / "x.ipynb").write_bytes(content)
        with pytest.raises(PlannerError, match="bukan buku kerja"):
            check_notebook(tmp_path / "x.ipynb", {}, ())
    with pytest.raises(PlannerError, match="tidak dapat dibaca"):
        check_notebook(tmp_path / "y.ipynb", {}, ())


def test_a_folder_with_braces_in_its_name_is_only_a_name(tmp_path):
    folder = tmp_path / "{wilayah} {x}"
    folder.mkdir()
    [notebook] = run_notebook(written(folder, "a + 1"), {"a": 2}, "id", folder).values()
    assert notebook.cells[-1].outputs[0].data["text/plain"] == "3"
