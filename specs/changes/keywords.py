"""The keywords of a schema that stand by themselves: one verdict function for each kind."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from specs.jsontext import is_same
from specs.pointers import Json
from specs.schemas import UNSET, Bound, Unset

WORDS: Final = frozenset(
    {
        *("title", "description", "summary", "example", "examples"),
        *("externalDocs", "xml", "$comment"),
    }
)
"""Keywords that speak to people."""

WHOLE: Final = frozenset({"default", "deprecated"})
"""Keywords that mean the same whatever the type."""

_SILENT = frozenset({"readOnly", "writeOnly"})  # compared as members that come or go

_FORMATS: Final = {"int32": "int64", "float": "double"}
"""Each format, and the wider one that admits all of its values."""


def compare_types(old: frozenset[str] | None, new: frozenset[str] | None) -> str | None:
    """Return how the types that are allowed changed: narrowed, widened or changed."""
    if old == new:
        return None
    if old is None or new is None:
        return "narrowed" if old is None else "widened"
    if _covers(old, new):
        return "narrowed"
    return "widened" if _covers(new, old) else "changed"


def _covers(wide: frozenset[str], narrow: frozenset[str]) -> bool:
    whole = wide | ({"integer"} if "number" in wide else set())
    return narrow <= whole


def compare_keywords(
    old: Mapping[str, Any], new: Mapping[str, Any], keywords: frozenset[str] | None
) -> Iterator[tuple[str, str, Json | Unset, Json | Unset]]:
    """Yield the keyword, the change and both values of each that differs.

    Only *keywords* are looked at, and extensions; every one where it is None.
    """
    for keyword in dict.fromkeys((*old, *new)):
        if keyword in _SILENT or not (
            keywords is None or keyword in keywords or keyword.startswith("x-")
        ):
            continue
        before, after = old.get(keyword, UNSET), new.get(keyword, UNSET)
        if change := _verdict(keyword, before, after):
            yield keyword, change, _written(before), _written(after)


def _verdict(keyword: str, old: Any, new: Any) -> str | None:
    if old is not UNSET and new is not UNSET and is_same(old, new):
        return None
    if keyword in WORDS:
        return "description-changed"
    if keyword.startswith("x-"):
        return "extension-changed"
    name, judge, kinds = _JUDGES.get(keyword, ("", _change, ()))
    if all(it is UNSET or isinstance(it, kinds) for it in (old, new)):
        return f"{name}{judge(old, new)}"
    return "keyword-changed"


def _change(old: Any, new: Any) -> str:
    return "added" if old is UNSET else "removed" if new is UNSET else "changed"


def _deprecation(old: Any, new: Any) -> str:
    return "deprecated" if _change(old, new) == "added" else "undeprecated"


def _format(old: Any, new: Any) -> str:
    if old is UNSET or _FORMATS.get(new) == old:
        return "narrowed"
    return "widened" if new is UNSET or _FORMATS.get(old) == new else "changed"


def _low(old: Any, new: Any) -> str:
    tightened = old is UNSET or (new is not UNSET and _rank(new, 1) > _rank(old, 1))
    return "tightened" if tightened else "widened"


def _high(old: Any, new: Any) -> str:
    tightened = old is UNSET or (new is not UNSET and _rank(new, -1) < _rank(old, -1))
    return "tightened" if tightened else "widened"


def _rank(value: Any, exclusive: int) -> Any:
    if isinstance(value, Bound):
        return value.value, exclusive if value.exclusive else 0
    return value


def _step(old: Any, new: Any) -> str:
    if old is UNSET or (new is not UNSET and new % old == 0):
        return "tightened"
    return "widened" if new is UNSET or old % new == 0 else "changed"


def _written(value: Any) -> Json | Unset:
    """Return *value* as a document would write it."""
    match value:
        case Bound(exclusive=True):
            return f"exclusive {value.value}"
        case Bound():
            return _number(value.value)
        case Decimal():
            return _number(value)
        case tuple():
            return value[0] if len(value) == 1 else list(value)
    written: Json | Unset = value
    return written


def _number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


_SIZE = (int, float)
_JUDGES: Final[
    Mapping[str, tuple[str, Callable[[Any, Any], str], tuple[type, ...]]]
] = {
    "default": ("default-", _change, (object,)),
    "deprecated": ("", _deprecation, (bool,)),
    "uniqueItems": ("unique-items-", _change, (bool,)),
    "pattern": ("pattern-", _change, (tuple,)),
    "format": ("format-", _format, (str,)),
    "minimum": ("minimum-", _low, (Bound,)),
    "maximum": ("maximum-", _high, (Bound,)),
    "multipleOf": ("multiple-of-", _step, (Decimal,)),
    "minLength": ("min-length-", _low, _SIZE),
    "maxLength": ("max-length-", _high, _SIZE),
    "minItems": ("min-items-", _low, _SIZE),
    "maxItems": ("max-items-", _high, _SIZE),
    "minProperties": ("min-properties-", _low, _SIZE),
    "maxProperties": ("max-properties-", _high, _SIZE),
}
"""Of each keyword: what its changes are called, who judges, what it must be for that."""
