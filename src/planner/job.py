"""A page to make: where it goes, what it is made from, and whether it is there already, made from the same."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from planner.edit_log import source_of
from planner.files import code, digest
from planner.geo import Wilayah
from planner.geo.boundaries import installed_fingerprint
from planner.page import intact
from planner.plan import Plan
from planner.seal import BESIDE, CASES
from planner.verify import tables_files

FAILED = ".gagal.ipynb"  # the notebook of a report that failed
KEY = re.compile(r'<meta [^>]*\bname="planner-key"[^>]*>')


@dataclass(frozen=True)
class Job:
    """One report: everything a worker process needs to write it."""

    plan_file: Path
    wilayah: Wilayah
    folder: Path
    index: Path | None  # where the link back leads
    lang: str
    parameters: Mapping[str, object]
    template: Path
    engine: str
    shared: str  # what all reports of a run are made from

    @property
    def target(self) -> Path:
        return self.folder / f"{self.wilayah.file_name}.html"

    @property
    def back(self) -> str | None:
        return None if self.index is None else address(self.index, self.target)

    @property
    def key(self) -> str:
        """What the page is made from: the same key, the same page."""
        return key_of(self.shared, self.wilayah.kode, self.lang, self.parameters, self.back)

    @property
    def failed(self) -> Path:
        """Where its notebook goes when it fails."""
        return self.target.with_suffix(FAILED)


@dataclass(frozen=True)
class Index:
    """The page that links the reports: ``links`` is code -> address."""

    plan_file: Path
    lang: str
    shared: str
    target: Path
    links: Mapping[str, str]

    @property
    def key(self) -> str:
        return key_of(self.shared, self.lang, self.links)


def index_of(jobs: Sequence[Job], one: Job, target: Path) -> Index:
    """The index of these reports, of the run that ``one`` belongs to."""
    links = {job.wilayah.kode: address(job.target, target) for job in jobs}
    return Index(one.plan_file, one.lang, one.shared, target, links)


def index_file(folder: Path) -> Path:
    """``index.html`` beside the folder ``laporan``, or inside any other folder that the planner chose."""
    return (folder.parent if folder.name == "laporan" else folder) / "index.html"


def address(file: Path, page: Path) -> str:
    """Where a file lies as seen from a page, as a link."""
    return os.path.relpath(file, page.parent).replace(os.sep, "/")


def shared_key(plan_file: Path, plan: Plan, template: Path) -> str:
    """What all reports of a plan are made from: files, the scenario file's name, boundaries; add what else they show.

    The code and its reference tables are in it, so that an edited checkout never leaves old pages.
    """
    beside = [plan_file.with_name(name) for name in (*CASES, *BESIDE)]
    return key_of(
        digest([plan_file, *beside, *tables_files(plan_file, plan), template, *code()]),
        str(source_of(plan_file)),
        installed_fingerprint(),
    )


def key_of(*parts: object) -> str:
    return sha256(json.dumps(parts, sort_keys=True, default=repr).encode()).hexdigest()


def is_current(page: Job | Index) -> bool:
    """Whether a page is there, as it was written, and made from what its key stands for."""
    try:
        html = page.target.read_bytes().decode("utf-8")
    except (OSError, ValueError):
        return False
    found = KEY.search(html)
    return found is not None and f'"{page.key}"' in found[0] and intact(html)
