"""Arguments, held against the signature of `submit` and turned into the body to send.

The signature is the one statement of what a document allows: people read it, type
checkers hold a program to it, and pydantic validates by it. What is validated is the
JSON text that goes out: a URL as it was written, 5 as 5, nothing for what was not given.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import (
    Annotated,
    Any,
    BinaryIO,
    NotRequired,
    Required,
    TypeAlias,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import MISSING as UNSET
from pydantic_core.core_schema import no_info_plain_validator_function, str_schema
from typing_extensions import TypedDict

from .errors import InvalidInputError, Problem, one_line

__all__ = [  # UNSET: not given, and so not sent; None is null
    "UNSET",
    "Media",
    "OneOf",
    "Unique",
    "encode",
    "rules_of",
    "without_unset",
]

_LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True)
class _AsText:
    """Validates as text: a file has become its address before anything is sent."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return str_schema()


Media: TypeAlias = Annotated[str | os.PathLike[str] | BinaryIO, _AsText()]
"""The address of a file, or the file itself: its path, or what was opened as binary."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """Admits what exactly one part of a union admits (JSON Schema's oneOf)."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        parts = [TypeAdapter[Any](it, config=None) for it in get_args(source)]

        def check(value: Any) -> Any:
            fitting = [it for it in parts if _fits(it, value)]
            if len(fitting) != 1:
                raise ValueError(f"{len(fitting)} alternatives fit, not exactly one")
            return value

        return no_info_plain_validator_function(check)


def _fits(adapter: TypeAdapter[Any], value: object) -> bool:
    try:
        adapter.validate_json(json.dumps(value), strict=True)
    except ValidationError:
        return False
    return True


def _check_unique(items: list[Any]) -> list[Any]:
    texts = [json.dumps(it, default=_dump, sort_keys=True) for it in items]
    twice = [it for index, it in enumerate(items) if texts[index] in texts[:index]]
    if twice:
        raise ValueError(f"{_shown(twice[0])} stands there twice")
    return items


Unique = AfterValidator(_check_unique)
"""Admits a list in which nothing stands twice (JSON Schema's uniqueItems)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What validates a body, and the types that it was made of, by wire name."""

    adapter: TypeAdapter[Any]
    fields: Mapping[str, Any]


@cache
def rules_of(submit: Callable[..., Any], **wire: str) -> Rules:
    """Return what validates a body by the signature of *submit*.

    *wire* gives the names on the wire of the arguments that Python calls otherwise.
    """
    hints = get_type_hints(submit, include_extras=True)
    fields: dict[str, Any] = {}
    for name, parameter in inspect.signature(submit).parameters.items():
        if parameter.kind is not parameter.KEYWORD_ONLY or name in OPTIONS:
            continue
        hint = without_unset(hints[name])
        needed = parameter.default is parameter.empty
        fields[wire.get(name, name)] = (Required if needed else NotRequired)[hint]
    # A pattern of a document may use what the default engine lacks (look-around).
    config = ConfigDict(extra="allow", regex_engine="python-re")
    # Made by a call that no type checker follows, since the fields are known only here.
    make: Any = TypedDict
    made = make("Input", fields)
    made.__pydantic_config__ = config
    return Rules(adapter=TypeAdapter(made), fields=fields)


OPTIONS = ("validate", "extra_body", "extra_headers", "webhook_url")
"""Arguments of every submit that are not the document's."""


def without_unset(hint: Any) -> Any:
    """Return the type *hint* of an argument, less that it may be left out."""
    kept = [it for it in get_args(hint) if it is not UNSET]
    if get_origin(hint) is Annotated or len(kept) == len(get_args(hint)):
        return hint
    found: Any = kept[0]
    for it in kept[1:]:
        found = found | it
    return found


def encode(rules: Rules | None, values: Mapping[str, object], *, where: str) -> bytes:
    """Return the JSON body of *values*; raise InvalidInputError where *rules* are broken.

    *where* opens the message of the error.
    """
    try:
        content = _to_json(values)
    except (TypeError, ValueError, RecursionError) as exc:
        raise InvalidInputError(where, tuple(_unsendable(values))) from exc
    if rules is not None:
        try:
            rules.adapter.validate_json(content, strict=True)
        except ValidationError as exc:
            raise InvalidInputError(where, tuple(_problems(rules, exc))) from exc
    return content


def _to_json(value: object) -> bytes:
    return _ENCODER.encode(value).encode()


def _dump(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    raise TypeError(f"a value of type {type(value).__name__} is not JSON")


_ENCODER = json.JSONEncoder(
    allow_nan=False,  # JSON has neither NaN nor infinity
    default=_dump,
    separators=(",", ":"),
)


def _unsendable(given: Mapping[str, object]) -> Iterator[Problem]:
    for name, value in given.items():
        try:
            _to_json(value)
        except (TypeError, ValueError, RecursionError) as exc:
            yield Problem(name, f"{_shown(value)} cannot be sent, {one_line(exc)}")


def _problems(rules: Rules, exc: ValidationError) -> Iterator[Problem]:
    for error in exc.errors(include_url=False, include_context=False):
        first, *rest = [str(it) for it in error["loc"]] or ["body"]
        message = f"{_shown(error['input'])} is refused, {_lowered(error['msg'])}"
        allowed = "" if rest else _allowed(rules.fields.get(first))
        yield Problem(".".join((first, *rest)), message + allowed)


def _allowed(hint: Any) -> str:
    """Return the whole range, of which an error names one end only."""
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    ends = {
        end: limit
        for rule in _rules(hint)
        for end in words
        if (limit := getattr(rule, end, None)) is not None
    }
    told = " and ".join(f"{words[it]} {ends[it]}" for it in words if it in ends)
    return f" (allowed: {told})" if told else ""


def _rules(hint: Any) -> Iterable[Any]:
    yield from getattr(hint, "__metadata__", ())
    for it in get_args(hint):
        yield from _rules(it)


def _shown(value: object) -> str:
    return one_line(repr(value), limit=_LONGEST_VALUE)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
