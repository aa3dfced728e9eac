"""Tables written into a folder of their own: whole or not at all, and never over what somebody else keeps there."""

import csv
import io
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pandas as pd

from planner.base.errors import PlannerError, first_of
from planner.base.files import writing
from planner.base.messages import say
from planner.base.whole_folder import whole_folder
from planner.tables.cells import harmless

LOG, MAP, PROVINCES = "konversi.csv", "MAP.toml", "provinsi"  # what an import writes beside its tables
SENDERS = "pengirim.txt"  # and a merge


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A CSV that Indonesian Excel opens rightly: ``;``, decimal comma, UTF-8 with BOM; no text is a formula there."""
    texts = [c for c in frame if not pd.api.types.is_numeric_dtype(frame[c])]
    safe = frame.assign(**{c: frame[c].map({text: harmless(text) for text in frame[c].unique()}) for c in texts})
    return safe.to_csv(sep=";", decimal=",", index=False, lineterminator="\r\n").encode("utf-8-sig", "replace")


def table_bytes(table: pd.DataFrame) -> bytes:
    """A table of plain texts as the tables' own reader takes it, to the letter."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.itertuples(index=False, name=None))
    return text.getvalue().encode("utf-8")


def check_free(folder: Path, force: bool) -> None:
    """Raise PlannerError where tables may not be written: over a file, over a folder that holds anything, or with
    ``force`` over one that neither ``planner import`` nor ``planner merge`` has written."""
    try:
        held = sorted(one.name for one in folder.iterdir())
    except FileNotFoundError:
        return
    except OSError:
        raise PlannerError(say("import.no_folder", folder=folder)) from None
    if held and not force:
        raise PlannerError(say("import.exists", folder=folder))
    if held and not {LOG, SENDERS} & set(held):
        raise PlannerError(say("import.others", folder=folder, files=first_of(held, 5)))


def check_kept(folder: Path, files: Mapping[str, bytes]) -> None:
    """Raise PlannerError where a folder holds what would be lost: a file that is not written anew, or a workbook of a
    province with something else in it, as one that came back filled."""
    files_there = (one for one in sorted(folder.rglob("*")) if one.is_symlink() or not one.is_dir())
    held = {one.relative_to(folder).as_posix(): one for one in files_there}
    mine = {LOG, MAP, SENDERS, *(name for name in files if not name.startswith(f"{PROVINCES}/"))}
    lost = [name for name, one in held.items() if name not in mine and not same(one, files.get(name))]
    if lost:
        raise PlannerError(say("import.lost", folder=folder, files=first_of(lost, 5)))


def same(file: Path, content: bytes | None) -> bool:
    with suppress(OSError):
        return content is not None and file.read_bytes() == content
    return False


def write_folder(folder: Path, files: Mapping[str, bytes], force: bool = False) -> Path:
    """Write all files (by their path in the folder) beside its place and move them there at once."""
    check_free(folder, force)
    check_kept(folder, files)
    with whole_folder(folder, replace=True) as made, writing(folder):
        for name, content in files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(content)
    return folder
