"""``ketahanan.json`` beside a plan: how often draws fund each kabupaten, read and checked without a solver."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import Field, Strict, TypeAdapter

from planner.base.forms import Form, Whole, misfits
from planner.base.messages import say
from planner.model.candidates import Candidates
from planner.model.problem import Problem
from planner.plan.folder import ROBUST
from planner.plan.plan import Plan
from planner.plan.plan_file import fingerprint_of, read_beside

FORMAT = 1
CLASSES = {"pasti": 95, "sering": 50, "kadang": 5, "hampir_tidak": 0}  # class -> percent of the draws, at least
FEWEST = 20  # draws below which nobody is called pasti: of 19 a single one is more than 5 %
Count = Annotated[int, Field(ge=0, le=10**6)]
Times = Annotated[tuple[str, str, Count, Whole], Strict(False)]  # kode, menu, draws that fund it, mean rupiah
PerKabupaten = Annotated[tuple[str, Count], Strict(False)]


class Drawn(Form):
    """A column that was drawn: of how many kabupaten (0: of the country), from where to where at most."""

    column: str
    kabupaten: Count
    low: float
    high: float


class Deciding(Form):
    """An input whose true value changes the list: rupiah that change hands, and how likely noise does as much."""

    kode: str  # '' for the country
    column: str
    moved_rp: Whole
    p: float


class Sides(Form):
    """The usulan by what the opposite choice costs: within 0.5 % of the plan's value, surely more, or not settled."""

    tie: list[str]
    far: list[str]
    open: list[str]


class RobustFile(Form):
    format: Literal[1]
    plan: str  # the fingerprint of the plan that it belongs to
    planner: str
    seed: Count
    draws: Count  # asked for
    done: Count  # solved so far
    without_plan: Count  # draws in which no plan exists
    gap: float  # of each draw, share of its bound at most
    weights: float  # how far a weight may be off, share
    drawn: list[Drawn]
    kabupaten: list[PerKabupaten]
    times: list[Times]
    sides: Sides
    tested: Count  # inputs that were tested against noise
    deciding: list[Deciding]
    fingerprint: str


FORM = TypeAdapter(RobustFile)


def class_of(times: int, draws: int) -> str:
    """``pasti`` from 95 of 100 draws (and of ``FEWEST`` at least), ``sering`` from 50, ``kadang`` from 5."""
    found = next(name for name, percent in CLASSES.items() if 100 * times >= percent * draws)
    return "sering" if found == "pasti" and draws < FEWEST else found


def read_robust(file: Path, plan: Plan) -> RobustFile | None:
    """The content of ``ketahanan.json``; None where there is none, it was changed, or it belongs to another plan."""
    known: RobustFile | None = read_beside(file, FORM, plan.fingerprint)
    return known if known and known["done"] else None


def problems_of(content: dict, plan: Plan, problem: Problem) -> list[str]:
    """Everything wrong with the content of a ``ketahanan.json`` as sentences: its form, names and counts.

    What the draws were solved to is not solved again.
    """
    if where := misfits(FORM, content):
        return [say("robust.form", file=ROBUST, where=", ".join(where))]
    found = [] if fingerprint_of(content) == content["fingerprint"] else [say("verify.fingerprint")]
    known = cast(RobustFile, content)
    wrong = [*unknown_names(known, problem.options.candidates), *impossible_counts(known)]
    return found + [say("robust.form", file=ROBUST, where=", ".join(wrong[:5]))] * bool(wrong)


def unknown_names(known: RobustFile, candidates: Candidates) -> Iterator[str]:
    kode, usulan = {"", *candidates.kabupaten["kode"]}, set(candidates.usulan["usulan_id"])
    named = [{one[0] for one in known["kabupaten"]}, {one[0] for one in known["times"]}]
    yield from sorted(set().union(*named, {one["kode"] for one in known["deciding"]}) - kode)
    yield from sorted({name for side in ("tie", "far", "open") for name in known["sides"][side]} - usulan)


def impossible_counts(known: RobustFile) -> Iterator[str]:
    """More draws than were solved, or a menu oftener than its kabupaten."""
    per = dict(known["kabupaten"])
    if not known["without_plan"] <= known["done"] <= known["draws"]:
        yield "done"
    yield from (kode for kode, times in per.items() if times > known["done"] - known["without_plan"])
    yield from (f"{kode} {menu}" for kode, menu, times, _ in known["times"] if times > per.get(kode, 0))
