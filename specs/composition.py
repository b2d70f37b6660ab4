"""`allOf`, merged into the schema that declares it.

A value must satisfy every branch at once, which one schema can say as long as no two
branches say different things of the same keyword. Where they do, the document is
refused by name: guessing which one counts would be a silent patch.
"""

from collections.abc import Mapping
from typing import Any, Final

from specs.errors import RecursiveReferenceError, UnsupportedSchemaError
from specs.pointers import join_pointer
from specs.references import follow

PLACES: Final = object()
"""The key, one that no JSON can carry, under which a merged node says where each of
its properties was declared: a mapping of name to pointer."""

_ANNOTATIONS = frozenset({"title", "description", "example", "examples", "default"})


def merged(
    node: Mapping[Any, Any],
    pointer: str,
    raw: Mapping[str, Any],
    name: str,
    trail: tuple[str, ...] = (),
) -> Mapping[Any, Any]:
    """Return *node* with its `allOf` folded in; *node* itself where it has none."""
    if "allOf" not in node:
        return node
    if pointer in trail:
        raise RecursiveReferenceError(
            f"{name}#{pointer}", "allOf contains itself", fix="break the circle"
        )
    result: dict[Any, Any] = {PLACES: {}}
    for index, branch in enumerate(node["allOf"]):
        place = join_pointer(pointer, "allOf", index)
        child, place = follow(raw, branch, place, name=name)
        _fold_in(
            result, merged(child, place, raw, name, (*trail, pointer)), place, name
        )
    outer = {keyword: value for keyword, value in node.items() if keyword != "allOf"}
    _fold_in(result, outer, pointer, name)
    return result


def _fold_in(
    result: dict[Any, Any], node: Mapping[Any, Any], pointer: str, name: str
) -> None:
    for keyword, value in node.items():
        if keyword is PLACES:
            continue  # read together with the properties
        if keyword == "properties":
            _fold_properties(result, node, pointer, name)
        elif keyword == "required" and isinstance(value, list):
            known = result.setdefault("required", [])
            result["required"] = [*known, *(it for it in value if it not in known)]
        elif keyword in _ANNOTATIONS or keyword.startswith("x-"):
            result[keyword] = value  # the outer text describes this use
        elif result.setdefault(keyword, value) != value:
            raise UnsupportedSchemaError(
                f"{name}#{join_pointer(pointer, keyword)}",
                f"branches of allOf say {result[keyword]!r:.60} and {value!r:.60}",
                fix="treat one of them in waivers.toml",
            )


def _fold_properties(
    result: dict[Any, Any], node: Mapping[Any, Any], pointer: str, name: str
) -> None:
    properties = result.setdefault("properties", {})
    places: Mapping[str, str] = node.get(PLACES, {})
    for key, child in node["properties"].items():
        if properties.setdefault(key, child) != child:
            raise UnsupportedSchemaError(
                f"{name}#{join_pointer(pointer, 'properties', key)}",
                "two branches of allOf declare this property differently",
                fix="treat one of them in waivers.toml",
            )
        own_place = join_pointer(pointer, "properties", key)
        result[PLACES].setdefault(key, places.get(key, own_place))
