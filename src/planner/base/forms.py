"""Forms of JSON files: dicts whose keys and types are declared once, checked strictly where a file is read."""

from collections.abc import Sequence
from typing import Annotated, Any, TypedDict

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config

from planner.base.errors import shown

SHOWN = 5  # misfits that are told
Whole = Annotated[int, Field(ge=-(2**62), le=2**62)]  # what int64 holds


@with_config(ConfigDict(extra="forbid", strict=True, allow_inf_nan=False))
class Form(TypedDict):
    """Keys and types as declared: no other key, no 1.0 or true for 1, no NaN."""


def misfits(form: TypeAdapter[Any], content: object) -> list[str]:
    """The first places where a content has not the form asked for: ``goals[0].value``; empty where it has."""
    try:
        form.validate_python(content)
    except ValidationError as error:
        return [shown(place_of(one["loc"])) for one in error.errors()[:SHOWN]]
    return []


def place_of(parts: Sequence[int | str]) -> str:
    """Where something stands, as a reader of JSON or TOML would write it: ``rules[3].min_share``."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) and part < 2000 else f".{part}"
    return text.lstrip(".")
