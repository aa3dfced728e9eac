"""Tables written into a folder of their own: whole or not at all, and never over what somebody else keeps there."""

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from planner.base.errors import PlannerError, first_of
from planner.base.files import HOST, SUFFIX, writing
from planner.base.messages import say
from planner.tables.schemas import OWN

LOG, MAP, PROVINCES = "konversi.csv", "MAP.toml", "provinsi"
MINE = {*(f"{name}.csv" for name in OWN), LOG, MAP, PROVINCES}  # all that such a folder may hold
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes text in a CSV that begins so for a formula


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A CSV that Indonesian Excel opens rightly: ``;``, decimal comma, UTF-8 with BOM; no text is a formula there."""
    texts = [c for c in frame if not pd.api.types.is_numeric_dtype(frame[c])]
    safe = frame.assign(**{c: frame[c].map({text: harmless(text) for text in frame[c].unique()}) for c in texts})
    return safe.to_csv(sep=";", decimal=",", index=False, lineterminator="\r\n").encode("utf-8-sig", "replace")


def harmless(value: object) -> object:
    """Text that begins like a formula gets an apostrophe in front, so that a spreadsheet shows it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def table_bytes(table: pd.DataFrame) -> bytes:
    """A table of plain texts as the tables' own reader takes it, to the letter."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.itertuples(index=False, name=None))
    return text.getvalue().encode("utf-8")


def check_free(folder: Path, force: bool) -> None:
    """Raise PlannerError where a folder holds tables already, or with ``force`` anything that is not of such a one."""
    try:
        held = sorted(one.name for one in folder.iterdir())
    except FileNotFoundError:
        return
    except OSError:
        held = [folder.name]
    if held and not force:
        raise PlannerError(say("import.exists", folder=folder))
    if others := [name for name in held if name not in MINE]:
        raise PlannerError(say("import.others", folder=folder, files=first_of(others, 5)))


def write_folder(folder: Path, files: Mapping[str, bytes], force: bool = False) -> Path:
    """Write all files (by their path in the folder) beside its place and move them there at once."""
    check_free(folder, force)
    with writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(SUFFIX, f".{folder.name[:100]}.{HOST}-{os.getpid()}.", folder.parent))
        try:
            whole, old = aside / "baru", aside / "lama"
            for name, content in files.items():
                (whole / name).parent.mkdir(parents=True, exist_ok=True)
                (whole / name).write_bytes(content)
            swap(folder, whole, old)
        except BaseException:
            shutil.rmtree(
                whole if old.exists() else aside, ignore_errors=True
            )  # never the only copy of what stood there
            raise
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def swap(folder: Path, whole: Path, old: Path) -> None:
    """Put the new folder where the old one stands; where that fails, the old one stands again."""
    if folder.exists():
        folder.replace(old)
    try:
        whole.replace(folder)
    except OSError:
        if old.exists():
            old.replace(folder)
        raise
