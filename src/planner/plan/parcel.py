"""Files of a run as bytes, for a process that may stand on another machine: packed once, unpacked where it works."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from planner.model.candidates import Candidates, read_candidates
from planner.plan.folder import own_tables
from planner.scenario.scenario import Scenario, plain, scenario_of

TABLES = "tabel"  # the folder of the tables in the parcel


@dataclass(frozen=True)
class Parcel:
    """``files`` by their names in a folder; ``data``: the place of the usulan there, None where they are modelled."""

    tables: Mapping[str, bytes]
    data: str | None
    files: Mapping[str, bytes] = field(default_factory=dict)

    @contextmanager
    def unpacked(self) -> Iterator[Path]:
        """The files in a folder that is there while the block runs, the tables in its folder ``tabel``."""
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, TABLES).mkdir()
            for name, content in self.files.items():
                Path(folder, name).write_bytes(content)
            for name, content in self.tables.items():
                Path(folder, TABLES, name).write_bytes(content)
            yield Path(folder)

    def place(self, folder: Path) -> Path | None:
        """Where the usulan are, once it is unpacked in a folder."""
        return None if self.data is None else folder / TABLES / self.data

    def candidates(self, scenario: Scenario) -> Candidates:
        """The candidates of a scenario from the tables in the parcel, whatever place it names itself."""
        with self.unpacked() as folder:
            return read_candidates(scenario_of(plain(scenario), folder / TABLES), self.place(folder))


def packed(home: Path, data: str | None, files: Mapping[str, Path] | None = None) -> Parcel:
    """The own tables of a scenario whose paths are seen from ``home``, and more files by the names they get."""
    tables = {file.name: file.read_bytes() for file in own_tables(home, data) if file.is_file()}
    named = None if data is None else "" if (home / data).is_dir() else (home / data).name
    return Parcel(tables, named, {name: file.read_bytes() for name, file in (files or {}).items() if file.is_file()})
