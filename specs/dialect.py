"""OpenAPI 3.0 and 3.1 folded into one form, one schema node at a time.

The versions differ in how they spell a null, an exclusive bound and a constant. Each
function takes the raw node and returns the folded fact; where documents mix the
spellings of both versions, the value decides which one is meant.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from specs.errors import UnsupportedSchemaError
from specs.jsontext import is_among
from specs.schemas import Bound
from specs.shapes import list_at

JSON_TYPES: dict[type, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    list: "array",
    dict: "object",
    type(None): "null",
}
TYPES = frozenset(JSON_TYPES.values())

KEYWORDS = {
    "object": ("properties", "required", "additionalProperties"),
    "array": ("items", "minItems", "maxItems", "uniqueItems"),
    "string": ("minLength", "maxLength", "pattern"),
    "number": (
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
    ),
}
"""Keywords that say something of one type alone."""

Node = Mapping[Any, Any]
"""A raw schema node; its keys are text, save one that merging adds."""


def fold_types(node: Node, where: str) -> tuple[str, ...]:
    """Return the types *node* declares, `null` included; empty where it declares none.

    An undeclared type is inferred where a keyword leaves no other sensible reading:
    `properties` means an object, `items` an array, an enum the one type of its values.
    """
    declared = node.get("type", [])
    types = tuple(declared) if isinstance(declared, list) else (declared,)
    if strays := [it for it in types if not isinstance(it, str) or it not in TYPES]:
        raise UnsupportedSchemaError(
            where, f"type={strays[0]!r:.80} is not a JSON type", fix="mend the document"
        )
    types = tuple(dict.fromkeys(types)) or _inferred_types(node, where)
    if node.get("nullable") is True and types and "null" not in types:
        types = (*types, "null")
    return types


def _inferred_types(node: Node, where: str) -> tuple[str, ...]:
    told = [kind for kind, words in KEYWORDS.items() if any(it in node for it in words)]
    if len(told) > 1:
        raise UnsupportedSchemaError(
            where,
            f"declares no type, and keywords of {' and '.join(told)}",
            fix="treat it in waivers.toml (action 'set' on the type)",
        )
    if told:
        return tuple(told)
    types = {JSON_TYPES[type(it)] for it in fold_enum(node, where) or ()}
    if "number" in types:
        types.discard("integer")
    return tuple(sorted(types)) if len(types - {"null"}) == 1 else ()


def fold_enum(node: Node, where: str) -> tuple[Any, ...] | None:
    """Return the values *node* lists, a constant as a list of one; None where none."""
    listed = tuple(list_at(node, "enum", where)) if "enum" in node else None
    if "const" not in node:
        return listed
    constant = node["const"]
    return (constant,) if listed is None or is_among(constant, listed) else ()


def fold_bound(
    node: Node, side: Literal["minimum", "maximum"], where: str
) -> Bound | None:
    """Return the tighter of the inclusive and the exclusive bound on one *side*."""
    exclusive_keyword = f"exclusive{side.capitalize()}"
    loose = fold_number(node, side, where)
    if isinstance(node.get(exclusive_keyword), bool):  # 3.0: a flag beside the bound
        exclusive = node[exclusive_keyword] is True
        return None if loose is None else Bound(loose, exclusive=exclusive)
    tight = fold_number(node, exclusive_keyword, where)
    if tight is None:
        return None if loose is None else Bound(loose)
    if loose is not None and (loose > tight if side == "minimum" else loose < tight):
        return Bound(loose)
    return Bound(tight, exclusive=True)


def fold_number(node: Node, keyword: str, where: str) -> Decimal | None:
    """Return the number under *keyword* as the document wrote it; None where none."""
    value = node.get(keyword)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnsupportedSchemaError(
            f"{where}/{keyword}",
            f"{value!r:.80} is not a number",
            fix="mend the document",
        )
    # The shortest text that reads back as this float is how the document wrote it.
    return Decimal(repr(value))
