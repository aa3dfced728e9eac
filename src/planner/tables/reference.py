"""The reference tables of ``data/acuan``: parsed and checked once per content, whoever asks for them."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

import pandas as pd

from planner.base.errors import all_of
from planner.base.paths import ACUAN
from planner.tables.reading import Table, read_table


def reference(name: str, folder: Path = ACUAN) -> pd.DataFrame:
    """A reference table by name; raises PlannerError with every problem of it."""
    return reference_table(name, folder).data


def reference_table(name: str, folder: Path = ACUAN) -> Table:
    """The same with its fingerprint. What a caller does to its table stays with that caller: pandas copies on write."""
    path = folder / f"{name}.csv"
    try:
        found = read_once(path, name, path.read_bytes())
    except OSError:
        return read_table(path, name)  # tells why
    return replace(found, data=found.data.copy(deep=False))


def as_text(name: str, folder: Path = ACUAN) -> pd.DataFrame:
    """A reference table as it is written, '' where empty: for what describes tables and for showing them."""
    return pd.read_csv(folder / f"{name}.csv", dtype="str", keep_default_na=False)


@lru_cache(maxsize=64)
def read_once(path: Path, name: str, content: bytes) -> Table:
    """``content`` is what the file holds now: a changed file is another question."""
    return read_table(path, name)


def reference_tables(names: Iterable[str], folder: Path = ACUAN) -> dict[str, Table]:
    """Reference tables by name; raises one PlannerError with every problem of all of them."""
    found = all_of(partial(reference_table, name, folder) for name in names)
    return {table.name: table for table in found}
