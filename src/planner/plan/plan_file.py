"""The form of a plan file, every key with its type (``data/README.md`` says what each means), and how one is read."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, cast

from pydantic import Field, TypeAdapter

from planner.base.errors import PlannerError, reason, shown
from planner.base.forms import Form, Whole, misfits
from planner.base.messages import say
from planner.base.parsing import json_problem
from planner.model.status import Goals, Status

FORMAT = 1
Money = dict[str, Whole]  # fiscal year: whole rupiah


class Line(Form):
    rincian_id: str
    volume: Annotated[int, Field(ge=0, le=2**62)]
    amount_rp: Whole


class Funded(Form):
    usulan_id: str
    sentra_id: str | None
    kode: str
    ta: Whole
    menu: str
    amount_rp: Whole
    score: Whole
    chance: Whole
    benefit: Whole
    lines: list[Line]


class BothLanguages(Form):
    id: str
    en: str


class NotFunded(Form):
    usulan_id: str
    kode: str
    kind: Literal["gate", "rule", "tie", "price"]
    rule: str | None
    reason: BothLanguages


class RowStatus(Form):
    row: str
    rule: Whole | None
    group: NotRequired[str | None]  # this and the next two: not in files of version 0.2.0 and before
    ta: NotRequired[Whole | None]
    bound: NotRequired[str | None]
    activity: Whole
    lower: Whole | None
    upper: Whole | None


class Total(Form):
    key: str
    usulan: Whole
    amount_rp: Whole


class Baseline(Form):
    funded: list[str]
    goals: list[Whole]
    spent_rp: Money
    misses: list[str]


class InputTable(Form):
    name: str
    rows: Whole
    sha256: str
    synthetic: bool


class Solver(Form):
    name: str
    version: str


class Proof(Form):
    """How good a choice is known to be."""

    status: Status
    tie_break: Literal["proven", "canonical_order"]
    goals: Annotated[Goals, Field(min_length=1)]


class PlanFile(Proof):
    """A plan, as its file holds it."""

    format: Literal[1]
    planner: str
    solver: Solver
    scenario: dict[str, Any]  # its own form is ``Scenario``
    inputs: list[InputTable]
    budget_rp: Money
    spent_rp: Money
    funded: list[Funded]
    not_funded: list[NotFunded]
    rule_status: list[RowStatus]
    baseline: Baseline
    reserve: list[str]
    totals: dict[str, list[Total]]
    certificate: None
    fingerprint: str


class Certificate(Form):
    """``sertifikat.json`` beside a plan: see ``certificate.py``, which alone says what it proves."""

    format: Literal[1]
    plan: str  # the fingerprint of the plan that it belongs to
    left_out: list[str]  # rules that the bounds do without: a plan that keeps them has no more
    options: list[Any]
    packages: list[Any]
    rows: list[Any]
    goals: list[dict[str, Any]]
    bounds: list[int]  # of each goal, in points
    fingerprint: str


FORM, CERTIFICATE_FORM = TypeAdapter(PlanFile), TypeAdapter(Certificate)


def read_plan_file(path: str | Path) -> PlanFile:
    """The content of a plan file; raises PlannerError, with all places, where it has not the form of one."""
    try:
        content = read_json(Path(path).read_bytes())
    except OSError as error:
        raise PlannerError(say("errors.unreadable", file=path, why=reason(error))) from None
    except (ValueError, RecursionError) as error:
        raise PlannerError(say("verify.not_json", file=path, why=json_problem(error))) from None
    stated = content.get("format") if isinstance(content, dict) else None
    if type(stated) is int and stated > FORMAT:
        raise PlannerError(say("verify.newer", file=path, format=stated, known=FORMAT))
    if type(stated) is not int or stated != FORMAT:
        raise PlannerError(say("verify.not_json", file=path, why="format"))
    if where := misfits(FORM, content):
        maker = shown(content.get("planner", "?"))
        raise PlannerError(say("verify.form", file=path, planner=maker, where=", ".join(where)))
    return cast(PlanFile, content)


def read_beside(file: Path, form: TypeAdapter[Any], fingerprint: str) -> Any:
    """The content of a file that a run has written beside the plan of a fingerprint, in its form.

    None where there is none, it was changed, or it belongs to another plan.
    """
    try:
        content = json.loads(file.read_bytes().decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if misfits(form, content) or content["plan"] != fingerprint or content["fingerprint"] != fingerprint_of(content):
        return None
    return content


def read_json(written: bytes) -> Any:
    """What JSON says; ValueError (or RecursionError) where it is none."""
    return json.loads(written.decode("utf-8"), parse_constant=refuse)


def refuse(constant: str) -> None:
    """Raise ValueError for the NaN and Infinity that Python's JSON would take."""
    raise ValueError(constant)


def canonical(content: Any) -> bytes:
    """Sorted keys, one space of indent, UTF-8: the same plan gives the same bytes."""
    return (json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode(
        "utf-8", "surrogatepass"
    )


def fingerprint_of(content: Any) -> str:
    """SHA-256 of the content without its own fingerprint; it finds careless change, it is no signature."""
    return hashlib.sha256(canonical({k: v for k, v in content.items() if k != "fingerprint"})).hexdigest()
