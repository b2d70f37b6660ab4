"""Facts that people write in tables: their kinds, and what is wrong with them where.

msgspec reads them strictly: an unknown key, a missing one or a value of another type
is refused. Its message names no key of a mapping and spells hostile keys as they
are, so the place is not taken from there: `first_problem` looks for it in the facts.
"""

import difflib
import types
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Annotated, Any, Literal, TypeGuard, Union, get_args, get_origin

import msgspec

from specs.pointers import join_pointer

Pointer = Annotated[str, msgspec.Meta(pattern=r"^(/|\Z)", description="a JSON pointer")]
"""A JSON pointer into an answer or a document, such as `/video/url`."""

_LISTS = (list, tuple)
_MAPPINGS = (dict, Mapping)

_Problem = tuple[tuple[str | int, ...], str]
"""Where it is, and what is wrong there, with the value."""


class Facts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Facts from one table: immutable, and no key goes unread."""

    def as_table(self) -> dict[str, Any]:
        """Return them under the keys they are written with, dates as text."""
        table: dict[str, Any] = msgspec.to_builtins(self)
        return table


class MemberError(ValueError):
    """A value that has the type of its *key*, but is not what the key stands for."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(problem)
        self.key = key


def first_problem(facts: Any, kind: Any) -> tuple[str, str]:
    """Return where *facts*, which are no *kind*, go wrong, and how, with the value.

    The place is a JSON pointer. Other problems follow once this one is mended.
    """
    problem = _find(facts, kind)
    assert problem is not None, "asked for what is wrong with facts that are right"
    return join_pointer("", *problem[0]), problem[1]


def _find(value: Any, kind: Any) -> _Problem | None:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as exc:
        error = exc
    else:
        return None
    kind = _without_null(kind)
    plain = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if (odd := _find_odd_key(value, plain)) is not None:
        return odd
    for key, member, inner in _members(value, plain):
        if (problem := _find(member, inner)) is not None:
            return (key, *problem[0]), problem[1]
    cause = error.__cause__
    if isinstance(cause, MemberError):
        return (cause.key,), _show(str(cause), value[cause.key])
    return (), _show(str(cause or _wanted(kind, plain, error)), value)


def _without_null(kind: Any) -> Any:
    if get_origin(kind) not in {Union, types.UnionType}:
        return kind
    (only,) = (it for it in get_args(kind) if it is not types.NoneType)
    return only


def _is_table(kind: Any) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _find_odd_key(table: Any, kind: Any) -> _Problem | None:
    """Return a key of *table* that is not known, or one that is missing.

    A typing mistake is both: what was written says more than what was not.
    """
    if not (isinstance(table, dict) and _is_table(kind)):
        return None
    fields = {it.encode_name: it for it in msgspec.structs.fields(kind)}
    for key, value in table.items():
        if key not in fields:
            near = difflib.get_close_matches(key[:80], fields, n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            return (key,), _show(f"is not known here{hint}", value)
    for key, field in fields.items():
        if field.required and key not in table:
            return (key,), "is missing"
    return None


def _members(value: Any, kind: Any) -> Iterator[tuple[str | int, Any, Any]]:
    """Yield the members of *value* by key, each with its kind; keys of a mapping too.

    The keys of a table are known to be its kind's.
    """
    origin, inner = get_origin(kind) or kind, get_args(kind)
    if origin in _LISTS and isinstance(value, list):
        yield from ((index, it, inner[0]) for index, it in enumerate(value))
    elif origin in _MAPPINGS and isinstance(value, dict):
        yield from ((key, key, inner[0]) for key in value)
        yield from ((key, it, inner[1]) for key, it in value.items())
    elif _is_table(origin) and isinstance(value, dict):
        kinds = {it.encode_name: it.type for it in msgspec.structs.fields(origin)}
        yield from ((key, it, kinds[key]) for key, it in value.items())


def _wanted(kind: Any, plain: Any, error: msgspec.ValidationError) -> str:
    """Return what a value may be, where that is listed; else what *error* says of it."""
    if get_origin(plain) is Literal:
        return f"Expected one of {_listed(get_args(plain))}"
    if isinstance(plain, type) and issubclass(plain, Enum):
        return f"Expected one of {_listed(it.value for it in plain)}"
    meanings = [it.description for it in getattr(kind, "__metadata__", ())]
    return f"{error} ({meanings[0]})" if any(meanings) else str(error)


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(repr, values))


def _show(problem: str, value: Any) -> str:
    """Return *problem* with *value*, unless it is a table: all of it would be shown."""
    return problem if isinstance(value, dict) else f"{problem}: {value!r:.80}"
