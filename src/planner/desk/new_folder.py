"""``planner new``: a working folder for a planner's own tables and scenarios, outside the checkout."""

import errno
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from planner.base.errors import PlannerError, reason, shown
from planner.base.messages import say
from planner.base.paths import CONTOH, NOTEBOOKS, PARAMETERIZED
from planner.paper.workbooks.template import write_template
from planner.scenario.toml_file import blocks

NAME = 255  # bytes that a file system takes for a name
GUIDE, BOOK = "BACA-SAYA.md", "usulan.xlsx"
SCENARIOS = PARAMETERIZED / "skenario"
FILLED = ("ikm", "kemiskinan", "industri")  # criteria whose columns are never empty for all usulan


def new_folder(folder: Path) -> Path:
    """Make a working folder in the language in force, whole or not at all; raises PlannerError where it cannot be."""
    try:
        check_free(folder)
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.absolute().parent, prefix=".planner-new.") as beside:
            made = Path(beside) / "folder"
            made.mkdir()
            fill(made)
            if folder.is_dir():
                folder.rmdir()
            made.rename(folder)
    except OSError as error:
        raise PlannerError(say("new.refused", folder=shown(folder, 120), why=reason(error))) from None
    return folder


def check_free(folder: Path) -> None:
    """Only a name that is free or an empty folder will do; the current folder is in use."""
    if any(len(os.fsencode(part)) > NAME for part in folder.parts):
        raise OSError(errno.ENAMETOOLONG, "")
    if not os.path.lexists(folder):
        return
    if not folder.is_dir() or folder.is_symlink():
        raise PlannerError(say("new.no_folder", folder=folder))
    if next(folder.iterdir(), None) is not None:
        raise PlannerError(say("new.not_empty", folder=folder))
    if folder.samefile(Path()):
        raise PlannerError(say("new.here"))


def fill(folder: Path) -> None:
    for part in ("skenario", "data/contoh", "notebooks"):
        (folder / part).mkdir(parents=True)
    for name, text in scenarios().items():
        (folder / "skenario" / name).write_text(text, encoding="utf-8", newline="\n")
    write_template(folder / "data" / BOOK)
    for table in CONTOH.glob("*.csv"):
        shutil.copyfile(table, folder / "data" / "contoh" / table.name)
    for notebook in NOTEBOOKS.glob("*.ipynb"):
        text = notebook.read_text(encoding="utf-8").replace("../parameterized/skenario/", "../skenario/")
        (folder / "notebooks" / notebook.name).write_text(text, encoding="utf-8", newline="\n")
    shutil.copyfile(PARAMETERIZED / "laporan_wilayah.ipynb", folder / "laporan_wilayah.ipynb")
    (folder / GUIDE).write_text(say("new.guide", planner=address()), encoding="utf-8", newline="\n")


def address() -> str:
    """How this planner is called from any folder: its whole path, in quotes where that has a blank."""
    own = shutil.which("planner", path=Path(sys.executable).parent)
    return f'"{own}"' if own and " " in own else own or f'"{sys.executable}" -m planner.cli'


def scenarios() -> dict[str, str]:
    """File name -> text: the scenarios that are shipped, and one to begin one's own with."""
    files = {file.name: file.read_text(encoding="utf-8") for file in SCENARIOS.glob("*.toml")}
    shipped = {name: text.replace('"../../data/contoh"', '"../data/contoh"') for name, text in files.items()}
    return shipped | {"usulan.toml": own_scenario(shipped["usulan_contoh.toml"])}


def own_scenario(example: str) -> str:
    """The example's scenario over the workbook to fill; what needs cells that may be empty there is a suggestion."""
    text = "".join(own_block(*part) for part in blocks(example)).replace('"../data/contoh"', f'"../data/{BOOK}"')
    _, name, rest = text.partition("name = ")
    own_name = re.sub(r'^".*"', lambda _: f'"{say("new.scenario_name")}"', rest)
    return f"{say('new.scenario_about')}\n{name}{own_name}"


def own_block(table: str, block: str) -> str:
    """A table of the example: rules, second goals and weights of optional columns as comments, TOML without the #."""
    if table == "rules" or (table == "goals" and "benefit" not in block):
        return re.sub(r"^(?=[^#\n])", "#", block, flags=re.MULTILINE)
    if table == "weights":
        return re.sub(rf"^(?!{'|'.join(FILLED)})(?=\w)", "#", block, flags=re.MULTILINE)
    return block
