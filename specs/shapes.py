"""Members of a raw node, taken in the shape that OpenAPI gives them or not at all."""

from collections.abc import Mapping, Sequence
from typing import Any

from specs.errors import UnsupportedSchemaError


def object_at(node: Mapping[Any, Any], keyword: str, where: str) -> Mapping[str, Any]:
    """Return the object under *keyword* of the *node* at *where*; empty if absent."""
    value = node.get(keyword, {})
    if not isinstance(value, Mapping):
        raise _refusal(f"{where}/{keyword}", value, "an object")
    return value


def list_at(node: Mapping[Any, Any], keyword: str, where: str) -> Sequence[Any]:
    """Return the list under *keyword* of the *node* at *where*; empty if absent."""
    value = node.get(keyword, ())
    if not isinstance(value, (list, tuple)):
        raise _refusal(f"{where}/{keyword}", value, "a list")
    return value


def as_object(value: Any, where: str) -> Mapping[str, Any]:
    """Return *value*, which stands at *where*, if it is an object."""
    if not isinstance(value, Mapping):
        raise _refusal(where, value, "an object")
    return value


def _refusal(where: str, value: Any, wanted: str) -> UnsupportedSchemaError:
    return UnsupportedSchemaError(
        where,
        f"{value!r:.80} is not {wanted}",
        fix="mend the document, or treat it in waivers.toml",
    )
