"""What became of the rows of tables: which came, which went, which say something else, and in which kabupaten."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from planner.tables.schemas import KEYS, OWN, PARTS

Key = tuple[str, ...]


@dataclass(frozen=True)
class RowChanges:
    """The keys of the rows of one table, and the kabupaten (codes) that they are of, where that is known."""

    table: str
    added: tuple[Key, ...]
    gone: tuple[Key, ...]
    changed: tuple[Key, ...]
    places: frozenset[str]

    @property
    def count(self) -> int:
        return len(self.added) + len(self.gone) + len(self.changed)


def row_changes(before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]) -> list[RowChanges]:
    """The changes of every own table that has any; a table that is not there has no rows. Order counts for nothing."""
    homes = [homes_of(tables) for tables in (before, after)]
    found = (changes_of(name, before.get(name), after.get(name), homes) for name in OWN)
    return [one for one in found if one.count]


def changes_of(
    name: str, before: pd.DataFrame | None, after: pd.DataFrame | None, homes: list[dict[str, str]]
) -> RowChanges:
    old, new = (cells_of(name, frame) for frame in (before, after))
    added, gone = [key for key in new if key not in old], [key for key in old if key not in new]
    changed = [key for key in old if key in new and old[key] != new[key]]
    places = {
        place_of(name, key, cells, homes) for cells in (old, new) for key in [*added, *gone, *changed] if key in cells
    }
    return RowChanges(name, tuple(added), tuple(gone), tuple(changed), frozenset(places - {""}))


def cells_of(name: str, frame: pd.DataFrame | None) -> dict[Key, dict[str, str]]:
    """Each row by its key: what its cells say as text, empty ones left out."""
    if frame is None or not set(KEYS[name]) <= set(frame):
        return {}
    texts = texts_of(frame)
    parts = {part: "" for part in PARTS.get(name, ()) if part not in texts}  # of a table that does not part its rows
    keyed = texts.assign(**parts)
    keys = zip(*(keyed[column] for column in (*KEYS[name], *PARTS.get(name, ()))), strict=True)
    rows = texts.to_dict("records")
    return {key: {c: cell for c, cell in row.items() if cell} for key, row in zip(keys, rows, strict=True)}


def texts_of(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({c: [text_of(cell) for cell in frame[c]] for c in frame}, dtype="object")


def text_of(cell: object) -> str:
    """A cell as text, '' where empty: 5, 5.0 and '5' are one."""
    if pd.isna(cell):  # type: ignore[call-overload]
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def homes_of(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """The kabupaten of each usulan and each sentra."""
    found = dict[str, str]()
    for name, column in (("sentra", "sentra_id"), ("usulan", "usulan_id")):
        frame = tables.get(name)
        if frame is not None and {column, "kode"} <= set(frame):
            found |= dict(zip(frame[column].map(text_of), frame["kode"].map(text_of), strict=True))
    return found


def place_of(name: str, key: Key, cells: Mapping[Key, Mapping[str, str]], homes: Iterable[Mapping[str, str]]) -> str:
    row = cells[key]
    return row.get("kode") or next((home[key[0]] for home in homes if key[0] in home), "")
