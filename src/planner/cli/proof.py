"""What the certificate beside a plan proves, told with the standard library alone: no table, no numpy, no solver."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planner.base.errors import PlannerError, reason
from planner.base.messages import say
from planner.base.parsing import json_problem
from planner.base.units import gap_percent, number, percent
from planner.cli import common
from planner.plan.certificate import FILE, Proved, Refused, check


def tell_certificate(plan: Path, required: bool = False) -> int:
    """Say what is proven of a plan file; nothing where it has no certificate, unless that is ``required``."""
    file = plan.with_name(FILE)
    if not file.exists():
        if required:
            raise PlannerError(say("certificate.missing", file=file))
        return 0
    content, known = read(plan), read(file)
    if known.get("plan") != content.get("fingerprint"):
        raise PlannerError(say("certificate.foreign", file=file))
    try:
        proved = check(known, content["funded"])
    except (Refused, KeyError) as error:
        raise PlannerError(say("certificate.refused", file=file, why=error)) from None
    for sentence in sentences(proved, content, known.get("left_out", [])):
        common.tell(sentence)
    return 0


def read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise PlannerError(say("errors.unreadable", file=file, why=reason(error))) from None
    except (ValueError, RecursionError) as error:
        raise PlannerError(say("verify.not_json", file=file, why=json_problem(error))) from None
    if not isinstance(content, dict):
        raise PlannerError(say("verify.not_json", file=file, why="format"))
    return content


def sentences(proved: list[Proved], content: dict[str, Any], left_out: list[str]) -> Iterator[str]:
    """One sentence for each goal, with what later goals may take of it, and what the bounds do without."""
    given = [goal["tolerance"] for goal in content["goals"]]
    for k, one in enumerate(proved):
        words = {"goal": one.goal, "bound": number(one.bound), "value": number(one.value or 0)}
        yield say("certificate.proves", gap=gap_percent(float(one.gap or 0)), **words)
        if any(given[k + 1 :]):
            yield say("certificate.gives_up", share=percent(max(given[k + 1 :])))
    if left_out:
        yield say("certificate.left_out", rules=", ".join(map(str, left_out)))
