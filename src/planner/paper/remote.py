"""Pages made by the workers of an executor, from bytes alone, as ``verify`` makes them again from a seal."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from planner.base.cluster import shared
from planner.base.errors import PlannerError
from planner.base.files import write_whole
from planner.base.messages import say, speaking
from planner.geo.boundaries import installed_fingerprint
from planner.model.candidates import tables_at
from planner.paper.seal import NOTEBOOK, Seal, bundle, remade
from planner.plan.folder import PLAN, RUN, RunFolder
from planner.plan.parcel import TABLES, Parcel, packed
from planner.plan.plan import read_plan

ALONE = Lock()  # a notebook sets the language of its process, so a worker makes one page at a time


@dataclass(frozen=True)
class Asked:
    """A page: its region, its languages, what is set in its notebook, where its link back leads, and its key."""

    kode: str
    lang: str
    parameters: Mapping[str, object]
    back: str | None
    key: str


def written(pool: Executor, plan_file: Path, template: Path, asked: Mapping[Path, Asked]) -> Iterator[Path]:
    """Write the pages that the workers of ``pool`` make, each to its file, and yield that.

    The others are left to be made here: those whose cells fail, so that their notebooks are left here; those of a
    notebook of one's own; and those of a plan that does not know its scenario file.
    """
    run = RunFolder(plan_file)
    made_from = run.scenario_file
    if made_from is None or template != NOTEBOOK:
        return
    parcel = shared(pool, packed(run.home, read_plan(plan_file)["scenario"].get("data"), run.sealed_files()))
    known = made_from.name, installed_fingerprint()
    waiting = {pool.submit(page_of, parcel, one, *known): target for target, one in asked.items()}
    for future in as_completed(waiting):
        with suppress(PlannerError):
            yield write_whole(waiting[future], future.result())


def page_of(parcel: Parcel, asked: Asked, scenario_file: str, boundaries: str) -> bytes:
    """One page, on a worker; PlannerError where a cell fails, or other boundaries are installed there."""
    if installed_fingerprint() != boundaries:
        raise PlannerError(say("seal.elsewhere"))
    with ALONE, parcel.unpacked() as folder, tables_at(parcel.place(folder)), speaking(None):
        record = {"scenario_file": str(folder / TABLES / scenario_file)}
        (folder / RUN).write_text(json.dumps(record), encoding="utf-8")
        sealed = bundle(folder / PLAN, asked.kode, asked.lang, asked.parameters)
        seal = Seal(asked.kode, asked.lang, dict(asked.parameters), {}, "", {})
        try:
            return remade(seal, folder / PLAN, sealed, asked.back, asked.key).encode()
        except PlannerError:
            raise
        except Exception as error:
            raise PlannerError(f"{type(error).__name__}: {error}") from None
