"""Arguments, held against the document and turned into the body that is sent.

The body is validated as the JSON text that goes out, so what was checked is what
travels: a URL as it was written, 5 as 5, and nothing for what was not given.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from pydantic import MISSING as UNSET
from pydantic import BaseModel
from pydantic_core import ValidationError

from .errors import InvalidInputError, Problem, one_line

__all__ = ["UNSET", "encode"]  # UNSET: not given, and so not sent; None is null

_LONGEST_VALUE = 80


def encode(
    model: type[BaseModel], values: Mapping[str, object], *, where: str
) -> bytes:
    """Return the JSON body of *values* without the UNSET; raise InvalidInputError.

    *where* opens the message of the error.
    """
    given = {name: it for name, it in values.items() if it is not UNSET}
    try:
        content = _to_json(given)
    except (TypeError, ValueError, RecursionError) as exc:
        raise InvalidInputError(where, tuple(_unsendable(given))) from exc
    try:
        model.model_validate_json(content, strict=True)
    except ValidationError as exc:
        raise InvalidInputError(where, tuple(_problems(model, exc))) from exc
    return content


def _to_json(value: object) -> bytes:
    text = json.dumps(
        value,
        allow_nan=False,  # JSON has neither NaN nor infinity
        default=_dump,
        separators=(",", ":"),
    )
    return text.encode()


def _dump(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    raise TypeError(f"a value of type {type(value).__name__} is not JSON")


def _unsendable(given: Mapping[str, object]) -> Iterator[Problem]:
    for name, value in given.items():
        try:
            _to_json(value)
        except (TypeError, ValueError, RecursionError) as exc:
            yield Problem(name, f"{_shown(value)} cannot be sent, {one_line(exc)}")


def _problems(model: type[BaseModel], exc: ValidationError) -> Iterator[Problem]:
    fields = {it.alias or name: it for name, it in model.model_fields.items()}
    for error in exc.errors(include_url=False, include_context=False):
        first, *rest = [str(it) for it in error["loc"]] or ["body"]
        message = f"{_shown(error['input'])} is refused, {_lowered(error['msg'])}"
        allowed = (
            _allowed(fields[first].metadata) if first in fields and not rest else ""
        )
        yield Problem(".".join((first, *rest)), message + allowed)


def _allowed(constraints: Iterable[object]) -> str:
    """Return the whole range, of which an error names one end only."""
    ends: dict[str, object] = {}
    for constraint in constraints:
        for end in ("ge", "gt", "le", "lt"):
            if (limit := getattr(constraint, end, None)) is not None:
                ends[end] = limit
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    told = " and ".join(f"{words[it]} {ends[it]}" for it in words if it in ends)
    return f" (allowed: {told})" if told else ""


def _shown(value: object) -> str:
    return one_line(repr(value), limit=_LONGEST_VALUE)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
